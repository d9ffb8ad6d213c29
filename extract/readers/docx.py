"""Word documents (DOCX): headings, lists, tables, bold leads. Needs the extra ``office``."""

from __future__ import annotations

import io
import re
from typing import Any

from extract.errors import UnreadableSource
from extract.model import Document, Role
from extract.readers import tables
from extract.readers.base import Origin, Sheet
from extract.readers.extras import DAMAGED, needed
from extract.readers.runs import Run

_LEVEL = re.compile(r"(?:heading|überschrift|titre|título|titolo|kop)\s*([1-9])", re.IGNORECASE)


def read(data: bytes, origin: Origin) -> Document:
    """Return paragraphs and tables in the order of the document; locator ``paragraph N``.

    Raises:
        UnreadableSource: the file is damaged or holds no text, or python-docx is not installed.
    """
    docx = needed("docx", "office", origin.label)
    try:
        document = docx.Document(io.BytesIO(data))
        content = list(document.iter_inner_content())
    except DAMAGED as error:
        raise UnreadableSource(origin.label, f"the document is damaged: {error}") from error
    sheet = Sheet(origin)
    record = 0
    for number, item in enumerate(content, start=1):
        locator = f"paragraph {number}"
        if not hasattr(item, "rows"):
            _paragraph(sheet, item, locator)
            continue
        cells = [[_cell(cell) for cell in row.cells] for row in item.rows]
        record = tables.lay(
            sheet, cells, header=False, record=record, section="table",
            locators=[f"table at {locator}, row {n}" for n in range(1, len(cells) + 1)],
        )  # fmt: skip
    if not sheet.blocks:
        raise UnreadableSource(origin.label, "the document holds no text")
    properties = document.core_properties
    heading = next((b for b in sheet.blocks if b.role is Role.HEADING), None)
    sheet.title = heading.span.of(sheet.text) if heading else (properties.title or "")
    return sheet.document()


def _paragraph(sheet: Sheet, paragraph: Any, locator: str) -> None:
    style = str(paragraph.style.name) if paragraph.style is not None else ""
    level = _LEVEL.search(style)
    run = _run(paragraph)
    known: dict[str, Any] = {"locator": locator, "section": style}
    if level or style == "Title":
        number = min(int(level[1]), 6) if level else 1
        run.joined().lay(sheet, Role.HEADING, blank=True, level=number, **known)
        return
    numbered = paragraph._p.pPr is not None and paragraph._p.pPr.numPr is not None
    if numbered or style.startswith("List"):
        run.lay(sheet, Role.ITEM, level=1, marker="•", **known)
    else:
        run.lay(sheet, Role.PARAGRAPH, blank=True, **known)


def _run(paragraph: Any) -> Run:
    """Return a paragraph's words with its links and bold runs."""
    run = Run()
    for part in paragraph.iter_inner_content():
        link = hasattr(part, "address")
        if link:
            run.open_link(part.address or (f"#{part.fragment}" if part.fragment else ""))
        bold = not link and _is_bold(part)
        if bold:
            run.open_lead(strong=True)
        for at, line in enumerate(part.text.split("\n")):
            if at:
                run.newline()
            run.write(line.replace("\r", " "))
        if bold:
            run.close_lead()
        if link:
            run.close_link()
    return run


def _is_bold(run: Any) -> bool:
    """Return whether a run is bold by itself or by the style of its characters."""
    if run.bold is not None:
        return bool(run.bold)
    style = run.style if run._r.style is not None else None
    while style is not None:
        if style.font.bold is not None:
            return bool(style.font.bold)
        style = style.base_style
    return False


def _cell(cell: Any) -> Run:
    run = Run()
    for paragraph in cell.paragraphs:
        run.newline()
        run.write(paragraph.text)
    return run
