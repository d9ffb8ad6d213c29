"""Media types: by a file's suffix, by an HTTP header, by the look of its first bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePath

SUFFIXES: Mapping[str, str] = {
    ".txt": "text/plain",
    ".text": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".mdx": "text/markdown",
    ".mkd": "text/markdown",
    ".qmd": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    ".rst": "text/x-rst",
    ".rest": "text/x-rst",
    ".adoc": "text/asciidoc",
    ".asciidoc": "text/asciidoc",
    ".asc": "text/asciidoc",
    ".texi": "text/x-texinfo",
    ".texinfo": "text/x-texinfo",
    ".txi": "text/x-texinfo",
    ".tex": "text/x-tex",
    ".ltx": "text/x-tex",
    ".latex": "text/x-tex",
    ".info": "text/x-info",
    ".man": "text/troff",
    ".mdoc": "text/troff",
    ".roff": "text/troff",
    ".org": "text/org",
    ".pod": "text/x-pod",
    ".pod6": "text/x-pod",
    ".rakudoc": "text/x-pod",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".tab": "text/tab-separated-values",
    ".psv": "text/csv",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".ndjson": "application/jsonl",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xlsm": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
    ".dbk": "application/docbook+xml",
    ".docbook": "application/docbook+xml",
    ".dita": "application/dita+xml",
    ".tbx": "application/x-tbx",
    ".tei": "application/tei+xml",
    ".xdxf": "application/x-xdxf",
    ".lift": "application/x-lift",
    ".rdf": "application/rdf+xml",
    ".owl": "application/rdf+xml",
    ".ttl": "text/turtle",
    ".n3": "text/n3",
    ".nt": "application/n-triples",
    ".nq": "application/n-quads",
    ".trig": "application/trig",
    ".jsonld": "application/ld+json",
    ".xml": "application/xml",
    ".wiki": "text/plain",
    ".mediawiki": "text/plain",
}
"""Suffix of a file, lower case, to its media type.

Files of other suffixes are looked into, and so is XML, whose suffix says little.
"""

# The vocabulary of an XML document is told by its first elements.
_XML: Mapping[str, re.Pattern[bytes]] = {
    "application/mediawiki+xml": re.compile(rb"<mediawiki[\s>]"),
    "application/rfc+xml": re.compile(rb"<rfc[\s>]"),
    "application/tei+xml": re.compile(rb"<(?:\w+:)?(?:TEI|TEI\.2|teiCorpus)[\s>]"),
    "application/x-xdxf": re.compile(rb"<xdxf[\s>]"),
    "application/x-lift": re.compile(rb"<lift[\s>]"),
    "application/x-tbx": re.compile(rb"<(?:\w+:)?(?:martif|tbx|TBX|termEntry|conceptEntry)[\s>]"),
    "application/rdf+xml": re.compile(rb"<(?:\w+:)?RDF[\s>]|22-rdf-syntax-ns#"),
    "application/dita+xml": re.compile(rb"<glossgroup[\s>]|<glossBody[\s>]|//DTD DITA|<dlentry"),
    "application/docbook+xml": re.compile(
        rb"[Dd]oc[Bb]ook|<(?:glosslist|glossdiv|glossentry|varlistentry)[\s>]"
    ),
}
_XML_START = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*<(?:\?xml\b|!DOCTYPE\s+(?!html\b)|[A-Za-z_][\w.-]*(?::[\w.-]+)?[\s/>])"
)
_TURTLE = re.compile(rb"^\s*(?:@prefix|@base|PREFIX|BASE)\s+\S*\s*<[^<>\s]*>", re.M)
_GRAPH = re.compile(rb"^\s*(?:GRAPH\s*)?<[^<>]*>\s*\{", re.M)
_NTRIPLES = re.compile(
    rb"\A\s*(?:#[^\n]*\n\s*)*(?:<[^<>\s]+>|_:\S+)\s+<[^<>\s]+>\s+\S.*?(?P<graph><[^<>\s]+>\s*)?\.\s*$",
    re.M,
)
_LINKED_JSON = re.compile(rb'"@context"|"@graph"')
# Concepts of SKOS and terms of schema.org also stand in files called ".json".
_LINKED_TERMS = re.compile(rb"skos|DefinedTerm|\b(?:pref|alt)Label\b")

_JSON = re.compile(rb'\A(?:\xef\xbb\xbf)?\s*(?:\[\s*[{\[]|\{\s*")')
_HTML = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|"
    rb"div|dl|table|p|h[1-6]|ul|ol|section|article|main|span)\b",
    re.I | re.S,
)
_MARKDOWN = re.compile(
    r"^(?:\#{1,6}[ ]\S | \*\*[^*\n]{2,60}\*\* | ```\w* | \[[^\]\n]+\]\([^)\n]+\)"
    r" | \|[ ]*:?-{3,}.*\| | [-*+][ ]\*\*[^*\n]{2,60}\*\* )",
    re.MULTILINE | re.VERBOSE,
)  # fmt: skip
_FRONT = re.compile(r"\A---[ \t]*\n(?:[\w-]+:.*\n|[ \t#-].*\n)+---[ \t]*(?:\n|\Z)")


def of_name(name: str) -> str | None:
    """Return the media type that the suffix of ``name`` stands for, or ``None``."""
    return SUFFIXES.get(PurePath(name).suffix.lower())


_RST = re.compile(
    r"^\.\. (?:\w[\w-]*::|_[^\n:]+:) | ^(?:={3,}|-{3,}|~{3,})\n | :(?:term|ref|doc|class|func):`",
    re.MULTILINE | re.VERBOSE,
)


# Anchored terms and references are AsciiDoc's alone; plain "term::" lines may be people's own.
_ASCIIDOC = re.compile(
    r"^(?:\[\[[\w.:-]+\]\].*::(?:\s|$) | \[(?:glossary|horizontal|qanda)\]$ | :\w[\w-]*:\s+\S"
    r" | ={1,5}[ ]\S | <<[\w.:-]+(?:,[^>\n]+)?>> )|<<[\w.:-]+,[^>\n]+>>",
    re.MULTILINE | re.VERBOSE,
)
_ASCIIDOC_TERM = re.compile(r"^(?:\[\[[\w.:-]+\]\])?[^\s:][^\n]{0,80}?:{2,4}$", re.MULTILINE)


# A page of MediaWiki that only sends to another: "#REDIRECT [[Jib]]", in its languages.
_WIKI_REDIRECT = re.compile(
    "(?:\ufeff)?\\s*#\\s*(?:redirect|weiterleitung|redirection|redirección|redirecionamento|"
    "перенаправление|rinvia|doorverwijzing|転送|重定向)\\s*:?\\s*\\[\\[".encode(),
    re.IGNORECASE,
)


_LATEX = re.compile(
    r"^\s*\\(?:(?:long)?(?:new|provide)glossaryentry|newacronym|newabbreviation|DeclareAcronym)\b",
    re.MULTILINE,
)


# A page saved as ".txt" with all its markup.
_PAGE = re.compile(r"\ufeff?\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S)
# Headings as AsciiDoc, RDoc and Creole write them; MediaWiki closes them, too.
_MARKED_HEADING = re.compile(r"(?:\A|\n[ \t]*)\n={2,5} [^\s=][^\n]*(?<![=\s])(?=\n)")


_INFO = re.compile(r"\x1f\nFile: [^,\n]*,\s*Node: ")
# A manual page names itself in its first request, and has more of them.
_MAN = re.compile(r"^[.'](?:TH|Dt)[ \t]+\S", re.MULTILINE)
_MAN_REQUEST = re.compile(r"^[.'](?:SH|Sh|PP|LP|TP|IP|It|Pp|RS)\b", re.MULTILINE)
_POD = re.compile(r"\s*=(?:pod|encoding|head1|begin pod)\b")
_POD_ITEM = re.compile(r"^=(?:item|head[1-4])\b", re.MULTILINE)


def of_marks(data: bytes) -> str | None:
    """Return the media type that marks of one markup alone give away, or ``None``.

    Such pages are also kept as ``.txt``: Git's glossary, Sphinx' copies of its sources.
    """
    if _WIKI_REDIRECT.match(data):
        return "text/x-wiki"
    text = data[:65536].decode("utf-8", errors="replace").replace("\r\n", "\n")
    if text.startswith("\\input texinfo") or "\n@itemx " in text:
        return "text/x-texinfo"
    if _LATEX.search(text):
        return "text/x-tex"
    if _INFO.search(text):
        return "text/x-info"
    if _POD.match(text) and len(_POD_ITEM.findall(text)) >= 2:
        return "text/x-pod"
    if _MAN.search(text) and len(_MAN_REQUEST.findall(text)) >= 2:
        return "text/troff"
    if _PAGE.match(text):
        return "text/html"
    if "\n.. glossary::" in f"\n{text}":
        return "text/x-rst"
    if len(_ASCIIDOC_TERM.findall(text)) >= 2 and len(_ASCIIDOC.findall(text)) >= 3:
        return "text/asciidoc"
    if text.count("{empty}") > 1 or len(_MARKED_HEADING.findall(f"\n\n{text}")) > _FEW:
        return "text/asciidoc"
    return None


# Two headings may be anything.
_FEW = 2


def is_linked(data: bytes) -> bool:
    """Return whether JSON is JSON-LD that names concepts of SKOS or terms of schema.org."""
    head = data[:65536]
    return bool(_LINKED_JSON.search(head) and _LINKED_TERMS.search(head))


def of_content(data: bytes) -> str:
    """Return the media type that ``data`` looks like; ``text/plain`` where nothing decides."""
    head = data[:65536]
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    if kind := of_marks(data):
        return kind
    if _JSON.match(head):
        return "application/ld+json" if is_linked(head) else "application/json"
    if kind := _xml(head):
        return kind
    if _HTML.match(head):
        return "text/html"
    if _TURTLE.search(head):
        return "application/trig" if _GRAPH.search(head) else "text/turtle"
    if triple := _NTRIPLES.match(head):
        return "application/n-quads" if triple["graph"] else "application/n-triples"
    text = head.decode("utf-8", errors="replace").replace("\r\n", "\n").removeprefix("\ufeff")
    if len(_RST.findall(text)) >= 3:
        return "text/x-rst"
    if _FRONT.match(text) or len(_MARKDOWN.findall(text)) >= 3:
        return "text/markdown"
    for separator, media_type in (
        ("\t", "text/tab-separated-values"),
        (",", "text/csv"),
        (";", "text/csv"),
        ("|", "text/csv"),
    ):
        if _table(text, separator):
            return media_type
    return "text/plain"


def _xml(head: bytes) -> str | None:
    """Return which XML vocabulary a document is of, or ``None`` for HTML and what is no XML."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", errors="replace").encode()
    if not _XML_START.match(head) or re.search(rb"<html[\s>]", head, re.I):
        return None
    known = next((kind for kind, mark in _XML.items() if mark.search(head)), None)
    return known or (None if _HTML.match(head) else "application/xml")


def _table(text: str, separator: str) -> bool:
    """Return whether each of the first lines has as many separators as the first, and some."""
    lines = [line for line in text.split("\n")[:40] if line.strip()]
    if len(lines) < 3:
        return False
    counts = [re.sub(r'"(?:[^"]|"")*"', "", line).count(separator) for line in lines]
    # Prose has commas, too, but never the same number in each line over three lines and no blank
    # after them; a single separator a line needs a word such as "term" in the first one.
    if separator in ",;" and any(f"{separator} " in line for line in lines[:1]):
        return False
    enough = (
        1 if separator in "\t" or re.search(r"(?i)\b(term|word|acronym|begriff)", lines[0]) else 2
    )
    return counts[0] >= enough and all(c == counts[0] for c in counts)
