"""SPARQL 1.1 Protocol, query operation: GET, URL-encoded POST, direct POST, service description.

Queries go as text to worker processes that can be killed (:mod:`kg.workers`); this module only
reads requests and chooses formats. Clauses are those of the W3C Recommendation of 21 March 2013.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

from rapidfuzz import fuzz, process
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive

from api.cache import Result
from api.negotiate import HTML, RDF_FORMATS, RESULT_FORMATS, Representation, choose, ranked
from api.problems import Problem, not_acceptable
from api.replies import content_type, read_body, reply
from api.routes import Route
from api.selecting import snapshot_of
from api.service import Snapshot
from kg.results import UnfitFormat
from kg.skos import CONCEPTS, DATASET, evidence_graph, source_graph
from kg.workers import Answer
from kg.workers_answer import answer_to

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"

KEYS = {
    **{each.suffix: each.suffix for each in RESULT_FORMATS},
    "ttl": "turtle",
    "nt": "ntriples",
    "jsonld": "jsonld",
    "rdf": "rdfxml",
}
"""The workers' key of each format, by suffix."""

_FIELDS = 1000
_SOON = 0.02
"""Seconds after which a query's client is watched, whether it is still there."""

BEGUN = "glossgraph.begun"
"""Extension of the ASGI scope: where the answer to the request's query comes in already."""

_FORMATS = (*RESULT_FORMATS, *RDF_FORMATS)
# Functions whose value differs from call to call (SPARQL 1.1 §17.4), as words anywhere.
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x20<>\"{}|\\^`]*")
_LIKE = 84
"""Likeness of 100 from which a name is taken for a misspelt one; below it stands ``queryLn``."""
_VOLATILE = re.compile(r"\b(?:now|rand|uuid|struuid|bnode)\b")
_PREFIXES = """\
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
PREFIX formats: <http://www.w3.org/ns/formats/>
PREFIX void: <http://rdfs.org/ns/void#>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A query operation as the protocol transports it."""

    query: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]


def held_as(
    text: str,
    accept: str | None,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
) -> Hashable:
    """Return the key under which the answer to a query is held."""
    return text, accept, tuple(default_graphs), tuple(named_graphs)


def volatile(text: str) -> bool:
    """Return whether the answer to a query may change from call to call, on the safe side."""
    lowered = text.lower()
    if "\\u" in lowered:  # letters may be written so (§19.2)
        return True
    # Looked for one by one, which is far quicker than the pattern alone.
    some = "now" in lowered or "rand" in lowered or "uuid" in lowered or "bnode" in lowered
    return some and _VOLATILE.search(lowered) is not None


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


async def read(request: Request) -> Question | None:
    """Return the query operation of a request (§2.1); None where a GET has no query.

    Raises:
        Problem: the request is none that the protocol knows.
    """
    limit = request.app.state.settings.body_limit
    address = _decoded(request.scope["query_string"])
    if request.method == "GET":
        return _question(address, required=False)
    media_type, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    charset = parameters.partition("charset=")[2].strip().strip('"').partition(";")[0]
    if charset not in {"", "utf-8", "utf8"}:
        raise Problem("unsupported-media-type", "Queries are UTF-8 (§2.1.3). Send them so.")
    match media_type.strip():
        case "application/x-www-form-urlencoded":
            # §2.1.2 puts everything into the body; who names graphs in the address means them.
            body = _decoded(await read_body(request, limit))
            return _question([*address, *body], required=True)
        case "application/sparql-query":  # §2.1.3: graphs are in the address
            text = _text(await read_body(request, limit))
            given = [(name, value) for name, value in address if name != "query"]
            if len(given) < len(address):
                raise Problem(
                    "malformed-request",
                    "The query is in the body; leave it out of the address (§2.1.3).",
                )
            return _question([*given, ("query", text)], required=True)
        case "application/sparql-update":
            raise _refused()
        case other:
            said = f'"{other}"' if other else "missing"
            raise Problem(
                "unsupported-media-type",
                f"The Content-Type is {said}. Send {QUERY} with the query as body, or {FORM} "
                "with the field query.",
                headers={"Accept-Post": f"{QUERY}, {FORM}"},
            )


def _decoded(data: bytes) -> list[tuple[str, str]]:
    """Return the fields of a query string or form, percent-decoded once."""
    try:
        return fields(data)
    except ValueError as error:  # not ASCII, not UTF-8 behind the percent signs, too many fields
        raise Problem(
            "malformed-request", "The request is not percent-encoded UTF-8. Encode it so."
        ) from error


def fields(data: bytes) -> list[tuple[str, str]]:
    """Return the names and values of ``application/x-www-form-urlencoded``, empty values too.

    As :func:`urllib.parse.parse_qsl`, in half of its time for what is encoded much.

    Raises:
        ValueError: it is not percent-encoded UTF-8, or has over a thousand fields.
    """
    if data.count(b"&") >= _FIELDS:
        raise ValueError("too many fields")
    pairs = [part.partition(b"=") for part in data.split(b"&") if part]
    try:
        return [(unquoted(name), unquoted(value)) for name, _, value in pairs]
    except ValueError:  # it may be a percent sign that stands for itself
        text = data.decode("ascii")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)


def unquoted(data: bytes) -> str:
    """Return text without its percent-encoding: Python's own escapes are undone in C.

    Raises:
        ValueError: it is not percent-encoded UTF-8, or holds a percent sign that encodes nothing.
    """
    text = data.replace(b"+", b" ").decode("ascii")
    if "%" not in text:
        return text
    escaped = text.replace("\\", "\\\\").replace("%", "\\x")
    return escaped.encode("ascii").decode("unicode_escape").encode("latin-1").decode("utf-8")


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem("malformed-request", "The query is not UTF-8 (§2.1.3).") from error


def _question(fields: Sequence[tuple[str, str]], *, required: bool) -> Question | None:
    queries = [value for name, value in fields if name == "query"]
    if any(name == "update" for name, _ in fields):
        raise _refused()
    misspelt = {name: known for name, _ in fields if (known := _meant(name))}
    if misspelt:
        said = [f'There is no parameter "{n}". Did you mean "{k}"?' for n, k in misspelt.items()]
        raise Problem("malformed-request", " ".join(said))
    if not queries and not required and not any(name in _PARAMETERS for name, _ in fields):
        return None
    if len(queries) != 1:
        raise Problem(
            "malformed-request",
            f"There are {len(queries)} queries in the request; send exactly one (§2.1.4).",
        )
    for name, value in fields:
        if name in ("default-graph-uri", "named-graph-uri") and not _IRI.fullmatch(value):
            raise Problem(
                "malformed-request", f'{name} must be an absolute IRI (RFC 3987), not "{value}".'
            )
    return Question(
        query=queries[0],
        default_graphs=tuple(value for name, value in fields if name == "default-graph-uri"),
        named_graphs=tuple(value for name, value in fields if name == "named-graph-uri"),
    )


@lru_cache(maxsize=256)
def _meant(name: str) -> str | None:
    """Return the parameter that an unknown one is likely meant for.

    Other names are left alone: clients send ``format``, ``timeout`` and the like to any endpoint.
    """
    if name in _PARAMETERS:
        return None
    found = process.extractOne(name.lower(), _PARAMETERS, scorer=fuzz.ratio, score_cutoff=_LIKE)
    return found and str(found[0])


def _refused() -> Problem:
    return Problem(
        "read-only",
        "Updates are not carried out: the graph is built from its sources. Change those, with PUT "
        "/api/sources/{name} where the server has a token for it, or build again.",
    )


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


def graph_names(snapshot: Snapshot) -> list[str]:
    """Return the IRIs of all graphs: the description, the derived one, two for each source."""
    base = snapshot.graph.base
    names = [f"{base}{DATASET}", f"{base}{CONCEPTS}"]
    for source in snapshot.graph.sources:
        names += [source_graph(base, source.name), evidence_graph(base, source.name)]
    return names


def description(snapshot: Snapshot, endpoint: str) -> str:
    """Return a CONSTRUCT query whose answer is the service description of ``endpoint``.

    It is asked over the graph that describes the data set, which has the size of each graph.
    """
    service, dataset, default = (f"<{endpoint}#{n}>" for n in ("service", "dataset", "default"))
    rows = [
        (service, "a", "sd:Service"),
        (service, "sd:endpoint", f"<{endpoint}>"),
        (service, "sd:supportedLanguage", "sd:SPARQL11Query"),
        (service, "sd:defaultDataset", dataset),
        *((service, "sd:resultFormat", f"formats:{each}") for each in _W3C_FORMATS),
        *((f"formats:{each}", "a", "sd:Format") for each in _W3C_FORMATS),
        (dataset, "a", "sd:Dataset"),
        (dataset, "a", "void:Dataset"),
        (dataset, "sd:defaultGraph", default),
        (default, "a", "sd:Graph"),
    ]
    sizes = [(default, f"<{snapshot.graph.base}{CONCEPTS}>")]
    for place, name in enumerate(graph_names(snapshot)):
        node = f"<{endpoint}#graph-{place}>"
        rows += [
            (dataset, "sd:namedGraph", node),
            (node, "a", "sd:NamedGraph"),
            (node, "a", "sd:Graph"),
            (node, "sd:name", f"<{name}>"),
            (node, "sd:graph", node),
        ]
        sizes.append((node, f"<{name}>"))
    said = " ".join(f"({s} {'rdf:type' if p == 'a' else p} {o})" for s, p, o in rows)
    sized = " ".join(f"({node} {name})" for node, name in sizes)
    return (
        f"{_PREFIXES}CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {{ VALUES (?s ?p ?o) {{ {said} }} }} UNION "
        f"{{ VALUES (?s ?g) {{ {sized} }} ?g void:triples ?o BIND(void:triples AS ?p) }} }}"
    )


_W3C_FORMATS = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "JSON-LD",
    "RDF_XML",
)
"""Names of the formats in http://www.w3.org/ns/formats/."""


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
_PARAMETERS = ("query", "default-graph-uri", "named-graph-uri")
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
        parameters=_PARAMETERS,
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
