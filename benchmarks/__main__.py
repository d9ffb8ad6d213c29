"""Run the benchmarks named on the command line, or all; print a table for each."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from benchmarks import five_pages, growth

BENCHMARKS: Mapping[str, Callable[[], Mapping[str, object]]] = {
    "five-pages": five_pages.measure,
    "growth": growth.measure,
}


def main(names: list[str]) -> int:
    """Run and print; exit code 2 names an unknown benchmark."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"No benchmark {', '.join(unknown)}. There are: {', '.join(BENCHMARKS)}")
        return 2
    for name in names or BENCHMARKS:
        print(f"\n{name}: {(BENCHMARKS[name].__module__)}")
        for key, value in BENCHMARKS[name]().items():
            print(f"  {key:<28}{value}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
