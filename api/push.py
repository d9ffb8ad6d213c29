"""A graph into another triple store: SPARQL 1.1 Graph Store HTTP Protocol, checked by counting.

Each named graph that this server would have replaces the one of that name there; graphs of an
earlier revision that are no more go; nothing outside ``<base>graph/`` is touched. Where the store
takes updates, the graphs are brought beside the old ones first and then all moved in one request,
which most stores do as one transaction; else each graph is replaced in turn, the derived one last.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import orjson

from kg.errors import PushFailed
from kg.store import Revision

TOKEN, USER, PASSWORD = (f"GLOSSGRAPH_PUSH_{name}" for name in ("TOKEN", "USER", "PASSWORD"))
"""Names of the variables that say who pushes; no address should hold a password."""
_GRAPHS = "graph/"
_STAGED = "?staged"
_TIMEOUT = httpx.Timeout(10.0, read=600.0, write=600.0)
_PART = 1 << 20

SERVERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "/store": ("/query", "/update"),  # Oxigraph
        "/data": ("/query", "/update"),  # Apache Jena Fuseki
        "/rdf-graphs/service": ("", "/statements"),  # GraphDB and RDF4J
        "/sparql-graph-crud-auth": ("/sparql", ""),  # Virtuoso
        "/sparql-graph-crud": ("/sparql", ""),
    }
)
"""End of a Graph Store's address: what stands there for queries, and for updates (``""``: none)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The addresses of a store."""

    graphs: str
    """Of its Graph Store Protocol."""
    query: str
    update: str
    """``""``: it takes none, or is not to be asked for any."""


@dataclass(frozen=True, slots=True)
class Part:
    """A named graph of a revision's N-Quads file, as N-Triples; may be read again and again."""

    file: Path
    name: str
    ranges: list[tuple[int, int]] = field(default_factory=list)
    """Where its lines stand, in bytes."""
    triples: int = 0

    @property
    def size(self) -> int:
        """Count of bytes as N-Triples."""
        return sum(end - start for start, end in self.ranges) - self.triples * len(self._ending)

    @property
    def _ending(self) -> bytes:
        return f" <{self.name}>".encode()

    def __iter__(self) -> Iterator[bytes]:
        """Yield the N-Triples in pieces."""
        ending = self._ending + b" .\n"
        with self.file.open("rb") as file:
            for start, end in self.ranges:
                file.seek(start)
                piece, held = [], 0
                while file.tell() < end:
                    line = file.readline()
                    piece.append(line[: -len(ending)] + b" .\n")
                    held += len(line)
                    if held > _PART:
                        yield b"".join(piece)
                        piece, held = [], 0
                yield b"".join(piece)


def parts(file: Path) -> list[Part]:
    """Return the named graphs of an N-Quads file, as it orders them. Cost: one pass."""
    found: dict[bytes, tuple[list[tuple[int, int]], list[int]]] = {}
    place = 0
    with file.open("rb") as lines:
        for line in lines:
            name = line[line.rindex(b" <") + 2 : -4]
            ranges, count = found.setdefault(name, ([], [0]))
            if ranges and ranges[-1][1] == place:
                ranges[-1] = (ranges[-1][0], place + len(line))
            else:
                ranges.append((place, place + len(line)))
            count[0] += 1
            place += len(line)
    return [Part(file, name.decode(), ranges, count[0]) for name, (ranges, count) in found.items()]


def addresses(graphs: str, query: str = "", update: str | None = None) -> Stored:
    """Return the addresses of a store by that of its graphs, with others where they are given.

    Raises:
        PushFailed: the address is not known to belong to a server, and no query address is given.
    """
    graphs = graphs.rstrip("/")
    for end, (queries, updates) in SERVERS.items():
        if graphs.endswith(end):
            base = graphs.removesuffix(end)
            known = f"{base}{updates}" if updates else ""
            return Stored(
                graphs=graphs,
                query=query or f"{base}{queries}",
                update=known if update is None else update,
            )
    if not query:
        raise PushFailed(
            f"{graphs}: give the address of the Graph Store Protocol, which ends in "
            f"{', '.join(SERVERS)}; for another server its query address too (--query)."
        )
    return Stored(graphs=graphs, query=query, update=update or "")


def push(
    revision: Revision,
    store: Stored,
    *,
    default: bool = False,
    told: Callable[[str, int, int], None] = lambda *_: None,
) -> dict[str, int]:
    """Bring a revision into a store and return how many triples each of its graphs has there.

    ``default`` makes the derived graph the store's default graph as well, whatever was in it.
    ``told`` gets the triples sent so far, and all.

    Raises:
        PushFailed: with what the server said; what was in the store stays where it takes updates.
    """
    derived = revision.default_graph
    graphs = sorted(parts(revision.quads), key=lambda part: (part.name == derived, part.name))
    total = sum(part.triples for part in graphs)
    with Client() as client:
        theirs = counts(client, store, revision.manifest.base)
        staged = {part.name: f"{part.name}{_STAGED}" for part in graphs if store.update}
        gone = sorted(theirs.keys() - {part.name for part in graphs} - set(staged.values()))
        try:
            sent = 0
            for part in graphs:
                name = staged.get(part.name, part.name)
                client.send("PUT", store.graphs, part, {"graph": name})
                sent += part.triples
                told("sending", sent, total)
            if store.update:
                steps = [f"DROP SILENT GRAPH <{name}>" for name in gone]
                steps += [f"MOVE GRAPH <{there}> TO <{name}>" for name, there in staged.items()]
                client.update(store.update, " ;\n".join(steps))
        except PushFailed:
            for name in staged.values():
                with suppress(PushFailed):  # what went wrong first is told
                    client.send("DELETE", store.graphs, None, {"graph": name})
            raise
        if not store.update:
            for name in gone:
                client.send("DELETE", store.graphs, None, {"graph": name})
        if default:
            concepts = next(part for part in graphs if part.name == derived)
            client.send("PUT", store.graphs, concepts, {"default": ""})
        found = counts(client, store, revision.manifest.base)
    wanted = {part.name: part.triples for part in graphs}
    if found != wanted:
        wrong = [
            f"{name}: {found.get(name, 0)} of {wanted.get(name, 0)}"
            for name in sorted(found.keys() | wanted.keys())
            if found.get(name) != wanted.get(name)
        ]
        raise PushFailed(f"{store.query} counts other triples than were sent: {'; '.join(wrong)}")
    return dict(sorted(found.items()))


def counts(client: Client, store: Stored, base: str) -> dict[str, int]:
    """Return how many triples each graph below ``<base>graph/`` has."""
    query = (
        "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } "
        f'FILTER(STRSTARTS(STR(?g), "{base}{_GRAPHS}")) }} GROUP BY ?g'
    )
    rows = client.select(store.query, query)
    return {row["g"]["value"]: int(row["n"]["value"]) for row in rows if "g" in row}


class Client:
    """Requests to a store, as whom the environment says; refusals become :class:`PushFailed`."""

    def __init__(self) -> None:
        token, user = os.environ.get(TOKEN), os.environ.get(USER)
        self._who = (user, os.environ.get(PASSWORD, "")) if user and not token else None
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(headers=headers, timeout=_TIMEOUT)
        if self._who:
            self._http.auth = httpx.BasicAuth(*self._who)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def send(
        self, method: str, address: str, part: Part | None, parameters: Mapping[str, str]
    ) -> None:
        """Send a request of the Graph Store Protocol."""
        headers = {}
        if part is not None:
            headers = {"Content-Type": "application/n-triples", "Content-Length": str(part.size)}
        self._ask(method, address, params=parameters, headers=headers, content=part)

    def update(self, address: str, text: str) -> None:
        """Send a SPARQL update."""
        headers = {"Content-Type": "application/sparql-update"}
        self._ask("POST", address, headers=headers, content=text.encode())

    def select(self, address: str, query: str) -> list[dict[str, Any]]:
        """Return the rows of a query."""
        headers = {
            "Content-Type": "application/sparql-query",
            "Accept": "application/sparql-results+json",
        }
        answer = self._ask("POST", address, headers=headers, content=query.encode())
        try:
            rows: list[dict[str, Any]] = orjson.loads(answer.content)["results"]["bindings"]
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise PushFailed(f"{address} answered a query with something else: {error}") from error
        return rows

    def construct(self, address: str, query: str, file: Path) -> None:
        """Write the triples that a query makes into a file, as N-Triples."""
        headers = {
            "Content-Type": "application/sparql-query",
            "Accept": "application/n-triples, text/plain;q=0.1",
        }
        try:
            with (
                self._http.stream("POST", address, headers=headers, content=query) as answer,
                file.open("wb") as out,
            ):
                if not answer.is_success:
                    answer.read()
                    raise _refusal("POST", address, answer)
                for piece in answer.iter_bytes(_PART):
                    out.write(piece)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise PushFailed(f"{address}: {error or type(error).__name__}") from error

    def _ask(self, method: str, address: str, **request: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, address, **request)
            scheme = answer.headers.get("WWW-Authenticate", "").lower()
            if answer.status_code == 401 and self._who and scheme.startswith("digest"):
                self._http.auth = httpx.DigestAuth(*self._who)  # Virtuoso knows no other
                answer = self._http.request(method, address, **request)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise PushFailed(f"{address}: {error or type(error).__name__}") from error
        if answer.is_success or (method == "DELETE" and answer.status_code == 404):
            return answer
        raise _refusal(method, address, answer)


def _refusal(method: str, address: str, answer: httpx.Response) -> PushFailed:
    """Return what a server said, as an error."""
    hint = ""
    if answer.status_code in (401, 403):
        hint = f" Set {TOKEN}, or {USER} and {PASSWORD}."
    said = " ".join(answer.text.split())[:300]
    return PushFailed(
        f"{method} {address}: {answer.status_code} {answer.reason_phrase}. {said}{hint}"
    )
