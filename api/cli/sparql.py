"""The command that asks SPARQL."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from api import opening
from api.analyses import Options
from api.cli import output
from api.cli.make import AsJson, progress_bar
from kg import store
from kg.errors import UnknownKey
from kg.results import RESULTS
from kg.workers import Limits
from kg.workers_blocking import query_once

TABLES = tuple(key for key, each in RESULTS.items() if "solutions" in each.kinds)
"""Formats of SELECT and ASK."""
GRAPHS = tuple(key for key, each in RESULTS.items() if "graph" in each.kinds)
"""Formats of CONSTRUCT and DESCRIBE."""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(output.exiting(query))


def query(
    where: Annotated[
        str, typer.Argument(metavar="GRAPH|SOURCE", help="A graph's folder, or a glossary to read.")
    ],
    sparql: Annotated[
        str | None, typer.Argument(metavar="QUERY", help="SPARQL text; none or - reads stdin.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("-f", "--file", metavar="FILE", help="Read the query here.")
    ] = None,
    format_: Annotated[
        str | None, typer.Option("--format", metavar="KEY", help=f"One of {', '.join(RESULTS)}.")
    ] = None,
    timeout: Annotated[float, typer.Option("--timeout", min=0.01, help="Seconds it may run.")] = 60,
    as_json: AsJson = False,
) -> int:
    """Ask SPARQL 1.1; the usual prefixes (skos:, gg:, dcterms: ...) are there already."""
    if format_ is not None and format_ not in RESULTS:
        raise UnknownKey("result format", format_, RESULTS)
    text = _text(sparql, file)
    drawn = not as_json and format_ is None and sys.stdout.isatty()
    first = "json" if as_json or drawn else format_ or "tsv"
    with progress_bar(quiet=False) as progress:
        folder = opening.folder_of([where], Options(), progress)
    formats = dict.fromkeys((first, *((*TABLES, *GRAPHS) if format_ is None else ())))
    limits = Limits(timeout=timeout, workers=1)
    with store.open_revision(folder) as revision:
        answer, data = query_once(revision, text, formats=tuple(formats), limits=limits)
    if drawn and answer.media_type == RESULTS["json"].media_type:
        return _draw(orjson.loads(data))
    output.emit_bytes([data if data.endswith(b"\n") else data + b"\n"])
    if answer.cut:
        output.say(f"Cut after {answer.rows} rows; ask for fewer with LIMIT and OFFSET.")
    return 0


def _text(sparql: str | None, file: Path | None) -> str:
    if file is not None:
        return file.read_text(encoding="utf-8")
    return sys.stdin.read() if sparql in (None, "-") else str(sparql)


def _draw(result: dict[str, Any]) -> int:
    """Draw a table for a person; return 1 where nothing was found."""
    if "boolean" in result:
        output.emit_text("yes" if result["boolean"] else "no")
        return 0 if result["boolean"] else 1
    names = result["head"]["vars"]
    rows = result["results"]["bindings"]
    output.emit_rows(
        names, ([row.get(name, {}).get("value", "") for name in names] for row in rows)
    )
    return 0 if rows else 1
