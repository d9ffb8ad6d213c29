"""Long forms: the words before a short form that its letters stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.letters import (
    FUNCTION_WORDS,
    NUMERONYM,
    WORD,
    alignment_cost,
    is_shuffled,
    letters_of,
    limit,
)
from extract.model import Span
from extract.short_forms import QUOTED

# Where a long form cannot reach across.
_BREAK = re.compile(
    r"[;:()\[\]•\n]|(?<!\b(?:Inc|Ltd|Bhd|Pty))(?<!\bCo)(?<!\bCorp)(?<!\b[A-Z])[.!?]\s"
)
# Brackets within a name: "N-(1-naphthyl) ethylene diamine".
_ATTACHED = re.compile(r"(?<=[\w,'′]-)\([^()\s]{1,30}\)|(?<=\d)\([^()\sA-Z]{1,3}\)")
_SHUFFLED = 0.6
"""The cost of letters out of their order; all of them begin a word."""
_FIRMS = frozenset({"Inc", "Ltd", "Co", "Corp", "Bhd", "Pty"})
_INDEFINITE = frozenset({"a", "an"})
"""No long form begins with these in lower case: "an adverb (AA)"."""
_DOSE = re.compile(r"([A-Z]{2,3})(?:50|90|10|20|95)")
_SHARE = re.compile(r"(?:(?:half|maximal|maximum|median|mean|\d\d\s?%|per\s?cent)[\s-]+)+$", re.I)


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

    @classmethod
    def at(cls, short: str, long: str, short_start: int, long_start: int, cost: float) -> Acronym:
        """Return the pair of two strings that start at these offsets."""
        return cls(
            short=short,
            long=long,
            short_span=Span(start=short_start, end=short_start + len(short)),
            long_span=Span(start=long_start, end=long_start + len(long)),
            cost=cost,
        )


def expand(text: str, before: int, span: Span) -> Acronym | None:
    """Return the long form that ends before the parenthesis at ``before``."""
    short = span.of(text)
    size = len(letters_of(short))
    # The long form lies within min(|A| + 5, 2|A|) words of short form A (Schwartz & Hearst 2003).
    reach = min(size + 5, size * 2) + 1
    window_start = max(0, before - 30 * reach)
    window = text[window_start:before]
    window = _ATTACHED.sub(lambda m: f"-{m[0][1:-1]}-", window)
    stops = list(_BREAK.finditer(window.rstrip()))
    if stops:
        window = window[stops[-1].end() :]
        window_start += stops[-1].end()
    words = list(WORD.finditer(window))
    # Numbers and single letters in a name ("2,3-dichloro-p-dioxin") are no words of their own.
    while len(words) > reach and sum(len(w[0]) > 1 for w in words) > reach:
        words.pop(0)
    if not words:
        return None
    behind = window[words[-1].end() :]
    closed = behind.startswith(".") and words[-1][0] in _FIRMS
    if behind[int(closed) :].strip(QUOTED + "\t,%"):
        return None
    end = window_start + words[-1].end() + int(closed)
    best: tuple[float, int, int] | None = None
    for number, word in enumerate(words):
        if word[0].lower() == short.lower() or word[0] in _INDEFINITE:
            continue
        long = window[word.start() : words[-1].end()]
        if len(long) <= len(short) or re.match(rf"{re.escape(short)}(?![^\W_])", long, re.I):
            continue
        cost = alignment_cost(short, long)
        if cost is None:
            continue
        introduced = number + 1 < len(words) and words[number + 1][0] in _INDEFINITE | {"the"}
        if word[0].lower() in FUNCTION_WORDS and (cost > 0 or introduced):
            continue  # "parsed as an adverb (AA)"
        rank = (cost, -number, window_start + word.start())
        if best is None or rank < best:
            best = rank
    dose = _DOSE.fullmatch(short) if best is None else None
    if dose:
        return _effective(text, before, span, dose)
    if best is None:
        content = [w for w in words if w[0].lower() not in FUNCTION_WORDS][-size:]
        if not is_shuffled(short, [w[0] for w in content]):
            return None
        best = (_SHUFFLED, 0, window_start + content[0].start())
    cost, _, start = best
    start = _with_locants(text, start, window_start)
    if not _is_sure(short, text[start:end], cost):
        return None
    return Acronym(
        short=short,
        long=text[start:end],
        short_span=span,
        long_span=Span(start=start, end=end),
        cost=cost,
    )


def _effective(text: str, before: int, span: Span, dose: re.Match[str]) -> Acronym | None:
    """ "Half maximal inhibitory concentration (IC50)": the number is a share, "half" or so."""
    plain = Span(start=span.start, end=span.start + dose.end(1))
    found = expand(text, before, plain)
    share = (
        _SHARE.search(text, max(0, found.long_span.start - 40), found.long_span.start)
        if found
        else None
    )
    if found is None or share is None:
        return None
    start = share.start()
    return Acronym.at(
        span.of(text), text[start : found.long_span.end], span.start, start, found.cost
    )


def _with_locants(text: str, start: int, least: int) -> int:
    """Where a name starts with what belongs to it: "2,3,7,8-tetrachloro…", "N-(1-naphthyl)…"."""
    before = re.search(r"(?<![^\s])(?:\d[\d,'′]*-|[\w,'′-]+-\([\d,'′-]*)$", text[least:start])
    return least + before.start() if before else start


def _is_sure(short: str, long: str, cost: float) -> bool:
    letters = letters_of(short)
    if cost > limit(short):
        return False
    if NUMERONYM.fullmatch(short):
        return True
    if re.fullmatch(r"(?:[a-z]\.){2,4}|(?:[a-z]\.){1,3}[a-z]", short):
        return True  # "intraperitoneally (i.p.)"
    if re.fullmatch(r"[a-z]{1,4}[24][a-z]{1,4}", short):
        return len(WORD.findall(long)) > 2  # "sequence-to-sequence (seq2seq)"
    if short.islower():
        # A lower-case word in parentheses is mostly a word: every letter must begin a word.
        return cost == 0 and len(letters) >= 3 and len(WORD.findall(long)) >= 3
    if not any(c.isupper() or c.isdigit() for c in short):
        return False
    # "Marketing (Market)": a capitalised word that is cut off is no acronym.
    words = WORD.findall(long)
    dotted = re.fullmatch(r"(?:[A-Z]\.){2,}", short)
    return len(words) > 1 or not (dotted or (short[1:].islower() and len(short) > 3))
