"""The steps that a search for ways may take from each concept, and what each costs.

What a step costs is said in :mod:`kg.paths`. Half of what it costs to pass a concept is put to the
steps on either side of it: a way from either end then costs the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import log

from kg.index import Index
from kg.selection import Masks

# Decides between equal costs by strength of the relation, and never more than that.
_TIE = 1e-7
# Concepts whose steps are kept for the next search; half a kilobyte each, their names a quarter.
_REMEMBERED = 20_000
_REMEMBERED_NEAR = 200_000


class Steps:
    """What may be followed in one index, by one selection and cost, between two ends.

    The mappings are filled when a concept is first asked for. Each is a pair: the first is for
    walking on from the start, the second for walking back from the end.
    """

    near: tuple[Mapping[int, Iterable[int]], Mapping[int, Iterable[int]]]
    """The neighbours of each concept, none twice and not itself."""
    costs: tuple[Mapping[int, Mapping[int, float]], Mapping[int, Mapping[int, float]]]
    """What the step to each neighbour costs, the cheapest first."""

    def __init__(self, index: Index, masks: Masks, cost: str, ends: tuple[int, int]) -> None:
        self.index = index
        self.masks = masks
        by_hops = cost == "hops"
        self._bases = None if by_hops else index.vocabulary.bases
        self.base = [self.price(basis) for _, basis in index.sorts]
        """What a step costs by its sort, without what it passes."""
        self.passing = [0.0] * len(index.concepts) if by_hops else index.half_log_degree
        """Half of what it costs to pass each concept."""
        self.least_passing = 0.0 if by_hops else log(2) / 2
        """Half of what it costs to pass any: it has a relation to come by and one to go by."""
        used = zip(self.base, masks.forward, masks.backward, strict=True)
        bases_used = {base for base, on, back in used if on or back}
        self.least = min(bases_used, default=1.0)
        """What any step costs at least, without what it passes."""
        self.even = len(bases_used) <= 1
        """Whether all steps cost the same, but for what they pass."""
        if masks.everything:  # what nearly all ask: the same for all who ask
            kept = index.steps.get(cost)
            if kept is None or len(kept) > _REMEMBERED:
                kept = index.steps[cost] = _All(index, self.base, self.passing)
            if len(index.beside) > _REMEMBERED_NEAR or not isinstance(index.beside, _Near):
                index.beside = _Near(index)
            self.costs, self.near = (kept, kept), (index.beside, index.beside)
        else:
            there = back = _Some(self, masks, ends)
            if masks.forward != masks.backward:
                back = _Some(self, masks.turned(), ends)
            self.costs = self.near = (there, back)

    def price(self, basis: str) -> float:
        """Return what a step of this basis costs, without what it passes."""
        return 1.0 if self._bases is None else float(self._bases[basis].cost)


class _Near(dict[int, tuple[int, ...]]):
    """Neighbours by any relation. It holds no index, so that both go when they are let go."""

    def __init__(self, index: Index) -> None:
        self._relations = index.outgoing, index.object, index.incoming, index.subject

    def __missing__(self, number: int) -> tuple[int, ...]:
        outgoing, object_, incoming, subject = self._relations
        found = set(map(object_.__getitem__, outgoing[number]))
        found.update(map(subject.__getitem__, incoming[number]))
        found.discard(number)
        self[number] = near = tuple(found)
        return near


class _All(dict[int, dict[int, float]]):
    """Steps along any relation. It holds no index either."""

    def __init__(self, index: Index, base: list[float], passing: list[float]) -> None:
        self._relations = (index.outgoing, index.object), (index.incoming, index.subject)
        self._prices = index.sort, index.strength, base, passing

    def __missing__(self, number: int) -> dict[int, float]:
        sort, strength, base, passing = self._prices
        here = passing[number]
        found = []
        for places, ends in self._relations:
            found += [
                (base[sort[place]] + strength[place] * _TIE + here + passing[far], far)
                for place in places[number]
                if (far := ends[place]) != number
            ]
        self[number] = steps = _cheapest(found)
        return steps


class _Some(dict[int, dict[int, float]]):
    """Steps along the relations of a selection."""

    def __init__(self, steps: Steps, masks: Masks, ends: tuple[int, int]) -> None:
        self._chosen = steps.index, masks, ends
        self._prices = steps.base, steps.passing

    def __missing__(self, number: int) -> dict[int, float]:
        index, masks, ends = self._chosen
        base, passing = self._prices
        sort, strength, here = index.sort, index.strength, passing[number]
        least, relations = masks.min_confidence, index.relations
        found: list[tuple[float, int]] = []
        # As kg.neighbors.edges has it, in half the time: a search asks for some hundred concepts.
        for places, mask, others in (
            (index.outgoing[number], masks.forward, index.object),
            (index.incoming[number], masks.backward, index.subject),
        ):
            found += [
                (base[sort[place]] + strength[place] * _TIE + here + passing[far], far)
                for place in places
                if mask[sort[place]]
                and (far := others[place]) != number
                and (not least or relations[place].confidence >= least)
            ]
        if not masks.implied:
            concepts = index.concepts
            found = [step for step in found if step[1] in ends or not concepts[step[1]].implied]
        self[number] = steps = _cheapest(found)
        return steps


def _cheapest(found: list[tuple[float, int]]) -> dict[int, float]:
    found.sort()
    steps: dict[int, float] = {}
    for cost, far in found:
        if far not in steps:
            steps[far] = cost
    return steps
