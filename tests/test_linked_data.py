"""Concepts and graphs as RDF and other formats over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import httpx
import pyoxigraph as ox
import pytest

from api.app import create_app
from api.negotiate import RDF_FORMATS, Representation
from api.service import Snapshot
from api.settings import Settings
from kg.export import EXPORTS, export
from kg.model import Graph
from kg.store import write_revision
from tests.sample_graph import BASE as GRAPH
from tests.sample_graph import sample_graph
from tests.serving import Served, serve

SKOS = "http://www.w3.org/2004/02/skos/core#"
OXIGRAPH = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
}

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def client_of(graph: Graph, **settings: bool) -> httpx.AsyncClient:
    app = create_app(Snapshot(graph, "r1"), Settings(**settings))
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8000"
    )


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(sample_graph()) as client:
        yield client


@pytest.mark.parametrize("form", RDF_FORMATS, ids=lambda form: form.suffix)
async def test_every_form_says_the_same(client: httpx.AsyncClient, form: Representation) -> None:
    """Each RDF form of a concept parses, and holds what the derived graph says of it."""
    answer = await client.get("/concepts/kickoff-call", headers={"Accept": form.media_type})
    assert answer.headers["content-type"].partition(";")[0] == form.media_type
    assert answer.headers["content-location"] == f"/concepts/kickoff-call.{form.suffix}"
    found = {q.triple for q in ox.parse(answer.content, OXIGRAPH[form.suffix])}
    concept = ox.NamedNode(f"{GRAPH}concepts/kickoff-call")
    whole = ox.parse(b"".join(export(sample_graph(), "ntriples")), ox.RdfFormat.N_TRIPLES)
    expected = {q.triple for q in whole if q.subject == concept}
    assert expected and {t for t in found if t.subject == concept} == expected


@pytest.mark.parametrize("slug", [concept.slug for concept in sample_graph().concepts])
async def test_no_concept_says_more_than_the_graph(client: httpx.AsyncClient, slug: str) -> None:
    """What a concept's address says is in the derived graph, and no name is missing."""
    answer = await client.get(f"/concepts/{slug}.nt")
    triples = {q.triple for q in ox.parse(answer.content, ox.RdfFormat.N_TRIPLES)}
    whole = ox.parse(b"".join(export(sample_graph(), "ntriples")), ox.RdfFormat.N_TRIPLES)
    assert triples <= {q.triple for q in whole}
    concept = ox.NamedNode(f"{GRAPH}concepts/{slug}")
    named = {t.subject for t in triples if t.predicate.value == SKOS + "prefLabel"}
    pointed = {t.object for t in triples if t.subject == concept and t.object in named}
    assert concept in named
    related = sum(slug in (r.subject, r.object) for r in sample_graph().relations)
    assert bool(pointed) or related == 0 or slug in {r.object for r in sample_graph().relations}


@pytest.mark.parametrize("key", EXPORTS)
async def test_exports_are_those_of_the_library(client: httpx.AsyncClient, key: str) -> None:
    """Each format is streamed with its media type, a file name and a validator."""
    answer = await client.get(f"/api/export/{key}")
    assert answer.content == b"".join(export(sample_graph(), key))
    assert answer.headers["content-type"].partition(";")[0] == EXPORTS[key].media_type
    assert EXPORTS[key].suffixes[0] in answer.headers["content-disposition"]
    tag = answer.headers["etag"]
    again = await client.get(f"/api/export/{key}", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    head = await client.head(f"/api/export/{key}")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)


async def test_export_options_and_names(client: httpx.AsyncClient) -> None:
    """Mentions and implied concepts can be left out; an unknown format names the nearest."""
    whole = (await client.get("/api/export/graph-json")).json()
    less = (await client.get("/api/export/graph-json?mentions=false&implied=false")).json()
    assert len(less["nodes"]) < len(whole["nodes"])
    unknown = await client.get("/api/export/turtel")
    assert unknown.status_code == 404
    assert 'Did you mean "turtle"?' in unknown.json()["detail"]
    listed = (await client.get("/api/export")).json()["exports"]
    assert [each["format"] for each in listed] == list(EXPORTS)


async def test_public_data_holds_only_excerpts() -> None:
    """On a public server RDF and exports hold no more of unlicensed words than pages do."""
    secret = "Words that nobody licensed stand at the end of it."
    graph = sample_graph()
    graph = replace(
        graph,
        concepts=tuple(
            replace(
                c,
                definitions=tuple(
                    replace(d, text="A sail is cloth. " * 30 + secret) for d in c.definitions
                ),
            )
            for c in graph.concepts
        ),
    )
    addresses = ("/concepts/sail.ttl", "/concepts/sail.json", "/concepts/sail.md", "/concepts/sail")
    for public in (False, True):
        async with client_of(graph, public=public) as client:
            for address in addresses:
                text = (await client.get(address)).text
                assert (secret in text) is not public, address
            export_ = (await client.get("/api/export/turtle")).text
            allowed = {"success"} if public else {"success", "club"}
            whole = [c for c in graph.concepts if allowed & {d.source for d in c.definitions}]
            assert export_.count(secret) == len(whole)


LIVE = "https://schema.org"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("linked") / "g.kg"
    write_revision(folder, sample_graph())
    with serve(folder) as served:
        yield served


def link_of(answer: httpx.Response) -> dict[str, list[tuple[str, str]]]:
    """Return address and type of each link of the header, by relation."""
    found: dict[str, list[tuple[str, str]]] = {}
    for each in re.finditer(
        r'<([^>]+)>; rel="([^"]+)"(?:; type="([^"]+)")?', answer.headers["link"]
    ):
        found.setdefault(each[2], []).append((each[1], each[3] or ""))
    return found


def test_every_link_of_a_concept_leads_somewhere(served: Served) -> None:
    """Canonical IRI, each alternate in its type, collection and data set: over real HTTP."""
    with httpx.Client(base_url=served.address) as client:
        links = link_of(client.get("/concepts/churn"))
        assert links["canonical"] == [(f"{GRAPH}concepts/churn", "")]
        assert len(links["alternate"]) == 8
        for address, type_ in links["alternate"]:
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert answer.headers["content-type"].startswith(type_.partition(";")[0])
        [(collection, _)], [(about, _)] = links["collection"], links["describedby"]
        assert client.get(collection, headers={"Accept": "text/html"}).status_code == 200
        void = client.get(about, headers={"Accept": "application/n-triples"})
        assert "void#Dataset" in void.text
        [example] = re.findall(r"void#exampleResource> <([^>]+)>", void.text)
        described = client.get(example.removeprefix(GRAPH.rstrip("/")) + ".nt")
        assert f"<{example}> " in described.text
        [endpoint] = re.findall(r"void#sparqlEndpoint> <([^>]+)>", void.text)
        ask = {"query": "ASK { ?s ?p ?o }"}
        said = client.post(endpoint.removeprefix(GRAPH.rstrip("/")), data=ask)
        assert said.json()["boolean"] is True


@pytest.mark.parametrize(
    ("accept", "profiled"),
    [
        (f'application/ld+json;profile="{LIVE}"', True),
        (f'application/ld+json; profile="{LIVE}/ http://www.w3.org/ns/json-ld#compacted"', True),
        ('application/ld+json;profile="http://schema.org";q=0.9, text/html;q=0.5', True),
        (f'text/html, application/ld+json;profile="{LIVE}";q=0.5', None),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#expanded"', False),
        ("application/ld+json", False),
    ],
)
def test_schema_org_by_profile(served: Served, accept: str, profiled: bool | None) -> None:
    """schema.org goes to who names its profile, SKOS to everybody else who takes JSON-LD."""
    with httpx.Client(base_url=served.address) as client:
        answer = client.get("/concepts/churn", headers={"Accept": accept})
    if profiled is None:
        assert answer.headers["content-type"].startswith("text/html")
    else:
        assert ('"@type":"DefinedTerm"' in answer.text) is profiled
        suffix = "schema.jsonld" if profiled else "jsonld"
        assert answer.headers["content-location"] == f"/concepts/churn.{suffix}"


def test_schema_org_of_a_term_and_of_the_set(served: Served) -> None:
    """By suffix and in pages: the term with its definition, the set with sources and all terms."""
    with httpx.Client(base_url=served.address) as client:
        term = client.get("/concepts/churn.schema.jsonld").json()
        page = client.get("/concepts/churn", headers={"Accept": "text/html"}).text
        assert term == json.loads(
            page.split('<script type="application/ld+json">')[1].split("<")[0]
        )
        assert (term["@type"], term["name"]) == ("DefinedTerm", "Churn")
        assert term["description"].startswith("Customers who stop paying.")
        whole = client.get("/concepts.schema.jsonld").json()
        assert whole["@id"] == term["inDefinedTermSet"]["@id"] == f"{GRAPH}concepts"
        assert len(whole["hasDefinedTerm"]) == len(sample_graph().concepts)
        assert {"@type": "DefinedTerm", "@id": term["@id"], "name": "Churn"} in whole[
            "hasDefinedTerm"
        ]
        licensed = whole["isBasedOn"][[s.name for s in sample_graph().sources].index("success")]
        assert licensed["license"] == "https://creativecommons.org/licenses/by/4.0/"
        asked = {"Accept": f'application/ld+json;profile="{LIVE}"'}
        assert client.get("/concepts", headers=asked).json() == whole
        listed = client.get("/concepts", headers={"Accept": "text/html"})
        assert '"@type":"DefinedTermSet"' in listed.text
        assert link_of(listed)["describedby"] == [("/.well-known/void", "")]


@pytest.mark.parametrize(
    ("address", "status", "location"),
    [
        ("csm-role", 301, "customer-success-manager"),
        ("csm-role.ttl?a=1&b=%C3%A4", 301, "customer-success-manager.ttl?a=1&b=%C3%A4"),
        ("csm-role.schema.jsonld", 301, "customer-success-manager.schema.jsonld"),
        ("Churn%20Rates?lang=de", 302, "churn-rate?lang=de"),
        ("NRR.json?lang=de", 302, "net-revenue-retention.json?lang=de"),
    ],
)
def test_redirects_keep_what_was_asked(
    served: Served, address: str, status: int, location: str
) -> None:
    """Renamed concepts redirect for good, labels for now, with suffix and query."""
    with httpx.Client(base_url=served.address) as client:
        answer = client.get(f"/concepts/{address}")
        assert (answer.status_code, answer.headers["location"]) == (
            status,
            f"/concepts/{location}",
        )
        assert client.get(answer.headers["location"]).status_code == 200


# --- what else has an IRI -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("iris") / "sample.kg"
    write_revision(folder, sample_graph())
    with serve(folder) as served:
        yield served


def test_every_iri_of_the_graph_answers(stored: Served) -> None:
    """Every IRI below the base that is a subject dereferences to RDF that speaks of it."""
    quads = list(ox.parse(b"".join(export(sample_graph(), "nquads")), ox.RdfFormat.N_QUADS))
    subjects = {q.subject.value.partition("#")[0] for q in quads}
    former = {q.subject.value for q in quads if q.predicate.value.endswith("isReplacedBy")}
    own = sorted(s for s in subjects - former if s.startswith(GRAPH))
    steps = {s.removeprefix(GRAPH).partition("/")[0] for s in own}
    assert steps >= {"concepts", "dataset", "evidence", "graph", "sources", "texts"}
    with httpx.Client(headers={"Accept": "application/n-triples"}, timeout=60) as client:
        for iri in own:
            address = f"{stored.address}/{iri.removeprefix(GRAPH)}"
            answer = client.get(address)
            assert answer.status_code == 200, (iri, answer.text)
            found = {q.subject.value for q in ox.parse(answer.content, ox.RdfFormat.N_TRIPLES)}
            assert iri in found or iri.startswith(f"{GRAPH}graph/"), iri
        assert client.get(f"{stored.address}/evidence/nothing").status_code == 404
        assert client.get(f"{stored.address}/texts/a%3E%20b").status_code == 404
        page = client.get(f"{stored.address}/sources/success", headers={"Accept": "text/html"})
        assert page.headers["content-type"].startswith("text/html")
        assert "Accept" in page.headers["vary"].split(", ")


@pytest.mark.parametrize(
    ("path", "accept", "media_type"),
    [
        ("/concepts", "text/turtle", "text/turtle"),
        ("/concepts", "application/ld+json", "application/ld+json"),
        ("/concepts.rdf", "*/*", "application/rdf+xml"),
        ("/concepts.nt", "text/html", "application/n-triples"),
        ("/concepts", "application/n-quads", "application/n-quads"),
        ("/concepts/churn", "application/trig", "application/trig"),
        ("/concepts/churn", "application/xml", "application/xml"),
        ("/graphs?default", "text/n3", "text/n3"),
        ("/sparql?query=DESCRIBE%20concept:churn", "application/n-quads", "application/n-quads"),
    ],
)
def test_the_list_and_wider_syntaxes(
    stored: Served, path: str, accept: str, media_type: str
) -> None:
    """The list is the derived graph, in any RDF form; TriG, N3, N-Quads take narrower documents."""
    answer = httpx.get(f"{stored.address}{path}", headers={"Accept": accept}, timeout=60)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].partition(";")[0] == media_type
    form = next(each for each in RDF_FORMATS if media_type in (each.media_type, *each.also))
    found = {q.triple for q in ox.parse(answer.content, OXIGRAPH[form.suffix])}
    assert found
    if path.startswith("/concepts") and "churn" not in path:
        whole = ox.parse(b"".join(export(sample_graph(), "ntriples")), ox.RdfFormat.N_TRIPLES)
        assert found == {q.triple for q in whole}
        assert (
            '</concepts.ttl>; rel="alternate"; type="text/turtle"'
            in (httpx.get(f"{stored.address}/concepts").headers["link"])
        )


def test_a_list_of_no_form(stored: Served) -> None:
    """An unknown suffix, and a filter that RDF does not take, are refused with what there is."""
    assert "ttl, nt" in httpx.get(f"{stored.address}/concepts.xyz").json()["detail"]
    assert httpx.get(f"{stored.address}/concepts.ttl?letter=C").status_code == 422
    near = httpx.get(f"{stored.address}/graphs?grph=a:b").json()["detail"]
    assert near.startswith('Did you mean "graph"?')
