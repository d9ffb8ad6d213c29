"""Errors as RFC 9457 problem documents: the one place that knows HTTP statuses.

The table :data:`PROBLEMS` is what the server answers with, what ``/problems`` explains and what the
OpenAPI document lists. Each ``detail`` is a sentence for a person that says what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from rapidfuzz import process
from starlette.requests import Request
from starlette.responses import Response

from api.negotiate import HTML, Representation, choose
from kg import errors as kg_errors

PROBLEM_JSON = Representation(
    suffix="json",
    media_type="application/problem+json",
    name="Problem document",
    also=("application/json",),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemKind:
    """A kind of error: what clients can tell apart."""

    status: int
    """HTTP status."""
    title: str
    """The same for every occurrence (RFC 9457 §3.1.3)."""
    help: str
    """What it means and what to do, for ``/problems``."""


PROBLEMS: Mapping[str, ProblemKind] = {
    "ambiguous-label": ProblemKind(
        status=300,
        title="The label names several concepts",
        help="Ask again with the slug of one of the choices.",
    ),
    "malformed-query": ProblemKind(
        status=400,
        title="The SPARQL query cannot be answered",
        help="Mend the query at the place that the detail names. Updates, SERVICE and LOAD are "
        "never carried out here.",
    ),
    "malformed-request": ProblemKind(
        status=400,
        title="The request is not the protocol's",
        help="The detail names the clause: one query, one form of the request.",
    ),
    "not-embeddable": ProblemKind(
        status=401,
        title="Pages of this server may not be embedded",
        help="Its owner can name the origins that may in GLOSSGRAPH_EMBED.",
    ),
    "read-only": ProblemKind(
        status=403,
        title="The graph is only read here",
        help="Change the sources and build the graph again.",
    ),
    "not-offered": ProblemKind(
        status=403,
        title="The server does not offer this",
        help="The detail says what its owner can allow, or what to do instead.",
    ),
    "not-found": ProblemKind(
        status=404,
        title="There is no such page",
        help="/docs lists what can be asked.",
    ),
    "concept-not-found": ProblemKind(
        status=404,
        title="There is no such concept",
        help="Labels, aliases, slugs and IRIs are understood, whatever their case. `near` holds "
        "concepts with a similar name.",
    ),
    "unauthorized": ProblemKind(
        status=401,
        title="This takes the server's token",
        help="Send Authorization: Bearer and the token that GLOSSGRAPH_TOKEN has on the server.",
    ),
    "method-not-allowed": ProblemKind(
        status=405,
        title="The method is not allowed here",
        help="The header Allow lists the methods that are.",
    ),
    "not-acceptable": ProblemKind(
        status=406,
        title="No representation is what Accept asks for",
        help="Send one of the media types in `offers` in the header Accept, or leave it out.",
    ),
    "body-too-large": ProblemKind(
        status=413,
        title="The request body is too large",
        help="Send less, or raise GLOSSGRAPH_BODY_LIMIT.",
    ),
    "unsupported-media-type": ProblemKind(
        status=415,
        title="The request body is of a media type that is not read here",
        help="The detail names the media types that are, and whether a Content-Encoding is in the "
        "way.",
    ),
    "misdirected": ProblemKind(
        status=421,
        title="The server does not answer to this name",
        help="Against DNS rebinding a server answers only to the names in GLOSSGRAPH_HOSTS.",
    ),
    "invalid-parameter": ProblemKind(
        status=422,
        title="A parameter is unknown or has a value that cannot be used",
        help="`errors` names each parameter, what is wrong with it and the nearest that exists.",
    ),
    "unreadable-text": ProblemKind(
        status=422,
        title="No glossary was read in the text",
        help="Send the text with its headwords and definitions, in the form that it has.",
    ),
    "internal": ProblemKind(
        status=500,
        title="The server made a mistake",
        help="Its log says which; please report it with the address you asked for.",
    ),
    "query-failed": ProblemKind(
        status=500,
        title="The query could not be answered",
        help="Its worker came to an unexpected end. Ask again; if it happens again, report it.",
    ),
    "job-failed": ProblemKind(
        status=500,
        title="The text could not be read",
        help="Send a shorter text, or raise GLOSSGRAPH_EXTRACT_MEMORY.",
    ),
    "answer-failed": ProblemKind(
        status=500,
        title="The answer could not be made",
        help="Ask for less, or raise GLOSSGRAPH_JOB_MEMORY.",
    ),
    "not-implemented": ProblemKind(
        status=501,
        title="The answer is not made in this format",
        help="Ask for one of the formats that the detail names.",
    ),
    "missing-extra": ProblemKind(
        status=501,
        title="The server lacks a package for this",
        help="Install the extra that the detail names, or ask for another format.",
    ),
    "busy": ProblemKind(
        status=503,
        title="Too much is asked for at the moment",
        help="Ask again after the seconds in Retry-After.",
    ),
    "query-time": ProblemKind(
        status=504,
        title="The query was stopped at its time limit",
        help="Add a LIMIT, connect the patterns, or raise GLOSSGRAPH_QUERY_TIME.",
    ),
    "job-time": ProblemKind(
        status=504,
        title="Reading was stopped at its time limit",
        help="Send a shorter text, or raise GLOSSGRAPH_EXTRACT_TIME.",
    ),
    "answer-time": ProblemKind(
        status=504,
        title="Making the answer was stopped at its time limit",
        help="Ask for less, or raise GLOSSGRAPH_JOB_TIME.",
    ),
    "query-memory": ProblemKind(
        status=507,
        title="The query was stopped at its memory limit",
        help="Add a LIMIT, connect the patterns, or raise GLOSSGRAPH_QUERY_MEMORY.",
    ),
}
"""Every problem the server answers with, in order of status."""


class Problem(Exception):
    """An answer that is a problem document."""

    def __init__(
        self,
        kind: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **more: object,
    ) -> None:
        self.kind = kind
        """Key of :data:`PROBLEMS`."""
        self.detail = detail
        self.headers = dict(headers or {})
        self.more = more
        """Further members of the document."""
        super().__init__(detail)

    @property
    def status(self) -> int:
        """The HTTP status."""
        return PROBLEMS[self.kind].status

    def document(self, root: str = "") -> dict[str, Any]:
        """Return the members of the document (RFC 9457 §3); ``root`` is the root path."""
        return {
            "type": f"{root}/problems#{self.kind}",
            "title": PROBLEMS[self.kind].title,
            "status": self.status,
            "detail": self.detail,
            **self.more,
        }


def _concept_not_found(error: kg_errors.ConceptNotFound) -> Problem:
    return Problem("concept-not-found", str(error), near=list(error.all_near))


def _ambiguous(error: kg_errors.AmbiguousLabel) -> Problem:
    return Problem("ambiguous-label", str(error), choices=list(error.choices))


def _malformed(error: kg_errors.MalformedQuery) -> Problem:
    return Problem("malformed-query", error.reason)


def _busy(error: kg_errors.QueryBusy) -> Problem:
    return Problem("busy", str(error), headers={"Retry-After": str(error.retry_after)})


def _failed(error: kg_errors.QueryFailed) -> Problem:
    return Problem("query-failed", f"{error} {PROBLEMS['query-failed'].help}")


def _stopped(kind: str, reason: str) -> Problem:
    return Problem(kind, f"{reason.rstrip('.')}. {PROBLEMS[kind].help}")


def _timeout(error: kg_errors.QueryTimeout) -> Problem:
    return _stopped("query-time", str(error) or "The query took too long")


def _too_large(error: kg_errors.QueryTooLarge) -> Problem:
    return _stopped("query-memory", str(error) or "The query needed too much memory")


def _missing_extra(error: kg_errors.MissingExtra) -> Problem:
    return Problem("missing-extra", f"{error}.")


TRANSLATIONS: Mapping[type[Exception], Callable[[Any], Problem]] = {
    kg_errors.ConceptNotFound: _concept_not_found,
    kg_errors.AmbiguousLabel: _ambiguous,
    kg_errors.MalformedQuery: _malformed,
    kg_errors.QueryBusy: _busy,
    kg_errors.QueryTimeout: _timeout,
    kg_errors.QueryTooLarge: _too_large,
    kg_errors.MissingExtra: _missing_extra,
    kg_errors.QueryFailed: _failed,
}
"""What each error of the graph becomes."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the name in ``known`` that ``name`` may have been meant for, or ``None``."""
    found = process.extractOne(name.lower(), list(known), score_cutoff=60)
    return None if found is None else str(found[0])


_MEANT: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("relation", "relations", "relation_type", "predicate"), ("type",)),
    **dict.fromkeys(("sort", "sort_by", "orderby"), ("order",)),
    **dict.fromkeys(("offset", "page", "after", "next"), ("cursor",)),
    **dict.fromkeys(("query", "search", "text", "prefix"), ("q",)),
    **dict.fromkeys(("name", "term", "slug", "iri", "id"), ("concept",)),
    **dict.fromkeys(("size", "count", "max", "top", "n", "per_page", "page_size", "limit"),
                    ("limit", "k")),
    **dict.fromkeys(("confidence", "threshold"), ("min_confidence",)),
    **dict.fromkeys(("start", "source", "a"), ("from",)),
    **dict.fromkeys(("end", "target", "b"), ("to",)),
    **dict.fromkeys(("language", "locale"), ("lang",)),
}  # fmt: skip
"""Other words for parameters, by which other services call them."""


def unknown_parameters(names: Iterable[str], known: Iterable[str]) -> Problem:
    """Return the problem of parameters that a route does not have; names the nearest it has."""
    known = sorted(known)
    errors, sentences = [], []
    for name in names:
        other = (each for each in _MEANT.get(name.lower(), ()) if each in known)
        near = next(other, None) or nearest(name, known)
        sentence = f'There is no parameter "{name}".'
        if near:
            sentence += f' Did you mean "{near}"?'
        elif known:
            sentence += f" There are: {', '.join(known)}."
        else:
            sentence += " This address takes none."
        sentences.append(sentence)
        errors.append({"parameter": name, "detail": sentence, "nearest": near})
    return Problem("invalid-parameter", " ".join(sentences), errors=errors)


def invalid_parameter(
    name: str, detail: str, known: Iterable[str] = (), value: str = ""
) -> Problem:
    """Return the problem of one parameter; of ``known`` values it names the nearest."""
    near = nearest(value, known) if value else None
    if near:
        detail += f' Did you mean "{near}"?'
    return Problem(
        "invalid-parameter",
        detail,
        errors=[{"parameter": name, "detail": detail, "nearest": near}],
    )


def not_acceptable(offers: Iterable[Representation]) -> Problem:
    """Return the problem of an ``Accept`` that none of ``offers`` satisfies."""
    types = [offer.media_type for offer in offers]
    return Problem(
        "not-acceptable",
        f"This is sent as {', '.join(types)}. Ask for one of them in Accept, or leave it out.",
        offers=types,
    )


def respond(request: Request, problem: Problem) -> Response:
    """Return the response for a problem: a page for browsers, else ``application/problem+json``."""
    root = request.scope.get("root_path", "")
    document = problem.document(root)
    headers = {"Cache-Control": "no-store", "Vary": "Accept", **problem.headers}
    chosen = choose(request.headers.get("accept"), (PROBLEM_JSON, HTML))
    page = getattr(request.app.state, "problem_page", None)
    if page and "snapshot" in request.scope and chosen is not None and chosen[0] is HTML:
        return Response(
            page(request, document), problem.status, headers, "text/html; charset=utf-8"
        )
    return Response(orjson.dumps(document), problem.status, headers, PROBLEM_JSON.media_type)
