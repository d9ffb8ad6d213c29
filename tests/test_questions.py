"""The five real pages answer real questions, on the command line and over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.serving import Served, serve

Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def folder(seeds: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph of the five pages, built by the command."""
    graph = tmp_path_factory.mktemp("five") / "five.kg"
    _command("build", *seeds, "-o", graph, "--quiet")
    return graph


def _command(*arguments: object) -> str:
    run = subprocess.run(
        [sys.executable, "-m", "api.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout


@pytest.fixture(scope="module")
def ask(folder: Path) -> Ask:
    """Run a command on the graph with ``--json`` and return its answer."""

    def run(command: str, *arguments: object) -> Any:
        return json.loads(_command(command, folder, *arguments, "--json"))

    return run


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    """The graph served by a real process."""
    with serve(folder) as running:
        yield running


@pytest.fixture(scope="module")
def get(served: Served) -> Callable[..., Any]:
    """Ask the server for JSON."""

    def run(path: str, **parameters: object) -> Any:
        answer = httpx.get(f"{served.address}{path}", params=parameters, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return run


def _labels(steps: list[dict[str, Any]]) -> set[str]:
    return {step["label"] for step in steps}


def _related(answer: dict[str, Any], type_: str) -> set[str]:
    """The neighbours that an answer relates by a type, as the concept asked about reads it."""
    return {
        step["label"]
        for step in answer["neighbors"]
        if any(r["type"] == type_ for r in step["relations"])
    }


def test_what_the_x_score_is_made_of(ask: Ask, get: Ask) -> None:
    """ "Blended metric of CSAT, NPS, CES": three scores that other entries define."""
    wanted = {"Customer Satisfaction", "Net Promoter Score", "Customer Effort Score"}
    for answer in (
        ask("neighbors", "X-Score", "--basis", "text"),
        get("/api/neighbors", concept="X-Score", basis="text"),
    ):
        made_of = _related(answer, "computedFrom") | _related(answer, "hasPart")
        assert wanted <= made_of


def test_a_path_from_customer_onboarding_to_nrr(ask: Ask, get: Ask) -> None:
    """The path is found by an acronym, reads as a sentence, and each step quotes its source."""
    for answer in (
        ask("path", "Customer onboarding", "NRR"),
        get("/api/paths", **{"from": "Customer onboarding", "to": "NRR"}),
    ):
        assert answer["from"]["label"].casefold() == "customer onboarding"
        assert answer["to"]["label"] == "Net Revenue Retention"
        best = answer["paths"][0]
        assert best["sentence"].endswith(".")
        assert len(best["steps"]) <= 3
        assert all(step["evidence"]["quote"] for step in best["steps"])
        assert all(step["basis"] != "mention" for step in best["steps"])


def test_what_reduces_churn(ask: Ask, get: Ask) -> None:
    """Customer onboarding and churn management are said to reduce churn."""
    for answer in (
        ask("neighbors", "Churn", "--type", "reducedBy"),
        get("/api/neighbors", concept="Churn", type="reducedBy"),
    ):
        found = {label.casefold() for label in _labels(answer["neighbors"])}
        assert {"customer onboarding", "churn management"} <= found


@pytest.mark.parametrize("asked", ["CLV", "CLTV", "customer lifetime value"])
def test_what_increases_customer_lifetime_value(ask: Ask, get: Ask, asked: str) -> None:
    """One page writes CLV, another CLTV; both lead to the concept, and to what raises it."""
    for answer in (
        ask("neighbors", asked, "--type", "increasedBy"),
        get("/api/neighbors", concept=asked, type="increasedBy"),
    ):
        assert answer["concept"]["label"].casefold() == "customer lifetime value"
        found = {label.casefold() for label in _labels(answer["neighbors"])}
        assert "churn management" in found or "partner ecosystem" in found


def test_which_kinds_of_onboarding_there_are(ask: Ask, get: Ask) -> None:
    """Names and definitions say which onboardings are kinds of onboarding."""
    wanted = {
        "SaaS Onboarding",
        "Product-Led Onboarding",
        "Self-Serve Onboarding",
        "White-Glove Onboarding",
    }
    for answer in (
        ask("neighbors", "Onboarding", "--type", "narrower"),
        get("/api/neighbors", concept="Onboarding", type="narrower"),
    ):
        found = _labels(answer["neighbors"])
        assert wanted <= found
        assert {label.casefold() for label in found} >= {"customer onboarding"}
        assert "Onboarding Kickoff" not in found


METRICS = """
SELECT ?label WHERE { ?concept gg:kind gg:metric ; skos:prefLabel ?label } ORDER BY ?label
"""


def test_which_terms_are_metrics(folder: Path, served: Served) -> None:
    """SPARQL over gg:kind lists rates and scores, and no process."""
    piped = json.loads(_command("query", folder, METRICS, "--format", "json"))
    answer = httpx.get(
        f"{served.address}/sparql",
        params={"query": METRICS},
        headers={"Accept": "application/sparql-results+json"},
    ).json()
    assert piped == answer
    found = {row["label"]["value"].casefold() for row in answer["results"]["bindings"]}
    assert {"net promoter score", "customer health score", "partner satisfaction score"} <= found
    assert "customer onboarding" not in found
    assert len(found) >= 25


def test_relations_that_cross_sources(get: Ask) -> None:
    """Relations lead from a concept of one page to one of another."""
    answer = get("/api/relations", across="sources", basis="text", limit=50)
    assert answer["relations"]
    assert answer["total"] >= 10


def test_terms_mentioned_but_never_defined(get: Ask) -> None:
    """Concepts that entries speak of and no page defines are marked as implied."""
    answer = get("/api/concepts", implied="true", limit=200)
    assert len(answer["concepts"]) >= 5
    assert all(c["implied"] and not c["sources"] for c in answer["concepts"])
    # "churn" is reduced, measured and managed by many, and defined by none.
    assert "churn" in {c["label"].casefold() for c in answer["concepts"]}


def test_churn_rate_is_one_concept_of_two_pages(ask: Ask) -> None:
    """ "Churn Rate" and "Customer Churn Rate" keep both definitions, each under its source."""
    one, other = ask("concept", "Churn Rate"), ask("concept", "Customer Churn Rate")
    assert one["slug"] == other["slug"]
    assert {d["source"][:3] for d in one["definitions"]} == {"002", "003"}
    assert len(one["definitions"]) == 2


def test_white_glove_onboarding_and_service_are_two(ask: Ask, get: Ask) -> None:
    """The two share an adjective only, and the graph says so."""
    names = ("White-Glove Onboarding", "White-Glove Service")
    for answer in (ask("explain", *names), get("/api/explain", a=names[0], b=names[1])):
        assert answer["same"] is False
        assert any("onboarding" in d["reason"].casefold() for d in answer["decisions"])


def test_every_page_gives_its_entries(get: Ask) -> None:
    """181 entries: 3, 3, 19, 108 and 48; none of them is boilerplate."""
    sources = get("/api/sources")["sources"]
    assert [source["entries"] for source in sources] == [3, 3, 19, 108, 48]


def test_few_concepts_hang_by_mentions_alone(get: Ask) -> None:
    """At most 15 % of the concepts have no neighbour besides mentions."""
    listed = get("/api/concepts", limit=1000)["concepts"]
    bare = [
        c["label"]
        for c in listed
        if not get("/api/neighbors", concept=c["slug"], basis="text,name,reference")["neighbors"]
    ]
    assert len(bare) <= 0.15 * len(listed), sorted(bare)


def test_two_builds_give_the_same_bytes(folder: Path, seeds: list[Path], tmp_path: Path) -> None:
    """Read anew in another process, the five pages give every export byte for byte."""
    again = tmp_path / "again.kg"
    _command("build", *seeds, "-o", again, "--quiet", "--no-cache")
    for suffix in ("ttl", "nq", "jsonld", "graphml", "json"):
        for place, name in ((folder, "one"), (again, "two")):
            _command("export", place, tmp_path / f"{name}.{suffix}")
        one = (tmp_path / f"one.{suffix}").read_bytes()
        assert one == (tmp_path / f"two.{suffix}").read_bytes()
        assert len(one) > 10_000
