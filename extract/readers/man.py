"""Manual pages: the requests of roff's packages ``man`` and ``mdoc``.

After man(7) and mdoc(7); no request is run but those that lay out text, none reads a file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from extract.errors import UnreadableSource
from extract.model import Document, Role
from extract.readers.base import Origin, Sheet
from extract.readers.encoding import decode, unified
from extract.readers.man_inline import arguments, write
from extract.readers.runs import Run
from extract.readers.text import note_guess

_REQUEST = re.compile(r"[.'][ \t]*(?P<name>[A-Za-z]{1,3}|\\\"|\\\}|\.)?(?P<rest>.*)$")
# Requests that set their arguments in type: whether the first is bold, and the blank between them.
_FONTS = {
    "B": " ", "I": " ", "SM": " ", "SB": " ", "BR": "", "RB": "", "BI": "", "IB": "", "IR": "",
    "RI": "",
}  # fmt: skip
_BOLD_FIRST = frozenset({"B", "SB", "BR", "BI"})
_PARAGRAPHS = frozenset({"PP", "LP", "P", "Pp", "sp", "HP"})
_HEADINGS = {"SH": 2, "Sh": 2, "SS": 3, "Ss": 3}
_CODE = {"nf": True, "EX": True, "Bd": True, "fi": False, "EE": False, "Ed": False}
# Requests of mdoc that show their arguments, with what stands around them.
_SHOWN = {
    **dict.fromkeys(("Em", "Sy", "Li", "Pa", "Ar", "Cm", "Ic", "Nm", "Va", "Ev", "Dv", "No"), ""),
    "Dq": "“”", "Qq": '""', "Sq": "‘’", "Ql": "‘’", "Pq": "()", "Fl": "-",
}  # fmt: skip
_SKIPPED = frozenset({"de", "ig", "am"})
_BULLETS = re.compile(r"\W{0,2}$|\(?\d{1,3}[.)]?$")
# A term in front of an indented block has hardly more words.
_LONGEST = 12


def read(data: bytes, origin: Origin) -> Document:
    """Return the page's text; locator ``line N``.

    A tag (``.TP``, ``.IP``, ``.It``) and what is set in below it are a record, so are a short
    paragraph and the indented block (``.RS``) that follows it; ``.SH`` and ``.SS`` are headings.
    """
    decoded = decode(data, source=origin.label)
    sheet = Sheet(origin)
    note_guess(sheet, decoded)
    walk = _Walk(sheet=sheet, lines=unified(decoded.text).split("\n"))
    walk.page()
    if not sheet.blocks:
        raise UnreadableSource(origin.label, "the page shows no text")
    return sheet.document()


@dataclass(slots=True)
class _Walk:
    """One pass over the lines of a page."""

    sheet: Sheet
    lines: Sequence[str]
    at: int = 0
    run: Run = field(default_factory=Run)
    line: int = 0
    """Number of the line at which the open paragraph began."""
    record: int = 0
    inside: bool = False
    """Whether text belongs to the record opened last."""
    depth: int = 0
    """Indented blocks that are open."""
    opened: int = 0
    """The depth at which the open record's block began; 0 for a tag's."""
    tag: str = ""
    """``TERM`` or ``ALIAS`` where the next line is a tag, ``HEADING`` where it is one."""
    level: int = 0
    code: bool = False
    tagged: bool = False
    """Whether the last thing laid out is a tag without text yet."""

    def page(self) -> None:
        """Lay all lines out."""
        while self.at < len(self.lines):
            line = self.lines[self.at]
            self.at += 1
            found = _REQUEST.match(line) if line.startswith((".", "'")) else None
            if found is None:
                self._text(line)
            elif found["name"]:
                self._request(found["name"], found["rest"])
        self._flush()

    def _text(self, line: str) -> None:
        if not line.strip():
            if self.code:
                self.run.newline()
            else:
                self._flush()
            return
        self._write(line)

    def _write(self, text: str, *, strong: bool = False) -> None:
        if self.run.blank:
            self.line = self.at
        elif self.code:
            self.run.newline()
        else:
            self.run.write(" ")
        if strong:
            self.run.open_lead(strong=True)
        write(self.run, text)
        if strong:
            self.run.close_lead()
        if self.tag:
            self._tagged()

    def _tagged(self) -> None:
        """Lay out the line that a request called a tag or a heading."""
        role, self.tag = Role[self.tag], ""
        run, self.run = self.run.joined(), Run()
        if role is Role.HEADING:
            run.lay(self.sheet, role, blank=True, level=self.level, locator=f"line {self.line}")
            return
        if run.text.startswith("-"):  # an option of a program
            self.inside = False
            run.lay(self.sheet, Role.PARAGRAPH, blank=True, locator=f"line {self.line}")
            return
        if role is Role.TERM:
            self.record += 1
        self.inside, self.tagged, self.opened = True, True, self.depth
        run.lay(
            self.sheet, role, blank=role is Role.TERM, record=self.record, section="tag",
            locator=f"line {self.line}",
        )  # fmt: skip

    def _flush(self, role: Role | None = None) -> None:
        run, self.run = self.run, Run()
        if run.blank:
            return
        known: dict[str, Any] = {"locator": f"line {self.line}"}
        if self.inside:
            known |= {"record": self.record, "section": "text"}
        self.tagged = False
        run.lay(
            self.sheet,
            role or (Role.DEFINITION if self.inside else Role.PARAGRAPH),
            blank=not self.inside,
            **known,
        )

    def _leave(self) -> None:
        """End the open record where the margin is reached again."""
        if not self.tagged and self.depth <= self.opened:
            self.inside = False

    def _request(self, name: str, rest: str) -> None:
        words = arguments(rest)
        if name in _FONTS:
            self._write(_FONTS[name].join(words), strong=name in _BOLD_FIRST and len(words) == 1)
        elif name in _PARAGRAPHS:
            self._flush()
            self._leave()
        elif name in ("TP", "TQ"):
            self._begin("ALIAS" if name == "TQ" and self.tagged else "TERM")
        elif name in ("IP", "It"):
            self._item(words)
        elif name == "RS":
            self._indent()
        elif name == "RE":
            self._flush()
            self.depth = max(self.depth - 1, 0)
            self.inside = self.inside and self.depth > self.opened
        elif name in _HEADINGS:
            self._heading(words, _HEADINGS[name])
        elif name in _CODE:
            self._flush()
            self.code = _CODE[name]
        elif name == "br":
            self.run.newline()
        elif name in ("TH", "Dt"):
            self.sheet.title = self.sheet.title or (words[0] if words else "")
        elif name == "El":
            self._flush()
            self.inside = False
        elif name == "Xr" and words:
            self._write(f"{words[0]}({words[1]})" if len(words) > 1 else words[0])
        elif name in _SHOWN:
            around = _SHOWN[name]
            said = " ".join(words)
            self._write(f"{around[:1]}{said}{around[1:]}" if around else said)
        elif name in ("UR", "MT") and words:
            self.run.open_link(words[0])
        elif name in ("UE", "ME"):
            self.run.close_link()
        elif name in _SKIPPED:
            self._until(r"[.']\.")
        elif name in ("if", "ie", "el") and "\\{" in rest:
            self._until(r".*\\\}")

    def _until(self, end: str) -> None:
        pattern = re.compile(end)
        while self.at < len(self.lines) and not pattern.match(self.lines[self.at]):
            self.at += 1
        self.at += 1

    def _begin(self, tag: str) -> None:
        self._flush()
        if self.inside and self.depth > self.opened and not self.tagged:
            return  # a list within a definition is part of it
        self.inside = self.inside and tag == "ALIAS"
        self.tag = tag

    def _item(self, words: Sequence[str]) -> None:
        """A paragraph with a tag: a term, a bullet or nothing."""
        self._flush()
        name = " ".join(words[:1] if words and words[-1][:1].isdigit() else words)
        probe = Run()
        write(probe, name)
        if _BULLETS.match(probe.text.strip()):
            return  # a bullet, or nothing: the definition goes on
        self._begin("TERM")
        if self.tag:
            self._write(name)
        else:
            self._write(name + ":")

    def _indent(self) -> None:
        """Begin an indented block: what stands right above it is a term, if it is short."""
        words = self.run.text.split()
        if not self.inside and words and len(words) <= _LONGEST and not self.run.text.endswith("."):
            self.tag = "TERM"
            self._tagged()
        else:
            self._flush()
        self.depth += 1

    def _heading(self, words: Sequence[str], level: int) -> None:
        self._flush()
        self.inside, self.depth, self.opened, self.tagged = False, 0, 0, False
        self.tag, self.level = "HEADING", level
        if words:
            self._write(" ".join(words))
