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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock
import orjson

from extract import exchange
from extract.model import Extraction
from kg import collector, snapshot
from kg.errors import GraphLocked
from kg.model import Graph
from kg.skos import CONCEPTS, blocks
from kg.store_files import sync_folder, take_away, write
from kg.store_revision import (
    EXTRACTION,
    FORMAT,
    MANIFEST,
    POINTER,
    QUADS,
    REGISTRY,
    REVISIONS,
    SNAPSHOT,
    DamagedRevision,
    Manifest,
    Revision,
    by_age,
    current,
    find,
    is_graph,
    open_revision,
    pointer,
    revisions,
)

__all__ = [
    "FORMAT",
    "KEEP",
    "DamagedRevision",
    "Manifest",
    "NotAGraphFolder",
    "Revision",
    "current",
    "find",
    "is_graph",
    "open_revision",
    "prune",
    "revisions",
    "switch",
    "write_revision",
    "writing",
]

KEEP = 3
"""Revisions that a write leaves, the present one among them."""

_LOCK = ".lock"
_UNFINISHED, _PRUNED = ".new-", ".old-"


class NotAGraphFolder(FileExistsError):
    """A folder to write to holds other things than a graph."""


@collector.paused()
def write_revision(
    folder: str | Path,
    graph: Graph,
    extraction: Extraction | None = None,
    *,
    registry: bytes | None = None,
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
        unfinished = folder / REVISIONS / f"{_UNFINISHED}{os.getpid()}"
        unfinished.mkdir()
        try:
            manifest = _write_files(unfinished, graph, extraction, registry)
            path = folder / REVISIONS / manifest.id
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


def prune(folder: str | Path, keep: int = KEEP) -> list[str]:
    """Remove the oldest revisions beyond ``keep`` that nobody uses; return their ids.

    The present one stays, whatever ``keep`` says.

    Raises:
        GraphNotFound: the folder holds no graph.
        GraphLocked: another process is writing the folder.
    """
    folder = Path(folder)
    current(folder)
    with writing(folder):
        return _prune(folder, keep)


def _refuse_foreign(folder: Path) -> None:
    """Raise unless ``folder`` is missing, empty, or a graph of this format."""
    if folder.exists() and not folder.is_dir():
        raise NotAGraphFolder(f"{folder}: this is a file; name a folder for the graph")
    if is_graph(folder):
        if pointer(folder)[0] not in ("", FORMAT):
            current(folder)  # raises: not ours to overwrite
        return
    ours = {REVISIONS, _LOCK, f"{POINTER}.new"}
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
    (folder / REVISIONS).mkdir(parents=True, exist_ok=True)
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
) -> Manifest:
    """Write a revision's files into ``path``, sync them, and return its manifest."""
    lines = derived = 0

    def quads() -> Iterator[bytes]:
        nonlocal lines, derived
        for name, triples in blocks(graph):
            end = f" <{name}> .\n"
            part = (end.join(triples) + end).encode() if triples else b""
            lines += len(triples)
            if name == graph.base + CONCEPTS:  # which comes first
                derived += len(part)
            yield part

    slices: dict[str, list[int]] = {}
    files = {
        SNAPSHOT: write(path / SNAPSHOT, snapshot.parts(graph, slices)),
        QUADS: write(path / QUADS, quads()),
    }
    files[QUADS]["derived"] = derived
    if slices:
        files[SNAPSHOT]["slices"] = slices
    if extraction is not None:
        files[EXTRACTION] = write(path / EXTRACTION, exchange.parts(extraction, sort=True))
    if registry is not None:
        files[REGISTRY] = write(path / REGISTRY, [registry])
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
        prefixes=dict(graph.vocabulary.prefixes),
    )
    text = orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    write(path / MANIFEST, [text])
    sync_folder(path)
    return manifest


def _whole(path: Path, same: Path, manifest: Manifest) -> bool:
    """Return whether the revision in ``path`` is all there, ``same`` having the same content."""
    mine, theirs = path / MANIFEST, same / MANIFEST
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
    new = folder / f"{POINTER}.new"
    new.unlink(missing_ok=True)
    write(new, [json.dumps({"format": FORMAT, "revision": revision}).encode() + b"\n"])
    os.utime(folder / REVISIONS / revision / MANIFEST)
    new.replace(folder / POINTER)
    sync_folder(folder)


def _sweep(folder: Path) -> None:
    """Remove what a crash left: unfinished revisions and half-removed ones."""
    for prefix in (_UNFINISHED, _PRUNED):
        for path in (folder / REVISIONS).glob(f"{prefix}*"):
            shutil.rmtree(path, ignore_errors=True)


def _prune(folder: Path, keep: int) -> list[str]:
    """Remove old revisions beyond ``keep`` that nobody uses; return their ids."""
    present, removed = current(folder), []
    old = [p for p in by_age(folder) if p.name != present]
    for path in old[max(keep - 1, 0) :]:
        gone = path.with_name(f"{_PRUNED}{path.name}")
        if take_away(path, MANIFEST, gone):
            removed.append(path.name)
            shutil.rmtree(gone, ignore_errors=True)
    return removed
