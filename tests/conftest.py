"""Fixtures that several test modules share."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run, so that no run fails by chance; `HYPOTHESIS_PROFILE=explore`
# draws new ones, to look for faults.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("explore", derandomize=False, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config: pytest.Config) -> None:
    """Say once, in one line, that the tests on the five real pages are left out."""
    if not os.environ.get("GLOSSGRAPH_CORPUS"):
        config.stash[_NO_CORPUS] = True


_NO_CORPUS = pytest.StashKey[bool]()


def pytest_report_header(config: pytest.Config) -> str | None:
    if config.stash.get(_NO_CORPUS, False):
        return "GLOSSGRAPH_CORPUS is unset: tests on the five real pages are skipped"
    return None


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder that holds ``seeds/``, ``gold/`` and ``score/``; skips where it is not given."""
    folder = os.environ.get("GLOSSGRAPH_CORPUS")
    if not folder:
        pytest.skip("GLOSSGRAPH_CORPUS is unset")
    path = Path(folder).resolve()
    if not (path / "seeds").is_dir():
        warnings.warn(f"GLOSSGRAPH_CORPUS={folder} holds no seeds/", stacklevel=1)
        pytest.skip("GLOSSGRAPH_CORPUS holds no seeds/")
    return path


@pytest.fixture(scope="session")
def seeds(corpus: Path) -> list[Path]:
    """The five real pages, in order."""
    return sorted((corpus / "seeds").glob("*.txt"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root."""
    return ROOT
