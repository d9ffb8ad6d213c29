"""Rows of plain cells, as CSV files and spreadsheets hold them, laid out as records."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from html import unescape

from extract.model import Role
from extract.readers import columns, term_rows
from extract.readers.base import Sheet
from extract.readers.cell_links import as_markdown, linked

_TAG = re.compile(r"</?(?:p|br|b|i|u|strong|em|a|ul|ol|li|div|span|sup|sub|code)\b[^<>]*>", re.I)
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}\d?|#\d{2,6}|#x[\da-fA-F]{2,5});")
_BREAK = re.compile(r"<(?:br|/p|/li|/div)\b[^<>]*>", re.I)
# A header stands at the top, below at most a title, a date and a blank line or two.
_HEADER_WITHIN = 6


class NoGlossary(ValueError):
    """The heads of a table are those of another list."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        told = ", ".join(f'"{name}"' for name in self.names[:3])
        super().__init__(f"its columns are those of another list, not of a glossary: {told}")


def plain(cell: str) -> str:
    """Return a cell's text without the HTML that web exports leave in cells; links stay."""
    if "<" in cell and _TAG.search(cell):
        cell = as_markdown(cell)
        cell = unescape(_TAG.sub("", _BREAK.sub("\n", cell)))
    if "&" in cell and ";" in cell:
        cell = _ENTITY.sub(lambda m: unescape(m[0]), cell)
    return cell.strip()


def lay(
    sheet: Sheet,
    rows: Iterable[tuple[str, Sequence[str]]],
    *,
    record: int = 0,
    section: str = "",
    joiner: str = "",
) -> int:
    """Lay out ``rows`` of (locator, cells) and return the number of the last record.

    One record a row, one value a line. The header is looked for in the first six rows; what
    stands above it are paragraphs, the first of them the title. A row whose term is blank goes
    on with the record above it, a row of one letter is a heading. With ``joiner``, cells beyond
    the last column belong to that column (text with unquoted commas). Rows of one cell alone are
    paragraphs.

    Raises:
        NoGlossary: the heads are those of a list of people or goods.
    """
    filled: list[tuple[str, Sequence[str]]] = [
        (at, [plain(c) for c in row]) for at, row in rows if any(c.strip() for c in row)
    ]
    head = _header(filled)
    heads = filled[head][1] if head is not None else []
    body = filled[head + 1 :] if head is not None else filled
    for at, row in filled[: head or 0]:
        text = " ".join(cell for cell in row if cell)
        sheet.put(text, Role.PARAGRAPH, section=section, locator=at)
        sheet.title = sheet.title or text
    if lone := columns.foreign([head for head in heads if head]):
        raise NoGlossary(lone)
    if max((sum(bool(c) for c in row) for _, row in body), default=0) < 2:
        # A single column is text about the table, or nothing but names.
        for at, row in body:
            sheet.put(" ".join(filter(None, row)), Role.PARAGRAPH, section=section, locator=at)
        return record
    sheet.hint = sheet.hint or columns.spoken([head for head in heads if head])
    if joiner and body:
        usual = Counter(len(row) for _, row in body).most_common(1)[0][0]
        body = [(at, _fitted(row, len(heads) or usual, joiner)) for at, row in body]
    kinds = columns.assign(heads, [row for _, row in body])
    if layout := term_rows.layout_of(heads, kinds, [row for _, row in body]):
        return term_rows.lay(sheet, body, kinds, layout, record=record, section=section)
    terms = {i for i, kind in enumerate(kinds) if kind.role is Role.TERM}
    begun = False
    for at, row in body:
        only = [cell for cell in row if cell]
        if len(only) == 1 and len(only[0]) == 1 and only[0].isalpha():
            sheet.put(only[0], Role.HEADING, blank=True, level=2, section=section, locator=at)
            continue
        named = not terms or any(i in terms and cell for i, cell in enumerate(row))
        fresh = named or not begun
        record += fresh
        begun = True
        for kind, cell in zip(kinds, row, strict=False):
            for value in columns.values(kind.role, cell):
                lines = paragraphs(value) if kind.role is Role.DEFINITION else [("", value)]
                for marker, line in lines:
                    text, links = linked(line)
                    laid = sheet.put(
                        text, kind.role, blank=fresh, record=record, label=kind.label, links=links,
                        language=kind.language, section=section, locator=at, marker=marker,
                    )  # fmt: skip
                    fresh = fresh and laid is None
    return record


_LISTED = re.compile(r"\s*([-*•–·]|\(?\w{1,2}[.)])\s+(?=\S)")


_LABELLED = re.compile(r"(?:also|see|aka|syn|e\.g|ex|note|i\.e|cf)\b", re.IGNORECASE)


def paragraphs(cell: str) -> list[tuple[str, str]]:
    """Return the paragraphs of a cell, each with its bullet; lines that go on are joined.

    A line goes on with the next where it ends no sentence and that begins small.
    """
    if "\n" not in cell:
        return [("", cell)]
    found: list[tuple[str, str]] = []
    for line in filter(None, map(str.strip, cell.split("\n"))):
        bullet = _LISTED.match(line)
        goes_on = (line[0].islower() and not _LABELLED.match(line)) or (
            found and found[-1][1][-1] in ",(-/"
        )
        if found and not bullet and goes_on and found[-1][1][-1] not in ".!?:;":
            found[-1] = (found[-1][0], f"{found[-1][1]}\n{line}")
        else:
            found.append((bullet[1], line[bullet.end() :]) if bullet else ("", line))
    return found


def _header(rows: Sequence[tuple[str, Sequence[str]]]) -> int | None:
    """Return which of the first rows holds the heads of the columns, or ``None``."""
    width = max((len(row) for _, row in rows[:50]), default=0)
    for at, (_, row) in enumerate(rows[:_HEADER_WITHIN]):
        full = sum(bool(cell) for cell in row)
        if full * 2 >= width and full > 1 and columns.is_header(row):
            return at
        if full > 1 and at == 0 and _apart(row, [r for _, r in rows[1:20]]):
            return at
        if full > 1 and at == 0 and not any(columns.role_of(cell) for cell in row if cell):
            # Heads of an unknown language: short cells over columns of sentences.
            below = [r for _, r in rows[1:20]]
            if _shorter(row, below):
                return at
    return None


def _shorter(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Return whether a row has three words a cell at most, and stands over a longer column."""
    if len(below) < 3 or any(len(cell.split()) > 3 or not cell for cell in row):
        return False
    for i, cell in enumerate(row):
        lengths = [len(r[i]) for r in below if i < len(r) and r[i]]
        if len(lengths) * 2 > len(below) and min(lengths) > 2 * len(cell) and min(lengths) > 20:
            return True
    return False


def _apart(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Return whether a row of single words stands over a last column of texts that run on.

    So does "id_term | txt": one word each, none of them again below.
    """
    cells = [cell for cell in row if cell]
    if len(below) < 3 or any(not re.fullmatch(r"[^\W\d][\w.-]*", cell) for cell in cells):
        return False
    if any(cell in other for other in below for cell in cells):
        return False
    last = [r[len(row) - 1] for r in below if len(r) >= len(row)]
    return sum(len(text.split()) >= 4 for text in last) * 5 >= len(below) * 4


def _fitted(row: Sequence[str], width: int, joiner: str) -> Sequence[str]:
    """Return a row with the cells beyond the last column joined to that column's."""
    while len(row) > width and not row[-1]:
        row = row[:-1]
    if len(row) <= width:
        return row
    return [*row[: width - 1], f"{joiner} ".join(row[width - 1 :])]
