"""Excel workbooks (XLSX): sheets whose rows are terms. Needs the extra ``office``."""

from __future__ import annotations

import io

from extract.errors import UnreadableSource
from extract.model import Document
from extract.readers import rows
from extract.readers.base import Origin, Sheet
from extract.readers.extras import DAMAGED, needed


def read(data: bytes, origin: Origin) -> Document:
    """Return one record a row of every visible sheet; locator ``SHEET row N``.

    Raises:
        UnreadableSource: the workbook is damaged or holds no text, or openpyxl is not installed.
    """
    openpyxl = needed("openpyxl", "office", origin.label)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = [
            (ws.title, [[_shown(cell) for cell in row] for row in ws.iter_rows(values_only=True)])
            for ws in book.worksheets
            if ws.sheet_state == "visible"
        ]
    except DAMAGED as error:
        raise UnreadableSource(origin.label, f"the workbook is damaged: {error}") from error
    sheet = Sheet(origin)
    record = 0
    refused: list[rows.NoGlossary] = []
    for title, cells in sheets:
        prefix = f"{title} " if len(sheets) > 1 else ""
        numbered = [(f"{prefix}row {n}", row) for n, row in enumerate(cells, start=1)]
        try:
            record = rows.lay(sheet, numbered, record=record, section=title)
        except rows.NoGlossary as error:
            refused.append(error)
    if refused and not record:
        raise UnreadableSource(origin.label, str(refused[0]))
    if not sheet.blocks:
        raise UnreadableSource(origin.label, "the workbook holds no text")
    return sheet.document()


def _shown(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
