"""Whole sources of the structured formats: from the file to the concepts of the graph."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from extract.exchange import from_json, to_json
from extract.pipeline import analyse
from extract.readers import READERS, SUFFIXES, read
from kg.assembly import build_graph
from kg.index import Index
from kg.model import Concept, Graph
from kg.skos import nquads

FILES = Path(__file__).parent / "cases" / "sources"


@lru_cache(maxsize=8)
def graph(name: str) -> Graph:
    """Return the graph of one of the files, by way of the extraction's JSON."""
    return build_graph(from_json(to_json(analyse(read(FILES / name), None))))


def concept(name: str, label: str) -> Concept:
    index = Index(graph(name))
    slug = index.resolve(label)
    return next(c for c in graph(name).concepts if c.slug == slug)


def statements(name: str) -> set[tuple[str, str, str, str]]:
    return {(r.subject, r.type, r.object, r.basis) for r in graph(name).relations}


LABELS = {
    "dairy.tbx": {
        "milk": {("milk", "en", "preferred"), ("Milch", "de", "preferred"),
                 ("moo juice", "en", "deprecated")},
        "UHT milk": {("ultra-high-temperature milk", "en", "preferred"),
                     ("UHT milk", "en", "admitted"), ("H-Milch", "de", "preferred")},
    },
    "weather.ttl": {
        "gale": {("gale", "en", "preferred"), ("Sturm", "de", "preferred"),
                 ("strong wind", "en", "admitted"), ("gail", "en", "hidden")},
    },
    "harbour.xml": {
        "jib": {("Jib", "en", "preferred"), ("JB", "en", "admitted"),
                ("Foresail", "en", "admitted")},
    },
}  # fmt: skip


@pytest.mark.parametrize("name", LABELS)
def test_labels_in_each_language(name: str) -> None:
    """Each concept has its labels with their languages, one preferred each, and their status."""
    for label, expected in LABELS[name].items():
        found = concept(name, label).designations
        assert {(d.text, d.language, d.status) for d in found} == expected


HIERARCHY = {
    "dairy.tbx": {("ultra-high-temperature-milk", "broader", "milk", "reference")},
    "weather.ttl": {
        ("gale", "broader", "wind", "reference"),
        ("gale", "related", "sea-state", "reference"),
        ("wind-speed", "broader", "speed-2", "reference"),
    },
    "harbour.xml": {("jib", "seeAlso", "sail", "reference")},
}


@pytest.mark.parametrize("name", HIERARCHY)
def test_relations_of_fields(name: str) -> None:
    """Broader, narrower and related fields are relations, also where two concepts share a name."""
    assert HIERARCHY[name] <= statements(name)


@pytest.mark.parametrize("name", HIERARCHY)
def test_evidence_of_fields(name: str) -> None:
    """The evidence of each relation from a field quotes the field."""
    texts = {text.document: text.text for text in graph(name).texts}
    for relation in graph(name).relations:
        for evidence in relation.evidence:
            span = evidence.span
            assert texts[evidence.document][span.start : span.end] == evidence.quote


def test_definitions_in_each_language() -> None:
    """A concept that is defined in two languages has both definitions, each with its language."""
    found = {(d.language, d.text) for d in concept("dairy.tbx", "cream").definitions}
    assert found == {("en", "thick part of milk"), ("de", "der fette Teil der Milch")}


def test_addresses_and_notations() -> None:
    """A concept keeps its own IRI, its exact matches, its notation and its collection."""
    wind = concept("weather.ttl", "wind")
    assert wind.same_as == ("http://example.net/wind", "http://example.org/t/wind")
    assert (wind.notation, wind.subject_field) == ("W1", "Air")


def test_an_entry_that_sends_elsewhere_is_a_label() -> None:
    """An entry that only says where to look is a label of what it sends to, not a concept."""
    assert [c.label for c in graph("harbour.xml").concepts] == ["Jib", "Sail"]
    assert concept("harbour.xml", "Foresail").label == "Jib"


PAGES = {
    "jib.md": "---\ntitle: Jib\naliases: [headsail]\ntags: [sails]\nrelated: [Mast, Luff]\n"
    "description: A sail.\n---\nA jib is a sail ahead of the [mast](mast.md).\n\n"
    "| Size | Use | Wind |\n|---|---|---|\n| small | storm | strong |\n| large | race | light |\n\n"
    "## Examples\n\n- Hoist the jib.\n\n## See also\n\n- [Luff](luff.md)\n",
    "mast.md": "# Mast\n\nA mast is an upright spar.\n",
    "luff.md": "---\nterm: Luff\naka: leading edge\n---\n\nThe luff is the forward edge.\n",
    "foresail.md": "---\ntitle: Foresail\nredirect_to: /terms/jib\n---\n",
    "boom.md": "---\ndescription: A spar below the mainsail.\n---\n",
}


@pytest.fixture
def pages(tmp_path: Path) -> Graph:
    folder = tmp_path / "sea"
    folder.mkdir()
    for name, text in PAGES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return build_graph(analyse(read(folder), None))


def test_pages_of_one_term(pages: Graph) -> None:
    """Each page is one entry with its fields; a table in it is part of its definition."""
    found = {c.label: c for c in pages.concepts if not c.implied}
    assert set(found) == {"Jib", "Mast", "Luff", "Boom"}
    assert found["Boom"].definitions[0].text == "A spar below the mainsail."
    assert "leading edge" in found["Luff"].aliases
    jib = found["Jib"].definitions[0]
    assert jib.text.startswith("A jib is a sail ahead of the mast.\nsmall")
    assert jib.examples == ("Hoist the jib.",)
    said = {(r.subject, r.object) for r in pages.relations if r.basis == "reference"}
    assert said == {("jib", "luff"), ("jib", "mast")}


def test_a_page_that_redirects(pages: Graph) -> None:
    """A page that only redirects is a label of the concept it leads to, with evidence."""
    index = Index(pages)
    assert index.resolve("Foresail") == index.resolve("Jib") == "jib"
    [label] = [d for d in index.concept("jib").designations if d.text == "Foresail"]
    assert label.evidence is not None and label.evidence.document == "sources/sea/foresail"


REDIRECTS = {
    "lines": "Jib: A sail ahead of the mast.\n\nForesail: see Jib\n\nKeel: A fin below the hull.\n"
    "\nMast: An upright spar.\n",
    "paragraphs": "Foresail\nSee Jib.\n\nJib\nA sail ahead of the mast.\n\nKeel\nA fin below the "
    "hull.\n\nMast\nAn upright spar.\n",
}


@pytest.mark.parametrize("layout", REDIRECTS)
def test_a_line_that_redirects(layout: str, tmp_path: Path) -> None:
    """In text, "X: see Y" makes X a label of Y, whichever stands first."""
    (tmp_path / "sea.txt").write_text(REDIRECTS[layout], encoding="utf-8")
    found = build_graph(analyse(read(tmp_path / "sea.txt"), None))
    index = Index(found)
    assert index.resolve("Foresail") == index.resolve("Jib") == "jib"
    assert index.concept("jib").label == "Jib"
    assert [d.text for d in index.concept("jib").definitions] == ["A sail ahead of the mast."]


def test_findings_of_readers_reach_the_graph() -> None:
    """What a reader noticed is a finding of the graph, once."""
    assert [f.rule for f in graph("weather.ttl").findings].count("kept-as-statements") == 1


def test_each_suffix_is_in_the_documentation() -> None:
    """The table of formats names every suffix and media type that is read, and no other."""
    page = (Path(__file__).parents[1] / "docs" / "formats.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in page.splitlines() if line.startswith("| ")][1:]
    suffixes = {each.strip("` ") for row in rows for each in row[2].split(",") if each.strip()}
    kinds = {each.strip("` ") for row in rows for each in row[3].split(",") if each.strip()}
    assert suffixes == set(SUFFIXES)
    assert kinds == set(READERS) | {"application/zip"}


def test_statements_without_a_field_come_back() -> None:
    """Mappings and properties of the source's own are written again as the source wrote them."""
    base = graph("weather.ttl").base
    wind = f"<{base}concepts/wind>"
    skos, own = "http://www.w3.org/2004/02/skos/core#", "http://example.org/t/"
    written = {line for line in nquads(graph("weather.ttl")) if line.startswith(wind)}
    for said in (
        f"<{skos}closeMatch> <http://example.net/breeze>",
        f"<{skos}closeMatch> <http://example.org/t/gale>",
        f"<{skos}broadMatch> <http://example.net/weather>",
        f"<{skos}exactMatch> <http://example.org/t/wind>",
        f'<{own}colour> "grey"',
        f'<{own}force> "7"^^<http://www.w3.org/2001/XMLSchema#integer>',
        f"<{own}icon> <http://example.net/wind.svg>",
    ):
        assert any(line.startswith(f"{wind} {said}") for line in written), said
