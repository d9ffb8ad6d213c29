"""The page of the whole graph: a picture to move about in, and its communities as a list."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.map_pages import legend
from api.pages import card, page, words
from api.parameters import Parameters
from api.problems import Problem
from api.replies import reply
from api.routes import Route
from api.selecting import snapshot_of
from api.service import OVERVIEW_UP_TO, Snapshot
from api.topics import community_name

_LISTED = 24
"""Communities in words, the largest."""
_HUBS = 8
"""Concepts that stand for a community, the best connected."""


async def overview_page(request: Request) -> Response:
    """Answer the page; without JavaScript or a canvas it is a list of communities."""
    snapshot, say = snapshot_of(request), words(request)
    groups: list[list[str]] = []
    drawn = len(snapshot.graph.concepts) <= OVERVIEW_UP_TO
    if drawn:
        groups = await run_in_threadpool(lambda: snapshot.communities)
    root = request.scope.get("root_path", "")
    return page(
        request,
        "overview.html",
        here="/map",
        drawn=drawn,
        most=OVERVIEW_UP_TO,
        legend=legend(snapshot.graph.vocabulary.families, say),
        communities=[
            {
                "number": number,
                "name": community_name(snapshot, say, members),
                "size": len(members),
                "hubs": [card(snapshot, slug, root) for slug in _hubs(snapshot, members)],
            }
            for number, members in enumerate(groups[:_LISTED])
            if len(members) > 1
        ],
    )


def _hubs(snapshot: Snapshot, members: list[str]) -> list[str]:
    index = snapshot.index
    return sorted(members, key=lambda slug: (-index.degree(index.number[slug]), slug))[:_HUBS]


async def overview_data(request: Request) -> Response:
    """Answer where each concept lies and what relates them, for the picture."""
    snapshot = snapshot_of(request)
    Parameters(request, ())
    if len(snapshot.graph.concepts) > OVERVIEW_UP_TO:
        raise Problem(
            "not-found",
            f"The whole graph is drawn up to {OVERVIEW_UP_TO:,} concepts. Ask for a part of it: "
            "/api/map.svg?source=…, or export it for a program that draws more.",
        )
    body = await run_in_threadpool(lambda: snapshot.overview)
    return reply(request, body, "application/json", vary="")


def _route(path: str, handler: Any, summary: str) -> Route:
    return Route(path=path, handler=handler, summary=summary, documented=False)


ROUTES: tuple[Route, ...] = (
    _route("/overview", overview_page, "The whole graph"),
    _route("/api/overview", overview_data, "The whole graph, laid out for its picture"),
)
"""The page and its data."""
