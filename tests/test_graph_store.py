"""The Graph Store HTTP Protocol, reading half, and VoID, clause by clause."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pyoxigraph as ox
import pytest

from api.app import create_app
from api.settings import Settings
from kg.store import open_revision, write_revision
from tests.sample_graph import BASE, sample_graph

pytestmark = pytest.mark.anyio

NAMES = [
    f"{BASE}graph/{place}"
    for place in (
        "concepts",
        "dataset",
        "sources/club",
        "sources/club/evidence",
        "sources/success",
        "sources/success/evidence",
    )
]
FORMATS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("graphs") / "sample.kg"
    write_revision(folder, sample_graph())
    return folder


@pytest.fixture(scope="module")
def stored(folder: Path) -> dict[str, set[ox.Triple]]:
    found: dict[str, set[ox.Triple]] = {}
    with open_revision(folder) as revision:
        store = ox.Store()  # which writes numbers in their canonical form
        store.bulk_load(path=str(revision.quads), format=ox.RdfFormat.N_QUADS)
        for quad in store:
            assert isinstance(quad.graph_name, ox.NamedNode)
            found.setdefault(quad.graph_name.value, set()).add(quad.triple)
    return found


@pytest.fixture(scope="module")
async def client(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    # A limit of rows below every graph's size: whole graphs are not cut.
    app = create_app(folder, Settings(reload_seconds=0, query_rows=5))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8000"
        ) as client,
    ):
        yield client


def triples(answer: httpx.Response) -> set[ox.Triple]:
    assert answer.status_code == 200, answer.text
    format_ = FORMATS[answer.headers["content-type"].partition(";")[0]]
    return {quad.triple for quad in ox.parse(answer.content, format_, base_iri=BASE)}


@pytest.mark.parametrize("name", NAMES)
async def test_every_graph_whole(
    client: httpx.AsyncClient, stored: dict[str, set[ox.Triple]], name: str
) -> None:
    """§4.1, §4.2, §5.2: by IRI, by place, at its own path, a graph comes whole."""
    indirect = await client.get("/graphs", params={"graph": name})
    assert triples(indirect) == stored[name]
    place = name.removeprefix(f"{BASE}graph/")
    for path in (f"/graphs/{place}", f"/graph/{place}"):
        assert triples(await client.get(path)) == stored[name]


async def test_default_graph(client: httpx.AsyncClient, stored: dict[str, set[ox.Triple]]) -> None:
    """§4.2: ?default is the derived graph, with or without an equals sign."""
    for query in ("?default", "?default="):
        assert triples(await client.get(f"/graphs{query}")) == stored[NAMES[0]]


@pytest.mark.parametrize("media_type", FORMATS)
async def test_negotiation(
    client: httpx.AsyncClient, stored: dict[str, set[ox.Triple]], media_type: str
) -> None:
    """§5.2: a graph comes in the RDF format asked for; its validator spares the next time."""
    headers = {"Accept": media_type}
    answer = await client.get("/graphs?default", headers=headers)
    assert answer.headers["content-type"].startswith(media_type)
    assert triples(answer) == stored[NAMES[0]]
    again = await client.get(
        "/graphs?default", headers=headers | {"If-None-Match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


async def test_head(client: httpx.AsyncClient) -> None:
    """§5.3: HEAD answers as GET does, without the body; of no graph, 404."""
    head = await client.head("/graphs?default")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"].startswith("text/turtle")
    assert (await client.head("/graphs/nothing")).status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/graphs", 400),
        ("/graphs?graph=", 400),
        ("/graphs?graph=graph/concepts", 400),
        (f"/graphs?default&graph={quote(NAMES[0])}", 400),
        (f"/graphs?graph={quote(NAMES[0])}&graph={quote(NAMES[1])}", 400),
        ("/graphs/concepts?default", 400),
        ("/graphs?other=1", 400),
        ("/graphs?graph=http%3A%2F%2Fnowhere.example%2F", 404),
        ("/graphs/nothing", 404),
        ("/graph/sources/nothing", 404),
    ],
)
async def test_what_names_no_graph(client: httpx.AsyncClient, path: str, status: int) -> None:
    """§4.2, §5.2: naming none or several is 400, naming one that is not here 404."""
    answer = await client.get(path)
    assert answer.status_code == status
    assert NAMES[0] in answer.json()["detail"] or status == 400


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/graphs?default", "/graphs/concepts"])
async def test_writing(client: httpx.AsyncClient, method: str, path: str) -> None:
    """§5.1: a method that is not supported is answered with 405 and those that are."""
    answer = await client.request(method, path, content=b"")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


async def test_unacceptable(client: httpx.AsyncClient) -> None:
    """§5.2: where no RDF is accepted, 406."""
    assert (await client.get("/graphs?default", headers={"Accept": "image/png"})).status_code == 406


async def test_void(client: httpx.AsyncClient, stored: dict[str, set[ox.Triple]]) -> None:
    """VoID §6.2: /.well-known/void names each graph with its number of triples."""
    void = "http://rdfs.org/ns/void#"
    found = triples(await client.get("/.well-known/void"))
    sizes = {
        t.subject.value: int(t.object.value) for t in found if t.predicate.value == f"{void}triples"
    }
    assert sizes == {name: len(stored[name]) for name in NAMES if not name.endswith("/dataset")}
    described = triples(await client.get("/sparql", headers={"Accept": "text/turtle"}))
    counted = [int(t.object.value) for t in described if t.predicate.value == f"{void}triples"]
    assert sorted(counted) == sorted([*sizes.values(), sizes[NAMES[0]]])
