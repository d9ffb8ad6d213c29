"""What of the graph a request wants to look at: its snapshot, and the selection of relations."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.requests import Request

from api.parameters import Parameters
from api.service import Snapshot
from kg.selection import DIRECTIONS

SELECTION = ("type", "family", "basis", "direction", "min_confidence", "implied")
"""Parameters that choose relations."""


def snapshot_of(request: Request) -> Snapshot:
    """Return the revision that a request is answered from."""
    snapshot: Snapshot = request.scope["snapshot"]
    return snapshot


def name_of(request: Request, name: str) -> str:
    """Return a concept's name as it was given; of the address of its page here, the last step.

    So that what stands in a browser's address bar names the concept, too, wherever the server runs
    that the graph's IRIs were not made for.
    """
    if not name.startswith(("http://", "https://")):
        return name
    parts, root = urlsplit(name), request.scope.get("root_path", "")
    pages = f"{root}/concepts/"
    if parts.netloc != request.url.netloc or not parts.path.startswith(pages):
        return name
    return unquote(parts.path.removeprefix(pages))


def selection(snapshot: Snapshot, asked: Parameters, direction: str = "") -> dict[str, Any]:
    """Return what of the graph a request wants to look at, for neighbours and paths.

    ``direction`` is that of a request without one.
    """
    known = snapshot.index.vocabulary
    return {
        "types": asked.several("type", known.keys) or None,
        "families": asked.several("family", known.families) or None,
        "bases": asked.several("basis", known.bases) or None,
        "direction": asked.one("direction", DIRECTIONS, direction),
        "min_confidence": asked.fraction("min_confidence", 0.0),
        "implied": asked.switch("implied", True),
    }
