"""The fields that stand above a page between ``---`` or ``+++`` lines: YAML or TOML."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

import yaml

from extract.model import Link, Role, Span
from extract.readers.base import Sheet
from extract.readers.columns import role_of, values

_YAML = re.compile(r"\A(?:[ \t]*\n)*---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TOML = re.compile(r"\A(?:[ \t]*\n)*\+\+\+[ \t]*\n(.*?\n)?\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_WIKI = re.compile(r"\[\[([^\]\[|#]+)[^\]\[]*\]\]")
# Keys that name the term itself; "title" does so only on a page of one term, where the page's
# heading does, too: it is laid out as that heading.
_TERM = frozenset({"term", "headword", "glossary term", "word", "acronym term"})
# Keys of site generators that say how a page is shown or found, not what it says.
_SHOWN = frozenset({"url", "href", "permalink", "link", "links", "slug", "name", "label", "index"})
# Keys of a page that is nowhere but sends its readers on: the target's path or name.
_SENT_ON = frozenset({"redirect", "redirect to", "redirectto", "redirect url", "see instead"})
_METADATA: Mapping[str, str] = {
    "lang": "language", "language": "language", "locale": "language",
    "publisher": "publisher", "organization": "publisher", "organisation": "publisher",
    "license": "licence", "licence": "licence", "rights": "licence", "copyright": "licence",
    "canonical": "url", "canonical url": "url", "source": "url",
}  # fmt: skip


def split(text: str) -> tuple[str, Mapping[str, Any], str]:
    """Return the page with its front matter blanked out line by line, the fields, and a complaint.

    The complaint is ``""``, or the reason why what looked like front matter could not be read.
    """
    for pattern, load in ((_YAML, yaml.safe_load), (_TOML, tomllib.loads)):
        found = pattern.match(text)
        if not found:
            continue
        try:
            fields = load(found[1] or "")
        except (yaml.YAMLError, tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
            fields, complaint = None, " ".join(str(error).split())[:200]
        else:
            complaint = ""
        if fields is None or isinstance(fields, dict):
            # A thematic break may open a page: without any "key:" the text is the page's own.
            if not fields and ":" not in (found[1] or "") and "=" not in (found[1] or ""):
                return text, {}, ""
            blanked = "\n" * found[0].count("\n")
            return blanked + text[found.end() :], fields or {}, complaint
    return text, {}, ""


def title_of(fields: Mapping[str, Any]) -> str:
    """Return the page's title by its fields, or ``""``."""
    lowered = {str(key).lower(): value for key, value in fields.items()}
    for key in ("title", "term", "name", "headword", "pagetitle"):
        if isinstance(lowered.get(key), str | int | float):
            return " ".join(str(lowered[key]).split())
    return ""


def lay(sheet: Sheet, fields: Mapping[str, Any], *, body: str, heading: bool) -> None:
    """Lay the fields that say something of a term out on ``sheet``, and take its metadata.

    ``body`` is the page's own text: a description that repeats its beginning is left out, and one
    beside a body is ``OTHER`` (mostly written for search engines). ``heading`` tells whether the
    page has a first-level heading of its own; else the title is laid out as one.
    """
    body = " ".join(body.split())
    for key, value in fields.items():
        name = re.sub(r"[_-]+", " ", str(key)).lower()
        if name in _METADATA and isinstance(value, str):
            setattr(sheet, _METADATA[name], value.strip())
            continue
        single = isinstance(value, str | int | float) and not isinstance(value, bool)
        if name == "title" and single:
            sheet.title = str(value)
            if not heading:
                sheet.put(str(value), Role.HEADING, level=1, label=str(key), section="front matter")
            continue
        if name in _SENT_ON and isinstance(value, str):
            step = value.strip().strip("/").rpartition("/")[2].partition("#")[0]
            text = re.sub(r"\.\w{2,5}$", "", step) if "/" in value or "." in step else value
            link = Link(span=Span(start=0, end=len(text)), target=value.strip())
            sheet.put(
                text, Role.REFERENCE, label=str(key), links=(link,), section="front matter",
                locator="front matter",
            )  # fmt: skip
            continue
        role = Role.TERM if name in _TERM else role_of(str(key))
        if role is None or (name in _SHOWN and role is not Role.NOTATION):
            continue
        if role is Role.TERM and name not in _TERM:
            continue
        if role is Role.DEFINITION and body and single:
            text = " ".join(str(value).split())
            if body.startswith(text[:40]):
                continue
            role = Role.OTHER
        for text in _texts(role, value):
            sheet.put(text, role, label=str(key), section="front matter", locator="front matter")


def _texts(role: Role, value: object) -> list[str]:
    """Return the values of a field as texts; mappings and empty values give none."""
    if isinstance(value, list):
        return [text for item in value for text in _texts(role, item) if not isinstance(item, list)]
    if isinstance(value, bool) or value is None or isinstance(value, dict):
        return []
    # Obsidian keeps links in fields, too: "[[Jus|the jus]]".
    plain = _WIKI.sub(lambda link: link[1].rsplit("/", 1)[-1], str(value))
    return [" ".join(text.split()) for text in values(role, plain)]
