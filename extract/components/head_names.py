"""A headword line taken apart: its label, other names beside it, and what is neither."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cache

from extract import languages
from extract.components import tongues
from extract.components.aliases import QUOTES, Alias, leads, named
from extract.labels import fold, is_acronym, key
from extract.letters import alignment_cost, initials, is_short_for, is_shuffled, variants
from extract.lexicon import Lexicon
from extract.model import Span

_HEAD_PARENTHESIS = re.compile(r"\s*[(\[（【〔]([^()\[\]（）【】〔〕]+)[)\]）】〕]\s*$")
_SPELLINGS = 0.75
"""How alike two spellings of a word are: "colour/color" .91, "grey/gray" .75, others .55."""
_HAN = re.compile(r"[\u3400-\u9fff]")
_KANA = re.compile(r"[\u3040-\u30ff・ ]+")
_ALSO = re.compile(
    r"^(?:(?:or|also|aka|a\.k\.a\.?|also known as|also called|sometimes|formerly|previously|"
    r"abbreviated(?: as)?|abbr\.?|short for|short|acronym|synonym|syn\.?|alias|"
    r"i\.e\.,?|=|pl\.|plural|spelled|spelt|written)[:\s]\s*)+",
    re.IGNORECASE,
)
_REGION = re.compile(
    r"(?:(?:US|UK|Brit(?:ish|\.)?|American|Amer?\.|BrE|AmE|Canadian|Australian)"
    r"(?:\s+English)?)(?::\s*|\s+(?=[a-z]))"
)
"""Where a name is used: "(British: aubergine)", "(US eggplant)"; "(US Army)" is another thing."""
_INFIX = re.compile(r"(?P<before>\S.*?)\s+\((?P<short>[A-Z][A-Za-z0-9&-]{1,7})\)\s+(?P<after>\w.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A headword line taken apart."""

    label: str
    aliases: tuple[Alias, ...]
    """Spans are offsets in the head's own text."""
    qualifier: str = ""
    """What a parenthesis says that is no name: "(in law)", "(noun)"."""


def inverted(heads: Iterable[str]) -> frozenset[str]:
    """Return the headwords that are written back to front, as library catalogues do.

    "Branch, anonymous" beside "Branch" or beside "Branch, named" sorts by its noun; "color,
    colour" has no such neighbour and lists two names.
    """
    split = [
        (head, *(p.strip() for p in _HEAD_PARENTHESIS.sub("", head).partition(",")[::2]))
        for head in heads
    ]
    alone = {fold(first) for _, first, rest in split if not rest}
    shared = Counter(fold(first) for _, first, rest in split if rest)
    paired = {
        head: fold(first) in alone or shared[fold(first)] > 1
        for head, first, rest in split
        if rest
        and re.match(r"[^()\[\]]+,\s", head)  # "(0028,0010) Rows" holds a number
        and "," not in rest
        and not is_acronym(first)
        and not is_acronym(rest)
        and not rest.lower().startswith(("or ", "also ", "aka "))
    }
    # A page that sorts most of its pairs by their nouns sorts all so.
    usual = sum(paired.values()) >= max(_USUAL, len(paired) / 2)
    return frozenset(
        head
        for head, told in paired.items()
        if told or (usual and _HEAD_PARENTHESIS.sub("", head).partition(",")[2].strip().islower())
    )


_USUAL = 3


def _natural(label: str) -> str:
    """ "churn rate" of "Rate, churn"."""
    first, _, rest = label.partition(",")
    noun = first.lower() if rest.islower() and first[1:].islower() else first
    return f"{rest.strip()} {noun}"


def read_head(
    text: str,
    lexicon: Lexicon,
    body: str = "",
    *,
    inverted: bool = False,
    language: str = "en",
) -> Head:
    """Return the label of a headword line, its other names and its qualifier.

    A parenthesis whose letters stand for the words before it is an acronym; after "also", "or" and
    the like it is a name; behind names of languages other than ``language`` stand names in these;
    else it is a qualifier. ``body`` decides what the line leaves open: in
    "Tree, binary" the parts are one inverted label when the body says "binary tree", or when other
    headwords say so (``inverted``); the label in its natural order is then another name.
    """
    label, aliases, qualifiers = text.strip(), list[Alias](), list[str]()
    offset = len(text) - len(text.lstrip())
    while match := _HEAD_PARENTHESIS.search(label):
        before, content = label[: match.start()].rstrip(), match[1].strip(QUOTES)
        if not before:
            break
        translations = tongues.names_in(content, language)
        for tongue, name in translations:
            at = label.index(name, match.start()) + offset
            span = Span(start=at, end=at + len(name))
            translated = named(name, "full form", span, "head-language", 0.95, "preferred")
            aliases.append(replace(translated, language=tongue))
        if translations:
            label = before
            continue
        joined = list(_east_asian(before, content, language))
        for tongue, name, kind in joined:
            at = label.index(name, match.start()) + offset
            span = Span(start=at, end=at + len(name))
            told = named(name, kind, span, "head-parenthesis", 0.95)
            aliases.append(
                replace(told, language=tongue, type="full form", status="preferred")
                if tongue
                else told
            )
        if joined:
            label = before
            continue
        ordered = _natural(before) if inverted and "," in before else before
        names = list(_names_in_parenthesis(ordered, content, lexicon, language))
        if not names:
            if label[match.start()] not in " \u00a0\t（【〔":
                break  # "f(x)", "print(value)": part of the name
            qualifiers.append(content)
        for name, kind in names:
            if key(name) == key(before):
                continue  # "jib (plural: jibs)"
            at = label.index(name, match.start()) + offset
            span = Span(start=at, end=at + len(name))
            aliases.append(named(name, kind, span, "head-parenthesis", 0.98))
        label = before
    if inverted:
        rest = label.partition(",")[2].strip()
        at = label.index(rest) + offset
        natural, span = _natural(label), Span(start=offset, end=at + len(rest))
        aliases.append(named(natural, "synonym", span, "head-inverted", 0.85))
        return Head(label=label, aliases=tuple(aliases), qualifier="; ".join(qualifiers))
    infix = _INFIX.fullmatch(label)
    if infix and is_short_for(infix["short"], infix["before"]):
        # "Ahead-of-time (AOT) compilation": the brackets give a short form of what is before them
        at = infix.start("short") + offset
        span = Span(start=at, end=at + len(infix["short"]))
        aliases.append(named(infix["short"], "acronym", span, "head-infix", 0.9))
        return Head(label=label, aliases=tuple(aliases), qualifier="; ".join(qualifiers))
    label, plural = _without_plural(label)
    if plural is not None:
        moved = Span(start=plural.start + offset, end=plural.end + offset)
        aliases.append(named(moved.of(text), "variant", moved, "head-plural", 0.95))
    parts, rule = _split_head(label, body, language)
    for part in parts[1:]:
        at = label.index(part, len(parts[0])) + offset
        kind = "acronym" if is_acronym(part) and not is_acronym(parts[0]) else "synonym"
        kind = "full form" if is_acronym(parts[0]) and is_short_for(parts[0], part) else kind
        aliases.append(named(part, kind, Span(start=at, end=at + len(part)), rule, 0.9))
    return Head(label=parts[0], aliases=tuple(aliases), qualifier="; ".join(qualifiers))


_PLURAL = re.compile(r",\s+(?:n\.?\s*)?(?:pl\.|plural):?(?:\s+(?P<name>[^\W\d_][\w’'-]+))?$", re.I)


def _without_plural(label: str) -> tuple[str, Span | None]:
    """A label without the plural given behind it ("stemma, pl. stemmata"), and where that is."""
    found = _PLURAL.search(label)
    if found is None:
        return label, None
    name = Span(start=found.start("name"), end=found.end("name")) if found["name"] else None
    return label[: found.start()], name


@cache
def _also(language: str) -> re.Pattern[str]:
    """What stands before another name in brackets in a language: "ou", "auch:", "сокр.", 又称."""
    words = languages.table().get(language, {})
    keys = ("called", "or", "earlier", "synonym", "acronym")
    found = sorted({w.rstrip(". ") for key in keys for w in words.get(key, ())}, key=len)
    names = "|".join(re.escape(w).replace(r"\ ", r"\s+") for w in reversed(found)) or r"(?!)"
    behind = r"[为作]?[:：]?\s*" if language in ("zh", "ja") else r"(?:[.:]\s*|\.?\s+)"
    return re.compile(rf"(?:(?:{names}){behind})+", re.IGNORECASE)


_EAST_ASIAN_PIECE = re.compile(r"\s*[,，、;；/]\s*")


def _east_asian(before: str, content: str, language: str) -> Iterator[tuple[str, str, str]]:
    """(language, name, type) of several names behind a Chinese or Japanese headword.

    "釉薬（ゆうやく、うわぐすり、英: glaze）": readings, names of its own language and of others in
    one pair of brackets. Nothing where no piece but words of the headword's script stands there:
    such words may be a subject field.
    """
    pieces = [p for p in _EAST_ASIAN_PIECE.split(content.strip()) if p]
    if len(pieces) < 2 or not _HAN.search(before):
        return
    found: list[tuple[str, str, str]] = []
    sure = False
    for piece in pieces:
        if translated := tongues.names_in(piece, language):
            found += [(tongue, name, "full form") for tongue, name in translated]
            sure = True
            continue
        lead = _also(language).match(piece)
        name = piece[lead.end() :].strip(QUOTES) if lead else piece
        reading = _KANA.fullmatch(name) or not _HAN.search(name)
        sure = sure or bool(lead) or (bool(reading) and language in ("zh", "ja"))
        kind = "variant" if reading else "synonym"
        if len(name) > 1:
            found.append(("", name, "acronym" if is_acronym(name) else kind))
    if sure:
        yield from found


_FORM = 4
"""So many letters two forms of a word share at least, and differ by at most."""


def _is_form(word: str, label: str) -> bool:
    """Whether a word is the headword with another ending: "Kellermeisterin", "jibs", "actress"."""
    if " " in label or " " in word or not word.replace("-", "").isalpha():
        return False
    one, other = fold(label), fold(word)
    shared = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
                  min(len(one), len(other)))  # fmt: skip
    least = max(_FORM, int(0.6 * min(len(one), len(other))))
    return shared >= least and max(len(one), len(other)) - shared <= _FORM


def _names_in_parenthesis(
    before: str, content: str, lexicon: Lexicon, language: str
) -> Iterator[tuple[str, str]]:
    """(name, type) of each name in a parenthesis behind a headword; none for a qualifier."""
    lead = _ALSO.match(content) or (_REGION.match(content) if before[:1].isalpha() else None)
    lead = lead or _also(language).match(content)
    worded = (leads(pattern).match(content) for pattern in lexicon.aliases)
    lead = max((lead, *worded), key=lambda found: found.end() if found else 0)
    inner = content[lead.end() :] if lead else content
    pieces = [p.strip(QUOTES) for p in re.split(r"\s*(?:[,;/|]|\sor\s|\band\s)\s*", inner)]
    pieces = [p for p in pieces if p]
    if fold(content) in lexicon["alias_labels.qualifiers"] or not pieces:
        return
    spelled = is_short_for(before, inner) or is_shuffled(before, re.findall(r"[^\W_]+", inner))
    if is_acronym(before) and len(inner.split()) > 1 and spelled:
        yield inner.strip(QUOTES), "full form"
        return
    if _HAN.search(before) and not _HAN.search(content):
        # Behind Chinese and Japanese words stand their reading in kana, or a foreign name.
        reading = _KANA.fullmatch(content)
        if reading and len(content) < 3:
            return  # so short a reading is part of other words everywhere
        yield content, "variant" if reading else "acronym" if is_acronym(content) else "synonym"
        return
    short = [p for p in pieces if _is_short_of(p, before)]
    if short and len(short) == len(pieces):
        yield from ((p, "acronym") for p in pieces)
    elif lead and all(len(p.split()) <= 6 for p in pieces):
        for piece in pieces:
            yield piece, "acronym" if is_acronym(piece) else "synonym"
    elif short:
        yield from ((p, "acronym") for p in short)
    elif len(pieces) == 1 and len(inner) > 2 and fold(before).startswith(fold(inner)):
        yield inner, "abbreviation"  # "cyclorama (cyc)", "laboratory (lab)"
    elif len(pieces) == 1 and _is_form(pieces[0], before):
        yield pieces[0], "variant"


def _is_short_of(short: str, label: str) -> bool:
    """Whether a short form stands for a label, or for the label with a modifier before it.

    "Business Review (QBR/EBR)": the letters of the label end each of the two.
    """
    if len(short.split()) > 2 or not any(c.isupper() for c in short):
        return short.islower() and len(short) > 2 and alignment_cost(short, label) == 0
    if is_short_for(short, label):
        return True
    letters = variants(short)[-1].lower()
    return is_acronym(short) and any(
        len(i) >= 2 and len(letters) == len(i) + 1 and letters.endswith(i) for i in initials(label)
    )


@cache
def _aside(language: str) -> re.Pattern[str]:
    """A comma and the words before another name: ", aussi appelé", ", или"."""
    words = languages.table().get(language, {})
    found = sorted({w for key in ("called", "or") for w in words.get(key, ())}, key=len)
    names = "|".join(re.escape(w).replace(r"\ ", r"\s+") for w in reversed(found)) or r"(?!)"
    return re.compile(rf",\s+(?:{names})\s+", re.IGNORECASE)


def _split_head(label: str, body: str, language: str) -> tuple[list[str], str]:
    """The names that one headword line lists, and the rule by which it was split."""
    slashed = [p.strip() for p in re.split(r"\s+[/|]\s+", label)]
    if len(slashed) > 1 and all(slashed):
        return slashed, "head-slash"
    tight = label.split("/")
    if len(tight) == 2 and all(is_acronym(p) and len(p) > 2 and p.isalpha() for p in tight):
        return tight, "head-slash"
    spellings = [p for p in tight if len(tight) == 2 and p.isalpha() and len(p) > 3]
    if len(spellings) == 2 and SequenceMatcher(None, tight[0], tight[1]).ratio() >= _SPELLINGS:
        return tight, "head-slash"
    known_as = re.split(r",?\s+(?:aka|a\.k\.a\.?|AKA)\s+", label)
    if len(known_as) == 2:
        return known_as, "head-or"
    either = re.split(r",\s+(?:or|aka|also(?:\s+known\s+as|\s+called)?)\s+", label)
    if len(either) == 1:
        either = _aside(language).split(label.strip(", "))
    if len(either) > 1:
        return [p.strip() for p in either], "head-or"
    listed = re.split(r";\s+", label)
    if 2 <= len(listed) <= 4 and all(fold(p) and len(p.split()) <= 3 for p in listed):
        return listed, "head-comma"
    listed = [p.strip() for p in label.split(", ")] if "(" not in label else []
    if 2 <= len(listed) <= 4 and all(fold(p) and len(p.split()) <= 4 for p in listed):
        inverted = fold(f"{listed[1]} {listed[0]}")
        if len(listed) == 2 and re.search(rf"\b{re.escape(inverted)}", fold(body)):
            return [label], "inverted"
        if not any(fold(p).split()[0] in {"and", "or", "&"} for p in listed):
            return listed, "head-comma"
    return [label], ""
