"""The map of one concept for a narrow screen: a rail from the focus down, read from the focus."""

from __future__ import annotations

from kg.concept_map import curves
from kg.concept_map.model import Box, Leg, Map, Note, Options, Phrase
from kg.concept_map.propositions import address, box, describe, in_order, language_of, sentence
from kg.concept_map.spokes import grouped, spokes
from kg.concept_map.widths import measure, tidy, wrap
from kg.concept_map.words import word
from kg.index import Index

WIDTH = 340.0
_RAIL = 22.0
_INDENT = 44.0
_BRANCH = _INDENT + 14
_BOX = _BRANCH + 22
_FOCUS, _FOCUS_LEADING = 16.0, 20.0
_CONCEPT, _LEADING = 13.5, 17.0
_PHRASE, _PHRASE_LEADING = 12.0, 14.0


def rail_map(index: Index, concept: str, options: Options | None = None) -> Map:
    """Return the narrow map of a concept: the same relations as the wide one, one below another.

    Phrases are read from the focus, so those of incoming relations are the inverse ones. Boxes are
    340 px wide together with the rail, made for screens below 640 px.

    Raises:
        ConceptNotFound, AmbiguousLabel: ``concept`` names none, or several.
        UnknownKey: the options name a family that the vocabulary has not.
    """
    options = options or Options()
    focus = index.resolve(concept)
    language = language_of(index, options)
    label = tidy(index.label(focus, language))
    found, hidden = spokes(index, focus, options)
    head = _head(index, focus, options)
    boxes, phrases, legs = [head], list[Phrase](), list[Leg]()
    y = head.y + head.height / 2
    start = rail = y
    for number, (text, family, members) in enumerate(grouped(index, found, by="read")):
        names = (*(s.slug for s in members), focus)
        lines = wrap(text, WIDTH - _INDENT - 20, _PHRASE, 500)
        height = len(lines) * _PHRASE_LEADING + 6
        width = max(measure(line, _PHRASE, 500) for line in lines) + 12
        y += 18 + height / 2
        phrase = Phrase(
            key=f"rail-{number}",
            text=text,
            lines=lines,
            family=family,
            x=_INDENT - 2 + width / 2,
            y=y,
            width=width,
            height=height,
            size=_PHRASE,
            leading=_PHRASE_LEADING,
            concepts=names,
        )
        phrases.append(phrase)
        stem = curves.corner((_RAIL, y - 12), (_RAIL, y), (_INDENT - 4, y), 9)
        legs.append(
            Leg(start=focus, end=phrase.key, family=family, curve=stem, concepts=(focus, *names))
        )
        rail = y - 9
        y += height / 2
        under = y
        for spoke in members:
            says = ". ".join(sentence(index, said, language) for said in spoke.propositions)
            width = WIDTH - _BOX - 2
            text_lines = wrap(index.label(spoke.slug, language), width - 24, _CONCEPT, 600)
            tall = len(text_lines) * _LEADING + 19
            y += 8 + tall / 2
            boxes.append(
                box(
                    index, spoke.slug, options, lines=text_lines, width=width, height=tall,
                    x=_BOX + width / 2, y=y, says=says,
                )
            )  # fmt: skip
            curve = curves.corner((_BRANCH, under), (_BRANCH, y), (_BOX, y), 8)
            legs.append(
                Leg(start=phrase.key, end=spoke.slug, family=family, curve=curve,
                    arrow=spoke.arrow, concepts=(spoke.slug, focus))
            )  # fmt: skip
            y += tall / 2
    if phrases:
        spine = curves.line((_RAIL, start), (_RAIL, rail))
        legs.insert(0, Leg(start=focus, end=phrases[-1].key, family="", curve=spine))
    notes: tuple[Note, ...] = ()
    if hidden:
        text = word("more", language, count=hidden)
        y += 26
        width = measure(text, 12.0, 500) + 8
        href = address(options, focus, "#relations")
        notes = (Note(text=text, x=_BOX + width / 2, y=y, width=width, height=20, href=href),)
        y += 10
    said = tuple(
        each
        for _, _, members in grouped(index, found, by="read")
        for spoke in members
        for each in spoke.propositions
    )
    return Map(
        title=word("term", language, label=label),
        question=word("question", language, label=label),
        description=describe(index, said, language) or word("nothing", language),
        language=language,
        width=WIDTH,
        height=y + 4,
        shape="rail",
        boxes=tuple(boxes),
        phrases=tuple(phrases),
        legs=tuple(legs),
        notes=notes,
        propositions=said,
        families=in_order(index, (s.family for s in found)),
        focus=focus,
        hidden=hidden,
    )


def _head(index: Index, focus: str, options: Options) -> Box:
    lines = wrap(index.label(focus, language_of(index, options)), 280.0, _FOCUS, 600)
    width = max(max(measure(line, _FOCUS, 600) for line in lines) + 36, 72.0)
    height = len(lines) * _FOCUS_LEADING + 22
    return box(
        index, focus, options, lines=lines, width=width, height=height,
        x=width / 2 + 2, y=height / 2 + 2, focus=True, size=_FOCUS, leading=_FOCUS_LEADING,
    )  # fmt: skip
