"""HTTP/1.1 for uvicorn, with a short cut: the very bytes of a request that was answered before.

A browser, a script or a crawler that asks the same again sends the same bytes. Where a whole GET
arrives at an idle connection and the present revision's cache holds an answer for these bytes, it
is written without parsing and without a task. The bytes include every header, so host check,
negotiation and whatever else the answer depends on have been decided for them.
"""

from __future__ import annotations

from collections.abc import Callable

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.cache import HEAD, ByteCache


def protocol(cache: Callable[[], ByteCache]) -> type[HttpToolsProtocol]:
    """Return a protocol that answers from ``cache()``, the cache of the present revision."""

    class Protocol(HttpToolsProtocol):
        _head: bytes | None = None
        _between = True
        """Whether the parser is between two requests."""

        def data_received(self, data: bytes) -> None:
            """Answer at once, or let the request go its way."""
            self._head = None
            if self._between and data.startswith(b"GET ") and data.endswith(b"\r\n\r\n"):
                wire = cache().get(data)
                if wire is not None and self._idle():
                    self._answer(*wire)
                    return
                self._head = data
            super().data_received(data)

        def on_message_begin(self) -> None:
            """Pass the request's bytes on, under which its answer may be held."""
            self._between = False
            super().on_message_begin()
            if self._head is not None:
                self.scope["extensions"] = {HEAD: {"bytes": self._head}}

        def on_message_complete(self) -> None:
            """Take notice that the next bytes begin a request."""
            self._between = True
            super().on_message_complete()

        def _idle(self) -> bool:
            """Return whether no answer is on its way, and the client takes what it is sent."""
            at_rest = self.cycle is None or self.cycle.response_complete
            return at_rest and not self.pipeline and not self.flow.write_paused

        def _answer(self, status: bytes, rest: bytes) -> None:
            self._unset_keepalive_if_required()
            own = [b"%s: %s\r\n" % pair for pair in self.server_state.default_headers]
            self.transport.write(b"".join([status, *own, rest]))
            self.server_state.total_requests += 1
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    return Protocol
