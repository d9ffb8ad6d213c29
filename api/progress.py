"""How far a command has come, as one share of its whole work.

The stages of a build report what they have done in units of their own: characters read, entries
linked. What a stage costs beside the others was measured, so that the bar moves with the work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

Progress = Callable[[str, int, int], None]
"""Called with a stage's name, how much of it is done, and how much there is."""

BUILD: Mapping[str, int] = {
    "reading": 70,
    "linking": 6,
    "reading names": 3,
    "aligning": 6,
    "assembling": 7,
    "writing": 8,
}
"""Stages of a build in order, with their share of its processor time, in hundredths; 20,000 and
100,000 terms (``python -m benchmarks scale``) agree to 3 of them."""
EXTRACT: Mapping[str, int] = {name: BUILD[name] for name in ("reading", "linking")}
"""The stages of ``extract``, which ends with the links."""
WITHIN: Mapping[str, tuple[float, float]] = {"entries": (0.0, 0.18), "parsing": (0.18, 1.0)}
"""From where to where in the reading of a source its steps go: entries found, then parsed."""


def no_progress(stage: str, done: int, total: int) -> None:
    """Take note of nothing."""


class Overall:
    """The share of all stages' work that is done: it only grows, and is 1 when all are done."""

    def __init__(self, stages: Mapping[str, int]) -> None:
        self._stages = stages
        self._whole = sum(stages.values())
        self.share = 0.0
        """From 0 to 1."""

    def take(self, stage: str, done: int, total: int) -> float:
        """Take note of a stage's report and return :attr:`share`.

        Stages before it count as done: what came from a cache is not reported.
        """
        before = 0
        for name, cost in self._stages.items():
            if name == stage:
                here = cost * min(done, total) / total if total else 0.0
                self.share = max(self.share, (before + here) / self._whole)
                break
            before += cost
        return self.share


class Reading:
    """Characters of all sources that are read, told while one of them is analysed."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._total = total
        self._before = self._size = 0
        progress("reading", 0, total)

    def begin(self, size: int) -> None:
        """Go on to a source of so many characters."""
        self._size = size

    def within(self, step: str, done: int, total: int) -> None:
        """Tell how far the source is, by one of the steps of :data:`WITHIN`."""
        if step in WITHIN and total:
            start, end = WITHIN[step]
            share = start + (end - start) * done / total
            self._progress("reading", self._before + int(self._size * share), self._total)

    def end(self) -> None:
        """Count the source as read."""
        self._before += self._size
        self._size = 0
        self._progress("reading", self._before, self._total)
