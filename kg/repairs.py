"""What was repaired in a source's texts, so that a reader can check it against the original.

A page decoded wrongly has the same damage a thousand times. Equal repairs are therefore counted and
keep their first place, and of each rule only the most frequent are kept one by one: what a source
keeps is bounded, however long its texts are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from operator import attrgetter

from extract.model import Document
from kg.model import Repair

KEPT = 20
"""Different repairs of one rule that a source keeps; the others are counted together."""
_WORDS = 60
"""Code points that are kept of what stood there, and of what stands there now."""


def repairs(documents: Iterable[Document]) -> tuple[Repair, ...]:
    """Return the repairs of a source's documents by rule, the most frequent of a rule first.

    Behind those that a rule keeps, one without words counts its others. Linear in the edits.
    """
    counts: Counter[tuple[str, str, str]] = Counter()
    first: dict[tuple[str, str, str], tuple[str, int, int]] = {}
    for document in documents:
        for edit in document.edits:
            after = document.text[edit.start : edit.end]
            key = (edit.rule, edit.before[:_WORDS], after[:_WORDS])
            counts[key] += 1
            first.setdefault(key, (document.uri, edit.start, edit.end))
    found: dict[str, list[Repair]] = {}
    for key, count in counts.items():
        rule, before, after = key
        document_, start, end = first[key]
        found.setdefault(rule, []).append(
            Repair(
                rule=rule, before=before, after=after, count=count,
                document=document_, start=start, end=end,
            )
        )  # fmt: skip
    return tuple(each for rule in sorted(found) for each in _kept(found[rule]))


def _kept(all_: list[Repair]) -> list[Repair]:
    """Return the most frequent repairs of one rule, and one that counts the others."""
    all_.sort(key=lambda each: -each.count)  # stable: equally frequent ones stay as they stand
    kept, others = all_[:KEPT], all_[KEPT:]
    if others:
        count = sum(map(attrgetter("count"), others))
        kept.append(Repair(rule=all_[0].rule, before="", after="", count=count))
    return kept
