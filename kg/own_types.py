"""A project's own relation types and kinds as RDF, beside the concepts that are related by them.

Other tools know nothing of them but what the graph says, so the derived graph says it: key, phrases
and inverse of each property, name and meaning of each kind. Kinds are not written as
``skos:Concept``: whoever counts or lists the concepts of a graph does not mean them.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.rdf import A, literal
from ontology.turtle import GG, RDF, RDFS, SKOS, Literal, Triple
from ontology.vocabulary import Vocabulary

_PROPERTY = f"<{RDF}Property>"
_SAID = {
    GG + "phrase": f"<{RDFS}label>",
    SKOS + "prefLabel": f"<{RDFS}label>",
    SKOS + "definition": f"<{RDFS}comment>",
}
"""What RDF tools show, by what the vocabulary says it with."""


def own_types(vocabulary: Vocabulary) -> set[str]:
    """Return the triples, without a full stop, of the types and kinds that a project's file adds.

    None for the shipped vocabulary. Nouns that tell a kind are left out.
    """
    kinds = {kind.iri for kind in vocabulary.kinds.values()}
    return {
        line
        for triple in vocabulary.added
        for line in (_of_kind(triple) if triple.subject in kinds else _of_type(triple))
    }


def _of_type(triple: Triple) -> Iterator[str]:
    subject = f"<{triple.subject}>"
    yield f"{subject} <{triple.predicate}> {_term(triple.object)}"
    if triple.object == GG + "RelationType":
        yield f"{subject} {A} {_PROPERTY}"
    if triple.predicate in _SAID:
        yield f"{subject} {_SAID[triple.predicate]} {_term(triple.object)}"


def _of_kind(triple: Triple) -> Iterator[str]:
    if triple.predicate in _SAID:
        yield f"<{triple.subject}> {_SAID[triple.predicate]} {_term(triple.object)}"
    elif triple.predicate == GG + "key":
        yield f"<{triple.subject}> <{triple.predicate}> {_term(triple.object)}"


def _term(value: str | Literal) -> str:
    if isinstance(value, Literal):
        return literal(value.text, value.language, value.datatype)
    return f"<{value}>"
