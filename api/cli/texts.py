"""Commands for texts and agents with a graph at hand: annotate, context, mcp."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from api import annotate as annotating
from api import context as contexts
from api.cli import output
from api.cli.ask import Where, open_snapshot
from api.cli.make import AsJson
from api.negotiate import HTML, MARKDOWN
from api.settings import from_environment
from kg.annotate import AMBIGUOUS, FIRST, FORMS, Annotator, Rules

FORM_SUFFIXES = {
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".md": "markdown",
    ".markdown": "markdown",
}
"""The form of a page by its file's suffix; any other is text."""


def register(app: typer.Typer) -> None:
    """Add the commands of this module to ``app``."""
    app.command()(output.exiting(annotate))
    app.command()(output.exiting(context))
    app.command()(output.exiting(mcp))


def read_page(file: str) -> str:
    """Return what is in a file, or on standard input for ``-``.

    Raises:
        OSError: it cannot be read.
    """
    data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    return data.decode("utf-8-sig", "replace")


def annotate(
    where: Where,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A page; - for standard input.")],
    out: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE")] = None,
    form: Annotated[
        str, typer.Option("--form", help=f"Of FILE, where not by suffix: {', '.join(FORMS)}.")
    ] = "",
    first: Annotated[
        str, typer.Option("--first", help=f"How often a concept: {', '.join(FIRST)}.")
    ] = "section",
    cap: Annotated[int, typer.Option("--cap", min=1, help="Most links in one section.")] = 20,
    ambiguous: Annotated[
        str, typer.Option("--ambiguous", help=f"Labels of several: {', '.join(AMBIGUOUS)}.")
    ] = "skip",
    lang: Annotated[str, typer.Option("--lang", help="Language of a page that says none.")] = "",
    base: Annotated[
        str, typer.Option("--base", metavar="URL", help="Where the links go; else the base IRI.")
    ] = "",
    as_json: AsJson = False,
) -> int:
    """Link the terms of an HTML or Markdown page to their concepts; list those of a text."""
    form = form or FORM_SUFFIXES.get(Path(file).suffix.lower(), "text")
    page = read_page(file)
    snapshot = open_snapshot(where)
    rules = Rules(first=first, cap=cap, ambiguous=ambiguous, language=lang)
    found = Annotator(snapshot.index).annotate(page, form, rules)
    base = base or snapshot.graph.base
    if as_json:
        output.emit_json(annotating.answer(snapshot, found, form=form, base=base, public=False))
    elif form == "text" and out is None:
        lines = [page.count("\n", 0, each.start) + 1 for each in found]
        rows = [
            (line, each.text, snapshot.index.label(each.slug))
            for line, each in zip(lines, found, strict=True)
        ]
        output.emit_rows(("line", "text", "concept"), rows)
    else:
        target = MARKDOWN if form == "markdown" else HTML
        linked = annotating.link(
            snapshot, page, found, form=form, target=target, base=base, public=False
        )
        if out is None:
            output.emit_text(linked)
        else:
            out.write_text(linked, encoding="utf-8")
            output.say(f"{len(found)} links in {out}")
    return 0 if found else 1


def context(
    where: Where,
    text: Annotated[
        str, typer.Argument(metavar="QUESTION", help="Any text; - for standard input.")
    ],
    tokens: Annotated[
        int,
        typer.Option("--max-tokens", min=contexts.LEAST, max=contexts.MOST, help="Size at most."),
    ] = contexts.DEFAULT,
    as_json: AsJson = False,
) -> int:
    """Print what is known about the concepts in a question, cited, for a language model."""
    asked = read_page("-") if text == "-" else text
    snapshot = open_snapshot(where)
    found = contexts.compose(snapshot, asked, most=tokens)
    if as_json:
        output.emit_json(contexts.to_json(found, most=tokens))
    else:
        output.emit_text(contexts.to_markdown(snapshot, found))
    return 0 if found.concepts else 1


def mcp(where: Where) -> None:
    """Answer an agent on standard input and output (Model Context Protocol)."""
    from api import agent

    snapshot = open_snapshot(where, quiet=True)
    asyncio.run(agent.stdio(snapshot, from_environment()))
