"""The words of the pages, one file a language, and which language a reader gets."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup
from starlette.requests import Request

from kg.own_code import at

COOKIE = "glossgraph-language"
"""Set only when a reader chooses a language by the links at the foot of a page."""
VARY = "Accept-Language, Cookie"
"""What the words of a page depend on besides its address."""
_YEAR = 31_536_000

FILES: Mapping[str, Path] = {
    path.stem: path for path in sorted(Path(__file__).resolve().parent.glob("*.toml"))
}
"""The file of each language by its tag (BCP 47)."""
DEFAULT = "en"


class Texts:
    """The words of one language; called with a key it returns the text, safe to stand in HTML."""

    def __init__(self, language: str, words: Mapping[str, Any]) -> None:
        """Take the words of ``language`` as its file holds them."""
        self.language = language
        self.name: str = words["name"]
        self._words = {
            f"{group}.{key}": text
            for group, keys in words.items()
            if isinstance(keys, dict)
            for key, text in keys.items()
        }

    @property
    def keys(self) -> frozenset[str]:
        """The keys that there are texts for."""
        return frozenset(self._words)

    def forms(self, key: str) -> tuple[str, ...]:
        """Return the forms of a text: one, or those of a count."""
        text = self._words[key]
        return tuple(text.values()) if isinstance(text, dict) else (text,)

    def __call__(self, key: str, **values: object) -> Markup:
        """Return the text of ``key`` with ``values`` filled in and escaped.

        Where there are forms of a count, ``n`` decides: 1 takes the first.

        Raises:
            KeyError: there is no such text, or a value that it needs is not given.
        """
        text = self._words[key]
        if isinstance(text, dict):
            text = text["one" if values["n"] == 1 else "other"]
        return Markup(text).format(**values)

    def known(self, key: str, otherwise: str, **values: object) -> Markup:
        """Return the text of ``key``, or ``otherwise``, escaped, where there is none."""
        return self(key, **values) if key in self._words else Markup.escape(otherwise)


@cache
def texts(language: str) -> Texts:
    """Return the words of a language that :data:`FILES` has.

    Raises:
        KeyError: there is no file of it.
    """
    return Texts(language, tomllib.loads(at(FILES[language]).read_text(encoding="utf-8")))


def language(request: Request, content: str) -> str:
    """Return the language that a page speaks: chosen, or asked for, or the glossary's, or English.

    ``?lang=`` comes before the cookie, the cookie before ``Accept-Language`` (RFC 9110 §12.5.4);
    ``content`` is the language of the glossary.
    """
    for asked in (request.query_params.get("lang", ""), request.cookies.get(COOKIE, "")):
        if asked in FILES:
            return asked
    wanted = _accepted(request.headers.get("accept-language", ""))
    return next((tag for tag in (*wanted, content.partition("-")[0]) if tag in FILES), DEFAULT)


def _accepted(header: str) -> list[str]:
    """Return the primary subtags of an ``Accept-Language`` header, the most wanted first."""
    found: list[tuple[float, str]] = []
    for element in header.split(","):
        tag, _, weight = element.partition(";")
        try:
            quality = float(weight.partition("=")[2] or 1)
        except ValueError:
            continue
        if tag.strip() and quality > 0:
            found.append((-quality, tag.strip().lower().partition("-")[0]))
    return [tag for _, tag in sorted(found, key=lambda each: each[0])]


def remember(request: Request) -> dict[str, str]:
    """Return the header that keeps a language chosen by ``?lang=``; nothing where none is."""
    chosen = request.query_params.get("lang", "")
    if chosen not in FILES or request.cookies.get(COOKIE) == chosen:
        return {}
    path = request.scope.get("root_path", "") or "/"
    return {"Set-Cookie": f"{COOKIE}={chosen}; Path={path}; Max-Age={_YEAR}; SameSite=Lax"}
