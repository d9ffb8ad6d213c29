"""Memory that is free given back to the system."""

from __future__ import annotations

import ctypes
import sys


def trim() -> None:
    """Give pages that hold nothing any more back, where the C library can (glibc).

    It keeps them otherwise, also those in the middle of what is used: 11 to 30 MB where the index
    of 100,000 concepts was made. Cost: some milliseconds, in which other threads go on.
    """
    if sys.platform == "linux":
        give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if give_back is not None:
            give_back(0)
