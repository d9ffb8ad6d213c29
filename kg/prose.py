"""Running text of a page in blocks, with the place of every character in the page as given.

What is no running text (code, headings, links …) is left out by the readers of each form; a mark
stands for it, so that nothing is read across it. The page itself is never rewritten: whoever adds
something inserts it at the offsets.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

OUT = "\ufffc"
"""Stands in a block for what was left out of it (U+FFFC, the object replacement character)."""


@dataclass(slots=True)
class Block:
    """A paragraph, cell or item: what a reader sees, and where each character came from."""

    section: int
    """Number of the section that it stands in; a heading begins the next one."""
    language: str = ""
    """Language tag in lower case, empty where the page does not say."""
    _parts: list[str] = field(default_factory=list)
    _length: int = 0
    _starts: list[int] = field(default_factory=list)
    """Where each piece begins in ``text``; a piece has no markup inside."""
    _places: list[int | array[int]] = field(default_factory=list)
    """Of each piece: the offset of its first character, or one for each and for its end."""

    def add(self, text: str, place: int | array[int]) -> None:
        """Append a piece that begins at offset ``place``, or has one offset for each character."""
        if text:
            self._parts.append(text)
            self._starts.append(self._length)
            self._places.append(place)
            self._length += len(text)

    def leave_out(self) -> None:
        """Mark that something was left out here."""
        if not self._parts or self._parts[-1] != OUT:
            self.add(OUT, -1)

    @property
    def empty(self) -> bool:
        """Whether nothing was added yet."""
        return not self._parts

    @property
    def text(self) -> str:
        """What a reader sees, with :data:`OUT` for what was left out."""
        if len(self._parts) > 1:
            self._parts = ["".join(self._parts)]
        return self._parts[0] if self._parts else ""

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the offsets of ``text[start:end]`` in the page, ``None`` across pieces."""
        piece = bisect_right(self._starts, start) - 1
        if bisect_right(self._starts, end - 1) - 1 != piece:
            return None
        begin, offsets = self._starts[piece], self._places[piece]
        if isinstance(offsets, int):
            return None if offsets < 0 else (offsets + start - begin, offsets + end - begin)
        return offsets[start - begin], offsets[end - begin]


def plain(text: str) -> Iterator[Block]:
    """Yield the paragraphs of plain text: what blank lines part. It is all one section."""
    ends = [-1, *_blank_lines(text), len(text)]
    for before, end in pairwise(ends):
        if paragraph := text[before + 1 : end].rstrip():
            block = Block(section=0)
            block.add(paragraph, before + 1)
            yield block


def _blank_lines(text: str) -> Iterator[int]:
    """Yield the offset of the line feed at the end of each blank line."""
    start = 0
    while (end := text.find("\n", start)) >= 0:
        if not text[start:end].strip():
            yield end
        start = end + 1
