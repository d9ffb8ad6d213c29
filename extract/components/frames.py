"""The wordings by which a sentence may define its term, found in its parse.

They are those of Westerhout & Monachesi (2007) and Navigli & Velardi (2010): the copula with a noun
("X is a Y that …"), verbs of meaning ("X refers to Y", "is defined as Y"), naming ("a Y that … is
called X"), apposition ("X, a Y that …") and the colon ("X: a Y that …").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from spacy.tokens import Doc, Token

from extract.components import phrases
from extract.components.class_frames import class_frames
from extract.components.doings import doings
from extract.components.frame_reasons import PERSONAL, POINTING, modification, of_noun
from extract.components.glosses import glosses
from extract.components.predications import BE, NOMINAL, RELATIVE, opens, predications
from extract.components.running_frames import running_frames
from extract.components.statements import MASK, Statement
from extract.lexicon import Lexicon


@dataclass(slots=True, kw_only=True)
class Frame:
    """One wording by which the sentence may define."""

    nouns: list[Token]
    """What the term is said to be: heads, coordinated ones too."""
    reasons: list[str] = field(default_factory=list)

    def score(self, lexicon: Lexicon) -> float:
        """Return the sum of the weights of its reasons."""
        return sum(lexicon.weights[reason] for reason in self.reasons)


def frames(document: Doc, statement: Statement, lexicon: Lexicon) -> Iterator[Frame]:
    """Yield each wording by which ``statement``, parsed as ``document``, may define its term."""
    if not len(document):
        return
    for term in _terms(document, statement):
        for nouns, reasons in predications(document, term, statement, lexicon):
            if "relative" in reasons and statement.common:
                # "flowers make nectar, which is a sugary liquid": of nectar at large
                reasons = [r for r in reasons if r != "qualified"] + ["common-set"]
            yield Frame(nouns=nouns, reasons=reasons)
        if statement.place == "text":
            yield from _named(document, term, lexicon)
            yield from _reversed(term, lexicon)
            yield from _set_beside(document, term, statement, lexicon)
            for nouns, reasons in (
                *running_frames(document, term, statement, lexicon),
                *glosses(document, term, statement, lexicon),
                *class_frames(document, term, statement),
                *doings(document, term, statement),
            ):
                yield Frame(nouns=nouns, reasons=reasons)
    if statement.place == "absent":
        yield from _fragments(document, lexicon)


def _terms(document: Doc, statement: Statement) -> list[Token]:
    """The tokens that stand for the term."""
    if statement.place == "text":
        return [t for t in document if t.text == MASK]
    if statement.place == "bracket":
        before = [t for t in document if t.idx < statement.bracket]
        if not before:
            return []
        # The noun phrase that ends there, as the subject it is, if it is one.
        subject = before[-1]
        while subject.dep_ not in phrases.SUBJECTS and subject.head.i != subject.i:
            subject = subject.head
        is_subject = subject.dep_ in phrases.SUBJECTS and subject.right_edge.i == before[-1].i
        return [subject if is_subject else before[-1]]
    root = next((t for t in document if t.dep_ == "ROOT"), document[0])
    own = phrases.child(root, *phrases.SUBJECTS)
    return [own] if own is not None else []


# --- naming, apposition, colon, fragments ------------------------------------------------------


_NAMED = frozenset({"oprd", "attr", "dobj", "pobj", "prep", "conj", "appos", "ccomp"})


def _named(document: Doc, term: Token, lexicon: Lexicon) -> Iterator[Frame]:
    """ "A Y that … is called X", "a Y called X", "we call this Y X"."""
    verb, token = None, term
    for _ in range(3):
        carried = token.dep_ == "compound" and token.head.i == token.i + 1  # "the X curve"
        if not carried and token.dep_ not in _NAMED:
            break
        token = token.head
        if token.lower_ in lexicon["sentences.naming"]:
            verb = token
            break
    if verb is None or verb.i > term.i:
        before = [
            t for t in document[max(0, term.i - 4) : term.i] if t.text not in {'"', "the", "a"}
        ]
        if before and before[-1].lower_ == "as":
            before.pop()
        if before and before[-1].lower_ in lexicon["sentences.naming"] and before[-1].tag_ == "VBN":
            verb = before[-1]
    if verb is None or verb.i > term.i or document[verb.i + 1].lower_ in {"for", "after"}:
        return  # "named for its shape"
    reasons: list[str] = []
    subject = phrases.child(verb, *phrases.SUBJECTS)
    if subject is not None and any(c.dep_ == "auxpass" or c.lower_ in BE for c in verb.lefts):
        noun: Token | None = subject
        reasons.append("called")
    elif verb.tag_ == "VBN" and verb.head.tag_ in phrases.NOUNS and verb.head.i < verb.i:
        noun = verb.head
        reasons.append("named")
    elif subject is not None:
        noun = phrases.child(verb, "dobj", "nsubj")
        reasons.append("calling")
    else:
        return
    if noun is None:
        return
    if noun.lower_ in PERSONAL | RELATIVE:
        reasons.append("pronoun")
    elif noun.lower_ in POINTING or any(c.lower_ in POINTING for c in noun.lefts):
        reasons.append("summed" if _sums_up(noun) else "pointing")
    misread = noun.tag_ == "VBZ" and noun.dep_ in phrases.SUBJECTS  # "soil particles … are called"
    if noun.tag_ not in phrases.NOUNS | {"DT", "VBG"} and not misread:
        return
    late = lexicon["sentences.afterthoughts"] - {"also"}  # "is also called X" names as well
    if any(c.lower_ in late for c in verb.lefts):
        reasons.append("afterthought")
    set_apart = modification(noun, verb)
    if any(c.dep_ == "poss" for c in noun.lefts) and set_apart == ["unmodified"]:
        reasons.append("possessive")  # "his stages are called X" says nothing of them
    reasons += [r for r in set_apart if r != "unmodified" or reasons == ["called"]]
    if any(c.lower_ == "meaning" for c in document[term.i + 1 : term.i + 4]):
        reasons.append("gloss")
    nominal = noun.tag_ in phrases.NOUNS | {"VBG"}  # "spending on goods is called X"
    yield Frame(nouns=[noun] if nominal else [], reasons=reasons)


_KINDS = frozenset({"type", "kind", "sort", "form", "class", "set", "group", "part"})


def _sums_up(noun: Token) -> bool:
    """Whether "this" points at what its own sentence says: "…; this is called X".

    Also "this situation, in which …, is called X", which says itself what it points at.
    """
    if any(c.dep_ in {"relcl", "acl"} for c in noun.rights):
        return True
    if any(c.lower_ == "of" for c in noun.rights) and phrases.noun(noun) not in _KINDS:
        return True  # "this process of cell division"
    if noun.tag_ == "NNS" and not any(c.dep_ == "nummod" for c in noun.lefts):
        return phrases.noun(noun) not in _KINDS  # "These voters are called X"
    before = noun.doc[: noun.left_edge.i]
    return (
        noun.left_edge.i > 4
        and before[-1].text in {";", ",", ":", "and"}
        and any(t.tag_ in {"VBZ", "VBP"} for t in before)
    )


def _reversed(term: Token, lexicon: Lexicon) -> Iterator[Frame]:
    """ "Particles that are smaller than … are X": the subject, set apart, is the definition."""
    verb = term.head
    if term.dep_ not in {"attr", "acomp"} or verb.lower_ not in {"is", "are"}:
        return
    subject = phrases.child(verb, *phrases.SUBJECTS)
    if subject is None or subject.tag_ not in phrases.NOUNS or subject.i > term.i:
        return
    if any(c.lower_ in {"one", "another"} | lexicon["sentences.praise"] for c in subject.lefts):
        return  # "one important idea that … is X" names one of several
    if any(c.dep_ in {"amod", "compound", "nmod", "poss"} for c in term.lefts):
        return  # "people who … are an important X": one of such
    if any(c.dep_ in {"relcl", "acl"} for c in subject.rights) and all(
        c.dep_ in {"prep", "punct"} for c in term.rights
    ):
        yield Frame(nouns=[subject], reasons=["reversed", *modification(subject, verb)])


def _set_beside(
    document: Doc, term: Token, statement: Statement, lexicon: Lexicon
) -> Iterator[Frame]:
    """ "X, a Y that …", "X: a Y that …", "…: X"."""
    following = document[term.i + 1] if term.i + 1 < len(document) else None
    if (
        following is not None
        and following.text in {":", "–", "—", "-"}
        and term.i + 2 < len(document)
    ):
        head = _phrase_head(document, term.i + 2)
        if head is not None:
            first = opens(document, term, lexicon) or term.i <= 1
            place = "entry" if first else "colon"
            yield Frame(
                nouns=phrases.conjuncts(head), reasons=[place, *of_noun(head, None, lexicon)]
            )
    if following is not None and following.text == "," and term.i + 2 < len(document):
        head = _phrase_head(document, term.i + 2)
        if head is not None and head.tag_ in phrases.NOUNS:
            reasons = ["apposition", *of_noun(head, None, lexicon)]
            if "restricted" in reasons:
                reasons.append("set-apart")
            full = {"restricted", "complemented"} & set(reasons)
            if full and statement.common and not _is_listed(document, term, head):
                reasons.append("common-set")
            yield Frame(nouns=[head], reasons=reasons)
    before = [t for t in document[: term.i] if t.tag_ != "DT"]
    if before and before[-1].text in {":", ","} and len(before) > 1:
        noun = before[-2]
        at_end = term.i >= len(document) - 2
        beside = before[-1].text == ":" and at_end
        if noun.tag_ in phrases.NOUNS and (beside or term.dep_ == "appos"):
            outer = term.head if term.dep_ == "appos" else noun
            if outer.tag_ in phrases.NOUNS and outer.i < term.i:
                reasons = ["behind-colon" if beside else "behind"]
                if statement.common and beside:
                    reasons.append("common-colon")
                elif statement.common and following is not None and following.text == ",":
                    reasons.append("common-set")
                    if any(c.dep_ == "relcl" for c in term.rights):
                        reasons.append("restricted")
                yield Frame(nouns=[outer], reasons=reasons + of_noun(outer, None, lexicon))


def _is_listed(document: Doc, term: Token, head: Token) -> bool:
    """Whether a comma parts members of a list: "nitrogen, salts of potassium, and water"."""
    if head.dep_ == "conj" or term.dep_ == "conj" or not head.text[0].isalpha():
        return True
    if any(c.lower_ in {"only", "sole", "same"} for c in head.lefts):
        return True  # "water, the only drink allowed": said of this water
    if term.head.dep_ == "prep" and term.head.i == 0:
        return True  # "Under X, all that people make is …": the comma ends an opening phrase
    behind = document[head.right_edge.i + 1 : head.right_edge.i + 3]
    return any(t.lower_ in {"and", "or"} for t in behind) or any(
        c.dep_ in {"cc", "conj"} and c.i > head.i for c in term.children
    )


def _phrase_head(document: Doc, index: int) -> Token | None:
    """The head of the noun phrase that begins at ``index``."""
    token = document[index]
    if token.tag_ not in {"DT", "CD", "JJ", "VBN", "VBG", "PDT"} | phrases.NOUNS:
        return None
    for _ in range(8):
        if token.tag_ in phrases.NOUNS and token.dep_ not in NOMINAL:
            return token
        if token.dep_ not in NOMINAL or token.head.i <= token.i:
            break
        token = token.head
    return token if token.tag_ in phrases.NOUNS and token.i >= index else None


def _fragments(document: Doc, lexicon: Lexicon) -> Iterator[Frame]:
    """A definition without its term, as glossaries print it: "A gland that …"."""
    root = next((t for t in document if t.dep_ == "ROOT"), document[0])
    if root.tag_ in phrases.NOUNS and phrases.child(root, *phrases.SUBJECTS) is None:
        yield Frame(
            nouns=phrases.conjuncts(root), reasons=["fragment", *of_noun(root, None, lexicon)]
        )
