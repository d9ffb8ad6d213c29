"""Glossaries of our own writing: every field of every file is as its author meant it."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract.readers import SUFFIXES
from tests import glossary_cases
from tests.floors import floors
from tests.glossary_cases import FIELDS, SETS, Case, cases, rows, score

ALL = [(name, case) for name in SETS for case in cases(name)]


def _parameters() -> list[object]:
    return [
        pytest.param(
            case, field, id=f"{case.name} {field}",
            marks=[pytest.mark.xfail(strict=True)] if field in case.failing else [],
        )
        for case in cases("tuned")
        for field in FIELDS
    ]  # fmt: skip


@pytest.fixture(scope="module")
def scores() -> dict[str, dict[str, glossary_cases.Tally]]:
    return {case.name: score(case) for case in cases("tuned")}


@pytest.mark.parametrize(("case", "field"), _parameters())
def test_field(case: Case, field: str, scores: dict[str, dict[str, glossary_cases.Tally]]) -> None:
    """Nothing of a field is missing, nothing is there that the file does not say."""
    assert scores[case.name][field].wrong == []


@pytest.mark.parametrize("name", SETS)
def test_floors(name: str) -> None:
    """Precision and recall of each field do not fall below what was reached over all files."""
    least = floors(f"glossaries.{name}")
    assert set(least) == set(FIELDS)
    for field, precision, recall, _ in rows(name):
        assert precision >= least[field][0], field
        assert recall >= least[field][1], field


def test_the_cases_are_many() -> None:
    """There are sixty files or more, fifteen of them kept apart, in every kind of format."""
    assert len(cases("tuned")) >= 45
    assert len(cases("held_out")) >= 15
    assert len(ALL) >= 60
    assert len({case.name for _, case in ALL}) == len(ALL)
    kinds = {SUFFIXES[Path(case.name).suffix] for _, case in ALL if Path(case.name).suffix}
    assert len(kinds) >= 20
