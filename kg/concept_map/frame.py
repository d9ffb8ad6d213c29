"""What stands around a concept map in a file: title, question, caption, credit, revision, link."""

from __future__ import annotations

from dataclasses import dataclass

from kg.concept_map.widths import wrap
from kg.concept_map.words import word


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The words around a map. What is empty is left out."""

    title: str
    question: str = ""
    caption: str = ""
    credit: str = ""
    """Whose words these are, as ``Source: …`` prints it."""
    revision: str = ""
    link: str = ""
    """Address of the page that the map came from."""
    legend: bool = True
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A line of the frame; y is that of its baseline, from the top of its part."""

    text: str
    y: float
    size: float
    strong: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The lines above or below a map."""

    lines: tuple[Lines, ...]
    height: float
    """px, distance to the map included."""


def head(frame: Frame, width: float) -> Part:
    """Return title and question, broken to ``width`` px."""
    return _part([(frame.title, 19.0, True, ""), (frame.question, 13.5, False, "")], width, 0.0)


def foot(frame: Frame, width: float) -> Part:
    """Return caption, credit, revision and link, broken to ``width`` px."""
    credit = word("sources", frame.language, credit=frame.credit) if frame.credit else ""
    revision = word("revision", frame.language, revision=frame.revision) if frame.revision else ""
    return _part(
        [
            (frame.caption, 13.5, False, ""),
            (credit, 11.5, False, ""),
            (" · ".join(filter(None, (revision, frame.link))), 11.5, False, frame.link),
        ],
        width,
        18.0,
    )


def _part(texts: list[tuple[str, float, bool, str]], width: float, start: float) -> Part:
    lines: list[Lines] = []
    y = start
    for text, size, strong, href in texts:
        if not text:
            continue
        for row in wrap(text, width, size, 600 if strong else 500, lines=6):
            y += size * 1.4
            lines.append(Lines(text=row, y=round(y - size * 0.35, 2), size=size, strong=strong,
                               href=href))  # fmt: skip
        y += 4
    if not lines:
        return Part(lines=(), height=0.0)
    return Part(lines=tuple(lines), height=y + (10 if not start else 0))
