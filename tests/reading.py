"""What the tests of the readers share: a document from a string, its facts, its invariants."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from extract.model import Document, Extraction
from extract.readers import read_bytes

CASES = Path(__file__).parent / "cases" / "readers"


def load_cases(name: str) -> list[dict[str, Any]]:
    """Return the cases of ``cases/readers/<name>.json``."""
    cases: list[dict[str, Any]] = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    return cases


def document(text: str | bytes, name: str) -> Document:
    """Return the document that a file of this name and content gives."""
    data = text.encode() if isinstance(text, str) else text
    return read_bytes(data, source="x", name=name)


def facts(read: Document) -> dict[str, Any]:
    """Return a document as a case writes it: blocks as ``role record: text``, links, anchors."""
    return {
        "title": read.title,
        "language": read.language,
        "blocks": [
            f"{b.role.value}{f' {b.record}' if b.record else ''}: {b.span.of(read.text)}"
            for b in read.blocks
        ],
        "bold": [b.bold.of(read.text) for b in read.blocks if b.bold],
        "links": [f"{a.span.of(read.text)} -> {a.kind} {a.target}" for a in read.links],
        "anchors": {name: read.text[at:].split("\n")[0] for name, at in read.anchors.items()},
        "levels": [b.level for b in read.blocks],
        "markers": [b.marker for b in read.blocks],
        "labels": [b.label for b in read.blocks],
        "languages": [b.language for b in read.blocks],
        "locators": [b.locator for b in read.blocks],
        "sections": [b.section for b in read.blocks],
        "findings": [f.rule for f in read.findings],
        "publisher": read.publisher,
        "licence": read.licence,
        "url": read.url,
    }


def check(read: Document) -> None:
    """Hold that offsets lie in the text, and blocks and links are sorted and do not overlap."""
    end = 0
    for block in read.blocks:
        assert end <= block.span.start < block.span.end <= len(read.text)
        end = block.span.end
        assert not block.span.of(read.text)[0].isspace()
        assert not block.span.of(read.text)[-1].isspace()
        if block.bold:
            assert block.span.start <= block.bold.start < block.bold.end <= block.span.end
    end = 0
    for link in read.links:
        assert end <= link.span.start < link.span.end <= len(read.text)
        end = link.span.end
    assert all(0 <= offset <= len(read.text) for offset in read.anchors.values())
    assert read.digest and read.uri.startswith("sources/") and "\r" not in read.text


def check_entries(found: Extraction) -> None:
    """Hold that what entries say lies in their documents, and evidence quotes them."""
    texts = {document.uri: document.text for document in found.documents}
    for entry in found.entries:
        text = texts[entry.document]
        for part in (entry, *entry.definitions, *entry.examples, *entry.notes):
            assert 0 <= part.span.start <= part.span.end <= len(text)
        said = [d.evidence for d in entry.designations if d.evidence]
        said += [r.evidence for r in (*entry.references, *entry.relations)]
        assert all(e.span.of(text) == e.quote for e in said)
