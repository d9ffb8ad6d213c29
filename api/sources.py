"""REST: a source put in, exchanged or taken away by who has the token; the graph is built anew.

Revisions are immutable, so a change is a new one: a child process (:mod:`api.source_job`) builds it
with all sources of the folder ``GLOSSGRAPH_SOURCES``, and the server answers from it as from any
other new revision. SPARQL Update has no place here: what it would change is derived from sources.
"""

from __future__ import annotations

import asyncio
import hmac
import re
import tempfile
from pathlib import Path
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from api import service_models
from api.parameters import Parameters
from api.problems import Problem
from api.replies import read_body, reply_json
from api.routes import Route
from api.source_forms import SUFFIXES

_NAME = re.compile(r"\w[\w.-]{0,99}")
_SERVED = 30.0
"""Seconds that an answer waits for its revision to be served."""


async def put_source(request: Request) -> Response:
    """Put a source in, or exchange it for the one of its name."""
    _allowed(request)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in SUFFIXES:
        raise Problem("unsupported-media-type", f"Send the source as one of {', '.join(SUFFIXES)}.")
    body = await read_body(request, request.app.state.settings.body_limit)
    return await _change(request, body, SUFFIXES[media_type])


async def delete_source(request: Request) -> Response:
    """Take a source away."""
    _allowed(request)
    return await _change(request, None, "")


def _allowed(request: Request) -> None:
    """Refuse who does not have the token (RFC 6750 §3).

    Raises:
        Problem: no token or folder is set, or another token is sent.
    """
    Parameters(request, ())
    settings = request.app.state.settings
    if not settings.token or not settings.sources or request.app.state.folder is None:
        raise Problem(
            "not-offered",
            "This server's sources are changed where they are, and the graph is built again. Its "
            "owner can allow changes from here with GLOSSGRAPH_TOKEN and GLOSSGRAPH_SOURCES.",
        )
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    sent = token.strip().encode("utf-8", "replace")
    if scheme.lower() != "bearer" or not hmac.compare_digest(sent, settings.token.encode()):
        wrong = ', error="invalid_token"' if token else ""
        raise Problem(
            "unauthorized",
            "Send the server's token as Authorization: Bearer and the token.",
            headers={"WWW-Authenticate": f'Bearer realm="glossgraph"{wrong}'},
        )


async def _change(request: Request, body: bytes | None, suffix: str) -> Response:
    name = request.path_params["name"]
    if not _NAME.fullmatch(name):
        raise Problem(
            "malformed-request",
            "A source's name has letters, digits, dots, hyphens and underscores, at most 100.",
        )
    state = request.app.state
    if state.changing.locked():
        raise Problem(
            "busy", "Another source is being changed. Come back.", headers={"Retry-After": "5"}
        )
    async with state.changing:
        with tempfile.TemporaryDirectory(prefix="glossgraph-source-") as folder:
            file = Path(folder) / f"new{suffix}"
            if body is not None:
                await asyncio.to_thread(file.write_bytes, body)
            given = {
                "graph": str(state.folder.resolve()),
                "sources": str(Path(state.settings.sources).resolve()),
                "name": name,
                "file": str(file) if body is not None else "",
                "suffix": suffix,
                "cache": True,
            }
            said = await state.jobs.run("api.source_job", given, folder)
    done: dict[str, Any] = orjson.loads(said)
    new = done.pop("new")
    served = await _served(request, done["revision"])
    headers = {"Location": f"{request.scope.get('root_path', '')}/sources/{name}"} if new else {}
    status = 202 if not served else 201 if new and body is not None else 200
    return reply_json(
        request, {**done, "served": served}, status=status, headers=headers, cache="no-store"
    )


async def _served(request: Request, revision: str) -> bool:
    """Wait until a revision is served; whether it is."""
    state = request.app.state
    if not state.settings.reload_seconds:
        return False
    try:
        async with asyncio.timeout(_SERVED):
            while state.service.snapshot.revision != revision:
                await asyncio.sleep(0.05)
    except TimeoutError:
        return False
    return True


_PROBLEMS = (
    "malformed-request",
    "unauthorized",
    "not-offered",
    "invalid-parameter",
    "unreadable-text",
    "job-failed",
    "busy",
    "job-time",
)
_SECURED: dict[str, Any] = {"security": [{"token": []}]}
_BODY = {
    **_SECURED,
    "requestBody": {
        "required": True,
        "content": {
            media_type: {"schema": {"type": "string", "format": "binary"}}
            for media_type in SUFFIXES
        },
    },
}

ROUTES: tuple[Route, ...] = (
    Route(
        path="/api/sources/{name}",
        handler=put_source,
        summary="A source put in or exchanged, by who has the token; the graph is built anew",
        tag="sources",
        methods=("PUT",),
        path_samples={"name": "source"},
        answer=service_models.Changed,
        problems=(*_PROBLEMS, "body-too-large", "unsupported-media-type"),
        extra=_BODY,
        others={201: "It is new, and served.", 202: "It is built, and served soon."},
    ),
    Route(
        path="/api/sources/{name}",
        handler=delete_source,
        summary="A source taken away, by who has the token",
        tag="sources",
        methods=("DELETE",),
        path_samples={"name": "source"},
        answer=service_models.Changed,
        problems=_PROBLEMS,
        extra=_SECURED,
        others={202: "It is built, and served soon."},
    ),
)
"""Routes that change what is served."""
