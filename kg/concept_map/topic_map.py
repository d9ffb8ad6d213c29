"""The map of several concepts: a source, a community, a search, a path, "these twelve"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kg.concept_map.blocks import drawn as drawn_in_blocks
from kg.concept_map.layered import Drawing, Fan
from kg.concept_map.layering import order_of
from kg.concept_map.model import Leg, Map, Options, Phrase, Proposition
from kg.concept_map.propositions import (
    among,
    box,
    describe,
    in_order,
    language_of,
    proposition,
)
from kg.concept_map.widths import measure, wrap
from kg.concept_map.words import word
from kg.index import Index
from kg.neighbors import neighbors

_LABEL = 124.0
_CONCEPT, _LEADING, _INSIDE, _PAD = 13.5, 17.0, 26.0, 15.0
_PHRASE, _PHRASE_LEADING, _PHRASE_WIDTH = 11.5, 13.0, 150.0
_EDGE = 6.0
# A hierarchy that points down is worse than any other line that points up.
_HIERARCHY = 4
_AROUND = 30
"""Concepts of the map of a neighbourhood, the focus included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bundle:
    """Propositions with equal phrases that share their subject or their object."""

    text: str
    family: str
    above: tuple[str, ...]
    below: tuple[str, ...]
    down: bool
    """Whether the subjects stand above."""
    said: tuple[Proposition, ...]


def topic_map(
    index: Index,
    concepts: Iterable[str],
    options: Options | None = None,
    *,
    title: str = "",
    focus: str = "",
) -> Map:
    """Return the map of these concepts and the relations among them, broader ones on top.

    ``concepts`` are any names that :meth:`kg.index.Index.resolve` knows; their order does not
    matter. ``focus`` is drawn filled. Cost: 30 concepts about 50 ms, 80 about half a second.

    Raises:
        ConceptNotFound, AmbiguousLabel: a name stands for no concept, or several.
        UnknownKey: the options name a family that the vocabulary has not.
    """
    options = options or Options()
    slugs = sorted({*index.resolve_each(concepts)})
    if not options.implied:
        slugs = [slug for slug in slugs if not index.concept(slug).implied]
    language = language_of(index, options)
    said = [proposition(index, relation, language) for relation in among(index, slugs, options)]
    shown = index.resolve(focus) if focus else ""
    return _drawn(index, slugs, said, options, title=title, focus=shown)


def neighborhood_map(
    index: Index,
    concept: str,
    options: Options | None = None,
    *,
    depth: int = 2,
    limit: int = _AROUND,
) -> Map:
    """Return the map of a concept and what is within ``depth`` relations, at most ``limit`` of it.

    The nearest and strongest come first; mentions lead nowhere unless the options ask for them.

    Raises:
        ConceptNotFound, AmbiguousLabel: ``concept`` names none, or several.
        UnknownKey: the options name a family that the vocabulary has not.
        ValueError: ``depth`` is not from 1 to :data:`kg.neighbors.MAX_DEPTH`.
    """
    options = options or Options()
    focus = index.resolve(concept)
    bases = [key for key in index.vocabulary.bases if options.mentions or key != "mention"]
    families = [
        key
        for key in index.vocabulary.families
        if (not options.only or key in options.only) and key not in options.hide
    ]
    steps = neighbors(
        index, focus, depth=depth, families=families, bases=bases,
        min_confidence=options.min_confidence, implied=options.implied,
    )  # fmt: skip
    near = [step.concept for step in steps[: limit - 1]]
    language = language_of(index, options)
    title = word("term", language, label=index.label(focus, language))
    drawn = topic_map(index, [focus, *near], options, title=title, focus=focus)
    question = word("question", language, label=index.label(focus, language))
    return replace(drawn, question=question, hidden=len(steps) - len(near))


def _drawn(
    index: Index,
    slugs: Sequence[str],
    said: Sequence[Proposition],
    options: Options,
    *,
    title: str,
    focus: str,
) -> Map:
    language = language_of(index, options)
    boxes = []
    for slug in slugs:
        lines = wrap(index.label(slug, language), _LABEL, _CONCEPT, 600)
        width = max(max(measure(line, _CONCEPT, 600) for line in lines) + _INSIDE, 44.0)
        height = len(lines) * _LEADING + _PAD
        boxes.append(
            box(index, slug, options, lines=lines, width=width, height=height, focus=slug == focus)
        )
    bundles = _bundles(slugs, said)
    phrases = [_phrase(f"p{place}", bundle) for place, bundle in enumerate(bundles)]
    number = {slug: place for place, slug in enumerate(slugs)}
    drawing = drawn_in_blocks(
        [(each.width, each.height) for each in boxes],
        [
            Fan(
                size=(phrase.width, phrase.height),
                above=tuple(number[slug] for slug in bundle.above),
                below=tuple(number[slug] for slug in bundle.below),
            )
            for bundle, phrase in zip(bundles, phrases, strict=True)
        ],
    )
    return Map(
        title=title or word("topic", language, count=len(slugs)),
        question=word("topic question", language),
        description=describe(index, said, language),
        language=language,
        width=drawing.width + 2 * _EDGE,
        height=drawing.height + 2 * _EDGE,
        shape="topic",
        boxes=tuple(
            replace(each, x=x + _EDGE, y=y + _EDGE)
            for each, (x, y) in zip(boxes, drawing.concepts, strict=True)
        ),
        phrases=tuple(
            replace(each, x=x + _EDGE, y=y + _EDGE)
            for each, (x, y) in zip(phrases, drawing.phrases, strict=True)
        ),
        legs=tuple(_legs(bundles, phrases, drawing)),
        propositions=tuple(p for bundle in bundles for p in bundle.said),
        families=in_order(index, (p.family for p in said)),
        focus=focus,
        crossings=drawing.crossings,
    )


def _phrase(key: str, bundle: _Bundle) -> Phrase:
    lines = wrap(bundle.text, _PHRASE_WIDTH, _PHRASE, 500)
    return Phrase(
        key=key,
        text=bundle.text,
        lines=lines,
        family=bundle.family,
        x=0.0,
        y=0.0,
        width=max(measure(line, _PHRASE, 500) for line in lines) + 10,
        height=len(lines) * _PHRASE_LEADING + 4,
        size=_PHRASE,
        leading=_PHRASE_LEADING,
        concepts=(*bundle.above, *bundle.below),
    )


def _legs(bundles: Sequence[_Bundle], phrases: Sequence[Phrase], drawing: Drawing) -> Iterable[Leg]:
    """Yield the lines of all bundles, each in the direction of its propositions."""
    for place, (bundle, phrase) in enumerate(zip(bundles, phrases, strict=True)):
        symmetric = bundle.said[0].symmetric
        for slug, curve in zip(bundle.above, drawing.above[place], strict=True):
            yield _leg(slug, phrase, curve, bundle, toward=not bundle.down, plain=symmetric)
        for slug, curve in zip(bundle.below, drawing.below[place], strict=True):
            yield _leg(slug, phrase, curve[::-1], bundle, toward=bundle.down, plain=symmetric)


def _leg(
    slug: str,
    phrase: Phrase,
    curve: tuple[tuple[float, float], ...],
    bundle: _Bundle,
    *,
    toward: bool,
    plain: bool,
) -> Leg:
    """Return the line between a concept and a phrase; ``curve`` begins at the concept."""
    points = tuple((x + _EDGE, y + _EDGE) for x, y in (curve[::-1] if toward else curve))
    others = bundle.below if slug in bundle.above else bundle.above
    return Leg(
        start=phrase.key if toward else slug,
        end=slug if toward else phrase.key,
        family=bundle.family,
        curve=points,
        arrow=toward and not plain,
        concepts=(slug, *others),
    )


def _bundles(slugs: Sequence[str], said: Sequence[Proposition]) -> list[_Bundle]:
    """Return the propositions joined where their phrase and one end are the same.

    The greater fan is formed first. Never many subjects with many objects: that would say what no
    source says. Which end stands above is settled before, so lines of a phrase run one way.
    """
    number = {slug: place for place, slug in enumerate(slugs)}
    arcs = [
        (number[p.object if p.upward else p.subject], number[p.subject if p.upward else p.object],
         _HIERARCHY if p.upward else 1)
        for p in said
        if not p.symmetric
    ]  # fmt: skip
    place = order_of(len(slugs), arcs)
    fans: dict[tuple[bool, str, str, str, bool], list[Proposition]] = {}
    for each in said:
        down = place[number[each.subject]] < place[number[each.object]]
        kind = (each.phrase, each.family, down)
        fans.setdefault((True, each.subject, *kind), []).append(each)
        fans.setdefault((False, each.object, *kind), []).append(each)
    done: set[str] = set()
    found: list[_Bundle] = []
    for (outward, hub, text, family, down), members in sorted(
        fans.items(), key=lambda item: (-len(item[1]), item[0])
    ):
        rest = sorted(
            (p for p in members if p.relation not in done),
            key=lambda p: p.object if outward else p.subject,
        )
        if not rest:
            continue
        done |= {p.relation for p in rest}
        ends = tuple(dict.fromkeys(p.object if outward else p.subject for p in rest))
        found.append(
            _Bundle(
                text=text,
                family=family,
                above=(hub,) if outward == down else ends,
                below=ends if outward == down else (hub,),
                down=down,
                said=tuple(rest),
            )
        )
    return found
