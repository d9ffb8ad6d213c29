"""Whether the files of a folder are parts of one glossary or glossaries of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path


def parts(paths: Sequence[Path], folder: Path) -> Mapping[Path, str]:
    """Return each file's part path where the files are parts of one glossary, else nothing."""
    return {path: "" for path in paths if not folder.is_dir()}
