"""What changed between two graphs, for people and programs: rows, JSON, Markdown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Any

from kg.diff import WHATS, Change, word_diff

# What stands around words that are gone and new: as `git diff --word-diff` prints them, and in
# Markdown as code hosts show it.
_PLAIN: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"=": ("", ""), "-": ("[-", "-]"), "+": ("{+", "+}")}
)
_MARKDOWN: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"=": ("", ""), "-": ("~~", "~~"), "+": ("**", "**")}
)
_SHOWN = 50
"""Changes of one sort that Markdown lists; of the others it tells the number."""


def counts(changes: Sequence[Change]) -> dict[str, int]:
    """Return how many changes of each sort there are, in the order of their table."""
    found = Counter(change.what for change in changes)
    return {what: found[what] for what in WHATS if found[what]}


def row(change: Change) -> tuple[str, str, str, str]:
    """Return a change as sort, concept, what is different, and where it stands."""
    quote = f' "{change.quote}"' if change.quote else ""
    return change.what, change.label, _said(change, _PLAIN, str), change.place + quote


def view(changes: Sequence[Change]) -> dict[str, Any]:
    """Return the changes as JSON values."""
    return {
        "counts": counts(changes),
        "changes": [
            {
                "change": change.what,
                "concept": change.concept,
                "label": change.label,
                "before": change.before or None,
                "after": change.after or None,
                "place": change.place or None,
                "quote": change.quote or None,
                **(
                    {"words": [list(each) for each in word_diff(change.before, change.after)]}
                    if change.what == "definition-changed"
                    else {}
                ),
            }
            for change in changes
        ],
    }


def markdown(changes: Sequence[Change], old: str, new: str) -> str:
    """Return the changes as Markdown for a pull request: a heading a sort, a bullet each."""
    if not changes:
        return f"No changes from `{old}` to `{new}`.\n"
    lines = [f"## Changes from `{old}` to `{new}`"]
    for what, group in groupby(changes, key=lambda change: change.what):
        found = list(group)
        lines += ["", f"### {WHATS[what]} ({len(found)})", ""]
        lines += [f"- **{escaped(c.label)}**{_bullet(c)}" for c in found[:_SHOWN]]
        if len(found) > _SHOWN:
            lines.append(f"- and {len(found) - _SHOWN} more")
    return "\n".join(lines) + "\n"


def _bullet(change: Change) -> str:
    said = _said(change, _MARKDOWN, escaped)
    quote = f": “{escaped(change.quote)}”" if change.quote else ""
    where = f" (`{change.place}`{quote})" if change.place else ""
    between = " " if change.what.startswith("relation") else ": "
    return f"{between}{said}{where}" if said else where


def _said(change: Change, marks: Mapping[str, tuple[str, str]], clean: Callable[[str], str]) -> str:
    """Return what is different: changed words between their marks, else before and after."""
    if change.what == "definition-changed":
        pieces = word_diff(change.before, change.after)
        return "".join(_marked(clean(text), *marks[mark]) for mark, text in pieces)
    if change.before and change.after:
        return f"{clean(change.before)} → {clean(change.after)}"
    return clean(change.before or change.after)


def _marked(text: str, begin: str, end: str) -> str:
    """Return ``text`` between two marks; blanks at its ends stand outside, as Markdown wants it."""
    words = text.strip()
    if not words or not begin:
        return text
    start = text.index(words)
    return f"{text[:start]}{begin}{words}{end}{text[start + len(words) :]}"


def escaped(text: str) -> str:
    """Return ``text`` so that Markdown shows it as it is."""
    return re.sub(r"([\\`*_\[\]<>~|])", r"\\\1", text)
