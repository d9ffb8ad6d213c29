"""Records: entries that the source's own markup tells apart (``dl``, tables, CSV, TBX …)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extract.languages import Words
from extract.layouts.heads import COLLATIONS, order, plausible
from extract.layouts.lines import Line
from extract.model import Role

# What says enough about a term to make an entry of it.
_CONTENT = frozenset(Role) - {Role.TERM, Role.TAG, Role.NOTATION, Role.IRI, Role.SUBJECT_FIELD}
# Pages hold definition lists and tables for other things, too; files of records hold nothing else.
PAGES = (
    "text/plain",
    "text/html",
    "text/markdown",
    "text/x-rst",
    "text/asciidoc",
    "text/x-texinfo",
    "text/x-tex",
    "application/xhtml",
    "application/epub",
    "application/pdf",
)
"""Beginnings of the media types of pages."""

VOCABULARIES = (
    "application/x-tbx",
    "application/tei+xml",
    "application/x-xdxf",
    "application/x-lift",
    "application/x-dictd",
    "application/x-stardict",
    "application/rdf",
    "application/n-",
    "application/trig",
    "application/ld+json",
    "text/turtle",
    "text/n3",
    "application/docbook",
    "application/dita",
    "application/mediawiki",
)
"""Beginnings of the media types whose documents say themselves what is a term."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The lines of one record, and which of them is its headword."""

    lines: tuple[int, ...]
    term: int


def records(lines: Sequence[Line], media_type: str, words: Words) -> list[Record]:
    """Return the records that have a term and say something about it, in order."""
    groups: dict[int, list[Line]] = {}
    last: Line | None = None
    for line in lines:
        if line.block.record is not None:
            groups.setdefault(line.block.record, []).append(line)
            last = line
        elif last is not None and _inside(line, groups[last.block.record or 0]):
            groups[last.block.record or 0].append(line)
    found = []
    loose = not media_type.startswith(PAGES)
    told = [any(x.block.role in _CONTENT for x in group) for group in groups.values()]
    # Where definitions are kept elsewhere (an include) or still missing, the terms are listed all
    # the same; a list of mostly bare names is none of terms.
    listed = sum(told) >= _FEWEST and sum(told) * 2 >= len(told)
    for group, said in zip(groups.values(), told, strict=True):
        term = next((x for x in group if x.block.role is Role.TERM), None)
        if term is None or not (said or loose or (listed and len(term.text) > 2)):
            continue
        if loose or plausible(term.text, words):
            found.append(Record(lines=tuple(x.number for x in group), term=term.number))
    return _without_imprint(found, lines)


_FEWEST = 3
"""Terms with definitions from which a page's list of terms is taken for one."""


def _without_imprint(found: list[Record], lines: Sequence[Line]) -> list[Record]:
    """The records without the list of a document's own data ("Latest version:", "Editors:").

    Specifications set it in a list like that of their terms, its names with a colon behind them.
    """
    lists: dict[str, list[Record]] = {}
    for record in found:
        lists.setdefault(lines[record.term].block.section.rpartition("/")[0], []).append(record)
    if len(lists) < 2:
        return found

    def colons(members: Sequence[Record]) -> float:
        return sum(lines[r.term].text.endswith((":", "：")) for r in members) / len(members)

    marked = [name for name, members in lists.items() if colons(members) > _MARKED]
    plain = sum(len(members) for name, members in lists.items() if name not in marked)
    if not marked or plain <= sum(len(lists[name]) for name in marked):
        return found
    dropped = {record.term for name in marked for record in lists[name]}
    return [record for record in found if record.term not in dropped]


_MARKED = 0.8


def ends_in_colons(found: Sequence[Record], lines: Sequence[Line]) -> bool:
    """Return whether most records' terms are printed with a colon, which is no part of them.

    So RFCs set theirs, and people who keep a list as they would write it by hand.
    """
    marked = sum(bool(_COLON.search(lines[record.term].text)) for record in found)
    return len(found) > 1 and marked > 0.5 * len(found)


# "?:" and "std::" are names of programs' things.
_COLON = re.compile(r"(?<=[\w)\]”’\"'])\s?[:：]$")


def without_colon(text: str) -> str:
    """Return a term without the colon that it is printed with."""
    return _COLON.sub("", text)


def _inside(line: Line, group: Sequence[Line]) -> bool:
    """Whether a line stands in the element that holds a record's definition (a list in it)."""
    last = next((x for x in reversed(group) if x.block.record is not None), None)
    if last is None or last.block.role is not Role.DEFINITION or not last.block.section:
        return False
    element = last.block.section
    terms = [x.block.section for x in group if x.block.role is Role.TERM]
    if line.block.section.startswith(element + "/"):
        return True
    parent = element.rpartition("/")[0]
    around = any(t.startswith(parent) for t in terms)
    return bool(parent) and not around and line.block.section.startswith(parent + "/")


def rank(found: Sequence[Record], lines: Sequence[Line], words: Words) -> dict[str, float]:
    """Return the factors of the records' score, on the scale of the layouts read from lines.

    Markup is stronger evidence than any line's looks, so the share of lines counts by its root;
    still a table of five rows in a page of headings explains less than the headings do.
    """
    explained = sum(len(r.lines) for r in found) / max(len(lines), 1)
    names = [lines[r.term].text for r in found]
    alphabetical = max(order([f(n) for n in names]) for f in COLLATIONS.values())
    quality = sum(plausible(n, words) for n in names) / len(names)
    defined = sum(
        any(lines[n].block.role is Role.DEFINITION and len(lines[n].text) > 3 for n in r.lines)
        for r in found
    ) / len(found)
    return {
        "lines": explained**0.5,
        "entries": (0.4 + 0.6 * quality) * (0.5 + 0.5 * defined),
        "order": 0.8 + 0.2 * alphabetical,
        "number": 1 - 0.5 / len(found) ** 1.3,
        "layout": 1.25,
    }
