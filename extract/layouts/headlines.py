"""Headwords on lines of their own, told by what sets them off from their definitions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

from extract.labels import fold
from extract.languages import Words
from extract.layouts.heads import COLLATIONS, Head, order, whole
from extract.layouts.lines import Line
from extract.layouts.variants import variants
from extract.model import Role

_WHOLLY_MARKED = re.compile(r"([*_'=]{2,}).+\1:?")
# Entries have hardly more names under one another than this.
_STACKED = 12
# An introduction has hardly more lines than this.
_OPENING = 12
# Blank lines by twos before entries and by ones within them are set by hand, to set entries apart.
_APART = 1.05


def headlines(part: Sequence[Line], words: Words) -> Iterator[tuple[list[Head], float]]:
    """Yield the lines that each way of setting headwords off takes for headwords, with a weight."""
    first = part[0].number
    eligible = {h.line: h for line in part[:-1] if (h := whole(line, words))}

    def after(line: Line) -> Line | None:
        at = line.number - first + 1
        return part[at] if at < len(part) else None

    def longer(line: Line, following: Line) -> bool:
        return len(following.text) > len(line.text) or following.closed

    tests: Mapping[str, Callable[[Line, Line], bool]] = {
        "block": lambda a, b: a.gap != 0 and b.gap <= 0,
        "spaced": lambda a, b: a.gap != 0 and b.gap != 0,
        "more space": lambda a, b: a.gap > b.gap,
        "hanging": lambda a, b: a.indent < b.indent,
        "capitals": lambda a, b: a.text.isupper() and not b.text.isupper(),
        "colon": lambda a, _: a.text.rstrip("*_ ").endswith((":", "：")),
        "open": lambda a, b: not a.closed and longer(a, b),
        "underlined": lambda a, _: a.underlined,
        "marked": lambda a, b: bool(a.marker) and not b.marker,
        "heading": lambda a, _: a.block.role is Role.HEADING,
        "bold": lambda a, _: bool(a.block.bold) or bool(_WHOLLY_MARKED.fullmatch(a.text)),
    }
    seen: set[tuple[int, ...]] = set()
    pools: list[list[Head]] = []
    for test in tests.values():
        hits = []
        for line in part[:-1]:
            following = after(line)
            if following and line.number in eligible and test(line, following):
                hits.append(eligible[line.number])
        pools.append(hits)
        if test is tests["more space"] and hits and (opening := _opening(hits[0], part, eligible)):
            pools.append([opening, *hits])
    pools.append(_alternating(part, eligible))
    pools.extend(_classes(part, eligible))
    yield from ((heads, _SLIPPED) for heads in _strays(part, eligible))
    for hits in pools:
        if not hits:
            continue
        hits = _first_of_group(hits, part, eligible)
        for variant, weight in variants(_not_running(hits), part, words):
            whole_set, share = _completed(variant, part, eligible)
            for chosen, factor in (
                (whole_set, weight),
                (variant, weight * share),
                (_without_pointers(variant, part), weight * share),
            ):
                key = tuple(h.line for h in chosen)
                if chosen and key not in seen:
                    seen.add(key)
                    yield chosen, factor * _set_apart(chosen, part) * _under(chosen, part)


def _opening(head: Head, part: Sequence[Line], eligible: Mapping[int, Head]) -> Head | None:
    """The head of the first entry, which stands under an introduction as its paragraphs do."""
    first = part[0].number
    for line in reversed(part[: head.line - first]):
        following = part[line.number - first + 1]
        if line.number in eligible and line.gap and not line.closed and following.closed:
            return eligible[line.number]
        if head.line - line.number > _OPENING:
            break
    return None


def _without_pointers(heads: Sequence[Head], part: Sequence[Line]) -> list[Head]:
    """The heads without those that only repeat another's name, over no sentence.

    Lists of related terms below an entry hold the headwords of others on lines of their own.
    """
    first = part[0].number
    names = [fold(part[h.line - first].text[h.begin : h.end]) for h in heads]
    told = [part[h.line + 1 - first].closed for h in heads]
    defined = {name for name, sentence in zip(names, told, strict=True) if sentence}
    return [
        h
        for h, name, sentence in zip(heads, names, told, strict=True)
        if sentence or name not in defined
    ]


def _set_apart(heads: Sequence[Head], part: Sequence[Line]) -> float:
    """The factor of heads that alone have more than one blank line before them."""
    first = part[0].number
    apart = sum(part[h.line - first].gap > 1 for h in heads)
    others = sum(line.gap > 1 for line in part) - apart
    within = any(line.gap == 1 for line in part)
    return _APART if within and apart >= 0.9 * len(heads) and not others else 1.0


def _under(heads: Sequence[Head], part: Sequence[Line]) -> float:
    """The factor of heads that stand right below headings: those are the heads, these subtitles."""
    first = part[0].number
    below = sum(
        part[h.line - first].block.role is not Role.HEADING
        and h.line > first
        and part[h.line - 1 - first].block.role is Role.HEADING
        for h in heads
    )
    return _SUBTITLE if len(heads) > 1 and below > 0.8 * len(heads) else 1.0


# What stands under each heading of a page is what an acronym stands for, or a tag.
_SUBTITLE = 0.6


def _completed(
    heads: Sequence[Head], part: Sequence[Line], eligible: Mapping[int, Head]
) -> tuple[list[Head], float]:
    """The heads with the lines that stand just like them, and the share that they are of all.

    Only where standing so tells heads from other lines: hardly a line that cannot be a headword
    stands like this.
    """
    first = part[0].number

    def stand(line: Line) -> tuple[Hashable, ...]:
        following = part[line.number - first + 1]
        return (
            line.marker, line.indent, line.gap != 0 or line.fresh, line.block.role,
            line.block.level, line.block.section, bool(line.block.bold), line.underlined,
            following.gap > 0, following.indent - line.indent, following.marker,
        )  # fmt: skip

    taken = {h.line for h in heads}
    counts = Counter(stand(part[h.line - first]) for h in heads)
    usual_stands = {s for s, n in counts.items() if n >= 0.2 * len(heads)}
    added, others = [], 0
    for line in part[:-1]:
        if line.number not in taken and stand(line) in usual_stands:
            if line.number in eligible and line.number - 1 not in taken:
                added.append(eligible[line.number])
            else:
                others += 1
    if not added or others > 0.15 * len(heads):
        return list(heads), 1.0
    found = _not_running(sorted([*heads, *added], key=lambda h: h.line))
    return found, min(len(heads) / len(found), 1.0)


def _first_of_group(
    hits: Sequence[Head], part: Sequence[Line], eligible: Mapping[int, Head]
) -> list[Head]:
    """The heads, of several at the margin above one indented definition the first.

    The first is the one that the page is sorted by; the others are further names.
    """
    first = part[0].number
    found: dict[int, Head] = {}
    bottom = -1
    for hit in hits:
        if hit.line <= bottom:
            continue
        top = last = hit.line
        while (
            last - top < _STACKED
            and last + 1 - first < len(part)
            and _stacked(part[last + 1 - first], part[last - first])
        ):
            last += 1
        below = part[last + 1 - first] if last + 1 - first < len(part) else None
        if below is not None and below.indent > part[top - first].indent:
            while (
                last - top < _STACKED
                and top > first
                and top - 1 > bottom
                and top - 1 in eligible
                and _stacked(part[top - first], part[top - 1 - first])
            ):
                top -= 1
            bottom = last
            if part[top - first].gap == 0 and top != first:
                top = hit.line
        found.setdefault(top, eligible.get(top, hit))
    return [found[line] for line in sorted(found)]


def _stacked(line: Line, above: Line) -> bool:
    """Whether a line stands right below another at the same margin, both no sentences."""
    alike = line.gap == 0 and line.indent == above.indent and line.marker == above.marker
    return alike and not above.closed and not line.closed


def _not_running(hits: Sequence[Head]) -> list[Head]:
    """Of heads on adjacent lines the last: the others are titles over it."""
    return [
        h
        for h, following in zip(hits, [*hits[1:], None], strict=True)
        if following is None or following.line != h.line + 1
    ]


def _alternating(part: Sequence[Line], eligible: Mapping[int, Head]) -> list[Head]:
    """Every second line, from the one where that holds longest."""
    best: list[Head] = []
    for offset in (0, 1):
        run: list[Head] = []
        for line in part[offset:-1:2]:
            following = part[line.number - part[0].number + 1]
            head = eligible.get(line.number)
            if head and (len(following.text) >= len(line.text) * 0.6 or following.closed):
                run.append(head)
            else:
                best, run = max(best, run, key=len), []
        best = max(best, run, key=len)
    return best


def _strays(part: Sequence[Line], eligible: Mapping[int, Head]) -> Iterator[list[Head]]:
    """The headings of the level that most have, with the few that slipped to a higher one.

    A page written by several hands has a term or two as ``##`` among ``###``. Such a heading has
    its text right below and stands at its place in the alphabet, as no title of a part does.
    """
    first = part[0].number
    found = [
        h
        for h in eligible.values()
        if part[h.line - first].block.role is Role.HEADING
        and part[h.line - first + 1].block.role is not Role.HEADING
    ]
    levels = Counter(part[h.line - first].block.level for h in found)
    main = levels.most_common(1)[0][0] if levels else 0
    kept = [h for h in found if 1 < part[h.line - first].block.level <= main]
    if len(kept) == levels[main] or levels[main] < _MANY or len(kept) > 1.2 * levels[main]:
        return
    names = [COLLATIONS["case-folded"](part[h.line - first].text[h.begin : h.end]) for h in kept]
    if order(names) > _IN_ORDER:
        yield kept


# A page whose headings stand on two levels in one alphabet is the less even for it.
_SLIPPED = 1.2
# So many headings tell their level, and this share of them in order the alphabet.
_MANY, _IN_ORDER = 5, 0.95


def _classes(part: Sequence[Line], eligible: Mapping[int, Head]) -> Iterator[list[Head]]:
    """The lines of one element of the page's markup (``h3``, ``div.term > span``)."""
    classes: dict[tuple[Role, int, str], list[Head]] = {}
    for line in part:
        if line.number in eligible and line.block.role is not Role.LINE:
            key = (line.block.role, line.block.level, line.block.section)
            classes.setdefault(key, []).append(eligible[line.number])
    yield from (heads for heads in classes.values() if len(heads) <= 0.6 * len(part))
