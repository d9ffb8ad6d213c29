"""oEmbed 1.0 (https://oembed.com): what a wiki or a blog asks when somebody pastes an address."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from api import embed, service_models, views
from api.embedding import may_embed
from api.negotiate import CONCEPT_FORMATS, HTML, by_suffix
from api.parameters import Parameters
from api.problems import Problem
from api.replies import reply, reply_json
from api.routes import Route
from api.selecting import snapshot_of
from api.service import Snapshot
from kg.concept_map import rail_map, term_map
from kg.errors import AmbiguousLabel, ConceptNotFound
from kg.index import Index

FORMATS = ("json", "xml")
WIDTH = 860
"""px that an embed is wide where nobody asks for less: a map at its full size."""
NARROW = 800
"""px below which an embed draws the rail (static/glossgraph.css)."""
_AROUND = 270
"""px of an embed besides its map: definition, legend, credit, at a usual length."""
_KEPT = 86_400
"""Seconds that a consumer may keep the answer."""
_PAGES = ("concepts", "embed", "share")
"""First steps of the addresses that lead to a concept."""


async def oembed(request: Request) -> Response:
    """Answer what to paste for the address of a concept."""
    asked = Parameters(request, ("url", "maxwidth", "maxheight", "format"), strict=False)
    format = asked.text("format", "json")
    if format not in FORMATS:
        raise Problem(
            "not-implemented", f'oEmbed is not answered as "{format}". Ask for json or xml.'
        )
    if not may_embed(request.app.state.settings):
        raise Problem("not-embeddable", "This server's pages may stand in no other page.")
    slug = concept_of(request, asked.text("url"))
    width = min(asked.number("maxwidth", WIDTH, most=100_000), WIDTH)
    height = asked.number("maxheight", 100_000, most=100_000)
    value = answer(request, slug, width=width, most=height)
    if format == "json":
        return reply_json(request, value)
    return reply(request, _xml(value), "text/xml", vary="")


def concept_of(request: Request, url: str) -> str:
    """Return the slug of the concept that an address of this server, or an IRI, stands for.

    Raises:
        Problem: it is no page of a concept here.
    """
    snapshot = snapshot_of(request)
    root = request.scope.get("root_path", "")
    parts = urlsplit(url)
    name = ""
    if url.startswith(f"{snapshot.graph.base}concepts/"):
        name = parts.path.rpartition("/")[2]
    elif parts.netloc == request.url.netloc and parts.path.startswith(f"{root}/"):
        first, _, rest = parts.path.removeprefix(f"{root}/").partition("/")
        name = rest if first in _PAGES else ""
    name = unquote(name)
    if name and name not in snapshot.index.number:
        name, _ = by_suffix(name, (HTML, *CONCEPT_FORMATS))
    try:
        return snapshot.index.resolve(name)
    except (ConceptNotFound, AmbiguousLabel) as error:
        raise Problem("not-found", f'"{url}" is no term of this glossary.') from error


def answer(request: Request, slug: str, *, width: int, most: int) -> dict[str, Any]:
    """Return the members of the answer (oEmbed 1.0 §2.3.4.4), ``width`` px wide."""
    snapshot = snapshot_of(request)
    base = base_of(request)
    height = min(height_of(snapshot.index, slug, width), most)
    return {
        "version": "1.0",
        "type": "rich",
        "title": snapshot.index.label(slug),
        "provider_name": snapshot.graph.title,
        "provider_url": f"{base}/",
        "cache_age": _KEPT,
        "html": frame(snapshot, slug, base=base, width=width, height=height),
        "width": width,
        "height": height,
    }


def base_of(request: Request) -> str:
    """Return the address under which the client sees this server, without a closing slash."""
    return str(request.base_url).rstrip("/")


def height_of(index: Index, slug: str, width: int) -> int:
    """Return about how many px high an embed is at a width."""
    drawn = term_map(index, slug) if width >= NARROW else rail_map(index, slug)
    scale = min(1.0, (width - 40) / max(1.0, drawn.width))
    lines = max(0, 820 - width) // 4  # a narrower definition has more lines
    return round(drawn.height * scale) + _AROUND + lines


def frame(
    snapshot: Snapshot, slug: str, *, base: str, width: int | None = None, height: int
) -> str:
    """Return the iframe of a concept as HTML; without ``width`` it is as wide as there is room."""
    title = escape(f"Concept map: {snapshot.index.label(slug)}")
    return (
        f'<iframe src="{escape(base + embed.path(slug))}" title="{title}" '
        f'width="{width or "100%"}" height="{height}" loading="lazy" frameborder="0"></iframe>'
    )


def discovery(request: Request, slug: str) -> Markup:
    """Return the link by which a consumer finds the answer for a concept's page."""
    if not may_embed(request.app.state.settings):
        return Markup("")
    base = base_of(request)
    return Markup(
        '<link rel="alternate" type="application/json+oembed" href="{}/oembed?url={}" title="{}">\n'
    ).format(base, quote(base + views.path(slug), safe=""), snapshot_of(request).index.label(slug))


def _xml(value: Mapping[str, Any]) -> bytes:
    members = "".join(f"<{name}>{escape(str(each))}</{name}>" for name, each in value.items())
    text = f'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<oembed>{members}</oembed>\n'
    return text.encode()


ROUTES: tuple[Route, ...] = (
    Route(
        path="/oembed",
        handler=oembed,
        summary="What to paste for the address of a term (oEmbed 1.0)",
        tag="embeds",
        parameters=("url", "maxwidth", "maxheight", "format"),
        answer=service_models.OEmbed,
        media_types=("application/json", "text/xml"),
        problems=("not-embeddable", "not-found", "invalid-parameter", "not-implemented"),
    ),
)
"""Routes of oEmbed."""
