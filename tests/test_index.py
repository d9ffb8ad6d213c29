"""Concepts by any name, relations by end, type and source."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extract.model import Designation
from kg.errors import AmbiguousLabel, ConceptNotFound, UnknownKey
from kg.index import Index
from kg.model import Concept, Graph
from kg.search import search
from kg.selection import Selection
from ontology.vocabulary import UnknownRelationType
from tests.sample_graph import BASE, sample_graph


@pytest.fixture(scope="module")
def index() -> Index:
    return Index(sample_graph())


NAMES = [
    pytest.param("churn-rate", "churn-rate", id="slug"),
    pytest.param(f"{BASE}concepts/churn-rate", "churn-rate", id="IRI"),
    pytest.param("https://example.org/vocabulary/churn", "churn", id="IRI of the same elsewhere"),
    pytest.param("csm-role", "customer-success-manager", id="former slug"),
    pytest.param(f"{BASE}concepts/speed-log", "log", id="IRI of a former slug"),
    pytest.param("Churn Rate", "churn-rate", id="preferred label"),
    pytest.param("CHURN RATES", "churn-rate", id="case and plural"),
    pytest.param("the churn-rate", "churn-rate", id="article and hyphen"),
    pytest.param("Customer Churn Rate", "churn-rate", id="alias"),
    pytest.param(" CSM ", "customer-success-manager", id="acronym, blanks around"),
    pytest.param("Costumer Health Score", "customer-health-score", id="hidden label"),
    pytest.param("Schiffsführer", "skipper", id="German label"),
    pytest.param("LOG", "log", id="preferred label beats an alias of another"),
    pytest.param("Log Book", "logbook", id="spaces"),
]


@pytest.mark.parametrize(("asked", "slug"), NAMES)
def test_resolve(index: Index, asked: str, slug: str) -> None:
    """A slug, IRI, former slug or any label names its concept."""
    assert index.resolve(asked) == slug


def test_ambiguous(index: Index) -> None:
    """A label that two concepts have equally is refused with both, most connected first."""
    with pytest.raises(AmbiguousLabel) as caught:
        index.resolve("pilots")
    assert caught.value.choices == ("harbour-pilot", "pilot-program")


def test_not_found(index: Index) -> None:
    """An unknown name is refused with labels that are spelt like it."""
    with pytest.raises(ConceptNotFound) as caught:
        index.resolve("chrun rate")
    assert caught.value.near[0] == "Churn Rate"
    with pytest.raises(ConceptNotFound):
        index.resolve("")
    with pytest.raises(ConceptNotFound):
        index.concept("Churn Rate")


def test_circular_redirect() -> None:
    """Redirects that lead round in a circle name nothing, and end."""
    graph = replace(sample_graph(), redirects={"old-a": "old-b", "old-b": "old-a"})
    with pytest.raises(ConceptNotFound):
        Index(graph).resolve("old-a")


def test_equal_spelling_beats_equal_key() -> None:
    """Of two preferred labels with one key, the one spelt as asked is meant; else both are."""
    sample = sample_graph()
    churn = next(c for c in sample.concepts if c.slug == "churn")
    designation = replace(churn.designations[0], text="Churns")
    other = replace(churn, slug="churn-2", label="Churns", designations=(designation,))
    graph = replace(sample, concepts=tuple(sorted((*sample.concepts, other), key=lambda c: c.slug)))
    index = Index(graph)
    assert index.resolve("Churns") == "churn-2"
    assert index.resolve("CHURN") == "churn"
    with pytest.raises(AmbiguousLabel) as caught:
        index.resolve("the churn")
    assert caught.value.choices == ("churn", "churn-2")


def test_labels_by_language(index: Index) -> None:
    """A label comes in the language asked for, in its primary tag, or in the graph's own."""
    assert index.label("skipper") == "Skipper"
    assert index.label("skipper", "de") == "Schiffsführer"
    assert index.label("skipper", "de-AT") == "Schiffsführer"
    assert index.label("skipper", "fr") == "Skipper"


SELECTIONS = [
    pytest.param(Selection(types=["broader"]), 3, id="type"),
    pytest.param(Selection(types=["narrower"]), 3, id="inverse type"),
    pytest.param(Selection(families=["cause"]), 6, id="family"),
    pytest.param(Selection(families=["cause"], types=["related"]), 8, id="family or type"),
    pytest.param(Selection(bases=["reference"]), 2, id="basis"),
    pytest.param(Selection(min_confidence=0.95), 4, id="confidence"),
    pytest.param(Selection(bases=["mention"], implied=False), 3, id="without implied concepts"),
    pytest.param(Selection(types=[]), 0, id="no type at all"),
]


@pytest.mark.parametrize(("selection", "count"), SELECTIONS)
def test_select(index: Index, selection: Selection, count: int) -> None:
    """A selection keeps exactly the relations that it describes."""
    assert len(list(index.select(selection))) == count


def test_unknown_keys_are_named(index: Index) -> None:
    """An unknown type, family, basis or direction is refused with what was meant."""
    with pytest.raises(UnknownRelationType, match="reduces"):
        list(index.select(Selection(types=["reducess"])))
    with pytest.raises(UnknownKey, match="cause"):
        list(index.select(Selection(families=["causes"])))
    with pytest.raises(UnknownKey, match="Known: text, name"):
        list(index.select(Selection(bases=["rumour"])))
    with pytest.raises(UnknownKey, match="out, in, both"):
        list(index.select(Selection(direction="sideways")))


def test_relations_by_source(index: Index) -> None:
    """Relations are chosen by the source that states them."""
    assert {
        r.subject for r in index.select(sources=["club"], selection=Selection(types=["uses"]))
    } == {"passage-plan"}


def test_across_sources() -> None:
    """A relation crosses sources if no one source defines both ends; never to implied ones."""
    sample = sample_graph()
    assert not list(Index(sample).select(across="sources"))
    joined = replace(sample.relations[0], subject="skipper", object="churn", id="x", type="reduces")
    index = Index(replace(sample, relations=(*sample.relations, joined)))
    assert [r.id for r in index.select(across="sources")] == ["x"]


def test_relations_of(index: Index) -> None:
    """A concept's relations come outgoing first, the strongest first."""
    found = [(r.subject, r.type, r.object) for r in index.relations_of("playbook")]
    assert found == [
        ("playbook", "enables", "customer-onboarding"),
        ("playbook", "related", "win-rate"),
        ("customer-success-manager", "uses", "playbook"),
        ("customer-onboarding", "seeAlso", "playbook"),
    ]


def test_relation_by_id(index: Index) -> None:
    """A relation is found by its id, and none by another."""
    relation = index.relations[5]
    assert index.relation(relation.id) is relation
    assert index.relation("nothing") is None


def test_warm_changes_nothing() -> None:
    """An index that was warmed answers like one that was not."""
    warm, cold = Index(sample_graph()), Index(sample_graph())
    warm.warm()
    assert [h.label for h in search(warm, "cust").hits] == [
        h.label for h in search(cold, "cust").hits
    ]
    assert warm.resolve("CSM") == cold.resolve("CSM")


def test_empty_graph() -> None:
    """A graph without concepts answers, too."""
    index = Index(Graph(base=BASE, title=""))
    with pytest.raises(ConceptNotFound):
        index.resolve("anything")
    assert list(index.select()) == []


@pytest.mark.parametrize("asked", ["Knowledge bases", "knowledge-bases", "SALES", "Go-lives"])
def test_plurals_that_the_rules_read_otherwise(asked: str) -> None:
    """Where "bases" is no plural of a label "basis", it is that of "base"."""
    labels = ("Knowledge base", "Sale", "Go-live", "Basis", "Bas")
    concepts = tuple(
        Concept(
            slug=label.lower().replace(" ", "-"),
            label=label,
            designations=(Designation(text=label, language="en", status="preferred"),),
        )
        for label in labels
    )
    index = Index(replace(sample_graph(), concepts=concepts, relations=(), redirects={}))
    assert index.label(index.resolve(asked)).lower()[:3] == asked.lower()[:3]
    assert index.choices("bases") == ["basis"] and index.choices("Basiss") == []
