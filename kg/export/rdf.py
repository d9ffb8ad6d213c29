"""RDF: N-Quads, N-Triples, TriG, Turtle, JSON-LD and RDF/XML, streamed and always in one order.

The formats of triples hold the derived graph, ``<base>graph/concepts``: the concepts as every
query sees them. Those of quads hold all named graphs, with what each source says and where.
Each writer reads the N-Quads lines of :mod:`kg.skos`, which are sorted: nothing is parsed into a
store, and a graph of any size is written in little memory.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from kg.export.quads import RDF_TYPE, XSD, by_subject, lines, literal, prefixed, split
from kg.model import Graph
from kg.own_code import at
from kg.rdf import PREFIXES, prefixes_of
from ontology.vocabulary import FOLDER, Vocabulary

_TYPE = f"<{RDF_TYPE}>"
# Bytes that are handed on together: a line at a time would cost more than writing it.
_CHUNK = 1 << 16
# Literals that Turtle writes without quotes (Turtle 1.1, 2.5.2 and 2.5.3).
_BARE = {
    XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    XSD + "boolean": re.compile(r"true|false"),
}
_DATATYPE = re.compile(r'(".*")\^\^<([^>]*)>', re.DOTALL)
# The end of an IRI that can be the name of an XML element (NCName, letters of ASCII).
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*$")


class NotExpressible(ValueError):
    """A graph holds a term that a format has no way to write."""


def ntriples(graph: Graph) -> Iterator[bytes]:
    """Return the derived graph as N-Triples."""
    triples = (" ".join(split(line)[:3]) + " .\n" for line in lines(graph, everything=False))
    return chunks(triples)


def quads(graph: Graph) -> Iterator[bytes]:
    """Return all named graphs as N-Quads."""
    return chunks(lines(graph, everything=True))


def turtle(graph: Graph) -> Iterator[bytes]:
    """Return the derived graph as Turtle."""
    return chunks(_turtle(graph))


def trig(graph: Graph) -> Iterator[bytes]:
    """Return all named graphs as TriG."""
    return chunks(_trig(graph))


def jsonld(graph: Graph) -> Iterator[bytes]:
    """Return the derived graph as JSON-LD 1.1, with the context of the vocabulary inside."""
    return chunks(_jsonld(graph))


def rdfxml(graph: Graph) -> Iterator[bytes]:
    """Return the derived graph as RDF/XML.

    Raises:
        NotExpressible: a property's IRI does not end in a name.
    """
    return chunks(_rdfxml(graph))


def chunks(parts: Iterable[str]) -> Iterator[bytes]:
    """Yield the UTF-8 of ``parts`` in pieces of some 64 kB."""
    waiting: list[str] = []
    size = 0
    for part in parts:
        waiting.append(part)
        size += len(part)
        if size >= _CHUNK:
            yield "".join(waiting).encode()
            waiting.clear()
            size = 0
    if waiting:
        yield "".join(waiting).encode()


def _prefixes(graph: Graph) -> tuple[tuple[str, str], ...]:
    return tuple(prefixes_of(graph.base, graph.vocabulary.prefixes).items())


# --- Turtle and TriG -----------------------------------------------------------------------------


def _term(term: str, prefixes: tuple[tuple[str, str], ...]) -> str:
    if term[0] == "<":
        return prefixed(term[1:-1], prefixes) or term
    match = _DATATYPE.fullmatch(term)
    if match is None:
        return term
    text, datatype = match.groups()
    bare = _BARE.get(datatype)
    if bare is not None and bare.fullmatch(text[1:-1]):
        return text[1:-1]
    return f"{text}^^{prefixed(datatype, prefixes) or f'<{datatype}>'}"


def _head(prefixes: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for prefix, namespace in prefixes:
        yield f"@prefix {prefix}: <{namespace}> .\n"


def _subject(
    subject: str,
    predicates: list[tuple[str, list[str]]],
    prefixes: tuple[tuple[str, str], ...],
    indent: str,
) -> str:
    written = [
        f"{'a' if predicate == _TYPE else _term(predicate, prefixes)} "
        + ", ".join(_term(object_, prefixes) for object_ in objects)
        for predicate, objects in sorted(predicates, key=lambda said: said[0] != _TYPE)
    ]
    return f"\n{indent}{_term(subject, prefixes)} " + f" ;\n{indent}    ".join(written) + " .\n"


def _turtle(graph: Graph) -> Iterator[str]:
    prefixes = _prefixes(graph)
    yield from _head(prefixes)
    for _, subject, predicates in by_subject(lines(graph, everything=False)):
        yield _subject(subject, predicates, prefixes, "")


def _trig(graph: Graph) -> Iterator[str]:
    prefixes = _prefixes(graph)
    yield from _head(prefixes)
    found = by_subject(lines(graph, everything=True))
    for name, members in groupby(found, key=lambda member: member[0]):
        yield f"\n{name} {{\n"
        for _, subject, predicates in members:
            yield _subject(subject, predicates, prefixes, "    ")
        yield "}\n"


# --- JSON-LD -------------------------------------------------------------------------------------


class _Context:
    """The vocabulary's context, read backwards: from an IRI to the term that writes it."""

    def __init__(self, path: Path, vocabulary: Vocabulary) -> None:
        self.source: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["@context"]
        for prefix, namespace in vocabulary.prefixes.items():
            self.source.setdefault(prefix, namespace)
        for type_ in vocabulary.relation_types.values():
            if type_.added:
                for key, property_ in ((type_.key, type_.iri), (type_.inverse, type_.inverse_iri)):
                    self.source[key] = {
                        "@id": property_, "@type": "@id", "@container": "@set"
                    }  # fmt: skip
        self.prefixes = tuple(
            (key, value)
            for key, value in self.source.items()
            if isinstance(value, str) and value.endswith(("#", "/")) and key[0] != "@"
        )
        self.terms: dict[str, tuple[str, dict[str, Any]]] = {}
        self._namespaces: dict[str, str] = dict(self.prefixes)
        for term, value in self.source.items():
            definition = value if isinstance(value, dict) else {"@id": value}
            iri = definition.get("@id")
            if (
                isinstance(iri, str)
                and ":" in iri
                and term[0] != "@"
                and term not in self._namespaces
            ):
                self.terms[self._expanded(iri)] = (term, definition)

    def _expanded(self, iri: str) -> str:
        prefix, _, local = iri.partition(":")
        return self._namespaces.get(prefix, f"{prefix}:") + local

    def compact(self, iri: str) -> str:
        """Return a term, ``prefix:local`` or the IRI, for a place that reads the vocabulary."""
        if iri in self.terms:
            return self.terms[iri][0]
        vocabulary = self.source["@vocab"]
        local = iri.removeprefix(vocabulary)
        if local != iri and local not in self.source and prefixed(iri, self.prefixes):
            return local
        return prefixed(iri, self.prefixes) or iri

    def add(self, node: dict[str, Any], iri: str, objects: list[str]) -> None:
        """Write the values of one property into ``node``."""
        term, definition = self.terms.get(iri, (None, {}))
        coerced, container = definition.get("@type"), definition.get("@container", ())
        by_language: dict[str, Any] = {}
        plain: list[Any] = []
        full: list[Any] = []
        for object_ in objects:
            found = literal(object_)
            if found is None:
                target = object_[1:-1]
                if coerced == "@id":
                    plain.append(target)
                elif coerced == "@vocab":
                    plain.append(self.compact(target))
                else:
                    full.append({"@id": target})
            elif found.language:
                if "@language" in container:
                    by_language.setdefault(found.language, []).append(found.text)
                else:
                    full.append({"@value": found.text, "@language": found.language})
            elif found.datatype:
                if coerced and self._expanded(coerced) == found.datatype:
                    plain.append(found.text)
                else:
                    full.append({"@value": found.text, "@type": self.compact(found.datatype)})
            elif term is not None and coerced is None and "@language" not in container:
                plain.append(found.text)
            else:
                full.append({"@value": found.text})
        several = "@set" in container
        if term is not None and by_language:
            node[term] = {
                tag: texts if several or len(texts) > 1 else texts[0]
                for tag, texts in by_language.items()
            }
        elif term is not None and plain:
            node[term] = plain if several or len(plain) > 1 else plain[0]
        if full:
            node[prefixed(iri, self.prefixes) or iri] = full


def _jsonld(graph: Graph) -> Iterator[str]:
    context = _Context(at(FOLDER / "context.jsonld"), graph.vocabulary)
    yield '{"@context": ' + json.dumps(context.source, ensure_ascii=False) + ',\n"@graph": ['
    between = "\n"
    for _, subject, predicates in by_subject(lines(graph, everything=False)):
        node: dict[str, Any] = {"id": subject[1:-1]}
        for predicate, objects in predicates:
            if predicate[1:-1] == RDF_TYPE:
                types = [context.compact(object_[1:-1]) for object_ in objects]
                node["type"] = types if len(types) > 1 else types[0]
            else:
                context.add(node, predicate[1:-1], objects)
        yield between + json.dumps(node, ensure_ascii=False)
        between = ",\n"
    yield "\n]}\n"


# --- RDF/XML -------------------------------------------------------------------------------------


def _rdfxml(graph: Graph) -> Iterator[str]:
    prefixes = tuple({**graph.vocabulary.prefixes, **PREFIXES}.items())
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF'
    for prefix, namespace in prefixes:
        yield f"\n  xmlns:{prefix}={quoteattr(namespace)}"
    yield ">\n"
    for _, subject, predicates in by_subject(lines(graph, everything=False)):
        yield f"<rdf:Description rdf:about={quoteattr(subject[1:-1])}>\n"
        for predicate, objects in predicates:
            name, declaration = _element(predicate[1:-1], prefixes)
            for object_ in objects:
                yield _property(name, declaration, object_)
        yield "</rdf:Description>\n"
    yield "</rdf:RDF>\n"


def _element(iri: str, prefixes: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    """Return the element's name for a property, and the declaration that it needs."""
    for prefix, namespace in prefixes:
        if iri.startswith(namespace) and _NAME.fullmatch(iri[len(namespace) :]):
            return f"{prefix}:{iri[len(namespace) :]}", ""
    match = _NAME.search(iri)
    if match is None or match.start() == 0:
        raise NotExpressible(f"RDF/XML has no name for the property <{iri}>")
    return f"p:{match[0]}", f" xmlns:p={quoteattr(iri[: match.start()])}"


def _property(name: str, declaration: str, object_: str) -> str:
    found = literal(object_)
    if found is None:
        return f"  <{name}{declaration} rdf:resource={quoteattr(object_[1:-1])}/>\n"
    attribute = ""
    if found.language:
        attribute = f' xml:lang="{found.language}"'
    elif found.datatype:
        attribute = f" rdf:datatype={quoteattr(found.datatype)}"
    # A carriage return would be read as a line feed (XML 1.0, 2.11).
    text = escape(found.text, {"\r": "&#13;"})
    return f"  <{name}{declaration}{attribute}>{text}</{name}>\n"
