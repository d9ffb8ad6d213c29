"""Synthetic SKOS graphs of any size: the same number gives the same graph.

Words are made of syllables, so that labels of 100,000 concepts are as different from each other as
those of real vocabularies, and a typing mistake in one does not hit another.
"""

from __future__ import annotations

import random
from pathlib import Path

from extract.model import Designation
from kg.model import Concept, Definition, Graph, Relation, Source
from kg.store import open_revision, write_revision

BASE = "http://bench.example/"
RELATIONS = 3
"""Relations that each concept begins; as many end at it on average, so it takes part in 6."""
_TYPES = ("broader", "related", "related")
_WORDS = 6_000
_DEFINITION = 40
"""Words of a definition."""


def words(count: int = _WORDS, seed: int = 7) -> list[str]:
    """Return ``count`` different made-up words of two to four syllables."""
    chance = random.Random(seed)
    onsets = [*"bcdfghklmnprstvz", "br", "cl", "dr", "gr", "pl", "sh", "st", "tr"]
    codas = ["", "", "n", "r", "s", "l", "ck", "nd", "st"]
    found: dict[str, None] = {}
    while len(found) < count:
        syllables = (
            chance.choice(onsets) + chance.choice("aeiou") + chance.choice(codas)
            for _ in range(chance.choice((2, 2, 3, 3, 4)))
        )
        found["".join(syllables)] = None
    return list(found)


def labels(count: int) -> list[str]:
    """Return ``count`` different labels of two or three words."""
    chance, known = random.Random(11), words()
    found: dict[str, None] = {}
    while len(found) < count:
        found[" ".join(chance.sample(known, chance.choice((2, 2, 3)))).title()] = None
    return list(found)


def graph(count: int) -> Graph:
    """Return a graph of ``count`` concepts, each with two aliases and a 40-word definition.

    Relations have no evidence: plain SKOS has none.
    """
    chance, known, names = random.Random(13), words(), labels(count)
    pairs = sorted((name.lower().replace(" ", "-"), name) for name in names)
    slugs = [slug for slug, _ in pairs]
    concepts = tuple(
        _concept(slug, name, " ".join(chance.choices(known, k=_DEFINITION)), known, chance)
        for slug, name in pairs
    )
    relations: dict[tuple[str, str, str], Relation] = {}
    for place, slug in enumerate(slugs):
        for type_ in _TYPES:
            # Hierarchies have no loops: what is broader stands before.
            other = slugs[chance.randrange(place or 1) if type_ == "broader" else
                          chance.randrange(count)]  # fmt: skip
            subject, object_ = (slug, other) if type_ == "broader" else sorted((slug, other))
            if subject != object_:
                key = (subject, type_, object_)
                relations[key] = _relation(key, len(relations))
    return Graph(
        base=BASE,
        title=f"{count:,} concepts",
        sources=(Source(name="bench", title="Bench", document="bench.txt", entries=count),),
        concepts=concepts,
        relations=tuple(relations[key] for key in sorted(relations)),
    )


def _concept(slug: str, name: str, text: str, known: list[str], chance: random.Random) -> Concept:
    aliases = (" ".join(chance.choices(known, k=3)), name.split()[0] + chance.choice(known).title())
    return Concept(
        slug=slug,
        label=name,
        designations=(
            Designation(text=name, language="en", type="full form", status="preferred"),
            *(
                Designation(text=alias, language="en", type="synonym", status="admitted")
                for alias in aliases
            ),
        ),
        definitions=(
            Definition(source="bench", entry=f"bench#{slug}", term=name, text=text),
        ),
    )  # fmt: skip


def _relation(key: tuple[str, str, str], number: int) -> Relation:
    subject, type_, object_ = key
    return Relation(
        id=f"{number:x}", subject=subject, type=type_, object=object_, basis="reference",
        confidence=0.8, sources=("bench",),
    )  # fmt: skip


def write(count: int, folder: Path) -> tuple[Path, Path, Graph]:
    """Make a graph; return its folder, an N-Triples file of its default graph, and itself.

    The peers get the default graph alone: it holds what the queries ask for. Our folder holds the
    same again for the source.
    """
    made = graph(count)
    write_revision(folder / "bench.kg", made)
    triples = folder / "bench.nt"
    ending = f" <{BASE}graph/concepts> .\n"
    with (
        open_revision(folder / "bench.kg") as revision,
        revision.quads.open(encoding="utf-8") as lines,
        triples.open("w", encoding="utf-8") as out,
    ):
        out.writelines(f"{line[: -len(ending)]} .\n" for line in lines if line.endswith(ending))
    return folder / "bench.kg", triples, made
