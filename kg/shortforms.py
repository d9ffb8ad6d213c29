"""Short forms that a glossary uses without listing them under their entry.

- One that another entry's text explains: "customer lifetime value (CLV)" gives the entry *Customer
  Lifetime Value* the label CLV, wherever that text stands.
- One that nobody explains: a glossary on customer success writes *High touch CS*. It is taken for
  *Customer success* where that is the only headword with these initials.
- The words that an entry without a printed headword begins with: *Partner certification*, inferred
  from its neighbours, says "Certifications are …", and so do the other entries.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace

from extract.labels import fold, is_acronym
from extract.model import Designation, Document, Entry, Evidence, Extraction, Span
from kg.lookup import Lookup, initials, label_key, label_words

_EXPLAINED = re.compile(r"\(([A-Z][A-Za-z0-9&/-]{1,8})\)")
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
# How far in front of the bracket the long form may begin: min(|A| + 5, 2|A|) words of the short
# form A (Schwartz & Hearst 2003), here with one for an article.
_REACH = 9
# An unexplained short form must be used this often, once in a headword, to be no accident.
_USES = 3


def with_short_forms(extraction: Extraction) -> Extraction:
    """Return the extraction with these short forms added to their entries' designations.

    A short form that is some entry's name already is left to it. Cost: linear in the text.
    """
    lookup = Lookup.of(extraction)
    found: dict[str, dict[str, Designation]] = defaultdict(dict)
    for entry_id, designation in (
        *_explained(extraction, lookup),
        *_used(extraction, lookup),
        *_begun(extraction, lookup),
    ):
        found[entry_id].setdefault(label_key(designation.text), designation)
    if not found:
        return extraction
    return replace(
        extraction,
        entries=tuple(
            replace(e, designations=(*e.designations, *found[e.id].values()))
            if e.id in found
            else e
            for e in extraction.entries
        ),
    )


def _designation(
    document: Document,
    text: str,
    span: Span,
    language: str,
    rule: str,
    confidence: float,
    type: str = "acronym",
) -> Designation:
    return Designation(
        text=text,
        language=language,
        type=type,
        status="admitted",
        evidence=Evidence(
            document=document.uri,
            span=span,
            quote=span.of(document.text),
            rule=rule,
            confidence=confidence,
        ),
    )


def _explained(extraction: Extraction, lookup: Lookup) -> Iterator[tuple[str, Designation]]:
    """Short forms in brackets behind the name of an entry."""
    starts: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for entry in extraction.entries:
        starts[entry.document].append((entry.span.start, entry.span.end))
    for document in extraction.documents:
        spans = sorted(starts[document.uri])
        for bracket in _EXPLAINED.finditer(document.text):
            short = bracket[1].rstrip("s") if bracket[1][:-1].isupper() else bracket[1]
            if not is_acronym(short) or lookup.all(short, document.uri):
                continue
            if not _inside(spans, bracket.start()):
                continue
            offset = max(0, bracket.start() - 120)
            before = document.text[offset : bracket.start()].rstrip()
            # The long form is on the same line and ends where the bracket begins.
            words = list(_WORD.finditer(before, before.rfind("\n") + 1))[-_REACH:]
            if not words or words[-1].end() != len(before):
                continue
            for word in words:
                target = lookup.exact(before[word.start() :], document.uri)
                if target and _stands_for(short, lookup.entries[target].term):
                    language = lookup.entries[target].designations[0].language
                    span = Span(start=offset + word.start(), end=bracket.end())
                    yield (
                        target,
                        _designation(document, short, span, language, "explained-acronym", 0.85),
                    )
                    break


def _inside(spans: list[tuple[int, int]], offset: int) -> bool:
    """Whether an offset is in some entry: brackets of navigation and footers explain nothing."""
    at = bisect_right(spans, (offset, offset)) - 1
    return at >= 0 and offset < spans[at][1]


def _stands_for(short: str, label: str) -> bool:
    """Whether the letters of a short form are in the label in order, the first one first."""
    letters = [c for c in short.lower() if c.isalnum()]
    text = label.lower()
    if not text.startswith(letters[0]):
        return False
    at = 0
    for letter in letters:
        at = text.find(letter, at) + 1
        if not at:
            return False
    return True


def _used(extraction: Extraction, lookup: Lookup) -> Iterator[tuple[str, Designation]]:
    """Short forms in headwords that are the initials of one other headword of the glossary."""
    of_document: dict[str, list[Entry]] = defaultdict(list)
    for entry in extraction.entries:
        of_document[entry.document].append(entry)
    for document in extraction.documents:
        entries = of_document[document.uri]
        by_initials: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            if " " in entry.term and not any(is_acronym(d.text) for d in entry.designations[1:]):
                by_initials[initials(entry.term)].append(entry)
        uses = Counter(w.group() for w in _WORD.finditer(document.text) if is_acronym(w.group()))
        in_heads = {w for e in entries for w in e.term.split() if is_acronym(w)}
        for short in sorted(in_heads):
            owners = by_initials.get(short, [])
            if len(owners) > 1:  # then the one that the glossary is about
                owners = [e for e in owners if fold(e.term) in fold(document.title)]
            if len(owners) != 1 or uses[short] < _USES or lookup.all(short, document.uri):
                continue
            (owner,) = owners
            printed = re.compile(rf"\b{re.escape(short)}\b").search(document.text)
            if printed is not None:
                span = Span(start=printed.start(), end=printed.end())
                language = owner.designations[0].language
                yield owner.id, _designation(document, short, span, language, "initials", 0.6)


def _begun(extraction: Extraction, lookup: Lookup) -> Iterator[tuple[str, Designation]]:
    """The subject of an inferred entry's definition, where it is the end of its headword."""
    documents = {document.uri: document for document in extraction.documents}
    for entry in extraction.entries:
        if not entry.inferred or not entry.definitions:
            continue
        document, span = documents[entry.document], entry.definitions[0].span
        opening = list(_WORD.finditer(document.text, span.start, span.end))[:4]
        head = label_words(entry.term)
        for number in range(1, len(opening)):
            end = opening[number - 1].end()
            subject = document.text[opening[0].start() : end]
            if label_words(subject) == head[-number:] and len(head) > number:
                if not lookup.all(subject, entry.document):
                    place = Span(start=opening[0].start(), end=end)
                    language = entry.designations[0].language
                    yield (
                        entry.id,
                        _designation(document, subject, place, language, "subject", 0.7, "variant"),
                    )
                break
