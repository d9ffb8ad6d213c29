"""The command by which a person decides what the rules are unsure of: review."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from api import opening
from api.analyses import Options
from api.cli import output
from api.cli.ask import Where
from api.cli.make import AsJson, progress_bar
from kg.errors import UnknownKey
from kg.index import Index
from kg.questions import questions
from kg.review import (
    COLUMNS,
    KINDS,
    Question,
    cells,
    joined,
    load_questions,
    save,
)

FILE = Path("review.tsv")
"""Where answers go when no file is named."""
_SKIP, _QUIT, _NOTE = "s", "q", "?"


def register(app: typer.Typer) -> None:
    """Add the command of this module to ``app``."""
    app.command()(output.exiting(review))


def review(
    where: Where,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="The table; answers that it has are kept."
        ),
    ] = None,
    ask: Annotated[
        bool, typer.Option("--ask", help="Ask one by one here; each answer is saved at once.")
    ] = False,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="KEY", help=f"Only: {', '.join(KINDS)}."),
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="So many at most.")] = None,
    as_json: AsJson = False,
) -> int:
    """Write what a person should decide, most important first, as a table that build reads."""
    for key in kind or ():
        if key not in KINDS:
            raise UnknownKey("kind of question", key, KINDS)
    place = out or (FILE if ask else None)
    kept = load_questions(place) if place is not None and place.exists() else []
    with progress_bar(quiet=False) as progress:
        folder = opening.folder_of([where], Options(), progress)
        with opening.revision_of(str(folder)) as revision:
            found = questions(Index(revision.graph))
    answered = {row.key for row in kept if row.ruling.verdict}
    asked = [q for q in found if not kind or q.ruling.question in kind]
    asked = [q for q in asked if q.key not in answered][:limit]
    if ask:
        return _ask(place or FILE, kept, asked)
    if place is not None:
        save(place, joined(kept, asked))
        output.say(
            f"{_count(asked)} open, {len(answered)} answered in {place}. Fill in the column "
            f"verdict, then: glossgraph build … --review {place}"
        )
    elif as_json:
        output.emit_json({"questions": [_view(each) for each in asked]})
    else:
        output.emit_rows(COLUMNS, map(cells, asked))
    return 0


def _count(asked: Sequence[Question]) -> str:
    return "1 question" if len(asked) == 1 else f"{len(asked)} questions"


def _view(question: Question) -> dict[str, object]:
    ruling = asdict(question.ruling)
    kept = {name: ruling[name] for name in ("question", "subject", "type", "object")}
    return {
        **kept,
        "choices": list(KINDS[question.ruling.question].verdicts),
        "reads": question.reads,
        "evidence": question.evidence,
    }


def _ask(place: Path, kept: Sequence[Question], asked: Sequence[Question]) -> int:
    """Ask one by one and save every answer; the end of the input ends as `q` does."""
    rows = list(kept)
    answers = 0
    for number, question in enumerate(asked, start=1):
        output.emit_text(f"\n{number} of {len(asked)}. {question.reads}\n   {question.evidence}")
        answer = _answer(question)
        if answer is None:
            break
        if answer.ruling.verdict:
            rows.append(answer)
            answers += 1
            save(place, joined(rows, ()))
    output.say(f"{answers} answered in {place}." if answers else f"Nothing changed in {place}.")
    return 0


def _answer(question: Question) -> Question | None:
    """Return the question with its answer, without one where it is skipped; ``None`` to stop."""
    kind = KINDS[question.ruling.question]
    said = ", ".join(f"{verdict} ({what})" for verdict, what in kind.verdicts.items())
    prompt = f"   [{'/'.join(kind.verdicts)}, {_SKIP}kip, {_QUIT}uit, {_NOTE}] "
    while True:
        line = _line(prompt)
        if line is None or line.casefold() in (_QUIT, "quit"):
            return None
        if line.casefold() in ("", _SKIP, "skip"):
            return question
        word, _, rest = line.partition(" ")
        chosen = [v for v in kind.verdicts if v.startswith(word.casefold())]
        if len(chosen) != 1:
            output.emit_text(f"   Answer with one of: {said}; or its first letters.")
            continue
        correction = ""
        if chosen[0] == kind.corrected:
            correction = rest.strip() or _line("   What is right? ") or ""
            if not correction:
                continue
        return replace(
            question, ruling=replace(question.ruling, verdict=chosen[0], correction=correction)
        )


def _line(prompt: str) -> str | None:
    """Return a line of the answer, ``None`` at the end of the input."""
    sys.stdout.write(prompt)
    sys.stdout.flush()
    line = sys.stdin.readline()
    return line.strip() if line else None
