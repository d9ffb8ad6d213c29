"""What is asked: queries of five classes, and the same content by REST.

Each class has as many distinct queries as wanted, all of equal cost: the concept changes, and where
there are more queries than concepts, the number behind ``LIMIT``, which is above any answer's size.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import quote, urlencode

from benchmarks.service.graphs import BASE
from kg.index import Index
from kg.paths import paths

_PREFIX = "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
_STEP = "(skos:broader|skos:narrower|skos:related)"
_ENOUGH = 20_000
"""More rows than any of these queries has."""


def _label(label: str, _: str) -> str:
    return (
        f'SELECT ?c ?d WHERE {{ ?c skos:prefLabel "{label}"@en ; skos:definition ?d . '
        "FILTER(isLiteral(?d)) }"
    )


def _around(depth: int) -> Callable[[str, str], str]:
    steps = "/".join([_STEP] * depth)
    return lambda _, slug: (
        f"SELECT DISTINCT ?n ?l WHERE {{ <{BASE}concepts/{slug}> {steps} ?n . "
        "?n skos:prefLabel ?l }"
    )


def _heavy(_: str, __: str) -> str:
    return (
        "SELECT ?b (COUNT(?c) AS ?n) WHERE { ?c skos:broader ?b } GROUP BY ?b ORDER BY DESC(?n) ?b"
    )


SPARQL: Mapping[str, Callable[[str, str], str]] = {
    "label": _label,
    "depth 1": _around(1),
    "depth 2": _around(2),
    "depth 3": _around(3),
    "heavy": _heavy,
}
"""Query classes: a concept's label and slug to a query without its LIMIT."""

_TOP = {"heavy": 20}
"""Classes whose LIMIT cuts."""


def queries(kind: str, concepts: Sequence[tuple[str, str]], count: int, seed: int) -> list[str]:
    """Return ``count`` distinct queries of a class, concepts (label, slug) in random order."""
    order = list(concepts)
    random.Random(seed).shuffle(order)
    make, first = SPARQL[kind], _TOP.get(kind, _ENOUGH)
    texts = []
    for number in range(count):
        if kind in _TOP:  # one question; what differs is the last row, and the number
            limit = first + number % 20
            texts.append(f"{_PREFIX}{make('', '')} LIMIT {limit} # {seed} {number}")
        else:
            rounds, place = divmod(number, len(order))
            texts.append(f"{_PREFIX}{make(*order[place])} LIMIT {first + seed % 1000 + rounds}")
    return texts


def target(path: str, query: str) -> str:
    """Return the request target that asks ``query`` at an endpoint."""
    joint = "&" if "?" in path else "?"
    return f"{path}{joint}{urlencode({'query': query}, quote_via=quote)}"


def rest(
    kind: str, slugs: Sequence[str], pairs: Sequence[tuple[str, str, int]], count: int
) -> list[str]:
    """Return request targets, ``count`` or one a pair, that ask our REST routes for a class.

    ``depth`` alone asks for the content of the SPARQL query: what names the concepts around. With
    ``relations`` the answer says more than that: how each of them is related.
    """
    if kind in PATHS:
        return [f"/api/paths?from={a}&to={b}&k={PATHS[kind]}" for a, b, _ in pairs]
    depth, _, more = kind.removeprefix("depth ").partition(" ")
    detail = "relations" if more else "names"
    return [
        # Above any answer's size, and another number where a concept comes again: none is held.
        f"/api/concepts/{slug}/neighbors?depth={depth}&limit={1999 - again}&detail={detail}"
        for again, slug in _again(slugs, count)
    ]


def _again(items: Sequence[str], count: int) -> Iterator[tuple[int, str]]:
    """Yield ``count`` items with how many times each came before."""
    for number in range(count):
        rounds, place = divmod(number, len(items))
        yield rounds, items[place]


PATHS: Mapping[str, int] = {"path": 1, "paths": 3}
"""Classes that ask how two concepts are connected: how many paths."""


def path_query(start: str, end: str, most: int = 4, limit: int = 3) -> str:
    """Return the query for the shortest paths between two concepts, of at most ``most`` relations.

    SPARQL has no paths in its answers, so each length is asked for with its concepts between.
    """
    a, b = f"<{BASE}concepts/{start}>", f"<{BASE}concepts/{end}>"
    branches = []
    for length in range(1, most + 1):
        nodes = [a, *(f"?n{i}" for i in range(1, length)), b]
        steps = " . ".join(f"{x} {_STEP} {y}" for x, y in pairwise(nodes))
        branches.append(f"{{ {steps} BIND({length} AS ?length) }}")
    return (
        f"{_PREFIX}SELECT * WHERE {{ {' UNION '.join(branches)} }} ORDER BY ?length LIMIT {limit}"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Zipf:
    """Traffic in which few of many distinct requests make most of the load."""

    distinct: int = 10_000
    exponent: float = 1.0

    def draw(self, items: Sequence[str], count: int, seed: int) -> list[str]:
        """Return ``count`` of ``items``, the n-th with a share of 1/n to the exponent."""
        weights = [1 / rank**self.exponent for rank in range(1, len(items) + 1)]
        return random.Random(seed).choices(items, weights, k=count)


def connected_pairs(index: Index, count: int, seed: int = 3) -> list[tuple[str, str, int]]:
    """Return pairs of connected concepts by chance, each with its distance."""
    chance = random.Random(seed)
    slugs = [concept.slug for concept in index.concepts]
    found: list[tuple[str, str, int]] = []
    while len(found) < count:
        start, end = chance.sample(slugs, 2)
        if best := paths(index, start, end, limit=1, cost="hops"):
            found.append((start, end, len(best[0].legs)))
    return found
