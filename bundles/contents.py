"""The table of what is shipped of others: package, reason, licence, and how its files are made."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bundles.fonts import subset_font

SOURCES = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A folder of ``api/static/vendor``."""

    name: str
    """Begins the folder's name, before the version of ``package``."""
    package: str
    """The npm package whose version it has."""
    licence: str
    """SPDX identifier; the text is shipped as ``LICENSE``."""
    why: str
    make: Callable[[Path, Path], list[str]]
    """Writes the files: of ``node_modules`` and the folder; returns the packages they are from."""


def _copied(package: str, *names: str) -> Callable[[Path, Path], list[str]]:
    """Return what copies files as the package has them."""

    def make(modules: Path, target: Path) -> list[str]:
        for name in ("LICENSE", *names):
            shutil.copyfile(modules / package / name, target / name)
        return [package]

    return make


def _font(
    package: str, stem: str, *, weights: tuple[int, int], name: str
) -> Callable[[Path, Path], list[str]]:
    """Return what cuts a package's Latin file to size; Latin Extended stays as it is."""

    def make(modules: Path, target: Path) -> list[str]:
        files = modules / package / "files"
        cut = f"{stem}-latin-wght-{weights[0]}-{weights[1]}.woff2"
        subset_font(
            files / f"{stem}-latin-wght-normal.woff2", target / cut, weights=weights, name=name
        )
        kept = f"{stem}-latin-ext-wght-normal.woff2"
        shutil.copyfile(files / kept, target / kept)
        shutil.copyfile(modules / package / "LICENSE", target / "LICENSE")
        return [package]

    return make


def _script(source: str) -> Callable[[Path, Path], list[str]]:
    """Return what bundles one of our entry files with all that it imports, by esbuild."""

    def make(modules: Path, target: Path) -> list[str]:
        facts = target / "facts.json"
        command = [
            modules / ".bin" / "esbuild", SOURCES / source, "--bundle", "--minify", "--format=esm",
            "--target=es2022", "--charset=utf8", "--legal-comments=none", "--log-level=warning",
            f"--outfile={target / source}", f"--metafile={facts}",
        ]  # fmt: skip
        subprocess.run(command, cwd=modules.parent, check=True, timeout=120)
        inputs = json.loads(facts.read_text(encoding="utf-8"))["inputs"]
        facts.unlink()
        packages = sorted({_package(name) for name in inputs if "node_modules/" in name})
        texts = [f"{name}\n\n{_licence(modules / name)}" for name in packages]
        (target / "LICENSE").write_text("\n\n".join(texts), encoding="utf-8")
        return packages

    return make


def _package(path: str) -> str:
    """Return the name of the package that a file below ``node_modules`` belongs to."""
    parts = path.rpartition("node_modules/")[2].split("/")
    return "/".join(parts[: 2 if parts[0].startswith("@") else 1])


def _licence(package: Path) -> str:
    """Return the licence's text that a package ships.

    Raises:
        FileNotFoundError: it ships none.
    """
    found = sorted(path for path in package.iterdir() if path.name.upper().startswith("LICEN"))
    if not found:
        raise FileNotFoundError(f"{package} has no licence text")
    return found[0].read_text(encoding="utf-8").strip() + "\n"


CONTENTS: tuple[Content, ...] = (
    Content(
        name="swagger-ui",
        package="swagger-ui-dist",
        licence="Apache-2.0",
        why="the pages at /docs, without a CDN",
        make=_copied("swagger-ui-dist", "NOTICE", "swagger-ui-bundle.js",
                     "swagger-ui-bundle.js.LICENSE.txt", "swagger-ui.css"),
    ),
    Content(
        name="inter",
        package="@fontsource-variable/inter",
        licence="OFL-1.1",
        why="the interface's typeface, Latin and Latin Extended",
        make=_font("@fontsource-variable/inter", "inter", weights=(400, 650), name="Inter Pages"),
    ),
    Content(
        name="source-serif-4",
        package="@fontsource-variable/source-serif-4",
        licence="OFL-1.1",
        why="headwords and definitions, Latin and Latin Extended",
        make=_font("@fontsource-variable/source-serif-4", "source-serif-4", weights=(400, 600),
                   name="Glossgraph Serif"),
    ),
    Content(
        name="sigma",
        package="sigma",
        licence="MIT",
        why="draws the whole graph at /overview",
        make=_script("graph.js"),
    ),
    Content(
        name="codemirror",
        package="codemirror",
        licence="MIT",
        why="the editor at /query, with the SPARQL grammar of codemirror-lang-sparql",
        make=_script("editor.js"),
    ),
)  # fmt: skip
"""Everything under ``api/static/vendor``."""
