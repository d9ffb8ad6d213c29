"""PDF by pdfplumber, line by line as printed. Needs the extra ``pdf``."""

from __future__ import annotations

import io
import re
from collections import Counter
from typing import Any

from extract.errors import UnreadableSource
from extract.model import Document, Role, Span
from extract.readers import text
from extract.readers.base import Origin, Sheet
from extract.readers.extras import needed

_PAGES = 3_000


def read(data: bytes, origin: Origin) -> Document:
    """Return the printed lines with their indents and bold leads; locator ``page P, line N``.

    Lines that stand at the top or bottom of most pages, and page numbers, are ``NAVIGATION``.

    Raises:
        UnreadableSource: the file is damaged, locked, or holds pictures of text only, or pdfplumber
            is not installed.
    """
    pdfplumber = needed("pdfplumber", "pdf", origin.label)
    errors = (
        needed("pdfplumber.utils.exceptions", "pdf").PdfminerException,
        needed("pdfminer.psparser", "pdf").PSException,
    )
    try:
        with pdfplumber.open(io.BytesIO(data)) as file:
            pages = [_lines(page) for page in file.pages[:_PAGES]]
            title = str((file.metadata or {}).get("Title") or "")
    except (*errors, ValueError, KeyError, TypeError, RecursionError) as error:
        reason = type(error.args[0] if error.args else error).__name__
        raise UnreadableSource(origin.label, f"the PDF is damaged or locked ({reason})") from error
    sheet = Sheet(origin, title=title)
    running = _running(pages)
    for number, lines in enumerate(pages, start=1):
        if number > 1:
            sheet.write("\n\f")
        for at, (line, indent, bold) in enumerate(lines, start=1):
            edge = at in {1, len(lines)}
            around = edge and _bare(line) in running
            block = next(iter(text.blocks(line)), None)
            if block is None:
                continue
            sheet.put(
                block.span.of(line),
                Role.NAVIGATION if around else Role.LINE,
                indent=indent,
                marker=block.marker,
                locator=f"page {number}, line {at}",
                bold=Span(start=0, end=max(bold - block.span.start, 0)),
            )
    if not sheet.blocks:
        raise UnreadableSource(origin.label, "the PDF holds no text, only pictures of it perhaps")
    return sheet.document()


def _lines(page: Any) -> list[tuple[str, int, int]]:
    """Return the lines of a page: text, columns of indent, characters of bold type at its start."""
    lines = page.extract_text_lines(return_chars=True)
    left = min((line["x0"] for line in lines), default=0)
    found = []
    for line in lines:
        size = line["chars"][0]["size"] or 10
        indent = round((line["x0"] - left) / (size * 0.5))
        bold = 0
        for char in line["chars"]:
            if not re.search(r"bold|black|heavy", char["fontname"], re.IGNORECASE):
                break
            bold += len(char["text"])
        words = line["text"]
        # Blanks are none of the characters: count those of the words that are bold.
        end = 0
        while end < len(words) and bold > 0:
            bold -= not words[end].isspace()
            end += 1
        found.append((words, indent, end))
    return found


def _bare(line: str) -> str:
    return re.sub(r"\d+", "#", line).strip().casefold()


def _running(pages: list[list[tuple[str, int, int]]]) -> set[str]:
    """Return the first and last lines, numbers aside, of more than half of the pages."""
    counts: Counter[str] = Counter()
    for lines in pages:
        counts.update({_bare(line) for line, _, _ in (*lines[:1], *lines[-1:])})
    return {line for line, count in counts.items() if len(pages) > 2 and count * 2 > len(pages)}
