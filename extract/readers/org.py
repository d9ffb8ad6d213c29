"""Org mode: outlines, description lists (``- term :: text``), links, drawers and blocks.

After the Org Syntax document; no block is run, no file included.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from extract.model import Document, Role
from extract.readers.base import Origin, Sheet
from extract.readers.encoding import decode, unified
from extract.readers.runs import Run
from extract.readers.text import indent_of, note_guess

_HEADING = re.compile(
    r"(?P<stars>\*+)\s+(?:(?:TODO|DONE|NEXT|WAITING)\s+)?(?:\[#[A-Z0-9]\]\s+)?(?P<text>\S.*?)"
    r"(?<!\s)(?:\s+:[\w@#%:]+:)?\s*$"
)
_KEYWORD = re.compile(r"#\+(?P<key>[\w-]+):\s*(?P<value>.*)$")
_EDGE = re.compile(r"\s*#\+(?P<edge>begin|end)_(?P<kind>\w+)", re.IGNORECASE)
_DRAWER = re.compile(r"\s*:(?P<name>[\w-]+):\s*$")
_PROPERTY = re.compile(r"\s*:(?P<key>CUSTOM_ID|ID|ALIAS|ALIASES|ROAM_ALIASES):\s+(?P<value>\S.*)$")
_ITEM = re.compile(
    r"(?P<blank>\s*)(?P<mark>[-+]|(?<=\s)\*|\d{1,4}[.)])\s+(?:\[[ X-]\]\s+)?(?P<text>\S.*)?$"
)
_TERM = re.compile(r"(?P<term>\S.*?)\s+::(?:\s+(?P<rest>\S.*))?$")
_TARGET = re.compile(r"<<<?([^<>\n]+)>?>>")
_RULE = re.compile(r"\s*-{5,}\s*$")
_TABLE = re.compile(r"\s*\|")
_INLINE = re.compile(
    r"\[\[(?P<target>[^\[\]\n]+)\](?:\[(?P<words>[^\[\]]+)\])?\]"
    r"|\[fn:[^\[\]\n]*\]|(?P<place><<<?(?P<name>[^<>\n]+)>?>>)"
    r"|(?<![\w*/_=~+])(?P<mark>[*/_=~+])(?=\S)"
    r"|(?P<close>(?<=\S)[*/_=~+](?![\w*/_=~+])|(?<=\S)[*/_=~+](?=[*/_=~+](?!\w)))"
)
_LEAD = 500
"""The most characters of what is emphasized; signs of arithmetic and of code open without end."""
# Drawers hold a few properties or a log.
_LONGEST_DRAWER = 200
_VERBATIM = frozenset({"src", "example", "export"})


def read(data: bytes, origin: Origin) -> Document:
    """Return the page's text without markup; locator ``line N``.

    Each ``- term :: text`` of an outermost list is a record; headings with their level; links
    (``[[#id][words]]``, ``[[Heading]]``), targets and ``CUSTOM_ID`` as anchors. Comments, drawers
    and export settings are left out.
    """
    decoded = decode(data, source=origin.label)
    sheet = Sheet(origin)
    note_guess(sheet, decoded)
    walk = _Walk(sheet=sheet, lines=unified(decoded.text).split("\n"))
    walk.page()
    return sheet.document()


@dataclass(slots=True)
class _Walk:
    """One pass over the lines of a page."""

    sheet: Sheet
    lines: Sequence[str]
    at: int = 0
    record: int = 0
    inside: bool = False
    """Whether text belongs to the record opened last."""
    margin: int = 0
    """The indent of the item that opened it."""
    words: list[str] = field(default_factory=list)
    """Lines of the open paragraph."""
    marker: str = ""
    line: int = 0

    def page(self) -> None:
        """Lay all lines out."""
        while self.at < len(self.lines):
            line = self.lines[self.at]
            self.at += 1
            self._take(line)
        self._flush()

    def _take(self, line: str) -> None:
        text = line.strip()
        if not text or _RULE.match(line):
            self._flush()
        elif heading := _HEADING.match(line):
            self._heading(heading["text"], len(heading["stars"]))
        elif edge := _EDGE.match(line):
            self._flush()
            if edge["edge"].lower() == "begin" and edge["kind"].lower() in _VERBATIM:
                self._verbatim(edge["kind"].lower())
        elif keyword := _KEYWORD.match(text):
            self._flush()
            self._keyword(keyword["key"].lower(), keyword["value"].strip())
        elif line.startswith("# ") or text == "#" or text.startswith("#+"):
            self._flush()
        elif drawer := _DRAWER.match(line):
            self._flush()
            self._drawer(drawer["name"].upper())
        elif item := _ITEM.match(line):
            self._item(item)
        elif _TABLE.match(line):
            self._flush()
            self._put([text.strip("|").replace("|", " | ")], Role.PARAGRAPH)
        else:
            if (
                self.inside
                and not self.words
                and indent_of(line[: len(line) - len(line.lstrip())]) <= self.margin
            ):
                self.inside = False
            if not self.words:
                self.line = self.at
            self.words.append(text)

    def _heading(self, text: str, level: int) -> None:
        self._flush()
        self.inside = False
        self.line = self.at
        run = _run([text]).joined()
        run.lay(self.sheet, Role.HEADING, blank=True, level=level, locator=f"line {self.at}")
        self.sheet.anchors.setdefault(run.text.strip(), self.sheet.blocks[-1].span.start)

    def _keyword(self, key: str, value: str) -> None:
        if key == "title" and not self.sheet.title:
            self.sheet.title = _run([value]).text
        elif key == "language" and value:
            self.sheet.language = value.lower()

    def _drawer(self, name: str) -> None:
        """Pass over a drawer; what it calls its heading is a name of that place."""
        if name == "END":
            return
        if not self._ended():
            return
        last = self.sheet.blocks[-1] if self.sheet.blocks else None
        while self.at < len(self.lines):
            line = self.lines[self.at].strip()
            self.at += 1
            if line.upper() == ":END:":
                return
            if _HEADING.match(self.lines[self.at - 1]):
                self.at -= 1
                return
            given = _PROPERTY.match(line)
            if given and last is not None and given["key"].endswith("ID"):
                self.sheet.anchors.setdefault(given["value"], last.span.start)

    def _ended(self) -> bool:
        """Whether the drawer that opens here is closed below its heading."""
        for line in self.lines[self.at : self.at + _LONGEST_DRAWER]:
            if line.strip().upper() == ":END:":
                return True
            if _HEADING.match(line):
                return False
        return False

    def _verbatim(self, kind: str) -> None:
        start = self.at
        end = re.compile(rf"\s*#\+end_{kind}", re.IGNORECASE)
        while self.at < len(self.lines) and not end.match(self.lines[self.at]):
            self.at += 1
        body = "\n".join(self.lines[start : self.at])
        self.at += 1
        known: dict[str, Any] = {"record": self.record, "section": "dl"} if self.inside else {}
        role = Role.DEFINITION if self.inside else Role.CODE
        self.sheet.put(body, role, blank=True, locator=f"line {start + 1}", **known)

    def _item(self, item: re.Match[str]) -> None:
        self._flush()
        indent = indent_of(item["blank"])
        described = _TERM.match(item["text"] or "")
        self.line = self.at
        if self.inside and indent > self.margin:
            described = None
        elif described is None:
            self.inside = False
        if described is None:
            self.marker = item["mark"]
            self.words = [item["text"]] if item["text"] else []
            return
        self.record += 1
        self.inside, self.margin, self.marker = True, indent, ""
        self._put([described["term"]], Role.TERM, blank=True)
        self.words = [described["rest"]] if described["rest"] else []

    def _flush(self) -> None:
        if self.words:
            self._put(
                self.words,
                Role.DEFINITION if self.inside else Role.ITEM if self.marker else Role.PARAGRAPH,
                blank=not self.inside and not self.marker,
            )
        self.words, self.marker = [], ""

    def _put(self, words: Sequence[str], role: Role, *, blank: bool = False) -> None:
        known: dict[str, Any] = {"record": self.record, "section": "dl"} if self.inside else {}
        run = _run(words)
        run = run.joined() if role is Role.TERM else run
        run.lay(
            self.sheet, role, blank=blank, marker=self.marker, locator=f"line {self.line}",
            level=1 if self.marker else 0, **known,
        )  # fmt: skip


def _run(words: Sequence[str]) -> Run:
    """Return lines of Org as a run: words without markup, links, places, the lead of the line."""
    run = Run()
    opened: list[str] = []
    for number, piece in enumerate(words):
        if number:
            if words[number - 1].endswith("\\\\"):
                run.newline()
            else:
                run.write(" ")
        _write(run, piece.removesuffix("\\\\"), opened)
    for _ in opened:
        run.close_lead()
    return run


def _write(run: Run, text: str, opened: list[str]) -> None:
    at = 0
    while found := _INLINE.search(text, at):
        run.write(text[at : found.start()])
        at = found.end()
        if found["target"]:
            target, kind = _address(found["target"])
            run.open_link(target, kind)
            run.write(found["words"] or found["target"].lstrip("*#"))
            run.close_link()
        elif found["place"]:
            run.anchor(found["name"])
            if found["place"].startswith("<<<"):
                run.write(found["name"])
        elif (mark := found["mark"]) and _ends(text, at, mark):
            run.open_lead(strong=mark == "*")
            opened.append(mark)
        elif (close := found["close"]) and close in opened:
            while opened and opened.pop() != close:
                run.close_lead()
            run.close_lead()
        elif not found[0].startswith("[fn:"):
            run.write(found[0])
    run.write(text[at:])


def _ends(text: str, at: int, mark: str) -> bool:
    """Whether emphasis that opens before ``at`` ends soon, at the end of a word of its line."""
    return bool(re.compile(rf"[^\n]{{0,{_LEAD}}}?\S{re.escape(mark)}(?!\w)").match(text, at))


def _address(target: str) -> tuple[str, str]:
    """Return where a link leads, and of what kind it is: an address, or the words of a heading."""
    if target.startswith("id:"):
        return f"#{target[3:]}", "href"
    if re.match(r"[a-z][\w+.-]*:|[./~#]", target, re.IGNORECASE):
        return target.removeprefix("file:"), "href"
    return target.lstrip("*"), "wiki"
