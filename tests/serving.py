"""A glossgraph server as a real process, for tests."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running server."""

    address: str
    """Without a closing slash."""
    process: subprocess.Popen[str]


@contextmanager
def serve(folder: Path | str, *more: str, **environment: str) -> Iterator[Served]:
    """Serve a graph, or what these arguments name, on a free port; SIGTERM must end it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "serve", str(folder), *more, "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
    )
    try:
        yield Served(address=_address(process), process=process)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        finally:
            if process.stderr:
                process.stderr.close()


def _address(process: subprocess.Popen[str], seconds: float = 60) -> str:
    """Read where the server listens from the line that it prints once it is ready."""
    assert process.stderr is not None
    deadline = time.monotonic() + seconds
    said: list[str] = []
    while time.monotonic() < deadline:
        line = process.stderr.readline()
        if not line:
            break
        said.append(line)
        if found := re.search(r"http://[\w.:\[\]-]+:\d+", line):
            return found.group()
    raise AssertionError(f"the server did not start: {''.join(said)}")
