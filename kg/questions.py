"""What a reviewer should look at: where the graph rests on a guess, most important first.

Asked is what the rules themselves are unsure of: pairs that are near, or one by the weaker rules;
relations that rank low; headwords that no source prints; acronyms of several concepts. What was
decided before is not asked again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import log2

from extract.labels import is_acronym
from kg.drafts import contested
from kg.explain import place
from kg.index import Index
from kg.model import Concept, Decision, Ruling
from kg.places import definition_place
from kg.review import Question, question_key

_SURE = 0.85
"""Relations that rank as high are not asked about: 98 of 100 were right where they were read."""
_ASKED_BASES = ("text", "name")
"""A reference or a mention is there to be seen; that it is one is no guess."""
_CLOSE = 0.5
_MERGES: Mapping[str, float] = {"implied-modifier": 0.35, "shared-acronym": 0.25}
"""Rules whose merges are asked about, with how much they are doubted."""
_HEADWORD, _ACRONYM = 0.5, 0.5
"""Doubt, where there is no more to go by than that there are two ways."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question and how much it matters."""

    weight: float
    question: Question


def questions(index: Index) -> list[Question]:
    """Return the open questions about a graph, those that matter most first.

    What matters is the doubt times how much hangs on it: the logarithm of the relations of the
    concepts that it is about. Ties are in the order of the names. Cost: a pass over the graph.
    """
    known = {question_key(ruling) for ruling in index.graph.rulings}
    found: dict[tuple[str, str, str, str], _Asked] = {}
    for ask in _SORTS:
        for asked in ask(index):
            key = asked.question.key
            if key not in known and (key not in found or asked.weight > found[key].weight):
                found[key] = asked
    ranked = sorted(found.items(), key=lambda item: (-item[1].weight, item[0]))
    return [asked.question for _, asked in ranked]


def _reach(index: Index, *slugs: str) -> float:
    return log2(2 + sum(index.degree(index.number[slug]) for slug in slugs))


def _name(concept: Concept) -> str:
    """Return what names a concept in the table: its first entry, or its label where it has none."""
    return concept.entries[0] if concept.entries else concept.label


def _defined(index: Index, entry: str) -> str:
    """Return where an entry is, with what it says."""
    concept = index.concept(index.by_entry[entry])
    definition = next(each for each in concept.definitions if each.entry == entry)
    where = definition_place(index, definition)
    return f'{where.at} "{" ".join(definition.text.split())}"'


def _pairs(index: Index) -> Iterator[_Asked]:
    terms = {d.entry: d.term for c in index.concepts for d in c.definitions}
    for decision in index.graph.decisions:
        doubt = _doubt(decision)
        ends = decision.left, decision.right
        if not doubt or any(end not in index.by_entry for end in ends):
            continue
        names = [f'"{terms[end]}" of {end.partition("/")[0]}' for end in ends]
        now = "They are one now." if decision.verdict == "same" else "They are two now."
        ruling = Ruling(question="pair", verdict="", subject=decision.left, object=decision.right)
        yield _Asked(
            doubt * _reach(index, *(index.by_entry[end] for end in ends)),
            Question(
                ruling=ruling,
                reads=f"Are {names[0]} and {names[1]} one concept? {now} {decision.reason}",
                evidence=" / ".join(_defined(index, end) for end in ends),
            ),
        )


def _doubt(decision: Decision) -> float:
    if decision.verdict == "same":
        return _MERGES.get(decision.rule, 0.0)
    return _CLOSE if decision.verdict == "close" and decision.rule != "review" else 0.0


def _relations(index: Index) -> Iterator[_Asked]:
    for relation in index.relations:
        if relation.confidence >= _SURE or relation.basis not in _ASKED_BASES:
            continue
        subject, object_ = index.concept(relation.subject), index.concept(relation.object)
        phrase = index.vocabulary.phrase(relation.type)
        evidence = place(index, relation.evidence[0]) if relation.evidence else None
        yield _Asked(
            (1 - relation.confidence) * _reach(index, relation.subject, relation.object),
            Question(
                ruling=Ruling(
                    question="relation",
                    verdict="",
                    subject=_name(subject),
                    type=relation.type,
                    object=_name(object_),
                ),
                reads=f"Is it so: {subject.label} {phrase} {object_.label}? "
                f"It ranks {relation.confidence:.2f}.",
                evidence=f'{evidence.at} "{evidence.sentence}"' if evidence else "",
            ),
        )


def _headwords(index: Index) -> Iterator[_Asked]:
    for concept in index.concepts:
        for entry in concept.entries if concept.inferred else ():
            yield _Asked(
                _HEADWORD * _reach(index, concept.slug),
                Question(
                    ruling=Ruling(
                        question="headword", verdict="", subject=entry, object=concept.label
                    ),
                    reads=f'Is "{concept.label}" what this entry is about? No headword is printed.',
                    evidence=_defined(index, entry),
                ),
            )


def _acronyms(index: Index) -> Iterator[_Asked]:
    for finding in index.graph.findings:
        if finding.rule == "contested-acronym" and finding.subject in index.by_entry:
            yield _label(index, finding.subject, contested(finding), finding.message)
    holders: dict[str, list[Concept]] = defaultdict(list)
    for concept in index.concepts:
        for designation in concept.designations:
            if is_acronym(designation.text) and designation.status != "hidden":
                holders[designation.text].append(concept)
    for acronym, concepts in sorted(holders.items()):
        for concept in concepts if len(concepts) > 1 else ():
            others = ", ".join(f'"{c.label}"' for c in concepts if c is not concept)
            if acronym != concept.label and concept.entries:
                said = f"It is given for {others} as well."
                yield _label(index, concept.entries[0], acronym, said)


def _label(index: Index, entry: str, acronym: str, said: str) -> _Asked:
    concept = index.concept(index.by_entry[entry])
    return _Asked(
        _ACRONYM * _reach(index, concept.slug),
        Question(
            ruling=Ruling(question="label", verdict="", subject=entry, object=acronym),
            reads=f'Is {acronym} another name of "{concept.label}"? {said}',
            evidence=_defined(index, entry),
        ),
    )


_SORTS: tuple[Callable[[Index], Iterator[_Asked]], ...] = (
    _pairs, _relations, _headwords, _acronyms,
)  # fmt: skip
