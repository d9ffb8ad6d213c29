"""A query operation as requests transport it: GET, URL-encoded POST, direct POST (§2.1).

Clauses are those of SPARQL 1.1 Protocol, W3C Recommendation of 21 March 2013.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

from rapidfuzz import fuzz, process
from starlette.requests import Request

from api.problems import Problem
from api.replies import read_body

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"

PARAMETERS = ("query", "default-graph-uri", "named-graph-uri")
"""What the protocol knows."""
_FIELDS = 1000
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x20<>\"{}|\\^`]*")
_LIKE = 84
"""Likeness of 100 from which a name is taken for a misspelt one; below it stands ``queryLn``."""
# Functions whose value differs from call to call (SPARQL 1.1 §17.4), as words anywhere.
_VOLATILE = re.compile(r"\b(?:now|rand|uuid|struuid|bnode)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A query operation as the protocol transports it."""

    query: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]


def volatile(text: str) -> bool:
    """Return whether the answer to a query may change from call to call, on the safe side."""
    lowered = text.lower()
    if "\\u" in lowered:  # letters may be written so (§19.2)
        return True
    # Looked for one by one, which is far quicker than the pattern alone.
    some = "now" in lowered or "rand" in lowered or "uuid" in lowered or "bnode" in lowered
    return some and _VOLATILE.search(lowered) is not None


async def read(request: Request) -> Question | None:
    """Return the query operation of a request (§2.1); None where a GET has no query.

    Raises:
        Problem: the request is none that the protocol knows.
    """
    limit = request.app.state.settings.body_limit
    address = _decoded(request.scope["query_string"])
    if request.method == "GET":
        return _question(address, required=False)
    media_type, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    charset = parameters.partition("charset=")[2].strip().strip('"').partition(";")[0]
    if charset not in {"", "utf-8", "utf8"}:
        raise Problem("unsupported-media-type", "Queries are UTF-8 (§2.1.3). Send them so.")
    match media_type.strip():
        case "application/x-www-form-urlencoded":
            # §2.1.2 puts everything into the body; who names graphs in the address means them.
            body = _decoded(await read_body(request, limit))
            return _question([*address, *body], required=True)
        case "application/sparql-query":  # §2.1.3: graphs are in the address
            text = _text(await read_body(request, limit))
            given = [(name, value) for name, value in address if name != "query"]
            if len(given) < len(address):
                raise Problem(
                    "malformed-request",
                    "The query is in the body; leave it out of the address (§2.1.3).",
                )
            return _question([*given, ("query", text)], required=True)
        case "application/sparql-update":
            raise _refused()
        case other:
            said = f'"{other}"' if other else "missing"
            raise Problem(
                "unsupported-media-type",
                f"The Content-Type is {said}. Send {QUERY} with the query as body, or {FORM} "
                "with the field query.",
                headers={"Accept-Post": f"{QUERY}, {FORM}"},
            )


def _decoded(data: bytes) -> list[tuple[str, str]]:
    """Return the fields of a query string or form, percent-decoded once."""
    try:
        return fields(data)
    except ValueError as error:  # not ASCII, not UTF-8 behind the percent signs, too many fields
        raise Problem(
            "malformed-request", "The request is not percent-encoded UTF-8. Encode it so."
        ) from error


def fields(data: bytes) -> list[tuple[str, str]]:
    """Return the names and values of ``application/x-www-form-urlencoded``, empty values too.

    As :func:`urllib.parse.parse_qsl`, in half of its time for what is encoded much.

    Raises:
        ValueError: it is not percent-encoded UTF-8, or has over a thousand fields.
    """
    if data.count(b"&") >= _FIELDS:
        raise ValueError("too many fields")
    pairs = [part.partition(b"=") for part in data.split(b"&") if part]
    try:
        return [(unquoted(name), unquoted(value)) for name, _, value in pairs]
    except ValueError:  # it may be a percent sign that stands for itself
        text = data.decode("ascii")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)


def unquoted(data: bytes) -> str:
    """Return text without its percent-encoding: Python's own escapes are undone in C.

    Raises:
        ValueError: it is not percent-encoded UTF-8, or holds a percent sign that encodes nothing.
    """
    text = data.replace(b"+", b" ").decode("ascii")
    if "%" not in text:
        return text
    escaped = text.replace("\\", "\\\\").replace("%", "\\x")
    return escaped.encode("ascii").decode("unicode_escape").encode("latin-1").decode("utf-8")


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem("malformed-request", "The query is not UTF-8 (§2.1.3).") from error


def _question(fields: Sequence[tuple[str, str]], *, required: bool) -> Question | None:
    queries = [value for name, value in fields if name == "query"]
    if any(name == "update" for name, _ in fields):
        raise _refused()
    misspelt = {name: known for name, _ in fields if (known := _meant(name))}
    if misspelt:
        said = [f'There is no parameter "{n}". Did you mean "{k}"?' for n, k in misspelt.items()]
        raise Problem("malformed-request", " ".join(said))
    if not queries and not required and not any(name in PARAMETERS for name, _ in fields):
        return None
    if len(queries) != 1:
        raise Problem(
            "malformed-request",
            f"There are {len(queries)} queries in the request; send exactly one (§2.1.4).",
        )
    for name, value in fields:
        if name in ("default-graph-uri", "named-graph-uri") and not _IRI.fullmatch(value):
            raise Problem(
                "malformed-request", f'{name} must be an absolute IRI (RFC 3987), not "{value}".'
            )
    return Question(
        query=queries[0],
        default_graphs=tuple(value for name, value in fields if name == "default-graph-uri"),
        named_graphs=tuple(value for name, value in fields if name == "named-graph-uri"),
    )


@lru_cache(maxsize=256)
def _meant(name: str) -> str | None:
    """Return the parameter that an unknown one is likely meant for.

    Other names are left alone: clients send ``format``, ``timeout`` and the like to any endpoint.
    """
    if name in PARAMETERS:
        return None
    found = process.extractOne(name.lower(), PARAMETERS, scorer=fuzz.ratio, score_cutoff=_LIKE)
    return found and str(found[0])


def _refused() -> Problem:
    return Problem(
        "read-only",
        "Updates are not carried out: the graph is built from its sources. Change those, with PUT "
        "/api/sources/{name} where the server has a token for it, or build again.",
    )
