"""What can go wrong in extraction; each error keeps its data and says what to do."""

from __future__ import annotations

from pathlib import Path


class SourceError(ValueError):
    """A source cannot be read or holds no glossary."""

    def __init__(self, source: str | Path, reason: str) -> None:
        self.source = str(source)
        self.reason = reason
        super().__init__(f"{self.source}: {reason}")


class UnreadableSource(SourceError):
    """The bytes of a source cannot be turned into text: missing, binary, undecodable, empty."""


class NoEntries(SourceError):
    """A readable text holds nothing that looks like a glossary entry."""


class ModelNotFound(RuntimeError):
    """No language model is installed, or its files are not the ones that were checked."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason
        super().__init__(reason)


class MalformedExtraction(ValueError):
    """A JSON file is not a ``glossgraph-extraction/1``."""
