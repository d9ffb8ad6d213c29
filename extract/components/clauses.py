"""Who does what to what in a sentence: subjects, objects and what an entry is named by in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from extract import inflection
from extract.components import phrases
from extract.components.mention import Mention
from extract.labels import key, singular
from extract.lexicon import Lexicon

_REASONS = frozenset({"as", "because", "since"})
_RESTRICTING = frozenset({"above", "below", "under", "behind", "beside", "outside", "without"})
_PICKING = frozenset({"the", "those", "any", "each", "every"})
"""Articles of a thing that a clause behind it tells from its like: "any object holding data"."""
_OBJECTLESS = inflection.all_forms(
    *("communicate", "interact", "cooperate", "participate", "compete", "succeed", "exist"),
    *("talk", "interoperate", "coexist", "travel"),
)
"""Verbs that share no object with the next: "programs communicate and share data"."""
_OPEN = frozenset({"whether", "if", "unless", "lest"})
_PRONOUNS = {"it": False, "they": True, "he": False, "she": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is known of an entry while its sentences are read."""

    labels: tuple[str, ...]
    mention: Mention
    """Matches a label; group 1 is the label alone."""
    heads: frozenset[str]
    """Folded singular head nouns of the labels of two words and more."""
    modifiers: frozenset[str]
    """The other words of its labels."""
    genus: str
    """Singular head of the genus, or ``""``."""
    kind: str
    known: Mapping[str, str]
    """Label key → label of every entry of the document."""
    is_person: bool = False
    """Whether its label ends in a word for people."""

    @classmethod
    def of(
        cls,
        labels: tuple[str, ...],
        mention: Mention,
        genus: str,
        kind: str,
        known: Mapping[str, str],
        people: frozenset[str],
    ) -> Subject:
        """Return what the labels and the genus of an entry tell."""
        words = [key(label).split() for label in labels]
        return cls(
            labels=labels,
            mention=mention,
            heads=frozenset(w[-1] for w in words if len(w) > 1),
            modifiers=frozenset(singular(x) for w in words for x in w[:-1]),
            genus=genus,
            kind=kind,
            known=known,
            is_person=any(w and (w[-1] in people or w[-1].endswith(("ee", "ist"))) for w in words),
        )

    def is_label(self, text: str) -> bool:
        """Return whether a phrase is a name of the entry."""
        return key(text) in {key(label) for label in self.labels}


def selves(
    document: Doc, subject: Subject, lexicon: Lexicon, *, anaphora: bool, first: bool
) -> dict[int, float]:
    """Return the tokens that stand for the entry, with how surely (a factor in (0, 1]).

    A label counts when it is a whole noun phrase: "PAB meetings" is not the PAB, "product
    certification" is not certification. A pronoun counts when ``anaphora`` says that the sentence
    before was about the entry; a demonstrative when its noun is the head of the label, the genus,
    or a class noun.
    """
    found: dict[int, float] = {}
    for match in subject.mention.finditer(phrases.text_of(document)):
        span = document.char_span(match.start(1), match.end(1), alignment_mode="expand")
        if span is None:
            continue
        head = span.root
        if (
            head.dep_ in {"compound", "nmod", "amod", "poss", "npadvmod"}
            and head.head.i >= span.end
        ):
            continue
        if head.i + 1 < len(document) and document[head.i + 1].text == "-":
            continue
        edge = phrases.left_edge(head)
        before = [t for t in document[edge.i : span.start] if t.tag_ not in {"DT", "PRP$", "POS"}]
        if edge.i < span.start and any(
            t.text.lower() not in lexicon["genus.light_adjectives"]
            and t.tag_[:2] not in {"RB", "JJ"}
            for t in before
        ):
            continue
        if any(
            t.tag_[:2] == "JJ"
            and t.text.lower() not in lexicon["genus.light_adjectives"]
            and t.dep_ == "amod"
            and t.head.i == head.i
            and not t.text.lower().endswith(("ed", "ful", "ent", "ive", "able"))
            for t in before
        ):
            continue
        if not first and _is_restricted(head, span.start):
            continue
        if _is_denied(document, edge.i):
            continue
        found[head.i] = 1.0
    for token in document:
        lower = token.text.lower()
        if token.tag_ == "PRP" and lower in _PRONOUNS and token.dep_ in phrases.SUBJECTS:
            if lower in {"he", "she"} and subject.kind != "role":
                continue
            main = token.head
            while main.dep_ == "conj":
                main = main.head
            marks = {c.lower_ for c in main.children if c.dep_ == "mark"}
            late = main.dep_ == "advcl" and main.i > main.head.i
            if main.dep_ not in {"ROOT", "advcl"} or (late and not marks & _REASONS):
                continue  # of another clause, so perhaps of another thing
            earlier = any(i < token.i and document[i].dep_ in phrases.SUBJECTS for i in found)
            if (anaphora and not _rival(token, found)) or earlier:
                found[token.i] = 0.9
        elif token.i == 0 and token.lower_ == "this" and _stands_alone(token) and anaphora:
            found[token.i] = 0.85
        elif token.tag_ in phrases.NOUNS and token.i not in found:
            strength = _anaphor(token, subject, lexicon, anaphora=anaphora, first=first)
            if strength:
                found[token.i] = strength
    return found


_FEW = frozenset({"few", "no", "neither", "hardly"})


def _is_denied(document: Doc, start: int) -> bool:
    """Whether "not all", "few" or "no" stands before a label: what follows is not said of it."""
    before = [t.lower_ for t in document[max(0, start - 2) : start + 2]]
    return (
        "not all" in " ".join(before[:3])
        or "not every" in " ".join(before[:3])
        or (start < len(document) and document[start].lower_ in _FEW)
    )


def _stands_alone(token: Token) -> bool:
    """Whether "This" is itself the subject of the main clause: "This reduces latency"."""
    return token.dep_ == "nsubj" and token.head.dep_ == "ROOT" and token.tag_ == "DT"


def _is_restricted(head: Token, start: int) -> bool:
    """Whether only some of what a label names is meant: "the layers above it"."""
    article = phrases.child(head, "det")
    if article is None or article.lower_ not in _PICKING or article.i >= start:
        return False
    return any(
        t.i == head.i + 1
        and (
            t.lower_ in _RESTRICTING
            or (t.dep_ == "relcl" and t.left_edge.i == head.i + 1)
            or (t.dep_ == "acl" and t.tag_ in {"VBN", "VBD", "VBG"})  # "the glyph used to draw it"
        )
        for t in head.rights
    )


def _rival(pronoun: Token, found: Mapping[int, float]) -> bool:
    """Whether another subject stands before a pronoun in its sentence."""
    return any(
        t.i < pronoun.i
        and t.dep_ in {"nsubj", "nsubjpass"}
        and t.tag_ in phrases.NOUNS
        and t.i not in found
        for t in pronoun.doc
    )


def _anaphor(
    token: Token, subject: Subject, lexicon: Lexicon, *, anaphora: bool, first: bool
) -> float:
    """How surely a noun with "this", "these" or "the" before it is the entry; 0: not."""
    if token.dep_ in {"compound", "nmod", "poss"}:
        return 0.0
    determiner = phrases.child(token, "det")
    word = phrases.noun(token)
    if determiner is None:
        # "Lines can be …" under "Mooring line", where no entry is called "Line".
        bare = token.left_edge.i == token.i == 0 and token.tag_ == "NNS" and not first
        bare = bare and token.dep_ in phrases.SUBJECTS and word in subject.heads
        return 0.75 if bare and word not in subject.known else 0.0
    which = determiner.text.lower()
    if which not in {"this", "these", "the", "such"}:
        return 0.0
    modifiers = [
        t for t in token.lefts
        if t is not determiner and t.text.lower() not in lexicon["genus.light_adjectives"]
    ]  # fmt: skip
    if any(t.dep_ in {"compound", "nmod", "poss"} for t in modifiers):
        return 0.0
    if which == "the" and (modifiers or any(True for _ in phrases.under(token))):
        return 0.0
    if word in subject.heads:
        return 0.9 if which != "the" else (0.8 if not first else 0.0)
    if which == "the" or first:
        return 0.0
    if word == subject.genus and word not in {"percentage", "number", "part"}:
        return 0.88
    return 0.85 if anaphora and word in lexicon["carriers.classes"] else 0.0


def antecedent(verb: Token) -> Token | None:
    """Return the noun that a participle or relative clause modifies, through coordination."""
    token = verb
    while token.dep_ == "conj" and token.head.tag_ in phrases.VERBS:
        token = token.head
    return token.head if token.dep_ in {"relcl", "acl"} else None


def subject_of(verb: Token) -> tuple[Token | None, bool]:
    """Return the subject of a verb and whether it is passive; shared by coordinated verbs.

    For a participle or a relative clause it is the noun that these modify.
    """
    subjects = phrases.children(verb, *phrases.SUBJECTS)
    own = subjects[0] if subjects else None
    if own is not None and own.lower_ == "that" and len(subjects) > 1:
        own = subjects[1]  # "a theory that gases consist of particles": the gases do
    passive = own is not None and own.dep_ in {"nsubjpass", "csubjpass"}
    if own is not None:
        if own.tag_ in {"WDT", "WP"} or (own.text.lower() == "that" and own.tag_ in {"IN", "DT"}):
            return antecedent(verb), passive
        return own, passive
    if verb.dep_ == "conj" and verb.head.tag_ in phrases.VERBS | {"NN", "NNS"}:
        if verb.tag_ == "VB" and verb.head.tag_ not in {"VB", "VBP"}:
            return None, False
        helped = phrases.child(verb, "auxpass") is not None
        if verb.tag_ in {"VBN", "VBD"} and verb.head.tag_ in {"VBZ", "VBP", "VB"} and not helped:
            return None, False  # "involves an environment where they feel valued and empowered"
        inherited, was_passive = (
            subject_of(verb.head) if verb.head.tag_ in phrases.VERBS else (None, False)
        )
        passive = helped or (was_passive and verb.tag_ == "VBN")
        return inherited, passive
    if verb.dep_ == "acl":
        if verb.tag_ in {"VBN", "VBD"}:
            return verb.head, True
        if verb.tag_ == "VBG":
            return verb.head, False
    return None, False


def objects(verb: Token) -> list[Token]:
    """Return the objects of a verb with their conjuncts; coordinated verbs share the last one's."""
    own = phrases.children(verb, "dobj")
    if not own and verb.lower_ in _OBJECTLESS:
        return []
    if not own:
        for other in phrases.conjuncts(verb)[1:]:
            if other.tag_ in phrases.VERBS:
                own = phrases.children(other, "dobj")
                if own:
                    break
        row = [t for t in phrases.conjuncts(verb) if t.tag_ == verb.tag_]
        if not own and len(row) > 2 and row[-1].i > verb.i:
            # "managing, tracking and collaborating with partners"
            own = [
                o for p in phrases.children(row[-1], "prep") for o in phrases.children(p, "pobj")
            ]
            own = own[:1]
    return [
        t
        for o in own
        for t in phrases.conjuncts(o)
        if t.tag_ not in {"VB", "VBZ", "VBP"} and not _goes_on(t, verb)
    ]


def _goes_on(noun: Token, verb: Token) -> bool:
    """Whether a bare coordinated noun is the next verb: "supports compression and works at …"."""
    behind = noun.nbor(1) if noun.i + 1 < len(noun.doc) else noun
    return (
        noun.dep_ == "conj"
        and noun.tag_ == "NNS"
        and verb.tag_ == "VBZ"
        and noun.head.tag_ == "NN"
        and not any(True for _ in noun.lefts)
        and noun.nbor(-1).lower_ == "and"
        and behind.lower_ in {"at", "on", "with", "by", "over", "under", "through", "as"}
    )


def below(verb: Token) -> list[Token]:
    """Return the verbs of the infinitives and clauses under a verb, with their conjuncts."""
    found: list[Token] = []
    for token in verb.children:
        if (
            token.dep_ in {"xcomp", "ccomp"}
            and token.tag_ in {"VB", "VBP", "VBG"}
            and token.i > verb.i
        ):
            found.extend(
                t
                for t in phrases.conjuncts(token)
                if t.tag_ in phrases.VERBS and not _is_relative(t)
            )
        elif token.dep_ == "dobj":
            # "allows users to share …" is also parsed as a modifier of "users".
            found.extend(
                t for child in phrases.children(token, "acl", "relcl")
                if child.tag_ == "VB" and _has_to(child)
                for t in phrases.conjuncts(child)
            )  # fmt: skip
        elif (
            token.dep_ == "advcl"
            and token.tag_ == "VB"
            and token.i > verb.i
            and _has_to(token)
            and phrases.child(verb, "dobj") is None
            and not any(True for _ in phrases.under(verb, "for"))
        ):
            found.extend(t for t in phrases.conjuncts(token) if t.tag_ in phrases.VERBS)
    return found


def _is_relative(verb: Token) -> bool:
    """Whether a coordinated verb has a relative pronoun of its own: "…, that align with Y"."""
    return verb.dep_ == "conj" and any(
        c.dep_ in phrases.SUBJECTS and c.lower_ in {"that", "which", "who"} for c in verb.children
    )


def purposes(token: Token) -> list[Token]:
    """Return the verbs of the "to …" that says what a noun or verb is for, with conjuncts."""
    found: list[Token] = []
    for child in token.children:
        if (
            child.dep_ in {"acl", "relcl", "advcl", "xcomp"}
            and child.tag_ == "VB"
            and _has_to(child)
            and not _is_degree(child)
        ) and phrases.child(child, *phrases.SUBJECTS) is None:
            found.extend(t for t in phrases.conjuncts(child) if t.tag_ in {"VB", "VBP"})
    return found


def _is_degree(verb: Token) -> bool:
    """Whether "so small as to cause" says how small; "so as to cause" says what for."""
    to = next((c for c in verb.children if c.tag_ == "TO"), None)
    if to is None or to.i < 2 or to.nbor(-1).lower_ != "as":
        return False
    return to.nbor(-2).lower_ != "so"


def _has_to(verb: Token) -> bool:
    return any(c.tag_ == "TO" and c.i < verb.i for c in verb.children)


def is_open(verb: Token) -> bool:
    """Return whether a clause only asks or supposes: "it is not known whether X prevents Y"."""
    first = verb
    while first.dep_ == "conj" and first.head.tag_ in phrases.VERBS:
        first = first.head
    return any(c.dep_ == "mark" and c.lower_ in _OPEN for c in first.children)


def is_advice(verb: Token) -> bool:
    """Return whether a verb is a command: "it is obsolete, use another instead"."""
    if verb.tag_ not in {"VB", "VBP"} or phrases.child(verb, *phrases.SUBJECTS, "aux") is not None:
        return False
    if any(c.lower_ == "instead" for c in verb.children):
        return True
    if verb.dep_ != "conj" or verb.nbor(-1).text not in {",", ";"}:
        return False
    row = phrases.conjuncts(verb.head)
    return not any(c.dep_ == "cc" for one in row for c in one.children)
