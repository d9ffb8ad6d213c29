"""Where the last entry of a page ends and the rest of the page begins."""

from __future__ import annotations

from collections.abc import Sequence

from extract.labels import fold
from extract.languages import Words
from extract.layouts.heads import Head
from extract.layouts.lines import Line
from extract.layouts.scoring import sizes


def tail(lines: Sequence[Line], heads: Sequence[Head], stop: int, words: Words) -> int:
    """Return the number of the line behind the last entry, ``stop`` if nothing follows it.

    The last entry ends at the first line that calls to do something (``Subscribe …``), or,
    where it is longer than any other, where it has the length of the longest other.
    """
    last = heads[-1].line
    for number in range(last + 1, stop):
        if fold(lines[number].text).startswith(words.cut) and len(lines[number].text) < 120:
            return number
    inner = sizes(heads, stop)[:-1]
    if len(inner) >= 4:
        longest = max(inner)
        if stop - last > longest:
            return last + longest
    return stop
