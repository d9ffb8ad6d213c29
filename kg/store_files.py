"""Files that survive a crash, and the locks of readers, for :mod:`kg.store`."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

if sys.platform != "win32":
    import fcntl


def write(path: Path, parts: Iterable[bytes]) -> dict[str, Any]:
    """Write and sync a file; return its size and digest."""
    digest, size = hashlib.sha256(), 0
    with path.open("xb", buffering=1 << 20) as file:
        for part in parts:
            digest.update(part)
            size += len(part)
            file.write(part)
        file.flush()
        os.fsync(file.fileno())
    return {"bytes": size, "sha256": digest.hexdigest()}


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_folder(path: Path) -> None:
    """Make names in a folder durable; Windows has no such call and needs none."""
    if sys.platform != "win32":
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def hold(held: IO[bytes], path: Path) -> bool:
    """Take a shared lock; return False where the file was pruned before we had it."""
    if sys.platform != "win32":
        try:
            fcntl.flock(held, fcntl.LOCK_SH)
            return os.fstat(held.fileno()).st_ino == path.stat().st_ino
        except FileNotFoundError:
            return False
        except OSError:
            pass  # a file system without locks: pruning cannot lock either and lets it be
    return True


def take_away(path: Path, manifest: str, gone: Path) -> bool:
    """Rename the folder ``path`` if no reader holds its manifest; return whether that was done."""
    try:
        with (path / manifest).open("rb") as held:
            if sys.platform != "win32":
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.rename(gone)  # under the lock: a reader that waits for it looks again
        if sys.platform == "win32":
            path.rename(gone)
    except OSError:
        return False
    return True
