"""REST: several concepts at once: what they share, what joins them, one by chance; part graphs."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import lru_cache

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import answers, models, views
from api.negotiate import JSON, Representation, ranked
from api.parameters import Parameters
from api.problems import invalid_parameter, not_acceptable
from api.replies import reply_as, reply_json
from api.routes import Route
from api.selecting import SELECTION, name_of, selection, snapshot_of
from kg.export import export
from kg.kinship import common, subgraph
from kg.model import Graph, Relation
from kg.selection import Selection

MOST_SHARED = 12
"""Concepts whose common neighbours may be asked for."""
MOST_PARTS = 500
"""Concepts of one part of the graph."""

PART_FORMATS: tuple[Representation, ...] = (
    JSON,
    Representation(suffix="turtle", media_type="text/turtle", name="Turtle"),
    Representation(
        suffix="graphml",
        media_type="application/graphml+xml",
        name="GraphML",
        also=("application/xml",),
    ),
    Representation(suffix="mermaid", media_type="text/vnd.mermaid", name="Mermaid"),
)
"""What a part of the graph is sent as; suffixes are keys of the exports, but for JSON."""
PART_KEYS = {each.suffix: each for each in PART_FORMATS}
PART_FILES = {"json": "json", "ttl": "turtle", "graphml": "graphml", "mmd": "mermaid"}
"""Suffixes of addresses, and the key of the form that each stands for."""
PART_TYPES = tuple(each.media_type for each in PART_FORMATS)


def form_of(request: Request, asked: Parameters) -> Representation:
    """Return what a part of the graph is sent as: by ``format``, else by ``Accept``.

    Raises:
        Problem: the client takes none.
    """
    if key := asked.one("format", PART_KEYS):
        return PART_KEYS[key]
    found = _accepted(request.headers.get("accept"))
    if found is None:
        raise not_acceptable(PART_FORMATS)
    return found


@lru_cache(maxsize=256)
def _accepted(accept: str | None) -> Representation | None:
    return next((form for form, _ in ranked(accept, PART_FORMATS)), None)


async def part(
    request: Request,
    form: Representation,
    slugs: Collection[str],
    relations: Sequence[Relation],
) -> Response:
    """Answer some concepts and relations as a graph in another program's format."""
    snapshot = snapshot_of(request)
    graph = snapshot.published if request.app.state.settings.public else snapshot.graph
    kept = cut_out(graph, slugs, relations)
    pieces = await run_in_threadpool(lambda: b"".join(export(kept, form.suffix, mentions=True)))
    return reply_as(request, pieces, form)


def cut_out(graph: Graph, slugs: Collection[str], relations: Sequence[Relation]) -> Graph:
    """Return the graph of some of a graph's concepts and relations, with the sources of both."""
    wanted = set(slugs)
    concepts = tuple(
        replace(c, close=tuple(each for each in c.close if each in wanted))
        for c in graph.concepts
        if c.slug in wanted
    )
    named = {d.source for c in concepts for d in c.definitions}
    named |= {name for relation in relations for name in relation.sources}
    return replace(
        graph,
        sources=tuple(source for source in graph.sources if source.name in named),
        texts=tuple(text for text in graph.texts if text.source in named),
        concepts=concepts,
        relations=tuple(relations),
        decisions=(),
        rulings=(),
        findings=(),
        redirects={},
    )


def _named(request: Request, asked: Parameters, name: str, *, least: int, most: int) -> list[str]:
    """Return the slugs of the concepts that a parameter names, each once."""
    snapshot, given = snapshot_of(request), asked.names(name)
    found = snapshot.index.resolve_each(name_of(request, each) for each in given)
    slugs = list(dict.fromkeys(found))
    if not least <= len(slugs) <= most:
        raise invalid_parameter(name, f'Name from {least} to {most} concepts in "{name}".')
    return slugs


async def in_common(request: Request) -> Response:
    """Answer the concepts that several are related to."""
    snapshot, settings = snapshot_of(request), request.app.state.settings
    asked = Parameters(request, ("concept", *SELECTION, "limit"))
    slugs = _named(request, asked, "concept", least=2, most=MOST_SHARED)
    limit = asked.number("limit", 50, most=settings.list_limit)
    chosen = Selection(**selection(snapshot, asked))
    found = await run_in_threadpool(common, snapshot.index, slugs, chosen)
    value = {
        "concepts": [views.reference(snapshot, slug) for slug in slugs],
        "total": len(found),
        "common": [
            {
                **views.reference(snapshot, each.concept),
                "relations": [answers.leg_view(snapshot, leg) for leg in each.legs],
            }
            for each in found[:limit]
        ],
        "cut": len(found) > limit,
    }
    return reply_json(request, value)


async def part_graph(request: Request) -> Response:
    """Answer some concepts and the relations among them."""
    snapshot = snapshot_of(request)
    asked = Parameters(request, ("concepts", *SELECTION, "format"))
    slugs = _named(request, asked, "concepts", least=1, most=MOST_PARTS)
    form = form_of(request, asked)
    relations = subgraph(snapshot.index, slugs, Selection(**selection(snapshot, asked)))
    if form is not JSON:
        return await part(request, form, slugs, relations)
    value = {
        "concepts": [views.brief(snapshot, slug) for slug in slugs],
        "relations": [views.relation_view(snapshot, each) for each in relations],
    }
    return reply_json(request, value, vary="Accept")


async def by_chance(request: Request) -> Response:
    """Answer a concept chosen by chance, another one each time."""
    snapshot = snapshot_of(request)
    asked = Parameters(request, ("source", "kind"))
    slugs = snapshot.catalogue.filtered(
        source=asked.one("source", snapshot.sources),
        kind=asked.one("kind", snapshot.index.vocabulary.kinds),
        implied=False,
    )
    if not slugs:
        raise invalid_parameter("kind", "No concept is of this kind and source.")
    value = views.brief(snapshot, random.choice(slugs))
    return reply_json(request, value, cache="no-store")


_UNKNOWN = ("invalid-parameter", "concept-not-found", "ambiguous-label")

ROUTES: tuple[Route, ...] = (
    Route(
        path="/api/common",
        handler=in_common,
        summary="The concepts that several are related to, and how",
        parameters=("shared", *SELECTION, "limit"),
        answer=models.Common,
        problems=_UNKNOWN,
    ),
    Route(
        path="/api/subgraph",
        handler=part_graph,
        summary="Some concepts and the relations among them: JSON, Turtle, GraphML, Mermaid",
        parameters=("parts", *SELECTION, "part_format"),
        answer=models.Subgraph,
        media_types=PART_TYPES,
        problems=(*_UNKNOWN, "not-acceptable"),
    ),
    Route(
        path="/api/random",
        handler=by_chance,
        summary="A concept by chance",
        parameters=("source", "kind"),
        answer=models.Brief,
    ),
)
"""Routes about several concepts."""
