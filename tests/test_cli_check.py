"""The command `check`: what it prints, for whom, and how it ends."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.test_cli import run

GLOSSARY = """\
Glossary of sails

Genoa – A large headsail that overlaps the mast. See also: Boom vang.

Headsail – A sail that is set in front of the mast. See also: Jib.

Jib – A headsail that does not overlap the mast.

Reefing – The reefing of a sail in strong wind.
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("check")
    (place / "sails.txt").write_text(GLOSSARY, encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def test_findings_are_rows_with_a_place(folder: Path, cache: Path) -> None:
    """Severity, rule, source and line, sentence; the counts go to standard error."""
    ended = run(cache, "check", folder / "sails.txt", "--severity", "warning")
    head, *rows = [line.split("\t") for line in ended.stdout.splitlines()]
    assert head == ["severity", "rule", "place", "message"]
    assert [row[:3] for row in rows] == [
        ["warning", "circular-definition", "sails:9"],
        ["warning", "dangling-reference", "sails:3"],
    ]
    assert "Boom vang" in rows[1][3]
    assert ended.returncode == 0
    assert re.fullmatch(
        r"2 warnings in \d+ concepts \(\d+ less grave not shown\)\.\n", ended.stderr
    )


def test_the_code_is_one_from_the_severity_asked_for(folder: Path, cache: Path) -> None:
    """`--fail-on` and `--level` decide; what is not shown counts all the same."""
    source = folder / "sails.txt"
    assert run(cache, "check", source, "--fail-on", "warning").returncode == 1
    as_error = run(cache, "check", source, "--level", "dangling-reference=error")
    assert as_error.returncode == 1
    off = ("--level", "dangling-reference=off", "--level", "circular-definition=off")
    assert run(cache, "check", source, "--fail-on", "warning", *off).returncode == 0
    never = ("--fail-on", "never", "--level", "orphan=error", "--severity", "error")
    assert run(cache, "check", source, *never).returncode == 0


def test_the_project_says_how_grave_a_rule_is(folder: Path, cache: Path, tmp_path: Path) -> None:
    """`[rules]` of glossgraph.toml holds for its sources; the command line goes before it."""
    (tmp_path / "sails.txt").write_text(GLOSSARY, encoding="utf-8")
    project = '[[sources]]\npath = "sails.txt"\n[rules]\ndangling-reference = "error"\n'
    (tmp_path / "glossgraph.toml").write_text(project, encoding="utf-8")
    assert run(cache, "check", tmp_path).returncode == 1
    assert run(cache, "check", tmp_path, "--level", "dangling-reference=info").returncode == 0


def test_sarif_names_file_and_line(folder: Path, cache: Path) -> None:
    """A code host gets the path as it was given and the line of the file."""
    ended = run(cache, "check", folder / "sails.txt", "--format", "sarif", "--severity", "warning")
    log = json.loads(ended.stdout)
    (finished,) = log["runs"]
    rules = [rule["id"] for rule in finished["tool"]["driver"]["rules"]]
    dangling = finished["results"][1]
    assert rules[dangling["ruleIndex"]] == dangling["ruleId"] == "dangling-reference"
    place = dangling["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == (folder / "sails.txt").as_posix()
    assert place["region"] == {"startLine": 3}


def test_github_annotations_are_one_a_line(folder: Path, cache: Path) -> None:
    """Level, file, line and rule stand before the sentence; of a graph there is no file."""
    rule = ("--rule", "dangling-reference", "--format", "github")
    (line,) = run(cache, "check", folder / "sails.txt", *rule).stdout.splitlines()
    assert line.startswith(f"::warning file={(folder / 'sails.txt').as_posix()},line=3,")
    assert "title=dangling-reference::" in line
    run(cache, "build", folder / "sails.txt", "-o", folder / "sails.kg")
    (line,) = run(cache, "check", folder / "sails.kg", *rule).stdout.splitlines()
    assert line.startswith("::warning title=dangling-reference::sails:3: ")


def test_json_counts_and_lists(folder: Path, cache: Path) -> None:
    """Programs get the counts, and for each finding its concept and place."""
    ended = run(cache, "check", folder / "sails.txt", "--json", "--rule", "circular-definition")
    data = json.loads(ended.stdout)
    assert data["counts"] == {"error": 0, "warning": 1, "info": 0}
    (found,) = data["findings"]
    assert (found["concept"], found["source"], found["place"]) == ("reefing", "sails", "sails:9")


def test_shapes_are_checked_when_asked_for(folder: Path, cache: Path) -> None:
    """A sound graph breaks no SHACL shape."""
    ended = run(cache, "check", folder / "sails.txt", "--rule", "shape")
    assert (ended.returncode, ended.stdout) == (0, "")
    assert ended.stderr.startswith("Nothing to object to")


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--rule", "orphn"), "Near: orphan"),
        (("--severity", "grave"), "Known: error, warning, info"),
        (("--level", "orphan"), "write RULE=SEVERITY"),
        (("--level", "orphan=bad"), 'No severity "bad"'),
        (("--format", "xml"), "Known: sarif, github"),
    ],
)
def test_what_is_not_known_is_usage(
    folder: Path, cache: Path, option: tuple[str, str], said: str
) -> None:
    """A wrong key ends with 2 and the right ones."""
    ended = run(cache, "check", folder / "sails.txt", *option)
    assert ended.returncode == 2
    assert said in ended.stderr


def test_a_source_that_cannot_be_read_is_an_error(folder: Path, cache: Path) -> None:
    """One that is left out among others is a finding, one alone ends with 3."""
    bad = folder / "mixed"
    bad.mkdir()
    (bad / "sails.txt").write_text(GLOSSARY, encoding="utf-8")
    (bad / "broken.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    ended = run(cache, "check", bad, "--rule", "unreadable")
    assert ended.returncode == 1
    assert "broken" in ended.stdout
    assert run(cache, "check", folder / "none.txt").returncode == 3
