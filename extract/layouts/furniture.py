"""What stands on a page around its entries: navigation, letters, rules, page numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from extract.labels import fold
from extract.languages import Words
from extract.model import Block, Role

_LETTER = re.compile(
    r"(?:letter\s+)?([^\W\d_])\.?|[-–—=*#|\[(~_\s]+([^\W\d_])[-–—=*#|\])~_:.\s]+|([^\W\d_])\s?:"
    r"|([^\W\d_])\s[-–—=*|~]{1,3}"
    r"|([^\W\d_])\s?(?:[-–—&,〜～]|to)\s?[^\W\d_](?:\s?[-–—&,]\s?[^\W\d_]){0,3}"
    r"|[\[【「]?([あかさたなはまやらわアカサタナハマヤラワ])\s?行[\]】」]?|[【「]([^\W\d_])[】」]",
    re.I,
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_DIGITS = re.compile(r"[\W_]*(?:#|0\s*[-–—]\s*9|123|symbols?|numbers?|numeric)[\W_]*", re.I)
_PAGE = re.compile(
    r"[\W_]*(?:page|seite|página|pagina|стр\.?|p\.)?\s*(\d{1,4})(?:\s*(?:of|/|von|de|из)\s*\d+)?[\W_]*",
    re.I,
)
# Numbers of clauses, above each term of ISO and IEC documents.
_CLAUSE = re.compile(r"\d{1,3}(?:\.\d{1,3}){1,5}\.?")
_RULE = re.compile(r"([-=~_*#^+\"'`])\1{2,}|\.{6,}|(?:[-*_]\s){2,}[-*_]")


def is_letter_line(text: str) -> bool:
    """Return whether a line is nothing but a letter of the alphabet, or a range of them."""
    return bool(_LETTER.fullmatch(text) or _DIGITS.fullmatch(text)) and len(text) <= 20


def is_letter_bar(text: str) -> bool:
    """Return whether a line is a row of letters to click on (``A B C D …``)."""
    tokens = re.findall(r"[^\W_]+", text)
    single = sum(len(t) == 1 for t in tokens)
    return len(tokens) >= 5 and single >= 0.8 * len(tokens)


def navigation(blocks: Sequence[Block], text: str, words: Words) -> dict[int, str]:
    """Return the blocks that readers know for navigation, rows of letters, ways to the top."""
    return {
        i: "navigation"
        for i, b in enumerate(blocks)
        if b.role is Role.NAVIGATION
        or (
            b.role is not Role.CODE
            and (
                is_letter_bar(b.span.of(text))
                or fold(b.span.of(text)).strip("[]()↑▲⇑^ .") in words.top
            )
        )
    }


def rules(blocks: Sequence[Block], text: str, dropped: dict[int, str]) -> set[int]:
    """Add rules to ``dropped``; return the lines with one right under them, as below a heading."""
    underlined = set()
    for i, block in enumerate(blocks):
        if i in dropped or block.record is not None or not _is_rule(block.span.of(text).strip()):
            continue
        dropped[i] = "rule"
        if i and i - 1 not in dropped:
            between = text[blocks[i - 1].span.end : block.span.start]
            rule = len(block.span)
            if between.count("\n") == 1 and rule >= 0.5 * len(blocks[i - 1].span) and rule <= 80:
                underlined.add(i - 1)
    return underlined


def _is_rule(line: str) -> bool:
    """Whether a line is a rule, or the one below the head of a table (``--- | ---``)."""
    return bool(_RULE.fullmatch(line)) or (line.count("-") > 2 and not line.strip("-=|+: "))


def letters(
    blocks: Sequence[Block], text: str, dropped: Mapping[int, str], words: Words
) -> dict[int, str]:
    """Return letter headings: the next line begins with the letter, or they are in order."""
    found = [
        i
        for i, b in enumerate(blocks)
        if i not in dropped
        and b.role in (Role.LINE, Role.HEADING, Role.PARAGRAPH, Role.ITEM, Role.OTHER)
        and b.record is None
        and is_letter_line(b.span.of(text))
    ]
    if not found:
        return {}
    members = set(found)
    fits = 0
    for i in found:
        own = _LETTER.fullmatch(blocks[i].span.of(text))
        following = i + 1
        while following in dropped:
            following += 1
        if following in members:
            fits += 1
        elif own and following < len(blocks):
            word = re.search(r"[^\W_]", blocks[following].span.of(text))
            letter = own[own.lastindex or 0]
            fits += bool(word and fold(word[0])[:1] == fold(letter)[:1])
            # Words in Han characters stand under their sound: a row of kana, a Latin letter.
            fits += bool(word and _HAN.match(word[0]) and not _HAN.match(letter))
            # Where entries show no headword, a part of speech stands there instead.
            fits += fold(blocks[following].span.of(text)) in words.pos
        else:
            fits += own is None
    keys = [fold(blocks[i].span.of(text)) for i in found]
    ascending = sum(a <= b for a, b in pairwise(keys))
    if fits >= 0.6 * len(found) or (len(found) >= 4 and ascending >= 0.7 * (len(found) - 1)):
        return dict.fromkeys(found, "letter")
    return {}


def page_numbers(blocks: Sequence[Block], text: str, dropped: Mapping[int, str]) -> dict[int, str]:
    """Return page numbers in ascending order, and the lines beside them that every page repeats."""
    plain = [i for i, b in enumerate(blocks) if b.role is Role.LINE and i not in dropped]
    clauses = [i for i in plain if _CLAUSE.fullmatch(blocks[i].span.of(text))]
    numbers = [(i, int(m[1])) for i in plain if (m := _PAGE.fullmatch(blocks[i].span.of(text)))]
    found: dict[int, str] = dict.fromkeys(clauses, "clause") if len(clauses) >= 3 else {}
    run = _counting(numbers)
    if len(run) >= 2 and len(run) >= 0.4 * len(numbers):
        found.update(dict.fromkeys(run, "page"))
    elif len(numbers) == 1 and numbers[0][0] == len(blocks) - 1:
        found[numbers[0][0]] = "page"
    breaks = {
        i
        for i in range(1, len(blocks))
        if "\f" in text[blocks[i - 1].span.end : blocks[i].span.start]
    } | {i for i, b in enumerate(blocks) if b.span.of(text).startswith("\f")}
    edges = set(found) - set(clauses)
    edges |= {i - 1 for i in breaks} | breaks
    # A running head stands within two lines of the break, on most pages in the same words.
    near = {j for i in edges for j in range(i - 2, i + 3) if 0 <= j < len(blocks)} - set(found)
    if edges:
        last = len(blocks) - 1
        near |= {i for i in (0, 1, last - 1, last) if 0 <= i <= last} - set(found)
    shapes = Counter(_shape(blocks[i].span.of(text)) for i in near if i not in dropped)
    pages = max(len(breaks), len(found.keys() - set(clauses)))
    for i in near:
        shape = _shape(blocks[i].span.of(text))
        if pages >= 1 and shapes[shape] >= max(2, 0.4 * pages) and i not in dropped:
            found[i] = "running head"
    if not pages:
        found.update(_numbered_heads(blocks, text, plain))
    return found


def _counting(numbers: Sequence[tuple[int, int]]) -> list[int]:
    """The places of the longest run of numbers that count up by one."""
    runs: dict[int, list[int]] = {}
    for place, number in numbers:
        run = runs.pop(number - 1, [])
        run.append(place)
        runs[number] = run
    return max(runs.values(), key=len, default=[])


def _numbered_heads(blocks: Sequence[Block], text: str, plain: Sequence[int]) -> dict[int, str]:
    """Running heads that hold the page number: same words, consecutive numbers."""
    groups: dict[str, list[tuple[int, int]]] = {}
    for i in plain:
        line = blocks[i].span.of(text)
        number = re.search(r"(?:^|\s)(\d{1,4})$|^(\d{1,4})(?=\s)", line)
        if number and len(line) <= 90:
            groups.setdefault(_shape(line), []).append((i, int(number[1] or number[2])))
    return {
        i: "running head"
        for members in groups.values()
        if len(members) >= 3
        and all(b[1] - a[1] == 1 for a, b in pairwise(members))
        and members[-1][0] - members[0][0] > 4 * len(members)
        for i, _ in members
    }


def _shape(line: str) -> str:
    return re.sub(r"\d+", "#", fold(line))
