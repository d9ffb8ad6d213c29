"""Typed relations that sentences state, over many fields; all sentences are our own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from spacy.language import Language

from extract import lexicon
from extract.components import asides, entries
from extract.components.drafts import Draft, read_aliases
from extract.components.ranking import rank
from extract.components.sentences import Sentence
from extract.components.targets import Found
from extract.errors import ModelNotFound
from extract.labels import key
from extract.model import Designation, Document, Passage, Span
from extract.pipeline import load_model
from tests.floors import floors

CASES = Path(__file__).parent / "cases"
LEXICON = lexicon.load()
FLOORS = floors("relations")
"""Least precision and recall by file of cases."""


def load_cases(name: str) -> list[Any]:
    return list(json.loads((CASES / name).read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def nlp() -> Language:
    try:
        return load_model()
    except ModelNotFound as missing:
        pytest.skip(str(missing))


def draft(term: str, text: str) -> Draft:
    """An entry whose whole text is one definition."""
    document = Document(
        uri="sources/s",
        source="s",
        media_type="text/plain",
        language="en",
        title="s",
        text=text,
        digest="",
    )
    made = Draft(
        id="s/t",
        document=document,
        designations=[Designation(text=term, language="en")],
        definitions=(Passage(text=text, span=Span(start=0, end=len(text))),),
        formula=None,
    )
    read_aliases(made, LEXICON)
    return made


def read_all(cases: list[Any], nlp: Language) -> list[Draft]:
    drafts = [draft(case["term"], case["text"]) for case in cases]
    entries.read(drafts, nlp, LEXICON)
    return drafts


def _pairs(case: dict[str, Any], made: Draft) -> tuple[set[Any], set[Any]]:
    found = {(r.type, key(r.target)) for r in made.relations}
    return found, {(type_, key(target)) for type_, target in case["relations"]}


@pytest.fixture(scope="session")
def readings(nlp: Language) -> dict[str, list[tuple[dict[str, Any], Draft]]]:
    """The cases of each file with what is read from them; each file is parsed once."""
    read = {}
    for name in ("relations.json", "relations_held.json"):
        cases = load_cases(name)
        read[name] = list(zip(cases, read_all(cases, nlp), strict=True))
    return read


@pytest.mark.parametrize("name", ["relations.json", "relations_held.json"])
def test_relations_of_many_fields(
    readings: dict[str, list[tuple[dict[str, Any], Draft]]], name: str
) -> None:
    """Of the relations made, the floor's share is stated, and of those stated its share is made.

    The cases hold sentences that state nothing of their term: negations, other subjects, advice.
    Nobody who changes the rules looks at those of ``relations_held.json``.
    """
    right = false = missed = 0
    for case, made in readings[name]:
        found, wanted = _pairs(case, made)
        right += len(found & wanted)
        false += len(found - wanted)
        missed += len(wanted - found)
    assert right / (right + false) >= FLOORS[name]["precision"]
    assert right / (right + missed) >= FLOORS[name]["recall"]


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(
            n,
            id=f"{n} {case['term']}",
            marks=[pytest.mark.xfail(strict=True, reason="known")] if case.get("fails") else [],
        )
        for n, case in enumerate(load_cases("relations.json"))
    ],
)
def test_each_case(readings: dict[str, list[tuple[dict[str, Any], Draft]]], number: int) -> None:
    """Each expected relation is found, and no other; what is denied makes none."""
    case, made = readings["relations.json"][number]
    found, wanted = _pairs(case, made)
    assert found == wanted


def test_cases_hold_what_states_nothing() -> None:
    """Every fourth case of 400 is there for a relation that must not be made."""
    cases = load_cases("relations.json")
    assert len(cases) >= 400
    assert sum(bool(c.get("strict")) or not c["relations"] for c in cases) >= 100


def test_evidence_is_the_sentence(nlp: Language) -> None:
    """Every relation quotes the sentence as it is printed, whatever was put into plain words."""
    text = "The price–earnings ratio (P/E), also called “the multiple”, measures valuation."
    (made,) = read_all([{"term": "Price–earnings ratio", "text": text}], nlp)
    (relation,) = made.relations
    assert (relation.type, relation.target) == ("measures", "valuation")
    assert relation.evidence.quote == text


def test_a_long_row_of_equivalents_is_read_once() -> None:
    """A row that is one at its start only is left in one pass, not in all its divisions."""
    row = "ES: abc, " * 2000 + "x:y"
    span = Span(start=0, end=len(row))
    sentence = Sentence(span=span, text=row, offsets=range(len(row)))
    assert list(asides.about([sentence], row)) == [sentence]


@pytest.mark.parametrize("later", [False, True])
def test_confidence_orders_relations(later: bool) -> None:
    """What was read by eye as right ranks before what was read as wrong: area under the curve.

    The cases tell of 1,123 relations of public glossaries what the rank looks at, not their words;
    and, ``later``, of 533 of others that were read before any rule was changed for them.
    """
    ranks: dict[bool, list[float]] = {True: [], False: []}
    for case in load_cases("relation_ranks.json"):
        if case.get("later", False) != later:
            continue
        target = ("T" if case["capital"] else "t") + ("7" if case["sign"] else "arget")
        sentence = ("The" if case["article"] else "Some") + "," * case["commas"]
        found = Found(type="uses", target=target, rule=case["rule"], confidence=case["confidence"])
        ranks[case["right"]].append(rank(found, sentence, known=case.get("known", False)))
    pairs = [(a, b) for a in ranks[True] for b in ranks[False]]
    area = sum((a > b) + 0.5 * (a == b) for a, b in pairs) / len(pairs)
    assert area >= FLOORS["relation_ranks.json"]["later" if later else "area"]
