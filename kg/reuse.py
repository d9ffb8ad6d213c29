"""How much of the sources' words a server hands on, and the line that says whose they are."""

from __future__ import annotations

from dataclasses import replace

from kg.model import Concept, Definition, Graph, Source

EXCERPT = 300
"""Code points of a definition that a public server shows where nobody licensed more."""


def credit(source: Source) -> str:
    """Return the line that says whose words these are."""
    parts = (source.title, source.publisher, source.url, source.licence or "no licence stated")
    return ", ".join(part for part in parts if part)


def shortened(text: str, length: int) -> tuple[str, bool]:
    """Return ``text`` cut to at most ``length`` code points, and whether it was cut.

    The cut falls behind a sentence where one ends in the second half, else behind a word.
    """
    text = text.strip()
    if len(text) <= length:
        return text, False
    part = text[:length]
    end = max(part.rfind(mark) for mark in (". ", "! ", "? ", ".\n"))
    if end >= length // 2:
        return part[: end + 1], True
    space = part.rfind(" ")
    return part[: space if space > length // 2 else length].rstrip(" ,;:-–—"), True


def words(definition: Definition, source: Source | None, *, public: bool) -> tuple[str, bool]:
    """Return a definition's text as far as it may be shown, and whether it was cut.

    A server that only its owner reads shows everything. A public one shows what the source's
    ``reuse`` allows: all, an excerpt, or nothing but the term.
    """
    reuse = source.reuse if source else "excerpt"
    if not public or reuse == "full":
        return definition.text, False
    if reuse == "term":
        return "", bool(definition.text)
    return shortened(definition.text, EXCERPT)


def published(graph: Graph) -> Graph:
    """Return ``graph`` with no more of its sources' words than may be republished.

    Examples and notes go only with a whole definition; documents' texts not at all.
    """
    sources = {source.name: source for source in graph.sources}

    def cut(definition: Definition) -> Definition:
        text, was_cut = words(definition, sources.get(definition.source), public=True)
        if not was_cut:
            return definition
        return replace(definition, text=f"{text} …".strip(), examples=(), notes=())

    def excerpt(concept: Concept) -> Concept:
        return replace(concept, definitions=tuple(cut(each) for each in concept.definitions))

    return replace(graph, concepts=tuple(excerpt(each) for each in graph.concepts))
