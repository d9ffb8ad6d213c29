"""A public server hands on no more words of its sources than they license, whatever is asked."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from extract.model import Finding
from kg.export import EXPORTS
from kg.model import Concept, Decision, Definition, Graph, Source
from kg.reuse import EXCERPT, around, published, withheld
from kg.store import write_revision
from tests.sample_graph import BASE, sample_graph
from tests.serving import Served, serve

OPEN = "Words at the start may be shown. " * 12
SECRET = "What stands at the end nobody licensed."

TERMS_ONLY = (
    "who steers", "who sail a boat", "catches the wind", "speed through the water",
    "tides, dangers", "calm crew", "behind the mast", "responsible for the crew",
)  # fmt: skip
"""Of definitions and quotes of the source that licenses nothing but its terms."""

SLUGS = ("skipper", "crew", "mainsail", "log", "passage-plan", "churn", "net-revenue-retention")
PLACES = ("concepts", "dataset", "sources/club", "sources/club/evidence", "sources/success",
          "sources/success/evidence")  # fmt: skip

GETS = (
    "/", "/concepts", "/sources", "/sources/club", "/sources/success", "/map", "/tree",
    "/search?q=crew", "/api/concepts?limit=100", "/api/search?q=crew", "/api/search?q=steers",
    "/api/search?q=licensed", "/api/suggest?q=sk", "/api/relations?limit=100", "/api/sources",
    "/api/random", "/api/stats", "/labels.json", "/.well-known/void",
    "/api/explain?a=skipper&b=crew", "/api/paths?from=skipper&to=helmsman",
    "/api/common?concept=skipper&concept=helmsman", "/reconcile/suggest/entity?prefix=sk",
    "/api/subgraph?concepts=skipper,crew,churn",
    "/reconcile/preview?id=skipper", "/reconcile/flyout/entity?id=skipper",
    *(f"/concepts/{slug}{suffix}" for slug in SLUGS
      for suffix in ("", ".ttl", ".nt", ".jsonld", ".rdf", ".json", ".md")),
    *(f"/api/concepts/{slug}" for slug in SLUGS),
    *(f"/api/concepts/{slug}/neighbors?depth=2" for slug in SLUGS),
    *(f"/api/concepts/{slug}/map.svg" for slug in SLUGS),
    *(f"/api/concepts/{slug}/map.md" for slug in SLUGS),
    *(f"/embed/{slug}" for slug in SLUGS),
    *(f"/embed/{slug}.json" for slug in SLUGS),
    *(f"/api/export/{name}" for name in EXPORTS),
    *(f"/graphs?graph={quote(f'{BASE}graph/{place}', safe='')}" for place in PLACES),
)  # fmt: skip
POSTS = (
    ("/sparql", {"query": "SELECT * { ?s ?p ?o }"}),
    ("/sparql", {"query": "SELECT * { GRAPH ?g { ?s ?p ?o } }"}),
    ("/reconcile", {"queries": json.dumps({"q": {"query": "skipper"}})}),
    ("/reconcile", {"extend": json.dumps(
        {"ids": list(SLUGS), "properties": [{"id": "definition"}, {"id": "example"}]})}),
    ("/api/context", {"text": "What do skipper, crew, mainsail and churn do?"}),
    ("/api/annotate", {"text": "The skipper and the crew set the mainsail; churn falls."}),
)  # fmt: skip


def graph() -> Graph:
    """Return the sample with one source of excerpts and one of which only the terms are free."""

    def source(each: Source) -> Source:
        return replace(each, reuse="term" if each.name == "club" else "excerpt", licence="")

    def definition(each: Definition) -> Definition:
        if each.source == "club":
            return replace(each, notes=("Of a crew who steers.",), formula="tides, dangers")
        return replace(each, text=OPEN + SECRET, examples=(SECRET,))

    def concept(each: Concept) -> Concept:
        return replace(each, definitions=tuple(definition(d) for d in each.definitions))

    sample = sample_graph()
    return replace(
        sample,
        sources=tuple(source(each) for each in sample.sources),
        concepts=tuple(concept(each) for each in sample.concepts),
        decisions=(
            *sample.decisions,
            Decision(
                left="club#skipper", right="club#helmsman", verdict="close", rule="same-definition",
                reason='Both are defined by the same words, "who sail a boat" …; "Crew" is a name.',
            ),
        ),
        findings=(
            *sample.findings,
            Finding(rule="odd", subject="club#skipper", message=f'It says "{TERMS_ONLY[3]}".'),
        ),
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("public") / "g.kg"
    write_revision(folder, graph())
    return folder


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    with serve(folder, GLOSSGRAPH_PUBLIC="1") as served:
        yield served


def clean(text: str) -> str:
    return " ".join(html.unescape(text).replace("\\u0020", " ").split())


def leaks(text: str) -> list[str]:
    return [words for words in (SECRET, *TERMS_ONLY) if words in clean(text)]


def test_whatever_is_read(served: Served) -> None:
    """Pages, JSON, RDF, maps, embeds, graphs, exports hold nothing that is not licensed."""
    with httpx.Client(base_url=served.address, timeout=60) as client:
        for address in GETS:
            answer = client.get(address)
            assert answer.status_code in {200, 302, 303}, (address, answer.text)
            assert leaks(answer.text) == [], address


def test_whatever_the_document_offers(served: Served) -> None:
    """Every operation of the OpenAPI document, for every concept where it takes one."""
    with httpx.Client(base_url=served.address, timeout=120) as client:
        document = client.get("/openapi.json").json()
        tried = 0
        for path, operations in document["paths"].items():
            operation = operations.get("get")
            if operation is None:
                continue
            given = operation.get("parameters", [])
            query = {
                p["name"]: p["example"] for p in given if p["in"] == "query" and "example" in p
            }
            parts = {p["name"]: p["example"] for p in given if p["in"] == "path"}
            asked = []
            for slug in SLUGS if {"slug", "concept"} & {*parts, *query} else ("",):
                address = path
                for name, example in parts.items():
                    address = address.replace(
                        f"{{{name}}}", slug if name == "slug" else quote(example, safe="")
                    )
                asked.append(
                    (address, {**query, **({"concept": slug} if "concept" in query else {})})
                )
            for address, parameters in asked:
                answer = client.get(address, params=parameters)
                assert answer.status_code < 500, (address, answer.text)
                assert leaks(answer.text) == [], (address, parameters)
                tried += 1
        for source in ("club", "success"):
            for page in ("", "?format=json"):
                assert leaks(client.get(f"/sources/{source}{page}").text) == []
    assert tried > 60


def test_what_stands_around_a_quote_is_cut_with_it() -> None:
    """Quote and surroundings are an excerpt together, and whole where more is licensed."""
    sample = graph()
    free = replace(sample.sources[0], reuse="full")
    for source in sample.sources:
        for length in (0, 10, 299, 300, 500):
            before, after = around("b" * 400, "q" * length, "a" * 400, source)
            assert len(before) + len(after) <= max(0, EXCERPT - length)
            assert around("b" * 400, "q" * length, "a" * 400, free)[0] == "b" * 400
    assert around("before ", "quote", " after", None) == ("before ", " after")


def test_what_sentences_of_ours_quote() -> None:
    """Reasons keep labels and single words, and lose what else they quote."""
    said = 'Both write "who sail a boat"; "Crew" and "passage plan" are names.'
    kept = 'Both write "…"; "Crew" and "passage plan" are names.'
    assert withheld(said, {"passage plan"}) == kept


def test_whatever_is_asked(served: Served) -> None:
    """SPARQL over every graph, reconciliation, context and annotation hold to it as well."""
    with httpx.Client(base_url=served.address, timeout=60) as client:
        for address, body in POSTS:
            form = address in {"/sparql", "/reconcile"}
            answer = client.post(address, **({"data": body} if form else {"json": body}))
            assert answer.status_code == 200, (address, answer.text)
            assert leaks(answer.text) == [], address
            assert len(answer.text) > 100


def test_whatever_agents_call(served: Served) -> None:
    """The tools of the Model Context Protocol answer from the same words."""
    head = {"Accept": "application/json, text/event-stream"}
    calls = (
        ("search", {"query": "skipper"}),
        ("concept", {"name": "skipper"}),
        ("concept", {"name": "churn"}),
        ("neighbors", {"name": "skipper"}),
        ("context", {"text": "skipper, crew and churn"}),
        ("sparql", {"query": "SELECT * { GRAPH ?g { ?s ?p ?o } } LIMIT 5000"}),
    )
    with httpx.Client(base_url=served.address, timeout=60) as client:
        for name, arguments in calls:
            params = {"name": name, "arguments": arguments}
            call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
            answer = client.post("/mcp", json=call, headers=head)
            assert answer.status_code == 200 and 'isError":true' not in answer.text, answer.text
            assert leaks(answer.text) == [], name


def test_words_that_are_not_shown_do_not_find(served: Served) -> None:
    """Search does not tell by its hits what stands in words that are held back."""
    with httpx.Client(base_url=served.address) as client:
        for q, hits in (("licensed", 0), ("steers", 0), ("helmsman", 1)):
            found = client.get("/api/search", params={"q": q}).json()
            assert (found["total"] > 0) == bool(hits), q


def test_what_may_be_said_is_said(served: Served) -> None:
    """Excerpts, relations, places and positions stay; a quote that is held back has no selector."""
    with httpx.Client(base_url=served.address) as client:
        said = client.get("/api/concepts/churn").json()["definitions"][0]
        assert said["excerpt"] and said["text"].startswith("Words at the start")
        assert len(said["text"]) <= EXCERPT
        relations = client.get("/api/relations?source=club&limit=100").json()["relations"]
        assert len(relations) >= 10
        [evidence] = client.get(f"/api/relations/{relations[0]['id']}").json()["evidence"]
        assert (evidence["source"], evidence["quote"], evidence["before"]) == ("club", "", "")
        assert evidence["line"] > 1
        ask = (
            "SELECT ?quote { GRAPH ?g { ?a a gg:Assertion ; oa:hasTarget/oa:hasSelector ?s . "
            "?s oa:start ?start } OPTIONAL { GRAPH ?h { ?s oa:exact ?quote } } }"
        )
        rows = client.get("/sparql", params={"query": ask}, headers={"Accept": "text/csv"}).text
        assert rows.count("\n") > 20


def test_a_private_server_has_all_words(folder: Path) -> None:
    """What only its owner reads is whole, SPARQL too."""
    with serve(folder) as served, httpx.Client(base_url=served.address) as client:
        assert SECRET in client.get("/api/concepts/churn").text
        ask = {"query": "SELECT * { ?s skos:definition ?o }"}
        text = client.post("/sparql", data=ask).text
        assert SECRET in text and "who steers" in text


def test_a_new_revision_is_cut_as_well(tmp_path: Path) -> None:
    """What a running public server picks up is cut before the first request sees it."""
    write_revision(tmp_path / "g.kg", sample_graph())
    ask = {"query": "SELECT ?o { ?s skos:definition ?o }"}
    with (
        serve(tmp_path / "g.kg", GLOSSGRAPH_PUBLIC="1", GLOSSGRAPH_RELOAD_SECONDS="0.1") as served,
        httpx.Client(base_url=served.address) as client,
    ):
        before = client.get("/health/ready").json()["revision"]
        assert "who steers" in client.post("/sparql", data=ask).text
        revision = write_revision(tmp_path / "g.kg", graph())
        for _ in range(600):
            now = client.get("/health/ready").json()["revision"]
            if now != before:
                break
        assert now == revision
        assert leaks(client.post("/sparql", data=ask).text) == []


def test_published_twice_is_published() -> None:
    """Cutting what was cut changes nothing; a graph that may be handed on whole is left alone."""
    once = published(graph())
    assert published(once) == once
    free = replace(graph(), sources=tuple(replace(s, reuse="full") for s in graph().sources))
    assert published(free) is free
