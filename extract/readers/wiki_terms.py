"""MediaWiki's templates for glossaries, ``{{term|…}}`` and ``{{defn|…}}``, made ``;`` and ``:``.

After the documentation of the templates Glossary, Term, Defn, Glossary link and Hatnote glossary.
"""

from __future__ import annotations

import re

from extract.model import Link, Span

_MARK = re.compile(r"\{\{\s*(?:term|dt|defn|definition|dd)\s*\|", re.IGNORECASE)
# Each stops at the next one that opens, so that what nobody closed costs no more than its length.
_ASIDE = re.compile(
    r"<!--(?:(?!<!--).)*?-->|<ref\b[^<>]*/>|<ref\b[^<>]*>(?:(?!<ref\b).)*?</ref>", re.I | re.DOTALL
)
_INNERMOST = re.compile(r"\{\{([^{}]*)\}\}")
_LINK = re.compile(
    r"\[\[(?P<page>[^\[\]|\n]+)(?:\|(?P<words>[^\[\]\n]*))?\]\]"
    r"|\[(?:https?:)?//\S+\s+(?P<shown>[^\[\]\n]*)\]|\x02(?P<term>[^\x02\x03|]*)\|(?P<said>[^\x02\x03]*)\x03"
)
_MEDIA = re.compile(
    r"\[\[(?:File|Image|Category|Datei|Kategorie|Fichier)\s*:[^\[\]]*"
    r"(?:\[\[[^\[\]]*\]\][^\[\]]*)*\]\]",
    re.I,
)
_QUOTES = re.compile(r"'{2,5}")
_NAMED = re.compile(r"\s*(\w[\w -]*?)\s*=(.*)", re.DOTALL)
_TERM = frozenset({"term", "dt"})
_DEFINITION = frozenset({"defn", "definition", "dd", "ghat"})
# Templates that show their last or first parameter: language, emphasis, tooltips, cross-references.
_LAST = frozenset(
    {
        "lang",
        "transl",
        "translit",
        "nowrap",
        "em",
        "strong",
        "dfn",
        "crossreference",
        "crossref",
        "xref",
        "small",
        "nobr",
        "var",
        "code",
        "quote",
        "linktext",
    }
)
_FIRST = frozenset({"abbr", "tooltip", "convert", "ipa", "respell"})


def has_terms(text: str) -> bool:
    """Return whether a text holds at least two terms or definitions in templates."""
    return len(_MARK.findall(text)) > 1


def expand(text: str) -> tuple[str, list[Link]]:
    """Return the text with ``; term`` and ``: definition`` lines, and its links.

    Templates of other kinds, references, pictures and categories are left out. Cost: linear in the
    text, times the depth of its templates.
    """
    text = _MEDIA.sub("", _ASIDE.sub("", text))
    for _ in range(_DEEPEST):
        text, changed = _INNERMOST.subn(_template, text)
        if not changed:
            break
    text = re.sub(r"\n{3,}", "\n\n", _QUOTES.sub("", text))
    parts: list[str] = []
    links: list[Link] = []
    at = length = 0
    for found in _LINK.finditer(text):
        meant = found["page"] or found["term"] or ""
        page, mark, part = meant.partition("#")
        if mark and (not page.strip() or "gloss" in page.lower()):
            meant = part  # templates of terms name places after them
        words = found["words"] or found["said"] or found["shown"] or meant
        parts += [text[at : found.start()], words]
        length += found.start() - at
        if meant and words:
            kind = "wiki" if found["page"] else "term"
            span = Span(start=length, end=length + len(words))
            links.append(Link(span=span, target=meant.strip(), kind=kind))
        length += len(words)
        at = found.end()
    return "".join([*parts, text[at:]]), links


_DEEPEST = 8


def _template(found: re.Match[str]) -> str:
    """What a template shows, its parameters' own templates shown already."""
    inside = _LINK_BAR.sub(lambda m: m[0].replace("|", "\x01"), found[1])
    name, *parameters = (p.replace("\x01", "|") for p in inside.split("|"))
    name = name.strip().lower()
    named: dict[str, str] = {}
    plain: list[str] = []
    for parameter in parameters:
        if given := _NAMED.fullmatch(parameter):
            named[given[1].lower()] = given[2].strip()
        else:
            plain.append(parameter.strip())
    plain = [named[key] for key in ("1",) if key in named] + plain
    if name in _TERM:
        words = (plain[0] if plain else "") or named.get("term") or named.get("content") or ""
        return f"\n; {' '.join(words.split())}\n"
    if name in _DEFINITION:
        words = (plain[0] if plain else "") or named.get("defn") or named.get("text") or ""
        lines = [" ".join(line.split()) for line in words.split("\n")]
        return "\n" + "\n".join(f": {line}" for line in lines if line) + "\n"
    if re.fullmatch(r"gli|[\w ]*gloss(?:ary)?(?: link)?(?: internal)?", name) and plain:
        return f"\x02{plain[0]}|{plain[-1]}\x03"
    if name in _FIRST or name in _LAST:
        return (plain[0] if name in _FIRST else plain[-1]) if plain else ""
    return ""


_LINK_BAR = re.compile(r"\[\[[^\[\]]*\]\]|\x02[^\x03]*\x03")
