"""Connections lent to a second process: clients notice nothing, whatever they ask and happens."""

from __future__ import annotations

import http.client
import itertools
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from kg.store import write_revision
from tests.sample_graph import sample_graph

ROOT = Path(__file__).resolve().parent.parent
# A server that finds itself too busy at once, so that no test needs a load.
RUN = """
import sys
from pathlib import Path
from api import lending
lending.BUSY, lending.LOOKS, lending.STREAK, lending._LONG = -1.0, 0.25, 2, 1
lending.processors = lambda: 2
from api.server import run
sys.exit(run(Path(sys.argv[1]), port=0))
"""
PATIENCE = 120.0
QUERY = "/sparql?query=SELECT%20%28COUNT%28%2A%29%20AS%20%3Fn%29%20%7B%3Fs%20%3Fp%20%3Fo%7D"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="descriptors are not sent there")


class Client:
    """A connection that stays open; a request that gets no answer is an error."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=PATIENCE)
        self._connection.connect()
        self.socket = self._connection.sock

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        self._connection.request("GET", path, headers=headers)
        answer = self._connection.getresponse()
        body = answer.read()
        assert self._connection.sock is self.socket, "the server closed the connection"
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, body

    def post(self, path: str, body: bytes) -> int:
        self._connection.request("POST", path, body, {"Content-Type": "application/sparql-query"})
        answer = self._connection.getresponse()
        answer.read()
        return answer.status

    def close(self) -> None:
        self._connection.close()


class Server:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN, str(folder)],
            cwd=ROOT,
            env={**os.environ, "GLOSSGRAPH_RELOAD_SECONDS": "0.1"},
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stderr is not None
        said = self.process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert found, said + self.process.stderr.read()
        self.address = found[0]
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def lent(self) -> int:
        """Return how many connections the second process has, as operators see it."""
        client = Client(self.address)
        text = client.get("/metrics")[2].decode()
        client.close()
        return int(re.search(r"^glossgraph_connections_lent (\d+)$", text, re.MULTILINE)[1])  # type: ignore[index]

    def children(self) -> list[int]:
        """Return the ids of the second processes."""
        listed = subprocess.run(
            ["ps", "-A", "-ww", "-o", "pid=,ppid=,command="],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        fields = [line.split(maxsplit=2) for line in listed]
        return [
            int(pid)
            for pid, parent, command in fields
            if int(parent) == self.process.pid and "api.second" in command
        ]


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    write_revision(folder, sample_graph())
    server = Server(folder)
    yield server
    if server.process.poll() is None:
        server.process.kill()
    server.process.wait()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that is left as it was found."""
    with running(tmp_path_factory.mktemp("lending") / "sample.kg") as server:
        yield server


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Server]:
    """A server for one test."""
    with running(tmp_path / "sample.kg") as server:
        yield server


# Other addresses each time: what is held is no work, and no connection is lent for it.
_numbers = itertools.count(1)


def ask(client: Client) -> bytes:
    path = f"/api/concepts/churn/neighbors?min_confidence=0.{next(_numbers):09d}"
    status, _, body = client.get(path)
    assert status == 200
    return body


def until(condition: Callable[[], bool], clients: list[Client]) -> None:
    """Ask on all connections until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        for _ in range(8):  # in turn: between two looks of the server several of them ask
            for client in clients:
                ask(client)


@pytest.fixture
def lent(server: Server) -> Iterator[list[Client]]:
    """Four connections, of which the second process has some."""
    with lent_by(server) as clients:
        yield clients
    none_left(server)


def none_left(server: Server) -> None:
    """Wait until the server knows that its clients are gone."""
    deadline = time.monotonic() + PATIENCE
    while server.lent():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@contextmanager
def lent_by(server: Server) -> Iterator[list[Client]]:
    clients = [Client(server.address) for _ in range(4)]
    until(lambda: server.lent() > 0, clients)
    yield clients
    for client in clients:
        client.close()


def test_connections_are_lent(server: Server, lent: list[Client]) -> None:
    """Of four that ask alike the second process has some; the clients' connections stay open."""
    assert len(server.children()) == 1
    for client in lent:
        ask(client)


def test_both_processes_answer_alike(lent: list[Client]) -> None:
    """Status, headers but for the date, and bytes are the same wherever an answer is made."""
    answers = [client.get("/api/concepts/churn/neighbors?depth=2") for client in lent]
    for _, headers, _ in answers:
        headers.pop("date")
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][1]["etag"]


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (QUERY, {}, 200),
        ("/concepts/churn", {"Accept": "text/html"}, 200),
        ("/api/concepts/no-such-thing", {}, 404),
        ("/api/concepts/churn/neighbors?depth=2", {"Accept-Language": "de"}, 200),
        ("/api/concepts/churn", {"If-None-Match": '"x"'}, 200),
        ("/api/concepts/churn", {"Host": "elsewhere.example"}, 421),
        ("/api/concepts/churn/neighbors?depht=2", {}, 422),
    ],
)
def test_other_requests_come_back(
    lent: list[Client], path: str, headers: dict[str, str], status: int
) -> None:
    """What the second process does not answer is answered on the same connection by the first."""
    for client in lent:
        assert client.get(path, **headers)[0] == status
        ask(client)


PLAIN = (
    "/sparql?query=SELECT%20%2A%20%7B%20concept%3Achurn%20skos%3AprefLabel%20%3Fl%20%7D%20LIMIT%20"
)


def plain(client: Client) -> bytes:
    status, headers, body = client.get(f"{PLAIN}{next(_numbers)}")
    assert (status, headers["content-type"]) == (200, "application/sparql-results+json")
    return body


def test_plain_queries_are_answered_by_both(own: Server) -> None:
    """Connections that ask for what is around concepts in SPARQL are lent too, and stay so."""
    clients = [Client(own.address) for _ in range(4)]
    deadline = time.monotonic() + PATIENCE
    while not own.lent():
        assert time.monotonic() < deadline
        assert len({plain(client) for client in clients for _ in range(8)}) == 1
    for client in clients:
        assert client.get(QUERY)[0] == 200  # of another kind: it comes back
        client.close()
    none_left(own)


def test_requests_in_pieces_and_with_bodies_come_back(lent: list[Client]) -> None:
    """A body follows its head to the first process, and so does the rest of a head."""
    for client in lent:
        assert client.post("/sparql", b"ASK { ?s ?p ?o }") == 200
        ask(client)
    for client in lent:
        client.socket.sendall(b"GET /api/concepts/churn HTTP/1.1\r\nHo")
    time.sleep(0.2)
    for client in lent:
        client.socket.sendall(b"st: 127.0.0.1\r\n\r\n")
        answer = http.client.HTTPResponse(client.socket)
        answer.begin()
        assert (answer.status, bool(answer.read())) == (200, True)


def test_a_client_that_reads_late_has_its_whole_answers(lent: list[Client]) -> None:
    """Requests sent without reading are all answered, in order, whoever has the connection."""
    numbers = [next(_numbers) for _ in range(200)]
    for client in lent:
        for number in numbers:
            client.socket.sendall(
                b"GET /api/concepts/churn/neighbors?depth=3&min_confidence=0.%09d HTTP/1.1\r\n"
                b"Host: 127.0.0.1\r\nAccept-Encoding: identity\r\n\r\n" % number
            )
    for client in lent:
        reader = client.socket.makefile("rb")
        for _ in numbers:
            status, length = reader.readline(), 0
            assert status == b"HTTP/1.1 200 OK\r\n"
            while (line := reader.readline()) != b"\r\n":
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            assert len(reader.read(length)) == length
        reader.close()


def test_a_new_revision_is_answered_everywhere(own: Server) -> None:
    """All connections come back, none is closed, and another process answers for it."""
    with lent_by(own) as clients:
        before = own.children()
        write_revision(own.folder, replace(sample_graph(), title="Another title"))
        until(lambda: b"Another title" in clients[0].get("/api/stats")[2], clients)

        def tags() -> set[str]:
            return {client.get("/api/concepts/churn")[1]["etag"] for client in clients}

        until(lambda: len(tags()) == 1, clients)
        until(lambda: set(own.children()).isdisjoint(before), clients)
        until(lambda: own.lent() > 0, clients)
        assert len(tags()) == 1


def test_the_server_outlives_the_second_process(own: Server) -> None:
    """Killed, it takes its connections along; all others, and new ones, are answered."""
    with lent_by(own) as clients:
        os.kill(own.children()[0], signal.SIGKILL)
        kept = 0
        for client in clients:
            try:
                ask(client)
                kept += 1
            except (ConnectionError, http.client.HTTPException, AssertionError):
                client.close()
        assert kept
        with lent_by(own) as fresh:
            for client in fresh:
                ask(client)


def test_closed_connections_are_counted(own: Server) -> None:
    """Connections that clients close at the second process no longer count as lent."""
    with lent_by(own) as clients:
        for client in clients:
            client.close()
        none_left(own)


def test_the_server_stops_with_its_second_process(own: Server) -> None:
    """SIGTERM ends both, with code 0, while connections are lent."""
    with lent_by(own):
        second = own.children()
        own.process.send_signal(signal.SIGTERM)
        assert own.process.wait(timeout=PATIENCE) == 0
        assert second
        for pid in second:
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)


def test_it_can_be_switched_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GLOSSGRAPH_SECOND=0: one process answers, however busy it is."""
    monkeypatch.setenv("GLOSSGRAPH_SECOND", "0")
    with running(tmp_path / "sample.kg") as server:
        clients = [Client(server.address) for _ in range(4)]
        for _ in range(50):
            for client in clients:
                ask(client)
        assert (server.children(), server.lent()) == ([], 0)
        for client in clients:
            client.close()
