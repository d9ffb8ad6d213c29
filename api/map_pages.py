"""Pages around maps: of any set of concepts, of the way between two, of two side by side."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import drawing, term_page, topics, views
from api.aside import aside, large
from api.pages import card, page, source_link, words
from api.parameters import Parameters
from api.routes import Route
from api.selecting import snapshot_of
from api.service import Snapshot
from api.texts import Texts
from kg.concept_map import Map, Options, path_map, render_part, topic_map
from kg.errors import AmbiguousLabel, ConceptNotFound
from kg.explain import explain
from kg.kinship import common
from kg.paths import paths, sentence
from kg.search import search
from kg.selection import Selection
from ontology import vocabulary

_PATHS = 5
"""Ways between two concepts that the page lists."""
_SHARED = 12
"""Concepts related to both that a comparison lists."""
_MAP = ("concepts", "add", "source", "community", "q", "around", "only", "hide", "mentions",
        "implied", "title", "question", "caption", "lang")  # fmt: skip


def _root(request: Request) -> str:
    root: str = request.scope.get("root_path", "")
    return root


async def map_page(request: Request) -> Response:
    """Answer the map of a set of concepts, with its words, its files and other sets to go on to."""
    snapshot, root, say = snapshot_of(request), _root(request), words(request)
    asked = Parameters(request, _MAP, strict=False)
    offered = await run_in_threadpool(topics.communities, snapshot, say)
    try:
        found = await run_in_threadpool(topics.topic, request, snapshot, asked)
    except (AmbiguousLabel, ConceptNotFound) as error:
        return _not_found(request, "map.html", error, topic=None, map=None, communities=offered)
    shown = Options(
        only=asked.several("only", vocabulary.FAMILIES),
        hide=asked.several("hide", vocabulary.FAMILIES),
        language=say.language,
        implied=asked.switch("implied", True),
        mentions=asked.switch("mentions", False) if asked.text("mentions", "") else None,
        href=f"{root}/concepts/{{slug}}",
    )
    title = asked.text("title", "", length=200) or found.title
    drawn = await run_in_threadpool(
        topic_map, snapshot.index, found.slugs, shown, title=title, focus=found.focus
    )
    look = {name: request.query_params[name] for name in ("only", "hide", "mentions", "implied")
            if name in request.query_params}  # fmt: skip
    words_of_map: dict[str, Any] = {
        "question": asked.text("question", "", length=300) or drawn.question,
        "caption": asked.text("caption", "", length=500),
    }
    return page(
        request,
        "map.html",
        here="/map",
        problem=None,
        choices=[],
        topic=found,
        concepts=[_chip(snapshot, root, found, slug) for slug in found.slugs]
        if found.chosen
        else [],
        map=card_of(request, snapshot, drawn, {"concepts": ",".join(found.slugs), **look}),
        title=title,
        communities=offered,
        credits=_credits(snapshot, found.slugs, root),
        **words_of_map,
    )


def card_of(
    request: Request, snapshot: Snapshot, drawn: Map, query: dict[str, str], *,
    address: str = "/api/map",
) -> dict[str, Any]:  # fmt: skip
    """Return a drawn map for a page: the picture, its legend, its sentences, its files."""
    root, say = _root(request), words(request)
    return {
        "wide": Markup(render_part(drawn)),
        "legend": legend(drawn.families, say),
        "sentences": _sentences(snapshot, drawn, root),
        "files": [
            {"name": each.name, "href": f"{root}{address}.{each.suffix}?{urlencode(query)}"}
            for each in drawing.FORMATS.values()
            if each.available()
        ],
        "boxes": len(drawn.boxes),
    }


def legend(families: Iterable[str], say: Texts) -> list[dict[str, str]]:
    """Return the families of a map with their names."""
    known = vocabulary.FAMILIES
    return [
        {"key": key, "name": vocabulary.in_language(known[key].label, say.language)}
        for key in families
    ]


def _sentences(snapshot: Snapshot, drawn: Map, root: str) -> list[dict[str, Any]]:
    """Return what a map says in words, by family: its text alternative."""
    groups: dict[str, list[dict[str, Any]]] = {key: [] for key in drawn.families}
    for said in drawn.propositions:
        groups[said.family].append(
            {
                "subject": card(snapshot, said.subject, root),
                "phrase": said.phrase,
                "object": card(snapshot, said.object, root),
                "why": f"{root}/relations/{said.relation}",
            }
        )
    return [
        {
            "key": key,
            "name": vocabulary.in_language(vocabulary.FAMILIES[key].label, drawn.language),
            "said": said,
        }
        for key, said in groups.items()
    ]


def _chip(snapshot: Snapshot, root: str, found: topics.Topic, slug: str) -> dict[str, str]:
    rest = ",".join(each for each in found.slugs if each != slug)
    query = f"?{urlencode({'concepts': rest})}" if rest else ""
    return {"label": snapshot.index.label(slug), "without": f"{root}/map{query}"}


def _credits(snapshot: Snapshot, slugs: Iterable[str], root: str) -> list[dict[str, Any]]:
    """Return the sources that define these concepts."""
    names = {d.source for slug in slugs for d in snapshot.index.concept(slug).definitions}
    return [source_link(each, root) for each in snapshot.graph.sources if each.name in names]


def _not_found(
    request: Request, template: str, error: AmbiguousLabel | ConceptNotFound, **more: Any
) -> Response:
    """Answer the page with its form, and the same question with each name that may be meant."""
    snapshot = snapshot_of(request)
    several = isinstance(error, AmbiguousLabel)
    choices = (
        [(error.asked, slug) for slug in error.choices]
        if isinstance(error, AmbiguousLabel)
        else [(e.asked, s) for e in (error, *error.further) for s in _near(snapshot, e.asked)]
    )
    return page(
        request, template, here="/map", status=300 if several else 404, cache="no-store",
        problem={"title": str(error), "status": 300 if several else 404},
        choices=[
            {**card(snapshot, slug, ""), "href": _with(request, asked, slug)}
            for asked, slug in choices
        ],
        **more,
    )  # fmt: skip


def _near(snapshot: Snapshot, asked: str) -> list[str]:
    hits = search(snapshot.index, asked, limit=5).hits
    return [hit.concept for hit in hits]


def _with(request: Request, asked: str, slug: str) -> str:
    """Return the query string with ``slug`` in place of the name that was not understood."""
    query = [
        (
            name,
            ",".join(slug if each.strip() == asked.strip() else each for each in value.split(",")),
        )
        for name, value in request.query_params.multi_items()
    ]
    return f"?{urlencode(query)}"


# --- the way between two --------------------------------------------------------------------------


async def paths_page(request: Request) -> Response:
    """Answer how two concepts are connected: sentences, and the map of the cheapest way."""
    snapshot, root, say = snapshot_of(request), _root(request), words(request)
    asked = Parameters(request, ("from", "to", "lang"), strict=False)
    given = [asked.text(name, "", length=300) for name in ("from", "to")]
    empty: dict[str, Any] = {
        "given": given,
        "found": [],
        "wide": "",
        "narrow": "",
        "asked_both": False,
    }
    if not all(given):
        return page(request, "paths.html", here="/map", problem=None, choices=[], **empty)
    try:
        ends = snapshot.index.resolve_each(given)
    except (AmbiguousLabel, ConceptNotFound) as error:
        return _not_found(request, "paths.html", error, **empty)
    found = await run_in_threadpool(paths, snapshot.index, *ends, limit=_PATHS)
    shown = Options(language=say.language, href=f"{root}/concepts/{{slug}}")
    drawn = [path_map(snapshot.index, each, shown) for each in found]
    narrow = path_map(snapshot.index, found[0], shown, narrow=True) if found else None
    query = {"from": ends[0], "to": ends[1]}
    shown_paths = [
        {
            "sentence": sentence(snapshot.index, each, say.language),
            "steps": [
                {
                    "subject": card(snapshot, leg.start, root),
                    "phrase": leg.phrase(snapshot.index.vocabulary, say.language),
                    "object": card(snapshot, leg.end, root),
                    "why": f"{root}/relations/{leg.relation.id}",
                    "basis": term_page.basis_name(leg.relation, say.language),
                    "family": snapshot.index.vocabulary.relation_types[leg.relation.type].family,
                }
                for leg in each.legs
            ],
        }
        for each in found
    ]
    first = card_of(request, snapshot, drawn[0], query, address="/api/paths/map") if drawn else None
    return page(
        request,
        "paths.html",
        here="/map",
        problem=None,
        choices=[],
        given=[snapshot.index.label(slug) for slug in ends],
        found=shown_paths,
        asked_both=True,
        map=first,
        wide=Markup(render_part(drawn[0], classes="map-wide")) if drawn else "",
        narrow=Markup(render_part(narrow, classes="map-narrow")) if narrow else "",
    )


# --- two side by side -----------------------------------------------------------------------------


async def compare_page(request: Request) -> Response:
    """Answer two concepts side by side: what each is, what relates them, what they share."""
    snapshot, root, say = snapshot_of(request), _root(request), words(request)
    asked = Parameters(request, ("a", "b", "lang"), strict=False)
    given = [asked.text(name, "", length=300) for name in ("a", "b")]
    empty: dict[str, Any] = {
        "given": given,
        "sides": [],
        "shared": [],
        "between": [],
        "reason": "",
        "path": "",
    }
    if not all(given):
        return page(request, "compare.html", here="/map", problem=None, choices=[], **empty)
    try:
        known = explain(snapshot.index, *given)
    except (AmbiguousLabel, ConceptNotFound) as error:
        return _not_found(request, "compare.html", error, **empty)
    slugs = [known.left.concept.slug, known.right.concept.slug]
    public = request.app.state.settings.public
    named = Selection(bases=[key for key in vocabulary.BASES if key != "mention"])
    both = [] if known.same else common(snapshot.index, slugs, named)[:_SHARED]
    in_both = {each.concept for each in both} | set(slugs)
    legs = [
        {
            "subject": card(snapshot, leg.start, root),
            "phrase": leg.phrase(snapshot.index.vocabulary, say.language),
            "object": card(snapshot, leg.end, root),
            "why": f"{root}/relations/{leg.relation.id}",
        }
        for leg in known.relations
    ]
    return page(
        request,
        "compare.html",
        here="/map",
        problem=None,
        choices=[],
        given=[snapshot.index.label(slug) for slug in slugs],
        sides=[
            {
                **term_page.side_by_side(snapshot, slug, root, say, in_both, public=public),
                "href": root + views.path(slug),
            }
            for slug in slugs
        ],
        shared=[
            {
                "concept": card(snapshot, each.concept, root),
                "phrases": [
                    leg.phrase(snapshot.index.vocabulary, say.language) for leg in each.legs
                ],
            }
            for each in both
        ],
        between=legs,
        reason=known.reason,
        path=sentence(snapshot.index, known.path, say.language) if known.path else "",
    )


def _html(path: str, handler: Any, summary: str) -> Route:
    return Route(path=path, handler=handler, summary=summary, documented=False)


ROUTES: tuple[Route, ...] = (
    _html("/map", aside(map_page, large), "The map of a set of concepts"),
    _html("/paths", paths_page, "How two concepts are connected"),
    _html("/compare", compare_page, "Two concepts side by side"),
)
"""Routes of pages around maps."""
