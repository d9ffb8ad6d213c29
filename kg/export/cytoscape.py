"""Cytoscape: CX2 for the desktop and the web, cyjs for cytoscape.js.

CX2 says how the network is drawn: without the mapping of labels Cytoscape shows none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from kg.export.shape import edges, nodes
from kg.model import Graph
from ontology.vocabulary import FAMILIES

_NODE_TYPES = {
    "name": "string", "slug": "string", "kind": "string", "definition": "string",
    "aliases": "list_of_string", "sources": "list_of_string", "implied": "boolean",
    "degree": "integer", "iri": "string",
}  # fmt: skip
_EDGE_TYPES = {
    "name": "string", "interaction": "string", "type": "string", "family": "string",
    "basis": "string", "confidence": "double", "weight": "double", "sources": "list_of_string",
    "evidence": "string",
}  # fmt: skip
_LINES = {"": "solid", "7 4": "dashed", "1.5 3.5": "dotted"}


def cyjs(graph: Graph, *, language: str | None = None) -> Iterator[bytes]:
    """Return ``graph`` as cytoscape.js JSON, which Cytoscape imports, too."""
    head = {
        "format_version": "1.0",
        "generated_by": "glossgraph",
        "target_cytoscapejs_version": "~3.30",
        "data": {"name": graph.title},
    }
    yield orjson.dumps(head)[:-1] + b',"elements":{"nodes":['
    between = b"\n"
    for data in _nodes(graph, language):
        yield between + orjson.dumps(
            # NetworkX asks for "value", cytoscape.js for "id".
            {"data": {"id": data["slug"], "value": data["slug"], **data}}
        )
        between = b",\n"
    yield b'\n],"edges":['
    between = b"\n"
    for id_, source, target, data in _edges(graph, language):
        ends = {"id": id_, "source": source, "target": target, "key": data["type"]}
        yield between + orjson.dumps({"data": {**ends, **data}})
        between = b",\n"
    yield b"\n]}}\n"


def cx2(graph: Graph, *, language: str | None = None) -> Iterator[bytes]:
    """Return ``graph`` as CX2 (Cytoscape Exchange 2.0) with visual properties."""
    number = {concept.slug: place for place, concept in enumerate(graph.concepts)}
    counts = {"nodes": len(graph.concepts), "edges": len(graph.relations)}
    aspects = ("attributeDeclarations", "networkAttributes", "nodes", "edges", "visualProperties")
    yield b"[" + orjson.dumps({"CXVersion": "2.0", "hasFragments": False})
    yield b",\n" + orjson.dumps(
        {"metaData": [{"name": name, "elementCount": counts.get(name, 1)} for name in aspects]}
    )
    yield b",\n" + orjson.dumps(
        {
            "attributeDeclarations": [
                {
                    "networkAttributes": {"name": {"d": "string"}},
                    "nodes": {name: {"d": type_} for name, type_ in _NODE_TYPES.items()},
                    "edges": {name: {"d": type_} for name, type_ in _EDGE_TYPES.items()},
                }
            ]
        }
    )
    yield b",\n" + orjson.dumps({"networkAttributes": [{"name": graph.title}]})
    yield b',\n{"nodes":['
    between = b"\n"
    for data in _nodes(graph, language):
        yield between + orjson.dumps({"id": number[data["slug"]], "v": data})
        between = b",\n"
    yield b'\n]},\n{"edges":['
    between = b"\n"
    for place, (_, source, target, data) in enumerate(_edges(graph, language)):
        ends = {"id": place, "s": number[source], "t": number[target]}
        yield between + orjson.dumps({**ends, "v": data})
        between = b",\n"
    yield b"\n]},\n" + orjson.dumps({"visualProperties": [_drawn()]})
    yield b",\n" + orjson.dumps({"status": [{"success": True}]}) + b"]\n"


def _nodes(graph: Graph, language: str | None) -> Iterator[dict[str, Any]]:
    for node in nodes(graph, language):
        yield {
            "name": node.label,
            "slug": node.id,
            "kind": node.kind,
            "definition": node.definition,
            "aliases": node.aliases,
            "sources": node.sources,
            "implied": node.implied,
            "degree": node.degree,
            "iri": node.iri,
        }


def _edges(graph: Graph, language: str | None) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    for edge in edges(graph, language):
        values = {
            "name": edge.phrase,
            "interaction": edge.type,
            "type": edge.type,
            "family": edge.family,
            "basis": edge.basis,
            "confidence": edge.confidence,
            "weight": edge.weight,
            "sources": edge.sources,
            "evidence": edge.evidence,
        }
        yield edge.id, edge.source, edge.target, values


def _drawn() -> dict[str, Any]:
    """Return CX2's visual properties: labels passed through, edges drawn by family."""
    label = {"type": "PASSTHROUGH", "definition": {"attribute": "name", "type": "string"}}
    by_family = [(family.key, family) for family in FAMILIES.values()]

    def discrete(values: list[dict[str, object]]) -> dict[str, object]:
        definition = {"attribute": "family", "type": "string", "map": values}
        return {"type": "DISCRETE", "definition": definition}

    return {
        "default": {
            "network": {"NETWORK_BACKGROUND_COLOR": "#FAF9F6"},
            "node": {
                "NODE_SHAPE": "round-rectangle",
                "NODE_BACKGROUND_COLOR": "#FFFFFF",
                "NODE_BORDER_COLOR": "#4C535C",
                "NODE_BORDER_WIDTH": 1,
                "NODE_LABEL_COLOR": "#1A1D21",
                "NODE_LABEL_FONT_SIZE": 12,
                "NODE_WIDTH": 120,
                "NODE_HEIGHT": 32,
            },
            "edge": {"EDGE_TARGET_ARROW_SHAPE": "triangle", "EDGE_LABEL_FONT_SIZE": 10},
        },
        "nodeMapping": {"NODE_LABEL": label},
        "edgeMapping": {
            "EDGE_LABEL": label,
            "EDGE_LINE_COLOR": discrete([{"v": k, "vp": f.light} for k, f in by_family]),
            "EDGE_WIDTH": discrete([{"v": k, "vp": f.width} for k, f in by_family]),
            "EDGE_LINE_STYLE": discrete(
                [{"v": k, "vp": _LINES.get(f.dash, "dashed")} for k, f in by_family]
            ),
        },
    }
