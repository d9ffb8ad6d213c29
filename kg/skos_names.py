"""IRIs of what a graph holds: concepts, its named graphs, the places where relations are stated."""

from __future__ import annotations

import hashlib

from extract.labels import fold
from kg.model import Relation
from kg.rdf import step

CONCEPTS = "graph/concepts"
"""Path under ``<base>`` of the derived graph."""
DATASET = "graph/dataset"
"""Path under ``<base>`` of the graph that describes the data set."""


def concept_iri(base: str, slug: str) -> str:
    """Return the IRI of a concept, without angle brackets."""
    return f"{base}concepts/{step(slug)}"


def scheme_iri(base: str, source: str) -> str:
    """Return the IRI of the concept scheme that a source is."""
    return f"{base}sources/{step(source)}"


def source_graph(base: str, source: str) -> str:
    """Return the IRI of the graph that holds what a source says."""
    return f"{base}graph/sources/{step(source)}"


def evidence_graph(base: str, source: str) -> str:
    """Return the IRI of the graph that holds where a source says it."""
    return f"{source_graph(base, source)}/evidence"


def evidence_key(source: str, relation: Relation, quote: str) -> str:
    """Return the last step of an assertion's IRI: equal for the same statement in equal words."""
    parts = (source, relation.subject, relation.type, relation.object, fold(quote))
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:20]
