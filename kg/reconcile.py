"""Which concepts a cell of somebody's table means: candidates with a score and what it is made of.

The score runs to 100. A name that is a label but for case, plural or hyphen scores 100, others by
their spelling; properties that the table knows of the thing weigh for or against. A candidate is a
*match* only where the label names it alone, its type is one asked for and no property denies it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from extract.labels import fold
from kg.index import Index
from kg.lookup import bare
from kg.model import Concept
from kg.neighbors import legs_of
from kg.search import search
from kg.selection import Selection

EVERY_TYPE = "Concept"
"""The type that all concepts have."""
SCHEME = "scheme/"
"""What the type of a source's concepts begins with; the source's name follows."""
STRICTNESS = ("any", "should", "all")
"""Of several types a candidate must have one, had better have one, must have all."""

# No spelling is as good as being a label.
_LIKE = 95.0
# How much the properties weigh beside the name.
_OF_PROPERTIES = 0.3
# A candidate is no match where the properties agree less than this.
_DENIED = 50.0
_LACKS_TYPE = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One thing to find."""

    text: str = ""
    types: tuple[str, ...] = ()
    strict: str = "any"
    """One of :data:`STRICTNESS`."""
    properties: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What is known of the thing: key of a property, and values of which one should fit."""
    limit: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A concept that may be meant."""

    concept: Concept
    score: float
    """0 to 100."""
    match: bool
    """Whether it is meant for certain."""
    features: Mapping[str, float | bool]
    """What the score is made of."""


def types_of(concept: Concept) -> list[str]:
    """Return the types of a concept: its kind, every concept's, those of its sources."""
    kind = [concept.kind] if concept.kind != "none" else []
    sources = dict.fromkeys(d.source for d in concept.definitions)
    return [*kind, EVERY_TYPE, *(SCHEME + name for name in sources)]


def reconcile(index: Index, query: Query) -> list[Candidate]:
    """Return the candidates for a query, best first. Cost: about one search."""
    exact = index.choices(query.text) or index.choices(bare(query.text)) if query.text else []
    spelled = _spelled(index, query, exact)
    candidates = []
    for slug, likeness in spelled.items():
        concept = index.concept(slug)
        typed = _has_types(concept, query)
        if not typed and query.strict != "should":
            continue
        agreement = {
            key: _agreement(index, concept, key, values) for key, values in query.properties
        }
        score = likeness
        if agreement:
            mean = sum(agreement.values()) / len(agreement)
            part = _OF_PROPERTIES if query.text else 1.0
            score = (1 - part) * likeness + part * mean
        score = max(0.0, score - (0.0 if typed else _LACKS_TYPE))
        denied = any(value < _DENIED for value in agreement.values())
        features: dict[str, float | bool] = {
            "name_similarity": round(likeness, 1),
            "label_match": slug in exact,
            "relations": index.degree(index.number[slug]),
            **({"type_match": typed} if query.types else {}),
            **{f"property_{key}": round(value, 1) for key, value in agreement.items()},
        }
        candidates.append(
            Candidate(
                concept=concept,
                score=round(score, 2),
                match=exact == [slug] and typed and not denied,
                features=features,
            )
        )
    candidates.sort(key=lambda each: (-each.score, -each.features["relations"], each.concept.slug))
    return candidates[: query.limit]


def _spelled(index: Index, query: Query, exact: Sequence[str]) -> dict[str, float]:
    """Return concepts that may be meant, each with the likeness of its label to the text."""
    if not query.text:
        return dict.fromkeys(_described(index, query), 0.0)
    found = dict.fromkeys(exact, 100.0)
    text = fold(query.text)
    for hit in search(index, query.text, limit=max(20, 4 * query.limit)).hits:
        if hit.concept not in found and hit.reason != "definition text":
            label = fold(hit.label)
            likeness = max(OSA.normalized_similarity(text, label) * 100,
                           fuzz.token_sort_ratio(text, label) * 0.97)  # fmt: skip
            found[hit.concept] = min(likeness, _LIKE)
    return found


def _described(index: Index, query: Query) -> list[str]:
    """Return concepts of which the properties alone tell: those related as they say."""
    found: dict[str, None] = {}
    for key, values in query.properties:
        for value in values:
            if key in index.vocabulary.keys:
                # What has the value is reached from the value, read the other way.
                selection = read_as(_inverse(index, key))
                for named in index.choices(value):
                    found.update((leg.end, None) for leg in legs_of(index, named, selection))
            else:
                found.update((hit.concept, None) for hit in search(index, value, limit=20).hits)
    return list(found)[:200]


def read_as(key: str) -> Selection:
    """Return the relations that read so from a concept: of ``broader``, not those narrower."""
    return Selection(types=(key,), direction="out")


def _inverse(index: Index, key: str) -> str:
    type_, swapped = index.vocabulary.canonical(key)
    known = index.vocabulary.relation_types[type_]
    return known.key if swapped else known.inverse


def _has_types(concept: Concept, query: Query) -> bool:
    """Return whether a concept has the types asked for."""
    if not query.types:
        return True
    has = types_of(concept)
    quantifier = all if query.strict == "all" else any
    return quantifier(each in has for each in query.types)


def _agreement(index: Index, concept: Concept, key: str, values: Collection[str]) -> float:
    """Return how well the best of some values fits a property of a concept, 0 to 100."""
    if key in index.vocabulary.keys:
        ends = [leg.end for leg in legs_of(index, concept.slug, read_as(key))]
        if any(slug in ends for value in values for slug in index.choices(value)):
            return 100.0
        own = [d.text for end in ends for d in index.concept(end).designations]
    else:
        own = literals(index, concept, key)
    compare = fuzz.token_set_ratio if key == "definition" else fuzz.token_sort_ratio
    return max((compare(fold(v), fold(o)) for v in values for o in own), default=0.0)


def literals(index: Index, concept: Concept, key: str) -> list[str]:
    """Return what a concept has of a property that is no relation; nothing of an unknown one."""
    definitions = concept.definitions
    read = {
        "label": lambda: [concept.label],
        "alias": lambda: list(concept.aliases),
        "definition": lambda: [d.text for d in definitions if d.text],
        "example": lambda: [example for d in definitions for example in d.examples],
        "formula": lambda: [d.formula for d in definitions if d.formula],
        "source": lambda: list(dict.fromkeys(d.source for d in definitions)),
        "kind": lambda: [concept.kind] if concept.kind != "none" else [],
        "notation": lambda: [concept.notation] if concept.notation else [],
        "iri": lambda: [index.iri(concept.slug)],
        "sameAs": lambda: list(concept.same_as),
    }.get(key)
    return read() if read else []


LITERALS = ("label", "alias", "definition", "example", "formula", "source", "kind", "notation",
            "iri", "sameAs")  # fmt: skip
"""Keys of the properties that are no relations."""
