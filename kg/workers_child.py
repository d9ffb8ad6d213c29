"""A worker process: reads questions from its caller, answers them one by one, and can be killed.

Messages to a worker are a length (4 bytes, big-endian) and JSON. Messages from it are a letter, a
length and a body: ``h`` the answer's head (JSON), ``d`` bytes of the answer, ``e`` its end (JSON),
``x`` an error (JSON) instead. Nothing is sent before the first 64 KB or the end, so that most
errors come alone; what is small comes in one piece.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import struct
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any, cast

import orjson
import pyoxigraph as ox

from kg import store_query
from kg.errors import MalformedQuery
from kg.results import BOOLEAN, GRAPH, RESULTS, SOLUTIONS, Cut, Table, closing

if sys.platform != "win32":
    import resource

LENGTH = struct.Struct("!I")
FRAME = struct.Struct("!cI")

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

Receive = Callable[[int], bytes]
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


def serve(store: ox.Store, settings: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """Answer questions until the caller closes the connection."""
    size = confine(settings["memory"])
    while head := receive(LENGTH.size):
        question = orjson.loads(receive(*LENGTH.unpack(head)))
        alarm(question["timeout"])
        reply = Reply(send)
        try:
            answer(store, settings, question, reply)
        except MemoryError:
            reply.error("memory", "The query needed more memory than it may have.")
        alarm(0)
        reply.finish(spent=size_of_process() - size > _GROWTH)


def alarm(seconds: float) -> None:
    """Have the kernel end this process in ``seconds``, whatever it does then; 0 calls it off."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)


class Reply:
    """One answer on its way, collected to pieces of 64 KB."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._frames: list[bytes] = []
        self._waiting = 0
        self._sent = False
        self.size = 0
        self._end: dict[str, Any] = {}

    def head(self, **head: Any) -> None:
        """Announce what comes."""
        self._frame(b"h", orjson.dumps(head))

    def data(self, data: bytes) -> None:
        """Add bytes of the answer."""
        self.size += len(data)
        self._frame(b"d", data)

    def end(self, *, rows: int, cut: bool) -> None:
        """Say how it ended."""
        self._end = {"rows": rows, "cut": cut}

    def error(self, error: str, message: str) -> None:
        """Send an error instead, or in the middle of what was sent already."""
        self._frames = []
        self._end = {"error": error, "message": message}

    def finish(self, *, spent: bool) -> None:
        """Send what is left; ``spent`` asks to be replaced."""
        kind = b"x" if "error" in self._end else b"e"
        self._frame(kind, orjson.dumps({**self._end, "spent": spent}))
        self._flush()

    def _frame(self, kind: bytes, body: bytes) -> None:
        self._frames += (FRAME.pack(kind, len(body)), body)
        self._waiting += len(body)
        if self._waiting >= _PART:
            self._flush()

    def _flush(self) -> None:
        self._send(b"".join(self._frames))
        self._frames, self._waiting = [], 0


def answer(
    store: ox.Store, settings: Mapping[str, Any], question: Mapping[str, Any], reply: Reply
) -> None:
    """Answer one question."""
    try:
        query = store_query.check(
            question["query"],
            default=settings["default"],
            default_graphs=question["default_graphs"],
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

    store = store_query.load(settings["quads"], settings["beginning"])
    serve(store, settings, sys.stdin.buffer.read, send)
