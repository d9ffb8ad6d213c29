"""GNU Info: nodes as makeinfo writes them for a terminal, with menus and ``*note`` references."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from extract.errors import UnreadableSource
from extract.model import Document, Role
from extract.readers.base import Origin, Sheet
from extract.readers.encoding import decode, unified
from extract.readers.runs import Run
from extract.readers.text import indent_of, note_guess

# Pictures and index marks stand between a pair of control characters.
_IMAGE = re.compile(rb"\x00\x08\[(?:image[^\x00]*|index)\x00\x08\]")
_NODE = re.compile(r"File: [^,\n]*,\s*Node: (?P<name>[^,\n]+)")
_UNDERLINE = re.compile(r"(?P<mark>[*=.-])(?P=mark){2,}$")
# makeinfo numbers the sections, not the author.
_NUMBER = re.compile(r"\s*(?:\d+|[A-Z])(?:\.\d+)*\s+")
_LEVELS = "*=-."
_NOTE = re.compile(
    r"\*note\s+(?P<words>[^:*]+?)(?:::|:\s*(?P<target>(?:\([^()]*\))?[^.,;:]*)[.,;]?)",
    re.IGNORECASE | re.DOTALL,
)
_BULLET = re.compile(r"(?P<mark>[•*·−-]|\d{1,3}\.)\s+(?=\S)")
# makeinfo sets what stands below the item of a table in by five columns.
_INDENT = 3
_MOST_TERMS = 4


def read(data: bytes, origin: Origin) -> Document:
    """Return the nodes' text; locator ``line N``.

    An item of a table and what is set in below it are a record, headings are those with a line of
    signs below them, menus and the lines that lead from node to node are left out; ``*note`` is a
    link to the node it names.
    """
    decoded = decode(_IMAGE.sub(b"", data), source=origin.label)
    sheet = Sheet(origin)
    note_guess(sheet, decoded)
    text = unified(decoded.text)
    line = 1
    walk = _Walk(sheet=sheet)
    for part in re.split(r"\x1f", text):
        head = part.lstrip("\n").split("\n", 1)
        named = _NODE.match(head[0])
        if named:
            shift = part.count("\n") - (head[1].count("\n") if len(head) > 1 else 0)
            walk.node(named["name"].strip(), head[1] if len(head) > 1 else "", line + shift)
        line += part.count("\n")
    if not sheet.blocks:
        raise UnreadableSource(origin.label, "the file holds no node with text")
    first = next((b for b in sheet.blocks if b.role is Role.HEADING), None)
    sheet.title = first.span.of(sheet.text) if first else ""
    return sheet.document()


@dataclass(slots=True)
class _Walk:
    """One pass over the nodes."""

    sheet: Sheet
    name: str = ""
    """Name of the open node."""
    record: int = 0
    inside: bool = False
    """Whether what is set in belongs to the record opened last."""

    def node(self, name: str, text: str, line: int) -> None:
        """Lay a node out; ``line`` is that of its first."""
        self.sheet.anchor(name)
        self.name, self.inside = name, False
        group: list[str] = []
        menu = False
        for number, content in enumerate([*text.split("\n"), ""], start=line):
            if content.startswith("* Menu:"):
                menu = True
            if menu or content.startswith(("Local Variables:", "Tag Table:", "End Tag Table")):
                # A menu ends with its node; makeinfo sets it last.
                continue
            if content.strip():
                group.append(content)
            elif group:
                self._group(group, number - len(group))
                group = []
        if group:
            self._group(group, line + text.count("\n"))

    def _group(self, lines: Sequence[str], line: int) -> None:
        """Lay out lines without a blank one between them."""
        if len(lines) > 1 and (under := _UNDERLINE.match(lines[1].strip())):
            self.inside = False
            number = _NUMBER.match(lines[0])
            words = lines[0][number.end() :] if number else lines[0]
            own = words.strip() == self.name or (number is not None and "." in number[0])
            self._put(
                [words if own else lines[0]],
                Role.HEADING,
                line,
                level=_LEVELS.index(under["mark"]) + 1,
            )
            if len(lines) > 2:
                self._group(lines[2:], line + 2)
            return
        indents = [indent_of(text[: len(text) - len(text.lstrip())]) for text in lines]
        flush = next((at for at, indent in enumerate(indents) if indent), len(lines))
        if 0 < flush <= _MOST_TERMS and flush < len(lines) and min(indents[flush:]) >= _INDENT:
            self.record += 1
            self.inside = True
            for at in range(flush):
                self._put(lines[at : at + 1], Role.TERM, line + at, blank=at == 0)
            self._body(lines[flush:], line + flush)
        elif self.inside and indents[0] >= _INDENT:
            self._body(lines, line)
        else:
            self.inside = False
            items = [at for at, text in enumerate(lines) if _BULLET.match(text.lstrip())]
            self._body(lines, line) if items else self._put(lines, Role.PARAGRAPH, line, blank=True)

    def _body(self, lines: Sequence[str], line: int) -> None:
        """Lay out a paragraph, or the items of a list."""
        role = Role.DEFINITION if self.inside else Role.PARAGRAPH
        starts = [at for at, text in enumerate(lines) if _BULLET.match(text.lstrip())]
        for begin, end in zip([0, *starts], [*starts, len(lines)], strict=True):
            piece = lines[begin:end]
            if not piece:
                continue
            bullet = _BULLET.match(piece[0].lstrip())
            if bullet:
                piece = [piece[0].lstrip()[bullet.end() :], *piece[1:]]
            kind = Role.ITEM if bullet and not self.inside else role
            known = {"marker": bullet["mark"], "level": 1} if bullet else {}
            self._put(piece, kind, line + begin, **known)

    def _put(self, lines: Sequence[str], role: Role, line: int, **known: Any) -> None:
        run = Run()
        text = " ".join(" ".join(lines).split())
        at = 0
        for found in _NOTE.finditer(text):
            run.write(text[at : found.start()])
            words = " ".join(found["words"].split())
            target = (found["target"] or "").strip() or words
            run.write("See " if found[0][1] == "N" else "")  # as Info shows "*Note"
            run.open_link(target if target.startswith("(") else f"#{target}")
            run.write(words)
            run.close_link()
            at = found.end() - (1 if found[0][-1] in ".,;" else 0)
        run.write(text[at:])
        blank = known.pop("blank", role is Role.HEADING or not self.inside)
        run.lay(
            self.sheet, role, blank=blank, record=self.record if self.inside else None,
            locator=f"line {line}", **known,
        )  # fmt: skip
