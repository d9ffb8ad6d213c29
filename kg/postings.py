"""Which numbers belong to each of many groups, four bytes a number.

As tuples of their own, the relations of 100,000 concepts take 27 MB; so they take 3.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate


class Postings:
    """The numbers of each group, ascending; groups are numbered from 0."""

    def __init__(self, numbers: array[int], sizes: Iterable[int]) -> None:
        self._numbers = numbers
        """Those of the first group, then those of the second, and so on."""
        self._starts = array("I", accumulate(sizes, initial=0))

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, group: int) -> array[int]:
        starts = self._starts
        return self._numbers[starts[group] : starts[group + 1]]

    def count(self, first: int, last: int) -> int:
        """Return how many numbers the groups from ``first`` to before ``last`` have together."""
        return self._starts[last] - self._starts[first]


def by_group(groups: int, said: Sequence[int]) -> Postings:
    """Return the numbers of each group, number ``n`` being in the group ``said[n]``."""
    counts = Counter(said)
    order = sorted(range(len(said)), key=said.__getitem__)
    return Postings(array("I", order), map(counts.__getitem__, range(groups)))


def by_word(said: Iterable[Iterable[str]], code: str = "I") -> tuple[list[str], Postings]:
    """Return all words in order, and of each the numbers that say it.

    ``said`` has what 0 says, what 1 says, and so on, each word once. ``code`` is that of an
    :mod:`array` whose values reach to the last of them.
    """
    found: dict[str, int | array[int]] = {}  # most words of labels are said once
    for number, words in enumerate(said):
        for word in words:
            before = found.get(word)
            if before is None:
                found[word] = number
            elif isinstance(before, int):
                found[word] = array(code, (before, number))
            else:
                before.append(number)
    vocabulary = sorted(found)
    numbers, sizes = array(code), array("I")
    for word in vocabulary:
        having = found[word]
        numbers.extend((having,) if isinstance(having, int) else having)
        sizes.append(1 if isinstance(having, int) else len(having))
    return vocabulary, Postings(numbers, sizes)
