"""SKOS and other vocabularies in any RDF syntax: concepts with IRIs, labels, notes, hierarchy.

Read with rdflib, which never goes to the network here: documents' types are not loaded and remote
JSON-LD contexts are put in from what is known of SKOS and schema.org.
"""

from __future__ import annotations

import json
import logging
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from xml.sax import SAXException

import rdflib
from rdflib.exceptions import ParserError
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SKOS
from rdflib.term import Node

from extract.errors import UnreadableSource
from extract.model import Document, Link, Role, Span
from extract.readers import rows, xml_tree
from extract.readers.base import Origin, Sheet
from extract.readers.cell_links import linked
from extract.readers.encoding import decode, unified
from extract.readers.text import note_guess

_SKOSXL = rdflib.Namespace("http://www.w3.org/2008/05/skos-xl#")
_ISOTHES = rdflib.Namespace("http://purl.org/iso25964/skos-thes#")
_DC = rdflib.Namespace("http://purl.org/dc/elements/1.1/")
_SCHEMA = rdflib.Namespace("http://schema.org/")
_OBO = rdflib.Namespace("http://purl.obolibrary.org/obo/")
_OIO = rdflib.Namespace("http://www.geneontology.org/formats/oboInOwl#")

_SYNTAX: Mapping[str, str] = {
    "application/rdf+xml": "xml", "text/turtle": "turtle", "text/n3": "n3",
    "application/n-triples": "nt", "application/n-quads": "nquads", "application/trig": "trig",
    "application/ld+json": "json-ld",
}  # fmt: skip
# What rdflib's parsers raise for a file that is not valid: their own errors, and those of Python
# that they let through.
_MALFORMED = (
    SyntaxError, ValueError, SAXException, ParserError, RecursionError, LookupError, TypeError,
    AttributeError, NameError, AssertionError,
)  # fmt: skip
# What makes a resource an entry.
_CLASSES = (SKOS.Concept, _SCHEMA.DefinedTerm, OWL.Class, RDFS.Class)
_GROUPS = (SKOS.Collection, SKOS.OrderedCollection, _ISOTHES.ThesaurusArray, _ISOTHES.ConceptGroup)
# Properties of a concept, in the order in which they are laid out. The first kind of label that a
# concept has gives its term; the roles of labels are for the others.
_PREFERRED = (SKOS.prefLabel, _SCHEMA.name, RDFS.label, DCTERMS.title, _DC.title)
_ROLES: Mapping[Node, tuple[Role, str]] = {
    SKOS.altLabel: (Role.ALIAS, "altLabel"),
    _SCHEMA.alternateName: (Role.ALIAS, "alternateName"),
    _OIO.hasExactSynonym: (Role.ALIAS, "hasExactSynonym"),
    SKOS.hiddenLabel: (Role.ALIAS, "hiddenLabel"),
    SKOS.notation: (Role.NOTATION, "notation"),
    DCTERMS.identifier: (Role.NOTATION, "identifier"),
    _SCHEMA.termCode: (Role.NOTATION, "termCode"),
    SKOS.definition: (Role.DEFINITION, "definition"),
    _OBO.IAO_0000115: (Role.DEFINITION, "definition"),
    _SCHEMA.description: (Role.DEFINITION, "description"),
    DCTERMS.description: (Role.DEFINITION, "description"),
    RDFS.comment: (Role.DEFINITION, "comment"),
    SKOS.example: (Role.EXAMPLE, "example"),
    SKOS.scopeNote: (Role.NOTE, "scopeNote"),
    SKOS.note: (Role.NOTE, "note"),
    SKOS.historyNote: (Role.NOTE, "historyNote"),
    SKOS.editorialNote: (Role.NOTE, "editorialNote"),
    SKOS.changeNote: (Role.NOTE, "changeNote"),
    SKOS.broader: (Role.BROADER, "broader"),
    _ISOTHES.broaderGeneric: (Role.BROADER, "broaderGeneric"),
    RDFS.subClassOf: (Role.BROADER, "subClassOf"),
    SKOS.narrower: (Role.NARROWER, "narrower"),
    _ISOTHES.narrowerGeneric: (Role.NARROWER, "narrowerGeneric"),
    **dict.fromkeys(
        (_ISOTHES.broaderPartitive, DCTERMS.isPartOf, _SCHEMA.isPartOf, _OBO.BFO_0000050),
        (Role.WHOLE, "part of"),
    ),
    **dict.fromkeys(
        (_ISOTHES.narrowerPartitive, DCTERMS.hasPart, _SCHEMA.hasPart, _OBO.BFO_0000051),
        (Role.PART, "has part"),
    ),
    _ISOTHES.broaderInstantial: (Role.CLASS, "broaderInstantial"),
    _ISOTHES.narrowerInstantial: (Role.INSTANCE, "narrowerInstantial"),
    SKOS.related: (Role.RELATED, "related"),
    RDFS.seeAlso: (Role.REFERENCE, "seeAlso"),
    SKOS.exactMatch: (Role.IRI, "exactMatch"),
    OWL.sameAs: (Role.IRI, "sameAs"),
}
# Mappings say how a concept stands to one of another vocabulary; they are kept as statements.
_MAPPED = frozenset(
    map(str, (SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch, SKOS.closeMatch))
)
# What a concept says beside that is carried otherwise: its kind, its place in the scheme.
_PASSED = frozenset(
    {RDF.type, SKOS.inScheme, SKOS.topConceptOf, SKOS.broaderTransitive, SKOS.narrowerTransitive,
     SKOS.semanticRelation, RDFS.isDefinedBy, _SKOSXL.prefLabel, _SKOSXL.altLabel,
     _SKOSXL.hiddenLabel, _SCHEMA.inLanguage, *_PREFERRED}
)  # fmt: skip
# A context for JSON-LD whose own is somewhere else: the words of SKOS as they are written.
_CONTEXT: Mapping[str, Any] = {
    "@vocab": str(SKOS), "skos": str(SKOS), "dct": str(DCTERMS), "dcterms": str(DCTERMS),
    "rdfs": str(RDFS), "owl": str(OWL), "schema": str(_SCHEMA), "xl": str(_SKOSXL),
    "iso-thes": str(_ISOTHES), "uri": "@id", "id": "@id", "type": "@type", "lang": "@language",
    "value": "@value", "graph": "@graph", "label": str(RDFS.label),
    **{key: {"@type": "@id"} for key in ("broader", "narrower", "related", "inScheme", "member",
                                         "topConceptOf", "hasTopConcept", "exactMatch",
                                         "closeMatch", "broadMatch", "narrowMatch",
                                         "relatedMatch")},
}  # fmt: skip
_SCHEMA_CONTEXT: Mapping[str, Any] = {"@vocab": str(_SCHEMA), "schema": str(_SCHEMA)}


def read(data: bytes, origin: Origin) -> Document:
    """Return one record a concept, by the order of their labels; locator is its IRI.

    The preferred labels come first, that in the document's language before the others; relations
    show the other concept's label with a link to it. Collections are subject fields of their
    members. Mappings to other vocabularies and statements that have no field stand on lines of
    their own under their property's address, from which they become :class:`Statement`; a finding
    ``kept-as-statements`` counts the latter.

    Raises:
        UnreadableSource: the file is no valid RDF, or names no concept.
    """
    sheet = Sheet(origin)
    graph = _parsed(data, origin, sheet)
    vocabulary = _Vocabulary.of(graph)
    if not vocabulary.concepts:
        raise UnreadableSource(origin.label, "it is RDF without concepts that have labels")
    sheet.language = vocabulary.language
    _metadata(sheet, graph, vocabulary.language)
    unknown: Counter[str] = Counter()
    for record, concept in enumerate(vocabulary.concepts, start=1):
        _lay(sheet, vocabulary, concept, record, unknown)
    if unknown:
        told = ", ".join(f"{label} ({n})" for label, n in unknown.most_common(8))
        sheet.find(
            "kept-as-statements",
            f"Statements that no field of an entry holds were kept as they are: {told}.",
        )
    return sheet.document()


# ---------------------------------------------------------------- parsing


def _parsed(data: bytes, origin: Origin, sheet: Sheet) -> rdflib.Graph:
    """Return all statements of the file, those of named graphs too."""
    syntax = _SYNTAX.get(origin.media_type, "turtle")
    if syntax == "xml":
        text = xml_tree.plain(data, origin, sheet)
    else:
        decoded = decode(data, source=origin.label)
        note_guess(sheet, decoded)
        text = unified(decoded.text)
        if syntax == "json-ld":
            text = _local(text, origin, sheet)
    several = syntax in ("nquads", "trig", "json-ld")
    whole = rdflib.Dataset(default_union=True) if several else rdflib.Graph()
    # rdflib warns of each odd address on standard error; what is odd is still read.
    noise = logging.getLogger("rdflib.term")
    level = noise.level
    noise.setLevel(logging.ERROR)
    try:
        whole.parse(data=text, format=syntax, publicID=f"{origin.url or 'urn:x-source'}#")
    except _MALFORMED as error:
        reason = " ".join(str(error).split())[:160] or "it nests too deeply"
        raise UnreadableSource(origin.label, f"it is not valid RDF: {reason}") from error
    finally:
        noise.setLevel(level)
    if not isinstance(whole, rdflib.Dataset):
        return whole
    union = rdflib.Graph()
    for subject, prop, value, _ in whole.quads():
        union.add((subject, prop, value))
    return union


def _local(text: str, origin: Origin, sheet: Sheet) -> str:
    """Return JSON-LD whose contexts all stand in it."""
    try:
        data = json.loads(text)
        found: dict[str, None] = {}
        data = _localised(data, found)
    except (ValueError, RecursionError) as error:
        raise UnreadableSource(origin.label, f"it is not valid JSON: {error}") from error
    if found:
        names = ", ".join(list(found)[:3])
        sheet.find(
            "remote-context",
            f"The JSON-LD context {names} was not fetched; names were read as those of SKOS or "
            "schema.org.",
        )
    return json.dumps(data)


def _localised(item: Any, found: dict[str, None]) -> Any:
    if isinstance(item, list):
        return [_localised(each, found) for each in item]
    if not isinstance(item, dict):
        return item
    made = {}
    for key, value in item.items():
        if key == "@import":
            continue
        if key == "@context":
            contexts = value if isinstance(value, list) else [value]
            value = [_context(each, found) if isinstance(each, str) else _localised(each, found)
                     for each in contexts]  # fmt: skip
        else:
            value = _localised(value, found)
        made[key] = value
    return made


def _context(address: str, found: dict[str, None]) -> Mapping[str, Any]:
    if re.match(r"https?://(?:www\.)?schema\.org\b", address):
        return _SCHEMA_CONTEXT
    found[address] = None
    return _CONTEXT


# ---------------------------------------------------------------- the vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vocabulary:
    """The concepts of a file and how to name them."""

    graph: rdflib.Graph
    concepts: tuple[Node, ...]
    labels: Mapping[Node, list[rdflib.Literal]]
    """Preferred labels of each concept, the document's language first."""
    language: str
    numbers: Mapping[Node, int]
    """Place of each concept, from 1."""
    collections: Mapping[Node, list[str]] = field(default_factory=dict)
    """For each member the labels of the collections that it is in."""

    @classmethod
    def of(cls, graph: rdflib.Graph) -> _Vocabulary:
        """Return the vocabulary that the statements hold."""
        classes = {each for kind in _CLASSES for each in graph.subjects(RDF.type, kind)}
        classes |= set(graph.subjects(RDF.type, _https(_SCHEMA.DefinedTerm)))
        labelled: dict[Node, list[rdflib.Literal]] = {}
        for subject in dict.fromkeys(graph.subjects(None, None)):
            # "prefLabel" says that something is a concept where no class does.
            if subject in classes or (subject, SKOS.prefLabel, None) in graph:
                if (subject, RDF.type, SKOS.ConceptScheme) in graph:
                    continue
                if any((subject, RDF.type, kind) in graph for kind in _GROUPS):
                    continue
                if found := _labels(graph, subject):
                    labelled[subject] = found
        tags = Counter(
            tag for found in labelled.values() for tag in {x.language or "" for x in found}
        )
        tags.pop("", None)
        order_of_tags = sorted(tags, key=lambda tag: (-tags[tag], tag != "en", tag))
        language = order_of_tags[0] if order_of_tags else ""
        for found in labelled.values():
            found.sort(key=lambda x: ((x.language or language) != language, x.language or "", x))
        # Statements are a set; names give the one order that is the same at each reading.
        order = sorted(labelled, key=lambda c: (str(labelled[c][0]).casefold(), str(c)))
        labelled = {concept: labelled[concept] for concept in order}
        collections: dict[Node, list[str]] = defaultdict(list)
        for group, member in _members(graph):
            if names := _labels(graph, group):
                names.sort(key=lambda x: ((x.language or language) != language, str(x)))
                collections[member].append(str(names[0]))
        return cls(
            graph=graph, concepts=tuple(labelled), labels=labelled, language=language.lower(),
            collections=collections, numbers={c: n for n, c in enumerate(labelled, start=1)},
        )  # fmt: skip

    def anchor(self, concept: Node) -> str:
        """Return the IRI of a concept; of one without, a name that is the same at each reading."""
        if isinstance(concept, rdflib.URIRef):
            return str(concept)
        return f"concept-{self.numbers[concept]}"

    def name(self, concept: Node) -> str:
        """Return what to call a concept: its label, or the last step of its IRI."""
        if concept in self.labels:
            return str(self.labels[concept][0])
        found = _labels(self.graph, concept)
        if found or isinstance(concept, rdflib.Literal):
            return str(found[0] if found else concept)
        if isinstance(concept, rdflib.BNode):  # its own name is another one at each reading
            said = (x for x in self.graph.objects(concept) if isinstance(x, rdflib.Literal))
            return "; ".join(sorted(map(str, said)))
        step = re.split(r"[/#:]", str(concept).rstrip("/#"))[-1]
        return re.sub(r"[_+]|%20", " ", step)


def _members(graph: rdflib.Graph) -> Iterator[tuple[Node, Node]]:
    """Yield collections with each of their members, those of ordered collections too."""
    yield from graph.subject_objects(SKOS.member)
    for group, start in graph.subject_objects(SKOS.memberList):
        step: Node | None = start
        seen: set[Node] = set()
        while step is not None and step not in seen:
            seen.add(step)
            yield from ((group, member) for member in graph.objects(step, RDF.first))
            step = next(graph.objects(step, RDF.rest), None)


def _https(term: rdflib.URIRef) -> rdflib.URIRef:
    return rdflib.URIRef(str(term).replace("http://", "https://", 1))


def _labels(graph: rdflib.Graph, subject: Node) -> list[rdflib.Literal]:
    """Return the preferred labels of a resource by the first property that gives any."""
    for prop in _PREFERRED:
        kinds = (prop, _https(prop)) if prop == _SCHEMA.name else (prop,)
        found = [x for kind in kinds for x in graph.objects(subject, kind)]
        texts = [x for x in found if isinstance(x, rdflib.Literal) and str(x).strip()]
        if prop == SKOS.prefLabel:
            texts += _long(graph, subject, _SKOSXL.prefLabel)
        if texts:
            return texts
    return []


def _long(graph: rdflib.Graph, subject: Node, prop: Node) -> list[rdflib.Literal]:
    """Return labels that are resources of their own (SKOS-XL)."""
    return [
        text
        for label in graph.objects(subject, prop)
        for text in graph.objects(label, _SKOSXL.literalForm)
        if isinstance(text, rdflib.Literal)
    ]


def _metadata(sheet: Sheet, graph: rdflib.Graph, language: str) -> None:
    """Take title, publisher and licence from the concept scheme or ontology."""
    for kind in (SKOS.ConceptScheme, OWL.Ontology, _SCHEMA.DefinedTermSet):
        for scheme in graph.subjects(RDF.type, kind):
            titles = [x for p in (DCTERMS.title, _DC.title, SKOS.prefLabel, RDFS.label,
                                  _SCHEMA.name) for x in graph.objects(scheme, p)]  # fmt: skip
            titles.sort(key=lambda x: (getattr(x, "language", "") or language) != language)
            sheet.title = sheet.title or (str(titles[0]) if titles else "")
            for name, properties in (
                ("publisher", (DCTERMS.publisher, _DC.publisher)),
                ("licence", (DCTERMS.license, DCTERMS.rights, _DC.rights)),
            ):
                found = [x for p in properties for x in graph.objects(scheme, p)]
                if found and not getattr(sheet, name):
                    labels = _labels(graph, found[0])
                    setattr(sheet, name, str(labels[0] if labels else found[0]))


# ---------------------------------------------------------------- laying out

# What schema.org's terms say in HTML: texts of web pages.
_PROSE = frozenset({Role.DEFINITION, Role.NOTE, Role.EXAMPLE})


def _lay(
    sheet: Sheet,
    vocabulary: _Vocabulary,
    concept: Node,
    record: int,
    unknown: Counter[str],
) -> None:
    """Lay out one concept as a record."""
    address = str(concept) if isinstance(concept, rdflib.URIRef) else ""
    known: dict[str, Any] = {"record": record, "locator": address}
    sheet.anchor(vocabulary.anchor(concept))
    seen: set[str] = set()
    stated = next(vocabulary.graph.objects(concept, _SCHEMA.inLanguage), "")
    own = str(stated).lower() if str(stated).lower() != vocabulary.language else ""
    for number, text_of in enumerate(vocabulary.labels[concept]):
        tag = _tag(text_of, vocabulary) or own
        role = Role.ALIAS if tag in seen else Role.TERM
        seen.add(tag)
        sheet.put(str(text_of), role, blank=not number, label="prefLabel", language=tag, **known)
    if address:
        sheet.put(address, Role.IRI, label="IRI", **known)
    for role, label, prop, value in _statements(vocabulary, concept):
        if role is Role.OTHER:
            _keep(sheet, vocabulary, str(prop), value, label, known)
            if str(prop) not in _MAPPED:
                unknown[label] += 1
            continue
        text = str(value) if role is Role.IRI else _shown(value, vocabulary)
        links: tuple[Link, ...] = ()
        if isinstance(value, rdflib.URIRef | rdflib.BNode) and role is not Role.IRI:
            inside = value in vocabulary.labels
            target = f"#{vocabulary.anchor(value)}" if inside else str(value)
            if inside or isinstance(value, rdflib.URIRef):
                links = (Link(span=Span(start=0, end=len(text)), target=target),)
        elif role in _PROSE:
            text, links = linked(rows.plain(text))
            links = tuple(
                replace(x, target=f"#{x.target}")
                if rdflib.URIRef(x.target) in vocabulary.labels
                else x
                for x in links
            )
        tag = _tag(value, vocabulary) or own
        sheet.put(text, role, label=label, links=links, language=tag, **known)
    for name in dict.fromkeys(vocabulary.collections.get(concept, ())):
        sheet.put(name, Role.SUBJECT_FIELD, label="collection", **known)


def _keep(
    sheet: Sheet,
    vocabulary: _Vocabulary,
    prop: str,
    value: Node,
    name: str,
    known: Mapping[str, Any],
) -> None:
    """Lay out a statement as it is: ``name: value``, labelled with the property's address."""
    inside = value in vocabulary.labels
    text = str(value) if isinstance(value, rdflib.URIRef) and not inside else _shown(
        value, vocabulary
    )  # fmt: skip
    lead = f"{name}: "
    links: tuple[Link, ...] = ()
    if isinstance(value, rdflib.URIRef):
        links = (Link(span=Span(start=0, end=len(lead) + len(text)), target=str(value)),)
    datatype = getattr(value, "datatype", None)
    # What hangs on a node without an address has no meaning alone: it stays text.
    label = name if isinstance(value, rdflib.BNode) else prop
    sheet.put(
        lead + text, Role.OTHER, label=label, links=links, datatype=str(datatype or ""),
        language=(getattr(value, "language", None) or "").lower(), **known,
    )  # fmt: skip


def _statements(vocabulary: _Vocabulary, concept: Node) -> Iterator[tuple[Role, str, Node, Node]]:
    """Yield what is said of a concept in the order of the table of roles, the rest last."""
    said: dict[Node, list[Node]] = defaultdict(list)
    for prop, value in vocabulary.graph.predicate_objects(concept):
        said[_plain(prop)].append(value)
    said[SKOS.altLabel] += _long(vocabulary.graph, concept, _SKOSXL.altLabel)
    said[SKOS.hiddenLabel] += _long(vocabulary.graph, concept, _SKOSXL.hiddenLabel)
    defined = False
    for prop, (role, label) in _ROLES.items():
        values = sorted(
            said.get(prop, ()),
            key=lambda v: (_tag(v, vocabulary) != "", _shown(v, vocabulary).casefold()),
        )
        if role is Role.DEFINITION:
            # A comment beside a definition is a note.
            role = Role.NOTE if defined else role
            defined = defined or bool(values)
        for value in values:
            yield role, label, prop, value
    for prop in sorted(said, key=str):
        if prop not in _ROLES and prop not in _PASSED:
            label = re.split(r"[/#]", str(prop).rstrip("/#"))[-1]
            for value in sorted(said[prop], key=lambda v: _shown(v, vocabulary)):
                yield Role.OTHER, label, prop, value


def _plain(prop: Node) -> Node:
    """Return a property of schema.org under its http address, any other as it is."""
    if str(prop).startswith("https://schema.org/"):
        return rdflib.URIRef(str(prop).replace("https://", "http://", 1))
    return prop


def _shown(value: Node, vocabulary: _Vocabulary) -> str:
    """Return a value as text: a literal, or the name of what it points to.

    Notes may be resources with their text in ``rdf:value`` (SKOS Primer, §4.2).
    """
    if isinstance(value, rdflib.Literal):
        return str(value)
    text = next(vocabulary.graph.objects(value, RDF.value), None)
    return str(text) if text is not None else vocabulary.name(value)


def _tag(value: Node, vocabulary: _Vocabulary) -> str:
    """Return the language of a literal where it is not the document's."""
    tag = (getattr(value, "language", None) or "").lower()
    return "" if tag == vocabulary.language else tag
