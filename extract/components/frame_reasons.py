"""What speaks for and against a frame: keys of ``[sentence_weights]`` in ``lexicon.toml``.

A definition is general, present and opens its sentence ("A X is a Y that …"); a sentence that goes
on about a known thing qualifies it, praises it, counts it, or says "also".
"""

from __future__ import annotations

from spacy.tokens import Token

from extract.components import phrases
from extract.components.statements import Statement
from extract.lexicon import Lexicon

PERSONAL = frozenset({"it", "they", "he", "she"})
POINTING = frozenset({"this", "these", "that", "those"})
_PARTS = frozenset({"part", "beginning", "site"})
SELF = frozenset({"itself", "himself", "herself", "themselves"})


def of_subject(term: Token, statement: Statement, lexicon: Lexicon) -> list[str]:
    """Return what the term and its modifiers speak for or against."""
    reasons = []
    if statement.place == "absent" and term.lower_ in PERSONAL | POINTING:
        reasons.append("pronoun")
    for one in term.lefts:
        word = one.lower_
        if _of_anybody(one):
            reasons.append("generic")  # "a file's header is …"
        elif one.dep_ in {"poss"} or one.tag_ == "PRP$" or word in POINTING:
            reasons.append("pointing")
        elif word in lexicon["sentences.quantities"]:
            reasons.append("some")
        elif one.tag_ in {"JJ", "JJR", "JJS", "VBN", "VBG"} or (
            one.dep_ in {"compound", "nmod"}
            and phrases.noun(one) not in lexicon["sentences.carriers"]
        ):
            if statement.place == "text":
                reasons.append("qualified")
        elif word in {"a", "an", "any"}:
            reasons.append("generic")
    after = term.doc[term.i + 1] if term.i + 1 < len(term.doc) else None
    if after is not None and after.lower_ in SELF:
        reasons.append("itself")
    behind = [c for c in term.rights if c.dep_ == "prep" and c.i == term.i + 1]
    narrowed = any(c.lower_ not in {"in", "as"} for c in behind) or any(
        c.dep_ in {"acl", "relcl"} and c.i == term.i + 1 for c in term.rights
    )
    if narrowed and statement.place == "text":
        reasons.append("qualified")
    return sorted(set(reasons))


def of_verb(verb: Token, lexicon: Lexicon) -> list[str]:
    """Return what tense, mood and adverbs of a verb speak for or against."""
    reasons = []
    helpers = [c for c in verb.children if c.dep_ in {"aux", "auxpass"}]
    words = {verb.lower_, *(h.lower_ for h in helpers)}
    if phrases.is_negated(verb):
        reasons.append("negated")
    if words & {"was", "were", "had"}:
        reasons.append("past")
    if verb.lower_ not in lexicon["sentences.referring"] and words & lexicon["sentences.modals"]:
        reasons.append("modal")
    if words & {"has", "have"} and "been" in words:
        reasons.append("perfect")
    first = [t.lower_ for t in verb.doc[:2]]
    if any(
        c.lower_ in lexicon["sentences.afterthoughts"] and c.dep_ == "advmod" for c in verb.children
    ) or (first[1:] == [","] and first[0] in lexicon["sentences.afterthoughts"]):
        reasons.append("afterthought")
    return reasons


def of_noun(noun: Token, verb: Token | None, lexicon: Lexicon) -> list[str]:
    """Return what the predicate noun, its article and its modifiers speak for or against."""
    reasons = []
    lefts = list(noun.lefts)
    words = [t.lower_ for t in lefts]
    article = next((t for t in lefts if t.dep_ in {"det", "poss", "nummod", "predet"}), None)
    if noun.lower_ in {"one", "any", "some"}:
        reasons.append("one-of")
    elif article is None:
        plural = noun.tag_ in {"NNS", "NNPS"}
        reasons.append("bare-plural" if plural else "bare-singular")
    elif article.lower_ in {"a", "an", "any"}:
        reasons.append("indefinite")
    elif article.lower_ == "the" or (
        article.lower_ in {"that", "those"} and any(c.dep_ == "relcl" for c in noun.subtree)
    ):
        reasons.append("definite")
    elif _of_anybody(article):
        reasons.append("indefinite")
    elif article.dep_ == "poss" or article.tag_ == "PRP$":
        reasons.append("possessive")
    elif article.tag_ == "CD":
        reasons.append("counted")
    else:
        reasons.append("other-article")
    if "such" in words or "another" in words:
        reasons.append("another")
    if any(t.lower_ in lexicon["sentences.opinion"] for t in noun.lefts):
        reasons.append("opinion")
    if "definite" in reasons and any(t.lower_ in {"more", "less"} for t in noun.subtree):
        reasons.append("ranked")  # "felonies are the more serious crimes"
    elif any(
        t.lower_ in lexicon["sentences.praise"]
        for t in noun.subtree
        if t.i < noun.i + (8 if noun.lower_ in {"one", "some"} else 0)
    ):
        ranked = not (article is not None and article.lower_ in {"a", "an"})
        reasons.append("ranked" if ranked else "praise")
    reasons += modification(noun, verb)
    if noun.lower_ == "one" and any(_is_most(t) for t in noun.subtree if t.i < noun.i + 6):
        reasons.append("ranked")  # "one of the largest programs"
    of = next(phrases.under(noun, "of"), None)
    if of is not None and of.tag_ == "PRP":
        reasons.append("pronoun")
    folded = phrases.noun(noun)
    if folded in {"example", "instance"}:
        reasons.append("instance")
    whole = folded in _PARTS and "definite" in reasons and of is not None
    if folded in lexicon["sentences.empty"] and not whole:
        reasons.append("empty")  # "the part of a plant that bears leaves" is not
    if folded in lexicon["sentences.verdicts"]:
        reasons.append("verdict")
    described = set(reasons) == {"indefinite", "modified"}
    if described and folded in lexicon["sentences.wide"] and _is_rated(noun):
        reasons.append("rated")  # "mitosis is a fragile process": what it is like
    if noun.tag_ == "NNP" and article is None:
        reasons.append("name")
    return reasons


def _is_most(word: Token) -> bool:
    return word.tag_ in {"JJS", "RBS"} and word.lower_ not in {"least", "first", "last"}


def _is_rated(noun: Token) -> bool:
    """Whether adjectives alone modify a noun: they say what it is like, a noun says which."""
    return all(c.tag_ in {"DT", "JJ", "JJR", "JJS", "RB", "CC", ","} for c in noun.lefts)


def _of_anybody(owner: Token) -> bool:
    """Whether nobody in particular owns: "a person's perception", "one's own view"."""
    return owner.dep_ == "poss" and (
        owner.lower_ in {"one", "someone", "somebody", "anyone"}
        or any(c.lower_ in {"a", "an", "any"} for c in owner.lefts)
    )


def modification(noun: Token, verb: Token | None) -> list[str]:
    """Return whether the noun is set apart, by what stands behind it or by its modifiers."""
    behind = [
        c
        for c in noun.rights
        if c.dep_ in {"relcl", "acl", "prep", "appos"} and (verb is None or c.i != verb.i)
    ]
    reasons = []
    after = noun.doc[noun.i + 1] if noun.i + 1 < len(noun.doc) else None
    # "material spread over soil": the parser may hang the participle on the verb instead.
    if any(c.dep_ in {"relcl", "acl"} for c in behind) or (
        after is not None and after.tag_ == "VBN" and verb is not None and noun.i > verb.i
    ):
        reasons.append("restricted")
    elif any(c.dep_ == "prep" for c in behind):
        reasons.append("complemented")
    if any(c.dep_ in {"amod", "compound", "nmod", "npadvmod"} for c in noun.lefts):
        reasons.append("modified")
    return reasons or ["unmodified"]
