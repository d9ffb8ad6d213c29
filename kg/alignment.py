"""Alignment: which entries of several glossaries are one concept, which are near, and why.

What decides is the labels; the similarity of the definitions cannot (entries that mean the same
share between none and two fifths of their words). Every merge, every near pair and every refusal
of a likely pair is a :class:`kg.model.Decision` with a sentence made from the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from extract.model import Extraction
from kg import collector
from kg.candidates import Profile, candidates, profiles
from kg.model import Decision
from kg.verdicts import RULE_ORDER, Holdings, judge, silent


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """Which entries are one concept, and which concepts are near."""

    groups: tuple[tuple[str, ...], ...] = ()
    """Ids of the entries of each concept, in the order read; every entry is in one group."""
    close: tuple[tuple[str, str], ...] = ()
    """Pairs of entries whose concepts are near but not the same (``skos:closeMatch``)."""
    exact: tuple[tuple[str, str], ...] = ()
    """Pairs of entries whose concepts a reviewer keeps as two of the same meaning."""
    decisions: tuple[Decision, ...] = ()
    """Every merge, near pair and refusal, with its reason."""


@collector.paused()
def align(
    extraction: Extraction, decided: Mapping[frozenset[str], Decision] | None = None
) -> Alignment:
    """Return which entries are one concept, over all sources.

    What a reviewer ``decided`` on pairs of entries goes before every rule: such merges are made
    first, and no group ever holds two entries that are told apart.

    Entries of one source are merged only when one of them is a mere redirect to the other, or
    named as its alias; homonyms of one source stay apart. A group never holds two entries of a
    source that were not merged by themselves. Cost: near linear; pairs are only compared when
    they share a label, an acronym, or all words but one.
    """
    known = profiles(extraction)
    holds = Holdings(known.values())
    decided = decided or {}
    decisions: list[Decision] = list(decided.values())
    for left, right in candidates(known, silent):
        if frozenset((left, right)) in decided:
            continue
        decision = judge(known[left], known[right], holds)
        if decision is not None:
            decisions.append(decision)
    groups = _Groups(known, {pair: d for pair, d in decided.items() if d.verdict != "same"})
    kept: list[Decision] = []
    for decision in sorted(decisions, key=lambda d: _strength(d, known)):
        kept.append(groups.merge(decision) if decision.verdict == "same" else decision)
    group_of = groups.members()
    order = {entry: n for n, entry in enumerate(known)}

    def between(verdict: str) -> tuple[tuple[str, str], ...]:
        pairs = {
            (d.left, d.right)
            for d in kept
            if d.verdict == verdict
            and group_of[d.left] != group_of[d.right]
            # What a reviewer says of two entries holds for their concepts.
            and groups.told(group_of[d.left], group_of[d.right]) in ("", verdict)
        }
        return tuple(sorted(pairs, key=lambda pair: (order[pair[0]], order[pair[1]])))

    return Alignment(
        groups=tuple(sorted(set(group_of.values()), key=lambda g: order[g[0]])),
        close=between("close"),
        exact=between("exact"),
        decisions=tuple(sorted(kept, key=lambda d: (order[d.left], order[d.right]))),
    )


# ---------------------------------------------------------------- grouping


def _strength(decision: Decision, known: Mapping[str, Profile]) -> tuple[int, float, int, int]:
    """Order in which merges are made: surest rule first, then the likest definitions."""
    left, right = known[decision.left], known[decision.right]
    return (RULE_ORDER[decision.rule], -left.likeness(right), left.number, right.number)


class _Groups:
    """Entries taken together so far."""

    def __init__(
        self, known: Mapping[str, Profile], apart: Mapping[frozenset[str], Decision]
    ) -> None:
        self._known = known
        self._apart = apart
        """Pairs that a reviewer keeps as two concepts."""
        self._group: dict[str, list[str]] = {entry: [entry] for entry in known}
        self._within: set[frozenset[str]] = set()
        """Pairs of one source that were merged by themselves."""

    def merge(self, decision: Decision) -> Decision:
        """Join two groups, or return the decision turned down with its reason."""
        left, right = self._group[decision.left], self._group[decision.right]
        if left is right:
            return decision
        pair = frozenset((decision.left, decision.right))
        if self._known[decision.left].source == self._known[decision.right].source:
            self._within.add(pair)
        for one in left:
            for other in right:
                told = self._apart.get(frozenset((one, other)))
                if told is not None:
                    return replace(
                        decision,
                        verdict="apart",
                        rule="review",
                        reason=f"{decision.reason} But: {told.reason}",
                    )
        for one in left:
            for other in right:
                a, b = self._known[one], self._known[other]
                if decision.rule == "review":
                    self._within.add(frozenset((one, other)))
                if a.source == b.source and frozenset((one, other)) not in self._within:
                    return Decision(
                        left=decision.left,
                        right=decision.right,
                        verdict="close",
                        rule="one-source",
                        reason=f'{decision.reason} But "{a.term}" and "{b.term}" would become one '
                        f"concept, and {a.title} keeps them as two entries.",
                    )
        left.extend(right)
        for entry in right:
            self._group[entry] = left
        return decision

    def told(self, left: tuple[str, ...], right: tuple[str, ...]) -> str:
        """What a reviewer says of the concepts of two groups, or nothing."""
        if not self._apart:
            return ""
        for one in left:
            for other in right:
                if told := self._apart.get(frozenset((one, other))):
                    return told.verdict
        return ""

    def members(self) -> dict[str, tuple[str, ...]]:
        """For each entry its group, in the order read."""
        return {
            entry: tuple(sorted(group, key=lambda e: self._known[e].number))
            for entry, group in self._group.items()
        }
