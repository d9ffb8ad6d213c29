"""PUT and DELETE of a source: only with the token, as a new revision, or nothing at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api import opening
from api.analyses import Options
from api.app import create_app, fingerprint
from api.settings import Settings
from api.source_forms import SUFFIXES
from extract.readers import SUFFIXES as READ
from kg.store import current
from tests.serving import serve

FIRST = """# Terms of churn

## Churn
Churn is the share of customers who leave. See also Retention.

## Retention
Retention is the share of customers who stay.

## Logo churn
Logo churn is a kind of churn that counts customers.
"""
SECOND = """# Terms of money

## Revenue
Revenue is the money that customers pay.

## Net revenue
Net revenue is a kind of revenue without refunds.

## Refund
A refund is money that goes back to a customer.
"""
TOKEN = "a-secret-of-the-test"
SENT = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "text/markdown"}


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """A folder of sources, and the graph that was built from it."""
    sources = tmp_path / "glossaries"
    sources.mkdir()
    (sources / "first.md").write_text(FIRST, encoding="utf-8")
    graph = tmp_path / "graph.kg"
    opening.build([str(sources)], graph, Options())
    return sources, graph


@pytest.fixture
def client(places: tuple[Path, Path]) -> Iterator[httpx.Client]:
    sources, graph = places
    settings = {
        "GLOSSGRAPH_TOKEN": TOKEN,
        "GLOSSGRAPH_SOURCES": str(sources),
        "GLOSSGRAPH_RELOAD_SECONDS": "0.1",
        "GLOSSGRAPH_EXTRACT_TIME": "300",
    }
    with (
        serve(graph, **settings) as served,
        httpx.Client(base_url=served.address, timeout=300) as client,
    ):
        yield client


def names(client: httpx.Client) -> list[str]:
    return sorted(each["name"] for each in client.get("/api/sources").json()["sources"])


def test_a_source_is_put_in_exchanged_and_taken_away(
    client: httpx.Client, places: tuple[Path, Path]
) -> None:
    """Each is a new revision that is served when the answer comes; the folder follows."""
    sources, graph = places
    before = current(graph)
    put = client.put("/api/sources/second", content=SECOND, headers=SENT)
    assert put.status_code == 201, put.text
    assert put.headers["location"] == "/sources/second"
    assert put.json()["entries"] == 3 and put.json()["served"] is True
    assert put.json()["revision"] == current(graph) != before
    assert names(client) == ["first", "second"]
    assert client.get("/api/concepts/refund").status_code == 200
    assert (sources / "second.md").read_text(encoding="utf-8") == SECOND

    longer = SECOND + "\n## Gross revenue\nGross revenue is a kind of revenue with refunds.\n"
    again = client.put("/api/sources/second", content=longer, headers=SENT)
    assert (again.status_code, again.json()["entries"]) == (200, 4)
    assert client.get("/api/concepts/gross-revenue").status_code == 200

    page = "<h1>Money</h1><dl><dt>Cost</dt><dd>Cost is money that is spent.</dd>"
    page += "<dt>Price</dt><dd>Price is money that is asked for.</dd></dl>"
    html = client.put(
        "/api/sources/second", content=page, headers={**SENT, "Content-Type": "text/html"}
    )
    assert (html.status_code, html.json()["entries"]) == (200, 2), html.text
    assert sorted(each.name for each in sources.iterdir()) == ["first.md", "second.html"]
    assert client.get("/api/concepts/gross-revenue").status_code == 404

    gone = client.delete("/api/sources/second", headers=SENT)
    assert gone.status_code == 200
    assert names(client) == ["first"]
    assert [each.name for each in sources.iterdir()] == ["first.md"]


def test_what_cannot_be_done_leaves_all_as_it_was(
    client: httpx.Client, places: tuple[Path, Path]
) -> None:
    """A refused change says why; graph and folder stay as they were."""
    sources, graph = places
    before = current(graph)
    calls = [
        ("PUT", "/api/sources/second", {"content": "no glossary", "headers": SENT}, 422),
        ("PUT", "/api/sources/first", {"content": "no glossary", "headers": SENT}, 422),
        ("PUT", "/api/sources/second", {"content": b"\xff\xfe\x00", "headers": SENT}, 422),
        ("PUT", "/api/sources/second", {"content": b"", "headers": SENT}, 422),
        ("PUT", "/api/sources/.hidden", {"content": SECOND, "headers": SENT}, 400),
        ("PUT", "/api/sources/a%20b", {"content": SECOND, "headers": SENT}, 400),
        ("PUT", "/api/sources/second?force=1", {"content": SECOND, "headers": SENT}, 422),
        ("PUT", "/api/sources/second", {"content": "x" * 1_000_001, "headers": SENT}, 413),
        ("PUT", "/api/sources/x", {"content": "", "headers": {**SENT, "Content-Type": "a/b"}}, 415),
        ("DELETE", "/api/sources/nobody", {"headers": SENT}, 422),
        ("DELETE", "/api/sources/first", {"headers": SENT}, 422),
        ("POST", "/api/sources/first", {"headers": SENT}, 405),
    ]
    for method, path, more, status in calls:
        answer = client.request(method, path, **more)  # type: ignore[arg-type]
        assert answer.status_code == status, (method, path, answer.text)
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert answer.json()["detail"]
    assert current(graph) == before
    assert [each.name for each in sources.iterdir()] == ["first.md"]
    assert (sources / "first.md").read_text(encoding="utf-8") == FIRST


@pytest.mark.parametrize(
    "header", [None, "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer é"]
)
def test_only_with_the_token(client: httpx.Client, header: str | None) -> None:
    """Without the very token the answer is 401 with how to send it (RFC 6750 §3)."""
    headers = {"Content-Type": "text/markdown"}
    if header is not None:
        headers["Authorization"] = header
    answer = client.put(
        "/api/sources/second",
        content=SECOND,
        headers=[(k.encode(), v.encode()) for k, v in headers.items()],
    )
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith('Bearer realm="glossgraph"')
    assert names(client) == ["first"]


@pytest.mark.anyio
async def test_off_by_default(places: tuple[Path, Path]) -> None:
    """Without a token on the server nothing can be changed, whatever is sent; 403 says why."""
    app = create_app(places[1], Settings(reload_seconds=0))
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client,
    ):
        for headers in ({}, {"Authorization": "Bearer "}, SENT):
            for method in ("PUT", "DELETE"):
                answer = await client.request(method, "/api/sources/first", headers=headers)
                assert answer.status_code == 403
                assert "GLOSSGRAPH_TOKEN" in answer.json()["detail"]
        update = await client.post("/sparql", data={"update": "CLEAR ALL"}, headers={**SENT,
            "Content-Type": "application/x-www-form-urlencoded"})  # fmt: skip
        assert update.status_code == 403
        assert "PUT /api/sources/{name}" in update.json()["detail"]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def test_validators_do_not_tell_the_token() -> None:
    """Two servers that differ in their token alone have the same validators."""
    assert fingerprint("1", Settings(token="a")) == fingerprint("1", Settings(token="b"))
    assert "secret" not in repr(Settings(token="secret"))


def test_every_form_is_read() -> None:
    """The suffix that a media type is kept under is one that a reader takes."""
    assert set(SUFFIXES.values()) <= set(READ)
