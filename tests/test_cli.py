"""The command line: what is printed where, and the exit code of each outcome."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

GLOSSARY = """\
Glossary of sails

Genoa – A large headsail that overlaps the mast. See also: Jib.

Headsail – A sail that is set in front of the mast.

Jib – A headsail that does not overlap the mast.

Mainsail – The sail that is set behind the mast. A mainsail drives the boat.

Spinnaker – A light headsail for courses with the wind. A spinnaker increases speed.

Storm jib – A small jib of heavy cloth. A storm jib reduces heel.
"""


@pytest.fixture(scope="module")
def glossary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("cli") / "sails.txt"
    file.write_text(GLOSSARY, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def graph(glossary: Path, cache: Path) -> Path:
    folder = glossary.parent / "sails.kg"
    assert run(cache, "build", glossary, "-o", folder).returncode == 0
    return folder


def run(cache: Path, *arguments: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "api.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        input=stdin,
        cwd=ROOT,
        env={**os.environ, "GLOSSGRAPH_CACHE": str(cache), "NO_COLOR": "1"},
    )


def test_build_sums_up_on_standard_error(glossary: Path, cache: Path, tmp_path: Path) -> None:
    """People read sources, entries, concepts, relations by type and basis, and seconds."""
    ended = run(cache, "build", glossary, "-o", tmp_path / "g.kg")
    assert ended.returncode == 0
    assert ended.stdout == ""
    assert "1 with 6 entries" in ended.stderr
    for word in ("Concepts", "Relations", "broader", "Read from", "Findings", "Time"):
        assert word in ended.stderr


def test_build_sums_up_as_json(glossary: Path, cache: Path, tmp_path: Path) -> None:
    """Programs read the same figures as one JSON object on standard output."""
    ended = run(cache, "build", glossary, "-o", tmp_path / "g.kg", "--json")
    summary = json.loads(ended.stdout)
    assert (summary["sources"], summary["entries"], summary["failed"]) == (1, 6, [])
    assert summary["by_type"]["broader"] >= 4


def test_neighbors_are_a_table_for_programs_when_piped(graph: Path, cache: Path) -> None:
    """Tab-separated with a head line; each row ends in the place and the sentence."""
    lines = run(cache, "neighbors", graph, "storm jibs").stdout.splitlines()
    head, *rows = [line.split("\t") for line in lines]
    assert head[:4] == ["distance", "from", "relation", "concept"]
    kinds = [row for row in rows if row[2] == "is a kind of"]
    assert kinds[0][3] == "Jib"
    assert kinds[0][-1].startswith("sails:")
    assert '"' in kinds[0][-1]


def test_path_reads_as_a_sentence(graph: Path, cache: Path) -> None:
    """A path is printed as a sentence, with the evidence of each step below it."""
    out = run(cache, "path", graph, "Storm jib", "Headsail").stdout
    assert out.startswith("1. Storm jib is a kind of Jib, which is a kind of Headsail.")


def test_a_source_may_stand_where_a_graph_does(glossary: Path, cache: Path) -> None:
    """Asking a glossary that was never built builds it into the cache first."""
    ended = run(cache, "search", glossary, "gennoa")
    assert ended.returncode == 0
    assert "Genoa" in ended.stdout


def test_nothing_found_names_what_is_near(graph: Path, cache: Path) -> None:
    """An unknown label ends with 1 and near labels."""
    ended = run(cache, "concept", graph, "spinaker")
    assert ended.returncode == 1
    assert 'No concept "spinaker".' in ended.stderr
    assert "Spinnaker" in ended.stderr


def test_extraction_by_pipe(cache: Path, tmp_path: Path) -> None:
    """`extract -` reads standard input and writes JSON; `build` takes that JSON."""
    ended = run(cache, "extract", "-", stdin=GLOSSARY)
    data = json.loads(ended.stdout)
    assert data["format"] == "glossgraph-extraction/1"
    assert len(data["entries"]) == 6
    text = data["documents"][0]["text"]
    for entry in data["entries"]:
        for relation in entry["relations"]:
            evidence = relation["evidence"]
            assert text[evidence["start"] : evidence["end"]] == evidence["quote"]
    file = tmp_path / "sails.json"
    file.write_text(ended.stdout, encoding="utf-8")
    assert run(cache, "build", file, "-o", tmp_path / "g.kg").returncode == 0


def test_extract_into_a_folder(glossary: Path, cache: Path, tmp_path: Path) -> None:
    """A folder gets one file a source, named after it."""
    other = tmp_path / "ropes.txt"
    other.write_text(GLOSSARY.replace("sail", "rope"), encoding="utf-8")
    ended = run(cache, "extract", glossary, other, "-o", f"{tmp_path}/out/")
    assert ended.returncode == 0
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"sails.json", "ropes.json"}


def test_what_ranks_low_is_asked_for(cache: Path) -> None:
    """`extract` leaves out what ranks below the cut; `--min-confidence` brings it back."""
    panel = "A display, on a wall, with colours, lights and sounds, providing insights into sales."
    text = f"{GLOSSARY}\nPanel – {panel}\n"

    def targets(*options: object) -> set[str]:
        data = json.loads(run(cache, "extract", "-", *options, stdin=text).stdout)
        return {r["target"] for e in data["entries"] for r in e["relations"]}

    assert {"display", "speed"} <= targets()
    assert "sales" not in targets()
    assert "sales" in targets("--min-confidence", 0)
    assert "display" not in targets("--min-confidence", 0.9)


def test_export_takes_its_format_from_the_suffix(graph: Path, cache: Path, tmp_path: Path) -> None:
    """Two exports of a graph are the same bytes; an unknown suffix names the formats."""
    for name in ("a.ttl", "b.ttl"):
        assert run(cache, "export", graph, tmp_path / name).returncode == 0
    assert (tmp_path / "a.ttl").read_bytes() == (tmp_path / "b.ttl").read_bytes()
    refused = run(cache, "export", graph, tmp_path / "a.xyz")
    assert refused.returncode == 2
    assert ".graphml" in refused.stderr
    assert not (tmp_path / "a.xyz").exists()


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "archive"])
def test_a_broken_file_among_others(packed: bool, cache: Path, tmp_path: Path) -> None:
    """It is named once, in messages and in findings; the others are read; the exit code is 1."""
    files = {f"g{n}.md": f"# G\n\n## Jib {n}\n\nA sail.\n\n## Mast {n}\n\nA spar.\n" for n in "abc"}
    source = tmp_path / ("terms.zip" if packed else "terms")
    if packed:
        with zipfile.ZipFile(source, "w") as archive:
            for name, text in {**files, "broken.json": "{"}.items():
                archive.writestr(name, text)
    else:
        source.mkdir()
        for name, text in {**files, "broken.json": "{"}.items():
            (source / name).write_text(text, encoding="utf-8")
    out = tmp_path / "out.json"
    ended = run(cache, "extract", source, "-o", out)
    assert ended.returncode == 1
    assert ended.stderr.count("broken.json") == 1
    read = json.loads(out.read_bytes())
    assert len(read["entries"]) == 6
    assert [f["rule"] for f in read["findings"]].count("unreadable") == 1


def test_why_shows_how_an_entry_was_read(glossary: Path, cache: Path) -> None:
    """Layout, rivals' scores and rules of one entry."""
    shown = json.loads(run(cache, "extract", glossary, "--why", "Genoa").stdout)
    assert shown["term"] == "Genoa"
    assert shown["layout"]["scores"]
    assert 0 < shown["layout"]["factors"]["order"] <= 1
    assert shown["why"]


def test_why_tells_names_references_and_relations(cache: Path, tmp_path: Path) -> None:
    """Asked by another name: each name and relation with its rule, relations with their rank."""
    file = tmp_path / "sails.txt"
    file.write_text(
        "Genoa (also: big jib) – a jib that overlaps the mast. See also Jib.\n"
        "Jib – a sail set before the mast.\nMast – a spar that carries sails.\n",
        encoding="utf-8",
    )
    shown = json.loads(run(cache, "extract", file, "--why", "Big Jib").stdout)
    assert shown["term"] == "Genoa"
    names = {name["text"]: name for name in shown["names"]}
    assert names["big jib"]["rule"]
    assert names["big jib"]["quote"] == "big jib"
    assert [(r["text"], r["target"]) for r in shown["references"]] == [("Jib", "sails/jib")]
    kinds = [r for r in shown["relations"] if r["type"] == "broader"]
    assert [r["target"] for r in kinds] == ["jib"]
    assert 0 < kinds[0]["confidence"] <= 1


def test_why_says_where_a_missing_entry_went(cache: Path, tmp_path: Path) -> None:
    """Of what was not read as an entry, the line and the entry around it are told."""
    file = tmp_path / "boats.txt"
    file.write_text(
        "Bow – the front of a boat.\nKeel – a fin below the hull.\n  Bulb keel with a weight.\n"
        "Stern – the back of a boat.\n",
        encoding="utf-8",
    )
    told = run(cache, "extract", file, "--why", "bulb keel")
    assert told.returncode == 1
    assert 'Line 3 of boats begins with it and is part of the entry "Keel".' in told.stderr


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("missing.txt", None, "no such file"),
        ("empty.txt", b"", "empty"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "PNG"),
        ("prose.txt", b"Dear Ann,\n\nthank you for the boat.\n\nYours, Bob\n", "no glossary"),
    ],
)
def test_faults_end_with_3_and_a_sentence(
    cache: Path, tmp_path: Path, name: str, content: bytes | None, sentence: str
) -> None:
    """What cannot be read is named, in words, without a traceback."""
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    ended = run(cache, "build", file, "-o", tmp_path / "g.kg")
    assert ended.returncode == 3
    assert sentence in ended.stderr
    assert name.split(".")[0] in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "g.kg" / "current.json").exists()


def test_a_folder_without_glossaries(cache: Path, tmp_path: Path) -> None:
    """An empty folder is named."""
    (tmp_path / "empty").mkdir()
    ended = run(cache, "build", tmp_path / "empty", "-o", tmp_path / "g.kg")
    assert ended.returncode == 3
    assert "holds no file" in ended.stderr


def test_a_broken_file_among_good_ones_is_named_and_skipped(
    glossary: Path, cache: Path, tmp_path: Path
) -> None:
    """The rest is built, and the exit code says that something was left out."""
    broken = tmp_path / "broken.txt"
    broken.write_bytes(b"")
    folder = tmp_path / "g.kg"
    ended = run(cache, "build", broken, glossary, "-o", folder)
    assert ended.returncode == 1
    assert "Skipped" in ended.stderr
    assert "broken.txt" in ended.stderr
    assert run(cache, "concept", folder, "Genoa").returncode == 0


def test_a_failed_build_leaves_the_last_revision(
    glossary: Path, cache: Path, tmp_path: Path
) -> None:
    """What was built before still answers, and is what it was."""
    folder = tmp_path / "g.kg"
    run(cache, "build", glossary, "-o", folder)
    before = (folder / "current.json").read_bytes()
    (tmp_path / "empty.txt").write_bytes(b"")
    assert run(cache, "build", tmp_path / "empty.txt", "-o", folder).returncode == 3
    assert (folder / "current.json").read_bytes() == before
    assert run(cache, "concept", folder, "Genoa").returncode == 0


def test_a_missing_model_is_one_sentence(glossary: Path, tmp_path: Path) -> None:
    """A model that is not installed ends with 3 and says how to get one."""
    ended = run(tmp_path / "cache", "build", glossary, "-o", tmp_path / "g.kg", "--model", "xx_no")
    assert ended.returncode == 3
    assert "xx_no" in ended.stderr
    assert "pip install" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_usage_errors_end_with_2(cache: Path) -> None:
    """An unknown command or option is a usage error."""
    assert run(cache, "nonsense").returncode == 2
    assert run(cache, "build", "--nonsense").returncode == 2


def test_a_folder_that_holds_other_things_is_not_written_to(
    glossary: Path, cache: Path, tmp_path: Path
) -> None:
    """`build -o` refuses a folder with the user's own files."""
    (tmp_path / "thesis.txt").write_text("mine")
    ended = run(cache, "build", glossary, "-o", tmp_path)
    assert ended.returncode == 3
    assert "other files" in ended.stderr
    assert (tmp_path / "thesis.txt").read_text() == "mine"


KINDS = (
    "SELECT ?label WHERE { ?c skos:broader/skos:prefLabel 'Headsail'@en ; skos:prefLabel ?label }"
)


def test_query_answers_in_the_format_asked_for(graph: Path, cache: Path) -> None:
    """Prefixes are there already; TSV when piped, JSON by option, Turtle for a graph."""
    piped = run(cache, "query", graph, KINDS).stdout.splitlines()
    assert piped[0] == "?label"
    assert {'"Jib"@en', '"Genoa"@en'} <= set(piped[1:])
    found = json.loads(run(cache, "query", graph, KINDS, "--json").stdout)
    assert len(found["results"]["bindings"]) == len(piped) - 1
    drawn = run(cache, "query", graph, "DESCRIBE ?c WHERE { ?c skos:prefLabel 'Jib'@en }").stdout
    assert 'skos:prefLabel "Jib"@en' in drawn or 'prefLabel> "Jib"@en' in drawn
    assert run(cache, "query", graph, "-", stdin="ASK { ?s ?p ?o }").stdout.strip()


@pytest.mark.parametrize(
    ("sparql", "code", "said"),
    [
        ("SELECT * WHERE {", 2, "line 1, column 17"),
        ("SELECT * WHERE { ?s nope:p ?o }", 2, "prefix"),
        ("DELETE WHERE { ?s ?p ?o }", 2, "update"),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 2, "SERVICE"),
    ],
)
def test_queries_that_are_refused(
    graph: Path, cache: Path, sparql: str, code: int, said: str
) -> None:
    """What does not parse, changes or calls out is refused with a sentence."""
    ended = run(cache, "query", graph, sparql)
    assert ended.returncode == code
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_runaway_query_ends_at_its_deadline(graph: Path, cache: Path) -> None:
    """The command ends with 1 and says that the deadline was reached."""
    runaway = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    ended = run(cache, "query", graph, runaway, "--timeout", "0.3")
    assert ended.returncode == 1
    assert "deadline" in ended.stderr
