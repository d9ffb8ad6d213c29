"""Zip files that are the same for the same content: no clock, no owner, one order."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator

_CHUNK = 1 << 16
# The earliest that the format can say.
_NEVER = (1980, 1, 1, 0, 0, 0)


def archive(members: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """Return a zip file of (name, content) in the order given, in pieces."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, parts in members:
            about = zipfile.ZipInfo(name, _NEVER)
            about.compress_type = zipfile.ZIP_DEFLATED
            about.external_attr = 0o644 << 16
            about.create_system = 3  # whatever system writes it
            with whole.open(about, "w") as member:
                for part in parts:
                    member.write(part)
    view = held.getvalue()
    for start in range(0, len(view), _CHUNK):
        yield view[start : start + _CHUNK]
