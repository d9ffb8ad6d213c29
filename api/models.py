"""The JSON that routes answer, for the OpenAPI document; answers are not built through these."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Document(BaseModel):
    """What all of them share: further keys may come with later versions."""

    model_config = ConfigDict(extra="allow")


class Problem(Document):
    """An RFC 9457 problem document."""

    type: str = Field(description="Address of the explanation, below the server's root.")
    title: str
    status: int
    detail: str = Field(description="A sentence for a person: what is wrong and what to do.")


class Reference(Document):
    """What names a concept where it is only pointed at."""

    slug: str = Field(description="Last step of the IRI; names the concept in every address.")
    iri: str
    label: str
    kind: str = Field(description="Key of a kind, `none` where the definition tells none.")
    implied: bool = Field(description="Whether only other entries' definitions speak of it.")


class Label(Document):
    """A designation in a language."""

    text: str
    language: str
    type: str = Field(description="full form, acronym, abbreviation, synonym, variant or symbol")
    status: str = Field(description="preferred, admitted, deprecated or hidden")


class Resource(Document):
    """Something to read that an entry points to."""

    title: str
    url: str


class Definition(Document):
    """What one source says about a concept."""

    source: str
    title: str
    credit: str = Field(description="Whose words these are; print it with them.")
    term: str = Field(description="The headword in that source.")
    text: str
    excerpt: bool = Field(description="Whether the text was cut because nobody licensed more.")
    language: str
    pos: list[str]
    examples: list[str]
    notes: list[str]
    formula: str
    resources: list[Resource]
    document: str
    start: int = Field(description="Offset in the document's text, in Unicode code points.")
    end: int
    line: int


class RelationFrom(Document):
    """A relation as one of its concepts reads it: this concept TYPE target."""

    id: str
    type: str
    phrase: str
    direction: Literal["out", "in", "both"]
    target: Reference
    family: str
    basis: Literal["text", "name", "reference", "mention"]
    confidence: float = Field(description="A rank in (0, 1], not a probability.")
    evidence: int = Field(description="Pieces of evidence; /api/relations/{id} has them.")
    sources: list[str]


class Statement(Document):
    """What an RDF source says of a concept in a property that no other member holds."""

    property: str = Field(description="IRI of the property.")
    name: str = Field(description="The IRI with a prefix of the graph, where one fits.")
    value: str = Field(description="The text, or the IRI of what is said.")
    literal: bool = Field(description="Whether the value is text.")
    language: str
    datatype: str = Field(description="IRI of the text's datatype, or empty.")


class Ruling(Document):
    """What a reviewer decided."""

    question: Literal["pair", "relation", "headword", "label"]
    verdict: str
    sentence: str


class Concept(Reference):
    """All that is known about a concept."""

    labels: list[Label]
    aliases: list[str]
    inferred: bool
    subject_field: str
    notation: str
    definitions: list[Definition]
    relations: list[RelationFrom]
    close: list[Reference]
    same_as: list[str]
    statements: list[Statement]
    reviewed: list[Ruling]
    degree: int


class Brief(Reference):
    """A concept in a list."""

    aliases: list[str]
    summary: str
    sources: list[str]
    degree: int


class ConceptList(Document):
    """A page of concepts, in the order of their labels."""

    total: int
    concepts: list[Brief]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class Neighbor(Reference):
    """A concept near another, with the relation that leads to it unless `detail=names`."""

    distance: int
    via: str = Field("", description="Slug of the concept one step nearer.")
    relations: list[RelationFrom] = Field([], description="As `via` reads them, strongest first.")


class Neighbors(Document):
    """The concepts around a concept, nearest first."""

    concept: Reference
    depth: int
    total: int
    neighbors: list[Neighbor]
    cut: bool = Field(description="Whether there are more than `limit`.")


class PathStep(Document):
    """One relation of a path, read along the path."""

    id: str
    subject: Reference
    type: str
    phrase: str
    object: Reference
    basis: str
    confidence: float


class Path(Document):
    """A way from one concept to another."""

    sentence: str
    cost: float
    length: int
    concepts: list[Reference]
    steps: list[PathStep]


class Paths(Document):
    """The cheapest paths between two concepts."""

    start: Reference = Field(alias="from")
    end: Reference = Field(alias="to")
    paths: list[Path]


class Hit(Brief):
    """A concept found, and why."""

    text: str = Field(description="The label or words that were met.")
    reason: str
    score: float


class Hits(Document):
    """Concepts found, best first."""

    query: str
    total: int
    hits: list[Hit]
    facets: dict[str, dict[str, int]]


class Suggestion(Document):
    """A label that may be what somebody is typing."""

    text: str
    slug: str
    label: str
    kind: str
    kind_name: str
    summary: str


class Suggestions(Document):
    """Labels that may be meant, best first."""

    query: str
    suggestions: list[Suggestion]


class Evidence(Document):
    """A place in a source that states a relation, with the text around it."""

    source: str
    document: str
    start: int
    end: int
    line: int
    place: str = Field(description="source:line")
    before: str
    quote: str
    after: str
    rule: str
    confidence: float


class Relation(Document):
    """A relation with all its evidence."""

    id: str
    type: str
    inverse: str
    iri: str
    sentence: str
    inverse_sentence: str
    subject: Reference
    object: Reference
    family: str
    symmetric: bool
    basis: str
    confidence: float
    sources: list[str]
    evidence: list[Evidence]


class RelationList(Document):
    """A page of relations."""

    total: int
    relations: list[Relation]
    next: str | None


class Source(Document):
    """A glossary that the graph was built from."""

    name: str
    title: str
    publisher: str
    url: str
    licence: str
    reuse: str
    language: str
    entries: int
    repairs: dict[str, int]
    credit: str


class Sources(Document):
    """All sources."""

    sources: list[Source]


class Decision(Document):
    """Why two entries are, or are not, one concept."""

    left: str
    right: str
    verdict: Literal["same", "exact", "close", "apart"]
    rule: str
    reason: str


class Explanation(Document):
    """Whether two names mean one concept, and why."""

    a: Reference
    b: Reference
    same: bool
    close: bool
    reason: str
    decisions: list[Decision]
    reviewed: list[Ruling]
    relations: list[Relation]
    path: Path | None


class Shared(Reference):
    """A concept that several are related to."""

    relations: list[PathStep] = Field(description="One from each, in the order asked.")


class Common(Document):
    """The concepts that several are related to."""

    concepts: list[Reference]
    total: int
    common: list[Shared]
    cut: bool


class Subgraph(Document):
    """Some concepts and the relations among them."""

    concepts: list[Brief]
    relations: list[Relation]


class Central(Reference):
    """A concept that many ways lead to."""

    share: float = Field(description="PageRank, either direction; all together are 1.")


class Community(Document):
    """Concepts that have more to do with each other than with the rest."""

    size: int
    concepts: list[Reference] = Field(description="The most connected of them.")


class Stats(Document):
    """What the graph holds, in figures."""

    degrees: dict[str, int] = Field(description="How many concepts have so many relations.")
    central: list[Central]
    communities: list[Community]
    community_method: Literal["louvain", "label propagation"]
    coverage: dict[str, int] = Field(description="Of how many concepts something is known.")
    languages: dict[str, int] = Field(description="Labels in each language.")

    revision: str
    concepts: int
    implied: int
    relations: int
    sources: int
    by_type: dict[str, int]
    by_basis: dict[str, int]
    by_kind: dict[str, int]
