"""SPARQL in worker processes: deadlines, memory, fairness, and that nothing is left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sample_graph import sample_graph

from kg.errors import QueryBusy, QueryFailed, QueryTimeout, QueryTooLarge
from kg.store import open_revision, write_revision
from kg.workers import Limits, Workers
from kg.workers_blocking import BlockingWorkers, query_once

RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
LIGHT = "SELECT ?label { concept:churn skos:prefLabel ?label }"
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs fork")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workers") / "sample.kg"
    write_revision(path, sample_graph())
    return path


@asynccontextmanager
async def running(folder: Path, **limits: Any) -> AsyncIterator[Workers]:
    fork = limits.pop("fork", None)
    async with Workers(open_revision(folder), Limits(**limits), fork=fork) as workers:
        yield workers


@pytest.fixture(scope="module")
def workers(folder: Path) -> Iterator[BlockingWorkers]:
    with BlockingWorkers(open_revision(folder), Limits(timeout=20)) as found:
        yield found


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not Path(f"/proc/{pid}/stat").exists() or (
        Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    )


async def until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait for a state; the time is one that only a broken program reaches."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to pass"
        await asyncio.sleep(0.01)


async def outcome(asked: Awaitable[Any]) -> str:
    """What became of a query."""
    try:
        await (await asked).read()
    except (QueryTimeout, QueryTooLarge, QueryBusy, QueryFailed) as error:
        return type(error).__name__
    return "answered"


@pytest.mark.parametrize("fork", [pytest.param(True, marks=posix), False])
def test_a_runaway_ends_at_its_deadline(fork: bool, folder: Path) -> None:
    """A COUNT over four unconnected patterns ends at its deadline; light queries go on meanwhile.

    How soon after it is measured by ``python -m benchmarks runaways``.
    """

    async def run() -> None:
        async with running(folder, fork=fork, timeout=60.0) as workers:
            runaway = asyncio.ensure_future(outcome(workers.query(RUNAWAY, timeout=0.5)))
            await until(lambda: workers.long == 1 or runaway.done())
            assert await outcome(workers.query(LIGHT)) == "answered"
            await until(runaway.done)
            assert runaway.result() == "QueryTimeout"
            assert workers.long == 0
            assert await outcome(workers.query(LIGHT)) == "answered"

    asyncio.run(run())


@posix
def test_light_queries_do_not_wait_for_a_runaway(folder: Path) -> None:
    """While a runaway that has a minute runs, a hundred light queries are answered."""

    async def run() -> None:
        async with running(folder, timeout=60.0) as workers:
            runaway = asyncio.ensure_future(outcome(workers.query(RUNAWAY)))
            await until(lambda: workers.long == 1)
            for _ in range(100):
                assert await outcome(workers.query(LIGHT)) == "answered"
            assert not runaway.done()
        assert await runaway == "QueryFailed"

    asyncio.run(run())


@posix
def test_long_queries_are_few(folder: Path) -> None:
    """Of six runaways four run, the others are refused; later ones are refused at once."""

    async def run() -> None:
        async with running(folder, timeout=300.0) as workers:
            runs = [
                asyncio.ensure_future(outcome(workers.query(f"{RUNAWAY} LIMIT {n}")))
                for n in range(1, 7)
            ]
            await until(lambda: sum(r.done() for r in runs) == 2)
            assert workers.long == 4
            for _ in range(20):
                assert await outcome(workers.query(f"{RUNAWAY} LIMIT 1")) == "QueryBusy"
                assert await outcome(workers.query(LIGHT)) == "answered"
            assert workers.long == 4
            assert [await r for r in runs if r.done()] == ["QueryBusy"] * 2
            for each in runs:
                each.cancel()
            await until(lambda: workers.long == 0)
            await until(lambda: len(workers.processes) == 3)

    asyncio.run(run())


@posix
def test_a_place_is_taken_by_who_is_known_to_be_long(folder: Path) -> None:
    """Of queries whose like was long no more are begun than there are places, not even for a try.

    Those that have a place are long from their start on where another one is.
    """

    async def run() -> None:
        async with running(folder, timeout=300.0, most_long=3) as workers:
            first = asyncio.ensure_future(outcome(workers.query(f"{RUNAWAY} LIMIT 1")))
            await until(lambda: workers.long == 1)
            others = [workers.begin(f"{RUNAWAY} LIMIT {n}") for n in (2, 3)]
            assert workers.long == 3
            for _ in range(3):
                with pytest.raises(QueryBusy):
                    workers.begin(f"{RUNAWAY} LIMIT 4")
            for _ in range(20):
                assert await outcome(workers.query(LIGHT)) == "answered"
            assert not first.done() and not any(each.ended for each in others)
            for each in others:
                each.abandon()
            assert workers.long == 1
            first.cancel()
            await until(lambda: workers.long == 0 and len(workers.processes) == 3)

    asyncio.run(run())


_RUNAWAYS = [
    RUNAWAY,
    "SELECT (COUNT(*) AS ?n) { ?a (!<x:y>)* ?b . ?c (!<x:y>)* ?d . ?e (!<x:y>)* ?f }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?a",
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
    " FILTER(REGEX(CONCAT(STR(?c), STR(?f), STR(?i)), 'a.*b.*c.*d.*e')) }",
    "CONSTRUCT { ?a ?b ?x } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i ."
    " BIND(CONCAT(STR(?c), STR(?d), STR(?i)) AS ?x) }",
]


@posix
@pytest.mark.parametrize("known", [True, False], ids=["light known", "light unknown"])
def test_light_queries_among_a_hundred_runaways(known: bool, folder: Path) -> None:
    """Of 100 runaways of five kinds few run, the others are refused; no light one is."""

    async def run() -> None:
        async with running(folder, timeout=300.0) as workers:
            if known:
                assert await outcome(workers.query(LIGHT)) == "answered"
            runs = [
                asyncio.ensure_future(outcome(workers.query(f"{_RUNAWAYS[n % 5]} # {n}")))
                for n in range(100)
            ]
            light = []
            while sum(r.done() for r in runs) < 96 or len(light) < 20:
                assert workers.long <= 4
                light.append(await outcome(workers.query(LIGHT)))
                await asyncio.sleep(0.01)
            assert set(light) == {"answered"}
            ends = Counter(r.result() for r in runs if r.done())
            # Some of the few meet the limit of rows or of memory, and leave their place.
            assert set(ends) <= {"QueryBusy", "QueryTooLarge", "answered"}
            assert ends["QueryBusy"] >= 60
            for each in runs:
                each.cancel()
            await until(lambda: workers.long == 0)
            await until(lambda: len(workers.processes) == 3)

    asyncio.run(run())


@posix
def test_what_waits_for_a_busy_machine_is_not_long(folder: Path) -> None:
    """A light query whose worker is stopped for a second is answered, though four long ones run."""

    async def run() -> None:
        async with running(folder, timeout=300.0, workers=1) as workers:
            runs = [
                asyncio.ensure_future(outcome(workers.query(f"{RUNAWAY} LIMIT {n}")))
                for n in range(1, 5)
            ]
            await until(lambda: workers.long == 4)
            await until(lambda: len(workers.processes) == 6)
            free = workers.processes[-1]  # the one forked last
            os.kill(free, signal.SIGSTOP)
            light = asyncio.ensure_future(outcome(workers.query(LIGHT)))
            await asyncio.sleep(1.0)
            assert not light.done() and workers.long == 4
            os.kill(free, signal.SIGCONT)
            assert await light == "answered"
            assert not any(r.done() for r in runs)
        assert {await r for r in runs} == {"QueryFailed"}

    asyncio.run(run())


@posix
@pytest.mark.parametrize(
    "text",
    [
        "SELECT (GROUP_CONCAT(?x) AS ?all) { { SELECT (CONCAT(STR(?a), STR(?d), STR(?g)) AS ?x)"
        " { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } } }",
        "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?f ?c",
        "SELECT DISTINCT ?a ?d ?c ?f ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
        "CONSTRUCT { ?a ?b ?x } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . "
        "BIND(CONCAT(STR(?c), STR(?d), STR(?i)) AS ?x) }",
    ],
    ids=["group_concat", "order by", "distinct", "construct"],
)
def test_a_memory_bomb_costs_only_itself(text: str, folder: Path) -> None:
    """A query that needs too much memory is ended; others are answered, the size is as before."""

    async def run() -> None:
        async with running(
            folder, timeout=300.0, memory=24 << 20, rows=10**9, bytes=10**10
        ) as workers:
            bomb = asyncio.ensure_future(outcome(workers.query(text)))
            while not bomb.done():
                assert await outcome(workers.query(LIGHT)) == "answered"
                await asyncio.sleep(0.01)
            assert await bomb == "QueryTooLarge"
            await until(lambda: len(workers.processes) == 3)

    asyncio.run(run())


@posix
def test_a_deeply_nested_query_costs_only_itself(folder: Path) -> None:
    """A query that overruns the parser's stack ends its worker and nothing else."""
    with BlockingWorkers(open_revision(folder)) as workers:
        with pytest.raises(QueryTooLarge):
            workers.query("ASK " + "{" * 50_000 + "}" * 50_000)
        assert b'"Churn"' in workers.query(LIGHT)[1]


@posix
def test_killed_workers_and_zygotes_are_replaced(folder: Path) -> None:
    """Whatever process is killed, idle or busy, queries are answered again."""

    async def run() -> None:
        async with running(folder) as workers:
            await until(lambda: len(workers.processes) == 3)
            killed = workers.processes[1:]
            for pid in killed:
                os.kill(pid, signal.SIGKILL)
            await until(lambda: not set(killed) & set(workers.processes))
            assert await outcome(workers.query(LIGHT)) == "answered"
            busy = asyncio.ensure_future(outcome(workers.query(RUNAWAY)))
            await until(lambda: workers.long == 1)
            old = workers.processes
            os.kill(old[0], signal.SIGKILL)
            assert await busy == "QueryFailed"
            assert await outcome(workers.query(LIGHT)) == "answered"
            await until(lambda: not any(map(alive, old)))

    asyncio.run(run())


@pytest.mark.parametrize("fork", [pytest.param(True, marks=posix), False])
def test_closing_leaves_no_process(fork: bool, folder: Path) -> None:
    """After closing, even with a query running, none of the processes is there."""

    async def run() -> list[int]:
        async with running(folder, fork=fork) as workers:
            await (await workers.query(LIGHT)).read()
            busy = asyncio.ensure_future(outcome(workers.query(RUNAWAY)))
            await until(lambda: workers.long == 1)
            pids = workers.processes
            assert len(pids) >= 2
        assert await busy == "QueryFailed"
        return pids

    assert not any(map(alive, asyncio.run(run())))


_PARENT = """
import asyncio, sys
sys.path[:0] = {path!r}
from kg.store import open_revision
from kg.workers import Workers
async def run():
    workers = await Workers(open_revision(sys.argv[1])).start()
    asyncio.ensure_future(workers.query(sys.argv[2]))
    while workers.long == 0:
        await asyncio.sleep(0.01)
    print(*workers.processes, flush=True)
    await asyncio.sleep(60)
asyncio.run(run())
"""


@posix
def test_no_process_outlives_its_parent(folder: Path, root: Path) -> None:
    """When the parent is killed, zygote and workers end, even one that is computing."""
    code = _PARENT.format(path=[str(root)])
    with subprocess.Popen(
        [sys.executable, "-c", code, str(folder), RUNAWAY], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        pids = [int(p) for p in parent.stdout.readline().split()]
        parent.kill()
    assert len(pids) >= 3
    end = time.monotonic() + 60
    while any(map(alive, pids)) and time.monotonic() < end:
        time.sleep(0.01)
    assert not any(map(alive, pids))


@posix
def test_who_gives_up_frees_the_worker(folder: Path) -> None:
    """A cancelled query and an answer that is not read to its end leave no work behind."""

    async def run() -> None:
        async with running(folder, timeout=300.0, rows=10**9, bytes=10**10) as workers:
            asked = asyncio.ensure_future(workers.query(RUNAWAY))
            await until(lambda: workers.long == 1)
            asked.cancel()
            await until(lambda: workers.long == 0)
            answer = await workers.query("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
            async for part in answer:
                assert part
                break
            answer.close()
            await until(lambda: workers.long == 0)
            assert await outcome(workers.query(LIGHT)) == "answered"
            await until(lambda: len(workers.processes) == 3)

    asyncio.run(run())


@posix
def test_a_slow_reader_holds_the_worker_not_the_memory(folder: Path) -> None:
    """Of a long answer, little more than a buffer is held for a reader that does not read."""

    async def run() -> None:
        async with running(folder, timeout=300.0, rows=10**9, bytes=10**10) as workers:
            answer = await workers.query("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
            await until(lambda: answer._exchange._held > 1 << 20)
            for _ in range(50):
                await asyncio.sleep(0.01)
                assert answer._exchange._held < 4 << 20
            size = 0
            async for part in answer:
                size += len(part)
                if size > 6 << 20:
                    break
            answer.close()
            await until(lambda: workers.long == 0)

    asyncio.run(run())


@posix
def test_a_deadline_holds_for_a_slow_reader_too(folder: Path) -> None:
    """An answer that nobody reads ends at its deadline, and who reads it then is told so."""

    async def run() -> None:
        async with running(folder, timeout=1.0, rows=10**9, bytes=10**10) as workers:
            answer = await workers.query("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
            await until(lambda: answer.complete)
            with pytest.raises(QueryTimeout):
                await answer.read()

    asyncio.run(run())


@posix
def test_queries_wait_in_their_order(folder: Path) -> None:
    """With one worker, queries are answered in the order in which they came."""

    async def run() -> list[int]:
        done: list[int] = []

        async def ask(workers: Workers, number: int) -> None:
            await workers.query(LIGHT)
            done.append(number)

        async with running(folder, workers=1) as workers:
            await asyncio.gather(*(ask(workers, n) for n in range(50)))
        return done

    assert asyncio.run(run()) == list(range(50))


def test_one_query_from_one_process(folder: Path) -> None:
    """The command line's way: one process, one answer, gone."""
    answer, data = query_once(open_revision(folder), LIGHT, formats=["tsv"])
    assert data == b'?label\n"Churn"@en\n'
    assert not answer.cut


def test_launched_before_the_loop(folder: Path) -> None:
    """Workers that were launched before there was an event loop answer, once they are started."""
    workers = Workers(open_revision(folder))
    workers.launch()

    async def ask() -> bytes:
        async with workers:
            return await (await workers.query(LIGHT)).read()

    assert b'"Churn"' in asyncio.run(ask())


@posix
def test_launched_for_nothing(folder: Path) -> None:
    """What was launched and is not wanted any more has ended when it is abandoned."""
    revision = open_revision(folder)
    workers = Workers(revision)
    workers.launch()
    zygote = workers._brood.zygote
    assert zygote is not None and zygote.process.poll() is None
    workers.abandon()
    assert zygote.process.returncode is not None
    revision.close()
