"""Facts about sharing work out over processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from extract import shares
from kg.store import current

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


@linux
@pytest.mark.skipif(not _alone(), reason="the test runner has threads")
def test_works_are_done_beside(tmp_path: Path) -> None:
    """Each in a process of its own, done when the block is left; one that fails is no harm."""

    def write(name: str) -> None:
        (tmp_path / name).write_text(str(os.getpid()))

    def fail() -> None:
        raise ValueError

    with shares.beside([lambda: write("a"), fail, lambda: write("b")]):
        write("own")
    said = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert said["own"] == str(os.getpid())
    assert len({said[name] for name in ("own", "a", "b")}) == len(said)


ROOT = Path(__file__).resolve().parent.parent
BUILD = """
import sys
from api import analyses
from extract import shares
from kg.store import current
analyses._WORTH_SHARING = 1
forked, fork = [], shares._forked
def counted(work):
    forked.append(work)
    return fork(broken if {broken} else work)
def broken():
    raise MemoryError
shares._forked = counted
from api.cli import main
status = main(["build", *sys.argv[1:]])
print(len(forked))
sys.exit(status)
"""


@linux
@pytest.mark.parametrize("broken", [False, True])
def test_a_build_is_the_same_however_it_is_shared(tmp_path: Path, *, broken: bool) -> None:
    """Small sources are analysed side by side; what a process did not do is done here."""
    for number, term in enumerate(("Sloop", "Ketch", "Yawl", "Cutter")):
        text = f"{term} – A boat with {number + 1} sails.\n\nMast – A pole. See also: {term}\n\n"
        (tmp_path / f"{term}.txt").write_text(text + "Boom – A spar of a mast.\n")
    sources = sorted(map(str, tmp_path.glob("*.txt")))
    revisions = []
    for processes in ("1", "3"):
        folder = tmp_path / f"{processes}.kg"
        done = subprocess.run(
            [sys.executable, "-c", BUILD.format(broken=broken), *sources, "-o", str(folder)],
            env={
                **os.environ,
                "GLOSSGRAPH_PROCESSES": processes,
                "GLOSSGRAPH_CACHE": str(tmp_path / f"cache {processes}"),
            },
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[-1] == str(int(processes) - 1)
        revisions.append(current(folder))
    assert revisions[0] == revisions[1]
