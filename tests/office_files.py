"""Workbooks, Word documents and PDFs made of a plan in YAML, so that cases stay readable."""

from __future__ import annotations

import io
from typing import Any

import pytest


def build(suffix: str, plan: Any) -> bytes:
    """Return the bytes of the file that a plan describes.

    ``.xlsx``: sheet name → rows. ``.docx``: list of paragraphs (text; ``[bold, rest]``;
    ``{heading: …}``, ``{item: …}``, ``{style: …, text: …}``, ``{table: rows}``). ``.pdf``: pages of
    lines, ``[text, indent, bold]`` or text.
    """
    return {".xlsx": _workbook, ".docx": _letter, ".pdf": _pages}[suffix](plan)


def _workbook(plan: dict[str, list[list[object]]]) -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in plan.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _letter(plan: list[Any]) -> bytes:
    docx = pytest.importorskip("docx")
    made = docx.Document()
    for part in plan:
        if isinstance(part, str):
            made.add_paragraph(part)
        elif isinstance(part, list):
            paragraph = made.add_paragraph()
            paragraph.add_run(part[0]).bold = True
            paragraph.add_run(part[1])
        elif "heading" in part:
            made.add_heading(part["heading"], part.get("level", 2))
        elif "item" in part:
            made.add_paragraph(part["item"], style="List Bullet")
        elif "table" in part:
            table = made.add_table(rows=0, cols=len(part["table"][0]))
            for row in part["table"]:
                for cell, words in zip(table.add_row().cells, row, strict=True):
                    cell.text = words or ""
        else:
            names = {style.name for style in made.styles}
            if part["style"] not in names:
                made.styles.add_style(part["style"], 1)
            made.add_paragraph(part["text"], style=part["style"])
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def _pages(plan: list[list[Any]]) -> bytes:
    pytest.importorskip("pdfplumber")
    return pdf(
        [
            [
                ("B" if isinstance(line, list) and len(line) > 2 and line[2] else "R",
                 line[1] if isinstance(line, list) else 0,
                 line[0] if isinstance(line, list) else line)
                for line in page
            ]
            for page in plan
        ]
    )  # fmt: skip


def pdf(pages: list[list[tuple[str, int, str]]]) -> bytes:
    """Return a PDF with lines of (font, indent, words) on its pages."""
    kids = " ".join(f"{5 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>",
    ]
    for number, lines in enumerate(pages):
        fonts = "/Resources << /Font << /R 3 0 R /B 4 0 R >> >>"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] {fonts}"
            f" /Contents {6 + 2 * number} 0 R >>"
        )
        shown = "".join(
            f"BT /{font} 10 Tf {50 + indent} {750 - 14 * at} Td "
            f"({words.translate(_ESCAPED)}) Tj ET\n"
            for at, (font, indent, words) in enumerate(lines)
        )
        objects.append(f"<< /Length {len(shown)} >>\nstream\n{shown}endstream")
    body, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    body += f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    start = body.index("xref\n")
    return f"{body}trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF".encode()


_ESCAPED = str.maketrans({"(": "\\(", ")": "\\)", "\\": "\\\\"})
