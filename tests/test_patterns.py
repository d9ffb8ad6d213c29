"""Plain patterns: what is answered at once is what Oxigraph answers, and all else is left to it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pyoxigraph as ox
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from extract.model import Statement
from kg.index import Index
from kg.model import Graph
from kg.patterns import Patterns
from kg.patterns.reading import Reading
from kg.rdf import PREFIXES, prefixes_of
from kg.skos import CONCEPTS, nquads
from kg.store import write_revision
from kg.workers_task import Limits
from tests.sample_graph import BASE, sample_graph
from tests.serving import Served, serve

PREDECLARED = prefixes_of(BASE, {})
SKOS = "skos:broader skos:narrower skos:related gg:related gg:enables gg:hasPart gg:measures"
TEXTS = "skos:prefLabel skos:altLabel skos:hiddenLabel skos:definition"


def odd(graph: Graph) -> Graph:
    """Return the sample with what sources said in their own properties, and labels that escape."""
    first, second, *others = graph.concepts
    said = (
        Statement(property=PREFIXES["skos"] + "broader", value=f"{BASE}concepts/crew"),
        Statement(
            property="http://www.w3.org/2004/02/skos/core#relatedMatch", value="http://e.x/a"
        ),
        Statement(property=PREFIXES["rdf"] + "type", value="http://e.x/Thing"),
    )
    quoted = replace(second.designations[0], text='A "quoted" \\ label\twith\x7f')
    labelled = replace(second, label=quoted.text, designations=(quoted, *second.designations[1:]))
    return replace(graph, concepts=(replace(first, statements=said), labelled, *others))


@cache
def ground() -> tuple[Patterns, ox.Store]:
    graph = odd(sample_graph())
    store = ox.Store()
    derived = ox.NamedNode(BASE + CONCEPTS)
    for quad in ox.parse("".join(nquads(graph)).encode(), ox.RdfFormat.N_QUADS):
        if quad.graph_name == derived:
            store.add(ox.Quad(quad.subject, quad.predicate, quad.object))
    return Patterns(Index(graph), PREDECLARED), store


def asked(query: str) -> tuple[list[str], Counter[str]]:
    """Return what Oxigraph answers: the variables, and how often each solution comes."""
    results = ground()[1].query(query, prefixes=PREDECLARED, base_iri=BASE)
    return told(results.serialize(format=ox.QueryResultsFormat.JSON) or b"")


def told(body: bytes) -> tuple[list[str], Counter[str]]:
    said = json.loads(body)
    rows = (json.dumps(row, sort_keys=True) for row in said["results"]["bindings"])
    return said["head"]["vars"], Counter(rows)


# --- questions ------------------------------------------------------------------------------------


def concepts() -> list[str]:
    graph = sample_graph()
    return [f"<{BASE}concepts/{c.slug}>" for c in graph.concepts] + [
        "concept:crew",
        f"<{BASE}concepts/nothing>",
        f"<{BASE}sources/club>",
        "<http://elsewhere.example/a>",
    ]


def literals() -> list[str]:
    graph = odd(sample_graph())
    texts = {(d.text, d.language) for c in graph.concepts for d in c.designations}
    said = [f"{json.dumps(text)}@{tag}" for text, tag in sorted(texts) if "\x7f" not in text]
    return [*said, '"Log"', '"nothing"@en', '"crew"@en', '"Words of a Sailing Club"@en', "'Log'@EN"]


LINK = st.sampled_from(SKOS.split())
PATH = st.recursive(
    LINK,
    lambda part: st.one_of(
        st.lists(part, min_size=2, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        st.lists(part, min_size=2, max_size=3).map(lambda parts: f"({'/'.join(parts)})"),
        part.map(lambda inner: f"^({inner})"),
        st.tuples(part, st.sampled_from("?*+")).map(lambda both: f"({both[0]}){both[1]}"),
    ),
    max_leaves=4,
)
VARIABLE = st.sampled_from(["?a", "?b", "?c", "$d"])
THING = st.one_of(VARIABLE, st.sampled_from(concepts()))
TRIPLE = st.one_of(
    st.tuples(THING, PATH, THING),
    st.tuples(THING, st.sampled_from(TEXTS.split()), VARIABLE),
    st.tuples(VARIABLE, st.sampled_from(TEXTS.split()), st.sampled_from(literals())),
    st.tuples(THING, st.just("a"), st.just("skos:Concept")),
).map(" ".join)
FILTER = st.one_of(
    st.tuples(st.sampled_from(["isLiteral", "isIRI", "ISURI"]), VARIABLE).map(
        lambda both: f"FILTER {both[0]}({both[1]})"
    ),
    st.tuples(VARIABLE, st.sampled_from(["en", "de", ""])).map(
        lambda both: f'FILTER(LANG({both[0]}) = "{both[1]}")'
    ),
)
QUERY = st.builds(
    lambda distinct, selected, triples, options, filters: (
        f"SELECT {distinct} {selected} WHERE {{ {' . '.join(triples)} "
        f"{' '.join(f'OPTIONAL {{ {each} }}' for each in options)} {' '.join(filters)} }}"
    ),
    st.sampled_from(["", "DISTINCT"]),
    st.one_of(st.just("*"), st.lists(VARIABLE, min_size=1, max_size=3).map(" ".join)),
    st.lists(TRIPLE, min_size=1, max_size=4),
    st.lists(TRIPLE, max_size=2),
    st.lists(FILTER, max_size=2),
)


@given(QUERY)
@settings(max_examples=1500, deadline=None)
def test_answers_are_those_of_oxigraph(query: str) -> None:
    """The same variables and the same solutions, each as often."""
    body = ground()[0].answer(query)
    assume(body is not None)
    assert body is not None
    names, rows = told(body)
    expected, theirs = asked(query)
    assert rows == theirs
    assert set(names) == set(expected)
    if "*" not in query.partition("WHERE")[0]:
        assert names == expected


WORDS = """\
SELECT DISTINCT * WHERE { } ( ) . ; , | / ^ ? + a ?x ?y $x skos:broader skos:prefLabel concept:crew
<http://e.x/a> <b> "x" "y"@en @en FILTER isLiteral lang = OPTIONAL LIMIT OFFSET 1 20 PREFIX skos:
<http://www.w3.org/2004/02/skos/core#> UNION ORDER BY :b #"""
TOKENS = st.sampled_from([*WORDS.split(), "\n"])
BEGINNING = "SELECT ?x WHERE { ?x skos:broader concept:crew"
START = tuple(BEGINNING.split())


@given(
    st.integers(0, len(START)),
    st.lists(TOKENS, min_size=1, max_size=12),
    st.sampled_from(["", " }", " } LIMIT 3"]),
)
@settings(max_examples=2000, deadline=None)
def test_what_is_read_is_sparql(kept: int, more: list[str], end: str) -> None:
    """No text is read that the real parser refuses."""
    text = " ".join([*START[:kept], *more]) + end
    if Reading(PREDECLARED).read(text) is not None:
        ox.Store().query(text, prefixes=PREDECLARED, base_iri=BASE)


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT DISTINCT ?n ?l WHERE {{ <{BASE}concepts/mainsail> "
        "(skos:broader|skos:narrower|skos:related)/(skos:broader|skos:narrower|skos:related) ?n . "
        "?n skos:prefLabel ?l } LIMIT 100",
        'SELECT ?c ?d WHERE { ?c skos:prefLabel "Crew"@en ; skos:definition ?d . '
        "FILTER(isLiteral(?d)) }",
        "PREFIX s: <http://www.w3.org/2004/02/skos/core#> # what is above\n"
        "select distinct ?n { concept:mainsail s:broader+ ?n . }",
        "SELECT ?a ?l WHERE { ?a a skos:Concept . OPTIONAL { ?a skos:altLabel ?l } }",
        "SELECT * { concept:skipper skos:prefLabel ?l . FILTER(lang(?l) = 'de') }",
        "SELECT ?t { <http://localhost:8000/sources/club> skos:prefLabel ?t }",
        "SELECT ?c { ?c skos:prefLabel 'Log'@en } OFFSET 0",
    ],
)
def test_usual_questions_are_answered_at_once(query: str) -> None:
    """What clients ask most is read, has solutions, and is what Oxigraph says."""
    body = ground()[0].answer(query)
    assert body is not None
    assert told(body) == asked(query)
    assert told(body)[1]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?p WHERE { concept:crew ?p ?o }",
        "SELECT ?o WHERE { concept:crew !skos:broader ?o }",
        "SELECT ?o WHERE { concept:crew skos:broader* ?o }",
        "SELECT (COUNT(*) AS ?n) WHERE { ?c skos:broader concept:crew }",
        "SELECT ?c WHERE { ?c skos:broader concept:crew } ORDER BY ?c",
        "SELECT ?c { { ?c skos:broader concept:crew } UNION { ?c skos:related concept:crew } }",
        "SELECT ?c WHERE { GRAPH ?g { ?c skos:broader concept:crew } }",
        "SELECT ?c FROM <http://e.x/g> WHERE { ?c skos:broader concept:crew }",
        "SELECT ?c WHERE { SERVICE <http://e.x/> { ?c skos:broader concept:crew } }",
        'SELECT ?c WHERE { ?c skos:prefLabel """Crew"""@en }',
        'SELECT ?c WHERE { ?c skos:prefLabel "Crew"^^xsd:string }',
        'SELECT ?c WHERE { ?c skos:prefLabel "\\u0043rew"@en }',
        "SELECT ?c WHERE { ?c skos:broader <crew> }",
        "SELECT ?c WHERE { ?c skos:broader _:b }",
        "SELECT ?c WHERE { ?c skos:broader [] }",
        "SELECT ?c WHERE { ?c skos:broader ?c }",
        "SELECT ?c WHERE { ?c skos:exactMatch concept:crew }",
        "SELECT ?c WHERE { ?c skos:broader concept:crew OPTIONAL { ?c skos:altLabel ?l } "
        "?c skos:related ?l }",
        "SELECT ?c ?z WHERE { ?c skos:broader concept:crew }",
        "SELECT ?c WHERE { ?c skos:broader concept:crew } LIMIT 99999999999",
        "SELECT ?c WHERE { ?c skos:broader concept:crew } LIMIT 1 LIMIT 2",
        "BASE <http://e.x/> SELECT ?c WHERE { ?c skos:broader concept:crew }",
        "ASK { concept:crew skos:broader ?x }",
        "SELECT ?c WHERE { ?c nowhere:broader concept:crew }",
        "SELECT ?c WHERE { ?c skos:broader concept:crew",
        "SELECT ?c WHERE { ?c skos:prefLabel " + '"\\' * 4_000,
        "SELECT ?c WHERE { ?c skos:broader concept:crew } #" + "a" * 8_000,
        "",
    ],
)
def test_all_else_is_left(query: str) -> None:
    """Other features, other properties, wrong texts: no answer, and no exception."""
    assert ground()[0].answer(query) is None


def test_shapes_do_not_mix_up() -> None:
    """Queries that differ in constants, numbers, or in what a path names keep apart."""
    patterns = ground()[0]
    queries = [
        f"SELECT ?o WHERE {{ {subject} {path} ?o }} LIMIT {limit}"
        for path in ("skos:related", f"<{PREFIXES['skos']}related>", f"<{PREFIXES['skos']}broader>")
        for subject in (f"<{BASE}concepts/crew>", f"<{BASE}concepts/helmsman>", "concept:skipper")
        for limit in (1, 50)
    ]
    for query in [*queries, *reversed(queries)]:
        body = patterns.answer(query)
        assert body is not None
        names, rows = told(body)
        expected, theirs = asked(query)
        assert (names, rows.total()) == (expected, theirs.total())
        assert rows <= asked(query.partition("LIMIT")[0])[1]


def test_what_would_be_cut_or_is_too_much_is_left() -> None:
    """An answer above the limits is a worker's, which says that it cut; so is a large search."""
    index = Index(sample_graph())
    query = "SELECT ?c ?l WHERE { ?c a skos:Concept ; skos:prefLabel ?l }"
    assert Patterns(index, PREDECLARED).answer(query)
    assert Patterns(index, PREDECLARED, Limits(rows=5)).answer(query) is None
    assert Patterns(index, PREDECLARED, Limits(bytes=100)).answer(query) is None
    many = "SELECT * WHERE { ?a a skos:Concept . ?b a skos:Concept . ?c a skos:Concept }"
    assert Patterns(index, PREDECLARED).answer(many) is None


# --- over HTTP ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder: Path = tmp_path_factory.mktemp("patterns") / "sample.kg"
    write_revision(folder, sample_graph())
    with serve(folder, GLOSSGRAPH_QUERY_ROWS="20") as served:
        yield served


def fetched(server: Served, query: str, accept: str, *, post: bool = False) -> tuple[bytes, str]:
    fields = urlencode({"query": query})
    address = f"{server.address}/sparql" + ("" if post else f"?{fields}")
    request = Request(address, fields.encode() if post else None, {"Accept": accept})
    try:
        with urlopen(request) as answer:
            return answer.read(), answer.headers["Content-Type"]
    except HTTPError as error:
        return error.read(), error.headers["Content-Type"]


@pytest.mark.parametrize("post", [False, True], ids=["get", "post"])
def test_answers_do_not_depend_on_the_way(server: Served, *, post: bool) -> None:
    """The same solutions in the format asked for, however the query comes and is answered."""
    query = "SELECT ?n ?l WHERE { concept:playbook skos:related ?n . ?n skos:prefLabel ?l }"
    body, media_type = fetched(server, query, "application/sparql-results+json", post=post)
    table, _ = fetched(server, query, "text/csv", post=post)
    assert media_type == "application/sparql-results+json"
    rows = [
        tuple(b[n]["value"] for n in ("n", "l")) for b in json.loads(body)["results"]["bindings"]
    ]
    lines = [tuple(line.split(",")) for line in table.decode().splitlines()[1:]]
    assert sorted(rows) == sorted(lines)
    assert rows


def test_an_answer_that_is_cut_says_so(server: Served) -> None:
    """More rows than the server gives are a worker's, with the header that says it."""
    query = "SELECT ?c ?l WHERE { ?c a skos:Concept ; skos:prefLabel ?l }"
    for _ in range(3):
        request = Request(f"{server.address}/sparql?{urlencode({'query': query})}")
        with urlopen(request) as answer:
            assert answer.headers["X-Result-Cut"] == "20 rows"
