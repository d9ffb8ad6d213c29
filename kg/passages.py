"""The words of all definitions, found at the speed of memory: one folded string and its seams."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from extract import labels
from kg.model import Concept


class Passages:
    """Definitions of a sequence of concepts, folded and joined.

    A postings list would answer faster and take ten times the memory and time to build; ten
    thousand definitions are searched in a millisecond or two as they are.
    """

    def __init__(self, concepts: Sequence[Concept]) -> None:
        self._owners: list[tuple[int, str]] = []
        self._starts: list[int] = []
        parts = []
        position = 0
        for number, concept in enumerate(concepts):
            for definition in concept.definitions:
                text = labels.fold(definition.text)
                self._owners.append((number, definition.source))
                self._starts.append(position)
                parts.append(text)
                position += len(text) + 1
        self._text = "\n".join(parts)
        self._starts.append(position)

    def containing(self, words: Sequence[str], limit: int) -> Iterator[tuple[int, str, int]]:
        """Yield (concept number, source, offset of the first word) of definitions with ``words``.

        Each of ``words``, folded, must start a word of the definition. They should come rarest
        first; at most ``limit`` places of the first are looked at. A concept with several
        definitions may come several times.
        """
        first, *others = words
        text, starts = self._text, self._starts
        place = text.find(first)
        while place >= 0 and limit > 0:
            if place and text[place - 1].isalnum():
                place = text.find(first, place + 1)
                continue
            limit -= 1
            passage = bisect_right(starts, place) - 1
            start, end = starts[passage], starts[passage + 1]
            if all(_starts_word(text, word, start, end) for word in others):
                yield *self._owners[passage], place - start
            place = text.find(first, end)


def _starts_word(text: str, word: str, start: int, end: int) -> bool:
    place = text.find(word, start, end)
    while place > start and text[place - 1].isalnum():
        place = text.find(word, place + 1, end)
    return place >= 0
