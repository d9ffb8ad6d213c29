"""A concept as Markdown: for notes, tickets and language models."""

from __future__ import annotations

import re

from api import views
from api.service import Snapshot
from ontology import vocabulary

# What CommonMark could take for markup in running text.
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~])")
_OPENERS = re.compile(r"^(\s*)([#+>=-]|\d+[.)])", re.MULTILINE)


def escape(text: str) -> str:
    """Return ``text`` so that Markdown shows it as it is."""
    return _OPENERS.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", text))


def concept_markdown(snapshot: Snapshot, slug: str, *, public: bool) -> str:
    """Return a concept with its definitions, credit lines and relations, links to its IRIs."""
    concept = snapshot.index.concept(slug)
    lines = [f"# {escape(concept.label)}", ""]
    facts = []
    if concept.aliases:
        facts.append("also " + ", ".join(f"**{escape(each)}**" for each in concept.aliases))
    if kind := views.kind_name(snapshot, concept.kind, snapshot.graph.language):
        facts.append(kind)
    if concept.implied:
        facts.append("implied: no entry defines it")
    if facts:
        lines += [" · ".join(facts), ""]
    for definition in concept.definitions:
        view = views.definition_view(snapshot, definition, public=public)
        text = escape(view["text"]) + (" …" if view["excerpt"] else "")
        lines += [f"> {line}".rstrip() for line in text.split("\n")]
        lines += [">", f"> — {escape(view['credit'])}", ""]
        if view["formula"]:
            lines += [f"Formula: `{view['formula'].replace('`', chr(39))}`", ""]
        for example in view["examples"]:
            lines += [f"Example: {escape(example)}", ""]
        for note in view["notes"]:
            lines += [f"Note: {escape(note)}", ""]
    lines += _relations(snapshot, slug)
    lines += [f"<{snapshot.graph.base.rstrip('/')}{views.path(slug)}>", ""]
    return "\n".join(lines)


def _relations(snapshot: Snapshot, slug: str) -> list[str]:
    relations = sorted(snapshot.index.relations_of(slug), key=views.strength)
    if not relations:
        return []
    base = snapshot.graph.base.rstrip("/")
    lines = ["## Relations", ""]
    for relation in relations:
        _, phrase, _, other = views.seen_from(snapshot, relation, slug, snapshot.graph.language)
        label = escape(snapshot.index.concept(other).label)
        basis = vocabulary.in_language(
            vocabulary.BASES[relation.basis].label, snapshot.graph.language
        )
        lines.append(f"- {phrase} [{label}]({base}{views.path(other)}) ({basis})")
    return [*lines, ""]
