"""The command that draws a concept: map."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from api import drawing, views
from api.cli import output
from api.cli.ask import Term, Where, open_snapshot
from api.exercise import exercise, sheet
from api.service import Snapshot
from kg.concept_map import Map, Options, neighborhood_map, rail_map, term_map
from kg.concept_map.blank import BLANKS
from kg.concept_map.svg import THEMES
from kg.errors import UnknownKey
from kg.neighbors import MAX_DEPTH, neighbors
from kg.training import lesson as lessons
from kg.training.offline_html import offline_page
from kg.training.powerpoint import map_slides
from ontology import vocabulary

_HTML = ("html", "htm")
_SLIDES = "pptx"
Families = Annotated[
    list[str] | None,
    typer.Option(metavar="FAMILY", help=f"Of {', '.join(vocabulary.FAMILIES)}; may be repeated."),
]


def register(app: typer.Typer) -> None:
    """Add the command of this module to ``app``."""
    app.command("map")(output.exiting(map_of))


def map_of(
    where: Where,
    term: Term,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="svg, png, html, pptx, md or mmd."),
    ] = None,
    depth: Annotated[int, typer.Option("--depth", min=1, max=MAX_DEPTH)] = 1,
    limit: Annotated[int, typer.Option("--limit", min=2, max=drawing.MOST)] = 30,
    only: Families = None,
    hide: Families = None,
    lang: Annotated[str, typer.Option("--lang", help="Language of labels and phrases.")] = "",
    theme: Annotated[str, typer.Option("--theme", help=f"One of {', '.join(THEMES)}.")] = "light",
    narrow: Annotated[bool, typer.Option("--narrow", help="For a narrow column.")] = False,
    blank: Annotated[str, typer.Option("--blank", help=f"Leave out: {' or '.join(BLANKS)}.")] = "",
    answers: Annotated[bool, typer.Option("--answers", help="Say what belongs there.")] = False,
) -> int:
    """Draw the concept map of a term; without FILE as Markdown on standard output."""
    suffix = out.suffix.lower().removeprefix(".") if out else "md"
    _known("format of a map", suffix, (*drawing.FORMATS, *_HTML, _SLIDES))
    _known("theme", theme, THEMES)
    if blank:
        _known("kind of blank", blank, BLANKS)
    snapshot = open_snapshot(where)
    slug = snapshot.index.resolve(term)
    shown = Options(
        only=tuple(only or ()),
        hide=tuple(hide or ()),
        language=lang,
        href=f"{snapshot.graph.base}concepts/{{slug}}",
    )
    if suffix in _HTML:
        steps = neighbors(snapshot.index, slug, depth=depth, limit=limit - 1)
        near = [slug, *(step.concept for step in steps)]
        title = snapshot.index.label(slug, lang or None)
        pieces = offline_page(
            snapshot.index, slugs=near, title=title, language=lang or None, options=shown
        )
        return _write(out, pieces)
    if suffix == _SLIDES:
        limit = min(limit, lessons.MOST)
        shown = replace(shown, limit=limit - 1)
    if depth > 1:
        drawn = neighborhood_map(snapshot.index, slug, shown, depth=depth, limit=limit)
    else:
        drawn = (rail_map if narrow else term_map)(snapshot.index, slug, shown)
    if suffix == _SLIDES and not blank:
        title = snapshot.index.label(slug, lang or None)
        frame = drawing.frame(snapshot, drawn, views.iri(snapshot, slug))
        words = [part for part in (frame.credit, frame.link) if part]
        return _write(out, map_slides(drawn, title, words))
    return _write(out, [_file(snapshot, slug, drawn, suffix, theme, blank, answers)])


def _known(what: str, key: str, among: Iterable[str]) -> None:
    if key not in among:
        raise UnknownKey(what, key, among)


def _file(
    snapshot: Snapshot, slug: str, drawn: Map, suffix: str, theme: str, blank: str, answers: bool
) -> bytes:
    if blank and suffix == "md":
        return sheet(drawn, blank=blank, answers=answers).encode()
    if blank and suffix in ("mmd", _SLIDES):
        raise UnknownKey("format of an exercise", suffix, ("svg", "png", "md"))
    words = drawing.frame(snapshot, drawn, views.iri(snapshot, slug))
    if blank:
        drawn, words = exercise(drawn, words, blank=blank, answers=answers)
    return drawing.FORMATS[suffix].write(drawn, theme, words)


def _write(out: Path | None, pieces: Iterable[bytes]) -> int:
    if out is None:
        output.emit_bytes(pieces)
        return 0
    aside = out.with_name(out.name + ".part")
    with aside.open("wb") as stream:
        for piece in pieces:
            stream.write(piece)
    aside.replace(out)
    return 0
