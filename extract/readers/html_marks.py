"""What HTML elements, classes and attributes mean to a reader of glossaries: tables and tests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from lxml import etree

from extract.model import Role

_BLOCKS = (
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset"
    " figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav"
    " ol p pre section summary table tbody td tfoot th thead tr ul caption"
)
BLOCKS = frozenset(_BLOCKS.split())
"""Elements that begin and end a line."""
_DROPPED = (
    "script style template noscript svg canvas iframe object embed video audio map area head link"
    " meta select option optgroup input textarea datalist img picture source track param base"
    " rp rt frame frameset noframes progress meter"
)
DROPPED = frozenset(_DROPPED.split())
"""Elements whose content no reader of the page sees, or that is no text."""
STRONG = frozenset({"b", "strong", "dfn"})
"""Elements whose text may be the headword that opens a line."""
LEADS = frozenset({"i", "em", "code", "u", "cite", "kbd", "var", "tt", "abbr", "mark"})
"""Elements whose text is a headword only with a separator behind it."""
LEVELS: Mapping[str, int] = {f"h{n}": n for n in range(1, 7)}
LANDMARKS = frozenset({"nav", "footer", "form", "aside", "header"})
"""Elements around the content; ``header`` and ``footer`` of an article belong to it."""
LANDMARK_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "search", "complementary", "menu", "menubar", "toolbar",
     "dialog", "alertdialog"}
)  # fmt: skip
# Words in class and id names of what stands around the content, set off by hyphens.
_AROUND = re.compile(
    r"(?:^|[-_ ])(?:nav(?:bar|igation|header|footer|links)?|menu|breadcrumbs?"
    r"|sidebar|footer|cookies?|cookie-\w+"
    r"|consent|pagination|pager|toc|tableofcontents|share|sharing|social|newsletter|subscribe"
    r"|related-posts|comments|skip-link|skiplinks|advert\w*|promo|popup|modal|masthead|topbar"
    r"|sphinxsidebar|mw-jump-link|catlinks|printfooter|navbox|reflist|alphabet|a-z|az|letters?)"
    r"(?:$|[-_ ])",
    re.IGNORECASE,
)
_UNSEEN = re.compile(
    r"(?:^|\s)(?:sr-only|visually-hidden|visuallyhidden|screen-reader-text|d-none"
    r"|hidden|is-hidden|mw-editsection|mw-cite-backlink|headerlink)(?:$|\s)"
)
_UNSEEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# What a script unfolds when it is clicked: hidden when the page was saved, but content.
_UNFOLDS = re.compile(
    r"accordion|collaps|panel|toggle|answer|definition|description|content|expand|tab-?pane|drawer",
    re.IGNORECASE,
)
_TERM_CLASS = re.compile(
    r"(?:^|[-_ .])(?:term|terms?-?name|term-?title|headword|lemma|word|glossary-?(?:term|title|word"
    r"|name|item-?title|header|heading)|dictionary-?term|entry-?(?:title|term|name|head|heading)"
    r"|definiendum|acronym|title|name|question)(?:$|[-_ .])",
    re.IGNORECASE,
)
_DEFINITION_CLASS = re.compile(
    r"(?:^|[-_ .])(?:def|definition|definitions|description|desc|meaning|explanation|gloss"
    r"|glossary-?(?:definition|description|text|content|body|item-?(?:content|body|text))"
    r"|entry-?(?:content|body|definition|text|description)|definiens|expansion|body|content|text"
    r"|answer)(?:$|[-_ .])",
    re.IGNORECASE,
)
# Class names that differ between siblings: numbers, hashes, positions, states.
_VARYING = re.compile(
    r"\d|^(?:odd|even|first|last|active|current|selected|open|closed|show|collapsed|expanded|new)$"
)
_KINDS: Mapping[str, Role] = {
    "name": Role.TERM, "headline": Role.TERM, "description": Role.DEFINITION,
    "alternatename": Role.ALIAS, "termcode": Role.NOTATION, "text": Role.DEFINITION,
    "disambiguatingdescription": Role.NOTE,
}  # fmt: skip
MICRODATA = _KINDS
"""``itemprop`` of a schema.org DefinedTerm, lower case, to role."""


def classes(element: etree._Element) -> str:
    """Return the class names of an element, or ``""``."""
    return element.get("class") or ""


def key(element: etree._Element) -> str:
    """Return an element's step of a section key: its tag with the classes that siblings share."""
    stable = [name for name in classes(element).split() if not _VARYING.search(name)]
    return ".".join([str(element.tag), *sorted(stable)])


def is_unseen(element: etree._Element) -> bool:
    """Return whether the page does not show an element, and no click unfolds it."""
    names = classes(element)
    if element.tag == "math":
        return False
    hidden = (
        element.get("hidden") is not None
        or bool(_UNSEEN_STYLE.search(element.get("style") or ""))
        or bool(_UNSEEN.search(names))
    )
    if hidden:
        unfolds = element.get("role") in {"region", "tabpanel"} or element.get("aria-labelledby")
        return not (unfolds or _UNFOLDS.search(f"{names} {element.get('id') or ''}"))
    if element.get("aria-hidden") == "true":
        # Icons and permalinks; some page builders hide whole panels until they are unfolded.
        return not _UNFOLDS.search(names) and len(element) == 0
    if element.tag == "a":
        words = "".join(element.itertext()).strip()
        return bool(words) and not any(c.isalnum() for c in words)  # permalinks: "#", "¶"
    if element.tag == "button":
        inside = {str(parent.tag) for parent in element.iterancestors()} & {
            *LEVELS,
            "dt",
            "summary",
        }
        return (
            not inside and element.get("aria-expanded") is None and not element.get("aria-controls")
        )
    if element.tag == "sup":
        # Marks of footnotes: "[3]", "2", "*" that lead to a note.
        words = "".join(element.itertext()).strip()
        return len(words.strip("[]")) <= 3 and any(
            (a.get("href") or "").find("#") >= 0 for a in element.iter("a")
        )
    return False


def is_around(element: etree._Element, *, share: float) -> bool:
    """Return whether an element stands around the content: navigation, forms, banners.

    ``share`` is its part of the page's words: what holds over a third of them is the content
    itself (ASP.NET wraps whole pages in a form, themes put ``sidebar`` on the body).
    """
    if share > 1 / 3 or element.tag in {"body", "html", "main", "article"}:
        return False
    if element.tag in LANDMARKS or element.get("role") in LANDMARK_ROLES:
        within = {str(parent.tag) for parent in element.iterancestors()}
        if element.tag in {"header", "footer"} and within & {"article", "section", "main"}:
            return False
        # The name of the whole site stands as a heading over its menu.
        if element.tag == "nav" or element.get("role") == "navigation":
            return _is_bar(element) or next(element.iter("h1", "main", "article"), None) is None
        return next(element.iter("h1", "main", "article"), None) is None
    if element.tag not in {"div", "ul", "ol", "section", "p", "table", "span"}:
        return False
    names = f"{classes(element)} {element.get('id') or ''}"
    if not _AROUND.search(names):
        return False
    # "letter" and "a-z" also name the sections of a glossary: a bar holds links and little else.
    return _is_bar(element) or not re.search(r"(?i)letter|alphabet|a-?z|toc", names)


def _is_bar(element: etree._Element) -> bool:
    words = sum(len(text.strip()) for text in element.itertext())
    linked = sum(len(t.strip()) for a in element.iter("a") for t in a.itertext())
    return words == 0 or linked * 10 >= words * 6


def hint(section: str) -> Role | None:
    """Return what the classes of a block's own element say it is: TERM, DEFINITION or nothing.

    ``section`` is a key path; only its last two steps count, the inner one before the outer.
    """
    for step in reversed(section.split("/")[-2:]):
        names = step.partition(".")[2].replace(".", " ")
        if not names:
            continue
        # "term-definition" is a definition, "definition-title" a term: the last word decides.
        term = [m.end() for m in _TERM_CLASS.finditer(names)]
        definition = [m.end() for m in _DEFINITION_CLASS.finditer(names)]
        if term or definition:
            return (
                Role.TERM if max(term, default=0) > max(definition, default=0) else Role.DEFINITION
            )
    return None


def lengths(root: etree._Element) -> dict[etree._Element, int]:
    """Return the number of characters of text in each element, scripts left out. Linear."""
    found: dict[etree._Element, int] = {}
    for _, element in etree.iterwalk(root, events=("end",)):
        if not isinstance(element.tag, str) or element.tag in DROPPED:
            found[element] = 0
            continue
        own = len((element.text or "").strip())
        found[element] = own + sum(
            found.get(child, 0) + len((child.tail or "").strip()) for child in element
        )
    return found


def summaries(root: etree._Element) -> frozenset[str]:
    """Return the summaries of ``<details>`` that name terms: two or more, none of them twice."""
    texts = [" ".join("".join(s.itertext()).split()) for s in root.iter("summary")]
    return _unique(texts) if len(texts) > 1 else frozenset()


def openers(root: etree._Element) -> frozenset[etree._Element]:
    """Return the ``<span>`` that open blocks of nothing but spans, where they name terms.

    ``<div><span class="a">Term</span> <span class="b">What it means.</span></div>`` sets the term
    off by style alone. At least three blocks are built alike, and hardly two open alike. Linear.
    """
    found: dict[tuple[object, ...], list[etree._Element]] = {}
    for block in root.iter("div", "li", "p"):
        parts = [child for child in block if isinstance(child.tag, str)]
        if len(parts) < 2 or any(part.tag != "span" for part in parts):
            continue
        between = [block.text, *(part.tail for part in parts)]
        if any(re.search(r"\w", text or "") for text in between):
            continue
        styles = [part.get("class") or part.get("style") for part in parts]
        if styles[0] and styles[0] != styles[1]:
            found.setdefault((block.tag, block.get("class"), styles[0], styles[1]), []).append(
                parts[0]
            )
    named: set[etree._Element] = set()
    for spans in found.values():
        texts = [" ".join("".join(span.itertext()).split()) for span in spans]
        short = all(0 < len(text) <= 90 for text in texts)
        if len(spans) >= 3 and short and len(set(texts)) * 10 >= len(texts) * 9:
            named.update(spans)
    return frozenset(named)


def nested_lists(root: etree._Element) -> frozenset[etree._Element]:
    """Return the definition lists within entries that are part of them, not further entries.

    Where the terms around have an address each and those within have none, the author counts
    only the former as entries. Linear in the nesting.
    """
    found = set()
    for inner in root.iter("dl"):
        outer = next((e for e in inner.iterancestors("dl")), None)
        if outer is None or any(dt.get("id") for dt in inner.iter("dt")):
            continue
        terms = [child for child in outer if child.tag == "dt"]
        if outer in found or sum(_addressed(dt) for dt in terms) * 2 > len(terms):
            found.add(inner)
    return frozenset(found)


def _addressed(term: etree._Element) -> bool:
    return bool(term.get("id")) or any(
        e.get("id") or (e.tag == "a" and e.get("name")) for e in term.iter()
    )


def leads_to(anchor: etree._Element) -> tuple[str, str]:
    """Return target and kind of an ``<a>``.

    Without an address it names the term in words: so specifications of the W3C and WHATWG are
    kept (ReSpec, Bikeshed), ``data-lt`` giving another form than the one shown.
    """
    if anchor.get("href") is not None or anchor.get("id") or anchor.get("name"):
        return anchor.get("href") or "", "href"
    named = anchor.get("data-lt") or anchor.get("lt") or "".join(anchor.itertext())
    words = " ".join(named.split())
    return (words, "term") if 0 < len(words) <= 100 else ("", "href")


def other_names(term: etree._Element) -> list[str]:
    """Return the names that ``data-lt`` or ``lt`` of a ``<dfn>`` lists beside the one shown."""
    given = term.get("data-lt") or term.get("lt") or ""
    shown = " ".join("".join(term.itertext()).split()).casefold()
    names = [" ".join(name.split()) for name in given.split("|")]
    return [name for name in dict.fromkeys(names) if name and name.casefold() != shown]


_BOXES: Mapping[str, Role] = {"note": Role.NOTE, "example": Role.EXAMPLE}


def box(element: etree._Element, above: etree._Element | None) -> Role | None:
    """Return what a box within a definition is by its class: a note, an example, or nothing.

    Only a paragraph or box whose class says so and nothing more counts.
    """
    if above is None or above.tag != "dd":
        return None
    names = classes(element).lower().split()
    return _BOXES.get(names[0]) if len(names) == 1 else None


def is_generic(summary: etree._Element) -> bool:
    """Return whether a summary only says that there is more, or what kind of thing."""
    words = "".join(summary.itertext()).strip().lower()
    return not words or bool(
        re.match(r"(?:show|read|click|see|view|more|details|table of|expand|on this)\b", words)
    )


def _unique(texts: Iterable[str]) -> frozenset[str]:
    seen: set[str] = set()
    twice: set[str] = set()
    for text in texts:
        (twice if text in seen else seen).add(text)
    return frozenset(seen - twice)


_BULLET = re.compile(r"[·•▪§oØü\uf0a7\uf0b7\s\u00a0]+|\(?\w{1,3}[.)][\s\u00a0]*")


def word_style(element: etree._Element) -> Role | None:
    """Return what a paragraph is by the style that Word and Google Docs give it, if anything."""
    names = (element.get("class") or "").split()
    if "MsoTitle" in names or ("title" in names and "subtitle" not in names):
        return Role.HEADING
    return Role.ITEM if any(name.startswith("MsoList") for name in names) else None


def is_bullet(text: str) -> bool:
    """Return whether a text is but the bullet or number that Word writes out before an item."""
    return bool(_BULLET.fullmatch(text))
