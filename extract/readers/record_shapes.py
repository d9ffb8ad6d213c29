"""The shapes in which JSON and YAML hold glossaries, taken apart into fields of records.

Lists of objects, rows of cells, mappings from term to definition or to an object, flat keys with
full stops, the same under the tag of each language; at any depth.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from extract.errors import UnreadableSource
from extract.labels import slug
from extract.model import Role
from extract.readers import columns, term_rows
from extract.readers.base import Origin
from extract.readers.record_fields import Fields, fields_of, text_of
from extract.readers.record_keys import defines, is_glossary, keyed
from extract.readers.rows import plain
from extract.readers.text import names_glossary

# YAML's aliases let a few lines stand for any number of values ("billion laughs").
_VALUES = 2_000_000
_DEPTH = 40
_TOLD = frozenset({Role.DEFINITION, Role.ALIAS, Role.ACRONYM, Role.EXAMPLE})


@dataclass(slots=True)
class Budget:
    """How many values may still be looked at."""

    left: int = _VALUES

    def take(self, source: str, count: int = 1) -> None:
        """Count values."""
        self.left -= count
        if self.left < 0:
            raise UnreadableSource(source, "it stands for more values than a glossary has")


def records(
    value: Any, origin: Origin, budget: Budget, depth: int = 0, *, called: bool = False
) -> Iterator[Fields]:
    """Yield the fields of each record in ``value``, in order.

    ``called``: what stands above says that this is a glossary, or a letter of one.
    """
    budget.take(origin.label)
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        if rows := _rows(value):
            for row in rows:
                budget.take(origin.label, len(row))
            yield from _table(rows)
            return
        if guessed := _unnamed(value):
            yield from guessed
            return
        value = term_rows.merged(value) or value
        shared = _shared_keys(value)
        for item in value:
            alike = isinstance(item, dict) and not shared.isdisjoint(map(str, item))
            yield from _record(item, origin, budget, depth, listed=alike, called=called)
        return
    yield from _record(value, origin, budget, depth, listed=False, called=called)


def _record(
    value: Any, origin: Origin, budget: Budget, depth: int, *, listed: bool, called: bool
) -> Iterator[Fields]:
    """Yield the record that an object is, or those in it.

    ``listed``: it is one of several with the same keys, which so are names of fields, not terms.
    """
    if isinstance(value, list):
        yield from records(value, origin, budget, depth + 1, called=called)
        return
    budget.take(origin.label)
    if not isinstance(value, dict):
        return
    items = _nested({str(key): item for key, item in value.items()})
    fields = fields_of(items)
    roles = {role for _, role, _, _ in fields}
    told = roles & _TOLD or any(defines(i) for _, role, _, i in fields if role is Role.OTHER)
    if Role.TERM in roles and told and not _is_file(items, fields, depth, listed):
        yield fields
        return
    if translated := _translations(items, fields):
        yield translated
        return
    if by_language := _languages(items):
        yield from _translated(by_language, origin, budget, depth)
        return
    if not listed and is_glossary(items, called):
        yield from keyed(items)
        return
    for key, item in items.items():
        if isinstance(item, list | dict):
            named = called or len(key) == 1 or names_glossary(key)
            yield from records(item, origin, budget, depth + 1, called=named)


def _is_file(items: Mapping[str, Any], fields: Fields, depth: int, listed: bool) -> bool:
    """Return whether an object's "name" and "description" are those of the file, not of a term.

    So they are at the top, where lists or mappings of records stand beside them, and where most
    other keys say nothing of a term, as in the manifest of a package.
    """
    if depth or listed:
        return False
    if any(role is Role.TERM and columns.is_strong(key) for key, role, _, _ in fields):
        return False
    inside = any(
        (isinstance(item, dict) and len(item) > 1)
        or (isinstance(item, list) and any(isinstance(one, dict) for one in item))
        for item in items.values()
    )
    known = sum(role is not Role.OTHER for _, role, _, _ in fields)
    return inside or known * 2 < len(fields)


def _rows(value: list[Any]) -> list[list[str]]:
    """Return the rows of cells that a list of lists is, or nothing."""
    if len(value) < 2 or not all(isinstance(row, list) and len(row) > 1 for row in value):
        return []
    if not all(isinstance(c, str | int | float | None) for row in value for c in row):
        return []
    return [["" if c is None else plain(str(c)) for c in row] for row in value]


def _unnamed(value: list[Any]) -> list[Fields]:
    """Return the records of objects whose keys are in no list of names, by their values; or none.

    As with the columns of a sheet, short texts that differ are terms and long ones definitions.
    """
    if len(value) < _FEWEST or not all(isinstance(one, dict) and one for one in value):
        return []
    keys = list(dict.fromkeys(str(key) for one in value for key in one))
    if not 2 <= len(keys) <= _MOST_KEYS or any(columns.role_of(key) for key in keys):
        return []
    if not all(isinstance(i, str | int | float | None) for one in value for i in one.values()):
        return []
    body = [[plain(str(one.get(key) or "")) for key in keys] for one in value]
    kinds = columns.assign(keys, body)
    roles = {kind.role for kind in kinds}
    if not {Role.TERM, Role.DEFINITION} <= roles:
        return []
    found = [
        [(kind.label, kind.role, kind.language, cell)
         for kind, cell in zip(kinds, row, strict=True) if cell]
        for row in body
    ]  # fmt: skip
    return [fields for fields in found if any(role is Role.TERM for _, role, _, _ in fields)]


# So many objects show what their keys hold, if these are as few as a glossary has.
_FEWEST, _MOST_KEYS = 3, 6


def _table(rows: Sequence[Sequence[str]]) -> Iterator[Fields]:
    """Yield the records of rows of cells, whose first may be their heads."""
    heads = rows[0] if columns.is_header(rows[0]) else ()
    body = rows[1:] if heads else rows
    kinds = columns.assign(heads, body)
    for row in body:
        found = [
            (kind.label, kind.role, kind.language, cell)
            for kind, cell in zip(kinds, row, strict=False)
            if cell
        ]
        roles = {role for _, role, _, _ in found}
        if Role.TERM in roles and len(roles) > 1:
            yield found


def _shared_keys(value: list[Any]) -> frozenset[str]:
    """Return the keys that two or more objects of a list have."""
    counts = Counter(str(key) for item in value if isinstance(item, dict) for key in item)
    return frozenset(key for key, count in counts.items() if count > 1)


def _nested(items: dict[str, Any]) -> dict[str, Any]:
    """Return the objects that flat keys stand for: ``{"jib.title": …, "jib.text": …}``.

    Files of texts for programs are flattened so; keys with blanks are words with full stops.
    """
    flat = [key for key in items if re.fullmatch(r"[\w-]+(?:\.[\w-]+)+", key)]
    if len(flat) < 2 or len(flat) * 5 < len(items) * 4:
        return items
    made: dict[str, Any] = {}
    for key, item in items.items():
        *steps, last = key.split(".") if key in flat else [key]
        inner = made
        for step in steps:
            below = inner.get(step)
            if not isinstance(below, dict):
                below = inner[step] = {} if below is None else {"value": below}
            inner = below
        inner[last] = item
    return made


def _languages(items: Mapping[str, Any]) -> dict[str, Any]:
    """Return the objects under the tags of languages where all keys are such tags, else nothing."""
    whole = len(items) > 1 and all(columns.is_tag(key) for key in items)
    objects = whole and all(isinstance(item, dict | list) and item for item in items.values())
    return {columns.tag_of(key): item for key, item in items.items()} if objects else {}


def _translations(items: Mapping[str, Any], fields: Fields) -> Fields:
    """Return the record whose languages stand as keys beside its slug, else nothing.

    ``{"slug": "jib", "en": {"term": …, "def": …}, "fr": {…}}``: what is said in no language (the
    slug, the slugs it refers to) belongs to all of them.
    """
    inside = {
        key: fields_of({str(k): v for k, v in item.items()})
        for key, item in items.items()
        if isinstance(item, dict) and _TAG_SHAPE.fullmatch(key)
    }
    named = {k: f for k, f in inside.items() if any(role is Role.TERM for _, role, _, _ in f)}
    beside = [field for field in fields if field[0] not in named]
    terms = {text_of(i) for found in named.values() for _, role, _, i in found if role is Role.TERM}
    if any(role is Role.TERM and text_of(item) not in terms for _, role, _, item in beside):
        return ()
    beside = [field for field in beside if field[1] is not Role.TERM]
    if not (beside and any(columns.tag_of(key) in columns.TAGS for key in named)):
        return ()
    if len(named) < len(inside) or any(role is Role.DEFINITION for _, role, _, _ in beside):
        return ()
    said = [
        (key, role, language or columns.tag_of(tag), item)
        for tag, found in named.items()
        for key, role, language, item in found
    ]
    # A list of names is no identifier, whatever its key: "ref: [jib, sheet]".
    beside = [
        (
            key,
            Role.REFERENCE if role is Role.NOTATION and isinstance(item, list) else role,
            tag,
            item,
        )
        for key, role, tag, item in beside
    ]
    return [*beside, *said]


_TAG_SHAPE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?")


def _translated(
    by_language: Mapping[str, Any], origin: Origin, budget: Budget, depth: int
) -> Iterator[Fields]:
    """Yield the records of several languages, those under one key as one record."""
    merged: dict[str, list[tuple[str, Role, str, Any]]] = {}
    for tag, value in by_language.items():
        for number, fields in enumerate(records(value, origin, budget, depth + 1)):
            name = _identifier(fields, value, number)
            merged.setdefault(name, []).extend(
                (key, role, language or tag, item) for key, role, language, item in fields
            )
    yield from merged.values()


def _identifier(fields: Fields, value: Any, number: int) -> str:
    """Return what a record is called in every language: its identifier, its key, its place."""
    given = next((text_of(i) for _, role, _, i in fields if role is Role.NOTATION), "")
    if given:
        return given
    if isinstance(value, dict) and number < len(value):
        return slug(str(list(value)[number]))
    return str(number)
