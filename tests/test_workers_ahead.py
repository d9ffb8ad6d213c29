"""Queries that a worker is sent while it still answers another."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sample_graph import sample_graph

from kg.errors import QueryFailed
from kg.store import open_revision, write_revision
from kg.workers import Limits, Workers

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="workers are forked")

NUMBER = "SELECT ?n WHERE {{ BIND({} AS ?n) }}"
"""Takes an instant, whatever the number is."""
COUNT = "SELECT (COUNT(*) AS ?n) {{ SELECT * {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }} LIMIT {} }}"
"""Takes an instant or for ever, which depends on the number."""
FOR_EVER = 10**15


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ahead") / "sample.kg"
    write_revision(path, sample_graph())
    return path


async def numbers(workers: Workers, template: str, values: list[int]) -> list[bytes]:
    """Ask for all at once and return the answers as CSV."""

    async def one(value: int) -> bytes:
        answer = await workers.query(template.format(value), formats=["csv"])
        return await answer.read()

    return await asyncio.gather(*(one(value) for value in values))


def csv(values: list[int]) -> list[bytes]:
    """Return what the answers should be."""
    return [b"n\r\n%d\r\n" % value for value in values]


@asynccontextmanager
async def acquainted(folder: Path, template: str) -> AsyncIterator[Workers]:
    """One worker, known to answer the template's queries in an instant."""
    async with Workers(open_revision(folder), Limits(workers=1, timeout=60.0)) as workers:
        for value in range(20):  # the first may take longer, on a busy machine any
            await numbers(workers, template, [value])
        yield workers


def test_each_gets_its_own_answer(folder: Path) -> None:
    """Of hundreds at once, also where some are given up on the way."""

    async def run() -> None:
        async with acquainted(folder, NUMBER) as workers:
            values = list(range(300))
            asked = [asyncio.ensure_future(numbers(workers, NUMBER, [v])) for v in values]
            await asyncio.sleep(0)
            for given_up in asked[::7]:
                given_up.cancel()
            kept = [task for at, task in enumerate(asked) if at % 7]
            answers = [answer for task in kept for answer in await task]
            assert answers == csv([v for v in values if v % 7])

    asyncio.run(run())


def test_what_is_behind_a_long_query_is_answered_by_others(folder: Path) -> None:
    """A query of a kind that took an instant runs for ever: those behind it do not wait for it."""

    async def run() -> None:
        async with acquainted(folder, COUNT) as workers:
            long = asyncio.ensure_future(numbers(workers, COUNT, [FOR_EVER]))
            await asyncio.sleep(0)
            assert await numbers(workers, COUNT, [1, 2, 3, 4]) == csv([1, 2, 3, 4])
            assert not long.done()
            long.cancel()

    asyncio.run(run())


def test_a_worker_that_dies_takes_nobody_along(folder: Path) -> None:
    """Only the query that it was answering fails; those behind it are answered by another."""

    async def run() -> None:
        async with acquainted(folder, COUNT) as workers:
            while len(before := workers.processes) != 2:  # the zygote and one: a busy machine
                await asyncio.sleep(0.01)  # may have had another worker take its place
            long = asyncio.ensure_future(numbers(workers, COUNT, [FOR_EVER]))
            behind = asyncio.ensure_future(numbers(workers, COUNT, [1, 2]))
            await asyncio.sleep(0)
            os.kill(before[1], signal.SIGTERM)
            assert await behind == csv([1, 2])
            with pytest.raises(QueryFailed):
                await long

    asyncio.run(run())


def test_closing_ends_what_was_sent_ahead(folder: Path) -> None:
    """Whoever waits for an answer when the workers are closed is told that there is none."""

    async def run() -> None:
        async with acquainted(folder, COUNT) as workers:
            asked = [
                asyncio.ensure_future(numbers(workers, COUNT, [value]))
                for value in (FOR_EVER, 1, 2, 3, 4)
            ]
            await asyncio.sleep(0)
        ends = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(end) for end in ends] == [QueryFailed] * len(asked)

    asyncio.run(run())
