"""How much of the sources' words a server hands on, and the line that says whose they are."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import replace

from extract.model import Designation, Evidence
from kg.model import Concept, Definition, Graph, Relation, Source, Text

EXCERPT = 300
"""Code points of a definition that a public server shows where nobody licensed more."""

_MORE = " …"
_WRITTEN = re.compile(r"[^\n]")
_QUOTED = re.compile(r'"([^"\n]+)"')
_FEW = 2
"""Words that say nothing of a source's wording."""


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
    if definition.excerpt:
        return definition.text.removesuffix(_MORE), True
    reuse = source.reuse if source else "excerpt"
    if not public or reuse == "full":
        return definition.text, False
    if reuse == "term":
        return "", bool(definition.text)
    return shortened(definition.text, EXCERPT)


def withheld(sentence: str, labels: Container[str]) -> str:
    """Return a sentence of ours without what it quotes from sources, except ``labels``.

    Labels are in case-folded form. Reasons of alignment and findings are such sentences.
    """

    def kept(quoted: re.Match[str]) -> str:
        few = len(quoted[1].split()) <= _FEW or quoted[1].casefold() in labels
        return quoted[0] if few else '"…"'

    return _QUOTED.sub(kept, sentence)


def labels_of(graph: Graph) -> frozenset[str]:
    """Return all labels of a graph, case-folded."""
    return frozenset(
        each.text.casefold() for concept in graph.concepts for each in concept.designations
    )


def around(before: str, quote: str, after: str, source: Source | None) -> tuple[str, str]:
    """Return what stands before and after a quote, as far as a public server may show it.

    Quote and surroundings are an excerpt together where nobody licensed more.
    """
    if source is not None and source.reuse == "full":
        return before, after
    half = max(0, EXCERPT - len(quote)) // 2
    return before[max(0, len(before) - half) :], after[:half]


def published(graph: Graph) -> Graph:
    """Return ``graph`` with no more of its sources' words than may be republished.

    Examples and notes go only with a whole definition, long quotes are cut. Of a source that
    licenses nothing but its terms, definitions, formulas, quotes and the document's text are left
    out, and a relation keeps one place where that source states it. A graph of which everything may
    be republished comes back itself.
    """
    reuse = {source.name: source.reuse for source in graph.sources}
    if all(each == "full" for each in reuse.values()):
        return graph
    sources = {source.name: source for source in graph.sources}
    documents = {source.document: source.name for source in graph.sources}
    documents |= {text.document: text.source for text in graph.texts}

    def of(document: str) -> str:
        return reuse.get(documents.get(document, ""), "excerpt")

    def cut(definition: Definition) -> Definition:
        if definition.excerpt:
            return definition
        text, was_cut = words(definition, sources.get(definition.source), public=True)
        if reuse.get(definition.source) == "term":
            return replace(definition, text="", examples=(), notes=(), formula="", excerpt=was_cut)
        if not was_cut:
            return definition
        return replace(definition, text=text + _MORE, examples=(), notes=(), excerpt=True)

    def quoted(evidence: Evidence) -> Evidence:
        allowed = of(evidence.document)
        if allowed == "full" or (allowed == "excerpt" and len(evidence.quote) <= EXCERPT):
            return evidence
        quote = "" if allowed == "term" else shortened(evidence.quote, EXCERPT)[0]
        return replace(evidence, quote=quote)

    def named(designation: Designation) -> Designation:
        if designation.evidence is None:
            return designation
        return replace(designation, evidence=quoted(designation.evidence))

    def excerpt(concept: Concept) -> Concept:
        said = {reuse.get(definition.source, "excerpt") for definition in concept.definitions}
        statements = concept.statements
        if said - {"full"}:  # a statement does not tell which source it is of
            statements = tuple(
                each
                for each in statements
                if not each.literal or ("term" not in said and len(each.value) <= EXCERPT)
            )
        return replace(
            concept,
            designations=tuple(named(each) for each in concept.designations),
            definitions=tuple(cut(each) for each in concept.definitions),
            statements=statements,
        )

    def stated(relation: Relation) -> Relation:
        kept: list[Evidence] = []
        silent: set[str] = set()
        for each in relation.evidence:
            if of(each.document) == "term":
                source = documents.get(each.document, "")
                if source in silent:
                    continue
                silent.add(source)
            kept.append(quoted(each))
        return replace(relation, evidence=tuple(kept))

    def repaired(source: Source) -> Source:
        if source.reuse != "term" or not source.repairs:
            return source
        bare = tuple(replace(each, before="", after="") for each in source.repairs)
        return replace(source, repairs=bare)

    def known(text: Text) -> Text:
        if reuse.get(text.source) != "term":
            return text
        return replace(text, text=_WRITTEN.sub(" ", text.text))  # its lines can still be counted

    decisions, findings, rulings = graph.decisions, graph.findings, graph.rulings
    if "term" in reuse.values():
        labels = labels_of(graph)
        decisions = tuple(replace(d, reason=withheld(d.reason, labels)) for d in decisions)
        findings = tuple(replace(f, message=withheld(f.message, labels)) for f in findings)
        rulings = tuple(replace(r, reason=withheld(r.reason, labels)) for r in rulings)
    return replace(
        graph,
        decisions=decisions,
        findings=findings,
        rulings=rulings,
        sources=tuple(repaired(each) for each in graph.sources),
        concepts=tuple(excerpt(each) for each in graph.concepts),
        relations=tuple(stated(each) for each in graph.relations),
        texts=tuple(known(each) for each in graph.texts),
    )
