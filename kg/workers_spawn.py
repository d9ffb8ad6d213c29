"""Workers that are started one by one, where the system cannot fork."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
from collections.abc import Mapping
from typing import Any

from kg.workers_nest import Keeper, Worker, meaning, starting


class Spawning:
    """Workers that are started one by one, each loading the store."""

    dead = False

    def __init__(self, settings: Mapping[str, Any], keeper: Keeper) -> None:
        self._settings = settings
        self._keeper = keeper
        self._workers: list[_Spawned] = []

    @property
    def processes(self) -> list[int]:
        """Ids of all workers."""
        return [w.pid for w in self._workers if w.pid and not w.gone]

    def hatch(self) -> Worker:
        """Return a new worker; its process is started meanwhile."""
        self._workers = [w for w in self._workers if not w.gone]
        worker = _Spawned(self._settings, self._keeper)
        self._workers.append(worker)
        return worker

    async def close(self) -> None:
        """End all workers."""
        for worker in self._workers:
            worker.close()
        await asyncio.gather(*(worker.ending() for worker in self._workers))


class _Spawned(Worker, asyncio.SubprocessProtocol):
    """A worker that talks over its standard streams."""

    def __init__(self, settings: Mapping[str, Any], keeper: Keeper) -> None:
        super().__init__(keeper)
        self.pid = 0
        self._transport: asyncio.SubprocessTransport | None = None
        self._unsent: list[bytes] = []
        self._over = asyncio.Event()
        start = asyncio.get_running_loop().subprocess_exec(
            lambda: self,
            *(*starting("kg.workers_child"), json.dumps(settings)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._starting = asyncio.ensure_future(start)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.SubprocessTransport)
        self._transport = transport
        self.pid = transport.get_pid()
        if self.gone:
            transport.kill()
        for data in self._unsent:
            self._pipe(0).write(data)
        self._unsent.clear()

    def _pipe(self, number: int) -> Any:
        assert self._transport
        return self._transport.get_pipe_transport(number)

    def send(self, data: bytes) -> None:
        if self._transport:
            self._pipe(0).write(data)
        else:
            self._unsent.append(data)

    def pipe_data_received(self, _fd: int, data: bytes) -> None:
        self.received(data)

    def hold(self, stop: bool) -> None:
        pipe = self._pipe(1)
        if stop:
            pipe.pause_reading()
        else:
            pipe.resume_reading()

    def end_process(self) -> None:
        if self._transport:
            with contextlib.suppress(ProcessLookupError):  # it has just ended by itself
                self._transport.kill()

    def process_exited(self) -> None:
        assert self._transport
        code = self._transport.get_returncode() or 0
        self.over(meaning(-code if code < 0 else code << 8))

    def connection_lost(self, _error: Exception | None) -> None:
        self._over.set()

    async def ending(self) -> None:
        """Return when the process has ended."""
        await self._starting
        await self._over.wait()

    def close(self) -> None:
        self.gone = True
        self.end_process()
