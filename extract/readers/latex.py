"""LaTeX: entries of ``glossaries``, ``acro``, ``acronym`` and ``nomencl``, description lists.

After the user manuals of these packages. No file is included and no macro of the document's own is
run; words that commands mark stay, commands go (:mod:`extract.readers.latex_inline`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from extract.model import Document, Role
from extract.readers.base import Origin, Sheet
from extract.readers.encoding import decode, unified
from extract.readers.latex_inline import Names, braced, inline
from extract.readers.text import note_guess

# Commands that define an entry, and what their arguments in braces are.
_ENTRIES: Mapping[str, tuple[str, ...]] = {
    "newglossaryentry": ("label", "fields"),
    "provideglossaryentry": ("label", "fields"),
    "longnewglossaryentry": ("label", "fields", "description"),
    "longprovideglossaryentry": ("label", "fields", "description"),
    "newacronym": ("label", "short", "long"),
    "newabbreviation": ("label", "short", "long"),
    "newterm": ("name",),
    "DeclareAcronym": ("label", "fields"),
    "acro": ("short", "long"),
    "acrodef": ("short", "long"),
    "nomenclature": ("name", "description"),
}
_HEADINGS: Mapping[str, int] = {
    "title": 1, "part": 1, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4,
}  # fmt: skip
# The sources of the C++ standard: clauses, and terms with the label that references lead to.
_CLAUSES: Mapping[str, int] = {f"rSec{level}": level + 1 for level in range(5)}
_CONTEXT = re.compile(r"\\defncontext\{([^{}]*)\}\s*")
# "(\ref{expr.call})": the number of a clause, which is nowhere here.
_CLAUSE_NUMBER = re.compile(
    r"(?<!\s)\s*~?\((?:see\s+)?\\(?:ref|xref|iref)\{[^{}]*\}\)|\\iref\{[^{}]*\}"
)
_BOXES: Mapping[str, Role] = {
    "note": Role.NOTE, "defnote": Role.NOTE, "example": Role.EXAMPLE, "defexample": Role.EXAMPLE,
}  # fmt: skip
_COMMAND = re.compile(
    rf"\\(?P<name>{'|'.join([*_ENTRIES, *_HEADINGS, 'definition', *_CLAUSES])})\*?(?![A-Za-z@])"
    r"|\\(?P<item>item)(?![A-Za-z])|\\(?P<edge>begin|end)\s*\{(?P<kind>[A-Za-z*]+)\}|(?P<gap>\n[^\S\n]*\n)"
)
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%.*")
_HIDDEN = ("comment", "filecontents", "filecontents*")
# Fields of an entry and what they hold; others (sort, first, type, plural …) steer the typesetting.
_FIELDS: Mapping[str, Role] = {
    "name": Role.TERM, "long": Role.ALIAS, "short": Role.ACRONYM, "symbol": Role.NOTATION,
    "description": Role.DEFINITION, "alt": Role.ALIAS, "parent": Role.BROADER,
    "see": Role.REFERENCE, "seealso": Role.REFERENCE, "alias": Role.REFERENCE,
}  # fmt: skip
_LABELS = frozenset({"parent", "see", "seealso", "alias"})


def read(data: bytes, origin: Origin) -> Document:
    """Return the entries as records, headings and items of lists; locator ``line N``.

    A document that defines no entry is returned as its paragraphs.
    """
    decoded = decode(data, source=origin.label)
    sheet = Sheet(origin)
    note_guess(sheet, decoded)
    source = _shown(_COMMENT.sub(r"\1", unified(decoded.text)))
    begin = source.find("\\begin{document}")
    found = _defined(source)
    names = {e.label: _names(e) for e in found if e.label}
    writer = _Writer(sheet=sheet, names=names)
    if found:
        for entry in found:
            writer.entry(entry)
    if not found or "\\item[" in source:
        writer.body(source, max(begin, 0))
    return sheet.document()


def _shown(source: str) -> str:
    """The source without environments that print nothing; their line ends stay."""
    for kind in _HIDDEN:
        opening, closing = f"\\begin{{{kind}}}", f"\\end{{{kind}}}"
        parts: list[str] = []
        at = 0
        while (start := source.find(opening, at)) >= 0:
            stop = source.find(closing, start)
            if stop < 0:
                break
            parts += [source[at:start], "\n" * source.count("\n", start, stop)]
            at = stop + len(closing)
        source = "".join([*parts, source[at:]])
    return source


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """An entry as the source defines it."""

    label: str
    fields: Mapping[str, str]
    line: int


def _names(entry: _Entry) -> tuple[str, str]:
    """An entry's name and its plural; ``glossaries`` adds an "s" where the source gives none."""
    name = inline(entry.fields["name"]).text
    return name, inline(entry.fields.get("plural", "")).text or f"{name}s"


def _defined(source: str) -> list[_Entry]:
    """The entries that commands define, in order."""
    found = []
    line, counted, done = 1, 0, 0
    for match in _COMMAND.finditer(source):
        if match["name"] not in _ENTRIES or match.start() < done:
            continue
        roles = _ENTRIES[match["name"]]
        options, arguments, done = _arguments(source, match.end(), len(roles))
        if len(arguments) < len(roles):
            continue
        given = dict(zip(roles, arguments, strict=True))
        fields = {**_keys(options), **_keys(given.pop("fields", "")), **given}
        label = " ".join(fields.pop("label", "").split())
        if "name" not in fields:
            fields["name"] = fields.pop("short", "") or label
        line += source.count("\n", counted, match.start())
        counted = match.start()
        if fields["name"].strip():
            found.append(_Entry(label=label, fields=fields, line=line))
    return found


def _arguments(source: str, at: int, number: int) -> tuple[str, list[str], int]:
    """The optional argument before the first in braces, the ``number`` in braces, their end."""
    options = ""
    found: list[str] = []
    blank = re.compile(r"\s*")
    while len(found) < number:
        space = blank.match(source, at)
        at = space.end() if space else at
        opened = source[at : at + 1]
        if opened == "[":
            stop = braced(source, at, "[]")
            options = options or source[at + 1 : stop - 1]
        elif opened == "{":
            stop = braced(source, at)
            found.append(source[at + 1 : stop - 1])
        else:
            break
        at = stop
    return options, found, at


def _keys(text: str) -> dict[str, str]:
    """Settings ``key = value, key = {value}`` by their keys, braces around values dropped."""
    found: dict[str, str] = {}
    for part in _split(text):
        key, sign, value = part.partition("=")
        value = value.strip()
        if value.startswith("{") and braced(value, 0) == len(value):
            value = value[1:-1]
        if sign and key.strip().isalpha():
            found.setdefault(key.strip(), value)
    return found


def _split(text: str) -> Iterator[str]:
    """The parts of ``text`` between commas outside braces."""
    start = depth = 0
    for at, character in enumerate(text):
        if character in "{[":
            depth += 1
        elif character in "}]":
            depth -= 1
        elif character == "," and depth <= 0:
            yield text[start:at]
            start = at + 1
    yield text[start:]


@dataclass(slots=True)
class _Writer:
    """Lays entries out as records, the rest as headings, items and paragraphs."""

    sheet: Sheet
    names: Names
    records: int = 0
    lists: list[str] = field(default_factory=list)

    def entry(self, entry: _Entry) -> None:
        """Lay out an entry that a command defines: name, other names, definition, references."""
        self.records += 1
        known: dict[str, Any] = {"record": self.records, "locator": f"line {entry.line}"}
        if entry.label:
            self.sheet.anchor(entry.label)
        fields = entry.fields
        text = fields.get("description", "").strip()
        if not text or text == "\\nopostdesc":
            text = fields.get("long", "")
        self._lay(fields["name"], Role.TERM, blank=True, **known)
        for key in ("long", "short", "alt", "symbol"):
            if fields.get(key, "").strip():
                self._lay(fields[key], _FIELDS[key], label=key, **known)
        for paragraph in re.split(r"\n[^\S\n]*\n|\\glspar\b|\\par\b", text):
            self._lay(paragraph, Role.DEFINITION, **known)
        for key in ("parent", "see", "seealso", "alias"):
            for label in _split(re.sub(r"^\s*\[[^\]]*\]", "", fields.get(key, ""))):
                name = " ".join(label.strip("{} \n").split())
                if name:
                    shown, _ = self.names.get(name, (name, name))
                    self._lay(f"\\glslink{{{name}}}{{{shown}}}", _FIELDS[key], label=key, **known)

    def _lay(self, text: str, role: Role, **known: Any) -> None:
        inline(text, self.names).joined().lay(self.sheet, role, **known)

    def body(self, source: str, begin: int) -> None:
        """Lay out what the document says from ``begin`` on: headings, items, paragraphs."""
        line = source.count("\n", 0, begin) + 1
        counted = at = begin
        term = False
        for match in _COMMAND.finditer(source, begin):
            if match.start() < at:
                continue
            self._paragraph(source[at : match.start()], line, within=term)
            line += source.count("\n", counted, match.start())
            counted, at = match.start(), match.end()
            locator = f"line {line}"
            if match["name"]:
                wanted = len(_ENTRIES.get(match["name"], ("",)))
                wanted += match["name"] == "definition"
                _, arguments, at = _arguments(source, at, wanted)
                levels = {**_HEADINGS, **_CLAUSES}
                if match["name"] in levels and arguments:
                    term = False
                    self._lay(
                        arguments[0], Role.HEADING, blank=True,
                        level=levels[match["name"]], locator=locator,
                    )  # fmt: skip
                elif match["name"] == "definition" and len(arguments) == wanted:
                    term = True
                    self.records += 1
                    self.sheet.anchor(arguments[1].strip())
                    self._lay(
                        arguments[0], Role.TERM, blank=True, record=self.records,
                        section="description", locator=locator,
                    )  # fmt: skip
            elif match["edge"] == "begin":
                self.lists.append(match["kind"])
                term = term and match["kind"] != "description"
            elif match["edge"] == "end":
                if self.lists and match["kind"] == self.lists.pop() == "description":
                    term = False
            elif (
                match["item"] and source[at : at + 1] == "[" and self.lists[-1:] == ["description"]
            ):
                stop = braced(source, at, "[]")
                self.records += 1
                self._lay(
                    source[at + 1 : stop - 1].strip().rstrip(":"), Role.TERM, blank=True,
                    record=self.records, section="description", locator=locator,
                )  # fmt: skip
                at, term = stop, True
        self._paragraph(source[at:], line, within=term)

    def _paragraph(self, text: str, line: int, *, within: bool) -> None:
        if not text.strip():
            return
        known: dict[str, Any] = {"record": self.records, "section": "description"} if within else {}
        role = Role.DEFINITION if within else Role.PARAGRAPH
        text = _CLAUSE_NUMBER.sub("", text)
        if within:
            role = _BOXES.get(self.lists[-1], role) if self.lists else role
            for context in _CONTEXT.findall(text):
                self._lay(context, Role.SUBJECT_FIELD, locator=f"line {line}", **known)
            text = _CONTEXT.sub("", text)
        inline(text, self.names).lay(
            self.sheet, role, blank=not within, locator=f"line {line}", **known
        )
