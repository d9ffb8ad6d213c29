"""What a reviewer decides: the table, what builds make of it, and the command that asks."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

import glossgraph
from extract.model import Extraction
from kg import snapshot
from kg.assembly import build_graph
from kg.explain import explain
from kg.index import Index
from kg.model import Graph, Ruling
from kg.project import load_project
from kg.questions import questions
from kg.registry import Registry
from kg.review import (
    COLUMNS,
    MalformedReview,
    Question,
    Review,
    dumps,
    joined,
    load_questions,
    load_review,
    save,
)
from kg.skos import nquads
from tests.test_assembly import changed, edges, labels
from tests.test_cli import run
from tests.test_link import glossary, stating, together

TERMS = {
    "Churn": "The loss of customers.",
    "Churn rate": "The share of customers lost in a period.",
    "Logo churn": "The number of accounts lost.",
}


def ruling(question: str, verdict: str, subject: str, object: str = "", **more: str) -> Ruling:
    return Ruling(question=question, verdict=verdict, subject=subject, object=object, **more)  # type: ignore[arg-type]


def built(extraction: Extraction, *rulings: Ruling, registry: Registry | None = None) -> Graph:
    return build_graph(extraction, review=Review(rulings=rulings), registry=registry)


def notes(graph: Graph) -> list[str]:
    return [f.message for f in graph.findings if f.rule.startswith("review")]


def two() -> Extraction:
    return together(
        glossary("a", TERMS), glossary("b", {"Customer attrition": "Customers who leave."})
    )


# ---------------------------------------------------------------- pairs


def test_same_makes_one_concept() -> None:
    """Two entries that share no word become one concept, and explain says who decided it."""
    assert len(built(two()).concepts) == 4
    graph = built(two(), ruling("pair", "same", "a/churn", "b/customer-attrition"))
    assert len(graph.concepts) == 3
    found = explain(Index(graph), "Churn", "Customer attrition")
    assert found.same
    assert found.reason == (
        'A reviewer took "Churn" of a and "Customer attrition" of b for one concept.'
    )


def test_same_holds_within_a_source() -> None:
    """What no rule does, a reviewer may: two entries of one glossary become one concept."""
    graph = built(two(), ruling("pair", "same", "Churn", "Logo churn"))
    assert {c.entries for c in graph.concepts} >= {("a/churn", "a/logo-churn")}


def test_apart_keeps_two_concepts() -> None:
    """Equal labels of two glossaries stay two concepts that are not even near."""
    both = together(glossary("a", TERMS), glossary("b", {"Churn": "What butter is made in."}))
    assert len(built(both).concepts) == 3
    graph = built(both, ruling("pair", "apart", "a/churn", "b/churn"))
    assert len(graph.concepts) == 4
    one, other = (c for c in graph.concepts if c.label == "Churn")
    assert one.slug not in other.close
    assert other.slug not in one.close


def test_apart_holds_for_the_whole_group() -> None:
    """No third entry brings two together that a reviewer told apart."""
    three = together(
        glossary("a", {"Churn": "Loss."}),
        glossary("b", {"Churn": "What butter is made in."}),
        glossary("c", {"Churn": "Loss of customers."}),
    )
    graph = built(three, ruling("pair", "apart", "a/churn", "b/churn"))
    groups = {c.entries for c in graph.concepts}
    assert groups == {("a/churn", "c/churn"), ("b/churn",)}


def test_exact_keeps_two_of_the_same_meaning() -> None:
    """Both concepts stay, each with the other's IRI as skos:exactMatch."""
    graph = built(two(), ruling("pair", "exact", "a/churn", "b/customer-attrition"))
    same = {c.slug: c.same_as for c in graph.concepts if c.same_as}
    base = f"{graph.base}concepts/"
    assert same == {
        "churn": (f"{base}customer-attrition",),
        "customer-attrition": (f"{base}churn",),
    }
    said = "".join(nquads(graph))
    assert f"<{base}churn> <http://www.w3.org/2004/02/skos/core#exactMatch>" in said


def test_close_makes_near_concepts() -> None:
    """Two that no rule compares are near each other because a reviewer says so."""
    graph = built(two(), ruling("pair", "close", "a/churn", "b/customer-attrition"))
    assert {c.slug: c.close for c in graph.concepts if c.close} == {
        "churn": ("customer-attrition",),
        "customer-attrition": ("churn",),
    }


def test_rows_against_each_other_are_a_finding() -> None:
    """One row cannot be obeyed; which, and why, is told, and the build goes on."""
    graph = built(
        two(),
        ruling("pair", "same", "a/churn", "b/customer-attrition"),
        ruling("pair", "same", "a/logo-churn", "b/customer-attrition"),
        ruling("pair", "apart", "a/churn", "a/logo-churn"),
    )
    assert [f.rule for f in graph.findings if f.rule.startswith("review")] == ["review-conflict"]
    assert "stay two concepts" in notes(graph)[0]
    assert len(graph.concepts) == 3


# ---------------------------------------------------------------- relations


def related(confidence: float = 0.6) -> Extraction:
    one = glossary(
        "a",
        {
            "Onboarding": "Onboarding reduces churn.",
            "Churn": "The loss of customers.",
            "Support": "Help for customers.",
        },
    )
    return ranked(stating(one, "a/onboarding", "uses", "churn"), confidence)


def ranked(extraction: Extraction, confidence: float) -> Extraction:
    """The extraction with all its relations of one rank."""
    return replace(
        extraction,
        entries=tuple(
            replace(
                e,
                relations=tuple(
                    replace(r, evidence=replace(r.evidence, confidence=confidence))
                    for r in e.relations
                ),
            )
            for e in extraction.entries
        ),
    )


def test_a_rejected_relation_is_left_out() -> None:
    """It is gone under its key or its inverse, and the graph says that a reviewer rejected it."""
    assert ("onboarding", "uses", "churn") in edges(built(related()))
    for asked in (
        ruling("relation", "reject", "a/onboarding", "a/churn", type="uses"),
        ruling("relation", "reject", "Churn", "Onboarding", type="usedBy"),
    ):
        graph = built(related(), asked)
        assert ("onboarding", "uses", "churn") not in edges(graph)
        (kept,) = graph.rulings
        assert kept.concepts in (("onboarding", "churn"), ("churn", "onboarding"))
        assert kept.reason.startswith("A reviewer rejected: ")


def test_an_accepted_relation_ranks_first_and_outlives_the_cut() -> None:
    """What ranks below the cut comes back, with confidence 1."""
    low = related(confidence=0.2)
    plain = build_graph(low, min_confidence=0.5)
    assert ("onboarding", "uses", "churn") not in edges(plain)
    review = Review(rulings=(ruling("relation", "accept", "a/onboarding", "a/churn", type="uses"),))
    graph = build_graph(low, min_confidence=0.5, review=review)
    (found,) = (r for r in graph.relations if r.type == "uses")
    assert found.confidence == 1.0


def test_a_relation_gets_another_type() -> None:
    """The sentence stays its evidence; the type is the reviewer's, read in the row's direction."""
    graph = built(
        related(),
        ruling(
            "relation", "retype", "a/onboarding", "a/churn", type="uses", correction="measuredBy"
        ),
    )
    assert ("churn", "measures", "onboarding") in edges(graph)
    assert ("onboarding", "uses", "churn") not in edges(graph)


def test_an_implied_concept_goes_with_its_last_relation() -> None:
    """Of what nothing is said any more, nothing is left."""
    one = glossary("a", {"Onboarding": "It increases the win rate.", "Support": "Help."})
    for entry in ("a/onboarding", "a/support"):
        one = stating(one, entry, "increases", "win rate")
    assert "win-rate" in labels(built(one))
    rows = [
        ruling("relation", "reject", entry, "Win rate", type="increases")
        for entry in ("a/onboarding", "a/support")
    ]
    assert "win-rate" not in labels(built(one, *rows))
    assert "win-rate" in labels(built(one, rows[0]))


# ---------------------------------------------------------------- names


def test_an_inferred_headword_gets_its_name() -> None:
    """The wrong name is gone, the right one is no guess any more, and the address stays."""
    one = changed(glossary("a", TERMS), "a/churn", inferred=True)
    registry = Registry()
    assert labels(built(one, registry=registry))["churn"] == "Churn"
    graph = built(
        one,
        ruling("headword", "rename", "a/churn", correction="Customer churn"),
        registry=registry,
    )
    concept = next(c for c in graph.concepts if c.slug == "churn")
    assert (concept.label, concept.inferred, concept.aliases) == ("Customer churn", False, ())
    again = ruling("headword", "accept", "a/churn")
    assert not next(c for c in built(one, again).concepts if c.slug == "churn").inferred


def test_a_printed_headword_stays_a_label() -> None:
    """What the source prints still finds the concept."""
    graph = built(two(), ruling("headword", "rename", "a/churn", correction="Customer churn"))
    concept = next(c for c in graph.concepts if c.label == "Customer churn")
    assert concept.aliases == ("Churn",)


def test_labels_come_and_go() -> None:
    """A rejected alias names the entry no more, a confirmed one does."""
    one = glossary("a", {"Churn = CR": "The loss of customers."})
    (concept,) = built(one, ruling("label", "reject", "a/churn", "CR")).concepts
    assert concept.aliases == ()
    (concept,) = built(one, ruling("label", "accept", "a/churn", "Attrition")).concepts
    assert set(concept.aliases) == {"CR", "Attrition"}


def test_a_contested_acronym_stays_where_the_reviewer_wants_it() -> None:
    """QBR is left to the one whose initials it is, unless a reviewer confirms the other."""
    one = glossary(
        "a",
        {
            "Quarterly business review = QBR": "A meeting each quarter.",
            "Business review = QBR": "A meeting.",
        },
    )
    graph = built(one)
    (asked,) = (q for q in questions(Index(graph)) if q.ruling.question == "label")
    assert (asked.ruling.subject, asked.ruling.object) == ("a/business-review", "QBR")
    kept = built(one, ruling("label", "accept", "a/business-review", "QBR"))
    assert all("QBR" in c.aliases for c in kept.concepts)
    assert not [f for f in kept.findings if f.rule == "contested-acronym"]


# ---------------------------------------------------------------- what is about nothing


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (ruling("pair", "same", "a/churn", "a/gone"), 'no entry is "a/gone"'),
        (ruling("pair", "same", "a/churn", "Churn"), "both names are of one entry"),
        (
            ruling("relation", "reject", "a/churn", "Nothing", type="uses"),
            'no entry or concept is "Nothing"',
        ),
        (ruling("relation", "accept", "a/churn", "a/logo-churn", type="uses"), "no source says so"),
        (ruling("relation", "reject", "a/churn", "a/logo-churn", type="likes"), "no relation type"),
        (ruling("headword", "accept", "a/gone"), 'no entry or concept is "a/gone"'),
    ],
    ids=lambda value: value.question if isinstance(value, Ruling) else "",
)
def test_a_row_about_nothing_is_a_finding(row: Ruling, said: str) -> None:
    """It names file and line, the graph is as without it, and nothing is recorded."""
    graph = built(two(), replace(row, line=7))
    (note,) = notes(graph)
    assert note.startswith("review.tsv, line 7: ")
    assert said in note
    assert graph.rulings == ()
    assert graph.concepts == built(two()).concepts


# ---------------------------------------------------------------- the graph keeps it


def test_decisions_are_in_the_snapshot_and_in_rdf() -> None:
    """A revision holds them; in RDF they are editorial notes of their concepts."""
    graph = built(related(), ruling("relation", "reject", "a/onboarding", "a/churn", type="uses"))
    assert snapshot.loads(snapshot.dumps(graph)) == graph
    note = '<http://www.w3.org/2004/02/skos/core#editorialNote> "A reviewer rejected: Onboarding'
    assert sum(note in line for line in nquads(graph)) == 2


def test_a_graph_of_before_has_no_decisions() -> None:
    """A revision that was written without them is read."""
    data = json.loads(snapshot.dumps(built(related())))
    place = data["fields"]["Graph"].index("rulings")
    del data["fields"]["Graph"][place], data["graph"][place], data["fields"]["Ruling"]
    assert snapshot.loads(json.dumps(data).encode()).rulings == ()


# ---------------------------------------------------------------- the table


def rows(*rulings: Ruling) -> list[Question]:
    return [Question(ruling=each, reads="Is it?", evidence='a:1 "x"') for each in rulings]


def test_the_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Tabs, quotes and what spreadsheets would run come back as they were."""
    given = rows(
        ruling("relation", "retype", "a/x", "=SUM(A1)", type="uses", correction="partOf"),
        ruling("label", "reject", "a/x", '-minus "quoted"', note="@me: look\tagain"),
        ruling("pair", "", "a/x", "b/x"),
    )
    save(tmp_path / "r.tsv", given)
    found = load_questions(tmp_path / "r.tsv")
    assert [q.key for q in found] == [q.key for q in given]
    assert [q.ruling.verdict for q in found] == ["retype", "reject", ""]
    assert found[1].ruling.note == "@me: look again"
    assert "\t'=SUM(A1)\t" in dumps(given)
    assert [r.line for r in load_review(tmp_path / "r.tsv").rulings] == [2, 3]


@pytest.mark.parametrize(
    ("delimiter", "encoding"),
    [(",", "utf-8-sig"), (";", "utf-8"), ("\t", "utf-16")],
    ids=["excel-csv", "semicolons", "unicode-text"],
)
def test_what_spreadsheets_save_is_read(tmp_path: Path, delimiter: str, encoding: str) -> None:
    """Commas, semicolons or tabs; a byte order mark; UTF-16; columns in any order."""
    file = tmp_path / "r.csv"
    with file.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter)
        writer.writerow(["Question", "subject", "object", "Verdict", "mine"])
        writer.writerow(["pair", "a/größe", "b/größe", "SAME", "x"])
    (found,) = load_review(file).rulings
    assert (found.verdict, found.subject, found.object) == ("same", "a/größe", "b/größe")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("yes\tpair\ta\tb", '"yes" is no verdict on a pair; one of same'),
        ("aparte\tpair\ta\tb", 'did you mean "apart"?'),
        ("same\tpairs\ta\tb", '"pairs" is no question; did you mean "pair"?'),
        ("same\tpair\ta\t", 'a pair needs the column "object"'),
        ("accept\trelation\ta\tb", 'a relation needs the column "type"'),
        ("rename\theadword\ta\tb", '"rename" needs the column "correction"'),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, line: str, said: str) -> None:
    """The message has file, line and what to write instead."""
    file = tmp_path / "r.tsv"
    file.write_text(f"verdict\tquestion\tsubject\tobject\n{line}\n", encoding="utf-8")
    with pytest.raises(MalformedReview) as caught:
        load_review(file)
    assert str(caught.value).startswith(f"{file}, line 2: ")
    assert said in str(caught.value)


def test_a_table_without_its_columns_is_refused(tmp_path: Path) -> None:
    """Any other file says how such a table is made."""
    file = tmp_path / "r.tsv"
    file.write_text("term\tdefinition\n", encoding="utf-8")
    with pytest.raises(MalformedReview, match=re.escape('has no "verdict". `glossgraph')):
        load_review(file)


def test_a_correction_is_an_answer(tmp_path: Path) -> None:
    """Who only writes the right name need not write "rename" beside it."""
    file = tmp_path / "r.tsv"
    file.write_text(
        "verdict\tcorrection\tquestion\tsubject\n\tChurn\theadword\ta/x\n", encoding="utf-8"
    )
    assert load_review(file).rulings[0].verdict == "rename"


def test_answers_and_notes_outlive_a_new_table() -> None:
    """Answered rows stay first, notes stay with their question, closed questions go."""
    kept = rows(
        ruling("pair", "same", "a", "b"),
        ruling("pair", "", "c", "d", note="ask Ann"),
        ruling("pair", "", "e", "f"),
    )
    asked = rows(ruling("pair", "", "d", "c"), ruling("pair", "", "g", "h"))
    found = [(q.ruling.subject, q.ruling.verdict, q.ruling.note) for q in joined(kept, asked)]
    assert found == [("a", "same", ""), ("d", "", "ask Ann"), ("g", "", "")]


# ---------------------------------------------------------------- from the command line

FIRST = """\
Sales terms

Churn – The loss of customers in a period.

Pipeline – Deals that are open. A pipeline uses forecasts.

Forecast – A number that is expected. A forecast reduces churn.
"""
SECOND = """\
Success terms

Churn rate – The share of customers that leave.

Health score – A figure for how a customer does. A health score reduces churn rate.
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("review")
    (place / "sales.txt").write_text(FIRST, encoding="utf-8")
    (place / "success.txt").write_text(SECOND, encoding="utf-8")
    (place / "glossgraph.toml").write_text('review = "review.tsv"\n', encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def answered(file: Path, answers: Iterable[tuple[str, str]]) -> None:
    """Answer the questions that read in a certain way, as a person does in a spreadsheet."""
    table = list(csv.DictReader(file.open(encoding="utf-8"), delimiter="\t"))
    for words, verdict in answers:
        (row,) = (row for row in table if words in row["reads"])
        row["verdict"] = verdict
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, delimiter="\t")
        writer.writeheader()
        writer.writerows(table)


def test_from_questions_to_a_graph_that_keeps_the_answers(folder: Path, cache: Path) -> None:
    """Write the table, answer, build twice: the answers hold, and are not asked again."""
    graph, table = folder.parent / "reviewed.kg", folder / "review.tsv"
    assert run(cache, "build", folder, "-o", graph).returncode == 0
    ended = run(cache, "review", graph, "-o", table)
    assert ended.returncode == 0, ended.stderr
    assert "open, 0 answered" in ended.stderr
    answered(table, [('Are "Churn" of sales and "Churn rate" of success', "same")])
    for _ in range(2):
        ended = run(cache, "build", folder, "-o", graph)
        assert ended.returncode == 0, ended.stderr
        assert "2 with 5 entries" in ended.stderr  # the table itself is no glossary
        assert "1 entries into a concept" in ended.stderr
    said = run(cache, "explain", graph, "Churn", "Churn rate").stdout
    assert "one concept" in said
    assert 'A reviewer took "Churn" of sales and "Churn rate" of success for one concept.' in said
    assert "A reviewer took" in run(cache, "concept", graph, "Churn").stdout
    again = run(cache, "review", graph, "-o", table)
    assert "1 answered" in again.stderr
    assert table.read_text(encoding="utf-8").count('Are ""Churn"" of sales') == 1


def test_a_source_is_built_anew_when_answers_change(folder: Path, cache: Path) -> None:
    """The graph of a SOURCE is not taken from the cache of another table's."""
    table = folder / "review.tsv"
    kept = table.read_text(encoding="utf-8") if table.exists() else None
    head = "verdict\tquestion\tsubject\ttype\tobject\n"
    table.write_text(head, encoding="utf-8")
    asked = (cache, "neighbors", folder, "Forecast", "--type", "reduces")
    assert "Churn" in run(*asked).stdout
    table.write_text(head + "reject\trelation\tForecast\treduces\tChurn\n", encoding="utf-8")
    assert "Churn" not in run(*asked).stdout
    table.write_text(head + "reject\trelation\tForecast\treduces\tGone\n", encoding="utf-8")
    found = run(cache, "check", folder, "--severity", "warning")
    assert "review-unmatched" in found.stdout
    if kept is not None:
        table.write_text(kept, encoding="utf-8")


def test_asking_one_by_one_saves_every_answer(folder: Path, cache: Path, tmp_path: Path) -> None:
    """Skip, a word that is no answer, an answer, and the end of the input: one row is saved."""
    table = tmp_path / "mine.tsv"
    ended = run(cache, "review", folder / "sales.txt", "--ask", "-o", table, stdin="x\ns\n")
    assert ended.returncode == 0, ended.stderr
    assert "Answer with one of: accept (" in ended.stdout
    assert "Nothing changed" in ended.stderr
    assert not table.exists()
    ended = run(cache, "review", folder / "sales.txt", "--ask", "-o", table, stdin="acc\n")
    assert "1 answered in" in ended.stderr
    (row,) = load_review(table).rulings
    assert (row.question, row.verdict) == ("relation", "accept")


def test_a_missing_table_is_named(folder: Path, cache: Path) -> None:
    """`--review` of a file that is not there ends with 3 and says which."""
    ended = run(cache, "build", folder / "sales.txt", "--review", folder / "none.tsv")
    assert ended.returncode == 3
    assert "none.tsv: it cannot be read" in ended.stderr


def test_the_project_names_a_table_that_is_not_there_yet(tmp_path: Path) -> None:
    """Its path is from the project's folder."""
    file = tmp_path / "glossgraph.toml"
    file.write_text('review = "decided/review.tsv"\n', encoding="utf-8")
    assert load_project(file).review == str(tmp_path / "decided" / "review.tsv")


def test_python_reads_decisions(folder: Path, cache: Path) -> None:
    """Nothing is asked that a graph does not hold."""
    graph = folder.parent / "plain.kg"
    assert run(cache, "build", folder / "sales.txt", "-o", graph).returncode == 0
    assert glossgraph.open(graph).concept("Churn")
