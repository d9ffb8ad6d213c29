"""What the graph knows about a question, cited and within a budget of tokens: for language models.

Tokens are not counted but bounded: a third of the text's bytes in UTF-8, rounded up. Byte-pair
encodings make of English four bytes or more a token, of other scripts about three, so a text never
has more tokens than this says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import service_models, views
from api.annotate import json_object
from api.aside import aside, long_text
from api.negotiate import JSON, MARKDOWN, choose
from api.parameters import Parameters
from api.problems import Problem, not_acceptable
from api.replies import read_body, reply, reply_json
from api.routes import Route
from api.selecting import snapshot_of
from api.service import Snapshot
from kg.annotate import Rules
from kg.kinship import between
from kg.model import Relation
from kg.reuse import credit, shortened
from kg.search import search

LEAST, DEFAULT, MOST = 100, 2_000, 32_000
"""Tokens of an answer."""
# Concepts of one question; a page is no question.
_CONCEPTS = 24
# Relations of each concept that are considered, strongest first.
_RELATIONS = 12
_SENTENCE = 300
_BYTES_PER_TOKEN = 3
_FORMATS = {"markdown": MARKDOWN, "json": JSON}


def tokens(text: str) -> int:
    """Return an upper bound of the tokens in ``text``."""
    return -(-len(text.encode()) // _BYTES_PER_TOKEN)


@dataclass(slots=True)
class Context:
    """What is said about a question."""

    concepts: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By slug, in the order of the question: what names it, its definitions, its relations."""
    lines: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """By slug: the lines of Markdown that say its definitions, and its relations."""
    credits: dict[str, str] = field(default_factory=dict)
    """Line that says whose words these are, by source."""
    tokens: int = 0
    """Upper bound for the Markdown."""
    cut: bool = False
    """Whether more was known than there was room for."""


def compose(snapshot: Snapshot, text: str, *, most: int = DEFAULT, public: bool = False) -> Context:
    """Return what the graph says about the concepts that ``text`` names, within ``most`` tokens.

    Definitions of all of them come first, then how they are related to each other, then what else
    each is related to. Where it names none, the concepts that its words find.
    """
    found = Context(tokens=tokens(_head(snapshot)))
    slugs = named(snapshot, text)
    for kind, slug, value, line, source in _pieces(snapshot, slugs, public):
        cost = tokens(line + "\n")
        if slug not in found.concepts:
            cost += tokens(_title(snapshot, slug) + "\n\n\n")
        owed = source is not None and source not in found.credits
        if source is not None and owed:
            cost += tokens(f"- {_credit(snapshot, source)}\n")
        if found.tokens + cost > most:
            found.cut = True
            continue
        found.tokens += cost
        about = found.concepts.setdefault(
            slug, {**views.reference(snapshot, slug), "definitions": [], "relations": []}
        )
        about[kind].append(value)
        lines = found.lines.setdefault(slug, {"definitions": [], "relations": []})
        lines[kind].append(line)
        if source is not None:
            found.credits[source] = _credit(snapshot, source)
    return found


def named(snapshot: Snapshot, text: str) -> list[str]:
    """Return the concepts that a question names, in its order; else those its words find."""
    rules = Rules(first="page", cap=_CONCEPTS, ambiguous="likelier", implied=True)
    found = list(dict.fromkeys(a.slug for a in snapshot.annotator.annotate(text, "text", rules)))
    if found:
        return found
    hits = search(snapshot.index, text[:500], limit=5).hits
    return [hit.concept for hit in hits]


_Piece = tuple[str, str, dict[str, Any], str, str | None]


def _pieces(snapshot: Snapshot, slugs: list[str], public: bool) -> Iterator[_Piece]:
    """Yield (list it belongs to, concept, value, line of Markdown, source), what matters first."""
    definitions = {slug: list(_definitions(snapshot, slug, public)) for slug in slugs}
    for slug in slugs:
        yield from definitions[slug][:1]
    told: set[str] = set()
    for one, other in combinations(slugs, 2):
        for relation in between(snapshot.index, one, other):
            told.add(relation.id)
            yield _relation(snapshot, one, relation, public)
    for slug in slugs:
        yield from definitions[slug][1:]
    each = [
        sorted(snapshot.index.relations_of(slug), key=views.strength)[:_RELATIONS] for slug in slugs
    ]
    for rank in range(_RELATIONS):
        for slug, relations in zip(slugs, each, strict=True):
            if rank < len(relations) and relations[rank].id not in told:
                told.add(relations[rank].id)
                yield _relation(snapshot, slug, relations[rank], public)


def _definitions(snapshot: Snapshot, slug: str, public: bool) -> Iterator[_Piece]:
    concept = snapshot.index.concept(slug)
    for definition in concept.definitions:
        view = views.definition_view(snapshot, definition, public=public)
        if not view["text"]:
            continue
        place = f"{view['source']}:{view['line']}" if view["line"] else view["source"]
        kept = ("source", "credit", "text", "excerpt", "formula")
        value = {**{key: view[key] for key in kept}, "place": place}
        more = " …" if view["excerpt"] else ""
        formula = f" Formula: {view['formula']}" if view["formula"] else ""
        line = f"{' '.join(view['text'].split())}{more}{formula} [{place}]"
        yield "definitions", slug, value, line, view["source"]


def _relation(snapshot: Snapshot, slug: str, relation: Relation, public: bool) -> _Piece:
    view = views.relation_from(snapshot, relation, slug)
    evidence = views.evidence_view(snapshot, relation.evidence[0]) if relation.evidence else None
    source = snapshot.sources.get(evidence["source"]) if evidence else None
    sentence = ""
    if evidence and not (public and source and source.reuse == "term"):
        around = f"{evidence['before']}{evidence['quote']}{evidence['after']}"
        sentence, _ = shortened(" ".join(around.split()), _SENTENCE)
    place = evidence["place"] if evidence else ""
    value = {
        "id": relation.id,
        "type": view["type"],
        "phrase": view["phrase"],
        "target": view["target"],
        "basis": relation.basis,
        "confidence": relation.confidence,
        "sentence": sentence,
        "place": place,
    }
    because = f': "{sentence}"' if sentence else ""
    line = f"- {view['phrase']} {view['target']['label']}{because} [{place}, {relation.id}]"
    return "relations", slug, value, line, source.name if source else None


def _credit(snapshot: Snapshot, source: str) -> str:
    known = snapshot.sources.get(source)
    return f"{source}: {credit(known)}" if known else source


def _head(snapshot: Snapshot) -> str:
    return f"# {snapshot.graph.title}\n\n## Sources\n\n\n"


def _title(snapshot: Snapshot, slug: str) -> str:
    concept = snapshot.index.concept(slug)
    also = f" ({', '.join(concept.aliases[:3])})" if concept.aliases else ""
    return f"## {concept.label}{also}"


def to_markdown(snapshot: Snapshot, found: Context) -> str:
    """Return the context as Markdown: a section for each concept, the sources at the end."""
    if not found.concepts:
        return f"# {snapshot.graph.title}\n\nNothing here is about that.\n"
    parts = [f"# {snapshot.graph.title}\n"]
    for slug, lines in found.lines.items():
        parts.append(f"\n{_title(snapshot, slug)}\n\n")
        parts += [f"{line}\n" for line in (*lines["definitions"], *lines["relations"])]
    if found.credits:
        parts.append("\n## Sources\n\n")
        parts += [f"- {each}\n" for each in found.credits.values()]
    return "".join(parts)


def to_json(found: Context, *, most: int) -> dict[str, Any]:
    """Return the context as a plain value."""
    return {
        "tokens": found.tokens,
        "max_tokens": most,
        "cut": found.cut,
        "concepts": list(found.concepts.values()),
        "sources": list(found.credits.values()),
    }


async def context(request: Request) -> Response:
    """Answer what the graph knows about the concepts in a question."""
    snapshot, settings = snapshot_of(request), request.app.state.settings
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Problem("unsupported-media-type", 'Send application/json: {"text": "…"}.')
    members: Mapping[str, Any] = json_object(await read_body(request, settings.body_limit))
    asked = Parameters(request, ("text", "max_tokens", "format"), more=members)
    text = asked.text("text", length=20_000)
    most = asked.number("max_tokens", DEFAULT, least=LEAST, most=MOST)
    key = asked.one("format", _FORMATS)
    chosen = choose(request.headers.get("accept"), (JSON, MARKDOWN))
    if not key and chosen is None:
        raise not_acceptable((JSON, MARKDOWN))
    found = await run_in_threadpool(compose, snapshot, text, most=most, public=settings.public)
    if (_FORMATS[key] if key else chosen and chosen[0]) is MARKDOWN:
        return reply(request, to_markdown(snapshot, found).encode(), MARKDOWN.media_type)
    return reply_json(request, to_json(found, most=most), vary="Accept")


ROUTES: tuple[Route, ...] = (
    Route(
        path="/api/context",
        handler=aside(context, long_text),
        summary="What is known about the concepts in a question: cited, within a token budget",
        tag="texts",
        methods=("POST",),
        answer=service_models.Context,
        media_types=("application/json", MARKDOWN.media_type),
        problems=(
            "malformed-request",
            "not-acceptable",
            "body-too-large",
            "unsupported-media-type",
            "invalid-parameter",
        ),
        extra={
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "object",
                            "required": ["text"],
                            "properties": {
                                "text": {"type": "string", "minLength": 1, "maxLength": 20_000},
                                "max_tokens": {
                                    "type": "integer",
                                    "minimum": LEAST,
                                    "maximum": MOST,
                                    "default": DEFAULT,
                                },
                                "format": {"type": "string", "enum": list(_FORMATS)},
                            },
                            "additionalProperties": False,
                        },
                        "example": {"text": "How does onboarding affect churn?"},
                    }
                },
            }
        },
    ),
)
"""Routes for language models."""
