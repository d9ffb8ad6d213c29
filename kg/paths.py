"""How concepts are connected: cheapest typed paths, shared neighbours, the graph among them.

A step costs more the weaker its basis (text 1, name 2, reference 3, mention 5, from the ontology),
and each concept passed costs the natural logarithm of its degree: a way through "Customer", which
everything touches, explains little.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush, nsmallest
from itertools import pairwise
from math import inf

from kg.errors import UnknownKey
from kg.index import Index
from kg.model import Graph
from kg.neighbors import Leg, edges, legs
from kg.selection import EVERYTHING, Masks, Selection

COSTS = ("evidence", "hops")
"""``evidence``: as above; ``hops``: every step costs 1."""

# Decides between equal costs by strength of the relation, and never more than that.
_TIE = 1e-7
# Concepts whose steps are kept for the next search; half a kilobyte each.
_REMEMBERED = 20_000
# How much larger the side around the end of all paths may grow, since many searches use it.
_SHARED = 4
_AT_A_TIME = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A way from one concept to another that passes none twice."""

    legs: tuple[Leg, ...]
    """In order; the strongest relation of each two neighbours. Empty from a concept to itself."""
    cost: float
    """Sum over the steps and the concepts between the ends; smaller is better."""
    concepts: tuple[str, ...]
    """Slugs, both ends included: one more than legs."""
    more: tuple[tuple[Leg, ...], ...] = ()
    """For each leg the other relations between its ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """A concept that all concepts asked about are related to."""

    concept: str
    legs: tuple[Leg, ...]
    """For each concept asked about, in that order, the strongest relation read from it."""


def paths(
    index: Index,
    start: str,
    end: str,
    *,
    limit: int = 3,
    cost: str = "evidence",
    types: Collection[str] | None = None,
    families: Collection[str] | None = None,
    bases: Collection[str] | None = None,
    direction: str = "both",
    min_confidence: float = 0.0,
    implied: bool = True,
) -> list[Path]:
    """Return the ``limit`` cheapest loopless paths from ``start`` to ``end``, cheapest first.

    Two paths differ in a concept, not only in the type of a step. Bidirectional Dijkstra finds the
    first, Yen's method (1971) with Lawler's saving (1972) the rest, each
    searched for when no bound tells that another is cheaper. No path: an empty list.

    Raises:
        ConceptNotFound, AmbiguousLabel: an end names no concept, or several.
        UnknownRelationType, UnknownKey: the selection or ``cost`` is not known.
    """
    if cost not in COSTS:
        raise UnknownKey("cost", cost, COSTS)
    selection = Selection(
        types=types,
        families=families,
        bases=bases,
        direction=direction,
        min_confidence=min_confidence,
        implied=implied,
    )
    source, target = (index.number[slug] for slug in index.resolve_each((start, end)))
    masks = index.masks(selection)
    search = _Search(index, masks, cost, (source, target))
    if source == target:
        return [_path(index, [source], search)]
    cheapest = search.shortest(source, target)
    if cheapest is None:
        return []
    first = cheapest[1]
    found = [first]
    # (cost, 1, hops, numbers, where it left the path it came from); with 0 in place of 1 the least
    # that a way off the path ``numbers`` at that place can cost: searched for when its turn comes.
    waiting: list[tuple[float, int, int, tuple[int, ...], int]] = []
    known = {first}
    latest, left_at = first, 0
    while len(found) < limit:
        spent = 0.0
        for place in range(len(latest) - 1):
            if place:
                spent += search.step(latest[place - 1], latest[place])
            if place < left_at:  # its deviations were found with the path it left (Lawler)
                continue
            least = spent + search.least(latest[: place + 1], _next(found, latest, place))
            if least < inf:
                heappush(waiting, (least, 0, 0, latest, place))
        while waiting and not waiting[0][1]:
            least, _, _, path, place = heappop(waiting)
            root = path[: place + 1]
            spent = sum(search.step(near, far) for near, far in pairwise(root))
            # Nothing dearer than the last that can still be returned need be found.
            ready = nsmallest(limit - len(found), (item[0] for item in waiting if item[1]))
            spur = search.detour(
                root[-1],
                target,
                avoid=root[:-1],
                not_first=_next(found, path, place),
                within=(ready[-1] if len(ready) >= limit - len(found) else inf) - spent,
            )
            if spur is None or (candidate := root[:-1] + spur[1]) in known:
                continue
            known.add(candidate)
            heappush(waiting, (spent + spur[0], 1, len(candidate), candidate, place))
        if not waiting:
            break
        _, _, _, latest, left_at = heappop(waiting)
        found.append(latest)
    return [_path(index, path, search) for path in found]


def _next(found: Iterable[tuple[int, ...]], path: tuple[int, ...], place: int) -> set[int]:
    """Return where the paths found go on that agree with ``path`` up to ``place``."""
    root = path[: place + 1]
    return {other[place + 1] for other in found if other[: place + 1] == root}


class _Search:
    """Shortest paths over one index, selection and cost."""

    def __init__(self, index: Index, masks: Masks, cost: str, ends: tuple[int, int]) -> None:
        self.index = index
        self.masks = masks
        self.ends = ends
        self.target = ends[1]
        by_hops = cost == "hops"
        bases = index.vocabulary.bases
        self.base = [1.0 if by_hops else float(bases[basis].cost) for _, basis in index.sorts]
        self.passing = [0.0] * len(index.concepts) if by_hops else index.half_log_degree
        self._around: tuple[dict[int, list[tuple[int, float]]], ...] = ({}, {})
        if masks.everything and not by_hops:  # what nearly all ask is the same for all
            if len(index.steps) > _REMEMBERED:
                index.steps.clear()
            self._around = (index.steps, index.steps)
        self._home: dict[int, float] = {}
        """Cost of the way home, to the end of all paths, from what is nearer than the radius."""
        self._near_home = [(0.0, self.target)]
        self._radius = 0.0

    def around(self, number: int, side: int) -> list[tuple[int, float]]:
        """Return (neighbour, cost of the step) for each relation that may be followed.

        ``side`` 0 walks from the start, 1 back from the end.
        """
        known = self._around[side]
        if number in known:
            return known[number]
        index, base, passing = self.index, self.base, self.passing
        sort, strength, here = index.sort, index.strength, self.passing[number]
        if self.masks.everything:
            # The commonest case, written out: a generator would take twice the time.
            ends = index.object
            found = [
                (
                    far := ends[place],
                    base[sort[place]] + strength[place] * _TIE + here + passing[far],
                )
                for place in index.outgoing[number]
            ]
            ends = index.subject
            found += [
                (
                    far := ends[place],
                    base[sort[place]] + strength[place] * _TIE + here + passing[far],
                )
                for place in index.incoming[number]
            ]
        else:
            masks = self.masks.turned() if side else self.masks
            found = [
                (far, base[sort[place]] + strength[place] * _TIE + here + passing[far])
                for place, far, _ in edges(index, number, masks, self.ends)
            ]
        known[number] = found
        return found

    def shortest(self, source: int, target: int) -> tuple[float, tuple[int, ...]] | None:
        """Return the cheapest way and its cost: bidirectional Dijkstra."""
        distance: tuple[dict[int, float], dict[int, float]] = ({source: 0.0}, {target: 0.0})
        before: tuple[dict[int, int], dict[int, int]] = ({}, {})
        done: tuple[set[int], set[int]] = (set(), set())
        heaps: tuple[list[tuple[float, int]], ...] = ([(0.0, source)], [(0.0, target)])
        best, meeting = inf, -1
        while heaps[0] and heaps[1]:
            if heaps[0][0][0] + heaps[1][0][0] >= best:
                break
            # The side that has less before it: hubs are met by one side only.
            side = 0 if len(heaps[0]) <= len(heaps[1]) else 1
            reached, number = heappop(heaps[side])
            if number in done[side]:
                continue
            done[side].add(number)
            here, there, finished, heap = (
                distance[side],
                distance[1 - side],
                done[side],
                heaps[side],
            )
            come = before[side]
            for far, step in self.around(number, side):
                total = reached + step
                if far in finished or total >= here.get(far, best):
                    continue
                here[far] = total
                come[far] = number
                heappush(heap, (total, far))
                if far in there and total + there[far] < best:
                    best, meeting = total + there[far], far
        if meeting < 0:
            return None
        way = [meeting]
        while way[-1] != source:
            way.append(before[0][way[-1]])
        way.reverse()
        while way[-1] != target:
            way.append(before[1][way[-1]])
        return best, tuple(way)

    def least(self, root: Sequence[int], not_first: Collection[int]) -> float:
        """Return what a way home that goes on from ``root`` costs at least, infinite for none."""
        home, radius = self._home, self._radius
        return min(
            (
                step + home.get(far, radius)
                for far, step in self.around(root[-1], 0)
                if far not in not_first and far not in root
            ),
            default=inf,
        )

    def _grow(self) -> None:
        """Learn the way home from some more concepts, the nearest ones."""
        home, heap = self._home, self._near_home
        for _ in range(_AT_A_TIME):
            while heap and heap[0][1] in home:
                heappop(heap)
            if not heap:
                break
            reached, number = heappop(heap)
            home[number] = reached
            for far, step in self.around(number, 1):
                if far not in home:
                    heappush(heap, (reached + step, far))
        self._radius = heap[0][0] if heap else inf

    def detour(
        self,
        source: int,
        target: int,
        *,
        avoid: Collection[int],
        not_first: Collection[int],
        within: float,
    ) -> tuple[float, tuple[int, ...]] | None:
        """Return the cheapest way and its cost, if that is less than ``within``.

        It passes none of ``avoid``, and none of ``not_first`` as its first step. A* search: what is
        still to come is at least the way home without these bans, known for all that is near the
        end; all else is farther. Both sides grow, and that around the end serves all searches.
        """
        home, radius = self._home, self._radius
        cost: dict[int, float] = {source: 0.0}
        before: dict[int, int] = {}
        done = set(avoid)
        heap = [(home.get(source, radius), source)]
        while heap:
            least, number = heappop(heap)
            if number in done:
                continue
            if number not in home and len(self._near_home) < _SHARED * len(heap):
                self._grow()
                radius = self._radius
            now = cost[number] + home.get(number, radius)
            if now > least:  # more is known than when it was put there
                if now < within:
                    heappush(heap, (now, number))
                continue
            if number == target:
                way = [target]
                while way[-1] != source:
                    way.append(before[way[-1]])
                return cost[target], tuple(reversed(way))
            done.add(number)
            reached = cost[number]
            for far, step in self.around(number, 0):
                if far in done or (number == source and far in not_first):
                    continue
                total = reached + step
                if far in cost and total >= cost[far]:
                    continue
                least = total + home.get(far, radius)
                if least < within:
                    cost[far] = total
                    before[far] = number
                    heappush(heap, (least, far))
        return None

    def step(self, near: int, far: int) -> float:
        """Return the cost of the cheapest relation between two neighbours."""
        return min(cost for number, cost in self.around(near, 0) if number == far)


def _path(index: Index, way: Sequence[int], search: _Search) -> Path:
    masks = search.masks
    if not masks.implied:  # the ends are in, whatever they are
        masks = replace(masks, implied=True)
    every = [legs(index, near, far, masks) for near, far in pairwise(way)]
    base = dict(zip(index.sorts, search.base, strict=True))
    cost = sum(base[found[0].relation.type, found[0].relation.basis] for found in every)
    cost += sum(2 * search.passing[number] for number in way[1:-1])
    return Path(
        legs=tuple(found[0] for found in every),
        cost=round(cost, 4),
        concepts=tuple(index.concepts[number].slug for number in way),
        more=tuple(tuple(found[1:]) for found in every),
    )


def sentence(index: Index, path: Path, language: str | None = None) -> str:
    """Return a path in words: "A is a kind of B, which increases C."

    English joins the steps by relative clauses. Other languages would have to move the verb, so
    there each step is a clause of its own that takes the last label up: "A erhöht B; B misst C."
    """
    tag = (language or index.graph.language).lower()
    labels = [index.label(slug, tag) for slug in path.concepts]
    if not path.legs:
        return f"{labels[0]}."
    phrases = [leg.phrase(index.vocabulary, tag) for leg in path.legs]
    if tag.partition("-")[0] == "de":
        steps = zip(labels, phrases, labels[1:], strict=False)
        text = "; ".join(f"{start} {phrase} {end}" for start, phrase, end in steps)
    else:
        text = f"{labels[0]} " + ", which ".join(
            f"{phrase} {end}" for phrase, end in zip(phrases, labels[1:], strict=True)
        )
    return text if text.endswith(".") else f"{text}."


def common(
    index: Index, concepts: Iterable[str], selection: Selection = EVERYTHING
) -> list[Common]:
    """Return the concepts that are related to each of ``concepts``, the most telling first.

    Ordered by the weakest of the relations, then by degree: what has few relations says more.

    Raises:
        ConceptNotFound, AmbiguousLabel: a name stands for no concept, or several.
    """
    asked = list(dict.fromkeys(index.number[slug] for slug in index.resolve_each(concepts)))
    if not asked:
        return []
    masks = index.masks(selection)
    around = [{far for _, far, _ in edges(index, number, masks)} for number in asked]
    shared = set.intersection(*around) - set(asked)
    inner = replace(masks, implied=True)
    found = []
    for number in shared:
        ways = tuple(legs(index, start, number, inner)[0] for start in asked)
        weakest = max(_strength(index, leg) for leg in ways)
        found.append((weakest, index.degree(number), number, ways))
    found.sort(key=lambda item: item[:3])
    return [Common(concept=index.concepts[n].slug, legs=ways) for _, _, n, ways in found]


def _strength(index: Index, leg: Leg) -> tuple[int, float]:
    order = list(index.vocabulary.bases).index(leg.relation.basis)
    return order, -leg.relation.confidence


def subgraph(index: Index, concepts: Iterable[str], selection: Selection = EVERYTHING) -> Graph:
    """Return the graph of these concepts and the selected relations among them.

    Its sources and texts are those that its concepts and relations rest on, so that it can be
    exported on its own; decisions and findings stay behind.

    Raises:
        ConceptNotFound, AmbiguousLabel: a name stands for no concept, or several.
    """
    numbers = sorted({index.number[slug] for slug in index.resolve_each(concepts)})
    masks = index.masks(selection)
    inside = set(numbers)
    kept = [index.concepts[number] for number in numbers]
    slugs = {concept.slug for concept in kept}
    places = {
        place
        for number in numbers
        for place, far, _ in edges(index, number, masks)
        if far in inside
    }
    relations = tuple(index.relations[place] for place in sorted(places))
    documents = {e.document for relation in relations for e in relation.evidence}
    documents |= {d.document for concept in kept for d in concept.definitions}
    texts = tuple(text for text in index.graph.texts if text.document in documents)
    names = {text.source for text in texts}
    names |= {definition.source for concept in kept for definition in concept.definitions}
    return replace(
        index.graph,
        concepts=tuple(
            replace(concept, close=tuple(slug for slug in concept.close if slug in slugs))
            for concept in kept
        ),
        relations=relations,
        sources=tuple(source for source in index.graph.sources if source.name in names),
        texts=texts,
        decisions=(),
        findings=(),
        redirects={},
    )
