"""Concept maps in words: a Markdown list and a Mermaid flowchart of the same propositions."""

from __future__ import annotations

import re

from kg.concept_map.model import Map
from kg.concept_map.widths import tidy
from ontology.vocabulary import FAMILIES, in_language

# Signs that Markdown could read as markup; a backslash before them makes them plain.
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+!|<>~])")
# Signs that end or change a quoted label of Mermaid, as its own entity codes.
_MERMAID = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "`": "#96;", "\\": "#92;"}


def markdown(drawn: Map) -> str:
    """Return a map as Markdown: title, question, and its propositions by family.

    A map without any is said in one sentence. Boxes' addresses become links.
    """
    links = {
        box.slug: f"[{_plain(box.label)}](<{box.href}>)" if box.href else _plain(box.label)
        for box in drawn.boxes
    }
    parts = [f"# {_plain(drawn.title)}"]
    if drawn.question:
        parts.append(_plain(drawn.question))
    if not drawn.propositions:
        parts.append(_plain(drawn.description))
    for family in drawn.families:
        parts.append(f"## {in_language(FAMILIES[family].label, drawn.language)}")
        parts.append(
            "\n".join(
                f"- {links[said.subject]} {_plain(said.phrase)} {links[said.object]}"
                for said in drawn.propositions
                if said.family == family
            )
        )
    parts += [_plain(note.text) for note in drawn.notes]
    return "\n\n".join(part for part in parts if part) + "\n"


def mermaid(drawn: Map) -> str:
    """Return a map as a Mermaid flowchart: concepts as nodes, phrases on the arrows.

    Roles have round ends, the focus is filled, broader concepts stand above. Colours are those of
    the light theme.
    """
    number = {box.slug: f"c{place}" for place, box in enumerate(drawn.boxes)}
    rows = ["flowchart TB"]
    for box in drawn.boxes:
        left, right = ("([", "])") if box.pill else ("(", ")")
        rows.append(f'    {number[box.slug]}{left}"{_quoted(box.label)}"{right}')
    for said in drawn.propositions:
        start, end, phrase = said.subject, said.object, said.phrase
        # Mermaid puts the start of an arrow on top, so the broader concept is made the start.
        if said.upward:
            phrase = said.inverse
            start, end = end, start
        line = "---" if said.symmetric else "-->"
        rows.append(f'    {number[start]} {line}|"{_quoted(phrase)}"| {number[end]}')
    rows += [
        f"    style {number[box.slug]} fill:#173A40,color:#FFFFFF"
        for box in drawn.boxes
        if box.focus
    ]
    for place, said in enumerate(drawn.propositions):
        family = FAMILIES[said.family]
        dash = f",stroke-dasharray:{family.dash}" if family.dash else ""
        rows.append(f"    linkStyle {place} stroke:{family.light}{dash}")
    return "\n".join(rows) + "\n"


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", tidy(text))


def _quoted(text: str) -> str:
    return "".join(_MERMAID.get(sign, sign) for sign in tidy(text))
