"""The sample glossary: big enough, in several layouts, whole, and of our own writing."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from extract.readers import read
from extract.segmentation import segment

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
# What each file defines, by hand: the headwords in the order of the page, with their aliases.
EXPECTED: dict[str, dict[str, list[str]]] = json.loads(
    (Path(__file__).parent / "cases" / "examples.json").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((EXAMPLES / "glossgraph.toml").read_text(encoding="utf-8"))


def test_project_file_names_every_source(project: dict[str, Any]) -> None:
    """The project file lists each glossary of the folder once, with whose words they are."""
    paths = [source["path"] for source in project["sources"]]
    assert sorted(paths) == sorted(
        p.name for p in EXAMPLES.iterdir() if p.name != "glossgraph.toml"
    )
    for source in project["sources"]:
        assert source["title"] and source["publisher"] and source["licence"] and source["own"]


def test_sample_is_rich() -> None:
    """At least 45 terms stand in at least four files, and some terms stand in two of them."""
    terms = {name: {t.casefold() for t in terms} for name, terms in EXPECTED.items()}
    assert set(terms) == {p.name for p in EXAMPLES.iterdir()} - {"glossgraph.toml"}
    assert len(set().union(*terms.values())) >= 45
    assert "time to value" in terms["metrics.csv"] & terms["onboarding.html"]


@pytest.mark.parametrize("name", EXPECTED)
def test_every_term_is_printed(name: str) -> None:
    """Each expected headword and alias stands in its file, word for word."""
    text = " ".join((EXAMPLES / name).read_text(encoding="utf-8").split()).casefold()
    for term, aliases in EXPECTED[name].items():
        for label in (term, *aliases):
            assert label.casefold() in text, label


def test_links_of_the_handbook_lead_somewhere() -> None:
    """Every #anchor in the Markdown and the HTML file is the anchor of one of its terms."""
    handbook = (EXAMPLES / "customer-success.md").read_text(encoding="utf-8")
    headings = {
        re.sub(r"[^\w -]", "", h).lower().replace(" ", "-")
        for h in re.findall(r"(?m)^## (.+)$", handbook)
    }
    assert set(re.findall(r"\(#([\w-]+)\)", handbook)) <= headings
    page = (EXAMPLES / "onboarding.html").read_text(encoding="utf-8")
    anchors = set(re.findall(r'<dt id="([^"]+)"', page))
    assert set(re.findall(r'<dd>.*?</dd>', page, re.S)) and {
        target for dd in re.findall(r"<dd>.*?</dd>", page, re.S)
        for target in re.findall(r'href="#([^"]+)"', dd)
    } <= anchors  # fmt: skip


def test_table_is_whole() -> None:
    """Each row of the table has all five columns, and a definition."""
    with (EXAMPLES / "metrics.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {r["term"] for r in rows} == set(EXPECTED["metrics.csv"])
    assert all(None not in row and None not in row.values() and row["definition"] for row in rows)


def test_sample_is_of_our_own_writing(seeds: list[Path]) -> None:
    """No nine words in a row are those of a real page."""

    def runs(path: Path) -> set[tuple[str, ...]]:
        words = re.findall(r"\w+", path.read_text(encoding="utf-8", errors="replace").casefold())
        return set(zip(*(words[i:] for i in range(9)), strict=False))

    real = set().union(*(runs(path) for path in seeds))
    for name in EXPECTED:
        assert not runs(EXAMPLES / name) & real, name


@pytest.mark.parametrize("name", ["customer-success.md", "partnerships.txt"])
def test_articles_are_those_of_the_page(name: str) -> None:
    """Reading and segmentation find every headword of the page, in order, and nothing else."""
    (document,) = read(EXAMPLES / name)
    heads = [article.head_text.partition(" (")[0] for article in segment(document).articles]
    assert heads == list(EXPECTED[name])


def test_headless_articles_are_told_apart() -> None:
    """Blocks that show a part of speech but no headword are one article each."""
    (document,) = read(EXAMPLES / "partner-operations.txt")
    articles = segment(document).articles
    assert len(articles) == len(EXPECTED["partner-operations.txt"])
    for article, term in zip(articles, EXPECTED["partner-operations.txt"], strict=True):
        assert not article.head_text
        assert term.casefold() in article.span.of(document.text).casefold()
