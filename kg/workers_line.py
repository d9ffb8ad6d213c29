"""Which query gets the next free worker.

Two lines, each first come, first served: queries of a shape that has been light before, and all
others. The others leave one worker free as long as there is more than one, so that a crowd of
runaways, which can be told only by trying, does not keep light queries waiting; where both wait,
they take turns. What a query's shape is: :func:`kg.workers_likes.shape`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator

from kg.workers_nest import Worker


class Line:
    """Free workers, and who waits for one."""

    def __init__(self, workers: int) -> None:
        self._most_unknown = max(1, workers - 1)
        self._idle: deque[Worker] = deque()
        self._known: deque[asyncio.Future[Worker]] = deque()
        self._unknown: deque[asyncio.Future[Worker]] = deque()
        self._trying: set[Worker] = set()
        self._turn = False

    def __len__(self) -> int:
        return len(self._known) + len(self._unknown)

    @property
    def crowded(self) -> bool:
        """Whether queries wait that have to be tried out."""
        return bool(self._unknown)

    def at_once(self, *, known: bool) -> Worker | None:
        """Return a worker for a query where nobody waits and one is free for it."""
        if not self._idle or self._known or self._unknown:
            return None
        if not known and len(self._trying) >= self._most_unknown:
            return None
        worker = self._idle.pop()
        self._turn = not known
        if not known:
            self._trying.add(worker)
        return worker

    def join(self, *, known: bool, first: bool = False) -> asyncio.Future[Worker]:
        """Return a place in the line of a query, ``known`` if its like was light before.

        It is set to the query's worker; who leaves the line cancels it. ``first`` is for one that
        had its turn already.
        """
        place: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        line = self._known if known else self._unknown
        if first:
            line.appendleft(place)
        else:
            line.append(place)
        self._serve()
        return place

    def free(self, worker: Worker) -> None:
        """Take a worker that has nothing to do.

        The one that answered last is asked first: its part of the store is in the processor's
        cache. One that has answered nothing may still be starting, so it is asked last.
        """
        if worker.answered:
            self._idle.append(worker)
        else:
            self._idle.appendleft(worker)
        self._serve()

    def settled(self, worker: Worker) -> None:
        """Take notice that a worker's query came to its end or counts as long from now on."""
        if worker in self._trying:
            self._trying.discard(worker)
            self._serve()

    def remove(self, worker: Worker) -> bool:
        """Take a free worker out; return whether it was one."""
        if worker not in self._idle:
            return False
        self._idle.remove(worker)
        return True

    def retire(self) -> bool:
        """Let the free worker go that answered least; return whether there was one."""
        if not self._idle:
            return False
        worker = min(self._idle, key=lambda worker: worker.answered)
        self._idle.remove(worker)
        worker.close()
        return True

    def clear(self) -> None:
        """Forget all free workers."""
        self._idle.clear()

    def refuse(self, error: Exception) -> None:
        """Let all who wait have ``error``."""
        for place in self._places():
            place.set_exception(error)

    def _places(self) -> Iterator[asyncio.Future[Worker]]:
        for line in (self._known, self._unknown):
            while line:
                place = line.popleft()
                if not place.done():
                    yield place

    def _serve(self) -> None:
        while self._idle:
            for line in (self._known, self._unknown):
                while line and line[0].done():  # gave up
                    line.popleft()
            may_try = bool(self._unknown) and len(self._trying) < self._most_unknown
            if not may_try and not self._known:
                return
            worker = self._idle.pop()
            self._turn = may_try and (not self._known or not self._turn)
            if self._turn:
                self._trying.add(worker)
                self._unknown.popleft().set_result(worker)
            else:
                self._known.popleft().set_result(worker)
