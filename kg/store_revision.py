"""Revisions of a graph folder as they are read; :mod:`kg.store` says how a folder is laid out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self

import orjson

from extract import exchange
from extract.errors import MalformedExtraction
from extract.model import Extraction
from kg import snapshot
from kg.errors import GraphNotFound
from kg.model import Graph, Source
from kg.rdf import prefixes_of
from kg.skos import CONCEPTS
from kg.store_files import digest_of, hold

if TYPE_CHECKING:
    import rdflib

FORMAT = "glossgraph-folder/1"
"""Version of the folder's layout."""

# Names of a graph folder's files; what each holds stands in kg.store.
POINTER = "current.json"
REVISIONS = "revisions"
MANIFEST = "manifest.json"
SNAPSHOT = "graph.json"
QUADS = "graph.nq"
EXTRACTION = "extraction.json"
REGISTRY = "registry.json"


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
    are the derived graph, as ``derived``; of a large ``graph.json`` where to cut it, as ``slices``
    (:func:`kg.snapshot.parts`)."""
    prefixes: Mapping[str, str] = field(default_factory=dict)
    """Those of the namespaces of a project's own types."""


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
        return self.folder / REVISIONS / self.id

    @property
    def quads(self) -> Path:
        """The N-Quads file."""
        return self.path / QUADS

    @property
    def derived(self) -> int | None:
        """How many bytes at the beginning of the N-Quads file are the derived graph.

        None where an earlier version wrote the revision, which did not count them.
        """
        size = self.manifest.files[QUADS].get("derived")
        return int(size) if size else None

    @property
    def default_graph(self) -> str:
        """IRI of the derived graph, which queries look at if they name no other."""
        return self.manifest.base + CONCEPTS

    @property
    def prefixes(self) -> dict[str, str]:
        """Prefixes that queries may use undeclared, with their namespaces."""
        return prefixes_of(self.manifest.base, self.manifest.prefixes)

    @property
    def written(self) -> float:
        """When it became the present one, in seconds since 1970."""
        return (self.path / MANIFEST).stat().st_mtime

    @cached_property
    def graph(self) -> Graph:
        """The graph's values, read at first use.

        Raises:
            DamagedRevision: the file is not what was written.
        """
        try:
            return snapshot.loads(self._read(SNAPSHOT), self.manifest.files[SNAPSHOT].get("slices"))
        except snapshot.MalformedSnapshot as error:
            raise DamagedRevision(self.folder, f"revision {self.id} is damaged: {error}") from error

    def sources(self) -> tuple[Source, ...]:
        """Return the sources, without reading the rest of the graph.

        Raises:
            DamagedRevision: the file is not what was written.
        """
        try:
            with (self.path / SNAPSHOT).open("rb") as file:
                return snapshot.sources(file)
        except (OSError, snapshot.MalformedSnapshot) as error:
            raise DamagedRevision(self.folder, f"revision {self.id} is damaged: {error}") from error

    def extraction(self) -> Extraction | None:
        """Return what was read from the sources, None if the build did not keep it.

        Raises:
            DamagedRevision: the file is not what was written.
        """
        if EXTRACTION not in self.manifest.files:
            return None
        try:
            return exchange.from_json(orjson.loads(self._read(EXTRACTION)))
        except (orjson.JSONDecodeError, MalformedExtraction) as error:
            raise DamagedRevision(self.folder, f"revision {self.id} is damaged: {error}") from error

    @property
    def registry(self) -> Path:
        """The file of :class:`kg.registry.Registry`; it may not be there."""
        return self.path / REGISTRY

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
    return (folder / POINTER).is_file()


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
        raise GraphNotFound(folder, f"this folder holds no graph (no {POINTER})")
    format_, revision = pointer(folder)
    if not revision:
        raise GraphNotFound(folder, f"{POINTER} is damaged; build the graph again")
    if format_ != FORMAT:
        raise GraphNotFound(
            folder,
            f'the graph is in the format "{format_}", this version of glossgraph reads '
            f'"{FORMAT}". Use the version that wrote it, or build the graph again',
        )
    return revision


def pointer(folder: Path) -> tuple[str, str]:
    """Return format and revision that the pointer names, two empty strings if it is damaged."""
    try:
        pointer = json.loads((folder / POINTER).read_bytes())
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
        path = folder / REVISIONS / wanted / MANIFEST
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
        raise DamagedRevision(folder, f"{MANIFEST} of {wanted} is damaged: {error}") from error
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
    for path in by_age(folder):
        try:
            found.append(Manifest(**json.loads((path / MANIFEST).read_bytes())))
        except (OSError, ValueError, TypeError):
            continue  # pruned meanwhile, or damaged: opening it says so
    return sorted(found, key=lambda m: m.id != present)


PREVIOUS = "previous"
"""What stands for the revision before the present one where a revision's id is asked for."""


def find(folder: str | Path, wanted: str) -> str:
    """Return the id of the revision whose id begins with ``wanted``, or of the previous one.

    Raises:
        GraphNotFound: none begins so, or several do, or there is no previous one.
    """
    kept = [manifest.id for manifest in revisions(folder)]
    if wanted == PREVIOUS:
        if len(kept) < 2:
            raise GraphNotFound(folder, "there is no revision before the present one")
        return kept[1]
    found = [id for id in kept if wanted and id.startswith(wanted)]
    if len(found) != 1:
        reason = f"several revisions begin with {wanted}" if found else f"no revision {wanted}"
        raise GraphNotFound(folder, f"{reason}; there are {', '.join(kept)}")
    return found[0]


def by_age(folder: Path) -> list[Path]:
    """Return the finished revisions' folders, youngest first."""
    paths = [p.parent for p in (folder / REVISIONS).glob(f"[!.]*/{MANIFEST}")]
    return sorted(paths, key=lambda p: ((p / MANIFEST).stat().st_mtime_ns, p.name), reverse=True)
