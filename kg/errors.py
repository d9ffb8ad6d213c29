"""What can go wrong with a graph; each error keeps its data and says what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path


class GraphNotFound(FileNotFoundError):
    """A folder is missing or holds no graph."""

    def __init__(self, folder: str | Path, reason: str) -> None:
        self.folder = str(folder)
        super().__init__(f"{folder}: {reason}")


class GraphLocked(RuntimeError):
    """Another process is writing the graph."""


class SourceClash(ValueError):
    """Two sources of one build have the same name."""


class ConceptNotFound(KeyError):
    """No label, slug or IRI of the graph is the one asked for."""

    def __init__(
        self, asked: str, near: Sequence[str] = (), further: Sequence[ConceptNotFound] = ()
    ) -> None:
        self.asked = asked
        self.near = tuple(near)
        self.further = tuple(further)
        """The same of the other names that were asked for at once and are none, in order."""
        super().__init__(asked)

    def __str__(self) -> str:
        return " ".join([self._said(), *map(str, self.further)])

    @property
    def all_near(self) -> tuple[str, ...]:
        """The near labels of all the names, each once."""
        errors = (self, *self.further)
        return tuple(dict.fromkeys(label for error in errors for label in error.near))

    def _said(self) -> str:
        if self.near:
            return f'No concept "{self.asked}". Near: {", ".join(self.near)}.'
        return (
            f'No concept "{self.asked}", and no label is like it. '
            "A search looks into definitions too."
        )


class AmbiguousLabel(LookupError):
    """A label is the name of several concepts."""

    def __init__(self, asked: str, choices: Sequence[str]) -> None:
        self.asked = asked
        self.choices = tuple(choices)
        """Slugs, best first."""
        super().__init__(f'"{asked}" names several concepts: {", ".join(choices)}.')


class MalformedQuery(ValueError):
    """A SPARQL text does not parse, or asks what is not served (update, SERVICE)."""

    def __init__(self, query: str, reason: str) -> None:
        self.query = query
        self.reason = reason
        super().__init__(reason)


class QueryTimeout(TimeoutError):
    """A query reached its deadline and was stopped."""


class QueryTooLarge(MemoryError):
    """A query reached its memory limit and was stopped."""


class QueryBusy(RuntimeError):
    """There is no place for a query now; try again after ``retry_after`` seconds."""

    def __init__(
        self, retry_after: int = 1, reason: str = "Too many long queries are running"
    ) -> None:
        self.retry_after = retry_after
        super().__init__(f"{reason}; try again in {retry_after} s.")


class QueryFailed(RuntimeError):
    """A query could not be answered, or its worker came to an unexpected end."""


class UnknownKey(ValueError):
    """A family, basis, direction, format or the like that is not one of those there are."""

    def __init__(self, what: str, asked: str, known: Iterable[str]) -> None:
        self.what = what
        self.asked = asked
        self.known = tuple(known)
        self.near = tuple(get_close_matches(asked, self.known, n=3, cutoff=0.6))
        near = f" Near: {', '.join(self.near)}." if self.near else ""
        super().__init__(f'No {what} "{asked}".{near} Known: {", ".join(self.known)}.')


class PushFailed(RuntimeError):
    """A store refused what was sent, cannot be reached, or does not hold what it took."""


class PullFailed(RuntimeError):
    """A store holds no graph to read, several, or does not give all that it has."""


class MissingExtra(ImportError):
    """Something needs packages of an extra that is not installed; the message has the command."""

    def __init__(self, extra: str, what: str) -> None:
        self.extra = extra
        super().__init__(f'{what} need more packages: pip install "glossgraph[{extra}]"')
