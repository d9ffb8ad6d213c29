"""The OpenAPI document, with examples from the served graph, and Swagger UI from our own files."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import orjson
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from api.catalogue import initial
from api.pages import render
from api.problems import PROBLEMS
from api.replies import CSP_DOCS, reply
from api.routes import Route, problem_content
from api.selecting import snapshot_of
from api.service import Snapshot
from api.settings import HELP
from kg.skos import CONCEPTS

DESCRIPTION = """
Ask a concept graph that was read from glossaries: what is related to a term, how, why, and how two
terms are connected. A concept is named by its slug, its IRI or any of its labels. Errors are
problem documents (RFC 9457); their `type` points to an explanation, their `detail` says what to do.
"""


def software_version() -> str:
    """Return the version of the installed distribution; ``0`` in a checkout that is not."""
    try:
        return version("glossgraph")
    except PackageNotFoundError:
        return "0"


def samples(snapshot: Snapshot) -> Mapping[str, str]:
    """Return values from the graph that make every example of the document runnable.

    The concept with most relations, one that it is related to, and their relation.
    """
    index = snapshot.index
    found = {
        "language": snapshot.graph.language,
        "format": "turtle",
        "graph": snapshot.graph.base + CONCEPTS,
        "place": CONCEPTS.partition("/")[2],
        "picture": "svg",
        "part": "graphml",
        "list": "ttl",
        "entity": "entity",
        "query": "SELECT ?concept ?label WHERE { ?concept skos:prefLabel ?label } LIMIT 10",
    }
    if snapshot.graph.sources:
        found["source"] = snapshot.graph.sources[0].name
    if not index.concepts:
        return found
    hub = max(range(len(index.concepts)), key=index.degree)
    concept = index.concepts[hub]
    found["queries"] = orjson.dumps({"q0": {"query": concept.label}}).decode()
    found |= {"slug": concept.slug, "label": concept.label, "letter": initial(concept.label)}
    found["iri"] = index.iri(concept.slug)
    relation = next(index.relations_of(concept.slug), None)
    if relation is not None:
        other = relation.object if relation.subject == concept.slug else relation.subject
        found |= {"relation": relation.id, "other": index.concept(other).label}
        found["two"] = f"{concept.slug},{other}"
    return found


EVERYWHERE: Mapping[str, str] = {
    "malformed-request": "The header Host is missing, given twice or malformed.",
    "misdirected": "The server does not answer to the name in the header Host.",
}
"""Problems that every address may answer, whatever is asked (:mod:`api.gate`), and when."""


def document(app: FastAPI, snapshot: Snapshot, root: str) -> dict[str, Any]:
    """Return the OpenAPI document with examples, relation types and kinds of ``snapshot``."""
    described: dict[str, Any] = orjson.loads(orjson.dumps(app.openapi()))
    values = samples(snapshot)
    known = snapshot.index.vocabulary
    keys = {"type": [*known.keys], "kind": [*known.kinds]} if known.added else {}
    for operations in described["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                sample = values.get(parameter.pop("x-sample", ""))
                if sample is not None:
                    parameter["example"] = sample
                schema = parameter["schema"].get("items", parameter["schema"])
                if "enum" in schema and parameter["name"] in keys:
                    schema["enum"] = keys[parameter["name"]]
            for key, when in EVERYWHERE.items():
                status = str(PROBLEMS[key].status)
                said = operation["responses"].get(status)
                if said is None:
                    operation["responses"][status] = {"$ref": f"#/components/responses/{key}"}
                else:
                    said["description"] += f" {when}"
    described.setdefault("components", {})["responses"] = {
        key: {"description": when, "content": problem_content()} for key, when in EVERYWHERE.items()
    }
    described["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": HELP["token"]}
    }
    described["servers"] = [{"url": root or "/"}]
    return described


async def openapi(request: Request) -> Response:
    """Answer the OpenAPI document."""
    snapshot = snapshot_of(request)
    body = orjson.dumps(document(request.app, snapshot, request.scope.get("root_path", "")))
    return reply(request, body, "application/json", vary="")


async def docs(request: Request) -> Response:
    """Answer the page that shows the OpenAPI document and tries it out."""
    body = render(request, "docs.html")
    headers = {"Content-Security-Policy": CSP_DOCS}
    return reply(request, body, "text/html", vary="", headers=headers)


ROUTES: tuple[Route, ...] = (
    Route(path="/openapi.json", handler=openapi, summary="This document", documented=False),
    Route(path="/docs", handler=docs, summary="The interface, to try out", documented=False),
)
"""Routes that describe the others."""
