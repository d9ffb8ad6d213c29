"""References within a definition: "(see X)", "Compare X and Y.", "Same as X."

Dictionaries point to other entries in a sentence of the definition as often as in a paragraph of
its own (:mod:`extract.references`). What is pointed to must look like a name there: linked, quoted,
or a few words behind "see also". A bare "see" introduces pages and figures as well, so such names
are only kept where an entry bears them (:func:`kept`).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from extract.articles import Paragraph
from extract.labels import fold, key
from extract.languages import Words
from extract.model import Document, Evidence, Link, Reference, Span
from extract.references import is_title, pieces

RULE = "see-in-text"
"""The rule of a reference that a definition makes in its own words."""
_SURE, _OPEN = 0.85, 0.6
_MOST_WORDS = 6
# Where the list of names ends: with the sentence, the parenthesis, or a clause that says why.
_STOP = re.compile(
    r"[.!?](?=[\s)\"'”’]|$)|[()\[\]\n;。！？；（）]|\s[–—-]\s"
    r"|,?\s(?:for|which|where|when|that|if|because|below|above|instead|as well|in (?:this|the)|on"
    r"|is|are|was|were|to|and (?:then|its|their|the))(?=\s|[.,)]|$)",
    re.I,
)
_LEADS_IN = re.compile(
    r"(?:the\s+)?(?:glossary\s+)?(?:entry|entries|terms?)\s+(?:(?:for|on)\s+)?|(?:for|on)\s+"
)
_JOINED = re.compile(r"\s(?:and|or|und|oder|et|ou|y|o|e|и|или)\s")
# What parts two names, or stands within one: "Rate, churn".
_WITHIN = re.compile(rf"{_JOINED.pattern}|,\s")
_QUOTED = re.compile(r"[\"“‘'{`*_「『«]\s*\S[^\"”’'}`*_」』»]*[\"”’'}`*_」』»]\.?,?$")
# Parts of a document and works, which "see" and "cf." introduce as well.
_PLACES = re.compile(
    r"(?:[Ss]ections?|[Ff]igures?|[Ff]ig|[Cc]hapters?|[Tt]ables?|[Pp]ages?|[Aa]ppendix|[Nn]otes?|§"
    r"|[Cc]lauses?|RFC|ISO|http|www|https|[Aa]rticle|[Aa]nnex|[Ee]xamples?|[Dd]ocumentation"
    r"|[Vv]ol|[Ii]tems?)\b|.*(?:\d{4}|://|\bet al|/\w+/|\(\d)"
)
# Which of several senses is meant: "See cast (3)", "Compare bow²".
_SENSE = re.compile(
    r"(?<=\w)(?:\s*\((?:sense\s+|def\.?\s+)?\d{1,2}\)|,?\s+sense\s+\d{1,2}|[¹²³⁴-⁹])$"
)
_SAME = (
    r"(?:(?:an?|the|another|alternative|other|older|obsolete|colloquial|informal|former|common)\s+)*"
    r"(?:synonym|name|term|word|alias|abbreviation|acronym|spelling|variant|short form|plural"
    r"|contraction|shorthand|opposite|antonym|converse)\s+(?:of|for|to)|same\s+as|short\s+for|equivalent\s+to|see\s+under"
)


@lru_cache(maxsize=16)
def _pattern(bare: str) -> re.Pattern[str]:
    """What introduces a name: at the start of a sentence, a clause or a parenthesis."""
    start = (
        r"(?:^|(?<=[.!?:;,—–(\[。！？；：，、（])\s*|(?<=[.!?:;][\"'”’)\]}])\s+|(?<=^\([A-Z]\))\s+|(?<=\n)"
        r"|(?<=\s)(?=[→⇒⇨☞]))"
    )
    # Behind arrows and in scripts without blanks nothing need part a label from the name.
    mark = rf"(?:\s*[:,：]?\s+|(?<=[{_TIGHT}])\s*[:：]?\s*)"
    return re.compile(
        rf"{start}(?:(?P<same>{_SAME})\s+|(?P<lead>{bare}|see|contrast){mark})(?=\S)", re.IGNORECASE
    )


_TIGHT = "→⇒⇨☞\u3400-\u9fff"
# "「X」も参照": Japanese names what is referred to first.
_BEHIND = re.compile(r"[「『](?P<name>[^「」『』\n]{1,30})[」』](?:も|を)?参照")


def embedded(paragraph: Paragraph, begin: int, document: Document, words: Words) -> list[Reference]:
    """Return what the sentences of a paragraph point to, from ``begin`` on; linear in its length.

    Those that :func:`doubtful` tells are only kept where an entry bears the name.
    """
    text = paragraph.text
    found: list[Reference] = []
    links: Sequence[Link] | None = None
    for lead in _pattern("|".join(_bare(words))).finditer(text, begin):
        before = _LEADS_IN.match(text, lead.end())
        start = before.end() if before else lead.end()
        stop = _end(text, start, listed=lead[0].rstrip().endswith((":", "：")))
        if stop <= start:
            continue
        if links is None:
            links = _links(paragraph, document)
        opened = lead["lead"] or ""
        if opened and not _opens(text, lead, opened):
            continue
        weak = not opened or (
            fold(opened) in (*words.redirects, "contrast") and ":" not in lead[0]
        )  # fmt: skip
        for at, end in _names(text[:stop], start, paragraph):
            if reference := _reference(paragraph, at, end, document, words, links, weak=weak):
                found.append(reference)
    for behind in _BEHIND.finditer(text, begin):
        links = _links(paragraph, document) if links is None else links
        at, end = behind.span("name")
        if reference := _reference(paragraph, at, end, document, words, links, weak=False):
            found.append(reference)
    return found


def tail(text: str, begin: int, words: Words) -> int | None:
    """Return where a pointer set apart begins with which a definition ends; None without one.

    "[See also: keel, mast]", "— See also keel." are none of its words; sentences are.
    """
    found = _tail(words.see).search(text, begin)
    return found.start() if found and found.start() > begin else None


@lru_cache(maxsize=16)
def _tail(labels: tuple[str, ...]) -> re.Pattern[str]:
    either = "|".join(map(re.escape, labels))
    names = r"[^\[\]()（）.。!?！？\n]{1,240}"
    return re.compile(
        rf"\s*(?:\[\s*(?:{either})\b\s*[:：]?{names}\][.。]?"
        rf"|\s[—–]\s*(?:{either})\s*(?:[:：]|\s){names}\.?)\s*$",
        re.IGNORECASE,
    )


def doubtful(reference: Reference) -> bool:
    """Return whether a reference needs an entry of that name to be believed."""
    return reference.evidence.rule == RULE and reference.evidence.confidence < _SURE


def kept(references: Sequence[Reference], known: Collection[str]) -> tuple[Reference, ...]:
    """Return the references without the doubtful ones that name no entry (keys of labels).

    "Data dumper and strict refs" is two names where an entry bears each.
    """
    found: list[Reference] = []
    for reference in references:
        if reference.kind == "resource" or key(reference.text) in known:
            found.append(reference)
            continue
        parts = list(_parts(reference))
        if len(parts) > 1 and all(key(part.text) in known for part in parts):
            found += parts
        elif not doubtful(reference):
            found.append(reference)
    return tuple(found)


def rejoined(
    references: Sequence[Reference], text: str, known: Collection[str]
) -> tuple[Reference, ...]:
    """Return the references with names that were cut at their own "and" made whole again.

    "См. Шах и мат" is one where an entry bears the whole name, and none one of its halves, and so
    is "Rate, churn"; ``text`` is the document's.
    """
    found: list[Reference] = []
    for reference in references:
        last = found[-1] if found else None
        if last is not None and last.evidence.rule == reference.evidence.rule:
            span = Span(start=last.evidence.span.start, end=reference.evidence.span.end)
            between = text[last.evidence.span.end : reference.evidence.span.start]
            whole = " ".join(span.of(text).split()) if _WITHIN.fullmatch(between) else ""
            halves = key(last.text) in known and key(reference.text) in known
            if whole and key(whole) in known and not halves:
                evidence = replace(last.evidence, span=span, quote=span.of(text))
                found[-1] = replace(last, text=whole, evidence=evidence)
                continue
        found.append(reference)
    return tuple(found)


def _parts(reference: Reference) -> Iterator[Reference]:
    """The names that "and" joins in a reference, each as one of its own."""
    quote, start = reference.evidence.quote, 0
    for stop in [*_JOINED.finditer(quote), None]:
        end = stop.start() if stop else len(quote)
        span = Span(
            start=reference.evidence.span.start + start, end=reference.evidence.span.start + end
        )
        evidence = replace(reference.evidence, span=span, quote=quote[start:end])
        text = " ".join(quote[start:end].split())
        href = reference.href if stop is None and not start else ""  # one link may be of each
        yield replace(reference, text=text, evidence=evidence, href=href)
        start = stop.end() if stop else end


def _bare(words: Words) -> tuple[str, ...]:
    """The alternatives of the language's pattern of labels that need no colon, longest first."""
    inner = re.match(r"\(\?:(.*?)\)\(\?:", words.bare.pattern)
    return (inner[1],) if inner else ("see also",)


def _opens(text: str, lead: re.Match[str], opened: str) -> bool:
    """Whether the words at ``lead`` begin a sentence, or stand in a parenthesis or clause."""
    before = text[: lead.start("lead")].rstrip()[-1:]
    if before in ("", ".", "!", "?", ":", "\n", '"', "”", "’", "'", ")", "]", "}"):
        # An abbreviation ("cf.", "s. a.", "ср.") is written small where a sentence begins, too.
        return opened[0].isupper() or before in (":", "") or opened.endswith(".")
    return True


def _end(text: str, start: int, *, listed: bool = False) -> int:
    """Where the list of names that begins at ``start`` ends."""
    depth, at = 0, start
    for found in _STOP.finditer(text, start):
        mark = found[0]
        at = found.start()
        if mark == "(" and not depth:
            depth = 1
        elif mark == ")" and depth:
            depth = 0
        elif mark == ";" and listed:
            continue  # "See also: boom; mast"
        elif not depth and text.count("{", start, at) == text.count("}", start, at):
            if at == start:
                continue
            return at
    return len(text)


def _names(text: str, start: int, paragraph: Paragraph) -> Iterator[tuple[int, int]]:
    """Where the names of a list that ends with ``text`` stand."""
    for at, end in pieces(paragraph, start, len(text)):
        while at < end and text[at] in "{`":
            at += 1
        while at < end and text[end - 1] in "}`":
            end -= 1
        if at < end:
            yield at, end


def _reference(
    paragraph: Paragraph,
    start: int,
    end: int,
    document: Document,
    words: Words,
    links: Sequence[Link],
    *,
    weak: bool,
) -> Reference | None:
    text = paragraph.text
    if sense := _SENSE.search(text[:end], start):
        end = sense.start()
    name = " ".join(text[start:end].split())
    span = Span(start=paragraph.offset(start), end=paragraph.offset(end - 1) + 1)
    link = next((x for x in links if x.span.start < span.end and span.start < x.span.end), None)
    inside = link is not None and (link.kind != "href" or _leads_here(link.target, document))
    if link is not None and not inside:
        return None  # a page elsewhere
    quoted = bool(_QUOTED.fullmatch(text[max(start - 1, 0) : end + 1].strip(" ,")))
    tokens = [fold(t).strip("\"'.,") for t in name.split()]
    if not any(c.isalnum() for c in name) or (_PLACES.match(name) and not inside):
        return None
    if len(tokens) > _MOST_WORDS and not (inside or quoted):
        return None
    if is_title(name, words) and not inside:
        return None
    open_ended = tokens[0] in words.determiners or tokens[0] in words.anaphora
    # A label of another page of the same site leads to no entry unless one bears the name.
    there = inside and link is not None and (
        not link.target.startswith("#") or _leads_here(link.target, document, told=True)
    )  # fmt: skip
    sure = there or quoted or not (weak or open_ended or inside)
    return Reference(
        text=name,
        kind="concept",
        evidence=Evidence(
            document=document.uri,
            span=span,
            quote=span.of(document.text),
            rule=RULE,
            confidence=_SURE if sure else _OPEN,
        ),
        href=link.target if link else "",
    )


def _leads_here(target: str, document: Document, *, told: bool = False) -> bool:
    """Whether an address leads to a place of the page: "#jib", "/glossary#jib".

    ``told``: the page must have a place of that name.
    """
    path, mark, place = target.rpartition("#")
    return bool(mark) and (place in document.anchors or not (path or told))


def _links(paragraph: Paragraph, document: Document) -> list[Link]:
    """The links inside a paragraph; those of a document are in order."""
    found = []
    first = bisect_left(document.links, paragraph.start, key=lambda link: link.span.start)
    for number in range(first, len(document.links)):
        if document.links[number].span.start >= paragraph.end:
            break
        found.append(document.links[number])
    return found
