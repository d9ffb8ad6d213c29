"""SPARQL in worker processes that can be killed, for an event loop.

pyoxigraph can neither cancel a query nor bound its memory, and it calls remote services. So every
query runs in a process of its own kind (:mod:`kg.workers_child`), forked from one that has loaded
the store (:mod:`kg.workers_zygote`):

- Queries wait in the order they came (:mod:`kg.workers_line`). One that runs for longer than
  ``Limits.long`` counts as long: its worker gets a lower priority and a fresh worker takes the next
  query, so that light queries do not wait for it (:mod:`kg.workers_trial`). At most
  ``Limits.most_long`` run at once; a further one ends with :class:`QueryBusy`, and so does, at
  once, a query that is known to be long while all these places are taken or promised. Where the
  system tells, what counts is the processor time that a query has had: one that waits for a busy
  machine is not taken for a long one.
- A worker that is about to be free is sent queries ahead: those whose like takes an instant, behind
  one whose like does. It goes on without sleeping in between, which takes as long as a short query.
  Should the first take longer after all, those behind it go back to the head of the line.
- At its deadline a query's worker is ended by its caller and, should that be late, by the kernel (a
  timer it set itself). A query that needs more memory than it may have costs its own worker.
- A worker can open no file and no socket. ``SERVICE`` is refused before, updates do not parse.

Where there is no fork (Windows), workers are started one by one and load the store each; they are
killed at the deadline, but nothing limits their memory. macOS forks, yet does not hold the memory
limit.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import orjson

from kg.errors import MalformedQuery, QueryBusy, QueryFailed
from kg.results import RESULTS
from kg.store import Revision
from kg.workers_answer import Answer, answer_to
from kg.workers_brood import Brood
from kg.workers_likes import Likes, shape
from kg.workers_line import Line
from kg.workers_nest import Exchange, Worker
from kg.workers_task import Limits, Task
from kg.workers_trial import TICK, Trials

__all__ = [
    "Answer",
    "Limits",
    "Workers",
]

_EVERYTHING = 1 << 62
_AHEAD = 2
"""Queries that a worker holds ready behind the one that it answers."""


def _check_unicode(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise MalformedQuery(text, "The query holds half a character (a surrogate).") from error


class Workers:
    """Workers for one revision, used from one event loop; close it when done.

    ``derived`` has them load the derived graph alone: for queries that name no other. ``likes`` is
    what others have learnt of queries.
    """

    def __init__(
        self,
        revision: Revision,
        limits: Limits | None = None,
        *,
        fork: bool | None = None,
        derived: bool = False,
        likes: Likes | None = None,
    ):
        self.limits = limits or Limits()
        self.likes = likes or Likes()
        """What is known of queries."""
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
        self._trials = Trials(
            self.limits,
            self.likes,
            self._line,
            hatch=self._brood.hatch,
            again=lambda task: self._queue(task, first=True),
        )
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
        return len(self._trials.long)

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
        known = like in self.likes.light
        if len(self._line) >= self.limits.waiting or self._trials.hopeless(like):
            raise QueryBusy(self._retry_after())
        seconds = min(timeout or self.limits.timeout, self.limits.timeout)
        task = Task(
            exchange=Exchange(text, notify),
            like=like,
            known=known,
            quick=known and like in self.likes.quick,
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
        self._trials.enter(task)
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
            self._trials.claims.discard(task)
            return
        if error := place.exception():
            self._trials.claims.discard(task)
            task.exchange.conclude({"error": "failed", "message": str(error)})
            return
        worker = place.result()
        claimed = task in self._trials.claims
        if not task.exchange.ended and (claimed or not self._trials.hopeless(task.like)):
            self._hand(worker, task)
            return
        self._trials.claims.discard(task)
        self._line.settled(worker)
        self._line.free(worker)
        if not task.exchange.ended:  # its like was found to be long while it waited
            task.exchange.conclude({"error": "busy", "retry_after": self._retry_after()})

    def _hand(self, worker: Worker, task: Task) -> None:
        """Have a free worker answer a query."""
        task.worker, task.started = worker, asyncio.get_running_loop().time()
        task.exchange.place = None
        self._trials.begin(worker, task)
        worker.ask(task.exchange, self._told(task, task.started))

    def _soon_free(self) -> Worker | None:
        """Return the worker that will be free first, if that is a matter of an instant."""
        if len(self._line):
            return None
        found, least = None, _AHEAD + 1
        for worker, tasks in self._trials.busy.items():
            first = tasks[0]
            if first.quick and not first.looked_at and not worker.gone and len(tasks) < least:
                found, least = worker, len(tasks)
        return found

    def _send_ahead(self, worker: Worker, task: Task) -> None:
        """Have a worker answer a query next."""
        task.worker = worker
        self._trials.busy[worker].append(task)
        worker.ask_next(task.exchange, self._told(task, asyncio.get_running_loop().time()))

    def _told(self, task: Task, now: float) -> bytes:
        return orjson.dumps({**task.question, "timeout": max(task.deadline - now, 0.001)})

    def done(self, worker: Worker, end: Mapping[str, Any]) -> None:
        """Take a worker back that has come to the end of its answer."""
        if worker.timer:
            worker.timer.cancel()
            worker.timer = None
        tasks = self._trials.busy[worker]
        task, now = tasks[0], asyncio.get_running_loop().time()
        if "error" not in end:
            took = now - task.started
            self.likes.answered(task.like, light=took < self.limits.long, quick=took < TICK)
        self._line.settled(worker)
        self._trials.claims.discard(task)
        if worker in self._trials.long and not worker.slowed and self._line.retire():
            self._trials.long.discard(worker)  # instead of the one that has taken its place
        of_use = not (
            worker.gone or worker.outdated or worker in self._trials.long or end.get("spent")
        )
        if of_use and len(tasks) > 1:
            tasks.popleft()
            tasks[0].started = now
            return
        self._trials.take_back(worker)
        del self._trials.busy[worker]
        if worker in self._trials.long:
            self._trials.long.discard(worker)  # another has taken its place
            worker.close()
        elif not of_use:
            worker.close()
            self._brood.hatch()
        else:
            self._brood.well()
            self._line.free(worker)

    def lost(self, worker: Worker) -> None:
        """Have a worker replaced that ended while it had nothing to do."""
        self._brood.lost(worker)

    def _retry_after(self) -> int:
        return max(1, round(self.limits.timeout / max(self.limits.most_long, 1)))

    async def close(self) -> None:
        """End all workers; queries still running end with QueryFailed."""
        self._closed = True
        self._brood.finish()
        self._trials.end()
        for worker in list(self._trials.busy):
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
