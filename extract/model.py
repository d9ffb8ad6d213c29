"""The values that pass between the stages of extraction: frozen, slotted, keyword-only.

Offsets count Unicode code points of ``Document.text`` and are half-open. They are made where that
text is made (readers, then :mod:`extract.repair`) and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

ASSERTED = 0.48
"""The rank from which relations are taken as stated, where no other is asked for.

Of 662 relations of foreign glossaries that were read with their sentences, those below were wrong.
"""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """A half-open stretch of ``Document.text``."""

    start: int
    """Offset of the first code point."""
    end: int
    """Offset behind the last code point; ``start <= end``."""

    def of(self, text: str) -> str:
        """Return the stretch of ``text`` that the span covers."""
        return text[self.start : self.end]

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One repair of the text: what stood there before, and which rule replaced it."""

    start: int
    """Offset of the replacement in the repaired ``Document.text``."""
    end: int
    """Offset behind the replacement; equal to ``start`` where text was taken out."""
    before: str
    """The text as it was read."""
    rule: str
    """Key of the repair, such as ``mojibake:gbk``."""


class Role(StrEnum):
    """What a reader knows about a block from the source's own markup.

    Plain text has only ``LINE``; a spreadsheet, a ``<dl>`` or TBX knows terms and definitions.
    """

    LINE = "line"
    HEADING = "heading"
    ITEM = "item"
    PARAGRAPH = "paragraph"
    CODE = "code"
    NAVIGATION = "navigation"
    TERM = "term"
    DEFINITION = "definition"
    ALIAS = "alias"
    ACRONYM = "acronym"
    EXAMPLE = "example"
    NOTE = "note"
    FORMULA = "formula"
    PART_OF_SPEECH = "part of speech"
    REFERENCE = "reference"
    BROADER = "broader"
    NARROWER = "narrower"
    RELATED = "related"
    WHOLE = "whole"
    PART = "part"
    CLASS = "class"
    INSTANCE = "instance"
    SUBJECT_FIELD = "subject field"
    NOTATION = "notation"
    TAG = "tag"
    IRI = "iri"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A line or element of a document, with what its markup says about it."""

    span: Span
    """Where its text stands, without markup, bullet or indent."""
    role: Role = Role.LINE
    """What the markup says it is."""
    level: int = 0
    """Heading level (1–6), or depth of a list item (1 = outermost); 0 elsewhere."""
    indent: int = 0
    """Columns of white space before the text, tabs to multiples of 8; 0 where markup has none."""
    marker: str = ""
    """The bullet or number before the text (``•``, ``-``, ``3.``), or ``""``."""
    record: int | None = None
    """Number of the record (row, ``<dt>`` group, term entry) that the block is a field of."""
    label: str = ""
    """Name of the field as the source gives it: a column head, a key, an element."""
    language: str = ""
    """Lower-case BCP 47 tag where the markup gives one, else ``""``."""
    locator: str = ""
    """Where a person finds it in the source: ``line 12``, ``row 3``, ``page 2``."""
    datatype: str = ""
    """IRI of a literal's datatype, where the source is RDF and gives one."""
    bold: Span | None = None
    """The emphasised run that opens the block, where there is one: often its headword."""
    section: str = ""
    """Key of the part of the page (an element's path) it stands in; equal for siblings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A hyperlink, ``[[wiki link]]`` or ``:term:`` role of the source."""

    span: Span
    """The linked words."""
    target: str
    """As written: ``#anchor``, a relative path, an address, or a term."""
    kind: str = "href"
    """``href``, ``term`` (the target is a term, not an address), ``wiki``, or ``abbr`` (the target
    is what the linked abbreviation stands for)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One source text, with what its reader knows about it."""

    uri: str
    """``sources/<source>``, or ``sources/<source>/<part>`` for a part of a folder or archive."""
    source: str
    """Name of the source: the file's stem, unique in a build."""
    media_type: str
    """IANA media type of the bytes it was read from."""
    language: str
    """Lower-case BCP 47 tag, ``en`` where nothing says otherwise."""
    title: str
    """The page's own heading; the file name where it has none."""
    text: str
    """The one text all offsets refer to."""
    digest: str
    """SHA-256 of the bytes, in hexadecimal."""
    publisher: str = ""
    url: str = ""
    retrieved: str = ""
    """ISO 8601 date on which the source was fetched, or ``""``."""
    licence: str = ""
    blocks: tuple[Block, ...] = ()
    """In order of the text, not overlapping."""
    links: tuple[Link, ...] = ()
    anchors: Mapping[str, int] = field(default_factory=dict)
    """Offset in ``text`` of each anchor (``id`` or ``name``)."""
    edits: tuple[Edit, ...] = ()
    lemmas: Mapping[str, str] = field(default_factory=dict)
    """Inflected word → its dictionary form, both folded, as a parser of the language told them."""
    single: bool = False
    """Whether it is one of a folder's pages of one term each."""
    findings: tuple[Finding, ...] = ()
    """What the reader noticed (a guessed encoding, a short row); ``analyse`` moves it on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where a statement was read: enough to show it and to check it."""

    document: str
    """``Document.uri`` of the source."""
    span: Span
    """Half-open offsets into ``Document.text``, in Unicode code points."""
    quote: str
    """Equal to ``Document.text[span.start:span.end]``."""
    rule: str
    """Key of the rule or pattern that fired, such as ``genus`` or ``see-also``."""
    confidence: float
    """A rank in (0, 1]: larger is more certain. Not a probability."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Designation:
    """A label of a concept in a language (ISO 1087: representation by a sign)."""

    text: str
    language: str
    type: str = "full form"
    """``full form``, ``acronym``, ``abbreviation``, ``synonym``, ``variant`` or ``symbol``."""
    status: str = "admitted"
    """``preferred``, ``admitted``, ``deprecated`` or ``hidden`` (SKOS pref/alt/hidden label)."""
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of text of an entry: its definition, an example, a note."""

    text: str
    """The passage with runs of blanks folded; paragraphs are joined by a line feed."""
    span: Span
    """From its first to its last code point in ``Document.text``."""
    language: str = ""
    """Empty: the document's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A "see also", "related" or "read more" of an entry."""

    text: str
    """The words that name what is referred to, without the introducing label."""
    kind: str
    """``concept``, or ``resource`` (an article, a guide, a page)."""
    evidence: Evidence
    target: str | None = None
    """Id of the entry meant, once linked."""
    href: str = ""
    """The link's target, where the source has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A typed relation that an entry states; reads "this entry TYPE target"."""

    subject: str
    """Id of the entry."""
    type: str
    """Key of a relation type of the ontology."""
    target: str
    """The other concept, in the words of the source."""
    basis: str
    """``text``, ``name``, ``reference`` or ``mention``."""
    evidence: Evidence
    target_id: str | None = None
    """Id of the entry that the target is, once linked."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Statement:
    """What a source says of a concept in a property that no field of an entry holds."""

    property: str
    """IRI of the property, such as ``skos:closeMatch`` in full or one of the source's own."""
    value: str
    """The IRI of what is said, or its text."""
    literal: bool = True
    """Whether ``value`` is text."""
    language: str = ""
    datatype: str = ""
    """IRI of the text's datatype, or ``""``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something a person should know about the source or the graph."""

    rule: str
    """Key of the check, such as ``unreadable``."""
    subject: str
    """What it is about: a file, an entry id, a concept IRI."""
    message: str
    severity: str = "warning"
    """``error``, ``warning`` or ``info``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One article of a glossary: a headword with what the source says under it."""

    id: str
    """``<source>/<slug>``, unique in an extraction."""
    document: str
    """``Document.uri``."""
    designations: tuple[Designation, ...]
    """The headword first, then its aliases."""
    span: Span
    """From the headword to the last line of the entry."""
    definitions: tuple[Passage, ...] = ()
    """Senses in order; mostly one."""
    examples: tuple[Passage, ...] = ()
    notes: tuple[Passage, ...] = ()
    formula: Passage | None = None
    pos: tuple[str, ...] = ()
    """Lower-case parts of speech as printed."""
    references: tuple[Reference, ...] = ()
    relations: tuple[Relation, ...] = ()
    kind: str | None = None
    """Key of a concept kind of the ontology."""
    genus: str | None = None
    """Head phrase of the defining sentence's predicate."""
    subject_field: str = ""
    notation: str = ""
    iri: str = ""
    """The concept's own IRI where the source gives one."""
    same_as: tuple[str, ...] = ()
    """Further IRIs that the source gives for the same concept (``skos:exactMatch``)."""
    statements: tuple[Statement, ...] = ()
    """What else an RDF source says of the concept, mappings to other vocabularies among it."""
    inferred: bool = False
    """Whether the headword is nowhere printed in this form."""
    locator: str = ""
    why: Mapping[str, object] = field(default_factory=dict)
    """How the entry was read (``extract --why``): layout, headword candidates, rules."""

    @property
    def term(self) -> str:
        """The headword."""
        return self.designations[0].text


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What was read from documents: the input of ``build`` and the output of ``extract``."""

    documents: tuple[Document, ...] = ()
    entries: tuple[Entry, ...] = ()
    findings: tuple[Finding, ...] = ()
    layouts: Mapping[str, object] = field(default_factory=dict)
    """For each document's uri the layout chosen and its rivals' scores."""
