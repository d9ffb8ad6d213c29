"""The editor and the results of the query page in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

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
        asked = [each for each in seen.requests if not each.startswith(f"blob:{address}/")]
        assert not [each for each in asked if not each.startswith(f"{address}/")]
        assert seen.complaints == []


def test_the_editor_completes_prefixes_relations_and_terms(seen: Visit) -> None:
    """What is typed is completed: a property by its start, a concept by its label as its IRI."""
    page = seen.page
    page.goto("/query")
    page.locator("#ask[data-ready]").wait_for()
    editor = page.get_by_label("SPARQL query")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.type("SELECT ?c { ?c gg:redu")
    options = page.locator(".cm-tooltip-autocomplete li")
    expect(options.filter(has_text="gg:reduces").first).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+a")
    page.keyboard.type("SELECT ?c { ?c gg:reduces renewal")
    choice = options.filter(has_text="Renewal")
    expect(choice.first).to_be_visible()
    choice.first.click()
    expect(editor).to_contain_text(re.compile(r"<\S+/concepts/renewal\S*>"))


def test_the_keyboard_runs_and_leaves_the_editor(seen: Visit) -> None:
    """Control and Enter run the query; Tab goes on to the button."""
    page = seen.page
    page.goto("/query")
    page.locator("#ask[data-ready]").wait_for()
    editor = page.get_by_label("SPARQL query")
    editor.click()
    page.keyboard.press("Control+a")  # fill() would have the browser paste, with styles of its own
    page.keyboard.type("ASK { ?s ?p ?o }")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Run")).to_be_focused()
    editor.focus()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/query?query=ASK*")
    expect(page.get_by_role("cell")).to_have_text("yes")


def test_results_become_bars_a_map_and_files(seen: Visit) -> None:
    """Numbers are drawn beside their names, concepts lead to a map, every format is a file."""
    page = seen.page
    query = (
        "SELECT ?c ?label (COUNT(*) AS ?n) { ?c gg:kind gg:metric ; skos:prefLabel ?label ; ?p ?o }"
        " GROUP BY ?c ?label ORDER BY DESC(?n) LIMIT 5"
    )
    page.goto(f"/query?query={quote(query)}")
    page.locator("#ask[data-ready]").wait_for()
    bars = page.locator(".chart rect")
    expect(bars).to_have_count(5)
    assert bars.first.get_attribute("width") == "100.0"
    for name, start in {"SPARQL JSON": b"{", "CSV": b"c,label,n"}.items():
        with page.expect_download() as got:
            page.get_by_role("button", name=name, exact=True).click()
        assert got.value.path().read_bytes().startswith(start)
    page.get_by_role("link", name="Show on a map").click()
    page.wait_for_url("**/map?concepts=*")
    expect(page.locator(".cmap .n")).to_have_count(5)


def test_the_form_works_without_javascript(browser: Browser, address: str) -> None:
    """The plain field asks and the page answers."""
    with visit(browser, address, java_script_enabled=False) as seen:
        seen.page.goto("/query")
        seen.page.get_by_label("SPARQL query").fill("ASK { ?s ?p ?o }")
        seen.page.get_by_role("button", name="Run").click()
        expect(seen.page.get_by_role("cell")).to_have_text("yes")
