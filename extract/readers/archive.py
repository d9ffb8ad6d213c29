"""Zip archives: their files are read as those of a folder are."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from extract.errors import UnreadableSource
from extract.readers import databases, folders, media, packed

MEMBERS = 20_000
"""Files of the largest archive that is read."""
SIZE = 512 * 1024 * 1024
"""Bytes that an archive may unpack to; more is a mistake or an attack (a "zip bomb")."""


def is_archive(data: bytes) -> bool:
    """Return whether ``data`` is a zip archive of files, not an office document or e-book."""
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    return not names & {"[Content_Types].xml", "mimetype", "META-INF/container.xml"}


def open_archive(data: bytes, source: str) -> Mapping[str, bytes]:
    """Return the files of an archive that may be glossaries, by their paths inside it, sorted.

    Raises:
        UnreadableSource: the archive is damaged, encrypted, too large, or holds no such file.
    """
    found: dict[str, bytes] = {}
    size = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MEMBERS:
                raise UnreadableSource(source, f"the archive holds more than {MEMBERS} files")
            for member in sorted(members, key=lambda member: member.filename):
                if member.is_dir() or not is_wanted(member.filename):
                    continue
                with archive.open(member) as file:
                    content = file.read(SIZE - size + 1)
                size += len(content)
                if size > SIZE:
                    raise UnreadableSource(source, f"the archive unpacks to over {SIZE >> 20} MB")
                found[member.filename] = content
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        if isinstance(error, UnreadableSource):
            raise
        raise UnreadableSource(source, f"the archive is damaged: {error}") from error
    except RuntimeError as error:  # zipfile's word for encrypted members
        raise UnreadableSource(source, "the archive is encrypted") from error
    if not found:
        raise UnreadableSource(source, "the archive holds no file that can be read")
    return found


def is_wanted(name: str) -> bool:
    """Return whether a file of a folder or archive may be (part of) a glossary, by its suffix.

    Hidden ones are none.
    """
    path = PurePosixPath(name.replace("\\", "/"))
    hidden = any(step.startswith((".", "__MACOSX")) or step == ".." for step in path.parts)
    known = media.of_name(packed.inner(path.name)) is not None or databases.is_part(path.name)
    return not hidden and known


def parts(files: Mapping[str, bytes]) -> tuple[Mapping[str, str], bool]:
    """Return the part path of each file, and whether each is the page of one term.

    Paths are names without suffix where files are glossaries of their own.
    """
    found = folders.parts(list(files), lambda name, count: files[name][:count])
    if not found:
        return {name: str(PurePosixPath(name).with_suffix("")) for name in files}, False
    return found, folders.single(list(found.values()))


def common(names: Sequence[str]) -> str:
    """Return the one folder that all files of an archive lie in, with a slash, or ``""``."""
    first = {PurePosixPath(name).parts[0] for name in names}
    deep = all(len(PurePosixPath(name).parts) > 1 for name in names)
    return f"{first.pop()}/" if deep and len(first) == 1 else ""
