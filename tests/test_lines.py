"""``extract --sentences`` and ``--acronyms``: JSON Lines in, JSON Lines out, nothing lost."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from extract import lines
from extract.errors import ModelNotFound
from extract.pipeline import load_model

ROOT = Path(__file__).resolve().parent.parent
PCR = "The polymerase chain reaction (PCR) is used."


def run(*arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "api.cli", "extract", *map(str, arguments)],
        capture_output=True,
        input=stdin,
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1"},
    )


def answers(data: bytes) -> list[object]:
    return [json.loads(line) for line in data.splitlines()]


def test_sentences_are_judged_in_order(tmp_path: Path) -> None:
    """Each record has its answer, unknown keys are ignored, -o writes the file when it is whole."""
    try:
        load_model()
    except ModelNotFound as missing:
        pytest.skip(str(missing))
    records = [
        {"id": 1, "term": "quern", "sentence": "A quern is a hand mill for grinding corn."},
        {"id": "b", "term": "quern", "sentence": "The quern is in the barn.", "source": 7},
        {"id": [3], "sentence": "A jib is a triangular sail set ahead of the mast."},
    ]
    source, out = tmp_path / "in.jsonl", tmp_path / "new" / "out.jsonl"
    source.write_text("\n\n".join(map(json.dumps, records)), encoding="utf-8")
    ended = run("--sentences", source, "-o", out)
    assert (ended.returncode, ended.stdout) == (0, b"")
    assert answers(out.read_bytes()) == [
        {"id": 1, "definition": True, "hypernyms": ["hand mill", "mill"]},
        {"id": "b", "definition": False, "hypernyms": []},
        {"id": [3], "definition": True, "hypernyms": ["triangular sail", "sail"]},
    ]
    assert [p.name for p in out.parent.iterdir()] == ["out.jsonl"]


def test_acronyms_from_standard_input() -> None:
    """``-`` reads standard input; a pair that is explained twice is given once."""
    ended = run("--acronyms", "-", stdin=json.dumps({"id": 1, "text": f"{PCR} {PCR}"}).encode())
    assert ended.returncode == 0
    assert answers(ended.stdout) == [{"id": 1, "pairs": [["PCR", "polymerase chain reaction"]]}]


def test_bad_lines_are_named_and_the_rest_is_answered() -> None:
    """Each line that cannot be read is named with its number and reason; the exit code is 1."""
    good = json.dumps({"id": "ü", "text": PCR})
    bad = [b"{", b"[1]", b'{"id": 1}', b'{"text": 5}', b'{"text": "\xff"}', b"[" * 100_000]
    ended = run("--acronyms", "-", stdin=b"\n".join([*bad, good.encode()]))
    assert ended.returncode == 1
    assert answers(ended.stdout) == [{"id": "ü", "pairs": [["PCR", "polymerase chain reaction"]]}]
    told = ended.stderr.decode().splitlines()
    assert [line.split(":")[0] for line in told] == [
        f"Skipped line {n} of standard input" for n in range(1, 7)
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--acronyms", "-", "a.txt"),
        ("--acronyms", "-", "--sentences", "-"),
        ("--sentences", "-", "--why", "churn"),
    ],
)
def test_tasks_stand_alone(arguments: tuple[str, ...]) -> None:
    """With sources, with each other or with --why they are a usage error."""
    assert run(*arguments).returncode == 2


def test_a_missing_file_is_unreadable() -> None:
    """The exit code is 3 and the file is named."""
    ended = run("--acronyms", "nowhere.jsonl")
    assert ended.returncode == 3
    assert b"nowhere.jsonl" in ended.stderr


def test_lines_stream() -> None:
    """The first answers come before the last line is read: at most two batches are held."""
    read = 0

    def source() -> object:
        nonlocal read
        for number in range(4 * lines.BATCH):
            read += 1
            yield json.dumps({"id": number, "text": PCR}).encode()

    found = lines.run(source(), lines.acronyms(), lines.FIELDS["acronyms"], lambda *_: None)  # type: ignore[arg-type]
    next(found)
    assert read <= 2 * lines.BATCH
    assert sum(1 for _ in found) == 4 * lines.BATCH - 1


def test_half_a_surrogate_pair_comes_back_as_its_escape() -> None:
    """What has no UTF-8 is still the same JSON, whatever field it stands in."""
    line = rb'{"id": "\ud800", "text": "The heart rate (HR) is \udc00."}'
    (out,) = lines.run(
        io.BytesIO(line), lines.acronyms(), lines.FIELDS["acronyms"], lambda *_: None
    )
    assert json.loads(out) == {"id": "\ud800", "pairs": [["HR", "heart rate"]]}
