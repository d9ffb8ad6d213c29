"""Queries of plain patterns, read; what differs in constants only is read once.

For any text that is none, also for a wrong one, there is no question: the real parser has to look.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kg.patterns.grammar import LONG, Form, Grammar, Unread, is_absolute
from kg.patterns.plan import Question
from kg.rdf import literal

_TOKEN = re.compile(
    r"""<[^\x00-\x20<>"{}|^`\\]*>
    |"{3}|'{3}
    |"(?:[^"\\\r\n]|\\[tbnrf"'\\])*"
    |'(?:[^'\\\r\n]|\\[tbnrf"'\\])*'
    |\#[^\r\n]*
    |[?$][A-Za-z_][A-Za-z0-9_]*
    |@[A-Za-z]+(?:-[A-Za-z0-9]+)*
    |(?:[A-Za-z][A-Za-z0-9_-]*+)?:(?:[A-Za-z0-9_:](?:[A-Za-z0-9_.:-]*[A-Za-z0-9_:-])?)?
    |[A-Za-z_][A-Za-z0-9_-]*
    |[0-9]+
    |[^ \t\r\n]""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_MOST_LETTERS = 8_000
_MOST_ESCAPES = 40
"""More, in a literal that does not end, would be read again from each of them."""
_MOST_TOKENS = 400
_MOST_DIGITS = 9
_SHAPES = 500


class Reading:
    """Reads queries, and knows those again that differ in their constants only."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = dict(prefixes)
        """Those that need no declaration."""
        self._known: dict[tuple[str, ...], Form | None] = {}

    def read(self, text: str) -> Question | None:
        """Return what a query asks; None where it is not one of plain patterns."""
        if len(text) > _MOST_LETTERS or text.count("\\") > _MOST_ESCAPES:
            return None
        if "\\u" in text or "\\U" in text:  # letters may be written so anywhere (§19.2)
            return None
        tokens: list[str] = _TOKEN.findall(text)
        if "#" in text:
            tokens = [token for token in tokens if token[0] != "#"]
        if len(tokens) > _MOST_TOKENS:
            return None
        shape = _shape(tokens)
        try:
            form = self._known[shape]
        except KeyError:
            form = self._form(tokens)
            if form is None or form.again:
                if len(self._known) >= _SHAPES:
                    self._known.clear()
                self._known[shape] = form
        return _question(form, tokens) if form else None

    def _form(self, tokens: list[str]) -> Form | None:
        try:
            return Grammar(tokens, self._prefixes).query()
        except (Unread, IndexError):
            return None


def _shape(tokens: Sequence[str]) -> tuple[str, ...]:
    """Return tokens with those made equal that may be constants, or numbers.

    What stands in the prologue, or behind an equals sign, is none.
    """
    shape = []
    before = ""
    for token in tokens:
        first = token[0]
        if first == "<" and len(token) > 1 and before != ":":
            shape.append("< >")  # no token looks so
        elif first in "\"'" and len(token) > 1 and token not in LONG and before != "=":
            shape.append('"\n"')
        elif "0" <= first <= "9":
            shape.append("0 ")
        else:
            shape.append(token)
        before = token[-1]
    return tuple(shape)


def _question(form: Form, tokens: Sequence[str]) -> Question | None:
    """Return a query that was read with the constants of ``tokens``."""
    numbers = [None if at is None else tokens[at] for at in (form.limit, form.offset)]
    if any(number and len(number) > _MOST_DIGITS for number in numbers):
        return None
    limit, offset = (None if number is None else int(number) for number in numbers)
    constants = []
    for at, said in form.constants:
        term = said if at < 0 else _constant(tokens[at], said)
        if term is None:
            return None
        constants.append(term)
    return Question(plan=form.plan, constants=tuple(constants), limit=limit, offset=offset or 0)


def _constant(token: str, language: str) -> str | None:
    """Return an IRI or literal as N-Triples has it; None where it would be resolved, or changed."""
    if token[0] == "<":
        return token if is_absolute(token) else None
    text = token[1:-1]
    if "\\" in text:
        text = _ESCAPE.sub(lambda m: _ESCAPED.get(m[1], m[1]), text)
    said = literal(text, language)
    if "\ufffd" in said or said.endswith('"') == bool(language):  # no Unicode text, or no tag
        return None
    return said
