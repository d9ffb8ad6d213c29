"""The triples of the derived graph that patterns ask for, by property, out of the index.

They are what :mod:`kg.skos_triples` writes, told by the same functions. A property that could also
stand in a source's own statements is not here, and neither is anything where a project's file adds
types: their descriptions are triples too.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from urllib.parse import unquote

import orjson

from kg.index import Index
from kg.postings import Postings
from kg.rdf import PREFIXES, SKOS, A, literal
from kg.skos_names import concept_iri, scheme_iri
from kg.skos_triples import (
    RELATED,
    Hierarchy,
    labels_by_role,
    preferred_labels,
    properties,
)

Value = int | str
"""A concept's number, or any other term as SPARQL's results in JSON write it."""

_TYPE = A[1:-1]
_SKOS = PREFIXES["skos"]
_OURS = (_SKOS, PREFIXES["gg"])
"""Namespaces that no source's own statements are written in."""
_MOST = 1_000
"""Concepts up to which all of a type are gone through."""


class Unanswerable(Exception):
    """What is asked for is not here, or too much."""


class Property:
    """The triples of one property."""

    def after(self, value: Value) -> Collection[Value]:
        """Return the objects of a subject, each once."""
        raise Unanswerable(value)

    def before(self, value: Value) -> Collection[Value]:
        """Return the subjects of an object, each once."""
        raise Unanswerable(value)

    def holds(self, subject: Value, value: Value) -> bool:
        """Return whether the triple is there."""
        return value in self.after(subject)


class _Links(Property):
    """One that relates concepts."""

    def __init__(self, concepts: int, pairs: Sequence[int], made: _Made) -> None:
        """``pairs`` are the number of the subject, times the count, with that of the object.

        What ``made`` has already, as of the inverse of a property, is not made again.
        """
        each = sorted(set(pairs))
        self._after = _postings(concepts, each, made)
        turned = ((pair % concepts) * concepts + pair // concepts for pair in each)
        self._before = _postings(concepts, sorted(turned), made)

    def after(self, value: Value) -> Collection[Value]:
        return self._after[value] if isinstance(value, int) else ()

    def before(self, value: Value) -> Collection[Value]:
        return self._before[value] if isinstance(value, int) else ()


class _Said(Property):
    """One whose objects are literals."""

    def __init__(
        self,
        literals: Callable[[int], Collection[str]],
        labelled: Callable[[str], Iterable[int]] | None = None,
        others: Mapping[str, str] | None = None,
    ) -> None:
        self._literals = literals
        self._labelled = labelled
        """Of labels: the concepts that may have one."""
        self._others = others or {}
        """What is said so of other things than concepts."""

    def after(self, value: Value) -> Collection[Value]:
        if isinstance(value, int):
            return self._literals(value)
        return (self._others[value],) if value in self._others else ()

    def before(self, value: Value) -> Collection[Value]:
        if self._labelled is None:
            raise Unanswerable
        if isinstance(value, int):
            return ()
        found: list[Value] = [n for n in self._labelled(value) if value in self._literals(n)]
        return [*found, *(thing for thing, said in self._others.items() if said == value)]


class _Type(Property):
    """``rdf:type``, of which only being a concept is known."""

    def __init__(self, concepts: int) -> None:
        self._concepts = concepts

    def before(self, value: Value) -> Collection[Value]:
        if value != _CONCEPT or self._concepts > _MOST:
            raise Unanswerable
        return range(self._concepts)

    def holds(self, subject: Value, value: Value) -> bool:
        if value != _CONCEPT:
            raise Unanswerable
        return isinstance(subject, int)


class Facts:
    """All of them, over one index.

    Cost: a pass over the relations (10,000 concepts with 30,000 relations: 0.2 s), and four bytes
    for each triple and direction.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._language = index.graph.language
        count = len(index.concepts)
        self._terms: list[str] = [""] * count
        """Concepts as results write them, once they were."""
        self._labels: list[tuple[str, ...]] = [()] * count
        """Their preferred labels, likewise."""
        self._concepts = f"{index.graph.base}concepts/"
        self._properties: dict[str, Property] = {}
        if index.vocabulary.added:
            return
        self._properties[_TYPE] = _Type(count)
        found = self._labelled
        schemes = _schemes(index)
        self._properties[_SKOS + "prefLabel"] = _Said(self._preferred, found, schemes)
        self._properties[_SKOS + "altLabel"] = _Said(self._in_role("altLabel"), found)
        self._properties[_SKOS + "hiddenLabel"] = _Said(self._in_role("hiddenLabel"), found)
        self._properties[_SKOS + "definition"] = _Said(self._definitions)
        made: _Made = {}
        for name, pairs in _related(index).items():
            if name.startswith(_OURS):
                self._properties[name] = _Links(count, pairs, made)

    def property(self, iri: str) -> Property:
        """Return the triples of a property.

        Raises:
            Unanswerable: they are not here.
        """
        found = self._properties.get(iri)
        if found is None:
            raise Unanswerable
        return found

    def value(self, term: str) -> Value:
        """Return what stands for a term as N-Triples has it."""
        if term[0] != "<":
            return written(term)
        iri = term[1:-1]
        if iri.startswith(self._concepts):
            number = self._index.number.get(unquote(iri[len(self._concepts) :]))
            if number is not None and self.term(number) == resource(iri):
                return number
        return resource(iri)

    def term(self, value: Value) -> str:
        """Return a value as results in JSON write it."""
        if isinstance(value, str):
            return value
        known = self._terms[value]
        if not known:
            iri = concept_iri(self._index.graph.base, self._slug(value))
            known = self._terms[value] = resource(iri)
        return known

    def terms(self, values: Sequence[Value | None]) -> list[str | None]:
        """Return values as results in JSON write them, None where nothing is bound."""
        known, make = self._terms, self.term
        return [
            value if value is None or isinstance(value, str) else known[value] or make(value)
            for value in values
        ]

    def _slug(self, number: int) -> str:
        return self._index.concepts[number].slug

    def _preferred(self, number: int) -> tuple[str, ...]:
        known = self._labels[number]
        if not known:
            labels = preferred_labels(self._index.concepts[number], self._language)
            known = tuple(dict.fromkeys(map(written, labels.values())))
            self._labels[number] = known
        return known

    def _in_role(self, role: str) -> Callable[[int], list[str]]:
        def labels(number: int) -> list[str]:
            by_role = labels_by_role(self._index.concepts[number], self._language)
            return [written(each) for each in sorted(by_role[role])]

        return labels

    def _definitions(self, number: int) -> list[str]:
        said = {
            literal(d.text, d.language or self._language)
            for d in self._index.concepts[number].definitions
            if d.text
        }
        return [written(each) for each in sorted(said)]

    def _labelled(self, value: str) -> set[int]:
        names = self._index.names
        if kind_of(value) != "literal":
            return set()
        return {names.owner[label] for label in names.equal(_parsed(value)["value"])}


def resource(iri: str) -> str:
    """Return an IRI as results in JSON write it."""
    return f'{{"type":"uri","value":"{iri}"}}'


_CONCEPT = resource(SKOS["Concept"][1:-1])
_LITERAL = '{"type":"literal","value":'


def kind_of(value: str) -> str:
    """Return ``uri`` or ``literal`` of a term as results write it."""
    return "literal" if value.startswith(_LITERAL) else "uri"


def language_of(value: Value) -> str:
    """Return the tag of a literal as results write it, empty where it has none."""
    return _parsed(value).get("xml:lang", "") if isinstance(value, str) else ""


def _parsed(value: str) -> dict[str, str]:
    parsed: dict[str, str] = orjson.loads(value)
    return parsed


def written(ntriples: str) -> str:
    """Return a literal without datatype as results in JSON write it.

    What our N-Triples escape, JSON escapes in the same way.
    """
    end = ntriples.rindex('"') + 1
    tag = f',"xml:lang":"{ntriples[end + 1 :]}"' if end < len(ntriples) else ""
    return f"{_LITERAL}{ntriples[:end]}{tag}}}"


_Made = dict[bytes, Postings]
"""By the pairs that they are of."""


def _postings(concepts: int, pairs: Sequence[int], made: _Made) -> Postings:
    key = array("Q", pairs).tobytes()
    if key not in made:
        sizes = array("I", bytes(4 * concepts))
        for pair in pairs:
            sizes[pair // concepts] += 1
        made[key] = Postings(array("I", (pair % concepts for pair in pairs)), sizes)
    return made[key]


def _schemes(index: Index) -> dict[str, str]:
    """Return the name of each source as a concept scheme."""
    return {
        resource(scheme_iri(index.graph.base, source.name)): written(
            literal(source.title, source.language)
        )
        for source in index.graph.sources
    }


def _related(index: Index) -> Mapping[str, array[int]]:
    """Return each property between concepts with all pairs that it relates."""
    relations, count = index.graph.relations, len(index.concepts)
    found: dict[str, array[int]] = defaultdict(lambda: array("Q"))
    hierarchy = Hierarchy(relations, index.vocabulary)
    types = index.vocabulary.relation_types
    names = {key: properties(type_) for key, type_ in types.items()}
    for relation, a, b in zip(relations, index.subject, index.object, strict=True):
        forward, backward = names[relation.type]
        if RELATED in forward and hierarchy.joins(relation.subject, relation.object):
            forward, backward = forward - {RELATED}, backward - {RELATED}
        for name in forward:
            found[name].append(a * count + b)
        for name in backward:
            found[name].append(b * count + a)
    return found
