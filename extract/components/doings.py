"""Definitions that tell what goes on: acts, states and pairs that are told from each other.

"Flexion decreases the angle, while extension increases it", "Lifting the foot is dorsiflexion", "If
it depends on the amount, it is an extensive property", "In conformity, people do as others do": no
class is named, and the term is a word for a whole course of events.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.tokens import Doc, Token

from extract.components import phrases
from extract.components.predications import BE
from extract.components.statements import Statement

_BESIDE = frozenset({"while", "whereas", "whilst"})
_WITHIN = frozenset({"in", "under", "during", "with"})
_PEOPLE = frozenset(
    {"people", "person", "individuals", "individual", "governments", "members", "everyone"}
    | {"someone", "children", "workers", "participants", "learners", "citizens", "organisms"}
)
_ACT = re.compile(
    r"(?:tion|sion|ment|ism|ity|ance|ence|ing|ship|cy|sis|acy|age|ure|tics|graphy)s?$"
)
_ENDS = frozenset({".", ",", ";", "''", '"'})


def doings(
    document: Doc, term: Token, statement: Statement
) -> Iterator[tuple[list[Token], list[str]]]:
    """Yield what the sentence says to go on with the term, with what speaks for and against."""
    if not statement.common or any(c.dep_ in {"amod", "compound", "poss"} for c in term.lefts):
        return
    bare = not any(c.dep_ == "det" for c in term.lefts)
    if bare:
        yield from _paired(document, term)
        yield from _doing_is(document, term)
        yield from _within(document, term, statement)
    yield from _if_it(document, term)


def _paired(document: Doc, term: Token) -> Iterator[tuple[list[Token], list[str]]]:
    """ "Voltmeters measure tension, whereas ammeters measure current": each told by its act."""
    mark = next((t for t in document if t.lower_ in _BESIDE and t.i > 1), None)
    if mark is None or mark.nbor(-1).text != ",":
        return
    later = term.i == mark.i + 1
    if not later and not (term.i < mark.i and _opens(document, term)):
        return
    verb = document[term.i + 1] if term.i + 1 < len(document) else term
    other = document[mark.i + 1] if not later else None
    if other is not None and other.tag_ not in phrases.NOUNS | {"VBG"}:
        return  # "X slows them, while the rest …"
    if verb.tag_ not in {"VBZ", "VBP"} or verb.lower_ in {"has", "have"}:
        return
    if verb.lower_ in BE:
        noun = phrases.child(verb, "attr")
        known = noun is not None and any(t.lower_ in {"a", "an", "the"} for t in noun.lefts)
        if later and noun is not None and known and noun.right_edge.i > noun.i:
            yield [noun], ["class-first"]
        return
    if document[verb.i + 1 : verb.i + 2] and not phrases.is_negated(verb):
        yield [], ["class-first"]


def _opens(document: Doc, term: Token) -> bool:
    """Whether the term, or a phrase and the term, opens the sentence."""
    return term.i == 0 or (document[term.i - 1].text == "," and document[0].tag_ in {"IN", "RB"})


def _doing_is(document: Doc, term: Token) -> Iterator[tuple[list[Token], list[str]]]:
    """ "Lifting the front of the foot so that it … is dorsiflexion"."""
    if term.i < 5 or document[term.i - 1].lower_ != "is" or term.i + 1 >= len(document):
        return
    if document[term.i + 1].text not in _ENDS:
        return
    start = 0
    for token in document[: term.i - 1]:
        if token.lower_ in _BESIDE:
            start = token.i + 1
    if document[start].tag_ == "RB" and document[start + 1].text == ",":
        start += 2
    first, second = document[start], document[start + 1]
    long = term.i - start > 6
    act = first.tag_ == "VBG" and second.tag_ not in phrases.VERBS
    named = first.tag_ in {"NN", "NNS"} and second.lower_ in {"of", "that", "in"}
    if long and (act or named) and not any(t.tag_ == "PRP" for t in document[start : start + 2]):
        yield [first] if named else [], ["class-first"]


def _if_it(document: Doc, term: Token) -> Iterator[tuple[list[Token], list[str]]]:
    """ "If a property depends on the amount, it is an extensive property"."""
    if document[0].lower_ not in {"if", "when", "whenever"} or term.i < 6:
        return
    before = [t.lower_ for t in document[term.i - 4 : term.i]]
    ends = document[term.i + 1 : term.i + 2]
    named = before[:1] == [","] and before[1] in {"it", "this"} and before[2] == "is"
    if named and before[3] in {"a", "an"} and len(ends) and ends[0].text in {".", ";"}:
        what = next((t for t in document[1:6] if t.dep_ in phrases.SUBJECTS), None)
        noun = what is not None and what.tag_ in phrases.NOUNS
        yield [what] if what is not None and noun else [], ["clause-called"]


def _within(
    document: Doc, term: Token, statement: Statement
) -> Iterator[tuple[list[Token], list[str]]]:
    """ "In conformity, people do as others do": what goes on in it."""
    head = term.i - 1
    if head < 0 or document[head].lower_ not in _WITHIN or head > 2:
        return
    if head and not (document[0].tag_ == "RB" and document[1].text == ","):
        return
    after = document[term.i + 1 : term.i + 4]
    if len(after) < 3 or after[0].text != "," or not _ACT.search(statement.term):
        return
    subject = next(
        (t for t in document[term.i + 2 : term.i + 8] if t.dep_ in phrases.SUBJECTS), None
    )
    if subject is None or subject.head.tag_ not in {"VBZ", "VBP", "VBN"}:
        return
    helped = [c for c in subject.head.children if c.dep_ in {"aux", "auxpass"}]
    if any(c.tag_ == "MD" or c.lower_ in {"was", "were", "have", "has", "had"} for c in helped):
        return
    article = next((c.lower_ for c in subject.lefts if c.dep_ == "det"), "")
    if subject.lower_ in _PEOPLE or article in {"a", "an", "one"}:
        yield [], ["class-first"]
