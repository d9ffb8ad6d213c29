"""Sources given as addresses, fetched over HTTP."""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx

from extract.errors import UnreadableSource

LIMIT = 64 * 1024 * 1024
"""Bytes of the longest page that is fetched: glossaries of 100,000 terms take 10 to 30 MB."""
TIMEOUT = 30.0
"""Seconds without an answer after which a fetch is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What an address answered."""

    data: bytes
    media_type: str | None
    """As the server says, without parameters; ``None`` where it says nothing of use."""
    name: str
    """Last step of the address after redirects, for its suffix."""


def fetch(url: str, *, client: httpx.Client | None = None) -> Page:
    """Return what ``url`` answers, following redirects.

    Raises:
        UnreadableSource: no answer, an error status, or more than :data:`LIMIT` bytes.
    """
    own = client or httpx.Client(
        follow_redirects=True,
        timeout=TIMEOUT,
        headers={"User-Agent": "glossgraph", "Accept": "text/html, text/*;q=0.9, */*;q=0.5"},
    )
    chunks: list[bytes] = []
    size = 0
    try:
        with own.stream("GET", url) as response:
            if response.status_code >= 400:
                raise UnreadableSource(url, f"the server answered {response.status_code}")
            for chunk in response.iter_bytes():
                chunks.append(chunk)
                size += len(chunk)
                if size > LIMIT:
                    raise UnreadableSource(url, f"the page is longer than {LIMIT >> 20} MB")
            kind = response.headers.get("content-type", "")
            step = response.url.path.rstrip("/").rsplit("/", 1)[-1]
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = str(error) or type(error).__name__
        raise UnreadableSource(url, f"it cannot be fetched: {reason}") from error
    finally:
        if client is None:
            own.close()
    media_type = kind.partition(";")[0].strip().lower()
    # Servers send text/plain for Markdown, CSV and RST alike: there the suffix knows more.
    known = media_type if media_type not in {"", "text/plain", "application/octet-stream"} else None
    return Page(
        data=b"".join(chunks), media_type=known, name=step if re.search(r"\.\w", step) else ""
    )
