"""The extraction as JSON, ``glossgraph-extraction/1``: what ``extract`` writes and ``build`` reads.

Keys may be added to the format, never changed. Beyond the keys that readers of the file need,
each object keeps what is needed to get the same values back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import orjson

from extract.errors import MalformedExtraction
from extract.model import (
    Block,
    Designation,
    Document,
    Edit,
    Entry,
    Evidence,
    Extraction,
    Finding,
    Link,
    Passage,
    Reference,
    Relation,
    Role,
    Span,
    Statement,
)

FORMAT = "glossgraph-extraction/1"

_AT_ONCE = 500
"""Values that are JSON in memory at one time."""

Json = dict[str, Any]


def to_json(extraction: Extraction) -> Json:
    """Return the extraction as JSON values, in its own order (the same input gives the same)."""
    return {
        "format": FORMAT,
        **{name: list(made) for name, made in _lists(extraction).items()},
        "layouts": dict(extraction.layouts),
    }


def parts(extraction: Extraction, *, sort: bool = False) -> Iterator[bytes]:
    """Yield :func:`to_json` as JSON bytes, some values at a time; with ``sort``, keys are sorted.

    So that not all of 100,000 entries are in memory as JSON values beside themselves.
    """
    option = orjson.OPT_SORT_KEYS if sort else None
    lists = _lists(extraction)
    whole: Mapping[str, object] = {"format": FORMAT, "layouts": dict(extraction.layouts)}
    order = ["format", *lists, "layouts"]
    for number, name in enumerate(sorted(order) if sort else order):
        yield (b"," if number else b"{") + orjson.dumps(name) + b":"
        if name in whole:
            yield orjson.dumps(whole[name], option=option)
            continue
        yield b"["
        values, first = lists[name], True
        while some := list(islice(values, _AT_ONCE)):
            yield b"," * (not first) + orjson.dumps(some, option=option)[1:-1]
            first = False
        yield b"]"
    yield b"}"


def _lists(extraction: Extraction) -> Mapping[str, Iterator[Json]]:
    return {
        "documents": (_document(d) for d in extraction.documents),
        "entries": (_entry(e) for e in extraction.entries),
        "findings": (
            {"rule": f.rule, "subject": f.subject, "message": f.message, "severity": f.severity}
            for f in extraction.findings
        ),
    }


def from_json(data: object) -> Extraction:
    """Return the extraction that JSON values hold.

    Raises:
        MalformedExtraction: ``data`` is not of the format, or a required key is missing.
    """
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise MalformedExtraction(
            f'This is no extraction: its "format" is not "{FORMAT}". '
            "Write one with: glossgraph extract SOURCE -o FILE.json"
        )
    try:
        return Extraction(
            documents=tuple(_read_document(d) for d in data["documents"]),
            entries=tuple(_read_entry(e) for e in data["entries"]),
            findings=tuple(
                Finding(
                    rule=f["rule"],
                    subject=f["subject"],
                    message=f["message"],
                    severity=f.get("severity", "warning"),
                )
                for f in data.get("findings", ())
            ),
            layouts=data.get("layouts", {}),
        )
    except KeyError as error:
        raise MalformedExtraction(f"The extraction lacks the key {error}.") from error
    except (TypeError, AttributeError, ValueError) as error:
        raise MalformedExtraction(
            f"The extraction has a value of the wrong form: {error}"
        ) from error


def _span(span: Span) -> Json:
    return {"start": span.start, "end": span.end}


def _evidence(evidence: Evidence | None) -> Json | None:
    if evidence is None:
        return None
    return {
        "document": evidence.document,
        "quote": evidence.quote,
        "start": evidence.span.start,
        "end": evidence.span.end,
        "rule": evidence.rule,
        "confidence": evidence.confidence,
    }


def _passage(passage: Passage) -> Json:
    return {"text": passage.text, **_span(passage.span), "language": passage.language}


def _document(document: Document) -> Json:
    return {
        "uri": document.uri,
        "source": document.source,
        "title": document.title,
        "media_type": document.media_type,
        "language": document.language,
        "sha256": document.digest,
        "publisher": document.publisher,
        "url": document.url,
        "retrieved": document.retrieved,
        "licence": document.licence,
        "text": document.text,
        "edits": [
            {"start": e.start, "end": e.end, "before": e.before, "rule": e.rule}
            for e in document.edits
        ],
        "links": [
            {**_span(link.span), "target": link.target, "kind": link.kind}
            for link in document.links
        ],
        "anchors": dict(document.anchors),
        **({"lemmas": dict(document.lemmas)} if document.lemmas else {}),
    }


def _entry(entry: Entry) -> Json:
    definitions = [_passage(p) for p in entry.definitions]
    return {
        "id": entry.id,
        "document": entry.document,
        "term": entry.term,
        "aliases": [d.text for d in entry.designations[1:] if d.status != "hidden"],
        "designations": [
            {
                "text": d.text,
                "language": d.language,
                "type": d.type,
                "status": d.status,
                "evidence": _evidence(d.evidence),
            }
            for d in entry.designations
        ],
        "pos": list(entry.pos),
        "definition": "\n".join(p.text for p in entry.definitions),
        "definitions": definitions,
        "examples": [p.text for p in entry.examples],
        "example_passages": [_passage(p) for p in entry.examples],
        "notes": [_passage(p) for p in entry.notes],
        "formula": entry.formula.text if entry.formula else None,
        "formula_passage": _passage(entry.formula) if entry.formula else None,
        "see_also": [
            {
                "text": r.text,
                "target": r.target,
                "kind": r.kind,
                "href": r.href,
                "evidence": _evidence(r.evidence),
            }
            for r in entry.references
        ],
        "relations": [
            {
                "type": r.type,
                "target": r.target,
                "target_id": r.target_id,
                "basis": r.basis,
                "evidence": _evidence(r.evidence),
                "rule": r.evidence.rule,
                "confidence": r.evidence.confidence,
            }
            for r in entry.relations
        ],
        "kind": entry.kind,
        "genus": entry.genus,
        "subject_field": entry.subject_field,
        "notation": entry.notation,
        "iri": entry.iri,
        "same_as": list(entry.same_as),
        "statements": [
            {
                "property": s.property,
                "value": s.value,
                "literal": s.literal,
                "language": s.language,
                "datatype": s.datatype,
            }
            for s in entry.statements
        ],
        "inferred": entry.inferred,
        "locator": entry.locator,
        **_span(entry.span),
    }


def _read_span(data: Mapping[str, Any]) -> Span:
    return Span(start=int(data["start"]), end=int(data["end"]))


def _read_evidence(data: Mapping[str, Any] | None, document: str) -> Evidence | None:
    if data is None:
        return None
    return Evidence(
        document=data.get("document", document),
        span=_read_span(data),
        quote=data["quote"],
        rule=data.get("rule", "given"),
        confidence=float(data.get("confidence", 1.0)),
    )


def _required_evidence(data: Mapping[str, Any], document: str) -> Evidence:
    """The evidence of a relation; ``rule`` and ``confidence`` may stand beside it."""
    given = {key: data[key] for key in ("rule", "confidence") if key in data}
    found = _read_evidence({**given, **(data["evidence"] or {})}, document)
    assert found is not None
    return found


def _read_passage(data: Mapping[str, Any]) -> Passage:
    return Passage(text=data["text"], span=_read_span(data), language=data.get("language", ""))


def _read_document(data: Mapping[str, Any]) -> Document:
    text = data["text"]
    source = data.get("source") or data["uri"].rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return Document(
        uri=data["uri"],
        source=source,
        media_type=data.get("media_type", "text/plain"),
        language=data.get("language", "en").lower(),
        title=data.get("title", source),
        text=text,
        digest=data.get("sha256", ""),
        publisher=data.get("publisher", ""),
        url=data.get("url", ""),
        retrieved=data.get("retrieved", ""),
        licence=data.get("licence", ""),
        blocks=(Block(span=Span(start=0, end=len(text)), role=Role.OTHER),),
        edits=tuple(
            Edit(start=e["start"], end=e["end"], before=e["before"], rule=e["rule"])
            for e in data.get("edits", ())
        ),
        links=tuple(
            Link(span=_read_span(x), target=x["target"], kind=x.get("kind", "href"))
            for x in data.get("links", ())
        ),
        anchors=data.get("anchors", {}),
        lemmas=data.get("lemmas", {}),
    )


def _read_designations(data: Mapping[str, Any]) -> tuple[Designation, ...]:
    document = data["document"]
    given: Sequence[Mapping[str, Any]] = data.get("designations") or [
        {"text": text} for text in (data["term"], *data.get("aliases", ()))
    ]
    return tuple(
        Designation(
            text=d["text"],
            language=d.get("language", "en").lower(),
            type=d.get("type", "full form"),
            status=d.get("status", "admitted" if number else "preferred"),
            evidence=_read_evidence(d.get("evidence"), document),
        )
        for number, d in enumerate(given)
    )


def _passages(data: Mapping[str, Any], key: str, plain: str) -> tuple[Passage, ...]:
    """Passages under ``key``, or the bare strings under ``plain`` at the entry's own span."""
    if key in data:
        return tuple(_read_passage(p) for p in data[key])
    given = data.get(plain) or ()
    texts = [given] if isinstance(given, str) else given
    return tuple(Passage(text=text, span=_read_span(data)) for text in texts)


def _read_entry(data: Mapping[str, Any]) -> Entry:
    document = data["document"]
    formula = _passages(
        {**data, "given": [data["formula_passage"]]} if data.get("formula_passage") else data,
        "given",
        "formula",
    )
    return Entry(
        id=data["id"],
        document=document,
        designations=_read_designations(data),
        span=_read_span(data),
        definitions=_passages(data, "definitions", "definition"),
        examples=_passages(data, "example_passages", "examples"),
        notes=tuple(_read_passage(p) for p in data.get("notes", ())),
        formula=formula[0] if formula else None,
        pos=tuple(data.get("pos", ())),
        references=tuple(
            Reference(
                text=r["text"],
                kind=r.get("kind", "concept"),
                evidence=_required_evidence(r, document),
                target=r.get("target"),
                href=r.get("href", ""),
            )
            for r in data.get("see_also", ())
        ),
        relations=tuple(
            Relation(
                subject=data["id"],
                type=r["type"],
                target=r["target"],
                basis=r.get("basis", "text"),
                evidence=_required_evidence(r, document),
                target_id=r.get("target_id"),
            )
            for r in data.get("relations", ())
        ),
        kind=data.get("kind"),
        genus=data.get("genus"),
        subject_field=data.get("subject_field", ""),
        notation=data.get("notation", ""),
        iri=data.get("iri", ""),
        same_as=tuple(data.get("same_as", ())),
        statements=tuple(
            Statement(
                property=s["property"],
                value=s["value"],
                literal=bool(s.get("literal", True)),
                language=s.get("language", ""),
                datatype=s.get("datatype", ""),
            )
            for s in data.get("statements", ())
        ),
        inferred=bool(data.get("inferred", False)),
        locator=data.get("locator", ""),
    )
