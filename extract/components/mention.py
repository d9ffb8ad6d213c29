"""Where a text names an entry: its labels in either number and any case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from extract.labels import is_acronym

_PART = re.compile(r"[^\s\-–'’]*")
_ENDING = re.compile(r"(?:ies|y|es|s)$")


class Mention:
    """A pattern of labels that is compiled when a text may hold one.

    Group 1 of a match is the label; a parenthesis behind it is part of the match. Acronyms keep
    their case ("IT" is not "it"). Compiling takes half a millisecond and a text without the first
    word of any label cannot match, which is so for most definitions of a long glossary.
    """

    __slots__ = ("_labels", "_pattern", "_stems")

    def __init__(self, labels: tuple[str, ...]) -> None:
        self._labels = labels
        self._stems = {_stem(label) for label in labels}
        self._pattern: re.Pattern[str] | None = None

    def match(self, text: str) -> re.Match[str] | None:
        """Return the label that ``text`` begins with."""
        pattern = self._for(text)
        return pattern.match(text) if pattern else None

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first label in ``text``."""
        pattern = self._for(text)
        return pattern.search(text) if pattern else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Return all labels in ``text``, in order."""
        pattern = self._for(text)
        return pattern.finditer(text) if pattern else iter(())

    def _for(self, text: str) -> re.Pattern[str] | None:
        """The pattern, or ``None`` where ``text`` cannot match it."""
        lower = text.lower()
        if not any(stem in lower for stem in self._stems):
            return None
        if self._pattern is None:
            self._pattern = _compiled(self._labels)
        return self._pattern


@lru_cache(maxsize=1024)
def mention(labels: tuple[str, ...]) -> Mention:
    """Return what finds the labels in running text."""
    return Mention(labels)


def _stem(label: str) -> str:
    """What every spelling of a label that the pattern takes begins with, in lower case."""
    first = _PART.match(label)
    if not label.isascii() or first is None:
        return ""  # other cases than ASCII's may change a letter's length
    word = first[0].lower()
    return _ENDING.sub("", word) if len(label) > 4 else word


def _compiled(labels: tuple[str, ...]) -> re.Pattern[str]:
    forms = []
    for label in sorted(labels, key=len, reverse=True):
        escaped = re.sub(r"(?:\\[-\s]|[\s–])+", r"[-–\\s]+", re.escape(label))
        escaped = re.sub(r"['’]", "['’]", escaped)
        stem = _ENDING.sub("", escaped) if len(label) > 4 else escaped
        ending = r"(?:ies|y|es|s|e)?" if len(label) > 4 else r"s?"
        form = stem + ending
        forms.append(f"(?-i:{form})" if is_acronym(label) else form)
    return re.compile(
        rf"(?<![\w-])({'|'.join(forms)})(?![\w-])[\"”’']?(?:\s*\([^()]*\))?", re.IGNORECASE
    )
