"""The system's Chromium over a served graph, for tests in a real browser and for screenshots."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.serving import ROOT

PROGRAM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
"""The browser; nothing is downloaded, so there may be none."""

PATIENCE = 60_000
"""Milliseconds that a state is waited for: a slow machine is no failure."""
expect.set_options(timeout=PATIENCE)

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
    "--font-render-hinting=none",
)  # fmt: skip

WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 390, "height": 844}

SLOW_DRIVER = "GL Driver Message (OpenGL, Performance"
"""Of the browser itself: where there is no graphics card, reading pixels back is slow."""

TERM = "/concepts/customer-onboarding"
"""A concept of the sample glossary with a map of many families."""


def sample_graph_folder(folder: Path) -> Path:
    """Build the sample glossary inside ``folder`` and return the graph's folder."""
    graph = folder / "sample.kg"
    command = [sys.executable, "-m", "api.cli", "build", "examples", "-o", str(graph)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    return graph


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser; it is closed on leaving."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass(slots=True, kw_only=True)
class Visit:
    """A page in a context of its own, with what it asked for and what it complained about."""

    page: Page
    requests: list[str] = field(default_factory=list)
    """Addresses, in order."""
    complaints: list[str] = field(default_factory=list)
    """Errors and warnings of the console, uncaught exceptions."""


@contextmanager
def visit(browser: Browser, address: str, **context: Any) -> Iterator[Visit]:
    """Open a context without history; paths are taken from ``address``."""
    opened = browser.new_context(
        **{
            "base_url": address,
            "viewport": WIDE,
            "color_scheme": "light",
            "reduced_motion": "reduce",
            "locale": "en-GB",
            "timezone_id": "UTC",
            **context,
        }
    )
    opened.set_default_timeout(PATIENCE)
    seen = Visit(page=opened.new_page())
    opened.on("request", lambda request: seen.requests.append(request.url))
    opened.on(
        "console",
        lambda said: (
            said.type in {"error", "warning"}
            and SLOW_DRIVER not in said.text
            and seen.complaints.append(said.text)
        ),
    )
    opened.on("weberror", lambda error: seen.complaints.append(str(error.error)))
    try:
        yield seen
    finally:
        opened.close()


def page_kinds(address: str) -> Mapping[str, tuple[str, int]]:
    """Return the path and status of a page of each kind in the sample graph, by kind."""
    relations = httpx.get(f"{address}{TERM.replace('/', '/api/', 1)}").json()["relations"]
    why = next(each["id"] for each in relations if each["basis"] == "text")
    implied = httpx.get(
        f"{address}/sparql",
        params={"query": "SELECT ?c { ?c gg:implied true ; gg:kind ?k } ORDER BY ?c LIMIT 1"},
        headers={"Accept": "text/csv"},
    ).text.split()[1]
    metrics = "SELECT ?concept ?label { ?concept gg:kind gg:metric ; skos:prefLabel ?label }"
    return {
        "home": ("/", 200),
        "list": ("/concepts", 200),
        "letter": ("/concepts?letter=C", 200),
        "term": (TERM, 200),
        "implied": (f"/concepts/{implied.rpartition('/')[2]}", 200),
        "search": ("/search?q=onbording", 200),
        "nothing": ("/search?q=qwertzuiop", 200),
        "sources": ("/sources", 200),
        "map": ("/map", 200),
        "topic": ("/map?concepts=churn,churn-rate,renewal,kickoff-call", 200),
        "overview": ("/overview", 200),
        "guess": ("/map?add=chrn", 404),
        "paths": ("/paths?from=churn&to=champion", 200),
        "compare": ("/compare?a=churn&b=churn-rate", 200),
        "tree": ("/tree", 200),
        "source": ("/sources/onboarding", 200),
        "paste": ("/paste", 200),
        "query": (f"/query?{httpx.QueryParams(query=metrics)}", 200),
        "why": (f"/relations/{why}", 200),
        "problems": ("/problems", 200),
        "embed": (TERM.replace("concepts", "embed"), 200),
        "share": (TERM.replace("concepts", "share"), 200),
        "missing": ("/concepts/churn-rat", 404),
        "docs": ("/docs", 200),
    }
