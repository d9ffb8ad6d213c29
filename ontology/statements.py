"""What the triples of a vocabulary say, by subject and predicate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from ontology.turtle import GG, RDF, Literal, Triple

Texts = Mapping[str, str]
"""Text by lower-case language tag; ``en`` and ``de`` are always there in the shipped ones."""


class MalformedVocabulary(ValueError):
    """A vocabulary file cannot be read, or states something incomplete or contradictory."""

    def __init__(self, file: str | Path, reason: str) -> None:
        self.file = str(file)
        self.reason = reason
        super().__init__(f"{file}: {reason}")


class Statements:
    """Triples by subject and predicate, with what the tables ask of them."""

    def __init__(self, triples: Iterable[Triple], file: str | Path) -> None:
        self.file = file
        self._values: dict[str, dict[str, list[str | Literal]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for triple in triples:
            self._values[triple.subject][triple.predicate].append(triple.object)

    def of_class(self, iri: str) -> list[str]:
        """Return the subjects that are of a class."""
        return [s for s, values in self._values.items() if iri in values.get(RDF + "type", ())]

    def has(self, subject: str, predicate: str, value: str) -> bool:
        """Return whether this is stated."""
        return value in self._values[subject].get(predicate, ())

    def iris(self, subject: str, predicate: str) -> tuple[str, ...]:
        """Return the IRIs that stand behind a predicate."""
        values = self._values[subject].get(predicate, ())
        return tuple(v for v in values if isinstance(v, str))

    def iri(self, subject: str, predicate: str) -> str:
        """Return the first of them, ``""`` where there is none."""
        found = self.iris(subject, predicate)
        return found[0] if found else ""

    def literals(self, subject: str, predicate: str) -> list[Literal]:
        """Return the literals that stand behind a predicate."""
        values = self._values[subject].get(predicate, ())
        return [v for v in values if isinstance(v, Literal)]

    def literal(self, subject: str, predicate: str, default: str | None = None) -> str:
        """Return the first of them, or ``default``.

        Raises:
            MalformedVocabulary: there is none and no default.
        """
        found = self.literals(subject, predicate)
        if found:
            return found[0].text
        if default is None:
            raise MalformedVocabulary(self.file, f"<{subject}> lacks <{predicate}>")
        return default

    def texts(self, subject: str, predicate: str) -> Texts:
        """Return them by language.

        Raises:
            MalformedVocabulary: there is none.
        """
        found = {v.language or "en": v.text for v in self.literals(subject, predicate)}
        if not found:
            raise MalformedVocabulary(self.file, f"<{subject}> lacks <{predicate}>")
        return MappingProxyType(found)

    def order(self, subject: str) -> tuple[int, str]:
        """Return the sort key that the file gives."""
        return int(self.literal(subject, GG + "order", "9999")), subject
