"""Long answers: coded as they come, with validators of their own; given up when the client goes."""

from __future__ import annotations

import gzip
import json
import os
import socket
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import brotli
import httpx
import pytest
import zstandard

from api.compression import FLUSHED, Stream, chosen
from api.metrics import GAUGES
from kg.store import write_revision
from tests.sample_graph import sample_graph
from tests.serving import Served, serve

DECODE: dict[str, Callable[[], Callable[[bytes], bytes]]] = {
    "gzip": lambda: zlib.decompressobj(16 + zlib.MAX_WBITS).decompress,
    "br": lambda: brotli.Decompressor().process,
    "zstd": lambda: zstandard.ZstdDecompressor().decompressobj().decompress,
}
LONG = "SELECT ?a ?c ?f { ?a ?b ?c . ?d ?e ?f } LIMIT 20000"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("streams") / "sample.kg"
    write_revision(folder, sample_graph())
    with serve(folder, GLOSSGRAPH_QUERY_TIME="300", GLOSSGRAPH_QUERY_ROWS="100000000") as served:
        yield served


def raw(server: Served, path: str, **headers: str) -> tuple[httpx.Response, list[bytes]]:
    with (
        httpx.Client(base_url=server.address, timeout=60) as client,
        client.stream("GET", path, headers=headers) as answer,
    ):
        return answer, list(answer.iter_raw())


@pytest.mark.parametrize("coding", DECODE)
def test_what_is_flushed_can_be_read(coding: str) -> None:
    """After so many bytes a reader has all that was written by then, and at the end the whole."""
    stream, read = Stream(coding), DECODE[coding]()
    row = b'"a row of some bytes"\r\n'
    given = got = b""
    while len(given) < 3 * FLUSHED:
        given += row
        got += read(stream.part(row))
        assert len(given) - len(got) <= FLUSHED
    got += read(stream.end(b"end"))
    assert got == given + b"end"


@pytest.mark.parametrize("coding", DECODE)
@pytest.mark.parametrize("path", [f"/sparql?query={quote(LONG)}", "/api/export/turtle"])
def test_streams_are_coded(server: Served, path: str, coding: str) -> None:
    """A streamed answer is coded as its client likes, in several parts, and holds the same."""
    plain, parts = raw(server, path, **{"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert "accept-encoding" in plain.headers["vary"].lower()
    answer, coded = raw(server, path, **{"Accept-Encoding": f"{coding};q=0.8, *;q=0"})
    assert answer.headers["content-encoding"] == coding
    assert answer.headers["vary"].lower().count("accept-encoding") == 1
    assert "content-length" not in answer.headers or "export" in path  # a small one is whole
    assert DECODE[coding]()(b"".join(coded)) == b"".join(parts)
    assert len(b"".join(coded)) < len(b"".join(parts)) / 3


def test_a_coded_export_has_its_own_validator(server: Served) -> None:
    """Each coding has an ETag, which HEAD tells as well and which brings 304 for itself alone."""
    path = "/api/export/turtle"
    tags = {}
    for coding in ("identity", "gzip", "br"):
        answer, _ = raw(server, path, **{"Accept-Encoding": coding})
        tags[coding] = answer.headers["etag"]
        head = httpx.head(server.address + path, headers={"Accept-Encoding": coding}, timeout=60)
        assert head.headers["etag"] == tags[coding]
    assert len(set(tags.values())) == 3
    for coding, tag in tags.items():
        for asked in tags:
            known = {"Accept-Encoding": asked, "If-None-Match": tag}
            answer, _ = raw(server, path, **known)
            assert answer.status_code == (304 if asked == coding else 200)


def test_a_zipped_export_is_not_coded_again(server: Served) -> None:
    """What is packed already goes as it is, whatever the client takes."""
    answer, _ = raw(server, "/api/export/neo4j", **{"Accept-Encoding": "gzip, br, zstd"})
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("header", [b"gzip;q=nan", b"gzip;q=1e9", b"gzip;q=-1", b"gzip;q=0"])
def test_weights_that_are_none(header: bytes) -> None:
    """A weight that RFC 9110 does not know takes nothing."""
    assert chosen(header) == ""


def test_old_name_of_gzip() -> None:
    """RFC 9110 §8.4.1.3: x-gzip is gzip."""
    assert chosen(b"x-gzip") == "gzip"


def running(server: Served) -> int:
    """How many long SPARQL queries there are, by the server's own figures."""
    text = httpx.get(f"{server.address}/metrics", timeout=60).text
    line = next(x for x in text.splitlines() if x.startswith("glossgraph_sparql_long"))
    return int(float(line.split()[-1]))


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


@pytest.mark.parametrize("coding", ["identity", "gzip"])
@pytest.mark.parametrize("query", [RUNAWAY, ENDLESS], ids=["before the answer", "in the middle"])
def test_a_client_that_goes_frees_its_place(server: Served, query: str, coding: str) -> None:
    """Four clients take all places and close their sockets; the places are free, others served."""
    host, port = server.address.removeprefix("http://").split(":")
    clients = []
    for number in range(4):
        client = socket.create_connection((host, int(port)), timeout=60)
        path = f"/sparql?query={quote(f'{query} # {number}')}"
        client.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: {coding}\r\n\r\n".encode()
        )
        if query is ENDLESS:
            assert client.recv(15) == b"HTTP/1.1 200 OK"
        clients.append(client)
    until(lambda: running(server) == 4)
    for client in clients:
        client.close()
    until(lambda: running(server) == 0)
    answer = httpx.get(f"{server.address}/sparql", params={"query": "ASK {}"}, timeout=60)
    assert answer.json()["boolean"] is True


def test_a_slow_client_is_held_not_stored(server: Served) -> None:
    """A client that reads nothing of an endless answer costs the server little memory."""
    host, port = server.address.removeprefix("http://").split(":")
    status = Path(f"/proc/{server.process.pid}/statm")
    if not status.exists():
        pytest.skip("needs /proc")

    def resident() -> int:
        return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    with socket.create_connection((host, int(port)), timeout=60) as client:
        path = f"/sparql?query={quote(ENDLESS)}"
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        assert client.recv(15) == b"HTTP/1.1 200 OK"
        until(lambda: running(server) == 1)
        before = resident()
        for _ in range(20):
            time.sleep(0.05)
            assert resident() - before < 64 << 20
    until(lambda: running(server) == 0)


def test_gzip_is_what_python_reads(server: Served) -> None:
    """The gzip form is one member with a checksum, so that any reader accepts it."""
    _, parts = raw(server, f"/sparql?query={quote(LONG)}", **{"Accept-Encoding": "gzip"})
    rows = json.loads(gzip.decompress(b"".join(parts)))["results"]["bindings"]
    assert len(rows) == 20000


def test_figures_for_operators(server: Served) -> None:
    """Every figure of the table has its help, type and one whole number, and is never kept."""
    answer = httpx.get(f"{server.address}/metrics", timeout=60)
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    lines = answer.text.splitlines()
    for name, (said, _) in GAUGES.items():
        assert f"# HELP {name} {said}" in lines and f"# TYPE {name} gauge" in lines
        (value,) = [line.split()[1] for line in lines if line.startswith(f"{name} ")]
        assert int(value) >= 0
    assert f"glossgraph_concepts {len(sample_graph().concepts)}" in lines
