"""Which entry a name means: labels and aliases of all entries, by their normalised form."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from extract.labels import fold, is_acronym, key, singular, words
from extract.model import Entry, Extraction

_QUALIFIER = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
_PLURAL_ACRONYM = re.compile(r"\b([A-Z][A-Z0-9]+)s\b")
_ENDS_IN_CAPITAL_S = re.compile(r"[A-Z0-9]s\b")
# What may stand before a term without changing which concept is meant.
_LEADING_WORDS = """
a an the this that these those its their your our his her any each every all some many most more
other such both another own one several various certain specific new existing current overall
general key main core major important critical essential common typical good better best strong
healthy effective successful efficient proper relevant appropriate potential entire whole full
"""
LEADING = frozenset(_LEADING_WORDS.split())
_ARTICLES = frozenset({"a", "an", "the", "its", "their", "your", "each", "this", "these"})
# Endings of adjectives that say how much, when or of what quality, seldom of which kind.
_ADJECTIVE = re.compile(r"(?:ial|ive|ous|ful|able|ible|ly|less|coming|ing)$")
# A phrase's head noun stands before its first preposition, relative or participle.
_TAIL = re.compile(
    r"\s(?:of|for|to|in|on|at|by|with|from|into|that|which|who|whom|whose|where|when|between|per|"
    r"through|via|across|within|over|during|as|using|used|without|based|such|including)\s"
)


def _one_acronym(label: str) -> str:
    """The label with its acronyms singular; the cheap question first, since most have none."""
    if _ENDS_IN_CAPITAL_S.search(label) is None:
        return label
    return _PLURAL_ACRONYM.sub(r"\1", label)


@lru_cache(maxsize=65536)
def label_key(label: str) -> str:
    """Return :func:`extract.labels.key` with the plural -s of acronyms dropped ("KPIs", "KPI")."""
    return key(_one_acronym(label))


@lru_cache(maxsize=65536)
def bare(label: str) -> str:
    """Return the label without a bracket at its end: "Quota Attainment (CSM)" loses its "(CSM)"."""
    if ")" in label or "]" in label:
        return _QUALIFIER.sub("", label).strip() or label
    return label.strip() or label


def qualifier(label: str) -> str:
    """Return what stands in the bracket at the label's end, or the empty string."""
    found = _QUALIFIER.search(label)
    return found.group().strip(" ()[]") if found else ""


@lru_cache(maxsize=65536)
def label_words(label: str) -> tuple[str, ...]:
    """Return the words of a label, each folded and singular, without a bracket at its end."""
    return tuple(map(singular, words(_one_acronym(bare(label)))))


@lru_cache(maxsize=65536)
def head_words(phrase: str) -> tuple[str, ...]:
    """Return the words of the phrase's noun group, up to its head: "value" of "value of a deal"."""
    text = bare(fold(phrase)) + " "
    cut = _TAIL.search(text, 1)
    return label_words(text[: cut.start()] if cut else text)


# Nouns that only say how much or which side of a thing is meant: "aspects of the journey".
_TRANSPARENT = re.compile(
    r"^(?:(?:an?|the|any|all|various|different|several|wide|broad|full|whole|entire|high|deep)\s+)*"
    r"(?:aspects?|ranges?|forms?|kinds?|types?|sorts?|sets?|series|levels?|parts?|portions?|pieces?|"
    r"amounts?|numbers?|varieties|variety|combinations?|collections?|degrees?|lots?|groups?|areas?|"
    r"stages?|phases?|steps?|elements?)\s+of\s+(?:(?:the|an?|its|their|your|our)\s+)?(?=\S)",
    re.IGNORECASE,
)


_GRADES = frozenset(
    {"early", "late", "mid", "long", "short", "high", "low", "near", "full", "large", "small"}
)
"""Words of degree and order, first in compounds like "early-stage" and "long-term"."""


def describes(word: str, vocabulary: Collection[str]) -> bool:
    """Whether a word before a name only describes what it names: "early-stage", "potential".

    ``vocabulary`` are the words of headwords: one of them tells kinds apart, whatever its form;
    save that "early" of *Early warning system* makes no kind of what is "early-stage".
    """
    parts = label_words(word)
    if word.lower() in LEADING:
        return True
    if len(parts) > 1 and parts[0] in _GRADES:
        parts = tuple(part for part in parts if part not in _GRADES)
    if not parts or any(part in vocabulary for part in parts):
        return False
    return "-" in word.strip("-") or (len(word) > 5 and bool(_ADJECTIVE.search(word.lower())))


def core_phrase(phrase: str) -> str:
    """Return what a phrase is about: "the partnership journey" of "aspects of the …"."""
    return _TRANSPARENT.sub("", " ".join(phrase.split()))


def initials(label: str) -> str:
    """Return the initials of a label's words, all of them: "QBR" of "Quarterly Business Review"."""
    return "".join(w[0] for w in words(bare(label))).upper()


@dataclass(frozen=True, slots=True)
class Name:
    """One label of one entry."""

    text: str
    entry: str
    """``Entry.id``."""
    document: str
    """``Document.uri``."""
    headword: bool
    hidden: bool


def names_of(entry: Entry) -> Iterator[Name]:
    """Yield the labels of an entry, its headword first."""
    for number, designation in enumerate(entry.designations):
        if designation.text.strip():
            yield Name(
                designation.text,
                entry.id,
                entry.document,
                number == 0,
                designation.status == "hidden",
            )


class Lookup:
    """Finds the entry that a name means.

    Of several entries with one name come first: those of the asking document, then headwords
    before aliases, then for an acronym the entry whose initials it is, then the order read.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = {entry.id: entry for entry in entries}
        """By id, in order."""
        self._order = {entry: n for n, entry in enumerate(self.entries)}
        self._names: dict[str, list[Name]] = defaultdict(list)
        self.vocabulary: set[str] = set()
        """All words that stand in a headword."""
        for entry in self.entries.values():
            for name in names_of(entry):
                for form in dict.fromkeys((label_key(name.text), label_key(bare(name.text)))):
                    self._names[form].append(name)
            self.vocabulary.update(label_words(entry.term))
        self._in_capitals = _in_capitals(self.entries.values())

    @classmethod
    def of(cls, extraction: Extraction) -> Lookup:
        """Return the lookup of all entries of an extraction."""
        return cls(extraction.entries)

    def names(self) -> Iterator[Name]:
        """Yield every label of every entry, in order."""
        for entry in self.entries.values():
            yield from names_of(entry)

    def all(self, text: str, document: str = "") -> list[str]:
        """Return the ids of all entries that go by exactly this name, best first."""
        found = [
            name
            for name in self._names.get(label_key(text), ())
            if name.document in self._in_capitals or _capitals_agree(text, name.text)
        ]
        if len(found) < 2:
            return [name.entry for name in found]
        found.sort(key=lambda name: self._rank(name, document))
        return list(dict.fromkeys(name.entry for name in found))

    def _rank(self, name: Name, document: str) -> tuple[bool, bool, bool, int]:
        return (
            name.document != document,
            not name.headword,
            is_acronym(name.text)
            and initials(self.entries[name.entry].term) != fold(name.text).upper().rstrip("S"),
            self._order[name.entry],
        )

    def best(self, ids: Iterable[str], document: str = "") -> list[str]:
        """Return entries that share a name, those of the asking document first."""
        return sorted(
            dict.fromkeys(ids),
            key=lambda e: (self.entries[e].document != document, self._order[e]),
        )

    def exact(self, text: str, document: str = "", *, besides: str = "") -> str | None:
        """Return the id of the entry that goes by this name, bracket aside, or ``None``.

        ``besides`` is an entry that cannot be meant: nothing refers to itself.
        """
        inner = qualifier(text)
        for form in dict.fromkeys((text, bare(text), *([inner] if is_acronym(inner) else ()))):
            if found := [e for e in self.all(form, document) if e != besides]:
                return found[0]
        return None

    def within(self, phrase: str, document: str = "", *, besides: str = "") -> str | None:
        """Return the entry that a longer phrase means: its noun group ends with a name of it.

        The words before may only be ones that no headword uses and that pick no kind: "a healthy
        partner program" is the partner program, "customer churn" is not churn. A single word is
        taken only behind determiners and plain praise.
        """
        group = head_words(phrase)
        printed = phrase.split()
        if len(printed) > 1 and len(group) > 1 and is_acronym(printed[-1].rstrip("s")):
            # An acronym is no common noun: "tailored CS" is CS, whatever stands before.
            found = [e for e in self.all(printed[-1], document) if e != besides]
            if found and not any(w in self.vocabulary for w in group[:-1] if w not in LEADING):
                return found[0]
        if len(printed) > 1 and all(describes(w, self.vocabulary) for w in printed[:-1]):
            found = [e for e in self.all(printed[-1], document) if e != besides]
            return found[0] if found else None
        for size in range(len(group) - 1, 1, -1):
            before, name = group[:-size], " ".join(group[-size:])
            if any(w in self.vocabulary and w not in LEADING for w in before) or len(before) > 2:
                continue
            found = [e for e in self.all(name, document) if e != besides]
            if found and not is_acronym(name):
                return found[0]
        return None

    def elided(
        self, phrase: str, term: str, document: str = "", *, besides: str = ""
    ) -> str | None:
        """Return the entry that a phrase under ``term`` means with the first word left out.

        Under *Credit score*, "the report" is the *Credit report*: what divides the class is said
        by the headword and not again. The noun stands alone, but for words that only describe,
        with an article or in the plural: "progress" in general is nobody's. A complement has to
        say what was left out: "the journey of a patient" under *Patient care*.
        """
        first = label_words(term)[:1]
        words_of_phrase = phrase.split()
        group = head_words(phrase)
        if len(label_words(term)) < 2 or not group or len(group[-1]) < 4:
            return None
        printed = next(
            (n for n, w in enumerate(words_of_phrase) if label_words(w)[-1:] == group[-1:]), 0
        )
        if not all(describes(w, self.vocabulary) for w in words_of_phrase[:printed]):
            return None
        last = words_of_phrase[printed].lower()
        if _ARTICLES.isdisjoint(w.lower() for w in words_of_phrase[:printed]) and (
            singular(last) == last or last.endswith("ics")
        ):
            return None
        behind = label_words(phrase)[len(group) :]
        if behind and (behind[0] != "of" or not _is_form_of(behind[-1], first[0])):
            return None
        found = self.all(f"{first[0]} {group[-1]}", document)
        return found[0] if len(found) == 1 and found[0] != besides else None

    def head(self, phrase: str, document: str = "", *, besides: str = "") -> str | None:
        """Return the entry that names the longest end of a phrase's noun group, or ``None``.

        Good for what something is a kind of, and for nothing else: who is a tall spar is a spar,
        whatever stands before the head (ISO 704: characteristics are added to a generic concept).
        What goes on behind the head is left alone: an ordered set of rules is no Set.
        """
        group = head_words(phrase)
        if group != label_words(bare(fold(phrase))):
            return None
        for size in range(len(group) - 1, 0, -1):
            name = " ".join(group[-size:])
            found = [e for e in self.all(name, document) if e != besides]
            if found and not is_acronym(name):
                return found[0]
        return None


def _is_form_of(word: str, other: str) -> bool:
    """Whether one of two words is the other with an ending: "partnership" of "partner"."""
    short, long = sorted((word, other), key=len)
    return len(short) > 3 and long.startswith(short)


def _in_capitals(entries: Iterable[Entry]) -> frozenset[str]:
    """The documents that set all their headwords in capitals, so that these tell no acronyms.

    Lists of acronyms do not count: a third of the headwords must be longer than those are.
    """
    heads: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        heads[entry.document].append(entry.term)
    return frozenset(
        document
        for document, terms in heads.items()
        if sum(term.isupper() for term in terms) * 10 >= len(terms) * 9
        and sum(len(term) > _LONG for term in terms) * 3 >= len(terms)
    )


_LONG = 6
"""Acronyms have hardly more letters."""


def _capitals_agree(text: str, name: str) -> bool:
    """Whether the capitals of ``text`` let it be ``name``: "it" is not "IT"."""
    # Four letters or more are no word by chance: "csat" is CSAT.
    return not (len(name) <= 3 and is_acronym(name) and text.islower())
