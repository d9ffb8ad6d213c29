"""REST: the whole graph in a format of the table of exports, streamed."""

from __future__ import annotations

from starlette.concurrency import iterate_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api import service_models
from api.aside import aside
from api.compression import coded, compressible
from api.parameters import Parameters
from api.problems import Problem, nearest
from api.replies import content_type, etag, matches, reply_json
from api.routes import Route
from api.selecting import snapshot_of
from kg.export import EXPORTS, export

_OPTIONS = ("mentions", "implied")


async def list_exports(request: Request) -> Response:
    """Answer the formats that there are."""
    Parameters(request, ())
    root = request.scope.get("root_path", "")
    value = {
        "exports": [
            {
                "format": each.key,
                "title": each.title,
                "media_type": each.media_type,
                "suffix": each.suffixes[0],
                "tools": each.tools,
                "url": f"{root}/api/export/{each.key}",
            }
            for each in EXPORTS.values()
        ]
    }
    return reply_json(request, value)


async def export_graph(request: Request) -> Response:
    """Answer the whole graph, piece by piece; two builds of the same sources give equal bytes."""
    snapshot = snapshot_of(request)
    asked = Parameters(request, _OPTIONS)
    key = request.path_params["format"]
    chosen = EXPORTS.get(key)
    if chosen is None:
        near = nearest(key, EXPORTS)
        meant = f' Did you mean "{near}"?' if near else ""
        raise Problem(
            "not-found",
            f'There is no export format "{key}".{meant} There are: {", ".join(EXPORTS)}.',
        )
    mentions = asked.switch("mentions", chosen.mentions)
    implied = asked.switch("implied", True)
    stem = "".join(c if c.isalnum() and c.isascii() else "-" for c in snapshot.graph.title.lower())
    name = "-".join(part for part in stem.split("-") if part)[:60] or "graph"
    tag = etag(request, snapshot.revision.encode(), f"{key} {mentions} {implied}".encode())
    # What is streamed is coded on its way; its validator is asked for before.
    text = compressible(chosen.media_type)
    headers = {
        "Cache-Control": "no-cache",
        "ETag": coded(tag, request.scope.get("coding", "")) if text else tag,
        **({"Vary": "Accept-Encoding"} if text else {}),
        "Content-Disposition": f'attachment; filename="{name}{chosen.suffixes[0]}"',
        "Content-Type": content_type(chosen.media_type),
    }
    if matches(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    if request.scope.get("without_body"):
        bodiless = Response(headers=headers)
        del bodiless.headers["Content-Length"]  # not known before it is written (RFC 9110 §8.6)
        return bodiless
    graph = snapshot.published if request.app.state.settings.public else snapshot.graph
    parts = export(graph, chosen, mentions=mentions, implied=implied)
    return StreamingResponse(iterate_in_threadpool(parts), headers=headers)


ROUTES: tuple[Route, ...] = (
    Route(
        path="/api/export",
        handler=list_exports,
        summary="The formats that the whole graph is written in",
        tag="export",
        answer=service_models.Exports,
    ),
    Route(
        path="/api/export/{format}",
        handler=aside(export_graph),
        summary="The whole graph in one of these formats, streamed",
        tag="export",
        path_samples={"format": "format"},
        parameters=_OPTIONS,
        media_types=tuple(dict.fromkeys(each.media_type for each in EXPORTS.values())),
        problems=("not-found", "invalid-parameter"),
    ),
)
"""Routes of exports."""
