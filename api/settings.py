"""What a server may be told: one table of settings, read from the environment.

Each field of :class:`Settings` is also the environment variable ``GLOSSGRAPH_<NAME>``; help, README
and tests read the same table. Defaults are safe on a laptop and on a shared machine.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

PREFIX = "GLOSSGRAPH_"
# What a frame-ancestors directive may name (CSP level 3, §6.4.2), and nothing that would end it.
_ORIGIN = re.compile(
    r"\*|https?://(?:\*\.)?[\w.-]+(?::(?:\d+|\*))?|https?://\[[\da-f:]+\](?::\d+)?"
)


class BadSetting(ValueError):
    """A setting in the environment cannot be read; the message names it and what it may be."""

    def __init__(self, variable: str, value: str, reason: str) -> None:
        self.variable = variable
        self.value = value
        super().__init__(f"{variable}={value}: {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a server answers, and how much it lets one request cost."""

    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    """Names that requests may give in ``Host``; ``*`` allows all. Against DNS rebinding."""
    public: bool = False
    """Whether pages of other origins may read answers (CORS ``*``), and excerpts are cut."""
    embed: tuple[str, ...] = ()
    """Origins whose pages may hold embeds and read what those need; empty: as ``public`` says."""
    root_path: str = ""
    """Path under which a reverse proxy serves the application, such as ``/glossary``."""
    body_limit: int = 1_000_000
    """Bytes of a request body."""
    query_time: float = 10.0
    """Seconds that a SPARQL query may run."""
    query_rows: int = 100_000
    """Rows or triples that a SPARQL answer may have."""
    query_memory: int = 512 << 20
    """Bytes that a SPARQL worker may hold beyond the graph."""
    query_workers: int = 2
    """Workers that are ready for short SPARQL queries."""
    query_long: int = 4
    """Long SPARQL queries that run at once; further ones are told to come back."""
    extract: bool = False
    """Whether a public server reads texts that are pasted; one that is not public does."""
    extract_time: float = 60.0
    """Seconds that reading a pasted text may take."""
    extract_memory: int = 3 << 30
    """Bytes of address space that reading a pasted text may take."""
    token: str = field(default="", repr=False)
    """Who sends it as bearer token may change sources; empty: nobody."""
    sources: str = ""
    """Folder of the sources that are changed so, and that the graph is built from."""
    job_time: float = 60.0
    """Seconds that a map, an export's first part or another long answer may take."""
    job_memory: int = 2 << 30
    """Bytes that a process for long answers may hold beyond the graph."""
    client_time: float = 30.0
    """Seconds that a client may take for the head of a request, and between parts of its body."""
    patterns: bool = True
    """Whether SPARQL queries of plain patterns are answered without a worker."""
    second: bool = True
    """Whether a second process answers beside the first while one does not keep up."""
    connections: int = 10_000
    """Connections that may be open at once; fewer where there are fewer descriptors."""
    depth: int = 5
    """Relations that ``neighbors`` may walk."""
    list_limit: int = 1_000
    """Items that one page of a list may have."""
    node_limit: int = 2_000
    """Concepts that one answer about neighbours may have."""
    path_limit: int = 20
    """Paths that one answer may have."""
    cache_bytes: int = 64 << 20
    """Bytes of ready answers that are held for those who ask the same again."""
    reload_seconds: float = 1.0
    """How often a running server looks for a new revision; 0: never."""


HELP: Mapping[str, str] = {
    "hosts": "names allowed in Host, separated by commas; * allows all",
    "public": "1: other origins may read answers, definitions without licence are cut",
    "embed": "origins whose pages may hold embeds, separated by commas; * allows all; "
    "empty: all where public, else none",
    "root_path": "path under which a reverse proxy serves the application",
    "body_limit": "bytes of a request body",
    "query_time": "seconds that a SPARQL query may run",
    "query_rows": "rows or triples of a SPARQL answer",
    "query_memory": "bytes that a SPARQL worker may hold beyond the graph",
    "query_workers": "workers that are ready for short SPARQL queries",
    "query_long": "long SPARQL queries that run at once",
    "extract": "1: a public server reads pasted texts too",
    "extract_time": "seconds that reading a pasted text may take",
    "extract_memory": "bytes of address space that reading a pasted text may take",
    "token": "who sends it as bearer token may change sources; empty: nobody",
    "sources": "folder of the sources that are changed so; the graph is built from them",
    "job_time": "seconds that a map, an export or another long answer may take to begin",
    "job_memory": "bytes that a process for long answers may hold beyond the graph",
    "client_time": "seconds that a client may take for a head, or between parts of a body",
    "patterns": "0: every SPARQL query has a process that can be stopped, plain patterns too",
    "second": "0: no second process answers while one does not keep up",
    "connections": "connections open at once, fewer where the system has fewer descriptors",
    "depth": "relations that neighbors may walk",
    "list_limit": "items on one page of a list",
    "node_limit": "concepts in one answer about neighbours",
    "path_limit": "paths in one answer",
    "cache_bytes": "bytes of ready answers that are held for the next who asks the same",
    "reload_seconds": "how often a server looks for a new revision; 0: never",
}
"""One line for each setting, for the command line's help and the README."""


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip().lower() for name in text.split(",") if name.strip())


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(name.rstrip("/") for name in _names(text))
    for each in origins:
        if not _ORIGIN.fullmatch(each):
            raise ValueError(f'"{each}" is not an origin such as https://lms.example.org')
    return origins


def _switch(text: str) -> bool:
    values = {
        "1": True,
        "true": True,
        "yes": True,
        "0": False,
        "false": False,
        "no": False,
        "": False,
    }
    if text.strip().lower() not in values:
        raise ValueError("is not 1 or 0")
    return values[text.strip().lower()]


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError("is not a positive number")
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 <= number < 1e6:
        raise ValueError("is not a number of seconds")
    return number


def _path(text: str) -> str:
    path = text.strip().rstrip("/")
    if path and not path.startswith("/"):
        raise ValueError("does not start with /")
    return path


_READ: Mapping[type, Callable[[str], Any]] = {
    tuple: _names,
    bool: _switch,
    int: _count,
    float: _seconds,
    str: _path,
}
_READ_BY_NAME: Mapping[str, Callable[[str], Any]] = {
    "embed": _origins,
    "token": str.strip,
    "sources": str.strip,
}


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings that ``environment`` (the process's own by default) asks for.

    Raises:
        BadSetting: a value cannot be read.
    """
    environment = os.environ if environment is None else environment
    settings, given = Settings(), {}
    for each in fields(Settings):
        variable = PREFIX + each.name.upper()
        if variable not in environment:
            continue
        value = environment[variable]
        read = _READ_BY_NAME.get(each.name) or _READ[type(getattr(settings, each.name))]
        try:
            given[each.name] = read(value)
        except ValueError as error:
            raise BadSetting(variable, value, f"{error}. It is: {HELP[each.name]}.") from error
    return replace(settings, **given)
