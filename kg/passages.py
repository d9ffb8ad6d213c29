"""The words of all definitions, and which definitions have them."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from extract import labels
from kg.model import Concept
from kg.postings import by_word

_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> list[str]:
    """Return the folded words of ``text`` as :class:`Passages` knows them: letters and digits."""
    return _WORD.findall(labels.fold(text))


class Passages:
    """Postings of the words of definitions, for a sequence of concepts.

    Cost: 10 µs and 150 bytes a definition of forty words to make; microseconds to ask.
    """

    def __init__(self, concepts: Sequence[Concept]) -> None:
        self._concepts = concepts
        self._owner = array("I")
        self._which = array("H")
        for number, concept in enumerate(concepts):
            for place in range(len(concept.definitions[:65535])):
                self._owner.append(number)
                self._which.append(place)
        self._vocabulary, self._postings = by_word(
            set(words_of(definition.text))
            for concept in concepts
            for definition in concept.definitions[:65535]
        )

    def containing(self, words: Sequence[str], limit: int) -> Iterator[tuple[int, str, int]]:
        """Yield (concept number, source, offset of a word) of definitions with all of ``words``.

        Each of ``words`` (see :func:`words_of`) must start a word of the definition. At most
        ``limit`` come, in the order of concepts; one with several definitions may come again.
        """
        ranges = []
        for word in words:
            first = bisect_left(self._vocabulary, word)
            last = bisect_left(self._vocabulary, word + "\U0010ffff")
            if first == last:
                return
            ranges.append((self._postings.count(first, last), first, last))
        found: set[int] | None = None
        for _, first, last in sorted(ranges):
            having = set[int]().union(*map(self._postings.__getitem__, range(first, last)))
            found = having if found is None else found & having
        starts = re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, words))})")
        for passage in sorted(found or ())[:limit]:
            number = self._owner[passage]
            definition = self._concepts[number].definitions[self._which[passage]]
            match = starts.search(labels.fold(definition.text))
            yield number, definition.source, match.start() if match else 0
