"""The command line: ``glossgraph COMMAND``.

:func:`main` alone turns errors into messages and exit codes: 0 done; 1 findings, nothing found, or
partial failure; 2 usage; 3 input unreadable.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import typer

from api.cli import output
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
    PullFailed,
    PushFailed,
    QueryBusy,
    QueryFailed,
    QueryTimeout,
    QueryTooLarge,
    SourceClash,
    UnknownKey,
)
from kg.project import MalformedProject
from kg.results import UnfitFormat
from kg.review import MalformedReview
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
    (PullFailed, FOUND_NOTHING),
    (MalformedQuery, USAGE),
    (MissingExtra, UNREADABLE),
    (BadSetting, USAGE),
    (UnknownKey, USAGE),
    (MissingExtra, USAGE),
    (UnfitFormat, USAGE),
    (QueryFailed, FOUND_NOTHING),
    (SourceClash, USAGE),
    (MalformedProject, UNREADABLE),
    (MalformedReview, UNREADABLE),
    (MalformedLexicon, UNREADABLE),
    (MalformedVocabulary, UNREADABLE),
    (SourceError, UNREADABLE),
    (ModelNotFound, UNREADABLE),
    (GraphNotFound, UNREADABLE),
    (OSError, UNREADABLE),
)

# The modules of this folder that hold the commands, in the order of the help.
COMMANDS: dict[str, tuple[str, ...]] = {
    "make": ("extract", "build", "serve"),
    "ask": ("concept", "neighbors", "path", "search", "explain", "export"),
    "sparql": ("query",),
    "draw": ("map",),
    "check": ("check",),
    "history": ("diff", "revisions"),
    "review": ("review",),
    "publish": ("site", "push", "pull"),
    "teach": ("quiz", "lesson"),
    "texts": ("annotate", "context", "mcp"),
}


def command_line(arguments: Sequence[str] = ()) -> typer.Typer:
    """Return the command line, with no more than the module of the command that is asked for.

    Importing what all commands need takes as long as reading a small glossary. Where the first
    argument is no command, all are there: for the help, and to name those that are like it.
    """
    app = typer.Typer(
        name="glossgraph",
        help="Point it at a glossary, get a concept graph to query, draw, export and teach with.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    asked = arguments[0] if arguments else ""
    needed = [name for name, commands in COMMANDS.items() if asked in commands]
    for name in needed or COMMANDS:
        import_module(f"api.cli.{name}").register(app)
    return app


def _version(value: bool) -> None:
    if value:
        from glossgraph import __version__

        output.emit_text(f"glossgraph {__version__}")
        raise typer.Exit


def _options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and end."
    ),
) -> None:
    """Take the options that come before any command."""


def _sentence(error: Exception) -> str:
    """Return what an error says, those of the system without their number."""
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename}: {error.strerror}"
    return str(error)


def main(arguments: list[str] | None = None) -> int:
    """Run a command line and return its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        command_line(arguments)(args=arguments, prog_name="glossgraph")
    except SystemExit as end:  # every command ends so; usage errors with 2
        return end.code if isinstance(end.code, int) else DONE
    except tuple(kind for kind, _ in EXITS) as error:
        output.say(_sentence(error))
        return next(code for kind, code in EXITS if isinstance(error, kind))
    return DONE
