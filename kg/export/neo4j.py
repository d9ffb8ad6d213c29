"""Neo4j: Cypher statements for any server, and CSV files for ``neo4j-admin database import``.

Aura reads no files from a machine of one's own, so the statements carry their data; MERGE lets them
be run again after a new build.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from kg.export.archive import archive
from kg.export.rdf import chunks
from kg.export.shape import Edge, edges, nodes
from kg.model import Graph

# Rows of one statement: servers parse a statement whole, and one of a megabyte slowly.
_ROWS = 200
_NODE = ("label", "kind", "definition", "aliases", "sources", "implied", "iri")
_EDGE = ("phrase", "family", "basis", "confidence", "weight", "sources", "evidence")
# Where one word of a name in camel case ends, or what separates words.
_SEAM = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+")
_SPECIAL = str.maketrans(
    {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
)


def relationship(type: str) -> str:
    """Return a relation type as Neo4j names relationships: ``partOf`` is ``PART_OF``."""
    return "_".join(word.upper() for word in _SEAM.split(type) if word) or "RELATED"


def cypher(graph: Graph, *, language: str | None = None) -> Iterator[bytes]:
    """Return Cypher 5 statements, each ended by a semicolon, that load or update ``graph``."""
    return chunks(_statements(graph, language))


def _statements(graph: Graph, language: str | None) -> Iterator[str]:
    yield ("CREATE CONSTRAINT concept_id IF NOT EXISTS FOR (c:Concept) REQUIRE c.id IS UNIQUE;\n")
    rows = (
        _map(
            id=node.id,
            label=node.label,
            kind=node.kind,
            definition=node.definition,
            aliases=node.aliases,
            sources=node.sources,
            implied=node.implied,
            iri=node.iri,
        )
        for node in nodes(graph, language)
    )
    for batch in _batches(rows):
        yield (
            f"UNWIND [\n{batch}\n] AS row\n"
            f"MERGE (c:Concept {{id: row.id}})\nSET {_set('c', _NODE)};\n"
        )
    by_type: dict[str, list[Edge]] = {}
    for edge in edges(graph, language):
        by_type.setdefault(edge.type, []).append(edge)
    for type_, members in by_type.items():
        rows = (
            _map(
                source=edge.source,
                target=edge.target,
                id=edge.id,
                phrase=edge.phrase,
                family=edge.family,
                basis=edge.basis,
                confidence=edge.confidence,
                weight=edge.weight,
                sources=edge.sources,
                evidence=edge.evidence,
            )
            for edge in members
        )
        for batch in _batches(rows):
            yield (
                f"UNWIND [\n{batch}\n] AS row\n"
                "MATCH (a:Concept {id: row.source}), (b:Concept {id: row.target})\n"
                f"MERGE (a)-[r:{relationship(type_)} {{id: row.id}}]->(b)\n"
                f"SET {_set('r', _EDGE)};\n"
            )


def _set(name: str, properties: Iterable[str]) -> str:
    # One by one: not every server that speaks Cypher knows ``SET c += row``.
    return ", ".join(f"{name}.{key} = row.{key}" for key in properties)


def _batches(rows: Iterable[str]) -> Iterator[str]:
    rows = iter(rows)
    while batch := list(islice(rows, _ROWS)):
        yield ",\n".join(batch)


def _map(**values: object) -> str:
    return "{" + ", ".join(f"{key}: {_literal(value)}" for key, value in values.items()) + "}"


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"'{value.translate(_SPECIAL)}'"
    if isinstance(value, Sequence):
        return f"[{', '.join(_literal(item) for item in value)}]"
    return str(value)


# --- CSV for the importer ------------------------------------------------------------------------

_CONCEPTS = (
    "id:ID", "label", "kind", "definition", "aliases:string[]", "sources:string[]",
    "implied:boolean", "iri", ":LABEL",
)  # fmt: skip
_RELATIONS = (
    ":START_ID", ":END_ID", ":TYPE", "id", "phrase", "family", "basis", "confidence:double",
    "weight:double", "sources:string[]", "evidence",
)  # fmt: skip


def importer(graph: Graph, *, language: str | None = None) -> Iterator[bytes]:
    """Return a zip file of ``concepts.csv`` and ``relations.csv`` with the importer's headers.

    Lists are joined by ``;``, the importer's own delimiter; one inside a value becomes a comma.
    """
    concepts = (
        (
            node.id,
            node.label,
            node.kind,
            node.definition,
            _array(node.aliases),
            _array(node.sources),
            node.implied,
            node.iri,
            "Concept",
        )
        for node in nodes(graph, language)
    )
    relations = (
        (
            edge.source,
            edge.target,
            relationship(edge.type),
            edge.id,
            edge.phrase,
            edge.family,
            edge.basis,
            edge.confidence,
            edge.weight,
            _array(edge.sources),
            edge.evidence,
        )
        for edge in edges(graph, language)
    )
    return archive(
        [
            ("concepts.csv", chunks(_csv(_CONCEPTS, concepts))),
            ("relations.csv", chunks(_csv(_RELATIONS, relations))),
        ]
    )


def _array(values: Iterable[str]) -> str:
    return ";".join(value.replace(";", ",") for value in values)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield ",".join(columns) + "\n"
    for row in rows:
        yield ",".join(_cell(value) for value in row) + "\n"


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return str(value)
    # The importer wants --multiline-fields for line feeds; a blank does as well.
    text = " ".join(value.replace("\x00", "").split()).replace('"', '""')
    return f'"{text}"'
