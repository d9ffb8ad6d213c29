"""Tasks over JSON Lines: a record a line in, an answer a line out, in the same order.

For users who want one step of the extraction by itself, and for the research sets it is measured
on: which sentences define their term (:func:`definitions`), which acronyms a text explains
(:func:`acronyms`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from extract import lexicon as lexicons
from extract import model_files, pipeline
from extract.acronyms import find_acronyms

BATCH = 512
"""Records held at a time: what bounds the memory, whatever the length of the file."""

Record = Mapping[str, Any]
Answer = dict[str, Any]
Task = Callable[[Sequence[Record]], Iterable[Answer]]
"""From records to their answers, in order, without their ids."""
Complaint = Callable[[int, str], None]
"""Called with the number of a line that cannot be read, and why."""


def definitions(models: Sequence[str] = (), lexicon: Path | None = None) -> Task:
    """Return the task that reads ``sentence`` and ``term`` and tells whether that is a definition.

    An answer is ``{"definition": bool, "hypernyms": [str, …]}``. ``term`` may be left out: then
    the subject of the sentence stands for it.

    Raises:
        ModelNotFound: no English model is installed, or there is none of a name in ``models``.
        MalformedLexicon: the additions in ``lexicon`` cannot be read.
    """
    nlp = pipeline.load_model(model_files.chosen(models).get("en"))
    words = lexicons.load(lexicon)
    from extract.components import definition_sentences

    def answer(records: Sequence[Record]) -> Iterator[Answer]:
        pairs = [(record["sentence"], record.get("term") or "") for record in records]
        for judged in definition_sentences.judge_all(pairs, nlp, words):
            yield {"definition": judged.definition, "hypernyms": list(judged.hypernyms)}

    return answer


def acronyms() -> Task:
    """Return the task that reads ``text`` and gives ``{"pairs": [[short, long], …]}``."""

    def answer(records: Sequence[Record]) -> Iterator[Answer]:
        for record in records:
            pairs = [
                [found.short, found.long] for found in find_acronyms(record["text"], apart=True)
            ]
            yield {"pairs": [list(pair) for pair in dict.fromkeys(map(tuple, pairs))]}

    return answer


FIELDS: Mapping[str, Mapping[str, bool]] = {
    "sentences": {"sentence": True, "term": False},
    "acronyms": {"text": True},
}
"""Of each task: its fields, all strings, and whether a record must have them."""


def run(
    lines: Iterable[bytes], task: Task, fields: Mapping[str, bool], complain: Complaint
) -> Iterator[bytes]:
    """Yield an answer line for each readable record of ``lines``, its ``id`` first.

    Empty lines are skipped. A line that is no JSON object in UTF-8, or lacks a field, is told to
    ``complain`` and the others go on. Ids of any JSON type come back as they are; where there is
    none, null. Memory: :data:`BATCH` records.
    """
    records = _records(lines, fields, complain)
    while batch := list(islice(records, BATCH)):
        for record, answer in zip(batch, task(batch), strict=True):
            line = json.dumps({"id": record.get("id"), **answer}, ensure_ascii=False)
            # Half of a surrogate pair has no UTF-8; its escape means the same in JSON.
            yield line.encode("utf-8", "backslashreplace") + b"\n"


def _records(
    lines: Iterable[bytes], fields: Mapping[str, bool], complain: Complaint
) -> Iterator[Record]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line.decode("utf-8-sig"))
        except UnicodeDecodeError:
            complain(number, "it is not UTF-8")
            continue
        except json.JSONDecodeError as error:
            complain(number, f"it is no JSON: {error.msg} at column {error.colno}")
            continue
        except RecursionError:
            complain(number, "its JSON is nested too deep")
            continue
        reason = _unfit(record, fields)
        if reason:
            complain(number, reason)
        else:
            yield record


def _unfit(record: object, fields: Mapping[str, bool]) -> str:
    """Why a record cannot be read; ``""`` where it can."""
    if not isinstance(record, dict):
        return "it is no JSON object"
    for name, needed in fields.items():
        value = record.get(name)
        if value is None and needed:
            return f'it has no "{name}"'
        if value is not None and not isinstance(value, str):
            return f'its "{name}" is no string'
    return ""
