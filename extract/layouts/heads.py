"""What a headword looks like, and the places of a line where it can end."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from extract.labels import fold
from extract.languages import Words
from extract.layouts.lines import Line
from extract.model import Role

_ABBREVIATION = re.compile(
    r"(?:\b\w\.(?:\w\.)*|\b(?:etc|inc|ltd|co|corp|no|vs|st|jr|sr|dr|al))\.?$", re.I
)
LABEL = 0.5
"""What a headword's weight is multiplied by if it is also a label within entries."""
_INNER = re.compile(r"\w\s?::?\s+[\w/]|\w：\w|\w\s[-–—]{1,2}\s\w|\w[—―]\w|\w\t")
_BRACKETS_BEHIND = re.compile(r"\s*[(\[（][^()\[\]（）]*[)\]）]\s*$")
"""What a headword has behind it, whatever stands inside: "Yeast (de: Hefe)"."""
# Statements and prompts: definitions show them on lines of their own, no headword reads so.
_STATEMENT = re.compile(
    r"^(?:>>>|\$\s|(?:class|def)\s\w+\s*[(:]|from\s\S+\simport\s)|^[\w.\[\]]+\s=\s\S|::=|\w\(\S.*=\s?\S"
    r"|^(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP)\s.*\b(?:FROM|INTO|SET|WHERE|TABLE|VIEW)\s"
)
_OPENERS = {"(": ")", "[": "]", "{": "}", "“": "”", "«": "»", "（": "）"}
_LONGEST_HEAD, _MOST_WORDS = 90, 12
# Markup that ends up in plain text: Markdown and MediaWiki emphasis, wiki headings.
_EMPHASIS = re.compile(
    r"(\*{2,3}|_{2}|'{2,5}|\*|`{1,2}|<b>|<strong>)(?=\S)(.+?)(?<=\S)(?:\1|</b>|</strong>)"
)


PRONUNCIATION = re.compile(r"/[^/\n]{1,50}/(?:(?:,|\s+or)\s+/[^/\n]{1,50}/)*[,;.]?")
"""How a headword is spoken, between slashes, as dictionaries say it below or behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A line that begins an entry."""

    line: int
    """Its number among the lines of the page."""
    begin: int = 0
    """Where in its text the headword begins …"""
    end: int = 0
    """… and ends; equal for an entry without a headword."""
    body: int | None = None
    """Where in its text the definition begins; None: on the next line."""
    weight: float = 1.0
    """How much the headword looks like one, in [0, 1]."""


def bare(text: str) -> tuple[int, int]:
    """Return where ``text`` begins and ends without blanks and markup of emphasis around it."""
    begin, end = 0, len(text)
    while True:
        while begin < end and text[begin].isspace():
            begin += 1
        while begin < end and text[end - 1].isspace():
            end -= 1
        inner = _EMPHASIS.fullmatch(text, begin, end)
        if not inner or inner[1] in ("`", "``") or inner[1] in inner[2][1:]:
            return begin, end
        if inner[1] == "__" and re.fullmatch(r"\w+", inner[2]):
            return begin, end  # a name of Python's, such as __init__
        begin, end = inner.span(2)


def plausible(text: str, words: Words) -> float:
    """Return how much ``text`` looks like a headword, in [0, 1]; 0 is certainly none."""
    text = text.strip()
    if not text or len(text) > _LONGEST_HEAD:
        return 0.0
    if not any(c.isalnum() for c in text):
        return 0.9 if len(text) <= 4 else 0.0
    if not balanced(text) or PRONUNCIATION.fullmatch(text) or _STATEMENT.search(text):
        return 0.0
    tokens = text.split()
    count = len(tokens)
    if count > _MOST_WORDS:
        return 0.0
    weight = 1.0 if count <= 4 else 0.95 if count <= 6 else 0.8 if count <= 8 else 0.5
    if text[-1] in ";,，；" or (text[-1] in ".。" and not _ABBREVIATION.search(text)):
        weight *= 0.2
    elif text[-1] in "?!？！:：":
        weight *= 0.7
    folded = [fold(t).strip("()[]\"',.") for t in tokens]
    if folded[0] in words.determiners and count > 3:
        weight *= 0.8
    if folded[0] in words.anaphora and count > 1:
        weight *= 0.5 if text[0].isupper() else 0.3
    if count > 2 and any(
        a in words.strong or f"{a} {b}" in words.strong for a, b in pairwise(folded[1:])
    ):
        weight *= 0.4
    if _INNER.search(_BRACKETS_BEHIND.sub("", text)):
        weight *= 0.5  # a headword with its definition behind it
    if words.is_cut(text):
        weight *= 0.3
    # "Note" and "context" are labels within entries, but may be headwords, too.
    return weight * LABEL if words.label(text) else weight


def balanced(text: str) -> bool:
    """Return whether every bracket that opens in ``text`` is closed in it."""
    open_brackets: list[str] = []
    for character in text:
        if character in _OPENERS:
            open_brackets.append(_OPENERS[character])
        elif open_brackets and character == open_brackets[-1]:
            open_brackets.pop()
        elif character in ")]}" and character not in open_brackets:
            return False
    return not open_brackets


# Where a headword may end within its line: key → what separates it from the definition.
SEPARATORS: Mapping[str, re.Pattern[str]] = {
    "en dash": re.compile(r"\s+–\s+|\s+–(?=\S)"),
    "em dash": re.compile(r"\s*[—―]\s*"),
    "hyphen": re.compile(r"\s+-{1,3}\s+"),
    "dash": re.compile(r"\s+[-–—―]{1,3}\s+"),
    "double hyphen": re.compile(r"(?<=\S)--(?=\S)"),
    "double colon": re.compile(r"\s*::\s*"),
    "colon": re.compile(r"\s*:\s+|\s*[：]\s*"),
    "tab": re.compile(r"\s*\t\s*"),
    "columns": re.compile(r"\s{2,}"),
    "pipe": re.compile(r"\s*\|\s*"),
    "equals": re.compile(r"\s+=\s+"),
    "arrow": re.compile(r"\s*(?:->|=>|→|⇒|⟶)\s*"),
    "semicolon": re.compile(r"\s*;\s+"),
    # Behind it a capital, a bracket (subject field), a quote, or the number of the first sense.
    "period": re.compile(r"(?<=[^\W_]{2})\.\s+(?=[^\W\d_a-z]|[(\[\"“‘]|1[.)]\s)|(?<=\))\.\s+"),
}


def split_at(line: Line, pattern: re.Pattern[str], words: Words) -> Head | None:
    """Return the head of a line cut at the first separator outside brackets and code, or None."""
    text = line.text
    for match in pattern.finditer(text, 0, _LONGEST_HEAD + 20):
        if match.start() == 0:
            continue
        begin, end = bare(text[: match.start()])
        head = text[begin:end]
        if not balanced(head) or _within_markup(text, match.start()):
            continue
        weight = plausible(head, words)
        if not weight or not text[match.end() :].strip():
            return None
        if match[0][0] == "." and (len(head.split()) > 6 or head.split()[0] in words.anaphora):
            return None  # a sentence
        return Head(line=line.number, begin=begin, end=end, body=match.end(), weight=weight)
    return None


def _within_markup(text: str, position: int) -> bool:
    """Whether code or bold opens before ``position`` and closes behind it."""
    return any(
        text.count(mark, 0, position) % 2 and mark in text[position:] for mark in ("`", "**")
    )


def emphasised(line: Line, words: Words) -> Head | None:
    """Return the head of a line that opens with an emphasised run, or None."""
    text = line.text
    if line.block.bold is not None and line.block.bold.start <= line.start + 1:
        start = max(line.block.bold.start - line.start, 0)
        stop = line.block.bold.end - line.start
    else:
        found = _EMPHASIS.match(text)
        if not found or found[1] == "*":
            return None
        start, stop = found.span()
    begin, end = bare(text[start:stop])
    begin, end = begin + start, end + start
    ends = ":：.–—- " if any(c.isalnum() for c in text[begin:end]) else ":： "
    while end > begin and text[end - 1] in ends:
        end -= 1
    weight = plausible(text[begin:end], words)
    if not weight:
        return None
    rest = re.compile(r"\s*(?:[:：=|–—-]|--|\.(?=\s)|,(?=\s))?\s*").match(text, stop)
    body = rest.end() if rest else stop
    return Head(
        line=line.number, begin=begin, end=end, body=body if text[body:].strip() else None,
        weight=weight,
    )  # fmt: skip


_SET_OFF = re.compile(r"(?P<head>.{1,70}?)(?:[.:]\s+|\s+[–—-]{1,2}\s+)(?=\S)")


def capitals(line: Line, words: Words) -> Head | None:
    """Return the head of a line that opens with words in capitals and goes on without, or None."""
    found = re.match(
        r"((?:[^\Wa-z_][^\Wa-z_.'’&/-]+|[&/\d-]+|[^\Wa-z_])"
        r"(?:[\s/-]+(?:[^\Wa-z_][^\Wa-z_'’.&/-]*|[&/\d-]+|\([^()]{1,20}\)))*)",
        line.text,
    )
    plain = _SET_OFF.match(line.text)
    if plain and plain["head"].isupper():
        weight = plausible(plain["head"], words)
        if weight:
            return Head(line=line.number, end=plain.end("head"), body=plain.end(), weight=weight)
    if not found or sum(c.isalpha() for c in found[1]) < 2:
        return None
    end = found.end()
    tail = re.compile(r"\s*(?:\([^()]{1,40}\))?\s*(?:[:：=|–—.-]|--)?\s*").match(line.text, end)
    body = tail.end() if tail else end
    head = found[1].rstrip(" -/")
    following = line.text[body:]
    # "A METRIC that": the last capital letter may belong to the definition ("ARR A yearly …").
    if following[:1].islower() and head[-2:-1] == " ":
        head, body = head[:-2].rstrip(), found.end() - 1
        following = line.text[body:]
    if tail and "(" in line.text[end : tail.end()]:
        head = line.text[: line.text.rindex(")", 0, tail.end()) + 1]
    weight = plausible(head, words)
    if not weight or not following.strip() or following.isupper():
        return None
    if words.verb.match(" " + following, 1):
        return None  # the subject of a sentence
    return Head(line=line.number, end=len(head), body=body, weight=weight)


# AsciiDoc's anchor before a term, which ends in "::".
_ANCHOR = re.compile(r"\[\[[^\[\]]*\]\]\s*(?=\S)")


def whole(line: Line, words: Words) -> Head | None:
    """Return the head that is a line's whole text (a final colon apart), or None."""
    begin, end = bare(line.text)
    wiki = re.fullmatch(r"(={2,6})\s*(.+?)\s*\1", line.text[begin:end])
    if wiki:
        begin, end = begin + wiki.start(2), begin + wiki.end(2)
    if anchor := _ANCHOR.match(line.text, begin, end):
        begin = anchor.end()
    if line.text[end - 1 : end] in (":", "："):
        inner = bare(line.text[begin:end].rstrip(":："))
        begin, end = begin + inner[0], begin + inner[1]
    weight = plausible(line.text[begin:end], words)
    if line.block.role is Role.LINE and _INNER.search(line.text, begin, end):
        weight *= 0.4
    return Head(line=line.number, begin=begin, end=end, weight=weight) if weight > 0.25 else None


def labelled(line: Line, words: Words) -> Head | None:
    """Return the head of a line that calls its text a term (``Term: sloop``), or None."""
    found = re.match(r"[*_']*([^:：*_']{2,20})[*_']*\s?[:：]\s*[*_']*\s*(?=\S)", line.text)
    if not found or words.label(found[1]) != "term":
        return None
    begin, end = bare(line.text[found.end() :])
    begin, end = begin + found.end(), end + found.end()
    weight = plausible(line.text[begin:end], words)
    return Head(line=line.number, begin=begin, end=end, weight=weight) if weight else None


# Between headword and part of speech: how it is spoken, the number of the first sense.
_BETWEEN = re.compile(rf"(?<=\S)(?:\s+|[—―:=]\s*)(?P<between>{PRONUNCIATION.pattern}|\(?1[.)])\s*$")
_PARTED = re.compile(r"(?<=\S)(?:\s*[—―]|\s+(?:[-–]{1,3}|=|\|)|\s*::?|(?<=[^\W\d_]{3})\.)\s*$")


def before_part_of_speech(line: Line, words: Words) -> Head | None:
    """Return the head of a line whose part of speech stands behind it (``churn (n.) …``)."""
    for match in re.finditer(
        r",?\s+(?=[(\[](?P<a>[^()\[\]]{1,25})[)\]][.:,]?\s+\S|(?P<b>[^\W\d_]{1,6}\.(?:\s?[a-z]\.)?)\s+\S"
        r"|(?P<c>[^\W\d_]{4,12})(?:[:.,;–—-]|\s[–—-])\s+\S)",
        line.text[: _LONGEST_HEAD + 40],
    ):
        if part_of_speech(match["a"] or match["b"] or match["c"], words):
            head, body = line.text[: match.start()], match.end()
            if spoken := _BETWEEN.search(head):
                head, body = head[: spoken.start()], spoken.start("between")
            # What parts the headword from the definition belongs to neither.
            begin, end = bare(_PARTED.sub("", head))
            weight = plausible(line.text[begin:end], words)
            return (
                Head(line=line.number, begin=begin, end=end, body=body, weight=weight)
                if weight
                else None
            )
    return None


def part_of_speech(text: str, words: Words) -> tuple[str, ...]:
    """Return the parts of speech that a line names and nothing besides, or ()."""
    text = text.strip().strip("()[]*_ ")
    if not text or len(text) > 40:
        return ()
    if text == "a.":
        return ("a",)  # adjective in old dictionaries; the article bears no full stop
    names = [fold(part).strip(". ") for part in re.split(r"[/,;]|\band\b|\bor\b", text)]
    return tuple(names) if names and all(n in words.pos for n in names) else ()


def longest_ordered(keys: Sequence[str]) -> list[int]:
    """Return the places of a longest non-descending subsequence of ``keys``; n log n."""
    tails: list[str] = []
    places: list[int] = []
    before: list[int] = []
    for i, key in enumerate(keys):
        at = bisect_right(tails, key)
        tails[at : at + 1] = [key]
        places[at : at + 1] = [i]
        before.append(places[at - 1] if at else -1)
    kept = []
    i = places[-1] if places else -1
    while i >= 0:
        kept.append(i)
        i = before[i]
    return kept[::-1]


def order(keys: Sequence[str]) -> float:
    """Return which share of ``keys`` the longest non-descending subsequence holds."""
    return len(longest_ordered(keys)) / len(keys) if keys else 0.0


_SYMBOLS, _MARKS = re.compile(r"[^\w\s]"), re.compile(r"[\W_]")
_ARTICLE = re.compile(r"^(?:a|an|the)\s+")


# Every variant of a layout asks for the keys of nearly the same names.
@lru_cache(maxsize=65536)
def _plain(text: str) -> str:
    return _SYMBOLS.sub("", fold(text)).strip()


@lru_cache(maxsize=65536)
def _tight(text: str) -> str:
    return _MARKS.sub("", fold(text))


# How a headword's letters are compared; pages use one or the other.
COLLATIONS: Mapping[str, Callable[[str], str]] = {
    "case-folded": _plain,
    "ignoring blanks": _tight,
    "as code points": lambda text: text,
    "initial": lambda text: _tight(text)[:1],
    "without article": lambda text: _ARTICLE.sub("", _plain(text)),
}
