"""The Reconciliation Service API 0.2 (W3C Entity Reconciliation Community Group), for OpenRefine.

One address answers what the service can do, batches of queries and data extension; beside it are
suggestions, flyouts, previews and proposals of properties. Identifiers are slugs, kinds and keys of
relation types: what stands behind ``identifierSpace`` and ``schemaSpace`` in their IRIs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any
from urllib.parse import parse_qs

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import reconcile_values, service_models, views
from api.aside import aside, long_text
from api.docs import software_version
from api.embedding import ancestors
from api.negotiate import HTML
from api.pages import render
from api.parameters import Parameters
from api.problems import Problem, invalid_parameter
from api.reconcile_queries import extension, queries
from api.replies import read_body, reply, reply_json
from api.routes import Route
from api.selecting import snapshot_of
from api.service import Snapshot
from api.settings import Settings
from api.system import address
from kg.reconcile import EVERY_TYPE, SCHEME, Candidate, Query, reconcile, types_of
from kg.search import suggest
from ontology import vocabulary

OPENREFINE = ("http://127.0.0.1:3333", "http://localhost:3333")
"""Where OpenRefine runs: it may read and frame what a private server says, too."""
_SUGGESTIONS = 20
_FORM = "application/x-www-form-urlencoded"
_CALLBACK = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*")


# --- the service's address ------------------------------------------------------------------------


async def service(request: Request) -> Response:
    """Answer a batch of queries, a data extension, or what the service can do."""
    snapshot, settings = snapshot_of(request), request.app.state.settings
    given = dict(request.query_params)
    if request.method == "POST":
        given |= await _form(request, settings.body_limit)
    asked = {name: given[name] for name in ("queries", "extend") if given.get(name, "").strip()}
    if len(asked) > 1:
        raise Problem("malformed-request", "Send either queries or extend, not both.")
    if "queries" in asked:
        batch = queries(asked["queries"])
        value: Any = await run_in_threadpool(answer, snapshot, batch, public=settings.public)
    elif "extend" in asked:
        ids, wanted = extension(asked["extend"])
        value = await run_in_threadpool(
            reconcile_values.extend, snapshot, ids, wanted, public=settings.public
        )
    elif request.method == "POST":
        raise Problem("malformed-request", "Send a form with queries or extend.")
    else:
        value = manifest(request, snapshot)
    return _send(request, value, given.get("callback", ""))


async def _form(request: Request, limit: int) -> dict[str, str]:
    """Return the last value of each field of a form.

    Raises:
        Problem: the body is no form, or too large.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != _FORM:
        raise Problem("unsupported-media-type", f"Send a form: Content-Type: {_FORM}.")
    body = await read_body(request, limit)
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=50)
    except ValueError as error:
        raise Problem("malformed-request", "The form cannot be read as UTF-8.") from error
    return {name: values[-1] for name, values in fields.items()}


def _send(request: Request, value: Any, callback: str = "") -> Response:
    """Return ``value`` as JSON, or as a call of ``callback``, to whom may read it.

    Raises:
        Problem: the name is no JavaScript name, or nobody but our own pages may read.
    """
    settings: Settings = request.app.state.settings
    origin = request.headers.get("origin", "")
    headers = {}
    if not settings.public and origin in OPENREFINE:
        headers["Access-Control-Allow-Origin"] = origin
    if not callback:
        return reply_json(request, value, headers=headers, vary="Origin")
    if not settings.public:
        raise invalid_parameter(
            "callback",
            "JSONP would show the glossary to every page. Use CORS, or set GLOSSGRAPH_PUBLIC=1.",
        )
    if not _CALLBACK.fullmatch(callback) or len(callback) > 100:
        raise invalid_parameter("callback", "callback is a JavaScript name: letters, digits, _ $ .")
    # Escaped so that the bytes cannot begin as another type, and are JavaScript of any edition.
    data = orjson.dumps(value).decode().replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    body = f"/**/{callback}({data});".encode()
    return reply(request, body, "text/javascript", headers=headers, vary="Origin")


def manifest(request: Request, snapshot: Snapshot) -> dict[str, Any]:
    """Return what the service can do, with absolute addresses as the client sees the server."""
    server = str(request.base_url).rstrip("/")
    here = f"{server}/reconcile"

    def suggestion(what: str) -> dict[str, str]:
        return {
            "service_url": here,
            "service_path": f"/suggest/{what}",
            "flyout_service_url": here,
            "flyout_service_path": f"/flyout/{what}?id=${{id}}",
        }

    return {
        "versions": ["0.2"],
        "name": snapshot.graph.title,
        "identifierSpace": f"{snapshot.graph.base}concepts/",
        "schemaSpace": vocabulary.BASE_PREFIXES["gg"],
        "documentation": f"{server}/docs",
        "serviceVersion": software_version(),
        "logo": server + address("", "mark.svg"),
        "view": {"url": f"{server}/concepts/{{{{id}}}}"},
        "defaultTypes": [_type(snapshot, EVERY_TYPE)],
        "suggest": {what: suggestion(what) for what in ("entity", "type", "property")},
        "preview": {"url": f"{here}/preview?id={{{{id}}}}", "width": 430, "height": 300},
        "extend": {
            "propose_properties": {"service_url": here, "service_path": "/propose"},
            "property_settings": [
                {
                    "name": "limit",
                    "label": "Most values",
                    "type": "number",
                    "default": 0,
                    "help_text": "How many values to fetch of one concept; 0: all.",
                }
            ],
        },
    }


# --- queries --------------------------------------------------------------------------------------


def answer(snapshot: Snapshot, batch: Mapping[str, Query], *, public: bool) -> dict[str, Any]:
    """Return the result batch."""
    known: dict[Query, list[dict[str, Any]]] = {}
    for query in batch.values():
        if query not in known:
            known[query] = [
                _candidate(snapshot, each, public) for each in reconcile(snapshot.index, query)
            ]
    return {key: {"result": known[query]} for key, query in batch.items()}


def _candidate(snapshot: Snapshot, found: Candidate, public: bool) -> dict[str, Any]:
    return {
        "id": found.concept.slug,
        "name": found.concept.label,
        "description": views.gist(snapshot, found.concept.slug, public=public),
        "score": found.score,
        "match": found.match,
        "type": [_type(snapshot, each) for each in types_of(found.concept)],
        "features": [{"id": key, "value": value} for key, value in found.features.items()],
    }


# --- types and properties -------------------------------------------------------------------------


def _type(snapshot: Snapshot, key: str) -> dict[str, str]:
    language = snapshot.graph.language
    if key.startswith(SCHEME):
        source = snapshot.sources.get(key.removeprefix(SCHEME))
        return {"id": key, "name": source.title if source else key.removeprefix(SCHEME)}
    return {"id": key, "name": views.kind_name(snapshot, key, language) or "Concept"}


def _types(snapshot: Snapshot) -> Iterable[dict[str, str]]:
    """Yield every type that some concept has, with a description."""
    kinds = {concept.kind for concept in snapshot.graph.concepts}
    yield {**_type(snapshot, EVERY_TYPE), "description": "Every concept of the graph."}
    for key, kind in snapshot.index.vocabulary.kinds.items():
        if key in kinds and key != "none":
            said = vocabulary.in_language(kind.definition, snapshot.graph.language)
            yield {**_type(snapshot, key), "description": said}
    for name, source in snapshot.sources.items():
        said = f"What {source.title} defines."
        yield {**_type(snapshot, SCHEME + name), "description": said}


def _properties(snapshot: Snapshot) -> Iterable[dict[str, str]]:
    return reconcile_values.properties(snapshot)


_LISTS: Mapping[str, Callable[[Snapshot], Iterable[dict[str, str]]]] = {
    "type": _types,
    "property": _properties,
}


async def suggestions(request: Request) -> Response:
    """Answer concepts, types or properties that begin like what is typed."""
    snapshot, settings = snapshot_of(request), request.app.state.settings
    what = _what(request)
    asked = Parameters(request, (), strict=False)
    prefix = asked.text("prefix", "", length=500).strip()
    skip = asked.number("cursor", 0, least=0, most=1000)
    if what == "entity":
        found = _entities(snapshot, prefix, skip, public=settings.public)
    else:
        folded = prefix.lower()
        found = [
            dict[str, object](each)
            for each in _LISTS[what](snapshot)
            if each["id"].lower().startswith(folded)
            or any(word.startswith(folded) for word in _starts(each["name"].lower()))
        ][skip : skip + _SUGGESTIONS]
    return _send(request, {"result": found}, request.query_params.get("callback", ""))


def _what(request: Request) -> str:
    what: str = request.path_params["what"]
    if what != "entity" and what not in _LISTS:
        raise Problem("not-found", f'There is no "{what}" here. There are: entity, type, property.')
    return what


def _starts(name: str) -> Iterable[str]:
    """Yield ``name`` from each of its words on."""
    words = name.split()
    return (" ".join(words[place:]) for place in range(len(words)))


def _entities(
    snapshot: Snapshot, prefix: str, skip: int, *, public: bool
) -> list[dict[str, object]]:
    index = snapshot.index
    if not prefix:
        slugs = snapshot.hubs[skip : skip + _SUGGESTIONS]
    else:
        found = dict.fromkeys(index.choices(prefix))
        hits = suggest(index, prefix, limit=skip + _SUGGESTIONS)
        slugs = list({**found, **dict.fromkeys(hit.concept for hit in hits)})
        slugs = slugs[skip : skip + _SUGGESTIONS]
    return [
        {
            "id": slug,
            "name": index.label(slug),
            "description": views.gist(snapshot, slug, public=public, length=110),
            "notable": [_type(snapshot, each) for each in types_of(index.concept(slug))],
        }
        for slug in slugs
    ]


async def flyout(request: Request) -> Response:
    """Answer a few words of HTML about a concept, type or property."""
    snapshot, settings = snapshot_of(request), request.app.state.settings
    what = _what(request)
    id_ = Parameters(request, (), strict=False).text("id")
    if what == "entity":
        slug = snapshot.index.resolve(id_)
        name, said = snapshot.index.label(slug), views.gist(snapshot, slug, public=settings.public)
    else:
        found = next((each for each in _LISTS[what](snapshot) if each["id"] == id_), None)
        if found is None:
            raise Problem("not-found", f'There is no {what} "{id_}".')
        name, said = found["name"], found["description"]
    value = {"id": id_, "html": f"<p><b>{escape(name)}</b></p><p>{escape(said)}</p>"}
    return _send(request, value, request.query_params.get("callback", ""))


async def propose(request: Request) -> Response:
    """Answer the properties that concepts of a type have, the most frequent first."""
    snapshot = snapshot_of(request)
    asked = Parameters(request, (), strict=False)
    type_ = asked.text("type", EVERY_TYPE)
    limit = asked.number("limit", 100, most=1000)
    found = await run_in_threadpool(reconcile_values.proposals, snapshot, type_)
    value = {"type": type_, "properties": found[:limit], "limit": limit}
    return _send(request, value, request.query_params.get("callback", ""))


async def preview(request: Request) -> Response:
    """Answer a small page about a concept, for a frame."""
    snapshot, settings = snapshot_of(request), request.app.state.settings
    slug = snapshot.index.resolve(Parameters(request, (), strict=False).text("id"))
    view = views.concept_view(snapshot, slug, public=settings.public)
    framers = ancestors(settings)
    if framers != "*":
        framers = " ".join(dict.fromkeys((*framers.split(), *OPENREFINE)))
    policy = (
        "default-src 'self'; base-uri 'none'; form-action 'none'; object-src 'none'; "
        f"frame-ancestors {framers}"
    )
    body = render(
        request,
        "reconcile_preview.html",
        concept=view,
        kind_name=views.kind_name(snapshot, view["kind"], snapshot.graph.language),
        href=request.scope.get("root_path", "") + views.path(slug),
    )
    headers = {"Content-Security-Policy": policy}
    return reply(request, body, HTML.media_type, headers=headers, vary="Accept-Language")


_FORM_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            _FORM: {
                "schema": {
                    "type": "object",
                    "properties": {
                        "queries": {"type": "string"},
                        "extend": {"type": "string"},
                    },
                    "oneOf": [{"required": ["queries"]}, {"required": ["extend"]}],
                },
                "example": "queries=%7B%22q0%22%3A%7B%22query%22%3A%22churn%22%7D%7D",
            }
        },
    }
}
_UNKNOWN = ("invalid-parameter", "not-found", "concept-not-found", "ambiguous-label")
_SCRIPT = ("application/json", "text/javascript")

ROUTES: tuple[Route, ...] = (
    Route(
        path="/reconcile",
        handler=service,
        summary="Reconciliation API 0.2: what the service can do, queries, data extension",
        tag="reconciliation",
        parameters=("queries", "extend", "callback"),
        media_types=_SCRIPT,
        problems=("malformed-request", "invalid-parameter"),
    ),
    Route(
        path="/reconcile",
        handler=aside(service, long_text),
        summary="Reconciliation API 0.2: queries or data extension in a form",
        tag="reconciliation",
        methods=("POST",),
        media_types=_SCRIPT,
        problems=(
            "malformed-request",
            "body-too-large",
            "unsupported-media-type",
            "invalid-parameter",
        ),
        extra=_FORM_BODY,
    ),
    Route(
        path="/reconcile/suggest/{what}",
        handler=suggestions,
        summary="Concepts, types or properties that begin like what is typed",
        tag="reconciliation",
        path_samples={"what": "entity"},
        parameters=("prefix", "skip", "callback"),
        answer=service_models.Suggested,
        media_types=_SCRIPT,
        problems=("invalid-parameter", "not-found"),
    ),
    Route(
        path="/reconcile/flyout/{what}",
        handler=flyout,
        summary="A few words about a concept, type or property",
        tag="reconciliation",
        path_samples={"what": "entity"},
        parameters=("id", "callback"),
        media_types=_SCRIPT,
        problems=_UNKNOWN,
    ),
    Route(
        path="/reconcile/propose",
        handler=propose,
        summary="Properties that can be fetched of concepts of a type",
        tag="reconciliation",
        parameters=("of_type", "limit", "callback"),
        media_types=_SCRIPT,
    ),
    Route(
        path="/reconcile/preview",
        handler=preview,
        summary="A small page about a concept, for a frame",
        tag="reconciliation",
        parameters=("id",),
        media_types=(HTML.media_type,),
        problems=("invalid-parameter", "concept-not-found", "ambiguous-label"),
    ),
)
"""The reconciliation service."""
