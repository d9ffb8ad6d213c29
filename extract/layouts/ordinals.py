"""Numbers before headings ("3. Berth", "2.1 Fairway"): the page's own count, no part of a term."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from extract.model import Block, Role, Span

# "3." and "3)", and clauses, whose last number needs no mark behind it: "3.1.2 term".
_NUMBER = re.compile(r"(?P<number>\d{1,3}(?:\.\d{1,3}){0,4})(?P<mark>[.)]?)\s+(?=\S)")
# So many headings of a level show that they are counted, in this share of them.
_FEWEST, _SHARE = 3, 0.8


def uncounted(blocks: Sequence[Block], text: str) -> list[Block]:
    """Return the blocks, those of counted headings without their numbers, which become markers.

    Counted are headings of one level if most bear a number and each number is higher than the one
    before: "802.11 frame" and "3.5 inch disk" stay names.
    """
    levels: dict[int, dict[int, re.Match[str]]] = defaultdict(dict)
    totals: dict[int, int] = defaultdict(int)
    for i, block in enumerate(blocks):
        if block.role is not Role.HEADING:
            continue
        totals[block.level] += 1
        found = _NUMBER.match(text, block.span.start, block.span.end)
        if found and (found["mark"] or "." in found["number"]):
            levels[block.level][i] = found
    counted = list(blocks)
    for level, matches in levels.items():
        if len(matches) < max(_FEWEST, _SHARE * totals[level]):
            continue
        numbers = [tuple(map(int, m["number"].split("."))) for m in matches.values()]
        if sum(a < b for a, b in pairwise(numbers)) < _SHARE * (len(numbers) - 1):
            continue
        for i, match in matches.items():
            span = Span(start=match.end(), end=blocks[i].span.end)
            counted[i] = replace(blocks[i], span=span, marker=match[0].strip())
    return counted
