"""MediaWiki: dumps of wikis that keep a page a term, and pages that only send to another."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from lxml import etree

from extract import languages
from extract.errors import UnreadableSource
from extract.labels import fold
from extract.model import Document, Role
from extract.readers import text, wiki_terms, xml_tree
from extract.readers.base import Origin, Sheet
from extract.readers.encoding import decode, unified
from extract.readers.runs import Run
from extract.readers.xml_tree import below, children, words

_REDIRECT = re.compile(r"\s*#\s*[^\W\d_]+\s*:?\s*\[\[([^\[\]|#]+)")
_HEADING = re.compile(r"^(={2,6})\s*(.+?)\s*\1\s*$")
_CATEGORY = re.compile(
    r"\[\[\s*(?:Category|Kategorie|Catégorie|Categoría|Categoria|Категория|分类|分類)\s*:"
    r"\s*([^\[\]|]+)[^\[\]]*\]\]", re.IGNORECASE,
)  # fmt: skip
_MEDIA = re.compile(
    r"\[\[\s*(?:File|Image|Datei|Bild|Fichier|Archivo|Ficheiro|Файл)\s*:"
    r"[^\[\]]*(?:\[\[[^\[\]]*\]\][^\[\]]*)*\]\]", re.IGNORECASE,
)  # fmt: skip
_ASIDE = re.compile(
    r"<!--.*?-->|<ref\b[^<>]*/>|<ref\b[^<>]*>.*?</ref>|<gallery\b.*?</gallery>"
    r"|^\{\|.*?^\|\}", re.IGNORECASE | re.DOTALL | re.MULTILINE,
)  # fmt: skip
_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}")
_TAG = re.compile(r"</?[a-z][^<>]*>|__[A-Z]+__", re.IGNORECASE)
_INLINE = re.compile(
    r"\[\[(?P<page>[^\[\]|]*)(?:\|(?P<words>[^\[\]]*))?\]\]"
    r"|\[(?P<url>(?:https?:)?//\S+?)(?:\s+(?P<shown>[^\[\]]*))?\]|(?P<quotes>'{2,5})"
)
_ITEM = re.compile(r"[*#:;]+\s*")
_BOLD = re.compile(r"'''(.+?)'''")
# Keys of labels that head a section, and the role of what stands below.
_SECTIONS: Mapping[str, Role] = {
    "definition": Role.DEFINITION, "example": Role.EXAMPLE, "note": Role.NOTE,
    "see": Role.REFERENCE, "related": Role.REFERENCE, "synonym": Role.ALIAS,
    "acronym": Role.ACRONYM, "broader": Role.BROADER, "narrower": Role.NARROWER,
}  # fmt: skip
_LISTED = frozenset({Role.REFERENCE, Role.ALIAS, Role.ACRONYM, Role.BROADER, Role.NARROWER})


@dataclass(slots=True)
class _Page:
    """A page of a wiki."""

    title: str
    source: str
    """Its wikitext."""
    number: int
    also: list[str] = field(default_factory=list)
    """Titles of the pages that send to it."""


def read(data: bytes, origin: Origin) -> Document:
    """Return one record a page of a dump; a page that only sends elsewhere names another.

    Of a page the lead is the definition, names in bold in its first sentence are aliases, sections
    that say so hold examples, notes and see-also, categories are the subject field; other sections
    stay in the text. Pages called a glossary are laid out line by line. Locator ``page N``.

    Raises:
        UnreadableSource: this is no dump, or holds no page of text.
    """
    if origin.media_type == "text/x-wiki":
        return _sent(data, origin)
    sheet = Sheet(origin)
    root = xml_tree.parse(data, origin, sheet)
    sheet.language = xml_tree.language_of(root)
    sheet.title = next((words(e) for e in below(root, "sitename")), "")
    pages = list(_pages(root))
    if not pages:
        raise UnreadableSource(origin.label, "it holds no pages of text")
    for record, page in enumerate(pages, start=1):
        if text.names_glossary(page.title):
            _lay_lines(sheet, page)
        else:
            _lay(sheet, page, record)
    return sheet.document()


def _sent(data: bytes, origin: Origin) -> Document:
    """Return a page that only sends to another: its own name with a reference."""
    source = unified(decode(data, source=origin.label).text)
    found = _REDIRECT.match(source)
    sheet = Sheet(origin)
    title = re.sub(r"[_-]+", " ", (origin.name or origin.source).rsplit(".", 1)[0])
    sheet.put(title, Role.TERM, record=1, label="title", locator="line 1")
    if found:
        sheet.put(found[1], Role.REFERENCE, record=1, label="redirect", locator="line 1")
    return sheet.document()


def _pages(root: etree._Element) -> Iterator[_Page]:
    """Yield the pages of text in their order, with the names of those that send to them."""
    found: list[_Page] = []
    sent: dict[str, list[str]] = defaultdict(list)
    for number, element in enumerate(below(root, "page"), start=1):
        title = next((words(e) for e in children(element, "title")), "")
        space = next((words(e) for e in children(element, "ns")), "0")
        if not title or space != "0":
            continue
        source = ""
        for each in below(element, "text"):
            source = "".join(each.itertext())  # of several revisions the last
        target = next((str(e.get("title") or "") for e in children(element, "redirect")), "")
        if not target and (to := _REDIRECT.match(source)):
            target = to[1]
        if target:
            sent[fold(target.partition("#")[0].replace("_", " "))].append(title)
        elif source.strip():
            found.append(_Page(title, unified(source), number))
    for page in found:
        page.also = sent.get(fold(page.title), [])
        yield page


def _bare(source: str) -> str:
    """Return wikitext without comments, footnotes, tables, pictures and templates."""
    source = _MEDIA.sub("", _ASIDE.sub("", source))
    for _ in range(6):  # templates in templates
        shorter = _TEMPLATE.sub("", source)
        if shorter == source:
            break
        source = shorter
    return unescape(_TAG.sub("", source))


def _lay_lines(sheet: Sheet, page: _Page) -> None:
    """Lay a page out as the lines that were typed; segmentation finds the entries."""
    source = page.source
    if wiki_terms.has_terms(source):
        source, _ = wiki_terms.expand(source)
    content = _bare(_CATEGORY.sub("", source))
    sheet.put(page.title, Role.HEADING, blank=True, level=1, locator=f"page {page.number}")
    for line in content.split("\n"):
        if not line.strip():
            sheet.line(blank=True)
        for block in text.blocks(line):
            sheet.put(
                block.span.of(line), block.role, marker=block.marker, indent=block.indent,
                locator=f"page {page.number}",
            )  # fmt: skip


def _lay(sheet: Sheet, page: _Page, record: int) -> None:
    """Lay a page out as the record of one term."""
    known: dict[str, Any] = {"record": record, "locator": f"page {page.number}"}
    label_of = languages.words(sheet.language or "en").label
    term = re.sub(r"\s*\([^()]*\)$", "", page.title)
    sheet.anchor(page.title)
    sheet.put(term, Role.TERM, blank=True, label="title", **known)
    categories = [m[1] for m in _CATEGORY.finditer(page.source)]
    lines = _bare(_CATEGORY.sub("", page.source)).split("\n")
    for name in dict.fromkeys((*page.also, *_bold_names(lines, page.title))):
        sheet.put(name, Role.ALIAS, label="redirect", **known)
    role, section = Role.DEFINITION, ""
    for line in lines:
        if heading := _HEADING.match(line):
            section = heading[2]
            role = _SECTIONS.get(label_of(section) or "", Role.OTHER)
            continue
        item = _ITEM.match(line)
        run = _inline(line[item.end() :] if item else line)
        if role in _LISTED:
            run = run if item or run.lines[0].links else Run()
        run.lay(
            sheet, role, label=section or "lead", section=section,
            marker="•" if item and role not in _LISTED else "", **known,
        )  # fmt: skip
    for name in dict.fromkeys(categories):
        sheet.put(name, Role.SUBJECT_FIELD, label="category", **known)


def _bold_names(lines: Sequence[str], title: str) -> Iterator[str]:
    """Yield the other names that the first sentence prints in bold."""
    lead = next((line for line in lines if line.strip()), "")
    for found in _BOLD.finditer(re.split(r"(?<=[^\W\d_]{2}[.。])\s", lead, maxsplit=1)[0]):
        name = _INLINE.sub(lambda m: m["words"] or m["page"] or "", found[1]).strip()
        if name and fold(name) != fold(title) and len(name.split()) <= 6:
            yield name


def _inline(line: str) -> Run:
    """Return a line of wikitext as words with links; emphasis is left out."""
    run, at = Run(), 0
    for found in _INLINE.finditer(line):
        run.write(line[at : found.start()])
        at = found.end()
        if found["quotes"]:
            continue
        if found["page"] is not None:
            run.open_link(found["page"].strip(), "wiki")
            run.write((found["words"] or found["page"].lstrip(":")).strip())
        else:
            run.open_link(found["url"])
            run.write(found["shown"] or "")
        run.close_link()
    run.write(line[at:])
    return run
