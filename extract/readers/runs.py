"""Inline content line by line: words, links, anchors, and the emphasis that opens a line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from extract.model import Block, Link, Role, Span
from extract.readers.base import Sheet

# What follows a headword that is only set in italics, code or a link: without it the emphasis
# is no more than emphasis.
_SEPARATOR = re.compile(r"\s*(?:[:–—]|-{1,2}\s|\([^)\n]{1,60}\)\s*(?:[:–—]|-{1,2}\s))")


@dataclass(slots=True)
class _Line:
    """One line of a run; offsets count from its start."""

    text: str = ""
    links: list[Link] = field(default_factory=list)
    anchors: dict[str, int] = field(default_factory=dict)
    lead: tuple[int, int] | None = None
    """The emphasis at its start."""
    strong: bool = False
    """Whether the lead is bold, and so stands without a separator behind it."""

    @property
    def bold(self) -> Span | None:
        """The lead without blanks and a colon at its end, if it counts."""
        if self.lead is None:
            return None
        start, end = self.lead
        words = self.text[start:end]
        if not self.strong and not _SEPARATOR.match(self.text, end) and ":" not in words[-2:]:
            return None
        start += len(words) - len(words.lstrip())
        end = start + len(words.strip().rstrip(":").rstrip())
        return Span(start=start, end=end) if start < end else None


class Run:
    """Inline content of one block, cut into lines at hard breaks."""

    def __init__(self) -> None:
        self.lines: list[_Line] = [_Line()]
        self._links: list[tuple[int, str, str]] = []
        self._leads: list[tuple[int, bool]] = []

    @property
    def text(self) -> str:
        """The run's words, lines joined by blanks."""
        return " ".join(line.text for line in self.lines)

    @property
    def blank(self) -> bool:
        """Whether nothing visible has been written."""
        return not any(line.text.strip() for line in self.lines)

    def write(self, text: str) -> None:
        """Add words as they are."""
        self.lines[-1].text += text

    def newline(self) -> None:
        """End the line; open links and emphasis go on in the next one."""
        if not self.lines[-1].text.strip() and not self.lines[-1].anchors:
            self.lines[-1].text = ""
            return
        links, leads = self._links, self._leads
        for _ in links:
            self._note_link(len(links) - 1)
        for start, strong in leads:
            self._note_lead(start, strong)
        self.lines.append(_Line())
        self._links = [(0, target, kind) for _, target, kind in links]
        self._leads = [(0, strong) for _, strong in leads]

    def anchor(self, name: str) -> None:
        """Note that the place reached is called ``name``."""
        self.lines[-1].anchors.setdefault(name, len(self.lines[-1].text))

    def open_link(self, target: str, kind: str = "href") -> None:
        """Begin a link; inside another one it counts for nothing."""
        self._links.append((len(self.lines[-1].text), target, kind))

    def close_link(self) -> None:
        """End the link begun last."""
        if self._links:
            self._note_link(len(self._links) - 1)
            self._links.pop()

    def _note_link(self, at: int) -> None:
        line = self.lines[-1]
        start, target, kind = self._links[at]
        inside = any(outer for _, outer, _ in self._links[:at])
        if target and not inside and start < len(line.text):
            span = Span(start=start, end=len(line.text))
            line.links.append(Link(span=span, target=target, kind=kind))

    def open_lead(self, *, strong: bool) -> None:
        """Begin emphasis: ``strong`` for bold type, else what may open a line by chance."""
        self._leads.append((len(self.lines[-1].text), strong))

    def close_lead(self) -> None:
        """End the emphasis begun last."""
        if self._leads:
            start, strong = self._leads.pop()
            self._note_lead(start, strong)

    def _note_lead(self, start: int, strong: bool) -> None:
        line = self.lines[-1]
        end = len(line.text)
        if not line.text[start:end].strip():
            return
        if not line.text[:start].strip("\"'“”‘’«» \t\u00a0"):
            # Bold inside italics, or italics inside bold: the wider run, the stronger type.
            strong = strong or (line.strong and line.lead is not None)
            line.lead, line.strong = (start, end), strong
        elif line.lead and strong and line.strong and not line.text[line.lead[1] : start].strip():
            line.lead = (line.lead[0], end)

    def lay(self, sheet: Sheet, role: Role, *, blank: bool = False, **known: Any) -> list[Block]:
        """Lay the lines out on ``sheet``, each as a block; return those that are not blank.

        Further lines of a list item are paragraphs without its marker.
        """
        laid: list[Block] = []
        for line in self.lines:
            block = sheet.put(
                line.text,
                role,
                blank=blank and not laid,
                links=tuple(line.links),
                anchors=line.anchors,
                bold=None if role is Role.CODE else line.bold,
                **known,
            )
            if block is None:
                continue
            laid.append(block)
            if role is Role.ITEM:
                role, known = Role.PARAGRAPH, {**known, "marker": ""}
        return laid

    def extend(self, part: _Line) -> None:
        """Add another run's line, without the blanks at its ends, to the last line."""
        line = self.lines[-1]
        base = len(line.text)
        text = part.text.strip()
        shift = base - (len(part.text) - len(part.text.lstrip()))
        line.text += text

        def moved(offset: int) -> int:
            return min(max(offset + shift, base), len(line.text))

        for name, offset in part.anchors.items():
            line.anchors.setdefault(name, moved(offset))
        for link in part.links:
            span = Span(start=moved(link.span.start), end=moved(link.span.end))
            if len(span):
                line.links.append(Link(span=span, target=link.target, kind=link.kind))
        if part.lead and not line.text[:base].strip():
            line.lead, line.strong = (moved(part.lead[0]), moved(part.lead[1])), part.strong

    def joined(self) -> Run:
        """Return the run on one line, as headings and cells are."""
        whole = Run()
        for part in self.lines:
            if part.text.strip() and whole.lines[0].text:
                whole.write(" ")
            whole.extend(part)
        return whole
