"""Concepts in the order of their labels: letters, filters, pages of lists."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from extract import labels
from kg.index import Index
from kg.selection import Selection

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
OTHER = "#"
"""The letter of labels that begin with a digit or a sign."""


def initial(label: str) -> str:
    """Return the letter a label stands under: upper case, without accents; ``#`` for no letter."""
    for character in unicodedata.normalize("NFKD", label):
        if character.isalpha():
            return character.upper()[0]
        if character.isdecimal():
            return OTHER
    return OTHER


def letter_of(text: str) -> str:
    """Return the letter that a reader asks for, ``""`` for none.

    Raises:
        ValueError: it is more than a letter.
    """
    text = unicodedata.normalize("NFC", text.strip())
    if len(text) > 1:
        raise ValueError(text)
    return initial(text) if text else ""


ORDERS = ("label", "recent", "degree")
"""By label from A to Z, from the source retrieved last on, the most connected first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A stretch of a list."""

    slugs: Sequence[str]
    total: int
    """Length of the whole list."""
    next: str
    """What :meth:`Catalogue.page` continues after; ``""`` on the last page."""


class Catalogue:
    """The concepts of an index from A to Z. Cost: one sort of the labels."""

    def __init__(self, index: Index) -> None:
        self._index = index
        keyed = sorted(
            (initial(c.label) == OTHER, initial(c.label), labels.fold(c.label), c.slug)
            for c in index.concepts
        )
        self.slugs: list[str] = [slug for *_, slug in keyed]
        """All slugs, in order."""
        self._place = {slug: place for place, slug in enumerate(self.slugs)}
        self._by_letter: dict[str, list[str]] = {}
        for _, letter, _, slug in keyed:
            self._by_letter.setdefault(letter, []).append(slug)

    @property
    def letters(self) -> Mapping[str, Sequence[str]]:
        """The slugs under each letter that has any, in order."""
        return self._by_letter

    def around(self, slug: str, reach: int) -> Sequence[str]:
        """Return the slugs from ``reach`` before to ``reach`` behind a slug."""
        place = self._place[slug]
        first = max(0, min(place - reach, len(self.slugs) - 2 * reach - 1))
        return self.slugs[first : max(place + reach, first + 2 * reach) + 1]

    def filtered(
        self,
        *,
        letter: str = "",
        source: str = "",
        kind: str = "",
        types: Sequence[str] = (),
        implied: bool | None = None,
    ) -> list[str]:
        """Return the slugs that meet every condition given, in order."""
        slugs: list[str] = list(self._by_letter.get(letter, ())) if letter else self.slugs
        related = set(self._related(types)) if types else None
        concept = self._index.concept

        def meets(slug: str) -> bool:
            each = concept(slug)
            return (
                (not kind or each.kind == kind)
                and (implied is None or each.implied == implied)
                and (not source or any(d.source == source for d in each.definitions))
                and (related is None or slug in related)
            )

        if not (kind or source or related is not None or implied is not None):
            return slugs
        return [slug for slug in slugs if meets(slug)]

    def ordered(self, slugs: Sequence[str], order: str) -> Sequence[str]:
        """Return ``slugs``, which are in the order of labels, in another of :data:`ORDERS`."""
        if order == "label":
            return slugs
        index = self._index
        if order == "degree":
            return sorted(slugs, key=lambda slug: -index.degree(index.number[slug]))
        dates = {source.name: source.retrieved for source in index.graph.sources}

        def latest(slug: str) -> str:
            read = [dates.get(d.source, "") for d in index.concept(slug).definitions]
            return max(read, default="")

        return sorted(slugs, key=latest, reverse=True)

    def _related(self, types: Sequence[str]) -> Iterator[str]:
        """Yield the concepts of which some relation reads as one of ``types``."""
        masks = self._index.masks(Selection(types=types))
        index = self._index
        for place, sort in enumerate(index.sort):
            if masks.forward[sort]:
                yield index.concepts[index.subject[place]].slug
            if masks.backward[sort]:
                yield index.concepts[index.object[place]].slug

    def page(self, slugs: Sequence[str], *, after: str, limit: int) -> Page:
        """Return the ``limit`` slugs behind ``after`` (a slug, or ``""`` for the first page).

        A slug that has gone since continues where it would stand among those that are left.
        """
        start = 0
        if after:
            place = self._place.get(after)
            if place is None:
                key = labels.fold(after.replace("-", " "))
                start = bisect_right(
                    slugs, key, key=lambda s: labels.fold(self._index.concept(s).label)
                )
            else:
                start = bisect_right(slugs, place, key=self._place.__getitem__)
        end = start + limit
        return Page(
            slugs=slugs[start:end],
            total=len(slugs),
            next=slugs[end - 1] if end < len(slugs) else "",
        )
