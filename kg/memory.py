"""Memory that is free given back to the system, and little of it lost between what is used."""

from __future__ import annotations

import ctypes
import sys

_M_ARENA_MAX = -8


def share() -> None:
    """Have threads that come later take their memory from where the first one does (glibc).

    Each has a place of its own otherwise, with room that no other takes: 8 MB of 380 where one
    thread makes the index of 100,000 concepts. Python runs one of them at a time anyway.
    """
    if sys.platform == "linux":
        option = getattr(ctypes.CDLL(None), "mallopt", None)
        if option is not None:
            option(_M_ARENA_MAX, 1)


def trim() -> None:
    """Give pages that hold nothing any more back, where the C library can (glibc).

    It keeps them otherwise, also those in the middle of what is used: 11 to 30 MB where the index
    of 100,000 concepts was made. Cost: some milliseconds, in which other threads go on.
    """
    if sys.platform == "linux":
        give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if give_back is not None:
            give_back(0)
