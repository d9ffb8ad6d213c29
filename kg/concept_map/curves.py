"""Smooth lines as cubic Bézier curves: a point, then two controls and a point for each piece."""

from __future__ import annotations

from math import hypot

from kg.concept_map.model import Point

Curve = tuple[Point, ...]


def line(start: Point, end: Point) -> Curve:
    """Return a straight line."""
    (a, b), (c, d) = start, end
    third, rest = 1 / 3, 2 / 3
    return (
        start,
        (a + (c - a) * third, b + (d - b) * third),
        (a + (c - a) * rest, b + (d - b) * rest),
        end,
    )


def across(start: Point, end: Point) -> Curve:
    """Return a line that leaves and arrives level."""
    middle = (start[0] + end[0]) / 2
    return start, (middle, start[1]), (middle, end[1]), end


def down(start: Point, end: Point) -> Curve:
    """Return a line that leaves and arrives upright."""
    middle = (start[1] + end[1]) / 2
    return start, (start[0], middle), (end[0], middle), end


def joined(*curves: Curve) -> Curve:
    """Return curves that meet end to start as one."""
    first, *rest = curves
    return first + tuple(point for curve in rest for point in curve[1:])


def corner(start: Point, turn: Point, end: Point, radius: float) -> Curve:
    """Return two straight lines, start to turn to end, with a round corner between."""
    before = _toward(turn, start, radius)
    after = _toward(turn, end, radius)
    bend = (before, _toward(before, turn, radius * 0.55), _toward(after, turn, radius * 0.55))
    return joined(line(start, before), (*bend, after), line(after, end))


def _toward(start: Point, end: Point, distance: float) -> Point:
    length = hypot(end[0] - start[0], end[1] - start[1]) or 1.0
    share = min(1.0, distance / length)
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def shortened(curve: Curve, by: float) -> Curve:
    """Return a curve that ends ``by`` px earlier, room for an arrowhead."""
    tip = curve[-1]
    back = next((p for p in reversed(curve[:-1]) if p != tip), tip)
    end = _toward(tip, back, by)
    return (*curve[:-2], (curve[-2][0] + end[0] - tip[0], curve[-2][1] + end[1] - tip[1]), end)


def heading(curve: Curve) -> Point:
    """Return the direction that a curve arrives in, as a vector of length 1."""
    tip = curve[-1]
    back = next((p for p in reversed(curve[:-1]) if p != tip), (tip[0] - 1, tip[1]))
    length = hypot(tip[0] - back[0], tip[1] - back[1])
    return (tip[0] - back[0]) / length, (tip[1] - back[1]) / length
