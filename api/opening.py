"""A SOURCE or a GRAPH, as commands take them: opened, and built first where it is a source."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import orjson

from api import analyses, building
from api.analyses import Options
from api.building import Outcome
from api.progress import Progress, no_progress
from extract import exchange
from kg import store
from kg.errors import GraphNotFound
from kg.model import Graph
from kg.project import PROJECT_FILE, Project, load_project
from kg.registry import Registry


def is_graph(argument: str) -> bool:
    """Return whether ``argument`` is a graph folder."""
    return store.is_graph(Path(argument))


def project_of(arguments: Sequence[str]) -> tuple[Project, list[str]]:
    """Return the project that the arguments belong to, and the sources to read.

    A folder with a project file stands for the sources that the file names; no arguments stand for
    the working directory's project file.

    Raises:
        GraphNotFound: nothing was named and there is no project file here.
        MalformedProject: the project file cannot be read.
    """
    if not arguments:
        if not Path(PROJECT_FILE).is_file():
            raise GraphNotFound(
                ".", f"name a glossary to read, or write a {PROJECT_FILE} that names the sources"
            )
        arguments = ["."]
    if len(arguments) == 1:
        place = Path(arguments[0])
        file = place / PROJECT_FILE if place.is_dir() else place
        if file.name == PROJECT_FILE and file.is_file():
            project = load_project(file)
            return project, project.arguments() or [str(file.parent)]
        if place.is_dir() or place.is_file():
            beside = (place if place.is_dir() else place.parent) / PROJECT_FILE
            if beside.is_file():
                return load_project(beside), list(arguments)
    return Project(), list(arguments)


def build(
    arguments: Sequence[str],
    folder: Path,
    options: Options,
    *,
    project: Project | None = None,
    progress: Progress = no_progress,
    least: str = "",
) -> tuple[Graph, str, Outcome]:
    """Build the graph of sources into ``folder``; return it, its revision and what was read.

    The folder's registry is an input, so that names of concepts stay what they were. ``least``
    names a source without which nothing is written.

    Raises:
        SourceError: nothing could be read, or not the source ``least``.
        GraphLocked: another process writes the folder.
    """
    if project is None:
        project, arguments = project_of(arguments)
    outcome = building.extract_sources(arguments, options, project, progress)
    for error in outcome.errors:
        if least and Path(error.source).stem == least:
            raise error
    graph, revision = write(folder, outcome, project, options, progress)
    return graph, revision, outcome


def write(
    folder: Path,
    outcome: Outcome,
    project: Project,
    options: Options,
    progress: Progress = no_progress,
) -> tuple[Graph, str]:
    """Write the graph of what was read into ``folder``; return it and its revision.

    Raises:
        GraphLocked: another process writes the folder.
    """
    with store.writing(folder):
        registry = Registry()
        if is_graph(str(folder)):
            with store.open_revision(folder) as last:
                registry = Registry.load(last.registry)
        graph = building.graph_of(outcome.extraction, project, registry, options, progress)
        progress("writing", 0, 1)
        revision = store.write_revision(folder, graph, registry=registry.to_bytes())
        progress("writing", 1, 1)
    return graph, revision


def revision_of(argument: str, progress: Progress = no_progress) -> store.Revision:
    """Return the revision that a GRAPH, a GRAPH@REVISION or a SOURCE stands for.

    Of the revision's id as many digits are enough as no other has; ``previous`` is the one before
    the present one.

    Raises:
        GraphNotFound: there is no such graph or revision, or several begin so.
    """
    folder, at, wanted = argument.rpartition("@")
    if at and not Path(argument).exists() and is_graph(folder):
        return store.open_revision(folder, store.find(folder, wanted))
    return store.open_revision(folder_of([argument], Options(), progress))


def folder_of(arguments: Sequence[str], options: Options, progress: Progress = no_progress) -> Path:
    """Return the graph folder that the arguments are, or that was built from them in the cache."""
    if len(arguments) == 1 and is_graph(arguments[0]):
        return Path(arguments[0])
    project, named = project_of(arguments)
    outcome = building.extract_sources(named, options, project, progress)
    key = hashlib.sha256(orjson.dumps(exchange.to_json(outcome.extraction)))
    key.update(repr((project, options.min_confidence)).encode())
    completed = building.completed(options, project)
    for file in (completed.types, completed.review):
        if file is not None:
            key.update(hashlib.sha256(file.read_bytes()).digest())
    key.update(analyses.software_digest(("kg", "ontology")).encode())
    folder = analyses.cache_folder() / "graphs" / f"{key.hexdigest()[:32]}.kg"
    if not is_graph(str(folder)):
        write(folder, outcome, project, options, progress)
    return folder
