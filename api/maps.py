"""Concept maps over HTTP: files in several formats, and the card of a concept's page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import views
from api.aside import aside, large
from api.drawing import FORMATS, MOST, Format, frame
from api.exercise import exercise, sheet
from api.parameters import Parameters
from api.problems import Problem, invalid_parameter
from api.replies import reply
from api.routes import Route
from api.selecting import name_of, snapshot_of
from api.service import Snapshot
from kg.concept_map import (
    Map,
    Options,
    neighborhood_map,
    path_map,
    rail_map,
    render_part,
    term_map,
    topic_map,
)
from kg.concept_map.blank import BLANKS
from kg.concept_map.svg import THEMES
from kg.neighbors import MAX_DEPTH
from kg.paths import paths
from ontology import vocabulary

_NARROW = 10
"""Concepts around the focus on a phone; the list below has all."""
_FORMS = ("wide", "narrow")
_LOOK = (
    "only",
    "hide",
    "lang",
    "implied",
    "mentions",
    "min_confidence",
    "theme",
    "blank",
    "answers",
)
_OF_CONCEPT = ("form", "depth", "limit", *_LOOK)
_OF_SEVERAL = ("concepts", "source", *_LOOK)
_OF_PATH = ("from", "to", "form", *_LOOK)


def options(snapshot: Snapshot, asked: Parameters) -> Options:
    """Return what a map is to show, from the query string; boxes link to concepts' IRIs."""
    mentions = asked.text("mentions", "")
    return Options(
        only=asked.several("only", vocabulary.FAMILIES),
        hide=asked.several("hide", vocabulary.FAMILIES),
        language=asked.text("lang", ""),
        implied=asked.switch("implied", True),
        mentions=asked.switch("mentions", False) if mentions else None,
        min_confidence=asked.fraction("min_confidence", 0.0),
        href=f"{snapshot.graph.base}concepts/{{slug}}",
    )


def _format(request: Request) -> Format:
    """Return the format that the address ends in.

    Raises:
        Problem: there is no such format.
    """
    suffix = request.path_params["format"]
    if suffix not in FORMATS:
        raise Problem(
            "not-found", f'There is no map as "{suffix}". There are: {", ".join(FORMATS)}.'
        )
    return FORMATS[suffix]


async def _answer(request: Request, asked: Parameters, drawn: Map, link: str) -> Response:
    format = _format(request)
    theme = asked.one("theme", THEMES, "light")
    words = frame(snapshot_of(request), drawn, link)
    blank = asked.one("blank", BLANKS)
    answers = asked.switch("answers", False)
    if blank and format.suffix == "md":
        text = sheet(drawn, blank=blank, answers=answers)
        return reply(request, text.encode(), format.media_type, vary="")
    if blank and format.suffix == "mmd":
        raise invalid_parameter("blank", "An exercise is a picture or Markdown; ask for svg.")
    if blank:
        drawn, words = exercise(drawn, words, blank=blank, answers=answers)
    body = await run_in_threadpool(format.write, drawn, theme, words)
    return reply(request, body, format.media_type, vary="")


async def concept_map(request: Request) -> Response:
    """Answer the map of one concept."""
    snapshot = snapshot_of(request)
    asked = Parameters(request, _OF_CONCEPT)
    slug = snapshot.index.resolve(name_of(request, request.path_params["slug"]))
    depth = asked.number("depth", 1, most=min(MAX_DEPTH, request.app.state.settings.depth))
    shown = options(snapshot, asked)
    if depth > 1:
        limit = asked.number("limit", 30, most=MOST)
        drawn = await run_in_threadpool(
            neighborhood_map, snapshot.index, slug, shown, depth=depth, limit=limit
        )
    else:
        make = rail_map if asked.one("form", _FORMS) == "narrow" else term_map
        drawn = make(snapshot.index, slug, shown)
    return await _answer(request, asked, drawn, views.iri(snapshot, slug))


async def several_map(request: Request) -> Response:
    """Answer the map of the concepts that are named, or of a source's."""
    snapshot = snapshot_of(request)
    asked = Parameters(request, _OF_SEVERAL)
    source = asked.one("source", snapshot.sources)
    slugs = list(snapshot.catalogue.filtered(source=source)) if source else []
    named = [name.strip() for name in asked.text("concepts", "").split(",")]
    slugs += snapshot.index.resolve_each(name_of(request, name) for name in named if name)
    if not slugs:
        raise invalid_parameter("concepts", 'Give "concepts" (with commas) or "source".')
    slugs = list(dict.fromkeys(slugs))
    if len(slugs) > MOST:
        raise invalid_parameter(
            "concepts", f"A map may have {MOST} concepts; these are {len(slugs)}."
        )
    title = snapshot.sources[source].title if source else ""
    drawn = await run_in_threadpool(
        topic_map, snapshot.index, slugs, options(snapshot, asked), title=title
    )
    return await _answer(request, asked, drawn, f"{snapshot.graph.base}concepts")


async def map_of_path(request: Request) -> Response:
    """Answer the map of the cheapest path between two concepts."""
    snapshot = snapshot_of(request)
    asked = Parameters(request, _OF_PATH)
    ends = (name_of(request, asked.text(name)) for name in ("from", "to"))
    start, end = snapshot.index.resolve_each(ends)
    shown = options(snapshot, asked)
    kept = [f for f in shown.only or vocabulary.FAMILIES if f not in shown.hide]
    found = await run_in_threadpool(
        paths, snapshot.index, start, end, limit=1, families=kept,
        min_confidence=shown.min_confidence, implied=shown.implied,
    )  # fmt: skip
    if not found:
        raise invalid_parameter("to", "No path of these families connects the two.")
    narrow = asked.one("form", _FORMS) == "narrow"
    drawn = path_map(snapshot.index, found[0], shown, narrow=narrow)
    return await _answer(request, asked, drawn, views.iri(snapshot, start))


def _drawn_long(request: Request) -> bool:
    """A picture in pixels, and a map of more than one concept's own relations, take long."""
    many = b"depth=" in request.scope["query_string"]
    return request.path_params["format"] == "png" or many or large(request)


def card(snapshot: Snapshot, slug: str, root: str, language: str) -> dict[str, Any] | None:
    """Return the map of a concept's page in both forms, or ``None`` where there is none to draw.

    Which form is seen is the style sheet's; colours are its classes'.
    """
    shown = Options(href=f"{root}/concepts/{{slug}}", language=language)
    wide = term_map(snapshot.index, slug, shown)
    if not wide.propositions:
        return None
    narrow = rail_map(snapshot.index, slug, replace(shown, limit=_NARROW))
    families = vocabulary.FAMILIES
    return {
        "wide": Markup(render_part(wide, classes="map-wide")),
        "narrow": Markup(render_part(narrow, classes="map-narrow")),
        "legend": [
            {
                "key": key,
                "name": vocabulary.in_language(families[key].label, language),
            }
            for key in wide.families
        ],
        "files": [
            {"name": each.name, "href": f"{root}/api{views.path(slug)}/map.{each.suffix}"}
            for each in FORMATS.values()
            if each.available()
        ],
    }


_MEDIA_TYPES = tuple(each.media_type for each in FORMATS.values())
_PROBLEMS = (
    "not-found", "invalid-parameter", "concept-not-found", "ambiguous-label", "missing-extra",
)  # fmt: skip

ROUTES: tuple[Route, ...] = (
    Route(
        path="/api/concepts/{slug}/map.{format}",
        handler=aside(concept_map, _drawn_long),
        summary="The concept map of one concept, as SVG, PNG, Markdown or Mermaid",
        tag="maps",
        path_samples={"slug": "slug", "format": "picture"},
        parameters=_OF_CONCEPT,
        media_types=_MEDIA_TYPES,
        problems=_PROBLEMS,
    ),
    Route(
        path="/api/map.{format}",
        handler=aside(several_map),
        summary="The concept map of several concepts, or of a source",
        tag="maps",
        path_samples={"format": "picture"},
        parameters=_OF_SEVERAL,
        media_types=_MEDIA_TYPES,
        problems=_PROBLEMS,
    ),
    Route(
        path="/api/paths/map.{format}",
        handler=aside(map_of_path, _drawn_long),
        summary="The concept map of the cheapest path between two concepts",
        tag="maps",
        path_samples={"format": "picture"},
        parameters=_OF_PATH,
        media_types=_MEDIA_TYPES,
        problems=_PROBLEMS,
    ),
)
"""Routes of concept maps."""
