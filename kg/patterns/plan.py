"""What a query of plain patterns asks, ready to be carried out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable by its place in a row: the order in which patterns bind them."""

    place: int


@dataclass(frozen=True, slots=True)
class Constant:
    """A fixed term by its place among those of the question."""

    place: int


End = Variable | Constant


@dataclass(frozen=True, slots=True)
class Path:
    """A property path: a property, or paths put together."""

    kind: str
    """``iri``; ``^``; ``/``; ``|``; ``?``, ``*``, ``+``."""
    iri: str = ""
    parts: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Triple:
    """A triple or path pattern; at most one of its ends is not bound by those before it."""

    subject: End
    path: Path
    object: End


@dataclass(frozen=True, slots=True)
class Filter:
    """What a variable's value has to be: ``literal`` or ``uri``, or of a ``language``."""

    place: int
    kind: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """The patterns of an ``OPTIONAL``."""

    triples: tuple[Triple, ...]
    width: int
    """Count of variables that have a place behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A query but for its constants."""

    selected: tuple[str, ...]
    columns: tuple[int, ...]
    """The places of the selected variables in a row."""
    whole: bool
    """Whether these are all there are, in the same order."""
    distinct: bool
    triples: tuple[Triple, ...]
    optional: tuple[Group, ...]
    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A query that was read."""

    plan: Plan
    constants: tuple[str, ...]
    """Its fixed terms as N-Triples has them."""
    limit: int | None
    offset: int
