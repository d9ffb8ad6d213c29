"""Tables for spreadsheets: concepts and relations as CSV, and a workbook of both.

What a cell holds comes from texts of strangers, and spreadsheets run what begins with ``=``: in CSV
such cells get an apostrophe before them (OWASP, CSV injection); the workbook marks every text as
text, which no program evaluates.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from kg.export.archive import archive
from kg.export.graphml import attribute, clean
from kg.export.rdf import chunks
from kg.export.shape import edges, nodes
from kg.model import Graph

Cell = str | float | bool
CONCEPTS = (
    "id", "label", "kind", "aliases", "definition", "sources", "implied", "degree", "iri",
)  # fmt: skip
"""Columns of the table of concepts; several values stand in one cell, joined by ``; ``."""
RELATIONS = (
    "source", "source label", "phrase", "target", "target label", "type", "family", "basis",
    "confidence", "weight", "sources", "evidence", "id",
)  # fmt: skip
"""Columns of the table of relations."""
SOURCES = ("name", "title", "publisher", "url", "licence", "language", "entries")
"""Columns of the table of sources."""

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
# A cell of a workbook holds no more (ECMA-376, and every program that reads it).
_CELL = 32_767


def concepts_csv(graph: Graph, *, language: str | None = None) -> Iterator[bytes]:
    """Return the concepts as CSV in UTF-8 with a byte order mark, as Excel wants it."""
    return chunks(_csv(CONCEPTS, _concepts(graph, language)))


def relations_csv(graph: Graph, *, language: str | None = None) -> Iterator[bytes]:
    """Return the relations as CSV in UTF-8 with a byte order mark."""
    return chunks(_csv(RELATIONS, _relations(graph, language)))


def tables_zip(graph: Graph, *, language: str | None = None) -> Iterator[bytes]:
    """Return ``concepts.csv``, ``relations.csv`` and ``sources.csv`` in a zip file."""
    return archive(
        [
            ("concepts.csv", concepts_csv(graph, language=language)),
            ("relations.csv", relations_csv(graph, language=language)),
            ("sources.csv", chunks(_csv(SOURCES, _sources(graph)))),
        ]
    )


def workbook(graph: Graph, *, language: str | None = None) -> Iterator[bytes]:
    """Return a workbook (XLSX) with a sheet of concepts, of relations and of sources."""
    sheets: list[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]] = [
        ("Concepts", CONCEPTS, _concepts(graph, language)),
        ("Relations", RELATIONS, _relations(graph, language)),
        ("Sources", SOURCES, _sources(graph)),
    ]
    names = [name for name, _, _ in sheets]
    members: list[tuple[str, Iterable[bytes]]] = [
        ("[Content_Types].xml", [_content_types(len(sheets))]),
        ("_rels/.rels", [_ROOT]),
        ("xl/workbook.xml", [_workbook(names)]),
        ("xl/_rels/workbook.xml.rels", [_relationships(len(sheets))]),
        ("xl/styles.xml", [_STYLES]),
    ]
    for place, (_, columns, rows) in enumerate(sheets, start=1):
        members.append((f"xl/worksheets/sheet{place}.xml", chunks(_sheet(columns, rows))))
    return archive(members)


# --- rows ----------------------------------------------------------------------------------------


def _concepts(graph: Graph, language: str | None) -> Iterator[Sequence[Cell]]:
    for node in nodes(graph, language):
        yield (
            node.id,
            node.label,
            node.kind_label if node.kind != "none" else "",
            "; ".join(node.aliases),
            "\n".join(text for _, text in node.definitions),
            "; ".join(node.sources),
            node.implied,
            node.degree,
            node.iri,
        )


def _relations(graph: Graph, language: str | None) -> Iterator[Sequence[Cell]]:
    labels = {node.id: node.label for node in nodes(graph, language)}
    for edge in edges(graph, language):
        yield (
            edge.source,
            labels[edge.source],
            edge.phrase,
            edge.target,
            labels[edge.target],
            edge.type,
            edge.family,
            edge.basis,
            edge.confidence,
            edge.weight,
            "; ".join(edge.sources),
            edge.evidence,
            edge.id,
        )


def _sources(graph: Graph) -> Iterator[Sequence[Cell]]:
    for s in graph.sources:
        yield s.name, s.title, s.publisher, s.url, s.licence, s.language, s.entries


# --- CSV -----------------------------------------------------------------------------------------


def harmless(cell: Cell) -> str:
    """Return a cell's text such that no spreadsheet runs it."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if not isinstance(cell, str):
        return str(cell)
    text = cell.replace("\x00", "")
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    yield "\ufeff"
    line = io.StringIO()
    write = csv.writer(line)  # quotes where needed, ends lines with CR LF (RFC 4180)
    for row in chain([columns], rows):
        write.writerow([harmless(cell) for cell in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


# --- XLSX (ECMA-376): the smallest workbook that every program opens ----------------------------

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_ROOT = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
).encode()
# Style 1 is a bold head, style 2 wraps long text.
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/>'
    '</font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill>'
    '<patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf/><xf fontId="1" applyFont="1"/><xf applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf></cellXfs><cellStyles count="1">'
    '<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
).encode()
_WIDE = frozenset({"definition", "evidence"})


def _content_types(count: int) -> bytes:
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_SHEETS}.worksheet+xml"/>'
        for n in range(1, count + 1)
    )
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEETS}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_SHEETS}.styles+xml"/>'
        f"{sheets}</Types>"
    ).encode()


def _workbook(names: Sequence[str]) -> bytes:
    sheets = "".join(
        f'<sheet name={attribute(name)} sheetId="{n}" r:id="rId{n}"/>'
        for n, name in enumerate(names, start=1)
    )
    return (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>{sheets}</sheets></workbook>'
    ).encode()


def _relationships(count: int) -> bytes:
    sheets = "".join(
        f'<Relationship Id="rId{n}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, count + 1)
    )
    return (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{sheets}'
        f'<Relationship Id="rId{count + 1}" Type="{_LINKS}/styles" Target="styles.xml"/>'
        "</Relationships>"
    ).encode()


def _sheet(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    yield f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    yield '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    yield "</sheetView></sheetViews><cols>"
    for place, column in enumerate(columns, start=1):
        width = 70 if column in _WIDE else 24
        yield f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
    yield "</cols><sheetData>"
    yield _row(1, columns, style=1)
    number = 1
    for number, row in enumerate(rows, start=2):
        yield _row(number, row, style=2)
    last = f"{_column(len(columns))}{number}"
    yield f'</sheetData><autoFilter ref="A1:{last}"/></worksheet>'


def _row(number: int, cells: Sequence[Cell], style: int) -> str:
    written = []
    for place, cell in enumerate(cells, start=1):
        at = f'<c r="{_column(place)}{number}" s="{style}"'
        if isinstance(cell, bool):
            written.append(f'{at} t="b"><v>{int(cell)}</v></c>')
        elif isinstance(cell, str):
            text = clean(cell[:_CELL]).replace("\r", "")
            written.append(f'{at} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>')
        else:
            written.append(f"{at}><v>{cell}</v></c>")
    return f'<row r="{number}">{"".join(written)}</row>'


def _column(place: int) -> str:
    """Return the letters of a column: 1 is A, 27 is AA."""
    letters = ""
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
