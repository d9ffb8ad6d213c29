"""What to copy: the code of an embed, files, alternative text; a page, or a dialog made of it."""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import quote

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from api import drawing, oembed, views
from api.embed import path
from api.embedding import may_embed
from api.negotiate import HTML, by_suffix
from api.pages import page
from api.routes import Route
from api.selecting import snapshot_of
from api.service import Snapshot
from kg.concept_map import Options, term_map

_DEPTHS = (1, 2, 3)


async def share(request: Request) -> Response:
    """Answer what to copy for one concept."""
    snapshot = snapshot_of(request)
    name, _ = by_suffix(request.path_params["name"], (HTML,))
    slug = snapshot.index.resolve(name)
    root = request.scope.get("root_path", "")
    if slug != name:
        headers = {"Location": f"{root}/share/{quote(slug, safe='')}", "Cache-Control": "no-cache"}
        return Response(status_code=302, headers=headers)
    return page(request, "share.html", here="/concepts", **context(request, snapshot, slug))


def context(request: Request, snapshot: Snapshot, slug: str) -> dict[str, Any]:
    """Return what ``share.html`` needs of a concept."""
    root = request.scope.get("root_path", "")
    base = oembed.base_of(request)
    drawn = term_map(snapshot.index, slug, Options())
    height = oembed.height_of(snapshot.index, slug, oembed.WIDTH)
    below = f"{base}/api{views.path(slug)}/map"
    label = escape(drawn.title)
    term = escape(snapshot.index.label(slug))
    says = drawn.description or drawn.title
    return {
        "label": snapshot.index.label(slug),
        "href": root + views.path(slug),
        "embed": root + path(slug),
        "height": height,
        "shut": not may_embed(request.app.state.settings),
        "depths": _DEPTHS,
        "setting": Markup("<code>GLOSSGRAPH_EMBED</code>"),
        "codes": {
            "frame": oembed.frame(snapshot, slug, base=base, height=height),
            "script": f'<script type="module" src="{base}/embed.js"></script>',
            "map": f'<glossary-map term="{escape(slug)}">{term}</glossary-map>',
            "term": f'<glossary-term term="{escape(slug)}">{term}</glossary-term>',
            "links": f'<script type="module" src="{base}/autolink.js" data-root="main"></script>',
            "picture": f'<img src="{below}.svg" alt="{label}: {escape(says)}">',
            "address": base + views.path(slug),
        },
        "says": says,
        "files": [
            {
                "name": each.name,
                "hint": each.suffix,
                "href": f"{root}/api{views.path(slug)}/map.{each.suffix}",
            }
            for each in drawing.FORMATS.values()
            if each.available()
        ],
        "drawing": f"{root}/api{views.path(slug)}/map.svg",
        "oembed": f"{root}/oembed?url={quote(base + views.path(slug), safe='')}",
    }


ROUTES: tuple[Route, ...] = (
    Route(path="/share/{name}", handler=share, summary="What to copy", documented=False),
)
"""Route of the page that the dialog is made of."""
