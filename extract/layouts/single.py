"""Pages of one term: what a site keeps in a file a term, with its fields above the text.

The folder says that its files are such pages (:mod:`extract.readers.folders`); here each page is
looked at again, since an index or an overview may lie among them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extract.labels import fold, slug
from extract.languages import Words
from extract.layouts.lines import FRONT, Line, Page
from extract.model import Role

# Headings of a page's own parts; an overview of many terms has more.
_HEADINGS = 8
_COLLECTION = re.compile(
    r"\b(?:glossary|terms|dictionary|lexicon|index|overview|vocabulary)\b", re.I
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """The lines of a page of one term."""

    head: Line | None
    """Where its headword stands; None where only the file's name gives it."""
    name: str
    """The headword."""
    fields: tuple[Line, ...]
    """What stands above the text, of the term's own fields."""
    body: tuple[Line, ...]
    """The text; the description of a page without any."""


def read(page: Page, words: Words) -> Single | None:
    """Return the page's one entry; None for a page of several terms or of none.

    The headword is the field that names the term, else the title, else the file's name.
    """
    document = page.document
    if not document.single or document.media_type.startswith(("application/", "text/x-wiki")):
        return None  # XML says itself what is the term and what is said of it
    front = [line for line in page.lines if line.block.section == FRONT]
    rest = [line for line in page.lines if line.block.section != FRONT]
    head = _head(front, rest)
    if head is None and any(line.block.role is Role.TERM for line in rest):
        return None  # a <dt> and its <dd> alone say what is the term
    stem = document.uri.rsplit("/", 1)[-1]
    name = " ".join(head.text.split()) if head else re.sub(r"[-_]+", " ", stem).capitalize()
    if _COLLECTION.search(name):
        return None
    own = [x for x in rest if x.block.role is Role.HEADING and x is not head]
    several = sum(not words.label(x.text.rstrip(":： ")) for x in own)
    told = {x.block.role for x in front} & {Role.TERM, Role.ALIAS, Role.REFERENCE}
    if several > (_HEADINGS if told or not head or _alike(stem, name) else 2):
        return None
    fields = tuple(
        x for x in front
        if x is not head and x.block.role not in (Role.HEADING, Role.OTHER, Role.DEFINITION)
    )  # fmt: skip
    body = tuple(x for x in rest if x is not head and not _repeats(x, name))
    if not any(x.block.role is not Role.HEADING for x in body):
        said = (Role.OTHER, Role.DEFINITION)
        body = tuple(x for x in front if x.block.role in said and x.block.label)
    if not body and not fields:
        return None
    return Single(head=head, name=name, fields=fields, body=body)


def _head(front: Sequence[Line], rest: Sequence[Line]) -> Line | None:
    """The line of the headword: a field "term", the title above, the first top heading."""
    for role in (Role.TERM, Role.HEADING):
        if found := next((x for x in front if x.block.role is role), None):
            return found
    first = next((x for x in rest if x.block.role is Role.HEADING), None)
    return first if first is not None and first.block.level <= 1 else None


def _repeats(line: Line, name: str) -> bool:
    """Whether a heading says the headword once more."""
    return line.block.role is Role.HEADING and fold(line.text) == fold(name)


def _alike(stem: str, name: str) -> bool:
    """Whether a file is named like its term: equal, or one within the other."""
    other = slug(name)
    return bool(other) and (f"-{stem}-" in f"-{other}-" or f"-{other}-" in f"-{stem}-")
