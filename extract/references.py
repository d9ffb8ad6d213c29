"""What an entry points to: other terms, or articles and guides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extract.articles import Paragraph
from extract.labels import fold
from extract.languages import Words
from extract.model import Document, Evidence, Link, Reference, Span

REDIRECT = "redirect"
"""The rule of what an entry that says nothing else sends its readers to: "X: see Y"."""
_SPLIT = re.compile(r"\s*(?:[,;|•·،、；，]|\s/\s|\s(?:and|und|et|y|e|и)\s(?=\S+$))\s*")
_OPENING = re.compile(r"(?:and|or|und|oder|et|ou|y|o|e|и|или|see also|see)\s+", re.I)
_RULES = {"see": "see-also", "related": "related", REDIRECT: REDIRECT}
_CONCEPT_LABELS = {"see": 0.95, REDIRECT: 0.95, "related": 0.8, "resource": 0.6}
# A term rarely has more words; a title mostly does.
_LONGEST_TERM = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A label that a field of an entry gives (``Synonyms: X, Y``)."""

    text: str
    span: Span
    role: str
    """``synonym``, ``acronym``, ``antonym``, or the key of the relation type that it stands in."""
    language: str = ""
    """Empty: the document's."""
    status: str = "admitted"
    """As :attr:`extract.model.Designation.status`; ``preferred`` for the term of a language."""


def pieces(paragraph: Paragraph, begin: int, stop: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield where in the paragraph's text the names of a list stand, from ``begin`` to ``stop``.

    Commas within brackets and quotes do not separate.
    """
    text = paragraph.text[:stop]
    hidden = re.sub(
        r"\([^()]*\)|“[^”]*”|\"[^\"]*\"|(?<!\w)'[^'\n]*'|\{[^{}]*\}",
        lambda m: "x" * len(m[0]),
        text,
    )
    starts = [begin]
    ends = []
    for match in _SPLIT.finditer(hidden, begin):
        ends.append(match.start())
        starts.append(match.end())
    ends.append(len(text))
    for start, end in zip(starts, ends, strict=True):
        while start < end and text[start] in " \t\u00a0*_'\"“‘[「『«":
            start += 1
        while start < end and text[end - 1] in " \t\u00a0*_'\"”’.]。」』»":
            end -= 1
        opening = re.match(
            r"(?:and|or|und|oder|et|ou|y|o|e|и|или|see also|see)\s+", text[start:end], re.I
        )
        if opening and opening.end() < end - start:
            start += opening.end()
        if start < end:
            yield start, end


def items(paragraph: Paragraph, begin: int, role: str, document: Document) -> list[Named]:
    """Return the names listed behind a label."""
    found = []
    for start, end in pieces(paragraph, begin):
        span = Span(start=paragraph.offset(start), end=paragraph.offset(end - 1) + 1)
        found.append(Named(text=" ".join(span.of(document.text).split()), span=span, role=role))
    return found


def references(
    paragraph: Paragraph, begin: int, key: str, document: Document, words: Words
) -> list[Reference]:
    """Return what a "see also" paragraph points to: one article, or one or several terms."""
    content = paragraph.text[begin:].strip()
    whole_start = begin + len(paragraph.text[begin:]) - len(paragraph.text[begin:].lstrip())
    whole_end = whole_start + len(content.rstrip(".。 "))
    if whole_end <= whole_start:
        return []
    links = _links(paragraph, document)
    if content.endswith((":", "：")) and not links:
        return []  # what stands above a list of them
    title = key == "resource" or is_title(content.rstrip(".。 "), words)
    spans = [(whole_start, whole_end)] if title else list(pieces(paragraph, begin))
    return [_reference(paragraph, start, end, key, document, links, title) for start, end in spans]


def is_title(text: str, words: Words) -> bool:
    """Return whether what is pointed to is an article's title rather than terms.

    A title has a colon, a question mark, words such as "how" and "your", or many words in a row.
    """
    if re.search(r"\w: \w|[?!]", text):
        return True
    parts = [[fold(t).strip("()\"'.") for t in name.split()] for name in re.split("[,;|•]", text)]
    return any(
        len(part) > _LONGEST_TERM + 1 or (len(part) > 3 and not words.titles.isdisjoint(part))
        for part in parts
    )


def _reference(
    paragraph: Paragraph,
    start: int,
    end: int,
    key: str,
    document: Document,
    links: list[Link],
    title: bool,
) -> Reference:
    span = Span(start=paragraph.offset(start), end=paragraph.offset(end - 1) + 1)
    link = next((x for x in links if x.span.start < span.end and span.start < x.span.end), None)
    kind = "resource" if title else "concept"
    if link and (link.kind != "href" or link.target.startswith("#")):
        kind = "concept"
    return Reference(
        text=" ".join(paragraph.text[start:end].split()),
        kind=kind,
        evidence=Evidence(
            document=document.uri,
            span=span,
            quote=span.of(document.text),
            rule=_RULES.get(key, "read-more"),
            confidence=_CONCEPT_LABELS[key],
        ),
        href=link.target if link else "",
    )


def _links(paragraph: Paragraph, document: Document) -> list[Link]:
    return [x for x in document.links if paragraph.start <= x.span.start < paragraph.end]
