"""The order of nodes in each layer of a layered drawing, so that few lines cross."""

from __future__ import annotations

import random
from bisect import bisect_right, insort
from collections.abc import Sequence

Layers = list[list[int]]
# Sweeps up and down at most, for one start, and how many may bring nothing.
_SWEEPS, _IDLE = 16, 3
# Starts by work, not by time, which would not repeat: one costs the squares of the layers.
_WORK = 40_000
_STARTS = (2, 10)
# How far a node walks past its neighbours.
_REACH = 12


def arranged(
    layer: Sequence[int], down: Sequence[Sequence[int]], up: Sequence[Sequence[int]]
) -> tuple[Layers, int]:
    """Return the nodes of each layer in order, and how many lines cross.

    ``layer`` gives each node's layer; ``down`` and ``up`` its neighbours one layer farther. Median
    ordering and transposition (Gansner et al. 1993) from several starts, the first along the graph,
    the others shuffled with a fixed seed: the same drawing gets the same order.
    """
    height = max(layer) + 1
    work = sum(layer.count(at) ** 2 for at in range(height))
    chance = random.Random(7)
    best: Layers = []
    fewest = -1
    for start in range(max(_STARTS[0], min(_STARTS[1], _WORK // max(1, work)))):
        rows = _walked(layer, height, down, up, chance if start else None)
        found, order = _swept(rows, down, up, len(layer), fewest)
        if fewest < 0 or found < fewest:
            fewest, best = found, order
        if not fewest:
            break
    return best, fewest


def _walked(
    layer: Sequence[int],
    height: int,
    down: Sequence[Sequence[int]],
    up: Sequence[Sequence[int]],
    chance: random.Random | None,
) -> Layers:
    """Return layers filled in the order of a walk through the graph, depth first."""
    rows: Layers = [[] for _ in range(height)]
    nodes = sorted(range(len(layer)), key=lambda node: (layer[node], node))
    if chance:
        chance.shuffle(nodes)
        nodes.sort(key=lambda node: layer[node])
    seen: set[int] = set()
    for root in nodes:
        stack = [root]
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            rows[layer[node]].append(node)
            near = [*down[node], *up[node]]
            if chance:
                chance.shuffle(near)
            stack += near[::-1]
    return rows


def _swept(
    rows: Layers,
    down: Sequence[Sequence[int]],
    up: Sequence[Sequence[int]],
    count: int,
    record: int,
) -> tuple[int, Layers]:
    """Return the fewest crossings that sweeps from these rows find, and the rows of it.

    A start that lies far behind the ``record`` of others after a few sweeps is given up.
    """
    place = [0] * count
    for row in rows:
        _number(row, place)
    best = [row[:] for row in rows]
    fewest = crossings(rows, down, place)
    idle = 0
    for sweep in range(_SWEEPS):
        downward = sweep % 2 == 0
        ends = up if downward else down
        order = range(1, len(rows)) if downward else range(len(rows) - 2, -1, -1)
        for at in order:
            _by_median(rows[at], ends, place, mean=sweep // 2 % 2 == 1)
        _sifted(rows, down, up, place)
        found = crossings(rows, down, place)
        if found < fewest:
            fewest, best, idle = found, [row[:] for row in rows], 0
        else:
            idle += 1
        if not fewest or idle > _IDLE:
            break
        if record >= 0 and sweep >= 3 and fewest > record * 1.5 + 2:
            break
    return fewest, best


def _number(row: Sequence[int], place: list[int]) -> None:
    for number, node in enumerate(row):
        place[node] = number


def _by_median(
    row: list[int], ends: Sequence[Sequence[int]], place: list[int], *, mean: bool
) -> None:
    """Sort a layer by the middle of each node's neighbours; nodes without stay where they are."""
    wish: dict[int, float] = {}
    for node in row:
        at = sorted([place[other] for other in ends[node]])
        if not at:
            wish[node] = place[node]
        elif mean:
            wish[node] = sum(at) / len(at)
        else:
            half = len(at) // 2
            wish[node] = at[half] if len(at) % 2 else (at[half - 1] + at[half]) / 2
    row.sort(key=wish.__getitem__)
    _number(row, place)


def _sifted(
    rows: Layers, down: Sequence[Sequence[int]], up: Sequence[Sequence[int]], place: list[int]
) -> None:
    """Move each node to the place in its layer with the fewest crossings, until none gains.

    Sifting (Matuszewski, Schönfeld & Molitor 1999): a node walks past its neighbours to the left
    and right, each step counted as a swap, and stays where the sum was best.
    """
    again = list(range(len(rows)))
    while again:
        changed: set[int] = set()
        for at in again:
            if len(rows[at]) > 1 and _sift(rows[at], down, up, place):
                _number(rows[at], place)
                changed.add(at)
        again = sorted(
            {near for at in changed for near in (at - 1, at, at + 1) if 0 <= near < len(rows)}
        )


def _sift(
    row: list[int], down: Sequence[Sequence[int]], up: Sequence[Sequence[int]], place: Sequence[int]
) -> bool:
    """Sift every node of a layer once; return whether any moved."""
    ends = {node: ([place[o] for o in up[node]], [place[o] for o in down[node]]) for node in row}
    moved = False
    for node in list(row):
        here = row.index(node)
        sides = ends[node]
        best, target = 0, here
        left = range(here - 1, max(-1, here - _REACH), -1)
        right = range(here + 1, min(len(row), here + _REACH))
        for others, sign in ((right, 1), (left, -1)):
            total = 0
            for number in others:
                # Crossings fewer when the two change places, on both sides of the layer.
                for mine, theirs in zip(sides, ends[row[number]], strict=True):
                    for one in mine:
                        for other in theirs:
                            if one > other:
                                total += sign
                            elif one < other:
                                total -= sign
                if total > best:
                    best, target = total, number
        if best > 0:
            row.insert(target, row.pop(here))
            moved = True
    return moved


def crossings(rows: Layers, down: Sequence[Sequence[int]], place: Sequence[int]) -> int:
    """Return how many lines between neighbouring layers cross."""
    total = 0
    for row in rows:
        seen: list[int] = []
        for node in row:
            ends = sorted([place[other] for other in down[node]])
            for end in ends:
                total += len(seen) - bisect_right(seen, end)
            for end in ends:
                insort(seen, end)
    return total
