"""What the endpoint can do, in RDF (SPARQL 1.1 Service Description)."""

from __future__ import annotations

from api.service import Snapshot
from kg.skos import CONCEPTS, DATASET, evidence_graph, source_graph

_PREFIXES = """\
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
PREFIX formats: <http://www.w3.org/ns/formats/>
PREFIX void: <http://rdfs.org/ns/void#>
"""


def graph_names(snapshot: Snapshot) -> list[str]:
    """Return the IRIs of all graphs: the description, the derived one, two for each source."""
    base = snapshot.graph.base
    names = [f"{base}{DATASET}", f"{base}{CONCEPTS}"]
    for source in snapshot.graph.sources:
        names += [source_graph(base, source.name), evidence_graph(base, source.name)]
    return names


def description(snapshot: Snapshot, endpoint: str) -> str:
    """Return a CONSTRUCT query whose answer is the service description of ``endpoint``.

    It is asked over the graph that describes the data set, which has the size of each graph.
    """
    service, dataset, default = (f"<{endpoint}#{n}>" for n in ("service", "dataset", "default"))
    rows = [
        (service, "a", "sd:Service"),
        (service, "sd:endpoint", f"<{endpoint}>"),
        (service, "sd:supportedLanguage", "sd:SPARQL11Query"),
        (service, "sd:defaultDataset", dataset),
        *((service, "sd:resultFormat", f"formats:{each}") for each in _W3C_FORMATS),
        *((f"formats:{each}", "a", "sd:Format") for each in _W3C_FORMATS),
        (dataset, "a", "sd:Dataset"),
        (dataset, "a", "void:Dataset"),
        (dataset, "sd:defaultGraph", default),
        (default, "a", "sd:Graph"),
    ]
    sizes = [(default, f"<{snapshot.graph.base}{CONCEPTS}>")]
    for place, name in enumerate(graph_names(snapshot)):
        node = f"<{endpoint}#graph-{place}>"
        rows += [
            (dataset, "sd:namedGraph", node),
            (node, "a", "sd:NamedGraph"),
            (node, "a", "sd:Graph"),
            (node, "sd:name", f"<{name}>"),
            (node, "sd:graph", node),
        ]
        sizes.append((node, f"<{name}>"))
    said = " ".join(f"({s} {'rdf:type' if p == 'a' else p} {o})" for s, p, o in rows)
    sized = " ".join(f"({node} {name})" for node, name in sizes)
    return (
        f"{_PREFIXES}CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {{ VALUES (?s ?p ?o) {{ {said} }} }} UNION "
        f"{{ VALUES (?s ?g) {{ {sized} }} ?g void:triples ?o BIND(void:triples AS ?p) }} }}"
    )


_W3C_FORMATS = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "JSON-LD",
    "RDF_XML",
)
"""Names of the formats in http://www.w3.org/ns/formats/."""
