"""Facts about sharing work out over processes."""

from __future__ import annotations

import os
import signal
import sys
import threading

import pytest

from extract import shares

COUNT = shares.WORTH_WHILE + shares.SIZE // 2

linux = pytest.mark.skipif(sys.platform != "linux", reason="nothing is shared out elsewhere")


def _squares(start: int, end: int) -> list[tuple[int, int]]:
    return [(n * n, os.getpid()) for n in range(start, end)]


def _results(count: int = COUNT) -> tuple[list[int], set[int]]:
    pairs = [pair for part in shares.over(_squares, count) for pair in part]
    return [value for value, _ in pairs], {process for _, process in pairs}


@pytest.fixture(autouse=True)
def two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two, on machines with one core too."""
    monkeypatch.setenv("GLOSSGRAPH_PROCESSES", "2")


def _alone() -> bool:
    return threading.active_count() == 1


@linux
@pytest.mark.skipif(not _alone(), reason="the test runner has threads")
def test_many_items_are_done_elsewhere_in_order() -> None:
    """The results are those of one process, in the same order."""
    values, processes = _results()
    assert values == [n * n for n in range(COUNT)]
    assert os.getpid() not in processes


def test_few_items_are_done_here() -> None:
    """No process is started for what is done at once."""
    assert _results(10) == ([n * n for n in range(10)], {os.getpid()})


def test_beside_threads_nothing_is_forked() -> None:
    """A copy of a process with several threads may hold locks that nobody opens."""
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert _results()[1] == {os.getpid()}
    finally:
        done.set()
        thread.join()


@linux
@pytest.mark.skipif(not _alone(), reason="the test runner has threads")
def test_killed_process_costs_time_only() -> None:
    """What a killed process had not done is done here."""
    here = os.getpid()

    def part(start: int, end: int) -> list[int]:
        if os.getpid() != here and start >= 2 * shares.SIZE:
            os.kill(os.getpid(), signal.SIGKILL)
        return list(range(start, end))

    assert [n for done in shares.over(part, COUNT) for n in done] == list(range(COUNT))


@pytest.mark.parametrize(("given", "expected"), [("3", 3), ("1", 1)])
def test_number_of_processes_is_a_setting(
    monkeypatch: pytest.MonkeyPatch, given: str, expected: int
) -> None:
    """GLOSSGRAPH_PROCESSES names it."""
    monkeypatch.setenv("GLOSSGRAPH_PROCESSES", given)
    assert shares.processes() == expected
