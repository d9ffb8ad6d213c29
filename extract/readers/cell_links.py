"""Links inside values: cells and fields of data files, whose texts are written for a web page.

CSV sheets, JSON and YAML of docs sites hold Markdown or HTML in their definitions; elsewhere the
same signs mean themselves, so that only what can be an address counts as one.
"""

from __future__ import annotations

import re

from extract.model import Link, Span

_LINK = re.compile(
    r"!?\[(?P<words>(?:[^\[\]\n]|\n(?!\s*\n)|\[[^\[\]\n]*\]){1,200})\]"
    r"\((?P<target>[^()\s]+(?:\([^()\s]*\))?)(?:\s+(?:\"[^\"\n]*\"|'[^'\n]*'))?\)"
    r"|\[\[(?P<wiki>[^\[\]|\n]{1,120})(?:\|(?P<shown>[^\[\]\n]{1,120}))?\]\]"
    # AsciiDoc's, in data that its pages include: "<<jib,small sail>>", "https://…[words]".
    r"|<<(?P<place>[\w.:-]{1,120})(?:,\s*(?P<named>[^<>\n]{1,200}))?>>"
    r"|(?P<url>https?://[^\s\[\]<>]{1,600})\[(?P<said>[^\[\]\n]{1,200})\]"
)
# "matrix[i](j)" is code: an address has a scheme, a path, a file's suffix or an anchor.
_ADDRESS = re.compile(r"[#/]|^\w[\w+.-]*:|\.\w{2,5}$")
_ANCHOR = re.compile(
    r"<a\b[^<>]*?\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))[^<>]*>(.*?)</a\s*>",
    re.IGNORECASE | re.DOTALL,
)


def as_markdown(text: str) -> str:
    """Return ``text`` with the anchors of HTML written as the links that :func:`linked` reads.

    Words with brackets in them and addresses with blanks or parentheses stay without a link.
    """

    def written(found: re.Match[str]) -> str:
        words = " ".join(re.sub(r"<[^<>]*>", "", found[4]).split())
        target = (found[1] or found[2] or found[3] or "").strip()
        if not words or not _ADDRESS.search(target) or re.search(r"[\s()]", target):
            return words
        return words if re.search(r"[\[\]]", words) else f"[{words}]({target})"

    return _ANCHOR.sub(written, text) if "<a" in text or "<A" in text else text


# Emphasis as Markdown writes it, at the edges of words; "2*3*4" and "snake_case_name" have none.
_EMPHASIS = re.compile(
    r"(?<![\w*\\])(?P<stars>\*{1,3})(?=[^\s*])(?P<a>[^*\n]{1,200}?)(?<=[^\s*])(?P=stars)(?![\w*])"
    r"|(?<![\w_\\])(?P<lines>_{1,2})(?=[^\s_])(?P<b>[^_\n]{1,200}?)(?<=[^\s_])(?P=lines)(?![\w_])"
    r"|(?<!`)`(?P<c>[^`\n]{1,200})`(?!`)"
)


def unmarked(text: str) -> str:
    """Return ``text`` without the marks of bold type, italics and code."""
    if not ("*" in text or "_" in text or "`" in text):
        return text
    return _EMPHASIS.sub(lambda m: m["a"] or m["b"] or m["c"], text)


# Notion writes relations so: "Super (https://…/Super-ab12)", "Super (Terms/Super%20ab12.md)".
_ADDRESSED = re.compile(
    r"(?P<words>\S[^()\n]{0,118}[^()\s]|\S)\s\((?P<target>https?://[^\s()]+|[^\s()]+\.(?:md|csv))\)"
)


def linked(text: str) -> tuple[str, tuple[Link, ...]]:
    """Return ``text`` with the words of its links in their place, and the links."""
    if found := _ADDRESSED.fullmatch(text):
        words = found["words"]
        inside = "notion." in found["target"]  # a row of the same table, by the name of its page
        target, kind = (words, "wiki") if inside else (found["target"], "href")
        return words, (Link(span=Span(start=0, end=len(words)), target=target, kind=kind),)
    if not any(mark in text for mark in ("](", "[[", "<<", "://")):
        return text, ()
    parts: list[str] = []
    links: list[Link] = []
    at = length = 0
    for found in _LINK.finditer(text):
        wiki = found["wiki"]
        target = wiki or found["target"] or found["url"] or f"#{found['place']}"
        if not wiki and not _ADDRESS.search(target):
            continue
        said = found["shown"] or wiki or found["words"] or found["said"] or found["named"]
        words = " ".join((said or found["place"]).split())
        if found[0].startswith("!"):
            words = ""  # a picture
        before = text[at : found.start()]
        parts += [before, words]
        length += len(before)
        if words:
            span = Span(start=length, end=length + len(words))
            kind = "wiki" if wiki else "href"
            links.append(Link(span=span, target=target.strip(), kind=kind))
        length += len(words)
        at = found.end()
    return "".join([*parts, text[at:]]), tuple(links)
