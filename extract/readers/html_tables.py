"""Tables of HTML: which hold data, and their cells row by row."""

from __future__ import annotations

from lxml import etree

_MOST_COLUMNS = 50


def is_data(table: etree._Element) -> bool:
    """Return whether a table holds rows of cells rather than the layout of a page.

    Data has at least two rows with two cells, no table inside, and no heading or definition list
    in its cells.
    """
    if table.get("role") == "presentation":
        return False
    if next(table.iter("h1", "h2", "h3", "h4", "dl", "form"), None) is not None:
        return False
    if any(inner is not table for inner in table.iter("table")):
        return False
    return sum(1 for tr in table.iter("tr") if sum(c.tag in {"td", "th"} for c in tr) > 1) >= 2


def grid(
    table: etree._Element,
) -> tuple[list[tuple[etree._Element, list[etree._Element | None]]], bool]:
    """Return the rows of a table, each with its cells, and whether the first is a header.

    A cell that spans columns or rows stands in the first of them; the others are ``None``.
    """
    rows: list[tuple[etree._Element, list[etree._Element | None]]] = []
    header = False
    below: dict[int, int] = {}
    for tr in table.iter("tr"):
        cells = [cell for cell in tr if cell.tag in {"td", "th"}]
        if not rows:
            header = bool(cells) and all(cell.tag == "th" for cell in cells)
        row: list[etree._Element | None] = []
        for cell in cells:
            _leave(row, below)
            below[len(row)] = _number(cell.get("rowspan")) - 1
            row.append(cell)
            row.extend([None] * (min(_number(cell.get("colspan")), _MOST_COLUMNS) - 1))
        _leave(row, below)
        rows.append((tr, row))
    return rows, header


def _leave(row: list[etree._Element | None], below: dict[int, int]) -> None:
    """Leave out the places of a row that cells above it reach down to."""
    while below.get(len(row), 0) > 0:
        below[len(row)] -= 1
        row.append(None)


def _number(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 5 else 1
