"""Acronyms and what they are short for, read off raw text.

The method is that of Schwartz & Hearst (2003), "A simple algorithm for identifying abbreviation
definitions in biomedical text", with their backward scan replaced by the cheapest alignment of
letters to words, so that "the rate of heart rate (HR)" starts at *heart* and a parenthesis
whose letters only happen to occur in the words before it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from extract.model import Span

_PARENTHESIS = re.compile(r"[(\[]([^()\[\]]{1,120})[)\]]")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|&", re.UNICODE)
# Where a long form cannot reach across.
_BREAK = re.compile(r"[;:()\[\]•\n]|[.!?]\s")
_LEAD = re.compile(
    r"(?:(?:or|also|aka|a\.k\.a\.?|abbreviated(?: as| to)?|abbr\.?|the|i\.e\.,?|acronym:?|short:?|"
    r"known as|simply|often|usually|commonly|hereinafter|hereafter|shortened to|=)\s+)+",
    re.IGNORECASE,
)
_TAIL = re.compile(r"\s+(?:for short|in short|for brevity|hereafter|hereinafter)$", re.IGNORECASE)
_FUNCTION_WORDS_WORDS = (
    "a an and are as at by de del des der di du for from in into is la le of on or per the to und "
    "van via von with within & que et y"
)
_FUNCTION_WORDS = frozenset(_FUNCTION_WORDS_WORDS.split())
# Lower-case words in parentheses that are no short forms.
_NOT_SHORT_WORDS = (
    "see also noun verb adjective adverb the and for not all any per new old left right top bottom "
    "etc via viz cf eg ie usually often sometimes singular plural optional default example figure "
    "table chapter section page note mean sum total max min ref refs"
)
_NOT_SHORT = frozenset(_NOT_SHORT_WORDS.split())
_SPOKEN = {
    "2": ("to", "two", "too"), "4": ("for", "four"), "3": ("three",), "1": ("one",), "8": ("ate",),
    "&": ("and",), "0": ("zero",), "5": ("five",), "6": ("six",), "7": ("seven",), "9": ("nine",),
}  # fmt: skip
_NUMERONYM = re.compile(r"([A-Za-z])(\d{1,2})([A-Za-z])")

# Costs of an alignment, chosen on sentences of our own writing (tests/cases/acronyms.json).
_SKIPPED_WORD = 1.0
_NEXT_LETTER = 0.05
_INNER_LETTER = 0.45
_LATE_START = 0.9
_LIMIT = 0.34
"""The most that an alignment may cost for each letter of the short form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acronym:
    """A short form beside its long form."""

    short: str
    long: str
    short_span: Span
    """Offsets in the text that was searched."""
    long_span: Span
    cost: float
    """0 where every letter begins a word in order; a rank, smaller is surer."""


def find_acronyms(text: str) -> list[Acronym]:
    """Return the acronyms that ``text`` explains, in order: "long (SHORT)" and "SHORT (long)".

    Offsets point into ``text`` as it is, so it must not be joined from tokens. Linear in the
    number of parentheses.
    """
    found: list[Acronym] = []
    for parenthesis in _PARENTHESIS.finditer(text):
        inside = list(_short_forms(parenthesis))
        forward = [_expand(text, parenthesis.start(), span) for span in inside]
        kept = [acronym for acronym in forward if acronym is not None]
        if "/" in parenthesis[1] and len(kept) < len(inside):
            continue  # "(CI/CD)": one name of two things
        if not kept:
            reverse = _reverse(text, parenthesis)
            kept = [reverse] if reverse is not None else []
        found.extend(kept)
    return found


def is_short_for(short: str, long: str) -> bool:
    """Return whether the letters of ``short`` stand for the words of ``long``, all of them."""
    cost = alignment_cost(short, long)
    return cost is not None and cost <= _LIMIT * len(_letters(short))


@lru_cache(maxsize=4096)
def alignment_cost(short: str, long: str) -> float | None:
    """Return how dearly the letters of ``short`` align to the words of ``long``; None: not at all.

    The first letter must begin the first word. 0 is one letter a word, function words aside.
    """
    words = tuple(w.lower() for w in _WORD.findall(long))
    if not words:
        return None
    numeronym = _NUMERONYM.fullmatch(short)
    if numeronym and len(words) == 1:
        first, inner, last = numeronym.groups()
        if (words[0][0], len(words[0]) - 2, words[0][-1]) == (
            first.lower(),
            int(inner),
            last.lower(),
        ):
            return 0.0
    costs = [c for letters in _readings(short) if (c := _align(letters, words)) is not None]
    return min(costs, default=None)


def _letters(short: str) -> str:
    return "".join(c for c in short.lower() if c.isalnum() or c == "&")


def _readings(short: str) -> Iterator[str]:
    """The letters of a short form: as they are, without a plural s, digits as repetition."""
    letters = _letters(short)
    yield letters
    if len(letters) > 2 and short.rstrip("'’")[-1:] == "s" and short[:-1].rstrip("'’").isupper():
        yield letters[:-1]
    repeated = re.sub(r"([a-z])([23])", lambda m: m[1] * int(m[2]), letters)
    if repeated != letters:
        yield repeated


def _align(letters: str, words: tuple[str, ...]) -> float | None:
    """The cheapest alignment by dynamic programming over (word, letter)."""
    infinite = float("inf")
    # best[k]: cheapest cost of having placed k letters in the words so far.
    best = [infinite] * (len(letters) + 1)
    first = _placements(letters, 0, words[0])
    for placed, cost in first:
        best[placed] = min(best[placed], cost)
    for word in words[1:]:
        skip = 0.0 if word in _FUNCTION_WORDS else _SKIPPED_WORD
        following = [cost + skip for cost in best]
        for k, cost in enumerate(best):
            if cost == infinite:
                continue
            for placed, price in _placements(letters, k, word):
                following[k + placed] = min(following[k + placed], cost + price)
            if k and k < len(letters):
                late = word.find(letters[k], 1)
                if late > 0:
                    following[k + 1] = min(following[k + 1], cost + _LATE_START)
        best = following
    return None if best[-1] == infinite else best[-1]


def _placements(letters: str, k: int, word: str) -> list[tuple[int, float]]:
    """(letters placed, cost) of putting the letters from ``k`` on into a word from its start."""
    if k >= len(letters):
        return []
    if word[0] != letters[k]:
        if word in _SPOKEN.get(letters[k], ()):
            return [(1, 0.0)]
        if letters[k] == "x" and word.startswith("ex"):
            return [(1, 0.1)]
        return []
    placed, cost, at = 1, 0.0, 0
    found = [(1, 0.0)]
    while k + placed < len(letters):
        where = word.find(letters[k + placed], at + 1)
        if where < 0:
            break
        cost += _NEXT_LETTER if where == at + 1 else _INNER_LETTER
        placed, at = placed + 1, where
        found.append((placed, cost))
    return found


def _is_short(text: str) -> bool:
    """Whether a string can be a short form at all (Schwartz & Hearst 2003, section 2.1)."""
    letters = [c for c in text if c.isalnum()]
    return (
        2 <= len(letters) <= 10
        and len(text) <= 14
        and len(text.split()) <= 2
        and any(c.isalpha() for c in letters)
        and text[0].isalnum()
        and text.lower() not in _NOT_SHORT
        and not re.fullmatch(r"[\d.,]+\s?\w{1,3}|(?:19|20)\d\d\w?", text)
    )


def _short_forms(parenthesis: re.Match[str]) -> Iterator[Span]:
    """Spans of the short forms that a parenthesis may hold: "(QBR/EBR)" holds two."""
    content, at = parenthesis[1], parenthesis.start(1)
    cut = re.search(r"[,;:]|\s[-–—]\s", content)
    if cut:
        content = content[: cut.start()]
    lead = _LEAD.match(content)
    start = lead.end() if lead else 0
    tail = _TAIL.search(content)
    end = tail.start() if tail else len(content)
    for piece in re.finditer(r"(?:(?!\s(?:or|and)\s|/).)+", content[start:end]):
        text = piece[0]
        left = len(text) - len(text.lstrip(" \"'“”‘’"))
        stripped = (
            text.strip(" \"'“”‘’.") if "." not in text.rstrip(".") else text.strip(" \"'“”‘’")
        )
        if stripped and _is_short(stripped):
            begin = at + start + piece.start() + left
            yield Span(start=begin, end=begin + len(stripped))


def _expand(text: str, before: int, span: Span) -> Acronym | None:
    """The long form that ends before the parenthesis at ``before``."""
    short = span.of(text)
    size = len(_letters(short))
    # The long form lies within min(|A| + 5, 2|A|) words of short form A (Schwartz & Hearst 2003).
    reach = min(size + 5, size * 2) + 1
    window_start = max(0, before - 30 * reach)
    window = text[window_start:before]
    stops = list(_BREAK.finditer(window.rstrip()))
    if stops:
        window_start += stops[-1].end()
        window = text[window_start:before]
    words = list(_WORD.finditer(window))[-reach:]
    if not words or window[words[-1].end() :].strip(" \u00a0\t\"'“”‘’,%"):
        return None
    end = window_start + words[-1].end()
    best: tuple[float, int, int] | None = None
    for number, word in enumerate(words):
        if word[0].lower() == short.lower():
            continue
        long = window[word.start() : words[-1].end()]
        if len(long) <= len(short):
            continue
        cost = alignment_cost(short, long)
        if cost is None:
            continue
        if word[0].lower() in _FUNCTION_WORDS and cost > 0:
            continue
        rank = (cost, -number, window_start + word.start())
        if best is None or rank < best:
            best = rank
    if best is None:
        return None
    cost, _, start = best
    if not _is_sure(short, text[start:end], cost):
        return None
    return Acronym(
        short=short,
        long=text[start:end],
        short_span=span,
        long_span=Span(start=start, end=end),
        cost=cost,
    )


def _is_sure(short: str, long: str, cost: float) -> bool:
    letters = _letters(short)
    if cost > _LIMIT * len(letters):
        return False
    if _NUMERONYM.fullmatch(short):
        return True
    if short.islower():
        # A lower-case word in parentheses is mostly a word: every letter must begin a word.
        return cost == 0 and len(letters) >= 3 and len(_WORD.findall(long)) >= 3
    if not any(c.isupper() or c.isdigit() for c in short):
        return False
    # "Marketing (Market)": a capitalised word that is cut off is no acronym.
    words = _WORD.findall(long)
    return not (len(words) == 1 and short[1:].islower() and len(short) > 3)


def _reverse(text: str, parenthesis: re.Match[str]) -> Acronym | None:
    """ "SHORT (long form)": the word before the parenthesis stands for all words in it."""
    before = re.search(r"[^\s(\[“\"'‘]+[\s”\"’']*$", text[: parenthesis.start()])
    if not before:
        return None
    short = before[0].strip(" \t\u00a0”\"’'")
    capitals = sum(c.isupper() for c in short)
    if not _is_short(short) or (capitals < 2 and not _NUMERONYM.fullmatch(short)):
        return None
    content, start = parenthesis[1], parenthesis.start(1)
    lead = re.match(r"(?:(?:short for|stands for|from|i\.e\.,?|or|the|an?|=)\s+)+", content, re.I)
    if lead:
        start += lead.end()
        content = content[lead.end() :]
    for stop in (len(content), *(m.start() for m in re.finditer(r"[,;:]|\s[-–—]\s", content))):
        long = content[:stop].strip(" \"'“”‘’")
        if len(_WORD.findall(long)) < 2 and not _NUMERONYM.fullmatch(short):
            continue
        cost = alignment_cost(short, long)
        if cost is not None and cost <= _LIMIT * len(_letters(short)):
            begin = start + content.index(long)
            return Acronym(
                short=short,
                long=long,
                short_span=Span(start=before.start(), end=before.start() + len(short)),
                long_span=Span(start=begin, end=begin + len(long)),
                cost=cost,
            )
    return None


def variants(short: str) -> tuple[str, ...]:
    """Return a short form with and without its plural s: ``KPIs`` and ``KPI``."""
    if len(short) > 2 and short.endswith("s") and short[:-1].isupper():
        return (short, short[:-1])
    return (short,)


def initials(label: str) -> set[str]:
    """Return what the first letters of a label's words spell, with and without function words."""
    words = [w.lower() for w in _WORD.findall(label)]
    if not words:
        return set()
    content = [w for w in words if w not in _FUNCTION_WORDS] or words
    return {"".join(w[0] for w in words), "".join(w[0] for w in content)}
