"""REST about several concepts: what they share, parts of the graph in other formats, figures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import httpx
import networkx as nx
import pytest
import rdflib

from api.app import create_app
from api.service import Snapshot
from api.settings import Settings
from kg.index import Index
from kg.kinship import common, subgraph
from kg.statistics import statistics
from kg.view import to_networkx
from tests.sample_graph import sample_graph

pytestmark = pytest.mark.anyio
INDEX = Index(sample_graph())


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Snapshot(sample_graph(), "r1"), Settings(list_limit=100))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield client


async def ask(client: httpx.AsyncClient, address: str, **head: str) -> Any:
    answer = await client.get(address, headers=head)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_common_is_what_all_are_joined_to() -> None:
    """As NetworkX has it: the neighbours of each, cut with those of the others."""
    view = to_networkx(sample_graph()).to_undirected()
    for one, other in (
        ("churn", "net-revenue-retention"),
        ("mainsail", "rig"),
        ("log", "sea-room"),
    ):
        expected = set(view[one]) & set(view[other]) - {one, other}
        assert {each.concept for each in common(INDEX, [one, other])} == expected


def test_a_subgraph_has_all_relations_among_its_concepts() -> None:
    """And none that leaves it, as NetworkX has it."""
    slugs = ["churn", "churn-rate", "customer-onboarding", "playbook", "sea-room"]
    view = to_networkx(sample_graph()).subgraph(slugs)
    found = {(each.subject, each.object, each.type) for each in subgraph(INDEX, slugs)}
    assert found == {(a, b, key) for a, b, key in view.edges(keys=True)}


async def test_common_over_http(client: httpx.AsyncClient) -> None:
    """Concepts by any name, with the relation from each; too few are refused."""
    value = await ask(client, "/api/common?concept=Churn&concept=Customer+onboarding")
    assert [each["slug"] for each in value["concepts"]] == ["churn", "customer-onboarding"]
    for each in value["common"]:
        assert [r["subject"]["slug"] for r in each["relations"]] == ["churn", "customer-onboarding"]
    assert value == await ask(client, "/api/common?concept=churn,customer-onboarding")
    for query, status in (("concept=churn", 422), ("", 422), ("concept=churn,chrun", 404),
                          ("concept=churn,pilot", 300)):  # fmt: skip
        assert (await client.get(f"/api/common?{query}")).status_code == status


@pytest.mark.parametrize(
    "address",
    ["/api/concepts/churn/neighbors?depth=2", "/api/neighbors?concept=Churn&depth=2",
     "/api/subgraph?concepts=churn,churn-rate,playbook,customer-onboarding"],
)  # fmt: skip
async def test_parts_in_other_formats(client: httpx.AsyncClient, address: str) -> None:
    """GraphML, Turtle and Mermaid hold the concepts and relations that the JSON names."""
    value = await ask(client, address)
    slugs = {each["slug"] for each in value.get("neighbors", value.get("concepts"))} | {"churn"}
    labels = {INDEX.label(slug) for slug in slugs}
    graphml = await client.get(address, headers={"Accept": "application/graphml+xml"})
    assert graphml.headers["content-type"] == "application/graphml+xml"
    read = nx.read_graphml(BytesIO(graphml.content))
    assert {data["label"] for _, data in read.nodes(data=True)} == labels
    turtle = await client.get(f"{address}&format=turtle")
    triples = rdflib.Graph().parse(data=turtle.text)
    concepts = set(triples.subjects(rdflib.RDF.type, rdflib.SKOS.Concept))
    assert {INDEX.resolve(str(each)) for each in concepts} == slugs
    mermaid = await client.get(f"{address}&format=mermaid")
    assert mermaid.text.startswith("flowchart")
    assert all(label in mermaid.text for label in labels)
    assert (await client.get(address, headers={"Accept": "image/png"})).status_code == 406
    assert (await client.get(f"{address}&format=gif")).status_code == 422


async def test_implied_concepts_can_be_left_out(client: httpx.AsyncClient) -> None:
    """Of neighbours in every format."""
    address = "/api/neighbors?concept=quarterly-business-review&format=mermaid"
    assert "Win Rate" in (await client.get(address)).text
    assert "Win Rate" not in (await client.get(f"{address}&implied=false")).text


async def test_random(client: httpx.AsyncClient) -> None:
    """Defined concepts of what is asked for, in time several; never kept by a cache."""
    found = {(await ask(client, "/api/random?source=club"))["slug"] for _ in range(40)}
    assert len(found) > 5
    assert "win-rate" not in found
    answer = await client.get("/api/random")
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    assert (await client.get("/api/random?kind=role&source=success")).status_code in (200, 422)


@pytest.mark.parametrize("order", ["recent", "degree"])
async def test_lists_in_other_orders(client: httpx.AsyncClient, order: str) -> None:
    """Pages hold each concept once; the most connected come first."""
    found, address = [], f"/api/concepts?order={order}&limit=7"
    while address:
        page = await ask(client, address)
        found += page["concepts"]
        address = (
            f"/api/concepts?order={order}&limit=7&cursor={page['next']}" if page["next"] else ""
        )
    assert len({each["slug"] for each in found}) == len(found) == len(INDEX.concepts)
    if order == "degree":
        degrees = [each["degree"] for each in found]
        assert degrees == sorted(degrees, reverse=True)


def test_statistics_agree_with_networkx() -> None:
    """Degrees and PageRank as NetworkX has them over the same relations."""
    found = statistics(INDEX, most=100)
    view = to_networkx(sample_graph())
    degrees = [degree for _, degree in view.degree()]
    assert found.degrees == {n: degrees.count(n) for n in sorted(set(degrees))}
    simple = nx.Graph()
    simple.add_nodes_from(view)
    for a, b in view.edges():
        weight = simple.get_edge_data(a, b, {"weight": 0})["weight"]
        simple.add_edge(a, b, weight=weight + 1)
    expected = nx.pagerank(simple, max_iter=500)
    assert all(abs(share - expected[slug]) < 1e-3 for slug, share in found.central)


async def test_stats(client: httpx.AsyncClient) -> None:
    """Counts, the central concepts, communities and coverage add up."""
    value = await ask(client, "/api/stats")
    assert sum(value["degrees"].values()) == value["concepts"]
    assert value["coverage"]["defined"] == value["concepts"] - value["implied"]
    assert value["central"][0]["share"] >= value["central"][-1]["share"] > 0
    assert all(each["size"] >= 3 and each["concepts"] for each in value["communities"])
    assert value["languages"]["de"] > 3


@pytest.mark.parametrize(
    ("suffix", "key"),
    [("json", "json"), ("ttl", "turtle"), ("graphml", "graphml"), ("mmd", "mermaid")],
)
async def test_neighbours_by_suffix(client: httpx.AsyncClient, suffix: str, key: str) -> None:
    """The suffix names the form that a parameter would, whatever Accept says."""
    head = {"Accept": "text/html"}
    file = await client.get(f"/api/concepts/churn/neighbors.{suffix}?depth=2", headers=head)
    asked = await client.get(f"/api/concepts/churn/neighbors?depth=2&format={key}")
    assert file.status_code == asked.status_code == 200
    assert file.content == asked.content
    assert file.headers["content-type"] == asked.headers["content-type"]


async def test_neighbours_by_an_unknown_suffix(client: httpx.AsyncClient) -> None:
    """A suffix that is none says which there are."""
    answer = await client.get("/api/concepts/churn/neighbors.svg")
    assert answer.status_code == 404
    assert "json, ttl, graphml, mmd" in answer.json()["detail"]
