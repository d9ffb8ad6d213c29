"""Relations that bullets state, by the sentence above them or by their own first words.

Text rules, without a parse: a bullet is no sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extract import inflection
from extract.components.clauses import Subject
from extract.components.listed import NOT_FIRST
from extract.components.senses import POLAR
from extract.components.sentences import Sentence
from extract.components.targets import Found
from extract.labels import singular
from extract.lexicon import Lexicon
from extract.model import Span

_ITEM = re.compile(r"([^:–—.]{2,60}?)(?::|\s[–—-]\s)\s*\S")


def bullets(
    intro: Sentence, following: Sequence[Sentence], subject: Subject, lexicon: Lexicon
) -> Iterator[tuple[Found, Span]]:
    """Yield the items under a sentence that says what they are to the entry."""
    enabling = _ENABLING.search(intro.text)
    if enabling and (subject.mention.search(intro.text) or _ANAPHOR.match(intro.text)):
        yield from _made_possible(following, lexicon)
        return
    type_ = _introduced(intro.text, subject, lexicon)
    if type_ is None:
        return
    for sentence in following:
        if not sentence.bullet:
            break
        item = _ITEM.match(sentence.text)
        name = item[1] if item else sentence.text.rstrip(".;,")
        if not name or len(name.split()) > 6 or (not item and len(name.split()) > 4):
            continue
        confidence = 0.85 if item else 0.75
        found = Found(type=type_, target=name.strip(), rule="list", confidence=confidence)
        if not subject.is_label(found.target):
            yield found, sentence.span


_ANAPHOR = re.compile(r"(?:It|They|Th(?:is|ese)\s+[a-z]+)\s")
_ENABLING = re.compile(
    r"\b(?:enables?|allows?|helps?|lets?|permits?|empowers?)\s+(?:[\w'-]+\s+){1,5}?to\s*:$|"
    r"\bhelps?\s*:$|\blets?\s+(?:you|users)\s*:$|\bcan be used to\s*:$|\bis used to\s*:$"
)
_ACT = re.compile(r"(?P<verb>[A-Z][a-z]+)\s+(?P<what>(?:[\w'-]+\s?){1,4})(?=[:.;,]|$|\s[–—-]\s)")


def _made_possible(following: Sequence[Sentence], lexicon: Lexicon) -> Iterator[tuple[Found, Span]]:
    """ "A case manager enables clerks to:" and below it "• Track deadlines: …"."""
    for sentence in following:
        if not sentence.bullet:
            break
        act = _ACT.match(sentence.text)
        if act is None or (verb := act["verb"].lower()) not in lexicon.base_verbs:
            continue
        words = act["what"].split()
        if words[0].lower() in NOT_FIRST or not words[-1][-1].isalnum():
            continue
        what = act["what"].strip()
        polar = next((f for f in lexicon.verbs if f.type in POLAR and verb in f.words), None)
        if polar is None:
            made = Found(
                type="enables",
                target=f"{inflection.ing(verb)} {what}",
                rule="list",
                confidence=0.75,
            )
        else:
            made = Found(type=polar.type, target=what, rule="list", confidence=0.7)
        yield made, sentence.span


def _introduced(text: str, subject: Subject, lexicon: Lexicon) -> str | None:
    """The relation type that a sentence announces for the list below it."""
    named = subject.mention.search(text)
    words = [singular(w) for w in re.findall(r"[a-z]+", text.lower())]
    tail = words[-14:]
    about = named is not None or any(h in words for h in subject.heads)
    if not about and not {"metric", "kpi", "indicator"}.isdisjoint(words):
        return "uses"
    for type_ in ("narrower", "hasExample", "hasPart", "uses"):
        if any(w in lexicon[f"lists.{type_}"] for w in tail) and about:
            return "narrower" if type_ == "hasExample" else type_
    if about and tail[-1:] and tail[-1] in {"include", "comprise", "contain", "includ"}:
        return "hasPart"
    return None


def subtype(sentence: Sentence, subject: Subject, lexicon: Lexicon) -> Iterator[tuple[Found, Span]]:
    """Yield the kind of the entry that a bullet opens with: "Bulk carriers sail …" of Carrier."""
    words = re.match(r"((?:[\w'-]+\s+){1,5}?)([\w'-]+)(?=\s+(\w+)|:)", sentence.text)
    if not words:
        return
    for match in subject.mention.finditer(sentence.text[:70]):
        before = sentence.text[: match.start()].strip()
        behind = re.match(r"\s+(\w+)|\s*[:–—-]", sentence.text[match.end() :])
        if not before or not behind or len(before.split()) > 4 or before[-1] in ".,:;":
            continue
        verb = (behind[1] or "is").lower()
        if verb not in lexicon.verb_forms or before.lower().split()[0] in {
            "the",
            "a",
            "an",
            "for",
            "in",
            "with",
            "this",
        }:
            continue
        if any(
            w.lower() in lexicon.verb_forms - {"leading", "marketing"}
            for w in before.split()
            if w not in {"or", "and"} and not w.endswith(("ed", "ing", "er"))
        ):
            continue
        target = f"{before} {match[1]}"
        yield Found(type="narrower", target=target, rule="subtype", confidence=0.75), sentence.span
        return
