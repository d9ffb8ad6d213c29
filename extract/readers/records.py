"""Records of JSON, JSON Lines and YAML: lists of terms, or mappings from term to definition."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from extract.errors import UnreadableSource
from extract.model import Document, Role
from extract.readers import columns
from extract.readers.base import Origin, Sheet
from extract.readers.encoding import decode, unified
from extract.readers.rows import plain
from extract.readers.text import note_guess

# Keys of the whole file, beside its list of terms.
_METADATA: Mapping[str, str] = {
    "title": "title", "name": "title", "glossary": "title", "language": "language",
    "lang": "language", "publisher": "publisher", "organization": "publisher",
    "license": "licence", "licence": "licence", "rights": "licence", "url": "url",
}  # fmt: skip
# Where an object stands for a text, the key that holds it.
_TEXT = ("text", "value", "@value", "label", "name", "term", "definition", "content", "description")
# YAML's aliases let a few lines stand for any number of values ("billion laughs").
_VALUES = 2_000_000
_DEPTH = 40


@dataclass(slots=True)
class _Budget:
    """How many values may still be looked at."""

    left: int = _VALUES

    def take(self, source: str) -> None:
        """Count one value."""
        self.left -= 1
        if self.left < 0:
            raise UnreadableSource(source, "it stands for more values than a glossary has")


def read(data: bytes, origin: Origin) -> Document:
    """Return one record an object, one value a line; locator ``entry N`` or ``line N``.

    A record is an object with a field that names a term, or the value of a mapping whose keys are
    terms; lists of them are found however deep they stand.

    Raises:
        UnreadableSource: the file is not valid, or holds no record.
    """
    decoded = decode(data, source=origin.label)
    sheet = Sheet(origin)
    note_guess(sheet, decoded)
    values = _load(unified(decoded.text), origin)
    record = 0
    budget = _Budget()
    for locator, value in values:
        if isinstance(value, dict):
            if str(value.get("format", "")).startswith("glossgraph-extraction/"):
                raise UnreadableSource(
                    origin.label, "this is an extraction, which is built as it is"
                )
            metadata(sheet, value)
        record = lay_all(sheet, value, origin, budget=budget, record=record, locator=locator)
    if not record:
        raise UnreadableSource(origin.label, "it holds no records with a term and a definition")
    return sheet.document()


def lay_all(
    sheet: Sheet,
    value: Any,
    origin: Origin,
    *,
    budget: _Budget | None = None,
    record: int = 0,
    locator: str = "",
) -> int:
    """Lay out every record in ``value`` and return the number of the last one."""
    for fields in _records(value, origin, budget or _Budget(), 0):
        record += 1
        lay(sheet, fields, record=record, locator=locator or f"entry {record}")
    return record


def _load(text: str, origin: Origin) -> list[tuple[str, Any]]:
    """Return the values of the file with their locators, if lines have them."""
    try:
        if origin.media_type == "application/jsonl":
            lines = enumerate(text.split("\n"), start=1)
            return [(f"line {n}", json.loads(line)) for n, line in lines if line.strip()]
        if origin.media_type == "application/yaml":
            return [("", value) for value in yaml.safe_load_all(text)]
        return [("", json.loads(text))]
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        reason = " ".join(str(error).split())[:160] or "it nests too deeply"
        raise UnreadableSource(origin.label, f"it is not valid: {reason}") from error


def metadata(sheet: Sheet, value: Mapping[str, Any]) -> None:
    """Take title, language, publisher, licence and address from the keys beside the records."""
    for key, name in _METADATA.items():
        if isinstance(value.get(key), str) and any(
            isinstance(other, list | dict) for other in value.values()
        ):
            setattr(sheet, name, getattr(sheet, name) or value[key].strip())


def _records(
    value: Any, origin: Origin, budget: _Budget, depth: int
) -> Iterator[Sequence[tuple[str, Role, str, Any]]]:
    """Yield the fields (key, role, language, value) of each record in ``value``, in order."""
    budget.take(origin.label)
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _records(item, origin, budget, depth + 1)
        return
    if not isinstance(value, dict):
        return
    items = {str(key): item for key, item in value.items()}
    fields = _fields(items)
    roles = {role for _, role, _, _ in fields}
    if Role.TERM in roles and roles & {Role.DEFINITION, Role.ALIAS, Role.ACRONYM, Role.EXAMPLE}:
        yield fields
        return
    if _is_glossary(items):
        for key, item in items.items():
            inner = _fields({str(k): v for k, v in item.items()}) if isinstance(item, dict) else ()
            rest = inner or [("", Role.DEFINITION, "", item)]
            yield [("", Role.TERM, "", key), *(f for f in rest if f[1] is not Role.TERM)]
        return
    for item in items.values():
        if isinstance(item, list | dict):
            yield from _records(item, origin, budget, depth + 1)


def _fields(items: Mapping[str, Any]) -> list[tuple[str, Role, str, Any]]:
    """Return the fields of an object, of which exactly one a language is the term."""
    scalars = [key for key, item in items.items() if item is not None]
    kinds = columns.assign(scalars, [], guess=False)
    found = []
    for key, kind in zip(scalars, kinds, strict=True):
        item = items[key]
        if kind.role is Role.TERM and not (_text(item) or _by_language(item)):
            continue
        found.append((key, kind.role, kind.language, item))
    return found


def _is_glossary(items: Mapping[str, Any]) -> bool:
    """Return whether the keys of a mapping are terms: texts or objects with definitions below."""
    known = sum(columns.role_of(key) is not None for key in items)
    if not items or known * 2 > len(items) or all(len(key) == 1 for key in items):
        return False
    if all(isinstance(item, str) for item in items.values()):
        return len(items) > 1
    defined = sum(
        isinstance(item, str)
        or (isinstance(item, dict) and any(r is Role.DEFINITION for _, r, _, _ in _fields(
            {str(k): v for k, v in item.items()})))
        for item in items.values()
    )  # fmt: skip
    return defined * 10 >= len(items) * 8 and any(isinstance(i, dict) for i in items.values())


def _text(item: Any) -> str:
    """Return the text that a value is or holds, or ``""``."""
    if isinstance(item, str | int | float) and not isinstance(item, bool):
        return plain(str(item))
    if isinstance(item, dict):
        return next((plain(item[k]) for k in _TEXT if isinstance(item.get(k), str)), "")
    return ""


def _by_language(item: Any) -> dict[str, str]:
    """Return the texts of an object whose keys are languages (``{"en": …, "de": …}``)."""
    if not isinstance(item, dict) or not item:
        return {}
    tags = {str(key): value for key, value in item.items() if isinstance(value, str)}
    short = all(2 <= len(key.split("-")[0]) <= 3 and key[:2].isalpha() for key in tags)
    return tags if len(tags) == len(item) and short else {}


def lay(
    sheet: Sheet, fields: Sequence[tuple[str, Role, str, Any]], *, record: int, locator: str
) -> None:
    """Lay the fields of one record out, the term first, lists value by value."""
    fresh = True
    for key, role, language, item in sorted(fields, key=lambda field: field[1] is not Role.TERM):
        if role is Role.OTHER and isinstance(item, list | dict):
            _lay_senses(sheet, item, record=record, locator=locator)
            continue
        for tag, text in _texts(role, item):
            laid = sheet.put(
                text, role, blank=fresh, record=record, label=key, locator=locator,
                language=(tag or language).lower(),
            )  # fmt: skip
            fresh = fresh and laid is None


def _lay_senses(sheet: Sheet, item: Any, *, record: int, locator: str) -> None:
    """Lay out what objects below a record say of its term: numbered senses with their fields."""
    for sense in item if isinstance(item, list) else [item]:
        if not isinstance(sense, dict):
            continue
        for key, role, language, value in _fields({str(k): v for k, v in sense.items()}):
            if role not in {Role.TERM, Role.OTHER, Role.NOTATION}:
                for tag, text in _texts(role, value):
                    sheet.put(
                        text, role, record=record, label=key, locator=locator,
                        language=(tag or language).lower(),
                    )  # fmt: skip


def _texts(role: Role, item: Any) -> list[tuple[str, str]]:
    """Return the (language, text) pairs of a field."""
    if isinstance(item, list):
        return [pair for one in item if not isinstance(one, list) for pair in _texts(role, one)]
    by_language = _by_language(item)
    if by_language:
        return [(tag, plain(text)) for tag, text in by_language.items()]
    text = _text(item)
    return [("", value) for value in columns.values(role, text)] if text else []
