"""Definitions that name the class before the term: "One alternative is X, using …".

Textbooks walk through the members of a class ("Another type of indicator, the X, uses …", "A third
type is the X, a tube that …"): the class is said first, what sets the member apart comes behind
it. Also what a speaker means by a word ("a republic, by which I mean a government that …"), and
names of bodies and documents told by what they are for ("the Electoral College, the mechanism for
…"), which no person is.
"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Doc, Token

from extract import inflection
from extract.components import phrases
from extract.components.predications import BE, NOMINAL
from extract.components.statements import Statement

_CLASSES = frozenset(
    {"type", "kind", "form", "class", "category", "sort", "variety", "group", "family", "method"}
    | {"technique", "approach", "way", "strategy", "alternative", "option", "measure", "parameter"}
    | {"model", "theory", "concept", "process", "mechanism", "principle", "tool", "style", "system"}
    | {"component", "element", "stage", "phase", "step", "structure", "factor", "effect", "pattern"}
)
_PICKING = frozenset(
    {"one", "another", "a", "an", "second", "third", "fourth", "first", "final", "last", "next"}
)
_NAMING = inflection.all_forms("call", "term", "name", "dub", "label")
_INSTRUMENTS = frozenset(
    {"act", "law", "bill", "plan", "amendment", "treaty", "doctrine", "compromise", "proclamation"}
    | {"policy", "clause", "ordinance", "decree", "charter", "edict", "code", "rule", "agreement"}
    | {"resolution", "statute", "proviso", "declaration", "accord", "pact", "tax", "system"}
)
_LAYING_DOWN = inflection.all_forms(
    *("require", "prohibit", "ban", "establish", "guarantee", "provide", "allow", "permit"),
    *("grant", "forbid", "outlaw", "declare", "state", "propose", "outline", "call", "limit"),
    *("authorize", "authorise", "abolish", "regulate", "impose", "protect", "entitle", "oblige"),
)
"""What rules and plans do by their wording."""
_DATING = frozenset({"is", "are", "occurs", "lasts", "begins", "occur", "last", "begin", "was"})
_PROPOSING = frozenset({"proposing", "requiring", "stating", "declaring", "providing", "ordering"})
_TEACHING = frozenset(
    {"dictating", "stating", "holding", "meaning", "saying", "declaring", "asserting", "claiming"}
)


def class_frames(
    document: Doc, term: Token, statement: Statement
) -> Iterator[tuple[list[Token], list[str]]]:
    """Yield what the sentence says the term to be one of, with what speaks for and against."""
    yield from _is_one(document, term)
    yield from _one_that(document, term)
    yield from _by_which(document, term)
    yield from _call(document, term)
    yield from _dictating(document, term)
    yield from _known_as(document, term)
    yield from _enacted(document, term, statement)
    if not statement.common:
        yield from _institution(document, term)


def _is_one(document: Doc, term: Token) -> Iterator[tuple[list[Token], list[str]]]:
    """ "One alternative is X, using Y", "Another group of proteins are X, which serve to …".

    And with the term set between commas: "Another type of gauge, the X, uses …".
    """
    at = _start(document, term)
    if at < 2:
        return
    before = document[at - 1]
    after = document[term.i + 1 : term.i + 4]
    if len(after) < 3 or after[0].text not in {",", ";", ":"}:
        return
    if before.lower_ in BE and before.lower_ in {"is", "are"}:
        subject = phrases.child(before, *phrases.SUBJECTS)
        told = (
            after[1].tag_ == "VBG"
            or after[1].lower_ in {"which", "where", "that", "whose"}
            or (after[1].lower_ in {"in", "by"} and after[2].lower_ == "which")
        )
    elif before.text == "," and after[0].text == "," and after[1].tag_ in {"VBZ", "VBP"}:
        subject = _head_before(document, before.i)
        told = after[1].lower_ not in BE and after[1].tag_ == "VBZ"
    else:
        return
    dated = len(after) > 2 and after[1].lower_ == "which" and after[2].lower_ in _DATING
    if subject is None or not told or dated or not _is_picked(subject):
        return
    of = next(phrases.under(subject, "of"), None)
    yield [of if of is not None and of.tag_ in phrases.NOUNS else subject], ["class-first"]


def _is_picked(noun: Token) -> bool:
    """Whether one of a class is meant: "another method", "a third type of indicator"."""
    if phrases.noun(noun) not in _CLASSES or noun.left_edge.i > 1:
        return False
    return any(t.lower_ in _PICKING for t in noun.lefts)


def _head_before(document: Doc, end: int) -> Token | None:
    """The noun phrase that opens the sentence and ends before ``end``."""
    noun = document[end - 1]
    if noun.tag_ not in phrases.NOUNS:
        return None
    while noun.i > 0 and noun.head.i < noun.i and noun.dep_ in {"pobj", "prep"}:
        noun = noun.head
    return noun if noun.tag_ in phrases.NOUNS else None


def _start(document: Doc, term: Token) -> int:
    """Index at which the noun phrase of the term begins."""
    start = term.i
    while start > 0 and (
        document[start - 1].tag_ in {"DT", "JJ", "``", "PRP$"}
        or document[start - 1].dep_ in NOMINAL
    ):
        if document[start - 1].text in {",", ";"} or document[start - 1].tag_ in phrases.VERBS:
            break
        start -= 1
    return start


def _one_that(document: Doc, term: Token) -> Iterator[tuple[list[Token], list[str]]]:
    """ "An X molecule is one that holds both": the term is an adjective or a first noun."""
    if term.i + 4 >= len(document) or term.i > 2:
        return
    noun, verb, one, that = document[term.i + 1 : term.i + 5]
    if noun.tag_ not in phrases.NOUNS or verb.lower_ not in {"is", "are"}:
        return
    if one.lower_ in {"one", "those"} and that.lower_ in {"that", "which", "whose", "in", "for"}:
        yield [noun], ["class-first"]


def _by_which(document: Doc, term: Token) -> Iterator[tuple[list[Token], list[str]]]:
    """ "A republic, by which I mean a government that …"."""
    words = [t.lower_ for t in document[term.i + 1 : term.i + 6]]
    if words[:3] != [",", "by", "which"] or words[4:5] not in (["mean"], ["means"], ["meant"]):
        return
    noun = next((t for t in document[term.i + 6 : term.i + 12] if t.tag_ in phrases.NOUNS), None)
    while noun is not None and noun.dep_ in NOMINAL and noun.head.i > noun.i:
        noun = noun.head
    yield [noun] if noun is not None and noun.tag_ in phrases.NOUNS else [], ["class-first"]


def _call(document: Doc, term: Token) -> Iterator[tuple[list[Token], list[str]]]:
    """ "When it gets longer, we call the change in colours an X"."""
    at = _start(document, term)
    verb = next((t for t in document[max(0, at - 8) : at] if t.lower_ in _NAMING), None)
    if verb is None or verb.tag_ not in {"VBP", "VBZ", "VB"} or verb.i + 1 >= at:
        return
    subject = verb.nbor(-1) if verb.i else verb
    if subject.lower_ not in {"we", "they", "i"} and subject.tag_ != "NNS":
        return
    thing = document[verb.i + 1 : at]
    if thing[0].tag_ in {"PRP", "DT"} and len(thing) == 1:
        if not any(t.text in {":", ";"} for t in document[max(0, verb.i - 3) : verb.i]):
            return  # "we call this X": what, is not said
        yield [], ["calling", "summed", "complemented"]
        return
    noun = next((t for t in thing if t.tag_ in phrases.NOUNS), None)
    if noun is not None and any(t.dep_ == "prep" for t in thing):
        yield [noun], ["calling", "complemented"]


def _dictating(document: Doc, term: Token) -> Iterator[tuple[list[Token], list[str]]]:
    """ "The principle of X, dictating that …": its content."""
    after = [t.lower_ for t in document[term.i + 1 : term.i + 4]]
    if len(after) == 3 and after[0] == "," and after[1] in _TEACHING and after[2] == "that":
        noun = term.head.head if term.dep_ == "pobj" and term.head.lower_ == "of" else None
        yield [noun] if noun is not None and noun.tag_ in phrases.NOUNS else [], ["holds"]


def _known_as(document: Doc, term: Token) -> Iterator[tuple[list[Token], list[str]]]:
    """ "Supporters of the treaty, known as Xs, argued …", "Those who left, called Xs, …"."""
    at = _start(document, term)
    before = document[max(0, at - 2) : at]
    lead = 2 if [t.lower_ for t in before] == ["known", "as"] else 1
    named = before[-1:] if lead == 1 else before[:1]
    after = document[term.i + 1 : term.i + 3]
    if not len(named) or named[0].lower_ not in _NAMING | {"known"} or named[0].i < 3:
        return
    if len(after) < 2 or after[0].text != "," or document[named[0].i - 1].text != ",":
        return
    if after[1].tag_ not in {"VBZ", "VBP", "VBD", "MD"}:
        return
    first = document[0]
    those = first.lower_ in {"those", "people"} and document[1].lower_ in {"who", "that", "in"}
    if those or (first.tag_ == "NNS" and document[1].lower_ in {"of", "who", "that", "in"}):
        yield [first] if first.tag_ in phrases.NOUNS else [], ["class-first"]


def _enacted(
    document: Doc, term: Token, statement: Statement
) -> Iterator[tuple[list[Token], list[str]]]:
    """ "The Wool Act required …", "the Wool Plan, which called for …": what a rule lays down."""
    if statement.term.split()[-1].lower().rstrip("s") not in _INSTRUMENTS:
        return
    after = document[term.i + 1 : term.i + 5]
    if len(after) > 2 and after[0].text == "," and after[1].lower_ == "which":
        if after[2].lower_ in _LAYING_DOWN:
            yield [], ["holds"]
        return
    for verb in (term.head, *term.head.conjuncts):
        late = any(c.lower_ in {"also", "not", "later"} for c in verb.children)
        own = term.dep_ in phrases.SUBJECTS and verb.dep_ in {"ROOT", "conj"}
        late = late or any(c.dep_ == "prep" for c in term.rights)  # "the Act of 1991 gives …"
        if own and verb.lower_ in _LAYING_DOWN and not late and verb.tag_ != "VBN":
            yield [], ["holds"]
            return
    for deed in term.sent:
        if deed.lower_ in _PROPOSING and deed.i > term.i and deed.nbor(-1).text == ",":
            if deed.i + 1 < len(document) and deed.nbor(1).lower_ == "that":
                yield [], ["holds"]
            return


def _institution(document: Doc, term: Token) -> Iterator[tuple[list[Token], list[str]]]:
    """ "They created the Electoral College, the mechanism for choosing the president."."""
    if term.i + 3 >= len(document) or document[term.i + 1].text != ",":
        return
    if not any(c.lower_ == "the" for c in term.lefts) or document[term.i + 2].tag_ != "DT":
        return
    noun = next((t for t in document[term.i + 3 :] if t.tag_ in phrases.NOUNS), None)
    while noun is not None and noun.dep_ in NOMINAL and noun.head.i > noun.i:
        noun = noun.head
    if noun is None or noun.tag_ not in {"NN", "NNS"}:
        return
    purpose = document[noun.i + 1 : noun.i + 3]
    if len(purpose) == 2 and purpose[0].lower_ == "for" and purpose[1].tag_ == "VBG":
        yield [noun], ["class-first"]
