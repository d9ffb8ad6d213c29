"""What the rules object to, and what they let pass."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extract.model import Designation, Evidence, Span
from kg.checks import RULES, SEVERITIES, check
from kg.errors import UnknownKey
from kg.model import Concept, Graph
from tests.sample_graph import sample_graph


def _found(graph: Graph, rule: str) -> list[str]:
    return [finding.subject for finding in check(graph, only=[rule])]


def _with(graph: Graph, slug: str, **changes: object) -> Graph:
    """``graph`` with one concept changed."""
    concepts = tuple(
        replace(c, **changes) if c.slug == slug else c  # type: ignore[arg-type]
        for c in graph.concepts
    )
    return replace(graph, concepts=concepts)


def _linked(graph: Graph, *triples: tuple[str, str, str]) -> Graph:
    """``graph`` with relations added."""
    added = tuple(
        replace(graph.relations[0], id=f"{s}-{t}-{o}", subject=s, type=t, object=o)
        for s, t, o in triples
    )
    return replace(graph, relations=(*graph.relations, *added))


SAMPLE = {
    "ambiguous-label": ["Log", "Pilot"],
    "licence": ["club"],
    "never-defined": ["win-rate"],
    "only-mentions": ["club-burgee"],
    "orphan": ["log", "pilot-program", "sea-room"],
}


@pytest.mark.parametrize("rule", RULES)
def test_sample(rule: str) -> None:
    """Each rule finds in the sample what the sample is known for, and nothing else."""
    assert sorted(_found(sample_graph(), rule)) == SAMPLE.get(rule, [])


def test_order_and_words() -> None:
    """Findings come gravest first, each a sentence that names what it is about."""
    findings = check(sample_graph())
    ranks = [SEVERITIES.index(finding.severity) for finding in findings]
    assert ranks == sorted(ranks)
    assert all(finding.message.endswith(".") and finding.subject for finding in findings)
    pilot = next(finding for finding in findings if finding.subject == "Pilot")
    assert pilot.message == '"Pilot" names several concepts: Harbour Pilot, Pilot Program.'


def test_levels() -> None:
    """A rule can be switched off or weigh more, and an unknown one is named."""
    findings = check(sample_graph(), levels={"orphan": "error", "licence": "off"})
    assert {(f.rule, f.severity) for f in findings if f.rule in ("orphan", "licence")} == {
        ("orphan", "error")
    }
    with pytest.raises(UnknownKey, match="orphan"):
        check(sample_graph(), levels={"orphans": "off"})
    with pytest.raises(UnknownKey, match="warning"):
        check(sample_graph(), levels={"orphan": "loud"})
    with pytest.raises(UnknownKey):
        check(sample_graph(), only=["nothing"])


def test_broken_references() -> None:
    """Relations, former names, near concepts and definitions that lead nowhere are named."""
    graph = _linked(sample_graph(), ("churn", "reduces", "nowhere"))
    graph = replace(graph, redirects={"old": "gone", "churn": "crew"}, sources=graph.sources[:1])
    graph = _with(graph, "log", close=("lost",))
    subjects = _found(graph, "broken-reference")
    assert {"churn-reduces-nowhere", "old", "churn", "log"} <= set(subjects)
    assert subjects.count("skipper") == 0
    assert check(graph, levels={"broken-reference": "off"})


def test_evidence() -> None:
    """A quote that stands elsewhere, and a relation without any, are named."""
    graph = sample_graph()
    wrong = Evidence(document="sources/club", span=Span(start=0, end=5), quote="Words of", rule="",
                     confidence=1)  # fmt: skip
    relations = (
        replace(graph.relations[0], evidence=(wrong,)),
        replace(graph.relations[1], evidence=()),
        *graph.relations[2:],
    )
    assert _found(replace(graph, relations=relations), "evidence") == sorted(
        relation.id for relation in relations[:2]
    )


CIRCLES = [
    pytest.param([("sail", "broader", "mainsail")], ["mainsail"], id="two"),
    pytest.param(
        [("rig", "partOf", "sail"), ("sail", "partOf", "mainsail")], ["mainsail"], id="three"
    ),
    pytest.param([("rig", "broader", "mainsail")], [], id="part and kind do not mix"),
    pytest.param([("churn", "increases", "onboarding")], [], id="causes may run in circles"),
    pytest.param(
        [("rig", "broader", "crew"), ("crew", "broader", "rig"), ("sail", "broader", "sail")],
        ["crew", "sail"],
        id="two circles",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("added", "subjects"), CIRCLES)
def test_circles(added: list[tuple[str, str, str]], subjects: list[str]) -> None:
    """A circle of one hierarchical type is named once, from its first member on."""
    assert _found(_linked(sample_graph(), *added), "hierarchy-circle") == subjects


def test_a_circle_is_spelt_out() -> None:
    """The finding tells the way round."""
    graph = _linked(sample_graph(), ("rig", "partOf", "sail"), ("sail", "partOf", "mainsail"))
    (finding,) = check(graph, only=["hierarchy-circle"])
    assert finding.message == "Mainsail → Rig → Sail → Mainsail runs in a circle of partOf."


def test_deep_hierarchy() -> None:
    """Ten thousand levels do not exhaust the stack."""
    slugs = [f"c{place:05}" for place in range(10_000)]
    graph = Graph(
        base="http://localhost/",
        title="",
        concepts=tuple(Concept(slug=slug, label=slug) for slug in slugs),
        relations=tuple(
            replace(sample_graph().relations[0], id=a, subject=a, type="broader", object=b)
            for a, b in zip(slugs, [*slugs[1:], slugs[0]], strict=True)
        ),
    )
    assert _found(graph, "hierarchy-circle") == ["c00000"]


def test_labels() -> None:
    """Two preferred labels in a language, one label in two roles, and equal labels are named."""
    graph = sample_graph()
    preferred = Designation(text="Vorschoter", language="de", status="preferred")
    alias = Designation(text="Helmsman", language="en")
    twice = _with(
        graph,
        "helmsman",
        designations=(*next(c for c in graph.concepts if c.slug == "helmsman").designations,
                      preferred, alias),
    )  # fmt: skip
    assert _found(twice, "several-preferred") == ["helmsman"]
    assert _found(twice, "label-overlap") == ["helmsman"]
    crew = Designation(text="crews", language="en", status="preferred")
    assert _found(_with(graph, "rig", designations=(crew,)), "label-clash") == ["crew"]
    other = replace(crew, language="nl")
    assert _found(_with(graph, "rig", designations=(other,)), "label-clash") == []


def test_missing_things() -> None:
    """Entries without definition, definitions used twice and unexplained acronyms are named."""
    graph = sample_graph()
    crew = next(c for c in graph.concepts if c.slug == "crew")
    empty = tuple(replace(d, text=" ") for d in crew.definitions)
    assert _found(_with(graph, "crew", definitions=empty), "missing-definition") == ["crew"]
    assert _found(_with(graph, "rig", definitions=crew.definitions), "same-definition") == ["crew"]
    short = _with(graph, "rig", label="GPS", designations=())
    assert _found(short, "unexplained-acronym") == ["rig"]


def test_related_within_the_hierarchy() -> None:
    """``related`` between a concept and one above it, at any height, is named (SKOS S27)."""
    graph = _linked(sample_graph(), ("sail", "partOf", "crew"), ("crew", "related", "mainsail"))
    assert _found(graph, "related-in-hierarchy") == ["crew-related-mainsail"]


def test_empty_graph() -> None:
    """There is nothing to object to in nothing."""
    assert check(Graph(base="http://localhost/", title="")) == []
