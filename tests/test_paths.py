"""Typed paths between concepts, what they share, and the graph among them."""

from __future__ import annotations

import itertools
import math
import random

import networkx as nx
import pytest

from kg.errors import UnknownKey
from kg.index import Index
from kg.kinship import common
from kg.model import Concept, Graph, Relation
from kg.paths import paths, sentence
from kg.selection import Selection
from tests.sample_graph import sample_graph


@pytest.fixture(scope="module")
def index() -> Index:
    return Index(sample_graph())


def test_sentence(index: Index) -> None:
    """The best path reads as an English sentence, each phrase the right way round."""
    path = paths(index, "Kickoff Call", "NRR")[0]
    assert sentence(index, path) == (
        "Kickoff Call is part of Customer Onboarding, which reduces Churn, "
        "which is an input to Net Revenue Retention."
    )
    assert all(leg.relation.evidence for leg in path.legs)


def test_sentence_in_german(index: Index) -> None:
    """In German each step is a main clause of its own, with German labels where there are some."""
    path = paths(index, "safety-briefing", "passage-plan")[0]
    assert sentence(index, path, "de") == (
        "Sicherheitseinweisung ermöglicht Mannschaft; Mannschaft liegt in der Verantwortung von "
        "Schiffsführer; Schiffsführer ist verantwortlich für Passage Plan."
    )


def test_cost(index: Index) -> None:
    """A path costs its bases (text 1, name 2 …) and the logarithm of each degree in between."""
    direct, *_ = paths(index, "churn", "churn-rate")
    assert direct.cost == 1
    path = paths(index, "kickoff-call", "onboarding")[0]
    degree = index.degree(index.number["customer-onboarding"])
    assert path.concepts == ("kickoff-call", "customer-onboarding", "onboarding")
    assert path.cost == pytest.approx(1 + 2 + math.log(degree), abs=1e-4)


def test_hops(index: Index) -> None:
    """Counted in hops, a path costs its steps."""
    found = paths(index, "kickoff-call", "net-revenue-retention", cost="hops", limit=4)
    assert [path.cost for path in found] == [3, 4, 5, 6]


def test_directed(index: Index) -> None:
    """``out`` follows relations from subject to object, ``in`` the other way."""
    there = paths(index, "kickoff-call", "churn", direction="out", limit=1)[0]
    assert all(leg.forward for leg in there.legs)
    assert not paths(index, "churn", "kickoff-call", direction="out")
    back = paths(index, "churn", "kickoff-call", direction="in", limit=1)[0]
    assert back.concepts == there.concepts[::-1]


def test_ends(index: Index) -> None:
    """A concept is joined to itself by an empty path, and to a lonely one by none."""
    (path,) = paths(index, "churn", "Churn")
    assert (path.legs, path.cost, sentence(index, path)) == ((), 0, "Churn.")
    assert paths(index, "churn", "sea-room") == []
    assert paths(index, "churn", "skipper") == []


def test_selection_holds_on_every_leg(index: Index) -> None:
    """Without mentions or without implied concepts the way goes round them, or there is none."""
    assert paths(index, "club-burgee", "rig", limit=1)
    assert not paths(index, "club-burgee", "rig", bases=["text", "name"])
    through = paths(index, "playbook", "QBR", bases=["reference", "mention"], limit=1)[0]
    assert "win-rate" in through.concepts
    for path in paths(index, "playbook", "QBR", implied=False, limit=9):
        assert "win-rate" not in path.concepts


def test_an_implied_end_is_no_obstacle(index: Index) -> None:
    """A path from or to an implied concept is found though implied ones are left out."""
    for start, end in (("win-rate", "playbook"), ("playbook", "win-rate")):
        (path, *_) = paths(index, start, end, implied=False)
        assert path.concepts == (start, end)


def test_unknown_cost(index: Index) -> None:
    """An unknown cost is refused with those there are."""
    with pytest.raises(UnknownKey, match="evidence, hops"):
        paths(index, "churn", "crew", cost="euros")


def _random_graph(seed: int) -> Graph:
    """A small graph of random relations."""
    chance = random.Random(seed)
    slugs = [f"c{n:02}" for n in range(12)]
    chosen = {
        (subject, type_, object_): (chance.choice(["text", "name", "reference", "mention"]))
        for subject, object_ in itertools.permutations(slugs, 2)
        for type_ in ("broader", "increases", "related")
        if chance.random() < 0.07
    }
    return Graph(
        base="http://localhost/",
        title="random",
        concepts=tuple(Concept(slug=slug, label=slug) for slug in slugs),
        relations=tuple(
            Relation(id=" ".join(key), subject=key[0], type=key[1], object=key[2], basis=basis,
                     confidence=chance.choice([0.3, 0.6, 0.9]))
            for key, basis in sorted(chosen.items())
        ),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("cost", ["evidence", "hops"])
def test_against_every_path(seed: int, cost: str) -> None:
    """The k shortest are the k cheapest of all simple paths, as NetworkX lists them."""
    index = Index(_random_graph(seed))
    bases = {"text": 1, "name": 2, "reference": 3, "mention": 5}
    weights = nx.Graph()
    weights.add_nodes_from(index.number)
    for relation in index.relations:
        step = 1 if cost == "hops" else bases[relation.basis]
        ends = relation.subject, relation.object
        if not weights.has_edge(*ends) or weights.edges[ends]["step"] > step:
            weights.add_edge(*ends, step=step)

    def price(path: list[str]) -> float:
        steps = sum(weights.edges[pair]["step"] for pair in itertools.pairwise(path))
        if cost == "hops":
            return steps
        return steps + sum(math.log(index.degree(index.number[slug])) for slug in path[1:-1])

    for end in ("c01", "c07", "c11"):
        every = sorted(price(path) for path in nx.all_simple_paths(weights, "c00", end))
        found = paths(index, "c00", end, limit=6, cost=cost)
        assert [path.cost for path in found] == pytest.approx(every[:6], abs=1e-3)
        assert len({path.concepts for path in found}) == len(found)
        assert all(len(set(path.concepts)) == len(path.concepts) for path in found)


def test_common(index: Index) -> None:
    """What several concepts are all related to, each relation read from the concept asked about."""
    found = common(index, index.resolve_each(["playbook", "churn", "kickoff call"]))
    assert [c.concept for c in found] == ["customer-onboarding"]
    assert [(leg.relation.type, leg.forward) for leg in found[0].legs] == [
        ("enables", True), ("reduces", False), ("partOf", True),
    ]  # fmt: skip
    assert common(index, ["playbook", "sea-room"]) == []
    assert common(index, []) == []
    assert (
        common(index, index.resolve_each(["churn", "NRR"]), Selection(types=["contrastsWith"]))
        == []
    )
