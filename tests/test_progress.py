"""Facts about how far a build says it is."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from api import opening
from api.building import Options

PAGE = "Term,Definition\n" + "".join(
    f"Plan {word},A document that tells what {word} is for.\n"
    for word in ("alpha", "beta", "gamma", "delta", "epsilon")
)
STAGES = ["reading", "parsing", "linking", "reading names", "aligning", "assembling", "writing"]


def test_stages_come_in_order_and_are_done_at_their_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each stage counts up to what is known; entries of several sources count on."""
    monkeypatch.setenv("GLOSSGRAPH_CACHE", str(tmp_path / "cache"))
    sources = []
    for name in ("one", "two"):
        sources.append(str(tmp_path / f"{name}.csv"))
        Path(sources[-1]).write_text(PAGE.replace("Plan", name.title()), encoding="utf-8")
    told: dict[str, list[tuple[int, int]]] = defaultdict(list)
    opening.build(
        sources,
        tmp_path / "five.kg",
        Options(),
        progress=lambda stage, done, total: told[stage].append((done, total)),
    )
    assert list(told) == STAGES
    for stage, steps in told.items():
        assert steps[-1][0] == steps[-1][1] > 0, stage
        assert [done for done, _ in steps] == sorted(done for done, _ in steps), stage
    assert told["parsing"] == [(5, 5), (10, 10)]
    assert told["linking"] == [(0, 10), (10, 10)]
