"""Other names of an entry in the wording of its definition (behind its headword: ``head_names``).

All text rules, on the raw text, so that offsets are exact and no parser is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from extract.acronyms import find_acronyms
from extract.components.mention import Mention, mention
from extract.components.stated_names import stated
from extract.labels import fold, is_acronym, key
from extract.letters import alignment_cost, is_short_for, variants
from extract.lexicon import AliasPattern, Lexicon
from extract.model import Span

QUOTES = " \t\u00a0\"'“”‘’„«»*_`"
"""What stands around a name and is none of it."""
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


def named(
    text: str, kind: str, span: Span, rule: str, confidence: float, status: str = "admitted"
) -> Alias:
    """Return another name, of type ``kind``, admitted where nothing else is said."""
    return Alias(text=text, type=kind, status=status, span=span, rule=rule, confidence=confidence)


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
            *_stated(passage, labels, lexicon),
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
            yield named(acronym.short, "acronym", acronym.short_span, "acronym", 0.97)
        elif {key(v) for v in variants(acronym.short)} & names:
            yield named(acronym.long, "full form", acronym.long_span, "acronym", 0.95)


def _stated(passage: str, labels: Sequence[str], lexicon: Lexicon) -> Iterator[Alias]:
    """Names behind a label of their own within the text: "Syn. X", "US: X"."""
    found = stated(
        passage, lambda: mention(tuple(labels)), lambda text, at: _listed(text, at, lexicon)
    )
    for name, span, kind, rule, confidence in found:
        bracketed = passage[: span.start].count("(") > passage[: span.start].count(")")
        if kind == "acronym" and bracketed and not any(is_short_for(name, x) for x in labels):
            continue  # "its emphatic form (abbreviated EBW)"
        yield named(name, kind, span, rule, confidence)


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
                yield named(long, "full form", span, "expansion", 0.95)
                return


def _appositions(
    passage: str, labels: Sequence[str], lexicon: Lexicon, *, first: bool
) -> Iterator[Alias]:
    """The wordings of the lexicon, behind a name of the entry or as a sentence of their own."""
    # A pattern of the names costs a millisecond to compile, and most passages need none.
    names: Mention | None = None
    for pattern in lexicon.aliases:
        for lead in leads(pattern).finditer(passage):
            names = names or mention(tuple(labels))
            place = _place(passage, lead, names, pattern, first=first)
            if place == 0:
                continue
            for name, span in _listed(passage, lead.end(), lexicon):
                kind = pattern.type
                if kind == "synonym" and is_acronym(name):
                    kind = "acronym"
                yield named(name, kind, span, pattern.key, place, pattern.status)
    # "PRM tools, or PRMs, are …"; "A cookie, or HTTP cookie, is …"
    if not re.search(r"[\s,(]or\s", passage[:600]):
        return
    names = names or mention(tuple(labels))
    for own in names.finditer(passage[:400]):
        either = re.compile(r",?\s*\(?\s*or\s+").match(passage, own.end())
        if not either or not _opens(passage, own.start()):
            continue
        listed = list(_listed(passage, either.end(), lexicon))
        if not listed:
            continue
        behind = passage[listed[-1][1].end :]
        if re.match(r"[\"”’']?\s*(?:,|\)|(?:is|are|refers?|means)\b)", behind):
            for name, span in listed:
                kind = "acronym" if is_acronym(name) else "synonym"
                yield named(name, kind, span, "or", 0.92)


@lru_cache(maxsize=64)
def leads(pattern: AliasPattern) -> re.Pattern[str]:
    """What stands before another name by one of the lexicon's wordings, up to the name."""

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
_COMPLEMENT = re.compile(
    r"\s(?:of|that|which|who|whose|where|in|on|at|for|with|to|by|from|as|into|over|under)\s|ing\s"
)
_ADVERBIAL = frozenset(
    ["also", "sometimes", "often", "commonly", "formerly", "usually", "previously", "popularly"]
)
_WEAK = frozenset(_WEAK_WORDS.split(", "))


_DONE = re.compile(r"(?:\w+ed|made|found|built|part|held|kept|the\s+\w+\s+of)\b", re.I)


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
    bare = before.strip(QUOTES + "([-–—,;:")
    # Wordings that other things are given too: they count right behind a name of the entry.
    weak = (
        not any(words.startswith(adverb) for adverb in ("also ", "aka", "a.k.a")) and words in _WEAK
    )
    # Behind a name of the entry: "Payouts, also known as partner commissions, are …".
    last = next(reversed(list(names.finditer(before))), None)
    if last is not None:
        between = before[last.end() :].strip(QUOTES)
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
    if words in {"formerly", "previously"} and _DONE.match(passage, lead.end()):
        return 0  # "Formerly made of pine."
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
    opened = before.rstrip(QUOTES)[-1:]
    if first and end and start == 0 and not weak and opened in ("(", ";"):
        return 0.7
    # "A sail before the mast, also called X.": said of what the definition defines.
    adverbial = len(words.split()) > 1 and words.split()[0] in _ADVERBIAL
    if first and start == 0 and adverbial and opened == "," and end:
        alone = not re.search(r"[,;]|\s(?:or|and)\s", end[0].rstrip(".;"))
        written = words.endswith(("spelled", "spelt", "abbreviated", "abbreviated as"))
        whole = written or _is_of_all(bare, end[0])
        return 0.7 if alone and whole and not names.search(before) else 0
    return 0


def _is_of_all(before: str, name: str) -> bool:
    """Whether a name behind a comma is one of the whole definition, not of its last noun.

    "The loss of customers, also called attrition": no customers are called so. A definition without
    complement has one noun only.
    """
    plural = re.search(r"[^s’']s$", before) is not None
    own = re.search(r"[^s]s\W*$", name) is not None
    return (plural and not own) or not _COMPLEMENT.search(before)


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
            name = passage[begin : position + kept_end].strip(QUOTES)
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
        and "{" not in name  # "also called a {% macro %}"
        and fold(name) not in lexicon["alias_labels.refused"]
        and not fold(name).startswith(("depending ", "used ", "based ", "part of "))
    )


def contested(owners: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the short forms that several entries claim, from (short form, entry id) pairs."""
    claims: dict[str, list[str]] = {}
    for short, owner in owners:
        claims.setdefault(fold(short), []).append(owner)
    return {short: ids for short, ids in claims.items() if len(set(ids)) > 1}
