"""The floors of precision and recall that tests hold, read from and pinned in one file."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "cases" / "floors.toml"
HEAD = """\
# What extraction must reach: a change that lowers a figure says so and why.
# gold, glossaries: [precision, recall] of a field. layouts: entry F1 in percent of each glossary.
"""


@cache
def _read() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def floors(section: str) -> Mapping[str, Any]:
    """Return the floors of a section (``gold``, ``relations``, ``glossaries.tuned`` …)."""
    return _read()[section]


def pin(section: str, rows: Mapping[str, Any]) -> None:
    """Write what was reached as the floors of a section; the others stay."""
    data = {**_read(), section: rows}
    parts = [
        f"[{json.dumps(name)}]\n" + "".join(f"{json.dumps(k)} = {_toml(v)}\n" for k, v in r.items())
        for name, r in sorted(data.items())
    ]
    FILE.write_text(HEAD + "\n" + "\n".join(parts), encoding="utf-8")
    _read.cache_clear()


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    return json.dumps(value)
