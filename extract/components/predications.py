"""What a sentence says of its term as a subject: "X is a Y", "X refers to Y", "X means Y".

The subject is found by the parse and, since unusual names mislead a parser, by place as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Doc, Token

from extract.components import phrases
from extract.components.frame_reasons import of_noun, of_subject, of_verb
from extract.components.genus import first_noun
from extract.components.statements import Statement
from extract.lexicon import Lexicon

BE = frozenset({"is", "are", "was", "were", "be", "been", "being", "'s", "'re"})
RELATIVE = frozenset({"which", "that", "who"})
# Wordings that say what a word means.
_SAYING = frozenset({"refers", "means", "defined", "considered"})
_GOING_ON = (
    "for instance", "for example", "in this", "in that", "in these", "in such", "as a result",
    "in addition", "in fact", "by default", "of course", "on the other", "for this", "at this",
    "after this", "at that",
)  # fmt: skip
_REMINDING = frozenset({"recall", "remember", "note", "know", "observe"})
_CONTRASTING = frozenset({"while", "whereas", "whilst"})
# What belongs to a noun phrase, left of its head.
NOMINAL = frozenset({"det", "amod", "compound", "nummod", "nmod", "advmod", "poss", "quantmod"})


def predications(
    document: Doc, term: Token, statement: Statement, lexicon: Lexicon
) -> Iterator[tuple[list[Token], list[str]]]:
    """Yield what each verb says the term to be, with what speaks for and against it."""
    seen: set[int] = set()
    for verb, place in _verbs(document, term, lexicon):
        if verb.i in seen:
            continue
        seen.add(verb.i)
        found = _predicated(verb, term, statement, lexicon)
        if found is not None:
            yield found[0], found[1] + place


def _verbs(document: Doc, term: Token, lexicon: Lexicon) -> Iterator[tuple[Token, list[str]]]:
    """The verbs that say something of the term, with what the way to the term speaks for.

    First by the parse; then by place, since an unusual subject misleads the parser: the verb
    behind a term that opens the sentence.
    """
    for verb in document:
        if verb.tag_ not in phrases.VERBS or verb.i == term.i:
            continue
        subject = phrases.child(verb, *phrases.SUBJECTS)
        second = subject is None and verb.dep_ == "conj" and verb.head.tag_ in phrases.VERBS
        if second:  # "X includes A and is a B"
            subject = phrases.child(verb.head, *phrases.SUBJECTS)
        if subject is None or subject.i > verb.i:
            continue
        if subject.lower_ in RELATIVE and verb.dep_ == "relcl":
            if verb.head.i == term.i and document[max(subject.i - 1, 0)].text == ",":
                yield verb, ["relative"]
            continue
        if term.i > verb.i or not _stands_for(term, subject, lexicon):
            continue
        place = _position(document, verb, term, lexicon)
        yield verb, [*place, "second"] if second else place
    found = _verb_behind(document, term, lexicon) or _verb_of_alias(document, term, lexicon)
    if found is not None:
        yield found, _position(document, found, term, lexicon, root=True)


def _stands_for(term: Token, subject: Token, lexicon: Lexicon) -> bool:
    """Whether a subject is the term, or names it: "the word X", "Y, also known as X"."""
    token = term
    for _ in range(12):
        if token.i == subject.i:
            return True
        up = token.head
        if token.dep_ in {"appos", "conj"}:
            if token.dep_ == "conj" and any(
                c.dep_ == "cc" and c.lower_ == "and" for c in up.children
            ):
                return False
        elif token.dep_ in {"compound", "nmod", "amod", "npadvmod"}:
            if phrases.noun(up) not in lexicon["sentences.carriers"]:
                return False
        elif token.dep_ in {"oprd", "attr", "dobj", "pobj", "acl", "relcl", "prep", "xcomp"}:
            chain = {token.lower_, up.lower_}
            if not chain & lexicon["sentences.naming"]:
                return False
        else:
            return False
        token = up
    return False


def _verb_behind(document: Doc, term: Token, lexicon: Lexicon) -> Token | None:
    """The verb behind a term that opens its sentence, appositions between commas passed over."""
    if not opens(document, term, lexicon):
        return None
    index = term.i + 1
    while index < len(document):
        token = document[index]
        if token.text == ",":
            if index + 1 < len(document) and document[index + 1].tag_ in {"VBZ", "VBP", "VBD"}:
                index += 1
                continue
            if index + 1 < len(document) and document[index + 1].tag_ == "``":
                closed = next((t.i for t in document[index + 2 :] if t.tag_ == "''"), None)
                if closed is not None:
                    index = closed + 1
                    continue
            closing = next((t.i for t in document[index + 1 :] if t.text == ","), None)
            if closing is None:
                return None
            index = closing + 1
        elif token.tag_ in {"RB", "MD"} or token.lower_ in {"or", '"', "-"}:
            index += 1
            if token.lower_ == "or":
                while index < len(document) and document[index].tag_ in phrases.NOUNS | {
                    "DT",
                    "FW",
                }:
                    index += 1
        elif token.lower_ in BE or token.tag_ in {"VBZ", "VBP", "VBD"}:
            following = document[index + 1] if index + 1 < len(document) else None
            if token.lower_ in BE and token.dep_ in {"aux", "auxpass"}:
                return token.head if token.head.i > token.i else token
            if following is not None and following.tag_ == "RB" and token.lower_ in BE:
                head = token.head
                if token.dep_ in {"aux", "auxpass"} and head.i > token.i:
                    return head
            return token
        else:
            return None
    return None


def _verb_of_alias(document: Doc, term: Token, lexicon: Lexicon) -> Token | None:
    """The verb of "Y, also known as Z or simply X, is …": the copula right behind a last name."""
    after = document[term.i + 1 : term.i + 3]
    if len(after) < 2 or after[0].text != "," or after[1].lower_ not in BE:
        return None
    before = [t.lower_ for t in document[: term.i]]
    commas = [n for n, word in enumerate(before) if word == ","]
    named = commas and any(w in lexicon["sentences.naming"] for w in before[commas[0] :])
    return after[1] if named and after[1].dep_ == "ROOT" else None


def opens(document: Doc, term: Token, lexicon: Lexicon) -> bool:
    """Return whether an opening phrase, an article, "the word" are all that precedes the term."""
    before = [t for t in document[: term.i] if t.text not in {'"', "'"}]
    while before and (
        before[-1].tag_ == "DT"
        or (
            before[-1].text == ","
            and len(before) > 1
            and before[-2].lower_ in lexicon["sentences.words"]
        )
        or phrases.noun(before[-1]) in lexicon["sentences.carriers"]
        or before[-1].lower_ in {"or", "simply"}
    ):
        before.pop()
    if [t.lower_ for t in before] == ["to"]:
        return True  # "To X means to do Y"
    return not before or (before[-1].text in {",", ":"} and _is_opening(before))


def _is_opening(before: list[Token]) -> bool:
    """Whether the tokens before a subject are one opening phrase: "In law,"."""
    lead = " ".join(t.lower_ for t in before[:3])
    if lead.startswith(_GOING_ON):
        return False  # "For instance, X is a Y" goes on about what was said before
    return before[0].tag_ in {"IN", "RB", "VBN", "TO", "VBG"} and not any(
        t.tag_ in {"VBZ", "VBD", "VBP", "MD"} for t in before
    )


def _position(
    document: Doc, verb: Token, term: Token, lexicon: Lexicon, *, root: bool = False
) -> list[str]:
    """What the place of the clause in the sentence speaks for or against."""
    reasons = []
    if opens(document, term, lexicon):
        reasons.append("opens")
    elif document[:3].text.lower().startswith(_GOING_ON):
        reasons.append("afterthought")
    closed = any(t.text == ";" for t in document[verb.i : verb.head.i])
    mark = phrases.child(verb, "mark")
    contrasted = mark is not None and mark.lower_ in _CONTRASTING and verb.dep_ == "advcl"
    if contrasted and verb.lower_ in lexicon["sentences.referring"] | lexicon["sentences.meaning"]:
        return reasons  # "while X refers to A, Y refers to B" says both outright
    if not (
        root
        or verb.dep_ == "ROOT"
        or (verb.head.dep_ == "ROOT" and verb.dep_ == "conj")
        or (verb.head.dep_ == "ROOT" and verb.dep_ == "ccomp" and closed)
        or (verb.dep_ in {"ccomp", "relcl"} and _is_told_again(document, term))
    ):
        reasons.append("subordinate")
    elif "opens" not in reasons and term.i > 0 and document[0].lower_ not in _CONTRASTING:
        reasons.append("later")
    return reasons


def _is_told_again(document: Doc, term: Token) -> bool:
    """Whether a sentence only opens with "Recall that", "Remember from chapter 2 that"."""
    first = document[0]
    before = [t.lower_ for t in document[max(term.i - 3, 0) : term.i] if t.tag_ not in {"DT", "``"}]
    return first.tag_ in {"VB", "VBP"} and first.lower_ in _REMINDING and before[-1:] == ["that"]


def _predicated(
    verb: Token, term: Token, statement: Statement, lexicon: Lexicon
) -> tuple[list[Token], list[str]] | None:
    """What a verb says its subject to be, and what speaks for and against that."""
    wording, noun = _said(verb, lexicon)
    if noun is None and wording == "means" and phrases.child(verb, "xcomp") is not None:
        # "To X means to do Y": what a verb means is no class.
        return [], [wording, *of_verb(verb, lexicon)]
    if noun is None:
        return None
    if wording == "consists" and _is_general(term, verb, statement):
        wording = "made-up"
    reasons = [wording, *of_subject(term, statement, lexicon), *of_verb(verb, lexicon)]
    if wording in _SAYING:
        # "X can also refer to Y" defines as well; "X was described as Y" tells what somebody said.
        reasons = ["told" if r == "past" else r for r in reasons if r != "afterthought"]
    if noun.lower_ in {"those", "that"}:
        return [], [*reasons, "complemented"]  # "refers to those across it"
    nouns = [c for c in phrases.conjuncts(noun) if c.tag_ in phrases.NOUNS | {"VBG", "JJ", "FW"}]
    reasons += of_noun(noun, verb, lexicon)
    if {"instance", "generic"} <= set(reasons) and "relcl" in {t.dep_ for t in noun.subtree}:
        # "A check valve is an example of a valve that …"
        reasons = [r for r in reasons if r not in {"instance", "empty"}]
    if wording == "considered" and any(t.tag_ in {"JJS", "RBS"} for t in noun.subtree):
        reasons += ["ranked", "verdict"]  # "is considered the most effective method"
    return nouns or [noun], reasons


def _is_general(term: Token, verb: Token, statement: Statement) -> bool:
    """Whether "X consists of" is said of all X: bare or with "a", in the present."""
    articles = [c.lower_ for c in term.lefts if c.dep_ in {"det", "poss", "nummod", "amod"}]
    kind = statement.common or " " in statement.term
    return kind and verb.tag_ in {"VBZ", "VBP"} and all(a in {"a", "an"} for a in articles)


def _said(verb: Token, lexicon: Lexicon) -> tuple[str, Token | None]:
    """The wording of a verb, and the noun it says its subject to be."""
    word = verb.lower_
    if word in BE:
        noun = phrases.child(verb, "attr")
        # The tagger takes rare nouns for adjectives ("an insectivorous mammal"): the article tells.
        known = noun is not None and (
            noun.tag_ in phrases.NOUNS | {"VBG", "CD", "DT", "FW"}
            or phrases.child(noun, "det") is not None
        )
        if not known:
            noun = _noun_behind(verb)
        return "copula", _past_adjectives(noun) if noun is not None else None
    if word in lexicon["sentences.referring"]:
        return "refers", _brought(verb, "to") or _object(verb)
    if word in lexicon["sentences.meaning"]:
        return "means", _object(verb)
    if word in lexicon["sentences.defining"]:
        return "defined", _brought(verb, "as") or _to_be(verb) or _noun_behind(verb)
    if word in lexicon["sentences.considering"]:
        found = phrases.child(verb, "oprd", "attr", "dobj") or first_noun(phrases.under(verb, "as"))
        if found is not None and found.tag_ in phrases.NOUNS:
            return "considered", found
        return "considered", None
    if word in lexicon["sentences.using"] and any(c.lower_ in BE for c in verb.lefts):
        for inner in phrases.children(verb, "xcomp", "advcl"):
            if inner.lower_ in lexicon["sentences.meaning"]:
                return "defined", _object(inner)
            if inner.lower_ in lexicon["sentences.referring"]:
                return "defined", first_noun(phrases.under(inner, "to"))
        return "used", first_noun(phrases.under(verb, frozenset({"for", "of"}))) if (
            phrases.child(verb, *phrases.SUBJECTS) is not None
            and _is_word(phrases.child(verb, *phrases.SUBJECTS), lexicon)
        ) else None
    if word in lexicon["sentences.consisting"]:
        if word in {"composed", "made"} and not _is_made_up(verb):
            return "", None
        return "consists", first_noun(phrases.under(verb, "of")) or _object(verb)
    return "", None


def _is_made_up(verb: Token) -> bool:
    """Whether "is composed of", "is made up of" is meant: "is made of tin" tells the matter."""
    helped = any(c.lower_ in {"is", "are"} for c in verb.lefts)
    return helped and (verb.lower_ == "composed" or verb.nbor(1).lower_ == "up")


def _past_adjectives(noun: Token) -> Token:
    """The noun behind a row of adjectives whose first was read as one: "a bony or stiff plate"."""
    article = phrases.child(noun, "det")
    if article is None or article.i + 1 != noun.i or article.lower_ not in {"a", "an"}:
        return noun
    for other in phrases.children(noun, "appos", "conj"):
        left = list(other.lefts)
        adjectives = [c for c in left if c.dep_ == "amod"]
        joined = any(c.lower_ in {"or", "and"} for a in adjectives for c in a.children)
        if other.tag_ in phrases.NOUNS and joined and left[0].i == noun.i + 2:
            return other
    return noun


def _to_be(verb: Token) -> Token | None:
    """What something "is defined to be"."""
    inner = next((c for c in phrases.children(verb, "xcomp") if c.lower_ == "be"), None)
    return phrases.child(inner, "attr") if inner is not None else None


def _brought(verb: Token, preposition: str) -> Token | None:
    """What a preposition brings: a noun, or "any" in "refers to any of various plants"."""
    found = next(phrases.under(verb, preposition), None)
    if found is None or found.tag_ in phrases.NOUNS:
        return found
    counted = any(c.dep_ == "prep" and c.lower_ == "of" for c in found.children)
    counted = counted or (found.lower_ in {"those", "that"} and found.right_edge.i > found.i)
    return found if counted and found.tag_ in {"DT", "CD"} else None


def _is_word(subject: Token | None, lexicon: Lexicon) -> bool:
    """Whether the subject is a word as such: "the term X is used for …"."""
    return subject is not None and any(
        t.lower_ in lexicon["sentences.words"] for t in subject.subtree if t.i <= subject.i + 1
    )


def _object(verb: Token) -> Token | None:
    found = phrases.child(verb, "dobj", "attr", "oprd", "ccomp", "xcomp")
    return found if found is not None and found.tag_ in phrases.NOUNS else None


def _noun_behind(verb: Token) -> Token | None:
    """The noun phrase right behind a verb, where the parse gives it no predicate."""
    index = verb.i + 1
    document = verb.doc
    while index < len(document) and (document[index].tag_ in {"RB", "IN"} and index < verb.i + 3):
        if document[index].tag_ == "IN" and document[index].lower_ != "as":
            return None
        index += 1
    if index >= len(document):
        return None
    token = document[index]
    after = document[index + 1] if index + 1 < len(document) else token
    if token.tag_ == "JJ" and after.tag_ in phrases.NOUNS and after.head.i == token.i:
        return after  # "are innate behaviors", read as "innate" with an object
    if token.tag_ not in {"DT", "CD", "PDT"} and not (
        token.tag_ in phrases.NOUNS or token.dep_ in {"amod", "compound"}
    ):
        return None
    while token.dep_ in NOMINAL and token.head.i > verb.i and token.head.i != token.i:
        if token.tag_ in phrases.NOUNS and token.head.tag_ not in phrases.NOUNS:
            break  # "a salamander native to lakes": no adverb
        token = token.head
    return token if token.tag_ in phrases.NOUNS | {"VBG"} else None
