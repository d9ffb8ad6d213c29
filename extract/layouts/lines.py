"""Lines as layouts see them: wrapped lines joined, page furniture and letter bars set aside."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from extract.labels import fold
from extract.languages import Words
from extract.model import Block, Document, Role, Span

_SENTENCE_END = re.compile(r"[.!?。！？…][\"'”’»)\]]*$")
_LETTER = re.compile(
    r"(?:letter\s+)?([^\W\d_])\.?|[-–—=*#|\[(~_\s]+([^\W\d_])[-–—=*#|\])~_:.\s]+|([^\W\d_])\s?:"
    r"|([^\W\d_])\s?(?:[-–—&,]|to)\s?[^\W\d_](?:\s?[-–—&,]\s?[^\W\d_]){0,3}",
    re.I,
)
_DIGITS = re.compile(r"[\W_]*(?:#|0\s*[-–—]\s*9|123|symbols?|numbers?|numeric)[\W_]*", re.I)
_PAGE = re.compile(
    r"[\W_]*(?:page|seite|página|pagina|стр\.?|p\.)?\s*(\d{1,4})(?:\s*(?:of|/|von|de|из)\s*\d+)?[\W_]*",
    re.I,
)
_RULE = re.compile(r"([-=~_*#^+\"'`])\1{2,}|\.{6,}|(?:[-*_]\s){2,}[-*_]")
_GLOSSARY = re.compile(
    r"\b(?:A to Z|A[-–]Z|glossary|glossaries|glossar|glossaire|glosario|glossário|lexicon"
    r"|dictionary|terminology)\b"
    r"|глоссарий|словарь|术语表|用語集",
    re.I,
)
# What titles of glossaries also hold, but headwords, too.
_WORDS = re.compile(
    r"\b(?:words|terms|terminology|vocabulary|definitions|jargon|lingo|acronyms|abbreviations"
    r"|concepts|thesaurus|wörter|begriffe|fachbegriffe|lexikon|termes|vocabulaire|lexique"
    r"|términos|termos|термины|понятия|术语|用語)\b",
    re.I,
)
# Wrapped text has some width; narrower "columns" are lists of short lines, wider ones are none.
_NARROWEST, _WIDEST = 40, 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the source, or several that a printer or an editor broke at a margin."""

    number: int
    """Its place among the lines of the page."""
    text: str
    """Its words; where lines were joined with a blank, or with nothing after a broken word."""
    pieces: tuple[tuple[int, int, int], ...]
    """For each joined stretch its offset in ``text``, and start and end in ``Document.text``."""
    block: Block
    """The block it (or its first stretch) is."""
    gap: int
    """Blank lines before it; -1 where a page break hides how many there were."""
    fresh: bool = False
    """Whether it is the first below a letter heading, where blank lines say nothing."""
    underlined: bool = False
    """Whether a rule stands under it, as under a heading typed by hand."""

    @property
    def start(self) -> int:
        """Offset of its first code point in ``Document.text``."""
        return self.pieces[0][1]

    @property
    def end(self) -> int:
        """Offset behind its last code point in ``Document.text``."""
        return self.pieces[-1][2]

    @property
    def marker(self) -> str:
        """The class of its bullet: ``1.`` for every number, the bullet itself, or ``""``."""
        return re.sub(r"\d+", "1", self.block.marker)

    @property
    def indent(self) -> int:
        """Columns of white space before it."""
        return self.block.indent

    @property
    def closed(self) -> bool:
        """Whether it ends as a sentence does."""
        return is_closed(self.text)

    def offset(self, position: int) -> int:
        """Return the offset in ``Document.text`` of a position in ``text``."""
        for begin, start, end in reversed(self.pieces):
            if position >= begin:
                return min(start + position - begin, end)
        return self.start

    def spans(self, begin: int = 0) -> tuple[Span, ...]:
        """Return the stretches of ``Document.text`` from position ``begin`` of ``text`` on."""
        found = []
        for at, start, end in self.pieces:
            first = start + max(begin - at, 0)
            if first < end:
                found.append(Span(start=first, end=end))
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A document's lines, and what stands between them."""

    document: Document
    lines: tuple[Line, ...]
    """The lines that can be part of entries."""
    furniture: tuple[Span, ...] = ()
    """Page numbers, running heads, letter bars, rules, navigation."""
    letters: Mapping[int, str] = field(default_factory=dict)
    """Number of a line → folded letter of the heading above it."""
    title: int | None = None
    """Number of the line that is the page's title, if one of the first few is."""


def is_closed(text: str) -> bool:
    """Return whether ``text`` ends as a sentence does."""
    return bool(_SENTENCE_END.search(text)) and any(c.isalnum() for c in text)


def is_letter_line(text: str) -> bool:
    """Return whether a line is nothing but a letter of the alphabet, or a range of them."""
    return bool(_LETTER.fullmatch(text) or _DIGITS.fullmatch(text)) and len(text) <= 20


def is_letter_bar(text: str) -> bool:
    """Return whether a line is a row of letters to click on (``A B C D …``)."""
    tokens = re.findall(r"[^\W_]+", text)
    single = sum(len(t) == 1 for t in tokens)
    return len(tokens) >= 5 and single >= 0.8 * len(tokens)


def page(document: Document, words: Words) -> Page:
    """Return the lines of a document as layouts see them; linear in its length."""
    text = document.text
    blocks = _wiki([b for b in document.blocks if b.span.of(text).strip()], text)
    dropped: dict[int, str] = {}
    dropped.update(_navigation(blocks, text))
    dropped.update(_furniture(blocks, text, dropped))
    dropped.update(_letters(blocks, text, dropped, words))
    underlined = _rules(blocks, text, dropped)
    kept = [i for i in range(len(blocks)) if i not in dropped]
    width = _width(blocks, text, kept)
    vocabulary = _vocabulary(text) if width else Counter()
    lines: list[Line] = []
    letters: dict[int, str] = {}
    letter = ""
    previous = -1
    for i, block in enumerate(blocks):
        if i in dropped:
            if dropped[i] == "letter":
                letter = fold(block.span.of(text)).strip("-–—[](){}|.:*#=' ")
            continue
        gap = _gap(blocks, text, previous, i, dropped)
        span = block.span
        if lines and _wraps(blocks, text, previous, i, gap, width):
            last = lines.pop()
            lines.append(_joined(last, span, text, vocabulary, i in underlined))
        else:
            number = len(lines)
            lines.append(
                Line(
                    number=number,
                    text=span.of(text),
                    pieces=((0, span.start, span.end),),
                    block=block,
                    gap=gap,
                    fresh=dropped.get(i - 1) == "letter",
                    underlined=i in underlined,
                )
            )
            if letter:
                letters[number] = letter
        previous = i
    furniture = tuple(blocks[i].span for i in sorted(dropped))
    return Page(
        document=document,
        lines=tuple(lines),
        furniture=furniture,
        letters=letters,
        title=_title(document, lines),
    )


def _title(document: Document, lines: Sequence[Line]) -> int | None:
    """The line, within the first ten, that reads as the document's title or the top heading."""
    for line in lines[:10]:
        text = re.sub(r"^[=#\s*]+|[=#\s*]+$", "", line.text)
        if fold(text) == fold(document.title) or (_GLOSSARY.search(text) and len(text) < 80):
            return line.number
        if line.number == 0 and _WORDS.search(text) and len(text) < 80 and not line.closed:
            return 0
    first = next((x for x in lines if x.block.role is Role.HEADING), None)
    if (
        first
        and first.block.level == 1
        and not any(
            x.block.role is Role.HEADING and x.block.level == 1 for x in lines if x is not first
        )
    ):
        return first.number
    return None


def _wiki(blocks: list[Block], text: str) -> list[Block]:
    """MediaWiki's ``;`` and ``:`` that touch the text they mark, made markers like any other."""
    glued = [b.role is Role.LINE and text[b.span.start] in ";:" and len(b.span) > 1 for b in blocks]
    terms = sum(g and text[b.span.start] == ";" for g, b in zip(glued, blocks, strict=True))
    if terms < 2:
        return blocks
    found = []
    for block, touches in zip(blocks, glued, strict=True):
        if touches:
            marks = re.compile(r"[;:*#]+\s*").match(text, block.span.start, block.span.end)
            if marks and marks.end() < block.span.end:
                span = Span(start=marks.end(), end=block.span.end)
                block = replace(block, span=span, marker=marks[0].strip())
        found.append(block)
    return found


def _navigation(blocks: Sequence[Block], text: str) -> dict[int, str]:
    return {
        i: "navigation"
        for i, b in enumerate(blocks)
        if b.role is Role.NAVIGATION or (b.role is not Role.CODE and is_letter_bar(b.span.of(text)))
    }


def _rules(blocks: Sequence[Block], text: str, dropped: dict[int, str]) -> set[int]:
    """Set rules aside; return the lines that one stands under without a blank line between."""
    underlined = set()
    for i, block in enumerate(blocks):
        if (
            i in dropped
            or block.record is not None
            or not _RULE.fullmatch(block.span.of(text).strip())
        ):
            continue
        dropped[i] = "rule"
        if i and i - 1 not in dropped:
            between = text[blocks[i - 1].span.end : block.span.start]
            rule = len(block.span)
            if between.count("\n") == 1 and rule >= 0.5 * len(blocks[i - 1].span) and rule <= 80:
                underlined.add(i - 1)
    return underlined


def _letters(
    blocks: Sequence[Block], text: str, dropped: Mapping[int, str], words: Words
) -> dict[int, str]:
    """Letter headings: the next line begins with the letter, or they come in alphabetical order."""
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
            fits += bool(word and fold(word[0])[:1] == fold(own[own.lastindex or 0])[:1])
            # Where entries show no headword, a part of speech stands there instead.
            fits += fold(blocks[following].span.of(text)) in words.pos
        else:
            fits += own is None
    keys = [fold(blocks[i].span.of(text)) for i in found]
    ascending = sum(a <= b for a, b in pairwise(keys))
    if fits >= 0.6 * len(found) or (len(found) >= 4 and ascending >= 0.7 * (len(found) - 1)):
        return dict.fromkeys(found, "letter")
    return {}


def _furniture(blocks: Sequence[Block], text: str, dropped: Mapping[int, str]) -> dict[int, str]:
    """Page numbers in ascending order, and the lines beside them that every page repeats."""
    plain = [i for i, b in enumerate(blocks) if b.role is Role.LINE and i not in dropped]
    numbers = [(i, int(m[1])) for i in plain if (m := _PAGE.fullmatch(blocks[i].span.of(text)))]
    found: dict[int, str] = {}
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
    edges = set(found)
    edges |= {i - 1 for i in breaks} | breaks
    # A running head stands within two lines of the break, on most pages in the same words.
    near = {j for i in edges for j in range(i - 2, i + 3) if 0 <= j < len(blocks)} - set(found)
    if edges:
        near |= {i for i in (0, 1) if i < len(blocks)}
    shapes = Counter(_shape(blocks[i].span.of(text)) for i in near if i not in dropped)
    pages = max(len(breaks), len(found))
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


def _gap(
    blocks: Sequence[Block], text: str, previous: int, i: int, dropped: Mapping[int, str]
) -> int:
    """Blank lines before block ``i``; -1 across a page break."""
    if previous < 0:
        return 1
    between = dropped.get(i - 1) if i - 1 != previous else None
    paged = {dropped[j] for j in range(previous + 1, i)} & {"page", "running head"}
    if paged or "\f" in text[blocks[i - 1].span.end : blocks[i].span.start]:
        return -1
    if between is not None:
        return 1
    return max(text.count("\n", blocks[previous].span.end, blocks[i].span.start) - 1, 0)


def _right(block: Block, text: str) -> int:
    """The column behind the last character of a block."""
    return block.span.end - (text.rfind("\n", 0, block.span.start) + 1)


def _first_word(block: Block, text: str) -> str:
    found = re.match(r"\S+", block.span.of(text))
    return found[0] if found else ""


def _width(blocks: Sequence[Block], text: str, kept: Sequence[int]) -> tuple[int, bool] | None:
    """The column at which lines were broken and whether strictly so; None for unbroken text.

    Evidence are lines that stop within a sentence and go on in lower case on the next line. An
    editor's width W satisfies len(line) <= W < len(line) + 1 + len(next word) for nearly all of
    them; a page's proportional type only nearly so.
    """
    bounds = []
    for a, b in pairwise(kept):
        first, second = blocks[a], blocks[b]
        if first.role is not Role.LINE or second.role is not Role.LINE or second.marker:
            continue
        if text.count("\n", first.span.end, second.span.start) != 1:
            continue
        word = _first_word(second, text)
        if word[:1].islower() and not _SENTENCE_END.search(first.span.of(text)):
            right = _right(first, text)
            bounds.append((right, right + len(word)))
    rights = sorted(_right(blocks[i], text) for i in kept if blocks[i].role is Role.LINE)
    if len(bounds) < 3:
        return None
    events = Counter[int]()
    for low, high in bounds:
        events[low] += 1
        events[high + 1] -= 1
    best, count, level = 0, 0, 0
    for column in sorted(events):
        level += events[column]
        if level >= count and _NARROWEST <= column <= _WIDEST:
            best, count = column, level
    near = sum(low >= 0.6 * best for low, _ in bounds)
    beyond = sum(r > best for r in rights)
    if count >= 3 and count >= 0.7 * near and beyond <= max(2, 0.04 * len(rights)):
        return best, True
    widest = rights[-1 - len(rights) // 50]
    near = sum(low >= 0.6 * widest for low, _ in bounds)
    full = sum(low >= 0.8 * widest for low, _ in bounds)
    if full >= 3 and full >= 0.75 * near and 50 <= widest <= _WIDEST:
        return widest, False
    return None


def _wraps(
    blocks: Sequence[Block],
    text: str,
    previous: int,
    i: int,
    gap: int,
    width: tuple[int, bool] | None,
) -> bool:
    """Whether block ``i`` goes on with the line that ``previous`` ends."""
    first, second = blocks[previous], blocks[i]
    if width is None or gap > 0 or second.marker:
        return False
    if gap == 0 and second.indent < first.indent:
        return False
    if first.role is not Role.LINE or second.role is not Role.LINE:
        return False
    column, strict = width
    line = first.span.of(text)
    word = _first_word(second, text)
    right = _right(first, text)
    lower = word[:1].islower() and not _SENTENCE_END.search(line)
    if gap < 0:
        return lower or (right + len(word) >= column and not _SENTENCE_END.search(line))
    if line.endswith(("-", "\u00ad")) and lower and right >= 0.6 * column:
        return True
    if strict:
        full = right + 1 + len(word) > column
        if full and _SENTENCE_END.search(line):
            return not _opens_entry(second.span.of(text), column)
        return full or (lower and right >= 0.9 * column)
    if lower:
        return right >= 0.6 * column
    return right >= 0.85 * column and not _opens_entry(second.span.of(text), column)


def _opens_entry(line: str, column: int) -> bool:
    """Whether a line after a full one that ends a sentence looks like a new entry's first."""
    short = len(line) < 0.6 * column and not _SENTENCE_END.search(line) and line[:1].isupper()
    return short or bool(re.match(r"[^.:!?]{1,50}?(?:\s[-–—]{1,2}\s|:\s|\t|\s{2,})\S", line))


def _vocabulary(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", fold(text)))


def _joined(
    line: Line, span: Span, text: str, vocabulary: Mapping[str, int], underlined: bool
) -> Line:
    """The line with a further stretch behind it."""
    before, after = line.text, span.of(text)
    pieces = line.pieces
    glue = " "
    if before.endswith("\u00ad") or _broken(before, after, vocabulary):
        begin, start, end = pieces[-1]
        pieces = (*pieces[:-1], (begin, start, end - 1))
        before, glue = before[:-1], ""
    elif re.search(r"\w-$", before) or _unspaced(before[-1:]) or _unspaced(after[:1]):
        glue = ""
    return Line(
        number=line.number,
        text=before + glue + after,
        pieces=(*pieces, (len(before) + len(glue), span.start, span.end)),
        block=line.block,
        gap=line.gap,
        fresh=line.fresh,
        underlined=underlined,
    )


def _broken(before: str, after: str, vocabulary: Mapping[str, int]) -> bool:
    """Whether a hyphen at the end of a line was put there by the break.

    The page's other words decide; without their help a hyphen between two words of the page
    ("self-" + "service") stays.
    """
    left = re.search(r"([^\W\d_]+)-$", before)
    right = re.match(r"[^\W\d_]+", after)
    if not left or not right or not right[0][:1].islower():
        return False
    first, second = fold(left[1]), fold(right[0])
    if vocabulary.get(first + second, 0):
        return True
    if vocabulary.get(f"{first}-{second}", 0):
        return False
    return not (vocabulary.get(first, 0) > 1 and vocabulary.get(second, 0) > 1)


def _unspaced(character: str) -> bool:
    """Whether a character belongs to a script written without blanks."""
    return bool(character) and "\u2e80" <= character <= "\u9fff"


def text_of(spans: Iterable[Span], text: str) -> str:
    """Return stretches of a text as one line, runs of blanks folded."""
    return " ".join(" ".join(span.of(text).split()) for span in spans)
