"""The layouts that compete for a page: each names the lines at which it would begin an entry."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

from extract.labels import fold
from extract.labels import key as label_key
from extract.languages import Words
from extract.layouts.heads import (
    COLLATIONS,
    LABEL,
    SEPARATORS,
    Head,
    before_part_of_speech,
    capitals,
    emphasised,
    labelled,
    longest_ordered,
    order,
    part_of_speech,
    split_at,
    whole,
)
from extract.layouts.lines import Line
from extract.model import Role

_WHOLLY_MARKED = re.compile(r"([*_'=]{2,}).+\1:?")
_PREPOSITIONS = frozenset({"of", "in", "on", "for", "with", "from", "that", "by", "at", "to"})
_PRONOUNS = frozenset({"it", "they", "this", "these", "that", "which", "who", "others", "you"})
# A head that stands like all others but breaks their order is more often a head than not.
_UNPROVEN = 0.97

# In a list this long a label word that keeps the order may be a headword.
_MANY = 8
# Entries have hardly more names under one another than this.
_STACKED = 12
# A text of so few lines may hold a single entry.
_SMALL = 12

# Blank lines by twos before entries and by ones within them are set by hand, to set entries apart.
_APART = 1.05

Proposal = tuple[str, list[Head], float]


def proposals(
    lines: Sequence[Line], start: int, stop: int, words: Words, title: int | None = None
) -> Iterator[Proposal]:
    """Yield (layout, heads, weight) for every layout that finds heads in a stretch of lines.

    ``title`` is the number of the line that is the page's title, which is no headword.
    """
    part = lines[start:stop]
    for layout, propose in LAYOUTS.items():
        for heads, weight in propose(part, words):
            kept = [h for h in heads if h.line != title] if len(heads) > 2 else heads
            if kept:
                yield layout, kept, weight


def _inline(part: Sequence[Line], words: Words) -> Iterator[tuple[list[Head], float]]:
    for pattern in SEPARATORS.values():
        hits = [h for line in part if (h := split_at(line, pattern, words))]
        if len(hits) >= 2 or (hits and len(part) <= _SMALL):
            yield from _variants(hits, part, words)
    hits = [h for line in part if (h := before_part_of_speech(line, words))]
    if len(hits) >= 2:
        certain = 0.8 + 0.25 * _share(hits, part)
        yield from ((v, certain * w) for v, w in _variants(hits, part, words))


def _share(hits: Sequence[Head], part: Sequence[Line]) -> float:
    """Which share of the lines that stand as most of the hits do are hits.

    Where many are none, the part of speech stands behind some headwords only.
    """
    first = part[0].number
    stands = Counter(_features(part[h.line - first]) for h in hits)
    usual, number = stands.most_common(1)[0]
    alike = sum(_features(line) == usual for line in part)
    return number / alike


def _bold(part: Sequence[Line], words: Words) -> Iterator[tuple[list[Head], float]]:
    hits = [h for line in part if (h := emphasised(line, words))]
    if hits:
        yield from ((v, 1.02 * w) for v, w in _variants(hits, part, words))


def _labels(part: Sequence[Line], words: Words) -> Iterator[tuple[list[Head], float]]:
    hits = [h for line in part if (h := labelled(line, words))]
    if hits:
        yield hits, 1.1


def _capitals(part: Sequence[Line], words: Words) -> Iterator[tuple[list[Head], float]]:
    hits = [h for line in part if (h := capitals(line, words))]
    if len(hits) >= 2:
        yield from ((v, w) for v, w in _variants(hits, part, words))


def _variants(
    hits: Sequence[Head], part: Sequence[Line], words: Words
) -> Iterator[tuple[list[Head], float]]:
    """Yield the hits, and those that share what most of them share: bullet, indent, blank line.

    What only looks like a head (a colon within a definition, a bulleted part of an entry)
    mostly stands otherwise than the heads of the page do, or breaks their alphabetical order.
    """
    first = part[0].number
    seen: set[tuple[int, ...]] = set()

    def fresh(heads: Sequence[Head]) -> bool:
        key = tuple(h.line for h in heads)
        if len(heads) < min(2, len(hits)) or key in seen:
            return False
        seen.add(key)
        return True

    features = [_features(part[h.line - first]) for h in hits]
    pools = [list(range(len(hits)))]
    for feature in range(len(features[0])):
        for pool in list(pools):
            counts = Counter(features[i][feature] for i in pool)
            for value, number in counts.most_common(2):
                if 2 <= number < len(pool) and value is not None:
                    pools.append([i for i in pool if features[i][feature] in (value, None)])
    for pool in pools:
        names = [part[hits[i].line - first].text[hits[i].begin : hits[i].end] for i in pool]
        breakers = _breakers(names)
        common = Counter(features[i] for i in pool).most_common(1)[0][0]
        # Labels within entries ("Note: …") are heads only where everything else speaks for it.
        labels = {
            n
            for n, i in enumerate(pool)
            if hits[i].weight <= LABEL
            and words.label(names[n])
            and (n in breakers or len(pool) < _MANY or names.count(names[n]) > 1)
        }
        weak = {
            n
            for n, i in enumerate(pool)
            if n in breakers
            and (
                not _alike(features[i], common)
                or hits[i].weight <= 0.85
                or (hits[i].line == first and hits[i].body is None)
            )
        }
        for dropped, weight in (
            (labels, 1.0),
            (labels | weak, 1.0),
            (labels | breakers, _UNPROVEN),
        ):
            heads = [hits[i] for n, i in enumerate(pool) if n not in dropped]
            if fresh(heads):
                # What a variant leaves out looked like a head, too.
                yield heads, weight * (0.75 + 0.25 * len(heads) / (len(hits) - len(labels)))


def _features(line: Line) -> tuple[Hashable, ...]:
    """What sets a line off from others by its place and markup."""
    block = line.block
    gap = None if line.fresh else line.gap != 0
    return line.marker, line.indent, gap, (block.role, block.level, block.section)


def _alike(one: Sequence[Hashable], other: Sequence[Hashable]) -> bool:
    """Whether two lines stand alike; None is like anything."""
    return all(a == b or a is None or b is None for a, b in zip(one, other, strict=True))


def _breakers(names: Sequence[str]) -> set[int]:
    """The places of the few names that break an order which nearly all keep."""
    if len(names) < 6:
        return set()
    collate = max(COLLATIONS.values(), key=lambda f: order([f(n) for n in names]))
    kept = longest_ordered([collate(n) for n in names])
    return set(range(len(names))) - set(kept) if len(kept) >= 0.75 * len(names) else set()


def _headlines(part: Sequence[Line], words: Words) -> Iterator[tuple[list[Head], float]]:
    """Headwords on lines of their own, told by what sets them off from their definitions."""
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
    for hits in pools:
        if not hits:
            continue
        hits = _first_of_group(hits, part, eligible)
        for variant, weight in _variants(_not_running(hits), part, words):
            whole_set, share = _completed(variant, part, eligible)
            for chosen, factor in (
                (whole_set, weight),
                (variant, weight * share),
                (_without_pointers(variant, part), weight * share),
            ):
                key = tuple(h.line for h in chosen)
                if chosen and key not in seen:
                    seen.add(key)
                    yield chosen, factor * _set_apart(chosen, part)


def _opening(head: Head, part: Sequence[Line], eligible: Mapping[int, Head]) -> Head | None:
    """The head of the first entry, which stands under an introduction as its paragraphs do."""
    first = part[0].number
    for line in reversed(part[: head.line - first]):
        following = part[line.number - first + 1]
        if line.number in eligible and line.gap and not line.closed and following.closed:
            return eligible[line.number]
        if head.line - line.number > _SMALL:
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


def _classes(part: Sequence[Line], eligible: Mapping[int, Head]) -> Iterator[list[Head]]:
    """The lines of one element of the page's markup (``h3``, ``div.term > span``)."""
    classes: dict[tuple[Role, int, str], list[Head]] = {}
    for line in part:
        if line.number in eligible and line.block.role is not Role.LINE:
            key = (line.block.role, line.block.level, line.block.section)
            classes.setdefault(key, []).append(eligible[line.number])
    yield from (heads for heads in classes.values() if len(heads) <= 0.6 * len(part))


def _parts_of_speech(part: Sequence[Line], words: Words) -> Iterator[tuple[list[Head], float]]:
    """Entries that begin with ``Noun`` on a line of its own, or have it below their headword."""
    hits = [line.number - part[0].number for line in part if part_of_speech(line.text, words)]
    above = [
        head
        for at in hits
        if at and not part[at - 1].closed and (head := whole(part[at - 1], words))
    ]
    if len(above) > 0.6 * len(hits):
        yield above, 1.02
    elif hits:
        yield [Head(line=part[at].number, body=None) for at in hits], 1.0


def _sentences(part: Sequence[Line], words: Words) -> Iterator[tuple[list[Head], float]]:
    """Paragraphs without headwords, of which some begin with a defining sentence."""
    hits = []
    previous = ""
    for line in part:
        subject = defining_subject(line.text, words)
        if not subject:
            continue
        key = label_key(subject)
        if previous and (key == previous or key in previous or _narrows(key, previous)):
            continue
        hits.append(Head(line=line.number, body=0))
        previous = key
    if hits:
        yield hits, 0.75


def _narrows(key: str, previous: str) -> bool:
    """Whether a subject is the one before with a phrase behind it ("annotations of names")."""
    first, *rest = key.split()
    return len(rest) > 1 and rest[0] in _PREPOSITIONS and label_key(first) == label_key(previous)


def defining_subject(text: str, words: Words) -> str:
    """Return what the first sentence of ``text`` is about, if it says what that is, or ``""``.

    The words up to the first ``is``, ``refers to`` … after its determiner; none where they begin
    with an anaphor ("This process is …") or hold more than ten words.
    """
    sentence = re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0]
    verbs = "|".join(re.escape(v) for v in words.verbs if v in words.strong)
    found = re.match(rf"(.{{1,100}}?)(?:,[^,]*,)?\s(?:{verbs})\s", sentence, re.I)
    if not found:
        return ""
    tokens = found[1].split()
    if tokens and fold(tokens[0]) in words.determiners:
        tokens = tokens[1:]
    if not tokens or len(tokens) > 8 or fold(tokens[0]).strip(",") in words.anaphora:
        return ""
    if any(fold(t) in words.strong or fold(t) in _PRONOUNS for t in tokens):
        return ""
    return " ".join(tokens)


LAYOUTS: Mapping[str, Callable[[Sequence[Line], Words], Iterator[tuple[list[Head], float]]]] = {
    "separator": _inline,
    "bold": _bold,
    "capitals": _capitals,
    "headline": _headlines,
    "label": _labels,
    "part of speech": _parts_of_speech,
    "sentence": _sentences,
}
