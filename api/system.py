"""Whether the server lives, what its errors mean, and the files that pages are made of."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from api import service_models
from api.problems import Problem
from api.replies import reply, reply_json
from api.routes import Route
from api.selecting import snapshot_of
from kg.own_code import at

STATIC = Path(__file__).resolve().parent / "static"
"""Our own files and, under ``vendor``, those of others."""

MEDIA_TYPES: Mapping[str, str] = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".woff2": "font/woff2",
    "": "text/plain",
}
"""What a static file is sent as, by suffix; no other suffix is sent."""

_FOREVER = "public, max-age=31536000, immutable"
_VERSIONED = re.compile(r"vendor/[a-z0-9-]+-\d+\.\d+\.\d+/")
"""Files of others: their folder has their version, so that the style sheet may name them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A static file in memory."""

    body: bytes
    media_type: str
    digest: str
    """Begins the SHA-256 of its bytes; in addresses, so that caches never serve an old one."""


@cache
def asset(name: str) -> Asset | None:
    """Return the static file ``name`` (a relative path), or ``None`` where there is none."""
    path = (STATIC / name).resolve()
    if not path.is_relative_to(STATIC) or path.suffix not in MEDIA_TYPES:
        return None
    kept = at(path)
    if not kept.is_file():
        return None
    body = kept.read_bytes()
    return Asset(
        body=body,
        media_type=MEDIA_TYPES[path.suffix],
        digest=hashlib.sha256(body).hexdigest()[:12],
    )


def address(root: str, name: str) -> str:
    """Return the address of a static file that pages name: with its digest.

    Raises:
        FileNotFoundError: there is no such file.
    """
    found = asset(name)
    if found is None:
        raise FileNotFoundError(name)
    return f"{root}/static/{name}?v={found.digest}"


async def static_file(request: Request) -> Response:
    """Answer a static file; with a digest or version in the address it may be kept for good."""
    name = request.path_params["name"]
    found = asset(name) if len(name) < 200 and name.isprintable() else None
    if found is None:
        raise Problem("not-found", "There is no such file.")
    lasting = request.query_params.get("v") == found.digest or _VERSIONED.match(name)
    cache_for = _FOREVER if lasting else "no-cache"
    return reply(request, found.body, found.media_type, vary="", cache=cache_for)


async def live(request: Request) -> Response:
    """Answer that the process runs."""
    return reply_json(
        request, {"status": "ok", "revision": snapshot_of(request).revision}, cache="no-store"
    )


async def ready(request: Request) -> Response:
    """Answer that a revision is loaded and can be asked, or 503."""
    snapshot = snapshot_of(request)
    if request.app.state.stopping:
        raise Problem("busy", "The server is stopping.", headers={"Retry-After": "2"})
    value = {
        "status": "ok",
        "revision": snapshot.revision,
        "concepts": len(snapshot.graph.concepts),
        "relations": len(snapshot.graph.relations),
    }
    return reply_json(request, value, cache="no-store")


ROUTES: tuple[Route, ...] = (
    Route(
        path="/health/live",
        handler=live,
        summary="Whether the process runs",
        tag="operations",
        answer=service_models.Health,
        problems=(),
    ),
    Route(
        path="/health/ready",
        handler=ready,
        summary="Whether it can answer",
        tag="operations",
        answer=service_models.Health,
        problems=("busy",),
    ),
    Route(
        path="/static/{name:path}",
        handler=static_file,
        summary="Files that pages are made of",
        documented=False,
    ),
)
"""Routes for operators and pages."""
