"""Markdown of every kind that glossaries are kept in: tables, definition lists, wiki links."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin

from extract.model import Document, Role
from extract.readers import frontmatter, mdx, tables
from extract.readers.base import Origin, Sheet
from extract.readers.encoding import decode, unified
from extract.readers.markdown_inline import add_rules, plain_addresses, run_of
from extract.readers.runs import Run
from extract.readers.text import note_guess

_HEADING_ID = re.compile(r"\s*\{:?\s*#([^\s{}]+)[^{}]*\}\s*$|\s*\{/\*\s*#([^\s*]+)\s*\*/\}\s*$")
_CLASSES = re.compile(r"\s*\{:?\s*\.[^{}]*\}\s*$")
# Lines that belong to the page's machinery: kramdown attributes, MyST targets and directives,
# Docusaurus and pandoc fences, MDX imports, tables of contents.
_TARGET = re.compile(r"\(([\w:.-]+)\)=$")
_MACHINERY = re.compile(
    r"\{:[^}]*\}$|:{3,}.*$|\[\[?_?toc_?\]\]?$|(?:import|export)\s.*(?:from\s|[;{=]).*$|!!!\s.*$"
    r"|\{%-?\s*(?:include|comment|raw|endraw|capture|endcapture)\b.*%\}$|\^[\w-]+$",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(r"\*\[([^\]\n]+)\]:[ \t]*(\S.*)$")
# A call-out of Obsidian, GitHub, DocFX: "> [!NOTE] Title".
_CALLOUT = re.compile(r"\[!(\w+)\][+-]?[ \t]*(.*)$")
_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]:")
# A line "Term: text" or "Term – text": three of them in a row are no wrapped paragraph.
_ENTRY_LINE = re.compile(r"[^.:!?\n]{1,60}?(?:\s*:\s|\s+[–—-]{1,2}\s+)\S")
_DEFINITION_LINE = re.compile(r"\s*[:~]\s+\S")
_STRONG_LINE = re.compile(r"(?:\*\*|__)\S")


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    """Return the parser with the extensions that glossaries use."""
    md = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    md.use(deflist_plugin)
    add_rules(md)
    return md


def read(data: bytes, origin: Origin) -> Document:
    """Return the page's text without markup; locator ``line N``.

    Headings, list items, definition lists, tables (a row is a record), code, links of all kinds
    (``[words](target)``, ``[[target|words]]``, shortcodes, MyST roles), heading anchors as GitHub
    makes them or as ``{#id}`` gives them, and front matter fields (section ``front matter``).
    """
    decoded = decode(data, source=origin.label)
    sheet = Sheet(origin)
    note_guess(sheet, decoded)
    page, fields, complaint = frontmatter.split(unified(decoded.text))
    page = mdx.unwrapped(page)
    if complaint:
        sheet.find(
            "front-matter", f"The front matter is not valid: {complaint}", severity="warning"
        )
    body = Sheet(origin)
    walk = _Walk(sheet=body)
    walk.page(parser().parse(plain_addresses(_glossaries(_abbreviations(page, walk)))))
    heading = any(b.role is Role.HEADING and b.level == 1 for b in body.blocks)
    written = body.text
    first = next((b for b in body.blocks if b.role is not Role.HEADING), None)
    frontmatter.lay(
        sheet, fields, body=written[first.span.start :] if first else "", heading=heading
    )
    sheet.append(body)
    headings = [b for b in sheet.blocks if b.role is Role.HEADING]
    sheet.title = frontmatter.title_of(fields) or sheet.title
    if not sheet.title and headings and headings[0].level == 1:
        sheet.title = headings[0].span.of(sheet.text)
    return sheet.document()


_MYST_ROLE = re.compile(r"\{([a-z][\w:-]*)\}(?=`)")
_COLONS = re.compile(r"^(:{3,})\{glossary\}[^\n]*\n(.*?)^\1[ \t]*$", re.MULTILINE | re.DOTALL)


def _glossaries(page: str) -> str:
    """Return the page with MyST glossaries between colons fenced like the others, line by line."""
    return _COLONS.sub(lambda m: f"{_FENCE}{{glossary}}\n{m[2]}{_FENCE}", page)


# Longer than any that may stand inside.
_FENCE = "`" * 12


def _abbreviations(page: str, walk: _Walk) -> str:
    """Return the page without PHP Markdown's ``*[ABC]: words`` lines, which become records."""
    if "*[" not in page:
        return page
    lines = page.split("\n")
    for number, line in enumerate(lines, start=1):
        if found := _ABBREVIATION.match(line):
            walk.abbreviations.append((number, found[1], found[2]))
            lines[number - 1] = ""
    return "\n".join(lines)


# Inline Markdown within raw HTML, which MDX and kramdown read as such.
_INLINE = (
    (re.compile(r"\*\*(?=[^\s*])([^*<>\n]{1,300})(?<=\S)\*\*"), r"<b>\1</b>"),
    (re.compile(r"`([^`<>\n]{1,200})`"), r"<code>\1</code>"),
    (re.compile(r"(?<!!)\[([^\[\]<>\n]{1,200})\]\(([^()\s<>\"]{1,400})\)"), r'<a href="\2">\1</a>'),
)
_VERBATIM = re.compile(r"<(?:pre|code|script|style|textarea)\b", re.I)


def _marked_up(text: str) -> str:
    """Return a block of HTML with the bold, code and links of Markdown in it as elements."""
    if _VERBATIM.search(text):
        return text
    for pattern, markup in _INLINE:
        text = pattern.sub(markup, text)
    return text


@dataclass(slots=True)
class _Walk:
    """One pass over the tokens of a page."""

    sheet: Sheet
    path: list[str] = field(default_factory=list)
    """Tags of the open containers."""
    lists: list[str] = field(default_factory=list)
    """For each open list its marker, renewed by each item."""
    fresh: bool = False
    """Whether a list item has begun and nothing of it is laid out."""
    record: int = 0
    in_terms: bool = False
    named: bool = False
    """Whether the open item of an outermost list begins with a term that bears a name."""
    slugs: dict[str, int] = field(default_factory=dict)
    abbreviations: list[tuple[int, str, str]] = field(default_factory=list)

    def page(self, tokens: Sequence[Token]) -> None:
        """Lay the whole page out."""
        at = 0
        while at < len(tokens):
            token = tokens[at]
            if token.type == "table_open":
                at = self._table(tokens, at)
            elif token.type == "inline":
                self._inline(token, tokens[at - 1])
            elif token.type in {"fence", "code_block"}:
                self._code(token)
            elif token.type == "html_block":
                self._html(token)
            elif token.nesting == 1:
                self._open(token)
            elif token.nesting == -1:
                self._close(token)
            at += 1
        for line, short, long in self.abbreviations:
            self.record += 1
            known: dict[str, Any] = {
                "record": self.record,
                "section": "abbreviation",
                "locator": f"line {line}",
            }
            self.sheet.put(short, Role.TERM, blank=True, **known)
            self.sheet.put(long, Role.DEFINITION, **known)

    def _open(self, token: Token) -> None:
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            self.lists.append(token.markup)
        elif token.type == "list_item_open":
            self.lists[-1] = f"{token.info}{token.markup}"
            self.fresh = True
            self.named = self.named and len(self.lists) > 1
        elif token.type == "dt_open":
            if not self.in_terms:
                self.record += 1
            self.in_terms = True
        elif token.type in {"dd_open", "dl_open"}:
            self.in_terms = False
        if token.type != "paragraph_open":
            self.path.append(token.tag)

    def _close(self, token: Token) -> None:
        if token.type in {"bullet_list_close", "ordered_list_close"}:
            self.lists.pop()
            self.named = self.named and bool(self.lists)
        if token.type != "paragraph_close" and self.path:
            self.path.pop()

    def _known(self, token: Token) -> dict[str, Any]:
        line = _line(token)
        known: dict[str, Any] = {"section": "/".join(self.path)}
        if line:
            known["locator"] = f"line {line}"
        return known

    def _inline(self, token: Token, before: Token) -> None:
        content = token.content.strip()
        if before.type == "heading_open":
            self._heading(token, int(before.tag[1:]))
            return
        if found := _TARGET.match(content):
            self.sheet.anchor(found[1])
            return
        kept = [line for line in content.split("\n") if not _MACHINERY.match(line.strip())]
        if not kept:
            return
        children = token.children or []
        if len(kept) < content.count("\n") + 1:
            parsed = parser().parseInline("\n".join(kept))
            children = parsed[0].children or []
        if (group := _terms_above(kept)) and not self.path:
            self._loose_terms(kept, group, token)
            return
        called = _CALLOUT.match(kept[0].strip()) if "blockquote" in self.path else None
        if called:
            title, body = called[2].strip(), kept[1:]
            parsed = parser().parseInline("\n".join([*([title] if title else []), *body]))
            children = parsed[0].children or []
        run = run_of(children, lined=_lined(kept))
        role, known = Role.PARAGRAPH, self._known(token)
        blank = not before.hidden
        if "dt" in self.path:
            role, blank = Role.TERM, self.record > 0 and not self._just_termed()
            known["record"] = self.record
        elif "dd" in self.path:
            role, blank = Role.DEFINITION, False
            known["record"] = self.record
        elif self.fresh and self.path == _ITEM and _is_named(children):
            self._named_item(run, known)
            return
        elif self.named:
            role, known["record"] = Role.DEFINITION, self.record
        elif called:
            role = Role.EXAMPLE if called[1].lower() == "example" else Role.NOTE
        elif _FOOTNOTE.match(content):
            role = Role.NOTE
        if self.lists:
            known["level"] = len(self.lists)
            if self.fresh:
                role = Role.ITEM if role is Role.PARAGRAPH else role
                known["marker"] = self.lists[-1]
        self.fresh = False
        run.lay(self.sheet, role, blank=blank, **known)

    def _named_item(self, run: Run, known: dict[str, Any]) -> None:
        """Lay out an item that begins with ``[term]{#name}``: what stands below defines it."""
        self.record += 1
        self.named, self.fresh = True, False
        laid = run.lay(self.sheet, Role.TERM, blank=True, record=self.record, **known)
        first = len(self.sheet.blocks) - len(laid) + 1
        for at in range(first, len(self.sheet.blocks)):
            self.sheet.blocks[at] = replace(self.sheet.blocks[at], role=Role.DEFINITION)

    def _loose_terms(self, lines: Sequence[str], group: int, token: Token) -> None:
        """Lay out terms one below the other with a definition (PHP Markdown Extra)."""
        self.record += 1
        known = {**self._known(token), "section": "dl", "record": self.record}
        for at, line in enumerate(lines):
            words = line.strip() if at < group else re.sub(r"^\s*[:~]\s+", "", line)
            run = run_of(parser().parseInline(words)[0].children or [])
            starts = at < group or bool(_DEFINITION_LINE.match(line))
            if starts or not self.sheet.blocks:
                role = Role.TERM if at < group else Role.DEFINITION
                run.lay(self.sheet, role, blank=at == 0, **known)
            else:
                self.sheet.extend(run.text)

    def _just_termed(self) -> bool:
        last = self.sheet.blocks[-1] if self.sheet.blocks else None
        return last is not None and last.role is Role.TERM and last.record == self.record

    def _heading(self, token: Token, level: int) -> None:
        content, anchor = token.content, ""
        if found := _HEADING_ID.search(content):
            content, anchor = content[: found.start()], found[1] or found[2]
        content = _CLASSES.sub("", content)
        children = token.children or []
        if content != token.content:
            children = parser().parseInline(content)[0].children or []
        run = run_of(children).joined()
        if run.blank:
            return
        slug = self._slug(run.text)
        blocks = run.lay(self.sheet, Role.HEADING, blank=True, level=level, **self._known(token))
        for name in filter(None, (anchor, slug)):
            self.sheet.anchors.setdefault(name, blocks[0].span.start)

    def _slug(self, heading: str) -> str:
        """Return the anchor that GitHub gives a heading: repeated ones are numbered from 1."""
        slug = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        count = self.slugs.get(slug, 0)
        self.slugs[slug] = count + 1
        return f"{slug}-{count}" if count else slug

    def _code(self, token: Token) -> None:
        known = self._known(token)
        if token.info.strip().startswith("{glossary}"):
            from extract.readers import rst

            first = self.record + 1
            content = _MYST_ROLE.sub(r":\1:", token.content)
            self.record = rst.lay_glossary(self.sheet, content, first_record=first)
            return
        # Indented text is code to CommonMark; in glossaries it is mostly an indented definition.
        prose = token.type == "code_block" and _is_prose(token.content)
        role = Role.PARAGRAPH if prose else Role.CODE
        if "dd" in self.path or self.named:
            role, known["record"] = Role.DEFINITION, self.record
        text = " ".join(token.content.split()) if prose else token.content
        label = "" if prose else "code" if role is Role.DEFINITION else token.info.split(" ")[0]
        self.sheet.put(text, role, blank=True, label=label.strip(), **known)
        self.fresh = False

    def _html(self, token: Token) -> None:
        from extract.readers import html  # lxml for the pages that need it

        known = self._known(token)
        self.record = html.lay_fragment(
            self.sheet,
            _marked_up(token.content),
            record=self.record,
            locator=str(known.get("locator", "")),
        )

    def _table(self, tokens: Sequence[Token], at: int) -> int:
        """Lay out the table that opens at ``at``; return where it closes."""
        rows: list[list[Run]] = []
        lines: list[int] = []
        line = _line(tokens[at])
        header = False
        while tokens[at].type != "table_close":
            token = tokens[at]
            if token.type == "tr_open":
                rows.append([])
                lines.append(_line(token) or line)
            elif token.type == "inline" and rows:
                rows[-1].append(run_of(token.children or []).joined())
            header = header or (token.type == "th_open")
            at += 1
        self.record = tables.lay(
            self.sheet,
            rows,
            header=header,
            record=self.record,
            section="/".join([*self.path, "table"]),
            locators=[f"line {n}" for n in lines],
        )
        self.fresh = False
        return at


# Where an item of an outermost list stands.
_ITEM = ["ul", "li"]


def _is_named(children: Sequence[Token]) -> bool:
    """Return whether words open with ``[term]{#name}`` and no more than other names of it follow.

    So the handbooks of Nix and NixOS set their terms, as pandoc and MyST allow.
    """
    if not children or children[0].type != "gg_span" or not children[0].meta["name"]:
        return False
    line = []
    for token in children[1:]:
        if token.type in {"softbreak", "hardbreak"}:
            break
        line.append(token.content)
    return len("".join(line).split()) <= 8 and ":" not in "".join(line)


def _line(token: Token) -> int:
    """Return the line on which a token begins, or 0 where the parser does not say."""
    return token.map[0] + 1 if token.map else 0


def _terms_above(lines: Sequence[str]) -> int:
    """Return how many lines of a paragraph are terms above a ``: definition``; 0 for none."""
    at = next((i for i, line in enumerate(lines) if _DEFINITION_LINE.match(line)), 0)
    return at if all(len(line.split()) <= 8 for line in lines[:at]) else 0


def _lined(lines: Sequence[str]) -> bool:
    """Return whether the lines of a paragraph are entries of their own rather than wrapped text."""
    if len(lines) < 2:
        return False
    if all(_STRONG_LINE.match(line.strip()) for line in lines):
        return True
    return len(lines) > 2 and all(_ENTRY_LINE.match(line.strip()) for line in lines)


_PROSE_WORD = re.compile(r"[^\W\d_]+[,;:.!?)”\"']*(?=\s|$)")


def _is_prose(text: str) -> bool:
    """Return whether indented text reads as sentences: at least five words, mostly plain ones."""
    tokens = text.split()
    plain = len(_PROSE_WORD.findall(text))
    return len(tokens) >= 5 and plain * 10 >= len(tokens) * 7 and not re.search(r"[{}=]|;$", text)
