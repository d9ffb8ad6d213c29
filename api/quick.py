"""Queries in requests that are like one answered before: every byte is the same but the query.

Host, other origins, negotiation, coding and headers have been decided for these bytes
(:mod:`api.gate`), so that such a query goes from the connection to a worker and its answer back,
without a task, a framework or a second decision. What is not plain goes the whole way: answers
that are errors, cut, long in coming or large, queries whose value changes from call to call.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xxhash

from api.cache import (
    HEAD_LIMIT,
    RawHeaders,
    Result,
    common_lines,
    finished,
    repeatable,
    wired,
)
from api.compression import LARGE, WORTH
from api.replies import validated
from api.service import Service, Snapshot
from api.sparql import accepted, held_as
from api.sparql_request import unquoted, volatile
from kg.errors import MalformedQuery, QueryBusy, QueryFailed
from kg.workers_nest import Exchange

_QUERY = b"?query="
_MOST = 64
"""Envelopes that are remembered: kinds of clients, not clients."""

Envelope = tuple[bytes, bytes]
"""A request's method and path, and all behind its query."""


class Form:
    """How the answers to requests of one envelope look."""

    def __init__(
        self, *, accept: str | None, headers: RawHeaders, coding: str, fingerprint: bytes
    ) -> None:
        self.accept = accept
        self.coding = coding
        self.given: Mapping[str, Any] = {
            "accept": accept,
            "headers": [(n.decode("latin-1"), v.decode("latin-1")) for n, v in headers],
            "coding": coding,
            "fingerprint": fingerprint.hex(),
        }
        """What :meth:`again` makes the same form of, in another process."""
        self._types = accepted(accept)
        self.formats: Sequence[str] = tuple(self._types)
        """The workers' keys, best first."""
        self._headers = headers
        """Of an answer, before it is coded."""
        self._fingerprint = fingerprint
        self._looks: dict[tuple[str, bool], _Look] = {}

    @classmethod
    def again(cls, given: Mapping[str, Any]) -> Form:
        """Return the form that said :attr:`given`."""
        return cls(
            accept=given["accept"],
            headers=[(n.encode("latin-1"), v.encode("latin-1")) for n, v in given["headers"]],
            coding=given["coding"],
            fingerprint=bytes.fromhex(given["fingerprint"]),
        )

    def media_type(self, format: str) -> str:
        """Return the media type of one of :attr:`formats`."""
        return self._types[format]

    def wire(self, media_type: str, body: memoryview) -> tuple[bytes, bytes]:
        """Return the bytes of an answer that is not coded, as :attr:`api.cache.Ready.wire`."""
        return self._look(media_type, len(body)).wire(body)

    def coded(self, media_type: str, body: memoryview) -> tuple[bytes, bytes]:
        """Return the bytes of one that is."""
        headers = self._look(media_type, len(body)).headers(body)
        return finished(headers, bytes(body), self.coding).wire

    def _look(self, media_type: str, size: int) -> _Look:
        key = media_type, size >= WORTH
        look = self._looks.get(key)
        if look is None:
            look = self._looks[key] = _Look(self._headers, *key, self._fingerprint)
        return look


class _Look:
    """What is the same in all answers of a form, media type and kind of size."""

    def __init__(
        self, headers: RawHeaders, media_type: str, worth: bool, fingerprint: bytes
    ) -> None:
        coded = media_type.encode()
        kept = [pair for pair in headers if pair[0] not in (b"content-length", b"etag")]
        self._headers = [(n, coded if n == b"content-type" else v) for n, v in kept]
        self._lines = common_lines(self._headers, worth)
        self._digest = xxhash.xxh3_128(fingerprint)
        validated(self._digest, coded)

    def wire(self, body: memoryview) -> tuple[bytes, bytes]:
        return wired(self._lines, self._tag(body), body)

    def headers(self, body: memoryview) -> RawHeaders:
        """Return the headers of an answer that is still to be coded."""
        own = (b"content-length", b"%d" % len(body)), (b"etag", self._tag(body))
        return [*self._headers, *own]

    def _tag(self, body: memoryview) -> bytes:
        return validated(self._digest.copy(), body).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A query that waits for its answer."""

    head: bytes
    """The request."""
    text: str
    """The query."""
    form: Form
    exchange: Exchange
    snapshot: Snapshot


def envelope(head: bytes) -> tuple[Envelope, bytes] | None:
    """Return what is around the query of a GET, and its query string; None where it has others."""
    end = head.find(b" ", 4)
    start = head.find(_QUERY, 4, end)
    if start < 0 or head.find(b"&", start, end) >= 0 or head.find(b"\r", start, end) >= 0:
        return None
    return (head[:start], head[end:]), head[start + len(_QUERY) : end]


class Quick:
    """The short way of one server's queries."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def ask(
        self, head: bytes, notify: Callable[[Exchange], None]
    ) -> tuple[bytes, bytes] | Begun | None:
        """Return the answer to a request's bytes, or its query under way, or None.

        ``notify`` is told when the answer is there, or long in coming; the snapshot is held until
        :meth:`release`. None: the request has to go the whole way.
        """
        snapshot = self._service.snapshot
        read = _read(snapshot, head)
        if read is None:
            return None
        text, form = read
        wire = self._at_once(snapshot, head, text, form)
        if wire is not None or snapshot.workers is None:
            return wire
        try:
            exchange = snapshot.workers.begin(text, formats=form.formats, notify=notify)
        except (QueryBusy, QueryFailed, MalformedQuery):
            return None
        if exchange is None:
            return None
        snapshot.users += 1
        return Begun(head=head, text=text, form=form, exchange=exchange, snapshot=snapshot)

    def at_once(self, head: bytes) -> tuple[bytes, bytes] | None:
        """Return the answer to a request's bytes where no worker is needed for it, or None."""
        snapshot = self._service.snapshot
        read = _read(snapshot, head)
        return self._at_once(snapshot, head, *read) if read else None

    def _at_once(
        self, snapshot: Snapshot, head: bytes, text: str, form: Form
    ) -> tuple[bytes, bytes] | None:
        known: Result | None = snapshot.cache.get(_key(text, form))
        if known is not None:
            return self._wire(snapshot, head, form, known.media_type, memoryview(known.body))
        if form.formats[0] != "json" or snapshot.patterns is None:
            return None
        body = snapshot.patterns.answer(text)
        if body is None:
            return None
        return self._made(snapshot, head, text, form, "json", memoryview(body))

    def answer(self, begun: Begun) -> tuple[bytes, bytes] | None:
        """Return the bytes of an answer; None where it has to go the whole way."""
        exchange, snapshot, form = begun.exchange, begun.snapshot, begun.form
        if not exchange.ended or exchange.head is None or exchange.end.get("cut", True):
            return None
        body = memoryview(exchange.whole())
        return self._made(snapshot, begun.head, begun.text, form, exchange.head["format"], body)

    def _made(
        self,
        snapshot: Snapshot,
        head: bytes,
        text: str,
        form: Form,
        format: str,
        body: memoryview,
    ) -> tuple[bytes, bytes] | None:
        """Return the bytes of an answer just made, and hold it."""
        media_type = form.media_type(format)
        wire = self._wire(snapshot, head, form, media_type, body)
        if wire is not None and not form.coding:  # its bytes serve both
            body = memoryview(wire[1])[len(wire[1]) - len(body) :]
        size = len(text) + len(body)
        snapshot.cache.put(_key(text, form), Result(body=body, media_type=media_type), size)
        return wire

    def _wire(
        self, snapshot: Snapshot, head: bytes, form: Form, media_type: str, body: memoryview
    ) -> tuple[bytes, bytes] | None:
        if not form.coding or len(body) < WORTH:
            wire = form.wire(media_type, body)
        elif len(body) < LARGE:
            wire = form.coded(media_type, body)
        else:
            return None
        snapshot.cache.put(head, wire, len(head) + len(wire[1]))
        return wire

    def release(self, begun: Begun) -> None:
        """Give back what :meth:`ask` holds."""
        self._service.give_back(begun.snapshot)


def _read(snapshot: Snapshot, head: bytes) -> tuple[str, Form] | None:
    """Return a request's query and form; None where it is not like one answered before."""
    if not snapshot.forms or len(head) > HEAD_LIMIT:
        return None
    parts = envelope(head)
    form: Form | None = snapshot.forms.get(parts[0]) if parts else None
    if parts is None or form is None:
        return None
    try:
        text = unquoted(parts[1])
    except ValueError:
        return None
    return None if volatile(text) else (text, form)


def _key(text: str, form: Form) -> Hashable:
    return held_as(text, form.accept)


def form_of(snapshot: Snapshot, head: bytes) -> Form | None:
    """Return how the answer to a request's query looks, where that is known."""
    parts = envelope(head)
    form: Form | None = snapshot.forms.get(parts[0]) if parts else None
    return form


def learn(
    snapshot: Snapshot,
    head: bytes | None,
    headers: RawHeaders,
    *,
    accept: str | None,
    coding: str,
    fingerprint: bytes,
) -> None:
    """Remember how the answer to a query looked, ``headers`` being those before it was coded."""
    parts = envelope(head) if head is not None and repeatable(head) else None
    if parts is None or parts[0] in snapshot.forms:
        return
    form = Form(accept=accept, headers=headers, coding=coding, fingerprint=fingerprint)
    remember(snapshot, parts[0], form)


def remember(snapshot: Snapshot, around: Envelope, form: Form) -> None:
    """Keep a form for requests with the same around their query."""
    if len(snapshot.forms) >= _MOST:
        del snapshot.forms[next(iter(snapshot.forms))]
    snapshot.forms[around] = form
