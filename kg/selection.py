"""Which relations a question looks at: by type, family, basis, direction and confidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from kg.errors import UnknownKey
from ontology.vocabulary import Vocabulary

DIRECTIONS = ("out", "in", "both")
"""``out``: as the types asked for read, from subject to object where none is; ``in``: the other way
round; ``both``: either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What of a graph is looked at. The default is all of it."""

    types: Collection[str] | None = None
    """Keys of relation types, of either direction (``broader``, ``narrower``). A key names the
    reading: ``broader`` leads from a concept to what is broader, ``narrower`` to its kinds."""
    families: Collection[str] | None = None
    """Keys of families; a relation of one of them, or of one of ``types``, is in."""
    bases: Collection[str] | None = None
    """``text``, ``name``, ``reference``, ``mention``."""
    direction: str = ""
    """One of :data:`DIRECTIONS`, or empty: ``out`` for ``types``, ``both`` for all else. Symmetric
    relations are in either way."""
    min_confidence: float = 0.0
    implied: bool = True
    """Whether concepts that no entry defines take part."""

    def masks(self, sorts: Sequence[tuple[str, str]], vocabulary: Vocabulary) -> Masks:
        """Return this selection as two tables over ``sorts``, a graph's (type, basis) pairs.

        Raises:
            UnknownRelationType: one of ``types`` is in no direction a relation type.
            UnknownKey: a family, basis or direction is not known.
        """
        _check("direction", (self.direction,) if self.direction else (), DIRECTIONS)
        _check("family", self.families or (), vocabulary.families)
        _check("basis", self.bases or (), vocabulary.bases)
        families, keys = frozenset(self.families or ()), vocabulary.relation_types
        every = self.types is None and self.families is None
        whole = {key for key, type_ in keys.items() if every or type_.family in families}
        # Types by the way they are followed: from subject to object, and back.
        there = whole if self.direction != "in" else set[str]()
        back = whole if self.direction != "out" else set[str]()
        for type_, swapped in map(vocabulary.canonical, self.types or ()):
            either = self.direction == "both" or keys[type_].symmetric
            # "in" reads from the other end: B narrower A is A broader B.
            forward = swapped == (self.direction == "in")
            there = there | {type_} if either or forward else there
            back = back | {type_} if either or not forward else back
        symmetric = {key for key in there | back if keys[key].symmetric}
        there, back = there | symmetric, back | symmetric
        forward_mask, backward_mask = bytearray(len(sorts)), bytearray(len(sorts))
        for place, (type_, basis) in enumerate(sorts):
            if self.bases is None or basis in self.bases:
                forward_mask[place], backward_mask[place] = type_ in there, type_ in back
        return Masks(
            forward=bytes(forward_mask),
            backward=bytes(backward_mask),
            min_confidence=self.min_confidence,
            implied=self.implied,
            everything=all(forward_mask)
            and all(backward_mask)
            and self.implied
            and not self.min_confidence,
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
