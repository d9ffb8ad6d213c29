"""Questions as files: cards for any program (CSV), Anki, Moodle (GIFT and XML), Markdown, JSON."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from html import escape
from types import MappingProxyType

from kg.training.anki_deck import package
from kg.training.quiz import WRONG, Question

_LETTERS = "ABCDEFGH"
_OPEN = ("definition", "acronym")
"""Kinds of question that have one answer, whatever there is to choose from."""
# What has a meaning in GIFT is written with a backslash before it.
_GIFT = re.compile(r"([~=#{}:\\])")


def cards_csv(questions: Sequence[Question], _: str) -> bytes:
    """Return a table with front and back first, as flash-card programs import it.

    A byte order mark tells spreadsheets that it is UTF-8.
    """
    wrong = [f"wrong {number}" for number in range(1, WRONG + 1)]
    rows: list[Sequence[str]] = [
        ("question", "answer", *wrong, "kind", "concept", "because", "place", "source")
    ]
    for each in questions:
        others = [*each.wrong, *[""] * (WRONG - len(each.wrong))]
        rows.append(
            (each.stem, each.answer, *others, each.kind, each.concept,
             each.because, each.place, each.credit)
        )  # fmt: skip
    return b"\xef\xbb\xbf" + _table(rows, ",")


def anki(questions: Sequence[Question], title: str) -> bytes:
    """Return notes for Anki's text import; importing a later file brings the same notes up to date.

    The lines with ``#`` set up the import (Anki 2.1.54 and later).
    """
    head = (
        "#separator:tab\n#html:true\n#notetype:Basic\n"
        f"#deck:{' '.join(title.split())}\n#columns:Id\tFront\tBack\tTags\n"
        "#guid column:1\n#tags column:4\n"
    )
    rows = [
        (
            f"gg-{each.id}",
            _front(each),
            _back(each),
            f"{each.kind} {each.concept}",
        )
        for each in questions
    ]
    return head.encode() + _table(rows, "\t")


def apkg(questions: Sequence[Question], title: str) -> bytes:
    """Return a package that Anki imports, with a deck of its own."""
    cards = [(_front(each), _back(each)) for each in questions]
    return b"".join(package(questions, cards, title))


def _back(question: Question) -> str:
    """Return the back of a card: the answer, why it is right, whose words these are."""
    answer, because, credit = (
        escape(each, quote=False) for each in (question.answer, question.because, question.credit)
    )
    return f"<b>{answer}</b><br>{because}<br><small>{credit}</small>"


def _front(question: Question) -> str:
    """Return the front of a card: with the choice, where without it several answers are right."""
    stem = escape(question.stem, quote=False)
    if question.kind in _OPEN:
        return stem
    return "<br>".join((stem, *(f"– {escape(each, quote=False)}" for each in question.options)))


def _table(rows: Sequence[Sequence[str]], separator: str) -> bytes:
    text = io.StringIO(newline="")
    flat = ([" ".join(cell.split()) for cell in row] for row in rows)
    csv.writer(text, delimiter=separator, lineterminator="\n").writerows(flat)
    return text.getvalue().encode()


def gift(questions: Sequence[Question], title: str) -> bytes:
    """Return multiple-choice questions in Moodle's GIFT, with a category and feedback."""
    lines = [f"$CATEGORY: {_gift(title.replace('/', '//'))}", ""]
    for each in questions:
        options = "\n".join(
            f"\t{'=' if option == each.answer else '~'}{_gift(option)}" for option in each.options
        )
        lines += [
            f"// {each.concept}",
            f"::{_gift(_name(each))}:: {_gift(each.stem)} {{",
            options,
            f"\t####{_gift(_feedback(each))}",
            "}",
            "",
        ]
    return "\n".join(lines).encode()


def _gift(text: str) -> str:
    return _GIFT.sub(r"\\\1", " ".join(text.split()))


def moodle(questions: Sequence[Question], title: str) -> bytes:
    """Return multiple-choice questions in Moodle XML; the numbers know a question again."""
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'
        f'<question type="category"><category>{_xml("$course$/top/" + title.replace("/", "//"))}'
        "</category></question>\n"
    ]
    for each in questions:
        answers = "".join(
            f'  <answer fraction="{100 if option == each.answer else 0}" format="html">'
            f'{_html(option)}<feedback format="html"><text></text></feedback></answer>\n'
            for option in each.options
        )
        parts.append(
            f'<question type="multichoice">\n'
            f"  <name>{_xml(_name(each))}</name>\n"
            f'  <questiontext format="html">{_html(each.stem)}</questiontext>\n'
            f'  <generalfeedback format="html">{_html(_feedback(each))}</generalfeedback>\n'
            "  <defaultgrade>1</defaultgrade>\n  <penalty>0.3333333</penalty>\n"
            "  <hidden>0</hidden>\n"
            f"  <idnumber>gg-{each.id}</idnumber>\n"
            "  <single>true</single>\n  <shuffleanswers>true</shuffleanswers>\n"
            "  <answernumbering>abc</answernumbering>\n"
            f"{answers}</question>\n"
        )
    return ("".join(parts) + "</quiz>\n").encode()


def _xml(text: str) -> str:
    return f"<text>{escape(_printable(text), quote=False)}</text>"


def _html(text: str) -> str:
    """Return ``text`` as HTML within XML: escaped for the one, then for the other."""
    return _xml(escape(text, quote=False))


def _printable(text: str) -> str:
    """Return ``text`` without what XML cannot hold."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]", "", text)


def markdown(questions: Sequence[Question], title: str) -> bytes:
    """Return a sheet to print: numbered questions with letters, the key with sources behind."""
    lines = [f"# {title}", ""]
    for number, each in enumerate(questions, start=1):
        lines += [f"{number}. {_md(each.stem)}", ""]
        lines += [
            f"    - {letter}) {_md(option)}"
            for letter, option in zip(_LETTERS, each.options, strict=False)
        ]
        lines.append("")
    lines += ["## Answers", ""]
    for number, each in enumerate(questions, start=1):
        letter = _LETTERS[each.options.index(each.answer)]
        lines.append(f"{number}. {letter}) {_md(each.answer)} (`{each.place}`)")
    lines += ["", "## Sources", ""]
    lines += [f"- {_md(said)}" for said in dict.fromkeys(q.credit for q in questions) if said]
    return ("\n".join(lines) + "\n").encode()


def _md(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", " ".join(text.split()))


def as_json(questions: Sequence[Question], title: str) -> bytes:
    """Return the questions with all that is known of them."""
    data = {
        "title": title,
        "questions": [{**asdict(each), "options": each.options} for each in questions],
    }
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def _name(question: Question) -> str:
    return f"{question.answer} ({question.kind})"


def _feedback(question: Question) -> str:
    where = ", ".join(part for part in (question.credit, question.place) if part)
    return f"{question.because} ({where})" if where else question.because


Write = Callable[[Sequence[Question], str], bytes]
FORMATS: Mapping[str, tuple[str, Write]] = MappingProxyType(
    {
        "csv": ("flash cards for any program", cards_csv),
        "tsv": ("notes for Anki's text import", anki),
        "apkg": ("an Anki package", apkg),
        "gift": ("Moodle GIFT", gift),
        "xml": ("Moodle XML", moodle),
        "md": ("a sheet with its key, to print", markdown),
        "json": ("all that is known of each question", as_json),
    }
)
"""By the file's suffix: what it is, and what writes it."""
