"""How long a server waits for what clients have begun to send, and how much of it there may be.

A connection costs a descriptor and some kilobytes, and a request that never becomes whole would
hold them for good: uvicorn itself waits for the next request after an answer, and for nothing else.
"""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import cast

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 65_536
"""Bytes that the head of a request may have; what comes in one read is looked at whole."""
_LOOKS = 3
"""How often in that time a connection is looked at."""
_SPARE = 256
"""Descriptors that are left for files, workers and their pipes."""
_LEAST = 64


class Patient(HttpToolsProtocol):
    """HTTP/1.1 with bounds on unfinished requests."""

    most: int
    """Connections beyond which a new one is told to come back."""
    patience: float
    """Seconds until a connection's first request begins, until a head that was begun is whole, and
    between two parts of a body."""
    heard = 0.0
    """When something was last received, by the monotonic clock."""
    _head_since: float | None = None
    _head_bytes = 0
    _look: asyncio.TimerHandle | None = None
    _late = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a connection, or tell its client to come back where there are too many."""
        super().connection_made(cast(asyncio.Transport, transport))
        if len(self.connections) + self.elsewhere() > self.most:
            self._refuse(b"503 Service Unavailable", "Too many connections are open. Come back.")
            return
        self.heard = monotonic()
        self._look = self.loop.call_later(self.patience / _LOOKS, self._look_again)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop looking at a connection."""
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read a part of a request."""
        super().data_received(data)
        if self._head_since is not None:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self._refuse(
                    b"431 Request Header Fields Too Large",
                    f"Address and headers may have {HEAD_BYTES} bytes together. Send long queries "
                    "by POST.",
                )

    def on_message_begin(self) -> None:
        """Begin to wait for a request's head."""
        self._head_since, self._head_bytes = monotonic(), 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Go on to its body."""
        self._head_since = None
        super().on_headers_complete()

    def elsewhere(self) -> int:
        """Return how many connections another process has."""
        return 0

    def at_work(self) -> bool:
        """Return whether an answer is being made, for which the client waits and not we for it."""
        return self.cycle is not None and not self.cycle.response_complete

    def _look_again(self) -> None:
        """Close the connection where its client is late, and was when it was last looked at.

        Between two looks what has come in meanwhile is read: the server may have been held up.
        """
        late = monotonic() - (self._head_since or self.heard) > self.patience
        if self._head_since is None and self.transport.get_write_buffer_size():
            late = False  # the answer is made, but not yet taken: a slow line, not an idle one
        elif self._head_since is None and self.at_work():
            late = late and self.cycle is not None and self.cycle.more_body
            late = late and not self.flow.read_paused
        if late and self._late:
            self.transport.abort()
            return
        self._late = late
        self._look = self.loop.call_later(self.patience / _LOOKS, self._look_again)

    def _refuse(self, status: bytes, detail: str) -> None:
        """Answer without the application, and close."""
        title = status.partition(b" ")[2].decode()
        body = orjson.dumps({"title": title, "status": int(status[:3]), "detail": detail})
        self.transport.write(
            b"HTTP/1.1 %b\r\ncontent-type: application/problem+json\r\ncontent-length: %d\r\n"
            b"cache-control: no-store\r\nretry-after: 5\r\nconnection: close\r\n\r\n%b"
            % (status, len(body), body)
        )
        self.transport.close()


def most_connections(wanted: int) -> int:
    """Return how many connections may be open: as wanted, or as descriptors allow."""
    try:
        import resource
    except ImportError:  # Windows counts none
        return wanted
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return wanted
    return min(wanted, max(_LEAST, soft - _SPARE))
