"""The annotated pages as an Extraction: what a faultless reader would hand to linking."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

from extract.labels import is_acronym, slug
from extract.model import Designation, Document, Entry, Extraction, Passage, Span

# Page 004 is annotated up to its 24th entry; the heads of the others, in order.
REST_OF_004 = """
Partner newsletter|Partner onboarding|Partner personas|Partner program=partnership program
Partner Relationship Management=PRM|Partner retention|Partner sales manager
Partner Satisfaction Score=PSS|Partner specialist|Partner-sourced revenue|PartnerStack Marketplace
Partnership agreement|Passive income|Pay per action=PPA|Payouts=partner commissions
Performance metrics|Performance-based marketing|Pipeline velocity|Product certification programs
Professional services|Program announcement|Program scalability|Prospects|Publisher
"""
_POS = re.compile(r"^(?:Noun|Verb|Adjective|Noun / Verb)\n", re.M)
TITLES = {
    "002": "Onboarding glossary",
    "003": "The Ultimate Customer Success Glossary for B2B SaaS Leaders",
    "004": "Find partnership terms by letter",
}


def gold_extraction(corpus: Path, pages: tuple[str, ...] = ("002", "003", "004")) -> Extraction:
    """The pages with headwords, aliases, definitions and examples, without relations."""
    documents, entries = [], []
    for page in pages:
        data = json.loads((corpus / "gold" / f"{page}.json").read_text(encoding="utf-8"))
        text = (corpus / "seeds" / data["source"]).read_text(encoding="utf-8")
        document = Document(
            uri=f"sources/{Path(data['source']).stem}",
            source=Path(data["source"]).stem,
            media_type="text/plain",
            language="en",
            title=TITLES[page],
            text=text,
            digest="",
        )
        documents.append(document)
        lines = [m.span() for m in re.finditer(r".*\n?", text)]

        def between(first: int, last: int, lines: list[tuple[int, int]] = lines) -> Span:
            return Span(start=lines[first - 1][0], end=lines[last - 1][1])

        for entry in data["entries"]:
            first, last = entry["lines"]
            span = between(first, last)
            definition = _trim(text, between(*entry["definition_lines"]))
            at = _folded(definition.of(text)).find(entry["definition_starts"][:25])
            definition = Span(start=definition.start + max(at, 0), end=definition.end)
            examples = ()
            if entry["example_lines"]:
                example = _trim(
                    text, between(entry["example_lines"][0], entry["example_lines"][-1])
                )
                examples = (_passage(text, example),)
            entries.append(
                _entry(document, entry["term"], entry["aliases"], span, definition, examples)
            )
        if page == "004":
            entries += list(_rest(document))
    return Extraction(documents=tuple(documents), entries=tuple(entries))


def _rest(document: Document) -> list[Entry]:
    starts = [m.start() for m in _POS.finditer(document.text)] + [len(document.text)]
    heads = [h for line in REST_OF_004.strip().splitlines() for h in line.split("|")]
    spans = list(pairwise(starts))[24:]
    assert len(heads) == len(spans)
    entries = []
    for head, (start, end) in zip(heads, spans, strict=True):
        term, *aliases = head.split("=")
        at = document.text.find("Example:", start, end)
        definition = _trim(
            document.text,
            Span(start=document.text.index("\n", start), end=at if at > 0 else end),
        )
        examples = ()
        if at > 0:
            examples = (_passage(document.text, _trim(document.text, Span(start=at + 8, end=end))),)
        entries.append(
            _entry(document, term, aliases, Span(start=start, end=end), definition, examples)
        )
    return entries


def _folded(text: str) -> str:
    return text.replace("\u00a0", " ")


def _trim(text: str, span: Span) -> Span:
    words = span.of(text)
    start = span.start + len(words) - len(words.lstrip())
    return Span(start=start, end=span.start + len(words.rstrip()))


def _passage(text: str, span: Span) -> Passage:
    return Passage(text=" ".join(span.of(text).split()), span=span)


def _entry(
    document: Document,
    term: str,
    aliases: list[str],
    span: Span,
    definition: Span,
    examples: tuple[Passage, ...],
) -> Entry:
    return Entry(
        id=f"{document.source}/{slug(term)}",
        document=document.uri,
        designations=tuple(
            Designation(
                text=text,
                language="en",
                type="acronym" if is_acronym(text) else "full form" if not n else "synonym",
                status="admitted" if n else "preferred",
            )
            for n, text in enumerate([term, *aliases])
        ),
        span=span,
        definitions=(_passage(document.text, definition),),
        examples=examples,
    )
