"""Telling long queries from light ones while they run, and making room for others.

A query that has not come to its end in :data:`HURRY` is looked at; one that takes longer than
``Limits.long`` counts as long: its worker gets a lower priority, and a fresh one its place. The
places of long queries are few. Those whose like was long before are promised one as they come in
and are put behind at once where another one is long, so that they are not tried beside them.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from kg.workers_likes import Likes
from kg.workers_line import Line
from kg.workers_nest import Worker
from kg.workers_task import Limits, Task

_PATIENCE = 3
"""How many times ``Limits.long`` a query has that was light before, where there is no place."""
HURRY = 0.01
"""Seconds after which a query is looked at for the first time: it is not there in an instant."""
TICK = 0.005
"""Seconds between two rounds that look for such queries."""
_CALM = 0.2
"""Seconds for which a long query that is the only one keeps its priority. Who takes it away cannot
give it back; and a fresh worker copies each page of the store that it reads first, so that a query
that reads all takes it ten times as long (200 ms over 10,000 concepts) as one that did so before,
which is worth keeping."""


def _expire(task: Task) -> None:
    task.worker.kill({"error": "timeout"})


class Trials:
    """The queries that workers answer now.

    ``hatch`` starts a worker for those that wait, ``again`` has a query wait for its turn again.
    """

    def __init__(
        self,
        limits: Limits,
        likes: Likes,
        line: Line,
        *,
        hatch: Callable[[], None],
        again: Callable[[Task], None],
    ) -> None:
        self._limits = limits
        self._likes = likes
        self._line = line
        self._hatch = hatch
        self._again = again
        self.busy: dict[Worker, deque[Task]] = {}
        """By worker the query that it answers, and behind it those that it was sent ahead."""
        self.long: set[Worker] = set()
        """Those whose query is long."""
        self.claims: set[Task] = set()
        """Queries whose like was long and that are not yet: their places are theirs."""
        self._rounds: asyncio.TimerHandle | None = None

    def enter(self, task: Task) -> None:
        """Promise a place to a query whose like was long."""
        if task.like in self._likes.long:
            self.claims.add(task)

    def begin(self, worker: Worker, task: Task) -> None:
        """Take notice that a worker is asked a query."""
        self.busy[worker] = deque([task])
        if self._rounds is None:
            self._look_later()
        if task in self.claims and self.long:  # trying it would take the others' time
            self._make_room(task)

    def end(self) -> None:
        """Look no more."""
        if self._rounds:
            self._rounds.cancel()

    def hopeless(self, like: str) -> bool:
        """Return whether a query will be long and there is no place for it."""
        return self._full() and like in self._likes.long

    def _full(self, task: Task | None = None) -> bool:
        """Return whether all places of long queries are taken, by others than ``task``."""
        claims = len(self.claims) - (task in self.claims)
        return len(self.long) + claims >= self._limits.most_long

    def _later(self, task: Task, seconds: float, call: Callable[[Task], None]) -> None:
        task.worker.timer = asyncio.get_running_loop().call_later(seconds, call, task)

    def _look_later(self) -> None:
        self._rounds = asyncio.get_running_loop().call_later(TICK, self._look_around)

    def _look_around(self) -> None:
        """Look at all queries that are not there in an instant; one timer for all of them."""
        self._rounds = None
        before = asyncio.get_running_loop().time() - min(HURRY, self._limits.long)
        for worker, tasks in list(self.busy.items()):
            if not tasks[0].looked_at and tasks[0].started <= before:
                self._look(tasks[0])
            elif len(tasks) > 1 and tasks[0].looked_at and self._computes(tasks[0]):
                self.take_back(worker)
        if self.busy:
            self._look_later()

    def _look(self, task: Task) -> None:
        """Look at a query that is not there in an instant."""
        task.looked_at = True
        self._likes.quick.discard(task.like)
        if not task.exchange.ended:
            task.exchange.tell()
        if task.exchange.ended:  # given up: now, or while it was behind another
            task.worker.kill({"error": "abandoned"})
            return
        task.processor = task.worker.processor()
        if task.processor is None:
            self.take_back(task.worker)
        if task.worker not in self.long:
            self._later(task, self._trial(task), self._grow_long)

    def _computes(self, task: Task) -> bool:
        """Return whether a query that was looked at takes its time itself: a machine may be busy.

        Replacing its worker then would make it busier.
        """
        now = task.worker.processor()
        return now is None or task.processor is None or now - task.processor > TICK / 2

    def take_back(self, worker: Worker) -> None:
        """Have the queries that a worker was sent ahead answered by others.

        It will still come to them, so it is replaced once it is done with its present one.
        """
        tasks = self.busy[worker]
        while len(tasks) > 1:
            task = tasks.pop()
            worker.forget()
            if not task.exchange.ended:
                self._again(task)

    def _trial(self, task: Task) -> float:
        """Return the seconds after the first look in which a query shows that it is long.

        When others have to be tried, too, and there is no place for a long one anyway, it has
        little time; more, where its like was light before and there is no place.
        """
        if task.patient:
            return _PATIENCE * self._limits.long
        if self._full(task) and self._line.crowded and not task.known:
            return HURRY
        return max(self._limits.long - HURRY, HURRY)

    def _grow_long(self, task: Task) -> None:
        """Make room for others: a query has not come to its end in a short time."""
        missing = self._missing(task)
        if missing > 0:
            self._later(task, max(missing, HURRY), self._grow_long)
            return
        if self._full(task):
            if task.known and not task.patient:  # light as a rule: the machine may be busy
                task.patient = True
                self._later(task, _PATIENCE * self._limits.long, self._grow_long)
                return
            self._likes.light.discard(task.like)
            if not task.known:  # one that was light is tried once more
                self._likes.long.add(task.like)
            task.worker.kill({"error": "busy"})
            return
        self._likes.took_long(task.like)
        self._make_room(task)

    def _make_room(self, task: Task) -> None:
        """Have a fresh worker take the place of one whose query takes long."""
        self.claims.discard(task)
        if not self.long:
            self._later(task, _CALM, self._slow)
        else:
            self._slow(task)
        self.long.add(task.worker)
        self._line.settled(task.worker)
        self._hatch()

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
