"""Embeds: frames, cards and labels for pages elsewhere, and who may hold them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.embedding import shared
from api.service import Snapshot
from api.settings import BadSetting, Settings, from_environment
from kg.model import Concept
from tests.sample_graph import sample_graph

BASE = "http://127.0.0.1:8000"
LMS = "https://lms.example"

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def client_of(**settings: Any) -> httpx.AsyncClient:
    app = create_app(Snapshot(sample_graph(), "r1"), Settings(**settings))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(embed=(LMS,)) as client:
        yield client


@pytest.mark.parametrize(
    ("settings", "ancestors"),
    [
        ({}, "'self'"),
        ({"public": True}, "*"),
        ({"embed": (LMS,)}, f"'self' {LMS}"),
        ({"embed": ("*",)}, "'self' *"),
        ({"public": True, "embed": (LMS,)}, f"'self' {LMS}"),
    ],
)
async def test_who_may_frame(settings: Mapping[str, Any], ancestors: str) -> None:
    """Only an embed names the origins of the settings, found or not; other pages only our own."""
    async with client_of(**settings) as client:
        for address in ("/embed/churn", "/embed/nowhere", "/embed/Pilot"):
            policy = (await client.get(address)).headers["content-security-policy"]
            assert policy.endswith(f"frame-ancestors {ancestors}"), address
            assert policy.startswith("default-src 'self';")
        for address in ("/", "/concepts/churn.html", "/sources"):
            policy = (await client.get(address)).headers["content-security-policy"]
            assert "frame-ancestors 'self';" in policy


@pytest.mark.parametrize(
    ("given", "path", "origin", "allowed"),
    [
        ((LMS,), "/embed/churn.json", LMS, LMS),
        ((LMS,), "/labels.json", LMS, LMS),
        ((LMS,), "/api/concepts/churn/map.svg", LMS, LMS),
        ((LMS,), "/api/concepts/churn", LMS, None),
        ((LMS,), "/embed/churn", LMS, None),
        ((LMS,), "/labels.json", "https://lms.example.evil.example", None),
        ((LMS,), "/labels.json", "http://lms.example", None),
        (("https://*.school.example",), "/labels.json", "https://a.b.school.example",
         "https://a.b.school.example"),
        (("https://*.school.example",), "/labels.json", "https://school.example", None),
        (("http://localhost:*",), "/labels.json", "http://localhost:8080", "http://localhost:8080"),
        (("*",), "/labels.json", LMS, "*"),
        ((), "/labels.json", LMS, None),
        ((), "/embed.js", LMS, "*"),
    ],
)  # fmt: skip
def test_who_may_read(given: tuple[str, ...], path: str, origin: str, allowed: str | None) -> None:
    """Scripts of the named origins read what embeds need, nothing else; our code anybody."""
    headers = shared(Settings(embed=given), path, origin)
    assert headers.get("Access-Control-Allow-Origin") == allowed


@pytest.mark.parametrize("text", ["lms.example", "https://a.example; script-src *", "'self'"])
def test_an_origin_is_an_origin(text: str) -> None:
    """What is no origin is refused: it would end the policy."""
    with pytest.raises(BadSetting, match="GLOSSGRAPH_EMBED"):
        from_environment({"GLOSSGRAPH_EMBED": text})
    assert from_environment({"GLOSSGRAPH_EMBED": f"{LMS}/"}).embed == (LMS,)


async def test_an_embed_says_what_it_draws(client: httpx.AsyncClient) -> None:
    """Definition, map, the map in words, credit with licence, and a link back are in the page."""
    text = (await client.get("/embed/churn-rate")).text
    assert "The percentage of customers who leave in a period." in text
    assert text.count('<svg class="cmap') == 2
    assert '<dt>measures</dt><dd><a href="/embed/churn">Churn</a></dd>' in text
    assert "Customer Success Terms" in text and "CC-BY-4.0" in text
    assert "no licence stated" in text, "the other source of this concept has none"
    assert 'href="/concepts/churn-rate" target="_blank" rel="noopener">Open in' in text
    assert "<form" not in text and "style=" not in text


async def test_an_embed_follows_its_address(client: httpx.AsyncClient) -> None:
    """Theme, language, families and form are the address's, and links inside keep them."""
    text = (await client.get("/embed/skipper?theme=dark&lang=de&view=list")).text
    assert '<html lang="de" data-theme="dark" data-view="list">' in text
    assert (
        "Schiffsführer" in text
        and "Die Karte in Worten" in text
        and '<details class="words" open>' in text
    )
    assert "?theme=dark&amp;lang=de&amp;view=list" in text
    only = (await client.get("/embed/churn-rate?only=measurement")).text
    assert "f-measurement" in only and "f-association" not in only
    deep = (await client.get("/embed/churn-rate?depth=2")).text
    assert deep.count('<a class="n') > only.count('<a class="n')
    odd = await client.get("/embed/churn-rate?lang=%7B0%7D")
    assert odd.status_code == 200


async def test_an_embed_of_a_former_name_works(client: httpx.AsyncClient) -> None:
    """A renamed concept sends on for good, a label for now; what is gone says so in the frame."""
    moved = await client.get("/embed/csm-role?theme=dark")
    assert (moved.status_code, moved.headers["location"]) == (
        301, "/embed/customer-success-manager?theme=dark",
    )  # fmt: skip
    moved = await client.get("/embed/CSM.json")
    assert (moved.status_code, moved.headers["location"]) == (
        302, "/embed/customer-success-manager.json",
    )  # fmt: skip
    gone = await client.get("/embed/churm")
    assert gone.status_code == 404 and "This term is not here" in gone.text
    several = await client.get("/embed/Pilot")
    assert several.status_code == 300 and "/embed/harbour-pilot" in several.text
    assert (await client.get("/embed/churn?only=colour")).status_code == 422


async def test_a_private_server_hands_on_no_more_than_an_excerpt() -> None:
    """In a page elsewhere a source without a licence is cut, also where the server is private."""
    graph = sample_graph()
    long = "A flag that is flown. " * 40
    concepts = tuple(
        _with_text(each, long) if each.slug == "club-burgee" else each for each in graph.concepts
    )
    app = create_app(Snapshot(replace(graph, concepts=concepts), "r1"), Settings())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        card = (await client.get("/embed/club-burgee.json")).json()
        assert card["excerpt"] and len(card["text"]) <= 300
        assert long not in (await client.get("/embed/club-burgee")).text


def _with_text(concept: Concept, text: str) -> Concept:
    return replace(concept, definitions=tuple(replace(d, text=text) for d in concept.definitions))


async def test_cards(client: httpx.AsyncClient) -> None:
    """A card has label, definition, and whose words these are."""
    card = (await client.get("/embed/churn-rate.json")).json()
    assert card["label"] == "Churn Rate" and card["aliases"] == ["Customer Churn Rate"]
    assert card["text"].startswith("The percentage of customers")
    assert card["credit"] == "Customer Success Terms, Example Ltd, CC-BY-4.0"
    assert (await client.get("/embed/nowhere.json")).status_code == 404


async def test_labels(client: httpx.AsyncClient) -> None:
    """Every defined concept is in the index with its labels; it is not sent twice."""
    answer = await client.get("/labels.json")
    index = answer.json()
    rows = {slug: labels for slug, *labels in index["concepts"]}
    assert rows["net-revenue-retention"] == ["Net Revenue Retention", "NRR"]
    assert "win-rate" not in rows, "no entry defines it"
    assert index["rules"]["plural"] == "english" and index["rules"]["irregular"]["data"] == "data"
    again = await client.get("/labels.json", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
