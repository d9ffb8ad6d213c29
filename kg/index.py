"""A graph made ready for asking: concepts by any name, relations by end, type and source.

Concepts and relations are numbered by their place in the graph, and adjacency is lists of relation
numbers both ways: a breadth-first search over 100,000 concepts then touches small integers only.
Neither NetworkX nor numpy is imported; :mod:`kg.view` is the analysts' view.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from math import log
from urllib.parse import unquote

from extract import labels
from kg import collector
from kg.errors import AmbiguousLabel, ConceptNotFound
from kg.keyed import Keyed
from kg.labelling import Names
from kg.model import Concept, Graph, Relation, Ruling, Text
from kg.passages import Passages
from kg.postings import by_group
from kg.selection import EVERYTHING, Masks, Selection
from kg.skos import concept_iri

# Either says of relations that all are in, both ways.
_WHOLE = (EVERYTHING, replace(EVERYTHING, direction="both"))
# Near matches shown where nothing is found.
_NEAR = 5
_WORD = 3
"""Letters that a word has to have for labels with it to be near ones."""


def _singulars(asked: str) -> Iterator[str]:
    """Yield what a name may be the plural of where :func:`extract.labels.singular` reads another.

    "Knowledge bases" are no bases of theorems, and "sales" may be several sales.
    """
    if asked[-2:].lower() not in {"ss", "us", "is"} and len(asked) > _WORD:
        yield from (asked[: -len(end)] for end in ("s", "es") if asked.lower().endswith(end))


class Index:
    """A :class:`kg.model.Graph` with its adjacency and names; never changed once made.

    Cost: one pass over concepts and relations (100k and 300k: about 0.7 s); names, keys and
    postings are made when first asked for.
    """

    @collector.paused()
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.vocabulary = vocabulary = graph.vocabulary
        self.concepts = graph.concepts
        self.relations = graph.relations
        self.number: dict[str, int] = {c.slug: n for n, c in enumerate(graph.concepts)}
        """Place of each concept in :attr:`concepts`, by slug."""
        self.subject: list[int] = []
        """Concept number of each relation's subject."""
        self.object: list[int] = []
        """Concept number of each relation's object."""
        self.sort = array("I")
        """Type and basis of each relation as one number, see :attr:`sorts`."""
        self.strength: list[int] = []
        """Order of relations: by basis, strongest first, then by confidence; smaller is better."""
        self.beside: dict[int, tuple[int, ...]] = {}
        """Neighbours of some concepts, as :mod:`kg.steps` found them."""
        self.steps: dict[str, dict[int, dict[int, float]]] = {}
        """By the kind of cost: what steps from some concepts cost, found there too."""
        bases = {key: place for place, key in enumerate(vocabulary.bases)}
        sorts: dict[tuple[str, str], int] = {}
        number, strengths = self.number, dict[int, int]()
        for relation in graph.relations:
            subject, object_ = number[relation.subject], number[relation.object]
            self.subject.append(subject)
            self.object.append(object_)
            self.sort.append(sorts.setdefault((relation.type, relation.basis), len(sorts)))
            strength = bases[relation.basis] * 1001 + 1000 - int(relation.confidence * 1000)
            self.strength.append(strengths.setdefault(strength, strength))  # few numbers, kept once
        self.outgoing = by_group(len(graph.concepts), self.subject)
        """Numbers of the relations that a concept is the subject of."""
        self.incoming = by_group(len(graph.concepts), self.object)
        """Numbers of the relations that a concept is the object of."""
        self.sorts: tuple[tuple[str, str], ...] = tuple(sorts)
        """(type, basis) for each number in :attr:`sort`."""

    # --- names ------------------------------------------------------------------------------------

    @cached_property
    def names(self) -> Names:
        """The labels of all concepts."""
        return Names(self.concepts)

    @cached_property
    def texts(self) -> dict[str, Text]:
        """The texts that evidence points into, by document."""
        return {text.document: text for text in self.graph.texts}

    @cached_property
    def by_entry(self) -> dict[str, str]:
        """Slug of the concept that each entry defines, by the entry's id."""
        return {d.entry: concept.slug for concept in self.concepts for d in concept.definitions}

    @cached_property
    def rulings(self) -> dict[str, list[Ruling]]:
        """What a reviewer decided about each concept, by its slug."""
        found: dict[str, list[Ruling]] = {}
        for ruling in self.graph.rulings:
            for slug in ruling.concepts:
                found.setdefault(slug, []).append(ruling)
        return found

    @cached_property
    def passages(self) -> Passages:
        """The words of all definitions."""
        return Passages(self.concepts)

    @cached_property
    def _same_as(self) -> dict[str, str]:
        return {iri: concept.slug for concept in self.concepts for iri in concept.same_as}

    def iri(self, slug: str) -> str:
        """Return the IRI of a concept."""
        return concept_iri(self.graph.base, slug)

    def concept(self, slug: str) -> Concept:
        """Return the concept with this very slug.

        Raises:
            ConceptNotFound: there is none; no other name is tried, see :meth:`resolve`.
        """
        try:
            return self.concepts[self.number[slug]]
        except KeyError:
            raise ConceptNotFound(slug, self.near(slug)) from None

    def label(self, slug: str, language: str | None = None) -> str:
        """Return the preferred label in ``language``, or in its primary tag, or the graph's."""
        concept = self.concept(slug)
        if language is None or language == self.graph.language:
            return concept.label
        tag = language.lower()
        preferred = {d.language: d.text for d in concept.designations if d.status == "preferred"}
        return preferred.get(tag) or preferred.get(tag.partition("-")[0]) or concept.label

    def resolve(self, asked: str) -> str:
        """Return the slug of the concept that a slug, IRI, former slug or label names.

        Labels of every language count, hidden ones too. Of several concepts with a label, the one
        whose *preferred* label it is wins over those with it as an alias, and equal spelling over
        equal key (case, plural, hyphen, spaces).

        Raises:
            AmbiguousLabel: several concepts have it equally; the choices are slugs, the most
                connected first.
            ConceptNotFound: none has; with near labels.
        """
        return asked if asked in self.number else self.resolve_each((asked,))[0]

    def resolve_each(self, asked: Iterable[str]) -> list[str]:
        """Return the slug of each name, as :meth:`resolve` does, in order.

        Raises:
            ConceptNotFound: of all names that are none, each with its near labels.
            AmbiguousLabel: all are names, and one of them names several concepts.
        """
        found = [(name.strip(), self.choices(name)) for name in asked]
        unknown = dict.fromkeys(name for name, choices in found if not choices)
        if unknown:
            first, *others = (ConceptNotFound(name, self.near(name)) for name in unknown)
            raise ConceptNotFound(first.asked, first.near, others)
        for name, choices in found:
            if len(choices) > 1:
                raise AmbiguousLabel(name, choices)
        return [choices[0] for _, choices in found]

    def choices(self, asked: str) -> list[str]:
        """Return the slugs that :meth:`resolve` has to choose from: none, one or several."""
        asked = asked.strip()
        slug = self._named(asked)
        if slug:
            return [slug]
        return self._labelled(asked) or next(
            filter(None, map(self._labelled, _singulars(asked))), []
        )

    def _named(self, asked: str) -> str | None:
        """Return the slug that a slug, former slug or IRI names."""
        prefix = f"{self.graph.base}concepts/"
        if asked.startswith(prefix):
            asked = unquote(asked[len(prefix) :])
        elif asked in self._same_as:
            return self._same_as[asked]
        redirects = self.graph.redirects
        for _ in range(len(redirects) + 1):  # a chain of renamings ends; a circle names nothing
            if asked in self.number:
                return asked
            if asked not in redirects:
                return None
            asked = redirects[asked]
        return None

    def _labelled(self, asked: str) -> list[str]:
        """Return the slugs of the concepts that ``asked`` labels best, most connected first."""
        names = self.names
        folded = labels.fold(asked)
        best: dict[int, tuple[bool, int]] = {}
        for label in names.equal(asked):
            designation = names.designation(label)
            owner = names.owner[label]
            unlike = 0 if designation.text == asked else 1 if names.folded[label] == folded else 2
            rank = (designation.status != "preferred", unlike)
            if owner not in best or rank < best[owner]:
                best[owner] = rank
        if not best:
            return []
        first = min(best.values())
        chosen = [owner for owner, rank in best.items() if rank == first]
        chosen.sort(key=lambda owner: (-self.degree(owner), owner))
        return [self.concepts[owner].slug for owner in chosen]

    def near(self, asked: str, limit: int = _NEAR) -> list[str]:
        """Return preferred labels of the concepts whose labels are spelt most like ``asked``.

        Behind them stand those that share a word with it, shorter labels first: who asks for
        "jib sail" may mean "Sail".
        """
        asked = asked.replace("-", " ")
        labels = [label for _, label in self.names.near(asked, limit * 4)]
        if len(labels) < limit:
            words = (word for word in asked.split() if len(word) >= _WORD)
            sharing = {label for word in words for label in self.names.with_words(word)}
            folded = self.names.folded
            labels += sorted(sharing, key=lambda label: (len(folded[label]), folded[label]))
        found = dict.fromkeys(self.concepts[self.names.owner[label]].label for label in labels)
        return list(found)[:limit]

    @collector.paused()
    def warm(self) -> None:
        """Make all that is otherwise made when first asked for: names, words, costs.

        A server calls it beside its first requests: 6 s for 100,000 concepts, 0.4 s for 10,000.
        """
        # What needs the most room while it is made stands first: what comes after takes that room.
        _ = self._by_id
        self.names.warm()
        _ = self.passages, self.half_log_degree, self._same_as

    # --- relations --------------------------------------------------------------------------------

    def degree(self, number: int) -> int:
        """Return the count of relations that a concept (by number) takes part in."""
        return self.outgoing.count(number, number + 1) + self.incoming.count(number, number + 1)

    @cached_property
    def width(self) -> int:
        """Count of bits that hold any concept's number."""
        return max(1, len(self.concepts).bit_length())

    @cached_property
    def _ends(self) -> list[tuple[int, ...] | None]:
        return [None] * len(self.concepts)

    def ends(self, number: int) -> tuple[int, ...]:
        """Return the concepts at the other ends of a concept's relations, each as one small number.

        Its low :attr:`width` bits are the concept's number, those above the strength of the
        strongest relation to it; in no order.
        """
        known = self._ends[number]
        if known is None:
            width, strength, best = self.width, self.strength, dict[int, int]()
            for places, far in (
                (self.outgoing[number], self.object),
                (self.incoming[number], self.subject),
            ):
                for place in places:
                    other = far[place]
                    if other not in best or strength[place] < best[other]:
                        best[other] = strength[place]
            known = self._ends[number] = tuple(s << width | far for far, s in best.items())
        return known

    def each_ends(self, numbers: Iterable[int]) -> list[tuple[int, ...]]:
        """Return :meth:`ends` of several concepts."""
        known, find = self._ends, self.ends
        return [known[number] or find(number) for number in numbers]

    @cached_property
    def half_log_degree(self) -> list[float]:
        """Half the natural logarithm of each concept's degree: what passing its end costs."""
        halves = {0: 0.0}
        for degree in {self.degree(number) for number in range(len(self.concepts))} - {0}:
            halves[degree] = log(degree) / 2
        return [halves[self.degree(number)] for number in range(len(self.concepts))]

    def masks(self, selection: Selection) -> Masks:
        """Return ``selection`` as tables over :attr:`sorts`, ready for a search.

        Raises:
            UnknownRelationType, UnknownKey: it names what is not in the vocabulary.
        """
        if selection in _WHOLE:
            return self._everything
        return selection.masks(self.sorts, self.vocabulary)

    @cached_property
    def _everything(self) -> Masks:
        return EVERYTHING.masks(self.sorts, self.vocabulary)

    @cached_property
    def _by_id(self) -> Keyed:
        relations = self.relations
        return Keyed(len(relations), lambda place: relations[place].id)

    def relation(self, id: str) -> Relation | None:
        """Return the relation with this id, or ``None``."""
        places = self._by_id.get(id)
        return self.relations[places[-1]] if places else None

    def relations_of(self, slug: str, selection: Selection = EVERYTHING) -> Iterator[Relation]:
        """Yield the relations of a concept, outgoing first, strongest first within each."""
        number = self.number[slug]
        masks = self.masks(selection)
        for places, mask in ((self.outgoing, masks.forward), (self.incoming, masks.backward)):
            for place in sorted(places[number], key=self.strength.__getitem__):
                relation = self.relations[place]
                if mask[self.sort[place]] and relation.confidence >= masks.min_confidence:
                    yield relation

    @cached_property
    def _sources_of(self) -> list[frozenset[str]]:
        return [frozenset(d.source for d in concept.definitions) for concept in self.concepts]

    def crosses(self, place: int) -> bool:
        """Return whether a relation joins concepts that no one source defines both of.

        Implied concepts are defined by none, so nothing crosses to them.
        """
        subject = self._sources_of[self.subject[place]]
        object_ = self._sources_of[self.object[place]]
        return bool(subject and object_ and not subject & object_)

    def select(
        self,
        selection: Selection = EVERYTHING,
        *,
        sources: Iterable[str] = (),
        across: str | None = None,
    ) -> Iterator[Relation]:
        """Yield relations in the graph's order: by subject, type, object.

        ``sources`` keeps those that one of these sources states; ``across="sources"`` those that
        join concepts of different glossaries. Cost: one pass over the relations.
        """
        masks = self.masks(selection)
        wanted = frozenset(sources)
        for place, relation in enumerate(self.relations):
            sort = self.sort[place]
            if not (masks.forward[sort] or masks.backward[sort]):
                continue
            if relation.confidence < masks.min_confidence:
                continue
            if wanted and wanted.isdisjoint(relation.sources):
                continue
            if across == "sources" and not self.crosses(place):
                continue
            if not masks.implied and (
                self.concepts[self.subject[place]].implied
                or self.concepts[self.object[place]].implied
            ):
                continue
            yield relation
