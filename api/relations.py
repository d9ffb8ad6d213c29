"""REST: relations with their evidence, sources, why concepts are one or two, figures."""

from __future__ import annotations

from itertools import islice
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import answers, models, views
from api.aside import aside, large, wide
from api.parameters import Parameters, cursor
from api.problems import Problem, nearest
from api.replies import reply_json
from api.routes import Route
from api.selecting import name_of, snapshot_of
from api.service import Snapshot
from kg.explain import explain as explanation_of
from kg.selection import Selection
from ontology import vocabulary

_LIST = ("type", "family", "basis", "source", "across", "min_confidence", "implied", "limit",
         "cursor")  # fmt: skip


async def list_relations(request: Request) -> Response:
    """Answer a page of relations in the graph's order, each with its evidence."""
    snapshot, settings = snapshot_of(request), request.app.state.settings
    asked = Parameters(request, _LIST)
    source = asked.one("source", snapshot.sources)
    found = list(
        snapshot.index.select(
            Selection(
                types=asked.several("type", snapshot.index.vocabulary.keys) or None,
                families=asked.several("family", vocabulary.FAMILIES) or None,
                bases=asked.several("basis", vocabulary.BASES) or None,
                min_confidence=asked.fraction("min_confidence", 0.0),
                implied=asked.switch("implied", True),
            ),
            sources=(source,) if source else (),
            across=asked.one("across", ("sources",)) or None,
        )
    )
    limit = asked.number("limit", 50, most=settings.list_limit)
    start = asked.place(len(found))
    value = {
        "total": len(found),
        "relations": [
            views.relation_view(snapshot, each) for each in islice(found, start, start + limit)
        ],
        "next": cursor(start + limit) if start + limit < len(found) else None,
    }
    return reply_json(request, value)


async def one_relation(request: Request) -> Response:
    """Answer a relation with all its evidence and the text around it."""
    snapshot = snapshot_of(request)
    Parameters(request, ())
    relation = snapshot.index.relation(request.path_params["id"])
    if relation is None:
        raise Problem(
            "not-found",
            f'There is no relation "{request.path_params["id"]}". Ids come from '
            "/api/relations and from the relations of a concept.",
        )
    return reply_json(request, views.relation_view(snapshot, relation))


async def list_sources(request: Request) -> Response:
    """Answer the sources with their licences and credit lines."""
    snapshot = snapshot_of(request)
    Parameters(request, ())
    value = {"sources": [views.source_view(each) for each in snapshot.graph.sources]}
    return reply_json(request, value)


async def one_source(request: Request) -> Response:
    """Answer what is known about a source."""
    snapshot = snapshot_of(request)
    Parameters(request, ())
    name = request.path_params["name"]
    if name not in snapshot.sources:
        near = nearest(name, snapshot.sources)
        meant = f' Did you mean "{near}"?' if near else ""
        known = ", ".join(snapshot.sources)
        raise Problem("not-found", f'There is no source "{name}".{meant} There are: {known}.')
    return reply_json(request, views.source_view(snapshot.sources[name]))


async def explain(request: Request) -> Response:
    """Answer whether two names mean one concept, why, and how the two are related."""
    snapshot = snapshot_of(request)
    asked = Parameters(request, ("a", "b"))
    left, right = (name_of(request, asked.text(each)) for each in ("a", "b"))
    found = explanation_of(snapshot.index, left, right)
    return reply_json(request, answers.explanation(snapshot, found))


async def stats(request: Request) -> Response:
    """Answer what the graph holds, in figures."""
    snapshot = snapshot_of(request)
    Parameters(request, ())
    value = await run_in_threadpool(_figures, snapshot)
    return reply_json(request, value)


def _figures(snapshot: Snapshot) -> dict[str, Any]:
    found = snapshot.statistics
    return {
        "revision": snapshot.revision,
        **snapshot.figures,
        "degrees": {str(degree): count for degree, count in found.degrees.items()},
        "central": [
            {**views.reference(snapshot, slug), "share": share} for slug, share in found.central
        ],
        "communities": [
            {"size": size, "concepts": [views.reference(snapshot, slug) for slug in slugs]}
            for size, slugs in found.communities
        ],
        "community_method": found.method,
        "coverage": found.coverage,
        "languages": found.languages,
    }


ROUTES: tuple[Route, ...] = (
    Route(
        path="/api/relations",
        handler=aside(list_relations, wide),
        summary="Relations by type, basis, source, or across sources",
        tag="relations",
        parameters=_LIST,
        answer=models.RelationList,
    ),
    Route(
        path="/api/relations/{id}",
        handler=one_relation,
        summary="A relation with its evidence and the text around it",
        tag="relations",
        path_samples={"id": "relation"},
        answer=models.Relation,
        problems=("invalid-parameter", "not-found"),
    ),
    Route(
        path="/api/sources",
        handler=list_sources,
        summary="The sources, their licences and credit lines",
        tag="relations",
        answer=models.Sources,
    ),
    Route(
        path="/api/sources/{name}",
        handler=one_source,
        summary="A source; with the token it is put in or exchanged (PUT) or taken away (DELETE)",
        tag="relations",
        path_samples={"name": "source"},
        answer=models.Source,
        problems=("invalid-parameter", "not-found"),
    ),
    Route(
        path="/api/explain",
        handler=explain,
        summary="Why two names mean one concept, or two",
        tag="relations",
        parameters=("a", "b"),
        answer=models.Explanation,
        problems=("invalid-parameter", "concept-not-found", "ambiguous-label"),
    ),
    Route(
        path="/api/stats",
        handler=aside(stats, large),
        summary="What the graph holds, in figures",
        tag="relations",
        answer=models.Stats,
    ),
)
"""Routes about relations and the graph as a whole."""
