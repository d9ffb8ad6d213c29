"""How the letters of a short form stand for the words of a long one, and how dearly.

The method is that of Schwartz & Hearst (2003) with their backward scan replaced by the cheapest
alignment: a letter that begins a word costs nothing, one within a word a little, a word without a
letter more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|&", re.UNICODE)
_FUNCTION_WORDS = (
    "a all an and are as at by de del des der di du for from in into is la le of on or per the to "
    "und van via von with within & que et y"
)
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
_SPOKEN = {
    "2": ("to", "two", "too", "second"), "4": ("for", "four", "fourth"), "3": ("three", "third"),
    "1": ("one", "first"), "8": ("ate",), "&": ("and",), "0": ("zero",), "5": ("five", "fifth"),
    "6": ("six",), "7": ("seven",), "9": ("nine",),
}  # fmt: skip
_GREEK = str.maketrans(
    {"α": "a", "β": "b", "γ": "g", "δ": "d", "ε": "e", "κ": "k", "λ": "l", "μ": "m", "π": "p"}
    | {"σ": "s", "τ": "t", "φ": "p", "χ": "c", "ω": "o", "θ": "t"}
)
"""A Greek letter is read by its name: "γ-aminobutyric acid (GABA)"."""
NUMERONYM = re.compile(r"([A-Za-z])(\d{1,2})([A-Za-z])")

_SPELLED_OUT = re.compile(r"([A-Z]{2,6})-?([A-Z][a-z]{3,})")

# Costs of an alignment, chosen on sentences of our own writing (tests/cases/acronyms.json).
_SKIPPED_WORD = 0.8
_SKIPPED_TAIL = 0.6
"""A word behind the last letter: "Community Intervention Trial for Smoking Cessation (COMMIT)"."""
_SKIPPED_SYMBOL = 0.1
"""A number or a single letter: "2,3-dichloro-p-dioxin"."""
_REPEATED = 0.2
"""A digit read as repetition: "W3C" is "World Wide Web Consortium"."""
_NEXT_LETTER = 0.05
_INNER_LETTER = 0.45
_LATE_START = 0.9
_LIMIT = 0.34
"""The most that an alignment may cost for each letter of the short form."""


def is_short_for(short: str, long: str) -> bool:
    """Return whether the letters of ``short`` stand for the words of ``long``, all of them."""
    cost = alignment_cost(short, long)
    return cost is not None and cost <= limit(short)


def limit(short: str) -> float:
    """Return the most that the alignment of ``short`` may cost."""
    return _LIMIT * len(letters_of(short))


@lru_cache(maxsize=4096)
def alignment_cost(short: str, long: str) -> float | None:
    """Return how dearly the letters of ``short`` align to the words of ``long``; None: not at all.

    The first letter must begin the first word. 0 is one letter a word, function words aside.
    """
    words = tuple(_folded(w) for w in WORD.findall(long))
    if not words:
        return None
    spelled = _SPELLED_OUT.fullmatch(short)
    if spelled and words[-1] == spelled[2].lower():
        # "UN-Women": initials of how the name begins, and its last word
        first = "".join(w[0] for w in words if w not in FUNCTION_WORDS)
        return _REPEATED if first.startswith(spelled[1].lower()) else None
    numeronym = NUMERONYM.fullmatch(short)
    if numeronym and len(words) == 1:
        first, inner, last = numeronym.groups()
        if (words[0][0], len(words[0]) - 2, words[0][-1]) == (
            first.lower(),
            int(inner),
            last.lower(),
        ):
            return 0.0
    costs = [
        cost + price
        for letters, price in _readings(short)
        if (cost := _align(letters, words)) is not None
    ]
    return min(costs, default=None)


def letters_of(short: str) -> str:
    """Return what of a short form stands for words: its letters and digits, folded, and "&"."""
    return "".join(c for c in _folded(short) if c.isalnum() or c == "&")


def _folded(text: str) -> str:
    """Lower case, Greek letters by name, without accents: "Électricité de France (EDF)"."""
    text = text.lower().translate(_GREEK)
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _readings(short: str) -> Iterator[tuple[str, float]]:
    """The letters of a short form, and a price: without a plural s, digits as repetition."""
    letters = letters_of(short)
    yield letters, 0.0
    if len(letters) > 2 and short.rstrip("'’")[-1:] == "s" and short[:-1].rstrip("'’").isupper():
        yield letters[:-1], 0.0
    within = re.fullmatch(r"([\w-]{2,})\([\w.]+\)", short)
    if within:  # "FEV(1.0)": what is written below the line is no letter of a word
        yield letters_of(within[1]), _REPEATED
    repeated = re.sub(r"([a-z])([23])", lambda m: m[1] * int(m[2]), letters)
    if repeated != letters:
        yield repeated, _REPEATED


def _align(letters: str, words: tuple[str, ...]) -> float | None:
    """The cheapest alignment by dynamic programming over (word, letter)."""
    infinite = float("inf")
    # best[k]: cheapest cost of having placed k letters in the words so far.
    best = [infinite] * (len(letters) + 1)
    first = _placements(letters, 0, words[0])
    for placed, cost in first:
        best[placed] = min(best[placed], cost)
    for word in words[1:]:
        skip = _skipped(word)
        following = [cost + skip for cost in best]
        if skip == _SKIPPED_WORD:
            following[-1] = best[-1] + _SKIPPED_TAIL
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


def _skipped(word: str) -> float:
    """What it costs that no letter stands for a word."""
    if word in FUNCTION_WORDS:
        return 0.0
    return _SKIPPED_SYMBOL if len(word) == 1 or word.isdigit() else _SKIPPED_WORD


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


def is_shuffled(short: str, words: list[str]) -> bool:
    """Return whether a short form has the initials of all these words, in another order.

    "Computed axial tomography (CAT)" is also written "axial computed tomography (CAT)". At least
    three letters: of two, chance has half the orders.
    """
    letters = letters_of(short)
    first = [_folded(w)[0] for w in words]
    return len(letters) >= 3 and short.isupper() and sorted(first) == sorted(letters)


def variants(short: str) -> tuple[str, ...]:
    """Return a short form with and without its plural s: ``KPIs`` and ``KPI``."""
    if len(short) > 2 and short.endswith("s") and short[:-1].isupper():
        return (short, short[:-1])
    return (short,)


def initials(label: str) -> set[str]:
    """Return what the first letters of a label's words spell, with and without function words."""
    words = [w.lower() for w in WORD.findall(label)]
    if not words:
        return set()
    content = [w for w in words if w not in FUNCTION_WORDS] or words
    return {"".join(w[0] for w in words), "".join(w[0] for w in content)}
