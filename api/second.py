"""The second process of a server: it answers what is answered at once, on connections lent to it.

The server (:mod:`api.lending`) starts it while one process does not keep up, and sends it
connections, each with the request that came in last. It answers like the first, from its own copy
of the same revision: what is held, what :mod:`api.prompt` makes, and queries of plain patterns. At
anything else (another query, a page, a part of a request, a client that does not take what it is
sent) the connection goes back, with the bytes that are not answered. Messages are those of
:mod:`api.second_wire`.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import socket
import sys
from email.utils import formatdate
from time import monotonic
from typing import Any, cast

import orjson
from fastapi import FastAPI

from api.app import create_app
from api.process import settings_of, snapshot_of
from api.prompt import Client, Prompt
from api.quick import Form, Quick, envelope, remember
from api.second_wire import DRAIN, SIZE, TOLD, Messages, message
from api.service import Service

TELLS = 0.25
"""Seconds between two messages about how it does."""
_IDLE = 2.0
"""Seconds without a request after which a connection goes back."""
_RETRY = 0.01


class _House:
    """The process: its service, its guests, and what it says."""

    def __init__(self, control: socket.socket, prompt: Prompt, app: FastAPI) -> None:
        self.guests: set[_Guest] = set()
        self.active: set[_Guest] = set()
        """Those that asked since the server was told last."""
        self.recalled = False
        """Whether all connections go back, also those that are still to come."""
        self.ending = False
        self.closed = 0
        """Connections that their clients have closed."""
        self._control = control
        self._prompt = prompt
        self._quick = Quick(app.state.service)
        self._app = app
        self._service: Service = app.state.service
        self._incoming = Messages(control, b"L")
        self._ended = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._date = 0.0, b""

    async def run(self) -> None:
        """Answer until the server closes the control socket."""
        self._control.setblocking(False)
        self._loop.add_reader(self._control.fileno(), self._listen)
        self._control.send(message(b"!"))
        while not self._ended.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), TELLS)
            self._tell()
        latest = monotonic() + DRAIN
        while self.guests and monotonic() < latest:
            await asyncio.sleep(_RETRY)

    def answer(self, head: bytes) -> tuple[bytes, bytes] | None:
        """Return the bytes of the answer to a request; None where the server is to answer."""
        if not head.startswith(b"GET ") or not head.endswith(b"\r\n\r\n"):
            return None
        held: tuple[bytes, bytes] | None = self._service.snapshot.cache.get(head)
        return held or self._quick.at_once(head) or self._prompt.answer(head)

    def date(self) -> bytes:
        """Return the server's own header lines; they change once a second."""
        now = monotonic()
        if now > self._date[0]:
            self._date = now + 1, b"date: %s\r\n" % formatdate(usegmt=True).encode()
        return self._date[1]

    def give_back(self, descriptor: int, data: bytes) -> bool:
        """Send a connection to the server; False where that has to wait."""
        try:
            socket.send_fds(self._control, [message(b"B", data)], [descriptor])
        except BlockingIOError:
            return False
        except OSError:  # the server is gone, and the connection goes too
            return True
        return True

    def later(self, guest: _Guest) -> None:
        """Try again in an instant to send a connection to the server."""
        self._loop.call_later(_RETRY, guest.leave)

    def _listen(self) -> None:
        try:
            for letter, body, descriptor in self._incoming.read():
                if letter == b"L":
                    self._take(body, socket.socket(fileno=descriptor))
                elif letter == b"R":
                    self._recall(*SIZE.unpack(body))
                else:
                    self.recalled = True
                    self._recall(len(self.guests))
                    self._all_back()
        except EOFError:
            self._loop.remove_reader(self._control.fileno())
            self.ending = True
            self._ended.set()
            for guest in list(self.guests):
                guest.end()

    def _take(self, body: bytes, connection: socket.socket) -> None:
        (size,) = SIZE.unpack_from(body)
        known, head = body[SIZE.size : SIZE.size + size], body[SIZE.size + size :]
        self._learn(known, head)
        task = asyncio.ensure_future(
            self._loop.connect_accepted_socket(lambda: _Guest(self, head), connection)
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _recall(self, count: int) -> None:
        for guest in list(self.guests)[:count]:
            guest.recall()

    def _all_back(self) -> None:
        """Say that all connections are back, as soon as they are."""
        if self.ending:
            return
        if self.guests or self._tasks or not self._send(message(b"E")):
            self._loop.call_later(_RETRY, self._all_back)

    def _send(self, data: bytes) -> bool:
        try:
            self._control.send(data)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    def _learn(self, told: bytes, head: bytes) -> None:
        """Keep what the server knows of requests like this one."""
        tail = head[head.find(b" ", 4) :]
        about = envelope(head)
        query = about is not None and about[0] not in self._service.snapshot.forms
        if tail in self._service.clients and not query:
            return
        known = orjson.loads(told)
        scope = {
            **known["scope"],
            "server": tuple(known["scope"].get("server") or ()) or None,
            "headers": [(n.encode("latin-1"), v.encode("latin-1")) for n, v in known["headers"]],
            "app": self._app,
        }
        client = Client(scope=scope, origin=known["origin"], coding=known["coding"])
        self._service.clients[tail] = client
        if about is not None and known["form"] is not None:
            remember(self._service.snapshot, about[0], Form.again(known["form"]))

    def _tell(self) -> None:
        if self.ending:
            return
        if self._send(message(b"T", TOLD.pack(self.closed, len(self.active)))):
            self.active.clear()
        late = monotonic() - _IDLE
        for guest in [guest for guest in self.guests if guest.heard < late]:
            guest.recall()


class _Guest(asyncio.Protocol):
    """A connection that was lent."""

    def __init__(self, house: _House, head: bytes) -> None:
        self._house = house
        self._head = head
        self.heard = monotonic()
        """When something was last received."""
        self._left: bytes | None = None
        """What is not answered, of a connection that goes back."""
        self._gone = False
        """Whether the server has it back."""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Answer the request that came along."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(0)
        self._house.guests.add(self)
        if self._house.ending:
            self.end()
        elif self._house.recalled:
            self._back(self._head)
        else:
            self.data_received(self._head)

    def connection_lost(self, _: Exception | None) -> None:
        """Forget a connection that its client closed, or that went back."""
        self._house.guests.discard(self)
        self._house.active.discard(self)
        self._house.closed += not self._gone

    def data_received(self, data: bytes) -> None:
        """Answer, or give the connection back."""
        self.heard = monotonic()
        wire = None if self._transport.get_write_buffer_size() else self._house.answer(data)
        if wire is None:
            self._back(data)
            return
        self._house.active.add(self)
        self._transport.writelines((wire[0], self._house.date(), wire[1]))

    def resume_writing(self) -> None:
        """Go, where it only waited for its client to take an answer."""
        if self._left is not None:
            self.leave()

    def recall(self) -> None:
        """Go back as soon as the client has taken what it was sent."""
        if self._left is None:
            self._back(b"")

    def _back(self, data: bytes) -> None:
        self._left = data
        self._transport.pause_reading()
        self.leave()

    def leave(self) -> None:
        """Go back to the server, unless something is still to be sent."""
        if self._transport.is_closing() or self._transport.get_write_buffer_size():
            return
        descriptor = self._transport.get_extra_info("socket").fileno()
        if self._house.give_back(descriptor, self._left or b""):
            self._gone = True
            self._transport.abort()  # closes this process's descriptor, not the connection
        else:
            self._house.later(self)

    def end(self) -> None:
        """Close the connection, after what is still to be sent."""
        self._transport.close()


def begin() -> None:
    """Run as the process: load the revision, then answer."""
    given = json.loads(sys.argv[2])
    control = socket.socket(fileno=int(sys.argv[1]))
    snapshot, settings = snapshot_of(given), settings_of(given)
    snapshot.cache.most = settings.cache_bytes
    snapshot.read_patterns(settings)
    app = create_app(snapshot, settings)
    prompt = Prompt(app.state.service, settings, app.state.routes)
    gc.collect()
    gc.freeze()

    async def answering() -> None:
        await _House(control, prompt, app).run()

    try:
        import uvloop
    except ImportError:
        asyncio.run(answering())
    else:
        uvloop.run(answering())
