"""GraphML with plain attributes for NetworkX, igraph, R and Gephi, and yEd's own drawing beside.

yEd shows nothing but ``y:NodeLabel`` and ``y:EdgeLabel``; Gephi reads labels from an attribute
named ``label`` whose key says ``for=``. Both stand in one file. yEd lays nothing out on opening, so
boxes stand in a grid until it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from kg.export.rdf import chunks
from kg.export.shape import Edge, Node, edges, nodes
from kg.model import Graph
from ontology.vocabulary import FAMILIES

NODE_KEYS = (
    ("label", "string"), ("kind", "string"), ("definition", "string"), ("aliases", "string"),
    ("sources", "string"), ("implied", "boolean"), ("degree", "int"), ("iri", "string"),
)  # fmt: skip
"""Attributes of a node and their GraphML types; lists are joined by ``; ``."""
EDGE_KEYS = (
    ("label", "string"), ("type", "string"), ("family", "string"), ("basis", "string"),
    ("confidence", "double"), ("weight", "double"), ("sources", "string"), ("evidence", "string"),
)  # fmt: skip
"""Attributes of an edge; ``label`` is the phrase."""

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" \
xmlns:y="http://www.yworks.com/xml/graphml" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns \
http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""
# What XML 1.0 cannot hold (2.2), as a character class.
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# yEd knows names for dashes, not patterns; by the family's stroke-dasharray, see design of maps.
_LINES = {"": "line", "7 4": "dashed", "1.5 3.5": "dotted", "4 3": "dashed"}
_BOX_HEIGHT, _COLUMN, _ROW = 30, 240, 70


def clean(text: str) -> str:
    """Return ``text`` escaped for XML, without the characters that XML 1.0 cannot hold."""
    return escape(_UNREADABLE.sub("\ufffd", text))


def attribute(text: str) -> str:
    """Return ``text`` in quotes as an XML attribute's value."""
    return quoteattr(_UNREADABLE.sub("\ufffd", text), {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})


def graphml(graph: Graph, *, language: str | None = None, graphics: bool = True) -> Iterator[bytes]:
    """Return ``graph`` as GraphML; ``graphics=False`` leaves yEd's drawing out."""
    return chunks(_lines(graph, language, graphics))


def _lines(graph: Graph, language: str | None, graphics: bool) -> Iterator[str]:
    yield _HEAD
    for owner, keys in (("node", NODE_KEYS), ("edge", EDGE_KEYS)):
        for name, type_ in keys:
            # Ids of keys differ between nodes and edges: "label" is both's (GraphML, 3.1.1).
            yield (
                f'<key id="{owner[0]}_{name}" for="{owner}" attr.name="{name}" '
                f'attr.type="{type_}"/>\n'
            )
        if graphics:
            yield f'<key id="{owner[0]}_graphics" for="{owner}" yfiles.type="{owner}graphics"/>\n'
    yield f'<graph id={attribute(graph.title or "graph")} edgedefault="directed">\n'
    columns = max(1, round(len(graph.concepts) ** 0.5))
    for place, node in enumerate(nodes(graph, language)):
        row, column = divmod(place, columns)
        yield f"<node id={attribute(node.id)}>\n"
        yield from _data("n", _node_values(node))
        if graphics:
            yield _drawn_node(node, column * _COLUMN, row * _ROW)
        yield "</node>\n"
    for edge in edges(graph, language):
        # No directed="false" for symmetric ones: NetworkX refuses graphs that mix.
        yield (
            f"<edge id={attribute(edge.id)} source={attribute(edge.source)} "
            f"target={attribute(edge.target)}>\n"
        )
        yield from _data("e", _edge_values(edge))
        if graphics:
            yield _drawn_edge(edge)
        yield "</edge>\n"
    yield "</graph>\n</graphml>\n"


def _data(owner: str, values: dict[str, object]) -> Iterator[str]:
    for name, value in values.items():
        if value == "":
            continue
        text = str(value).lower() if isinstance(value, bool) else str(value)
        yield f'<data key="{owner}_{name}">{clean(text)}</data>\n'


def _node_values(node: Node) -> dict[str, object]:
    return {
        "label": node.label,
        "kind": node.kind,
        "definition": node.definition,
        "aliases": "; ".join(node.aliases),
        "sources": "; ".join(node.sources),
        "implied": node.implied,
        "degree": node.degree,
        "iri": node.iri,
    }


def _edge_values(edge: Edge) -> dict[str, object]:
    return {
        "label": edge.phrase,
        "type": edge.type,
        "family": edge.family,
        "basis": edge.basis,
        "confidence": edge.confidence,
        "weight": edge.weight,
        "sources": "; ".join(edge.sources),
        "evidence": edge.evidence,
    }


def _drawn_node(node: Node, x: int, y: int) -> str:
    width = max(60, round(7.2 * len(node.label)) + 24)
    shape = "ellipse" if node.kind == "role" else "roundrectangle"
    line = "dashed" if node.implied else "line"
    return (
        f'<data key="n_graphics"><y:ShapeNode><y:Geometry height="{_BOX_HEIGHT}.0" '
        f'width="{width}.0" x="{x}.0" y="{y}.0"/><y:Fill color="#FFFFFF" transparent="false"/>'
        f'<y:BorderStyle color="#4C535C" type="{line}" width="1.0"/>'
        f"<y:NodeLabel>{clean(node.label)}</y:NodeLabel>"
        f'<y:Shape type="{shape}"/></y:ShapeNode></data>\n'
    )


def _drawn_edge(edge: Edge) -> str:
    family = FAMILIES[edge.family]
    line = _LINES.get(family.dash, "dashed_dotted")
    arrow = "none" if edge.symmetric else "standard"
    return (
        f'<data key="e_graphics"><y:PolyLineEdge><y:LineStyle color="{family.light}" '
        f'type="{line}" width="{family.width}"/><y:Arrows source="none" target="{arrow}"/>'
        f'<y:EdgeLabel textColor="{family.light}">{clean(edge.phrase)}</y:EdgeLabel>'
        "</y:PolyLineEdge></data>\n"
    )
