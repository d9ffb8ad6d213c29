"""Short forms: which strings can be one, and where brackets hold them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extract.model import Span

_LEAD = re.compile(
    r"(?:(?:or|also|aka|a\.k\.a\.?|abbreviated(?: as| to)?|abbr\.?|the|i\.e\.,?|acronym:?|short:?|"
    r"known as|simply|often|usually|commonly|hereinafter|hereafter|shortened to|termed|called|"
    r"designated|denoted|=)\s+)+",
    re.IGNORECASE,
)
_TAIL = re.compile(r"\s+(?:for short|in short|for brevity|hereafter|hereinafter)$", re.IGNORECASE)
# Lower-case words in parentheses that are no short forms.
_NOT_SHORT_WORDS = (
    "see also noun verb adjective adverb the and for not all any per new old left right top bottom "
    "etc via viz cf eg ie usually often sometimes singular plural optional default example figure "
    "table chapter section page note mean sum total max min ref refs fig figs vs et al sd se"
)
_NOT_SHORT = frozenset(_NOT_SHORT_WORDS.split())
# Numbers with a unit, years, ranges, values: nothing is short for what is measured.
_VALUE = re.compile(
    r"[<>=~±+-]?\s?[\d.,]+\s?(?:%|[a-zµμ°]\w{0,3}|[A-Z]?[a-z]{0,2})|(?:19|20)\d\d\w?|[\d.,:/–-]+"
)
_MARKED = re.compile(r"\s*\\\w+\{([^{}]*)\}\s*$")
"""A short form that is marked up: "(\\textbf{PCA})"."""
_YEAR = re.compile(r"\s+(?:19|20)\d\d[a-z]?$")
QUOTED = " \u00a0\"'“”‘’*_{}®™"
"""Characters around a form that are no part of it."""


def is_short(text: str) -> bool:
    """Return whether a string can be a short form at all (Schwartz & Hearst 2003, section 2.1)."""
    letters = [c for c in text if c.isalnum()]
    if not 2 <= len(letters) <= 10 or len(text) > 14 or len(text.split()) > 2:
        return False
    if not any(c.isalpha() for c in letters) or not text[0].isalnum():
        return False
    if text.lower().rstrip(".") in _NOT_SHORT and not text.isupper():
        return False
    named = " " not in text and sum(c.isupper() for c in text) >= 2
    return named or not _VALUE.fullmatch(text)


def is_plain(short: str) -> bool:
    """Return whether a string is nothing but capitals (and a plural s): sure to be a short form."""
    return re.fullmatch(r"[A-Z][A-Z0-9-]{1,7}s?", short) is not None and is_short(short)


def content_of(parenthesis: re.Match[str]) -> tuple[str, int]:
    """Return what the brackets of a match hold, and where it starts."""
    group = 1 if parenthesis[1] is not None else 2
    return parenthesis[group], parenthesis.start(group)


def short_forms(parenthesis: re.Match[str]) -> Iterator[Span]:
    """Yield the spans of the short forms that a parenthesis may hold: "(QBR/EBR)" holds two."""
    content, at = content_of(parenthesis)
    marked = _MARKED.match(content)
    if marked:
        content, at = marked[1], at + marked.start(1)
    cut = re.search(r"[,;:]|\s[-–—=]\s", content)
    if cut:
        content = content[: cut.start()]
    lead = _LEAD.match(content)
    start = lead.end() if lead else 0
    tail = _TAIL.search(content) or _YEAR.search(content)
    end = tail.start() if tail else len(content)
    for piece in re.finditer(r"(?:(?!\s(?:or|and)\s|/).)+", content[start:end]):
        text = piece[0]
        left = len(text) - len(text.lstrip(QUOTED))
        stripped = text.strip(QUOTED + ".") if "." not in text.rstrip(".") else text.strip(QUOTED)
        if stripped and is_short(stripped):
            begin = at + start + piece.start() + left
            yield Span(start=begin, end=begin + len(stripped))
