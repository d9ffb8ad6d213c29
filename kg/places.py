"""Where in the sources a finding, a definition or a relation stands."""

from __future__ import annotations

from extract.model import Evidence, Finding, Span
from kg.explain import Place, place
from kg.index import Index
from kg.model import Concept, Definition


def definition_place(index: Index, definition: Definition) -> Place:
    """Return where a definition stands."""
    span = Span(start=definition.start, end=definition.end)
    here = Evidence(
        document=definition.document, span=span, quote=definition.text, rule="", confidence=1.0
    )
    return place(index, here)


def concept_place(index: Index, concept: Concept) -> Place | None:
    """Return where a concept is defined first; of an implied one, where it is spoken of first."""
    if concept.definitions:
        return definition_place(index, concept.definitions[0])
    for relation in index.relations_of(concept.slug):
        if relation.evidence:
            return place(index, relation.evidence[0])
    return None


def finding_place(index: Index, finding: Finding) -> Place | None:
    """Return where what a finding is about stands; ``None`` where no source of the graph has it.

    Its subject may be a relation's id, a concept's slug or label, an entry's id, or a source.
    """
    subject = finding.subject
    relation = index.relation(subject)
    if relation is not None and relation.evidence:
        return place(index, relation.evidence[0])
    if subject in index.by_entry:
        concept = index.concept(index.by_entry[subject])
        defined = next(d for d in concept.definitions if d.entry == subject)
        return definition_place(index, defined)
    for source in index.graph.sources:
        if subject in (source.name, source.document):
            return Place(
                source=source.name, document=source.document, line=0, before="", quote="", after=""
            )
    text = index.texts.get(subject)
    if text is not None:
        return Place(source=text.source, document=subject, line=0, before="", quote="", after="")
    choices = index.choices(subject)
    return concept_place(index, index.concept(choices[0])) if choices else None


def finding_concept(index: Index, finding: Finding) -> str:
    """Return the slug of the concept that a finding is about; of a relation, its subject's."""
    relation = index.relation(finding.subject)
    if relation is not None:
        return relation.subject
    if finding.subject in index.by_entry:
        return index.by_entry[finding.subject]
    choices = index.choices(finding.subject)
    return choices[0] if choices else ""
