"""Concept maps over HTTP: files, and the card of a concept's page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from xml.etree import ElementTree

import httpx
import pytest

from api.app import create_app
from api.service import Snapshot
from api.settings import Settings
from kg.concept_map.png import available
from tests.sample_graph import sample_graph

BASE = "http://127.0.0.1:8000"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Snapshot(sample_graph(), "r1"), Settings())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client


pytestmark = pytest.mark.anyio


async def drawn(client: httpx.AsyncClient, address: str) -> ElementTree.Element:
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/svg+xml"
    return ElementTree.fromstring(answer.text)


def texts(root: ElementTree.Element) -> set[str]:
    return {"".join(text.itertext()) for text in root.iter(f"{SVG}text")}


async def test_a_map_says_whose_words_it_draws(client: httpx.AsyncClient) -> None:
    """The SVG of a concept holds title, credit with licence, revision and a link to its IRI."""
    root = await drawn(client, "/api/concepts/churn/map.svg")
    said = " ".join(texts(root))
    assert "Concept map of Churn" in said
    assert "Customer Success Terms, Example Ltd" in said
    assert "CC-BY-4.0" in said
    assert "Revision r1" in said
    targets = {a.get("href") for a in root.iter(f"{SVG}a")}
    assert f"{sample_graph().base}concepts/churn" in targets


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("only=cause", "reduces", "measures"),
        ("hide=cause,people", "measures", "reduces"),
        ("hide=cause&hide=people", "measures", "is used for"),
        ("form=narrow", "is measured by", "measures"),
        ("lang=de", "misst", "measures"),
        ("depth=2", "is responsible for", "Club Burgee"),
        ("theme=dark", "measures", "Club Burgee"),
    ],
)
async def test_options(client: httpx.AsyncClient, query: str, there: str, gone: str) -> None:
    """Families, language, form, depth and theme can be chosen."""
    said = texts(await drawn(client, f"/api/concepts/churn/map.svg?{query}"))
    assert there in said
    assert gone not in said


@pytest.mark.parametrize(
    ("address", "status", "part"),
    [
        ("/api/concepts/churn/map.svg?only=couse", 422, "cause"),
        ("/api/concepts/churn/map.svg?themes=dark", 422, "theme"),
        ("/api/concepts/chrun/map.svg", 404, "Churn"),
        ("/api/concepts/Pilot/map.svg", 300, "pilot-program"),
        ("/api/concepts/churn/map.gif", 404, "svg, png, md, mmd"),
        ("/api/map.svg", 422, "concepts"),
        ("/api/paths/map.svg?from=Churn&to=Sea%20Room", 422, "No path"),
    ],
)
async def test_what_cannot_be_drawn(
    client: httpx.AsyncClient, address: str, status: int, part: str
) -> None:
    """What cannot be drawn is a problem document that says what to do."""
    answer = await client.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert part in answer.text


async def test_maps_in_words(client: httpx.AsyncClient) -> None:
    """The same map is Markdown and Mermaid."""
    markdown = await client.get("/api/concepts/churn/map.md")
    assert markdown.headers["content-type"] == "text/markdown; charset=utf-8"
    assert "reduces" in markdown.text
    mermaid = await client.get("/api/concepts/churn/map.mmd")
    assert mermaid.text.startswith("flowchart TB\n")


async def test_several_concepts(client: httpx.AsyncClient) -> None:
    """Concepts by any name, or all of a source, are drawn in one map."""
    root = await drawn(client, "/api/map.svg?concepts=Skipper,crew,Passage%20Plan")
    assert {"Skipper", "Crew", "Passage Plan"} <= texts(root)
    root = await drawn(client, "/api/map.svg?source=club")
    assert {"Words of a Sailing Club", "Mainsail", "Sea Room"} <= texts(root)


async def test_path(client: httpx.AsyncClient) -> None:
    """The shortest path between two concepts is a chain."""
    said = texts(await drawn(client, "/api/paths/map.svg?from=Kickoff%20Call&to=Churn"))
    assert {"From Kickoff Call to Churn", "Kickoff Call", "is part of", "reduces"} <= said


async def test_the_page_shows_the_map(client: httpx.AsyncClient) -> None:
    """A concept's page holds both forms, the legend and links to the files."""
    page = (await client.get("/concepts/churn", headers={"Accept": "text/html"})).text
    assert 'class="cmap term map-wide"' in page
    assert 'class="cmap rail map-narrow"' in page
    assert '<li class="f-cause">' in page
    assert 'href="/api/concepts/churn/map.svg"' in page
    assert 'href="/concepts/customer-onboarding"' in page


async def test_no_card_without_relations(client: httpx.AsyncClient) -> None:
    """A concept that nothing relates to another has no map on its page."""
    page = (await client.get("/concepts/sea-room", headers={"Accept": "text/html"})).text
    assert "cmap" not in page


async def test_maps_are_validated(client: httpx.AsyncClient) -> None:
    """A map that the client holds is not sent again."""
    first = await client.get("/api/concepts/churn/map.svg")
    again = await client.get(
        "/api/concepts/churn/map.svg", headers={"If-None-Match": first.headers["etag"]}
    )
    assert again.status_code == 304


async def test_png(client: httpx.AsyncClient) -> None:
    """The PNG is the SVG at two pixels a px; without resvg the answer names the extra."""
    answer = await client.get("/api/concepts/churn/map.png")
    if not available():
        assert answer.status_code == 501
        assert "glossgraph[png]" in answer.json()["detail"]
        return
    root = await drawn(client, "/api/concepts/churn/map.svg")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = (int.from_bytes(answer.content[at : at + 4]) for at in (16, 20))
    assert (width, height) == (2 * int(root.get("width")), 2 * int(root.get("height")))
    assert answer.content == (await client.get("/api/concepts/churn/map.png")).content
