"""Queries in requests that are like one answered before: every byte is the same but the query.

Host, other origins, negotiation, coding and headers have been decided for these bytes
(:mod:`api.gate`), so that such a query goes from the connection to a worker and its answer back,
without a task, a framework or a second decision. What is not plain goes the whole way: answers
that are errors, cut, long in coming or large, queries whose value changes from call to call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from api.cache import RawHeaders, Result, finished, repeatable
from api.compression import LARGE
from api.replies import validator
from api.service import Service, Snapshot
from api.sparql import VOLATILE, Question, accepted, fields
from kg.errors import MalformedQuery, QueryBusy
from kg.workers import QueryFailed
from kg.workers_nest import Exchange

_QUERY = b"?query="
_MOST = 64
"""Envelopes that are remembered: kinds of clients, not clients."""

Envelope = tuple[bytes, bytes]
"""A request's method and path, and all behind its query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How the answers to requests of one envelope look."""

    accept: str | None
    formats: Sequence[str]
    """The workers' keys, best first."""
    media_types: Mapping[str, str]
    """By key."""
    headers: RawHeaders
    """Of an answer, before it is coded."""
    coding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A query that waits for its answer."""

    head: bytes
    """The request."""
    question: Question
    form: Form
    exchange: Exchange
    snapshot: Snapshot


def envelope(head: bytes) -> tuple[Envelope, bytes] | None:
    """Return what is around the query of a GET, and its query string; None where it has others."""
    end = head.find(b" ", 4)
    start = head.find(_QUERY, 4, end)
    if start < 0 or head.find(b"&", start, end) >= 0:
        return None
    return (head[:start], head[end:]), head[start + 1 : end]


class Quick:
    """The short way of one server's queries."""

    def __init__(self, service: Service, fingerprint: bytes) -> None:
        self._service = service
        self._fingerprint = fingerprint

    def ask(
        self, head: bytes, notify: Callable[[Exchange], None]
    ) -> tuple[bytes, bytes] | Begun | None:
        """Return the answer to a request's bytes, or its query under way, or None.

        ``notify`` is told when the answer is there, or long in coming; the snapshot is held until
        :meth:`release`. None: the request has to go the whole way.
        """
        snapshot = self._service.snapshot
        if not snapshot.forms or snapshot.workers is None:
            return None
        parts = envelope(head)
        form: Form | None = snapshot.forms.get(parts[0]) if parts else None
        if parts is None or form is None or not repeatable(head):
            return None
        try:
            ((_, text),) = fields(parts[1])
        except ValueError:
            return None
        if VOLATILE.search(text):
            return None
        question = Question(query=text, default_graphs=(), named_graphs=())
        known: Result | None = snapshot.cache.get((question, form.accept))
        if known is not None:
            return self._wire(snapshot, head, form, known)
        try:
            exchange = snapshot.workers.begin(text, formats=form.formats, notify=notify)
        except (QueryBusy, QueryFailed, MalformedQuery):
            return None
        if exchange is None:
            return None
        snapshot.users += 1
        return Begun(head=head, question=question, form=form, exchange=exchange, snapshot=snapshot)

    def answer(self, begun: Begun) -> tuple[bytes, bytes] | None:
        """Return the bytes of an answer; None where it has to go the whole way."""
        exchange = begun.exchange
        if not exchange.ended or exchange.head is None or exchange.end.get("cut", True):
            return None
        media_type = begun.form.media_types[exchange.head["format"]]
        result = Result(body=exchange.whole(), media_type=media_type)
        size = len(begun.question.query) + len(result.body)
        begun.snapshot.cache.put((begun.question, begun.form.accept), result, size)
        return self._wire(begun.snapshot, begun.head, begun.form, result)

    def _wire(
        self, snapshot: Snapshot, head: bytes, form: Form, result: Result
    ) -> tuple[bytes, bytes] | None:
        body = result.body
        if form.coding and len(body) >= LARGE:
            return None
        media_type = result.media_type.encode()
        new = {
            b"content-type": media_type,
            b"content-length": b"%d" % len(body),
            b"etag": validator(self._fingerprint, media_type, body).encode(),
        }
        headers = [(name, new.get(name, value)) for name, value in form.headers]
        ready = finished(headers, body, form.coding)
        snapshot.cache.put(head, ready.wire, len(head) + len(ready.body))
        return ready.wire

    def release(self, begun: Begun) -> None:
        """Give back what :meth:`ask` holds."""
        self._service.give_back(begun.snapshot)


def learn(
    snapshot: Snapshot,
    head: bytes | None,
    headers: RawHeaders,
    *,
    accept: str | None,
    coding: str,
) -> None:
    """Remember how the answer to a query looked, ``headers`` being those before it was coded."""
    parts = envelope(head) if head is not None and repeatable(head) else None
    if parts is None or parts[0] in snapshot.forms:
        return
    types = accepted(accept)
    if len(snapshot.forms) >= _MOST:
        del snapshot.forms[next(iter(snapshot.forms))]
    snapshot.forms[parts[0]] = Form(
        accept=accept, formats=tuple(types), media_types=types, headers=headers, coding=coding
    )
