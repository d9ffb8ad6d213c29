"""What is said of one subject at a time: schemes, concepts, entries and relations as triples."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from extract.model import Statement
from kg.model import Concept, Definition, Graph, Relation, Source
from kg.rdf import (
    DC,
    DERIVED,
    GG,
    PREFIXES,
    RDFS,
    SCHEMA,
    SKOS,
    TRUE,
    XSD,
    A,
    iri,
    licence,
    literal,
    step,
)
from kg.skos_names import concept_iri, scheme_iri
from ontology.vocabulary import RelationType, Vocabulary

RELATED = PREFIXES["skos"] + "related"
"""The property that is only written of concepts that :class:`Hierarchy` does not join."""

_UNSEEN = ("hidden", "deprecated")
"""Status of labels that are found but not shown."""

Triples = set[str]


class Writer:
    """Triples as N-Triples text without the dot, each function those of one subject."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.base = graph.base
        self.vocabulary = graph.vocabulary
        self.concepts = {c.slug: f"<{concept_iri(self.base, c.slug)}>" for c in graph.concepts}
        """Slug → IRI in angle brackets."""
        self.documents = {t.document: t.source for t in graph.texts}
        self.documents |= {s.document: s.name for s in graph.sources}
        self.hierarchy = Hierarchy(graph.relations, graph.vocabulary)
        self._decided: dict[str, list[str]] = defaultdict(list)
        for ruling in graph.rulings:
            for slug in ruling.concepts:
                self._decided[slug].append(ruling.reason)
        self._known_apart: dict[str, bool] = {}

    def scheme_of(self, source: str) -> str:
        """Return the concept scheme that a source is."""
        return f"<{scheme_iri(self.base, source)}>"

    def scheme(self, source: Source) -> Triples:
        """Return the description of a source."""
        s = self.scheme_of(source.name)
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
        """Return what is known of a concept besides its relations; it is subject of all."""
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
            scheme = self.scheme_of(definition.source)
            triples.add(f"{c} {SKOS['inScheme']} {scheme}")
            if top:
                triples.add(f"{c} {SKOS['topConceptOf']} {scheme}")
            triples |= self.passages(c, definition)
        for slug in concept.close:
            if slug in self.concepts and slug != concept.slug:
                triples.add(f"{c} {SKOS['closeMatch']} {self.concepts[slug]}")
        for same in concept.same_as:
            elsewhere = iri(same)
            if elsewhere and elsewhere != c:
                triples.add(f"{c} {SKOS['exactMatch']} {elsewhere}")
        for sentence in self._decided.get(concept.slug, ()):
            triples.add(f"{c} {SKOS['editorialNote']} {literal(sentence, 'en')}")
        for said in concept.statements:
            if (pair := _said(said)) and pair[1] != c:
                triples.add(f"{c} {pair[0]} {pair[1]}")
        return triples

    def beside(self, concept: Concept) -> Iterator[tuple[str, str]]:
        """Yield subject and triple of what a concept makes known of other things."""
        c = self.concepts[concept.slug]
        top = not self.hierarchy.has_broader(concept.slug)
        for definition in concept.definitions:
            if top:
                scheme = self.scheme_of(definition.source)
                yield scheme, f"{scheme} {SKOS['hasTopConcept']} {c}"
            yield from self.pages(definition)
        for slug in concept.close:
            if slug in self.concepts and slug != concept.slug:
                other = self.concepts[slug]
                yield other, f"{other} {SKOS['closeMatch']} {c}"

    def labels(self, concept: Concept) -> Triples:
        """Return labels: one preferred a language (S14), no text in two roles (S13)."""
        c = self.concepts[concept.slug]
        said = labels_by_role(concept, self.graph.language)
        triples = {f"{c} {SKOS[role]} {label}" for role, labels in said.items() for label in labels}
        short = {
            literal(d.text, d.language or self.graph.language)
            for d in concept.designations
            if d.type in ("acronym", "abbreviation") and d.status not in _UNSEEN
        }
        triples |= {f"{c} {GG['acronym']} {label}" for label in said["altLabel"] & short}
        return triples

    def passages(self, c: str, definition: Definition) -> Triples:
        """Return the texts of one entry, as said of the concept ``c``."""
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
            else:
                triples.add(f"{c} {SCHEMA['citation']} {literal(title, language)}")
        return triples

    def pages(self, definition: Definition) -> Iterator[tuple[str, str]]:
        """Yield the pages that an entry sends to, each with its name as a triple."""
        language = definition.language or self.graph.language
        for title, address in definition.resources:
            if page := iri(address):
                yield page, f"{page} {RDFS['label']} {literal(title, language)}"

    def said_of(self, concept: Concept, entries: list[Definition], source: Source) -> Triples:
        """Return what the entries of one source say of a concept: labels and texts."""
        c = self.concepts[concept.slug]
        triples = {
            f"{c} {A} {SKOS['Concept']}",
            f"{c} {SKOS['inScheme']} {self.scheme_of(source.name)}",
        }
        preferred = set(preferred_labels(concept, self.graph.language).values())
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
            triples |= self.passages(c, d)
        return triples

    def entry_iri(self, definition: Definition, source: Source) -> str:
        """Return the resource that an entry is."""
        return f"<{self.base}sources/{step(source.name)}#{step(_local(definition))}>"

    def entry(self, concept: Concept, d: Definition, source: Source) -> Triples:
        """Return an entry itself, which defines the concept."""
        e, language = self.entry_iri(d, source), d.language or source.language
        term = literal(d.term, language)
        triples = {
            f"{e} {A} {GG['Entry']}",
            f"{e} {A} {SCHEMA['DefinedTerm']}",
            f"{e} {GG['defines']} {self.concepts[concept.slug]}",
            f"{e} {GG['headword']} {term}",
            f"{e} {SCHEMA['name']} {term}",
            f"{e} {SCHEMA['inDefinedTermSet']} {self.scheme_of(source.name)}",
        }
        if d.text:
            triples.add(f"{e} {SCHEMA['description']} {literal(d.text, language)}")
        if d.locator:
            triples.add(f"{e} {GG['locator']} {literal(d.locator)}")
        if d.document:
            triples.add(f"{e} {DERIVED} {self.text(d.document)}")
        return triples

    def relation(self, relation: Relation, slug: str) -> Triples:
        """Return what a relation says of one of its two concepts.

        By its own property, and by what stands for it in SKOS and ISO 25964.
        """
        type_ = self.type(relation)
        a, b = self.concepts[relation.subject], self.concepts[relation.object]
        # SKOS S27: skos:related is disjoint with skos:broaderTransitive.
        apart = RELATED not in type_.also or self._apart(relation)
        forward, backward = properties(type_)
        triples: Triples = set()
        if slug == relation.subject:
            triples |= {f"{a} <{p}> {b}" for p in forward if p != RELATED or apart}
        if slug == relation.object:
            triples |= {f"{b} <{p}> {a}" for p in backward if p != RELATED or apart}
        return triples

    def _apart(self, relation: Relation) -> bool:
        """Return whether neither of the two concepts stands above the other."""
        found = self._known_apart.get(relation.id)
        if found is None:
            found = not self.hierarchy.joins(relation.subject, relation.object)
            self._known_apart[relation.id] = found
        return found

    def type(self, relation: Relation) -> RelationType:
        """Return the relation's type."""
        key, swapped = self.vocabulary.canonical(relation.type)
        if swapped:
            raise ValueError(f"relation {relation.id} is not in its canonical direction")
        return self.vocabulary.relation_types[key]

    def text(self, document: str) -> str:
        """Return the resource that a document's repaired text is."""
        return f"<{self.base}texts/{step(document.removeprefix('sources/'), path=True)}>"


def properties(type_: RelationType) -> tuple[frozenset[str], frozenset[str]]:
    """Return the properties that a relation of a type is written by, and those from its object.

    :data:`RELATED` among them only counts where neither concept stands above the other (SKOS S27).
    """
    forward = {type_.iri, *type_.also}
    backward = set(type_.inverse_also)
    if type_.hierarchical or type_.symmetric:
        backward.add(type_.inverse_iri)
    if RELATED in type_.also:
        backward.add(RELATED)
    return frozenset(forward), frozenset(backward)


def preferred_labels(concept: Concept, language: str) -> dict[str, str]:
    """Return the preferred label's literal for each language of a graph in ``language``."""
    language = language.lower()
    found = {language: literal(concept.label, language)}
    for d in concept.designations:
        tag = (d.language or language).lower()
        if d.status == "preferred" and tag not in found:
            found[tag] = literal(d.text, tag)
    return found


def labels_by_role(concept: Concept, language: str) -> dict[str, set[str]]:
    """Return the literals of a concept's labels by SKOS role; none stands in two (S13)."""
    preferred = set(preferred_labels(concept, language).values())
    admitted: set[str] = set()
    hidden: set[str] = set()
    for d in concept.designations:
        written = literal(d.text, d.language or language)
        (hidden if d.status in _UNSEEN else admitted).add(written)
    admitted -= preferred
    return {
        "prefLabel": preferred,
        "altLabel": admitted,
        "hiddenLabel": hidden - admitted - preferred,
    }


class Hierarchy:
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
