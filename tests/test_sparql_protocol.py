"""The SPARQL 1.1 Protocol, query operation, clause by clause, over a graph folder."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import httpx
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.app import create_app
from api.query_page import EXAMPLES
from api.settings import Settings
from api.sparql_request import fields
from kg.store import write_revision
from tests.sample_graph import BASE, sample_graph

SELECT = "SELECT ?label WHERE { concept:churn skos:prefLabel ?label }"
ASK = "ASK { concept:churn a skos:Concept }"
CONSTRUCT = "CONSTRUCT { ?s skos:prefLabel ?l } WHERE { ?s skos:prefLabel ?l }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n2 ?o }"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT = {"Content-Type": "application/sparql-query"}

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sparql") / "sample.kg"
    write_revision(folder, sample_graph())
    return folder


@pytest.fixture(scope="module")
async def client(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(query_time=1.0, query_rows=100, body_limit=20_000, reload_seconds=0)
    app = create_app(folder, settings)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8000"
        ) as client,
    ):
        yield client


def labels(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row["label"]["value"] for row in answer.json()["results"]["bindings"]]


async def get(client: httpx.AsyncClient, query: str, accept: str = "*/*") -> httpx.Response:
    return await client.get("/sparql", params={"query": query}, headers={"Accept": accept})


async def test_get(client: httpx.AsyncClient) -> None:
    """§2.1.1: a GET carries the query in the address."""
    assert labels(await get(client, SELECT)) == ["Churn"]


async def test_form_post(client: httpx.AsyncClient) -> None:
    """§2.1.2: a form carries the query in the body, whatever the case of the media type."""
    body = urlencode({"query": SELECT})
    for media_type in (FORM["Content-Type"], "Application/X-WWW-Form-Urlencoded; charset=UTF-8"):
        headers = {"Content-Type": media_type}
        assert labels(await client.post("/sparql", content=body, headers=headers)) == ["Churn"]


async def test_direct_post(client: httpx.AsyncClient) -> None:
    """§2.1.3: the body is the query, with or without charset and byte order mark."""
    for media_type in ("application/sparql-query", "application/sparql-query;charset=utf-8"):
        for body in (SELECT.encode(), b"\xef\xbb\xbf" + SELECT.encode()):
            headers = {"Content-Type": media_type}
            assert labels(await client.post("/sparql", content=body, headers=headers)) == ["Churn"]


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5), st.text("%+&=\\\\x41aé", max_size=20))
def test_fields_are_read_as_the_library_does(pairs: list[tuple[str, str]], loose: str) -> None:
    """Encoded or broken in whatever way, forms are read as urllib reads them."""
    pairs = [(n, v) for n, v in pairs if not any("\ud800" <= c <= "\udfff" for c in n + v)]
    for data in (urlencode(pairs).encode(), loose.encode()):
        try:
            wanted = parse_qsl(data.decode("ascii"), keep_blank_values=True, errors="strict")
        except ValueError:
            with pytest.raises(ValueError):
                fields(data)
        else:
            assert fields(data) == wanted


async def test_percent_encoding_is_undone_once(client: httpx.AsyncClient) -> None:
    """A literal that holds percent signs, plus signs and letters of any script arrives as it is."""
    for text in ("100%25 + 5", "Straße %C3%9F", "a&b=c", "日本"):
        query = f'SELECT ("{text}" AS ?label) WHERE {{}}'
        assert labels(await get(client, query)) == [text]
        body = "query=" + quote(query, safe="")
        assert labels(await client.post("/sparql", content=body, headers=FORM)) == [text]
        direct = await client.post("/sparql", content=query.encode(), headers=DIRECT)
        assert labels(direct) == [text]


@pytest.mark.parametrize(
    ("method", "address", "body", "headers", "status", "kind"),
    [
        ("GET", "?query=ASK%7B%7D&query=ASK%7B%7D", b"", {}, 400, "malformed-request"),
        ("POST", "", b"query=ASK%7B%7D&query=ASK%7B%7D", FORM, 400, "malformed-request"),
        ("POST", "", b"", FORM, 400, "malformed-request"),
        ("POST", "?query=ASK%7B%7D", b"ASK {}", DIRECT, 400, "malformed-request"),
        ("GET", "?query=%FF%FE", b"", {}, 400, "malformed-request"),
        ("POST", "", b"query=%FF", FORM, 400, "malformed-request"),
        ("POST", "", b"ASK { ?s ?p '\xff' }", DIRECT, 400, "malformed-request"),
        ("POST", "", "ASK {}".encode("utf-16"),
         {"Content-Type": "application/sparql-query;charset=utf-16"}, 415,
         "unsupported-media-type"),
        ("POST", "", b"ASK {}", {"Content-Type": "text/plain"}, 415, "unsupported-media-type"),
        ("POST", "", b"ASK {}", {}, 415, "unsupported-media-type"),
        ("POST", "", b"query=ASK%7B%7D", {"Content-Type": "multipart/form-data"}, 415,
         "unsupported-media-type"),
        ("POST", "", b"CLEAR ALL", {"Content-Type": "application/sparql-update"}, 403,
         "read-only"),
        ("POST", "", b"update=CLEAR%20ALL", FORM, 403, "read-only"),
        ("GET", "?query=SELEKT", b"", {}, 400, "malformed-query"),
        ("GET", "?query=", b"", {}, 400, "malformed-query"),
        ("GET", "?query=CLEAR%20ALL", b"", {}, 400, "malformed-query"),
        ("GET", "?query=" + quote("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"),
         b"", {}, 400, "malformed-query"),
        ("GET", "?query=" + quote("LOAD <http://127.0.0.1:1/>"), b"", {}, 400, "malformed-query"),
        ("POST", "", b"ASK {} #" + b"x" * 20_001, DIRECT, 413, "body-too-large"),
        ("PUT", "", b"ASK {}", DIRECT, 405, "method-not-allowed"),
        ("DELETE", "", b"", {}, 405, "method-not-allowed"),
        ("GET", "?query=ASK%7B%7D", b"", {"Accept": "image/png"}, 406, "not-acceptable"),
        ("GET", "?query=ASK%7B%7D", b"", {"Accept": "text/turtle"}, 406, "not-acceptable"),
    ],
)  # fmt: skip
async def test_refusals(
    client: httpx.AsyncClient,
    method: str,
    address: str,
    body: bytes,
    headers: dict[str, str],
    status: int,
    kind: str,
) -> None:
    """What the protocol does not allow is refused with its status and a sentence."""
    answer = await client.request(method, "/sparql" + address, content=body, headers=headers)
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert problem["type"].endswith(f"#{kind}") and problem["status"] == status
    assert problem["detail"].endswith((".", "}", ">")) or problem["detail"]
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "address", "body", "near"),
    [
        ("GET", "?queery=ASK%7B%7D", "", "query"),
        ("GET", "?Query=ASK%7B%7D", "", "query"),
        ("POST", "", "qery=ASK%7B%7D", "query"),
        ("GET", "?query=ASK%7B%7D&default-graph-url=a:b", "", "default-graph-uri"),
        ("GET", "?query=ASK%7B%7D&named_graph_uri=a:b", "", "named-graph-uri"),
    ],
)
async def test_a_misspelt_parameter_names_the_near_one(
    client: httpx.AsyncClient, method: str, address: str, body: str, near: str
) -> None:
    """§2.1: a name that is nearly one of the protocol's is not passed over in silence."""
    answer = await client.request(method, "/sparql" + address, content=body, headers=FORM)
    assert answer.status_code == 400
    assert f'Did you mean "{near}"?' in answer.json()["detail"]


async def test_parameters_of_other_endpoints_are_passed_over(client: httpx.AsyncClient) -> None:
    """SPARQLWrapper, RDF4J and others add some of their own; without any query they change nothing.

    A graph without a query to ask of it is a request that lacks something (§2.1.4).
    """
    more = {"query": SELECT, "format": "json", "output": "json", "queryLn": "SPARQL", "timeout": 9}
    assert labels(await client.get("/sparql", params=more)) == ["Churn"]
    assert (
        (await client.get("/sparql?format=ttl")).headers["content-type"].startswith("text/turtle")
    )
    assert (await client.get("/sparql?default-graph-uri=a:b")).status_code == 400


async def test_malformed_query_names_the_place(client: httpx.AsyncClient) -> None:
    """A query that does not parse is refused with the line and column of the mistake."""
    answer = await get(client, "SELECT * WHERE {\n ?s ?p }")
    assert answer.status_code == 400
    assert "line 2" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("query", "accept", "media_type"),
    [
        (SELECT, "*/*", "application/sparql-results+json"),
        (SELECT, "application/sparql-results+xml", "application/sparql-results+xml"),
        (SELECT, "text/csv", "text/csv; charset=utf-8"),
        (SELECT, "text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        (SELECT, "application/json", "application/json"),
        (SELECT, "text/turtle, application/sparql-results+xml;q=.5",
         "application/sparql-results+xml"),
        (ASK, "*/*", "application/sparql-results+json"),
        (ASK, "application/sparql-results+xml", "application/sparql-results+xml"),
        (CONSTRUCT, "*/*", "text/turtle; charset=utf-8"),
        (CONSTRUCT, "application/n-triples", "application/n-triples; charset=utf-8"),
        (CONSTRUCT, "application/ld+json", "application/ld+json"),
        (CONSTRUCT, "application/rdf+xml", "application/rdf+xml"),
        (CONSTRUCT, "application/sparql-results+json, text/turtle;q=.1",
         "text/turtle; charset=utf-8"),
        ("DESCRIBE concept:churn", "text/turtle", "text/turtle; charset=utf-8"),
    ],
)  # fmt: skip
async def test_formats(client: httpx.AsyncClient, query: str, accept: str, media_type: str) -> None:
    """§2.1.7: each kind of query answers in the format that Accept likes best and it can have."""
    answer = await get(client, query, accept)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == media_type
    assert "Accept" in answer.headers["vary"]
    assert answer.content


async def test_graphs_of_the_request(client: httpx.AsyncClient) -> None:
    """§2.1.4: graphs named in the request make the data set; two do not count a triple twice."""
    query = "SELECT (COUNT(*) AS ?label) WHERE { ?c skos:inScheme ?s }"
    derived = labels(await get(client, query))
    sources = [f"{BASE}graph/sources/{name}" for name in ("success", "club")]
    counts = []
    for graphs in ([sources[0]], [sources[1]], sources, [sources[0], sources[0]]):
        parameters: Any = [("query", query), *(("default-graph-uri", g) for g in graphs)]
        get_ = labels(await client.get("/sparql", params=parameters))
        post = labels(await client.post("/sparql", content=urlencode(parameters), headers=FORM))
        direct = await client.post(
            "/sparql", params=parameters[1:], content=query.encode(), headers=DIRECT
        )
        assert get_ == post == labels(direct)
        counts.append(int(get_[0]))
    first, second, both, twice = counts
    assert first == twice and both == first + second and derived[0].isdigit()
    named = "SELECT DISTINCT (STR(?g) AS ?label) WHERE { GRAPH ?g { ?s ?p ?o } }"
    parameters = [("query", named), ("named-graph-uri", sources[1])]
    assert labels(await client.get("/sparql", params=parameters)) == [sources[1]]


async def test_head_and_options(client: httpx.AsyncClient) -> None:
    """HEAD answers like GET without the body; OPTIONS lists GET and POST."""
    full = await get(client, SELECT)
    head = await client.head("/sparql", params={"query": SELECT})
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == full.headers["content-length"]
    options = await client.options("/sparql")
    assert options.headers["allow"] == "GET, HEAD, OPTIONS, POST"


async def test_unchanged_answers_are_not_sent_again(client: httpx.AsyncClient) -> None:
    """A GET with its validator answers 304; another format has another validator."""
    first = await get(client, SELECT)
    headers = {"If-None-Match": first.headers["etag"]}
    again = await client.get("/sparql", params={"query": SELECT}, headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    assert (await get(client, SELECT, "text/csv")).headers["etag"] != first.headers["etag"]


async def test_service_description(client: httpx.AsyncClient) -> None:
    """Without a query the endpoint describes itself in RDF, and sends people to the editor."""
    sd = "http://www.w3.org/ns/sparql-service-description#"
    answer = await client.get("/sparql", headers={"Accept": "text/turtle"})
    triples = [q.triple for q in ox.parse(answer.content, ox.RdfFormat.TURTLE)]
    endpoints = [t.object.value for t in triples if t.predicate.value == sd + "endpoint"]
    assert endpoints == ["http://127.0.0.1:8000/sparql"]
    languages = [t.object.value for t in triples if t.predicate.value == sd + "supportedLanguage"]
    assert languages == [sd + "SPARQL11Query"]
    names = {t.object.value for t in triples if t.predicate.value == sd + "name"}
    query = "SELECT DISTINCT (STR(?g) AS ?label) WHERE { GRAPH ?g { ?s ?p ?o } }"
    assert names == set(labels(await get(client, query)))
    people = await client.get("/sparql", headers={"Accept": "text/html"})
    assert (people.status_code, people.headers["location"]) == (303, "/query")


async def test_long_answers_say_that_they_are_cut(client: httpx.AsyncClient) -> None:
    """An answer over the limit of rows ends there, parses, says so and is not kept."""
    answer = await get(client, "SELECT * WHERE { ?s ?p ?o }")
    assert len(json.loads(answer.content)["results"]["bindings"]) == 100
    assert answer.headers["x-result-cut"] == "100 rows"
    assert answer.headers["cache-control"] == "no-store" and "etag" not in answer.headers


async def test_runaway_query_is_stopped(client: httpx.AsyncClient) -> None:
    """A cross product ends at its deadline with a problem document; the next query is answered."""
    answer = await get(client, RUNAWAY)
    assert answer.status_code == 504
    assert answer.json()["type"].endswith("#query-time")
    assert "GLOSSGRAPH_QUERY_TIME" in answer.json()["detail"]
    assert labels(await get(client, SELECT)) == ["Churn"]


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        (SELECT, 200, '<td lang="en">Churn</td>'),
        ("SELECT ?c { ?c skos:prefLabel 'Churn'@en }", 200, 'href="/concepts/churn"'),
        (ASK, 200, "<td>yes</td>"),
        (CONSTRUCT, 200, "skos:prefLabel &#34;"),
        ("SELEKT", 400, "does not parse"),
        ("SELECT * { ?s ?p ?o }", 200, "100 rows, the first of more"),
    ],
)
async def test_query_page(client: httpx.AsyncClient, query: str, status: int, words: str) -> None:
    """The page shows bindings as a table with links, triples as text, errors as a sentence."""
    answer = await client.get("/query", params={"query": query})
    assert answer.status_code == status
    assert words in answer.text


@pytest.mark.parametrize(("name", "query"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
async def test_examples_of_the_query_page(client: httpx.AsyncClient, name: str, query: str) -> None:
    """Each example query has an answer on a graph that holds what it asks for."""
    assert (await get(client, query)).json()["results"]["bindings"], name
