"""A graph's RDF against the shipped SHACL shapes, by pySHACL where it is installed."""

from __future__ import annotations

from importlib.util import find_spec
from urllib.parse import unquote

from extract.model import Finding
from kg.errors import MissingExtra
from kg.model import Graph
from kg.own_code import at
from kg.skos import CONCEPTS, blocks, evidence_graph
from ontology.vocabulary import FOLDER

RULE = "shape"
"""The rule that these findings are of."""
_SEVERITIES = {"Violation": "error", "Warning": "warning", "Info": "info"}


def check_shapes(graph: Graph) -> list[Finding]:
    """Return where the RDF of ``graph`` breaks a shape, by subject and message.

    What is looked at is the derived graph with the evidence. Cost: some seconds for a thousand
    concepts.

    Raises:
        MissingExtra: pySHACL is not installed.
    """
    if find_spec("pyshacl") is None:
        raise MissingExtra("shacl", "SHACL shapes")
    # Both take long to import, and every command of the command line has this module.
    import pyshacl
    import rdflib
    from rdflib.namespace import RDF, SH

    names = {graph.base + CONCEPTS}
    names |= {evidence_graph(graph.base, source.name) for source in graph.sources}
    data = rdflib.Graph()
    for name, triples in blocks(graph):
        if name in names and triples:
            data.parse(data=" .\n".join(triples) + " .\n", format="nt")
    shapes = rdflib.Graph().parse(at(FOLDER / "shapes.ttl"))
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none")
    assert isinstance(report, rdflib.Graph)
    found = []
    for result in report.subjects(RDF.type, SH.ValidationResult):
        focus = str(report.value(result, SH.focusNode))
        severity = report.value(result, SH.resultSeverity)
        found.append(
            Finding(
                rule=RULE,
                subject=unquote(focus.removeprefix(f"{graph.base}concepts/")),
                message=f"{report.value(result, SH.resultMessage)} (<{focus}>)",
                severity=_SEVERITIES.get(str(severity).rpartition("#")[2], "error"),
            )
        )
    return sorted(found, key=lambda each: (each.subject, each.message))
