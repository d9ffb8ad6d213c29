"""Graphs for other programs: a table of formats, and one function that writes any of them.

The table is what the command line, the HTTP routes, the documentation and the tests read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from kg.errors import UnknownKey
from kg.export import cytoscape, diagrams, gexf, graphml, json, neo4j, obsidian, rdf, tables
from kg.export.shape import without
from kg.model import Graph
from kg.training.offline_html import offline_html

Writer = Callable[..., Iterator[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A format that graphs are written in."""

    key: str
    """Its name on the command line and in addresses."""
    title: str
    suffixes: tuple[str, ...]
    """File name endings, lower-case with the dot; the first is the one to give a new file."""
    media_type: str
    write: Writer
    """Takes a graph and the options, and yields bytes."""
    options: tuple[str, ...] = ()
    """Names of keyword arguments of ``write``."""
    mentions: bool = True
    """Whether relations of basis ``mention`` are in it unless something else is asked."""
    tools: str = ""
    """Programs that read it."""


_ALL = (
    Export(
        key="turtle", title="Turtle", suffixes=(".ttl",), media_type="text/turtle",
        write=rdf.turtle, tools="any RDF tool",
    ),
    Export(
        key="ntriples", title="N-Triples", suffixes=(".nt",), media_type="application/n-triples",
        write=rdf.ntriples, tools="any RDF tool, line by line",
    ),
    Export(
        key="nquads", title="N-Quads", suffixes=(".nq",), media_type="application/n-quads",
        write=rdf.quads, tools="triple stores, with every source's own graph",
    ),
    Export(
        key="trig", title="TriG", suffixes=(".trig",), media_type="application/trig",
        write=rdf.trig, tools="triple stores, with every source's own graph",
    ),
    Export(
        key="jsonld", title="JSON-LD", suffixes=(".jsonld",), media_type="application/ld+json",
        write=rdf.jsonld, tools="RDF tools and JSON readers",
    ),
    Export(
        key="rdfxml", title="RDF/XML", suffixes=(".rdf", ".owl"),
        media_type="application/rdf+xml", write=rdf.rdfxml, tools="Protégé and older RDF tools",
    ),
    Export(
        key="graphml", title="GraphML", suffixes=(".graphml",),
        media_type="application/graphml+xml", write=graphml.graphml,
        options=("language", "graphics"), tools="yEd, igraph, R, NetworkX, Gephi",
    ),
    Export(
        key="concepts-json", title="Concepts as JSON", suffixes=(".json", ".concepts.json"),
        media_type="application/json", write=json.concepts_json, options=("language",),
        tools="programs of your own",
    ),
    Export(
        key="graph-json", title="Node-link graph as JSON", suffixes=(".graph.json",),
        media_type="application/json", write=json.graph_json, options=("language",),
        tools="d3, NetworkX",
    ),
    Export(
        key="gexf", title="GEXF", suffixes=(".gexf",), media_type="application/gexf+xml",
        write=gexf.gexf, options=("language",), mentions=False, tools="Gephi, graphology",
    ),
    Export(
        key="cx2", title="CX2", suffixes=(".cx2",), media_type="application/vnd.cytoscape.cx2+json",
        write=cytoscape.cx2, options=("language",), tools="Cytoscape, NDEx",
    ),
    Export(
        key="cyjs", title="Cytoscape.js JSON", suffixes=(".cyjs",), media_type="application/json",
        write=cytoscape.cyjs, options=("language",), tools="cytoscape.js, Cytoscape",
    ),
    Export(
        key="cypher", title="Cypher statements", suffixes=(".cypher", ".cql"),
        media_type="application/x-cypher-query", write=neo4j.cypher, options=("language",),
        tools="Neo4j, Aura, Memgraph",
    ),
    Export(
        key="neo4j-csv", title="CSV for neo4j-admin import", suffixes=(".neo4j.zip",),
        media_type="application/zip", write=neo4j.importer, options=("language",), tools="Neo4j",
    ),
    Export(
        key="dot", title="DOT", suffixes=(".dot", ".gv"), media_type="text/vnd.graphviz",
        write=diagrams.dot, options=("language",), mentions=False, tools="Graphviz",
    ),
    Export(
        key="mermaid", title="Mermaid flowchart", suffixes=(".mmd", ".mermaid"),
        media_type="text/vnd.mermaid", write=diagrams.mermaid, options=("language",),
        mentions=False, tools="Mermaid, GitHub, many wikis",
    ),
    Export(
        key="drawio", title="draw.io diagram", suffixes=(".drawio",),
        media_type="application/vnd.jgraph.mxfile", write=diagrams.drawio, options=("language",),
        mentions=False, tools="draw.io (diagrams.net)",
    ),
    Export(
        key="obsidian", title="Obsidian vault", suffixes=(".obsidian.zip",),
        media_type="application/zip", write=obsidian.vault, options=("language",),
        tools="Obsidian, Logseq, any Markdown editor",
    ),
    Export(
        key="html", title="One HTML file, to read without a network",
        suffixes=(".html", ".htm"), media_type="text/html", write=offline_html,
        options=("language",), tools="any browser, LMS file areas, memory sticks",
    ),
    Export(
        key="xlsx", title="Workbook", suffixes=(".xlsx",),
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        write=tables.workbook, options=("language",), tools="Excel, LibreOffice, Power BI",
    ),
    Export(
        key="csv", title="Tables as CSV", suffixes=(".csv.zip", ".zip"),
        media_type="application/zip", write=tables.tables_zip, options=("language",),
        tools="spreadsheets, databases, pandas",
    ),
    Export(
        key="concepts-csv", title="Table of concepts", suffixes=(".concepts.csv",),
        media_type="text/csv", write=tables.concepts_csv, options=("language",),
        tools="spreadsheets, databases, pandas",
    ),
    Export(
        key="relations-csv", title="Table of relations", suffixes=(".csv", ".relations.csv"),
        media_type="text/csv", write=tables.relations_csv, options=("language",),
        tools="spreadsheets, Gephi, pandas",
    ),
)  # fmt: skip

EXPORTS: Mapping[str, Export] = MappingProxyType({entry.key: entry for entry in _ALL})
"""Every format by key, in the order of lists."""


def choose(key: str | None, path: str | Path | None = None) -> Export:
    """Return the format with this key, or else the one that a file's name ends like.

    Raises:
        UnknownKey: no format has the key, or none has the ending; with those there are.
    """
    if key is not None:
        if key in EXPORTS:
            return EXPORTS[key]
        raise UnknownKey("export format", key, EXPORTS)
    name = Path(path).name.lower() if path is not None else ""
    fitting = [
        (len(suffix), entry)
        for entry in _ALL
        for suffix in entry.suffixes
        if name.endswith(suffix) or name == suffix[1:]
    ]
    if not fitting:
        endings = [suffix for entry in _ALL for suffix in entry.suffixes]
        raise UnknownKey("export format for the file", name, endings)
    return max(fitting, key=lambda item: item[0])[1]


def export(
    graph: Graph | str | Path,
    format: str | Export,
    *,
    mentions: bool | None = None,
    implied: bool = True,
    **options: object,
) -> Iterator[bytes]:
    """Return ``graph`` in a format, in pieces; equal graphs give equal bytes.

    ``graph`` may be the folder that it stands in. ``mentions`` keeps or leaves out relations that
    rest on a mention alone (the format's own default is in the table), ``implied=False`` leaves out
    concepts that no entry defines. ``options`` are those of the format, see :class:`Export`.

    Raises:
        UnknownKey: the format, or an option of it, does not exist.
        GraphNotFound: the folder holds no graph.
    """
    chosen = choose(format) if isinstance(format, str) else format
    for name in options:
        if name not in chosen.options:
            known = (*chosen.options, "mentions", "implied")
            raise UnknownKey(f"option of {chosen.key}", name, known)
    if isinstance(graph, Graph):
        whole = graph
    else:
        from kg.store import open_revision  # not for those who bring a graph

        with open_revision(graph) as revision:
            whole = revision.graph
    kept = without(
        whole, mentions=chosen.mentions if mentions is None else mentions, implied=implied
    )
    return chosen.write(kept, **options)
