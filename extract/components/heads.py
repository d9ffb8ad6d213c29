"""Heads of noun phrases as they are meant, where a parse or a wording hides them."""

from __future__ import annotations

from spacy.tokens import Token

from extract import inflection
from extract.components import phrases

_LINKING = frozenset(
    {"originating", "consisting", "running", "arising", "resulting", "ranging", "residing"}
    | {"occurring", "belonging", "working", "pointing", "leading", "depending", "living"}
)
"""Participles that go on with a preposition and are no names."""
_LEADING = inflection.all_forms("guide", "bring", "take", "lead", "walk", "carry", "steer")


def called(head: Token) -> Token | None:
    """Return the name behind "a program called X", which says which program."""
    for verb in phrases.children(head, "acl"):
        if verb.lower_ in {"called", "named"} and verb.i == head.i + 1:
            name = phrases.child(verb, "oprd", "dobj", "attr")
            if name is not None and name.tag_ in {"NN", "NNP"}:
                return name
    return None


def before_participle(head: Token) -> Token:
    """Return the noun of "a ref pointing to an object", where the parse took the participle."""
    article = phrases.child(head, "det")
    if head.tag_ == "NNS" and article is not None and article.lower_ in {"a", "an"}:
        # "a repository documenting identified risks": the article is of the first noun
        for token in head.doc[article.i + 2 : head.i - 1]:
            if token.lower_.endswith("ing") and token.nbor(1).tag_ == "VBN":
                return token.nbor(-1)
    inside = 0 < head.i < len(head.doc) - 1
    if inside and head.tag_ in {"NN", "VBG"} and head.lower_.endswith("ing"):
        before, behind = head.nbor(-1), head.nbor(1)
        linked = behind.tag_ == "IN" and head.lower_ in _LINKING
        if before.dep_ != "compound" and not (linked and before.tag_ in phrases.NOUNS):
            return head
        if behind.tag_ in {"TO", "DT", "PRP$"} or linked:
            return before
    return head


def is_path(verb: Token) -> bool:
    """Return whether a verb leads its object from one place to or through another."""
    if verb.lower_ not in _LEADING:
        return False
    words = {t.lower_ for t in verb.subtree if t.dep_ == "prep" and t.i > verb.i}
    own = {c.lower_ for c in verb.children if c.dep_ == "prep"}
    return "from" in own and bool(words & {"to", "through", "into"})


def with_article(phrase: phrases.Phrase) -> str:
    """Return a phrase as it stands, with its article and all its adjectives: "a new customer"."""
    head = phrase.head
    start = phrases.left_edge(head)
    article = phrases.child(head, "det")
    if article is not None and article.text.lower() in {"a", "an", "the"} and article.i < start.i:
        start = article
    text = phrases.text_of(head.doc)[start.idx : phrase.end]
    return text if text.endswith(phrase.text.rsplit(" ", 1)[-1]) else phrase.text


def is_nominal(token: Token) -> bool:
    """Return whether an -ing form is used as a noun: "from onboarding to renewal"."""
    return token.tag_ == "VBG" and not any(
        c.dep_ in {"dobj", "xcomp", "ccomp", "prt", "acomp", "advmod"} for c in token.children
    )
