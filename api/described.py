"""What the other IRIs of a graph answer: the data set, its sources, texts and evidence, in RDF.

Concepts are described in :mod:`api.dereference`, named graphs in :mod:`api.graphs`.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from api.graphs import void
from api.negotiate import RDF_FORMATS, choose
from api.problems import Problem, not_acceptable
from api.replies import reply
from api.routes import Route
from api.selecting import snapshot_of
from api.sparql import KEYS, ask
from api.sparql_request import Question
from kg.rdf import step


async def evidence(request: Request) -> Response:
    """Answer what a piece of evidence says: the statement, its rule, where it stands."""
    return await describe(request, f"evidence/{step(request.path_params['name'])}")


async def text(request: Request) -> Response:
    """Answer what is said of a text that evidence points into."""
    return await describe(request, f"texts/{step(request.path_params['name'], path=True)}")


async def describe(request: Request, place: str) -> Response:
    """Answer all triples about the IRI at a place below the graph's base.

    Those of the targets and selectors that belong to a piece of evidence come with it.

    Raises:
        Problem: nothing is said of it, or the client takes no RDF.
    """
    iri = f"{snapshot_of(request).graph.base}{place}"
    chosen = choose(request.headers.get("accept"), RDF_FORMATS)
    if chosen is None:
        raise not_acceptable(RDF_FORMATS)
    every = f"GRAPH ?g {{ <{iri}> (oa:hasTarget|oa:hasSelector)* ?s . ?s ?p ?o }}"
    if (await _asked(request, f"ASK {{ {every} }}", "csv")).strip() != b"true":
        raise Problem("not-found", f"Nothing is said of <{iri}>.")
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {every} }}"
    body = await _asked(request, query, KEYS[chosen[0].suffix])
    return reply(request, body, chosen[1], headers={"Link": f'<{iri}>; rel="canonical"'})


async def _asked(request: Request, query: str, form: str) -> bytes:
    question = Question(query=query, default_graphs=(), named_graphs=())
    return await (await ask(request, question, [form], whole=True)).read()


ROUTES: tuple[Route, ...] = (
    Route(path="/dataset", handler=void, summary="", documented=False),
    Route(path="/evidence/{name}", handler=evidence, summary="", documented=False),
    Route(path="/texts/{name:path}", handler=text, summary="", documented=False),
)
"""Routes of the IRIs that are neither concepts nor graphs."""
