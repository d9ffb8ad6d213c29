"""What a reviewer decided, and how it is kept: rows of a table that every build reads again.

A row answers one question about the graph: whether two entries are one concept, whether a relation
holds, what an entry is called, whether a label names it. Rows name entries and concepts by what
does not move (an entry's id, a concept's slug) or by any of their labels, so that they outlive
builds.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType

from kg.model import Ruling


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of question."""

    key: str
    verdicts: Mapping[str, str]
    """Each answer with what it comes to, for people."""
    corrected: str = ""
    """The verdict that the column ``correction`` says more of."""


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.key: kind
        for kind in (
            Kind(
                key="pair",
                verdicts={
                    "same": "one concept",
                    "exact": "two concepts of the same meaning (skos:exactMatch)",
                    "close": "two concepts near each other (skos:closeMatch)",
                    "apart": "two concepts that have nothing to do with each other here",
                },
            ),
            Kind(
                key="relation",
                verdicts={
                    "accept": "it holds, however low it ranks",
                    "reject": "it does not hold",
                    "retype": "it is of the type in the column correction",
                },
                corrected="retype",
            ),
            Kind(
                key="headword",
                verdicts={
                    "accept": "it is the entry's name",
                    "rename": "the entry's name is the one in the column correction",
                },
                corrected="rename",
            ),
            Kind(
                key="label",
                verdicts={
                    "accept": "it is another name of the entry",
                    "reject": "it is none",
                },
            ),
        )
    }
)
"""Every kind of question by key."""

COLUMNS = (
    "verdict", "correction", "question", "subject", "type", "object", "choices", "reads",
    "evidence", "note",
)  # fmt: skip
"""Of the table. ``choices``, ``reads`` and ``evidence`` are for whoever answers; nothing is read
from them."""
_NEEDED = ("verdict", "question", "subject")
# A spreadsheet would run what begins so; it gets an apostrophe, which reading takes off again.
_DANGEROUS = ("=", "+", "-", "@")


class MalformedReview(ValueError):
    """A reviewer's table cannot be read; the message names the line and what to write."""

    def __init__(self, path: Path | str, reason: str, line: int = 0) -> None:
        self.path = str(path)
        self.reason = reason
        self.line = line
        super().__init__(f"{path}{f', line {line}' if line else ''}: {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A row of the table: something to decide, with the verdict where there is one."""

    ruling: Ruling
    """Its ``verdict`` is empty while the question is open."""
    reads: str = ""
    """The question as a sentence."""
    evidence: str = ""
    """Where it was read: ``source:line "quote"``."""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes two rows one question."""
        return question_key(self.ruling)


def question_key(ruling: Ruling) -> tuple[str, str, str, str]:
    """Return what makes two rulings answers to one question; a pair has no order."""
    subject, object_ = ruling.subject, ruling.object
    if ruling.question == "pair" and object_ < subject:
        subject, object_ = object_, subject
    return ruling.question, subject, ruling.type, object_


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A reviewer's decisions."""

    name: str = "review.tsv"
    """Name of the file, for messages."""
    rulings: tuple[Ruling, ...] = field(default=())
    """Those with a verdict, each question once: the last row counts."""

    def of(self, *questions: str) -> Iterator[Ruling]:
        """Yield the decisions on some kinds of questions, in order."""
        return (ruling for ruling in self.rulings if ruling.question in questions)


def load_review(path: Path) -> Review:
    """Return the decisions that a table holds; rows without a verdict are open questions.

    Raises:
        MalformedReview: it cannot be read, lacks a column, or has a verdict that is none.
    """
    rows = load_questions(path)
    decided = {row.key: row.ruling for row in rows if row.ruling.verdict}
    return Review(name=path.name, rulings=tuple(decided.values()))


def load_questions(path: Path) -> list[Question]:
    """Return all rows of a table, answered or not, in order.

    Tabs, commas or semicolons part its columns, whichever its first line has; UTF-8 or, as
    spreadsheets save "Unicode text", UTF-16.

    Raises:
        MalformedReview: as :func:`load_review`.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MalformedReview(path, f"it cannot be read ({error.strerror})") from error
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedReview(path, "it is neither UTF-8 nor UTF-16; save it as UTF-8") from error
    head = text.partition("\n")[0]
    delimiter = max("\t;,", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        columns = [name.strip().casefold() for name in next(rows, [])]
        lacking = [name for name in _NEEDED if name not in columns]
        if lacking:
            raise MalformedReview(
                path,
                f"its first line must name the columns {', '.join(COLUMNS)}; it has no "
                f'"{lacking[0]}". `glossgraph review GRAPH -o FILE` writes such a table',
                1,
            )
        return [
            _question(path, dict(zip(columns, map(_plain, row), strict=False)), rows.line_num)
            for row in rows
            if any(cell.strip() for cell in row)
        ]
    except csv.Error as error:
        raise MalformedReview(path, f"it is no table: {error}", rows.line_num) from error


def _plain(cell: str) -> str:
    """Return a cell without the apostrophe that keeps spreadsheets from running it."""
    cell = cell.strip()
    return cell[1:] if cell.startswith(tuple(f"'{mark}" for mark in _DANGEROUS)) else cell


def _question(path: Path, row: Mapping[str, str], line: int) -> Question:
    """Return a row as a question, after a look at what it says."""

    def known(what: str, said: str, names: Iterable[str]) -> str:
        names = list(names)
        if said not in names:
            near = get_close_matches(said, names, n=1)
            hint = f'; did you mean "{near[0]}"?' if near else f"; one of {', '.join(names)}"
            raise MalformedReview(path, f'"{said}" is no {what}{hint}', line)
        return said

    kind = KINDS[known("question", row.get("question", "").casefold(), KINDS)]
    verdict, correction = row.get("verdict", "").casefold(), row.get("correction", "")
    if correction and not verdict and kind.corrected:
        verdict = kind.corrected  # the correction is an answer
    if verdict:
        known(f"verdict on a {kind.key}", verdict, kind.verdicts)
    if verdict and verdict == kind.corrected and not correction:
        raise MalformedReview(path, f'"{verdict}" needs the column "correction"', line)
    ruling = Ruling(
        question=kind.key,
        verdict=verdict,
        subject=row.get("subject", ""),
        type=row.get("type", ""),
        object=row.get("object", ""),
        correction=correction if verdict == kind.corrected else "",
        note=row.get("note", ""),
        line=line,
    )
    for column, value in (("subject", ruling.subject), ("object", ruling.object)):
        if not value and (verdict or ruling.note) and (column, kind.key) != ("object", "headword"):
            raise MalformedReview(path, f'a {kind.key} needs the column "{column}"', line)
    if kind.key == "relation" and verdict and not ruling.type:
        raise MalformedReview(path, 'a relation needs the column "type"', line)
    return Question(ruling=ruling, reads=row.get("reads", ""), evidence=row.get("evidence", ""))


def dumps(questions: Sequence[Question]) -> str:
    """Return the table of questions as tab-separated text; :func:`load_questions` reads it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(cells, questions))
    return out.getvalue()


def cells(question: Question) -> list[str]:
    """Return the row of a question, a cell for each of :data:`COLUMNS`."""
    ruling = question.ruling
    values = {
        "verdict": ruling.verdict,
        "correction": ruling.correction,
        "question": ruling.question,
        "subject": ruling.subject,
        "type": ruling.type,
        "object": ruling.object,
        "choices": " | ".join(KINDS[ruling.question].verdicts),
        "reads": question.reads,
        "evidence": question.evidence,
        "note": ruling.note,
    }
    return [_safe(" ".join(values[column].split())) for column in COLUMNS]


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def save(path: Path, questions: Sequence[Question]) -> None:
    """Write the table; a crash leaves the old file or the new one, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(dumps(questions), encoding="utf-8", newline="")
    aside.replace(path)


def joined(kept: Sequence[Question], asked: Sequence[Question]) -> list[Question]:
    """Return the rows of an earlier table with what is asked now: no answer or note is lost.

    Answered rows first, in their order, brought up to date where they are asked again; then the
    open questions of now, with the notes that the earlier rows have.
    """
    now = {question.key: question for question in asked}
    first: dict[tuple[str, str, str, str], Question] = {}
    notes: dict[tuple[str, str, str, str], Question] = {}
    for row in kept:
        if row.ruling.verdict:
            first.pop(row.key, None)
            first[row.key] = row
        elif row.ruling.note:
            notes[row.key] = row
    rows = list(first.values())
    for key, question in now.items():
        if key in first:
            continue
        noted = notes.pop(key, None)
        if noted is not None:
            ruling = replace(question.ruling, note=noted.ruling.note)
            question = replace(question, ruling=ruling)
        rows.append(question)
    return [*rows, *(row for key, row in notes.items() if key not in first)]
