"""How time grows with the text: each stage on an input and on twice as much of it.

A stage that is linear takes twice as long; 2.3 leaves room for noise and for hash tables that
grow. Each figure is the best of three, in time of the processor, so that what else runs on the
machine does not count, and without the collector, whose passes come when they come.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping

from extract.matcher import Matcher
from extract.model import Document
from extract.readers import read_bytes
from extract.repair import repair
from extract.segmentation import segment

ENTRIES: Mapping[str, str] = {
    "x.txt": "• Term {n} – the definition of it, in one line\n",
    "x.md": '## Term {n}\n\nThe **definition** of [it](#term-{n}), {{{{x("a")}}}} [[b]].\n\n',
    "x.html": "<dt id=t{n}>Term {n}</dt><dd>The <b>definition</b> of <a href='#t1'>it</a></dd>\n",
    "x.rst": "Term {n}\n   The **definition** of :term:`it`.\n\n",
    "x.csv": 'Term {n},"The definition, of it",see {n}\n',
}
"""One entry of each format."""
COUNT = 6_000
"""Entries of the smaller input."""


def document(name: str, count: int) -> Document:
    """Return a glossary of ``count`` entries in the format of ``name``."""
    text = "".join(ENTRIES[name].format(n=n) for n in range(count))
    return read_bytes(text.encode(), source="growth", name=name)


def _best(run: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        gc.collect()
        gc.disable()
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
        gc.enable()
    return min(times)


def _growth(prepare: Callable[[int], Callable[[], object]]) -> float:
    small, large = prepare(COUNT), prepare(2 * COUNT)
    return round(_best(large) / _best(small), 2)


def _reading(name: str) -> Callable[[int], Callable[[], object]]:
    return lambda count: lambda: document(name, count)


def _repairing(count: int) -> Callable[[], object]:
    text = "The partner鈥檚 plan 鈥 “growth鈥 and Caf茅\n" * count
    page = read_bytes(text.encode(), source="growth", name="x.txt")
    return lambda: repair(page)


def _segmenting(name: str) -> Callable[[int], Callable[[], object]]:
    def prepare(count: int) -> Callable[[], object]:
        page = document(name, count)
        return lambda: segment(page)

    return prepare


def _matching(count: int) -> Callable[[], object]:
    matcher = Matcher((f"term {n}", n) for n in range(1000))
    text = "A term 17 is a kind of term 4 and of nothing else. " * count
    return lambda: matcher.find(text)


def measure() -> dict[str, float]:
    """Return how many times longer each stage takes on twice the text."""
    figures = {f"read {name}": _growth(_reading(name)) for name in ENTRIES}
    figures |= {f"segment {name}": _growth(_segmenting(name)) for name in ENTRIES}
    return figures | {"repair": _growth(_repairing), "match": _growth(_matching)}
