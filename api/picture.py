"""The picture of a whole graph, made in a process beside the server.

Communities and layout are seconds of Python for a large graph. In a thread they would hold up every
request for that time, since threads take turns; a process of low priority takes what is left over.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import orjson

from kg import own_code
from kg.communities import groups
from kg.index import Index
from kg.overview import summary
from kg.store import Revision, open_revision

_NICE = 10


async def picture(revision: Revision) -> tuple[list[list[str]], bytes] | None:
    """Return the communities and the overview of a stored revision, see :class:`Snapshot`.

    None where the process came to no end, for want of memory perhaps; the server then makes them
    when they are asked for.
    """
    code = (
        f"import sys\nroot = {str(own_code.root())!r}\n"
        "if root not in sys.path:\n    sys.path.insert(0, root)\n"
        "from api.picture import main\nmain(sys.argv[1], sys.argv[2])\n"
    )
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-c", code, str(revision.folder.resolve()), revision.id,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        said, _ = await child.communicate()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        return None
    communities, _, overview = said.partition(b"\n")
    return orjson.loads(communities), overview


def main(folder: str, revision: str) -> None:
    """Write both to standard output, each on a line."""
    if hasattr(os, "nice"):
        os.nice(_NICE)
    graph = open_revision(Path(folder), revision).graph
    communities = groups(graph)
    sys.stdout.buffer.write(orjson.dumps(communities) + b"\n")
    sys.stdout.buffer.write(orjson.dumps(summary(Index(graph), communities)))
