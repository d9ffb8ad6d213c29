"""Fields of an object in JSON or YAML by the names of its keys, and the texts of their values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from extract.labels import is_acronym
from extract.model import Role
from extract.readers import columns
from extract.readers.rows import plain

Fields = Sequence[tuple[str, Role, str, Any]]
"""Of one record: for each field its key, role, language and value."""
# Where an object stands for a text, the key that holds it.
_TEXT = ("text", "value", "@value", "label", "name", "term", "definition", "content", "description")


def fields_of(items: Mapping[str, Any]) -> Fields:
    """Return the fields of an object, of which exactly one a language is the term."""
    scalars = [key for key, item in items.items() if item is not None]
    kinds = columns.assign(scalars, [], guess=False)
    found = []
    for key, kind in zip(scalars, kinds, strict=True):
        item = items[key]
        if kind.role is Role.TERM and not (text_of(item) or _by_language(item)):
            continue
        # "short" heads short forms, and in other files short descriptions.
        said = kind.role is Role.ACRONYM and bool(_SENTENCE.fullmatch(text_of(item)))
        found.append((key, Role.NOTE if said else kind.role, kind.language, item))
    if not any(role is Role.DEFINITION for _, role, _, _ in found):
        # Where nothing else says what a term means, a remark in words does.
        at = next((n for n, f in enumerate(found) if f[1] is Role.NOTE and _is_told(f[3])), None)
        if at is not None:
            key, _, language, item = found[at]
            found[at] = (key, Role.DEFINITION, language, item)
    return found


def _is_told(item: Any) -> bool:
    return isinstance(item, str) and len(item.split()) >= _WORDS


# A remark of fewer words says nothing of what a term means.
_WORDS = 4


_SENTENCE = re.compile(r"\S+(?:\s+\S+){3,}[.!?]", re.S)


_ARTICLE = re.compile(
    r"(?:an?|the|eine?|der|die|das|une?|le|la|les|l'|el|un|una|o|os|as|um)\s\w", re.I
)


def tells(fields: Fields) -> bool:
    """Return whether a record says something of its term in words."""
    term = next((text_of(item) for _, role, _, item in fields if role is Role.TERM), "")
    for _, role, _, item in fields:
        if role not in (Role.DEFINITION, Role.EXAMPLE, Role.NOTE):
            continue
        for _, text in texts_of(role, item):
            words = [w for w in re.findall(r"[^\W\d_]+", text) if len(w) > 1 or w > "\u2e80"]
            code = re.search(r"[{}<>$=\\]|^[./~@]|\w/\w+[@:]|--\w|&&", text)
            if code and len(words) < 8:
                continue
            spaceless = len(re.findall(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]", text)) >= 4
            if (
                len(words) >= 3
                or _ARTICLE.match(text)
                or spaceless
                or (is_acronym(term) and len(words) >= 2)
            ):
                return True
    return False


def texts_of(role: Role, item: Any) -> list[tuple[str, str]]:
    """Return the (language, text) pairs of a field."""
    if isinstance(item, list):
        return [pair for one in item if not isinstance(one, list) for pair in texts_of(role, one)]
    if by_language := _by_language(item):
        return [(tag, piece) for tag, text in by_language.items()
                for piece in columns.values(role, plain(text))]  # fmt: skip
    if isinstance(item, dict) and item and all(columns.is_tag(str(key)) for key in item):
        return [(str(tag), text) for tag, one in item.items() for _, text in texts_of(role, one)]
    if role in _POINTERS and (pointer := _pointer(item)):
        return [("", pointer)]
    text = text_of(item)
    return [("", value) for value in columns.values(role, text)] if text else []


_POINTERS = frozenset({Role.REFERENCE, Role.RELATED, Role.IRI})
_HREF = ("link", "href", "url", "target", "to")


def _pointer(item: Any) -> str:
    """Return an object of words and an address as the link it stands for, written in Markdown."""
    if not isinstance(item, dict):
        return ""
    words = next((item[k] for k in (*_TEXT, "title") if isinstance(item.get(k), str)), "")
    href = next((item[k] for k in _HREF if isinstance(item.get(k), str)), "")
    if not words.strip() or not href or re.search(r"[\s()]", href.strip()):
        return ""
    return f"[{plain(words)}]({href.strip()})"


def text_of(item: Any) -> str:
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
