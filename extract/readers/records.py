"""Records of JSON, JSON Lines and YAML, laid out: one value a line, the term first."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import yaml

from extract.errors import UnreadableSource
from extract.labels import slug
from extract.model import Document, Link, Role, Span
from extract.readers import columns
from extract.readers.base import Origin, Sheet
from extract.readers.cell_links import linked, unmarked
from extract.readers.encoding import decode, unified
from extract.readers.record_fields import Fields, fields_of, tells, text_of, texts_of
from extract.readers.record_shapes import Budget, records
from extract.readers.text import names_glossary, note_guess

# Keys of the whole file, beside its list of terms.
_METADATA: Mapping[str, str] = {
    "title": "title", "name": "title", "glossary": "title", "language": "language",
    "lang": "language", "publisher": "publisher", "organization": "publisher",
    "license": "licence", "licence": "licence", "rights": "licence", "url": "url",
}  # fmt: skip
_MACHINE_TEXT = """
openapi swagger asyncapi apiVersion dependencies devDependencies peerDependencies scripts
compilerOptions lockfileVersion services jobs stages steps volumes inputs runs resources
workflows pipelines repos plugins mappings tasks hosts $defs paths components
"""
# Keys at the top of files that tell a machine what to do.
_MACHINE = frozenset(_MACHINE_TEXT.split())


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
    for _, value in values:
        if isinstance(value, dict):
            if str(value.get("format", "")).startswith("glossgraph-extraction/"):
                raise UnreadableSource(
                    origin.label, "this is an extraction, which is built as it is"
                )
            metadata(sheet, value)
    if not lay_all(sheet, values, origin):
        raise UnreadableSource(origin.label, "it holds no records with a term and a definition")
    return sheet.document()


def lay_all(sheet: Sheet, values: Sequence[tuple[str, Any]], origin: Origin) -> int:
    """Lay out every record in the values of a file, given with their locators; return how many.

    Raises:
        UnreadableSource: the records are settings or a list of people or goods.
    """
    budget = Budget()
    whole = values[0][1] if len(values) == 1 else [value for _, value in values]
    titles, keys = _called(whole)
    called = any(map(names_glossary, (origin.name, *titles)))
    found = [
        (locator, fields)
        for locator, value in values
        for fields in records(value, origin, budget, called=called)
    ]
    told = [fields for _, fields in found]
    named = called or any(map(names_glossary, keys))
    if found and not named and (reason := _no_glossary(whole, told)):
        raise UnreadableSource(origin.label, reason)
    names = dict.fromkeys(name for fields in told[:50] for name, _, _, _ in fields if name)
    sheet.hint = sheet.hint or columns.spoken(names)
    first = _language(told)
    told = [_led(fields, first) for fields in told]
    places = {name: name for fields in told for name in _names(fields)}
    for record, ((locator, _), fields) in enumerate(zip(found, told, strict=True), start=1):
        for name in _names(fields):
            sheet.anchor(name)
        lay(sheet, fields, record=record, locator=locator or f"entry {record}", places=places)
    return len(found)


def _no_glossary(value: Any, found: Sequence[Fields]) -> str:
    """Return the sentence that says why records are none of a glossary, or ``""``.

    Files whose fields say "term" are believed; others must say something in sentences, or long
    forms of acronyms, in half of their records.
    """
    if any(role is Role.TERM and columns.is_strong(key) for fields in found[:50]
           for key, role, _, _ in fields if key):  # fmt: skip
        return ""
    if isinstance(value, dict) and (keys := [str(k) for k in value if str(k) in _MACHINE]):
        told = ", ".join(f'"{key}"' for key in keys[:3])
        return f"it holds settings, not a glossary: {told}"
    names = {name for fields in found[:50] for name, _, _, _ in fields if name}
    if lone := columns.foreign(sorted(names)):
        told = ", ".join(f'"{name}"' for name in lone[:3])
        return f"its fields are those of another list, not of a glossary: {told}"
    told_of = [tells(fields) for fields in found[:200]]
    if sum(told_of) * 2 < len(told_of):
        return "its texts are no definitions: few of them are sentences or long forms"
    return ""


def _called(value: Any) -> tuple[list[str], list[str]]:
    """Return what a file calls itself, and its parts."""
    if not isinstance(value, dict):
        return [], []
    return [value[k] for k in _METADATA if isinstance(value.get(k), str)], list(map(str, value))


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
            said = value[key].strip()
            said = columns.tag_of(said) if name == "language" else said
            setattr(sheet, name, getattr(sheet, name) or said)


def _language(told: Sequence[Fields]) -> str:
    """Return the language in which most records of a multilingual file give a term, or ``""``.

    Of several the one named first.
    """
    counts: Counter[str] = Counter()
    for fields in told:
        counts.update([*dict.fromkeys(t for _, role, t, _ in fields if role is Role.TERM)])
    return max(counts, key=lambda tag: counts[tag], default="")


def _led(fields: Fields, language: str) -> Fields:
    """Return the fields with those of the file's own language first among their like."""
    return sorted(fields, key=lambda field: bool(field[2]) and field[2] != language)


# Fields whose values name other records: by their terms, or by what identifies them.
_POINTING = frozenset({Role.REFERENCE, Role.RELATED, Role.BROADER, Role.NARROWER})


def _names(fields: Fields) -> list[str]:
    """Return what identifies a record: its slug, code or number, to which links lead."""
    given = [text_of(item) for _, role, _, item in fields if role is Role.NOTATION]
    term = next((text_of(item) for _, role, _, item in fields if role is Role.TERM), "")
    return list(dict.fromkeys(filter(None, (*given, slug(term)))))


def lay(
    sheet: Sheet, fields: Fields, *, record: int, locator: str, places: Mapping[str, str]
) -> None:
    """Lay the fields of one record out, the term first, lists value by value.

    ``places`` gives the anchors of all records by what identifies them.
    """
    fresh = True
    own = slug(next((text_of(i) for _, role, _, i in fields if role is Role.TERM), ""))
    for key, role, language, item in sorted(fields, key=lambda field: field[1] is not Role.TERM):
        if role is Role.OTHER and isinstance(item, list | dict):
            _lay_senses(sheet, item, record=record, locator=locator)
            continue
        texts = texts_of(role, item)
        # Several definitions in a list are senses of a homonym.
        numbered = role is Role.DEFINITION and isinstance(item, list) and len(texts) > 1
        for number, (tag, text) in enumerate(texts, start=1):
            shown, links = linked(unmarked(text))
            if role is Role.REFERENCE and own and _own_address(text) == own:
                continue  # where the term itself is published
            if role in _POINTING and not links and (place := places.get(text)):
                links = (Link(span=Span(start=0, end=len(shown)), target=f"#{place}"),)
            laid = sheet.put(
                shown, role, blank=fresh, record=record, label=key, locator=locator, links=links,
                language=(tag or language).lower(), marker=f"{number}." if numbered else "",
            )  # fmt: skip
            fresh = fresh and laid is None


def _own_address(text: str) -> str:
    """Return the slug of the last step of an address, or ``""`` where ``text`` is none."""
    found = re.fullmatch(r"https?://\S+?/([^/?#\s]+)/?", text)
    return slug(unquote(found[1]).replace("_", " ")) if found else ""


def _lay_senses(sheet: Sheet, item: Any, *, record: int, locator: str) -> None:
    """Lay out what objects below a record say of its term: numbered senses with their fields."""
    senses = [one for one in (item if isinstance(item, list) else [item]) if isinstance(one, dict)]
    found = [fields_of({str(k): v for k, v in sense.items()}) for sense in senses]
    defined = [any(role is Role.DEFINITION for _, role, _, _ in fields) for fields in found]
    number = 0
    for fields in found:
        for key, role, language, value in fields:
            if role in {Role.TERM, Role.OTHER, Role.NOTATION}:
                continue
            number += role is Role.DEFINITION
            marked = role is Role.DEFINITION and sum(defined) > 1
            for tag, text in texts_of(role, value):
                shown, links = linked(unmarked(text))
                sheet.put(
                    shown, role, record=record, label=key, locator=locator, links=links,
                    language=(tag or language).lower(), marker=f"{number}." if marked else "",
                )  # fmt: skip
