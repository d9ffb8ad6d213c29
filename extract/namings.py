"""What may be the headword of an article that prints none: read off its text without a parse."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from extract import languages
from extract.fields import Fields
from extract.labels import fold
from extract.labels import key as label_key
from extract.languages import Words
from extract.model import Document, Passage, Span

# Weight of each rule's candidate before order is looked at; subjects name the term outright.
WEIGHTS = {
    "printed": 1.0,
    "subject": 0.95,
    "calculate": 0.6,
    "formula": 0.5,
    "expansion": 0.45,
    "doer": 0.4,
    "later subject": 0.35,
    "example subject": 0.3,
    "repeated": 0.3,
    "neighbours": 0.25,
    "first words": 0.02,
}
_SENTENCE = re.compile(r"(?<=[.!?。！？])[\"”’)]*\s+|\n")
_TOKEN = re.compile(r"[^\W_](?:[\w.+#’'&/-]*[\w+#])?")
_POSTMODIFIED = re.compile(
    r"\b(?:that|which|who|whom|whose|where|when|used|by|those|these|how|if|because|while)\b", re.I
)
_ADVERB = re.compile(
    r"\s(?:often|usually|typically|generally|commonly|also|sometimes|\w+ly)$", re.I
)
_APPOSITION = re.compile(r"\s*(?:[,;(（]|\s[–—-]\s).*$", re.S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A possible headword of an article."""

    text: str
    """As it stands in the text, without a determiner."""
    span: Span | None
    """Where it stands; None where it is put together from several places."""
    score: float
    """A rank in (0, 1]: larger is more likely before alphabetical order is looked at."""
    rule: str
    """Key of what found it, see ``WEIGHTS``; others may be given."""


def propose(fields: Sequence[Fields], document: Document) -> list[list[Candidate]]:
    """Return for each article the candidates that its text alone gives, without a parse.

    An article with a printed headword has that one only. Works in every language that
    ``languages.toml`` has verbs for; linear in the length of the text.
    """
    words = languages.words(document.language)
    counts = [_ngrams(f, words) for f in fields]
    frequency = Counter(key for found in counts for key in found)
    proposed = []
    for own, found in zip(fields, counts, strict=True):
        if own.head_text:
            rule = "printed" if own.head else "file-name"
            candidates = [Candidate(text=own.head_text, span=own.head, score=1.0, rule=rule)]
        else:
            candidates = [
                *_subjects(own, found, document, words),
                *_doers(own, document, words),
                *_calculated(own, document, words),
                *_expanded(own, document),
                *_repeated(own, found, frequency, len(fields), document),
                *_first_words(own),
            ]
        proposed.append(merged(candidates))
    return proposed


def merged(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return candidates with equal labels as one, best first.

    The best one's text and rule stand; each further rule that agrees takes a quarter off what
    its score lacks to 1.
    """
    groups: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        if candidate.text.strip():
            groups.setdefault(label_key(candidate.text), []).append(candidate)
    found = []
    for group in groups.values():
        best = max(group, key=lambda c: c.score)
        others = len({c.rule for c in group}) - 1
        found.append(replace(best, score=1 - (1 - best.score) * 0.75**others))
    return sorted(found, key=lambda c: -c.score)


def _passages(fields: Fields) -> Iterator[tuple[str, Passage]]:
    yield from (("definition", p) for p in fields.definitions)
    yield from (("example", p) for p in fields.examples)


def subject(sentence: str, words: Words) -> tuple[str, bool]:
    """Return what a sentence is about, and whether its verb says what that is.

    The words before the first verb of ``languages.toml``, without determiner, apposition and
    adverb; ``""`` where they are an anaphor or a phrase with a clause of its own.
    """
    for verb in re.finditer(words.verb, sentence):
        if not verb.start():
            continue
        name = sentence[: verb.start()].strip()
        name = _APPOSITION.sub("", _ADVERB.sub("", name)).strip(" \"'“”‘’:–—")
        tokens = name.split()
        while tokens and fold(tokens[0]) in words.determiners:
            tokens.pop(0)
        if not tokens or len(tokens) > 7 or _POSTMODIFIED.search(name):
            return "", False
        if fold(tokens[0]).strip(",'’s") in words.anaphora and len(tokens) < 3:
            return "", False
        if fold(tokens[0]).strip(",") in words.anaphora:
            return "", False
        return " ".join(tokens), fold(verb[0].strip()) in words.strong
    return "", False


def _subjects(
    fields: Fields,
    found: Mapping[str, tuple[str, int, bool]],
    document: Document,
    words: Words,
) -> Iterator[Candidate]:
    """Subjects of sentences; those of later ones count if the article says them again."""
    first = True
    for kind, passage in _passages(fields):
        for sentence in _SENTENCE.split(passage.text):
            name, strong = subject(sentence.lstrip("•-* "), words)
            rule = (
                "example subject" if kind == "example" else "subject" if first else "later subject"
            )
            first = False
            if name:
                score = WEIGHTS[rule] * (1.0 if strong or rule != "subject" else 0.9)
                if rule != "subject" and len(name.split()) == 1:
                    score *= 0.5
                if rule == "later subject" and label_key(name) not in found:
                    score *= 0.4
                yield Candidate(
                    text=name, span=_where(name, passage, document), score=score, rule=rule
                )
            if kind == "example":
                break


# "The halyard hoists the sail": a noun without clause, a verb in the third person, what it does to.
_DOES = re.compile(
    r"(?:the|an?)\s+(?P<name>(?:[\w'’/-]+\s){0,4}[\w'’/-]+)\s+[a-z]{2,}[^\Ws]s\s+"
    r"(?:(?:the|an?|in|on|to|all|any|its|their|each|every|one|data|out|up|as|for|from|by|how)\s)",
    re.IGNORECASE,
)


def _doers(fields: Fields, document: Document, words: Words) -> Iterator[Candidate]:
    """The subject of a first sentence that says what a thing does, not what it is."""
    for passage in fields.definitions[:1]:
        found = _DOES.match(passage.text)
        name = found["name"] if found else ""
        if name and all(fold(token) not in words.function for token in name.split()):
            yield Candidate(
                text=name, span=_where(name, passage, document), score=WEIGHTS["doer"], rule="doer"
            )


_BLANKS = re.compile(r"\s+")


def _where(name: str, passage: Passage, document: Document) -> Span | None:
    """The first place of a name within a passage's span, whatever blanks part its words."""
    words = name.lower().split()
    start = passage.span.start
    text = passage.span.of(document.text).lower()
    if not words or len(text) != passage.span.end - start:  # "İ" is two letters in lower case
        pattern = r"\s+".join(re.escape(word) for word in name.split())
        found = re.compile(pattern, re.I).search(document.text, start, passage.span.end)
        return Span(start=found.start(), end=found.end()) if found else None
    # By hand, not by a pattern: thousands of names are looked for, each but once.
    at = text.find(words[0])
    while at >= 0:
        end = at + len(words[0])
        for word in words[1:]:
            blank = _BLANKS.match(text, end)
            if blank is None or not text.startswith(word, blank.end()):
                break
            end = blank.end() + len(word)
        else:
            return Span(start=start + at, end=start + end)
        at = text.find(words[0], at + 1)
    return None


def _calculated(fields: Fields, document: Document, words: Words) -> Iterator[Candidate]:
    """What the text tells how to reckon ("To calculate churn, divide …"), and results."""
    verbs = "|".join(re.escape(v) for v in words.calculate)
    for _, passage in _passages(fields):
        for match in re.finditer(
            rf"(?:{verbs})\s+(?:the\s+|an?\s+|your\s+)?([^,.;:=]{{2,60}}?)(?=,|\sas\s|\sby\s|:|\.)",
            passage.text,
            re.I,
        ):
            if len(match[1].split()) <= 5:
                yield Candidate(
                    text=match[1],
                    span=_where(match[1], passage, document),
                    score=WEIGHTS["calculate"],
                    rule="calculate",
                )
    if fields.formula:
        sides = [s.strip() for s in fields.formula.text.split("=")]
        for side in (sides[0], sides[-1]) if len(sides) == 2 else ():
            if side and not re.search(r"[/×*÷+]|\s[x−–-]\s", side):
                yield Candidate(
                    text=side,
                    span=_where(side, fields.formula, document),
                    score=WEIGHTS["formula"],
                    rule="formula",
                )


_ACRONYM = re.compile(r"\b([A-Z]{2,6})s?\b")


def _expanded(fields: Fields, document: Document) -> Iterator[Candidate]:
    """Words whose initials make an acronym that the article uses twice or more."""
    passages = [p for _, p in _passages(fields)]
    counts = Counter(a for p in passages for a in _ACRONYM.findall(p.text))
    for acronym, count in counts.items():
        if count < 2:
            continue
        pattern = r"[\s-](?:(?:of|the|and|for|to)\s)?".join(rf"{c}[\w’'.]+" for c in acronym)
        for passage in passages:
            for match in re.finditer(rf"\b{pattern}", passage.text, re.I):
                yield Candidate(
                    text=match[0],
                    span=_where(match[0], passage, document),
                    score=WEIGHTS["expansion"],
                    rule="expansion",
                )


def _ngrams(fields: Fields, words: Words) -> dict[str, tuple[str, int, bool]]:
    """Folded runs of 1–4 words → (commonest spelling, count, whether in an example).

    None begins or ends with a function word, none crosses punctuation.
    """
    if fields.head_text:
        return {}
    spellings: dict[str, Counter[str]] = {}
    exemplified: set[str] = set()
    for kind, passage in _passages(fields):
        for clause in re.split(r"[.,;:!?()“”\"\n]|\s[–—-]\s", passage.text):
            tokens = _TOKEN.findall(clause)
            content = [fold(t) not in words.function for t in tokens]
            for begin in range(len(tokens)):
                for end in range(begin + 1, min(begin + 5, len(tokens) + 1)):
                    if content[begin] and content[end - 1]:
                        text = " ".join(tokens[begin:end])
                        key = label_key(text)
                        spellings.setdefault(key, Counter())[text] += 1
                        if kind == "example":
                            exemplified.add(key)
    return {
        key: (counter.most_common(1)[0][0], counter.total(), key in exemplified)
        for key, counter in spellings.items()
        if counter.total() >= 2
    }


def _repeated(
    fields: Fields,
    found: dict[str, tuple[str, int, bool]],
    frequency: Counter[str],
    total: int,
    document: Document,
) -> Iterator[Candidate]:
    """The article's ten most telling phrases: repeated, rare elsewhere, in examples."""
    scored = []
    for key, (text, count, exemplified) in found.items():
        rarity = 1 - frequency[key] / (total + 1)
        length = {1: 0.5, 2: 1.0, 3: 1.1, 4: 1.0}[min(len(text.split()), 4)]
        strength = min(count, 5) / 5 * rarity**2 * length * (1.3 if exemplified else 0.8)
        scored.append((strength, text))
    for strength, text in sorted(scored, key=lambda x: (-x[0], x[1]))[:10]:
        spans = (_where(text, p, document) for _, p in _passages(fields))
        yield Candidate(
            text=text,
            span=next((s for s in spans if s), None),
            score=min(WEIGHTS["repeated"] * (0.2 + strength), 0.5),
            rule="repeated",
        )


def _first_words(fields: Fields) -> Iterator[Candidate]:
    """What is left when nothing names the term: how its definition begins."""
    for passage in fields.definitions[:1]:
        opening = re.split(r"[,.;:(]", passage.text, maxsplit=1)[0].split()[:6]
        yield Candidate(
            text=" ".join(opening), span=None, score=WEIGHTS["first words"], rule="first words"
        )
