"""The layouts that compete for a page: each names the lines at which it would begin an entry."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from extract.labels import fold
from extract.labels import key as label_key
from extract.languages import Words
from extract.layouts.headlines import headlines
from extract.layouts.heads import (
    SEPARATORS,
    Head,
    before_part_of_speech,
    capitals,
    emphasised,
    labelled,
    part_of_speech,
    split_at,
    whole,
)
from extract.layouts.lines import Line
from extract.layouts.variants import features, variants

_PREPOSITIONS = frozenset({"of", "in", "on", "for", "with", "from", "that", "by", "at", "to"})
_PRONOUNS = frozenset({"it", "they", "this", "these", "that", "which", "who", "others", "you"})
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
            kept = [h for h in heads if h.line != title] if len(heads) > 2 else heads
            if kept:
                yield layout, kept, weight


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
    "headline": headlines,
    "label": _labels,
    "part of speech": _parts_of_speech,
    "sentence": _sentences,
}
