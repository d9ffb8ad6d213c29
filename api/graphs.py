"""Graph Store HTTP Protocol, the reading half, and the data set's description (VoID).

A graph is named by ``?graph=<IRI>``, by ``?default``, by its place below ``/graphs/``, or by its
own IRI, which lies below ``/graph/`` (W3C Recommendation of 21 March 2013, §4). Writing is answered
with 405: graphs are built from their sources.
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.compression import coded
from api.negotiate import RDF_FORMATS, Representation, choose
from api.problems import Problem, nearest, not_acceptable
from api.replies import content_type, etag, matches, reply
from api.routes import Route
from api.selecting import snapshot_of
from api.service_description import graph_names
from api.sparql import KEYS, ask, parts
from api.sparql_request import Question
from kg.skos import CONCEPTS, DATASET

_GRAPH = "graph/"
# Without the former names of concepts.
_DESCRIPTION = (
    "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o . FILTER(?p NOT IN ("
    "<http://purl.org/dc/terms/isReplacedBy>, <http://www.w3.org/2002/07/owl#deprecated>)) }"
)
_ALL = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


async def one_graph(request: Request) -> Response:
    """Answer the graph that the query string names (§4.2)."""
    snapshot, given = snapshot_of(request), request.query_params.multi_items()
    if len(given) != 1 or given[0][0] not in {"graph", "default"}:
        near = nearest(given[0][0], ("graph", "default")) if given else None
        meant = f'Did you mean "{near}"? ' if near and len(given) == 1 else ""
        raise Problem(
            "malformed-request",
            f"{meant}Name one graph: ?graph=<its IRI>, percent-encoded, or ?default (§4.2). There "
            f"are: {', '.join(graph_names(snapshot))}.",
        )
    [(kind, value)] = given
    if kind == "default":
        return await send(request, snapshot.graph.base + CONCEPTS)
    if not urlsplit(value).scheme:
        raise Problem("malformed-request", "The graph's IRI has to be absolute (§4.2).")
    return await send(request, value)


async def graph_at(request: Request) -> Response:
    """Answer the graph whose place is the rest of the path (§4.1)."""
    if request.url.query:
        raise Problem("malformed-request", "The path names the graph; leave out the query (§4.1).")
    # The path comes decoded; IRIs are held encoded.
    place = request.path_params["name"]
    snapshot = snapshot_of(request)
    base = snapshot.graph.base
    known = {unquote(name): name for name in graph_names(snapshot)}
    return await send(request, known.get(base + _GRAPH + place, base + _GRAPH + place))


async def send(request: Request, name: str, form: Representation | None = None) -> Response:
    """Answer a graph by its IRI, as ``form`` or as the client likes it.

    Raises:
        Problem: there is no such graph, or the client takes no RDF.
    """
    snapshot = snapshot_of(request)
    if name not in graph_names(snapshot):
        raise Problem(
            "not-found",
            f"There is no graph <{name}>. There are: {', '.join(graph_names(snapshot))}.",
        )
    chosen = choose(
        None if form else request.headers.get("accept"), [form] if form else RDF_FORMATS
    )
    if chosen is None:
        raise not_acceptable(RDF_FORMATS)
    representation, media_type = chosen
    tag = etag(request, snapshot.revision.encode(), name.encode(), media_type.encode())
    headers = {
        "Cache-Control": "no-cache",
        "Content-Type": content_type(media_type),
        # What is streamed is coded on its way; its validator is asked for before.
        "ETag": coded(tag, request.scope.get("coding", "")),
        "Link": f'<{name}>; rel="canonical"',
        "Vary": "Accept, Accept-Encoding",
    }
    if matches(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    if request.scope.get("without_body"):
        bodiless = Response(headers=headers)
        del bodiless.headers["Content-Length"]  # not known before it is written (RFC 9110 §8.6)
        return bodiless
    question = Question(query=_ALL, default_graphs=(name,), named_graphs=())
    answer = await ask(request, question, [KEYS[representation.suffix]], whole=True)
    if answer.complete:
        return Response(await answer.read(), headers=headers)
    return StreamingResponse(parts(answer), headers=headers)


async def void(request: Request) -> Response:
    """Answer what the data set is, with the size of each graph (VoID §6.2)."""
    snapshot = snapshot_of(request)
    chosen = choose(request.headers.get("accept"), RDF_FORMATS)
    if chosen is None:
        raise not_acceptable(RDF_FORMATS)
    question = Question(
        query=_DESCRIPTION, default_graphs=(f"{snapshot.graph.base}{DATASET}",), named_graphs=()
    )
    answer = await ask(request, question, [KEYS[chosen[0].suffix]], whole=True)
    return reply(request, await answer.read(), chosen[1])


PROBLEMS_OF_QUERIES = ("busy", "query-time", "query-memory", "query-failed")
"""What may keep a graph from being answered."""
_PROBLEMS = ("malformed-request", "not-found", "not-acceptable", *PROBLEMS_OF_QUERIES)
_TYPES = tuple(each.media_type for each in RDF_FORMATS)

ROUTES: tuple[Route, ...] = (
    Route(
        path="/graphs",
        handler=one_graph,
        summary="A whole graph by its IRI, or the default graph (Graph Store Protocol)",
        tag="SPARQL",
        parameters=("graph", "default"),
        media_types=_TYPES,
        problems=_PROBLEMS,
    ),
    Route(
        path="/graphs/{name:path}",
        handler=graph_at,
        summary="A whole graph by its place",
        tag="SPARQL",
        media_types=_TYPES,
        problems=_PROBLEMS,
        path_samples={"name": "place"},
    ),
    Route(path="/graph/{name:path}", handler=graph_at, summary="", documented=False),
    Route(
        path="/.well-known/void",
        handler=void,
        summary="What the data set is, with counts (VoID)",
        tag="SPARQL",
        media_types=_TYPES,
        problems=("not-acceptable", "busy"),
    ),
)
"""Graphs as wholes."""
