"""Imports go one way, and heavy libraries stay where they belong (read off the syntax trees)."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from api.cli import COMMANDS, command_line

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("ontology", "extract", "kg", "api")
# What each room may import of the others.
MAY_IMPORT = {
    "ontology": {"ontology"},
    "extract": {"ontology", "extract"},
    "kg": {"ontology", "extract", "kg"},
    "api": {"ontology", "extract", "kg", "api"},
}
# What `kg` may take of `extract`: values, not the machinery that makes them.
KG_OF_EXTRACT = {
    "extract.model", "extract.errors", "extract.labels", "extract.matcher", "extract.exchange",
}  # fmt: skip
# Library: the modules (by prefix) that may import it.
CONFINED = {
    "spacy": ("extract.pipeline", "extract.components"),
    "thinc": (),
    "pyoxigraph": ("kg.store", "kg.workers"),
    "fastapi": ("api",),
    "starlette": ("api",),
    "pydantic": ("api",),
    "uvicorn": ("api",),
    "typer": ("api",),
    "rich": ("api",),
}


def _modules() -> Iterator[tuple[str, Path]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield name.removesuffix(".__init__"), path


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


MODULES = dict(_modules())


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_one_way(module: str) -> None:
    """ontology <- extract <- kg <- api, and `kg` takes only values of `extract`."""
    room = module.split(".")[0]
    for name in _imports(MODULES[module]):
        other = name.split(".")[0]
        if other in ROOMS:
            assert other in MAY_IMPORT[room], f"{module} imports {name}"
        if room == "kg" and other == "extract" and name != "extract":
            assert ".".join(name.split(".")[:2]) in KG_OF_EXTRACT, f"{module} imports {name}"


@pytest.mark.parametrize("module", MODULES)
def test_libraries_are_confined(module: str) -> None:
    """spaCy, the store and the web framework are imported only in their own rooms."""
    for name in _imports(MODULES[module]):
        library = name.split(".")[0]
        if library in CONFINED:
            allowed = CONFINED[library]
            assert module.startswith(tuple(allowed)), f"{module} imports {library}"


@pytest.mark.parametrize("command", ["extract", "build"])
def test_reading_a_glossary_does_without_the_server(command: str) -> None:
    """What only an answer or a page needs is not imported where a glossary is read."""
    slow = {"fastapi", "starlette", "spacy", "numpy", "rdflib", "httpx", "api.service"}
    code = (
        f"import sys\nfrom api.cli import main\nmain([{command!r}, '--help'])\n"
        f"print('imported:', *sorted({slow} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1].strip() == "imported:"


def test_each_command_is_found_in_its_module() -> None:
    """The table of commands names all that the modules of the command line hold, in their order."""
    for name, commands in COMMANDS.items():
        alone = command_line([commands[0]])
        found = typer.main.get_group(alone).commands
        assert tuple(found) == commands, name
    files = {f.stem for f in (ROOT / "api/cli").glob("*.py") if "def register(" in f.read_text()}
    assert files == set(COMMANDS)
