"""Pages are cut into articles, whatever their layout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from extract import languages
from extract.errors import UnreadableSource
from extract.fields import read
from extract.readers import read_bytes
from extract.segmentation import segment
from tests import layouts
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


CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "cases" / "segmentation.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=[c["label"] for c in CASES])
def test_heads(case: dict[str, Any]) -> None:
    """The headwords of a short page are the ones a reader sees."""
    page = document(case["text"], language=case.get("language", "en"))
    assert [a.head_text for a in segment(page).articles] == case["heads"]


GLOSSARIES = layouts.glossaries()


@pytest.mark.parametrize("name", layouts.LAYOUTS)
def test_layout_reaches_its_floor(name: str) -> None:
    """Each glossary laid out like this is read at least as well as before (F1 of entries)."""
    floors = layouts.floors()[name]
    reached = {g.name: round(100 * layouts.score(g, name).f1, 1) for g in GLOSSARIES}
    assert {n: v for n, v in reached.items() if v < floors[n] - layouts.MARGIN} == {}


def test_mean_over_layouts() -> None:
    """The mean entry F1 of the pinned layouts is at least 95, of the unseen glossaries, too."""
    floors = layouts.floors()
    for names in ({g.name for g in GLOSSARIES}, set(layouts.HELD_OUT)):
        values = [row[n] for row in floors.values() for n in names]
        assert sum(values) / len(values) >= 95


def test_what_is_no_glossary_has_no_entries() -> None:
    """A letter and a list of links give no articles, or next to none."""
    letter = (
        "Dear Ms Hale,\n\nThank you for the parcel that came on Monday. We have unpacked it and "
        "everything is in order.\n\nThe invoice will be paid next week.\n\nKind regards\nJo\n"
    )
    assert len(segment(document(letter)).articles) <= 1


REFUSED = json.loads((Path(__file__).parent / "cases" / "refused.json").read_text("utf-8"))


@pytest.mark.parametrize("case", REFUSED, ids=[case["name"] for case in REFUSED])
def test_other_kinds_of_text_have_no_entries(case: dict[str, str]) -> None:
    """Readmes, licences, minutes, option lists, tables of numbers … are no glossaries."""
    try:
        page = read_bytes(case["text"].encode(), source=case["name"], name=case["name"])
    except UnreadableSource as error:
        assert error.reason
    else:
        assert [a.head_text for a in segment(page).articles] == []


def test_a_glossary_in_a_readme_is_read() -> None:
    """A page called README whose heading says that it is a glossary is believed."""
    text = "# Glossary\n\n## Bow\n\nThe front of a ship.\n\n## Stern\n\nIts back.\n"
    page = read_bytes(text.encode(), source="readme", name="README.md")
    assert [a.head_text for a in segment(page).articles] == ["Bow", "Stern"]


def test_bulleted_parts_stay_in_their_entry() -> None:
    """Bulleted "Name: text" lines within entries are parts of them, not entries."""
    text = "\n\n".join(
        f"{term}\n\nA {term.lower()} is a vessel. It has parts:\n\n  • Bow: the front end\n"
        f"  • Stern: the back end\n\nOwners of a {term.lower()} care for both."
        for term in ("Cutter", "Dinghy", "Ketch", "Lugger", "Sloop", "Yawl")
    )
    found = segment(document(text))
    assert [a.head_text for a in found.articles] == [
        "Cutter", "Dinghy", "Ketch", "Lugger", "Sloop", "Yawl",
    ]  # fmt: skip


MARKED = {
    "dash": "{term} – {mark}\n{text}",
    "tight dash": "• {term}—{mark}\n    {text}",
    "equals": "{term} = {mark}\n    {text}",
    "double colon": "{term} :: {mark}\n    {text}",
    "bold": "**{term}** – {mark}\n{text}",
    "capitals": "{term}. {mark}\n{text}",
}


@pytest.mark.parametrize("name", MARKED)
def test_a_separator_before_a_part_of_speech_is_no_part_of_the_headword(name: str) -> None:
    """Dictionaries set sound and part of speech behind the separator, the definition below it."""
    terms = ("adze", "bevel", "chisel", "dowel", "gouge", "lathe", "mallet", "plane")
    if name == "capitals":
        terms = tuple(t.upper() for t in terms)
    marks = ("n.", "/bev'l/, n.", "n.", "n.", "v.", "n.", "n.", "n.")
    text = "\n\n".join(
        MARKED[name].format(
            term=t, mark=m, text=f"What a joiner uses when wood has to be worked {t}."
        )
        for t, m in zip(terms, marks, strict=True)
    )
    found = [read(a, document(text)) for a in segment(document(text)).articles]
    assert [f.head_text.strip("*") for f in found] == list(terms)


def test_code_within_definitions_is_no_headword() -> None:
    """Statements on lines of their own, as short as headwords, stay in their definitions."""
    terms = ("Alembic", "Beaker", "Crucible", "Dish", "Flask", "Funnel", "Retort", "Still")
    text = "\n".join(
        f"{t}\nA vessel that a chemist keeps on the shelf.\nshelf = Shelf(wide=True)\n"
        f"from shelves import {t.lower()}\nThe call above puts it there."
        for t in terms
    )
    assert [a.head_text for a in segment(document(text)).articles] == list(terms)


@pytest.mark.parametrize(
    ("text", "cut"),
    [("Subscribe to our list", True), ("Subscriber Identity Module", False), ("Cookies", True),
     ("分享到微信", True), ("Zurückweisung", False)],
)  # fmt: skip
def test_lines_of_the_page_are_told_by_whole_words(text: str, cut: bool) -> None:
    """A word that only begins like a call of the page ("Subscriber") is none."""
    assert (
        languages.words("de" if text[0] == "Z" else "zh" if text[0] > "\u2e80" else "en").is_cut(
            text
        )
        is cut
    )


def test_related_terms_below_an_entry_are_no_entries() -> None:
    """Other headwords on lines of their own below a definition do not begin entries."""
    terms = ("Sheet", "Halyard", "Tack", "Clew", "Luff", "Leech", "Batten", "Boom", "Vang", "Reef")
    text = "\n".join(
        f"{t}\nA part of a sail or its gear, called {t.lower()} by sailors.\n{terms[i - 1]}"
        + (f"\n{terms[i - 2]}" if i % 3 else "")
        for i, t in enumerate(terms)
    )
    assert [a.head_text for a in segment(document(text)).articles] == list(terms)


ENTRIES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "cases" / "entries.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", ENTRIES, ids=[c["label"] for c in ENTRIES])
def test_entries(case: dict[str, Any]) -> None:
    """Each headword of a file has the text that a reader sees under it, and no more."""
    page = read_bytes(case["text"].encode(), source=case["name"], name=case["name"])
    found = [
        [a.head_text, " ".join(" ".join(p.text for p in a.body).split())]
        for a in segment(page).articles
    ]
    assert found == case["entries"]
