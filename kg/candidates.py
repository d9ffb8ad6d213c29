"""What alignment compares: a profile of each entry, and the pairs that are worth a look."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, combinations

from extract.labels import compact, fold, is_acronym, singular, words
from extract.model import Entry, Extraction
from kg.lookup import bare, head_words, initials, label_words
from kg.names import domains

_SENTENCE = re.compile(r"[.!?]\s+(?=[A-Z“\"])|\n")
_COPULA = re.compile(
    r"^(?:is|are|means|mean|refers? to|describes?|measures?|denotes?|stands for)\s+(?:when\s+)?"
    r"(?:(?:an?|the|any|all)\s+)?"
)
_REDIRECT = re.compile(
    r"^\W*(?:see(?: also| under| instead)?|cf|same as|synonym (?:of|for)|abbreviation (?:of|for)|"
    r"short for|acronym (?:of|for)|another (?:name|term|word) for|→|->|=>|stands for)[\s:]+"
)
# British and American spellings of one word end alike after these (Oxford's -ize, -our, -re).
_SPELLINGS = (
    (re.compile(r"is(ation|ing|ed|e|er|able)\b"), r"iz\1"),
    (re.compile(r"(?<=\w{3})our(s|ed|ing|al|able|ite)?\b"), r"or\1"),
    (re.compile(r"ll(ed|ing|er)\b"), r"l\1"),
    (re.compile(r"(?<=\w{2})tre\b"), "ter"),
    (re.compile(r"ogue\b"), "og"),
    (re.compile(r"programme\b"), "program"),
    (re.compile(r"(?<=\w{3})ence\b"), "ense"),
)  # fmt: skip
_MAY_DIFFER = re.compile("is|our|ll|tre|ogue|programme|ence")  # one of these, or none of those
_SMALL_TEXT = "a an the of to for in on at by with from into per as and or vs versus over"
_SMALL = frozenset(_SMALL_TEXT.split())
# A pair is looked at when it differs in one word; more entries than this that differ from each
# other in the same place ("partner badge", "partner tier" …) are no likely pairs.
_LARGEST_FAMILY = 4
# Entries that share one word are compared as long as they are no more than this.
_LARGEST_CROWD = 50


@dataclass(frozen=True, slots=True)
class _Alias:
    """A further name of an entry."""

    text: str
    spelling: str


@dataclass(frozen=True, eq=False)  # no slots: what is derived is kept once asked for
class Profile:
    """What the rules of alignment ask of an entry."""

    entry: Entry
    number: int
    """Place in the order read."""
    source: str
    """Name of its glossary."""
    title: str
    """Title of its glossary."""
    domain: frozenset[str]
    """Words that go without saying in its glossary."""
    words: tuple[str, ...]
    """Of the headword: folded, singular, without a bracket at its end."""
    spellings: frozenset[str]
    """Compact forms that all spellings of the headword share."""
    aliases: tuple[_Alias, ...]
    """Full-form aliases."""
    acronyms: frozenset[str]
    """Acronyms, in capitals, without plural -s."""
    definition: str
    """Folded, without the headword and the copula in front."""
    definition_words: frozenset[str] = field(default_factory=frozenset)
    """Words of the definition's first two sentences, singular."""
    stems: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def term(self) -> str:
        """The headword as printed."""
        return self.entry.term

    @cached_property
    def initials(self) -> str:
        """Of the headword's words."""
        return initials(self.term)

    @cached_property
    def alias_spellings(self) -> frozenset[str]:
        """Compact forms of the full-form aliases."""
        return frozenset(alias.spelling for alias in self.aliases)

    @cached_property
    def head(self) -> str:
        """Head noun of the headword."""
        group = head_words(self.term)
        return group[-1] if group else self.term

    @cached_property
    def content(self) -> frozenset[str]:
        """Words of the headword but prepositions and articles."""
        return frozenset(self.words) - _SMALL

    @cached_property
    def opening_words(self) -> tuple[str, ...]:
        """The first six words of the definition."""
        return tuple(singular(w) for w in words(self.definition)[:6])

    @cached_property
    def opening(self) -> frozenset[str]:
        """Its first three words: where a genus without attributes stands."""
        return frozenset(self.opening_words[:3])

    def core(self, shells: frozenset[str]) -> tuple[str, ...]:
        """The words of the headword without prepositions, and without a wide head behind."""
        core = [w for w in self.words if w not in _SMALL]
        while len(core) > 1 and core[-1] in shells:
            core.pop()
        return tuple(core)

    def says(self, word: str) -> bool:
        """Whether the definition has a word of this stem ("convert" for "conversion")."""
        return word in self.definition_words or (len(word) > 6 and word[:6] in self.stems)

    def mentions(self, other: Profile) -> bool:
        """Whether the definition has the other's headword in it, as it stands."""
        passages = [passage.text for passage in self.entry.definitions]
        said = [singular(w) for text in passages for w in words(text)]
        name = list(other.words)
        return any(said[i : i + len(name)] == name for i in range(len(said)))

    @cached_property
    def pointer(self) -> frozenset[str]:
        """Spellings of the one name that the definition consists of: "see churn", a long form."""
        if not self.definition or len(_sentences(self.entry)) > 1:
            return frozenset()
        text = _REDIRECT.sub("", self.definition).strip(" .\"'")
        if text == self.definition.strip(" .\"'") and not is_acronym(self.term):
            return frozenset()
        return _spellings(text)

    @cached_property
    def points(self) -> bool:
        """Whether the entry may hold nothing but a pointer to another."""
        sent = any(r.evidence.rule == "redirect" for r in self.entry.references)
        return sent or not self.definition or bool(self.pointer)

    def redirects_to(self, other: Profile) -> bool:
        """Whether the entry holds nothing but a pointer to the other."""
        sent = [r.target for r in self.entry.references if r.evidence.rule == "redirect"]
        if sent:
            return sent == [other.entry.id]
        if not self.definition:
            return [r.target for r in self.entry.references] == [other.entry.id]
        return bool(self.pointer & other.spellings)

    def likeness(self, other: Profile) -> float:
        """Share of common words of the two definitions, 0–1."""
        union = self.definition_words | other.definition_words
        return len(self.definition_words & other.definition_words) / len(union) if union else 0.0


def profiles(extraction: Extraction) -> dict[str, Profile]:
    """Return the profile of every entry by its id, in order."""
    documents = {document.uri: document for document in extraction.documents}
    domain = domains(extraction)
    found = {}
    for number, entry in enumerate(extraction.entries):
        document = documents[entry.document]
        sentences = _sentences(entry)
        said = _words(sentences, 2)
        found[entry.id] = Profile(
            entry=entry,
            number=number,
            source=document.source,
            title=f"“{document.title or document.source}”",
            domain=domain[document.uri],
            words=label_words(entry.term),
            spellings=_spellings(entry.term),
            aliases=tuple(
                _Alias(d.text, spelling(d.text))
                for d in entry.designations[1:]
                if d.status != "hidden" and not is_acronym(d.text)
            ),
            acronyms=frozenset(
                d.text.rstrip("s").upper() for d in entry.designations if is_acronym(d.text)
            ),
            definition=" ".join(fold(sentences[0]).split()),
            definition_words=said,
            stems=frozenset(word[:6] for word in said if len(word) > 5),
        )
    return found


def spelling(label: str) -> str:
    """Return what all spellings of a label share: no blanks or hyphens, -ise as -ize."""
    text = fold(label)
    if _MAY_DIFFER.search(text):  # of most labels all spellings are one
        for pattern, replacement in _SPELLINGS:
            text = pattern.sub(replacement, text)
    return compact(text)


def _spellings(term: str) -> frozenset[str]:
    return frozenset({spelling(term), spelling(bare(term))})


def _sentences(entry: Entry) -> list[str]:
    """The sentences of the first definition, the first one without "X is a" in front.

    At least one, empty where nothing is defined. They part where a capital follows, so that is
    looked for before case is folded.
    """
    if not entry.definitions:
        return [""]
    first, *rest = _SENTENCE.split(entry.definitions[0].text.strip())
    lowered = fold(first)
    for designation in entry.designations:
        name = fold(bare(designation.text))
        at = lowered.find(name)
        if 0 <= at <= 6:
            behind = re.sub(r"^\s*\([^)]*\)", "", lowered[at + len(name) :]).strip()
            if _COPULA.match(behind):
                return [_COPULA.sub("", behind), *rest]
    return [first, *rest]


def _words(sentences: list[str], number: int) -> frozenset[str]:
    return frozenset(singular(w) for text in sentences[:number] for w in words(text))


def candidates(
    known: Mapping[str, Profile], silent: Callable[[Profile, Profile], bool]
) -> Iterator[tuple[str, str]]:
    """Yield the pairs of entry ids that may be one concept or near, each once, in order.

    Of pairs that share no name, those that ``silent`` says no rule tells anything of are left out
    before they are held: within one large glossary that is nearly all of them.
    """
    numbers: set[tuple[int, int]] = set()
    for left, right in _by_name(known):
        a, b = known[left].number, known[right].number
        numbers.add((a, b) if a < b else (b, a))
    for left, right in chain(_by_family(known), _by_definition(known)):
        one, other = known[left], known[right]
        if not silent(one, other):
            a, b = one.number, other.number
            numbers.add((a, b) if a < b else (b, a))
    entries = list(known)
    yield from ((entries[a], entries[b]) for a, b in sorted(numbers) if a != b)


def _by_name(known: Mapping[str, Profile]) -> Iterator[tuple[str, str]]:
    """Pairs that share a name, an alias, an acronym or an address."""
    buckets: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry, profile in known.items():
        keys = {("name", s) for s in profile.spellings | profile.alias_spellings}
        keys |= {("acronym", a) for a in profile.acronyms}
        keys |= {("name", spelling(a)) for a in profile.acronyms}
        if profile.entry.iri:
            keys.add(("iri", profile.entry.iri))
        if profile.definition and len(profile.definition) < 80:
            target = _REDIRECT.sub("", profile.definition).strip(" .\"'")
            keys.add(("name", spelling(target)))
        for key in keys:
            buckets[key].append(entry)
        for reference in profile.entry.references:
            if reference.target in known and not profile.definition:
                yield entry, str(reference.target)
    for bucket in buckets.values():
        yield from combinations(bucket, 2)


def _by_family(known: Mapping[str, Profile]) -> Iterator[tuple[str, str]]:
    """Pairs whose names are equal but for a word more, or for one word in the same place."""
    whole: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for entry, profile in known.items():
        whole[profile.words].append(entry)
    families: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for entry, profile in known.items():
        name = profile.words
        shorter = {name[:i] + name[i + 1 :] for i in range(len(name))} if len(name) > 1 else set()
        shorter |= {part[1:] for part in shorter if len(part) > 2}
        shorter |= {(word, *part) for part in shorter | {name} for word in profile.domain}
        for part in shorter:
            yield from ((entry, other) for other in whole.get(part, ()))
        for i in range(len(name)):
            if len(name) > 1:
                families[(*name[:i], "", *name[i + 1 :])].append(entry)
    for family in families.values():
        if len(family) <= _LARGEST_FAMILY:
            yield from combinations(family, 2)


def _by_definition(known: Mapping[str, Profile]) -> Iterator[tuple[str, str]]:
    """Pairs where one's definition has the other's name in it, or both begin alike."""
    openings: dict[tuple[str, ...], list[str]] = defaultdict(list)
    heads: dict[str, list[str]] = defaultdict(list)
    modified: dict[tuple[str, ...], list[str]] = defaultdict(list)
    by_word: dict[str, list[str]] = defaultdict(list)
    for entry, profile in known.items():
        if len(profile.opening_words) >= 4:
            openings[profile.opening_words[:4]].append(entry)
        modified[profile.words].append(entry)
        for word in profile.content:
            by_word[word].append(entry)
        core = [w for w in profile.words if w not in _SMALL]
        for size in (1, 2):
            heads["".join(core[-size:])].append(entry)
    for bucket in openings.values():
        if len(bucket) <= _LARGEST_FAMILY:
            yield from combinations(bucket, 2)
    for entry, profile in known.items():
        for word in profile.opening:
            yield from ((entry, o) for o in modified.get((*profile.words[:-1], word), ()))
        core = [w for w in profile.words if w not in _SMALL]
        for part in (core, core[:-1]):
            yield from ((entry, o) for o in heads.get("".join(part), ())[:_LARGEST_CROWD])
        for word in profile.content:
            if len(by_word[word]) <= _LARGEST_CROWD:
                yield from ((entry, o) for o in by_word[word] if len(known[o].content) >= 3)
