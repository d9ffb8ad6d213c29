"""TermBase eXchange (ISO 30042): TBX v2 (``martif``) and v3, in both styles of v3.

A data category is the ``type`` of a general element (DCA: ``<descrip type="definition">``) or an
element of its own in a module's namespace (DCT: ``<basic:definition>``); both are read by one
table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from extract.errors import UnreadableSource
from extract.model import Document, Link, Role, Span
from extract.readers import xml_tree
from extract.readers.base import Origin, Sheet
from extract.readers.xml_tree import IDENTIFIER, below, language_of, name, words

_ENTRIES = ("termEntry", "conceptEntry")
# The last of each are those of TBX-Min before it became a dialect of v3.
_LANGUAGES = ("langSet", "langSec", "langGroup")
_TERMS = ("tig", "ntig", "termSec", "termGroup")
# Elements whose data category is their attribute "type".
_GENERAL = frozenset({"descrip", "termNote", "termCompList", "admin", "ref", "xref", "note", "hi"})
# Data categories of ISO 12620 as TBX names them.
_CATEGORIES: Mapping[str, Role] = {
    "definition": Role.DEFINITION, "explanation": Role.NOTE, "context": Role.EXAMPLE,
    "example": Role.EXAMPLE, "sampleSentence": Role.EXAMPLE, "note": Role.NOTE,
    "usageNote": Role.NOTE, "subjectField": Role.SUBJECT_FIELD,
    "partOfSpeech": Role.PART_OF_SPEECH, "conceptIdentifier": Role.NOTATION,
    "classificationCode": Role.NOTATION, "crossReference": Role.REFERENCE,
    "see": Role.REFERENCE, "externalCrossReference": Role.REFERENCE,
    "superordinateConceptGeneric": Role.BROADER, "broaderConceptGeneric": Role.BROADER,
    "subordinateConceptGeneric": Role.NARROWER, "narrowerConceptGeneric": Role.NARROWER,
    "superordinateConcept": Role.BROADER, "subordinateConcept": Role.NARROWER,
    "coordinateConceptGeneric": Role.RELATED, "coordinateConcept": Role.RELATED,
    "relatedConcept": Role.RELATED, "associatedConcept": Role.RELATED,
    "relatedConceptBroader": Role.BROADER, "relatedConceptNarrower": Role.NARROWER,
    "superordinateConceptPartitive": Role.WHOLE, "broaderConceptPartitive": Role.WHOLE,
    "subordinateConceptPartitive": Role.PART, "narrowerConceptPartitive": Role.PART,
    "source": Role.OTHER, "customerSubset": Role.OTHER, "projectSubset": Role.OTHER,
    "geographicalUsage": Role.OTHER, "register": Role.OTHER, "figure": Role.OTHER,
    "xGraphic": Role.OTHER, "characteristic": Role.NOTE,
}  # fmt: skip
_REFERRING = frozenset(
    {Role.REFERENCE, Role.RELATED, Role.BROADER, Role.NARROWER, Role.WHOLE, Role.PART}
)
_SHORT = frozenset({"acronym", "abbreviation", "initialism", "shortForm", "abbreviatedForm"})
# Steps of a term's status, best first; what is not named stands between the first two.
_STATUS = ("preferred", "", "admitted", "notRecommended", "deprecated", "superseded", "obsolete")


@dataclass(slots=True)
class _Term:
    """One term of a language with what is said of it."""

    text: str
    language: str
    kind: str = ""
    status: str = ""
    """As :data:`_STATUS` names it."""
    parts: list[str] = field(default_factory=list)
    """Parts of speech."""
    element: Any = None

    @property
    def rank(self) -> tuple[int, bool]:
        """What makes it the headword of its language: status, then a full form."""
        return _STATUS.index(self.status), self.kind in _SHORT


def read(data: bytes, origin: Origin) -> Document:
    """Return one record a concept: a term a language first, then other terms, then the rest.

    Every field carries its language; the document's is the root's ``xml:lang``, or that of most
    concepts. Deprecated terms are aliases labelled with their status. Locator ``line N``.

    Raises:
        UnreadableSource: this is no XML, or holds no concept.
    """
    sheet = Sheet(origin)
    root = xml_tree.parse(data, origin, sheet)
    entries = list(below(root, *_ENTRIES))
    if not entries:
        raise UnreadableSource(origin.label, "it holds no terminological entries")
    found = [list(_terms(entry)) for entry in entries]
    counts = Counter(tag for terms in found for tag in dict.fromkeys(t.language for t in terms))
    sides = next(below(root, "languages"), None)
    declared = language_of(root) or ("" if sides is None else sides.get("source") or "").lower()
    near = [tag for tag in counts if tag.split("-")[0] == declared.split("-")[0]]
    sheet.language = (
        declared if declared in counts else near[0] if near
        else counts.most_common(1)[0][0] if counts else declared
    )  # fmt: skip
    sheet.title = next((words(e) for e in below(root, "title")), "")
    names = {}
    for entry, terms in zip(entries, found, strict=True):
        terms.sort(key=lambda t: (t.language != sheet.language, t.language))
        if terms:
            names[_identifier(entry)] = terms[0].text
            names |= {key: t.text for t in terms if (key := _identifier(t.element))}
    record = 0
    for entry, terms in zip(entries, found, strict=True):
        if terms:
            record += 1
            _lay(sheet, entry, terms, names, record)
    if not record:
        raise UnreadableSource(origin.label, "its entries hold no terms")
    return sheet.document()


def _identifier(element: etree._Element) -> str:
    return str(element.get("id") or element.get(IDENTIFIER) or "")


def _category(element: etree._Element) -> str:
    tag = name(element)
    given = element.get("type") or ""
    # Some tools write "Definition" and "subject_field".
    return (given[:1].lower() + given[1:] or tag) if tag in _GENERAL else tag


def _terms(entry: etree._Element) -> Iterator[_Term]:
    """Yield the terms of an entry, in order, those of a language best first."""
    for section in below(entry, *_LANGUAGES):
        found = []
        for holder in below(section, *_TERMS):
            term = next((t for t in below(holder, "term")), None)
            if term is None or not words(term):
                continue
            one = _Term(words(term), language_of(term), element=holder)
            for note in holder.iter():
                value, kind = words(note), _category(note)
                if kind == "termType":
                    one.kind = value
                elif kind in ("administrativeStatus", "normativeAuthorization"):
                    bare = value.split("-")[0].removesuffix("Term")
                    one.status = bare if bare in _STATUS else one.status
                elif kind == "partOfSpeech" and value:
                    one.parts.append(value)
            found.append(one)
        found.sort(key=lambda term: term.rank)
        yield from found


def _lay(
    sheet: Sheet,
    entry: etree._Element,
    terms: list[_Term],
    names: Mapping[str, str],
    record: int,
) -> None:
    """Lay out one concept."""

    def tag(language: str) -> str:
        return "" if language == sheet.language else language

    known: dict[str, Any] = {"record": record, "locator": xml_tree.locator(entry)}
    for element in (entry, *(t.element for t in terms)):
        if key := _identifier(element):
            sheet.anchor(key)
    named: set[str] = set()
    fresh = True
    for term in terms:
        first = term.language not in named
        named.add(term.language)
        withdrawn = _STATUS.index(term.status) > _STATUS.index("admitted")
        role = Role.TERM if first else Role.ACRONYM if term.kind in _SHORT else Role.ALIAS
        label = f"{term.status}Term" if withdrawn else term.kind or "term"
        laid = sheet.put(
            term.text, role, blank=fresh, label=label, **known, language=tag(term.language)
        )
        fresh = fresh and laid is None
    for part in dict.fromkeys(part for term in terms[:1] for part in term.parts):
        sheet.put(part, Role.PART_OF_SPEECH, label="partOfSpeech", **known)
    fields = [
        (element, kind, _CATEGORIES[kind])
        for element in entry.iter()
        if (kind := _category(element)) in _CATEGORIES and kind != "partOfSpeech"
    ]
    # Definitions in the document's language first: the first one is what a reader is shown.
    fields.sort(key=lambda f: (f[2] is not Role.DEFINITION, tag(language_of(f[0])) != ""))
    for element, kind, role in fields:
        target = (element.get("target") or "").removeprefix("#")
        text = words(element)
        links = _inner(element, names)
        if role in _REFERRING:
            text = text if not target or (text and text != target) else names.get(target, target)
            address = f"#{target}" if target in names else target if "://" in target else ""
            links = (Link(span=Span(start=0, end=len(text)), target=address),) if address else ()
        language = tag(language_of(element)) if role is not Role.SUBJECT_FIELD else ""
        sheet.put(text, role, label=kind, links=links, **known, language=language)


def _inner(element: etree._Element, names: Mapping[str, str]) -> tuple[Link, ...]:
    """Return the terms that a text marks as entries of their own (``entailedTerm``)."""
    links, at = [], 0
    whole = words(element)
    for mark in below(element, "hi", "entailedTerm", "ref", "xref"):
        target = (mark.get("target") or "").removeprefix("#")
        start = whole.find(words(mark), at) if words(mark) else -1
        if start >= 0 and target in names:
            at = start + len(words(mark))
            links.append(Link(span=Span(start=start, end=at), target=f"#{target}"))
    return tuple(links)
