"""Much of the same work shared out over processes, where that is safe and worth while.

Processes are forked, so they find the model and the texts in memory as they are, and only what
comes out goes from one to the other. That wants a system that forks, and a process with one
thread: another one's locks would stay locked in the copy (so in a server nothing is shared out).
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, Final, TypeVar

T = TypeVar("T")
Part = Callable[[int, int], list[T]]
"""Does the items from the first number up to the second, and returns one result for each."""

SIZE: Final = 500
"""Items that a process does at once; also how often it is told how much is done."""
WORTH_WHILE: Final = 2_000
"""Fewer items are done in this process: starting others takes longer."""
MOST: Final = 8
"""Processes at most: each holds a copy of what it changes in the model."""

_part: Part[Any] | None = None


def processes() -> int:
    """Return how many processes may work at once; ``GLOSSGRAPH_PROCESSES`` sets it."""
    given = os.environ.get("GLOSSGRAPH_PROCESSES", "")
    if given.isdigit() and int(given):
        return int(given)
    if sys.platform != "linux":  # macOS forks, but its own libraries do not survive it
        return 1
    return min(len(os.sched_getaffinity(0)), MOST)


def over(part: Part[T], count: int) -> Iterator[list[T]]:
    """Yield what ``part`` gives for ``count`` items, a stretch at a time and in order."""
    stretches = [(start, min(start + SIZE, count)) for start in range(0, count, SIZE)]
    number = min(processes(), len(stretches)) if count >= WORTH_WHILE else 1
    done = 0
    if number > 1 and can_fork():
        for result in _shared(part, stretches, number):
            done += 1
            yield result
    for start, end in stretches[done:]:
        yield part(start, end)


def can_fork() -> bool:
    """Return whether this process can be copied as it is, and others have a processor."""
    return processes() > 1 and hasattr(os, "fork") and threading.active_count() == 1


@contextmanager
def beside(works: Sequence[Callable[[], object]]) -> Iterator[None]:
    """Do each work in a forked process of its own, and wait for them at the end.

    What they do must be seen from here: they write files. Whether one failed is not told, so look.
    """
    gc.freeze()
    try:
        children = [_forked(work) for work in works]
    finally:
        gc.unfreeze()
    try:
        yield
    finally:
        for child in children:
            os.waitpid(child, 0)


def _forked(work: Callable[[], object]) -> int:
    """Start a process that does a work and ends; return its id."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        work()
        status = 0
    finally:
        os._exit(status)  # whatever was raised: nothing of the parent's may be cleaned up here


def _shared(part: Part[T], stretches: list[tuple[int, int]], number: int) -> Iterator[list[T]]:
    """Yield results from other processes; fewer than there are stretches if one was killed."""
    global _part
    _part = part  # found by the forked processes; what it refers to could not be sent to them
    gc.freeze()  # the collector would touch, and so copy, every object of the parent's
    try:
        with ProcessPoolExecutor(number, multiprocessing.get_context("fork")) as pool:
            yield from pool.map(_run, stretches)
    except BrokenProcessPool:  # for want of memory, as a rule: the rest is done here
        return
    finally:
        gc.unfreeze()
        _part = None


def _run(stretch: tuple[int, int]) -> list[Any]:
    assert _part is not None
    return _part(*stretch)
