"""Pages for people: home, the list, search, sources, errors. They work without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import orjson
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import graphs, schema, term_page, views
from api.catalogue import initial
from api.negotiate import HTML, JSON, RDF_FORMATS, SCHEMA, Representation, alternate, choose
from api.pages import card, page, render, words
from api.parameters import Parameters, cursor
from api.problems import PROBLEMS, Problem, not_acceptable
from api.replies import reply, reply_as, reply_json
from api.routes import Route
from api.search import narrowing
from api.selecting import snapshot_of
from api.service import Snapshot
from api.texts import Texts
from kg.concept_map import Options, neighborhood_map, render_part
from kg.search import FACETS, search
from kg.skos import CONCEPTS
from ontology import vocabulary

_PAGE = 300
"""Concepts on a page of the list."""
_HUBS = 6
"""Well-connected concepts that the home page shows."""
_MAPPED = 12
"""Concepts of the map on the home page."""
_FEW = 4
_HITS = 50
_LIST_FORMATS = (HTML, SCHEMA, JSON, *RDF_FORMATS)
_LIST = ("letter", "source", "kind", "type", "cursor")


def _root(request: Request) -> str:
    root: str = request.scope.get("root_path", "")
    return root


async def home(request: Request) -> Response:
    """Answer the first page: search, letters, kinds, a first map, where much meets, sources."""
    snapshot, say = snapshot_of(request), words(request)
    hubs = [card(snapshot, slug, _root(request)) for slug in snapshot.hubs[:_HUBS]]
    return page(
        request,
        "home.html",
        here="/",
        home=True,
        hubs=hubs,
        kinds=_kinds(snapshot, say.language),
        map=await run_in_threadpool(_first_map, snapshot, say, _root(request)),
        recent=[card(snapshot, slug, _root(request)) for slug in snapshot.recent],
    )


def _first_map(snapshot: Snapshot, say: Texts, root: str) -> dict[str, Any] | None:
    """Return the map around the best connected concept, or ``None`` where nothing is related."""
    if not snapshot.hubs:
        return None
    hub = snapshot.hubs[0]
    shown = Options(language=say.language, href=f"{root}/concepts/{{slug}}", hide=("association",))
    drawn = neighborhood_map(snapshot.index, hub, shown, depth=2, limit=_MAPPED)
    if len(drawn.boxes) < _FEW:  # then what is merely associated is all there is to see
        shown = replace(shown, hide=())
        drawn = neighborhood_map(snapshot.index, hub, shown, depth=2, limit=_MAPPED)
    return {
        "title": say("map.around", label=snapshot.index.label(hub)),
        "drawn": Markup(render_part(drawn)),
        "legend": [
            {
                "key": key,
                "name": vocabulary.in_language(vocabulary.FAMILIES[key].label, say.language),
            }
            for key in drawn.families
        ],
    }


def _kinds(snapshot: Snapshot, language: str) -> list[dict[str, Any]]:
    counts = snapshot.figures["by_kind"]
    return [
        {"key": key, "name": views.kind_name(snapshot, key, language), "count": counts[key]}
        for key in snapshot.index.vocabulary.kinds
        if key != "none" and counts.get(key)
    ]


async def list_page(request: Request) -> Response:
    """Answer the concepts from A to Z, whole or by letter, source, kind or relation."""
    snapshot = snapshot_of(request)
    chosen = choose(request.headers.get("accept"), _LIST_FORMATS)
    if chosen is None:
        raise not_acceptable(_LIST_FORMATS)
    if chosen[0] is SCHEMA:
        return await term_set(request)
    if chosen[0] in RDF_FORMATS:
        return await _whole(request)
    asked = Parameters(request, _LIST, strict=chosen[0] is JSON)
    letter = asked.letter()
    source = asked.one("source", snapshot.sources)
    kind = asked.one("kind", snapshot.index.vocabulary.kinds)
    types = asked.several("type", snapshot.index.vocabulary.keys)
    slugs = snapshot.catalogue.filtered(letter=letter, source=source, kind=kind, types=types)
    found = snapshot.catalogue.page(slugs, after=asked.cursor(), limit=_PAGE)
    if chosen[0] is JSON:
        value = {
            "total": found.total,
            "concepts": [views.brief(snapshot, slug) for slug in found.slugs],
            "next": cursor(found.next) if found.next else None,
        }
        return reply_json(request, value, vary="Accept", headers=_list_links(request))
    say = words(request)
    cards = [card(snapshot, slug, _root(request)) for slug in found.slugs]
    groups: list[dict[str, Any]] = []
    for each in cards:
        under = initial(each["label"])
        if not groups or groups[-1]["letter"] != under:
            groups.append({"letter": under, "concepts": []})
        groups[-1]["concepts"].append(each)
    given = {"letter": letter, "source": source, "kind": kind, "type": ",".join(types)}
    return page(
        request,
        "concepts.html",
        headers=_list_links(request),
        vary="Accept",
        linked_data=schema.script(schema.defined_term_set(snapshot, found.slugs)),
        here="/concepts",
        heading=say("list.under", letter=letter) if letter else say("page.all_concepts"),
        total=found.total,
        filters=_filters(snapshot, say, source, kind, types),
        kinds=_kind_links(request, snapshot, given),
        letter=letter,
        groups=groups,
        next=_address(request, {**given, "cursor": cursor(found.next)}) if found.next else "",
    )


async def list_file(request: Request) -> Response:
    """Answer all concepts in the form that the suffix names."""
    suffix = request.path_params["format"]
    form = next((each for each in RDF_FORMATS if each.suffix == suffix), None)
    if form is None:
        known = ", ".join(each.suffix for each in RDF_FORMATS)
        raise Problem("not-found", f'There is no list as "{suffix}". There are: {known}.')
    return await _whole(request, form)


async def _whole(request: Request, form: Representation | None = None) -> Response:
    """Answer all concepts as RDF: the derived graph."""
    Parameters(request, ())
    return await graphs.send(request, snapshot_of(request).graph.base + CONCEPTS, form)


async def term_set(request: Request) -> Response:
    """Answer the glossary as schema.org DefinedTermSet: its sources and all its terms by name."""
    snapshot = snapshot_of(request)
    Parameters(request, ())
    slugs = snapshot.catalogue.slugs
    value = await run_in_threadpool(schema.defined_term_set, snapshot, slugs)
    return reply_as(request, orjson.dumps(value), SCHEMA, headers=_list_links(request))


def _list_links(request: Request) -> dict[str, str]:
    """Return the ``Link`` header of the list: its IRI, the set's other form, the data set."""
    root = _root(request)
    links = (
        f'<{snapshot_of(request).graph.base}concepts>; rel="canonical"',
        *(alternate(f"{root}/concepts.{each.suffix}", each) for each in (SCHEMA, *RDF_FORMATS)),
        f'<{root}/.well-known/void>; rel="describedby"',
    )
    return {"Link": ", ".join(links)}


def _address(request: Request, given: dict[str, str]) -> str:
    query = urlencode({name: value for name, value in given.items() if value})
    return f"{_root(request)}/concepts" + (f"?{query}" if query else "")


def _filters(
    snapshot: Snapshot, say: Texts, source: str, kind: str, types: tuple[str, ...]
) -> list[str]:
    language = say.language
    found = [snapshot.sources[source].title] if source else []
    found += [views.kind_name(snapshot, kind, language)] if kind else []
    found += [
        say("list.relating", phrase=snapshot.index.vocabulary.phrase(each, language))
        for each in types
    ]
    return found


def _kind_links(
    request: Request, snapshot: Snapshot, given: dict[str, str]
) -> list[dict[str, Any]]:
    say = words(request)
    links = [{"name": say("page.all"), "key": ""}, *_kinds(snapshot, say.language)]
    return [
        {
            "name": each["name"],
            "href": _address(request, {**given, "kind": each["key"]}),
            "current": each["key"] == given["kind"],
        }
        for each in links
    ]


async def search_page(request: Request) -> Response:
    """Answer what is found for a few words; a single exact label leads straight to its page."""
    snapshot = snapshot_of(request)
    given = Parameters(request, ("q", *FACETS), strict=False)
    asked = given.text("q", "", length=500)
    only = narrowing(given, snapshot)
    results = search(snapshot.index, asked, limit=_HITS, only=only, facets=True)
    exact = [hit for hit in results.hits if hit.reason in {"exact label", "acronym", "alias"}]
    if (
        len(exact) == 1
        and not any(only.values())
        and exact[0].score >= max(hit.score for hit in results.hits)
    ):
        address = _root(request) + views.path(exact[0].concept)
        return Response(status_code=303, headers={"Location": address})
    say = words(request)
    hits = [
        {
            **card(snapshot, hit.concept, _root(request)),
            "reason": _reason(say, hit.reason, hit.label),
        }
        for hit in results.hits
    ]
    facets = _facets(request, snapshot, asked, only, results.facets)
    return page(request, "search.html", asked=asked, hits=hits, facets=facets, total=results.total)


def _facets(
    request: Request,
    snapshot: Snapshot,
    asked: str,
    only: Mapping[str, str],
    counts: Mapping[str, Mapping[str, int]],
) -> list[dict[str, Any]]:
    """Return the choices that make a difference, each with its address; the chosen one leads back.

    A facet with one value narrows nothing, so it is left out, unless it was chosen.
    """
    say = words(request)
    called: Mapping[str, tuple[str, Callable[[str], str]]] = {
        "reason": (say("search.reason"), lambda key: say(f"reason.{key}")),
        "kind": (
            say("search.kind"),
            lambda key: views.kind_name(snapshot, key, say.language) or say("search.no_kind"),
        ),
        "source": (say("search.source"), lambda key: snapshot.sources[key].title),
        "language": (say("search.language"), lambda key: key),
    }
    shown = []
    for facet, values in counts.items():
        chosen, (name, call) = only[facet], called[facet]
        if len(values) < 2 and not chosen:
            continue
        values = values if chosen in values or not chosen else {**values, chosen: 0}
        choices = [
            {
                "name": call(key),
                "count": count,
                "current": key == chosen,
                "href": _search(request, asked, {**only, facet: "" if key == chosen else key}),
            }
            for key, count in values.items()
        ]
        shown.append({"name": name, "choices": choices})
    return shown


def _search(request: Request, asked: str, only: Mapping[str, str]) -> str:
    given = {"q": asked, **{facet: value for facet, value in only.items() if value}}
    return f"{_root(request)}/search?{urlencode(given)}"


def _reason(say: Texts, reason: str, label: str) -> str:
    said = say(f"reason.{reason}")
    return said if reason in {"exact label", "definition text"} else f"{said}: {label}"


async def sources_page(request: Request) -> Response:
    """Answer whose words these are."""
    return page(request, "sources.html", here="/sources")


async def problems_page(request: Request) -> Response:
    """Answer what each error means and what to do."""
    return page(request, "problems.html", problems=PROBLEMS)


async def relation_page(request: Request) -> Response:
    """Answer why a relation is there: the sentences, highlighted, and where they stand."""
    snapshot = snapshot_of(request)
    relation = snapshot.index.relation(request.path_params["id"])
    if relation is None:
        raise Problem("not-found", f'There is no relation "{request.path_params["id"]}".')
    shown = term_page.relation_context(snapshot, relation, _root(request), words(request))
    return page(request, "relation.html", relation=shown)


async def opensearch(request: Request) -> Response:
    """Answer the description by which browsers offer this search (OpenSearch 1.1)."""
    base = str(request.base_url)
    body = render(request, "opensearch.xml", base=base)
    return reply(request, body, "application/opensearchdescription+xml", vary="Host")


def _html(path: str, handler: Any, summary: str) -> Route:
    return Route(path=path, handler=handler, summary=summary, documented=False)


ROUTES: tuple[Route, ...] = (
    _html("/", home, "Home"),
    Route(
        path="/concepts",
        handler=list_page,
        summary="The concepts from A to Z, as a page or as JSON; all of them as RDF",
        tag="linked data",
        parameters=_LIST,
        media_types=tuple(dict.fromkeys(each.media_type for each in _LIST_FORMATS)),
        problems=("not-acceptable", "invalid-parameter", *graphs.PROBLEMS_OF_QUERIES),
    ),
    Route(
        path="/concepts.schema.jsonld",
        handler=term_set,
        summary="The glossary as schema.org DefinedTermSet, with all its terms",
        tag="linked data",
        media_types=(SCHEMA.media_type,),
        problems=("invalid-parameter",),
    ),
    Route(
        path="/concepts.{format}",
        handler=list_file,
        summary="All concepts as RDF: ttl, nt, jsonld, rdf",
        tag="linked data",
        path_samples={"format": "list"},
        media_types=tuple(each.media_type for each in RDF_FORMATS),
        problems=("not-found", "invalid-parameter", *graphs.PROBLEMS_OF_QUERIES),
    ),
    _html("/search", search_page, "Search results"),
    _html("/sources", sources_page, "Sources and licences"),
    _html("/relations/{id}", relation_page, "Why a relation is there"),
    _html("/opensearch.xml", opensearch, "Search description"),
    _html("/problems", problems_page, "What errors mean"),
)
"""Routes of pages."""
