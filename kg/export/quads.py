"""Quads of a graph as terms, taken apart from the N-Quads lines that :mod:`kg.skos` writes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby, takewhile
from typing import NamedTuple

from kg.model import Graph
from kg.rdf import PREFIXES
from kg.skos import CONCEPTS, nquads

XSD = PREFIXES["xsd"]
RDF_TYPE = f"{PREFIXES['rdf']}type"

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_LITERAL = re.compile(r'"(.*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?', re.DOTALL)
# PN_LOCAL without what would need a backslash; a dot may not end it (Turtle 1.1, 6.5).
_LOCAL = re.compile(r"[^\W][\w-]*", re.UNICODE)


class Literal(NamedTuple):
    """An RDF literal."""

    text: str
    language: str
    datatype: str
    """IRI; ``""`` where it is ``xsd:string`` or ``rdf:langString``."""


def lines(graph: Graph, *, everything: bool) -> Iterator[str]:
    """Return the N-Quads lines of all named graphs, or of the derived one alone.

    The derived graph comes first, so that leaving the others out costs nothing.
    """
    if everything:
        return nquads(graph)
    end = f" <{graph.base}{CONCEPTS}> .\n"
    return takewhile(lambda line: line.endswith(end), nquads(graph))


def split(line: str) -> tuple[str, str, str, str]:
    """Return subject, predicate, object and graph of a line, as N-Quads terms."""
    subject, predicate, rest = line.split(" ", 2)
    object_, graph, _ = rest.rsplit(" ", 2)
    return subject, predicate, object_, graph


def by_subject(
    found: Iterable[str],
) -> Iterator[tuple[str, str, list[tuple[str, list[str]]]]]:
    """Yield (graph, subject, [(predicate, objects)]) for sorted lines, as N-Quads terms."""
    parts = map(split, found)
    for (graph, subject), group in groupby(parts, key=lambda part: (part[3], part[0])):
        yield (
            graph,
            subject,
            [
                (predicate, [part[2] for part in members])
                for predicate, members in groupby(group, key=lambda part: part[1])
            ],
        )


def literal(term: str) -> Literal | None:
    """Return an N-Quads literal taken apart and unescaped, None where the term is an IRI."""
    match = _LITERAL.fullmatch(term)
    if match is None:
        return None
    text, language, datatype = match.groups(default="")
    return Literal(_ESCAPE.sub(_unescaped, text) if "\\" in text else text, language, datatype)


def _unescaped(match: re.Match[str]) -> str:
    short, long, sign = match.groups()
    if sign is not None:
        return _PLAIN.get(sign, sign)
    return chr(int(short or long, 16))


@lru_cache(maxsize=200_000)
def prefixed(iri: str, prefixes: tuple[tuple[str, str], ...]) -> str | None:
    """Return ``prefix:local`` for an IRI under one of ``prefixes``, None where there is none."""
    for prefix, namespace in prefixes:
        if iri.startswith(namespace):
            local = iri[len(namespace) :]
            return f"{prefix}:{local}" if _LOCAL.fullmatch(local) else None
    return None
