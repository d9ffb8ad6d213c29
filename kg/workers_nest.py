"""The caller's side of workers: starting them, talking to one, and telling how one ended."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import orjson

from kg import own_code
from kg.workers_wire import FORMATS, FRAME, KINDS, WHOLE

_BUFFER = 1 << 20
"""Bytes of an answer that are kept for a slow reader before its worker has to wait."""
_FRAME, _HEAD, _DATA, _WHOLE = FRAME.size, ord("h"), ord("d"), ord("w")


class Exchange:
    """A question and the answer to it as it comes in."""

    def __init__(self, query: str, notify: Callable[[Exchange], None] | None = None) -> None:
        self.query = query
        self.notify = notify
        """Called when it has ended, and once before if that takes longer than an instant."""
        self.head: dict[str, str] | None = None
        """Kind and format, once they are known."""
        self.end: dict[str, Any] = {}
        """How the answer ended, once it has; with ``error`` if it failed."""
        self.ended = False
        self.worker: Worker | None = None
        """Who answers, until the end."""
        self.place: asyncio.Future[Worker] | None = None
        """Where it waits for a worker."""
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
        self.tell()

    def abandon(self, end: dict[str, Any] | None = None) -> None:
        """Give the answer up: its worker ends, or its place in the line is free."""
        end = end or {"error": "abandoned"}
        if self.worker:
            self.worker.kill(end)
        elif not self.ended:
            place, self.place = self.place, None
            self.conclude(end)
            if place:
                place.cancel()

    def tell(self) -> None:
        """Call ``notify``."""
        if self.notify:
            self.notify(self)

    def whole(self) -> bytes:
        """Return all bytes of an answer that has ended and of which none was read."""
        return b"".join(self._parts)

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
        self.slowed = False
        """Whether it has a lower priority for good."""
        self.outdated = False
        """Whether it was sent questions that nobody waits for any more."""
        self._exchange: Exchange | None = None
        self._next: deque[Exchange] = deque()
        """What it was sent ahead."""
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

    def processor(self) -> float | None:
        """Return the seconds of processor time that the process has used, where that is known."""
        return None

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

    def ask_next(self, exchange: Exchange, question: bytes) -> None:
        """Send a question to be answered after those that were sent before."""
        self._next.append(exchange)
        self.send(len(question).to_bytes(4, "big") + question)

    def forget(self) -> None:
        """Expect no answer to the question that was sent last."""
        self._next.pop()
        self.outdated = True

    def kill(self, end: dict[str, Any]) -> None:
        """End the process; its answer, if one is coming in, ends with ``end``."""
        self.gone = True
        self.end_process()
        self._conclude(end)

    def received(self, data: bytes) -> None:
        """Take bytes from the process."""
        waiting = self._input
        if waiting:
            waiting += data
        came = waiting or data  # most answers come in one piece
        at, size = 0, len(came)
        while size - at >= _FRAME:
            kind, begin = came[at], at + _FRAME
            end = begin + int.from_bytes(came[at + 1 : begin], "big")
            exchange = self._exchange
            if exchange is None or size < end:
                break
            at = end
            if kind == _DATA:
                exchange.add(bytes(came[begin:end]))
            elif kind == _WHOLE:
                number, format_, rows, cut, spent = WHOLE.unpack_from(came, begin)
                exchange.head = {"kind": KINDS[number], "format": FORMATS[format_]}
                exchange.add(bytes(came[begin + WHOLE.size : end]))
                self._conclude({"rows": rows, "cut": cut, "spent": spent})
            elif kind == _HEAD:
                exchange.head = orjson.loads(came[begin:end])
            else:
                self._conclude(orjson.loads(came[begin:end]))
            exchange.wake()
        self._input = bytearray(came[at:])

    def over(self, end: dict[str, Any]) -> None:
        """Take notice that the process has ended."""
        self.gone = True
        if self._exchange:
            self._conclude(end)
        else:
            self._keeper.lost(self)

    def _conclude(self, end: dict[str, Any]) -> None:
        exchange, self._exchange = self._exchange, None
        if exchange is None:
            return
        self.answered += 1
        if not exchange.ended:
            exchange.conclude(end)
        self._keeper.done(self, end)
        if self._next:
            self._exchange = self._next.popleft()
            if not self._exchange.ended:
                self._exchange.worker = self


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


def starting(module: str) -> list[str]:
    """Return the command that starts ``module.begin()`` in a fresh process.

    -P: no module of the working directory is imported in place of ours.
    """
    root = str(own_code.root())
    code = (
        f"import sys\nif {root!r} not in sys.path:\n    sys.path.insert(0, {root!r})\n"
        f"import {module}\n{module}.begin()\n"
    )
    return [sys.executable, "-P", "-c", code]
