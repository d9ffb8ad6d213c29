"""A text comes in, its entries, map and files come back; nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from api import service_models
from api.annotate import FORM_TYPES, decoded, json_object
from api.drawing import FORMATS
from api.pages import page, words
from api.parameters import Parameters
from api.pasted_forms import SUFFIXES
from api.problems import PROBLEMS, Problem, invalid_parameter
from api.replies import read_body, reply
from api.routes import Route
from api.sparql import Attended
from kg.export import EXPORTS
from ontology import vocabulary

PICTURES: Mapping[str, str] = {
    key: FORMATS[key].media_type for key in ("svg", "png") if FORMATS[key].available()
}
"""The media type of each form that the map is drawn in here."""
DOWNLOADS = ("html", *PICTURES, "graphml", "turtle", "concepts-json", "extraction")
"""What the page offers: an offline page, the map, the graph in three forms, what was read."""
_FIELDS = 20_000
_TERM = "term:"


async def extract(request: Request) -> Response:
    """Answer what a text says: entries, relations and evidence, as ``glossgraph extract`` does."""
    settings = request.app.state.settings
    _offered(request)
    media_type, _, rest = request.headers.get("content-type", "").lower().partition(";")
    media_type = media_type.strip()
    if media_type != "application/json" and media_type not in FORM_TYPES:
        raise Problem(
            "unsupported-media-type",
            f"Send {', '.join(FORM_TYPES)}, or application/json with one of the members "
            f"{', '.join(SUFFIXES)}.",
            headers={"Accept-Post": f"application/json, {', '.join(FORM_TYPES)}"},
        )
    body = await read_body(request, settings.body_limit)
    if media_type == "application/json":
        members = json_object(body)
        forms = [form for form in SUFFIXES if isinstance(members.get(form), str)]
        if len(forms) != 1:
            raise Problem(
                "malformed-request", f"Give one of {', '.join(SUFFIXES)} as a string, and only one."
            )
        form, text = forms[0], str(members[forms[0]])
    else:
        form, text = FORM_TYPES[media_type], decoded(body, rest)
    Parameters(request, ("format",))
    format = request.query_params.get("format", "extraction")
    answer, media = await _read(request, form, text, {}, format)
    return _file(request, answer, media)


def _offered(request: Request) -> None:
    settings = request.app.state.settings
    if settings.public and not settings.extract:
        raise Problem(
            "not-offered",
            "This public server reads no texts. Its owner can allow it with GLOSSGRAPH_EXTRACT=1; "
            "glossgraph on your own machine reads them all.",
        )


async def _read(
    request: Request, form: str, text: str, terms: dict[str, str], format: str
) -> tuple[bytes, str]:
    """Return what is asked of a text, and its media type."""
    known = {"page", "extraction", *PICTURES, *EXPORTS}
    if format not in known:
        raise invalid_parameter("format", f'There is no format "{format}".', known, format)
    if not text.strip():
        raise Problem("unreadable-text", "There is no text. Send the text of a glossary.")
    given = {
        "text": text, "form": form, "terms": terms, "format": format,
        "language": words(request).language,
    }  # fmt: skip
    async with Attended(request.receive):  # who goes away ends the reading
        answer = await request.app.state.jobs.read(given)
    media = {"extraction": "application/json", "page": "application/json", **PICTURES}
    return answer, media[format] if format in media else EXPORTS[format].media_type


def _file(request: Request, body: bytes, media_type: str, name: str = "") -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'} if name else {}
    headers["Content-Security-Policy"] = "sandbox"
    return reply(request, body, media_type, headers=headers, vary="", cache="no-store")


async def paste_page(request: Request) -> Response:
    """Answer the page for a text, or what was read in the one that it sent."""
    shown: dict[str, Any] = {
        "text": "", "form": "text", "entries": [], "map": "", "legend": [], "problem": None,
        "relations": 0, "offered": True,
    }  # fmt: skip
    try:
        _offered(request)
    except Problem as problem:
        shown |= {"offered": False, "problem": problem.document()}
        return _page(request, shown)
    if request.method != "POST":
        return _page(request, shown)
    body = await read_body(request, 3 * request.app.state.settings.body_limit)
    try:
        fields = dict(
            parse_qsl(
                body.decode(), keep_blank_values=True, max_num_fields=_FIELDS, errors="strict"
            )
        )
    except ValueError as error:
        raise Problem("malformed-request", "The form cannot be read.") from error
    text, form = fields.get("text", ""), fields.get("form", "text")
    form = form if form in SUFFIXES else "text"
    terms = {n.removeprefix(_TERM): v for n, v in fields.items() if n.startswith(_TERM)}
    shown |= {"text": text, "form": form}
    format = fields.get("format", "page")
    try:
        answer, media_type = await _read(request, form, text, terms, format)
    except Problem as problem:
        return _page(request, shown | {"problem": problem.document()})
    if format != "page":
        own = {"extraction": ".json", **{key: f".{key}" for key in PICTURES}}
        suffix = own.get(format) or EXPORTS[format].suffixes[0]
        return _file(request, answer, media_type, f"glossary{suffix}")
    found = orjson.loads(answer)
    language = words(request).language
    legend = [
        {"key": key, "name": vocabulary.in_language(vocabulary.FAMILIES[key].label, language)}
        for key in found["families"]
    ]
    shown |= {
        "entries": found["entries"], "map": Markup(found["map"]), "legend": legend,
        "relations": found["relations"],
    }  # fmt: skip
    return _page(request, shown)


def _page(request: Request, shown: dict[str, Any]) -> Response:
    problem = shown["problem"]
    status = PROBLEMS[problem["type"].partition("#")[2]].status if problem else 200
    return page(
        request, "paste.html", here="/paste", status=status, cache="no-store",
        downloads=[(key, _name(key)) for key in DOWNLOADS],
        forms=list(SUFFIXES), **shown,
    )  # fmt: skip


def _name(key: str) -> str:
    """Return what a download is called."""
    if key == "extraction":
        return "JSON"
    return FORMATS[key].name if key in PICTURES else EXPORTS[key].title


_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {form: {"type": "string"} for form in SUFFIXES},
                },
                "example": {"text": "Jib – a triangular sail set ahead of the mast."},
            },
            **{each: {"schema": {"type": "string"}} for each in FORM_TYPES},
        },
    }
}

ROUTES: tuple[Route, ...] = (
    Route(
        path="/api/extract",
        handler=extract,
        summary="A text: its entries, relations and evidence; nothing is stored",
        tag="texts",
        methods=("POST",),
        parameters=("format",),
        answer=service_models.Extraction,
        media_types=("application/json", *PICTURES.values(), *dict.fromkeys(
            each.media_type for each in EXPORTS.values())),
        problems=(
            "malformed-request", "not-offered", "body-too-large", "unsupported-media-type",
            "invalid-parameter", "unreadable-text", "job-failed", "busy", "job-time",
        ),
        extra=_BODY,
    ),
    Route(
        path="/paste", handler=paste_page, summary="Paste your own", methods=("GET", "POST"),
        documented=False,
    ),
)  # fmt: skip
"""Routes of texts that are pasted."""
