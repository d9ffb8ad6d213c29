"""How several concepts stand to each other: what joins them, and what they have in common."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kg.index import Index
from kg.model import Relation
from kg.neighbors import Leg, legs, legs_of
from kg.selection import EVERYTHING, Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """A concept that several others are related to."""

    concept: str
    """Slug."""
    legs: tuple[Leg, ...]
    """The strongest relation from each of the others, in the order they were given."""


def between(
    index: Index, one: str, other: str, selection: Selection = EVERYTHING
) -> list[Relation]:
    """Return the relations that join two concepts, strongest first."""
    masks = index.masks(selection)
    found = legs(index, index.number[one], index.number[other], masks)
    return [leg.relation for leg in found]


def common(index: Index, slugs: Sequence[str], selection: Selection = EVERYTHING) -> list[Common]:
    """Return the concepts that all of ``slugs`` are related to, the most telling first.

    Ordered by the weakest of the relations, its basis first, then by degree: what many concepts are
    related to tells little. Slugs that come twice count once; of no slugs nothing is common.
    """
    strongest: list[dict[str, Leg]] = []
    for slug in dict.fromkeys(slugs):
        found: dict[str, Leg] = {}
        for leg in legs_of(index, slug, selection):
            found.setdefault(leg.end, leg)
        strongest.append(found)
    shared = set.intersection(*(set(each) for each in strongest)) - set(slugs) if strongest else ()

    def rank(slug: str) -> tuple[tuple[int, float], int, str]:
        weakest = max(_strength(index, each[slug].relation) for each in strongest)
        return weakest, index.degree(index.number[slug]), slug

    return [
        Common(concept=slug, legs=tuple(each[slug] for each in strongest))
        for slug in sorted(shared, key=rank)
    ]


def _strength(index: Index, relation: Relation) -> tuple[int, float]:
    return list(index.vocabulary.bases).index(relation.basis), -relation.confidence


def subgraph(
    index: Index, slugs: Collection[str], selection: Selection = EVERYTHING
) -> list[Relation]:
    """Return the relations among some concepts, in the graph's order. Cost: their relations."""
    wanted = set(slugs)
    places = {
        place
        for slug in wanted
        for place in index.outgoing[index.number[slug]]
        if index.concepts[index.object[place]].slug in wanted
    }
    masks = index.masks(selection)
    return [
        index.relations[place]
        for place in sorted(places)
        if (masks.forward[index.sort[place]] or masks.backward[index.sort[place]])
        and index.relations[place].confidence >= masks.min_confidence
    ]
