"""What a page says of itself to machines: title, language, publisher, licence, JSON-LD terms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from extract.model import Role
from extract.readers.base import Sheet

_SITE = re.compile(r"\s+[|–—•·»]\s+.*$|\s+-\s+[^-]{2,40}$")


def metadata(sheet: Sheet, root: etree._Element) -> None:
    """Take title, language, publisher, licence and address from the page's head."""
    html = root if root.tag == "html" else None
    if html is not None:
        sheet.language = (
            html.get("lang") or html.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
        ).strip()
        if not re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", sheet.language):
            sheet.language = ""
    title = next(root.iter("title"), None)
    if title is not None and title.text:
        whole = " ".join(title.text.split())
        sheet.title = _SITE.sub("", whole) or whole
    for meta in root.iter("meta"):
        name = (meta.get("property") or meta.get("name") or "").lower()
        content = (meta.get("content") or "").strip()
        if name in {"og:site_name", "publisher", "dc.publisher", "dcterms.publisher"} and content:
            sheet.publisher = sheet.publisher or content
        elif name == "og:url" and content.startswith("http"):
            sheet.url = sheet.url or content
        elif name in {"dc.rights", "dcterms.license", "license"} and content:
            sheet.licence = sheet.licence or content
    for link in root.iter("link", "a"):
        rel, href = (link.get("rel") or "").lower().split(), link.get("href") or ""
        if "license" in rel and href:
            sheet.licence = sheet.licence or href
        elif "canonical" in rel and href.startswith("http"):
            sheet.url = href


def lay_json_ld(sheet: Sheet, root: etree._Element, *, record: int) -> int:
    """Lay out the schema.org DefinedTerms of the page's JSON-LD that the page itself does not show.

    Pages mostly show what they tell machines, so a term whose name stands in a heading, a term or
    a bold lead is left alone. Returns the number of the last record.
    """
    text = sheet.text
    shown = {_fold(b.span.of(text)) for b in sheet.blocks if len(b.span) < 200}
    shown |= {_fold(b.bold.of(text)) for b in sheet.blocks if b.bold}
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        try:
            data = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            sheet.find("json-ld", "The page's JSON-LD is not valid and was passed over.")
            continue
        for term in defined_terms(data):
            name = _string(term.get("name"))
            if not name or _fold(name) in shown:
                continue
            record += 1
            shown.add(_fold(name))
            for key, role in _KEYS.items():
                for value in _strings(term.get(key)):
                    sheet.put(
                        value, role, blank=key == "name", record=record, label=key,
                        section="json-ld", locator="JSON-LD",
                    )  # fmt: skip
    return record


_KEYS = {
    "name": Role.TERM, "alternateName": Role.ALIAS, "termCode": Role.NOTATION,
    "description": Role.DEFINITION, "disambiguatingDescription": Role.NOTE, "@id": Role.IRI,
}  # fmt: skip


def defined_terms(data: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects of type DefinedTerm in JSON-LD data, in order, however deep they stand."""
    stack = [data]
    while stack:
        item = stack.pop()
        if isinstance(item, list):
            stack.extend(reversed(item))
        elif isinstance(item, dict):
            kinds = item.get("@type")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            if any(str(kind).rsplit("/", 1)[-1] == "DefinedTerm" for kind in kinds):
                yield item
            stack.extend(
                value for value in reversed(list(item.values())) if isinstance(value, list | dict)
            )


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())


def _string(value: object) -> str:
    return next(iter(_strings(value)), "")


def _strings(value: object) -> list[str]:
    """Return the texts of a JSON-LD value: strings, lists of them, ``{"@value": …}``."""
    items = value if isinstance(value, list) else [value]
    texts = [item.get("@value") if isinstance(item, dict) else item for item in items]
    plain = (re.sub(r"<[^<>]*>", "", text) for text in texts if isinstance(text, str))
    return [" ".join(text.split()) for text in plain if text.strip()]
