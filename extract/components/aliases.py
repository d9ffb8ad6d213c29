"""Other names of an entry: behind its headword, and in the wording of its definition.

All text rules, on the raw text, so that offsets are exact and no parser is needed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from extract.acronyms import Acronym, find_acronyms
from extract.components import tongues
from extract.components.mention import Mention, mention
from extract.labels import fold, is_acronym, key
from extract.letters import alignment_cost, initials, is_short_for, variants
from extract.lexicon import AliasPattern, Lexicon
from extract.model import Span

__all__ = ["Acronym", "Alias", "Head", "find_acronyms", "in_text", "read_head"]

_QUOTES = " \t\u00a0\"'“”‘’„«»*_`"
_HEAD_PARENTHESIS = re.compile(r"\s*[(\[（]([^()\[\]（）]+)[)\]）]\s*$")
_HAN = re.compile(r"[\u3400-\u9fff]")
_KANA = re.compile(r"[\u3040-\u30ff・ ]+")
_ALSO = re.compile(
    r"^(?:(?:or|also|aka|a\.k\.a\.?|also known as|also called|sometimes|formerly|previously|"
    r"abbreviated(?: as)?|abbr\.?|short for|short|acronym|synonym|syn\.?|alias|"
    r"i\.e\.,?|=)[:\s]\s*)+",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(
    r"\s*(?:,\s*(?:or|and)\s+|\s(?:or|and)\s+|[,;]\s+|\s/\s|\s\|\s)\s*(?:also\s+)?"
)
_WORDS = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
_END = re.compile(r"[;:()\[\]\n—•|]|[.!?](?=\s|$|[\"”’)])|\s[-–]\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Another name of an entry and where it was read."""

    text: str
    type: str
    """Type of the designation, such as ``acronym``."""
    status: str
    span: Span
    """Where it stands, in the text that was given."""
    rule: str
    confidence: float
    language: str = ""
    """Empty: the document's."""


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
    split = [(head, *(p.strip() for p in head.partition(",")[::2])) for head in heads]
    alone = {fold(first) for _, first, rest in split if not rest}
    shared = Counter(fold(first) for _, first, rest in split if rest)
    return frozenset(
        head
        for head, first, rest in split
        if rest
        and "," not in rest
        and (fold(first) in alone or shared[fold(first)] > 1)
        and not is_acronym(first)
        and not is_acronym(rest)
        and not rest.lower().startswith(("or ", "also ", "aka "))
    )


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
        before, content = label[: match.start()].rstrip(), match[1].strip(_QUOTES)
        if not before:
            break
        translations = tongues.names_in(content, language)
        for tongue, name in translations:
            at = label.index(name, match.start()) + offset
            span = Span(start=at, end=at + len(name))
            named = _alias(name, "full form", span, "head-language", 0.95, "preferred")
            aliases.append(replace(named, language=tongue))
        if translations:
            label = before
            continue
        names = list(_names_in_parenthesis(before, content, lexicon))
        if not names:
            if label[match.start()] not in " \u00a0\t（":
                break  # "f(x)", "print(value)": part of the name
            qualifiers.append(content)
        for name, kind in names:
            at = label.index(name, match.start()) + offset
            span = Span(start=at, end=at + len(name))
            aliases.append(_alias(name, kind, span, "head-parenthesis", 0.98))
        label = before
    if inverted:
        first, _, rest = label.partition(",")
        at = label.index(rest.strip()) + offset
        noun = first.lower() if rest.islower() and first[1:].islower() else first
        natural, span = f"{rest.strip()} {noun}", Span(start=offset, end=at + len(rest.strip()))
        aliases.append(_alias(natural, "synonym", span, "head-inverted", 0.85))
        return Head(label=label, aliases=tuple(aliases), qualifier="; ".join(qualifiers))
    parts, rule = _split_head(label, body)
    for part in parts[1:]:
        at = label.index(part, len(parts[0])) + offset
        kind = "acronym" if is_acronym(part) and not is_acronym(parts[0]) else "synonym"
        kind = "full form" if is_acronym(parts[0]) and is_short_for(parts[0], part) else kind
        aliases.append(_alias(part, kind, Span(start=at, end=at + len(part)), rule, 0.9))
    return Head(label=parts[0], aliases=tuple(aliases), qualifier="; ".join(qualifiers))


def _names_in_parenthesis(before: str, content: str, lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    """(name, type) of each name in a parenthesis behind a headword; none for a qualifier."""
    lead = _ALSO.match(content)
    inner = content[lead.end() :] if lead else content
    pieces = [p.strip(_QUOTES) for p in re.split(r"\s*(?:[,;/|]|\sor\s|\band\s)\s*", inner)]
    pieces = [p for p in pieces if p]
    if fold(content) in lexicon["alias_labels.qualifiers"] or not pieces:
        return
    if is_acronym(before) and len(inner.split()) > 1 and is_short_for(before, inner):
        yield inner.strip(_QUOTES), "full form"
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


def _split_head(label: str, body: str) -> tuple[list[str], str]:
    """The names that one headword line lists, and the rule by which it was split."""
    slashed = [p.strip() for p in re.split(r"\s+[/|]\s+", label)]
    if len(slashed) > 1 and all(slashed):
        return slashed, "head-slash"
    tight = label.split("/")
    if len(tight) == 2 and all(is_acronym(p) and len(p) > 2 and p.isalpha() for p in tight):
        return tight, "head-slash"
    either = re.split(r",\s+(?:or|aka|also(?:\s+known\s+as|\s+called)?)\s+", label)
    if len(either) > 1:
        return [p.strip() for p in either], "head-or"
    listed = [p.strip() for p in label.split(", ")] if "(" not in label else []
    if 2 <= len(listed) <= 4 and all(fold(p) and len(p.split()) <= 4 for p in listed):
        inverted = fold(f"{listed[1]} {listed[0]}")
        if len(listed) == 2 and re.search(rf"\b{re.escape(inverted)}", fold(body)):
            return [label], "inverted"
        if not any(fold(p).split()[0] in {"and", "or", "&"} for p in listed):
            return listed, "head-comma"
    return [label], ""


def _alias(
    text: str, kind: str, span: Span, rule: str, confidence: float, status: str = "admitted"
) -> Alias:
    return Alias(text=text, type=kind, status=status, span=span, rule=rule, confidence=confidence)


# --- in running text ---------------------------------------------------------------------------


def in_text(
    text: str, spans: Sequence[Span], labels: Sequence[str], lexicon: Lexicon
) -> list[Alias]:
    """Return the other names that the passages ``spans`` of ``text`` give to ``labels``.

    ``labels`` are the names known so far, the headword first. Offsets point into ``text``. Only
    what is said of the entry itself counts: the wording must stand right behind one of its
    names, or open a sentence that says nothing of anything else.
    """
    found: list[Alias] = []
    known = {key(label) for label in labels}
    for number, span in enumerate(spans):
        passage = span.of(text)
        here = [
            *_acronyms(passage, labels),
            *_appositions(passage, labels, lexicon, first=number == 0),
            *(_expansions(passage, labels) if number == 0 else ()),
        ]
        for alias in here:
            name = key(alias.text)
            if name in known or fold(alias.text) in lexicon["alias_labels.refused"]:
                continue
            known.add(name)
            moved = Span(start=alias.span.start + span.start, end=alias.span.end + span.start)
            found.append(
                Alias(
                    text=alias.text,
                    type=alias.type,
                    status=alias.status,
                    span=moved,
                    rule=alias.rule,
                    confidence=alias.confidence,
                )
            )
    return found


def _acronyms(passage: str, labels: Sequence[str]) -> Iterator[Alias]:
    """ "long (SHORT)" anywhere, where one of the two is a name of the entry."""
    names = {key(label) for label in labels}
    for acronym in find_acronyms(passage):
        if key(acronym.long) in names:
            yield _alias(acronym.short, "acronym", acronym.short_span, "acronym", 0.97)
        elif {key(v) for v in variants(acronym.short)} & names:
            yield _alias(acronym.long, "full form", acronym.long_span, "acronym", 0.95)


def _expansions(passage: str, labels: Sequence[str]) -> Iterator[Alias]:
    """A definition that opens with what its acronym stands for: "API – Application …"."""
    for label in labels[:1]:
        if not is_acronym(label):
            continue
        opening = re.match(r"\s*[\"'“]?((?:[^\W_][^\s,.;:()]*[ \u00a0]?){2,9})", passage)
        if not opening:
            return
        words = list(_WORDS.finditer(opening[1]))
        for end in range(len(words), 1, -1):
            long = opening[1][: words[end - 1].end()]
            after = passage[opening.start(1) + len(long) :].lstrip(" \"'”’")[:1]
            cost = alignment_cost(label, long)
            capitals = sum(w[0][0].isupper() for w in words[:end])
            closed = after in {"", ".", ",", ";", ":", "(", "–", "—", "-", "\n"}
            if cost is not None and cost <= 0.1 and (closed or capitals >= len(label)):
                start = opening.start(1)
                span = Span(start=start, end=start + len(long))
                yield _alias(long, "full form", span, "expansion", 0.95)
                return


def _appositions(
    passage: str, labels: Sequence[str], lexicon: Lexicon, *, first: bool
) -> Iterator[Alias]:
    """The wordings of the lexicon, behind a name of the entry or as a sentence of their own."""
    # A pattern of the names costs a millisecond to compile, and most passages need none.
    names: Mention | None = None
    for pattern in lexicon.aliases:
        for lead in _leads(pattern).finditer(passage):
            names = names or mention(tuple(labels))
            place = _place(passage, lead, names, pattern, first=first)
            if place == 0:
                continue
            for name, span in _listed(passage, lead.end(), lexicon):
                kind = pattern.type
                if kind == "synonym" and is_acronym(name):
                    kind = "acronym"
                yield _alias(name, kind, span, pattern.key, place, pattern.status)
    # "PRM tools, or PRMs, are …"; "A cookie, or HTTP cookie, is …"
    if not re.search(r"[\s,(]or\s", passage[:600]):
        return
    names = names or mention(tuple(labels))
    for named in names.finditer(passage[:400]):
        either = re.compile(r",?\s*\(?\s*or\s+").match(passage, named.end())
        if not either or not _opens(passage, named.start()):
            continue
        listed = list(_listed(passage, either.end(), lexicon))
        if not listed:
            continue
        behind = passage[listed[-1][1].end :]
        if re.match(r"[\"”’']?\s*(?:,|\)|(?:is|are|refers?|means)\b)", behind):
            for name, span in listed:
                kind = "acronym" if is_acronym(name) else "synonym"
                yield _alias(name, kind, span, "or", 0.92)


@lru_cache(maxsize=64)
def _leads(pattern: AliasPattern) -> re.Pattern[str]:
    def either(words: tuple[str, ...]) -> str:
        return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words)

    choices = [either(pattern.lead)]
    if pattern.participles:
        choices.insert(
            0, rf"(?:(?:{either(pattern.adverbs)})\s+){{0,3}}(?:{either(pattern.participles)})"
        )
    return re.compile(rf"(?<![\w-])(?:{'|'.join(choices)})(?![\w-])[:,]?\s*", re.IGNORECASE)


def _opens(passage: str, at: int) -> bool:
    """Whether only an article, or an "In X," stands between the sentence's start and ``at``."""
    start = max(passage.rfind(stop, 0, at) for stop in (". ", "\n", "! ", "? ")) + 1
    before = passage[start:at].strip(" \"“‘'")
    return bool(
        re.fullmatch(
            r"(?:[Ii]n [^,]{2,40},\s*)?(?:(?:[Aa]n?|[Tt]he|[Tt]he term)\s*[\"“‘']?)?", before
        )
    )


_WEAK_WORDS = (
    "also, sometimes, known as, called, referred to as, termed, named, written, spelled, spelt, "
    "abbreviated, dubbed, designated, described as, labeled, labelled, denoted, alternatively, "
    "previously, formerly, in short, for short, or simply, or just, known by, shortened to"
)
_WEAK = frozenset(_WEAK_WORDS.split(", "))


def _place(
    passage: str, lead: re.Match[str], names: Mention, pattern: AliasPattern, *, first: bool
) -> float:
    """How surely the words at ``lead`` speak of the entry; 0: they do not."""
    words = fold(lead[0]).strip(" :,")
    start = max(
        passage.rfind(stop, 0, lead.start()) for stop in (". ", "\n", "! ", "? ", ".\u00a0")
    )
    start = start + 1 if start >= 0 else 0
    before = passage[start : lead.start()]
    bare = before.strip(_QUOTES + "([-–—,;:")
    # Wordings that other things are given too: they count right behind a name of the entry.
    weak = (
        not any(words.startswith(adverb) for adverb in ("also ", "aka", "a.k.a")) and words in _WEAK
    )
    # Behind a name of the entry: "Payouts, also known as partner commissions, are …".
    last = next(reversed(list(names.finditer(before))), None)
    if last is not None:
        between = before[last.end() :].strip(_QUOTES)
        if re.fullmatch(
            r"[,(–—-]?\s*(?:(?:which|that)\s+)?(?:(?:is|are|was|were|can be|may be)\s*)?"
            r"(?:an?)?\s*\(?",
            between,
        ):
            return (
                0
                if weak and words in {"also", "sometimes"} and not between.startswith((",", "("))
                else 0.95
            )
        if pattern.type == "full form" and re.fullmatch(r"(?:is|,)?\s*(?:an?|the)?", between):
            return 0.95
    if weak and words not in {"formerly", "previously"} and not (words == "also" and bare == ""):
        return 0
    subject = fold(bare)
    # A sentence of its own: "Also called X.", "It is sometimes called X."
    if subject in {
        "",
        "is",
        "a",
        "an",
        "the",
        "it is",
        "it's",
        "they are",
        "these are",
        "this is",
        "it was",
        "it is a",
        "it is an",
        "it can be",
        "this is a",
        "this is an",
        "that is",
        "it",
    }:
        if pattern.type == "full form" and not first:
            return 0
        return 0.9 if words != "also" else 0
    # A parenthesis or a clause behind a semicolon that ends the sentence.
    end = re.compile(r"[^.;()\n]*\)?\s*(?:[.;]|$|\n)").match(passage, lead.end())
    opened = before.rstrip(_QUOTES)[-1:]
    if first and end and start == 0 and not weak and opened in ("(", ";"):
        return 0.7
    return 0


def _listed(passage: str, at: int, lexicon: Lexicon) -> Iterator[tuple[str, Span]]:
    """The names listed from ``at`` on, with their spans: "X, Y or Z"; quoted ones whole."""
    stops = lexicon["alias_labels.stops"]
    position = at
    for number in range(4):
        quoted = re.compile(r"(?:the\s+|an?\s+)?[\"“‘']([^\"“”‘’']{2,60})[\"”’'],?").match(
            passage, position
        )
        if quoted:
            name, begin, end = quoted[1].strip(" ,."), quoted.start(1), quoted.end()
            trimmed = begin + len(name)
        else:
            limit = _END.search(passage, position)
            stretch = passage[position : limit.start() if limit else len(passage)]
            comma = _SEPARATORS.search(stretch)
            stretch = stretch[: comma.start()] if comma else stretch
            kept_end = 0
            for count, word in enumerate(_WORDS.finditer(stretch)):
                if fold(word[0]) in stops:
                    break
                if count >= 6:
                    return
                kept_end = word.end()
            name = stretch[:kept_end]
            article = re.match(r"\s*(?:(?:an?|the|simply|just)\s+)+", name, re.IGNORECASE)
            begin = position + (article.end() if article else len(name) - len(name.lstrip()))
            name = passage[begin : position + kept_end].strip(_QUOTES)
            trimmed = begin + len(name)
            end = position + kept_end
        if not _plausible(name, lexicon):
            return
        yield name, Span(start=begin, end=trimmed)
        following = re.compile(
            r"\s*(?:,\s*(?:or|and)?|(?:or|and)|/)\s*(?:also\s+|as\s+|simply\s+)?(?=\S)"
        ).match(passage, end)
        if not following or number == 3:
            return
        if "or" not in following[0] and "and" not in following[0] and "/" not in following[0]:
            # "X, Y or Z" goes on; "X, is …" and "X, a process …" do not.
            tail = re.compile(r"[^.;:()\n,]{2,40}(?:,[^.;:()\n,]{2,40})*,?\s+or\s+").match(
                passage, following.end()
            )
            next_word = re.compile(r"[\w'’-]+").match(passage, following.end())
            if not tail or not next_word or fold(next_word[0]) in stops | {"a", "an", "the"}:
                return
        position = following.end()


def _plausible(name: str, lexicon: Lexicon) -> bool:
    return (
        bool(name)
        and len(name) > 1
        and len(name.split()) <= 6
        and any(c.isalnum() for c in name)
        and fold(name) not in lexicon["alias_labels.refused"]
        and not fold(name).startswith(("depending ", "used ", "based ", "part of "))
    )


def contested(owners: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the short forms that several entries claim, from (short form, entry id) pairs."""
    claims: dict[str, list[str]] = {}
    for short, owner in owners:
        claims.setdefault(fold(short), []).append(owner)
    return {short: ids for short, ids in claims.items() if len(set(ids)) > 1}
