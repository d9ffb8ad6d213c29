"""The running text of an HTML page, by a tokenizer that keeps every offset.

The page is cut as browsers cut it (HTML Standard §13.2.5: tags, attributes, comments, raw text,
character references) and put back whole by whoever inserts links, so that not a byte of it changes.
Cost: linear in the page.
"""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape

from kg.prose import Block

_SKIPPED = """
a abbr audio button canvas code dfn dt embed footer glossary-map glossary-term h1 h2 h3 h4 h5 h6
head iframe input kbd label legend math menu nav noembed noframes noscript object option output pre
samp script select style summary svg template textarea title tt var video xmp
"""
SKIPPED = frozenset(_SKIPPED.split())
"""Elements whose text is no place for a link: links, code, headings, controls, the unseen.

Forms are in: ASP.NET wraps whole pages in one, and controls are left out by themselves."""
SKIPPED_ROLES = frozenset({"button", "heading", "link", "menu", "navigation", "search", "tab"})
"""Values of ``role`` that say the same."""
NOLINK = "nolink"
"""Class by which authors keep links out of an element; the attribute ``data-nolink`` does too."""

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_SECTIONS = _HEADINGS | {"article", "section"}
_BLOCK_NAMES = """
address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset
figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol
option p pre search section summary table tbody td tfoot th thead tr ul
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_VOID_NAMES = "area base br col embed hr img input link meta param source track wbr"
_VOID = frozenset(_VOID_NAMES.split())
_RAW = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
}
# Start tags that end an open element of the first set, unless one of the second is in between
# (HTML Standard §13.1.2.4, optional tags).
_P_ENDERS = _BLOCKS - {"br", "body", "html", "caption", "legend", "option", "tbody", "td", "tfoot",
                       "th", "thead", "tr"}  # fmt: skip
_ENDED_BY: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    **dict.fromkeys(_P_ENDERS, (frozenset({"p"}), frozenset({"button", "table", "td", "th"}))),
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "menu"})),
    **dict.fromkeys(("dt", "dd"), (frozenset({"dt", "dd"}), frozenset({"dl"}))),
    **dict.fromkeys(("td", "th"), (frozenset({"td", "th"}), frozenset({"table"}))),
    "tr": (frozenset({"td", "th", "tr"}), frozenset({"table"})),
    "option": (frozenset({"option"}), frozenset({"select"})),
    "a": (frozenset({"a"}), frozenset({"table"})),
}
# Browsers stop nesting at about this depth, too; deeper elements are left out.
_DEEPEST = 500

_NAME = re.compile(r"[A-Za-z][^\s/>]*")
_ATTRIBUTE = re.compile(r"[\s/]*([^\s/>][^\s/>=]*)(\s*=\s*)?")
_UNQUOTED = re.compile(r"[^\s>]*")
_CHARACTER = re.compile(r"&(?:#[xX]?[0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);?")
_BREAKS = str.maketrans("\n\r\t\f", "    ")


@dataclass(slots=True)
class _Open:
    """An open element."""

    name: str
    skipped: bool
    language: str


def html(page: str) -> Iterator[Block]:
    """Yield the blocks of running text of a page or a fragment of one."""
    return _Walk(page).blocks()


class _Walk:
    """One walk over a page."""

    def __init__(self, page: str) -> None:
        self.page = page
        self.stack = [_Open("", False, "")]
        self.depths: dict[str, list[int]] = defaultdict(list)
        """Where in the stack the open elements of each name are."""
        self.section = 0
        self.block = Block(section=0)

    def blocks(self) -> Iterator[Block]:
        """Yield each block as it ends."""
        page, at = self.page, 0
        while at < len(page):
            tag = page.find("<", at)
            if tag < 0:
                self._text(at, len(page))
                break
            self._text(at, tag)
            at, ended = self._markup(tag)
            if ended is not None and not ended.empty:
                yield ended
        if not self.block.empty:
            yield self.block

    def _text(self, start: int, end: int) -> None:
        if start == end:
            return
        if self.stack[-1].skipped:
            self.block.leave_out()
            return
        text = self.page[start:end]
        if "&" not in text:
            self.block.add(text.translate(_BREAKS), start)
            return
        shown: list[str] = []
        places = array("Q")
        at = 0
        for found in _CHARACTER.finditer(text):
            shown.append(text[at : found.start()])
            places.extend(range(start + at, start + found.start()))
            character = unescape(found.group())
            shown.append(character)
            places.append(start + found.start())
            places.extend([start + found.end()] * (len(character) - 1))
            at = found.end()
        shown.append(text[at:])
        places.extend(range(start + at, end + 1))
        self.block.add("".join(shown).translate(_BREAKS), places)

    def _markup(self, at: int) -> tuple[int, Block | None]:
        """Read what begins with ``<`` at ``at``; return where it ends, and a block that it ends."""
        page = self.page
        if page.startswith("<!--", at):
            end = page.find("-->", at + 4)
            return (len(page) if end < 0 else end + 3), None
        closing = page.startswith("</", at)
        named = _NAME.match(page, at + 1 + closing)
        if named is None:
            if page[at + 1 : at + 2] not in ("!", "?", "/"):
                self._text(at, at + 1)  # a lone "<" is text
                return at + 1, None
            end = page.find(">", at)
            return (len(page) if end < 0 else end + 1), None
        name = named.group().lower()
        end, attributes = self._attributes(named.end())
        if closing:
            return end, self._close(name)
        ended = self._start(name, attributes)
        if name in _RAW:
            close = _RAW[name].search(page, end)
            end = close.start() if close else len(page)
        elif name == "plaintext":
            end = len(page)
        return end, ended

    def _attributes(self, at: int) -> tuple[int, dict[str, str]]:
        """Return where a tag ends, and its attributes; the first of a name counts."""
        page, found = self.page, dict[str, str]()
        while (each := _ATTRIBUTE.match(page, at)) is not None:
            at, value = each.end(), ""
            if each[2]:
                quote = page[at : at + 1]
                if quote in ('"', "'"):
                    end = page.find(quote, at + 1)
                    if end < 0:
                        return len(page), found
                    value, at = page[at + 1 : end], end + 1
                else:
                    unquoted = _UNQUOTED.match(page, at)
                    assert unquoted is not None
                    value, at = unquoted.group(), unquoted.end()
            found.setdefault(each[1].lower(), value)
        end = page.find(">", at)
        return (len(page) if end < 0 else end + 1), found

    def _start(self, name: str, attributes: dict[str, str]) -> Block | None:
        """Open an element; return the block that ends with it."""
        if name in _ENDED_BY:
            enders, borders = _ENDED_BY[name]
            inner = self._innermost(enders)
            if inner > self._innermost(borders):
                self._pop_to(inner)
        role = attributes.get("role", "").strip().lower()
        begins = name in _SECTIONS or role == "heading"
        self.section += begins
        ended = self._flush() if begins or name in _BLOCKS else None
        if name in _VOID:
            return ended
        around = self.stack[-1]
        skipped = (
            around.skipped
            or name in SKIPPED
            or role in SKIPPED_ROLES
            or NOLINK in unescape(attributes.get("class", "")).split()
            or "data-nolink" in attributes
            or attributes.get("contenteditable", "false").lower() != "false"
            or attributes.get("aria-hidden", "").lower() == "true"
            or "hidden" in attributes
        )
        if len(self.stack) >= _DEEPEST:
            around.skipped = True
            return ended
        language = unescape(attributes.get("lang", "")).strip().lower() or around.language
        self.depths[name].append(len(self.stack))
        self.stack.append(_Open(name, skipped, language))
        if name in _BLOCKS:
            self.block.language = language
        return ended

    def _innermost(self, names: Iterable[str]) -> int:
        """Return where the innermost open element of some names is in the stack; 0: none is."""
        return max((depths[-1] for name in names if (depths := self.depths.get(name))), default=0)

    def _close(self, name: str) -> Block | None:
        """Close the innermost element of a name, and what is open inside it."""
        if depth := self._innermost((name,)):
            self._pop_to(depth)
        return self._flush() if name in _BLOCKS else None

    def _pop_to(self, depth: int) -> None:
        for each in self.stack[depth:]:
            self.depths[each.name].pop()
        del self.stack[depth:]

    def _flush(self) -> Block:
        """Begin the next block and return the last one."""
        ended = self.block
        self.block = Block(section=self.section, language=self.stack[-1].language)
        return ended
