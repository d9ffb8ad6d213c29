"""A user's file adds relation types and kinds to the shipped ones, or says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from ontology.vocabulary import DEFAULT, GG, MalformedVocabulary, load

TOML = """
namespace = "https://terms.example.org/types#"
[relation.regulates]
inverse = "regulatedBy"
phrase = { en = "regulates", de = "regelt" }
inverse_phrase = { en = "is regulated by" }
family = "cause"
[relation.rhymesWith]
symmetric = true
phrase = { en = "rhymes with" }
skos = ""
[kind.vessel]
label = { en = "vessel" }
genus = { en = ["yacht", "Boat"] }
[kind.role]
genus = { en = ["helmsman"] }
"""
TURTLE = f"""
@prefix gg: <{GG}> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix t: <https://terms.example.org/types#> .
t:regulates a gg:RelationType ; gg:key "regulates" ; gg:canonical true ; gg:family gg:cause ;
    owl:inverseOf t:regulatedBy ; gg:phrase "regulates"@en, \"\"\"regelt\"\"\"@de .
t:regulatedBy a gg:RelationType ; gg:key "regulatedBy" ; gg:canonical false ; gg:family gg:cause ;
    gg:phrase "is regulated by"@en .
gg:role gg:genusNoun "helmsman"@en .
"""


@pytest.mark.parametrize(("suffix", "text"), [("toml", TOML), ("ttl", TURTLE)])
def test_types_are_added(tmp_path: Path, suffix: str, text: str) -> None:
    """An added type has both directions and its phrases; all shipped ones stay as they were."""
    file = tmp_path / f"types.{suffix}"
    file.write_text(text, encoding="utf-8")
    vocabulary = load(file)
    relation = vocabulary.relation_types["regulates"]
    assert relation.added and relation.family == "cause"
    assert relation.iri == "https://terms.example.org/types#regulates"
    assert vocabulary.canonical("regulatedBy") == ("regulates", True)
    assert vocabulary.phrase("regulatedBy") == "is regulated by"
    assert vocabulary.phrase("regulates", "de") == "regelt"
    assert vocabulary.kind_of_genus("helmsman") == "role"
    for key, shipped in DEFAULT.relation_types.items():
        assert vocabulary.relation_types[key] == shipped
    assert "regulates" not in DEFAULT.relation_types


def test_symmetric_types_and_kinds_are_added(tmp_path: Path) -> None:
    """A symmetric type is its own inverse; a noun goes to the added kind that claims it."""
    file = tmp_path / "types.toml"
    file.write_text(TOML, encoding="utf-8")
    vocabulary = load(file)
    assert vocabulary.canonical("rhymesWith") == ("rhymesWith", False)
    assert vocabulary.relation_types["rhymesWith"].symmetric
    assert vocabulary.kind_of_genus("yachts") == vocabulary.kind_of_genus("boat") == "vessel"
    assert DEFAULT.kind_of_genus("boat") == "tool"
    assert vocabulary.kind_of_genus("score") == "metric"


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.toml", "[relation.x]\nphrase = {en = 'x'}", 'lacks "inverse"'),
        ("a.toml", "[relation.x]\ninverse = 'y'\nphrase = {en = 'x'}", 'lacks "inverse_phrase"'),
        ("a.toml", "[relation.x]\nfamly = 'cause'", 'unknown key "famly"'),
        ("a.toml", "[relation.x]\nfamily = 'causes'", 'no family "causes"'),
        ("a.toml", "[relation.x]\nskos = 'exact'", "skos is"),
        ("a.toml", "relation = 3", "is a table"),
        ("a.toml", "[relation]\nx = 3", "is a table"),
        ("a.toml", "[kind.x]\ngenus = {en = 'y'}", "lacks"),
        ("a.toml", "[kind.role]\ngenus = {en = 'y'}", "list of nouns"),
        ("a.toml", "[relation.uses]\nsymmetric = true\nphrase = {en = 'x'}", 'key "uses"'),
        ("a.toml", "[", "not TOML"),
        ("a.ttl", "[", "not Turtle"),
        ("a.ttl", f"[] <{GG}key> 'x' .", "blank node"),
        ("a.json", "{}", "named"),
        ("missing.toml", None, "cannot be read"),
    ],
)
def test_faults_are_named(tmp_path: Path, name: str, text: str | None, reason: str) -> None:
    """A faulty file is refused with its name and what is wrong."""
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(MalformedVocabulary, match=reason) as caught:
        load(tmp_path / name)
    assert name in str(caught.value)
