"""Readers: from the bytes of a source to a :class:`extract.model.Document`.

``READERS`` maps a media type to its reader and ``SUFFIXES`` a file's suffix to its media type;
commands, help and tests read these tables. :func:`read` is for one file or folder,
:func:`extract.readers.sources.read_all` for what a user named on the command line.
"""

from __future__ import annotations

from extract.readers.sources import (
    READERS,
    SUFFIXES,
    Reading,
    SourceArgument,
    expand,
    read,
    read_all,
    read_bytes,
)

__all__ = [
    "READERS",
    "SUFFIXES",
    "Reading",
    "SourceArgument",
    "expand",
    "read",
    "read_all",
    "read_bytes",
]
