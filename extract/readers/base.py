"""What all readers share: where bytes come from, and the sheet on which a document is laid out."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from extract.model import Block, Document, Finding, Link, Role, Span
from extract.readers.language import guess

# What stands at the ends of lines without being seen: a stray byte order mark, zero-width
# spaces of page builders. str.strip() takes white space (U+00A0 too) but not these.
INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060\u00ad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the bytes of a document come from; nothing of it names a place on this machine."""

    source: str
    """Name of the source."""
    part: str = ""
    """Path of the document inside its source (a folder or archive), or ``""``."""
    name: str = ""
    """Name of the file, without its folder."""
    media_type: str = "text/plain"
    url: str = ""
    digest: str = ""
    """SHA-256 of the bytes, in hexadecimal."""

    @property
    def uri(self) -> str:
        """``Document.uri`` of the document."""
        return f"sources/{self.source}" + (f"/{self.part}" if self.part else "")

    @property
    def label(self) -> str:
        """What a person calls the document in a message."""
        return self.name or self.url or self.source

    def of(self, data: bytes) -> Origin:
        """Return the origin with the digest of ``data``."""
        return replace(self, digest=hashlib.sha256(data).hexdigest())


Reader = Callable[[bytes, Origin], Document]
"""Bytes and where they come from, in; a document, or :class:`extract.errors.UnreadableSource`."""


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return ``start, end`` without the blanks and invisible characters at both ends.

    Where nothing else is there, both are ``end``.
    """
    while start < end and (text[start].isspace() or text[start] in INVISIBLE):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in INVISIBLE):
        end -= 1
    return start, end


def _shifted(span: Span, shift: int) -> Span:
    return Span(start=span.start + shift, end=span.end + shift)


@dataclass(slots=True)
class Sheet:
    """A document being laid out: text that grows at its end, and what is known of its stretches.

    Readers of structured formats write one field a line, in the order of the source.
    """

    origin: Origin
    title: str = ""
    language: str = ""
    """As the source declares it; where empty that of its terms, else guessed from the text."""
    hint: str = ""
    """The language of the names of its fields, which weighs where the text tells nothing."""
    publisher: str = ""
    licence: str = ""
    url: str = ""
    blocks: list[Block] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    anchors: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    length: int = 0
    """Code points written so far: the offset of what comes next."""
    _parts: list[str] = field(default_factory=list)
    _pending: list[str] = field(default_factory=list)
    """Anchors that wait for the next block."""
    _breaks: int = 2
    """Line feeds at the end so far; the start of the text counts as a paragraph break."""

    @property
    def text(self) -> str:
        """What has been written so far."""
        return "".join(self._parts)

    def write(self, text: str) -> None:
        """Add ``text`` at the end as it is."""
        if text:
            self._parts.append(text)
            self.length += len(text)
            feeds = len(text) - len(text.rstrip("\n"))
            self._breaks = self._breaks + feeds if feeds == len(text) else feeds

    def line(self, *, blank: bool = False) -> None:
        """Make sure that what comes next begins a line, with ``blank`` after a blank line."""
        wanted = 2 if blank else 1
        if self._breaks < wanted:
            self.write("\n" * (wanted - self._breaks))

    def put(
        self,
        text: str,
        role: Role = Role.LINE,
        *,
        blank: bool = False,
        links: tuple[Link, ...] = (),
        anchors: Mapping[str, int] | None = None,
        **known: Any,
    ) -> Block | None:
        """Lay out ``text`` on lines of its own as one block and return it; ``None`` if blank.

        ``links``, ``anchors`` and a ``bold`` among ``known`` count from the start of ``text``;
        ``known`` are further fields of :class:`Block`. The text is trimmed at both ends.
        """
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        start, end = trimmed(text, 0, len(text))
        if start == end:
            self._pending.extend(anchors or {})
            return None
        self.line(blank=blank)
        shift = self.length - start
        self.write(text[start:end])
        for name, offset in (anchors or {}).items():
            self.anchors.setdefault(name, min(max(offset, start), end) + shift)
        for name in self._pending:
            self.anchors.setdefault(name, start + shift)
        self._pending.clear()
        for link in links:
            self.link(link.span.start + shift, link.span.end + shift, link.target, kind=link.kind)
        bold = known.pop("bold", None)
        if isinstance(bold, Span):
            lead = Span(
                start=max(bold.start, start) + shift,
                end=min(max(bold.end, start), end) + shift,
            )
            known["bold"] = lead if len(lead) > 0 else None
        span = Span(start=start + shift, end=end + shift)
        block = Block(span=span, role=role, **known)
        self.blocks.append(block)
        return block

    def extend(self, text: str) -> None:
        """Add ``text`` to the block laid out last, after a blank."""
        text = text.strip()
        if text and self.blocks:
            self.write(f" {text}")
            block = self.blocks[-1]
            span = Span(start=block.span.start, end=self.length)
            self.blocks[-1] = replace(block, span=span)

    def anchor(self, name: str) -> None:
        """Note that the block that comes next is called ``name``."""
        self._pending.append(name)

    def link(self, start: int, end: int, target: str, *, kind: str = "href") -> None:
        """Note a link over ``start:end`` of the text; empty, overlapping ones are left out."""
        start = max(start, self.links[-1].span.end if self.links else 0)
        end = min(end, self.length)
        if start < end and target:
            self.links.append(Link(span=Span(start=start, end=end), target=target, kind=kind))

    def append(self, other: Sheet) -> None:
        """Add another sheet, text and all that is known of it, after a blank line."""
        if other.length:
            self.line(blank=True)
        shift = self.length
        self.write(other.text)
        for block in other.blocks:
            bold = _shifted(block.bold, shift) if block.bold else None
            self.blocks.append(replace(block, span=_shifted(block.span, shift), bold=bold))
        self.links.extend(replace(at, span=_shifted(at.span, shift)) for at in other.links)
        for name, offset in other.anchors.items():
            self.anchors.setdefault(name, offset + shift)
        self._pending.extend(other._pending)
        self.findings.extend(other.findings)

    def find(self, rule: str, message: str, *, severity: str = "info") -> None:
        """Note something that a person should know about the source."""
        self.findings.append(
            Finding(rule=rule, subject=self.origin.uri, message=message, severity=severity)
        )

    def _spoken(self, text: str) -> str:
        """The language of the records where each first term's is given, or ``""``.

        Of several columns of terms that in which the texts without a language are written, else
        the first.
        """
        first: dict[int, str] = {}
        tags: dict[str, None] = {}
        for block in self.blocks:
            if block.record is not None and block.role is Role.TERM:
                first.setdefault(block.record, block.language)
                tags[block.language] = None
        if not first or "" in first.values():
            return ""
        told = (Role.DEFINITION, Role.EXAMPLE, Role.NOTE)
        plain = " ".join(b.span.of(text) for b in self.blocks if b.role in told and not b.language)
        lead, _ = Counter(first.values()).most_common(1)[0]
        found = guess(plain, hint=lead) if plain else lead
        return next((tag for tag in tags if tag.split("-")[0] == found), lead)

    def document(self) -> Document:
        """Return the finished document."""
        text = self.text
        # What stands around the records of a sheet may be in another language.
        said = "\n".join(b.span.of(text) for b in self.blocks if b.record is not None)
        said = said if 2 * len(said) > len(text) else text
        for name in self._pending:
            self.anchors.setdefault(name, self.length)
        return Document(
            uri=self.origin.uri,
            source=self.origin.source,
            media_type=self.origin.media_type,
            language=(
                (self.language or self._spoken(text) or guess(said, hint=self.hint))
                .lower()
                .replace("_", "-")
            ),
            title=" ".join(self.title.split()) or self.origin.name or self.origin.source,
            text=text,
            digest=self.origin.digest,
            publisher=self.publisher,
            licence=self.licence,
            url=self.url or self.origin.url,
            blocks=tuple(self.blocks),
            links=tuple(self.links),
            anchors=self.anchors,
            findings=tuple(self.findings),
        )
