"""The outermost layer: host names, HEAD and OPTIONS, other origins, headers against mischief."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Hashable, Iterable, Mapping
from functools import lru_cache

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.cache import HEAD, ByteCache, Finish, Ready, repeatable
from api.compression import chosen
from api.dressing import dress
from api.problems import Problem, respond
from api.prompt import remember
from api.quick import learn
from api.settings import Settings
from api.texts import COOKIE

_PREFLIGHT = {
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


class Gate:
    """An ASGI layer that lets requests in and dresses answers.

    It answers a foreign ``Host`` with 421, ``OPTIONS`` with the methods of the address, ``HEAD``
    like ``GET`` without its body (RFC 9110 §9.3.2), and holds the revision that a request began
    with until its answer is sent. What was asked before is answered from the revision's cache.
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
        if self.settings.root_path:
            scope["root_path"] = self.settings.root_path
        sent = _sent(scope)
        host = sent.get(b"host", b"")
        wrong = _wrong_host(host, scope["http_version"])
        if wrong:
            send = self._dress(scope, sent, send)
            problem = Problem("malformed-request", wrong, headers={"Connection": "close"})
            await respond(Request(scope, receive), problem)(scope, receive, send)
            return
        if not self._answers_to(host):
            send = self._dress(scope, sent, send)
            await respond(Request(scope, receive), self._misdirected(host))(scope, receive, send)
            return
        method = scope["method"]
        if method == "OPTIONS":
            await self._options(scope)(scope, receive, self._dress(scope, sent, send))
            return
        if method == "HEAD":
            scope = {**scope, "method": "GET", "without_body": True}
            send = _without_body(send)
        service = scope["app"].state.service
        with service.lease() as snapshot:
            scope["snapshot"] = snapshot
            coding = scope["coding"] = chosen(sent.get(b"accept-encoding", b""))
            key = None
            if method in _CACHED and b"authorization" not in sent:
                key = _key(scope, sent, coding)
                ready: Ready | None = snapshot.cache.get(key)
                if ready is not None:
                    _shorten(scope, snapshot.cache, ready)
                    await ready.send(send, _text(sent.get(b"if-none-match")))
                    return
            finish = Finish(
                send,
                coding=coding,
                condition=_text(sent.get(b"if-none-match")),
                keep=(snapshot.cache, key) if key and method == "GET" else None,
            )
            await self.app(scope, receive, self._dress(scope, sent, finish))
            head = scope.get("extensions", {}).get(HEAD, {}).get("bytes")
            if finish.plain is not None and head is not None:
                origin = _text(sent.get(b"origin")) or ""
                remember(service, scope, head, origin=origin, coding=coding)
                if _path(scope) == "/sparql":
                    accept = _text(sent.get(b"accept"))
                    learn(
                        snapshot,
                        head,
                        finish.plain,
                        accept=accept,
                        coding=coding,
                        fingerprint=scope["app"].state.fingerprint,
                    )

    def _answers_to(self, host: bytes) -> bool:
        """Return whether a request may name this host; addresses in digits always may.

        A rebound name is a name: a page cannot send another site's address in digits as ``Host``.
        """
        return self._any_host or _name(host) in self._hosts or _is_address(_name(host))

    def _misdirected(self, host: bytes) -> Problem:
        return Problem(
            "misdirected",
            f'This server does not answer to "{_name(host)}". Use one of '
            f"{', '.join(self.settings.hosts)}, or name it in GLOSSGRAPH_HOSTS.",
        )

    def _options(self, scope: Scope) -> Response:
        allowed = methods(self.routes, scope)
        if not allowed:
            return Response(status_code=404)
        headers = {"Allow": ", ".join(sorted(allowed))}
        if self.settings.public:
            headers |= {"Access-Control-Allow-Methods": headers["Allow"], **_PREFLIGHT}
        return Response(status_code=204, headers=headers)

    def _dress(self, scope: Scope, sent: Mapping[bytes, bytes], send: Send) -> Send:
        path = _path(scope)
        origin = _text(sent.get(b"origin")) or ""

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                dress(self.settings, headers, message["status"], path, origin)
            await send(message)

        return dressed


def methods(routes: Iterable[BaseRoute], scope: Scope) -> set[str]:
    """Return what may be done with an address, or with the server (``*``, RFC 9110 §9.3.7)."""
    found: set[str] = set()
    for route in routes:
        match, _ = route.matches({**scope, "method": "GET"})
        if match is not Match.NONE or scope["path"] == "*":
            found |= getattr(route, "methods", None) or set()
    return found and found | {"OPTIONS"} | ({"HEAD"} if "GET" in found else set())


_CACHED = frozenset({"GET", "HEAD"})
_READ = frozenset({b"host", b"accept", b"accept-encoding", b"accept-language", b"if-none-match",
                   b"origin", b"authorization", b"cookie"})  # fmt: skip
# No cookie but the one that holds a reader's language changes an answer.
_LANGUAGE = re.compile(rb"(?:^|;\s*)" + COOKIE.encode() + rb"=([\w-]{1,35})")


def _sent(scope: Scope) -> dict[bytes, bytes]:
    """Return the headers that answers depend on; several of a name are one list (RFC 9110 §5.3).

    Handlers read the first of a name, so lists are put together in the scope as well.
    """
    found: dict[bytes, bytes] = {}
    lists = False
    for name, value in scope["headers"]:
        if name in _READ:
            if name in found:
                found[name] += (b"; " if name == b"cookie" else b", ") + value
                lists = True
            else:
                found.setdefault(name, value)
    if lists:
        others = [pair for pair in scope["headers"] if pair[0] not in found]
        scope["headers"] = [*found.items(), *others]
    return found


def _path(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def _text(value: bytes | None) -> str | None:
    return value.decode("latin-1") if value is not None else None


def _key(scope: Scope, sent: Mapping[bytes, bytes], coding: str) -> Hashable:
    """Return all that an answer may depend on besides the revision."""
    chosen_language = _LANGUAGE.search(sent.get(b"cookie", b""))
    return (
        scope["path"],
        scope["query_string"],
        sent.get(b"host"),
        sent.get(b"accept"),
        sent.get(b"accept-language"),
        chosen_language[1] if chosen_language else None,
        sent.get(b"origin"),
        coding,
        scope["scheme"],
        scope["root_path"],
    )


def _shorten(scope: Scope, cache: ByteCache, ready: Ready) -> None:
    """Hold an answer that is asked for again by the request's very bytes (:mod:`api.protocol`)."""
    head = scope.get("extensions", {}).get(HEAD, {}).get("bytes")
    if head is not None and repeatable(head):
        cache.put(head, ready.wire, len(head) + len(ready.body))


_HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|[^\s,:/?#@\[\]<>\"\\]+)(?::\d*)?")


@lru_cache(maxsize=256)
def _wrong_host(host: bytes, version: str) -> str:
    """Return what is wrong with ``Host``, ``""`` where nothing is (RFC 9112 §3.2)."""
    if not host and version != "1.1":
        return ""
    if not host:
        return "The request has no header Host. HTTP/1.1 wants one (RFC 9112 §3.2)."
    if not _HOST.fullmatch(host):
        return "The header Host is no name with a port, or there are several (RFC 9112 §3.2)."
    return ""


@lru_cache(maxsize=256)
def _name(host: bytes) -> str:
    """Return the host's name without its port, in lower case; IPv6 keeps its brackets."""
    return _without_port(host.decode("latin-1").strip().lower())


def _without_port(host: str) -> str:
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
