"""Facts about linking entries with each other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from extract.labels import is_acronym, slug
from extract.model import (
    Designation,
    Document,
    Entry,
    Evidence,
    Extraction,
    Link,
    Passage,
    Reference,
    Relation,
    Span,
)
from kg import lookup as names
from kg.link import link
from kg.lookup import Lookup
from kg.names import with_names
from tests.gold_pages import gold_extraction


def glossary(source: str, articles: dict[str, str], title: str = "") -> Extraction:
    """A glossary of ``"Term = alias": definition``, one a line."""
    text, entries = "", []
    for head, definition in articles.items():
        term, *aliases = [part.strip() for part in head.split("=")]
        start = len(text)
        text += f"{term}: {definition}\n"
        span = Span(start=start + len(term) + 2, end=len(text) - 1)
        entries.append(
            Entry(
                id=f"{source}/{slug(term)}",
                document=f"sources/{source}",
                designations=tuple(
                    Designation(
                        text=label,
                        language="en",
                        type="acronym" if is_acronym(label) else "full form",
                        status="admitted" if number else "preferred",
                    )
                    for number, label in enumerate([term, *aliases])
                ),
                span=Span(start=start, end=len(text)),
                definitions=(Passage(text=definition, span=span),),
            )
        )
    document = Document(
        uri=f"sources/{source}",
        source=source,
        media_type="text/plain",
        language="en",
        title=title or source,
        text=text,
        digest="",
    )
    return Extraction(documents=(document,), entries=tuple(entries))


def together(*extractions: Extraction) -> Extraction:
    return Extraction(
        documents=tuple(d for x in extractions for d in x.documents),
        entries=tuple(e for x in extractions for e in x.entries),
    )


def evidence(extraction: Extraction, quote: str) -> Evidence:
    document = extraction.documents[0]
    start = document.text.index(quote)
    return Evidence(
        document=document.uri,
        span=Span(start=start, end=start + len(quote)),
        quote=quote,
        rule="test",
        confidence=0.9,
    )


def stating(extraction: Extraction, subject: str, type: str, target: str) -> Extraction:
    """The extraction with a relation that the first document's text states."""
    relation = Relation(
        subject=subject,
        type=type,
        target=target,
        basis="text",
        evidence=evidence(extraction, target),
    )
    return replace(
        extraction,
        entries=tuple(
            replace(e, relations=(*e.relations, relation)) if e.id == subject else e
            for e in extraction.entries
        ),
    )


def mentions(extraction: Extraction) -> set[tuple[str, str | None, str]]:
    return {
        (e.id, r.target_id, r.target)
        for e in link(extraction).entries
        for r in e.relations
        if r.type == "mentions"
    }


def test_mentions() -> None:
    """A definition mentions other entries by label, alias or acronym, the longest name only."""
    x = glossary(
        "a",
        {
            "Churn": "Customers who leave.",
            "Loss rate": "The share of customers lost to churn, tracked by a CSM.",
            "Customer success manager = CSM": "A role that watches the loss rate.",
        },
    )
    assert mentions(x) == {
        ("a/loss-rate", "a/churn", "churn"),
        ("a/loss-rate", "a/customer-success-manager", "CSM"),
        ("a/customer-success-manager", "a/loss-rate", "loss rate"),
    }


def test_own_words_are_no_mention() -> None:
    """Words of the own headword never count, the same words elsewhere do."""
    x = glossary(
        "a",
        {
            "Onboarding": "The first weeks.",
            "SaaS onboarding": "SaaS onboarding is done online.",
            "Onboarding kickoff": "The onboarding kickoff opens an onboarding program.",
        },
    )
    assert mentions(x) == {("a/onboarding-kickoff", "a/onboarding", "onboarding")}


def test_own_glossary_goes_first() -> None:
    """A name that two glossaries define means the one of the own glossary."""
    a = glossary("a", {"Lead": "A buyer.", "Funnel": "It narrows every lead."})
    b = glossary("b", {"Lead": "A metal.", "Pipe": "Made of lead."})
    assert mentions(together(a, b)) == {
        ("a/funnel", "a/lead", "lead"),
        ("b/pipe", "b/lead", "lead"),
    }


def test_common_terms_are_left_out() -> None:
    """A one-word term that more than a fifth of a glossary names is mentioned by none."""
    articles = {"Partner": "A company.", "Board": "It meets."}
    articles |= {f"Topic {n} x": f"Partners and the board, number {n}." for n in range(6)}
    articles |= {f"Matter {n} x": f"Nothing {n}." for n in range(14)}
    names = {target for _, target, _ in mentions(glossary("a", articles))}
    assert names == set()
    few = {target for _, target, _ in mentions(glossary("a", dict(list(articles.items())[:10])))}
    assert few == {"a/partner", "a/board"}


def test_quotes_are_the_sentence() -> None:
    """A mention's evidence is the sentence that names the term, exactly as printed."""
    x = glossary("a", {"Churn": "Loss.", "Win-back": "First, wait. Then fight churn! Done."})
    (relation,) = link(x).entries[1].relations
    assert relation.evidence.quote == "Then fight churn!"
    assert relation.evidence.span.of(x.documents[0].text) == relation.evidence.quote


def test_targets() -> None:
    """Relation targets are linked by name, by alias, and where only plain words stand before."""
    x = glossary(
        "a",
        {
            "Partner program = partnership program": "A plan.",
            "Churn rate": "A number. Overall churn rate too.",
            "Revenue": "Money. Revenue churn too.",
            "Customer success = CS": "Help.",
            "Badge": "Shown by a healthy partnership program, overall churn rate, revenue churn, "
            "tailored CS, aspects of the partnership program.",
        },
    )
    wanted = {
        "healthy partnership program": "a/partner-program",
        "partnership program": "a/partner-program",
        "overall churn rate": "a/churn-rate",
        "revenue churn": None,
        "tailored CS": "a/customer-success",
        "aspects of the partnership program": "a/partner-program",
    }
    for target in wanted:
        x = stating(x, "a/badge", "uses", target)
    found = {r.target: r.target_id for r in link(x).entries[4].relations if r.type == "uses"}
    assert found == wanted


def test_targets_without_their_first_word() -> None:
    """Under "Patient care" the noun alone is what another headword says of patients."""
    x = glossary(
        "a",
        {
            "Patient journey": "All that happens from arrival to discharge.",
            "Patient record": "What is written down.",
            "Staff rota": "Who works when.",
            "Patient progress": "How somebody recovers.",
            "Patient care": "Keeps current records; managing the entire journey of a patient and "
            "the journey of a parcel, court records, the rota, progress.",
            "Care": "Help.",
        },
    )
    wanted = {
        "current records": "a/patient-record",
        "managing the entire journey of a patient": "a/patient-journey",
        "the journey of a parcel": None,
        "court records": None,
        "the rota": None,
        "progress": None,
    }
    for target in wanted:
        x = stating(x, "a/patient-care", "uses", target)
    found = {r.target: r.target_id for r in link(x).entries[4].relations if r.type == "uses"}
    assert found == wanted


def test_no_mention_beside_a_typed_relation() -> None:
    """What a typed relation leads to is not also mentioned."""
    x = stating(
        glossary("a", {"Plan": "A list.", "Goal": "Needs a plan."}), "a/goal", "uses", "plan"
    )
    assert [r.type for r in link(x).entries[1].relations] == ["uses"]


def test_acronym_belongs_to_its_long_form() -> None:
    """Of several entries that list an acronym, the one whose initials it is owns it."""
    x = glossary(
        "a",
        {
            "Business review = QBR = EBR": "A meeting.",
            "Quarterly business review = QBR": "A meeting each quarter.",
            "Account plan": "Made at the QBR.",
        },
    )
    assert ("a/account-plan", "a/quarterly-business-review", "QBR") in mentions(x)


def test_references() -> None:
    """A see-also is linked by name; an article only when a term makes up half of its title."""
    x = glossary(
        "a", {"Partner portal": "See.", "Badge": "Partner portal basics. How a badge works"}
    )

    def refer(text: str, kind: str) -> str | None:
        reference = Reference(text=text, kind=kind, evidence=evidence(x, "Badge"))
        entry = replace(x.entries[1], references=(reference,))
        return link(replace(x, entries=(x.entries[0], entry))).entries[1].references[0].target

    assert refer("partner portals", "concept") == "a/partner-portal"
    assert refer("Partner portal basics", "resource") == "a/partner-portal"
    assert refer("How to build your first partner portal", "resource") is None
    assert refer("Badge", "concept") is None


def test_hyperlinks() -> None:
    """A link from one entry's text to another entry's anchor is a relation between them."""
    x = glossary("a", {"Churn": "Loss.", "Save": "Stops the loss of customers."})
    text = x.documents[0].text
    start = text.index("loss of")
    document = replace(
        x.documents[0],
        anchors={"churn": 0},
        links=(Link(span=Span(start=start, end=start + 4), target="#churn"),),
    )
    (relation,) = link(replace(x, documents=(document,))).entries[1].relations
    assert (relation.type, relation.target_id, relation.basis) == (
        "related",
        "a/churn",
        "reference",
    )
    assert relation.evidence.quote == "loss"


def test_hyperlinks_to_a_page_saved_under_another_name() -> None:
    """Links to "guide/glossary#…" are the page's own where most such anchors are on it."""
    x = glossary("a", {"Churn": "Loss.", "Save": "Stops the loss of customers.", "Win": "A gain."})
    text = x.documents[0].text

    def found(*targets: str) -> list[str | None]:
        starts = [text.index(word) for word in ("loss of", "customers", "gain")]
        links = tuple(
            Link(span=Span(start=start, end=start + 4), target=target)
            for start, target in zip(starts, targets, strict=False)
        )
        anchors = {"churn": 0, "win": text.index("Win")}
        document = replace(x.documents[0], anchors=anchors, links=links)
        entries = link(replace(x, documents=(document,))).entries
        return [r.target_id for e in entries for r in e.relations if r.evidence.rule == "link"]

    assert found("guide/glossary#churn", "guide/glossary#win") == ["a/churn", "a/win"]
    assert found("guide/other#churn", "guide/other#x", "guide/other#y") == []


def test_linking_twice_changes_nothing() -> None:
    """Linking is idempotent, and so is reading names."""
    articles = {"Churn": "Loss.", "Churn rate": "Share of churn.", "Rate": "Speed."}
    x = with_names(link(glossary("a", articles)))
    assert with_names(link(x)) == x


def test_mentions_on_the_annotated_pages(corpus: Path) -> None:
    """With faultless entries, evidence is exact everywhere and mentions are found on all pages."""
    x = link(gold_extraction(corpus))
    texts = {d.uri: d.text for d in x.documents}
    relations = [r for e in x.entries for r in e.relations]
    assert len([r for r in relations if r.type == "mentions"]) > 90
    for relation in relations:
        assert relation.evidence.span.of(texts[relation.evidence.document]) == (
            relation.evidence.quote
        )


def named(extraction: Extraction) -> set[tuple[str, str, str]]:
    """(entry, type, entry or words) of the relations that names say."""
    return {
        (r.subject, r.type, r.target_id or r.target)
        for e in with_names(link(extraction)).entries
        for r in e.relations
        if r.basis == "name" and r.type != "related"
    }


def test_names_say_what_kind() -> None:
    """A name that ends with another's name is a kind of it, unless a preposition governs it."""
    x = glossary(
        "a",
        {
            "Onboarding": "1.",
            "SaaS onboarding": "2.",
            "Value": "3.",
            "Time to value": "4.",
            "Team onboarding kit": "5.",
        },
    )
    assert named(x) == {("a/saas-onboarding", "broader", "a/onboarding")}


def test_names_say_what_is_measured() -> None:
    """A rate or score measures what stands before it, and is then no kind of another rate."""
    x = glossary(
        "a",
        {"Adoption rate": "1.", "Feature adoption": "2.", "Feature adoption rate": "3."},
    )
    assert named(x) == {("a/feature-adoption-rate", "measures", "a/feature-adoption")}


def test_names_share_a_head() -> None:
    """Two names with one head noun are kinds of what it names, though no entry defines it."""
    x = glossary(
        "a",
        {"Logo churn": "1.", "Revenue churn": "2.", "Sales process": "3.", "Review process": "4."},
    )
    assert named(x) == {
        ("a/logo-churn", "broader", "churn"),
        ("a/revenue-churn", "broader", "churn"),
    }


def test_names_say_what_they_have_to_do_with() -> None:
    """A name that begins with another's name is related to it, in whatever way."""
    articles = {"Onboarding": "1.", "Onboarding kickoff": "2.", "Team kickoff": "3."}
    x = with_names(link(glossary("a", articles)))
    (relation,) = [r for r in x.entries[1].relations if r.type == "related"]
    assert (relation.target_id, relation.basis) == ("a/onboarding", "name")
    assert relation.evidence.quote == "Onboarding kickoff"


def test_rates_measure_what_names_share() -> None:
    """A churn rate measures the churn that two other names are kinds of."""
    x = glossary("a", {"Churn rate": "1.", "Logo churn": "2.", "Revenue churn": "3."})
    assert ("a/churn-rate", "measures", "churn") in named(x)


def test_names_that_are_no_kinds() -> None:
    """What a prefix denies, a particle ends, or a program calls so is no kind of its last word."""
    texts = {
        "Payment": "Money given for goods.",
        "Non-payment": "A failure to give it.",
        "Platform": "A base for programs.",
        "Cross-platform": "Running on all of them.",
        "Sample": "One row of data.",
        "score_samples": "A method that rates rows.",
        "Late payment": "One after its date.",
    }
    assert named(glossary("a", texts)) == {("a/late-payment", "broader", "a/payment")}


def test_words_of_other_glossaries() -> None:
    """One common word is not taken to mean the same in a glossary on something else."""
    a = glossary("a", {"Mailing list": "An address for many people.", "Spool": "A queue."})
    b = glossary("b", {"List": "A built-in sequence.", "Tuple": "Another one."})
    genera = {"Mailing list": "address", "List": "sequence"}
    both = together(a, b)
    entries = tuple(replace(e, genus=genera.get(e.term)) for e in both.entries)
    assert named(replace(both, entries=entries)) == set()


def test_names_keep_to_their_domain() -> None:
    """A partner's lifecycle management is no kind of a customer's."""
    customers = {f"Customer {x}": "1." for x in ("journey", "effort", "health")}
    partners = {f"Partner {x}": "1." for x in ("portal", "badge", "tier")}
    a = glossary(
        "a",
        customers | {"Lifecycle management": "What customers go through.", "SaaS onboarding": "3."},
    )
    b = glossary("b", partners | {"Partner lifecycle management": "2."})
    c = glossary("c", {"Onboarding": "1."})
    assert named(together(a, b, c)) == {("a/saas-onboarding", "broader", "c/onboarding")}


def test_names_with_the_glossarys_own_word() -> None:
    """Where one glossary has both, the full name is of a kind; over two it is the same name."""
    customers = {f"Customer {x}": "1." for x in ("journey", "effort", "health")}
    both = customers | {"Onboarding": "2.", "Customer onboarding": "3."}
    assert named(glossary("a", both)) == {("a/customer-onboarding", "broader", "a/onboarding")}
    a = glossary("a", customers | {"Onboarding": "2."})
    b = glossary("b", customers | {"Customer onboarding": "3."})
    assert named(together(a, b)) == set()


def test_names_of_the_topic() -> None:
    """A glossary on customer success means that by "success"."""
    articles = {"Customer success": "1.", "Proactive success": "2.", "Customer journey": "3."}
    x = glossary("a", articles, title="The customer success glossary")
    assert named(x) == {("a/proactive-success", "broader", "a/customer-success")}


def test_names_of_nobodys_domain() -> None:
    """What speaks of no domain of its own may have kinds in any glossary."""
    customers = {f"Customer {x}": "1." for x in ("journey", "effort", "health")}
    partners = {f"Partner {x}": "1." for x in ("portal", "badge", "tier")}
    a = glossary("a", customers | {"Key performance indicator = KPI": "Tells success."})
    b = glossary("b", partners | {"Partner KPIs": "2."})
    assert named(together(a, b)) == {("b/partner-kpis", "broader", "a/key-performance-indicator")}


def test_explained_short_forms() -> None:
    """An acronym that another entry explains is a label of the entry it is explained with."""
    x = link(
        glossary(
            "a",
            {
                "Customer lifetime value = CLTV": "1.",
                "Churn management": "Raises customer lifetime value (CLV), see (ABC).",
                "Pricing": "Moves CLV.",
            },
        )
    )
    assert [d.text for d in x.entries[0].designations] == ["Customer lifetime value", "CLTV", "CLV"]
    found = x.entries[0].designations[2].evidence
    assert found is not None
    assert found.quote == "customer lifetime value (CLV)"
    assert found.span.of(x.documents[0].text) == found.quote
    assert [r.target_id for r in x.entries[2].relations] == ["a/customer-lifetime-value"]


def test_subject_of_an_inferred_entry() -> None:
    """An entry whose headword was inferred is meant by the words its definition begins with."""
    x = glossary(
        "a",
        {
            "Partner certification": "Certifications are granted.",
            "Badge": "It needs certification.",
        },
    )
    inferred = replace(x.entries[0], inferred=True)
    found = link(replace(x, entries=(inferred, x.entries[1])))
    assert [d.text for d in found.entries[0].designations][1:] == ["Certifications"]
    assert [r.target_id for r in found.entries[1].relations] == ["a/partner-certification"]


def test_terms_of_another_domain() -> None:
    """Behind the own glossary's word a term of the other glossary's domain is not meant."""
    customers = {f"Customer {x}": "1." for x in ("journey", "effort", "health")}
    partners = {f"Partner {x}": "1." for x in ("portal", "badge", "tier")}
    a = glossary("a", customers | {"Activation rate": "Of customers."})
    b = glossary("b", partners | {"Speed": "Partner activation rate.", "Pace": "Activation rate."})
    found = {(s, t) for s, t, _ in mentions(together(a, b))}
    assert found == {("b/pace", "a/activation-rate")}


def test_unexplained_short_forms() -> None:
    """An acronym in headwords that nobody explains is the one headword of these initials."""
    articles = {"Customer success": "1.", "High touch CS": "CS by hand.", "Scalable CS": "2."}
    x = link(glossary("a", articles))
    assert [d.text for d in x.entries[0].designations] == ["Customer success", "CS"]
    two = link(glossary("a", articles | {"Customer segment": "3."}))
    assert [len(e.designations) for e in two.entries] == [1, 1, 1, 1]


def test_a_kind_is_linked_by_its_head() -> None:
    """ "A tall spar" is a spar, whatever stands before; an ordered set of rules is no Set."""
    articles = {"Spar": "A pole.", "Set": "A row.", "Mast": "A tall spar.", "CRM": "A program."}
    lookup = Lookup.of(glossary("g", articles))
    assert lookup.head("tall spar", besides="g/mast") == "g/spar"
    assert lookup.head("ordered set of rules", besides="g/mast") is None
    assert lookup.head("tall spar", besides="g/spar") is None
    assert lookup.head("modern CRM", besides="g/mast") is None


@given(st.text(alphabet="ABsz19 -'é()[]", max_size=16))
def test_quick_looks_at_labels_miss_nothing(label: str) -> None:
    """Brackets and plural acronyms are taken off wherever the patterns find them."""
    assert names.bare(label) == (names._QUALIFIER.sub("", label).strip() or label)
    assert names._one_acronym(label) == names._PLURAL_ACRONYM.sub(r"\1", label)
