"""Where the headings of a page divide it into parts, which are no part of any entry."""

from __future__ import annotations

from collections.abc import Sequence

from extract.languages import Words
from extract.layouts.heads import Head
from extract.layouts.lines import Line
from extract.model import Role


def in_parts(lines: Sequence[Line], heads: Sequence[Head], lengths: Sequence[int]) -> bool:
    """Return whether headings divide the page, rather than entries that stand under none.

    Where most entries hold headings, these are parts of them ("Example", "In practice").
    """
    if any(lines[h.line].block.role is Role.HEADING for h in heads):
        return False
    holding = sum(
        any(lines[n].block.role is Role.HEADING for n in range(h.line + 1, h.line + length))
        for h, length in zip(heads, lengths, strict=True)
    )
    return holding * 2 < len(heads)


def below_part(lines: Sequence[Line], head: Head, stop: int, words: Words, *, divided: bool) -> int:
    """Return where an entry ends before line ``stop``: at the heading of the next part.

    Under a heading that is one of a higher level; where headings divide the page (``divided``),
    any that names no field. What introduces a part belongs to no entry.
    """
    own = lines[head.line].block
    for number in range(head.line + 1, stop):
        block = lines[number].block
        if block.role is not Role.HEADING:
            continue
        if own.role is Role.HEADING and block.level < own.level:
            return number
        if divided and not words.label(lines[number].text):
            return number
    return stop
