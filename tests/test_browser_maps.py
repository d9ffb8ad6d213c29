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


def _opacity(page: Page, selector: str) -> float:
    return float(page.locator(selector).first.evaluate("e => getComputedStyle(e).opacity"))


def test_hover_lights_what_belongs_together(page: Page) -> None:
    """A concept under the pointer keeps its own legs, phrase and the focus; the rest is dimmed."""
    page.locator(".map-wide a.n:not(.focus)").first.hover()
    wide = ".map-wide"
    assert page.locator(f"{wide} .n.lit").count() == 2
    assert page.locator(f"{wide} .p.lit").count() == 1
    assert _opacity(page, f"{wide} .n:not(.lit)") == pytest.approx(0.16)
    assert _opacity(page, f"{wide} .n.focus") == 1
    page.mouse.move(2, 2)
    assert page.locator(".cmap.dim").count() == 0


def test_hover_shows_the_definition_and_escape_closes_it(page: Page) -> None:
    """The card has the concept's label and definition, describes the link, and can be dismissed."""
    node = page.locator(".map-wide a.n[data-id=time-to-value]")
    node.hover()
    tip = page.get_by_role("tooltip")
    expect(tip).to_contain_text("Time to value")
    assert node.get_attribute("aria-describedby") == tip.get_attribute("id")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()


def test_the_pointer_may_enter_the_card(page: Page) -> None:
    """The card stays while the pointer is on it (WCAG 1.4.13)."""
    page.locator(".map-wide a.n[data-id=time-to-value]").hover()
    tip = page.get_by_role("tooltip")
    expect(tip).to_be_visible()
    tip.hover()
    page.wait_for_timeout(400)
    expect(tip).to_be_visible()


def test_the_legend_hides_a_family_and_is_remembered(page: Page) -> None:
    """A family toggled off takes its legs, phrases and lone concepts, also on the next page."""
    button = page.locator(".legend button").first
    key = page.locator(".legend li").first.get_attribute("class")
    assert page.locator(f".map-wide .p.{key}").first.is_visible()
    nodes = page.locator(".map-wide .n:visible").count()
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    assert page.locator(f".map-wide .p.{key}:visible").count() == 0
    assert page.locator(".map-wide .n:visible").count() < nodes
    page.reload(wait_until="networkidle")
    assert page.locator(f".map-wide .p.{key}:visible").count() == 0
    page.locator(".legend button").first.click()
    assert page.locator(".map-wide .n:visible").count() == nodes


def test_arrow_keys_move_between_concepts(page: Page) -> None:
    """A map is one tab stop; arrows go to the nearest concept, Enter follows it."""
    assert page.locator(".map-wide a[tabindex='0']").count() == 1
    page.locator(".map-wide a.focus").focus()
    seen = set()
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
    assert svg.get_attribute("viewBox") != zoomed
    assert page.url.endswith(TERM)
    page.locator(".map-wide a.focus").focus()
    page.keyboard.press("0")
    assert [float(n) for n in (svg.get_attribute("viewBox") or "").split()] == [
        float(n) for n in (whole or "").split()
    ]
