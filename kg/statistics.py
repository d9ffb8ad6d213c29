"""What can be counted about a graph: degrees, centrality, communities, how well it is covered.

Plain Python over the index, in time linear in the relations: a server answers it from any graph.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from kg.communities import communities
from kg.index import Index

# Relations up to which communities are found by Louvain's method, which takes seconds for more.
_LOUVAIN = 20_000
_ROUNDS = 8
# PageRank (Page et al. 1999) with its usual damping; so many rounds change no rank that is shown.
_DAMPING = 0.85
_ITERATIONS = 25
# Relations that are read in all for one ranking: fewer rounds for very large graphs.
_READ = 20_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Figures over a whole graph."""

    degrees: dict[int, int]
    """How many concepts have so many relations."""
    central: list[tuple[str, float]]
    """The concepts that most ways lead to, with their share of all (PageRank, either direction)."""
    communities: list[tuple[int, list[str]]]
    """Size and most connected members of the groups of three and more, largest first."""
    method: str
    """``louvain`` or ``label propagation``."""
    coverage: dict[str, int]
    """Counts of concepts: ``defined``, ``related``, ``typed`` (by more than a mention or a
    reference), ``exemplified``, ``with_aliases``, ``in_several_sources``."""
    languages: dict[str, int]
    """Labels in each language."""


def statistics(index: Index, *, most: int = 20) -> Statistics:
    """Return the figures of a graph; ``most`` bounds the lists."""
    numbers = range(len(index.concepts))
    around = [
        [index.object[r] for r in index.outgoing[n]] + [index.subject[r] for r in index.incoming[n]]
        for n in numbers
    ]
    if len(index.relations) <= _LOUVAIN:
        method, groups = "louvain", _louvain(index)
    else:
        method, groups = "label propagation", _propagated(around)
    return Statistics(
        degrees=dict(sorted(Counter(map(len, around)).items())),
        central=_central(index, around)[:most],
        communities=[
            (len(group), [index.concepts[n].slug for n in _connected(index, group)[:5]])
            for group in groups[:most]
            if len(group) > 2
        ],
        method=method,
        coverage=_coverage(index),
        languages=dict(
            Counter(d.language for c in index.concepts for d in c.designations).most_common()
        ),
    )


def _connected(index: Index, group: Sequence[int]) -> list[int]:
    return sorted(group, key=lambda n: (-index.degree(n), n))


def _central(index: Index, around: Sequence[Sequence[int]]) -> list[tuple[str, float]]:
    count = len(around)
    if not count:
        return []
    rank = [1 / count] * count
    rounds = max(1, min(_ITERATIONS, _READ // max(1, 2 * len(index.relations))))
    for _ in range(rounds):
        lost = sum(rank[n] for n in range(count) if not around[n])
        share = [rank[n] / len(around[n]) if around[n] else 0.0 for n in range(count)]
        base = (1 - _DAMPING + _DAMPING * lost) / count
        rank = [base + _DAMPING * sum([share[far] for far in near]) for near in around]
    order = sorted(range(count), key=lambda n: (-rank[n], n))
    return [(index.concepts[n].slug, round(rank[n], 6)) for n in order if around[n]]


def _louvain(index: Index) -> list[list[int]]:
    groups: dict[int, list[int]] = {}
    for slug, group in communities(index.graph).items():
        groups.setdefault(group, []).append(index.number[slug])
    return [groups[key] for key in sorted(groups)]


def _propagated(around: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return groups by label propagation (Raghavan et al. 2007), seeded, in so many rounds."""
    label = list(range(len(around)))
    order = list(label)
    chance = Random(7)
    for _ in range(_ROUNDS):
        chance.shuffle(order)
        changed = 0
        for n in order:
            if around[n]:
                counts = Counter([label[far] for far in around[n]])
                best = max(counts.items(), key=lambda item: (item[1], -item[0]))[0]
                changed += best != label[n]
                label[n] = best
        if changed * 100 < len(order):
            break
    groups: dict[int, list[int]] = {}
    for n, key in enumerate(label):
        groups.setdefault(key, []).append(n)
    return sorted(groups.values(), key=lambda group: (-len(group), group[0]))


def _coverage(index: Index) -> dict[str, int]:
    typed = {
        end
        for place, relation in enumerate(index.relations)
        if relation.basis in ("text", "name")
        for end in (index.subject[place], index.object[place])
    }
    concepts = index.concepts
    return {
        "defined": sum(any(d.text for d in c.definitions) for c in concepts),
        "related": sum(index.degree(n) > 0 for n in range(len(concepts))),
        "typed": len(typed),
        "exemplified": sum(any(d.examples for d in c.definitions) for c in concepts),
        "with_aliases": sum(bool(c.aliases) for c in concepts),
        "in_several_sources": sum(len({d.source for d in c.definitions}) > 1 for c in concepts),
    }
