"""Articles of dictionaries laid out: what a database or an XML dictionary says under one word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from extract.labels import fold
from extract.model import Link, Role, Span
from extract.readers import columns
from extract.readers.base import Sheet

# Behind a headword on its line: how it is spoken and what kind of word it is.
_SPOKEN = r"/[^/\n]{1,80}/|\\[^\\\n]{1,80}\\|\[[^\[\]\n]{1,80}\]"
_HEAD_LINE = re.compile(rf"\s*(?:(?:{_SPOKEN}|<(?P<pos>[^<>\n]{{1,60}})>)[\s,]*)*")
_BESIDE = re.compile(r"\s+(?=[/\\\[<])")
_SENSE = re.compile(
    r"\s*(?:(?P<pos>n|v|adj|adv|a|prep|conj|pron|interj)\.?\s+)?(?P<number>\d{1,3})[.):]\s+(?=\S)"
)
_POS = re.compile(r"\s*(?P<pos>n|v|adj|adv|a|prep|conj|pron|interj)\.?:?\s+(?=\S)")
_SYNONYMS = re.compile(r"\s*\[syn: (?P<names>[^\[\]]{1,600})\]")
_BRACED = re.compile(r"\{(?P<name>[^{}\n]{1,120})\}")
# A line that says one thing of the word: "Atomic number: 2".
_LABEL = re.compile(r"(?P<label>[A-Z][\w-]*(?: [\w-]+){0,2}): (?P<value>\S+(?: \S+){0,3})\s*$")
# References of StarDict's articles: <a href="bword://jib">, <kref>jib</kref>.
_LINKED = re.compile(
    r"<a\b[^<>]*?\bhref\s*=\s*[\"']?(?:bword|entry|query)://[^<>]*>(?P<a>[^<>]{1,200})</a\s*>"
    r"|<kref\b[^<>]*>(?P<k>[^<>]{1,200})</kref\s*>",
    re.I,
)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/dd|/dt|/h\d|/tr|/def|/ex)\b[^<>]*>", re.I)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?(?:-->|\Z)", re.S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What stands in a dictionary under one word."""

    word: str
    text: str
    """Plain, lines as written; names of other articles in braces."""
    further: tuple[str, ...] = ()
    """Other words that lead to it."""
    parts: tuple[str, ...] = ()
    """Parts of speech that its markup names."""
    examples: tuple[str, ...] = ()
    locator: str = ""


def unmarked(text: str) -> str:
    """Return an article in HTML or XDXF as plain text, names of other articles in braces."""
    text = _LINKED.sub(lambda m: "{" + (m["a"] or m["k"]).strip() + "}", text)
    return unescape(_TAG.sub("", _BREAK.sub("\n", text)))


def lay(sheet: Sheet, article: Article, record: int) -> None:
    """Lay out an article: its word, other words for it, parts of speech, senses with links.

    A first line that only repeats the word is left out; numbered senses are told apart, wrapped
    lines joined.
    """
    known: dict[str, Any] = {"record": record, "locator": article.locator}
    word, lines, parts = _headed(article)
    sheet.anchor(word)
    sheet.put(word, Role.TERM, blank=True, **known)
    named = {fold(word)}
    for name in article.further:
        if fold(name) not in named:
            named.add(fold(name))
            sheet.put(name, Role.ALIAS, **known)
    senses = list(_senses(lines))
    parts = [*article.parts, *parts, *(part for part, _, _ in senses if part)]
    for part in dict.fromkeys(parts):
        sheet.put(part, Role.PART_OF_SPEECH, **known)
    alone = sum(not _LABEL.match(text) for _, _, text in senses) == 1
    for _, marker, text in senses:
        if told := _LABEL.match(text):
            role = columns.role_of(told["label"]) or Role.NOTE
            sheet.put(told["value"], role, label=told["label"], **known)
            continue
        for found in _SYNONYMS.finditer(text) if alone else ():
            for name in found["names"].replace("{", "").replace("}", "").split(", "):
                if fold(name) not in named:
                    named.add(fold(name))
                    sheet.put(name, Role.ALIAS, label="syn", **known)
        _put(sheet, _SYNONYMS.sub("", text) if alone else text, marker, known)
    for example in article.examples:
        sheet.put(example, Role.EXAMPLE, **known)


def _headed(article: Article) -> tuple[str, list[str], list[str]]:
    """The word as its article writes it, the lines below, and the parts of speech beside it."""
    lines = article.text.strip("\n").split("\n")
    first = lines[0].strip()
    beside = _BESIDE.search(first)
    shown = first[: beside.start()] if beside else first
    # Indexes hold words without capitals and marks; the article shows how it is written.
    names = {_bare(name) for name in (article.word, *article.further)}
    found = _HEAD_LINE.fullmatch(first, len(shown))
    if found and shown and _bare(shown) in names:
        pos = found["pos"].partition(",")[0].strip() if found["pos"] else ""
        return shown, lines[1:], [pos] if pos else []
    return article.word, lines, []


def _bare(text: str) -> str:
    """Letters and digits alone, as the indexes of dictd hold words."""
    return re.sub(r"[\W_]", "", fold(text))


def _senses(lines: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Yield (part of speech, marker, text) of each sense or paragraph of an article."""
    part, marker, words, blank, labelled = "", "", "", True, False
    for line in [*lines, None]:
        opened = _SENSE.match(line) if line else None
        label = bool(line and _LABEL.match(line))
        new = line is None or bool(opened) or not line.strip() or label or labelled
        labelled = label
        if new and words:
            yield part, marker, words
            part = marker = words = ""
        if line is None or not line.strip():
            blank = True
            continue
        begin = 0
        if opened:
            part, marker, begin = opened["pos"] or "", f"{opened['number']}.", opened.end()
        elif blank and not words and (lone := _POS.match(line)):
            part, begin = lone["pos"], lone.end()
        blank = False
        words += (" " if words else "") + " ".join(line[begin:].split())


def _put(sheet: Sheet, text: str, marker: str, known: dict[str, Any]) -> None:
    """Lay out one sense, names in braces as links."""
    shown, links, at = "", [], 0
    for found in _BRACED.finditer(text):
        shown += text[at : found.start()]
        links.append(
            Link(
                span=Span(start=len(shown), end=len(shown) + len(found["name"])),
                target=found["name"],
                kind="term",
            )
        )
        shown += found["name"]
        at = found.end()
    shown += text[at:]
    sheet.put(shown, Role.DEFINITION, links=tuple(links), marker=marker, **known)
