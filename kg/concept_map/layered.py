"""A layered drawing of concepts and the fans between them: sizes in, places and curves out.

A *fan* is a linking phrase with the concepts above it and below it; of one of the two sides it has
a single concept, its hub, so that every proposition stays plain. Concepts stand on even layers,
phrases on odd ones. Connected parts are laid out alone and packed on shelves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from kg.concept_map.curves import Curve
from kg.concept_map.layering import levels
from kg.concept_map.model import Point
from kg.concept_map.ordering import Layers, arranged
from kg.concept_map.routes import Band, Route, routed
from kg.concept_map.spread import spread

Size = tuple[float, float]
"""Width and height in px."""

GAP = 20.0
"""Between two things of a layer, px."""
LAYER_GAP = 19.0
"""Between two layers, px; more where lines run far aside."""
_PARTS = 44.0
# Waypoints of long lines: room for the line itself, less distance to what it passes.
_WAY, _WAY_GAP = 6.0, 13.0
_SWEEPS = 40
_STRAIGHT = 3
_SHELF = 1180.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fan:
    """A phrase between concepts, by number."""

    size: Size
    above: tuple[int, ...]
    below: tuple[int, ...]

    @property
    def hub_above(self) -> bool:
        """Whether the one concept that all lines share stands above."""
        return len(self.above) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Where everything stands: middles of concepts and phrases, and a curve for each line."""

    concepts: tuple[Point, ...]
    phrases: tuple[Point, ...]
    above: tuple[tuple[Curve, ...], ...]
    """For each fan the curves from its concepts above down to the phrase."""
    below: tuple[tuple[Curve, ...], ...]
    """For each fan the curves from the phrase down to its concepts below."""
    width: float
    height: float
    crossings: int


def layered(concepts: Sequence[Size], fans: Sequence[Fan]) -> Drawing:
    """Return a drawing in which nothing overlaps; see the module. ``fans`` have no circles.

    Cost: 30 concepts about 50 ms, 80 about half a second; the same input, the same drawing.
    """
    parts = [_Part(concepts, fans, group) for group in _parts(len(concepts), fans)]
    # The biggest part first; what is alone comes last, in rows.
    parts.sort(key=lambda part: (-len(part.members), -part.width * part.height, part.members))
    at: list[Point] = [(0.0, 0.0)] * len(concepts)
    phrases: list[Point] = [(0.0, 0.0)] * len(fans)
    above: list[tuple[Curve, ...]] = [()] * len(fans)
    below: list[tuple[Curve, ...]] = [()] * len(fans)
    shelf = max([_SHELF, *(part.width for part in parts)])
    x = y = tall = width = 0.0
    for place, part in enumerate(parts):
        alone = len(part.members) == 1
        gap = GAP if alone else _PARTS
        if place and (x + part.width > shelf or (alone and len(parts[place - 1].members) > 1)):
            x, y, tall = 0.0, y + tall + gap, 0.0
        part.put(x, y, at, phrases, above, below)
        width = max(width, x + part.width)
        x += part.width + gap
        tall = max(tall, part.height)
    return Drawing(
        concepts=tuple(at),
        phrases=tuple(phrases),
        above=tuple(above),
        below=tuple(below),
        width=width,
        height=y + tall,
        crossings=sum(part.crossings for part in parts),
    )


def _parts(count: int, fans: Sequence[Fan]) -> list[list[int]]:
    """Return the connected concepts, each group sorted."""
    group = list(range(count))

    def root(node: int) -> int:
        while group[node] != node:
            group[node] = group[group[node]]
            node = group[node]
        return node

    for fan in fans:
        first, *rest = (*fan.above, *fan.below)
        for other in rest:
            group[max(root(first), root(other))] = min(root(first), root(other))
    found: dict[int, list[int]] = {}
    for node in range(count):
        found.setdefault(root(node), []).append(node)
    return list(found.values())


class _Part:
    """A connected part: nodes are its concepts, then its phrases, then waypoints of long lines."""

    def __init__(self, sizes: Sequence[Size], fans: Sequence[Fan], members: list[int]) -> None:
        self.members = members
        number = {concept: place for place, concept in enumerate(members)}
        self.fans = [place for place, fan in enumerate(fans) if fan.above[0] in number]
        mine = [fans[place] for place in self.fans]
        self.sizes: list[Size] = [sizes[c] for c in members] + [fan.size for fan in mine]
        self.layer = _layers(mine, number, [sizes[c][0] for c in members])
        self.lines: list[tuple[list[int], list[int]]] = []
        """For each fan the lines above and below: places in :attr:`routes`."""
        self.routes: list[list[int]] = []
        """Nodes of each line from top to bottom."""
        self.real = len(self.sizes)
        for place, fan in enumerate(mine):
            phrase = len(members) + place
            self.lines.append(
                (
                    [self._line(number[c], phrase) for c in fan.above],
                    [self._line(phrase, number[c]) for c in fan.below],
                )
            )
        self.down: list[list[int]] = [[] for _ in self.sizes]
        self.up: list[list[int]] = [[] for _ in self.sizes]
        for route in self.routes:
            for high, low in pairwise(route):
                self.down[high].append(low)
                self.up[low].append(high)
        self.rows, self.crossings = arranged(self.layer, self.down, self.up)
        self.x = self._across()
        for _ in range(_STRAIGHT):
            self._straighten()
        self.bands = self._stack()
        self.curves = list(self._curves())
        left, right = self._extent()
        self.left, self.width = left, right - left
        self.height = self.bands[-1].bottom

    def _line(self, high: int, low: int) -> int:
        """Add a line with its waypoints and return its place."""
        route = [high]
        for at in range(self.layer[high] + 1, self.layer[low]):
            self.sizes.append((_WAY, 0.0))
            self.layer.append(at)
            route.append(len(self.sizes) - 1)
        self.routes.append([*route, low])
        return len(self.routes) - 1

    def _apart(self, left: int, right: int) -> float:
        way = left >= self.real or right >= self.real
        return (self.sizes[left][0] + self.sizes[right][0]) / 2 + (_WAY_GAP if way else GAP)

    def _pull(self, one: int, other: int) -> float:
        """Return how much two joined nodes want to stand one above the other."""
        waypoints = (one >= self.real) + (other >= self.real)
        if waypoints == 2:
            return 8.0
        phrases = sum(len(self.members) <= node < self.real for node in (one, other))
        return 4.0 if waypoints else 2.0 if phrases else 1.0

    def _across(self) -> list[float]:
        """Return the middle of each node: near its neighbours' mean, layer after layer."""
        x = [0.0] * len(self.sizes)
        for row in self.rows:
            used = 0.0
            for place, node in enumerate(row):
                used += self._apart(row[place - 1], node) if place else 0.0
                x[node] = used
            for node in row:
                x[node] -= used / 2
        gaps = [[self._apart(a, b) for a, b in pairwise(r)] for r in self.rows]
        pulls = [
            [[(other, self._pull(node, other)) for other in near] for node, near in enumerate(side)]
            for side in (self.up, self.down)
        ]
        both = [[*above, *below] for above, below in zip(*pulls, strict=True)]
        for sweep in range(_SWEEPS):
            downward = sweep % 2 == 0
            order = range(len(self.rows)) if downward else range(len(self.rows) - 1, -1, -1)
            toward = both if sweep > _SWEEPS // 2 else pulls[0] if downward else pulls[1]
            for at in order:
                row = self.rows[at]
                wanted, weights = [], []
                for node in row:
                    near = toward[node] or both[node]
                    weight = sum([pull for _, pull in near])
                    total = sum([x[other] * pull for other, pull in near])
                    wanted.append(total / weight if weight else x[node])
                    weights.append(max(1.0, weight))
                for node, best in zip(row, spread(wanted, gaps[at], weights), strict=True):
                    x[node] = best
        return x

    def _straighten(self) -> None:
        """Bring the waypoints of each line under one another, as far as their neighbours let them.

        A run of waypoints takes one x as long as there is one that all of them can take.
        """
        beside: dict[int, tuple[int, int]] = {}
        for row in self.rows:
            for place, node in enumerate(row):
                if node >= self.real:
                    beside[node] = (
                        row[place - 1] if place else -1,
                        row[place + 1] if place + 1 < len(row) else -1,
                    )
        for route in self.routes:
            run: list[int] = []
            low, high = -inf, inf
            for node in route[1:-1]:
                left, right = beside[node]
                least = self.x[left] + self._apart(left, node) if left >= 0 else -inf
                most = self.x[right] - self._apart(node, right) if right >= 0 else inf
                if run and max(low, least) > min(high, most):
                    self._align(run, route, low, high)
                    run, low, high = [], -inf, inf
                run.append(node)
                low, high = max(low, least), min(high, most)
            if run:
                self._align(run, route, low, high)

    def _align(self, run: list[int], route: list[int], low: float, high: float) -> None:
        """Put a run of waypoints on one x: in line with an end, else as near to both as it goes."""
        ends = [self.x[route[-1]], self.x[route[0]]]
        inside = [x for x in ends if low <= x <= high]
        mean = sum(self.x[node] for node in run) / len(run)
        wish = min(inside, key=lambda x: abs(x - mean)) if inside else sum(ends) / 2
        for node in run:
            self.x[node] = min(max(wish, low), high)

    def _stack(self) -> list[Band]:
        """Return top, middle and bottom of each layer, with more room where lines run far aside."""
        bands: list[Band] = []
        top = 0.0
        for row in self.rows:
            tall = max(self.sizes[node][1] for node in row)
            spans = [
                (
                    self.x[node] - self.sizes[node][0] / 2,
                    self.x[node] + self.sizes[node][0] / 2,
                    self.sizes[node][1] / 2,
                    node,
                )
                for node in row
                if node < self.real
            ]
            bands.append(Band(top=top, bottom=top + tall, spans=tuple(spans)))
            far = max((abs(self.x[n] - self.x[o]) for n in row for o in self.down[n]), default=0.0)
            top += tall + LAYER_GAP + min(16.0, far / 30)
        return bands

    def _curves(self) -> Iterator[Curve]:
        for route in self.routes:
            points = [(self.x[node], self.layer[node]) for node in route]
            first, last = self.sizes[route[0]][1] / 2, self.sizes[route[-1]][1] / 2
            yield routed(
                Route(points=points, start=first, end=last, ends=(route[0], route[-1])), self.bands
            )

    def _extent(self) -> tuple[float, float]:
        left = min(self.x[n] - self.sizes[n][0] / 2 for n in range(len(self.sizes)))
        right = max(self.x[n] + self.sizes[n][0] / 2 for n in range(len(self.sizes)))
        swings = [point[0] for curve in self.curves for point in curve]
        return min([left, *swings]), max([right, *swings])

    def put(
        self,
        x: float,
        y: float,
        concepts: list[Point],
        phrases: list[Point],
        above: list[tuple[Curve, ...]],
        below: list[tuple[Curve, ...]],
    ) -> None:
        """Write this part's places into those of the whole, with its top left at (x, y)."""
        x -= self.left
        for place, concept in enumerate(self.members):
            concepts[concept] = (x + self.x[place], y + self.bands[self.layer[place]].middle)
        for place, fan in enumerate(self.fans):
            node = len(self.members) + place
            phrases[fan] = (x + self.x[node], y + self.bands[self.layer[node]].middle)
            sides = [
                tuple(tuple((x + a, y + b) for a, b in self.curves[line]) for line in lines)
                for lines in self.lines[place]
            ]
            above[fan], below[fan] = sides


def _layers(fans: Sequence[Fan], number: dict[int, int], widths: Sequence[float]) -> list[int]:
    """Return the layer of each concept (even) and then of each phrase (odd)."""
    count = len(number)
    arcs = [
        (number[high], number[low], 1) for fan in fans for high in fan.above for low in fan.below
    ]
    level = levels(count, arcs, widths)
    phrases = []
    for fan in fans:
        if fan.hub_above:
            phrases.append(2 * level[number[fan.above[0]]] + 1)
        else:
            phrases.append(2 * level[number[fan.below[0]]] - 1)
    layers = [2 * each for each in level] + phrases
    # No empty layers: a level that only phrases' odd layers would need has none.
    used = {layer: place for place, layer in enumerate(sorted(set(layers)))}
    return [used[layer] for layer in layers]


__all__ = ["GAP", "LAYER_GAP", "Drawing", "Fan", "Layers", "layered"]
