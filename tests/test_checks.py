"""What the rules object to, and what they let pass."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from extract.model import Designation, Evidence, Finding, Span
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
    lowered = check(graph, levels={"broken-reference": "info"}, only=["broken-reference"])
    assert {finding.severity for finding in lowered} == {"info"}


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


def _defined(graph: Graph, slug: str, *texts: str) -> Graph:
    """``graph`` with a concept that has these definitions instead of its own."""
    concept = next(c for c in graph.concepts if c.slug == slug)
    first = concept.definitions[0]
    return _with(graph, slug, definitions=tuple(replace(first, text=text) for text in texts))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The sail of a boat.", True),
        ("Sail is the sail of a boat.", True),
        ("A sail is a cloth. A sail drives the boat.", False),
        ("A sail drives the boat.", False),
        ("On a boat, the sail is a cloth.", False),
        ("Cloth for sailing.", False),
    ],
)
def test_a_definition_that_needs_its_term(text: str, found: bool) -> None:
    """Repeating the headword at the beginning defines nothing by itself, and needs it not."""
    graph = _defined(sample_graph(), "sail", text)
    assert ("sail" in _found(graph, "circular-definition")) is found


def test_definitions_that_need_each_other() -> None:
    """Two first sentences that name each other's term are told once, at the first slug."""
    graph = sample_graph()
    crew = next(c for c in graph.concepts if c.slug == "crew").definitions[0]
    quoting = next(r for r in graph.relations if r.subject == "helmsman" and r.object == "crew")
    start = crew.start + crew.text.index("helmsman")
    evidence = replace(
        quoting.evidence[0],
        document=crew.document,
        span=Span(start=start, end=start + len("helmsman")),
        quote="helmsman",
    )
    back = replace(quoting, id="back", subject="crew", object="helmsman", evidence=(evidence,))
    graph = replace(graph, relations=(*graph.relations, back))
    assert _found(graph, "circular-definition") == ["crew"]


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("Paid within 30 days.", "Paid within 90 days.", True),
        ("Paid within 30 days.", "Paid within 30-day terms.", False),
        ("Paid within 30 days.", "Paid within 2 years.", False),
        ("30 days, or 60 days.", "90 days.", False),
    ],
)
def test_figures_that_differ(one: str, other: str, found: bool) -> None:
    """One unit with two numbers; where a definition names several, nobody knows which is meant."""
    graph = _defined(sample_graph(), "sail", one, other)
    assert _found(graph, "differing-figures") == ["sail"] * found


def test_relations_that_exclude_each_other() -> None:
    """Nothing both increases and reduces another, nor precedes what precedes it."""
    graph = _linked(sample_graph(), ("sail", "increases", "rig"), ("sail", "reduces", "rig"))
    assert _found(graph, "opposed-relations") == ["sail"]
    graph = _linked(sample_graph(), ("sail", "precedes", "rig"), ("rig", "precedes", "sail"))
    assert _found(graph, "opposed-relations") == ["rig"]


def test_lost_characters() -> None:
    """What is left of a character that a wrong encoding lost is an error."""
    graph = _defined(sample_graph(), "sail", "A piece of cloth\ufffd that catches the wind.")
    assert _found(graph, "broken-characters") == ["sail"]


def test_what_was_noted_in_building_has_a_rule() -> None:
    """Every rule of a finding that reading and building make is one that can be asked for."""
    made = {
        rule
        for room in ("extract", "kg", "api")
        for path in (Path(__file__).parent.parent / room).rglob("*.py")
        for rule in re.findall(r'Finding\(\s*rule="([a-z-]+)"', path.read_text(encoding="utf-8"))
    }
    assert {"unreadable", "dangling-reference", "contested-acronym"} <= made
    assert made <= set(RULES)


def test_noted_findings_come_when_asked_for() -> None:
    """They take part in levels and choice of rules like any other."""
    noted = Finding(rule="contested-acronym", subject="churn", message="Two.", severity="info")
    graph = replace(sample_graph(), findings=(noted,))
    assert check(graph, only=["contested-acronym"]) == []
    assert check(graph, only=["contested-acronym"], noted=True) == [noted]
    raised = check(graph, levels={"contested-acronym": "error"}, noted=True)[0]
    assert (raised.subject, raised.severity) == ("churn", "error")
