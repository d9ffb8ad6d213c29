"""Which field each paragraph of an article belongs to, by its own label or by the one above it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extract.articles import Paragraph
from extract.labels import fold
from extract.languages import Words
from extract.model import Role

_LABEL = re.compile(
    r"(?P<mark>[*_']{1,3})?(?P<label>[^:：*_]{1,40}?)(?P=mark)?\s*[:：]\s*(?P=mark)?\s*"
)
_ABBREVIATED = re.compile(r"(?:e\.\s?g\.|p\. ex\.|z\. ?B\.|p\. ej\.|напр\.)[,:]?\s+", re.I)
_FORMULA = re.compile(r"[^.=]{2,90}\s=\s[^.=]*[/÷×*+−–x-][^=]*")


# What the markup itself says of a paragraph.
_TOLD = {Role.NOTE: "note", Role.EXAMPLE: "example"}
# Words of a title that a box of links shows on a line.
_TITLE = 10


@dataclass(slots=True)
class Pile:
    """A paragraph, or what stands behind its label, and the field it belongs to."""

    key: str
    paragraph: Paragraph
    begin: int
    """Where in the paragraph's text the content begins …"""
    end: int | None = None
    """… and ends; None: with the paragraph."""


def piles_of(paragraphs: Sequence[Paragraph], words: Words) -> Iterator[Pile]:
    """Yield every paragraph with its field, by its own label or by the one above it."""
    governing, listed = "definition", False
    for number, paragraph in enumerate(paragraphs):
        key, begin = label_of(paragraph.text, words)
        if key == "term":
            key, begin = None, 0
        if key is None and (told := _TOLD.get(paragraph.block.role)):
            yield Pile(told, paragraph, 0)  # a box of the page's own: it governs nothing else
            continue
        if key and begin >= len(paragraph.text):
            if number + 1 < len(paragraphs):
                governing, listed = key, False
            continue
        if key:
            yield Pile(key, paragraph, begin)
            if key == "see" and ":" not in paragraph.text[:begin] and paragraph.closed:
                yield Pile("definition", paragraph, 0)  # a sentence of the definition
            governing = key if key == "definition" else governing
            continue
        if governing not in ("definition", "example", "note"):
            # A bare label governs one paragraph, or the list below it.
            if listed and not paragraph.block.marker and not _is_name(paragraph):
                governing = "definition"
            elif not paragraph.block.marker:
                yield Pile(governing, paragraph, 0)
                # Boxes of links set each on a paragraph of its own.
                listed = governing in ("see", "related", "resource") and _is_name(paragraph)
                governing = governing if listed else "definition"
                continue
            listed = True
        elif governing == "example":
            if listed and not paragraph.block.marker:
                governing, listed = "definition", False
            listed = listed or bool(paragraph.block.marker)
        if governing == "definition" and _is_formula(paragraph.text):
            yield Pile("formula", paragraph, 0)
        yield Pile(governing, paragraph, 0)


def sends_on(pile: Pile, words: Words) -> bool:
    """Return whether a paragraph's label is one of mere pointers: "see", not "see also"."""
    label = fold(pile.paragraph.text[: pile.begin]).strip(" :：*_'.")
    return label in words.redirects


def _is_name(paragraph: Paragraph) -> bool:
    """Whether a paragraph is but a name or a title, no sentence."""
    return not paragraph.closed and len(paragraph.text.split()) <= _TITLE


def label_of(text: str, words: Words) -> tuple[str | None, int]:
    """Return the field that a paragraph's label names and where its content begins, or (None, 0).

    ``Example: …`` gives ``("example", 9)``; a label alone on its line gives its length.
    """
    if words.label(text) and (text.rstrip("*_' ").endswith((":", "：")) or len(text) <= 20):
        return words.label(text), len(text)
    found = _LABEL.match(text)
    if found and (key := words.label(found["label"])):
        return key, found.end()
    if (bare := words.bare.match(text)) and _points(text[bare.end() :]):
        return "see", bare.end()
    if brief := _ABBREVIATED.match(text):
        return "example", brief.end()
    return None, 0


def _points(text: str) -> bool:
    """Whether what follows a bare "See" is a list of names, not a sentence."""
    if re.match(r"(?:how|why|what|where|when|if|whether|our|your|below|above)\b", text, re.I):
        return False  # "See how it is made", "See below"
    if re.search(r"\bfor (?:more|further|details|information|an?\b|the\b)|://", text):
        return False  # "See the manual for details."
    return len(text.split()) <= 12 and not re.search(r"[.!?]\s+\S", text) and len(text) <= 120


def _is_formula(text: str) -> bool:
    return len(text) <= 200 and bool(_FORMULA.fullmatch(text))
