"""REST: relations with their evidence, sources, why concepts are one or two, figures."""

from __future__ import annotations

from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api import models, views
from api.concepts import snapshot_of
from api.parameters import Parameters, cursor
from api.problems import Problem
from api.replies import reply_json
from api.routes import Route
from api.service import Snapshot
from kg.model import Concept, Decision
from kg.neighbors import legs
from kg.selection import Selection
from ontology import vocabulary

_LIST = ("type", "family", "basis", "source", "across", "min_confidence", "implied", "limit",
         "cursor")  # fmt: skip


async def list_relations(request: Request) -> Response:
    """Answer a page of relations in the graph's order, each with its evidence."""
    snapshot, settings = snapshot_of(request), request.app.state.settings
    asked = Parameters(request, _LIST)
    source = asked.one("source", snapshot.sources)
    found = list(
        snapshot.index.select(
            Selection(
                types=asked.several("type", vocabulary.DEFAULT.keys) or None,
                families=asked.several("family", vocabulary.FAMILIES) or None,
                bases=asked.several("basis", vocabulary.BASES) or None,
                min_confidence=asked.fraction("min_confidence", 0.0),
                implied=asked.switch("implied", True),
            ),
            sources=(source,) if source else (),
            across=asked.one("across", ("sources",)) or None,
        )
    )
    limit = asked.number("limit", 50, most=settings.list_limit)
    start = asked.place(len(found))
    value = {
        "total": len(found),
        "relations": [
            views.relation_view(snapshot, each) for each in islice(found, start, start + limit)
        ],
        "next": cursor(start + limit) if start + limit < len(found) else None,
    }
    return reply_json(request, value)


async def one_relation(request: Request) -> Response:
    """Answer a relation with all its evidence and the text around it."""
    snapshot = snapshot_of(request)
    Parameters(request, ())
    relation = snapshot.index.relation(request.path_params["id"])
    if relation is None:
        raise Problem(
            "not-found",
            f'There is no relation "{request.path_params["id"]}". Ids come from '
            "/api/relations and from the relations of a concept.",
        )
    return reply_json(request, views.relation_view(snapshot, relation))


async def list_sources(request: Request) -> Response:
    """Answer the sources with their licences and credit lines."""
    snapshot = snapshot_of(request)
    Parameters(request, ())
    value = {"sources": [views.source_view(each) for each in snapshot.graph.sources]}
    return reply_json(request, value)


async def explain(request: Request) -> Response:
    """Answer whether two names mean one concept, why, and how the two are related."""
    snapshot = snapshot_of(request)
    asked = Parameters(request, ("a", "b"))
    a, b = (_entries(snapshot, asked.text(name)) for name in ("a", "b"))
    return reply_json(request, _explanation(snapshot, a, b))


def _entries(snapshot: Snapshot, name: str) -> tuple[Concept, frozenset[str]]:
    """Return the concept that a name or entry id stands for, and the entries meant by it."""
    by_entry = snapshot.by_entry
    if name in by_entry:
        return snapshot.index.concept(by_entry[name]), frozenset({name})
    concept = snapshot.index.concept(snapshot.index.resolve(name))
    return concept, frozenset(definition.entry for definition in concept.definitions)


def _explanation(
    snapshot: Snapshot,
    left: tuple[Concept, frozenset[str]],
    right: tuple[Concept, frozenset[str]],
) -> dict[str, Any]:
    (a, a_entries), (b, b_entries) = left, right
    index = snapshot.index
    decisions = [
        each
        for each in snapshot.graph.decisions
        if (each.left in a_entries and each.right in b_entries)
        or (each.left in b_entries and each.right in a_entries)
    ]
    masks = index.masks(Selection())
    relations = (
        []
        if a is b
        else [
            views.relation_view(snapshot, leg.relation)
            for leg in legs(index, index.number[a.slug], index.number[b.slug], masks)
        ]
    )
    return {
        "a": views.reference(snapshot, a.slug),
        "b": views.reference(snapshot, b.slug),
        "same": a is b,
        "reason": _reason(a, b, decisions),
        "decisions": [
            {
                "left": each.left,
                "right": each.right,
                "verdict": each.verdict,
                "rule": each.rule,
                "reason": each.reason,
            }
            for each in decisions
        ],
        "relations": relations,
    }


def _reason(a: Concept, b: Concept, decisions: list[Decision]) -> str:
    if decisions:
        return " ".join(dict.fromkeys(each.reason for each in decisions))
    if a is b:
        count = len(a.definitions)
        return f"Both name {a.label}, which {count} {'entry' if count == 1 else 'entries'} define."
    return (
        f"{a.label} and {b.label} share no label, acronym or alias, so nothing suggested that "
        "they are one concept."
    )


async def stats(request: Request) -> Response:
    """Answer what the graph holds, in figures."""
    snapshot = snapshot_of(request)
    Parameters(request, ())
    return reply_json(request, {"revision": snapshot.revision, **snapshot.figures})


ROUTES: tuple[Route, ...] = (
    Route(
        path="/api/relations",
        handler=list_relations,
        summary="Relations by type, basis, source, or across sources",
        tag="relations",
        parameters=_LIST,
        answer=models.RelationList,
    ),
    Route(
        path="/api/relations/{id}",
        handler=one_relation,
        summary="A relation with its evidence and the text around it",
        tag="relations",
        path_samples={"id": "relation"},
        answer=models.Relation,
        problems=("invalid-parameter", "not-found"),
    ),
    Route(
        path="/api/sources",
        handler=list_sources,
        summary="The sources, their licences and credit lines",
        tag="relations",
        answer=models.Sources,
    ),
    Route(
        path="/api/explain",
        handler=explain,
        summary="Why two names mean one concept, or two",
        tag="relations",
        parameters=("a", "b"),
        answer=models.Explanation,
        problems=("invalid-parameter", "concept-not-found", "ambiguous-label"),
    ),
    Route(
        path="/api/stats",
        handler=stats,
        summary="What the graph holds, in figures",
        tag="relations",
        answer=models.Stats,
    ),
)
"""Routes about relations and the graph as a whole."""
