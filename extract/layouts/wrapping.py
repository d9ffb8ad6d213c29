"""Lines that an editor or a printer broke at a margin, and how they are joined."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from extract.labels import fold
from extract.model import Block, Role

_SENTENCE_END = re.compile(r"[.!?。！？…][\"'”’»)\]]*$")
# An entry may end in a note in brackets ("[See also: keel]"), which needs no full stop.
_ENTRY_END = re.compile(_SENTENCE_END.pattern + r"|\]$")
# Wrapped text has some width; narrower "columns" are lists of short lines, wider ones are none.
_NARROWEST, _WIDEST = 40, 160
# Fewer lines tell nothing of a margin.
_STRETCH = 8


def is_closed(text: str) -> bool:
    """Return whether ``text`` ends as a sentence does."""
    return bool(_SENTENCE_END.search(text)) and any(c.isalnum() for c in text)


def _right(block: Block, text: str) -> int:
    """The column behind the last character of a block."""
    return block.span.end - (text.rfind("\n", 0, block.span.start) + 1)


def _first_word(block: Block, text: str) -> str:
    found = re.match(r"\S+", block.span.of(text))
    return found[0] if found else ""


def margin(blocks: Sequence[Block], text: str, kept: Sequence[int]) -> tuple[int, bool] | None:
    """Return the column at which lines were broken and whether strictly so; None for unbroken text.

    Pages that mix layouts are broken in a part only: where the whole has no margin, that of its
    longest stretch without a line too wide for any counts.
    """
    found = _margin(blocks, text, kept)
    if found is not None:
        return found
    best: Sequence[int] = ()
    start = 0
    for at, i in enumerate([*kept, None]):
        if i is None or _right(blocks[i], text) > _WIDEST:
            best = max(best, kept[start:at], key=len)
            start = at + 1
    if max(_STRETCH, 0.2 * len(kept)) <= len(best) < len(kept):
        return _margin(blocks, text, best)
    return None


def _margin(blocks: Sequence[Block], text: str, kept: Sequence[int]) -> tuple[int, bool] | None:
    """The margin of some blocks, or None.

    Evidence are lines that stop within a sentence and go on in lower case on the next line. An
    editor's width W satisfies len(line) <= W < len(line) + 1 + len(next word) for nearly all of
    them; a page's proportional type only nearly so.
    """
    bounds = []
    for a, b in pairwise(kept):
        first, second = blocks[a], blocks[b]
        if first.role is not Role.LINE or second.role is not Role.LINE or second.marker:
            continue
        if text.count("\n", first.span.end, second.span.start) != 1:
            continue
        word = _first_word(second, text)
        if word[:1].islower() and not _ENTRY_END.search(first.span.of(text)):
            right = _right(first, text)
            bounds.append((right, right + len(word)))
    rights = sorted(_right(blocks[i], text) for i in kept if blocks[i].role is Role.LINE)
    if len(bounds) < 3:
        return None
    events = Counter[int]()
    for low, high in bounds:
        events[low] += 1
        events[high + 1] -= 1
    best, count, level = 0, 0, 0
    for column in sorted(events):
        level += events[column]
        if level >= count and _NARROWEST <= column <= _WIDEST:
            best, count = column, level
    near = sum(low >= 0.6 * best for low, _ in bounds)
    beyond = sum(r > best for r in rights)
    if count >= 3 and count >= 0.7 * near and beyond <= max(2, 0.04 * len(rights)):
        return best, True
    widest = rights[-1 - len(rights) // 50]
    near = sum(low >= 0.6 * widest for low, _ in bounds)
    full = sum(low >= 0.8 * widest for low, _ in bounds)
    if full >= 3 and full >= 0.75 * near and 50 <= widest <= _WIDEST:
        return widest, False
    return None


def wraps(
    blocks: Sequence[Block],
    text: str,
    previous: int,
    i: int,
    gap: int,
    width: tuple[int, bool] | None,
) -> bool:
    """Return whether block ``i`` goes on with the line that ``previous`` ends."""
    first, second = blocks[previous], blocks[i]
    if width is None or gap > 0 or second.marker:
        return False
    if gap == 0 and second.indent < first.indent:
        return False
    if first.role is not Role.LINE or second.role is not Role.LINE:
        return False
    column, strict = width
    if _right(first, text) > 1.25 * column:
        return False  # unbroken
    line = first.span.of(text)
    word = _first_word(second, text)
    right = _right(first, text)
    lower = word[:1].islower() and not _SENTENCE_END.search(line)
    ended = bool(_ENTRY_END.search(line))
    if gap < 0:
        return lower or (right + len(word) >= column and not _SENTENCE_END.search(line))
    if line.endswith(("-", "\u00ad")) and lower and right >= 0.6 * column:
        return True
    if strict:
        full = right + 1 + len(word) > column
        if full and ended:
            return not _opens_entry(second.span.of(text), column)
        return full or (lower and right >= 0.9 * column)
    if lower:
        return right >= 0.6 * column
    return right >= 0.85 * column and not _opens_entry(second.span.of(text), column)


# What stands behind a headword within its line: a dash, a colon, a wide gap, a part of speech.
_HEADED = re.compile(
    r"[^.:!?]{1,50}?(?:\s[-–—]{1,2}\s|:\s|\t|\s{2,}|,?\s\(?(?:n|v|a|adj|adv|prep|conj|abbr)\.)"
    r"(?=\s?\S)"
)


def _opens_entry(line: str, column: int) -> bool:
    """Whether a line after a full one that ends a sentence looks like a new entry's first.

    A short line that ends no sentence is a headword; in lower case, too, since no sentence that
    goes on begins so.
    """
    short = len(line) < 0.6 * column and not _SENTENCE_END.search(line)
    return short or bool(_HEADED.match(line))


def vocabulary(text: str) -> Counter[str]:
    """Return how often each folded word of ``text`` stands in it."""
    return Counter(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", fold(text)))


def broken(before: str, after: str, vocabulary: Mapping[str, int]) -> bool:
    """Return whether a hyphen at the end of a line was put there by the break.

    The page's other words decide; without their help a hyphen between two words of the page
    ("self-" + "service") stays.
    """
    left = re.search(r"([^\W\d_]+)-$", before)
    right = re.match(r"[^\W\d_]+", after)
    if not left or not right or not right[0][:1].islower():
        return False
    first, second = fold(left[1]), fold(right[0])
    if vocabulary.get(first + second, 0):
        return True
    if vocabulary.get(f"{first}-{second}", 0):
        return False
    return not (vocabulary.get(first, 0) > 1 and vocabulary.get(second, 0) > 1)


def unspaced(character: str) -> bool:
    """Return whether a character belongs to a script written without blanks."""
    return bool(character) and "\u2e80" <= character <= "\u9fff"
