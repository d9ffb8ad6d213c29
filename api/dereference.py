"""What a concept's IRI answers: the forms of a concept by ``Accept`` and by suffix, redirects."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from starlette.requests import Request
from starlette.responses import Response

from api import linked_data, schema, term_page, views
from api.markdown import concept_markdown
from api.negotiate import (
    CONCEPT_FORMATS,
    HTML,
    JSON,
    MARKDOWN,
    RDF_FORMATS,
    SCHEMA,
    Representation,
    alternate,
    by_suffix,
    choose,
)
from api.oembed import discovery
from api.pages import page, words
from api.problems import not_acceptable
from api.replies import content_type, reply_as, reply_json
from api.routes import Route
from api.selecting import snapshot_of
from api.service import Snapshot


async def concept(request: Request) -> Response:
    """Answer a concept in the form that the suffix names, or ``Accept`` likes best."""
    snapshot = snapshot_of(request)
    name, form = by_suffix(request.path_params["name"], CONCEPT_FORMATS)
    if name not in snapshot.index.number and request.path_params["name"] in snapshot.index.number:
        name, form = request.path_params["name"], None
    slug = snapshot.index.resolve(name)
    if slug != name:
        return _redirect(request, snapshot, name, slug, form)
    headers = {"Link": links(request, snapshot, slug)}
    if form is not None:
        return await _answer(request, snapshot, slug, form, headers, vary="")
    chosen = choose(request.headers.get("accept"), CONCEPT_FORMATS)
    if chosen is None:
        raise not_acceptable(CONCEPT_FORMATS)
    form, media_type = chosen
    headers["Content-Location"] = f"{_root(request)}{views.path(slug)}.{form.suffix}"
    answer = await _answer(request, snapshot, slug, form, headers, vary="Accept")
    if form in RDF_FORMATS and answer.status_code == 200:  # by the name that the client knows
        answer.headers["Content-Type"] = content_type(media_type)
    return answer


def _root(request: Request) -> str:
    root: str = request.scope.get("root_path", "")
    return root


def _redirect(
    request: Request, snapshot: Snapshot, name: str, slug: str, form: Representation | None
) -> Response:
    """Send on from a former slug for good, from any other label for now, with what was asked."""
    renamed = name in snapshot.graph.redirects
    suffix = f".{form.suffix}" if form else ""
    query = f"?{request.url.query}" if request.url.query else ""
    headers = {
        "Location": f"{_root(request)}{views.path(slug)}{suffix}{query}",
        "Cache-Control": "no-cache",
    }
    return Response(status_code=301 if renamed else 302, headers=headers)


def links(request: Request, snapshot: Snapshot, slug: str) -> str:
    """Return the ``Link`` header of a concept: its IRI, forms, collection, and the data set."""
    address = _root(request) + views.path(slug)
    found = [f'<{snapshot.graph.base.rstrip("/")}{views.path(slug)}>; rel="canonical"']
    found += [alternate(f"{address}.{each.suffix}", each) for each in CONCEPT_FORMATS]
    found.append(f'<{_root(request)}/concepts>; rel="collection"')
    found.append(f'<{_root(request)}/.well-known/void>; rel="describedby"')
    return ", ".join(found)


async def _answer(
    request: Request,
    snapshot: Snapshot,
    slug: str,
    form: Representation,
    headers: Mapping[str, str],
    *,
    vary: str,
) -> Response:
    public = request.app.state.settings.public
    if form is HTML:
        root, said = _root(request), words(request)
        shown = term_page.context(snapshot, slug, root, said, public=public)
        shown["discovery"] = discovery(request, slug)
        return page(request, "term.html", headers=headers, vary=vary, here="/concepts", **shown)
    if form is SCHEMA:
        value = schema.defined_term(snapshot, snapshot.index.concept(slug), public=public)
        return reply_as(request, orjson.dumps(value), form, headers=headers, vary=vary)
    if form is JSON:
        value = views.concept_view(snapshot, slug, public=public)
        return reply_json(request, value, headers=headers, vary=vary)
    if form is MARKDOWN:
        body = concept_markdown(snapshot, slug, public=public).encode()
        return reply_as(request, body, form, headers=headers, vary=vary)
    body = linked_data.describe(snapshot, slug, form.media_type, public=public)
    return reply_as(request, body, form, headers=headers, vary=vary)


ROUTES: tuple[Route, ...] = (
    Route(
        path="/concepts/{name}",
        handler=concept,
        summary="A concept's IRI: HTML, RDF, JSON or Markdown by Accept or suffix",
        tag="linked data",
        path_samples={"name": "slug"},
        media_types=tuple(dict.fromkeys(each.media_type for each in CONCEPT_FORMATS)),
        problems=("ambiguous-label", "concept-not-found", "not-acceptable", "invalid-parameter"),
    ),
)
"""Routes of linked data."""
