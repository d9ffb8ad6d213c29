"""A graph as JSON bytes and back."""

from __future__ import annotations

import dataclasses

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_graph import sample_graph

from extract.model import Designation, Evidence, Finding, Span, Statement
from kg.model import Concept, Decision, Definition, Graph, Relation, Repair, Ruling, Source, Text
from kg.snapshot import MalformedSnapshot, dumps, loads, parts
from ontology.turtle import GG, OWL, RDF, Literal, Triple
from ontology.vocabulary import DEFAULT, with_added

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_NUMBER = st.integers(0, 10**6)
_SPAN = st.builds(Span, start=_NUMBER, end=_NUMBER)
_EVIDENCE = st.builds(
    Evidence, document=_TEXT, span=_SPAN, quote=_TEXT, rule=_TEXT, confidence=st.floats(0.01, 1)
)


_NEAR = "https://terms.example.org/types#nears"
_OWN = with_added(
    [
        Triple(_NEAR, RDF + "type", GG + "RelationType"),
        Triple(_NEAR, RDF + "type", OWL + "SymmetricProperty"),
        Triple(_NEAR, GG + "key", Literal("nears")),
        Triple(_NEAR, GG + "phrase", Literal("is near", "en")),
        Triple(_NEAR, GG + "family", GG + "association"),
    ],
    {"own": "https://terms.example.org/types#"},
)


def _several(of: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(of, max_size=3).map(tuple)


_REPAIR = st.builds(
    Repair, rule=_TEXT, before=_TEXT, after=_TEXT, count=_NUMBER, document=_TEXT, start=_NUMBER,
    end=_NUMBER,
)  # fmt: skip


def _of(cls: type, **special: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """Values of a dataclass, each field by its annotation."""
    by_hint = {
        "str": _TEXT, "int": _NUMBER, "bool": st.booleans(), "float": st.floats(0.01, 1),
        "tuple[str, ...]": _several(_TEXT),
        "tuple[tuple[str, str], ...]": _several(st.tuples(_TEXT, _TEXT)),
        "tuple[Evidence, ...]": _several(_EVIDENCE),
        "tuple[Repair, ...]": _several(_REPAIR),
        "Mapping[str, str]": st.dictionaries(_TEXT, _TEXT, max_size=3),
        "Vocabulary": st.sampled_from((DEFAULT, _OWN)),
    }  # fmt: skip
    return st.builds(
        cls,
        **{
            f.name: special[f.name] if f.name in special else by_hint[f.type]
            for f in dataclasses.fields(cls)
        },
    )


_GRAPHS = _of(
    Graph,
    sources=_several(_of(Source)),
    texts=_several(_of(Text)),
    concepts=_several(
        _of(
            Concept,
            designations=_several(_of(Designation, evidence=st.none() | _EVIDENCE)),
            definitions=_several(_of(Definition)),
            statements=_several(_of(Statement)),
        )
    ),
    relations=_several(_of(Relation)),
    decisions=_several(_of(Decision)),
    findings=_several(_of(Finding)),
    rulings=_several(_of(Ruling)),
)


def test_the_sample_comes_back_whole() -> None:
    """The sample graph, with every field in use, survives the round trip; twice the same bytes."""
    graph = sample_graph()
    assert loads(dumps(graph)) == graph
    assert dumps(loads(dumps(graph))) == dumps(graph)


@settings(max_examples=60, deadline=None)
@given(_GRAPHS)
def test_any_graph_comes_back_whole(graph: Graph) -> None:
    """Whatever a graph holds, every field is equal after the round trip."""
    assert loads(dumps(graph)) == graph


def test_a_large_graph_is_written_in_pieces() -> None:
    """No piece holds more than a thousand concepts; together they come back whole."""
    graph = sample_graph()
    many = tuple(
        dataclasses.replace(graph.concepts[0], slug=f"c{n}", label=f"Concept {n}")
        for n in range(2_500)
    )
    large = dataclasses.replace(graph, concepts=many)
    pieces = list(parts(large))
    assert loads(b"".join(pieces)) == large
    assert max(piece.count(b"Concept ") for piece in pieces) == 1_000


def test_a_large_graph_is_read_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the places of its long lists it comes back whole, a slice parsed at a time."""
    graph = sample_graph()
    many = tuple(
        dataclasses.replace(graph.concepts[0], slug=f"c{n}", label=f"Concept {n}")
        for n in range(2_500)
    )
    large = dataclasses.replace(
        graph,
        concepts=many,
        findings=tuple(
            Finding(rule="r", subject=f'"],[{n}', message="m", severity="info")
            for n in range(1_001)
        ),
    )
    places: dict[str, list[int]] = {}
    data = b"".join(parts(large, places))
    assert {name: len(marks) for name, marks in places.items()} == {"concepts": 4, "findings": 3}
    parsed: list[int] = []
    read = orjson.loads
    monkeypatch.setattr(orjson, "loads", lambda part: parsed.append(len(part)) or read(part))
    assert loads(data, places) == large
    assert max(parsed) < len(data) / 2
    places["concepts"][1] += 1
    with pytest.raises(MalformedSnapshot):
        loads(data, places)


def test_columns_are_read_by_their_names() -> None:
    """An older file without a field gives its default, a newer one's unknown field is left out."""
    data = orjson.loads(dumps(Graph(base="http://x/", title="T", language="de")))
    data["fields"]["Graph"][data["fields"]["Graph"].index("language")] = "tongue"
    graph = loads(orjson.dumps(data))
    assert (graph.title, graph.language) == ("T", "en")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no JSON"),
        (b"[]", "format"),
        (b'{"format": "glossgraph-graph/99"}', "format"),
        (b'{"format": "glossgraph-graph/1"}', "out of place"),
        (dumps(sample_graph()).replace(b'"graph":[', b'"graph":[1,'), "out of place"),
        (dumps(sample_graph())[:-9], "no JSON"),
    ],
)
def test_other_bytes_are_refused_in_words(data: bytes, words: str) -> None:
    """Bytes that are no snapshot are told from one, with what is wrong."""
    with pytest.raises(MalformedSnapshot, match=words):
        loads(data)


def test_a_lone_surrogate_is_named() -> None:
    """A text that no UTF-8 file can hold is an error at writing, not at reading."""
    with pytest.raises(ValueError, match="cannot be written"):
        dumps(Graph(base="http://x/", title="\ud800"))
