"""What others wrote and we ship: named, licensed, unchanged."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "api" / "static" / "vendor"


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
        assert package["version"] in package["folder"]
        assert package["licence"] in {"OFL-1.1", "Apache-2.0", "MIT", "BSD-3-Clause"}
        assert package["why"]
        assert len(package["tarball"]) == 64
        assert (VENDOR / package["folder"] / package["licence_file"]).stat().st_size > 500
