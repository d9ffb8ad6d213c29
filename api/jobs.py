"""Work that must not happen in the server: a child process with a deadline and a memory limit."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from typing import Any

import orjson

from api.pasted_forms import REFUSED
from api.problems import Problem
from kg import own_code

AT_ONCE = 2
"""Children that read at the same time; who comes while they do is told to come back."""


class Jobs:
    """The children of one server."""

    def __init__(self, *, seconds: float, memory: int) -> None:
        """Give each child at most ``seconds`` and ``memory`` bytes."""
        self._seconds = seconds
        self._memory = memory
        self._running = 0

    async def read(self, given: dict[str, Any]) -> bytes:
        """Return what :mod:`api.pasted` answers; nothing of the text is left on disk.

        Raises:
            Problem: too many are read at once, it took too long, or nothing could be read in it.
        """
        if self._running >= AT_ONCE:
            raise Problem(
                "busy",
                "Other texts are being read at the moment. Come back in some seconds.",
                headers={"Retry-After": "5"},
            )
        self._running += 1
        try:
            with tempfile.TemporaryDirectory(prefix="glossgraph-pasted-") as folder:
                return await self.run("api.pasted", given, folder)
        finally:
            self._running -= 1

    async def run(self, module: str, given: dict[str, Any], folder: str) -> bytes:
        """Return what ``module.main`` answers in a child whose working directory is ``folder``.

        Raises:
            Problem: it took too long, died, or refused what was given.
        """
        code = (
            f"import sys\nroot = {str(own_code.root())!r}\n"
            "if root not in sys.path:\n    sys.path.insert(0, root)\n"
            f"from {module} import main\nmain({self._memory})\n"
        )
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-c", code, cwd=folder,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            async with asyncio.timeout(self._seconds):
                answer, _ = await child.communicate(orjson.dumps(given))
        except TimeoutError as error:
            raise Problem(
                "job-time",
                f"Reading took longer than {self._seconds:g} s and was stopped. Send a shorter "
                "text, or raise GLOSSGRAPH_EXTRACT_TIME.",
            ) from error
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        if child.returncode == REFUSED:
            raise _refused(answer)
        if child.returncode:
            raise Problem(
                "job-failed",
                "Reading the text failed, perhaps for want of memory. Send less, or raise "
                "GLOSSGRAPH_EXTRACT_MEMORY.",
            )
        return answer


def _refused(answer: bytes) -> Problem:
    """Return the problem that a child found: a sentence, or JSON with its kind."""
    try:
        said = orjson.loads(answer)
    except orjson.JSONDecodeError:
        return Problem("unreadable-text", f"{answer.decode()[:1000]}.")
    headers = {"Retry-After": "5"} if said["kind"] == "busy" else {}
    return Problem(said["kind"], f"{said['detail'][:1000].rstrip('.')}.", headers=headers)
