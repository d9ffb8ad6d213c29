"""The RDF formats say what the N-Quads of the graph say, in each reader."""

from __future__ import annotations

import io
import json

import pyoxigraph
import pytest
import rdflib

from kg.export import EXPORTS, export
from kg.export.rdf import NotExpressible, rdfxml
from kg.model import Graph
from kg.skos import CONCEPTS, nquads
from tests.sample_graph import BASE, odd_graph, sample_graph

GRAPHS = [pytest.param(sample_graph, id="sample"), pytest.param(odd_graph, id="odd")]
TRIPLES = ("turtle", "ntriples", "jsonld", "rdfxml")
QUADS = ("nquads", "trig")


def _written(graph: Graph, key: str) -> bytes:
    return b"".join(export(graph, key))


def _expected(graph: Graph) -> set[pyoxigraph.Quad]:
    lines = "".join(nquads(graph)).encode()
    return set(pyoxigraph.parse(lines, format=pyoxigraph.RdfFormat.N_QUADS))


def _read(data: bytes, key: str) -> set[pyoxigraph.Quad]:
    format_ = pyoxigraph.RdfFormat.from_media_type(EXPORTS[key].media_type)
    return set(pyoxigraph.parse(data, format=format_))


@pytest.mark.parametrize("make", GRAPHS)
@pytest.mark.parametrize("key", TRIPLES)
def test_triples(make, key: str) -> None:
    """The formats of triples hold the derived graph, no triple more or less."""
    graph = make()
    expected = {
        quad.triple for quad in _expected(graph) if quad.graph_name.value == BASE + CONCEPTS
    }
    found = _read(_written(graph, key), key)
    assert {quad.triple for quad in found} == expected
    assert {str(quad.graph_name) for quad in found} == {"DEFAULT"}


@pytest.mark.parametrize("make", GRAPHS)
@pytest.mark.parametrize("key", QUADS)
def test_quads(make, key: str) -> None:
    """The formats of quads hold every named graph."""
    graph = make()
    assert _read(_written(graph, key), key) == _expected(graph)


@pytest.mark.parametrize("make", GRAPHS)
@pytest.mark.parametrize(
    ("key", "format_"),
    [("turtle", "turtle"), ("jsonld", "json-ld"), ("rdfxml", "xml"), ("ntriples", "nt")],
)
def test_rdflib_reads_the_same(make, key: str, format_: str) -> None:
    """rdflib, another implementation, reads the same count of triples."""
    graph = make()
    size = sum(1 for quad in _expected(graph) if quad.graph_name.value == BASE + CONCEPTS)
    read = rdflib.Graph().parse(io.BytesIO(_written(graph, key)), format=format_)
    assert len(read) == size


def test_turtle_is_for_people() -> None:
    """Turtle names concepts and properties by prefix and groups what is said of a concept."""
    text = _written(sample_graph(), "turtle").decode()
    assert "\nconcept:helmsman a skos:Concept ;\n" in text
    assert "    gg:exampleOf concept:crew ;\n" in text
    assert text.count("\nconcept:churn-rate ") == 1


def test_jsonld_is_for_people() -> None:
    """JSON-LD uses the vocabulary's terms: labels by language, relations as lists of IRIs."""
    nodes = json.loads(_written(sample_graph(), "jsonld"))["@graph"]
    skipper = next(node for node in nodes if node["id"] == f"{BASE}concepts/skipper")
    assert skipper["type"] == "Concept"
    assert skipper["kind"] == "role"
    assert skipper["prefLabel"] == {"en": "Skipper", "de": "Schiffsführer"}
    assert skipper["responsibleFor"] == [
        f"{BASE}concepts/crew", f"{BASE}concepts/passage-plan",
    ]  # fmt: skip


def test_rdfxml_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A property that no XML name can stand for is refused, and named."""
    line = f'<{BASE}a> <{BASE}p/1> "x" <{BASE}{CONCEPTS}> .\n'
    monkeypatch.setattr("kg.export.quads.nquads", lambda graph: iter([line]))
    with pytest.raises(NotExpressible, match="p/1"):
        list(rdfxml(sample_graph()))


def test_other_namespaces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Properties of a namespace without a prefix are written in full, and read back."""
    line = f'<{BASE}a> <http://example.net/v/likes> "x\\n\\"y\\"\\\\" <{BASE}{CONCEPTS}> .\n'
    monkeypatch.setattr("kg.export.quads.nquads", lambda graph: iter([line]))
    for key in TRIPLES:
        (quad,) = _read(_written(sample_graph(), key), key)
        assert quad.predicate.value == "http://example.net/v/likes"
        assert quad.object.value == 'x\n"y"\\'
