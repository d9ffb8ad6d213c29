"""What is asked of the reconciliation service: query batches and data extension, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from api.problems import Problem
from kg.reconcile import STRICTNESS, Query

BATCH = 200
"""Queries of one batch."""
ROWS = 2000
"""Concepts of one data extension."""
MOST_CANDIDATES = 50


def _malformed(reason: str) -> Problem:
    return Problem("malformed-request", reason)


def _json_object(text: str, name: str) -> dict[str, Any]:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _malformed(f"{name} is no JSON: {error}.") from error
    if not isinstance(value, dict):
        raise _malformed(f"{name} must be a JSON object.")
    return value


def queries(text: str) -> dict[str, Query]:
    """Return the queries of a batch by their keys.

    Raises:
        Problem: it is not what the specification says (§4.2), or too long.
    """
    batch = _json_object(text, "queries")
    if len(batch) > BATCH:
        raise _malformed(f"Send at most {BATCH} queries in one batch.")
    return {key: _query(key, value) for key, value in batch.items()}


def _query(key: str, value: Any) -> Query:
    if not isinstance(value, dict):
        raise _malformed(f'The query "{key}" must be an object.')
    text, types = value.get("query", ""), value.get("type", [])
    types = [types] if isinstance(types, str) else types
    strict, limit = value.get("type_strict", "any"), value.get("limit", 5)
    properties = value.get("properties", [])
    if not isinstance(text, str) or not (text.strip() or properties):
        raise _malformed(f'The query "{key}" needs a "query" or "properties".')
    if not isinstance(types, list) or not all(isinstance(each, str) for each in types):
        raise _malformed(f'"type" of the query "{key}" must be a string, or several.')
    if strict not in STRICTNESS:
        raise _malformed(f'"type_strict" of the query "{key}" is one of {", ".join(STRICTNESS)}.')
    if isinstance(limit, bool) or not isinstance(limit, int | float) or limit < 1:
        raise _malformed(f'"limit" of the query "{key}" must be a number from 1.')
    if not isinstance(properties, list) or len(properties) > 20:
        raise _malformed(f'"properties" of the query "{key}" must be an array of at most 20.')
    return Query(
        text=text.strip()[:500],
        types=tuple(dict.fromkeys(t for t in types if t)),
        strict=strict,
        properties=tuple(_property(key, each) for each in properties),
        limit=int(min(limit, MOST_CANDIDATES)),
    )


def _property(key: str, value: Any) -> tuple[str, tuple[str, ...]]:
    if not isinstance(value, dict) or not isinstance(value.get("pid"), str) or "v" not in value:
        raise _malformed(f'Each property of the query "{key}" needs "pid" and "v".')
    values = value["v"] if isinstance(value["v"], list) else [value["v"]]
    return value["pid"], tuple(_said(each)[:500] for each in values[:20])


def _said(value: Any) -> str:
    """Return a property's value as text: an entity by its identifier."""
    if isinstance(value, dict):
        return str(value.get("id") or value.get("name") or "")
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def extension(text: str) -> tuple[list[str], list[tuple[str, Mapping[str, Any]]]]:
    """Return the identifiers and the properties, with their settings, of a data extension query.

    Raises:
        Problem: it is not what the specification says (§7.4), or too long.
    """
    members = _json_object(text, "extend")
    ids, properties = members.get("ids"), members.get("properties")
    if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
        raise _malformed('"ids" must be an array of strings.')
    if not isinstance(properties, list) or not all(
        isinstance(each, dict) and isinstance(each.get("id"), str) for each in properties
    ):
        raise _malformed('"properties" must be an array of objects with an "id".')
    if len(ids) > ROWS or len(properties) > 50:
        raise _malformed(f"Ask for at most {ROWS} concepts and 50 properties at once.")
    settings = [each.get("settings") or {} for each in properties]
    if not all(isinstance(each, dict) for each in settings):
        raise _malformed('"settings" of a property must be an object.')
    return ids, [(each["id"], said) for each, said in zip(properties, settings, strict=True)]
