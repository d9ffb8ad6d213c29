"""Checks of the hierarchy, for :mod:`kg.checks`: circles, and SKOS S27."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from kg.index import Index


def circles(index: Index) -> Iterator[tuple[str, str]]:
    """Yield the circles of each hierarchical type."""
    for type_ in index.vocabulary.relation_types.values():
        if not type_.hierarchical:
            continue
        narrower: dict[str, list[str]] = defaultdict(list)
        for relation in index.relations:
            if relation.type == type_.key:
                narrower[relation.subject].append(relation.object)
        for members in _circles(narrower):
            way = " → ".join(index.label(slug) for slug in (*members, members[0]))
            yield members[0], f"{way} runs in a circle of {type_.key}."


def _circles(following: Mapping[str, list[str]]) -> list[list[str]]:
    """Return one circle for each knot of ``following``, smallest slug first.

    Tarjan's strongly connected components (1972), without recursion; then the shortest way from
    the smallest member back to itself.
    """
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    circles = []
    for root in sorted(following):
        work = [(root, iter(following[root]))] if root not in number else []
        while work:
            slug, rest = work[-1]
            if slug not in number:
                number[slug] = low[slug] = len(number)
                stack.append(slug)
                on_stack.add(slug)
            for far in rest:
                if far not in number:
                    work.append((far, iter(following.get(far, ()))))
                    break
                if far in on_stack:
                    low[slug] = min(low[slug], number[far])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[slug])
                if low[slug] == number[slug]:
                    knot = set()
                    while slug not in knot:
                        knot.add(stack.pop())
                    on_stack -= knot
                    if len(knot) > 1 or slug in following.get(slug, ()):
                        circles.append(_shortest_circle(following, knot))
    return sorted(circles)


def _shortest_circle(following: Mapping[str, list[str]], knot: set[str]) -> list[str]:
    start = min(knot)
    ways = [[start]]
    seen: set[str] = set()
    for way in ways:  # grows while it is read: breadth first
        for far in sorted(following[way[-1]]):
            if far == start:
                return way
            if far in knot and far not in seen:
                seen.add(far)
                ways.append([*way, far])
    return [start]


def related_in_hierarchy(index: Index) -> Iterator[tuple[str, str]]:
    """SKOS S27: what is above or below in the hierarchy is not ``related`` as well."""
    above: dict[str, set[str]] = defaultdict(set)
    for relation in index.relations:
        if index.vocabulary.relation_types[relation.type].hierarchical:
            above[relation.subject].add(relation.object)
    for relation in index.relations:
        if relation.type not in ("related", "seeAlso"):
            continue
        for low, high in (
            (relation.subject, relation.object),
            (relation.object, relation.subject),
        ):
            if high in _closure(above, low):
                yield (
                    relation.id,
                    f"{index.label(low)} stands below {index.label(high)} and is given as "
                    "related to it, too.",
                )
                break


def _closure(above: Mapping[str, set[str]], slug: str) -> set[str]:
    found: set[str] = set()
    waiting = [slug]
    while waiting:
        new = above.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found
