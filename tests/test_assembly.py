"""Facts about the graph that is put together from entries."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from extract.model import Designation, Entry, Extraction, Reference
from kg.assembly import build_graph
from kg.errors import SourceClash
from kg.model import Graph
from kg.project import Project, SourceSettings
from kg.registry import Registry
from tests.gold_pages import gold_extraction
from tests.test_link import evidence, glossary, stating, together


def edges(graph: Graph) -> set[tuple[str, str, str]]:
    return {(r.subject, r.type, r.object) for r in graph.relations}


def labels(graph: Graph) -> dict[str, str]:
    return {c.slug: c.label for c in graph.concepts}


def changed(extraction: Extraction, entry: str, **values: object) -> Extraction:
    def change(e: Entry) -> Entry:
        return replace(e, **values) if e.id == entry else e  # type: ignore[arg-type]

    return replace(extraction, entries=tuple(change(e) for e in extraction.entries))


def test_merged_concept() -> None:
    """A concept of two glossaries has both definitions, all labels once, and one address."""
    a = glossary("a", {"Customer effort score = CES": "Effort to reach a goal."})
    b = glossary("b", {"Customer Effort Scores = CES": "How hard it is."})
    (concept,) = build_graph(together(a, b)).concepts
    assert (concept.slug, concept.label) == ("customer-effort-score", "Customer effort score")
    assert [(d.source, d.text) for d in concept.definitions] == [
        ("a", "Effort to reach a goal."),
        ("b", "How hard it is."),
    ]
    assert [(d.text, d.status) for d in concept.designations] == [
        ("Customer effort score", "preferred"),
        ("Customer Effort Scores", "hidden"),
        ("CES", "admitted"),
    ]


def test_full_name_is_preferred() -> None:
    """Of "Churn rate" and "Customer churn rate" the graph of both shows the full name."""
    customers = {f"Customer {x}": "1." for x in ("journey", "role", "map")}
    a = glossary("a", {"Churn rate": "1."} | customers)
    b = glossary("b", {"Customer churn rate": "1."})
    concept = next(c for c in build_graph(together(a, b)).concepts if len(c.definitions) == 2)
    assert (concept.label, concept.aliases) == ("Customer churn rate", ("Churn rate",))


def test_contested_acronym() -> None:
    """An acronym stays with the concept whose initials it is, and a finding says so."""
    graph = build_graph(
        glossary("a", {"Business review = QBR": "1.", "Quarterly business review = QBR": "2."})
    )
    aliases = {c.slug: c.aliases for c in graph.concepts}
    assert aliases == {"business-review": (), "quarterly-business-review": ("QBR",)}
    assert [f.rule for f in graph.findings] == ["contested-acronym"]


def test_relations_are_canonical() -> None:
    """Both directions of a type become one relation with both evidences, strongest first."""
    x = glossary("a", {"Rig": "Holds the sail, has a sail.", "Sail": "Part of the rig."})
    x = stating(x, "a/rig", "hasPart", "sail")
    x = stating(x, "a/sail", "partOf", "rig")
    graph = build_graph(x)
    (relation,) = graph.relations
    assert (relation.subject, relation.type, relation.object) == ("sail", "partOf", "rig")
    assert [e.quote for e in relation.evidence] == ["sail", "rig"]
    assert relation.sources == ("a",)


def test_implied_concepts() -> None:
    """What two entries relate to and none defines is a concept; what one names is not."""
    x = glossary("a", {"Pipeline": "Raises the win rate and luck.", "Playbook": "For win rates."})
    x = stating(x, "a/pipeline", "increases", "win rate")
    x = stating(x, "a/pipeline", "increases", "luck")
    x = stating(x, "a/playbook", "increases", "win rates")
    graph = build_graph(x)
    assert labels(graph) == {"pipeline": "Pipeline", "playbook": "Playbook", "win-rate": "Win rate"}
    assert [c.slug for c in graph.concepts if c.implied] == ["win-rate"]
    assert edges(graph) == {
        ("pipeline", "increases", "win-rate"),
        ("playbook", "increases", "win-rate"),
    }


def test_shared_genus() -> None:
    """Definitions by one genus with other attributes share it: a key metric, a blended metric."""
    x = glossary("a", {"NRR": "A key metric.", "CSAT": "A blended metric.", "Churn": "A way."})
    x = stating(x, "a/nrr", "broader", "key metric")
    x = stating(x, "a/csat", "broader", "blended metric")
    x = stating(x, "a/churn", "broader", "way")
    assert edges(build_graph(x)) == {("nrr", "broader", "metric"), ("csat", "broader", "metric")}


def test_names_join_a_shared_genus() -> None:
    """A name that ends with a genus others are defined by is of it, if nothing else is known."""
    x = glossary("a", {"ACV": "A yearly value.", "CLV": "A total value.", "Deal value": "Money."})
    x = stating(x, "a/acv", "broader", "yearly value")
    x = stating(x, "a/clv", "broader", "total value")
    graph = build_graph(x)
    assert ("deal-value", "broader", "value") in edges(graph)
    assert "value" not in labels(
        build_graph(glossary("b", {"Deal value": "1.", "Key value": "2."}))
    )


def test_names_hint_at_concepts() -> None:
    """A name's words become a concept together with a sentence about it, not by themselves."""
    x = glossary("a", {"Lifecycle": "It ends in renewal.", "Renewal forecasting": "Guessing."})
    assert "renewal" not in labels(build_graph(x))
    graph = build_graph(stating(x, "a/lifecycle", "hasPart", "renewal"))
    assert edges(graph) == {
        ("renewal", "partOf", "lifecycle"),
        ("renewal", "related", "renewal-forecasting"),
    }


def test_names_of_three_share_a_wide_head() -> None:
    """A head as wide as "rate" is a concept when three names have it; prepositions govern."""
    rates = {"Burn rate": "1.", "Win rate": "2.", "Renewal rate": "3.", "Rate of change": "4."}
    found = edges(build_graph(glossary("a", rates)))
    assert found == {(f"{x}-rate", "broader", "rate") for x in ("burn", "win", "renewal")} | {
        ("rate-of-change", "broader", "rate")
    }
    two = dict(list(rates.items())[:2])
    assert edges(build_graph(glossary("a", two))) == set()


def test_names_share_more_than_heads() -> None:
    """A word of four names, the head of one at least, is what they all have to do with."""
    names = {"Deal value": "1.", "Value chain": "2.", "Time to value": "3.", "Value stream": "4."}
    found = edges(build_graph(glossary("a", names)))
    assert found == {
        ("deal-value", "broader", "value"),
        ("time-to-value", "related", "value"),
        ("value", "related", "value-chain"),
        ("value", "related", "value-stream"),
    }


def test_implied_concepts_have_kinds_too() -> None:
    """Revenue retention is a kind of retention, though no entry defines either."""
    x = glossary(
        "a",
        {
            "Net revenue retention": "1.",
            "Gross revenue retention": "2.",
            "Talk": "Raises retention.",
            "Plan": "Raises retention.",
        },
    )
    for entry in ("talk", "plan"):
        x = stating(x, f"a/{entry}", "increases", "retention")
    assert ("revenue-retention", "broader", "retention") in edges(build_graph(x))


def test_hints_never_name_what_is_defined() -> None:
    """No concept is implied beside an entry of that name, even one of another domain."""
    customers = {f"Customer {x}": "1." for x in ("journey", "score", "map")}
    partners = {f"Partner {x}": "1." for x in ("portal", "badge", "tier")}
    kinds = {f"{x} onboarding": "1." for x in ("Partner", "Reseller", "Affiliate")}
    a = glossary("a", customers | {"Onboarding": "For customers."})
    b = glossary("b", partners | kinds)
    graph = build_graph(together(a, b))
    assert [c.slug for c in graph.concepts if c.label.lower() == "onboarding"] == ["onboarding"]


def test_phrases_are_no_concepts() -> None:
    """Clauses, gerund phrases and empty words that several use do not become concepts."""
    x = glossary("a", {"A1": "Managing all forms of work, a way.", "B1": "It too."})
    for target in ("Managing all forms", "forms of work", "a way"):
        x = stating(x, "a/a1", "usedFor", target)
        x = stating(x, "a/b1", "usedFor", target)
    assert [c.label for c in build_graph(x).concepts if c.implied] == ["Work"]


def test_no_circles() -> None:
    """Of relations that make a concept a kind of itself the weakest goes, with a finding."""
    x = glossary("a", {"A1": "Sort of B1.", "B1": "Sort of C1.", "C1": "Sort of A1."})
    x = stating(x, "a/a1", "broader", "B1")
    x = stating(x, "a/b1", "broader", "C1")
    x = stating(x, "a/c1", "broader", "A1")
    weak = x.entries[2].relations[0]
    weak = replace(weak, evidence=replace(weak.evidence, confidence=0.3))
    graph = build_graph(changed(x, "a/c1", relations=(weak,)))
    assert edges(graph) == {("a1", "broader", "b1"), ("b1", "broader", "c1")}
    assert [(f.rule, f.subject) for f in graph.findings] == [("hierarchy-circle", "c1")]


def test_no_relation_to_itself() -> None:
    """What leads from a concept to itself after a merge is gone, and so are the mentions."""
    a = glossary("a", {"Churn": "Loss of customers, or attrition."})
    b = glossary("b", {"Attrition = Churn": "Churn."})
    assert build_graph(together(a, b)).relations == ()


def test_mention_beside_a_relation() -> None:
    """Two concepts with a typed relation, in either direction, have no mention beside it."""
    x = glossary("a", {"Goal": "Needs a plan.", "Plan": "Serves the goal."})
    graph = build_graph(stating(x, "a/goal", "uses", "plan"))
    assert edges(graph) == {("goal", "uses", "plan")}


def test_confidence_cut() -> None:
    """Relations below the asked confidence are left out, and what only they spoke of."""
    x = glossary("a", {"Goal": "Needs a plan.", "Plan": "For a goal."})
    assert edges(build_graph(x)) == {("goal", "mentions", "plan"), ("plan", "mentions", "goal")}
    assert edges(build_graph(x, min_confidence=0.9)) == set()


def test_see_also() -> None:
    """A see-also becomes a relation, an article becomes a resource of the definition."""
    x = glossary("a", {"Goal": "See plan. How to set one", "Plan": "1."})
    references = (
        Reference(text="Plan", kind="concept", evidence=evidence(x, "plan")),
        Reference(
            text="How to set one", kind="resource", evidence=evidence(x, "How to"), href="/how"
        ),
    )
    graph = build_graph(changed(x, "a/goal", references=references))
    assert edges(graph) == {("goal", "seeAlso", "plan")}
    assert graph.concepts[0].definitions[0].resources == (("How to set one", "/how"),)


def test_languages() -> None:
    """Each language has one preferred label; the graph's language is shown."""
    x = glossary("a", {"Crew": "People."})
    designations = (
        Designation(text="Mannschaft", language="de", status="preferred"),
        Designation(text="Crew", language="en", status="admitted"),
    )
    graph = build_graph(changed(x, "a/crew", designations=designations))
    assert {d.text: d.status for d in graph.concepts[0].designations} == {
        "Mannschaft": "preferred",
        "Crew": "admitted",
    }


def test_project_settings() -> None:
    """Title, licence and reuse of a source come from the project file."""
    settings = SourceSettings(place="a.txt", name="a", title="Ours", publisher="We", own=True)
    graph = build_graph(
        together(glossary("a", {"Goal": "1."}), glossary("b", {"Plan": "2."})),
        project=Project(title="All", base="https://example.org/", sources=(settings,)),
    )
    assert (graph.title, graph.base) == ("All", "https://example.org/")
    assert [(s.name, s.title, s.publisher, s.reuse, s.entries) for s in graph.sources] == [
        ("a", "Ours", "We", "full", 1),
        ("b", "b", "", "excerpt", 1),
    ]


def test_source_clash() -> None:
    """Two sources of one name are refused with the way out."""
    a = glossary("a", {"Goal": "1."})
    with pytest.raises(SourceClash, match=r'2 sources are named "a"\. Rename a file'):
        build_graph(together(a, a))


def test_same_graph_twice(corpus: Path) -> None:
    """Two builds give the same graph, the second with the first one's registry too."""
    registry = Registry()
    first = build_graph(gold_extraction(corpus), registry=registry)
    assert build_graph(gold_extraction(corpus)) == first
    assert build_graph(gold_extraction(corpus), registry=registry) == first
    assert [c.slug for c in first.concepts] == sorted(c.slug for c in first.concepts)


def test_explained_refusal(corpus: Path) -> None:
    """White-glove onboarding and white-glove service are two concepts, and a decision says why."""
    graph = build_graph(gold_extraction(corpus))
    slugs = labels(graph)
    assert {"white-glove-onboarding", "white-glove-service"} <= set(slugs)
    (decision,) = [
        d
        for d in graph.decisions
        if {d.left.split("/")[1], d.right.split("/")[1]}
        == {"white-glove-onboarding", "white-glove-service"}
    ]
    assert (decision.verdict, decision.rule) == ("apart", "head")


def test_describing_words_fall_away() -> None:
    """Early-stage churn is churn; revenue churn, with a word of headwords before, is not."""
    articles = {"Onboarding": "Cuts early-stage churn.", "Talk": "Cuts churn.", "Revenue": "Money."}
    articles["Price"] = "Cuts revenue churn."
    articles["Early warning"] = "A bell."  # its "early" makes no kind of what is early-stage
    x = glossary("a", articles)
    for entry, target in (("onboarding", "early-stage churn"), ("talk", "churn")):
        x = stating(x, f"a/{entry}", "reduces", target)
    x = stating(x, "a/price", "reduces", "revenue churn")
    assert edges(build_graph(x)) == {
        ("onboarding", "reduces", "churn"),
        ("talk", "reduces", "churn"),
        ("price", "mentions", "revenue"),
    }
