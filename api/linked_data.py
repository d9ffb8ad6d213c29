"""A concept as RDF: what the derived graph says of it, with the names of what it points to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from api.service import Snapshot
from kg.export import rdf
from kg.model import Concept, Graph, Relation

WRITERS: Mapping[str, Callable[[Graph], Iterator[bytes]]] = {
    "text/turtle": rdf.turtle,
    "application/n-triples": rdf.ntriples,
    "application/ld+json": rdf.jsonld,
    "application/rdf+xml": rdf.rdfxml,
}
"""How a graph is written, by media type."""


def describe(snapshot: Snapshot, slug: str, media_type: str, *, public: bool = False) -> bytes:
    """Return the triples about a concept in the form of :data:`WRITERS` that ``media_type`` names.

    All its labels, definitions and relations; of the concepts at their other ends the preferred
    label; the schemes of its sources with licence and publisher.
    """
    return b"".join(WRITERS[media_type](around(snapshot, slug, public=public)))


def around(snapshot: Snapshot, slug: str, *, public: bool = False) -> Graph:
    """Return the part of the graph that speaks of a concept.

    The hierarchy above it and above what it is related to is in, since whether two concepts may be
    called related depends on it (SKOS S27).
    """
    index = snapshot.index
    graph = snapshot.published if public else snapshot.graph
    relations: dict[str, Relation] = {each.id: each for each in index.relations_of(slug)}
    ends = {end for each in relations.values() for end in (each.subject, each.object)} | {slug}
    for relation in [each for end in sorted(ends) for each in _above(snapshot, end)]:
        relations[relation.id] = relation
    slugs = {end for each in relations.values() for end in (each.subject, each.object)} | {slug}
    concepts = [
        graph.concepts[index.number[each]] if each == slug else _named(index.concept(each))
        for each in sorted(slugs)
    ]
    named_by = {definition.source for concept in concepts for definition in concept.definitions}
    return replace(
        graph,
        sources=tuple(source for source in graph.sources if source.name in named_by),
        concepts=tuple(concepts),
        relations=tuple(sorted(relations.values(), key=lambda r: (r.subject, r.type, r.object))),
        texts=(),
        decisions=(),
        rulings=tuple(replace(each, concepts=(slug,)) for each in index.rulings.get(slug, ())),
        findings=(),
        redirects={},
    )


def _above(snapshot: Snapshot, slug: str) -> Iterator[Relation]:
    """Yield the hierarchical relations from a concept up to the top."""
    seen, waiting = {slug}, [slug]
    while waiting:
        here = waiting.pop()
        for relation in snapshot.index.relations_of(here):
            kind = snapshot.index.vocabulary.relation_types[relation.type]
            if relation.subject == here and kind.hierarchical:
                yield relation
                if relation.object not in seen:
                    seen.add(relation.object)
                    waiting.append(relation.object)


def _named(concept: Concept) -> Concept:
    """Return a concept of which only its preferred labels are said."""
    preferred = tuple(each for each in concept.designations if each.status == "preferred")
    return replace(concept, designations=preferred, definitions=(), same_as=(), close=())
