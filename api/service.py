"""What a server answers from: an immutable snapshot of one revision, and its exchange for the next.

A request keeps the snapshot that it began with; a newer revision takes over for the requests after
it, and the old one is closed when its last request has been answered.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from api.cache import ByteCache
from api.catalogue import Catalogue
from api.picture import picture
from api.processes import Processes
from api.settings import Settings
from extract.model import Finding
from kg import store
from kg.annotate import Annotator
from kg.checks import check
from kg.communities import groups
from kg.errors import GraphNotFound
from kg.index import Index
from kg.memory import trim
from kg.model import Graph, Source
from kg.neighbors import Way
from kg.overview import summary
from kg.patterns import Patterns
from kg.reuse import labels_of, published, withheld
from kg.statistics import Statistics, statistics
from kg.workers import Limits
from kg.workers_likes import Likes
from kg.workers_tiers import Tiers

_RECENT = 12
OVERVIEW_UP_TO = 60_000
"""Concepts of a graph above which neither communities nor the whole graph's picture are made."""
_QUIET = 0.5
"""Seconds without a request in which memory may be tidied up."""
_LATEST = 60.0
"""Seconds after which it is tidied up in any case."""
_QUICKLY_DRAWN = 2_000
"""Concepts up to which they take less time than starting a process for them."""

LOG = logging.getLogger("glossgraph")


class Snapshot:
    """One revision: the graph, its index, and what pages need of it at hand."""

    def __init__(
        self,
        graph: Graph,
        revision: str,
        *,
        stored: store.Revision | None = None,
        public: bool = False,
        index: Index | None = None,
    ) -> None:
        self._built = graph
        self.graph = published(graph) if public else graph
        """What is served; of a public snapshot no more than may be republished."""
        self.public = public
        self.revision = revision
        self.index = index or Index(self.graph)
        self.users = 0
        """Requests that are being answered from it."""
        self.retired = False
        """Whether a newer revision has taken its place."""
        self.cache = ByteCache(Settings().cache_bytes)
        """Answers that hold as long as the revision."""
        self.forms: dict[Any, Any] = {}
        """How answers to queries look, by what is around the query, see :mod:`api.quick`."""
        self.walks: dict[Any, Any] = {}
        """What was asked of neighbours, by query string and ``Accept``, see :mod:`api.concepts`."""
        self.references: dict[str, dict[str, Any]] = {}
        """What :func:`api.views.reference` said last, by slug."""
        self.pointers: dict[int, bytes] = {}
        """The same as JSON without its closing brace, by number."""
        self.readings: dict[Way, tuple[bytes, bytes]] = {}
        """What was said of relations, see :func:`api.views.reading`."""
        self.same: dict[bytes, bytes] = {}
        """What many of them say alike."""
        self.launched: Tiers | None = None
        """Workers that load their store while the graph is read."""
        self.workers: Tiers | None = None
        """Where SPARQL is answered, once they are started."""
        self.patterns: Patterns | None = None
        """What answers plain queries at once, when it is made."""
        self.processes: Processes | None = None
        """Where long answers are made; where there are none, they are made here."""
        self._stored = stored
        self.prefixes: Mapping[str, str] = stored.prefixes if stored else {}
        """What queries need not declare."""
        self._settings = Settings()
        self._copy: TemporaryDirectory[str] | None = None

    @cached_property
    def published(self) -> Graph:
        """The graph with no more of its sources' words than a public server may hand on."""
        return self.graph if self.public else published(self.graph)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The concepts from A to Z."""
        return Catalogue(self.index)

    @cached_property
    def statistics(self) -> Statistics:
        """Degrees, centrality, communities, coverage; some seconds for a large graph, once."""
        return statistics(self.index)

    @cached_property
    def annotator(self) -> Annotator:
        """What finds the concepts in pages."""
        return Annotator(self.index)

    @cached_property
    def hubs(self) -> list[str]:
        """The slugs of defined concepts with relations, the most connected first."""
        index = self.index
        numbers = [
            number
            for number, concept in enumerate(index.concepts)
            if not concept.implied and index.degree(number)
        ]
        return [index.concepts[n].slug for n in sorted(numbers, key=lambda n: -index.degree(n))]

    @cached_property
    def recent(self) -> Sequence[str]:
        """The slugs of a few concepts from the source retrieved last; none without dates."""
        if len({source.retrieved for source in self.graph.sources} - {""}) < 2:
            return ()
        return self.catalogue.ordered(self.catalogue.slugs, "recent")[:_RECENT]

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """The sources by name."""
        return {source.name: source for source in self.graph.sources}

    @cached_property
    def figures(self) -> Mapping[str, Any]:
        """Counts over the whole graph, see :func:`figures`."""
        return figures(self.graph)

    @cached_property
    def findings(self) -> list[Finding]:
        """What the checks object to, see :func:`kg.checks.check`. Cost: some passes, once."""
        found = check(self._built)
        if not self.public or all(source.reuse != "term" for source in self.graph.sources):
            return found
        labels = labels_of(self._built)
        return [replace(each, message=withheld(each.message, labels)) for each in found]

    @cached_property
    def communities(self) -> list[list[str]]:
        """Groups of slugs that have more to do with each other than with the rest, largest first.

        Cost: about half a second for ten thousand concepts, once.
        """
        return groups(self.graph)

    def for_public(self) -> Snapshot:
        """Return what a public server answers from; itself where everything may be republished."""
        if self.published is self.graph:
            return self
        return Snapshot(self._built, self.revision, stored=self._stored, public=True)

    @cached_property
    def overview(self) -> bytes:
        """The whole graph as :mod:`kg.overview` lays it out, in JSON.

        Cost: about a second for ten thousand concepts, once; six for fifty thousand.
        """
        return orjson.dumps(summary(self.index, self.communities))

    def read_patterns(self, settings: Settings) -> None:
        """Have queries of plain patterns answered at once from now on, if that is wanted."""
        if settings.patterns:
            self.patterns = Patterns(self.index, self.prefixes, limits(settings))

    async def warm(self) -> None:
        """Make what is otherwise made when first asked for, beside the requests."""
        await asyncio.to_thread(self.index.warm)
        if self._stored is not None:
            await asyncio.to_thread(self.read_patterns, self._settings)
        size = len(self.graph.concepts)
        if size <= _QUICKLY_DRAWN:
            await asyncio.to_thread(lambda: self.overview)
        elif size <= OVERVIEW_UP_TO and self._stored is not None:
            drawn = await picture(self._stored)
            if drawn is not None:
                self.communities, self.overview = drawn
        await asyncio.to_thread(trim)

    async def start(self, settings: Settings, *, likes: Likes | None = None) -> None:
        """Start the SPARQL workers, where the snapshot has a store; returns when it is loaded.

        ``likes`` is what workers before them have learnt of queries.

        Raises:
            RuntimeError: the workers cannot load the store.
        """
        self.cache.most = settings.cache_bytes
        self._settings = settings
        if self._stored is not None and self.workers is None:
            if self.graph is not self._built and self._copy is None:
                self._stored = await asyncio.to_thread(self._republish, self._stored)
            self.workers, self.launched = (
                self.launched or Tiers(self._stored, limits(settings), likes=likes),
                None,
            )
            await self.workers.start()
            if sys.platform != "win32":
                self.processes = Processes(
                    self._stored, revision=self.revision, public=self.public, settings=settings
                )

    def _republish(self, whole: store.Revision) -> store.Revision:
        """Return a revision that holds what is served, in a folder of its own while that is so."""
        self._copy = TemporaryDirectory(prefix="glossgraph-", ignore_cleanup_errors=True)
        store.write_revision(self._copy.name, self.graph, keep=1)
        whole.close()
        return store.open_revision(self._copy.name)

    async def close(self) -> None:
        """Give back what the snapshot holds outside of Python's memory: processes, locks."""
        if self.processes is not None:
            await self.processes.close()
        if self.workers is not None:
            await self.workers.close()
        if self._stored is not None:
            self._stored.close()
        if self._copy is not None:
            await asyncio.to_thread(self._copy.cleanup)


class Service:
    """The present snapshot, with leases on it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.clients: dict[bytes, Any] = {}
        """What the headers of requests decide, see :mod:`api.prompt`."""
        self.asked = 0.0
        """When a request came in last, by the monotonic clock."""
        self.told: list[Callable[[], None]] = []
        """Called as soon as another snapshot is in place."""
        self._stopping = False
        self._closing: set[asyncio.Future[None]] = set()

    @contextmanager
    def lease(self) -> Iterator[Snapshot]:
        """Hold the present snapshot for the time of a request."""
        snapshot = self.snapshot
        snapshot.users += 1
        self.asked = time.monotonic()
        try:
            yield snapshot
        finally:
            self.give_back(snapshot)

    def give_back(self, snapshot: Snapshot) -> None:
        """End a hold on a snapshot."""
        snapshot.users -= 1
        if snapshot.retired and not snapshot.users:
            self._retire(snapshot)

    def exchange(self, snapshot: Snapshot) -> None:
        """Answer from ``snapshot`` from now on; close the old one after its last request."""
        old, self.snapshot = self.snapshot, snapshot
        old.retired = True
        for told in self.told:
            told()
        if not old.users:
            self._retire(old)

    def _retire(self, snapshot: Snapshot) -> None:
        closing = asyncio.ensure_future(self._end(snapshot))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    async def _end(self, snapshot: Snapshot) -> None:
        await snapshot.close()
        del snapshot
        await self._pause()
        gc.unfreeze()  # what still holds the old revision in a circle goes now
        gc.collect()
        gc.freeze()
        await asyncio.to_thread(trim)

    async def _pause(self) -> None:
        """Return when nobody has asked for a while, when the server stops, or after a minute.

        Looking for circles holds everything up: 0.1 s for a thousand concepts.
        """
        loop = asyncio.get_running_loop()
        latest = loop.time() + _LATEST
        while not self._stopping and loop.time() < latest:
            await asyncio.sleep(_QUIET / 4)
            if time.monotonic() > self.asked + _QUIET:
                return

    async def warm(self) -> None:
        """Make what is made when first asked for, and keep the collector from going through it.

        A revision is some hundred thousand objects that stay; looking for circles among them made
        one answer in some hundreds wait for 0.1 s.
        """
        await self.snapshot.warm()
        gc.freeze()

    async def close(self) -> None:
        """Give back what the snapshots hold; the server is stopping."""
        self._stopping = True
        await asyncio.gather(self.snapshot.close(), *self._closing)

    async def watch(self, folder: Path, settings: Settings) -> None:
        """Look now and then whether ``folder`` has another revision, and answer from it.

        Loading happens in a thread; the old revision is served meanwhile. A revision that cannot
        be read is reported once and the old one kept.
        """
        refused = said = ""
        while True:
            await asyncio.sleep(settings.reload_seconds)
            revision = ""
            try:
                revision = store.current(folder)
                if revision in {self.snapshot.revision, refused}:
                    continue
                snapshot = await asyncio.to_thread(load, folder, settings)
                gc.freeze()
                workers = self.snapshot.workers
                await snapshot.start(settings, likes=workers.likes if workers else None)
                await snapshot.warm()
                gc.freeze()
                self.exchange(snapshot)
            except (GraphNotFound, OSError, ValueError, RuntimeError) as error:
                refused = revision or refused
                if str(error) != said:
                    LOG.warning("The new revision cannot be served, the old one stays: %s", error)
                said = str(error)
            else:
                LOG.info("Serving revision %s", self.snapshot.revision)


def load(folder: Path, settings: Settings, *, early: bool = False) -> Snapshot:
    """Return the present revision of a graph folder, held against pruning until it is closed.

    A public one leaves out what its sources do not let others republish. ``early`` lets the SPARQL
    workers load their store meanwhile; the snapshot has to be started then.

    Raises:
        GraphNotFound: the folder holds no graph that can be read.
    """
    revision = store.open_revision(folder)
    launched = None
    if early and not settings.public:  # what is republished may be another store
        launched = Tiers(revision, limits(settings))
        launched.launch()
    try:
        snapshot = Snapshot(revision.graph, revision.id, stored=revision, public=settings.public)
    except GraphNotFound:
        if launched is not None:
            launched.abandon()
        revision.close()
        raise
    snapshot.launched = launched
    return snapshot


def limits(settings: Settings) -> Limits:
    """Return what a SPARQL query may take."""
    return Limits(
        timeout=settings.query_time,
        most_long=settings.query_long,
        workers=settings.query_workers,
        memory=settings.query_memory,
        rows=settings.query_rows,
    )


def figures(graph: Graph) -> dict[str, Any]:
    """Return counts over a whole graph. Cost: one pass over concepts and relations."""
    return {
        "title": graph.title,
        "language": graph.language,
        "concepts": len(graph.concepts),
        "implied": sum(concept.implied for concept in graph.concepts),
        "relations": len(graph.relations),
        "evidence": sum(len(relation.evidence) for relation in graph.relations),
        "sources": len(graph.sources),
        "entries": sum(len(concept.entries) for concept in graph.concepts),
        "merged": sum(len(concept.entries) > 1 for concept in graph.concepts),
        "by_type": dict(Counter(r.type for r in graph.relations).most_common()),
        "by_basis": dict(Counter(r.basis for r in graph.relations).most_common()),
        "by_kind": dict(Counter(c.kind for c in graph.concepts).most_common()),
        "findings": len(graph.findings),
    }
