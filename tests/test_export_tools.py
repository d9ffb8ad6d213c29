"""Exports opened by the programs that they are for, or by libraries that read the same format."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile

import networkx as nx
import openpyxl
import pytest
import yaml

from kg.export.neo4j import relationship
from kg.export.tables import CONCEPTS, RELATIONS, harmless
from kg.model import Graph
from tests.sample_graph import odd_graph, sample_graph
from tests.test_export_graph import readable, written

GRAPHS = pytest.mark.parametrize("graph", [sample_graph(), odd_graph()], ids=["sample", "odd"])


def _stated(graph: Graph) -> list:
    """The relations that do not rest on a mention alone."""
    return [relation for relation in graph.relations if relation.basis != "mention"]


def _members(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        assert whole.testzip() is None
        return {name: whole.read(name).decode() for name in whole.namelist()}


# --- Gephi ---------------------------------------------------------------------------------------


@GRAPHS
def test_gexf_in_networkx(graph: Graph) -> None:
    """GEXF 1.3 holds nodes, communities and weighted edges; mentions only if asked for."""
    read = nx.read_gexf(io.BytesIO(written(graph, "gexf")))
    assert {c.slug: readable(c.label) for c in graph.concepts} == dict(read.nodes(data="label"))
    assert read.number_of_edges() == len(_stated(graph))
    assert all(isinstance(group, int) for _, group in read.nodes(data="community"))
    assert all(0 < weight <= 1 for _, _, weight in read.edges(data="weight"))
    whole = nx.read_gexf(io.BytesIO(written(graph, "gexf", mentions=True)))
    assert whole.number_of_edges() == len(graph.relations)


def test_gexf_for_gephi() -> None:
    """No attribute is called ``pid``, none like another but for case; nodes have sizes."""
    text = written(sample_graph(), "gexf").decode()
    for owner in ("node", "edge"):
        block = text.split(f'<attributes class="{owner}">')[1].split("</attributes>")[0]
        titles = re.findall(r'title="([^"]+)"', block)
        reserved = {"pid", "id", "label", "weight"}
        assert len({title.lower() for title in titles} | reserved) == len(titles) + len(reserved)
    assert text.count("<viz:size") == len(sample_graph().concepts)
    assert "lastmodifieddate" not in text


# --- Cytoscape -----------------------------------------------------------------------------------


@GRAPHS
def test_cyjs_in_networkx(graph: Graph) -> None:
    """cytoscape.js JSON holds names, and ends that exist."""
    data = json.loads(written(graph, "cyjs"))
    read = nx.cytoscape_graph({**data, "directed": True, "multigraph": True})
    assert {c.slug: c.label for c in graph.concepts} == dict(read.nodes(data="name"))
    assert read.number_of_edges() == len(graph.relations)


@GRAPHS
def test_cx2(graph: Graph) -> None:
    """CX2 has its aspects in order, declares every attribute that it uses, and maps labels."""
    data = json.loads(written(graph, "cx2"))
    assert data[0] == {"CXVersion": "2.0", "hasFragments": False}
    assert data[-1] == {"status": [{"success": True}]}
    aspects = {name: value for part in data[1:-1] for name, value in part.items()}
    counts = {part["name"]: part["elementCount"] for part in aspects["metaData"]}
    assert counts["nodes"] == len(aspects["nodes"]) == len(graph.concepts)
    assert counts["edges"] == len(aspects["edges"]) == len(graph.relations)
    (declared,) = aspects["attributeDeclarations"]
    types = {"string": str, "boolean": bool, "integer": int, "double": (float, int),
             "list_of_string": list}  # fmt: skip
    for kind in ("nodes", "edges"):
        for element in aspects[kind]:
            assert set(element["v"]) == set(declared[kind])
            for name, value in element["v"].items():
                assert isinstance(value, types[declared[kind][name]["d"]]), name
    ids = {node["id"] for node in aspects["nodes"]}
    assert all({edge["s"], edge["t"]} <= ids for edge in aspects["edges"])
    (drawn,) = aspects["visualProperties"]
    assert drawn["nodeMapping"]["NODE_LABEL"]["definition"]["attribute"] == "name"


# --- Neo4j ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        ("partOf", "PART_OF"),
        ("broader", "BROADER"),
        ("usedFor", "USED_FOR"),
        ("hasURL", "HAS_URL"),
        ("x-y z", "X_Y_Z"),
        ("§", "RELATED"),
    ],
)
def test_relationship_names(type_: str, expected: str) -> None:
    """Relation types become names that need no quoting in Cypher."""
    assert relationship(type_) == expected


def _cypher_strings(text: str) -> list[str]:
    """The string literals of Cypher, unescaped as its grammar says."""
    found = re.findall(r"'((?:[^'\\]|\\.)*)'", text, re.DOTALL)
    signs = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
    return [re.sub(r"\\(.)", lambda m: signs.get(m[1], m[1]), each) for each in found]


@GRAPHS
def test_cypher(graph: Graph) -> None:
    """Each statement merges, and no label or quote ends its string early."""
    text = written(graph, "cypher").decode()
    strings = set(_cypher_strings(text))
    assert {c.label for c in graph.concepts} <= strings
    assert {r.evidence[0].quote for r in graph.relations} <= strings
    bare = re.sub(r"'(?:[^'\\]|\\.)*'", "''", text, flags=re.DOTALL)
    statements = [each.strip() for each in bare.split(";\n") if each.strip()]
    assert all(each.startswith(("CREATE CONSTRAINT", "UNWIND [")) for each in statements)
    assert {len(re.findall(r"[\[{(]", s)) - len(re.findall(r"[\]})]", s)) for s in statements} == {
        0
    }
    assert sum(each.count("{source: ''") for each in statements) == len(graph.relations)


@GRAPHS
def test_neo4j_csv(graph: Graph) -> None:
    """The importer's headers stand there, rows are whole, and ends exist."""
    members = _members(written(graph, "neo4j-csv"))
    concepts = list(csv.DictReader(io.StringIO(members["concepts.csv"])))
    relations = list(csv.DictReader(io.StringIO(members["relations.csv"])))
    ids = {row["id:ID"] for row in concepts}
    assert ids == {c.slug for c in graph.concepts}
    assert {row[":LABEL"] for row in concepts} == {"Concept"}
    assert len(relations) == len(graph.relations)
    assert all(row[":START_ID"] in ids and row[":END_ID"] in ids for row in relations)
    assert members["concepts.csv"].count("\n") == len(concepts) + 1
    by_id = {row["id:ID"]: row for row in concepts}
    for concept in graph.concepts:
        aliases = by_id[concept.slug]["aliases:string[]"]
        assert aliases.count(";") == max(0, len(set(concept.aliases)) - 1)


# --- diagrams ------------------------------------------------------------------------------------


@pytest.mark.tools
@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
@GRAPHS
def test_dot_in_graphviz(graph: Graph) -> None:
    """Graphviz reads the file without a word and finds the labels as they are."""
    done = subprocess.run(
        ["dot", "-Tdot_json"], input=written(graph, "dot"), capture_output=True, check=True
    )
    assert done.stderr == b""
    read = json.loads(done.stdout)
    labels = {node["name"]: node["label"] for node in read["objects"]}
    for concept in graph.concepts:
        shown = labels[concept.slug].replace("\\n", "\n").replace("\\\\", "\\")
        assert shown.replace("&amp;", "&") == readable(concept.label)
    assert len(read.get("edges", [])) == len(_stated(graph))


@GRAPHS
def test_mermaid(graph: Graph) -> None:
    """Every line is a node, a relation or a style; labels are quoted and free of live signs."""
    node = re.compile(r'  (n\d+)\["([^"\[\]{}()<>|;`]*(?:#\d+;[^"\[\]{}()<>|;`]*)*)"\]')
    edge = re.compile(r'  (n\d+) (?:-->|---)\|"([^"|]*)"\| (n\d+)')
    style = re.compile(r"  linkStyle [\d,]+ stroke:#[0-9A-F]{6},color:#[0-9A-F]{6}[\w.:, -]*")
    head, *lines = written(graph, "mermaid").decode().splitlines()
    assert head == "flowchart LR"
    labels, ends = {}, []
    for line in lines:
        if match := node.fullmatch(line):
            labels[match[1]] = re.sub(r"#(\d+);", lambda m: chr(int(m[1])), match[2])
        elif match := edge.fullmatch(line):
            ends.append((match[1], match[3]))
        else:
            assert style.fullmatch(line), line
    assert sorted(labels.values()) == sorted(
        " ".join(readable(c.label).split()) for c in graph.concepts
    )
    assert len(ends) == len(_stated(graph))
    assert all({start, end} <= set(labels) for start, end in ends)


@GRAPHS
def test_drawio(graph: Graph) -> None:
    """draw.io's XML holds a box for each concept and a connector with ends that exist."""
    root = ET.fromstring(written(graph, "drawio"))
    boxes = {box.get("id"): box.get("label") for box in root.iter("UserObject")}
    assert boxes == {c.slug: readable(c.label) for c in graph.concepts}
    lines = [cell for cell in root.iter("mxCell") if cell.get("edge")]
    assert len(lines) == len(_stated(graph))
    assert all({line.get("source"), line.get("target")} <= set(boxes) for line in lines)
    every = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(every) == len(set(every))


# --- Obsidian ------------------------------------------------------------------------------------


@GRAPHS
def test_vault(graph: Graph) -> None:
    """Every link leads to a note, every front matter is YAML, and no two names differ by case."""
    members = _members(written(graph, "obsidian"))
    notes = {name.removeprefix("Concepts/").removesuffix(".md") for name in members}
    assert len({name.casefold() for name in members}) == len(members) == len(graph.concepts) + 1
    assert not any(re.search(r'[\[\]|#^\\:*?"<>]', note) for note in notes)
    labels = set()
    for name, text in members.items():
        body = text.rpartition("\n---\n")[2]
        for link in re.findall(r"\[\[(.+?)\]\]", re.sub(r"\\.", "", body)):
            assert link.partition("|")[0] in notes, (name, link)
        if name != "Index.md":
            front = yaml.safe_load(text.split("---\n")[1])
            labels.add(front["aliases"][0])
            assert front["iri"].startswith(graph.base)
    assert labels == {" ".join(readable(c.label).split()) for c in graph.concepts}


def test_a_note() -> None:
    """A note quotes each definition with its source, and reads its relations both ways."""
    note = _members(written(sample_graph(), "obsidian"))["Concepts/Churn.md"]
    assert "> Customers who stop paying. A poor onboarding increases churn.\n" in note
    assert "> — Customer Success Terms\n" in note
    assert "- is reduced by [[Customer Onboarding]]\n" in note
    assert "    - “It reduces churn and precedes the quarterly business review.”\n" in note


# --- spreadsheets --------------------------------------------------------------------------------


@GRAPHS
def test_workbook(graph: Graph) -> None:
    """openpyxl opens the workbook: rows of both tables, numbers as numbers, and no formula."""
    book = openpyxl.load_workbook(io.BytesIO(written(graph, "xlsx")))
    assert book.sheetnames == ["Concepts", "Relations", "Sources"]
    rows = list(book["Concepts"].iter_rows(values_only=True))
    assert rows[0] == CONCEPTS
    labels = {row[0]: row[1] for row in rows[1:]}
    assert labels == {c.slug: readable(c.label) for c in graph.concepts}
    assert {type(row[7]) for row in rows[1:]} == {int}
    relations = list(book["Relations"].iter_rows(values_only=True))
    assert relations[0] == RELATIONS
    assert len(relations) == len(graph.relations) + 1
    for sheet in book:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


@GRAPHS
@pytest.mark.parametrize("key", ["concepts-csv", "relations-csv"])
def test_csv(graph: Graph, key: str) -> None:
    """Each table begins with a byte order mark, and no cell with what a spreadsheet would run."""
    data = written(graph, key)
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    count = len(graph.concepts if key == "concepts-csv" else graph.relations)
    assert len(rows) == count + 1
    assert {len(row) for row in rows} == {len(rows[0])}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("-5 degrees", "'-5 degrees"),
        ("\t=1", "'\t=1"),
        ("plain", "plain"),
        (-0.5, "-0.5"),
        (True, "true"),
        ("", ""),
    ],
)
def test_harmless(cell, expected: str) -> None:
    """Text that a spreadsheet would run gets an apostrophe; numbers stay numbers."""
    assert harmless(cell) == expected


def test_tables_in_a_zip() -> None:
    """The three tables come together."""
    members = _members(written(sample_graph(), "csv"))
    assert list(members) == ["concepts.csv", "relations.csv", "sources.csv"]
    assert members["concepts.csv"].encode() == written(sample_graph(), "concepts-csv")
