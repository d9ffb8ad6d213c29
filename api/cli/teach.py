"""Commands that make teaching material: quiz, lesson."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli import output
from api.cli.ask import Where, open_snapshot
from api.service import Snapshot
from kg.errors import UnknownKey
from kg.index import Index
from kg.neighbors import MAX_DEPTH, neighbors
from kg.training import lesson as lessons
from kg.training import lesson_files, quiz_files
from kg.training.quiz import KINDS, questions

MOST_TERMS = 60
"""Terms of the longest lesson: more than that nobody reads, and no map of them is clear."""
_FORMS = ", ".join(f"{suffix} ({what})" for suffix, (what, _) in quiz_files.FORMATS.items())


def register(app: typer.Typer) -> None:
    """Add the commands of this module to ``app``."""
    app.command()(output.exiting(quiz))
    app.command()(output.exiting(lesson))


def quiz(
    where: Where,
    terms: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TERM...]", help="What it is about; else everything."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help=f"By suffix: {_FORMS}.")
    ] = None,
    format_: Annotated[str | None, typer.Option("--format", metavar="KEY")] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="KEY", help=f"Only: {', '.join(KINDS)}."),
    ] = None,
    depth: Annotated[
        int, typer.Option("--depth", min=0, max=MAX_DEPTH, help="Terms around TERM, too.")
    ] = 1,
    count: Annotated[int | None, typer.Option("--count", min=1, help="So many at most.")] = None,
    lang: Annotated[str, typer.Option("--lang", help="Language of labels and questions.")] = "",
) -> int:
    """Write questions with answers, wrong answers and sources; without FILE a sheet to print."""
    form = format_ or (out.suffix.lower().removeprefix(".") if out else "md")
    if form not in quiz_files.FORMATS:
        raise UnknownKey("format of a quiz", form, quiz_files.FORMATS)
    for key in kind or ():
        if key not in KINDS:
            raise UnknownKey("kind of question", key, KINDS)
    snapshot = open_snapshot(where)
    index = _handed_on(snapshot)
    slugs = _around(index, terms or [], depth)
    found = questions(index, slugs=slugs, kinds=kind or KINDS, language=lang or None, limit=count)
    if not found:
        output.say("Nothing to ask: no sure relation, and too few terms that are like one another.")
        return 1
    about = ", ".join(index.label(slug) for slug in index.resolve_each(terms or []))
    data = quiz_files.FORMATS[form][1](found, about or snapshot.graph.title)
    if out is None:
        output.emit_bytes([data])
    else:
        aside = out.with_name(out.name + ".part")
        aside.write_bytes(data)
        aside.replace(out)
        output.say(f"{len(found)} questions in {out}")
    return 0


def lesson(
    where: Where,
    terms: Annotated[list[str], typer.Argument(metavar="TERM...", help="What it leads to.")],
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help=f"By suffix: {', '.join(lesson_files.FORMATS)}."
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=MOST_TERMS, help="Terms at most.")
    ] = lessons.MOST,
    lang: Annotated[str, typer.Option("--lang", help="Language of labels and phrases.")] = "",
) -> int:
    """Write what must be known for a term, in order, with sources, map and questions."""
    form = out.suffix.lower().removeprefix(".") if out else "md"
    if form not in lesson_files.FORMATS:
        raise UnknownKey("format of a lesson", form, lesson_files.FORMATS)
    index = _handed_on(open_snapshot(where))
    made = lessons.lesson(index, index.resolve_each(terms), limit=limit, language=lang or None)
    pieces = lesson_files.FORMATS[form](made)
    if out is None:
        output.emit_bytes(pieces)
    else:
        aside = out.with_name(out.name + ".part")
        aside.write_bytes(b"".join(pieces))
        aside.replace(out)
        output.say(f"{len(made.steps)} terms and {len(made.questions)} questions in {out}")
    return 0


def _handed_on(snapshot: Snapshot) -> Index:
    """Return the index of what may be handed on: no more of the sources' words than that."""
    return snapshot.index if snapshot.published is snapshot.graph else Index(snapshot.published)


def _around(index: Index, terms: list[str], depth: int) -> list[str]:
    """Return the slugs of the terms, and of what is within ``depth`` relations of them."""
    chosen = index.resolve_each(terms)
    near = [
        step.concept
        for slug in chosen
        for step in (neighbors(index, slug, depth=depth, implied=False) if depth else ())
    ]
    return list(dict.fromkeys((*chosen, *near)))
