"""Answers that are made as soon as a request is read, for clients that were answered before.

What a request's headers decide (host, other origins, language, coding: :mod:`api.gate`) was decided
when the same headers came with another address. Where the route's handler answers without waiting
(:attr:`api.routes.Route.prompt`), it is called there and then, and its answer goes out as it would
have gone the whole way. Everything else does go the whole way.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from api.cache import common_lines, finished, lasting, repeatable, wired
from api.compression import LARGE, WORTH
from api.dispatch import Way, ways
from api.dressing import dress
from api.replies import Plain
from api.routes import Route
from api.service import Service
from api.settings import Settings

_MOST = 64
"""Clients that are remembered: kinds of them, by their headers."""
_WHOLE = (Response, Plain)
"""Answers whose bytes are at hand."""
_OWN = (b"content-length", b"etag")
_KEPT = ("type", "asgi", "http_version", "scheme", "server", "root_path", "headers", "app")


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What the headers of a request decide."""

    scope: Mapping[str, Any]
    """Those parts of the ASGI scope that do not depend on the address."""
    origin: str
    coding: str


class Prompt:
    """The prompt answers of one server."""

    def __init__(self, service: Service, settings: Settings, routes: Iterable[Route]) -> None:
        self._service = service
        self._settings = settings
        self._ways = ways(each for each in routes if each.prompt)
        self._looks: dict[Hashable, bytes | None] = {}

    def answer(self, head: bytes) -> tuple[bytes, bytes] | None:
        """Return the bytes of the answer to a request's bytes, or None."""
        end = head.find(b" ", 4)
        client = self._service.clients.get(head[end:])
        if client is None or not repeatable(head):
            return None
        raw_path, _, query = head[4:end].partition(b"?")
        if not raw_path.isascii() or b"%2f" in raw_path.lower():  # see api.dispatch
            return None
        path = unquote(raw_path.decode("ascii"))
        found = next(((w, m) for w in self._ways if (m := w.pattern.match(path))), None)
        if found is None:
            return None
        way, match = found
        snapshot = self._service.snapshot
        scope = {
            **client.scope,
            "method": "GET",
            "path": path,
            "raw_path": raw_path,
            "query_string": query,
            "path_params": way.values(match),
            "snapshot": snapshot,
            "coding": client.coding,
            "prompt": True,
        }
        response = _made(way.handlers["GET"](Request(scope)))
        if response is None or type(response) not in _WHOLE:
            return None
        if client.coding and len(response.body) >= LARGE:
            return None
        body = bytes(response.body)
        if client.coding and len(body) >= WORTH:
            headers = response.raw_headers
            if not lasting(response.status_code, dict(headers)):
                return None
            dress(self._settings, MutableHeaders(raw=headers), 200, path, client.origin)
            wire = finished(headers, body, client.coding).wire
        else:
            etag = next((value for name, value in response.raw_headers if name == b"etag"), None)
            lines = self._lines(response, way, client.origin, path)
            if etag is None or lines is None:
                return None
            wire = wired(lines, etag, body)
        snapshot.cache.put(head, wire, len(head) + len(wire[1]))
        return wire

    def _lines(self, response: Response, way: Way, origin: str, path: str) -> bytes | None:
        """Return an answer's lines but for its length and validator; None where it may not last.

        They are put together once for all answers of a route with the same headers.
        """
        worth = len(response.body) >= WORTH
        said: Any
        if isinstance(response, Plain):
            said = response.look
        else:
            said = tuple(p for p in response.raw_headers if p[0] not in _OWN)
        key = way.pattern, origin, worth, response.status_code, said
        if key not in self._looks:
            if len(self._looks) >= _MOST:
                self._looks.clear()
            self._looks[key] = None
            headers = response.raw_headers
            if lasting(response.status_code, dict(headers)):
                dress(self._settings, MutableHeaders(raw=headers), 200, path, origin)
                self._looks[key] = common_lines(headers, worth)
        return self._looks[key]


def _made(answering: Any) -> Response | None:
    """Return what a handler returns without waiting; None where it waits or there is a problem."""
    try:
        answering.send(None)
    except StopIteration as done:
        response: Response = done.value
        return response
    except Exception:
        # A problem, a wish to wait, a fault of ours: the whole way comes to it again and answers.
        return None
    answering.close()
    return None


def remember(service: Service, scope: Scope, head: bytes, *, origin: str, coding: str) -> None:
    """Remember what was decided for the headers of a request that was let in."""
    tail = head[head.find(b" ", 4) :]
    if tail in service.clients or scope.get("root_path") or not repeatable(head):
        return
    if len(service.clients) >= _MOST:
        del service.clients[next(iter(service.clients))]
    kept = {name: scope[name] for name in _KEPT if name in scope}
    service.clients[tail] = Client(scope=kept, origin=origin, coding=coding)
