"""Sentences that define their term are told from those that only speak of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from extract import lexicon
from extract.components import definition_sentences, statements
from extract.errors import ModelNotFound
from extract.labels import fold
from extract.pipeline import load_model
from tests.floors import floors

if TYPE_CHECKING:
    from spacy.language import Language

CASES = Path(__file__).parent / "cases"
SENTENCES = [
    json.loads(line)
    for line in (CASES / "sentences.jsonl").read_text(encoding="utf-8").splitlines()
]
FLOORS = floors("sentences")
LEXICON = lexicon.load()


@pytest.fixture(scope="module")
def nlp() -> Language:
    try:
        return load_model()
    except ModelNotFound as missing:
        pytest.skip(str(missing))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Over the sentences of one part."""

    precision: float
    recall: float
    hypernyms: float
    """Share of the definitions that were found whose hypernyms hold a gold one, or lie in one."""
    errors: list[str]


def score(part: list[dict[str, Any]], nlp: Language) -> Scores:
    pairs = [(case["sentence"], case["term"]) for case in part]
    judged = list(definition_sentences.judge_all(pairs, nlp, LEXICON))
    both = list(zip(part, judged, strict=True))
    right = [(c, j) for c, j in both if c["definition"] and j.definition]
    named = [(c, j) for c, j in right if c["hypernyms"]]
    held = [(c, j) for c, j in named if _meets(c["hypernyms"], j.hypernyms)]
    return Scores(
        precision=len(right) / max(1, sum(j.definition for j in judged)),
        recall=len(right) / max(1, sum(c["definition"] for c in part)),
        hypernyms=len(held) / max(1, len(named)),
        errors=[f"{c['sentence']} {j}" for c, j in both if c["definition"] != j.definition],
    )


def _meets(gold: list[str], found: tuple[str, ...]) -> bool:
    return any(fold(g) in fold(f) or fold(f) in fold(g) for g in gold for f in found)


def test_the_cases_are_many_and_of_both_kinds() -> None:
    """At least 140 definitions and 150 other sentences, a third of each held apart."""
    kinds = [(case["definition"], case["part"]) for case in SENTENCES]
    assert sum(defines for defines, _ in kinds) >= 140
    assert sum(not defines for defines, _ in kinds) >= 150
    assert min(kinds.count((True, "held")), kinds.count((False, "held"))) >= 45


@pytest.mark.parametrize("part", sorted(FLOORS))
def test_definition_sentences(part: str, nlp: Language) -> None:
    """Precision, recall and the share of right hypernyms do not fall below their floors."""
    scores = score([case for case in SENTENCES if case["part"] == part], nlp)
    least = FLOORS[part]
    for name in ("precision", "recall", "hypernyms"):
        assert getattr(scores, name) >= least[name], (name, scores)


@pytest.mark.parametrize(
    ("text", "term", "meant", "place"),
    [
        ("A quern -LRB- or mill -RRB- grinds .", "quern", "A @ grinds.", "text"),
        ("Light detection ( LIDAR ) is new .", "lidar", "Light detection is new.", "bracket"),
        ("The TARGET ( see [ 1 ] ) is a mill .", "quern", "The @ is a mill.", "text"),
        ("125 . A <b>quern</b> is old.", "quern", "A @ is old.", "text"),
        ("Fire-clays are soft.", "fire clay", "@ are soft.", "text"),
        ("Berries do n't last , it 's said .", "berry", "@ don't last, it's said.", "text"),
        ("A hand mill for grain.", "quern", "A hand mill for grain.", "absent"),
        ("It is old. The quern is new.", "quern", "The @ is new.", "text"),
    ],
)
def test_statements(text: str, term: str, meant: str, place: str) -> None:
    """Tokenised, marked and bracketed text comes plain, the term masked, its place told."""
    (found,) = statements.read(text, term)
    assert (found.text, found.place) == (meant.replace("@", statements.MASK), place)


def test_each_sentence_with_the_term_is_judged(nlp: Language) -> None:
    """Of several sentences one that defines is enough."""
    text = "Querns are heavy. A quern is a hand mill for grinding corn. We saw a quern."
    (judged,) = definition_sentences.judge_all([(text, "quern")], nlp, LEXICON)
    assert judged.definition
    assert judged.hypernyms[0] == "hand mill"
    assert judged.reasons[0] == "copula"


@pytest.mark.parametrize("text", ["", " ", "(", "…", "TARGET", "\ud800 is a \udc00.", "x" * 20000])
def test_any_text_is_judged(text: str, nlp: Language) -> None:
    """No text is too empty, too long or too odd; none of these is a definition."""
    (judged,) = definition_sentences.judge_all([(text, "quern")], nlp, LEXICON)
    assert not judged.definition


def test_weights_and_threshold_may_be_changed(nlp: Language, tmp_path: Path) -> None:
    """A file of the user's own replaces a weight, and the judgement follows."""
    own = tmp_path / "own.toml"
    own.write_text("[sentence_weights]\nthreshold = 9.0\n", encoding="utf-8")
    pair = [("A quern is a hand mill for grinding corn.", "quern")]
    (strict,) = definition_sentences.judge_all(pair, nlp, lexicon.load(own))
    assert not strict.definition
