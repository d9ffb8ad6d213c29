"""A lesson as a file: Markdown, one HTML page, a Word document; slides are next door."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from html import escape
from importlib.util import find_spec
from types import MappingProxyType

from kg.concept_map.png import available, png
from kg.concept_map.svg import render
from kg.concept_map.text import mermaid
from kg.errors import MissingExtra
from kg.training.lesson import Lesson, Step
from kg.training.lesson_words import LETTERS, built_on, cited, lettered, summed, word
from kg.training.powerpoint import lesson_slides

_WIDTH = 16.0
"""Centimetres that a map takes on a page of Word."""
_STYLE = """
body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}
blockquote{margin:.5rem 0;padding-left:1rem;border-left:.25rem solid #888}
small,.known{color:#555}svg{max-width:100%;height:auto}h2{margin-top:2rem}
@media(prefers-color-scheme:dark){body{background:#16181c;color:#e6e6e6}small,.known{color:#aaa}
svg{background:#fff}}@media print{details{display:block}h2{break-after:avoid}}
"""


def markdown(lesson: Lesson) -> Iterator[bytes]:
    """Yield a lesson as Markdown, its map as a Mermaid diagram."""
    lines = [f"# {_md(lesson.title)}", "", summed(lesson), ""]
    for number, step in enumerate(lesson.steps, start=1):
        lines += [f"## {number}. {_md(step.label)}", ""]
        if step.aliases:
            lines += [f"*{word(lesson, 'also')}{_md(', '.join(step.aliases))}*", ""]
        for said in step.definitions:
            lines += [f"> {_md(said.text)}", ">", f"> — {_md(said.credit)} (`{said.place}`)", ""]
        for text in built_on(lesson, step):
            lines += [_md(text), ""]
        lines += [f"- {_md(said.text)} (`{said.place}`)" for said in step.relations]
        lines += [""] * bool(step.relations)
    lines += [f"## {word(lesson, 'map')}", "", "```mermaid", mermaid(lesson.map).strip(), "```"]
    if lesson.questions:
        lines += ["", f"## {word(lesson, 'questions')}", ""]
        for number, asked in enumerate(lesson.questions, start=1):
            lines += [f"{number}. {_md(asked.stem)}", ""]
            lines += [f"    - {letter}) {_md(text)}" for letter, text in lettered(asked.options)]
            lines.append("")
        lines += [f"## {word(lesson, 'answers')}", ""]
        for number, asked in enumerate(lesson.questions, start=1):
            letter = LETTERS[asked.options.index(asked.answer)]
            lines.append(f"{number}. {letter}) {_md(asked.answer)} (`{asked.place}`)")
    lines += ["", f"## {word(lesson, 'sources')}", ""]
    lines += [f"- {_md(said)}" for said in lesson.credits]
    yield ("\n".join(lines) + "\n").encode()


def _md(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", text)


def html(lesson: Lesson) -> Iterator[bytes]:
    """Yield a lesson as one HTML page that asks for nothing; answers open on request."""
    title = escape(lesson.title)
    yield (
        f'<!doctype html>\n<html lang="{escape(lesson.language)}">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style></head>\n<body>\n<main>\n<h1>{title}</h1>\n"
        f"<p>{escape(summed(lesson))}</p>\n<ol>\n"
    ).encode()
    for step in lesson.steps:
        yield f'<li><a href="#{escape(step.slug)}">{escape(step.label)}</a></li>\n'.encode()
    yield b"</ol>\n"
    for number, step in enumerate(lesson.steps, start=1):
        yield _section(lesson, number, step).encode()
    yield f'<section id="-map"><h2>{escape(word(lesson, "map"))}</h2>\n'.encode()
    yield render(lesson.map).encode() + b"\n</section>\n"
    if lesson.questions:
        heading = escape(word(lesson, "questions"))
        yield f'<section id="-questions"><h2>{heading}</h2>\n<ol>\n'.encode()
        for asked in lesson.questions:
            options = "".join(f"<li>{escape(text)}</li>" for text in asked.options)
            letter = LETTERS[asked.options.index(asked.answer)]
            answer = f"{letter}) {asked.answer} ({asked.place})"
            yield (
                f'<li>{escape(asked.stem)}\n<ol type="A">{options}</ol>\n'
                f"<details><summary>{escape(word(lesson, 'answers'))}</summary>"
                f"<p>{escape(answer)}</p><p><small>{escape(asked.because)}</small></p>"
                "</details></li>\n"
            ).encode()
        yield b"</ol>\n</section>\n"
    said = "".join(f"<li>{escape(each)}</li>" for each in lesson.credits)
    yield (
        f"</main>\n<footer><h2>{escape(word(lesson, 'sources'))}</h2><ul>{said}</ul></footer>\n"
        "</body>\n</html>\n"
    ).encode()


def _section(lesson: Lesson, number: int, step: Step) -> str:
    parts = [f'<section id="{escape(step.slug)}"><h2>{number}. {escape(step.label)}</h2>']
    if step.aliases:
        parts.append(f"<p><em>{escape(word(lesson, 'also') + ', '.join(step.aliases))}</em></p>")
    parts += [
        f"<blockquote><p>{escape(said.text)}</p><small>{escape(cited(said))}</small></blockquote>"
        for said in step.definitions
    ]
    parts += [f'<p class="known">{escape(text)}</p>' for text in built_on(lesson, step)]
    if step.relations:
        said = "".join(
            f"<li>{escape(each.text)} <small>({escape(each.place)})</small></li>"
            for each in step.relations
        )
        parts.append(f"<ul>{said}</ul>")
    return "\n".join((*parts, "</section>\n"))


def docx(lesson: Lesson) -> Iterator[bytes]:
    """Yield a lesson as a Word document; the map is a picture where PNG can be drawn.

    Raises:
        MissingExtra: python-docx is not installed.
    """
    if find_spec("docx") is None:
        raise MissingExtra("office", "Word documents")
    from docx import Document
    from docx.shared import Cm

    page = Document()
    page.core_properties.title = lesson.title
    page.core_properties.language = lesson.language
    page.add_heading(lesson.title, 0)
    page.add_paragraph(summed(lesson))
    for number, step in enumerate(lesson.steps, start=1):
        page.add_heading(f"{number}. {step.label}", 1)
        if step.aliases:
            line = page.add_paragraph().add_run(word(lesson, "also") + ", ".join(step.aliases))
            line.italic = True
        for said in step.definitions:
            page.add_paragraph(said.text, style="Intense Quote")
            page.add_paragraph(cited(said), style="Caption")
        for text in built_on(lesson, step):
            page.add_paragraph(text)
        for said in step.relations:
            page.add_paragraph(f"{said.text} ({said.place})", style="List Bullet")
    page.add_heading(word(lesson, "map"), 1)
    if available():
        drawn = lesson.map
        picture = png(render(drawn), width=drawn.width, height=drawn.height)
        page.add_picture(io.BytesIO(picture), width=Cm(_WIDTH))
    else:
        for proposition in lesson.map.description.splitlines():
            page.add_paragraph(proposition)
    if lesson.questions:
        page.add_heading(word(lesson, "questions"), 1)
        for number, asked in enumerate(lesson.questions, start=1):
            page.add_paragraph(f"{number}. {asked.stem}")
            for letter, text in lettered(asked.options):
                page.add_paragraph(f"{letter}) {text}").paragraph_format.left_indent = Cm(1)
        page.add_heading(word(lesson, "answers"), 1)
        for number, asked in enumerate(lesson.questions, start=1):
            letter = LETTERS[asked.options.index(asked.answer)]
            page.add_paragraph(f"{number}. {letter}) {asked.answer} ({asked.place})")
    page.add_heading(word(lesson, "sources"), 1)
    for source in lesson.credits:
        page.add_paragraph(source, style="List Bullet")
    written = io.BytesIO()
    page.save(written)
    yield written.getvalue()


FORMATS: Mapping[str, Callable[[Lesson], Iterator[bytes]]] = MappingProxyType(
    {"md": markdown, "html": html, "docx": docx, "pptx": lesson_slides}
)
"""By the file's suffix."""
