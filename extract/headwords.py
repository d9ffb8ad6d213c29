"""Headwords of articles that print none: candidates from the text, chosen along the alphabet.

A Viterbi pass picks one candidate an article. Breaking alphabetical order and leaving the page's
letter cost something, but not everything: pages file "PRM tools" before "Paid channel".
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from extract.articles import Article
from extract.labels import fold, singular
from extract.layouts.heads import COLLATIONS
from extract.model import Span
from extract.namings import WEIGHTS, Candidate, merged, propose, subject

__all__ = ["Candidate", "Headword", "assign", "display", "merged", "propose", "subject"]
__all__ += ["unnumbered"]

# Costs in natural logarithms, so 1.2 means: as if the candidate were less than a third as likely.
_BREAK, _LETTER, _REPEAT = 1.2, 1.6, 3.0
# Rules whose headword stands where the text says what the entry is about.
_NAMED = frozenset({"printed", "subject"})
_SECTION = re.compile(r"(?:\d{1,3}|[A-Z])(?:\.\d{1,3})+\.?\s+(?=[^\W\d])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Headword:
    """The headword chosen for an article, and why."""

    text: str
    """In the case a dictionary would print it."""
    span: Span | None
    rule: str
    score: float
    """The candidate's own score, in (0, 1]."""
    inferred: bool
    """Whether the article nowhere says outright that it is about this."""
    rivals: tuple[Candidate, ...] = ()
    """The other candidates, best first; at most eight."""


def assign(
    articles: Sequence[Article], candidates: Sequence[Sequence[Candidate]]
) -> list[Headword]:
    """Return the headword of each article: the likeliest row of candidates along the alphabet.

    ``candidates`` are those of :func:`propose`, with any others added (see :func:`merged`). The
    collation is the one under which the row breaks order least. Where a pick still leaves the
    order, its neighbours' common first word is tried before it ("Certifications" between "Partner
    badge" and "Partner collaboration"), once. Cost: articles × candidates².
    """
    rows = [list(c)[:12] for c in candidates]
    if not rows:
        return []
    picks = _best_row(articles, rows)
    widened = [
        [*row, *_prefixed(articles[number], number, picks, rows)]
        if row and row[0].rule != "printed"
        else row
        for number, row in enumerate(rows)
    ]
    if any(len(a) != len(b) for a, b in zip(rows, widened, strict=True)):
        rows = widened
        picks = _best_row(articles, rows)
    return [
        Headword(
            text=pick.text if pick.rule == "printed" else display(pick.text),
            span=pick.span,
            rule=pick.rule,
            score=pick.score,
            inferred=pick.rule not in _NAMED,
            rivals=tuple(c for c in row if c is not pick)[:8],
        )
        for pick, row in zip(picks, rows, strict=True)
    ]


def display(text: str) -> str:
    """Return a headword taken from running text as a heading: its first letter a capital.

    Words with capitals of their own further on ("iPaaS") and code keep their case.
    """
    first = text.split(" ", 1)[0]
    if first != first.lower() or not text[:1].islower() or "_" in first:
        return text
    return text[0].upper() + text[1:]


def _best_row(articles: Sequence[Article], rows: Sequence[Sequence[Candidate]]) -> list[Candidate]:
    """The candidates of the likeliest path, under the collation that makes it likeliest."""
    found = [
        (*_viterbi(articles, rows, collate), name)
        for name, collate in COLLATIONS.items()
        if name != "initial"
    ]
    return max(found, key=lambda x: x[0])[1]


def _viterbi(
    articles: Sequence[Article],
    rows: Sequence[Sequence[Candidate]],
    collate: Callable[[str], str],
) -> tuple[float, list[Candidate]]:
    scores: list[float] = []
    keys: list[str] = []
    back: list[list[int]] = []
    for article, row in zip(articles, rows, strict=True):
        own_keys = [collate(display(c.text)) for c in row]
        own_scores, own_back = [], []
        for candidate, own in zip(row, own_keys, strict=True):
            emission = math.log(max(candidate.score, 1e-6)) - _off_letter(article, own)
            best, at = 0.0, -1
            if scores:
                options = [s - _step(k, own) for s, k in zip(scores, keys, strict=True)]
                at = max(range(len(options)), key=options.__getitem__)
                best = options[at]
            own_scores.append(best + emission)
            own_back.append(at)
        if not row:
            own_scores, own_back, own_keys = [max(scores, default=0.0)], [0], [""]
        scores, keys = own_scores, own_keys
        back.append(own_back)
    at = max(range(len(scores)), key=scores.__getitem__)
    total = scores[at]
    picks: list[Candidate] = []
    for row, links in zip(reversed(rows), reversed(back), strict=True):
        picks.append(
            row[at] if row else Candidate(text="", span=None, score=0.0, rule="first words")
        )
        at = links[at]
    return total, picks[::-1]


def _step(previous: str, own: str) -> float:
    if previous and previous == own:
        return _REPEAT
    return _BREAK if previous > own else 0.0


def _off_letter(article: Article, key: str) -> float:
    letter = fold(article.letter)
    if len(letter) != 1 or not letter.isalpha():
        return 0.0
    return 0.0 if fold(key).startswith(letter) else _LETTER


def _prefixed(
    article: Article,
    number: int,
    picks: Sequence[Candidate],
    rows: Sequence[Sequence[Candidate]],
) -> list[Candidate]:
    """The article's candidates behind the first word that both neighbours begin with.

    The subject in any case, other candidates if the article says both words together.
    """
    if not 0 < number < len(picks) - 1:
        return []
    before = display(picks[number - 1].text).split()
    after = display(picks[number + 1].text).split()
    if min(len(before), len(after)) < 2 or before[0] != after[0]:
        return []
    first = before[0]
    text = fold(" ".join(p.text for p in article.body))
    found = []
    for candidate in rows[number]:
        own = candidate.text
        if candidate.rule == "first words" or fold(own).startswith(fold(first)):
            continue
        rest = own[0].lower() + own[1:] if own[1:2].islower() else own
        printed = fold(f"{first} {rest}") in text
        if not printed and candidate.rule in _NAMED:
            *start, last = rest.split()
            one = singular(fold(last))
            rest = " ".join([*start, one if last[1:].islower() and one in text else last])
        elif not printed:
            continue
        found.append(
            Candidate(
                text=f"{first} {rest}",
                span=None if printed else candidate.span,
                score=WEIGHTS["neighbours"] * (1.1 if printed else 1.0),
                rule="neighbours",
            )
        )
    return found


_RAISED = re.compile(r"(?<=[^\W\d_])[¹²³⁴-⁹](?=\s*(?:$|[,(]))")


def without_homonym_numbers(names: Sequence[Headword]) -> list[Headword]:
    """Return the headwords without the raised numbers that tell homonyms apart ("bate¹", "bate²").

    Only where a word has two such numbers: "m²" alone is a unit.
    """
    numbers: dict[str, set[str]] = {}
    for name in names:
        if raised := _RAISED.search(name.text):
            numbers.setdefault(fold(_RAISED.sub("", name.text)), set()).add(raised[0])
    found = []
    for name in names:
        bare = _RAISED.sub("", name.text)
        if len(numbers.get(fold(bare), ())) > 1 and bare != name.text:
            span = name.span
            if span is not None and name.text.startswith(bare):
                span = Span(start=span.start, end=span.start + len(bare))
            name = replace(name, text=bare, span=span)
        found.append(name)
    return found


def unnumbered(names: Sequence[Headword]) -> list[Headword]:
    """Return the headwords without the section numbers before them ("3.1.4 audit").

    Standards and manuals number their terms like chapters. Only where at least half of the
    headwords, and three, have such numbers: a "3.5 mm jack" keeps its own.
    """
    numbers = [_SECTION.match(name.text) for name in names]
    counted = sum(number is not None for number in numbers)
    if counted < 3 or 2 * counted < len(names):
        return list(names)
    return [
        _behind(name, number.end()) if number is not None else name
        for name, number in zip(names, numbers, strict=True)
    ]


def _behind(name: Headword, start: int) -> Headword:
    """The headword from one of its code points on."""
    span = name.span
    if span is not None and span.end - span.start == len(name.text):
        span = Span(start=span.start + start, end=span.end)
    return replace(name, text=name.text[start:], span=span)
