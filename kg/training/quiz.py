"""Questions about a graph's concepts, each with its answer, wrong ones, and where it was read.

Wrong answers are concepts like the right one: with a common broader concept first, then of one
kind. What might be right as well is none: relatives in the hierarchy, near concepts, and whatever
the graph relates to the concept asked about. The same graph gives the same questions.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from types import MappingProxyType

from extract import labels
from extract.matcher import Matcher
from kg.explain import Place, place
from kg.index import Index
from kg.model import Concept, Definition, Relation
from kg.places import definition_place
from kg.reuse import credit, shortened
from ontology.vocabulary import in_language

WRONG = 3
"""Wrong answers that a question has, if there are so many."""
_FEWEST = 2
"""Wrong answers without which there is no question."""
_LENGTH = 300
"""Code points of a definition that are asked about."""
_LEAST_WORDS = 5
"""Words that a definition must have beside its term."""
_SURE = 0.6
"""Confidence of relations that are asked about; a quiz must not teach what was misread."""
_HIDDEN = "_____"
# Whether "a" or "an" stands before a blank tells how the word begins that is missing.
_ARTICLE = re.compile(rf"\b([Aa])n? (?={_HIDDEN})")
_VAGUE = frozenset({"broader", "exampleOf", "mentions", "related", "seeAlso"})
"""Types that "A … ?" does not ask about: too vague, or asked about otherwise."""

_STEMS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "definition": {
            "en": "Which term is defined here? “{text}”",
            "de": "Welcher Begriff ist hier definiert? „{text}“",
        },
        "kind": {
            "en": "Which of these is a kind of {text}?",
            "de": "Was davon ist eine Art von {text}?",
        },
        "relation": {"en": "{text} …", "de": "{text} …"},
        "acronym": {"en": "What does {text} stand for?", "de": "Wofür steht {text}?"},
    }
)
KINDS = tuple(_STEMS)
"""Sorts of question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question with one right answer."""

    id: str
    """Digest of what is asked: the same for the same question of a later build."""
    kind: str
    """One of :data:`KINDS`."""
    concept: str
    """Slug of the concept that it is about."""
    stem: str
    answer: str
    wrong: tuple[str, ...]
    """Two or three other answers."""
    because: str
    """The sentence, or definition, that the answer was read from."""
    place: str
    """``source:line``."""
    credit: str
    """Whose words these are."""

    @property
    def options(self) -> tuple[str, ...]:
        """All answers in an order that gives nothing away."""
        return tuple(sorted((self.answer, *self.wrong), key=lambda text: _digest(self.id, text)))


def questions(
    index: Index,
    *,
    slugs: Sequence[str] = (),
    kinds: Collection[str] = KINDS,
    language: str | None = None,
    limit: int | None = None,
) -> list[Question]:
    """Return questions about some concepts, or all, the most connected first.

    First comes one question about each concept, then the second ones, and so on; ``limit`` cuts
    there. Cost: some milliseconds for each concept that others are like.
    """
    maker = _Maker(index, language or index.graph.language)
    wanted = list(dict.fromkeys(slugs)) or [
        index.concepts[number].slug
        for number in sorted(range(len(index.concepts)), key=lambda n: (-index.degree(n), n))
    ]
    rounds: list[tuple[int, int, Question]] = []
    asked: set[str] = set()
    for order, slug in enumerate(wanted):
        found = [q for q in maker.about(index.concept(slug), kinds) if q.id not in asked]
        asked.update(question.id for question in found)
        # Each concept begins with another sort, so that few questions are of several sorts.
        turn = order % len(found) if found else 0
        for number, question in enumerate((*found[turn:], *found[:turn])):
            rounds.append((number, order, question))
    rounds.sort(key=lambda each: each[:2])
    return [question for _, _, question in rounds[:limit]]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:16]


class _Maker:
    """Makes questions of one graph in one language."""

    def __init__(self, index: Index, language: str) -> None:
        self.index = index
        self.language = language
        self.sources = {source.name: source for source in index.graph.sources}
        self.above: dict[str, set[str]] = defaultdict(set)
        self.below: dict[str, set[str]] = defaultdict(set)
        for relation in index.relations:
            if index.vocabulary.relation_types[relation.type].hierarchical:
                self.above[relation.subject].add(relation.object)
                self.below[relation.object].add(relation.subject)

    def about(self, concept: Concept, kinds: Collection[str]) -> Iterator[Question]:
        """Yield the questions about a concept, by kind."""
        making: Mapping[str, Callable[[Concept], Iterator[Question]]] = {
            "definition": self._definition,
            "kind": self._kind,
            "relation": self._relations,
            "acronym": self._acronyms,
        }
        for kind in KINDS:
            if kind in kinds:
                yield from making[kind](concept)

    # --- sorts of question ---

    def _definition(self, concept: Concept) -> Iterator[Question]:
        """Ask for the concept by the first of its definitions that says enough."""
        near = self._linked(concept.slug, but="contrastsWith")
        for definition in concept.definitions:
            text, cut = shortened(" ".join(definition.text.split()), _LENGTH)
            hidden = _without_term(concept, definition, text)
            if len(labels.words(hidden.replace(_HIDDEN, ""))) < _LEAST_WORDS:
                continue
            said = f" {_plain(hidden)} "

            def barred(other: Concept, said: str = said) -> bool:
                # What stands in the text is not what is left out; what is related may fit as well.
                return f" {_plain(other.label)} " in said or other.slug in near

            yield from self._question(
                "definition",
                concept,
                text=f"{hidden} …" if cut else hidden,
                answer=concept,
                barred=barred,
                because=text,
                where=definition_place(self.index, definition),
            )
            return

    def _kind(self, concept: Concept) -> Iterator[Question]:
        """Ask for the concept by what it is a kind of, unless its name says so."""
        for relation in self._said_of(concept, ("broader",)):
            wider = self.index.concept(relation.object)
            if _overlap(wider.label, concept.label) or wider.implied:
                continue
            family = self._linked(wider.slug) | {wider.slug}
            family |= self._closure(wider.slug, self.below) | self._closure(wider.slug, self.above)
            head = _plain(wider.label).split()[-1:]

            def barred(other: Concept, family: set[str] = family, head: list[str] = head) -> bool:
                # Only what is known to be something else is a wrong answer.
                unknown = not self.above.get(other.slug)
                return unknown or other.slug in family or _plain(other.label).split()[-1:] == head

            yield from self._question(
                "kind",
                concept,
                text=self._label(wider),
                answer=concept,
                barred=barred,
                because=_quote(relation),
                where=place(self.index, relation.evidence[0]),
            )
            return

    def _relations(self, concept: Concept) -> Iterator[Question]:
        """Ask for the other end of what a sentence says of the concept, once for each type."""
        types = [key for key in self.index.vocabulary.relation_types if key not in _VAGUE]
        linked = self._linked(concept.slug)
        told: set[str] = set()
        for relation in self._said_of(concept, types):
            other = self.index.concept(relation.object)
            if relation.type in told or other.implied or _overlap(other.label, concept.label):
                continue
            told.add(relation.type)
            phrase = self.index.vocabulary.phrase(relation.type, self.language)
            yield from self._question(
                "relation",
                concept,
                text=f"{self._label(concept)} {phrase}",
                answer=other,
                barred=lambda each: each.slug in linked,
                because=_quote(relation),
                where=place(self.index, relation.evidence[0]),
            )

    def _acronyms(self, concept: Concept) -> Iterator[Question]:
        if labels.is_acronym(concept.label) or not concept.definitions:
            return
        count = len(labels.words(concept.label))
        for designation in concept.designations:
            if not labels.is_acronym(designation.text) or designation.status == "hidden":
                continue
            yield from self._question(
                "acronym",
                concept,
                text=designation.text,
                answer=concept,
                barred=lambda other: len(labels.words(other.label)) != count,
                because=f"{concept.label} ({designation.text})",
                where=definition_place(self.index, concept.definitions[0]),
            )

    def _linked(self, slug: str, but: str = "") -> set[str]:
        """Return what the graph relates to a concept, other than by the type ``but``."""
        return {
            end
            for relation in self.index.relations_of(slug)
            if relation.type != but
            for end in (relation.subject, relation.object)
        }

    def _said_of(self, concept: Concept, types: Collection[str]) -> list[Relation]:
        """Return what sentences say surely of a concept, surest first."""
        found = [
            relation
            for place_ in self.index.outgoing[self.index.number[concept.slug]]
            if (relation := self.index.relations[place_]).basis == "text"
            and relation.type in types
            and relation.confidence >= _SURE
            and relation.evidence
        ]
        return sorted(found, key=lambda r: (-r.confidence, r.type, r.object))

    # --- answers ---

    def _question(
        self,
        kind: str,
        concept: Concept,
        *,
        text: str,
        answer: Concept,
        barred: Callable[[Concept], bool],
        because: str,
        where: Place | None,
    ) -> Iterator[Question]:
        """Yield the question, if there are enough wrong answers to it."""
        id = _digest(kind, concept.slug, text)
        wrong: dict[str, str] = {}
        for other in self._like(answer, id):
            label = self._label(other)
            if other.slug == concept.slug or barred(other) or _plain(label) in wrong:
                continue
            wrong[_plain(label)] = label
            if len(wrong) == WRONG:
                break
        if len(wrong) < _FEWEST:
            return
        source = self.sources.get(where.source) if where else None
        yield Question(
            id=id,
            kind=kind,
            concept=concept.slug,
            stem=in_language(_STEMS[kind], self.language).format(text=text),
            answer=self._label(answer),
            wrong=tuple(wrong.values()),
            because=because,
            place=where.at if where else "",
            credit=credit(source) if source else "",
        )

    def _like(self, concept: Concept, seed: str) -> Iterator[Concept]:
        """Yield what is like a concept and is not it: siblings, then its kind, then others."""
        barred = {concept.slug, *concept.close}
        barred |= self._closure(concept.slug, self.above) | self._closure(concept.slug, self.below)
        siblings = {s for wider in self.above.get(concept.slug, ()) for s in self.below[wider]}
        same = self._by_kind[concept.kind] if concept.kind != "none" else []
        seen = set(barred)
        for pool in (siblings, same, self._defined):
            # From very many an even sample is enough to choose from.
            step = max(1, len(pool) // _POOL)
            some = islice(sorted(pool), _offset(seed, step), None, step)
            for slug in sorted(some, key=lambda each: _digest(seed, each)):
                if slug in seen:
                    continue
                seen.add(slug)
                other = self.index.concept(slug)
                if not other.implied and not _overlap(other.label, concept.label):
                    yield other

    @cached_property
    def _defined(self) -> list[str]:
        return [c.slug for c in self.index.concepts if c.definitions]

    @cached_property
    def _by_kind(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for concept in self.index.concepts:
            if concept.definitions:
                found[concept.kind].append(concept.slug)
        return found

    def _closure(self, slug: str, following: Mapping[str, set[str]]) -> set[str]:
        found: set[str] = set()
        waiting = [slug]
        while waiting:
            new = following.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        return found

    def _label(self, concept: Concept) -> str:
        return self.index.label(concept.slug, self.language)


_POOL = 200
"""Concepts that wrong answers are chosen from."""


def _offset(seed: str, step: int) -> int:
    return int(seed, 16) % step


def _quote(relation: Relation) -> str:
    return " ".join(relation.evidence[0].quote.split())


def _plain(text: str) -> str:
    return " ".join(labels.singular(word) for word in labels.words(text))


def _overlap(one: str, other: str) -> bool:
    """Return whether all words of one label are words of the other, which then gives it away."""
    left, right = Counter(_plain(one).split()), Counter(_plain(other).split())
    return left <= right or right <= left


def _without_term(concept: Concept, definition: Definition, text: str) -> str:
    """Return a definition with blanks for every name of its term, in any of its forms."""
    names = (definition.term, *(d.text for d in concept.designations))
    matcher = Matcher(((name, True) for name in names), language=definition.language)
    parts, end = [], 0
    for match in matcher.find(text):
        parts += [text[end : match.start], _HIDDEN]
        end = match.end
    return _ARTICLE.sub(r"\1(n) ", "".join((*parts, text[end:])))
