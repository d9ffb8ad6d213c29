"""Pictures of the pages: ``make screenshots`` writes them to ``docs/screenshots``."""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from tests.chromium import NARROW, PROGRAM, WIDE, chromium, page_kinds, sample_graph_folder, visit
from tests.serving import ROOT, serve

FOLDER = ROOT / "docs" / "screenshots"

DARK: Mapping[str, Any] = {"color_scheme": "dark"}
PHONE: Mapping[str, Any] = {"viewport": NARROW}
SHOTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "home": ("home", {}),
    "home-phone": ("home", PHONE),
    "term": ("term", {"viewport": {**WIDE, "height": 960}}),
    "term-dark": ("term", {"viewport": {**WIDE, "height": 960}, **DARK}),
    "term-phone": ("term", PHONE),
    "implied": ("implied", {}),
    "list": ("list", {}),
    "search": ("search", {}),
    "map": ("map", {"viewport": {**WIDE, "height": 960}}),
    "map-phone": ("map", PHONE),
    "overview": ("overview", {}),
    "overview-dark": ("overview", DARK),
    "overview-phone": ("overview", PHONE),
    "paths": ("paths", {}),
    "compare": ("compare", {}),
    "tree": ("tree", {}),
    "source": ("source", {}),
    "sources-phone": ("sources", PHONE),
    "query": ("query", {}),
    "query-dark": ("query", DARK),
    "why": ("why", {}),
    "problems": ("problems", {}),
    "missing": ("missing", {}),
    "docs": ("docs", {}),
    "embed": ("embed", {"viewport": {"width": 860, "height": 760}}),
    "embed-dark": ("embed", {"viewport": {"width": 860, "height": 760}, **DARK}),
    "embed-phone": ("embed", PHONE),
    "share": ("share", {}),
}
"""By name of the picture: kind of page, and how the browser stands to it."""


def main() -> int:
    """Write every picture; 3 where there is no browser."""
    if PROGRAM is None:
        print("make screenshots needs Chromium; none was found.", file=sys.stderr)
        return 3
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(sample_graph_folder(Path(folder))) as served,
        chromium() as browser,
    ):
        kinds = page_kinds(served.address)
        for name, (kind, context) in SHOTS.items():
            with visit(browser, served.address, **context) as seen:
                seen.page.goto(kinds[kind][0], wait_until="networkidle")
                seen.page.evaluate("document.fonts.ready")
                if kind == "overview":
                    seen.page.locator("#overview[data-ready]").wait_for()
                if kind == "query":
                    seen.page.locator("#ask[data-ready]").wait_for()
                if kind == "docs":
                    seen.page.locator(".opblock").first.wait_for()
                picture = Image.open(io.BytesIO(seen.page.screenshot(animations="disabled")))
                # 256 colours are what these pages have; a third of the bytes.
                picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(
                    FOLDER / f"{name}.png", optimize=True
                )
    print(f"{len(SHOTS)} pictures in {FOLDER.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
