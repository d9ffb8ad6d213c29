"""Long answers are made in processes: the same bytes, with deadlines, and nothing left behind."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.processes import AT_ONCE, STREAMS
from api.settings import Settings
from benchmarks.service import graphs
from kg.export import EXPORTS
from kg.store import write_revision
from kg.workers_likes import shape
from tests.sample_graph import sample_graph
from tests.serving import serve

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
]
PAGE = "Churn is low. Customer onboarding reduces churn. " * 50
BIG = "Churn and onboarding. " * 40_000


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("processes") / "sample.kg"
    write_revision(folder, sample_graph())
    return folder


@asynccontextmanager
async def running(
    folder: Path, **settings: object
) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
    app = create_app(folder, replace(Settings(reload_seconds=0), **settings))  # type: ignore[arg-type]
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client,
    ):
        yield app, client


@pytest.fixture(scope="module")
async def served(folder: Path) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
    async with running(folder, cache_bytes=1) as found:
        yield found


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


async def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "it did not come to pass"
        await asyncio.sleep(0.01)


ASKED = [
    *(("GET", f"/api/export/{key}", "") for key in EXPORTS),
    ("GET", "/api/export/turtle?mentions=false", ""),
    ("GET", "/api/export/nothing", ""),
    ("GET", "/api/concepts/churn/map.svg?depth=3", ""),
    ("GET", "/api/concepts/churn/map.png", ""),
    ("GET", "/api/concepts/churn/map.png?nothing=1", ""),
    ("GET", "/api/concepts/chrun/map.png", ""),
    ("GET", "/api/map.svg?concepts=churn,onboarding", ""),
    ("GET", "/api/concepts/churn/neighbors?depth=3&format=graphml", ""),
    ("GET", "/api/concepts/churn/neighbors.ttl?depth=3", ""),
    ("GET", "/api/neighbors?concept=churn&depth=5&limit=10000", ""),
    ("GET", "/api/concepts?limit=1000", ""),
    ("HEAD", "/api/export/turtle", ""),
    ("HEAD", "/api/concepts/churn/map.png", ""),
    ("POST", "/api/annotate", PAGE),
    ("POST", "/api/annotate?format=html", PAGE),
    ("POST", "/api/annotate?nothing=html", PAGE),
]


@pytest.mark.parametrize(("method", "path", "body"), ASKED, ids=lambda x: str(x)[:40])
async def test_same_answer(
    served: tuple[FastAPI, httpx.AsyncClient], method: str, path: str, body: str
) -> None:
    """Status, headers and bytes are those that the server itself would send."""
    app, client = served
    snapshot = app.state.service.snapshot
    headers = {"Content-Type": "text/plain"} if body else {}
    headers["Accept-Encoding"] = "gzip"
    made = await client.request(method, path, content=body, headers=headers)
    processes, snapshot.processes = snapshot.processes, None
    assert processes is not None and processes.ids
    try:
        here = await client.request(method, path, content=body, headers=headers)
    finally:
        snapshot.processes = processes
    assert made.status_code == here.status_code
    assert made.content == here.content
    ours = {k: v for k, v in here.headers.items() if k != "content-length"}
    assert {k: v for k, v in made.headers.items() if k != "content-length"} == ours
    if tag := made.headers.get("etag"):
        again = await client.get(path, headers={**headers, "If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")


async def test_few_at_once(served: tuple[FastAPI, httpx.AsyncClient]) -> None:
    """Of many long answers a few are made at a time, and all are made."""
    app, client = served
    processes = app.state.service.snapshot.processes
    asked = [
        asyncio.ensure_future(client.get(f"/api/concepts/churn/map.png?depth=3&limit={n}"))
        for n in range(5, 15)
    ]
    most = 0
    while not all(each.done() for each in asked):
        most = max(most, processes.running)
        await asyncio.sleep(0.002)
    assert {(await each).status_code for each in asked} == {200}
    assert 1 <= most <= AT_ONCE
    assert processes.running == 0
    assert len(processes.ids) <= 1 + AT_ONCE


async def test_deadline(folder: Path) -> None:
    """What takes longer than it may is stopped with a problem; the next is answered."""
    async with running(folder) as (app, client):
        assert (await client.get("/api/concepts/churn/map.png")).status_code == 200
        processes = app.state.service.snapshot.processes
        processes._seconds = 0.05
        headers = {"Content-Type": "text/plain"}
        late = await client.post("/api/annotate", content=BIG, headers=headers)
        assert late.status_code == 504
        assert late.json()["type"].endswith("#answer-time")
        assert "GLOSSGRAPH_JOB_TIME" in late.json()["detail"]
        processes._seconds = 60.0
        assert (await client.post("/api/annotate", content="Churn.", headers=headers)).is_success
        await until(lambda: processes.running == 0)


async def test_killed_processes_are_replaced(folder: Path) -> None:
    """Whatever process dies costs its own answer; the next is made."""
    async with running(folder) as (app, client):
        processes = app.state.service.snapshot.processes
        assert (await client.get("/api/concepts/churn/map.png")).status_code == 200
        worker = processes.ids[-1]
        os.kill(worker, signal.SIGSTOP)
        asked = asyncio.ensure_future(client.get("/api/concepts/churn/map.png?depth=2"))
        await until(lambda: processes.running == 1)
        os.kill(worker, signal.SIGKILL)
        failed = await asked
        assert failed.status_code == 500
        assert failed.json()["type"].endswith("#answer-failed")
        assert (await client.get("/api/concepts/churn/map.png?depth=2")).status_code == 200
        before = processes.ids
        os.kill(before[0], signal.SIGKILL)
        await until(lambda: not any(map(alive, before)))
        await until(lambda: processes.ids == before[:1])  # the server has seen it, too
        assert (await client.get("/api/concepts/churn/map.png?depth=3")).status_code == 200


async def test_a_new_revision_has_processes_of_its_own(tmp_path: Path) -> None:
    """After a build long answers are of the new graph; the old processes end; none is left."""
    folder = tmp_path / "sample.kg"
    write_revision(folder, sample_graph())
    async with running(folder, reload_seconds=0.05) as (app, client):
        old = (await client.get("/api/export/concepts-json")).content
        before = app.state.service.snapshot.processes.ids
        assert before and all(map(alive, before))
        write_revision(folder, replace(sample_graph(), title="Another title"))
        revision = app.state.service.snapshot.revision
        await until(lambda: app.state.service.snapshot.revision != revision)
        new = (await client.get("/api/export/concepts-json")).content
        assert b"Another title" in new and b"Another title" not in old
        await until(lambda: not any(map(alive, before)))
        after = app.state.service.snapshot.processes.ids
    await until(lambda: not any(map(alive, after)))


async def test_a_new_revision_knows_which_queries_are_light(tmp_path: Path) -> None:
    """After a build the workers go on with what was seen of queries, and learn for themselves."""
    folder = tmp_path / "sample.kg"
    write_revision(folder, sample_graph())
    light, other = "ASK { ?a ?b ?c }", "SELECT ?a { ?a a ?b } LIMIT 1"
    async with running(folder, reload_seconds=0.05) as (app, client):
        service = app.state.service
        assert (await client.get("/sparql", params={"query": light})).status_code == 200
        old = service.snapshot
        write_revision(folder, replace(sample_graph(), title="Another title"))
        await until(lambda: service.snapshot is not old)
        likes = service.snapshot.workers.likes
        assert shape(light) in likes.light and shape(other) not in likes.light
        assert (await client.get("/sparql", params={"query": other})).status_code == 200
        assert shape(other) in likes.light


async def test_the_collector_leaves_a_new_revision_alone(tmp_path: Path) -> None:
    """After a build the collector does not look for circles among the new graph's concepts."""
    folder = tmp_path / "sample.kg"
    write_revision(folder, sample_graph())
    async with running(folder, reload_seconds=0.05) as (app, _):
        service = app.state.service
        write_revision(folder, replace(sample_graph(), title="Another title"))
        revision = service.snapshot.revision
        await until(lambda: service.snapshot.revision != revision)
        looked_through = {id(each) for each in gc.get_objects()}
        concepts = service.snapshot.graph.concepts
        assert all(map(gc.is_tracked, concepts))
        assert not looked_through & {id(each) for each in concepts}


async def test_slow_clients_hold_no_places(tmp_path: Path) -> None:
    """Clients that do not read their export have places of their own, and give them back."""
    folder = tmp_path / "some.kg"
    write_revision(folder, graphs.graph(1000))
    with serve(folder) as server:
        host, port = server.address.removeprefix("http://").split(":")

        def figures() -> dict[str, int]:
            text = httpx.get(f"{server.address}/metrics", timeout=60).text
            lines = (line.split() for line in text.splitlines() if line[0] != "#")
            return {line[0]: int(line[1]) for line in lines}

        clients = []
        for _ in range(STREAMS):
            client = socket.socket()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(60)
            client.connect((host, int(port)))
            client.sendall(b"GET /api/export/nquads HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert client.recv(15) == b"HTTP/1.1 200 OK"
            clients.append(client)
        assert figures()["glossgraph_long_answers"] == STREAMS
        refused = httpx.get(f"{server.address}/api/export/nquads", timeout=60)
        assert refused.status_code == 503 and refused.headers["retry-after"]
        slug = graphs.graph(1000).concepts[0].slug
        picture = httpx.get(f"{server.address}/api/concepts/{slug}/map.png", timeout=60)
        assert picture.status_code == 200
        for client in clients:
            client.close()
        end = time.monotonic() + 60
        while figures()["glossgraph_long_answers"]:
            assert time.monotonic() < end
            time.sleep(0.02)
        assert httpx.get(f"{server.address}/api/export/nquads", timeout=60).status_code == 200
