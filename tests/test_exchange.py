"""The extraction JSON: what is written is read back, and what is wrong is said."""

from __future__ import annotations

import dataclasses
import json

import orjson
import pytest

from extract.errors import MalformedExtraction
from extract.exchange import from_json, parts, to_json
from extract.model import (
    Designation,
    Document,
    Edit,
    Entry,
    Evidence,
    Extraction,
    Finding,
    Passage,
    Reference,
    Relation,
    Span,
)

TEXT = "Churn (CH) – Loss of customers. See also: Retention"


def _evidence(start: int, end: int) -> Evidence:
    return Evidence(
        document="sources/a",
        span=Span(start=start, end=end),
        quote=TEXT[start:end],
        rule="test",
        confidence=0.5,
    )


EXTRACTION = Extraction(
    documents=(
        Document(
            uri="sources/a",
            source="a",
            media_type="text/plain",
            language="en",
            title="A",
            text=TEXT,
            digest="00",
            edits=(Edit(start=11, end=12, before="鈥", rule="mojibake"),),
        ),
    ),
    entries=(
        Entry(
            id="a/churn",
            document="sources/a",
            designations=(
                Designation(text="Churn", language="en", status="preferred"),
                Designation(text="CH", language="en", type="acronym", evidence=_evidence(7, 9)),
            ),
            span=Span(start=0, end=len(TEXT)),
            definitions=(Passage(text="Loss of customers.", span=Span(start=13, end=31)),),
            references=(Reference(text="Retention", kind="concept", evidence=_evidence(42, 51)),),
            relations=(
                Relation(
                    subject="a/churn",
                    type="broader",
                    target="loss",
                    basis="text",
                    evidence=_evidence(13, 17),
                ),
            ),
        ),
    ),
    findings=(Finding(rule="r", subject="a", message="m"),),
)


def test_what_is_written_is_read_back() -> None:
    """The JSON keeps entries, evidence, edits and findings to the letter."""
    data = json.loads(json.dumps(to_json(EXTRACTION)))
    assert to_json(from_json(data)) == data
    assert from_json(data).entries == EXTRACTION.entries


@pytest.mark.parametrize("sort", [False, True])
def test_parts_are_the_whole(sort: bool) -> None:
    """Written some values at a time, an extraction is the same bytes as written at once."""
    entries = EXTRACTION.entries * 600
    for extraction in (EXTRACTION, dataclasses.replace(EXTRACTION, entries=entries)):
        whole = orjson.dumps(to_json(extraction), option=orjson.OPT_SORT_KEYS if sort else None)
        assert b"".join(parts(extraction, sort=sort)) == whole


def test_the_minimum_is_enough() -> None:
    """A file that another program wrote needs only term, definition and offsets."""
    data = {
        "format": "glossgraph-extraction/1",
        "documents": [{"uri": "page.txt", "text": "A: b"}],
        "entries": [
            {
                "id": "a",
                "document": "page.txt",
                "term": "A",
                "definition": "b",
                "start": 0,
                "end": 4,
            }
        ],
    }
    extraction = from_json(data)
    assert extraction.entries[0].term == "A"
    assert extraction.documents[0].source == "page"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "no extraction"),
        ({"format": "other"}, "no extraction"),
        ({"format": "glossgraph-extraction/1", "documents": []}, "lacks the key 'entries'"),
        ({"format": "glossgraph-extraction/1", "documents": [1], "entries": []}, "wrong form"),
    ],
)
def test_malformed(data: object, message: str) -> None:
    """What is not an extraction is refused with a sentence that names the fault."""
    with pytest.raises(MalformedExtraction, match=message):
        from_json(data)
