"""The analyses of sources: from the cache where they are there, small ones made side by side.

spaCy is loaded only when a source is not in the cache.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import orjson
import platformdirs

from api.progress import Progress, Reading, no_progress
from extract import exchange, model_files, patterns, shares
from extract.errors import MalformedExtraction, ModelNotFound
from extract.languages import primary
from extract.model import ASSERTED, Document, Extraction, Finding
from ontology import vocabulary

ROOT = Path(__file__).resolve().parent.parent
_SMALL = 200_000
"""Letters of a source up to which one process reads it; of larger ones the entries are shared."""
_WORTH_SHARING = 20_000
"""Letters that take longer to read than starting a process."""


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


def analyses(
    by_source: Mapping[str, Sequence[Document]], options: Options, read: Reading
) -> Iterator[tuple[str, Extraction]]:
    """Yield each source's name and analysis, in order; small ones are shared out over processors.

    Other processes leave theirs in the cache; what is not there afterwards is done here.
    """

    def done(name: str) -> Extraction:
        documents = by_source[name]
        read.begin(sum(len(d.text) for d in documents))
        part = analysis(documents, options, read.within)
        read.end()
        return part

    mine: dict[str, Extraction] = {}
    shared = _shares(by_source, options)
    if len(shared) > 1:
        own, *others = shared
        _models([d for documents in by_source.values() for d in documents], options)
        works = [partial(_into_cache, [by_source[n] for n in each], options) for each in others]
        with shares.beside(works):
            mine = {name: done(name) for name in own}
    for name in by_source:
        yield name, mine[name] if name in mine else done(name)


def _into_cache(sources: Iterable[Sequence[Document]], options: Options) -> None:
    for documents in sources:
        analysis(documents, options)


def _shares(by_source: Mapping[str, Sequence[Document]], options: Options) -> list[list[str]]:
    """Return the small sources that are still to be analysed, in shares of about the same size.

    The first share is the largest. One, or none, where sharing is of no use.
    """
    sizes = {name: sum(len(d.text) for d in documents) for name, documents in by_source.items()}
    left = [
        name
        for name, size in sizes.items()
        if size <= _SMALL and not _held(by_source[name], options).is_file()
    ]
    if not options.cache or sum(sizes[n] for n in left) < _WORTH_SHARING or not shares.can_fork():
        return []
    found: list[list[str]] = [[] for _ in range(min(shares.processes(), len(left)))]
    filled = [0] * len(found)
    for name in sorted(left, key=lambda n: -sizes[n]):
        least = filled.index(min(filled))
        found[least].append(name)
        filled[least] += sizes[name]
    return [found[n] for n in sorted(range(len(found)), key=lambda n: -filled[n])]


def analysis(
    documents: Sequence[Document], options: Options, progress: Progress = no_progress
) -> Extraction:
    """Return the analysis of one source's documents, from the cache where it is there.

    The model is loaded only if a document is in its language.
    """
    place = _held(documents, options)
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


def _held(documents: Sequence[Document], options: Options) -> Path:
    """Return the file that holds a source's analysis once it is made."""
    return cache_folder() / "analyses" / f"{analysis_key(documents, options)}.json"


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
