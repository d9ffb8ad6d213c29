"""Workers that a zygote forks (:mod:`kg.workers_zygote`), as their caller sees them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any

from kg.workers_nest import Keeper, Worker, meaning, starting

_LOADING = 600.0
"""Seconds that loading a store may take."""
_ALLOCATOR = "glibc.malloc.tcache_count=500"
"""Setting of glibc's allocator: how many freed blocks of a size are kept at hand.

Loading a store leaves many thousand small holes behind. With the seven blocks that are kept by
default, a query's own are looked for among these: over 10,000 concepts a label took a worker 83 µs,
neighbours at depth 1 and 2 took 113 and 347 µs; with this it is 35, 69 and 285 µs. With more, a
fresh worker's first query gathers so many that it takes longer (3 ms with this, 25 ms with 20,000).
Other C libraries do not know the variable.
"""


class Zygote:
    """The process that workers are forked from, which ``module.begin()`` is; it loads at once."""

    def __init__(self, settings: Mapping[str, Any], module: str = "kg.workers_zygote") -> None:
        self.control, theirs = socket.socketpair()
        """Where it takes orders; it ends when this is closed."""
        with theirs:
            self.process = subprocess.Popen(
                [*starting(module), str(theirs.fileno()), json.dumps(settings)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=_environment(),
            )

    def close(self) -> None:
        """End it, and wait until it has ended."""
        self.control.close()
        self.process.kill()
        self.process.wait()


class Forking:
    """Workers forked from a zygote."""

    def __init__(self, zygote: Zygote, keeper: Keeper) -> None:
        self._keeper = keeper
        self._number = 0
        self._dead = False
        self._workers: dict[int, _Forked] = {}
        self._pids: dict[int, int] = {}
        self._input = bytearray()
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[None] = self._loop.create_future()
        self._control, self._zygote = zygote.control, zygote.process
        self._control.setblocking(False)
        self._loop.add_reader(self._control.fileno(), self._listen)

    async def ready(self) -> None:
        """Return when the store is loaded."""
        try:
            await asyncio.wait_for(asyncio.shield(self._ready), _LOADING)
        except BaseException:
            await self.close()
            raise

    @property
    def dead(self) -> bool:
        """Whether the zygote has ended."""
        return self._dead

    @property
    def processes(self) -> list[int]:
        """Ids of the zygote and all workers."""
        return [self._zygote.pid, *self._pids.values()]

    def hatch(self) -> Worker:
        """Return a new worker; the fork happens meanwhile."""
        self._number += 1
        mine, theirs = socket.socketpair()
        with theirs:
            worker = _Forked(self, self._number, mine, self._keeper)
            self._workers[self._number] = worker
            # If the zygote has just ended, the control socket says so and the worker is lost.
            with contextlib.suppress(OSError):
                socket.send_fds(self._control, [_order(b"S", self._number)], [theirs.fileno()])
        return worker

    def tell(self, order: bytes, number: int) -> None:
        """Send an order about a worker to the zygote."""
        with contextlib.suppress(OSError):  # the zygote has ended, and its workers with it
            self._control.send(_order(order, number))

    def processor(self, number: int) -> float | None:
        """Return the seconds of processor time that a worker has used; None where unknown.

        One that is still to be forked has used none.
        """
        if sys.platform != "linux" or number not in self._workers:
            return None
        pid = self._pids.get(number)
        if pid is None:
            return 0.0
        try:
            # The clock of another process, as clock_getcpuclockid(3) names it.
            return time.clock_gettime((~pid << 3) | 2)
        except OSError:  # it has just ended
            return None

    def _listen(self) -> None:
        try:
            data = self._control.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._loop.remove_reader(self._control.fileno())
            self._dead = True
            if not self._ready.done():
                self._ready.set_exception(RuntimeError("The graph could not be loaded."))
            left, self._workers = list(self._workers.values()), {}
            self._pids.clear()
            for worker in left:
                worker.ended_with(-1)
            return
        self._input += data
        while len(self._input) >= 9:
            what = bytes(self._input[:1])
            number = int.from_bytes(self._input[1:5], "big")
            value = int.from_bytes(self._input[5:9], "big", signed=True)
            del self._input[:9]
            if what == b"R" and not self._ready.done():
                self._ready.set_result(None)
            elif what == b"P":
                self._pids[number] = value
            elif what == b"X":
                self._pids.pop(number, None)
                worker_ = self._workers.pop(number, None)
                if worker_:
                    worker_.ended_with(value)

    async def close(self) -> None:
        """Close the control socket, at which the zygote ends its workers and itself."""
        self._loop.remove_reader(self._control.fileno())
        self._control.close()
        for worker in self._workers.values():
            worker.close()
        for _ in range(200):
            if self._zygote.poll() is not None:
                return
            await asyncio.sleep(0.01)
        self._zygote.kill()
        self._zygote.wait()


def _environment() -> dict[str, str]:
    """Return the environment with :data:`_ALLOCATOR`, unless it settles the same."""
    said = os.environ.get("GLIBC_TUNABLES", "")
    if "tcache_count" in said:
        return {**os.environ}
    return {**os.environ, "GLIBC_TUNABLES": ":".join(filter(None, [said, _ALLOCATOR]))}


def _order(order: bytes, number: int) -> bytes:
    return order + number.to_bytes(4, "big")


class _Forked(Worker, asyncio.Protocol):
    """A forked worker at the other end of a socket pair."""

    def __init__(self, forking: Forking, number: int, mine: socket.socket, keeper: Keeper) -> None:
        super().__init__(keeper)
        self._forking = forking
        self._number = number
        self._socket = mine
        self._status: int | None = None
        mine.setblocking(False)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(mine.fileno(), self._read)
        self._reading = True
        self._unsent = bytearray()

    def send(self, data: bytes) -> None:
        try:
            sent = self._socket.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            return  # it has ended; its status comes from the zygote
        if sent < len(data):
            self._unsent += data[sent:]
            self._loop.add_writer(self._socket.fileno(), self._write)

    def _write(self) -> None:
        try:
            del self._unsent[: self._socket.send(self._unsent)]
        except BlockingIOError:
            return
        except OSError:
            self._unsent.clear()
        if not self._unsent:
            self._loop.remove_writer(self._socket.fileno())

    def _read(self) -> None:
        try:
            data = self._socket.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self.received(data)
        else:
            self._leave()  # how it ended comes from the zygote

    def _leave(self) -> None:
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket.fileno())
            self._loop.remove_writer(self._socket.fileno())
            self._socket.close()

    def hold(self, stop: bool) -> None:
        if self._socket.fileno() < 0 or self._reading != stop:
            return
        self._reading = not stop
        if stop:
            self._loop.remove_reader(self._socket.fileno())
        else:
            self._loop.add_reader(self._socket.fileno(), self._read)

    def processor(self) -> float | None:
        return self._forking.processor(self._number)

    def slow(self) -> None:
        self._forking.tell(b"N", self._number)

    def end_process(self) -> None:
        self._forking.tell(b"K", self._number)
        self._leave()

    def ended_with(self, status: int) -> None:
        """Take the wait status from the zygote, and first what was sent before the end."""
        while self._socket.fileno() >= 0:
            try:
                data = self._socket.recv(1 << 18)
            except OSError:
                break
            if not data:
                break
            self.received(data)
        self._leave()
        self.over(meaning(status))

    def close(self) -> None:
        self.gone = True
        self._leave()
