"""What stands around the focus of a term map: one spoke for each concept, on one of four sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from kg.concept_map.model import Options, Proposition
from kg.concept_map.propositions import around, language_of, proposition
from kg.index import Index
from kg.model import Relation

ROOM: Mapping[str, int] = MappingProxyType({"top": 5, "bottom": 5, "left": 7, "right": 7})
"""How many concepts a side holds: five columns of boxes in a row, a column no taller than wide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoke:
    """A concept around the focus with all that ties the two in one direction."""

    slug: str
    side: str
    """``top``: broader; ``bottom``: narrower; ``left``: it acts on the focus; ``right``: the focus
    acts on it, or neither does."""
    phrase: str
    """As read from subject to object."""
    read: str
    """As read from the focus."""
    family: str
    arrow: bool
    propositions: tuple[Proposition, ...]

    @property
    def outward(self) -> bool:
        """Whether the focus is the subject."""
        return self.side in ("top", "right")


def spokes(index: Index, focus: str, options: Options) -> tuple[list[Spoke], int]:
    """Return the spokes of a term map, the strongest first, and how many concepts were left out.

    A concept stands in the map once, where its strongest relation puts it; further relations of
    the same basis, family and direction share its phrase, weaker ones are left to the list.
    Symmetric relations even the columns out.
    """
    relations = around(index, focus, options)
    language = language_of(index, options)
    by_other: dict[str, list[Relation]] = {}
    for relation in relations:
        other = relation.object if relation.subject == focus else relation.subject
        by_other.setdefault(other, []).append(relation)
    taken: Counter[str] = Counter()
    found: list[Spoke] = []
    for other, tied in by_other.items():
        if sum(taken.values()) >= options.limit:
            break
        first = tied[0]
        type_ = index.vocabulary.relation_types[first.type]
        side = _side(type_.hierarchical, type_.symmetric, first.subject == focus, taken)
        if taken[side] >= ROOM[side]:
            continue
        taken[side] += 1
        same = [
            r
            for r in tied
            if (r.subject == focus) == (first.subject == focus)
            and r.basis == first.basis
            and index.vocabulary.relation_types[r.type].family == type_.family
            and index.vocabulary.relation_types[r.type].symmetric == type_.symmetric
        ]
        found.append(_spoke(index, other, side, focus, same, language))
    return found, len(by_other) - len(found)


def _side(hierarchical: bool, symmetric: bool, outward: bool, taken: Mapping[str, int]) -> str:
    if hierarchical:
        return "top" if outward else "bottom"
    if symmetric:
        return "left" if taken["left"] < taken["right"] else "right"
    return "right" if outward else "left"


def _spoke(
    index: Index, other: str, side: str, focus: str, relations: Sequence[Relation], language: str
) -> Spoke:
    first = relations[0]
    vocabulary = index.vocabulary
    turned = [not vocabulary.relation_types[r.type].symmetric and r.object == focus
              for r in relations]  # fmt: skip
    return Spoke(
        slug=other,
        side=side,
        phrase=", ".join(_once(vocabulary.phrase(r.type, language) for r in relations)),
        read=", ".join(
            _once(
                vocabulary.phrase(r.type, language, inverse=inverse)
                for r, inverse in zip(relations, turned, strict=True)
            )
        ),
        family=vocabulary.relation_types[first.type].family,
        arrow=not vocabulary.relation_types[first.type].symmetric,
        propositions=tuple(proposition(index, r, language) for r in relations),
    )


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def grouped(
    index: Index, found: Iterable[Spoke], *, by: str = "phrase"
) -> list[tuple[str, str, list[Spoke]]]:
    """Return (phrase, family, spokes) in the order of the legend, what the focus does first."""
    groups: dict[tuple[int, bool, str, str], list[Spoke]] = {}
    order = list(index.vocabulary.families)
    for spoke in found:
        text = spoke.phrase if by == "phrase" else spoke.read
        inward = not spoke.outward and spoke.arrow
        groups.setdefault((order.index(spoke.family), inward, text, spoke.family), []).append(spoke)
    return [(text, family, members) for (_, _, text, family), members in sorted(groups.items())]
