"""The map of a path: a chain of concepts, read from its start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.concept_map import curves
from kg.concept_map.model import Box, Leg, Map, Options, Phrase
from kg.concept_map.propositions import box, in_order, language_of, proposition
from kg.concept_map.widths import measure, tidy, wrap
from kg.concept_map.words import word
from kg.index import Index
from kg.paths import Path, sentence

WIDTH = 1000.0
"""A chain wider than this runs down instead of across."""
_LABEL = 136.0
_CONCEPT, _LEADING, _INSIDE, _PAD = 13.5, 17.0, 28.0, 17.0
_PHRASE, _PHRASE_LEADING, _PHRASE_WIDTH = 12.0, 14.0, 110.0
_GAP, _EDGE = 26.0, 6.0


def path_map(
    index: Index, path: Path, options: Options | None = None, *, narrow: bool = False
) -> Map:
    """Return the chain of a path, phrases read from its start to its end.

    It runs across while it is no wider than 1000 px and not ``narrow``, else down. Both ends are
    drawn filled. Of ``options`` only language and addresses matter: the path is chosen already.
    """
    options = options or Options()
    language = language_of(index, options)
    boxes = [_box(index, slug, options, place, path) for place, slug in enumerate(path.concepts)]
    phrases = [_phrase(index, path, place, language) for place in range(len(path.legs))]
    across = _GAP * 2 * len(phrases) + sum(p.width for p in phrases) + sum(b.width for b in boxes)
    level = not narrow and across + 2 * _EDGE <= WIDTH
    placed, placed_phrases, width, height = _placed(boxes, phrases, level)
    labels = [tidy(index.label(slug, language)) for slug in (path.concepts[0], path.concepts[-1])]
    names = {"start": labels[0], "end": labels[1]}
    return Map(
        title=word("path", language, **names),
        question=word("path question", language, **names),
        description=sentence(index, path, language),
        language=language,
        width=width,
        height=height,
        shape="path",
        boxes=tuple(placed),
        phrases=tuple(placed_phrases),
        legs=tuple(
            leg
            for place in range(len(path.legs))
            for leg in _legs(placed, placed_phrases, index, path, place, level)
        ),
        propositions=tuple(proposition(index, leg.relation, language) for leg in path.legs),
        families=in_order(index, (phrase.family for phrase in placed_phrases)),
        focus=path.concepts[0],
    )


def _box(index: Index, slug: str, options: Options, place: int, path: Path) -> Box:
    lines = wrap(index.label(slug, language_of(index, options)), _LABEL, _CONCEPT, 600)
    return box(
        index, slug, options, lines=lines,
        width=max(measure(line, _CONCEPT, 600) for line in lines) + _INSIDE,
        height=len(lines) * _LEADING + _PAD,
        focus=place in (0, len(path.concepts) - 1),
    )  # fmt: skip


def _phrase(index: Index, path: Path, place: int, language: str) -> Phrase:
    leg = path.legs[place]
    text = leg.phrase(index.vocabulary, language)
    lines = wrap(text, _PHRASE_WIDTH, _PHRASE, 500)
    return Phrase(
        key=f"step-{place}",
        text=text,
        lines=lines,
        family=index.vocabulary.relation_types[leg.relation.type].family,
        x=0.0,
        y=0.0,
        width=max(measure(line, _PHRASE, 500) for line in lines) + 12,
        height=len(lines) * _PHRASE_LEADING + 6,
        size=_PHRASE,
        leading=_PHRASE_LEADING,
        concepts=(path.concepts[place], path.concepts[place + 1]),
    )


def _placed(
    boxes: Sequence[Box], phrases: Sequence[Phrase], level: bool
) -> tuple[list[Box], list[Phrase], float, float]:
    """Return boxes and phrases in turn, one beside or below another, and the size of it all."""
    chain: list[Box | Phrase] = [boxes[0]]
    for phrase, each in zip(phrases, boxes[1:], strict=True):
        chain += [phrase, each]
    broad = max(item.height if level else item.width for item in chain) / 2 + _EDGE
    along = _EDGE
    placed: list[Box] = []
    placed_phrases: list[Phrase] = []
    for item in chain:
        extent = item.width if level else item.height
        middle = along + extent / 2
        x, y = (middle, broad) if level else (broad, middle)
        if isinstance(item, Box):
            placed.append(replace(item, x=x, y=y))
        else:
            placed_phrases.append(replace(item, x=x, y=y))
        along += extent + (_GAP if level else _GAP - 4)
    end = along - (_GAP if level else _GAP - 4) + _EDGE
    return placed, placed_phrases, *((end, 2 * broad) if level else (2 * broad, end))


def _legs(
    boxes: Sequence[Box],
    phrases: Sequence[Phrase],
    index: Index,
    path: Path,
    place: int,
    level: bool,
) -> tuple[Leg, Leg]:
    """Return the lines from a concept to the phrase behind it, and on to the next concept."""
    here, phrase, there = boxes[place], phrases[place], boxes[place + 1]
    symmetric = index.vocabulary.relation_types[path.legs[place].relation.type].symmetric

    def edge(item: Box | Phrase, sign: int) -> tuple[float, float]:
        if level:
            return item.x + sign * item.width / 2, item.y
        return item.x, item.y + sign * item.height / 2

    return (
        Leg(
            start=here.slug,
            end=phrase.key,
            family=phrase.family,
            curve=curves.line(edge(here, 1), edge(phrase, -1)),
            concepts=(here.slug, there.slug),
        ),
        Leg(
            start=phrase.key,
            end=there.slug,
            family=phrase.family,
            curve=curves.line(edge(phrase, 1), edge(there, -1)),
            arrow=not symmetric,
            concepts=(there.slug, here.slug),
        ),
    )
