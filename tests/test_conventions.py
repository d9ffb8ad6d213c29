"""Conventions of dictionaries, from a file's text to its entries and its graph, without a model."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extract.model import Entry, Extraction
from extract.pipeline import analyse
from kg.assembly import build_graph
from kg.link import link
from kg.model import Graph
from kg.project import Project
from kg.registry import Registry
from tests.reading import document


def extraction(text: str, name: str = "words.txt", language: str = "en") -> Extraction:
    page = replace(document(text, name), language=language)
    return link(analyse([page], None))


def entries(text: str, name: str = "words.txt", language: str = "en") -> dict[str, Entry]:
    return {entry.term: entry for entry in extraction(text, name, language).entries}


def graph(read: Extraction, **settings: str) -> Graph:
    return build_graph(read, project=Project(**settings), registry=Registry())


OTHERS = """\
Hull: The body of a boat.
Keel: The spine of a hull.
Mast: The pole that carries a sail.
"""
GERMAN = """\
Fass: Behälter aus Holz.
Rebe: Pflanze, an der Trauben wachsen.
Winzer: Wer Wein anbaut.
"""


@pytest.mark.parametrize(
    ("said", "senses"),
    [
        (
            "1. A pair of hawks. 2. A pellet of fur. 3. The act of holding a hawk.",
            ["A pair of hawks.", "A pellet of fur.", "The act of holding a hawk."],
        ),
        (
            "(1) A pair of hawks; (2) a pellet of fur.",
            ["A pair of hawks", "a pellet of fur."],
        ),
        ("① 一对鹰。② 一团毛。", ["一对鹰。", "一团毛。"]),
        ("A sail of 3. size that 1. pulls.", ["A sail of 3. size that 1. pulls."]),
        ("1. A pair of hawks.", ["1. A pair of hawks."]),
    ],
)
def test_senses_numbered_within_a_line(said: str, senses: list[str]) -> None:
    """Numbers from 1 behind ends of sentences part senses; each one's span holds its words."""
    read = extraction(f"Cast: {said}\n{OTHERS}")
    cast = read.entries[0]
    assert [passage.text for passage in cast.definitions] == senses
    text = read.documents[0].text
    assert [passage.span.of(text).rstrip(" ;") for passage in cast.definitions] == senses


def test_raised_numbers_of_homonyms() -> None:
    """They are no part of the headword where a word has two of them, and part of it elsewhere."""
    read = extraction(f"bate¹: To flap.\nbate²: A flight.\nm²: A unit of area.\n{OTHERS}")
    assert [entry.term for entry in read.entries][:3] == ["bate", "bate", "m²"]


@pytest.mark.parametrize(
    "text",
    [
        "Barrique: Kleines Fass. Vgl. Fass\nCuvée – siehe Verschnitt\n",
        "Cuvée: siehe unter Verschnitt\n",
    ],
)
def test_a_line_that_sends_on_is_an_entry_and_another_name(text: str) -> None:
    """It stands for itself however it is set, and in the graph it names what it sends to."""
    whole = f"{text}{GERMAN}Verschnitt: Mischung aus mehreren Weinen.\n"
    read = extraction(whole, language="de")
    assert [r.text for e in read.entries if e.term == "Cuvée" for r in e.references] == [
        "Verschnitt"
    ]
    concept = next(c for c in graph(read).concepts if c.label == "Verschnitt")
    assert [d.text for d in concept.designations] == ["Verschnitt", "Cuvée"]


def test_labels_are_of_the_language_that_most_entries_are_in() -> None:
    """A German glossary keeps its headwords before their English names, unless told otherwise."""
    read = extraction(f"{GERMAN}Verschnitt (engl. blend): Mischung aus Weinen.\n", language="de")
    assert "Verschnitt" in {concept.label for concept in graph(read).concepts}
    assert "blend" in {concept.label for concept in graph(read, language="en").concepts}


def test_headwords_in_capitals_are_no_acronyms() -> None:
    """Where a page sets all headwords in capitals, small letters name a short one, too."""
    text = (
        "МАТ: положение, в котором король под шахом.\n"
        "РОКИРОВКА: одновременный ход королём и ладьёй.\nЭНДШПИЛЬ: конец партии.\n"
        "ПАТ: положение, при котором у игрока нет ходов. Ср. мат.\n"
    )
    read = entries(text, language="ru")
    assert [r.target for r in read["ПАТ"].references] == [read["МАТ"].id]


@pytest.mark.parametrize(
    ("line", "term", "aliases", "definition"),
    [
        ("**Cyclorama** (cyc) – A curved cloth.", "Cyclorama", ["cyc"], "A curved cloth."),
        ("**Baudrier** *(n. m.)*, aussi appelé *harnais* : sangle de cuir.", "Baudrier",
         ["harnais"], "sangle de cuir."),
        ("**Splice**, also called loop: A joint.", "Splice", ["loop"], "A joint."),
        ("**Relais** *(n. m.)* : point d'ancrage.", "Relais", [], "point d'ancrage."),
        ("**Ratio** (n.): 3 – 4 in most cases.", "Ratio", [], "3 – 4 in most cases."),
    ],
)  # fmt: skip
def test_what_stands_between_headword_and_definition(
    line: str, term: str, aliases: list[str], definition: str
) -> None:
    """Names there belong to the headword, and the mark behind them to neither."""
    others = "\n\n".join(f"**{line.partition(':')[0]}**:{line.partition(':')[2]}" for line in
                         OTHERS.splitlines())  # fmt: skip
    language = "fr" if " : " in line else "en"
    entry = entries(f"# Words\n\n{line}\n\n{others}\n", "words.md", language)[term]
    assert [d.text for d in entry.designations[1:]] == aliases
    assert [p.text for p in entry.definitions] == [definition]


def test_nodes_without_a_name_leave_no_trace() -> None:
    """A definition that is a node of its own reads the same each time, its name in no link."""
    text = (
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
        "@prefix dct: <http://purl.org/dc/terms/> .\n"
        '<http://ex.org/k> a skos:Concept ; skos:prefLabel "bowline"@en ;\n'
        '  skos:definition [ rdf:value "A knot."@en ] ; skos:note [ dct:source "Ashley" ] .\n'
    )
    first, second = (document(text, "knots.ttl") for _ in range(2))
    assert (first.text, first.links) == (second.text, second.links)
    assert "A knot." in first.text
    assert "Ashley" in first.text


def test_long_forms_in_a_list_of_abbreviations() -> None:
    """Where most definitions spell their acronym out, the others do, too."""
    text = (
        "AIS – Automatic Identification System\nEEZ – Exclusive Economic Zone\n"
        "LOA – Length overall\nSOLAS – International Convention for the Safety of Life at Sea\n"
        "TSS – Traffic Separation Scheme\nVTS – Vessel Traffic Service\n"
    )
    named = {term: [d.text for d in e.designations[1:]] for term, e in entries(text).items()}
    assert named["LOA"] == ["Length overall"]
    assert named["SOLAS"] == ["International Convention for the Safety of Life at Sea"]
    assert all(named.values())


def test_definitions_of_acronyms_are_no_long_forms() -> None:
    """In a glossary whose acronyms are defined, a short definition stays one."""
    text = (
        "AIS – A system that identifies ships.\nGPS – Global Positioning System\n"
        "LOA – Length over all parts of a hull that are fixed.\nVTS – Vessel guidance from shore.\n"
    )
    assert [d.text for d in entries(text)["VTS"].designations[1:]] == []


def test_wordings_before_another_name_behind_a_headword() -> None:
    """What the lexicon knows to stand before a name is no part of it, with a colon or without."""
    text = (
        "Anode (also called: zinc) – A block of metal.\nBoom (formerly known as stick) – A spar.\n"
        "Deck (also referred to as plank) – A floor.\nKeel (aka: fin) – A beam.\n"
    )
    named = {term: [d.text for d in e.designations[1:]] for term, e in entries(text).items()}
    assert named == {"Anode": ["zinc"], "Boom": ["stick"], "Deck": ["plank"], "Keel": ["fin"]}
