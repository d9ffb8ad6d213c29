"""A glossary in one HTML file: what is in it, whose words, and that it loads nothing."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from api.cli import main
from kg.export import export
from kg.index import Index
from kg.model import Definition
from kg.training.offline_html import offline_page
from tests.chromium import NARROW, PROGRAM, WIDE, chromium, visit
from tests.sample_graph import sample_graph
from tests.test_export_graph import odd_graph, write_revision

TOOLS = [
    pytest.mark.tools,
    pytest.mark.skipif(PROGRAM is None, reason="Chromium is not installed"),
]
WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}


def text_of(graph: object = None, **options: object) -> str:
    pieces = export(graph or sample_graph(), "html", **options)  # type: ignore[arg-type]
    return b"".join(pieces).decode()


def test_every_term_is_in_it() -> None:
    """Each concept has a section with its definitions and relations; links lead to sections."""
    text = text_of()
    ids = set(re.findall(r'<section class="term" id="([^"]+)"', text))
    assert ids == {concept.slug for concept in sample_graph().concepts}
    assert set(re.findall(r'href="#([^"]+)"', text)) - {"main"} <= ids
    assert "The percentage of customers who leave in a period." in text
    assert '<dt>measures</dt><dd><a href="#churn">Churn</a>' in text
    assert "Customer Success Terms, Example Ltd" in text and "CC-BY-4.0" in text


def test_words_that_are_not_ours_are_cut() -> None:
    """A source without a licence is handed on as an excerpt, one that forbids it not at all."""
    long = "A flag that is flown above the sail. " * 30
    graph = sample_graph()

    def longer(definition: Definition) -> Definition:
        return replace(definition, text=long, examples=("E.",))

    concepts = tuple(
        replace(c, definitions=tuple(map(longer, c.definitions))) if c.slug == "club-burgee" else c
        for c in graph.concepts
    )
    cut = text_of(replace(graph, concepts=concepts))
    assert long.strip() not in cut and "(excerpt)" in cut and "Example: E." not in cut
    sources = tuple(replace(each, reuse="term") for each in graph.sources)
    assert "flown above" not in text_of(replace(graph, sources=sources))


def test_nothing_can_be_loaded() -> None:
    """The file's own policy names its one style and one script by digest and lets in nothing."""
    for graph in (sample_graph(), odd_graph()):
        text = text_of(graph)
        (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', text)
        assert policy.startswith("default-src 'none'; ")
        for tag in ("style", "script"):
            (body,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
            digest = b64encode(hashlib.sha256(body.encode()).digest()).decode()
            assert f"{tag}-src 'sha256-{digest}'" in policy
        assert not re.findall(
            r"<(?:img|link|iframe|object|embed|base)\b|\ssrc=|@import|url\(", text
        )
        assert not re.findall(r"<\w+[^>]*\s(?:on\w+|style)=", text)


def test_a_part_of_a_graph() -> None:
    """A file of some terms holds these in their order; what leads elsewhere is no link."""
    index = Index(sample_graph())
    text = b"".join(offline_page(index, slugs=["churn-rate", "churn"], title="Two")).decode()
    assert re.findall(r'<section class="term" id="([^"]+)"', text) == ["churn-rate", "churn"]
    assert set(re.findall(r'href="#([^"]+)"', text)) == {"main", "churn-rate", "churn"}
    assert "<title>Two</title>" in text and "Retention Rate" in text


def test_language() -> None:
    """Words, labels and phrases are those of the language that is asked for."""
    text = text_of(language="de")
    assert '<html lang="de">' in text and "Schiffsführer" in text and "Begriffen suchen" in text


FILES = {
    "m.svg": b"<svg", "m.png": b"\x89PNG", "m.html": b"<!doctype html>", "m.md": b"# Concept map",
    "m.mmd": b"flowchart",
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_map_command(tmp_path: Path, name: str) -> None:
    """`glossgraph map` writes the format that the file's name ends in."""
    write_revision(tmp_path / "s.kg", sample_graph())
    assert main(["map", str(tmp_path / "s.kg"), "Churn Rate", "-o", str(tmp_path / name)]) == 0
    assert (tmp_path / name).read_bytes().startswith(FILES[name])


def test_map_command_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown ending, theme or blank is a usage error that says what there is."""
    write_revision(tmp_path / "s.kg", sample_graph())
    graph = str(tmp_path / "s.kg")
    assert main(["map", graph, "Churn", "-o", str(tmp_path / "m.pdf")]) == 2
    assert "svg, png" in capsys.readouterr().err
    assert main(["map", graph, "Churn", "--theme", "pink"]) == 2
    assert main(["map", graph, "Churn", "--blank", "boxes"]) == 2
    assert main(["map", graph, "Churm"]) == 1
    assert main(["map", graph, "Churn Rate", "--blank", "concepts", "--answers"]) == 0
    assert "\n1. " in capsys.readouterr().out


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("offline")
    (folder / "all.html").write_text(text_of(), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


class TestBrowser:
    """The file in Chromium, with the network off."""

    pytestmark = TOOLS

    def test_without_a_network(self, browser: Browser, folder: Path) -> None:
        """Search, terms, maps and the way back work; the file asks for nothing but itself."""
        address = f"{folder.as_uri()}/"
        with visit(browser, address, offline=True) as seen:
            page = seen.page
            page.goto("all.html")
            page.keyboard.press("/")
            page.keyboard.type("clv")
            page.keyboard.press("Enter")
            heading = page.get_by_role("heading", level=2)
            expect(heading).to_have_text("Customer Lifetime Value")
            expect(page.get_by_role("navigation").get_by_role("link")).to_have_count(1)
            page.locator("input").fill("zzz")
            expect(page.get_by_role("status")).to_be_visible()
            page.locator("input").press("Escape")
            page.get_by_role("link", name="Churn Rate", exact=True).first.click()
            expect(page.locator("svg.wide:visible")).to_have_count(1)
            page.locator("svg.wide:visible a.n", has_text="Churn").last.click()
            expect(heading).to_have_text("Churn")
            page.go_back()
            expect(heading).to_have_text("Churn Rate")
            assert {each.partition("#")[0] for each in seen.requests} == {f"{address}all.html"}
            assert seen.complaints == []

    def test_without_javascript(self, browser: Browser, folder: Path) -> None:
        """All terms stand below each other."""
        with visit(browser, f"{folder.as_uri()}/", java_script_enabled=False) as seen:
            seen.page.goto("all.html")
            count = len(sample_graph().concepts)
            expect(seen.page.get_by_role("heading", level=2)).to_have_count(count)

    @pytest.mark.parametrize("theme", ["light", "dark"])
    @pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
    def test_wcag(
        self, browser: Browser, folder: Path, theme: str, size: Mapping[str, int]
    ) -> None:
        """axe-core finds nothing against WCAG 2.2 AA."""
        # The policy of the file shuts out the checker too; only for it it is passed by.
        with visit(
            browser, f"{folder.as_uri()}/", color_scheme=theme, viewport=size, bypass_csp=True
        ) as seen:
            for term in ("churn", "customer-onboarding", "club-burgee"):
                seen.page.goto(f"all.html#{term}")
                for summary in seen.page.locator("summary:visible").all()[:2]:
                    summary.click()
                found = Axe().run(seen.page, options=WCAG).response["violations"]
                assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], term
                wide = "document.documentElement.scrollWidth - innerWidth"
                assert seen.page.evaluate(wide) <= 0, term
