"""REST: concepts, their neighbours, paths between them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import answers, models, views
from api.aside import aside, wide, wide_part
from api.catalogue import ORDERS, Page
from api.negotiate import JSON, Representation
from api.parameters import Parameters, cursor
from api.problems import Problem
from api.replies import reply, reply_json
from api.routes import Route, Waits
from api.selecting import SELECTION, name_of, selection, snapshot_of
from api.service import Snapshot
from api.sets import PART_FILES, PART_KEYS, PART_TYPES, form_of, part
from kg.index import Index
from kg.kinship import subgraph
from kg.neighbors import neighbors, rings
from kg.paths import COSTS, paths
from kg.selection import Selection

_LIST = ("letter", "source", "kind", "type", "implied", "order", "limit", "cursor")
_AROUND = ("depth", *SELECTION, "limit", "detail", "format")
DETAILS = ("relations", "names")
"""How much is said of each neighbour."""
_AT_ONCE = 1_000
"""Relations that are followed without a thread of their own: a millisecond or two."""
_WALKS = 64
"""Ways of asking for neighbours and paths that are remembered."""
_PLAIN = re.compile(rb"[A-Za-z0-9_.~-]{1,300}").fullmatch
"""What stands for itself in a query string, as nearly all slugs do."""
_DOCUMENTED = (*_AROUND[:-1], "part_format")


async def list_concepts(request: Request) -> Response:
    """Answer a page of concepts from A to Z."""
    snapshot, settings = snapshot_of(request), request.app.state.settings
    asked = Parameters(request, _LIST)
    catalogue = snapshot.catalogue
    given = "implied" in request.query_params
    slugs = catalogue.filtered(
        letter=asked.letter(),
        source=asked.one("source", snapshot.sources),
        kind=asked.one("kind", snapshot.index.vocabulary.kinds),
        types=asked.several("type", snapshot.index.vocabulary.keys),
        implied=asked.switch("implied", True) if given else None,
    )
    limit = asked.number("limit", 50, most=settings.list_limit)
    order = asked.one("order", ORDERS, "label")
    if order == "label":
        page = catalogue.page(slugs, after=asked.cursor(), limit=limit)
    else:
        start = asked.place(len(slugs))
        end = start + limit
        page = Page(
            slugs=catalogue.ordered(slugs, order)[start:end],
            total=len(slugs),
            next=str(end) if end < len(slugs) else "",
        )
    value = {
        "total": page.total,
        "concepts": [views.brief(snapshot, slug) for slug in page.slugs],
        "next": cursor(page.next) if page.next else None,
    }
    return reply_json(request, value, headers=_next_link(request, page.next))


def _next_link(request: Request, after: str) -> dict[str, str]:
    if not after:
        return {}
    address = request.url.include_query_params(cursor=cursor(after))
    return {"Link": f'<{address.path}?{address.query}>; rel="next"'}


async def one_concept(request: Request) -> Response:
    """Answer all that is known about a concept."""
    snapshot = snapshot_of(request)
    asked = Parameters(request, ("lang",))
    slug = snapshot.index.resolve(name_of(request, request.path_params["slug"]))
    value = views.concept_view(
        snapshot,
        slug,
        public=request.app.state.settings.public,
        language=asked.text("lang", "", length=35).lower(),
    )
    return reply_json(request, value, headers={"Link": f'<{value["iri"]}>; rel="canonical"'})


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """What is asked of the concepts around one, whichever it is."""

    depth: int
    limit: int
    form: Representation
    names: bool
    """Whether no more is said of each than its name and distance."""
    chosen: Mapping[str, Any]
    """Members of a :class:`kg.selection.Selection`."""


async def neighbors_of(request: Request) -> Response:
    """Answer the concepts around the one in the path.

    Who asks for one after another asks the same of each, so that it is read once.
    """
    snapshot, name = snapshot_of(request), request.path_params["slug"]
    key = request.scope["query_string"], request.headers.get("accept")
    walk: Walk | None = snapshot.walks.get(key)
    if walk is None:
        asked = Parameters(request, _AROUND)
        slug = snapshot.index.resolve(name_of(request, name))
        walk = _asked(request, asked)
        if len(snapshot.walks) >= _WALKS:
            del snapshot.walks[next(iter(snapshot.walks))]
        snapshot.walks[key] = walk
    else:
        slug = snapshot.index.resolve(name_of(request, name))
    return await _neighbors(request, slug, walk)


async def neighbors_file(request: Request) -> Response:
    """Answer the concepts around the one in the path, in the form that the suffix names."""
    asked = Parameters(request, _AROUND[:-1])
    suffix = request.path_params["format"]
    if suffix not in PART_FILES:
        raise Problem(
            "not-found",
            f'There are no neighbours as "{suffix}". There are: {", ".join(PART_FILES)}.',
        )
    form = PART_KEYS[PART_FILES[suffix]]
    slug = snapshot_of(request).index.resolve(name_of(request, request.path_params["slug"]))
    return await _neighbors(request, slug, _asked(request, asked, form))


async def neighbors_by_name(request: Request) -> Response:
    """Answer the concepts around the one that ``concept`` names."""
    asked = Parameters(request, ("concept", *_AROUND))
    slug = snapshot_of(request).index.resolve(name_of(request, asked.text("concept")))
    return await _neighbors(request, slug, _asked(request, asked))


def _asked(request: Request, asked: Parameters, form: Representation | None = None) -> Walk:
    """Return what a request asks of the concepts around one.

    Raises:
        Problem: a parameter has a value that it cannot have, or the client takes no form of it.
    """
    settings = request.app.state.settings
    depth = asked.number("depth", 1, most=settings.depth)
    limit = asked.number("limit", min(200, settings.node_limit), most=settings.node_limit)
    form, chosen = form or form_of(request, asked), selection(snapshot_of(request), asked)
    names = asked.one("detail", DETAILS, DETAILS[0]) == "names" and form is JSON
    return Walk(depth=depth, limit=limit, form=form, names=names, chosen=chosen)


async def _neighbors(request: Request, slug: str, walk: Walk) -> Response:
    snapshot, limit = snapshot_of(request), walk.limit
    index = snapshot.index
    follow: Callable[[], Any] = (
        partial(around, snapshot, slug, walk)
        if walk.form is JSON
        else partial(neighbors, index, slug, depth=walk.depth, limit=limit + 1, **walk.chosen)
    )
    few = _reach(index, slug, walk.depth, limit) <= _AT_ONCE
    if not few and request.scope.get("prompt"):
        raise Waits
    found = follow() if few else await run_in_threadpool(follow)
    if walk.form is JSON:
        return reply(request, found, "application/json")
    slugs = [slug, *(step.concept for step in found[:limit])]
    relations = subgraph(index, slugs, Selection(**walk.chosen))
    return await part(request, walk.form, slugs, relations)


def around(snapshot: Snapshot, slug: str, walk: Walk) -> bytes:
    """Return the JSON of what a walk asks."""
    index, depth, limit = snapshot.index, walk.depth, walk.limit
    masks = index.masks(Selection(**walk.chosen))
    found = rings(index, index.number[slug], masks, depth, limit + 1)
    cut = sum(map(len, found)) > limit
    if cut:
        found[-1].pop()
    if walk.names:
        return answers.names_around(snapshot, slug, depth, found, cut=cut)
    masks = replace(masks, implied=True)  # what is in the rings is in
    return answers.relations_around(snapshot, slug, depth, found, masks, cut=cut)


def _reach(index: Index, slug: str, depth: int, limit: int) -> float:
    """Return about how many relations a walk follows, from how many concepts are near its start."""
    number = index.number[slug]
    first = index.degree(number)
    if depth == 1 or first > _AT_ONCE:
        return first
    number_of = (1 << index.width) - 1
    around = sum(map(len, index.each_ends(far & number_of for far in index.ends(number))))
    mean = 2 * len(index.relations) / max(1, len(index.concepts))
    return min(around * max(mean, 1.0) ** (depth - 2), limit * mean)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """What is asked of the ways between two concepts, whichever they are."""

    limit: int
    cost: str
    chosen: Mapping[str, Any]
    """Members of a :class:`kg.selection.Selection`."""


async def paths_between(request: Request) -> Response:
    """Answer the cheapest paths between two concepts, each also as a sentence.

    What is asked but for the ends is read once, as for :func:`neighbors_of`.
    """
    snapshot = snapshot_of(request)
    start, end, key = _ends(request.scope["query_string"])
    journey: Journey | None = snapshot.walks.get(key)
    if journey is None:
        asked = Parameters(request, ("from", "to", "k", "cost", *SELECTION))
        start, end = (name_of(request, asked.text(each)) for each in ("from", "to"))
        start, end = snapshot.index.resolve_each((start, end))
        journey = Journey(
            limit=asked.number("k", 3, most=request.app.state.settings.path_limit),
            cost=asked.one("cost", COSTS, COSTS[0]),
            chosen=selection(snapshot, asked, "both"),
        )
        if key:
            if len(snapshot.walks) >= _WALKS:
                del snapshot.walks[next(iter(snapshot.walks))]
            snapshot.walks[key] = journey
    else:
        start, end = snapshot.index.resolve_each((start, end))
    found = paths(
        snapshot.index, start, end, limit=journey.limit, cost=journey.cost, **journey.chosen
    )
    return reply_json(request, answers.connections(snapshot, start, end, found))


def _ends(query: bytes) -> tuple[str, str, tuple[bytes, ...]]:
    """Return ``from``, ``to`` and all else of a query string; empty where it has to be read."""
    named: dict[bytes, bytes] = {}
    others: list[bytes] = [b"paths"]
    for each in query.split(b"&"):
        name, _, value = each.partition(b"=")
        if name not in {b"from", b"to"}:
            others.append(each)
        elif name in named or not _PLAIN(value):
            return "", "", ()
        else:
            named[name] = value
    if len(named) < len((b"from", b"to")):
        return "", "", ()
    return named[b"from"].decode(), named[b"to"].decode(), tuple(others)


_UNKNOWN = ("invalid-parameter", "concept-not-found", "ambiguous-label")

ROUTES: tuple[Route, ...] = (
    Route(
        path="/api/concepts",
        handler=aside(list_concepts, wide),
        summary="Concepts from A to Z, by letter, source, kind or relation",
        parameters=_LIST,
        answer=models.ConceptList,
    ),
    Route(
        path="/api/concepts/{slug}",
        handler=one_concept,
        summary="One concept: labels, definitions by source, relations both ways",
        path_samples={"slug": "slug"},
        parameters=("in_language",),
        answer=models.Concept,
        problems=_UNKNOWN,
        prompt=True,
    ),
    Route(
        path="/api/concepts/{slug}/neighbors",
        handler=aside(neighbors_of, wide_part),
        summary="The concepts around one, nearest first",
        path_samples={"slug": "slug"},
        parameters=_DOCUMENTED,
        answer=models.Neighbors,
        media_types=PART_TYPES,
        problems=(*_UNKNOWN, "not-acceptable"),
        prompt=True,
    ),
    Route(
        path="/api/concepts/{slug}/neighbors.{format}",
        handler=aside(neighbors_file, wide),
        summary="The concepts around one as a file: json, ttl, graphml, mmd",
        path_samples={"slug": "slug", "format": "part"},
        parameters=_AROUND[:-1],
        media_types=PART_TYPES,
        problems=(*_UNKNOWN, "not-found"),
    ),
    Route(
        path="/api/neighbors",
        handler=aside(neighbors_by_name, wide_part),
        summary="The concepts around one named by any label, slug or IRI",
        parameters=("concept", *_DOCUMENTED),
        answer=models.Neighbors,
        media_types=PART_TYPES,
        problems=(*_UNKNOWN, "not-acceptable"),
        prompt=True,
    ),
    Route(
        path="/api/paths",
        handler=paths_between,
        summary="How two concepts are connected: typed paths that read as sentences",
        parameters=("from", "to", "k", "cost", *SELECTION),
        answer=models.Paths,
        problems=_UNKNOWN,
        prompt=True,
    ),
)
"""Routes about concepts."""
