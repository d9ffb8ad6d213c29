"""The graph as RDF: N-Quads of SKOS, ISO 25964, PROV, Web Annotation and our own vocabulary.

``<base>`` is ``Graph.base``. What is where:

``<base>graph/concepts``
    The derived graph, the default graph of every query: each concept once, with one
    ``skos:prefLabel`` a language, other labels, ``gg:kind``, ``gg:implied``, definitions,
    examples, notes and formulas of all sources; every relation in its stored direction by its own
    property, symmetric and hierarchical ones both ways, with the standard properties that the
    vocabulary states beside it; ``skos:closeMatch`` both ways and ``skos:exactMatch``; each
    source as ``skos:ConceptScheme`` with its top concepts.
``<base>graph/sources/<source>``
    What that source says, and no other: its scheme with title, publisher, licence; its entries
    (``gg:Entry``, ``schema:DefinedTerm``) with their headwords; definitions, examples, labels and
    relations of concepts that it states. A label that is preferred in the derived graph is so
    here, every other is an alternative one, so that the graphs may be merged (SKOS S14).
``<base>graph/sources/<source>/evidence``
    A ``gg:Assertion`` for each place where the source states a relation: ``rdf:subject``,
    ``rdf:predicate``, ``rdf:object``, basis, rule, confidence, and as ``oa:hasTarget`` an
    ``oa:SpecificResource`` of the repaired text with quote and position selectors (code points).
    The text is named by its digest and ``prov:wasDerivedFrom`` the bytes read (RFC 6920).
``<base>graph/dataset``
    The data set as VoID with the size of each graph, and former names of concepts
    (``dcterms:isReplacedBy``).

IRIs: concepts ``<base>concepts/<slug>``, schemes ``<base>sources/<source>``, entries
``<base>sources/<source>#<slug>``, texts ``<base>texts/<document>``, assertions
``<base>evidence/<digest of source, subject, type, object, quote>``. There are no blank nodes and
no times of our own; language tags are lower-case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from kg.model import Concept, Definition, Graph, Relation, Source
from kg.own_types import own_types
from kg.rdf import (
    DC,
    DEPRECATED,
    PREFIXES,
    TRUE,
    VOID,
    A,
    integer,
    literal,
)
from kg.skos_evidence import evidence
from kg.skos_names import (
    CONCEPTS,
    DATASET,
    concept_iri,
    evidence_graph,
    evidence_key,
    source_graph,
)
from kg.skos_triples import Triples, Writer

__all__ = [
    "CONCEPTS",
    "DATASET",
    "blocks",
    "concept_iri",
    "evidence_graph",
    "evidence_key",
    "nquads",
    "source_graph",
]


def nquads(graph: Graph) -> Iterator[str]:
    """Return the lines of ``graph`` as N-Quads, graph by graph, each sorted and free of doubles.

    Equal graphs give equal lines. Cost: as of :func:`blocks`.

    Raises:
        UnknownRelationType: a relation is of a type that the graph's vocabulary lacks.
    """
    for name, triples in blocks(graph):
        for triple in triples:
            yield f"{triple} <{name}> .\n"


def blocks(graph: Graph) -> Iterator[tuple[str, list[str]]]:
    """Yield the name of a graph and all its sorted triples with one subject, in order.

    The triples lack the dot. Nothing larger is held than what is said of one subject, and which
    relations each has; the largest are the sources, which name their top concepts.

    Raises:
        UnknownRelationType: a relation is of a type that the graph's vocabulary lacks.
    """
    writer = Writer(graph)
    sizes: dict[str, int] = {}
    for name, subjects in _graphs(writer):
        sizes[name] = 0
        for _, triples in subjects:
            sizes[name] += len(triples)
            yield name, sorted(triples)
    yield graph.base + DATASET, sorted(_dataset(writer, sizes))


Subjects = Iterator[tuple[str, Triples]]


def _graphs(writer: Writer) -> Iterator[tuple[str, Subjects]]:
    """Yield the name and the subjects of the derived graph, then of each source's two."""
    graph = writer.graph
    yield graph.base + CONCEPTS, _derived(writer)
    by_source: dict[str, list[Relation]] = defaultdict(list)
    for relation in graph.relations:
        for name in relation.sources:
            by_source[name].append(relation)
    for source in graph.sources:
        stated = by_source[source.name]
        yield source_graph(graph.base, source.name), _said_by(writer, source, stated)
        yield evidence_graph(graph.base, source.name), evidence(writer, source, stated)


def _ends(relations: Iterable[Relation]) -> dict[str, list[Relation]]:
    """Return the relations of each concept, whichever of the two it is."""
    found: dict[str, list[Relation]] = defaultdict(list)
    for relation in relations:
        found[relation.subject].append(relation)
        if relation.object != relation.subject:
            found[relation.object].append(relation)
    return found


def _derived(writer: Writer) -> Subjects:
    """Yield what the whole graph comes to."""
    others: dict[str, Triples] = defaultdict(set)
    for source in writer.graph.sources:
        others[writer.scheme_of(source.name)] |= writer.scheme(source)
    for concept in writer.graph.concepts:
        for subject, triple in writer.beside(concept):
            others[subject].add(triple)
    for triple in own_types(writer.vocabulary):
        others[triple.partition(" ")[0]].add(triple)
    concepts = {writer.concepts[c.slug]: c for c in writer.graph.concepts}
    ends = _ends(writer.graph.relations)
    for subject in sorted(concepts.keys() | others.keys()):
        triples = others.pop(subject, set())
        if subject in concepts:
            concept = concepts[subject]
            triples |= writer.concept(concept)
            for relation in ends.get(concept.slug, ()):
                triples |= writer.relation(relation, concept.slug)
        yield subject, triples


def _said_by(writer: Writer, source: Source, stated: list[Relation]) -> Subjects:
    """Yield what one source says."""
    others: dict[str, Triples] = defaultdict(set)
    others[writer.scheme_of(source.name)] |= writer.scheme(source)
    ends = _ends(stated)
    concepts: dict[str, tuple[Concept, list[Definition]]] = {}
    entries: dict[str, list[tuple[Concept, Definition]]] = defaultdict(list)
    for concept in writer.graph.concepts:
        own = [d for d in concept.definitions if d.source == source.name]
        if own or concept.slug in ends:
            concepts[writer.concepts[concept.slug]] = (concept, own)
        for definition in own:
            entries[writer.entry_iri(definition, source)].append((concept, definition))
            for subject, triple in writer.pages(definition):
                others[subject].add(triple)
    for subject in sorted(concepts.keys() | entries.keys() | others.keys()):
        triples = others.pop(subject, set())
        if subject in concepts:
            concept, own = concepts[subject]
            if own:
                triples |= writer.said_of(concept, own, source)
            for relation in ends.get(concept.slug, ()):
                triples |= writer.relation(relation, concept.slug)
        for concept, definition in entries.get(subject, ()):
            triples |= writer.entry(concept, definition, source)
        yield subject, triples


def _dataset(writer: Writer, sizes: Mapping[str, int]) -> Triples:
    """Return the description of the whole, and where renamed concepts are now."""
    graph = writer.graph
    d = f"<{graph.base}dataset>"
    triples = {
        f"{d} {A} {VOID['Dataset']}",
        f"{d} {DC['title']} {literal(graph.title, graph.language)}",
        f"{d} {DC['language']} {literal(graph.language)}",
        f"{d} {VOID['uriSpace']} {literal(graph.base)}",
        f"{d} {VOID['sparqlEndpoint']} <{graph.base}sparql>",
        f"{d} {VOID['entities']} {integer(len(graph.concepts))}",
    }
    for prefix in ("skos", "iso-thes", "dcterms", "prov", "oa", "gg"):
        triples.add(f"{d} {VOID['vocabulary']} <{PREFIXES[prefix]}>")
    for concept in graph.concepts[:1]:
        triples.add(f"{d} {VOID['exampleResource']} {writer.concepts[concept.slug]}")
    for name, size in sizes.items():
        triples |= {
            f"{d} {VOID['subset']} <{name}>",
            f"<{name}> {A} {VOID['Dataset']}",
            f"<{name}> {VOID['triples']} {integer(size)}",
        }
    for source in graph.sources:
        scheme = writer.scheme_of(source.name)
        triples.add(f"{d} {DC['source']} {scheme}")
        name = source_graph(graph.base, source.name)
        triples.add(f"<{name}> {DC['source']} {scheme}")
    for former, present in graph.redirects.items():
        if present in writer.concepts and former not in writer.concepts:
            old = f"<{concept_iri(graph.base, former)}>"
            triples.add(f"{old} {DC['isReplacedBy']} {writer.concepts[present]}")
            triples.add(f"{old} {DEPRECATED} {TRUE}")
    return triples
