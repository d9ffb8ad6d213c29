"""Headers that every answer has: against mischief, and for pages of other origins."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders

from api.embedding import shared
from api.replies import CSP, CSP_DATA
from api.settings import Settings

_ALWAYS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
_ORIGINS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Content-Location, ETag, Link, Location, Retry-After, X-Result-Cut"
    ),
}


def dress(settings: Settings, headers: MutableHeaders, status: int, path: str, origin: str) -> None:
    """Add to the headers of an answer; ``path`` is below the root path, ``origin`` who asks."""
    for name, value in _ALWAYS.items():
        headers.setdefault(name, value)
    # A 304 has no type to go by, and its headers replace those of the stored answer
    # (RFC 9111 §3.2): a page would keep its text and lose its style sheet.
    if status != 304:
        html = headers.get("content-type", "").startswith("text/html")
        headers.setdefault("Content-Security-Policy", CSP if html else CSP_DATA)
    if settings.public:
        headers.update(_ORIGINS)
    for name, value in shared(settings, path, origin).items():
        if name == "Vary":
            headers.add_vary_header(value)
        else:
            headers[name] = value
