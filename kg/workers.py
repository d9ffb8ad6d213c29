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
- A worker that is about to be free is sent queries ahead: those whose like takes an instant, behind
  one whose like does. It goes on without sleeping in between, which takes as long as a short query.
  Should the first take longer after all, those behind it go back to the head of the line.
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
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import orjson

from kg.errors import MalformedQuery, QueryBusy, QueryFailed
from kg.results import RESULTS
from kg.store import Revision
from kg.workers_answer import Answer, answer_to
from kg.workers_brood import Brood
from kg.workers_line import Line, Memory, shape
from kg.workers_nest import Exchange, Worker
from kg.workers_task import Limits, Task

__all__ = [
    "Answer",
    "Limits",
    "Workers",
]

_EVERYTHING = 1 << 62
_PATIENCE = 3
"""How many times ``Limits.long`` a query has that was light before, where there is no place."""
_HURRY = 0.01
"""Seconds after which a query is looked at for the first time: it is not there in an instant."""
_TICK = 0.005
"""Seconds between two rounds that look for such queries."""
_CALM = 0.2
"""Seconds for which a long query that is the only one keeps its priority. Who takes it away cannot
give it back; and a fresh worker copies each page of the store that it reads first, so that a query
that reads all takes it ten times as long (200 ms over 10,000 concepts) as one that did so before,
which is worth keeping."""
_AHEAD = 2
"""Queries that a worker holds ready behind the one that it answers."""


def _check_unicode(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise MalformedQuery(text, "The query holds half a character (a surrogate).") from error


def _expire(task: Task) -> None:
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
        settings = {
            "quads": str(revision.quads),
            "beginning": revision.derived if derived else None,
            "default": revision.default_graph,
            "base": base,
            "prefixes": revision.prefixes,
            "memory": self.limits.memory,
        }
        self._line = Line(self.limits.workers)
        self._brood = Brood(
            settings,
            self,
            self._line,
            workers=self.limits.workers,
            fork=sys.platform != "win32" if fork is None else fork,
        )
        self._long: set[Worker] = set()
        self._claims: set[Task] = set()
        """Queries whose like was long and that are not yet: their places are theirs."""
        self._busy: dict[Worker, deque[Task]] = {}
        """By worker the query that it answers, and behind it those that it was sent ahead."""
        self._known_light, self._known_long = Memory(), Memory()
        self._known_quick = Memory()
        self._rounds: asyncio.TimerHandle | None = None
        self._closed = False

    def launch(self) -> None:
        """Let the store be loaded from now on, before there is an event loop to start in."""
        self._brood.launch()

    def abandon(self) -> None:
        """End what was launched and is not going to be started."""
        self._brood.abandon()

    async def start(self) -> Self:
        """Start the processes and return when the store is loaded.

        Raises:
            RuntimeError: the store could not be loaded.
        """
        await self._brood.start()
        return self

    @property
    def processes(self) -> list[int]:
        """Ids of the processes that are there now; for tests and metrics."""
        return self._brood.processes

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
        task = Task(
            exchange=Exchange(text, notify),
            like=like,
            known=known,
            quick=known and like in self._known_quick,
            deadline=asyncio.get_running_loop().time() + seconds,
            question={
                "query": text,
                "formats": list(formats or RESULTS),
                "default_graphs": default_graphs,
                "named_graphs": named_graphs,
                "rows": _EVERYTHING if whole else self.limits.rows,
                "bytes": _EVERYTHING if whole else self.limits.bytes,
            },
        )
        if like in self._known_long:
            self._claims.add(task)
        worker = self._line.at_once(known=known)
        if worker is not None:
            self._hand(worker, task)
        elif task.quick and (worker := self._soon_free()) is not None:
            self._send_ahead(worker, task)
        else:
            self._queue(task)
        return task.exchange

    def _queue(self, task: Task, *, first: bool = False) -> None:
        """Have a query wait for a worker, until its deadline."""
        loop = asyncio.get_running_loop()
        place = self._line.join(known=task.known, first=first)
        task.exchange.place = place
        timer = loop.call_later(max(task.deadline - loop.time(), 0.0), self._give_up, task)
        place.add_done_callback(lambda place: self._placed(place, task, timer))

    def _give_up(self, task: Task) -> None:
        """Let a query go that has waited for a worker until its deadline."""
        task.exchange.abandon({"error": "busy", "retry_after": self._retry_after()})

    def _placed(
        self, place: asyncio.Future[Worker], task: Task, timer: asyncio.TimerHandle
    ) -> None:
        """Go on with a query that has waited in the line."""
        timer.cancel()
        if place.cancelled():
            self._claims.discard(task)
            return
        if error := place.exception():
            self._claims.discard(task)
            task.exchange.conclude({"error": "failed", "message": str(error)})
            return
        worker = place.result()
        claimed = task in self._claims
        if not task.exchange.ended and (claimed or not self._hopeless(task.like)):
            self._hand(worker, task)
            return
        self._claims.discard(task)
        self._line.settled(worker)
        self._line.free(worker)
        if not task.exchange.ended:  # its like was found to be long while it waited
            task.exchange.conclude({"error": "busy", "retry_after": self._retry_after()})

    def _hand(self, worker: Worker, task: Task) -> None:
        """Have a free worker answer a query."""
        task.worker, task.started = worker, asyncio.get_running_loop().time()
        task.exchange.place = None
        self._busy[worker] = deque([task])
        if self._rounds is None:
            self._look_later()
        worker.ask(task.exchange, self._told(task, task.started))
        if task in self._claims and self._long:  # trying it would take the others' time
            self._make_room(task)

    def _soon_free(self) -> Worker | None:
        """Return the worker that will be free first, if that is a matter of an instant."""
        if len(self._line):
            return None
        found, least = None, _AHEAD + 1
        for worker, tasks in self._busy.items():
            first = tasks[0]
            if first.quick and not first.looked_at and not worker.gone and len(tasks) < least:
                found, least = worker, len(tasks)
        return found

    def _send_ahead(self, worker: Worker, task: Task) -> None:
        """Have a worker answer a query next."""
        task.worker = worker
        self._busy[worker].append(task)
        worker.ask_next(task.exchange, self._told(task, asyncio.get_running_loop().time()))

    def _told(self, task: Task, now: float) -> bytes:
        return orjson.dumps({**task.question, "timeout": max(task.deadline - now, 0.001)})

    def _hopeless(self, like: str) -> bool:
        """Return whether a query will be long and there is no place for it."""
        return self._full() and like in self._known_long

    def _full(self, task: Task | None = None) -> bool:
        """Return whether all places of long queries are taken, by others than ``task``."""
        claims = len(self._claims) - (task in self._claims)
        return len(self._long) + claims >= self.limits.most_long

    def _later(self, task: Task, seconds: float, call: Callable[[Task], None]) -> None:
        task.worker.timer = asyncio.get_running_loop().call_later(seconds, call, task)

    def _look_later(self) -> None:
        self._rounds = asyncio.get_running_loop().call_later(_TICK, self._look_around)

    def _look_around(self) -> None:
        """Look at all queries that are not there in an instant; one timer for all of them."""
        self._rounds = None
        before = asyncio.get_running_loop().time() - min(_HURRY, self.limits.long)
        for worker, tasks in list(self._busy.items()):
            if not tasks[0].looked_at and tasks[0].started <= before:
                self._look(tasks[0])
            elif len(tasks) > 1 and tasks[0].looked_at and self._computes(tasks[0]):
                self._take_back(worker)
        if self._busy:
            self._look_later()

    def _look(self, task: Task) -> None:
        """Look at a query that is not there in an instant."""
        task.looked_at = True
        self._known_quick.discard(task.like)
        if not task.exchange.ended:
            task.exchange.tell()
        if task.exchange.ended:  # given up: now, or while it was behind another
            task.worker.kill({"error": "abandoned"})
            return
        task.processor = task.worker.processor()
        if task.processor is None:
            self._take_back(task.worker)
        if task.worker not in self._long:
            self._later(task, self._trial(task), self._grow_long)

    def _computes(self, task: Task) -> bool:
        """Return whether a query that was looked at takes its time itself: a machine may be busy.

        Replacing its worker then would make it busier.
        """
        now = task.worker.processor()
        return now is None or task.processor is None or now - task.processor > _TICK / 2

    def _take_back(self, worker: Worker) -> None:
        """Have the queries that a worker was sent ahead answered by others.

        It will still come to them, so it is replaced once it is done with its present one.
        """
        tasks = self._busy[worker]
        while len(tasks) > 1:
            task = tasks.pop()
            worker.forget()
            if not task.exchange.ended:
                self._queue(task, first=True)

    def _trial(self, task: Task) -> float:
        """Return the seconds after the first look in which a query shows that it is long.

        When others have to be tried, too, and there is no place for a long one anyway, it has
        little time; more, where its like was light before and there is no place.
        """
        if task.patient:
            return _PATIENCE * self.limits.long
        if self._full(task) and self._line.crowded and not task.known:
            return _HURRY
        return max(self.limits.long - _HURRY, _HURRY)

    def _grow_long(self, task: Task) -> None:
        """Make room for others: a query has not come to its end in a short time."""
        missing = self._missing(task)
        if missing > 0:
            self._later(task, max(missing, _HURRY), self._grow_long)
            return
        if self._full(task):
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
        self._make_room(task)

    def _make_room(self, task: Task) -> None:
        """Have a fresh worker take the place of one whose query takes long."""
        self._claims.discard(task)
        if not self._long:
            self._later(task, _CALM, self._slow)
        else:
            self._slow(task)
        self._long.add(task.worker)
        self._line.settled(task.worker)
        self._brood.hatch()

    def _slow(self, task: Task) -> None:
        """Have a query stand behind all others for the rest of its time."""
        task.worker.slowed = True
        task.worker.slow()
        # The kernel's timer in the worker is due now, too. But a worker gives its memory back
        # before anybody is told that it has ended, and behind all others that takes its time.
        rest = task.deadline - asyncio.get_running_loop().time()
        self._later(task, max(rest, 0.0), _expire)

    def _missing(self, task: Task) -> float:
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
            worker.timer = None
        tasks = self._busy[worker]
        task, now = tasks[0], asyncio.get_running_loop().time()
        if "error" not in end:
            self._remember(task, now - task.started)
        self._line.settled(worker)
        self._claims.discard(task)
        if worker in self._long and not worker.slowed and self._line.retire():
            self._long.discard(worker)  # instead of the one that has taken its place
        of_use = not (worker.gone or worker.outdated or worker in self._long or end.get("spent"))
        if of_use and len(tasks) > 1:
            tasks.popleft()
            tasks[0].started = now
            return
        self._take_back(worker)
        del self._busy[worker]
        if worker in self._long:
            self._long.discard(worker)  # another has taken its place
            worker.close()
        elif not of_use:
            worker.close()
            self._brood.hatch()
        else:
            self._brood.well()
            self._line.free(worker)

    def _remember(self, task: Task, seconds: float) -> None:
        """Take notice of how long the answer to a query took."""
        if seconds < self.limits.long:
            self._known_light.add(task.like)
            self._known_long.discard(task.like)
        if seconds < _TICK:
            self._known_quick.add(task.like)
        else:
            self._known_quick.discard(task.like)

    def lost(self, worker: Worker) -> None:
        """Have a worker replaced that ended while it had nothing to do."""
        self._brood.lost(worker)

    def _retry_after(self) -> int:
        return max(1, round(self.limits.timeout / max(self.limits.most_long, 1)))

    async def close(self) -> None:
        """End all workers; queries still running end with QueryFailed."""
        self._closed = True
        self._brood.finish()
        if self._rounds:
            self._rounds.cancel()
        for worker in list(self._busy):
            worker.kill({"error": "failed", "message": "The workers are closed."})
        self._line.refuse(QueryFailed("The workers are closed."))
        await self._brood.close()
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
