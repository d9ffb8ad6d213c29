"""Dictionaries in XML of their own kinds: XDXF, which readers exchange, and LIFT of linguists.

After "XDXF DTD and standard" (its drafts 33 and 34) and "Lexicon Interchange Format" 0.13.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from extract.errors import UnreadableSource
from extract.model import Document, Link, Role, Span
from extract.readers import articles, xml_tree
from extract.readers.articles import Article
from extract.readers.base import Origin, Sheet
from extract.readers.xml_tree import below, children, name, words

XDXF = "application/x-xdxf"
# Elements of XDXF that end a line, and those that are no part of what is said.
_LINES = frozenset({"def", "deftext", "co", "dtrn", "sr", "categ"})
_ASIDE = frozenset({"k", "tr", "rref", "mrkd", "ex"})
_RELATIONS = {
    "synonym": Role.RELATED, "antonym": Role.RELATED, "generic": Role.BROADER,
    "hypernym": Role.BROADER, "hyponym": Role.NARROWER, "part": Role.PART, "whole": Role.WHOLE,
}  # fmt: skip


def read(data: bytes, origin: Origin) -> Document:
    """Return one record an article or entry; locator ``line N``.

    Raises:
        UnreadableSource: this is no XML, or holds no article.
    """
    sheet = Sheet(origin)
    root = xml_tree.parse(data, origin, sheet)
    record = (_xdxf if origin.media_type == XDXF else _lift)(sheet, root)
    if not record:
        raise UnreadableSource(origin.label, "it holds no articles of a dictionary")
    return sheet.document()


def _xdxf(sheet: Sheet, root: etree._Element) -> int:
    sheet.title = next((words(t) for t in below(root, "full_title", "full_name", "title")), "")
    sheet.language = _tag(root.get("lang_from") or "")
    record = 0
    for article in below(root, "ar"):
        names = [words(k) for k in below(article, "k") if words(k)]
        if not names:
            continue
        record += 1
        text = "".join(_written(article))
        parts = [words(p) for p in below(article, "pos")]
        for part in filter(None, parts):
            text = text.replace(part, "", 1)
        articles.lay(
            sheet,
            Article(
                word=names[0],
                text=text,
                further=tuple(names[1:]),
                parts=tuple(parts),
                examples=tuple(words(ex) for ex in below(article, "ex")),
                locator=xml_tree.locator(article),
            ),
            record,
        )
    return record


def _written(element: etree._Element) -> Iterator[str]:
    """Yield the text of an article, references in braces, elements of their own on lines."""
    yield element.text or ""
    for child in element:
        tag = name(child)
        if tag == "kref":
            yield "{" + words(child) + "}"
        elif tag in _LINES:
            yield "\n\n"
            yield from _written(child)
            yield "\n\n"
        elif tag and tag not in _ASIDE:
            yield from _written(child)
        yield child.tail or ""


# The codes of three letters that dictionaries write, of languages with words of ours.
_CODES = {
    "eng": "en", "ger": "de", "deu": "de", "fre": "fr", "fra": "fr", "spa": "es", "por": "pt",
    "rus": "ru", "chi": "zh", "zho": "zh", "jpn": "ja", "ita": "it", "dut": "nl", "nld": "nl",
}  # fmt: skip


def _tag(code: str) -> str:
    return _CODES.get(code.lower(), code.lower())


def _lift(sheet: Sheet, root: etree._Element) -> int:
    names = {
        key: text
        for entry in below(root, "entry")
        for text in _forms(entry, "lexical-unit")[:1]
        if (key := entry.get("id"))
    }
    record = 0
    for entry in below(root, "entry"):
        terms = _forms(entry, "lexical-unit") or _forms(entry, "citation")
        if not terms:
            continue
        record += 1
        known: dict[str, Any] = {"record": record, "locator": xml_tree.locator(entry)}
        if key := entry.get("id"):
            sheet.anchor(key)
        sheet.put(terms[0], Role.TERM, blank=True, **known)
        for variant in [*terms[1:], *(t for v in children(entry, "variant") for t in _texts(v))]:
            sheet.put(variant, Role.ALIAS, **known)
        senses = list(children(entry, "sense"))
        for part in dict.fromkeys(
            value
            for sense in senses
            for grammar in children(sense, "grammatical-info")
            if (value := grammar.get("value"))
        ):
            sheet.put(part, Role.PART_OF_SPEECH, **known)
        for number, sense in enumerate(senses, start=1):
            marker = f"{number}." if len(senses) > 1 else ""
            told = _forms(sense, "definition") or [
                "; ".join(t for g in children(sense, "gloss") for t in _texts(g))
            ]
            sheet.put(told[0], Role.DEFINITION, marker=marker, **known)
            for example in children(sense, "example"):
                sheet.put("; ".join(_texts(example)[:1]), Role.EXAMPLE, **known)
            for note in children(sense, "note"):
                sheet.put("; ".join(_texts(note)), Role.NOTE, **known)
        for relation in below(entry, "relation"):
            target = relation.get("ref") or ""
            if shown := names.get(target, ""):
                role = _RELATIONS.get((relation.get("type") or "").lower(), Role.REFERENCE)
                link = Link(span=Span(start=0, end=len(shown)), target=f"#{target}")
                sheet.put(shown, role, links=(link,), **known)
    return record


def _forms(element: etree._Element, called: str) -> list[str]:
    return [text for child in children(element, called) for text in _texts(child)]


def _texts(element: etree._Element) -> list[str]:
    """Return the texts of an element, one a writing system."""
    forms = [form for form in element if name(form) in ("form", "text")]
    found = [words(form) for form in forms] or [words(element)]
    return list(dict.fromkeys(filter(None, found)))
