"""What data extension fetches: the properties that concepts have, and their values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from api import views
from api.service import Snapshot
from kg.model import Concept
from kg.neighbors import legs_of
from kg.reconcile import EVERY_TYPE, LITERALS, literals, read_as, types_of
from ontology.vocabulary import Vocabulary

# Of definitions and what goes with them no more is handed on than their licence lets.
_LICENSED = {"definition": "text", "example": "examples", "formula": "formula"}
_NAMES: Mapping[str, tuple[str, str]] = {
    "label": ("preferred label", "What the concept is called."),
    "alias": ("other label", "What it is called besides: synonyms, acronyms, variants."),
    "definition": ("definition", "What each source says it is."),
    "example": ("example", "Examples that the sources give."),
    "formula": ("formula", "How it is computed."),
    "source": ("source", "Names of the glossaries that define it."),
    "kind": ("kind", "Metric, process, role …"),
    "notation": ("notation", "Its code in a source."),
    "iri": ("IRI", "Its address as linked data."),
    "sameAs": ("same as", "IRIs of the same concept elsewhere."),
    "degree": ("number of relations", "How many relations it has."),
}
"""Name and description of the properties that are no relations."""


def properties(snapshot: Snapshot) -> Iterator[dict[str, str]]:
    """Yield every property: identifier, name, description."""
    for key, (name, said) in _NAMES.items():
        yield {"id": key, "name": name, "description": said}
    vocabulary, language = snapshot.index.vocabulary, snapshot.graph.language
    for key in vocabulary.keys:
        phrase = vocabulary.phrase(key, language)
        yield {"id": key, "name": phrase, "description": f"Concepts that it {phrase}."}


def proposals(snapshot: Snapshot, type_: str) -> list[dict[str, str]]:
    """Return the properties that concepts of a type have, the most frequent first.

    Cost: one pass over the concepts and their relations.
    """
    counts: Counter[str] = Counter()
    index = snapshot.index
    for number, concept in enumerate(snapshot.graph.concepts):
        if type_ == EVERY_TYPE or type_ in types_of(concept):
            counts.update(key for key in LITERALS if literals(index, concept, key))
            for places, inverse in ((index.outgoing, False), (index.incoming, True)):
                counts.update(
                    {
                        _read(index.vocabulary, index.relations[p].type, inverse)
                        for p in places[number]
                    }
                )
    order = sorted(counts, key=lambda key: -counts[key])
    named = {each["id"]: each["name"] for each in properties(snapshot)}
    return [{"id": key, "name": named[key]} for key in order if key in named]


def _read(vocabulary: Vocabulary, type_: str, inverse: bool) -> str:
    known = vocabulary.relation_types[type_]
    return known.inverse if inverse and not known.symmetric else known.key


def extend(
    snapshot: Snapshot,
    ids: Sequence[str],
    wanted: Sequence[tuple[str, Mapping[str, Any]]],
    *,
    public: bool,
) -> dict[str, Any]:
    """Return the data extension response; what is not known has no values."""
    named = {each["id"]: each["name"] for each in properties(snapshot)}
    meta = []
    for key, _ in wanted:
        about: dict[str, Any] = {"id": key, "name": named.get(key, key)}
        if key in snapshot.index.vocabulary.keys:
            about["type"] = {"id": EVERY_TYPE, "name": "Concept"}
        meta.append(about)
    rows = {}
    for id_ in dict.fromkeys(ids):
        choices = snapshot.index.choices(id_)
        concept = snapshot.index.concept(choices[0]) if len(choices) == 1 else None
        rows[id_] = {
            key: _limited(values(snapshot, concept, key, public=public), settings)
            if concept
            else []
            for key, settings in wanted
        }
    return {"meta": meta, "rows": rows}


def _limited(found: list[dict[str, Any]], settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return at most as many values as the setting ``limit`` says; OpenRefine sends it as text."""
    said = str(settings.get("limit") or "0")
    most = int(said) if said.isdecimal() else 0
    return found[:most] if most else found


def values(snapshot: Snapshot, concept: Concept, key: str, *, public: bool) -> list[dict[str, Any]]:
    """Return the values of a property of a concept, as the specification writes them."""
    if key == "degree":
        return [{"int": views.degree(snapshot, concept.slug)}]
    if key in snapshot.index.vocabulary.keys:
        ends = dict.fromkeys(leg.end for leg in legs_of(snapshot.index, concept.slug, read_as(key)))
        return [{"id": slug, "name": snapshot.index.label(slug)} for slug in ends]
    if key in _LICENSED:
        found: list[str] = []
        for definition in concept.definitions:
            said = views.definition_view(snapshot, definition, public=public)[_LICENSED[key]]
            found += said if isinstance(said, list) else [said]
        return [{"str": each} for each in dict.fromkeys(found) if each]
    return [{"str": each} for each in literals(snapshot.index, concept, key)]
