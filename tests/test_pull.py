"""A graph read back from a triple store: from its RDF, from our own server, from Oxigraph's."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from api.pull import folder_for, pull
from api.push import addresses, parts, push
from kg import store
from kg.errors import PullFailed
from kg.model import Graph, Ruling
from kg.skos import nquads
from kg.store_remote import NotAGraph, graph_of
from tests.sample_graph import BASE, sample_graph
from tests.serving import serve
from tests.test_cli import run
from tests.test_push import server  # noqa: F401  (a fixture)
from tests.test_snapshot import _OWN

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
SKOS = """\
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix ex: <https://sea.example.org/> .
ex:sail a skos:Concept ; skos:prefLabel "sail"@en ; skos:definition "Cloth to drive a boat."@en .
ex:jib a skos:Concept ; skos:prefLabel "jib"@en ; skos:altLabel "foresail"@en ;
  skos:broader ex:sail ; skos:definition "A sail before the mast."@en .
"""
TURTLE = {"Content-Type": "text/turtle"}


def written(folder: Path, graph: Graph) -> Path:
    store.write_revision(folder, graph)
    return folder


def back(folder: Path, beside: Path) -> Graph:
    """The graph that the named graphs of a revision make."""
    with store.open_revision(folder) as revision:
        files = {}
        for number, part in enumerate(parts(revision.quads)):
            files[part.name] = beside / f"{number}.nt"
            files[part.name].write_bytes(b"".join(part))
        return graph_of(revision.manifest.base, files)


def test_rdf_comes_back_as_it_went(tmp_path: Path) -> None:
    """Every triple: concepts, labels, definitions by source, evidence, former names."""
    graph = sample_graph()
    found = back(written(tmp_path / "g.kg", graph), tmp_path)
    assert list(nquads(found)) == list(nquads(graph))
    assert [c.slug for c in found.concepts] == [c.slug for c in graph.concepts]
    assert {r.id for r in found.relations} == {r.id for r in graph.relations}
    assert found.redirects == {
        old: new for old, new in graph.redirects.items() if new in {c.slug for c in graph.concepts}
    }


def test_the_examples_come_back(tmp_path: Path) -> None:
    """So does what five real layouts gave."""
    assert run(tmp_path, "build", EXAMPLES, "-o", tmp_path / "g.kg").returncode == 0
    with store.open_revision(tmp_path / "g.kg") as revision:
        wanted = sorted(nquads(revision.graph))
    assert sorted(nquads(back(tmp_path / "g.kg", tmp_path))) == wanted


def test_types_of_a_project_come_back(tmp_path: Path) -> None:
    """A relation of a type that the graph itself describes is read with it."""
    graph = sample_graph()
    first = replace(graph.relations[0], type="nears", id="0" * 16)
    own = replace(graph, vocabulary=_OWN, relations=(first,))
    found = back(written(tmp_path / "g.kg", own), tmp_path)
    assert [r.type for r in found.relations] == ["nears"]
    assert found.vocabulary.phrase("nears") == "is near"
    assert list(nquads(found)) == list(nquads(own))


def test_other_triples_are_no_graph(tmp_path: Path) -> None:
    """What lacks a graph, or is no N-Triples, is refused."""
    file = tmp_path / "x.nt"
    file.write_text("no triples\n", encoding="utf-8")
    with pytest.raises(NotAGraph, match="There is no graph <http://b/graph/dataset>"):
        graph_of("http://b/", {})
    both = {"http://b/graph/dataset": file, "http://b/graph/concepts": file}
    with pytest.raises(NotAGraph, match="no N-Triples"):
        graph_of("http://b/", both)


def test_a_server_of_ours_is_an_endpoint(tmp_path: Path) -> None:
    """Another glossgraph is read over its /sparql; what does not come back is told."""
    noted = Ruling(question="headword", verdict="accept", subject="churn", concepts=("churn",),
                   reason="A reviewer confirmed it.")  # fmt: skip
    graph = replace(sample_graph(), rulings=(noted,))
    with serve(written(tmp_path / "g.kg", graph)) as served:
        ended = run(tmp_path, "pull", f"{served.address}/sparql", "-o", tmp_path / "h.kg")
        assert ended.returncode == 0, ended.stderr
        assert f"Left out is what others wrote into {BASE}graph/concepts" in ended.stderr
        with serve(written(tmp_path / "g.kg", sample_graph())) as other:
            found = pull(f"{other.address}/sparql", tmp_path / "i.kg")
    assert found.other == ()
    with store.open_revision(tmp_path / "i.kg") as revision:
        assert list(nquads(revision.graph)) == list(nquads(sample_graph()))


def test_an_endpoint_that_cuts_its_answers_is_told(tmp_path: Path) -> None:
    """Less than it counts is no graph."""
    with (
        serve(written(tmp_path / "g.kg", sample_graph()), GLOSSGRAPH_QUERY_ROWS="100") as served,
        pytest.raises(PullFailed, match=r"gave 100 of \d+ triples: it limits its answers"),
    ):
        pull(f"{served.address}/sparql", tmp_path / "h.kg")


def test_nobody_listens(tmp_path: Path) -> None:
    """An endpoint that is not there is told with its address, and nothing is served."""
    with socket.socket() as taken:  # bound, and listening to nobody
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/query"
        ended = run(tmp_path, "serve", "--endpoint", address)
    assert ended.returncode == 1
    assert address in ended.stderr
    assert run(tmp_path, "serve", "x.kg", "--endpoint", address).returncode == 2


# --- against Oxigraph's server -------------------------------------------------------------------


@pytest.mark.tools
def test_what_was_pushed_is_served(server: str, tmp_path: Path) -> None:  # noqa: F811
    """A store of another make is served like the folder that was pushed; pulls go on from there."""
    with store.open_revision(written(tmp_path / "g.kg", sample_graph())) as revision:
        push(revision, addresses(f"{server}/store"))
    found = pull(f"{server}/store", tmp_path / "h.kg")  # its Graph Store's address will do
    assert (found.other, found.relations) == ((), len(sample_graph().relations))
    with serve("--endpoint", f"{server}/query", GLOSSGRAPH_CACHE=str(tmp_path)) as served:
        answer = httpx.get(f"{served.address}/api/neighbors?concept=churn").json()
        assert answer["neighbors"][0]["relations"][0]["phrase"]
        query = {"query": "SELECT ?l { ?c skos:prefLabel ?l ; gg:kind gg:metric }"}
        assert httpx.get(f"{served.address}/sparql", params=query).status_code == 200


@pytest.mark.tools
def test_skos_of_any_origin_is_served(server: str, tmp_path: Path) -> None:  # noqa: F811
    """The default graph, else the one with concepts, else the one that is named."""
    with pytest.raises(PullFailed, match=r"holds no skos:Concept\."):
        pull(f"{server}/query", tmp_path / "h.kg")
    named = {"graph": "https://sea.example.org/terms"}
    httpx.put(f"{server}/store", params=named, content=SKOS, headers=TURTLE)
    found = pull(f"{server}/query", tmp_path / "h.kg")
    assert (found.concepts, found.triples) == (2, 8)
    with store.open_revision(tmp_path / "h.kg") as revision:
        graph = revision.graph
    assert {(r.subject, r.type, r.object) for r in graph.relations} == {("jib", "broader", "sail")}
    assert graph.concepts[0].same_as == ("https://sea.example.org/jib",)
    other = {"graph": "https://sea.example.org/more"}
    httpx.put(f"{server}/store", params=other, content=SKOS, headers=TURTLE)
    with pytest.raises(PullFailed, match="name one with --graph"):
        pull(f"{server}/query", tmp_path / "h.kg")
    assert pull(f"{server}/query", tmp_path / "h.kg", graph=other["graph"]).concepts == 2
    assert folder_for("a") != folder_for("b")
