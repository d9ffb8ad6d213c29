"""Cheapest ways among those of few steps: what nearly every question is answered by.

Sets of concepts, layer by layer from both ends, tell at a microsecond for ten concepts which can
lie on a way of the fewest steps, or of one or two more; costs are looked at there only. What is
found is the cheapest of all where any longer way would cost more, however little it passes. That
is so where all steps cost the same: counted in steps, and in a thesaurus, whose relations all have
one basis. Elsewhere (a text's own words cost a fifth of a mention) longer ways are often cheaper;
:mod:`kg.ways` finds those.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from heapq import heappop, heappush
from math import inf

from kg.steps import Steps

Way = tuple[float, tuple[int, ...]]
"""What a way costs, and its concepts by number, both ends included."""

_MORE = 3
"""Steps above the fewest that are looked at; each makes the corridor some six times as wide."""
_WIDE = 500
"""Concepts in a corridor that are too many: two hubs may share thousands."""
_BACK = 50
"""Walks that come back to where they were before no more ways are looked for."""
_EXACT = 1e-9
"""Above any error of a sum, and below the least difference between costs."""

_Options = dict[int, list[tuple[float, int]]]
"""For concepts: what is still to come at least by each next concept, the cheapest first."""


class Corridor:
    """What lies between two concepts on ways of few steps."""

    def __init__(self, steps: Steps, source: int, target: int) -> None:
        self.steps = steps
        self.ends = source, target
        self.layers: tuple[list[set[int]], list[set[int]]] = ([{source}], [{target}])
        """Concepts by how few steps they are from each end."""
        self.balls: tuple[set[int], set[int]] = ({source}, {target})
        """All concepts in :attr:`layers`."""
        self._whole = [1, 1]
        """How many layers there are on each side where they meet."""
        self._part = False
        """Whether the last layer leaves out what is too dear."""
        self._lows: tuple[list[float], list[float]] = ([], [])

    def cheapest(self, limit: int) -> tuple[list[Way], bool]:
        """Return up to ``limit`` ways, and whether no others can be among the cheapest.

        If not, what is returned still tells what the cheapest cost at most.
        """
        if not self._meet():
            return [], True
        fewest = len(self.layers[0]) + len(self.layers[1]) - 2
        found: list[Way] = []
        for hops in range(fewest, fewest + _MORE + 1):
            room = inf
            if len(found) == limit:
                room = found[-1][0] - self._least(hops, far=False)
                if room > 0:
                    room = found[-1][0] - self._least(hops, far=True)
                if room <= 0:
                    return found, True
            positions = self._positions(hops, fewest, room)
            if positions is None:
                return found, False
            most = found[-1][0] if len(found) == limit else inf
            more, all_found = self._walks(self._options(positions), limit, most)
            found = sorted(found + more)[:limit]
            if not all_found:
                return found, False
        certain = len(found) == limit and found[-1][0] <= self._least(hops + 1, far=True)
        return found, certain

    def _grow(self, side: int, among: Iterable[int]) -> set[int]:
        near = self.steps.near[side]
        layer = _union(near, among) - self.balls[side]
        self.layers[side].append(layer)
        self.balls[side].update(layer)
        return layer

    def _meet(self) -> bool:
        """Make layers around both ends until they meet; return whether they do."""
        near, far = self.layers[0][0], self.layers[1][0]
        while near.isdisjoint(far):
            if len(near) <= len(far):
                near = self._grow(0, near)
            else:
                far = self._grow(1, far)
            if not near or not far:
                return False
        self._whole = [len(layers) for layers in self.layers]
        return True

    def _low(self, side: int, *, far: bool) -> list[float]:
        """Return what the first, second … concept from an end costs to pass at least."""
        lows, passing = self._lows[side], self.steps.passing
        while len(lows) < (3 if far else 2) and len(lows) + 1 < self._whole[side]:
            least = min(map(passing.__getitem__, self.layers[side][len(lows) + 1]))
            least = 2 * max(least, self.steps.least_passing)
            lows.append(min(least, lows[-1]) if lows else least)
        return lows

    def _floor(self, hops: int, *, far: bool) -> list[float]:
        """Return what each concept between the ends of a way of ``hops`` steps costs at least."""
        between = hops - 1
        first = self._low(0, far=far)[: (between + 1) // 2]
        last = self._low(1, far=far)[: between // 2]
        middle = [2 * self.steps.least_passing] * (between - len(first) - len(last))
        return first + middle + last[::-1]

    def _least(self, hops: int, *, far: bool) -> float:
        """Return what a way of ``hops`` steps costs at least."""
        ends = sum(self.steps.passing[end] for end in self.ends)
        return hops * self.steps.least + ends + sum(self._floor(hops, far=far))

    def _positions(self, hops: int, fewest: int, room: float) -> list[set[int]] | None:
        """Return what can be at each place of a way of ``hops`` steps, or ``None``: too much.

        ``room`` is what such a way may cost above the least that it can.
        """
        layers, (forth, back) = self.layers, self.steps.near
        known = len(layers[0]) + len(layers[1]) - 2
        most = [inf] * (hops + 1)
        if room < inf:
            floor = self._floor(hops, far=True)
            most[1:hops] = [(least + room) / 2 + _EXACT for least in floor]
        if known < hops - 1:
            if self._part or min(len(layers[0][-1]), len(layers[1][-1])) > _WIDE:
                return None
            self._part = room < inf
            if len(layers[0][-1]) <= len(layers[1][-1]):
                self._grow(0, self._cheap(layers[0][-1], most[len(layers[0]) - 1]))
            else:
                self._grow(1, self._cheap(layers[1][-1], most[-len(layers[1])]))
        positions: list[set[int]] = [set()] * (hops + 1)
        positions[0], positions[hops] = layers[0][0], layers[1][0]
        middle = len(layers[0]) - 1
        if known == hops:
            positions[middle] = layers[0][-1] & layers[1][-1]
        else:
            here, there = self.balls
            if len(here) <= len(there):
                apart = there.isdisjoint
                among = self._cheap(here, most[middle])
                joined = {each for each in among if not apart(forth[each])}
            else:
                apart = here.isdisjoint
                among = self._cheap(there, most[middle + 1])
                joined = here & _union(back, [each for each in among if not apart(back[each])])
            positions[middle] = joined.difference(self.ends)
        more = hops - fewest
        for place in range(middle - 1, 0, -1):
            beside = _union(back, positions[place + 1])
            positions[place] = _within(beside, layers[0][max(place - more, 1) : place + 1])
        for place in range(middle + 1, hops):
            left = hops - place
            beside = _union(forth, positions[place - 1])
            positions[place] = _within(beside, layers[1][max(left - more, 1) : left + 1])
        return None if sum(map(len, positions)) > _WIDE else positions

    def _cheap(self, among: Collection[int], most: float) -> Collection[int]:
        """Return those that cost no more than twice ``most`` to pass."""
        if most == inf:
            return among
        passing = self.steps.passing
        return [each for each in among if passing[each] <= most]

    def _options(self, positions: Sequence[Iterable[int]]) -> list[_Options]:
        """Return for each place how it may go on from there, and what is then still to come."""
        costs = self.steps.costs[0]
        rest = {self.ends[1]: 0.0}
        found: list[_Options] = []
        for here in reversed(positions[:-1]):
            options: _Options = {}
            for each in here:
                on = [(cost + rest[far], far) for far, cost in costs[each].items() if far in rest]
                if on:
                    on.sort()
                    options[each] = on
            rest = {each: on[0][0] for each, on in options.items()}
            found.append(options)
        found.reverse()
        return found

    def _walks(
        self, options: Sequence[_Options], limit: int, most: float
    ) -> tuple[list[Way], bool]:
        """Return the cheapest ways through a corridor, and whether there can be no more of them.

        None of them is dearer than ``most``. Each walk leaves one that is cheaper at one place,
        for what is next best there, and is the cheapest from there on.
        """
        costs, source = self.steps.costs[0], self.ends[0]
        ways: list[Way] = []
        if source not in options[0]:
            return ways, True
        # (cost, the walk up to where it leaves, what it cost until there, its rank there)
        waiting: list[tuple[float, tuple[int, ...], float, int]] = [
            (options[0][source][0][0], (source,), 0.0, 0)
        ]
        patience = limit + _BACK
        while waiting and len(ways) < limit:
            total, walk, spent, rank = heappop(waiting)
            if total > most:
                break
            patience -= 1
            if not patience:
                return ways, False
            last = len(ways) + 1 == limit
            for on in options[len(walk) - 1 :]:
                here = walk[-1]
                choices = on[here]
                if not last and rank + 1 < len(choices):
                    other = spent + choices[rank + 1][0], walk, spent, rank + 1
                    heappush(waiting, other)
                far = choices[rank][1]
                if far in walk:
                    break
                spent += costs[here][far]
                walk = (*walk, far)
                rank = 0
            else:
                ways.append((total, walk))
        return ways, True


def _union(near: Mapping[int, Iterable[int]], among: Iterable[int]) -> set[int]:
    return set().union(*map(near.__getitem__, among))


def _within(beside: set[int], layers: Iterable[set[int]]) -> set[int]:
    return set().union(*[beside & layer for layer in layers])
