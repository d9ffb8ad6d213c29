"""Why two names are, or are not, one concept; how they are related; and where it was read."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from extract.model import Evidence
from kg.index import Index
from kg.model import Concept, Decision, Ruling, Text
from kg.neighbors import Leg, legs
from kg.paths import Path, paths
from kg.selection import EVERYTHING

# Where a sentence ends: a full stop, question or exclamation mark before a blank, or a line's end.
_END = re.compile(r"(?<=[.!?])[\"')\]]?\s+|\n+")
# A sentence longer than this is cut around the quote, in code points on each side.
_AROUND = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a piece of evidence stands, and the words around it."""

    source: str
    """Name of the source."""
    document: str
    line: int
    """From 1, in the text of the document; 0 where the graph does not hold it."""
    before: str
    """The sentence up to the quote."""
    quote: str
    after: str
    """The sentence behind the quote."""

    @property
    def at(self) -> str:
        """``source:line``, or the document's own path within a folder, as terminals print it."""
        name = self.document.removeprefix("sources/") or self.source
        return f"{name}:{self.line}" if self.line else name

    @property
    def sentence(self) -> str:
        """The sentence, or sentences, that the quote stands in, on one line."""
        return " ".join(f"{self.before}{self.quote}{self.after}".split())


def place(index: Index, evidence: Evidence) -> Place:
    """Return where ``evidence`` stands: line and surrounding sentence."""
    text = index.texts.get(evidence.document)
    if text is None or not evidence.quote:  # without a quote: not to be republished
        return Place(
            source=text.source if text else evidence.document.removeprefix("sources/"),
            document=evidence.document,
            line=bisect_right(_line_starts(text), evidence.span.start) if text else 0,
            before="",
            quote=evidence.quote,
            after="",
        )
    start, end = evidence.span.start, evidence.span.end
    first, last = max(0, start - _AROUND), min(len(text.text), end + _AROUND)
    ends = [match.end() for match in _END.finditer(text.text, first, start)]
    begin = ends[-1] if ends else first
    stop = _END.search(text.text, max(start, end - 1), last)
    finish = stop.start() if stop else last
    return Place(
        source=text.source,
        document=evidence.document,
        line=bisect_right(_line_starts(text), start),
        before=text.text[begin:start],
        quote=evidence.quote,
        after=text.text[end : max(end, finish)],
    )


@lru_cache(maxsize=256)
def _line_starts(text: Text) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text.text))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two names that an explanation is about."""

    asked: str
    concept: Concept
    entries: tuple[str, ...]
    """Ids of the entries meant: one where an entry's id was asked for, else all of the concept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What the graph knows about two names together."""

    left: Side
    right: Side
    same: bool
    """Whether both name one concept."""
    close: bool
    """Whether they name two that are marked as near each other."""
    decisions: tuple[Decision, ...]
    """What the alignment decided about their entries, in the graph's order."""
    reason: str
    """Why they are, or are not, one concept: a sentence or two."""
    relations: tuple[Leg, ...]
    """Relations between the two, read from the left one, strongest first."""
    rulings: tuple[Ruling, ...]
    """What a reviewer decided about both, their relations among it."""
    path: Path | None
    """The cheapest path, where no relation joins them directly."""


def explain(index: Index, left: str, right: str) -> Explanation:
    """Return why two names are or are not one concept, and what relates them.

    A name is anything :meth:`kg.index.Index.resolve` knows, or an entry's id.

    Raises:
        ConceptNotFound, AmbiguousLabel: a name stands for no concept, or several.
    """
    index.resolve_each(name for name in (left, right) if name not in index.by_entry)
    a, b = _side(index, left), _side(index, right)
    same = a.concept.slug == b.concept.slug
    ids = set(a.entries), set(b.entries)
    decisions = tuple(
        decision
        for decision in index.graph.decisions
        if (decision.left in ids[0] and decision.right in ids[1])
        or (decision.left in ids[1] and decision.right in ids[0])
    )
    relations: tuple[Leg, ...] = ()
    path: Path | None = None
    if not same:
        start, end = index.number[a.concept.slug], index.number[b.concept.slug]
        relations = tuple(legs(index, start, end, index.masks(EVERYTHING)))
        if not relations:
            path = next(iter(paths(index, a.concept.slug, b.concept.slug, limit=1)), None)
    return Explanation(
        left=a,
        right=b,
        same=same,
        close=b.concept.slug in a.concept.close,
        decisions=decisions,
        reason=_reason(a, b, decisions),
        relations=relations,
        rulings=tuple(
            ruling
            for ruling in index.rulings.get(a.concept.slug, ())
            if b.concept.slug in ruling.concepts
        ),
        path=path,
    )


def _side(index: Index, asked: str) -> Side:
    slug = index.by_entry.get(asked)
    if slug is not None:
        return Side(asked=asked, concept=index.concept(slug), entries=(asked,))
    concept = index.concept(index.resolve(asked))
    return Side(asked=asked, concept=concept, entries=concept.entries)


def _reason(left: Side, right: Side, decisions: Iterable[Decision]) -> str:
    """Return the reasons of the decisions, or what follows from there being none."""
    if reasons := list(dict.fromkeys(decision.reason for decision in decisions)):
        return " ".join(reasons)
    a, b = left.concept, right.concept
    if a.slug == b.slug:
        if not a.definitions:
            return f"Both name {a.label}, which entries speak of and none defines."
        count = len(a.entries)
        entries = "one entry defines" if count == 1 else f"{count} entries define"
        return f"Both name {a.label}, which {entries}."
    for concept in (a, b):
        if concept.implied:
            return f"{concept.label} is only spoken of: no entry defines it, so none was compared."
    return (
        f"{a.label} and {b.label} share no label, acronym or alias, "
        "so nothing suggested that they are one concept."
    )
