"""Whether a page's entries are those of a glossary, not the parts of a letter or a report."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.labels import fold, is_acronym
from extract.languages import Words
from extract.layouts.heads import COLLATIONS, order

# Who speaks to whom: definitions speak of things.
_PERSONS = frozenset(
    {"i", "we", "our", "my", "you", "your", "please", "thanks", "thank", "dear", "hi", "hello"}
    | {"ich", "wir", "unser", "unsere", "bitte", "je", "nous", "notre", "vous", "merci", "yo"}
    | {"nosotros", "nuestro", "nuestra", "usted", "gracias", "мы", "наш", "вы", "я"}
)  # fmt: skip
_SPEAKERS = frozenset({"i", "we", "our", "my", "wir", "nous", "мы"})
_OPENERS = (
    "a ", "an ", "the ", "any ", "one of ", "to ", "see ", "used ", "short for ", "when ", "also ",
    "refers to ", "means ", "act of ", "abbreviation ", "acronym ", "synonym ",
)  # fmt: skip
_CODE = re.compile(r"[{}<>=;\\]|\w\(|\)\s*:|\bimport\b|^\W*[\"']|[\"'],?$|__")
_HEADER = frozenset(
    {"from", "to", "cc", "bcc", "subject", "date", "sent", "reply-to", "re", "phone", "tel", "fax"}
    | {"email", "e-mail", "address", "monday", "tuesday", "wednesday", "thursday", "friday"}
    | {"saturday", "sunday", "added", "changed", "fixed", "removed", "deprecated", "security"}
    | {"present", "absent", "ingredients", "method", "agenda", "author", "version"}
)
_DATE = re.compile(r"\b(?:1[89]|20)\d\d\b|^\W*\d+(?:[.,:/-]\d+)+\W*$")
# Verbs in the past tell what happened; definitions stand in the present.
_PAST = re.compile(r"\b(?:was|were|had|did|went|said|came|made|\w{3,}ed)\b")


# What dictionaries put before a definition: subject field, pronunciation, kind of entry.
_TAGS = re.compile(r"^(?:(?:<[^<>]{1,60}>|\[[^\[\]]{1,60}\]|\([^()]{1,40}\)|/[^/]{1,40}/),?\s+)+")


def likeness(head: str, body: str, words: Words) -> float:
    """Return how much an entry reads like one of a glossary: 1 it does, 0 it does not, ½ open."""
    name, text = fold(head).strip(" :"), _TAGS.sub("", " ".join(body.split()), count=1)
    sentence = re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0]
    folded = fold(sentence)
    first = re.split(r"[\s,]", folded, maxsplit=1)[0].strip("\"'“”(")
    if not re.search(r"[^\W\d_]{2}", text) or not name:
        return 0.0
    if name in _HEADER or _DATE.search(head) or name.endswith(","):
        return 0.0
    if first in _PERSONS or any(w in _SPEAKERS for w in folded.split()[1:3]):
        return 0.0
    if name.endswith("?") and not re.match(r"(?:what|was|qu)", name):
        return 0.0
    if _CODE.search(sentence) and len(sentence) < 200 and not folded.startswith(_OPENERS):
        return 0.0
    if is_acronym(head.strip()) and _initials(text).startswith(head.strip()[:2].lower()):
        return 1.0
    opening = folded[: len(name) + 60]
    if folded.startswith(_OPENERS) and not _told(folded):
        return 1.0
    if any(f" {verb} " in f" {opening} " for verb in words.strong) and not _told(folded):
        return 1.0
    if text[:1].islower():
        return 1.0
    return 0.5


def _told(folded: str) -> bool:
    """Whether a sentence tells what happened: its first verb stands in the past."""
    found = _PAST.search(folded)
    if found is None:
        return False
    before = folded[: found.start()]
    present = re.search(r"\b(?:is|are|that|which|who|of|by|means|refers)\b", before)
    return present is None and len(before.split()) <= 4


def _initials(text: str) -> str:
    return "".join(w[0] for w in re.findall(r"\w+", fold(text))[:8])


def is_glossary(entries: Sequence[tuple[str, str]], words: Words, *, explained: float) -> bool:
    """Return whether heads with the text below each are a glossary's.

    ``explained`` is the share of the page's lines that the entries hold. Of 26 glossaries, public
    ones and our own, in up to five layouts the mean likeness was .53 to 1.0; of letters, articles,
    changelogs, recipes, code and tables of sales it was .00 to .38. Long lists in alphabetical
    order are glossaries whatever they say.
    """
    likes = [likeness(head, body, words) for head, body in entries]
    share = sum(likes) / len(likes)
    if len(entries) == 1:
        return share > 0.5 or explained >= 0.5
    names = [head for head, _ in entries if head]
    ordered = max((order([f(n) for n in names]) for f in COLLATIONS.values()), default=0.0)
    if len(names) >= 8 and ordered >= 0.9:
        return share >= 0.25
    return share >= 0.42
