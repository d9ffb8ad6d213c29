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
    "predict", "point", "contend", "maintain", "assume", "postulate"
)  # fmt: skip
_VIEWING = inflection.all_forms("see", "view", "regard", "treat", "portray", "understand")
_RESTING = frozenset({"based", "founded", "built", "grounded"})
_PRINCIPLES = frozenset(
    {"principle", "idea", "belief", "assumption", "theory", "notion", "premise", "view", "concept"}
)
_TEACHING = re.compile(
    r"\b(?:theor(?:y|ies)|theorem|hypothes[ie]s|laws?|principles?|models?|doctrine|rule|paradox"
    r"|effect|postulate|conjecture|view|perspective|approach|\w{3,}isms?)(?:$|\s(?:of|for|in)\s)",
    re.IGNORECASE,
)
"""Names of what can be held: the clause behind "that" is their content."""
_MAKING_UP = inflection.all_forms("form", "make", "constitute", "compose", "comprise")
_THAT_IS = (("that", "is"), ("i.e.",), ("ie",), ("namely",), ("in", "other", "words"))
_DOING = frozenset({"VBG", "VBP", "VBZ", "VB", "MD"})
_COMPLEMENTING = frozenset(
    {"of", "on", "in", "for", "over", "to", "at", "with", "against", "between", "among"}
)
_COMING = inflection.all_forms("occur", "happen", "arise", "result", "exist", "begin")
_SITUATIONS = frozenset(
    {"situation", "condition", "state", "case", "process", "phenomenon", "strategy", "practice"}
    | {"concept", "form", "type", "kind", "method", "technique", "system", "pattern", "problem"}
)
_HEDGES = frozenset({"often", "usually", "typically", "generally", "commonly", "mostly"})
_MEANS = frozenset({"means", "mean", "describes", "describe", "denotes", "denote", "refers"})


def glosses(
    document: Doc, term: Token, statement: Statement, lexicon: Lexicon
) -> Iterator[tuple[list[Token], list[str]]]:
    """Yield what is said of the term right behind it, with what speaks for and against."""
    common = ["common"] if statement.common else []
    for nouns, reasons in _or_else(document, term):
        yield nouns, reasons + common
    yield from _that_is(document, term, lexicon)
    for nouns, reasons in _hedged(document, term):
        yield nouns, reasons + common
    yield from _which_means(document, term)
    yield from _in_which(document, term, statement)
    yield from _which_are(document, term, statement, lexicon)
    yield from _which_holds(document, term, statement, lexicon)
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
    end = _end(document, term)
    marks = {",", ":", "-", "–", "—"} if end == term.i + 1 else {";", "–", "—"}
    index = end
    while index < len(document) and document[index].text in marks | {";"}:
        index += 1
    if index > end and _are_those(document, index):
        yield [], ["which-means"]  # "motives, those that come from within, …"
        return
    words = tuple(t.lower_ for t in document[index : index + 3])
    lead = next((said for said in _THAT_IS if words[: len(said)] == said), None)
    if lead is None or index == end:
        return
    index += len(lead)
    while index < len(document) and document[index].text == ",":
        index += 1
    behind = document[index : index + 1]
    if _are_those(document, index) or any(t.tag_ in _DOING for t in behind):
        yield [], ["which-means"]  # "colonization; that is, settling people in …"
        return
    head = _head(document, index)
    if head is not None:
        # "a cosigner, that is, another person who …": other than who was spoken of
        said = [r for r in of_noun(head, None, lexicon) if r != "another"]
        yield [head], ["that-is", *said]


def _are_those(document: Doc, index: int) -> bool:
    """Whether "those that", "those who" stands at ``index``: the clause tells which."""
    return [t.tag_ for t in document[index : index + 2]] in (["DT", "WDT"], ["DT", "WP"])


def _end(document: Doc, term: Token) -> int:
    """Index behind the term, the noun it belongs to and a short complement: "X of the loan"."""
    last = term
    if term.dep_ in {"compound", "nmod", "amod"} and 0 < term.head.i - term.i <= 2:
        last = term.head  # "on a fee-for-service basis, which means that …"
    index = last.i + 1
    if index < len(document) and document[index].lower_ in _COMPLEMENTING:
        for token in document[index + 1 : index + 5]:
            if token.tag_ not in {"DT", "PRP$", "JJ", "CD"} | phrases.NOUNS:
                return token.i
    return index


def _which_means(document: Doc, term: Token) -> Iterator[tuple[list[Token], list[str]]]:
    """ "Most crabs are X, which means that …", "the term X, which describes Y"."""
    end = _end(document, term)
    behind = document[end : end + 4]
    if len(behind) < 4 or behind[0].text != ",":
        return
    if behind[1].lower_ == "meaning" and (
        behind[2].lower_ == "that" or behind[3].tag_ in {"NN", "NNS", "VBZ", "VBP", "MD"}
    ):
        yield [], ["which-means"]
    if behind[1].lower_ == "which" and behind[2].lower_ in {"focuses", "focus"}:
        if behind[3].lower_ == "on":
            yield [], ["which-means"]
        return
    if behind[1].lower_ == "which" and behind[2].lower_ in _COMING:
        if behind[3].lower_ in {"when", "whenever", "if"}:
            yield [], ["which-means"]  # "discrimination, which arises if workers …"
        return
    if behind[1].lower_ != "which":
        return
    verb = behind[2]
    if verb.lower_ not in _MEANS:
        return
    noun = phrases.child(verb, "dobj") or next(phrases.under(verb, "to"), None)
    yield [noun] if noun is not None and noun.tag_ in phrases.NOUNS else [], ["which-means"]


def _which_are(
    document: Doc, term: Token, statement: Statement, lexicon: Lexicon
) -> Iterator[tuple[list[Token], list[str]]]:
    """ "Deposits in banks, which are accounts that …": a short complement stands between."""
    end = _end(document, term)
    behind = [t.lower_ for t in document[end : end + 3]]
    if end == term.i + 1 or not statement.common or behind[:2] != [",", "which"]:
        return
    head = _head(document, end + 3) if behind[2:] in (["is"], ["are"]) else None
    if head is not None and (head.tag_ == "NNS") == (term.tag_ == "NNS" or behind[2] == "are"):
        yield [head], ["that-is", *of_noun(head, None, lexicon)]


def _in_which(
    document: Doc, term: Token, statement: Statement
) -> Iterator[tuple[list[Token], list[str]]]:
    """ "A situation of X, where …", "reproduce by budding, in which a new animal grows …"."""
    behind = [t.lower_ for t in document[term.i + 1 : term.i + 4]]
    if len(behind) < 3 or behind[0] != "," or any(c.dep_ in {"det", "poss"} for c in term.lefts):
        return
    above = term.head.head if term.dep_ == "pobj" and term.head.lower_ == "of" else term
    carried = phrases.noun(above) in _SITUATIONS
    if (behind[1] == "where" and carried) or (
        behind[1:3] == ["in", "which"] and statement.common and term.dep_ in {"pobj", "dobj"}
    ):
        yield [above] if carried else [], ["which-means"]


def _hedged(document: Doc, term: Token) -> Iterator[tuple[list[Token], list[str]]]:
    """ "Collateral, often property that a bank may seize": what it mostly is."""
    behind = document[term.i + 1 : term.i + 3]
    if len(behind) < 2 or behind[0].text != "," or behind[1].lower_ not in _HEDGES:
        return
    head = _head(document, term.i + 3)
    if head is None or head.tag_ in {"NNP", "NNPS"}:
        return
    row = phrases.conjuncts(head)
    behind = document[row[-1].i + 1 : row[-1].i + 2]
    if any(t.tag_ in {"WDT", "WP"} for t in behind):  # parsers hang the clause elsewhere
        yield row, ["or-named", "restricted"]


def _which_holds(
    document: Doc, term: Token, statement: Statement, lexicon: Lexicon
) -> Iterator[tuple[list[Token], list[str]]]:
    """ "The hypodermic theory, which argues that …", "X is based on the principle that …"."""
    words = [t.lower_ for t in document[term.i + 1 : term.i + 9]]
    if words[:2] == [",", "which"] and words[2:3] and words[2] in _HOLDING:
        if words[3:4] == ["that"] and _TEACHING.search(statement.term):
            yield [], ["holds"]
        return
    verb = term.head
    if term.dep_ == "nsubjpass" and opens(document, term, lexicon) and verb.lower_ in _RESTING:
        for base in phrases.under(verb, "on"):
            after = base.nbor(1).lower_ if base.i + 1 < len(document) else ""
            if phrases.noun(base) in _PRINCIPLES and after == "that":
                yield [], ["holds"]


def _holds(
    document: Doc, term: Token, statement: Statement, lexicon: Lexicon
) -> Iterator[tuple[list[Token], list[str]]]:
    """ "Convergence theory explains that …": the content of a theory is what it is."""
    verb = term.head
    if term.dep_ not in phrases.SUBJECTS or verb.lower_ not in _HOLDING | _VIEWING:
        return
    if not opens(document, term, lexicon) or not _TEACHING.search(statement.term):
        return
    if verb.tag_ not in {"VBZ", "VBP"} or phrases.is_negated(verb):
        return
    if verb.lower_ in _VIEWING:
        if any(True for _ in phrases.under(verb, "as")):
            yield [], ["holds"]  # "functionalism sees society as a structure"
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
        if before and before[-1].lower_ == "to":
            before.pop()
    if len(before) < 7 or not statement.common:
        return
    pronoun, be, verb = before[-3:]
    if [t.lower_ for t in before[-6:-3]] == ["in", "which", "case"] and be.lower_ in {"is", "are"}:
        yield [], ["clause-called"]  # "one person may own it, in which case it is called X"
        return
    if verb.lower_ not in lexicon["sentences.naming"] or be.lower_ not in {"is", "are"}:
        return
    people = pronoun.lower_ == "who" and verb.dep_ == "relcl" and verb.head.tag_ not in {"NNP"}
    opened = before[0].lower_ in {"when", "if", "whenever"} and pronoun.lower_ in {"it", "this"}
    if before[-4].text != "," or not (opened or people or pronoun.lower_ == "which"):
        return
    if people:
        yield [verb.head], ["clause-called"]
    elif any(t.tag_ in {"VBZ", "VBP", "MD"} for t in before[:-4]):
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
