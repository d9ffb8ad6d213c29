"""A graph folder behind a port: starting, announcing, stopping."""

from __future__ import annotations

import asyncio
import importlib.util
import ipaddress
import logging
import signal
import socket
import sys
import webbrowser
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.lending import Lending
from api.settings import Settings, from_environment
from kg.memory import share
from kg.own_code import keep

LOG = logging.getLogger("glossgraph")

DRAIN = 10
"""Seconds that requests under way have when the server stops."""


_TURN = 0.0005
"""Seconds after which a thread that computes lets the event loop have its turn.

Python's own are 5 ms, and the loop waits for each turn anew: beside a thread that computes, an echo
of one byte took 5.8 ms (median of 300), with this 0.8 ms.
"""


class _Server(uvicorn.Server):
    """Says where it listens as soon as it does."""

    def __init__(
        self, config: uvicorn.Config, address: str, lending: Lending, *, open_page: bool
    ) -> None:
        super().__init__(config)
        self._address = address
        self._lending = lending
        self._open_page = open_page
        self._adopting: set[asyncio.Task[Any]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            await _keep_program()
            self._lending.adopt = self._adopt
            LOG.info("Serving at %s (stop with Ctrl-C)", self._address)
            if self._open_page:
                await asyncio.to_thread(webbrowser.open, self._address)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        lent = asyncio.ensure_future(self._lending.close())
        await super().shutdown(sockets)
        await lent

    def _adopt(self, connection: socket.socket, data: bytes) -> None:
        """Go on with a connection that another process had."""
        loop = asyncio.get_running_loop()
        task = asyncio.ensure_future(
            loop.connect_accepted_socket(lambda: self._protocol(data), connection)
        )
        self._adopting.add(task)
        task.add_done_callback(self._adopting.discard)

    def _protocol(self, data: bytes) -> asyncio.Protocol:
        make: Any = self.config.http_protocol_class
        made = make(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        if data and hasattr(made, "bring"):
            made.bring(data)
        return cast(asyncio.Protocol, made)


async def _keep_program() -> None:
    """Keep a copy of the program, so that an upgrade in place does not change it while it runs."""
    try:
        await asyncio.to_thread(keep)
    except OSError as error:
        LOG.warning("Do not upgrade the program while it runs: it cannot be kept (%s).", error)


def run(
    folder: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    open_page: bool = False,
    quiet: bool = False,
    settings: Settings | None = None,
) -> int:
    """Serve a graph folder until SIGINT or SIGTERM; return the process's exit code.

    ``port=0`` takes a free one. New revisions of the folder are picked up. On a signal no new
    connection is taken, requests under way have :data:`DRAIN` seconds, and 0 is returned; 1 where
    the port cannot be had. Settings come from the environment where none are given.

    Raises:
        GraphNotFound: the folder holds no graph.
        BadSetting: the environment holds a setting that cannot be read.
    """
    logging.basicConfig(format="%(message)s")
    LOG.setLevel(logging.WARNING if quiet else logging.INFO)
    settings = with_host(settings or from_environment(), host)
    try:
        listener = socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=2048
        )
    except OSError as error:
        LOG.error(
            "Cannot listen on %s port %d: %s. Another program may use it; --port 0 takes a free "
            "one.",
            host,
            port,
            error.strerror or error,
        )
        return 1
    share()
    with listener:
        app = create_app(folder, settings, early=True)
        config = uvicorn.Config(
            app,
            http=_http(app),
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=DRAIN,
            timeout_keep_alive=30,
        )
        where = address(host, listener)
        server = _Server(config, where, app.state.lending, open_page=open_page)
        sys.setswitchinterval(_TURN)
        # uvicorn passes signals on to these once it has stopped.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        server.run(sockets=[listener])
    return 0 if server.started else 1


def _http(app: FastAPI) -> Any:
    """Return what speaks HTTP: with short cuts where its parser in C is installed."""
    if importlib.util.find_spec("httptools") is None:
        return "auto"
    from api.protocol import protocol

    return protocol(app.state)


def address(host: str, listener: socket.socket) -> str:
    """Return the address that a person on this machine opens."""
    port = listener.getsockname()[1]
    if host in {"", "0.0.0.0", "::"}:
        host = "127.0.0.1"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def with_host(settings: Settings, host: str) -> Settings:
    """Return settings that also answer to the name a server was told to listen on.

    A server on all interfaces also answers to the machine's own name; anything else, such as the
    name of a proxy, has to be said in ``GLOSSGRAPH_HOSTS``.
    """
    try:
        everywhere = ipaddress.ip_address(host).is_unspecified
    except ValueError:
        everywhere = not host
    name = socket.gethostname() if everywhere else host
    names = (name.lower(), f"{name.lower()}.local") if everywhere else (name.lower(),)
    return replace(settings, hosts=tuple(dict.fromkeys((*settings.hosts, *names))))
