"""Concepts in schema.org's words: DefinedTerm and DefinedTermSet, in pages and by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from markupsafe import Markup

from api import views
from api.pages import safe
from api.service import Snapshot
from kg.model import Concept, Source
from kg.rdf import licence
from kg.reuse import credit, words

CONTEXT = "https://schema.org"


def defined_term(snapshot: Snapshot, concept: Concept, *, public: bool) -> dict[str, Any]:
    """Return a concept as schema.org DefinedTerm, for search engines and assistants."""
    texts = [
        words(each, snapshot.sources.get(each.source), public=public)[0]
        for each in concept.definitions
    ]
    value: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "DefinedTerm",
        "@id": views.iri(snapshot, concept.slug),
        "name": concept.label,
        "inLanguage": snapshot.graph.language,
        "inDefinedTermSet": _set(snapshot),
    }
    if concept.aliases:
        value["alternateName"] = list(concept.aliases)
    if any(texts):
        value["description"] = next(text for text in texts if text)
    if concept.notation:
        value["termCode"] = concept.notation
    if concept.same_as:
        value["sameAs"] = list(concept.same_as)
    return value


def defined_term_set(snapshot: Snapshot, slugs: Iterable[str]) -> dict[str, Any]:
    """Return the glossary as schema.org DefinedTermSet, with these of its concepts by name."""
    graph, index = snapshot.graph, snapshot.index
    value = {
        "@context": CONTEXT,
        **_set(snapshot),
        "inLanguage": graph.language,
        "isBasedOn": [_work(source) for source in graph.sources],
        "hasDefinedTerm": [
            {"@type": "DefinedTerm", "@id": index.iri(slug), "name": index.label(slug)}
            for slug in slugs
        ],
    }
    licences = {source.licence for source in graph.sources}
    if len(licences) == 1 and (address := licence(licences.pop())):
        value["license"] = address.strip("<>")
    return value


def _set(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "@type": "DefinedTermSet",
        "@id": f"{snapshot.graph.base}concepts",
        "name": snapshot.graph.title,
    }


def _work(source: Source) -> dict[str, Any]:
    """Return a source as schema.org CreativeWork, with its licence and credit line."""
    value: dict[str, Any] = {
        "@type": "CreativeWork",
        "name": source.title,
        "inLanguage": source.language,
        "creditText": credit(source),
    }
    if address := safe(source.url):
        value["url"] = address
    if source.publisher:
        value["publisher"] = {"@type": "Organization", "name": source.publisher}
    if source.licence:
        known = licence(source.licence)
        value["license"] = known.strip("<>") if known else source.licence
    return value


def script(value: object) -> Markup:
    """Return JSON that may stand in a script element: nothing in it can end the element."""
    text = orjson.dumps(value).decode()
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)
