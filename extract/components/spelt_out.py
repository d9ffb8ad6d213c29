"""Lists of abbreviations: where most definitions are but long forms, the others are, too."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from extract.components.drafts import Draft
from extract.labels import fold, is_acronym
from extract.model import Designation, Evidence, Span

_LEAST, _SHARE = 3, 0.6
"""So many long forms, and this share of the acronyms that are explained, make such a list."""
_MOST_WORDS = 12
_ASIDE = re.compile(r"\s*(?:[(\[][^()\[\]]*[)\]]|,\s*\d{4})?\s*[.;]?\s*$")
_SENTENCE = re.compile(r"[.!?:]\s|\b(?:is|are|was|were|which|that|who|means)\b", re.IGNORECASE)


def read(drafts: Sequence[Draft]) -> None:
    """Give the acronyms of such lists their long forms as names, whatever their letters.

    "LOA – Length overall", "SOLAS – International Convention for the Safety of Life at Sea": the
    letters tell neither, the list they stand in does. The definition stays what is printed.
    """
    lists: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        if len(draft.definitions) == 1 and is_acronym(draft.labels[0]):
            lists[draft.document.uri].append(draft)
    for members in lists.values():
        plain = [(draft, long) for draft in members if (long := _long(draft)) is not None]
        told = [draft for draft, long in plain if _is_told(draft, long)]
        if len(told) < max(_LEAST, _SHARE * len(members)):
            continue
        for draft, long in plain:
            if not _is_told(draft, long) and _is_name(long.of(draft.document.text), draft):
                _add(draft, long)


def _long(draft: Draft) -> Span | None:
    """Where the long form stands that a definition is, without brackets and a year behind it."""
    span = draft.definitions[0].span
    text = span.of(draft.document.text)
    stop = _ASIDE.search(text)
    long = text[: stop.start() if stop else len(text)]
    words = long.split()
    if "\n" in long or not 1 < len(words) <= _MOST_WORDS or _SENTENCE.search(long):
        return None
    if not long[0].isalpha() or fold(words[0]) in {"a", "an", "the"}:
        return None
    return Span(start=span.start, end=span.start + len(long))


def _is_told(draft: Draft, long: Span) -> bool:
    """Whether the long form is known for one by its letters."""
    names = {fold(d.text) for d in draft.designations if d.type == "full form"}
    return fold(long.of(draft.document.text)) in names


def _is_name(text: str, draft: Draft) -> bool:
    """Whether it begins with the acronym's letter, or is written as a title is."""
    words = [word for word in text.split() if len(word) > 3]
    titled = len(words) > 1 and 2 * sum(word[0].isupper() for word in words) > len(words)
    return titled or fold(text)[:1] == fold(draft.labels[0])[:1]


def _add(draft: Draft, long: Span) -> None:
    text = long.of(draft.document.text)
    evidence = Evidence(
        document=draft.document.uri, span=long, quote=text, rule="spelt-out", confidence=0.85
    )
    language = draft.designations[0].language
    draft.designations.append(
        Designation(text=text, language=language, type="full form", evidence=evidence)
    )
