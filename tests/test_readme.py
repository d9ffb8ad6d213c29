"""The README's commands run, and print what it shows."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
COMMANDS = [
    tuple(part.strip("\n").split("\n"))
    for block in BLOCKS
    for part in re.split(r"(?m)^\$ ", block)
    if part.startswith("glossgraph ") and " serve " not in part
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample graph where the README has it."""
    folder = tmp_path_factory.mktemp("readme")
    _run(folder, ["build", str(ROOT / "examples"), "-o", "build/sample.kg", "--quiet"])
    return folder


def _run(folder: Path, arguments: list[str]) -> str:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "GLOSSGRAPH_CACHE": str(folder / "cache"),
    }
    command = [sys.executable, "-m", "api.cli", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, check=True, capture_output=True, text=True
    ).stdout


@pytest.mark.parametrize("lines", COMMANDS, ids=lambda lines: lines[0][:60])
def test_commands_run_and_print_what_is_shown(place: Path, lines: tuple[str, ...]) -> None:
    """Each `$ glossgraph` line succeeds; where output is shown, it is that output."""
    command, *shown = lines
    out = _run(place, shlex.split(command, comments=True)[1:])
    if shown:
        assert out.rstrip("\n").split("\n") == shown


def test_the_python_example_runs(place: Path) -> None:
    """What is shown for Python works on the sample graph."""
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert " because " in ended.stdout


def test_local_links_lead_somewhere() -> None:
    """Files that the README points to are there."""
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_options_named_exist() -> None:
    """Commands in the table are commands of the program."""
    listed = re.findall(r"^\| `(.+?)` \|", README, re.MULTILINE)
    names = {name.split()[0] for cell in listed for name in re.split(r"`, `", cell)}
    help_text = subprocess.run(
        [sys.executable, "-m", "api.cli", "--help"], capture_output=True, text=True, cwd=ROOT
    ).stdout
    assert names
    for name in names:
        assert re.search(rf"^\W*{name}\b", help_text, re.MULTILINE), name
