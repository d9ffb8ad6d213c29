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
from itertools import compress
from math import inf
from operator import not_

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

# Concepts that are looked up faster in a concept's steps than its steps are gone through.
_FEW = 4

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
        """How many of the layers leave nothing out."""
        self._lows: tuple[list[float], list[float]] = ([], [])

    def cheapest(self, limit: int) -> tuple[list[Way], bool]:
        """Return up to ``limit`` ways, and whether no others can be among the cheapest.

        If not, what is returned still tells what the cheapest cost at most.
        """
        joined = self._meet()
        if not joined:
            return [], True
        fewest = sum(self._whole) - 1
        found, all_found = self._walks(self._positions(joined, fewest, 0), limit, inf)
        for more in range(1, _MORE + 1):
            if not all_found:
                break
            hops, most, room = fewest + more, inf, inf
            if len(found) == limit:
                most = found[-1][0]
                room = most - self._least(hops, far=False)
                if room > 0:
                    room = most - self._least(hops, far=True)
                if room <= 0:
                    return found, True
            wider = self._widen(hops, room)
            if wider is None:
                return found, False
            others, all_found = self._walks(self._positions(wider, hops, more), limit, most)
            found = sorted(found + others)[:limit]
        if not all_found or len(found) < limit:
            return found, False
        return found, found[-1][0] <= self._least(fewest + _MORE + 1, far=True)

    def _meet(self) -> set[int]:
        """Make layers around both ends until a step leads from one to the other; see _joined."""
        near, far = self.layers[0][0], self.layers[1][0]
        while near and far:
            if joined := self._joined(near, far):
                return joined
            if len(near) <= len(far):
                near = self._grow(0, near)
            else:
                far = self._grow(1, far)
        return set()

    def _grow(self, side: int, among: Iterable[int], *, whole: bool = True) -> set[int]:
        """Make a layer of what is beside ``among``, the last one or some of it."""
        layer = _union(self.steps.near[side], among) - self.balls[side]
        self.layers[side].append(layer)
        self.balls[side].update(layer)
        self._whole[side] += whole
        return layer

    def _joined(
        self, here: set[int], there: set[int], most: tuple[float, float] = (inf, inf)
    ) -> set[int]:
        """Return from what of ``here`` a step leads into ``there``.

        ``most`` are twice what those may cost to pass that it leads from, and to.
        """
        if len(here) <= len(there):
            return set(_touching(self.steps.near[0], self._cheap(here, most[0]), there))
        near = self.steps.near[1]
        return here & _union(near, _touching(near, self._cheap(there, most[1]), here))

    def _widen(self, hops: int, room: float) -> set[int] | None:
        """Make layers for ways of ``hops`` steps and return where they meet, ``None`` if too large.

        ``room`` is what such a way may cost above the least that it can.
        """
        most = [inf] * (hops + 1)
        if room < inf:
            floor = self._floor(hops, far=True)
            most[1:hops] = [(least + room) / 2 + _EXACT for least in floor]
        for side in (0, 1):
            while len(self.layers[side]) > self._whole[side]:  # made for less room
                self.balls[side].difference_update(self.layers[side].pop())
        near, far = self.layers
        while len(near) + len(far) <= hops:
            if min(len(near[-1]), len(far[-1])) > _WIDE:
                return None
            side = 0 if len(near[-1]) <= len(far[-1]) else 1
            place = hops - len(far) + 1 if side else len(near) - 1
            self._grow(side, self._cheap(self.layers[side][-1], most[place]), whole=room == inf)
        place = len(near) - 1
        return self._joined(*self.balls, (most[place], most[place + 1]))

    def _cheap(self, among: set[int], most: float) -> Collection[int]:
        """Return those that cost no more than twice ``most`` to pass."""
        if most == inf:
            return among
        passing = self.steps.passing
        return [each for each in among if passing[each] <= most]

    def _low(self, side: int, *, far: bool) -> list[float]:
        """Return what the first, second … concept from an end costs to pass at least."""
        lows, passing = self._lows[side], self.steps.passing
        if not self.steps.least_passing:
            return lows
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

    def _positions(self, joined: set[int], hops: int, more: int) -> list[set[int]]:
        """Return what can be at each place of a way of ``hops`` steps, ``more`` than the fewest.

        ``joined`` is what it can come by in the last of the layers around the start.
        """
        layers, (forth, back) = self.layers, self.steps.near
        positions: list[set[int]] = [set()] * (hops + 1)
        positions[0], positions[hops] = layers[0][0], layers[1][0]
        middle = len(layers[0]) - 1
        if middle:
            positions[middle] = joined.difference(self.ends)
        for place in range(middle - 1, 0, -1):
            beside = _union(back, positions[place + 1])
            positions[place] = _within(beside, layers[0][max(place - more, 1) : place + 1])
        for place in range(middle + 1, hops):
            left = hops - place
            beside = _union(forth, positions[place - 1])
            positions[place] = _within(beside, layers[1][max(left - more, 1) : left + 1])
        return positions

    def _options(self, positions: Sequence[Collection[int]]) -> list[_Options]:
        """Return for each place how it may go on from there, and what is then still to come."""
        costs = self.steps.costs[0]
        rest = {self.ends[1]: 0.0}
        found: list[_Options] = []
        for here in reversed(positions[:-1]):
            options: _Options = {}
            few = len(rest) <= _FEW
            for each in here:
                ahead = costs[each]
                if few:
                    on = [(ahead[far] + cost, far) for far, cost in rest.items() if far in ahead]
                else:
                    on = [(cost + rest[far], far) for far, cost in ahead.items() if far in rest]
                if on:
                    if len(on) > 1:
                        on.sort()
                    options[each] = on
            rest = {each: on[0][0] for each, on in options.items()}
            found.append(options)
        found.reverse()
        return found

    def _walks(
        self, positions: Sequence[Collection[int]], limit: int, most: float
    ) -> tuple[list[Way], bool]:
        """Return the cheapest ways through a corridor, and whether they are all.

        None of them is dearer than ``most``. Each walk leaves one that is cheaper at one place,
        for what is next best there, and is the cheapest from there on.
        """
        ways: list[Way] = []
        if sum(map(len, positions)) > _WIDE:
            return ways, False
        options, costs, source = self._options(positions), self.steps.costs[0], self.ends[0]
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


def _touching(
    near: Mapping[int, Iterable[int]], among: Collection[int], other: set[int]
) -> Iterable[int]:
    """Return those that have a neighbour in ``other``."""
    return compress(among, map(not_, map(other.isdisjoint, map(near.__getitem__, among))))


def _within(beside: set[int], layers: Sequence[set[int]]) -> set[int]:
    if len(layers) == 1:
        return beside & layers[0]
    return set().union(*[beside & layer for layer in layers])
