"""The page of a concept: what the template shows, made from one snapshot."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from api import maps, schema, views
from api.catalogue import initial
from api.negotiate import CONCEPT_FORMATS, HTML, SCHEMA
from api.pages import safe, source_link
from api.service import Snapshot
from api.texts import Texts
from extract.matcher import Matcher
from kg.model import Concept, Definition, Relation
from ontology import vocabulary

_BULLET = re.compile(r"^\s*[•◦▪‣*–-]\s+")

_SIDE = 16
"""Concepts before and behind this one in the list at the side."""
_SHOWN = 2
"""Pieces of evidence shown for a relation; the record has all."""
_WITH_PROOF = 6
"""Relations of one phrase whose evidence is on the page; the others have a page for it."""
_PROOFS = 6
"""Relations of a page with their evidence on it."""
_STATEMENTS = 20
"""Further statements of a source that are shown; the data has all."""
_MENTIONS = 40
"""Mentions shown in each direction; the data has all."""


def context(
    snapshot: Snapshot, slug: str, root: str, say: Texts, *, public: bool
) -> dict[str, Any]:
    """Return what ``term.html`` needs of a concept, in the words of ``say``."""
    concept = snapshot.index.concept(slug)
    relations = sorted(snapshot.index.relations_of(slug), key=views.strength)
    named = [each for each in relations if each.basis != "mention"]
    mentioned = [each for each in relations if each.basis == "mention"]
    definitions = [_definition(snapshot, each, root, say, public) for each in concept.definitions]
    matcher = _matcher(snapshot, concept, relations)
    for definition in definitions:
        definition["blocks"] = _blocks(matcher, definition["text"], root)
    whole = [each for each in definitions if not each["cut"]]
    language = say.language
    letter = initial(concept.label)
    return {
        "concept": {
            "slug": slug,
            "iri": views.iri(snapshot, slug),
            "label": concept.label,
            "summary": views.summary(concept),
            "aliases": _aliases(concept),
            "kind": "" if concept.kind == "none" else concept.kind,
            "kind_name": views.kind_name(snapshot, concept.kind, language),
            "pos": list(dict.fromkeys(p for d in concept.definitions for p in d.pos)),
            "subject_field": concept.subject_field,
            "notation": concept.notation,
            "implied": concept.implied,
            "inferred": concept.inferred,
            "reviewed": [each.reason for each in snapshot.index.rulings.get(slug, ())],
            "same_as": [iri for iri in concept.same_as if safe(iri)],
        },
        "initial": letter,
        "side": _side(snapshot, slug, root),
        "crumbs": [_link(snapshot, each, root) for each in broader_chain(snapshot, slug)],
        "definitions": [each for each in definitions if each["text"]],
        "families": _families(snapshot, slug, named, root, say),
        "mentions": _mentions(snapshot, slug, mentioned, root, say),
        "map": maps.card(snapshot, slug, root, language),
        "formulas": _texts(whole, "formula"),
        "examples": _texts(whole, "examples"),
        "notes": _texts(whole, "notes"),
        "resources": _resources(concept),
        "close": [_link(snapshot, each, root) for each in concept.close],
        "statements": _statements(snapshot, concept),
        "unsaid": max(0, len(concept.statements) - _STATEMENTS),
        "downloads": [
            {
                "media_type": each.media_type,
                "name": each.name,
                "href": f"{root}{views.path(slug)}.{each.suffix}",
            }
            for each in CONCEPT_FORMATS
            if each not in (HTML, SCHEMA)  # which is on the page
        ],
        "linked_data": schema.script(schema.defined_term(snapshot, concept, public=public)),
    }


def _link(snapshot: Snapshot, slug: str, root: str) -> dict[str, Any]:
    concept = snapshot.index.concept(slug)
    return {
        "slug": slug,
        "href": root + views.path(slug),
        "label": concept.label,
        "implied": concept.implied,
    }


def _aliases(concept: Concept) -> list[dict[str, str]]:
    """Return the shown labels besides the headword; an inferred type is said in a note.

    A label in another language than the headword's has that as its ``tongue``.
    """
    own = next((d.language for d in concept.designations if d.text == concept.label), "")
    return [
        {
            "text": d.text,
            "language": d.language,
            "tongue": d.language if d.language != own else "",
            "note": "" if d.type == "full form" else d.type,
        }
        for d in concept.designations
        if d.status != "hidden" and d.text != concept.label
    ]


def _side(snapshot: Snapshot, slug: str, root: str) -> list[dict[str, Any]]:
    """Return the concepts around this one in the alphabet, by letter."""
    groups: list[dict[str, Any]] = []
    for each in snapshot.catalogue.around(slug, _SIDE):
        link = _link(snapshot, each, root)
        letter = initial(link["label"])
        if not groups or groups[-1]["letter"] != letter:
            groups.append({"letter": letter, "concepts": []})
        groups[-1]["concepts"].append(link)
    return groups


def broader_chain(snapshot: Snapshot, slug: str) -> list[str]:
    """Return the concepts above one, the topmost first: kind-of, else example-of, else part-of.

    Where none of these stands above, a hierarchical type of the project's own does. Above a whole
    its own broader concepts stand; above a kind no whole does: what a concept's kind is sometimes a
    part of says nothing of the concept.
    """
    added = tuple(
        key
        for key, each in snapshot.index.vocabulary.relation_types.items()
        if each.added and each.hierarchical
    )
    chain: list[str] = []
    seen, here = {slug}, slug
    types: tuple[str, ...] = ("broader", "exampleOf", "partOf", *added)
    while len(chain) < 5:
        above = [
            relation
            for relation in snapshot.index.relations_of(here)
            if relation.subject == here and relation.type in types and relation.object not in seen
        ]
        if not above:
            break
        found = min(above, key=lambda each: (types.index(each.type), views.strength(each)))
        if found.type in added:
            types = ("broader", *added)
        elif found.type != "partOf":
            types = ("broader",)
        here = found.object
        seen.add(here)
        chain.append(here)
    return chain[::-1]


def _definition(
    snapshot: Snapshot, definition: Definition, root: str, say: Texts, public: bool
) -> dict[str, Any]:
    source = snapshot.sources[definition.source]
    view = views.definition_view(snapshot, definition, public=public)
    line = view["line"]
    return {
        **view,
        "cut": view["excerpt"],
        "source": source_link(source, root),
        "place": definition.locator or (say("term.line", n=line) if line else ""),
    }


def _matcher(
    snapshot: Snapshot, concept: Concept, relations: list[Relation]
) -> Matcher[str | None]:
    """Return what finds the labels of related concepts in a text; own labels are no link."""
    labels: list[tuple[str, str | None]] = [(each.text, None) for each in concept.designations]
    for relation in relations:
        if relation.subject == concept.slug:
            other = snapshot.index.concept(relation.object)
            labels += [(each.text, other.slug) for each in other.designations]
    return Matcher(labels, language=snapshot.graph.language)


def _blocks(matcher: Matcher[str | None], text: str, root: str) -> list[dict[str, Any]]:
    """Return a text as paragraphs and lists, the first mention of each concept linked."""
    blocks: list[dict[str, Any]] = []
    seen = set[str]()
    for line in text.split("\n"):
        bare = _BULLET.sub("", line)
        parts = _linked(matcher, bare, root, seen)
        if bare == line:
            blocks.append({"items": [], "parts": parts})
        elif blocks and blocks[-1]["items"]:
            blocks[-1]["items"].append(parts)
        else:
            blocks.append({"items": [parts], "parts": []})
    return blocks


def _linked(
    matcher: Matcher[str | None], text: str, root: str, seen: set[str]
) -> list[dict[str, str]]:
    """Return a text in parts; what leads to a concept for the first time is added to ``seen``."""
    parts: list[dict[str, str]] = []
    end = 0
    for match in matcher.find(text):
        slug = next((payload for payload in match.payloads if payload), None)
        if slug is None or None in match.payloads or slug in seen:
            continue
        seen.add(slug)
        parts.append({"text": text[end : match.start], "href": ""})
        words = text[match.start : match.end]
        parts.append({"text": words, "href": root + views.path(slug)})
        end = match.end
    parts.append({"text": text[end:], "href": ""})
    return parts


def _mentions(
    snapshot: Snapshot, slug: str, relations: list[Relation], root: str, say: Texts
) -> list[dict[str, Any]]:
    """Return the concepts mentioned and those that mention this one, by phrase, A to Z."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for relation in relations:
        _, phrase, _, other = views.seen_from(snapshot, relation, slug, say.language)
        link = {**_link(snapshot, other, root), "why": f"{root}/relations/{relation.id}"}
        groups.setdefault(phrase, []).append(link)
    return [
        {
            "text": phrase,
            "links": sorted(links, key=lambda each: each["label"].casefold())[:_MENTIONS],
            "more": max(0, len(links) - _MENTIONS),
        }
        for phrase, links in groups.items()
    ]


def _texts(definitions: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    """Return the examples, notes or formulas of all definitions, each with its source."""
    found = []
    for definition in definitions:
        texts = definition[key]
        for text in [texts] if isinstance(texts, str) else texts:
            if text:
                found.append({"text": text, "source": definition["source"]})
    return found


def _statements(snapshot: Snapshot, concept: Concept) -> list[dict[str, str]]:
    """Return what RDF sources say in properties of their own, with addresses where safe."""
    found = []
    for statement in concept.statements[:_STATEMENTS]:
        said = views.statement_view(snapshot, statement)
        text = said["value"] if statement.literal else views.curie(snapshot, statement.value)
        found.append(
            {
                "name": re.split(r"[/#]", said["name"])[-1] or said["name"],
                "property": statement.property,
                "text": text,
                "href": "" if statement.literal else safe(statement.value),
                "language": statement.language,
            }
        )
    return found


def _resources(concept: Concept) -> list[tuple[str, str]]:
    found = {
        (title, safe(url)): None
        for definition in concept.definitions
        for title, url in definition.resources
    }
    return list(found)


def _families(
    snapshot: Snapshot, slug: str, relations: list[Relation], root: str, say: Texts
) -> list[dict[str, Any]]:
    """Return relations by family and phrase, in the order of the legend."""
    language = say.language
    groups: dict[str, dict[str, list[dict[str, Any]]]] = {key: {} for key in vocabulary.FAMILIES}
    for place, relation in enumerate(relations):
        _, phrase, _, other = views.seen_from(snapshot, relation, slug, language)
        family = snapshot.index.vocabulary.relation_types[relation.type].family
        group = groups[family].setdefault(phrase, [])
        proofs = _SHOWN if len(group) < _WITH_PROOF and place < _PROOFS else 0
        shown = [views.evidence_view(snapshot, each) for each in relation.evidence[:proofs]]
        for each in shown:
            each["source"] = source_link(snapshot.sources[each["source"]], root)
            each["place"] = say("term.line", n=each["line"])
        group.append(
            {
                "target": _link(snapshot, other, root),
                "evidence": shown,
                "more": len(relation.evidence) - len(shown),
                "href": f"{root}/relations/{relation.id}",
                "basis_name": basis_name(relation, language),
            }
        )
    return [
        {
            "key": key,
            "name": vocabulary.in_language(vocabulary.FAMILIES[key].label, language),
            "phrases": [
                {
                    "text": phrase,
                    "relations": [each for each in found if each["evidence"]],
                    "more": [each for each in found if not each["evidence"]],
                }
                for phrase, found in phrases.items()
            ],
        }
        for key, phrases in groups.items()
        if phrases
    ]


def side_by_side(
    snapshot: Snapshot, slug: str, root: str, say: Texts, shared: Collection[str], *, public: bool
) -> dict[str, Any]:
    """Return one of two concepts that are compared: who defines it, what only it relates to."""
    concept = snapshot.index.concept(slug)
    named = [
        each
        for each in sorted(snapshot.index.relations_of(slug), key=views.strength)
        if each.basis != "mention"
        and (each.object if each.subject == slug else each.subject) not in shared
    ]
    definitions = [_definition(snapshot, each, root, say, public) for each in concept.definitions]
    return {
        "slug": slug,
        "label": concept.label,
        "aliases": _aliases(concept),
        "kind_name": views.kind_name(snapshot, concept.kind, say.language),
        "definitions": [each for each in definitions if each["text"]],
        "families": _families(snapshot, slug, named, root, say),
    }


def relation_context(
    snapshot: Snapshot, relation: Relation, root: str, say: Texts
) -> dict[str, Any]:
    """Return what ``relation.html`` needs of a relation."""
    language = say.language
    view = views.relation_view(snapshot, relation, language)
    for each in view["evidence"]:
        each["source"] = source_link(snapshot.sources[each["source"]], root)
        each["place"] = say("term.line", n=each["line"])
    return {
        **view,
        "phrase": snapshot.index.vocabulary.phrase(relation.type, language),
        "subject": _link(snapshot, relation.subject, root),
        "object": _link(snapshot, relation.object, root),
        "basis_name": basis_name(relation, language),
    }


def basis_name(relation: Relation, language: str) -> str:
    """Return what a relation was read from, in words that begin a line."""
    name = vocabulary.in_language(vocabulary.BASES[relation.basis].label, language)
    return name[:1].upper() + name[1:]
