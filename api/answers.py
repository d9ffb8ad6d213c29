"""Whole answers as plain values: the same for HTTP and for a command's ``--json``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from api import views
from api.service import Snapshot
from kg.explain import Explanation
from kg.neighbors import Leg, Step, reached
from kg.paths import Path, sentence
from kg.search import Hit
from kg.selection import Masks


def neighborhood(
    snapshot: Snapshot, slug: str, depth: int, steps: Sequence[Step], *, cut: bool = False
) -> dict[str, Any]:
    """Return the concepts around one; ``cut`` says that there are more."""
    return {
        "concept": views.reference(snapshot, slug),
        "depth": depth,
        "total": len(steps),
        "neighbors": [neighbor(snapshot, step) for step in steps],
        "cut": cut,
    }


def names_around(
    snapshot: Snapshot, slug: str, depth: int, rings: Sequence[Sequence[int]], *, cut: bool = False
) -> bytes:
    """Return the JSON of :func:`neighborhood` without the relations: names and distances only.

    ``rings`` are concepts by number, see :func:`kg.neighbors.rings`. Cost: under a microsecond for
    each, since what names a concept is at hand as bytes.
    """
    listed = []
    for distance, ring in enumerate(rings, start=1):
        end = b',"distance":%d}' % distance
        listed.append((end + b",").join(views.pointers(snapshot, ring)) + end)
    head = {
        "concept": views.reference(snapshot, slug),
        "depth": depth,
        "total": sum(map(len, rings)),
    }
    said, last = orjson.dumps(head)[:-1], b"true" if cut else b"false"
    return b"".join((said, b',"neighbors":[', b",".join(listed), b'],"cut":', last, b"}"))


def relations_around(
    snapshot: Snapshot,
    slug: str,
    depth: int,
    rings: Sequence[Sequence[int]],
    masks: Masks,
    *,
    cut: bool = False,
) -> bytes:
    """Return the JSON of :func:`neighborhood`, made of what is at hand as bytes.

    ``rings`` are concepts by number, see :func:`kg.neighbors.rings`. Cost: two microseconds for
    each, a sixth of what values of Python and their JSON take.
    """
    index, known = snapshot.index, snapshot.readings
    head = {
        "concept": views.reference(snapshot, slug),
        "depth": depth,
        "total": sum(map(len, rings)),
    }
    said = [orjson.dumps(head)[:-1], b',"neighbors":']
    between = b"["
    nearer: Sequence[int] = [index.number[slug]]
    for distance, ring in enumerate(rings, start=1):
        start = b',"distance":%d,"via":' % distance
        names = [start + orjson.dumps(index.concepts[near].slug) for near in nearer]
        via = dict(zip(nearer, names, strict=True))
        pointers = views.pointers(snapshot, ring)
        for pointer, (_, near, ways) in zip(
            pointers, reached(index, nearer, ring, masks), strict=True
        ):
            said += between, pointer, via[near]
            between = b',"relations":['
            for way in ways:
                before, behind = known.get(way) or views.reading(snapshot, way)
                said += between, before, pointer, behind
                between = b","
            between = b"]},"
        nearer = ring
    said += b"]}]" if rings else b"[]", b',"cut":', b"true" if cut else b"false", b"}"
    return b"".join(said)


def neighbor(snapshot: Snapshot, step: Step) -> dict[str, Any]:
    """Return a concept met on the way, with every relation that leads to it."""
    relations = [
        views.relation_from(snapshot, leg.relation, leg.start) for leg in (step.leg, *step.more)
    ]
    return {
        **views.reference(snapshot, step.concept),
        "distance": step.distance,
        "via": step.via,
        "relations": relations,
    }


def connections(snapshot: Snapshot, start: str, end: str, paths: Sequence[Path]) -> dict[str, Any]:
    """Return the paths between two concepts, cheapest first."""
    return {
        "from": views.reference(snapshot, start),
        "to": views.reference(snapshot, end),
        "paths": [connection(snapshot, path) for path in paths],
    }


def connection(snapshot: Snapshot, path: Path) -> dict[str, Any]:
    """Return a path: the sentence it reads as, and each step with its best evidence."""
    return {
        "sentence": sentence(snapshot.index, path),
        "cost": round(path.cost, 4),
        "length": len(path.legs),
        "concepts": [views.reference(snapshot, slug) for slug in path.concepts],
        "steps": [leg_view(snapshot, leg) for leg in path.legs],
    }


def leg_view(snapshot: Snapshot, leg: Leg) -> dict[str, Any]:
    """Return a relation in the direction it is walked, with its best evidence."""
    vocabulary = snapshot.index.vocabulary
    best = leg.relation.evidence[0] if leg.relation.evidence else None
    return {
        "id": leg.relation.id,
        "subject": views.reference(snapshot, leg.start),
        "type": leg.type(vocabulary),
        "phrase": leg.phrase(vocabulary, snapshot.graph.language),
        "object": views.reference(snapshot, leg.end),
        "basis": leg.relation.basis,
        "confidence": leg.relation.confidence,
        "evidence": views.evidence_view(snapshot, best) if best else None,
    }


def hit_view(snapshot: Snapshot, hit: Hit) -> dict[str, Any]:
    """Return a concept found, and why."""
    return {
        **views.brief(snapshot, hit.concept),
        "text": hit.label,
        "reason": hit.reason,
        "score": hit.score,
    }


def explanation(snapshot: Snapshot, found: Explanation) -> dict[str, Any]:
    """Return why two names are, or are not, one concept, and what relates them."""
    return {
        "a": views.reference(snapshot, found.left.concept.slug),
        "b": views.reference(snapshot, found.right.concept.slug),
        "same": found.same,
        "close": found.close,
        "reason": found.reason,
        "decisions": [
            {
                "left": each.left,
                "right": each.right,
                "verdict": each.verdict,
                "rule": each.rule,
                "reason": each.reason,
            }
            for each in found.decisions
        ],
        "reviewed": [views.ruling_view(each) for each in found.rulings],
        "relations": [views.relation_view(snapshot, leg.relation) for leg in found.relations],
        "path": connection(snapshot, found.path) if found.path else None,
    }
