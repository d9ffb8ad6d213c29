"""The benchmarks: their graphs, their questions, and that the servers compared answer alike."""

from __future__ import annotations

import random
import statistics
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks import runaways, serving
from benchmarks.service import graphs, questions, typos
from benchmarks.service.load import read
from benchmarks.service.peers import PEERS, Data, running
from kg.index import Index
from kg.labelling import Names
from kg.store import write_revision

REPORT = """
  Latency Distribution
     50%    1.20ms
     99%    4.50ms
  120 requests in 1.00s, 1.1MB read
  Socket errors: connect 0, read 1, write 0, timeout 2
  Non-2xx or 3xx responses: 4
Requests/sec:    119.50
"""


def test_graphs_are_as_described() -> None:
    """Two aliases, 40 words, about six relations a concept; the same number, the same graph."""
    graph = graphs.graph(300)
    assert graph == graphs.graph(300) and len(graph.concepts) == 300
    assert {len(concept.aliases) for concept in graph.concepts} == {2}
    assert {len(concept.definitions[0].text.split()) for concept in graph.concepts} == {40}
    index = Index(graph)
    assert 5 <= statistics.mean(index.degree(n) for n in range(300)) <= 6


@pytest.mark.parametrize("kind", list(questions.SPARQL))
def test_queries_are_distinct(kind: str) -> None:
    """Cold traffic never asks the same twice, even where there are more queries than concepts."""
    names = [(concept.label, concept.slug) for concept in graphs.graph(50).concepts]
    assert len(set(questions.queries(kind, names, 500, seed=1))) == 500


def test_mistyped_labels_are_found() -> None:
    """Of labels with one mistake, at least 97 in 100 bring their concept among the first ten."""
    concepts = graphs.graph(3_000).concepts
    names, chance = Names(concepts), random.Random(1)
    found = 0
    for number in chance.sample(range(3_000), 300):
        near = names.near(typos.mistyped(concepts[number].label, chance), 10)
        found += number in {names.owner[label] for _, label in near}
    assert found >= 0.97 * 300


def test_zipf_traffic() -> None:
    """The first of 10,000 requests has a share of about a tenth, the first hundred of a half."""
    drawn = questions.Zipf().draw([str(n) for n in range(10_000)], 20_000, seed=1)
    shares = Counter(drawn).most_common(100)
    assert 0.08 < shares[0][1] / 20_000 < 0.13
    assert 0.45 < sum(count for _, count in shares) / 20_000 < 0.6


def test_reports_of_wrk_are_read() -> None:
    """The rate, the slowest hundredth, and what failed in whatever way."""
    rate = read(REPORT)
    assert (rate.per_second, rate.answered, rate.p99, rate.failed) == (119.5, 120, 4.5, 7)


@pytest.mark.tools
def test_servers_answer_alike(tmp_path: Path) -> None:
    """Every server that is installed gives the same rows for each class of queries."""
    folder, triples, graph = graphs.write(200, tmp_path)
    data = Data(folder=folder, triples=triples, scratch=tmp_path)
    names = [(concept.label, concept.slug) for concept in graph.concepts]
    with ExitStack() as stack:
        servers = [stack.enter_context(running(p, data)) for p in PEERS if p.available()]
        assert len(servers) >= 3
        for kind in questions.SPARQL:
            for query in questions.queries(kind, names, 3, seed=1):
                first, *others = [server.rows(query) for server in servers]
                assert first and all(rows == first for rows in others), kind


@pytest.mark.tools
def test_runaways_cost_only_themselves() -> None:
    """Of 20 runaways all are stopped; light requests go on over a new revision, nothing goes out.

    Its bounds in time are for a busy machine; ``python -m benchmarks runaways`` has the others.
    """
    report = runaways.measure(20, concepts=500)
    held = runaways.bounds(report)
    kinds = {kind for kind, _ in report.runaways}
    assert kinds == set(runaways.RUNAWAYS) and len(report.runaways) == 20
    assert {answer.status for _, answer in report.runaways} <= {200, 504, 507, 0}
    assert statistics.median(report.over or [0]) <= 10
    assert statistics.median(answer.seconds for answer in report.light) <= 10
    assert all(held[bound] for bound in held if "ms" not in bound), (held, report.lines())


def test_a_served_graph_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Three answers with seconds, processor time and memory, from a server with its workers."""
    folder = tmp_path / "small.kg"
    write_revision(folder, graphs.graph(30))
    assert serving.main([str(folder)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[1] for line in told] == [
        "start to the first answer", "a sorted query", "a query of all graphs",
    ]  # fmt: skip
    assert all(float(line.split()[-2]) > 20 for line in told)
