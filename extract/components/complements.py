"""What follows a verb or a noun and changes what is said by it: "from", "to", a number, a list."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from extract.components import phrases


def or_else(verb: Token) -> bool:
    """Return whether a verb is one of two that share an object by "or": neither is stated alone."""
    partners = [verb.head] if verb.dep_ == "conj" else phrases.children(verb, "conj")
    joined = [c for t in (verb, *partners) for c in t.children if c.dep_ == "cc"]
    shares = phrases.child(verb, "dobj") is None or any(
        phrases.child(p, "dobj") is None for p in partners
    )
    return bool(partners) and shares and any(c.lower_ == "or" for c in joined)


def is_outcome(noun: Token) -> bool:
    """Return whether "reduces X to elements" says what X becomes, not how far it falls."""
    return noun.tag_ in phrases.NOUNS and not any(c.tag_ == "CD" for c in noun.subtree)


def is_numbered(noun: Token) -> bool:
    """Return whether a noun is counted: "two strokes"."""
    return any(c.dep_ == "nummod" for c in noun.children)


def is_recipe(parts: Token) -> bool:
    """Return whether equal or counted parts are meant: "equal parts of fat and flour"."""
    return any(c.lower_ == "equal" or c.dep_ == "nummod" for c in parts.lefts)


def misread_compounds(noun: Token) -> Iterator[tuple[str, list[Token]]]:
    """ "library of help articles and guides": behind "of" a bare verb form is a noun.

    Yields the compound as it stands, and what is coordinated with it.
    """
    for verb in phrases.under(noun, "of"):
        thing = phrases.child(verb, "dobj") if verb.tag_ in {"VB", "VBP"} else None
        if thing is not None and thing.i == verb.i + 1 and thing.tag_ in phrases.NOUNS:
            yield f"{verb.text} {thing.text}", phrases.conjuncts(thing)[1:]


def keeps_from(verb: Token) -> bool:
    """Return whether "from -ing" follows: "prevents alerts with labels from being sent"."""
    behind = verb.doc[verb.i + 1 : verb.i + 16]
    return any(
        t.lower_ == "from" and t.i + 1 < len(t.doc) and t.nbor(1).tag_ == "VBG" for t in behind
    )


_CHANGES = frozenset({"change", "changes", "increase", "decrease", "variation", "variations"})


def changed(noun: Token) -> str:
    """Return " in pressure" of "the change in pressure"; ``""`` behind other nouns."""
    within = phrases.child(noun, "prep")
    if noun.lower_ not in _CHANGES or within is None or within.lower_ != "in":
        return ""
    what = phrases.child(within, "pobj")
    return f" in {phrases.phrase(what, frozenset()).text}" if what is not None else ""


def acts(noun: Token) -> bool:
    """Return whether an infinitive follows a noun: "allows a client and a server to talk"."""
    end = noun.right_edge.i + 1
    behind = noun.doc[noun.i + 1 : end + 2]
    return any(t.tag_ == "TO" and t.i + 1 < len(t.doc) and t.nbor(1).tag_ == "VB" for t in behind)


_GONE = frozenset(
    {"missing", "lost", "damaged", "broken", "worn", "absent", "diseased", "dead", "old", "removed"}
)


def is_gone(noun: Token) -> bool:
    """Return whether a thing is there no more, so that another takes its place."""
    return any(t.lower_ in _GONE for t in noun.lefts)


def row_behind(gerund: Token) -> list[Token]:
    """Return the -ing forms that go on a row: "weighing A, sharpening B and laying out C"."""
    return [
        c
        for c in phrases.children(gerund, "advcl")
        if gerund.tag_ == c.tag_ == "VBG"
        and c.i > gerund.i
        and c.nbor(-1).text == ","
        and any(x.dep_ == "conj" for x in c.children)
    ]


def is_cut_off(target: Token) -> bool:
    """Return whether an -ing form shares the next noun: "purchase and selling prices"."""
    if not target.lower_.endswith("ing") or target.i + 1 >= len(target.doc):
        return target.tag_ == "VBG"
    return target.tag_ == "VBG" or target.nbor(1).tag_ in phrases.NOUNS


def gerunds(first: Token) -> list[Token]:
    """Return coordinated -ing forms, those included that the tagger takes for nouns."""
    found = phrases.conjuncts(first)
    return found if all(t.lower_.endswith("ing") for t in found) else []


def such_as(head: Token) -> list[Token]:
    """Return the nouns behind "resources, such as A, B and C"."""
    found = []
    for token in (head, *phrases.under(head, "of")):
        for prep in phrases.children(token, "prep"):
            if prep.lower_ == "as" and prep.i and prep.nbor(-1).lower_ == "such":
                found += [c for t in phrases.children(prep, "pobj") for c in phrases.conjuncts(t)]
    return found
