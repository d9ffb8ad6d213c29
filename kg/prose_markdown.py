"""The running text of a Markdown page: what is neither code, link, heading, tag nor front matter.

Lines and spans are told apart as CommonMark 0.31 does as far as it matters for where a link may be
put; in doubt a stretch is left out. Cost: linear in the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.prose import Block
from kg.prose_html import SKIPPED

_FENCE = re.compile(r" {0,3}(?:>\s?)*(?:[-*+]\s+)?(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}(?:>\s?)*#{1,6}(?:\s|$)")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)\s*$")
_INDENTED = re.compile(r"(?: {4}|\t)\s*\S")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s")
_DEFINITION = re.compile(r" {0,3}\[[^\]]+\]:")
_FRONT = re.compile(r"(?:---|\+\+\+)\s*$")

_TICKS = re.compile(r"`+")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)(?:\s[^<>]*)?/?>")
# Links and images of all kinds, whatever is in brackets, addresses, placeholders of site makers.
_LEFT_OUT = re.compile(
    r"!?\[[^\[\]]*\](?:\([^()\n]*\)|\[[^\[\]\n]*\])?|\]\([^()\n]*\)|<[^<>\s]+>"
    r"|\{\{[^{}]*\}\}|\{%[^%]*%\}|\$\$[^$]*\$\$|\b(?:https?|mailto|ftp):[^\s<>()]+"
)


def markdown(page: str) -> Iterator[Block]:
    """Yield the paragraphs of running text of a page."""
    section = 0
    lines = _lines(page)
    start = at = 0
    if lines and _FRONT.match(lines[0][1]):
        end = next((n for n in range(1, len(lines)) if _FRONT.match(lines[n][1])), 0)
        at = start = end + 1 if end else 0
    fence = ""
    while at < len(lines):
        line = lines[at][1]
        fenced = _FENCE.match(line)
        if fence:
            if fenced and fenced[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            at += 1
            start = at
            continue
        heading = bool(_HEADING.match(line))
        underlined = at > start and bool(_UNDERLINE.match(line)) and bool(line.strip())
        code = at == start and _INDENTED.match(line) and not _in_item(lines, at)
        if fenced or heading or code or not line.strip() or _DEFINITION.match(line):
            yield from _paragraph(page, lines, start, at, section)
            section += heading
            fence = fenced[1] if fenced else ""
            start = at + 1
        elif underlined and not _ITEM.match(lines[at - 1][1]):
            yield from _paragraph(page, lines, start, at - 1, section)
            section += 1
            start = at + 1
        at += 1
    if not fence:
        yield from _paragraph(page, lines, start, len(lines), section)


def _lines(page: str) -> list[tuple[int, str]]:
    """Return (offset, text) of each line."""
    found, at = [], 0
    for line in page.splitlines(keepends=True):
        found.append((at, line.rstrip("\r\n")))
        at += len(line)
    found.append((at, ""))
    return found


def _in_item(lines: list[tuple[int, str]], at: int) -> bool:
    """Return whether an indented line goes on with a list item rather than being code."""
    for _, line in reversed(lines[max(0, at - 50) : at]):
        if line.strip():
            return bool(_ITEM.match(line)) or line.startswith(" ")
    return False


def _paragraph(
    page: str, lines: list[tuple[int, str]], first: int, last: int, section: int
) -> Iterator[Block]:
    """Yield the block of some lines, without what is left out inside it."""
    if first >= last:
        return
    start, end = lines[first][0], lines[last - 1][0] + len(lines[last - 1][1])
    block, at = Block(section=section), start
    for begin, stop in _left_out(page, start, end):
        if begin > at:
            block.add(page[at:begin], at)
        block.leave_out()
        at = max(at, stop)
    block.add(page[at:end], at)
    yield block


def _left_out(page: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the stretches of a paragraph that are no running text, in order."""
    found = list(_code_spans(page, start, end))
    found += [each.span() for each in _LEFT_OUT.finditer(page, start, end)]
    opened: dict[str, int] = {}
    for tag in _TAG.finditer(page, start, end):
        name = tag[2].lower()
        found.append(tag.span())
        if name in SKIPPED:
            if not tag[1]:
                opened.setdefault(name, tag.start())
            elif name in opened:
                found.append((opened.pop(name), tag.end()))
    found += [(begin, end) for begin in opened.values()]
    return sorted(found)


def _code_spans(page: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the code spans: from a run of backticks to the next of the same length."""
    runs = [each.span() for each in _TICKS.finditer(page, start, end)]
    following: dict[int, int] = {}
    closing: list[int | None] = [None] * len(runs)
    for place in range(len(runs) - 1, -1, -1):
        length = runs[place][1] - runs[place][0]
        closing[place] = following.get(length)
        following[length] = place
    place = 0
    while place < len(runs):
        close = closing[place]
        if close is not None:
            yield runs[place][0], runs[close][1]
            place = close
        place += 1
