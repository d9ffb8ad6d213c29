"""The program as it was when a server began to run, for what the server starts or reads later.

Its child processes import the program anew, and pages are read when they are first asked for. Where
another version has been installed in the same place meanwhile, those would be of that version and
the server of this one. So a server keeps a copy: 7 MB (twice that with compiled files), made in
less than a tenth of a second, removed when it ends.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

if sys.platform != "win32":
    import fcntl

INSTALLED = Path(__file__).resolve().parent.parent
"""Where the packages are that this process was started from."""
_PACKAGES = ("api", "extract", "kg", "ontology")
_FACE = "glossgraph.py"


class _Copy:
    """The copy that this process keeps."""

    root = INSTALLED
    folder: TemporaryDirectory[str] | None = None


def root() -> Path:
    """Return the folder that child processes import the packages from."""
    return _Copy.root


def at(file: Path) -> Path:
    """Return where a file of the packages is to be read, in the copy where there is one."""
    return _Copy.root / file.relative_to(INSTALLED)


def keep() -> None:
    """Keep a copy from now on, until this process ends.

    Raises:
        OSError: there is no room for it; what is installed is used as before.
    """
    if _Copy.folder is not None:
        return
    folder = TemporaryDirectory(prefix="glossgraph-program-", ignore_cleanup_errors=True)
    for name in _PACKAGES:
        shutil.copytree(INSTALLED / name, Path(folder.name, name))  # times too: compiled files hold
    if (INSTALLED / _FACE).exists():
        shutil.copy2(INSTALLED / _FACE, folder.name)
    if sys.platform != "win32":
        # What tidies temporary files up lets a locked folder be (tmpfiles.d).
        fcntl.flock(os.open(folder.name, os.O_RDONLY), fcntl.LOCK_SH)
    _Copy.folder, _Copy.root = folder, Path(folder.name)
