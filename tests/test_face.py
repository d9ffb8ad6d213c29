"""`import glossgraph`: what people write in a notebook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sample_graph import sample_graph

import glossgraph
from kg import store
from kg.errors import ConceptNotFound, MalformedQuery


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[glossgraph.Graph]:
    folder = tmp_path_factory.mktemp("face") / "g.kg"
    store.write_revision(folder, sample_graph())
    with glossgraph.open(folder) as opened:
        yield opened


def test_a_concept_by_any_name(graph: glossgraph.Graph) -> None:
    """Acronyms, slugs and labels name a concept; others raise with what is near."""
    concept = graph.concept("NRR")
    assert concept.label == "Net Revenue Retention"
    assert graph.concept(concept.slug) is concept
    assert "NRR" in graph
    assert "no such thing" not in graph
    with pytest.raises(ConceptNotFound):
        graph.concept("no such thing")


def test_neighbors_read_as_phrases(graph: glossgraph.Graph) -> None:
    """Each step has its label, its phrase from the nearer concept, and a sentence."""
    steps = graph.neighbors("Churn", depth=2)
    assert {step.distance for step in steps} == {1, 2}
    assert all(step.phrase and step.evidence.sentence for step in steps)


def test_paths_read_as_sentences(graph: glossgraph.Graph) -> None:
    """A path goes from the one concept to the other and says so."""
    (path, *_) = graph.paths("Customer Onboarding", "NRR")
    assert path.concepts[0] == "Customer Onboarding"
    assert path.concepts[-1] == "Net Revenue Retention"
    assert path.sentence.endswith("Net Revenue Retention.")
    assert len(path.evidence) == len(path.relations)


def test_several_concepts_and_pages(graph: glossgraph.Graph) -> None:
    """What concepts share, the relations among them, where a text names them, figures."""
    shared = {each.slug for each in graph.common("Churn", "NRR")}
    around = [{step.concept.slug for step in graph.neighbors(each)} for each in ("Churn", "NRR")]
    assert shared == around[0] & around[1] - {"churn", "net-revenue-retention"}
    assert {r.type for r in graph.subgraph("Churn", "Customer Onboarding")} == {"reduces"}
    assert [each.slug for each in graph.annotate("The crew, crew", first="page")] == ["crew"]
    assert sum(graph.stats().degrees.values()) == len(graph)


def test_sparql_gives_rows_bools_and_graphs(graph: glossgraph.Graph) -> None:
    """SELECT rows, ASK a bool, CONSTRUCT a graph; updates are refused."""
    rows = graph.query("SELECT ?l WHERE { ?c skos:prefLabel ?l } LIMIT 3")
    assert len(rows) == 3
    assert graph.query("ASK { ?c a skos:Concept }") is True
    assert len(graph.query("CONSTRUCT { ?c a gg:X } WHERE { ?c a skos:Concept }")) == len(graph)
    with pytest.raises(MalformedQuery):
        graph.query("DELETE WHERE { ?s ?p ?o }")


def test_other_views(graph: glossgraph.Graph, tmp_path: Path) -> None:
    """NetworkX has the same concepts, a file its format by suffix, a notebook a table."""
    assert set(graph.to_networkx()) == {concept.slug for concept in graph}
    graph.export(tmp_path / "g.graphml")
    assert (tmp_path / "g.graphml").read_bytes().startswith(b"<?xml")
    assert graph.search("onbording")[0].reason
    assert "<table>" in graph._repr_html_()
    assert "concepts" in repr(graph)


def test_context_for_a_model(graph: glossgraph.Graph) -> None:
    """A question gives cited Markdown about what it names, within the tokens given."""
    said = graph.context("How does onboarding change churn?")
    assert "## Churn" in said and "## Onboarding" in said
    assert "A poor onboarding increases churn." in said and "CC-BY-4.0" in said
    short = graph.context("How does onboarding change churn?", max_tokens=150)
    assert 0 < len(short.encode()) <= 150 * 3 < len(said.encode())
    assert "Nothing here is about that." in graph.context("xyzzy")
