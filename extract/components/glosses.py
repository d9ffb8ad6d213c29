"""What a sentence adds behind its term: "X, or the Y of Z", "X, that is, a Y", "X holds that …".

Textbooks gloss a word at its first use, in the middle of a sentence about something else. As with
all wordings of running text, the term must be a common noun there, or the gloss a full one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.tokens import Doc, Token

from extract import inflection
from extract.components import phrases
from extract.components.frame_reasons import modification, of_noun
from extract.components.predications import NOMINAL, opens
from extract.components.statements import Statement
from extract.lexicon import Lexicon

_HOLDING = inflection.all_forms(
    "hold", "state", "suggest", "explain", "argue", "posit", "propose", "claim", "assert", "say",
    "predict", "contend", "maintain", "assume", "postulate"
)  # fmt: skip
_TEACHING = re.compile(
    r"\b(?:theor(?:y|ies)|theorem|hypothes[ie]s|laws?|principles?|models?|doctrine|rule|paradox"
    r"|postulate|conjecture|view|perspective|approach|\w{3,}isms?)(?:$|\s(?:of|for|in)\s)",
    re.IGNORECASE,
)
"""Names of what can be held: the clause behind "that" is their content."""
_MAKING_UP = inflection.all_forms("form", "make", "constitute", "compose", "comprise")
_THAT_IS = (("that", "is"), ("i.e.",), ("ie",), ("namely",), ("in", "other", "words"))
_MEANS = frozenset({"means", "mean", "describes", "describe", "denotes", "denote", "refers"})


def glosses(
    document: Doc, term: Token, statement: Statement, lexicon: Lexicon
) -> Iterator[tuple[list[Token], list[str]]]:
    """Yield what is said of the term right behind it, with what speaks for and against."""
    common = ["common"] if statement.common else []
    for nouns, reasons in _or_else(document, term):
        yield nouns, reasons + common
    yield from _that_is(document, term, lexicon)
    yield from _which_means(document, term)
    yield from _holds(document, term, statement, lexicon)
    yield from _together(term)
    yield from _clause_called(document, term, lexicon, statement)


def _or_else(document: Doc, term: Token) -> Iterator[tuple[list[Token], list[str]]]:
    """ "Herbivory, or the consumption of plants by animals": a full phrase, no other name."""
    if [t.lower_ for t in document[term.i + 1 : term.i + 3]] != [",", "or"]:
        return
    head = _head(document, term.i + 3)
    if head is None or head.tag_ in {"NNP", "NNPS"}:
        return
    reasons = modification(head, None)
    close = any(c.i == head.i + 1 for c in head.rights if c.dep_ == "prep")
    if ("complemented" in reasons and close) or "restricted" in reasons:
        yield [head], ["or-named", *reasons]


def _that_is(
    document: Doc, term: Token, lexicon: Lexicon
) -> Iterator[tuple[list[Token], list[str]]]:
    """ "X, that is, a Y that …", "X, i.e. the Y of …"."""
    index = term.i + 1
    while index < len(document) and document[index].text in {",", "-", "–", "—"}:
        index += 1
    if index > term.i + 1 and [t.tag_ for t in document[index : index + 2]] == ["DT", "WDT"]:
        yield [], ["which-means"]  # "motives, those that come from within, …"
        return
    words = tuple(t.lower_ for t in document[index : index + 3])
    lead = next((said for said in _THAT_IS if words[: len(said)] == said), None)
    if lead is None or index == term.i + 1:
        return
    index += len(lead)
    while index < len(document) and document[index].text == ",":
        index += 1
    head = _head(document, index)
    if head is not None:
        yield [head], ["that-is", *of_noun(head, None, lexicon)]


def _which_means(document: Doc, term: Token) -> Iterator[tuple[list[Token], list[str]]]:
    """ "Most crabs are X, which means that …", "the term X, which describes Y"."""
    behind = document[term.i + 1 : term.i + 4]
    if len(behind) < 3 or behind[0].text != ",":
        return
    if [t.lower_ for t in behind[1:]] == ["meaning", "that"]:
        yield [], ["which-means"]
    if behind[1].lower_ != "which":
        return
    verb = behind[2]
    if verb.lower_ not in _MEANS:
        return
    noun = phrases.child(verb, "dobj") or next(phrases.under(verb, "to"), None)
    yield [noun] if noun is not None and noun.tag_ in phrases.NOUNS else [], ["which-means"]


def _holds(
    document: Doc, term: Token, statement: Statement, lexicon: Lexicon
) -> Iterator[tuple[list[Token], list[str]]]:
    """ "Convergence theory explains that …": the content of a theory is what it is."""
    verb = term.head
    if term.dep_ not in phrases.SUBJECTS or verb.lower_ not in _HOLDING:
        return
    if not opens(document, term, lexicon) or not _TEACHING.search(statement.term):
        return
    if verb.tag_ not in {"VBZ", "VBP"} or phrases.is_negated(verb):
        return
    said = phrases.child(verb, "ccomp")
    if said is not None and any(c.lower_ == "that" and c.i < said.i for c in said.subtree):
        yield [], ["holds"]


def _clause_called(
    document: Doc, term: Token, lexicon: Lexicon, statement: Statement
) -> Iterator[tuple[list[Token], list[str]]]:
    """ "When cells eat themselves, it is called X", "some are born deaf, which is known as X"."""
    before = [t for t in document[: term.i] if t.tag_ not in {"DT", "RB", "``", "''"}]
    if before and before[-1].lower_ == "as":
        before.pop()
    if len(before) < 7 or not statement.common:
        return
    pronoun, be, verb = before[-3:]
    if verb.lower_ not in lexicon["sentences.naming"] or be.lower_ not in {"is", "are"}:
        return
    opened = before[0].lower_ in {"when", "if", "whenever"} and pronoun.lower_ in {"it", "this"}
    if before[-4].text != "," or not (opened or pronoun.lower_ == "which"):
        return
    if any(t.tag_ in {"VBZ", "VBP", "MD"} for t in before[:-4]):
        yield [], ["clause-called"]


def _together(term: Token) -> Iterator[tuple[list[Token], list[str]]]:
    """ "Sepals and petals together form the X"."""
    verb = term.head
    if term.dep_ != "dobj" or verb.lower_ not in _MAKING_UP or verb.dep_ != "ROOT":
        return
    if any(c.lower_ in {"together", "collectively"} for c in verb.subtree if c.i < term.i):
        article = [c.lower_ for c in term.lefts]
        if article in (["the"], []):
            yield [], ["together"]


def _head(document: Doc, index: int) -> Token | None:
    """The head of the noun phrase that begins at ``index``; None if none does."""
    if index >= len(document):
        return None
    token = document[index]
    if token.tag_ not in {"DT", "CD", "JJ", "PDT"} | phrases.NOUNS:
        return None
    for _ in range(6):
        if token.tag_ in phrases.NOUNS and token.dep_ not in NOMINAL:
            return token
        if token.head.i <= token.i:
            break
        token = token.head
    return token if token.tag_ in phrases.NOUNS else None
