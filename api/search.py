"""REST: search and suggestions."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from api import answers, models, views
from api.parameters import Parameters, cursor
from api.problems import invalid_parameter
from api.replies import reply_json
from api.routes import Route
from api.selecting import snapshot_of
from api.service import Snapshot
from kg.search import FACETS, REASONS, search, suggest

_SEARCH = ("q", "lang", "implied", *FACETS, "facets", "limit", "cursor")
_DEEPEST = 5_000


async def find(request: Request) -> Response:
    """Answer the concepts that a few words may mean, best first, each with the reason."""
    snapshot, settings = snapshot_of(request), request.app.state.settings
    asked = Parameters(request, _SEARCH)
    limit = asked.number("limit", 20, most=settings.list_limit)
    offset = asked.place(_DEEPEST)
    q = asked.text("q", length=500)
    results = search(
        snapshot.index,
        q,
        lang=asked.text("lang", "") or None,
        limit=limit,
        offset=offset,
        implied=asked.switch("implied", True),
        only=narrowing(asked, snapshot),
        facets=asked.switch("facets", False),
    )
    if offset and not results.hits:
        raise invalid_parameter("cursor", "Nothing follows. Begin again without the cursor.")
    value = {
        "query": q,
        "total": results.total,
        "hits": [answers.hit_view(snapshot, hit) for hit in results.hits],
        "next": cursor(offset + limit) if results.more else None,
        "facets": results.facets,
    }
    return reply_json(request, value)


def narrowing(asked: Parameters, snapshot: Snapshot) -> dict[str, str]:
    """Return what hits are narrowed to, by facet.

    Raises:
        Problem: there is no such source, kind or reason.
    """
    return {
        "reason": asked.one("reason", REASONS),
        "kind": asked.one("kind", snapshot.index.vocabulary.kinds),
        "source": asked.one("source", snapshot.sources),
        "language": asked.text("language", "", length=35).lower(),
    }


async def suggestions(request: Request) -> Response:
    """Answer labels that may be what somebody is typing."""
    snapshot = snapshot_of(request)
    asked = Parameters(request, ("q", "lang", "limit"))
    q = asked.text("q", length=500)
    hits = suggest(
        snapshot.index,
        q,
        lang=asked.text("lang", "") or None,
        limit=asked.number("limit", 10, most=50),
    )
    found = []
    for hit in hits:
        concept = snapshot.index.concept(hit.concept)
        found.append(
            {
                "text": hit.label,
                "slug": concept.slug,
                "label": concept.label,
                "kind": concept.kind,
                "kind_name": views.kind_name(snapshot, concept.kind, snapshot.graph.language),
                "summary": views.summary(concept, 110),
                "reason": hit.reason,
            }
        )
    return reply_json(request, {"query": q, "suggestions": found})


ROUTES: tuple[Route, ...] = (
    Route(
        path="/api/search",
        handler=find,
        summary="Find concepts by label, alias, acronym, mistyped label or definition",
        tag="search",
        parameters=_SEARCH,
        answer=models.Hits,
    ),
    Route(
        path="/api/suggest",
        handler=suggestions,
        summary="Labels that may be what somebody is typing",
        tag="search",
        parameters=("q", "lang", "limit"),
        answer=models.Suggestions,
    ),
)
"""Routes that find concepts."""
