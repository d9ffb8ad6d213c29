"""Acronyms and what they are short for, read off raw text.

Schwartz & Hearst (2003), "A simple algorithm for identifying abbreviation definitions in
biomedical text", with the letters aligned as :mod:`extract.letters` does, so that "the rate of
heart rate (HR)" starts at *heart* and a parenthesis whose letters only happen to occur in the words
before it is refused; and the further places that texts explain short forms in (lists, "stands
for", an equals sign).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extract.letters import (
    FUNCTION_WORDS,
    NUMERONYM,
    WORD,
    alignment_cost,
    is_short_for,
    is_shuffled,
    letters_of,
    limit,
)
from extract.model import Span

# What stands in brackets, brackets of one or two characters in it kept: "(FEV(1.0))", "(V(T))".
_PARENTHESIS = re.compile(
    r"\(((?:[^()\[\]]|(?<=\w)\([^()\s]{1,4}\)){1,120})\)|\[([^()\[\]]{1,120})\]"
)
# Where a long form cannot reach across.
_BREAK = re.compile(
    r"[;:()\[\]•\n]|(?<!\b(?:Inc|Ltd|Bhd|Pty))(?<!\bCo)(?<!\bCorp)(?<!\b[A-Z])[.!?]\s"
)
# Brackets within a name: "N-(1-naphthyl) ethylene diamine".
_ATTACHED = re.compile(r"(?<=[\w,'′]-)\([^()\s]{1,30}\)|(?<=\d)\([^()\sA-Z]{1,3}\)")
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
_SHUFFLED = 0.6
"""The cost of letters out of their order; all of them begin a word."""
_SURE = 0.5
"""The most an alignment may cost where nothing but the letters tells a short form."""
_MARKED = re.compile(r"\s*\\\w+\{([^{}]*)\}\s*$")
"""A short form that is marked up: "(\\textbf{PCA})"."""
_YEAR = re.compile(r"\s+(?:19|20)\d\d[a-z]?$")
_FIRMS = frozenset({"Inc", "Ltd", "Co", "Corp", "Bhd", "Pty"})
_INDEFINITE = frozenset({"a", "an"})
"""No long form begins with these in lower case: "an adverb (AA)"."""
_DOSE = re.compile(r"([A-Z]{2,3})(?:50|90|10|20|95)")
_SHARE = re.compile(r"(?:(?:half|maximal|maximum|median|mean|\d\d\s?%|per\s?cent)[\s-]+)+$", re.I)
_OR = re.compile(
    r",\s+(?:or(?:\s+simply)?|abbreviated(?:\s+(?:as|to))?|abbr\.)\s+"
    r"(?P<short>[A-Z][A-Z0-9-]{1,7}s?)(?=\s*[,.;)])"
)
"""A short form behind its long form: "chronic obstructive pulmonary disease, or COPD, is …"."""
_QUOTED = " \u00a0\"'“”‘’*_{}®™"
_SHORT = r"(?P<short>[^\W_a-z][\w&/+.-]{1,9})"
_LONG = r"(?P<long>[^\W\d_][^;:.()\[\]\n=]{3,120}?)"
# Behind an equals sign or a colon, in a list ("AUC, area under the curve; CI, …"), behind a verb
# ("NGO stands for …"): here each word of the long form has its letter.
_EXPLAINED = (
    re.compile(rf"(?<!\w){_SHORT}\s*[=:]\s*{_LONG}(?=\s*(?:[;,.()\n]|$|\s[A-Z]{{2,6}}\s*=|\s\s))"),
    re.compile(rf"(?:^|(?<=[\n;]))[^\S\n]*{_SHORT}\s+[-–—]\s+{_LONG}(?=\s*(?:[;,.)\n]|$))"),
    re.compile(
        rf"(?:(?:^|[;:\n])[^\S\n]*(?:and\s+)?){_SHORT},\s+{_LONG}(?=\s*(?:[;\n]|\.\s*$|\.\s|$))"
    ),
    re.compile(
        rf"(?<![\w(]){_SHORT},?\s+(?:(?:which|that)\s+)?(?:stands\s+for|(?:is\s+)?short\s+for|"
        rf"is\s+an?\s+(?:acronym|abbreviation|initialism)\s+(?:of|for)|meaning|abbreviates)\s+"
        rf"(?:an?\s+|the\s+)?[\"'“‘]?{_LONG}(?=[\"'”’]?\s*(?:[;:,.()\n]|$|\b(?:and|is|are|was|which|that|in)\b))"
    ),
)


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
    """Return the acronyms that ``text`` explains, in order of their place.

    "long (SHORT)", "SHORT (long)", "SHORT = long", "SHORT, long;" in lists, "SHORT stands for
    long". Offsets point into ``text`` as it is, so it must not be joined from tokens. Linear in
    the number of parentheses.
    """
    found: list[Acronym] = []
    at = 0
    while parenthesis := _PARENTHESIS.search(text, at):
        at = parenthesis.start() + 1
        kept = _in_parenthesis(text, parenthesis)
        if kept:
            at = parenthesis.end()
        found.extend(kept)
    found.extend(_explained(text, found))
    return sorted(found, key=lambda a: min(a.short_span.start, a.long_span.start))


def _in_parenthesis(text: str, parenthesis: re.Match[str]) -> list[Acronym]:
    """What the brackets hold: short forms of the words before them, or the long form."""
    whole = _whole(text, parenthesis)
    if whole is not None:
        return [whole]
    inside = list(_short_forms(parenthesis))
    forward = [_expand(text, parenthesis.start(), span) for span in inside]
    kept = [acronym for acronym in forward if acronym is not None]
    if "/" in _content(parenthesis)[0] and len(kept) < len(inside):
        return []  # "(CI/CD)": one name of two things
    if not kept:
        later = _later(text, parenthesis) or _both(parenthesis) or _reverse(text, parenthesis)
        kept = [later] if later is not None else []
    return kept


def _later(text: str, parenthesis: re.Match[str]) -> Acronym | None:
    """A short form behind something else: "(thyrotropin, TSH)", "(< 2500 g; LBW)"."""
    content, start = _content(parenthesis)
    for piece in list(re.finditer(r"[^,;]+", content))[1:]:
        short = piece[0].strip(_QUOTED)
        if not _is_plain(short):
            continue
        begin = start + piece.start() + piece[0].index(short)
        found = _expand(text, parenthesis.start(), Span(start=begin, end=begin + len(short)))
        if found is not None and found.cost < _SURE:
            return found
    return None


def _both(parenthesis: re.Match[str]) -> Acronym | None:
    """Short and long form in one pair of brackets: "(ACE, angiotensin converting enzyme)"."""
    content, start = _content(parenthesis)
    parts = re.fullmatch(r"\s*([^\s,;=:]+)\s*[,;=:]\s*([^,;=:]+?)\s*", content)
    if parts is None or not _is_plain(parts[1]) or len(WORD.findall(parts[2])) < 2:
        return None
    cost = alignment_cost(parts[1], parts[2])
    if cost is None or cost >= _SURE:
        return None
    return _acronym(parts[1], parts[2], start + parts.start(1), start + parts.start(2), cost)


def _is_plain(short: str) -> bool:
    """Whether a string is nothing but capitals (and a plural s): sure to be a short form."""
    return re.fullmatch(r"[A-Z][A-Z0-9-]{1,7}s?", short) is not None and _is_short(short)


def _content(parenthesis: re.Match[str]) -> tuple[str, int]:
    """What the brackets hold, and where it starts."""
    group = 1 if parenthesis[1] is not None else 2
    return parenthesis[group], parenthesis.start(group)


def _whole(text: str, parenthesis: re.Match[str]) -> Acronym | None:
    """A short form with a slash or brackets of its own: "(RTN/Ppy)", "(V(T))"."""
    content, start = _content(parenthesis)
    stripped = content.strip(_QUOTED)
    if not re.fullmatch(r"[\w+-]+(?:/[\w+-]+|\([\w.]+\)[\w+-]*)", stripped):
        return None
    begin = start + content.index(stripped)
    found = _expand(text, parenthesis.start(), Span(start=begin, end=begin + len(stripped)))
    if found is None or ("/" in stripped and not re.search(r"\w\s?/\s?\w", found.long)):
        return None
    return found


def _is_short(text: str) -> bool:
    """Whether a string can be a short form at all (Schwartz & Hearst 2003, section 2.1)."""
    letters = [c for c in text if c.isalnum()]
    if not 2 <= len(letters) <= 10 or len(text) > 14 or len(text.split()) > 2:
        return False
    if not any(c.isalpha() for c in letters) or not text[0].isalnum():
        return False
    if text.lower().rstrip(".") in _NOT_SHORT and not text.isupper():
        return False
    named = " " not in text and sum(c.isupper() for c in text) >= 2
    return named or not _VALUE.fullmatch(text)


def _short_forms(parenthesis: re.Match[str]) -> Iterator[Span]:
    """Spans of the short forms that a parenthesis may hold: "(QBR/EBR)" holds two."""
    content, at = _content(parenthesis)
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
        left = len(text) - len(text.lstrip(_QUOTED))
        stripped = text.strip(_QUOTED + ".") if "." not in text.rstrip(".") else text.strip(_QUOTED)
        if stripped and _is_short(stripped):
            begin = at + start + piece.start() + left
            yield Span(start=begin, end=begin + len(stripped))


def _expand(text: str, before: int, span: Span) -> Acronym | None:
    """The long form that ends before the parenthesis at ``before``."""
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
    if behind[int(closed) :].strip(_QUOTED + "\t,%"):
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
    found = _expand(text, before, plain)
    share = (
        _SHARE.search(text, max(0, found.long_span.start - 40), found.long_span.start)
        if found
        else None
    )
    if found is None or share is None:
        return None
    start = share.start()
    return _acronym(span.of(text), text[start : found.long_span.end], span.start, start, found.cost)


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
    if short.islower():
        # A lower-case word in parentheses is mostly a word: every letter must begin a word.
        return cost == 0 and len(letters) >= 3 and len(WORD.findall(long)) >= 3
    if not any(c.isupper() or c.isdigit() for c in short):
        return False
    # "Marketing (Market)": a capitalised word that is cut off is no acronym.
    words = WORD.findall(long)
    dotted = re.fullmatch(r"(?:[A-Z]\.){2,}", short)
    return len(words) > 1 or not (dotted or (short[1:].islower() and len(short) > 3))


def _reverse(text: str, parenthesis: re.Match[str]) -> Acronym | None:
    """ "SHORT (long form)": the word before the parenthesis stands for all words in it."""
    before = re.search(r"[^\s(\[“\"'‘]+[\s”\"’']*$", text[: parenthesis.start()][-40:])
    if not before:
        return None
    short = before[0].strip(" \t\u00a0”\"’'")
    short_start = max(0, parenthesis.start() - 40) + before.start()
    capitals = sum(c.isupper() for c in short)
    if not _is_short(short) or (capitals < 2 and not NUMERONYM.fullmatch(short)):
        return None
    content, start = _content(parenthesis)
    lead = re.match(r"(?:(?:short for|stands for|from|i\.e\.,?|or|the|an?|=)\s+)+", content, re.I)
    if lead:
        start += lead.end()
        content = content[lead.end() :]
    for stop in (len(content), *(m.start() for m in re.finditer(r"[,;:]|\s[-–—]\s", content))):
        long = content[:stop].strip(" \"'“”‘’")
        if len(WORD.findall(long)) < 2 and not (
            NUMERONYM.fullmatch(short) or _is_clipped(short, long)
        ):
            continue
        cost = alignment_cost(short, long)
        if cost is not None and cost <= limit(short):
            begin = start + content.index(long)
            return _acronym(short, long, short_start, begin, cost)
    return None


def _is_clipped(short: str, long: str) -> bool:
    """Whether capitals are the beginning of one word: "SUBST (substantive)"."""
    return (
        len(short) >= 3
        and short.isupper()
        and short.isalpha()
        and long.isalpha()
        and long.lower().startswith(short.lower())
        and len(long) >= len(short) + 3
    )


def _acronym(short: str, long: str, short_start: int, long_start: int, cost: float) -> Acronym:
    return Acronym(
        short=short,
        long=long,
        short_span=Span(start=short_start, end=short_start + len(short)),
        long_span=Span(start=long_start, end=long_start + len(long)),
        cost=cost,
    )


def _explained(text: str, found: list[Acronym]) -> Iterator[Acronym]:
    """Short forms that lists and verbs explain, besides those that were ``found``."""
    taken = {acronym.short_span.start for acronym in found}
    for match in _OR.finditer(text):
        span = Span(start=match.start("short"), end=match.end("short"))
        beside = _expand(text, match.start(), span) if span.start not in taken else None
        if beside is not None and beside.cost < _SURE:
            taken.add(span.start)
            yield beside
    for pattern in _EXPLAINED:
        for match in pattern.finditer(text):
            short = match["short"].rstrip(".,-/")
            if match.start("short") in taken or sum(c.isupper() for c in short) < 2:
                continue
            if not _is_short(short):
                continue
            long = match["long"]
            cost = alignment_cost(short, long) if is_short_for(short, long) else None
            if (cost is None or cost > _SURE) and pattern is _EXPLAINED[0]:
                long, cost = _opening(short, long), 0.0
            clipped = pattern is _EXPLAINED[0] and _is_clipped(short, long)
            if cost is None or cost > _SURE or (len(WORD.findall(long)) < 2 and not clipped):
                continue
            taken.add(match.start("short"))
            yield _acronym(short, long, match.start("short"), match.start("long"), cost)


def _opening(short: str, long: str) -> str:
    """The first words of ``long`` that have one letter each: "DF = dilution factor as measured"."""
    ends = [word.end() for word in WORD.finditer(long)]
    fits = (end for end in ends[1:] if alignment_cost(short, long[:end]) == 0)
    return long[: next(fits, 0)]
