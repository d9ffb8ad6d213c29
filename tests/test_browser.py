"""The pages in a real browser: what is shown, reached by keyboard, asked for, complained about."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Mapping

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.chromium import (
    NARROW,
    PROGRAM,
    TERM,
    WIDE,
    Visit,
    chromium,
    page_kinds,
    sample_graph_folder,
    visit,
)  # fmt: skip
from tests.serving import serve

pytestmark = [
    pytest.mark.tools,
    pytest.mark.skipif(PROGRAM is None, reason="Chromium is not installed"),
]

KINDS = (
    "home", "list", "letter", "term", "implied", "search", "nothing", "map", "topic", "guess",
    "overview", "paths", "compare", "tree", "source", "paste", "sources", "query", "why",
    "problems", "missing", "docs", "embed", "share",
)  # fmt: skip
VIEWS = pytest.mark.parametrize(
    ("theme", "viewport"),
    [(theme, size) for theme in ("light", "dark") for size in (WIDE, NARROW)],
    ids=["light-wide", "light-narrow", "dark-wide", "dark-narrow"],
)
WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The sample glossary, built and served."""
    with serve(sample_graph_folder(tmp_path_factory.mktemp("graph"))) as served:
        yield served.address


@pytest.fixture(scope="module")
def kinds(address: str) -> Mapping[str, tuple[str, int]]:
    return page_kinds(address)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def seen(browser: Browser, address: str) -> Iterator[Visit]:
    """A wide page that must ask no other origin and leave no complaint in the console."""
    with visit(browser, address) as seen:
        yield seen
        assert not [each for each in seen.requests if not each.startswith(f"{address}/")]
        assert seen.complaints == []


def test_every_kind_of_page_is_visited(kinds: Mapping[str, tuple[str, int]]) -> None:
    """The tests below leave no kind of page out."""
    assert set(kinds) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_pages_load_cleanly(
    browser: Browser, address: str, kinds: Mapping[str, tuple[str, int]], kind: str
) -> None:
    """A page loads twice, the second time from what was stored, without a complaint.

    It is under a policy, and not one request leaves the origin.
    """
    path, status = kinds[kind]
    with visit(browser, address) as seen:
        for _ in range(2):
            answer = seen.page.goto(path, wait_until="networkidle")
            assert answer is not None and answer.status == status
            assert answer.headers["content-security-policy"].startswith("default-src 'self';")
            margin = "getComputedStyle(document.body).marginTop"
            assert seen.page.evaluate(margin) == "0px", "the style sheet is missing"
        assert seen.requests
        assert not [each for each in seen.requests if not each.startswith(f"{address}/")]
        # The browser itself writes down that a page answered 404.
        assert [each for each in seen.complaints if "status of 404" not in each] == []
        assert status == 404 or not seen.complaints


@VIEWS
def test_wcag(
    browser: Browser,
    address: str,
    kinds: Mapping[str, tuple[str, int]],
    theme: str,
    viewport: Mapping[str, int],
) -> None:
    """axe-core finds nothing against WCAG 2.2 AA on any kind of page, with its parts opened.

    Nor is a page wider than the window.
    """
    axe = Axe()
    with visit(browser, address, color_scheme=theme, viewport=viewport) as seen:
        page = seen.page
        for kind, (path, _) in kinds.items():
            page.goto(path)
            if kind == "docs":
                page.locator(".opblock").first.wait_for()
            for summary in page.locator("details.why > summary").all()[:3]:
                summary.click()
            if kind == "list":
                page.keyboard.press("/")
                page.keyboard.type("churn")
                page.get_by_role("option").first.wait_for()
            found = axe.run(page, options=WCAG).response["violations"]
            assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], kind
            overflow = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert overflow <= 0, kind


def test_search_by_keyboard(seen: Visit) -> None:
    """ "/" goes to the search, typing suggests, an arrow chooses and Enter opens the term."""
    page = seen.page
    page.goto(TERM)
    page.keyboard.press("/")
    field = page.get_by_role("combobox")
    expect(field).to_be_focused()
    page.keyboard.type("churn r")
    expect(page.get_by_role("option").first).to_contain_text("Churn rate")
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "suggestions-q-0")
    page.keyboard.press("Enter")
    page.wait_for_url("**/concepts/churn-rate")
    expect(page.get_by_role("heading", level=1)).to_have_text("Churn rate")


def test_escape_closes_the_suggestions(seen: Visit) -> None:
    """Escape leaves the words and takes the list away; Enter then searches."""
    page = seen.page
    page.goto("/concepts")
    page.keyboard.press("/")
    page.keyboard.type("retension")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=retension")
    expect(page.get_by_role("heading", level=1)).to_contain_text("retension")


def test_map_leads_on(seen: Visit) -> None:
    """A box of the concept map is a link, by mouse and by keyboard, to its term."""
    page = seen.page
    page.goto(TERM)
    page.locator("svg.map-wide a.n", has_text="Churn").first.click()
    page.wait_for_url("**/concepts/churn")
    box = page.locator("svg.map-wide a.n", has_text="Churn rate").first
    box.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/concepts/churn-rate")
    expect(page.get_by_role("heading", level=1)).to_have_text("Churn rate")


def test_why_shows_the_sentence(seen: Visit) -> None:
    """ "why" opens in place: the sentence, its words marked, source and line; and has a page."""
    page = seen.page
    page.goto(TERM)
    why = page.locator(".target", has=page.get_by_role("link", name="Churn", exact=True))
    proof = why.locator(".proof")
    expect(proof).to_be_hidden()
    why.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(proof.locator("mark")).to_be_visible()
    expect(proof).to_contain_text("reduces churn")
    expect(proof).to_contain_text(re.compile(r"Onboarding, word by word, line \d+ "))
    why.get_by_role("link", name="link to this").click()
    page.wait_for_url("**/relations/*")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Customer onboarding reduces Churn")
    expect(page.locator(".proof mark")).to_be_visible()


def test_theme_stays_chosen(seen: Visit) -> None:
    """The switch turns the page dark; the next page is dark from its first paint."""
    page = seen.page
    page.goto("/")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.get_by_role("button", name="Switch between light and dark").click()
    dark = page.evaluate(paper)
    assert light != dark
    page.goto("/sources")
    assert page.evaluate(paper) == dark


def test_query_page(seen: Visit) -> None:
    """A SPARQL query gives rows, its concepts lead to their pages; a wrong one is explained."""
    page = seen.page
    page.goto("/query")
    page.locator("#ask[data-ready]").wait_for()  # the plain field has become an editor
    page.get_by_label("SPARQL query").fill(
        "SELECT ?concept ?label { ?concept gg:reduces ?b ; skos:prefLabel ?label }"
    )
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("columnheader")).to_have_text(["concept", "label"])
    row = page.get_by_role("row", name="customer-onboarding Customer onboarding")
    row.get_by_role("link").click()
    page.wait_for_url(f"**{TERM}")


def test_wrong_query_is_explained(browser: Browser, address: str) -> None:
    """What is wrong with a query stands below it, and the query stays."""
    with visit(browser, address) as seen:
        seen.page.goto("/query?query=SELEKT")
        expect(seen.page.get_by_role("alert")).to_be_visible()
        expect(seen.page.get_by_label("SPARQL query")).to_contain_text("SELEKT")


def test_without_javascript(browser: Browser, address: str) -> None:
    """A term, its map and its evidence, search and A-Z work without JavaScript."""
    with visit(browser, address, java_script_enabled=False) as seen:
        page = seen.page
        page.goto(TERM)
        expect(page.locator(".definition").first).to_be_visible()
        expect(page.locator("svg.map-wide")).to_be_visible()
        page.locator("details.why > summary").first.click()
        expect(page.locator(".proof").first).to_be_visible()
        expect(page.locator("#theme")).to_be_hidden()
        page.get_by_label("Search concepts").fill("NRR")
        page.keyboard.press("Enter")
        page.wait_for_url("**/concepts/net-revenue-retention")
        page.get_by_role("link", name="A–Z").click()
        page.get_by_role("navigation", name="Letters").get_by_role("link", name="R").click()
        page.get_by_role("main").get_by_role("link", name="Renewal", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Renewal")


def test_phone(browser: Browser, address: str) -> None:
    """On a phone the map is the narrow one, inside the window, and every page is in reach."""
    with visit(browser, address, viewport=NARROW, is_mobile=True, has_touch=True) as seen:
        page = seen.page
        page.goto(TERM)
        expect(page.locator("svg.map-wide")).to_be_hidden()
        narrow = page.locator("svg.map-narrow")
        expect(narrow).to_be_visible()
        box = narrow.bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= NARROW["width"]
        for name in ("A–Z", "Sources and licences", "Query", "API"):
            expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
        narrow.get_by_role("link", name="Churn").first.tap()
        page.wait_for_url("**/concepts/churn")


def test_print(browser: Browser, address: str) -> None:
    """On paper stand definition, map and relations, and nothing that is there to be clicked."""
    with visit(browser, address, color_scheme="dark") as seen:
        page = seen.page
        page.goto(TERM)
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 680, "height": 1000})  # A4 between margins
        for shown in (".definition blockquote", "svg.map-narrow", ".family", ".credit"):
            expect(page.locator(shown).first).to_be_visible()
        for hidden in (".top", ".side", ".foot", ".why > summary", ".map-files"):
            expect(page.locator(hidden).first).to_be_hidden()
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(26, 29, 33)"


def test_weight(browser: Browser, address: str) -> None:
    """All that a first visit to a term loads is at most 120 kB compressed, with fonts."""
    with visit(browser, address) as seen:
        sizes: dict[str, int] = {}
        answer = seen.page.goto(TERM, wait_until="networkidle")
        assert answer is not None
        for each in seen.requests:
            body = seen.page.request.get(each).body()
            name = each.rpartition("/")[2].partition("?")[0]
            sizes[name] = len(body if name.endswith(".woff2") else gzip.compress(body, 6))
        assert len(answer.body()) <= 30_000
        print(len(answer.body()), "bytes of HTML; compressed:", sizes, sum(sizes.values()))
        assert sum(sizes.values()) <= 120_000
