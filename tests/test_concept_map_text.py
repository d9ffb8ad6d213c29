"""Concept maps in words, and with blanks."""

from __future__ import annotations

import re

import pytest

from kg.concept_map import (
    Options,
    blanked,
    markdown,
    mermaid,
    render,
    render_part,
    term_map,
    topic_map,
)
from kg.index import Index
from tests.sample_graph import odd_graph, sample_graph

INDEX = Index(sample_graph())
DRAWN = term_map(INDEX, "customer-onboarding")


def test_markdown_says_what_the_map_says() -> None:
    """Every proposition is an item under its family, with links; so is the note of what is left."""
    text = markdown(DRAWN)
    assert text.startswith("# Concept map of Customer Onboarding\n")
    assert "## Kind and part" in text
    assert (
        "- [Customer Onboarding](<concepts/customer-onboarding>) reduces [Churn](<concepts/churn>)"
    ) in text
    assert text.count("\n- ") == len(DRAWN.propositions)


def test_markdown_of_a_lone_concept() -> None:
    """A map without relations says so."""
    assert "Nothing in the sources" in markdown(term_map(INDEX, "sea-room"))


def test_markdown_marks_signs() -> None:
    """Signs that Markdown would read as markup stand behind backslashes."""
    odd = Index(odd_graph())
    text = markdown(topic_map(odd, [c.slug for c in odd.concepts], Options(href="")))
    assert r"\[\[Wiki\|Link\]\] \#tag" in text
    assert r"\<b\>bye\</b\>" in text


def test_mermaid_is_a_flowchart() -> None:
    """Nodes, arrows with phrases, and styles; a broader concept comes before what it is over."""
    text = mermaid(DRAWN)
    nodes = dict(re.findall(r'^    (c\d+)\(\[?"(.*)"\]?\)$', text, re.MULTILINE))
    assert set(nodes.values()) == {box.label for box in DRAWN.boxes}
    arrows = re.findall(r'^    (c\d+) (-->|---)\|"(.*)"\| (c\d+)$', text, re.MULTILINE)
    said = {(nodes[a], phrase, nodes[b]) for a, _, phrase, b in arrows}
    assert ("Onboarding", "has the kind", "Customer Onboarding") in said
    assert ("Customer Onboarding", "reduces", "Churn") in said
    assert len(arrows) == len(DRAWN.propositions) == text.count("linkStyle")
    assert '(["Customer Success Manager"])' in text


def test_mermaid_quotes_signs() -> None:
    """No label can end its quotes or the diagram."""
    odd = Index(odd_graph())
    text = mermaid(topic_map(odd, [c.slug for c in odd.concepts]))
    for line in text.splitlines():
        assert line.count('"') in (0, 2)


@pytest.mark.parametrize("what", ["concepts", "phrases"])
def test_blanks_give_nothing_away(what: str) -> None:
    """The exercise holds no answer, in whatever form it is drawn; the key holds all."""
    drawn = topic_map(INDEX, [c.slug for c in INDEX.concepts], title="Success at sea")
    exercise = blanked(drawn, what=what, share=1)
    total = len(drawn.boxes if what == "concepts" else drawn.phrases)
    assert len(exercise.answers) == total
    for text in (render(exercise.map), render_part(exercise.map)):
        for answer in exercise.answers:
            assert answer not in text.replace("-", " ")
            assert answer.lower().replace(" ", "-") not in text


def test_blanks_are_numbered_in_reading_order() -> None:
    """Half of the labels are blank, numbered from the top left, the same ones each time."""
    exercise = blanked(DRAWN)
    assert exercise == blanked(DRAWN)
    blanks = [box for box in exercise.map.boxes if box.label.isdigit()]
    assert len(blanks) == len(exercise.answers) == round((len(DRAWN.boxes) - 1) / 2)
    ordered = sorted(blanks, key=lambda box: (round(box.y), box.x))
    assert [box.label for box in ordered] == [str(n + 1) for n in range(len(blanks))]
    assert all(box.label == "Customer Onboarding" for box in exercise.map.boxes if box.focus)


def test_blanks_fit_their_boxes() -> None:
    """Nothing moves: an exercise and its answer lie over one another."""
    exercise = blanked(DRAWN)
    before = [(box.x, box.y, box.width, box.height) for box in DRAWN.boxes]
    assert [(b.x, b.y, b.width, b.height) for b in exercise.map.boxes] == before


def test_blanks_of_nothing_known() -> None:
    """What cannot be left blank is an error."""
    with pytest.raises(ValueError, match="what must be"):
        blanked(DRAWN, what="arrows")
