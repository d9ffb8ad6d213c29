"""Repair of text that was damaged on its way: decoded wrongly, with characters lost or left over.

Every repair is an :class:`extract.model.Edit`; nothing is normalised, curly quotes stay. The rules:

- ``mojibake:<codec>``: UTF-8 that was read in another encoding (:mod:`extract.mojibake`). No
  library repairs GBK and Shift JIS: ftfy's author declined them, charset-normalizer only guesses
  the codec of bytes.
- ``lost:<codec>``: the same where the third byte of a dash, quote or bullet is gone.
- ``c1``, ``control``, ``escape``, ``ligature``, ``invisible``, ``entity``: single characters.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from html import unescape

from extract.model import Block, Document, Edit, Link, Span
from extract.mojibake import Change, repairs
from extract.readers.base import trimmed

_LIGATURES = {
    "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st",
}  # fmt: skip
_SINGLE = re.compile(
    r"(?P<escape>\x1b\[[0-9;]{0,20}[A-Za-z]) | (?P<control>[\x00-\x08\x0e-\x1f\x7f])"
    r" | (?P<c1>[\x80-\x9f]) | (?P<ligature>[ﬀ-ﬆ])"
    r" | (?P<invisible>(?<=\w)[\u00ad\u200b\u2060\ufeff](?=\w))",
    re.VERBOSE,
)
_ENTITY = re.compile(
    r"&(?:amp|nbsp|quot|apos|[lr][sd]quo|[mn]dash|hellip|bull|#\d{2,5}|#x[\da-fA-F]{2,4});"
)
_ENTITY_MEDIA = frozenset({"text/plain", "text/csv", "text/tab-separated-values"})


def repair(document: Document) -> Document:
    """Return the document with its text repaired and every offset moved along.

    Blocks, links and anchors are mapped; ``edits`` are in repaired offsets, so that
    :func:`original` gives the text as it was read. A document that has been repaired before is
    returned as it is. Linear in the text.
    """
    if document.edits:
        return document
    changes = _changes(document)
    if not changes:
        return document
    pieces: list[str] = []
    edits: list[Edit] = []
    done, length = 0, 0
    for change in changes:
        pieces.append(document.text[done : change.start])
        length += change.start - done
        end = length + len(change.after)
        before = document.text[change.start : change.end]
        edits.append(Edit(start=length, end=end, before=before, rule=change.rule))
        pieces.append(change.after)
        done, length = change.end, end
    pieces.append(document.text[done:])
    text = "".join(pieces)
    moved = _mapping(changes, edits)
    return replace(
        document,
        text=text,
        title=_repaired_title(document, moved, text),
        blocks=tuple(_blocks(document.blocks, moved, text)),
        links=tuple(_links(document.links, moved)),
        anchors={name: moved(at, False) for name, at in document.anchors.items()},
        edits=tuple(edits),
    )


def original(document: Document) -> str:
    """Return the text of a document as it was before :func:`repair`."""
    pieces: list[str] = []
    done = 0
    for edit in document.edits:
        pieces += (document.text[done : edit.start], edit.before)
        done = edit.end
    return "".join([*pieces, document.text[done:]])


def _mapping(changes: Sequence[Change], edits: Sequence[Edit]) -> Callable[[int, bool], int]:
    """Return the function from an offset before to one after; ``end`` tells which side inside."""
    starts = [change.start for change in changes]

    def moved(offset: int, end: bool) -> int:
        at = bisect_right(starts, offset) - 1
        if at < 0:
            return offset
        change, edit = changes[at], edits[at]
        if offset >= change.end:
            return edit.end + offset - change.end
        if offset == change.start:
            return edit.start
        return edit.end if end else edit.start

    return moved


def _blocks(
    blocks: Sequence[Block], moved: Callable[[int, bool], int], text: str
) -> Iterator[Block]:
    for block in blocks:
        start, end = trimmed(text, moved(block.span.start, False), moved(block.span.end, True))
        if start == end:
            continue
        bold = None
        if block.bold:
            low = max(start, moved(block.bold.start, False))
            high = min(end, moved(block.bold.end, True))
            bold = Span(start=low, end=high) if low < high else None
        yield replace(block, span=Span(start=start, end=end), bold=bold)


def _links(links: Sequence[Link], moved: Callable[[int, bool], int]) -> Iterator[Link]:
    for link in links:
        span = Span(start=moved(link.span.start, False), end=moved(link.span.end, True))
        if len(span):
            yield replace(link, span=span)


def _repaired_title(document: Document, moved: Callable[[int, bool], int], text: str) -> str:
    """Return the title from the repaired text where it stands there, else as it is."""
    if document.title.isascii():
        return document.title
    at = document.text.find(document.title)
    if at < 0:
        return document.title
    return text[moved(at, False) : moved(at + len(document.title), True)].strip() or document.title


def _changes(document: Document) -> list[Change]:
    """Return what is to be replaced, in order of the text, not overlapping."""
    text = document.text
    changes = [] if text.isascii() else repairs(text)
    taken = [(change.start, change.end) for change in changes]
    singles = list(_singles(document))
    if not singles:
        return changes
    # Both lists are sorted: what lies in a repaired run is repaired already.
    at = 0
    for change in singles:
        while at < len(taken) and taken[at][1] <= change.start:
            at += 1
        if at == len(taken) or change.end <= taken[at][0]:
            changes.append(change)
    return sorted(changes, key=lambda change: change.start)


def _singles(document: Document) -> Iterator[Change]:
    """Yield the repairs of single characters, in order of the text."""
    text = document.text
    found = [
        Change(match.start(), match.end(), _single(match), match.lastgroup or "")
        for match in _SINGLE.finditer(text)
    ]
    # "&amp;" in text that shows no tags was escaped once too often. Where it stands in quotes or
    # heads a line, the text is about entities.
    if document.media_type in _ENTITY_MEDIA and "<" not in text:
        found += [
            Change(match.start(), match.end(), unescape(match[0]), "entity")
            for match in _ENTITY.finditer(text)
            if text[match.start() - 1 : match.start()] not in {"", "\n", '"', "'", "`", "“", "‘"}
        ]
        found.sort(key=lambda change: change.start)
    yield from found


def _single(match: re.Match[str]) -> str:
    if match.lastgroup == "ligature":
        return _LIGATURES[match[0]]
    if match.lastgroup == "c1":
        return match[0].encode("latin-1").decode("cp1252", errors="ignore")
    return ""
