"""A reviewer's decisions as the graph obeys them: relations kept, corrected or left out.

And what became of every decision: those that had an effect are recorded with a sentence, those
about nothing any more, or against each other, are findings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from extract.model import Finding
from kg.drafts import Draft
from kg.edges import Said, relation_id
from kg.lookup import label_key
from kg.model import Relation, Ruling
from kg.review import Review
from kg.rulings import EntryNames
from kg.rulings import pairs as pairs_of
from ontology.vocabulary import Vocabulary

UNMATCHED, CONFLICT = "review-unmatched", "review-conflict"
"""Rules of the findings about decisions."""

_RELATIONS = {
    "accept": "A reviewer confirmed: {a} {phrase} {b}.",
    "reject": "A reviewer rejected: {a} {phrase} {b}.",
    "retype": 'A reviewer corrected "{a} {phrase} {b}" to "{a} {other} {b}".',
}
_NAMES = {
    ("headword", "accept"): 'A reviewer confirmed the name "{a}".',
    ("headword", "rename"): 'A reviewer gave it the name "{a}".',
    ("label", "accept"): 'A reviewer confirmed "{b}" as another name of "{a}".',
    ("label", "reject"): 'A reviewer rejected "{b}" as a name of "{a}".',
}

Triple = tuple[str, str, str]


@dataclass(slots=True)
class _Asked:
    """A decision on a relation between two concepts."""

    ruling: Ruling
    subject: str
    object: str
    found: bool = False
    """Whether a source says what it is about."""


class Ruled:
    """The decisions of a review over the concepts of one build."""

    def __init__(
        self,
        review: Review,
        names: EntryNames,
        concepts: Sequence[Draft],
        slugs: Sequence[str],
        vocabulary: Vocabulary,
    ) -> None:
        self._review = review
        self._names = names
        self._vocabulary = vocabulary
        self._slug_of: dict[str, str] = {}
        self._labels: dict[str, str] = {}
        self._preferred: dict[str, list[str]] = defaultdict(list)
        self._others: dict[str, list[str]] = defaultdict(list)
        for concept, slug in zip(concepts, slugs, strict=True) if review.rulings else ():
            self._labels[slug] = concept.label
            self._slug_of |= {entry.id: slug for entry in concept.entries}
            self._preferred[label_key(concept.label)].append(slug)
            for name in dict.fromkeys(label_key(d.text) for d in concept.designations):
                self._others[name].append(slug)
        self.findings: list[Finding] = []
        """About decisions; whole once :meth:`recorded` was called."""
        self._cut: set[str] = set()
        self._asked = self._relations()

    def _find(self, name: str) -> list[str]:
        """Return the slugs of the concepts that an entry's id, a slug or a label means."""
        if name in self._slug_of:
            return [self._slug_of[name]]
        key = label_key(name)
        found = self._preferred.get(key) or self._others.get(key)
        return found or ([name] if name in self._labels else [])

    def _note(self, ruling: Ruling, message: str, rule: str, severity: str = "warning") -> None:
        line = f", line {ruling.line}" if ruling.line else ""
        self.findings.append(
            Finding(
                rule=rule,
                subject=ruling.subject,
                message=f"{self._review.name}{line}: {message}",
                severity=severity,
            )
        )

    def _missing(self, ruling: Ruling, *names: str) -> None:
        """Note that no entry or concept has the first of ``names`` that none has."""
        absent = next(name for name in names if not self._find(name))
        self._note(ruling, f'no entry or concept is "{absent}"; the row has no effect.', UNMATCHED)

    # ------------------------------------------------------------ relations

    def _relations(self) -> dict[Triple, _Asked]:
        asked: dict[Triple, _Asked] = {}
        keys = self._vocabulary.keys
        for ruling in self._review.of("relation"):
            unknown = next((k for k in (ruling.type, ruling.correction) if k and k not in keys), "")
            if unknown:
                self._note(
                    ruling, f'no relation type "{unknown}"; the row has no effect.', UNMATCHED
                )
                continue
            subjects, objects = self._find(ruling.subject), self._find(ruling.object)
            if not subjects or not objects:
                self._missing(ruling, ruling.subject, ruling.object)
            for subject, object_ in product(subjects, objects):
                if subject != object_:
                    triple = self._canonical(subject, ruling.type, object_)
                    asked[triple] = _Asked(ruling, subject, object_)
        return asked

    def _canonical(self, subject: str, type_: str, object_: str) -> Triple:
        key, swap = self._vocabulary.canonical(type_)
        if swap or (self._vocabulary.relation_types[key].symmetric and object_ < subject):
            subject, object_ = object_, subject
        return subject, key, object_

    def obeyed(self, said: Iterable[Said]) -> Iterator[Said]:
        """Yield the statements without the rejected ones; confirmed ones rank first, with 1."""
        if not self._asked:
            yield from said
            return
        for statement in said:
            asked = self._asked.get(
                self._canonical(statement.subject, statement.type, statement.object)
            )
            if asked is None:
                yield statement
                continue
            asked.found = True
            if asked.ruling.verdict == "reject":
                self._cut |= {statement.subject, statement.object}
                continue
            sure = replace(statement.evidence, confidence=1.0)
            if asked.ruling.verdict == "accept":
                yield replace(statement, evidence=sure)
                continue
            yield replace(
                statement,
                subject=asked.subject,
                type=asked.ruling.correction,
                object=asked.object,
                evidence=sure,
            )

    def sure(self) -> frozenset[str]:
        """Return the ids of the relations that the reviewer wants."""
        return frozenset(
            relation_id(*self._canonical(a.subject, a.ruling.correction or a.ruling.type, a.object))
            for a in self._asked.values()
            if a.ruling.verdict != "reject"
        )

    def idle(
        self, concepts: Sequence[Draft], slugs: Sequence[str], relations: Iterable[Relation]
    ) -> frozenset[str]:
        """Return the implied concepts of which nothing is said but what the reviewer rejected."""
        related = {end for r in relations for end in (r.subject, r.object)}
        return frozenset(
            slug
            for concept, slug in zip(concepts, slugs, strict=True)
            if concept.implied and slug in self._cut and slug not in related
        )

    # ------------------------------------------------------------ what became of them

    def recorded(self) -> tuple[Ruling, ...]:
        """Return the decisions that had an effect, each with its concepts and a sentence."""
        kept: list[tuple[int, Ruling]] = []
        for asked in self._asked.values():
            if asked.found:
                kept.append((asked.ruling.line, self._relation(asked)))
            elif asked.ruling.verdict == "reject":
                self._note(asked.ruling, "no source says so any more.", UNMATCHED, "info")
            else:
                message = "no source says so; the row has no effect."
                self._note(asked.ruling, message, UNMATCHED)
        kept += ((r.line, done) for r in self._review.of("pair") for done in self._pair(r))
        for ruling in self._review.of("headword", "label"):
            entries = self._names.find(ruling.subject)
            if not entries:
                self._missing(ruling, ruling.subject)
                continue
            slugs = tuple(dict.fromkeys(self._slug_of[e] for e in entries))
            name = ruling.correction or self._names.term(entries[0])
            sentence = _NAMES[ruling.question, ruling.verdict].format(a=name, b=ruling.object)
            kept.append((ruling.line, replace(ruling, concepts=slugs, reason=sentence)))
        kept.sort(key=lambda pair: pair[0])
        return tuple(replace(ruling, line=0, note="") for _, ruling in kept)

    def _relation(self, asked: _Asked) -> Ruling:
        sentence = _RELATIONS[asked.ruling.verdict].format(
            a=self._labels[asked.subject],
            b=self._labels[asked.object],
            phrase=self._phrase(asked.ruling.type),
            other=self._phrase(asked.ruling.correction or asked.ruling.type),
        )
        return replace(asked.ruling, concepts=(asked.subject, asked.object), reason=sentence)

    def _phrase(self, type_: str) -> str:
        key, swap = self._vocabulary.canonical(type_)
        return self._vocabulary.phrase(key, inverse=swap)

    def _pair(self, ruling: Ruling) -> Iterator[Ruling]:
        decided = pairs_of(Review(rulings=(ruling,)), self._names)
        if not decided:
            both = self._names.find(ruling.subject) and self._names.find(ruling.object)
            if both:
                message = "both names are of one entry; the row has no effect."
                self._note(ruling, message, UNMATCHED)
            else:
                absent = next(n for n in (ruling.subject, ruling.object) if not self._names.find(n))
                self._note(ruling, f'no entry is "{absent}"; the row has no effect.', UNMATCHED)
        for decision in decided.values():
            ends = self._slug_of[decision.left], self._slug_of[decision.right]
            if ruling.verdict == "same" and ends[0] != ends[1]:
                left, right = map(self._names.said, (decision.left, decision.right))
                message = (
                    f"{left} and {right} stay two concepts, since other rows keep apart what would "
                    "be one."
                )
                self._note(ruling, message, CONFLICT)
                continue
            yield replace(ruling, concepts=tuple(dict.fromkeys(ends)), reason=decision.reason)
