"""The page that asks in SPARQL and shows a table; it works without JavaScript."""

from __future__ import annotations

import time
from math import isfinite
from typing import Any
from urllib.parse import unquote, urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response

from api import views
from api.drawing import MOST
from api.negotiate import RDF_FORMATS, RESULT_FORMATS
from api.pages import page, words
from api.parameters import Parameters
from api.problems import PROBLEMS, TRANSLATIONS, Problem
from api.routes import Route
from api.selecting import snapshot_of
from api.service import Snapshot
from api.sparql import ask
from api.sparql_request import Question
from api.texts import Texts
from kg.results import GRAPH
from ontology.vocabulary import BASE_PREFIXES

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
        "hubs",
        "# Which concepts have the most relations?\n"
        "SELECT ?label (COUNT(?other) AS ?relations) WHERE {\n"
        "  ?concept (skos:related|skos:broader|skos:narrower) ?other ; skos:prefLabel ?label .\n"
        "} GROUP BY ?concept ?label ORDER BY DESC(?relations) ?label LIMIT 20",
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
_BARS = 30
"""Rows that the chart shows."""
_NUMBERS = ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger")
_XSD = "http://www.w3.org/2001/XMLSchema#"
_PROPERTIES = (
    "skos:prefLabel", "skos:altLabel", "skos:definition", "skos:inScheme", "skos:related",
    "gg:kind", "gg:implied",
)  # fmt: skip
"""Properties that are no relation types and that most queries need."""
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
        "bars": (),
        "on_map": "",
        "taken_as": (),
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
                shown["taken_as"] = RDF_FORMATS
            else:
                results = orjson.loads(body)
                shown |= _table(snapshot, root, words(request), results)
                shown["more"] |= answer.cut
                shown["bars"] = _bars(results)
                shown["on_map"] = _on_map(snapshot, root, results)
                # A yes or no has no rows, which is all that CSV and TSV can hold.
                shown["taken_as"] = RESULT_FORMATS[: 2 if "boolean" in results else None]
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
        completions=_completions(snapshot, words(request).language),
        concepts=f"{snapshot.graph.base}concepts/",
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


def _bars(results: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a bar for each row, where one column has a number in each row and one names it."""
    found = results.get("results", {}).get("bindings", [])[:_BARS]
    columns = results["head"].get("vars", [])
    numeric = [
        c for c in columns if found and all(_number(row.get(c)) is not None for row in found)
    ]
    named = [c for c in columns if c not in numeric and all(c in row for row in found)]
    if not numeric or not named or len(found) < 2:
        return []
    literal = [c for c in named if all(row[c]["type"] == "literal" for row in found)]
    name = (literal or named)[0]
    values = [_number(row[numeric[0]]) or 0.0 for row in found]
    most = max((abs(value) for value in values), default=0.0) or 1.0
    return [
        {
            "name": unquote(row[name]["value"].rpartition("/")[2])
            if row[name]["type"] == "uri"
            else row[name]["value"],
            "value": row[numeric[0]]["value"],
            "share": round(100 * max(value, 0.0) / most, 2),
        }
        for row, value in zip(found, values, strict=True)
    ]


def _number(value: dict[str, str] | None) -> float | None:
    """Return a numeric literal's value; ``None`` for anything else, NaN and infinity too."""
    if value is None or value.get("datatype", "").removeprefix(_XSD) not in _NUMBERS:
        return None
    try:
        number = float(value["value"])
    except ValueError:
        return None
    return number if isfinite(number) else None


def _on_map(snapshot: Snapshot, root: str, results: dict[str, Any]) -> str:
    """Return the address of the map of the results' concepts, ``""`` for fewer than two."""
    base = f"{snapshot.graph.base}concepts/"
    slugs = dict.fromkeys(
        slug
        for row in results.get("results", {}).get("bindings", [])
        for cell in row.values()
        if cell["type"] == "uri" and cell["value"].startswith(base)
        if (slug := unquote(cell["value"].removeprefix(base))) in snapshot.index.number
    )
    if len(slugs) < 2:
        return ""
    return f"{root}/map?{urlencode({'concepts': ','.join(list(slugs)[:MOST])})}"


def _completions(snapshot: Snapshot, language: str) -> list[tuple[str, str, str]]:
    """Return prefixes, relation types and kinds as the editor offers them: text, meaning, sort."""
    known = snapshot.graph.vocabulary
    prefixes = {**BASE_PREFIXES, **known.prefixes}
    found = [(f"{prefix}:", iri, "namespace") for prefix, iri in prefixes.items()]
    for relation in known.relation_types.values():
        name = views.curie(snapshot, relation.iri)
        found.append((name, known.phrase(relation.key, language), "property"))
    found += [(name, "", "property") for name in _PROPERTIES]
    found += [(f"gg:{key}", "", "class") for key in known.kinds if key != "none"]
    return list({name: (name, detail, sort) for name, detail, sort in found}.values())


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
