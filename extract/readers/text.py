"""Plain text: each line that is not blank is a block; the text stays as it is."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

from extract.model import Block, Document, Finding, Role, Span
from extract.readers import wiki_terms
from extract.readers.base import INVISIBLE, Origin, Sheet, trimmed
from extract.readers.braces import linked
from extract.readers.encoding import Decoded, decode, unified

# Bullets that people type and page builders leave. Those that are also letters, signs or dashes
# need a blank behind them, and so do MediaWiki's ";" (term), ":" (definition) and "#".
_MARKER = re.compile(
    r"""
    (?P<bullet>[•◦‣▪▫●○■□◆◇►▸➢➤✓✔⁃∙\uf0b7\uf0a7])
  | (?P<spaced>[*+\-–—·o;:] | \*{2,6} | [#]{1,6} | \d{1,4}[.)\]] | \(\d{1,3}\) | \[\d{1,4}\]
      | \([a-z]\) | \([ivx]{2,4}\) | [A-Za-z]\) )(?=[^\S\n])
    """,
    re.VERBOSE,
)
_CLAUSE_MARK = re.compile(
    r"(\d{1,3}(?:\.\d{1,3}){1,5})\.?(?=\s)|\d{1,3}(?:\.\d{1,3})*(?:/\d{1,2})?(?=\s)|\$(?=\s)"
)
_LINE = re.compile(r"[^\n\f]+")


def indent_of(blanks: str) -> int:
    """Return the columns that ``blanks`` take, tabs to multiples of 8, invisible ones none."""
    column = 0
    for c in blanks:
        if c == "\t":
            column += 8 - column % 8
        elif c not in INVISIBLE:
            column += 1
    return column


def read(data: bytes, origin: Origin) -> Document:
    """Return the text with one block a line; locator ``line N``.

    ``Block.marker`` is the bullet or number of a line, also MediaWiki's ``;`` and ``:`` and an
    ISO clause number (``3.1.2``) where such numbers count up. A form feed ends a line, too, and
    stays in the text between the blocks. A table with a row of heads is one (Excel's "Unicode
    text" is called ``.txt``) and is read as such.
    """
    decoded = decode(data, source=origin.label)
    if _is_table(decoded.text):
        from extract.readers import delimited  # which falls back on this module

        return delimited.read(data, origin)
    return lay_out(decoded, origin)


def _is_table(text: str) -> bool:
    """Return whether a text is a table: heads of columns, and rows of as many cells below."""
    lines = [line for line in text[:_SAMPLE].splitlines()[:20] if line.strip()]
    if len(lines) < _FEWEST_ROWS:
        return False
    separator = next((c for c in "\t;|" if lines[0].count(c)), "")
    if not separator or lines[0].count(separator) < 1 + (separator != "\t"):
        return False
    from extract.readers import columns

    heads = [cell.strip().strip('"') for cell in lines[0].split(separator)]
    alike = sum(line.count(separator) == len(heads) - 1 for line in lines)
    told = sum(columns.role_of(head) is not None for head in heads)
    return alike * 5 >= len(lines) * 4 and told * 2 >= len(heads) and columns.is_header(heads)


# So much of a text tells whether it is a table; fewer rows are none.
_SAMPLE, _FEWEST_ROWS = 16_384, 4


def lay_out(decoded: Decoded, origin: Origin) -> Document:
    """Return :func:`read` of text that is decoded already."""
    sheet = Sheet(origin)
    note_guess(sheet, decoded)
    text = unified(decoded.text)
    text, links = wiki_terms.expand(text) if wiki_terms.has_terms(text) else linked(text)
    sheet.write(text)
    sheet.links.extend(links)
    sheet.blocks.extend(_headed(blocks(text), text))
    sheet.title = _title(text, sheet.blocks)
    return sheet.document()


def note_guess(sheet: Sheet, decoded: Decoded) -> None:
    """Note it as a finding where the encoding was guessed."""
    if decoded.basis == "guessed":
        sheet.find(
            "encoding-guessed",
            f"The file does not say its encoding; it was read as {decoded.encoding}.",
            severity="warning",
        )


def too_deep(origin: Origin) -> tuple[Finding, ...]:
    """Return the finding of a page whose markup is read as plain text."""
    message = "Its markup nests too deeply or runs on too long; it was read as plain text."
    return (Finding(rule="markup-passed-over", subject=origin.uri, message=message),)


def blocks(text: str) -> list[Block]:
    """Return a block for every line of ``text`` that is not blank."""
    found: list[Block] = []
    amended = _amended(text)
    clauses = _clauses(text) | _dollars(text) | amended
    number, counted = 1, 0
    for line in _LINE.finditer(text):
        number += text.count("\n", counted, line.start())
        counted = line.start()
        start, end = trimmed(text, line.start(), line.end())
        if start == end:
            continue
        indent, marker = indent_of(text[line.start() : start]), ""
        match = _MARKER.match(text, start, end) or (
            start in clauses and _CLAUSE_MARK.match(text, start)
        )
        if match:
            inner, _ = trimmed(text, match.end(), end)
            # A lone marker is no bullet but a line of dashes, a clause number, a letter.
            if inner < end:
                # Numbers of paragraphs differ in depth and edition, but mark the same thing.
                marker = "¶" if start in amended else match[0].strip()
                start = inner
        found.append(
            Block(
                span=Span(start=start, end=end),
                role=Role.LINE,
                indent=indent,
                marker=marker,
                locator=f"line {number}",
            )
        )
    return found


_WIKI_HEADING = re.compile(
    r"(?P<mark>={2,6})[^\S\n]*(?P<words>[^=\n](?:[^\n]*[^=\s\n])?)\s*(?P=mark)"
)


def _headed(lines: list[Block], text: str) -> list[Block]:
    """Return the lines, of which MediaWiki's headings are such where ``;`` and ``:`` say it is one.

    The entries of a section end at the heading of the next.
    """
    marks = sum(text.startswith((";", ":"), b.span.start) or b.marker in (";", ":") for b in lines)
    if marks < _WIKI_LINES:
        return lines
    found = []
    for block in lines:
        heading = _WIKI_HEADING.fullmatch(text, block.span.start, block.span.end)
        if heading and not block.marker:
            span = Span(start=heading.start("words"), end=heading.end("words"))
            block = replace(block, span=span, role=Role.HEADING, level=len(heading["mark"]))
        found.append(block)
    return found


# So many lines of definition lists are no accident.
_WIKI_LINES = 4

_CLAUSE = re.compile(r"^[^\S\n]*(?P<number>\d{1,3}(?:\.\d{1,3}){1,5})\.?[^\S\n]+\S", re.MULTILINE)


def _clauses(text: str) -> set[int]:
    """Return where lines begin with a clause number, if most of these count up.

    "2.5 mm pitch" begins with a number that is part of the term; in ISO documents 3.1.2 follows
    3.1.1 or 3.1. So at least three numbers must stand, and two in three follow the one before.
    """
    numbers = [
        (m.start("number"), tuple(map(int, m["number"].split(".")))) for m in _CLAUSE.finditer(text)
    ]
    follow = sum(
        later[:-1] == earlier[: len(later) - 1]
        and (
            later[-1] == 1
            if len(later) > len(earlier)
            else later[-1] == earlier[len(later) - 1] + 1
        )
        for (_, earlier), (_, later) in itertools.pairwise(numbers)
    )
    if len(numbers) < 3 or follow * 3 < (len(numbers) - 1) * 2:
        return set()
    return {start for start, _ in numbers}


_NUMBERED = re.compile(
    r"^[^\S\n]*(?P<number>\d{1,3}(?:\.\d{1,3})*)(?P<version>/\d{1,2})?[^\S\n]+(?=\S)", re.MULTILINE
)


def _amended(text: str) -> set[int]:
    """Return where paragraphs bear numbers with the edition that changed them: "3.1/2 Ancestor. …".

    So do standards of languages that are amended for decades (Ada); the numbers never fall.
    """
    found = list(_NUMBERED.finditer(text))
    if sum(bool(m["version"]) for m in found) < _FEWEST_AMENDED:
        return set()
    numbers = [tuple(map(int, m["number"].split("."))) for m in found]
    rising = sum(a <= b for a, b in itertools.pairwise(numbers))
    if rising * 10 < (len(numbers) - 1) * 9:
        return set()
    return {m.start("number") for m in found}


_FEWEST_AMENDED = 5

_DOLLAR = re.compile(
    r"^[^\S\n]*(\$)[^\S\n]+[^\n]*\n[^\S\n]*(?:\n[^\S\n]*)?(?:\d+\. )?\([INODC]\)", re.M
)


def _dollars(text: str) -> set[int]:
    """Return where "$" stands before a term, as in the Internet Security Glossary (RFC 4949).

    There "(I)", "(N)" … opens each definition; a prompt of a shell has nothing of that below it.
    """
    found = {m.start(1) for m in _DOLLAR.finditer(text)}
    if len(found) < 3:
        return set()
    return {m.start(1) for m in re.finditer(r"^[^\S\n]*(\$)[^\S\n]+\S", text, re.M)}


_TITLE_WORDS = re.compile(
    r"\b(?:glossar\w*|dictionary|lexi[ck]on|terminolog\w*|vocabular\w*|wörterbuch|begriffe|glosario"
    r"|lexique|(?:terms|definitions|acronyms|abbreviations)(?=\W*$|\W+(?:and|&|of|in|used|for)\b))\b"
    r"|术语|用語|词汇|глоссарий|용어",
    re.IGNORECASE,
)


def names_glossary(text: str) -> bool:
    """Return whether a heading or file name says that it names a whole glossary."""
    return bool(_TITLE_WORDS.search(text))


def _title(text: str, lines: list[Block]) -> str:
    """Return the first of the first eight lines that names a glossary in at most 12 words."""
    for block in lines[:8]:
        line = block.span.of(text)
        short = not block.marker and len(line) <= 90 and len(line.split()) <= 12
        if short and names_glossary(line) and not line.endswith((".", ":", ";", ",")):
            return line
    return ""
