"""Lines of an entry that say nothing of it: pointers, captions, equivalents, notes of editors.

Between a headword and its definition glossaries put what belongs to the page: the number of a
figure, the names that other languages have for the term, a note that the text is still to come.
Further down stand small headings, and what follows one of them is about that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extract.components.sentences import Sentence

CITED = re.compile(
    r"See (?:also |under |the )?[\w'’ -]{2,60}\.?$|See (?:here|above|below)\b|"
    r"For\b[^.]{3,120},\s+see\b|"
    r"\[[\"“][^\]]*\]?\.?$|.{0,200}\bet al\b"
)
"""A sentence that sends the reader elsewhere, or cites a work."""
_CAPTION = re.compile(
    r"(?:Figure|Fig\.?|Table|Listing|Illustration|Photo|Image|Box|Plate)\s+"
    r"(?:\d+|[IVX]+)(?:[.-]\d+)*[a-z]?(?:[.:]|\s+[-–—])?(?:\s|$)"
)
_BARE_CAPTION = re.compile(r"\w+\.?\s+[\w.-]+?[.:]?$")
_EQUIVALENT = r"[A-Z][A-Za-z]{0,2}\.?: [^:]{1,120}?"
_EQUIVALENTS = re.compile(rf"{_EQUIVALENT}(?: {_EQUIVALENT})+$")
"""A row of names, each behind the code of a language or a country: "ES: acorde, F: accord"."""
_ONE_EQUIVALENT = re.compile(
    r"[A-Z]{1,3}:\s+(?!(?:[Aa]n?|[Tt]he|[Aa]ny|[Tt]o)\s)"
    r"[\w'’?()-]+(?:[ ,/]+[\w'’?()-]+){0,5}[.,;]?$"
)
_SPELT_OUT = re.compile(
    r"(?!(?:An?|The)\s)(?:"
    r"(?:[A-Z][\w'’&-]*(?:,? (?:and|or|&) |, )){2,}[A-Z][\w'’&-]*\.?$|"
    r"[A-Z][\w'’&-]*(?:(?: (?:of|and|for|the|in|on|to|&|[A-Z][\w'’&-]*))* [A-Z][\w'’&-]*)\.?$)"
)
"""Nothing but capitalised words: what letters stand for, a person's name, a title."""
_TO_COME = re.compile(
    r"(?:This|The)\s+(?:(?:page|section|entry|article|text|definition|term)\s+)?is\s+"
    r"(?:an?|just an?|still an?|only an?)\s+(?:stub|placeholder|draft)\b|"
    r"(?:To be (?:written|defined|added|completed|determined)|TBD|TBW|TBA|TODO|FIXME|Coming soon|"
    r"Work in progress|No definition (?:yet|available))\b",
    re.IGNORECASE,
)
_HEADING = re.compile(r"[A-Z][\w'’/&()-]*(?: [\w'’/&()-]+){0,4}$")
_SECTIONS = frozenset(
    {"how", "why", "what", "when", "where", "who", "overview", "definition", "description", "note"}
    | {"benefits", "benefit", "purpose", "usage", "uses", "use", "example", "examples", "notes"}
    | {"importance", "key", "advantages", "summary", "background", "introduction", "function"}
    | {"the", "a", "an", "common", "main", "best", "features", "more", "about", "using"}
)
"""First words of headings under which a text goes on about the same thing."""
PARTS = re.compile(
    r"\b(?:includes?|contains?|comprises?|offers?|provides?|uses?|involves?|consists? of)\s"
    r"[^.;:]{0,60}?\b(?P<noun>[a-z]+s),? (?:such as|like|including)\s"
)
"""What a sentence names as parts: "offers resources, such as guides"."""
_POINTING = re.compile(r"(?:This|These|That|Those|Such|It|They|He|She)\b")


def takes_up(text: str, noun: str) -> bool:
    """Return whether a sentence goes on about parts named before: "These resources help …"."""
    return re.match(rf"(?:These|Those|Such)\s(?:[a-z]+\s)?{re.escape(noun)}\b", text) is not None


def about(sentences: Sequence[Sentence], text: str) -> Iterator[Sentence]:
    """Yield the sentences that may tell of their entry; ``text`` is that of the document.

    Left out are captions with their titles, names in other languages, notes that a text is still
    to come, small headings, and what points back at a heading that names something else.
    """
    headings = {n for n in range(1, len(sentences)) if _is_heading(sentences, n, text)}
    told_apart = len(headings) > 1  # one alone may be any line of a page
    apart = captioned = False
    for number, sentence in enumerate(sentences):
        beside = number and "\n" not in text[sentences[number - 1].span.end : sentence.span.start]
        if captioned and beside:
            captioned = False
            continue  # "Figure 12." was one sentence, its title is the next
        captioned = False
        if _CAPTION.match(sentence.text):
            captioned = bool(_BARE_CAPTION.match(sentence.text))
            continue
        if _EQUIVALENTS.match(sentence.text) or _ONE_EQUIVALENT.match(sentence.text):
            continue
        if _TO_COME.match(sentence.text):
            continue
        if not number and len(sentences) > 1 and _SPELT_OUT.match(sentence.text):
            continue
        if told_apart and number in headings:
            apart = True
            continue
        if apart and _POINTING.match(sentence.text):
            continue
        yield sentence


def _is_heading(sentences: Sequence[Sentence], number: int, text: str) -> bool:
    """Whether a sentence is a line of its own that names what the next lines are about."""
    sentence = sentences[number]
    if sentence.bullet or number + 1 >= len(sentences) or not _HEADING.match(sentence.text):
        return False
    following = sentences[number + 1].span.start
    before = text[sentences[number - 1].span.end : sentence.span.start]
    behind = text[sentence.span.end : following]
    first = sentence.text.split()[0].lower()
    return "\n" in before and "\n" in behind and first not in _SECTIONS
