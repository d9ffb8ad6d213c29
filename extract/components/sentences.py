"""Where sentences begin and end, told to the parser before it runs.

Glossaries break sentences where a parser does not look: at line and bullet starts, behind
headings without a full stop. So the text is cut by rule, each sentence is parsed by itself (and
only those that are needed), and the parser is kept from cutting further.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc

from extract.model import Span

COMPONENT = "glossgraph_one_sentence"

_BULLET = re.compile(r"[ \t\u00a0]*(?:[•◦▪‣·●○■□➢➤✓*–—-]|\(?\d{1,2}[.)]|\(?[a-z][.)])[ \t\u00a0]+")
_LINE = re.compile(r"[^\n]+")
_CAPITAL = "A-Z\u00c0-\u00d6\u00d8-\u00de\u0410-\u042f\u0401"
_STOP = re.compile(
    rf"[.!?…]+[\"'”’»)\]]*(?=\s+[\"'“‘«¿¡(\[]?[{_CAPITAL}0-9]|\s*$)|;(?=\s+[{_CAPITAL}])"
    r"|[。！？]+[」』）]*"
)
# Words whose full stop does not end a sentence (also any single letter, and "No. 5").
_ABBREVIATIONS_WORDS = (
    "e.g i.e eg ie vs cf approx ca dr mr mrs ms prof st sr jr inc ltd co corp fig figs no nos vol "
    "pp art sec ch al viz resp incl excl est dept "
    "univ gen rev hon a.k.a u.s u.k e.u u.n ph.d b.c a.d "
    "jan feb mar apr jun jul aug sep sept oct nov dec abbr syn ref eq ed eds"
)
_ABBREVIATIONS = frozenset(_ABBREVIATIONS_WORDS.split())
# Shorter lines than this are not wrapped ones: their end is an end.
_WRAPPED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence as it is given to the parser, and where its characters stand in the document."""

    span: Span
    """In ``Document.text``, without bullet and outer blanks."""
    text: str
    """One line: blanks folded, typographic quotes made plain."""
    offsets: Sequence[int]
    """Offset in ``Document.text`` of each code point of ``text``."""
    bullet: bool = False
    """Whether it opens a list item."""
    opens: bool = False
    """Whether it opens its passage."""

    def place(self, start: int, end: int) -> Span:
        """Return where ``text[start:end]`` stands in the document."""
        return Span(start=self.offsets[start], end=self.offsets[end - 1] + 1)


def split(text: str, span: Span, abbreviations: Collection[str] = ()) -> list[Sentence]:
    """Return the sentences of a passage, in order. Linear; no parser.

    ``abbreviations`` are words of another language than English whose full stop ends nothing.
    """
    found: list[Sentence] = []
    for start, end, bullet in _stretches(text, span):
        at = start
        for stop in _STOP.finditer(text, start, end):
            if stop.end() < end and _is_abbreviation(text, stop, abbreviations):
                continue
            _add(found, text, at, stop.end(), bullet and at == start, span)
            at = stop.end()
        _add(found, text, at, end, bullet and at == start, span)
    return found


def _stretches(text: str, span: Span) -> list[tuple[int, int, bool]]:
    """Paragraphs and list items: (start, end, whether a list item), wrapped lines joined."""
    found: list[tuple[int, int, bool]] = []
    last_line = ""
    for line in _LINE.finditer(text, span.start, span.end):
        if not line[0].strip():
            last_line = ""
            continue
        bullet = _BULLET.match(text, line.start(), line.end())
        start = bullet.end() if bullet else line.start()
        blank_before = (
            not last_line or "\n\n" in text[found[-1][1] : line.start()] if found else True
        )
        wrapped = (
            found
            and not blank_before
            and not bullet
            and not re.search(r"[.!?:;][\"'”’)]*\s*$", last_line)
            and (line[0].strip()[:1].islower() or len(last_line.rstrip()) >= _WRAPPED)
        )
        if wrapped or (found and not blank_before and not bullet and len(last_line) >= _WRAPPED):
            found[-1] = (found[-1][0], line.end(), found[-1][2])
        else:
            found.append((start, line.end(), bool(bullet)))
        last_line = line[0]
    return found


def _is_abbreviation(text: str, stop: re.Match[str], abbreviations: Collection[str] = ()) -> bool:
    if stop[0] != ".":
        return False
    word = re.search(r"[^\s(\[\"“‘]+$", text[max(0, stop.start() - 12) : stop.start()])
    if word is None:
        return False
    name = word[0].lower()
    if name in _ABBREVIATIONS or name in abbreviations:
        return True
    return len(name) == 1 and name.isalpha() and name != "i"


_PLAIN = str.maketrans("\u2018\u2019\u201c\u201d\u00a0\t\n\r\u2011\u202f", "''\"\"    - ")


def _add(
    found: list[Sentence], text: str, start: int, end: int, bullet: bool, passage: Span
) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start >= end:
        return
    raw = text[start:end].translate(_PLAIN)
    offsets: Sequence[int] = range(start, end)
    if "  " in raw:
        kept = [i for i, c in enumerate(raw) if not (c == " " and i and raw[i - 1] == " ")]
        raw = "".join(raw[i] for i in kept)
        offsets = [start + i for i in kept]
    found.append(
        Sentence(
            span=Span(start=start, end=end),
            text=raw,
            offsets=offsets,
            bullet=bullet,
            opens=not found and start - passage.start < 3,
        )
    )


@Language.component(COMPONENT)
def one_sentence(document: Doc) -> Doc:
    """Mark the whole document as one sentence, which the parser then keeps."""
    for token in document:
        token.is_sent_start = token.i == 0
    return document
