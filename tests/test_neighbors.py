"""The concepts around a concept, nearest and best founded first."""

from __future__ import annotations

import pytest

from kg.errors import AmbiguousLabel, ConceptNotFound
from kg.index import Index
from kg.neighbors import neighbors
from ontology.vocabulary import DEFAULT
from tests.sample_graph import sample_graph


@pytest.fixture(scope="module")
def index() -> Index:
    return Index(sample_graph())


def _said(index: Index, concept: str, language: str = "en", **selection: object) -> list[str]:
    """Each step as a sentence."""
    return [
        f"{index.label(s.via)} {s.leg.phrase(DEFAULT, language)} {index.label(s.concept)}"
        for s in neighbors(index, concept, **selection)  # type: ignore[arg-type]
    ]


def test_strongest_first(index: Index) -> None:
    """At one distance the stronger basis comes first, then confidence, then the alphabet."""
    steps = neighbors(index, "quarterly-business-review")
    assert [(s.concept, s.relation.basis) for s in steps] == [
        ("customer-onboarding", "text"),
        ("customer-success-manager", "mention"),
        ("win-rate", "mention"),
    ]
    assert [s.concept for s in neighbors(index, "skipper")] == [
        "crew", "passage-plan", "harbour-pilot", "logbook",
    ]  # fmt: skip


def test_phrases_read_from_the_nearer_end(index: Index) -> None:
    """Each relation is worded from the concept that it is followed from."""
    assert _said(index, "mainsail") == [
        "Mainsail is a kind of Sail",
        "Mainsail is part of Rig",
        "Mainsail is mentioned by Club Burgee",
    ]
    assert _said(index, "sail", depth=2)[1] == "Mainsail is part of Rig"
    assert _said(index, "crew", "de", types=["hasPart"]) == ["Crew hat als Teil Helmsman"]


def test_depth(index: Index) -> None:
    """Depth 2 adds the neighbours of neighbours at distance 2, and never the start."""
    steps = neighbors(index, "win rate", depth=2)
    assert [(s.concept, s.distance, s.via) for s in steps] == [
        ("playbook", 1, "win-rate"),
        ("quarterly-business-review", 1, "win-rate"),
        ("customer-onboarding", 2, "playbook"),
        ("customer-success-manager", 2, "playbook"),
    ]


def test_parallel_relations_are_kept(index: Index) -> None:
    """Two relations between one pair make one step; the weaker stands beside the stronger."""
    step = next(s for s in neighbors(index, "crew") if s.concept == "helmsman")
    assert step.relation.type == "partOf"
    assert [leg.relation.type for leg in step.more] == ["exampleOf"]
    assert step.more[0].phrase(DEFAULT) == "has the example"


QUESTIONS = [
    pytest.param("churn", {"types": ["reducedBy"]}, ["customer-onboarding"], id="what reduces it"),
    pytest.param("churn", {"types": ["reduces"], "direction": "in"}, ["customer-onboarding"],
                 id="the same by direction"),
    pytest.param("churn", {"types": ["reduces"], "direction": "out"}, ["customer-lifetime-value"],
                 id="what it reduces"),
    pytest.param("churn", {"types": ["reduces"]}, ["customer-lifetime-value"],
                 id="a key names the reading"),
    pytest.param("churn", {"types": ["reduces"], "direction": "both"},
                 ["customer-onboarding", "customer-lifetime-value"], id="either way"),
    pytest.param("churn", {"types": ["reducedBy"], "direction": "both"},
                 ["customer-onboarding", "customer-lifetime-value"], id="either way, inverse key"),
    pytest.param("customer-onboarding", {"types": ["broader"]}, ["onboarding"], id="broader"),
    pytest.param("onboarding", {"types": ["broader"]}, [], id="nothing is broader"),
    pytest.param("onboarding", {"types": ["narrower"]}, ["customer-onboarding"], id="kinds of"),
    pytest.param("customer-onboarding", {"types": ["narrower"]}, [], id="kinds of a leaf"),
    pytest.param("customer-onboarding", {"types": ["narrower"], "direction": "in"}, ["onboarding"],
                 id="an inverse type from the other end"),
    pytest.param("retention-rate", {"types": ["contrastsWith"], "direction": "in"}, ["churn-rate"],
                 id="a symmetric type has no direction"),
    pytest.param("NRR", {"families": ["measurement"]}, ["churn", "expansion-revenue"],
                 id="family; ties by alphabet"),
    pytest.param("playbook", {"bases": ["reference"]}, ["customer-onboarding", "win-rate"],
                 id="basis"),
    pytest.param("playbook", {"implied": False, "bases": ["reference"]}, ["customer-onboarding"],
                 id="no implied concepts"),
    pytest.param("churn", {"min_confidence": 0.9},
                 ["churn-rate", "customer-onboarding", "net-revenue-retention"], id="confidence"),
    pytest.param("churn", {"limit": 2}, ["churn-rate", "customer-onboarding"], id="limit"),
    pytest.param("sea-room", {"depth": 5}, [], id="a concept by itself"),
]  # fmt: skip


@pytest.mark.parametrize(("concept", "selection", "expected"), QUESTIONS)
def test_questions(index: Index, concept: str, selection: dict, expected: list[str]) -> None:
    """Type, family, basis, direction, confidence and limit each narrow the answer."""
    assert [step.concept for step in neighbors(index, concept, **selection)] == expected


def test_limit_keeps_the_nearest(index: Index) -> None:
    """A limit cuts the end of the unlimited answer, at every depth."""
    every = neighbors(index, "churn", depth=3)
    for limit in range(len(every) + 2):
        assert neighbors(index, "churn", depth=3, limit=limit) == every[:limit]


def test_refusals(index: Index) -> None:
    """No depth out of 1 to 5, no unknown or ambiguous name."""
    for depth in (0, 6):
        with pytest.raises(ValueError, match="depth must be from 1 to 5"):
            neighbors(index, "churn", depth=depth)
    with pytest.raises(ConceptNotFound):
        neighbors(index, "nothing of the sort")
    with pytest.raises(AmbiguousLabel):
        neighbors(index, "Pilot")
