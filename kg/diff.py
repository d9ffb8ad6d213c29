"""What changed from one graph to another: concepts, labels, definitions, relations, sources.

Concepts are known again as :mod:`kg.registry` knows them: by slug, by where a former slug leads, by
their entries, and last by their label; so a renaming is one change and not a removal with an
addition. Relations are compared between the concepts that are the same, not between names.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from types import MappingProxyType

from kg.explain import place
from kg.index import Index
from kg.lookup import label_key
from kg.model import Concept, Definition, Relation
from kg.places import concept_place, definition_place

WHATS: Mapping[str, str] = MappingProxyType(
    {
        "source-added": "Sources added",
        "source-removed": "Sources removed",
        "source-changed": "Sources with other text",
        "concept-added": "Concepts added",
        "concept-removed": "Concepts removed",
        "concept-renamed": "Concepts renamed",
        "concept-merged": "Concepts merged into another",
        "concept-split": "Concepts split off another",
        "label-added": "Labels added",
        "label-removed": "Labels removed",
        "kind-changed": "Kinds changed",
        "definition-added": "Definitions added",
        "definition-removed": "Definitions removed",
        "definition-changed": "Definitions changed",
        "relation-added": "Relations added",
        "relation-removed": "Relations removed",
    }
)
"""Sorts of change in the order they are listed, each with its heading."""

_LIKE = 0.7
"""Share of a definition's words that an entry with another headword keeps to be known again."""
_PAIRS = 40_000
"""Pairs of concepts gone and come above which renamed headwords are not looked for."""
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is not as it was."""

    what: str
    """Key of :data:`WHATS`."""
    concept: str
    """Slug of the concept, in the graph that has it (the later of two); a source's name."""
    label: str
    """The concept's preferred label there; a source's title."""
    before: str = ""
    """What stood there: a label, a definition, a relation as a phrase with its object."""
    after: str = ""
    place: str = ""
    """``source:line``, in the graph that has it."""
    quote: str = ""
    """Of a relation, the words it was read from."""


Words = list[tuple[str, str]]
"""Pieces of two texts in order, each marked as in both (``=``), gone (``-``) or new (``+``)."""


def differences(old: Index, new: Index) -> list[Change]:
    """Return what changed from ``old`` to ``new``, in the order of :data:`WHATS`, by label.

    Cost: linear in both graphs, and the length of changed definitions squared.
    """
    heirs = _heirs(old, new)
    found = [
        *_sources(old, new),
        *_concepts(old, new, heirs),
        *_contents(old, new, heirs),
        *_relations(old, new, heirs),
    ]
    order = {what: number for number, what in enumerate(WHATS)}
    return sorted(
        found, key=lambda c: (order[c.what], c.label.casefold(), c.concept, c.before, c.after)
    )


def word_diff(before: str, after: str) -> Words:
    """Return both texts word by word; neighbouring words with one mark are one piece."""
    one, other = _TOKEN.findall(before), _TOKEN.findall(after)
    pieces: Words = []
    for tag, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(("=", "".join(one[a:b])))
            continue
        if a < b:
            pieces.append(("-", "".join(one[a:b])))
        if c < d:
            pieces.append(("+", "".join(other[c:d])))
    return pieces


# --- which concept is which ----------------------------------------------------------------------


def _heirs(old: Index, new: Index) -> dict[str, str]:
    """Return for each slug of ``old`` the slug that it has in ``new``, if it is still there."""
    heirs: dict[str, str] = {}
    by_label: dict[str, list[str]] = defaultdict(list)
    for concept in new.concepts:
        by_label[label_key(concept.label)].append(concept.slug)
    for concept in old.concepts:
        slug = concept.slug
        votes = Counter(new.by_entry[e] for e in concept.entries if e in new.by_entry)
        if slug in new.number:
            heirs[slug] = slug
        elif new.graph.redirects.get(slug) in new.number:
            heirs[slug] = new.graph.redirects[slug]
        elif votes:
            heirs[slug] = min(votes, key=lambda each: (-votes[each], each))
    taken = set(heirs.values())
    for concept in old.concepts:
        same = [s for s in by_label[label_key(concept.label)] if s not in taken]
        if concept.slug not in heirs and len(same) == 1:
            heirs[concept.slug] = same[0]
    _renamed(old, new, heirs)
    return heirs


def _renamed(old: Index, new: Index, heirs: dict[str, str]) -> None:
    """Add the concepts whose entry got another headword, known by what defines them."""
    taken = set(heirs.values())
    gone = [c for c in old.concepts if c.slug not in heirs and c.definitions]
    come = [c for c in new.concepts if c.slug not in taken and c.definitions]
    if len(gone) * len(come) > _PAIRS:
        return
    likeness = []
    for was in gone:
        for now in come:
            one, other = was.definitions[0], now.definitions[0]
            if one.source == other.source and one.language == other.language:
                ratio = _likeness(one.text, other.text)
                if ratio >= _LIKE:
                    likeness.append((-ratio, was.slug, now.slug))
    for _, slug, heir in sorted(likeness):
        if slug not in heirs and heir not in taken:
            heirs[slug] = heir
            taken.add(heir)


def _likeness(one: str, other: str) -> float:
    """Return which share of two texts' words stand in both in one order, from 0 to 1."""
    matcher = SequenceMatcher(None, one.split(), other.split(), autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= _LIKE else 0.0


def _sources(old: Index, new: Index) -> Iterator[Change]:
    before = {source.name: source for source in old.graph.sources}
    after = {source.name: source for source in new.graph.sources}
    for name in before.keys() | after.keys():
        was, now = before.get(name), after.get(name)
        if was is None and now is not None:
            said = f"{now.entries} entries"
            yield Change(what="source-added", concept=name, label=now.title, after=said)
        elif now is None and was is not None:
            said = f"{was.entries} entries"
            yield Change(what="source-removed", concept=name, label=was.title, before=said)
        elif was is not None and now is not None and was.digest != now.digest:
            yield Change(
                what="source-changed",
                concept=name,
                label=now.title,
                before=f"{was.entries} entries" if was.entries != now.entries else "",
                after=f"{now.entries} entries",
            )


def _concepts(old: Index, new: Index, heirs: Mapping[str, str]) -> Iterator[Change]:
    own: dict[str, str] = {}  # slug of new → the slug of old that it continues
    for slug in sorted(heirs, key=lambda each: (heirs[each] != each, each)):
        own.setdefault(heirs[slug], slug)
    for concept in old.concepts:
        heir = heirs.get(concept.slug)
        if heir is None:
            yield Change(
                what="concept-removed",
                concept=concept.slug,
                label=concept.label,
                before=_said(concept),
                place=_at(old, concept),
            )
        elif own[heir] != concept.slug:
            yield Change(
                what="concept-merged",
                concept=heir,
                label=new.label(heir),
                before=concept.label,
                after=new.label(heir),
                place=_at(new, new.concept(heir)),
            )
        elif concept.label != new.label(heir) or concept.slug != heir:
            slugs = concept.label == new.label(heir)
            yield Change(
                what="concept-renamed",
                concept=heir,
                label=new.label(heir),
                before=concept.slug if slugs else concept.label,
                after=heir if slugs else new.label(heir),
                place=_at(new, new.concept(heir)),
            )
    for concept in new.concepts:
        if concept.slug in own:
            continue
        origin = next((old.by_entry[e] for e in concept.entries if e in old.by_entry), None)
        yield Change(
            what="concept-split" if origin else "concept-added",
            concept=concept.slug,
            label=concept.label,
            before=old.label(origin) if origin else "",
            after=concept.label if origin else _said(concept),
            place=_at(new, concept),
        )


def _at(index: Index, concept: Concept) -> str:
    found = concept_place(index, concept)
    return found.at if found else ""


def _said(concept: Concept) -> str:
    """Return what a concept is defined as, or that only other entries speak of it."""
    if concept.implied:
        return "(only spoken of)"
    return next((" ".join(d.text.split()) for d in concept.definitions if d.text), "")


# --- what concepts hold --------------------------------------------------------------------------


def _contents(old: Index, new: Index, heirs: Mapping[str, str]) -> Iterator[Change]:
    forebears: dict[str, list[Concept]] = defaultdict(list)
    for slug, heir in heirs.items():
        forebears[heir].append(old.concept(slug))
    for heir, concepts in forebears.items():
        concept = new.concept(heir)
        # What went to a concept of its own is told as a split, not as a loss.
        yield from _labels(concept, concepts)
        kinds = {each.kind for each in concepts}
        if concept.kind not in kinds:
            yield Change(
                what="kind-changed",
                concept=heir,
                label=concept.label,
                before=", ".join(sorted(kinds)),
                after=concept.kind,
            )
        yield from _definitions(old, new, concept, concepts)


def _labels(concept: Concept, before: list[Concept]) -> Iterator[Change]:
    had = {(d.text, d.language) for each in before for d in each.designations}
    has = {(d.text, d.language) for d in concept.designations}
    # A renaming says these two.
    preferred = {each.label for each in before} if len(before) == 1 else set()
    known = preferred | {concept.label} if concept.label not in preferred else set()
    for text, language in sorted(had ^ has):
        if text in known:
            continue
        gone = (text, language) in had
        yield Change(
            what="label-removed" if gone else "label-added",
            concept=concept.slug,
            label=concept.label,
            before=f"{text} ({language})" if gone else "",
            after="" if gone else f"{text} ({language})",
        )


def _definitions(
    old: Index, new: Index, concept: Concept, before: list[Concept]
) -> Iterator[Change]:
    had = [d for each in before for d in each.definitions]
    has = list(concept.definitions)
    # By entry first, then by source: an entry's id holds its headword, which may have changed.
    for same in (
        lambda d: (d.source, d.entry, d.language),
        lambda d: (d.source, d.language),
        lambda d: (d.text,),
    ):
        for was in list(had):
            now = next((d for d in has if same(d) == same(was)), None)
            if now is None:
                continue
            had.remove(was)
            has.remove(now)
            if _whole(was) != _whole(now):
                yield Change(
                    what="definition-changed",
                    concept=concept.slug,
                    label=concept.label,
                    before=_whole(was),
                    after=_whole(now),
                    place=definition_place(new, now).at,
                )
    for was in had:
        if was.entry not in new.by_entry:  # else it is another concept's now
            yield Change(
                what="definition-removed",
                concept=concept.slug,
                label=concept.label,
                before=_whole(was),
                place=definition_place(old, was).at,
            )
    for now in has:
        if now.entry not in old.by_entry:
            yield Change(
                what="definition-added",
                concept=concept.slug,
                label=concept.label,
                after=_whole(now),
                place=definition_place(new, now).at,
            )


def _whole(definition: Definition) -> str:
    """Return a definition on one line, with its formula."""
    formula = f" Formula: {definition.formula}" if definition.formula else ""
    return " ".join(f"{definition.text}{formula}".split())


def _relations(old: Index, new: Index, heirs: Mapping[str, str]) -> Iterator[Change]:
    had: dict[tuple[str, str, str], Relation] = {}
    for relation in old.relations:
        subject, object_ = heirs.get(relation.subject), heirs.get(relation.object)
        if subject is None or object_ is None:  # gone with its concept, which is told
            yield _relation("relation-removed", old, relation)
        else:
            had[subject, relation.type, object_] = relation
    has = {(r.subject, r.type, r.object): r for r in new.relations}
    for key, relation in had.items():
        subject, _, object_ = key
        if key not in has and subject != object_:
            yield _relation("relation-removed", old, relation)
    for key, relation in has.items():
        if key not in had:
            yield _relation("relation-added", new, relation)


def _relation(what: str, index: Index, relation: Relation) -> Change:
    phrase = index.vocabulary.phrase(relation.type, index.graph.language)
    said = f"{phrase} {index.label(relation.object)}"
    where = place(index, relation.evidence[0]) if relation.evidence else None
    added = what == "relation-added"
    return Change(
        what=what,
        concept=relation.subject,
        label=index.label(relation.subject),
        before="" if added else said,
        after=said if added else "",
        place=where.at if where else "",
        quote=" ".join(where.quote.split()) if where else "",
    )
