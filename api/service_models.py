"""The JSON of what is made for other programs: exports, embeds, texts, reconciliation, health."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from api.models import Document, Reference


class Export(Document):
    """A format that the whole graph is written in."""

    format: str
    title: str
    media_type: str
    suffix: str
    tools: str
    url: str


class Exports(Document):
    """All formats."""

    exports: list[Export]


class LabelIndex(Document):
    """Every label, and the tables by which words are compared."""

    title: str
    language: str
    revision: str
    rules: dict[str, Any]
    concepts: list[list[str]]


class OEmbed(Document):
    """What to paste for an address (oEmbed 1.0)."""

    version: Literal["1.0"]
    type: Literal["rich"]
    title: str
    provider_name: str
    provider_url: str
    cache_age: int
    html: str
    width: int
    height: int


class Span(Reference):
    """A place on a page that names a concept."""

    start: int = Field(description="Offset in the page as sent, in Unicode code points.")
    end: int
    text: str = Field(description="What a reader sees there.")
    section: int = Field(description="Number of the section; a heading begins the next.")
    url: str
    definition: str = Field(description="The start of its first definition.")


class Annotations(Document):
    """Where a page names concepts."""

    form: Literal["text", "html", "markdown"]
    total: int
    spans: list[Span]


class Extraction(Document):
    """What was read in a text: the JSON that ``glossgraph extract`` writes."""

    format: str
    documents: list[dict[str, Any]]
    entries: list[dict[str, Any]]
    findings: list[dict[str, Any]]


class SuggestedItem(Document):
    """A concept, type or property, as the Reconciliation API suggests it."""

    id: str
    name: str
    description: str


class Suggested(Document):
    """What may be meant by what is typed."""

    result: list[SuggestedItem]


class Context(Document):
    """What is known about the concepts in a question."""

    tokens: int = Field(description="No Markdown answer has more: a third of its bytes.")
    max_tokens: int
    cut: bool = Field(description="Whether more was known than there was room for.")
    concepts: list[Reference] = Field(description="With `definitions` and `relations` of each.")
    sources: list[str] = Field(description="Whose words these are; print them with them.")


class Changed(Document):
    """What came of a changed source."""

    source: str
    revision: str
    served: bool = Field(description="Whether answers are from this revision already.")
    entries: int = Field(description="Entries that the source has now.")
    concepts: int
    relations: int
    skipped: list[str] = Field(description="What could not be read of the other sources.")


class Health(Document):
    """Whether the server lives, or can answer."""

    status: Literal["ok"]
    revision: str
