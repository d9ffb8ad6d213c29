"""Concept maps in a real browser: light, cards, families, arrow keys, zoom."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.chromium import PROGRAM, TERM, chromium, sample_graph_folder, visit
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
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page of a concept with a map of many families; nothing is complained about."""
    with visit(browser, address) as seen:
        seen.page.goto(TERM, wait_until="networkidle")
        yield seen.page
        assert seen.complaints == []


# A timer of the page that was set later and runs longer than its own: those have run before it.
LONGER = "new Promise((done) => setTimeout(done, 400))"


def test_hover_lights_what_belongs_together(page: Page) -> None:
    """A concept under the pointer keeps its own legs, phrase and the focus; the rest is dimmed."""
    page.locator(".map-wide a.n:not(.focus)").first.hover()
    wide = ".map-wide"
    expect(page.locator(f"{wide} .n.lit")).to_have_count(2)
    expect(page.locator(f"{wide} .p.lit")).to_have_count(1)
    expect(page.locator(f"{wide} .n:not(.lit)").first).to_have_css("opacity", "0.16")
    expect(page.locator(f"{wide} .n.focus")).to_have_css("opacity", "1")
    page.mouse.move(2, 2)
    expect(page.locator(".cmap.dim")).to_have_count(0)


def test_hover_shows_the_definition_and_escape_closes_it(page: Page) -> None:
    """The card has the concept's label and definition, describes the link, and can be dismissed."""
    node = page.locator(".map-wide a.n[data-id=time-to-value]")
    node.hover()
    tip = page.get_by_role("tooltip")
    expect(tip).to_contain_text("Time to value")
    expect(node).to_have_attribute("aria-describedby", tip.get_attribute("id") or "")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()


def test_the_pointer_may_enter_the_card(page: Page) -> None:
    """The card stays while the pointer is on it (WCAG 1.4.13)."""
    page.locator(".map-wide a.n[data-id=time-to-value]").hover()
    tip = page.get_by_role("tooltip")
    expect(tip).to_be_visible()
    tip.hover()
    page.evaluate(LONGER)
    expect(tip).to_be_visible()


def test_the_legend_hides_a_family_and_is_remembered(page: Page) -> None:
    """A family toggled off takes its legs, phrases and lone concepts, also on the next page."""
    button = page.locator(".legend button").first
    key = page.locator(".legend li").first.get_attribute("class")
    assert page.locator(f".map-wide .p.{key}").first.is_visible()
    nodes = page.locator(".map-wide .n:visible").count()
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(page.locator(f".map-wide .p.{key}:visible")).to_have_count(0)
    assert page.locator(".map-wide .n:visible").count() < nodes
    page.reload()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(page.locator(f".map-wide .p.{key}:visible")).to_have_count(0)
    button.click()
    expect(page.locator(".map-wide .n:visible")).to_have_count(nodes)


def test_arrow_keys_move_between_concepts(page: Page) -> None:
    """A map is one tab stop; arrows go to the nearest concept, Enter follows it."""
    assert page.locator(".map-wide a[tabindex='0']").count() == 1
    page.locator(".map-wide a.focus").focus()
    seen = {page.evaluate("document.activeElement.dataset.id")}
    for key in ("ArrowRight", "ArrowLeft", "ArrowLeft", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
        seen.add(page.evaluate("document.activeElement.dataset.id"))
        assert page.locator(".map-wide a[tabindex='0']").count() == 1
    assert len(seen) >= 3
    page.keyboard.press("ArrowRight")
    there = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{there}")


def test_ctrl_wheel_zooms_and_dragging_pans(page: Page) -> None:
    """The wheel zooms only with Ctrl; dragging pans and follows no link; 0 shows all again."""
    svg = page.locator("svg.map-wide")
    whole = svg.get_attribute("viewBox")
    svg.scroll_into_view_if_needed()
    box = svg.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    page.wait_for_function(
        "v => document.querySelector('svg.map-wide').getAttribute('viewBox') != v", arg=whole
    )
    zoomed = svg.get_attribute("viewBox")
    page.mouse.down()
    page.mouse.move(x - 80, y - 30, steps=4)
    page.mouse.up()
    expect(svg).not_to_have_attribute("viewBox", zoomed or "")
    assert page.url.endswith(TERM)
    page.locator(".map-wide a.focus").focus()
    page.keyboard.press("0")
    page.wait_for_function(
        """whole => String(document.querySelector("svg.map-wide").getAttribute("viewBox")
          .split(" ").map(Number)) === String(whole.split(" ").map(Number))""",
        arg=whole,
    )
