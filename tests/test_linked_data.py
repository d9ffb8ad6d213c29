"""Concepts and graphs as RDF and other formats over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pyoxigraph as ox
import pytest

from api.app import create_app
from api.negotiate import RDF_FORMATS, Representation
from api.service import Snapshot
from api.settings import Settings
from kg.export import EXPORTS, export
from kg.model import Graph
from tests.sample_graph import BASE as GRAPH
from tests.sample_graph import sample_graph

SKOS = "http://www.w3.org/2004/02/skos/core#"
OXIGRAPH = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
}

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def client_of(graph: Graph, **settings: bool) -> httpx.AsyncClient:
    app = create_app(Snapshot(graph, "r1"), Settings(**settings))
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8000"
    )


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(sample_graph()) as client:
        yield client


@pytest.mark.parametrize("form", RDF_FORMATS, ids=lambda form: form.suffix)
async def test_every_form_says_the_same(client: httpx.AsyncClient, form: Representation) -> None:
    """Each RDF form of a concept parses, and holds what the derived graph says of it."""
    answer = await client.get("/concepts/kickoff-call", headers={"Accept": form.media_type})
    assert answer.headers["content-type"].partition(";")[0] == form.media_type
    assert answer.headers["content-location"] == f"/concepts/kickoff-call.{form.suffix}"
    found = {q.triple for q in ox.parse(answer.content, OXIGRAPH[form.suffix])}
    concept = ox.NamedNode(f"{GRAPH}concepts/kickoff-call")
    whole = ox.parse(b"".join(export(sample_graph(), "ntriples")), ox.RdfFormat.N_TRIPLES)
    expected = {q.triple for q in whole if q.subject == concept}
    assert expected and {t for t in found if t.subject == concept} == expected


@pytest.mark.parametrize("slug", [concept.slug for concept in sample_graph().concepts])
async def test_no_concept_says_more_than_the_graph(client: httpx.AsyncClient, slug: str) -> None:
    """What a concept's address says is in the derived graph, and no name is missing."""
    answer = await client.get(f"/concepts/{slug}.nt")
    triples = {q.triple for q in ox.parse(answer.content, ox.RdfFormat.N_TRIPLES)}
    whole = ox.parse(b"".join(export(sample_graph(), "ntriples")), ox.RdfFormat.N_TRIPLES)
    assert triples <= {q.triple for q in whole}
    concept = ox.NamedNode(f"{GRAPH}concepts/{slug}")
    named = {t.subject for t in triples if t.predicate.value == SKOS + "prefLabel"}
    pointed = {t.object for t in triples if t.subject == concept and t.object in named}
    assert concept in named
    related = sum(slug in (r.subject, r.object) for r in sample_graph().relations)
    assert bool(pointed) or related == 0 or slug in {r.object for r in sample_graph().relations}


@pytest.mark.parametrize("key", EXPORTS)
async def test_exports_are_those_of_the_library(client: httpx.AsyncClient, key: str) -> None:
    """Each format is streamed with its media type, a file name and a validator."""
    answer = await client.get(f"/api/export/{key}")
    assert answer.content == b"".join(export(sample_graph(), key))
    assert answer.headers["content-type"].partition(";")[0] == EXPORTS[key].media_type
    assert EXPORTS[key].suffixes[0] in answer.headers["content-disposition"]
    tag = answer.headers["etag"]
    again = await client.get(f"/api/export/{key}", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    head = await client.head(f"/api/export/{key}")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)


async def test_export_options_and_names(client: httpx.AsyncClient) -> None:
    """Mentions and implied concepts can be left out; an unknown format names the nearest."""
    whole = (await client.get("/api/export/graph-json")).json()
    less = (await client.get("/api/export/graph-json?mentions=false&implied=false")).json()
    assert len(less["nodes"]) < len(whole["nodes"])
    unknown = await client.get("/api/export/turtel")
    assert unknown.status_code == 404
    assert 'Did you mean "turtle"?' in unknown.json()["detail"]
    listed = (await client.get("/api/export")).json()["exports"]
    assert [each["format"] for each in listed] == list(EXPORTS)


async def test_public_data_holds_only_excerpts() -> None:
    """On a public server RDF and exports hold no more of unlicensed words than pages do."""
    secret = "Words that nobody licensed stand at the end of it."
    graph = sample_graph()
    graph = replace(
        graph,
        concepts=tuple(
            replace(
                c,
                definitions=tuple(
                    replace(d, text="A sail is cloth. " * 30 + secret) for d in c.definitions
                ),
            )
            for c in graph.concepts
        ),
    )
    addresses = ("/concepts/sail.ttl", "/concepts/sail.json", "/concepts/sail.md", "/concepts/sail")
    for public in (False, True):
        async with client_of(graph, public=public) as client:
            for address in addresses:
                text = (await client.get(address)).text
                assert (secret in text) is not public, address
            export_ = (await client.get("/api/export/turtle")).text
            allowed = {"success"} if public else {"success", "club"}
            whole = [c for c in graph.concepts if allowed & {d.source for d in c.definitions}]
            assert export_.count(secret) == len(whole)
