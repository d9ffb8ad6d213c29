"""Entries while they are read; no parser is needed for what stands here."""

from __future__ import annotations

from dataclasses import dataclass, field

from extract.components import aliases, other_names
from extract.lexicon import Lexicon
from extract.model import Designation, Document, Evidence, Passage, Relation, Span


@dataclass(slots=True, kw_only=True)
class Draft:
    """An entry while it is read."""

    id: str
    document: Document
    designations: list[Designation]
    definitions: tuple[Passage, ...]
    formula: Passage | None
    apart: tuple[Span, ...] = ()
    """Stretches inside the definitions that are something else: references, the formula."""
    genus: str | None = None
    kind: str | None = None
    relations: list[Relation] = field(default_factory=list)
    why: dict[str, object] = field(default_factory=dict)

    @property
    def labels(self) -> tuple[str, ...]:
        """Its names, the headword first; deprecated ones too."""
        return tuple(d.text for d in self.designations if d.status != "hidden")


def read_aliases(draft: Draft, lexicon: Lexicon) -> None:
    """Add to a draft the names that its text gives it."""
    spans = [p.span for p in draft.definitions]
    text = draft.document.text
    found = [*aliases.in_text(text, spans, draft.labels, lexicon)]
    labels = (*draft.labels, *(alias.text for alias in found))
    found += other_names.in_text(text, spans, labels, draft.document.language)
    for alias in found:
        evidence = Evidence(
            document=draft.document.uri,
            span=alias.span,
            quote=alias.span.of(text),
            rule=alias.rule,
            confidence=alias.confidence,
        )
        draft.designations.append(
            Designation(
                text=alias.text,
                language=draft.document.language,
                type=alias.type,
                status=alias.status,
                evidence=evidence,
            )
        )
