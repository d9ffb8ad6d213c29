"""SPARQL in worker processes that can be killed, for an event loop.

pyoxigraph can neither cancel a query nor bound its memory, and it calls remote services. So every
query runs in a process of its own kind (:mod:`kg.workers_child`), forked from one that has loaded
the store (:mod:`kg.workers_zygote`):

- Queries wait in the order they came (:mod:`kg.workers_line`). One that runs for longer than
  ``Limits.long`` counts as long: its worker gets a lower priority and a fresh worker takes the next
  query, so that light queries do not wait for it. At most ``Limits.most_long`` run at once; a
  further one ends with :class:`QueryBusy`, and so does, at once, a query that is known to be long
  while all these places are taken. Where the system tells, what counts is the processor time that
  a query has had: one that waits for a busy machine is not taken for a long one.
- At its deadline a query's worker is ended by the kernel (a timer it set itself) and, should that
  fail, by the zygote. A query that needs more memory than it may have costs its own worker.
- A worker can open no file and no socket. ``SERVICE`` is refused before, updates do not parse.

Where there is no fork (Windows), workers are started one by one and load the store each; they are
killed at the deadline, but nothing limits their memory. macOS forks, yet does not hold the memory
limit.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import orjson

from kg.errors import MalformedQuery, QueryBusy
from kg.results import RESULTS
from kg.store import Revision
from kg.workers_answer import Answer, QueryFailed, UnfitFormat, answer_to
from kg.workers_fork import Forking, Zygote
from kg.workers_line import Line, Memory, shape
from kg.workers_nest import Exchange, Nest, Worker
from kg.workers_spawn import Spawning

__all__ = [
    "Answer",
    "Limits",
    "QueryFailed",
    "UnfitFormat",
    "Workers",
]

_EVERYTHING = 1 << 62
_PATIENCE = 3
"""How many times ``Limits.long`` a query has that was light before, where there is no place."""
_HURRY = 0.01
"""Seconds after which a query is looked at for the first time."""


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


@dataclass(slots=True, kw_only=True)
class _Task:
    """A query on its way: in the line, then with a worker."""

    exchange: Exchange
    question: dict[str, Any]
    """What the worker is told."""
    like: str
    """Its shape."""
    known: bool
    """Whether its like was light before."""
    worker: Worker = field(init=False)
    """Who answers, once it has its turn."""
    started: float = 0.0
    """When it had its turn, by the event loop's clock."""
    patient: bool = False
    """Whether it was given more time for that."""
    processor: float | None = None
    """Seconds of processor time that the worker had used when the query was first looked at."""
    deadline: float
    """By the event loop's clock."""


def _check_unicode(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise MalformedQuery(text, "The query holds half a character (a surrogate).") from error


def _expire(task: _Task) -> None:
    task.worker.kill({"error": "timeout"})


class Workers:
    """Workers for one revision, used from one event loop; close it when done.

    ``derived`` has them load the derived graph alone: for queries that name no other.
    """

    def __init__(
        self,
        revision: Revision,
        limits: Limits | None = None,
        *,
        fork: bool | None = None,
        derived: bool = False,
    ):
        self.limits = limits or Limits()
        self._revision = revision
        base = revision.manifest.base
        self._settings = {
            "quads": str(revision.quads),
            "beginning": revision.derived if derived else None,
            "default": revision.default_graph,
            "base": base,
            "prefixes": revision.prefixes,
            "memory": self.limits.memory,
        }
        self._fork = sys.platform != "win32" if fork is None else fork
        self._zygote: Zygote | None = None
        """Launched, and not in use yet."""
        self._nest: Nest | None = None
        self._line = Line(self.limits.workers)
        self._long: set[Worker] = set()
        self._busy: dict[Worker, _Task] = {}
        self._known_light, self._known_long = Memory(), Memory()
        self._closed = False
        self._failures = 0
        self._starting: asyncio.Future[None] | None = None

    def launch(self) -> None:
        """Let the store be loaded from now on, before there is an event loop to start in."""
        if self._fork and self._zygote is None:
            self._zygote = Zygote(self._settings)

    def abandon(self) -> None:
        """End what was launched and is not going to be started."""
        zygote, self._zygote = self._zygote, None
        if zygote is not None:
            zygote.close()

    async def start(self) -> Self:
        """Start the processes and return when the store is loaded.

        Raises:
            RuntimeError: the store could not be loaded.
        """
        if self._fork:
            self.launch()
            zygote, self._zygote = self._zygote, None
            assert zygote is not None
            self._nest = forking = Forking(zygote, self)
            await forking.ready()
        else:
            self._nest = Spawning(self._settings, self)
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
        whole: bool = False,
    ) -> Answer:
        """Return the answer to ``text``, as soon as its first bytes are there.

        ``formats`` are keys of :data:`kg.results.RESULTS` in order of preference; without any, the
        first one that fits the kind of answer is taken. Without graphs, the default graph is the
        derived one and all graphs can be named. A ``whole`` answer is cut at no limit but the
        deadline.

        Raises:
            MalformedQuery: it does not parse, is an update, or calls a service.
            UnfitFormat: none of ``formats`` can hold this kind of answer.
            QueryTimeout, QueryTooLarge, QueryBusy, QueryFailed: it was ended.
        """
        exchange = self.begin(
            text,
            formats=formats,
            default_graphs=default_graphs,
            named_graphs=named_graphs,
            timeout=timeout,
            whole=whole,
        )
        return await answer_to(exchange)

    def begin(
        self,
        text: str,
        *,
        formats: Sequence[str] = (),
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        timeout: float | None = None,
        whole: bool = False,
        notify: Callable[[Exchange], None] | None = None,
    ) -> Exchange:
        """Set a query going and return where its answer comes in; parameters as of :meth:`query`.

        ``notify`` is called when the answer has come to its end, good or bad, and once before if it
        takes longer than an instant.

        Raises:
            QueryBusy, QueryFailed: it cannot even wait.
            MalformedQuery: it is no text.
        """
        if self._closed:
            raise QueryFailed("The workers are closed.")
        if not text.isascii():
            _check_unicode(text)
        like = shape(text)
        known = like in self._known_light
        if len(self._line) >= self.limits.waiting or self._hopeless(like):
            raise QueryBusy(self._retry_after())
        seconds = min(timeout or self.limits.timeout, self.limits.timeout)
        loop = asyncio.get_running_loop()
        task = _Task(
            exchange=Exchange(text, notify),
            like=like,
            known=known,
            deadline=loop.time() + seconds,
            question={
                "query": text,
                "formats": list(formats or RESULTS),
                "default_graphs": default_graphs,
                "named_graphs": named_graphs,
                "rows": _EVERYTHING if whole else self.limits.rows,
                "bytes": _EVERYTHING if whole else self.limits.bytes,
            },
        )
        worker = self._line.at_once(known=known)
        if worker is not None:
            self._hand(worker, task)
        else:
            place = self._line.join(known=known)
            task.exchange.place = place
            timer = loop.call_later(seconds, self._give_up, task)
            place.add_done_callback(lambda place: self._placed(place, task, timer))
        return task.exchange

    def _give_up(self, task: _Task) -> None:
        """Let a query go that has waited for a worker until its deadline."""
        task.exchange.abandon({"error": "busy", "retry_after": self._retry_after()})

    def _placed(
        self, place: asyncio.Future[Worker], task: _Task, timer: asyncio.TimerHandle
    ) -> None:
        """Go on with a query that has waited in the line."""
        timer.cancel()
        if place.cancelled():
            return
        if error := place.exception():
            task.exchange.conclude({"error": "failed", "message": str(error)})
            return
        worker = place.result()
        if not task.exchange.ended and not self._hopeless(task.like):
            self._hand(worker, task)
            return
        self._line.settled(worker)
        self._line.free(worker)
        if not task.exchange.ended:  # its like was found to be long while it waited
            task.exchange.conclude({"error": "busy", "retry_after": self._retry_after()})

    def _hand(self, worker: Worker, task: _Task) -> None:
        """Have a worker answer a query."""
        task.worker, task.started = worker, asyncio.get_running_loop().time()
        task.exchange.place = None
        self._busy[worker] = task
        self._later(task, min(_HURRY, self.limits.long), self._look)
        task.question["timeout"] = max(task.deadline - task.started, 0.001)
        worker.ask(task.exchange, orjson.dumps(task.question))

    def _hopeless(self, like: str) -> bool:
        """Return whether a query will be long and there is no place for it."""
        return len(self._long) >= self.limits.most_long and like in self._known_long

    def _later(self, task: _Task, seconds: float, call: Callable[[_Task], None]) -> None:
        task.worker.timer = asyncio.get_running_loop().call_later(seconds, call, task)

    def _look(self, task: _Task) -> None:
        """Look at a query that is not done in an instant."""
        task.exchange.tell()
        if task.exchange.ended:  # whoever was told has given it up
            return
        task.processor = task.worker.processor()
        self._later(task, self._trial(task), self._grow_long)

    def _trial(self, task: _Task) -> float:
        """Return the seconds after the first look in which a query shows that it is long.

        When others have to be tried, too, and there is no place for a long one anyway, it has
        little time; more, where its like was light before and there is no place.
        """
        if task.patient:
            return _PATIENCE * self.limits.long
        full = len(self._long) >= self.limits.most_long
        if full and self._line.crowded and not task.known:
            return _HURRY
        return max(self.limits.long - _HURRY, _HURRY)

    def _hatch(self) -> None:
        """Put a fresh worker at the disposal of the next query."""
        if self._nest is None or self._closed:
            return
        if self._nest.dead:
            self._restart()
        else:
            self._line.free(self._nest.hatch())

    def _grow_long(self, task: _Task) -> None:
        """Make room for others: a query has not come to its end in a short time."""
        missing = self._missing(task)
        if missing > 0:
            self._later(task, max(missing, _HURRY), self._grow_long)
            return
        if len(self._long) >= self.limits.most_long:
            if task.known and not task.patient:  # light as a rule: the machine may be busy
                task.patient = True
                self._later(task, _PATIENCE * self.limits.long, self._grow_long)
                return
            self._known_light.discard(task.like)
            if not task.known:  # one that was light is tried once more
                self._known_long.add(task.like)
            task.worker.kill({"error": "busy"})
            return
        self._known_long.add(task.like)
        self._known_light.discard(task.like)
        # Second to the kernel's timer in the worker.
        rest = task.deadline - asyncio.get_running_loop().time()
        self._later(task, max(rest, 0.0) + 0.02, _expire)
        self._long.add(task.worker)
        self._line.settled(task.worker)
        task.worker.slow()
        self._hatch()

    def _was_short(self, task: _Task) -> bool:
        return asyncio.get_running_loop().time() - task.started < self.limits.long

    def _missing(self, task: _Task) -> float:
        """Return the processor time that a query must have before it may count as long; or 0.

        On a busy machine the clock says nothing of a query. One that has begun to answer waits for
        its reader, and one at its deadline has had its time.
        """
        now = task.worker.processor()
        late = asyncio.get_running_loop().time() >= task.deadline
        if now is None or task.processor is None or task.exchange.head is not None or late:
            return 0.0
        return self._trial(task) / 2 - (now - task.processor)

    def done(self, worker: Worker, end: Mapping[str, Any]) -> None:
        """Take a worker back that has come to the end of its answer."""
        if worker.timer:
            worker.timer.cancel()
        task = self._busy.pop(worker, None)
        if task is not None and "error" not in end and self._was_short(task):
            self._known_light.add(task.like)
            self._known_long.discard(task.like)
        self._line.settled(worker)
        if worker in self._long:
            self._long.discard(worker)  # another has taken its place
            worker.close()
        elif worker.gone or end.get("spent"):
            worker.close()
            self._hatch()
        else:
            self._failures = 0
            self._line.free(worker)

    def lost(self, worker: Worker) -> None:
        """Replace a worker that ended while it had nothing to do."""
        if not self._line.remove(worker):
            return
        if worker.answered:
            self._hatch()
        else:  # it may be that none can live: try less and less often
            self._failures += 1
            pause = min(0.01 * 2**self._failures, 5.0)
            asyncio.get_running_loop().call_later(pause, self._hatch)

    def _restart(self) -> None:
        """Start another nest, its process having ended; once, however many workers are wanted."""
        if self._starting is None:
            self._line.clear()
            self._starting = asyncio.ensure_future(self._start_again())

    async def _start_again(self) -> None:
        try:
            if self._nest:
                await self._nest.close()
            await self.start()
        except RuntimeError as error:
            self._line.refuse(QueryFailed(str(error)))
        finally:
            self._starting = None

    def _retry_after(self) -> int:
        return max(1, round(self.limits.timeout / max(self.limits.most_long, 1)))

    async def close(self) -> None:
        """End all workers; queries still running end with QueryFailed."""
        self._closed = True
        self._line.refuse(QueryFailed("The workers are closed."))
        for worker in list(self._busy):
            worker.kill({"error": "failed", "message": "The workers are closed."})
        if self._nest:
            await self._nest.close()
        self._line.clear()
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
