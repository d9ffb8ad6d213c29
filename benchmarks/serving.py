"""A graph folder served: seconds and memory to the first answers.

A query that names no graph is answered by workers that hold the derived graph alone; the first one
that names another starts workers that hold all graphs, which takes longer, and is asked again while
it is answered that they are being loaded. Memory is that of the server and all its processes, each
page that several of them share counted once (PSS).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.service.peers import BY_NAME, Data, Server, running
from benchmarks.service.questions import target

_LIGHT = (
    "SELECT ?label { ?c <http://www.w3.org/2004/02/skos/core#prefLabel> ?label } "
    "ORDER BY ?label LIMIT 1"
)
_ELSEWHERE = "SELECT ?g { GRAPH ?g { ?a a <https://w3id.org/glossgraph/ns#Assertion> } } LIMIT 1"
_PATIENCE = 900.0
"""Seconds after which an answer is no longer waited for."""


def main(arguments: Sequence[str]) -> int:
    """Measure and print; return the exit code, 1 if an answer did not come."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks serving", description=__doc__)
    parser.add_argument("graph", type=Path, help="a graph folder, as build writes it")
    folder = parser.parse_args(arguments).graph
    with tempfile.TemporaryDirectory() as scratch:
        data = Data(folder=folder, triples=Path(scratch) / "none", scratch=Path(scratch))
        with running(BY_NAME["glossgraph"], data) as server:
            _print("start to the first answer", server.started, server)
            done = True
            for name, query in (("a sorted query", _LIGHT), ("a query of all graphs", _ELSEWHERE)):
                took = _asked(server, query)
                done = done and took is not None
                _print(name, took, server)
    return 0 if done else 1


def _asked(server: Server, query: str) -> float | None:
    """Return after how many seconds a query was answered, None if it was not."""
    begun = time.perf_counter()
    while time.perf_counter() - begun < _PATIENCE:
        try:
            server.get(target(server.peer.path, query), timeout=60)
        except (RuntimeError, TimeoutError):  # busy: the other graphs are being loaded
            time.sleep(0.2)
            continue
        return time.perf_counter() - begun
    return None


def _print(name: str, took: float | None, server: Server) -> None:
    seconds = "no answer" if took is None else f"{took:8.2f} s"
    print(
        f"  {name:<32}{seconds}  {server.cpu():8.2f} s CPU so far {server.memory() / 1e6:8.0f} MB",
        flush=True,
    )
