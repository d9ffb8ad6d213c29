"""The inside of a Markdown paragraph: words without markup, links of every docs site's making."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import unescape
from typing import TYPE_CHECKING

from extract.readers.runs import Run

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_WIKI = re.compile(r"!?\[\[([^\]\[|\n]+)(?:\\?\|([^\]\[\n]*))?\]\]")
_FOOTNOTE = re.compile(r"\[\^[^\]\[\s]+\](?!:)")
_ROLE = re.compile(r"\{([\w:+-]+)\}(`+)([^`\n]+)\2(?!`)")
# Hugo {{< >}} and {{% %}}, Jinja and Vue {{ }}, MDN {{macro()}}, Liquid {% %}.
_MACRO = re.compile(
    r"\{\{[<%]?\s*(/?)\s*([\w./-]*)([^{}\n]*?)/?\s*[>%]?\}\}"
    r"|\{%-?\s*(/?)\s*([\w./-]*)([^{}\n]*?)-?%\}"
)
_ARGUMENT = re.compile(r"""([\w-]+)\s*[=:]\s*(?:"([^"]*)"|'([^']*)')|"([^"]*)"|'([^']*)'""")
# Keys under which macros keep the words shown and the term meant.
_SHOWN = ("text", "display", "label", "title", "term", "name", "content")
_MEANT = (
    "term_id", "id", "term", "target", "key", "slug", "href", "url", "link", "ref", "reference",
    "to", "name",
)  # fmt: skip
# Macros that show nothing of their own where they stand (layout, tables of contents, includes).
_SILENT = re.compile(
    r"(?i)^(?:toc|include\w*|import|raw|endraw|comment|endcomment|if|else|elsif|endif|for|endfor"
    r"|assign|capture|.*(?:sidebar|badge|table|heading|toc|banner|icon|image|figure|embed\w*|navigation)"
    r"|note|warning|tip|info|alert|callout|details|tabs?|page\w*|site\..*|quicklinks.*|listsubpages.*"
    r"|livesamplelink|compat\w*|specifications|definition)$"
)
# MyST and Sphinx roles: what kind of link each makes; others show their words alone.
_ROLES: Mapping[str, str] = {
    "term": "term",
    "ref": "anchor",
    "numref": "anchor",
    "doc": "href",
    "any": "term",
    "wiki": "wiki",
    "abbr": "",
}
# Attributes of pandoc, kramdown, MkDocs and MyST behind words or on a line of their own, and
# Angular's anchors; the identifier is what links lead to.
_VALUE = r"""(?:"[^"\n]*"|'[^'\n]*'|[^\s"'{}]+)"""
_ATTRIBUTES = re.compile(
    rf"\{{:?[ \t]*((?:[#.][\w:.-]+|[\w-]+={_VALUE})(?:[ \t]+(?:[#.][\w:.-]+|[\w-]+={_VALUE}))*)"
    r"[ \t]*\}"
)
_PLACE = re.compile(r"\{@a[ \t]+([^\s{}]+)[ \t]*\}")
_SPAN = re.compile(r"\[((?:[^\[\]\n]|\n(?!\n)){1,120})\](?=\{[#.])")
_NAMED = re.compile(r"(?:^|\s)#([\w:.-]+)")
_TITLED = re.compile(r"(.*?)\s*<([^<>]+)>\s*$", re.DOTALL)
_TAG = re.compile(r"<(/?)\s*([a-zA-Z][\w-]*)([^>]*)>")
_TERM_TAG = re.compile(r"gloss|term|jargon|defin|lexi")
_ATTRIBUTE = re.compile(
    r"""\b(id|name|href|alt|title|term|reference|slug|target|to|key|url|link)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""",
    re.I,
)


def add_rules(md: MarkdownIt) -> None:
    """Teach ``md`` the links that CommonMark does not know; each becomes a token ``gg_link``."""
    for name, rule in (
        ("gg_wiki", _wiki),
        ("gg_percent", _percent),
        ("gg_macro", _macro),
        ("gg_role", _role),
        ("gg_attributes", _attributes),
        ("gg_span", _span),
    ):
        md.inline.ruler.before("escape", name, rule)


def _emit(state: StateInline, end: int, words: str, target: str, kind: str, silent: bool) -> bool:
    if not silent:
        token = state.push("gg_link", "", 0)
        token.content, token.meta = words, {"target": target, "kind": kind}
    state.pos = end
    return True


def _wiki(state: StateInline, silent: bool) -> bool:
    """``[[Target]]``, ``[[Target|words]]``, ``[[folder/page#part|words]]``, and footnote marks."""
    if not state.src.startswith(("[[", "![[", "[^"), state.pos):
        return False
    if found := _FOOTNOTE.match(state.src, state.pos, state.posMax):
        return _emit(state, found.end(), "", "", "", silent)
    found = _WIKI.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    target = found[1].strip().rstrip("\\")
    if found[0].startswith("!"):
        return _emit(state, found.end(), "", "", "", silent)  # a picture, or another note's text
    words = found[2] or target.split("#")[0].split("/")[-1]
    return _emit(state, found.end(), words.strip() or target, target, "wiki", silent)


_PERCENT = re.compile(r"%%([^%|\n]{1,80})\|([^%|\n]{1,80})%%")
# Addresses that sites make of a macro inside a link: Hugo's and Jekyll's.
_ADDRESS = re.compile(
    r"\]\(\s*(?:\{\{[<%]\s*(?:rel)?ref\s+[\"']?([^\"'}\s]+)[\"']?[^}\n]*[>%]\}\}"
    r"|\{%-?\s*(?:link|post_url)\s+([^%\s]+)\s*-?%\}|\{\{\s*(?:site|page)\.\w+\s*\}\}(/[^)\s]*))\s*"
)


def plain_addresses(page: str) -> str:
    """Return the page with links whose address a macro gives as plain ones, line by line."""
    if "](" not in page or ("{{" not in page and "{%" not in page):
        return page
    return _ADDRESS.sub(lambda m: f"]({m[1] or m[2] or m[3]}", page)


def _percent(state: StateInline, silent: bool) -> bool:
    """``%%words|id%%``, as Docusaurus' terminology plug-in marks terms."""
    if not state.src.startswith("%%", state.pos):
        return False
    found = _PERCENT.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    return _emit(state, found.end(), found[1].strip(), found[2].strip(), "term", silent)


def _macro(state: StateInline, silent: bool) -> bool:
    """Shortcodes and macros: those that name a term are links, others leave words or nothing."""
    if not state.src.startswith(("{{", "{%"), state.pos):
        return False
    found = _MACRO.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    name, rest = (found[2] or found[5] or ""), (found[3] or found[6] or "")
    closing = found[1] or found[4]
    named = {m[1].lower(): m[2] or m[3] or "" for m in _ARGUMENT.finditer(rest) if m[1]}
    plain = [m[4] or m[5] or "" for m in _ARGUMENT.finditer(rest) if not m[1]]
    if closing or _SILENT.match(name) or not (named or plain):
        return _emit(state, found.end(), "", "", "", silent)
    # MDN: {{Glossary("term", "words")}}; others name what they show.
    meant = next((named[k] for k in _MEANT if named.get(k)), plain[0] if plain else "")
    shown = next((named[k] for k in _SHOWN if named.get(k)), plain[1] if len(plain) > 1 else meant)
    gloss = re.search(r"(?i)gloss|term|tooltip|defin|abbr|jargon|lexi|acronym", name)
    kind = "term" if gloss else "href"
    return _emit(state, found.end(), shown or meant, meant or shown, kind, silent)


def _role(state: StateInline, silent: bool) -> bool:
    """MyST roles: ``{term}`words <target>```."""
    if state.src[state.pos] != "{":
        return False
    found = _ROLE.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    words, target = titled(found[3])
    kind = _ROLES.get(found[1].rsplit(":", 1)[-1].lower(), "")
    if found[1].lower() == "abbr":
        words = found[3]
    target = f"#{target}" if kind == "anchor" else target
    kind = "href" if kind == "anchor" else kind
    return _emit(state, found.end(), words, target if kind else "", kind, silent)


def _attributes(state: StateInline, silent: bool) -> bool:
    """``{#id .class}``, ``{: #id}`` and ``{@a id}``: a name of the place, which shows nothing."""
    if state.src[state.pos] != "{":
        return False
    place = _PLACE.match(state.src, state.pos, state.posMax)
    found = place or _ATTRIBUTES.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        name = place or _NAMED.search(found[1])
        state.pending = state.pending.rstrip(" ")
        token = state.push("gg_place", "", 0)
        token.meta = {"name": name[1] if name else ""}
    state.pos = found.end()
    return True


def _span(state: StateInline, silent: bool) -> bool:
    """``[words]{#id}``: words that bear a name, as a term does where it is defined."""
    if state.src[state.pos] != "[":
        return False
    found = _SPAN.match(state.src, state.pos, state.posMax)
    given = _ATTRIBUTES.match(state.src, found.end(), state.posMax) if found else None
    if not found or not given:
        return False
    if not silent:
        name = _NAMED.search(given[1])
        token = state.push("gg_span", "", 0)
        token.content = " ".join(re.sub(r"[*_`]+(?=\S)|(?<=\S)[*_`]+", "", found[1]).split())
        token.meta = {"name": name[1] if name else ""}
    state.pos = given.end()
    return True


def titled(content: str) -> tuple[str, str]:
    """Return words and target of a role's content: ``words <target>``, or both the same."""
    found = _TITLED.match(content)
    if found and found[1]:
        return found[1], found[2]
    return content.strip(), content.strip()


def run_of(children: Sequence[Token], *, lined: bool = False) -> Run:
    """Return the run that inline tokens make: text without markup, links, anchors, bold lead.

    ``lined`` keeps the source's own line ends, which a paragraph else does not show.
    """
    run = Run()
    for token in children:
        if lined and token.type == "softbreak":
            run.newline()
            continue
        handle = _HANDLERS.get(token.type)
        if handle:
            handle(run, token)
        elif token.type == "gg_link":
            _link(run, token)
        elif token.type in {"gg_place", "gg_span"}:
            _named(run, token)
        elif token.content and token.type != "image":
            run.write(token.content)
    return run


def _link(run: Run, token: Token) -> None:
    if token.meta["target"]:
        run.open_link(token.meta["target"], token.meta["kind"])
    run.open_lead(strong=False)
    run.write(token.content)
    run.close_lead()
    if token.meta["target"]:
        run.close_link()


def _named(run: Run, token: Token) -> None:
    """A place with a name, and the words that bear it: set off, where they open the line."""
    if token.meta["name"]:
        run.anchor(token.meta["name"])
    if token.content:
        run.open_lead(strong=bool(token.meta["name"]))
        run.write(token.content)
        run.close_lead()


def _code(run: Run, token: Token) -> None:
    run.open_lead(strong=False)
    run.write(token.content)
    run.close_lead()


def _open_link(run: Run, token: Token) -> None:
    run.open_link(str(token.attrGet("href") or ""))
    run.open_lead(strong=False)


def _close_link(run: Run, token: Token) -> None:  # noqa: ARG001
    run.close_lead()
    run.close_link()


def _tag(run: Run, token: Token) -> None:
    """An HTML tag inside a paragraph: breaks, anchors, bold type and links count, others vanish."""
    found = _TAG.match(token.content)
    if not found:
        return
    tag, closing = found[2].lower(), bool(found[1])
    attributes = {
        m[1].lower(): unescape(m[2] or m[3] or m[4] or "") for m in _ATTRIBUTE.finditer(found[3])
    }
    if tag == "br":
        run.newline()
    for key in ("id", "name"):
        if not closing and attributes.get(key):
            run.anchor(attributes[key])
    if _TERM_TAG.search(tag) and tag not in {"dt", "dfn"}:
        meant = next((attributes[k] for k in _MEANT if attributes.get(k)), "")
        if closing:
            run.close_link()
        elif meant and not found[3].rstrip().endswith("/"):
            run.open_link(meant.rstrip("/").rpartition("/")[2], "term")
        return
    if tag in {"b", "strong", "dfn"}:
        run.close_lead() if closing else run.open_lead(strong=True)
    elif tag == "a" and closing:
        run.close_link()
    elif tag == "a":
        run.open_link(attributes.get("href", ""))


_HANDLERS: Mapping[str, Callable[[Run, Token], None]] = {
    "softbreak": lambda run, _: run.write(" "),
    "hardbreak": lambda run, _: run.newline(),
    "strong_open": lambda run, _: run.open_lead(strong=True),
    "strong_close": lambda run, _: run.close_lead(),
    "em_open": lambda run, _: run.open_lead(strong=False),
    "em_close": lambda run, _: run.close_lead(),
    "link_open": _open_link,
    "link_close": _close_link,
    "code_inline": _code,
    "html_inline": _tag,
}
