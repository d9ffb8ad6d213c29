"""Words in braces, by which plain-text dictionaries link: "a kind of {token ring}"."""

from __future__ import annotations

import re

from extract.model import Link, Span

_BRACES = re.compile(r"\{([^{}\n]{1,80}(?:\n[^{}\n]{1,80}){0,2})\}")
# Code, templates and formulas have braces, too.
_NO_NAME = re.compile(r"[;=<>\\$%|\"]|^\W*$|^\s|\s$")
_ADDRESS = re.compile(r"\(?\s*(https?://[^\s()]+|\w[\w./-]*\.html?)\s*\)?$")
# A page links so often or not at all.
_FEWEST, _SHARE = 5, 0.75


def linked(text: str) -> tuple[str, list[Link]]:
    """Return ``text`` without the braces around names, and the names as links; else as it is.

    Line ends within braces stay, so that lines keep their numbers.
    """
    opened = text.count("{")
    if opened < _FEWEST:
        return text, []
    found = [m for m in _BRACES.finditer(text) if not _NO_NAME.search(m[1])]
    if len(found) < max(_FEWEST, _SHARE * opened):
        return text, []
    parts: list[str] = []
    links: list[Link] = []
    at = length = 0
    for match in found:
        parts += [text[at : match.start()], match[1]]
        length += match.start() - at
        address = _ADDRESS.search(match[1])
        span = Span(start=length, end=length + len(match[1]))
        if address:
            links.append(Link(span=span, target=address[1]))
        else:
            links.append(Link(span=span, target=" ".join(match[1].split()), kind="term"))
        length += len(match[1])
        at = match.end()
    return "".join([*parts, text[at:]]), links
