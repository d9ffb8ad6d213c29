"""Lines that only send to another entry: "cuvée – siehe Verschnitt", "mutes see slices"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from extract.labels import fold, key
from extract.languages import Words
from extract.layouts.heads import Head, plausible
from extract.layouts.lines import Line

_LONGEST, _MOST_WORDS = 160, 5
_PLAUSIBLE = 0.7


def pointers(
    lines: Sequence[Line], first: Line, named: Collection[str], words: Words
) -> Iterator[Head]:
    """Yield the heads of lines within an entry that are entries of their own, in order.

    Such entries have no definition, so that authors set them without the mark, or the part of
    speech, that parts headword and definition elsewhere. ``lines`` are those below the entry's
    ``first``; ``named`` are the keys of the page's headwords, one of which must be sent to.
    """
    for line in lines:
        if line.indent > first.indent or line.marker != first.marker or len(line.text) > _LONGEST:
            continue
        if line.block.role is not first.block.role:
            continue
        found = _pattern(words.redirects).fullmatch(line.text.strip())
        if found is None or len(found["head"].split()) > _MOST_WORDS:
            continue
        opening = fold(found["head"].split()[0]).strip(",")
        if opening in words.function or not any(
            key(name) in named for name in (found["target"], *_NAMES.split(found["target"]))
        ):
            continue
        at = line.text.index(found["head"])
        if plausible(found["head"], words) >= _PLAUSIBLE:
            body = at + found.start("label") - found.start("head")
            yield Head(line=line.number, begin=at, end=at + len(found["head"]), body=body)


_NAMES = re.compile(r"\s*(?:[,;、，]|\s(?:and|und|et|y|e|и|&)\s)\s*")


@lru_cache(maxsize=16)
def _pattern(redirects: frozenset[str]) -> re.Pattern[str]:
    labels = "|".join(re.escape(w) for w in sorted(redirects - {"use"}, key=len, reverse=True))
    return re.compile(
        r"(?P<head>\S(?:[^.:;!?。：；\n]{0,58}[^\s.:;,!?–—-])?)\s{0,8}(?:[,:;–—-]|\s)\s{0,8}"
        rf"(?P<label>(?:{labels})\.?\s*:?\s*)[\"“„«'‘「]?(?P<target>\S.*?)[\"”»'’」]?\s*[.。]?",
        re.IGNORECASE,
    )
