"""``python -m bundles [--check]``: make ``api/static/vendor`` from what package-lock.json pins.

It needs npm and, once, the registry; nothing of it is needed to run glossgraph.
"""

from __future__ import annotations

import argparse
import filecmp
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bundles.contents import CONTENTS, Content

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "api" / "static" / "vendor"
MANIFEST = "MANIFEST.json"
MODULES = ROOT / "node_modules"


def install() -> None:
    """Fetch the packages that package-lock.json names, by its hashes, unless they are there."""
    lock = ROOT / "package-lock.json"
    stamp = MODULES / ".glossgraph"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == digest:
        return
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=ROOT, check=True, timeout=300)
    stamp.write_text(digest, encoding="utf-8")


def make(folder: Path) -> None:
    """Write everything, and the manifest that names it, into an empty ``folder``."""
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    entries = []
    for content in CONTENTS:
        version = locked[f"node_modules/{content.package}"]["version"]
        target = folder / f"{content.name}-{version}"
        target.mkdir(parents=True)
        packages = content.make(MODULES, target)
        entries.append(_entry(content, version, target, packages, locked))
    manifest = {
        "comment": "What others wrote, from the npm packages named here (`make vendor`); files by "
        "SHA-256. Tests compare, and make it anew.",
        "packages": entries,
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def _entry(
    content: Content, version: str, target: Path, packages: list[str], locked: dict[str, Any]
) -> dict[str, Any]:
    """Return what the manifest says of one folder."""
    return {
        "folder": target.name,
        "package": content.package,
        "version": version,
        "licence": content.licence,
        "licence_file": "LICENSE",
        "why": content.why,
        "made_of": {
            name: {
                "version": locked[f"node_modules/{name}"]["version"],
                "licence": locked[f"node_modules/{name}"].get("license", content.licence),
                "integrity": locked[f"node_modules/{name}"]["integrity"],
            }
            for name in packages
        },
        "files": {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(target.iterdir())
        },
    }


def differences(made: Path, kept: Path) -> list[str]:
    """Return the files that are in one of two folders only, or not equal in both."""
    names = {path.relative_to(each).as_posix() for each in (made, kept) for path in each.rglob("*")
             if path.is_file()}  # fmt: skip
    return sorted(
        name
        for name in names
        if not (made / name).is_file()
        or not (kept / name).is_file()
        or not filecmp.cmp(made / name, kept / name, shallow=False)
    )


def main() -> int:
    """Make or compare; 1 where something differs, 3 where npm is missing."""
    parser = argparse.ArgumentParser(prog="python -m bundles", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with what is shipped")
    asked = parser.parse_args()
    if shutil.which("npm") is None:
        print("make vendor needs npm; none was found.", file=sys.stderr)
        return 3
    install()
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "vendor"
        made.mkdir()
        make(made)
        found = differences(made, VENDOR)
        for name in found:
            print(f"{name} differs" if asked.check else f"{name} is new", file=sys.stderr)
        if found and not asked.check:
            shutil.rmtree(VENDOR)
            shutil.copytree(made, VENDOR)
    return 1 if found and asked.check else 0


if __name__ == "__main__":
    sys.exit(main())
