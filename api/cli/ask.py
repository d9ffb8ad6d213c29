"""Commands that ask a graph: concept, neighbors, path, search, explain, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from api import answers, opening, views
from api.analyses import Options
from api.cli import output
from api.cli.make import AsJson, progress_bar
from api.service import Snapshot, load
from api.settings import Settings
from kg.explain import explain as why
from kg.neighbors import MAX_DEPTH, neighbors
from kg.paths import paths
from kg.search import search as find
from kg.selection import DIRECTIONS
from ontology import vocabulary

Where = Annotated[
    str, typer.Argument(metavar="GRAPH|SOURCE", help="A graph's folder, or a glossary to read.")
]
Term = Annotated[str, typer.Argument(metavar="TERM", help="Any label, slug or IRI of a concept.")]
Types = Annotated[
    list[str] | None,
    typer.Option(
        "--type", metavar="KEY", help="Only this relation type, as broader; may be repeated."
    ),
]
Bases = Annotated[
    list[str] | None,
    typer.Option("--basis", metavar="KEY", help=f"Only: {', '.join(vocabulary.BASES)}."),
]
Direction = Annotated[
    str,
    typer.Option(
        "--direction",
        help=f"One of {', '.join(DIRECTIONS)}; without it as types read, all else either way.",
        show_default=False,
    ),
]
Limit = Annotated[int, typer.Option("--limit", min=1, help="At most so many rows.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to ``app``."""
    app.command()(output.exiting(concept))
    app.command("neighbors")(output.exiting(neighbors_of))
    app.command()(output.exiting(path))
    app.command()(output.exiting(search))
    app.command()(output.exiting(explain))
    app.command()(output.exiting(export))


def open_snapshot(where: str, *, quiet: bool = False) -> Snapshot:
    """Return what a GRAPH or SOURCE argument stands for; a source is built into the cache.

    Raises:
        GraphNotFound: a folder is no graph and holds no source.
        SourceError: a source cannot be read.
    """
    with progress_bar(quiet) as progress:
        return load(opening.folder_of([where], Options(), progress), Settings())


def concept(where: Where, term: Term, as_json: AsJson = False) -> None:
    """Show a concept: labels, definitions by source, relations."""
    snapshot = open_snapshot(where)
    view = views.concept_view(snapshot, snapshot.index.resolve(term), public=False)
    if as_json:
        output.emit_json(view)
        return
    lines = [view["label"]]
    if view["aliases"]:
        lines.append(f"also: {', '.join(view['aliases'])}")
    lines.append(view["iri"])
    for definition in view["definitions"]:
        lines += [
            "",
            definition["text"],
            f"  – {definition['credit']} ({definition['source']}:{definition['line']})",
        ]
        lines += [f"  Example: {example}" for example in definition["examples"]]
        if definition["formula"]:
            lines.append(f"  Formula: {definition['formula']}")
    if view["reviewed"]:
        lines += ["", *(each["sentence"] for each in view["reviewed"])]
    output.emit_text("\n".join(lines))
    if view["relations"]:
        output.emit_text("")
        output.emit_rows(
            ("relation", "concept", "basis", "confidence", "because"),
            (
                (
                    r["phrase"],
                    r["target"]["label"],
                    r["basis"],
                    r["confidence"],
                    _because(snapshot, r),
                )
                for r in view["relations"]
            ),
        )


def _because(snapshot: Snapshot, relation: dict[str, Any]) -> str:
    """Return the best evidence of a relation as ``file:line "quote"``."""
    found = snapshot.index.relation(relation["id"])
    if found is None or not found.evidence:
        return ""
    evidence = views.evidence_view(snapshot, found.evidence[0])
    return f'{evidence["place"]} "{evidence["quote"]}"'


def neighbors_of(
    where: Where,
    term: Term,
    depth: Annotated[int, typer.Option("--depth", min=1, max=MAX_DEPTH)] = 1,
    type_: Types = None,
    basis: Bases = None,
    direction: Direction = "",
    min_confidence: Annotated[float, typer.Option("--min-confidence", min=0.0, max=1.0)] = 0.0,
    implied: Annotated[
        bool, typer.Option("--implied/--no-implied", help="Concepts that are only spoken of.")
    ] = True,
    limit: Limit = 200,
    as_json: AsJson = False,
) -> int:
    """List the concepts around one, nearest first, and why."""
    snapshot = open_snapshot(where)
    slug = snapshot.index.resolve(term)
    steps = neighbors(
        snapshot.index,
        slug,
        depth=depth,
        types=type_,
        bases=basis,
        direction=direction,
        min_confidence=min_confidence,
        implied=implied,
        limit=limit,
    )
    if as_json:
        output.emit_json(answers.neighborhood(snapshot, slug, depth, steps))
        return 0 if steps else 1
    rows = []
    for step in steps:
        view = answers.neighbor(snapshot, step)
        first = view["relations"][0]
        near = "" if step.distance == 1 else snapshot.index.label(step.via)
        rows.append(
            (
                step.distance,
                near,
                first["phrase"],
                view["label"],
                first["basis"],
                first["confidence"],
                _because(snapshot, first),
            )
        )
    output.emit_rows(
        ("distance", "from", "relation", "concept", "basis", "confidence", "because"), rows
    )
    return 0 if steps else 1


def path(
    where: Where,
    start: Annotated[str, typer.Argument(metavar="FROM")],
    end: Annotated[str, typer.Argument(metavar="TO")],
    k: Annotated[int, typer.Option("-k", min=1, max=20, help="So many paths.")] = 3,
    type_: Types = None,
    basis: Bases = None,
    as_json: AsJson = False,
) -> int:
    """Show how two concepts are connected, as sentences with their evidence."""
    snapshot = open_snapshot(where)
    index = snapshot.index
    left, right = index.resolve_each((start, end))
    found = paths(index, left, right, limit=k, types=type_, bases=basis)
    if as_json:
        output.emit_json(answers.connections(snapshot, left, right, found))
        return 0 if found else 1
    if not found:
        output.say(f"No path leads from {index.label(left)} to {index.label(right)}.")
        return 1
    for number, each in enumerate(found, start=1):
        view = answers.connection(snapshot, each)
        output.emit_text(f"{number}. {view['sentence']}")
        for step in view["steps"]:
            if step["evidence"]:
                output.emit_text(f'     {step["evidence"]["place"]} "{step["evidence"]["quote"]}"')
    return 0


def search(
    where: Where,
    q: Annotated[str, typer.Argument(metavar="WORDS")],
    lang: Annotated[
        str | None, typer.Option("--lang", help="Labels of this language only.")
    ] = None,
    limit: Limit = 20,
    as_json: AsJson = False,
) -> int:
    """Find concepts by label, acronym, alias, misspelling or definition, and say which it was."""
    snapshot = open_snapshot(where)
    results = find(snapshot.index, q, lang=lang, limit=limit)
    if as_json:
        output.emit_json(
            {
                "query": q,
                "total": results.total,
                "hits": [answers.hit_view(snapshot, hit) for hit in results.hits],
            }
        )
    else:
        rows = [(snapshot.index.label(h.concept), h.reason, h.label) for h in results.hits]
        output.emit_rows(("concept", "found by", "label"), rows)
    return 0 if results.hits else 1


def explain(
    where: Where,
    left: Annotated[str, typer.Argument(metavar="A")],
    right: Annotated[str, typer.Argument(metavar="B")],
    as_json: AsJson = False,
) -> int:
    """Say why two terms are, or are not, one concept, and what relates them."""
    snapshot = open_snapshot(where)
    found = why(snapshot.index, left, right)
    if as_json:
        output.emit_json(answers.explanation(snapshot, found))
        return 0
    names = [f"{side.asked} ({side.concept.label})" for side in (found.left, found.right)]
    verdict = (
        "one concept" if found.same else "two concepts, near each other" * found.close or "two"
    )
    output.emit_text(f"{names[0]} and {names[1]}: {verdict}.")
    output.emit_text(found.reason)
    for ruling in found.rulings:
        if ruling.reason not in found.reason:
            output.emit_text(ruling.reason)
    for leg in found.relations:
        view = answers.leg_view(snapshot, leg)
        said = f"{view['subject']['label']} {view['phrase']} {view['object']['label']}"
        because = view["evidence"]
        output.emit_text(f'{said}: {because["place"]} "{because["quote"]}"')
    if found.path:
        output.emit_text(answers.connection(snapshot, found.path)["sentence"])
    return 0


def export(
    where: Where,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Its suffix tells the format.")
    ] = None,
    out: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE")] = None,
    format_: Annotated[str | None, typer.Option("--format", metavar="KEY")] = None,
) -> int:
    """Write the graph for another program; without FILE to standard output."""
    from kg import export as exporting

    target = out or file
    chosen = exporting.choose(format_, target)
    snapshot = open_snapshot(where)
    pieces = exporting.export(snapshot.graph, chosen)
    if target is None or str(target) == "-":
        output.emit_bytes(pieces)
        return 0
    aside = target.with_name(target.name + ".part")
    with aside.open("wb") as stream:
        for piece in pieces:
            stream.write(piece)
    aside.replace(target)
    return 0
