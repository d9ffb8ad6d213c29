"""The pages: readable without JavaScript, safe whatever the sources hold."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from html.parser import HTMLParser

import httpx
import pytest

from api.app import create_app
from api.service import Snapshot
from api.settings import Settings
from api.term_page import broader_chain
from extract.model import Statement
from kg.model import Graph
from ontology.turtle import GG, OWL, RDF, SKOS, XSD, Literal, Triple
from ontology.vocabulary import DEFAULT, with_added
from tests.sample_graph import relation_id, sample_graph

BASE = "http://127.0.0.1:8000"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PAGES = (
    "/", "/concepts", "/concepts?letter=C", "/concepts?kind=metric", "/concepts/churn-rate",
    "/concepts/win-rate", "/concepts/sea-room", "/concepts/harbour-pilot", "/search?q=churm",
    "/map", "/map?source=one", "/map?concepts=churn-rate,win-rate", "/map?q=churn",
    "/map?community=0", "/map?around=churn-rate", "/paths", "/paths?from=churn-rate&to=win-rate",
    "/compare", "/compare?a=churn-rate&b=win-rate", "/compare?a=churn-rate&b=churn-rate", "/tree",
    "/sources", "/problems", "/query", "/concepts/nowhere", "/concepts/Pilot",
)  # fmt: skip
VOID = {"meta", "link", "input", "path", "rect", "circle", "br", "img", "hr"}

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with browser(sample_graph()) as client:
        yield client


def browser(graph: Graph, **settings: object) -> httpx.AsyncClient:
    app = create_app(Snapshot(graph, "r1"), Settings(**settings))  # type: ignore[arg-type]
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(transport=transport, base_url=BASE, headers=BROWSER)


class Outline(HTMLParser):
    """What a test asks of a page: balance of elements, ids, headings, addresses, landmarks."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.append((tag, name, value or ""))
            if name == "id":
                self.ids.append(value or "")
            if name in {"href", "src", "action"} and tag != "cite":
                self.addresses.append(value or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
            self.open.pop()


@pytest.mark.parametrize("address", PAGES)
async def test_pages_are_well_formed(client: httpx.AsyncClient, address: str) -> None:
    """Elements are balanced, ids unique, one h1, one main, a title, a language."""
    answer = await client.get(address)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    outline = Outline(answer.text)
    assert outline.open == []
    assert len(outline.ids) == len(set(outline.ids))
    assert outline.tags.count("h1") == outline.tags.count("main") == 1
    assert ("html", "lang", "en") in outline.attributes
    assert "<title></title>" not in answer.text


@pytest.mark.parametrize("address", PAGES)
async def test_pages_load_only_our_own_files(client: httpx.AsyncClient, address: str) -> None:
    """The policy is strict, nothing is inline, and every file and page named is there."""
    answer = await client.get(address)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'self';") and "unsafe" not in policy
    outline = Outline(answer.text)
    assert not [a for a in outline.attributes if a[1].startswith("on") or a[1] == "style"]
    for kind, body in re.findall(r"<script([^>]*)>(.*?)</script>", answer.text, re.DOTALL):
        assert not body or 'type="application/ld+json"' in kind
    for each in {a for a in outline.addresses if a.startswith("/")}:
        if each.startswith(("/docs", "/query?")):
            continue
        found = await client.get(each.partition("#")[0])
        assert found.status_code == 200, each


@pytest.mark.parametrize("address", ["/concepts/churn-rate", "/docs", "/concepts/churn.json"])
async def test_second_visit_keeps_the_policy(client: httpx.AsyncClient, address: str) -> None:
    """A 304, whose headers replace those that a browser stored, carries no other policy."""
    first = await client.get(address)
    again = await client.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    policy = first.headers["content-security-policy"]
    assert again.headers.get("content-security-policy", policy) == policy


async def test_files_with_a_version_are_kept(client: httpx.AsyncClient) -> None:
    """What the style sheet names under ``vendor`` is not asked for again on the next page."""
    style = (await client.get("/static/glossgraph.css")).text
    fonts = set(re.findall(r'url\("([^"]+)"\)', style))
    assert fonts
    for name in fonts:
        assert "immutable" in (await client.get(f"/static/{name}")).headers["cache-control"]


async def test_term_page_says_everything(client: httpx.AsyncClient) -> None:
    """Both definitions with their credits, aliases, kind, relations with evidence, and data."""
    text = (await client.get("/concepts/churn-rate")).text
    for words in (
        "The percentage of customers who leave in a period.",
        "The share of members who do not renew &lt;within a year&gt;.",
        "Example Ltd", "CC-BY-4.0", "no licence stated", "Customer Churn Rate", "Metric",
        "contrasts with", "<mark>in contrast to the churn rate</mark>", "line 5",
        "http://localhost:8000/concepts/churn-rate", "/concepts/churn-rate.json",
    ):  # fmt: skip
        assert words in text, words


async def test_definitions_lead_to_what_they_mention(client: httpx.AsyncClient) -> None:
    """The first mention of a related concept is a link, in the words of the text; own words not."""
    text = (await client.get("/concepts/customer-success-manager")).text
    assert '<a href="/concepts/customer-onboarding">customer onboarding</a> who uses' in text
    assert '<a href="/concepts/playbook">playbooks</a>.</p></blockquote>' in text
    rate = (await client.get("/concepts/churn-rate")).text
    assert 'Churn rate measures <a href="/concepts/churn">churn</a>.</p></blockquote>' in rate


async def test_relation_page_shows_the_sentence(client: httpx.AsyncClient) -> None:
    """A relation has its own page: the sentence, the words that state it, and where it stands."""
    text = (await client.get(f"/relations/{relation_id('mainsail', 'partOf', 'rig')}")).text
    assert "<mark>it is a part of the rig</mark>" in text and "line 13" in text
    assert (await client.get("/relations/none")).status_code == 404


async def test_breadcrumb_is_the_broader_chain(client: httpx.AsyncClient) -> None:
    """Above the headword stand the concepts it is a kind or part of, the topmost first."""
    text = (await client.get("/concepts/kickoff-call")).text
    crumbs = text.partition('class="crumb"')[2].partition("</nav>")[0]
    assert re.findall(r">([^<>›]+)</a>", crumbs) == ["Onboarding", "Customer Onboarding"]


async def test_term_page_carries_linked_data(client: httpx.AsyncClient) -> None:
    """The page holds schema.org JSON-LD of the term that parses."""
    text = (await client.get("/concepts/net-revenue-retention")).text
    data = json.loads(text.partition('application/ld+json">')[2].partition("</script>")[0])
    assert data["@type"] == "DefinedTerm" and data["alternateName"] == ["NRR"]


async def test_hostile_words_stay_words() -> None:
    """Markup, script and addresses in a source are shown, never carried out."""
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
    graph = sample_graph()
    hurt = tuple(
        replace(
            concept,
            label=evil + concept.label,
            same_as=("javascript:alert(1)",),
            definitions=tuple(
                replace(d, text=evil, examples=(evil,), resources=((evil, "javascript:alert(1)"),))
                for d in concept.definitions
            ),
        )
        for concept in graph.concepts
    )
    sources = tuple(replace(s, title=evil, url="javascript:alert(1)") for s in graph.sources)
    graph = replace(graph, title=evil, concepts=hurt, sources=sources)
    async with browser(graph) as client:
        for address in ("/", "/concepts", "/concepts/churn", "/sources", "/search?q=" + evil):
            text = (await client.get(address)).text
            assert "<img" not in text and "<script>alert" not in text, address
            assert 'href="javascript' not in text, address


async def test_root_path_is_in_every_address() -> None:
    """Behind a proxy's path all links of a page, and of the interface, begin with that path."""
    async with browser(sample_graph(), root_path="/glossary") as client:
        answer = await client.get("/concepts/churn-rate")
        for each in Outline(answer.text).addresses:
            assert each.startswith(("/glossary/", "http", "#", "?")), each
        moved = await client.get("/concepts/csm-role")
        assert moved.headers["location"] == "/glossary/concepts/customer-success-manager"
        document = (await client.get("/openapi.json")).json()
        assert document["servers"] == [{"url": "/glossary"}]


@pytest.mark.parametrize(
    ("accept", "address", "media_type"),
    [
        ("application/json", "/concepts/churn", "application/json"),
        ("text/markdown", "/concepts/churn", "text/markdown; charset=utf-8"),
        ("text/html", "/concepts/churn.json", "application/json"),
        ("application/json", "/concepts/churn.html", "text/html; charset=utf-8"),
        ("application/json", "/concepts", "application/json"),
        ("image/png", "/concepts/churn", "application/problem+json"),
    ],
)
async def test_concept_forms(
    client: httpx.AsyncClient, accept: str, address: str, media_type: str
) -> None:
    """Accept chooses the form of a concept, a suffix overrides it, 406 names what there is."""
    answer = await client.get(address, headers={"Accept": accept})
    assert answer.headers["content-type"] == media_type
    assert answer.status_code == (406 if "problem" in media_type else 200)


async def test_renamed_and_labelled_addresses_lead_on(client: httpx.AsyncClient) -> None:
    """A former slug redirects for good and keeps its suffix, any other label for now."""
    renamed = await client.get("/concepts/csm-role.json")
    assert renamed.status_code == 301
    assert renamed.headers["location"] == "/concepts/customer-success-manager.json"
    label = await client.get("/concepts/Churn%20Rates")
    assert (label.status_code, label.headers["location"]) == (302, "/concepts/churn-rate")


async def test_link_header_names_the_other_forms(client: httpx.AsyncClient) -> None:
    """Every form of a concept links to the IRI, the other forms and the collection."""
    answer = await client.get("/concepts/churn.json")
    links = answer.headers["link"]
    assert '<http://localhost:8000/concepts/churn>; rel="canonical"' in links
    assert '</concepts/churn.md>; rel="alternate"; type="text/markdown"' in links


async def test_public_server_shows_excerpts() -> None:
    """Where nobody licensed more, a public server cuts a long definition and says so."""
    long = "A long sentence about sails that goes on. " * 20
    graph = sample_graph()
    graph = replace(
        graph,
        concepts=tuple(
            replace(c, definitions=tuple(replace(d, text=long) for d in c.definitions))
            for c in graph.concepts
        ),
    )
    for public in (False, True):
        async with browser(graph, public=public) as client:
            concept = (await client.get("/api/concepts/churn-rate")).json()
            licensed, unlicensed = concept["definitions"]
            assert licensed["text"] == long and not licensed["excerpt"]
            assert unlicensed["excerpt"] is public
            assert (len(unlicensed["text"]) <= 300) is public


async def test_search_leads_to_the_one_concept_named(client: httpx.AsyncClient) -> None:
    """A search for exactly one label goes to its page; several stay a list."""
    one = await client.get("/search?q=NRR")
    assert (one.status_code, one.headers["location"]) == (303, "/concepts/net-revenue-retention")
    assert (await client.get("/search?q=pilot")).status_code == 200


async def test_search_narrows_by_links(client: httpx.AsyncClient) -> None:
    """Facets are links with counts; following one narrows, following it again leads back."""
    text = (await client.get("/search?q=customer")).text
    links = re.findall(r'<a class="chip" href="([^"]+)"[^>]*>([^<]+)<small>(\d+)</small>', text)
    assert len({name for _, name, _ in links}) >= 5
    for address, name, count in links:
        narrowed = (await client.get(html.unescape(address))).text
        assert narrowed.count('class="hit"') == int(count), name
        back = re.findall(r'href="([^"]+)" rel="nofollow" aria-current="true"', narrowed)
        assert [html.unescape(each) for each in back] == ["/search?q=customer"]
    german = (await client.get("/search?q=customer&lang=de")).text
    assert "Gefunden über" in german and "Quelle" in german
    one = await client.get("/search?q=NRR&kind=metric")
    assert one.status_code == 200 and 'aria-current="true"' in one.text


def test_server_starts_light() -> None:
    """Importing the application loads neither spaCy, numpy, NetworkX nor rdflib."""
    code = (
        "import sys, api.app; "
        "print([m for m in ('spacy', 'numpy', 'networkx', 'rdflib') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("address", ["/", "/concepts", "/concepts/churn", "/sources", "/search"])
async def test_links_may_carry_what_others_add(client: httpx.AsyncClient, address: str) -> None:
    """A parameter that a mail program or campaign adds to a link does not spoil the page."""
    answer = await client.get(f"{address}?utm_source=letter&fbclid=1")
    assert answer.status_code == 200


async def test_further_statements_of_rdf_sources_are_shown() -> None:
    """What a source says in properties of its own stands on the page, in either language."""
    graph = sample_graph()
    said = (
        Statement(property="https://x.example.org/ns#grade", value="A & B", language="en"),
        Statement(property=f"{SKOS}broadMatch", value="https://y.example.org/1", literal=False),
        Statement(property="https://x.example.org/by", value="javascript:x", literal=False),
    )
    first, *others = graph.concepts
    graph = replace(graph, concepts=(replace(first, statements=said), *others))
    async with browser(graph) as client:
        page = (await client.get(f"/concepts/{first.slug}")).text
        assert "Also stated" in page
        assert '#grade">grade</dt><dd lang="en">A &amp; B</dd>' in page
        assert '<a href="https://y.example.org/1" rel="external">' in page
        assert 'href="javascript' not in page
        german = (await client.get(f"/concepts/{first.slug}?lang=de")).text
        assert "Außerdem gesagt" in german
        assert "Also stated" not in (await client.get(f"/concepts/{others[0].slug}")).text
        json_ = {"Accept": "application/json"}
        found = (await client.get(f"/api/concepts/{first.slug}", headers=json_)).json()
        assert [each["name"] for each in found["statements"]][1] == "skos:broadMatch"
        assert found["statements"][0]["value"] == "A & B"


async def test_breadcrumb_follows_hierarchical_types_of_ones_own() -> None:
    """Where no shipped type leads up, a project's own hierarchical one does."""
    own, back = (f"https://terms.example.org/types#{each}" for each in ("stationedAt", "stationOf"))
    family = next(each.iri for each in DEFAULT.families.values())
    added = [Triple(own, OWL + "inverseOf", back)]
    for iri, phrase, plain in ((own, "is at", "broader"), (back, "is where", "narrower")):
        added += [
            Triple(iri, RDF + "type", GG + "RelationType"),
            Triple(iri, GG + "key", Literal(iri.rpartition("#")[2])),
            Triple(iri, GG + "canonical", Literal(str(iri == own).lower(), "", XSD + "boolean")),
            Triple(iri, GG + "family", family),
            Triple(iri, GG + "phrase", Literal(phrase, "en")),
            Triple(iri, GG + "plainSkos", SKOS + plain),
        ]
    vocabulary = with_added(added, {"own": "https://terms.example.org/types#"})
    sample = sample_graph()
    above = {"exampleOf", "partOf", "broader"}
    slug = next(
        c.slug
        for c in sample.concepts
        if not any(r.subject == c.slug and r.type in above for r in sample.relations)
        and any(r.subject == c.slug for r in sample.relations)
    )
    first = next(r for r in sample.relations if r.subject == slug)
    changed = tuple(replace(r, type="stationedAt") if r is first else r for r in sample.relations)
    snapshot = Snapshot(replace(sample, relations=changed, vocabulary=vocabulary), "r1")
    assert first.object in broader_chain(snapshot, slug)
