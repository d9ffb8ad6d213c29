"""docs/http.md says what the code does: its tables are those of the routes, errors, settings."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from api.app import ROUTES
from api.problems import PROBLEMS
from api.settings import HELP, PREFIX, Settings

TEXT = (Path(__file__).resolve().parent.parent / "docs" / "http.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its head."""
    section = TEXT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    found = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in found[2:]]


def test_addresses() -> None:
    """Each documented route stands there with its methods and summary, and no other."""
    said = {row[0].strip("`"): (row[1], row[2]) for row in rows("Addresses")}
    routes: dict[str, tuple[list[str], str]] = {}
    for route in ROUTES:
        if route.documented:
            routes.setdefault(route.path, ([], route.summary))[0].extend(route.methods)
    assert said == {path: (", ".join(methods), text) for path, (methods, text) in routes.items()}


def test_errors() -> None:
    """Each kind of problem stands there with its status and help."""
    said = {row[1].strip("`"): (row[0], row[2], row[3]) for row in rows("Errors")}
    assert said == {
        key: (str(kind.status), kind.title, kind.help) for key, kind in PROBLEMS.items()
    }


def test_settings() -> None:
    """Each setting stands there with its help."""
    said = {row[0].strip("`"): row[2] for row in rows("Settings")}
    assert said == {f"{PREFIX}{f.name.upper()}": HELP[f.name] for f in fields(Settings)}
