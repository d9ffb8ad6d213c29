"""The values of a concept map: what is drawn where, before any format.

Lengths are px at scale 1, x to the right and y down, the origin at the top left. Boxes and phrases
are named by their middle. Every concept map holds the propositions that it draws, so that its
words (Markdown, Mermaid, a quiz) are those of the picture.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

Point = tuple[float, float]
"""x and y in px."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What of a graph a concept map shows."""

    only: Collection[str] = ()
    """Keys of families; where given, no others are drawn."""
    hide: Collection[str] = ()
    """Keys of families that are left out."""
    language: str = ""
    """Tag that labels and phrases should be of; ``""``: the graph's."""
    implied: bool = True
    """Whether concepts that no entry defines are drawn."""
    mentions: bool | None = None
    """Whether bare mentions are drawn; ``None``: only where a concept has nothing else."""
    min_confidence: float = 0.0
    limit: int = 14
    """Concepts around the focus of a term map, at most."""
    href: str = "concepts/{slug}"
    """Address that a box links to; ``""``: none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposition:
    """A sentence that a map says: two concepts and the phrase between them."""

    subject: str
    """Slug."""
    phrase: str
    inverse: str
    """The phrase read from the object to the subject."""
    object: str
    """Slug."""
    family: str
    """Key of the family."""
    type: str
    """Key of the relation type."""
    relation: str
    """``Relation.id``."""
    upward: bool = False
    """Whether the object is the broader one, drawn above."""
    symmetric: bool = False
    """Whether it reads the same both ways; drawn without an arrowhead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A concept."""

    slug: str
    label: str
    """The whole label; ``lines`` may be cut."""
    lines: tuple[str, ...]
    x: float
    y: float
    width: float
    height: float
    size: float = 13.5
    """Of the type, in px."""
    leading: float = 17.0
    """From line to line, in px."""
    focus: bool = False
    pill: bool = False
    """Round ends: a role."""
    implied: bool = False
    """No entry defines it: a dashed outline."""
    href: str = ""
    title: str = ""
    """What assistive technology and a pointer's tip say: label, kind, its sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A linking phrase, drawn as a node of its own."""

    key: str
    """Unique in its map."""
    text: str
    lines: tuple[str, ...]
    family: str
    x: float
    y: float
    width: float
    height: float
    size: float = 12.0
    leading: float = 14.0
    concepts: tuple[str, ...] = ()
    """Slugs of the concepts that it joins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A line between a concept and a phrase."""

    start: str
    """Slug of a box, or key of a phrase."""
    end: str
    family: str
    """Key of the family; ``""``: the rail, which belongs to none."""
    curve: tuple[Point, ...]
    """Cubic Bézier: a point, then two controls and a point for each piece."""
    arrow: bool = False
    """Whether an arrowhead stands at its end."""
    concepts: tuple[str, ...] = ()
    """Slugs of the concepts that it helps to join; the first is its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A remark in the map: how much of the graph it leaves out."""

    text: str
    x: float
    y: float
    width: float
    height: float
    href: str = ""
    size: float = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """A concept map: title, size and all that is drawn."""

    title: str
    language: str
    width: float
    height: float
    shape: str = "topic"
    """``term``, ``rail``, ``topic`` or ``path``."""
    boxes: tuple[Box, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    legs: tuple[Leg, ...] = ()
    notes: tuple[Note, ...] = ()
    propositions: tuple[Proposition, ...] = ()
    """In reading order."""
    families: tuple[str, ...] = ()
    """Keys of the families drawn, in the order of the legend."""
    focus: str = ""
    """Slug of the concept that the map is about."""
    question: str = ""
    """What the map answers, such as "How does Churn connect?"."""
    description: str = ""
    """The map in words, for ``<desc>``."""
    hidden: int = 0
    """Concepts that fit the options but were left out for room."""
    crossings: int = 0
    """Pairs of lines that cross."""

    def label(self, slug: str) -> str:
        """Return the label of a concept in the map."""
        return next(box.label for box in self.boxes if box.slug == slug)
