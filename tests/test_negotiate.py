"""Content negotiation by Accept and by suffix (RFC 9110 §12.5.1)."""

from __future__ import annotations

import pytest

from api.negotiate import CONCEPT_FORMATS, RESULT_FORMATS, by_suffix, choose

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        (None, "html"),
        ("", "html"),
        ("*/*", "html"),
        (BROWSER, "html"),
        ("text/turtle", "ttl"),
        ("TEXT/TURTLE", "ttl"),
        ("text/turtle;q=0.5, application/ld+json", "jsonld"),
        ('application/ld+json;profile="http://a.example/,;q=0", text/turtle;q=.9', "jsonld"),
        ("application/rdf+xml;q=0.8, text/turtle;q=0.9, text/html;q=0.1", "ttl"),
        ("text/*", "html"),
        ("text/*;q=0.5, text/html;q=0", "ttl"),
        ("*/*;q=0.1, text/html;q=0, text/turtle;q=0", "nt"),
        ("application/json", "json"),
        ("text/markdown", "md"),
        ("application/n-triples", "nt"),
        ("application/xml", "rdf"),
        ("image/png", None),
        ("text/html;q=0", None),
        ("nonsense", "html"),
        (", ,text/turtle , ", "ttl"),
        ("text/turtle;q=nonsense", "ttl"),
    ],
)
def test_concepts(accept: str | None, suffix: str | None) -> None:
    """The form a client likes best, by weight, then closeness, then our order; None for none."""
    chosen = choose(accept, CONCEPT_FORMATS)
    assert (chosen[0].suffix if chosen else None) == suffix


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/json", "application/json"),
        ("application/sparql-results+json, */*;q=0.1", "application/sparql-results+json"),
        ("text/csv", "text/csv"),
        (BROWSER, "application/xml"),
    ],
)
def test_asked_media_type(accept: str, media_type: str) -> None:
    """Beside the form it says by which of its names the client asked for it."""
    chosen = choose(accept, RESULT_FORMATS)
    assert chosen is not None and chosen[1] == media_type


@pytest.mark.parametrize(
    ("name", "stem", "suffix"),
    [
        ("churn.ttl", "churn", "ttl"),
        ("churn.TTL", "churn", "ttl"),
        ("node.js", "node.js", None),
        ("churn", "churn", None),
        (".ttl", ".ttl", None),
    ],
)
def test_suffix(name: str, stem: str, suffix: str | None) -> None:
    """Only suffixes of a known form are taken off."""
    found = by_suffix(name, CONCEPT_FORMATS)
    assert (found[0], found[1].suffix if found[1] else None) == (stem, suffix)
