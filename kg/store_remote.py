"""A graph from its RDF: what :mod:`kg.skos` wrote, read back from another triple store.

Everything that RDF holds comes back: concepts, labels, definitions by source, relations with their
evidence, former names. Texts of sources, alignment's reasons and findings are not in it.
"""

from __future__ import annotations

import base64
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import pyoxigraph as ox

from extract.model import Designation, Evidence, Span, Statement
from kg.edges import relation_id
from kg.model import Concept, Definition, Graph, Relation, Source, Text
from kg.rdf import PREFIXES
from kg.skos_names import CONCEPTS, DATASET, evidence_graph, source_graph
from ontology import turtle
from ontology.vocabulary import BASES, DEFAULT, Vocabulary, with_added

Term = ox.NamedNode | ox.BlankNode | ox.Literal
_DIGEST = re.compile(r"ni:///sha-256;([\w-]+)")
_WRITTEN = tuple(PREFIXES[p] for p in ("skos", "gg", "prov", "iso-thes", "schema", "oa"))
_OWN = (PREFIXES["dcterms"] + "subject", PREFIXES["rdfs"] + "seeAlso", turtle.RDF + "type")
_MAPPINGS = frozenset(
    PREFIXES["skos"] + name
    for name in ("broadMatch", "narrowMatch", "relatedMatch", "mappingRelation")
)


class NotAGraph(ValueError):
    """The triples are not those of a graph that was written here."""


@dataclass(slots=True)
class Node:
    """What is said of one subject."""

    said: dict[str, list[Term]] = field(default_factory=lambda: defaultdict(list))

    def terms(self, name: str) -> list[Term]:
        """Return the values of a property, given with its prefix."""
        return self.said.get(_iri(name), [])

    def iris(self, name: str) -> list[str]:
        """Return those that are IRIs, sorted."""
        return sorted(t.value for t in self.terms(name) if isinstance(t, ox.NamedNode))

    def literals(self, name: str) -> list[ox.Literal]:
        """Return those that are literals, sorted by their text."""
        found = [t for t in self.terms(name) if isinstance(t, ox.Literal)]
        return sorted(found, key=lambda t: (t.value, t.language or ""))

    def texts(self, name: str, language: str | None = None) -> tuple[str, ...]:
        """Return the texts, those of a language alone where it is given."""
        return tuple(
            t.value for t in self.literals(name) if language is None or t.language == language
        )

    def text(self, name: str) -> str:
        """Return the first text, or ``""``."""
        return next(iter(self.texts(name)), "")

    def iri(self, name: str) -> str:
        """Return the first IRI, or ``""``."""
        return next(iter(self.iris(name)), "")

    def true(self, name: str) -> bool:
        """Return whether the property is true."""
        return "true" in self.texts(name)


Nodes = Mapping[str, Node]


def _iri(name: str) -> str:
    prefix, _, rest = name.partition(":")
    return PREFIXES[prefix] + rest


def nodes(file: Path) -> Nodes:
    """Return what the triples of an N-Triples file say of each subject.

    Raises:
        NotAGraph: the file is no N-Triples.
    """
    found: dict[str, Node] = defaultdict(Node)
    try:
        for triple in ox.parse(path=str(file), format=ox.RdfFormat.N_TRIPLES):
            subject = triple.subject
            if isinstance(subject, ox.NamedNode) and isinstance(triple.object, Term):
                found[subject.value].said[triple.predicate.value].append(triple.object)
    except (SyntaxError, ValueError) as error:
        raise NotAGraph(f"It is no N-Triples: {error}") from error
    return found


def graph_of(base: str, graphs: Mapping[str, Path]) -> Graph:
    """Return the graph that was written as these named graphs, each an N-Triples file.

    Raises:
        NotAGraph: a graph is missing, or the triples are others.
    """
    missing = [name for name in (DATASET, CONCEPTS) if base + name not in graphs]
    if missing:
        raise NotAGraph(f"There is no graph <{base}{missing[0]}>.")
    dataset, derived = nodes(graphs[base + DATASET]), nodes(graphs[base + CONCEPTS])
    about = dataset.get(f"{base}dataset")
    if about is None:
        raise NotAGraph(f"<{base}{DATASET}> does not describe the data set.")
    reader = _Reader(base, about.text("dcterms:language") or "en", derived)
    names = sorted(
        unquote(iri.removeprefix(f"{base}sources/")) for iri in about.iris("dcterms:source")
    )
    for name in names:
        said, places = source_graph(base, name), evidence_graph(base, name)
        if said in graphs:
            reader.source(name, nodes(graphs[said]))
        if places in graphs:
            reader.evidence(name, nodes(graphs[places]))
    former = {
        unquote(subject.removeprefix(f"{base}concepts/")): reader.slug(present)
        for subject, node in dataset.items()
        for present in node.iris("dcterms:isReplacedBy")
    }
    return Graph(
        base=base,
        title=about.text("dcterms:title"),
        language=reader.language,
        sources=tuple(reader.sources),
        texts=tuple(reader.texts),
        concepts=tuple(sorted(reader.concepts(), key=lambda c: c.slug)),
        relations=tuple(reader.relations()),
        redirects=dict(sorted(former.items())),
        vocabulary=reader.vocabulary,
    )


class _Reader:
    """Takes the graphs of the sources, then has the values."""

    def __init__(self, base: str, language: str, derived: Nodes) -> None:
        self.language = language
        self.sources: list[Source] = []
        self.texts: list[Text] = []
        self._base = base
        self._derived = derived
        self.vocabulary = _vocabulary(derived)
        types = self.vocabulary.relation_types.values()
        self._types = {t.iri: t.key for t in types}
        self._properties = {
            iri for t in types for iri in (t.iri, t.inverse_iri, *t.also, *t.inverse_also)
        }
        self._kinds = {kind.iri: key for key, kind in self.vocabulary.kinds.items()}
        self._bases = {basis.iri: key for key, basis in BASES.items()}
        self._stated: dict[tuple[str, ox.Literal], str] = {}
        """Concept and label: the first source that has it."""
        self._definitions: dict[str, list[Definition]] = defaultdict(list)
        self._evidence: dict[tuple[str, str, str], list[tuple[str, str, Evidence]]] = defaultdict(
            list
        )

    def slug(self, iri: str) -> str:
        """Return the slug of a concept's IRI."""
        return unquote(iri.removeprefix(f"{self._base}concepts/"))

    def _document(self, iri: str) -> str:
        return f"sources/{unquote(iri.removeprefix(f'{self._base}texts/'))}"

    # ------------------------------------------------------------ sources

    def source(self, name: str, said: Nodes) -> None:
        """Take what a source says: itself and its entries."""
        scheme = said.get(next((s for s in said if self._is_scheme(s, name)), ""), Node())
        entries = [
            (iri, node) for iri, node in said.items() if _iri("gg:Entry") in node.iris("rdf:type")
        ]
        first: set[str] = set()
        for iri, entry in sorted(entries):
            concept = entry.iri("gg:defines")
            whole = said.get(concept, Node()) if concept not in first else Node()
            first.add(concept)
            found = self._of_entry(name, iri, entry, whole, said)
            self._definitions[self.slug(concept)] += found
        for iri, node in said.items():
            for label in (*node.literals("skos:prefLabel"), *node.literals("skos:altLabel")):
                self._stated.setdefault((iri, label), name)
        title = next(iter(scheme.literals("dcterms:title")), None)
        self.sources.append(
            Source(
                name=name,
                title=title.value if title else name,
                document=f"sources/{name}",
                language=scheme.text("dcterms:language") or self.language,
                media_type=scheme.text("dcterms:format") or "text/plain",
                publisher=scheme.text("dcterms:publisher"),
                url=scheme.iri("dcterms:source") or scheme.text("dcterms:source"),
                retrieved=scheme.text("dcterms:date"),
                licence=scheme.text("dcterms:rights"),
                reuse=scheme.text("gg:reuse") or "excerpt",
                digest=scheme.text("gg:digest"),
                entries=len(entries),
            )
        )

    def _is_scheme(self, iri: str, name: str) -> bool:
        return unquote(iri) == f"{unquote(self._base)}sources/{name}"

    def _of_entry(
        self, source: str, iri: str, entry: Node, concept: Node, said: Nodes
    ) -> Iterator[Definition]:
        """The definitions of an entry, one a language; the concept's notes stand with the first."""
        heads = entry.literals("gg:headword") or [ox.Literal("")]
        words = {head.language or "": head.value for head in heads}
        passages: Sequence[ox.Literal | None] = entry.literals("schema:description") or [None]
        document = self._document(entry.iri("prov:wasDerivedFrom"))
        for number, passage in enumerate(passages):
            language = (passage.language if passage else heads[0].language) or self.language
            own = concept if not number else Node()
            yield Definition(
                source=source,
                entry=f"{source}/{unquote(iri.rpartition('#')[2])}",
                term=words.get(language) or heads[0].value,
                text=passage.value if passage else "",
                language=language,
                examples=own.texts("skos:example"),
                notes=own.texts("skos:note"),
                formula=own.text("gg:formula"),
                pos=own.texts("gg:partOfSpeech"),
                document=document,
                locator=entry.text("gg:locator"),
                resources=tuple(
                    (said[page].text("rdfs:label"), page)
                    for page in own.iris("rdfs:seeAlso")
                    if page in said
                )
                + tuple((title, "") for title in own.texts("schema:citation")),
            )

    # ------------------------------------------------------------ evidence

    def evidence(self, source: str, said: Nodes) -> None:
        """Take where a source states what it states."""
        for iri, node in sorted(said.items()):
            kinds = node.iris("rdf:type")
            if _iri("gg:Text") in kinds:
                digest = _DIGEST.fullmatch(node.iri("prov:wasDerivedFrom"))
                self.texts.append(
                    Text(
                        document=self._document(iri),
                        source=source,
                        text="",
                        digest=node.text("gg:digest"),
                        original=_hexadecimal(digest[1]) if digest else "",
                    )
                )
            elif _iri("gg:Assertion") in kinds:
                self._assertion(source, node, said)

    def _assertion(self, source: str, node: Node, said: Nodes) -> None:
        type_ = self._types.get(node.iri("rdf:predicate"))
        if type_ is None:
            return
        triple = self.slug(node.iri("rdf:subject")), type_, self.slug(node.iri("rdf:object"))
        bases = [self._bases[each] for each in node.iris("gg:basis") if each in self._bases]
        basis = min(bases, key=list(BASES).index, default="reference")
        ranks = sorted(map(float, node.texts("gg:confidence"))) or [1.0]
        for place in node.iris("oa:hasTarget"):
            target = said.get(place, Node())
            selectors = [said.get(each, Node()) for each in target.iris("oa:hasSelector")]
            start, end, quote = (
                next((s.text(name) for s in selectors if s.text(name)), "")
                for name in ("oa:start", "oa:end", "oa:exact")
            )
            for rule in node.texts("gg:rule") or ("",):
                found = Evidence(
                    document=self._document(target.iri("oa:hasSource")),
                    span=Span(start=int(start or 0), end=int(end or 0)),
                    quote=quote,
                    rule=rule,
                    confidence=ranks[-1],
                )
                self._evidence[triple].append((source, basis, found))

    def relations(self) -> Iterator[Relation]:
        """Yield the relations in the graph's order, each with all its evidence."""
        strength = list(BASES)
        for (subject, type_, object_), places in sorted(self._evidence.items()):
            ranked = sorted(
                places,
                key=lambda p: (
                    strength.index(p[1]), -p[2].confidence, p[2].document, p[2].span.start,
                    p[2].rule,
                ),
            )  # fmt: skip
            yield Relation(
                id=relation_id(subject, type_, object_),
                subject=subject,
                type=type_,
                object=object_,
                basis=ranked[0][1],
                confidence=max(place.confidence for _, _, place in ranked),
                evidence=tuple(dict.fromkeys(place for _, _, place in ranked)),
                sources=tuple(sorted({source for source, _, _ in ranked})),
            )

    # ------------------------------------------------------------ concepts

    def concepts(self) -> Iterator[Concept]:
        """Yield the concepts with what the sources say of them."""
        prefix = f"{self._base}concepts/"
        for iri, node in self._derived.items():
            if not iri.startswith(prefix) or _iri("skos:Concept") not in node.iris("rdf:type"):
                continue
            slug = self.slug(iri)
            labels = tuple(self._designations(iri, node))
            yield Concept(
                slug=slug,
                label=labels[0].text if labels else slug,
                kind=self._kinds.get(node.iri("gg:kind"), "none"),
                designations=labels,
                definitions=tuple(self._definitions.get(slug, ())),
                implied=node.true("gg:implied"),
                inferred=node.true("gg:inferred"),
                subject_field=node.text("dcterms:subject"),
                notation=node.text("skos:notation"),
                same_as=tuple(node.iris("skos:exactMatch")),
                statements=tuple(sorted(self._statements(node))),
                close=tuple(
                    sorted(
                        self.slug(each)
                        for each in node.iris("skos:closeMatch")
                        if each in self._derived and each.startswith(prefix)
                    )
                ),
            )

    def _designations(self, iri: str, node: Node) -> Iterator[Designation]:
        """The preferred label in the graph's language first, then the others.

        Their evidence tells the source alone: where a label stands is not in the RDF.
        """
        heads = {d.term for d in self._definitions.get(self.slug(iri), ())}
        preferred = node.literals("skos:prefLabel")
        preferred.sort(key=lambda t: (t.language or "") != self.language)
        short = set(node.literals("gg:acronym"))
        for status, labels in (
            ("preferred", preferred),
            ("admitted", node.literals("skos:altLabel")),
            ("hidden", node.literals("skos:hiddenLabel")),
        ):
            for label in labels:
                source = self._stated.get((iri, label), "")
                yield Designation(
                    text=label.value,
                    language=label.language or self.language,
                    type="acronym" if label in short else "full form",
                    status=status,
                    evidence=_stated_by(source) if source and label.value not in heads else None,
                )

    def _statements(self, node: Node) -> Iterator[Statement]:
        """What a source says in properties of its own."""
        prefix = f"{self._base}concepts/"
        for name, values in node.said.items():
            foreign = name == PREFIXES["skos"] + "closeMatch"
            if name in self._properties or name in _OWN:
                continue
            if name.startswith(_WRITTEN) and name not in _MAPPINGS and not foreign:
                continue
            for value in values:
                if isinstance(value, ox.Literal):
                    datatype = value.datatype.value
                    plain = value.language or datatype == PREFIXES["xsd"] + "string"
                    yield Statement(
                        property=name,
                        value=value.value,
                        language=value.language or "",
                        datatype="" if plain else datatype,
                    )
                elif not (foreign and value.value.startswith(prefix)):
                    yield Statement(property=name, value=value.value, literal=False)


def _stated_by(source: str) -> Evidence:
    nowhere = Span(start=0, end=0)
    return Evidence(
        document=f"sources/{source}", span=nowhere, quote="", rule="label", confidence=1.0
    )


def _hexadecimal(digest: str) -> str:
    return base64.urlsafe_b64decode(digest + "=" * (-len(digest) % 4)).hex()


def _vocabulary(derived: Nodes) -> Vocabulary:
    """Return the vocabulary with the types that the graph itself describes."""
    added = [
        turtle.Triple(subject, name, _value(value))
        for subject, node in sorted(derived.items())
        if PREFIXES["gg"] + "RelationType" in node.iris("rdf:type")
        for name, values in sorted(node.said.items())
        for value in sorted(values, key=str)
        if name != PREFIXES["rdfs"] + "label"
        and not (name == turtle.RDF + "type" and value.value == turtle.RDF + "Property")
    ]
    return with_added(added, {}) if added else DEFAULT


def _value(term: Term) -> str | turtle.Literal:
    if isinstance(term, ox.Literal):
        datatype = term.datatype.value
        plain = term.language or datatype == PREFIXES["xsd"] + "string"
        return turtle.Literal(term.value, term.language or "", "" if plain else datatype)
    return term.value
