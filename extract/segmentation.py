"""From a document's lines to its articles: layouts compete, the one that explains most wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from extract import languages
from extract.languages import Words
from extract.layouts.candidates import proposals
from extract.layouts.heads import Head
from extract.layouts.lines import Line, Page, page
from extract.layouts.scoring import Reading, score, sizes
from extract.layouts.tail import tail
from extract.model import Block, Document, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One or several lines of an article that belong together, wrapped ones joined."""

    spans: tuple[Span, ...]
    """Its stretches of ``Document.text`` in order; what lies between is no part of it."""
    text: str
    """Its words, words broken at a margin made whole."""
    pieces: tuple[tuple[int, int, int], ...]
    """For each stretch its offset in ``text``, and start and end in ``Document.text``."""
    block: Block
    """The block it begins with: its role, bullet, indent, section."""
    gap: int = 0
    """Blank lines before it."""

    @property
    def start(self) -> int:
        """Offset of its first code point."""
        return self.spans[0].start

    @property
    def end(self) -> int:
        """Offset behind its last code point."""
        return self.spans[-1].end

    def offset(self, position: int) -> int:
        """Return the offset in ``Document.text`` of a position in ``text``."""
        for begin, start, end in reversed(self.pieces):
            if position >= begin:
                return min(start + position - begin, end)
        return self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What the page says about one term, not yet told apart into definition, examples …"""

    span: Span
    head: Span | None
    """Where its headword stands; None where the page prints none."""
    head_text: str = ""
    """The headword as printed, runs of blanks folded; parentheses and aliases still in it."""
    body: tuple[Paragraph, ...] = ()
    """What stands under the headword, in order."""
    fields: tuple[Block, ...] = ()
    """The blocks of its record, where the source's own markup names them."""
    layout: str = ""
    letter: str = ""
    """Folded letter of the section it stands in, or ``""``."""
    locator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segmentation:
    """How a document was cut into articles."""

    layout: str
    """Key of the layout that won; several joined by `` + ``; ``""`` where none fits."""
    scores: Mapping[str, float]
    """For each layout its best score."""
    articles: tuple[Article, ...]
    """In order of the text, not overlapping."""
    boilerplate: tuple[Span, ...]
    """Lines that belong to no article."""
    parts: Mapping[str, float] = field(default_factory=dict)
    """Factors of the winner's score."""


def segment(document: Document) -> Segmentation:
    """Return the document cut into articles; without any where nothing looks like a glossary.

    Cost: n log n in the number of lines, times the number of layouts.
    """
    words = languages.words(document.language)
    sheet = page(document, words)
    readings, scores = _read(sheet.lines, 0, len(sheet.lines), words)
    articles = [a for reading in readings for a in _articles(reading, sheet)]
    articles.sort(key=lambda a: a.span)
    covered = {line for reading in readings for line in _covered(reading)}
    boilerplate = [*sheet.furniture] + [
        Span(start=line.start, end=line.end) for line in sheet.lines if line.number not in covered
    ]
    return Segmentation(
        layout=" + ".join(dict.fromkeys(r.layout for r in readings)),
        scores={k: round(v, 4) for k, v in sorted(scores.items(), key=lambda x: -x[1])},
        articles=tuple(articles),
        boilerplate=tuple(sorted(boilerplate)),
        parts=readings[0].parts if readings else {},
    )


def _read(
    lines: Sequence[Line], start: int, stop: int, words: Words
) -> tuple[list[Reading], dict[str, float]]:
    """The best reading of a stretch, and the best score of each layout."""
    scores: dict[str, float] = {}
    best: Reading | None = None
    if start >= stop:
        return [], {}
    for layout, heads, weight in proposals(lines, start, stop, words):
        end = tail(lines, heads, stop, words)
        reading = score(layout, heads, lines, start, max(end, heads[-1].line + 1), weight)
        scores[layout] = max(scores.get(layout, 0.0), reading.score)
        if best is None or reading.score > best.score:
            best = reading
    return ([best] if best and best.score > 0.05 else []), scores


def _covered(reading: Reading) -> range:
    return range(reading.heads[0].line, reading.stop)


def _articles(reading: Reading, sheet: Page) -> list[Article]:
    lines = sheet.lines
    return [
        _article(head, lines[head.line : head.line + size], sheet, reading.layout)
        for head, size in zip(reading.heads, sizes(reading.heads, reading.stop), strict=True)
    ]


def _article(head: Head, lines: Sequence[Line], sheet: Page, layout: str) -> Article:
    first = lines[0]
    body = []
    if head.body is not None:
        body.append(_paragraph(first, head.body))
    elif head.begin == head.end:
        body.append(_paragraph(first, 0))
    body += [_paragraph(line, 0) for line in lines[1:]]
    span = None
    if head.end > head.begin:
        span = Span(start=first.offset(head.begin), end=first.offset(head.end - 1) + 1)
    return Article(
        span=Span(start=first.start, end=lines[-1].end),
        head=span,
        head_text=" ".join(first.text[head.begin : head.end].split()),
        body=tuple(body),
        layout=layout,
        letter=sheet.letters.get(first.number, ""),
        locator=first.block.locator,
    )


def _paragraph(line: Line, begin: int) -> Paragraph:
    while begin < len(line.text) and line.text[begin].isspace():
        begin += 1
    return Paragraph(
        spans=line.spans(begin),
        text=line.text[begin:],
        pieces=tuple(
            (max(at - begin, 0), start + max(begin - at, 0), end)
            for at, start, end in line.pieces
            if start + begin - at < end
        ),
        block=line.block,
        gap=line.gap,
    )
