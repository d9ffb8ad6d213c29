"""Concepts that no entry defines: what definitions and names speak of, if several do.

A statement with no entry for its target ("increases the win rate") makes a concept when at least
:data:`SUBJECTS` entries speak of it. Names say less than sentences: *Renewal forecasting* has to
do with renewals, *Annual contract value* is a value. Such a word becomes a concept only together
with a sentence about it, or, as the head of names, with :data:`NAMES` of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from extract.labels import is_acronym
from extract.model import Document, Entry, Evidence
from kg import drafts
from kg.lookup import LEADING, core_phrase, describes, label_words
from kg.names import MEASURES, PREPOSITIONS, headword_evidence

SUBJECTS = 2
"""Entries that must speak of something for it to be a concept."""
NAMES = 3
"""Names that make their common head a concept by themselves; more, if it is not the head of all."""
_LONGEST_LABEL = 4
# Words that name nothing on their own: what they stand before, or a measure of it, does.
_EMPTY_TEXT = """
way percentage percent % number amount type kind form sort set group list term word name thing one
use act ability time how what part lot any something someone everything result case example extent
degree level range variety series combination collection fact reason purpose goal aim focus point
area aspect element component item unit piece rest total sum share entire whole end start it they
them this that these those you we other others people person user users key main more most first
self non based driven led high low approach measure activity impact means effort
"""
_EMPTY = frozenset(_EMPTY_TEXT.split())
# Words that make a target a clause rather than a name.
_JOINTS_TEXT = """
of for to in on at by with from into that which who whom whose where when how what between per
through via across within over during as using used without and or than its their your is are be
"""
_JOINTS = frozenset(_JOINTS_TEXT.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What an entry says of something: of a concept of the groups, or of words only."""

    entry: Entry
    subject: int
    """Number of the subject's group."""
    type: str
    object: int | None
    """Number of the object's group; ``None`` where no entry defines it."""
    words: str
    basis: str
    evidence: Evidence
    ways: tuple[str, ...] = ()
    """For one that a name hints at: the keys it may be about, most specific first."""

    @property
    def hint(self) -> bool:
        """Whether only a name suggests it."""
        return bool(self.ways)


def hints(
    entry: Entry, subject: int, document: Document, domain: frozenset[str]
) -> Iterator[Statement]:
    """Yield what the words of an entry's name may be about, each with its ways to be read."""
    parts = [part for part in entry.term.split() if label_words(part)]
    folded = [part.lower() for part in parts]
    joint = next((i for i, word in enumerate(folded) if word in PREPOSITIONS), None)
    spans: list[tuple[str, list[list[str]]]] = []
    if joint is not None:
        rest = parts[joint + 1 :]
        spans.append(("related", [rest[i:] for i in range(len(rest))]))
        spans.append(("broader", [parts[i:joint] for i in range(joint)]))
    elif len(parts) > 1:
        spans.append(("related", [parts[:i] for i in range(len(parts) - 1, 0, -1)]))
        if label_words(parts[-1])[-1:] and label_words(parts[-1])[-1] in MEASURES:
            spans.append(("measures", [parts[i:-1] for i in range(len(parts) - 1)]))
        spans.append(("broader", [parts[i:] for i in range(1, len(parts))]))
    if not spans:
        return
    evidence = headword_evidence(entry, document, "name-part", 0.5)
    for type, readings in spans:
        ways = [_key(reading) for reading in readings]
        kept = tuple(w for w in ways if w and not (type == "related" and w in domain))
        if kept:
            yield Statement(
                entry=entry,
                subject=subject,
                type=type,
                object=None,
                words=entry.term,
                basis="name",
                evidence=evidence,
                ways=kept,
            )


class Implied:
    """The concepts that no entry defines, chosen from all statements about mere words."""

    def __init__(
        self,
        statements: Sequence[Statement],
        *,
        defined: Callable[[str], bool],
        vocabulary: Collection[str],
    ) -> None:
        self._statements = statements
        self._defined = defined
        self._vocabulary = vocabulary
        self.chosen: dict[int, str] = self._choose()
        """For each statement about such a concept, by its number: the concept's key."""

    def surfaces(self) -> dict[str, list[str]]:
        """Return for each key how the texts and names print it, those of sentences first."""
        found: dict[str, list[str]] = defaultdict(list)
        for number in sorted(self.chosen, key=lambda n: (self._statements[n].hint, n)):
            key = self.chosen[number]
            found[key].append(_surface(self._statements[number].words, key))
        return dict(sorted(found.items()))

    def _choose(self) -> dict[int, str]:
        ways = {
            n: tuple(w for w in s.ways or _ways(s, self._vocabulary) if not self._defined(w))
            for n, s in enumerate(self._statements)
            if s.object is None and s.basis != "mention"
        }
        # What has something wider, or is measured, or related already needs no hint of it.
        known = {
            (s.subject, s.type)
            for s in self._statements
            if s.object is not None and s.basis != "mention"
        }
        open_ = dict(ways)
        chosen: dict[int, str] = {}
        for _ in range(3):  # what is left without enough subjects is taken out and tried again
            chosen = self._pick(open_, known)
            alone = self._alone(chosen)
            if not alone:
                break
            open_ = {n: tuple(w for w in keys if w not in alone) for n, keys in open_.items()}
        return chosen

    def _pick(
        self, ways: Mapping[int, tuple[str, ...]], known: set[tuple[int, str]]
    ) -> dict[int, str]:
        said: dict[str, set[int]] = defaultdict(set)
        hinted: dict[str, set[int]] = defaultdict(set)
        heads: dict[str, set[int]] = defaultdict(set)
        for number, keys in ways.items():
            statement = self._statements[number]
            for key in keys:
                (hinted if statement.hint else said)[key].add(statement.subject)
                if statement.hint and statement.type == "broader":
                    heads[key].add(statement.subject)

        def enough(key: str) -> bool:
            return (
                len(said[key]) >= SUBJECTS
                or (bool(said[key]) and len(said[key] | hinted[key]) >= SUBJECTS)
                or len(heads[key]) >= NAMES
                or (bool(heads[key]) and len(hinted[key]) > NAMES)
            )

        chosen: dict[int, str] = {}
        settled = set(known)
        for number in sorted(ways, key=lambda n: (self._statements[n].hint, n)):
            statement = self._statements[number]
            if statement.hint and (statement.subject, statement.type) in settled:
                continue
            best = next((key for key in ways[number] if enough(key)), None)
            if best is not None:
                chosen[number] = best
                settled.add((statement.subject, statement.type))
        return chosen

    def _alone(self, chosen: Mapping[int, str]) -> set[str]:
        """Keys that too few subjects are left for."""
        left: dict[str, set[int]] = defaultdict(set)
        for number, key in chosen.items():
            left[key].add(self._statements[number].subject)
        return {key for key, subjects in left.items() if len(subjects) < SUBJECTS}


def _ways(statement: Statement, vocabulary: Collection[str]) -> Iterator[str]:
    """The keys of labels that a target's words may stand for, the most specific first.

    Of a genus ("composite metric") also the shorter ends ("metric"); of any other target those
    behind words that only describe ("early-stage churn").
    """
    label = drafts.plain_label(core_phrase(statement.words))
    parts = [w for w in label.split() if label_words(w)]
    while len(parts) > 1 and parts[0].lower() in LEADING:
        parts.pop(0)
    if not parts or _is_phrase(parts):
        return
    for start in range(len(parts)):
        if start and statement.type != "broader" and not describes(parts[start - 1], vocabulary):
            return
        key = _key(parts[start:])
        if key:
            yield key


def _key(parts: Sequence[str]) -> str:
    """The key of a label, or nothing where the words are too many, or none of them names."""
    if not parts or len(parts) > _LONGEST_LABEL:
        return ""
    words = label_words(" ".join(parts))
    key = " ".join(words)
    return "" if len(key) < 3 or _EMPTY.issuperset(words) or key.isdigit() else key


def _is_phrase(parts: Iterable[str]) -> bool:
    """Whether words are more than a name: with a preposition or conjunction, or a verb in front."""
    folded = [part.lower() for part in parts]
    if not _JOINTS.isdisjoint(folded):
        return True
    return len(folded) > 1 and (folded[0].endswith("ing") or folded[0] == "not")


def _surface(words: str, key: str) -> str:
    """The words as printed that make up the label of this key; acronyms keep their capitals."""
    printed = drafts.plain_label(core_phrase(words)).split()
    for start in range(len(printed)):
        for end in range(len(printed), start, -1):
            part = printed[start:end]
            if " ".join(label_words(" ".join(part))) == key:
                return " ".join(w if is_acronym(w.rstrip("s")) else w.lower() for w in part)
    return key
