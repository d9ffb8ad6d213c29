"""Handlers whose answers take long, and which requests those are."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.problems import PROBLEMS, Problem
from api.processes import AnswerFailed, Made
from api.replies import read_body
from api.routes import Handler, Waits
from api.selecting import snapshot_of
from api.sparql import Attended

When = Callable[[Request], bool]

LARGE = 2_000
"""Concepts from which a graph's pages about all of it take long."""
_LONG_BODY = 2_000
_DEEP = re.compile(rb"(?:^|&)(?:depth=[3-9]|limit=\d{4})")
_MANY = re.compile(rb"(?:^|&)(?:limit=\d{5}|format=)")
_PROBLEM = {"busy": "busy", "timeout": "answer-time", "failed": "answer-failed"}


def always(_: Request) -> bool:
    """Whatever is asked takes long."""
    return True


def wide(request: Request) -> bool:
    """A walk over three relations and more, or a list of a thousand, takes long."""
    query = request.scope["query_string"]
    return bool(query) and bool(_DEEP.search(query))


def wide_part(request: Request) -> bool:
    """A wide walk as a graph in another program's format takes long.

    As JSON it takes some milliseconds, even of a thousand neighbours with their relations.
    """
    if not wide(request):
        return False
    return request.headers.get("accept", "*/*") not in _JSON or bool(
        _MANY.search(request.scope["query_string"])
    )


_JSON = ("*/*", "application/json")
"""What a client says that takes JSON where several forms are to be had."""


def long_text(request: Request) -> bool:
    """What is sent is more than a paragraph, or of a length that is not said."""
    said = request.headers.get("content-length", "")
    return not said.isdigit() or int(said) > _LONG_BODY


def large(request: Request) -> bool:
    """The graph is large."""
    return len(snapshot_of(request).graph.concepts) >= LARGE


def aside(handler: Handler, when: When = always) -> Handler:
    """Return a handler that has a process of its own make the answer, where ``when`` says so.

    Where there are no processes, as in such a process itself, ``handler`` answers.
    """

    async def answer(request: Request) -> Response:
        processes = snapshot_of(request).processes
        if processes is None or not when(request):
            return await handler(request)
        if request.scope.get("prompt"):
            raise Waits
        body = b""
        if request.method == "POST":
            body = await read_body(request, request.app.state.settings.body_limit)
        scope = request.scope
        question = {
            "scope": {
                **{name: scope.get(name) for name in _FORWARDED},
                "without_body": scope.get("without_body", False),
                "coding": scope.get("coding", ""),
            },
            "raw_path": (scope.get("raw_path") or scope["path"].encode()).decode("latin-1"),
            "query": scope["query_string"].decode("latin-1"),
            "headers": [(n.decode("latin-1"), v.decode("latin-1")) for n, v in scope["headers"]],
        }
        try:
            async with Attended(request.receive):
                made = await processes.make(question, body)
                if not made.whole:
                    return _streamed(made)
                whole = b"".join([part async for part in made.parts()])
        except AnswerFailed as error:
            kind = _PROBLEM[error.kind]
            headers = {"Retry-After": "5"} if kind == "busy" else {}
            raise Problem(kind, PROBLEMS[kind].help, headers=headers) from error
        response = Response(whole, made.status)
        said = any(name == b"content-length" for name, _ in made.headers)
        if not said and not scope.get("without_body"):
            made.headers.append((b"content-length", str(len(whole)).encode()))
        response.raw_headers = made.headers
        return response

    answer.problems = tuple(_PROBLEM.values())  # type: ignore[attr-defined]
    return answer


_FORWARDED = ("http_version", "method", "scheme", "path", "root_path", "server", "client")


def _streamed(made: Made) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        async for part in made.parts():
            yield part

    response = StreamingResponse(parts(), made.status)
    response.raw_headers = made.headers
    return response
