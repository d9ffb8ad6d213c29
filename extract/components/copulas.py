"""What "X is …" says of X besides its kind: a part, a driver, responsible, useful for."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from extract.components import clauses, phrases
from extract.components.goals import Goals
from extract.components.targets import Found

_SEVERAL = frozenset({"many", "several", "some", "multiple", "more", "few"})
"""Counts: "a single metric or many metrics" names no kinds."""


def _are_many(verb: Token, nouns: list[Token]) -> bool:
    """Whether several are said to be several: "incentives can be badges, discounts and trips"."""
    who, _ = clauses.subject_of(verb)
    many = who is not None and (who.tag_ == "NNS" or who.lower_ == "they")
    return many and len(nouns) > 1


class Copulas(Goals):
    """Reads predicates behind a form of "be"."""

    def _copula(self, verb: Token, strength: float) -> Iterator[Found]:
        """ "X is a driver of Y", "X is responsible for Y", "the goal of X is to reduce Y"."""
        if phrases.is_negated(verb):
            return
        modal = phrases.child(verb, "aux")
        for predicate in phrases.children(verb, "attr"):
            several = phrases.conjuncts(predicate)
            also = predicate.tag_ == "NNS" and any(t.lower_ == "also" for t in verb.children)
            if (
                modal is not None
                and modal.lower_ in {"can", "may", "might", "could"}
                and (len(several) > 1 or also)
            ):
                bare = [
                    t
                    for t in several
                    if phrases.child(t, "det") is None
                    and not any(c.lower_ in _SEVERAL for c in t.lefts)
                ]
                either = any(c.lower_ == "or" for t in several for c in t.children)
                if not either:
                    bare = [t for t in bare if t.tag_ == "NNS"]
                if either or also or _are_many(verb, bare):
                    yield from self._targets("narrower", bare, "can-be", 0.75 * strength)
        for predicate in phrases.children(verb, "attr", "acomp"):
            for noun in phrases.conjuncts(predicate):
                yield from self._noun(noun, 0.95 * strength)
                if phrases.noun(noun) in {
                    "way",
                    "tool",
                    "method",
                    "means",
                    "strategy",
                    "technique",
                }:
                    for goal in clauses.purposes(noun):
                        yield from self._polar(goal, 0.75 * strength, "way-to")
                if noun.lower_ == "integral":
                    yield from self._targets(
                        "partOf", phrases.under(noun, "to"), "integral-to", 0.8
                    )
                if noun.text.lower() in {"responsible", "accountable"}:
                    for target in phrases.under(noun, "for"):
                        yield from self._responsible(target, strength)
                if noun.lower_ in {"useful", "suitable", "suited", "ideal", "effective", "good"}:
                    for target in phrases.under(noun, "for"):
                        if target.tag_ == "VBG":
                            for one in phrases.conjuncts(target):
                                for text in self._verb_phrases(one):
                                    yield Found(
                                        type="usedFor",
                                        target=text,
                                        rule="useful-for",
                                        confidence=0.75 * strength,
                                    )
                if noun.text.lower() in {
                    "essential",
                    "critical",
                    "crucial",
                    "vital",
                    "instrumental",
                    "important",
                    "key",
                    "useful",
                    "helpful",
                }:
                    for target in phrases.under(noun, frozenset({"for", "in", "to"})):
                        if target.tag_ == "VBG":
                            for one in phrases.conjuncts(target):
                                yield from self._polar(one, 0.75 * strength, "essential-for")
