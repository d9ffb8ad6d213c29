"""The application: one graph folder (or graph) behind all routes."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api import (
    agent,
    annotate,
    concepts,
    context,
    dereference,
    described,
    docs,
    embed,
    explorer,
    export,
    graphs,
    map_pages,
    maps,
    metrics,
    oembed,
    overview,
    paste,
    query_page,
    reconcile,
    relations,
    search,
    sets,
    share,
    sources,
    sparql,
    structure_pages,
    system,
    views,
)
from api.dispatch import Dispatch
from api.gate import Gate, methods
from api.jobs import Jobs
from api.lending import Lending
from api.pages import problem_page
from api.problems import PROBLEMS, TRANSLATIONS, Problem, respond
from api.routes import Route, register
from api.service import Service, Snapshot, load
from api.settings import Settings
from kg.errors import AmbiguousLabel, ConceptNotFound

ROUTES: tuple[Route, ...] = (
    *concepts.ROUTES,
    *sets.ROUTES,
    *search.ROUTES,
    *maps.ROUTES,
    *embed.ROUTES,
    *oembed.ROUTES,
    *share.ROUTES,
    *relations.ROUTES,
    *sources.ROUTES,
    *export.ROUTES,
    *annotate.ROUTES,
    *context.ROUTES,
    *reconcile.ROUTES,
    *sparql.ROUTES,
    *graphs.ROUTES,
    *explorer.ROUTES,
    *map_pages.ROUTES,
    *overview.ROUTES,
    *structure_pages.ROUTES,
    *paste.ROUTES,
    *query_page.ROUTES,
    *dereference.ROUTES,
    *described.ROUTES,
    *docs.ROUTES,
    *system.ROUTES,
    *metrics.ROUTES,
)
"""Every address of the application."""


def create_app(
    graph: Path | Snapshot, settings: Settings | None = None, *, early: bool = False
) -> FastAPI:
    """Return the application that serves a graph folder, or a snapshot that is at hand.

    ``early`` lets the workers load while the folder's graph is read, see :func:`api.service.load`.
    A folder's new revisions are picked up while it runs. Nothing is read from the environment, see
    :func:`api.settings.from_environment`.

    Raises:
        GraphNotFound: the folder holds no graph.
    """
    settings = settings or Settings()
    if isinstance(graph, Path):
        snapshot = load(graph, settings, early=early)
    else:
        snapshot = graph.for_public() if settings.public else graph
    service = Service(snapshot)
    folder = graph if isinstance(graph, Path) else None

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await service.snapshot.start(settings)
        warming = asyncio.create_task(service.warm())
        watcher = None
        if folder is not None and settings.reload_seconds:
            watcher = asyncio.create_task(service.watch(folder, settings))
        yield
        app.state.stopping = True
        for task in filter(None, (warming, watcher)):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await service.close()

    version = docs.software_version()
    app = FastAPI(
        title=service.snapshot.graph.title,
        version=version,
        description=docs.DESCRIPTION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        separate_input_output_schemas=False,
    )
    app.state.settings = settings
    app.state.service = service
    app.state.lending = Lending(service, settings)
    app.state.routes = ROUTES
    app.state.stopping = False
    app.state.problem_page = problem_page
    app.state.jobs = Jobs(seconds=settings.extract_time, memory=settings.extract_memory)
    app.state.folder = folder
    app.state.changing = asyncio.Lock()
    app.state.fingerprint = fingerprint(version, settings)
    register(app, ROUTES)
    app.router.routes.append(agent.mounted())
    app.add_middleware(Dispatch, routes=ROUTES)
    app.add_middleware(Gate, settings=settings, routes=app.router.routes)
    app.add_exception_handler(Problem, _problem)
    for error in TRANSLATIONS:
        app.add_exception_handler(error, _translated)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _internal)
    return app


def fingerprint(version: str, settings: Settings) -> bytes:
    """Return what of the server itself goes into every validator."""
    known = astuple(replace(settings, token=""))  # no validator tells of a secret
    return hashlib.blake2b(repr((version, known)).encode(), digest_size=16).digest()


async def _problem(request: Request, error: Any) -> Response:
    return respond(request, error)


async def _translated(request: Request, error: Any) -> Response:
    """Answer an error of the graph; concepts are named with their labels and addresses."""
    problem = next(make for kind, make in TRANSLATIONS.items() if isinstance(error, kind))(error)
    snapshot: Snapshot = request.scope["snapshot"]
    if isinstance(error, AmbiguousLabel):
        problem.more["choices"] = [_choice(request, snapshot, slug) for slug in error.choices]
    if isinstance(error, ConceptNotFound):
        problem.more["near"] = [
            _choice(request, snapshot, _slug(snapshot, label)) for label in error.all_near
        ]
    return respond(request, problem)


def _slug(snapshot: Snapshot, label: str) -> str:
    """Return the slug of a preferred label; of several concepts with it, the best."""
    try:
        return snapshot.index.resolve(label)
    except AmbiguousLabel as error:
        return error.choices[0]


def _choice(request: Request, snapshot: Snapshot, slug: str) -> dict[str, Any]:
    root = request.scope.get("root_path", "")
    summary = views.summary(snapshot.index.concept(slug))
    return {
        **views.reference(snapshot, slug),
        "summary": summary,
        "url": root + views.path(slug),
    }


_HTTP = {404: "not-found", 405: "method-not-allowed", 400: "malformed-request"}


async def _http(request: Request, error: Any) -> Response:
    """Answer what the router itself finds wrong."""
    kind = _HTTP.get(error.status_code, "not-found")
    detail = {
        "not-found": f"There is no {request.url.path} here. /docs lists what can be asked.",
        "method-not-allowed": f"{request.method} is not allowed here.",
    }.get(kind, str(error.detail))
    allow = dict(error.headers or {})
    if kind == "method-not-allowed":
        # The router names those of one route; several may share an address (RFC 9110 §15.5.6).
        allow["Allow"] = ", ".join(sorted(methods(request.app.router.routes, request.scope)))
        detail += f" Allowed: {allow['Allow']}."
    return respond(request, Problem(kind, detail, headers=allow))


async def _internal(request: Request, _: Exception) -> Response:
    """Answer a fault of ours; the server's log has the traceback."""
    return respond(request, Problem("internal", PROBLEMS["internal"].help))
