"""What a source tells of the repairs of its texts: counted, placed, bounded, shown."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from api.app import create_app
from api.service import Snapshot
from api.settings import Settings
from extract.repair import repair
from kg.model import Graph, Repair
from kg.project import Project
from kg.repairs import KEPT, repairs
from kg.reuse import published
from tests.reading import document
from tests.sample_graph import sample_graph

pytestmark = pytest.mark.anyio
TEXT = """Jib – a triangular sail, set “ahead” of the mast.
Mast – a spar that carries &amp; holds sails.
Sheet – a rope that con\u00adtrols a sail; it\u2019s made fast &amp; eased.
"""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def graph() -> Graph:
    """The sample graph, with repairs in its first source."""
    sample = sample_graph()
    first, *others = sample.sources
    text = next(each for each in sample.texts if each.source == first.name)
    line = text.text.index("\n") + 1
    found = (
        Repair(rule="entity", before="&lt;b&gt;", after="<b>", count=3, document=text.document,
               start=line, end=line + 3),
        Repair(rule="entity", before="", after="", count=7),
        Repair(rule="invisible", before="\u00ad", after="", document=text.document),
        Repair(rule="mojibake:gbk", before="鈥檚", after="’s", document=text.document),
        Repair(rule="of another program", before="x", after="y", document=text.document),
    )  # fmt: skip
    return replace(sample, sources=(replace(first, repairs=found), *others))


@pytest.fixture
async def client(graph: Graph) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(Snapshot(graph, "r1"), Settings()))
    headers = {"Accept": "text/html", "Accept-Language": "en"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8000", headers=headers
    ) as client:
        yield client


def test_equal_repairs_are_counted_at_their_first_place() -> None:
    """Each repair has its rule, what stood there and stands there now, its number and place."""
    read = repair(document(TEXT, "x.txt"))
    found = repairs([read])
    assert [(each.rule, each.before, each.after, each.count) for each in found] == [
        ("entity", "&amp;", "&", 2),
        ("invisible", "\u00ad", "", 1),
    ]
    assert read.text[found[0].start : found[0].end] == "&"
    assert read.text[: found[0].start].count("\n") == 1
    assert repairs([document("Jib – a sail.\n", "y.txt")]) == ()


def test_what_a_source_keeps_is_bounded() -> None:
    """Of a rule the most frequent are kept one by one; one more counts all the others."""
    text = "".join(f"Term {n} – letter &#{n};.\n" for n in range(200, 300)) + "Ends &#250; &#250;\n"
    found = repairs([repair(document(text, "x.txt"))])
    assert len(found) == KEPT + 1
    assert (found[0].after, found[0].count) == ("ú", 3)
    assert found[-1] == Repair(rule="entity", before="", after="", count=100 - KEPT)
    assert sum(each.count for each in found) == 102


async def test_a_source_page_shows_them(client: httpx.AsyncClient, graph: Graph) -> None:
    """Under each rule stand number, before and after, signs that no font shows, and the line."""
    name = graph.sources[0].name
    page = (await client.get(f"/sources/{name}")).text
    section = page.partition('id="repairs"')[2]
    names = re.findall(r'<h3 class="repair">([^<]+) <small class="muted">([^<]+)</small>', section)
    assert names == [
        ("HTML entity", "10 ×"), ("Invisible character within a word", "1 ×"),
        ("UTF-8 that was read as gbk", "1 ×"), ("of another program", "1 ×"),
    ]  # fmt: skip
    shown = " ".join(re.sub("<[^>]+>", "", section).split())
    assert "&amp;lt;b&amp;gt; → &lt;b&gt; line 2 · 3 ×" in shown
    assert "others 7 ×" in shown and "U+00AD → taken out line 1" in shown
    other = (await client.get(f"/sources/{graph.sources[1].name}")).text
    assert "the text is as it was read" in other
    answer = (await client.get("/api/sources")).json()["sources"]
    assert answer[0]["repairs"]["entity"] == 10 and answer[1]["repairs"] == {}


def test_of_a_source_that_licenses_only_its_terms_no_words_are_handed_on(graph: Graph) -> None:
    """Rules and numbers stay, what stood there does not."""
    first, *others = graph.sources
    bare = published(replace(graph, sources=(replace(first, reuse="term"), *others))).sources[0]
    assert [(each.rule, each.count) for each in bare.repairs] == [
        (each.rule, each.count) for each in first.repairs
    ]
    assert not any(each.before or each.after for each in bare.repairs)


def test_a_build_keeps_them() -> None:
    """The graph's source holds what was repaired in its document."""
    from extract.model import Extraction
    from kg.assembly import build_graph

    read = repair(document(TEXT, "harbour.txt"))
    built = build_graph(Extraction(documents=(read,)), project=Project())
    assert [each.rule for each in built.sources[0].repairs] == ["entity", "invisible"]
