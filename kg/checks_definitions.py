"""Checks of definitions and of the texts they stand in, for :mod:`kg.checks`."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from extract import labels
from kg.index import Index
from kg.model import Concept, Definition, Relation

_SENTENCE_END = re.compile(r"[.!?。！？](?:\s|$)|\n")
_FIGURE = re.compile(r"(?<![\w.,])(\d+(?:[.,]\d+)*)[\s-]?(%|[^\W\d_]+)")
# What stands for a character that was lost, and the control characters no text has a use for.
_BROKEN = re.compile("[\ufffd\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_AROUND = 15
"""Code points that are shown on each side of a broken character."""
_SAYS = re.compile(r"\s(?:is|are|mean|means|refer|describe|measure)\s")
"""What stands between a term and what is said of it, where a definition is a whole sentence."""
_OF = ("of ", "by ", "for ")
_EXCLUDING = (("increases", "reduces"),)
"""Types of relation that one thing cannot have to another at once."""
_ONE_WAY = ("precedes",)
"""Types that do not hold in both directions; circles of the hierarchy have a rule of their own."""


def undefined(index: Index) -> Iterator[tuple[str, str]]:
    """Yield the entries that define nothing."""
    for concept in index.concepts:
        if not concept.implied and not any(d.text.strip() for d in concept.definitions):
            yield concept.slug, f"{concept.label} has an entry without a definition."


def same_definition(index: Index) -> Iterator[tuple[str, str]]:
    """Yield concepts whose definitions are word for word another's."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for concept in index.concepts:
        for definition in concept.definitions:
            if definition.text.strip():
                found[labels.fold(definition.text)][concept.slug] = concept.label
    for concepts in found.values():
        if len(concepts) > 1:
            yield next(iter(concepts)), f"{', '.join(concepts.values())} are defined alike."


def circular(index: Index) -> Iterator[tuple[str, str]]:
    """Yield definitions that need the term itself, or each other (ISO 704:2022, 6.5.2).

    Only the first sentence counts: what follows explains, and may well name the term again.
    """
    using: dict[str, dict[str, Definition]] = defaultdict(dict)
    for relation in index.relations:
        subject, object_ = index.concept(relation.subject), index.concept(relation.object)
        definition = _opening_with(relation, subject, object_)
        if definition is not None:
            using[subject.slug].setdefault(object_.slug, definition)
    for concept in index.concepts:
        for definition in concept.definitions:
            if _defined_by_itself(definition):
                yield (
                    concept.slug,
                    f'The definition of {concept.label} uses the term itself: "'
                    f'{first_sentence(definition)}".',
                )
        for other in sorted(using[concept.slug]):
            if concept.slug < other and concept.slug in using.get(other, ()):
                yield (
                    concept.slug,
                    f"{concept.label} and {index.label(other)} are each defined by the other.",
                )


def first_sentence(definition: Definition) -> str:
    """Return the first sentence of a definition, or its first line where that ends earlier."""
    text = definition.text.strip()
    end = _SENTENCE_END.search(text)
    return " ".join((text[: end.start()] if end else text).split())


def _opening_with(relation: Relation, subject: Concept, object_: Concept) -> Definition | None:
    """Return the definition of ``subject`` whose first sentence ``relation`` was read in."""
    for definition in subject.definitions:
        sentence = first_sentence(definition)
        for evidence in relation.evidence:
            if (
                evidence.document == definition.document
                and definition.start <= evidence.span.start < definition.start + len(sentence)
                and any(
                    _names(d.text, sentence) for d in object_.designations if d.status != "hidden"
                )
            ):
                return definition
    return None


def _names(label: str, text: str) -> bool:
    """Return whether ``text`` has the label, in the singular or the plural."""
    wanted, said = _plain(label), _plain(text)
    return bool(wanted) and f" {wanted} " in f" {said} "


def _plain(text: str) -> str:
    return " ".join(labels.singular(word) for word in labels.words(text))


def _defined_by_itself(definition: Definition) -> bool:
    """Return whether what the first sentence says of the term needs the term."""
    term = _plain(definition.term)
    said = _plain(first_sentence(definition)).removeprefix("a ").removeprefix("an ")
    said = said.removeprefix("the ")
    if not term or said == term:
        return False
    before, found, after = f" {said} ".partition(f" {term} ")
    if f" {term} " in f" {after}":
        return True
    # "Churn is …" and "In a subscription, churn is …" only repeat the headword; "The churn of
    # customers" needs it.
    needed = before.strip() or after.startswith(_OF)
    return bool(found and needed) and not _SAYS.search(f" {after}")


def differing_figures(index: Index) -> Iterator[tuple[str, str]]:
    """Yield concepts whose definitions name one unit with different numbers."""
    for concept in index.concepts:
        figures = [(d, _figures(d)) for d in concept.definitions]
        for number, (one, mine) in enumerate(figures):
            for other, theirs in figures[number + 1 :]:
                for unit in sorted(mine.keys() & theirs.keys()):
                    if mine[unit] != theirs[unit]:
                        yield (
                            concept.slug,
                            f"{concept.label}: {one.source} says {mine[unit]} {unit}, "
                            f"{other.source} says {theirs[unit]} {unit}.",
                        )


def _figures(definition: Definition) -> dict[str, str]:
    """Return the number before each unit that a definition names once: ``{"day": "30"}``."""
    found = [(n, labels.singular(unit.lower())) for n, unit in _FIGURE.findall(definition.text)]
    counts = Counter(unit for _, unit in found)
    return {unit: number for number, unit in found if counts[unit] == 1}


def opposed(index: Index) -> Iterator[tuple[str, str]]:
    """Yield relations that cannot both hold."""
    types: dict[tuple[str, str], set[str]] = defaultdict(set)
    for relation in index.relations:
        types[relation.subject, relation.object].add(relation.type)
    for (subject, object_), said in types.items():
        one, other = index.label(subject), index.label(object_)
        for pair in _EXCLUDING:
            if said.issuperset(pair):
                phrases = [index.vocabulary.phrase(each) for each in pair]
                yield subject, f"{one} both {phrases[0]} and {phrases[1]} {other}."
        back = types.get((object_, subject), ())
        for key in _ONE_WAY:
            if subject < object_ and key in said and key in back:
                phrase = index.vocabulary.phrase(key)
                yield subject, f"{one} {phrase} {other}, and {other} {phrase} {one}."


def inferred(index: Index) -> Iterator[tuple[str, str]]:
    """Yield entries whose headword the source does not print."""
    for concept in index.concepts:
        if concept.inferred:
            yield concept.slug, f'"{concept.label}" was inferred; its entry has no headword.'


def broken_characters(index: Index) -> Iterator[tuple[str, str]]:
    """Yield concepts whose words hold what is left of a lost character."""
    for concept in index.concepts:
        texts = [d.text for d in concept.designations]
        for definition in concept.definitions:
            texts += [definition.text, *definition.examples, *definition.notes, definition.formula]
        for text in texts:
            broken = _BROKEN.search(text)
            if broken:
                around = text[max(0, broken.start() - _AROUND) : broken.end() + _AROUND]
                shown = " ".join(_BROKEN.sub("\ufffd", around).split())
                yield concept.slug, f'{concept.label} has a character that was lost: "{shown}".'
                break


def repaired_encoding(index: Index) -> Iterator[tuple[str, str]]:
    """Yield sources that were decoded wrongly before they came here, and repaired in reading."""
    for source in index.graph.sources:
        found = [r for r in source.repairs if r.rule.startswith(("mojibake", "lost"))]
        shown = next((r for r in found if r.before), None)
        if shown is not None:
            count = sum(repair.count for repair in found)
            places = "one place" if count == 1 else f"{count} places"
            yield (
                source.name,
                f"{source.title} was saved in a wrong encoding; {places} were repaired, "
                f'such as "{shown.before}" to "{shown.after}".',
            )
