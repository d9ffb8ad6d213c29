"""The server as a process: it starts on a port, follows new revisions, and stops in order."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from kg.store import write_revision
from tests.sample_graph import sample_graph

_ROOT = Path(__file__).resolve().parent.parent
_RUN = """
import sys
from pathlib import Path
from api.server import run
sys.exit(run(Path(sys.argv[1]), port=int(sys.argv[2])))
"""


@dataclass
class Running:
    process: subprocess.Popen[str]
    address: str
    folder: Path


@contextmanager
def running(folder: Path, root: Path = _ROOT, **environment: str) -> Iterator[Running]:
    process = subprocess.Popen(
        [sys.executable, "-c", _RUN, str(folder), "0"],
        cwd=root,
        env={**os.environ, **environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        said = process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert found, said + process.stderr.read()
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield Running(process, found[0], folder)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    folder = tmp_path / "sample.kg"
    write_revision(folder, sample_graph())
    with running(folder) as server:
        yield server


def test_answers_and_stops_on_sigterm(server: Running) -> None:
    """It says where it listens, answers there, and on SIGTERM ends with code 0 within seconds."""
    with httpx.Client(base_url=server.address, timeout=60) as client:
        assert client.get("/health/ready").json()["concepts"] == 28
        assert client.get("/concepts/churn-rate", headers={"Accept": "text/turtle"}).text
        assert client.head("/api/stats").status_code == 200
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(timeout=60) == 0


def test_serves_a_new_revision_without_losing_a_request(server: Running) -> None:
    """A build beside a running server is served within seconds; every request is answered."""
    failures: list[object] = []
    stop = threading.Event()

    def ask() -> None:
        with httpx.Client(base_url=server.address, timeout=60) as client:
            while not stop.is_set():
                answer = client.get("/api/concepts/churn")
                if answer.status_code != 200:
                    failures.append(answer.text)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        before = httpx.get(f"{server.address}/api/stats", timeout=60)
        write_revision(server.folder, replace(sample_graph(), title="Another title"))
        deadline = time.monotonic() + 60
        now = before
        while now.json()["title"] != "Another title":
            assert time.monotonic() < deadline
            time.sleep(0.1)
            now = httpx.get(f"{server.address}/api/stats", timeout=60)
    finally:
        stop.set()
        thread.join()
    assert failures == []
    assert now.json()["revision"] != before.json()["revision"]
    assert now.headers["etag"] != before.headers["etag"]


def test_a_damaged_revision_leaves_the_old_one(server: Running) -> None:
    """Where the new revision cannot be read, the server stays with the one it has."""
    (server.folder / "current.json").write_text(
        '{"format": "glossgraph-folder/1", "revision": "x"}'
    )
    time.sleep(2.5)
    assert httpx.get(f"{server.address}/health/ready", timeout=60).status_code == 200


def test_taken_port_is_said_in_a_sentence(server: Running) -> None:
    """A port that is in use ends with code 1 and says what to do."""
    port = server.address.rpartition(":")[2]
    done = subprocess.run(
        [sys.executable, "-c", _RUN, str(server.folder), port],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1
    assert "--port 0" in done.stderr and "Traceback" not in done.stderr


def test_a_runaway_query_hinders_nobody(tmp_path: Path) -> None:
    """While cross products run, fifty rounds of light requests are answered; then 504 comes.

    How long each takes is measured by ``python -m benchmarks runaways``.
    """
    folder = tmp_path / "sample.kg"
    write_revision(folder, sample_graph())
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    with running(folder, GLOSSGRAPH_QUERY_TIME="5") as server:
        found: list[httpx.Response] = []

        def run_away() -> None:
            parameters = {"query": query}
            found.append(httpx.get(f"{server.address}/sparql", params=parameters, timeout=120))

        threads = [threading.Thread(target=run_away) for _ in range(3)]
        for thread in threads:
            thread.start()
        rounds = 0
        with httpx.Client(base_url=server.address, timeout=60) as client:
            while rounds < 50 or any(thread.is_alive() for thread in threads):
                assert client.get("/api/neighbors?concept=churn").status_code == 200
                assert client.get("/sparql?query=ASK%7B%7D").json() == {"head": {}, "boolean": True}
                rounds += 1
        assert [answer.status_code for answer in found] == [504] * 3


def test_what_the_whole_server_allows(server: Running) -> None:
    """OPTIONS * is about no address: it is answered with all methods (RFC 9110 §9.3.7)."""
    connection = http.client.HTTPConnection(server.address.removeprefix("http://"), timeout=60)
    connection.request("OPTIONS", "*")
    answer = connection.getresponse()
    assert answer.status == 204
    assert answer.headers["allow"] == "DELETE, GET, HEAD, OPTIONS, POST, PUT"
    connection.close()


def test_clients_of_others_understand_the_endpoint(server: Running) -> None:
    """SPARQLWrapper and rdflib's SPARQLStore ask, by GET and by POST, and read the answers."""
    sparqlwrapper = pytest.importorskip("SPARQLWrapper")
    import rdflib
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    query = "SELECT ?label WHERE { <http://localhost:8000/concepts/churn> skos:prefLabel ?label }"
    client = sparqlwrapper.SPARQLWrapper(f"{server.address}/sparql")
    client.setQuery(f"PREFIX skos: <http://www.w3.org/2004/02/skos/core#> {query}")
    client.setReturnFormat(sparqlwrapper.JSON)
    for method in (sparqlwrapper.GET, sparqlwrapper.POST):
        client.setMethod(method)
        rows = client.queryAndConvert()["results"]["bindings"]
        assert [row["label"]["value"] for row in rows] == ["Churn"]
    graph = rdflib.Graph(SPARQLStore(f"{server.address}/sparql"))
    rows = graph.query(f"PREFIX skos: <http://www.w3.org/2004/02/skos/core#> {query}")
    assert [str(row[0]) for row in rows] == ["Churn"]


def test_an_upgrade_in_place_changes_nothing_until_the_restart(tmp_path: Path) -> None:
    """Whatever a server reads or starts later is of the version that it was started from."""
    installed, folder = tmp_path / "installed", tmp_path / "sample.kg"
    for room in ("api", "extract", "kg", "ontology"):
        shutil.copytree(_ROOT / room, installed / room)
    write_revision(folder, sample_graph())
    environment = {"TMPDIR": str(tmp_path), "GLOSSGRAPH_RELOAD_SECONDS": "0.1", "PYTHONPATH": ""}
    with running(folder, root=installed, **environment) as server:
        for file in installed.rglob("*.*"):
            if file.suffix != ".pyc" and file.is_file():
                file.write_text("raise RuntimeError('another version')")
        with httpx.Client(base_url=server.address, timeout=60) as client:
            page = client.get("/concepts/churn-rate", headers={"Accept": "text/html"})
            assert page.status_code == 200 and "Churn" in page.text
            for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text):
                assert client.get(address).status_code == 200
            assert "churn-rate" in client.get("/api/export/turtle").text
            read = client.post("/api/extract", content="Jib: a sail.", headers=_PLAIN)
            assert read.status_code == 200 and "Jib" in read.text
            write_revision(folder, replace(sample_graph(), title="Built meanwhile"))
            until = time.monotonic() + 60
            while "Built meanwhile" not in client.get("/api/stats").text:
                assert time.monotonic() < until
                time.sleep(0.1)
            query = "ASK { GRAPH ?g { ?a ?b 'Built meanwhile' } } # asked of new workers"
            assert client.get("/sparql", params={"query": query}).status_code == 200
        assert list(tmp_path.glob("glossgraph-program-*"))
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=60) == 0
    assert not list(tmp_path.glob("glossgraph-*"))


_PLAIN = {"Content-Type": "text/plain"}
