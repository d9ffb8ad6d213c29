"""Plain text as a document, for tests of what stands between readers and entries."""

from __future__ import annotations

import re

from extract.model import Block, Document, Span

_LINE = re.compile(
    r"(?P<blank>\s*)(?:(?P<marker>[•*+\-–—◦‣▪;:]|#{1,6}|\d{1,4}[.)])\s+(?=\S))?(?P<text>.*?)\s*"
)


def document(text: str, *, source: str = "page", language: str = "en") -> Document:
    """Return ``text`` with a block for every line that is not blank."""
    blocks = []
    position = 0
    for number, raw in enumerate(re.split(r"\n", text), 1):
        for part in re.finditer(r"[^\f]+", raw):
            line = _LINE.fullmatch(part[0])
            if line and line["text"]:
                start = position + part.start() + line.start("text")
                blocks.append(
                    Block(
                        span=Span(start=start, end=start + len(line["text"])),
                        indent=len(line["blank"].expandtabs(8)),
                        marker=line["marker"] or "",
                        locator=f"line {number}",
                    )
                )
        position += len(raw) + 1
    return Document(
        uri=f"sources/{source}",
        source=source,
        media_type="text/plain",
        language=language,
        title=source,
        text=text,
        digest="",
        blocks=tuple(blocks),
    )
