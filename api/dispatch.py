"""Requests to the handlers of the table of routes, without a framework in between.

FastAPI makes the OpenAPI document and answers what is not found here: unknown addresses, other
methods, mounted applications. On the way through it a request costs some 60 µs more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.convertors import Convertor
from starlette.requests import Request
from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import TRANSLATIONS, Problem
from api.routes import Handler, Route

_ERRORS: tuple[type[Exception], ...] = (Problem, *TRANSLATIONS)
_ENCODED = re.compile("%2f", re.IGNORECASE)
_SLASH = "\udc2f"
"""Stands for a slash that was sent encoded, and for nothing else: no decoding gives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A path of the table."""

    pattern: re.Pattern[str]
    convertors: Mapping[str, Convertor[Any]]
    handlers: Mapping[str, Handler]
    """By method."""

    def values(self, match: re.Match[str]) -> dict[str, Any]:
        """Return what the parts of a path say, by name."""
        return {
            name: self.convertors[name].convert(value.replace(_SLASH, "/"))
            for name, value in match.groupdict().items()
        }


def ways(routes: Iterable[Route]) -> list[Way]:
    """Return the paths of routes in their order, each with its handlers."""
    handlers: dict[str, dict[str, Handler]] = {}
    for route in routes:
        for method in route.methods:
            handlers.setdefault(route.path, {}).setdefault(method, route.handler)
    found = []
    for path, by_method in handlers.items():
        pattern, _, convertors = compile_path(path)
        found.append(Way(pattern=pattern, convertors=convertors, handlers=by_method))
    return found


class Dispatch:
    """An ASGI layer that calls the handler that a path and method name."""

    def __init__(self, app: ASGIApp, *, routes: Iterable[Route]) -> None:
        self.app = app
        routes = tuple(routes)
        self._ways = ways(routes)
        # A path without parts that vary is found at once, where no way before it would match it.
        plain = {route.path for route in routes if "{" not in route.path}
        self._plain = {path: self._search(path) for path in plain}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request whose route is in the table; hand on any other."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = _below_root(scope)
        found = self._plain.get(path) or self._search(path)
        handler = found[0].handlers.get(scope["method"]) if found else None
        if found is None or handler is None:
            await self.app(scope, receive, send)
            return
        scope["path_params"] = dict(found[1])
        request = Request(scope, receive, send)
        try:
            response = await handler(request)
        except _ERRORS as error:
            answers = scope["app"].exception_handlers
            answer = next(answers[kind] for kind in type(error).__mro__ if kind in answers)
            response = await answer(request, error)
        await response(scope, receive, send)

    def _search(self, path: str) -> tuple[Way, Mapping[str, Any]] | None:
        for way in self._ways:
            match = way.pattern.match(path)
            if match:
                return way, way.values(match)
        return None


def _below_root(scope: Scope) -> str:
    """Return the path without the root path that a proxy put before it.

    An encoded slash divides nothing (RFC 3986 §2.2): names of concepts hold some, IRIs among them.
    """
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    raw = (scope.get("raw_path") or b"").decode("latin-1")
    if _ENCODED.search(raw):
        path = _SLASH.join(map(unquote, _ENCODED.split(raw)))
    if root and (path == root or path.startswith(f"{root}/")):
        return path[len(root) :]
    return path
