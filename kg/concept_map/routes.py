"""Lines through a layered drawing: as smooth as they can be without touching what they pass."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.concept_map.curves import Curve, down, joined, line
from kg.concept_map.model import Point

# A waypoint is left out where the straight way passes it nearer than this, px.
_NEAR = (9.0, 4.0, 1.0)
# Points are tried at this distance, px, and how near a line may come to what is not its end.
_TRIED, _CLEAR = 10.0, 2.0
# How strongly a curve keeps its direction at a point: share of the piece's height.
_KEEP = 0.42


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A layer: from top to bottom, with what stands on it."""

    top: float
    bottom: float
    spans: tuple[tuple[float, float, float, int], ...]
    """Left, right, half the height, and number of each thing, from left to right."""

    @property
    def middle(self) -> float:
        """The y on which everything of the layer is centred."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A line to be drawn: where it passes each layer."""

    points: Sequence[tuple[float, int]]
    """x and layer, from top to bottom."""
    start: float
    """Half the height of what it starts at."""
    end: float
    """Half the height of what it ends at."""
    ends: tuple[int, int]
    """Numbers of these two."""


def routed(route: Route, bands: Sequence[Band]) -> Curve:
    """Return the smoothest curve of a line that runs through nothing but waypoints.

    Smooth curves that leave waypoints out come first; if all touch something, the line keeps
    upright within layers and moves aside only between them, which cannot touch.
    """
    points = [(x, bands[layer].middle) for x, layer in route.points]
    points[0] = (points[0][0], points[0][1] + route.start)
    points[-1] = (points[-1][0], points[-1][1] - route.end)
    for near in _NEAR:
        curve = _smooth(_thinned(points, near))
        if _clear(curve, route, bands):
            return curve
    return _upright(route, points, bands)


def _thinned(points: Sequence[Point], near: float) -> list[Point]:
    """Return the points without those close to the line between their neighbours."""
    if len(points) < 3:
        return list(points)
    (x, y), (end_x, end_y) = points[0], points[-1]
    slope = (end_x - x) / (end_y - y) if end_y != y else 0.0
    aside = [abs(px - (x + slope * (py - y))) for px, py in points[1:-1]]
    widest = max(aside)
    if widest <= near:
        return [points[0], points[-1]]
    cut = aside.index(widest) + 1
    return _thinned(points[: cut + 1], near)[:-1] + _thinned(points[cut:], near)


def _smooth(points: Sequence[Point]) -> Curve:
    """Return a curve through points, upright at both ends, that swings out nowhere between.

    Directions are harmonic means of the neighbouring slopes (Fritsch & Butland 1984), so x moves
    one way wherever the points do.
    """
    runs = [(b[0] - a[0]) / (b[1] - a[1]) for a, b in pairwise(points)]
    slopes = [0.0]
    slopes += [2 * a * b / (a + b) if a * b > 0 else 0.0 for a, b in pairwise(runs)]
    slopes.append(0.0)
    pieces = []
    for place in range(len(points) - 1):
        (x, y), (far_x, far_y) = points[place], points[place + 1]
        reach = (far_y - y) * _KEEP
        pieces.append(
            (
                (x, y),
                (x + slopes[place] * reach, y + reach),
                (far_x - slopes[place + 1] * reach, far_y - reach),
                (far_x, far_y),
            )
        )
    return joined(*pieces)


def _upright(route: Route, points: Sequence[Point], bands: Sequence[Band]) -> Curve:
    """Return a line that is upright in every layer and moves aside between layers only."""
    pieces: list[Curve] = []
    here = points[0]
    for place in range(1, len(points)):
        leave = bands[route.points[place - 1][1]].bottom
        arrive = bands[route.points[place][1]].top
        x = points[place][0]
        if leave > here[1]:
            pieces.append(line(here, (here[0], leave)))
        pieces.append(down((here[0], leave), (x, arrive)))
        here = (x, arrive)
    if here[1] < points[-1][1]:
        pieces.append(line(here, points[-1]))
    return joined(*pieces)


def _clear(curve: Curve, route: Route, bands: Sequence[Band]) -> bool:
    """Whether a curve touches nothing but its ends."""
    first, last = route.points[0][1], route.points[-1][1]
    layers = bands[first : last + 1]
    tops = [band.top for band in layers]
    for place in range(0, len(curve) - 1, 3):
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = curve[place : place + 4]
        tried = 8 + int((abs(dx - ax) + abs(dy - ay)) / _TRIED)
        for step in range(tried + 1):
            t = step / tried
            u = 1 - t
            p, q, r, s = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
            x = p * ax + q * bx + r * cx + s * dx
            y = p * ay + q * by + r * cy + s * dy
            band = layers[max(0, bisect_right(tops, y + _CLEAR) - 1)]
            if y > band.bottom + _CLEAR:
                continue
            aside = abs(y - band.middle) - _CLEAR
            for left, right, half, node in band.spans:
                if left - _CLEAR < x < right + _CLEAR and aside < half and node not in route.ends:
                    return False
    return True
