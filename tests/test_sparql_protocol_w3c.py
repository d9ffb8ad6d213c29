"""Each case of the W3C's SPARQL 1.1 protocol and service-description tests, on our own graphs.

Cases are named as in the W3C's manifests (protocol: 34, service-description: 3). Where those ask
over the graphs of the test suite, these ask over what each source of the sample says. The endpoint
is read-only: every update is refused, those that the manifest takes as well as those that it does
not.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
import pyoxigraph as ox
import pytest

from api.app import create_app
from api.settings import Settings
from kg.store import write_revision
from tests.sample_graph import BASE, sample_graph

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
ONE, TWO = (f"{BASE}graph/sources/{name}" for name in ("success", "club"))
THREE = f"{BASE}graph/concepts"
# One concept that each source alone speaks of.
IN_ONE, IN_TWO = f"<{BASE}concepts/playbook>", f"<{BASE}concepts/sail>"
BOTH = f"ASK {{ {IN_ONE} a ?type . {IN_TWO} a ?type }}"
NAMED = f"ASK {{ GRAPH ?g1 {{ {IN_ONE} a ?type }} GRAPH ?g2 {{ {IN_TWO} a ?type }} }}"
FULL = f"ASK {{ <{BASE}concepts/win-rate> a ?type . {NAMED[6:]}"
INSERT = "INSERT DATA { <http://a.example/a> <http://a.example/b> <http://a.example/c> }"

BOOLEAN = ("application/sparql-results+xml", "application/sparql-results+json")
TABLE = (*BOOLEAN, "text/tab-separated-values", "text/csv")
GRAPH = ("application/rdf+xml", "text/turtle", "application/n-triples", "application/ld+json")

pytestmark = pytest.mark.anyio


@dataclass(frozen=True, kw_only=True)
class Case:
    name: str
    clause: str
    method: str = "POST"
    address: tuple[tuple[str, str], ...] = ()
    media_type: str = ""
    body: bytes = b""
    types: tuple[str, ...] = BOOLEAN
    """Media types that the answer may have; none: it is refused."""
    status: int = 200


def graphs(kind: str, *names: str) -> tuple[tuple[str, str], ...]:
    return tuple((f"{kind}-graph-uri", name) for name in names)


def get(query: str, *more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return (("query", query), *more)


def form(**fields: str) -> bytes:
    return urlencode(fields, quote_via=quote).encode()


CASES = (
    Case(name="query_post_form", clause="2.1.2", address=graphs("default", ONE),
         media_type=FORM, body=form(query="ASK {}")),
    Case(name="query_dataset_default_graphs_get", clause="2.1.4", method="GET",
         address=get(BOTH, *graphs("default", ONE, TWO))),
    Case(name="query_dataset_default_graphs_post", clause="2.1.4",
         address=graphs("default", ONE, TWO), media_type=QUERY, body=BOTH.encode()),
    Case(name="query_dataset_named_graphs_post", clause="2.1.4",
         address=graphs("named", ONE, TWO), media_type=QUERY, body=NAMED.encode()),
    Case(name="query_dataset_named_graphs_get", clause="2.1.4", method="GET",
         address=get(NAMED, *graphs("named", ONE, TWO))),
    Case(name="query_dataset_full", clause="2.1.4",
         address=(*graphs("default", THREE), *graphs("named", ONE, TWO)),
         media_type=QUERY, body=FULL.encode()),
    Case(name="query_multiple_dataset", clause="2.1.4", address=graphs("default", TWO),
         media_type=QUERY, body=f"ASK FROM <{ONE}> {{ {IN_TWO} a ?type }}".encode()),
    Case(name="query_get", clause="2.1.1", method="GET", address=get("ASK {}")),
    Case(name="query_content_type_select", clause="2.2.2", media_type=QUERY,
         body=b"SELECT (1 AS ?value) {}", types=TABLE),
    Case(name="query_content_type_ask", clause="2.2.2", media_type=QUERY, body=b"ASK {}"),
    Case(name="query_content_type_describe", clause="2.2.2", media_type=QUERY,
         body=b"DESCRIBE <http://example.org/>", types=GRAPH),
    Case(name="query_content_type_construct", clause="2.2.2", media_type=QUERY,
         body=b"CONSTRUCT { <s> <p> 1 } WHERE {}", types=GRAPH),
    Case(name="query_post_direct", clause="2.1.3", media_type=QUERY, body=b"ASK {}"),
    Case(name="bad_query_method", clause="2.1", method="PUT", address=get("ASK {}"),
         types=(), status=405),
    Case(name="bad_multiple_queries", clause="2.1.1", method="GET",
         address=(*get("ASK {}"), *get("SELECT * {}")), types=(), status=400),
    Case(name="bad_query_wrong_media_type", clause="2.1.3", media_type="text/plain",
         body=b"ASK {}", types=(), status=415),
    Case(name="bad_query_missing_form_type", clause="2.1.2", body=form(query="ASK {}"),
         types=(), status=415),
    Case(name="bad_query_missing_direct_type", clause="2.1.3", body=b"ASK {}",
         types=(), status=415),
    Case(name="bad_query_non_utf8", clause="2.1.3",
         media_type=f"{QUERY}; charset=UTF-16", body="ASK {}".encode("utf-16"),
         types=(), status=415),
    Case(name="bad_query_syntax", clause="2.2.1", method="GET", address=get("ASK {"),
         types=(), status=400),
    # The update operation, §2.2: refused as a whole, whatever its form.
    *(
        Case(name=name, clause="2.2", media_type=FORM, body=form(update=INSERT, **more),
             types=(), status=403)
        for name, more in (
            ("update_dataset_default_graph", {"using-graph-uri": ONE}),
            ("update_dataset_default_graphs", {"using-graph-uri": f"{ONE},{TWO}"}),
            ("update_dataset_named_graphs", {"using-named-graph-uri": ONE}),
            ("update_dataset_full", {"using-graph-uri": ONE, "using-named-graph-uri": TWO}),
            ("update_post_form", {}),
            ("bad_update_dataset_conflict", {"using-named-graph-uri": ONE}),
        )
    ),
    *(
        Case(name=name, clause="2.2", media_type=UPDATE, body=body, types=(), status=403)
        for name, body in (
            ("update_post_direct", INSERT.encode()),
            ("update_base_uri", b"BASE <http://example.org/> CLEAR GRAPH <g>"),
            ("bad_update_non_utf8", INSERT.encode("utf-16")),
            ("bad_update_syntax", b"CLEAR XYZZY"),
        )
    ),
    Case(name="bad_update_get", clause="2.2", method="GET", address=(("update", INSERT),),
         types=(), status=403),
    Case(name="bad_multiple_updates", clause="2.2", media_type=FORM,
         body=form(update=INSERT) + b"&" + form(update=INSERT), types=(), status=403),
    Case(name="bad_update_wrong_media_type", clause="2.2", media_type="text/plain",
         body=INSERT.encode(), types=(), status=415),
    Case(name="bad_update_missing_form_type", clause="2.2", body=form(update=INSERT),
         types=(), status=415),
)  # fmt: skip


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    folder: Path = tmp_path_factory.mktemp("w3c") / "sample.kg"
    write_revision(folder, sample_graph())
    app = create_app(folder, Settings(reload_seconds=0))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8000"
        ) as client,
    ):
        yield client


def test_all_cases_are_here() -> None:
    """As many cases as the manifest has, none twice."""
    assert len({case.name for case in CASES}) == len(CASES) == 34


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name} §{case.clause}")
async def test_protocol(case: Case, client: httpx.AsyncClient) -> None:
    """The answer has the status and a media type of its kind; where it is a boolean, it is true."""
    answer = await client.request(
        case.method,
        "/sparql",
        params=list(case.address),
        content=case.body,
        headers={"Content-Type": case.media_type} if case.media_type else {},
    )
    assert answer.status_code == case.status, answer.text
    media_type = answer.headers["content-type"].partition(";")[0]
    if not case.types:
        assert media_type == "application/problem+json" and answer.json()["detail"]
        return
    assert media_type in case.types
    if case.types == BOOLEAN:
        assert answer.json()["boolean"] is True


SD = "http://www.w3.org/ns/sparql-service-description#"


async def described(client: httpx.AsyncClient) -> list[ox.Triple]:
    answer = await client.get("/sparql", headers={"Accept": "application/n-triples"})
    assert answer.status_code == 200
    return [quad.triple for quad in ox.parse(answer.content, ox.RdfFormat.N_TRIPLES)]


async def test_returns_rdf(client: httpx.AsyncClient) -> None:
    """Service Description §2: a GET of the endpoint without a query answers RDF."""
    answer = await client.get("/sparql")
    assert answer.headers["content-type"].partition(";")[0] in GRAPH
    assert len(await described(client)) > 20


async def test_has_endpoint_triple(client: httpx.AsyncClient) -> None:
    """Service Description §3.2.1: sd:endpoint names the address that was asked."""
    found = [
        t.object.value for t in await described(client) if t.predicate.value == SD + "endpoint"
    ]
    assert found == ["http://127.0.0.1:8000/sparql"]


CLASSES = {
    "endpoint": ("Service", ""), "supportedLanguage": ("Service", "Language"),
    "resultFormat": ("Service", "Format"), "defaultDataset": ("Service", "Dataset"),
    "feature": ("Service", "Feature"), "availableGraphs": ("Service", "GraphCollection"),
    "defaultGraph": ("Dataset", "Graph"), "namedGraph": ("Dataset", "NamedGraph"),
    "name": ("NamedGraph", ""), "graph": ("NamedGraph", "Graph"),
}  # fmt: skip
"""Domain and range of the vocabulary's properties, §3.4."""


async def test_conforms_to_schema(client: httpx.AsyncClient) -> None:
    """Service Description §3: every sd: property and class is of the vocabulary and fits it."""
    triples = await described(client)
    types = {(t.subject, t.object.value) for t in triples if t.predicate.value.endswith("#type")}
    for triple in triples:
        if not triple.predicate.value.startswith(SD):
            continue
        domain, _ = CLASSES[triple.predicate.value.removeprefix(SD)]
        assert (triple.subject, SD + domain) in types, triple
        assert isinstance(triple.object, ox.NamedNode)
