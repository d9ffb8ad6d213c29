"""Facts about glossgraph.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.project import DEFAULT_BASE, MalformedProject, Project, load_project

WHOLE = """
title = "Words of the team"
base = "https://example.org/terms"
language = "EN"
folder = "team.kg"

[[sources]]
path = "pages/words.md"
title = "Words"
licence = "MIT"

[[sources]]
url = "https://example.com/glossary/list.html?x=1"
name = "list"
retrieved = 2026-02-01

[[sources]]
path = "own.txt"
own = true

[[sources]]
path = "lent.txt"
licence = "CC-BY-4.0"
reuse = "term"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "glossgraph.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_values(tmp_path: Path) -> None:
    """Paths are from the file's folder, the base ends with a slash, names default to the stem."""
    project = load_project(write(tmp_path, WHOLE))
    assert (project.title, project.base, project.language) == (
        "Words of the team",
        "https://example.org/terms/",
        "en",
    )
    assert project.arguments() == [
        str(tmp_path / "pages/words.md"),
        "https://example.com/glossary/list.html?x=1",
        str(tmp_path / "own.txt"),
        str(tmp_path / "lent.txt"),
    ]
    assert [source.name for source in project.sources] == ["words", "list", "own", "lent"]
    assert project.source("list").retrieved == "2026-02-01"
    assert project.folder == str(tmp_path / "team.kg")


def test_reuse(tmp_path: Path) -> None:
    """What is licensed or own is republished in full, anything else as an excerpt."""
    project = load_project(write(tmp_path, WHOLE))
    reuse = {s.name: s.republished() for s in project.sources}
    assert reuse == {"words": "full", "list": "excerpt", "own": "full", "lent": "term"}
    assert project.source("unknown").republished() == "excerpt"


def test_no_file_is_a_project_too() -> None:
    """The defaults stand for a build without a project file."""
    assert (Project().base, Project().arguments()) == (DEFAULT_BASE, [])


FAULTS = {
    "unknown key": ('titel = "x"', 'unknown key "titel"; did you mean "title"?'),
    "unknown key of a source": (
        '[[sources]]\npath = "a"\npublsher = "x"',
        'unknown key "publsher" of source 1; did you mean "publisher"?',
    ),
    "wrong form": ("title = 3", '"title" must be text in quotes'),
    "relative base": ('base = "terms/"', '"base" is "terms/"; it must be an absolute address'),
    "no place": ('[[sources]]\ntitle = "x"', 'source 1 has neither "path" nor "url"'),
    "unknown reuse": ('[[sources]]\npath = "a"\nreuse = "all"', '"reuse" of source 1 is "all"'),
    "equal names": (
        '[[sources]]\npath = "a/x.md"\n[[sources]]\npath = "b/x.txt"',
        'two sources are named "x"',
    ),
    "no TOML": ("title = ", "it is no TOML"),
    "sources as a table": ('[sources]\npath = "a"', '"sources" must be a list of tables'),
}


@pytest.mark.parametrize("case", FAULTS)
def test_faults(tmp_path: Path, case: str) -> None:
    """A fault is a sentence that names the file and the key."""
    text, sentence = FAULTS[case]
    path = write(tmp_path, text)
    with pytest.raises(MalformedProject) as error:
        load_project(path)
    assert str(error.value).startswith(f"{path}: {sentence}")


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there is said to be unreadable."""
    with pytest.raises(MalformedProject, match="it cannot be read"):
        load_project(tmp_path / "glossgraph.toml")


def test_sample_project(root: Path) -> None:
    """The sample's project file is sound and names files that are there."""
    path = root / "examples" / "glossgraph.toml"
    if not path.is_file():
        pytest.skip("no examples here")
    project = load_project(path)
    assert all(Path(place).is_file() for place in project.arguments())
