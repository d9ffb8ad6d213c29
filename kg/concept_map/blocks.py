"""Long lists of leaves: as a block of columns, each beside a rail, instead of one endless row.

Thirty kinds of one concept would make a row thirty boxes wide. In a layered drawing they stand as
one node the size of their block; afterwards each box and its line find their place inside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.concept_map.curves import Curve, corner, joined
from kg.concept_map.layered import Drawing, Fan, Size, layered
from kg.concept_map.model import Point

MOST = 6
"""So many leaves stand in the rows of the drawing; more make a block."""
# Columns of at most so many boxes; distances from rail to box, between boxes, between columns.
_TALL, _TICK, _APART, _COLUMNS, _BUS = 6, 20.0, 9.0, 22.0, 18.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """Leaves of a fan in columns."""

    fan: int
    leaves: tuple[int, ...]
    below: bool
    """Whether the leaves stand below their phrase."""
    at: tuple[Point, ...]
    """Middle of each leaf from the top left of the block."""
    size: Size


def drawn(concepts: Sequence[Size], fans: Sequence[Fan]) -> Drawing:
    """Return a layered drawing in which long lists of leaves stand as blocks."""
    blocks = _blocks(concepts, fans)
    if not blocks:
        return layered(concepts, fans)
    hidden = {leaf for block in blocks for leaf in block.leaves}
    kept = [place for place in range(len(concepts)) if place not in hidden]
    number = {place: new for new, place in enumerate(kept)}
    sizes = [concepts[place] for place in kept] + [block.size for block in blocks]
    stands = {block.fan: (len(kept) + place, block) for place, block in enumerate(blocks)}

    def members(fan: int, ends: tuple[int, ...]) -> tuple[int, ...]:
        there = tuple(number[end] for end in ends if end in number)
        return (*there, stands[fan][0]) if len(there) < len(ends) else there

    whole = layered(
        sizes,
        [
            replace(fan, above=members(place, fan.above), below=members(place, fan.below))
            for place, fan in enumerate(fans)
        ],
    )
    at: list[Point] = [(0.0, 0.0)] * len(concepts)
    for place, new in number.items():
        at[place] = whole.concepts[new]
    above, below = list(whole.above), list(whole.below)
    for fan, (node, block) in stands.items():
        x, y = whole.concepts[node]
        left, top = x - block.size[0] / 2, y - block.size[1] / 2
        for leaf, (dx, dy) in zip(block.leaves, block.at, strict=True):
            at[leaf] = (left + dx, top + dy)
        side, ends = (below, fans[fan].below) if block.below else (above, fans[fan].above)
        others = [end for end in ends if end in number]
        curves = dict(zip(others, side[fan], strict=False))
        way = side[fan][-1]
        for leaf in block.leaves:
            curves[leaf] = _into(way, at[leaf], concepts[leaf], block.below)
        side[fan] = tuple(curves[end] for end in ends)
    return replace(whole, concepts=tuple(at), above=tuple(above), below=tuple(below))


def _blocks(concepts: Sequence[Size], fans: Sequence[Fan]) -> list[_Block]:
    degree = [0] * len(concepts)
    for fan in fans:
        for concept in (*fan.above, *fan.below):
            degree[concept] += 1
    found = []
    for place, fan in enumerate(fans):
        ends = fan.below if fan.hub_above else fan.above
        leaves = tuple(end for end in ends if degree[end] == 1)
        if len(leaves) > MOST:
            found.append(_block(place, leaves, concepts, below=fan.hub_above))
    return found


def _block(fan: int, leaves: tuple[int, ...], sizes: Sequence[Size], *, below: bool) -> _Block:
    columns = -(-len(leaves) // _TALL)
    rows = -(-len(leaves) // columns)
    at: list[Point] = []
    x = tallest = 0.0
    for start in range(0, len(leaves), rows):
        column = leaves[start : start + rows]
        wide = max(sizes[leaf][0] for leaf in column)
        y = _BUS
        for leaf in column:
            # Boxes begin at their rail, so that all lines into them are as long.
            at.append((x + _TICK + sizes[leaf][0] / 2, y + sizes[leaf][1] / 2))
            y += sizes[leaf][1] + _APART
        x += _TICK + wide + _COLUMNS
        tallest = max(tallest, y - _APART)
    if not below:
        at = [(a, tallest - b) for a, b in at]
    return _Block(fan=fan, leaves=leaves, below=below, at=tuple(at), size=(x - _COLUMNS, tallest))


def _into(way: Curve, at: Point, size: Size, below: bool) -> Curve:
    """Return the line of a leaf: ``way`` to the block, then along the bus and its rail.

    Ways run from top to bottom: into the block from its top, or out of it at its bottom.
    """
    box = (at[0] - size[0] / 2, at[1])
    rail = box[0] - _TICK
    entry = way[-1] if below else way[0]
    bus = entry[1] + (_BUS / 2 if below else -_BUS / 2)
    turns: list[Point] = [entry, (entry[0], bus), (rail, bus), (rail, box[1]), box]
    inside = _rounded(turns)
    return joined(way, inside) if below else joined(inside[::-1], way)


def _rounded(turns: Sequence[Point]) -> Curve:
    """Return straight lines through points with round corners."""
    pieces: list[Curve] = []
    start = turns[0]
    for place in range(1, len(turns) - 1):
        turn, after = turns[place], turns[place + 1]
        middle = ((turn[0] + after[0]) / 2, (turn[1] + after[1]) / 2)
        end = after if place == len(turns) - 2 else middle
        pieces.append(corner(start, turn, end, 7))
        start = end
    return joined(*pieces)


__all__ = ["MOST", "drawn"]
