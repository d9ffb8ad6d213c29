"""What goes between a worker process and its caller.

Messages to a worker are a length (4 bytes, big-endian) and JSON. Messages from it are a letter, a
length and a body: ``w`` a whole answer of less than 64 KB (:data:`WHOLE`, then its bytes); of a
longer one ``h`` the head (JSON), ``d`` bytes, ``e`` the end (JSON); ``x`` an error (JSON) instead.
"""

from __future__ import annotations

import struct

from kg.results import BOOLEAN, GRAPH, RESULTS, SOLUTIONS

LENGTH = struct.Struct("!I")
FRAME = struct.Struct("!cI")
WHOLE = struct.Struct("!BBI??")
"""Kind and format by their place in :data:`KINDS` and :data:`FORMATS`, rows, cut, spent."""
KINDS = (SOLUTIONS, BOOLEAN, GRAPH)
FORMATS = tuple(RESULTS)
"""Keys of :data:`kg.results.RESULTS`."""
