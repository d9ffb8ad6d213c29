"""Exports that are not RDF: the table, the choice of a format, and what each reader finds."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import networkx as nx
import pytest

from kg.errors import UnknownKey
from kg.export import EXPORTS, choose, export
from kg.model import Graph
from kg.store import write_revision
from tests.sample_graph import ODD_LABELS, odd_graph, sample_graph

EMPTY = Graph(base="http://localhost:8000/", title="")


def written(graph: Graph, key: str, **options: object) -> bytes:
    return b"".join(export(graph, key, **options))  # type: ignore[arg-type]


def readable(label: str) -> str:
    """A label as XML and most tools can hold it."""
    return label.replace("\x01", "\ufffd")


# --- the table -----------------------------------------------------------------------------------


def test_table() -> None:
    """Keys are their own, no two formats claim one ending, and each has a title and media type."""
    suffixes = [suffix for entry in EXPORTS.values() for suffix in entry.suffixes]
    assert len(suffixes) == len(set(suffixes))
    for key, entry in EXPORTS.items():
        assert entry.key == key
        assert entry.title and "/" in entry.media_type and entry.suffixes and entry.tools


CHOICES = [
    (None, "five.ttl", "turtle"),
    (None, Path("out/FIVE.NQ"), "nquads"),
    (None, "five.graphml", "graphml"),
    (None, "five.json", "concepts-json"),
    (None, "five.graph.json", "graph-json"),
    ("turtle", "five.json", "turtle"),
    ("jsonld", None, "jsonld"),
]


@pytest.mark.parametrize(("key", "path", "expected"), CHOICES)
def test_choose(key, path, expected: str) -> None:
    """A key wins over a file's ending; the longest ending wins over a shorter one."""
    assert choose(key, path).key == expected


def test_choose_refuses() -> None:
    """Unknown keys, endings and options are refused with those there are."""
    with pytest.raises(UnknownKey, match="turtle"):
        choose("turtel")
    with pytest.raises(UnknownKey, match=r"\.ttl"):
        choose(None, "five.xyz")
    with pytest.raises(UnknownKey):
        choose(None, None)
    with pytest.raises(UnknownKey, match="graphics"):
        export(sample_graph(), "graphml", grafics=False)


@pytest.mark.parametrize("key", EXPORTS)
@pytest.mark.parametrize("graph", [sample_graph(), odd_graph(), EMPTY], ids=["sample", "odd", "0"])
def test_every_format_writes_every_graph(key: str, graph: Graph) -> None:
    """Each format writes each graph, and the same bytes again."""
    first = written(graph, key)
    assert first == written(graph, key)
    assert first or graph is EMPTY


def test_bytes_do_not_depend_on_hashing() -> None:
    """Another process, which hashes strings otherwise, writes the same bytes."""
    program = (
        "import hashlib; from kg.export import EXPORTS, export; "
        "from tests.sample_graph import sample_graph\n"
        "for key in EXPORTS: "
        "print(key, hashlib.sha256(b''.join(export(sample_graph(), key))).hexdigest())"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            cwd=Path(__file__).parent.parent,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1


def test_a_folder_is_exported_like_its_graph(tmp_path: Path) -> None:
    """Where a graph is wanted, the folder that it stands in does."""
    write_revision(tmp_path / "five.kg", sample_graph())
    assert b"".join(export(tmp_path / "five.kg", "graph-json")) == written(
        sample_graph(), "graph-json"
    )


def test_parts_can_be_left_out() -> None:
    """Mentions and implied concepts are in or out as asked."""
    whole = json.loads(written(sample_graph(), "graph-json"))
    bare = json.loads(written(sample_graph(), "graph-json", mentions=False, implied=False))
    assert {link["basis"] for link in whole["links"]} == {"text", "name", "reference", "mention"}
    assert {link["basis"] for link in bare["links"]} == {"text", "name", "reference"}
    assert len(whole["nodes"]) - len(bare["nodes"]) == 1
    ends = {end for link in bare["links"] for end in (link["source"], link["target"])}
    assert "win-rate" not in ends


# --- JSON ----------------------------------------------------------------------------------------


def test_concepts_json() -> None:
    """Each concept has its labels, entries by document and headword, and near concepts."""
    concepts = {
        c["id"]: c for c in json.loads(written(sample_graph(), "concepts-json"))["concepts"]
    }
    churn = concepts["churn-rate"]
    assert churn["labels"] == ["Churn Rate", "Customer Churn Rate"]
    assert [(e["document"], e["term"]) for e in churn["entries"]] == [
        ("sources/success", "Churn Rate"),
        ("sources/club", "Customer Churn Rate"),
    ]
    assert (churn["exact"], churn["close"]) == ([], [])
    assert concepts["log"]["close"] == ["logbook"]
    assert concepts["win-rate"]["implied"] and not concepts["win-rate"]["entries"]
    quotes = [e["quote"] for r in churn["relations"] for e in r["evidence"]]
    assert quotes == ["Churn rate measures churn."]


@pytest.mark.parametrize("graph", [sample_graph(), odd_graph()], ids=["sample", "odd"])
def test_graph_json_in_networkx(graph: Graph) -> None:
    """NetworkX reads the node-link graph with all nodes, relations and labels."""
    data = json.loads(written(graph, "graph-json"))
    read = nx.node_link_graph(data, edges="links")
    assert read.is_directed() and read.is_multigraph()
    assert {c.slug: c.label for c in graph.concepts} == dict(read.nodes(data="label"))
    assert {(r.subject, r.object, r.type) for r in graph.relations} == set(read.edges(keys=True))


# --- GraphML -------------------------------------------------------------------------------------


@pytest.mark.parametrize("graphics", [True, False])
@pytest.mark.parametrize("graph", [sample_graph(), odd_graph()], ids=["sample", "odd"])
def test_graphml_in_networkx(graph: Graph, graphics: bool) -> None:
    """NetworkX reads the attributes of nodes and edges, with and without yEd's drawing."""
    data = written(graph, "graphml", graphics=graphics)
    read = nx.read_graphml(io.BytesIO(data), force_multigraph=True)
    assert {c.slug: readable(c.label) for c in graph.concepts} == dict(read.nodes(data="label"))
    assert read.number_of_edges() == len(graph.relations)
    by_id = {key: values for _, _, key, values in read.edges(keys=True, data=True)}
    for relation in graph.relations:
        values = by_id[relation.id]
        assert values["type"] == relation.type
        assert values["basis"] == relation.basis
        assert values["confidence"] == relation.confidence
        assert values["evidence"] == readable(relation.evidence[0].quote)


def test_graphml_for_yed_and_gephi() -> None:
    """yEd finds its labels and colours; Gephi a key ``label`` that says ``for=``."""
    text = written(sample_graph(), "graphml").decode()
    assert '<key id="n_label" for="node" attr.name="label" attr.type="string"/>' in text
    assert "<y:NodeLabel>Churn Rate</y:NodeLabel>" in text
    assert ">reduces</y:EdgeLabel>" in text
    assert 'color="#8F2B0A"' in text
    assert "y:" not in written(sample_graph(), "graphml", graphics=False).decode().split("<key")[2]


def test_language() -> None:
    """Labels and phrases come in the language asked for, where there are some."""
    read = nx.read_graphml(io.BytesIO(written(sample_graph(), "graphml", language="de")))
    assert read.nodes["skipper"]["label"] == "Schiffsführer"
    assert read.nodes["churn"]["label"] == "Churn"
    (edge,) = read.get_edge_data("skipper", "passage-plan").values()
    assert edge["label"] == "ist verantwortlich für"


def test_odd_labels_are_many() -> None:
    """The odd graph keeps what makes it odd."""
    graph = odd_graph()
    assert {c.label for c in graph.concepts} == set(ODD_LABELS)
    assert len(replace(graph, relations=()).concepts) == len(ODD_LABELS)
