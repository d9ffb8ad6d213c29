"""Questions made of a graph: what is asked, what is offered, and the files."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import zipfile
from collections import Counter
from contextlib import closing
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest
from lxml import etree

from api.analyses import Options
from api.opening import folder_of
from extract.labels import fold
from kg import store
from kg.index import Index
from kg.model import Graph
from kg.training import quiz_files
from kg.training.quiz import KINDS, Question, questions
from tests.sample_graph import sample_graph
from tests.test_cli import run

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def examples() -> Index:
    with store.open_revision(folder_of([str(ROOT / "examples")], Options())) as revision:
        return Index(revision.graph)


@pytest.fixture(scope="module")
def asked(examples: Index) -> list[Question]:
    return questions(examples)


def test_every_kind_is_asked(examples: Index, asked: list[Question]) -> None:
    """The sample glossary gives questions of each kind, and a definition of most terms."""
    counts = Counter(question.kind for question in asked)
    assert set(counts) == set(KINDS)
    defined = sum(bool(concept.definitions) for concept in examples.concepts)
    assert counts["definition"] > defined * 0.9
    assert len({question.id for question in asked}) == len(asked)


def test_answers_are_offered_once_among_others(asked: list[Question]) -> None:
    """Each question has its answer and two or three others, no two alike, in no telling order."""
    for question in asked:
        folded = [fold(option) for option in question.options]
        assert question.answer in question.options
        assert 3 <= len(folded) == len(set(folded)) <= 4
    places = Counter(question.options.index(question.answer) for question in asked)
    assert max(places.values()) < len(asked) / 2


def test_the_term_is_not_in_its_definition(examples: Index, asked: list[Question]) -> None:
    """No name of the answer stands in the text, and no article tells how it begins."""
    for question in asked:
        if question.kind != "definition":
            continue
        text = fold(question.stem)
        assert not re.search(rf"(?<!\w){re.escape(fold(question.answer))}(?!\w)", text)
        assert not re.search(r"\ban? _____", text)
        for wrong in question.wrong:
            assert f" {fold(wrong)} " not in f" {text} "


def test_wrong_answers_are_wrong(examples: Index, asked: list[Question]) -> None:
    """The graph relates no wrong answer to what is asked about."""
    for question in asked:
        if question.kind not in ("relation", "kind"):
            continue
        about = examples.concept(question.concept)
        for wrong in question.wrong:
            slug = examples.resolve(wrong)
            ends = {(r.subject, r.object) for r in examples.relations_of(about.slug)}
            if question.kind == "relation":
                assert not ends & {(about.slug, slug), (slug, about.slug)}
            else:
                wider = examples.resolve(question.stem.split(" a kind of ")[1].rstrip("?"))
                linked = {e for r in examples.relations_of(wider) for e in (r.subject, r.object)}
                assert slug not in linked


def test_each_question_says_where_it_was_read(asked: list[Question]) -> None:
    """Sentence, source with line and credit line go with every question."""
    for question in asked:
        assert question.because
        assert re.fullmatch(r"[\w-]+:\d+", question.place)
        assert question.credit


def test_the_same_graph_asks_the_same(examples: Index, asked: list[Question]) -> None:
    """Neither the order of relations nor another run changes anything."""
    graph = examples.graph
    turned = replace(graph, relations=tuple(reversed(graph.relations)))
    assert questions(Index(turned)) == asked


def test_few_questions_are_of_several_sorts(examples: Index) -> None:
    """The first ones are about one term each, and not all of them definitions."""
    first = questions(examples, limit=20)
    assert len(first) == 20
    assert len({question.concept for question in first}) == 20
    assert len({question.kind for question in first}) > 1


def test_of_two_terms_nothing_can_be_asked() -> None:
    """Where no wrong answers are to be had, there is no question."""
    graph = sample_graph()
    two = ("sail", "rig")
    graph = replace(
        graph,
        concepts=tuple(c for c in graph.concepts if c.slug in two),
        relations=tuple(r for r in graph.relations if {r.subject, r.object} <= set(two)),
    )
    assert questions(Index(graph)) == []


def test_german_questions() -> None:
    """Stems and phrases are in the language asked for."""
    (found,) = questions(Index(sample_graph()), slugs=["crew"], kinds=["definition"], language="de")
    assert found.stem.startswith("Welcher Begriff ist hier definiert?")
    assert found.answer == "Mannschaft"


# --- files ---------------------------------------------------------------------------------------

ODD = Question(
    id="0123456789abcdef",
    kind="definition",
    concept="odd",
    stem='What is {a} ~ b = c # d: "e" & <f>\tg\nh \\ *i*?',
    answer="50 % = half; & more",
    wrong=("~none", "<b>"),
    because="Because.",
    place="odd:1",
    credit="Odd terms, no licence stated",
)


def test_cards_are_a_table() -> None:
    """Question and answer come first, what is odd survives, spreadsheets see UTF-8."""
    data = quiz_files.cards_csv([ODD], "T")
    assert data.startswith(b"\xef\xbb\xbf")
    head, row = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert head[:2] == ["question", "answer"]
    assert row[0] == " ".join(ODD.stem.split())
    assert row[1:5] == [ODD.answer, "~none", "<b>", ""]


def test_an_anki_package_is_a_database_with_a_card_each() -> None:
    """Schema 11: notes with their identifiers, cards in one deck, note type and deck known."""
    data = quiz_files.apkg([ODD], "A  title")
    assert data == quiz_files.apkg([ODD], "A  title")
    with zipfile.ZipFile(io.BytesIO(data)) as packed, closing(sqlite3.connect(":memory:")) as db:
        assert packed.namelist() == ["collection.anki2", "media"]
        db.deserialize(packed.read("collection.anki2"))
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        ((version, types, decks),) = db.execute("SELECT ver, models, decks FROM col")
        assert version == 11
        ((guid, kind, fields, tags),) = db.execute("SELECT guid, mid, flds, tags FROM notes")
        ((deck, note), *others) = db.execute("SELECT did, nid FROM cards")
        assert others == []
        assert [note] == [row[0] for row in db.execute("SELECT id FROM notes")]
    assert guid == f"gg-{ODD.id}"
    assert ODD.concept in tags.split()
    front, back = fields.split("\x1f")
    assert escape(ODD.answer, quote=False) in back
    assert escape(ODD.credit, quote=False) in back
    assert [field["name"] for field in json.loads(types)[str(kind)]["flds"]] == ["Front", "Back"]
    assert json.loads(decks)[str(deck)]["name"] == "A title"
    assert front


def test_anki_notes_keep_their_ids() -> None:
    """The head sets up the import; fields are HTML on one line each, the id is the question's."""
    lines = quiz_files.anki([ODD], "A title").decode().splitlines()
    head = dict(line[1:].split(":", 1) for line in lines if line.startswith("#"))
    assert head["separator"] == "tab"
    assert head["guid column"] == "1"
    (note,) = csv.reader(lines[len(head) :], delimiter="\t")
    assert len(note) == len(head["columns"].split("\t"))
    assert note[0] == "gg-0123456789abcdef"
    assert "&lt;f&gt;" in note[1]
    assert note[2].startswith("<b>50 % = half; &amp; more</b>")


def test_gift_escapes_what_it_gives_a_meaning() -> None:
    """Behind the title, braces, marks and colons of the text have a backslash before them."""
    text = quiz_files.gift([ODD], "A/B").decode()
    assert text.startswith("$CATEGORY: A//B\n")
    assert "\\{a\\} \\~ b \\= c \\# d\\:" in text
    options = re.findall(r"^\t([=~])(.*)$", text, re.MULTILINE)
    assert sorted(options) == [("=", "50 % \\= half; & more"), ("~", "<b>"), ("~", "\\~none")]
    bare = re.sub(r"\\.", "", text)
    assert bare.count("{") == bare.count("}") == 1


def test_moodle_xml_has_one_right_answer() -> None:
    """Texts are HTML within XML; one answer counts in full, the others nothing."""
    root = etree.fromstring(quiz_files.moodle([ODD], "T"))
    category, question = root.findall("question")
    assert category.findtext("category/text") == "$course$/top/T"
    assert question.get("type") == "multichoice"
    shown = etree.HTML(question.findtext("questiontext/text") or "")
    assert "".join(shown.itertext()) == ODD.stem
    fractions = {a.findtext("text"): a.get("fraction") for a in question.findall("answer")}
    assert fractions == {"50 % = half; &amp; more": "100", "~none": "0", "&lt;b&gt;": "0"}


def test_a_sheet_has_its_key_behind() -> None:
    """The right letter stands in the key with its place, whose words they are at the end."""
    text = quiz_files.markdown([ODD], "T").decode()
    sheet, key = text.split("## Answers")
    letter = "ABC"[ODD.options.index(ODD.answer)]
    assert f"- {letter}) 50 % = half" in sheet
    assert f"1. {letter}) 50 % = half; & more (`odd:1`)" in key
    assert "Odd terms, no licence stated" in key


# --- the command ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("quiz") / "g.kg"
    store.write_revision(place, sample_graph())
    return place


def test_quiz_about_a_term(folder: Path, cache: Path, tmp_path: Path) -> None:
    """The suffix tells the format; `--depth 0` keeps to the term itself."""
    out = tmp_path / "q.json"
    ended = run(cache, "quiz", folder, "churn", "-o", out, "--depth", "0")
    assert ended.returncode == 0
    data = json.loads(out.read_text(encoding="utf-8"))
    assert data["title"] == "Churn"
    assert {question["concept"] for question in data["questions"]} == {"churn"}
    assert f"{len(data['questions'])} questions in" in ended.stderr


def test_no_more_of_the_words_than_may_be(folder: Path, cache: Path) -> None:
    """Of a source that hands on its terms only, no definition is asked about."""

    def asked_of(graph: Graph) -> set[str]:
        place = folder.parent / "terms.kg"
        store.write_revision(place, graph)
        ended = run(cache, "quiz", place, "--format", "json")
        return {
            q["credit"] for q in json.loads(ended.stdout)["questions"] if q["kind"] == "definition"
        }

    graph = sample_graph()
    assert len(asked_of(graph)) == 2
    kept = tuple(replace(s, reuse="term") if s.name == "club" else s for s in graph.sources)
    assert len(asked_of(replace(graph, sources=kept))) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("-o", "x.doc"), 2, 'No format of a quiz "doc"'),
        (("--kind", "riddle"), 2, "Known: definition, kind, relation, acronym"),
        (("chrun",), 1, 'No concept "chrun". Near: Churn'),
    ],
)
def test_what_cannot_be(
    folder: Path, cache: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    """A wrong format, kind or term is told with what there is."""
    ended = run(cache, "quiz", folder, *arguments)
    assert ended.returncode == code
    assert said in ended.stderr
