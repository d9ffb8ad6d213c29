"""A bounded cache of ready answers, in front of the routing.

One belongs to each snapshot, so that what it holds cannot outlive a revision. A key is everything
that an answer may depend on: scheme, host, root path, path and query string as they were sent, the
headers ``Accept``, ``Accept-Language`` and ``Origin``, the cookie of a reader's language, and the
content-coding. Answers to SPARQL are held a second time by what was asked, however it was
transported. What changes without the graph is never held: see :func:`lasting`.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.types import Message, Send

from api.compression import CODINGS, LARGE, WORTH, Stream, coded, compressible
from api.replies import matches

HEAD = "glossgraph.head"
"""Extension of the ASGI scope: the bytes of a whole GET, see :mod:`api.protocol`."""

RawHeaders = list[tuple[bytes, bytes]]

_STATUS = b"HTTP/1.1 200 OK\r\n"
_PARTICULAR_HEADERS = (b"content-length", b"etag")
_OVERHEAD = 600
"""Bytes that an entry takes besides its key's and body's text, about."""
_PART = 8
"""No answer takes more than this part of a cache."""
# A 304 replaces the headers of the stored answer (RFC 9111 §3.2), so it has none of its content.
_CONTENT = (b"content-length", b"content-type", b"content-encoding", b"content-security-policy",
            b"content-disposition")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """An answer as it is sent."""

    headers: RawHeaders
    body: bytes
    etag: str

    async def send(self, send: Send, condition: str | None) -> None:
        """Send it, or 304 where ``condition`` (``If-None-Match``) names its validator."""
        if condition and matches(condition, self.etag):
            await not_modified(send, self.headers)
            return
        # Copies: what sends them may add to them.
        await send({"type": "http.response.start", "status": 200, "headers": self.headers[:]})
        await send({"type": "http.response.body", "body": self.body})

    @property
    def wire(self) -> tuple[bytes, bytes]:
        """Its bytes on a connection, in two parts: between them go the server's own headers."""
        lines = [b"%s: %s\r\n" % pair for pair in self.headers]
        return _STATUS, b"".join([*lines, b"\r\n", self.body])


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The answer to a query, before it has headers."""

    body: bytes | memoryview
    media_type: str


async def not_modified(send: Send, headers: RawHeaders) -> None:
    """Send 304 in place of an answer with ``headers``."""
    kept = [pair for pair in headers if pair[0].lower() not in _CONTENT]
    await send({"type": "http.response.start", "status": 304, "headers": kept})
    await send({"type": "http.response.body", "body": b""})


_PARTICULAR = re.compile(
    rb"\r\n(?:content-length|transfer-encoding|upgrade|expect|authorization|if-none-match|x-forwarded-"
    rb"|connection[ \t]*:(?![ \t]*keep-alive\r))",
    re.IGNORECASE,
)
HEAD_LIMIT = 4096
"""Bytes of a request that may be held."""


def repeatable(head: bytes) -> bool:
    """Return whether the same bytes may be answered alike on any connection that stays open.

    They are one request of HTTP/1.1 without a body, conditions, or wishes about the connection,
    and without what a proxy says of its client, which is believed of some senders only.
    """
    return (
        len(head) <= HEAD_LIMIT
        and head.count(b"\r\n\r\n") == 1
        and head[: head.find(b"\r\n")].endswith(b" HTTP/1.1")
        and not _PARTICULAR.search(head)
    )


class ByteCache:
    """What was asked for last, up to a number of bytes."""

    def __init__(self, most: int) -> None:
        self.most = most
        """How many bytes it may hold."""
        self._held: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self.size = 0
        """Bytes that are held, about."""

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: Hashable) -> Any:
        """Return what is held for ``key``, or None."""
        found = self._held.get(key)
        if found is None:
            return None
        self._held.move_to_end(key)
        return found[0]

    def put(self, key: Hashable, value: Any, size: int) -> None:
        """Hold ``value`` of ``size`` bytes, key included; what was not asked for longest goes."""
        size += _OVERHEAD
        if size > self.most // _PART:
            return
        old = self._held.pop(key, None)
        self.size += size - (old[1] if old else 0)
        self._held[key] = value, size
        while self.size > self.most:
            _, (_, gone) = self._held.popitem(last=False)
            self.size -= gone


def lasting(status: int, headers: Mapping[bytes, bytes]) -> bool:
    """Return whether an answer holds as long as its revision: it has a validator and may be kept.

    Health, random concepts, pages of the query editor, cut or failed answers and queries that call
    NOW, RAND, UUID, STRUUID or BNODE say ``no-store`` and have none.
    """
    policy = headers.get(b"cache-control", b"")
    return status == 200 and b"etag" in headers and b"no-store" not in policy


class Finish:
    """What an answer passes on its way out: it is coded, held against, and held.

    An answer in pieces is coded piece by piece and goes through as it comes.
    """

    def __init__(
        self,
        send: Send,
        *,
        coding: str,
        condition: str | None,
        keep: tuple[ByteCache, Hashable] | None,
    ) -> None:
        self._send = send
        self._coding = coding
        self._condition = condition
        self._keep = keep
        self._start: Message | None = None
        self._stream: Stream | None = None
        self.plain: RawHeaders | None = None
        """Headers of an answer that may be kept, before it was coded."""

    async def __call__(self, message: Message) -> None:
        """Take a message of the application."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        start, self._start = self._start, None
        if start is None or message["type"] != "http.response.body" or message.get("more_body"):
            if start is not None:
                await self._send(self._begun(start))
            if self._stream is not None and message["type"] == "http.response.body":
                code = self._stream.part if message.get("more_body") else self._stream.end
                message = {**message, "body": code(message.get("body", b""))}
            await self._send(message)
            return
        await self._whole(start, message.get("body", b""))

    def _begun(self, start: Message) -> Message:
        """Return the head of an answer in pieces, which are coded from here on."""
        headers: RawHeaders = list(start["headers"])
        named = dict(headers)
        fit = start["status"] == 200 and b"content-encoding" not in named
        if not fit or not compressible(named.get(b"content-type", b"").decode("latin-1")):
            return start
        headers = _varying(headers, named)
        if self._coding:
            self._stream = Stream(self._coding)
            headers = [pair for pair in headers if pair[0] != b"content-length"]
            headers.append((b"content-encoding", self._coding.encode()))
        return {**start, "headers": headers}

    async def _whole(self, start: Message, body: bytes) -> None:
        headers: RawHeaders = list(start["headers"])
        named = dict(headers)
        coding = self._coding if start["status"] == 200 else ""
        if coding and len(body) >= LARGE and _worth(named, body):
            encoded = await asyncio.to_thread(CODINGS[coding], body)
            ready = finished(headers, body, coding, encoded)
        elif start["status"] == 200:
            ready = finished(headers, body, coding)
        else:
            ready = Ready(headers=headers, body=body, etag="")
        if lasting(start["status"], named):
            self.plain = headers
            if self._keep:
                cache, key = self._keep
                cache.put(key, ready, len(ready.body))
            await ready.send(self._send, self._condition)
            return
        await self._send({**start, "headers": ready.headers})
        await self._send({"type": "http.response.body", "body": ready.body})


def _varying(headers: RawHeaders, named: Mapping[bytes, bytes]) -> RawHeaders:
    """Return headers that say that the answer depends on the codings a client takes."""
    said = named.get(b"vary", b"")
    if b"Accept-Encoding" in said:
        return headers
    kept = [pair for pair in headers if pair[0] != b"vary"]
    return [*kept, (b"vary", b", ".join(v for v in (said, b"Accept-Encoding") if v))]


def finished(headers: RawHeaders, body: bytes, coding: str, encoded: bytes | None = None) -> Ready:
    """Return a good answer in a content-coding, where that pays; ``encoded`` if it is at hand."""
    named = dict(headers)
    etag = named.get(b"etag", b"").decode("latin-1")
    if not _worth(named, body):
        return Ready(headers=headers, body=body, etag=etag)
    changed = [pair for pair in _varying(headers, named) if pair[0] != b"etag"]
    if coding:
        body = CODINGS[coding](body) if encoded is None else encoded
        etag = coded(etag, coding)
        changed = [pair for pair in changed if pair[0] != b"content-length"]
        changed.append((b"content-encoding", coding.encode()))
        changed.append((b"content-length", str(len(body)).encode()))
    if etag:
        changed.append((b"etag", etag.encode("latin-1")))
    return Ready(headers=changed, body=body, etag=etag)


def common_lines(headers: RawHeaders, worth: bool) -> bytes:
    """Return the lines that all good answers with such headers begin with, if they are not coded.

    ``worth``: they are of :data:`api.compression.WORTH` bytes and more. What differs from answer to
    answer is left out and comes in :func:`wired`.
    """
    common = [pair for pair in headers if pair[0] not in _PARTICULAR_HEADERS]
    shown = finished(common, bytes(WORTH) if worth else b"", "").headers
    return b"".join(b"%s: %s\r\n" % pair for pair in shown)


def wired(lines: bytes, etag: bytes, body: bytes | memoryview) -> tuple[bytes, bytes]:
    """Return the bytes of an answer, as :attr:`Ready.wire`, from its :func:`common_lines`."""
    own = b"content-length: %d\r\netag: %s\r\n\r\n" % (len(body), etag)
    return _STATUS, b"".join((lines, own, body))


def _worth(named: Mapping[bytes, bytes], body: bytes) -> bool:
    """Return whether an answer with these headers may be sent coded."""
    return (
        len(body) >= WORTH
        and b"content-encoding" not in named
        and compressible(named.get(b"content-type", b"").decode("latin-1"))
    )
