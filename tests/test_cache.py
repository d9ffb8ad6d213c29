"""Ready answers: held by all they depend on, never beyond a revision, coded where it pays."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import brotli
import httpx
import pytest
import zstandard

from api.app import create_app
from api.cache import ByteCache, repeatable
from api.compression import chosen, compressible
from api.settings import Settings
from kg.store import write_revision
from tests.sample_graph import sample_graph
from tests.serving import Served, serve
from tests.wire import exchange, request, undated

MANY = "SELECT ?c ?p ?o WHERE { ?c ?p ?o ; skos:prefLabel ?label } ORDER BY ?c ?p ?o LIMIT 60"
DECODE = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
}


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cache") / "sample.kg"
    write_revision(folder, sample_graph())
    return folder


@pytest.fixture(scope="module")
async def client(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(folder, Settings(reload_seconds=0, hosts=("127.0.0.1", "other.example")))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8000"
        ) as client,
    ):
        client.headers.pop("accept-encoding")
        yield client


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Served]:
    with serve(folder) as served:
        yield served


def test_a_cache_holds_its_number_of_bytes() -> None:
    """What was not asked for longest goes; what would take too large a part is not held."""
    cache = ByteCache(20_000)
    for number in range(40):
        cache.put(number, bytes(500), 500)
        cache.get(0)
    assert cache.size <= 20_000 and cache.get(0) is not None
    assert cache.get(1) is None and cache.get(39) is not None
    cache.put("large", bytes(5_000), 5_000)
    assert cache.get("large") is None


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        (b"", ""),
        (b"gzip", "gzip"),
        (b"gzip, deflate, br, zstd", "zstd"),
        (b"gzip, deflate, br", "br"),
        (b"gzip;q=1.0, br;q=0.5", "gzip"),
        (b"br;q=0, gzip", "gzip"),
        (b"*", "zstd"),
        (b"*;q=0", ""),
        (b"identity", ""),
        (b"identity, gzip;q=0.5", ""),
        (b"GZIP", "gzip"),
        (b"gzip;q=x", ""),
    ],
)
def test_codings_are_negotiated(header: bytes, coding: str) -> None:
    """RFC 9110 §12.5.3: by weight; of codings liked alike, the one that costs least."""
    assert chosen(header) == coding


@pytest.mark.parametrize(
    ("media_type", "smaller"),
    [
        ("text/html; charset=utf-8", True),
        ("application/ld+json", True),
        ("application/sparql-results+xml", True),
        ("image/svg+xml", True),
        ("image/png", False),
        ("font/woff2", False),
        ("application/zip", False),
    ],
)
def test_what_is_coded(media_type: str, smaller: bool) -> None:
    """Text in whatever syntax; what is packed already is left as it is."""
    assert compressible(media_type) is smaller


@pytest.mark.anyio
@pytest.mark.parametrize("coding", DECODE)
@pytest.mark.parametrize("path", ["/concepts/churn", f"/sparql?query={MANY}", "/api/concepts"])
async def test_coded_answers(client: httpx.AsyncClient, path: str, coding: str) -> None:
    """First and repeated, coded answers hold the same bytes, under a validator of their own."""
    plain = await client.get(path)
    assert "content-encoding" not in plain.headers and len(plain.content) > 1000
    for _ in range(2):
        async with client.stream("GET", path, headers={"Accept-Encoding": coding}) as answer:
            raw = b"".join([part async for part in answer.aiter_raw()])
        assert answer.headers["content-encoding"] == coding
        assert int(answer.headers["content-length"]) == len(raw) < len(plain.content) / 2
        assert DECODE[coding](raw) == plain.content
        assert answer.headers["etag"] != plain.headers["etag"]
        assert "accept-encoding" in answer.headers["vary"].lower()
        assert "accept-encoding" in plain.headers["vary"].lower()
    known = {"Accept-Encoding": coding, "If-None-Match": answer.headers["etag"]}
    again = await client.get(path, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == answer.headers["etag"]
    assert "content-encoding" not in again.headers and "content-type" not in again.headers


@pytest.mark.anyio
@pytest.mark.parametrize(
    "path", ["/api/concepts/skipper", "/concepts/skipper.md", "/graphs?default", "/api/sources"]
)
async def test_a_304_names_what_a_200_depends_on(client: httpx.AsyncClient, path: str) -> None:
    """RFC 9110 §15.4.5, §9.3.2: 304 and HEAD have the Vary of the 200, asked before it or after."""
    tag = (await client.head(path)).headers["etag"]
    client_knows = {"If-None-Match": f'"other", W/{tag}'}
    first = await client.get(f"{path}{'&' if '?' in path else '?'}", headers=client_knows)
    whole = await client.get(path)
    again = await client.get(path, headers=client_knows)
    head = await client.head(path)
    assert (whole.status_code, again.status_code) == (200, 304)
    assert first.status_code in (304, 400)  # the Graph Store Protocol takes nothing besides
    assert again.headers.get("vary") == head.headers.get("vary") == whole.headers.get("vary")
    assert first.status_code == 400 or first.headers.get("vary") == whole.headers.get("vary")
    assert head.headers["etag"] == again.headers["etag"] == whole.headers["etag"]
    coded = await client.get(path, headers={"Accept-Encoding": "gzip"})
    assert len(whole.content) < 1000 or coded.headers["etag"] != whole.headers["etag"]


@pytest.mark.anyio
async def test_small_answers_are_not_coded(client: httpx.AsyncClient) -> None:
    """An answer that goes in one packet stays as it is."""
    answer = await client.get("/health/live", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers


@pytest.mark.anyio
async def test_what_an_answer_depends_on(client: httpx.AsyncClient) -> None:
    """Asked again in another way, the same address gives another answer: no key is too short."""
    address = "/concepts/churn"
    kinds = ["text/turtle", "application/ld+json", "text/html", "application/json"]
    for _ in range(2):
        for kind in kinds:
            answer = await client.get(address, headers={"Accept": kind})
            assert answer.headers["content-type"].startswith(kind)
        described = [
            (await client.get(f"http://{host}/sparql", headers={"Accept": "text/turtle"})).text
            for host in ("127.0.0.1", "other.example")
        ]
        assert f"http://{'127.0.0.1'}/sparql" in described[0]
        assert "http://other.example/sparql" in described[1]
        both = [("Accept", "image/png"), ("Accept", "text/turtle")]
        answer = await client.get(address, headers=both)
        assert answer.headers["content-type"].startswith("text/turtle")
        refused = await client.get("http://foreign.example/api/stats")
        assert refused.status_code == 421


@pytest.mark.anyio
async def test_the_same_query_however_it_comes(client: httpx.AsyncClient) -> None:
    """GET, form and direct POST of one query give the same bytes."""
    got = await client.get("/sparql", params={"query": MANY})
    form = await client.post("/sparql", data={"query": MANY})
    direct = await client.post(
        "/sparql", content=MANY, headers={"Content-Type": "application/sparql-query"}
    )
    assert got.content == form.content == direct.content


@pytest.mark.anyio
@pytest.mark.parametrize("call", ["NOW()", "RAND()", "UUID()", "struuid()", "BNODE()"])
async def test_what_changes_is_not_held(client: httpx.AsyncClient, call: str) -> None:
    """A query whose answer differs from call to call is answered anew, and says so."""
    query = f"SELECT ({call} AS ?x) {{}}"
    answers = [await client.get("/sparql", params={"query": query}) for _ in range(2)]
    assert answers[0].content != answers[1].content
    assert answers[0].headers["cache-control"] == "no-store" and "etag" not in answers[0].headers


@pytest.mark.anyio
async def test_errors_and_credentials_are_not_held(client: httpx.AsyncClient) -> None:
    """A failed answer says no-store; a request with credentials is answered anew."""
    missing = await client.get("/api/concepts/nothing-like-it")
    assert missing.status_code == 404 and missing.headers["cache-control"] == "no-store"
    headers = {"Authorization": "Bearer x"}
    assert (await client.get("/api/stats", headers=headers)).status_code == 200


def test_the_short_cut_answers_alike(server: Served) -> None:
    """One request sent five times: parsed, held, and by its very bytes, every answer is equal."""
    for path in ("/api/concepts/churn", "/concepts/churn", "/api/stats"):
        answers = [exchange(server, request(path), answers=1)[0] for _ in range(5)]
        assert len(undated(answers)) == 1 and answers[0].startswith(b"HTTP/1.1 200 OK\r\n")
        assert all(b"\r\ndate: " in answer for answer in answers)


def test_the_short_cut_on_one_connection(server: Served) -> None:
    """Pipelined, split, repeated and mixed with others, each request has its answer in turn."""
    one, two = request("/api/concepts/churn"), request("/api/concepts/crew")
    alone = [exchange(server, each, answers=1)[0] for each in (one, two) for _ in range(3)]
    mixed = exchange(server, one, two, one + two, one[:20], one[20:] + two, answers=6)
    assert [b'"Churn"' in answer for answer in mixed] == [True, False] * 3
    assert undated(mixed) <= undated(alone)


def test_a_body_is_no_request(server: Served) -> None:
    """Bytes of a body that read like a request that is held are not answered as one."""
    held = request("/api/concepts/churn")
    for _ in range(3):
        exchange(server, held, answers=1)
    post = (
        "POST /sparql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n"
        f"Content-Length: {len(held)}\r\n\r\n"
    ).encode()
    first, second = exchange(server, post, held, request("/api/concepts/crew"), answers=2)
    assert first.startswith(b"HTTP/1.1 415") and b'"Crew"' in second


@pytest.mark.parametrize(
    ("head", "holds"),
    [
        (request("/"), True),
        (request("/", "Connection: keep-alive"), True),
        (request("/", "Connection: close"), False),
        (request("/", "connection:Upgrade"), False),
        (request("/", "Content-Length: 4"), False),
        (request("/", "Transfer-Encoding : chunked"), False),
        (request("/", "Authorization: Bearer x"), False),
        (request("/", "If-None-Match: *"), False),
        (request("/", "Expect: 100-continue"), False),
        (request("/", "X-Forwarded-Proto: https"), False),
        (request("/").replace(b"HTTP/1.1", b"HTTP/1.0"), False),
        (request("/") * 2, False),
        (request("/", "X: " + "x" * 5000), False),
    ],
)
def test_which_bytes_are_held(head: bytes, holds: bool) -> None:
    """Only one whole request of HTTP/1.1 without body, conditions, credentials or other wishes."""
    assert repeatable(head) is holds
