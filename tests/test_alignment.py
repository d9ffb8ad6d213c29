"""Facts about which entries are one concept."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.model import Extraction
from kg import candidates as pairs
from kg.alignment import align
from kg.candidates import candidates, profiles
from kg.link import link
from kg.verdicts import Holdings, judge, silent
from tests.gold_pages import gold_extraction
from tests.test_link import glossary, together

CASES = json.loads((Path(__file__).parent / "cases" / "alignment.json").read_text("utf-8"))


MADE = tuple(
    first + second
    for first in ("bor", "cal", "dun", "fel", "gam")
    for second in ("dan", "mit", "rol", "sut", "tev", "lop")
)
"""Words that mean nothing."""


def numbered(extraction: Extraction) -> Extraction:
    """Entries of one id get a number behind it."""
    seen: dict[str, int] = {}
    entries = []
    for entry in extraction.entries:
        seen[entry.id] = seen.get(entry.id, 0) + 1
        number = seen[entry.id]
        entries.append(entry if number == 1 else replace(entry, id=f"{entry.id}-{number}"))
    return replace(extraction, entries=tuple(entries))


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_verdicts(case: dict[str, Any]) -> None:
    """Exactly the expected entries are merged, linked as near, and refused by the named rule."""
    x = numbered(together(glossary("a", case["a"]), glossary("b", case["b"])))
    alignment = align(link(x))
    merged = {frozenset(group) for group in alignment.groups if len(group) > 1}
    assert merged == {frozenset(group) for group in case.get("same", [])}
    close = {frozenset(pair) for pair in alignment.close}
    assert close == {frozenset(pair) for pair in case.get("close", [])}
    for left, right, rule in case.get("apart", []):
        found = [d for d in alignment.decisions if {d.left, d.right} == {left, right}]
        assert [(d.verdict, d.rule) for d in found] == [("apart", rule)]
    assert sorted(e for group in alignment.groups for e in group) == sorted(e.id for e in x.entries)


def test_one_source_is_never_joined_through_another() -> None:
    """Two entries of one glossary do not become one because a third equals both."""
    a = glossary("a", {"Churn": "Customers lost.", "Attrition": "Staff lost."})
    b = glossary("b", {"Churn = Attrition": "Customers lost."})
    alignment = align(together(a, b))
    assert ("a/churn", "b/churn") in alignment.groups
    (refusal,) = [d for d in alignment.decisions if d.rule == "one-source"]
    assert (refusal.left, refusal.right, refusal.verdict) == ("a/attrition", "b/churn", "close")


def test_reasons_are_sentences() -> None:
    """Each decision's reason is a sentence that names what it was made from."""
    a = glossary("a", {"White-glove onboarding": "1.", "Churn": "2."}, title="First words")
    b = glossary("b", {"White-glove service": "3.", "Churn": "4."}, title="Other words")
    reasons = {d.rule: d.reason for d in align(together(a, b)).decisions}
    assert reasons == {
        "head": 'Only "White-glove" is shared; "onboarding" and "service" are different things.',
        "equal-label": '“First words” and “Other words” both have an entry "Churn".',
    }


def test_order_of_sources_does_not_matter() -> None:
    """The same entries are merged whichever glossary is read first."""
    for case in CASES:
        a, b = glossary("a", case["a"]), glossary("b", case["b"])
        there = align(numbered(together(a, b)))
        back = align(numbered(together(b, a)))
        assert {frozenset(g) for g in there.groups} == {frozenset(g) for g in back.groups}
        assert {frozenset(p) for p in there.close} == {frozenset(p) for p in back.close}


def test_annotated_pages(corpus: Path) -> None:
    """All groups of the annotation are found and no forbidden pair is merged."""
    x = gold_extraction(corpus)
    gold = json.loads((corpus / "gold" / "alignment.json").read_text("utf-8"))
    by_place = {(e.document.split("/")[1][:3], e.term): e.id for e in x.entries}
    alignment = align(link(x))
    group = {entry: g for g in alignment.groups for entry in g}

    def ids(members: list[dict[str, str]]) -> list[str]:
        return [by_place[m["seed"], m["term"]] for m in members]

    for wanted in gold["groups"]:
        members = ids(wanted["members"])
        if wanted.get("optional"):
            continue
        joined = {members[0]}
        for _ in members:
            joined |= {m for m in members if any(m in group[j] for j in joined)}
            joined |= {
                m for pair in alignment.close for m in members if m in pair and joined & set(pair)
            }
        assert joined >= set(members), wanted["concept"]
    for pair in gold["must_not_merge"]:
        left, right = ids(pair["members"])
        assert group[left] != group[right], pair["why"]


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_what_is_left_out_would_tell_nothing(case: dict[str, Any]) -> None:
    """Of pairs without a common name, those left out unseen are ones no rule has a verdict on."""
    one, other = glossary("a", {**case["b"], **case["a"]}), glossary("b", case["b"])
    x = link(numbered(together(one, other)))
    known = profiles(x)
    holds = Holdings(known.values())
    for left, right in combinations(known.values(), 2):
        names = [p.spellings | p.alias_spellings | p.acronyms for p in (left, right)]
        if names[0].isdisjoint(names[1]) and silent(left, right):
            assert judge(left, right, holds) is None


def test_pairs_of_one_glossary_are_judged_only_where_a_rule_may_speak() -> None:
    """Thirty tiers of thirty programmes are 900 names in two crowds, and no pair is compared."""
    x = glossary(
        "a",
        {
            f"{tier} {kind}": f"The {kind} of those who are {tier}."
            for tier in MADE
            for kind in MADE
            if tier != kind
        },
    )
    known = profiles(x)
    assert len(known) == 870
    assert not list(candidates(known, silent))
    assert len(list(candidates(known, lambda *_: False))) > 400


def test_only_the_opening_of_a_definition_is_compared() -> None:
    """Words behind the second sentence, "X is" in front or not, make nothing near."""
    text = "{}the work of teaching a crew. It is done ashore. Completion of each drill is noted."
    extraction = glossary(
        "a", {"Crew training": text.format("Crew training is "), "Drill": text.format("")}
    )
    for profile in profiles(extraction).values():
        assert "ashore" in profile.definition_words
        assert "completion" not in profile.definition_words


@given(st.lists(st.sampled_from([*"abceilmnoprstuz", " ", "isation", "our", "tre"])).map("".join))
def test_spellings_are_sought_only_where_there_are_any(text: str) -> None:
    """A name that the quick look passes over has but one spelling."""
    if not pairs._MAY_DIFFER.search(text):
        for pattern, replacement in pairs._SPELLINGS:
            assert pattern.sub(replacement, text) == text
