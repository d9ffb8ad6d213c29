"""Who may hold embeds: whose pages may frame them, and whose scripts may read what they need."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from api.settings import Settings

# What the scripts of embeds ask for; nothing else is opened to the origins of the setting.
_READABLE = re.compile(r"/(?:embed/[^/]+\.json|labels\.json|oembed|api/concepts/[^/]+/map\.\w+)")
# Code and style are no secret, and module scripts are only run where CORS lets them be read.
_CODE = re.compile(r"/(?:embed\.js|autolink\.js|static/embed/[\w.-]+)")


def ancestors(settings: Settings) -> str:
    """Return the sources of ``frame-ancestors`` for embeds."""
    if settings.public and not settings.embed:
        return "*"
    return " ".join(dict.fromkeys(("'self'", *settings.embed)))


def may_embed(settings: Settings) -> bool:
    """Return whether pages of any other origin may hold embeds."""
    return bool(settings.public or settings.embed)


def policy(settings: Settings) -> str:
    """Return the content security policy of an embed: our files only, framed as settings say."""
    return (
        "default-src 'self'; base-uri 'none'; form-action 'none'; object-src 'none'; "
        f"frame-ancestors {ancestors(settings)}"
    )


def shared(settings: Settings, path: str, origin: str) -> Mapping[str, str]:
    """Return the CORS headers of an answer, by its path below the root path, for an origin."""
    if _CODE.fullmatch(path):
        return {"Access-Control-Allow-Origin": "*"}
    if settings.public or not settings.embed or not _READABLE.fullmatch(path):
        return {}
    if "*" in settings.embed:
        return {"Access-Control-Allow-Origin": "*"}
    if origin and any(_pattern(each).fullmatch(origin.lower()) for each in settings.embed):
        return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}
    return {"Vary": "Origin"}


@lru_cache(maxsize=64)
def _pattern(source: str) -> re.Pattern[str]:
    """Return what matches the origins that a source of ``frame-ancestors`` names."""
    scheme, _, rest = source.partition("://")
    host = re.escape(rest).replace(r"\*\.", r"(?:[\w-]+\.)+", 1)
    return re.compile(f"{scheme}://" + re.sub(r":\\\*$", r"(?::\\d+)?", host))
