"""A concept map to be filled in: some labels are numbers, with the answers beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from kg.concept_map.model import Box, Map, Phrase

BLANKS = ("concepts", "phrases")
"""What can be left blank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """A map with blanks and what belongs in them."""

    map: Map
    """Without anything that gives an answer away: titles, links, slugs, words."""
    answers: tuple[str, ...]
    """The text of blank 1, 2 …; equal phrases are blanks of their own."""


def blanked(drawn: Map, *, what: str = "concepts", share: float = 0.5) -> Exercise:
    """Return ``drawn`` with a share of its labels as numbers, from the top left on.

    The focus is never blank; at least one label is, where there is one besides. Which ones are is
    decided by a digest of title and label: the same map gives the same exercise.

    Raises:
        ValueError: ``what`` is not one of :data:`BLANKS`, or ``share`` not from 0 to 1.
    """
    if what not in BLANKS or not 0 <= share <= 1:
        raise ValueError(f"what must be one of {BLANKS} and share from 0 to 1")
    able: list[Box | Phrase] = (
        [box for box in drawn.boxes if not box.focus] if what == "concepts" else [*drawn.phrases]
    )
    by_chance = sorted(able, key=lambda item: _digest(drawn.title, _name(item), _text(item)))
    chosen = by_chance[: max(1, round(share * len(able)))]
    chosen.sort(key=lambda item: (round(item.y), item.x))
    number = {_name(item): place for place, item in enumerate(chosen, 1)}
    names = {box.slug: f"blank-{number[box.slug]}" for box in drawn.boxes if box.slug in number}
    return Exercise(
        map=replace(
            drawn,
            boxes=tuple(_box(box, number, names) for box in drawn.boxes),
            phrases=tuple(_phrase(phrase, number, names) for phrase in drawn.phrases),
            legs=tuple(
                replace(
                    leg,
                    start=names.get(leg.start, leg.start),
                    end=names.get(leg.end, leg.end),
                    concepts=tuple(names.get(slug, slug) for slug in leg.concepts),
                )
                for leg in drawn.legs
            ),
            propositions=(),
            description="",
        ),
        answers=tuple(_text(item) for item in chosen),
    )


def _digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()


def _name(item: Box | Phrase) -> str:
    return item.slug if isinstance(item, Box) else item.key


def _text(item: Box | Phrase) -> str:
    return item.label if isinstance(item, Box) else item.text


def _box(box: Box, number: Mapping[str, int], names: Mapping[str, str]) -> Box:
    if box.slug not in number:
        # Its title may hold the sentence that ties it to a blank.
        return replace(box, title=f"{box.label}.")
    blank = str(number[box.slug])
    return replace(
        box, slug=names[box.slug], label=blank, lines=(blank,), href="", title=f"{blank}."
    )


def _phrase(phrase: Phrase, number: Mapping[str, int], names: Mapping[str, str]) -> Phrase:
    concepts = tuple(names.get(slug, slug) for slug in phrase.concepts)
    if phrase.key not in number:
        return replace(phrase, concepts=concepts)
    blank = f"({number[phrase.key]})"
    return replace(phrase, text=blank, lines=(blank,), concepts=concepts)
