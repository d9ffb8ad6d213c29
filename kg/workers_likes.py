"""What is known of queries by their like: whether they were light, long or quick before.

A query's like is its shape: its text without literals, IRIs, numbers and comments.
"""

from __future__ import annotations

import re
from collections import OrderedDict

_REMEMBERED = 4096
"""Shapes of light and texts of long queries that are remembered."""
_VARYING = re.compile(r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|<[^<>\s]*>|\#.*|[0-9]+""")


class Memory:
    """The keys used last, up to a number."""

    def __init__(self, most: int = _REMEMBERED) -> None:
        self._most = most
        self._keys: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, key: str) -> bool:
        return key in self._keys

    def add(self, key: str) -> None:
        """Remember ``key``, and forget the one that was not used for longest."""
        self._keys[key] = None
        self._keys.move_to_end(key)
        if len(self._keys) > self._most:
            self._keys.popitem(last=False)

    def discard(self, key: str) -> None:
        """Forget ``key``."""
        self._keys.pop(key, None)


def shape(text: str) -> str:
    """Return ``text`` without what may vary: literals, IRIs, numbers, comments."""
    return _VARYING.sub("?", text) if len(text) < 10_000 else text


class Likes:
    """What was seen of queries; kept from one revision to the next."""

    def __init__(self) -> None:
        self.light = Memory()
        """Likes that came to their end before they counted as long."""
        self.long = Memory()
        """Likes that did not."""
        self.quick = Memory()
        """Light ones that were there in an instant."""

    def answered(self, like: str, *, light: bool, quick: bool) -> None:
        """Take notice of how long an answer took."""
        if light:
            self.light.add(like)
            self.long.discard(like)
        if quick:
            self.quick.add(like)
        else:
            self.quick.discard(like)

    def took_long(self, like: str) -> None:
        """Take notice that a query did not come to its end in a short time."""
        self.long.add(like)
        self.light.discard(like)
