"""Mappings whose keys are terms: definitions, objects or lists of senses stand below them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from extract.labels import fold, is_acronym, slug
from extract.letters import is_short_for
from extract.model import Role
from extract.readers import columns
from extract.readers.record_fields import Fields, fields_of, tells, text_of, texts_of


def is_glossary(items: Mapping[str, Any], called: bool) -> bool:
    """Return whether the keys of a mapping are terms: texts or objects with definitions below."""
    known = sum(columns.role_of(key) is not None for key in items)
    if not items or known * 2 > len(items) or all(len(key) == 1 for key in items):
        return False
    if all(isinstance(item, str) for item in items.values()):
        said = sum(tells(_keyed(key, item)) for key, item in items.items())
        return len(items) > 1 and (called or said * 2 >= len(items))
    if all(_senses(item) or isinstance(item, str) for item in items.values()):
        return len(items) > 1
    defined = sum(
        isinstance(item, str)
        or _senses(item)
        or (isinstance(item, dict) and (_is_defined(item) or bool(_meant(key, item))))
        for key, item in items.items()
    )
    return defined * 10 >= len(items) * 8 and any(isinstance(i, dict) for i in items.values())


def _is_defined(item: Mapping[Any, Any]) -> bool:
    """Whether an object has a field for a definition, be it that it is not written yet."""
    blank = [str(k) for k, value in item.items() if value is None]
    found = fields_of({str(k): v for k, v in item.items()})
    return any(role is Role.DEFINITION for _, role, _, _ in found) or any(
        columns.role_of(key) is Role.DEFINITION for key in blank
    )


def _meant(key: str, item: Any) -> list[str]:
    """The terms that an object names of which its own key is but the acronym."""
    if not (isinstance(item, dict) and is_acronym(key)):
        return []
    if _is_defined(item):
        return []
    values = [value for k, value in item.items() if columns.role_of(str(k)) is Role.TERM]
    named = [name for value in values for _, name in texts_of(Role.TERM, value)]
    return named if any(is_short_for(key, name) for name in named) else []


def keyed(items: Mapping[str, Any]) -> Iterator[Fields]:
    """Yield the record of each key of a mapping whose keys are terms.

    An acronym that only names terms with records of their own is another name of these.
    """
    terms = {fold(key): key for key, item in items.items() if not _meant(key, item)}
    short: dict[str, list[str]] = {}
    for key, item in items.items():
        for name in _meant(key, item):
            if fold(name) in terms:
                short.setdefault(terms[fold(name)], []).append(key)
    known = {key for keys in short.values() for key in keys}
    for key, item in items.items():
        if key not in known:
            given = [("", Role.ACRONYM, "", name) for name in short.get(key, ())]
            yield [*_keyed(key, item), *given]


def _senses(item: Any) -> bool:
    """Return whether a value is a list of texts: the senses of the term that is its key."""
    return isinstance(item, list) and bool(item) and all(isinstance(s, str) for s in item)


def defines(item: Any) -> bool:
    """Return whether a value holds senses: objects with definitions and without terms."""
    senses = item if isinstance(item, list) else [item]
    roles = [
        {role for _, role, _, _ in fields_of({str(k): v for k, v in one.items()})}
        for one in senses[:20] if isinstance(one, dict)
    ]  # fmt: skip
    return bool(roles) and all(Role.DEFINITION in r and Role.TERM not in r for r in roles)


def _keyed(key: str, item: Any) -> Fields:
    """Return the record of a term that is a key, or of the term that stands under a key."""
    inner: Fields = ()
    if isinstance(item, dict):
        inner = fields_of({str(k): v for k, v in item.items()})
    elif isinstance(item, list):
        inner = [("", Role.DEFINITION, "", item)]
    rest = [
        # "expansion" and the like: the long form of the key, which is the term
        (k, Role.ALIAS if r is Role.TERM and columns.role_of(k) is not Role.TERM else r, t, value)
        for k, r, t, value in inner or [("", Role.DEFINITION, "", item)]
    ]
    if meant := _meant(key, item):
        return [("", Role.TERM, "", meant[0]), ("", Role.ACRONYM, "", key)]
    if any(role is Role.TERM for _, role, _, _ in rest):
        named = {slug(text_of(i)) for _, role, _, i in rest if role is Role.TERM}
        own = [] if slug(key) in named else [("", Role.NOTATION, "", key)]
        return [*rest, *own]
    return [("", Role.TERM, "", key), *rest]
