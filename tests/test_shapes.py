"""The SHACL shapes accept a sound graph and name what is wrong with each unsound one."""

from __future__ import annotations

import json
from pathlib import Path

import pyshacl
import pytest
import rdflib

from kg.skos import CONCEPTS, nquads
from ontology.vocabulary import FOLDER, GG
from tests.sample_graph import BASE, sample_graph

# rdflib 7 warns of its own N-Quads parser.
pytestmark = pytest.mark.filterwarnings("ignore:Dataset.default_context is deprecated")

CASES = Path(__file__).parent / "cases"
SOUND = (CASES / "shapes.ttl").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def shapes() -> rdflib.Graph:
    return rdflib.Graph().parse(FOLDER / "shapes.ttl")


def _check(turtle: str, shapes: rdflib.Graph) -> tuple[bool, str]:
    data = rdflib.Graph().parse(data=turtle, format="turtle")
    conforms, _, report = pyshacl.validate(data, shacl_graph=shapes, inference="none")
    return bool(conforms), str(report)


def test_shapes_are_shacl(shapes: rdflib.Graph) -> None:
    """The shapes themselves keep to SHACL's own shapes."""
    conforms, _, report = pyshacl.validate(rdflib.Graph(), shacl_graph=shapes, meta_shacl=True)
    assert conforms, report


def test_sound_graph_conforms(shapes: rdflib.Graph) -> None:
    """A graph as this project writes it breaks no shape."""
    conforms, report = _check(SOUND, shapes)
    assert conforms, report


@pytest.mark.parametrize(
    "case",
    json.loads((CASES / "shapes.json").read_text(encoding="utf-8")),
    ids=lambda case: case["label"],
)
def test_unsound_graph_is_named(case: dict[str, str], shapes: rdflib.Graph) -> None:
    """One fault in the sound graph breaks a shape whose message names it."""
    assert SOUND.count(case["replace"]) == 1
    conforms, report = _check(SOUND.replace(case["replace"], case["by"]), shapes)
    assert not conforms
    assert case["message"] in report


def _written() -> rdflib.Dataset:
    dataset = rdflib.Dataset()
    dataset.parse(data="".join(nquads(sample_graph())), format="nquads")
    return dataset


def test_written_graph_conforms(shapes: rdflib.Graph) -> None:
    """The derived graph breaks no shape, nor do all graphs of a data set put into one."""
    dataset = _written()
    merged = rdflib.Graph()
    for s, p, o, _ in dataset.quads():
        merged.add((s, p, o))
    for graph in (dataset.graph(rdflib.URIRef(BASE + CONCEPTS)), merged):
        assert len(graph) > 100
        conforms, _, report = pyshacl.validate(graph, shacl_graph=shapes, inference="none")
        assert conforms, report


def test_written_terms_are_declared() -> None:
    """Every gg: property, class and individual that a graph uses is one of the vocabulary's."""
    declared = set(rdflib.Graph().parse(FOLDER / "glossgraph.ttl").subjects())
    used = {node for s, p, o, _ in _written().quads() for node in (s, p, o)}
    ours = {n for n in used if isinstance(n, rdflib.URIRef) and n.startswith(GG)}
    ours -= {rdflib.URIRef(GG)}  # void:vocabulary names the whole
    assert rdflib.URIRef(GG + "Assertion") in ours
    assert ours <= declared
