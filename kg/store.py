"""Graph folders: immutable revisions beside one another and a pointer to the present one.

::

    five.kg/
        current.json                 {"format": "glossgraph-folder/1", "revision": "<id>"}
        revisions/<id>/manifest.json what the revision holds, with the digest of every file
        revisions/<id>/graph.json    the graph, see kg.snapshot
        revisions/<id>/graph.nq      the graph as RDF, see kg.skos
        revisions/<id>/extraction.json   what was read from the sources, where the build kept it
        revisions/<id>/registry.json     the names of concepts, which the next build begins with

A revision's id is the digest of its content: the same build twice is the same revision. It is
written under another name, synced, renamed, and only then ``current.json`` is switched with one
``os.replace``; a crash at any moment leaves the revision that was there. Writers exclude one
another with a lock; readers hold a shared lock on the manifest of the revision they use, and
pruning lets such revisions be (on Windows an open file cannot be deleted, which comes to the same).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self

import filelock
import orjson

from extract import exchange
from extract.errors import MalformedExtraction
from extract.model import Extraction
from kg import snapshot
from kg.errors import GraphLocked, GraphNotFound
from kg.model import Graph
from kg.skos import CONCEPTS, nquads
from kg.store_files import digest_of, hold, sync_folder, take_away, write
from ontology.vocabulary import DEFAULT, Vocabulary

if TYPE_CHECKING:
    import rdflib

FORMAT = "glossgraph-folder/1"
"""Version of the folder's layout."""
KEEP = 3
"""Revisions that a write leaves, the present one among them."""

_POINTER = "current.json"
_REVISIONS = "revisions"
_MANIFEST = "manifest.json"
_SNAPSHOT = "graph.json"
_QUADS = "graph.nq"
_EXTRACTION = "extraction.json"
_REGISTRY = "registry.json"
_LOCK = ".lock"
_UNFINISHED, _PRUNED = ".new-", ".old-"


class NotAGraphFolder(FileExistsError):
    """A folder to write to holds other things than a graph."""


class DamagedRevision(GraphNotFound):
    """Files of a revision are missing, cut or changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a revision holds."""

    id: str
    """Digest of the content: 16 hexadecimal digits."""
    base: str
    """``Graph.base``."""
    title: str
    language: str
    counts: Mapping[str, int]
    """``sources``, ``concepts``, ``implied``, ``relations``, ``quads``, ``findings``."""
    files: Mapping[str, Mapping[str, Any]]
    """``bytes`` and ``sha256`` of each file; of ``graph.nq`` also how many bytes at its beginning
    are the derived graph, as ``derived``."""


class Revision:
    """One immutable state of a graph, held against pruning until it is closed."""

    def __init__(self, folder: Path, manifest: Manifest, held: IO[bytes]) -> None:
        self.folder = folder
        self.manifest = manifest
        self._held = held

    @property
    def id(self) -> str:
        """Digest of the content."""
        return self.manifest.id

    @property
    def path(self) -> Path:
        """The revision's own folder."""
        return self.folder / _REVISIONS / self.id

    @property
    def quads(self) -> Path:
        """The N-Quads file."""
        return self.path / _QUADS

    @property
    def derived(self) -> int | None:
        """How many bytes at the beginning of the N-Quads file are the derived graph.

        None where an earlier version wrote the revision, which did not count them.
        """
        size = self.manifest.files[_QUADS].get("derived")
        return int(size) if size else None

    @property
    def default_graph(self) -> str:
        """IRI of the derived graph, which queries look at if they name no other."""
        return self.manifest.base + CONCEPTS

    @property
    def written(self) -> float:
        """When it became the present one, in seconds since 1970."""
        return (self.path / _MANIFEST).stat().st_mtime

    @cached_property
    def graph(self) -> Graph:
        """The graph's values, read at first use.

        Raises:
            DamagedRevision: the file is not what was written.
        """
        try:
            return snapshot.loads(self._read(_SNAPSHOT))
        except snapshot.MalformedSnapshot as error:
            raise DamagedRevision(self.folder, f"revision {self.id} is damaged: {error}") from error

    def extraction(self) -> Extraction | None:
        """Return what was read from the sources, None if the build did not keep it.

        Raises:
            DamagedRevision: the file is not what was written.
        """
        if _EXTRACTION not in self.manifest.files:
            return None
        try:
            return exchange.from_json(orjson.loads(self._read(_EXTRACTION)))
        except (orjson.JSONDecodeError, MalformedExtraction) as error:
            raise DamagedRevision(self.folder, f"revision {self.id} is damaged: {error}") from error

    @property
    def registry(self) -> Path:
        """The file of :class:`kg.registry.Registry`; it may not be there."""
        return self.path / _REGISTRY

    def rdf(self) -> rdflib.Dataset:
        """Return a read-only rdflib view; its default graph is the derived one.

        SPARQL goes to the store as text, in this process: nothing stops a query that runs away
        (:mod:`kg.workers` does).
        """
        from kg.store_rdf import dataset

        return dataset(self)

    def verify(self) -> list[str]:
        """Return the names of files that are not as they were written, reading all of them."""
        return [
            name
            for name, expected in self.manifest.files.items()
            if not (self.path / name).is_file() or digest_of(self.path / name) != expected["sha256"]
        ]

    def close(self) -> None:
        """Let the revision be pruned once it is an old one."""
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _read(self, name: str) -> bytes:
        try:
            return (self.path / name).read_bytes()
        except OSError as error:
            raise DamagedRevision(
                self.folder, f"{name} of revision {self.id} cannot be read: {error.strerror}"
            ) from error


def is_graph(folder: Path) -> bool:
    """Return whether ``folder`` holds a graph, of whatever format version."""
    return (folder / _POINTER).is_file()


def current(folder: Path) -> str:
    """Return the id of the present revision; one small file is read.

    Raises:
        GraphNotFound: ``folder`` is missing, is no graph, or was written by a newer version.
    """
    if not folder.exists():
        raise GraphNotFound(
            folder, f"there is no such folder. Build one: glossgraph build SOURCE -o {folder}"
        )
    if not folder.is_dir():
        raise GraphNotFound(folder, "this is a file, not a graph folder")
    if not is_graph(folder):
        raise GraphNotFound(folder, f"this folder holds no graph (no {_POINTER})")
    format_, revision = _pointer(folder)
    if not revision:
        raise GraphNotFound(folder, f"{_POINTER} is damaged; build the graph again")
    if format_ != FORMAT:
        raise GraphNotFound(
            folder,
            f'the graph is in the format "{format_}", this version of glossgraph reads '
            f'"{FORMAT}". Use the version that wrote it, or build the graph again',
        )
    return revision


def _pointer(folder: Path) -> tuple[str, str]:
    """Return format and revision that the pointer names, two empty strings if it is damaged."""
    try:
        pointer = json.loads((folder / _POINTER).read_bytes())
        return str(pointer["format"]), str(pointer["revision"])
    except (ValueError, KeyError, TypeError):
        return "", ""


def open_revision(folder: str | Path, revision: str | None = None) -> Revision:
    """Return the present revision of a graph folder, or the one asked for.

    Nothing but the manifest is read yet; the revision is not pruned before it is closed.

    Raises:
        GraphNotFound: the folder holds no graph that can be read, or no such revision.
        DamagedRevision: files are missing or of another size than was written.
    """
    folder = Path(folder)
    while True:
        wanted = revision or current(folder)
        path = folder / _REVISIONS / wanted / _MANIFEST
        try:
            held = path.open("rb")
        except OSError as error:
            if revision is None and current(folder) != wanted:
                continue  # switched and pruned between the two steps
            if revision is None:
                raise DamagedRevision(
                    folder, f"revision {wanted} is missing; build the graph again"
                ) from error
            raise GraphNotFound(folder, f"there is no revision {wanted}") from error
        if hold(held, path):
            break
        held.close()
    try:
        manifest = Manifest(**json.loads(held.read()))
    except (ValueError, TypeError) as error:
        held.close()
        raise DamagedRevision(folder, f"{_MANIFEST} of {wanted} is damaged: {error}") from error
    for name, expected in manifest.files.items():
        file = path.parent / name
        if not file.is_file() or file.stat().st_size != expected["bytes"]:
            held.close()
            raise DamagedRevision(
                folder, f"{name} of revision {wanted} is missing or cut; build the graph again"
            )
    return Revision(folder, manifest, held)


def revisions(folder: str | Path) -> list[Manifest]:
    """Return what is there, the present revision first, then the latest ones.

    Raises:
        GraphNotFound: the folder holds no graph.
    """
    folder = Path(folder)
    present = current(folder)
    found = []
    for path in _by_age(folder):
        try:
            found.append(Manifest(**json.loads((path / _MANIFEST).read_bytes())))
        except (OSError, ValueError, TypeError):
            continue  # pruned meanwhile, or damaged: opening it says so
    return sorted(found, key=lambda m: m.id != present)


def _by_age(folder: Path) -> list[Path]:
    """Return the finished revisions' folders, youngest first."""
    paths = [p.parent for p in (folder / _REVISIONS).glob(f"[!.]*/{_MANIFEST}")]
    return sorted(paths, key=lambda p: ((p / _MANIFEST).stat().st_mtime_ns, p.name), reverse=True)


def write_revision(
    folder: str | Path,
    graph: Graph,
    extraction: Extraction | None = None,
    *,
    registry: bytes | None = None,
    vocabulary: Vocabulary = DEFAULT,
    keep: int = KEEP,
) -> str:
    """Write ``graph`` as the present revision of ``folder`` and return the revision's id.

    The folder is made if it is not there. Older revisions beyond ``keep`` go, unless in use.
    ``registry`` is kept with the revision. Who reads it for the next build holds :func:`writing`
    from then on, so that no other build comes between.

    Raises:
        GraphLocked: another process is writing the folder.
        NotAGraphFolder: ``folder`` is a file, or holds other things and no graph.
        GraphNotFound: a newer version wrote the folder.
        OSError: the disk is full or the folder read-only; what was there stays.
    """
    folder = Path(folder)
    with writing(folder):
        _sweep(folder)
        unfinished = folder / _REVISIONS / f"{_UNFINISHED}{os.getpid()}"
        unfinished.mkdir()
        try:
            manifest = _write_files(unfinished, graph, extraction, registry, vocabulary)
            path = folder / _REVISIONS / manifest.id
            if path.exists() and not _whole(path, unfinished, manifest):
                path.rename(path.with_name(f"{_PRUNED}{manifest.id}"))
            if not path.exists():
                unfinished.rename(path)
                sync_folder(path.parent)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
        _point(folder, manifest.id)
        _prune(folder, keep)
    return manifest.id


def switch(folder: str | Path, revision: str) -> None:
    """Make an older revision the present one again.

    Raises:
        GraphNotFound: there is no such revision, or it is damaged.
        GraphLocked: another process is writing the folder.
    """
    folder = Path(folder)
    with open_revision(folder, revision), writing(folder):
        _point(folder, revision)


def _refuse_foreign(folder: Path) -> None:
    """Raise unless ``folder`` is missing, empty, or a graph of this format."""
    if folder.exists() and not folder.is_dir():
        raise NotAGraphFolder(f"{folder}: this is a file; name a folder for the graph")
    if is_graph(folder):
        if _pointer(folder)[0] not in ("", FORMAT):
            current(folder)  # raises: not ours to overwrite
        return
    ours = {_REVISIONS, _LOCK, f"{_POINTER}.new"}
    if folder.exists() and any(p.name not in ours for p in folder.iterdir()):
        raise NotAGraphFolder(
            f"{folder}: this folder holds other files and no graph; name another or an empty one"
        )


@contextmanager
def writing(folder: str | Path) -> Iterator[None]:
    """Keep other processes from writing ``folder``, which is made if it is not there.

    May be nested within one thread.

    Raises:
        GraphLocked: another process is writing the folder.
        NotAGraphFolder: ``folder`` is a file, or holds other things and no graph.
        GraphNotFound: a newer version wrote the folder.
    """
    folder = Path(folder)
    _refuse_foreign(folder)
    (folder / _REVISIONS).mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(folder / _LOCK, timeout=0, is_singleton=True)
    try:
        lock.acquire()
    except filelock.Timeout as error:
        raise GraphLocked(
            f"{folder}: another process is writing this graph; try again when it has ended"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _write_files(
    path: Path,
    graph: Graph,
    extraction: Extraction | None,
    registry: bytes | None,
    vocabulary: Vocabulary,
) -> Manifest:
    """Write a revision's files into ``path``, sync them, and return its manifest."""
    lines = derived = 0
    end = f"<{graph.base}{CONCEPTS}> .\n".encode()

    def counted() -> Iterator[bytes]:
        nonlocal lines, derived
        for text in nquads(graph, vocabulary):
            line = text.encode()
            lines += 1
            if line.endswith(end):  # which comes first
                derived += len(line)
            yield line

    files = {
        _SNAPSHOT: write(path / _SNAPSHOT, [snapshot.dumps(graph)]),
        _QUADS: write(path / _QUADS, counted()),
    }
    files[_QUADS]["derived"] = derived
    if extraction is not None:
        data = orjson.dumps(exchange.to_json(extraction), option=orjson.OPT_SORT_KEYS)
        files[_EXTRACTION] = write(path / _EXTRACTION, [data])
    if registry is not None:
        files[_REGISTRY] = write(path / _REGISTRY, [registry])
    content = "".join(f"{name} {files[name]['sha256']}\n" for name in sorted(files))
    counts = {
        "sources": len(graph.sources),
        "concepts": len(graph.concepts),
        "implied": sum(c.implied for c in graph.concepts),
        "relations": len(graph.relations),
        "quads": lines,
        "findings": len(graph.findings),
    }
    manifest = Manifest(
        id=hashlib.sha256(content.encode()).hexdigest()[:16],
        base=graph.base,
        title=graph.title,
        language=graph.language,
        counts=counts,
        files=files,
    )
    text = orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    write(path / _MANIFEST, [text])
    sync_folder(path)
    return manifest


def _whole(path: Path, same: Path, manifest: Manifest) -> bool:
    """Return whether the revision in ``path`` is all there, ``same`` having the same content."""
    mine, theirs = path / _MANIFEST, same / _MANIFEST
    return (
        mine.is_file()
        and mine.read_bytes() == theirs.read_bytes()
        and all(
            (path / name).is_file() and (path / name).stat().st_size == expected["bytes"]
            for name, expected in manifest.files.items()
        )
    )


def _point(folder: Path, revision: str) -> None:
    """Make ``revision`` the present one: the one step that others see."""
    new = folder / f"{_POINTER}.new"
    new.unlink(missing_ok=True)
    write(new, [json.dumps({"format": FORMAT, "revision": revision}).encode() + b"\n"])
    os.utime(folder / _REVISIONS / revision / _MANIFEST)
    new.replace(folder / _POINTER)
    sync_folder(folder)


def _sweep(folder: Path) -> None:
    """Remove what a crash left: unfinished revisions and half-removed ones."""
    for prefix in (_UNFINISHED, _PRUNED):
        for path in (folder / _REVISIONS).glob(f"{prefix}*"):
            shutil.rmtree(path, ignore_errors=True)


def _prune(folder: Path, keep: int) -> None:
    """Remove old revisions beyond ``keep`` that nobody uses."""
    present = current(folder)
    old = [p for p in _by_age(folder) if p.name != present]
    for path in old[max(keep - 1, 0) :]:
        gone = path.with_name(f"{_PRUNED}{path.name}")
        if take_away(path, _MANIFEST, gone):
            shutil.rmtree(gone, ignore_errors=True)
