"""The words that embeds add of their own, by language."""

from __future__ import annotations

from collections.abc import Mapping

from ontology.vocabulary import in_language

WORDS: Mapping[str, Mapping[str, str]] = {
    "also": {"en": "also", "de": "auch"},
    "list": {"en": "The map in words", "de": "Die Karte in Worten"},
    "between": {"en": "Among them", "de": "Untereinander"},
    "open": {"en": "Open in {site}", "de": "In {site} öffnen"},
    "tab": {"en": "(new tab)", "de": "(neuer Tab)"},
    "source": {"en": "Source:", "de": "Quelle:"},
    "sources": {"en": "Sources:", "de": "Quellen:"},
    "no licence": {"en": "no licence stated", "de": "keine Lizenz genannt"},
    "original": {"en": "original", "de": "Original"},
    "excerpt": {"en": "excerpt", "de": "Auszug"},
    "map": {"en": "Concept map of {label}", "de": "Begriffskarte zu {label}"},
    "implied": {"en": "No entry defines it.", "de": "Kein Eintrag definiert den Begriff."},
    "alone": {
        "en": "Nothing in the sources relates it to another concept.",
        "de": "Keine Quelle setzt den Begriff in Beziehung zu einem anderen.",
    },
    "missing": {"en": "This term is not here", "de": "Diesen Begriff gibt es hier nicht"},
}
"""Text by key and language; braces are filled in."""


def word(key: str, language: str, **values: object) -> str:
    """Return the text of ``key`` in ``language``, or English, with ``values`` filled in."""
    return in_language(WORDS[key], language).format(**values)
