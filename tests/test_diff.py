"""What changed from one graph to another, and how it is told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from api.changes import escaped, markdown
from extract.model import Designation
from kg.diff import WHATS, Change, differences, word_diff
from kg.index import Index
from kg.model import Concept, Graph
from tests.sample_graph import sample_graph
from tests.test_cli import GLOSSARY, run


def _changed(graph: Graph) -> list[Change]:
    """What differs from the sample."""
    return differences(Index(sample_graph()), Index(graph))


def _with(graph: Graph, slug: str, **changes: object) -> Graph:
    concepts = (
        replace(c, **changes) if c.slug == slug else c  # type: ignore[arg-type]
        for c in graph.concepts
    )
    return replace(graph, concepts=tuple(concepts))


def _concept(graph: Graph, slug: str) -> Concept:
    return next(c for c in graph.concepts if c.slug == slug)


def _without(graph: Graph, *slugs: str) -> Graph:
    return replace(
        graph,
        concepts=tuple(c for c in graph.concepts if c.slug not in slugs),
        relations=tuple(
            r for r in graph.relations if r.subject not in slugs and r.object not in slugs
        ),
    )


def _told(changes: list[Change]) -> list[tuple[str, str, str, str]]:
    return [(c.what, c.concept, c.before, c.after) for c in changes]


def test_nothing_changed() -> None:
    """A graph does not differ from itself."""
    assert _changed(sample_graph()) == []


def test_a_concept_comes_and_goes() -> None:
    """What was there goes with its relations, each with where it was read; the reverse comes."""
    less = _without(sample_graph(), "mainsail")
    gone = _changed(less)
    assert gone[0].what == "concept-removed"
    assert (gone[0].label, gone[0].place) == ("Mainsail", "club:13")
    relations = {c.before for c in gone if c.what == "relation-removed"}
    assert "is part of Rig" in relations
    assert all(c.place and c.quote for c in gone if c.what == "relation-removed")
    come = differences(Index(less), Index(sample_graph()))
    assert [c.what.replace("added", "removed") for c in come] == [c.what for c in gone]


def test_a_slug_that_leads_elsewhere_is_a_renaming() -> None:
    """A redirect of the later graph tells where a concept went; its relations stay the same."""
    graph = sample_graph()
    moved = {"sail": "canvas"}
    concepts = tuple(
        replace(c, slug="canvas", label="Canvas") if c.slug == "sail" else c for c in graph.concepts
    )
    relations = tuple(
        replace(r, subject=moved.get(r.subject, r.subject), object=moved.get(r.object, r.object))
        for r in graph.relations
    )
    graph = replace(graph, concepts=concepts, relations=relations, redirects=moved)
    assert _told(_changed(graph)) == [("concept-renamed", "canvas", "Sail", "Canvas")]


def test_a_merged_concept() -> None:
    """One that leads to a concept that was there already is merged into it; its definition went
    along and is no addition."""
    graph = sample_graph()
    rig, sail = _concept(graph, "rig"), _concept(graph, "sail")
    graph = _with(_without(graph, "rig"), "sail", definitions=(*sail.definitions, *rig.definitions))
    graph = replace(graph, redirects={"rig": "sail"})
    told = _told(_changed(graph))
    assert ("concept-merged", "sail", "Rig", "Sail") in told
    assert not [each for each in told if each[0].startswith("definition")]
    assert not [each for each in told if each[0] == "concept-removed"]


def test_a_split_concept() -> None:
    """Entries that were one concept's and are two now are a split, not an addition."""
    graph = sample_graph()
    churn = _concept(graph, "churn-rate")
    other = replace(churn, slug="customer-churn-rate", definitions=churn.definitions[1:])
    other = replace(other, label="Customer Churn Rate", designations=())
    graph = _with(graph, "churn-rate", definitions=churn.definitions[:1])
    graph = replace(graph, concepts=tuple(sorted((*graph.concepts, other), key=lambda c: c.slug)))
    split = [c for c in _changed(graph) if c.what.startswith(("concept", "definition"))]
    assert _told(split) == [
        ("concept-split", "customer-churn-rate", "Churn Rate", "Customer Churn Rate")
    ]


def test_another_headword_over_the_same_definition() -> None:
    """An entry whose headword was changed is known again by its words."""
    graph = sample_graph()
    sail = _concept(graph, "sail")
    text = "A piece of strong cloth that catches the wind."
    definition = replace(sail.definitions[0], entry="club/canvas", term="Canvas", text=text)
    canvas = replace(sail, slug="canvas", label="Canvas", definitions=(definition,))
    concepts = (*_without(graph, "sail").concepts, canvas)
    graph = replace(_without(graph, "sail"), concepts=tuple(sorted(concepts, key=lambda c: c.slug)))
    told = [c for c in _told(_changed(graph)) if c[0].startswith(("concept", "definition"))]
    assert told == [
        ("concept-renamed", "canvas", "Sail", "Canvas"),
        ("definition-changed", "canvas", sail.definitions[0].text, text),
    ]


def test_labels_kinds_and_definitions() -> None:
    """What a concept holds is compared one by one."""
    graph = sample_graph()
    rig = _concept(graph, "rig")
    more = Designation(text="Rigging", language="en")
    graph = _with(
        graph,
        "rig",
        designations=(*rig.designations, more),
        kind="tool",
        definitions=(replace(rig.definitions[0], text="Mast, boom and lines."),),
    )
    assert _told(_changed(graph)) == [
        ("label-added", "rig", "", "Rigging (en)"),
        ("kind-changed", "rig", "none", "tool"),
        ("definition-changed", "rig", rig.definitions[0].text, "Mast, boom and lines."),
    ]


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("A sail.", "A sail.", [("=", "A sail.")]),
        ("A big sail.", "A sail.", [("=", "A"), ("-", " big"), ("=", " sail.")]),
        ("a b", "a c", [("=", "a "), ("-", "b"), ("+", "c")]),
        ("", "new", [("+", "new")]),
    ],
)
def test_words(before: str, after: str, pieces: list[tuple[str, str]]) -> None:
    """Both texts can be put together again from the pieces, whole words in each."""
    found = word_diff(before, after)
    assert found == pieces
    assert "".join(text for mark, text in found if mark != "+") == before
    assert "".join(text for mark, text in found if mark != "-") == after


def test_markdown_shows_texts_as_they_are() -> None:
    """Marks of Markdown within a text are escaped, and sorts are headed with their numbers."""
    change = Change(what="definition-changed", concept="x", label="X_y", before="a *b*", after="a")
    text = markdown([change], "old", "new")
    assert f"### {WHATS['definition-changed']} (1)" in text
    assert "- **X\\_y**: a ~~\\*b\\*~~" in text
    assert escaped("<b>") == "\\<b\\>"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def test_revisions_of_a_graph(cache: Path, tmp_path: Path) -> None:
    """`GRAPH@previous` and `GRAPH@ID` name states of one graph; the code is 1 if they differ."""
    source, graph = tmp_path / "sails.txt", tmp_path / "sails.kg"
    for text in (GLOSSARY, GLOSSARY.replace("heavy cloth", "strong cloth")):
        source.write_text(text, encoding="utf-8")
        assert run(cache, "build", source, "-o", graph).returncode == 0
    ended = run(cache, "diff", f"{graph}@previous", graph)
    head, *rows = [line.split("\t") for line in ended.stdout.splitlines()]
    assert head == ["change", "concept", "what", "because"]
    changed = next(row for row in rows if row[0] == "definition-changed")
    assert changed[1:] == [
        "Storm jib",
        "A small jib of [-heavy-]{+strong+} cloth. A storm jib reduces heel.",
        "sails:13",
    ]
    assert ended.returncode == 1
    assert "definitions changed 1" in ended.stderr
    same = run(cache, "diff", graph, source)
    assert (same.returncode, same.stdout, same.stderr) == (0, "", "No changes.\n")
    unknown = run(cache, "diff", f"{graph}@none", graph)
    assert unknown.returncode == 3
    assert "no revision none; there are " in unknown.stderr


def test_json_and_choice(cache: Path, tmp_path: Path) -> None:
    """Programs get counts and changes; `--only` takes a sort, or all that is about a thing."""
    one, other = tmp_path / "one", tmp_path / "other"
    for folder, text in ((one, GLOSSARY), (other, GLOSSARY.replace("reduces", "increases"))):
        folder.mkdir()
        (folder / "sails.txt").write_text(text, encoding="utf-8")
    ended = run(cache, "diff", one, other, "--only", "relation", "--json")
    data = json.loads(ended.stdout)
    assert set(data["counts"]) <= {"relation-added", "relation-removed"}
    assert len(data["changes"]) == sum(data["counts"].values())
    wrong = run(cache, "diff", one, other, "--only", "relatoin-added")
    assert wrong.returncode == 2
    assert "Near: relation-added" in wrong.stderr
