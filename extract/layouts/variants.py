"""Which of a layout's hits are heads: those that stand alike, and keep the page's order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence

from extract.languages import Words
from extract.layouts.heads import COLLATIONS, LABEL, Head, longest_ordered, order
from extract.layouts.lines import Line

# A head that stands like all others but breaks their order is more often a head than not.
_UNPROVEN = 0.97

# In a list this long a label word that keeps the order may be a headword.
_MANY = 8


def variants(
    hits: Sequence[Head], part: Sequence[Line], words: Words
) -> Iterator[tuple[list[Head], float]]:
    """Yield the hits, and those that share what most of them share: bullet, indent, blank line.

    What only looks like a head (a colon within a definition, a bulleted part of an entry)
    mostly stands otherwise than the heads of the page do, or breaks their alphabetical order.
    """
    first = part[0].number
    seen: set[tuple[int, ...]] = set()

    def fresh(heads: Sequence[Head]) -> bool:
        key = tuple(h.line for h in heads)
        if len(heads) < min(2, len(hits)) or key in seen:
            return False
        seen.add(key)
        return True

    traits = [features(part[h.line - first]) for h in hits]
    pools = [list(range(len(hits)))]
    for feature in range(len(traits[0])):
        for pool in list(pools):
            counts = Counter(traits[i][feature] for i in pool)
            for value, number in counts.most_common(2):
                if 2 <= number < len(pool) and value is not None:
                    pools.append([i for i in pool if traits[i][feature] in (value, None)])
    for pool in pools:
        names = [part[hits[i].line - first].text[hits[i].begin : hits[i].end] for i in pool]
        breakers = _breakers(names)
        common = Counter(traits[i] for i in pool).most_common(1)[0][0]
        # Labels within entries ("Note: …") are heads only where everything else speaks for it.
        labels = {
            n
            for n, i in enumerate(pool)
            if hits[i].weight <= LABEL
            and words.label(names[n])
            and (n in breakers or len(pool) < _MANY or names.count(names[n]) > 1)
        }
        weak = {
            n
            for n, i in enumerate(pool)
            if n in breakers
            and (
                not alike(traits[i], common)
                or hits[i].weight <= 0.85
                or (hits[i].line == first and hits[i].body is None)
            )
        }
        for dropped, weight in (
            (labels, 1.0),
            (labels | weak, 1.0),
            (labels | breakers, _UNPROVEN),
        ):
            heads = [hits[i] for n, i in enumerate(pool) if n not in dropped]
            if fresh(heads):
                # What a variant leaves out looked like a head, too.
                yield heads, weight * (0.75 + 0.25 * len(heads) / (len(hits) - len(labels)))


def features(line: Line) -> tuple[Hashable, ...]:
    """What sets a line off from others by its place and markup."""
    block = line.block
    gap = None if line.fresh else line.gap != 0
    return line.marker, line.indent, gap, (block.role, block.level, block.section)


def alike(one: Sequence[Hashable], other: Sequence[Hashable]) -> bool:
    """Return whether two lines stand alike; None is like anything."""
    return all(a == b or a is None or b is None for a, b in zip(one, other, strict=True))


def _breakers(names: Sequence[str]) -> set[int]:
    """The places of the few names that break an order which nearly all keep."""
    if len(names) < 6:
        return set()
    collate = max(COLLATIONS.values(), key=lambda f: order([f(n) for n in names]))
    kept = longest_ordered([collate(n) for n in names])
    return set(range(len(names))) - set(kept) if len(kept) >= 0.75 * len(names) else set()
