"""A concept map to be filled in, as a file: with or without its answers."""

from __future__ import annotations

from dataclasses import replace

from kg.concept_map import Frame, Map, blanked
from kg.concept_map.words import word


def exercise(drawn: Map, frame: Frame, *, blank: str, answers: bool) -> tuple[Map, Frame]:
    """Return a map with numbers for its ``blank`` labels, and the words around it.

    ``blank`` is a key of :data:`kg.concept_map.blank.BLANKS`. With ``answers`` the caption says
    what belongs in each number; without, nothing in the file gives an answer away.
    """
    made = blanked(drawn, what=blank)
    if not answers:
        return made.map, frame
    return made.map, replace(frame, caption=key(made.answers, drawn.language))


def key(answers: tuple[str, ...], language: str) -> str:
    """Return the answers in one line: "Answers: 1 Churn · 2 Renewal"."""
    said = " · ".join(f"{number} {text}" for number, text in enumerate(answers, 1))
    return f"{word('answers', language)}: {said}"


def sheet(drawn: Map, *, blank: str, answers: bool) -> str:
    """Return an exercise as Markdown: what to choose from, A to Z, and, if asked, the answers."""
    made = blanked(drawn, what=blank)
    listed = made.answers if answers else sorted(made.answers, key=str.casefold)
    mark = "1." if answers else "-"
    lines = "\n".join(f"{mark} {text}" for text in listed)
    return f"# {drawn.title}\n\n{drawn.question}\n\n{lines}\n"
