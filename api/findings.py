"""What the checks object to, for programs: JSON, SARIF 2.1.0, and annotations of GitHub Actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

from extract.model import Finding
from extract.readers import expand
from kg.checks import RULES, SEVERITIES
from kg.explain import Place
from kg.index import Index
from kg.places import finding_concept, finding_place
from kg.shapes import RULE as SHAPE

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
# SARIF 2.1.0, 3.27.10, and the commands of a GitHub workflow's log.
_SARIF_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_GITHUB_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A finding, and where what it is about stands."""

    finding: Finding
    concept: str
    """Slug of the concept it is about, or ``""``."""
    place: Place | None
    file: str = ""
    """Path of the source, where it was named; ``""`` for a graph alone."""
    line: int = 0
    """Line of that file, from 1; 0 where no line of it is the one that was read."""

    @property
    def at(self) -> str:
        """``source:line``, as terminals print it; else what the finding names itself."""
        return self.place.at if self.place else self.finding.subject


def locate(index: Index, findings: Sequence[Finding], files: Mapping[str, Path]) -> list[Located]:
    """Return the findings with their places; ``files`` has the path of each document."""
    lines: dict[Path, list[str]] = {}
    found = []
    for finding in findings:
        place = finding_place(index, finding)
        file = files.get(place.document) if place else None
        line = 0
        if place is not None and file is not None:
            if file not in lines:
                lines[file] = file.read_text(encoding="utf-8", errors="replace").splitlines()
            line = _line(index, place, lines[file])
        found.append(
            Located(
                finding=finding,
                concept=finding_concept(index, finding),
                place=place,
                file=file.as_posix() if file else "",
                line=line,
            )
        )
    return found


def _line(index: Index, place: Place, lines: Sequence[str]) -> int:
    """Return the line of the file that a line of the text was read from, 0 if several may be."""
    text = index.texts.get(place.document)
    if text is None or not place.line:
        return 0
    said = text.text.split("\n")[place.line - 1].strip()
    if place.line <= len(lines) and lines[place.line - 1].strip() == said:
        return place.line
    holding = [number for number, line in enumerate(lines, start=1) if said and said in line]
    return holding[0] if len(holding) == 1 else 0


def files_of(arguments: Sequence[str]) -> dict[str, Path]:
    """Return the file of each document that the sources named by ``arguments`` give.

    Raises:
        UnreadableSource: an argument names no file.
    """
    found: dict[str, Path] = {}
    for source in expand(arguments):
        parts = source.parts or ("",) * len(source.paths)
        for path, part in zip(source.paths, parts, strict=True):
            found[f"sources/{source.name}/{part}" if part else f"sources/{source.name}"] = path
    return found


def counts(findings: Sequence[Finding]) -> dict[str, int]:
    """Return how many findings there are of each severity."""
    return {level: sum(f.severity == level for f in findings) for level in SEVERITIES}


def view(located: Sequence[Located]) -> dict[str, Any]:
    """Return the findings as JSON values."""
    return {
        "counts": counts([each.finding for each in located]),
        "findings": [
            {
                "rule": each.finding.rule,
                "severity": each.finding.severity,
                "subject": each.finding.subject,
                "concept": each.concept or None,
                "message": each.finding.message,
                "source": each.place.source if each.place else None,
                "place": each.at,
            }
            for each in located
        ],
    }


def sarif(located: Sequence[Located], version: str) -> bytes:
    """Return a SARIF log, as code hosts and editors read it."""
    used = dict.fromkeys(each.finding.rule for each in located)
    rules = [
        {"id": key, "shortDescription": {"text": RULES[key].title}} if key in RULES else {"id": key}
        for key in used
    ]
    number = {key: place for place, key in enumerate(used)}
    driver = {"name": "glossgraph", "semanticVersion": version, "rules": rules}
    results = []
    for each in located:
        result: dict[str, Any] = {
            "ruleId": each.finding.rule,
            "ruleIndex": number[each.finding.rule],
            "level": _SARIF_LEVELS[each.finding.severity],
            "message": {"text": each.finding.message},
        }
        location: dict[str, Any] = {}
        if each.file:
            location["physicalLocation"] = {"artifactLocation": {"uri": each.file}}
            if each.line:
                location["physicalLocation"]["region"] = {"startLine": each.line}
        name = each.concept or each.finding.subject
        location["logicalLocations"] = [{"name": name, "fullyQualifiedName": each.at}]
        results.append({**result, "locations": [location]})
    log = {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    return orjson.dumps(log, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def github(located: Sequence[Located], _: str) -> bytes:
    """Return workflow commands, one a line, which GitHub Actions shows beside the lines."""
    lines = []
    for each in located:
        fields = {"file": each.file, "line": each.line or "", "title": each.finding.rule}
        said = ",".join(f"{key}={_field(str(value))}" for key, value in fields.items() if value)
        message = each.finding.message if each.file else f"{each.at}: {each.finding.message}"
        lines.append(f"::{_GITHUB_LEVELS[each.finding.severity]} {said}::{_escaped(message)}\n")
    return "".join(lines).encode()


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _field(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


FORMATS: Mapping[str, Callable[[Sequence[Located], str], bytes]] = MappingProxyType(
    {"sarif": sarif, "github": github}
)
"""What systems that run checks read, by the key of ``check --format``."""

KEYS = (*RULES, SHAPE)
"""Every rule that a finding may be of."""
