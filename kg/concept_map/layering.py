"""Which level of a layered drawing each node stands on: no circles, short lines, narrow layers."""

from __future__ import annotations

from collections.abc import Sequence

Arc = tuple[int, int, int]
"""Node above, node below, least number of levels between them."""

# Network simplex ends by itself but for rare circles of equal steps (Gansner et al. 1993).
_MOST_STEPS = 400


def order_of(count: int, arcs: Sequence[tuple[int, int, int]]) -> list[int]:
    """Return a place for each node so that little weight of arcs (from, to, weight) runs back.

    The greedy method of Eades, Lin & Smyth (1993): sinks to the end, sources to the start, then
    the node with the most out-weight over in-weight. Ties go to the smaller number. Cost: V².
    """
    out = [dict[int, int]() for _ in range(count)]
    into = [dict[int, int]() for _ in range(count)]
    for start, end, weight in arcs:
        if start != end:
            out[start][end] = out[start].get(end, 0) + weight
            into[end][start] = into[end].get(start, 0) + weight
    left = set(range(count))
    first: list[int] = []
    last: list[int] = []

    def take(node: int, row: list[int]) -> None:
        row.append(node)
        left.discard(node)
        for other in out[node]:
            into[other].pop(node, None)
        for other in into[node]:
            out[other].pop(node, None)

    while left:
        moved = True
        while moved:
            moved = False
            for node in sorted(left):
                if not out[node]:
                    take(node, last)
                    moved = True
            for node in sorted(left):
                if not into[node] and out[node]:
                    take(node, first)
                    moved = True
        if left:
            take(
                max(sorted(left), key=lambda n: sum(out[n].values()) - sum(into[n].values())), first
            )
    place = [0] * count
    for number, node in enumerate(first + last[::-1]):
        place[node] = number
    return place


def levels(count: int, arcs: Sequence[Arc], widths: Sequence[float]) -> list[int]:
    """Return the level of each node, from 0, with the least total length of arcs.

    Network simplex after Gansner, Koutsofios, North & Vo (1993); cut values come from sums over
    subtrees. Nodes that may stand on several levels at the same length go where least stands, by
    ``widths``. ``arcs`` must be free of circles and connect all nodes.
    """
    if count == 1:
        return [0]
    level = _longest(count, arcs)
    _simplex(count, arcs, level)
    least = min(level)
    level = [each - least for each in level]
    _even_out(arcs, level, widths)
    return level


def _longest(count: int, arcs: Sequence[Arc]) -> list[int]:
    """Return feasible levels: each node as high as it goes."""
    waiting = [0] * count
    below: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for high, low, length in arcs:
        waiting[low] += 1
        below[high].append((low, length))
    level = [0] * count
    ready = [node for node in range(count) if not waiting[node]]
    while ready:
        node = ready.pop()
        for low, length in below[node]:
            level[low] = max(level[low], level[node] + length)
            waiting[low] -= 1
            if not waiting[low]:
                ready.append(low)
    return level


def _simplex(count: int, arcs: Sequence[Arc], level: list[int]) -> None:
    """Change feasible levels into ones of least total length."""
    net = [0] * count
    touching: list[list[int]] = [[] for _ in range(count)]
    for place, (high, low, _) in enumerate(arcs):
        net[high] += 1
        net[low] -= 1
        touching[high].append(place)
        touching[low].append(place)
    tree = _tight_tree(count, arcs, touching, level)
    for step in range(_MOST_STEPS):
        parent, order = _rooted(count, arcs, touching, tree)
        # What leaves a subtree less what enters it: the arcs inside cancel out.
        total = net[:]
        for node in reversed(order[1:]):
            total[arcs[parent[node]][0] + arcs[parent[node]][1] - node] += total[node]
        leaving = -1
        worst = 0
        for node in order[1:]:
            arc = parent[node]
            cut = total[node] if arcs[arc][0] == node else -total[node]
            # The most negative first; later the first that is, which cannot run in circles long.
            if cut < worst:
                leaving, worst = node, cut
                if step > _MOST_STEPS // 2:
                    break
        if leaving < 0:
            return
        arc = parent[leaving]
        inside = _subtree(leaving, order, arcs, parent)
        from_inside = arcs[arc][0] == leaving
        best, slack = -1, 0
        for place, (high, low, length) in enumerate(arcs):
            crosses = (
                (low in inside and high not in inside)
                if from_inside
                else (high in inside and low not in inside)
            )
            if crosses:
                room = level[low] - level[high] - length
                if best < 0 or room < slack:
                    best, slack = place, room
        if best < 0:
            return
        _fit(arcs, level, inside, best)
        tree.discard(arc)
        tree.add(best)


def _fit(arcs: Sequence[Arc], level: list[int], inside: set[int], place: int) -> None:
    """Move a subtree so that the arc at ``place`` has just its least length."""
    high, low, length = arcs[place]
    slack = level[low] - level[high] - length
    move = slack if high in inside else -slack
    for node in inside:
        level[node] += move


def _tight_tree(
    count: int, arcs: Sequence[Arc], touching: Sequence[Sequence[int]], level: list[int]
) -> set[int]:
    """Return the places of arcs without slack that span all nodes, moving levels to get them."""
    tree: set[int] = set()
    inside = {0}
    stack = [0]
    while True:
        while stack:
            node = stack.pop()
            for place in touching[node]:
                high, low, length = arcs[place]
                other = low if high == node else high
                if other not in inside and level[low] - level[high] == length:
                    inside.add(other)
                    tree.add(place)
                    stack.append(other)
        if len(inside) == count:
            return tree
        best, slack, move = -1, 0, 0
        for place, (high, low, length) in enumerate(arcs):
            if (high in inside) != (low in inside):
                room = level[low] - level[high] - length
                if best < 0 or room < slack:
                    best, slack = place, room
                    move = room if high in inside else -room
        for node in inside:
            level[node] += move
        stack = sorted(inside)


def _rooted(
    count: int, arcs: Sequence[Arc], touching: Sequence[Sequence[int]], tree: set[int]
) -> tuple[list[int], list[int]]:
    """Return the arc to each node's parent (-1 at the root, node 0), and nodes parents first."""
    parent = [-1] * count
    seen = {0}
    order = [0]
    for node in order:
        for place in touching[node]:
            if place not in tree:
                continue
            high, low, _ = arcs[place]
            other = low if high == node else high
            if other not in seen:
                seen.add(other)
                parent[other] = place
                order.append(other)
    return parent, order


def _subtree(
    top: int, order: Sequence[int], arcs: Sequence[Arc], parent: Sequence[int]
) -> set[int]:
    inside = {top}
    for node in order:
        if node not in inside and parent[node] >= 0:
            high, low, _ = arcs[parent[node]]
            if (low if high == node else high) in inside:
                inside.add(node)
    return inside


def _even_out(arcs: Sequence[Arc], level: list[int], widths: Sequence[float]) -> None:
    """Move nodes with as many arcs up as down to the level, within reach, where least stands."""
    used: dict[int, float] = {}
    for node, at in enumerate(level):
        used[at] = used.get(at, 0.0) + widths[node]
    for node in range(len(level)):
        above = [level[high] + length for high, low, length in arcs if low == node]
        below = [level[low] - length for high, low, length in arcs if high == node]
        if not above or len(above) != len(below):
            continue
        here = level[node]
        best = min(
            range(max(above), min(below) + 1),
            key=lambda at: (used.get(at, 0.0) - (widths[node] if at == here else 0.0), at),
        )
        used[here] -= widths[node]
        used[best] = used.get(best, 0.0) + widths[node]
        level[node] = best
