"""Relations between concepts from relations between entries: canonical, joined, without circles."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from extract.model import Evidence, Finding
from kg.model import Relation
from ontology.vocabulary import BASES, DEFAULT, Vocabulary

_LOOSE_RULES = frozenset({"link", "name-modifier", "name-part"})
_STRENGTH = {basis: n for n, basis in enumerate(BASES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One statement of one entry, between two concepts."""

    subject: str
    """Slug."""
    type: str
    """Key in either direction."""
    object: str
    """Slug."""
    basis: str
    evidence: Evidence
    source: str


@dataclass(slots=True)
class _Edge:
    """All that is said for one relation."""

    evidence: dict[tuple[str, int, int, str], tuple[int, Evidence]] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)


def relation_id(subject: str, type: str, object: str) -> str:
    """Return the digest that names a relation: 16 hexadecimal digits."""
    return hashlib.sha256("\n".join((subject, type, object)).encode()).hexdigest()[:16]


def edges(said: Iterable[Said], vocabulary: Vocabulary = DEFAULT) -> list[Relation]:
    """Return the relations in canonical direction, each once with all its evidence.

    Sorted by (subject, type, object). No relation of a concept to itself; a mention is left out
    beside any other relation of the same two, and so is what only a link or the beginning of a
    name hints at.
    """
    found: dict[tuple[str, str, str], _Edge] = defaultdict(_Edge)
    for statement in said:
        type, swap = vocabulary.canonical(statement.type)
        subject, object = statement.subject, statement.object
        if subject == object:
            continue
        if swap or (vocabulary.relation_types[type].symmetric and object < subject):
            subject, object = object, subject
        edge = found[subject, type, object]
        place = statement.evidence
        key = (place.document, place.span.start, place.span.end, place.rule)
        ranked = (_STRENGTH[statement.basis], place)
        if key not in edge.evidence or ranked[0] < edge.evidence[key][0]:
            edge.evidence[key] = ranked
        edge.sources.add(statement.source)
    joined: dict[frozenset[str], int] = defaultdict(int)
    for subject, type, object in found:
        if type != "mentions":
            joined[frozenset((subject, object))] += 1
    relations = [_relation(*ends, edge) for ends, edge in sorted(found.items())]
    return [r for r in relations if joined[frozenset((r.subject, r.object))] <= _tolerates(r)]


def _tolerates(relation: Relation) -> float:
    """How many relations of its two concepts, mentions aside, a relation can stand beside."""
    if relation.type == "mentions":
        return 0
    # A name that begins alike, or a link on the words, says no more than any other relation.
    loose = relation.type == "related" and all(
        evidence.rule in _LOOSE_RULES for evidence in relation.evidence
    )
    return 1 if loose else float("inf")


def _relation(subject: str, type: str, object: str, edge: _Edge) -> Relation:
    ranked = sorted(
        edge.evidence.values(),
        key=lambda e: (e[0], -e[1].confidence, e[1].document, e[1].span.start, e[1].rule),
    )
    bases = list(BASES)
    return Relation(
        id=relation_id(subject, type, object),
        subject=subject,
        type=type,
        object=object,
        basis=bases[ranked[0][0]],
        confidence=max(evidence.confidence for _, evidence in ranked),
        evidence=tuple(evidence for _, evidence in ranked),
        sources=tuple(sorted(edge.sources)),
    )


def without_circles(
    relations: Sequence[Relation],
    vocabulary: Vocabulary = DEFAULT,
    sure: Collection[str] = (),
) -> tuple[list[Relation], list[Finding]]:
    """Return the relations without those that close a circle, and a finding for each left out.

    No concept is a kind of itself, nor a part. Relations of a hierarchical type are taken in from
    the strongest to the weakest, ``sure`` ones (ids) first; one that would lead back to its subject
    is left out.
    """
    kept: list[Relation] = []
    findings: list[Finding] = []
    above: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    ranked = sorted(
        relations,
        key=lambda r: (
            r.id not in sure,
            _STRENGTH[r.basis],
            -r.confidence,
            -len(r.evidence),
            r.subject,
            r.object,
        ),
    )
    for relation in ranked:
        if not vocabulary.relation_types[relation.type].hierarchical:
            kept.append(relation)
            continue
        reach = above[relation.type]
        if _leads(reach, relation.object, relation.subject):
            findings.append(
                Finding(
                    rule="hierarchy-circle",
                    subject=relation.subject,
                    message=f'"{relation.subject} {relation.type} {relation.object}" was left '
                    f"out: the stronger relations lead from {relation.object} to "
                    f"{relation.subject} already.",
                )
            )
            continue
        reach[relation.subject].add(relation.object)
        kept.append(relation)
    return sorted(kept, key=lambda r: (r.subject, r.type, r.object)), findings


def _leads(above: dict[str, set[str]], low: str, high: str) -> bool:
    """Whether steps upward lead from ``low`` to ``high``."""
    open_, seen = [low], {low}
    while open_:
        here = open_.pop()
        if here == high:
            return True
        for step in above.get(here, ()):
            if step not in seen:
                seen.add(step)
                open_.append(step)
    return False
