"""XML of no vocabulary that is known: records by the names of their elements and attributes.

What courses and databases export: ``<entry><concept>…</concept><definition>…</definition>``.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from extract.errors import UnreadableSource
from extract.model import Document
from extract.readers import columns, records, xml_tree
from extract.readers.base import Origin, Sheet
from extract.readers.xml_tree import name


def read(data: bytes, origin: Origin) -> Document:
    """Return one record an element that holds a term and something about it; locator ``entry N``.

    Raises:
        UnreadableSource: this is no XML, or holds no such element.
    """
    sheet = Sheet(origin)
    root = xml_tree.parse(data, origin, sheet)
    value = _value(root)
    sheet.language = xml_tree.language_of(root)
    if isinstance(value, dict):
        records.metadata(sheet, value)
    if not records.lay_all(sheet, [("", value)], origin):
        raise UnreadableSource(origin.label, "it holds no elements with a term and a definition")
    return sheet.document()


def _value(element: etree._Element) -> Any:
    """Return an element as JSON would hold it: text, or fields by name, repeated ones as lists."""
    fields: dict[str, Any] = {}
    for key, text in element.attrib.items():
        if key not in (xml_tree.LANGUAGE, "lang"):
            fields[etree.QName(key).localname] = text
    nested = [child for child in element if name(child)]
    # Markup of running text is no structure: <b>, <p>, <i> within words.
    mixed = any((child.tail or "").strip() for child in nested) or (element.text or "").strip()
    if not nested or mixed:
        text = xml_tree.words(element)
        return {**fields, "value": text} if fields and text else fields or text
    for child in nested:
        key, value = name(child).lower(), _value(child)
        if key in fields:
            held = fields[key]
            value = [*held, value] if isinstance(held, list) else [held, value]
        fields[key] = value
    if len(fields) == 1 and columns.role_of(key) is columns.role_of(name(element)) is not None:
        return value  # <aliases><alias>…</alias></aliases>
    return fields
