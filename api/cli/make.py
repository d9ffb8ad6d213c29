"""Commands that make something of sources: extract, build, serve."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import orjson
import typer

from api import building, opening, progress
from api.analyses import Options
from api.cli import lines, output
from extract import exchange
from extract import lines as tasks
from extract.model import ASSERTED, Extraction
from kg.link import link

Sources = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SOURCE...",
        help="A file, a folder, a glob, - or an http(s) address; or an extraction's JSON.",
        show_default=False,
    ),
]
Model = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        metavar="[LANG=]NAME|PATH",
        help="A spaCy model to parse its language with; may be given for several languages.",
    ),
]
Lexicon = Annotated[
    Path | None, typer.Option("--lexicon", metavar="FILE", help="Further verbs and patterns.")
]
Types = Annotated[
    Path | None, typer.Option("--types", metavar="FILE", help="Further relation types and kinds.")
]
Review = Annotated[
    Path | None,
    typer.Option("--review", metavar="FILE", help="A reviewer's decisions (glossgraph review)."),
]
MinConfidence = Annotated[
    float, typer.Option("--min-confidence", min=0.0, max=1.0, help="Leave out what ranks lower.")
]
NoCache = Annotated[
    bool, typer.Option("--no-cache", help="Read every source anew and keep nothing for later.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar and no summary.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output, for programs.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to ``app``."""
    app.command()(output.exiting(extract))
    app.command()(output.exiting(build))
    app.command()(output.exiting(serve))


@contextmanager
def progress_bar(
    quiet: bool, stages: Mapping[str, int] = progress.BUILD
) -> Iterator[progress.Progress]:
    """Give a function that draws how much of all ``stages`` is done, on a terminal.

    Beside the bar stands the stage under way, with what it counts.
    """
    if not output.wants_progress(quiet):
        yield progress.no_progress
        return
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[counted]}"),
        TimeRemainingColumn(),
    )
    # No thread that redraws: sources are shared out over processes only where there is none.
    with Progress(*columns, console=output.ERR, transient=True, auto_refresh=False) as bars:
        overall = progress.Overall(stages)
        task = bars.add_task(next(iter(stages)), total=1.0, counted="")

        def draw(stage: str, done: int, total: int) -> None:
            bars.update(
                task,
                description=stage,
                completed=overall.take(stage, done, total),
                counted=f"{done:,} of {total:,}" if total > 1 else "",
                refresh=True,
            )

        yield draw


def extract(
    sources: Sources = None,
    out: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="FILE|FOLDER/", help="Where to write; else stdout."),
    ] = None,
    model: Model = None,
    lexicon: Lexicon = None,
    types: Types = None,
    min_confidence: MinConfidence = ASSERTED,
    no_cache: NoCache = False,
    quiet: Quiet = False,
    why: Annotated[
        str | None,
        typer.Option("--why", metavar="ENTRY", help="Show how one entry was read instead."),
    ] = None,
    sentences: Annotated[
        str | None,
        typer.Option(
            "--sentences",
            metavar="FILE.jsonl",
            help="Tell which sentences define their term instead: lines of id, term, sentence.",
        ),
    ] = None,
    acronyms: Annotated[
        str | None,
        typer.Option(
            "--acronyms",
            metavar="FILE.jsonl",
            help="Find acronyms and what they are short for instead: lines of id, text.",
        ),
    ] = None,
) -> int:
    """Read glossaries and write their entries, relations and evidence as JSON."""
    if sentences is not None or acronyms is not None:
        if sources or why is not None or (sentences is not None and acronyms is not None):
            raise typer.BadParameter(
                "--sentences and --acronyms each stand alone: without SOURCE, --why or each other."
            )
        kind, source = (
            ("sentences", sentences) if sentences is not None else ("acronyms", acronyms or "-")
        )
        task = (
            tasks.definitions(model or (), lexicon) if sentences is not None else tasks.acronyms()
        )
        with progress_bar(quiet, {"read": 1}) as told:
            return lines.answer(source or "-", task, kind, out, progress=told, quiet=quiet)
    out = None if out == "-" else out
    options = Options(
        models=tuple(model or ()),
        lexicon=lexicon,
        types=types,
        min_confidence=min_confidence,
        # The reasons are not kept in the cache.
        cache=not no_cache and why is None,
    )
    project, arguments = opening.project_of(sources or [])
    with progress_bar(quiet, progress.EXTRACT) as told:
        outcome = building.extract_sources(arguments, options, project, told)
        told("linking", 0, 1)
        extraction = building.ranked(link(outcome.extraction), min_confidence)
        told("linking", 1, 1)
    for error in outcome.errors:
        output.say(f"Skipped {error}")
    if why is not None:
        return _explain_entry(extraction, why)
    if out is not None and (out.endswith(("/", os.sep)) or Path(out).is_dir()):
        for name, part in _by_source(extraction).items():
            _write(Path(out) / f"{name}.json", part)
    elif out is not None:
        _write(Path(out), extraction)
    else:
        output.emit_json(exchange.to_json(extraction))
    if not quiet and out is not None:
        output.say(f"{len(extraction.entries)} entries of {len(extraction.documents)} documents")
    return 1 if outcome.errors else 0


def _write(path: Path, extraction: Extraction) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = orjson.dumps(exchange.to_json(extraction), option=orjson.OPT_INDENT_2)
    aside = path.with_name(path.name + ".part")
    aside.write_bytes(data + b"\n")
    aside.replace(path)


def _by_source(extraction: Extraction) -> Mapping[str, Extraction]:
    """Return an extraction for each source, links across them kept."""
    parts: dict[str, Extraction] = {}
    for name in dict.fromkeys(document.source for document in extraction.documents):
        documents = tuple(d for d in extraction.documents if d.source == name)
        uris = {d.uri for d in documents}
        parts[name] = Extraction(
            documents=documents,
            entries=tuple(e for e in extraction.entries if e.document in uris),
            findings=tuple(f for f in extraction.findings if f.subject.startswith(name)),
            layouts={u: v for u, v in extraction.layouts.items() if u in uris},
        )
    return parts


def _explain_entry(extraction: Extraction, asked: str) -> int:
    """Print how the entry with an id or headword was read."""
    wanted = asked.casefold()
    found = [e for e in extraction.entries if wanted in (e.id.casefold(), e.term.casefold())]
    found = found or [
        e for e in extraction.entries if wanted in (d.text.casefold() for d in e.designations)
    ]
    for entry in found:
        document = next(d for d in extraction.documents if d.uri == entry.document)
        output.emit_json(
            {
                "id": entry.id,
                "term": entry.term,
                "locator": entry.locator,
                "layout": extraction.layouts.get(entry.document),
                "repairs": [
                    {"before": e.before, "rule": e.rule}
                    for e in document.edits
                    if entry.span.start <= e.start < entry.span.end
                ],
                "why": dict(entry.why),
                "names": [
                    {"text": d.text, "type": d.type, "language": d.language}
                    | ({"rule": d.evidence.rule, "quote": d.evidence.quote} if d.evidence else {})
                    for d in entry.designations
                ],
                "references": [
                    {"text": r.text, "target": r.target, "rule": r.evidence.rule}
                    for r in entry.references
                ],
                "relations": [
                    {
                        "type": r.type,
                        "target": r.target,
                        "rule": r.evidence.rule,
                        "confidence": r.evidence.confidence,
                    }
                    for r in entry.relations
                ],
            }
        )
    if not found:
        output.say(f'No entry "{asked}" was read.{_holder(extraction, asked)}')
    return 0 if found else 1


def _holder(extraction: Extraction, asked: str) -> str:
    """Say which entry holds the first line that begins with what was asked for, if one does."""
    opening = re.compile(rf"^\W*{re.escape(asked)}(?!\w)", re.IGNORECASE | re.MULTILINE)
    for document in extraction.documents:
        place = opening.search(document.text)
        if place is None:
            continue
        line = document.text.count("\n", 0, place.end()) + 1
        entry = next(
            (
                e
                for e in extraction.entries
                if e.document == document.uri and e.span.start < place.end() <= e.span.end
            ),
            None,
        )
        held = f'is part of the entry "{entry.term}"' if entry else "is part of no entry"
        return f" Line {line} of {document.source} begins with it and {held}."
    return ""


def build(
    sources: Sources = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="GRAPH", help="The graph's folder.")
    ] = None,
    model: Model = None,
    lexicon: Lexicon = None,
    types: Types = None,
    review: Review = None,
    min_confidence: MinConfidence = ASSERTED,
    no_cache: NoCache = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> int:
    """Build the concept graph of glossaries; without SOURCE, of glossgraph.toml."""
    started = time.perf_counter()
    options = Options(
        models=tuple(model or ()),
        lexicon=lexicon,
        types=types,
        review=review,
        min_confidence=min_confidence,
        cache=not no_cache,
    )
    project, arguments = opening.project_of(sources or [])
    folder = out or Path(project.folder or "glossary.kg")
    with progress_bar(quiet or as_json) as told:
        graph, revision, outcome = opening.build(
            arguments, folder, options, project=project, progress=told
        )
    summary = building.summarise(
        graph, folder=folder, revision=revision, errors=outcome.errors, started=started
    )
    for error in outcome.errors:
        output.say(f"Skipped {error}")
    if as_json:
        output.emit_json(asdict(summary))
    elif not quiet:
        output.summary(_told(summary))
    return 1 if outcome.errors else 0


def _told(summary: building.Summary) -> dict[str, str]:
    """Return a summary in a person's words."""

    def counts(table: Mapping[str, int]) -> str:
        return ", ".join(f"{name} {count}" for name, count in table.items()) or "none"

    return {
        "Graph": f"{summary.graph} (revision {summary.revision})",
        "Sources": f"{summary.sources} with {summary.entries} entries",
        "Concepts": f"{summary.concepts}, of which {summary.implied} are only spoken of",
        "Merged": f"{summary.merges} entries into a concept of another",
        "Relations": f"{summary.relations}: {counts(summary.by_type)}",
        "Read from": counts(summary.by_basis),
        "Findings": counts(summary.findings),
        "Time": f"{summary.seconds:.1f} s",
    }


def serve(
    sources: Sources = None,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", help="Port to listen on; 0 takes a free one.")
    ] = 8000,
    open_page: Annotated[
        bool, typer.Option("--open", help="Open the explorer in a browser.")
    ] = False,
    endpoint: Annotated[
        str,
        typer.Option(
            "--endpoint", metavar="URL", help="Serve what a SPARQL server holds, read now."
        ),
    ] = "",
    quiet: Quiet = False,
) -> int:
    """Serve the explorer and the API of a GRAPH, or of sources, which are built first."""
    from api.server import run

    if endpoint:
        if sources:
            raise typer.BadParameter("--endpoint stands in place of SOURCE or GRAPH.")
        return run(_from(endpoint, quiet), host=host, port=port, open_page=open_page, quiet=quiet)
    with progress_bar(quiet) as told:
        folder = opening.folder_of(sources or [], Options(), told)
    return run(folder, host=host, port=port, open_page=open_page, quiet=quiet)


def _from(endpoint: str, quiet: bool) -> Path:
    """Read the graph of an endpoint into the cache, and return its folder."""
    from api import pull as pulling
    from api.cli.publish import pulled

    folder = pulling.folder_for(endpoint)
    with progress_bar(quiet, {"reading": 1}) as told:
        found = pulling.pull(endpoint, folder, told=told)
    if not quiet:
        output.say(pulled(found, folder))
    return folder
