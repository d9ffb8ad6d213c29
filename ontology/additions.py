"""A user's own relation types and kinds, read from a file into the triples of the vocabulary.

Two forms, by suffix. Turtle (``.ttl``, all of it) says them as ``glossgraph.ttl`` does, under IRIs
of the user's choice. TOML is shorter::

    namespace = "https://terms.example.org/types#"   # of the IRIs; optional
    prefix = "fleet"                      # of the namespace in SPARQL and Turtle; optional

    [relation.regulates]                  # the key
    inverse = "regulatedBy"               # or: symmetric = true
    phrase = { en = "regulates", de = "regelt" }
    inverse_phrase = { en = "is regulated by", de = "wird geregelt durch" }
    family = "cause"                      # default: association
    transitive = false
    skos = "related"                      # or "broader" for a hierarchy, or "" for neither

    [kind.vessel]
    label = { en = "vessel", de = "Schiff" }
    genus = { en = ["yacht", "dinghy"] }  # a noun moves here from the kind that had it

    [kind.role]                           # a shipped kind: only nouns are added
    genus = { en = ["helmsman"] }
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ontology.turtle import GG, OWL, RDF, SKOS, XSD, Literal, Triple

LOCAL = "https://w3id.org/glossgraph/local#"
"""Namespace of types whose file names none: they mean something only beside that file."""
PREFIX = "local"
"""Prefix of the namespace where the file names none."""

_RELATION_KEYS = frozenset({
    "inverse", "symmetric", "transitive", "phrase", "inverse_phrase", "family", "skos", "iri",
    "inverse_iri",
})  # fmt: skip
_KIND_KEYS = frozenset({"label", "definition", "genus", "iri"})
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_INVERSE_SKOS = {"broader": "narrower", "related": "related"}


class MalformedAdditions(ValueError):
    """A file of added types cannot be read, or lacks something."""


Added = tuple[list[Triple], dict[str, str]]
"""What a file adds, and the prefixes of its namespaces."""


def read(path: Path, families: Mapping[str, str], kinds: Mapping[str, str]) -> Added:
    """Return what the file adds as triples, and the prefixes of the namespaces it adds to.

    ``families`` and ``kinds`` are the IRIs of the shipped ones by key.

    Raises:
        MalformedAdditions: the file is neither, or says something that is not understood.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MalformedAdditions(f"it cannot be read ({error})") from error
    if path.suffix == ".toml":
        try:
            tables = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise MalformedAdditions(f"it is not TOML: {error}") from error
        found = list(_of_toml(tables, families, kinds))
        prefix = str(tables.get("prefix", PREFIX))
        if not _NAME.fullmatch(prefix):
            raise MalformedAdditions(f'"prefix" is letters and digits, not "{prefix}"')
        return found, _used({prefix: str(tables.get("namespace", LOCAL))}, found)
    if path.suffix == ".ttl":
        return _of_turtle(text)
    raise MalformedAdditions('added types are read from a file named ".toml" or ".ttl"')


def _used(prefixes: Mapping[str, str], found: Iterable[Triple]) -> dict[str, str]:
    """Return the prefixes of namespaces that a subject is in; our own are known anyway."""
    subjects = {triple.subject for triple in found}
    return {
        prefix: namespace
        for prefix, namespace in prefixes.items()
        if namespace != GG and any(s.startswith(namespace) for s in subjects)
    }


def _of_turtle(text: str) -> Added:
    # Here, not above: importing rdflib takes 200 ms, and only who adds types in Turtle pays it.
    import rdflib
    from rdflib.plugins.parsers.notation3 import BadSyntax

    try:
        graph = rdflib.Graph().parse(data=text, format="turtle")
    except BadSyntax as error:
        raise MalformedAdditions(f"it is not Turtle: {error}") from error
    triples: list[Triple] = []
    for subject, predicate, value in graph:
        if any(isinstance(node, rdflib.BNode) for node in (subject, value)):
            raise MalformedAdditions("every type and kind needs an IRI; a blank node has none")
        node: str | Literal = str(value)
        if isinstance(value, rdflib.Literal):
            node = Literal(str(value), (value.language or "").lower(), str(value.datatype or ""))
        triples.append(Triple(str(subject), str(predicate), node))
    spaces = {prefix: str(space) for prefix, space in graph.namespaces() if _NAME.fullmatch(prefix)}
    triples.sort(key=lambda t: (t.subject, t.predicate, str(t.object)))
    return triples, _used(spaces, triples)


def _of_toml(
    tables: Mapping[str, Any], families: Mapping[str, str], kinds: Mapping[str, str]
) -> Iterator[Triple]:
    _only(tables, frozenset({"namespace", "prefix", "relation", "kind"}), "the file")
    namespace = str(tables.get("namespace", LOCAL))
    for key, table in _table(tables, "relation", "the file").items():
        yield from _relation(key, table, namespace, families)
    for key, table in _table(tables, "kind", "the file").items():
        yield from _kind(key, table, namespace, kinds)


def _relation(
    key: str, table: Mapping[str, Any], namespace: str, families: Mapping[str, str]
) -> Iterator[Triple]:
    where = f"[relation.{key}]"
    _only(table, _RELATION_KEYS, where)
    family, skos = str(table.get("family", "association")), str(table.get("skos", "related"))
    if family not in families:
        raise MalformedAdditions(f'{where}: no family "{family}"; there are {", ".join(families)}')
    if skos and skos not in _INVERSE_SKOS:
        raise MalformedAdditions(f'{where}: skos is "related", "broader" or "", not "{skos}"')
    symmetric = table.get("symmetric") is True
    inverse = key if symmetric else str(table.get("inverse", ""))
    if not inverse:
        raise MalformedAdditions(f'{where} lacks "inverse", or "symmetric = true"')
    iri = str(table.get("iri", namespace + key))
    inverse_iri = iri if symmetric else str(table.get("inverse_iri", namespace + inverse))
    directions = [(iri, key, "phrase", skos, "true")]
    if not symmetric:
        other = _INVERSE_SKOS.get(skos, "")
        directions.append((inverse_iri, inverse, "inverse_phrase", other, "false"))
        yield Triple(iri, OWL + "inverseOf", inverse_iri)
    for subject, name, phrase, plain, canonical in directions:
        yield Triple(subject, RDF + "type", GG + "RelationType")
        yield Triple(subject, GG + "key", Literal(name))
        yield Triple(subject, GG + "canonical", Literal(canonical, "", XSD + "boolean"))
        yield Triple(subject, GG + "family", families[family])
        yield from _texts(subject, GG + "phrase", table, phrase, where)
        if plain:
            yield Triple(subject, GG + "plainSkos", SKOS + plain)
    for asked, name in ((symmetric, "Symmetric"), (table.get("transitive"), "Transitive")):
        if asked is True:
            yield Triple(iri, RDF + "type", f"{OWL}{name}Property")


def _kind(
    key: str, table: Mapping[str, Any], namespace: str, kinds: Mapping[str, str]
) -> Iterator[Triple]:
    where = f"[kind.{key}]"
    _only(table, _KIND_KEYS, where)
    iri = kinds.get(key) or str(table.get("iri", namespace + key))
    if key not in kinds:
        yield Triple(iri, RDF + "type", SKOS + "Concept")
        yield Triple(iri, SKOS + "inScheme", GG + "kinds")
        yield Triple(iri, GG + "key", Literal(key))
        yield from _texts(iri, SKOS + "prefLabel", table, "label", where)
        source = "definition" if "definition" in table else "label"
        yield from _texts(iri, SKOS + "definition", table, source, where)
    for language, nouns in _table(table, "genus", where).items():
        if not isinstance(nouns, list):
            raise MalformedAdditions(f"{where}: genus.{language} is a list of nouns")
        for noun in nouns:
            yield Triple(iri, GG + "genusNoun", Literal(str(noun), language.lower()))


def _texts(
    subject: str, predicate: str, table: Mapping[str, Any], key: str, where: str
) -> Iterator[Triple]:
    texts = _table(table, key, where)
    if not texts:
        raise MalformedAdditions(f'{where} lacks "{key}", such as {key} = {{ en = "…" }}')
    for language, text in texts.items():
        yield Triple(subject, predicate, Literal(str(text), language.lower()))


def _table(table: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise MalformedAdditions(f'{where}: "{key}" is a table')
    return value


def _only(table: Any, known: frozenset[str], where: str) -> None:
    if not isinstance(table, dict):
        raise MalformedAdditions(f"{where} is a table")
    for key in table:
        if key not in known:
            raise MalformedAdditions(
                f'{where} has the unknown key "{key}"; known: {", ".join(sorted(known))}'
            )
