"""Dictionaries and lists of terms of the Text Encoding Initiative (TEI P4, P5).

``<entry>`` with its forms and senses after the guidelines' chapter "Dictionaries" (FreeDict, TEI
Lex-0), and lists of labels and items (``<list type="gloss">``) where there is no entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from extract.errors import UnreadableSource
from extract.labels import fold
from extract.model import Document, Link, Role, Span
from extract.readers import xml_tree
from extract.readers.base import Origin, Sheet
from extract.readers.xml_tree import IDENTIFIER, below, children, language_of, name, words

_ENTRIES = ("entry", "entryFree")
_SHORT = frozenset({"abbrev", "abbreviation", "acronym", "initialism", "sigla"})
# Forms that are but the word inflected: no names of their own.
_INFLECTED = frozenset({"inflected", "paradigm", "conjugation", "declension"})
_TRANSLATIONS = frozenset({"trans", "translation", "translationEquivalent", "equivalent"})
_NOTES = frozenset({"note", "etym", "usg"})
_RELATIONS = {
    "syn": Role.RELATED, "synonym": Role.RELATED, "hyper": Role.BROADER, "hypernym": Role.BROADER,
    "hypo": Role.NARROWER, "hyponym": Role.NARROWER, "cf": Role.REFERENCE,
}  # fmt: skip


def read(data: bytes, origin: Origin) -> Document:
    """Return one record an entry, homographs within one as its senses; locator ``line N``.

    Translations stand for definitions where an entry has none.

    Raises:
        UnreadableSource: this is no XML, or holds neither entries nor a list of terms.
    """
    sheet = Sheet(origin)
    root = xml_tree.parse(data, origin, sheet)
    titles = (words(t) for s in below(root, "titleStmt") for t in children(s, "title"))
    sheet.title = next(titles, "")
    sheet.publisher = next((words(p) for p in below(root, "publisher")), "")
    body = next(below(root, "body"), root)
    sheet.language = language_of(next(below(body, "orth"), body)) or language_of(body)
    record = 0
    for entry in below(body, *_ENTRIES):
        terms = list(_terms(entry))
        if terms:
            record += 1
            _Entry(sheet, entry, record).lay(terms)
    if not record:
        record = _lists(sheet, body)
    if not record:
        raise UnreadableSource(
            origin.label,
            "this TEI document holds neither entries of a dictionary nor a list of terms",
        )
    return sheet.document()


def _terms(entry: etree._Element) -> Iterator[tuple[str, Role]]:
    """Yield the names of an entry, its headword first, with what each is."""
    seen: set[str] = set()
    for form in [f for f in below(entry, "form") if _owner(f) is entry] or [entry]:
        kind = form.get("type") or ""
        if kind in _INFLECTED and seen:
            continue
        for orth in children(form, "orth"):
            # TEI marks where a part of the word is left out, and which letters are stressed.
            text = words(orth)
            if not text or fold(text) in seen:
                continue
            role = Role.ACRONYM if kind in _SHORT else Role.ALIAS
            yield text, role if seen else Role.TERM
            seen.add(fold(text))


def _owner(element: etree._Element) -> etree._Element | None:
    """The entry that an element belongs to; None within a related one or a sense."""
    parent = element.getparent()
    while parent is not None and name(parent) not in _ENTRIES:
        if name(parent) in ("re", "sense", "cit", "etym"):
            return None
        parent = parent.getparent()
    return parent


class _Entry:
    """Lays out one entry."""

    def __init__(self, sheet: Sheet, element: etree._Element, record: int) -> None:
        self.sheet = sheet
        self.element = element
        self.known: dict[str, Any] = {"record": record, "locator": xml_tree.locator(element)}

    def lay(self, terms: list[tuple[str, Role]]) -> None:
        """Lay out the names, the parts of speech, the senses and what stands beside them."""
        if key := self.element.get(IDENTIFIER) or self.element.get("id"):
            self.sheet.anchor(key)
        for at, (text, role) in enumerate(terms):
            self.sheet.put(text, role, blank=not at, label="orth", **self.known)
        parts = [words(p) for p in below(self.element, "pos") if _within(p, self.element)]
        for part in dict.fromkeys(filter(None, parts)):
            self.sheet.put(part, Role.PART_OF_SPEECH, label="pos", **self.known)
        senses = [s for s in below(self.element, "sense") if _within(s, self.element)]
        senses = [s for s in senses if self._tells(s)]
        for number, sense in enumerate(senses, start=1):
            self._sense(sense, f"{number}." if len(senses) > 1 else "")
        for outer in (self.element, *children(self.element, "hom")):
            self._sense(outer, "")

    def _tells(self, sense: etree._Element) -> bool:
        return any(name(child) != "sense" for child in sense)

    def _sense(self, sense: etree._Element, marker: str) -> None:
        """Lay out what stands in a sense itself, not in those within it."""
        told = list(children(sense, "def", "gloss"))
        for element in told:
            self._put(element, Role.DEFINITION, marker)
        cited = [
            (c, q) for c in children(sense, "cit", "trans") for q in children(c, "quote", "tr")
        ]
        given = [q for c, q in cited if name(c) == "trans" or c.get("type") in _TRANSLATIONS]
        if given and not told:
            shown = "; ".join(words(q) for q in given)
            self.sheet.put(shown, Role.DEFINITION, marker=marker, label="trans", **self.known)
        for cit, quote in cited:
            if quote not in given and (cit.get("type") or "example").startswith("ex"):
                self._put(quote, Role.EXAMPLE)
        for element in children(sense, "eg"):
            self._put(element, Role.EXAMPLE)
        for element in children(sense, *_NOTES):
            domain = name(element) == "usg" and (element.get("type") or "").startswith(
                ("dom", "field")
            )
            self._put(element, Role.SUBJECT_FIELD if domain else Role.NOTE)
        for holder in children(sense, "xr"):
            role = _RELATIONS.get(holder.get("type") or "", Role.REFERENCE)
            for ref in [*children(holder, "ref", "ptr")] or [holder]:
                self._put(ref, role)
        for ref in children(sense, "ref"):
            self._put(ref, Role.REFERENCE)

    def _put(self, element: etree._Element, role: Role, marker: str = "") -> None:
        text, links = words(element), []
        marked = [element] if name(element) == "ref" else list(below(element, "ref"))
        at = 0
        for ref in marked:
            target, shown = (ref.get("target") or "").strip(), words(ref)
            start = text.find(shown, at) if shown else -1
            if start >= 0:
                at = start + len(shown)
                kind = "href" if target.startswith("#") or "://" in target else "term"
                span = Span(start=start, end=at)
                links.append(Link(span=span, target=target if kind == "href" else shown, kind=kind))
        self.sheet.put(
            text, role, marker=marker, links=tuple(links), label=name(element), **self.known
        )


def _within(element: etree._Element, entry: etree._Element) -> bool:
    """Whether an element is the entry's own, not one of an entry within it."""
    parent = element.getparent()
    while parent is not None and parent is not entry:
        if name(parent) in (*_ENTRIES, "re"):
            return False
        parent = parent.getparent()
    return parent is entry


def _lists(sheet: Sheet, body: etree._Element) -> int:
    """Lay out lists of labels and items, and items of a term and its gloss; return how many."""
    record = 0
    for items in below(body, "list"):
        label: etree._Element | None = None
        for child in items:
            if name(child) == "label":
                label = child
                continue
            if name(child) != "item":
                continue
            term = label if label is not None else next(below(child, "term"), None)
            gloss = child if label is not None else next(below(child, "gloss"), None)
            label = None
            if term is None or gloss is None or not words(term):
                continue
            record += 1
            for holder in (term, child):
                if key := holder.get(IDENTIFIER) or holder.get("id"):
                    sheet.anchor(key)
            known: dict[str, Any] = {"record": record, "locator": xml_tree.locator(child)}
            sheet.put(words(term).rstrip(":"), Role.TERM, blank=True, **known)
            sheet.put(words(gloss), Role.DEFINITION, **known)
    return record
