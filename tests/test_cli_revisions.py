"""The command `revisions`: what is kept of a graph, and going back."""

from __future__ import annotations

import io
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from extract.model import Finding
from kg import snapshot, store
from kg.model import Repair
from tests.sample_graph import sample_graph
from tests.test_cli import run


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    """A folder with three revisions, titled One, Two and Three."""
    folder = tmp_path / "g.kg"
    for second, title in enumerate(("One", "Two", "Three"), start=1):
        id = store.write_revision(folder, replace(sample_graph(), title=title))
        os.utime(folder / "revisions" / id / "manifest.json", (second, second))
    return folder


def _titles(graph: Path) -> list[str]:
    return [manifest.title for manifest in store.revisions(graph)]


def test_the_present_one_is_marked(graph: Path, tmp_path: Path) -> None:
    """Each revision with its counts, size and sources, the present one first."""
    ended = run(tmp_path, "revisions", graph)
    head, *rows = [line.split("\t") for line in ended.stdout.splitlines()]
    assert head == ["present", "revision", "since", "concepts", "relations", "size", "sources"]
    assert [row[0] for row in rows] == ["*", "", ""]
    assert [row[1] for row in rows] == [manifest.id for manifest in store.revisions(graph)]
    sample = sample_graph()
    assert rows[0][3:5] == [str(len(sample.concepts)), str(len(sample.relations))]
    assert rows[0][6] == "club, success"
    assert ended.returncode == 0


def test_going_back(graph: Path, tmp_path: Path) -> None:
    """`--use` takes the beginning of an id, or `previous`; nothing is lost by it."""
    ended = run(tmp_path, "revisions", graph, "--use", "previous", "--json")
    assert ended.returncode == 0
    assert sorted(_titles(graph)[:1]) == ["Two"]
    assert json.loads(ended.stdout)["present"] == store.current(graph)
    third = next(m.id for m in store.revisions(graph) if m.title == "Three")
    run(tmp_path, "revisions", graph, "--use", third[:6])
    assert store.current(graph) == third
    assert len(_titles(graph)) == 3
    wrong = run(tmp_path, "revisions", graph, "--use", "zz")
    assert wrong.returncode == 3
    assert store.current(graph) == third


def test_old_ones_go_when_asked_and_not_in_use(graph: Path, tmp_path: Path) -> None:
    """The present one stays; one that is being read stays, too."""
    oldest = next(m.id for m in store.revisions(graph) if m.title == "One")
    with store.open_revision(graph, oldest):
        assert run(tmp_path, "revisions", graph, "--keep", "1").returncode == 0
        assert sorted(_titles(graph)) == ["One", "Three"]
    ended = run(tmp_path, "revisions", graph, "--keep", "1")
    assert ended.stderr == f"Removed {oldest}.\n"
    assert _titles(graph) == ["Three"]


def test_damage_is_told(graph: Path, tmp_path: Path) -> None:
    """A changed file is found when asked for, a cut one always; the others are listed."""
    one, two, three = (p for p in sorted((graph / "revisions").iterdir()))
    assert run(tmp_path, "revisions", graph, "--verify").returncode == 0
    quads = one / "graph.nq"
    quads.write_bytes(quads.read_bytes()[:-2] + b" \n")
    assert run(tmp_path, "revisions", graph).returncode == 0
    found = run(tmp_path, "revisions", graph, "--verify", "--json")
    assert found.returncode == 1
    damaged = {s["id"]: s["damaged"] for s in json.loads(found.stdout)["revisions"]}
    assert damaged == {one.name: ["graph.nq"], two.name: [], three.name: []}
    (two / "graph.json").write_bytes(b"{")
    cut = run(tmp_path, "revisions", graph)
    assert cut.returncode == 1
    assert len(cut.stdout.splitlines()) == 4
    assert f"graph.json of revision {two.name} is missing or cut" in cut.stdout


def test_a_folder_without_a_graph(tmp_path: Path) -> None:
    """It is named, and the code is 3."""
    ended = run(tmp_path, "revisions", tmp_path)
    assert ended.returncode == 3
    assert "holds no graph" in ended.stderr


@pytest.mark.parametrize("repairs", [0, 3_000])
def test_sources_are_read_without_the_rest(repairs: int) -> None:
    """They are what the graph has, also where they reach beyond what is read at first."""
    graph = sample_graph()
    first = replace(
        graph.sources[0],
        title='Größe, "quoted" [1] 帆',
        repairs=tuple(
            Repair(rule="mojibake:gbk", before="鈥", after="—", start=n) for n in range(repairs)
        ),
    )
    noted = Finding(rule="unreadable", subject="x", message="y")
    graph = replace(graph, sources=(first, *graph.sources[1:]), findings=(noted,))
    assert snapshot.sources(io.BytesIO(snapshot.dumps(graph))) == graph.sources


@pytest.mark.parametrize("data", [b"", b"{}", b'{"format":"x","graph":[', b"\xff" * 10])
def test_what_begins_otherwise_is_no_graph(data: bytes) -> None:
    """A damaged beginning is told as such."""
    with pytest.raises(snapshot.MalformedSnapshot):
        snapshot.sources(io.BytesIO(data))
