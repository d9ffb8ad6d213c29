"""A small graph made by hand: two glossaries, every relation type and basis, every odd case.

``sample_graph()`` is what the tests of everything behind the build work on. Its words are our own:
terms of customer success, and of a sailing club that counts its members the same way.

Odd cases, by name: *Churn Rate* is merged from two entries; *Win Rate* is implied; "Pilot" is an
alias of two concepts; "Log" is the preferred label of one and an alias of another; ``csm-role`` was
renamed; *Club Burgee* has nothing but a mention, *Sea Room* nothing at all; *Skipper* has German.
"""

from __future__ import annotations

import hashlib
from functools import cache
from itertools import pairwise

from extract.model import Designation, Evidence, Finding, Span
from kg.model import Concept, Decision, Definition, Graph, Relation, Source, Text

BASE = "http://localhost:8000/"

TEXTS = {
    "success": """\
Customer Success Terms

Churn Rate – The percentage of customers who leave in a period. Churn rate measures churn.
Churn – Customers who stop paying. A poor onboarding increases churn.
Retention Rate – The percentage of customers who stay, in contrast to the churn rate.
Net Revenue Retention (NRR) – A retention rate that counts revenue. It is computed from expansion \
revenue and churn. Formula: (start + expansion - churn) / start
Expansion Revenue – Revenue from customers who buy more. Expansion revenue increases net revenue \
retention.
Customer Lifetime Value (CLV), also called CLTV – The profit expected of a customer. Reducing \
churn increases CLV.
Onboarding – The process that brings newcomers to their first success.
Customer Onboarding – Helping a new customer to a first result. It reduces churn and precedes \
the quarterly business review. See also: Playbook
Customer Success Manager (CSM) – A person responsible for customer onboarding who uses playbooks.
Customer Health Score (CHS) – A score used for spotting churn early. Example: A score of 40 calls \
for a talk.
Quarterly Business Review (QBR) – A meeting in which a CSM shows results; win rate is on its agenda.
Playbook – A written guide that enables customer onboarding at scale. Related: Win rate
Pilot Program, or Pilot – A trial with few customers before a purchase & rollout.
Kickoff Call – The first meeting of customer onboarding.
""",
    "club": """\
Words of a Sailing Club

Customer Churn Rate – The share of members who do not renew <within a year>.
Skipper (de: Schiffsführer) – The person responsible for the crew and the passage plan.
Crew (de: Mannschaft) – The people who sail a boat, such as a helmsman.
Helmsman (de: Steuermann) – A member of the crew who steers.
Harbour Pilot, or Pilot – Someone who guides ships into a harbour; related to the skipper.
Log – A device that measures speed through the water.
Logbook, or Log – A document that the skipper keeps.
Passage Plan – A document that names tides, dangers & shelters. It uses the logbook.
Safety Briefing (de: Sicherheitseinweisung) – A talk before the trip. It enables a calm crew.
Sail – A piece of cloth that catches the wind.
Mainsail (de: Großsegel) – A sail behind the mast; it is a part of the rig.
Rig – Mast, boom, "standing" and running lines.
Club Burgee – A small flag of the club, flown above the mainsail.
Sea Room – Free water around a boat.
""",
}
"""The two documents, as they were read."""

_SOURCES = {
    "success": ("Customer Success Terms", "Example Ltd", "CC-BY-4.0", "full"),
    "club": ("Words of a Sailing Club", "", "", "excerpt"),
}

# slug: (source, headword, definition) for each entry
_ENTRIES: dict[str, list[tuple[str, str, str]]] = {
    "churn-rate": [
        ("success", "Churn Rate", "The percentage of customers who leave in a period. "
         "Churn rate measures churn."),
        ("club", "Customer Churn Rate", "The share of members who do not renew <within a year>."),
    ],
    "churn": [("success", "Churn", "Customers who stop paying. A poor onboarding increases "
               "churn.")],
    "retention-rate": [("success", "Retention Rate", "The percentage of customers who stay, in "
                        "contrast to the churn rate.")],
    "net-revenue-retention": [("success", "Net Revenue Retention", "A retention rate that counts "
                               "revenue. It is computed from expansion revenue and churn.")],
    "expansion-revenue": [("success", "Expansion Revenue", "Revenue from customers who buy more. "
                           "Expansion revenue increases net revenue retention.")],
    "customer-lifetime-value": [("success", "Customer Lifetime Value", "The profit expected of a "
                                 "customer. Reducing churn increases CLV.")],
    "onboarding": [("success", "Onboarding", "The process that brings newcomers to their first "
                    "success.")],
    "customer-onboarding": [("success", "Customer Onboarding", "Helping a new customer to a first "
                             "result. It reduces churn and precedes the quarterly business "
                             "review.")],
    "customer-success-manager": [("success", "Customer Success Manager", "A person responsible for "
                                  "customer onboarding who uses playbooks.")],
    "customer-health-score": [("success", "Customer Health Score", "A score used for spotting "
                               "churn early.")],
    "quarterly-business-review": [("success", "Quarterly Business Review", "A meeting in which a "
                                   "CSM shows results; win rate is on its agenda.")],
    "playbook": [("success", "Playbook", "A written guide that enables customer onboarding at "
                  "scale.")],
    "pilot-program": [("success", "Pilot Program", "A trial with few customers before a purchase "
                       "& rollout.")],
    "kickoff-call": [("success", "Kickoff Call", "The first meeting of customer onboarding.")],
    "skipper": [("club", "Skipper", "The person responsible for the crew and the passage plan.")],
    "crew": [("club", "Crew", "The people who sail a boat, such as a helmsman.")],
    "helmsman": [("club", "Helmsman", "A member of the crew who steers.")],
    "harbour-pilot": [("club", "Harbour Pilot", "Someone who guides ships into a harbour; related "
                       "to the skipper.")],
    "log": [("club", "Log", "A device that measures speed through the water.")],
    "logbook": [("club", "Logbook", "A document that the skipper keeps.")],
    "passage-plan": [("club", "Passage Plan", "A document that names tides, dangers & shelters. "
                      "It uses the logbook.")],
    "safety-briefing": [("club", "Safety Briefing", "A talk before the trip. It enables a calm "
                         "crew.")],
    "sail": [("club", "Sail", "A piece of cloth that catches the wind.")],
    "mainsail": [("club", "Mainsail", "A sail behind the mast; it is a part of the rig.")],
    "rig": [("club", "Rig", 'Mast, boom, "standing" and running lines.')],
    "club-burgee": [("club", "Club Burgee", "A small flag of the club, flown above the mainsail.")],
    "sea-room": [("club", "Sea Room", "Free water around a boat.")],
    "win-rate": [],
}  # fmt: skip

_KINDS = {
    "churn-rate": "metric", "retention-rate": "metric", "net-revenue-retention": "metric",
    "customer-lifetime-value": "metric", "customer-health-score": "metric", "win-rate": "metric",
    "onboarding": "process", "customer-onboarding": "process", "pilot-program": "process",
    "customer-success-manager": "role", "skipper": "role", "helmsman": "role",
    "harbour-pilot": "role", "quarterly-business-review": "event", "kickoff-call": "event",
    "safety-briefing": "event", "playbook": "document", "logbook": "document",
    "passage-plan": "document", "log": "tool", "sail": "tool", "crew": "organisation",
}  # fmt: skip

# slug: more labels as (text, language, type, status)
_LABELS = {
    "churn-rate": [("Customer Churn Rate", "en", "synonym", "admitted")],
    "net-revenue-retention": [("NRR", "en", "acronym", "admitted")],
    "customer-lifetime-value": [
        ("CLV", "en", "acronym", "admitted"),
        ("CLTV", "en", "acronym", "admitted"),
    ],
    "customer-success-manager": [("CSM", "en", "acronym", "admitted")],
    "customer-health-score": [
        ("CHS", "en", "acronym", "admitted"),
        ("Costumer Health Score", "en", "variant", "hidden"),
    ],
    "quarterly-business-review": [("QBR", "en", "acronym", "admitted")],
    "pilot-program": [("Pilot", "en", "synonym", "admitted")],
    "harbour-pilot": [("Pilot", "en", "synonym", "admitted")],
    "logbook": [("Log", "en", "synonym", "admitted")],
    "skipper": [("Schiffsführer", "de", "full form", "preferred")],
    "crew": [("Mannschaft", "de", "full form", "preferred")],
    "helmsman": [("Steuermann", "de", "full form", "preferred")],
    "safety-briefing": [("Sicherheitseinweisung", "de", "full form", "preferred")],
    "mainsail": [("Großsegel", "de", "full form", "preferred")],
}

# subject, type, object, basis, rule, confidence, then (source, quote) for each piece of evidence
_RELATIONS: list[tuple[str, str, str, str, str, float, list[tuple[str, str]]]] = [
    ("churn-rate", "measures", "churn", "text", "verb", 0.9,
     [("success", "Churn rate measures churn.")]),
    ("onboarding", "increases", "churn", "text", "verb", 0.6,
     [("success", "A poor onboarding increases churn.")]),
    ("retention-rate", "contrastsWith", "churn-rate", "text", "contrast", 0.85,
     [("success", "in contrast to the churn rate")]),
    ("net-revenue-retention", "broader", "retention-rate", "text", "genus", 0.95,
     [("success", "A retention rate that counts revenue.")]),
    ("net-revenue-retention", "computedFrom", "expansion-revenue", "text", "formula", 0.9,
     [("success", "It is computed from expansion revenue and churn.")]),
    ("net-revenue-retention", "computedFrom", "churn", "text", "formula", 0.9,
     [("success", "It is computed from expansion revenue and churn."),
      ("success", "(start + expansion - churn) / start")]),
    ("expansion-revenue", "increases", "net-revenue-retention", "text", "verb", 0.9,
     [("success", "Expansion revenue increases net revenue retention.")]),
    ("churn", "reduces", "customer-lifetime-value", "text", "gerund", 0.7,
     [("success", "Reducing churn increases CLV.")]),
    ("customer-onboarding", "broader", "onboarding", "name", "head-noun", 0.8,
     [("success", "Customer Onboarding")]),
    ("customer-onboarding", "reduces", "churn", "text", "verb", 0.9,
     [("success", "It reduces churn and precedes the quarterly business review.")]),
    ("customer-onboarding", "precedes", "quarterly-business-review", "text", "verb", 0.85,
     [("success", "It reduces churn and precedes the quarterly business review.")]),
    ("customer-onboarding", "seeAlso", "playbook", "reference", "see-also", 1.0,
     [("success", "Playbook")]),
    ("customer-success-manager", "responsibleFor", "customer-onboarding", "text", "role", 0.9,
     [("success", "A person responsible for customer onboarding who uses playbooks.")]),
    ("customer-success-manager", "uses", "playbook", "text", "verb", 0.8,
     [("success", "A person responsible for customer onboarding who uses playbooks.")]),
    ("customer-health-score", "usedFor", "churn", "text", "used-for", 0.7,
     [("success", "A score used for spotting churn early.")]),
    ("quarterly-business-review", "mentions", "customer-success-manager", "mention", "mention",
     0.4, [("success", "CSM shows results")]),
    ("quarterly-business-review", "mentions", "win-rate", "mention", "mention", 0.4,
     [("success", "win rate is on its agenda")]),
    ("playbook", "enables", "customer-onboarding", "text", "verb", 0.85,
     [("success", "A written guide that enables customer onboarding at scale.")]),
    ("playbook", "related", "win-rate", "reference", "related", 1.0,
     [("success", "Related: Win rate")]),
    ("kickoff-call", "partOf", "customer-onboarding", "text", "meeting-of", 0.75,
     [("success", "The first meeting of customer onboarding.")]),
    ("skipper", "responsibleFor", "crew", "text", "role", 0.9,
     [("club", "The person responsible for the crew and the passage plan.")]),
    ("skipper", "responsibleFor", "passage-plan", "text", "role", 0.9,
     [("club", "The person responsible for the crew and the passage plan.")]),
    ("helmsman", "exampleOf", "crew", "text", "such-as", 0.8,
     [("club", "The people who sail a boat, such as a helmsman.")]),
    ("helmsman", "partOf", "crew", "text", "member-of", 0.9,
     [("club", "A member of the crew who steers.")]),
    ("harbour-pilot", "related", "skipper", "text", "related", 0.6,
     [("club", "related to the skipper")]),
    ("logbook", "mentions", "skipper", "mention", "mention", 0.4,
     [("club", "the skipper keeps")]),
    ("passage-plan", "uses", "logbook", "text", "verb", 0.8,
     [("club", "It uses the logbook.")]),
    ("safety-briefing", "enables", "crew", "text", "verb", 0.6,
     [("club", "It enables a calm crew.")]),
    ("mainsail", "broader", "sail", "text", "genus", 0.95,
     [("club", "A sail behind the mast")]),
    ("mainsail", "partOf", "rig", "text", "part-of", 0.9,
     [("club", "it is a part of the rig")]),
    ("club-burgee", "mentions", "mainsail", "mention", "mention", 0.4,
     [("club", "flown above the mainsail")]),
]  # fmt: skip


def relation_id(subject: str, type: str, object: str) -> str:
    """Return the id that the sample's relation has."""
    return hashlib.sha256(f"{subject}\n{type}\n{object}".encode()).hexdigest()[:16]


def _span(source: str, quote: str, after: str = "") -> Span:
    text = TEXTS[source]
    start = text.index(quote, text.index(after))
    return Span(start=start, end=start + len(quote))


def _evidence(source: str, quote: str, rule: str, confidence: float, after: str) -> Evidence:
    return Evidence(
        document=f"sources/{source}",
        span=_span(source, quote, after),
        quote=quote,
        rule=rule,
        confidence=confidence,
    )


def _definition(source: str, slug: str, term: str, text: str) -> Definition:
    span = _span(source, text)
    line = TEXTS[source].count("\n", 0, span.start) + 1
    return Definition(
        source=source,
        entry=f"{source}/{term.lower().replace(' ', '-')}",
        term=term,
        text=text,
        document=f"sources/{source}",
        start=span.start,
        end=span.end,
        locator=f"line {line}",
        pos=("noun",) if slug == "churn" else (),
        formula="(start + expansion - churn) / start" if slug == "net-revenue-retention" else "",
        examples=("A score of 40 calls for a talk.",) if slug == "customer-health-score" else (),
        resources=(("How to write a playbook", "https://example.org/playbooks"),)
        if slug == "playbook"
        else (),
    )


def _concept(slug: str) -> Concept:
    entries = _ENTRIES[slug]
    label = entries[0][1] if entries else "Win Rate"
    head = Designation(text=label, language="en", status="preferred")
    more = [
        Designation(
            text=text,
            language=language,
            type=type_,
            status=status,
            evidence=_evidence(entries[-1][0], text, "alias", 0.9, "")
            if status != "hidden"
            else None,
        )
        for text, language, type_, status in _LABELS.get(slug, [])
    ]
    return Concept(
        slug=slug,
        label=label,
        kind=_KINDS.get(slug, "none"),
        designations=(head, *more),
        definitions=tuple(_definition(source, slug, term, text) for source, term, text in entries),
        implied=not entries,
        close=tuple(sorted({"log", "logbook"} - {slug}) if slug in {"log", "logbook"} else ()),
        same_as=("https://example.org/vocabulary/churn",) if slug == "churn" else (),
    )


def _relation(
    subject: str,
    type: str,
    object: str,
    basis: str,
    rule: str,
    confidence: float,
    quotes: list[tuple[str, str]],
) -> Relation:
    return Relation(
        id=relation_id(subject, type, object),
        subject=subject,
        type=type,
        object=object,
        basis=basis,
        confidence=confidence,
        evidence=tuple(
            _evidence(
                source,
                quote,
                rule,
                confidence,
                # "Playbook" stands elsewhere, too
                "See also: " if rule == "see-also" else "",
            )
            for source, quote in quotes
        ),
        sources=tuple(sorted({source for source, _ in quotes})),
    )


def _source(name: str) -> Source:
    title, publisher, licence, reuse = _SOURCES[name]
    return Source(
        name=name,
        title=title,
        document=f"sources/{name}",
        publisher=publisher,
        url=f"https://example.org/{name}",
        retrieved="2026-01-31",
        licence=licence,
        reuse=reuse,
        digest=hashlib.sha256(TEXTS[name].encode()).hexdigest(),
        entries=sum(name == source for entries in _ENTRIES.values() for source, _, _ in entries),
    )


def _text(name: str) -> Text:
    digest = hashlib.sha256(TEXTS[name].encode()).hexdigest()
    return Text(
        document=f"sources/{name}", source=name, text=TEXTS[name], digest=digest, original=digest
    )


@cache
def sample_graph() -> Graph:
    """Return the graph; the same object each time, since it cannot be changed."""
    return Graph(
        base=BASE,
        title="Success at sea",
        sources=tuple(_source(name) for name in sorted(_SOURCES)),
        texts=tuple(_text(name) for name in sorted(TEXTS)),
        concepts=tuple(_concept(slug) for slug in sorted(_ENTRIES)),
        relations=tuple(
            sorted(
                (_relation(*row) for row in _RELATIONS),
                key=lambda r: (r.subject, r.type, r.object),
            )
        ),
        decisions=(
            Decision(
                left="club/customer-churn-rate",
                right="success/churn-rate",
                verdict="same",
                rule="implied-modifier",
                reason='"Customer Churn Rate" is "Churn Rate" where customers are meant.',
            ),
            Decision(
                left="club/harbour-pilot",
                right="success/pilot-program",
                verdict="apart",
                rule="head-noun",
                reason='"Harbour Pilot" and "Pilot Program" end in different nouns.',
            ),
            Decision(
                left="club/log",
                right="club/logbook",
                verdict="close",
                rule="shared-alias",
                reason='"Log" is also a name of "Logbook", but the same glossary holds both.',
            ),
        ),
        findings=(
            Finding(
                rule="contested-alias",
                subject="Pilot",
                message='"Pilot" names both Harbour Pilot and Pilot Program.',
            ),
        ),
        redirects={"csm-role": "customer-success-manager", "speed-log": "log"},
    )


ODD_LABELS = (
    '=HYPERLINK("http://example.org","x")',
    "+1 rule",
    "@mention",
    "-- dash",
    'Say "hello" & <b>bye</b>',
    "it's ]]> done",
    "[[Wiki|Link]] #tag ^block",
    "C++ / C#",
    "100 %",
    "日本語",
    "مخزن",
    "emoji 🙂 end",
    "back\\slash {brace} $dollar `tick`",
    "line\nbreak\tand tab",
    "control\x01sign",
    "Title",
    "TITLE",
    "semi;colon, comma | pipe",
    "x" * 300,
)


@cache
def odd_graph() -> Graph:
    """Return a graph whose labels and texts hold every sign that some format stumbles over."""
    concepts = tuple(
        Concept(
            slug=f"odd-{place:02}" if place else "größe-日本",
            label=label,
            designations=(
                Designation(text=label, language="en", status="preferred"),
                Designation(text=f"{label} too", language="en"),
            ),
            definitions=(
                Definition(source="odd", entry=f"odd/{place}", term=label, text=f"About: {label}"),
            ),
        )
        for place, label in enumerate(ODD_LABELS)
    )
    concepts = tuple(sorted(concepts, key=lambda concept: concept.slug))
    text = "\n".join(ODD_LABELS)
    types = ("broader", "increases", "related", "mentions")
    relations = []
    for place, (one, other) in enumerate(pairwise(concepts)):
        type_ = types[place % len(types)]
        quote = ODD_LABELS[place]
        start = text.index(quote)
        relations.append(
            Relation(
                id=relation_id(one.slug, type_, other.slug),
                subject=one.slug,
                type=type_,
                object=other.slug,
                basis="mention" if type_ == "mentions" else "text",
                confidence=0.5,
                evidence=(
                    Evidence(
                        document="sources/odd",
                        span=Span(start=start, end=start + len(quote)),
                        quote=quote,
                        rule="odd",
                        confidence=0.5,
                    ),
                ),
                sources=("odd",),
            )
        )
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Graph(
        base=BASE,
        title='Odd & "quoted" <title>',
        sources=(Source(name="odd", title="Odd; things, all", document="sources/odd", entries=19),),
        texts=(
            Text(document="sources/odd", source="odd", text=text, digest=digest, original=digest),
        ),
        concepts=concepts,
        relations=tuple(relations),
    )
