"""HTML of any quality: what the page shows, block by block, with what its markup says of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from extract.errors import UnreadableSource
from extract.model import Document, Role
from extract.readers import html_data, html_marks, html_pairs, html_tables, tables
from extract.readers.base import Origin, Sheet
from extract.readers.encoding import decode
from extract.readers.runs import Run
from extract.readers.text import note_guess

_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_BLANKS = re.compile(r"[ \t\n\r\f]+")


def parse(text: str) -> etree._Element | None:
    """Return the root of a page, or ``None`` where it holds no element and no text."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True)
    data = _DECLARATION.sub("", text).encode("utf-8", "replace")
    try:
        return etree.fromstring(data, parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def read(data: bytes, origin: Origin) -> Document:
    """Return what the page shows; locator ``line N`` of the element.

    Headings, list items, ``dl`` (each group of ``dt`` is a record), tables, paragraphs; microdata
    and JSON-LD of schema.org's DefinedTerm; ``NAVIGATION`` for what stands around the content.
    Title: the first ``h1``, else ``<title>``; language, publisher, licence and address as the
    page declares them.
    """
    decoded = decode(data, source=origin.label)
    sheet = Sheet(origin)
    note_guess(sheet, decoded)
    root = parse(decoded.text)
    if root is None:
        raise UnreadableSource(origin.label, "the page shows no text")
    html_data.metadata(sheet, root)
    walk = _Walk(sheet=sheet, page=True)
    walk.run_over(root)
    html_data.lay_json_ld(sheet, root, record=walk.record)
    html_pairs.pair_by_class(sheet)
    if not sheet.blocks:
        raise UnreadableSource(origin.label, "the page shows no text")
    heading = next((b for b in sheet.blocks if b.role is Role.HEADING and b.level == 1), None)
    if heading:
        sheet.title = heading.span.of(sheet.text)
    return sheet.document()


def lay_fragment(sheet: Sheet, text: str, *, record: int, locator: str = "") -> int:
    """Lay a piece of HTML out on ``sheet`` and return the number of the last record.

    ``record`` is the last number given before, ``locator`` that of every block.
    """
    root = parse(text)
    if root is None:
        return record
    walk = _Walk(sheet=sheet, record=record, locator=locator)
    walk.run_over(root)
    return walk.record


@dataclass(slots=True)
class _Frame:
    """An open element that changes what its text is."""

    element: etree._Element
    role: Role | None = None
    record: int | None = None
    level: int = 0
    marker: str = ""
    language: str = ""
    label: str = ""


# Parts of a definition that the page sets off in boxes of their own.
_BOXES = frozenset({Role.NOTE, Role.EXAMPLE})


@dataclass(slots=True)
class _List:
    """An open ``dl``, ``ul`` or ``ol``."""

    ordered: bool = False
    number: int = 0
    record: int | None = None
    in_terms: bool = False


@dataclass(slots=True)
class _Walk:
    """One pass over a page in document order, without recursion: pages nest deeply."""

    sheet: Sheet
    page: bool = False
    record: int = 0
    locator: str = ""
    run: Run = field(default_factory=Run)
    frames: list[_Frame] = field(default_factory=list)
    steps: list[tuple[str, bool]] = field(default_factory=list)
    """For each open block its step of the section key, and whether it opens what is around."""
    lists: list[_List] = field(default_factory=list)
    around: int = 0
    """Open elements that stand around the content."""
    pre: int = 0
    line: int = 0
    lengths: dict[etree._Element, int] = field(default_factory=dict)
    total: int = 1
    summaries: frozenset[str] = frozenset()
    openers: frozenset[etree._Element] = frozenset()
    """Spans that set a headword off by style alone."""
    nested: frozenset[etree._Element] = frozenset()
    """Definition lists that are part of an entry."""
    others: list[str] = field(default_factory=list)
    """Other names that the markup of the open term gives it."""
    scopes: dict[etree._Element, int] = field(default_factory=dict)
    """Record of each DefinedTerm of microdata."""

    def run_over(self, root: etree._Element) -> None:
        """Lay out all that the page shows."""
        self.lengths = html_marks.lengths(root)
        self.total = max(self.lengths.get(root, 0), 1)
        self.summaries = html_marks.summaries(root)
        self.openers = html_marks.openers(root)
        self.nested = html_marks.nested_lists(root)
        for event, element, text in self._events(root):
            if event == "start":
                self._start(element)
            elif event == "end":
                self._end(element)
            else:
                self._text(text)
        self._flush()

    def _events(self, root: etree._Element) -> Iterator[tuple[str, etree._Element, str]]:
        stack: list[tuple[etree._Element, bool]] = [(root, False)]
        while stack:
            element, done = stack.pop()
            if not done and self._shown(element):
                yield "start", element, ""
                if self._takes_over(element):
                    yield "end", element, ""
                else:
                    yield "text", element, element.text or ""
                    stack.append((element, True))
                    stack.extend((child, False) for child in reversed(element))
                    continue
            elif done:
                yield "end", element, ""
            if element is not root and element.tail:
                yield "text", element, element.tail

    def _shown(self, element: etree._Element) -> bool:
        return (
            isinstance(element.tag, str)
            and element.tag not in html_marks.DROPPED
            and not html_marks.is_unseen(element)
        )

    def _takes_over(self, element: etree._Element) -> bool:
        """Lay out whole elements that are no flow of blocks: tables of data, formulas."""
        if element.tag == "math":
            tex = element.get("alttext") or " ".join("".join(element.itertext()).split())
            self.run.write(tex)
            return True
        if element.tag == "table" and not self.around and html_tables.is_data(element):
            self._table(element)
            return True
        return False

    def _start(self, element: etree._Element) -> None:
        tag = str(element.tag)
        self.line = element.sourceline or self.line
        if tag == "br":
            self.run.newline()
            return
        if tag in html_marks.BLOCKS or element.get("itemprop"):
            self._flush()
            self._open_block(element, tag)
        for name in (element.get("id"), element.get("name")):
            if name:
                self.run.anchor(name)
        if tag == "a":
            self.run.open_link(*html_marks.leads_to(element))
            self.run.open_lead(strong=False)
        elif tag in html_marks.STRONG or element in self.openers:
            self.run.open_lead(strong=True)
        elif tag in html_marks.LEADS:
            self.run.open_lead(strong=False)
        if tag == "dfn":
            self.others += html_marks.other_names(element)
        elif tag in {"abbr", "acronym"} and self._is_term() and (title := element.get("title")):
            self.others.append(" ".join(title.split()))
        if tag == "abbr" and element.get("title"):
            self.run.open_link(" ".join((element.get("title") or "").split()), "abbr")

    def _end(self, element: etree._Element) -> None:
        tag = str(element.tag)
        if tag == "a":
            self.run.close_lead()
            self.run.close_link()
        elif tag in html_marks.STRONG or tag in html_marks.LEADS or element in self.openers:
            self.run.close_lead()
        if tag == "abbr" and element.get("title"):
            self.run.close_link()
        if tag in html_marks.BLOCKS or element.get("itemprop"):
            self._flush()
            _, around = self.steps.pop()
            self.around -= around
            if tag in {"ul", "ol", "dl", "menu", "dir"}:
                self.lists.pop()
            if self.frames and self.frames[-1].element is element:
                self.frames.pop()
            if tag == "pre":
                self.pre -= 1

    def _is_term(self) -> bool:
        return bool(self.frames) and self.frames[-1].role is Role.TERM

    def _is_around(self, element: etree._Element) -> bool:
        share = self.lengths.get(element, 0) / self.total
        return self.page and html_marks.is_around(element, share=share)

    def _open_block(self, element: etree._Element, tag: str) -> None:
        around = not self.around and self._is_around(element)
        self.around += around
        self.steps.append((html_marks.key(element), around))
        frame = _Frame(element=element, language=(element.get("lang") or "").lower())
        if tag in {"ul", "ol", "dl", "menu", "dir"}:
            start = element.get("start") or "1"
            number = int(start) - 1 if start.isascii() and start.isdigit() and len(start) < 7 else 0
            self.lists.append(_List(ordered=tag == "ol", number=number))
        elif tag in html_marks.LEVELS:
            frame.role, frame.level = Role.HEADING, html_marks.LEVELS[tag]
        elif tag == "li":
            frame.role, frame.level, frame.marker = Role.ITEM, len(self.lists), self._marker()
        elif tag in {"dt", "dd"} and element.getparent() not in self.nested:
            frame.role = Role.TERM if tag == "dt" else Role.DEFINITION
            frame.record = self._group(tag)
        elif tag == "p" and (word := html_marks.word_style(element)):
            frame.role, frame.level = word, int(word is Role.HEADING)
            frame.marker = "•" if word is Role.ITEM else ""
        elif tag == "pre":
            self.pre += 1
            frame.role = Role.CODE
        elif tag == "summary" and self._names(element):
            self.record += 1
            frame.role, frame.record = Role.TERM, self.record
            self._claim(element.getparent(), self.record)
        elif tag == "summary" and not html_marks.is_generic(element):
            frame.role, frame.level = Role.HEADING, 6
        if frame.role is None and element.tag in {"p", "div", "aside"}:
            frame.role = html_marks.box(element, self.frames[-1].element if self.frames else None)
        if element.get("itemprop"):
            self._microdata(element, frame)
        if frame.role or frame.language or frame.record:
            self.frames.append(frame)

    def _names(self, element: etree._Element) -> bool:
        return " ".join("".join(element.itertext()).split()) in self.summaries

    def _claim(self, details: etree._Element | None, record: int) -> None:
        """Make the rest of a ``<details>`` the definition of its summary."""
        frame = _Frame(element=details, role=Role.DEFINITION, record=record)
        if details is not None and not any(f.element is details for f in self.frames):
            self.frames.append(frame)

    def _marker(self) -> str:
        if not self.lists or not self.lists[-1].ordered:
            return "•"
        self.lists[-1].number += 1
        return f"{self.lists[-1].number}."

    def _group(self, tag: str) -> int:
        """Return the record of a ``dt`` or ``dd``: a ``dt`` behind a ``dd`` begins a new one."""
        if not self.lists:
            self.lists.append(_List())  # a dt without dl; closed with the page
        state = self.lists[-1]
        if state.record is None or (tag == "dt" and not state.in_terms):
            self.record += 1
            state.record = self.record
        state.in_terms = tag == "dt"
        return state.record

    def _microdata(self, element: etree._Element, frame: _Frame) -> None:
        scope = next((e for e in element.iterancestors() if e.get("itemscope") is not None), None)
        if scope is None or not re.search(r"/DefinedTerm$", scope.get("itemtype") or ""):
            return
        role = html_marks.MICRODATA.get((element.get("itemprop") or "").lower())
        if role is None or (frame.role is Role.TERM and frame.record):
            return
        if scope not in self.scopes:
            self.record += 1
            self.scopes[scope] = self.record
        frame.role, frame.record = role, self.scopes[scope]

    def _text(self, text: str) -> None:
        if not text:
            return
        if self.pre:
            self.run.write(text)
            return
        text = _BLANKS.sub(" ", text)
        if self.run.blank and html_marks.is_bullet(text) and self.frames and (
            self.frames[-1].role is Role.ITEM and self.frames[-1].element.tag == "p"
        ):  # fmt: skip
            return  # what Word writes before an item of a list
        line = self.run.lines[-1].text
        if not line or line.endswith(" "):
            text = text.removeprefix(" ")
        self.run.write(text)

    def _flush(self) -> None:
        run, self.run = self.run, Run()
        if run.blank:
            for line in run.lines:
                for name in line.anchors:
                    self.sheet.anchor(name)
            return
        role, known, owner = self._known()
        if role is Role.HEADING:
            run = run.joined()
        laid = run.lay(self.sheet, role, blank=self._apart(role, known), **known)
        if role is Role.TERM:
            for name in self.others:
                self.sheet.put(name, Role.ALIAS, label="dfn", **known)
        self.others.clear()
        if laid and owner and owner.role is Role.ITEM:
            # What follows in the same item has neither its bullet nor its role.
            owner.role, owner.marker = Role.PARAGRAPH, ""

    def _apart(self, role: Role, known: dict[str, Any]) -> bool:
        """Return whether a blank line belongs before a block, as a page shows it."""
        if role in {Role.ITEM, Role.NAVIGATION} or not self.sheet.blocks:
            return False
        last = self.sheet.blocks[-1]
        record = known.get("record")
        return record is None or last.record != record or role is last.role is Role.DEFINITION

    def _known(self) -> tuple[Role, dict[str, Any], _Frame | None]:
        """Return the role of text at this place, what is known of it, and whose role it is."""
        known: dict[str, Any] = {
            "section": self._section(),
            "locator": self.locator or f"line {self.line}",
        }
        for frame in reversed(self.frames):
            if frame.language and frame.element.tag not in {"html", "body"}:
                known["language"] = frame.language
                break
        marker = next((f for f in reversed(self.frames) if f.role is Role.ITEM), None)
        if marker or any(f.level and f.role is Role.PARAGRAPH for f in self.frames):
            known["level"] = len([x for x in self.lists if x.record is None])
        if marker:
            known["marker"] = marker.marker
        if self.around:
            known.pop("level", None)
            return Role.NAVIGATION, known, marker
        field_ = next((f for f in reversed(self.frames) if f.record is not None), None)
        if field_ and field_.role:
            known["record"] = field_.record
            boxed = next((f.role for f in reversed(self.frames) if f.role in _BOXES), None)
            if marker and self._listed_below(field_.record):
                boxed = Role.EXAMPLE
            inside = boxed if field_.role is Role.DEFINITION else None
            if self.pre:
                known["label"] = "code"
            return inside or field_.role, known, marker
        owner = next((f for f in reversed(self.frames) if f.role), None)
        if owner is None or owner.role is None:
            return Role.PARAGRAPH, known, None
        if owner.role is Role.HEADING:
            known["level"] = owner.level
            known.pop("marker", None)
        return owner.role, known, owner

    def _listed_below(self, record: int | None) -> bool:
        """Return whether the block before announces examples of the same term, or is one listed."""
        last = self.sheet.blocks[-1] if self.sheet.blocks else None
        if last is None or last.role is not Role.EXAMPLE or last.record != record:
            return False
        return bool(last.marker) or last.span.of(self.sheet.text).endswith(":")

    def _section(self) -> str:
        return "/".join(step for step, _ in self.steps[-8:] if step not in {"html", "body"})

    def _table(self, element: etree._Element) -> None:
        """Lay a table of data out; cells that span rows leave those below them blank."""
        self._flush()
        found, header = html_tables.grid(element)
        rows = [
            [Run() if cell is None else self._cell(cell) for cell in cells] for _, cells in found
        ]
        locators = [self.locator or f"line {tr.sourceline or self.line}" for tr, _ in found]
        self.record = tables.lay(
            self.sheet,
            rows,
            header=header,
            record=self.record,
            section=self._section(),
            locators=locators,
        )

    def _cell(self, cell: etree._Element) -> Run:
        """Return the content of a cell as a run; block elements in it break lines."""
        inner = _Walk(sheet=Sheet(self.sheet.origin))
        run = inner.run
        for event, element, text in inner._events(cell):
            tag = str(element.tag)
            if event == "text":
                inner._text(text)
            elif tag in html_marks.BLOCKS:
                run.newline()
                if event == "start" and element.get("id"):
                    run.anchor(element.get("id") or "")
            elif event == "start":
                inner._start(element)
            else:
                inner._end(element)
        row = cell.getparent()
        for owner in (row, cell):
            if owner is not None and owner.get("id") and (owner is cell or owner[0] is cell):
                run.lines[0].anchors.setdefault(owner.get("id") or "", 0)
        return run
