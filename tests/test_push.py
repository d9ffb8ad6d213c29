"""A graph pushed into another triple store, here the server of Oxigraph."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from api.push import addresses, parts, push
from kg import store
from kg.errors import PushFailed
from kg.model import Graph
from kg.skos import nquads
from tests.sample_graph import BASE, sample_graph
from tests.test_cli import run

OXIGRAPH = shutil.which("oxigraph", path=Path(sys.executable).parent)


def _written(folder: Path, graph: Graph) -> Path:
    store.write_revision(folder, graph)
    return folder


def test_parts_are_the_named_graphs(tmp_path: Path) -> None:
    """Each graph comes as N-Triples of the size that is announced, and can be read again."""
    file = tmp_path / "graph.nq"
    quads = list(nquads(sample_graph()))
    file.write_text("".join(quads), encoding="utf-8")
    found = parts(file)
    counts = Counter(line.rsplit(" <", 1)[1][:-4] for line in quads)
    assert {part.name: part.triples for part in found} == counts
    for part in found:
        data = b"".join(part)
        assert len(data) == part.size
        assert data == b"".join(part)
        ending = f" <{part.name}> .\n"
        wanted = "".join(q[: -len(ending)] + " .\n" for q in quads if q.endswith(ending))
        assert data.decode() == wanted


def test_a_graph_in_pieces_is_one_part(tmp_path: Path) -> None:
    """Lines of one graph that stand apart in the file belong together."""
    file = tmp_path / "graph.nq"
    lines = [f"<s:{n}> <p:> <o:> <g:{n % 2}> .\n" for n in range(4)]
    file.write_text("".join(lines), encoding="utf-8")
    assert [(part.name, b"".join(part)) for part in parts(file)] == [
        ("g:0", b"<s:0> <p:> <o:> .\n<s:2> <p:> <o:> .\n"),
        ("g:1", b"<s:1> <p:> <o:> .\n<s:3> <p:> <o:> .\n"),
    ]


@pytest.mark.parametrize(
    ("given", "query", "update"),
    [
        ("http://h:7878/store", "http://h:7878/query", "http://h:7878/update"),
        ("http://h:3030/ds/data/", "http://h:3030/ds/query", "http://h:3030/ds/update"),
        (
            "http://h/repositories/r/rdf-graphs/service",
            "http://h/repositories/r",
            "http://h/repositories/r/statements",
        ),
        ("http://h:8890/sparql-graph-crud-auth", "http://h:8890/sparql", ""),
    ],
)
def test_addresses_follow_from_the_graphs(given: str, query: str, update: str) -> None:
    """The servers that are known have their queries and updates beside their graphs."""
    found = addresses(given)
    assert (found.query, found.update) == (query, update)
    assert addresses(given, update="").update == ""


def test_another_server_needs_a_query_address() -> None:
    """Without it nothing could be counted."""
    with pytest.raises(PushFailed, match="--query"):
        addresses("http://h/rdf")
    assert addresses("http://h/rdf", "http://h/q").query == "http://h/q"


def test_nobody_listens(tmp_path: Path) -> None:
    """A server that is not there is told with its address, and the code is 1."""
    with socket.socket() as taken:  # bound, and listening to nobody
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/store"
        ended = run(tmp_path, "push", _written(tmp_path / "g.kg", sample_graph()), address)
    assert ended.returncode == 1
    assert address.removesuffix("/store") in ended.stderr


# --- against a server ----------------------------------------------------------------------------


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of an Oxigraph server with an empty store."""
    assert OXIGRAPH, "the package oxigraph brings it"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [OXIGRAPH, "serve", "-l", str(tmp_path / "oxigraph"), "-b", address]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(600):
                try:
                    httpx.get(f"http://{address}/")
                    break
                except httpx.TransportError:
                    assert process.poll() is None
                    time.sleep(0.1)
            yield f"http://{address}"
        finally:
            process.terminate()


def _ask(server: str, query: str) -> set[tuple[str, ...]]:
    headers = {"Accept": "text/tab-separated-values"}
    answer = httpx.get(f"{server}/query", params={"query": query}, headers=headers)
    return {tuple(line.split("\t")) for line in answer.text.splitlines()[1:]}


GRAPHS = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"


@pytest.mark.tools
@pytest.mark.parametrize("update", [None, ""], ids=["in one update", "one by one"])
def test_a_revision_takes_the_place_of_the_last(
    server: str, tmp_path: Path, update: str | None
) -> None:
    """Counts are those of the file; graphs of a source that left go; other graphs stay."""
    other = {"graph": "http://example.org/other"}
    turtle = {"Content-Type": "text/turtle"}
    httpx.put(f"{server}/store", params=other, content="<s:> <p:> <o:> .", headers=turtle)
    place = addresses(f"{server}/store", update=update)
    graph = sample_graph()
    with store.open_revision(_written(tmp_path / "g.kg", graph)) as revision:
        first = push(revision, place)
        assert first == {part.name: part.triples for part in parts(revision.quads)}
        assert push(revision, place) == first
    kept = tuple(
        replace(c, definitions=tuple(d for d in c.definitions if d.source == "success"))
        for c in graph.concepts
    )
    less = replace(
        graph,
        sources=tuple(s for s in graph.sources if s.name == "success"),
        texts=tuple(t for t in graph.texts if t.source == "success"),
        concepts=tuple(c for c in kept if c.definitions),
        relations=(),
    )
    with store.open_revision(_written(tmp_path / "g.kg", less)) as revision:
        second = push(revision, place, default=True)
    assert f"{BASE}graph/sources/club" in first.keys() - second.keys()
    wanted = {(f"<{name}>", str(count)) for name, count in second.items()}
    assert _ask(server, GRAPHS) == wanted | {("<http://example.org/other>", "1")}
    (default,) = _ask(server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert default == (str(second[f"{BASE}graph/concepts"]),)


@pytest.mark.tools
def test_a_refused_update_leaves_what_was_there(server: str, tmp_path: Path) -> None:
    """What was sent beside the graphs is taken away again, and the refusal is told."""
    graph = sample_graph()
    with store.open_revision(_written(tmp_path / "g.kg", graph)) as revision:
        push(revision, addresses(f"{server}/store"))
        before = _ask(server, GRAPHS)
        with pytest.raises(PushFailed, match=r"POST .*/nothing: 404"):
            push(revision, addresses(f"{server}/store", update=f"{server}/nothing"))
    assert _ask(server, GRAPHS) == before


@pytest.mark.tools
def test_the_command_counts(server: str, tmp_path: Path) -> None:
    """Rows of triples and graphs; the sum and the revision go to standard error."""
    folder = _written(tmp_path / "g.kg", sample_graph())
    ended = run(tmp_path, "push", folder, f"{server}/store")
    assert ended.returncode == 0
    head, *rows = [line.split("\t") for line in ended.stdout.splitlines()]
    assert head == ["triples", "graph"]
    total = sum(int(count) for count, _ in rows)
    assert ended.stderr.startswith(f"{total} triples of revision {store.current(folder)} in ")
