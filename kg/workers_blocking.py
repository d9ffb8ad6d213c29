"""SPARQL in worker processes for plain calls."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

from kg.store import Revision
from kg.workers import Limits, Workers
from kg.workers_answer import Answer
from kg.workers_tiers import names_graphs

T = TypeVar("T")


class BlockingWorkers:
    """Workers like :class:`kg.workers.Workers`, with an event loop in a thread of its own."""

    def __init__(
        self,
        revision: Revision,
        limits: Limits | None = None,
        *,
        fork: bool | None = None,
        derived: bool = False,
    ) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="glossgraph-sparql", daemon=True
        )
        self._thread.start()
        self._workers = Workers(revision, limits, fork=fork, derived=derived)
        try:
            self._call(self._workers.start())
        except BaseException:
            self._stop()
            raise

    def query(
        self,
        text: str,
        *,
        formats: Sequence[str] = (),
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        timeout: float | None = None,
    ) -> tuple[Answer, bytes]:
        """Return the answer and its bytes; parameters and errors as of :meth:`Workers.query`."""

        async def ask() -> tuple[Answer, bytes]:
            answer = await self._workers.query(
                text,
                formats=formats,
                default_graphs=default_graphs,
                named_graphs=named_graphs,
                timeout=timeout,
            )
            return answer, await answer.read()

        return self._call(ask())

    def close(self) -> None:
        """End all workers and the thread."""
        if not self._loop.is_closed():
            self._call(self._workers.close())
            self._stop()

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def query_once(
    revision: Revision,
    text: str,
    *,
    formats: Sequence[str] = (),
    limits: Limits | None = None,
) -> tuple[Answer, bytes]:
    """Return the answer to a single query, from a single process that ends with it.

    Raises as :meth:`Workers.query`.
    """
    one = limits or Limits(timeout=60.0, workers=1)
    derived = not names_graphs(text, revision.default_graph)
    with contextlib.closing(BlockingWorkers(revision, one, fork=False, derived=derived)) as workers:
        return workers.query(text, formats=formats)
