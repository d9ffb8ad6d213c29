"""Run the benchmarks named on the command line, or all; print a table for each.

``python -m benchmarks service`` and ``scale`` take options of their own: ``--help`` lists them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence

from benchmarks import five_pages, growth, runaways, scale, serving
from benchmarks.service import measure as service
from benchmarks.service import typos

BENCHMARKS: Mapping[str, Callable[[], Mapping[str, object]]] = {
    "five-pages": five_pages.measure,
    "growth": growth.measure,
}
COMMANDS: Mapping[str, Callable[[Sequence[str]], int]] = {
    "runaways": runaways.main,
    "service": service.main,
    "scale": scale.main,
    "serving": serving.main,
    "typos": typos.main,
}
"""Benchmarks that print for themselves and take options; they run only when named."""


def main(names: list[str]) -> int:
    """Run and print; exit code 2 names an unknown benchmark."""
    if names and names[0] in COMMANDS:
        return COMMANDS[names[0]](names[1:])
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        known = ", ".join([*BENCHMARKS, *COMMANDS])
        print(f"No benchmark {', '.join(unknown)}. There are: {known}")
        return 2
    for name in names or BENCHMARKS:
        print(f"\n{name}: {(BENCHMARKS[name].__module__)}")
        for key, value in BENCHMARKS[name]().items():
            print(f"  {key:<28}{value}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
