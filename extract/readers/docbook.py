"""Glossaries in DocBook 4 and 5 and in DITA: entries, their forms, what they send to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from extract.errors import UnreadableSource
from extract.model import Document, Link, Role, Span
from extract.readers import xml_tree
from extract.readers.base import Origin, Sheet
from extract.readers.runs import Run
from extract.readers.xml_tree import IDENTIFIER, below, children, name, words

# What holds one term: entries of glossaries; where there are none, the lists that stand for them.
_ENTRIES = (("glossentry",), ("varlistentry",), ("dlentry",))
_TERMS = ("glossterm", "term", "dt")
_DEFINITIONS = ("glossdef", "listitem", "dd")
# Elements with other forms of the term, or facts about it, and their roles.
_FORMS: Mapping[str, Role] = {
    "acronym": Role.ACRONYM, "abbrev": Role.ACRONYM, "glossAcronym": Role.ACRONYM,
    "glossAbbreviation": Role.ACRONYM, "glossShortForm": Role.ALIAS, "glossSynonym": Role.ALIAS,
    "glossSurfaceForm": Role.ALIAS, "glossUsage": Role.NOTE, "glossScopeNote": Role.NOTE,
}  # fmt: skip
# Parts of a definition that stand on lines of their own, with the role of what they hold.
_BLOCKS: Mapping[str, Role | None] = {
    **dict.fromkeys(
        ("para", "simpara", "formalpara", "title", "listitem", "member", "step", "row",
         "blockquote", "itemizedlist", "orderedlist", "simplelist", "variablelist", "procedure",
         "table", "informaltable", "equation", "informalequation", "mediaobject", "figure", "p",
         "ul", "ol", "sl", "li", "sli", "dl", "dlentry", "dt", "dd", "lq", "fig", "simpletable",
         "strow", "varlistentry", "term", "tr", "section", "sect1"),
        None,
    ),
    **dict.fromkeys(("example", "informalexample"), Role.EXAMPLE),
    **dict.fromkeys(("note", "tip", "important", "warning", "caution"), Role.NOTE),
    **dict.fromkeys(
        ("programlisting", "screen", "literallayout", "codeblock", "pre", "synopsis", "msgblock"),
        Role.CODE,
    ),
}  # fmt: skip
_ITEMS = frozenset({"listitem", "member", "step", "li", "sli"})
# What is no part of the running words: index marks, remarks of editors, nested glossaries.
_ASIDE = frozenset(
    {"indexterm", "remark", "footnote", "fn", "draft-comment", "glossseealso", "glosslist",
     "glossentry", "alt", "objectinfo", "info", "prolog", "data", "required-cleanup"}
)  # fmt: skip
_SENT = ("glosssee", "glossseealso")


def read(data: bytes, origin: Origin) -> Document:
    """Return one record an entry, in order, titles of divisions as headings; locator ``line N``.

    An entry that only says where to look (``glosssee``) is a record with a reference and no
    definition. Entries within entries are records of their own, behind the outer one.

    Raises:
        UnreadableSource: this is no XML, or holds no entry.
    """
    sheet = Sheet(origin)
    root = xml_tree.parse(data, origin, sheet)
    lay(sheet, root)
    if not sheet.blocks:
        raise UnreadableSource(origin.label, "it holds no glossary entries")
    return sheet.document()


def lay(sheet: Sheet, root: etree._Element) -> None:
    """Lay out the entries of a DocBook or DITA document, and take what it says of itself."""
    kinds = next((k for k in _ENTRIES if next(below_or_self(root, *k), None) is not None), ())
    if not kinds:
        return
    sheet.language = xml_tree.language_of(root)
    sheet.title = _title(root)
    sheet.publisher = next((words(e) for e in below(root, "publishername", "publisher")), "")
    names = {
        identifier: words(term)
        for entry in below_or_self(root, *kinds)
        for holder in (entry, *children(entry, *_TERMS))
        for term in children(entry, *_TERMS)
        if (identifier := _identifier(holder))
    }
    writer = _Writer(sheet=sheet, names=names)
    for element in root.iter():
        if name(element) in kinds:
            writer.entry(element)
        elif name(element) == "title" and name(element.getparent()) == "glossdiv":
            sheet.put(
                words(element), Role.HEADING, blank=True, level=2,
                locator=xml_tree.locator(element),
            )  # fmt: skip


def below_or_self(root: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Yield the element itself and those below it that are called one of ``names``."""
    return (each for each in root.iter() if name(each) in names)


def _title(root: etree._Element) -> str:
    for holder in (root, *children(root, "info", "glossaryinfo", "bookinfo", "articleinfo")):
        for title in children(holder, "title"):
            return words(title)
    return next((words(t) for g in below(root, "glossary") for t in below(g, "title")), "")


def _identifier(element: etree._Element) -> str:
    return str(element.get(IDENTIFIER) or element.get("id") or "")


@dataclass(slots=True)
class _Part:
    """A stretch of a definition that stands on lines of its own."""

    role: Role
    run: Run = field(default_factory=Run)
    marker: str = ""
    code: str = ""


@dataclass(slots=True)
class _Writer:
    """Lays entries out as records."""

    sheet: Sheet
    names: Mapping[str, str]
    """Term of each entry by its identifier."""
    record: int = 0

    def entry(self, entry: etree._Element) -> None:
        """Lay out one entry: its terms, forms, definitions and what it sends to."""
        terms = list(children(entry, *_TERMS))
        if not terms or not words(terms[0]):
            return
        self.record += 1
        known: dict[str, Any] = {
            "record": self.record, "locator": xml_tree.locator(entry),
            "language": xml_tree.language_of(entry), "section": f"entry {self.record}",
        }  # fmt: skip
        if known["language"] == self.sheet.language:
            known["language"] = ""
        for holder in (entry, terms[0]):
            if identifier := _identifier(holder):
                self.sheet.anchor(identifier)
        for number, term in enumerate(terms):
            # A variable list names one thing in several terms ("-h", "--help").
            role = Role.ALIAS if number else Role.TERM
            self.sheet.put(words(term), role, blank=not number, label=name(term), **known)
        self._forms(entry, known)
        for definition in children(entry, *_DEFINITIONS):
            if subject := definition.get("subject"):
                self.sheet.put(subject, Role.SUBJECT_FIELD, label="subject", **known)
            self._definition(definition, known)
        for sent in below(entry, *_SENT):
            if _nearest(sent) is entry:
                self._sent(sent, known)
        for link in below(entry, "link"):
            if name(link.getparent()) in ("related-links", "linklist", "linkpool"):
                self._related(link, known)

    def _forms(self, entry: etree._Element, known: Mapping[str, Any]) -> None:
        for body in (entry, *children(entry, "glossBody")):
            for element in body:
                tag = name(element)
                if tag == "glossPartOfSpeech":
                    value = element.get("value") or words(element)
                    self.sheet.put(value, Role.PART_OF_SPEECH, label=tag, **known)
                elif tag == "glossAlt":
                    status = next((s.get("value") or "" for s in children(element, "glossStatus")),
                                  "")  # fmt: skip
                    for form in element:
                        kind = _FORMS.get(name(form), Role.OTHER)
                        if kind in (Role.ACRONYM, Role.ALIAS):
                            label = status if status in _WITHDRAWN else name(form)
                            self.sheet.put(words(form), kind, label=label, **known)
                elif tag in _FORMS:
                    self.sheet.put(words(element), _FORMS[tag], label=tag, **known)

    def _definition(self, definition: etree._Element, known: Mapping[str, Any]) -> None:
        parts = [_Part(Role.DEFINITION)]
        self._walk(definition, parts, Role.DEFINITION)
        section = f"{known['section']}/definition"
        for part in parts:
            if part.code.strip():
                # Code belongs to the definition that it stands in; it is no field of its own.
                self.sheet.put(
                    part.code.strip("\n"), Role.CODE, section=f"{section}/code",
                    locator=known["locator"],
                )  # fmt: skip
            part.run.lay(
                self.sheet, part.role,
                **{**known, "section": section, "marker": part.marker, "label": name(definition)},
            )  # fmt: skip

    def _walk(self, element: etree._Element, parts: list[_Part], role: Role) -> None:
        """Write the words of an element to ``parts``, a new one for each block in it."""
        self._write(parts[-1], element.text)
        for child in element:
            tag = name(child)
            if not tag or tag in _ASIDE or tag in _SENT:
                pass
            elif tag in _BLOCKS and not (tag == "term" and name(element) != "varlistentry"):
                inner: Role = _BLOCKS[tag] or role
                if inner is Role.CODE:
                    parts.append(_Part(role, code="".join(child.itertext())))
                else:
                    item = tag in _ITEMS and inner is Role.DEFINITION
                    parts.append(_Part(inner, marker="•" if item else ""))
                    self._walk(child, parts, inner)
                parts.append(_Part(role))
            elif tag in ("entry", "stentry", "td", "th"):
                self._walk(child, parts, role)
                self._write(parts[-1], " | " if child.getnext() is not None else "")
            else:
                self._inline(child, parts, role)
            self._write(parts[-1], child.tail)

    def _inline(self, child: etree._Element, parts: list[_Part], role: Role) -> None:
        run, (target, kind) = parts[-1].run, _linked(child)
        if target:
            run.open_link(target, kind)
        if not words(child) and target.startswith("#"):
            run.write(self.names.get(target[1:], target[1:]))
        if name(child) == "quote":
            run.write("“")
        self._walk(child, parts, role)
        if name(child) == "quote":
            parts[-1].run.write("”")
        if target and parts[-1].run is run:
            run.close_link()

    @staticmethod
    def _write(part: _Part, text: str | None) -> None:
        text = re.sub(r"\s+", " ", text or "")
        if part.run.lines[-1].text[-1:] in ("", " "):
            text = text.lstrip(" ")
        part.run.write(text)

    def _sent(self, sent: etree._Element, known: Mapping[str, Any]) -> None:
        """Lay out where an entry sends the reader, by words or by the other entry's identifier."""
        other = sent.get("otherterm") or sent.get("linkend") or ""
        text = words(sent) or self.names.get(other, other)
        text = re.sub(r"(?i)^(?:see(?: also)?|siehe(?: auch)?|voir(?: aussi)?)[:\s]+", "", text)
        links = (_whole(text, f"#{other}"),) if other in self.names else ()
        self.sheet.put(text, Role.REFERENCE, label=name(sent), links=links, **known)

    def _related(self, link: etree._Element, known: Mapping[str, Any]) -> None:
        target = _address(link.get("href") or "")
        text = next((words(t) for t in children(link, "linktext")), "") or words(link)
        text = text or self.names.get(target.rpartition("#")[2], "") or _stem(target)
        links = (_whole(text, target),) if target else ()
        self.sheet.put(text, Role.RELATED, label="related-links", links=links, **known)


_WITHDRAWN = frozenset({"prohibited", "obsolete", "deprecated", "restricted"})


def _nearest(element: etree._Element) -> etree._Element:
    """Return the entry that an element stands in."""
    parent = element.getparent()
    while parent is not None and name(parent) not in ("glossentry", "varlistentry", "dlentry"):
        parent = parent.getparent()
    return parent


def _whole(text: str, target: str) -> Link:
    return Link(span=Span(start=0, end=len(text)), target=target)


def _linked(element: etree._Element) -> tuple[str, str]:
    """Return the target and kind of the link that an inline element is, or two empty texts."""
    if linkend := element.get("linkend"):
        return f"#{linkend}", "href"
    if href := element.get("href") or element.get("{http://www.w3.org/1999/xlink}href"):
        return _address(href), "href"
    if url := element.get("url"):
        return url, "href"
    if key := element.get("keyref") or element.get("conkeyref"):
        # What a key stands for is said in a map elsewhere; keys are named after their terms.
        return re.sub(r"[-_.]+", " ", key.partition("/")[0]), "term"
    if name(element) in ("glossterm", "firstterm", "term"):
        return element.get("baseform") or words(element), "term"
    return "", ""


def _address(href: str) -> str:
    """Return an address with DITA's ``#topic/element`` as the anchor that it means."""
    page, mark, anchor = href.partition("#")
    return f"{page}{mark}{anchor.rpartition('/')[2]}"


def _stem(address: str) -> str:
    step = address.partition("#")[0].rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return re.sub(r"[-_]+", " ", step)
