"""A process that makes long answers: reads requests from the server, answers them by its routes.

It is forked from one that loaded a revision and the routes, see :mod:`api.processes`. A request is
a length and JSON, then the request's body; what comes back is as :mod:`kg.workers_child` says.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.types import Message

from api.app import ROUTES, create_app
from api.dispatch import Dispatch
from api.service import Snapshot
from api.settings import Settings
from kg import store
from kg.workers_child import Receive, Reply, Send, alarm, messages, size_of_process
from kg.workers_wire import LENGTH
from kg.workers_zygote import tend

NICE = 5
"""What is added to the niceness: who waits for a light answer comes first."""
GROWTH = 512 << 20
"""A process that has grown by more bytes is replaced."""
_STREAM = 20
"""How many times the time of other answers a streamed one has: its client may be slow."""


class _Maker:
    """Answers requests one by one."""

    def __init__(self, snapshot: Snapshot, settings: Settings) -> None:
        self._app = create_app(snapshot, settings)
        self._routes = Dispatch(self._app.router, routes=ROUTES)
        self._snapshot = snapshot
        self._memory = settings.job_memory

    def serve(self, receive: Receive, send: Send) -> None:
        """Answer until the server closes the connection."""
        os.nice(NICE)
        size = size_of_process()
        _confine(size + self._memory)
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        for message in messages(receive):
            (length,) = LENGTH.unpack(message[: LENGTH.size])
            question = orjson.loads(message[LENGTH.size : LENGTH.size + length])
            body = message[LENGTH.size + length :]
            alarm(question["seconds"])
            reply = Reply(send)
            try:
                loop.run_until_complete(self._answer(question, body, reply))
            except MemoryError:
                reply.error("memory", "The answer needed more memory than it may have.")
            alarm(0)
            reply.finish(spent=size_of_process() - size > GROWTH)

    async def _answer(self, question: Mapping[str, Any], body: bytes, reply: Reply) -> None:
        scope = {
            **question["scope"],
            "type": "http",
            "raw_path": question["raw_path"].encode("latin-1"),
            "query_string": question["query"].encode("latin-1"),
            "headers": [(n.encode("latin-1"), v.encode("latin-1")) for n, v in question["headers"]],
            "app": self._app,
            "snapshot": self._snapshot,
        }
        given = [{"type": "http.request", "body": body, "more_body": False}]
        more = False

        async def receive() -> Message:
            if given:
                return given.pop()
            return await asyncio.Future[Message]()  # the server ends us when its client goes

        async def send(message: Message) -> None:
            nonlocal more
            if message["type"] == "http.response.start":
                pairs = [(n.decode("latin-1"), v.decode("latin-1")) for n, v in message["headers"]]
                reply.head(status=message["status"], headers=pairs)
                return
            if message.get("more_body") and not more:
                more = True
                alarm(question["seconds"] * _STREAM)
            reply.data(message.get("body", b""))
            if not message.get("more_body"):
                reply.end(rows=0, cut=False)

        await self._routes(scope, receive, send)


def _confine(memory: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def settings_of(given: Mapping[str, Any]) -> Settings:
    """Return the settings of the server that started this process."""
    said: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in given["settings"].items()
    }
    return Settings(**said)


def snapshot_of(given: Mapping[str, Any]) -> Snapshot:
    """Return the revision that the server that started this process serves.

    Raises:
        GraphNotFound: it is there no longer.
    """
    with store.open_revision(given["folder"], given["stored"]) as revision:
        snapshot = Snapshot(revision.graph, given["revision"])
        snapshot.prefixes = revision.prefixes
    snapshot.public = given["public"]  # what is stored was made for it
    snapshot.index.warm()
    return snapshot


def begin() -> None:
    """Run as the process that :mod:`kg.workers_fork` starts: load the revision, then fork."""
    given = json.loads(sys.argv[2])
    snapshot = snapshot_of(given)
    _ = snapshot.annotator
    maker = _Maker(snapshot, settings_of(given))
    tend(socket.socket(fileno=int(sys.argv[1])), maker.serve)
