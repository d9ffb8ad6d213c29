"""What clients may leave unfinished, on real connections: heads, bodies, and how many of them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import pytest
import uvicorn
from starlette.applications import Starlette
from uvicorn.server import ServerState

from api.patience import Patient
from kg.store import write_revision
from tests.sample_graph import sample_graph
from tests.serving import Served, serve
from tests.wire import exchange, request

CONNECTIONS = 70
SLOW = 10_000_000
"""Bytes: more than the system takes off the server for a client that does not read."""
PATIENCE = 2.0
"""Seconds: longer than a busy machine may keep a test between two of its steps."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("patience") / "sample.kg"
    write_revision(path, sample_graph())
    return path


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Served]:
    with serve(folder, GLOSSGRAPH_CLIENT_TIME=str(PATIENCE)) as served:
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


BEGUN = {
    "nothing": b"",
    "half a line": b"GET /health/live HTT",
    "half a head": request("/health/live")[:-2],
    "half a body": POST,
}


def test_what_never_becomes_whole_is_closed(server: Served) -> None:
    """The server waits for GLOSSGRAPH_CLIENT_TIME and a little; others are answered meanwhile."""
    with ExitStack() as stack:
        late = {name: stack.enter_context(connect(server)) for name in BEGUN}
        for name, sent in BEGUN.items():
            late[name].sendall(sent)
        [alive] = exchange(server, request("/health/live"), answers=1)
        assert alive.startswith(b"HTTP/1.1 200")
        assert {name: rest(connection) for name, connection in late.items()} == dict.fromkeys(
            BEGUN, b""
        )


def test_a_client_that_reads_slowly_gets_the_whole_answer() -> None:
    """What is made but not yet taken waits for the line; then the connection is one at rest."""

    class Hasty(Patient):
        most = 1
        patience = 0.01

    async def read_late() -> bytes:
        ours, theirs = socket.socketpair()
        config = uvicorn.Config(Starlette(), http=Hasty, lifespan="off", log_config=None)
        with theirs:
            transport, _ = await asyncio.get_running_loop().connect_accepted_socket(
                lambda: Hasty(config, ServerState(), {}), ours
            )
            transport.write(bytes(SLOW))
            await asyncio.sleep(20 * Hasty.patience)
            return await asyncio.to_thread(rest, theirs)

    assert len(asyncio.run(read_late())) == SLOW


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


def test_connections_are_counted(folder: Path) -> None:
    """Beyond the number a client is told to come back; when others have gone it is let in."""
    with serve(folder, GLOSSGRAPH_CONNECTIONS=str(CONNECTIONS)) as crowded:
        with ExitStack() as stack:
            for _ in range(CONNECTIONS):
                stack.enter_context(connect(crowded))
            with connect(crowded) as beyond:
                refused = rest(beyond)
        assert refused.startswith(b"HTTP/1.1 503 ") and b"retry-after" in refused
        while True:  # until the server has taken notice of those that left
            with connect(crowded) as later:
                later.sendall(request("/health/live", "Connection: close"))
                if rest(later).startswith(b"HTTP/1.1 200"):
                    break
