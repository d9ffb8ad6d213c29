"""Packed files: a text within gzip (also ``.dz``), bzip2 or xz is read as if it stood alone."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from extract.errors import UnreadableSource

SIZE = 512 * 1024 * 1024
"""Bytes that a file may unpack to; more is a mistake or an attack."""
_SUFFIXES = (".gz", ".dz", ".bz2", ".xz")
_OPENERS: Mapping[bytes, Callable[..., Any]] = {
    b"\x1f\x8b\x08": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\x00": lzma.open,
}


def is_packed(data: bytes) -> bool:
    """Return whether ``data`` begins as a file that gzip, bzip2 or xz has packed."""
    return data.startswith(tuple(_OPENERS))


def inner(name: str) -> str:
    """Return the name that a packed file has when it is unpacked."""
    lowered = name.lower()
    return next((name[: -len(s)] for s in _SUFFIXES if lowered.endswith(s)), name)


def unpacked(data: bytes, name: str) -> bytes:
    """Return ``data`` unpacked, or as it is where nothing packed it.

    Raises:
        UnreadableSource: it is damaged or unpacks to more than :data:`SIZE`.
    """
    opener = next((o for mark, o in _OPENERS.items() if data.startswith(mark)), None)
    if opener is None:
        return data
    try:
        with opener(io.BytesIO(data)) as file:
            content: bytes = file.read(SIZE + 1)
    except (OSError, EOFError, zlib.error, lzma.LZMAError, ValueError) as error:
        raise UnreadableSource(name, f"the packed file is damaged: {error}") from error
    if len(content) > SIZE:
        raise UnreadableSource(name, f"the file unpacks to over {SIZE >> 20} MB")
    return content
