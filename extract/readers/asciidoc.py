"""AsciiDoc: description lists (``term::``) as records, ``[[anchors]]``, ``<<references>>``.

Written after the AsciiDoc Language Documentation (Eclipse); no directive is run, no file included.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from extract.model import Document, Role
from extract.readers import asciidoc_clauses as clauses
from extract.readers import asciidoc_inline, columns, html, tables
from extract.readers.base import Origin, Sheet
from extract.readers.encoding import decode, unified
from extract.readers.runs import Run
from extract.readers.text import note_guess

_ATTRIBUTE = re.compile(r":!?(?P<name>\w[\w-]*)!?:(?:\s+(?P<value>.*))?$")
_HEADING = re.compile(r"(?P<level>={1,6}|\#{1,6})\s+(?P<text>\S.*)$")
_ANCHOR = re.compile(r"\[\[(?P<name>[^\[\],]+)(?:,[^\[\]]*)?\]\]$")
_BLOCK = re.compile(r"\[(?P<inside>[^\[\]]*)\]$")
_BLOCK_ID = re.compile(r"#(?P<name>[\w.:-]+)|\bid=\"?(?P<long>[\w.:-]+)")
# "term::", "term:::", "term::::" or "term;;" with its definition behind a blank or below.
_ENTRY = re.compile(
    r"\s*(?P<term>\S(?:.*?\S)?)(?:(?P<mark>:{2,4}|;;)(?:\s+(?P<rest>\S.*))?|\s+(?P<apart>::))\s*$"
)
_LISTED = re.compile(
    r"\s*(?P<mark>\*{1,5}|-|\.{1,5}|\d{1,4}\.|[a-zA-Z]\.|<[\d.]+>)\s+(?P<rest>\S.*)$"
)
_VERBATIM = re.compile(r"(?:-{4,}|\.{4,}|`{3,}\w*)$")
_FENCE = re.compile(r"(?:={4,}|\*{4,}|_{4,}|--)$")
_COMMENT = re.compile(r"/{4,}$")
_MACRO = re.compile(r"(?:include|image|ifdef|ifndef|ifeval|endif|toc|video|audio|\w+)::\S*\[.*\]$")
# "// tag::DE[]": the parts of a page that a book of one language takes.
_TAGGED = re.compile(r"//\s*(?P<edge>tag|end)::(?P<name>[A-Za-z]{2}(?:[-_][A-Za-z]{2})?)\[\]$")
_PASS = re.compile(r"\+{4,}$")
_TITLE = re.compile(r"\.(?P<text>[^\s.].*)$")
_SETEXT = re.compile(r"([=\-~^+])\1{2,}$")


def read(data: bytes, origin: Origin) -> Document:
    """Return the page's text without markup; locator ``line N``.

    Each ``term::`` is a record, with all terms that stand above one definition; lists of terms
    within a definition are part of it. Comments, attributes and includes are left out. Cost:
    linear in the text.
    """
    decoded = decode(data, source=origin.label)
    sheet = Sheet(origin)
    note_guess(sheet, decoded)
    lines = unified(decoded.text).split("\n")
    walk = _Walk(sheet=sheet, lines=lines)
    walk.survey()
    walk.page()
    return sheet.document()


@dataclass(slots=True)
class _Walk:
    """One pass over the lines, with what the lines before have opened."""

    sheet: Sheet
    lines: Sequence[str]
    at: int = 0
    attributes: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """Words of the term or heading that stands behind an anchor."""
    record: int = 0
    inside: bool = False
    """Whether text belongs to the record opened last."""
    outer: str = ""
    """Mark of the outermost description list that is open."""
    terms: bool = False
    """Whether the record has no definition yet."""
    fences: list[str] = field(default_factory=list)
    kept: list[bool] = field(default_factory=list)
    """For each open block, whether a record was open where it began."""
    joined: bool = False
    """Whether a ``+`` ties what comes next to the list item before."""
    apart: bool = False
    """Whether a blank line stands before."""
    translated: bool = False
    """Whether parts of the page in several languages each give one term."""
    tongue: str = ""
    """Language of the part that is open."""
    tongues: set[str] = field(default_factory=set)
    """Languages in which the open record has a term."""
    clauses: int = 0
    """Level of the headings that are terms of a standard; 0 where there are none."""
    clause: bool = False
    """Whether such a heading's clause is open."""
    example: bool = False
    """Whether the next paragraph is one."""

    def survey(self) -> None:
        """Note attributes, and what each anchor names."""
        waiting: list[str] = []
        headings: dict[str, list[int]] = {}
        part = ""
        for line in self.lines:
            text = line.strip()
            if (tagged := _TAGGED.match(text)) and columns.is_tag(tagged["name"]):
                part = tagged["name"].lower() if tagged["edge"] == "tag" else ""
                headings.setdefault(part, []).append(0)
            elif part and _HEADING.match(line):
                headings[part][-1] += 1
            if attribute := _ATTRIBUTE.match(text):
                self.attributes.setdefault(attribute["name"].lower(), attribute["value"] or "")
            anchor = _ANCHOR.match(text)
            if anchor:
                waiting.append(anchor["name"])
            elif (block := _BLOCK.match(text)) and (name := _BLOCK_ID.search(block["inside"])):
                waiting.append(name["name"] or name["long"])
            elif text:
                named = _HEADING.match(text) or _entry(line)
                if named:
                    title = named.groupdict().get("text") or named.groupdict().get("term") or ""
                    waiting += re.findall(r"\[\[([^\[\],]+)", title)
                    for anchor_name in waiting:
                        self.names.setdefault(
                            anchor_name, asciidoc_inline.plain(title, attributes=self.attributes)
                        )
                waiting = []
        self.clauses = clauses.level(self.lines, _HEADING)
        headings.pop("", None)
        alone = all(count == 1 for counts in headings.values() for count in counts)
        self.translated = len(headings) > 1 and alone

    def named(self, target: str) -> str:
        """Return the words shown for a reference to ``target`` that has none of its own."""
        return self.names.get(target) or re.sub(r"[_-]+", " ", target.removeprefix("_")).strip()

    def page(self) -> None:
        """Lay out all lines."""
        while self.at < len(self.lines):
            line = self.lines[self.at].rstrip()
            text = line.strip()
            if not text:
                self.apart = True
                self.at += 1
            elif _COMMENT.match(text):
                self._until(text)
            elif self.translated and (tagged := _TAGGED.match(text)):
                self._part(tagged["name"].lower() if tagged["edge"] == "tag" else "")
            elif _PASS.match(text):
                html.lay_fragment(self.sheet, "\n".join(self._until(text)), record=self.record)
            elif text.startswith("//") or _ATTRIBUTE.match(text) or _MACRO.match(text):
                self.terms = self.terms and not text.startswith("include::")
                self.at += 1
            elif text == "+":
                # What it ties to a term defines that term, even where it is an include.
                self.joined, self.apart, self.terms = True, False, False
                self.at += 1
            elif anchor := _ANCHOR.match(text):
                self.sheet.anchor(anchor["name"])
                self.at += 1
            elif self.clause and clauses.ASIDE.match(text):
                self._aside()
            elif self.clause and (given := clauses.DESIGNATION.match(text)):
                self._designation(given)
            elif block := _BLOCK.match(text):
                self.example = self.clause and block["inside"].lower().startswith("example")
                if name := _BLOCK_ID.search(block["inside"]):
                    self.sheet.anchor(name["name"] or name["long"])
                self.at += 1
            elif text.startswith("|==="):
                self._table(text)
            elif _VERBATIM.match(text):
                self._verbatim(text)
            elif _FENCE.match(text):
                self._fence(text)
            else:
                self._text(line, text)

    def _aside(self) -> None:
        """Pass over what is no part of a term's entry: its source, remarks of reviewers."""
        self.at += 1
        below = self.lines[self.at].strip() if self.at < len(self.lines) else ""
        if _FENCE.match(below):
            self._until(below)
        else:
            while self.at < len(self.lines) and self.lines[self.at].strip():
                self.at += 1

    def _designation(self, given: re.Match[str]) -> None:
        kind = given["kind"]
        label = "deprecatedTerm" if kind == "deprecated" else kind
        self._put([given["text"]], clauses.DESIGNATIONS[kind], label=label)
        self.at += 1

    def _part(self, tongue: str) -> None:
        """Open the part of the page in a language, or close it."""
        self.tongue = tongue
        self.inside = self.terms = False
        self.at += 1

    def _text(self, line: str, text: str) -> None:
        heading = _HEADING.match(line)
        below = self.lines[self.at + 1].rstrip() if self.at + 1 < len(self.lines) else ""
        underlined = (
            _SETEXT.match(below)
            and len(text) > 2
            and abs(len(below) - len(text)) <= 2
            and not line[0].isspace()
        )
        if heading or underlined:
            level = len(heading["level"]) if heading else "=-~^+".index(below[0]) + 1
            self._heading(heading["text"] if heading else text, level)
            self.at += 1 if heading else 2
            return
        if title := _TITLE.match(line):
            self._put([title["text"]], Role.DEFINITION if self.inside else Role.PARAGRAPH)
            self.at += 1
            return
        if entry := _entry(line):
            self._entry(entry)
            return
        listed = _LISTED.match(line)
        if (self.apart and not self.joined and not self.fences and not listed
                and not line[0].isspace() and not self.terms and not self.tongue
                and not self.clause):  # fmt: skip
            self.inside, self.outer = False, ""
        self._paragraph(listed["mark"] if listed else "", listed["rest"] if listed else text)

    def _heading(self, text: str, level: int) -> None:
        self.inside, self.outer, self.terms = False, "", False
        words = asciidoc_inline.plain(text, attributes=self.attributes)
        slug = re.sub(r"[^\w]+", "_", words.lower()).strip("_")
        for name in (f"_{slug}", slug.replace("_", "-")):
            self.sheet.anchor(name)
        if level == 1 and not self.sheet.title:
            self.sheet.title = words
        if self.tongue:
            fresh = not self.tongues or self.tongue in self.tongues
            self.record += fresh
            self.tongues = {self.tongue} if fresh else self.tongues | {self.tongue}
            self.inside = self.terms = True
            self._put([text.rstrip(" =")], Role.TERM, blank=True)
            return
        self.clause = level == self.clauses
        if self.clause:
            self.record += 1
            self.inside = self.terms = True
            self._put([text.rstrip(" =")], Role.TERM, blank=True)
            return
        self._put([text.rstrip(" =")], Role.HEADING, level=level)
        self.apart = False

    def _entry(self, entry: re.Match[str]) -> None:
        """Begin a record, or a part of the open one if its mark is not the outermost."""
        line = self.at
        self.at += 1
        self.apart = self.joined = False
        mark = entry["mark"] or entry["apart"]
        nested = bool(self.outer) and mark != self.outer
        if self.inside and (nested or (self.kept and self.kept[-1])):
            rest = f": {entry['rest']}" if entry["rest"] else ""
            self._put([entry["term"] + rest], Role.DEFINITION, line=line)
            self.terms = False
            return
        if not (self.inside and self.terms):
            self.record += 1
            fresh = True
        else:
            fresh = False
        self.inside, self.terms, self.outer = True, True, mark
        self._put([entry["term"]], Role.TERM, blank=fresh, line=line)
        if entry["rest"]:
            self._paragraph("", entry["rest"], line=line)

    def _paragraph(self, marker: str, first: str, *, line: int | None = None) -> None:
        """Lay out the lines from here to the next blank line, item, term or delimiter as one."""
        number = self.at if line is None else line
        if line is None:
            self.at += 1
        words = [first]
        while self.at < len(self.lines):
            following = self.lines[self.at].rstrip()
            text = following.strip()
            if (not text or text == "+" or _LISTED.match(following) or _entry(following)
                    or _BLOCK.match(text) or _VERBATIM.match(text) or _FENCE.match(text)
                    or _ANCHOR.match(text) or text.startswith(("//", "|==="))):  # fmt: skip
                break
            words.append(text)
            self.at += 1
        role = Role.DEFINITION if self.inside else Role.ITEM if marker else Role.PARAGRAPH
        if self.example and self.inside:
            role, self.example = Role.EXAMPLE, False
        self._put(words, role, marker=marker, line=number)
        self.terms = self.joined = self.apart = False

    def _put(
        self, words: Sequence[str], role: Role, *, line: int | None = None, **known: Any
    ) -> None:
        run = Run()
        for at, piece in enumerate(_broken(words)):
            if at:
                run.newline()
            asciidoc_inline.write(run, piece, attributes=self.attributes, named=self.named)
        marker = known.pop("marker", "")
        blank = known.pop("blank", not marker and not self.inside)
        run = run.joined() if role in (Role.HEADING, Role.TERM) else run
        run.lay(
            self.sheet,
            role,
            blank=blank,
            marker=marker,
            level=known.pop("level", len(marker) if marker[:1] in "*." else 1 if marker else 0),
            record=self.record if self.inside else None,
            locator=f"line {(self.at if line is None else line) + 1}",
            section="dl" if self.inside else "",
            language=self.tongue,
            label=known.pop("label", ""),
        )

    def _until(self, mark: str) -> list[str]:
        """Return the lines up to the next line ``mark``, and go behind it."""
        start = self.at + 1
        end = start
        while end < len(self.lines) and self.lines[end].rstrip() != mark:
            end += 1
        self.at = end + 1
        return list(self.lines[start:end])

    def _verbatim(self, mark: str) -> None:
        line = self.at + 1
        body = self._until(mark.rstrip("abcdefghijklmnopqrstuvwxyz") if "`" in mark else mark)
        if self.apart and not self.joined and not self.fences and not self.terms:
            self.inside, self.outer = False, ""
        self.sheet.put(
            "\n".join(body),
            Role.DEFINITION if self.inside else Role.CODE,
            blank=True,
            record=self.record if self.inside else None,
            locator=f"line {line}",
            section="dl" if self.inside else "",
        )
        self.joined = self.apart = self.terms = False

    def _fence(self, mark: str) -> None:
        """Open a block that holds others, or close it."""
        if mark in self.fences:
            while self.fences.pop() != mark:
                self.kept.pop()
            if self.kept.pop():
                self.inside = True
        else:
            if self.apart and not self.joined and not self.fences and not self.terms:
                self.inside, self.outer = False, ""
            self.fences.append(mark)
            self.kept.append(self.inside)
        self.joined = self.apart = False
        self.at += 1

    def _table(self, mark: str) -> None:
        line = self.at + 1
        cells: list[list[str]] = []
        for text in self._until(mark):
            row = [c.strip() for c in re.split(r"(?:^|\s)(?:[\d.*+<^>]*[a-z]?)\|", text)]
            if len(row) > 1:
                cells.append(row[1:])
            elif cells and text.strip():
                cells[-1][-1] = f"{cells[-1][-1]} {text.strip()}"
        width = max(map(len, cells), default=0)
        if width == 1 or any(len(row) != width for row in cells):
            flat = [cell for row in cells for cell in row]
            width = len(cells[0]) if cells and len(cells[0]) > 1 else 2
            cells = [flat[i : i + width] for i in range(0, len(flat), width)]
        self.record = tables.lay(
            self.sheet,
            [[self._cell(cell) for cell in row] for row in cells],
            header=True,
            record=self.record,
            section="table",
            locators=[f"line {line}"] * len(cells),
        )
        self.joined = self.apart = False

    def _cell(self, text: str) -> Run:
        run = Run()
        asciidoc_inline.write(run, text, attributes=self.attributes, named=self.named)
        return run


def _entry(line: str) -> re.Match[str] | None:
    """Return the parts of a line ``term:: definition``, or ``None``."""
    if ":: " not in f"{line} " and ";;" not in line and "::" not in line:
        return None
    found = _ENTRY.match(line)
    if found is None or len(found["term"]) > 200 or found["term"].startswith(("//", "|")):
        return None
    return found


def _broken(words: Sequence[str]) -> list[str]:
    """Return the words of a paragraph, parted where a line ends with `` +``."""
    parts: list[str] = [""]
    for word in words:
        hard = word.endswith(" +")
        parts[-1] = " ".join(f"{parts[-1]} {word.removesuffix(' +')}".split())
        if hard:
            parts.append("")
    return [part for part in parts if part]
