"""What a person or a program sees of a command: tables on a terminal, TSV when piped, JSON."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ParamSpec

import orjson
import typer
from rich.console import Console
from rich.table import Table

P = ParamSpec("P")

OUT = Console(highlight=False, soft_wrap=False)
"""Results; colours only on a terminal and without NO_COLOR."""
ERR = Console(stderr=True, highlight=False, soft_wrap=True)
"""Progress, summaries and errors, so that results can be piped."""


def exiting(command: Callable[P, int | None]) -> Callable[P, None]:
    """Return ``command`` so that the number it returns becomes the exit code."""

    @functools.wraps(command)
    def run(*arguments: P.args, **options: P.kwargs) -> None:
        code = command(*arguments, **options)
        if code:
            raise typer.Exit(code)

    return run


def say(message: str) -> None:
    """Print a line for a person on standard error."""
    ERR.print(message, markup=False)


def emit_json(data: object) -> None:
    """Print ``data`` as indented JSON on standard output."""
    sys.stdout.flush()
    sys.stdout.buffer.write(orjson.dumps(data, option=orjson.OPT_INDENT_2) + b"\n")
    sys.stdout.buffer.flush()


def emit_bytes(data: Iterable[bytes]) -> None:
    """Write ``data`` to standard output as it comes."""
    sys.stdout.flush()
    for piece in data:
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def emit_text(text: str) -> None:
    """Print plain text on standard output."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def emit_rows(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """Print a table: drawn on a terminal, tab-separated with a head line when piped."""
    if sys.stdout.isatty():
        table = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
        for number, column in enumerate(columns):
            table.add_column(column, style="bold" if number == 0 else None, overflow="fold")
        for row in rows:
            table.add_row(*(_cell(value) for value in row))
        OUT.print(table, markup=False)
        return
    lines = ["\t".join(columns)]
    lines.extend("\t".join(_flat(_cell(value)) for value in row) for row in rows)
    sys.stdout.write("\n".join(lines) + "\n")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in value)
    return str(value)


def _flat(text: str) -> str:
    return " ".join(text.split())


def summary(pairs: Mapping[str, Any]) -> None:
    """Print a summary of names and values on standard error."""
    width = max(map(len, pairs), default=0)
    for name, value in pairs.items():
        ERR.print(f"{name:<{width}}  {_cell(value)}", markup=False)


def wants_progress(quiet: bool) -> bool:
    """Return whether to draw progress bars: on a terminal, unless told to be quiet."""
    return not quiet and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
