"""The command line: ``glossgraph COMMAND``.

:func:`main` alone turns errors into messages and exit codes: 0 done; 1 findings, nothing found, or
partial failure; 2 usage; 3 input unreadable.
"""

from __future__ import annotations

import typer

from api.cli import ask, check, draw, history, make, output, publish, sparql, teach, texts
from api.settings import BadSetting
from extract.errors import ModelNotFound, SourceError
from extract.lexicon import MalformedLexicon
from kg.errors import (
    AmbiguousLabel,
    ConceptNotFound,
    GraphLocked,
    GraphNotFound,
    MalformedQuery,
    MissingExtra,
    PushFailed,
    QueryBusy,
    QueryTimeout,
    QueryTooLarge,
    SourceClash,
    UnknownKey,
)
from kg.project import MalformedProject
from kg.workers import QueryFailed, UnfitFormat
from ontology.vocabulary import MalformedVocabulary

DONE, FOUND_NOTHING, USAGE, UNREADABLE = 0, 1, 2, 3

# Errors that are answers to a person, and the exit code of each.
EXITS: tuple[tuple[type[Exception], int], ...] = (
    (ConceptNotFound, FOUND_NOTHING),
    (AmbiguousLabel, FOUND_NOTHING),
    (QueryTimeout, FOUND_NOTHING),
    (QueryTooLarge, FOUND_NOTHING),
    (QueryBusy, FOUND_NOTHING),
    (GraphLocked, FOUND_NOTHING),
    (PushFailed, FOUND_NOTHING),
    (MalformedQuery, USAGE),
    (MissingExtra, UNREADABLE),
    (BadSetting, USAGE),
    (UnknownKey, USAGE),
    (MissingExtra, USAGE),
    (UnfitFormat, USAGE),
    (QueryFailed, FOUND_NOTHING),
    (SourceClash, USAGE),
    (MalformedProject, UNREADABLE),
    (MalformedLexicon, UNREADABLE),
    (MalformedVocabulary, UNREADABLE),
    (SourceError, UNREADABLE),
    (ModelNotFound, UNREADABLE),
    (GraphNotFound, UNREADABLE),
    (OSError, UNREADABLE),
)

app = typer.Typer(
    name="glossgraph",
    help="Point it at a glossary, get a concept graph to query, draw, export and teach with.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
make.register(app)
ask.register(app)
sparql.register(app)
draw.register(app)
check.register(app)
history.register(app)
publish.register(app)
teach.register(app)
texts.register(app)


def _version(value: bool) -> None:
    if value:
        from glossgraph import __version__

        output.emit_text(f"glossgraph {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and end."
    ),
) -> None:
    """Take the options that come before any command."""


def main(arguments: list[str] | None = None) -> int:
    """Run a command line and return its exit code."""
    try:
        app(args=arguments, prog_name="glossgraph")
    except SystemExit as end:  # every command ends so; usage errors with 2
        return end.code if isinstance(end.code, int) else DONE
    except tuple(kind for kind, _ in EXITS) as error:
        output.say(str(error))
        return next(code for kind, code in EXITS if isinstance(error, kind))
    return DONE
