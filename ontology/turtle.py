"""Reader of the part of Turtle that ``glossgraph.ttl`` keeps to.

Importing rdflib takes some 200 ms, which every command and every worker process would pay before
its first answer, for a file of 600 lines that this project writes itself. So this module reads
it, in a few milliseconds, and a test proves that rdflib reads the same triples. What lies outside
the part (blank nodes, lists, long strings, ``@base``) is refused by line, never skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

GG = "https://w3id.org/glossgraph/ns#"
"""Namespace of our own vocabulary."""
OWL = "http://www.w3.org/2002/07/owl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
XSD = "http://www.w3.org/2001/XMLSchema#"


class Literal(NamedTuple):
    """A literal; an IRI is a plain ``str``."""

    text: str
    language: str = ""
    """Lower-case tag, or ``""``."""
    datatype: str = ""
    """IRI, or ``""`` for a plain or tagged string."""


class Triple(NamedTuple):
    """A statement of the file."""

    subject: str
    predicate: str
    object: str | Literal


class UnreadableTurtle(ValueError):
    """The text is not of the part of Turtle that is read here."""

    def __init__(self, line: int, reason: str) -> None:
        self.line = line
        self.reason = reason
        super().__init__(f"line {line}: {reason}")


# Productions of RDF 1.1 Turtle, narrowed to what the module's docstring says.
_TOKEN = re.compile(
    r"""
      (?P<skip>\s+|\#[^\n]*)
    | <(?P<iri>[^\x00-\x20<>"{}|^`\\]*)>
    | "(?P<string>(?:[^"\\\n]|\\[tbnrf"'\\])*)"(?!")
      (?:@(?P<language>[A-Za-z]+(?:-[A-Za-z0-9]+)*)|\^\^(?P<datatype>[A-Za-z][\w-]*:[\w-]+))?
    | (?P<number>[+-]?[0-9]+(?:\.[0-9]+)?)(?![\w.-]*[\w-])
    | (?P<prefix>@prefix)(?=\s)
    | (?P<name>(?:[A-Za-z][\w-]*)?:(?:[\w](?:[\w.-]*[\w-])?)?)
    | (?P<word>a|true|false)(?![\w:])
    | (?P<sign>[;,.])
    """,
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    match: re.Match[str]


def read(text: str) -> tuple[list[Triple], dict[str, str]]:
    """Return the triples of ``text`` in order, and its prefixes.

    Raises:
        UnreadableTurtle: ``text`` is not Turtle, or is more of Turtle than is read here.
    """
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = self._scan()
        self._prefixes: dict[str, str] = {}

    def read(self) -> tuple[list[Triple], dict[str, str]]:
        triples: list[Triple] = []
        for token in self._tokens:
            if token.kind == "prefix":
                self._declare()
            else:
                triples.extend(self._statement(self._iri(token)))
        return triples, self._prefixes

    def _statement(self, subject: str) -> Iterator[Triple]:
        sign = ";"
        while sign == ";":
            token = self._next()
            if token.text in {";", "."} and token.kind == "sign":  # "; ." ends a statement, too
                sign = token.text
                continue
            predicate = RDF + "type" if token.text == "a" else self._iri(token)
            sign = ","
            while sign == ",":
                yield Triple(subject, predicate, self._object(self._next()))
                sign = self._sign()

    def _declare(self) -> None:
        name, iri = self._next(), self._next()
        if name.kind != "name" or not name.text.endswith(":") or iri.kind != "iri":
            raise self._error(name, "a prefix is declared as: @prefix name: <IRI> .")
        self._prefixes[name.text[:-1]] = iri.text
        if self._sign() != ".":
            raise self._error(iri, "a dot must end the declaration of a prefix")

    def _object(self, token: _Token) -> str | Literal:
        if token.kind == "string":
            text = _ESCAPE.sub(lambda m: _ESCAPED.get(m[1], m[1]), token.text)
            language = token.match["language"] or ""
            datatype = token.match["datatype"]
            return Literal(
                text, language.lower(), self._expand(token, datatype) if datatype else ""
            )
        if token.kind == "number":
            return Literal(token.text, "", XSD + ("decimal" if "." in token.text else "integer"))
        if token.text in {"true", "false"}:
            return Literal(token.text, "", XSD + "boolean")
        return self._iri(token)

    def _iri(self, token: _Token) -> str:
        if token.kind == "iri":
            return token.text
        if token.kind == "name":
            return self._expand(token, token.text)
        raise self._error(token, f"an IRI must stand here, not {token.text!r}")

    def _expand(self, token: _Token, name: str) -> str:
        prefix, _, local = name.partition(":")
        if prefix not in self._prefixes:
            raise self._error(token, f"the prefix {prefix}: is not declared")
        return self._prefixes[prefix] + local

    def _sign(self) -> str:
        token = self._next()
        if token.kind != "sign":
            raise self._error(token, f"one of ; , . must stand here, not {token.text!r}")
        return token.text

    def _next(self) -> _Token:
        token = next(self._tokens, None)
        if token is None:
            raise UnreadableTurtle(self._text.count("\n") + 1, "the last statement has no dot")
        return token

    def _scan(self) -> Iterator[_Token]:
        position = 0
        while position < len(self._text):
            match = _TOKEN.match(self._text, position)
            if match is None:
                line = self._text.count("\n", 0, position) + 1
                raise UnreadableTurtle(
                    line, f"cannot read {self._text[position : position + 20].splitlines()[0]!r}"
                )
            kind = match.lastgroup or ""
            if kind in {"language", "datatype"}:
                kind = "string"
            if kind != "skip":
                yield _Token(kind, match[kind], position, match)
            position = match.end()

    def _error(self, token: _Token, reason: str) -> UnreadableTurtle:
        return UnreadableTurtle(self._text.count("\n", 0, token.start) + 1, reason)
