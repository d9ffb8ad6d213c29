"""The words of all definitions, and which definitions have them."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from extract import labels
from kg.model import Concept
from kg.postings import by_word

_WORD = re.compile(r"[^\W_]+")
_BLOCK = 1 << 16
"""Definitions whose words are held together."""


def words_of(text: str) -> list[str]:
    """Return the folded words of ``text`` as :class:`Passages` knows them: letters and digits."""
    return _WORD.findall(labels.fold(text))


class Passages:
    """Postings of the words of definitions, for a sequence of concepts.

    Cost: 10 µs and 90 bytes a definition of forty words to make; microseconds to ask.
    """

    def __init__(self, concepts: Sequence[Concept]) -> None:
        self._concepts = concepts
        self._owner = array("I")
        self._which = array("H")
        for number, concept in enumerate(concepts):
            for place in range(len(concept.definitions[:65535])):
                self._owner.append(number)
                self._which.append(place)
        known: dict[str, str] = {}
        texts = (
            definition.text for concept in concepts for definition in concept.definitions[:65535]
        )
        self._blocks = [
            _Block(first, islice(texts, _BLOCK), known)
            for first in range(0, len(self._owner), _BLOCK)
        ]

    def containing(self, words: Sequence[str], limit: int) -> Iterator[tuple[int, str, int]]:
        """Yield (concept number, source, offset of a word) of definitions with all of ``words``.

        Each of ``words`` (see :func:`words_of`) must start a word of the definition. At most
        ``limit`` come, in the order of concepts; one with several definitions may come again.
        """
        starts = re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, words))})")
        found = (passage for block in self._blocks for passage in block.containing(words))
        for passage in islice(found, limit):
            number = self._owner[passage]
            definition = self._concepts[number].definitions[self._which[passage]]
            match = starts.search(labels.fold(definition.text))
            yield number, definition.source, match.start() if match else 0


class _Block:
    """Some definitions behind one another, few enough that two bytes tell them apart."""

    def __init__(self, first: int, texts: Iterable[str], known: dict[str, str]) -> None:
        self._first = first
        self._vocabulary, self._postings = by_word(
            ({known.setdefault(word, word) for word in words_of(text)} for text in texts), "H"
        )

    def containing(self, words: Sequence[str]) -> list[int]:
        """Return the passages with all of ``words``, in order."""
        ranges = []
        for word in words:
            first = bisect_left(self._vocabulary, word)
            last = bisect_left(self._vocabulary, word + "\U0010ffff")
            if first == last:
                return []
            ranges.append((self._postings.count(first, last), first, last))
        found: set[int] | None = None
        for _, first, last in sorted(ranges):
            having = set[int]().union(*map(self._postings.__getitem__, range(first, last)))
            found = having if found is None else found & having
        return [self._first + passage for passage in sorted(found or ())]
