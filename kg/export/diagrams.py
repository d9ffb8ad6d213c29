"""Diagrams as text: Graphviz DOT, Mermaid and draw.io."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.export.graphml import attribute
from kg.export.rdf import chunks
from kg.export.shape import edges, nodes
from kg.model import Graph
from ontology.vocabulary import FAMILIES

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# Dashes of the families (``stroke-dasharray``) as each program names them.
_DOT_STYLES = {"": "solid", "7 4": "dashed", "1.5 3.5": "dotted"}
_BOX_HEIGHT, _COLUMN, _ROW = 32, 260, 90


def dot(graph: Graph, *, language: str | None = None) -> Iterator[bytes]:
    """Return ``graph`` in Graphviz's DOT language; draw it with ``dot``, ``sfdp`` or ``neato``."""
    return chunks(_dot(graph, language))


def _dot(graph: Graph, language: str | None) -> Iterator[str]:
    yield f"digraph {_quoted(graph.title or 'graph')} {{\n"
    yield '  graph [charset="UTF-8", overlap=false, splines=true];\n'
    yield '  node [shape=box, style="rounded", fontname="sans-serif", fontsize=12];\n'
    yield '  edge [fontname="sans-serif", fontsize=10];\n'
    for node in nodes(graph, language):
        style = ', style="rounded,dashed"' if node.implied else ""
        tip = f", tooltip={_quoted(node.definition)}" if node.definition else ""
        yield f"  {_quoted(node.id)} [label={_quoted(node.label)}{style}{tip}];\n"
    for edge in edges(graph, language):
        family = FAMILIES[edge.family]
        arrow = ", dir=none" if edge.symmetric else ""
        yield (
            f"  {_quoted(edge.source)} -> {_quoted(edge.target)} "
            f'[label={_quoted(edge.phrase)}, color="{family.light}", '
            f'fontcolor="{family.light}", style={_DOT_STYLES.get(family.dash, "dashed")}{arrow}];\n'
        )
    yield "}\n"


def _quoted(text: str) -> str:
    """Return a DOT string in which nothing is an escape of labels (``\\N``, ``\\l``)."""
    text = _CONTROL.sub("\ufffd", text).replace("\\", "\\\\").replace('"', '\\"')
    # Graphviz takes entities apart even in plain labels.
    text = re.sub(r"&(?=#?\w+;)", "&amp;", text)
    return '"' + text.replace("\r", "").replace("\n", "\\n") + '"'


def mermaid(graph: Graph, *, language: str | None = None) -> Iterator[bytes]:
    """Return ``graph`` as a Mermaid flowchart.

    Mermaid draws no more than 500 relations unless it is told to (``maxEdges``).
    """
    return chunks(_mermaid(graph, language))


def _mermaid(graph: Graph, language: str | None) -> Iterator[str]:
    yield "flowchart LR\n"
    names = {}
    for place, node in enumerate(nodes(graph, language)):
        # Numbers, since words such as "end" and letters such as "o" mean something in an id.
        names[node.id] = f"n{place}"
        yield f'  n{place}["{_entities(node.label)}"]\n'
    styles: dict[str, list[int]] = {}
    for place, edge in enumerate(edges(graph, language)):
        line = "---" if edge.symmetric else "-->"
        yield f'  {names[edge.source]} {line}|"{_entities(edge.phrase)}"| {names[edge.target]}\n'
        styles.setdefault(edge.family, []).append(place)
    for family, places in styles.items():
        drawn = FAMILIES[family]
        dash = f",stroke-dasharray:{drawn.dash}" if drawn.dash else ""
        numbers = ",".join(map(str, places))
        yield f"  linkStyle {numbers} stroke:{drawn.light},color:{drawn.light}{dash}\n"


def _entities(text: str) -> str:
    """Return text for a quoted Mermaid label: signs that mean something as ``#35;``."""
    text = " ".join(_CONTROL.sub("\ufffd", text).split())
    return re.sub(r'[#"&<>`\\;|{}\[\]()*_~$%@=+^:/-]', lambda m: f"#{ord(m[0])};", text)


def drawio(graph: Graph, *, language: str | None = None) -> Iterator[bytes]:
    """Return ``graph`` as an uncompressed draw.io file.

    Boxes stand in a grid; *Arrange > Layout* in draw.io gives them their places.
    """
    return chunks(_drawio(graph, language))


def _drawio(graph: Graph, language: str | None) -> Iterator[str]:
    yield '<mxfile host="glossgraph" compressed="false">\n'
    yield f'<diagram id="graph" name={attribute(graph.title or "graph")}>'
    yield '<mxGraphModel grid="1" gridSize="10" page="0"><root>\n'
    yield '<mxCell id="0"/><mxCell id="1" parent="0"/>\n'
    columns = max(1, round(len(graph.concepts) ** 0.5))
    for place, node in enumerate(nodes(graph, language)):
        row, column = divmod(place, columns)
        width = max(80, round(7.2 * min(len(node.label), 30)) + 24)
        dashed = 1 if node.implied else 0
        # html=0: labels are text, whatever signs are in them.
        yield (
            f"<UserObject id={attribute(node.id)} label={attribute(node.label)} "
            f"link={attribute(node.iri)} tooltip={attribute(node.definition)}>"
            f'<mxCell style="rounded=1;whiteSpace=wrap;html=0;dashed={dashed};" vertex="1" '
            f'parent="1"><mxGeometry x="{column * _COLUMN}" y="{row * _ROW}" width="{width}" '
            f'height="{_BOX_HEIGHT}" as="geometry"/></mxCell></UserObject>\n'
        )
    for edge in edges(graph, language):
        family = FAMILIES[edge.family]
        arrow = "none" if edge.symmetric else "classic"
        dash = f"dashed=1;dashPattern={family.dash};" if family.dash else ""
        yield (
            f"<mxCell id={attribute('r-' + edge.id)} value={attribute(edge.phrase)} "
            f'style="html=0;endArrow={arrow};strokeColor={family.light};'
            f'fontColor={family.light};strokeWidth={family.width};{dash}" edge="1" parent="1" '
            f"source={attribute(edge.source)} target={attribute(edge.target)}>"
            '<mxGeometry relative="1" as="geometry"/></mxCell>\n'
        )
    yield "</root></mxGraphModel></diagram>\n</mxfile>\n"
