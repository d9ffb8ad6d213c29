"""Names in other languages that stand in brackets behind a headword: "(de: Hefe, fr: levure)"."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from extract.labels import fold

_PIECE = re.compile(r"\s*[,;/|、，；]\s*")
_LABELLED = re.compile(
    r"(?P<tongue>[^\W\d_]{1,14})(?P<mark>\.?\s*[:：]\s*|\.\s*|\s+)[\"“„«'‘]?(?P<name>[^:：]+?)[\"”“»'’]?"
)


def names_in(content: str, own: str) -> list[tuple[str, str]]:
    """Return (language, name) of each name in brackets; none where a piece names no language.

    A code of two letters needs a colon or full stop ("de: Hefe", "fr. levain"), and so does an
    abbreviation; a language's name needs none ("German Hefe"). Names in ``own``, the language of
    the document, are left out.
    """
    found = []
    for piece in _PIECE.split(content.strip()):
        labelled = _LABELLED.fullmatch(piece)
        language = _language(labelled["tongue"], labelled["mark"]) if labelled else ""
        if labelled is None or not language or len(labelled["name"].split()) > 5:
            return []
        if language != own:
            found.append((language, labelled["name"].strip()))
    return found


def _language(tongue: str, mark: str) -> str:
    """The tag of a language by its code or name; ``""``: it is none."""
    word = fold(tongue)
    if word in _table() and word.isascii():
        return word if mark.strip() else ""
    known = _names().get(word, "")
    # "(all sails)", "(port side)": a short form has its full stop or colon
    short = len(word) < 5 and word.isascii() and not mark.strip()
    return "" if short else known


@cache
def _table() -> Mapping[str, list[str]]:
    text = (files("extract") / "language_names.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _names() -> Mapping[str, str]:
    return {fold(word): tag for tag, words in _table().items() for word in words}


_MARKED = re.compile(r"(?P<name>\S.*?)\s*[(（](?P<mark>[^()（）]{1,24})[)）]")
_ENCLOSED = re.compile(
    r"[(（]\s*(?:(?:syn|abbr|aka|also|auch|ou|o|или)\b\.?:?\s*)?(?P<name>[^()（）]+?)\s*[)）]",
    re.IGNORECASE,
)
# What dictionaries say of where and how a name is used, in short.
_USAGE = """
us uk usa gb br brit am amer ame bre aus austral can nz scot fam inf infml colloq coll dated rare
obs arch slang informal formal colloquial obsolete archaic british american canadian australian
ugs veraltet selten österr schweiz süddt nordd pop vieilli rare québec belg suisse esp mex arg col
méx amér lat bras lus разг устар жарг прост
"""
_USED = frozenset(_USAGE.split())


def without_marks(name: str, own: str) -> tuple[str, str]:
    """Return a listed name without what says of which language or use it is, and its language.

    "cupping (ingl.)" is ``("cupping", "en")``, "moledor (Am.)" ``("moledor", "")``, "(syn. order
    picking)" ``("order picking", "")``; any other bracket stays.
    """
    if found := _ENCLOSED.fullmatch(name):
        name = found["name"]
    found = _MARKED.fullmatch(name)
    if found is None:
        return name, ""
    word = found["mark"].strip()
    language = _language(word.rstrip(".:"), "." if word.endswith((".", ":")) else "")
    if language:
        return found["name"], "" if language == own else language
    marks = {fold(part).strip(". ") for part in re.split(r"[\s,;/]+", word)}
    return (found["name"] if marks <= _USED else name), ""
