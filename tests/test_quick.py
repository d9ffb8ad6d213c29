"""Queries by the short way: the same answers, and what is not plain goes the whole way."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from api.app import create_app
from api.protocol import protocol
from api.quick import envelope
from api.settings import Settings
from kg.store import write_revision
from tests.sample_graph import sample_graph
from tests.serving import Served, serve
from tests.wire import exchange, request, undated

LIGHT = "SELECT ?c ?l WHERE { ?c skos:prefLabel ?l } ORDER BY ?l LIMIT %d"
GRAPH = "CONSTRUCT { ?c skos:prefLabel ?l } WHERE { ?c skos:prefLabel ?l } LIMIT %d"
LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . FILTER(?c != ?f) } # %d"
ENVELOPES = {
    "plain": (),
    "csv": ("Accept: text/csv",),
    "xml": ("Accept: application/sparql-results+xml, text/turtle;q=0.5",),
    "coded": ("Accept-Encoding: gzip, br", "User-Agent: a browser"),
    "other origin": ("Origin: http://elsewhere.example",),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("quick") / "sample.kg"
    write_revision(folder, sample_graph())
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Served]:
    with serve(folder, GLOSSGRAPH_QUERY_ROWS="40") as served:
        yield served


def ask(query: str, *lines: str) -> bytes:
    return request(f"/sparql?query={quote(query)}", *lines)


def alone(server: Served, head: bytes) -> bytes:
    return exchange(server, head, answers=1)[0]


@pytest.mark.parametrize("lines", ENVELOPES.values(), ids=ENVELOPES)
@pytest.mark.parametrize("query", [LIGHT, GRAPH, "ASK { ?c skos:prefLabel ?l } # %d"])
def test_both_ways_answer_alike(server: Served, query: str, lines: tuple[str, ...]) -> None:
    """An answer by the short way has the bytes and headers of one that went the whole way."""
    alone(server, ask(query % 1, *lines))
    for number in (2, 9, 30):
        short = alone(server, ask(query % number, *lines))
        whole = alone(server, ask(query % number, *lines, 'If-None-Match: "another"'))
        assert undated([short]) == undated([whole])
        assert undated([alone(server, ask(query % number, *lines))]) == undated([short])


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("SELEKT ?a {}", 400),
        ("SELECT * { SERVICE <http://a.example/> { ?a ?b ?c } }", 400),
        ("INSERT DATA { <a:b> <a:b> <a:b> }", 400),
        ("SELECT (NOW() AS ?now) {}", 200),
        ("SELECT * { ?a ?b ?c }", 200),
        ("SELECT * { GRAPH ?g { ?a ?b ?c } } LIMIT 3", 200),
    ],
    ids=["malformed", "service", "update", "changing", "cut", "named graphs"],
)
def test_what_is_not_plain(server: Served, query: str, status: int) -> None:
    """Errors, cut and changing answers are what they are by the whole way, and are not held."""
    alone(server, ask(LIGHT % 1))
    for _ in range(2):
        short = alone(server, ask(query))
        whole = alone(server, ask(query, 'If-None-Match: "another"'))
        assert short.startswith(b"HTTP/1.1 %d " % status)
        if "NOW" in query:
            assert b"no-store" in short and b"no-store" in whole
        else:
            assert undated([short]) == undated([whole])
    if query == "SELECT * { ?a ?b ?c }":
        assert b"x-result-cut: 40 rows" in short.lower()


PATHS = (
    "/api/concepts/churn",
    "/api/concepts/Churn%20Rate",
    "/api/concepts/churn/neighbors",
    "/api/concepts/churn/neighbors?depth=2&detail=names",
    "/api/concepts/churn/neighbors?depth=4",
    "/api/neighbors?concept=NRR",
    "/api/paths?from=churn&to=NRR&k=2",
    "/api/concepts/nothing-like-it",
    "/api/concepts/Pilot",
    "/api/concepts/churn/neighbors?depth=x",
)


@pytest.mark.parametrize("lines", [*ENVELOPES.values(), ("Accept: text/turtle",)])
@pytest.mark.parametrize("path", PATHS)
def test_prompt_answers(server: Served, path: str, lines: tuple[str, ...]) -> None:
    """What a client that is known is answered at once has the bytes of what it waited for."""
    alone(server, request("/api/sources", *lines))  # from here on its headers are known
    at_once = alone(server, request(path, *lines))
    whole = alone(server, request(path, *lines, 'If-None-Match: "another"'))
    assert undated([at_once]) == undated([whole])
    assert undated([alone(server, request(path, *lines))]) == undated([whole])


def test_headers_of_a_public_server(folder: Path) -> None:
    """Prompt answers have the headers for other origins where the server is public."""
    with serve(folder, GLOSSGRAPH_PUBLIC="1") as server:
        alone(server, request("/api/sources"))
        answer = alone(server, request("/api/concepts/churn")).lower()
        assert b"\r\naccess-control-allow-origin: *\r\n" in answer
        assert b"\r\nx-content-type-options: nosniff\r\n" in answer


def test_not_percent_encoded(server: Served) -> None:
    """What is not UTF-8 behind its percent signs is refused, and so are two queries."""
    alone(server, ask(LIGHT % 1))
    for path in ("/sparql?query=%FF", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", "/sparql?query="):
        assert alone(server, request(path)).startswith(b"HTTP/1.1 400 ")


def test_several_requests_on_one_connection(server: Served) -> None:
    """Long and light queries sent without waiting are answered in their order."""
    alone(server, ask(LIGHT % 1))
    light, other = ask(LIGHT % 3), request("/api/concepts/churn")
    found = exchange(server, ask(LONG % 1), light + other, ask(LONG % 2) + light, answers=5)
    assert [b'"n"' in a for a in found] == [True, False, False, True, False]
    assert undated([found[1]]) == undated([found[4]]) == undated([alone(server, light)])
    assert b'"Churn"' in found[2]


def test_a_client_that_leaves(server: Served) -> None:
    """Queries whose clients are gone take no worker from those who stay."""
    alone(server, ask(LIGHT % 1))
    host, port = server.address.removeprefix("http://").split(":")
    runaway = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } # %d"
    for number in range(12):
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(ask(runaway % number))
    for number in range(4, 20):
        assert alone(server, ask(LIGHT % number)).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("head", "query"),
    [
        (b"GET /sparql?query=ASK HTTP/1.1\r\n\r\n", b"ASK"),
        (b"GET /sub/sparql?query=ASK HTTP/1.1\r\n\r\n", b"ASK"),
        (b"GET /sparql?query=ASK&x=y HTTP/1.1\r\n\r\n", None),
        (b"GET /sparql?query=A\rK HTTP/1.1\r\n\r\n", None),
        (b"GET /sparql?a=b&query=ASK HTTP/1.1\r\n\r\n", None),
        (b"GET /sparql HTTP/1.1\r\nX: ?query=1 HTTP/1.1\r\n\r\n", None),
    ],
)
def test_what_is_around_a_query(head: bytes, query: bytes | None) -> None:
    """An address with nothing but one query; everything else goes the whole way."""
    parts = envelope(head)
    assert (parts[1] if parts else None) == query


def test_the_way_is_short(folder: Path) -> None:
    """Of many queries in requests that are otherwise alike, the application sees but some.

    The first, and those that take longer than an instant, which depends on the machine.
    """

    async def seen() -> tuple[int, int]:
        app = create_app(folder, Settings(reload_seconds=0))
        calls = 0

        async def counting(scope: Scope, receive: Receive, send: Send) -> None:
            nonlocal calls
            calls += scope["type"] == "http"
            await app(scope, receive, send)

        http = protocol(app.state)
        config = uvicorn.Config(counting, http=http, log_level="warning", lifespan="on")
        server = uvicorn.Server(config)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            running = asyncio.create_task(server.serve(sockets=[listener]))
            while not server.started:
                await asyncio.sleep(0.01)
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            good = 0
            asked = [ask(LIGHT % number) for number in range(1, 19)]
            for head in (*asked, *map(request, PATHS[:2])):
                writer.write(head)
                head = await reader.readuntil(b"\r\n\r\n")
                lines = head.lower().split(b"\r\n")
                length = next(ln for ln in lines if ln.startswith(b"content-length:"))
                await reader.readexactly(int(length.partition(b":")[2]))
                good += head.startswith(b"HTTP/1.1 200 ")
            writer.close()
            server.should_exit = True
            await running
        return calls, good

    calls, good = asyncio.run(seen())
    assert good == 20
    assert 1 <= calls < good
