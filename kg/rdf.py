"""RDF terms as N-Quads text: literals, IRIs and the names of the vocabularies that we write.

Plain string building: nothing here parses or stores RDF, and what it returns is always well-formed
(held by property tests against a real parser).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping

from ontology.vocabulary import BASE_PREFIXES

PREFIXES = {**BASE_PREFIXES, "void": "http://rdfs.org/ns/void#"}
"""Prefixes that the quads use."""


def prefixes_of(base: str, own: Mapping[str, str]) -> dict[str, str]:
    """Return the prefixes of a graph: of its concepts, those above, and a project's own.

    One of the project's that is taken stays what it was.
    """
    return {"concept": f"{base}concepts/", **own, **PREFIXES}


A = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
"""``rdf:type``, as Turtle writes it."""
XSD = PREFIXES["xsd"]
"""Namespace of the datatypes."""
# What XML 1.0 cannot hold would make RDF/XML and result XML unreadable; lone surrogates are no
# Unicode text. Each is replaced one for one, so that lengths stay.
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile('[\\\\"\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]')
_ESCAPES = str.maketrans(
    {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\x7f": "\\u007F"}
)
# RFC 5646 §2.1, lower-case: language, script, region, variants, extensions, private use.
_TAG = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*(?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*"
    r"(?:-x(?:-[a-z0-9]{1,8})+)?"
)
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f-\x9f<>\"{}|^`\\]+")
_SCHEME_AND_PATH = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:(//[^\s/?#\[\]@]+)?([^\s\[\]#]*)(#[^\s\[\]#]*)?"
)
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# Everything outside RFC 3987's ipchar; "/" is let through where a path of several steps is meant.
_OUTSIDE_STEP = re.compile(
    "[^A-Za-z0-9._~!$&'()*+,;=:@\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U00010000-\U0001fffd"
    "\U00020000-\U0002fffd\U00030000-\U0003fffd-]"
)
_CREATIVE_COMMONS = re.compile(r"CC[ -](BY(?:-NC)?(?:-SA|-ND)?)[ -](\d\.\d)", re.IGNORECASE)


def _terms(prefix: str, names: str) -> dict[str, str]:
    return {name: f"<{PREFIXES[prefix]}{name}>" for name in names.split()}


SKOS = _terms(
    "skos",
    "Concept ConceptScheme prefLabel altLabel hiddenLabel definition example note editorialNote "
    "notation inScheme topConceptOf hasTopConcept closeMatch exactMatch related broader",
)
GG = _terms(
    "gg",
    "Assertion Entry Text kind implied inferred acronym defines headword formula partOfSpeech "
    "locator reuse digest basis rule confidence",
)
DC = _terms(
    "dcterms",
    "title source publisher rights license language format date subject isReplacedBy isPartOf",
)
OA = _terms(
    "oa",
    "SpecificResource TextQuoteSelector TextPositionSelector hasTarget hasSource hasSelector "
    "exact start end",
)
SCHEMA = _terms(
    "schema",
    "DefinedTerm DefinedTermSet name description inDefinedTermSet termCode citation",
)
RDF = _terms("rdf", "subject predicate object")
RDFS = _terms("rdfs", "seeAlso label")
VOID = _terms(
    "void",
    "Dataset subset triples entities uriSpace sparqlEndpoint vocabulary exampleResource",
)
DERIVED = f"<{PREFIXES['prov']}wasDerivedFrom>"
DEPRECATED = f"<{PREFIXES['owl']}deprecated>"
TRUE = f'"true"^^<{XSD}boolean>'


def literal(text: str, language: str = "", datatype: str = "") -> str:
    """Return ``text`` as an N-Quads literal, with its language tag if that is well-formed."""
    if _ESCAPED.search(text):
        text = _UNREADABLE.sub("\ufffd", text).translate(_ESCAPES)
    if datatype:
        return f'"{text}"^^<{datatype}>'
    tag = language.lower().replace("_", "-")
    return f'"{text}"@{tag}' if _TAG.fullmatch(tag) else f'"{text}"'


def step(text: str, *, path: bool = False) -> str:
    """Return ``text`` as a step of an IRI's path, percent-encoded where RFC 3987 wants it.

    With ``path``, slashes stay: it is several steps. ``%`` itself is encoded, so that different
    texts give different steps.
    """
    if path:
        return "/".join(step(part) for part in text.split("/"))
    return _OUTSIDE_STEP.sub(_percent, text)


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))


def iri(text: str) -> str | None:
    """Return an absolute IRI as an N-Quads term, None where ``text`` is none."""
    text = text.strip()
    if not _IRI.fullmatch(text) or not _SCHEME_AND_PATH.fullmatch(text):
        return None
    return None if _BAD_PERCENT.search(text) else f"<{text}>"


def licence(text: str) -> str | None:
    """Return the IRI of a licence: as given, or of a Creative Commons licence by its short name."""
    common = _CREATIVE_COMMONS.fullmatch(text.strip())
    if common:
        return f"<https://creativecommons.org/licenses/{common[1].lower()}/{common[2]}/>"
    if re.fullmatch(r"CC0(-1\.0)?", text.strip(), re.IGNORECASE):
        return "<https://creativecommons.org/publicdomain/zero/1.0/>"
    return iri(text)


def named(digest: str) -> str:
    """Return the name of bytes by their SHA-256 (RFC 6920)."""
    value = base64.urlsafe_b64encode(bytes.fromhex(digest)).decode().rstrip("=")
    return f"<ni:///sha-256;{value}>"


def integer(value: int) -> str:
    """Return a whole number as an ``xsd:integer``."""
    return f'"{value}"^^<{XSD}integer>'


def decimal(value: float) -> str:
    """Return a number as an ``xsd:decimal`` of at most four places."""
    text = f"{value:.4f}".rstrip("0")
    return f'"{text}0"^^<{XSD}decimal>' if text.endswith(".") else f'"{text}"^^<{XSD}decimal>'
