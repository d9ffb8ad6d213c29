"""Why two names are one concept or two, what relates them, and where it says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extract.model import Evidence, Span
from kg.errors import AmbiguousLabel, ConceptNotFound
from kg.explain import explain, place
from kg.index import Index
from kg.model import Text
from tests.sample_graph import sample_graph


@pytest.fixture(scope="module")
def index() -> Index:
    return Index(sample_graph())


def test_one_concept(index: Index) -> None:
    """Two entries that were merged are one, and the decision says why."""
    found = explain(index, "Customer Churn Rate", "churn-rate")
    assert found.same and not found.relations and found.path is None
    assert [decision.verdict for decision in found.decisions] == ["same"]
    assert found.reason == '"Customer Churn Rate" is "Churn Rate" where customers are meant.'


def test_two_concepts(index: Index) -> None:
    """Two that were compared and kept apart are two, and the decision says why."""
    found = explain(index, "Harbour Pilot", "Pilot Program")
    assert not found.same and not found.close
    assert "different nouns" in found.reason


def test_near_concepts(index: Index) -> None:
    """Near concepts are two that are marked as close, whichever comes first."""
    for left, right in (("Log", "Logbook"), ("Logbook", "Log")):
        found = explain(index, left, right)
        assert found.close and not found.same
        assert [decision.verdict for decision in found.decisions] == ["close"]


REASONS = [
    ("Crew", "crew", "Both name Crew, which one entry defines."),
    ("win rate", "Win Rates", "Both name Win Rate, which entries speak of and none defines."),
    ("Crew", "Churn", "share no label, acronym or alias"),
    ("Crew", "Win Rate", "Win Rate is only spoken of"),
]


@pytest.mark.parametrize(("left", "right", "reason"), REASONS)
def test_without_a_decision(index: Index, left: str, right: str, reason: str) -> None:
    """Where nothing was decided the reason says what that means."""
    assert reason in explain(index, left, right).reason


def test_relations_read_from_the_left(index: Index) -> None:
    """Relations between the two are read from the first, strongest first."""
    found = explain(index, "Crew", "Helmsman")
    assert [(leg.relation.type, leg.forward) for leg in found.relations] == [
        ("partOf", False), ("exampleOf", False),
    ]  # fmt: skip
    assert found.path is None


def test_path_where_nothing_joins_them(index: Index) -> None:
    """Where no relation joins the two, the cheapest path does; where there is none, none."""
    found = explain(index, "Kickoff Call", "Churn")
    assert not found.relations
    assert found.path and found.path.concepts == ("kickoff-call", "customer-onboarding", "churn")
    assert explain(index, "Sea Room", "Churn").path is None


def test_entry_ids(index: Index) -> None:
    """An entry's id stands for that entry alone."""
    found = explain(index, "club/customer-churn-rate", "success/churn-rate")
    assert found.same
    assert found.left.entries == ("club/customer-churn-rate",)
    assert len(found.decisions) == 1
    assert not explain(index, "success/churn-rate", "success/churn-rate").decisions


def test_refusals(index: Index) -> None:
    """Unknown and ambiguous names are refused as everywhere."""
    with pytest.raises(ConceptNotFound):
        explain(index, "Crew", "nobody")
    with pytest.raises(AmbiguousLabel):
        explain(index, "Pilot", "Crew")


def test_all_unknown_names_are_told(index: Index) -> None:
    """Of two unknown names both are told, each with its own near labels; one is told alone."""
    with pytest.raises(ConceptNotFound) as caught:
        explain(index, "churnn rate", "Kickof Call")
    assert [each.asked for each in caught.value.further] == ["Kickof Call"]
    said = str(caught.value)
    assert 'No concept "churnn rate". Near: Churn Rate' in said
    assert 'No concept "Kickof Call". Near: Kickoff Call' in said
    with pytest.raises(ConceptNotFound) as caught:
        explain(index, "success/churn-rate", "nobody at all")
    assert not caught.value.further
    with pytest.raises(ConceptNotFound, match=r"zzqx.*qqzz"):
        index.resolve_each(["zzqx", "Crew", "qqzz"])
    with pytest.raises(AmbiguousLabel):
        index.resolve_each(["Crew", "Pilot"])


def test_place(index: Index) -> None:
    """Evidence stands at a line, in a sentence: what is before and behind it on that line."""
    relation = next(r for r in index.relations if r.type == "precedes")
    found = place(index, relation.evidence[0])
    assert found.at == "success:10"
    assert found.sentence == "It reduces churn and precedes the quarterly business review."
    mention = next(r for r in index.relations if r.object == "win-rate" and r.type == "mentions")
    found = place(index, mention.evidence[0])
    assert found.before.endswith("shows results; ")
    assert (found.quote, found.after) == ("win rate is on its agenda", ".")


def _evidence(text: str, quote: str) -> Evidence:
    start = text.index(quote)
    span = Span(start=start, end=start + len(quote))
    return Evidence(document="sources/x", span=span, quote=quote, rule="", confidence=1)


PLACES = [
    ("First one. Second «here» one. Third.", "here", 1, "Second «here» one."),
    ("One\n\nTwo here", "here", 3, "Two here"),
    ("here", "here", 1, "here"),
    ("Is it here? Yes.", "Is it here?", 1, "Is it here?"),
    ("a " * 400 + "here" + " b" * 400, "here", 1, None),
    ("Two\nlines here\nand more", "lines here\nand", 2, "lines here and more"),
]


@pytest.mark.parametrize(("text", "quote", "line", "sentence"), PLACES)
def test_sentences(text: str, quote: str, line: int, sentence: str | None) -> None:
    """The sentence around a quote ends at full stops and line ends, and is cut where endless."""
    graph = replace(
        sample_graph(),
        texts=(Text(document="sources/x", source="x", text=text, digest="", original=""),),
    )
    found = place(Index(graph), _evidence(text, quote))
    assert found.line == line
    assert found.before + found.quote + found.after in text
    if sentence is None:
        assert len(found.sentence) < 400
    else:
        assert found.sentence == sentence


def test_place_without_text(index: Index) -> None:
    """Evidence whose text the graph does not hold keeps its quote and has no line."""
    bare = Index(replace(index.graph, texts=()))
    evidence = index.relations[0].evidence[0]
    found = place(bare, evidence)
    assert (found.line, found.sentence, found.at) == (0, evidence.quote, "success")


def test_near_labels_are_named_where_anything_is_similar(index: Index) -> None:
    """Spelling goes first, then labels that share a word; else the error says how to look."""
    with pytest.raises(ConceptNotFound) as caught:
        explain(index, "churnn rate", "Log")
    assert caught.value.near[0] == "Churn Rate"
    with pytest.raises(ConceptNotFound) as caught:
        explain(index, "Churn of the moon's own customers", "Log")
    assert "Churn Rate" in caught.value.near
    with pytest.raises(ConceptNotFound, match="no label is like it") as caught:
        explain(index, "Xqzzy", "Log")
    assert caught.value.near == ()
