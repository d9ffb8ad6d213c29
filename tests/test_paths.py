"""Typed paths between concepts, what they share, and the graph among them."""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import replace
from typing import Any

import networkx as nx
import pytest

from kg.corridor import Corridor
from kg.errors import UnknownKey
from kg.index import Index
from kg.kinship import common
from kg.model import Concept, Graph, Relation
from kg.neighbors import legs_of
from kg.paths import COSTS, paths, sentence
from kg.selection import Selection
from kg.steps import Steps
from kg.ways import Ways
from tests.sample_graph import sample_graph

BASES = ("text", "name", "reference", "mention")


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


def _random_graph(seed: int, size: int = 12, bases: tuple[str, ...] = BASES) -> Graph:
    """A small graph of random relations, some between the same two or from one to itself."""
    chance = random.Random(seed)
    slugs = [f"c{n:02}" for n in range(size)]
    chosen = {
        (subject, type_, object_): chance.choice(bases)
        for subject, object_ in itertools.product(slugs, repeat=2)
        for type_ in ("broader", "increases", "related")
        if chance.random() < 0.84 / size
    }
    return Graph(
        base="http://localhost/",
        title="random",
        concepts=tuple(
            Concept(slug=slug, label=slug, implied=chance.random() < 0.2) for slug in slugs
        ),
        relations=tuple(
            Relation(id=" ".join(key), subject=key[0], type=key[1], object=key[2], basis=basis,
                     confidence=chance.choice([0.3, 0.6, 0.9]))
            for key, basis in sorted(chosen.items())
        ),
    )  # fmt: skip


def _prices(index: Index, cost: str, start: str, end: str, selection: Selection) -> list[float]:
    """What every simple path costs, each found by walking on, the cheapest first."""
    costs = dict(zip(BASES, (1, 2, 3, 5), strict=True))
    steps: dict[tuple[str, str], float] = {}
    for slug in index.number:
        for leg in legs_of(index, slug, replace(selection, implied=True)):
            step = 1 if cost == "hops" else costs[leg.relation.basis]
            steps[slug, leg.end] = min(step, steps.get((slug, leg.end), math.inf))
    weights = nx.DiGraph()
    weights.add_nodes_from(
        concept.slug
        for concept in index.concepts
        if selection.implied or not concept.implied or concept.slug in (start, end)
    )
    weights.add_edges_from(
        pair for pair in steps if weights.has_node(pair[0]) and pair[1] in weights
    )
    passing = {
        slug: 0.0 if cost == "hops" else math.log(max(1, index.degree(number)))
        for slug, number in index.number.items()
    }
    return sorted(
        sum(map(steps.__getitem__, itertools.pairwise(path)))
        + sum(map(passing.__getitem__, path[1:-1]))
        for path in nx.all_simple_paths(weights, start, end)
    )


_SELECTIONS: tuple[dict[str, Any], ...] = (
    {},
    {"implied": False},
    {"direction": "out"},
    {"direction": "in", "implied": False},
    {"types": ["broader", "related"]},
    {"types": ["narrower", "increases"], "direction": "out"},
    {"bases": ["text", "reference"]},
    {"families": ["kind-part"], "min_confidence": 0.5},
    {"min_confidence": 0.5, "direction": "out"},
)


@pytest.mark.parametrize("chosen", _SELECTIONS, ids=str)
@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("bases", [BASES, ("reference",), ("text", "mention")], ids="-".join)
def test_against_every_path(bases: tuple[str, ...], cost: str, chosen: dict[str, Any]) -> None:
    """The k cheapest are those of all simple paths; near the fewest steps, and looked for at all.

    What the corridor is certain of is right, and what it is not is the bound of the other search.
    """
    selection = Selection(**{"direction": "both", **chosen})
    certain = 0
    for seed in range(12):
        index = Index(_random_graph(seed, 8 + seed % 5, bases))
        masks = index.masks(selection)
        for end, limit in itertools.product(("c01", "c07"), (1, 3, 8)):
            every = _prices(index, cost, "c00", end, selection)[:limit]
            found = paths(index, "c00", end, limit=limit, cost=cost, **chosen)
            assert [path.cost for path in found] == pytest.approx(every, abs=1e-3)
            assert len({path.concepts for path in found}) == len(found)
            assert all(len(set(path.concepts)) == len(path.concepts) for path in found)

            ends = index.number["c00"], index.number[end]
            steps = Steps(index, masks, cost, ends)
            halves = sum(steps.passing[each] for each in ends)
            near, sure = Corridor(steps, *ends).cheapest(limit)
            for ways in (
                Ways(steps, *ends).cheapest(limit),
                Ways(steps, *ends).cheapest(limit, near),
                *([near] if sure else []),
            ):
                assert [way[0] - halves for way in ways] == pytest.approx(every, abs=5e-3)
            certain += sure and bool(every)
    assert certain


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
