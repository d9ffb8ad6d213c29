"""Glossaries of our own in many formats, scored field by field against what their authors meant.

``python -m tests.glossary_cases`` prints the table, ``--pin`` rewrites the floors, ``--held-out``
scores the files that nobody tunes on, ``--errors`` lists what differs.

A case is a file (or a folder), and ``gold.yaml`` beside it names its entries. Of definitions the
gold holds the whole text or "beginning … end"; lists are sets. A field of an entry that is not
named in the gold must be empty; mentions are looked at only where the gold names them.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from extract.errors import UnreadableSource
from extract.labels import fold
from extract.model import Document, Entry, Extraction
from extract.pipeline import analyse
from extract.readers import read, read_bytes
from kg.link import link
from tests import floors
from tests.office_files import build

FOLDER = Path(__file__).parent / "cases" / "glossaries"
FIELDS = (
    "entries", "definition", "aliases", "labels", "see", "examples", "notes", "pos", "field",
    "relations", "mentions", "language",
)  # fmt: skip
"""What is scored; ``entries`` are headwords, ``labels`` names in other languages."""
SETS = ("tuned", "held_out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A glossary and what it says."""

    name: str
    path: Path
    gold: Mapping[str, Any]
    """``language``, ``entries`` (term → fields), ``refused`` where it is none."""
    failing: frozenset[str] = frozenset()
    """Fields that are known not to be right yet."""


@dataclass(slots=True)
class Tally:
    """Counts of one field."""

    right: int = 0
    found: int = 0
    wanted: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 1 where nothing was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of what is there that was found; 1 where nothing is there."""
        return self.right / self.wanted if self.wanted else 1.0

    def add(self, other: Tally) -> None:
        """Count another tally in."""
        self.right += other.right
        self.found += other.found
        self.wanted += other.wanted
        self.wrong += other.wrong


@cache
def cases(name: str) -> tuple[Case, ...]:
    """Return the cases of a set, in the order of its gold."""
    gold = yaml.safe_load((FOLDER / name / "gold.yaml").read_text(encoding="utf-8"))
    return tuple(
        Case(
            name=file, path=FOLDER / name / file, gold=each,
            failing=frozenset(each.get("failing", ())),
        )
        for file, each in gold.items()
    )  # fmt: skip


def documents(case: Case) -> list[Document]:
    """Return what the readers make of a case; office files are made of a plan beside them."""
    if case.path.suffix == ".zip":
        folder = case.path.with_suffix("")
        with tempfile.TemporaryDirectory() as place:
            archive = Path(place) / case.path.name
            with zipfile.ZipFile(archive, "w") as file:
                for path in sorted(folder.rglob("*")):
                    if path.is_file():
                        file.write(path, path.relative_to(folder))
            return read(archive)
    made = case.path.with_name(case.path.name + ".yaml")
    if made.exists():
        plan = yaml.safe_load(made.read_text(encoding="utf-8"))
        data = build(case.path.suffix, plan)
        return [read_bytes(data, source=case.path.stem, name=case.path.name)]
    return read(case.path)


def extraction(case: Case) -> Extraction:
    """Return a case as extracted and linked, by text rules alone: no model is needed."""
    return link(analyse(documents(case), None))


def score(case: Case) -> dict[str, Tally]:
    """Return the tally of each field of a case."""
    tallies = {name: Tally() for name in FIELDS}
    try:
        found = extraction(case)
    except UnreadableSource as error:
        tallies["entries"].wanted = len(case.gold.get("entries") or {})
        if not case.gold.get("refused"):
            tallies["entries"].wrong.append(f"refused: {error}")
        return tallies
    wanted = {fold(str(term)): (str(term), said or {})
              for term, said in (case.gold.get("entries") or {}).items()}  # fmt: skip
    if language := case.gold.get("language"):
        got = {d.language for d in found.documents}
        _count(tallies["language"], {language}, got, case.name)
    terms = {e.id: e.term for e in found.entries}
    left = dict(wanted)
    entries = tallies["entries"]
    entries.found, entries.wanted = len(found.entries), len(wanted)
    for entry in found.entries:
        known = left.pop(fold(entry.term), None)
        if known is None:
            entries.wrong.append(f"+ {entry.term}")
            continue
        entries.right += 1
        _fields(tallies, case, entry, known[1], terms)
    entries.wrong += [f"- {term}" for term, _ in left.values()]
    return tallies


def _fields(
    tallies: Mapping[str, Tally],
    case: Case,
    entry: Entry,
    said: Mapping[str, Any],
    terms: Mapping[str, str],
) -> None:
    own = entry.designations[0].language.split("-")[0]
    whole = "\n".join(p.text for p in entry.definitions if (p.language or own).split("-")[0] == own)
    tally = tallies["definition"]
    tally.found += bool(whole)
    tally.wanted += bool(said.get("def"))
    right = bool(whole) and _agrees(str(said.get("def", "")), whole)
    tally.right += right
    if not right and (whole or said.get("def")):
        tally.wrong.append(f"{entry.term}: {whole!r} is not {said.get('def')!r}")
    shown = [d for d in entry.designations[1:] if d.status != "hidden"]
    home = [d.text for d in shown if d.language.split("-")[0] == own]
    abroad = [f"{d.language}: {d.text}" for d in shown if d.language.split("-")[0] != own]
    labels = [f"{tag}: {one}" for tag, names in (said.get("labels") or {}).items()
              for one in _listed(names)]  # fmt: skip
    relations = [
        f"{r.type}: {terms.get(r.target_id or '', r.target)}"
        for r in entry.relations if r.basis == "reference" and r.evidence.rule == "field"
    ]  # fmt: skip
    given = [f"{kind}: {one}" for kind, names in (said.get("relations") or {}).items()
             for one in _listed(names)]  # fmt: skip
    compared = {
        "aliases": (said.get("aka"), home),
        "labels": (labels, abroad),
        "see": (said.get("see"), [r.text for r in entry.references]),
        "examples": (said.get("examples"), [p.text for p in entry.examples]),
        "notes": (said.get("notes"), [p.text for p in entry.notes]),
        "pos": (said.get("pos"), list(entry.pos)),
        "field": (said.get("field"), [entry.subject_field] if entry.subject_field else []),
        "relations": (given, relations),
    }
    for name, (expected, got) in compared.items():
        _count(tallies[name], set(map(str, _listed(expected))), set(got), entry.term)
    if "mentions" in said:
        got = {terms.get(r.target_id or "", "") for r in entry.relations if r.type == "mentions"}
        _count(tallies["mentions"], set(_listed(said["mentions"])), got, entry.term)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _count(tally: Tally, wanted: set[str], got: set[str], name: str) -> None:
    expected, found = {fold(x): x for x in wanted}, {fold(x): x for x in got}
    tally.right += len(expected.keys() & found.keys())
    tally.wanted += len(expected)
    tally.found += len(found)
    tally.wrong += [f"{name}: - {expected[x]}" for x in sorted(expected.keys() - found.keys())]
    tally.wrong += [f"{name}: + {found[x]}" for x in sorted(found.keys() - expected.keys())]


def _agrees(wanted: str, got: str) -> bool:
    """Whether a text is the one meant: equal, or with the beginning and the end given."""
    start, mark, end = wanted.partition(" … ")
    text = fold(got)
    if not mark:
        return text == fold(wanted)
    return text.startswith(fold(start)) and text.endswith(fold(end))


def table(name: str) -> dict[str, Tally]:
    """Return the tally of each field over all cases of a set."""
    whole = {each: Tally() for each in FIELDS}
    for case in cases(name):
        for each, tally in score(case).items():
            whole[each].add(tally)
    return whole


def rows(name: str) -> Iterator[tuple[str, float, float, int]]:
    """Yield field, precision, recall and number wanted of a set."""
    for each, tally in table(name).items():
        yield each, round(tally.precision, 4), round(tally.recall, 4), tally.wanted


def main(arguments: list[str] | None = None) -> int:
    """Print the table of a set, or pin its floors."""
    parser = argparse.ArgumentParser(description="Score our own glossaries.")
    parser.add_argument("--held-out", action="store_true", help="the files nobody tunes on")
    parser.add_argument("--pin", action="store_true", help="rewrite the floors of both sets")
    parser.add_argument("--errors", metavar="CASE", nargs="?", const="", help="list what differs")
    options = parser.parse_args(arguments)
    if options.pin:
        for name in SETS:
            floors.pin(f"glossaries.{name}", {f: [p, r] for f, p, r, _ in rows(name)})
        return 0
    name = SETS[options.held_out]
    out = sys.stdout
    if options.errors is not None:
        for case in cases(name):
            if options.errors in case.name:
                for each, tally in score(case).items():
                    for line in tally.wrong:
                        out.write(f"{case.name}  {each}  {line}\n")
        return 0
    out.write(f"{len(cases(name))} glossaries\n{'field':12} precision  recall  wanted\n")
    for each, precision, recall, wanted in rows(name):
        out.write(f"{each:12} {precision:9.3f} {recall:7.3f} {wanted:7}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
