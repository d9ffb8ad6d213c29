"""Servers that are measured: how each is given the data, started and asked.

Each runs as a process of its own on this machine's loopback address and is ended with all its
children. One that is not installed is left out and named in the report.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from benchmarks.service.questions import target

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 15.0
"""Seconds that a server may take for one of the answers that are compared."""
_START = 900.0
"""Seconds that a server may take to answer its first query."""
_GRAPH = "http://bench.example/graph/concepts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """What servers are started on."""

    folder: Path
    """Our graph folder."""
    triples: Path
    """Its default graph as N-Triples."""
    scratch: Path
    """Where a server may write."""


def _nothing(_: Data, __: int) -> None:
    """Do nothing: the data goes along with the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A kind of server."""

    name: str
    path: str
    """Where it answers SPARQL."""
    available: Callable[[], bool]
    prepare: Callable[[Data, int], None]
    """Load the data, where that happens once and not at every start."""
    command: Callable[[Data, int], list[str]]
    """What starts it on a port."""
    after: Callable[[Data, int], None] = _nothing
    """Load the data into the running server, where it has to be so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server that runs."""

    peer: Peer
    port: int
    process: subprocess.Popen[bytes]
    started: float
    """Seconds from its start to its first answer."""

    def get(self, path: str, timeout: float = PATIENCE) -> bytes:
        """Return the body that a path answers.

        Raises:
            RuntimeError: the status is not 200.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path, headers={"Accept": ACCEPT})
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{self.peer.name}: {answer.status} {body[:300]!r}")
        return body

    def rows(self, query: str) -> list[tuple[tuple[str, str], ...]]:
        """Return the solutions of a query, each as its sorted bindings, sorted."""
        data = json.loads(self.get(target(self.peer.path, query)))
        return sorted(
            tuple(sorted((name, cell["value"]) for name, cell in row.items()))
            for row in data["results"]["bindings"]
        )

    def memory(self) -> int:
        """Return the bytes of it and its children: shared pages count in equal parts (PSS)."""
        return sum(map(_pss, family(self.process.pid)))

    def cpu(self) -> float:
        """Return the seconds of processor time that it and its children have used."""
        return sum(map(_cpu, family(self.process.pid)))


ACCEPT = "application/sparql-results+json"


def family(pid: int) -> list[int]:
    """Return a process and all that come from it."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += family(int(child))
    return found


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _cpu(pid: int) -> float:
    """Return the processor time of a process and of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _program(name: str) -> str | None:
    """Return where a program is: beside this Python, or on the path."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name)


def _oxigraph_load(data: Data, _: int) -> None:
    place = data.scratch / "oxigraph"
    if not place.exists():
        command = [_program("oxigraph") or "", "load", "-l", str(place), "-f", str(data.triples)]
        subprocess.run(command, check=True, capture_output=True)
        subprocess.run([command[0], "optimize", "-l", str(place)], check=True, capture_output=True)


_VIRTUOSO = """
[Database]
DatabaseFile = {place}/v.db
ErrorLogFile = {place}/v.log
LockFile = {place}/v.lck
TransactionFile = {place}/v.trx
xa_persistent_file = {place}/v.pxa
[TempDatabase]
DatabaseFile = {place}/t.db
TransactionFile = {place}/t.trx
[Parameters]
ServerPort = {sql}
DirsAllowed = {data}
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000
MaxClientConnections = 20
[HTTPServer]
ServerPort = {port}
ServerThreads = 10
MaxKeepAlives = 10
KeepAliveTimeout = 30
[SPARQL]
DefaultGraph = {graph}
ResultSetMaxRows = 100000
"""


def _virtuoso_configure(data: Data, port: int) -> None:
    place = data.scratch / f"virtuoso-{port}"
    place.mkdir(exist_ok=True)
    text = _VIRTUOSO.format(
        place=place, sql=_sql_port(port), port=port, graph=_GRAPH, data=data.triples.parent
    )
    (place / "v.ini").write_text(text)


def _sql_port(port: int) -> int:
    return port - 20_000 if port > 30_000 else port + 20_000


def _virtuoso_load(data: Data, port: int) -> None:
    orders = (
        f"ld_dir('{data.triples.parent}', '{data.triples.name}', '{_GRAPH}');"
        "rdf_loader_run(); checkpoint;"
    )
    isql = [_program("isql-vt") or "", f"127.0.0.1:{_sql_port(port)}", "dba", "dba"]
    done = subprocess.run([*isql, f"exec={orders}"], capture_output=True, text=True, check=True)
    if "Error" in done.stdout + done.stderr:
        raise RuntimeError(f"Virtuoso did not load: {done.stdout}{done.stderr}")


PEERS: tuple[Peer, ...] = (
    Peer(
        name="glossgraph",
        path="/sparql",
        available=lambda: True,
        prepare=_nothing,
        command=lambda data, port: [
            sys.executable, "-m", "api.cli", "serve", str(data.folder), "--port", str(port),
            "--quiet",
        ],
    ),
    Peer(
        name="oxigraph serve",
        path="/query",
        available=lambda: _program("oxigraph") is not None,
        prepare=_oxigraph_load,
        command=lambda data, port: [
            _program("oxigraph") or "", "serve", "-l", str(data.scratch / "oxigraph"),
            "-b", f"127.0.0.1:{port}",
        ],
    ),
    Peer(
        name="rdflib-endpoint",
        path="/",
        available=lambda: _program("rdflib-endpoint") is not None,
        prepare=_nothing,
        command=lambda data, port: [
            _program("rdflib-endpoint") or "", "serve", "--host", "127.0.0.1", "--port", str(port),
            str(data.triples),
        ],
    ),
    Peer(
        name="Virtuoso",
        path=f"/sparql?default-graph-uri={quote(_GRAPH, safe='')}",
        available=lambda: _program("virtuoso-t") is not None and _program("isql-vt") is not None,
        prepare=_virtuoso_configure,
        command=lambda data, port: [
            _program("virtuoso-t") or "", "+foreground", "+wait", "+configfile",
            str(data.scratch / f"virtuoso-{port}" / "v.ini"),
        ],
        after=_virtuoso_load,
    ),
)  # fmt: skip
"""All there are; ours first."""
BY_NAME: Mapping[str, Peer] = {peer.name: peer for peer in PEERS}


@contextmanager
def running(peer: Peer, data: Data, settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Start a server on ``data`` and end it with its children afterwards."""
    port = _free_port()
    peer.prepare(data, port)
    start = time.monotonic()
    process = subprocess.Popen(
        peer.command(data, port),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **(settings or {})},
        start_new_session=True,
    )
    try:
        server = Server(peer=peer, port=port, process=process, started=0.0)
        _until_answered(server, start)
        peer.after(data, port)
        yield Server(peer=peer, port=port, process=process, started=time.monotonic() - start)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _until_answered(server: Server, start: float) -> None:
    ask = target(server.peer.path, "ASK {}")
    while True:
        try:
            server.get(ask, timeout=10)
            return
        except (OSError, http.client.HTTPException):
            if server.process.poll() is not None or time.monotonic() - start > _START:
                raise
            time.sleep(0.02)
