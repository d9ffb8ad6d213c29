"""The words by which glossaries say what a line is: one table, read from ``languages.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from extract.labels import fold

_FILE = Path(__file__).with_name("languages.toml")
# Keys that are labels of a field, see the head of the file.
LABEL_KEYS = (
    "definition", "example", "note", "formula", "see", "related", "resource", "synonym",
    "acronym", "antonym", "field", "broader", "narrower", "term",
)  # fmt: skip


# Scripts from here on set no blanks between words.
_UNSPACED = "\u2e80"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a document's language (with English beside it) calls the parts of an entry."""

    pos: frozenset[str]
    """Folded names of parts of speech, without a final full stop."""
    labels: Mapping[str, str]
    """Folded label, without colon and full stop → key of ``LABEL_KEYS``; see :meth:`label`."""
    redirects: frozenset[str]
    """Folded labels that make a whole entry a pointer to another."""
    bare: re.Pattern[str]
    """Matches a label before what is pointed to that does without a colon (``See also X``)."""
    titles: frozenset[str]
    """Words of an article's title that a term hardly has."""
    cut: tuple[str, ...]
    """Folded openings of lines that are no part of an entry."""
    top: frozenset[str]
    """Folded lines that lead back to the top of the page."""
    verbs: tuple[str, ...]
    """What joins a headword to its definition, longest first."""
    strong: frozenset[str]
    """Those of ``verbs`` that do little else."""
    verb: re.Pattern[str]
    """Matches one of ``verbs`` as whole words."""
    function: frozenset[str]
    """Words that no phrase begins or ends with."""
    determiners: frozenset[str]
    anaphora: frozenset[str]
    """Words that open a sentence which goes on about something, folded."""
    see: tuple[str, ...]
    """Labels of what an entry refers to, longest first: "see also"."""
    calculate: tuple[str, ...]
    """What comes before the name of a quantity and how it is reckoned."""

    def is_cut(self, text: str) -> bool:
        """Return whether ``text`` opens as lines of the page do: "Subscribe", not "Subscriber"."""
        name = fold(text)
        if not name.startswith(self.cut):
            return False
        rests = ((o[-1], name[len(o) :]) for o in self.cut if name.startswith(o))
        return any(
            not (end.isalpha() and end < _UNSPACED and rest[:1].isalpha()) for end, rest in rests
        )

    def label(self, text: str) -> str | None:
        """Return the key of the label that ``text`` is (``Examples:`` → ``example``), or None.

        Of two in one ("Source/Reference") the first one's.
        """
        name = fold(text).rstrip(":： .").strip("*_' ")
        if "/" in name and name not in self.labels:
            first, _, second = (step.strip() for step in name.partition("/"))
            return self.labels.get(first) if second in self.labels else None
        return self.labels.get(name)


def primary(language: str) -> str:
    """Return the primary tag of a language: ``fr`` of ``fr-CA``."""
    return re.split("[-_]", language.lower())[0]


@cache
def table() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return the whole file: language → key → words as written."""
    with _FILE.open("rb") as file:
        data = tomllib.load(file)
    return {
        language: {key: tuple(values) for key, values in keys.items()}
        for language, keys in data.items()
    }


def _alternatives(verbs: list[str]) -> re.Pattern[str]:
    """A pattern for any of ``verbs`` between blanks, or anywhere in scripts without blanks."""
    spaced = sorted((v for v in verbs if v.isascii() or v[0] < "\u2e80"), key=len, reverse=True)
    joined = sorted((v for v in verbs if v[0] >= "\u2e80"), key=len, reverse=True)
    parts = [rf"(?<=\s)(?:{'|'.join(map(re.escape, spaced))})(?=\s)"]
    if joined:
        parts.append("|".join(map(re.escape, joined)))
    return re.compile("|".join(parts), re.IGNORECASE)


@cache
def words(language: str) -> Words:
    """Return the words of a language (BCP 47 tag, its first subtag counts) and of English.

    English stands beside every language because software writes its labels into pages of any; a
    language without a table gets English alone.
    """
    own = primary(language)
    tables = [table()["en"]]
    if own != "en" and own in table():
        tables.append(table()[own])
    labels: dict[str, str] = {}
    for entry in tables:
        for key in LABEL_KEYS:
            for word in entry[key]:
                labels[fold(word).rstrip(". ")] = key

    def merged(key: str) -> list[str]:
        return [fold(word) for entry in tables for word in entry[key]]

    return Words(
        pos=frozenset(word.rstrip(".") for word in merged("pos")),
        labels=labels,
        redirects=frozenset(word.rstrip(".") for word in merged("redirect")),
        bare=re.compile(
            rf"(?:{'|'.join(map(re.escape, sorted(merged('bare'), key=len, reverse=True)))})"
            r"(?:\s+|(?<=[→⇒⇨☞\u3400-\u9fff])\s*[:：]?\s*)(?=\S)",
            re.IGNORECASE,
        ),
        titles=frozenset(merged("titles")),
        cut=tuple(merged("cut")),
        top=frozenset(merged("top")),
        verbs=tuple(sorted(merged("verbs"), key=len, reverse=True)),
        verb=_alternatives(merged("verbs")),
        function=frozenset(
            w for key in ("determiners", "anaphora", "function", "verbs") for w in merged(key)
        ),
        strong=frozenset(merged("strong")),
        determiners=frozenset(merged("determiners")),
        anaphora=frozenset(merged("anaphora")),
        see=tuple(sorted({w for w in merged("see") if len(w) > 2 or w > _UNSPACED}, key=len)[::-1]),
        calculate=tuple(merged("calculate")),
    )
