"""Names that standards list between a preferred term and its definition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from extract.articles import Paragraph
from extract.labels import fold, is_acronym
from extract.letters import is_short_for
from extract.model import Span
from extract.references import Named

_UNWANTED = re.compile(r"(DEPRECATED|ADMITTED|OBSOLETE|NOT RECOMMENDED|PREFERRED):\s+(?=\S)")
_REFUSED = frozenset({"DEPRECATED", "OBSOLETE", "NOT RECOMMENDED"})
# "organisation" for "organization"; "lubber" for "rubber" is another word.
_NEAR = 0.88
# What an acronym stands for has hardly more words.
_LONGEST = 9


def terms_below(paragraphs: Sequence[Paragraph], head: str) -> Iterator[Named]:
    """Yield the lines between a headword and its definition that name the same.

    ISO 704 and the ISO/IEC Directives list admitted and deprecated terms under the preferred one.
    An unmarked line counts where it is short for the headword, or spelled nearly like it; so does
    what an acronym stands for, which docs sites set in italics under their headings.
    """
    for paragraph in paragraphs[:-1]:
        marked = _UNWANTED.match(paragraph.text)
        name = paragraph.text[marked.end() if marked else 0 :]
        near = (
            len(name.split()) == len(head.split())
            and not paragraph.closed
            and (SequenceMatcher(None, fold(name), fold(head)).ratio() >= _NEAR)
        )
        short = len(name.split()) == 1 and is_acronym(name) and is_short_for(name, head)
        long = (
            1 < len(name.split()) <= _LONGEST
            and not paragraph.closed
            and not paragraph.block.marker
            and is_acronym(head)
            and is_short_for(head, name)
        )
        told = marked or near or short
        if not (told or long) or (paragraph.gap and not long) or fold(name) == fold(head):
            return
        at = paragraph.offset(len(paragraph.text) - len(name))
        span = Span(start=at, end=paragraph.end)
        status = "deprecated" if marked and marked[1] in _REFUSED else "admitted"
        role = "acronym" if short else "synonym"
        yield Named(text=" ".join(name.split()), span=span, role=role, status=status)
