"""Processes that make long answers: maps, exports, annotated pages, wide neighbourhoods.

What keeps Python busy for more than some milliseconds would make every other request wait. Such
requests are handed as they are to a process that has the same revision and the same routes
(:mod:`api.process`), forked from one that loaded them. It starts when the first such request comes
and ends when none has come for a while. A process has a deadline and a memory limit; when one dies
it costs its own answer.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict, replace
from typing import Any

import orjson

from api.settings import Settings
from kg.store import Revision
from kg.workers_fork import Forking, Zygote
from kg.workers_nest import Exchange, Worker

AT_ONCE = 2
"""Answers that are made at the same time."""
STREAMS = 4
"""Streamed answers, which go on as fast as their clients read, besides those."""
WAITING = 100
"""Requests that may wait."""
IDLE = 300.0
"""Seconds without a long answer after which the processes end."""


class AnswerFailed(RuntimeError):
    """A long answer was not made; ``kind`` is ``busy``, ``timeout`` or ``failed``."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(kind)


class Made:
    """An answer that a process makes: its head, and its body as it comes."""

    def __init__(self, exchange: Exchange, head: Mapping[str, Any]) -> None:
        self.status: int = head["status"]
        self.headers = [(n.encode("latin-1"), v.encode("latin-1")) for n, v in head["headers"]]
        """As ASGI has them."""
        self._exchange = exchange

    @property
    def whole(self) -> bool:
        """Whether its length is known, so that all of it may be awaited."""
        return self._exchange.ended or any(name == b"content-length" for name, _ in self.headers)

    async def parts(self) -> AsyncIterator[bytes]:
        """Yield the body.

        Raises:
            AnswerFailed: it broke off.
        """
        try:
            while part := await self._exchange.part():
                yield part
            _raise_for(self._exchange)
        finally:
            if self._exchange.worker:  # given up in the middle
                self._exchange.worker.kill({"error": "failed"})


class Processes:
    """The processes of one revision; a keeper of workers, see :mod:`kg.workers_nest`."""

    def __init__(
        self, stored: Revision, *, revision: str, public: bool, settings: Settings
    ) -> None:
        self._seconds = settings.job_time
        self.given = {
            "folder": str(stored.folder.resolve()),
            "stored": stored.id,
            "revision": revision,
            "public": public,
            "settings": asdict(replace(settings, token="")),  # others see a command line
        }
        """What a process is told: folder, revision and settings, see :mod:`api.process`."""
        self._nest: Forking | None = None
        self._starting: asyncio.Task[None] | None = None
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._taken = 0
        """Places of answers that are being made or about to be."""
        self._streaming: set[Worker] = set()
        self._line: deque[asyncio.Future[None]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    @property
    def ids(self) -> list[int]:
        """Ids of the processes that are there now."""
        return self._nest.processes if self._nest else []

    @property
    def running(self) -> int:
        """Answers that are being made or sent."""
        return len(self._busy) + len(self._streaming)

    async def make(self, question: Mapping[str, Any], body: bytes) -> Made:
        """Return the answer to a request, once its head is there.

        Raises:
            AnswerFailed: too much is asked for, it took too long, or its process died.
        """
        exchange = Exchange("")
        try:
            async with asyncio.timeout(self._seconds):
                await self._place()
                try:
                    worker = await self._worker()
                except BaseException:
                    self._leave()
                    raise
        except TimeoutError as error:
            raise AnswerFailed("busy") from error
        self._busy.add(worker)
        said = orjson.dumps({**question, "seconds": self._seconds})
        worker.ask(exchange, len(said).to_bytes(4, "big") + said + body)
        try:
            head = await exchange.first()
        except asyncio.CancelledError:
            if exchange.worker:
                exchange.worker.kill({"error": "failed"})
            raise
        if head is None:
            _raise_for(exchange)
            raise AssertionError("an answer without a head is an error")
        made = Made(exchange, head)
        if not made.whole:
            self._stream(worker)
        return made

    def _stream(self, worker: Worker) -> None:
        """Let a streamed answer have a place of its own; its client may be slow."""
        if len(self._streaming) >= STREAMS:
            worker.kill({"error": "busy"})
            raise AnswerFailed("busy")
        self._busy.discard(worker)
        self._streaming.add(worker)
        self._leave()

    async def _place(self) -> None:
        if self._closed or len(self._line) >= WAITING:
            raise AnswerFailed("busy")
        while self._taken >= AT_ONCE:
            place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._line.append(place)
            try:
                await place
            except asyncio.CancelledError:
                if place.done() and not place.cancelled():
                    self._next()
                raise
        if self._closed:
            raise AnswerFailed("failed")
        self._taken += 1

    def _leave(self) -> None:
        self._taken -= 1
        self._next()

    def _next(self) -> None:
        while self._line and self._taken < AT_ONCE:
            place = self._line.popleft()
            if not place.done():
                place.set_result(None)
                return

    async def _worker(self) -> Worker:
        """Return a process that has nothing to do; the first one waits until the graph is there."""
        if self._nest is None or self._nest.dead:
            if self._starting is None:
                self._starting = asyncio.ensure_future(self._start())
            try:
                await asyncio.shield(self._starting)
            except RuntimeError as error:
                raise AnswerFailed("failed") from error
        assert self._nest is not None
        return self._idle.pop() if self._idle else self._nest.hatch()

    async def _start(self) -> None:
        try:
            old, self._nest = self._nest, None
            if old is not None:
                self._idle.clear()
                await old.close()
            nest = Forking(Zygote(self.given, "api.process"), self)
            await nest.ready()
            if self._closed:
                await nest.close()
                raise RuntimeError("The processes are closed.")
            self._nest = nest
        finally:
            self._starting = None

    def done(self, worker: Worker, end: Mapping[str, Any]) -> None:
        """Take a process back that has come to the end of its answer."""
        streamed = worker in self._streaming
        self._streaming.discard(worker)
        if worker.gone or streamed or end.get("spent") or len(self._idle) >= AT_ONCE:
            worker.close()
        else:
            self._idle.append(worker)
        if worker in self._busy:
            self._busy.discard(worker)
            self._leave()
        loop = asyncio.get_running_loop()
        if self._timer:
            self._timer.cancel()
        self._timer = loop.call_later(IDLE, lambda: loop.create_task(self._end_idle()))

    def lost(self, worker: Worker) -> None:
        """Forget a process that ended while it had nothing to do."""
        if worker in self._idle:
            self._idle.remove(worker)

    async def _end_idle(self) -> None:
        if not self.running and self._starting is None:
            await self._end()

    async def _end(self) -> None:
        nest, self._nest = self._nest, None
        self._idle.clear()
        if nest is not None:
            await nest.close()

    async def close(self) -> None:
        """End all processes; answers that are being made fail."""
        self._closed = True
        if self._timer:
            self._timer.cancel()
        while self._line:
            place = self._line.popleft()
            if not place.done():
                place.set_result(None)
        for worker in [*self._busy, *self._streaming]:
            worker.kill({"error": "failed"})
        if self._starting is not None:
            self._starting.cancel()
            with contextlib.suppress(asyncio.CancelledError, RuntimeError):
                await self._starting
        await self._end()


def _raise_for(exchange: Exchange) -> None:
    error = exchange.end.get("error")
    if error is not None:
        raise AnswerFailed(error if error in ("busy", "timeout") else "failed")
