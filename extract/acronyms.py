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

from extract.letters import NUMERONYM, WORD, alignment_cost, is_short_for, limit
from extract.long_forms import Acronym, expand
from extract.model import Span
from extract.short_forms import QUOTED, content_of, is_plain, is_short, short_forms

__all__ = ["Acronym", "find_acronyms"]

# What stands in brackets, brackets of one or two characters in it kept: "(FEV(1.0))", "(V(T))".
_PARENTHESIS = re.compile(
    r"\(((?:[^()\[\]]|(?<=\w)\([^()\s]{1,4}\)){1,120})\)|\[([^()\[\]]{1,120})\]"
)
_SURE = 0.5
"""The most an alignment may cost where nothing but the letters tells a short form."""
_OR = re.compile(
    r",\s+(?:or(?:\s+simply)?|abbreviated(?:\s+(?:as|to))?|abbr\.)\s+"
    r"(?P<short>[A-Z][A-Z0-9-]{1,7}s?)(?=\s*[,.;)])"
)
"""A short form behind its long form: "chronic obstructive pulmonary disease, or COPD, is …"."""
_SENTENCE = re.compile(r"[.!?]\s+(?=[A-Z])|\n\s*\n")
_CAPITALS = re.compile(r"(?<![\w/&(-])([A-Z]{3,6})(?=s?(?![\w/&-]))")
# A word; group 2 where it is no acronym itself.
_INITIAL = re.compile(r"([^\W\d_])(?:([a-z]{2,})(?![A-Z0-9])|[^\W_]*)")
_TOGETHER = re.compile(r"\w+(?:[ \t-]\w+)+")
"""Words in a row, nothing between."""
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
        rf"is\s+an?\s+(?:acronym|abbreviation|initialism)\s+(?:of|for)|meaning|denotes|abbreviates)\s+"
        rf"(?:an?\s+|the\s+)?[\"'“‘]?{_LONG}(?=[\"'”’]?\s*(?:[;:,.()\n]|$|\b(?:and|is|are|was|which|that|in)\b))"
    ),
)


def find_acronyms(text: str, *, apart: bool = False) -> list[Acronym]:
    """Return the acronyms that ``text`` explains, in order of their place.

    "long (SHORT)", "SHORT (long)", "SHORT = long", "SHORT, long;" in lists, "SHORT stands for
    long". With ``apart`` also short forms that stand elsewhere in the sentence than the words
    whose initials they are, three and more. Offsets point into ``text`` as it is, so it must not
    be joined from tokens. Linear in the number of parentheses.
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
    if apart:
        found.extend(_apart(text, found))
    return sorted(found, key=lambda a: min(a.short_span.start, a.long_span.start))


def _in_parenthesis(text: str, parenthesis: re.Match[str]) -> list[Acronym]:
    """What the brackets hold: short forms of the words before them, or the long form."""
    whole = _whole(text, parenthesis)
    if whole is not None:
        return [whole]
    inside = list(short_forms(parenthesis))
    forward = [expand(text, parenthesis.start(), span) for span in inside]
    kept = [acronym for acronym in forward if acronym is not None]
    if "/" in content_of(parenthesis)[0] and len(kept) < len(inside):
        return []  # "(CI/CD)": one name of two things
    if not kept:
        later = _later(text, parenthesis) or _both(parenthesis) or _reverse(text, parenthesis)
        kept = [later] if later is not None else []
    return kept


def _later(text: str, parenthesis: re.Match[str]) -> Acronym | None:
    """A short form behind something else: "(thyrotropin, TSH)", "(< 2500 g; LBW)"."""
    content, start = content_of(parenthesis)
    for piece in list(re.finditer(r"[^,;]+", content))[1:]:
        short = piece[0].strip(QUOTED)
        if not is_plain(short):
            continue
        begin = start + piece.start() + piece[0].index(short)
        found = expand(text, parenthesis.start(), Span(start=begin, end=begin + len(short)))
        if found is not None and found.cost < _SURE:
            return found
    return None


def _both(parenthesis: re.Match[str]) -> Acronym | None:
    """Short and long form in one pair of brackets: "(ACE, angiotensin converting enzyme)"."""
    content, start = content_of(parenthesis)
    parts = re.fullmatch(r"\s*([^\s,;=:]+)\s*[,;=:]\s*([^,;=:]+?)\s*", content)
    if parts is None or not is_plain(parts[1]) or len(WORD.findall(parts[2])) < 2:
        return None
    cost = alignment_cost(parts[1], parts[2])
    if cost is None or cost >= _SURE:
        return None
    return Acronym.at(parts[1], parts[2], start + parts.start(1), start + parts.start(2), cost)


def _whole(text: str, parenthesis: re.Match[str]) -> Acronym | None:
    """A short form with a slash or brackets of its own: "(RTN/Ppy)", "(V(T))"."""
    content, start = content_of(parenthesis)
    stripped = content.strip(QUOTED)
    if not re.fullmatch(r"[\w+-]+(?:/[\w+-]+|\([\w.]+\)[\w+-]*)", stripped):
        return None
    begin = start + content.index(stripped)
    found = expand(text, parenthesis.start(), Span(start=begin, end=begin + len(stripped)))
    if found is None or ("/" in stripped and not re.search(r"\w\s?/\s?\w", found.long)):
        return None
    return found


def _reverse(text: str, parenthesis: re.Match[str]) -> Acronym | None:
    """ "SHORT (long form)": the word before the parenthesis stands for all words in it."""
    before = re.search(r"[^\s(\[“\"'‘]+[\s”\"’']*$", text[: parenthesis.start()][-40:])
    if not before:
        return None
    short = before[0].strip(" \t\u00a0”\"’'")
    short_start = max(0, parenthesis.start() - 40) + before.start()
    capitals = sum(c.isupper() for c in short)
    if not is_short(short) or (capitals < 2 and not NUMERONYM.fullmatch(short)):
        return None
    content, start = content_of(parenthesis)
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
            return Acronym.at(short, long, short_start, begin, cost)
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


def _explained(text: str, found: list[Acronym]) -> Iterator[Acronym]:
    """Short forms that lists and verbs explain, besides those that were ``found``."""
    taken = {acronym.short_span.start for acronym in found}
    for match in _OR.finditer(text):
        span = Span(start=match.start("short"), end=match.end("short"))
        beside = expand(text, match.start(), span) if span.start not in taken else None
        if beside is not None and beside.cost < _SURE:
            taken.add(span.start)
            yield beside
    for pattern in _EXPLAINED:
        for match in pattern.finditer(text):
            short = match["short"].rstrip(".,-/")
            if match.start("short") in taken or sum(c.isupper() for c in short) < 2:
                continue
            if not is_short(short):
                continue
            long = match["long"]
            cost = alignment_cost(short, long) if is_short_for(short, long) else None
            if (cost is None or cost > _SURE) and pattern is _EXPLAINED[0]:
                long, cost = _opening(short, long), 0.0
            clipped = pattern is _EXPLAINED[0] and _is_clipped(short, long)
            if cost is None or cost > _SURE or (len(WORD.findall(long)) < 2 and not clipped):
                continue
            taken.add(match.start("short"))
            yield Acronym.at(short, long, match.start("short"), match.start("long"), cost)


def _opening(short: str, long: str) -> str:
    """The first words of ``long`` that have one letter each: "DF = dilution factor as measured"."""
    ends = [word.end() for word in WORD.finditer(long)]
    fits = (end for end in ends[1:] if alignment_cost(short, long[:end]) == 0)
    return long[: next(fits, 0)]


def _apart(text: str, found: list[Acronym]) -> Iterator[Acronym]:
    """ "We improve word embeddings for Chinese, as CWE": initials of words in a row, nowhere else.

    Only of what nothing explains in the whole text. Linear in the text, but for a search of each
    short form among the initials of its sentence.
    """
    explained = {acronym.short.rstrip("s") for acronym in found}
    start = 0
    for end in (*(m.end() for m in _SENTENCE.finditer(text)), len(text)):
        words = list(_INITIAL.finditer(text, start, end))
        initials = "".join(w[1].lower() if w[2] else "-" for w in words)
        first_of = {m[1]: m for m in reversed(list(_CAPITALS.finditer(text, start, end)))}
        for short in sorted(first_of.values(), key=lambda m: m.start()):
            letters = short[1].lower()
            at = initials.find(letters)
            if at < 0 or short[1] in explained or initials.find(letters, at + 1) >= 0:
                continue
            first, last = words[at], words[at + len(letters) - 1]
            long = text[first.start() : last.end()]
            if _TOGETHER.fullmatch(long):
                explained.add(short[1])
                several = text[short.end() : short.end() + 1] == "s" and long.endswith("s")
                written = short[1] + "s" * several  # "SVMs, i.e. support vector machines"
                yield Acronym.at(written, long, short.start(1), first.start(), 0.0)
        start = end
