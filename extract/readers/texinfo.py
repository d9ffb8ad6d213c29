"""Texinfo: the items of its tables as records, ``@xref`` and ``@ref`` as links, no commands left.

After the GNU Texinfo manual. No file is included, no macro run; conditional parts for other outputs
than text are left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from extract.model import Document, Role
from extract.readers.base import Origin, Sheet
from extract.readers.encoding import decode, unified
from extract.readers.runs import Run
from extract.readers.text import note_guess

_COMMAND = re.compile(r"@([a-zA-Z]+)\s*(.*)$")
_HEADINGS: Mapping[str, int] = {
    "top": 1, "chapter": 1, "unnumbered": 1, "appendix": 1, "majorheading": 1, "chapheading": 1,
    "section": 2, "unnumberedsec": 2, "appendixsec": 2, "heading": 2,
    "subsection": 3, "unnumberedsubsec": 3, "appendixsubsec": 3, "subheading": 3,
    "subsubsection": 4, "unnumberedsubsubsec": 4, "appendixsubsubsec": 4, "subsubheading": 4,
}  # fmt: skip
_TABLES = frozenset({"table", "ftable", "vtable"})
_CODE = frozenset(
    {"example", "lisp", "display", "format", "verbatim", "smallexample", "smalllisp"}
    | {"smalldisplay", "smallformat"}
)
_HIDDEN = frozenset(
    {"ignore", "tex", "html", "ifhtml", "iftex", "ifxml", "ifdocbook", "xml", "menu", "docbook"}
    | {"copying", "titlepage", "direntry", "macro", "detailmenu"}
)
_SHOWN: Mapping[str, str] = {
    "dots": "…", "enddots": "…", "TeX": "TeX", "LaTeX": "LaTeX", "copyright": "©", "result": "⇒",
    "equiv": "≡", "bullet": "•", "minus": "−", "error": "error→", "point": "★", "print": "⊣",
    "expansion": "→",
}  # fmt: skip
_ASIDE = frozenset({"anchor", "cindex", "image", "footnote", "c", "comment"})
_ADDRESSES = frozenset({"uref", "url"})
_REFERENCES = frozenset({"xref", "ref", "pxref", "inforef", "link"})
_INLINE = re.compile(r"@([a-zA-Z]+)\{|@([@{}.!?*:\-/ ])|([{}])|(``|'')|(---?)")
_QUOTES: Mapping[str, str] = {"``": "“", "''": "”", "---": "—", "--": "–"}


def read(data: bytes, origin: Origin) -> Document:
    """Return the page's text without commands; locator ``line N``.

    Each ``@item`` of a ``@table`` is a record, with all terms that ``@itemx`` sets beside it.
    """
    decoded = decode(data, source=origin.label)
    sheet = Sheet(origin)
    note_guess(sheet, decoded)
    walk = _Walk(sheet=sheet)
    for number, line in enumerate(unified(decoded.text).split("\n"), 1):
        walk.line(line, number)
    walk.flush()
    return sheet.document()


@dataclass(slots=True)
class _Walk:
    """One pass over the lines, with what the lines before have opened."""

    sheet: Sheet
    opened: list[str] = field(default_factory=list)
    """Environments around the line."""
    record: int | None = None
    records: int = 0
    gathered: list[str] = field(default_factory=list)
    """Lines of the paragraph so far."""
    begun: int = 0
    """Line at which the paragraph begins."""
    marker: str = ""

    def line(self, line: str, number: int) -> None:
        """Take a line in."""
        command = _COMMAND.match(line.strip())
        name, rest = (command[1], command[2]) if command else ("", "")
        if name == "end":
            self._close(rest.strip())
        elif self.opened and self.opened[-1] in _HIDDEN:
            return
        elif self.opened and self.opened[-1] in _CODE:
            self._gather(line, number)
        elif not line.strip() or line.startswith("\\input"):
            self.flush()
        elif command is None or line.strip()[len(name) + 1 :].startswith("{"):
            self._gather(line, number)
        else:
            self._command(name, rest, number)

    def _command(self, name: str, rest: str, number: int) -> None:
        """Take a command in that has a line of its own."""
        if name in ("item", "itemx", "headitem"):
            self._item(name, rest, number)
        elif name in _HEADINGS:
            self.flush()
            inline(rest).lay(
                self.sheet, Role.HEADING, blank=True, level=_HEADINGS[name],
                locator=f"line {number}",
            )  # fmt: skip
        elif name in _TABLES | _CODE | _HIDDEN or name in (
            "itemize",
            "enumerate",
            "multitable",
            "quotation",
            "smallquotation",
        ):
            self.flush()
            self.opened.append(name)
        elif name in ("node", "anchor"):
            self.flush()
            self.sheet.anchor(rest.split(",")[0].strip().strip("{}"))
        elif name == "settitle":
            self.sheet.title = inline(rest).text
        elif name == "documentlanguage":
            self.sheet.language = rest.strip()
        elif name in ("center", "noindent", "indent", "exdent"):
            self._gather(rest, number) if rest else None

    def _item(self, name: str, rest: str, number: int) -> None:
        self.flush()
        kind = next((x for x in reversed(self.opened) if x not in ("quotation",)), "")
        tables = [x for x in self.opened if x in _TABLES]
        if kind in _TABLES and len(tables) == 1:
            if name == "item":
                self.records += 1
                self.record = self.records
            inline(rest).lay(
                self.sheet, Role.TERM, blank=name == "item", record=self.record,
                section="table/item", locator=f"line {number}",
            )  # fmt: skip
        else:
            self.marker = "" if kind in _TABLES else "•" if kind == "itemize" else "1."
            self._gather(rest, number) if rest.strip() else None

    def _gather(self, line: str, number: int) -> None:
        if not self.gathered:
            self.begun = number
        self.gathered.append(line)

    def _close(self, name: str) -> None:
        self.flush()
        if name in self.opened:
            while self.opened.pop() != name:
                pass
        if not any(x in _TABLES for x in self.opened):
            self.record = None

    def flush(self) -> None:
        """Lay the paragraph out that has been gathered."""
        lines, self.gathered = self.gathered, []
        if not lines:
            return
        code = bool(self.opened) and self.opened[-1] in _CODE
        inside = self.record is not None
        role = Role.DEFINITION if inside else Role.CODE if code else Role.PARAGRAPH
        inline(("\n" if code else " ").join(lines)).lay(
            self.sheet, role, blank=not inside, record=self.record, marker=self.marker,
            section="table/definition" if inside else "", locator=f"line {self.begun}",
        )  # fmt: skip
        self.marker = ""


def inline(text: str) -> Run:
    """Return words without commands, and cross-references as links."""
    run = Run()
    at = depth = 0
    while found := _INLINE.search(text, at):
        run.write(text[at : found.start()])
        at = found.end()
        name = found[1]
        if name in _ASIDE or name in _REFERENCES or name in _ADDRESSES:
            stop = text.find("}", at)
            inside = text[at : stop if stop >= 0 else len(text)]
            at = stop + 1 if stop >= 0 else len(text)
            if name not in _ASIDE:
                _reference(name, inside, run)
        elif name:
            run.write(_SHOWN.get(name, ""))
            depth += 1
        elif found[2]:
            run.write(found[2] if found[2] in "@{}.!?" else " " if found[2] in "* " else "")
        elif found[3] == "}" and depth:
            depth -= 1
        elif found[4] or found[5]:
            run.write(_QUOTES[found[0]])
    run.write(text[at:])
    return run


def _reference(name: str, inside: str, run: Run) -> None:
    """``@xref{Node, name, title}``: the words shown, with a link to the node."""
    parts = [" ".join(p.split()) for p in inside.split(",")]
    if name in _ADDRESSES:
        run.open_link(parts[0])
        run.write(next((p for p in parts[1:] if p), parts[0]))
        run.close_link()
        return
    run.write("See " if name == "xref" else "see " if name == "pxref" else "")
    run.open_link(f"#{parts[0]}")
    run.write(next((p for p in parts[1:3] if p), parts[0]))
    run.close_link()
