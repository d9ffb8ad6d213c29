"""Which representation a client is sent: media types by ``Accept`` and by suffix (RFC 9110 §12)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# An element of a list header: anything but commas, with quoted strings whole.
_ELEMENT = re.compile(r'(?:[^,"]|"(?:\\.|[^"\\])*")+')
_PARAMETER = re.compile(r';\s*([^=;\s]+)\s*=\s*("(?:\\.|[^"\\])*"|[^;\s]*)')
_RANGE = re.compile(r"\s*([\w!#$%&'*+.^`|~-]+)/([\w!#$%&'*+.^`|~-]+)\s*(?=;|$)")
_WEIGHT = re.compile(r"(?:0?\.\d+|[01](?:\.\d*)?)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """A form in which something is sent: its suffix, its media type, its name for people."""

    suffix: str
    """Without the dot: ``ttl``."""
    media_type: str
    """What goes into ``Content-Type``, without charset."""
    name: str
    """``Turtle``."""
    also: tuple[str, ...] = ()
    """Other media types by which clients ask for the same."""
    profile: str = ""
    """IRI of the profile (RFC 6906) that a client has to ask for with the media type."""


RDF_FORMATS: tuple[Representation, ...] = (
    Representation(
        suffix="ttl",
        media_type="text/turtle",
        name="Turtle",
        also=("application/x-turtle", "application/trig", "text/n3"),
    ),
    Representation(
        suffix="nt",
        media_type="application/n-triples",
        name="N-Triples",
        also=("text/plain", "application/n-quads"),
    ),
    Representation(suffix="jsonld", media_type="application/ld+json", name="JSON-LD"),
    Representation(
        suffix="rdf",
        media_type="application/rdf+xml",
        name="RDF/XML",
        also=("application/xml", "text/xml"),
    ),
)
"""How triples are sent; the first where a client takes anything.

Each Turtle document is one of TriG and of N3, each N-Triples document one of N-Quads.
"""

RESULT_FORMATS: tuple[Representation, ...] = (
    Representation(
        suffix="json",
        media_type="application/sparql-results+json",
        name="SPARQL JSON",
        also=("application/json",),
    ),
    Representation(
        suffix="xml",
        media_type="application/sparql-results+xml",
        name="SPARQL XML",
        also=("application/xml", "text/xml"),
    ),
    Representation(suffix="csv", media_type="text/csv", name="CSV"),
    Representation(
        suffix="tsv", media_type="text/tab-separated-values", name="TSV", also=("text/plain",)
    ),
)
"""How bindings are sent."""

HTML = Representation(
    suffix="html", media_type="text/html", name="HTML", also=("application/xhtml+xml",)
)
JSON = Representation(suffix="json", media_type="application/json", name="JSON")
MARKDOWN = Representation(suffix="md", media_type="text/markdown", name="Markdown")

SCHEMA = Representation(
    suffix="schema.jsonld",
    media_type="application/ld+json",
    name="schema.org",
    profile="https://schema.org",
)
"""What search engines read: only for who names it, by suffix or profile."""

CONCEPT_FORMATS: tuple[Representation, ...] = (HTML, SCHEMA, *RDF_FORMATS, JSON, MARKDOWN)
"""Forms of a concept; the first where a client takes anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRange:
    """One element of ``Accept``."""

    type: str
    """Lower case, or ``*``."""
    subtype: str
    """Lower case, or ``*``."""
    quality: float
    """0 (never) to 1."""
    parameters: tuple[tuple[str, str], ...] = ()
    """Parameters before ``q``, in lower case; kept for those who ask for a profile."""

    def match(self, media_type: str) -> int:
        """Return how closely the range names ``media_type``: 0 not at all, 3 exactly."""
        kind, _, subtype = media_type.partition("/")
        if self.type == "*":
            return 1 if self.subtype == "*" else 0
        if self.type != kind:
            return 0
        if self.subtype == "*":
            return 2
        return 3 if self.subtype == subtype else 0

    def names(self, offer: Representation) -> bool:
        """Return whether the range asks for a representation by its profile."""
        asked = dict(self.parameters).get("profile", "").replace("http://", "https://").split()
        return (
            self.quality > 0
            and self.match(offer.media_type) == 3
            and offer.profile in {each.rstrip("/") for each in asked}
        )


def media_ranges(header: str) -> list[MediaRange]:
    """Return the elements of an ``Accept`` header in its order; what cannot be read is left out.

    A weight that cannot be read counts as 1.
    """
    ranges = []
    for element in _ELEMENT.findall(header):
        head = _RANGE.match(element)
        if head is None:
            continue
        quality, parameters = 1.0, []
        for name, value in _PARAMETER.findall(element):
            if name.lower() == "q":
                quality = min(1.0, float(value)) if _WEIGHT.match(value) else 1.0
                break
            parameters.append((name.lower(), value.strip('"').lower()))
        ranges.append(
            MediaRange(
                type=head[1].lower(),
                subtype=head[2].lower(),
                quality=quality,
                parameters=tuple(parameters),
            )
        )
    return ranges


def ranked(
    header: str | None, offers: Sequence[Representation]
) -> list[tuple[Representation, str]]:
    """Return the offers that a client takes, best first, each with the media type it asked by.

    Each media type counts with the weight of the range that names it most closely; equal weights
    keep the order of ``offers`` (RFC 9110 §12.5.1). No header, or one that cannot be read, takes
    anything. Parameters other than ``q`` do not exclude: ``application/ld+json;profile=…`` still
    gets JSON-LD. What has a profile is only sent to who names it, then before the plain form.
    """
    ranges = media_ranges(header or "*/*") or media_ranges("*/*")
    found: list[tuple[float, Representation, str]] = []
    for offer in offers:
        best: tuple[float, str] | None = None
        if offer.profile and not any(each.names(offer) for each in ranges):
            continue
        for media_type in (offer.media_type, *offer.also):
            closest = max(ranges, key=lambda each: (each.match(media_type), each.quality))
            closeness = closest.match(media_type)
            # Another name of a representation has to be asked for by name.
            if not closeness or (media_type != offer.media_type and closeness < 3):
                continue
            if closest.quality > 0 and (best is None or closest.quality > best[0]):
                best = (closest.quality, media_type)
        if best is not None:
            found.append((best[0], offer, best[1]))
    found.sort(key=lambda each: -each[0])
    return [(offer, media_type) for _, offer, media_type in found]


def choose(
    header: str | None, offers: Sequence[Representation]
) -> tuple[Representation, str] | None:
    """Return the first of :func:`ranked`, or ``None`` where a client takes none."""
    return next(iter(ranked(header, offers)), None)


def by_suffix(name: str, offers: Sequence[Representation]) -> tuple[str, Representation | None]:
    """Return ``name`` without the suffix of one of ``offers``, and that offer (or ``None``)."""
    for offer in sorted(offers, key=lambda each: -len(each.suffix)):
        end = len(name) - len(offer.suffix) - 1
        if end > 0 and name[end:].lower() == f".{offer.suffix}":
            return name[:end], offer
    return name, None


def alternate(address: str, form: Representation) -> str:
    """Return the element of a ``Link`` header that names another form (RFC 8288)."""
    profile = f";profile={form.profile}" if form.profile else ""
    return f'<{address}>; rel="alternate"; type="{form.media_type}{profile}"'
