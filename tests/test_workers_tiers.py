"""Facts about workers that load the derived graph first and the others when asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import QueryBusy
from kg.store import open_revision, write_revision
from kg.store_query import load, load_graph
from kg.workers import Limits, Workers
from kg.workers_blocking import query_once
from kg.workers_tiers import Tiers, names_graphs
from tests.sample_graph import sample_graph

DERIVED = "SELECT ?c ?l { ?c skos:prefLabel ?l } ORDER BY ?c ?l"
QUERIES = (
    DERIVED,
    "ASK { ?c a skos:Concept }",
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g",
    "SELECT ?a { GRAPH ?g { ?a a gg:Assertion } } ORDER BY ?a",
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o. FILTER EXISTS { GRAPH ?g { ?s ?p ?o } } }",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample graph."""
    folder = tmp_path_factory.mktemp("tiers") / "sample.kg"
    write_revision(folder, sample_graph())
    return folder


@pytest.fixture
def anyio_backend() -> str:
    """The event loop that the workers are written for."""
    return "asyncio"


@pytest.fixture
async def tiers(folder: Path) -> AsyncIterator[Tiers]:
    """Workers for which the sample graph is a large one."""
    found = await Tiers(open_revision(folder), Limits(timeout=20), large=0).start()
    yield found
    await found.close()


def test_beginning_of_the_quads_is_the_derived_graph(folder: Path) -> None:
    """What the manifest counts as derived is that graph, whole and alone."""
    with open_revision(folder) as revision:
        assert revision.derived
        part = load_graph(str(revision.quads), revision.derived, revision.default_graph)
        whole = load(str(revision.quads)).quads_for_pattern(
            None, None, None, ox.NamedNode(revision.default_graph)
        )
        assert not list(part.named_graphs())
        assert {q.triple for q in part} == {q.triple for q in whole}


@pytest.mark.parametrize(
    ("text", "graphs", "expected"),
    [
        (DERIVED, (), False),
        ("SELECT * { GRAPH?g{?s ?p ?o} }", (), True),
        ("SELECT * { graphex:g {?s ?p ?o} }", (), True),
        ("SELECT * FROM <x:y> { ?s ?p ?o }", (), True),
        ("SELECT * fromex:g { ?s ?p ?o }", (), True),
        (DERIVED, ("x:default",), False),
        (DERIVED, ("x:other",), True),
    ],
)
def test_query_that_may_look_elsewhere_is_known(
    text: str, graphs: tuple[str, ...], expected: bool
) -> None:
    """A graph may be named in the text, or beside it."""
    assert names_graphs(text, "x:default", graphs) is expected
    assert names_graphs(text, "x:default", (), graphs) is bool(graphs or expected)


@pytest.mark.anyio
async def test_answers_are_those_of_one_store(tiers: Tiers, folder: Path) -> None:
    """Each query is answered as by workers that hold everything."""
    async with Workers(open_revision(folder), Limits(timeout=20)) as whole:
        for text in QUERIES:
            answers = [await (await w.query(text)).read() for w in (tiers, whole)]
            assert answers[0] == answers[1], text


@pytest.mark.anyio
async def test_other_graphs_are_loaded_when_asked_for(tiers: Tiers) -> None:
    """Until then there are only the processes of the derived graph; they stay the same ones."""
    await (await tiers.query(DERIVED)).read()
    before = set(tiers.processes)
    together = await asyncio.gather(*(tiers.query(QUERIES[3]) for _ in range(5)))
    assert len({await answer.read() for answer in together}) == 1
    assert before <= set(tiers.processes)
    assert len(tiers.processes) > len(before)


@pytest.mark.anyio
async def test_who_cannot_wait_for_loading_is_told_when_to_come_back(tiers: Tiers) -> None:
    """The loading goes on meanwhile, so the next one is answered."""
    with pytest.raises(QueryBusy, match="being loaded; try again in 1 s"):
        await tiers.query(QUERIES[3], timeout=0.001)
    assert await (await tiers.query(QUERIES[3])).read()


@pytest.mark.anyio
async def test_small_graph_is_loaded_at_once(folder: Path) -> None:
    """Two steps would only cost there."""
    tiers = await Tiers(open_revision(folder), Limits(timeout=20)).start()
    before = set(tiers.processes)
    assert await (await tiers.query(QUERIES[3])).read()
    assert len(set(tiers.processes) - before) <= tiers.limits.workers
    await tiers.close()


@pytest.mark.parametrize("text", QUERIES[:4])
def test_single_query_loads_what_it_needs(folder: Path, text: str) -> None:
    """It says the same as workers that hold everything."""
    with open_revision(folder) as one, open_revision(folder) as other:
        _, data = query_once(one, text)
        _, same = query_once(other, f"{text} # from a GRAPH")
        assert data == same
