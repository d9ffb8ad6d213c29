"""The layouts that compete for a page: each names the lines at which it would begin an entry."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from extract.labels import fold
from extract.labels import key as label_key
from extract.languages import Words
from extract.layouts.headlines import headlines
from extract.layouts.heads import (
    COLLATIONS,
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
from extract.layouts.tags import tags
from extract.layouts.unmarked import unmarked
from extract.layouts.variants import alike, features, variants

_PREPOSITIONS = frozenset({"of", "in", "on", "for", "with", "from", "that", "by", "at", "to"})
_PRONOUNS = frozenset({"it", "they", "this", "these", "that", "which", "who", "others", "you"})
# So many subjects in order are no accident.
_MANY = 6
# A text of so few lines may hold a single entry.
_SMALL = 12


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
            # A page of two entries may bear the name of one.
            page = start == 0 and stop == len(lines)
            kept = heads if page and len(heads) <= 2 else _below(title, heads, lines)
            if kept:
                yield layout, _bare(kept, part), weight


def _below(title: int | None, heads: list[Head], lines: Sequence[Line]) -> list[Head]:
    """The heads without the title, and without the few lines above it that look like heads.

    Above a title stands what leads to the page: links, crumbs, a form. Where those lines, the
    title and the first head below it are in order, the "title" is a headword like them.
    """
    if title is None:
        return heads
    below = [h for h in heads if h.line > title]
    above = [h for h in heads if h.line < title]
    names = [lines[h.line].text[h.begin : h.end] for h in above]
    names += [lines[title].text, *(lines[h.line].text[h.begin : h.end] for h in below[:1])]
    if len(below) > len(above) and order([COLLATIONS["case-folded"](n) for n in names]) < 1:
        return below
    return [*above, *below]


# What encloses headwords on some pages: quotes (legal definitions, GNU info), colons (the Jargon
# File), brackets.
_ENCLOSED = ("“”", "‘’", "„“", "«»", '""', "''", "<>", "[]", "::")


def _bare(heads: list[Head], part: Sequence[Line]) -> list[Head]:
    """The heads without the quotes or marks that enclose nearly all of them."""
    first = part[0].number

    def enclosure(head: Head) -> str:
        text = part[head.line - first].text
        inner = text[head.begin : head.begin + 1] + text[head.end - 1 : head.end]
        if inner[:1] == ":" and text[head.end : head.end + 1] == ":":
            return "::"  # the second one separates
        return inner if inner in _ENCLOSED and head.end - head.begin > 2 else ""

    usual, number = Counter(map(enclosure, heads)).most_common(1)[0]
    if not usual or number < 0.8 * len(heads):
        return heads
    return [
        replace(
            h, begin=h.begin + 1, end=h.end - (part[h.line - first].text[h.end - 1] == usual[1])
        )
        if enclosure(h) == usual
        else h
        for h in heads
    ]


def _inline(part: Sequence[Line], words: Words) -> Iterator[tuple[list[Head], float]]:
    for pattern in SEPARATORS.values():
        hits = [h for line in part if (h := split_at(line, pattern, words))]
        if len(hits) >= 2 or (hits and len(part) <= _SMALL):
            yield from variants(hits, part, words)
    hits = [h for line in part if (h := before_part_of_speech(line, words))]
    if len(hits) >= 2:
        certain = 0.8 + 0.25 * _share(hits, part)
        yield from ((v, certain * w) for v, w in variants(hits, part, words))


def _share(hits: Sequence[Head], part: Sequence[Line]) -> float:
    """Which share of the lines that stand as most of the hits do are hits.

    Where many are none, the part of speech stands behind some headwords only.
    """
    first = part[0].number
    stands = Counter(features(part[h.line - first]) for h in hits)
    usual, number = stands.most_common(1)[0]
    alike = sum(features(line) == usual for line in part)
    return number / alike


def _bold(part: Sequence[Line], words: Words) -> Iterator[tuple[list[Head], float]]:
    hits = [h for line in part if (h := emphasised(line, words))]
    if hits:
        yield from ((v, 1.02 * w) for v, w in variants(hits, part, words))


def _labels(part: Sequence[Line], words: Words) -> Iterator[tuple[list[Head], float]]:
    hits = [h for line in part if (h := labelled(line, words))]
    if hits:
        yield hits, 1.1


def _capitals(part: Sequence[Line], words: Words) -> Iterator[tuple[list[Head], float]]:
    hits = [h for line in part if (h := capitals(line, words))]
    if len(hits) >= 2:
        yield from ((v, w) for v, w in variants(hits, part, words))


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
    hits: list[Head] = []
    names: list[str] = []
    previous = ""
    for line in part:
        subject = defining_subject(line.text, words)
        if not subject:
            continue
        key = label_key(subject)
        if previous and (key == previous or key in previous or _narrows(key, previous)):
            continue
        hits.append(Head(line=line.number, body=0))
        names.append(subject)
        previous = key
    if not hits:
        return
    yield hits, 0.75
    collate = max(COLLATIONS.values(), key=lambda f: order([f(n) for n in names]))
    keys = [collate(n) for n in names]
    if len(kept := longest_ordered(keys)) >= max(_MANY, 0.75 * len(hits)):
        loose = {i for i, name in enumerate(names) if not name[0].isalnum()}
        found = [(hits[i], keys[i]) for i in sorted({*_filed(keys, kept), *loose})]
        yield _filled(found, part, words, collate), 0.9


def _filed(keys: Sequence[str], kept: Sequence[int]) -> Iterator[int]:
    """The places of keys in order, and of those that are out of it but at their letter.

    Entries are misfiled by a word or two; a subject from elsewhere in the alphabet is that of a
    paragraph within an entry.
    """
    letters = [key[:1] for key in keys]
    for before, after in pairwise([-1, *kept, len(keys)]):
        low = letters[max(before, kept[0])]
        high = letters[min(after, kept[-1])]
        yield from (i for i in range(before + 1, after) if low <= letters[i] <= high)
        if after < len(keys):
            yield after


def _filled(
    found: Sequence[tuple[Head, str]],
    part: Sequence[Line],
    words: Words,
    collate: Callable[[str], str],
) -> list[Head]:
    """The heads of paragraphs in alphabetical order, and of those that keep it between them.

    A paragraph that says what something does ("The halyard hoists …") begins an entry as well
    where it stands as the others do and its first words come between its neighbours' subjects.
    """
    first = part[0].number
    usual = Counter(features(part[head.line - first]) for head, _ in found).most_common(1)[0][0]
    heads: list[Head] = []
    for (head, key), following in zip(found, [*found[1:], None], strict=True):
        heads.append(head)
        if following is None:
            break
        opening = _opening(part[head.line - first], words)
        for line in part[head.line + 1 - first : following[0].line - first]:
            name = _opening(line, words)
            own = collate(" ".join(name))
            if (
                alike(features(line), usual)
                and line.closed
                and name[0] not in words.anaphora | _PRONOUNS
                and key < own <= following[1]
                and name[: len(key.split())] != opening[: len(key.split())]
            ):
                heads.append(Head(line=line.number, body=0))
                key, opening = own, name
    return heads


def _opening(line: Line, words: Words) -> list[str]:
    """The first few words of a line, folded, without a determiner before them."""
    tokens = [fold(token).strip(",;:") for token in line.text.split(None, 7)[:7]]
    return tokens[1:] if len(tokens) > 1 and tokens[0] in words.determiners else tokens[:6]


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
    "headline": headlines,
    "tag": tags,
    "unmarked": unmarked,
    "label": _labels,
    "part of speech": _parts_of_speech,
    "sentence": _sentences,
}
