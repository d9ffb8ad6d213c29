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
_GREETINGS = frozenset(
    {"dear", "thank", "thanks", "please", "hi", "hello", "regards", "sehr", "cher"}
)
_SPEAKERS = frozenset({"i", "we", "our", "my", "wir", "nous", "мы"})
_OPENERS = (
    "a ", "an ", "the ", "any ", "one of ", "to ", "see ", "used ", "short for ", "when ", "also ",
    "refers to ", "means ", "act of ", "abbreviation ", "acronym ", "synonym ",
)  # fmt: skip
# A semicolon within a sentence parts clauses; code has it at the end of a line.
_CODE = re.compile(r"[{}<>=\\]|;(?=\S|\s*$)|\w\(|\)\s*:|\bimport\b|^\W*[\"']|[\"'],?$|__")
_HEADER = frozenset(
    {"from", "to", "cc", "bcc", "subject", "date", "sent", "reply-to", "re", "phone", "tel", "fax"}
    | {"email", "e-mail", "address", "monday", "tuesday", "wednesday", "thursday", "friday"}
    | {"saturday", "sunday", "added", "changed", "fixed", "removed", "deprecated", "security"}
    | {"present", "absent", "ingredients", "method", "agenda", "author", "version"}
)
# Names of the parts of documents: of reports and letters, of manuals of programs.
_SECTIONS = frozenset(
    {"abstract", "introduction", "overview", "summary", "background", "motivation", "description"}
    | {
        "features",
        "requirements",
        "prerequisites",
        "installation",
        "installing",
        "install",
        "setup",
    }
    | {"getting started", "quick start", "quickstart", "usage", "synopsis", "options", "arguments"}
    | {"configuration", "example", "examples", "api", "api reference", "return value", "returns"}
    | {
        "parameters",
        "caveat",
        "caveats",
        "bugs",
        "bugfixes",
        "known issues",
        "limitations",
        "notes",
    }
    | {"error handling", "troubleshooting", "faq", "testing", "tests", "development", "building"}
    | {"contributing", "contributors", "authors", "credits", "acknowledgements", "acknowledgments"}
    | {
        "support",
        "contact",
        "license",
        "licence",
        "copyright",
        "changelog",
        "release notes",
        "roadmap",
    }
    | {
        "todo",
        "see also",
        "references",
        "links",
        "further reading",
        "methods",
        "results",
        "discussion",
    }
    | {"conclusion", "conclusions", "apologies", "attendees", "attendance", "minutes", "actions"}
    | {"action items", "next steps", "any other business", "next meeting", "date of next meeting"}
    | {"tech stack", "project structure", "deployment", "getting help", "roadmap", "screenshots"}
    | {"local development", "architecture", "running locally", "how to contribute", "commands"}
    | {"matters arising", "decisions", "governance", "general improvements", "improvements"}
)
# Files and titles that name another kind of text; one of its headings may still say "Glossary".
_OTHERWISE = re.compile(
    r"(?:^|[/\s])(?:read[-_ ]?me|change[-_ ]?log|changes|release[-_ ]notes|news|licen[cs]e|copying"
    r"|notice|contributing|code[-_ ]of[-_ ]conduct|authors|install|todo|faq|minutes|agenda|invoice"
    r"|privacy[-_ ](?:policy|notice))(?=$|[\d\s._-])"
    r"|\brelease notes\b|\bfrequently asked questions\b|\bterms of (?:use|service)\b",
    re.I,
)
# What a headword is not: a setting of a machine, a release, a path with a suffix, a number of a
# machine, a script's line.
_NO_NAME = re.compile(
    r"\bv?\d+\.\d+(?:\.\d+)?\b(?=$|[\s:(])|://|/\*|\*\.\w|\w/[\w.-]+\.\w+$|^0x[\da-f]+$|^#!|\"{3}|[«»]"
    r"|^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$"
    r"|^\W$|^--?[^\W\d_][\w-]*(?=$|[=\[,\s])|^\([^()]{12,}|,\s(?:optional|keyword)\b"
)
_LEGAL = re.compile(
    r"\b(?:hereby granted|redistributions? of source|without (?:any )?warrant|copyright \(c\)"
    r"|all rights reserved|permission is granted|this permission notice)",
    re.I,
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
    if name in _HEADER or name in _SECTIONS or _DATE.search(head) or name.endswith(","):
        return 0.0
    if _NO_NAME.search(head.strip()):
        return 0.0
    if _LEGAL.search(text) or (" " not in text and re.search(r"[\d._/]", text)):
        return 0.0
    if (
        name.split()[0] in _GREETINGS
        or first in _PERSONS
        or any(w in _SPEAKERS for w in folded.split()[1:3])
    ):
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


def named_otherwise(*names: str) -> bool:
    """Return whether a file's name or title says that it is another kind of text."""
    return any(_OTHERWISE.search(name) for name in names)


def is_about(heads: Sequence[str]) -> bool:
    """Return whether half of a page's heads are those of the parts of a readme or manual.

    The readme of a glossary's repository has "glossary" in its title, too.
    """
    names = [fold(head).strip(" :") for head in heads]
    return sum(name in _SECTIONS for name in names) * 2 > len(names) > _SEVERAL


def is_glossary(
    entries: Sequence[tuple[str, str]],
    words: Words,
    *,
    explained: float,
    otherwise: bool = False,
) -> bool:
    """Return whether heads with the text below each are a glossary's.

    ``explained`` is the share of the page's lines that the entries hold; ``otherwise`` says that
    the page calls itself something else. Of 23 glossaries, public ones and our own, in 18 layouts
    all pass; of 74 letters, licences, changelogs, manuals, reports, tables and code six in seven
    do not. Long lists in alphabetical order are glossaries whatever they say.
    """
    likes = [likeness(head, body, words) for head, body in entries]
    share = sum(likes) / len(likes)
    if otherwise and (share < _CERTAIN or len(entries) < _SEVERAL):
        return False
    if len(entries) == 1:
        brief = len(entries[0][1].split()) < _BRIEF
        return share > 0.5 or (share > 0 and explained >= 0.5 and brief)
    names = [head for head, _ in entries if head]
    ordered = max((order([f(n) for n in names]) for f in COLLATIONS.values()), default=0.0)
    if len(names) >= 8 and ordered >= 0.9:
        return share >= 0.25
    sections = sum(fold(n).strip(" :") in _SECTIONS for n in names)
    if sections >= 2 and sections >= 0.1 * len(names):
        return False
    return share >= (0.42 if explained >= _LITTLE else 0.7)


# What is called a licence or a readme must read like a glossary nearly throughout.
_CERTAIN = 0.8
_SEVERAL = 3
# A page of one entry is that entry, not an article that explains it.
_BRIEF = 60
# Where entries hold less of a page than this, they are lists within a text.
_LITTLE = 0.4
