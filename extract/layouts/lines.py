"""Lines as layouts see them: wrapped lines joined, page furniture and letter bars set aside."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from extract.labels import fold
from extract.languages import Words
from extract.layouts import furniture, wrapping
from extract.layouts.ordinals import uncounted
from extract.model import Block, Document, Role, Span

_GLOSSARY = re.compile(
    r"\b(?:A to Z|A[-–]Z|glossary|glossaries|glossar|glossaire|glosario|glossário|lexicon"
    r"|dictionary|terminology)\b"
    r"|глоссарий|словарь|术语表|用語集",
    re.I,
)
# Where a page lies in its site ("Home > Resources > Glossary"), which is no title.
_TRAIL = re.compile(r"\S\s+[>»›→/|]\s+\S")
FRONT = "front matter"
"""Section of the blocks of a page's front matter."""
_DIGITS = re.compile(r"\d+")
# What titles of glossaries also hold, but headwords, too.
_WORDS = re.compile(
    r"\b(?:words|terms|terminology|vocabulary|definitions|jargon|lingo|acronyms|abbreviations"
    r"|concepts|thesaurus|wörter|begriffe|fachbegriffe|lexikon|termes|vocabulaire|lexique"
    r"|términos|termos|термины|понятия|术语|用語)\b",
    re.I,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the source, or several that a printer or an editor broke at a margin."""

    number: int
    """Its place among the lines of the page."""
    text: str
    """Its words; where lines were joined with a blank, or with nothing after a broken word."""
    pieces: tuple[tuple[int, int, int], ...]
    """For each joined stretch its offset in ``text``, and start and end in ``Document.text``."""
    block: Block
    """The block it (or its first stretch) is."""
    gap: int
    """Blank lines before it; -1 where a page break hides how many there were."""
    fresh: bool = False
    """Whether it is the first below a letter heading, where blank lines say nothing."""
    underlined: bool = False
    """Whether a rule stands under it, as under a heading typed by hand."""

    @property
    def start(self) -> int:
        """Offset of its first code point in ``Document.text``."""
        return self.pieces[0][1]

    @property
    def end(self) -> int:
        """Offset behind its last code point in ``Document.text``."""
        return self.pieces[-1][2]

    @property
    def marker(self) -> str:
        """The class of its bullet: ``1.`` for every number, the bullet itself, or ``""``."""
        marker = self.block.marker
        return _DIGITS.sub("1", marker) if marker else ""

    @property
    def indent(self) -> int:
        """Columns of white space before it."""
        return self.block.indent

    @property
    def closed(self) -> bool:
        """Whether it ends as a sentence does."""
        return wrapping.is_closed(self.text)

    def offset(self, position: int) -> int:
        """Return the offset in ``Document.text`` of a position in ``text``."""
        for begin, start, end in reversed(self.pieces):
            if position >= begin:
                return min(start + position - begin, end)
        return self.start

    def spans(self, begin: int = 0) -> tuple[Span, ...]:
        """Return the stretches of ``Document.text`` from position ``begin`` of ``text`` on."""
        found = []
        for at, start, end in self.pieces:
            first = start + max(begin - at, 0)
            if first < end:
                found.append(Span(start=first, end=end))
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A document's lines, and what stands between them."""

    document: Document
    lines: tuple[Line, ...]
    """The lines that can be part of entries."""
    furniture: tuple[Span, ...] = ()
    """Page numbers, running heads, letter bars, rules, navigation."""
    letters: Mapping[int, str] = field(default_factory=dict)
    """Number of a line → folded letter of the heading above it."""
    title: int | None = None
    """Number of the line that is the page's title, if one of the first few is."""


def page(document: Document, words: Words) -> Page:
    """Return the lines of a document as layouts see them; linear in its length."""
    text = document.text
    blocks = _wiki([b for b in document.blocks if b.span.of(text).strip()], text)
    blocks = uncounted(blocks, text)
    dropped: dict[int, str] = {}
    dropped.update(furniture.navigation(blocks, text, words))
    dropped.update(furniture.page_numbers(blocks, text, dropped))
    dropped.update(furniture.letters(blocks, text, dropped, words))
    underlined = furniture.rules(blocks, text, dropped)
    kept = [i for i in range(len(blocks)) if i not in dropped]
    width = wrapping.margin(blocks, text, kept)
    vocabulary = wrapping.vocabulary(text) if width else Counter()
    lines: list[Line] = []
    letters: dict[int, str] = {}
    letter = ""
    previous = -1
    for i, block in enumerate(blocks):
        if i in dropped:
            if dropped[i] == "letter":
                letter = fold(block.span.of(text)).strip("-–—[](){}|.:*#=' ")
            continue
        gap = _gap(blocks, text, previous, i, dropped)
        span = block.span
        if lines and wrapping.wraps(blocks, text, previous, i, gap, width):
            last = lines.pop()
            lines.append(_joined(last, span, text, vocabulary, i in underlined))
        else:
            number = len(lines)
            lines.append(
                Line(
                    number=number,
                    text=span.of(text),
                    pieces=((0, span.start, span.end),),
                    block=block,
                    gap=gap,
                    fresh=dropped.get(i - 1) == "letter",
                    underlined=i in underlined,
                )
            )
            if letter:
                letters[number] = letter
        previous = i
    aside = tuple(blocks[i].span for i in sorted(dropped))
    return Page(
        document=document,
        lines=tuple(lines),
        furniture=aside,
        letters=letters,
        title=_title(document, lines),
    )


def _title(document: Document, lines: Sequence[Line]) -> int | None:
    """The line, within the first ten, that reads as the document's title or the top heading.

    Front matter may say the same before it: what a page shows begins below.
    """
    shown = [line for line in lines if line.block.section != FRONT]
    for line in shown[:10]:
        text = re.sub(r"^[=#\s*]+|[=#\s*]+$", "", line.text)
        if _TRAIL.search(text):
            continue
        called = _GLOSSARY.search(text) and len(text) < 80 and not text.endswith(".")
        if called or fold(text) == fold(document.title):
            return line.number
        if line is shown[0] and _WORDS.search(text) and len(text) < 80 and not line.closed:
            return line.number
    first = next((x for x in lines if x.block.role is Role.HEADING), None)
    if (
        first
        and first.block.level == 1
        and not any(
            x.block.role is Role.HEADING and x.block.level == 1 for x in lines if x is not first
        )
    ):
        return first.number
    return None


def _wiki(blocks: list[Block], text: str) -> list[Block]:
    """MediaWiki's ``;`` and ``:`` that touch the text they mark, made markers like any other."""
    glued = [b.role is Role.LINE and text[b.span.start] in ";:" and len(b.span) > 1 for b in blocks]
    terms = sum(g and text[b.span.start] == ";" for g, b in zip(glued, blocks, strict=True))
    if terms < 2:
        return blocks
    found = []
    for block, touches in zip(blocks, glued, strict=True):
        if touches:
            marks = re.compile(r"[;:*#]+\s*").match(text, block.span.start, block.span.end)
            if marks and marks.end() < block.span.end:
                span = Span(start=marks.end(), end=block.span.end)
                block = replace(block, span=span, marker=marks[0].strip())
        found.append(block)
    return found


def _gap(
    blocks: Sequence[Block], text: str, previous: int, i: int, dropped: Mapping[int, str]
) -> int:
    """Blank lines before block ``i``; -1 across a page break."""
    if previous < 0:
        return 1
    between = dropped.get(i - 1) if i - 1 != previous else None
    paged = {dropped[j] for j in range(previous + 1, i)} & {"page", "running head"}
    if paged or "\f" in text[blocks[i - 1].span.end : blocks[i].span.start]:
        return -1
    if between is not None:
        return 1
    return max(text.count("\n", blocks[previous].span.end, blocks[i].span.start) - 1, 0)


def _joined(
    line: Line, span: Span, text: str, vocabulary: Mapping[str, int], underlined: bool
) -> Line:
    """The line with a further stretch behind it."""
    before, after = line.text, span.of(text)
    pieces = line.pieces
    glue = " "
    if before.endswith("\u00ad") or wrapping.broken(before, after, vocabulary):
        begin, start, end = pieces[-1]
        pieces = (*pieces[:-1], (begin, start, end - 1))
        before, glue = before[:-1], ""
    elif (
        re.search(r"\w-$", before) or wrapping.unspaced(before[-1:]) or wrapping.unspaced(after[:1])
    ):
        glue = ""
    return Line(
        number=line.number,
        text=before + glue + after,
        pieces=(*pieces, (len(before) + len(glue), span.start, span.end)),
        block=line.block,
        gap=line.gap,
        fresh=line.fresh,
        underlined=underlined,
    )
