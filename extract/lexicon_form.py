"""What a file of further words and patterns may hold, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

_TEXT, _WORDS, _RANK, _SWITCH = (
    "a text", 'a list of texts, as ["one", "two"]', "a number from 0 to 1", "true or false"
)  # fmt: skip
_FORMS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("key", "type", "frame", "inverse", "status", "note"), _TEXT)
    | dict.fromkeys(("words", "lead", "adverbs", "participles", "kinds"), _WORDS)
    | dict.fromkeys(("quantities", "changes", "people", "events", "several", "passive"), _SWITCH)
    | {"confidence": _RANK}
)
"""Of the keys of patterns."""
_RELATION = ("key", "type", "words")
_NEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"verb": _RELATION, "noun": _RELATION, "alias": ("key", "type", "lead")}
)
_ONE_OF: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "type": frozenset({"full form", "acronym", "abbreviation", "synonym", "variant", "symbol"}),
        "status": frozenset({"preferred", "admitted", "deprecated", "hidden"}),
    }
)
"""Values of aliases; relations' types are looked up in the vocabulary."""
_PARSED = ("frame", "inverse", "confidence", "passive", "several", "people", "note")
"""What patterns of other languages may say beside what they need."""
_MAY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "verb": ("frame", "inverse", "confidence", "kinds", "quantities", "changes", "people",
                 "events", "several", "note"),
        "noun": ("frame", "inverse", "confidence", "kinds", "note"),
        "alias": ("adverbs", "participles", "status", "note"),
    }
)  # fmt: skip


def faults(more: object, base: Mapping[str, Any], tag: str = "") -> Iterator[str]:
    """Yield a sentence for each thing in ``more`` that has no place beside the shipped ``base``.

    ``tag`` names the language whose patterns these are; ``""``: English.
    """
    above = f"{tag}." if tag else ""
    if not isinstance(more, dict):
        yield f"What is added to a language are tables: [[{above}verb]], [{above}genus]."
        return
    for name, value in more.items():
        if name not in base:
            yield f"There is no [{above}{name}].{_near(name, base, above)}"
        elif name in _NEEDED:
            yield from _of_patterns(name, value, tag)
        else:
            yield from _of_table(f"{above}{name}", value, base[name])


def _of_table(place: str, value: object, held: object) -> Iterator[str]:
    """Faults of what is no pattern: a list, a number, a text, or a table of such."""
    if isinstance(held, dict):
        if not isinstance(value, dict):
            yield (
                f"[{place}] is one table of lists, written with one bracket; patterns are "
                "[[verb]], [[noun]] and [[alias]]."
            )
            return
        open_ended = all(isinstance(each, str) for each in held.values())
        for name, inner in value.items():
            if name in held:
                yield from _of_table(f"{place}.{name}", inner, held[name])
            elif open_ended:
                yield from _of_table(f"{place}.{name}", inner, "")
            else:
                yield f"There is no {place}.{name}.{_near(name, held, f'{place}.')}"
    elif not _has_form(value, form := _form_of(held)):
        yield f"{place} is to be {form}."


def _of_patterns(name: str, value: object, tag: str) -> Iterator[str]:
    place = f"[[{tag}.{name}]]" if tag else f"[[{name}]]"
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        yield f"A pattern is a table, written with two brackets: {place}."
        return
    known = {*_NEEDED[name], *(_PARSED if tag else _MAY[name])}
    for table in value:
        which = f'{place} "{table["key"]}"' if "key" in table else place
        lacking = [key for key in _NEEDED[name] if key not in table]
        if lacking:
            yield f"{which}: a pattern lacks the key '{lacking[0]}'."
        for key, each in table.items():
            if key not in known:
                yield f'{which} takes no "{key}".{_near(key, known)}'
            elif not _has_form(each, _FORMS[key]):
                yield f"{which}: {key} is to be {_FORMS[key]}."
            elif key in {"words", "lead"} and not each:
                yield f"{which}: {key} is empty."
            elif name == "alias" and key in _ONE_OF and each not in _ONE_OF[key]:
                yield f"{which}: {key} is one of {', '.join(sorted(_ONE_OF[key]))}."


def _form_of(held: object) -> str:
    if isinstance(held, list):
        return _WORDS
    if isinstance(held, bool):
        return _SWITCH
    return "a number" if isinstance(held, int | float) else _TEXT


def _has_form(value: object, form: str) -> bool:
    if form == _WORDS:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if form in {_TEXT, _SWITCH}:
        return isinstance(value, str if form == _TEXT else bool)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and (form != _RANK or 0 < value <= 1)  # type: ignore[operator]


def _near(name: str, known: Any, above: str = "") -> str:
    near = get_close_matches(name, list(known), n=3, cutoff=0.6)
    return f" Near: {', '.join(above + each for each in near)}." if near else ""
