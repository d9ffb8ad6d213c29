"""The workers of one revision that live: starting them, and replacing those that end."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from kg.errors import QueryFailed
from kg.workers_fork import Forking, Zygote
from kg.workers_line import Line
from kg.workers_nest import Keeper, Nest, Worker
from kg.workers_spawn import Spawning


class Brood:
    """Keeps as many workers at the disposal of a line as are wanted."""

    def __init__(
        self, settings: Mapping[str, Any], keeper: Keeper, line: Line, *, workers: int, fork: bool
    ) -> None:
        self._settings = settings
        self._keeper = keeper
        self._line = line
        self._wanted = workers
        self._fork = fork
        self.zygote: Zygote | None = None
        """Launched, and not in use yet."""
        self._nest: Nest | None = None
        self._failures = 0
        self._starting: asyncio.Future[None] | None = None
        self._closed = False

    @property
    def processes(self) -> list[int]:
        """Ids of all processes."""
        return self._nest.processes if self._nest else []

    def launch(self) -> None:
        """Let the store be loaded from now on, before there is an event loop to start in."""
        if self._fork and self.zygote is None:
            self.zygote = Zygote(self._settings)

    def abandon(self) -> None:
        """End what was launched and is not going to be started."""
        zygote, self.zygote = self.zygote, None
        if zygote is not None:
            zygote.close()

    async def start(self) -> None:
        """Start the processes and return when the store is loaded.

        Raises:
            RuntimeError: the store could not be loaded.
        """
        if self._fork:
            self.launch()
            zygote, self.zygote = self.zygote, None
            assert zygote is not None
            self._nest = forking = Forking(zygote, self._keeper)
            await forking.ready()
        else:
            self._nest = Spawning(self._settings, self._keeper)
        for _ in range(self._wanted):
            self.hatch()

    def hatch(self) -> None:
        """Put a fresh worker at the disposal of the next query."""
        if self._nest is None or self._closed:
            return
        if self._nest.dead:
            self._restart()
        else:
            self._line.free(self._nest.hatch())

    def well(self) -> None:
        """Take notice that a worker is as it should be."""
        self._failures = 0

    def lost(self, worker: Worker) -> None:
        """Replace a worker that ended while it had nothing to do."""
        if not self._line.remove(worker):
            return
        if worker.answered:
            self.hatch()
        else:  # it may be that none can live: try less and less often
            self._failures += 1
            pause = min(0.01 * 2**self._failures, 5.0)
            asyncio.get_running_loop().call_later(pause, self.hatch)

    def finish(self) -> None:
        """Start no more of them."""
        self._closed = True

    async def close(self) -> None:
        """End all workers."""
        self.finish()
        if self._nest:
            await self._nest.close()

    def _restart(self) -> None:
        """Start another nest, its process having ended; once, however many workers are wanted."""
        if self._starting is None:
            self._line.clear()
            self._starting = asyncio.ensure_future(self._start_again())

    async def _start_again(self) -> None:
        try:
            if self._nest:
                await self._nest.close()
            await self.start()
        except RuntimeError as error:
            self._line.refuse(QueryFailed(str(error)))
        finally:
            self._starting = None
