"""Workers of a large graph: those of the derived graph at once, those of all graphs when asked.

The derived graph is a sixth of all quads; the others say where each source states what. Nearly
all queries name no graph, and then only the derived one is looked at. So a large revision starts
with workers that hold it alone; the first query that may look elsewhere starts others that hold
everything, and they end when nobody has asked them for a while. Answers are the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Self

from kg.errors import QueryBusy
from kg.store import Revision, open_revision
from kg.workers import Answer, Limits, Workers
from kg.workers_likes import Likes
from kg.workers_nest import Exchange

LARGE = 20_000
"""Quads from which on a revision is loaded in two steps.

What is in memory of a concept is gone through for each pattern, whatever graph it belongs to: at
10,000 concepts, workers that hold the derived graph alone answer a third faster (depth 2 and 3).
Fewer quads are loaded in a blink, and seldom asked so much.
"""
IDLE = 300.0
"""Seconds without a query after which the workers of all graphs end."""


def names_graphs(
    text: str, default: str, default_graphs: Iterable[str] = (), named_graphs: Iterable[str] = ()
) -> bool:
    """Return whether a query may look into another graph than ``default``.

    True too often rather than too rarely: the words are looked for anywhere in the text, also
    inside longer ones, since SPARQL's grammar wants no blank behind a keyword.
    """
    if any(True for _ in named_graphs) or any(g != default for g in default_graphs):
        return True
    lowered = text.lower()
    return any(word in lowered for word in ("graph", "from", "\\u"))


class Tiers:
    """Workers for one revision of any size; like :class:`kg.workers.Workers` to use."""

    def __init__(
        self,
        revision: Revision,
        limits: Limits | None = None,
        *,
        fork: bool | None = None,
        large: int = LARGE,
        likes: Likes | None = None,
    ) -> None:
        self.likes = likes or Likes()
        """What is known of queries; another revision's workers go on with it."""
        self._revision = revision
        self._fork = fork
        self._two = revision.derived is not None and revision.manifest.counts["quads"] >= large
        self._first = Workers(revision, limits, fork=fork, derived=self._two, likes=self.likes)
        self.limits = self._first.limits
        self._all: asyncio.Task[Workers] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def launch(self) -> None:
        """Begin to load before there is an event loop, as :meth:`Workers.launch`."""
        self._first.launch()

    def abandon(self) -> None:
        """End what was launched and is not going to be started."""
        self._first.abandon()

    async def start(self) -> Self:
        """Start the processes and return when the derived graph is loaded.

        Raises:
            RuntimeError: the store could not be loaded.
        """
        await self._first.start()
        return self

    @property
    def processes(self) -> list[int]:
        """Ids of the processes that are there now."""
        others = self._ready()
        return [*self._first.processes, *(others.processes if others else ())]

    @property
    def long(self) -> int:
        """How many long queries run now."""
        others = self._ready()
        return self._first.long + (others.long if others else 0)

    async def query(
        self,
        text: str,
        *,
        formats: Sequence[str] = (),
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        timeout: float | None = None,
        whole: bool = False,
    ) -> Answer:
        """Return the answer to ``text``; parameters and errors as of :meth:`Workers.query`.

        Raises:
            QueryBusy: also while the other graphs are being loaded.
        """
        workers = self._first
        if self._two and names_graphs(
            text, self._revision.default_graph, default_graphs, named_graphs
        ):
            workers = await self._others(min(timeout or self.limits.timeout, self.limits.timeout))
        return await workers.query(
            text,
            formats=formats,
            default_graphs=default_graphs,
            named_graphs=named_graphs,
            timeout=timeout,
            whole=whole,
        )

    def begin(
        self, text: str, *, formats: Sequence[str], notify: Callable[[Exchange], None]
    ) -> Exchange | None:
        """Set a query going as :meth:`Workers.begin`; None where it needs other workers.

        Raises:
            QueryBusy, QueryFailed, MalformedQuery: as of :meth:`Workers.begin`.
        """
        if self._two and names_graphs(text, self._revision.default_graph, (), ()):
            return None
        return self._first.begin(text, formats=formats, notify=notify)

    async def close(self) -> None:
        """End all workers."""
        await self._first.close()
        if self._timer:
            self._timer.cancel()
        await self._end_others()

    async def _others(self, seconds: float) -> Workers:
        """Return the workers of all graphs, within so many seconds."""
        if self._all is None or (self._all.done() and self._all.exception()):
            self._all = asyncio.ensure_future(self._load())
        loop = asyncio.get_running_loop()
        if self._timer:
            self._timer.cancel()
        self._timer = loop.call_later(IDLE, lambda: loop.create_task(self._end_idle()))
        try:
            return await asyncio.wait_for(asyncio.shield(self._all), seconds)
        except TimeoutError as error:
            raise QueryBusy(
                max(1, round(seconds)), "The graphs of the sources are being loaded"
            ) from error

    async def _load(self) -> Workers:
        # Its own hold on the revision, since these end before the others do.
        revision = open_revision(self._revision.folder, self._revision.id)
        workers = Workers(revision, self.limits, fork=self._fork, likes=self.likes)
        return await workers.start()

    async def _end_idle(self) -> None:
        others = self._ready()
        if others is None or not others.long:
            await self._end_others()

    async def _end_others(self) -> None:
        task, self._all = self._all, None
        if task is None:
            return
        if not task.done():
            task.cancel()
        done = (await asyncio.gather(task, return_exceptions=True))[0]
        if isinstance(done, Workers):
            await done.close()

    def _ready(self) -> Workers | None:
        task = self._all
        return task.result() if task and task.done() and not task.exception() else None
