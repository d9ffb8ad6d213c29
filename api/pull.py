"""A graph out of another triple store, by SPARQL 1.1 queries: the other way round of api.push.

What :mod:`api.push` brought there comes back whole (:mod:`kg.store_remote`), counted graph by
graph. Of any other store the SKOS concepts of one graph are read as a SKOS file would be.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from api import opening
from api.analyses import Options, cache_folder
from api.push import SERVERS, Client, Stored, counts, parts
from kg import store
from kg.errors import PullFailed
from kg.project import Project, SourceSettings
from kg.rdf import PREFIXES
from kg.skos_names import DATASET
from kg.store_remote import NotAGraph, graph_of

_BASES = (
    f"SELECT DISTINCT ?base WHERE {{ GRAPH ?g {{ ?d <{PREFIXES['void']}uriSpace> ?base }} "
    f'FILTER(STR(?g) = CONCAT(STR(?base), "{DATASET}")) }}'
)
_SKOS = (
    f"SELECT ?g (COUNT(*) AS ?n) WHERE {{ GRAPH ?g {{ ?c a <{PREFIXES['skos']}Concept> }} }} "
    "GROUP BY ?g"
)
_DEFAULT = f"SELECT ?c WHERE {{ ?c a <{PREFIXES['skos']}Concept> }} LIMIT 1"

Told = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What came of it."""

    revision: str
    concepts: int
    relations: int
    triples: int
    """Read from the endpoint."""
    other: tuple[str, ...] = ()
    """Graphs that hold triples that the graph here has not: somebody else wrote them."""


def folder_for(endpoint: str) -> Path:
    """Return the folder in the cache that an endpoint's graph is kept in."""
    name = hashlib.sha256(endpoint.encode()).hexdigest()[:32]
    return cache_folder() / "endpoints" / f"{name}.kg"


def pull(
    endpoint: str,
    folder: Path,
    *,
    base: str = "",
    graph: str = "",
    told: Told = lambda *_: None,
) -> Pulled:
    """Write what an endpoint holds as a new revision of ``folder``.

    ``endpoint`` takes queries; the address of a known server's Graph Store does as well. Of several
    graphs of ours there ``base`` names one by its base IRI; ``graph`` names a graph of anybody's
    SKOS. ``told`` gets the triples read so far, and all.

    Raises:
        PushFailed: the endpoint refuses or cannot be reached.
        PullFailed: it holds no graph, several, or gives fewer triples than it counts.
        GraphLocked: another process writes the folder.
    """
    address = _queries(endpoint)
    with Client() as client, TemporaryDirectory() as beside:
        if not graph:
            bases = [row["base"]["value"] for row in client.select(address, _BASES)]
            if base and base not in bases:
                raise PullFailed(f"{address} holds no graph with the base {base}. {_has(bases)}")
            if len(bases) > 1 and not base:
                raise PullFailed(
                    f"{address} holds several graphs; name one with --base. {_has(bases)}"
                )
            if bases:
                return _ours(client, address, base or bases[0], folder, Path(beside), told)
        return _anybodys(client, address, graph, folder, Path(beside), told)


def _queries(endpoint: str) -> str:
    """Return the address for queries: the one given, or that beside a known Graph Store."""
    for end, (queries, _) in SERVERS.items():
        if endpoint.rstrip("/").endswith(end):
            return endpoint.rstrip("/").removesuffix(end) + queries
    return endpoint


def _has(bases: list[str]) -> str:
    return f"It has: {', '.join(sorted(bases))}." if bases else "It has none."


def _ours(
    client: Client, address: str, base: str, folder: Path, beside: Path, told: Told
) -> Pulled:
    """Read the named graphs that a push brought there."""
    there = counts(client, Stored(graphs="", query=address, update=""), base)
    files, read, total = {}, 0, sum(there.values())
    for number, (name, count) in enumerate(sorted(there.items())):
        files[name] = beside / f"{number}.nt"
        _read(client, address, f"GRAPH <{name}> {{ ?s ?p ?o }}", files[name], count)
        read += count
        told("reading", read, total)
    try:
        graph = graph_of(base, files)
    except NotAGraph as error:
        raise PullFailed(f"{address}: {error} Push the graph there anew.") from error
    folder.parent.mkdir(parents=True, exist_ok=True)
    with store.writing(folder):
        revision = store.write_revision(folder, graph)
    with store.open_revision(folder) as written:
        here = {part.name: part.triples for part in parts(written.quads)}
    return Pulled(
        revision=revision,
        concepts=len(graph.concepts),
        relations=len(graph.relations),
        triples=total,
        other=tuple(sorted(name for name in there if here.get(name) != there[name])),
    )


def _anybodys(
    client: Client, address: str, graph: str, folder: Path, beside: Path, told: Told
) -> Pulled:
    """Read the SKOS of one graph, by default of the default graph, else of the only one."""
    if not graph and not client.select(address, _DEFAULT):
        found = {row["g"]["value"]: row["n"]["value"] for row in client.select(address, _SKOS)
                 if "g" in row}  # fmt: skip
        if len(found) != 1:
            said = ", ".join(f"{name} ({count})" for name, count in sorted(found.items()))
            raise PullFailed(
                f"{address} has skos:Concepts in several graphs; name one with --graph: {said}."
                if found
                else f"{address} holds no skos:Concept."
            )
        graph = next(iter(found))
    pattern = f"GRAPH <{graph}> {{ ?s ?p ?o }}" if graph else "?s ?p ?o"
    rows = client.select(address, f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}")
    total = int(rows[0]["n"]["value"])
    name = (urlsplit(graph or address).hostname or "endpoint").replace(".", "-")
    file = beside / f"{name}.nt"
    _read(client, address, pattern, file, total)
    told("reading", total, total)
    settings = SourceSettings(place=str(file), name=name, url=graph or address)
    project = Project(sources=(settings,))
    folder.parent.mkdir(parents=True, exist_ok=True)
    built, revision, _ = opening.build([str(file)], folder, Options(), project=project)
    return Pulled(
        revision=revision,
        concepts=len(built.concepts),
        relations=len(built.relations),
        triples=total,
    )


def _read(client: Client, address: str, pattern: str, file: Path, count: int) -> None:
    """Write the triples of a pattern into a file; as many as the endpoint counts there."""
    client.construct(address, f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}", file)
    with file.open("rb") as lines:
        found = sum(1 for line in lines if line.strip() and not line.startswith(b"#"))
    if found < count:
        raise PullFailed(
            f"{address} gave {found} of {count} triples: it limits its answers. Raise that limit "
            "(ResultSetMaxRows of Virtuoso, for one)."
        )
