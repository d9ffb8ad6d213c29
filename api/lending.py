"""Connections that a server lends to a second process while one does not keep up.

Python answers on one processor. While this process is busy for most of the time with what is
answered at once (:mod:`api.prompt`, :mod:`kg.patterns`), a second one is started
(:mod:`api.second`) and half of the connections that ask for such are handed to it, open as they
are; its clients notice nothing. One that asks for anything else comes back. All come back as soon
as another revision is served, within some milliseconds, and when nothing was asked there for a
while; then the process ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import socket
import subprocess
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import orjson

from api.prompt import Client
from api.quick import form_of
from api.second_wire import DRAIN, SIZE, TOLD, Messages, message
from api.service import Service
from api.settings import Settings
from kg.workers_nest import starting

LOG = logging.getLogger("glossgraph")

LOOKS = 0.1
"""Seconds between two looks at how busy this process is, while it answers at once."""
BUSY = 0.7
"""Share of a processor from which on one process does not keep up."""
STREAK = 16
"""Answers at once, without another in between, after which a connection may be lent; one that came
back gives four times as many."""
_LONG = 4
"""Looks in a row that find it busy before the second process is started."""
_QUIET = 60.0
"""Seconds without an answer there after which the second process ends."""
_SILENT = 10.0
"""Seconds in which it must have told something, else it hangs."""
_RETURN = 5.0
"""Seconds that it has to give all connections back."""

Adopt = Callable[[socket.socket, bytes], None]
"""Takes an open connection, and what its client has sent and got no answer to."""


class Lending:
    """The connections of one server that are lent."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self.quota = 0
        """Connections that may be lent until the next look."""
        self.adopt: Adopt | None = None
        """Set by the server once it listens; nothing is lent before."""
        self._service = service
        self._wanted = settings.second and processors() > 1 and hasattr(socket, "send_fds")
        self._second: _Second | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._starting = False
        self._active: set[Any] = set()
        self._looking: asyncio.TimerHandle | None = None
        self._busy = 0
        """Looks in a row that found this process busy."""
        self._spent = self._seen = 0.0
        service.told.append(self.recall)

    @property
    def lent(self) -> int:
        """Connections that the second process has."""
        return self._second.lent if self._second else 0

    @property
    def processes(self) -> list[int]:
        """Ids of the second process, if there is one."""
        return [self._second.process.pid] if self._second else []

    def answered(self, connection: Any) -> None:
        """Take notice that a connection got an answer that was made at once."""
        self._active.add(connection)
        if self._looking is None and self._wanted and self.adopt is not None:
            self._spent, self._seen = time.process_time(), time.monotonic()
            self._looking = asyncio.get_running_loop().call_later(LOOKS, self._look)

    def lend(self, descriptor: int, head: bytes) -> bool:
        """Send a connection and its request to the second process; False where it is not taken.

        The caller lets go of the connection then, without ending it for the client.
        """
        client = self._service.clients.get(head[head.find(b" ", 4) :])
        if self._second is None or client is None:
            return False
        if not self._second.lend(descriptor, client, head):
            return False
        self.quota -= 1
        return True

    def recall(self) -> None:
        """Take all connections back and end the second process: its revision is not served."""
        second, self._second = self._second, None
        self.quota = 0
        if second is not None:
            self._do(second.end())

    async def close(self) -> None:
        """End the second process; the server is stopping."""
        self._wanted = False
        if self._looking is not None:
            self._looking.cancel()
        second, self._second = self._second, None
        if second is not None:
            self._do(second.close())
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _look(self) -> None:
        """See how busy this process is, and say how many connections may go or come back."""
        spent, now = time.process_time(), time.monotonic()
        busy = spent - self._spent > BUSY * (now - self._seen)
        self._spent, self._seen = spent, now
        mine = len(self._active)
        self._active.clear()
        self._busy = self._busy + 1 if busy and mine > 1 else 0
        self.quota = 0
        second = self._second
        if second is None:
            if self._busy >= _LONG and not self._starting:
                self._starting = True
                self._do(self._start())
        elif second.hangs or now > second.used + _QUIET:
            self.recall()
        elif second.ready:
            if self._busy and mine > second.lent + 1:
                self.quota = (mine - second.lent) // 2
            elif not busy and second.lent > mine + 1:
                second.send_back((second.lent - mine) // 2)
        self._looking = None
        if mine or self._second is not None:
            self._looking = asyncio.get_running_loop().call_later(LOOKS, self._look)

    async def _start(self) -> None:
        snapshot = self._service.snapshot
        try:
            if snapshot.processes is None or self.adopt is None:
                return
            given = snapshot.processes.given
            second = _Second(await asyncio.to_thread(_begun, given), self._service, self.adopt)
            if self._wanted and snapshot is self._service.snapshot:
                self._second = second
                second.over = self._over
            else:
                await second.close()
        except OSError as error:
            LOG.warning("A second process cannot be started: %s", error)
            self._wanted = False
        finally:
            self._starting = False

    def _over(self, second: _Second) -> None:
        if second is self._second:
            self._second = None
            self.quota = 0
        if not second.ready:  # it cannot work here; the next would not either
            LOG.warning("The second process ended while it was starting; there is none from now.")
            self._wanted = False
        self._do(second.close())


def _begun(given: Mapping[str, Any]) -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """Start the process and return the socket that it listens to."""
    control, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [*starting("api.second"), str(theirs.fileno()), json.dumps(given)],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
    return control, process


class _Second:
    """The second process as this one sees it."""

    def __init__(
        self,
        begun: tuple[socket.socket, subprocess.Popen[bytes]],
        service: Service,
        adopt: Adopt,
    ) -> None:
        self._control, self.process = begun
        self.ready = False
        self.lent = 0
        """Connections that it has."""
        self.used = self._heard = time.monotonic()
        self.over: Callable[[_Second], None] | None = None
        """Called when it ends of itself."""
        self._service = service
        self._adopt = adopt
        self._closed = 0
        self._back = asyncio.Event()
        self._incoming = Messages(self._control, b"B")
        self._loop = asyncio.get_running_loop()
        self._control.setblocking(False)
        self._loop.add_reader(self._control.fileno(), self._listen)

    @property
    def hangs(self) -> bool:
        """Whether it was ready and has said nothing for long."""
        return self.ready and time.monotonic() > self._heard + _SILENT

    def lend(self, descriptor: int, client: Client, head: bytes) -> bool:
        """Send it a connection; False where it takes none now."""
        scope = {k: v for k, v in client.scope.items() if k not in ("headers", "app")}
        pairs = [(n.decode("latin-1"), v.decode("latin-1")) for n, v in client.scope["headers"]]
        form = form_of(self._service.snapshot, head)
        known = orjson.dumps(
            {
                "scope": scope,
                "headers": pairs,
                "origin": client.origin,
                "coding": client.coding,
                "form": form.given if form else None,
            }
        )
        body = SIZE.pack(len(known)) + known + head
        try:
            socket.send_fds(self._control, [message(b"L", body)], [descriptor])
        except OSError:
            return False
        self.lent += 1
        return True

    def send_back(self, count: int) -> None:
        """Ask for some connections."""
        with contextlib.suppress(OSError):
            self._control.send(message(b"R", SIZE.pack(count)))

    async def end(self) -> None:
        """Take all connections back, then end it."""
        with contextlib.suppress(OSError, TimeoutError):
            self._control.send(message(b"E"))
            await asyncio.wait_for(self._back.wait(), _RETURN)
        await self.close()

    async def close(self) -> None:
        """End it: it sends what it still has to send, and closes its connections."""
        if self._control.fileno() < 0:
            return
        self._loop.remove_reader(self._control.fileno())
        self._control.close()
        await asyncio.to_thread(self._wait)

    def _wait(self) -> None:
        try:
            self.process.wait(DRAIN + 1)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _listen(self) -> None:
        self._heard = time.monotonic()
        try:
            for letter, body, descriptor in self._incoming.read():
                if letter == b"B":
                    self.lent -= 1
                    self._adopt(socket.socket(fileno=descriptor), body)
                elif letter == b"T":
                    closed, active = TOLD.unpack(body)
                    self.lent -= closed - self._closed
                    self._closed = closed
                    if active:
                        self.used = self._service.asked = time.monotonic()
                elif letter == b"E":
                    self._back.set()
                else:
                    self.ready = True
        except EOFError:
            self._back.set()
            self._loop.remove_reader(self._control.fileno())
            if self.over is not None:
                self.over(self)


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
