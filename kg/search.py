"""Finding concepts by what people type: labels by spelling, start and mistake, then definitions.

Every hit says why it is one. Cheap ways come first and dearer ones only when those found too few:
equal keys and prefixes (microseconds), word starts, misspellings by trigrams, and last the words of
definitions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from extract import labels
from extract.model import Designation
from kg.index import Index
from kg.passages import words_of

REASONS = (
    "exact label",
    "acronym",
    "alias",
    "prefix",
    "word start",
    "typo",
    "definition text",
)
"""Why a concept is found, best first."""
FACETS = ("reason", "kind", "source", "language")
"""What hits can be counted and narrowed by: why they are one, the concept's kind, the sources that
define it, the language of what matched."""

_ORDER = {reason: place for place, reason in enumerate(REASONS)}

# A misspelling is looked for when what is typed is no label and starts fewer than this.
_ENOUGH = 5
# Definitions are looked through only for words this long: shorter ones stand in half of them.
_SHORTEST = 3
_MOST_DEFINITIONS = 500
# Labels with a prefix that are put in order; suggestions come while a person types.
_PREFIXES = 400
# Labels with a mistake that are counted by facets.
_COUNTED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A concept that was found, and why."""

    concept: str
    """Slug."""
    reason: str
    """One of :data:`REASONS`."""
    label: str
    """The label that matched; for ``definition text`` the preferred one."""
    score: float
    """In (0, 1]; larger is better, and comparable within one answer only."""
    source: str = ""
    """For ``definition text``: the name of the source whose definition has the words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """One page of hits."""

    hits: tuple[Hit, ...]
    total: int
    """Count of hits of all pages; at most some hundreds are counted for each reason."""
    more: bool
    """Whether another page follows."""
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """For each of :data:`FACETS`, where counting was asked for: how many hits of all pages have
    which value, the most frequent first. The facet's own narrowing is left aside, so that the other
    values can be chosen instead."""


def search(
    index: Index,
    q: str,
    *,
    lang: str | None = None,
    limit: int = 20,
    offset: int = 0,
    implied: bool = True,
    only: Mapping[str, str] | None = None,
    facets: bool = False,
) -> Results:
    """Return the concepts that ``q`` may mean, best first, each once with its best reason.

    ``lang`` (a BCP 47 tag) keeps labels of that language. Among hits of one reason the label that
    ``q`` covers most comes first, then the more connected concept. An empty ``q`` finds nothing.
    ``only`` narrows to hits that have a value of a facet; with it, or where ``facets`` are counted,
    definitions are looked through however many labels match.
    """
    only = {facet: value for facet, value in (only or {}).items() if value}
    whole = facets or bool(only)
    found = _Found(index, lang, implied)
    wanted = max(offset + limit, _COUNTED) if whole else offset + limit
    for _ in _labels(found, q, wanted=wanted):
        pass
    if whole or len(found) < offset + limit:
        _definitions(found, q)
    counted: dict[str, dict[str, int]] = {}
    if whole:
        values = {owner: found.values(owner) for owner in found.owners}
        for facet in FACETS if facets else ():
            others = {f: v for f, v in only.items() if f != facet}
            counts = Counter(v for _, has in _having(values, others) for v in has[facet])
            counted[facet] = dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))
        found.keep({owner for owner, _ in _having(values, only)})
    return Results(
        hits=tuple(found.ranked(offset, limit)),
        total=len(found),
        more=len(found) > offset + limit,
        facets=counted,
    )


_Values = Mapping[str, tuple[str, ...]]


def _having(
    values: Mapping[int, _Values], only: Mapping[str, str]
) -> Iterator[tuple[int, _Values]]:
    """Yield the concepts that have all these values, with what they have."""
    for owner, has in values.items():
        if all(value in has[facet] for facet, value in only.items()):
            yield owner, has


def suggest(
    index: Index, q: str, *, lang: str | None = None, limit: int = 10, implied: bool = True
) -> list[Hit]:
    """Return at most ``limit`` concepts for what has been typed so far, best first.

    Like :func:`search` without the definitions, and it stops at the first way that fills the list.
    """
    found = _Found(index, lang, implied)
    for _ in _labels(found, q, wanted=limit):
        if len(found) >= limit:
            break
    return found.ranked(0, limit)


class _Found:
    """Hits by concept number; the best reason of each is kept."""

    def __init__(self, index: Index, lang: str | None, implied: bool) -> None:
        self.index = index
        self._lang = lang.lower() if lang else None
        self._implied = implied
        self._best: dict[int, tuple[int, float, int, str]] = {}

    def __len__(self) -> int:
        return len(self._best)

    @property
    def owners(self) -> list[int]:
        """The concepts by number."""
        return list(self._best)

    def values(self, owner: int) -> _Values:
        """Return what a hit has of each of :data:`FACETS`."""
        reason, _, label, source = self._best[owner]
        definitions = self.index.concepts[owner].definitions
        if label >= 0:
            language = self.index.names.designation(label).language
        else:
            language = next((d.language for d in definitions if d.source == source), "")
        return {
            "reason": (REASONS[reason],),
            "kind": (self.index.concepts[owner].kind,),
            "source": tuple(dict.fromkeys(d.source for d in definitions)),
            "language": ((language or self.index.graph.language).lower(),),
        }

    def keep(self, owners: Collection[int]) -> None:
        """Drop every hit that is none of these concepts."""
        self._best = {owner: found for owner, found in self._best.items() if owner in owners}

    def _speaks(self, language: str) -> bool:
        assert self._lang is not None
        return (
            language == self._lang
            or language.partition("-")[0] == self._lang
            or language == self._lang.partition("-")[0]
        )

    def add(self, label: int, reason: str, score: float) -> None:
        """Keep a label by its number among the index's names."""
        names = self.index.names
        owner = names.owner[label]
        if self._lang is not None and not self._speaks(names.designation(label).language):
            return
        self._keep(owner, _ORDER[reason], score, label, "")

    def add_concept(self, owner: int, score: float, source: str) -> None:
        """Keep a concept for the words of its definition, where it is of the language asked for."""
        definitions = self.index.concepts[owner].definitions
        language = next((d.language for d in definitions if d.source == source), "")
        language = (language or self.index.graph.language).lower()
        if self._lang is not None and not self._speaks(language):
            return
        self._keep(owner, _ORDER["definition text"], score, -1, source)

    def _keep(self, owner: int, reason: int, score: float, label: int, source: str) -> None:
        if not self._implied and self.index.concepts[owner].implied:
            return
        found = (reason, -score, label, source)
        if owner not in self._best or found[:2] < self._best[owner][:2]:
            self._best[owner] = found

    def ranked(self, offset: int, limit: int) -> list[Hit]:
        """Return what was kept, best first, from ``offset`` on."""
        index = self.index
        order = sorted(
            [
                (reason, round(score, 2), -index.degree(owner), owner)
                for owner, (reason, score, _, _) in self._best.items()
            ]
        )
        return [self._hit(owner) for _, _, _, owner in order[offset : offset + limit]]

    def _hit(self, owner: int) -> Hit:
        reason, score, label, source = self._best[owner]
        concept = self.index.concepts[owner]
        # Each reason has its own share of the scale, so that scores order a whole answer.
        return Hit(
            concept=concept.slug,
            reason=REASONS[reason],
            label=concept.label if label < 0 else self.index.names.designation(label).text,
            score=round((len(REASONS) - reason - 1 - score) / len(REASONS), 4),
            source=source,
        )


def _labels(found: _Found, q: str, wanted: int) -> Iterator[None]:
    """Add labels that match ``q``; yields after each way, cheapest first."""
    names = found.index.names
    folded = labels.fold(q)
    if not folded:
        return
    exact = names.equal(q)
    for label in exact:
        score = 1.0 if names.folded[label] == folded else 0.95
        found.add(label, _reason(names.designation(label)), score)
    yield
    length = len(folded)
    for label in names.starting(q, max(_PREFIXES, 2 * wanted)):
        found.add(label, "prefix", length / len(names.folded[label]))
    yield
    for label in names.with_words(q):
        found.add(label, "word start", min(1.0, length / len(names.folded[label])))
    yield
    if not exact and len(found) < min(wanted, _ENOUGH):
        for likeness, label in names.near(q, wanted):
            found.add(label, "typo", likeness)
        yield


def _reason(designation: Designation) -> str:
    if designation.status == "preferred":
        return "exact label"
    return "acronym" if designation.type == "acronym" else "alias"


def _definitions(found: _Found, q: str) -> None:
    """Add concepts in whose definition a word starts with each word of ``q``."""
    asked = [word for word in dict.fromkeys(words_of(q)) if len(word) >= _SHORTEST]
    if not asked:
        return
    for number, source, offset in found.index.passages.containing(asked, _MOST_DEFINITIONS):
        # What a definition begins with, it is about.
        found.add_concept(number, 1 / (1 + offset / 80), source)
