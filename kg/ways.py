"""Cheapest ways of any length: both ends at once, and around what is already known.

They are searched for where :mod:`kg.corridor` cannot tell that longer ways are no cheaper: where
relations differ in cost, where there are few ways, and where many are asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from heapq import heappop, heappush, nsmallest
from itertools import pairwise
from math import inf

from kg.corridor import Way
from kg.steps import Steps

# How much larger the side around the end of all paths may grow, since many searches use it.
_SHARED = 4
_AT_A_TIME = 16
# Above any error of a sum, and below the least difference between costs.
_EXACT = 1e-9


class Ways:
    """Shortest paths between two concepts."""

    def __init__(self, steps: Steps, source: int, target: int) -> None:
        self.costs = steps.costs
        self.source = source
        self.target = target
        self._home: dict[int, float] = {}
        """Cost of the way home, to the end of all paths, from what is nearer than the radius."""
        self._near_home = [(0.0, self.target)]
        self._radius = 0.0

    def cheapest(self, limit: int, known: Sequence[Way] = ()) -> list[Way]:
        """Return the ``limit`` cheapest ways.

        Bidirectional Dijkstra finds the first, Yen's method (1971) with Lawler's saving (1972) the
        rest, each searched for when no bound tells that another is cheaper. ``known`` are ways
        that there are, cheapest first: nothing dearer is looked at.
        """
        most = known[limit - 1][0] + _EXACT if len(known) >= limit else inf
        cheapest = self._shortest(known[0][0] + _EXACT if known else inf)
        if cheapest is None:
            return []
        found = [cheapest]
        # (cost, 1, hops, numbers, where it left the path it came from); with 0 in place of 1 the
        # least that a way off the path ``numbers`` at that place can cost: searched for when its
        # turn comes.
        waiting: list[tuple[float, int, int, tuple[int, ...], int]] = []
        seen = {cheapest[1]}
        latest, left_at = cheapest[1], 0
        while len(found) < limit:
            spent = 0.0
            for place in range(len(latest) - 1):
                if place:
                    spent += self._step(latest[place - 1], latest[place])
                if place < left_at:  # its deviations were found with the path it left (Lawler)
                    continue
                least = spent + self._least(latest[: place + 1], _next(found, latest, place))
                if least < most:
                    heappush(waiting, (least, 0, 0, latest, place))
            while waiting and not waiting[0][1]:
                least, _, _, path, place = heappop(waiting)
                root = path[: place + 1]
                spent = sum(self._step(near, far) for near, far in pairwise(root))
                # Nothing dearer than the last that can still be returned need be found.
                ready = nsmallest(limit - len(found), (item[0] for item in waiting if item[1]))
                within = ready[-1] if len(ready) >= limit - len(found) else most
                spur = self._detour(
                    root[-1],
                    avoid=root[:-1],
                    not_first=_next(found, path, place),
                    within=within - spent,
                )
                if spur is None or (candidate := root[:-1] + spur[1]) in seen:
                    continue
                seen.add(candidate)
                heappush(waiting, (spent + spur[0], 1, len(candidate), candidate, place))
            if not waiting:
                break
            cost, _, _, latest, left_at = heappop(waiting)
            found.append((cost, latest))
        return found

    def _shortest(self, within: float) -> Way | None:
        """Return the cheapest way, if it costs less than ``within``: bidirectional Dijkstra."""
        source, target, costs = self.source, self.target, self.costs
        distance: tuple[dict[int, float], dict[int, float]] = ({source: 0.0}, {target: 0.0})
        before: tuple[dict[int, int], dict[int, int]] = ({}, {})
        done: tuple[set[int], set[int]] = (set(), set())
        heaps: tuple[list[tuple[float, int]], ...] = ([(0.0, source)], [(0.0, target)])
        best, meeting = within, -1
        while heaps[0] and heaps[1]:
            if heaps[0][0][0] + heaps[1][0][0] >= best:
                break
            # The side that has less before it: hubs are met by one side only.
            side = 0 if len(heaps[0]) <= len(heaps[1]) else 1
            reached, number = heappop(heaps[side])
            if number in done[side]:
                continue
            done[side].add(number)
            here, there, finished, heap = (
                distance[side],
                distance[1 - side],
                done[side],
                heaps[side],
            )
            come = before[side]
            beyond = best - heaps[1 - side][0][0]
            for far, step in costs[side][number].items():
                total = reached + step
                if total >= beyond:  # so are all that follow: the cheapest step comes first
                    break
                if far in finished or total >= here.get(far, best):
                    continue
                here[far] = total
                come[far] = number
                heappush(heap, (total, far))
                if far in there and total + there[far] < best:
                    best, meeting = total + there[far], far
        if meeting < 0:
            return None
        way = [meeting]
        while way[-1] != source:
            way.append(before[0][way[-1]])
        way.reverse()
        while way[-1] != target:
            way.append(before[1][way[-1]])
        return best, tuple(way)

    def _least(self, root: Sequence[int], not_first: Collection[int]) -> float:
        """Return what a way home that goes on from ``root`` costs at least, infinite for none."""
        home, radius = self._home, self._radius
        return min(
            (
                step + home.get(far, radius)
                for far, step in self.costs[0][root[-1]].items()
                if far not in not_first and far not in root
            ),
            default=inf,
        )

    def _grow(self) -> None:
        """Learn the way home from some more concepts, the nearest ones."""
        home, heap = self._home, self._near_home
        for _ in range(_AT_A_TIME):
            while heap and heap[0][1] in home:
                heappop(heap)
            if not heap:
                break
            reached, number = heappop(heap)
            home[number] = reached
            for far, step in self.costs[1][number].items():
                if far not in home:
                    heappush(heap, (reached + step, far))
        self._radius = heap[0][0] if heap else inf

    def _detour(
        self,
        source: int,
        *,
        avoid: Collection[int],
        not_first: Collection[int],
        within: float,
    ) -> Way | None:
        """Return the cheapest way home, if that is less than ``within``.

        It passes none of ``avoid``, and none of ``not_first`` as its first step. A* search: what is
        still to come is at least the way home without these bans, known for all that is near the
        end; all else is farther. Both sides grow, and that around the end serves all searches.
        """
        home, radius, target = self._home, self._radius, self.target
        cost: dict[int, float] = {source: 0.0}
        before: dict[int, int] = {}
        done = set(avoid)
        heap = [(home.get(source, radius), source)]
        while heap:
            least, number = heappop(heap)
            if number in done:
                continue
            if number not in home and len(self._near_home) < _SHARED * len(heap):
                self._grow()
                radius = self._radius
            now = cost[number] + home.get(number, radius)
            if now > least:  # more is known than when it was put there
                if now < within:
                    heappush(heap, (now, number))
                continue
            if number == target:
                way = [target]
                while way[-1] != source:
                    way.append(before[way[-1]])
                return cost[target], tuple(reversed(way))
            done.add(number)
            reached = cost[number]
            for far, step in self.costs[0][number].items():
                if far in done or (number == source and far in not_first):
                    continue
                total = reached + step
                if far in cost and total >= cost[far]:
                    continue
                least = total + home.get(far, radius)
                if least < within:
                    cost[far] = total
                    before[far] = number
                    heappush(heap, (least, far))
        return None

    def _step(self, near: int, far: int) -> float:
        return self.costs[0][near][far]


def _next(found: Iterable[Way], path: tuple[int, ...], place: int) -> set[int]:
    """Return where the ways found go on that agree with ``path`` up to ``place``."""
    root = path[: place + 1]
    return {other[place + 1] for _, other in found if other[: place + 1] == root}
