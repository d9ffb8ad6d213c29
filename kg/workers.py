"""SPARQL in worker processes that can be killed, for an event loop or for plain calls.

pyoxigraph can neither cancel a query nor bound its memory, and it calls remote services. So every
query runs in a process of its own kind (:mod:`kg.workers_child`), forked from one that has loaded
the store (:mod:`kg.workers_zygote`):

- Queries wait in the order they came. One that runs for longer than ``Limits.long`` counts as long:
  its worker gets a lower priority and a fresh worker takes the next query, so that light queries do
  not wait for it. At most ``Limits.most_long`` run at once; a further one ends with
  :class:`QueryBusy`, and so does, at once, a query that is known to be long while all these places
  are taken.
- At its deadline a query's worker is ended by the kernel (a timer it set itself) and, should that
  fail, by the zygote. A query that needs more memory than it may have costs its own worker.
- A worker can open no file and no socket. ``SERVICE`` is refused before, updates do not parse.

Where there is no fork (Windows), workers are started one by one and load the store each; they are
killed at the deadline, but nothing limits their memory. macOS forks, yet does not hold the memory
limit.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import sys
import threading
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar

from kg.errors import MalformedQuery, QueryBusy, QueryTimeout, QueryTooLarge
from kg.rdf import PREFIXES
from kg.results import RESULTS
from kg.store import Revision
from kg.workers_nest import Exchange, Nest, Worker, nest

T = TypeVar("T")

_REMEMBERED = 1000
"""Queries that are remembered as long ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a query may take; times in seconds, sizes in bytes."""

    timeout: float = 10.0
    """Deadline of a query that names none; the most that one may name."""
    long: float = 0.05
    """A query that runs for longer counts as long."""
    most_long: int = 4
    """Long queries that run at once."""
    workers: int = 2
    """Workers ready for light queries."""
    waiting: int = 1000
    """Queries that may wait for a worker."""
    memory: int = 512 << 20
    """What a query may allocate beyond the store."""
    rows: int = 100_000
    """Rows or triples of an answer; a longer one is cut."""
    bytes: int = 64 << 20
    """Size of an answer; a longer one is cut."""


class UnfitFormat(ValueError):
    """None of the formats asked for can hold the kind of answer that a query has."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        """``solutions``, ``boolean`` or ``graph``."""
        self.formats = tuple(f.media_type for f in RESULTS.values() if kind in f.kinds)
        super().__init__(f"The answer is of the kind {kind}; ask for {', '.join(self.formats)}.")


class QueryFailed(RuntimeError):
    """A query could not be answered, or its worker came to an unexpected end."""


class Answer:
    """The answer to a query, complete or still coming in."""

    def __init__(self, exchange: Exchange, head: Mapping[str, str]) -> None:
        self.kind = head["kind"]
        """``solutions``, ``boolean`` or ``graph``."""
        self.format = head["format"]
        """Key of :data:`kg.results.RESULTS`."""
        self._exchange = exchange

    @property
    def media_type(self) -> str:
        """Media type, with its charset where it needs one."""
        format_ = RESULTS[self.format]
        return f"{format_.media_type}; charset=utf-8" if format_.charset else format_.media_type

    @property
    def complete(self) -> bool:
        """Whether all of it is here, so that :meth:`read` does not wait."""
        return self._exchange.ended

    @property
    def rows(self) -> int:
        """Rows or triples; 0 until it is complete."""
        return int(self._exchange.end.get("rows", 0))

    @property
    def cut(self) -> bool:
        """Whether it is only a beginning; False until it is complete."""
        return bool(self._exchange.end.get("cut", False))

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the answer as it comes in.

        Raises:
            QueryTimeout, QueryTooLarge, QueryBusy, QueryFailed: it broke off.
        """
        try:
            while part := await self._exchange.part():
                yield part
            _raise_for(self._exchange)
        finally:
            self.close()

    async def read(self) -> bytes:
        """Return what is still to come, all at once."""
        return b"".join([part async for part in self])

    def close(self) -> None:
        """Give up what has not been read; a query still running for it is ended."""
        if self._exchange.worker:
            self._exchange.worker.kill({"error": "abandoned"})


class Workers:
    """Workers for one revision, used from one event loop; close it when done."""

    def __init__(
        self, revision: Revision, limits: Limits | None = None, *, fork: bool | None = None
    ):
        self.limits = limits or Limits()
        self._revision = revision
        base = revision.manifest.base
        self._settings = {
            "quads": str(revision.quads),
            "default": revision.default_graph,
            "base": base,
            "prefixes": {**PREFIXES, "concept": f"{base}concepts/"},
            "memory": self.limits.memory,
        }
        self._fork = sys.platform != "win32" if fork is None else fork
        self._nest: Nest | None = None
        self._idle: deque[Worker] = deque()
        self._waiting: deque[asyncio.Future[Worker]] = deque()
        self._long: set[Worker] = set()
        self._busy: set[Worker] = set()
        self._known_long: OrderedDict[bytes, None] = OrderedDict()
        self._closed = False
        self._failures = 0
        self._starting: asyncio.Future[None] | None = None

    async def start(self) -> Self:
        """Start the processes and return when the store is loaded.

        Raises:
            RuntimeError: the store could not be loaded.
        """
        self._nest = await nest(self._settings, fork=self._fork, keeper=self)
        for _ in range(self.limits.workers):
            self._hatch()
        return self

    @property
    def processes(self) -> list[int]:
        """Ids of the processes that are there now; for tests and metrics."""
        return self._nest.processes if self._nest else []

    @property
    def long(self) -> int:
        """How many long queries run now."""
        return len(self._long)

    async def query(
        self,
        text: str,
        *,
        formats: Sequence[str] = (),
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        timeout: float | None = None,
    ) -> Answer:
        """Return the answer to ``text``, as soon as its first bytes are there.

        ``formats`` are keys of :data:`kg.results.RESULTS` in order of preference; without any, the
        first one that fits the kind of answer is taken. Without graphs, the default graph is the
        derived one and all graphs can be named.

        Raises:
            MalformedQuery: it does not parse, is an update, or calls a service.
            UnfitFormat: none of ``formats`` can hold this kind of answer.
            QueryTimeout, QueryTooLarge, QueryBusy, QueryFailed: it was ended.
        """
        seconds = min(timeout or self.limits.timeout, self.limits.timeout)
        mark = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
        if mark in self._known_long and len(self._long) >= self.limits.most_long:
            raise QueryBusy(self._retry_after())
        question = {
            "query": text,
            "formats": list(formats or RESULTS),
            "default_graphs": list(default_graphs),
            "named_graphs": list(named_graphs),
            "timeout": seconds,
            "rows": self.limits.rows,
            "bytes": self.limits.bytes,
        }
        worker = await self._take()
        loop = asyncio.get_running_loop()
        exchange = Exchange(text)
        self._busy.add(worker)
        worker.timers = [
            loop.call_later(self.limits.long, self._grow_long, worker, mark),
            # Second to the kernel's timer in the worker.
            loop.call_later(seconds + 0.02, worker.kill, {"error": "timeout"}),
        ]
        worker.ask(exchange, json.dumps(question).encode())
        try:
            head = await exchange.first()
        except asyncio.CancelledError:
            if exchange.worker:
                exchange.worker.kill({"error": "abandoned"})
            raise
        if head is None:
            _raise_for(exchange)
            raise AssertionError("an answer without a head is an error")
        return Answer(exchange, head)

    async def _take(self) -> Worker:
        """Return the next free worker; those who wait are served in the order they came."""
        if self._closed:
            raise QueryFailed("The workers are closed.")
        if self._idle and not self._waiting:
            return self._idle.popleft()
        if len(self._waiting) >= self.limits.waiting:
            raise QueryBusy(self._retry_after())
        place: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            return await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self._free(place.result())
            raise

    def _free(self, worker: Worker) -> None:
        """Hand a free worker to who waits longest."""
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(worker)
                return
        self._idle.append(worker)

    def _hatch(self) -> None:
        """Put a fresh worker at the disposal of the next query."""
        if self._nest is None or self._closed:
            return
        if self._nest.dead:
            self._restart()
        else:
            self._free(self._nest.hatch())

    def _grow_long(self, worker: Worker, mark: bytes) -> None:
        """Make room for others: ``worker`` has not come to its end in a short time."""
        self._known_long[mark] = None
        self._known_long.move_to_end(mark)
        if len(self._known_long) > _REMEMBERED:
            self._known_long.popitem(last=False)
        if len(self._long) >= self.limits.most_long:
            worker.kill({"error": "busy"})
            return
        self._long.add(worker)
        worker.slow()
        self._hatch()

    def done(self, worker: Worker, end: Mapping[str, Any]) -> None:
        """Take a worker back that has come to the end of its answer."""
        for timer in worker.timers:
            timer.cancel()
        worker.timers = []
        self._busy.discard(worker)
        if worker in self._long:
            self._long.discard(worker)  # another has taken its place
            worker.close()
        elif worker.gone or end.get("spent"):
            worker.close()
            self._hatch()
        else:
            self._failures = 0
            self._free(worker)

    def lost(self, worker: Worker) -> None:
        """Replace a worker that ended while it had nothing to do."""
        if worker not in self._idle:
            return
        self._idle.remove(worker)
        if worker.answered:
            self._hatch()
        else:  # it may be that none can live: try less and less often
            self._failures += 1
            pause = min(0.01 * 2**self._failures, 5.0)
            asyncio.get_running_loop().call_later(pause, self._hatch)

    def _restart(self) -> None:
        """Start another nest, its process having ended; once, however many workers are wanted."""
        if self._starting is None:
            self._idle.clear()
            self._starting = asyncio.ensure_future(self._start_again())

    async def _start_again(self) -> None:
        try:
            if self._nest:
                await self._nest.close()
            await self.start()
        finally:
            self._starting = None

    def _retry_after(self) -> int:
        return max(1, round(self.limits.timeout / max(self.limits.most_long, 1)))

    async def close(self) -> None:
        """End all workers; queries still running end with QueryFailed."""
        self._closed = True
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_exception(QueryFailed("The workers are closed."))
        for worker in list(self._busy):
            worker.kill({"error": "failed", "message": "The workers are closed."})
        if self._nest:
            await self._nest.close()
        self._idle.clear()
        self._revision.close()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


def _raise_for(exchange: Exchange) -> None:
    """Raise the error that an answer ended with, if any."""
    end = exchange.end
    match end.get("error"):
        case None:
            return
        case "malformed":
            raise MalformedQuery(exchange.query, end["message"])
        case "unfit":
            raise UnfitFormat(end["message"])
        case "timeout":
            raise QueryTimeout("The query reached its deadline and was stopped.")
        case "memory":
            raise QueryTooLarge(
                "The query needed more memory than it may have and was stopped. "
                "Narrow it, or leave out ORDER BY, DISTINCT and GROUP_CONCAT over many rows."
            )
        case "busy":
            raise QueryBusy
        case _:
            raise QueryFailed(end.get("message", "The query was given up."))


class BlockingWorkers:
    """The same for plain calls: an event loop in a thread of its own."""

    def __init__(
        self, revision: Revision, limits: Limits | None = None, *, fork: bool | None = None
    ) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="glossgraph-sparql", daemon=True
        )
        self._thread.start()
        self._workers = Workers(revision, limits, fork=fork)
        try:
            self._call(self._workers.start())
        except BaseException:
            self._stop()
            raise

    def query(
        self,
        text: str,
        *,
        formats: Sequence[str] = (),
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        timeout: float | None = None,
    ) -> tuple[Answer, bytes]:
        """Return the answer and its bytes; parameters and errors as of :meth:`Workers.query`."""

        async def ask() -> tuple[Answer, bytes]:
            answer = await self._workers.query(
                text,
                formats=formats,
                default_graphs=default_graphs,
                named_graphs=named_graphs,
                timeout=timeout,
            )
            return answer, await answer.read()

        return self._call(ask())

    def close(self) -> None:
        """End all workers and the thread."""
        if not self._loop.is_closed():
            self._call(self._workers.close())
            self._stop()

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def query_once(
    revision: Revision,
    text: str,
    *,
    formats: Sequence[str] = (),
    limits: Limits | None = None,
) -> tuple[Answer, bytes]:
    """Return the answer to a single query, from a single process that ends with it.

    Raises as :meth:`Workers.query`.
    """
    one = limits or Limits(timeout=60.0, workers=1)
    with contextlib.closing(BlockingWorkers(revision, one, fork=False)) as workers:
        return workers.query(text, formats=formats)
