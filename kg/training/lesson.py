"""A lesson: terms in an order in which each builds on those before it.

A term builds on what stands above it in the hierarchy and on what its own definition uses. Where
that runs in a circle, the term that needs the fewest others comes first, and what it uses too early
is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.checks_definitions import first_sentence
from kg.concept_map import Map, Options
from kg.concept_map.topic_map import topic_map
from kg.explain import place
from kg.index import Index
from kg.model import Concept, Relation
from kg.neighbors import neighbors
from kg.places import definition_place
from kg.reuse import credit
from kg.training.quiz import Question, questions

MOST = 12
"""Terms of a lesson where nothing else is asked for."""
_FEWEST = 6
"""Terms that a lesson is filled up to with neighbours."""
_NEAR = 50
"""Neighbours that are looked at for that."""
QUESTIONS = 8
"""Questions at the end."""
_SAID = 5
"""Relations that are told with a term."""
# How much a term needs another: as what it is a kind or part of, by what relates them, because its
# defining sentence names it, because what follows does.
_WIDER, _TYPED, _DEFINED_BY, _NAMED = 5, 4, 3, 1
_OBJECT_FIRST = frozenset({"measures", "computedFrom", "responsibleFor", "uses", "usedFor"})
"""Types of relation whose subject is understood by its object: a measure by what it measures."""
_SUBJECT_FIRST = frozenset({"precedes"})
"""Types whose object is understood by its subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """Something that a source says."""

    text: str
    place: str
    """``source:line``."""
    credit: str
    """Whose words these are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A term of a lesson."""

    slug: str
    label: str
    aliases: tuple[str, ...]
    definitions: tuple[Quoted, ...]
    known: tuple[str, ...]
    """Labels of earlier terms that it builds on."""
    ahead: tuple[str, ...]
    """Labels of later terms that its definition uses all the same."""
    relations: tuple[Quoted, ...]
    """What relates it to earlier terms, as sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What there is to learn, in order."""

    title: str
    language: str
    steps: tuple[Step, ...]
    map: Map
    parts: tuple[Map, ...]
    """The same for slides: maps of at most :data:`MOST` terms each, in order."""
    questions: tuple[Question, ...]
    credits: tuple[str, ...]
    """Whose words are in it, each once."""


def lesson(
    index: Index, slugs: Sequence[str], *, limit: int = MOST, language: str | None = None
) -> Lesson:
    """Return the lesson that leads to some concepts: them, what they build on, and their kinds.

    Of more than ``limit`` terms the nearest are taken. The same graph gives the same lesson.
    """
    language = language or index.graph.language
    needs = _Needs(index)
    chosen = _chosen(index, slugs, needs, limit)
    order = arranged({slug: needs.of(slug) for slug in chosen}, index)
    steps = [_step(index, needs, order, number, language) for number in range(len(order))]
    asked = questions(index, slugs=order, language=language, limit=QUESTIONS)
    sources = {source.name: source for source in index.graph.sources}
    drawn = topic_map(index, order, Options(language=language), focus=slugs[0])
    parts = [order[start : start + MOST] for start in range(0, len(order), MOST)]
    used = dict.fromkeys(d.source for slug in order for d in index.concept(slug).definitions)
    return Lesson(
        title=", ".join(index.label(slug, language) for slug in slugs),
        language=language,
        steps=tuple(steps),
        map=drawn,
        parts=(drawn,)
        if len(parts) < 2
        else tuple(topic_map(index, part, Options(language=language)) for part in parts),
        questions=tuple(asked),
        credits=tuple(credit(sources[name]) for name in used if name in sources),
    )


def arranged(needs: Mapping[str, Mapping[str, int]], index: Index) -> list[str]:
    """Return the keys of ``needs`` in an order in which what each needs comes before it.

    ``needs`` has for each slug those that it needs, with how much; those that are no keys count
    for nothing. In a circle the one that needs least goes first. Ties go to what most others need.
    """
    wanted = {slug: sum(slug in other for other in needs.values()) for slug in needs}
    left, order = set(needs), list[str]()
    while left:
        first = min(
            left,
            key=lambda slug: (
                sum(weight for far, weight in needs[slug].items() if far in left),
                -wanted[slug],
                index.label(slug).casefold(),
                slug,
            ),
        )
        left.remove(first)
        order.append(first)
    return order


class _Needs:
    """What the definition of a concept takes for known."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._found: dict[str, dict[str, int]] = {}

    def of(self, slug: str) -> dict[str, int]:
        """Return the defined concepts that one needs, with how much, in order of strength."""
        if slug not in self._found:
            self._found[slug] = self._read(self.index.concept(slug))
        return self._found[slug]

    def _read(self, concept: Concept) -> dict[str, int]:
        found: dict[str, int] = {}
        later: set[str] = set()  # what needs this one, so that this one needs it not
        for relation in self.index.relations_of(concept.slug):
            own = relation.subject == concept.slug
            far = relation.object if own else relation.subject
            if self.index.concept(far).implied:
                continue
            hierarchical = self.index.vocabulary.relation_types[relation.type].hierarchical
            if hierarchical or relation.type in _OBJECT_FIRST or relation.type in _SUBJECT_FIRST:
                if own == (relation.type not in _SUBJECT_FIRST):
                    found[far] = max(found.get(far, 0), _WIDER if hierarchical else _TYPED)
                else:
                    later.add(far)
            else:
                found[far] = max(found.get(far, 0), _use(concept, relation))
        needed = {f: n for f, n in found.items() if n and (f not in later or n >= _TYPED)}
        return dict(sorted(needed.items(), key=lambda each: -each[1]))


def _use(concept: Concept, relation: Relation) -> int:
    """Return how much a concept's definition uses what a relation was read from; 0: not at all."""
    most = 0
    for definition in concept.definitions:
        defining = definition.start + len(first_sentence(definition))
        for evidence in relation.evidence:
            at = evidence.span.start
            if evidence.document == definition.document and definition.start <= at < definition.end:
                most = max(most, _DEFINED_BY if at < defining else _NAMED)
    return most


def _chosen(index: Index, slugs: Sequence[str], needs: _Needs, limit: int) -> list[str]:
    """Return the concepts of a lesson: those asked for, what they need, then what needs them."""
    chosen = dict.fromkeys(slugs)
    waiting = list(chosen)
    for slug in waiting:  # grows while it is read: the nearest first
        # What a term further away only names leads away from what is asked for.
        for far, weight in needs.of(slug).items():
            if far not in chosen and (weight > _NAMED or slug in slugs):
                chosen[far] = None
                waiting.append(far)
    below = [
        relation.subject
        for slug in slugs
        for relation in index.relations_of(slug)
        if relation.object == slug
        and index.vocabulary.relation_types[relation.type].hierarchical
        and not index.concept(relation.subject).implied
    ]
    # Kinds and parts of what it is about belong to it; half of the places are theirs if needed.
    near = list(chosen)
    kept = near[: max(limit - len(below), limit // 2, len(slugs))]
    found = list(dict.fromkeys((*kept, *below, *near)))[: max(limit, len(slugs))]
    # What nothing is needed for is placed among its neighbours, so that there is something to tell.
    for slug in slugs:
        for step in neighbors(index, slug, depth=2, limit=_NEAR):
            implied = index.concept(step.concept).implied
            if not implied and len(found) < min(limit, _FEWEST) and step.concept not in found:
                found.append(step.concept)
    return found


def _step(index: Index, needs: _Needs, order: list[str], number: int, language: str) -> Step:
    slug = order[number]
    concept = index.concept(slug)
    before, after = set(order[:number]), set(order[number + 1 :])
    sources = {source.name: source for source in index.graph.sources}

    def named(slugs: set[str]) -> tuple[str, ...]:
        return tuple(index.label(far, language) for far in needs.of(slug) if far in slugs)

    relations: list[Quoted] = []
    for relation in index.relations_of(slug):
        far = relation.object if relation.subject == slug else relation.subject
        if far not in before or relation.type == "mentions" or len(relations) == _SAID:
            continue
        where = place(index, relation.evidence[0])
        phrase = index.vocabulary.phrase(relation.type, language)
        ends = index.label(relation.subject, language), index.label(relation.object, language)
        source = sources.get(where.source)
        relations.append(
            Quoted(
                text=f"{ends[0]} {phrase} {ends[1]}.",
                place=where.at,
                credit=credit(source) if source else "",
            )
        )
    definitions = []
    for definition in concept.definitions:
        if definition.text:
            source = sources.get(definition.source)
            definitions.append(
                Quoted(
                    text=" ".join(definition.text.split()),
                    place=definition_place(index, definition).at,
                    credit=credit(source) if source else "",
                )
            )
    return Step(
        slug=slug,
        label=index.label(slug, language),
        aliases=concept.aliases,
        definitions=tuple(definitions),
        known=named(before),
        ahead=named(after),
        relations=tuple(relations),
    )
