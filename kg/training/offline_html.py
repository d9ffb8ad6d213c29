"""A glossary in one HTML file: terms, maps, search; it asks for nothing, with or without a network.

Everything is readable without JavaScript and prints whole; the script shows one term at a time and
searches. A policy inside the file names its style and script by digest and lets nothing be loaded.
Definitions follow their sources' terms of reuse, since a file is handed on.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cache
from html import escape
from pathlib import Path

from extract import labels
from kg.concept_map import Map, Options, rail_map, render_part, term_map
from kg.concept_map.propositions import kind_name
from kg.index import Index
from kg.model import Concept, Graph, Relation, Source
from kg.own_code import at
from kg.reuse import credit, words
from ontology.vocabulary import FAMILIES, in_language

MOST_MAPS = 600
"""Terms that get a map, the most connected first; each map weighs about 10 kB."""
_FOLDER = Path(__file__).resolve().parent
_WORDS = {
    "search": {"en": "Search {count} terms", "de": "In {count} Begriffen suchen"},
    "terms": {"en": "Terms", "de": "Begriffe"},
    "skip": {"en": "Skip to the terms", "de": "Zu den Begriffen"},
    "nothing": {"en": "Nothing found.", "de": "Nichts gefunden."},
    "also": {"en": "also", "de": "auch"},
    "implied": {"en": "No entry defines it.", "de": "Kein Eintrag definiert den Begriff."},
    "relations": {"en": "Relations", "de": "Beziehungen"},
    "why": {"en": "why", "de": "warum"},
    "example": {"en": "Example: ", "de": "Beispiel: "},
    "formula": {"en": "Formula: ", "de": "Formel: "},
    "excerpt": {"en": "excerpt", "de": "Auszug"},
    "sources": {"en": "Sources", "de": "Quellen"},
    "revision": {"en": "Made with glossgraph from {count} terms.",
                 "de": "Mit glossgraph aus {count} Begriffen gemacht."},
}  # fmt: skip


def offline_html(graph: Graph, *, language: str | None = None) -> Iterator[bytes]:
    """Return a graph as one HTML file, in pieces."""
    return offline_page(Index(graph), language=language)


def offline_page(
    index: Index,
    *,
    slugs: Sequence[str] = (),
    title: str = "",
    language: str | None = None,
    options: Options | None = None,
) -> Iterator[bytes]:
    """Yield the file of some concepts, in their order; without ``slugs`` of all, A to Z.

    ``options`` say what the maps show; their links lead to the other terms of the file.
    """
    page = _Page(index, slugs, title, language or index.graph.language, options or Options())
    return (piece.encode("utf-8", "replace") for piece in page.pieces())


@cache
def _style() -> str:
    light = " ".join(f"--{key}: {each.light};" for key, each in FAMILIES.items())
    dark = " ".join(f"--{key}: {each.dark};" for key, each in FAMILIES.items())
    families = "\n".join(
        f".f-{key} {{ --c: var(--{key}); --d: {each.dash or 'none'}; }} "
        f".cmap .f-{key} path {{ stroke-width: {each.width:g}; }}"
        for key, each in FAMILIES.items()
    )
    text = at(_FOLDER / "offline.css").read_text(encoding="utf-8")
    return text.replace("{light}", light).replace("{dark}", dark).replace("{families}", families)


@cache
def _script() -> str:
    return at(_FOLDER / "offline.js").read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return "'sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


class _Page:
    """The file, piece by piece."""

    def __init__(
        self, index: Index, slugs: Sequence[str], title: str, language: str, options: Options
    ) -> None:
        self.index = index
        self.language = language
        self.title = title or index.graph.title
        known = [concept.slug for concept in index.concepts]
        self.slugs = list(dict.fromkeys(slugs)) or sorted(
            known, key=lambda slug: (labels.fold(index.label(slug, language)), slug)
        )
        self.inside = frozenset(self.slugs)
        connected = sorted(self.slugs, key=lambda slug: -index.degree(index.number[slug]))
        self.mapped = frozenset(connected[:MOST_MAPS])
        self.sources = {source.name: source for source in index.graph.sources}
        self.options = replace(options, language=language, href="#{slug}")

    def word(self, key: str, **values: object) -> str:
        return escape(in_language(_WORDS[key], self.language).format(**values))

    def pieces(self) -> Iterator[str]:
        style, script = _style(), _script()
        policy = (
            f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
            "base-uri 'none'; form-action 'none'"
        )
        count = len(self.slugs)
        yield (
            f'<!doctype html>\n<html lang="{escape(self.language)}">\n<head>\n'
            f'<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" '
            f'content="{policy}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="color-scheme" content="light dark">\n'
            f"<title>{escape(self.title)}</title>\n"
            f"<style>{style}</style>\n</head>\n<body>\n"
            f'<a class="skip" href="#main">{self.word("skip")}</a>\n'
            f'<header class="top"><h1>{escape(self.title)}</h1>'
            f'<input type="search" aria-label="{self.word("search", count=count)}" '
            f'placeholder="{self.word("search", count=count)}" hidden></header>\n'
            f'<div class="shell"><nav aria-label="{self.word("terms")}"><ul>\n'
        )
        for slug in self.slugs:
            yield self.entry(slug)
        yield f'</ul><p role="status" hidden>{self.word("nothing")}</p></nav>\n<main id="main">\n'
        for slug in self.slugs:
            yield from self.term(slug)
        yield f"</main></div>\n<footer>{self.foot()}</footer>\n<script>{script}</script>\n"
        yield "</body>\n</html>\n"

    def entry(self, slug: str) -> str:
        also = "\n".join(self.index.concept(slug).aliases)
        extra = f' data-also="{escape(also)}"' if also else ""
        label = escape(self.index.label(slug, self.language))
        return f'<li><a href="#{escape(slug)}"{extra}>{label}</a></li>\n'

    def term(self, slug: str) -> Iterator[str]:
        concept = self.index.concept(slug)
        yield (
            f'<section class="term" id="{escape(slug)}"><h2 tabindex="-1">'
            f"{escape(self.index.label(slug, self.language))}</h2>{self.names(concept)}\n"
        )
        yield from self.definitions(concept)
        drawn = term_map(self.index, slug, self.options)
        if drawn.propositions and slug in self.mapped:
            wide = render_part(self.linked(drawn), classes="wide")
            rail = rail_map(self.index, slug, self.options)
            narrow = render_part(self.linked(rail), classes="narrow")
            yield f'<div class="card">{wide}{narrow}</div>\n'
        yield from self.relations(slug)
        yield "</section>\n"

    def names(self, concept: Concept) -> str:
        shown = self.index.label(concept.slug, self.language)
        also = [f"<b>{escape(each)}</b>" for each in concept.aliases if each != shown]
        parts = [f"{self.word('also')} {', '.join(also)}"] if also else []
        kind = kind_name(self.index, concept, self.language).capitalize()
        parts += [escape(kind)] if kind else []
        if not parts:
            return ""
        return '<p class="alt">' + "".join(f"<span>{part}</span>" for part in parts) + "</p>"

    def linked(self, drawn: Map) -> Map:
        """Return a map of which boxes lead only to terms that are in the file."""
        boxes = (box if box.slug in self.inside else replace(box, href="") for box in drawn.boxes)
        return replace(drawn, boxes=tuple(boxes), notes=())

    def definitions(self, concept: Concept) -> Iterator[str]:
        if concept.implied:
            yield f'<p class="note">{self.word("implied")}</p>\n'
        for definition in concept.definitions:
            source = self.sources.get(definition.source)
            text, cut = words(definition, source, public=True)
            if not text:
                continue
            tag = definition.language
            lang = f' lang="{escape(tag)}"' if tag and tag != self.language else ""
            mark = f" ({self.word('excerpt')})" if cut else ""
            yield (
                f'<div class="definition"{lang}><blockquote>{escape(text)}{" …" if cut else ""}'
                f'</blockquote><p class="credit">{_credit(source, definition.source)}{mark}</p>'
            )
            if not cut:
                if definition.formula:
                    yield f'<p class="note">{self.word("formula")}{escape(definition.formula)}</p>'
                for example in definition.examples:
                    yield f'<p class="note">{self.word("example")}{escape(example)}</p>'
                for note in definition.notes:
                    yield f'<p class="note">{escape(note)}</p>'
            yield "</div>\n"

    def relations(self, slug: str) -> Iterator[str]:
        """Yield the relations by family and phrase, mentions last, each with its sentence."""
        groups: dict[str, dict[str, list[tuple[str, Relation]]]] = {key: {} for key in FAMILIES}
        vocabulary = self.index.vocabulary
        found = sorted(
            self.index.relations_of(slug), key=lambda r: (r.basis == "mention", -r.confidence)
        )
        for relation in found:
            outgoing = relation.subject == slug
            said = vocabulary.phrase(relation.type, self.language, inverse=not outgoing)
            other = relation.object if outgoing else relation.subject
            family = groups[vocabulary.relation_types[relation.type].family]
            family.setdefault(said, []).append((other, relation))
        if not found:
            return
        yield f'<div class="said" role="group" aria-label="{self.word("relations")}">'
        for key, phrases in groups.items():
            if not phrases:
                continue
            name = in_language(FAMILIES[key].label, self.language)
            yield f'<h3 class="f-{key}">{escape(name)}</h3><dl>'
            for said, ends in phrases.items():
                links = ", ".join(self.link(other) for other, _ in ends)
                yield f'<div class="phrase"><dt>{escape(said)}</dt><dd>{links}'
                yield f"{self.proofs([relation for _, relation in ends])}</dd></div>"
            yield "</dl>"
        yield "</div>\n"

    def link(self, slug: str) -> str:
        label = escape(self.index.label(slug, self.language))
        return f'<a href="#{escape(slug)}">{label}</a>' if slug in self.inside else label

    def proofs(self, relations: Collection[Relation]) -> str:
        """Return the words that relations were read from, those of a sentence only."""
        quotes = dict.fromkeys(
            " ".join(each.quote.split())
            for relation in relations
            if relation.basis == "text"
            for each in relation.evidence[:1]
        )
        shown = [f"<q>{escape(quote)}</q>" for quote in quotes if quote]
        if not shown:
            return ""
        return f"<details><summary>{self.word('why')}</summary>{''.join(shown)}</details>"

    def foot(self) -> str:
        named = {d.source for slug in self.slugs for d in self.index.concept(slug).definitions}
        credits = [_credit(each, name) for name, each in self.sources.items() if name in named]
        listed = "".join(f"<li>{each}</li>" for each in credits)
        count = len(self.slugs)
        return (
            f"<p>{self.word('sources')}</p><ul>{listed}</ul>"
            f"<p>{self.word('revision', count=count)}</p>"
        )


def _credit(source: Source | None, name: str) -> str:
    """Return the line that says whose words these are; the address is a link."""
    if source is None:
        return escape(name)
    line = escape(credit(source))
    if source.url.lower().startswith(("http://", "https://")):
        url = escape(source.url)
        return line.replace(url, f'<a href="{url}" rel="external noopener">{url}</a>', 1)
    return line
