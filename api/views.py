"""What is said about concepts, relations and sources: plain values for JSON, pages and Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import orjson

from api.service import Snapshot
from extract.model import Evidence, Span, Statement
from kg.explain import place
from kg.model import Concept, Definition, Relation, Ruling, Source
from kg.neighbors import Way
from kg.reuse import around, credit, shortened, words
from ontology import vocabulary
from ontology.vocabulary import Vocabulary

REMEMBERED = 100_000
"""References that are remembered; one takes some hundred bytes."""
SUMMARY = 170
"""Code points of the line that stands for a concept in lists."""


def path(slug: str) -> str:
    """Return the address of a concept below the root path."""
    return f"/concepts/{quote(slug, safe='')}"


def iri(snapshot: Snapshot, slug: str) -> str:
    """Return the IRI of a concept."""
    return snapshot.index.iri(slug)


def curie(snapshot: Snapshot, iri: str) -> str:
    """Return an IRI with one of the predeclared prefixes of the graph, or whole where none fits."""
    known = {**vocabulary.BASE_PREFIXES, **snapshot.index.vocabulary.prefixes}
    for prefix, namespace in known.items():
        if iri.startswith(namespace) and iri != namespace:
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def kind_name(snapshot: Snapshot, key: str, language: str = "en") -> str:
    """Return the name of a kind for people, ``""`` for none."""
    kind = snapshot.index.vocabulary.kinds.get(key)
    if kind is None or key == "none":
        return ""
    name = vocabulary.in_language(kind.label, language)
    return name[:1].upper() + name[1:]


def summary(concept: Concept, length: int = SUMMARY) -> str:
    """Return one line that says what a concept is: the start of its first definition."""
    for definition in concept.definitions:
        if definition.text:
            text, cut = shortened(" ".join(definition.text.split()), length)
            return f"{text} …" if cut and not text.endswith((".", "!", "?")) else text
    return ""


def gist(snapshot: Snapshot, slug: str, *, public: bool, length: int = SUMMARY) -> str:
    """Return :func:`summary` as far as the sources' licences let a public server show it."""
    concept = snapshot.index.concept(slug)
    shown = [
        replace(d, text=words(d, snapshot.sources.get(d.source), public=public)[0])
        for d in concept.definitions
    ]
    return summary(replace(concept, definitions=tuple(shown)), length)


def reference(snapshot: Snapshot, slug: str) -> dict[str, Any]:
    """Return what names a concept where it is only pointed at; copy it to add to it."""
    known = snapshot.references.get(slug)
    if known is None:
        concept = snapshot.index.concept(slug)
        known = {
            "slug": slug,
            "iri": iri(snapshot, slug),
            "label": concept.label,
            "kind": concept.kind,
            "implied": concept.implied,
        }
        if len(snapshot.references) >= REMEMBERED:
            snapshot.references.clear()
        snapshot.references[slug] = known
    return known


def in_language(snapshot: Snapshot, slug: str, language: str) -> dict[str, Any]:
    """Return :func:`reference` with the label in a language, where there is one."""
    known = reference(snapshot, slug)
    return {**known, "label": snapshot.index.label(slug, language)} if language else known


def pointers(snapshot: Snapshot, numbers: Sequence[int]) -> list[bytes]:
    """Return :func:`reference` of concepts, by number, as JSON without the closing brace."""
    known = snapshot.pointers
    try:
        return [known[number] for number in numbers]
    except KeyError:
        if len(known) + len(numbers) > REMEMBERED:
            known.clear()
    concepts = snapshot.index.concepts
    for number in numbers:
        if number not in known:
            known[number] = orjson.dumps(reference(snapshot, concepts[number].slug))[:-1]
    return [known[number] for number in numbers]


def brief(snapshot: Snapshot, slug: str) -> dict[str, Any]:
    """Return what a list says of a concept."""
    concept = snapshot.index.concept(slug)
    return {
        **reference(snapshot, slug),
        "aliases": list(concept.aliases),
        "summary": summary(concept),
        "sources": list(dict.fromkeys(d.source for d in concept.definitions)),
        "degree": degree(snapshot, slug),
    }


def degree(snapshot: Snapshot, slug: str) -> int:
    """Return the number of relations of a concept, in both directions."""
    return snapshot.index.degree(snapshot.index.number[slug])


def seen_from(
    snapshot: Snapshot, relation: Relation, slug: str, language: str = "en"
) -> tuple[str, str, str, str]:
    """Return (type, phrase, direction, other concept) of a relation as one end reads it.

    The direction is ``out``, ``in``, or ``both`` for symmetric types.
    """
    outgoing = relation.subject == slug
    other = relation.object if outgoing else relation.subject
    return *_read(snapshot.index.vocabulary, relation.type, language, outgoing), other


@lru_cache(maxsize=2048)
def _read(known: Vocabulary, type_: str, language: str, outgoing: bool) -> tuple[str, str, str]:
    """Return (type, phrase, direction) of a type's relations as one end reads them."""
    kind = known.relation_types[type_]
    phrase = known.phrase(type_, language, inverse=not outgoing)
    direction = "both" if kind.symmetric else "out" if outgoing else "in"
    return kind.key if outgoing else kind.inverse, phrase, direction


def relation_from(
    snapshot: Snapshot, relation: Relation, slug: str, language: str = ""
) -> dict[str, Any]:
    """Return a relation as the concept ``slug`` reads it, by default in the graph's language."""
    tag = language or snapshot.graph.language
    type_, phrase, direction, other = seen_from(snapshot, relation, slug, tag)
    return {
        "id": relation.id,
        "type": type_,
        "phrase": phrase,
        "direction": direction,
        "target": in_language(snapshot, other, language),
        "family": snapshot.index.vocabulary.relation_types[relation.type].family,
        "basis": relation.basis,
        "confidence": relation.confidence,
        "evidence": len(relation.evidence),
        "sources": list(relation.sources),
    }


def reading(snapshot: Snapshot, way: Way) -> tuple[bytes, bytes]:
    """Return the JSON of :func:`relation_from` before and behind what names its other end.

    Of that, :func:`pointers` says all but the brace that closes it, with which the second begins.
    """
    known = snapshot.readings.get(way)
    if known is None:
        number, forward = way
        relation = snapshot.index.relations[number]
        near = relation.subject if forward else relation.object
        value = relation_from(snapshot, relation, near)
        behind = b"}," + orjson.dumps({key: value.pop(key) for key in _BEHIND})[1:]
        del value["target"]
        before = orjson.dumps(value)[:-1] + b',"target":'
        if len(snapshot.readings) >= REMEMBERED:
            snapshot.readings.clear()
        same = snapshot.same.setdefault(behind, behind)  # few, and many relations say each
        known = snapshot.readings[way] = before, same
    return known


_BEHIND = ("family", "basis", "confidence", "evidence", "sources")
"""What is said of a relation behind its other end."""


def line_of(snapshot: Snapshot, document: str, start: int, end: int) -> int:
    """Return the line of a document's text that a span begins in, from 1; 0 if it is unknown."""
    span = Span(start=start, end=end)
    here = Evidence(document=document, span=span, quote="", rule="", confidence=1.0)
    return place(snapshot.index, here).line


def evidence_view(snapshot: Snapshot, evidence: Evidence) -> dict[str, Any]:
    """Return a piece of evidence with the sentence around it and where it stands."""
    found = place(snapshot.index, evidence)
    before, after = found.before, found.after
    if snapshot.public:
        before, after = around(before, found.quote, after, snapshot.sources.get(found.source))
    return {
        "source": found.source,
        "document": evidence.document,
        "start": evidence.span.start,
        "end": evidence.span.end,
        "line": found.line,
        "place": found.at,
        "before": before,
        "quote": evidence.quote,
        "after": after,
        "rule": evidence.rule,
        "confidence": evidence.confidence,
    }


def relation_view(snapshot: Snapshot, relation: Relation, language: str = "") -> dict[str, Any]:
    """Return a relation whole: both ends, the sentence it reads as, all its evidence.

    ``language`` is that of the phrases, by default the graph's.
    """
    kind = snapshot.index.vocabulary.relation_types[relation.type]
    language = language or snapshot.graph.language
    subject = snapshot.index.concept(relation.subject).label
    object_ = snapshot.index.concept(relation.object).label
    return {
        "id": relation.id,
        "type": relation.type,
        "inverse": kind.inverse,
        "iri": kind.iri,
        "sentence": f"{subject} {vocabulary.in_language(kind.phrase, language)} {object_}",
        "inverse_sentence": (
            f"{object_} {vocabulary.in_language(kind.inverse_phrase, language)} {subject}"
        ),
        "subject": reference(snapshot, relation.subject),
        "object": reference(snapshot, relation.object),
        "family": kind.family,
        "symmetric": kind.symmetric,
        "basis": relation.basis,
        "confidence": relation.confidence,
        "sources": list(relation.sources),
        "evidence": [evidence_view(snapshot, each) for each in relation.evidence],
    }


def source_view(source: Source) -> dict[str, Any]:
    """Return what is known about a source."""
    return {
        "name": source.name,
        "title": source.title,
        "publisher": source.publisher,
        "url": source.url,
        "retrieved": source.retrieved,
        "licence": source.licence,
        "reuse": source.reuse,
        "language": source.language,
        "media_type": source.media_type,
        "digest": source.digest,
        "entries": source.entries,
        "repairs": repaired(source),
        "credit": credit(source),
    }


def repaired(source: Source) -> dict[str, int]:
    """Return how often each rule repaired something in a source's texts."""
    counts: dict[str, int] = {}
    for each in source.repairs:
        counts[each.rule] = counts.get(each.rule, 0) + each.count
    return counts


def definition_view(snapshot: Snapshot, definition: Definition, *, public: bool) -> dict[str, Any]:
    """Return what one source says about a concept."""
    source = snapshot.sources.get(definition.source)
    text, cut = words(definition, source, public=public)
    more = not cut  # examples and notes go only with a whole definition
    return {
        "source": definition.source,
        "title": source.title if source else definition.source,
        "credit": credit(source) if source else definition.source,
        "term": definition.term,
        "text": text,
        "excerpt": cut,
        "language": definition.language,
        "pos": list(definition.pos),
        "examples": list(definition.examples) if more else [],
        "notes": list(definition.notes) if more else [],
        "formula": definition.formula,
        "resources": [{"title": t, "url": u} for t, u in definition.resources],
        "locator": definition.locator,
        "document": definition.document,
        "start": definition.start,
        "end": definition.end,
        "line": line_of(snapshot, definition.document, definition.start, definition.end),
    }


def ruling_view(ruling: Ruling) -> dict[str, Any]:
    """Return what a reviewer decided."""
    return {"question": ruling.question, "verdict": ruling.verdict, "sentence": ruling.reason}


def statement_view(snapshot: Snapshot, statement: Statement) -> dict[str, Any]:
    """Return what an RDF source says of a concept in a property that we have no field for."""
    return {
        "property": statement.property,
        "name": curie(snapshot, statement.property),
        "value": statement.value,
        "literal": statement.literal,
        "language": statement.language,
        "datatype": statement.datatype,
    }


def concept_view(
    snapshot: Snapshot, slug: str, *, public: bool = False, language: str = ""
) -> dict[str, Any]:
    """Return all that is known about a concept, relations sorted by strength.

    Of a ``language`` that is given come labels, phrases, and the first definitions.
    """
    concept = snapshot.index.concept(slug)
    relations = sorted(snapshot.index.relations_of(slug), key=strength)
    definitions: Sequence[Definition] = concept.definitions
    if language:
        first = language.partition("-")[0]
        definitions = sorted(
            definitions, key=lambda each: each.language.lower().partition("-")[0] != first
        )
    return {
        **in_language(snapshot, slug, language),
        "labels": [
            {"text": d.text, "language": d.language, "type": d.type, "status": d.status}
            for d in concept.designations
        ],
        "aliases": list(concept.aliases),
        "inferred": concept.inferred,
        "subject_field": concept.subject_field,
        "notation": concept.notation,
        "definitions": [definition_view(snapshot, each, public=public) for each in definitions],
        "relations": [relation_from(snapshot, each, slug, language) for each in relations],
        "close": [in_language(snapshot, each, language) for each in concept.close],
        "same_as": list(concept.same_as),
        "statements": [statement_view(snapshot, each) for each in concept.statements],
        "reviewed": [ruling_view(each) for each in snapshot.index.rulings.get(slug, ())],
        "degree": len(relations),
    }


_BASES = {key: place for place, key in enumerate(vocabulary.BASES)}
_TYPES = {key: place for place, key in enumerate(vocabulary.RELATION_TYPES)}


def strength(relation: Relation) -> tuple[int, int, float, str, str]:
    """Return the sort key that puts what matters first: basis, type, confidence, name."""
    return (
        _BASES.get(relation.basis, len(_BASES)),
        _TYPES.get(relation.type, len(_TYPES)),
        -relation.confidence,
        relation.subject,
        relation.object,
    )
