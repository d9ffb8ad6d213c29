"""Load on one server by ``wrk`` for a bounded time, from a list of request targets."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.service.peers import ACCEPT

CONNECTIONS = 4
"""Requests under way at once."""

_SCRIPT = """
local targets, at = {}, 0
for line in io.lines("%s") do targets[#targets + 1] = line end
request = function()
  at = at %% #targets + 1
  return wrk.format("GET", targets[at])
end
"""


class NoWrk(RuntimeError):
    """``wrk`` is not installed."""

    def __init__(self) -> None:
        super().__init__("wrk drives the servers. Install it: apt install wrk, brew install wrk.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What a server did in a bounded time."""

    per_second: float
    answered: int
    """Requests in all."""
    p99: float
    """Milliseconds."""
    failed: int
    """Answers with another status than 2xx or 3xx, and requests without an answer."""


def drive(
    port: int, targets: Sequence[str], scratch: Path, *, seconds: float, accept: str = ACCEPT
) -> Rate:
    """Ask for ``targets`` in turn for ``seconds`` (at least 1, whole) and return the rate.

    Raises:
        NoWrk: the program is not there.
    """
    program = shutil.which("wrk")
    if program is None:
        raise NoWrk
    listed, script = scratch / "targets.txt", scratch / "targets.lua"
    listed.write_text("\n".join(targets))
    script.write_text(_SCRIPT % listed)
    done = subprocess.run(
        [
            program, "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--latency",
            "--timeout", "60s", "-s", str(script), "-H", f"Accept: {accept}",
            f"http://127.0.0.1:{port}/",
        ],
        capture_output=True,
        text=True,
        check=True,
    )  # fmt: skip
    return read(done.stdout)


def read(report: str) -> Rate:
    """Return what a report of ``wrk`` says."""
    count = re.search(r"(\d+) requests in", report)
    rate = re.search(r"Requests/sec:\s*([\d.]+)", report)
    tail = re.search(r"99%\s*([\d.]+)(us|ms|s)", report)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", report)
    lost = re.search(
        r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", report
    )
    scale = {"us": 0.001, "ms": 1.0, "s": 1000.0}
    return Rate(
        per_second=float(rate[1]) if rate else 0.0,
        answered=int(count[1]) if count else 0,
        p99=float(tail[1]) * scale[tail[2]] if tail else 0.0,
        failed=(int(bad[1]) if bad else 0) + sum(map(int, lost.groups() if lost else ())),
    )
