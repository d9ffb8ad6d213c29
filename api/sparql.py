"""SPARQL 1.1 Protocol, query operation: GET, URL-encoded POST, direct POST, service description.

Plain patterns are answered from the index (:mod:`kg.patterns`), all other queries go as text to
worker processes that can be killed (:mod:`kg.workers`). Clauses are those of the W3C
Recommendation of 21 March 2013.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Hashable, Mapping, Sequence
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive

from api.cache import Result
from api.negotiate import HTML, RDF_FORMATS, RESULT_FORMATS, Representation, choose, ranked
from api.problems import Problem, not_acceptable
from api.replies import content_type, reply
from api.routes import Route
from api.selecting import snapshot_of
from api.service import Snapshot
from api.service_description import description
from api.sparql_request import FORM, PARAMETERS, QUERY, Question, read, volatile
from kg.results import UnfitFormat
from kg.skos import DATASET
from kg.workers import Answer
from kg.workers_answer import answer_to

KEYS = {
    **{each.suffix: each.suffix for each in RESULT_FORMATS},
    "ttl": "turtle",
    "nt": "ntriples",
    "jsonld": "jsonld",
    "rdf": "rdfxml",
}
"""The workers' key of each format, by suffix."""

_SOON = 0.02
"""Seconds after which a query's client is watched, whether it is still there."""

BEGUN = "glossgraph.begun"
"""Extension of the ASGI scope: where the answer to the request's query comes in already."""

_FORMATS = (*RESULT_FORMATS, *RDF_FORMATS)


def held_as(
    text: str,
    accept: str | None,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
) -> Hashable:
    """Return the key under which the answer to a query is held."""
    return text, accept, tuple(default_graphs), tuple(named_graphs)


async def sparql(request: Request) -> Response:
    """Answer a query, or the service description where none is asked."""
    question = await read(request)
    if question is None:
        return await _describe_service(request)
    accept = request.headers.get("accept")
    types = accepted(accept)
    cache = snapshot_of(request).cache
    key = held_as(question.query, accept, question.default_graphs, question.named_graphs)
    result: Result | None = cache.get(key)
    if result is not None:
        return reply(request, bytes(result.body), result.media_type)
    body = _at_once(snapshot_of(request), question, next(iter(types)))
    if body is not None:
        media_type = types["json"]
        cache.put(key, Result(body=body, media_type=media_type), len(question.query) + len(body))
        return reply(request, body, media_type)
    answer = await ask(request, question, list(types))
    media_type = types[answer.format]
    if not answer.complete:
        return _streamed(answer, media_type)
    body = await answer.read()
    if answer.cut:
        cut = {"X-Result-Cut": f"{answer.rows} rows"}
        return reply(request, body, media_type, headers=cut, cache="no-store")
    if volatile(question.query):
        return reply(request, body, media_type, cache="no-store")
    cache.put(key, Result(body=body, media_type=media_type), len(question.query) + len(body))
    return reply(request, body, media_type)


def _at_once(snapshot: Snapshot, question: Question, format: str) -> bytes | None:
    """Return the answer to a plain query that a client takes as JSON, None to any other."""
    if question.default_graphs or question.named_graphs or format != "json":
        return None
    return snapshot.patterns.answer(question.query) if snapshot.patterns else None


@lru_cache(maxsize=1024)
def accepted(accept: str | None) -> Mapping[str, str]:
    """Return the workers' keys of the formats that a client takes, best first, with media types.

    Raises:
        Problem: it takes none that answers have.
    """
    chosen = ranked(accept, _FORMATS)
    if not chosen:
        raise not_acceptable(_FORMATS)
    return {KEYS[each.suffix]: content_type(media_type) for each, media_type in chosen}


async def ask(
    request: Request, question: Question, formats: Sequence[str], *, whole: bool = False
) -> Answer:
    """Return the workers' answer, cut at the limits unless ``whole``.

    A client that goes away ends its query.

    Raises:
        Problem: there are no workers, the formats do not fit, or the client is gone.
        MalformedQuery, QueryBusy, QueryTimeout, QueryTooLarge, QueryFailed: see the workers.
    """
    workers = snapshot_of(request).workers
    if workers is None:
        raise Problem("busy", "Queries cannot be answered yet.", headers={"Retry-After": "1"})
    begun = request.scope.get("extensions", {}).get(BEGUN)
    try:
        async with Attended(request.receive):
            if begun is not None:
                if begun["snapshot"] is snapshot_of(request):
                    return await answer_to(begun["exchange"])
                begun["exchange"].abandon()  # a new revision is served meanwhile
            return await workers.query(
                question.query,
                formats=formats,
                default_graphs=question.default_graphs,
                named_graphs=question.named_graphs,
                whole=whole,
            )
    except UnfitFormat as error:
        fitting = [each for each in _FORMATS if each.media_type in error.formats]
        raise not_acceptable(fitting) from error


class Attended:
    """Ends what is under way in its block when the client goes away.

    It begins to watch after :data:`_SOON`, so that short queries need no task for it.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._watcher: asyncio.Future[None] | None = None
        self._gone = False

    async def __aenter__(self) -> None:
        self._asking = asyncio.current_task()
        self._timer = asyncio.get_running_loop().call_later(_SOON, self._begin)

    def _begin(self) -> None:
        self._watcher = asyncio.ensure_future(self._watch())

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        if self._asking is not None:
            self._asking.cancel()

    async def __aexit__(self, kind: object, error: BaseException | None, _: object) -> None:
        self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
        if self._gone and isinstance(error, asyncio.CancelledError):
            if self._asking is not None:
                self._asking.uncancel()
            raise Problem("malformed-request", "The client has gone.") from error


def _streamed(answer: Answer, media_type: str) -> Response:
    """Return a long answer, sent as it comes; whether it will be whole is not known yet."""
    headers = {"Vary": "Accept", "Cache-Control": "no-store", "Content-Type": media_type}
    return StreamingResponse(parts(answer), headers=headers)


async def parts(answer: Answer) -> AsyncIterator[bytes]:
    """Yield an answer as it comes."""
    async for part in answer:
        yield part


async def _describe_service(request: Request) -> Response:
    """Answer what the endpoint can do (SPARQL 1.1 Service Description); people get the editor."""
    chosen = choose(request.headers.get("accept"), (*RDF_FORMATS, HTML))
    if chosen is None:
        raise not_acceptable(RDF_FORMATS)
    if chosen[0] is HTML:
        address = f"{request.scope.get('root_path', '')}/query"
        return Response(status_code=303, headers={"Location": address, "Vary": "Accept"})
    snapshot = snapshot_of(request)
    text = description(snapshot, f"{request.base_url}sparql")
    about = (f"{snapshot.graph.base}{DATASET}",)
    question = Question(query=text, default_graphs=about, named_graphs=())
    answer = await ask(request, question, [KEYS[chosen[0].suffix]], whole=True)
    return reply(request, await answer.read(), chosen[0].media_type)


def media_types(formats: Sequence[Representation] = _FORMATS) -> tuple[str, ...]:
    """Return the media types that answers are sent as."""
    return tuple(each.media_type for each in formats)


_PROBLEMS = (
    "malformed-query",
    "malformed-request",
    "read-only",
    "not-acceptable",
    "body-too-large",
    "unsupported-media-type",
    "query-failed",
    "busy",
    "query-time",
    "query-memory",
)
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            QUERY: {"schema": {"type": "string"}},
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["query"],
                    "properties": {
                        "query": {"type": "string"},
                        "default-graph-uri": {"type": "array", "items": {"type": "string"}},
                        "named-graph-uri": {"type": "array", "items": {"type": "string"}},
                    },
                }
            },
        },
    }
}

ROUTES: tuple[Route, ...] = (
    Route(
        path="/sparql",
        handler=sparql,
        summary="Ask in SPARQL 1.1; without a query, what the endpoint can do",
        tag="SPARQL",
        parameters=PARAMETERS,
        media_types=media_types(),
        problems=_PROBLEMS,
    ),
    Route(
        path="/sparql",
        handler=sparql,
        summary="Ask in SPARQL 1.1 with the query in the body",
        tag="SPARQL",
        methods=("POST",),
        media_types=media_types(),
        problems=_PROBLEMS,
        extra=_BODY,
    ),
)
"""The endpoint."""
