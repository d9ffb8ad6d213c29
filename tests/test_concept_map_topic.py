"""The map of several concepts, of a neighbourhood and of a path."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from kg.concept_map import Box, Options, neighborhood_map, path_map, rail_map, topic_map
from kg.errors import ConceptNotFound
from kg.index import Index
from kg.model import Graph
from kg.paths import paths
from ontology.vocabulary import DEFAULT
from tests.map_graphs import PROPERTY, graph_of, graphs, loose_ends, outside, overlaps, run_through
from tests.sample_graph import sample_graph

INDEX = Index(sample_graph())
EVERY = [concept.slug for concept in sample_graph().concepts]


def library() -> Index:
    """Return the case of 35 concepts that the bound on crossings is held on."""
    case = json.loads((Path(__file__).parent / "cases" / "concept_map.json").read_text("utf-8"))
    rows = []
    for subject, type_, object_ in case["relations"]:
        key, swap = DEFAULT.canonical(type_)
        rows.append((object_, key, subject) if swap else (subject, key, object_))
    labels = {slug: label for slug, label, _ in case["concepts"]}
    return Index(graph_of(labels, rows, {slug: kind for slug, _, kind in case["concepts"]}))


LIBRARY = library()


@settings(PROPERTY, max_examples=80)
@given(graph=graphs(most=24, relations=36))
def test_nothing_overlaps(graph: Graph) -> None:
    """Boxes and phrases never touch nor leave the map, and lines end at what they join."""
    drawn = topic_map(Index(graph), [c.slug for c in graph.concepts], Options(mentions=True))
    assert overlaps(drawn) == []
    assert outside(drawn) == []
    assert loose_ends(drawn) == []


@settings(PROPERTY, max_examples=60)
@given(graph=graphs(most=24, relations=36))
def test_lines_run_clear_of_boxes(graph: Graph) -> None:
    """No line runs through a box or phrase that it does not join."""
    drawn = topic_map(Index(graph), [c.slug for c in graph.concepts], Options(mentions=True))
    assert run_through(drawn) == []


@settings(PROPERTY, max_examples=60)
@given(graph=graphs(most=16, relations=30))
def test_every_relation_is_drawn_once(graph: Graph) -> None:
    """Each relation between the concepts is one proposition with one line at each end."""
    drawn = topic_map(Index(graph), [c.slug for c in graph.concepts], Options(mentions=True))
    assert sorted(p.relation for p in drawn.propositions) == sorted(r.id for r in graph.relations)
    into = {(leg.start, leg.end) for leg in drawn.legs}
    for said in drawn.propositions:
        phrases = [p for p in drawn.phrases if {said.subject, said.object} <= set(p.concepts)]
        assert any(
            (said.subject, p.key) in into and (p.key, said.object) in into for p in phrases
        ), said


def test_same_graph_same_map() -> None:
    """The order of the concepts asked for and of the graph's relations changes nothing."""
    graph = sample_graph()
    turned = Index(replace(graph, relations=graph.relations[::-1]))
    assert topic_map(turned, EVERY[::-1]) == topic_map(INDEX, EVERY)


def test_broader_stands_above() -> None:
    """The object of a hierarchical relation is drawn above its subject."""
    drawn = topic_map(LIBRARY, [c.slug for c in LIBRARY.concepts])
    y = {box.slug: box.y for box in drawn.boxes}
    upward = [p for p in drawn.propositions if p.upward]
    assert len(upward) >= 9
    assert all(y[p.object] < y[p.subject] for p in upward)


def test_few_lines_cross() -> None:
    """The 35 concepts and 48 relations of a library's words cross at most 8 times."""
    assert topic_map(LIBRARY, [c.slug for c in LIBRARY.concepts]).crossings <= 8


def test_equal_phrases_share_one_end() -> None:
    """A phrase joins several concepts on one side at most, so that each sentence is plain."""
    drawn = topic_map(LIBRARY, [c.slug for c in LIBRARY.concepts])
    for phrase in drawn.phrases:
        into = {leg.start for leg in drawn.legs if leg.end == phrase.key}
        out = {leg.end for leg in drawn.legs if leg.start == phrase.key}
        assert min(len(into), len(out)) == 1
    assert max(len(phrase.concepts) for phrase in drawn.phrases) > 3


def test_circles_can_be_drawn() -> None:
    """Concepts that cause one another in a circle are drawn like any."""
    labels = {key: key.upper() for key in "abcd"}
    index = Index(graph_of(labels, [(a, "increases", b) for a, b in ("ab", "bc", "cd", "da")]))
    drawn = topic_map(index, "abcd")
    assert len(drawn.phrases) == 4
    assert run_through(drawn) == []


def test_a_list_of_kinds_takes_several_rows() -> None:
    """Thirty kinds of one concept stand in rows below it, no wider than a screen."""
    labels = {"top": "Top"} | {f"k{n:02}": f"Kind number {n}" for n in range(30)}
    index = Index(graph_of(labels, [(f"k{n:02}", "broader", "top") for n in range(30)]))
    drawn = topic_map(index, labels)
    assert drawn.width < 1250
    assert len(drawn.phrases) == 1
    assert run_through(drawn) == []


def test_lone_concepts_stand_in_rows() -> None:
    """Concepts without relations fill rows, last."""
    labels = {"x": "X", "y": "Y"} | {f"n{n:02}": f"Concept alone {n}" for n in range(20)}
    drawn = topic_map(Index(graph_of(labels, [("x", "uses", "y")])), labels)
    rows = {box.y for box in drawn.boxes if box.slug.startswith("n")}
    assert 1 < len(rows) < 20
    assert min(rows) > max(box.y for box in drawn.boxes if box.slug in "xy")


def test_no_concepts_no_map() -> None:
    """A map of nothing is empty; an unknown name is an error."""
    assert topic_map(INDEX, []).boxes == ()
    with pytest.raises(ConceptNotFound):
        topic_map(INDEX, ["churn", "chrun"])


def test_implied_and_mentions_can_be_left_out() -> None:
    """Implied concepts go when asked; mentions are left out as soon as there is more."""
    drawn = topic_map(INDEX, EVERY, Options(implied=False))
    assert "win-rate" not in {box.slug for box in drawn.boxes}
    assert "mentions" not in {p.type for p in topic_map(INDEX, EVERY).propositions}
    asked = topic_map(INDEX, EVERY, Options(mentions=True))
    assert "mentions" in {p.type for p in asked.propositions}


@pytest.mark.parametrize(("count", "bound"), [(30, 0.15), (80, 1.0)])
def test_maps_are_quick(count: int, bound: float) -> None:
    """30 concepts take at most 150 ms and 80 at most 1 s; of one core, doubled for slower ones."""
    labels = {f"c{n:03}": f"Concept number {n}" for n in range(count)}
    rows = []
    types = ["broader", "partOf", "increases", "uses", "measures", "precedes"]
    for n in range(1, count):
        rows.append((f"c{n:03}", types[n % 6], f"c{n * 7 // 10 % count:03}"))
        if n % 3 == 0:
            rows.append((f"c{n:03}", types[n * 5 % 6], f"c{(n * 13 + 5) % count:03}"))
    index = Index(graph_of(labels, rows))
    taken = []
    for _ in range(3):
        start = time.process_time()
        topic_map(index, labels)
        taken.append(time.process_time() - start)
    assert min(taken) <= bound * 2


def test_neighbourhood() -> None:
    """Depth 2 reaches concepts two relations away; the focus is filled; what is left is counted."""
    drawn = neighborhood_map(INDEX, "Churn Rate", depth=2)
    slugs = {box.slug for box in drawn.boxes}
    assert {"churn-rate", "churn", "customer-onboarding"} <= slugs
    assert [box.slug for box in drawn.boxes if box.focus] == ["churn-rate"]
    small = neighborhood_map(INDEX, "churn-rate", depth=3, limit=5)
    assert len(small.boxes) == 5
    assert small.hidden > 0


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_path(narrow: bool) -> None:
    """A path is a chain read from its start, with filled ends and arrows forward."""
    (path,) = paths(INDEX, "kickoff-call", "net-revenue-retention", limit=1)
    drawn = path_map(INDEX, path, narrow=narrow)
    assert [box.slug for box in drawn.boxes] == list(path.concepts)
    assert [box.slug for box in drawn.boxes if box.focus] == [path.concepts[0], path.concepts[-1]]
    along = [(box.y if narrow else box.x) for box in drawn.boxes]
    assert along == sorted(along)
    assert drawn.phrases[0].text == "is part of"
    assert overlaps(drawn) == outside(drawn) == run_through(drawn) == loose_ends(drawn) == []


def test_a_long_path_runs_down() -> None:
    """A chain that is too wide for a page runs down."""
    labels = {f"c{n:02}": f"Concept number {n}" for n in range(9)}
    rows = [(f"c{n:02}", "increases", f"c{n + 1:02}") for n in range(8)]
    index = Index(graph_of(labels, rows))
    (path,) = paths(index, "c00", "c08", limit=1)
    drawn = path_map(index, path)
    assert drawn.width < 400
    assert drawn.height > 400


def test_a_path_to_itself() -> None:
    """The path of a concept to itself is its box."""
    (path,) = paths(INDEX, "churn", "churn", limit=1)
    assert [type(item) for item in path_map(INDEX, path).boxes] == [Box]


def test_rails_are_narrow() -> None:
    """The narrow map keeps to its width whatever the labels."""
    assert {rail_map(INDEX, slug).width for slug in EVERY} == {340.0}
