"""Concepts and relations as flat rows: what every export that is not RDF is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kg.model import Concept, Graph
from kg.skos import concept_iri
from ontology.vocabulary import FAMILIES, in_language


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A concept as a row."""

    id: str
    """Slug."""
    label: str
    kind: str
    """Key of a kind; ``none`` where the definition tells none."""
    kind_label: str
    definition: str
    """Of the first source that has one; the others stand in :attr:`definitions`."""
    definitions: tuple[tuple[str, str], ...]
    """(source, text) of every entry."""
    aliases: tuple[str, ...]
    sources: tuple[str, ...]
    implied: bool
    degree: int
    """Count of the relations that are exported with it."""
    iri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A relation as a row."""

    id: str
    source: str
    """Slug of the subject."""
    target: str
    """Slug of the object."""
    type: str
    phrase: str
    """Reads "source PHRASE target"."""
    family: str
    symmetric: bool
    basis: str
    confidence: float
    weight: float
    """For layouts and centrality: larger is closer. The inverse of the basis's path cost."""
    sources: tuple[str, ...]
    evidence: str
    """The strongest piece of evidence, as quoted."""


def without(graph: Graph, *, mentions: bool, implied: bool) -> Graph:
    """Return ``graph`` without relations of basis ``mention``, or without implied concepts."""
    if mentions and implied:
        return graph
    concepts = tuple(c for c in graph.concepts if implied or not c.implied)
    kept = {concept.slug for concept in concepts}
    relations = tuple(
        r
        for r in graph.relations
        if (mentions or r.basis != "mention") and r.subject in kept and r.object in kept
    )
    return replace(graph, concepts=concepts, relations=relations)


def nodes(graph: Graph, language: str | None = None) -> Iterator[Node]:
    """Yield the concepts in the graph's order, labels and kinds in ``language`` where there are."""
    degree: Counter[str] = Counter()
    for relation in graph.relations:
        degree[relation.subject] += 1
        degree[relation.object] += 1
    tag, kinds = (language or graph.language).lower(), graph.vocabulary.kinds
    for concept in graph.concepts:
        label = _label(concept, tag, graph.language)
        definitions = tuple((d.source, d.text) for d in concept.definitions)
        yield Node(
            id=concept.slug,
            label=label,
            kind=concept.kind,
            kind_label=in_language(kinds[concept.kind].label, tag)
            if concept.kind in kinds
            else concept.kind,
            definition=definitions[0][1] if definitions else "",
            definitions=definitions,
            aliases=tuple(
                dict.fromkeys(
                    d.text for d in concept.designations if d.text != label and d.status != "hidden"
                )
            ),
            sources=tuple(dict.fromkeys(source for source, _ in definitions)),
            implied=concept.implied,
            degree=degree[concept.slug],
            iri=concept_iri(graph.base, concept.slug),
        )


def _label(concept: Concept, tag: str, own: str) -> str:
    if tag != own:
        for designation in concept.designations:
            if designation.status == "preferred" and designation.language == tag:
                return designation.text
    return concept.label


def edges(graph: Graph, language: str | None = None) -> Iterator[Edge]:
    """Yield the relations in the graph's order, phrases in ``language`` where there are."""
    tag, vocabulary = (language or graph.language).lower(), graph.vocabulary
    for relation in graph.relations:
        type_ = vocabulary.relation_types[relation.type]
        yield Edge(
            id=relation.id,
            source=relation.subject,
            target=relation.object,
            type=relation.type,
            phrase=in_language(type_.phrase, tag),
            family=type_.family,
            symmetric=type_.symmetric,
            basis=relation.basis,
            confidence=relation.confidence,
            weight=round(1 / vocabulary.bases[relation.basis].cost, 4),
            sources=relation.sources,
            evidence=relation.evidence[0].quote if relation.evidence else "",
        )


def family_colour(key: str) -> str:
    """Return the colour of a family on a light ground, ``#RRGGBB``."""
    return FAMILIES[key].light
