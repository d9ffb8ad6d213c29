"""Other names of an entry: behind its headword, in its wording, and acronyms in running text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from extract import lexicon
from extract.acronyms import find_acronyms
from extract.components import aliases, head_names
from extract.model import Span

CASES = Path(__file__).parent / "cases"
LEXICON = lexicon.load()


def load_cases(name: str) -> list[Any]:
    return list(json.loads((CASES / name).read_text(encoding="utf-8")))


def test_the_cases_are_many_and_of_both_kinds() -> None:
    """At least 130 texts, of which 40 explain no acronym."""
    cases = load_cases("acronyms.json")
    assert len(cases) >= 130
    assert sum(not case["pairs"] for case in cases) >= 40


@pytest.mark.parametrize("case", load_cases("acronyms.json"), ids=lambda c: c["text"][:60])
def test_acronyms(case: dict[str, Any]) -> None:
    """Each explained acronym is found with its long form, no other, and all offsets are exact."""
    found = find_acronyms(case["text"])
    assert [[a.short, a.long] for a in found] == case["pairs"]
    for acronym in found:
        assert acronym.short_span.of(case["text"]) == acronym.short
        assert acronym.long_span.of(case["text"]) == acronym.long


@pytest.mark.parametrize(
    "case", [c for c in load_cases("aliases.json") if "head" in c], ids=lambda c: c["head"]
)
def test_heads(case: dict[str, Any]) -> None:
    """A headword line gives its label, its other names, and what is no name."""
    head = head_names.read_head(case["head"], LEXICON, case.get("text", ""))
    assert head.label == case["label"]
    assert [a.text for a in head.aliases] == case.get("aliases", [])
    assert head.qualifier == case.get("qualifier", "")
    for alias in head.aliases:
        assert alias.span.of(case["head"]) == alias.text


@pytest.mark.parametrize(
    "case",
    [c for c in load_cases("aliases.json") if "term" in c],
    ids=lambda c: f"{c['term']}: {c['text'][:50]}",
)
def test_aliases_in_text(case: dict[str, Any]) -> None:
    """The names that a definition gives its own term are found; those of other things are not."""
    text = case["text"]
    found = aliases.in_text(text, [Span(start=0, end=len(text))], [case["term"]], LEXICON)
    assert sorted(a.text for a in found) == sorted(case.get("aliases", []))
    for alias in found:
        assert alias.span.of(text) == alias.text


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        (
            "Courts may order alternative dispute resolution, and most ADR ends in a deal.",
            [("ADR", "alternative dispute resolution")],
        ),
        (
            "The yard fits PTO for power take off on deck winches.",
            [("PTO", "power take off")],
        ),
        (
            "The yard hires PTOs, i.e. power take offs, by the day.",
            [("PTOs", "power take offs")],
        ),
        ("The bank pays net present value. NPV is a rule.", []),  # of another sentence
        ("Stock pots and sauce pans serve all; SP rules hold.", []),  # two letters
        ("Heart rate, blood pressure and pulse: HBP is none of them.", []),  # words not in a row
        (
            "A red cell count (RCC) and a raw crew cost leave RCC alone.",
            [("RCC", "red cell count")],
        ),
        ("Old test data and open trade deals: OTD may be either.", []),  # two rows have the letters
        ("We met the SAR team and sailed at dawn.", []),
    ],
)
def test_short_forms_apart_from_their_words(text: str, pairs: list[tuple[str, str]]) -> None:
    """On demand, three initials and more are found in the sentence of the words they begin."""
    found = find_acronyms(text, apart=True)
    assert [(a.short, a.long) for a in found] == pairs
    for acronym in found:
        assert acronym.short_span.of(text) == acronym.short
        assert acronym.long_span.of(text) == acronym.long
    if pairs[:1] != [("RCC", "red cell count")]:
        assert not find_acronyms(text)


def test_blank_lines_are_passed_once() -> None:
    """Short forms in lists are looked for at the beginning of a line, not before each blank one."""
    text = "\n" * 200_000 + "BHSW - Bath House Steam Works\n"
    (found,) = find_acronyms(text)
    assert found.long == "Bath House Steam Works"


def test_headwords_back_to_front() -> None:
    """A page that sorts most pairs by their nouns sorts all so, acronyms behind them or not."""
    told = ["Churn, customer", "Churn, revenue", "Rate, churn", "Rate, retention"]
    alone = ["Cost, acquisition", "Value, lifetime (LTV)", "SaaS, PaaS", "Trial"]
    assert head_names.inverted([*told, *alone]) == {*told, *alone[:2]}
    assert head_names.inverted(["(0028,0010) Rows", "(0028,0011) Columns"]) == set()
    assert head_names.inverted(["color, colour", "grey, gray", "ton, tonne"]) == set()
    found = head_names.read_head("Value, lifetime (LTV)", LEXICON, inverted=True)
    assert found.label == "Value, lifetime"
    assert [a.text for a in found.aliases] == ["LTV", "lifetime value"]
