"""Definitions given in passing, as textbooks give them: the term comes behind what it means.

"Some organisms, called X, make …", "Psychologists use the term X for …", "We define X as …", "rock
layers that hold water, or X, …", "X occurs when …". In running text such a wording defines a common
noun; of a proper name it only says what somebody or something is called ("a film called X"), so
most of these frames ask whether the sentence writes the term as a common noun
(:attr:`Statement.common`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.tokens import Doc, Token

from extract import inflection
from extract.components import phrases
from extract.components.frame_reasons import POINTING, modification, of_noun, of_verb
from extract.components.predications import BE, opens
from extract.components.statements import Statement
from extract.lexicon import Lexicon

_WRITING = inflection.all_forms(
    "use", "coin", "employ", "apply", "introduce", "adopt", "add", "propose", "suggest", "invent",
    "create", "lead", "prefer", "reserve"
)  # fmt: skip
_BRINGING = inflection.all_forms("refer", "define", "describe", "know", "speak", "think")
_DEFINING = inflection.all_forms("define", "conceptualize", "conceptualise", "conceive")
_TAKING_PLACE = inflection.all_forms("occur", "happen", "arise", "result", "exist", "take")
_MEANING = inflection.all_forms("mean", "involve", "entail", "imply", "require")
_DESCRIBING = inflection.all_forms("describe", "define", "mean", "denote", "explain")
_ABOUT = {
    **dict.fromkeys(inflection.all_forms("focus", "center", "centre"), "on"),
    **dict.fromkeys(inflection.all_forms("deal"), "with"),
    **dict.fromkeys(inflection.all_forms("seek", "aim", "strive"), "to"),
    **dict.fromkeys(inflection.all_forms("compare", "concern", "involve", "encompass"), ""),
}
"""Verbs that tell what an activity or a field is about, and the preposition they need."""
_METER = re.compile(r"(?:meters?|gauges?|metry|sensors?|index|indices|scales?|scores?)$", re.I)
_CONDITIONS = frozenset({"when", "whenever", "if", "where"})
_RANKING = frozenset(
    {"only", "first", "last", "sole", "next", "second", "third", "fourth", "fifth", "final"}
)
_KINDS = frozenset({"type", "kind", "sort", "form", "class"})
_ARTICLES = frozenset({"the", "a", "an", "its", "their", "his", "your"})


def running_frames(
    document: Doc, term: Token, statement: Statement, lexicon: Lexicon
) -> Iterator[tuple[list[Token], list[str]]]:
    """Yield what is said to be called by the term, with what speaks for and against it."""
    common = ["common"] if statement.common else []
    for nouns, reasons in (
        *_called(document, term, lexicon),
        *_word_for(document, term, lexicon),
        *_brought_as(term),
        *_or(document, term),
        *_interposed(document, term, lexicon),
        *_is_the_term(term, lexicon),
    ):
        yield nouns, reasons + common
    yield from _when(document, term, lexicon, statement)
    yield from _what_they_call(document, term, lexicon)


def _outermost(noun: Token, end: int) -> Token:
    """The noun whose phrase holds ``noun`` and stands before token ``end``, and no clause of it."""
    found = noun
    for above in (noun, *noun.ancestors):
        if above.dep_ == "ROOT" or (
            above.dep_ in {"ccomp", "conj"} and above.tag_ in phrases.VERBS
        ):
            break
        if above.tag_ in phrases.NOUNS and above.i < end:
            found = above
    return found


def _called(
    document: Doc, term: Token, lexicon: Lexicon
) -> Iterator[tuple[list[Token], list[str]]]:
    """ "Some organisms, called X, …", "…, a process known as X"."""
    before = [t for t in document[max(0, term.i - 5) : term.i] if t.text not in {'"', "'"}]
    while before and (before[-1].lower_ in _ARTICLES or before[-1].lower_ in {"simply", "either"}):
        before.pop()
    if before and before[-1].lower_ in {"as", "by"}:
        before.pop()
        while before and before[-1].lower_ in {"simply", "collectively", "to"}:
            before.pop()
    if not before or before[-1].lower_ not in lexicon["sentences.naming"] - {"or", "written"}:
        return
    verb = before[-1]
    if verb.tag_ not in {"VBN", "VBD"} or verb.lower_ == "translated":
        return
    at = verb.i - 1
    while at > 0 and document[at].tag_ in {"RB", ","}:
        at -= 1
    if document[at].lower_ in BE:
        return  # a predicate: read by the frame "called"
    noun: Token | None = document[at] if document[at].tag_ in phrases.NOUNS else None
    if noun is None and verb.dep_ == "acl" and verb.head.tag_ in phrases.NOUNS:
        noun = verb.head
    if noun is None:
        return
    for _ in range(4):  # "the right of a prisoner to be heard, known as X": the outermost noun
        if noun.dep_ in {"compound", "nmod"} and noun.head.i > noun.i:
            noun = noun.head
    if document[verb.i - 1].text == ",":
        noun = _outermost(noun, verb.i)  # "stones laid in the hull, known as X": the stones
    reasons = ["passing", *(r for r in modification(noun, verb) if r != "unmodified")]
    apart = document[verb.i - 1].text == ","
    article = next((t for t in noun.lefts if t.dep_ == "det"), noun)
    if apart:
        reasons.append("apart")
    if article.lower_ in {"a", "an"} and article.i > 3 and article.nbor(-1).text == ",":
        reasons.append("summed")  # "Cells kill themselves, a process called X"
    elif len(reasons) == 1:
        outer = _outermost(noun, verb.i)
        far = any(c.dep_ == "det" and c.lower_ in {"a", "an"} for c in outer.lefts)
        if outer.i != noun.i and far and article.lower_ not in {"a", "an"}:
            noun = outer  # "an extended time between childhood and adulthood called X"
            reasons += [r for r in modification(noun, verb) if r != "unmodified"]
    if len(reasons) == 1:
        reasons.append("unmodified")  # "monomers called X": which monomers, is not said
    if any(t.lower_ == "meaning" for t in document[term.i + 1 : term.i + 4]):
        reasons.append("gloss")
    one_of = phrases.noun(noun) in _KINDS or any(
        c.lower_ in _RANKING | {"another"} for c in noun.lefts
    )
    if one_of and not {"restricted", "gloss"} & set(reasons):
        reasons.append("ranked")  # "a fourth style, known as X": which one, is not said
    if noun.tag_ in {"NNP", "NNPS"} or any(c.dep_ == "poss" for c in noun.lefts):
        reasons.append("qualified")
    if any(c.lower_ in POINTING for c in noun.lefts) and "modified" not in reasons:
        whole = article.i == 0 and "complemented" in reasons  # "This flow of ions, called X, …"
        reasons.append("summed" if whole else "pointing")
    # "pockets of the lining called X": which of the two is called so, the wording leaves open.
    outer = _outermost(noun, verb.i)
    yield [noun] if outer.i == noun.i or outer.tag_ in {"NNP", "NNPS"} else [noun, outer], reasons


def _word_for(
    document: Doc, term: Token, lexicon: Lexicon
) -> Iterator[tuple[list[Token], list[str]]]:
    """ "Psychologists use the term X to describe a Y", "the word X for a Y"."""
    before = [t for t in document[max(0, term.i - 3) : term.i] if t.text not in {'"', "'"}]
    if not before or before[-1].lower_ not in lexicon["sentences.words"]:
        return
    verb = before[-1].head if before[-1].dep_ not in {"compound", "nmod"} else term.head
    verbs = [t for t in document[: term.i] if t.lower_ in _WRITING]
    if not verbs and verb.lower_ not in _WRITING:
        return
    for token in document[term.i + 1 : term.i + 5]:
        meant = token.lower_ in lexicon["sentences.meaning"] | lexicon["sentences.referring"]
        if meant or (token.lower_ in {"for", "as"} and token.tag_ == "IN"):
            noun = next(
                (t for t in document[token.i + 1 :] if t.tag_ in phrases.NOUNS | {"WP"}), None
            )
            if noun is not None:
                found = noun if noun.dep_ not in {"compound", "nmod"} else noun.head
                yield [found], ["defined"]
            return


def _brought_as(term: Token) -> Iterator[tuple[list[Token], list[str]]]:
    """ "Sociologists refer to Y as X", "we define X as Y"."""
    verb = term.head
    if term.dep_ == "dobj" and verb.lower_ in _DEFINING:
        noun = next(phrases.under(verb, "as"), None) or next(phrases.under(term, "as"), None)
        if noun is not None and noun.tag_ in phrases.NOUNS and noun.i > term.i:
            yield [noun], ["negated" if phrases.is_negated(verb) else "defined"]
    if (
        term.dep_ == "pobj"
        and verb.lower_ == "as"
        and verb.head.tag_ in phrases.VERBS | {"NNS", "NN"}
    ):
        above = verb.head
        for _ in range(6):
            if above.lower_ in _BRINGING or above.head.i == above.i:
                break
            above = above.head
        if above.lower_[:5] == "refer" and above.tag_ in {"VB", "VBP", "VBZ"}:
            noun = next(phrases.under(above, "to"), None)
            if noun is not None and noun.tag_ in phrases.NOUNS and noun.i < term.i:
                yield [noun], ["calling", *modification(noun, above)]


def _or(document: Doc, term: Token) -> Iterator[tuple[list[Token], list[str]]]:
    """ "Rock layers that hold water, or aquifers, …": what stands before defines them."""
    if term.i < 3 or document[term.i - 1].lower_ != "or" or document[term.i - 2].text != ",":
        return
    behind = document[term.i + 1] if term.i + 1 < len(document) else None
    if behind is None or behind.text not in {",", ".", ";"}:
        return
    start = _outermost(document[term.i - 3], term.i)
    reasons = [r for r in modification(start, None) if r != "unmodified"]
    yield [start], ["or-named", *reasons]


def _interposed(
    document: Doc, term: Token, lexicon: Lexicon
) -> Iterator[tuple[list[Token], list[str]]]:
    """ "Transpiration, the loss of water from leaves, draws …": said of what opens the sentence."""
    if not opens(document, term, lexicon) or term.i + 3 >= len(document):
        return
    if document[term.i + 1].text != ",":
        return
    closing = next((t.i for t in document[term.i + 4 :] if t.text == ","), None)
    if closing is None or closing + 1 >= len(document):
        return
    if document[closing + 1].tag_ not in {"VBZ", "VBP", "VBD", "MD", "RB"}:
        return
    first = document[term.i + 2]
    if first.tag_ != "DT":
        return
    noun = next((t for t in document[first.i + 1 : closing] if t.tag_ in phrases.NOUNS), None)
    while noun is not None and noun.dep_ in {"compound", "nmod"} and noun.i < noun.head.i < closing:
        noun = noun.head
    if noun is not None:
        reasons = ["interposed", *of_noun(noun, None, lexicon)]
        if any(c.lower_ in _RANKING for c in noun.lefts):
            reasons.append("ranked")
        yield [noun], reasons


def _gives_reason(term: Token) -> bool:
    """Whether a reason follows: "The birth of rust is a chemical change because …"."""
    behind = term.doc[term.i + 1 : term.i + 3]
    return any(t.lower_ in {"because", "since", "as"} for t in behind)


def _is_the_term(term: Token, lexicon: Lexicon) -> Iterator[tuple[list[Token], list[str]]]:
    """ "The change of a solid into a gas is sublimation", "Any microbe that … is a pathogen"."""
    verb = term.head
    if term.dep_ not in {"attr", "acomp"} or verb.lower_ not in {"is", "are"}:
        return
    subject = phrases.child(verb, *phrases.SUBJECTS)
    if subject is None or subject.i > term.i or subject.tag_ not in phrases.NOUNS | {"VBG"}:
        return
    naming = lexicon["sentences.naming"]
    named = {c.i for c in term.rights if c.dep_ == "acl" and c.lower_ in naming}
    if verb.dep_ != "ROOT" or any(
        c.dep_ not in {"det", "punct"} and c.i not in named for c in term.children
    ):
        return
    if subject.tag_ in {"NNP", "NNPS"} or subject.left_edge.i > 0:
        return
    if _gives_reason(term):
        return
    if any(c.tag_ == "PRP$" or c.lower_ in POINTING | {"one", "another"} for c in subject.lefts):
        return
    reasons = ["reversed-as", *(r for r in of_noun(subject, verb, lexicon) if r != "unmodified")]
    if any(c.lower_ in _RANKING or c.ent_type_ == "ORDINAL" for c in subject.lefts):
        reasons.append("ranked")  # "the next stage of development is X"
    yield [subject], reasons + of_verb(verb, lexicon)


def _what_they_call(
    document: Doc, term: Token, lexicon: Lexicon
) -> Iterator[tuple[list[Token], list[str]]]:
    """ "People who live together are what we call X", "rules of conduct, or what we call X"."""
    before = [t for t in document[max(0, term.i - 9) : term.i] if t.tag_ != "DT"]
    if before and before[-1].lower_ == "as":
        before.pop()
        if before and before[-1].lower_ == "to":
            before.pop()
    if len(before) < 4 or before[-1].lower_ not in lexicon["sentences.naming"] | {"term", "refer"}:
        return
    what = next((n for n in range(len(before) - 2, 0, -1) if before[n].lower_ == "what"), 0)
    if not 0 < what < len(before) - 2 or before[-2].tag_ not in phrases.NOUNS | {"PRP", "RB", "MD"}:
        return
    link = before[what - 1]
    if link.lower_ in BE:
        subject = phrases.child(link, *phrases.SUBJECTS)
        if subject is not None and subject.tag_ in phrases.NOUNS:
            yield [subject], ["clause-called"]
    elif link.lower_ == "or" and link.i > 1:
        at = document[link.i - 1] if document[link.i - 1].text != "," else document[link.i - 2]
        if at.tag_ not in {"PRP"}:
            noun = _outermost(at, link.i)
            yield [noun] if noun.tag_ in phrases.NOUNS else [], ["clause-called"]


def _is_about(verb: Token, behind: Token, statement: Statement) -> bool:
    """Whether a verb says what something is about: "X focuses on muscles", "X compares prices".

    What something seeks tells kinds of it apart: "resistance movements seek to prevent change".
    """
    needed = _ABOUT.get(verb.lower_)
    if verb.lower_ in {"measure", "measures"} and _METER.search(statement.term):
        return phrases.child(verb, "dobj") is not None
    if needed is None or (needed == "to" and " " not in statement.term):
        return False
    if needed:
        return behind.lower_ == needed
    if verb.lower_[:7] == "involve":  # "training involves the whole staff" tells no class
        row = [c for t in phrases.children(verb, "dobj", "xcomp") for c in phrases.conjuncts(t)]
        return len(row) > 2
    return phrases.child(verb, "dobj", "xcomp") is not None


def _is_of(complement: Token, verb: Token) -> bool:
    """Whether "of the shoulder" stands between: "Retraction of the shoulder occurs when …"."""
    behind = verb.nbor(1).lower_ if verb.i + 1 < len(verb.doc) else ""
    return complement.lower_ == "of" and behind in _CONDITIONS


def _when(
    document: Doc, term: Token, lexicon: Lexicon, statement: Statement
) -> Iterator[tuple[list[Token], list[str]]]:
    """ "A deficit occurs when …", "Inflation means that …", "X involves judging …"."""
    verb = term.head
    if term.dep_ not in phrases.SUBJECTS or verb.dep_ not in {"ROOT", "ccomp", "conj"}:
        return
    starts = opens(document, term, lexicon) or document[term.i - 1].text in {":", ";"}
    if not starts or phrases.is_negated(verb):
        return
    general = verb.tag_ in {"VBZ", "VBP"} and not any(
        c.tag_ in {"MD", "RB"} and c.i < verb.i for c in verb.children
    )
    edge = next((c.lower_ for c in term.lefts if c.dep_ == "det"), "")
    if (
        not general
        or edge not in {"", "a", "an"}
        or any(c.dep_ not in {"det", "punct"} and not _is_of(c, verb) for c in term.children)
    ):
        return
    behind = document[verb.i + 1] if verb.i + 1 < len(document) else verb
    if verb.lower_ in _TAKING_PLACE or verb.lower_ in {"is", "are"}:
        if behind.lower_ in _CONDITIONS:
            yield [], ["when", "opens"]
    elif (
        verb.lower_ in _DESCRIBING and behind.lower_ in _CONDITIONS | {"how", "what"}
    ) or _is_about(verb, behind, statement):
        yield [], ["when", "opens"]
    elif verb.lower_ in _MEANING:
        said = behind.lower_ in {"that", '"'} and verb.lower_[:4] == "mean"
        if said or (behind.tag_ == "VBG" and verb.lower_[:4] != "requ"):
            yield [], ["when", "opens"]
