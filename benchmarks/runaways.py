"""Runaway queries among light ones, on a server as it runs: ``python -m benchmarks runaways``.

Four clients send runaways of five kinds one after the other, each of which would run for hours; a
fifth sends more, which have no place; others are closed by their client. Meanwhile light requests
go on, a new revision is built, and the server's sockets are watched. What counts: how long after
the deadline a runaway ends, the slowest light request, that the excess is refused at once, that no
light request fails, that no connection goes out, and that memory and processes come back.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.service import graphs, questions
from benchmarks.service.peers import BY_NAME, Data, Server, family, running
from kg.model import Graph
from kg.store import current, switch, write_revision

RUNAWAYS = {
    "cross product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
    "unbounded path": "SELECT (COUNT(*) AS ?n) { ?a (!<x:y>)* ?b . ?c (!<x:y>)* ?d . "
    "?e (!<x:y>)* ?f }",
    "order by": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?a",
    "regex": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i "
    "FILTER(REGEX(CONCAT(STR(?c), STR(?f), STR(?i)), 'a.*b.*c.*d.*e')) }",
    "construct": "CONSTRUCT { ?a ?b ?x } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . "
    "BIND(CONCAT(STR(?c), STR(?d), STR(?i)) AS ?x) }",
}
DEADLINE = 0.5
"""Seconds that a query may run in this measurement."""
_PLACES = 4
_BEHIND = 19
"""Niceness of the process that watches the server's connections."""
_CLOSED = "06"
"""TIME_WAIT in the kernel's tables: a connection that no process has any more."""
_TIDYING = 3
"""Seconds until a server that nobody asks has given back what an old revision took."""
_STOPPED = {200: "cut", 504: "deadline", 507: "memory", 0: "broken off"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a request ended."""

    status: int
    """0: the connection ended in the middle."""
    seconds: float
    retry_after: bool = False


@dataclass(slots=True, kw_only=True)
class Report:
    """What was seen."""

    runaways: list[tuple[str, Answer]] = field(default_factory=list)
    excess: list[Answer] = field(default_factory=list)
    light: list[Answer] = field(default_factory=list)
    outbound: int = 0
    """Connections that the server or its workers opened."""
    revisions: int = 1
    """Revisions that light requests were answered from."""
    memory: tuple[int, int] = (0, 0)
    """Bytes before and afterwards."""
    processes: tuple[int, int] = (0, 0)

    @property
    def over(self) -> list[float]:
        """Seconds that runaways went on after their deadline; those that ended before are left."""
        return [a.seconds - DEADLINE for _, a in self.runaways if a.seconds > DEADLINE]

    @property
    def refused(self) -> list[Answer]:
        """The excess that found no place."""
        return [answer for answer in self.excess if answer.status == 503]

    @property
    def lost(self) -> int:
        """Light requests without a good answer."""
        return sum(answer.status != 200 for answer in self.light)

    def lines(self) -> list[str]:
        """Return the report for a person."""
        ends = Counter(f"{_STOPPED.get(a.status, str(a.status))}" for _, a in self.runaways)
        light = sorted(answer.seconds * 1000 for answer in self.light)
        lost = dict(Counter(a.status for a in self.light if a.status != 200))
        refused = sorted(answer.seconds * 1000 for answer in self.refused)
        over = sorted(seconds * 1000 for seconds in self.over)
        return [
            f"runaways: {len(self.runaways)}; {', '.join(f'{k} {n}' for k, n in ends.items())}",
            f"after the deadline, ms: {_spread(over)}",
            f"light requests: {len(light)}, {self.lost} lost {lost or ''}; ms: {_spread(light)}",
            f"excess refused: {len(refused)} of {len(self.excess)}, with Retry-After "
            f"{sum(a.retry_after for a in self.refused)}; ms: {_spread(refused)}",
            f"outbound connections: {self.outbound}; revisions served: {self.revisions}",
            f"memory, MB: {self.memory[0] / 1e6:.0f} before, {self.memory[1] / 1e6:.0f} after; "
            f"processes: {self.processes[0]} before, {self.processes[1]} after",
        ]


def _spread(values: Sequence[float]) -> str:
    if not values:
        return "none"
    high = values[min(len(values) - 1, int(len(values) * 0.99))]
    return f"median {statistics.median(values):.1f}, 99 % {high:.1f}, worst {values[-1]:.1f}"


async def ask(port: int, path: str, *, leave_after: float | None = None) -> Answer:
    """Ask on a connection of its own; ``leave_after`` so many seconds, close it."""
    start = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
        )
        if leave_after is not None:
            await asyncio.sleep(leave_after)
            return Answer(status=-1, seconds=time.perf_counter() - start)
        head = await reader.readuntil(b"\r\n\r\n")
        last = b""
        while part := await reader.read(1 << 20):
            last = (last + part)[-8:]
    except (asyncio.IncompleteReadError, ConnectionError):
        return Answer(status=0, seconds=time.perf_counter() - start)
    finally:
        writer.close()
    seconds = time.perf_counter() - start
    lower = head.lower()
    whole = b"transfer-encoding: chunked" not in lower or last.endswith(b"0\r\n\r\n")
    return Answer(
        status=int(head.split()[1]) if whole else 0,
        seconds=seconds,
        retry_after=b"\r\nretry-after:" in lower,
    )


def outbound(pids: Sequence[int], port: int) -> int:
    """Return how many TCP connections of these processes are not of the port that they serve."""
    inodes: set[str] = set()
    for pid in pids:
        folder = Path(f"/proc/{pid}/fd")
        try:
            links = [str(each.readlink()) for each in folder.iterdir()]
        except OSError:
            continue
        inodes |= {found[1] for link in links if (found := re.match(r"socket:\[(\d+)\]", link))}
    count = 0
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split(maxsplit=10)
            if fields[3] == _CLOSED:  # thousands of them
                continue
            local = int(fields[1].rpartition(":")[2], 16)
            count += fields[9] in inodes and local != port
    return count


def _outbound_of(pid: int, port: int) -> int:
    """Return :func:`outbound` of a server's processes."""
    return outbound(family(pid), port)


async def observe(server: Server, graph: Graph, folder: Path, later: str, count: int) -> Report:
    """Send ``count`` runaways, four at once, and everything else meanwhile.

    ``later`` is the revision of ``folder`` that is to be served after a while.
    """
    report = Report()
    port = server.port
    texts = [(name, f"{RUNAWAYS[name]} # {n}") for n in range(count) for name in RUNAWAYS][:count]
    waiting = iter(texts)
    names = [(concept.label, concept.slug) for concept in graph.concepts]
    light = [
        *(questions.target("/sparql", q) for q in questions.queries("label", names, 2000, seed=4)),
        *questions.rest("depth 1", [slug for _, slug in names[:1000]], [], 1000),
    ]
    random.Random(1).shuffle(light)
    done = asyncio.Event()
    for path in light:  # what they take stays: answers that are held, pages that workers have read
        await ask(port, path)
    await asyncio.sleep(0.5)
    report.memory = (server.memory(), 0)
    report.processes = (len(family(server.process.pid)), 0)

    async def run_away() -> None:
        for name, text in waiting:
            answer = await ask(port, questions.target("/sparql", text))
            while answer.status == 503:  # a place was taken by one of the excess
                await asyncio.sleep(0.05)
                answer = await ask(port, questions.target("/sparql", text))
            report.runaways.append((name, answer))

    async def exceed() -> None:
        number = 0
        while not done.is_set():
            number += 1
            name = list(RUNAWAYS)[number % len(RUNAWAYS)]
            path = questions.target("/sparql", f"{RUNAWAYS[name]} # more {number}")
            leaves = number % 4 == 0
            answer = await ask(port, path, leave_after=0.02 if leaves else None)
            if not leaves:
                report.excess.append(answer)
            await asyncio.sleep(0.1)

    async def go_on() -> None:
        for path in light * 100:
            if done.is_set():
                return
            report.light.append(await ask(port, path))
            await asyncio.sleep(0.004)

    async def watch() -> None:
        # In a process of its own: going through all connections of the machine takes 20 to 30 ms,
        # for which the clock of the light requests would stand still.
        loop = asyncio.get_running_loop()
        with ProcessPoolExecutor(1, initializer=os.nice, initargs=(_BEHIND,)) as watcher:
            while not done.is_set():
                looked = loop.run_in_executor(watcher, _outbound_of, server.process.pid, port)
                report.outbound += await looked
                await asyncio.sleep(0.25)

    async def build() -> None:
        await asyncio.sleep(DEADLINE * 2)
        switch(folder, later)
        report.revisions += 1

    others = [asyncio.create_task(each()) for each in (exceed, go_on, watch, build)]
    await asyncio.gather(*(run_away() for _ in range(_PLACES)))
    done.set()
    await asyncio.gather(*others)
    for _ in range(100):  # until the last worker is replaced and the old revision closed
        await asyncio.sleep(0.1)
        report.processes = (report.processes[0], len(family(server.process.pid)))
        if report.processes[0] == report.processes[1]:
            break
    await asyncio.sleep(_TIDYING)
    report.memory = (report.memory[0], server.memory())
    return report


def measure(count: int, concepts: int) -> Report:
    """Return what was seen on a server of our own with a graph of ``concepts``."""
    settings = {"GLOSSGRAPH_QUERY_TIME": str(DEADLINE), "GLOSSGRAPH_RELOAD_SECONDS": "0.2"}
    with tempfile.TemporaryDirectory(prefix="glossgraph-runaways-") as scratch:
        folder, triples, graph = graphs.write(concepts, Path(scratch))
        first = current(folder)
        # Made beforehand: a build in this process would stop its clock.
        later = write_revision(folder, replace(graph, title="Built meanwhile"))
        switch(folder, first)
        data = Data(folder=folder, triples=triples, scratch=Path(scratch))
        with running(BY_NAME["glossgraph"], data, settings) as server:
            return asyncio.run(observe(server, graph, folder, later, count))


def bounds(report: Report) -> dict[str, bool]:
    """Return what has to hold, and whether it does."""
    return {
        "every runaway ends within 50 ms of its deadline": max(report.over, default=0) <= 0.05,
        "the slowest light request takes at most 50 ms": max(a.seconds for a in report.light)
        <= 0.05,
        "no light request is lost": report.lost == 0,
        "the excess is refused with Retry-After": all(a.retry_after for a in report.refused),
        "no connection goes out": report.outbound == 0,
        "memory comes back": report.memory[1] <= report.memory[0] * 1.1 + 10e6,
        "processes come back": report.processes[0] == report.processes[1],
    }


def main(arguments: Sequence[str] = ()) -> int:
    """Measure and print; 1 where a bound does not hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks runaways")
    parser.add_argument("--count", type=int, default=100, help="runaways in all")
    parser.add_argument("--concepts", type=int, default=2_000)
    asked = parser.parse_args(arguments)
    report = measure(asked.count, asked.concepts)
    print("\n".join(report.lines()))
    for bound, holds in bounds(report).items():
        print(f"{'holds' if holds else 'FAILS'}: {bound}")
    return 0 if all(bounds(report).values()) else 1
