"""A worker process: reads questions from its caller, answers them one by one, and can be killed.

Messages are those of :mod:`kg.workers_wire`. Nothing is sent before the first 64 KB or the end, so
that most errors come alone.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any, cast

import orjson
import pyoxigraph as ox

from kg import store_query
from kg.errors import MalformedQuery
from kg.results import BOOLEAN, GRAPH, RESULTS, SOLUTIONS, Cut, Table, closing
from kg.workers_wire import FORMATS, FRAME, KINDS, LENGTH, WHOLE

if sys.platform != "win32":
    import resource


_PART = 65536
_TABLES = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
_GRAPHS = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
# A worker that has grown by more than this is replaced, so that no query pays for another.
_GROWTH = 64 << 20
_RESULT = {"kind", "format"}
"""What the head of the answer to a query says."""
_QUICK = 0.005
"""Seconds in which no query can have grown by so much."""

Receive = Callable[[int], bytes]
"""Returns at most so many bytes as soon as there are some, none at the end."""
Send = Callable[[bytes], None]


def confine(memory: int) -> int:
    """Limit this process for good and return its size in bytes.

    It may allocate ``memory`` bytes more than it has, opens no file or socket, and leaves no core
    dump. On macOS the kernel does not hold RLIMIT_AS; where a limit cannot be set, there is none.
    """
    size = size_of_process()
    if sys.platform != "win32":
        for limit, value in (
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_AS, size + memory),
            (resource.RLIMIT_NOFILE, 0),
        ):
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(limit, (value, value))
    return size


class _Statm:
    """The open file that tells this process's size, since none can be opened later."""

    descriptor: int | None = None


def size_of_process() -> int:
    """Return the size of this process's address space; 0 where the system does not tell."""
    if _Statm.descriptor is None:
        try:
            _Statm.descriptor = os.open("/proc/self/statm", os.O_RDONLY)
        except OSError:
            return 0
    pages = int(os.pread(_Statm.descriptor, 64, 0).split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")


def stored(settings: Mapping[str, Any]) -> ox.Store:
    """Return what is asked: all graphs, or the derived one alone."""
    quads, beginning = settings["quads"], settings["beginning"]
    if beginning is None:
        return store_query.load(quads)
    return store_query.load_graph(quads, beginning, settings["default"])


def serve(store: ox.Store, settings: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """Answer questions until the caller closes the connection."""
    size = confine(settings["memory"])
    for message in messages(receive):
        question = orjson.loads(message)
        start = time.monotonic()
        alarm(question["timeout"])
        reply = Reply(send)
        try:
            answer(store, settings, question, reply)
        except MemoryError:
            reply.error("memory", "The query needed more memory than it may have.")
        alarm(0)
        quick = time.monotonic() - start < _QUICK
        reply.finish(spent=not quick and size_of_process() - size > _GROWTH)


def messages(receive: Receive) -> Iterator[bytes]:
    """Yield what the caller sends, message by message, until it closes the connection."""
    data = bytearray()
    while True:
        while len(data) < LENGTH.size or len(data) - LENGTH.size < LENGTH.unpack_from(data)[0]:
            part = receive(_PART)
            if not part:
                return
            data += part
        end = LENGTH.size + LENGTH.unpack_from(data)[0]
        yield bytes(data[LENGTH.size : end])
        del data[:end]


def alarm(seconds: float) -> None:
    """Have the kernel end this process in ``seconds``, whatever it does then; 0 calls it off."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)


class Reply:
    """One answer on its way, collected to pieces of 64 KB."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._parts: list[bytes] = []
        self._waiting = 0
        self._begun = False
        """Whether something was sent already."""
        self._head: dict[str, Any] = {}
        self._end: dict[str, Any] = {}

    def head(self, **head: Any) -> None:
        """Announce what comes."""
        self._head = head

    def data(self, data: bytes) -> None:
        """Add bytes of the answer."""
        self._parts.append(data)
        self._waiting += len(data)
        if self._waiting >= _PART:
            self._flush()

    def end(self, *, rows: int, cut: bool) -> None:
        """Say how it ended."""
        self._end = {"rows": rows, "cut": cut}

    def error(self, error: str, message: str) -> None:
        """Send an error instead, or in the middle of what was sent already."""
        self._parts, self._waiting = [], 0
        self._end = {"error": error, "message": message}

    def finish(self, *, spent: bool) -> None:
        """Send what is left; ``spent`` asks to be replaced."""
        if "error" in self._end:
            self._frame(b"x", orjson.dumps({**self._end, "spent": spent}))
        elif self._begun or self._head.keys() != _RESULT:
            if self._parts or not self._begun:
                self._flush()
            self._frame(b"e", orjson.dumps({**self._end, "spent": spent}))
        else:
            kind = KINDS.index(self._head["kind"])
            format_ = FORMATS.index(self._head["format"])
            about = WHOLE.pack(kind, format_, self._end["rows"], self._end["cut"], spent)
            self._frame(b"w", b"".join([about, *self._parts]))

    def _flush(self) -> None:
        if not self._begun:
            self._begun = True
            self._frame(b"h", orjson.dumps(self._head))
        self._frame(b"d", b"".join(self._parts))
        self._parts, self._waiting = [], 0

    def _frame(self, kind: bytes, body: bytes) -> None:
        self._send(FRAME.pack(kind, len(body)) + body)


def answer(
    store: ox.Store, settings: Mapping[str, Any], question: Mapping[str, Any], reply: Reply
) -> None:
    """Answer one question."""
    alone = settings["beginning"] is not None  # the derived graph, the only one that was named
    try:
        query = store_query.check(
            question["query"],
            default=store_query.OWN if alone else settings["default"],
            default_graphs=() if alone else question["default_graphs"],
            named_graphs=question["named_graphs"],
            prefixes=settings["prefixes"],
            base=settings["base"],
        )
        results = store_query.run(store, query)
    except MalformedQuery as error:
        reply.error("malformed", error.reason)
        return
    except (RuntimeError, OSError, ValueError) as error:
        reply.error("failed", f"The query could not be answered: {error}")
        return
    kind = _kind(results)
    format_ = next((f for f in question["formats"] if kind in RESULTS[f].kinds), None)
    if format_ is None:
        reply.error("unfit", kind)
        return
    reply.head(kind=kind, format=format_)
    try:
        if isinstance(results, ox.QueryTriples):
            _write_graph(results, format_, settings, question, reply)
        else:
            _write_table(results, format_, question, reply)
    except (RuntimeError, OSError, ValueError) as error:
        reply.error("failed", f"The query could not be answered: {error}")


def _kind(results: store_query.Results) -> str:
    if isinstance(results, ox.QueryTriples):
        return GRAPH
    return BOOLEAN if isinstance(results, ox.QueryBoolean) else SOLUTIONS


def _write_table(
    results: ox.QuerySolutions | ox.QueryBoolean,
    format: str,
    question: Mapping[str, Any],
    reply: Reply,
) -> None:
    if isinstance(results, ox.QueryBoolean):
        reply.data(results.serialize(format=_TABLES[format]) or b"")
        reply.end(rows=1, cut=False)
        return
    table = Table(format, reply.data, rows=question["rows"], size=question["bytes"])
    try:
        results.serialize(cast(IO[bytes], table), _TABLES[format])  # only written to
        table.close()
    except Cut:
        pass
    reply.end(rows=table.rows, cut=table.cut)


class _Sink:
    """Takes the bytes of a graph."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send
        self._parts: list[bytes] = []
        self._waiting = 0
        self.size = 0

    def write(self, data: bytes) -> int:
        self.size += len(data)
        self._parts.append(data)
        self._waiting += len(data)
        if self._waiting >= _PART:
            self.flush()
        return len(data)

    def flush(self) -> None:
        self._send(b"".join(self._parts))
        self._parts, self._waiting = [], 0


def _write_graph(
    results: ox.QueryTriples,
    format: str,
    settings: Mapping[str, Any],
    question: Mapping[str, Any],
    reply: Reply,
) -> None:
    sink = _Sink(reply.data)
    output = cast(IO[bytes], sink)  # only written to
    rows, left = 0, object()

    def limited() -> Iterator[ox.Triple]:
        nonlocal rows
        for triple in itertools.islice(results, question["rows"]):
            if sink.size > question["bytes"]:
                return
            rows += 1
            yield triple

    prefixes = settings["prefixes"] if format != "ntriples" else None
    ox.serialize(limited(), output, _GRAPHS[format], prefixes=prefixes)
    cut = next(iter(results), left) is not left or sink.size > question["bytes"]
    if cut:
        sink.write(closing(format, rows))
    sink.flush()
    reply.end(rows=rows, cut=cut)


def begin() -> None:
    """Run as a process of its own: settings as argument, messages over the standard streams."""
    settings = json.loads(sys.argv[1])
    output = sys.stdout.buffer

    def send(data: bytes) -> None:
        output.write(data)
        output.flush()

    store = stored(settings)
    serve(store, settings, lambda size: os.read(sys.stdin.fileno(), size), send)
