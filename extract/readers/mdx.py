"""Components of MDX taken off a page: what they enclose is Markdown, at whatever indent.

Written after the MDX documentation (mdxjs.com): a capital letter tells a component from HTML, and
indented text is no code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_ATTRIBUTES = r"""(?:\s+[\w:-]+(?:=(?:"[^"\n]*"|'[^'\n]*'|\{[^{}\n]*\}))?)*"""
_NAME = r"[A-Z][\w.]*[a-z][\w.]*"
# A component's tag that stands alone on its line, and one whose content stands beside it.
_OPENED = re.compile(rf"[ \t]*<(?P<name>{_NAME})(?P<given>{_ATTRIBUTES})\s*(?P<end>/?)>\s*$")
_CLOSED = re.compile(rf"[ \t]*</(?:{_NAME})?>\s*$")
_WHOLE = re.compile(
    rf"[ \t]*<(?P<name>{_NAME})(?P<given>{_ATTRIBUTES})\s*>(?P<text>[^<\n].*?)</(?P=name)>\s*$"
)
_GIVEN = re.compile(r"""([\w:-]+)=(?:"([^"\n]*)"|'([^'\n]*)'|\{\s*["'`]([^"'`\n]*)["'`]\s*\})""")
_REMARK = re.compile(r"[ \t]*\{/\*.*\*/\}\s*$")
_FENCE = re.compile(r"[ \t]*(?:`{3,}|~{3,})")
# Components that unfold below their title; cards and tabs have titles that name no term.
_UNFOLDS = re.compile(
    r"accordion|details|collaps|expand|disclosure|toggle|faq|term|gloss|defin|entry", re.IGNORECASE
)
_TITLES = ("term", "title", "name", "header", "heading", "label", "summary", "question")
_TEXTS = ("definition", "description", "meaning", "text", "content")
# Deeper than any heading that a page itself sets around a component.
_LEVEL = "######"


def unwrapped(page: str) -> str:
    """Return the page without the tags of components, line by line.

    A component that unfolds below a title leaves a heading; the indent of what stands first in a
    component is taken off all that it holds. One with a term and a definition as attributes
    leaves these. Linear.
    """
    if not re.search(rf"^[ \t]*<{_NAME}", page, re.MULTILINE):
        return page
    lines = page.split("\n")
    margins: list[int] = []
    fenced = False
    for at, line in enumerate(lines):
        if _FENCE.match(line):
            fenced = not fenced
        elif fenced:
            continue
        elif opened := _OPENED.match(line):
            lines[at] = _shown(opened)
            if not opened["end"]:
                margins.append(_margin(lines, at + 1))
            continue
        elif margins and _CLOSED.match(line):
            margins.pop()
            lines[at] = ""
            continue
        elif whole := _WHOLE.match(line):
            title = _title(whole["name"], _given(whole["given"]))
            lines[at] = _beside(title, whole["text"]) if title else whole["text"]
            continue
        elif _REMARK.match(line):
            lines[at] = ""
            continue
        if margins and margins[-1]:
            kept = len(line) - len(line.lstrip(" \t"))
            lines[at] = line[min(kept, margins[-1]) :]
    return "\n".join(lines)


def _margin(lines: Sequence[str], at: int) -> int:
    """The indent of the first line from ``at`` on that is not blank."""
    first = next((line for line in lines[at:] if line.strip()), "")
    return len(first) - len(first.lstrip(" \t"))


def _given(attributes: str) -> dict[str, str]:
    found = _GIVEN.finditer(attributes)
    return {m[1].lower(): " ".join((m[2] or m[3] or m[4] or "").split()) for m in found}


def _title(name: str, given: dict[str, str]) -> str:
    return _first(given, _TITLES) if _UNFOLDS.search(name) else ""


def _first(given: dict[str, str], names: Sequence[str]) -> str:
    return next((given[name] for name in names if given.get(name)), "")


def _shown(opened: re.Match[str]) -> str:
    """What a tag leaves on its line: its title as a heading, its term with the definition."""
    given = _given(opened["given"])
    title = _title(opened["name"], given)
    text = _first(given, _TEXTS)
    if not title:
        return ""
    if opened["end"]:
        return _beside(title, text) if text else ""
    return f"{_LEVEL} {title}"


def _beside(title: str, text: str) -> str:
    """A heading and what stands below it, on one line."""
    return f"<h{len(_LEVEL)}>{title}</h{len(_LEVEL)}><p>{text}</p>"
