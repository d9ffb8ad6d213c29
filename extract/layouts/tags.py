"""Headwords before definitions at a column: short ones on its line, long ones on their own.

So ``pod2text``, ``man`` and tables typed by hand set lists of terms: a tag that leaves room before
the column has the definition behind it, a longer one has it below.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from itertools import pairwise

from extract.labels import fold
from extract.languages import Words
from extract.layouts.heads import COLLATIONS, Head, plausible, whole
from extract.layouts.lines import Line
from extract.layouts.variants import variants

# Columns that are tried: definitions stand at one, parts of them perhaps at a second.
_COLUMNS = 2
# A line or two may have a blank at the column by accident.
_FEWEST, _SHARE = 2, 0.05
# That definitions begin at one column, whatever stands before it, is no accident.
_TAGGED = 1.02


def tags(part: Sequence[Line], words: Words) -> Iterator[tuple[list[Head], float]]:
    """Yield the headwords at a margin whose definitions begin at one column, with a weight."""
    below = Counter(
        (line.indent, following.indent)
        for line, following in pairwise(part)
        if following.indent > line.indent and following.gap <= 0 and whole(line, words)
    )
    for (margin, column), number in below.most_common(_COLUMNS):
        hits, beside = [], set()
        for line, following in pairwise([*part, None]):
            if line is None or line.indent != margin:
                continue
            hit = _beside(line, column - margin, words)
            over = following is not None and following.indent == column and following.gap <= 0
            if over and not (hit and _holds_definition(line, column - margin)):
                hit = whole(line, words)
            elif hit:
                beside.add(hit.line)
            if hit:
                hits.append(hit)
        if len(beside) < max(_FEWEST, _SHARE * len(hits)):
            hits = _in_order(hits, beside, part)
        if number + sum(h.line in beside for h in hits) > max(number, _FEWEST):
            yield from ((found, _TAGGED * w) for found, w in variants(hits, part, words))


def _in_order(hits: Sequence[Head], beside: Set[int], part: Sequence[Line]) -> list[Head]:
    """The heads without those of ``beside`` that do not come between their neighbours."""
    first = part[0].number
    collate = COLLATIONS["case-folded"]
    keys = [collate(part[h.line - first].text[h.begin : h.end]) for h in hits]
    return [
        hit
        for at, hit in enumerate(hits)
        if hit.line not in beside
        or (0 < at < len(hits) - 1 and keys[at - 1] <= keys[at] <= keys[at + 1])
    ]


def _holds_definition(line: Line, width: int) -> bool:
    """Whether a line is more than a long tag: it has a gap, goes on, or ends a sentence."""
    return line.text[:width].endswith("  ") or len(line.pieces) > 1 or line.closed


def _beside(line: Line, width: int, words: Words) -> Head | None:
    """The head of a line whose definition begins ``width`` characters behind the margin."""
    text = line.text
    if text[width - 1 : width] != " " or not text[width : width + 1].strip():
        return None
    end = len(text[:width].rstrip())
    if not end or fold(text[:end]) in words.anaphora | words.determiners:
        return None
    if text[width] in "-–—:=|" or words.is_cut(text):
        return None  # what stands behind a separator, or does not define
    weight = plausible(text[:end], words)
    return Head(line=line.number, end=end, body=width, weight=weight) if weight else None
