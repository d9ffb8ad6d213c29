"""What operators watch, in the text format of Prometheus (exposition format 0.0.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from api.parameters import Parameters
from api.routes import Route
from api.selecting import snapshot_of
from api.service import Snapshot

MEDIA_TYPE = "text/plain"

GAUGES: Mapping[str, tuple[str, Callable[[Snapshot], int]]] = {
    "glossgraph_concepts": ("Concepts that are served.", lambda s: len(s.graph.concepts)),
    "glossgraph_relations": ("Relations that are served.", lambda s: len(s.graph.relations)),
    "glossgraph_requests_running": (
        "Requests that are being answered from this revision.",
        lambda s: s.users,
    ),
    "glossgraph_sparql_long": (
        "SPARQL queries that run for long.",
        lambda s: s.workers.long if s.workers else 0,
    ),
    "glossgraph_sparql_processes": (
        "Processes that answer SPARQL.",
        lambda s: len(s.workers.processes) if s.workers else 0,
    ),
    "glossgraph_long_answers": (
        "Maps, exports and other long answers that are being made or sent.",
        lambda s: s.processes.running if s.processes else 0,
    ),
    "glossgraph_long_answers_processes": (
        "Processes that make them.",
        lambda s: len(s.processes.ids) if s.processes else 0,
    ),
    "glossgraph_cache_bytes": ("Bytes of ready answers that are held.", lambda s: s.cache.size),
    "glossgraph_cache_entries": ("Ready answers that are held.", lambda s: len(s.cache)),
}
"""What each figure says, and where it is read."""


async def metrics(request: Request) -> Response:
    """Answer the figures of the present revision."""
    Parameters(request, ())
    snapshot = snapshot_of(request)
    lines = [
        "# HELP glossgraph_revision The revision that is served.",
        "# TYPE glossgraph_revision gauge",
        f'glossgraph_revision{{revision="{snapshot.revision}"}} 1',
    ]
    figures = {name: (said, read(snapshot)) for name, (said, read) in GAUGES.items()}
    lent = request.app.state.lending.lent
    figures["glossgraph_connections_lent"] = ("Connections that a second process answers.", lent)
    for name, (said, value) in figures.items():
        lines += [f"# HELP {name} {said}", f"# TYPE {name} gauge", f"{name} {value}"]
    body = "\n".join([*lines, ""]).encode()
    headers = {
        "Cache-Control": "no-store",
        "Content-Type": f"{MEDIA_TYPE}; version=0.0.4; charset=utf-8",
    }
    return Response(body, headers=headers)


ROUTES: tuple[Route, ...] = (
    Route(
        path="/metrics",
        handler=metrics,
        summary="What operators watch, for Prometheus",
        tag="operations",
        media_types=(MEDIA_TYPE,),
    ),
)
"""The route for operators' tools."""
