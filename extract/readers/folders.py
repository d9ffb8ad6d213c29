"""Whether the files of a folder or archive are parts of one glossary or glossaries of their own.

Parts are: pages of one term each (``churn-rate.md`` headed "Churn rate", as Hugo, Jekyll, Obsidian
and MDN keep them), and pages of one letter each (``a.html``, ``terms-b.html``). All else are
glossaries of their own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import unquote

from extract.labels import slug
from extract.readers import frontmatter, media
from extract.readers.encoding import unified
from extract.readers.text import names_glossary

_HEAD = 16_384
"""Bytes of a file that are looked at."""
_INDEX = frozenset({"index", "_index", "readme"})
_XML = frozenset({"application/dita+xml", "application/docbook+xml", "application/xml"})
_PAGES = frozenset(
    {"text/markdown", "text/html", "text/plain", "text/x-rst", "text/asciidoc", *_XML}
)
_ASCIIDOC_HEADING = re.compile(r"^(={1,6})[ \t]+(\S.*?)[ \t=]*$", re.MULTILINE)
_LETTER = re.compile(r"(?:(?P<stem>.*?)[-_ ])?(?P<letter>[a-z]|[a-z]-[a-z]|0-9|num|other|symbols)$")
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_HTML_HEADING = re.compile(r"<h([1-6])\b[^>]*>(.*?)</h\1>", re.IGNORECASE | re.DOTALL)
_HTML_TITLE = re.compile(r"<title\b[^>]*>([^<]*)", re.IGNORECASE)
_HTML_TERM = re.compile(r"<dt\b[^>]*>(.*?)</dt>", re.IGNORECASE | re.DOTALL)
# An entry of DITA or DocBook, or what stands for one in XML of a database's own; and its term.
_ENTRY = re.compile(r"<(?:\w+:)?(?:glossentry|glossterm|entry|concept|lemma|headword)[\s>]")
_ENTRY_TERM = re.compile(
    r"<(?:\w+:)?(?:glossterm|term|headword|lemma|name|title)\b[^>]*>(.*?)</", re.DOTALL
)
_TARGETS = re.compile(r"\[\[([^\[\]|#\n]+)|\]\(([^()#\s]+\.mdx?)")
_MANY = re.compile(r"^:[ \t]+\S|^\|.*\|.*\||<dt\b|<tr\b|^;[ \t]*\S", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What the beginning of a page shows."""

    title: str
    named: bool
    """Whether the title is the file's own name in other letters, or a field says "term"."""
    headings: tuple[str, ...]
    """Those below the title."""
    many: int
    """Marks of lists of terms: definition lists, rows of tables."""
    links: frozenset[str] = frozenset()
    """Names of the pages that it links to, as the last step of a part's path."""


def parts(names: Sequence[str], head: Callable[[str, int], bytes]) -> Mapping[str, str]:
    """Return each file's part path where the files are parts of one glossary, else nothing.

    ``names`` are paths inside the folder with ``/``; ``head(name, count)`` gives the first bytes
    of one. A part's path is its name without suffix, that of ``x/index.md`` is ``x``; the
    folder's own index is no part. Pages of one term: three or more, four in five of them without
    "glossary" in their titles and without lists of terms, half of them named like their title.
    """
    pages = [name for name in names if media.of_name(name) in _PAGES]
    found = {name: part for name in pages if (part := _part(name))}
    if len(set(found.values())) < len(found) or len(found) < 3:
        return {}
    if _lettered(list(found.values())):
        return found
    seen = {part: _look(name, part, head(name, _HEAD)) for name, part in found.items()}
    # What stands over the others and calls itself a glossary is their index, no term.
    above = {part.rpartition("/")[0] for part in seen}
    index = {part for part, look in seen.items() if part in above and names_glossary(look.title)}
    found = {name: part for name, part in found.items() if part not in index}
    linked = frozenset().union(*(look.links for look in seen.values()))
    looks = [_titled(look, part, linked) for part, look in seen.items() if part not in index]
    if len(looks) < 3:
        return {}
    usual = Counter(heading for look in looks for heading in set(look.headings))
    single = [look for look in looks if _is_single(look, usual, len(looks))]
    named = sum(look.named for look in single)
    if len(single) * 5 < len(looks) * 4 or named * 2 < len(looks):
        return {}
    return found


_TOPIC = re.compile(
    r"<(?:topicref|glossref|chapter|appendix|keydef|mapref)\b[^>]*?\bhref\s*=\s*[\"']([^\"'#]+)"
)


def of_map(text: str) -> list[str]:
    """Return the paths of the topics that a DITA map names, in its order, each once.

    Topics elsewhere are left out.
    """
    return list(dict.fromkeys(m[1] for m in _TOPIC.finditer(text) if "://" not in m[1]))


def single(found: Collection[str]) -> bool:
    """Return whether the part paths of a glossary are pages of a term each, not of a letter."""
    return bool(found) and not _lettered(list(found))


def _part(name: str) -> str:
    """Return the part path of a file; ``""`` for the folder's own index."""
    path = PurePosixPath(name)
    steps = list(path.with_suffix("").parts)
    if steps[-1].lower() in _INDEX:
        steps.pop()
    return "/".join(slug(step) for step in steps)


def _lettered(found: Sequence[str]) -> bool:
    matches = [_LETTER.fullmatch(part.rsplit("/", 1)[-1]) for part in found]
    stems = {match["stem"] for match in matches if match}
    return all(matches) and len(stems) == 1


def _look(name: str, part: str, data: bytes) -> _Look:
    text = unified(data.decode("utf-8", errors="replace"))
    kind = media.of_name(name)
    fields: Mapping[str, object] = {}
    headings: list[str] = []
    title = ""
    if kind == "text/html":
        headings = [re.sub(r"<[^>]*>", "", m[2]).strip() for m in _HTML_HEADING.finditer(text)]
        found = _HTML_TITLE.search(text)
        title = headings[0] if headings else (found[1].strip() if found else "")
        headings = headings[1:]
        terms = [" ".join(re.sub(r"<[^>]*>", "", t).split()) for t in _HTML_TERM.findall(text)]
        title = title or (terms[0] if len(terms) == 1 else "")
    elif kind == "text/markdown":
        text, fields, _ = frontmatter.split(text)
        headings = [m[2] for m in _HEADING.finditer(_FENCE.sub("", text))]
        title = frontmatter.title_of(fields)
        if headings and (not title or slug(headings[0]) == slug(title)):
            title, headings = headings[0], headings[1:]
    elif kind == "text/asciidoc":
        headings = [m[2] for m in _ASCIIDOC_HEADING.finditer(text)]
        title, headings = (headings[0], headings[1:]) if headings else ("", [])
    elif kind in _XML:
        kinds = Counter(_ENTRY.findall(text))
        found = _ENTRY_TERM.search(text) if max(kinds.values(), default=0) <= 1 else None
        title = re.sub(r"<[^>]*>", "", found[1]).strip() if found else ""
    else:
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        title = lines[0] if lines and len(lines[0].split()) <= 8 else ""
    stem = part.rsplit("/", 1)[-1]
    told = {"term", "aka", "aliases"} & {str(key).lower() for key in fields}
    named = _alike(stem, title) or bool(told)
    return _Look(
        title=title, named=named, headings=tuple(headings), many=len(_MANY.findall(text)),
        links=frozenset(_targets(text)) if kind == "text/markdown" else frozenset(),
    )  # fmt: skip


def _targets(text: str) -> Iterator[str]:
    """The names of the pages that Markdown links to: ``[[Name|words]]``, ``(name.md)``."""
    for found in _TARGETS.finditer(text):
        name = PurePosixPath(unquote(found[1] or found[2]).strip()).name
        yield slug(re.sub(r"\.\w{2,4}$", "", name))


def _titled(look: _Look, part: str, linked: Collection[str]) -> _Look:
    """The look of a page without any title, as its file names it: so Obsidian keeps its notes.

    The name is one of a term where other pages link to it.
    """
    if look.title or look.headings:
        return look
    stem = part.rpartition("/")[2]
    return replace(look, title=stem.replace("-", " "), named=look.named or stem in linked)


def _alike(stem: str, title: str) -> bool:
    """Return whether a file is named like its title: equal, one within the other, or initials."""
    name = slug(re.sub(r"\(.*?\)", "", title)) if title else ""
    if not name or not stem:
        return False
    initials = "".join(step[0] for step in name.split("-"))
    inside = f"-{stem}-" in f"-{name}-" or f"-{name}-" in f"-{stem}-"
    return inside or stem == initials or slug(title).replace("-", "") == stem.replace("-", "")


def _is_single(look: _Look, usual: Counter[str], count: int) -> bool:
    """Return whether a page is about one term.

    Headings that many pages share ("See also", "Examples") are those of an article's parts.
    """
    if not look.title or names_glossary(look.title) or look.many > 6:
        return False
    own = [heading for heading in look.headings if usual[heading] * 5 < count]
    return len(own) <= (8 if look.named else 2)
