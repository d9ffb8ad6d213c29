"""The articles of a page: a headword with the paragraphs and fields that stand below it."""

from __future__ import annotations

from dataclasses import dataclass

from extract import languages
from extract.languages import Words
from extract.layouts.heads import Head, part_of_speech, whole
from extract.layouts.lines import Line, Page
from extract.layouts.records import without_colon
from extract.layouts.wrapping import is_closed
from extract.model import Block, Role, Span


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

    @property
    def closed(self) -> bool:
        """Whether it ends as a sentence does."""
        return is_closed(self.text)

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
    further: tuple[Span, ...] = ()
    """Further headwords, which stand on lines of their own below the first."""
    body: tuple[Paragraph, ...] = ()
    """What stands under the headword, in order."""
    fields: tuple[Block, ...] = ()
    """The blocks of its record, where the source's own markup names them."""
    layout: str = ""
    letter: str = ""
    """Folded letter of the section it stands in, or ``""``."""
    locator: str = ""
    language: str = ""
    """Language of its headword where the markup gives one, else ``""``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """An article's lines before it is made."""

    layout: str
    head: Head | None
    """None for a record."""
    lines: tuple[int, ...]
    term: int = 0
    """Line of a record's headword."""
    colon: bool = False
    """Whether a colon behind the record's headword is no part of it."""


def article_of(piece: Slice, sheet: Page) -> Article:
    """Return the article that lines of a page are, its headword apart from what is below."""
    lines = [sheet.lines[number] for number in piece.lines]
    head, first = piece.head, lines[0]
    text = sheet.document.text
    if head is None:
        name = sheet.lines[piece.term]
        said = without_colon(name.text) if piece.colon else name.text
        return Article(
            span=Span(start=first.start, end=lines[-1].end),
            head=Span(start=name.start, end=name.end - (len(name.text) - len(said))),
            head_text=" ".join(said.split()),
            body=tuple(
                paragraph_of(x, 0)
                for x in lines
                if x.block.role is Role.DEFINITION or x.block.record is None
            ),
            fields=tuple(
                x.block
                for x in lines
                if x.block.record is not None
                and x.block.role is not Role.DEFINITION
                and x.number != piece.term
            ),
            layout=piece.layout,
            letter=sheet.letters.get(first.number, ""),
            locator=name.block.locator,
            language=name.block.language,
        )
    body = []
    below = _further_heads(piece, sheet, languages.words(sheet.document.language))
    if head.body is not None:
        body.append(paragraph_of(first, head.body))
    elif head.begin == head.end:
        body.append(paragraph_of(first, 0))
    body += [paragraph_of(line, 0) for line in lines[1 + len(below) :]]
    span = None
    if head.end > head.begin:
        span = Span(start=first.offset(head.begin), end=first.offset(head.end - 1) + 1)
    return Article(
        span=Span(start=first.start, end=lines[-1].end),
        head=span,
        head_text=" ".join(span.of(text).split()) if span else "",
        further=tuple(Span(start=x.start, end=x.end) for x in map(sheet.lines.__getitem__, below)),
        body=tuple(body),
        layout=piece.layout,
        letter=sheet.letters.get(first.number, ""),
        locator=first.block.locator,
    )


def _further_heads(piece: Slice, sheet: Page, words: Words) -> tuple[int, ...]:
    """The lines below a headword that are headwords of the same entry.

    Dictionaries with indented definitions set synonyms under one another, at the margin, above the
    definition that they share.
    """
    head = piece.head
    if head is None or head.body is not None or head.begin == head.end:
        return ()
    found: list[int] = []
    sure = True
    for number in piece.lines[1:]:
        line = sheet.lines[number]
        if line.indent > sheet.lines[head.line].indent:
            return tuple(found)
        if line.gap or line.closed or line.indent < sheet.lines[head.line].indent:
            break
        name = whole(line, words)
        if not name or part_of_speech(line.text, words):
            return tuple(found) if sure else ()
        sure = sure and name.weight >= _SHORT  # else the first lines of a definition, unjoined
        found.append(number)
    return ()


# What a further name at least looks like a headword where the definition is not indented.
_SHORT = 0.8


def paragraph_of(line: Line, begin: int) -> Paragraph:
    """Return what a line holds from character ``begin`` on."""
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
