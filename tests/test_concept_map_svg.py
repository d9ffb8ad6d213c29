"""Concept maps as SVG: files that stand alone, and parts of pages."""

from __future__ import annotations

import os
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kg.concept_map import Frame, Options, rail_map, render, render_part, term_map, topic_map
from kg.concept_map.svg import THEMES
from kg.errors import UnknownKey
from kg.index import Index
from tests.sample_graph import odd_graph, sample_graph

INDEX = Index(sample_graph())
SVG = "{http://www.w3.org/2000/svg}"
FRAME = Frame(
    title="Concept map of Churn",
    question="How does Churn connect?",
    caption="Read along the arrows.",
    credit="Customer Success Terms, Example Ltd, CC-BY-4.0",
    revision="r1",
    link="http://localhost:8000/concepts/churn",
)


@pytest.mark.parametrize("theme", THEMES)
def test_files_use_presentation_attributes_only(theme: str) -> None:
    """A file names no class, style, variable or foreign object, so every program draws it alike."""
    text = render(term_map(INDEX, "customer-onboarding"), theme=theme, frame=FRAME)
    root = ElementTree.fromstring(text)
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in {
            "svg", "title", "desc", "rect", "g", "path", "a", "text", "tspan",
        }  # fmt: skip
        assert not {"class", "style"} & set(element.attrib)
    assert "var(" not in text


def test_a_file_says_what_it_is() -> None:
    """A file has title, description, question, caption, credit, revision and link."""
    drawn = term_map(INDEX, "churn")
    root = ElementTree.fromstring(render(drawn, frame=FRAME))
    assert root.find(f"{SVG}title").text == "Concept map of Churn"
    assert "Churn Rate measures Churn." in root.find(f"{SVG}desc").text
    shown = " ".join("".join(text.itertext()) for text in root.iter(f"{SVG}text"))
    for said in (FRAME.question, FRAME.caption, f"Source: {FRAME.credit}", "Revision r1"):
        assert said in shown
    assert "Cause and effect" in shown


def test_without_a_frame_there_is_the_drawing_alone() -> None:
    """Without a frame no words stand around the map, but title and description remain."""
    root = ElementTree.fromstring(render(term_map(INDEX, "churn")))
    shown = " ".join("".join(text.itertext()) for text in root.iter(f"{SVG}text"))
    assert "Cause and effect" not in shown
    assert root.find(f"{SVG}title").text == "Concept map of Churn"


def test_boxes_are_links() -> None:
    """Each box links to its concept, in both ways that SVG has."""
    drawn = term_map(INDEX, "churn", Options(href="https://example.org/concepts/{slug}"))
    root = ElementTree.fromstring(render(drawn))
    targets = {a.get("href") for a in root.iter(f"{SVG}a")}
    assert "https://example.org/concepts/customer-lifetime-value" in targets
    assert targets == {a.get("{http://www.w3.org/1999/xlink}href") for a in root.iter(f"{SVG}a")}


def test_wrapped_labels_stay_words() -> None:
    """The text of a label on two lines reads as words, with a space between."""
    root = ElementTree.fromstring(render(term_map(INDEX, "customer-onboarding")))
    labels = {"".join(text.itertext()) for text in root.iter(f"{SVG}text")}
    assert "Customer Success Manager" in labels


def test_unknown_theme() -> None:
    """A theme that there is not is an error."""
    with pytest.raises(UnknownKey, match="No theme"):
        render(term_map(INDEX, "churn"), theme="sepia")


@pytest.mark.parametrize("make", [term_map, rail_map], ids=["wide", "narrow"])
def test_odd_labels_are_well_formed(make) -> None:
    """Labels with every sign that XML stumbles over give XML, in files and pages."""
    index = Index(odd_graph())
    for concept in odd_graph().concepts:
        drawn = make(index, concept.slug)
        ElementTree.fromstring(render(drawn))
        ElementTree.fromstring(re.sub("&nbsp;", " ", render_part(drawn)))


def test_a_part_leaves_colours_to_the_page() -> None:
    """A part of a page has classes and no colour, so that light and dark are the style sheet's."""
    text = render_part(term_map(INDEX, "churn"), classes="wide")
    assert not re.search(r"(fill|stroke|font)[a-z-]*=", text)
    assert text.startswith('<svg class="cmap term wide" ')
    assert 'class="e f-cause"' in text
    assert 'data-id="churn"' in text
    assert len(text) < 8000


def test_dashes_tell_families_apart() -> None:
    """Every family that is drawn has its own pair of colour and dash, from the ontology."""
    text = render(term_map(INDEX, "churn"))
    for family in ("cause", "measurement", "people"):
        known = INDEX.vocabulary.families[family]
        assert f'stroke="{known.light}"' in text
        assert not known.dash or f'stroke-dasharray="{known.dash}"' in text


GOLDEN = Path(__file__).parent / "golden" / "maps"
DRAWINGS = {
    "topic": lambda: render(
        topic_map(
            INDEX,
            [
                "churn-rate",
                "churn",
                "playbook",
                "onboarding",
                "customer-onboarding",
                "customer-success-manager",
                "kickoff-call",
                "retention-rate",
            ],
        )
    ),
    "term": lambda: render(term_map(INDEX, "customer-onboarding"), frame=FRAME),
    "rail-dark": lambda: render(rail_map(INDEX, "crew"), theme="dark"),
    "page": lambda: render_part(term_map(INDEX, "playbook")) + "\n",
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_drawings_stay_as_they_are(name: str) -> None:
    """A drawing is that of the golden file, to the byte (rewrite with GLOSSGRAPH_GOLDEN=write)."""
    file = GOLDEN / f"{name}.svg"
    drawn = DRAWINGS[name]()
    if os.environ.get("GLOSSGRAPH_GOLDEN") == "write":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(drawn, encoding="utf-8")
    assert drawn == file.read_text(encoding="utf-8")
