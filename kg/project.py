"""``glossgraph.toml``: what a build should know beyond the sources themselves; all optional."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

PROJECT_FILE = "glossgraph.toml"
"""The file's name."""
DEFAULT_BASE = "http://localhost:8000/"
"""Base IRI where the project names none: right for a graph served on one's own machine."""
REUSE = ("full", "excerpt", "term")
"""How much of a source's words may be republished."""


class MalformedProject(ValueError):
    """A project file cannot be read, has an unknown key, or a value of the wrong form."""

    def __init__(self, path: Path | str, reason: str) -> None:
        self.path = str(path)
        self.reason = reason
        super().__init__(f"{path}: {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """What the project says about one source."""

    place: str
    """Path (absolute), glob or address, as ``extract`` takes it."""
    name: str
    """``Source.name``: the file's stem where the project gives none."""
    title: str = ""
    publisher: str = ""
    url: str = ""
    licence: str = ""
    language: str = ""
    retrieved: str = ""
    reuse: str = ""
    """One of :data:`REUSE`, or empty: then by licence, see :meth:`republished`."""
    own: bool = False
    """Whether the words are the project's own."""

    def republished(self) -> str:
        """Return how much may be republished: all of what is own or licensed, else an excerpt."""
        return self.reuse or ("full" if self.own or self.licence else "excerpt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What a ``glossgraph.toml`` says; the defaults stand for a build without one."""

    title: str = ""
    base: str = DEFAULT_BASE
    """With its closing slash."""
    language: str = ""
    """Of the labels to prefer and of the relations' wording; empty: that of most entries and
    English."""
    sources: tuple[SourceSettings, ...] = ()
    folder: str = ""
    """Graph folder that ``build`` writes to without ``-o``."""
    lexicon: str = ""
    """File with further verbs and patterns."""
    types: str = ""
    """File with further relation types."""
    review: str = ""
    """A reviewer's table (:mod:`kg.review`); no decisions where there is no such file yet."""
    model: str = ""
    """Name or path of a spaCy model, for the language it is of."""
    models: Mapping[str, str] = field(default_factory=dict)
    """Language tag → name or path of the spaCy model that reads it."""
    rules: Mapping[str, str] = field(default_factory=dict)
    """Lint rule → severity, or ``off``."""

    def arguments(self) -> list[str]:
        """Return the sources as ``extract`` takes them, in order."""
        return [source.place for source in self.sources]

    def parsers(self) -> tuple[str, ...]:
        """Return the models as ``--model`` takes them."""
        given = (f"{language}={name}" for language, name in sorted(self.models.items()))
        return (*([self.model] if self.model else ()), *given)

    def source(self, name: str) -> SourceSettings:
        """Return what is said about a source; nothing is said about one not named."""
        return next(
            (s for s in self.sources if s.name == name), SourceSettings(place="", name=name)
        )


def load_project(path: Path) -> Project:
    """Return the project that a file describes; relative paths are from the file's folder.

    Raises:
        MalformedProject: no TOML, an unknown key, a value of the wrong form, two equal names.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise MalformedProject(path, f"it cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise MalformedProject(path, "it is not UTF-8, which TOML demands") from error
    except tomllib.TOMLDecodeError as error:
        raise MalformedProject(path, f"it is no TOML: {error}") from error
    values = _values(path, data, _PROJECT_KEYS, "")
    sources = tuple(_source(path, n, table) for n, table in enumerate(values.pop("sources", [])))
    names = [source.name for source in sources]
    for name in names:
        if names.count(name) > 1:
            raise MalformedProject(
                path, f'two sources are named "{name}"; give one of them another "name"'
            )
    base = values.get("base", DEFAULT_BASE)
    if not urlsplit(base).scheme or not urlsplit(base).netloc:
        raise MalformedProject(
            path, f'"base" is "{base}"; it must be an absolute address like https://example.org/'
        )
    values["base"] = base if base.endswith(("/", "#")) else base + "/"
    values["language"] = values.get("language", "").lower()
    for key in ("folder", "lexicon", "types", "review"):
        if values.get(key):
            values[key] = str(path.parent / values[key])
    return Project(sources=sources, **values)


# Key of the file: form of its value.
_PROJECT_KEYS: Mapping[str, type] = {
    "title": str, "base": str, "language": str, "sources": list, "folder": str, "lexicon": str,
    "types": str, "review": str, "model": str, "models": dict, "rules": dict,
}  # fmt: skip
_SOURCE_KEYS: Mapping[str, type] = {
    "path": str, "url": str, "name": str, "title": str, "publisher": str, "licence": str,
    "license": str, "language": str, "retrieved": str, "reuse": str, "own": bool,
}  # fmt: skip
_FORMS: Mapping[type, str] = {
    str: "text in quotes",
    list: "a list of tables ([[sources]])",
    dict: "a table",
    bool: "true or false",
}


def _values(
    path: Path, table: Mapping[str, Any], keys: Mapping[str, type], where: str
) -> dict[str, Any]:
    """The table's values, after a look at every key."""
    for key, value in table.items():
        if key not in keys:
            near = get_close_matches(key, keys, n=1)
            hint = f'; did you mean "{near[0]}"?' if near else f"; known are {', '.join(keys)}"
            raise MalformedProject(path, f'unknown key "{key}"{where}{hint}')
        wanted = keys[key]
        if key == "retrieved" and hasattr(value, "isoformat"):
            continue
        if not isinstance(value, wanted):
            raise MalformedProject(path, f'"{key}"{where} must be {_FORMS[wanted]}')
    return dict(table)


def _source(path: Path, number: int, table: object) -> SourceSettings:
    where = f" of source {number + 1}"
    if not isinstance(table, dict):
        raise MalformedProject(path, f"source {number + 1} must be a table ([[sources]])")
    values = _values(path, table, _SOURCE_KEYS, where)
    given, url = values.pop("path", ""), values.get("url", "")
    if not given and not url:
        raise MalformedProject(path, f'source {number + 1} has neither "path" nor "url"')
    licence = values.pop("license", "")
    values["licence"] = values.get("licence", licence)
    if "retrieved" in values:
        values["retrieved"] = str(values["retrieved"])
    if values.get("reuse", "") not in ("", *REUSE):
        raise MalformedProject(
            path, f'"reuse"{where} is "{values["reuse"]}"; it must be one of {", ".join(REUSE)}'
        )
    values.setdefault("name", _stem(given or url))
    values["language"] = values.get("language", "").lower()
    place = str(path.parent / given) if given and not urlsplit(given).netloc else given or url
    return SourceSettings(place=place, **values)


def _stem(place: str) -> str:
    """The name that a reader gives a source: the last step of its path without suffix."""
    last = unquote(urlsplit(place).path if "://" in place else place).rstrip("/").rsplit("/", 1)[-1]
    return Path(last).stem or urlsplit(place).netloc
