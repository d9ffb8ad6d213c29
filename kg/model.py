"""The values of the graph: concepts, relations between them, and why they are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from extract.model import Designation, Evidence, Finding, Statement
from ontology.vocabulary import DEFAULT, Vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """Equal repairs of a source's texts, see :mod:`kg.repairs`."""

    rule: str
    """``Edit.rule``, such as ``mojibake:gbk``."""
    before: str
    """What stood there, at most its first 60 code points; ``""`` where nothing is shown of it."""
    after: str
    """What stands there now; ``""`` where something was taken out."""
    count: int = 1
    document: str = ""
    """``Document.uri`` of the first place, ``""`` of several different repairs counted together."""
    start: int = 0
    end: int = 0
    """Span of the first place in the document's repaired text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A glossary that the graph was built from; a ``skos:ConceptScheme``."""

    name: str
    """The file's stem, unique in a graph."""
    title: str
    document: str
    """``Document.uri``; of a folder of one-term files, the folder's."""
    language: str = "en"
    media_type: str = "text/plain"
    publisher: str = ""
    url: str = ""
    retrieved: str = ""
    licence: str = ""
    reuse: str = "excerpt"
    """``full``, ``excerpt`` or ``term``: how much of its words may be republished."""
    digest: str = ""
    entries: int = 0
    repairs: tuple[Repair, ...] = ()
    """What was repaired in its texts, by rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What one source says a concept is, with all that its entry holds."""

    source: str
    """``Source.name``."""
    entry: str
    """``Entry.id``."""
    term: str
    """The headword of that entry."""
    text: str
    language: str = "en"
    examples: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    formula: str = ""
    pos: tuple[str, ...] = ()
    document: str = ""
    """``Document.uri`` that the span refers to."""
    start: int = 0
    end: int = 0
    """Span of the definition in the document's text."""
    locator: str = ""
    resources: tuple[tuple[str, str], ...] = ()
    """Articles that the entry points to: (title, address or ``""``)."""
    excerpt: bool = False
    """Whether the source says more than may be handed on, see :func:`kg.reuse.published`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """A unit of knowledge that one or several entries define (ISO 1087)."""

    slug: str
    """Last step of its IRI, ``<base>concepts/<slug>``."""
    label: str
    """The preferred label in the graph's language."""
    kind: str = "none"
    """Key of a concept kind of the ontology."""
    designations: tuple[Designation, ...] = ()
    """Preferred label first; no two are equal in text and language."""
    definitions: tuple[Definition, ...] = ()
    """One for each entry and language, in order of sources; none for implied concepts."""
    implied: bool = False
    """Whether only other entries' definitions speak of it."""
    inferred: bool = False
    """Whether its headword was inferred, see ``Entry.inferred``."""
    subject_field: str = ""
    notation: str = ""
    same_as: tuple[str, ...] = ()
    """IRIs of the same concept elsewhere (``skos:exactMatch``)."""
    statements: tuple[Statement, ...] = ()
    """What RDF sources say of it beside that, in their own properties; sorted."""
    close: tuple[str, ...] = ()
    """Slugs of near concepts (``skos:closeMatch``), both ways."""

    @property
    def entries(self) -> tuple[str, ...]:
        """Ids of the entries that define it, each once."""
        return tuple(dict.fromkeys(d.entry for d in self.definitions))

    @property
    def aliases(self) -> tuple[str, ...]:
        """The other labels, shown ones only."""
        return tuple(
            d.text for d in self.designations if d.text != self.label and d.status != "hidden"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A relation between two concepts in its canonical direction, with all its evidence."""

    id: str
    """Digest of (subject, type, object): the key of ``/api/relations/{id}``."""
    subject: str
    """Slug."""
    type: str
    """Key of a relation type, in canonical direction (``broader``, never ``narrower``)."""
    object: str
    """Slug."""
    basis: str
    """The strongest of ``text`` > ``name`` > ``reference`` > ``mention``."""
    confidence: float
    """The highest of its evidence; a rank in (0, 1]."""
    evidence: tuple[Evidence, ...] = ()
    """At least one, strongest first."""
    sources: tuple[str, ...] = ()
    """Names of the sources that say so, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Why two entries were, or were not, taken for the same concept."""

    left: str
    """``Entry.id``."""
    right: str
    """``Entry.id``."""
    verdict: str
    """``same``, ``close`` or ``apart``; of a reviewer also ``exact``: two of the same meaning."""
    rule: str
    """Key of the rule, such as ``equal-label`` or ``discriminator``."""
    reason: str
    """A sentence for a person, made from the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a reviewer decided, as the table says it and as the graph took it (:mod:`kg.review`)."""

    question: str
    """``pair``, ``relation``, ``headword`` or ``label``."""
    verdict: str
    """A verdict that :data:`kg.review.KINDS` has for the question."""
    subject: str
    """Id of an entry, slug or label."""
    object: str = ""
    """The same; of a headword or label its text."""
    type: str = ""
    """Of a relation the key of its type, in either direction."""
    correction: str = ""
    """The name, or the key of the type, that is right."""
    note: str = ""
    """The reviewer's own words; they stay in the table."""
    line: int = 0
    """Of the table, from 1; 0 in a graph, which does not change when rows change places."""
    concepts: tuple[str, ...] = ()
    """Slugs of the concepts it is about, once the graph is built."""
    reason: str = ""
    """What was decided, as a sentence for a person; empty where it had no effect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The repaired text of a document, which evidence points into."""

    document: str
    """``Document.uri``."""
    source: str
    """``Source.name``."""
    text: str
    digest: str
    """SHA-256 of ``text`` in UTF-8, in hexadecimal."""
    original: str
    """SHA-256 of the bytes that it was read from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A whole concept graph: the value between building and serving."""

    base: str
    """Base IRI with its closing slash; concepts live under ``<base>concepts/``."""
    title: str
    language: str = "en"
    sources: tuple[Source, ...] = ()
    texts: tuple[Text, ...] = ()
    concepts: tuple[Concept, ...] = ()
    """Sorted by slug."""
    relations: tuple[Relation, ...] = ()
    """Sorted by (subject, type, object); canonical direction only, no loops, no duplicates."""
    decisions: tuple[Decision, ...] = ()
    findings: tuple[Finding, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    """What a reviewer decided and the build obeyed, in the order of the table."""
    redirects: Mapping[str, str] = field(default_factory=dict)
    """Former slug → present slug."""
    vocabulary: Vocabulary = DEFAULT
    """Its relation types and kinds: the shipped ones, with those that a project's file adds."""
