"""Lessons: which terms, in which order, and the files."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from api.analyses import Options
from api.opening import folder_of
from kg import store
from kg.index import Index
from kg.training import lesson_files
from kg.training.lesson import MOST, Lesson, arranged, lesson
from kg.training.powerpoint import map_slides, sentence
from tests.sample_graph import sample_graph
from tests.test_cli import run

DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def examples() -> Index:
    with store.open_revision(folder_of([str(ROOT / "examples")], Options())) as revision:
        return Index(revision.graph)


@pytest.fixture(scope="module")
def made(examples: Index) -> Lesson:
    return lesson(examples, [examples.resolve("Net revenue retention")])


@pytest.mark.parametrize(
    ("needs", "order"),
    [
        ({"sail": {}, "rig": {"sail": 1}}, ["sail", "rig"]),
        ({"rig": {"sail": 1}, "sail": {"crew": 1}, "crew": {}}, ["crew", "sail", "rig"]),
        ({"sail": {"elsewhere": 5}, "rig": {}}, ["rig", "sail"]),
        ({"crew": {}, "rig": {}, "sail": {"rig": 1}}, ["rig", "crew", "sail"]),
        # Circles: the weaker need is the one that is not met.
        ({"crew": {"rig": 5}, "rig": {"crew": 1}}, ["rig", "crew"]),
        ({"crew": {"rig": 1}, "rig": {"sail": 1}, "sail": {"crew": 1}}, ["crew", "sail", "rig"]),
    ],
)
def test_order(needs: dict[str, dict[str, int]], order: list[str]) -> None:
    """What is needed comes first, what is no part of the lesson does not count, circles end."""
    index = Index(sample_graph())
    if "elsewhere" in str(needs):
        assert set(arranged(needs, index)) == set(needs)
    else:
        assert arranged(needs, index) == order


def test_each_term_builds_on_those_before(made: Lesson) -> None:
    """What a term is said to build on has come before it, and what is explained later comes."""
    labels = [step.label for step in made.steps]
    for number, step in enumerate(made.steps):
        assert set(step.known) <= set(labels[:number])
        assert set(step.ahead) <= set(labels[number + 1 :])
    assert "Net revenue retention" in labels
    assert labels.index("Churn") < labels.index("Churn rate") < labels.index("Revenue churn")
    assert labels.index("Revenue churn") < labels.index("Net revenue retention")


def test_nothing_is_ahead_without_a_circle(examples: Index) -> None:
    """Of the sample's terms few are used before they are explained."""
    defined = [concept for concept in examples.concepts if concept.definitions]
    steps = [step for concept in defined[::8] for step in lesson(examples, [concept.slug]).steps]
    assert sum(bool(step.ahead) for step in steps) < len(steps) * 0.1


def test_terms_at_most(examples: Index) -> None:
    """The limit holds, but for the terms asked for; where little is needed neighbours fill up."""
    slugs = [examples.resolve(name) for name in ("Churn", "Upsell", "Reseller")]
    assert len(lesson(examples, slugs, limit=5).steps) == 5
    few = lesson(examples, slugs, limit=1).steps
    assert {step.slug for step in few} == set(slugs)
    assert len(lesson(examples, [examples.resolve("Reseller")]).steps) > 2


def test_sources_are_cited(made: Lesson) -> None:
    """Every definition and relation says where it stands, and whose words they are."""
    for step in made.steps:
        for said in (*step.definitions, *step.relations):
            assert re.fullmatch(r"[\w-]+:\d+", said.place)
            assert said.credit
        assert {d.credit for d in step.definitions} <= set(made.credits)


def test_the_same_graph_gives_the_same_lesson(examples: Index, made: Lesson) -> None:
    """Made a second time, of a new index, it is the same to the byte."""
    again = lesson(Index(examples.graph), [examples.resolve("NRR")])
    for form in ("md", "html"):
        assert b"".join(lesson_files.FORMATS[form](again)) == b"".join(
            lesson_files.FORMATS[form](made)
        )


def test_markdown(made: Lesson) -> None:
    """A heading for each term in order, the map as a diagram, the key behind the questions."""
    text = b"".join(lesson_files.markdown(made)).decode()
    headings = re.findall(r"^## (?:\d+\. )?(.+)$", text, re.MULTILINE)
    labels = [step.label for step in made.steps]
    assert headings == [*labels, "Concept map", "Questions", "Answers", "Sources"]
    assert "```mermaid\nflowchart" in text
    assert text.count("> — ") == sum(len(step.definitions) for step in made.steps)


def test_html_asks_for_nothing(made: Lesson) -> None:
    """One page with an anchor for each term, a drawing, and nothing from elsewhere."""
    page = etree.HTML(b"".join(lesson_files.html(made)).decode())
    for step in made.steps:
        (section,) = page.xpath(f'//section[@id="{step.slug}"]')
        assert section.xpath("./h2")[0].text.endswith(step.label)
    assert page.xpath('//*[local-name()="svg"]')
    assert not page.xpath("//script | //link | //img | //iframe")
    targets = page.xpath("//main/ol//a/@href")
    assert targets == [f"#{step.slug}" for step in made.steps]
    assert len(page.xpath("//details")) == len(made.questions)


def test_word(made: Lesson) -> None:
    """Word's own headings and quotes, and the map as a picture."""
    page = Document(io.BytesIO(b"".join(lesson_files.docx(made))))
    headings = [p.text for p in page.paragraphs if p.style.name == "Heading 1"]
    assert headings[: len(made.steps)] == [
        f"{number}. {step.label}" for number, step in enumerate(made.steps, start=1)
    ]
    assert len(page.inline_shapes) == 1
    quotes = [p.text for p in page.paragraphs if p.style.name == "Intense Quote"]
    assert made.steps[0].definitions[0].text in quotes


def test_slides(made: Lesson) -> None:
    """A slide for each term, map and question; sources last; answers and places in the notes."""
    data = b"".join(lesson_files.FORMATS["pptx"](made))
    assert data == b"".join(lesson_files.FORMATS["pptx"](made))
    deck = Presentation(io.BytesIO(data))
    titles = [slide.shapes.title.text for slide in deck.slides]
    terms = [f"{number}. {step.label}" for number, step in enumerate(made.steps, start=1)]
    assert titles[: len(terms) + 1] == [made.title, *terms]
    assert len(titles) == len(terms) + len(made.parts) + len(made.questions) + 2
    question = deck.slides[len(terms) + len(made.parts) + 1]
    said = question.notes_slide.notes_text_frame.text
    assert made.questions[0].answer in said
    assert made.questions[0].place in said


def test_the_slide_of_what_nobody_defines(made: Lesson) -> None:
    """A term without a definition has what the sources say of it on its slide, with the places."""
    step = replace(next(step for step in made.steps if step.relations), definitions=())
    alone = replace(made, steps=(step,))
    _, slide, *_ = Presentation(io.BytesIO(b"".join(lesson_files.FORMATS["pptx"](alone)))).slides
    shown = " ".join(shape.text_frame.text for shape in slide.shapes)
    assert all(f"{said.text} ({said.place})" in shown for said in step.relations)


def test_a_map_of_shapes(made: Lesson) -> None:
    """Concepts and phrases are shapes with words, within the slide; lines are glued to two each."""
    deck = Presentation(io.BytesIO(b"".join(map_slides(made.map, "Crew", ["Whose words"]))))
    (slide,) = deck.slides
    named = {shape.name: shape for shape in slide.shapes}
    for box in made.map.boxes:
        shape = named[box.label]
        assert shape.text_frame.text == " ".join(box.lines)
        assert shape._element.nvSpPr.cNvPr.get("descr")
        assert 0 <= shape.left <= shape.left + shape.width <= deck.slide_width
        assert 0 <= shape.top <= shape.top + shape.height <= deck.slide_height
    numbers = {shape.shape_id for shape in slide.shapes}
    lines = [shape for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.LINE]
    assert len(lines) == len(made.map.legs)
    for line in lines:
        ends = [line._element.find(f".//{DRAWING}{end}") for end in ("stCxn", "endCxn")]
        assert {int(end.get("id")) for end in ends} < numbers
        assert {each.get("idx") for each in line._element.iter(f"{DRAWING}effectRef")} <= {"0"}
    spoken = slide.notes_slide.notes_text_frame.text.splitlines()
    assert spoken == [*(sentence(made.map, each) for each in made.map.propositions), "Whose words"]


def test_a_long_lesson_has_maps_that_fit(examples: Index, made: Lesson) -> None:
    """No map of the slides has more than a dozen concepts."""
    assert made.parts == (made.map,)
    defined = [concept.slug for concept in examples.concepts if concept.definitions]
    every = lesson(examples, defined[:20], limit=30)
    assert len(every.steps) > MOST
    assert len(every.parts) == -(-len(every.steps) // MOST)
    assert all(len(part.boxes) <= MOST for part in every.parts)


def test_a_map_as_slide_from_the_command(tmp_path: Path) -> None:
    """`map -o F.pptx` draws one, of a dozen concepts at most, with the sources' credit."""
    folder = tmp_path / "g.kg"
    store.write_revision(folder, sample_graph())
    ended = run(tmp_path, "map", folder, "crew", "--depth", "2", "-o", tmp_path / "crew.pptx")
    assert ended.returncode == 0, ended.stderr
    (slide,) = Presentation(tmp_path / "crew.pptx").slides
    assert slide.shapes.title.text == "Crew"
    assert "localhost:8000/concepts/crew" in slide.notes_slide.notes_text_frame.text


def test_german() -> None:
    """Words, labels and phrases are in the language asked for."""
    made = lesson(Index(sample_graph()), ["helmsman"], language="de")
    text = b"".join(lesson_files.markdown(made)).decode()
    assert text.startswith("# Steuermann\n")
    assert "Begriffe; jeder baut auf denen vor ihm auf." in text
    assert "## Quellen" in text


def test_the_command(tmp_path: Path) -> None:
    """The suffix tells the format; unknown terms and formats are told as everywhere."""
    folder = tmp_path / "g.kg"
    store.write_revision(folder, sample_graph())
    out = tmp_path / "crew.html"
    ended = run(tmp_path, "lesson", folder, "Crew", "-o", out)
    assert ended.returncode == 0
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert " terms and " in ended.stderr
    assert run(tmp_path, "lesson", folder, "Crew", "-o", "x.pages").returncode == 2
    unknown = run(tmp_path, "lesson", folder, "Crwe")
    assert (unknown.returncode, unknown.stderr) == (1, 'No concept "Crwe". Near: Crew.\n')
