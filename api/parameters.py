"""Query parameters as the REST routes read them: known names, ranges, keys, cursors."""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping, Sequence
from urllib.parse import unquote_to_bytes

from starlette.datastructures import QueryParams
from starlette.requests import Request

from api.catalogue import letter_of
from api.problems import Problem, invalid_parameter, nearest, unknown_parameters

_TRUE = {"1", "true", "yes", "on"}
_PLAIN_BASE64 = str.maketrans("-_", "+/")
_FALSE = {"0", "false", "no", "off"}


class Parameters:
    """The query string of a request, read by the table of names that its route knows."""

    def __init__(
        self,
        request: Request,
        known: Collection[str],
        *,
        strict: bool = True,
        more: Mapping[str, object] | None = None,
    ) -> None:
        """Read the query string, and ``more``: members of a JSON body, which go before it.

        Pages are not ``strict``: links to them carry what others put there (``utm_source``).

        Raises:
            Problem: it has a parameter that is not in ``known``.
        """
        self._values: QueryParams = request.query_params
        if more:
            for name, value in more.items():
                if isinstance(value, Mapping):
                    raise invalid_parameter(name, f'"{name}" is a text or a number, no object.')
            given = [(name, _written(value)) for name, value in more.items() if value is not None]
            kept = [pair for pair in self._values.multi_items() if pair[0] not in more]
            self._values = QueryParams(kept + given)
        if strict and "\ufffd" in str(self._values.multi_items()):
            _require_utf8(request.scope["query_string"])
        given_names = [name for name, _ in self._values.multi_items()]
        self._repeated: Collection[str] = ()
        if strict and len(given_names) > len(self._values):
            self._repeated = {name for name in given_names if given_names.count(name) > 1}
        unknown = [name for name in self._values if name not in known]
        if unknown and strict:
            raise unknown_parameters(unknown, known)

    def _value(self, name: str) -> str | None:
        """Return the only value of a parameter, None where it is not given."""
        if name in self._repeated:
            raise invalid_parameter(name, f'Give "{name}" once.')
        return self._values.get(name)

    def text(self, name: str, default: str | None = None, *, length: int = 2000) -> str:
        """Return a text; without ``default`` it must be there and not be empty."""
        value = self._value(name) or ""
        if not value.strip():
            if default is None:
                raise invalid_parameter(name, f'Give "{name}" a value: ?{name}=…')
            return default
        if len(value) > length:
            raise invalid_parameter(name, f'"{name}" may have {length} characters.')
        return value

    def number(self, name: str, default: int, *, most: int, least: int = 1) -> int:
        """Return a whole number from ``least`` to ``most``."""
        value = self._value(name)
        if value is None:
            return default
        if not value.strip().isdecimal() or not least <= int(value[:12]) <= most:
            raise invalid_parameter(name, f'"{name}" is a whole number from {least} to {most}.')
        return int(value)

    def fraction(self, name: str, default: float) -> float:
        """Return a number from 0 to 1."""
        value = self._value(name)
        if value is None:
            return default
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if not 0 <= number <= 1:
            raise invalid_parameter(name, f'"{name}" is a number from 0 to 1.')
        return number

    def switch(self, name: str, default: bool) -> bool:
        """Return a yes or no."""
        value = (self._value(name) or "").strip().lower()
        if not value:
            return default
        if value not in _TRUE | _FALSE:
            raise invalid_parameter(name, f'"{name}" is true or false.')
        return value in _TRUE

    def letter(self) -> str:
        """Return the letter of a list, ``""`` where it is not given."""
        try:
            return letter_of(self._value("letter") or "")
        except ValueError as error:
            raise invalid_parameter(
                "letter", f'"letter" is one letter, or # for digits and signs, not "{error}".'
            ) from error

    def one(self, name: str, among: Collection[str], default: str = "") -> str:
        """Return one of the keys ``among``, or ``default`` where it is not given."""
        value = (self._value(name) or "").strip()
        if not value:
            return default
        self._check(name, value, among)
        return value

    def several(self, name: str, among: Collection[str]) -> tuple[str, ...]:
        """Return keys ``among``, given repeatedly or with commas; empty where not given."""
        values = [v.strip() for each in self._values.getlist(name) for v in each.split(",")]
        values = list(dict.fromkeys(v for v in values if v))
        for value in values:
            self._check(name, value, among)
        return tuple(values)

    def names(self, name: str) -> list[str]:
        """Return names of concepts, given repeatedly, or in one value with commas.

        A label may hold a comma, so a value given repeatedly is not taken apart.
        """
        given = [value.strip() for value in self._values.getlist(name) if value.strip()]
        if not given:
            raise invalid_parameter(name, f'Give "{name}" a value: ?{name}=…')
        if sum(map(len, given)) > 50_000:
            raise invalid_parameter(name, f'"{name}" may have 50000 characters.')
        parts = given if len(given) > 1 else [each.strip() for each in given[0].split(",")]
        return [each for each in parts if each]

    def cursor(self, name: str = "cursor") -> str:
        """Return what :func:`cursor` hid, ``""`` where it is not given."""
        value = self._value(name) or ""
        if not value:
            return ""
        try:
            padded = (value + "=" * (-len(value) % 4)).translate(_PLAIN_BASE64)
            return base64.b64decode(padded, validate=True).decode()
        except ValueError as error:  # no ASCII, no base64, or no UTF-8 in it
            raise invalid_parameter(
                name, "This cursor is none of ours. Begin again without it."
            ) from error

    def place(self, length: int, name: str = "cursor") -> int:
        """Return the place in a list of ``length`` items that a cursor stands for."""
        value = self.cursor(name)
        if not value:
            return 0
        if not value.isdecimal() or int(value) > length:
            raise invalid_parameter(name, "This cursor is none of ours. Begin again without it.")
        return int(value)

    def _check(self, name: str, value: str, among: Collection[str]) -> None:
        if value in among:
            return
        detail = f'"{name}" has no value "{value}".'
        if nearest(value, among) is None:
            shown: Sequence[str] = list(among)[:40]
            detail += f" There are: {', '.join(shown)}." if shown else ""
        raise invalid_parameter(name, detail, among, value)


def _require_utf8(query: bytes) -> None:
    """Raise the problem of a query string that is not UTF-8 behind its percent signs."""
    for part in query.split(b"&"):
        name, _, value = part.partition(b"=")
        try:
            unquote_to_bytes(value).decode()
        except UnicodeDecodeError:
            detail = "The value is not UTF-8. Percent-encode it as UTF-8."
            raise invalid_parameter(name.decode("latin-1"), detail) from None


def _written(value: object) -> str:
    """Return a JSON value as it would stand in a query string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(_written(each) for each in value)
    return str(value)


def cursor(value: str | int) -> str:
    """Return ``value`` as an opaque word for an address."""
    return base64.urlsafe_b64encode(str(value).encode()).decode().rstrip("=")


def require_found(value: object, what: str) -> None:
    """Raise the problem of an unknown ``what`` unless there is a value."""
    if value is None:
        raise Problem("not-found", f"There is no {what}.")
