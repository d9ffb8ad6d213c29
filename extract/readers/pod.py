"""Plain Old Documentation: Perl's pages and, in its later dialect, Raku's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from extract.errors import UnreadableSource
from extract.model import Document, Role
from extract.readers.base import Origin, Sheet
from extract.readers.encoding import decode, unified
from extract.readers.runs import Run
from extract.readers.text import note_guess

_DIRECTIVE = re.compile(r"=([A-Za-z]\w*?)(\d?)(?:[ \t]+|\n|$)(.*)", re.DOTALL)
# Options of Raku's blocks: "=for code :preamble<my $x>", "=begin pod :kind("Language")".
_OPTION = re.compile(r"\s*:!?\w+(?:<[^<>\n]*>|\([^()\n]*\)|\[[^\[\]\n]*\]|\{[^{}\n]*\})?")
_OPENING = re.compile(r"([A-Z])(<+|«)")
_NUMBERED = re.compile(r"(?:[*•-]|\(?\d+[.)]?)$")
# "Words in bold are defined elsewhere": a glossary says so where its type is its only link.
_CROSS = re.compile(
    r"\b(?P<type>bold|italic)\w*\b[^.]{0,60}\b(?:defined|entries|cross.references?|explained)\b",
    re.IGNORECASE,
)
_PROSE = frozenset({"pod", "item", "head", "para", "nested", "text"})
_TEXT = frozenset({"code", "input", "output", "table"})


def read(data: bytes, origin: Origin) -> Document:
    """Return the page's text without markup; locator ``line N``.

    Each ``=item`` of an outermost list is a record's term and what stands below its definition;
    ``=head1`` to ``=head6`` are headings. ``L<words|target>`` are links, and so are words in bold
    or italics where the page says that those are defined elsewhere in it.
    """
    decoded = decode(data, source=origin.label)
    sheet = Sheet(origin)
    note_guess(sheet, decoded)
    text = unified(decoded.text)
    said = _CROSS.search(" ".join(text.split()))
    walk = _Walk(sheet=sheet, linking=said["type"][0].upper() if said else "")
    for line, paragraph in _paragraphs(text):
        walk.line = line
        walk.take(paragraph)
    walk.close()
    if not sheet.blocks:
        raise UnreadableSource(origin.label, "the page shows no text")
    if not sheet.title:
        first = next((b for b in sheet.blocks if b.role is Role.HEADING), None)
        sheet.title = first.span.of(sheet.text) if first else ""
    return sheet.document()


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Yield the paragraphs of the documentation with their lines, program text left out.

    A directive begins a paragraph even where no blank line stands before it.
    """
    inside = text.lstrip().startswith(("=", "X<"))
    held: list[str] = []
    begun = 0
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        directive = bool(_DIRECTIVE.match(line))
        if held and (directive or not line.strip()):
            yield begun, "\n".join(held)
            held = []
        if directive:
            inside = not line.startswith("=cut")
        if inside and line.strip() and not line.startswith("=cut"):
            begun = begun if held else number
            held.append(line)


@dataclass(slots=True)
class _Walk:
    """One pass over the paragraphs of a page."""

    sheet: Sheet
    linking: str = ""
    """The type whose words are links: ``B``, ``I`` or none."""
    line: int = 0
    record: int = 0
    depth: int = 0
    named: bool = False
    """Whether an item of the outermost list is a term."""
    terms: bool = False
    """Whether nothing but terms stands in the record so far."""
    marker: str = ""
    skipped: list[str] = field(default_factory=list)
    """Open blocks that are not shown."""
    verbatim: list[str] = field(default_factory=list)
    """Paragraphs of an open block of code."""
    verbatim_of: str = ""

    def take(self, paragraph: str) -> None:
        """Lay a paragraph out, or act on a directive."""
        found = _DIRECTIVE.match(paragraph)
        name, level, rest = (found[1], found[2], found[3]) if found else ("", "", paragraph)
        if self.skipped:
            if name == "begin":
                self.skipped.append(rest.split()[0] if rest.split() else "")
            elif name == "end":
                self.skipped.pop()
        elif self.verbatim_of:
            if name == "end" and rest.split()[:1] == [self.verbatim_of]:
                self._code("\n\n".join(self.verbatim))
                self.verbatim, self.verbatim_of = [], ""
            else:
                self.verbatim.append(paragraph)
        elif found:
            handle = _HANDLERS.get(name, _Walk._unknown)
            handle(self, rest, int(level or 0))
        elif paragraph[:1] in " \t":
            self._code(paragraph)
        else:
            self._prose(paragraph)

    def close(self) -> None:
        """Lay out what was never closed."""
        if self.verbatim:
            self._code("\n\n".join(self.verbatim))

    def _known(self) -> dict[str, Any]:
        return {"locator": f"line {self.line}"}

    def _code(self, text: str) -> None:
        known = self._known()
        if self.named:
            known["record"] = self.record
            self.terms = False
        role = Role.DEFINITION if self.named else Role.CODE
        self.sheet.put(text, role, blank=not self.named, **known)

    def _prose(self, text: str) -> None:
        run = self._run(" ".join(text.split()))
        known = self._known()
        if self.named:
            known["record"], known["marker"] = self.record, self.marker
            run.lay(self.sheet, Role.DEFINITION, **known)
            self.terms = self.terms and run.blank
        elif self.marker:
            run.lay(self.sheet, Role.ITEM, marker=self.marker, level=self.depth or 1, **known)
        else:
            run.lay(self.sheet, Role.PARAGRAPH, blank=True, **known)
        self.marker = ""

    def _heading(self, rest: str, level: int) -> None:
        self.named, self.depth, self.marker = False, 0, ""
        run = self._run(" ".join(rest.split()))
        laid = run.lay(self.sheet, Role.HEADING, blank=True, level=level or 1, **self._known())
        if laid:
            # L<words|#Heading text>: blanks stay, or become underscores or hyphens.
            words = laid[0].span.of(self.sheet.text)
            for name in (words, words.replace(" ", "_"), words.replace(" ", "-")):
                self.sheet.anchors.setdefault(name, laid[0].span.start)

    def _over(self, rest: str, level: int) -> None:  # noqa: ARG002
        self.depth += 1

    def _back(self, rest: str, level: int) -> None:  # noqa: ARG002
        self.depth = max(self.depth - 1, 0)
        self.named = self.named and self.depth > 0
        self.marker = ""

    def _item(self, rest: str, level: int) -> None:
        head, _, below = rest.partition("\n")
        marked = head.split(maxsplit=1)
        if self.depth == 0 or self.depth > 1 or not marked or _NUMBERED.match(marked[0]):
            # Raku's items stand without a list around them and hold their own text.
            number = marked[0] if marked and _NUMBERED.match(marked[0]) else ""
            text = rest if not number else rest.partition(number)[2]
            if self.depth == 1:
                self.named = False
            self.marker = number if number[:1].isdigit() else "•"
            if text.strip():
                self.depth, kept = max(self.depth, level or 1), self.depth
                self._prose(text)
                self.depth = kept
            return
        self._term(head)
        if below.strip():
            self._prose(below)

    def _defn(self, rest: str, level: int) -> None:  # noqa: ARG002
        """Raku's ``=defn Term`` with its definition in the lines below."""
        head, _, below = rest.partition("\n")
        self.terms = False
        self._term(head)
        self._prose(below)
        self.named = False

    def _term(self, words: str) -> None:
        fresh = not (self.named and self.terms)
        self.record += fresh
        self.named = self.terms = True
        self.marker = ""
        run = self._run(" ".join(words.split()))
        run.lay(self.sheet, Role.TERM, blank=fresh, record=self.record, **self._known())

    def _begin(self, rest: str, level: int) -> None:  # noqa: ARG002
        name, below = _kind(rest)
        if name in _TEXT:
            self.verbatim_of, self.verbatim = name, [below] if below.strip() else []
        elif name.rstrip("0123456789") not in _PROSE:
            self.skipped.append(name)
        elif below.strip():
            self._prose(below)

    def _for(self, rest: str, level: int) -> None:  # noqa: ARG002
        name, below = _kind(rest)
        if name in _TEXT:
            self._code(below)
        elif name.rstrip("0123456789") in _PROSE:
            self._prose(below)

    def _titled(self, rest: str, level: int) -> None:  # noqa: ARG002
        self.sheet.title = self.sheet.title or self._run(" ".join(rest.split())).text

    def _unknown(self, rest: str, level: int) -> None:
        """A directive of no effect on what is shown."""

    def _run(self, text: str) -> Run:
        run = Run()
        _inline(run, text, self.linking)
        return run


def _kind(rest: str) -> tuple[str, str]:
    """Return the kind of a block and the text below its line, options left out."""
    head, _, below = rest.partition("\n")
    name = head.split()[0] if head.split() else ""
    after = head.partition(name)[2] if name else ""
    own = _OPTION.sub("", after).strip()
    return name.lstrip(":"), f"{own}\n{below}" if own else below


_HANDLERS: dict[str, Callable[[_Walk, str, int], None]] = {
    "head": _Walk._heading,
    "over": _Walk._over,
    "back": _Walk._back,
    "item": _Walk._item,
    "defn": _Walk._defn,
    "begin": _Walk._begin,
    "for": _Walk._for,
    "TITLE": _Walk._titled,
}


def _inline(run: Run, text: str, linking: str, depth: int = 0) -> None:
    """Write ``text`` to ``run`` without its codes; ``L<>`` and what ``linking`` names are links."""
    at = 0
    pairs = _pairs(text)
    while found := _OPENING.search(text, at):
        run.write(text[at : found.start()])
        mark = found[2]
        shut = "»" if mark == "«" else ">" * len(mark)
        end = pairs.get(found.end(), -1) if mark == "<" else text.find(shut, found.end())
        if end < 0 or depth > _DEPTH:
            run.write(found[0])
            at = found.end()
            continue
        inner = text[found.end() : end]
        _code_of(run, found[1], inner.strip() if len(mark) > 1 else inner, linking, depth)
        at = end + len(shut)
    run.write(text[at:])


_DEPTH = 20
_MARKS = re.compile(r"[A-Z]<(?!<)|[A-Z]<<+|>")


def _pairs(text: str) -> dict[int, int]:
    """Return for each code in single brackets where its content begins, and where it ends."""
    found: dict[int, int] = {}
    open_: list[int] = []
    for mark in _MARKS.finditer(text):
        if len(mark[0]) == 2:
            open_.append(mark.end())
        elif mark[0] == ">" and open_:
            found[open_.pop()] = mark.start()
    return found


def _code_of(run: Run, code: str, inner: str, linking: str, depth: int) -> None:
    """Write what one code shows."""
    if code == "E":
        run.write("".join(_escape(part.strip()) for part in inner.split(";")))
    elif code == "X":
        # Perl's index entries show nothing; Raku's show what stands before the bar.
        shown, bar, _ = inner.partition("|")
        _inline(run, shown if bar else "", linking, depth + 1)
    elif code == "L":
        words, bar, target = inner.rpartition("|")
        target = target.strip()
        run.open_link(_target(target))
        shown = words if bar else target.partition("#")[0] or target.lstrip("#")
        _inline(run, shown.strip('"').removeprefix("/").strip('"'), "", depth + 1)
        run.close_link()
    elif code == "Z":
        return
    elif code == linking:
        inside = Run()
        _inline(inside, inner, "", depth + 1)
        run.open_link(" ".join(inside.text.split()), "term")
        run.write(inside.text)
        run.close_link()
    elif code in {"C", "V"} and "<" not in inner:
        run.write(inner)
    else:
        _inline(run, inner, linking, depth + 1)


def _target(target: str) -> str:
    """Return the address of a link: a section of this page as its anchor."""
    if re.match(r"\w+:", target) and "::" not in target:
        return target
    if target.startswith("/") and "/" not in target[1:] and "#" not in target:
        return "#" + target[1:].strip('"')
    if target.startswith('"'):
        return "#" + target.strip('"')
    return target


_ESCAPES = {"lt": "<", "gt": ">", "verbar": "|", "sol": "/"}


def _escape(name: str) -> str:
    if name in _ESCAPES:
        return _ESCAPES[name]
    if re.fullmatch(r"0x[0-9a-fA-F]{1,6}", name):
        number = int(name, 16)
    elif name.isascii() and name.isdigit() and len(name) < 8:
        number = int(name)
    else:
        return unescape(f"&{name};")
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else ""
