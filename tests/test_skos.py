"""The graph as RDF: what is in which named graph, and that any parser reads it."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_graph import BASE, TEXTS, relation_id, sample_graph

from extract.model import Designation
from kg.model import Concept, Graph, Relation, Source
from kg.rdf import iri, licence, literal, step
from kg.skos import blocks, concept_iri, nquads

SKOS = "http://www.w3.org/2004/02/skos/core#"
GG = "https://w3id.org/glossgraph/ns#"
ISO = "http://purl.org/iso25964/skos-thes#"
OA = "http://www.w3.org/ns/oa#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

Triple = tuple[str, str, str]


def quads(lines: Iterable[str]) -> list[ox.Quad]:
    return list(ox.parse("".join(lines).encode(), ox.RdfFormat.N_QUADS))


def short(term: object) -> str:
    if isinstance(term, ox.NamedNode):
        for name, space in (("skos:", SKOS), ("gg:", GG), ("iso:", ISO), ("oa:", OA)):
            if term.value.startswith(space):
                return name + term.value.removeprefix(space)
        return term.value.removeprefix(BASE)
    assert isinstance(term, ox.Literal)
    return f"{term.value}@{term.language}" if term.language else term.value


def graphs(graph: Graph) -> dict[str, set[Triple]]:
    found: dict[str, set[Triple]] = {}
    for q in quads(nquads(graph)):
        triple = (short(q.subject), short(q.predicate), short(q.object))
        found.setdefault(short(q.graph_name), set()).add(triple)
    return found


@pytest.fixture(scope="module")
def sample() -> dict[str, set[Triple]]:
    return graphs(sample_graph())


def relation(subject: str, type: str, object: str) -> Relation:
    return Relation(
        id=relation_id(subject, type, object), subject=subject, type=type, object=object,
        basis="text", confidence=0.5, sources=("one",),
    )  # fmt: skip


def small(*relations: Relation, **fields: object) -> Graph:
    slugs = sorted({s for r in relations for s in (r.subject, r.object)} or {"a"})
    whole = Graph(
        base=BASE,
        title="Small",
        sources=(Source(name="one", title="One", document="sources/one"),),
        concepts=tuple(Concept(slug=s, label=s) for s in slugs),
        relations=relations,
    )
    return dataclasses.replace(whole, **fields)


def test_lines_are_sorted_single_and_without_blank_nodes() -> None:
    """Each named graph's lines are sorted, none stands twice, no node is blank; no clock."""
    lines = list(nquads(sample_graph()))
    assert lines == list(nquads(sample_graph()))
    assert len(lines) == len(set(lines))
    by_graph: dict[str, list[str]] = {}
    for line in lines:
        by_graph.setdefault(line.split()[-2], []).append(line.rsplit(" ", 2)[0])
    assert all(rows == sorted(rows) for rows in by_graph.values())
    assert len(lines) == len(quads(lines))
    assert not any(isinstance(t, ox.BlankNode) for q in quads(lines) for t in (q.subject, q.object))


def test_subjects_come_one_at_a_time_and_in_order() -> None:
    """No block tells of two concepts, and lines stay sorted and single wherever they come from.

    Here an entry sends to a page that is itself a concept, and one statement stands in two places
    in equal words.
    """
    graph = sample_graph()
    page = concept_iri(BASE, graph.concepts[-1].slug)
    first = next(c for c in graph.concepts if c.definitions)
    sending = dataclasses.replace(
        first,
        definitions=(
            dataclasses.replace(first.definitions[0], resources=(("A page", page),)),
            *first.definitions[1:],
        ),
    )
    stated = next(r for r in graph.relations if r.evidence)
    place = stated.evidence[0]
    again = dataclasses.replace(
        place, span=dataclasses.replace(place.span, start=place.span.start + 9)
    )
    twice = dataclasses.replace(stated, evidence=(*stated.evidence, again))
    graph = dataclasses.replace(
        graph,
        concepts=tuple(sending if c is first else c for c in graph.concepts),
        relations=tuple(twice if r is stated else r for r in graph.relations),
    )
    found: dict[str, list[str]] = {}
    for name, triples in blocks(graph):
        subjects = {triple.split()[0].strip("<>").split("#")[0] for triple in triples}
        assert len(subjects) == 1 or name.endswith("/dataset")
        found.setdefault(name, []).extend(triples)
    assert all(rows == sorted(set(rows)) for rows in found.values())
    assert (
        f'<{page}> <http://www.w3.org/2000/01/rdf-schema#label> "A page"@en'
        in found[f"{BASE}graph/concepts"]
    )


def test_every_graph_has_its_place(sample: dict[str, set[Triple]]) -> None:
    """One derived graph, two for each source, one that describes the whole."""
    assert set(sample) == {
        "graph/concepts", "graph/sources/club", "graph/sources/club/evidence",
        "graph/sources/success", "graph/sources/success/evidence", "graph/dataset",
    }  # fmt: skip


def test_a_merged_concept_is_one_in_the_derived_graph(sample: dict[str, set[Triple]]) -> None:
    """Churn Rate is one concept with both definitions, in both schemes, with both names."""
    said = {t[1:] for t in sample["graph/concepts"] if t[0] == "concepts/churn-rate"}
    assert ("skos:prefLabel", "Churn Rate@en") in said
    assert ("skos:altLabel", "Customer Churn Rate@en") in said
    assert sum(p == "skos:definition" for p, _ in said) == 2
    assert {o for p, o in said if p == "skos:inScheme"} == {"sources/club", "sources/success"}
    assert ("gg:kind", "gg:metric") in said


def test_each_source_says_only_its_own(sample: dict[str, set[Triple]]) -> None:
    """A source's graph has its definition under its headword and no other source's."""
    club = sample["graph/sources/club"]
    assert {o for s, p, o in club if s == "concepts/churn-rate" and p == "skos:definition"} == {
        "The share of members who do not renew <within a year>.@en"
    }
    assert ("sources/club#customer-churn-rate", "gg:headword", "Customer Churn Rate@en") in club
    assert ("sources/club#customer-churn-rate", "gg:defines", "concepts/churn-rate") in club
    assert not any(s == "concepts/playbook" for s, _, _ in club)


def test_labels_keep_skos_conditions_even_merged(sample: dict[str, set[Triple]]) -> None:
    """S14: one prefLabel a language, S13: no text in two roles; over all graphs together."""
    everything = set().union(*sample.values())
    preferred = {t for t in everything if t[1] == "skos:prefLabel"}
    languages = Counter((s, o.rsplit("@", 1)[1]) for s, _, o in preferred)
    assert set(languages.values()) == {1}
    roles: dict[tuple[str, str], set[str]] = {}
    for s, p, o in everything:
        if p in ("skos:prefLabel", "skos:altLabel", "skos:hiddenLabel"):
            roles.setdefault((s, o), set()).add(p)
    assert all(len(found) == 1 for found in roles.values())
    assert ("concepts/mainsail", "skos:prefLabel", "Großsegel@de") in everything
    assert ("concepts/customer-health-score", "skos:hiddenLabel", "Costumer Health Score@en") in (
        everything
    )


@pytest.mark.parametrize(
    "triple",
    [
        ("concepts/mainsail", "skos:broader", "concepts/sail"),
        ("concepts/sail", "skos:narrower", "concepts/mainsail"),
        ("concepts/mainsail", "iso:broaderGeneric", "concepts/sail"),
        ("concepts/rig", "gg:hasPart", "concepts/mainsail"),
        ("concepts/mainsail", "iso:broaderPartitive", "concepts/rig"),
        ("concepts/helmsman", "iso:broaderInstantial", "concepts/crew"),
        ("concepts/customer-onboarding", "gg:reduces", "concepts/churn"),
        ("concepts/churn-rate", "gg:contrastsWith", "concepts/retention-rate"),
        ("concepts/skipper", "skos:related", "concepts/harbour-pilot"),
        ("concepts/log", "skos:closeMatch", "concepts/logbook"),
        ("concepts/logbook", "skos:closeMatch", "concepts/log"),
        ("concepts/churn", "skos:exactMatch", "https://example.org/vocabulary/churn"),
        ("concepts/win-rate", "gg:implied", "true"),
        ("sources/club", "skos:hasTopConcept", "concepts/rig"),
        ("sources/success", "http://purl.org/dc/terms/license",
         "https://creativecommons.org/licenses/by/4.0/"),
    ],
)  # fmt: skip
def test_the_derived_graph_states(triple: Triple, sample: dict[str, set[Triple]]) -> None:
    """Hierarchy in both directions, standard properties beside ours, matches, flags, credit."""
    assert triple in sample["graph/concepts"]


@pytest.mark.parametrize(
    "triple",
    [
        ("concepts/mainsail", "skos:broader", "concepts/rig"),
        ("concepts/helmsman", "skos:broader", "concepts/crew"),
        ("concepts/churn", "gg:reducedBy", "concepts/customer-onboarding"),
        ("sources/club", "skos:hasTopConcept", "concepts/mainsail"),
    ],
)
def test_the_derived_graph_does_not_state(triple: Triple, sample: dict[str, set[Triple]]) -> None:
    """Parts and instances are outside the kind-of closure; one direction is stored."""
    assert triple not in sample["graph/concepts"]


def test_related_only_without_a_hierarchical_path() -> None:
    """S27: no skos:related where a way up joins the two, over kinds and parts alike."""
    chain = (relation("a", "broader", "b"), relation("b", "partOf", "c"))
    said = graphs(small(*chain, relation("c", "related", "a"), relation("a", "seeAlso", "d")))
    derived = said["graph/concepts"]
    assert ("concepts/c", "gg:related", "concepts/a") in derived
    related = {(s, o) for s, p, o in derived if p == "skos:related"}
    assert related == {("concepts/a", "concepts/d"), ("concepts/d", "concepts/a")}


def test_a_hierarchy_in_a_circle_ends() -> None:
    """A circle of broader concepts, which no one should have, does not hang the export."""
    circle = (relation("a", "broader", "b"), relation("b", "broader", "a"))
    assert graphs(small(*circle, relation("a", "related", "c")))


def test_evidence_points_into_the_text(sample: dict[str, set[Triple]]) -> None:
    """Every assertion has a statement that the derived graph holds, and its quote is the text's."""
    for source, text in TEXTS.items():
        found = sample[f"graph/sources/{source}/evidence"]
        value = {(s, p): o for s, p, o in found}
        assertions = [s for s, p, o in found if o == "gg:Assertion"]
        assert assertions
        for a in assertions:
            statement = tuple(value[a, RDF + p] for p in ("subject", "predicate", "object"))
            assert statement in sample["graph/concepts"]
            assert value[a, "gg:basis"] in {"gg:text", "gg:name", "gg:reference", "gg:mention"}
            target = value[a, "oa:hasTarget"]
            assert value[target, "oa:hasSource"] == f"texts/{source}"
            quote, place = sorted(
                (o for s, p, o in found if s == target and p == "oa:hasSelector"), reverse=True
            )
            start, end = int(value[place, "oa:start"]), int(value[place, "oa:end"])
            assert value[quote, "oa:exact"] == text[start:end]


def test_renamed_concepts_say_what_replaced_them(sample: dict[str, set[Triple]]) -> None:
    """A former slug is deprecated and points to the present one, outside the default graph."""
    assert (
        "concepts/csm-role", "http://purl.org/dc/terms/isReplacedBy",
        "concepts/customer-success-manager",
    ) in sample["graph/dataset"]  # fmt: skip


def test_sizes_are_said_in_the_dataset(sample: dict[str, set[Triple]]) -> None:
    """VoID counts what the graphs hold."""
    size = str(len(sample["graph/concepts"]))
    assert ("graph/concepts", "http://rdfs.org/ns/void#triples", size) in sample["graph/dataset"]


def test_language_tags_are_lower_case() -> None:
    """A tag in any case or with an underscore is written in lower case; nonsense is left out."""
    labels = (
        Designation(text="Farbe", language="de-AT", status="preferred"),
        Designation(text="colour", language="EN_gb"),
        Designation(text="?", language="not a tag"),
    )
    concept = Concept(slug="a", label="a", designations=labels)
    lines = "".join(nquads(small(concepts=(concept,))))
    assert '"Farbe"@de-at' in lines
    assert '"colour"@en-gb' in lines
    assert '"?" ' in lines


def test_a_source_may_be_named_concepts() -> None:
    """No source's name, however odd, meets the derived graph or leaves its place."""
    odd = ["concepts", "dataset", "evidence", "../x", 'a "b" <c>', "50% off?", "ünïcode # 1"]
    sources = tuple(Source(name=n, title=n, document=f"sources/{n}") for n in odd)
    names = set(graphs(small(sources=sources)))
    assert len(names) == 2 + len(odd)
    assert all(re.fullmatch(r"graph/(sources/[^/?]+|concepts|dataset)", n) for n in names)


@given(st.text(), st.sampled_from(["", "en", "de-at", "x", "1", "e n", "zh-hant-tw", "en-x-a"]))
def test_any_text_is_a_literal(text: str, language: str) -> None:
    """Every text comes back from a parser as it was, but for what XML cannot hold."""
    line = f"<x:s> <x:p> {literal(text, language)} .\n"
    (triple,) = ox.parse(line.encode(), ox.RdfFormat.N_TRIPLES)
    back = triple.object.value
    assert len(back) == len(text)
    assert all(a == b or b == "\ufffd" for a, b in zip(text, back, strict=True))
    xml = ox.serialize([triple], format=ox.RdfFormat.RDF_XML)
    assert {t.object.value for t in ox.parse(xml, ox.RdfFormat.RDF_XML)} == {
        back.replace("\r\n", "\n").replace("\r", "\n")
    } or "\r" in back


@given(st.text(min_size=1))
def test_any_text_is_a_step_of_an_iri(text: str) -> None:
    """Every slug or name makes a valid IRI of one step, a different one for a different text."""
    line = f"<http://x/{step(text)}> <x:p> <http://x/{step(text, path=True)}> .\n"
    (triple,) = ox.parse(line.encode(), ox.RdfFormat.N_TRIPLES)
    assert triple.subject.value.count("/") == 3
    assert "?" not in step(text) and "#" not in step(text)


_IRIISH = st.text(st.sampled_from("htp:/?#[]@!$&'()*+,;=%2fAé \\\"<>^`{|}-._~1"), max_size=30)


@given(st.one_of(st.text(), _IRIISH.map("http://".__add__), _IRIISH.map("urn:".__add__)))
def test_only_iris_pass_as_iris(text: str) -> None:
    """What :func:`iri` lets through, a parser takes."""
    term = iri(text)
    if term:
        assert list(ox.parse(f"<x:s> <x:p> {term} .\n".encode(), ox.RdfFormat.N_TRIPLES))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.org/a?b=c#d", "<https://example.org/a?b=c#d>"),
        ("urn:isbn:123", "<urn:isbn:123>"),
        ("www.example.org", None),
        ("see page 3", None),
        ("http://[broken", None),
        ("C:\\file", None),
    ],
)
def test_addresses(text: str, expected: str | None) -> None:
    """An address is an IRI, words are not."""
    assert iri(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CC-BY-4.0", "<https://creativecommons.org/licenses/by/4.0/>"),
        ("CC BY-NC-SA 3.0", "<https://creativecommons.org/licenses/by-nc-sa/3.0/>"),
        ("CC0-1.0", "<https://creativecommons.org/publicdomain/zero/1.0/>"),
        ("https://example.org/licence", "<https://example.org/licence>"),
        ("All rights reserved", None),
    ],
)
def test_licences(text: str, expected: str | None) -> None:
    """A licence's short name is its IRI."""
    assert licence(text) == expected
