"""RFCs and Internet-Drafts in XML: the lists of terms of xml2rfc's vocabularies 2 and 3.

After RFC 7749 and RFC 7991. A document is a page: sections with headings, paragraphs, lists; what
it defines stands in ``<dl>``, in version 2 in ``<list style="hanging">``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from extract.errors import UnreadableSource
from extract.model import Document, Role
from extract.readers import xml_tree
from extract.readers.base import Origin, Sheet
from extract.readers.runs import Run
from extract.readers.xml_tree import below, children, name, words

_BLOCKS = frozenset({"t", "list", "dl", "ul", "ol", "figure", "artwork", "sourcecode", "table",
                     "texttable", "aside", "blockquote", "note"})  # fmt: skip
_CODE = frozenset({"artwork", "sourcecode"})
_STRONG = frozenset({"strong", "b"})
# What is no part of the words of a paragraph.
_ASIDE = frozenset({"iref", "cref", "name"})


def read(data: bytes, origin: Origin) -> Document:
    """Return the sections' text; locator ``line N``.

    Each ``<dt>`` and each ``<t hangText="…">`` is a record with what it introduces; ``<xref>`` is
    a link to the anchor of a term or a section.

    Raises:
        UnreadableSource: this is no XML, or shows no text.
    """
    sheet = Sheet(origin)
    root = xml_tree.parse(data, origin, sheet)
    sheet.language = xml_tree.language_of(root) or "en"
    sheet.title = next((words(t) for f in children(root, "front") for t in below(f, "title")), "")
    names = {anchor: _title(e) for e in root.iter() if (anchor := e.get("anchor"))}
    walk = _Walk(sheet=sheet, names=names)
    for part in children(root, "middle", "back"):
        walk.section(part, 1)
    if not sheet.blocks:
        raise UnreadableSource(origin.label, "the document shows no text")
    return sheet.document()


def _title(element: etree._Element) -> str:
    given = next((words(n) for n in children(element, "name")), "") or element.get("title") or ""
    if name(element) in ("dt", "t"):
        given = element.get("hangText") or (words(element) if name(element) == "dt" else "")
    return given.strip().rstrip(":").strip()


@dataclass(slots=True)
class _Walk:
    """Lays sections out, in order."""

    sheet: Sheet
    names: Mapping[str, str]
    """Title or term of each element with an anchor."""
    record: int = 0

    def section(self, element: etree._Element, level: int) -> None:
        """Lay out a section with those in it."""
        self._anchor(element)
        if title := _title(element):
            self.sheet.put(
                title, Role.HEADING, blank=True, level=level, locator=xml_tree.locator(element)
            )
        for child in element:
            if name(child) == "section":
                self.section(child, level + 1)
            elif name(child) in _BLOCKS:
                self._block(child, inside=False)

    def _anchor(self, element: etree._Element) -> None:
        if anchor := element.get("anchor"):
            self.sheet.anchor(anchor)

    def _block(self, element: etree._Element, *, inside: bool, marker: str = "") -> None:
        """Lay out a paragraph, a list or code; ``inside`` says that it is part of a definition."""
        tag = name(element)
        self._anchor(element)
        if tag == "dl":
            self._terms(element, inside=inside)
        elif tag == "list" and (element.get("style") or "").startswith("hanging"):
            for item in children(element, "t"):
                self._hanging(item, inside=inside)
        elif tag in ("list", "ul", "ol"):
            for item in children(element, "t", "li"):
                self._content(item, inside=inside, marker="•")
        elif tag in _CODE:
            self._put(Run(), element, inside=inside, code="".join(element.itertext()))
        else:
            self._content(element, inside=inside, marker=marker)

    def _terms(self, element: etree._Element, *, inside: bool) -> None:
        for child in element:
            if name(child) == "dt":
                self._anchor(child)
                self._term(words(child), child, inside=inside)
            elif name(child) == "dd":
                self._content(child, inside=True)

    def _hanging(self, item: etree._Element, *, inside: bool) -> None:
        self._anchor(item)
        if term := item.get("hangText"):
            self._term(term, item, inside=inside)
        self._content(item, inside=inside or bool(term))

    def _term(self, text: str, element: etree._Element, *, inside: bool) -> None:
        text = text.strip()
        if inside:
            run = Run()
            run.write(text)
            self._put(run, element, inside=True)
            return
        self.record += 1
        self.sheet.put(
            text.rstrip(":").rstrip(), Role.TERM, blank=True, record=self.record,
            section="dl/dt", locator=xml_tree.locator(element),
        )  # fmt: skip

    def _content(self, element: etree._Element, *, inside: bool, marker: str = "") -> None:
        """Lay out the words of an element, and the blocks in it after them."""
        run = Run()
        _write(run, element.text)
        for child in element:
            tag = name(child)
            if tag in _BLOCKS:
                self._put(run, element, inside=inside, marker=marker)
                run, marker = Run(), ""
                self._block(child, inside=inside)
            elif tag == "vspace":
                run.newline()
            elif tag and tag not in _ASIDE:
                self._inline(run, child)
            _write(run, child.tail)
        self._put(run, element, inside=inside, marker=marker)

    def _inline(self, run: Run, element: etree._Element) -> None:
        target = element.get("target") or ""
        linked = name(element) in ("xref", "relref", "eref") and bool(target)
        if linked:
            run.open_link(f"#{target}" if target in self.names else target)
        if name(element) in _STRONG:
            run.open_lead(strong=True)
        shown = " ".join("".join(element.itertext()).split())
        run.write(shown or (self.names.get(target) or f"[{target}]" if linked else ""))
        if name(element) in _STRONG:
            run.close_lead()
        if linked:
            run.close_link()

    def _put(
        self, run: Run, element: etree._Element, *, inside: bool, marker: str = "", code: str = ""
    ) -> None:
        known: dict[str, Any] = {"locator": xml_tree.locator(element)}
        if inside:
            known |= {"record": self.record, "section": "dl/dd"}
        role = Role.DEFINITION if inside else Role.ITEM if marker else Role.PARAGRAPH
        if code.strip():
            self.sheet.put(code.strip("\n"), role if inside else Role.CODE, blank=True, **known)
        elif not run.blank:
            run.lay(self.sheet, role, blank=not inside and not marker, marker=marker, **known)


def _write(run: Run, text: str | None) -> None:
    text = re.sub(r"\s+", " ", text or "")
    if run.lines[-1].text[-1:] in ("", " "):
        text = text.lstrip(" ")
    run.write(text)
