"""From file to graph on disk at size: seconds and memory by stage.

The glossary is made up, the same one each time: names of two words and of three, definitions of
one sentence that name other terms, as long as the size asks for. Two tenths of the entries see
another one. Nothing is taken from a cache. Each line gives the seconds of a stage by the clock, the
processor seconds of all processes that worked on it, and the peak of this process's memory at its
end, so that the stage that lifts it shows. ``GLOSSGRAPH_PROCESSES=1`` keeps it all in one process.
"""

from __future__ import annotations

import argparse
import gc
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

TERMS = 100_000
MEGABYTES = 10.0
_MEGABYTE = 1_000_000

_SYLLABLES = ("ba", "cor", "dal", "fen", "gri", "hol", "jun", "kel", "lim", "mor", "nep", "ost")
_HEADS = (
    "rate", "process", "policy", "index", "plan", "review", "model", "record", "account", "valve",
    "pump", "stage", "metric", "survey", "team", "filter", "report", "queue", "ledger", "notice",
)  # fmt: skip
_GENERA = ("metric", "process", "document", "tool", "person", "kind", "type", "measure")
_VERBS = (
    "measures",
    "reduces",
    "contains",
    "controls",
    "requires",
    "follows",
    "supports",
    "tracks",
)
_FILLING = "in the course of the work that is done before the end of each period and after it"


def words(count: int) -> list[str]:
    """Return ``count`` made-up words, all different."""
    found: dict[str, None] = {}
    chosen = random.Random(7)
    while len(found) < count:
        found["".join(chosen.choices(_SYLLABLES, k=chosen.choice((2, 2, 3))))] = None
    return list(found)


def entries(terms: int, size: int) -> Iterator[tuple[str, str, str]]:
    """Yield name, definition and see-also of each entry; all together ``size`` bytes or so."""
    chosen = random.Random(11)
    vocabulary = words(max(40, min(1_500, terms // 20)))
    names: dict[str, None] = {}
    while len(names) < terms:
        parts = chosen.sample(vocabulary, k=chosen.choice((1, 1, 2)))
        names[" ".join([*parts, chosen.choice(_HEADS)]).capitalize()] = None
    listed = sorted(names)
    length = max(size // terms, 60)
    filling = _FILLING.split()
    for name in listed:
        text = (
            f"A {chosen.choice(_GENERA)} that {chosen.choice(_VERBS)} the "
            f"{chosen.choice(listed).lower()}"
        )
        while len(name) + len(text) < length - 2:
            if length - len(name) - len(text) > 400:
                text += f". It {chosen.choice(_VERBS)} the {chosen.choice(listed).lower()}"
            text += " " + " ".join(filling[: chosen.randrange(4, len(filling))])
        seen = chosen.choice(listed) if chosen.random() < 0.2 else ""
        yield name, text[: max(length - len(name), 50)].rstrip() + ".", seen


def glossary(form: str, terms: int, size: int) -> bytes:
    """Return the glossary as ``csv`` or ``txt``."""
    lines = ["Term,Definition,See also"] if form == "csv" else []
    for name, text, seen in entries(terms, size):
        if form == "csv":
            lines.append(f'{name},"{text}",{seen}')
        else:
            lines.append(f"{name} – {text}" + (f" See also: {seen}." if seen else ""))
    return "\n".join([*lines, ""]).encode()


def peak(who: int = resource.RUSAGE_SELF) -> float:
    """Return the most memory that this process held so far, in megabytes.

    With ``resource.RUSAGE_CHILDREN``: the largest of the processes that it started and that ended;
    what they share with this one is counted again.
    """
    most = resource.getrusage(who).ru_maxrss
    return most / 1024 if sys.platform != "darwin" else most / _MEGABYTE


def worked() -> float:
    """Return the processor time of this process and of those it started and that ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


class Stages:
    """Prints each stage as it ends."""

    def __init__(self) -> None:
        self.total = self.busy = 0.0

    @contextmanager
    def stage(self, name: str, *, counts: bool = True) -> Iterator[None]:
        """Time what is done inside; ``counts``: it is part of the way to the graph."""
        gc.collect()
        start, before = time.perf_counter(), worked()
        yield
        took, busy = time.perf_counter() - start, worked() - before
        self.total += took * counts
        self.busy += busy * counts
        line = f"  {name:<44}{took:8.2f} s  {busy:8.2f} s CPU {peak():8.0f} MB"
        print(line, flush=True)


def main(arguments: Sequence[str]) -> int:
    """Measure and print; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks scale", description=__doc__)
    parser.add_argument("--terms", type=int, default=TERMS)
    parser.add_argument(
        "--megabytes", type=float, default=None, help="100 bytes a term if left out"
    )
    parser.add_argument("--format", choices=("csv", "txt"), default="csv")
    parser.add_argument("--only-mentions", action="store_true", help="do not build the graph")
    parser.add_argument("--keep", type=Path, metavar="GRAPH", help="leave the graph's folder there")
    options = parser.parse_args(arguments)
    size = round((options.megabytes or options.terms * MEGABYTES / TERMS) * _MEGABYTE)
    data = glossary(options.format, options.terms, size)
    print(f"\nscale: {options.terms:,} terms, {len(data) / _MEGABYTE:.1f} MB as {options.format}")
    mentions(options.terms, data)
    if not options.only_mentions:
        build(data, options.format, options.keep)
    return 0


def mentions(terms: int, data: bytes) -> None:
    """Find every name in the whole text: what linking mentions comes to."""
    from extract.matcher import Matcher

    text = data.decode()
    names = [name for name, _, _ in entries(terms, len(data))]
    stages = Stages()
    with stages.stage("mentions: trie of the names"):
        matcher = Matcher((name, number) for number, name in enumerate(names))
    with stages.stage("mentions: all names in all text"):
        found = sum(len(matcher.find(line)) for line in text.splitlines())
    print(f"  {'mentions: together':<44}{stages.total:8.2f} s  ({found:,} found)")


def build(data: bytes, form: str, keep: Path | None = None) -> None:
    """Read, analyse, link, align, assemble and write; every stage by its public function."""
    from extract.pipeline import analyse, load_model
    from extract.readers import read_bytes
    from kg import assembly, store
    from kg.alignment import align
    from kg.link import link
    from kg.names import with_names
    from kg.project import Project
    from kg.registry import Registry
    from kg.workers_blocking import query_once

    stages = Stages()
    with stages.stage("load the model"):
        nlp = load_model()
    with stages.stage("read"):
        document = read_bytes(data, source="scale", name=f"scale.{form}")
    with stages.stage("analyse (segment, name, parse, relate)"):
        extraction = analyse([document], nlp)
    with stages.stage("link (targets, mentions)"):
        linked = link(extraction)
    del extraction
    with stages.stage("relations from names"):
        named = with_names(linked)
    del linked
    with stages.stage("align"):
        alignment = align(named)
    registry = Registry()
    with stages.stage("assemble"):
        graph = assembly.assemble(named, alignment, registry, project=Project())
    del named, alignment
    with tempfile.TemporaryDirectory() as scratch:
        folder = keep or Path(scratch) / "scale.kg"
        with stages.stage("write the revision"):
            store.write_revision(folder, graph, registry=registry.to_bytes())
        print(
            f"  {'file to graph on disk':<44}{stages.total:8.2f} s  {stages.busy:8.2f} s CPU "
            f"{peak():8.0f} MB; the largest process beside it {peak(resource.RUSAGE_CHILDREN):.0f}"
        )
        print(f"  {len(graph.concepts):,} concepts, {len(graph.relations):,} relations")
        with store.open_revision(folder) as revision:
            size = sum(int(f["bytes"]) for f in revision.manifest.files.values())
            print(
                f"  {revision.manifest.counts['quads']:,} quads, {size / _MEGABYTE:,.0f} MB on disk"
            )
            with stages.stage("one SPARQL query in a process of its own", counts=False):
                query_once(revision, "SELECT (COUNT(*) AS ?n) { ?c a skos:Concept }")
