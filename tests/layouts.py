"""A score for reading our own glossaries in every layout.

Run as a script for the table: ``python -m tests.layouts [--pin | GLOSSARY [LAYOUT]]``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from extract.fields import read
from extract.headwords import assign, propose
from extract.labels import fold
from extract.model import Document
from extract.readers import read_bytes
from extract.segmentation import segment
from tests import floors as pinned
from tests import glossary_markup as glossary_markup  # registers its layouts
from tests.glossary_text import LAYOUTS, Glossary, glossaries

# Layouts that put their own words into the definition.
_SENTENCES = {"part of speech", "headless paragraphs"}


def document(glossary: Glossary, name: str) -> Document:
    """Return a glossary in a layout, as its reader hands it on."""
    media_type, render = LAYOUTS[name]
    return read_bytes(render(glossary).encode(), media_type=media_type, source=glossary.name)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+|[^\w\s\\-]", fold(text)))


def found(page: Document) -> list[tuple[str, str]]:
    """Return headword and definition of each entry, as the pipeline has them before parsing."""
    articles = segment(page).articles
    fields = [read(a, page) for a in articles]
    named = assign(articles, propose(fields, page))
    return [
        (h.text, "\n".join(p.text for p in (*f.definitions, *f.notes)))
        for h, f in zip(named, fields, strict=True)
    ]


def _term(text: str) -> str:
    """A headword for comparison; a parenthesis behind it is read elsewhere (aliases, nouns)."""
    return _plain(re.sub(r"\s*\([^()]*\)$", "", text))


def _agrees(left: str, right: str) -> bool:
    """Whether nine tenths of the words of two definitions are the same."""
    one, other = Counter(_plain(left).split()), Counter(_plain(right).split())
    shared = (one & other).total()
    return shared >= 0.9 * max(one.total(), other.total(), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Entries found with headword and definition right."""

    right: int
    found: int
    wanted: int
    wrong: tuple[tuple[str, str], ...]
    missed: tuple[tuple[str, str], ...]

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / (self.found + self.wanted) if self.found + self.wanted else 0.0


def score(glossary: Glossary, name: str) -> Score:
    """Read a glossary in a layout and compare with what it was made of."""
    wanted = {
        _term(t): (t, f"{t} refers to {d}" if name in _SENTENCES else d)
        for t, d in glossary.entries
    }
    got = found(document(glossary, name))
    right = 0
    wrong = []
    left = dict(wanted)
    for term, definition in got:
        expected = left.get(_term(term))
        if expected and _agrees(expected[1], definition):
            right += 1
            del left[_term(term)]
        else:
            wrong.append((term, definition))
    return Score(
        right=right, found=len(got), wanted=len(wanted), wrong=tuple(wrong),
        missed=tuple(left.values()),
    )  # fmt: skip


def table(names: Mapping[str, Glossary]) -> dict[str, dict[str, float]]:
    """Return for each layout the F1 of each glossary, in percent."""
    return {
        layout_name: {
            name: round(100 * score(glossary, layout_name).f1, 1)
            for name, glossary in names.items()
        }
        for layout_name in LAYOUTS
    }


# Glossaries whose errors nobody looked at while the layouts were written.
HELD_OUT = ("medicine", "beekeeping")
# A floor lies this many points below what was reached, for changes that trade one for another.
MARGIN = 0.1


def floors() -> Mapping[str, Mapping[str, float]]:
    """Return the least F1 in percent that each layout of each glossary must reach."""
    return pinned.floors("layouts")


def pin(rows: Mapping[str, Mapping[str, float]]) -> None:
    """Write what was reached as the new floors."""
    pinned.pin("layouts", rows)


def main(arguments: list[str]) -> None:
    """Print the table, or what one glossary (in one layout) got wrong."""
    known = {g.name: g for g in glossaries()}
    if arguments == ["--pin"]:
        pin(table(known))
        return
    if arguments:
        for name in arguments[1:] or LAYOUTS:
            result = score(known[arguments[0]], name)
            if result.f1 < 1:
                layouts = segment(document(known[arguments[0]], name)).layout
                print(f"--- {name}: {result.f1:.3f} {layouts}")
                for term, definition in result.wrong[:4]:
                    print("  wrong ", repr(term), repr(definition[:150]))
                for term, definition in result.missed[:4]:
                    print("  missed", repr(term), repr(definition[:150]))
        return
    rows = table(known)
    print(" " * 34 + " ".join(f"{name[:9]:>9}" for name in known))
    for layout_name, row in rows.items():
        print(f"{layout_name:34}" + " ".join(f"{value:9.1f}" for value in row.values()))
    means = {n: sum(r[n] for r in rows.values()) / len(rows) for n in known}
    print(f"{'mean':34}" + " ".join(f"{v:9.1f}" for v in means.values()))


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
