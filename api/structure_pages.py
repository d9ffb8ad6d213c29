"""How a graph is built up: the hierarchy as a tree, a source from its first line."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from api import views
from api.aside import aside, large
from api.described import describe
from api.negotiate import HTML, RDF_FORMATS, choose
from api.pages import page, source_link, words
from api.parameters import Parameters, cursor
from api.problems import Problem, not_acceptable
from api.routes import Route
from api.selecting import snapshot_of
from api.service import Snapshot
from api.texts import Texts
from kg.model import Source
from kg.rdf import step

_NODES = 600
"""Concepts that a page of the tree shows."""
_DEEP = 12
"""Levels below the topmost that are shown; a hierarchy may be a circle."""
_ENTRIES = 300
"""Entries of a source on one page."""
_FINDINGS = 100


# --- tree -----------------------------------------------------------------------------------------


async def tree_page(request: Request) -> Response:
    """Answer the hierarchy from its topmost concepts, or below one, as nested lists."""
    snapshot = snapshot_of(request)
    asked = Parameters(request, ("root", "cursor", "lang"), strict=False)
    below = _below(snapshot)
    chosen = asked.text("root", "", length=300)
    top = snapshot.index.resolve(chosen) if chosen else ""
    children = {child for found in below.values() for child, _ in found}
    tops = [top] if top else [slug for slug in snapshot.catalogue.slugs if slug in below]
    if not top:
        tops = [slug for slug in tops if slug not in children] or tops[:1]
        tops.sort(key=lambda slug: -_size(below, slug))
    start = asked.place(len(tops))
    left = [_NODES]
    nodes, shown = [], 0
    root = request.scope.get("root_path", "")
    for slug in islice(tops, start, None):
        if left[0] <= 0:
            break
        nodes.append(_node(snapshot, below, slug, "", root, left, (slug,), words(request).language))
        shown += 1
    next_ = start + shown
    return page(
        request,
        "tree.html",
        here="/concepts",
        nodes=nodes,
        total=len(tops),
        top=snapshot.index.label(top) if top else "",
        next=f"{root}/tree?cursor={cursor(next_)}" if next_ < len(tops) else "",
    )


def _below(snapshot: Snapshot) -> dict[str, list[tuple[str, str]]]:
    """Return for each concept what stands below it: (slug, relation type), by label."""
    types = snapshot.index.vocabulary.relation_types
    found: dict[str, list[tuple[str, str]]] = {}
    for relation in snapshot.graph.relations:
        if types[relation.type].hierarchical:
            found.setdefault(relation.object, []).append((relation.subject, relation.type))
    label = snapshot.index.label
    return {slug: sorted(each, key=lambda e: (e[1], label(e[0]))) for slug, each in found.items()}


def _size(below: dict[str, list[tuple[str, str]]], slug: str) -> int:
    """Return the number of concepts below one, each once."""
    seen, waiting = {slug}, [slug]
    while waiting:
        for child, _ in below.get(waiting.pop(), ()):
            if child not in seen:
                seen.add(child)
                waiting.append(child)
    return len(seen) - 1


def _node(
    snapshot: Snapshot,
    below: dict[str, list[tuple[str, str]]],
    slug: str,
    type_: str,
    root: str,
    left: list[int],
    above: tuple[str, ...],
    language: str,
) -> dict[str, Any]:
    """Return a concept of the tree with those below it, while there is room for them."""
    left[0] -= 1
    concept = snapshot.index.concept(slug)
    under = [each for each in below.get(slug, ()) if each[0] not in above]
    nodes = []
    for child, kind in under:
        if left[0] <= 0 or len(above) > _DEEP:
            break
        nodes.append(_node(snapshot, below, child, kind, root, left, (*above, child), language))
    return {
        "slug": slug,
        "label": concept.label,
        "href": root + views.path(slug),
        "implied": concept.implied,
        "phrase": snapshot.index.vocabulary.phrase(type_, language)
        if type_ and type_ != "broader"
        else "",
        "nodes": nodes,
        "more": len(under) - len(nodes),
    }


# --- source ---------------------------------------------------------------------------------------


async def source(request: Request) -> Response:
    """Answer what a source's IRI stands for: a page, or what is said of it in RDF."""
    snapshot = snapshot_of(request)
    name = request.path_params["name"]
    if name not in snapshot.sources:
        raise Problem(
            "not-found", f'There is no source "{name}". There are: {", ".join(snapshot.sources)}.'
        )
    chosen = choose(request.headers.get("accept"), _FORMS)
    if chosen is None:
        raise not_acceptable(_FORMS)
    if chosen[0] is not HTML:
        return await describe(request, f"sources/{step(name)}")
    return await source_page(request)


_FORMS = (HTML, *RDF_FORMATS)


async def source_page(request: Request) -> Response:
    """Answer a source in the order of its lines: its entries, and what was found wanting in it."""
    snapshot = snapshot_of(request)
    name = request.path_params["name"]
    asked = Parameters(request, ("cursor", "lang"), strict=False)
    root = request.scope.get("root_path", "")
    say = words(request)
    entries = sorted(
        {(d.document, d.start, c.slug, d.term) for c in snapshot.graph.concepts
         for d in c.definitions if d.source == name}
    )  # fmt: skip
    start = asked.place(len(entries))
    listed = []
    for document, begin, slug, term in entries[start : start + _ENTRIES]:
        line = views.line_of(snapshot, document, begin, begin)
        concept = snapshot.index.concept(slug)
        listed.append(
            {
                "term": term,
                "label": concept.label,
                "href": root + views.path(slug),
                "place": say("term.line", n=line) if line else "",
                "also": sorted({d.source for d in concept.definitions} - {name}),
            }
        )
    source = snapshot.sources[name]
    findings = list(islice(_findings(snapshot, name, {each[2] for each in entries}), _FINDINGS))
    following = start + _ENTRIES
    return page(
        request,
        "source.html",
        vary="Accept",
        here="/sources",
        source=source_link(source, root),
        repairs=_repairs(snapshot, source, say),
        entries=listed,
        total=len(entries),
        findings=findings,
        concepts=len({each[2] for each in entries}),
        next=f"{root}/sources/{quote(name, safe='')}?cursor={cursor(following)}"
        if following < len(entries)
        else "",
    )


def _repairs(snapshot: Snapshot, source: Source, say: Texts) -> list[dict[str, Any]]:
    """Return what was repaired in a source's texts: each rule with its replacements."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for each in source.repairs:
        line = views.line_of(snapshot, each.document, each.start, each.end) if each.document else 0
        groups.setdefault(each.rule, []).append(
            {
                "before": _visible(each.before),
                "after": _visible(each.after),
                "count": each.count,
                "place": say("term.line", n=line) if line else "",
                "shown": bool(each.before),
            }
        )
    shown = []
    for rule, count in views.repaired(source).items():
        sort, _, codec = rule.partition(":")
        name = say.known(f"repair.{sort}", rule, codec=codec)
        shown.append({"rule": rule, "name": name, "count": count, "edits": groups[rule]})
    return shown


def _visible(text: str) -> str:
    """Return ``text`` with what no font shows as its code points, such as ``U+00AD``."""
    return "".join(c if c.isprintable() else f" U+{ord(c):04X} " for c in text).strip(" ") or text


def _findings(snapshot: Snapshot, name: str, slugs: set[str]) -> Iterator[dict[str, str]]:
    """Yield what reading noted about a source, then what the checks say of its concepts."""
    documents = {text.document for text in snapshot.graph.texts if text.source == name}
    for each in snapshot.graph.findings:
        subject = each.subject.partition("#")[0]
        if subject == name or subject in documents:
            yield {"rule": each.rule, "message": each.message, "severity": each.severity}
    for each in snapshot.findings:
        if each.subject in slugs:
            yield {"rule": each.rule, "message": each.message, "severity": each.severity}


def _html(path: str, handler: Any, summary: str) -> Route:
    return Route(path=path, handler=handler, summary=summary, documented=False)


ROUTES: tuple[Route, ...] = (
    _html("/tree", aside(tree_page, large), "The hierarchy"),
    _html("/sources/{name}", source, "A source: its entries and findings"),
)
"""Routes of pages about structure."""
