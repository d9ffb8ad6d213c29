"""A project's own relation types go with its graph wherever the shipped ones go."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rdflib
from serving import ROOT, serve

from ontology.vocabulary import DEFAULT, load

GLOSSARY = """
# Harbour notices

## Berth Order
A notice that says where ships lie. It supersedes the mooring list.

## Mooring List
A list of the ships at the quay.

## Harbour Ketch
A ketch that carries pilots to the quay.
"""
TYPES = """
namespace = "https://terms.example.org/fleet#"
prefix = "fleet"
[relation.supersedes]
inverse = "supersededBy"
phrase = { en = "supersedes", de = "ersetzt" }
inverse_phrase = { en = "is superseded by", de = "wird ersetzt durch" }
family = "sequence"
[kind.vessel]
label = { en = "vessel", de = "Schiff" }
genus = { en = ["ketch"] }
"""
LEXICON = """
[[verb]]
key = "supersede"
type = "supersedes"
words = ["supersede"]
inverse = "supersededBy"
"""
PROJECT = """
base = "https://harbour.example.org/"
types = "types.toml"
lexicon = "lexicon.toml"
[[sources]]
path = "notices.md"
"""
FLEET = "https://terms.example.org/fleet#"
CONCEPTS = "https://harbour.example.org/concepts/"


def run(*arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "api.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1", **more},
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("harbour")
    files = {
        "notices.md": GLOSSARY, "types.toml": TYPES, "lexicon.toml": LEXICON,
        "glossgraph.toml": PROJECT,
    }  # fmt: skip
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def graph(project: Path, cache: str) -> Path:
    folder = project / "harbour.kg"
    ended = run("build", project, "-o", folder, GLOSSGRAPH_CACHE=cache)
    assert ended.returncode == 0, ended.stderr
    return folder


@pytest.fixture(scope="module")
def address(graph: Path) -> Iterator[str]:
    with serve(graph) as served:
        yield served.address


def ask(address: str, path: str, accept: str = "application/json") -> str:
    request = urllib.request.Request(address + path, headers={"Accept": accept})
    with urllib.request.urlopen(request) as answer:
        return str(answer.read().decode())


def data(address: str, path: str) -> Any:
    return json.loads(ask(address, path))


def test_the_sentence_is_read_and_asked_for(graph: Path) -> None:
    """A pattern of the project's gives a relation of the project's type, in either direction."""
    rows = run("neighbors", graph, "Berth Order", "--type", "supersedes").stdout.splitlines()
    assert "\tsupersedes\tMooring List\ttext\t" in rows[1]
    rows = run("neighbors", graph, "Mooring List", "--type", "supersededBy").stdout.splitlines()
    assert "\tis superseded by\tBerth Order\ttext\t" in rows[1]
    path = run("path", graph, "Mooring List", "Berth Order").stdout
    assert "Mooring List is superseded by Berth Order" in path


def test_routes_know_the_types(address: str) -> None:
    """Lists take the keys, relations are named in words, and the document names the keys."""
    listed = data(address, "/api/relations?type=supersededBy")
    (relation,) = listed["relations"]
    assert relation["sentence"] == "Berth Order supersedes Mooring List"
    assert relation["inverse_sentence"] == "Mooring List is superseded by Berth Order"
    assert relation["iri"] == FLEET + "supersedes"
    (concept,) = data(address, "/api/concepts?kind=vessel")["concepts"]
    assert concept["slug"] == "harbour-ketch"
    seen = data(address, "/api/concepts/mooring-list")["relations"]
    assert ("supersededBy", "in") in {(each["type"], each["direction"]) for each in seen}
    near = data(address, "/api/concepts/berth-order/neighbors?type=supersedes")
    assert "mooring-list" in json.dumps(near)
    operations = data(address, "/openapi.json")["paths"]["/api/relations"]["get"]
    enum = next(p for p in operations["parameters"] if p["name"] == "type")["schema"]["items"]
    assert {"supersedes", "supersededBy", "partOf"} <= set(enum["enum"])


def test_pages_speak_its_languages(address: str) -> None:
    """Term pages, lists and maps say the phrase of their language; the map knows its family."""
    assert "is superseded by" in ask(address, "/concepts/mooring-list", "text/html")
    german = ask(address, "/concepts/mooring-list?lang=de", "text/html")
    assert "wird ersetzt durch" in german
    assert "Vessel" in ask(address, "/concepts/harbour-ketch", "text/html")
    assert "supersedes" in ask(address, "/concepts?type=supersedes", "text/html")
    drawn = ask(address, "/api/concepts/berth-order/map.svg?lang=de", "image/svg+xml")
    assert "ersetzt" in drawn
    assert "supersedes" in ask(address, "/api/concepts/berth-order/map.mmd", "text/vnd.mermaid")
    assert "fleet:supersedes" in ask(
        address, "/query?query=" + urllib.parse.quote("SELECT ?p { ?s ?p ?o }"), "text/html"
    )


def test_sparql_knows_prefix_and_phrase(address: str) -> None:
    """The namespace's prefix is predeclared, and the property says how it reads."""
    query = "SELECT ?a ?words { ?a fleet:supersedes ?b . fleet:supersedes gg:phrase ?words }"
    found = data(address, "/sparql?query=" + urllib.parse.quote(query))["results"]["bindings"]
    assert {each["words"]["value"] for each in found} == {"supersedes", "ersetzt"}
    assert {each["a"]["value"] for each in found} == {CONCEPTS + "berth-order"}
    query = "SELECT (COUNT(?c) AS ?n) { ?c a skos:Concept }"
    found = data(address, "/sparql?query=" + urllib.parse.quote(query))["results"]["bindings"]
    assert found[0]["n"]["value"] == "3"  # kinds are none of the glossary's concepts


@pytest.mark.parametrize("suffix", ["ttl", "jsonld", "rdf", "nt"])
def test_rdf_exports_say_and_describe_it(graph: Path, tmp_path: Path, suffix: str) -> None:
    """Every triple format holds the relation, and the property with its inverse and its words."""
    file = tmp_path / f"g.{suffix}"
    assert run("export", graph, file).returncode == 0
    read = rdflib.Graph().parse(file)
    type_, inverse = rdflib.URIRef(FLEET + "supersedes"), rdflib.URIRef(FLEET + "supersededBy")
    ends = [rdflib.URIRef(CONCEPTS + slug) for slug in ("berth-order", "mooring-list")]
    assert (ends[0], type_, ends[1]) in read
    assert (type_, rdflib.OWL.inverseOf, inverse) in read
    assert (inverse, rdflib.RDFS.label, rdflib.Literal("wird ersetzt durch", lang="de")) in read


@pytest.mark.parametrize("suffix", ["graphml", "gexf", "cypher", "dot", "html"])
def test_other_exports_name_it(graph: Path, tmp_path: Path, suffix: str) -> None:
    """Formats of graphs, tables and pages have the relation with its type or phrase."""
    file = tmp_path / f"g.{suffix}"
    ended = run("export", graph, file)
    assert ended.returncode == 0, ended.stderr
    assert "supersedes" in file.read_text(encoding="utf-8").lower()


def test_a_source_is_built_with_its_types(project: Path, cache: str) -> None:
    """A SOURCE where a GRAPH may stand is read with the project's types, also once they change."""
    asked = ("neighbors", project, "Berth Order")
    assert "supersedes" in run(*asked, GLOSSGRAPH_CACHE=cache).stdout
    changed = TYPES.replace('en = "supersedes"', 'en = "takes the place of"')
    (project / "types.toml").write_text(changed, encoding="utf-8")
    assert "takes the place of" in run(*asked, GLOSSGRAPH_CACHE=cache).stdout
    (project / "types.toml").write_text(TYPES, encoding="utf-8")


def test_a_pattern_of_an_unknown_type_is_named(project: Path, cache: str, tmp_path: Path) -> None:
    """A lexicon that names a type nobody stated is refused with the pattern and what to do."""
    lexicon = tmp_path / "lexicon.toml"
    lexicon.write_text(LEXICON, encoding="utf-8")
    ended = run(
        "build", project / "notices.md", "--lexicon", lexicon, "--types", ROOT / "README.md",
        "-o", tmp_path / "g.kg", GLOSSGRAPH_CACHE=cache,
    )  # fmt: skip
    assert ended.returncode == 3 and '".toml" or ".ttl"' in ended.stderr
    empty = tmp_path / "types.toml"
    empty.write_text("", encoding="utf-8")
    ended = run(
        "build", project / "notices.md", "--lexicon", lexicon, "--types", empty,
        "-o", tmp_path / "g.kg", GLOSSGRAPH_CACHE=cache,
    )  # fmt: skip
    assert ended.returncode == 3
    assert 'the pattern "supersede" names a type that is not there' in ended.stderr
    assert "--types" in ended.stderr


def test_vocabularies_go_to_other_processes(project: Path) -> None:
    """Pickling keeps the added types and the one shipped vocabulary."""
    own = load(project / "types.toml")
    assert pickle.loads(pickle.dumps(own)) == own
    assert pickle.loads(pickle.dumps(DEFAULT)) is DEFAULT
