"""What others wrote and we ship: named, licensed, and made anew it is the same."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from kg.concept_map.widths import known, measure

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "api" / "static" / "vendor"
LOCK = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
LICENCES = {"OFL-1.1", "Apache-2.0", "MIT", "BSD-3-Clause"}


def test_manifest_names_every_file_by_its_hash() -> None:
    """Each file under static/vendor is in MANIFEST.json with its SHA-256, and the reverse."""
    manifest = json.loads((VENDOR / "MANIFEST.json").read_text(encoding="utf-8"))
    said = {
        f"{package['folder']}/{name}": digest
        for package in manifest["packages"]
        for name, digest in package["files"].items()
    }
    found = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "MANIFEST.json"
    }
    assert said == found


def test_each_package_has_version_licence_and_reason() -> None:
    """Each package says what it is for, its version and licence, and ships the licence's text."""
    for package in json.loads((VENDOR / "MANIFEST.json").read_text(encoding="utf-8"))["packages"]:
        text = (VENDOR / package["folder"] / package["licence_file"]).read_text(encoding="utf-8")
        assert len(text) > 500
        assert package["version"] in package["folder"]
        assert package["licence"] in LICENCES
        assert package["why"]
        locked = LOCK["packages"]
        for name, part in package["made_of"].items():
            assert locked[f"node_modules/{name}"]["integrity"] == part["integrity"]
            assert part["licence"] in LICENCES
            assert name in text or len(package["made_of"]) == 1


@pytest.mark.tools
@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_made_anew_it_is_the_same() -> None:
    """Fonts and scripts that are made from the pinned packages have the bytes that we ship."""
    command = [sys.executable, "-m", "bundles", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_first_visit_gets_both_typefaces_in_60_kb() -> None:
    """The files that English and German pages load; Latin Extended comes only where it is used."""
    assert sum(path.stat().st_size for path in VENDOR.rglob("*-latin-wght-*.woff2")) <= 60_000


@pytest.mark.parametrize("weight", [500, 600])
def test_pages_set_type_as_wide_as_maps_are_measured(weight: int) -> None:
    """Every sign of the pages' Inter has the advance that boxes are measured by."""
    font = TTFont(next(VENDOR.glob("inter-*/inter-latin-wght-*.woff2")))
    drawn = instancer.instantiateVariableFont(font, {"wght": weight})
    signs = {chr(code): glyph for code, glyph in drawn.getBestCmap().items()}
    compared = [sign for sign in signs if sign.isprintable() and known(sign)]
    assert len(compared) > 200
    for sign in compared:
        advance = drawn["hmtx"][signs[sign]][0] / drawn["head"].unitsPerEm
        assert measure(sign, 1, weight) == pytest.approx(advance, abs=0.001), sign


def test_pages_ask_for_no_weight_that_the_fonts_lack() -> None:
    """Weights in the style sheets lie within what the fonts were cut to."""
    style = (VENDOR.parent / "glossgraph.css").read_text(encoding="utf-8")
    faces = re.findall(r"@font-face {(.*?)}", style, re.DOTALL)
    cut = [face for face in faces if "latin-wght" in face]
    spans = [re.search(r"font-weight: (\d+) (\d+)", face) for face in cut]
    least = max(int(span.group(1)) for span in spans if span)
    assert len(cut) == 2 and least == 400
    rules = re.sub(r"@font-face {.*?}", "", style, flags=re.DOTALL)
    asked = {int(weight) for weight in re.findall(r"font(?:-weight)?: (\d{3})\b", rules)}
    assert max(asked) <= 650
    serif = {int(weight) for weight in re.findall(r"font: (\d{3}) [^;]*--serif", rules)}
    assert max(serif) <= 600
