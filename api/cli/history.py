"""Commands about what a graph was and became: diff."""

from __future__ import annotations

from typing import Annotated

import typer

from api import changes, opening
from api.cli import output
from api.cli.make import AsJson, progress_bar
from kg.diff import WHATS, differences
from kg.errors import UnknownKey
from kg.index import Index

State = Annotated[
    str,
    typer.Argument(
        metavar="GRAPH[@REVISION]|SOURCE",
        help="A graph's folder, one of its revisions (or @previous), or a glossary to read.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to ``app``."""
    app.command()(output.exiting(diff))


def diff(
    old: State,
    new: State,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only", metavar="CHANGE", help="Such as relation-added, or relation; may be repeated."
        ),
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Markdown, as for a pull request.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Tell what changed between two graphs, revisions or sources; ends with 1 if anything did."""
    sorts = _sorts(only)
    indexes = []
    for argument in (old, new):
        with progress_bar(quiet=False) as progress, opening.revision_of(argument, progress) as one:
            indexes.append(Index(one.graph))
    found = [each for each in differences(*indexes) if each.what in sorts]
    if as_json:
        output.emit_json(changes.view(found))
    elif markdown:
        output.emit_text(changes.markdown(found, old, new))
    elif found:
        output.emit_rows(("change", "concept", "what", "because"), map(changes.row, found))
    if not as_json and not markdown:
        counted = changes.counts(found)
        said = ", ".join(f"{WHATS[what].lower()} {number}" for what, number in counted.items())
        output.say(said.capitalize() or "No changes.")
    return 1 if found else 0


def _sorts(only: list[str] | None) -> set[str]:
    """Return the sorts of change asked for, by key or by what they are about."""
    if not only:
        return set(WHATS)
    found: set[str] = set()
    for key in only:
        named = {what for what in WHATS if key in (what, what.partition("-")[0])}
        if not named:
            raise UnknownKey("sort of change", key, WHATS)
        found |= named
    return found
