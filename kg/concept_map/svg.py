"""Concept maps as SVG: a file that stands alone, or a part of a page that follows its colours.

A file uses presentation attributes only (no ``<style>``, CSS variables or ``foreignObject``), so
that resvg, librsvg, LibreOffice and browsers draw the same. A part of a page names classes, and the
page's style sheet gives colours for light and dark; see :data:`CLASSES`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from types import MappingProxyType

from kg.concept_map import curves
from kg.concept_map.frame import Frame, Lines, foot, head
from kg.concept_map.model import Box, Leg, Map, Note, Phrase
from kg.concept_map.widths import measure, tidy
from kg.errors import UnknownKey
from ontology.vocabulary import DEFAULT, Vocabulary, in_language

FONT = "Inter, 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif"
"""Font families of a file; boxes are measured for the first."""
PAD = 16.0
"""Blank edge of a file, px."""
CLASSES: Mapping[str, str] = MappingProxyType(
    {
        "cmap": "the svg, with its shape (term, rail, topic, path) as a second class",
        "e": "a leg; f-FAMILY; data-n: places of the concepts that it joins, its own first",
        "ah": "an arrowhead",
        "spine": "the rail of a narrow map",
        "p": "a phrase; f-FAMILY; data-n as on a leg; a halo hides the legs below",
        "n": "a link to a concept; data-id: its slug; focus; implied",
        "more": "the note of what is left out",
        "j": "the space between two lines of a label, of no size",
    }
)
"""Classes of a map in a page."""
_HEAD, _HALF = 8.5, 3.9
# A thick line ends before the tip of its arrowhead.
_SHORT = 6.0
# Twice the area, px², between a straight line and its controls.
_FLAT = 0.5
# Not in XML 1.0 (section 2.2): most control signs, surrogates and two that are no characters.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CAP = 0.355  # of the type size: how far the baseline lies below the middle of capitals


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Colours of a file, ``#rrggbb``; those of families are in the ontology."""

    dark: bool
    ground: str
    ink: str
    muted: str
    node: str
    node_line: str
    focus: str
    focus_ink: str
    rail: str
    accent: str


THEMES: Mapping[str, Theme] = MappingProxyType(
    {
        "light": Theme(
            dark=False, ground="#FFFFFF", ink="#1A1D21", muted="#4C535C", node="#FFFFFF",
            node_line="#8B929B", focus="#173A40", focus_ink="#FFFFFF", rail="#CFCAC0",
            accent="#0A5C63",
        ),
        "dark": Theme(
            dark=True, ground="#1B2026", ink="#ECEAE5", muted="#B6BCC4", node="#20262D",
            node_line="#66707B", focus="#D9EDEC", focus_ink="#0E2326", rail="#3C444D",
            accent="#6CC7C4",
        ),
    }
)  # fmt: skip
"""Colours by name of the theme."""


def render(
    drawn: Map,
    *,
    theme: str = "light",
    frame: Frame | None = None,
    vocabulary: Vocabulary = DEFAULT,
    id: str = "map",
) -> str:
    """Return a map as an SVG 1.1 file: presentation attributes only, links, title, description.

    ``frame`` adds title, question, legend, caption and credit; without it there is the drawing
    alone. ``id`` begins the ids in the file, for pages that hold several.

    Raises:
        UnknownKey: there is no such theme.
    """
    if theme not in THEMES:
        raise UnknownKey("theme", theme, THEMES)
    colours = THEMES[theme]
    pen = _Pen(colours, vocabulary)
    frame = frame or Frame(title="", legend=False)
    width = max(drawn.width, 320.0 if frame.title or frame.legend else 0.0) + 2 * PAD
    above = head(frame, width - 2 * PAD)
    below = foot(frame, width - 2 * PAD)
    parts: list[str] = []
    y = PAD
    for line in above.lines:
        parts.append(pen.plain(line, PAD, y))
    y += above.height
    left = (width - drawn.width) / 2
    if frame.legend and drawn.families:
        legend, tall = _legend(drawn, pen, width - 2 * PAD, PAD, y)
        parts += legend
        y += tall
    parts.append(f'<g transform="translate({_n(left)} {_n(y)})">')
    parts += pen.drawing(drawn)
    parts.append("</g>")
    y += drawn.height
    for line in below.lines:
        parts.append(pen.plain(line, PAD, y))
    height = y + below.height + PAD
    key = _attribute(id)
    named = f"{key}-title" + (f" {key}-desc" if drawn.description else "")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'xml:lang="{_attribute(drawn.language)}" role="group" aria-labelledby="{named}" '
        f'font-family="{_attribute(FONT)}">'
        f'<title id="{key}-title">{_text(frame.title or drawn.title)}</title>'
        + (f'<desc id="{key}-desc">{_text(drawn.description)}</desc>' if drawn.description else "")
        + f'<rect width="{width:.0f}" height="{height:.0f}" fill="{colours.ground}"/>'
        + "".join(parts)
        + "</svg>\n"
    )


def render_part(drawn: Map, *, classes: str = "") -> str:
    """Return a map as a part of an HTML page: classes for colours, no size of its own but a ratio.

    ``classes`` are added to the svg's. The legend, title and credit are the page's. The relations
    are listed on the page too, so legs and phrases are hidden from assistive technology.
    """
    named = " ".join(filter(None, ("cmap", drawn.shape, classes)))
    size = f"0 0 {drawn.width:.0f} {drawn.height:.0f}"
    # Around a focus every leg is also the focus's, so only its own concept needs to be said.
    around = drawn.focus if drawn.shape in ("term", "rail") else ""
    number = {box.slug: place for place, box in enumerate(drawn.boxes)}
    legs = "".join(_part_leg(leg, around, number) for leg in drawn.legs)
    phrases = "".join(_part_phrase(phrase, number) for phrase in drawn.phrases)
    # A rail is read down, phrase before concept, as the list of relations below it is.
    boxes = "".join(_part_box(box, titled=drawn.shape != "rail") for box in drawn.boxes)
    notes = "".join(_part_note(note) for note in drawn.notes)
    return (
        f'<svg class="{_attribute(named)}" viewBox="{size}" width="{drawn.width:.0f}" '
        f'height="{drawn.height:.0f}" role="group" aria-label="{_attribute(drawn.title)}">'
        f'<g class="edges" aria-hidden="true">{legs}</g>'
        f'<g class="phrases" aria-hidden="true">{phrases}</g>'
        f'<g class="nodes">{boxes}{notes}</g></svg>'
    )


# --- a part of a page -----------------------------------------------------------------------------


def _part_leg(leg: Leg, focus: str, number: Mapping[str, int]) -> str:
    if not leg.family:
        return f'<path class="spine" d="{_path(leg.curve)}"/>'
    stem = not focus or leg.concepts[0] == focus
    joins = _numbers(leg.concepts if stem else leg.concepts[:1], number)
    head_ = f'<path class="ah" d="{_arrow(leg)}"/>' if leg.arrow else ""
    return (
        f'<g class="e f-{leg.family}" data-n="{joins}"><path d="{_path(_drawn(leg))}"/>{head_}</g>'
    )


def _numbers(slugs: Iterable[str], number: Mapping[str, int]) -> str:
    """Return where the boxes of ``slugs`` stand in the drawing: shorter than their names."""
    return " ".join(str(number[slug]) for slug in dict.fromkeys(slugs))


def _part_phrase(phrase: Phrase, number: Mapping[str, int]) -> str:
    joins = _numbers(phrase.concepts, number)
    return (
        f'<g class="p f-{phrase.family}" data-n="{joins}">'
        f"{_label(phrase, phrase.lines, phrase.leading, phrase.size, inside='')}</g>"
    )


def _part_box(box: Box, *, titled: bool) -> str:
    named = ["n"] + ["focus"] * box.focus + ["implied"] * box.implied
    body = f"{_rect(box, _radius(box))}{_label(box, box.lines, box.leading, box.size, inside='')}"
    label = f' aria-label="{_attribute(box.title)}"' if titled else ""
    if not box.href:
        return f'<g class="{" ".join(named)}" data-id="{_attribute(box.slug)}"{label}>{body}</g>'
    return (
        f'<a class="{" ".join(named)}" href="{_attribute(box.href)}" '
        f'data-id="{_attribute(box.slug)}"{label}>{body}</a>'
    )


def _part_note(note: Note) -> str:
    body = (
        f'<text x="{_n(note.x)}" y="{_n(_baseline(note.y, note.size))}">{_text(note.text)}</text>'
    )
    return f'<a class="more" href="{_attribute(note.href)}">{body}</a>' if note.href else body


# --- a file ---------------------------------------------------------------------------------------


class _Pen:
    """Draws in the colours of a theme, by presentation attributes."""

    def __init__(self, theme: Theme, vocabulary: Vocabulary) -> None:
        self.theme = theme
        self.vocabulary = vocabulary

    def colour(self, family: str) -> str:
        if not family:
            return self.theme.rail
        found = self.vocabulary.families[family]
        return found.dark if self.theme.dark else found.light

    def stroke(self, family: str) -> str:
        """Return the attributes of a family's lines."""
        if not family:
            return f'fill="none" stroke="{self.theme.rail}" stroke-width="1.7"'
        found = self.vocabulary.families[family]
        dash = f' stroke-dasharray="{found.dash}"' if found.dash else ""
        return (
            f'fill="none" stroke="{self.colour(family)}" stroke-width="{found.width:g}"'
            f'{dash} stroke-linecap="round"'
        )

    def drawing(self, drawn: Map) -> Iterator[str]:
        for leg in drawn.legs:
            yield f'<path d="{_path(_drawn(leg))}" {self.stroke(leg.family)}/>'
            if leg.arrow:
                colour = self.colour(leg.family)
                yield (
                    f'<path d="{_arrow(leg)}" fill="{colour}" stroke="{colour}" '
                    f'stroke-width="1" stroke-linejoin="round"/>'
                )
        for phrase in drawn.phrases:
            ink = f'fill="{self.colour(phrase.family)}" font-weight="500"'
            yield _rect(phrase, phrase.height / 2, f'fill="{self.theme.ground}"')
            yield _label(phrase, phrase.lines, phrase.leading, phrase.size, inside=ink)
        for box in drawn.boxes:
            yield self.box(box)
        for note in drawn.notes:
            yield self.note(note)

    def box(self, box: Box) -> str:
        theme = self.theme
        dash = ' stroke-dasharray="4 3"' if box.implied and not box.focus else ""
        fill, line, ink = (
            (theme.focus, theme.focus, theme.focus_ink)
            if box.focus
            else (theme.node, theme.node_line, theme.ink)
        )
        shape = _rect(box, _radius(box), f'fill="{fill}" stroke="{line}" stroke-width="1.25"{dash}')
        label = _label(
            box, box.lines, box.leading, box.size,
            inside=f'fill="{ink}" font-weight="600"',
        )  # fmt: skip
        return self.link(box.href, f"<title>{_text(box.title)}</title>{shape}{label}")

    def note(self, note: Note) -> str:
        body = (
            f'<text x="{_n(note.x)}" y="{_n(_baseline(note.y, note.size))}" '
            f'font-size="{note.size:g}" font-weight="500" text-anchor="middle" '
            f'fill="{self.theme.accent}">{_text(note.text)}</text>'
        )
        return self.link(note.href, body)

    @staticmethod
    def link(href: str, body: str) -> str:
        if not href:
            return f"<g>{body}</g>"
        return f'<a href="{_attribute(href)}" xlink:href="{_attribute(href)}">{body}</a>'

    def plain(self, line: Lines, x: float, y: float) -> str:
        """Return a line of the frame."""
        ink = self.theme.ink if line.strong else self.theme.muted
        body = (
            f'<text x="{_n(x)}" y="{_n(y + line.y)}" font-size="{line.size:g}" '
            f'font-weight="{600 if line.strong else 500}" fill="{ink}">{_text(line.text)}</text>'
        )
        return self.link(line.href, body) if line.href else body


def _legend(
    drawn: Map, pen: _Pen, width: float, left: float, top: float
) -> tuple[list[str], float]:
    """Return the legend's parts and its height: a line sample and a name for each family."""
    parts: list[str] = []
    x, y = left, top + 8
    for key in drawn.families:
        name = in_language(pen.vocabulary.families[key].label, drawn.language)
        wide = 32 + measure(name, 12.0, 500)
        if x > left and x + wide > left + width:
            x, y = left, y + 20
        sample = f'<path d="M{_n(x)},{_n(y)}H{_n(x + 24)}" {pen.stroke(key)}/>'
        parts.append(
            f'{sample}<text x="{_n(x + 32)}" y="{_n(y + 4.2)}" font-size="12" font-weight="500" '
            f'fill="{pen.theme.muted}">{_text(name)}</text>'
        )
        x += wide + 22
    return parts, y - top + 24


# --- shared ---------------------------------------------------------------------------------------


def _radius(box: Box) -> float:
    return min(box.height / 2, 24.0) if box.pill and not box.focus else 9.0


def _baseline(y: float, size: float) -> float:
    return y + size * _CAP


def _rect(item: Box | Phrase, radius: float, attributes: str = "") -> str:
    return (
        f'<rect x="{_n(item.x - item.width / 2)}" y="{_n(item.y - item.height / 2)}" '
        f'width="{_n(item.width)}" height="{_n(item.height)}" '
        f'rx="{_n(min(radius, 24.0))}"{" " if attributes else ""}{attributes}/>'
    )


def _label(
    item: Box | Phrase, lines: Iterable[str], leading: float, size: float, *, inside: str
) -> str:
    """Return one text of all lines; a space of no size keeps words of two lines apart."""
    rows = list(lines)
    attributes = f' font-size="{size:g}" text-anchor="middle" {inside}' if inside else ""
    if len(rows) == 1:
        at = f'x="{_n(item.x)}" y="{_n(_baseline(item.y, size))}"'
        return f"<text {at}{attributes}>{_text(rows[0])}</text>"
    top = item.y - (len(rows) - 1) / 2 * leading
    spans = []
    for place, row in enumerate(rows):
        y = _baseline(top + place * leading, size)
        joint = ""
        if place + 1 < len(rows) and not row.endswith("-"):
            joint = '<tspan class="j"> </tspan>' if not inside else '<tspan font-size="0"> </tspan>'
        spans.append(f'<tspan x="{_n(item.x)}" y="{_n(y)}">{_text(row)}</tspan>{joint}')
    return f"<text{attributes}>{''.join(spans)}</text>"


def _drawn(leg: Leg) -> curves.Curve:
    return curves.shortened(leg.curve, _SHORT) if leg.arrow else leg.curve


def _path(curve: curves.Curve) -> str:
    """Return a curve as path data; straight pieces as lines, which are shorter to write."""
    start, *rest = curve
    parts = [f"M{_n(start[0])},{_n(start[1])}"]
    for one, other, end in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        (x, y), (far_x, far_y) = start, end
        if all(abs((a - x) * (far_y - y) - (b - y) * (far_x - x)) < _FLAT for a, b in (one, other)):
            parts.append(
                f"V{_n(far_y)}"
                if _n(x) == _n(far_x)
                else f"H{_n(far_x)}"
                if _n(y) == _n(far_y)
                else f"L{_n(far_x)},{_n(far_y)}"
            )
        else:
            parts.append("C" + " ".join(f"{_n(a)},{_n(b)}" for a, b in (one, other, end)))
        start = end
    return "".join(parts)


def _arrow(leg: Leg) -> str:
    (x, y), (dx, dy) = leg.curve[-1], curves.heading(leg.curve)
    back = (x - dx * _HEAD, y - dy * _HEAD)
    return (
        f"M{_n(x)},{_n(y)}L{_n(back[0] - dy * _HALF)},{_n(back[1] + dx * _HALF)}"
        f"L{_n(back[0] + dy * _HALF)},{_n(back[1] - dx * _HALF)}Z"
    )


def _n(value: float) -> str:
    """Return a length to a tenth of a px, as short as it can be written."""
    return f"{value:.1f}".removesuffix(".0")


def _attribute(text: str) -> str:
    """Return text that a double-quoted attribute may hold, on one line."""
    return _text(tidy(text)).replace('"', "&quot;")


def _text(text: str) -> str:
    """Return text that XML 1.0 may hold, escaped."""
    return escape(_FORBIDDEN.sub("", text), quote=False)
