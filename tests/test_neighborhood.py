"""What an answer says of the concepts around one, made of bytes at hand or of values."""

from __future__ import annotations

from itertools import product
from typing import Any

import orjson
import pytest

from api import answers
from api.concepts import Walk, around
from api.negotiate import JSON
from api.service import Snapshot
from benchmarks.service.graphs import graph
from kg.model import Graph
from kg.neighbors import neighbors
from tests.sample_graph import sample_graph

CHOSEN: tuple[dict[str, Any], ...] = (
    {},
    {"implied": False},
    {"types": ("broader",)},
    {"direction": "out"},
    {"bases": ("text", "reference"), "min_confidence": 0.5},
)


@pytest.mark.parametrize("made", [sample_graph(), graph(40)], ids=["sample", "dense"])
def test_bytes_say_what_values_say(made: Graph) -> None:
    """However far, of whatever relations and wherever cut: the bytes are those of the values."""
    snapshot = Snapshot(made, "r1")
    several = 0
    for concept, depth, limit, chosen in product(made.concepts, (1, 2, 4), (1, 5, 500), CHOSEN):
        slug = concept.slug
        steps = neighbors(snapshot.index, slug, depth=depth, limit=limit + 1, **chosen)
        several += any(step.more for step in steps)
        value = answers.neighborhood(snapshot, slug, depth, steps[:limit], cut=len(steps) > limit)
        walk = Walk(depth=depth, limit=limit, form=JSON, names=False, chosen=chosen)
        assert around(snapshot, slug, walk) == orjson.dumps(value)
    assert several


def test_few_readings_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What relations say is remembered up to a number, and said alike when it is forgotten."""
    monkeypatch.setattr("api.views.REMEMBERED", 3)
    snapshot = Snapshot(sample_graph(), "r1")
    walk = Walk(depth=3, limit=50, form=JSON, names=False, chosen={})
    first = [around(snapshot, concept.slug, walk) for concept in snapshot.graph.concepts]
    assert first == [around(snapshot, concept.slug, walk) for concept in snapshot.graph.concepts]
    assert len(snapshot.readings) <= 3
