"""How well a layout explains a page: lines × entries × size × alphabetical order."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from extract.labels import fold
from extract.languages import Words
from extract.layouts.heads import COLLATIONS, Head, order, part_of_speech
from extract.layouts.lines import Line
from extract.model import Role

# An entry may be this many times as long as three quarters of the others before its further
# lines no longer count as explained: a layout that misses every second headword explains little.
_STRETCH = 3
# Hardly a word has more entries of its own than this.
_HOMONYMS = 6
# What dictionaries set between headword and definition: how it is spoken, its part of speech.
_MARK = re.compile(
    r"(?:/[^/]{1,40}/[,;]?\s*)*(?:\(?[^\W\d_]{1,5}\.(?:\s?[^\W\d_]{1,4}\.)?\)?[,;&/]?\s*){0,3}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A page (or part of one) read in one layout."""

    layout: str
    heads: tuple[Head, ...]
    stop: int
    """Number of the line behind the last entry."""
    score: float = 0.0
    parts: Mapping[str, float] = field(default_factory=dict)
    """The factors of the score, and the share of heads in ``alphabet``ical order."""


def sizes(heads: Sequence[Head], stop: int) -> list[int]:
    """Return how many lines each entry holds if it goes on to the next."""
    starts = [h.line for h in heads] + [stop]
    return [b - a for a, b in pairwise(starts)]


def usual(numbers: Sequence[int]) -> int:
    """Return what three quarters of ``numbers`` do not exceed."""
    return sorted(numbers)[(3 * len(numbers)) // 4 if len(numbers) > 1 else 0]


def score(
    layout: str,
    heads: Sequence[Head],
    lines: Sequence[Line],
    start: int,
    stop: int,
    weight: float,
    words: Words,
) -> Reading:
    """Return the reading of lines ``start`` to ``stop`` that begins an entry at each head.

    Cost: n log n in the number of heads.
    """
    lengths = sizes(heads, stop)
    inner = lengths[:-1] or lengths
    limit = max(_STRETCH * usual(inner), 5)
    explained = sum(min(n, limit) for n in lengths) - _missed(heads, lengths, lines)
    explained /= max(stop - start, 1)
    names = [lines[h.line].text[h.begin : h.end] for h in heads]
    headed = [n for n in names if n]
    bodies = [_body(h, n, lines) for h, n in zip(heads, lengths, strict=True)]
    quality = sum(h.weight * b for h, b in zip(heads, bodies, strict=True)) / len(heads)
    alphabetical = max((order([f(n) for n in headed]) for f in COLLATIONS.values()), default=0.0)
    parts = {
        "lines": explained,
        "entries": quality,
        "distinct": _distinct(headed, words) ** 2,
        "order": _ordered(alphabetical, len(headed)),
        "size": _size(lengths, heads, lines),
        "uniform": _uniform([lines[h.line] for h in heads]),
        # Entries of one size each, to the line, are no accident.
        "regular": 0.95 + 0.05 * Counter(inner).most_common(1)[0][1] / len(inner),
        "contrast": _contrast(heads, lengths, lines),
        "number": 1 - 0.5 / len(heads) ** 1.1,
        "parts": _parts(heads, lengths, lines),
        "layout": weight,
    }
    total = 1.0
    for value in parts.values():
        total *= value
    parts["alphabet"] = alphabetical
    return Reading(layout=layout, heads=tuple(heads), stop=stop, score=total, parts=parts)


def _distinct(names: Sequence[str], words: Words) -> float:
    """Which share of the headwords is not printed a second time elsewhere.

    Homonyms have entries of their own in dictionaries, one right below the other; labels within
    entries ("Note", "Example") come back all over the page.
    """
    known: set[str] = set()
    again = 0
    for name, run in groupby(map(fold, names)):
        length = sum(1 for _ in run)
        allowed = 1 if part_of_speech(name, words) else _HOMONYMS
        again += length if name in known else max(length - allowed, 0)
        known.add(name)
    return 1 - again / len(names) if names else 1.0


def _missed(heads: Sequence[Head], lengths: Sequence[int], lines: Sequence[Line]) -> float:
    """How many lines within entries stand as heads do, if standing so tells heads from others."""

    def stand(line: Line) -> Hashable:
        # Two blank lines before an entry, one within it: so some pages set entries apart.
        gap = 1 if line.fresh else min(abs(line.gap), 2)
        return line.marker, line.indent, gap, line.block.role

    common = Counter(stand(lines[h.line]) for h in heads).most_common(1)[0][0]
    suspects = sum(
        stand(lines[h.line + k]) == common
        for h, n in zip(heads, lengths, strict=True)
        for k in range(1, n)
    )
    # Where nearly all lines stand alike, standing so says nothing.
    told = 1 - suspects / max(sum(lengths) - len(heads), 1)
    return suspects * told * max(1 - 2.5 * suspects / len(heads), 0.0)


def _contrast(heads: Sequence[Head], lengths: Sequence[int], lines: Sequence[Line]) -> float:
    """How far heads on lines of their own differ from the lines below them.

    In a table of contents they do not, and every second line is no definition of the one above.
    """
    pairs = [
        (lines[h.line], lines[h.line + 1])
        for h, n in zip(heads, lengths, strict=True)
        if h.body is None and h.end > h.begin and n > 1
    ]
    if len(pairs) < 0.5 * len(heads):
        return 1.0
    alike = sum(
        (a.gap > 0, a.indent, a.marker, a.block.role, a.closed)
        == (b.gap > 0, b.indent, b.marker, b.block.role, b.closed)
        for a, b in pairs
    ) / len(pairs)
    ratio = sum(len(b.text) for _, b in pairs) / max(sum(len(a.text) for a, _ in pairs), 1)
    return 1.0 if ratio >= 1.6 else 1 - 0.6 * alike


def _ordered(share: float, number: int) -> float:
    """The factor of alphabetical order: what it has beyond chance, trusted more in longer lists.

    The longest ascending subsequence of n random keys has about 2√n members (Vershik and Kerov
    1977; Logan and Shepp 1977). Half of all pages are in no order: that must not exclude them.
    """
    if number < 2:
        return 0.8
    chance = min((2 * math.sqrt(number) - 1.77 * math.pow(number, 1 / 6)) / number, 0.95)
    beyond = max((share - chance) / (1 - chance), 0.0)
    return 0.78 + 0.22 * beyond * math.sqrt(beyond) * number / (number + 4)


def _parts(heads: Sequence[Head], lengths: Sequence[int], lines: Sequence[Line]) -> float:
    """The factor of headings under which other terms are defined, each set off in bold type.

    Handbooks divide their words so. Labels that come back under each heading are no terms, nor
    are the points of a list that a few entries hold.
    """
    if lines[heads[0].line].block.role is not Role.HEADING:
        return 1.0
    names: list[str] = []
    holding = 0
    for head, length in zip(heads, lengths, strict=True):
        within = [lines[head.line + k] for k in range(1, length)]
        bold = [x for x in within if x.block.bold and len(x.block.bold) < 0.8 * len(x.text)]
        names += [fold(x.text[: len(x.block.bold)]) for x in bold if x.block.bold]
        holding += len(bold) > 1 and len(bold) >= 0.6 * len(within)
    if holding < _HOLDING * len(heads) or len(set(names)) < 0.9 * len(names):
        return 1.0
    return _PARTS


# Of headings such a share holds terms of its own, and so little counts what they are then.
_HOLDING, _PARTS = 0.6, 0.6


def _size(lengths: Sequence[int], heads: Sequence[Head], lines: Sequence[Line]) -> float:
    """The factor of the entries' size: entries of many lines or pages are mostly several."""
    ordered = sorted(lengths)
    median, mean = ordered[len(ordered) // 2], sum(lengths) / len(lengths)
    characters = sum(
        len(lines[h.line + k].text) for h, n in zip(heads, lengths, strict=True) for k in range(n)
    ) / len(heads)
    found = 1.0
    for value, free, scale in ((median, 3, 14), (mean, 4, 14), (characters, 1200, 4000)):
        excess = max((value - free) / scale, 0.0)
        found /= 1.0 + excess * math.sqrt(excess)
    return found


def _uniform(heads: Sequence[Line]) -> float:
    """How alike the heads stand: bullet and indent strictly, blank lines before them less so."""
    outer = Counter((h.marker, h.indent, h.block.role, h.block.level) for h in heads)
    gaps = Counter(h.gap != 0 for h in heads if not h.fresh) or Counter([True])
    alike: float = outer.most_common(1)[0][1] / len(heads)
    spaced: float = gaps.most_common(1)[0][1] / gaps.total()
    return alike * float(spaced**0.1)


def _body(head: Head, length: int, lines: Sequence[Line]) -> float:
    """How much what follows a head looks like a definition, in [0, 1]."""
    rest = lines[head.line].text[head.body :] if head.body is not None else ""
    first = rest.strip() or (lines[head.line + 1].text if length > 1 else "")
    count = len(first.split())
    if rest.strip() and length > 1 and _MARK.fullmatch(first):
        first = lines[head.line + 1].text  # only a part of speech stands behind the headword
        count = len(first.split())
    elif not rest.strip() and count <= 2 and length > 2 and not lines[head.line + 1].closed:
        # A part of speech, a pronunciation or another name may stand above the definition.
        first = lines[head.line + 2].text
        count = len(first.split())
    if not first:
        return 0.0
    if count == 1 and not "\u2e80" <= first[0] <= "\u9fff":
        return 0.6
    value = 0.9 if count == 2 else 1.0
    if first[0] in ",;.)":
        value *= 0.6
    name = lines[head.line].text[head.begin : head.end]
    if name and len(first) < 0.5 * len(name):
        value *= 0.8
    return value
