"""How concepts are connected: the cheapest typed paths, and each as a sentence.

A step costs more the weaker its basis (text 1, name 2, reference 3, mention 5, from the ontology),
and each concept passed costs the natural logarithm of its degree: a way through "Customer", which
everything touches, explains little. :mod:`kg.kinship` asks what several concepts share.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush, nsmallest
from itertools import pairwise
from math import inf

from kg.errors import UnknownKey
from kg.index import Index
from kg.neighbors import Leg, legs
from kg.selection import Selection
from kg.ways import Ways

COSTS = ("evidence", "hops")
"""``evidence``: as above; ``hops``: every step costs 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A way from one concept to another that passes none twice."""

    legs: tuple[Leg, ...]
    """In order; the strongest relation of each two neighbours. Empty from a concept to itself."""
    cost: float
    """Sum over the steps and the concepts between the ends; smaller is better."""
    concepts: tuple[str, ...]
    """Slugs, both ends included: one more than legs."""
    more: tuple[tuple[Leg, ...], ...] = ()
    """For each leg the other relations between its ends."""


def paths(
    index: Index,
    start: str,
    end: str,
    *,
    limit: int = 3,
    cost: str = "evidence",
    types: Collection[str] | None = None,
    families: Collection[str] | None = None,
    bases: Collection[str] | None = None,
    direction: str = "both",
    min_confidence: float = 0.0,
    implied: bool = True,
) -> list[Path]:
    """Return the ``limit`` cheapest loopless paths from ``start`` to ``end``, cheapest first.

    A path may go against the reading of ``types`` unless ``direction`` says otherwise: siblings are
    joined by ``broader``. Two paths differ in a concept, not only in the type of a step.
    Bidirectional Dijkstra finds the first, Yen's method (1971) with Lawler's saving (1972) the
    rest, each searched for when no bound tells that another is cheaper. No path: an empty list.

    Raises:
        ConceptNotFound, AmbiguousLabel: an end names no concept, or several.
        UnknownRelationType, UnknownKey: the selection or ``cost`` is not known.
    """
    if cost not in COSTS:
        raise UnknownKey("cost", cost, COSTS)
    selection = Selection(
        types=types,
        families=families,
        bases=bases,
        direction=direction,
        min_confidence=min_confidence,
        implied=implied,
    )
    source, target = (index.number[slug] for slug in index.resolve_each((start, end)))
    masks = index.masks(selection)
    search = Ways(index, masks, cost, (source, target))
    if source == target:
        return [_path(index, [source], search)]
    cheapest = search.shortest(source, target)
    if cheapest is None:
        return []
    first = cheapest[1]
    found = [first]
    # (cost, 1, hops, numbers, where it left the path it came from); with 0 in place of 1 the least
    # that a way off the path ``numbers`` at that place can cost: searched for when its turn comes.
    waiting: list[tuple[float, int, int, tuple[int, ...], int]] = []
    known = {first}
    latest, left_at = first, 0
    while len(found) < limit:
        spent = 0.0
        for place in range(len(latest) - 1):
            if place:
                spent += search.step(latest[place - 1], latest[place])
            if place < left_at:  # its deviations were found with the path it left (Lawler)
                continue
            least = spent + search.least(latest[: place + 1], _next(found, latest, place))
            if least < inf:
                heappush(waiting, (least, 0, 0, latest, place))
        while waiting and not waiting[0][1]:
            least, _, _, path, place = heappop(waiting)
            root = path[: place + 1]
            spent = sum(search.step(near, far) for near, far in pairwise(root))
            # Nothing dearer than the last that can still be returned need be found.
            ready = nsmallest(limit - len(found), (item[0] for item in waiting if item[1]))
            spur = search.detour(
                root[-1],
                target,
                avoid=root[:-1],
                not_first=_next(found, path, place),
                within=(ready[-1] if len(ready) >= limit - len(found) else inf) - spent,
            )
            if spur is None or (candidate := root[:-1] + spur[1]) in known:
                continue
            known.add(candidate)
            heappush(waiting, (spent + spur[0], 1, len(candidate), candidate, place))
        if not waiting:
            break
        _, _, _, latest, left_at = heappop(waiting)
        found.append(latest)
    return [_path(index, path, search) for path in found]


def _next(found: Iterable[tuple[int, ...]], path: tuple[int, ...], place: int) -> set[int]:
    """Return where the paths found go on that agree with ``path`` up to ``place``."""
    root = path[: place + 1]
    return {other[place + 1] for other in found if other[: place + 1] == root}


def _path(index: Index, way: Sequence[int], search: Ways) -> Path:
    masks = search.masks
    if not masks.implied:  # the ends are in, whatever they are
        masks = replace(masks, implied=True)
    every = [legs(index, near, far, masks) for near, far in pairwise(way)]
    base = dict(zip(index.sorts, search.base, strict=True))
    cost = sum(base[found[0].relation.type, found[0].relation.basis] for found in every)
    cost += sum(2 * search.passing[number] for number in way[1:-1])
    return Path(
        legs=tuple(found[0] for found in every),
        cost=round(cost, 4),
        concepts=tuple(index.concepts[number].slug for number in way),
        more=tuple(tuple(found[1:]) for found in every),
    )


def sentence(index: Index, path: Path, language: str | None = None) -> str:
    """Return a path in words: "A is a kind of B, which increases C."

    English joins the steps by relative clauses. Other languages would have to move the verb, so
    there each step is a clause of its own that takes the last label up: "A erhöht B; B misst C."
    """
    tag = (language or index.graph.language).lower()
    labels = [index.label(slug, tag) for slug in path.concepts]
    if not path.legs:
        return f"{labels[0]}."
    phrases = [leg.phrase(index.vocabulary, tag) for leg in path.legs]
    if tag.partition("-")[0] == "de":
        steps = zip(labels, phrases, labels[1:], strict=False)
        text = "; ".join(f"{start} {phrase} {end}" for start, phrase, end in steps)
    else:
        text = f"{labels[0]} " + ", which ".join(
            f"{phrase} {end}" for phrase, end in zip(phrases, labels[1:], strict=True)
        )
    return text if text.endswith(".") else f"{text}."
