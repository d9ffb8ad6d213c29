"""What other pages hold of this graph: embeds of terms, their cards, the index of labels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import drawing, service_models, texts, views
from api.embedding import policy
from api.negotiate import HTML, JSON, by_suffix
from api.pages import render, source_link
from api.parameters import Parameters
from api.problems import Problem
from api.replies import reply, reply_json
from api.routes import Route
from api.selecting import snapshot_of
from api.service import Snapshot
from api.system import asset
from extract import matcher
from kg.concept_map import Map, Options, neighborhood_map, rail_map, render_part, term_map
from kg.errors import AmbiguousLabel, ConceptNotFound
from kg.model import Concept, Definition
from kg.neighbors import MAX_DEPTH
from kg.reuse import EXCERPT, shortened, words
from ontology import vocabulary

THEMES = ("auto", "light", "dark")
VIEWS = ("map", "list")
"""Whether an embed draws the map, or only says it."""
_LOOK = ("theme", "view", "depth", "limit", "only", "hide", "lang")


async def embed(request: Request) -> Response:
    """Answer a term for a frame in another page, or its card as JSON."""
    snapshot = snapshot_of(request)
    name, form = by_suffix(request.path_params["name"], (HTML, JSON))
    try:
        slug = snapshot.index.resolve(name)
    except (AmbiguousLabel, ConceptNotFound) as error:
        if form is JSON:
            raise
        return _missing(request, error)
    if slug != name:
        return _moved(request, name, slug, form.suffix if form else "")
    if form is JSON:
        return reply_json(request, card(snapshot, slug))
    try:
        asked = Parameters(request, _LOOK, strict=False)
        shown = await run_in_threadpool(_context, request, snapshot, slug, asked)
    except Problem as problem:
        return _missing(request, problem)
    return _framed(request, render(request, "embed.html", **shown))


def _framed(request: Request, body: bytes, *, status: int = 200) -> Response:
    headers = {"Content-Security-Policy": policy(request.app.state.settings)}
    return reply(request, body, HTML.media_type, status=status, headers=headers, vary="")


def _moved(request: Request, name: str, slug: str, suffix: str) -> Response:
    """Send on from a former slug for good, from any other label for now."""
    root = request.scope.get("root_path", "")
    address = f"{root}{path(slug)}" + (f".{suffix}" if suffix else "")
    query = f"?{request.url.query}" if request.url.query else ""
    renamed = name in snapshot_of(request).graph.redirects
    headers = {"Location": address + query, "Cache-Control": "no-cache"}
    return Response(status_code=301 if renamed else 302, headers=headers)


def _missing(request: Request, error: AmbiguousLabel | ConceptNotFound | Problem) -> Response:
    """Answer a frame that has nothing to show with a page of its own that frames may hold."""
    snapshot = snapshot_of(request)
    status = {AmbiguousLabel: 300, ConceptNotFound: 404}.get(type(error), 422)
    choices = error.choices if isinstance(error, AmbiguousLabel) else []
    root = request.scope.get("root_path", "")
    body = render(
        request,
        "embed_missing.html",
        theme="",
        detail=str(error),
        choices=[
            {"label": snapshot.index.label(slug), "href": root + path(slug)} for slug in choices
        ],
    )
    return _framed(request, body, status=status)


def path(slug: str) -> str:
    """Return the address of a concept's embed below the root path."""
    return views.path(slug).replace("/concepts/", "/embed/", 1)


# --- the page -------------------------------------------------------------------------------------


def _context(request: Request, snapshot: Snapshot, slug: str, asked: Parameters) -> dict[str, Any]:
    """Return what ``embed.html`` shows of a concept."""
    root = request.scope.get("root_path", "")
    index = snapshot.index
    theme = asked.one("theme", THEMES, "auto")
    language = asked.text("lang", snapshot.graph.language, length=35)
    depth = asked.number("depth", 1, most=min(MAX_DEPTH, request.app.state.settings.depth))
    given = {
        name: value
        for name, value in request.query_params.items()
        if name in _LOOK and "{" not in value
    }
    query = "?" + urlencode(given) if given else ""
    shown = Options(
        only=asked.several("only", vocabulary.FAMILIES),
        hide=asked.several("hide", vocabulary.FAMILIES),
        language=language,
        href=f"{root}/embed/{{slug}}{query.replace('{', '%7B').replace('}', '%7D')}",
    )
    near = term_map(index, slug, shown)
    if depth > 1:
        limit = asked.number("limit", 30, most=drawing.MOST)
        wide = neighborhood_map(index, slug, shown, depth=depth, limit=limit)
    else:
        wide = near
    narrow = rail_map(index, slug, shown)
    concept = index.concept(slug)
    return {
        "lang": language,
        "theme": "" if theme == "auto" else theme,
        "view": asked.one("view", VIEWS, "map"),
        "slug": slug,
        "label": index.label(slug, language),
        "iri": views.iri(snapshot, slug),
        "href": root + views.path(slug),
        "kind_name": views.kind_name(snapshot, concept.kind, language),
        "aliases": [each for each in concept.aliases if each != index.label(slug, language)][:4],
        "definition": _definition(snapshot, concept, root),
        "deep": depth > 1,
        "wide": Markup(render_part(wide, classes="map-wide")) if wide.propositions else "",
        "narrow": Markup(render_part(narrow, classes="map-narrow")) if wide.propositions else "",
        "legend": [
            {"key": key, "name": vocabulary.in_language(vocabulary.FAMILIES[key].label, language)}
            for key in wide.families
        ],
        "families": list(_said(snapshot, slug, wide, language, f"{root}/embed/", query)),
        "credits": _credits(snapshot, wide, root),
        "t": words_in(language),
    }


def words_in(language: str) -> texts.Texts:
    """Return the words of a language, or English ones."""
    tag = language.partition("-")[0].lower()
    return texts.texts(tag if tag in texts.FILES else texts.DEFAULT)


def _definition(snapshot: Snapshot, concept: Concept, root: str) -> dict[str, Any] | None:
    """Return the first definition with words in it, as much of it as may stand elsewhere."""
    for definition in concept.definitions:
        text, cut = excerpt(snapshot, definition)
        if text:
            source = source_link(snapshot.sources[definition.source], root)
            return {"text": text, "cut": cut, "language": definition.language, "source": source}
    return None


def excerpt(snapshot: Snapshot, definition: Definition) -> tuple[str, bool]:
    """Return a definition for a page elsewhere, in one line, and whether it was cut.

    What stands in other pages is republished, also where the server itself is private.
    """
    source = snapshot.sources.get(definition.source)
    text, cut = words(definition, source, public=True)
    text, shorter = shortened(" ".join(text.split()), EXCERPT)
    return text, cut or shorter


def _said(
    snapshot: Snapshot, slug: str, drawn: Map, language: str, address: str, query: str
) -> Iterator[dict[str, Any]]:
    """Yield a map in words, by family: what is said of the focus, then of the others."""
    index = snapshot.index

    def link(other: str) -> dict[str, str]:
        return {"label": index.label(other, language), "href": f"{address}{other}{query}"}

    for family in drawn.families:
        phrases: dict[str, list[dict[str, str]]] = {}
        others: list[dict[str, Any]] = []
        for said in drawn.propositions:
            if said.family != family:
                continue
            if slug in (said.subject, said.object):
                other = said.object if said.subject == slug else said.subject
                phrase = said.inverse if said.object == slug else said.phrase
                phrases.setdefault(phrase, []).append(link(other))
            else:
                others.append(
                    {
                        "subject": link(said.subject),
                        "phrase": said.phrase,
                        "object": link(said.object),
                    }
                )
        yield {
            "key": family,
            "name": vocabulary.in_language(vocabulary.FAMILIES[family].label, language),
            "phrases": phrases,
            "others": others,
        }


def _credits(snapshot: Snapshot, drawn: Map, root: str) -> list[dict[str, Any]]:
    return [
        source_link(snapshot.sources[name], root) for name in drawing.sources_of(snapshot, drawn)
    ]


# --- data -----------------------------------------------------------------------------------------


def card(snapshot: Snapshot, slug: str) -> dict[str, Any]:
    """Return what a tip shows of a concept: its first definition and whose words these are."""
    concept = snapshot.index.concept(slug)
    shown = _definition(snapshot, concept, "")
    return {
        "slug": slug,
        "iri": views.iri(snapshot, slug),
        "label": concept.label,
        "language": shown["language"] if shown else snapshot.graph.language,
        "aliases": list(concept.aliases)[:4],
        "kind": views.kind_name(snapshot, concept.kind, snapshot.graph.language),
        "text": shown["text"] if shown else "",
        "excerpt": bool(shown and shown["cut"]),
        "credit": _credit_line(shown["source"]) if shown else snapshot.graph.title,
    }


def _credit_line(source: dict[str, Any]) -> str:
    parts = (source["title"], source["publisher"], source["licence"])
    return ", ".join(part for part in parts if part)


async def labels(request: Request) -> Response:
    """Answer every label of every defined concept, and how words are compared."""
    Parameters(request, (), strict=False)
    return reply_json(request, label_index(snapshot_of(request)))


def label_index(snapshot: Snapshot) -> dict[str, Any]:
    """Return what finds the terms in a text elsewhere: labels, and the rules of the matcher.

    A concept is its slug, its preferred label and its other labels. Concepts that no entry defines
    are left out: their cards would be empty.
    """
    graph = snapshot.graph
    concepts = []
    for concept in graph.concepts:
        if concept.implied or not any(excerpt(snapshot, d)[0] for d in concept.definitions):
            continue
        shown = [d.text for d in concept.designations if d.status != "hidden"]
        labels = dict.fromkeys((concept.label, *shown))
        concepts.append([concept.slug, *labels])
    return {
        "title": graph.title,
        "language": graph.language,
        "revision": snapshot.revision,
        "rules": matcher.rules(graph.language),
        "concepts": concepts,
    }


async def script(request: Request) -> Response:
    """Answer the script that pages elsewhere name: custom elements, and links in their text."""
    found = asset(request.url.path.rpartition("/")[2])
    assert found is not None  # the routes below name our own files
    return reply(request, found.body, found.media_type, vary="")


ROUTES: tuple[Route, ...] = (
    Route(
        path="/embed/{name}",
        handler=embed,
        summary="A term for a frame in another page; with .json its card",
        tag="embeds",
        path_samples={"name": "slug"},
        parameters=("theme", "depth", "limit", "only", "hide", "lang"),
        media_types=(HTML.media_type, JSON.media_type),
        problems=("ambiguous-label", "concept-not-found", "invalid-parameter"),
    ),
    Route(
        path="/labels.json",
        handler=labels,
        summary="Every label and the rules that find it in a text, for links in other pages",
        tag="embeds",
        answer=service_models.LabelIndex,
        problems=(),
    ),
    Route(path="/embed.js", handler=script, summary="Elements for other pages", documented=False),
    Route(path="/autolink.js", handler=script, summary="Links in other pages", documented=False),
)
"""Routes of embeds."""
