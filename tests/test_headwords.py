"""Articles without a printed headword are named from their text, along the alphabet."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from extract import languages
from extract.articles import Article
from extract.fields import Fields, read
from extract.headwords import (
    Candidate,
    Headword,
    assign,
    display,
    propose,
    subject,
    unnumbered,
)
from extract.labels import key
from extract.model import Document, Span
from extract.segmentation import segment
from tests.plain import document

CASES = Path(__file__).parent / "cases"
TERMS: list[str] = json.loads((CASES / "headwords_004.json").read_text(encoding="utf-8"))
# Of the masked headwords of page 004, the share that is still found (EXTRACTION §3: 16 of 24
# with a parse, 7 of 24 without order; 46 of 60).
FLOORS = {0.1: 0.95, 0.25: 0.9}


def _named(page: Document) -> tuple[tuple[Article, ...], list[Fields], list[Headword]]:
    articles = segment(page).articles
    fields = [read(a, page) for a in articles]
    return articles, fields, assign(articles, propose(fields, page))


def test_every_headword_of_004(seeds: list[Path]) -> None:
    """The page that shows only parts of speech gets all its 48 headwords."""
    page = document(seeds[4].read_text(encoding="utf-8"))
    _, _, named = _named(page)
    assert [h.text for h in named] == TERMS
    inferred = {h.text for h in named if h.inferred}
    assert inferred == {
        "Paid sign-ups", "Partner certification", "Partner sales manager",
        "Partner-sourced revenue",
    }  # fmt: skip
    for headword in named:
        if headword.span and headword.rule != "neighbours":
            quoted = " ".join(headword.span.of(page.text).split())
            assert key(quoted) == key(headword.text)


@pytest.mark.parametrize(
    ("seed", "terms"),
    [
        (0, ["Churn management", "Customer onboarding", "Integration marketplace"]),
        (1, ["Ecosystem propensity model", "Integration-led retention", "Services-led expansion"]),
    ],
)
def test_headwords_of_short_pages(seed: int, terms: list[str], seeds: list[Path]) -> None:
    """Three entries are too few for an order; their subjects name them."""
    page = document(seeds[seed].read_text(encoding="utf-8"))
    assert [h.text for h in _named(page)[2]] == terms


def _masked(page: str, share: float, seed: int) -> tuple[str, list[int]]:
    """The page with the naming subject of some entries' first sentence replaced by "This"."""
    articles = segment(document(page)).articles
    chosen = random.Random(seed).sample(range(len(articles)), round(share * len(articles)))
    words = languages.words("en")
    masked = []
    for number in sorted(chosen, reverse=True):
        paragraph = articles[number].body[1]
        name, _ = subject(paragraph.text, words)
        verb = words.verb.search(paragraph.text, paragraph.text.find(name) + len(name))
        if not name or verb is None:
            continue
        masked.append(number)
        end = paragraph.offset(verb.start())
        page = page[: paragraph.start] + "This " + page[end:]
    return page, masked


@pytest.mark.parametrize("share", FLOORS)
def test_masked_headwords(share: float, seeds: list[Path]) -> None:
    """Of headwords whose naming sentence is taken away, neighbours and repetition find a share."""
    right = total = 0
    for seed in range(5):
        page, masked = _masked(seeds[4].read_text(encoding="utf-8"), share, seed)
        named = _named(document(page))[2]
        assert len(named) == len(TERMS)
        right += sum(_same(named[n].text, TERMS[n]) for n in masked)
        total += len(masked)
    assert right / total >= FLOORS[share]


def _same(found: str, expected: str) -> bool:
    return key(found) == key(expected)


def _articles(number: int, letter: str = "") -> list[Article]:
    page = document("".join(f"Term {n} – What it is.\n" for n in range(number)))
    return [replace(a, letter=letter) for a in segment(page).articles]


def _rows(*texts: Sequence[tuple[str, float]]) -> list[list[Candidate]]:
    return [
        [Candidate(text=t, span=None, score=s, rule="repeated") for t, s in row] for row in texts
    ]


def test_order_decides_between_near_candidates() -> None:
    """Between two candidates of like weight the one that keeps the alphabet is taken."""
    rows = _rows([("Anchor", 0.9)], [("Zebra", 0.5), ("Bilge", 0.4)], [("Cleat", 0.9)])
    assert [h.text for h in assign(_articles(3), rows)] == ["Anchor", "Bilge", "Cleat"]


def test_order_is_soft() -> None:
    """A candidate that is certain stays although it breaks the alphabet."""
    rows = _rows([("Anchor", 0.9)], [("Zebra", 0.95), ("Bilge", 0.02)], [("Cleat", 0.9)])
    assert [h.text for h in assign(_articles(3), rows)][1] == "Zebra"


def test_letter_of_the_page_counts() -> None:
    """Under a letter heading a candidate with that letter is preferred."""
    rows = _rows([("Ship", 0.5), ("Boat", 0.4)])
    assert assign(_articles(1, letter="b"), rows)[0].text == "Boat"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("paid channel", "Paid channel"),
        ("iPaaS tool", "iPaaS tool"),
        ("PRM tools", "PRM tools"),
        ("snake_case", "snake_case"),
    ],
)
def test_display(text: str, shown: str) -> None:
    """Running text's case becomes a heading's, words with their own capitals excepted."""
    assert display(text) == shown


@pytest.mark.parametrize(
    ("language", "sentence", "name"),
    [
        ("en", "A sheet, or line, is a rope that trims a sail.", "sheet"),
        ("en", "This rope is used to trim a sail.", ""),
        ("en", "Boats that are small often have one mast.", ""),
        ("de", "Eine Schot ist eine Leine, mit der ein Segel getrimmt wird.", "Schot"),
        ("fr", "Une écoute est un cordage qui règle une voile.", "écoute"),
        ("es", "La escota es un cabo que ajusta la vela.", "escota"),
        ("zh", "主帆是指船上最大的帆。", "主帆"),
        ("ja", "主帆とは、船の最も大きな帆である。", "主帆"),
        ("ru", "Шкот — это снасть для управления парусом.", "Шкот"),
    ],
)
def test_subject(language: str, sentence: str, name: str) -> None:
    """The subject of a defining sentence is found without a parser, in several languages."""
    assert subject(sentence, languages.words(language))[0] == name


def test_no_verb_no_subject() -> None:
    """A fragment names nothing."""
    assert subject("Rope with which a sail gets trimmed", languages.words("en"))[0] == ""


def test_masking_hides_the_subject(seeds: list[Path]) -> None:
    """The masked page does not begin its entries with their headwords."""
    page, masked = _masked(seeds[4].read_text(encoding="utf-8"), 0.25, 0)
    articles = segment(document(page)).articles
    assert masked
    assert all(re.match("This ", articles[n].body[1].text) for n in masked)


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        (["3.1 audit", "3.2 control", "3.10.4 risk"], ["audit", "control", "risk"]),
        (["A.1 audit", "A.2 check", "A.3 risk", "owner"], ["audit", "check", "risk", "owner"]),
        (["3.5 mm jack", "plug", "balun", "cable"], ["3.5 mm jack", "plug", "balun", "cable"]),
        (["802.11 network", "2.4 gigahertz", "5G"], ["802.11 network", "2.4 gigahertz", "5G"]),
        (["1.1", "1.2 shim", "1.3 wedge", "1.4 block"], ["1.1", "shim", "wedge", "block"]),
    ],
)  # fmt: skip
def test_section_numbers_are_no_part_of_a_term(printed: list[str], wanted: list[str]) -> None:
    """Where most headwords are numbered like chapters, the numbers go; else they are names."""
    page = document("".join(f"# {head}\n\nA thing of a kind.\n\n" for head in printed))
    at = [page.text.index(head) for head in printed]
    names = [
        Headword(
            text=head,
            span=Span(start=a, end=a + len(head)),
            rule="printed",
            score=1.0,
            inferred=False,
        )
        for head, a in zip(printed, at, strict=True)
    ]
    found = unnumbered(names)
    assert [name.text for name in found] == wanted
    assert all(n.span is not None and n.span.of(page.text) == n.text for n in found)
