"""Embeds: frames, cards and labels for pages elsewhere, and who may hold them."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

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


async def ask(client: httpx.AsyncClient, url: str, **more: object) -> httpx.Response:
    return await client.get("/oembed", params={"url": url, **more})


async def test_oembed(client: httpx.AsyncClient) -> None:
    """The address of a term, or its IRI, is answered with an iframe of it (oEmbed 1.0, rich)."""
    for url in (
        f"{BASE}/concepts/churn-rate", f"{BASE}/concepts/churn-rate.html",
        f"{BASE}/embed/churn-rate?theme=dark", f"{sample_graph().base}concepts/churn-rate",
    ):  # fmt: skip
        said = (await ask(client, url)).json()
        assert (said["version"], said["type"], said["title"]) == ("1.0", "rich", "Churn Rate")
        assert (
            f'<iframe src="{BASE}/embed/churn-rate" title="Concept map: Churn Rate"' in said["html"]
        )
        assert f'width="{said["width"]}" height="{said["height"]}"' in said["html"]
    small = (await ask(client, f"{BASE}/concepts/churn", maxwidth=300, maxheight=400)).json()
    assert small["width"] <= 300 and small["height"] <= 400


async def test_oembed_in_xml(client: httpx.AsyncClient) -> None:
    """The same members stand in the XML form, escaped."""
    url = f"{BASE}/concepts/churn-rate"
    answer = await ask(client, url, format="xml")
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    root = ElementTree.fromstring(answer.content)
    assert root.tag == "oembed"
    assert {each.tag: each.text for each in root} == {
        name: str(value) for name, value in (await ask(client, url)).json().items()
    }


@pytest.mark.parametrize(
    ("url", "more", "status"),
    [
        (f"{BASE}/concepts/nowhere", {}, 404),
        ("https://other.example/concepts/churn", {}, 404),
        (f"{BASE}/sources", {}, 404),
        ("", {}, 422),
        (f"{BASE}/concepts/churn", {"format": "yaml"}, 501),
        (f"{BASE}/concepts/churn", {"maxwidth": "wide"}, 422),
    ],
)
async def test_oembed_refuses(
    client: httpx.AsyncClient, url: str, more: Mapping[str, str], status: int
) -> None:
    """What is no term is 404, an unknown format 501 (oEmbed 1.0, 2.3.5)."""
    assert (await ask(client, url, **more)).status_code == status


async def test_oembed_of_a_private_server() -> None:
    """Where no page may hold embeds, the answer is 401, and no page says that there is one."""
    async with client_of() as client:
        assert (await ask(client, f"{BASE}/concepts/churn")).status_code == 401
        assert "oembed" not in (await client.get("/concepts/churn.html")).text


async def test_oembed_is_discovered(client: httpx.AsyncClient) -> None:
    """A term's page names the address that answers for it."""
    text = (await client.get("/concepts/churn.html")).text
    (found,) = re.findall(r'type="application/json\+oembed" href="([^"]+)"', text)
    assert (await client.get(html.unescape(found))).json()["title"] == "Churn"


async def test_what_to_copy(client: httpx.AsyncClient) -> None:
    """The page has the code of each embed, files, and the map in words as alternative text."""
    text = html.unescape((await client.get("/share/churn-rate")).text)
    assert f'<iframe src="{BASE}/embed/churn-rate"' in text
    assert f'<script type="module" src="{BASE}/embed.js"></script>' in text
    assert 'alt="Concept map of Churn Rate: ' in text and "Churn Rate measures Churn." in text
    for suffix in ("svg", "md", "mmd", "svg?blank=concepts&answers=true"):
        assert f'href="/api/concepts/churn-rate/map.{suffix}"' in text
    assert "GLOSSGRAPH_EMBED" not in text, "embeds are allowed here"
    async with client_of() as private:
        assert "GLOSSGRAPH_EMBED" in (await private.get("/share/churn-rate")).text
    assert (await client.get("/share/CSM")).headers["location"] == "/share/customer-success-manager"


async def test_exercises(client: httpx.AsyncClient) -> None:
    """A blank map gives no answer away; with its answers it says which label is which."""
    address = "/api/concepts/churn-rate/map"
    whole = (await client.get(f"{address}.svg")).text
    blank = (await client.get(f"{address}.svg?blank=concepts")).text
    solved = (await client.get(f"{address}.svg?blank=concepts&answers=true")).text
    key = (await client.get(f"{address}.md?blank=concepts&answers=true")).text
    answers = [line.removeprefix("1. ") for line in key.splitlines() if line.startswith("1. ")]
    assert answers
    for answer in answers:
        assert answer in whole and answer in solved and f">{answer}<" not in blank
    assert "Answers: 1 " in solved and "Answers" not in blank
    choice = (await client.get(f"{address}.md?blank=concepts")).text
    assert [f"- {each}" for each in sorted(answers, key=str.casefold)] == [
        line for line in choice.splitlines() if line.startswith("- ")
    ]
    assert (await client.get(f"{address}.mmd?blank=concepts")).status_code == 422
