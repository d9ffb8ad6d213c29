"""What an entry is set against: "unlike X", "rather than X", "…, not X"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from spacy.tokens import Doc, Token

from extract import inflection
from extract.components import clauses, phrases
from extract.components.definition import Reading
from extract.components.kinds import Kinds
from extract.components.targets import Found
from extract.labels import key

# "A civil wrong, not a breach of contract."; "not just water" is water too, and more.
_DENIED = re.compile(
    r",\s+(?:and |but )?not\s+(?P<what>(?!(?:to|all|every\w*|always|necessarily|only|just|merely|"
    r"simply|solely|exclusively|when|in|on|by)\b)[a-z][\w' -]{2,50})[.;]?\s*$"
)


_DENYING = frozenset({"not", "n't", "never", "no", "little"})
_GIVING = inflection.all_forms("provide", "offer", "sell", "give", "deliver", "produce", "make")
_PREFERRING = frozenset({"rather than", "instead of"})


class Contrasts(Kinds):
    """Reads what a sentence tells an entry from."""

    def _is_set_against(self, first: Token, reading: Reading | None) -> bool:
        """Whether what stands behind "rather than" is what the whole entry is set against.

        A definition says by it what tells the entry from its like; elsewhere it may be any detail
        ("has a 32-bit bus instead of a 16-bit bus"), unless it names another entry.
        """
        head = _noun_at(first)
        if head is None or (first.tag_ == "RB" and first.nbor(1).tag_ == "VBN"):
            return False
        clauses_of = [c for p in phrases.children(head, "prep") for c in p.children]
        if any(c.dep_ == "pcomp" for c in clauses_of):
            return False  # "rather than the privileges of whoever runs it"
        for verb in head.ancestors:
            subject = phrases.child(verb, *phrases.SUBJECTS)
            inner = verb.dep_ in {"ccomp", "acl", "relcl"} and subject is not None
            if inner and subject is not None and subject.tag_ in phrases.NOUNS:
                return False  # "the theory that space is relative rather than an … concept"
        text = phrases.phrase(head, self.light, complement=False).text
        if key(text) in self.subject.known:
            return True
        if reading is None or reading.outer is None:
            return False
        like = phrases.noun(head) in {self.subject.genus, *self.subject.heads}
        return like or not any(map(_is_detail, head.ancestors))

    def _contrasts(
        self, document: Doc, own: Mapping[int, float], reading: Reading | None
    ) -> Iterator[Found]:
        lower = phrases.text_of(document).lower()
        main = [t for t in document if t.dep_ == "ROOT"]
        subject, _ = clauses.subject_of(main[0]) if main else (None, False)
        about = reading is not None or (subject is not None and subject.i in own)
        if not about:
            return
        if subject is not None and phrases.noun(subject) in self.lexicon["genus.naming"]:
            return  # "unlike most slang, this term is understood by all"
        denied = _DENIED.search(phrases.text_of(document)) if reading is not None else None
        if denied:
            behind = document.char_span(denied.start("what"), denied.end(), alignment_mode="expand")
            head = _noun_at(behind[0]) if behind is not None else None
            if head is not None:
                yield from self._targets("contrastsWith", [head], "denied", 0.75)
        for phrase in self.lexicon.contrasts:
            at = lower.find(phrase + " ")
            if at < 0 or (at and lower[at - 1].isalpha()):
                continue
            if at > 2 and phrase.startswith("compared"):
                continue  # "its weaknesses when compared to others": not the entry is compared
            behind = document.char_span(at, at + len(phrase), alignment_mode="expand")
            if behind is None or behind.end >= len(document):
                continue
            if phrase.endswith(" from") and _is_of_another(behind[0], own, reading):
                continue  # "contains a display different from the rest": the display differs
            before = [t.i for t in document[: behind.start] if t.text != ","]
            beside = bool(before) and before[-1] in own  # "a bobbin, rather than a spool, is"
            against = beside or self._is_set_against(document[behind.end], reading)
            if phrase in _PREFERRING and not against:
                continue
            if any(document[i].lower_ in _DENYING for i in before[-2:]):
                continue  # "is not different from a standalone one"
            head = _noun_at(document[behind.end])
            if head is not None:
                yield from self._targets(
                    "contrastsWith",
                    [
                        t
                        for t in phrases.conjuncts(head)
                        if t.i - head.i < 12 and not any(c.tag_ == "CD" for c in t.lefts)
                    ],
                    "contrast",
                    0.82,
                )
            return


def _is_detail(verb: Token) -> bool:
    """Whether a clause only tells what is given or when: "that provides A rather than B"."""
    if verb.dep_ == "advcl":
        return any(c.lower_ in {"when", "if", "where", "while"} for c in verb.children)
    if verb.dep_ == "relcl" and verb.left_edge.tag_ == "IN":
        return verb.left_edge.nbor(1).tag_ == "WDT"  # "on which the teeth are points"
    return verb.dep_ == "relcl" and verb.lower_ in _GIVING


def _is_of_another(word: Token, own: Mapping[int, float], reading: Reading | None) -> bool:
    """Whether "different from" stands right behind a noun that is not the entry."""
    before = word.nbor(-1) if word.i else word
    if word.dep_ == "acomp":
        subject, _ = clauses.subject_of(word.head)
        return subject is not None and subject.i not in own
    nouns = set(own)
    if reading is not None:
        nouns |= {t.i for t in (reading.outer, reading.genus) if t is not None}
    return before.tag_ in phrases.NOUNS and before.i not in nouns


def _noun_at(token: Token) -> Token | None:
    """The head of the noun phrase that begins at ``token``."""
    while token.tag_ in {
        "DT",
        "PRP$",
        "JJ",
        "JJR",
        "JJS",
        "CD",
        "RB",
        "VBN",
        "HYPH",
        "POS",
        "VBG",
    } | phrases.NOUNS or token.text in {'"', "'", "-"}:
        if token.tag_ in phrases.NOUNS and token.dep_ not in {
            "compound",
            "nmod",
            "poss",
            "npadvmod",
            "amod",
        }:
            return token
        if token.tag_ == "VBG" and token.dep_ not in {"amod", "compound"}:
            return None
        if token.i + 1 >= len(token.doc):
            return None
        token = token.nbor(1)
    return None
