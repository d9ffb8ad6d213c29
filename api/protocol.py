"""HTTP/1.1 for uvicorn, with short cuts for a whole GET that arrives at an idle connection.

A browser, a script or a crawler that asks the same again sends the same bytes. Where the present
revision's cache holds an answer for these bytes, it is written without parsing and without a task.
The bytes include every header, so host check, negotiation and whatever else the answer depends on
have been decided for them. So they have for a query whose request is otherwise like one that was
answered before: it goes straight to a worker (:mod:`api.quick`). Handlers that do not wait are
called at once (:mod:`api.prompt`), and where one process does not keep up with those, connections
are lent to a second one (:mod:`api.lending`).
"""

from __future__ import annotations

import asyncio
from time import monotonic

from starlette.datastructures import State
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from api.cache import HEAD, RawHeaders
from api.lending import STREAK, Lending
from api.patience import Patient, most_connections
from api.prompt import Prompt
from api.quick import Begun, Quick
from api.service import Service
from api.settings import Settings
from api.sparql import BEGUN
from kg.workers_nest import Exchange

_REPEATED = 3
"""How many times more a connection that came back has to show before it is lent again."""


def protocol(state: State) -> type[HttpToolsProtocol]:
    """Return a protocol that answers from the present snapshot of an application (its state)."""
    service: Service = state.service
    settings: Settings = state.settings
    quick = Quick(service)
    shared = _Shared()
    prompt = Prompt(service, settings, state.routes)
    lending: Lending = state.lending

    class Protocol(Patient):
        most = most_connections(settings.connections)
        patience = settings.client_time
        _head: bytes | None = None
        _begun: Begun | None = None
        """A query that takes the short way."""
        _going_on: Begun | None = None
        """One that was begun and now goes the whole way."""
        _between = True
        """Whether the parser is between two requests."""
        _streak = 0
        """Answers that were made at once, without another in between."""
        _brought = b""
        """What another process was sent on this connection and did not answer."""

        def bring(self, data: bytes) -> None:
            """Go on with a connection that comes from another process."""
            self._brought, self._streak = data, -_REPEATED * STREAK

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            """Take a connection."""
            super().connection_made(transport)
            brought, self._brought = self._brought, b""
            if brought and not transport.is_closing():
                self.data_received(brought)

        def data_received(self, data: bytes) -> None:
            """Answer at once, or let the request go its way."""
            self.heard = service.asked = monotonic()
            if self._begun is not None:  # a client that does not wait for the answer
                self._go_on()
            self._head = None
            if self._between and data.startswith(b"GET ") and data.endswith(b"\r\n\r\n"):
                if lending.quota and self._lent(data):
                    return
                wire = service.snapshot.cache.get(data)
                if wire is not None and self._idle():
                    self._answer(*wire)
                    return
                if wire is None and self._idle() and self._ask(data):
                    return
                self._head = data
            self._streak = min(self._streak, 0)
            super().data_received(data)

        def on_message_begin(self) -> None:
            """Pass the request's bytes on, under which its answer may be held."""
            self._between = False
            super().on_message_begin()
            if self._head is not None:
                self.scope["extensions"] = {HEAD: {"bytes": self._head}}
            if self._going_on is not None:
                begun, self._going_on = self._going_on, None
                self.scope["extensions"][BEGUN] = {
                    "exchange": begun.exchange,
                    "snapshot": begun.snapshot,
                }

        def on_message_complete(self) -> None:
            """Take notice that the next bytes begin a request."""
            self._between = True
            super().on_message_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            """Give up what nobody waits for any more."""
            begun, self._begun = self._begun, None
            if begun is not None:
                quick.release(begun)
            super().connection_lost(exc)

        def shutdown(self) -> None:
            """Close the connection, after its answer where one is awaited."""
            if self._begun is not None:
                self._go_on()
            super().shutdown()

        def at_work(self) -> bool:
            """Return whether an answer is being made."""
            return self._begun is not None or super().at_work()

        def elsewhere(self) -> int:
            """Return how many connections the second process has."""
            return lending.lent

        def _lent(self, data: bytes) -> bool:
            """Return whether the second process has this connection and its request now."""
            if self._streak < STREAK or not self._idle() or self.transport.get_write_buffer_size():
                return False
            if not lending.lend(self.transport.get_extra_info("socket").fileno(), data):
                return False
            self.transport.pause_reading()
            self.transport.abort()  # closes this process's descriptor, not the connection
            return True

        def _idle(self) -> bool:
            """Return whether no answer is on its way, and the client takes what it is sent."""
            at_rest = self.cycle is None or self.cycle.response_complete
            return at_rest and not self.pipeline and not self.flow.write_paused

        def _ask(self, data: bytes) -> bool:
            """Return whether a request is answered, or will be, the short way."""
            found = quick.ask(data, self._settle) or prompt.answer(data)
            if isinstance(found, Begun):
                self._streak = min(self._streak, 0)
                self._begun = found
                if found.exchange.ended:  # before there was anybody to be told
                    self._settle(found.exchange)
            elif found is not None:
                self._streak += 1
                lending.answered(self)
                self._answer(*found)
            return found is not None

        def _settle(self, exchange: Exchange) -> None:
            """Send the answer to a query that took the short way, or let it go on."""
            begun = self._begun
            if begun is None or begun.exchange is not exchange:
                if not exchange.ended:  # long, and nobody waits for it
                    exchange.abandon()
                return
            wire = quick.answer(begun)
            if wire is None:
                self._go_on()
                return
            self._begun = None
            self._answer(*wire)
            quick.release(begun)

        def _go_on(self) -> None:
            """Have a query answered the whole way from here."""
            begun, self._begun = self._begun, None
            if begun is None:
                return
            begun.exchange.notify = None
            self._head, self._going_on = begun.head, begun
            super().data_received(begun.head)
            quick.release(begun)

        def _answer(self, status: bytes, rest: bytes) -> None:
            self.transport.writelines((status, shared.lines(self.server_state), rest))
            self.server_state.total_requests += 1
            if self.timeout_keep_alive_task is None:
                self._keep_alive(self.timeout_keep_alive)

        def _keep_alive(self, seconds: float) -> None:
            self.timeout_keep_alive_task = self.loop.call_later(
                seconds, self.timeout_keep_alive_handler
            )

        def timeout_keep_alive_handler(self) -> None:
            """Close a connection that nothing came on; one timer for many short requests."""
            rest = self.heard + self.timeout_keep_alive - monotonic()
            if self._begun is not None or rest > 0:
                self._keep_alive(max(rest, 1.0))
            else:
                super().timeout_keep_alive_handler()

    return Protocol


class _Shared:
    """The server's own headers as they are sent; they change once a second."""

    def __init__(self) -> None:
        self._headers: RawHeaders = []
        self._lines = b""

    def lines(self, state: ServerState) -> bytes:
        """Return them as bytes."""
        if state.default_headers is not self._headers:
            self._headers = state.default_headers
            self._lines = b"".join(b"%s: %s\r\n" % pair for pair in self._headers)
        return self._lines
