"""What a lesson says around its sources' words, in the lesson's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from kg.training.lesson import Lesson, Quoted, Step
from ontology.vocabulary import in_language

_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "order": {
            "en": "{count} terms; each builds on those before it.",
            "de": "{count} Begriffe; jeder baut auf denen vor ihm auf.",
        },
        "one": {"en": "One term.", "de": "Ein Begriff."},
        "also": {"en": "also: ", "de": "auch: "},
        "known": {"en": "Builds on: ", "de": "Baut auf: "},
        "ahead": {"en": "Explained further on: ", "de": "Erst später erklärt: "},
        "map": {"en": "Concept map", "de": "Begriffskarte"},
        "questions": {"en": "Questions", "de": "Fragen"},
        "answers": {"en": "Answers", "de": "Antworten"},
        "sources": {"en": "Sources", "de": "Quellen"},
    }
)
LETTERS = "ABCDEFGH"
"""Of the answers there are to choose from."""


def word(lesson: Lesson, key: str, **values: object) -> str:
    """Return words of a lesson's file in the lesson's language."""
    return in_language(_WORDS[key], lesson.language).format(**values)


def summed(lesson: Lesson) -> str:
    """Return how many terms there are, and what their order is."""
    count = len(lesson.steps)
    return word(lesson, "one" if count == 1 else "order", count=count)


def built_on(lesson: Lesson, step: Step) -> list[str]:
    """Return what a term builds on, in words."""
    pairs = (("known", step.known), ("ahead", step.ahead))
    return [f"{word(lesson, key)}{', '.join(names)}" for key, names in pairs if names]


def lettered(texts: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield the letter and the text of each answer there is to choose from."""
    return zip(LETTERS, texts, strict=False)


def cited(said: Quoted) -> str:
    """Return whose words these are, and where they stand."""
    return f"— {said.credit} ({said.place})"
