"""Sentences of any origin made ready to be judged: plain, without brackets, their term masked.

Research sets hold tokenised text ("word , which", "-LRB- 1 -RRB-", ``quoted''), sometimes with the
term marked or replaced by ``TARGET``. A parser reads neither well: pronunciations in brackets cut
the subject from its verb, and a lower-case term that is also a verb is taken for one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.components import sentences
from extract.model import Span

MASK = "Zorbium"
"""Stands for the term in what is parsed: a word every model takes for a noun, in any number."""

_BRACKETS = (
    ("-LRB-", "("),
    ("-RRB-", ")"),
    ("-LSB-", "["),
    ("-RSB-", "]"),
    ("``", '"'),
    ("''", '"'),
)
_MARKS = re.compile(r"</?[A-Za-z][\w-]{0,15}/?>|\*\*|__|\[\[|\]\]")
_TARGET = re.compile(r"<?\bTARGET\b>?")
_NUMBER = re.compile(r"\s*(?::?Note:|#|\(?\d{1,4}\s?[.)])\s+(?=\S)")
# A sentence is judged by its first part; what a file calls one may be a whole page.
_LONGEST = 3000
_HELD = "\ue000"
# Brackets nest two deep in pronunciations and references, hardly ever deeper.
_DEPTH = 3
_GROUP = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])")
# Spaces that a tokeniser put before or behind punctuation, and around hyphens within words.
_TIGHT = (
    (re.compile(r"\s+([,.;:!?%)\]])"), r"\1"),
    (re.compile(r"([(\[])\s+"), r"\1"),
    (re.compile(r"\s+(n't|'(?:s|re|ve|ll|d|m))\b"), r"\1"),
    (re.compile(r"(?<=\w) - (?=[a-z])"), "-"),
    (re.compile(r"\s+"), " "),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence as it is parsed."""

    text: str
    """Without brackets, the term replaced by :data:`MASK`."""
    term: str
    """The term as the sentence writes it, or as it was given."""
    place: str
    """``text``; ``bracket``: it stood in brackets, :attr:`bracket` tells where; ``absent``."""
    common: bool = False
    """Whether the sentence writes it as a common noun: in lower case, or so given at its start."""
    bracket: int = -1
    """Offset in :attr:`text` at which the brackets with the term stood."""


def plain(text: str) -> str:
    """Return tokenised or marked-up text as a person writes it. Linear."""
    text = text.encode("utf-8", "replace").decode("utf-8")  # halves of surrogate pairs
    for written, meant in _BRACKETS:
        text = text.replace(written, meant)
    text = _MARKS.sub("", text).translate(_QUOTES)
    for pattern, tight in _TIGHT:
        text = pattern.sub(tight, text)
    return text.strip()


_QUOTES = str.maketrans("\u2018\u2019\u201c\u201d\u00a0\u2011", "''\"\" -")


def read(text: str, term: str) -> list[Statement]:
    """Return the sentences of ``text`` that may define ``term``, ready for the parser.

    Those that hold the term (in any case or number, or ``TARGET`` in its stead); where none does,
    the first sentence alone. An empty ``term`` is nowhere: the first subject stands for it.
    """
    whole = plain(text)
    while number := _NUMBER.match(whole):
        whole = whole[number.end() :]
    mention = _TARGET if _TARGET.search(whole) else _mention(plain(term))
    first = mention.search(whole) if mention is not None else None
    masked = mention.sub(MASK, whole) if mention is not None else whole
    written = first[0] if first is not None and mention is not _TARGET else term
    inside = first is not None and first.start() > 1 and mention is not _TARGET
    shown = (written if inside else term)[:1]
    named = (written if inside else term).split()
    common = shown.islower() or (len(named) > 1 and named[-1][:1].islower())  # "Doppler effect"
    bare = _without(_unwrapped(masked))
    found = []
    parts = [s.text[:_LONGEST] for s in sentences.split(bare, Span(start=0, end=len(bare)))] or [
        bare[:_LONGEST]
    ]
    for part in parts:
        at = part.find(_HELD)
        body = re.sub(r"\s+(?=[,.;:!?])", "", part.replace(_HELD, "")).strip()
        if MASK in body:
            found.append(Statement(text=body, term=written, place="text", common=common))
        elif at >= 0:
            found.append(Statement(text=body, term=written, place="bracket", bracket=at))
    return found or [Statement(text=parts[0], term=term, place="absent")]


def _mention(term: str) -> re.Pattern[str] | None:
    words = re.findall(r"[^\s_-]+", term)
    if not words:
        return None
    last = words[-1]
    stem = last[:-1] if len(last) > 3 and last.endswith("y") else last
    ending = r"(?:ys?|ies)" if stem != last else r"(?:e?s)?"
    body = r"[\s_-]+".join([re.escape(w) for w in words[:-1]] + [re.escape(stem) + ending])
    return re.compile(rf"(?<![\w-]){body}(?![\w-])", re.IGNORECASE)


# "layers (called germ layers) are …": the brackets stand for commas.
_NAMING_ASIDE = re.compile(
    r"(?<!\s)\s*\(((?:also |often |sometimes )?(?:called|known as|termed|named) (?:the |an? )?"
    rf"{MASK})\)(?=(,?))"
)
# "X (a Y that …) and …", and no word on where X comes from: "X (from a word that means …) is …".
_SAYING_ASIDE = re.compile(
    rf"(?<=\b{MASK}) \((?!from )"
    r"([a-z][^()\"]{1,60}? (?:that|whom?|which|whose|of) [^()\"]{3,160})\)"
    r"(?=(,?))(?!,? (?:is|are|was|were)\b)"
)


# "The most common type, also thought the best, is called X": said in passing between dashes.
_DASHED_ASIDE = re.compile(r"\s?[—–]\s?(?:also|sometimes|often|usually)\s[^—–.;]{3,60}[—–]\s?")


def _unwrapped(text: str) -> str:
    """The text with commas for brackets that name the term or say what it is."""
    text = _DASHED_ASIDE.sub(lambda m: m[0] if MASK in m[0] else " ", text)
    text = _NAMING_ASIDE.sub(lambda m: f", {m[1]}{'' if m[2] else ','}", text)
    return _SAYING_ASIDE.sub(lambda m: f", that is, {m[1]}{'' if m[2] else ','}", text)


def _without(text: str) -> str:
    """The text without its brackets; :data:`_HELD` stands for those that hold the term."""
    for _ in range(_DEPTH):
        text = _GROUP.sub(_cut, text)
    return text


def _cut(group: re.Match[str]) -> str:
    if group.start() == 0:
        return group[0]  # what opens the sentence stays, or nothing may be left
    return _HELD if MASK in group[0] or _HELD in group[0] else ""
