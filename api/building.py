"""From what a user named to a graph: read, analyse (or take from the cache), link, assemble.

The one place where the rooms meet: readers and pipeline of :mod:`extract`, then :mod:`kg`. spaCy
is loaded only when a source is not in the cache.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
import platformdirs

from api.progress import Progress, Reading, no_progress
from extract import exchange, model_files, patterns
from extract.errors import (
    MalformedExtraction,
    ModelNotFound,
    NoEntries,
    SourceError,
    UnreadableSource,
)
from extract.languages import primary
from extract.model import ASSERTED, Document, Extraction, Finding
from extract.readers import SourceArgument, expand, read_all
from kg.assembly import build_graph
from kg.model import Graph
from kg.project import Project
from kg.registry import Registry
from kg.review import Review, load_review
from ontology import vocabulary

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What changes how sources are read."""

    models: tuple[str, ...] = ()
    """Names or paths of spaCy models, as ``--model`` takes them; other languages get the installed
    one (:func:`extract.model_files.installed`)."""
    lexicon: Path | None = None
    """A file with further verbs and patterns."""
    types: Path | None = None
    """A file with further relation types and kinds."""
    review: Path | None = None
    """A reviewer's table."""
    min_confidence: float = ASSERTED
    """Relations below this rank are left out."""
    cache: bool = True
    """Whether analyses are taken from and put into the cache."""


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


def cache_folder() -> Path:
    """Return where analyses and graphs of sources are kept; ``GLOSSGRAPH_CACHE`` moves it."""
    given = os.environ.get("GLOSSGRAPH_CACHE")
    return Path(given) if given else Path(platformdirs.user_cache_dir("glossgraph"))


@lru_cache(maxsize=4)
def software_digest(rooms: tuple[str, ...] = ("extract", "ontology")) -> str:
    """Return a digest of the modules and data of ``rooms``, so that no stale result is used."""
    digest = hashlib.sha256()
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix in {".py", ".toml", ".ttl", ".json"}:
                digest.update(path.relative_to(ROOT).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def analysis_key(documents: Sequence[Document], options: Options) -> str:
    """Return what names the analysis of a source's documents in the cache."""
    digest = hashlib.sha256(software_digest().encode())
    parsers = [
        f"{language}={model_files.identity(folder)}"
        for language, folder in sorted(parsers_of(documents, options).items())
    ]
    parts = (*options.models, *parsers, *map(_digest_of, (options.lexicon, options.types)))
    for part in parts:
        digest.update(part.encode() + b"\0")
    for document in documents:
        for part in (document.uri, document.digest, document.media_type, document.language):
            digest.update(part.encode() + b"\0")
    return digest.hexdigest()


def _digest_of(file: Path | None) -> str:
    return hashlib.sha256(file.read_bytes() if file else b"").hexdigest()


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
    for name, documents in by_source.items():
        read.begin(sum(len(d.text) for d in documents))
        part = analysis(documents, options, read.within)
        read.end()
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


def analysis(
    documents: Sequence[Document], options: Options, progress: Progress = no_progress
) -> Extraction:
    """Return the analysis of one source's documents, from the cache where it is there.

    The model is loaded only if a document is in its language.
    """
    place = cache_folder() / "analyses" / f"{analysis_key(documents, options)}.json"
    if options.cache and place.is_file():
        try:
            return exchange.from_json(orjson.loads(place.read_bytes()))
        except (MalformedExtraction, orjson.JSONDecodeError):
            place.unlink(missing_ok=True)
    from extract import lexicon, pipeline

    models, faults = _models(documents, options)
    extraction = pipeline.analyse(
        documents,
        models,
        lexicon=lexicon.load(options.lexicon, vocabulary.load(options.types)),
        progress=progress,
    )
    findings = (*extraction.findings, *faults, *_unparsed(extraction, models))
    extraction = replace(extraction, findings=findings)
    if options.cache:
        _write_aside(place, exchange.parts(extraction))
    return extraction


def parsers_of(documents: Iterable[Document], options: Options) -> Mapping[str, Path]:
    """Return the folder of the model of each language that the documents are in.

    Named ones first, then the best that is installed. English is left to
    :func:`extract.model_files.locate` where no model is named for it; languages without patterns
    have none.

    Raises:
        ModelNotFound: a model that was asked for is not there.
    """
    named = model_files.chosen(options.models)
    found: dict[str, Path] = {}
    for language in {primary(d.language) for d in documents}:
        folder = named.get(language)
        if folder is None and language in patterns.LANGUAGES:
            folder = model_files.installed(language)
        if folder is not None:
            found[language] = folder
    return found


def _models(
    documents: Sequence[Document], options: Options
) -> tuple[Mapping[str, Any], list[Finding]]:
    """Return the model of each language, loaded; a found one that cannot be is a finding.

    Raises:
        ModelNotFound: a model that was asked for, or the English one, is not there.
    """
    named = model_files.chosen(options.models)
    folders = dict(parsers_of(documents, options))
    models: dict[str, Any] = {}
    faults: list[Finding] = []
    if "en" not in folders and any(primary(d.language) == "en" for d in documents):
        models["en"] = _model(None)
    for language, folder in sorted(folders.items()):
        try:
            models[language] = _model(folder)
        except ModelNotFound as error:
            if language in named:
                raise
            faults.append(
                Finding(rule="unfit-model", subject=documents[0].source, message=str(error))
            )
    return models, faults


def _unparsed(extraction: Extraction, models: Mapping[str, Any]) -> Iterable[Finding]:
    """Yield a finding for each source and language whose definitions a parse would tell more of."""
    defined = {e.document for e in extraction.entries if any(" " in p.text for p in e.definitions)}
    told = set()
    for document in extraction.documents:
        language = primary(document.language)
        if (
            language not in patterns.LANGUAGES
            or language in models
            or document.uri not in defined
            or (document.source, language) in told
        ):
            continue
        told.add((document.source, language))
        name = patterns.load(language).download
        yield Finding(
            rule="no-model",
            subject=document.source,
            message=f'Definitions in "{language}" were read without a parse, so without most typed '
            f"relations: no spaCy model of that language is installed. Get one with: "
            f"python -m spacy download {name}",
            severity="info",
        )


@lru_cache(maxsize=4)
def _model(folder: Path | None) -> Any:
    """Return a language model, loaded once (about two seconds with spaCy itself)."""
    from extract import pipeline

    return pipeline.load_model(folder)


def _write_aside(place: Path, parts: Iterable[bytes]) -> None:
    """Write a cache file whole or not at all; a full or read-only disk only costs time later."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        aside = place.with_name(f"{place.name}.{os.getpid()}")
        with aside.open("wb") as file:
            file.writelines(parts)
        aside.replace(place)
    except OSError:
        return


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
