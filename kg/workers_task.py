"""A query on its way through the workers, and what it may take."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kg.workers_nest import Exchange, Worker


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a query may take; times in seconds, sizes in bytes."""

    timeout: float = 10.0
    """Deadline of a query that names none; the most that one may name."""
    long: float = 0.05
    """A query that runs for longer counts as long."""
    most_long: int = 4
    """Long queries that run at once."""
    workers: int = 2
    """Workers ready for light queries."""
    waiting: int = 1000
    """Queries that may wait for a worker."""
    memory: int = 512 << 20
    """What a query may allocate beyond the store."""
    rows: int = 100_000
    """Rows or triples of an answer; a longer one is cut."""
    bytes: int = 64 << 20
    """Size of an answer; a longer one is cut."""


@dataclass(slots=True, kw_only=True, eq=False)
class Task:
    """A query on its way: in the line, then with a worker."""

    exchange: Exchange
    question: dict[str, Any]
    """What the worker is told."""
    like: str
    """Its shape."""
    known: bool
    """Whether its like was light before."""
    quick: bool
    """Whether its like was there in an instant before."""
    deadline: float
    """By the event loop's clock."""
    worker: Worker = field(init=False)
    """Who answers, once it has its turn."""
    started: float = 0.0
    """When it had its turn, by the event loop's clock."""
    looked_at: bool = False
    """Whether it was not there in an instant."""
    patient: bool = False
    """Whether it was given more time for that."""
    processor: float | None = None
    """Seconds of processor time that the worker had used when the query was first looked at."""
