"""``extract --sentences`` and ``extract --acronyms``: JSON Lines in, JSON Lines out."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from api.cli import output
from api.progress import Progress
from extract import lines


def answer(
    source: str, task: lines.Task, kind: str, out: str | None, *, progress: Progress, quiet: bool
) -> int:
    """Answer each record of the file ``source`` (``-``: standard input); return the exit code.

    Lines that cannot be read are named on standard error and left out; the code is then 1. With
    ``out`` the file appears when it is whole.

    Raises:
        OSError: ``source`` cannot be read, or ``out`` not written.
    """
    unread = 0

    def complain(number: int, reason: str) -> None:
        nonlocal unread
        unread += 1
        output.say(f"Skipped line {number} of {_name(source)}: {reason}")

    written = 0
    with _opened(source) as file:
        answers = lines.run(_counted(file, source, progress), task, lines.FIELDS[kind], complain)

        def counted() -> Iterator[bytes]:
            nonlocal written
            for line in answers:
                written += 1
                yield line

        if out is None:
            output.emit_bytes(counted())
        else:
            _write(Path(out), counted())
    if not quiet and out is not None:
        output.say(f"{written} answers, {unread} lines skipped")
    return 1 if unread else 0


def _name(source: str) -> str:
    return "standard input" if source == "-" else source


@contextmanager
def _opened(source: str) -> Iterator[BinaryIO]:
    if source == "-":
        yield sys.stdin.buffer
        return
    with Path(source).open("rb") as file:
        yield file


def _counted(file: BinaryIO, source: str, progress: Progress) -> Iterator[bytes]:
    """The lines of a file, telling ``progress`` the bytes that were read of it."""
    total = 0 if source == "-" else Path(source).stat().st_size
    done = 0
    for number, line in enumerate(file):
        done += len(line)
        if total and number % 64 == 0:
            progress("read", done, total)
        yield line


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(path.name + ".part")
    with aside.open("wb") as file:
        file.writelines(pieces)
    aside.replace(path)
