"""The child process that exchanges a source: a copy of the folder, a build, then the file itself.

The request is JSON on standard input, the answer on standard output. The sources' folder is changed
last, so that whatever goes wrong before leaves it, and the graph, as they were.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from api import opening
from api.analyses import Options
from api.pasted import confine
from api.pasted_forms import REFUSED
from extract.errors import ModelNotFound, SourceError
from extract.readers import expand
from kg.errors import GraphLocked, GraphNotFound
from kg.project import PROJECT_FILE, MalformedProject, Project
from kg.review import MalformedReview


class Refused(ValueError):
    """A source cannot be exchanged; the message says why."""


def main(memory: int) -> None:
    """Exchange one source; ``memory`` is the most that the process may hold, in bytes."""
    confine(memory)
    given = orjson.loads(sys.stdin.buffer.read())
    try:
        answer = exchange(given, Path.cwd() / "sources")
    except (
        SourceError, ModelNotFound, MalformedProject, MalformedReview, GraphNotFound, Refused,
    ) as error:  # fmt: skip
        _refuse("unreadable-text", str(getattr(error, "reason", error)))
    except GraphLocked as error:
        _refuse("busy", str(error))
    sys.stdout.buffer.write(orjson.dumps(answer))


def _refuse(kind: str, reason: str) -> None:
    sys.stdout.buffer.write(orjson.dumps({"kind": kind, "detail": reason}))
    sys.stdout.buffer.flush()
    raise SystemExit(REFUSED)


def exchange(given: Mapping[str, Any], copy: Path) -> dict[str, Any]:
    """Build the graph anew with a source put in, exchanged or left out; return what came of it.

    ``given`` has ``graph``, ``sources`` (the folders), ``name``, and the new source's ``file`` and
    ``suffix``, or neither where it is to go.

    Raises:
        Refused: there is no such source, or it is not a file of the folder.
        SourceError: the new source holds no entries, or none are left.
        GraphLocked: another process writes the graph.
    """
    folder, name = Path(given["sources"]), given["name"]
    shutil.copytree(folder, copy, copy_function=_link)
    project, named = opening.project_of([str(copy)])
    old = _file_of(name, project, named)
    new = _new_file(given, project, copy, old)
    if old is not None:
        old.unlink()
    if new is not None:
        shutil.copyfile(given["file"], new)
    graph, revision, outcome = opening.build(
        [str(copy)], Path(given["graph"]), Options(cache=given["cache"]), least=name
    )
    if old is not None and old != new:
        (folder / old.relative_to(copy)).unlink(missing_ok=True)
    if new is not None:
        place = folder / new.relative_to(copy)
        aside = place.with_name(f".{place.name}.{os.getpid()}")
        shutil.copyfile(new, aside)
        aside.replace(place)
    return {
        "source": name,
        "new": old is None,
        "revision": revision,
        "entries": next((s.entries for s in graph.sources if s.name == name), 0),
        "concepts": len(graph.concepts),
        "relations": len(graph.relations),
        "skipped": [str(getattr(each, "reason", each)) for each in outcome.errors],
    }


def _link(source: str, place: str) -> None:
    """Copy a file without its bytes where the disk allows it; what is changed is replaced."""
    try:
        os.link(source, place)
    except OSError:
        shutil.copy2(source, place)


def _file_of(name: str, project: Project, named: list[str]) -> Path | None:
    """Return the file that a source is read from."""
    for argument in named:
        own = next((s.name for s in project.sources if s.place == argument and s.name), "")
        for each in expand([argument]):
            if (own or each.name) != name:
                continue
            if each.url or len(each.paths) != 1:
                raise Refused(f'The source "{name}" is no single file and cannot be exchanged')
            return each.paths[0]
    return None


def _new_file(
    given: Mapping[str, Any], project: Project, copy: Path, old: Path | None
) -> Path | None:
    name = given["name"]
    if not given["file"]:
        if old is None:
            raise Refused(f'There is no source "{name}" to take away')
        if project.sources:
            raise Refused(f'{PROJECT_FILE} names the source "{name}"; take it out there')
        return None
    if old is None:
        if project.sources:
            raise Refused(f'{PROJECT_FILE} names the sources; add "{name}" there')
        return copy / f"{name}{given['suffix']}"
    if project.sources and old.suffix != given["suffix"]:
        raise Refused(f'{PROJECT_FILE} names {old.name}; send the source "{name}" in that form')
    return old.with_suffix(given["suffix"])
