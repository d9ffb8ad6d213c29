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

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from extract.labels import fold
from extract.model import Evidence, Statement
from kg.model import Concept, Definition, Graph, Relation, Source
from kg.rdf import (
    DC,
    DEPRECATED,
    DERIVED,
    GG,
    OA,
    PREFIXES,
    RDF,
    RDFS,
    SCHEMA,
    SKOS,
    TRUE,
    VOID,
    XSD,
    A,
    decimal,
    integer,
    iri,
    licence,
    literal,
    named,
    step,
)
from ontology.vocabulary import BASES, DEFAULT, RelationType, Vocabulary

CONCEPTS = "graph/concepts"
"""Path under ``<base>`` of the derived graph."""
DATASET = "graph/dataset"
"""Path under ``<base>`` of the graph that describes the data set."""

_RELATED = PREFIXES["skos"] + "related"

Triples = set[str]


def concept_iri(base: str, slug: str) -> str:
    """Return the IRI of a concept, without angle brackets."""
    return f"{base}concepts/{step(slug)}"


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


def nquads(graph: Graph, vocabulary: Vocabulary = DEFAULT) -> Iterator[str]:
    """Return the lines of ``graph`` as N-Quads, graph by graph, each sorted and free of doubles.

    Equal graphs give equal lines. Cost: the lines of the largest named graph in memory.

    Raises:
        UnknownRelationType: a relation is of a type that ``vocabulary`` lacks.
    """
    profile = _Profile(graph, vocabulary)
    sizes: dict[str, int] = {}
    for name, triples in profile.graphs():
        sizes[name] = len(triples)
        for triple in sorted(triples):
            yield f"{triple} <{name}> .\n"
    name = graph.base + DATASET
    for triple in sorted(profile.dataset(sizes)):
        yield f"{triple} <{name}> .\n"


class _Profile:
    """The triples of each named graph."""

    def __init__(self, graph: Graph, vocabulary: Vocabulary) -> None:
        self.graph = graph
        self.base = graph.base
        self.vocabulary = vocabulary
        self.concepts = {c.slug: f"<{concept_iri(self.base, c.slug)}>" for c in graph.concepts}
        self.documents = {t.document: t.source for t in graph.texts}
        self.documents |= {s.document: s.name for s in graph.sources}
        self.hierarchy = _Hierarchy(graph.relations, vocabulary)
        self.by_source: dict[str, list[Relation]] = defaultdict(list)
        for relation in graph.relations:
            for source in relation.sources:
                self.by_source[source].append(relation)

    def graphs(self) -> Iterator[tuple[str, Triples]]:
        """Return the name and triples of the derived graph, then of each source's two."""
        yield self.base + CONCEPTS, self.derived()
        for source in self.graph.sources:
            yield source_graph(self.base, source.name), self.said_by(source)
            yield evidence_graph(self.base, source.name), self.evidence_of(source)

    def derived(self) -> Triples:
        """Return what the whole graph comes to."""
        triples: Triples = set()
        for source in self.graph.sources:
            triples |= self.scheme(source)
        for concept in self.graph.concepts:
            triples |= self.concept(concept)
        for relation in self.graph.relations:
            triples |= self.relation(relation)
        return triples

    def said_by(self, source: Source) -> Triples:
        """Return what one source says."""
        triples = self.scheme(source)
        for concept in self.graph.concepts:
            entries = [d for d in concept.definitions if d.source == source.name]
            if entries:
                triples |= self.entries(concept, entries, source)
        for relation in self.by_source[source.name]:
            triples |= self.relation(relation)
        return triples

    def scheme(self, source: Source) -> Triples:
        """Return the description of a source."""
        s = f"<{self.base}sources/{step(source.name)}>"
        title = literal(source.title, source.language)
        triples = {
            f"{s} {A} {SKOS['ConceptScheme']}",
            f"{s} {A} {SCHEMA['DefinedTermSet']}",
            f"{s} {DC['title']} {title}",
            f"{s} {SKOS['prefLabel']} {title}",
            f"{s} {GG['reuse']} {literal(source.reuse)}",
        }
        if source.url:
            triples.add(f"{s} {DC['source']} {iri(source.url) or literal(source.url)}")
        if source.licence:
            triples.add(f"{s} {DC['rights']} {literal(source.licence)}")
            address = licence(source.licence)
            if address:
                triples.add(f"{s} {DC['license']} {address}")
        if re.fullmatch(r"\d{4}-\d\d-\d\d", source.retrieved):
            triples.add(f"{s} {DC['date']} {literal(source.retrieved, '', XSD + 'date')}")
        for name, value in (
            (DC["publisher"], source.publisher),
            (DC["language"], source.language),
            (DC["format"], source.media_type),
            (GG["digest"], source.digest),
        ):
            if value:
                triples.add(f"{s} {name} {literal(value)}")
        return triples

    def concept(self, concept: Concept) -> Triples:
        """Return what is known of a concept besides its relations to others."""
        c = self.concepts[concept.slug]
        triples = {f"{c} {A} {SKOS['Concept']}"} | self.labels(concept)
        kind = self.vocabulary.kinds.get(concept.kind)
        if kind and concept.kind != "none":
            triples.add(f"{c} {GG['kind']} <{kind.iri}>")
        if concept.implied:
            triples.add(f"{c} {GG['implied']} {TRUE}")
        if concept.inferred:
            triples.add(f"{c} {GG['inferred']} {TRUE}")
        if concept.notation:
            triples.add(f"{c} {SKOS['notation']} {literal(concept.notation)}")
        if concept.subject_field:
            field = literal(concept.subject_field, self.graph.language)
            triples.add(f"{c} {DC['subject']} {field}")
        top = not self.hierarchy.has_broader(concept.slug)
        for definition in concept.definitions:
            scheme = f"<{self.base}sources/{step(definition.source)}>"
            triples.add(f"{c} {SKOS['inScheme']} {scheme}")
            if top:
                triples.add(f"{c} {SKOS['topConceptOf']} {scheme}")
                triples.add(f"{scheme} {SKOS['hasTopConcept']} {c}")
            triples |= self.passages(c, definition)
        for slug in concept.close:
            if slug in self.concepts and slug != concept.slug:
                other = self.concepts[slug]
                triples.add(f"{c} {SKOS['closeMatch']} {other}")
                triples.add(f"{other} {SKOS['closeMatch']} {c}")
        for same in concept.same_as:
            elsewhere = iri(same)
            if elsewhere and elsewhere != c:
                triples.add(f"{c} {SKOS['exactMatch']} {elsewhere}")
        for said in concept.statements:
            if (pair := _said(said)) and pair[1] != c:
                triples.add(f"{c} {pair[0]} {pair[1]}")
        return triples

    def labels(self, concept: Concept) -> Triples:
        """Return labels: one preferred a language (S14), no text in two roles (S13)."""
        c = self.concepts[concept.slug]
        preferred = self.preferred(concept)
        shown = set(preferred.values())
        triples = {f"{c} {SKOS['prefLabel']} {label}" for label in shown}
        hidden: set[str] = set()
        for d in concept.designations:
            label = literal(d.text, d.language or self.graph.language)
            if d.status in ("hidden", "deprecated"):
                hidden.add(label)
            elif label not in preferred.values():
                shown.add(label)
                triples.add(f"{c} {SKOS['altLabel']} {label}")
                if d.type in ("acronym", "abbreviation"):
                    triples.add(f"{c} {GG['acronym']} {label}")
        triples |= {f"{c} {SKOS['hiddenLabel']} {label}" for label in hidden - shown}
        return triples

    def preferred(self, concept: Concept) -> dict[str, str]:
        """Return the preferred label's literal for each language."""
        language = self.graph.language.lower()
        found = {language: literal(concept.label, language)}
        for d in concept.designations:
            tag = (d.language or language).lower()
            if d.status == "preferred" and tag not in found:
                found[tag] = literal(d.text, tag)
        return found

    def passages(self, c: str, definition: Definition) -> Triples:
        """Return the texts of one entry about the concept ``c``."""
        language = definition.language or self.graph.language
        triples: Triples = set()
        if definition.text:
            triples.add(f"{c} {SKOS['definition']} {literal(definition.text, language)}")
        for example in definition.examples:
            triples.add(f"{c} {SKOS['example']} {literal(example, language)}")
        for note in definition.notes:
            triples.add(f"{c} {SKOS['note']} {literal(note, language)}")
        if definition.formula:
            triples.add(f"{c} {GG['formula']} {literal(definition.formula)}")
        for pos in definition.pos:
            triples.add(f"{c} {GG['partOfSpeech']} {literal(pos)}")
        for title, address in definition.resources:
            page = iri(address)
            if page:
                triples.add(f"{c} {RDFS['seeAlso']} {page}")
                triples.add(f"{page} {RDFS['label']} {literal(title, language)}")
            else:
                triples.add(f"{c} {SCHEMA['citation']} {literal(title, language)}")
        return triples

    def entries(self, concept: Concept, entries: list[Definition], source: Source) -> Triples:
        """Return what the entries of one source say of a concept, labels and texts."""
        c = self.concepts[concept.slug]
        scheme = f"<{self.base}sources/{step(source.name)}>"
        triples = {f"{c} {A} {SKOS['Concept']}", f"{c} {SKOS['inScheme']} {scheme}"}
        preferred = set(self.preferred(concept).values())
        labels = {literal(d.term, d.language or source.language) for d in entries}
        labels |= {
            literal(label.text, label.language or source.language)
            for label in concept.designations
            if label.evidence
            and self.documents.get(label.evidence.document) == source.name
            and label.status in ("preferred", "admitted")
        }
        for label in labels:
            role = "prefLabel" if label in preferred else "altLabel"
            triples.add(f"{c} {SKOS[role]} {label}")
        for d in entries:
            e = f"<{self.base}sources/{step(source.name)}#{step(_local(d))}>"
            language = d.language or source.language
            term = literal(d.term, language)
            triples |= self.passages(c, d)
            triples |= {
                f"{e} {A} {GG['Entry']}",
                f"{e} {A} {SCHEMA['DefinedTerm']}",
                f"{e} {GG['defines']} {c}",
                f"{e} {GG['headword']} {term}",
                f"{e} {SCHEMA['name']} {term}",
                f"{e} {SCHEMA['inDefinedTermSet']} {scheme}",
            }
            if d.text:
                triples.add(f"{e} {SCHEMA['description']} {literal(d.text, language)}")
            if d.locator:
                triples.add(f"{e} {GG['locator']} {literal(d.locator)}")
            if d.document:
                triples.add(f"{e} {DERIVED} {self.text(d.document)}")
        return triples

    def relation(self, relation: Relation) -> Triples:
        """Return a relation by its own property and by what stands for it in SKOS and ISO 25964."""
        type_ = self.type(relation)
        a, b = self.concepts[relation.subject], self.concepts[relation.object]
        triples = {f"{a} <{type_.iri}> {b}"}
        if type_.hierarchical or type_.symmetric:
            triples.add(f"{b} <{type_.inverse_iri}> {a}")
        # SKOS S27: skos:related is disjoint with skos:broaderTransitive.
        apart = _RELATED in type_.also and not self.hierarchy.joins(
            relation.subject, relation.object
        )
        for also in type_.also:
            if also != _RELATED or apart:
                triples.add(f"{a} <{also}> {b}")
        for also in type_.inverse_also:
            if also != _RELATED or apart:
                triples.add(f"{b} <{also}> {a}")
        if apart:
            triples.add(f"{b} <{_RELATED}> {a}")
        return triples

    def type(self, relation: Relation) -> RelationType:
        """Return the relation's type."""
        key, swapped = self.vocabulary.canonical(relation.type)
        if swapped:
            raise ValueError(f"relation {relation.id} is not in its canonical direction")
        return self.vocabulary.relation_types[key]

    def evidence_of(self, source: Source) -> Triples:
        """Return every place where a source states a relation."""
        triples: Triples = set()
        for text in self.graph.texts:
            if text.source == source.name:
                t = self.text(text.document)
                triples |= {
                    f"{t} {A} {GG['Text']}",
                    f"{t} {GG['digest']} {literal(text.digest)}",
                    f"{t} {DC['isPartOf']} <{self.base}sources/{step(source.name)}>",
                }
                if re.fullmatch("[0-9a-f]{64}", text.original):
                    triples.add(f"{t} {DERIVED} {named(text.original)}")
        for relation in self.by_source[source.name]:
            for evidence in relation.evidence:
                if self.documents.get(evidence.document, source.name) == source.name:
                    triples |= self.assertion(relation, evidence, source)
        return triples

    def assertion(self, relation: Relation, evidence: Evidence, source: Source) -> Triples:
        """Return one place where a relation is stated."""
        iri_ = f"{self.base}evidence/{evidence_key(source.name, relation, evidence.quote)}"
        start, end = evidence.span.start, evidence.span.end
        a, target, quote = f"<{iri_}>", f"<{iri_}#at-{start}>", f"<{iri_}#quote-{start}>"
        place = f"<{iri_}#position-{start}>"
        number = f'"^^<{XSD}nonNegativeInteger>'
        return {
            f"{a} {A} {GG['Assertion']}",
            f"{a} {RDF['subject']} {self.concepts[relation.subject]}",
            f"{a} {RDF['predicate']} <{self.type(relation).iri}>",
            f"{a} {RDF['object']} {self.concepts[relation.object]}",
            f"{a} {GG['basis']} <{BASES[relation.basis].iri}>",
            f"{a} {GG['rule']} {literal(evidence.rule)}",
            f"{a} {GG['confidence']} {decimal(evidence.confidence)}",
            f"{a} {OA['hasTarget']} {target}",
            f"{target} {A} {OA['SpecificResource']}",
            f"{target} {OA['hasSource']} {self.text(evidence.document)}",
            f"{target} {OA['hasSelector']} {quote}",
            f"{target} {OA['hasSelector']} {place}",
            f"{quote} {A} {OA['TextQuoteSelector']}",
            f"{quote} {OA['exact']} {literal(evidence.quote)}",
            f"{place} {A} {OA['TextPositionSelector']}",
            f'{place} {OA["start"]} "{start}{number}',
            f'{place} {OA["end"]} "{end}{number}',
        }

    def text(self, document: str) -> str:
        """Return the resource that a document's repaired text is."""
        return f"<{self.base}texts/{step(document.removeprefix('sources/'), path=True)}>"

    def dataset(self, sizes: dict[str, int]) -> Triples:
        """Return the description of the whole, and where renamed concepts are now."""
        d = f"<{self.base}dataset>"
        triples = {
            f"{d} {A} {VOID['Dataset']}",
            f"{d} {DC['title']} {literal(self.graph.title, self.graph.language)}",
            f"{d} {DC['language']} {literal(self.graph.language)}",
            f"{d} {VOID['uriSpace']} {literal(self.base)}",
            f"{d} {VOID['sparqlEndpoint']} <{self.base}sparql>",
            f"{d} {VOID['entities']} {integer(len(self.graph.concepts))}",
        }
        for prefix in ("skos", "iso-thes", "dcterms", "prov", "oa", "gg"):
            triples.add(f"{d} {VOID['vocabulary']} <{PREFIXES[prefix]}>")
        for concept in self.graph.concepts[:1]:
            triples.add(f"{d} {VOID['exampleResource']} {self.concepts[concept.slug]}")
        for name, size in sizes.items():
            triples |= {
                f"{d} {VOID['subset']} <{name}>",
                f"<{name}> {A} {VOID['Dataset']}",
                f"<{name}> {VOID['triples']} {integer(size)}",
            }
        for source in self.graph.sources:
            scheme = f"<{self.base}sources/{step(source.name)}>"
            triples.add(f"{d} {DC['source']} {scheme}")
            name = source_graph(self.base, source.name)
            triples.add(f"<{name}> {DC['source']} {scheme}")
        for former, present in self.graph.redirects.items():
            if present in self.concepts and former not in self.concepts:
                old = f"<{concept_iri(self.base, former)}>"
                triples.add(f"{old} {DC['isReplacedBy']} {self.concepts[present]}")
                triples.add(f"{old} {DEPRECATED} {TRUE}")
        return triples


class _Hierarchy:
    """Which concepts stand above which, over kinds, parts and instances together."""

    def __init__(self, relations: Iterable[Relation], vocabulary: Vocabulary) -> None:
        self._above: dict[str, set[str]] = defaultdict(set)
        self._kinds: set[str] = set()
        for r in relations:
            type_ = vocabulary.relation_types.get(r.type)
            if type_ and type_.hierarchical:
                self._above[r.subject].add(r.object)
                if type_.iri == PREFIXES["skos"] + "broader":
                    self._kinds.add(r.subject)

    def has_broader(self, slug: str) -> bool:
        """Return whether a concept is a kind of another."""
        return slug in self._kinds

    def joins(self, left: str, right: str) -> bool:
        """Return whether a way up leads from one of two concepts to the other."""
        return self._leads(left, right) or self._leads(right, left)

    def _leads(self, low: str, high: str) -> bool:
        seen, todo = {low}, [low]
        while todo:
            for slug in self._above.get(todo.pop(), ()):
                if slug == high:
                    return True
                if slug not in seen:
                    seen.add(slug)
                    todo.append(slug)
        return False


def _local(definition: Definition) -> str:
    """Return an entry's id without the source that opens it."""
    return definition.entry.removeprefix(f"{definition.source}/") or definition.term


# Of SKOS itself only its mappings are passed on as they stand: labels, notes and hierarchy are
# written from what was read of them, and our own vocabulary is ours to write.
_WRITTEN = (PREFIXES["skos"], PREFIXES["gg"], PREFIXES["prov"])
_MAPPINGS = frozenset(
    PREFIXES["skos"] + name
    for name in ("closeMatch", "broadMatch", "narrowMatch", "relatedMatch", "mappingRelation")
)


def _said(statement: Statement) -> tuple[str, str] | None:
    """Return property and value of what a source said, None where they are not to be written."""
    name = statement.property
    if name.startswith(_WRITTEN) and name not in _MAPPINGS:
        return None
    prop = iri(name)
    if statement.literal:
        datatype = iri(statement.datatype) if statement.datatype else None
        value: str | None = literal(
            statement.value, statement.language, datatype.strip("<>") if datatype else ""
        )
    else:
        value = iri(statement.value)
    return (prop, value) if prop and value else None
