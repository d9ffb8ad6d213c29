"""The measurement: data, servers, answers compared, rounds of load, a table.

Rounds are interleaved: in each, every server has its turn at every class, so that what else the
machine does falls on all alike. Ratios are of the same round; their median is reported.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.service import graphs, questions, typos
from benchmarks.service.load import NoWrk, Rate, drive
from benchmarks.service.peers import ACCEPT, BY_NAME, PATIENCE, PEERS, Data, Server, running
from kg.index import Index
from kg.model import Graph

OURS = "glossgraph"
REFERENCE = "oxigraph serve"
_COLD = 30_000
"""Distinct queries for a second of cold traffic: more than any server answers."""
_PAIRS = 4_000
"""Pairs of concepts for a round of paths."""
_ALIKE = 5
"""Queries of each class whose answers are compared."""
REST = ("depth 1", "depth 2", "depth 3", "depth 2 relations", "depth 3 relations",
        *questions.PATHS)  # fmt: skip

Rates = dict[tuple[str, str, str], list[float]]
"""(traffic, class, server) to requests a second, round by round."""


def main(arguments: Sequence[str] = ()) -> int:
    """Measure and print; 0 done, 1 answers differ or requests failed, 2 no wrk."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks service", description=__doc__)
    parser.add_argument("--concepts", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--seconds", type=float, default=1.0, help="of each turn")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--servers", nargs="+", choices=list(BY_NAME), default=list(BY_NAME))
    parser.add_argument("--classes", nargs="+", choices=list(questions.SPARQL),
                        default=list(questions.SPARQL))  # fmt: skip
    parser.add_argument("--traffic", nargs="+", choices=["cold", "zipf", "rest", "typos"],
                        default=["cold", "zipf", "rest", "typos"])  # fmt: skip
    asked = parser.parse_args(arguments)
    failures = 0
    try:
        for count in asked.concepts:
            with tempfile.TemporaryDirectory(prefix="glossgraph-bench-") as scratch:
                failures += _one_size(count, Path(scratch), asked)
    except NoWrk as error:
        print(error, file=sys.stderr)
        return 2
    return 1 if failures else 0


def _one_size(count: int, scratch: Path, asked: argparse.Namespace) -> int:
    start = time.monotonic()
    folder, triples, graph = graphs.write(count, scratch)
    lines = sum(1 for _ in triples.open())
    print(f"\n## {count:,} concepts, {len(graph.relations):,} relations, {lines:,} triples "
          f"(made in {time.monotonic() - start:.0f} s)\n")  # fmt: skip
    data = Data(folder=folder, triples=triples, scratch=scratch)
    absent = [p.name for p in PEERS if p.name in asked.servers and not p.available()]
    if absent:
        print(f"Not installed, left out: {', '.join(absent)}.\n")
    failures = 0
    with ExitStack() as stack:
        servers = [
            stack.enter_context(running(peer, data))
            for peer in PEERS
            if peer.name in asked.servers and peer.available()
        ]
        _print_start(servers)
        failures += _alike(servers, graph, asked.classes)
        rates, costs, failed = _rounds(servers, graph, scratch, asked)
        names = [server.peer.name for server in servers]
        _print_table(rates, names, "1/s", lambda ours, theirs: ours / theirs)
        print("Processor time of the server for a request; on a busy machine it is steadier.\n")
        _print_table(costs, names, "µs", lambda ours, theirs: theirs / ours)
        _print_rows("failed requests", {k: str(v) for k, v in failed.items() if v} or {"": "0"})
        failures += sum(failed.values())
    if "typos" in asked.traffic:
        _print_rows("typing mistakes", typos.measure(graph))
    return failures


def _print_start(servers: Sequence[Server]) -> None:
    print("| server | start to first answer, s | memory, MB |\n|---|---:|---:|")
    for server in servers:
        print(f"| {server.peer.name} | {server.started:.2f} | {server.memory() / 1e6:.0f} |")
    print()


def _names(graph: Graph) -> list[tuple[str, str]]:
    return [(concept.label, concept.slug) for concept in graph.concepts]


def _alike(servers: Sequence[Server], graph: Graph, classes: Sequence[str]) -> int:
    """Compare the answers of all servers; print and count what differs."""
    differing = 0
    silent: set[tuple[str, str]] = set()
    for kind in classes:
        for query in questions.queries(kind, _names(graph), _ALIKE, seed=1):
            answers = {}
            for server in servers:
                if (server.peer.name, kind) in silent:
                    continue
                try:
                    answers[server.peer.name] = server.rows(query)
                except TimeoutError:
                    silent.add((server.peer.name, kind))
                    print(f"{server.peer.name} does not answer {kind} within {PATIENCE:.0f} s")
            first = answers[servers[0].peer.name]
            for name, rows in answers.items():
                if rows != first:
                    differing += 1
                    print(f"{name} answers {kind} differently: {len(rows)} rows, not {len(first)}")
    print(f"Answers compared: {_ALIKE} of each class, {differing} differ.\n")
    return differing


def _rounds(
    servers: Sequence[Server], graph: Graph, scratch: Path, asked: argparse.Namespace
) -> tuple[Rates, Rates, dict[str, int]]:
    rates: Rates = defaultdict(list)
    costs: Rates = defaultdict(list)
    failed: dict[str, int] = defaultdict(int)
    for number in range(asked.rounds):
        for traffic, kind, targets in _turns(servers, graph, asked, number):
            for server in servers:
                if server.peer.name not in targets:
                    continue
                before = server.cpu()
                ours = traffic == "rest" and server.peer.name == OURS
                rate = drive(
                    server.port,
                    targets[server.peer.name],
                    scratch,
                    seconds=asked.seconds,
                    accept="application/json" if ours else ACCEPT,
                )
                rates[traffic, kind, server.peer.name].append(rate.per_second)
                if rate.answered:
                    cost = (server.cpu() - before) / rate.answered
                    costs[traffic, kind, server.peer.name].append(cost * 1e6)
                failed[f"{traffic} {kind} {server.peer.name}"] += _bad(rate)
    return rates, costs, failed


def _bad(rate: Rate) -> int:
    return rate.failed if rate.per_second else rate.failed + 1


def _turns(
    servers: Sequence[Server], graph: Graph, asked: argparse.Namespace, number: int
) -> Iterator[tuple[str, str, Mapping[str, list[str]]]]:
    """Yield traffic, class, and for each server the targets of its turn."""
    names = _names(graph)

    def everywhere(texts: Sequence[str]) -> dict[str, list[str]]:
        return {
            server.peer.name: [questions.target(server.peer.path, text) for text in texts]
            for server in servers
        }

    zipf = questions.Zipf()
    for kind in asked.classes:
        if "cold" in asked.traffic:
            many = round(_COLD * max(asked.seconds, 1))
            cold = questions.queries(kind, names, many, seed=100 + number)
            yield "cold", kind, everywhere(cold)
        if "zipf" in asked.traffic:
            distinct = questions.queries(kind, names, zipf.distinct, seed=99)
            yield "zipf", kind, everywhere(zipf.draw(distinct, 60_000, seed=number))
    if "rest" in asked.traffic:
        # More than are asked in a turn: none is answered from what was held.
        pairs = questions.connected_pairs(
            Index(graph), round(_PAIRS * max(asked.seconds, 1)), seed=number
        )
        slugs = [slug for _, slug in names]
        random.Random(number).shuffle(slugs)
        many = round(_COLD * max(asked.seconds, 1))
        reference = [server for server in servers if server.peer.name == REFERENCE]
        for kind in REST:
            targets = {OURS: questions.rest(kind, slugs, pairs, many)}
            texts = (
                # Told how far it has to look, which who asks in SPARQL does not know.
                [questions.path_query(a, b, far, questions.PATHS[kind]) for a, b, far in pairs]
                if kind in questions.PATHS
                else questions.queries(kind[:7], names, many, seed=200 + number)
            )
            for server in reference:
                targets[REFERENCE] = [questions.target(server.peer.path, t) for t in texts]
            yield "rest", kind, targets


def _print_table(
    figures: Rates, names: Sequence[str], unit: str, ratio: Callable[[float, float], float]
) -> None:
    """Print medians, and how many times better than each peer we are."""
    peers = [name for name in names if name != OURS]
    head = [*(f"{name}, {unit}" for name in names), *(f"× {peer}" for peer in peers)]
    print(f"| traffic | class | {' | '.join(head)} |")
    print("|---|---" + "|---:" * len(head) + "|")
    for traffic, kind in dict.fromkeys((t, k) for t, k, _ in figures):
        cells = []
        for name in names:
            found = figures.get((traffic, kind, name))
            cells.append(f"{statistics.median(found):,.0f}" if found else "")
        ours = figures.get((traffic, kind, OURS), [])
        for peer in peers:
            theirs = figures.get((traffic, kind, peer), [])
            ratios = [ratio(a, b) for a, b in zip(ours, theirs, strict=False) if a and b]
            cells.append(f"{statistics.median(ratios):.2f}" if ratios else "")
        print(f"| {traffic} | {kind} | {' | '.join(cells)} |")
    print()


def _print_rows(title: str, rows: Mapping[str, str]) -> None:
    print(f"{title}: " + "; ".join(f"{key} {value}".strip() for key, value in rows.items()) + "\n")
