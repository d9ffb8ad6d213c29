"""Headwords with nothing between them and their definitions: "Sloop A boat with one mast."

So pages read that were copied without their bold type. The definition begins with a capital
letter; where it is an article's, repeats the headword, spells it out or is the number of a sense,
that tells the headword's end by itself, else the last capital of the line's opening does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from extract.labels import fold, is_acronym, key
from extract.languages import Words
from extract.layouts.heads import COLLATIONS, Head, order, plausible
from extract.layouts.lines import Line
from extract.layouts.variants import alike, features
from extract.letters import is_short_for

# Headwords have fewer words than this, and so many lines tell whether a page is built so.
_MOST_WORDS, _FEWEST = 8, 4
# A line of so few words may be a heading or a name.
_BRIEF = 6
# Headwords that a definition in small letters follows have hardly more words.
_FEW = 4
# Of the lines that stand alike such a share has a headword; of those the first share tells its
# end, or a smaller one where the headwords are in alphabetical order.
_SHARE, _TOLD, _SOME = 0.8, 0.6, 0.25
_ORDERED = 0.8
_DOUBTFUL = 0.95
# Pages without any capital must be longer, and articles open half of their definitions.
_MANY, _HALF = 8, 0.4
# A headword that only its place in the order tells.
_GUESSED = 0.8
_TOKEN = re.compile(r"\S+")
_JOINING = frozenset({"of", "for", "with", "from", "and", "or", "that", "which"})
_SHORT = re.compile(r"[\w/&.-]{2,10}")
_QUOTES = "\"'“”‘’„«»([{"
# Verbs, adverbs and names of kinds with which definitions in capitals open, beside articles.
_OPENERS = frozenset(
    {
        "any",
        "each",
        "every",
        "one",
        "some",
        "someone",
        "something",
        "anything",
        "used",
        "to",
        "also",
    }
    | {"see", "short", "shorthand", "refers", "describes", "usually", "often", "when", "where"}
    | {"whether", "what", "which", "who", "how", "if", "in", "on", "of", "for", "from", "with"}
)


def unmarked(part: Sequence[Line], words: Words) -> Iterator[tuple[list[Head], float]]:
    """Yield the heads of lines that open with a headword and no mark behind it, with a weight."""
    yield from _small(part, words)
    found = [(line, *cut) for line in part if (cut := _cut(line, words))]
    if len(found) < _FEWEST:
        return
    usual = Counter(features(line) for line, _, _ in found).most_common(1)[0][0]
    found = [hit for hit in found if alike(features(hit[0]), usual)]
    first, last = found[0][0].number, found[-1][0].number
    standing = [
        line for line in part if first <= line.number <= last and alike(features(line), usual)
    ]
    told = sum(sure for _, _, sure in found) / len(found)
    names = [line.text[: head.end] for line, head, _ in found]
    collate = max(COLLATIONS.values(), key=lambda f: order([f(n) for n in names]))
    in_order = order([collate(n) for n in names])
    if len(found) < max(_FEWEST, _SHARE * len(standing)):
        return
    if told >= _TOLD or (told >= _SOME and in_order >= _ORDERED):
        heads = [head for _, head, _ in found]
        weight = 1.0 if told >= _TOLD else _DOUBTFUL
        yield heads, weight
        if in_order >= _ORDERED and len(heads) < len(standing):
            yield _filled(heads, standing, part, words, collate), weight


def _small(part: Sequence[Line], words: Words) -> Iterator[tuple[list[Head], float]]:
    """The heads of lines in small letters throughout, as dictionaries of jargon print them.

    Only an article or "to" tells where a definition begins, and only the alphabet that it is one.
    """
    low = [line for line in part if line.text[:1].islower()]
    if len(low) < _MANY:
        return
    usual = Counter(map(features, low)).most_common(1)[0][0]
    standing = [line for line in part if alike(features(line), usual)]
    heads = [
        head
        for line in standing
        if line.text[:1].islower()
        and (head := next(_guesses(line, words), None))
        and fold(line.text[head.body :].split()[0]) in words.determiners | {"to"}
    ]
    names = [part[head.line - part[0].number].text[: head.end] for head in heads]
    collate = max(COLLATIONS.values(), key=lambda f: order([f(n) for n in names]))
    if len(heads) < max(_MANY, _HALF * len(standing)) or len(low) < _SHARE * len(standing):
        return
    if order([collate(n) for n in names]) >= _ORDERED:
        yield _filled(heads, standing, part, words, collate), _DOUBTFUL


def _filled(
    heads: Sequence[Head],
    standing: Sequence[Line],
    part: Sequence[Line],
    words: Words,
    collate: Callable[[str], str],
) -> list[Head]:
    """The heads, and those of lines whose first words come between their neighbours in order."""
    first = part[0].number
    known = {head.line: head for head in heads}
    found: list[Head] = []
    following = list(heads)
    for line in standing:
        while following and following[0].line < line.number:
            following.pop(0)
        if head := known.get(line.number):
            found.append(head)
            continue
        before = _key(found[-1], part, first, collate) if found else ""
        after = _key(following[0], part, first, collate) if following else ""
        for head in _guesses(line, words):
            own = collate(line.text[: head.end])
            if before < own and (not after or own <= after) and found:
                found.append(head)
                break
    return found


def _key(head: Head, part: Sequence[Line], first: int, collate: Callable[[str], str]) -> str:
    return collate(part[head.line - first].text[: head.end])


def _guesses(line: Line, words: Words) -> Iterator[Head]:
    """The heads that a line may have, likeliest first: before an article, then its first word."""
    tokens = [(m.start(), m[0]) for m in _TOKEN.finditer(line.text[:200])][: _MOST_WORDS + 1]
    opens = words.determiners | {"to"}
    if len(tokens) < 2 or fold(tokens[0][1]) in words.anaphora | opens:
        return
    folded = [fold(token) for _, token in tokens[1 : _FEW + 2]]
    said = {*folded, *(f"{a} {b}" for a, b in pairwise(folded))}
    if not said.isdisjoint(words.strong):
        return  # "sloop refers to a boat"
    articles = [at for at, (_, token) in enumerate(tokens[:_FEW]) if fold(token) in opens]
    for at in dict.fromkeys([*articles[:1], 1]):
        if not at:
            continue
        end = len(line.text[: tokens[at][0]].rstrip())
        weight = plausible(line.text[:end], words)
        if (
            weight
            and line.text[end - 1] not in ".:;,–—-=|"
            and not _is_begun(line.text[:end], words)
        ):
            yield Head(line=line.number, end=end, body=tokens[at][0], weight=_GUESSED * weight)


def _cut(line: Line, words: Words) -> tuple[Head, bool] | None:
    """The head of a line, and whether its definition tells by itself where it begins."""
    text = line.text
    tokens = [(m.start(), m[0]) for m in _TOKEN.finditer(text[:200])][: _MOST_WORDS + 3]
    at, sure = _definition(tokens, text, words)
    if not 0 < at < len(tokens) or (len(tokens) < _BRIEF and not (sure or line.closed)):
        return None
    body = tokens[at][0]
    end = len(text[:body].rstrip())
    if text[end - 1] in ".:;,–—-=|" or not text[:1].strip(_QUOTES):
        return None
    weight = plausible(text[:end], words)
    if not weight or _is_begun(text[:end], words):
        return None
    return Head(line=line.number, end=end, body=body, weight=weight), sure


def _is_begun(head: str, words: Words) -> bool:
    """Whether what would be a headword is the beginning of a sentence: "sloop is", "the"."""
    tokens = [fold(token) for token in head.split()]
    if len(tokens) == 1:
        return tokens[0] in words.anaphora | words.determiners
    last = " ".join(tokens[-2:])
    return tokens[-1] in words.strong | words.determiners | _JOINING or last in words.strong


def _definition(tokens: Sequence[tuple[int, str]], text: str, words: Words) -> tuple[int, bool]:
    """The token with which the definition begins, 0 for none, and whether that is sure."""
    bare = [token.strip(_QUOTES + ",.;:)]}") for _, token in tokens]
    opening = _behind_brackets(tokens)
    for at in range(1, len(tokens)):
        token = tokens[at][1]
        if at < opening:
            continue
        rest = text[tokens[at][0] :]
        head = text[: tokens[at][0]].strip()
        if re.match(r"1[.)]$|\([A-Z][a-z]+\.\)$", token):
            return at, True  # a sense's number, a subject field
        if not (bare[at][:1].isupper() or token[:1] in "“‘"):
            continue
        if len(bare[at]) > 1 and bare[at] == bare[at - 1]:
            return at, True  # "Compound Interest Interest that …"
        if _repeats(head, rest, words):
            return at, True
        if at == 1 and _SHORT.fullmatch(head) and _spells(head, rest):
            return at, True
    for at in range(max(opening, 1), len(tokens)):
        folded = fold(bare[at])
        if not bare[at][:1].isupper():
            continue
        if folded in words.determiners or folded in _OPENERS:
            following = fold(bare[at + 1]) if at + 1 < len(bare) else ""
            if following in words.determiners and bare[at + 1][:1].isupper():
                continue  # "Vitamin A A substance that …"
            return at, True
        if not bare[0][:1].isupper() and all(not b[:1].isupper() for b in bare[:at]):
            # small letters, then a capital: the first word of the definition
            return (at, True) if _goes_on(bare, at) else (0, False)
    if 0 < opening < len(bare) and bare[opening][:1].isupper() and _goes_on(bare, opening):
        return opening, True
    run = 0
    while run + 1 < len(bare) and bare[run + 1][:1].isupper():
        run += 1
    if run >= max(opening, 1) and _goes_on(bare, run):
        return run, False
    return 0, False


def _goes_on(bare: Sequence[str], at: int) -> bool:
    """Whether the word behind the one at ``at`` is no capital, as within a sentence."""
    return at + 1 >= len(bare) or not bare[at + 1][:1].isupper()


def _behind_brackets(tokens: Sequence[tuple[int, str]]) -> int:
    """The token behind brackets that open right behind the first few words of a headword."""
    depth, opened = 0, False
    for at, (_, token) in enumerate(tokens):
        if at and token[0] in "([" and not opened and token[-1] != ".":
            if re.match(r"\([A-Z][a-z]+\.\)", token):
                return 0
            opened = True
        depth += sum(token.count(c) for c in "([") - sum(token.count(c) for c in ")]")
        if opened and depth <= 0:
            return at + 1
        if not opened and at and token[:1].isupper():
            return 0
    return 0


def _repeats(head: str, rest: str, words: Words) -> bool:
    """Whether a definition opens with its headword, an article before it or not."""
    if not head or not head[0].isalnum():
        return False
    first = rest.split(None, 1)
    if len(first) > 1 and fold(first[0].strip(_QUOTES)) in words.determiners:
        rest = first[1]
    size = len(head.split())
    if size > 1 and is_acronym(head.split()[0]) and rest.split()[0] == head.split()[0]:
        return True  # "BE parameter BE stands for backend"
    opening = " ".join(rest.split()[:size]).strip(_QUOTES + ",.;:)”’\"'")
    return key(opening) == key(re.sub(r"\s*[(\[].*$", "", head)) and bool(key(opening))


def _spells(head: str, rest: str) -> bool:
    """Whether a definition opens with what its acronym stands for."""
    tokens = re.findall(r"[^\s,.;:()]+", rest)[:9]
    return any(is_short_for(head, " ".join(tokens[:size])) for size in range(2, len(tokens) + 1))
