"""Where the last entry of a page ends and the rest of the page begins."""

from __future__ import annotations

from collections.abc import Sequence

from extract.languages import Words
from extract.layouts.heads import COLLATIONS, Head
from extract.layouts.lines import Line
from extract.layouts.scoring import sizes
from extract.model import Role


def without_tail(
    lines: Sequence[Line], heads: Sequence[Head], stop: int, words: Words
) -> tuple[Sequence[Head], int]:
    """Return the heads of entries, and the number of the line behind the last entry.

    Left out are the few heads below a line that calls to do something, if they break the order:
    "Related posts" and "Follow us" stand on the page as headwords do.
    """
    few = max(len(heads) // 10, 2)
    if len(heads) > 2 * few:
        for at in range(len(heads) - few, len(heads)):
            above, below = heads[at - 1], heads[at]
            calls = any(_calls(lines[n], words) for n in range(above.line + 1, below.line + 1))
            names = [lines[h.line].text[h.begin : h.end] for h in (above, below)]
            if calls and COLLATIONS["case-folded"](names[0]) > COLLATIONS["case-folded"](names[1]):
                heads = heads[:at]
                break
    return heads, max(tail(lines, heads, stop, words), heads[-1].line + 1)


def _calls(line: Line, words: Words) -> bool:
    """Whether a line calls to do something (``Subscribe …``) or speaks of the page."""
    return len(line.text) < 120 and words.is_cut(line.text)


def _opens_part(line: Line, lines: Sequence[Line], heads: Sequence[Head]) -> bool:
    """Whether a line is a heading above those of the entries, which so opens another part."""
    if line.block.role is not Role.HEADING or line.number == heads[-1].line:
        return False
    own = [lines[h.line].block for h in heads]
    if all(block.role is Role.HEADING for block in own):
        return 0 < line.block.level < min(block.level for block in own)
    return not any(block.role is Role.HEADING for block in own) and not _headed(lines, heads)


def _headed(lines: Sequence[Line], heads: Sequence[Head]) -> bool:
    """Whether headings stand within entries, over text that goes on below."""
    last = heads[-1].line
    starts = {h.line for h in heads}
    return any(
        line.block.role is Role.HEADING and line.number + 1 not in starts and line.number < last
        for line in lines[heads[0].line : last]
    )


def tail(lines: Sequence[Line], heads: Sequence[Head], stop: int, words: Words) -> int:
    """Return the number of the line behind the last entry, ``stop`` if nothing follows it.

    The last entry ends at the first line that calls to do something (``Subscribe …``), or,
    where it is longer than any other, where it has the length of the longest other.
    """
    last = heads[-1].line
    for number in range(last + 1, stop):
        if _calls(lines[number], words) or _opens_part(lines[number], lines, heads):
            return number
    inner = sizes(heads, stop)[:-1]
    if len(inner) >= 4:
        # A headword on a line of its own has its definition below it in any case.
        longest = max(max(inner), 1 if heads[-1].body is not None else 2)
        if stop - last > longest:
            return last + longest
    return stop
