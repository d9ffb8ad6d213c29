"""The few words that a concept map adds of its own, by language."""

from __future__ import annotations

from collections.abc import Mapping

from ontology.vocabulary import in_language

WORDS: Mapping[str, Mapping[str, str]] = {
    "question": {"en": "How does {label} connect?", "de": "Womit hängt {label} zusammen?"},
    "term": {"en": "Concept map of {label}", "de": "Begriffskarte zu {label}"},
    "topic": {"en": "Concept map of {count} concepts", "de": "Begriffskarte, {count} Begriffe"},
    "path": {"en": "From {start} to {end}", "de": "Von {start} zu {end}"},
    "path question": {
        "en": "How are {start} and {end} connected?",
        "de": "Wie hängen {start} und {end} zusammen?",
    },
    "topic question": {
        "en": "How do these concepts connect?",
        "de": "Wie hängen diese Begriffe zusammen?",
    },
    "more": {"en": "+ {count} more", "de": "+ {count} weitere"},
    "nothing": {
        "en": "Nothing in the sources relates it to another concept.",
        "de": "Keine Quelle setzt es in Beziehung zu einem anderen Begriff.",
    },
    "implied": {"en": "no entry defines it", "de": "kein Eintrag definiert es"},
    "answers": {"en": "Answers", "de": "Lösungen"},
    "sources": {"en": "Source: {credit}", "de": "Quelle: {credit}"},
    "revision": {"en": "Revision {revision}", "de": "Fassung {revision}"},
}
"""Text by key and language; braces are filled in."""


def word(key: str, language: str, **values: object) -> str:
    """Return the text of ``key`` in ``language``, or English, with ``values`` filled in."""
    return in_language(WORDS[key], language).format(**values)
