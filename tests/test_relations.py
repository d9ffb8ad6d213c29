"""Typed relations that sentences state, over many fields; all sentences are our own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from spacy.language import Language

from extract import lexicon
from extract.components import entries
from extract.components.drafts import Draft, read_aliases
from extract.errors import ModelNotFound
from extract.labels import key
from extract.model import Designation, Document, Passage, Span
from extract.pipeline import load_model

CASES = Path(__file__).parent / "cases"
LEXICON = lexicon.load()


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


def test_relations_of_many_fields(nlp: Language) -> None:
    """Of the relations made, 97 % are stated, and 96 % of those stated are made.

    The cases hold sentences that state nothing of their term: negations, other subjects, advice.
    """
    cases = load_cases("relations.json")
    right = false = missed = 0
    for case, made in zip(cases, read_all(cases, nlp), strict=True):
        found = {(r.type, key(r.target)) for r in made.relations}
        wanted = {(type_, key(target)) for type_, target in case["relations"]}
        right += len(found & wanted)
        false += len(found - wanted)
        missed += len(wanted - found)
    assert right / (right + false) >= 0.97
    assert right / (right + missed) >= 0.96


@pytest.mark.parametrize(
    "case",
    [c for c in load_cases("relations.json") if c.get("strict")],
    ids=lambda c: c["term"],
)
def test_nothing_is_made_up(case: dict[str, Any], nlp: Language) -> None:
    """A sentence that denies a relation, or states it of something else, makes none."""
    (made,) = read_all([case], nlp)
    assert {(r.type, r.target) for r in made.relations} == set(map(tuple, case["relations"]))


def test_evidence_is_the_sentence(nlp: Language) -> None:
    """Every relation quotes the sentence as it is printed, whatever was put into plain words."""
    text = "The price–earnings ratio (P/E), also called “the multiple”, measures valuation."
    (made,) = read_all([{"term": "Price–earnings ratio", "text": text}], nlp)
    (relation,) = made.relations
    assert (relation.type, relation.target) == ("measures", "valuation")
    assert relation.evidence.quote == text
