"""From a document's lines to its articles: layouts compete, the one that explains most wins."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import prod

from extract import languages
from extract.labels import fold, key
from extract.languages import Words
from extract.layouts import sent_on, single
from extract.layouts.candidates import proposals
from extract.layouts.genuine import is_about, is_glossary, named_otherwise
from extract.layouts.heads import Head, part_of_speech, whole
from extract.layouts.lines import Line, Page, page
from extract.layouts.parts import below_part, in_parts
from extract.layouts.records import (
    PAGES,
    VOCABULARIES,
    ends_in_colons,
    rank,
    records,
    without_colon,
)
from extract.layouts.scoring import Reading, score, sizes, usual
from extract.layouts.tail import without_tail
from extract.layouts.wrapping import is_closed
from extract.model import Block, Document, Role, Span
from extract.readers.columns import role_of
from extract.readers.text import names_glossary


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slice:
    """An article's lines before it is made."""

    layout: str
    head: Head | None
    """None for a record."""
    lines: tuple[int, ...]
    term: int = 0
    """Line of a record's headword."""
    colon: bool = False
    """Whether a colon behind the record's headword is no part of it."""


def segment(document: Document) -> Segmentation:
    """Return the document cut into articles; without any where nothing looks like a glossary.

    The best reading of the whole page is taken; what it leaves over before, behind and inside
    entries that are far longer than the others is read again, since pages mix layouts. Cost:
    n log n in the number of lines, times the number of layouts.
    """
    words = languages.words(document.language)
    sheet = page(document, words)
    if one := single.read(sheet, words):
        return _single(one)
    reader = _Reader(sheet=sheet, words=words)
    slices = _with_pointers(_without_contents(reader.run(), sheet), sheet, words)
    if slices and not _is_genuine(slices, sheet, words, reader.parts):
        slices = []
    covered = {number for piece in slices for number in piece.lines}
    boilerplate = [*sheet.furniture] + [
        Span(start=line.start, end=line.end) for line in sheet.lines if line.number not in covered
    ]
    return Segmentation(
        layout=" + ".join(dict.fromkeys(piece.layout for piece in slices)),
        scores={k: round(v, 4) for k, v in sorted(reader.scores.items(), key=lambda x: -x[1])},
        articles=tuple(_article(piece, sheet) for piece in slices),
        boilerplate=tuple(sorted(boilerplate)),
        parts=reader.parts,
    )


@dataclass(slots=True)
class _Reader:
    """Reads a page, and what one layout leaves over of it in others."""

    sheet: Page
    words: Words
    scores: dict[str, float] = field(default_factory=dict)
    parts: Mapping[str, float] = field(default_factory=dict)

    def run(self) -> list[_Slice]:
        """Return the articles' lines, in order."""
        lines = self.sheet.lines
        media_type = self.sheet.document.media_type
        found = records(lines, media_type, self.words)
        parts = rank(found, lines, self.words) if found else {}
        if found:
            self.scores["record"] = prod(parts.values())
        # A table of terms and definitions is no page, and a page of one term whose markup names
        # it leaves nothing to find: nothing else is worth trying on its lines.
        told = self.sheet.document.single or not media_type.startswith(PAGES)
        sure = bool(found) and told and (
            parts["entries"] >= _SURE and parts["lines"] >= _SURE
        )  # fmt: skip
        best = None if sure else self._best(0, len(lines))
        if found and (best is None or self.scores["record"] >= best.score):
            self.parts = parts
            colon = ends_in_colons(found, lines)
            return [
                _Slice(layout="record", head=None, lines=r.lines, term=r.term, colon=colon)
                for r in found
            ]
        if best is None or best.score < _LEAST:
            return []
        self.parts = best.parts
        slices = self._slices(best, len(lines), main=len(best.heads), depth=0)
        slices += self._rest(0, best.heads[0].line, len(best.heads), 1)
        return sorted(slices, key=lambda piece: piece.lines[0])

    def _best(self, start: int, stop: int) -> Reading | None:
        """The reading of a stretch that scores best."""
        lines = self.sheet.lines
        best: Reading | None = None
        if start >= stop:
            return None
        for layout, heads, weight in proposals(lines, start, stop, self.words, self.sheet.title):
            kept, end = without_tail(lines, heads, stop, self.words)
            reading = score(layout, kept, lines, start, end, weight, self.words)
            if start == 0 and stop == len(lines):
                self.scores[layout] = max(self.scores.get(layout, 0.0), reading.score)
            if best is None or reading.score > best.score:
                best = reading
        return best

    def _slices(self, reading: Reading, end: int, main: int, depth: int) -> list[_Slice]:
        """The articles of a reading, and what reads better otherwise up to line ``end``.

        That is looked for in entries far longer than the others, and behind the last one.
        """
        lengths = sizes(reading.heads, reading.stop)
        # Of few entries one may hold all the others' rest: it is no measure.
        common = usual(sorted(lengths)[:-1] or lengths)
        limit = max(4 * common, 6)
        found: list[_Slice] = []
        lines = self.sheet.lines
        divided = in_parts(lines, reading.heads, lengths)
        for head, length in zip(reading.heads, lengths, strict=True):
            last = head is reading.heads[-1]
            stop = head.line + length
            inner: list[_Slice] = []
            if length > limit or (last and end - head.line > common):
                first = head.line + (1 if head.body is not None else 2)
                inner = self._rest(first, end if last else stop, main, depth + 1)
            if last and not inner:
                inner = self._rest(stop, end, main, depth + 1)
            own = inner[0].lines[0] if inner and inner[0].lines[0] < stop else stop
            own = below_part(lines, head, own, self.words, divided=divided)
            found.append(
                _Slice(layout=reading.layout, head=head, lines=tuple(range(head.line, own)))
            )
            found += inner
        return found

    def _rest(self, start: int, stop: int, main: int, depth: int) -> list[_Slice]:
        """Articles in another layout among the lines that one left over, or none."""
        if stop - start < _FEWEST or depth > _DEEPEST:
            return []
        reading = self._best(start, stop)
        if reading is None or not _convinces(reading, main):
            return []
        before = self._rest(start, reading.heads[0].line, main, depth + 1)
        return before + self._slices(reading, stop, main, depth)


def _with_pointers(slices: list[_Slice], sheet: Page, words: Words) -> list[_Slice]:
    """The articles, the lines within them that only send to another one as articles apart."""
    lines = sheet.lines
    heads = (
        lines[p.head.line].text[p.head.begin : p.head.end] for p in slices if p.head is not None
    )
    named = {key(name) for head in heads for name in (head, re.split(r"\s*[(（,;]", head)[0])}
    found: list[_Slice] = []
    for piece in slices:
        below = [lines[n] for n in piece.lines[1:]]
        found.append(piece)
        if piece.head is None or not below or piece.layout == "page":
            continue
        for head in sent_on.pointers(below, lines[piece.lines[0]], named, words):
            whole = found.pop()
            at = whole.lines.index(head.line)
            found.append(replace(whole, lines=whole.lines[:at]))
            found.append(_Slice(layout=piece.layout, head=head, lines=whole.lines[at:]))
    return found


def _without_contents(slices: list[_Slice], sheet: Page) -> list[_Slice]:
    """The articles without those that are but lists of the others' headwords."""

    def named(piece: _Slice) -> str:
        head = piece.head
        return fold(sheet.lines[head.line].text[head.begin : head.end]) if head else ""

    names = {named(piece) for piece in slices}
    found = []
    for piece in slices:
        below = [fold(sheet.lines[n].text) for n in piece.lines[1:]]
        listed = sum(text in names for text in below)
        if listed < 3 or listed < 0.8 * len(below):
            found.append(piece)
    return found


def _further_heads(piece: _Slice, sheet: Page, words: Words) -> tuple[int, ...]:
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
# Share of lines and quality of entries from which records need no rivals.
_SURE = 0.9
# Below this score a page is no glossary.
_LEAST = 0.05
# Stretches of fewer lines are not read again; nor is a stretch of a stretch of a stretch.
_FEWEST, _DEEPEST = 4, 3


def _convinces(reading: Reading, main: int) -> bool:
    """Whether a second layout's entries belong to the glossary, not to the page around it.

    Cards at the end of a page read like entries, but are few and in no order.
    """
    number = len(reading.heads)
    if number < 2 or reading.score < 0.45:
        return False
    ordered = reading.parts["alphabet"] >= 0.9 and number >= 5
    return ordered or number >= max(0.2 * main, 3)


# So many entries tell whether a page is a glossary.
_SAMPLE = 200


def _is_genuine(
    slices: Sequence[_Slice], sheet: Page, words: Words, parts: Mapping[str, float]
) -> bool:
    """Whether the entries found are a glossary's; a page that calls itself one is believed.

    So is a page of a folder or an archive: there a file may hold a single term.
    """
    document = sheet.document
    headings = (b.span.of(document.text) for b in document.blocks if b.role is Role.HEADING)
    called = (document.title, document.source, *headings)
    if document.media_type.startswith(VOCABULARIES) or document.uri.count("/") > 1:
        return True
    if any(names_glossary(name) for name in called):
        return not is_about([_article(piece, sheet).head_text for piece in slices[:_SAMPLE]])
    entries = []
    for piece in slices[:_SAMPLE]:
        found = _article(piece, sheet)
        told = " ".join(p.text for p in found.body[:2])
        told = told or " ".join(b.span.of(document.text) for b in found.fields[:2])
        entries.append((found.head_text or told.partition(" ")[0], told))
    # A sheet of names with notes must read like a glossary: it calls nothing a definition.
    blocks = [line.block for line in sheet.lines[: 4 * _SAMPLE]]
    noted = all(block.record is not None for block in blocks) and not any(
        block.role is Role.DEFINITION and role_of(block.label) is not Role.NOTE for block in blocks
    )
    return is_glossary(
        entries,
        words,
        explained=0.0 if noted else parts.get("lines", 1.0),
        otherwise=named_otherwise(document.uri, document.title),
    )


def _article(piece: _Slice, sheet: Page) -> Article:
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
                _paragraph(x, 0)
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
        body.append(_paragraph(first, head.body))
    elif head.begin == head.end:
        body.append(_paragraph(first, 0))
    body += [_paragraph(line, 0) for line in lines[1 + len(below) :]]
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


def _single(one: single.Single) -> Segmentation:
    """The segmentation of a page of one term."""
    lines = [*one.fields, *one.body, *([one.head] if one.head else [])]
    start, end = min(x.start for x in lines), max(x.end for x in lines)
    article = Article(
        span=Span(start=start, end=end),
        head=Span(start=one.head.start, end=one.head.end) if one.head else None,
        head_text=one.name,
        body=tuple(_paragraph(x, 0) for x in one.body),
        fields=tuple(x.block for x in one.fields),
        layout="page",
        locator=(one.head or lines[0]).block.locator,
    )
    return Segmentation(layout="page", scores={"page": 1.0}, articles=(article,), boilerplate=())


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
