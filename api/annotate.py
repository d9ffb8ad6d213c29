"""REST: a page comes in, its terms come back as places or as links in the page itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import service_models, views
from api.aside import aside
from api.negotiate import HTML, JSON, MARKDOWN, Representation, ranked
from api.parameters import Parameters
from api.problems import Problem, not_acceptable
from api.replies import read_body, reply, reply_json
from api.routes import Route
from api.selecting import snapshot_of
from api.service import Snapshot
from kg.annotate import AMBIGUOUS, FIRST, FORMS, Annotation, Rules, insert

FORM_TYPES: Mapping[str, str] = {
    "text/plain": "text",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/markdown": "markdown",
}
"""The form of a page that a media type stands for."""
_TARGETS: Mapping[str, tuple[Representation, ...]] = {
    "text": (JSON, HTML, MARKDOWN),
    "html": (JSON, HTML),
    "markdown": (JSON, MARKDOWN),
}
"""What a page of each form may come back as; the first where a client takes anything."""
_FORMATS = {"spans": JSON, "html": HTML, "markdown": MARKDOWN}
_OPTIONS = ("format", "first", "cap", "ambiguous", "implied", "lang")
SANDBOX = "sandbox"
"""A page that somebody sent is shown without scripts, forms and origin."""

LINK = '<a class="glossgraph-term" href="{href}" title="{title}" data-concept="{slug}">{text}</a>'
"""How a term is marked in HTML."""


async def annotate(request: Request) -> Response:
    """Answer where a page names concepts, or the page with links there."""
    snapshot, settings = snapshot_of(request), request.app.state.settings
    form, page, options = await _page(request, settings.body_limit)
    asked = Parameters(request, _OPTIONS, more=options)
    rules = Rules(
        first=asked.one("first", FIRST, "section"),
        cap=asked.number("cap", Rules().cap, most=10_000),
        ambiguous=asked.one("ambiguous", AMBIGUOUS, "skip"),
        implied=asked.switch("implied", False),
        language=asked.text("lang", ""),
    )
    target = _target(request, form, asked.one("format", _FORMATS))
    found = await run_in_threadpool(snapshot.annotator.annotate, page, form, rules)
    base, public = str(request.base_url), settings.public
    if target is JSON:
        value = answer(snapshot, found, form=form, base=base, public=public)
        return reply_json(request, value, vary="Accept")
    linked = link(snapshot, page, found, form=form, target=target, base=base, public=public)
    headers = {"Content-Security-Policy": SANDBOX} if target is HTML else {}
    return reply(request, linked.encode(), target.media_type, headers=headers)


async def _page(request: Request, limit: int) -> tuple[str, str, dict[str, object]]:
    """Return the form of the page that was sent, the page, and options that came with it.

    Raises:
        Problem: the body is too large, of another type, or cannot be read.
    """
    media_type, _, rest = request.headers.get("content-type", "").lower().partition(";")
    media_type = media_type.strip()
    if media_type != "application/json" and media_type not in FORM_TYPES:
        raise Problem(
            "unsupported-media-type",
            f"Send {', '.join(FORM_TYPES)}, or application/json with one of the members "
            f"{', '.join(FORMS)}.",
            headers={"Accept-Post": f"application/json, {', '.join(FORM_TYPES)}"},
        )
    body = await read_body(request, limit)
    if media_type != "application/json":
        return FORM_TYPES[media_type], decoded(body, rest), {}
    members = json_object(body)
    forms = [form for form in FORMS if form in members]
    if len(forms) != 1 or not isinstance(members[forms[0]], str):
        raise Problem(
            "malformed-request", f"Give one of {', '.join(FORMS)} as a string, and only one."
        )
    return forms[0], str(members.pop(forms[0])), members


def decoded(body: bytes, parameters: str = "") -> str:
    """Return a body as text: in the charset that its type names, else UTF-8.

    Raises:
        Problem: it is not in that charset, or nobody knows the charset.
    """
    named = re.search(r"charset\s*=\s*\"?([\w.:-]+)", parameters, re.IGNORECASE)
    charset = named[1] if named else "utf-8"
    try:
        return body.decode("utf-8-sig" if charset.lower() in ("utf-8", "utf8") else charset)
    except (LookupError, ValueError) as error:
        raise Problem(
            "malformed-request", f"The body cannot be read as {charset}. Send it as UTF-8."
        ) from error


def json_object(body: bytes) -> dict[str, Any]:
    """Return a JSON body that is an object.

    Raises:
        Problem: it is none.
    """
    try:
        members = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Problem("malformed-request", f"The body is no JSON: {error}.") from error
    if not isinstance(members, dict):
        raise Problem("malformed-request", "The body must be a JSON object.")
    return members


def _target(request: Request, form: str, asked: str) -> Representation:
    """Return what the page comes back as: what ``format`` names, or what ``Accept`` likes."""
    offers = _TARGETS[form]
    if asked:
        if _FORMATS[asked] not in offers:
            keys = [key for key, each in _FORMATS.items() if each in offers]
            raise Problem(
                "invalid-parameter",
                f"A page in the form {form} comes back as {' or '.join(keys)}.",
                errors=[{"parameter": "format", "detail": f"not {asked}", "nearest": form}],
            )
        return _FORMATS[asked]
    found = ranked(request.headers.get("accept"), offers)
    if not found:
        raise not_acceptable(offers)
    return found[0][0]


def answer(
    snapshot: Snapshot, found: list[Annotation], *, form: str, base: str, public: bool
) -> dict[str, Any]:
    """Return the places that name concepts; ``base`` is the address that links begin with."""
    gists = _gists(snapshot, found, public)
    spans = [
        {
            "start": each.start,
            "end": each.end,
            "text": each.text,
            "section": each.section,
            **views.reference(snapshot, each.slug),
            "url": _address(base, each.slug),
            "definition": gists[each.slug],
        }
        for each in found
    ]
    return {"form": form, "total": len(spans), "spans": spans}


def link(
    snapshot: Snapshot,
    page: str,
    found: list[Annotation],
    *,
    form: str,
    target: Representation,
    base: str,
    public: bool,
) -> str:
    """Return the page with links; plain text becomes paragraphs of HTML, or Markdown as it is."""
    if target is MARKDOWN:
        return insert(page, found, lambda each, text: f"[{text}]({_address(base, each.slug)})")
    gists = _gists(snapshot, found, public)
    plain = form == "text"

    def anchor(each: Annotation, text: str) -> str:
        return LINK.format(
            href=escape(_address(base, each.slug)),
            title=escape(gists[each.slug]),
            slug=escape(each.slug),
            text=escape(text) if plain else text,
        )

    if not plain:
        return insert(page, found, anchor)
    linked = insert(page.strip(), _moved(page, found), anchor, escape)
    return "<p>" + re.sub(r"\n(?:[ \t]*\n)+", "</p>\n<p>", linked) + "</p>\n"


def _moved(page: str, found: list[Annotation]) -> list[Annotation]:
    lead = len(page) - len(page.lstrip())
    return [each._replace(start=each.start - lead, end=each.end - lead) for each in found]


def _gists(snapshot: Snapshot, found: list[Annotation], public: bool) -> dict[str, str]:
    return {slug: views.gist(snapshot, slug, public=public) for slug in {a.slug for a in found}}


def _address(base: str, slug: str) -> str:
    return base.rstrip("/") + views.path(slug)


_OPTION_SCHEMA = {
    "format": {"type": "string", "enum": list(_FORMATS)},
    "first": {"type": "string", "enum": list(FIRST)},
    "cap": {"type": "integer", "minimum": 1, "maximum": 10_000},
    "ambiguous": {"type": "string", "enum": list(AMBIGUOUS)},
    "implied": {"type": "boolean"},
    "lang": {"type": "string"},
}
_SAMPLE = "Customer onboarding reduces churn."
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {form: {"type": "string"} for form in FORMS} | _OPTION_SCHEMA,
                    "oneOf": [{"required": [form]} for form in FORMS],
                    "additionalProperties": False,
                },
                "example": {"text": _SAMPLE},
            },
            **{
                media_type: {"schema": {"type": "string"}, "example": _SAMPLE}
                for media_type in FORM_TYPES
            },
        },
    }
}

ROUTES: tuple[Route, ...] = (
    Route(
        path="/api/annotate",
        handler=aside(annotate),
        summary="A text, Markdown or HTML page: where it names concepts, or with links there",
        tag="texts",
        methods=("POST",),
        parameters=_OPTIONS,
        answer=service_models.Annotations,
        media_types=("application/json", HTML.media_type, MARKDOWN.media_type),
        problems=(
            "malformed-request",
            "not-acceptable",
            "body-too-large",
            "unsupported-media-type",
            "invalid-parameter",
        ),
        extra=_BODY,
    ),
)
"""Routes about texts that are sent."""
