"""Templates of pages, and what every page shows of the graph it is about."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jinja2
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from api import texts, views
from api.catalogue import LETTERS, OTHER
from api.negotiate import HTML
from api.replies import reply
from api.service import Snapshot
from api.system import address
from kg.model import Source
from kg.own_code import at

PAGES = (
    ("/concepts", "concepts"),
    ("/map", "map"),
    ("/sources", "sources"),
    ("/query", "query"),
    ("/docs", "docs"),
)
"""Addresses in every page's header, and the keys of their names."""

LICENCES = {
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    **{
        f"CC-{kind.upper()}-{number}": f"https://creativecommons.org/licenses/{kind}/{number}/"
        for kind in ("by", "by-sa", "by-nd", "by-nc", "by-nc-sa", "by-nc-nd")
        for number in ("3.0", "4.0")
    },
    "MIT": "https://spdx.org/licenses/MIT.html",
    "Apache-2.0": "https://www.apache.org/licenses/LICENSE-2.0",
}
"""Where the licences that glossaries mostly have can be read, by SPDX identifier."""


@cache
def environment() -> jinja2.Environment:
    """Return the environment that templates are read in; compiled once, everything escaped."""
    folder = Path(__file__).resolve().parent / "templates"
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: at(folder / name).read_text(encoding="utf-8")),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
    )


def render(request: Request, template: str, *, here: str = "", **more: Any) -> bytes:
    """Return a page in UTF-8; ``here`` is the address in the header that it belongs to."""
    snapshot: Snapshot = request.scope["snapshot"]
    root = request.scope.get("root_path", "")
    said = words(request)
    tag = snapshot.graph.language
    content = Markup(' lang="{}"').format(tag) if tag != said.language else ""
    context = {
        "root": root,
        "t": said,
        "lang": said.language,
        "content": content,
        "languages": _languages(request),
        "code": Markup("<code>{}</code>").format,
        "strong": Markup("<b>{}</b>").format,
        "link": Markup('<a href="{}">{}</a>').format,
        "site": site(snapshot, root),
        "pages": PAGES,
        "page": here,
        "home": False,
        "asked": "",
        "asset": lambda name: address(root, name),
        "letters": lambda current: letters(snapshot, root, current),
        **more,
    }
    return environment().get_template(template).render(context).encode()


def words(request: Request) -> texts.Texts:
    """Return the words of the language that the answer speaks."""
    snapshot: Snapshot = request.scope["snapshot"]
    return texts.texts(texts.language(request, snapshot.graph.language))


def _languages(request: Request) -> list[tuple[str, str, str]]:
    """Return the languages that this page can be had in: tag, name, address."""
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return [
        (tag, texts.texts(tag).name, f"?{urlencode([*query, ('lang', tag)])}")
        for tag in texts.FILES
    ]


def page(
    request: Request,
    template: str,
    *,
    headers: Mapping[str, str] | None = None,
    vary: str = "",
    cache: str = "no-cache",
    status: int = 200,
    **more: Any,
) -> Response:
    """Answer a page; what it says depends on its reader's language, as ``Vary`` tells caches."""
    return reply(
        request,
        render(request, template, **more),
        HTML.media_type,
        status=status,
        headers={**(headers or {}), **texts.remember(request)},
        vary=", ".join(filter(None, (vary, texts.VARY))),
        cache=cache,
    )


def problem_page(request: Request, problem: dict[str, Any]) -> bytes:
    """Return the page that a browser is shown for a problem document."""
    snapshot: Snapshot = request.scope["snapshot"]
    root = request.scope.get("root_path", "")
    slugs = [each["slug"] for each in problem.get("choices", ())]
    slugs += [each["slug"] for each in problem.get("near", ())]
    links = [card(snapshot, slug, root) for slug in slugs]
    return render(request, "problem.html", problem=problem, links=links)


def site(snapshot: Snapshot, root: str) -> dict[str, Any]:
    """Return what header and footer say about the graph."""
    return {
        "title": snapshot.graph.title,
        "concepts": len(snapshot.graph.concepts),
        "relations": len(snapshot.graph.relations),
        "revision": snapshot.revision[:12],
        "sources": [source_link(each, root) for each in snapshot.graph.sources],
    }


def source_link(source: Source, root: str) -> dict[str, Any]:
    """Return a source with its address and that of its licence."""
    licence = source.licence
    return {
        **views.source_view(source),
        "href": f"{root}/sources/{quote(source.name, safe='')}",
        "url": safe(source.url),
        "licence_url": LICENCES.get(licence, safe(licence)),
    }


def safe(url: str) -> str:
    """Return ``url`` if it is an http(s) address, else ``""``: sources may hold any text."""
    return url if url.lower().startswith(("http://", "https://")) else ""


def card(snapshot: Snapshot, slug: str, root: str) -> dict[str, Any]:
    """Return what a list shows of a concept, with its address."""
    return {**views.brief(snapshot, slug), "href": root + views.path(slug)}


def letters(snapshot: Snapshot, root: str, current: str) -> Markup:
    """Return the bar of letters: links where there are concepts, plain where not."""
    known = snapshot.catalogue.letters
    shown = [*LETTERS, *(letter for letter in known if letter not in LETTERS)]
    if OTHER in shown:
        shown.remove(OTHER)
        shown.append(OTHER)
    parts = []
    for letter in shown:
        if letter not in known:
            parts.append(Markup('<span aria-hidden="true">{}</span>').format(letter))
            continue
        here = Markup(' aria-current="true"') if letter == current else ""
        parts.append(
            Markup('<a href="{}/concepts?letter={}"{}>{}</a>').format(
                root, quote(letter), here, letter
            )
        )
    return Markup("").join(parts)
