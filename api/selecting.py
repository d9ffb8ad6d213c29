"""What of the graph a request wants to look at: its snapshot, and the selection of relations."""

from __future__ import annotations

from typing import Any

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


def selection(snapshot: Snapshot, asked: Parameters) -> dict[str, Any]:
    """Return what of the graph a request wants to look at, for neighbours and paths."""
    known = snapshot.index.vocabulary
    return {
        "types": asked.several("type", known.keys) or None,
        "families": asked.several("family", known.families) or None,
        "bases": asked.several("basis", known.bases) or None,
        "direction": asked.one("direction", DIRECTIONS, "both"),
        "min_confidence": asked.fraction("min_confidence", 0.0),
        "implied": asked.switch("implied", True),
    }
