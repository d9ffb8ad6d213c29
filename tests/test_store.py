"""Graph folders: revisions, the switch, crashes, locks, pruning, and RDF out of them."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import to_isomorphic
from rdflib.namespace import SKOS
from rdflib.plugins.sparql import prepareQuery
from sample_graph import BASE, sample_graph

from extract.model import Extraction, Finding
from kg import store
from kg.errors import GraphLocked, GraphNotFound, MalformedQuery
from kg.model import Graph
from kg.skos import nquads
from kg.store import NotAGraphFolder, open_revision, write_revision
from kg.store_rdf import FORMATS, ReadOnlyView, serialise

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
GG = rdflib.Namespace("https://w3id.org/glossgraph/ns#")


def named(title: str) -> Graph:
    return Graph(base=BASE, title=title)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "sample.kg"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store") / "sample.kg"
    write_revision(folder, sample_graph())
    return folder


def test_a_graph_comes_back(folder: Path) -> None:
    """What is written is read: values, quads, counts, and the extraction where it was given."""
    extraction = Extraction(findings=(Finding(rule="r", subject="s", message="m"),))
    id_ = write_revision(folder, sample_graph(), extraction)
    with open_revision(folder) as revision:
        assert revision.id == id_
        assert revision.graph == sample_graph()
        assert revision.extraction() == extraction
        assert revision.quads.read_text(encoding="utf-8") == "".join(nquads(sample_graph()))
        assert revision.manifest.counts["concepts"] == len(sample_graph().concepts)
        assert revision.verify() == []
    assert sorted(p.name for p in folder.iterdir()) == [".lock", "current.json", "revisions"]


def test_the_same_build_is_the_same_revision(tmp_path: Path) -> None:
    """Two builds of one graph have one id and the same bytes, and take the place of one."""
    first, second = tmp_path / "a", tmp_path / "b"
    ids = {write_revision(f, sample_graph()) for f in (first, second, first)}
    assert len(ids) == 1
    (id_,) = ids
    for name in ("manifest.json", "graph.json", "graph.nq"):
        paths = [f / "revisions" / id_ / name for f in (first, second)]
        assert paths[0].read_bytes() == paths[1].read_bytes()
    assert len(store.revisions(first)) == 1


def test_a_reader_keeps_its_revision(folder: Path) -> None:
    """A new revision does not disturb one that is open, however many are written after it."""
    write_revision(folder, named("first"))
    with open_revision(folder) as held:
        for n in range(6):
            write_revision(folder, named(f"later {n}"), keep=2)
        assert held.graph.title == "first"
        assert {m.title for m in store.revisions(folder)} == {"first", "later 5", "later 4"}
    write_revision(folder, named("last"), keep=2)
    assert [m.title for m in store.revisions(folder)] == ["last", "later 5"]


def test_an_old_revision_can_be_the_present_one_again(folder: Path) -> None:
    """Switching back takes the pointer alone; what is switched to is the youngest then."""
    first = write_revision(folder, named("first"))
    write_revision(folder, named("second"))
    store.switch(folder, first)
    assert open_revision(folder).graph.title == "first"
    assert [m.title for m in store.revisions(folder)] == ["first", "second"]
    with pytest.raises(GraphNotFound, match="no revision"):
        store.switch(folder, "0" * 16)


_CRASH = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = {path!r}
from kg import store, store_files
from kg.model import Graph
folder = Path(sys.argv[1])
steps = fatal = 0
def fall(function):
    def wrapped(*args, **kwargs):
        global steps
        steps += 1
        if steps == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **kwargs)
    return wrapped
for name in ("fsync", "replace", "rename", "mkdir", "utime", "unlink", "rmdir", "open"):
    setattr(os, name, fall(getattr(os, name)))
store.write = fall(store.write)
for line in sys.stdin:  # one child for each step to be killed before
    pid = os.fork()
    if pid == 0:
        steps, fatal = 0, int(line)
        store.write_revision(folder, Graph(base="http://x/", title="new"), keep=1)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_crash_at_any_step_leaves_a_good_revision(folder: Path, root: Path) -> None:
    """Killed before any step of a write, the old revision or the new one is there, whole."""
    script = _CRASH.format(path=[str(root)])
    write_revision(folder, named("old"))
    seen = set()
    with subprocess.Popen(
        [sys.executable, "-c", script, str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        assert child.stdin
        assert child.stdout
        for fatal in range(1, 80):
            print(fatal, file=child.stdin, flush=True)
            code = int(child.stdout.readline())
            with open_revision(folder) as revision:
                assert revision.verify() == []
                seen.add(revision.graph.title)
            if code == 0:
                break
            assert code == -signal.SIGKILL
            assert write_revision(folder, named("old"), keep=1) == store.current(folder)
            assert [p.name for p in (folder / "revisions").iterdir()] == [store.current(folder)]
        child.stdin.close()
    assert code == 0
    assert fatal > 8
    assert seen == {"old", "new"}


def _hold_lock(folder: str, ready: multiprocessing.synchronize.Event) -> None:
    with store.writing(Path(folder)):
        ready.set()
        signal.pause()


@pytest.mark.skipif(sys.platform == "win32", reason="needs signal.pause")
def test_one_writer_at_a_time(folder: Path) -> None:
    """A second writer is told at once, and may write when the first is gone, even killed."""
    write_revision(folder, named("first"))
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    other = context.Process(target=_hold_lock, args=(str(folder), ready))
    other.start()
    try:
        assert ready.wait(20)
        with pytest.raises(GraphLocked, match="another process is writing"):
            write_revision(folder, named("second"))
        assert open_revision(folder).graph.title == "first"
    finally:
        other.kill()
        other.join()
    write_revision(folder, named("second"))
    assert open_revision(folder).graph.title == "second"


def test_a_failed_write_leaves_no_trace(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is an error, the present revision stays, and nothing half-written."""
    write_revision(folder, named("first"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_revision(folder, named("second"))
    monkeypatch.undo()
    assert open_revision(folder).graph.title == "first"
    assert len(list((folder / "revisions").iterdir())) == 1


def test_what_is_no_graph_is_told_apart(tmp_path: Path) -> None:
    """Missing, a file, another folder, a newer format: each a sentence with what to do."""
    with pytest.raises(GraphNotFound, match=r"no such folder\. Build one: glossgraph build"):
        open_revision(tmp_path / "missing")
    file = tmp_path / "terms.txt"
    file.write_text("Churn - loss")
    with pytest.raises(GraphNotFound, match="a file, not a graph"):
        open_revision(file)
    with pytest.raises(GraphNotFound, match="holds no graph"):
        open_revision(tmp_path)
    newer = tmp_path / "newer"
    newer.mkdir()
    (newer / "current.json").write_text('{"format": "glossgraph-folder/9", "revision": "x"}')
    with pytest.raises(GraphNotFound, match=r'"glossgraph-folder/9".*version'):
        open_revision(newer)
    with pytest.raises(GraphNotFound, match="glossgraph-folder/9"):
        write_revision(newer, named("mine"))


def test_other_folders_are_not_written_to(tmp_path: Path) -> None:
    """A folder with other files, or a file, is refused before anything is made there."""
    (tmp_path / "thesis.doc").write_text("years of work")
    with pytest.raises(NotAGraphFolder, match="holds other files"):
        write_revision(tmp_path, named("x"))
    with pytest.raises(NotAGraphFolder, match="is a file"):
        write_revision(tmp_path / "thesis.doc", named("x"))
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.doc"]


@pytest.mark.parametrize("name", ["graph.json", "graph.nq", "manifest.json"])
def test_damage_is_noticed_and_mended_by_a_build(folder: Path, name: str) -> None:
    """A cut or missing file is an error in words; building again mends it."""
    id_ = write_revision(folder, named("first"))
    file = folder / "revisions" / id_ / name
    file.write_bytes(file.read_bytes()[:20])
    with pytest.raises(GraphNotFound, match=r"damaged|missing or cut"):
        open_revision(folder)
    assert write_revision(folder, named("first")) == id_
    assert open_revision(folder).graph.title == "first"
    (folder / "current.json").write_text("{")
    with pytest.raises(GraphNotFound, match="damaged"):
        open_revision(folder)
    write_revision(folder, named("first"))
    assert open_revision(folder).verify() == []


def test_changed_bytes_are_found(folder: Path) -> None:
    """Verification reads all files; a flipped letter of the graph is found."""
    id_ = write_revision(folder, named("first"))
    file = folder / "revisions" / id_ / "graph.json"
    file.write_bytes(file.read_bytes().replace(b"first", b"fjrst"))
    assert open_revision(folder).verify() == ["graph.json"]


@pytest.mark.parametrize("key", FORMATS)
def test_rdf_in_every_format(key: str, built: Path) -> None:
    """Each format holds the derived graph, or all graphs, as rdflib reads it; twice the same."""
    known = FORMATS[key]
    with open_revision(built) as revision:
        name = revision.default_graph
        data = serialise(revision, key)
        assert data == serialise(revision, key)
        one = serialise(revision, key, name)
    whole = rdflib.Dataset()
    whole.parse(data=data.decode(), format=known.media_type)
    expected = rdflib.Dataset()
    expected.parse(data="".join(nquads(sample_graph())), format="application/n-quads")
    wanted = to_isomorphic(expected.graph(name))
    if known.datasets:
        assert len(whole) == len(expected)
        assert to_isomorphic(whole.graph(name)) == wanted
        assert len(one) < len(data)
    else:
        assert to_isomorphic(whole.default_graph) == wanted
        assert one == data


def test_the_rdflib_view_is_the_derived_graph(built: Path) -> None:
    """Patterns and SPARQL see the derived graph; named graphs stand beside it."""
    view = open_revision(built).rdf()
    churn = rdflib.URIRef(BASE + "concepts/churn-rate")
    assert view.default_graph.value(churn, SKOS.prefLabel) == rdflib.Literal(
        "Churn Rate", lang="en"
    )
    assert len(list(view.triples((churn, SKOS.definition, None)))) == 2
    club = view.graph(rdflib.URIRef(BASE + "graph/sources/club"))
    assert len(list(club.objects(churn, SKOS.definition))) == 1
    assert len(view.default_graph) == len(list(view.default_graph))
    rows = list(
        view.query("SELECT ?label { ?c gg:kind gg:metric ; skos:prefLabel ?label } ORDER BY ?label")
    )
    assert rows[0].label == rdflib.Literal("Churn Rate", lang="en")
    assert len(rows) == 6
    assert bool(view.query("ASK { ?c a skos:Concept }"))
    built_graph = view.query("CONSTRUCT { ?c a gg:X } WHERE { ?c gg:implied true }").graph
    assert len(built_graph) == 1
    asked = prepareQuery("SELECT ?d { ?c skos:definition ?d }", initNs={"skos": SKOS})
    assert len(view.query(asked, initBindings={"c": churn})) == 2
    assert len(club.query("SELECT ?d { ?c skos:definition ?d }", initBindings={"c": churn})) == 1


def test_the_rdflib_view_cannot_be_changed(built: Path) -> None:
    """Adding, removing and updating are refused with what to do instead."""
    view = open_revision(built).rdf()
    triple = (rdflib.URIRef("http://x/a"), GG.uses, rdflib.Literal("x"))
    for change in (
        lambda: view.add(triple),
        lambda: view.remove(triple),
        lambda: view.default_graph.add(triple),
        lambda: view.update("DELETE WHERE { ?s ?p ?o }"),
        lambda: view.parse(data="<x:a> <x:b> <x:c> .", format="turtle"),
    ):
        with pytest.raises(ReadOnlyView, match="Copy what you want to change"):
            change()
    copy = rdflib.Graph()
    copy += view.default_graph
    copy.add(triple)
    assert len(copy) == len(view.default_graph) + 1


def test_the_rdflib_view_calls_nobody(built: Path) -> None:
    """SERVICE is refused in the view, too."""
    with pytest.raises(MalformedQuery, match="SERVICE"):
        open_revision(built).rdf().query("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")


def test_the_manifest_is_plain_json(built: Path) -> None:
    """Any tool can read what a revision holds."""
    with open_revision(built) as revision:
        data = json.loads((revision.path / "manifest.json").read_bytes())
        assert data == dataclasses.asdict(revision.manifest)
        assert len(ox.Store()) == 0
        assert data["counts"]["quads"] == len(revision.quads.read_text().splitlines())


def test_the_registry_is_kept_with_its_revision(tmp_path: Path) -> None:
    """The next build finds the names of concepts as the last one left them."""
    folder = tmp_path / "g.kg"
    with store.writing(folder):
        store.write_revision(folder, sample_graph(), registry=b"{}\n")
    with store.open_revision(folder) as revision:
        assert revision.registry.read_bytes() == b"{}\n"
        assert revision.verify() == []
