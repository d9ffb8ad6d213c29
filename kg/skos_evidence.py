"""Where a source states what it states: the texts, and an assertion for each place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from extract.model import Evidence
from kg.model import Relation, Source
from kg.rdf import DC, DERIVED, GG, OA, RDF, XSD, A, decimal, literal, named
from kg.skos_names import evidence_key
from kg.skos_triples import Triples, Writer
from ontology.vocabulary import BASES


def evidence(
    writer: Writer, source: Source, relations: list[Relation]
) -> Iterator[tuple[str, Triples]]:
    """Yield the triples of every place where a source states a relation, then those of its texts.

    In the order of their IRIs, each with its key: an assertion, its target and its selectors have
    IRIs that begin alike. Cost: a key for each place in memory, and the triples of one.
    """
    places = [
        (evidence_key(source.name, relation, evidence.quote), relation, evidence)
        for relation in relations
        for evidence in relation.evidence
        if writer.documents.get(evidence.document, source.name) == source.name
    ]
    places.sort(key=itemgetter(0))
    for key, group in groupby(places, key=itemgetter(0)):
        triples: Triples = set()
        for _, relation, place in group:
            triples |= _assertion(writer, relation, place, key)
        yield f"evidence/{key}", triples
    texts: dict[str, Triples] = {}
    for text in writer.graph.texts:
        if text.source == source.name:
            t = writer.text(text.document)
            about = texts.setdefault(t, set())
            about |= {
                f"{t} {A} {GG['Text']}",
                f"{t} {GG['digest']} {literal(text.digest)}",
                f"{t} {DC['isPartOf']} {writer.scheme_of(source.name)}",
            }
            if re.fullmatch("[0-9a-f]{64}", text.original):
                about.add(f"{t} {DERIVED} {named(text.original)}")
    yield from sorted(texts.items())


def _assertion(writer: Writer, relation: Relation, evidence: Evidence, key: str) -> Triples:
    """Return one place where a relation is stated."""
    iri_ = f"{writer.base}evidence/{key}"
    start, end = evidence.span.start, evidence.span.end
    a, target, quote = f"<{iri_}>", f"<{iri_}#at-{start}>", f"<{iri_}#quote-{start}>"
    place = f"<{iri_}#position-{start}>"
    number = f'"^^<{XSD}nonNegativeInteger>'
    words = {
        f"{target} {OA['hasSelector']} {quote}",
        f"{quote} {A} {OA['TextQuoteSelector']}",
        f"{quote} {OA['exact']} {literal(evidence.quote)}",
    }
    # A quote that may not be republished is left out, where it stands is not.
    return (words if evidence.quote else set()) | {
        f"{a} {A} {GG['Assertion']}",
        f"{a} {RDF['subject']} {writer.concepts[relation.subject]}",
        f"{a} {RDF['predicate']} <{writer.type(relation).iri}>",
        f"{a} {RDF['object']} {writer.concepts[relation.object]}",
        f"{a} {GG['basis']} <{BASES[relation.basis].iri}>",
        f"{a} {GG['rule']} {literal(evidence.rule)}",
        f"{a} {GG['confidence']} {decimal(evidence.confidence)}",
        f"{a} {OA['hasTarget']} {target}",
        f"{target} {A} {OA['SpecificResource']}",
        f"{target} {OA['hasSource']} {writer.text(evidence.document)}",
        f"{target} {OA['hasSelector']} {place}",
        f"{place} {A} {OA['TextPositionSelector']}",
        f'{place} {OA["start"]} "{start}{number}',
        f'{place} {OA["end"]} "{end}{number}',
    }
