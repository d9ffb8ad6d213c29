"""Sets of concepts that a map page draws: named ones, a source, a community, a search, a start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from api.drawing import MOST
from api.pages import words
from api.parameters import Parameters
from api.problems import invalid_parameter
from api.service import OVERVIEW_UP_TO, Snapshot
from api.texts import Texts
from kg.neighbors import neighbors
from kg.search import search

FIRST = 24
"""Concepts of the map that is shown before anybody asked for one, and around one concept."""
_FOUND = 30
"""Concepts that a search brings to a map."""
_LISTED = 8
"""Communities that the page offers, the largest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A set of concepts for one map, and what it is called."""

    slugs: tuple[str, ...]
    title: str
    given: dict[str, str]
    """The query string that asks for it."""
    focus: str = ""
    left_out: int = 0
    """Concepts of the set that one map has no room for."""
    chosen: bool = False
    """Whether its concepts were named one by one, so that each can be taken out again."""


def topic(request: Request, snapshot: Snapshot, asked: Parameters) -> Topic:
    """Return what the query string asks for; without any, the surroundings of the best connected.

    Raises:
        ConceptNotFound, AmbiguousLabel: a name stands for no concept, or several.
        Problem: there is no such source or community.
    """
    say = words(request)
    if source := asked.one("source", snapshot.sources):
        slugs = snapshot.catalogue.filtered(source=source)
        return _most(snapshot, slugs, snapshot.sources[source].title, {"source": source})
    if community := asked.text("community", ""):
        return _community(snapshot, say, community)
    if q := asked.text("q", "", length=500):
        hits = [hit.concept for hit in search(snapshot.index, q, limit=_FOUND).hits]
        return _most(snapshot, hits, say("map.found", asked=q).unescape(), {"q": q})
    named = [name.strip() for name in asked.text("concepts", "").split(",")]
    named += [name.strip() for name in request.query_params.getlist("add")]
    slugs = snapshot.index.resolve_each(name for name in named if name)
    if slugs:
        slugs = list(dict.fromkeys(slugs))
        title = say("map.chosen", n=len(slugs)).unescape()
        found = _most(snapshot, slugs, title, {"concepts": ",".join(slugs)})
        return Topic(
            slugs=found.slugs, title=title, given=found.given, left_out=found.left_out, chosen=True
        )
    around = asked.text("around", "")
    hub = snapshot.index.resolve(around) if around else next(iter(snapshot.hubs), "")
    return _around(snapshot, say, hub)


def _around(snapshot: Snapshot, say: Texts, slug: str) -> Topic:
    if not slug:
        return Topic(slugs=(), title="", given={})
    bases = [key for key in snapshot.index.vocabulary.bases if key != "mention"]
    near = neighbors(snapshot.index, slug, depth=2, bases=bases)
    slugs = (slug, *(step.concept for step in near[: FIRST - 1]))
    title = say("map.around", label=snapshot.index.label(slug)).unescape()
    return Topic(
        slugs=slugs, title=title, given={"around": slug}, focus=slug,
        left_out=max(0, len(near) + 1 - len(slugs)),
    )  # fmt: skip


def _community(snapshot: Snapshot, say: Texts, number: str) -> Topic:
    groups = snapshot.communities
    if not number.isdecimal() or int(number[:9]) >= len(groups):
        raise invalid_parameter("community", f"There are {len(groups)} communities, from 0.")
    members = groups[int(number)]
    return _most(snapshot, members, community_name(snapshot, say, members), {"community": number})


def community_name(snapshot: Snapshot, say: Texts, members: Sequence[str]) -> str:
    """Return what a community is called: after its best connected concepts."""
    index = snapshot.index
    hubs = sorted(members, key=lambda slug: (-index.degree(index.number[slug]), slug))
    return say("map.community", labels=", ".join(index.label(s) for s in hubs[:3])).unescape()


def communities(snapshot: Snapshot, say: Texts) -> list[dict[str, object]]:
    """Return the largest communities of at least three concepts, as links' words."""
    if len(snapshot.graph.concepts) > OVERVIEW_UP_TO:
        return []
    return [
        {"number": number, "name": community_name(snapshot, say, members), "size": len(members)}
        for number, members in enumerate(snapshot.communities[:_LISTED])
        if len(members) > 2
    ]


def _most(snapshot: Snapshot, slugs: Sequence[str], title: str, given: dict[str, str]) -> Topic:
    """Return the best connected of ``slugs`` that one map has room for."""
    index = snapshot.index
    kept = list(dict.fromkeys(slugs))
    if len(kept) > MOST:
        kept.sort(key=lambda slug: (-index.degree(index.number[slug]), slug))
    return Topic(
        slugs=tuple(kept[:MOST]), title=title, given=given, left_out=max(0, len(kept) - MOST)
    )
