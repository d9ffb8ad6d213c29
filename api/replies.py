"""Ready answers: bytes with the validators and headers that caches and browsers go by."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson
import xxhash
from starlette.requests import Request
from starlette.responses import Response

from api.compression import WORTH, compressible
from api.negotiate import Representation
from api.problems import Problem

CSP = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; "
    "object-src 'none'"
)
"""What pages may load: our own files, nothing inline."""
CSP_DOCS = CSP + "; img-src 'self' data:; style-src 'self' 'unsafe-inline'"
"""Swagger UI sets style attributes and draws its arrows from data addresses."""
CSP_DATA = "default-src 'none'; frame-ancestors 'none'"
"""Data that a browser shows loads nothing."""

_CHARSET = {"text/html", "text/markdown", "text/turtle", "text/csv", "text/tab-separated-values",
            "text/plain", "text/css", "text/javascript", "text/n3", "application/n-triples",
            "application/n-quads", "application/trig"}  # fmt: skip


def content_type(media_type: str) -> str:
    """Return ``media_type`` with the charset where the type has one and it is not said yet."""
    return f"{media_type}; charset=utf-8" if media_type in _CHARSET else media_type


def etag(request: Request, *parts: bytes) -> str:
    """Return a strong validator of ``parts``, see :func:`validator`."""
    return validator(request.app.state.fingerprint, *parts)


def validator(fingerprint: bytes, *parts: bytes) -> str:
    """Return a strong validator of ``parts`` under the server's version and settings.

    RFC 9110 §8.8.3. The version is in it, so that no answer outlives the software that made it; an
    answer that a new revision does not change keeps its validator.
    """
    return validated(xxhash.xxh3_128(fingerprint), *parts)


def validated(digest: xxhash.xxh3_128, *parts: bytes | memoryview) -> str:
    """Return the validator of ``parts`` behind what a ``digest`` (XXH3) has seen already.

    A validator keeps no secret and guards against chance only. For 44 kB XXH3 takes 1.4 µs, SHA-256
    with the processor's help 49 µs: a sixth of the time of such an answer.
    """
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return f'"{digest.hexdigest()[:24]}"'


class Look:
    """The headers that all good answers of one kind have, and where their validators begin."""

    def __init__(self, media_type: str, vary: str, cache: str) -> None:
        said = {name: v for name, v in (("Cache-Control", cache), ("Vary", vary)) if v}
        made = Response(b"", 200, said, content_type(media_type)).raw_headers
        self.headers = [pair for pair in made if pair[0] != b"content-length"]
        self._media_type = media_type.encode()
        self._digests: dict[bytes, xxhash.xxh3_128] = {}

    def tag(self, fingerprint: bytes, body: bytes) -> str:
        """Return the validator of an answer: :func:`validator` of its media type and body."""
        known = self._digests.get(fingerprint)
        if known is None:
            known = self._digests[fingerprint] = xxhash.xxh3_128(fingerprint)
            validated(known, self._media_type)
        return validated(known.copy(), body)


look_of = lru_cache(maxsize=256)(Look)
"""Returns the one look of a media type, ``Vary`` and ``Cache-Control``."""


class Plain(Response):
    """A good answer that says no more than its look does."""

    def __init__(self, body: bytes, look: Look, tag: str) -> None:
        self.status_code, self.background, self.body = 200, None, body
        self.look = look
        own = (b"etag", tag.encode()), (b"content-length", b"%d" % len(body))
        self.raw_headers = [*look.headers, *own]


def matches(header: str | None, tag: str) -> bool:
    """Return whether ``If-None-Match`` names ``tag`` (weak comparison, RFC 9110 §13.1.2)."""
    if not header:
        return False
    names = [name.strip().removeprefix("W/") for name in header.split(",")]
    return "*" in names or tag in names


def reply(
    request: Request,
    body: bytes,
    media_type: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    vary: str = "Accept",
    cache: str = "no-cache",
) -> Response:
    """Return ``body`` with validators, or 304 where the client holds it already.

    ``cache="no-cache"`` lets clients keep the answer and makes them ask whether it still holds.
    """
    if not headers and status == 200 and request.method == "GET" and cache != "no-store":
        look = look_of(media_type, vary, cache)
        tag = look.tag(request.app.state.fingerprint, body)
        if request.scope.get("prompt") or "if-none-match" not in request.headers:
            return Plain(body, look, tag)
    head = {"Cache-Control": cache, **(headers or {})}
    if vary:
        head["Vary"] = vary
    if status == 200 and request.method in {"GET", "HEAD"} and cache != "no-store":
        head["ETag"] = etag(request, media_type.encode(), body)
        if matches(request.headers.get("if-none-match"), head["ETag"]):
            if len(body) >= WORTH and compressible(media_type):  # as of the 200 (RFC 9110 §15.4.5)
                head["Vary"] = ", ".join(filter(None, (vary, "Accept-Encoding")))
            return Response(b"", 304, head)
    return Response(body, status, head, content_type(media_type))


def reply_json(request: Request, value: Any, **more: Any) -> Response:
    """Return ``value`` as JSON; see :func:`reply`."""
    more.setdefault("vary", "")
    return reply(request, orjson.dumps(value), "application/json", **more)


def reply_as(
    request: Request, body: bytes, representation: Representation, **more: Any
) -> Response:
    """Return ``body`` as one of several representations; see :func:`reply`."""
    return reply(request, body, representation.media_type, **more)


async def read_body(request: Request, limit: int) -> bytes:
    """Return the request's body of at most ``limit`` bytes.

    Raises:
        Problem: it is larger, or coded (RFC 9110 §8.4, §12.5.3).
    """
    coding = request.headers.get("content-encoding", "").strip().lower()
    if coding not in {"", "identity"}:
        raise Problem(
            "unsupported-media-type",
            f'The body has the Content-Encoding "{coding}". Send it without.',
            headers={"Accept-Encoding": "identity", "Connection": "close"},
        )
    problem = Problem(
        "body-too-large",
        f"The body may have {limit} bytes. Send less, or raise GLOSSGRAPH_BODY_LIMIT.",
        headers={"Connection": "close"},
    )
    said = request.headers.get("content-length", "")
    if said.isdigit() and int(said) > limit:
        raise problem
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise problem
        chunks.append(chunk)
    return b"".join(chunks)
