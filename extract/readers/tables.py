"""Tables of Markdown and HTML pages: glossaries row by row, or data inside an entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from extract.model import Role
from extract.readers import columns
from extract.readers.base import Sheet
from extract.readers.runs import Run


def lay(
    sheet: Sheet,
    rows: Sequence[Sequence[Run]],
    *,
    header: bool,
    record: int,
    section: str,
    locators: Sequence[str],
    inside: int | None = None,
) -> int:
    """Lay a table out and return the number of the last record.

    A row is a record, a cell a line, where the heads name a term and a definition, or where two
    or three columns hold short single words beside long texts. Any other table is data: a block
    ``OTHER`` a row, cells parted by `` | ``. ``header`` tells whether the markup makes the first
    row the heads; Markdown must, even where that row is an entry. ``record`` is the last number
    given before. ``inside`` is the record whose definition the table belongs to, if any.
    """
    filled = [
        (row, at) for row, at in zip(rows, locators, strict=True) if any(not c.blank for c in row)
    ]
    if not filled:
        return record
    if inside is not None:
        for row, at in filled:
            _data(sheet, row, section, at, record=inside)
        return record
    words = [[" ".join(cell.text.split()) for cell in row] for row, _ in filled]
    named = columns.is_header(words[0])
    entry = not named and len(words[0]) > 1 and max(map(len, words[0])) > 40
    heads = words[0] if named or (header and not entry) else []
    body = words[1:] if heads else words
    kinds = columns.assign(heads, body, guess=not named and 2 <= len(words[0]) <= 3)
    roles = [kind.role for kind in kinds]
    if Role.TERM not in roles or len({*roles} - {Role.OTHER, Role.NOTATION}) < 2:
        for row, at in filled:
            _data(sheet, row, section, at)
        return record
    terms = [i for i, role in enumerate(roles) if role is Role.TERM]
    begun = False
    for row, at in filled[1:] if heads else filled:
        # A row without a term goes on with the one above: cells span rows, senses are numbered.
        fresh = not begun or any(i < len(row) and not row[i].blank for i in terms)
        record += fresh
        begun = True
        for kind, cell in zip(kinds, row, strict=False):
            pieces = columns.values(kind.role, cell.text)
            known: dict[str, Any] = {
                "record": record, "label": kind.label, "language": kind.language,
                "section": section, "locator": at,
            }  # fmt: skip
            if len(pieces) == 1 or any(line.links for line in cell.lines):
                laid = cell.lay(sheet, kind.role, blank=fresh, **known)
            else:
                laid = [b for p in pieces if (b := sheet.put(p, kind.role, blank=fresh, **known))]
            fresh = fresh and not laid
    return record


def _data(
    sheet: Sheet, row: Sequence[Run], section: str, locator: str, record: int | None = None
) -> None:
    """Lay a row out on one line, with its links; in a ``record`` it is part of the definition."""
    line = Run()
    for cell in row:
        part = cell.joined().lines[0]
        if not part.text.strip():
            continue
        if line.lines[0].text:
            line.write(" | ")
        line.extend(part)
    role = Role.OTHER if record is None else Role.DEFINITION
    line.lay(sheet, role, section=section, locator=locator, record=record)
