"""Linking: which entries the references, relations and words of the entries mean.

Everything is resolved over all documents at once; an entry of the own document goes first.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import unquote

from extract.labels import is_acronym, singular, words
from extract.matcher import Match, Matcher
from extract.model import (
    Document,
    Entry,
    Evidence,
    Extraction,
    Link,
    Passage,
    Reference,
    Relation,
    Span,
)
from kg import collector
from kg.lookup import Lookup, bare, core_phrase, label_words
from kg.names import domains, same_domain
from kg.shortforms import with_short_forms

T = TypeVar("T")

# A term that more than this share of a glossary's entries name says nothing about any of them.
COMMON = 0.2
# The share is only meaningful for a glossary of some size.
COMMON_ENTRIES = 20
# A resource's title means a concept when the name makes up at least this share of its words.
TITLE_SHARE = 0.5
_LONGEST_QUOTE = 400
# Languages that put what divides a class behind its noun.
HEAD_FIRST = frozenset({"ca", "es", "fr", "gl", "it", "pt", "ro"})
# Relations that only say that two things have to do with each other: a mention stays beside them.
_ASSOCIATIVE = frozenset({"related", "seeAlso"})

_SENTENCE_END = re.compile(r"(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\betc)[.!?][\"”’')\]]*\s+|\n+")


@collector.paused()
def link(
    extraction: Extraction, revised: Callable[[Extraction], Extraction] | None = None
) -> Extraction:
    """Return the extraction with targets resolved, and with relations from links and mentions.

    Adds short forms (:mod:`kg.shortforms`), ``Reference.target`` and ``Relation.target_id``, and
    relations of basis ``reference`` for hyperlinks between entries and ``mention`` for their names
    in texts. All of it is printed in the sources; what names say by themselves is added when a
    graph is built (:mod:`kg.names`). ``revised`` changes labels before
    they are looked up. Linking what is linked already changes nothing. Cost: linear
    in the text.
    """
    extraction = with_short_forms(extraction)
    if revised is not None:
        extraction = revised(extraction)
    lookup = Lookup.of(extraction)
    documents = {document.uri: document for document in extraction.documents}
    pages = _Pages(extraction)
    mentions = _Mentions(extraction, lookup, documents)
    entries = [_resolve(entry, lookup, pages, mentions) for entry in extraction.entries]
    hyperlinks = pages.relations(lookup)
    linked = []
    for entry in entries:
        relations = [r for r in entry.relations if r.basis not in ("mention", "name")]
        known = {(r.type, r.target_id) for r in relations}
        relations += [r for r in hyperlinks.get(entry.id, []) if (r.type, r.target_id) not in known]
        typed = {r.target_id for r in relations if r.type not in _ASSOCIATIVE}
        relations += mentions.relations(entry, typed)
        linked.append(replace(entry, relations=tuple(relations)))
    return replace(extraction, entries=tuple(linked))


# ---------------------------------------------------------------- references and targets


def _resolve(entry: Entry, lookup: Lookup, pages: _Pages, mentions: _Mentions) -> Entry:
    """The entry with the targets of its references and relations filled in."""
    language = mentions.language(entry)

    def target(text: str) -> str | None:
        if language != "en":
            found = lookup.exact(text, entry.document, besides=entry.id)
            return found or mentions.named(entry, text)
        for phrase in dict.fromkeys((text, core_phrase(text))):
            found = lookup.exact(phrase, entry.document, besides=entry.id) or lookup.within(
                phrase, entry.document, besides=entry.id
            )
            if found:
                return found
        return lookup.elided(text, entry.term, entry.document, besides=entry.id)

    def referred(reference: Reference) -> str | None:
        by_link = pages.target(entry.document, reference.href) if reference.href else None
        if by_link and by_link != entry.id:
            return by_link
        if reference.kind != "resource":
            # A link of a wiki or a role names a term where others have an address.
            named = reference.href.partition("#")[0]
            return target(reference.text) or (target(named) if named else None)
        return _titled(reference.text, entry, lookup)

    def meant(relation: Relation) -> str | None:
        by_link = pages.linked(relation.evidence) if relation.basis == "reference" else None
        if by_link and by_link != entry.id:
            return by_link
        found = target(relation.target)
        if found is None and relation.type == "broader" and language != "en":
            found = mentions.named(entry, relation.target, head=True)
        elif found is None and relation.type == "broader":
            found = lookup.head(relation.target, entry.document, besides=entry.id)
        return found

    return replace(
        entry,
        references=tuple(r if r.target else _settled(r, referred(r)) for r in entry.references),
        relations=tuple(
            r if r.target_id else replace(r, target_id=meant(r)) for r in entry.relations
        ),
    )


def _settled(reference: Reference, target: str | None) -> Reference:
    """The reference with its target; what is nowhere here, but has an address, is a page."""
    outside = target is None and _OUTSIDE.match(reference.href)
    return replace(reference, target=target, kind="resource" if outside else reference.kind)


_OUTSIDE = re.compile(
    r"(?:https?:)?//\w|\.{0,2}/\w|[^#]+\.(?:html?|md|rst|adoc|pdf|php)\b", re.IGNORECASE
)


def _titled(title: str, entry: Entry, lookup: Lookup) -> str | None:
    """The concept that a resource's title is about: a name makes up half of it or more."""
    tokens = words(title)
    for size in range(len(tokens), (len(tokens) - 1) // 2, -1):
        if size < len(tokens) * TITLE_SHARE:
            break
        for start in range(len(tokens) - size + 1):
            name = " ".join(tokens[start : start + size])
            if found := lookup.exact(name, entry.document, besides=entry.id):
                return found
    return None


class _Pages:
    """The addresses inside the documents: which entry an anchor or hyperlink leads to."""

    def __init__(self, extraction: Extraction) -> None:
        self._documents = extraction.documents
        self._entries: dict[str, list[Entry]] = defaultdict(list)
        for entry in extraction.entries:
            self._entries[entry.document].append(entry)
        for inside in self._entries.values():
            inside.sort(key=lambda entry: entry.span.start)
        self._starts = defaultdict(
            list, {page: [e.span.start for e in each] for page, each in self._entries.items()}
        )
        self._anchors = {d.uri: d.anchors for d in extraction.documents}
        self._links = {
            d.uri: sorted(d.links, key=lambda link: link.span.start) for d in extraction.documents
        }
        self._by_name: dict[str, str] = {}
        for document in extraction.documents:
            for name in (document.url, document.uri):
                if name:
                    self._by_name.setdefault(_page_name(name), document.uri)
        self._elsewhere: dict[tuple[str, str], str] = {}
        """Of anchors that one part alone of a source has, that part."""
        parts = [d for d in extraction.documents if d.uri != f"sources/{d.source}"]
        counts = Counter((d.source, anchor) for d in parts for anchor in d.anchors)
        for part in parts:
            for anchor in part.anchors:
                if counts[part.source, anchor] == 1:
                    self._elsewhere[part.source, anchor] = part.uri
        # Sites show pages of a term on one page, each under the name of its file.
        for part in parts:
            self._elsewhere.setdefault((part.source, part.uri.rpartition("/")[2]), part.uri)
        self._sources = {d.uri: d.source for d in extraction.documents}
        self._own = {d.uri: self._own_pages(d) for d in extraction.documents}

    def _own_pages(self, document: Document) -> frozenset[str]:
        """The names under which a page links to itself, when the file is called otherwise.

        So does a page of a site that is saved under a name of one's own: most of the anchors it
        links to under one name, two of them at least, are its own.
        """
        wanted: dict[str, set[str]] = defaultdict(set)
        for hyperlink in document.links:
            address, _, anchor = unquote(hyperlink.target).partition("#")
            if hyperlink.kind == "href" and address and len(anchor) > 1:
                wanted[_page_name(address)].add(anchor)
        return frozenset(
            name
            for name, anchors in wanted.items()
            if name not in self._by_name
            and len(own := anchors & document.anchors.keys()) > 1
            and len(own) * 4 >= len(anchors) * 3
        )

    def target(self, document: str, href: str) -> str | None:
        """The entry that an address on a page leads to, or ``None``."""
        address, _, anchor = unquote(href).partition("#")
        name = _page_name(address)
        inner = not address or name in self._own.get(document, ())
        page = document if inner else self._by_name.get(name, "")
        if anchor and (not page or anchor not in self._anchors.get(page, {})):
            # Books that include a file a term refer to an anchor wherever it stands.
            page = self._elsewhere.get((self._sources.get(document, ""), anchor), page)
        if not page:
            return None
        inside = self._entries[page]
        anchors = self._anchors.get(page, {})
        if page != document and anchor == page.rpartition("/")[2] and anchor not in anchors:
            anchor = ""
        if anchor not in anchors:
            return inside[0].id if not anchor and page != document and len(inside) == 1 else None
        offset = anchors[anchor]
        if found := self._at(page, offset):
            return found.id
        # An anchor stands before its entry: take the next one on the same or the next line.
        after = bisect_left(self._starts[page], offset)
        near = after < len(inside) and inside[after].span.start - offset <= 2
        return inside[after].id if near else None

    def linked(self, evidence: Evidence) -> str | None:
        """The entry that the hyperlink in a piece of evidence leads to, or ``None``."""
        links = self._links.get(evidence.document, ())
        first = bisect_left(links, evidence.span.start, key=lambda link: link.span.start)
        if first < len(links) and links[first].span.end <= evidence.span.end:
            return self.target(evidence.document, links[first].target)
        return None

    def _at(self, page: str, offset: int) -> Entry | None:
        """The entry that an offset of a page lies in."""
        place = bisect_right(self._starts[page], offset) - 1
        inside = self._entries[page]
        return inside[place] if place >= 0 and offset < inside[place].span.end else None

    def relations(self, lookup: Lookup) -> dict[str, list[Relation]]:
        """For each entry the hyperlinks in its text that lead to another entry."""
        found: dict[str, list[Relation]] = defaultdict(list)
        for document in self._documents:
            for hyperlink in document.links:
                entry = self._entry_at(document, hyperlink.span)
                if entry is None or _refers(entry, hyperlink):
                    continue
                target = self._linked(document, hyperlink, entry, lookup)
                if target and target != entry.id:
                    found[entry.id].append(_hyperlink(document, hyperlink, entry, target))
        return found

    def _entry_at(self, document: Document, span: Span) -> Entry | None:
        return self._at(document.uri, span.start)

    def _linked(
        self, document: Document, hyperlink: Link, entry: Entry, lookup: Lookup
    ) -> str | None:
        if hyperlink.kind in ("term", "wiki"):
            name = hyperlink.target.partition("|")[0].partition("#")[0]
            found = lookup.exact(name, document.uri, besides=entry.id)
            # Shortcodes of docs sites name the file that a term is kept in.
            return found or self.target(document.uri, name)
        return self.target(document.uri, hyperlink.target)


def _refers(entry: Entry, hyperlink: Link) -> bool:
    """Whether a hyperlink is one of the entry's references ("see also") or fields already."""
    given = [r.evidence for r in entry.references]
    given += [
        r.evidence for r in entry.relations if r.basis == "reference" and r.evidence.rule == "field"
    ]
    return any(
        evidence.document == entry.document
        and evidence.span.start < hyperlink.span.end
        and hyperlink.span.start < evidence.span.end
        for evidence in given
    )


def _page_name(address: str) -> str:
    """The last step of an address without suffix: what relative and whole links agree in."""
    return address.partition("?")[0].rstrip("/").rsplit("/", 1)[-1].rsplit(".", 1)[0].casefold()


def _hyperlink(document: Document, hyperlink: Link, entry: Entry, target: str) -> Relation:
    quote = hyperlink.span.of(document.text)
    return Relation(
        subject=entry.id,
        type="related",
        target=quote,
        basis="reference",
        evidence=Evidence(
            document=document.uri, span=hyperlink.span, quote=quote, rule="link", confidence=0.8
        ),
        target_id=target,
    )


# ---------------------------------------------------------------- mentions


@dataclass(frozen=True, slots=True)
class _Found:
    """A term found in an entry's text."""

    span: Span
    passage: Passage
    target: str
    in_definition: bool


class _Mentions:
    """The terms that the entries' definitions and examples name."""

    def __init__(
        self, extraction: Extraction, lookup: Lookup, documents: Mapping[str, Document]
    ) -> None:
        self._documents = documents
        self._lookup = lookup
        self._domains = domains(extraction)
        labels: dict[str, list[tuple[str, str]]] = defaultdict(list)
        languages = {documents[e.document].language for e in extraction.entries}
        for name in lookup.names():
            if not name.hidden:
                text = bare(name.text)
                labels[documents[name.document].language].append((text, name.entry))
        everything = [pair for language in sorted(labels) for pair in labels[language]]
        tongues = {
            (bare(d.text), entry.id): d.language.split("-")[0]
            for entry in extraction.entries for d in entry.designations
        }  # fmt: skip

        lemmas: dict[str, dict[str, str]] = defaultdict(dict)
        for document in documents.values():
            if document.lemmas:
                lemmas[document.language] |= document.lemmas

        def meant(language: str) -> list[tuple[str, str]]:
            """The labels that a text may use: of another language only what is no chance word."""
            own = language.split("-")[0]
            return [
                (text, entry) for text, entry in everything
                if tongues.get((text, entry), own) == own or " " in text or is_acronym(text)
            ]  # fmt: skip

        self._matchers = {
            language: Matcher(
                uncapitalised(meant(language)), language=language, lemmas=lemmas.get(language, {})
            )
            for language in sorted(languages)
        }
        self._found = {entry.id: list(self._search(entry)) for entry in extraction.entries}
        self._common = self._too_common(extraction)

    def language(self, entry: Entry) -> str:
        """Return the primary tag of the language that an entry stands in."""
        return self._documents[entry.document].language.partition("-")[0]

    def named(self, entry: Entry, phrase: str, *, head: bool = False) -> str | None:
        """Return the entry that a phrase names, in any form of its words; ``None``: none.

        With ``head`` only the noun that the phrase is built on: its first words in languages where
        what divides a class follows ("voile triangulaire"), its last in others.
        """
        language = self._documents[entry.document].language
        first = language.partition("-")[0] in HEAD_FIRST
        for match in self._matchers[language].find(phrase):
            opens, closes = match.start == 0, match.end == len(phrase)
            if (opens and closes) or (head and (opens if first else closes)):
                return self._meant(entry, match, phrase[match.start : match.end])
        return None

    def _too_common(self, extraction: Extraction) -> set[tuple[str, str]]:
        """(document, entry) for one-word terms that a large share of a glossary's entries name."""
        sizes = Counter(entry.document for entry in extraction.entries)
        counts: Counter[tuple[str, str]] = Counter()
        for entry in extraction.entries:
            counts.update((entry.document, t) for t in {f.target for f in self._found[entry.id]})
        return {
            (document, target)
            for (document, target), number in counts.items()
            if sizes[document] >= COMMON_ENTRIES
            and number > COMMON * sizes[document]
            and len(label_words(self._lookup.entries[target].term)) == 1
        }

    def _search(self, entry: Entry) -> Iterator[_Found]:
        """All terms in an entry's text but its own, first in the definition."""
        document = self._documents[entry.document]
        matcher = self._matchers[document.language]
        for in_definition, passages in ((True, entry.definitions), (False, entry.examples)):
            for passage in passages:
                text = passage.span.of(document.text)
                for match in matcher.find(text):
                    target = self._meant(entry, match, text[match.start : match.end])
                    if target is not None and not self._foreign(entry, target, text, match):
                        start = passage.span.start + match.start
                        span = Span(start=start, end=passage.span.start + match.end)
                        yield _Found(span, passage, target, in_definition)

    def _meant(self, entry: Entry, match: Match[str], surface: str) -> str | None:
        """The entry a match stands for; ``None`` where it is the entry's own name."""
        if entry.id in match.payloads:
            return None
        named = [e for e in self._lookup.all(surface, entry.document) if e in match.payloads]
        return (named or self._lookup.best(match.payloads, entry.document))[0]

    def _foreign(self, entry: Entry, target: str, text: str, match: Match[str]) -> bool:
        """Whether the word before makes it a thing of the own glossary's, not of the other's.

        "Partner activation rate" in a glossary on partners is no *Activation rate* of customers.
        """
        there = self._lookup.entries[target].document
        own = self._domains[entry.document]
        if there == entry.document or same_domain(own, self._domains[there]):
            return False
        before = words(text[max(0, match.start - 40) : match.start])
        return bool(before) and singular(before[-1]) in own and text[match.start - 1] in " -"

    def relations(self, entry: Entry, typed: set[str | None]) -> list[Relation]:
        """One relation ``mentions`` for each entry named, unless a typed one leads there."""
        done = set(typed)
        relations = []
        document = self._documents[entry.document]
        for found in self._found[entry.id]:
            if found.target in done or (entry.document, found.target) in self._common:
                continue
            done.add(found.target)
            span = _sentence(document.text, found.span, found.passage.span)
            relations.append(
                Relation(
                    subject=entry.id,
                    type="mentions",
                    target=found.span.of(document.text),
                    basis="mention",
                    evidence=Evidence(
                        document=entry.document,
                        span=span,
                        quote=span.of(document.text),
                        rule="mention" if found.in_definition else "mention-example",
                        confidence=0.6 if found.in_definition else 0.5,
                    ),
                    target_id=found.target,
                )
            )
        return relations


def uncapitalised(labels: list[tuple[str, T]]) -> list[tuple[str, T]]:
    """Return the labels; where a whole glossary prints its heads in capitals, as common words."""
    shouted = sum(text.isupper() and len(text) > 5 for text, _ in labels)
    if shouted * 2 < len(labels):
        return labels
    return [(text.capitalize() if len(text) > 4 else text, entry) for text, entry in labels]


def _sentence(text: str, found: Span, passage: Span) -> Span:
    """The sentence of a passage that holds what was found; the found words if it is very long."""
    start, end = passage.start, passage.end
    for boundary in _SENTENCE_END.finditer(text, passage.start, passage.end):
        if boundary.end() <= found.start:
            start = boundary.end()
        elif boundary.start() >= found.end:
            end = boundary.start() + len(boundary.group().rstrip())
            break
    return found if end - start > _LONGEST_QUOTE else Span(start=start, end=end)
