"""The table form of HTTP routes: path, handler, parameters, answers and problems of each.

Handlers return ready bytes, so nothing of this is run when a request comes in; it makes the
OpenAPI document. Parameters are described once, here, and the same names are what a route accepts.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from api import models
from api.catalogue import ORDERS
from api.problems import PROBLEMS
from kg.annotate import AMBIGUOUS, FIRST
from kg.concept_map.blank import BLANKS
from kg.concept_map.svg import THEMES
from kg.neighbors import MAX_DEPTH
from kg.paths import COSTS
from kg.search import REASONS
from kg.selection import DIRECTIONS
from ontology import vocabulary

if TYPE_CHECKING:  # the command line reads this module, too, and does without it
    from fastapi import FastAPI

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A query parameter for the OpenAPI document."""

    description: str
    schema: Mapping[str, Any]
    required: bool = False
    sample: str = ""
    """Key of the value from the served graph that the document shows (:mod:`api.docs`)."""
    many: bool = False
    """Whether it may be repeated, or hold several values with commas."""
    name: str = ""
    """Its name in addresses, where several routes mean different things by it."""


def _text(description: str, sample: str = "", *, required: bool = False) -> Parameter:
    return Parameter(
        description=description,
        schema={"type": "string", **({"minLength": 1} if required else {})},
        required=required,
        sample=sample,
    )


def _keys(description: str, values: Iterable[str], *, many: bool = True) -> Parameter:
    return Parameter(
        description=description, schema={"type": "string", "enum": list(values)}, many=many
    )


def _number(description: str, default: int, most: int) -> Parameter:
    schema = {"type": "integer", "minimum": 1, "maximum": most, "default": default}
    return Parameter(description=description, schema=schema)


PARAMETERS: Mapping[str, Parameter] = {
    "concept": _text("A concept: slug, IRI or any of its labels.", "label", required=True),
    "from": _text("Where the path begins: slug, IRI or label.", "label", required=True),
    "to": _text("Where it ends: slug, IRI or label.", "other", required=True),
    "a": _text("A concept, entry or label.", "label", required=True),
    "b": _text("Another one.", "other", required=True),
    "q": _text("What to look for; typing mistakes are forgiven.", "label", required=True),
    "lang": _text("Language tag that labels should be of.", "language"),
    "in_language": Parameter(
        description="Language tag: labels and phrases come in it where there are some, definitions "
        "in it first.",
        schema={"type": "string", "maxLength": 35},
        sample="language",
        name="lang",
    ),
    "reason": _keys("Only hits found for this reason.", REASONS, many=False),
    "language": _text("Only hits of which what matched is in this language.", "language"),
    "facets": Parameter(
        description="Whether all hits are counted by reason, kind, source and language.",
        schema={"type": "boolean"},
    ),
    "letter": _text("First letter of the label; # for digits and signs.", "letter"),
    "source": _text("Name of a source.", "source"),
    "kind": _keys("Kind of concept.", vocabulary.KINDS, many=False),
    "type": _keys(
        "Relation types; several with commas. A key names the reading: broader leads to what is "
        "broader, narrower to its kinds; paths may go either way.",
        vocabulary.DEFAULT.keys,
    ),
    "family": _keys("Families of relation types.", vocabulary.FAMILIES),
    "basis": _keys("What relations were read from.", vocabulary.BASES),
    "direction": _keys(
        "Follow relations as they read from here (out; so are the types that are asked for), the "
        "other way round (in), or either way (both; so is what is asked for without a type).",
        DIRECTIONS,
        many=False,
    ),
    "across": _keys(
        "Only relations between concepts of different sources.", ("sources",), many=False
    ),
    "min_confidence": Parameter(
        description="Least confidence of a relation.",
        schema={"type": "number", "minimum": 0, "maximum": 1, "default": 0},
    ),
    "implied": Parameter(
        description="Whether concepts that no entry defines are in; on lists, true or false "
        "keeps only those or leaves them out.",
        schema={"type": "boolean"},
    ),
    "depth": _number("How many relations to walk.", 1, MAX_DEPTH),
    "detail": _keys(
        "What is said of each neighbour: how it is related, or its name and distance alone.",
        ("relations", "names"),
        many=False,
    ),
    "k": _number("How many paths, cheapest first.", 3, 20),
    "cost": _keys(
        "What a step costs: by what its relation was read from and how many relations the concepts "
        "passed have (evidence), or 1 (hops).",
        COSTS,
        many=False,
    ),
    "limit": _number("How many items at most.", 50, 1000),
    "cursor": _text("`next` of the answer before; opaque."),
    "mentions": Parameter(
        description="Whether relations that rest on a mention alone are in.",
        schema={"type": "boolean"},
    ),
    "concepts": _text("Concepts by slug, IRI or label, with commas.", "slug"),
    "only": _keys("Families of relations that the map keeps to.", vocabulary.FAMILIES),
    "hide": _keys("Families of relations that the map leaves out.", vocabulary.FAMILIES),
    "theme": _keys("Colours of the file.", THEMES, many=False),
    "blank": _keys("Labels that are numbers, to be filled in.", BLANKS, many=False),
    "answers": Parameter(
        description="Whether an exercise says its answers.", schema={"type": "boolean"}
    ),
    "form": _keys("For a wide screen or a narrow one.", ("wide", "narrow"), many=False),
    "format": _text("The form of the answer, where not by Accept."),
    "first": _keys("How often a concept is marked.", FIRST, many=False),
    "cap": _number("Most marks in one section.", 20, 10_000),
    "ambiguous": _keys(
        "What is done with a label that several concepts have.", AMBIGUOUS, many=False
    ),
    "url": _text("Address of a term's page here, or its IRI.", "iri", required=True),
    "maxwidth": _number("Most px that the embed may be wide.", 860, 100_000),
    "maxheight": _number("Most px that the embed may be high.", 100_000, 100_000),
    "queries": _text("JSON: queries by key, see the Reconciliation API 0.2.", "queries"),
    "extend": _text("JSON: `ids` of concepts and `properties` to fetch."),
    "callback": _text("Name of a function to call with the answer (JSONP)."),
    "prefix": _text("What has been typed so far."),
    "skip": Parameter(
        description="Suggestions to skip.",
        schema={"type": "integer", "minimum": 0, "maximum": 1000, "default": 0},
        name="cursor",
    ),
    "id": _text("Identifier of a concept, type or property.", "slug", required=True),
    "of_type": Parameter(
        description="A type: `Concept`, a kind, or `scheme/` and a source.",
        schema={"type": "string"},
        name="type",
    ),
    "graph": _text("IRI of the graph that is wanted.", "graph"),
    "default": _text("Without a value: the default graph."),
    "shared": Parameter(
        description="Concepts by slug, IRI or label; repeated, or with commas.",
        schema={"type": "string"},
        required=True,
        sample="two",
        name="concept",
        many=True,
    ),
    "parts": Parameter(
        description="Concepts by slug, IRI or label; repeated, or with commas.",
        schema={"type": "string"},
        required=True,
        sample="two",
        name="concepts",
        many=True,
    ),
    "part_format": Parameter(
        description="The form of the answer, where not by Accept.",
        schema={"type": "string", "enum": ["json", "turtle", "graphml", "mermaid"]},
        name="format",
    ),
    "order": _keys("What comes first.", ORDERS, many=False),
    "query": _text("A SPARQL 1.1 query.", "query"),
    "default-graph-uri": _text("IRI of a graph that is queried; may be repeated."),
    "named-graph-uri": _text("IRI of a graph that GRAPH may name; may be repeated."),
}
"""Every query parameter of every route, by name."""


class Waits(Exception):
    """Raised by a handler that would have to wait, where it may not (``prompt`` in the scope)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """An address: what it takes, what it answers."""

    path: str
    handler: Handler
    summary: str
    tag: str = "concepts"
    methods: tuple[str, ...] = ("GET",)
    parameters: tuple[str, ...] = ()
    """Names of :data:`PARAMETERS`; any other is answered with 422."""
    answer: type[BaseModel] | None = None
    """The JSON that it answers, for the document."""
    media_types: tuple[str, ...] = ("application/json",)
    problems: tuple[str, ...] = ("invalid-parameter",)
    """Keys of :data:`api.problems.PROBLEMS` that it may answer."""
    path_samples: Mapping[str, str] | None = None
    """For each part of the path the key of a value from the graph."""
    extra: Mapping[str, Any] | None = None
    """Further keys of the operation, such as a request body."""
    documented: bool = True
    others: Mapping[int, str] = field(default_factory=dict)
    """Further statuses that the answer may have, and what they mean."""
    prompt: bool = False
    """Whether it answers without waiting, as a rule: its handler raises :class:`Waits` else."""


def _operation(route: Route) -> dict[str, Any]:
    """Return what FastAPI cannot know of an operation."""
    parameters = [
        {
            "name": PARAMETERS[name].name or name,
            "in": "query",
            "required": PARAMETERS[name].required,
            "description": PARAMETERS[name].description,
            "schema": {"type": "array", "items": dict(PARAMETERS[name].schema)}
            if PARAMETERS[name].many
            else dict(PARAMETERS[name].schema),
            **({"style": "form", "explode": False} if PARAMETERS[name].many else {}),
            **({"x-sample": PARAMETERS[name].sample} if PARAMETERS[name].sample else {}),
        }
        for name in route.parameters
    ]
    for name, sample in (route.path_samples or {}).items():
        parameters.append(
            {
                "name": name,
                "in": "path",
                "required": True,
                "schema": {"type": "string", "minLength": 1},
                "x-sample": sample,
            }
        )
    return {"parameters": parameters, **(route.extra or {})}


def _answers(route: Route) -> dict[int | str, dict[str, Any]]:
    content: dict[str, Any] = {media_type: {} for media_type in route.media_types}
    answers: dict[int | str, dict[str, Any]] = {200: {"description": "The answer."}}
    if route.answer is not None:
        answers[200]["model"] = route.answer
        content.pop("application/json", None)
    if content:
        answers[200]["content"] = content
    for status, meaning in route.others.items():
        answers[status] = {**answers[200], "description": meaning}
    # What is made in a process of its own may also fail there, see api.aside.
    for key in (*route.problems, *getattr(route.handler, "problems", ())):
        kind = PROBLEMS[key]
        said = answers.get(kind.status)
        description = f"{said['description']} {kind.title}." if said else f"{kind.title}."
        answers[kind.status] = {"description": description, "content": problem_content()}
    return answers


def problem_content() -> dict[str, Any]:
    """Return the forms of a problem, for the document."""
    return {
        "application/problem+json": {"schema": models.Problem.model_json_schema()},
        "text/html": {},  # the same as a page, for browsers
    }


def register(app: FastAPI, routes: Iterable[Route]) -> None:
    """Add ``routes`` to an application and its OpenAPI document."""
    for route in routes:
        app.add_api_route(
            route.path,
            route.handler,
            methods=list(route.methods),
            summary=route.summary,
            tags=[route.tag],
            response_model=None,
            responses=_answers(route),
            openapi_extra=_operation(route),
            include_in_schema=route.documented,
        )
