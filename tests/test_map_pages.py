"""The pages around maps: which concepts they draw, what they say in words, what they ask back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from api.app import create_app
from api.service import Snapshot
from api.settings import Settings
from tests.sample_graph import sample_graph

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def snapshot() -> Snapshot:
    return Snapshot(sample_graph(), "r1")


@pytest.fixture
async def client(snapshot: Snapshot) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(snapshot, Settings()))
    headers = {"Accept": "text/html", "Accept-Language": "en"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8000", headers=headers
    ) as client:
        yield client


def _drawn(page: str) -> set[str]:
    return {part.partition('"')[0] for part in page.split('data-id="')[1:]}


async def test_a_map_of_named_concepts(client: httpx.AsyncClient) -> None:
    """Named concepts are drawn, no others; each can be taken out; files are of the same set."""
    page = (await client.get("/map?concepts=churn-rate,win-rate")).text
    assert _drawn(page) == {"churn-rate", "win-rate"}
    assert 'href="/map?concepts=win-rate" aria-label="Without Churn Rate"' in page
    assert "/api/map.svg?concepts=churn-rate%2Cwin-rate" in page


async def test_a_concept_is_added(client: httpx.AsyncClient) -> None:
    """The form adds a label to the concepts that are on the map."""
    page = (await client.get("/map", params={"concepts": "churn-rate", "add": "Win Rate"})).text
    assert _drawn(page) == {"churn-rate", "win-rate"}


async def test_a_source_a_search_and_a_start(client: httpx.AsyncClient, snapshot: Snapshot) -> None:
    """A source's map has its concepts; without a question the best connected stands in it."""
    source = snapshot.graph.sources[0].name
    page = (await client.get(f"/map?source={source}")).text
    assert _drawn(page) == set(snapshot.catalogue.filtered(source=source))
    assert snapshot.hubs[0] in _drawn((await client.get("/map")).text)
    assert "churn-rate" in _drawn((await client.get("/map?q=churn")).text)


async def test_the_words_of_a_map_are_the_readers(client: httpx.AsyncClient) -> None:
    """Title, question and caption come from the address, escaped."""
    query = {"concepts": "churn-rate", "title": "A <b>", "question": "Why & how?", "caption": "C"}
    page = (await client.get("/map", params=query)).text
    assert '<h1 class="page">A &lt;b&gt;</h1>' in page
    assert "Why &amp; how?" in page and '<p class="caption">C</p>' in page


async def test_an_unknown_name_is_asked_back(client: httpx.AsyncClient) -> None:
    """404 with the form, and the same question with each name that may be meant."""
    answer = await client.get("/paths?from=churm+rate&to=win-rate")
    assert answer.status_code == 404
    assert 'href="?from=churn-rate&amp;to=win-rate"' in answer.text
    assert 'value="churm rate"' in answer.text
    wrong = await client.get("/map?community=999999")
    assert wrong.status_code == 422


async def test_ways_between_two(client: httpx.AsyncClient, snapshot: Snapshot) -> None:
    """Each way is a sentence with a reason for every step; the cheapest is drawn."""
    relation = snapshot.graph.relations[0]
    page = (await client.get(f"/paths?from={relation.subject}&to={relation.object}")).text
    assert {relation.subject, relation.object} <= _drawn(page)
    assert f'href="/relations/{relation.id}"' in page or "/relations/" in page
    assert "/api/paths/map.svg?from=" in page


async def test_two_side_by_side(client: httpx.AsyncClient, snapshot: Snapshot) -> None:
    """Both definitions stand with their credit; what only one relates to is under it."""
    page = (await client.get("/compare?a=churn-rate&b=win-rate")).text
    for slug in ("churn-rate", "win-rate"):
        for definition in snapshot.index.concept(slug).definitions:
            assert definition.text[:30] in page
    assert page.count("Only here") == 2


async def test_where_nothing_is_related_a_sentence_stands_for_the_map(snapshot: Snapshot) -> None:
    """A glossary of one lone term has a page of maps with a heading and no empty frame."""
    lone = replace(snapshot.graph, concepts=snapshot.graph.concepts[:1], relations=(), redirects={})
    transport = httpx.ASGITransport(app=create_app(Snapshot(lone, "r1"), Settings()))
    headers = {"Accept": "text/html", "Accept-Language": "en"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8000", headers=headers
    ) as client:
        page = (await client.get("/map")).text
    assert '<h1 class="page">Map</h1>' in page and "There is nothing to draw" in page
    assert 'class="cmap' not in page and "0 concepts" not in page.partition("<footer")[0]


async def test_the_tree_has_everything_below_something(
    client: httpx.AsyncClient, snapshot: Snapshot
) -> None:
    """Every concept of the hierarchy stands in the tree, and in a tree of its own."""
    page = (await client.get("/tree")).text
    hierarchical = [r for r in snapshot.graph.relations if r.type in {"broader", "partOf"}]
    assert hierarchical
    for relation in hierarchical:
        for slug in (relation.subject, relation.object):
            assert f'href="/concepts/{slug}"' in page
    below = await client.get(f"/tree?root={hierarchical[0].object}")
    assert f'href="/concepts/{hierarchical[0].subject}"' in below.text


async def test_a_source_lists_its_entries(client: httpx.AsyncClient, snapshot: Snapshot) -> None:
    """All entries of a source, in its order, and 404 with the names for another."""
    source = snapshot.graph.sources[0]
    page = (await client.get(f"/sources/{source.name}")).text
    for concept in snapshot.graph.concepts:
        if any(d.source == source.name for d in concept.definitions):
            assert f'href="/concepts/{concept.slug}"' in page
    missing = await client.get("/sources/nowhere")
    assert missing.status_code == 404 and source.name in missing.text
