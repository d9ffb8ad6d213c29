"""Other names that a definition states outright: "Syn. X", "US: X", "another name for it is X".

Dictionaries label them within the text, lexicographers' manuals list the labels (ISO 1951;
Atkins & Rundell 2008, ch. 7). A label counts where it opens a sentence or a bracket and nothing
but names follows it there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from extract.components.mention import Mention
from extract.labels import is_acronym
from extract.model import Span

Listed = Callable[[str, int], Iterable[tuple[str, Span]]]
"""Reads the names listed from an offset of a passage on."""

_PLACES = (
    r"(?:US|U\.S\.|USA|UK|U\.K\.|Brit(?:ish|\.)?|American|Amer?\.|BrE|AmE|Canad(?:ian|a)|Austral(?:ian|ia)"
    r"|NZ|Scot(?:s|tish|land)?|Irish|North America)(?:\s+English)?"
)
_KINDS = (
    ("acronym", r"abbr(?:ev)?\.?|abbreviations?|abbreviated(?:\s+(?:as|to))?|acronyms?|initialism"),
    ("variant", rf"pl\.?|plurals?|{_PLACES}|(?:alternative|alternate|variant)\s+spellings?"),
    (
        "synonym",
        r"syn\.?|synonyms?|aka|also|(?:alternative|alternate|other|another|old|older|former|common)"
        r"\s+(?:names?|terms?)|nicknamed|dubbed",
    ),
)
_OWN_WORDS = r"abbreviated(?:\s+(?:as|to))?|nicknamed|dubbed|syn\.|abbr\.|pl\."
"""Labels that need no colon behind them."""
_OPENED = r"(?:^|(?<=[.!?;]\s)|(?<=\n)|(?<=\())"
_LABELS = tuple(
    (
        kind,
        re.compile(rf"{_OPENED}(?P<label>{source})\s*(?P<mark>:|(?=\s))\s*(?:the\s+)?(?=\S)", re.I),
    )
    for kind, source in _KINDS
)
_ROW_END = re.compile(r"[.;](?=\s|$|[\"”’)])|[)\n]")
_WRAPPED = 50
"""Longer lines than this may be wrapped ones: a name at their end may be half of one."""
_NO_NAME = re.compile(r"(?:sense|form of|see|esp)\b", re.I)
_PIECE = re.compile(r"(?!\s|or\s|and\s)(?:(?!,|\s(?:or|and)\s)[^\n])+")
_MOST_NAMES = 6
_ENDS = re.compile(r"[\"”’']?\s*(?:[.;)\n]|$)")
_ANOTHER = re.compile(
    r"(?:another|an?\s+(?:alternative|alternate|common|popular|older?|informal)|the\s+(?:old|former"
    r"|popular|common|colloquial|informal|scientific|Latin|trade|American|British))\s+"
    r"(?:name|term|word)\s+(?:for|of)\s+(?:the\s+|an?\s+)?",
    re.I,
)
_IS = re.compile(r"\s+(?:is|are|was)\s+(?:the\s+|an?\s+)?")
_IT = re.compile(r"(?:it|this|them|these)\b", re.I)
_CALLING = re.compile(
    r"(?:(?<=[.!?]\s)|^|(?<=\n))(?:[A-Z][\w’'-]+\s+){1,3}(?:often\s+|also\s+|sometimes\s+)?call\s+"
    r"(?:it|this|them|these)\s+(?:the\s+|an?\s+)?"
)
"""Somebody calls it so: "Sailors call it the jigger." """
_ELSEWHERE = re.compile(
    r"\b(?:known|called)\s+in\s+(?:the\s+)?[A-Z]\w+(?:\s[A-Z]\w+){0,2}\s+as\s+(?:the\s+|an?\s+)?"
    r"|(?:(?<=[.!?]\s)|^|(?<=\n))In\s+(?:the\s+)?[A-Z]\w+(?:\s[A-Z]\w+){0,2},?\s+(?:it|they)\s+(?:is|are)\s+"
    r"(?:also\s+|often\s+|usually\s+)?(?:called|known\s+as|termed)\s+(?:the\s+|an?\s+)?"
)


def stated(
    passage: str, names: Callable[[], Mention], listed: Listed
) -> Iterator[tuple[str, Span, str, str, float]]:
    """Yield (name, span, type, rule, confidence) of each name that the passage states.

    ``names`` gives the pattern of the entry's own names, asked for only where it is needed.
    """
    for kind, pattern in _LABELS:
        for lead in pattern.finditer(passage):
            own_words = re.fullmatch(_OWN_WORDS, lead["label"], re.I)
            if lead["mark"] or own_words:
                for name, span in _row(passage, lead.end(), listed):
                    told = "synonym" if kind == "acronym" else kind
                    told = "acronym" if is_acronym(name) else told
                    yield name, span, told, "label-in-text", 0.9
    for lead in _ANOTHER.finditer(passage):
        own = _IT.match(passage, lead.end())
        end = (
            own.end()
            if own
            else next((m.end() for m in names().finditer(passage) if m.start() == lead.end()), 0)
        )
        link = _IS.match(passage, end) if end else None
        if link is not None:
            for name, span in listed(passage, link.end()):
                yield name, span, "synonym", "another-name", 0.92
    for pattern, rule in ((_CALLING, "they-call-it"), (_ELSEWHERE, "called-elsewhere")):
        for lead in pattern.finditer(passage):
            for name, span in _closed(passage, lead.end(), listed):
                yield name, span, "synonym", rule, 0.85


def _row(passage: str, at: int, listed: Listed) -> Sequence[tuple[str, Span]]:
    """The names of "Synonyms: X, Y", commas between them, up to the end of sentence or bracket."""
    end = _ROW_END.search(passage, at)
    names: list[tuple[str, Span]] = []
    if end is not None and end[0] == "\n":
        line = passage.rfind("\n", 0, end.start()) + 1
        if end.start() - line > _WRAPPED:
            return ()
    for piece in _PIECE.finditer(passage, at, end.start() if end else len(passage)):
        found = _closed(passage[: piece.end()], piece.start(), listed)
        if names and _NO_NAME.match(piece[0]):
            break  # "Syn. blast, sense 1."
        if len(found) != 1 or _NO_NAME.match(found[0][0]):
            return ()  # not a list of names but a sentence
        names += found
    return names if len(names) <= _MOST_NAMES else ()


def _closed(passage: str, at: int, listed: Listed) -> Sequence[tuple[str, Span]]:
    """The names from ``at`` on if the sentence or bracket ends with them and they are short."""
    found = list(listed(passage, at))
    if not found or not _ENDS.match(passage, found[-1][1].end):
        return ()
    return found if all(len(name.split()) <= 4 for name, _ in found) else ()
