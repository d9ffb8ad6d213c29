"""Cheapest ways through an index: both ends at once, and around what is already known.

What a step costs is said in :mod:`kg.paths`, which asks for several ways.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from heapq import heappop, heappush
from math import inf

from kg.index import Index
from kg.neighbors import edges
from kg.selection import Masks

# Decides between equal costs by strength of the relation, and never more than that.
_TIE = 1e-7
# Concepts whose steps are kept for the next search; half a kilobyte each.
_REMEMBERED = 20_000
# How much larger the side around the end of all paths may grow, since many searches use it.
_SHARED = 4
_AT_A_TIME = 16


class Ways:
    """Shortest paths over one index, selection and cost."""

    def __init__(self, index: Index, masks: Masks, cost: str, ends: tuple[int, int]) -> None:
        self.index = index
        self.masks = masks
        self.ends = ends
        self.target = ends[1]
        by_hops = cost == "hops"
        bases = index.vocabulary.bases
        self.base = [1.0 if by_hops else float(bases[basis].cost) for _, basis in index.sorts]
        self.passing = [0.0] * len(index.concepts) if by_hops else index.half_log_degree
        self._around: tuple[dict[int, list[tuple[int, float]]], ...] = ({}, {})
        if masks.everything and not by_hops:  # what nearly all ask is the same for all
            if len(index.steps) > _REMEMBERED:
                index.steps.clear()
            self._around = (index.steps, index.steps)
        self._home: dict[int, float] = {}
        """Cost of the way home, to the end of all paths, from what is nearer than the radius."""
        self._near_home = [(0.0, self.target)]
        self._radius = 0.0

    def around(self, number: int, side: int) -> list[tuple[int, float]]:
        """Return (neighbour, cost of the step) for each relation that may be followed.

        ``side`` 0 walks from the start, 1 back from the end.
        """
        known = self._around[side]
        if number in known:
            return known[number]
        index, base, passing = self.index, self.base, self.passing
        sort, strength, here = index.sort, index.strength, self.passing[number]
        if self.masks.everything:
            # The commonest case, written out: a generator would take twice the time.
            ends = index.object
            found = [
                (
                    far := ends[place],
                    base[sort[place]] + strength[place] * _TIE + here + passing[far],
                )
                for place in index.outgoing[number]
            ]
            ends = index.subject
            found += [
                (
                    far := ends[place],
                    base[sort[place]] + strength[place] * _TIE + here + passing[far],
                )
                for place in index.incoming[number]
            ]
        else:
            masks = self.masks.turned() if side else self.masks
            found = [
                (far, base[sort[place]] + strength[place] * _TIE + here + passing[far])
                for place, far, _ in edges(index, number, masks, self.ends)
            ]
        known[number] = found
        return found

    def shortest(self, source: int, target: int) -> tuple[float, tuple[int, ...]] | None:
        """Return the cheapest way and its cost: bidirectional Dijkstra."""
        distance: tuple[dict[int, float], dict[int, float]] = ({source: 0.0}, {target: 0.0})
        before: tuple[dict[int, int], dict[int, int]] = ({}, {})
        done: tuple[set[int], set[int]] = (set(), set())
        heaps: tuple[list[tuple[float, int]], ...] = ([(0.0, source)], [(0.0, target)])
        best, meeting = inf, -1
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
            for far, step in self.around(number, side):
                total = reached + step
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

    def least(self, root: Sequence[int], not_first: Collection[int]) -> float:
        """Return what a way home that goes on from ``root`` costs at least, infinite for none."""
        home, radius = self._home, self._radius
        return min(
            (
                step + home.get(far, radius)
                for far, step in self.around(root[-1], 0)
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
            for far, step in self.around(number, 1):
                if far not in home:
                    heappush(heap, (reached + step, far))
        self._radius = heap[0][0] if heap else inf

    def detour(
        self,
        source: int,
        target: int,
        *,
        avoid: Collection[int],
        not_first: Collection[int],
        within: float,
    ) -> tuple[float, tuple[int, ...]] | None:
        """Return the cheapest way and its cost, if that is less than ``within``.

        It passes none of ``avoid``, and none of ``not_first`` as its first step. A* search: what is
        still to come is at least the way home without these bans, known for all that is near the
        end; all else is farther. Both sides grow, and that around the end serves all searches.
        """
        home, radius = self._home, self._radius
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
            for far, step in self.around(number, 0):
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

    def step(self, near: int, far: int) -> float:
        """Return the cost of the cheapest relation between two neighbours."""
        return min(cost for number, cost in self.around(near, 0) if number == far)
