"""A site of files: every address leads to a file, from any path, and it reads like the server."""

from __future__ import annotations

import asyncio
import html
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from api.service import Snapshot
from api.site import NotASite, Options, file_of, write_site
from tests.chromium import NARROW, PROGRAM, WIDE, chromium, visit
from tests.elsewhere import elsewhere, policy
from tests.sample_graph import sample_graph

TOOLS = [
    pytest.mark.tools,
    pytest.mark.skipif(PROGRAM is None, reason="Chromium is not installed"),
]
HOME = "https://school.example/terms"
WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}


def written(folder: Path, **options: str) -> Path:
    report = write_site(Snapshot(sample_graph(), "r1"), folder, Options(**options))  # type: ignore[arg-type]
    assert report.broken == []
    return folder


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that knows no address of its own, in a folder of a server's files."""
    return written(tmp_path_factory.mktemp("files") / "courses" / "terms")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that knows where it will be served."""
    return written(tmp_path_factory.mktemp("home") / "site", base_url=HOME)


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def test_every_address_is_a_file(site: Path) -> None:
    """Each address in a page is relative and leads to a file; fragments lead to an id."""
    assert len(pages(site)) > 60
    for page in pages(site):
        text = page.read_text(encoding="utf-8")
        if "exports" in page.parts:
            continue
        for value in re.findall(r'<[^>]+\s(?:href|src|action)="([^"]*)"', text):
            address = html.unescape(value)
            if re.match(r"https?://", address):
                continue
            assert not address.startswith(("/", "?")), (page, address)
            path, _, fragment = address.partition("#")
            target = page.parent / unquote(path.partition("?")[0]) if path else page
            assert target.resolve().is_relative_to(site) and target.is_file(), (page, address)
            if fragment and target.suffix == ".html":
                assert f'id="{unquote(fragment)}"' in target.read_text(encoding="utf-8")


def test_nothing_asks_a_server(site: Path) -> None:
    """No page has what only a server answers, nor traces of how it was made."""
    for path in site.rglob("*"):
        if path.suffix in {".html", ".svg", ".md", ".json"}:
            text = path.read_text(encoding="utf-8")
            assert "site.invalid" not in text and "-site-" not in text, path
    term = (site / "concepts" / "churn-rate.html").read_text(encoding="utf-8")
    for gone in ("/sparql", "/docs", "/query", "/opensearch.xml", "/oembed"):
        assert gone not in term
    assert 'data-root=".."' in term and "application/ld+json" in term


def test_what_is_there(site: Path, home: Path) -> None:
    """Pages, data of each concept, maps, exports, search index, files for machines."""
    for name in (
        "index.html", "concepts.html", "map.html", "tree.html", "search.html", "exports.html",
        "sources.html",
        "concepts-letter-C.html", "concepts/churn-rate.ttl", "concepts/churn-rate.jsonld",
        "api/concepts/churn-rate/map.svg", "embed/churn-rate.html", "embed/churn-rate.json",
        "embed.js", "autolink.js", "labels.json", "search.json", "llms.txt", "robots.txt",
        "static/embed/matcher.js", ".nojekyll",
    ):  # fmt: skip
        assert (site / name).is_file(), name
    assert len(list((site / "exports").iterdir())) >= 20
    assert any("inter-latin-wght" in path.name for path in site.rglob("*.woff2"))
    assert not (site / "sitemap.xml").exists() and not (site / "share").exists()
    places = ElementTree.parse(home / "sitemap.xml").getroot()
    found = {each.text for each in places.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}
    assert f"{HOME}/concepts/churn-rate.html" in found
    assert f"Sitemap: {HOME}/sitemap.xml" in (home / "robots.txt").read_text(encoding="utf-8")


def test_a_site_knows_its_address(home: Path) -> None:
    """With a base URL, code to copy, canonical links and the links of maps lead to the site."""
    share = html.unescape((home / "share" / "churn-rate.html").read_text(encoding="utf-8"))
    assert f'<iframe src="{HOME}/embed/churn-rate.html"' in share
    assert f'src="{HOME}/embed.js"' in share and "oembed" not in share
    assert 'name="theme"' in share and 'name="depth"' not in share, "maps of one step are written"
    term = (home / "concepts" / "churn-rate.html").read_text(encoding="utf-8")
    assert f'<link rel="canonical" href="{HOME}/concepts/churn-rate.html">' in term
    drawn = (home / "api" / "concepts" / "churn-rate" / "map.svg").read_text(encoding="utf-8")
    assert f"{HOME}/concepts/churn.html" in drawn and sample_graph().base not in drawn


def test_former_names_lead_on(site: Path) -> None:
    """The page and the embed of a renamed concept send on to it."""
    for room in ("concepts", "embed"):
        text = (site / room / "csm-role.html").read_text(encoding="utf-8")
        assert 'content="0; url=customer-success-manager.html"' in text


def test_twice_the_same(site: Path, tmp_path: Path) -> None:
    """Another writing of the same graph has the same bytes; another folder's content is kept."""
    again = written(tmp_path / "again")
    names = {path.relative_to(site) for path in site.rglob("*") if path.is_file()}
    assert names == {path.relative_to(again) for path in again.rglob("*") if path.is_file()}
    differing = [n for n in names if (site / n).read_bytes() != (again / n).read_bytes()]
    # Workbooks and archives are compared by the tests of the exports.
    assert differing == []
    (again / "left over.txt").write_text("", encoding="utf-8")
    written(again)
    assert not (again / "left over.txt").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x", encoding="utf-8")
    with pytest.raises(NotASite):
        written(tmp_path / "mine")
    assert os.listdir(tmp_path / "mine") == ["thesis.txt"]  # noqa: PTH208


def test_inside_an_event_loop(tmp_path: Path) -> None:
    """A notebook, which has a loop of its own, can write a site too."""

    async def cell() -> Path:
        return written(tmp_path / "site")

    assert (asyncio.run(cell()) / "index.html").is_file()


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/", "index.html"),
        ("/concepts", "concepts.html"),
        ("/concepts?letter=%23", "concepts-letter-9ba8a2cc.html"),
        ("/concepts?letter=C&kind=metric", ""),
        ("/concepts/sch%C3%A4kel", "concepts/schäkel.html"),
        ("/concepts/churn.ttl", "concepts/churn.ttl"),
        ("/concepts/node.js", "concepts/node.js.html"),
        ("/api/concepts/churn/map.svg?blank=concepts", "api/concepts/churn/map-blank-concepts.svg"),
        ("/api/concepts/churn/map.png", ""),
        ("/api/concepts/churn", ""),
        ("/sparql", ""),
        ("/share/churn", ""),
    ],
)
def test_file_names(address: str, file: str) -> None:
    """What needs a server has no file; queries and other scripts are told apart in names."""
    assert re.sub("-[0-9a-f]{8}", "-*", file_of(address, Options())) == re.sub(
        "-[0-9a-f]{8}", "-*", file
    )
    long = file_of("/concepts/" + "%E5%AD%97" * 120, Options())
    assert len(long.rpartition("/")[2].encode()) < 200


@contextmanager
def file_server(folder: Path) -> Iterator[str]:
    """A plain file server, such as any web host is."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def end_headers(self) -> None:
            self.send_header("Access-Control-Allow-Origin", "*")
            super().end_headers()

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with file_server(site.parent.parent) as served:
        yield f"{served}/courses/terms"


class TestBrowser:
    """The site in Chromium, from a sub-path of a plain file server."""

    pytestmark = TOOLS

    def test_reads_like_the_server(self, browser: Browser, address: str) -> None:
        """Search with the keyboard, a term, its map, why, its files: nothing fails to load."""
        with visit(browser, f"{address}/") as seen:
            page = seen.page
            failed: list[str] = []
            page.on("response", lambda each: each.status >= 400 and failed.append(each.url))
            page.goto("index.html")
            page.keyboard.press("/")
            page.keyboard.type("nrr")
            expect(page.get_by_role("option").first).to_contain_text("NRR")
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
            page.wait_for_url("**/courses/terms/concepts/net-revenue-retention.html")
            page.locator("svg.map-wide a.n", has_text="Churn").last.click()
            page.wait_for_url("**/courses/terms/concepts/churn.html")
            page.locator("svg.map-wide a.n:not(.focus)").first.hover()
            page.locator("details.why > summary").first.click()
            expect(page.locator(".proof").first).to_be_visible()
            page.get_by_role("combobox").fill("sail")
            page.keyboard.press("Enter")
            page.wait_for_url("**/search.html?q=sail")
            expect(page.get_by_role("heading", level=1)).to_have_text("Found for “sail”")
            page.get_by_role("link", name="Mainsail", exact=True).click()
            page.get_by_role("link", name="A–Z").first.click()
            page.get_by_role("link", name="Downloads").click()
            expect(page.get_by_role("link", name="Turtle", exact=True)).to_be_visible()
            assert failed == [] and seen.complaints == []
            assert not [each for each in seen.requests if not each.startswith(f"{address}/")]

    def test_embeds_need_no_server(self, browser: Browser, address: str) -> None:
        """Elements and links in a page elsewhere work from the files."""
        pages = {
            "page.html": '<!doctype html><html lang="en"><title>Page</title>'
            '<script type="module" src="{glossary}/autolink.js"></script><main><h1>Page</h1>'
            '<glossary-map term="churn-rate" theme="dark"></glossary-map>'
            "<p>Our QBRs look at churn.</p></main>"
        }
        origin = address.partition("/courses")[0]
        rules = policy(origin)
        with elsewhere(address, pages, policy=rules) as other, visit(browser, other) as seen:
            page = seen.page
            page.goto("/page.html")
            expect(page.locator("glossary-map")).to_have_attribute("data-state", "shown")
            frame = page.frame_locator("iframe")
            assert frame.locator("html").get_attribute("data-theme") == "dark"
            frame.locator("a.n:visible", has_text="Churn").last.click()
            expect(frame.get_by_role("heading", level=1)).to_contain_text("Churn")
            assert frame.locator("html").get_attribute("data-theme") == "dark"
            expect(page.locator("glossary-term")).to_have_text(["QBRs", "churn"])
            page.get_by_role("link", name="QBRs").focus()
            page.keyboard.press("Shift")

    @pytest.mark.parametrize("theme", ["light", "dark"])
    @pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
    def test_wcag(self, browser: Browser, address: str, theme: str, size: dict[str, int]) -> None:
        """axe-core finds nothing against WCAG 2.2 AA on what only a site has."""
        with visit(browser, f"{address}/", color_scheme=theme, viewport=size) as seen:
            for path in ("search.html?q=churn", "exports.html", "concepts/churn.html"):
                seen.page.goto(path, wait_until="networkidle")
                found = Axe().run(seen.page, options=WCAG).response["violations"]
                assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], path
