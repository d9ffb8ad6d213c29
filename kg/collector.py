"""The cycle collector, kept off where millions of objects are made and none is in a circle."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Look for no circles of objects meanwhile; also a decorator.

    All values here are trees that reference counts free. Looking through all that is alive each
    time it has grown by a quarter took a third of the time that it takes to put a graph together.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
