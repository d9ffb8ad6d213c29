"""Lessons and concept maps as PowerPoint slides: boxes and lines that can be moved and reworded.

Every concept is a shape, every linking phrase one of its own, and lines are glued to both, so that
they follow what is moved. What a slide says in words stands in its notes and alternative texts.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Any

from kg.concept_map import Map
from kg.concept_map.model import Box, Phrase, Proposition
from kg.errors import MissingExtra
from kg.export.archive import archive
from kg.training.lesson import Lesson, Step
from kg.training.lesson_words import built_on, cited, lettered, summed, word
from ontology.vocabulary import FAMILIES

_WIDTH, _HEIGHT = 13.333, 7.5
"""Inches of a slide (16:9)."""
_LEFT, _TOP, _FOOT = 0.6, 1.35, 0.7
_LARGEST = 1.0 / 72
"""Inches that a px of a map takes at most."""
_SMALLEST = 9.0
"""Points of the smallest type."""
_INK, _CARD = "1A1D21", "FFFFFF"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def available() -> bool:
    """Return whether slides can be written here."""
    return find_spec("pptx") is not None


def lesson_slides(lesson: Lesson) -> Iterator[bytes]:
    """Yield a lesson as slides: a slide for each term, its maps, questions, sources.

    Answers stand in the notes of their questions.

    Raises:
        MissingExtra: python-pptx is not installed.
    """
    deck = _Deck(lesson.title, lesson.language)
    deck.opening(lesson.title, summed(lesson))
    for number, step in enumerate(lesson.steps, start=1):
        deck.text(f"{number}. {step.label}", list(_body(lesson, step)), _notes(step))
    for part in lesson.parts:
        deck.map(word(lesson, "map"), part)
    for number, asked in enumerate(lesson.questions, start=1):
        letter = next(each for each, text in lettered(asked.options) if text == asked.answer)
        deck.text(
            f"{word(lesson, 'questions')} {number}",
            [
                (asked.stem, 20),
                *((f"{each}) {text}", 18) for each, text in lettered(asked.options)),
            ],
            [f"{letter}) {asked.answer}", asked.because, f"{asked.credit} ({asked.place})"],
        )
    deck.text(word(lesson, "sources"), [(each, 16) for each in lesson.credits], [])
    yield from deck.written()


def map_slides(drawn: Map, title: str, words: Sequence[str] = ()) -> Iterator[bytes]:
    """Yield one concept map as a slide; ``words`` (credits) stand at the foot and in the notes.

    Raises:
        MissingExtra: python-pptx is not installed.
    """
    deck = _Deck(title, drawn.language)
    deck.map(title, drawn, words)
    yield from deck.written()


def _body(lesson: Lesson, step: Step) -> Iterator[tuple[str, float]]:
    """The lines of a term's slide, each with its size in points."""
    if step.aliases:
        yield word(lesson, "also") + ", ".join(step.aliases), 16
    for said in step.definitions:
        yield said.text, 20
        yield cited(said), 12
    if not step.definitions:  # nobody defines it: what others say of it stands there, as well
        for told in step.relations:
            yield f"{told.text} ({told.place})", 18
    for text in built_on(lesson, step):
        yield text, 14


def _notes(step: Step) -> list[str]:
    return [f"{said.text} ({said.place})" for said in step.relations]


class _Deck:
    """A presentation that slides are added to."""

    def __init__(self, title: str, language: str) -> None:
        if not available():
            raise MissingExtra("office", "PowerPoint slides")
        from pptx import Presentation
        from pptx.util import Inches

        self._language = language
        self._deck = Presentation()
        self._deck.slide_width, self._deck.slide_height = Inches(_WIDTH), Inches(_HEIGHT)
        self._deck.core_properties.title = title
        self._deck.core_properties.language = language

    def opening(self, title: str, line: str) -> None:
        """Add the first slide."""
        slide = self._slide(title, [])
        self._lines(slide, [(line, 20)], 2.4)

    def text(self, title: str, lines: Sequence[tuple[str, float]], notes: Sequence[str]) -> None:
        """Add a slide of paragraphs, each with its size in points."""
        self._lines(self._slide(title, notes), lines, _TOP)

    def map(self, title: str, drawn: Map, words: Sequence[str] = ()) -> None:
        """Add a slide with a map of shapes."""
        said = [sentence(drawn, each) for each in drawn.propositions]
        slide = self._slide(title, [*said, *words])
        _Drawing(slide, drawn, self._language).draw()
        if words:
            self._lines(slide, [(" · ".join(words), 10)], _HEIGHT - _FOOT + 0.1)

    def written(self) -> Iterator[bytes]:
        """Yield the file; the same slides give the same bytes."""
        file = io.BytesIO()
        self._deck.save(file)
        with zipfile.ZipFile(file) as packed:
            members = [(name, [packed.read(name)]) for name in packed.namelist()]
        yield from archive(members)

    def _slide(self, title: str, notes: Sequence[str]) -> Any:
        from pptx.util import Inches, Pt

        slide = self._deck.slides.add_slide(self._deck.slide_layouts[5])  # a title alone
        head = slide.shapes.title
        head.left, head.top = Inches(_LEFT), Inches(0.3)
        head.width, head.height = Inches(_WIDTH - 2 * _LEFT), Inches(0.9)
        head.text_frame.text = title
        paragraph = head.text_frame.paragraphs[0]
        paragraph.alignment = 1  # left
        paragraph.font.size, paragraph.font.bold = Pt(30), True
        self._spoken(paragraph)
        if notes:
            slide.notes_slide.notes_text_frame.text = "\n".join(notes)
        return slide

    def _lines(self, slide: Any, lines: Sequence[tuple[str, float]], top: float) -> None:
        from pptx.util import Inches, Pt

        box = slide.shapes.add_textbox(
            Inches(_LEFT), Inches(top), Inches(_WIDTH - 2 * _LEFT), Inches(_HEIGHT - top - 0.2)
        )
        frame = box.text_frame
        frame.word_wrap = True
        for number, (text, size) in enumerate(lines):
            paragraph = frame.paragraphs[0] if not number else frame.add_paragraph()
            paragraph.text = text
            paragraph.font.size = Pt(size)
            paragraph.space_after = Pt(size / 2)
            self._spoken(paragraph)

    def _spoken(self, paragraph: Any) -> None:
        for run in paragraph.runs:
            run.font._element.set("lang", self._language)


class _Drawing:
    """A map on a slide."""

    def __init__(self, slide: Any, drawn: Map, language: str) -> None:
        self._shapes = slide.shapes
        self._map = drawn
        self._language = language
        room = _WIDTH - 2 * _LEFT, _HEIGHT - _TOP - _FOOT
        self._scale = min(
            room[0] / max(drawn.width, 1.0), room[1] / max(drawn.height, 1.0), _LARGEST
        )
        self._x = _LEFT + (room[0] - drawn.width * self._scale) / 2

    def draw(self) -> None:
        """Add boxes and phrases, then the lines that are glued to them."""
        placed: dict[str, tuple[Any, Box | Phrase]] = {}
        for box in self._map.boxes:
            placed[box.slug] = self._box(box), box
        for phrase in self._map.phrases:
            placed[phrase.key] = self._phrase(phrase), phrase
        for leg in self._map.legs:
            if leg.start in placed and leg.end in placed:
                self._line(placed[leg.start], placed[leg.end], leg.family, arrow=leg.arrow)

    def _box(self, box: Box) -> Any:
        from pptx.enum.shapes import MSO_SHAPE
        from pptx.util import Pt

        shape = self._shape(MSO_SHAPE.ROUNDED_RECTANGLE, box)
        shape.adjustments[0] = 0.5 if box.pill else 0.2
        shape.name = box.label
        shape._element.nvSpPr.cNvPr.set("descr", box.title or box.label)
        _fill(shape.fill, "173A40" if box.focus else _CARD)
        shape.line.width = Pt(1)
        _fill(shape.line.fill, _INK)
        if box.implied:
            _dash(shape.line, "dash")
        self._write(shape, box, _CARD if box.focus else _INK)
        return shape

    def _phrase(self, phrase: Phrase) -> Any:
        from pptx.enum.shapes import MSO_SHAPE

        shape = self._shape(MSO_SHAPE.RECTANGLE, phrase)
        shape.name = phrase.text
        shape.fill.background()
        shape.line.fill.background()
        self._write(shape, phrase, _colour(phrase.family))
        return shape

    def _shape(self, kind: Any, node: Box | Phrase) -> Any:
        from pptx.util import Inches

        shape = self._shapes.add_shape(
            kind,
            Inches(self._x + (node.x - node.width / 2) * self._scale),
            Inches(_TOP + (node.y - node.height / 2) * self._scale),
            Inches(node.width * self._scale),
            Inches(node.height * self._scale),
        )
        _plain(shape)
        return shape

    def _write(self, shape: Any, node: Box | Phrase, colour: str) -> None:
        from pptx.util import Pt

        frame = shape.text_frame
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        frame.vertical_anchor = 3  # the middle
        frame.text = " ".join(node.lines)
        paragraph = frame.paragraphs[0]
        paragraph.alignment = 2  # centred
        paragraph.font.size = Pt(max(_SMALLEST, round(node.size * self._scale * 72, 1)))
        _fill(paragraph.font.fill, colour)
        for run in paragraph.runs:
            run.font._element.set("lang", self._language)

    def _line(
        self,
        start: tuple[Any, Box | Phrase],
        end: tuple[Any, Box | Phrase],
        family: str,
        *,
        arrow: bool,
    ) -> None:
        from pptx.enum.shapes import MSO_CONNECTOR
        from pptx.util import Pt

        line = self._shapes.add_connector(MSO_CONNECTOR.STRAIGHT, 0, 0, 0, 0)
        line.begin_connect(start[0], _side(start[1], end[1]))
        line.end_connect(end[0], _side(end[1], start[1]))
        line.line.width = Pt(1.5)
        _fill(line.line.fill, _colour(family))
        known = FAMILIES.get(family)
        if known is not None and known.dash:
            _dash(line.line, "sysDot" if known.dash.startswith("1.5") else "dash")
        if arrow:
            head = line.line._get_or_add_ln().makeelement(
                f"{_DRAWING}tailEnd", {"type": "triangle"}
            )
            line.line._get_or_add_ln().append(head)
        _plain(line)


def _side(node: Box | Phrase, other: Box | Phrase) -> int:
    """Return the place on a shape's outline that looks to another: top, left, bottom, right.

    That where more room is between the two.
    """
    across, down = other.x - node.x, other.y - node.y
    beside = abs(across) - (node.width + other.width) / 2
    if beside > abs(down) - (node.height + other.height) / 2:
        return 3 if across > 0 else 1
    return 2 if down > 0 else 0


def _plain(shape: Any) -> None:
    """Take the theme's shadow away: LibreOffice draws it over the text."""
    for style in shape._element.findall(f".//{_DRAWING}effectRef"):
        style.set("idx", "0")


def _fill(fill: Any, colour: str) -> None:
    from pptx.dml import color

    made: Any = color.RGBColor
    fill.solid()
    fill.fore_color.rgb = made.from_string(colour)


def _dash(line: Any, kind: str) -> None:
    from pptx.enum.dml import MSO_LINE

    line.dash_style = MSO_LINE.DASH if kind == "dash" else MSO_LINE.ROUND_DOT


def _colour(family: str) -> str:
    known = FAMILIES.get(family)
    return known.light.removeprefix("#") if known else "6B727B"


def sentence(drawn: Map, said: Proposition) -> str:
    """Return a proposition of a map in words."""
    return f"{drawn.label(said.subject)} {said.phrase} {drawn.label(said.object)}."
