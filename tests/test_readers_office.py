"""Workbooks, Word documents, PDF, and records that are no glossaries."""

from __future__ import annotations

import importlib
import io
import re
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from office_files import pdf
from reading import check, document, facts

from extract.errors import UnreadableSource
from extract.readers import SUFFIXES, extras


def test_workbook() -> None:
    """Each row of each visible sheet is a record; the locator names sheet and row."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    first = book.active
    first.title = "Sea"
    for row in (["Sea terms"], [], ["No", "Term", "Definition"], [1, "Jib", "A sail"]):
        first.append(row)
    second = book.create_sheet("Land")
    second.append(["Acronym", "Meaning"])
    second.append(["GPS", "Global Positioning System"])
    hidden = book.create_sheet("Old")
    hidden.append(["x", "y"])
    hidden.sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    read = document(buffer.getvalue(), "x.xlsx")
    check(read)
    found = facts(read)
    assert found["title"] == "Sea terms"
    assert found["blocks"] == [
        "paragraph: Sea terms",
        "notation 1: 1",
        "term 1: Jib",
        "definition 1: A sail",
        "term 2: GPS",
        "definition 2: Global Positioning System",
    ]
    assert found["locators"][-1] == "Land row 2"


def test_word() -> None:
    """Headings, bold leads, lists and tables of a Word document are told apart."""
    docx = pytest.importorskip("docx")
    made = docx.Document()
    made.add_heading("Sea terms", 1)
    paragraph = made.add_paragraph()
    paragraph.add_run("Jib:").bold = True
    paragraph.add_run(" a sail")
    made.add_paragraph("fin", style="List Bullet")
    table = made.add_table(rows=2, cols=2)
    for cell, words in zip(table._cells, ("Term", "Definition", "Keel", "A fin"), strict=True):
        cell.text = words
    buffer = io.BytesIO()
    made.save(buffer)
    read = document(buffer.getvalue(), "x.docx")
    check(read)
    found = facts(read)
    assert found["title"] == "Sea terms"
    assert found["blocks"] == [
        "heading: Sea terms",
        "paragraph: Jib: a sail",
        "item: fin",
        "term 1: Keel",
        "definition 1: A fin",
    ]
    assert found["bold"] == ["Jib"]


def test_pdf() -> None:
    """Lines come as printed, with indent and bold lead; running heads are navigation."""
    pytest.importorskip("pdfplumber")
    pages = [
        [("R", 0, "Sea terms"), ("B", 0, f"Jib {c}"), ("R", 20, "a sail"), ("R", 0, f"{n}")]
        for n, c in enumerate("bcde", start=1)
    ]
    read = document(pdf(pages), "x.pdf")
    check(read)
    found = facts(read)
    assert found["blocks"][:4] == ["navigation: Sea terms", "line: Jib b", "line: a sail",
                                   "navigation: 1"]  # fmt: skip
    assert found["bold"] == [f"Jib {c}" for c in "bcde"]
    assert [b.indent for b in read.blocks[:3]] == [0, 0, 4]
    assert found["locators"][5] == "page 2, line 2"
    assert read.text.count("\f") == 3


BROKEN = {
    "x.xlsx": (b"PK\x03\x04 no", "damaged"),
    "x.docx": (b"PK\x03\x04 no", "damaged"),
    "x.pdf": (b"%PDF-1.4 nothing", "damaged or locked|no text"),
    "x.json": (b'{"a": ', "not valid"),
    "x.yaml": (b"a: [", "not valid"),
    "y.json": (b'{"version": 1, "name": "package", "dependencies": {"x": "1"}}', "no records"),
    "p.json": (
        b'{"name": "pkg", "version": "1", "description": "A small thing that does a lot", '
        b'"scripts": {"test": "run all the tests", "build": "build the thing now"}}', "settings"),
    "o.json": (
        b'{"openapi": "3.0.0", "tags": [{"name": "pets", "description": "All about pets"}, '
        b'{"name": "store", "description": "Access to the orders"}]}', "settings.*openapi"),
    "d.yaml": (b"services:\n  web:\n    image: nginx\n    description: The web server of it\n"
               b"  db:\n    image: postgres\n    description: The database\n", "settings"),
    "m.json": (b'{"home": "Home", "back": "Back", "save": "Save changes"}', "no records"),
    "c.json": (b'[{"name": "Anna", "email": "a@b.c", "description": "Met at the fair in May"}]',
               "another list.*email"),
    "c.csv": (b"Name,Phone,Notes\nAnna Berg,555-1,Met at the fair in May\n"
              b"John Smith,555-2,Prefers to be written to\n", "another list.*Phone"),
    "u.csv": (b"username,role,notes\nanna,admin,Looks after the database every night\n"
              b"john,user,Has been away since the end of March\n"
              b"mia,user,New in the team since last May\n", "another list.*username"),
    "z.json": (b'{"format": "glossgraph-extraction/1"}', "is an extraction"),
    "z.yaml": (b"a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
               b"c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
               b"e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n"
               b"g: [*f,*f,*f,*f,*f,*f,*f,*f,*f,*f]\n", "more values"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_read_says_why(name: str) -> None:
    """Damaged files, and records that are no glossary, give a sentence."""
    data, sentence = BROKEN[name]
    with pytest.raises(UnreadableSource, match=sentence):
        document(data, name)


def test_a_missing_extra_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the library of a format the error holds the command that installs it."""

    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(UnreadableSource, match=r"pip install 'glossgraph\[pdf\]'"):
        extras.needed("pdfplumber", "pdf", "x.pdf")


# Words, numbers and nothing, as cells and paragraphs hold them.
_CELL = st.sampled_from(
    ["", "Term", "Definition", "Email", "Jib", "A sail", "a | b", "2"]
) | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6)
_ROWS = st.lists(st.lists(_CELL, min_size=1, max_size=4), min_size=1, max_size=6)


def _workbook(rows: list[list[str]]) -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([cell.replace("=", "") or None for cell in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _letter(rows: list[list[str]]) -> bytes:
    docx = pytest.importorskip("docx")
    made = docx.Document()
    for number, row in enumerate(rows):
        if number % 3 == 2:
            table = made.add_table(rows=1, cols=len(row))
            for cell, words in zip(table.rows[0].cells, row, strict=True):
                cell.text = words
            continue
        paragraph = made.add_paragraph(style="Heading 2" if len(row) == 1 else None)
        for at, words in enumerate(row):
            paragraph.add_run(words).bold = at == 0
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def _print(rows: list[list[str]]) -> bytes:
    pytest.importorskip("pdfplumber")
    bare = [[re.sub(r"[^A-Za-z0-9 |]", "?", cell) for cell in row] for row in rows]
    return pdf([[("RB"[n % 2], 10 * n, words) for n, words in enumerate(row)] for row in bare])


FILES_OF_OFFICES = {
    SUFFIXES[".xlsx"]: ("x.xlsx", _workbook),
    SUFFIXES[".docx"]: ("x.docx", _letter),
    SUFFIXES[".pdf"]: ("x.pdf", _print),
}


@pytest.mark.parametrize("media_type", FILES_OF_OFFICES)
@settings(deadline=None, max_examples=25)
@given(rows=_ROWS)
def test_any_content(media_type: str, rows: list[list[str]]) -> None:
    """Whatever stands in a workbook, Word document or PDF, offsets are valid, or it says why."""
    name, made = FILES_OF_OFFICES[media_type]
    try:
        read = document(made(rows), name)
    except UnreadableSource as error:
        assert error.reason
    else:
        check(read)


@cache
def _whole(media_type: str) -> bytes:
    """A sound file; made once, since these files hold the time at which they were made."""
    _, made = FILES_OF_OFFICES[media_type]
    return made([["Term", "Definition"], ["Jib", "A sail"], ["Keel", "A fin"]])


@pytest.mark.parametrize("media_type", FILES_OF_OFFICES)
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_any_damage(media_type: str, data: st.DataObject) -> None:
    """A file with bytes changed or cut off is read, or the error says what is wrong with it."""
    name, whole = FILES_OF_OFFICES[media_type][0], bytearray(_whole(media_type))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.none() | st.integers(1, len(whole)))
    try:
        read = document(bytes(whole[:cut]), name)
    except UnreadableSource as error:
        assert error.reason
    else:
        check(read)
