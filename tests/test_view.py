"""The NetworkX view and the index are the same graph."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.index import Index
from kg.model import Concept, Graph, Relation
from kg.neighbors import neighbors
from kg.paths import paths
from kg.view import to_networkx
from ontology.vocabulary import BASES, RELATION_TYPES
from tests.sample_graph import sample_graph


def test_attributes() -> None:
    """Concepts and relations carry what is known of them."""
    view = to_networkx(sample_graph())
    assert view.nodes["churn-rate"]["label"] == "Churn Rate"
    assert view.nodes["churn-rate"]["kind"] == "metric"
    assert view.nodes["churn-rate"]["aliases"] == ("Customer Churn Rate",)
    edge = view.edges["helmsman", "crew", "partOf"]
    assert (edge["phrase"], edge["basis"], edge["cost"]) == ("is part of", "text", 1)
    assert edge["evidence"] == "A member of the crew who steers."
    assert view.number_of_edges("helmsman", "crew") == 2


def test_parts() -> None:
    """Bases and implied concepts can be left out; the copy can be changed."""
    view = to_networkx(sample_graph(), bases=["text"], implied=False)
    assert {basis for _, _, basis in view.edges(data="basis")} == {"text"}
    assert "win-rate" not in view
    view.remove_node("churn")
    assert "churn" in to_networkx(sample_graph())


def test_networkx_is_imported_late() -> None:
    """Neither the index nor any export loads NetworkX or numpy."""
    program = (
        "import sys, kg.view, kg.paths, kg.search, kg.explain, kg.export; "
        "print([m for m in ('networkx', 'numpy', 'rdflib', 'pyoxigraph') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Graphs of up to ten concepts with any relations, of any basis, parallel ones among them."""
    size = draw(st.integers(1, 10))
    slugs = [f"c{place}" for place in range(size)]
    pairs = [(a, b) for a, b in itertools.product(slugs, slugs) if a != b]
    ends = st.sampled_from(pairs) if pairs else st.nothing()
    type_ = st.sampled_from(sorted(RELATION_TYPES))
    keys = draw(st.lists(st.tuples(ends, type_), max_size=24, unique=True)) if pairs else []
    relations = [
        Relation(
            id=f"{subject} {type_} {object_}",
            subject=subject,
            type=type_,
            object=object_,
            basis=draw(st.sampled_from(sorted(BASES))),
            confidence=draw(st.sampled_from([0.25, 0.5, 1.0])),
        )
        for (subject, object_), type_ in keys
    ]
    return Graph(
        base="http://localhost/",
        title="",
        concepts=tuple(Concept(slug=slug, label=slug) for slug in slugs),
        relations=tuple(sorted(relations, key=lambda r: (r.subject, r.type, r.object))),
    )


@given(graph=graphs(), depth=st.integers(1, 5))
@settings(max_examples=150, deadline=None)
def test_neighbors_agree(graph: Graph, depth: int) -> None:
    """Both reach the same concepts at the same distance, whatever the direction."""
    index, view = Index(graph), to_networkx(graph)
    symmetric = {(b, a, key) for a, b, key, d in view.edges(keys=True, data=True) if d["symmetric"]}
    for direction, walked in (
        ("both", view.to_undirected(as_view=True)),
        ("out", nx.MultiDiGraph([*view.edges(keys=True), *symmetric])),
        ("in", nx.MultiDiGraph([*view.edges(keys=True), *symmetric]).reverse()),
    ):
        expected = (
            nx.single_source_shortest_path_length(walked, "c0", cutoff=depth)
            if "c0" in walked
            else {"c0": 0}
        )
        steps = neighbors(index, "c0", depth=depth, direction=direction)
        found = {step.concept: step.distance for step in steps}
        assert found | {"c0": 0} == dict(expected)
        assert [step.distance for step in steps] == sorted(step.distance for step in steps)


@given(graph=graphs())
@settings(max_examples=150, deadline=None)
def test_shortest_paths_agree(graph: Graph) -> None:
    """The cheapest path costs what Dijkstra over the view finds, or neither finds one."""
    index, view = Index(graph), to_networkx(graph)
    degree = dict(view.degree())
    weights = nx.Graph()
    weights.add_nodes_from(view)
    for a, b, cost in view.edges(data="cost"):
        passing = (math.log(degree[a]) + math.log(degree[b])) / 2
        least = weights.get_edge_data(a, b, {"cost": math.inf})["cost"]
        weights.add_edge(a, b, cost=min(least, cost + passing))
    for end in list(view)[1:]:
        found = paths(index, "c0", end, limit=1)
        if not nx.has_path(weights, "c0", end):
            assert found == []
            continue
        cost = nx.dijkstra_path_length(weights, "c0", end, weight="cost")
        ends = (math.log(degree["c0"]) + math.log(degree[end])) / 2
        assert found[0].cost == pytest.approx(cost - ends, abs=1e-3)
