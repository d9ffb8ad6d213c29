"""GEXF 1.3 for Gephi, with sizes and colours, written as a stream.

NetworkX writes 1.2draft, which Gephi misreads, fifty times slower. No attribute is named ``pid``
and no two titles differ only in case: Gephi takes either for something else.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.communities import communities
from kg.export.graphml import attribute
from kg.export.rdf import chunks
from kg.export.shape import edges, nodes
from kg.model import Graph
from ontology.vocabulary import FAMILIES

NODE_ATTRIBUTES = (
    ("kind", "string"), ("source", "string"), ("community", "integer"), ("relations", "integer"),
    ("definition", "string"), ("aliases", "string"), ("implied", "boolean"), ("iri", "anyURI"),
)  # fmt: skip
"""Titles and types of what a node carries; ``relations`` is its degree."""
EDGE_ATTRIBUTES = (
    ("relation", "string"), ("family", "string"), ("basis", "string"), ("confidence", "double"),
    ("origin", "string"), ("evidence", "string"),
)  # fmt: skip
"""What an edge carries; its label is the phrase, its weight the closeness."""

# Colours of communities, in turn: dark enough to read labels on (contrast to white ≥ 3).
_COLOURS = (
    (0x0A, 0x5C, 0x63), (0x8F, 0x2B, 0x0A), (0x0A, 0x2A, 0x85), (0x87, 0x64, 0x10),
    (0xA9, 0x15, 0xB3), (0x08, 0x7F, 0x62), (0x51, 0x5E, 0x71), (0xB0, 0x4A, 0x5A),
)  # fmt: skip


def gexf(graph: Graph, *, language: str | None = None) -> Iterator[bytes]:
    """Return ``graph`` as GEXF 1.3; nodes are coloured by community and sized by degree."""
    return chunks(_lines(graph, language))


def _lines(graph: Graph, language: str | None) -> Iterator[str]:
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">\n'
        "<meta><creator>glossgraph</creator>"
    )
    yield f"<description>{attribute(graph.title)[1:-1]}</description></meta>\n"
    yield '<graph mode="static" defaultedgetype="directed" idtype="string">\n'
    for owner, attributes in (("node", NODE_ATTRIBUTES), ("edge", EDGE_ATTRIBUTES)):
        yield f'<attributes class="{owner}">\n'
        for place, (title, type_) in enumerate(attributes):
            yield f'<attribute id="{place}" title="{title}" type="{type_}"/>\n'
        yield "</attributes>\n"
    groups = communities(graph)
    yield "<nodes>\n"
    for node in nodes(graph, language):
        red, green, blue = _COLOURS[groups[node.id] % len(_COLOURS)]
        yield f"<node id={attribute(node.id)} label={attribute(node.label)}>"
        yield _values(
            node.kind,
            "; ".join(node.sources),
            groups[node.id],
            node.degree,
            node.definition,
            "; ".join(node.aliases),
            node.implied,
            node.iri,
        )
        yield f'<viz:color r="{red}" g="{green}" b="{blue}"/>'
        yield f'<viz:size value="{10 + 4 * node.degree**0.5:.1f}"/></node>\n'
    yield "</nodes>\n<edges>\n"
    for edge in edges(graph, language):
        colour = FAMILIES[edge.family].light
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        # ``kind`` tells parallel edges apart (GEXF 1.3). All are directed, symmetric ones too:
        # NetworkX and R refuse graphs that mix.
        yield (
            f"<edge id={attribute(edge.id)} source={attribute(edge.source)} "
            f"target={attribute(edge.target)} kind={attribute(edge.type)} "
            f'label={attribute(edge.phrase)} weight="{edge.weight}">'
        )
        yield _values(
            edge.type,
            edge.family,
            edge.basis,
            edge.confidence,
            "; ".join(edge.sources),
            edge.evidence,
        )
        yield f'<viz:color r="{red}" g="{green}" b="{blue}"/></edge>\n'
    yield "</edges>\n</graph>\n</gexf>\n"


def _values(*values: object) -> str:
    written = []
    for place, value in enumerate(values):
        if value == "":
            continue
        text = str(value).lower() if isinstance(value, bool) else str(value)
        written.append(f'<attvalue for="{place}" value={attribute(text)}/>')
    return f"<attvalues>{''.join(written)}</attvalues>"
