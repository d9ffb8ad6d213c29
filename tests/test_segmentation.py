"""Pages are cut into articles, whatever their layout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from extract.segmentation import segment
from tests.plain import document

# Entries on each of the five real pages, and how the page shows them.
SEEDS = {
    "000": (3, "sentence"),
    "001": (3, "part of speech"),
    "002": (19, "headline"),
    "003": (108, "separator"),
    "004": (48, "part of speech"),
}


@pytest.mark.parametrize("seed", SEEDS)
def test_seed_is_cut_into_its_entries(seed: str, seeds: list[Path]) -> None:
    """Each real page holds as many articles as a person counts, in the layout a person sees."""
    path = next(p for p in seeds if p.name.startswith(seed))
    found = segment(document(path.read_text(encoding="utf-8")))
    assert (len(found.articles), found.layout) == SEEDS[seed]


@pytest.mark.parametrize("seed", ["002", "003"])
def test_headwords_and_definitions_of_seed(seed: str, corpus: Path) -> None:
    """Headword and first definition line of every annotated entry are those of the page."""
    gold = json.loads((corpus / "gold" / f"{seed}.json").read_text(encoding="utf-8"))
    page = (corpus / "seeds" / gold["source"]).read_text(encoding="utf-8")
    articles = segment(document(page)).articles
    for entry, article in zip(gold["entries"], articles, strict=True):
        assert article.head_text.startswith((entry["term"], *entry["accept"]))
        assert " ".join(p.text for p in article.body) == entry["definition_text"]


def test_article_spans_hold_what_they_say(seeds: list[Path]) -> None:
    """Heads and paragraphs are the document's text at their offsets."""
    for path in seeds:
        page = document(path.read_text(encoding="utf-8"))
        for article in segment(page).articles:
            if article.head:
                assert " ".join(article.head.of(page.text).split()) == article.head_text
            for paragraph in article.body:
                joined = " ".join(span.of(page.text) for span in paragraph.spans)
                assert joined.split() == paragraph.text.split()
