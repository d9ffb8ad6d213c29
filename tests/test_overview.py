"""The whole graph at a glance: communities, places, and the columns that the page draws."""

from __future__ import annotations

from math import dist

import networkx as nx
import orjson
import pytest
from hypothesis import given, settings
from starlette.testclient import TestClient

from api import topics
from api.app import create_app
from api.service import Snapshot
from api.settings import Settings
from benchmarks.service.graphs import graph as made_up
from kg.communities import communities
from kg.index import Index
from kg.model import Graph
from kg.overview import places, summary
from ontology.vocabulary import BASES
from tests.map_graphs import graphs
from tests.sample_graph import sample_graph


def groups(graph: Graph) -> list[list[str]]:
    found: dict[int, list[str]] = {}
    for slug, group in communities(graph).items():
        found.setdefault(group, []).append(slug)
    return [found[group] for group in sorted(found)]


def weighted(graph: Graph) -> nx.Graph:
    view: nx.Graph = nx.Graph()
    view.add_nodes_from(concept.slug for concept in graph.concepts)
    for relation in graph.relations:
        ends = relation.subject, relation.object
        weight = view.get_edge_data(*ends, {"weight": 0.0})["weight"]
        view.add_edge(*ends, weight=weight + 1 / BASES[relation.basis].cost)
    return view


@pytest.mark.parametrize("size", [0, 300, 2000])
def test_communities_are_as_good_as_networkx_finds_them(size: int) -> None:
    """Their modularity is within 2 % of that of NetworkX's Louvain; they share out all concepts."""
    graph = made_up(size) if size else sample_graph()
    found, view = groups(graph), weighted(graph)
    assert sorted(slug for group in found for slug in group) == [c.slug for c in graph.concepts]
    assert [len(group) for group in found] == sorted(map(len, found), reverse=True)
    theirs = nx.community.louvain_communities(view, seed=7)
    ours = nx.community.modularity(view, found)
    assert ours >= 0.98 * nx.community.modularity(view, theirs)


@given(graphs(most=40, relations=80))
@settings(max_examples=60, deadline=None)
def test_no_two_concepts_lie_on_each_other(graph: Graph) -> None:
    """Every concept has a place, the same each time, at least 0.9 from every other."""
    index = Index(graph)
    found = places(index, groups(graph))
    assert found == places(Index(graph), groups(graph))
    assert len(found) == len(graph.concepts)
    for number, here in enumerate(found):
        assert all(dist(here, there) > 0.9 for there in found[:number])


def test_communities_lie_apart() -> None:
    """The middle of a large community is nearer to its own concepts than to those of others."""
    graph = made_up(600)
    index, found = Index(graph), groups(graph)
    at = dict(zip([c.slug for c in graph.concepts], places(index, found), strict=True))
    own = {slug: number for number, group in enumerate(found) for slug in group}
    for number, group in enumerate(found):
        middle = tuple(sum(at[slug][axis] for slug in group) / len(group) for axis in (0, 1))
        near = sorted(at, key=lambda slug: dist(at[slug], middle))[: len(group) // 2]
        assert {own[slug] for slug in near} <= {number}


def test_columns_are_those_of_the_graph() -> None:
    """Numbers lead to the concepts, families, bases and sources of each relation."""
    graph = sample_graph()
    index = Index(graph)
    data = orjson.loads(orjson.dumps(summary(index, groups(graph))))
    slugs, bases = data["concepts"]["slug"], data["bases"]
    relations = data["relations"]
    said = {
        (slugs[subject], slugs[object_], bases[basis], tuple(data["sets"][sources]))
        for subject, object_, basis, sources in zip(
            relations["subject"], relations["object"], relations["basis"], relations["sources"],
            strict=True,
        )
    }  # fmt: skip
    assert said == {(r.subject, r.object, r.basis, r.sources) for r in graph.relations}
    assert relations["basis"] == sorted(relations["basis"])
    assert {slugs[n] for n in data["concepts"]["implied"]} == {
        concept.slug for concept in graph.concepts if concept.implied
    }
    assert all(len(column) == len(slugs) for name, column in data["concepts"].items()
               if name != "implied")  # fmt: skip


def test_the_page_lists_what_the_picture_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each community leads to its map; a graph that is too large is not laid out, and told so."""
    snapshot = Snapshot(sample_graph(), "r1")
    with TestClient(create_app(snapshot, Settings()), base_url="http://127.0.0.1") as client:
        page = client.get("/overview").text
        assert '<a href="/map?community=0">' in page and "data-library=" in page
        assert client.get("/map?community=0").status_code == 200
        answer = client.get("/api/overview", headers={"Accept-Encoding": "gzip"})
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["etag"]
        monkeypatch.setattr("api.overview.OVERVIEW_UP_TO", 3)
        assert "up to 3 concepts" in client.get("/overview?large").text
        assert client.get("/api/overview?").status_code == 404
    assert topics.OVERVIEW_UP_TO == 60_000
