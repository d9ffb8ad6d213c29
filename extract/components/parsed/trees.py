"""A parse in the terms of the patterns, whatever the scheme of its labels is.

Nouns carry their adposition or case, verbs their auxiliaries, and what a copula says is the head of
its clause (as in Universal Dependencies; other schemes are turned round).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from spacy.tokens import Doc, Token

from extract.patterns import Scheme

NOUNS = frozenset({"NOUN", "PROPN"})
VERBS = frozenset({"VERB", "AUX"})
_CASES = {"Gen": "gen", "Dat": "dat", "Ins": "ins"}


@dataclass(slots=True, eq=False)
class Word:
    """A token with what it is for its head."""

    i: int
    text: str
    """Folded to lower case."""
    surface: str
    lemma: str
    pos: str
    """Universal part of speech."""
    start: int
    end: int
    role: str
    head: Word | None = None
    case: str = ""
    """Adposition (in lower case, of several the outermost), or ``gen``, ``dat``, ``ins``."""
    form: str = ""
    """``VerbForm`` of a verb: ``Fin``, ``Inf``, ``Part``, ``Ger``."""
    present: bool = False
    """Whether a participle is an active one ("permettant")."""
    number: str = ""
    children: list[Word] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<{self.surface} {self.role}>"

    @property
    def is_noun(self) -> bool:
        """Whether it is a noun or a name."""
        return self.pos in NOUNS

    def child(self, *roles: str) -> Word | None:
        """Return the first child with one of the roles."""
        return next((c for c in self.children if c.role in roles), None)

    def all(self, *roles: str) -> list[Word]:
        """Return the children with one of the roles, in order."""
        return [c for c in self.children if c.role in roles]

    def conjuncts(self) -> list[Word]:
        """Return the word and what is coordinated with it, in order."""
        found = [self]
        for one in found:
            found += [c for c in one.children if c.role == "conjunct" and c not in found]
        return sorted(found, key=lambda w: w.i)

    def subtree(self) -> Iterator[Word]:
        """Yield the word and all below it, in no order."""
        yield self
        for child in self.children:
            yield from child.subtree()


@dataclass(slots=True, eq=False)
class Tree:
    """A sentence."""

    text: str
    words: list[Word]

    @property
    def root(self) -> Word | None:
        """The head of the sentence; ``None`` where there is no word."""
        return next((w for w in self.words if w.role == "root"), None)

    def at(self, start: int, end: int) -> list[Word]:
        """Return the words that lie within a stretch of the text."""
        return [w for w in self.words if w.start < end and start < w.end]


def tree(document: Doc, scheme: Scheme) -> Tree:
    """Return a parsed sentence in the roles of the patterns."""
    words = [_word(token, scheme) for token in document]
    for token, word in zip(document, words, strict=True):
        if token.head.i != token.i:
            word.head = words[token.head.i]
        elif word.role != "root":
            word.role = "root"
    _attach(words)
    if not scheme.content:
        _turn(words)
    for word in words:
        _settle(word)
    _attach(words)
    return Tree(text=document.text, words=words)


def _word(token: Token, scheme: Scheme) -> Word:
    role = scheme.role(token.dep_)
    features = token.morph.to_dict()
    form = features.get("VerbForm", "").partition(",")[0]
    case = role.case
    if not case and role.name in {"oblique", "modifier"}:
        case = _CASES.get(features.get("Case", ""), "")
    return Word(
        i=token.i,
        text=token.text.lower(),
        surface=token.text,
        lemma=(token.lemma_ or token.text).lower(),
        pos=token.pos_,
        start=token.idx,
        end=token.idx + len(token),
        role=role.name,
        case=case,
        form=form or _german(token.tag_),
        present=form == "Ger" or (form == "Part" and features.get("Tense") == "Pres"),
        number=features.get("Number", ""),
    )


def _german(tag: str) -> str:
    """The form that a tag of the STTS gives a verb."""
    if tag.startswith("VV") or tag.startswith("VA") or tag.startswith("VM"):
        return {"PP": "Part", "NF": "Inf", "ZU": "Inf", "FI": "Fin"}.get(tag[2:4], "")
    return ""


def _attach(words: list[Word]) -> None:
    for word in words:
        word.children = []
    for word in words:
        if word.head is not None:
            word.head.children.append(word)


# --- function words as heads (TIGER) ------------------------------------------------------------


def _turn(words: list[Word]) -> None:
    """Put content words in the place of the adpositions, auxiliaries and copulas above them."""
    for word in words:
        if word.pos == "ADP" and (noun := _governed(word)) is not None:
            noun.case, noun.role = word.text, word.role
            if noun.role in {"kernel", "other"}:
                noun.role = "modifier"
            _swap(word, noun, "case")
        if word.role == "conjunct" and word.head is not None and word.head.role == "joiner":
            word.head = word.head.head or word.head  # "Kiel –cd→ und –cj→ Spanten"
    _attach(words)
    for word in words:
        if word.role == "kernel":
            word.role = _kernel(word)
    for word in words:
        content = _carried(word)
        if content is not None:
            passive = word.lemma == "werden" and content.form == "Part"
            content.role = word.role
            _swap(word, content, "passive" if passive else "auxiliary")
            _attach(words)
    for word in words:
        predicate = word.child("predicate")
        if predicate is not None and word.pos in VERBS:
            predicate.role = word.role
            _swap(word, predicate, "copula")
            _attach(words)


def _governed(adposition: Word) -> Word | None:
    """The noun that an adposition brings."""
    return next(
        (c for c in adposition.children if c.role == "kernel" and c.pos in NOUNS | {"PRON"}), None
    )


def _carried(auxiliary: Word) -> Word | None:
    """The verb that an auxiliary or modal carries."""
    if auxiliary.pos != "AUX":
        return None
    return next(
        (
            c
            for c in auxiliary.children
            if c.role == "complement" and c.pos in VERBS and c.form in {"Part", "Inf"}
        ),
        None,
    )


def _swap(above: Word, below: Word, role: str) -> None:
    """Let ``below`` take the place of ``above``, whose other children go with it."""
    below.head = above.head
    for child in above.children:
        if child is not below:
            child.head = below
    above.head, above.role = below, role
    below.children += [c for c in above.children if c is not below]
    above.children = []


def _kernel(word: Word) -> str:
    """What a word within a German noun phrase is."""
    if word.pos in {"DET", "NUM"}:
        return "determiner"
    if word.pos in {"ADJ", "VERB"}:
        return "adjective"
    return "part"


# --- all schemes --------------------------------------------------------------------------------


def _settle(word: Word) -> None:
    """Mend what parsers mix up: a noun with an adposition is no object; particles join verbs."""
    adpositions = [
        c for c in word.all("case") if c.pos in {"ADP", "PART", "SCONJ", "ADV"} or c.i < word.i
    ]
    if adpositions and word.role not in {"clause", "adverbial", "complement", "root"}:
        word.case = (
            word.case if word.case not in {"", "gen", "dat", "ins"} else adpositions[0].lemma
        )
        if word.role in {"object", "subject"} and word.case not in TRANSPARENT:
            word.role = "oblique"
    if word.role == "modifier" and word.case in _JOINING:
        word.role = "conjunct"
    particle = word.child("particle")
    if particle is not None and word.pos in VERBS and particle.i > word.i:
        word.lemma = particle.text + word.lemma


_JOINING = frozenset({"と", "や"})
"""Particles that join nouns."""
TRANSPARENT = frozenset({"は", "が", "を", "も", "把"})
"""Particles that mark subjects and objects and bring nothing else."""
