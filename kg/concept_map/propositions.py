"""Which relations of a graph a concept map says, as propositions in a language."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from urllib.parse import quote

from kg.concept_map.model import Box, Options, Proposition
from kg.concept_map.widths import tidy
from kg.concept_map.words import word
from kg.errors import UnknownKey
from kg.index import Index
from kg.model import Concept, Relation
from ontology.vocabulary import in_language

ROLE = "role"
"""Key of the kind whose boxes have round ends."""

# Like a cause, what something is made from stands above it, though the sentence runs the other way.
_OBJECT_ABOVE = frozenset({"computedFrom"})


def families(index: Index, options: Options) -> frozenset[str]:
    """Return the keys of the families that ``options`` let through.

    Raises:
        UnknownKey: ``only`` or ``hide`` names a family that the vocabulary has not.
    """
    known = index.vocabulary.families
    for key in (*options.only, *options.hide):
        if key not in known:
            raise UnknownKey("family", key, known)
    return frozenset(options.only or known) - frozenset(options.hide)


def language_of(index: Index, options: Options) -> str:
    """Return the tag that the map is written in."""
    return (options.language or index.graph.language).lower()


def around(index: Index, slug: str, options: Options) -> list[Relation]:
    """Return the relations of a concept that its map may show, the strongest first."""
    found = [
        relation
        for relation in index.relations_of(slug)
        if _shown(index, relation, families(index, options), options)
    ]
    return _without_mentions(index, found, options)


def among(index: Index, slugs: Collection[str], options: Options) -> list[Relation]:
    """Return the relations between these concepts that a map may show, the strongest first."""
    inside = frozenset(slugs)
    let_through = families(index, options)
    found = [
        relation
        for slug in sorted(inside)
        for place in index.outgoing[index.number[slug]]
        if (relation := index.relations[place]).object in inside
        and _shown(index, relation, let_through, options)
    ]
    return _without_mentions(index, found, options)


def _shown(
    index: Index, relation: Relation, let_through: Collection[str], options: Options
) -> bool:
    if relation.confidence < options.min_confidence:
        return False
    if index.vocabulary.relation_types[relation.type].family not in let_through:
        return False
    return options.implied or not (
        index.concept(relation.subject).implied or index.concept(relation.object).implied
    )


def _without_mentions(
    index: Index, relations: Iterable[Relation], options: Options
) -> list[Relation]:
    """Return relations by strength, those of defined concepts first; mentions as options say."""
    order = list(index.vocabulary.bases)
    types = list(index.vocabulary.relation_types)
    ranked = sorted(
        relations,
        key=lambda r: (
            order.index(r.basis),
            index.concept(r.subject).implied or index.concept(r.object).implied,
            -r.confidence,
            types.index(r.type),
            r.subject,
            r.object,
        ),
    )
    if options.mentions:
        return ranked
    weighty = [relation for relation in ranked if relation.basis != "mention"]
    return ranked if not weighty and options.mentions is None else weighty


def proposition(index: Index, relation: Relation, language: str) -> Proposition:
    """Return a relation as a sentence of a map, in its stored direction."""
    type_ = index.vocabulary.relation_types[relation.type]
    return Proposition(
        subject=relation.subject,
        phrase=index.vocabulary.phrase(relation.type, language),
        inverse=index.vocabulary.phrase(relation.type, language, inverse=True),
        object=relation.object,
        family=type_.family,
        type=relation.type,
        relation=relation.id,
        upward=type_.hierarchical or relation.type in _OBJECT_ABOVE,
        symmetric=type_.symmetric,
    )


def sentence(index: Index, said: Proposition, language: str) -> str:
    """Return a proposition in words, without a full stop."""
    subject, object_ = (tidy(index.label(s, language)) for s in (said.subject, said.object))
    return f"{subject} {said.phrase} {object_}"


def describe(index: Index, propositions: Iterable[Proposition], language: str) -> str:
    """Return all that a map says, a sentence each."""
    return " ".join(f"{sentence(index, said, language)}." for said in propositions)


def kind_name(index: Index, concept: Concept, language: str) -> str:
    """Return the kind in words, ``""`` where there is none."""
    if concept.kind == "none" or concept.kind not in index.vocabulary.kinds:
        return ""
    return in_language(index.vocabulary.kinds[concept.kind].label, language)


def box(
    index: Index,
    slug: str,
    options: Options,
    *,
    lines: tuple[str, ...],
    width: float,
    height: float,
    x: float = 0.0,
    y: float = 0.0,
    says: str = "",
    focus: bool = False,
    size: float = 13.5,
    leading: float = 17.0,
) -> Box:
    """Return the box of a concept; ``says`` is the sentence that ties it to the focus."""
    concept = index.concept(slug)
    language = language_of(index, options)
    label = tidy(index.label(slug, language))
    kind = kind_name(index, concept, language)
    implied = word("implied", language) if concept.implied else ""
    said = [part for part in (label, kind.capitalize(), implied, says) if part]
    return Box(
        slug=slug,
        label=label,
        lines=lines,
        x=x,
        y=y,
        width=width,
        height=height,
        size=size,
        leading=leading,
        focus=focus,
        pill=concept.kind == ROLE,
        implied=concept.implied,
        href=address(options, slug),
        title=". ".join(said) + ".",
    )


def address(options: Options, slug: str, fragment: str = "") -> str:
    """Return where a concept's box links to, ``""`` where boxes are no links."""
    return options.href.format(slug=quote(slug, safe="")) + fragment if options.href else ""


def in_order(index: Index, found: Iterable[str]) -> tuple[str, ...]:
    """Return the keys of families in the order of the legend, each once."""
    there = set(found)
    return tuple(_ordered(index.vocabulary.families, there))


def _ordered(keys: Iterable[str], there: Collection[str]) -> Iterator[str]:
    return (key for key in keys if key in there)
