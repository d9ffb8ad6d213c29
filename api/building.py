"""From what a user named to a graph: read, analyse (or take from the cache), link, assemble.

The one place where the rooms meet: readers and pipeline of :mod:`extract`, then :mod:`kg`. spaCy
is loaded only when a source is not in the cache.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import orjson

from api.analyses import Options, analyses
from api.progress import Progress, Reading, no_progress
from extract import exchange
from extract.errors import (
    MalformedExtraction,
    NoEntries,
    SourceError,
    UnreadableSource,
)
from extract.model import Document, Extraction, Finding
from extract.readers import SourceArgument, expand, read_all
from kg.assembly import build_graph
from kg.model import Graph
from kg.project import Project
from kg.registry import Registry
from kg.review import Review, load_review
from ontology import vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of reading sources."""

    extraction: Extraction
    errors: tuple[SourceError, ...] = ()
    """Sources that could not be read, named as the user named them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a build made, for people (``build``) and machines (``build --json``)."""

    graph: str
    revision: str
    sources: int
    entries: int
    concepts: int
    implied: int
    relations: int
    by_type: Mapping[str, int]
    by_basis: Mapping[str, int]
    merges: int
    findings: Mapping[str, int]
    failed: Sequence[str] = field(default=())
    seconds: float = 0.0


def completed(options: Options, project: Project) -> Options:
    """Return the options, with the project's where the command line gave none."""
    lexicon = Path(project.lexicon) if project.lexicon else None
    types = Path(project.types) if project.types else None
    review = Path(project.review) if project.review else None
    if review is not None and not review.exists():
        review = None  # named before the first decision
    return replace(
        options,
        models=options.models or project.parsers(),
        lexicon=options.lexicon or lexicon,
        types=options.types or types,
        review=options.review or review,
    )


def review_of(options: Options, project: Project) -> Review:
    """Return what a reviewer decided.

    Raises:
        MalformedReview: the table cannot be read.
    """
    file = completed(options, project).review
    return load_review(file) if file else Review()


def extract_sources(
    arguments: Sequence[str],
    options: Options,
    project: Project | None = None,
    progress: Progress = no_progress,
) -> Outcome:
    """Return what the sources say, each source analysed by itself; links come later.

    An argument may be an extraction's JSON file, which is taken as it is.

    Raises:
        SourceError: nothing at all could be read.
        ModelNotFound: the model that was asked for is not there.
        MalformedVocabulary, MalformedLexicon, MalformedReview: a file with types, patterns or
            decisions cannot be read.
    """
    project = project or Project()
    options = completed(options, project)
    vocabulary.load(options.types)  # a fault in it is told before anything is read
    review_of(options, project)
    given: list[Extraction] = []
    named: list[str | SourceArgument] = []
    errors: list[SourceError] = []
    for argument in arguments:
        try:
            extraction = _given_extraction(argument)
            if extraction is not None:
                given.append(extraction)
            else:
                expanded = (_named(each, argument, project) for each in expand([argument]))
                named += [each for each in expanded if not _is_review(each, options)]
        except UnreadableSource as error:
            errors.append(error)
    failures = tuple(_unreadable(error) for error in errors)  # those of files tell themselves
    reading = read_all(named)
    errors += reading.errors
    errors += [  # the files of archives
        UnreadableSource(finding.subject, finding.message)
        for document in reading.documents
        for finding in document.findings
        if finding.rule == "unreadable"
    ]
    by_source: dict[str, list[Document]] = {}
    for document in reading.documents:
        settings = project.source(document.source)
        if settings.language:
            document = replace(document, language=settings.language)
        by_source.setdefault(document.source, []).append(document)
    parts = [*given, Extraction(findings=(*reading.findings, *failures))]
    read = Reading(progress, sum(len(d.text) for d in reading.documents))
    for name, part in analyses(by_source, options, read):
        parts.append(part)
        if not part.entries:
            errors.append(NoEntries(name, "no glossary entries were found in it"))
    if not any(part.entries for part in parts):
        if len(errors) == 1:
            raise errors[0]
        raise NoEntries(
            ", ".join(map(str, arguments)),
            "nothing could be read: " + "; ".join(str(error) for error in errors),
        )
    return Outcome(extraction=merged(parts), errors=tuple(errors))


def _named(source: SourceArgument, argument: str, project: Project) -> SourceArgument:
    """Return the source under the name that the project gives to its place."""
    for settings in project.sources:
        if settings.place == argument and settings.name:
            return replace(source, name=settings.name)
    return source


def _is_review(source: SourceArgument, options: Options) -> bool:
    """Whether a file that was found among the sources is the reviewer's table."""
    return options.review is not None and [p.resolve() for p in source.paths] == [
        options.review.resolve()
    ]


def _unreadable(error: SourceError) -> Finding:
    return Finding(
        rule="unreadable", subject=Path(error.source).name, message=error.reason, severity="error"
    )


def _given_extraction(argument: str) -> Extraction | None:
    """Return the extraction in a JSON file that says it is one; ``None`` for anything else."""
    path = Path(argument)
    if path.suffix != ".json" or not path.is_file():
        return None
    data = path.read_bytes()
    if b"glossgraph-extraction/" not in data[:4096]:
        return None
    try:
        return exchange.from_json(orjson.loads(data))
    except orjson.JSONDecodeError as error:
        raise UnreadableSource(argument, f"this is no JSON: {error}") from error
    except MalformedExtraction as error:
        raise UnreadableSource(argument, str(error)) from error


def ranked(extraction: Extraction, least: float) -> Extraction:
    """Return an extraction without the relations that rank below ``least``."""
    entries = (
        replace(e, relations=tuple(r for r in e.relations if r.evidence.confidence >= least))
        for e in extraction.entries
    )
    return replace(extraction, entries=tuple(entries))


def merged(parts: Iterable[Extraction]) -> Extraction:
    """Return extractions as one, in order."""
    parts = list(parts)
    return Extraction(
        documents=tuple(d for part in parts for d in part.documents),
        entries=tuple(e for part in parts for e in part.entries),
        findings=tuple(f for part in parts for f in part.findings),
        layouts={key: value for part in parts for key, value in part.layouts.items()},
    )


def graph_of(
    extraction: Extraction,
    project: Project,
    registry: Registry,
    options: Options,
    progress: Progress = no_progress,
) -> Graph:
    """Return the graph of an extraction; see :func:`kg.assembly.build_graph`."""
    return build_graph(
        extraction,
        registry=registry,
        project=project,
        min_confidence=options.min_confidence,
        vocabulary=vocabulary.load(completed(options, project).types),
        review=review_of(options, project),
        progress=progress,
    )


def summarise(
    graph: Graph, *, folder: Path, revision: str, errors: Sequence[SourceError], started: float
) -> Summary:
    """Return the counts of a build that began at ``started`` (``time.perf_counter``)."""
    findings: Sequence[Finding] = graph.findings
    return Summary(
        graph=str(folder),
        revision=revision,
        sources=len(graph.sources),
        entries=sum(source.entries for source in graph.sources),
        concepts=len(graph.concepts),
        implied=sum(concept.implied for concept in graph.concepts),
        relations=len(graph.relations),
        by_type=dict(Counter(r.type for r in graph.relations).most_common()),
        by_basis=dict(Counter(r.basis for r in graph.relations).most_common()),
        merges=sum(max(0, len(c.entries) - 1) for c in graph.concepts),
        findings=dict(Counter(f.rule for f in findings).most_common()),
        failed=[str(error) for error in errors],
        seconds=round(time.perf_counter() - started, 2),
    )
