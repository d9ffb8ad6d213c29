"""Facts about how far a command says it is."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import opening
from api.analyses import Options
from api.progress import BUILD, WITHIN, Overall, Reading
from extract import shares

ROWS = 40
WORDS = [a + b for a in ("al", "be", "ga", "del", "ep") for b in "abcdefgh"]
PAGE = "Term,Definition\n" + "".join(
    f"Plan {word},A document that tells what {word} is for.\n" for word in WORDS
)


def told(tmp_path: Path, sources: int) -> list[tuple[str, int, int]]:
    """All that a build of some sources reports, in order."""
    named = []
    for number in range(sources):
        file = tmp_path / f"g{number}.csv"
        file.write_text(PAGE.replace("Plan", f"Plan{number}"), encoding="utf-8")
        named.append(str(file))
    found: list[tuple[str, int, int]] = []
    opening.build(
        named, tmp_path / "five.kg", Options(), progress=lambda *report: found.append(report)
    )
    return found


def test_stages_come_in_order_and_are_done_at_their_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each stage counts up to what was known when it began, and no further stage is reported."""
    monkeypatch.setenv("GLOSSGRAPH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(shares, "SIZE", 10)
    stages: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for stage, done, total in told(tmp_path, 2):
        stages[stage].append((done, total))
    assert list(stages) == list(BUILD)
    for stage, steps in stages.items():
        assert len({total for _, total in steps}) == 1, stage
        assert steps[-1][0] == steps[-1][1] > 0, stage
        assert [done for done, _ in steps] == sorted(done for done, _ in steps), stage
    assert stages["linking"] == [(0, 2 * ROWS), (2 * ROWS, 2 * ROWS)]
    # Four times ten entries of each source are parsed, each told by its share of the characters.
    assert len({done for done, _ in stages["reading"]}) >= 8


def test_the_share_of_a_build_grows_to_one_at_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bar never goes back, and is full when the last stage has ended and not before."""
    monkeypatch.setenv("GLOSSGRAPH_CACHE", str(tmp_path / "cache"))
    overall = Overall(BUILD)
    shares_ = [overall.take(*report) for report in told(tmp_path, 3)]
    assert shares_ == sorted(shares_)
    assert [share < 1 for share in shares_[:-1]] == [True] * (len(shares_) - 1)
    assert shares_[-1] == 1


@given(
    st.lists(st.tuples(st.sampled_from([*BUILD, "other"]), st.integers(0, 9), st.integers(0, 9)))
)
def test_whatever_is_reported_the_share_only_grows(reports: list[tuple[str, int, int]]) -> None:
    """Neither stages out of order, nor totals that change, nor empty ones move the bar back."""
    overall, last = Overall(BUILD), 0.0
    for stage, done, total in reports:
        share = overall.take(stage, done, total)
        assert last <= share <= 1
        assert share < 1 or any(s == "writing" and d >= t > 0 for s, d, t in reports)
        last = share


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(1, 30)), min_size=1, max_size=6))
def test_sources_are_told_by_their_characters(sources: list[tuple[int, int]]) -> None:
    """Steps within a source stay between its first and its last character."""
    size = sum(characters for characters, _ in sources)
    found: list[int] = []
    reading = Reading(lambda _stage, done, total: found.append(done), size)
    before = 0
    for characters, entries in sources:
        reading.begin(characters)
        for step in WITHIN:
            for done in range(entries + 1):
                reading.within(step, done, entries)
                assert before <= found[-1] <= before + characters
        reading.end()
        before += characters
        assert found[-1] == before
    assert found == sorted(found)
    assert found[-1] == size
