"""The map of one concept: broader above, narrower below, what acts on it left, the rest right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from kg.concept_map import curves
from kg.concept_map.model import Box, Leg, Map, Note, Options, Phrase, Proposition
from kg.concept_map.propositions import address, box, describe, in_order, language_of, sentence
from kg.concept_map.spokes import Spoke, grouped, spokes
from kg.concept_map.spread import spread
from kg.concept_map.widths import measure, tidy, wrap
from kg.concept_map.words import word
from kg.index import Index

WIDTH = 1000.0
"""Of the whole map; columns keep their places so that terms can be compared."""
COLUMN = 184.0
_EDGE = 6.0
# Phrases stand at 29 % and 71 % of the width, the focus in the middle.
_PHRASES = {"left": WIDTH * 0.292, "right": WIDTH * 0.708}
_CENTRE = WIDTH / 2
_CONCEPT, _LEADING, _INSIDE, _PAD = 13.5, 17.0, 24.0, 16.0
_PHRASE, _PHRASE_LEADING = 12.0, 14.0
_PHRASE_WIDTH = 112.0
_FOCUS, _FOCUS_LEADING, _FOCUS_WIDTH = 17.0, 22.0, 156.0
_APART, _GROUPS = 11.0, 20.0
# Between focus, phrase and box of a straight way up, and of ways that fan out.
_RISE, _FAN = 20.0, 30.0


@dataclass(slots=True)
class _Drawing:
    """What has been placed; y is 0 at the focus's middle until all is known."""

    boxes: list[Box] = field(default_factory=list)
    phrases: list[Phrase] = field(default_factory=list)
    legs: list[Leg] = field(default_factory=list)

    def rectangles(self) -> Iterable[tuple[float, float, float, float]]:
        """Yield left, top, right, bottom of all boxes and phrases."""
        items: list[Box | Phrase] = [*self.boxes, *self.phrases]
        for item in items:
            yield (
                item.x - item.width / 2,
                item.y - item.height / 2,
                item.x + item.width / 2,
                item.y + item.height / 2,
            )


def term_map(index: Index, concept: str, options: Options | None = None) -> Map:
    """Return the wide map of a concept with its strongest relations, see :class:`Options`.

    ``concept`` is any name that :meth:`kg.index.Index.resolve` knows. The same graph and options
    give the same map. What finds no room is counted in ``Map.hidden`` and said in a note.

    Raises:
        ConceptNotFound, AmbiguousLabel: ``concept`` names none, or several.
        UnknownKey: the options name a family that the vocabulary has not.
    """
    options = options or Options()
    focus = index.resolve(concept)
    language = language_of(index, options)
    label = tidy(index.label(focus, language))
    found, hidden = spokes(index, focus, options)
    sides = {side: [s for s in found if s.side == side] for side in _SIDES}
    columns = {side: grouped(index, sides[side]) for side in ("left", "right")}
    drawing = _Drawing()
    most = max(len(groups) for groups in columns.values())
    middle = _focus(index, focus, options, most)
    drawing.boxes.append(middle)
    for side, groups in columns.items():
        _column(index, options, drawing, middle, side, groups)
    for side in ("top", "bottom"):
        _band(index, options, drawing, middle, side, grouped(index, sides[side]))
    said = tuple(_in_reading_order(index, sides))
    return _framed(
        drawing,
        Map(
            title=word("term", language, label=label),
            question=word("question", language, label=label),
            description=describe(index, said, language) or word("nothing", language),
            language=language,
            width=WIDTH,
            height=0.0,
            shape="term",
            propositions=said,
            families=in_order(index, (s.family for s in found)),
            focus=focus,
            hidden=hidden,
        ),
        options,
    )


_SIDES = ("top", "left", "right", "bottom")


def _in_reading_order(index: Index, sides: dict[str, list[Spoke]]) -> Iterable[Proposition]:
    for side in _SIDES:
        for _, _, members in grouped(index, sides[side]):
            for spoke in members:
                yield from spoke.propositions


def _focus(index: Index, slug: str, options: Options, ports: int) -> Box:
    """Return the box in the middle, tall enough for the lines that arrive at its sides."""
    label = index.label(slug, language_of(index, options))
    lines = wrap(label, _FOCUS_WIDTH, _FOCUS, 600)
    width = max(max(measure(line, _FOCUS, 600) for line in lines) + 44, 96.0)
    height = max(len(lines) * _FOCUS_LEADING + 26, ports * 11.0 + 16)
    return box(
        index, slug, options, lines=lines, width=width, height=height, x=_CENTRE,
        focus=True, size=_FOCUS, leading=_FOCUS_LEADING,
    )  # fmt: skip


def _boxes(index: Index, options: Options, members: Sequence[Spoke]) -> list[Box]:
    language = language_of(index, options)
    found = []
    for spoke in members:
        label = index.label(spoke.slug, language)
        lines = wrap(label, COLUMN - _INSIDE, _CONCEPT, 600)
        says = ". ".join(sentence(index, said, language) for said in spoke.propositions)
        height = len(lines) * _LEADING + _PAD
        found.append(
            box(index, spoke.slug, options, lines=lines, width=COLUMN, height=height, says=says)
        )
    return found


def _phrase(key: str, text: str, family: str, width: float, concepts: tuple[str, ...]) -> Phrase:
    lines = wrap(text, width, _PHRASE, 500, lines=4)
    return Phrase(
        key=key,
        text=text,
        lines=lines,
        family=family,
        x=0.0,
        y=0.0,
        width=max(measure(line, _PHRASE, 500) for line in lines) + 12,
        height=len(lines) * _PHRASE_LEADING + 6,
        size=_PHRASE,
        leading=_PHRASE_LEADING,
        concepts=concepts,
    )


def _column(
    index: Index,
    options: Options,
    drawing: _Drawing,
    middle: Box,
    side: str,
    groups: Sequence[tuple[str, str, list[Spoke]]],
) -> None:
    """Place one side: boxes stacked by phrase, phrases between them and the focus."""
    out = side == "right"
    sign = 1 if out else -1
    at = WIDTH - COLUMN / 2 - _EDGE if out else COLUMN / 2 + _EDGE
    stacks: list[tuple[Phrase, list[Box], list[Spoke]]] = []
    y = 0.0
    for number, (text, family, members) in enumerate(groups):
        names = (*(s.slug for s in members), middle.slug)
        phrase = _phrase(f"{side}-{number}", text, family, _PHRASE_WIDTH, names)
        boxes: list[Box] = []
        start = y
        for each in _boxes(index, options, members):
            boxes.append(replace(each, x=at, y=y + each.height / 2))
            y += each.height + _APART
        stacks.append((replace(phrase, y=(start + y - _APART) / 2), boxes, members))
        y += _GROUPS - _APART
    shift = -(y - _GROUPS) / 2
    # Phrases draw in toward the focus a little, as far as they keep apart.
    places = spread(
        [(phrase.y + shift) * 0.86 for phrase, _, _ in stacks],
        [(a[0].height + b[0].height) / 2 + 4 for a, b in pairwise(stacks)],
    )
    step = min(13.0, (middle.height - 16) / max(1, len(stacks)))
    broad = max((phrase.width for phrase, _, _ in stacks), default=0.0)
    for number, ((phrase, boxes, members), place) in enumerate(zip(stacks, places, strict=True)):
        phrase = replace(phrase, x=_PHRASES[side], y=place)
        drawing.phrases.append(phrase)
        port = (middle.x + sign * middle.width / 2, (number - (len(stacks) - 1) / 2) * step)
        inner = (phrase.x - sign * phrase.width / 2, place)
        outer = (phrase.x + sign * phrase.width / 2, place)
        arrow = any(spoke.arrow for spoke in members)
        # Level beside the widest phrase, so that no line cuts a neighbour's corner.
        free = (_PHRASES[side] - sign * broad / 2, place)
        stem = curves.joined(curves.across(port, free), curves.line(free, inner))
        stem = stem if out else stem[::-1]
        drawing.legs.append(
            _leg(middle.slug, phrase.key, stem, phrase, forward=out, arrow=arrow and not out)
        )
        for each, spoke in zip(boxes, members, strict=True):
            each = replace(each, y=each.y + shift)
            drawing.boxes.append(each)
            side_point = (each.x - sign * each.width / 2, each.y)
            free = (_PHRASES[side] + sign * broad / 2, place)
            curve = curves.joined(curves.line(outer, free), curves.across(free, side_point))
            curve = curve if out else curve[::-1]
            drawing.legs.append(
                _leg(each.slug, phrase.key, curve, phrase, forward=not out,
                     arrow=out and spoke.arrow, focus=middle.slug)
            )  # fmt: skip


def _leg(
    concept: str,
    phrase: str,
    curve: curves.Curve,
    of: Phrase,
    *,
    forward: bool,
    arrow: bool,
    focus: str = "",
) -> Leg:
    """Return a line from concept to phrase (``forward``) or from phrase to concept."""
    others = (focus,) if focus else tuple(slug for slug in of.concepts if slug != concept)
    return Leg(
        start=concept if forward else phrase,
        end=phrase if forward else concept,
        family=of.family,
        curve=curve,
        arrow=arrow,
        concepts=(concept, *others),
    )


def _band(
    index: Index,
    options: Options,
    drawing: _Drawing,
    middle: Box,
    side: str,
    groups: Sequence[tuple[str, str, list[Spoke]]],
) -> None:
    """Place a row of boxes above or below the focus, clear of the columns."""
    if not groups:
        return
    up = side == "top"
    sign = -1 if up else 1
    count = sum(len(members) for _, _, members in groups)
    slot = COLUMN + 16
    place = _CENTRE - (count - 1) / 2 * slot
    rows: list[tuple[Phrase, list[Box], list[Spoke]]] = []
    for number, (text, family, members) in enumerate(groups):
        names = (*(s.slug for s in members), middle.slug)
        span = (len(members) - 1) * slot
        phrase = _phrase(f"{side}-{number}", text, family, COLUMN - 24, names)
        boxes = [
            replace(each, x=place + k * slot)
            for k, each in enumerate(_boxes(index, options, members))
        ]
        rows.append((replace(phrase, x=place + span / 2), boxes, members))
        place += span + slot
    tall = max(phrase.height for phrase, _, _ in rows)
    rise = _RISE if count == 1 else _FAN
    # Distances from the focus's middle outward; boxes stand on one line, phrases on another.
    phrase_at = middle.height / 2 + rise + tall / 2
    box_at = phrase_at + tall / 2 + rise
    push = _clearance(drawing, rows, middle, sign, phrase_at - tall / 2)
    phrase_at, box_at = phrase_at + push, box_at + push
    step = min(16.0, (middle.width - 40) / max(1, len(rows)))
    for number, (phrase, boxes, members) in enumerate(rows):
        phrase = replace(phrase, y=sign * phrase_at)
        drawing.phrases.append(phrase)
        port = (
            middle.x + (number - (len(rows) - 1) / 2) * step,
            sign * middle.height / 2,
        )
        near = (phrase.x, sign * (phrase_at - phrase.height / 2))
        far = (phrase.x, sign * (phrase_at + phrase.height / 2))
        # Upright past the columns, and only then aside.
        turn = (port[0], sign * (phrase_at - tall / 2 - rise))
        stem = curves.joined(curves.line(port, turn), curves.down(turn, near))
        if not push:
            stem = curves.down(port, near)
        stem = stem if up else stem[::-1]
        arrow = any(spoke.arrow for spoke in members)
        drawing.legs.append(
            _leg(middle.slug, phrase.key, stem, phrase, forward=up, arrow=arrow and not up)
        )
        for each, spoke in zip(boxes, members, strict=True):
            each = replace(each, y=sign * (box_at + each.height / 2))
            drawing.boxes.append(each)
            edge = (each.x, sign * box_at)
            curve = curves.down(far, edge) if up else curves.down(edge, far)
            drawing.legs.append(
                _leg(each.slug, phrase.key, curve, phrase, forward=not up,
                     arrow=up and spoke.arrow, focus=middle.slug)
            )  # fmt: skip


def _clearance(
    drawing: _Drawing,
    rows: Sequence[tuple[Phrase, list[Box], list[Spoke]]],
    middle: Box,
    sign: int,
    start: float,
) -> float:
    """Return how much farther out a band must stand to be clear of the columns.

    ``start`` is where it would begin, counted from the focus's middle outward.
    """
    items: list[Box | Phrase] = [each for _, boxes, _ in rows for each in boxes]
    items += [phrase for phrase, _, _ in rows]
    left = min(item.x - item.width / 2 for item in items) - 14
    right = max(item.x + item.width / 2 for item in items) + 14
    reach = 0.0
    for west, top, east, bottom in drawing.rectangles():
        if east > left and west < right and west != middle.x - middle.width / 2:
            reach = max(reach, -top if sign < 0 else bottom)
    return max(0.0, reach + _FAN + 8 - start)


def _framed(drawing: _Drawing, empty: Map, options: Options) -> Map:
    """Return the map with the origin at the top left, as narrow as what is in it."""
    left = min(item[0] for item in drawing.rectangles()) - _EDGE
    top = min(item[1] for item in drawing.rectangles()) - 4
    right = max(item[2] for item in drawing.rectangles()) + _EDGE
    bottom = max(item[3] for item in drawing.rectangles()) + 4
    notes: tuple[Note, ...] = ()
    if empty.hidden:
        text = word("more", empty.language, count=empty.hidden)
        width = measure(text, 12.0, 500) + 8
        notes = (
            Note(
                text=text,
                x=(right - left) / 2,
                y=bottom - top + 20,
                width=width,
                height=20,
                href=address(options, empty.focus, "#relations"),
            ),
        )
        bottom += 32
    return replace(
        empty,
        width=right - left,
        height=bottom - top,
        boxes=tuple(replace(b, x=b.x - left, y=b.y - top) for b in drawing.boxes),
        phrases=tuple(replace(p, x=p.x - left, y=p.y - top) for p in drawing.phrases),
        legs=tuple(
            replace(leg, curve=tuple((x - left, y - top) for x, y in leg.curve))
            for leg in drawing.legs
        ),
        notes=notes,
    )
