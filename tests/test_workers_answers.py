"""SPARQL in worker processes: answers, data sets, formats, and what is not served."""

from __future__ import annotations

import asyncio
import io
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from sample_graph import BASE, sample_graph

from kg import store_query
from kg.errors import MalformedQuery, QueryTimeout, QueryTooLarge
from kg.results import RESULTS, UnfitFormat
from kg.store import open_revision, write_revision
from kg.workers import Limits
from kg.workers_answer import answer_to
from kg.workers_blocking import BlockingWorkers
from kg.workers_nest import Exchange

GRAPHS = f"{BASE}graph/"

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs fork")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workers") / "sample.kg"
    write_revision(path, sample_graph())
    return path


@pytest.fixture(scope="module")
def workers(folder: Path) -> Iterator[BlockingWorkers]:
    with BlockingWorkers(open_revision(folder), Limits(timeout=20)) as found:
        yield found


@pytest.mark.parametrize("format", ["json", "xml", "csv", "tsv"])
def test_tables_in_every_format(format: str, workers: BlockingWorkers) -> None:
    """A SELECT's rows come in each format of SPARQL 1.1, with their media type."""
    text = "SELECT ?c ?label { ?c skos:prefLabel ?label ; gg:kind gg:metric } ORDER BY ?label"
    answer, data = workers.query(text, formats=[format])
    assert (answer.kind, answer.format, answer.cut) == ("solutions", format, False)
    assert answer.media_type.startswith(RESULTS[format].media_type)
    result = rdflib.query.Result.parse(io.BytesIO(data), format=format)
    labels = [str(row[1]) for row in result]
    assert labels[0] == "Churn Rate"
    assert len(labels) == 6


@pytest.mark.parametrize("format", ["turtle", "ntriples", "jsonld", "rdfxml"])
def test_graphs_in_every_format(format: str, workers: BlockingWorkers) -> None:
    """A DESCRIBE comes in each RDF format; all hold the same triples."""
    answer, data = workers.query("DESCRIBE concept:churn-rate", formats=[format])
    assert (answer.kind, answer.format, answer.cut) == ("graph", format, False)
    graph = rdflib.Graph().parse(data=data.decode(), format=RESULTS[format].media_type)
    assert len(graph) > 5
    churn = rdflib.URIRef(BASE + "concepts/churn-rate")
    assert str(graph.value(churn, rdflib.SKOS.prefLabel)) == "Churn Rate"


@pytest.mark.parametrize(
    ("text", "formats", "format"),
    [
        ("ASK {}", [], "json"),
        ("SELECT * {} LIMIT 0", ["turtle", "xml"], "xml"),
        ("CONSTRUCT WHERE { ?a gg:uses ?b }", ["json", "rdfxml", "turtle"], "rdfxml"),
        ("CONSTRUCT WHERE { ?a gg:uses ?b }", [], "turtle"),
        ("ASK {}", ["csv"], "csv"),
    ],
)
def test_the_first_format_that_fits(
    text: str, formats: list[str], format: str, workers: BlockingWorkers
) -> None:
    """Of the formats asked for, the first that can hold the answer is taken."""
    assert workers.query(text, formats=formats)[0].format == format


def test_no_format_that_fits(workers: BlockingWorkers) -> None:
    """A table asked for as Turtle is an error that names the formats of tables."""
    with pytest.raises(UnfitFormat, match=r"sparql-results\+json"):
        workers.query("SELECT * {}", formats=["turtle"])


def count(workers: BlockingWorkers, text: str, **graphs: list[str]) -> int:
    _, data = workers.query(text, formats=["json"], **graphs)
    return int(json.loads(data)["results"]["bindings"][0]["n"]["value"])


def test_the_data_set_asked_over(workers: BlockingWorkers) -> None:
    """Default: the derived graph. FROM, or the caller, names others; several are merged once."""
    everything = "SELECT (COUNT(*) AS ?n) { ?s a skos:Concept }"
    concepts = len(sample_graph().concepts)
    club, success = f"{GRAPHS}sources/club", f"{GRAPHS}sources/success"
    assert count(workers, everything) == concepts
    in_club = count(workers, everything, default_graphs=[club])
    assert 0 < in_club < concepts
    both = [club, success, club, f"{GRAPHS}concepts"]
    assert count(workers, everything, default_graphs=both) == concepts
    text = f"SELECT (COUNT(*) AS ?n) FROM <{club}> FROM <{success}> {{ ?s a skos:Concept }}"
    assert count(workers, text) == concepts - 1  # but the implied one
    assert count(workers, text, default_graphs=[club]) == in_club
    named = f"SELECT (COUNT(*) AS ?n) FROM NAMED <{club}> {{ GRAPH ?g {{ ?s a skos:Concept }} }}"
    assert count(workers, named) == in_club
    merged = named.replace("FROM", f"FROM <{club}> FROM <{success}> FROM", 1)
    assert count(workers, merged) == in_club
    relative = "SELECT (COUNT(*) AS ?n) FROM <graph/sources/club> { ?s a skos:Concept }"
    assert count(workers, relative) == in_club
    assert count(workers, everything, named_graphs=[club]) == 0
    assert count(workers, everything, default_graphs=["http://nowhere.example/"]) == 0


def test_prefixes_are_there_and_can_be_declared(workers: BlockingWorkers) -> None:
    """Prefixes of the graph need no declaration; a query's own and its BASE go before them."""
    assert workers.query("ASK { concept:churn a skos:Concept }")[1].endswith(b"true}")
    own = "PREFIX skos: <http://example.org/> ASK { concept:churn a skos:Concept }"
    assert workers.query(own)[1].endswith(b"false}")
    assert workers.query("ASK { <concepts/churn> ?p ?o }")[1].endswith(b"true}")
    assert workers.query("BASE <http://x/> ASK { <concepts/churn> ?p ?o }")[1].endswith(b"false}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT * WHERE {", "does not parse"),
        ("", "does not parse"),
        ("INSERT DATA { <a:a> <a:b> <a:c> }", "only reads"),
        ("PREFIX a: <http://a/> # c\nLOAD <http://127.0.0.1/x>", "only reads"),
        ("DELETE WHERE { ?s ?p ?o }", "only reads"),
        ("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", "SERVICE is not served"),
        ("SELECT (<<( <a:a> <a:b> 1 )>> AS ?t) {}", "RDF 1.1"),
        ('SELECT ("x"@en--ltr AS ?t) {}', "RDF 1.1"),
        ("ASK " + "{" * 300_000, "does not parse"),
    ],
    ids=lambda v: v[:30],
)
def test_what_is_not_served(text: str, words: str, workers: BlockingWorkers) -> None:
    """Malformed text, updates, services and RDF 1.2 are refused with what to do."""
    with pytest.raises((MalformedQuery, QueryTooLarge), match=f"{words}|more memory"):
        workers.query(text)


HARMLESS = [
    'ASK { ?s ?p "SERVICE <http://x/> { ?a ?b ?c }" }',
    "ASK { ?service <http://x/service#SERVICE> ?SERVICE } # SERVICE <http://x/> {}",
    "PREFIX service: <http://x/> ASK { service:service a service:Service }",
    "ASK { ?s ?p '''SERVICE\n<http://x/>''' FILTER(?s < ?services) }",
    "SELECT ?servicq ?servicz { ?servicq ?service ?servicx }",
]
CALLS = [
    "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o . SERVICE<http://x/>{ ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o sErViCe\n#c\nSILENT ?o { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o FILTER(?o<'b>c')SERVICE<http://x/>{?s ?p 'x'}}",
    "PREFIX service: <http://x/> ASK { service:a ?p 'service' SERVICE service:b { ?a ?b ?c } }",
    "PREFIX : <http://x/> ASK { ?s ?p ?o . SERVICE:x { ?a ?b ?c } }",
    "ASK { FILTER EXISTS { { ?a ?b ?c } UNION { SERVICE ?a { ?a ?b ?c } } } }",
    "ASK { { SELECT * { MINUS { SERVICE ?x { SERVICE ?y { ?a ?b ?c } } } } } }",
    "CONSTRUCT { ?s ?p ?o } WHERE { OPTIONAL { SERVICE SILENT <x> {} } }",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_the_word_service_is_harmless(text: str) -> None:
    """The word in a literal, a comment, an IRI, a name of a variable or prefix is no call."""
    assert store_query.check(text, default="x:d").default_graphs == ("x:d",)


@pytest.mark.parametrize("text", CALLS)
def test_service_calls_are_found(text: str) -> None:
    """A call is found in any spelling and at any depth, whatever stands before it."""
    with pytest.raises(MalformedQuery, match="SERVICE is not served"):
        store_query.check(text, default="x:d", base="http://b/")


_PIECES = st.lists(
    st.sampled_from(
        [
            "?s ?p ?o .", "?s ?p 'SERVICE' .", '?s ?p "from \\"SERVICE" .', "# SERVICE <x> {}\n",
            "?service ?from ?services .", "FILTER(?s<'b>c')", "FILTER(?s < ?o && ?o>?s)",
            "OPTIONAL { ?from ?p <http://x/SERVICE#from> }", "{ ?a ?b ?c } UNION { }",
            "BIND('''from\nSERVICE''' AS ?SERVICE1)", "VALUES ?v { 'FROM' <from> }",
        ]
    ),
    max_size=5,
)  # fmt: skip
_SERVICE = st.sampled_from(
    ["SERVICE <http://x/> { }", "SERVICE SILENT ?e{?a ?b 'SERVICE'}", "service<x>{ }"]
)
_FROMS = st.lists(
    st.sampled_from(
        [" FROM <x:a>", " from <x:b>#from\n", " FROM NAMED <x:c>", "FROM NAMED\n<x:d>"]
    ),
    max_size=3,
)


@given(_PIECES, _PIECES, st.none() | _SERVICE)
def test_a_call_is_found_anywhere(before: list[str], after: list[str], service: str | None) -> None:
    """Between any other clauses, a call is found exactly if there is one."""
    text = f"ASK {{ {' '.join(before)} {service or ''} {' '.join(after)} }}"
    if text.count("AS ?SERVICE1") > 1:
        return
    if service:
        with pytest.raises(MalformedQuery, match="SERVICE is not served"):
            store_query.check(text, default="x:d", base="http://b/")
    else:
        store_query.check(text, default="x:d", base="http://b/")


@given(_FROMS, _PIECES)
def test_from_is_found_anywhere(clauses: list[str], pieces: list[str]) -> None:
    """The graphs of FROM clauses are found exactly, whatever words stand elsewhere."""
    text = f"# from\nSELECT ?from {' '.join(clauses)} WHERE {{ {' '.join(pieces)} }}"
    if text.count("AS ?SERVICE1") > 1:
        return
    query = store_query.check(text, default="x:d", base="http://b/")
    default = dict.fromkeys(f"x:{c}" for c in "ab" for _ in [0] if f"<x:{c}>" in "".join(clauses))
    named = {f"x:{c}" for c in "cd" if f"<x:{c}>" in "".join(clauses)}
    if not clauses:
        assert (query.default_graphs, query.named_graphs) == (("x:d",), None)
    else:
        assert set(query.default_graphs) == set(default)
        assert set(query.named_graphs or ()) == named


@posix
def test_no_query_opens_a_socket(folder: Path) -> None:
    """SERVICE, LOAD and FROM with the address of a listening socket: nobody connects."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        connected = threading.Event()

        def accept() -> None:
            try:
                listening.accept()
            except OSError:
                return
            connected.set()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/x.ttl"
        with BlockingWorkers(open_revision(folder)) as workers:
            for text in (
                f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}",
                f"SELECT * {{ SERVICE SILENT <{address}> {{ ?s ?p ?o }} }}",
                f"LOAD <{address}>",
            ):
                with pytest.raises(MalformedQuery):
                    workers.query(text)
            for text in (
                f"SELECT * FROM <{address}> {{ ?s ?p ?o }}",
                f"SELECT * FROM NAMED <{address}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
                f"DESCRIBE <{address}>",
                f"SELECT * {{ GRAPH <{address}> {{ ?s ?p ?o }} }}",
            ):
                _, data = workers.query(text, formats=["tsv", "ntriples"])
                assert data.count(b"\n") == data.startswith(b"?")  # no line but the names
        assert not connected.wait(0.1)


@posix
def test_a_worker_cannot_open_a_socket(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a service call that got past the check reaches nobody."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        code = (
            "import sys; sys.path.insert(0, sys.argv[1])\n"
            "import pyoxigraph as ox\n"
            "from kg.workers_child import confine\n"
            "store = ox.Store(); confine(1 << 30)\n"
            "try: print(store.query(sys.argv[2]).serialize(format=ox.QueryResultsFormat.CSV))\n"
            "except OSError as error: print('OSError', error)\n"
        )
        root = str(Path(__file__).resolve().parent.parent)
        text = f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}"
        run = subprocess.run(
            [sys.executable, "-c", code, root, text], capture_output=True, text=True, check=False
        )
        assert run.stdout.startswith("OSError"), run
        with pytest.raises(TimeoutError):
            listening.accept()


def _begun() -> Exchange:
    exchange = Exchange("CONSTRUCT")
    exchange.head = {"kind": "graph", "format": "turtle"}
    exchange.add(b"<a> <b> <c> .")
    return exchange


def test_broken_off_before_anything_was_sent() -> None:
    """An answer whose deadline comes before its first bytes are read is a timeout."""
    exchange = _begun()
    exchange.conclude({"error": "timeout"})
    with pytest.raises(QueryTimeout):
        asyncio.run(answer_to(exchange))


def test_broken_off_behind_its_beginning() -> None:
    """Of one that breaks off later its first bytes come, then the error."""

    async def read() -> list[bytes]:
        exchange = _begun()
        answer, found = await answer_to(exchange), []
        exchange.conclude({"error": "timeout"})
        with pytest.raises(QueryTimeout):
            async for part in answer:
                found.append(part)
        return found

    assert asyncio.run(read()) == [b"<a> <b> <c> ."]
