"""What clients may leave unfinished, on real connections: heads, bodies, and how many of them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import pytest

from kg.store import write_revision
from tests.sample_graph import sample_graph
from tests.serving import Served, serve
from tests.wire import exchange, request

CONNECTIONS = 70


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder: Path = tmp_path_factory.mktemp("patience") / "sample.kg"
    write_revision(folder, sample_graph())
    with serve(
        folder, GLOSSGRAPH_CLIENT_TIME="0.3", GLOSSGRAPH_CONNECTIONS=str(CONNECTIONS)
    ) as served:
        yield served


def connect(server: Served) -> socket.socket:
    host, port = server.address.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=60)


def rest(connection: socket.socket) -> bytes:
    """Read until the server closes."""
    received = b""
    try:
        while data := connection.recv(65536):
            received += data
    except ConnectionResetError:
        pass
    return received


POST = (
    b"POST /sparql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/sparql-query\r\n"
    b"Content-Length: 60\r\n\r\nASK"
)


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET /health/live HTT", request("/health/live")[:-2], POST],
    ids=["nothing", "half a line", "half a head", "half a body"],
)
def test_what_never_becomes_whole_is_closed(server: Served, sent: bytes) -> None:
    """The server waits for GLOSSGRAPH_CLIENT_TIME and a little; others are answered meanwhile."""
    with connect(server) as connection:
        connection.sendall(sent)
        [alive] = exchange(server, request("/health/live"), answers=1)
        assert alive.startswith(b"HTTP/1.1 200")
        assert rest(connection) == b""


def test_a_client_that_waits_for_its_answer_is_not_late(server: Served) -> None:
    """A query takes longer than a client may; who asked for it gets its answer."""
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with connect(server) as connection:
        connection.sendall(request(f"/sparql?query={quote(slow)}"))
        assert connection.recv(20).startswith(b"HTTP/1.1 ")


def test_a_head_has_an_end(server: Served) -> None:
    """Headers that go on and on are refused with 431 and a sentence (RFC 6585 §5)."""
    with connect(server) as connection:
        connection.sendall(request("/health/live")[:-2] + b"X-Long: ")
        try:
            for _ in range(400):
                connection.sendall(b"x" * 1000)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused while we still sent
        received = rest(connection)
        assert received == b"" or (received.startswith(b"HTTP/1.1 431 ") and b"by POST" in received)


def test_connections_are_counted(server: Served) -> None:
    """Beyond the number a client is told to come back; when others have gone it is let in."""
    with ExitStack() as stack:
        several = [stack.enter_context(connect(server)) for _ in range(CONNECTIONS + 5)]
        for connection in several:
            connection.settimeout(60)
        answers = [rest(connection) for connection in several]
        assert sum(answer.startswith(b"HTTP/1.1 503 ") for answer in answers) >= 5
        assert b"retry-after" in max(answers, key=len)
    [alive] = exchange(server, request("/health/live"), answers=1)
    assert alive.startswith(b"HTTP/1.1 200")
