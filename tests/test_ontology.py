"""The vocabulary: its file is Turtle, its tables are complete, its phrases and kinds are right."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import rdflib

from ontology import turtle, vocabulary
from ontology.vocabulary import BASES, FAMILIES, KINDS, RELATION_TYPES, UnknownRelationType

# rdflib 7 warns of its own JSON-LD parser.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")

# Keys that other parts, the extraction JSON and its readers rely on.
PAIRS = {
    "broader": "narrower", "partOf": "hasPart", "exampleOf": "hasExample",
    "measures": "measuredBy", "computedFrom": "inputTo", "increases": "increasedBy",
    "reduces": "reducedBy", "enables": "enabledBy", "precedes": "follows", "uses": "usedBy",
    "usedFor": "servedBy", "responsibleFor": "responsibilityOf",
    "contrastsWith": "contrastsWith", "seeAlso": "seeAlsoOf", "related": "related",
    "mentions": "mentionedBy",
}  # fmt: skip
NAMED_KINDS = {
    "metric", "process", "role", "tool", "document", "event", "practice", "organisation", "none",
}  # fmt: skip


def _term(node: rdflib.term.Node) -> str | turtle.Literal:
    if isinstance(node, rdflib.Literal):
        return turtle.Literal(str(node), (node.language or "").lower(), str(node.datatype or ""))
    assert isinstance(node, rdflib.URIRef), "a blank node"
    return str(node)


def test_turtle_agrees_with_rdflib() -> None:
    """Our reader and rdflib read the same triples from the vocabulary; none is a blank node."""
    path = vocabulary.FOLDER / "glossgraph.ttl"
    ours, _ = turtle.read(path.read_text(encoding="utf-8"))
    theirs = rdflib.Graph().parse(path)
    assert {tuple(t) for t in ours} == {(str(s), str(p), _term(o)) for s, p, o in theirs}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("@prefix a: <http://a/> .\na:b a:c [] .", 2, id="blank node"),
        pytest.param("@prefix a: <http://a/> .\na:b a:c (1 2) .", 2, id="list"),
        pytest.param('@prefix a: <http://a/> .\na:b a:c """x""" .', 2, id="long string"),
        pytest.param("a:b a:c a:d .", 1, id="undeclared prefix"),
        pytest.param("@prefix a: <http://a/> .\na:b a:c a:d", 2, id="no dot"),
        pytest.param("@prefix a: <http://a/> .\na:b a:c .", 2, id="no object"),
        pytest.param('@prefix a: <http://a/> .\n"b" a:c a:d .', 2, id="literal as subject"),
    ],
)
def test_turtle_refuses_what_it_does_not_read(text: str, line: int) -> None:
    """What is outside the small part of Turtle is refused with its line, never skipped."""
    with pytest.raises(turtle.UnreadableTurtle) as caught:
        turtle.read(text)
    assert caught.value.line == line


def test_relation_types_are_those_promised() -> None:
    """Each promised key is there with its inverse; symmetric types are their own inverse."""
    assert {t.key: t.inverse for t in RELATION_TYPES.values()} == PAIRS
    assert {t.key for t in RELATION_TYPES.values() if t.symmetric} == {"contrastsWith", "related"}


@pytest.mark.parametrize("key", PAIRS)
def test_relation_types_are_complete(key: str) -> None:
    """Every type has a phrase both ways in English and German, a family, and its own IRI."""
    relation = RELATION_TYPES[key]
    for phrases in (relation.phrase, relation.inverse_phrase):
        assert {"en", "de"} <= set(phrases)
        assert all(text and text == text.strip() for text in phrases.values())
    assert relation.family in FAMILIES
    assert (relation.iri == relation.inverse_iri) == relation.symmetric


def test_phrases_tell_types_apart() -> None:
    """No two types, nor the two directions of one, read alike in the same language."""
    for language in ("en", "de"):
        phrases = [vocabulary.phrase(key, language) for key in vocabulary.DEFAULT.keys]
        assert len(phrases) == len(set(phrases))


def test_canonical_turns_inverses_round() -> None:
    """An inverse key gives the stored key and says that the ends swap."""
    for key, inverse in PAIRS.items():
        assert vocabulary.canonical(key) == (key, False)
        assert vocabulary.canonical(inverse) == (key, key != inverse)


def test_unknown_type_names_the_nearest() -> None:
    """A misspelled type is refused, and the message offers the right one."""
    with pytest.raises(UnknownRelationType, match="Near: partOf"):
        vocabulary.canonical("partof")


@pytest.mark.parametrize(
    ("type", "language", "inverse", "expected"),
    [
        ("broader", "en", False, "is a kind of"),
        ("broader", "en", True, "has the kind"),
        ("narrower", "en", False, "has the kind"),
        ("narrower", "en", True, "is a kind of"),
        ("measures", "de", False, "misst"),
        ("measures", "de-AT", True, "wird gemessen durch"),
        ("contrastsWith", "en", True, "contrasts with"),
        ("reduces", "fr", False, "reduces"),
    ],
)
def test_phrase(type: str, language: str, inverse: bool, expected: str) -> None:
    """A phrase follows direction and language; a language without phrases falls back to English."""
    assert vocabulary.phrase(type, language, inverse=inverse) == expected


def test_only_kind_of_is_broader() -> None:
    """Parts and instances are hierarchical, but do not enter the closure of skos:broader."""
    hierarchical = {t.key for t in RELATION_TYPES.values() if t.hierarchical}
    assert hierarchical == {"broader", "partOf", "exampleOf"}
    broader = vocabulary.SKOS + "broader"
    written = {t.key for t in RELATION_TYPES.values() if broader in (t.iri, *t.also)}
    assert written == {"broader"}


def test_skos_related_is_stated_only_for_references() -> None:
    """Only related and seeAlso state skos:related beside themselves (SKOS S27 by the writer)."""
    related = vocabulary.SKOS + "related"
    assert {t.key for t in RELATION_TYPES.values() if related in t.also} == {"related", "seeAlso"}


def test_bases_cost_more_the_weaker_they_are() -> None:
    """Bases stand strongest first, and a path pays more for a weaker one."""
    assert [(b.key, b.cost) for b in BASES.values()] == [
        ("text", 1), ("name", 2), ("reference", 3), ("mention", 5),
    ]  # fmt: skip


def test_families_differ_by_more_than_colour() -> None:
    """Each family is told from the others by colour in both themes, and by dash or width."""
    families = FAMILIES.values()
    assert len(families) == 6
    assert len({f.light for f in families}) == len({f.dark for f in families}) == 6
    assert len({(f.dash, f.width) for f in families}) == 6


def test_kinds_are_complete() -> None:
    """The promised kinds are there, labelled in two languages; only ``none`` has no genus."""
    assert set(KINDS) >= NAMED_KINDS
    for kind in KINDS.values():
        assert {"en", "de"} <= set(kind.label)
        assert bool(kind.genus) == (kind.key != "none")
        assert kind.iri == vocabulary.GG + kind.key


@pytest.mark.parametrize(
    ("noun", "language", "expected"),
    [
        ("score", "en", "metric"),
        ("Rates", "en", "metric"),
        ("composite health score", "en", "metric"),
        ("processes", "en", "process"),
        ("strategies", "en", "practice"),
        ("people", "en", "role"),
        ("job title", "en", "role"),
        ("company", "en", "organisation"),
        ("study", "en", "practice"),
        ("decision-makers", "en", "role"),
        ("total value", "en", "metric"),
        ("value", "en", "none"),
        ("way", "en", "none"),
        ("set", "en", "none"),
        ("", "en", "none"),
        ("Gesundheitskennzahl", "de", "metric"),
        ("Verfahren", "de", "process"),
        ("Gültigkeitsdauer", "de", "metric"),
        ("Monat", "de", "none"),
        ("score", "xx", "none"),
    ],
)
def test_kind_of_genus(noun: str, language: str, expected: str) -> None:
    """A genus tells its kind by its head noun, whatever number it stands in."""
    assert vocabulary.kind_of_genus(noun, language) == expected


def test_vocabulary_needs_no_rdf_library(root: Path) -> None:
    """Reading the vocabulary imports neither rdflib nor the store (a start would pay 200 ms)."""
    code = (
        "import sys, ontology.vocabulary\n"
        "print(sorted({'rdflib', 'pyoxigraph'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def _from_json_ld(node: dict[str, object]) -> rdflib.Graph:
    context = json.loads((vocabulary.FOLDER / "context.jsonld").read_text(encoding="utf-8"))
    return rdflib.Graph().parse(data=json.dumps({**context, **node}), format="json-ld")


def test_context_knows_every_relation() -> None:
    """In JSON-LD, each relation's key in either direction is its property, its value an IRI."""
    one, other = "http://a.example/1", "http://a.example/2"
    for relation in RELATION_TYPES.values():
        for key, iri in ((relation.key, relation.iri), (relation.inverse, relation.inverse_iri)):
            graph = _from_json_ld({"id": one, key: [other]})
            assert list(graph) == [tuple(map(rdflib.URIRef, (one, iri, other)))]


def test_context_knows_kinds_and_bases() -> None:
    """In JSON-LD, the key of a kind or basis stands for its IRI."""
    for term, table in (("kind", KINDS), ("basis", BASES)):
        for row in table.values():
            graph = _from_json_ld({"id": "http://a.example/1", term: row.key})
            assert {str(o) for o in graph.objects()} == {row.iri}


def test_context_reads_a_concept() -> None:
    """Labels by language, lists of labels and booleans come out as the RDF that we write."""
    graph = _from_json_ld(
        {
            "id": "http://a.example/jib",
            "type": "Concept",
            "prefLabel": {"en": "jib", "de": "Fock"},
            "altLabel": {"en": ["headsail"]},
            "implied": True,
            "inScheme": ["http://a.example/sails"],
        }
    )
    skos, gg = rdflib.SKOS, rdflib.Namespace(vocabulary.GG)
    jib = rdflib.URIRef("http://a.example/jib")
    assert set(graph) == {
        (jib, rdflib.RDF.type, skos.Concept),
        (jib, skos.prefLabel, rdflib.Literal("jib", lang="en")),
        (jib, skos.prefLabel, rdflib.Literal("Fock", lang="de")),
        (jib, skos.altLabel, rdflib.Literal("headsail", lang="en")),
        (jib, gg.implied, rdflib.Literal(True)),
        (jib, skos.inScheme, rdflib.URIRef("http://a.example/sails")),
    }


def _short(iri: str) -> str:
    for prefix, namespace in vocabulary.BASE_PREFIXES.items():
        if iri.startswith(namespace):
            return f"`{prefix}:{iri.removeprefix(namespace)}`"
    raise AssertionError(iri)


def test_documentation_shows_the_tables(root: Path) -> None:
    """docs/ontology.md lists every relation type, kind and basis as the vocabulary states it."""
    page = (root / "docs" / "ontology.md").read_text(encoding="utf-8")
    rows = {line for line in page.splitlines() if line.startswith("| `")}
    expected = {
        f"| `{t.key}` | {t.phrase['en']} | {'(symmetric)' if t.symmetric else f'`{t.inverse}`'} "
        f"| {t.inverse_phrase['en']} | {_short(t.iri)} | {', '.join(map(_short, t.also))} "
        f"| {t.family} |"
        for t in RELATION_TYPES.values()
    } | {
        f"| `{k.key}` | {k.label['en']} | {k.label['de']} | {k.definition['en']} "
        f"| {', '.join(k.genus.get('en', ())[:5])} |"
        for k in KINDS.values()
    } | {
        f"| `{b.key}` | {b.label['en']} | {b.cost} |" for b in BASES.values()
    }  # fmt: skip
    assert rows == expected
