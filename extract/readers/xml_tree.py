"""XML read safely: no document type is loaded, no address opened, no entity nested in another.

What a document's own ``<!ENTITY name "text">`` lines say is put in before the parser sees the
text, once and not within itself; names of HTML's characters are known without being declared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5

from lxml import etree

from extract.errors import UnreadableSource
from extract.readers.base import Origin, Sheet
from extract.readers.encoding import decode, unified
from extract.readers.text import note_guess

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
IDENTIFIER = "{http://www.w3.org/XML/1998/namespace}id"
# Entities of a document type are short: a product's name, an address. What makes a text more than
# this much longer is the attack that is called "billion laughs", or its quadratic kin.
_GROWTH = 1_000_000
_XML = frozenset({"lt", "gt", "amp", "quot", "apos"})
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
# What is not closed runs to the end of the text, so that nothing is looked at twice.
_DOCTYPE = re.compile(
    r"""<!DOCTYPE\s++[^\s>\[]++(?:\s++(?:SYSTEM|PUBLIC))?(?:\s*+(?:"[^"]*+"|'[^']*+'))*+\s*+"""
    r"""(?:\[(?P<subset>(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|<!--.*?(?:-->|\Z)|[^\]"'])*+)\]\s*+)?>""",
    re.DOTALL,
)
_ENTITY = re.compile(r"""<!ENTITY\s+(?P<name>[\w.:-]+)\s+(?:"(?P<a>[^"]*)"|'(?P<b>[^']*)')\s*>""")
_USE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|&(?P<name>[A-Za-z_][\w.:-]*);|&(?!#\d+;|#x[0-9A-Fa-f]+;)",
    re.DOTALL,
)
# Characters that no XML 1.0 document may hold (XML 1.0, production 2).
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def parse(data: bytes, origin: Origin, sheet: Sheet) -> etree._Element:
    """Return the root element; lines of the source are ``sourceline`` of elements.

    A document that is not well-formed is read as far as it goes, with a finding
    ``malformed-xml``; references to entities that nobody declared keep their name as text, with a
    finding ``unknown-entity``. Comments and processing instructions are left out.

    Raises:
        UnreadableSource: there is no element in it, or its entities blow the text up.
    """
    text = plain(data, origin, sheet)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=False, recover=True, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableSource(origin.label, f"this is no XML: {error.msg}") from error
    if root is None:
        raise UnreadableSource(origin.label, "this is no XML: it holds no element")
    if wrong := [e for e in parser.error_log if e.level >= etree.ErrorLevels.ERROR]:
        sheet.find(
            "malformed-xml",
            f"The XML is not well-formed (line {wrong[0].line}: {wrong[0].message}); it was read "
            "as far as it goes.",
            severity="warning",
        )
    return root


def plain(data: bytes, origin: Origin, sheet: Sheet) -> str:
    """Return the text of an XML document without document type, its entities put in.

    Lines keep their numbers.
    """
    decoded = decode(data, source=origin.label)
    note_guess(sheet, decoded)
    text = _FORBIDDEN.sub("\ufffd", _DECLARATION.sub("", unified(decoded.text)))
    entities: dict[str, str] = {}
    doctype = _DOCTYPE.match(text, max(text.find("<!DOCTYPE"), 0))
    if doctype:
        for found in _ENTITY.finditer(doctype["subset"] or ""):
            entities.setdefault(found["name"], found["a"] or found["b"] or "")
        lines = "\n" * doctype[0].count("\n")
        text = text[: doctype.start()] + lines + text[doctype.end() :]
    unknown: dict[str, None] = {}
    grown = 0

    def value(name: str, within: frozenset[str]) -> str:
        nonlocal grown
        if name in _XML:
            return f"&{name};"
        if name in entities:
            # Two levels are what product names need ("&vendor; &product;"); three are a bomb.
            if name in within or len(within) > 1:
                raise UnreadableSource(
                    origin.label, "its entities nest in one another, which is refused"
                )
            inner = within | {name}
            found = _USE.sub(lambda use: put(use, inner), entities[name])
            grown += len(found)
            if grown > _GROWTH:
                raise UnreadableSource(
                    origin.label, "its entities stand for more text than a glossary has"
                )
            return found
        if character := html5.get(f"{name};"):
            return (
                character.replace("<", "&lt;").replace("&", "&amp;")
                if (character in "<&")
                else character
            )
        unknown[name] = None
        return name

    def put(use: re.Match[str], within: frozenset[str]) -> str:
        if use["name"]:
            return value(use["name"], within)
        return "&amp;" if use[0] == "&" else use[0]

    text = _USE.sub(lambda use: put(use, frozenset()), text)
    if unknown:
        names = ", ".join(list(unknown)[:5])
        sheet.find(
            "unknown-entity",
            f"Nothing says what {names} stand{'s' if len(unknown) == 1 else ''} for: document "
            "types are not loaded.",
        )
    return text


def name(element: etree._Element) -> str:
    """Return the name of an element without its namespace, or ``""`` for what is none."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Yield the children called one of ``names``, in order."""
    return (child for child in element if name(child) in names)


def below(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Yield what is called one of ``names`` at any depth, in order."""
    return (each for each in element.iter() if each is not element and name(each) in names)


def words(element: etree._Element) -> str:
    """Return all text of an element on one line."""
    return " ".join("".join(element.itertext()).split())


def language_of(element: etree._Element | None) -> str:
    """Return the lower-case language tag that an element or the nearest around it has."""
    while element is not None:
        tag = element.get(LANGUAGE) or element.get("lang")
        if tag:
            return str(tag).strip().lower().replace("_", "-")
        element = element.getparent()
    return ""


def locator(element: etree._Element) -> str:
    """Return where a person finds an element: its line."""
    return f"line {element.sourceline}" if element.sourceline else ""
