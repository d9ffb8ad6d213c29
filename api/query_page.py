"""The page that asks in SPARQL and shows a table; it works without JavaScript."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import unquote

import orjson
from starlette.requests import Request
from starlette.responses import Response

from api import views
from api.pages import page, words
from api.parameters import Parameters
from api.problems import PROBLEMS, TRANSLATIONS, Problem
from api.routes import Route
from api.selecting import snapshot_of
from api.service import Snapshot
from api.sparql import Question, ask
from api.texts import Texts
from kg.results import GRAPH

EXAMPLES: tuple[tuple[str, str], ...] = (
    (
        "metrics",
        "# Which concepts are metrics?\n"
        "SELECT ?concept ?label WHERE {\n"
        "  ?concept gg:kind gg:metric ; skos:prefLabel ?label .\n"
        "} ORDER BY ?label",
    ),
    (
        "kinds",
        "# What is a kind of what?\n"
        "SELECT ?narrower ?kindOf ?broader WHERE {\n"
        "  ?n skos:broader ?b .\n"
        "  ?n skos:prefLabel ?narrower . ?b skos:prefLabel ?broader .\n"
        '  BIND("is a kind of" AS ?kindOf)\n'
        "} ORDER BY ?broader ?narrower",
    ),
    (
        "causes",
        "# What increases or reduces what?\n"
        "SELECT ?cause ?does ?effect WHERE {\n"
        '  VALUES (?property ?does) { (gg:increases "increases") (gg:reduces "reduces") }\n'
        "  ?a ?property ?b .\n"
        "  ?a skos:prefLabel ?cause . ?b skos:prefLabel ?effect .\n"
        "} ORDER BY ?effect ?cause",
    ),
    (
        "implied",
        "# What do definitions speak of that no entry defines?\n"
        "SELECT ?concept ?label WHERE {\n"
        "  ?concept gg:implied true ; skos:prefLabel ?label .\n"
        "} ORDER BY ?label",
    ),
    (
        "evidence",
        "# Which sentences are relations read from?\n"
        "SELECT ?subject ?predicate ?object ?quote WHERE {\n"
        "  GRAPH ?graph {\n"
        "    ?assertion rdf:subject ?s ; rdf:predicate ?predicate ; rdf:object ?o ;\n"
        "      oa:hasTarget/oa:hasSelector/oa:exact ?quote .\n"
        "  }\n"
        "  ?s skos:prefLabel ?subject . ?o skos:prefLabel ?object .\n"
        "} LIMIT 50",
    ),
)
"""Queries to begin with, by the key of their name; each answers on any graph."""

_ROWS = 500
"""Rows that the page shows."""
_TEXT = 200_000
"""Characters of triples that the page shows."""


async def query_page(request: Request) -> Response:
    """Answer the editor, and below it the table or triples of the query in the address."""
    snapshot = snapshot_of(request)
    query = Parameters(request, ("query",), strict=False).text("query", "", length=100_000)
    shown: dict[str, Any] = {
        "columns": None,
        "rows": (),
        "more": False,
        "text": "",
        "problem": None,
    }
    root = request.scope.get("root_path", "")
    start = time.perf_counter()
    if query:
        question = Question(query=query, default_graphs=(), named_graphs=())
        try:
            answer = await ask(request, question, ("json", "turtle"))
            body = await answer.read()
        except Problem as error:
            shown["problem"] = error.document()
        except tuple(TRANSLATIONS) as error:
            make = next(make for kind, make in TRANSLATIONS.items() if isinstance(error, kind))
            shown["problem"] = make(error).document()
        else:
            if answer.kind == GRAPH:
                shown["text"] = body.decode()[:_TEXT]
            else:
                shown |= _table(snapshot, root, words(request), orjson.loads(body))
                shown["more"] |= answer.cut
    problem = shown["problem"]
    return page(
        request,
        "query.html",
        cache="no-store",
        status=PROBLEMS[problem["type"].partition("#")[2]].status if problem else 200,
        here="/query",
        query=query or EXAMPLES[0][1],
        endpoint=f"{request.base_url}sparql",
        examples=EXAMPLES,
        milliseconds=round(1000 * (time.perf_counter() - start)),
        **shown,
    )


def _table(snapshot: Snapshot, root: str, say: Texts, results: dict[str, Any]) -> dict[str, Any]:
    """Return the columns and rows of SPARQL JSON; IRIs of concepts lead to their pages."""
    if "boolean" in results:
        cell = {
            "text": say("query.yes" if results["boolean"] else "query.no"),
            "href": "",
            "language": "",
        }
        return {"columns": [say("query.answer")], "rows": [[cell]], "more": False}
    columns = results["head"]["vars"]
    found = results["results"]["bindings"]
    rows = [[_cell(snapshot, root, row.get(name)) for name in columns] for row in found[:_ROWS]]
    return {"columns": columns, "rows": rows, "more": len(found) > _ROWS}


def _cell(snapshot: Snapshot, root: str, value: dict[str, str] | None) -> dict[str, str]:
    if value is None:
        return {"text": "", "href": "", "language": ""}
    if value["type"] != "uri":
        return {"text": value["value"], "href": "", "language": value.get("xml:lang", "")}
    iri = value["value"]
    slug = unquote(iri.removeprefix(f"{snapshot.graph.base}concepts/"))
    if slug in snapshot.index.number and slug != iri:
        return {"text": slug, "href": root + views.path(slug), "language": ""}
    return {"text": views.curie(snapshot, iri), "href": "", "language": ""}


ROUTES: tuple[Route, ...] = (
    Route(path="/query", handler=query_page, summary="Ask in SPARQL", documented=False),
)
"""The page."""
