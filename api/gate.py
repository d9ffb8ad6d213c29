"""The outermost layer: host names, HEAD and OPTIONS, other origins, headers against mischief."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.embedding import shared
from api.problems import Problem, respond
from api.replies import CSP, CSP_DATA
from api.settings import Settings

_ALWAYS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
_ORIGINS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Content-Location, ETag, Link, Location, Retry-After, X-Result-Cut"
    ),
}
_PREFLIGHT = {
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


class Gate:
    """An ASGI layer that lets requests in and dresses answers.

    It answers a foreign ``Host`` with 421, ``OPTIONS`` with the methods of the address, ``HEAD``
    like ``GET`` without its body (RFC 9110 §9.3.2), and holds the revision that a request began
    with until its answer is sent.
    """

    def __init__(self, app: ASGIApp, *, settings: Settings, routes: Iterable[BaseRoute]) -> None:
        self.app = app
        self.settings = settings
        self.routes = routes
        self._any_host = "*" in settings.hosts
        self._hosts = frozenset(settings.hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        send = self._dress(scope, send)
        if self.settings.root_path:
            scope["root_path"] = self.settings.root_path
        host = Headers(scope=scope).get("host", "")
        if not self._answers_to(_name(host)):
            request = Request(scope, receive)
            problem = Problem(
                "misdirected",
                f'This server does not answer to "{_name(host)}". Use one of '
                f"{', '.join(self.settings.hosts)}, or name it in GLOSSGRAPH_HOSTS.",
            )
            await respond(request, problem)(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            await self._options(scope)(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET", "without_body": True}
            send = _without_body(send)
        service = scope["app"].state.service
        with service.lease() as snapshot:
            scope["snapshot"] = snapshot
            await self.app(scope, receive, send)

    def _answers_to(self, name: str) -> bool:
        """Return whether a request may name this host; addresses in digits always may.

        A rebound name is a name: a page cannot send another site's address in digits as ``Host``.
        """
        return self._any_host or name in self._hosts or _is_address(name)

    def _options(self, scope: Scope) -> Response:
        methods: set[str] = set()
        for route in self.routes:
            match, _ = route.matches({**scope, "method": "GET"})
            if match is not Match.NONE:
                methods |= getattr(route, "methods", None) or set()
        if not methods:
            return Response(status_code=404)
        allowed = methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
        headers = {"Allow": ", ".join(sorted(allowed))}
        if self.settings.public:
            headers |= {"Access-Control-Allow-Methods": headers["Allow"], **_PREFLIGHT}
        return Response(status_code=204, headers=headers)

    def _dress(self, scope: Scope, send: Send) -> Send:
        path = scope["path"].removeprefix(self.settings.root_path)
        origin = Headers(scope=scope).get("origin", "")

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
                # A 304 has no type to go by, and its headers replace those of the stored answer
                # (RFC 9111 §3.2): a page would keep its text and lose its style sheet.
                if message["status"] != 304:
                    html = headers.get("content-type", "").startswith("text/html")
                    headers.setdefault("Content-Security-Policy", CSP if html else CSP_DATA)
                if self.settings.public:
                    headers.update(_ORIGINS)
                for name, value in shared(self.settings, path, origin).items():
                    if name == "Vary":
                        headers.add_vary_header(value)
                    else:
                        headers[name] = value
            await send(message)

        return dressed


def _name(host: str) -> str:
    """Return the host's name without its port, in lower case; IPv6 keeps its brackets."""
    host = host.strip().lower()
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _without_body(send: Send) -> Send:
    async def headless(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return headless
