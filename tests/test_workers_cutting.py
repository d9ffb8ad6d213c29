"""Answers that are too long: cut at a row, whole as documents, and saying so."""

from __future__ import annotations

import csv
import io
import json
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from sample_graph import sample_graph

from kg.results import RESULTS, Cut, Table
from kg.store import open_revision, write_revision
from kg.workers import Limits
from kg.workers_blocking import BlockingWorkers

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs fork")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workers") / "sample.kg"
    write_revision(path, sample_graph())
    return path


@pytest.fixture(scope="module")
def workers(folder: Path) -> Iterator[BlockingWorkers]:
    with BlockingWorkers(open_revision(folder), Limits(timeout=20)) as found:
        yield found


_CROSS = "SELECT ?a ?d ?l { ?a ?b ?l . ?d ?e ?f }"


def _rows(format: str, data: bytes) -> int:
    if format == "json":
        return len(json.loads(data)["results"]["bindings"])
    if format == "xml":
        return len(list(ET.fromstring(data).iter("{http://www.w3.org/2005/sparql-results#}result")))
    text = data.decode()
    if format == "csv":
        return len(list(csv.reader(io.StringIO(text, newline="")))) - 1
    return len(text.splitlines()) - 1


@posix
@pytest.mark.parametrize("format", ["json", "xml", "csv", "tsv"])
@pytest.mark.parametrize("limit", [{"rows": 1000}, {"bytes": 200_000}], ids=["rows", "bytes"])
def test_long_tables_are_cut_at_a_row(format: str, limit: dict[str, int], folder: Path) -> None:
    """A table beyond the limits is a whole document of its first rows, and says that it is cut."""
    with BlockingWorkers(open_revision(folder), Limits(**limit)) as workers:
        answer, data = workers.query(_CROSS, formats=[format])
    assert answer.cut
    assert _rows(format, data) == answer.rows
    if "rows" in limit:
        assert answer.rows == 1000
    else:
        assert 190_000 < len(data) < 200_300
    if format in ("json", "xml"):
        assert f"first {answer.rows} only".encode() in data


@posix
@pytest.mark.parametrize("format", ["turtle", "ntriples", "jsonld", "rdfxml"])
@pytest.mark.parametrize("limit", [{"rows": 100}, {"bytes": 4000}], ids=["rows", "bytes"])
def test_long_graphs_are_cut(format: str, limit: dict[str, int], folder: Path) -> None:
    """A graph beyond the limits is a whole document of its first triples."""
    with BlockingWorkers(open_revision(folder), Limits(**limit)) as workers:
        answer, data = workers.query("CONSTRUCT WHERE { ?s ?p ?o }", formats=[format])
    assert answer.cut
    graph = rdflib.Graph().parse(data=data.decode(), format=RESULTS[format].media_type)
    assert len(graph) == answer.rows
    assert answer.rows == 100 or "bytes" in limit


@posix
@pytest.mark.parametrize("rows", [27, 28, 29])
@pytest.mark.parametrize("format", ["json", "xml", "csv", "tsv"])
def test_at_the_limit(rows: int, format: str, folder: Path) -> None:
    """An answer of just as many rows as may be is not cut."""
    there = len(sample_graph().concepts)
    with BlockingWorkers(open_revision(folder), Limits(rows=rows)) as workers:
        answer, data = workers.query("SELECT ?c { ?c a skos:Concept }", formats=[format])
    assert _rows(format, data) == min(rows, there)
    assert answer.rows == (rows if rows < there else 0)
    assert answer.cut == (rows < there)


_VALUES = st.text(st.sampled_from('ab"{}[],:\\\r\n\t<>&;é'), max_size=8)


@given(
    st.lists(st.tuples(_VALUES, _VALUES), max_size=6),
    st.integers(0, 7),
    st.integers(1, 40),
    st.sampled_from(["json", "xml", "csv", "tsv"]),
)
def test_any_values_are_cut_between_rows(
    values: list[tuple[str, str]], rows: int, piece: int, format: str
) -> None:
    """Whatever the values hold and however the bytes come, what is cut is well-formed."""
    import pyoxigraph as ox

    store = ox.Store()
    table = " ".join(f"({ox.Literal(a)} {ox.Literal(b, language='en')})" for a, b in values)
    results = store.query(f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {table} }} }}")
    syntax = getattr(ox.QueryResultsFormat, format.upper())
    data = results.serialize(format=syntax)
    parts: list[bytes] = []
    written = Table(format, parts.append, rows=rows, size=10**6, part=1)
    try:
        for at in range(0, len(data), piece):
            written.write(data[at : at + piece])
        written.close()
    except Cut:
        pass
    got = b"".join(parts)
    if not any("\r\n" in v for pair in values for v in pair) or format != "csv":
        assert written.rows == min(rows, len(values))
        assert written.cut == (len(values) > rows)
    assert _rows(format, got) == min(written.rows, len(values)) or "\r" in got.decode()
