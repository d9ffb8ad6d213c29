"""From a document's lines to its articles: layouts compete, the one that explains most wins."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import prod

from extract import languages
from extract.articles import Article, Slice, article_of, paragraph_of
from extract.labels import fold, key
from extract.languages import Words
from extract.layouts import sent_on, single
from extract.layouts.candidates import proposals
from extract.layouts.genuine import is_about, is_glossary, named_otherwise
from extract.layouts.lines import Page, page
from extract.layouts.parts import below_part, in_parts
from extract.layouts.records import (
    PAGES,
    VOCABULARIES,
    ends_in_colons,
    rank,
    records,
)
from extract.layouts.scoring import Reading, score, sizes, usual
from extract.layouts.tail import without_tail
from extract.model import Block, Document, Role, Span
from extract.readers.columns import is_strong, language_of, role_of
from extract.readers.text import names_glossary


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
        articles=tuple(article_of(piece, sheet) for piece in slices),
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

    def run(self) -> list[Slice]:
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
        sure = bool(found) and told and parts["lines"] >= _SURE
        sure = sure and (parts["entries"] >= _SURE or _says_so([x.block for x in lines[:_SAMPLE]]))
        best = None if sure else self._best(0, len(lines))
        if found and (best is None or self.scores["record"] >= best.score):
            self.parts = parts
            colon = ends_in_colons(found, lines)
            return [
                Slice(layout="record", head=None, lines=r.lines, term=r.term, colon=colon)
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

    def _slices(self, reading: Reading, end: int, main: int, depth: int) -> list[Slice]:
        """The articles of a reading, and what reads better otherwise up to line ``end``.

        That is looked for in entries far longer than the others, and behind the last one.
        """
        lengths = sizes(reading.heads, reading.stop)
        # Of few entries one may hold all the others' rest: it is no measure.
        common = usual(sorted(lengths)[:-1] or lengths)
        limit = max(4 * common, 6)
        found: list[Slice] = []
        lines = self.sheet.lines
        divided = in_parts(lines, reading.heads, lengths)
        for head, length in zip(reading.heads, lengths, strict=True):
            last = head is reading.heads[-1]
            stop = head.line + length
            inner: list[Slice] = []
            if length > limit or (last and end - head.line > common):
                first = head.line + (1 if head.body is not None else 2)
                inner = self._rest(first, end if last else stop, main, depth + 1)
            if last and not inner:
                inner = self._rest(stop, end, main, depth + 1)
            own = inner[0].lines[0] if inner and inner[0].lines[0] < stop else stop
            own = below_part(lines, head, own, self.words, divided=divided)
            found.append(
                Slice(layout=reading.layout, head=head, lines=tuple(range(head.line, own)))
            )
            found += inner
        return found

    def _rest(self, start: int, stop: int, main: int, depth: int) -> list[Slice]:
        """Articles in another layout among the lines that one left over, or none."""
        if stop - start < _FEWEST or depth > _DEEPEST:
            return []
        reading = self._best(start, stop)
        if reading is None or not _convinces(reading, main):
            return []
        before = self._rest(start, reading.heads[0].line, main, depth + 1)
        return before + self._slices(reading, stop, main, depth)


def _with_pointers(slices: list[Slice], sheet: Page, words: Words) -> list[Slice]:
    """The articles, the lines within them that only send to another one as articles apart."""
    lines = sheet.lines
    heads = (
        lines[p.head.line].text[p.head.begin : p.head.end] for p in slices if p.head is not None
    )
    named = {key(name) for head in heads for name in (head, re.split(r"\s*[(（,;]", head)[0])}
    found: list[Slice] = []
    for piece in slices:
        below = [lines[n] for n in piece.lines[1:]]
        found.append(piece)
        if piece.head is None or not below or piece.layout == "page":
            continue
        for head in sent_on.pointers(below, lines[piece.lines[0]], named, words):
            whole = found.pop()
            at = whole.lines.index(head.line)
            found.append(replace(whole, lines=whole.lines[:at]))
            found.append(Slice(layout=piece.layout, head=head, lines=whole.lines[at:]))
    return found


def _without_contents(slices: list[Slice], sheet: Page) -> list[Slice]:
    """The articles without those that are but lists of the others' headwords."""

    def named(piece: Slice) -> str:
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


def _says_so(blocks: Sequence[Block]) -> bool:
    """Whether a sheet's heads say that it is a glossary: it needs no further proof.

    They call columns "Term" and "Definition", or two or more by names of languages, below which
    stand words, not sentences.
    """
    fields = [block for block in blocks if block.record is not None]
    heads = {block.role: block.label for block in fields}
    term, definition = heads.get(Role.TERM, ""), heads.get(Role.DEFINITION, "")
    if is_strong(term) and fold(definition).removesuffix("s") in _DEFINITIONS:
        return True
    named = {block.label for block in fields if block.role in (Role.TERM, Role.ALIAS)}
    tongues = {
        label
        for label in named
        if (is_strong(label) and language_of(label)) or label == term or _TRANSLATED.search(label)
    }
    wide = sum(len(block.span) > _WIDE for block in fields)
    return (
        is_strong(term)
        and len(tongues) > 1
        and len(tongues) == len(named)
        and wide * 10 <= len(fields)
    )


_TRANSLATED = re.compile(r"translat|traduc|traduz|traduk|bersetz|перевод|译|訳|번역", re.I)
# Names are hardly longer.
_WIDE = 40
_DEFINITIONS = frozenset(
    {"definition", "definicion", "definicao", "definizione", "definitie", "meaning", "bedeutung"}
    | {"определение", "定义", "定義", "释义", "정의"}
)
_MANUAL = "text/troff"
# So many entries tell whether a page is a glossary.
_SAMPLE = 200


def _is_genuine(
    slices: Sequence[Slice], sheet: Page, words: Words, parts: Mapping[str, float]
) -> bool:
    """Whether the entries found are a glossary's; a page that calls itself one is believed.

    So is a page of a folder or an archive: there a file may hold a single term.
    """
    document = sheet.document
    headings = [b.span.of(document.text) for b in document.blocks if b.role is Role.HEADING]
    if document.media_type == _MANUAL:
        # Options and settings stand under the headings of most: their own names must tell.
        told = fold(f"{document.title} {document.uri}")
        return "gloss" in told or any(map(names_glossary, (document.title, document.source)))
    called = (document.title, document.source, *headings)
    if document.media_type.startswith(VOCABULARIES) or document.uri.count("/") > 1:
        return True
    blocks = [line.block for line in sheet.lines[: 4 * _SAMPLE]]
    if _says_so(blocks):
        return True
    if any(names_glossary(name) for name in called):
        return not is_about([article_of(piece, sheet).head_text for piece in slices[:_SAMPLE]])
    entries = []
    for piece in slices[:_SAMPLE]:
        found = article_of(piece, sheet)
        told = " ".join(p.text for p in found.body[:2])
        told = told or " ".join(b.span.of(document.text) for b in found.fields[:2])
        entries.append((found.head_text or told.partition(" ")[0], told))
    # A sheet of names with notes must read like a glossary: it calls nothing a definition.
    noted = all(block.record is not None for block in blocks) and not any(
        block.role is Role.DEFINITION and role_of(block.label) is not Role.NOTE for block in blocks
    )
    return is_glossary(
        entries,
        words,
        explained=0.0 if noted else parts.get("lines", 1.0),
        otherwise=named_otherwise(document.uri, document.title),
    )


def _single(one: single.Single) -> Segmentation:
    """The segmentation of a page of one term."""
    lines = [*one.fields, *one.body, *([one.head] if one.head else [])]
    start, end = min(x.start for x in lines), max(x.end for x in lines)
    article = Article(
        span=Span(start=start, end=end),
        head=Span(start=one.head.start, end=one.head.end) if one.head else None,
        head_text=one.name,
        body=tuple(paragraph_of(x, 0) for x in one.body),
        fields=tuple(x.block for x in one.fields),
        layout="page",
        locator=(one.head or lines[0]).block.locator,
    )
    return Segmentation(layout="page", scores={"page": 1.0}, articles=(article,), boilerplate=())
