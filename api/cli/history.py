"""Commands about what a graph was and became: diff, revisions."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from api import changes, opening
from api.cli import output
from api.cli.make import AsJson, progress_bar
from kg import store
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
    app.command()(output.exiting(revisions))


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


def revisions(
    graph: Annotated[Path, typer.Argument(metavar="GRAPH", help="A graph's folder.")],
    use: Annotated[
        str,
        typer.Option("--use", metavar="REVISION", help="Make it the present one; or previous."),
    ] = "",
    keep: Annotated[
        int | None,
        typer.Option("--keep", min=1, help="Remove the oldest beyond so many, unless in use."),
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Compare every file with its digest; 1 on damage.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """List the states of a graph that are kept; go back to one, or remove old ones."""
    if use:
        chosen = store.find(graph, use)
        store.switch(graph, chosen)
        output.say(f"Present is revision {chosen}. The next build goes on from its names.")
    if keep is not None:
        removed = store.prune(graph, keep)
        output.say(f"Removed {', '.join(removed) or 'none'}.")
    states = [_state(graph, each, verify) for each in store.revisions(graph)]
    present = store.current(graph)
    told = verify or any(state.damaged for state in states)
    if as_json:
        output.emit_json({"present": present, "revisions": [asdict(state) for state in states]})
    else:
        rows = (
            (
                "*" if state.id == present else "",
                state.id,
                state.written,
                state.concepts,
                state.relations,
                f"{state.bytes / 1e6:.1f} MB",
                state.sources,
                *((state.damaged or "sound",) if told else ()),
            )
            for state in states
        )
        columns = ("present", "revision", "since", "concepts", "relations", "size", "sources")
        output.emit_rows((*columns, "files") if told else columns, rows)
    return int(any(state.damaged for state in states))


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """A revision as it is listed."""

    id: str
    written: str
    """When it became the present one, in ISO 8601 with the offset of this machine."""
    title: str
    sources: list[str]
    """Names."""
    concepts: int
    relations: int
    bytes: int
    damaged: list[str]
    """Files that are not as they were written; looked for only if asked."""


def _state(folder: Path, manifest: store.Manifest, verify: bool) -> _State:
    written, sources, damaged = 0.0, [], []
    try:
        with store.open_revision(folder, manifest.id) as revision:
            written = revision.written
            sources = [source.name for source in revision.sources()]
            damaged = revision.verify() if verify else []
    except store.DamagedRevision as error:
        damaged = [str(error)]
    since = datetime.fromtimestamp(written).astimezone().isoformat("T", "seconds")
    return _State(
        id=manifest.id,
        written=since if written else "",
        title=manifest.title,
        sources=sources,
        concepts=manifest.counts["concepts"],
        relations=manifest.counts["relations"],
        bytes=sum(int(file["bytes"]) for file in manifest.files.values()),
        damaged=damaged,
    )
