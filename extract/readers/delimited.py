"""CSV, TSV and their relatives: commas, semicolons, tabs or bars, with or without heads."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence

from extract.errors import UnreadableSource
from extract.model import Document
from extract.readers import rows, text
from extract.readers.base import Origin, Sheet
from extract.readers.encoding import decode, unified

_SEPARATORS = ",;\t|"
_DECLARED = re.compile(r"\Asep=(.)\n", re.IGNORECASE)
# The longest cell; above it (csv's own limit is 131,072) a quote was never closed.
_CELL = 1 << 24


def read(data: bytes, origin: Origin) -> Document:
    """Return one record a row, one field a line; locator ``row N`` as spreadsheets count.

    The separator is the one that gives the most rows of equal length; columns get roles from
    their heads, else from their values (:mod:`extract.readers.columns`). A file without any
    separator is read as plain text.

    Raises:
        UnreadableSource: the heads are those of a list of people or goods.
    """
    decoded = decode(data, source=origin.label)
    content = unified(decoded.text)
    skipped = 0
    separator = "\t" if origin.media_type == "text/tab-separated-values" else ""
    if found := _DECLARED.match(content):
        separator, content, skipped = found[1], content[found.end() :], 1
    separator = separator or separator_of(content)
    if not separator or separator not in content:
        return text.lay_out(decoded, origin)
    sheet = Sheet(origin)
    text.note_guess(sheet, decoded)
    found_rows = parse(content, separator)
    if not any(len(row) > 1 for row in found_rows):
        return text.lay_out(decoded, origin)
    numbered = [(f"row {n}", row) for n, row in enumerate(found_rows, start=1 + skipped)]
    numbered = [(at, row) for at, row in numbered if not _is_comment(row)]
    widths = Counter(len(row) for _, row in numbered if row)
    usual = widths.most_common(1)[0][0] if widths else 0
    odd = sum(count for width, count in widths.items() if width > usual)
    if odd:
        sheet.find("row-length", f"{odd} rows have more than {usual} cells.")
    try:
        rows.lay(sheet, numbered, joiner=separator if separator in ",;" else "")
    except rows.NoGlossary as error:
        raise UnreadableSource(origin.label, str(error)) from error
    return sheet.document()


def separator_of(content: str) -> str:
    """Return the separator that cuts the first 64 KB into rows of equal length, or ``""``.

    Score: the share of rows with the commonest number of cells (two or more); at equal share
    the larger number of cells, then the order tab, bar, semicolon, comma: text has commas.
    """
    sample = content[:65536]
    if len(sample) < len(content):
        sample = sample[: sample.rfind("\n") + 1] or sample
    best, best_score = "", (0.0, 0, 0)
    for rank, separator in enumerate(_SEPARATORS):
        if separator not in sample:
            continue
        cut = [row for row in parse(sample, separator) if row]
        counts = Counter(len(row) for row in cut if len(row) > 1)
        if not counts:
            continue
        width, rows_of_it = counts.most_common(1)[0]
        score = (round(rows_of_it / len(cut), 1), min(width, 12), rank)
        if score > best_score:
            best, best_score = separator, score
    return best


def parse(content: str, separator: str) -> list[list[str]]:
    """Return the cells of each row; where a quote is never closed, quotes count as letters."""
    previous = csv.field_size_limit(_CELL)
    try:
        cut = list(csv.reader(io.StringIO(content), delimiter=separator, skipinitialspace=True))
    except csv.Error:
        cut = []
    finally:
        csv.field_size_limit(previous)
    lines = content.count("\n") + 1
    longest = max((cell.count("\n") for row in cut for cell in row), default=0)
    if not cut or (longest > 50 and longest * 4 > lines):
        return [line.split(separator) for line in content.split("\n")]
    return cut


def _is_comment(row: Sequence[str]) -> bool:
    """Return whether a row is a comment (``# exported …``); "#" alone heads a numbering column."""
    return bool(row) and row[0].startswith(("# ", "#!", "//"))
