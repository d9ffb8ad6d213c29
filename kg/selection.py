"""Which relations a question looks at: by type, family, basis, direction and confidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from kg.errors import UnknownKey
from ontology.vocabulary import Vocabulary

DIRECTIONS = ("both", "out", "in")
"""``out``: from subject to object; ``in``: the other way; ``both``: either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What of a graph is looked at. The default is all of it."""

    types: Collection[str] | None = None
    """Keys of relation types. An inverse key (``narrower``, ``reducedBy``) names the reading: only
    relations that read so from the concept asked about."""
    families: Collection[str] | None = None
    """Keys of families; a relation of one of them, or of one of ``types``, is in."""
    bases: Collection[str] | None = None
    """``text``, ``name``, ``reference``, ``mention``."""
    direction: str = "both"
    """One of :data:`DIRECTIONS`; symmetric relations are in either way."""
    min_confidence: float = 0.0
    implied: bool = True
    """Whether concepts that no entry defines take part."""

    def masks(self, sorts: Sequence[tuple[str, str]], vocabulary: Vocabulary) -> Masks:
        """Return this selection as two tables over ``sorts``, a graph's (type, basis) pairs.

        Raises:
            UnknownRelationType: one of ``types`` is in no direction a relation type.
            UnknownKey: a family, basis or direction is not known.
        """
        _check("direction", (self.direction,), DIRECTIONS)
        _check("family", self.families or (), vocabulary.families)
        _check("basis", self.bases or (), vocabulary.bases)
        either, forward_only, backward_only = set[str](), set[str](), set[str]()
        for asked in self.types or ():
            type_, swapped = vocabulary.canonical(asked)
            (backward_only if swapped else either).add(type_)
        if self.types is not None or self.families is not None:
            families = frozenset(self.families or ())
            either |= {t.key for t in vocabulary.relation_types.values() if t.family in families}
        else:
            either = set(vocabulary.relation_types)
        if self.direction == "in":
            # "in" reads from the other end: B narrower A is A broader B.
            forward_only, backward_only = backward_only, set()
        forward, backward = bytearray(len(sorts)), bytearray(len(sorts))
        for place, (type_, basis) in enumerate(sorts):
            if self.bases is not None and basis not in self.bases:
                continue
            symmetric = vocabulary.relation_types[type_].symmetric
            if type_ in either:
                forward[place] = symmetric or self.direction != "in"
                backward[place] = symmetric or self.direction != "out"
            forward[place] |= type_ in forward_only
            backward[place] |= type_ in backward_only
        return Masks(
            forward=bytes(forward),
            backward=bytes(backward),
            min_confidence=self.min_confidence,
            implied=self.implied,
            everything=all(forward) and all(backward) and self.implied and not self.min_confidence,
        )


EVERYTHING = Selection()
"""All of a graph."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Masks:
    """A selection as tables over a graph's (type, basis) pairs."""

    forward: bytes
    """1 where a relation may be followed from its subject to its object."""
    backward: bytes
    """1 where it may be followed from its object to its subject."""
    min_confidence: float
    implied: bool
    everything: bool
    """Whether nothing is left out, so that nothing need be looked up."""

    def turned(self) -> Masks:
        """Return the same selection as seen from the far end of a path."""
        return replace(self, forward=self.backward, backward=self.forward)


def _check(what: str, asked: Iterable[str], known: Collection[str]) -> None:
    for key in asked:
        if key not in known:
            raise UnknownKey(what, key, known)
