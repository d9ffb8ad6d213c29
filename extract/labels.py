"""Forms of labels: what makes two spellings of a term the same, and what names it in an address."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_TRANSLATION = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4`", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", ""),
    }
)
_WORD = re.compile(r"[^\W_]+(?:['.][^\W_]+)*[+#]*|[%&@€$£]", re.UNICODE)
_DETERMINERS = frozenset({"a", "an", "the"})

IRREGULAR = {
    "analyses": "analysis", "appendices": "appendix", "axes": "axis", "bases": "basis",
    "children": "child", "crises": "crisis", "criteria": "criterion", "data": "data",
    "feet": "foot", "geese": "goose", "halves": "half", "hypotheses": "hypothesis",
    "indices": "index", "knives": "knife", "leaves": "leaf", "lives": "life", "loaves": "loaf",
    "matrices": "matrix", "men": "man", "mice": "mouse", "parentheses": "parenthesis",
    "people": "person", "phenomena": "phenomenon", "shelves": "shelf", "teeth": "tooth",
    "theses": "thesis", "vertices": "vertex", "wives": "wife", "wolves": "wolf", "women": "woman",
    "caches": "cache", "niches": "niche", "headaches": "headache", "aches": "ache", "axles": "axle",
    "heroes": "hero", "potatoes": "potato", "tomatoes": "tomato", "echoes": "echo",
    "torpedoes": "torpedo", "vetoes": "veto", "buses": "bus", "gases": "gas", "lenses": "lens",
    "viruses": "virus", "statuses": "status", "aliases": "alias", "biases": "bias",
    "canvases": "canvas", "atlases": "atlas", "quizzes": "quiz",
    # Words whose singular ends in -i; other words in -is are singular.
    "alibis": "alibi", "apis": "api", "clis": "cli", "guis": "gui", "kiwis": "kiwi", "kpis": "kpi",
    "rois": "roi", "safaris": "safari", "skis": "ski", "taxis": "taxi", "uis": "ui", "uris": "uri",
    "wikis": "wiki",
}  # fmt: skip
"""Plurals whose singular no suffix rule gives (Quirk et al. 1985, §5.73-5.100)."""
_SINGULAR_TEXT = """
alias always analytics apparatus asbestos atlas axis basics basis bias bus business campus
canvas census chaos chassis compass consensus corps cosmos diabetes economics ethics focus gas
genus goods graphics headquarters hypothesis kubernetes lens logistics mathematics means
mechanics metadata news nexus nucleus numerics pancreas pathos physics plus politics radius
sales semantics series species statistics status stimulus success summons synopsis synthesis
tetanus thanks this thus tropics us versus virus yes
"""
SINGULAR_WORDS = frozenset(_SINGULAR_TEXT.split())
"""Words in -s that are singular already."""


def fold(text: str) -> str:
    """Return ``text`` for comparison: NFKC, case-folded, ASCII quotes and dashes, single spaces."""
    if text.isascii():  # most text is; of what is done below, this is what can change it
        return " ".join(text.replace("`", "'").lower().split())
    text = unicodedata.normalize("NFKC", text).translate(_TRANSLATION).casefold()
    return " ".join(text.split())


@lru_cache(maxsize=16384)
def singular(word: str) -> str:
    """Return the singular of a folded English word, or the word itself.

    Suffix rules with exceptions: equal for a plural and its singular, which is all that
    comparison needs; not always the dictionary form.
    """
    if word in IRREGULAR:
        return IRREGULAR[word]
    if len(word) < 3 or not word.endswith("s") or word in SINGULAR_WORDS:
        return word
    if word.endswith(("ss", "us", "is", "'s")):
        return word[:-2] if word.endswith("'s") else word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    return word[:-1]


def words(text: str) -> list[str]:
    """Return the folded word tokens of a label; hyphens, slashes and dots at ends separate."""
    folded = fold(text)
    if folded.replace(" ", "").isalnum():  # as of most labels: letters, digits and blanks
        return folded.split()
    return _WORD.findall(folded)


@lru_cache(maxsize=65536)
def key(label: str) -> str:
    """Return what is equal for spellings of one label: case, plural, hyphen, article, quotes.

    ``"The Hand-off Processes"`` and ``"hand off process"`` share a key. Only the last word is
    made singular, and the last before an ``of``-phrase ("terms of service"). A label without any
    word characters (an operator such as ``**``) is its own key.
    """
    parts = words(label)
    while len(parts) > 1 and parts[0] in _DETERMINERS:
        parts.pop(0)
    if not parts:
        return fold(label)
    for place in range(1, len(parts)):
        if parts[place] == "of":
            parts[place - 1] = singular(parts[place - 1])
    parts[-1] = singular(parts[-1])
    return " ".join(parts)


def compact(label: str) -> str:
    """Return :func:`key` without spaces: "sign-up", "sign up" and "signup" are equal."""
    return key(label).replace(" ", "")


def compact_once(label: str) -> str:
    """Return the same as :func:`compact` and remember nothing: for one label of very many."""
    return key.__wrapped__(label).replace(" ", "")


@lru_cache(maxsize=65536)
def is_acronym(text: str) -> bool:
    """Return whether ``text`` looks like an acronym: 2–10 characters, mostly capitals."""
    letters = [c for c in text if c.isalpha()]
    if not 2 <= len(text) <= 10 or not letters or " " in text.strip():
        return False
    capitals = sum(c.isupper() for c in letters)
    return capitals >= 2 and capitals * 2 >= len(letters)


def slug(label: str) -> str:
    """Return the last step of an IRI for a label: lower-case letters, digits and hyphens.

    Latin letters lose their accents, other scripts stay (IRIs may hold them); ``+`` and ``#``
    are spelled out ("c++" is ``c-plus-plus``). Never empty: symbols become their Unicode names.
    """
    text = fold(label).replace("&", " and ").replace("%", " percent ")
    text = re.sub(r"(?<=\w)\+\+", " plus plus", text)
    text = re.sub(r"(?<=\w)#", " sharp", text).replace("'", "")
    text = "".join(
        c for c in unicodedata.normalize("NFKD", text) if not ("\u0300" <= c <= "\u036f")
    )
    text = unicodedata.normalize("NFC", text)
    steps = re.findall(r"[^\W_]+", text)
    if not steps:
        names = [unicodedata.name(c, f"u{ord(c):x}") for c in label.strip()] or ["blank"]
        steps = re.findall(r"[a-z0-9]+", " ".join(names).lower())
    return "-".join(steps)[:120].strip("-")
