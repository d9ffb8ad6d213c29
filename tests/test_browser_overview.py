"""The picture of the whole graph in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.service.graphs import graph
from kg.store import write_revision
from tests.chromium import PROGRAM, Visit, chromium, sample_graph_folder, visit
from tests.serving import serve

pytestmark = [
    pytest.mark.tools,
    pytest.mark.skipif(PROGRAM is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The sample glossary, built and served."""
    with serve(sample_graph_folder(tmp_path_factory.mktemp("graph"))) as served:
        yield served.address


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


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """10,000 made-up concepts, served."""
    folder = tmp_path_factory.mktemp("graph") / "large.kg"
    write_revision(folder, graph(10_000))
    with serve(folder) as served:
        yield served.address


def opened(page: Page) -> None:
    page.goto("/overview")
    page.locator("#overview[data-ready]").wait_for()


def figures(page: Page) -> list[int]:
    return [int(each.replace(",", "")) for each in page.locator("#shown b").all_inner_texts()]


def test_filters_take_away_and_give_back(seen: Visit) -> None:
    """Families, confidence, source, implied concepts and mentions change what is shown."""
    page = seen.page
    opened(page)
    concepts, relations = figures(page)
    assert concepts > 50 and relations > 100
    page.get_by_label("Cause and effect").uncheck()
    assert figures(page)[1] < relations
    page.get_by_label("Cause and effect").check()
    assert figures(page) == [concepts, relations]
    page.get_by_label("Mentions").check()
    assert figures(page)[1] > relations
    page.get_by_label("Mentions").uncheck()
    page.get_by_label("Implied concepts").uncheck()
    assert figures(page)[0] < concepts
    page.get_by_label("Implied concepts").check()
    page.get_by_label("Confidence from").fill("90")
    assert figures(page)[1] < relations
    page.get_by_label("Confidence from").fill("0")
    page.locator("select[name=source]").select_option("metrics")
    assert figures(page)[0] < concepts


def test_search_shows_a_concept_and_leads_to_it(seen: Visit) -> None:
    """What is typed is found in the picture: its card says what it is and leads to its page."""
    page = seen.page
    opened(page)
    field = page.get_by_role("combobox", name="Find a concept in the picture")
    field.fill("churn")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    card = page.locator("#card")
    expect(card.get_by_role("link", name="Churn", exact=True)).to_be_visible()
    expect(card).to_contain_text("loss of customers")
    page.locator("#canvas").focus()
    for key in ("ArrowLeft", "+", "-", "0", "Escape"):
        page.keyboard.press(key)
    expect(card).to_be_hidden()
    field.fill("renewal")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    card.get_by_role("link", name="Renewal", exact=True).click()
    page.wait_for_url("**/concepts/renewal")


def test_a_click_on_a_dot_shows_its_card(seen: Visit) -> None:
    """The dot in the middle of the window, after a search moved it there, answers a click."""
    page = seen.page
    opened(page)
    page.locator("#focus").fill("churn rate")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Close").click()
    box = page.locator("#canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.up()
    expect(page.locator("#card h2")).to_have_text("Churn rate")


NO_WEBGL = """
const ask = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind.startsWith("webgl") ? null : ask.call(this, kind, ...rest);
};
"""


def test_without_webgl_a_plain_canvas_is_drawn(seen: Visit) -> None:
    """Filters, search, cards, dragging and zooming work on a Canvas2D as they do in WebGL."""
    page = seen.page
    page.add_init_script(NO_WEBGL)
    opened(page)
    canvas = page.locator("#canvas")
    expect(canvas.locator("canvas")).to_have_count(2)
    concepts, relations = figures(page)
    page.get_by_label("Cause and effect").uncheck()
    assert figures(page)[1] < relations and figures(page)[0] == concepts
    page.get_by_label("Cause and effect").check()
    page.locator("#focus").fill("churn rate")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#card h2")).to_have_text("Churn rate")
    page.get_by_role("button", name="Close").click()
    canvas.hover()
    page.mouse.down()
    page.mouse.up()
    expect(page.locator("#card h2")).to_have_text("Churn rate")
    page.mouse.down()
    page.mouse.move(300, 400, steps=3)
    page.mouse.up()
    page.mouse.wheel(0, -200)
    page.keyboard.press("Escape")
    painted = """() => [...document.querySelectorAll("#canvas canvas")].map((canvas) =>
      canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean))"""
    page.wait_for_function(f"() => ({painted})().every(Boolean)")
    assert not [each for each in seen.requests if "sigma" in each]


def test_where_nothing_can_be_drawn_the_list_remains(browser: Browser, address: str) -> None:
    """Where nothing can be drawn a sentence says so, and the communities lead on."""
    with visit(browser, address) as seen:
        page = seen.page
        page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
        page.goto("/overview")
        expect(page.get_by_role("alert")).to_contain_text("could not draw")
        expect(page.locator("#overview")).to_be_hidden()
        page.locator(".groups h3 a").first.click()
        page.wait_for_url("**/map?community=0")
        assert seen.complaints == []


@pytest.mark.parametrize("renderer", ["webgl", "canvas"])
def test_ten_thousand_concepts(
    large: str, browser: Browser, renderer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """10,000 concepts with 30,000 relations are drawn, searched, filtered and moved about in.

    How long it took until they could be is printed: it says more of the machine than of the page.
    """
    with visit(browser, large) as seen:
        page = seen.page
        if renderer == "canvas":
            page.add_init_script(NO_WEBGL)
        opened(page)
        ready = page.locator("#overview").get_attribute("data-ready")
        with capsys.disabled():
            print(f"\n10,000 concepts by {renderer}: ready after {ready} ms")
        concepts, relations = figures(page)
        assert concepts == 10_000 and relations > 29_000
        page.get_by_label("Confidence from").fill("90")
        assert figures(page)[1] < relations
        page.locator("#canvas").focus()
        for key in ("ArrowLeft", "+", "0"):
            page.keyboard.press(key)
        assert seen.complaints == []
