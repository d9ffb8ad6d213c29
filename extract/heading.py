"""What stands around a headword and before its definition: part of speech, pronunciation."""

from __future__ import annotations

import re
from functools import cache

from extract import languages
from extract.articles import Article, Paragraph
from extract.languages import Words
from extract.layouts.heads import PRONUNCIATION, bare, part_of_speech
from extract.model import Document, Passage, Span

_HEAD_POS = re.compile(r"\s*(?:[,;]\s*|\s)[(\[]?(?P<pos>[^()\[\],]{1,30}?)[)\]]?\s*$")
_SPOKEN = re.compile(rf",?\s+{PRONUNCIATION.pattern}\s*$|,?\s+//,?\s*$")
_BODY_POS = re.compile(
    r"\s*(?:[(\[](?P<inner>[^()\[\]]{1,30})[)\]][.:,]?"
    r"|(?P<bare>[^\W\d_]{1,12}(?:\.\s?[^\W\d_]{1,4})?\.))\s+(?=\S)"
)


def read_head(
    article: Article, document: Document, words: Words
) -> tuple[tuple[str, ...], Span | None, str, tuple[Passage, ...]]:
    """Return parts of speech behind a headword (``churn (n.)``), the headword, its sound."""
    if article.head is None or not article.head.of(document.text).strip():
        return (), article.head, article.head_text, ()
    raw = article.head.of(document.text)
    pos: tuple[str, ...] = ()
    said: tuple[Passage, ...] = ()
    begin, end = 0, len(raw)
    # From the left, so that "noun phrase" is found whole; then the last word alone ("… n.").
    for at in (0, len(raw.rstrip()) - len(raw.split()[-1]) - 1):
        found = _HEAD_POS.search(raw, max(at, 0))
        if not found or not found.start() or pos:
            continue
        named = part_of_speech(found["pos"], words)
        marked = raw[found.start("pos") - 1] in "([" or "," in found[0] or found["pos"][-1] == "."
        # What stands behind the emphasis of a headword is no part of it.
        apart = raw[: found.start()].rstrip().endswith(("**", "'''", "__", "/"))
        if named and (marked or apart):
            pos, end = named, found.start()
    if (spoken := _SPOKEN.search(raw, 0, end)) and spoken.start():
        end = spoken.start()
        span = Span(
            start=article.head.start + spoken.end() - len(spoken[0].lstrip(", \n")),
            end=article.head.start + spoken.end(),
        )
        said = (Passage(text=span.of(document.text).strip(), span=span),)
    if end < len(raw):
        inner = bare(raw[:end])
        begin, end = inner
    if (begin, end) == (0, len(raw)):
        return (), article.head, article.head_text, ()
    head = Span(start=article.head.start + begin, end=article.head.start + end)
    return pos, head, " ".join(head.of(document.text).split()), said


def leading_pos(text: str, words: Words) -> tuple[tuple[str, ...], int]:
    """Return parts of speech before a definition (``(noun) A …``), and where it begins."""
    found = _BODY_POS.match(text)
    if not found:
        return (), 0
    pos = part_of_speech(found["inner"] or found["bare"], words)
    return (pos, found.end()) if pos else ((), 0)


_MARKS = r"[\s*_'\"]{0,6}"
# Between a headword and its definition, behind its part of speech: brackets, or ", also called X".
_BRACKETED = re.compile(
    rf"{_MARKS}[(（](?P<inner>[^()（）\n]{{1,60}})[)）]{_MARKS}(?:[:：]|[–—-](?=\s))\s*(?=\S)"
)
_PARTED = re.compile(r"\s*(?:[:：]|[–—](?=\s))\s*(?=\S)")
_ENGLISH = ("also called", "also known as", "aka", "a.k.a.", "sometimes called", "also", "or")


@cache
def _called(language: str) -> re.Pattern[str]:
    words = languages.table().get(languages.primary(language), {})
    found = (*_ENGLISH, *words.get("called", ()), *words.get("or", ()))
    names = "|".join(
        re.escape(w).replace(r"\ ", r"\s+") for w in sorted(found, key=len, reverse=True)
    )
    return re.compile(
        rf"{_MARKS},?{_MARKS}(?P<name>(?:{names})\s+[^:：;.()–—\n]{{1,50}}?),?{_MARKS}"
        r"(?:[:：]\s|\s[–—-]\s)\s*(?=\S)",
        re.IGNORECASE,
    )


def names_before(
    article: Article, head: Span | None, paragraph: Paragraph, begin: int, document: Document
) -> tuple[str, int]:
    """Return what stands between a headword and its definition, as part of the headword line.

    "**Cyclorama** (cyc) – A cloth …" gives `` (cyc)``, "**Harness** *(n.)*, also called belt: …"
    gives ``, also called belt``; and the offset in the paragraph where the definition begins,
    behind a mark that only parts the two.
    """
    if head is None or article.head is None:
        return "", begin
    gap = document.text[article.head.end : paragraph.offset(begin)]
    if "\n" in gap or len(gap) > _NEAR:
        return "", begin
    for pattern in (_BRACKETED, _called(document.language)):
        found = pattern.match(paragraph.text, begin)
        if found and found.re is _BRACKETED:
            return f" ({found['inner']})", found.end()
        if found:
            return f", {found['name'].strip(' ,*_')}", found.end()
    parted = _PARTED.match(paragraph.text, begin)
    return "", parted.end() if parted else begin


# So near to its headword a definition stands that has only a part of speech before it.
_NEAR = 40
