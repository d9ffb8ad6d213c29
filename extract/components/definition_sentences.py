"""Whether a sentence defines a term, and as what (its hypernyms).

Each wording by which the sentence may define is a frame (:mod:`frames`); what speaks for and
against it (:mod:`frame_reasons`) adds up by the weights of ``lexicon.toml``
(``[sentence_weights]``); the best frame counts, and the sentence defines where it reaches
``threshold``. The weights were set by hand on development sentences: those marked so in
``tests/cases/sentences.jsonl``, and 760 of public texts. They order sentences; they are no
probabilities. Scored once on sentences not looked at before: 106 of our own F1 .94, 70 of WCL
(Navigli & Velardi 2010) F1 .97; hypernyms by substring .97. Textbooks often define in passing: on
199 sentences of psychology, economics, sociology and government in DEFT (Spala et al. 2019),
labelled by us before a program read them, P .94 R .61; mended for what was missed P .97 R .81.
After that, 116 sentences of anatomy, microbiology, astronomy, chemistry and history P .94 R .45,
mended P .98 R .77, and 77 more after this P .97 R .60, mended P 1.0 R .80: about two of three
definitions in unseen textbooks are found.
Manuals that describe fields and options ("the value is a list of …") are the weakest:
75 sentences, P .63 R .69.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc, Token

from extract.components import phrases
from extract.components.frames import Frame, frames
from extract.components.genus import descend, first_noun, genus_phrase
from extract.components.statements import MASK, Statement, read
from extract.lexicon import Lexicon


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionSentence:
    """What a sentence says of its term."""

    definition: bool
    hypernyms: tuple[str, ...] = ()
    """Wider terms as written, without articles: each with its modifiers, then its head alone."""
    score: float = 0.0
    """Sum of the weights; a rank."""
    reasons: tuple[str, ...] = ()
    """Keys of ``[sentence_weights]`` that added up, the frame first."""


def judge(document: Doc, statement: Statement, lexicon: Lexicon) -> DefinitionSentence:
    """Return whether ``statement``, parsed as ``document``, defines its term, and as what.

    Hypernyms are given only for definitions. Cost: linear in the tokens.
    """
    best: tuple[float, Frame] | None = None
    for frame in frames(document, statement, lexicon):
        score = frame.score(lexicon)
        if best is None or score > best[0]:
            best = (score, frame)
    if best is None:
        return DefinitionSentence(definition=False, score=lexicon.weights["none"])
    score, frame = best
    defines = score >= lexicon.weights["threshold"]
    return DefinitionSentence(
        definition=defines,
        hypernyms=tuple(_hypernyms(frame.nouns, statement, lexicon)) if defines else (),
        score=round(score, 2),
        reasons=tuple(frame.reasons),
    )


def judge_all(
    pairs: Sequence[tuple[str, str]], nlp: Language, lexicon: Lexicon
) -> Iterator[DefinitionSentence]:
    """Yield what each (text, term) says, in order: of its sentences, the highest in score."""
    prepared = [read(text, term) for text, term in pairs]
    texts = (statement.text for statements in prepared for statement in statements)
    documents = nlp.pipe(texts, batch_size=64)
    for statements in prepared:
        judged = [judge(next(documents), statement, lexicon) for statement in statements]
        yield max(judged, key=lambda j: (j.definition, j.score))


def _hypernyms(nouns: list[Token], statement: Statement, lexicon: Lexicon) -> list[str]:
    """The wider terms, each first with its modifiers, then its head alone."""
    found: list[str] = []
    aside: list[str] = []
    for noun in nouns:
        heads = [_descend(noun, lexicon)]
        heads += [
            c for c in phrases.conjuncts(heads[0]) if c.tag_ in phrases.NOUNS and c not in nouns
        ]
        for head in heads:
            whole = genus_phrase(head, lexicon).text
            of = phrases.phrase(head, lexicon["genus.light_adjectives"]).text
            found += [whole, head.text]
            outer = phrases.noun(noun)
            if head.i != noun.i and outer in lexicon["sentences.collections"]:
                aside.append(noun.text)
            if phrases.noun(head) in lexicon["sentences.relational"]:
                found.append(of)
            found += _activity(head, lexicon)
    texts = [
        re.sub(r"\s+", " ", t.replace(MASK, statement.term)).strip(" \"'") for t in found + aside
    ]
    return list(dict.fromkeys(t for t in texts if t and t.lower() != statement.term.lower()))


def _activity(head: Token, lexicon: Lexicon) -> list[str]:
    """ "The process of attaining awareness": what is done, and what to."""
    if phrases.noun(head) not in lexicon["sentences.transparent"]:
        return []
    deed = next(phrases.under(head, "of"), None)
    if deed is None or deed.tag_ != "VBG":
        return []
    thing = phrases.child(deed, "dobj")
    if thing is None:
        return [deed.text]
    return [head.doc[deed.i : thing.i + 1].text, deed.text]


def _descend(noun: Token, lexicon: Lexicon) -> Token:
    """The class itself: past "a type of", "any of various", "a group of", "the process of"."""
    token = descend(noun, lexicon) or noun
    for _ in range(3):
        if phrases.noun(token) not in lexicon["sentences.transparent"]:
            break
        inner = first_noun(phrases.under(token, "of"))
        if inner is None or phrases.child(inner, "det") is not None:
            break  # "the order of a court" is an order
        token = descend(inner, lexicon) or inner
    return token
