"""JSON: the concepts with all that is known of them, and a node-link graph for d3 and NetworkX."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from kg.export.shape import edges, nodes
from kg.model import Concept, Graph
from kg.skos import concept_iri


def concepts_json(graph: Graph, *, language: str | None = None) -> Iterator[bytes]:
    """Return ``{"concepts": [...]}``: a concept a line, with its relations read from it."""
    del language  # all languages are in it
    outgoing: dict[str, list[dict[str, Any]]] = {}
    for relation in graph.relations:
        outgoing.setdefault(relation.subject, []).append(
            {
                "id": relation.id,
                "type": relation.type,
                "target": relation.object,
                "basis": relation.basis,
                "confidence": relation.confidence,
                "sources": list(relation.sources),
                "evidence": [
                    {
                        "document": e.document,
                        "start": e.span.start,
                        "end": e.span.end,
                        "quote": e.quote,
                        "rule": e.rule,
                    }
                    for e in relation.evidence
                ],
            }
        )
    head = {"format": "glossgraph-concepts/1", "title": graph.title, "base": graph.base}
    sources = [
        {
            "name": s.name,
            "title": s.title,
            "publisher": s.publisher,
            "url": s.url,
            "licence": s.licence,
            "entries": s.entries,
        }
        for s in graph.sources
    ]
    yield orjson.dumps({**head, "sources": sources})[:-1] + b',"concepts":['
    between = b"\n"
    for concept in graph.concepts:
        yield between + orjson.dumps(_concept(graph, concept, outgoing.get(concept.slug, [])))
        between = b",\n"
    yield b"\n]}\n"


def _concept(graph: Graph, concept: Concept, relations: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": concept.slug,
        "iri": concept_iri(graph.base, concept.slug),
        "label": concept.label,
        "labels": list(dict.fromkeys(d.text for d in concept.designations)),
        "designations": [
            {"text": d.text, "language": d.language, "type": d.type, "status": d.status}
            for d in concept.designations
        ],
        "kind": concept.kind,
        "implied": concept.implied,
        "entries": [
            {"document": d.document, "term": d.term, "id": d.entry} for d in concept.definitions
        ],
        "definitions": [
            {
                "source": d.source,
                "text": d.text,
                "language": d.language,
                "examples": list(d.examples),
                "formula": d.formula or None,
                "pos": list(d.pos),
                "locator": d.locator,
            }
            for d in concept.definitions
        ],
        "relations": relations,
        # What one glossary calls another's is one concept here, so nothing within is exact.
        "exact": [],
        "close": list(concept.close),
        "same_as": list(concept.same_as),
        "statements": [
            {"property": s.property, "value": s.value, "literal": s.literal, "language": s.language}
            for s in concept.statements
        ],
    }


def graph_json(graph: Graph, *, language: str | None = None) -> Iterator[bytes]:
    """Return a node-link graph: ``nodes`` with ``id``, ``links`` with ``source`` and ``target``.

    d3-force reads it as it is, and NetworkX with ``node_link_graph(data, edges="links")``.
    """
    head = {"title": graph.title, "base": graph.base, "language": language or graph.language}
    yield orjson.dumps({"directed": True, "multigraph": True, "graph": head})[:-1] + b',"nodes":['
    between = b"\n"
    for node in nodes(graph, language):
        yield between + orjson.dumps(
            {
                "id": node.id,
                "label": node.label,
                "kind": node.kind,
                "definition": node.definition,
                "aliases": node.aliases,
                "sources": node.sources,
                "implied": node.implied,
                "degree": node.degree,
                "iri": node.iri,
            }
        )
        between = b",\n"
    yield b'\n],"links":['
    between = b"\n"
    for edge in edges(graph, language):
        yield between + orjson.dumps(
            {
                "source": edge.source,
                "target": edge.target,
                "key": edge.type,
                "id": edge.id,
                "type": edge.type,
                "phrase": edge.phrase,
                "family": edge.family,
                "basis": edge.basis,
                "confidence": edge.confidence,
                "weight": edge.weight,
                "sources": edge.sources,
                "evidence": edge.evidence,
            }
        )
        between = b",\n"
    yield b"\n]}\n"
