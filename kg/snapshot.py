"""A graph as JSON bytes and back: what a revision on disk holds and a server starts from.

The file is one JSON object: the format, for each dataclass the names of its fields, and the graph
with every value as an array in that order. So a reader knows the columns of an older file, fields
that have come since take their defaults, and nothing names the same key a million times.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import Any, BinaryIO

import orjson

from extract.model import Designation, Evidence, Finding, Span, Statement
from kg import collector
from kg.model import Concept, Decision, Definition, Graph, Relation, Repair, Ruling, Source, Text
from ontology.turtle import Literal, Triple
from ontology.vocabulary import Vocabulary, with_added

FORMAT = "glossgraph-graph/1"

_CLASSES: tuple[type, ...] = (
    Span, Evidence, Designation, Finding, Statement, Repair, Source, Text, Definition, Concept,
    Relation, Decision, Ruling, Graph,
)  # fmt: skip
# What a project's file adds to the vocabulary stands beside the graph, and only where there is any.
_COLUMNS = {
    c.__name__: tuple(f.name for f in dataclasses.fields(c) if f.name != "vocabulary")
    for c in _CLASSES
}
_ROWS = {c: attrgetter(*_COLUMNS[c.__name__]) for c in _CLASSES}
# Fields whose values return again and again, many times or in another field: kept once each, a
# third of the memory at 100k.
_REPEATED = frozenset(
    (
        "document", "rule", "language", "type", "status", "severity", "source", "kind", "basis",
        "subject", "object", "slug", "verdict", "pos", "sources", "close", "property", "datatype",
        "confidence", "label", "term", "Designation.text",
    )
)  # fmt: skip

_AT_ONCE = 1_000
"""Values that are JSON in memory at one time."""

_BEGINNING = 1 << 16
"""Bytes that :func:`sources` reads first."""
_GRAPH = '"graph":['
_DECODER = json.JSONDecoder()

Read = Callable[[Any], Any]


class MalformedSnapshot(ValueError):
    """The bytes are no graph of this format."""


def dumps(graph: Graph) -> bytes:
    """Return the graph as JSON bytes; equal graphs give equal bytes.

    Raises:
        ValueError: a text of the graph holds a lone surrogate, which no UTF-8 file can hold.
    """
    return b"".join(parts(graph))


Slices = Mapping[str, Sequence[int]]
"""For long lists of the graph: the offsets at which each thousand of their values begins in the
bytes, and behind them the offset that the next one would have."""


def parts(graph: Graph, slices: dict[str, list[int]] | None = None) -> Iterator[bytes]:
    """Yield what :func:`dumps` returns, a thousand concepts or relations at a time.

    ``slices`` is told, as they are made, where these are; :func:`loads` can then read one by one.

    Raises:
        ValueError: as :func:`dumps`.
    """
    head = b'{"fields":' + _json(_COLUMNS) + b',"format":' + _json(FORMAT) + b',"graph":['
    yield head
    place = len(head)
    for number, name in enumerate(_COLUMNS["Graph"]):
        value = getattr(graph, name)
        if number:
            yield b","
            place += 1
        if not isinstance(value, tuple):
            part = _json(value)
            yield part
            place += len(part)
            continue
        yield b"["
        place += 1
        marks = []
        for start in range(0, len(value), _AT_ONCE):
            if start:
                yield b","
                place += 1
            marks.append(place)
            part = _json(value[start : start + _AT_ONCE])[1:-1]
            yield part
            place += len(part)
        if slices is not None and len(marks) > 1:
            slices[name] = [*marks, place + 1]
        yield b"]"
        place += 1
    yield b"]"
    if graph.vocabulary.added:
        yield b',"prefixes":' + _json(graph.vocabulary.prefixes)
        yield b',"types":' + _json([_said(triple) for triple in graph.vocabulary.added])
    yield b"}"


def _said(triple: Triple) -> tuple[object, ...]:
    subject, predicate, value = triple
    return subject, predicate, value if isinstance(value, str) else tuple(value)


def _vocabulary(raw: Mapping[str, Any]) -> Vocabulary:
    added = (
        Triple(subject, predicate, value if isinstance(value, str) else Literal(*value))
        for subject, predicate, value in raw["types"]
    )
    return with_added(added, raw.get("prefixes", {}))


def _json(value: object) -> bytes:
    options = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_SORT_KEYS
    try:
        return orjson.dumps(value, default=_row, option=options)
    except orjson.JSONEncodeError as error:
        raise ValueError(f"The graph cannot be written as JSON: {error}") from error


def _row(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    return _ROWS[type(value)](value)


def loads(data: bytes, slices: Slices | None = None) -> Graph:
    """Return the graph that :func:`dumps` wrote, equal in every field.

    Cost: linear; 100k concepts with 300k relations are 112 MB. Read as a whole their JSON values
    take up 540 MB beside the graph's 250, and leave them to Python in pieces; by ``slices``, which
    :func:`parts` told, half a megabyte.

    Raises:
        MalformedSnapshot: ``data`` is no JSON, of another format, or has a value out of place.
    """
    slices = slices or {}
    with collector.paused():
        try:
            raw = orjson.loads(_without(data, slices))
        except orjson.JSONDecodeError as error:
            raise MalformedSnapshot(f"The graph is no JSON: {error}") from error
        if not isinstance(raw, dict) or raw.get("format") != FORMAT:
            raise MalformedSnapshot(f'The graph\'s "format" is not "{FORMAT}".')
        try:
            for name, marks in slices.items():
                raw["graph"][raw["fields"]["Graph"].index(name)] = _sliced(data, marks)
            graph = _Reader(raw["fields"]).of(Graph)(raw["graph"])
            if "types" in raw:
                graph = dataclasses.replace(graph, vocabulary=_vocabulary(raw))
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise MalformedSnapshot(f"The graph has a value out of place: {error}") from error
    assert isinstance(graph, Graph)
    return graph


def sources(file: BinaryIO) -> tuple[Source, ...]:
    """Return the sources of the graph in a file, which stand at its beginning.

    Read is no more than is before them, however large the graph.

    Raises:
        MalformedSnapshot: the beginning is not that of a graph of this format.
    """
    size, data = _BEGINNING, file.read(_BEGINNING)
    while True:
        text = data.decode("utf-8", "ignore")  # the last character may be cut
        try:
            head, _, rest = text.partition(_GRAPH)
            fields = json.loads(f"{head}{_GRAPH}]}}")["fields"]
            place = len(text) - len(rest)
            for name in fields["Graph"]:
                value, place = _DECODER.raw_decode(text, place)
                if name == "sources":
                    return tuple(map(_Reader(fields).of(Source), value))
                place += 1  # the comma
            raise MalformedSnapshot("The graph has no sources.")
        except (ValueError, KeyError, TypeError, IndexError) as error:
            more = file.read(size)
            if not more or isinstance(error, MalformedSnapshot):
                raise MalformedSnapshot(f"The graph's beginning is damaged: {error}") from error
            data, size = data + more, size * 2


def _without(data: bytes, slices: Slices) -> bytes:
    """Return the JSON with the lists empty that are read by slices."""
    kept, place = [], 0
    for marks in sorted(slices.values(), key=lambda marks: marks[0]):
        kept.append(data[place : marks[0]])
        place = marks[-1] - 1
    return b"".join((*kept, data[place:]))


def _sliced(data: bytes, marks: Sequence[int]) -> Iterator[Any]:
    """Yield the values of a list, a slice in memory at a time."""
    for start, behind in pairwise(marks):
        yield from orjson.loads(b"[" + data[start : behind - 1] + b"]")


class _Reader:
    """Functions from JSON values to values, made from the dataclasses' type hints."""

    def __init__(self, columns: Mapping[str, list[str]]) -> None:
        self.columns = columns
        self.known: dict[Any, Any] = {}
        self.made: dict[type, Read] = {}

    def of(self, cls: type) -> Read:
        """Return the function from a row to a ``cls``."""
        if cls not in self.made:
            self.made[cls] = self._dataclass(cls)
        return self.made[cls]

    def _dataclass(self, cls: type) -> Read:
        hints = typing.get_type_hints(cls, vars(sys.modules[cls.__module__]))
        columns = self.columns[cls.__name__]
        fields = {f.name: f for f in dataclasses.fields(cls)}
        # A column this version does not know is left out, a new field takes its default.
        steps: list[tuple[int, Callable[[Any, Any], None], Read | None]] = [
            (i, vars(cls)[name].__set__, self._hint(hints[name], name, cls.__name__))
            for i, name in enumerate(columns)
            if name in fields
        ]
        missing = set(fields) - set(columns)
        required = {
            n for n in missing
            if fields[n].default is dataclasses.MISSING
            and fields[n].default_factory is dataclasses.MISSING
        }  # fmt: skip
        if required:
            raise KeyError(f"{cls.__name__} lacks {', '.join(sorted(required))}")
        width, new = len(columns), object.__new__

        def read(row: Any) -> Any:
            # The slots' own setters: frozen dataclasses' __init__ takes three times as long.
            if len(row) != width:
                raise ValueError(f"a {cls.__name__} of {len(row)} values instead of {width}")
            value: Any = new(cls)
            for i, assign, convert in steps:
                assign(value, row[i] if convert is None else convert(row[i]))
            for name in missing:
                object.__setattr__(value, name, _default(fields[name]))
            return value

        return read

    def _hint(self, hint: Any, name: str, owner: str) -> Read | None:
        """Return how a value of the type ``hint`` is read, None where it is taken as it is."""
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        repeated = name in _REPEATED or f"{owner}.{name}" in _REPEATED
        keep = self.known.setdefault
        if dataclasses.is_dataclass(hint):
            return self.of(typing.cast(type, hint))
        if origin in (typing.Union, types.UnionType):
            (inner,) = (a for a in arguments if a is not type(None))
            one = self._hint(inner, name, owner)
            return None if one is None else lambda v: None if v is None else one(v)
        if origin is tuple and len(arguments) == 2 and arguments[1] is ...:
            item = self._hint(arguments[0], name, owner)
            if item is None:
                return tuple
            if repeated:
                return lambda row: keep(found := tuple([item(v) for v in row]), found)
            return lambda row: tuple([item(v) for v in row]) if row else ()
        if origin is tuple:
            return tuple
        if hint in (str, float) and repeated:
            return lambda value: keep(value, value)
        return None


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default
