"""How concepts are connected: the cheapest typed paths, and each as a sentence.

A step costs more the weaker its basis (text 1, name 2, reference 3, mention 5, from the ontology),
and each concept passed costs the natural logarithm of its degree: a way through "Customer", which
everything touches, explains little. :mod:`kg.kinship` asks what several concepts share.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kg.corridor import Corridor, Way
from kg.errors import UnknownKey
from kg.index import Index
from kg.neighbors import Leg, legs
from kg.selection import Selection
from kg.steps import Steps
from kg.ways import Ways

COSTS = ("evidence", "hops")
"""``evidence``: as above; ``hops``: every step costs 1."""


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

    A path may go against the reading of ``types`` unless ``direction`` says otherwise: siblings are
    joined by ``broader``. Two paths differ in a concept, not only in the type of a step. No path:
    an empty list. Most are found by :mod:`kg.corridor`, the others by :mod:`kg.ways`: 0.1 ms or
    1 ms at 10,000 concepts.

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
    if source == target:
        return [Path(legs=(), cost=0.0, concepts=(index.concepts[source].slug,))]
    masks = index.masks(selection)
    steps = Steps(index, masks, cost, (source, target))
    limit = max(limit, 1)
    found, certain = list[Way](), False
    if steps.even:
        found, certain = Corridor(steps, source, target).cheapest(limit)
    if not certain:
        found = Ways(steps, source, target).cheapest(limit, found)
    return [_path(index, way, steps) for _, way in found]


def _path(index: Index, way: Sequence[int], steps: Steps) -> Path:
    masks = steps.masks
    if not masks.implied:  # the ends are in, whatever they are
        masks = replace(masks, implied=True)
    every = [legs(index, near, far, masks) for near, far in pairwise(way)]
    passing, concepts = steps.passing, index.concepts
    cost = sum([steps.price(found[0].relation.basis) for found in every])
    cost += 2 * sum([passing[number] for number in way[1:-1]])
    return Path(
        legs=tuple([found[0] for found in every]),
        cost=round(cost, 4),
        concepts=tuple([concepts[number].slug for number in way]),
        more=tuple([tuple(found[1:]) for found in every]),
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
