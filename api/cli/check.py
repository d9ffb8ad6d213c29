"""The command that lints: check."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from api import findings, opening
from api.cli import output
from api.cli.ask import open_snapshot
from api.cli.make import AsJson
from extract.errors import UnreadableSource
from extract.model import Finding
from kg.checks import RULES, SEVERITIES, check
from kg.errors import UnknownKey
from kg.project import PROJECT_FILE, load_project
from kg.shapes import RULE as SHAPE
from kg.shapes import check_shapes

NEVER = "never"


def register(app: typer.Typer) -> None:
    """Add the command of this module to ``app``."""
    app.command("check")(output.exiting(check_of))


def check_of(
    where: Annotated[
        str,
        typer.Argument(metavar="GRAPH|SOURCE", help="A graph's folder, or a glossary to read."),
    ],
    rule: Annotated[
        list[str] | None,
        typer.Option("--rule", metavar="KEY", help="Only this rule; may be repeated."),
    ] = None,
    severity: Annotated[
        str, typer.Option("--severity", help=f"No less than: {', '.join(SEVERITIES)}.")
    ] = "info",
    level: Annotated[
        list[str] | None,
        typer.Option("--level", metavar="RULE=SEVERITY|off", help="As [rules] of glossgraph.toml."),
    ] = None,
    fail_on: Annotated[
        str, typer.Option("--fail-on", help=f"End with 1 from: {', '.join(SEVERITIES)}, {NEVER}.")
    ] = "error",
    shapes: Annotated[
        bool, typer.Option("--shapes", help="The RDF against the SHACL shapes as well.")
    ] = False,
    format_: Annotated[
        str | None,
        typer.Option("--format", metavar="KEY", help=f"One of {', '.join(findings.FORMATS)}."),
    ] = None,
    rules: Annotated[bool, typer.Option("--rules", help="List the rules instead.")] = False,
    as_json: AsJson = False,
) -> int:
    """Lint a graph or a glossary; ends with 1 where there are errors."""
    _known("severity", severity, SEVERITIES)
    _known("severity", fail_on, (*SEVERITIES, NEVER))
    for key in rule or ():
        _known("rule", key, findings.KEYS)
    if format_ is not None:
        _known("format of findings", format_, tuple(findings.FORMATS))
    levels = {**_project_levels(where), **_levels(level or ())}
    if rules:
        rows = [(r.key, levels.get(r.key, r.severity), r.title) for r in RULES.values()]
        output.emit_rows(("rule", "severity", "what holds"), rows)
        return 0
    snapshot = open_snapshot(where)
    found = check(snapshot.graph, levels=levels, only=_of_checks(rule), noted=True)
    if shapes or SHAPE in (rule or ()):
        found += check_shapes(snapshot.graph)
    shown = [f for f in found if SEVERITIES.index(f.severity) <= SEVERITIES.index(severity)]
    located = findings.locate(snapshot.index, shown, _files(where))
    if format_ is not None:
        from glossgraph import __version__

        output.emit_bytes([findings.FORMATS[format_](located, __version__)])
    elif as_json:
        output.emit_json(findings.view(located))
    elif located:
        output.emit_rows(
            ("severity", "rule", "place", "message"),
            ((f.finding.severity, f.finding.rule, f.at, f.finding.message) for f in located),
        )
    if format_ is None and not as_json:
        output.say(_summed(shown, len(found) - len(shown), len(snapshot.graph.concepts)))
    return int(any(_grave(each, fail_on) for each in found))


def _known(what: str, key: str, among: Sequence[str]) -> None:
    if key not in among:
        raise UnknownKey(what, key, among)


def _of_checks(rule: Sequence[str] | None) -> list[str] | None:
    return None if rule is None else [key for key in rule if key != SHAPE]


def _levels(given: Sequence[str]) -> dict[str, str]:
    """Return ``RULE=SEVERITY`` as a table."""
    found = {}
    for each in given:
        key, equals, level = each.partition("=")
        if not equals:
            raise typer.BadParameter(f'"{each}" has no "=": write RULE=SEVERITY.')
        found[key] = level
    return found


def _project_levels(where: str) -> dict[str, str]:
    """Return the levels of the project that ``where`` belongs to, or that builds that graph."""
    if not opening.is_graph(where):
        return dict(opening.project_of([where])[0].rules)
    file = Path(PROJECT_FILE)
    if file.is_file():
        project = load_project(file)
        if project.folder and Path(project.folder).resolve() == Path(where).resolve():
            return dict(project.rules)
    return {}


def _files(where: str) -> dict[str, Path]:
    if opening.is_graph(where):
        return {}
    try:
        return findings.files_of(opening.project_of([where])[1])
    except UnreadableSource:
        return {}  # named among the findings


def _summed(found: Sequence[Finding], hidden: int, concepts: int) -> str:
    counts = findings.counts(found)
    said = ", ".join(
        f"{number} {name}{'s' * (number != 1)}"
        for name, number in (
            ("error", counts["error"]),
            ("warning", counts["warning"]),
            ("note", counts["info"]),
        )
        if number
    )
    all_ = "one concept" if concepts == 1 else f"{concepts} concepts"
    less = f" ({hidden} less grave not shown)" if hidden else ""
    return f"{said or 'Nothing to object to'} in {all_}{less}."


def _grave(finding: Finding, least: str) -> bool:
    return least != NEVER and SEVERITIES.index(finding.severity) <= SEVERITIES.index(least)
