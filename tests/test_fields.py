"""An article is told apart into definition, examples, formula, notes and references."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from extract.fields import Fields, read
from extract.readers import read_bytes
from extract.segmentation import segment
from tests.plain import document

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "cases" / "fields.json").read_text(encoding="utf-8")
)
# A page of one entry shows no habit; two more follow every case's text, unless it has its own.
OTHERS = "\nHull – The body of a boat.\nKeel – The spine of a hull.\n"


def _seen(fields: Fields) -> dict[str, Any]:
    return {
        "head": fields.head_text,
        "pos": list(fields.pos),
        "definition": "\n".join(p.text for p in fields.definitions),
        "examples": [p.text for p in fields.examples],
        "notes": [p.text for p in fields.notes],
        "formula": fields.formula.text if fields.formula else None,
        "references": [[r.text, r.kind] for r in fields.references],
        "redirect": fields.redirect,
        "named": [[n.text, n.role] for n in fields.named],
    }


@pytest.mark.parametrize("case", CASES, ids=[c["label"] for c in CASES])
def test_fields(case: dict[str, Any]) -> None:
    """Each field holds what the case says, and evidence quotes the document."""
    page = document(case["text"] + case.get("others", OTHERS), language=case.get("language", "en"))
    fields = read(segment(page).articles[case.get("article", 0)], page)
    seen = _seen(fields)
    expected = {k: v for k, v in case.items() if k in seen}
    assert {k: seen[k] for k in expected} == expected
    for reference in fields.references:
        assert reference.evidence.span.of(page.text) == reference.evidence.quote


@pytest.mark.parametrize("target", ["#drift", "/glossary#drift", "./glossary.html#drift"])
def test_reference_by_the_address_of_the_page(target: str) -> None:
    """What links to a place of the page itself is an entry, however the page is addressed."""
    text = f"# Deck\n\n## ahull\n\nAt rest. See also [drift]({target}).\n\n## drift\n\nTo move.\n"
    page = read_bytes(text.encode(), source="deck", name="glossary.md")
    assert [r.text for r in read(segment(page).articles[0], page).references] == ["drift"]


def test_full_form_on_a_line_above_the_definition() -> None:
    """A line under an acronym that it is short for is a name, where a definition follows."""
    told = {
        "APN": ("Access Point Name", "A gateway between a network of phones and another."),
        "GSM": ("Global System for Mobile Communications", "A standard for such networks."),
        "SIM": ("Subscriber Identity Module", "A card that names a subscriber."),
    }
    text = "# Glossary\n\n" + "".join(f"## {k}\n\n_{n}_\n\n{d}\n\n" for k, (n, d) in told.items())
    page = read_bytes(text.encode(), source="deck", name="glossary.md")
    seen = [_seen(read(article, page)) for article in segment(page).articles]
    assert {s["head"]: (s["named"][0][0], s["definition"]) for s in seen} == told


@pytest.mark.parametrize("seed", ["002", "003", "004"])
def test_fields_of_seed(seed: str, corpus: Path) -> None:
    """Definition, examples, formula, part of speech and references of annotated entries."""
    gold = json.loads((corpus / "gold" / f"{seed}.json").read_text(encoding="utf-8"))
    page = document((corpus / "seeds" / gold["source"]).read_text(encoding="utf-8"))
    articles = segment(page).articles
    for entry, article in zip(gold["entries"], articles, strict=False):
        seen = _seen(read(article, page))
        definition = re.sub(r"\s+(?:•\s)?", " ", entry["definition_text"])
        without = definition.replace(f"Formula: {entry['formula']}", "")
        folded = re.sub(r"\s+(?:•\s)?", " ", seen["definition"])
        assert folded in (definition, " ".join(without.split()))
        assert seen["examples"] == [" ".join(t.split()) for t in entry["example_texts"]]
        assert (seen["formula"], seen["pos"]) == (entry["formula"], entry["pos"])
        kinds = [(r["target"], r["kind"] == "resource") for r in entry["see_also"]]
        for (text, kind), (target, is_resource) in zip(seen["references"], kinds, strict=True):
            assert text.startswith(target)
            assert (kind == "resource") == is_resource
