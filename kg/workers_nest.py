"""The caller's side of workers: starting them, talking to one, and telling how one ended."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

_ROOT = str(Path(__file__).resolve().parent.parent)
# -P: no module of the working directory is imported in place of ours.
_START = """
import sys
if {root!r} not in sys.path:
    sys.path.insert(0, {root!r})
import {module}
{module}.begin()
"""
_BUFFER = 1 << 20
"""Bytes of an answer that are kept for a slow reader before its worker has to wait."""
_FRAME, _HEAD, _DATA = 5, ord("h"), ord("d")
_LOADING = 600.0
"""Seconds that loading a store may take."""


class Exchange:
    """A question and the answer to it as it comes in."""

    def __init__(self, query: str) -> None:
        self.query = query
        self.head: dict[str, str] | None = None
        """Kind and format, once they are known."""
        self.end: dict[str, Any] = {}
        """How the answer ended, once it has; with ``error`` if it failed."""
        self.ended = False
        self.worker: Worker | None = None
        """Who answers, until the end."""
        self._parts: deque[bytes] = deque()
        self._held = 0
        self._waiter: asyncio.Future[None] | None = None

    async def first(self) -> dict[str, str] | None:
        """Return the answer's head, None if it failed before it had one."""
        while self.head is None and not self.ended:
            await self._news()
        return self.head

    async def part(self) -> bytes:
        """Return the next bytes of the answer, none at its end."""
        while not self._parts and not self.ended:
            await self._news()
        if not self._parts:
            return b""
        part = self._parts.popleft()
        full = self._held > _BUFFER
        self._held -= len(part)
        if full and self._held <= _BUFFER and self.worker:
            self.worker.hold(False)
        return part

    def add(self, part: bytes) -> None:
        """Take bytes of the answer; the worker has to wait while too many are not read."""
        self._parts.append(part)
        self._held += len(part)
        if self._held > _BUFFER and self.worker:
            self.worker.hold(True)

    def conclude(self, end: dict[str, Any]) -> None:
        """Take the end of the answer."""
        self.ended, self.end, self.worker = True, end, None
        if end.get("error"):
            self._parts.clear()
        self.wake()

    def wake(self) -> None:
        """Let the reader look at what is new."""
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    async def _news(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None


class Keeper(Protocol):
    """Who uses workers."""

    def done(self, worker: Worker, end: Mapping[str, Any]) -> None:
        """Take notice that a worker's answer has come to its end, good or bad."""

    def lost(self, worker: Worker) -> None:
        """Take notice that a worker that had nothing to do has ended."""


class Nest(Protocol):
    """Where workers come from."""

    @property
    def dead(self) -> bool:
        """Whether no workers come from it any more."""

    @property
    def processes(self) -> list[int]:
        """Ids of all processes."""

    def hatch(self) -> Worker:
        """Return a new worker, which may still be starting."""

    async def close(self) -> None:
        """End all processes."""


class Worker:
    """A worker process as its caller sees it: one question at a time."""

    def __init__(self, keeper: Keeper) -> None:
        self.gone = False
        """Whether the process has ended or is about to."""
        self.answered = 0
        """Questions that it has answered."""
        self.timer: asyncio.TimerHandle | None = None
        """What the keeper has set up for the present question."""
        self._keeper = keeper
        self._exchange: Exchange | None = None
        self._input = bytearray()

    # What the two kinds of processes do differently.

    def send(self, data: bytes) -> None:
        """Send bytes to the process."""
        raise NotImplementedError

    def end_process(self) -> None:
        """Kill the process."""
        raise NotImplementedError

    def slow(self) -> None:
        """Lower the priority of the process, where the system can."""

    def hold(self, stop: bool) -> None:
        """Stop reading from the process, or go on."""
        raise NotImplementedError

    def close(self) -> None:
        """Let the process end."""
        raise NotImplementedError

    # Asking, and what comes back.

    def ask(self, exchange: Exchange, question: bytes) -> None:
        """Send a question."""
        self._exchange, exchange.worker = exchange, self
        self._input.clear()
        if self.gone:
            self._conclude({"error": "failed", "message": "The worker has ended."})
        else:
            self.send(len(question).to_bytes(4, "big") + question)

    def kill(self, end: dict[str, Any]) -> None:
        """End the process; its answer, if one is coming in, ends with ``end``."""
        self.gone = True
        self.end_process()
        self._conclude(end)

    def received(self, data: bytes) -> None:
        """Take bytes from the process."""
        exchange = self._exchange
        if exchange is None:
            return
        self._input += data
        at, size = 0, len(self._input)
        while size - at >= _FRAME:
            kind = self._input[at]
            length = int.from_bytes(self._input[at + 1 : at + _FRAME], "big")
            if size - at - _FRAME < length:
                break
            at += _FRAME + length
            body = bytes(self._input[at - length : at])
            if kind == _DATA:
                exchange.add(body)
            elif kind == _HEAD:
                exchange.head = json.loads(body)
            else:
                self._conclude(json.loads(body))
        del self._input[:at]
        exchange.wake()

    def over(self, end: dict[str, Any]) -> None:
        """Take notice that the process has ended."""
        self.gone = True
        if self._exchange:
            self._conclude(end)
        else:
            self._keeper.lost(self)

    def _conclude(self, end: dict[str, Any]) -> None:
        exchange, self._exchange = self._exchange, None
        if exchange:
            self.answered += 1
            exchange.conclude(end)
            self._keeper.done(self, end)


def meaning(status: int) -> dict[str, Any]:
    """Return how an answer ended whose worker ended with the wait status ``status``."""
    number = os.WTERMSIG(status) if status >= 0 and os.WIFSIGNALED(status) else 0
    if number == signal.SIGALRM:
        return {"error": "timeout"}
    # The allocator aborts where it gets no memory, the kernel kills where there is none, and
    # what nests too deeply runs over the stack.
    if number in (signal.SIGABRT, signal.SIGKILL, signal.SIGSEGV, signal.SIGBUS):
        return {"error": "memory"}
    return {"error": "failed", "message": "The query ended its worker in an unexpected way."}


async def nest(settings: Mapping[str, Any], *, fork: bool, keeper: Keeper) -> Nest:
    """Return a nest whose store is loaded, or whose first worker is loading it.

    Raises:
        RuntimeError: the store could not be loaded.
    """
    if not fork:
        return _Spawning(settings, keeper)
    forking = _Forking(settings, keeper)
    await forking.ready()
    return forking


class _Forking:
    """Workers forked from a zygote."""

    def __init__(self, settings: Mapping[str, Any], keeper: Keeper) -> None:
        self._keeper = keeper
        self._number = 0
        self._dead = False
        self._workers: dict[int, _Forked] = {}
        self._pids: dict[int, int] = {}
        self._input = bytearray()
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[None] = self._loop.create_future()
        self._control, theirs = socket.socketpair()
        code = _START.format(root=_ROOT, module="kg.workers_zygote")
        with theirs:
            self._zygote = subprocess.Popen(
                [sys.executable, "-P", "-c", code, str(theirs.fileno()), json.dumps(settings)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
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
                self._ready.set_exception(RuntimeError("The store could not be loaded."))
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


def _order(order: bytes, number: int) -> bytes:
    return order + number.to_bytes(4, "big")


class _Forked(Worker, asyncio.Protocol):
    """A forked worker at the other end of a socket pair."""

    def __init__(self, forking: _Forking, number: int, mine: socket.socket, keeper: Keeper) -> None:
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


class _Spawning:
    """Workers that are started one by one, each loading the store."""

    dead = False

    def __init__(self, settings: Mapping[str, Any], keeper: Keeper) -> None:
        self._settings = settings
        self._keeper = keeper
        self._workers: list[_Spawned] = []

    @property
    def processes(self) -> list[int]:
        """Ids of all workers."""
        return [w.pid for w in self._workers if w.pid and not w.gone]

    def hatch(self) -> Worker:
        """Return a new worker; its process is started meanwhile."""
        self._workers = [w for w in self._workers if not w.gone]
        worker = _Spawned(self._settings, self._keeper)
        self._workers.append(worker)
        return worker

    async def close(self) -> None:
        """End all workers."""
        for worker in self._workers:
            worker.close()
        await asyncio.gather(*(worker.ending() for worker in self._workers))


class _Spawned(Worker, asyncio.SubprocessProtocol):
    """A worker that talks over its standard streams."""

    def __init__(self, settings: Mapping[str, Any], keeper: Keeper) -> None:
        super().__init__(keeper)
        self.pid = 0
        self._transport: asyncio.SubprocessTransport | None = None
        self._unsent: list[bytes] = []
        self._over = asyncio.Event()
        code = _START.format(root=_ROOT, module="kg.workers_child")
        start = asyncio.get_running_loop().subprocess_exec(
            lambda: self,
            *(sys.executable, "-P", "-c", code, json.dumps(settings)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._starting = asyncio.ensure_future(start)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.SubprocessTransport)
        self._transport = transport
        self.pid = transport.get_pid()
        if self.gone:
            transport.kill()
        for data in self._unsent:
            self._pipe(0).write(data)
        self._unsent.clear()

    def _pipe(self, number: int) -> Any:
        assert self._transport
        return self._transport.get_pipe_transport(number)

    def send(self, data: bytes) -> None:
        if self._transport:
            self._pipe(0).write(data)
        else:
            self._unsent.append(data)

    def pipe_data_received(self, _fd: int, data: bytes) -> None:
        self.received(data)

    def hold(self, stop: bool) -> None:
        pipe = self._pipe(1)
        if stop:
            pipe.pause_reading()
        else:
            pipe.resume_reading()

    def end_process(self) -> None:
        if self._transport:
            with contextlib.suppress(ProcessLookupError):  # it has just ended by itself
                self._transport.kill()

    def process_exited(self) -> None:
        assert self._transport
        code = self._transport.get_returncode() or 0
        self.over(meaning(-code if code < 0 else code << 8))

    def connection_lost(self, _error: Exception | None) -> None:
        self._over.set()

    async def ending(self) -> None:
        """Return when the process has ended."""
        await self._starting
        await self._over.wait()

    def close(self) -> None:
        self.gone = True
        self.end_process()
