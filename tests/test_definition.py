"""The genus that a defining sentence names, and the kind that the genus tells."""

from __future__ import annotations

from typing import Any

import pytest
from spacy.language import Language

from tests.test_relations import load_cases, nlp, read_all

__all__ = ["nlp"]


@pytest.mark.parametrize(
    "case", load_cases("definitions.json"), ids=lambda c: f"{c['term']}: {c['text'][:40]}"
)
def test_genus(case: dict[str, Any], nlp: Language) -> None:
    """The genus is the head phrase of the predicate; gerunds and clauses name none."""
    (made,) = read_all([case], nlp)
    if case["genus"] is None:
        assert not any(r.type == "broader" for r in made.relations)
    else:
        assert made.genus == case["genus"]
    if "kind" in case:
        assert made.kind == case["kind"]
