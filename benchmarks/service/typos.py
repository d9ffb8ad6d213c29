"""Search by a label with a typing mistake, beside a scan of all labels with rapidfuzz."""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Sequence

from rapidfuzz import fuzz, process

from benchmarks.service import graphs
from kg.index import Index
from kg.model import Graph
from kg.search import search

_ASKED = 1_000
_SCANNED = 20
"""Labels that the full scan is asked for; it takes its time."""


def mistyped(label: str, chance: random.Random) -> str:
    """Return a label with one letter left out, doubled, changed, or two exchanged."""
    at = chance.randrange(1, len(label) - 1)
    return chance.choice(
        (
            label[:at] + label[at + 1 :],
            label[:at] + label[at] + label[at:],
            label[:at] + chance.choice("abcdefghijklmnopqrstuvwxyz") + label[at + 1 :],
            label[:at] + label[at + 1] + label[at] + label[at + 2 :],
        )
    )


def main(arguments: Sequence[str]) -> int:
    """Measure graphs of several sizes, three labels a concept, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks typos", description=__doc__)
    parser.add_argument("--concepts", type=int, nargs="+", default=[10_000, 33_333, 100_000])
    for count in parser.parse_args(arguments).concepts:
        figures = measure(graphs.graph(count))
        print("; ".join(f"{name} {value}" for name, value in figures.items()), flush=True)
    return 0


def measure(graph: Graph) -> dict[str, str]:
    """Return how often the concept is among the first ten, and how much faster than the scan."""
    index = Index(graph)
    index.warm()
    chance = random.Random(5)
    wanted = chance.sample(graph.concepts, min(_ASKED, len(graph.concepts)))
    asked = [(mistyped(concept.label, chance), concept.slug) for concept in wanted]
    every = [d.text for concept in graph.concepts for d in concept.designations]
    hits, times = 0, []
    for text, slug in asked:
        start = time.process_time()
        found = search(index, text, limit=10)
        times.append(time.process_time() - start)
        hits += slug in {hit.concept for hit in found.hits}
    ratios = []
    for (text, _), mine in zip(asked[:_SCANNED], times, strict=False):
        start = time.process_time()
        process.extract(text, every, scorer=fuzz.ratio, limit=10)
        ratios.append((time.process_time() - start) / mine)
    return {
        "labels": f"{len(every):,}",
        "hit@10": f"{hits / len(asked):.1%}",
        "median, ms": f"{statistics.median(times) * 1000:.2f}",
        "× faster than a full scan": f"{statistics.median(ratios):.0f}",
    }
