"""The concepts around a concept, and how each is related: breadth-first, best reason first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from kg.index import Index
from kg.model import Relation
from kg.selection import EVERYTHING, Masks, Selection
from ontology.vocabulary import Vocabulary

MAX_DEPTH = 5
"""Farther than this, everything is near everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A relation as it is read from one of its ends."""

    relation: Relation
    forward: bool
    """Whether it is read from subject to object."""

    @property
    def start(self) -> str:
        """Slug of the concept that it is read from."""
        return self.relation.subject if self.forward else self.relation.object

    @property
    def end(self) -> str:
        """Slug of the concept that it leads to."""
        return self.relation.object if self.forward else self.relation.subject

    def type(self, vocabulary: Vocabulary) -> str:
        """Return the key of its type as read: "start TYPE end"."""
        relation_type = vocabulary.relation_types[self.relation.type]
        return relation_type.key if self.forward else relation_type.inverse

    def phrase(self, vocabulary: Vocabulary, language: str = "en") -> str:
        """Return the words that stand between the labels of ``start`` and ``end``."""
        return vocabulary.phrase(self.relation.type, language, inverse=not self.forward)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A concept that was reached, with the relation that leads to it."""

    concept: str
    """Slug."""
    distance: int
    """Count of relations on a shortest way to it, from 1."""
    leg: Leg
    """The strongest relation that leads here from a concept one step nearer."""
    more: tuple[Leg, ...] = ()
    """The other relations between those two concepts."""

    @property
    def via(self) -> str:
        """Slug of the concept one step nearer."""
        return self.leg.start

    @property
    def relation(self) -> Relation:
        """The relation of :attr:`leg`."""
        return self.leg.relation


def neighbors(
    index: Index,
    concept: str,
    *,
    depth: int = 1,
    types: Collection[str] | None = None,
    families: Collection[str] | None = None,
    bases: Collection[str] | None = None,
    direction: str = "",
    min_confidence: float = 0.0,
    implied: bool = True,
    limit: int | None = None,
) -> list[Step]:
    """Return the concepts within ``depth`` relations of ``concept``, nearest first.

    Among equally near ones the strongest basis comes first, then the highest confidence, then the
    alphabet. ``concept`` is any name :meth:`kg.index.Index.resolve` knows. Every relation on the
    way is of the selection (see :class:`kg.selection.Selection`), read from the nearer end:
    ``types=("broader",)`` gives what is broader, ``("narrower",)`` the kinds, both with
    ``direction="both"``. Cost: some microseconds for each concept found.

    Raises:
        ConceptNotFound, AmbiguousLabel: ``concept`` names none, or several.
        UnknownRelationType, UnknownKey: the selection names what the vocabulary has not.
        ValueError: ``depth`` is not from 1 to :data:`MAX_DEPTH`.
    """
    if not 1 <= depth <= MAX_DEPTH:
        raise ValueError(f"depth must be from 1 to {MAX_DEPTH}, not {depth}")
    selection = Selection(
        types=types,
        families=families,
        bases=bases,
        direction=direction,
        min_confidence=min_confidence,
        implied=implied,
    )
    start = index.number[index.resolve(concept)]
    masks = index.masks(selection)
    found = rings(index, start, masks, depth, limit)
    if not masks.implied:  # what is in the rings is in
        masks = replace(masks, implied=True)
    steps: list[Step] = []
    nearer = [start]
    for distance, ring in enumerate(found, start=1):
        steps += _steps(index, nearer, ring, distance, masks)
        nearer = ring
    return steps


def rings(
    index: Index, start: int, masks: Masks, depth: int, limit: int | None = None
) -> list[list[int]]:
    """Return the concepts at each distance from 1, in the order of :func:`neighbors`, by number.

    The last ring is cut where ``limit`` concepts are reached; there are none that are empty.
    """
    everything, each_ends = masks.everything, index.each_ends
    strength, width = index.strength, index.width
    far_of = (1 << width) - 1
    seen = {start}
    frontier = [start]
    found: list[list[int]] = []
    left = len(index.concepts) if limit is None else limit
    while frontier and len(found) < depth and left > 0:
        if everything:
            codes = set().union(*each_ends(frontier))
        else:
            codes = {
                strength[place] << width | far
                for near in frontier
                for place, far, _ in edges(index, near, masks)
            }
        # Strongest first, then by number.
        ring = [far for code in sorted(codes) if (far := code & far_of) not in seen]
        frontier = list(dict.fromkeys(ring))[:left]
        left -= len(frontier)
        if frontier:
            found.append(frontier)
        if len(found) < depth:
            seen.update(frontier)
    return found


def _steps(
    index: Index, nearer: Sequence[int], ring: Sequence[int], distance: int, masks: Masks
) -> Iterator[Step]:
    """Yield how each concept of a ring is reached from the ring before."""
    for far, _, (best, *more) in reached(index, nearer, ring, masks):
        beside = tuple([_leg(index, way) for way in more])
        slug = index.concepts[far].slug
        yield Step(concept=slug, distance=distance, leg=_leg(index, best), more=beside)


Way = tuple[int, bool]
"""A relation, by number, and whether it is read from subject to object."""


def reached(
    index: Index, nearer: Sequence[int], ring: Sequence[int], masks: Masks
) -> Iterator[tuple[int, int, list[Way]]]:
    """Yield for each concept of a ring: itself, the one before it, the relations from that to it.

    The concept before is that of ``nearer``, the ring before, with the strongest relation, and of
    equally strong ones the first; relations come strongest first. Cost: half a microsecond each.
    """
    one: dict[int, tuple[int, int, int, bool] | None] = dict.fromkeys(ring)
    several: dict[int, list[tuple[int, int, int, bool]]] = {}
    strength = index.strength
    for order, near in enumerate(nearer):
        for place, far, forward in edges(index, near, masks):
            if far in one:
                way = (strength[place], order, place, forward)
                before = one[far]
                if before is None:
                    one[far] = way
                elif far in several:
                    several[far].append(way)
                else:
                    several[far] = [before, way]
    for far, only in one.items():
        if far in several:
            found = sorted(several[far])
            order = found[0][1]
            yield far, nearer[order], [each[2:] for each in found if each[1] == order]
        elif only is not None:
            yield far, nearer[only[1]], [only[2:]]


def _leg(index: Index, way: Way) -> Leg:
    return Leg(relation=index.relations[way[0]], forward=way[1])


def edges(
    index: Index, number: int, masks: Masks, ends: Collection[int] = ()
) -> Iterator[tuple[int, int, bool]]:
    """Yield (relation, concept at its other end, whether read forward) around a concept.

    Concepts of ``ends``, by number, are reached even where implied ones are left out.
    """
    outgoing, incoming = index.outgoing[number], index.incoming[number]
    subject, object_ = index.subject, index.object
    if masks.everything:
        for place in outgoing:
            yield place, object_[place], True
        for place in incoming:
            yield place, subject[place], False
        return
    sort, least, implied = index.sort, masks.min_confidence, masks.implied
    for places, mask, others, way in (
        (outgoing, masks.forward, object_, True),
        (incoming, masks.backward, subject, False),
    ):
        for place in places:
            if not mask[sort[place]]:
                continue
            if least and index.relations[place].confidence < least:
                continue
            far = others[place]
            if implied or far in ends or not index.concepts[far].implied:
                yield place, far, way


def legs(index: Index, start: int, end: int, masks: Masks) -> list[Leg]:
    """Return every relation from one concept to another, strongest first, read from the first."""
    subject, object_ = index.subject, index.object
    if index.degree(start) <= index.degree(end):
        found = [(place, True) for place in index.outgoing[start] if object_[place] == end]
        found += [(place, False) for place in index.incoming[start] if subject[place] == end]
    else:
        found = [(place, True) for place in index.incoming[end] if subject[place] == start]
        found += [(place, False) for place in index.outgoing[end] if object_[place] == start]
    if not masks.everything:
        found = [way for way in found if _chosen(index, *way, masks)]
        if not masks.implied and index.concepts[end].implied:
            return []
    if len(found) > 1:
        strength = index.strength
        found.sort(key=lambda way: (strength[way[0]], *way))
    return [Leg(relation=index.relations[place], forward=way) for place, way in found]


def _chosen(index: Index, place: int, forward: bool, masks: Masks) -> bool:
    """Return whether a relation may be followed this way."""
    return bool(
        (masks.forward if forward else masks.backward)[index.sort[place]]
        and index.relations[place].confidence >= masks.min_confidence
    )


def legs_of(index: Index, slug: str, selection: Selection = EVERYTHING) -> list[Leg]:
    """Return the relations of a concept, as it reads them, strongest first."""
    found = sorted(
        (index.strength[place], place, forward)
        for place, _, forward in edges(index, index.number[slug], index.masks(selection))
    )
    return [Leg(relation=index.relations[place], forward=way) for _, place, way in found]
