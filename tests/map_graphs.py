"""Graphs for the tests of concept maps, and what holds of every map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from extract.model import Designation
from kg.concept_map import Box, Leg, Map, Note, Phrase
from kg.index import Index
from kg.model import Concept, Graph, Relation
from ontology.vocabulary import BASES, RELATION_TYPES
from tests.sample_graph import ODD_LABELS, relation_id

Row = tuple[str, str, str]
"""Subject, relation type, object."""


def graph_of(
    labels: Mapping[str, str],
    rows: Iterable[Row],
    kinds: Mapping[str, str] | None = None,
    bases: Sequence[str] = ("text",),
    language: str = "en",
) -> Graph:
    """Return a graph of these concepts (label by slug) and relations; bases are dealt in turn."""
    kinds = kinds or {}
    seen: dict[Row, None] = {}
    for subject, type_, object_ in rows:
        if subject == object_:
            continue
        if RELATION_TYPES[type_].symmetric and object_ < subject:
            subject, object_ = object_, subject
        seen[subject, type_, object_] = None
    return Graph(
        base="http://localhost:8000/",
        title="Made for a test",
        language=language,
        concepts=tuple(
            Concept(
                slug=slug,
                label=label,
                kind=kinds.get(slug, "none"),
                designations=(Designation(text=label, language=language, status="preferred"),),
            )
            for slug, label in sorted(labels.items())
        ),
        relations=tuple(
            Relation(
                id=relation_id(*row),
                subject=row[0],
                type=row[1],
                object=row[2],
                basis=bases[place % len(bases)],
                confidence=0.5 + place % 5 / 10,
            )
            for place, row in enumerate(sorted(seen))
        ),
    )


# Shrinking a graph with all its labels takes minutes; the seed that is printed repeats a failure.
PROPERTY = settings(
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)

_WORDS = st.sampled_from(
    ["Rate", "Customer", "of the", "Net", "Lifecycle", "X", "Verantwortlichkeitsbereich", "MRR",
     "日本語の用語", "(first half)", "win/loss", "Success-Manager"]
)  # fmt: skip
LABELS = st.one_of(
    st.lists(_WORDS, min_size=1, max_size=7).map(" ".join),
    st.sampled_from(ODD_LABELS),
    st.text(min_size=1, max_size=40).filter(lambda text: bool(text.strip())),
)


@st.composite
def graphs(draw: st.DrawFn, most: int = 20, relations: int = 40) -> Graph:
    """Draw a graph with odd labels, every relation type, circles and concepts that stand alone."""
    count = draw(st.integers(1, most))
    slugs = [f"c{n:02}" for n in range(count)]
    row = st.tuples(st.sampled_from(slugs), st.sampled_from([*RELATION_TYPES]),
                    st.sampled_from(slugs))  # fmt: skip
    rows = draw(st.lists(row, max_size=relations))
    # Many relations of one concept: what a hub's map has to find room for.
    rows += [(slugs[0], kind, slug) for slug in slugs[1:] for kind in draw(
        st.lists(st.sampled_from([*RELATION_TYPES]), max_size=2))]  # fmt: skip
    rows += [(o, t, s) for s, t, o in draw(st.lists(st.sampled_from(rows), max_size=9))
             ] if rows else []  # fmt: skip
    return graph_of(
        {slug: draw(LABELS) for slug in slugs},
        rows,
        {slug: draw(st.sampled_from(["role", "metric", "none"])) for slug in slugs},
        bases=draw(st.permutations([*BASES])),
        language=draw(st.sampled_from(["en", "de"])),
    )


def index_of(graph: Graph) -> Index:
    return Index(graph)


# --- what holds of every map ----------------------------------------------------------------------


Item = Box | Phrase | Note


def items(drawn: Map) -> tuple[Item, ...]:
    return (*drawn.boxes, *drawn.phrases, *drawn.notes)


def name(item: Item) -> str:
    return str(getattr(item, "slug", "") or getattr(item, "key", "") or item.text)  # type: ignore[union-attr]


def overlaps(drawn: Map) -> list[tuple[str, str]]:
    """Return the names of the boxes, phrases and notes that touch."""
    return [
        (name(a), name(b))
        for a, b in combinations(items(drawn), 2)
        if abs(a.x - b.x) < (a.width + b.width) / 2 - 0.05
        and abs(a.y - b.y) < (a.height + b.height) / 2 - 0.05
    ]


def outside(drawn: Map) -> list[str]:
    """Return the names of what does not lie wholly in the map."""
    return [
        name(item)
        for item in items(drawn)
        if item.x - item.width / 2 < -0.05
        or item.y - item.height / 2 < -0.05
        or item.x + item.width / 2 > drawn.width + 0.05
        or item.y + item.height / 2 > drawn.height + 0.05
    ]


def points(leg: Leg) -> list[tuple[float, float]]:
    """Return points along a leg's curve."""
    found = []
    curve = leg.curve
    for place in range(0, len(curve) - 1, 3):
        a, b, c, d = curve[place : place + 4]
        steps = 24 + int(abs(a[0] - d[0]) + abs(a[1] - d[1])) // 5
        for step in range(steps + 1):
            t = step / steps
            u = 1 - t
            found.append(
                tuple(
                    u**3 * a[k] + 3 * u * u * t * b[k] + 3 * u * t * t * c[k] + t**3 * d[k]
                    for k in (0, 1)
                )
            )
    return found  # type: ignore[return-value]


def run_through(
    drawn: Map, kinds: tuple[type, ...] = (Box, Phrase), inset: float = 1.5
) -> list[str]:
    """Return "leg over item" for each line that runs through what is not one of its ends."""
    found = []
    for leg in drawn.legs:
        way = points(leg)
        for item in items(drawn):
            if not isinstance(item, kinds) or not leg.family:
                continue
            if name(item) in (leg.start, leg.end):
                continue
            across, up = item.width / 2 - inset, item.height / 2 - inset
            if any(abs(x - item.x) < across and abs(y - item.y) < up for x, y in way):
                found.append(f"{leg.start}–{leg.end} over {name(item)}")
    return found


def loose_ends(drawn: Map) -> list[str]:
    """Return the legs that do not begin and end at the edge of what they join."""
    known = {name(item): item for item in (*drawn.boxes, *drawn.phrases)}
    found = []
    for leg in drawn.legs:
        if not leg.family:
            continue
        for key, (x, y) in ((leg.start, leg.curve[0]), (leg.end, leg.curve[-1])):
            item = known[key]
            across = abs(x - item.x) - item.width / 2
            up = abs(y - item.y) - item.height / 2
            branches = drawn.shape == "rail" and key == drawn.focus  # from the rail, not the box
            if not branches and (max(across, up) > 8 or max(across, up) < -8):
                found.append(f"{leg.start}–{leg.end} at {key}")
    return found
