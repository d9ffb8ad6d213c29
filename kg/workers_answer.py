"""The answer to a SPARQL query as it comes from a worker, and how it may fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping

from kg.errors import (
    MalformedQuery,
    QueryBusy,
    QueryFailed,
    QueryTimeout,
    QueryTooLarge,
)
from kg.results import RESULTS, UnfitFormat
from kg.workers_nest import Exchange


class Answer:
    """The answer to a query, complete or still coming in."""

    def __init__(self, exchange: Exchange, head: Mapping[str, str], beginning: bytes) -> None:
        self.kind = head["kind"]
        """``solutions``, ``boolean`` or ``graph``."""
        self.format = head["format"]
        """Key of :data:`kg.results.RESULTS`."""
        self._exchange = exchange
        self._beginning = beginning

    @property
    def media_type(self) -> str:
        """Media type, with its charset where it needs one."""
        format_ = RESULTS[self.format]
        return f"{format_.media_type}; charset=utf-8" if format_.charset else format_.media_type

    @property
    def complete(self) -> bool:
        """Whether all of it is here, so that :meth:`read` does not wait."""
        return self._exchange.ended

    @property
    def rows(self) -> int:
        """Rows or triples of an answer that is cut; 0 of any other, which need not be counted."""
        return int(self._exchange.end["rows"]) if self.cut else 0

    @property
    def cut(self) -> bool:
        """Whether it is only a beginning; False until it is complete."""
        return bool(self._exchange.end.get("cut", False))

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the answer as it comes in.

        Raises:
            QueryTimeout, QueryTooLarge, QueryBusy, QueryFailed: it broke off.
        """
        try:
            part, self._beginning = self._beginning, b""
            while part:
                yield part
                part = await self._exchange.part()
            raise_for(self._exchange)
        finally:
            self.close()

    async def read(self) -> bytes:
        """Return what is still to come, all at once."""
        return b"".join([part async for part in self])

    def close(self) -> None:
        """Give up what has not been read; a query still running for it is ended."""
        if self._exchange.worker:
            self._exchange.abandon()


async def answer_to(exchange: Exchange) -> Answer:
    """Return the answer to a query that was begun, as soon as its first bytes are there.

    They are the answer's from then on: one that breaks off before them is an error, one that does
    behind them is a beginning without an end.

    Raises:
        MalformedQuery, UnfitFormat, QueryTimeout, QueryTooLarge, QueryBusy, QueryFailed: there is
            none.
    """
    try:
        head = await exchange.first()
        beginning = await exchange.part()
    except asyncio.CancelledError:
        exchange.abandon()
        raise
    if not beginning:
        raise_for(exchange)
    if head is None:
        raise AssertionError("an answer without a head is an error")
    return Answer(exchange, head, beginning)


def raise_for(exchange: Exchange) -> None:
    """Raise the error that an answer ended with, if any."""
    end = exchange.end
    match end.get("error"):
        case None:
            return
        case "malformed":
            raise MalformedQuery(exchange.query, end["message"])
        case "unfit":
            raise UnfitFormat(end["message"])
        case "timeout":
            raise QueryTimeout("The query reached its deadline and was stopped.")
        case "memory":
            raise QueryTooLarge(
                "The query needed more memory than it may have and was stopped. "
                "Narrow it, or leave out ORDER BY, DISTINCT and GROUP_CONCAT over many rows."
            )
        case "busy":
            raise QueryBusy(end.get("retry_after", 1))
        case _:
            raise QueryFailed(end.get("message", "The query was given up."))
