"""A reviewer's decisions about entries: their names, which of them are one concept, what is kept.

Whatever a decision is about is looked up anew in every build (:class:`EntryNames`). What it comes
to in the graph, and what came to nothing, is told by :mod:`kg.ruled`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import product

from extract.labels import fold, is_acronym
from extract.model import Designation, Entry, Extraction
from kg.implied import Statement
from kg.lookup import label_key
from kg.model import Decision, Ruling
from kg.registry import Registry
from kg.review import Review
from ontology.vocabulary import Vocabulary

RULE = "review"
"""Rule of the decisions that a reviewer made."""

_PAIRS = {
    "same": "A reviewer took {a} and {b} for one concept.",
    "exact": "A reviewer keeps {a} and {b} as two concepts of the same meaning.",
    "close": "A reviewer keeps {a} and {b} as two concepts near each other.",
    "apart": "A reviewer told {a} and {b} apart.",
}
_End = int | str
"""Number of a group of entries; of what no entry defines, the key of its label."""


class EntryNames:
    """Which entries a name in a reviewer's table means."""

    def __init__(self, extraction: Extraction, registry: Registry, review: Review) -> None:
        self._extraction = extraction
        self._registry = registry
        self._review = review
        self._known: _Known | None = None

    @property
    def known(self) -> _Known:
        """The names, put in order when the first is asked for: most builds have no review."""
        if self._known is None:
            self._known = _Known(self._extraction)
            for ruling in self._review.of("headword"):
                for entry in self.find(ruling.subject) if ruling.correction else ():
                    self._known.heads[label_key(ruling.correction)].append(entry)
        return self._known

    def find(self, name: str) -> list[str]:
        """Return the ids of the entries that an id, a headword, another label or a slug means."""
        if name in self.known.terms:
            return [name]
        key = label_key(name)
        found = self.known.heads.get(key) or self.known.others.get(key)
        return found or [e for e in self._registry.entries_of(name) if e in self.known.terms]

    def term(self, entry: str) -> str:
        """Return the headword of an entry as its source has it."""
        return self.known.terms[entry]

    def said(self, entry: str) -> str:
        """Return how sentences name an entry."""
        return f'"{self.known.terms[entry]}" of {self.known.sources[entry]}'


class _Known:
    """The names of all entries, by normalised form."""

    def __init__(self, extraction: Extraction) -> None:
        documents = {document.uri: document.source for document in extraction.documents}
        self.terms = {entry.id: entry.term for entry in extraction.entries}
        self.sources = {e.id: documents[e.document] for e in extraction.entries}
        self.heads: dict[str, list[str]] = defaultdict(list)
        self.others: dict[str, list[str]] = defaultdict(list)
        for entry in extraction.entries:
            self.heads[label_key(entry.term)].append(entry.id)
            for name in dict.fromkeys(label_key(d.text) for d in entry.designations[1:]):
                self.others[name].append(entry.id)


# ---------------------------------------------------------------- names


def revised(extraction: Extraction, review: Review, names: EntryNames) -> Extraction:
    """Return the extraction with the names that the reviewer decided on.

    What is revised already stays as it is.
    """
    changes: dict[str, list[Ruling]] = defaultdict(list)
    for ruling in review.of("headword", "label"):
        for entry in names.find(ruling.subject):
            changes[entry].append(ruling)
    if not changes:
        return extraction
    return replace(
        extraction,
        entries=tuple(_revised(e, changes.get(e.id, ())) for e in extraction.entries),
    )


def _revised(entry: Entry, rulings: Iterable[Ruling]) -> Entry:
    for ruling in rulings:
        if ruling.question == "headword":
            entry = replace(_named(entry, ruling.correction or entry.term), inferred=False)
        else:
            entry = _labelled(entry, ruling)
    return entry


def _named(entry: Entry, name: str) -> Entry:
    """The entry under another name; what the source prints as its name stays a label of it."""
    first, *others = entry.designations
    if first.text == name:
        return entry
    head = replace(first, text=name, type=_type(name, "full form"), evidence=None)
    kept = [d for d in others if d.text != name]
    if not entry.inferred:
        kept.insert(0, replace(first, status="admitted"))
    return replace(entry, designations=(head, *kept))


def _labelled(entry: Entry, ruling: Ruling) -> Entry:
    """The entry without a label, or with one that it has not."""
    wanted = fold(ruling.object)
    first, *others = entry.designations
    has = [d for d in others if fold(d.text) == wanted]
    if ruling.verdict == "reject":
        return replace(entry, designations=(first, *(d for d in others if d not in has)))
    if has or fold(first.text) == wanted:
        return entry
    added = Designation(
        text=ruling.object, language=first.language, type=_type(ruling.object, "synonym")
    )
    return replace(entry, designations=(*entry.designations, added))


def _type(name: str, otherwise: str) -> str:
    return "acronym" if is_acronym(name) else otherwise


def kept_labels(review: Review, names: EntryNames) -> frozenset[tuple[str, str]]:
    """Return (entry, folded label) for each label that the reviewer confirmed."""
    return frozenset(
        (entry, fold(ruling.object))
        for ruling in review.of("label")
        if ruling.verdict == "accept"
        for entry in names.find(ruling.subject)
    )


# ---------------------------------------------------------------- pairs and relations


def pairs(review: Review, names: EntryNames) -> dict[frozenset[str], Decision]:
    """Return what the reviewer decided on pairs of entries."""
    found: dict[frozenset[str], Decision] = {}
    for ruling in review.of("pair"):
        for left, right in product(names.find(ruling.subject), names.find(ruling.object)):
            if left != right:
                found[frozenset((left, right))] = Decision(
                    left=left,
                    right=right,
                    verdict=ruling.verdict,
                    rule=RULE,
                    reason=_PAIRS[ruling.verdict].format(a=names.said(left), b=names.said(right)),
                )
    return found


def admitted(
    review: Review, names: EntryNames, group_of: Mapping[str, int], vocabulary: Vocabulary
) -> Callable[[Statement], bool]:
    """Return whether the reviewer wants a statement, however low it ranks."""

    def ends(name: str) -> set[_End]:
        return {group_of[e] for e in names.find(name)} or {label_key(name)}

    def both(subject: _End, type_: str, object_: _End) -> set[tuple[_End, str, _End]]:
        key, swap = vocabulary.canonical(type_)
        there, back = (subject, key, object_), (object_, key, subject)
        if vocabulary.relation_types[key].symmetric:
            return {there, back}
        return {back if swap else there}

    wanted: set[tuple[_End, str, _End]] = set()
    for ruling in review.of("relation"):
        if ruling.verdict != "reject" and ruling.type in vocabulary.keys:
            for subject, object_ in product(ends(ruling.subject), ends(ruling.object)):
                wanted |= both(subject, ruling.type, object_)

    def wants(statement: Statement) -> bool:
        if not wanted:
            return False
        object_ = label_key(statement.words) if statement.object is None else statement.object
        return not wanted.isdisjoint(both(statement.subject, statement.type, object_))

    return wants
