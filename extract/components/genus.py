"""The genus that a predicate noun leads to, and its wording.

ISO 704:2022 §6.5: "a type of X", "a term for X", "one of the X" say no more than X.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from spacy.tokens import Token

from extract.components import phrases
from extract.lexicon import Lexicon

_RANKS = frozenset({"first", "second", "third", "last", "middle", "major", "minor", "next"})


def first_noun(found: Iterator[Token]) -> Token | None:
    """Return the first of the tokens if it is a noun."""
    token = next(found, None)
    return token if token is not None and token.tag_ in phrases.NOUNS else None


def descend(outer: Token, lexicon: Lexicon) -> Token | None:
    """Return the genus that a predicate noun leads to: past "type of", "term for", "one of the"."""
    token, quantified = outer, False
    for _ in range(4):
        word = phrases.noun(token)
        following: Token | None = None
        counted = token.lower_ in lexicon["genus.quantifiers"] and not _is_quantity(token)
        counted = counted or token.tag_ == "JJS"  # "the narrowest of the spaces" is a space
        if (
            word in lexicon["genus.transparent"]
            or counted
            or (quantified and word in lexicon["genus.collective"])
        ):
            following = first_noun(phrases.under(token, "of"))
        quantified = counted
        if following is not None:
            token = following
            continue
        if word in lexicon["genus.naming"] and not _is_ranked(token):
            following = first_noun(phrases.under(token, lexicon["genus.naming_prepositions"]))
            if not any(True for _ in phrases.under(token, "for")):
                following = following or _named(token)
        if following is None:
            break
        token = following
    return token


def _is_ranked(token: Token) -> bool:
    """Whether one of several is meant: "the first term of a proposition" is no word for it."""
    return any(t.lower_ in _RANKS for t in token.lefts)


def _is_quantity(token: Token) -> bool:
    """Whether "the number of X" is meant, a quantity; "a number of X" are several X."""
    article = phrases.child(token, "det")
    return token.lower_ == "number" and article is not None and article.lower_ == "the"


def _named(token: Token) -> Token | None:
    """ "a term used to describe X", "a word that refers to X", "the name given to X"."""
    for verb in phrases.children(token, "acl", "relcl", "advcl", "xcomp"):
        inner = [verb, *phrases.children(verb, "xcomp", "advcl")]
        for one in inner:
            word = one.text.lower()
            if word in {
                "describe",
                "describes",
                "describing",
                "denote",
                "denotes",
                "denoting",
                "mean",
                "means",
                "meaning",
                "indicate",
                "represents",
            }:
                target = phrases.child(one, "dobj")
                if target is not None and target.tag_ in phrases.NOUNS:
                    return target
            if word in {"refer", "refers", "referring", "given", "applied", "used"}:
                found = first_noun(phrases.under(one, frozenset({"to", "for"})))
                if found is not None:
                    return found
    return None


def genus_phrase(genus: Token, lexicon: Lexicon) -> phrases.Phrase:
    """Return the genus with its modifiers, without articles and rating adjectives."""
    found = phrases.phrase(genus, lexicon["genus.light_adjectives"], complement=False)
    for possessor in phrases.children(genus, "poss"):
        case = phrases.child(possessor, "case")
        if case is not None and case.i + 1 <= genus.i:
            start = genus.doc[case.i + 1].idx
            if start > found.start:
                text = phrases.text_of(genus.doc)[start : found.end]
                return replace(found, start=start, text=text)
    return found
