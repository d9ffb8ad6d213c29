"""Floors on the development gold: a commit that lowers one says so and why."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from extract import exchange, readers
from extract.errors import ModelNotFound
from extract.model import Extraction
from extract.pipeline import analyse, load_model
from kg.link import link
from tests.floors import floors

# Row of the report: floors of precision and recall over the three annotated pages together.
FLOORS = floors("gold")
# Entries of the five pages, in order.
SIZES = (3, 3, 19, 108, 48)


@pytest.fixture(scope="module")
def extraction(seeds: list[Path]) -> Extraction:
    try:
        nlp = load_model()
    except ModelNotFound as missing:
        pytest.skip(str(missing))
    return link(analyse([d for path in seeds for d in readers.read(path)], nlp))


@pytest.fixture(scope="module")
def report(
    corpus: Path, extraction: Extraction, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    prediction = tmp_path_factory.mktemp("gold") / "five.json"
    prediction.write_text(json.dumps(exchange.to_json(extraction)), encoding="utf-8")
    command = [sys.executable, str(corpus / "score" / "score_seeds.py"), str(prediction)]
    run = subprocess.run(
        [*command, "--gold", str(corpus / "gold"), "--json"],
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(json.loads(run.stdout)["pooled"]["rows"])


def test_every_entry_of_the_five_pages(extraction: Extraction) -> None:
    """The five pages hold 3, 3, 19, 108 and 48 entries, and no boilerplate becomes one."""
    counts = [
        sum(entry.document == document.uri for entry in extraction.entries)
        for document in extraction.documents
    ]
    assert tuple(counts) == SIZES


@pytest.mark.parametrize("row", FLOORS)
def test_floor(row: str, report: dict[str, Any]) -> None:
    """Precision and recall of a row do not fall below what was reached."""
    precision, recall = FLOORS[row]
    assert report[row]["precision"] >= precision
    assert report[row]["recall"] >= recall
