"""The map of one concept, wide and narrow: what is drawn where."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from kg.concept_map import Map, Options, rail_map, term_map
from kg.concept_map.spokes import ROOM
from kg.concept_map.widths import measure
from kg.errors import ConceptNotFound, UnknownKey
from kg.index import Index
from kg.model import Graph
from tests.map_graphs import PROPERTY, graph_of, graphs, loose_ends, outside, overlaps, run_through
from tests.sample_graph import odd_graph, sample_graph

INDEX = Index(sample_graph())
BOTH = pytest.mark.parametrize("make", [term_map, rail_map], ids=["wide", "narrow"])


def hub(count: int = 30) -> Index:
    """Return a graph whose concept "hub" has ``count`` neighbours on every side."""
    labels = {"hub": "Hub"} | {f"n{k:03}": f"Neighbour {k}" for k in range(4 * count)}
    rows = [("hub", "broader", f"n{k:03}") for k in range(count)]
    rows += [(f"n{k:03}", "partOf", "hub") for k in range(count, 2 * count)]
    rows += [(f"n{k:03}", "uses", "hub") for k in range(2 * count, 3 * count)]
    rows += [("hub", "increases", f"n{k:03}") for k in range(3 * count, 4 * count)]
    return Index(graph_of(labels, rows))


@BOTH
@settings(PROPERTY, max_examples=120)
@given(graph=graphs())
def test_nothing_overlaps(make, graph: Graph) -> None:
    """Boxes, phrases and notes never touch, nor leave the map, whatever graph and labels."""
    drawn = make(Index(graph), graph.concepts[0].slug, Options(limit=40, mentions=True))
    assert overlaps(drawn) == []
    assert outside(drawn) == []
    assert loose_ends(drawn) == []


@BOTH
@settings(PROPERTY, max_examples=60)
@given(graph=graphs())
def test_lines_run_clear(make, graph: Graph) -> None:
    """No line runs through a box or a phrase that it does not join."""
    drawn = make(Index(graph), graph.concepts[0].slug, Options(limit=40, mentions=True))
    assert run_through(drawn) == []


@BOTH
def test_same_graph_same_map(make) -> None:
    """The same graph gives an equal map, in whatever order its relations stand."""
    graph = sample_graph()
    turned = replace(graph, relations=graph.relations[::-1])
    assert make(Index(turned), "churn") == make(Index(graph), "churn") == make(INDEX, "Churn")


def places(drawn: Map) -> dict[str, tuple[float, float]]:
    return {box.slug: (box.x, box.y) for box in drawn.boxes}


def test_sides_of_the_wide_map() -> None:
    """Broader stands above, narrower below, what acts on the focus left, what it acts on right."""
    at = places(term_map(INDEX, "customer-onboarding"))
    x, y = at["customer-onboarding"]
    assert at["onboarding"][0] == pytest.approx(x)
    assert at["onboarding"][1] < y < at["kickoff-call"][1]
    assert at["customer-success-manager"][0] < x < at["churn"][0]


def test_arrows_point_at_objects() -> None:
    """Each proposition has an arrowhead at its object's side, a symmetric one has none."""
    drawn = term_map(INDEX, "churn-rate")
    arrows = {leg.end for leg in drawn.legs if leg.arrow}
    assert arrows == {"churn"}
    assert {p.symmetric for p in drawn.propositions} == {True, False}


def test_incoming_arrows_point_at_the_focus() -> None:
    """Lines from the left carry one arrowhead for each phrase, at the focus."""
    drawn = term_map(INDEX, "churn")
    into = [leg for leg in drawn.legs if leg.arrow and leg.end == "churn"]
    assert len(into) == 5


def test_equal_phrases_are_one() -> None:
    """Objects of the same phrase share it."""
    drawn = term_map(INDEX, "skipper")
    responsible = [p for p in drawn.phrases if p.text == "is responsible for"]
    assert len(responsible) == 1
    assert set(responsible[0].concepts) == {"crew", "passage-plan", "skipper"}


def test_a_concept_stands_in_the_map_once() -> None:
    """Two relations of the same two concepts share one box and one phrase."""
    drawn = term_map(INDEX, "crew")
    assert [box.slug for box in drawn.boxes].count("helmsman") == 1
    assert {p.phrase for p in drawn.propositions if p.subject == "helmsman"} == {
        "is an example of", "is part of",
    }  # fmt: skip


def test_narrow_map_reads_from_the_focus() -> None:
    """The rail words incoming relations by their inverse phrase, broader before narrower."""
    phrases = [phrase.text for phrase in rail_map(INDEX, "customer-onboarding").phrases]
    assert phrases[:2] == ["is a kind of", "has the part"]
    assert "is the responsibility of" in phrases


@BOTH
def test_narrow_and_wide_say_the_same(make) -> None:
    """Both forms hold the same propositions."""
    for concept in sample_graph().concepts:
        drawn = make(INDEX, concept.slug)
        wide = term_map(INDEX, concept.slug)
        assert set(drawn.propositions) == set(wide.propositions)


@BOTH
def test_roles_are_pills(make) -> None:
    """A role's box has round ends, no other kind's has."""
    drawn = make(INDEX, "customer-onboarding")
    assert {box.slug for box in drawn.boxes if box.pill} == {"customer-success-manager"}


@BOTH
def test_mentions_only_where_nothing_else_is(make) -> None:
    """A bare mention is drawn only where it is all there is, or where it is asked for."""
    assert {b.slug for b in make(INDEX, "club-burgee").boxes} == {"club-burgee", "mainsail"}
    assert "club-burgee" not in {b.slug for b in make(INDEX, "mainsail").boxes}
    asked = make(INDEX, "mainsail", Options(mentions=True))
    assert "club-burgee" in {b.slug for b in asked.boxes}
    refused = make(INDEX, "club-burgee", Options(mentions=False))
    assert [b.slug for b in refused.boxes] == ["club-burgee"]


@BOTH
def test_families_can_be_chosen_and_hidden(make) -> None:
    """``only`` and ``hide`` name families; the legend holds those that are drawn."""
    assert make(INDEX, "churn", Options(only=["cause"])).families == ("cause",)
    assert "cause" not in make(INDEX, "churn", Options(hide=["cause"])).families


def test_unknown_family_is_named() -> None:
    """A family that is not known is an error with the near ones."""
    with pytest.raises(UnknownKey, match=r'No family "couse"\. Near: cause'):
        term_map(INDEX, "churn", Options(hide=["couse"]))


def test_unknown_concept_is_an_error() -> None:
    """A name that stands for nothing is an error."""
    with pytest.raises(ConceptNotFound):
        term_map(INDEX, "chrun")


@BOTH
def test_implied_concepts_can_be_left_out(make) -> None:
    """Implied concepts are marked, and left out when asked."""
    (win,) = [b for b in make(INDEX, "playbook").boxes if b.slug == "win-rate"]
    assert win.implied
    assert "no entry defines it" in win.title
    slugs = {b.slug for b in make(INDEX, "playbook", Options(implied=False)).boxes}
    assert "win-rate" not in slugs


@BOTH
def test_language(make) -> None:
    """Labels, phrases and title are of the language asked for, where there are any."""
    drawn = make(INDEX, "crew", Options(language="de"))
    assert drawn.title == "Begriffskarte zu Mannschaft"
    assert {"Schiffsführer", "Steuermann"} <= {box.label for box in drawn.boxes}
    assert drawn.language == "de"


@BOTH
def test_a_hub_shows_its_strongest_and_counts_the_rest(make) -> None:
    """At most ``limit`` concepts stand around the focus; a note counts what is left out."""
    drawn = make(hub(), "hub")
    assert len(drawn.boxes) == 15
    assert drawn.hidden == 120 - 14
    assert [note.text for note in drawn.notes] == ["+ 106 more"]


def test_sides_have_room_for_so_many() -> None:
    """However high the limit, a side takes no more than it has room for."""
    drawn = term_map(hub(), "hub", Options(limit=100))
    assert len(drawn.boxes) == 1 + sum(ROOM.values())
    assert overlaps(drawn) == []
    assert run_through(drawn) == []


@BOTH
def test_labels_fit_their_boxes(make) -> None:
    """Each line of a label is narrower than its box, odd labels included."""
    index = Index(odd_graph())
    for concept in odd_graph().concepts:
        for box in make(index, concept.slug).boxes:
            for line in box.lines:
                assert measure(line, box.size, 600) <= box.width - 16


@BOTH
def test_a_lone_concept_has_a_map(make) -> None:
    """A concept without relations is drawn alone, and the description says so."""
    drawn = make(INDEX, "sea-room")
    assert [box.slug for box in drawn.boxes] == ["sea-room"]
    assert "Nothing in the sources" in drawn.description


def test_defined_concepts_come_before_implied_ones() -> None:
    """Where room is short, concepts that an entry defines are kept, at equal basis."""
    graph = graph_of({"a": "A", "b": "B", "c": "C"}, [("a", "uses", "b"), ("a", "uses", "c")])
    implied = tuple(replace(each, implied=each.slug == "b") for each in graph.concepts)
    drawn = term_map(Index(replace(graph, concepts=implied)), "a", Options(limit=1))
    assert [box.slug for box in drawn.boxes] == ["a", "c"]
