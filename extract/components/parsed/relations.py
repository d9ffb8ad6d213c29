"""Typed relations of one entry that a parsed sentence states, by the patterns of its language.

A relation is made only where the entry itself, or the noun that defines it, is what the sentence
speaks of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extract.components.parsed.definitions import Genus
from extract.components.parsed.goals import Goals
from extract.components.parsed.names import Names
from extract.components.parsed.subjects import IMPLIED
from extract.components.parsed.trees import VERBS, Tree, Word
from extract.components.targets import Found
from extract.patterns import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a sentence says of an entry."""

    relations: tuple[Found, ...]
    genus: Genus | None
    speaks: bool
    """Whether it is about the entry at all."""


class Reader(Goals):
    """Reads the sentences of one entry."""

    def read(
        self, tree: Tree, mentions: Sequence[tuple[int, int]], *, opens: bool, about: bool
    ) -> Reading:
        """Return what a sentence says.

        ``mentions`` are the stretches that name the entry; with ``opens`` the sentence is the
        definition, with ``about`` a pronoun may stand for the entry.
        """
        self._tree = tree
        self._names = Names(tree, self._patterns)
        own = self._own(mentions, about=about)
        root = tree.root
        if root is None:
            return Reading(relations=(), genus=None, speaks=False)
        genus, classes = self._genus(root, own, opens=opens)
        implied = self._implied(root, own, about=about, opens=opens)
        found: list[Found] = []
        if genus is not None:
            found += self._of_genus(genus)
        for word in tree.words:
            strength = classes.get(word.i)
            if strength is not None:
                found += self._of_noun(word, strength)
            if self._frames(word):
                found += self._of_verb(word, own, classes, implied)
            if word.pos in VERBS or word.form == "Inf":
                found += self._purpose(word, own, classes, implied)
        speaks = bool(own) or genus is not None or implied is not None
        if speaks or about:
            found += self._contrasts(anywhere=speaks)
        return Reading(relations=tuple(self._clean(found)), genus=genus, speaks=speaks)

    def _of_verb(
        self,
        verb: Word,
        own: dict[int, float],
        classes: dict[int, float],
        implied: Word | None,
    ) -> Iterator[Found]:
        if self._negated(verb):
            return
        who, passive, objective = self._subject(verb)
        strength = 0.0
        if who is not None:
            strength = own.get(who.i, 0.0) or classes.get(who.i, 0.0)
        elif implied is not None and verb in implied.conjuncts():
            strength = IMPLIED
        if who is None and not strength and verb.role == "root" and verb.form != "Inf":
            # "Four composé de …" where the noun was hung on the participle
            strength = max((classes.get(c.i, 0.0) for c in verb.children), default=0.0)
            passive = passive or bool(strength)
        frames = self._frames(verb)
        if strength and objective:
            subject = verb.child("subject")
            yield from self._inverted(frames, [subject] if subject else [], strength)
        elif strength:
            for frame in frames:
                yield from self._stated(frame, verb, strength, passive=passive)
        elif who is not None and who.is_noun and not passive:
            objects = [w for o in verb.all("object", "oblique") for w in o.conjuncts()]
            held = [own[o.i] for o in objects if o.i in own and not self._foreign_case(o)]
            if held:
                yield from self._inverted(frames, who.conjuncts(), held[0])

    def _inverted(
        self, frames: Sequence[Frame], heads: Sequence[Word], strength: float
    ) -> Iterator[Found]:
        for frame in frames:
            if frame.inverse and frame.place == "object":
                yield from self._targets(frame, frame.inverse, heads, strength)

    def _stated(
        self, frame: Frame, verb: Word, strength: float, *, passive: bool
    ) -> Iterator[Found]:
        """What a frame says of the subject of its verb."""
        if frame.passive and not passive:
            return
        if frame.place == "object":
            if passive:
                if frame.inverse:
                    agents = [
                        w
                        for o in verb.all("oblique", "object", "modifier")
                        if self._patterns.has("agents", o.case)
                        for w in o.conjuncts()
                    ]
                    yield from self._targets(frame, frame.inverse, agents, strength)
                return
            heads = self._objects(verb)
            if frame.type == "enables" and self._below(verb):
                return
            if frame.several and len(heads) < 2:
                return
            yield from self._targets(frame, frame.type, heads, strength)
        elif frame.place == "case":
            heads = self._brought(verb, frame)
            for second in self._seconds(frame, verb) if not heads else ():
                heads = self._brought(second, frame)
            heads = heads or self._following(verb, frame)
            yield from self._targets(frame, frame.type, heads, strength)
        elif frame.place == "infinitive":
            for lower in self._below(verb):
                yield from self._goal(lower, frame.type, frame.key, frame.confidence * strength)
        else:
            for lower in self._below(verb):
                if self._opened(lower, frame.cases):
                    yield from self._goal(lower, frame.type, frame.key, frame.confidence * strength)
            yield from self._targets(frame, frame.type, self._aims(verb, frame), strength)

    def _contrasts(self, *, anywhere: bool) -> Iterator[Found]:
        """ "contrairement à X": what stands behind the phrase."""
        words = self._tree.words
        for phrase in self._patterns.lists.get("contrasts", ()):
            at = self._tree.text.lower().find(phrase)
            if at < 0 or (at and not anywhere):
                continue
            if at and self._tree.text[at - 1].isalnum() and phrase[0] < "\u2e80":
                continue
            if self._patterns.has("contrast_behind", phrase):
                noun = next((w for w in reversed(words) if w.end <= at and w.is_noun), None)
            else:
                behind = at + len(phrase)
                noun = next(
                    (w for w in words if w.start >= behind and self._may_name(w, words)), None
                )
                noun = self._above(noun, behind)
            if noun is None or any(w.pos == "PUNCT" for w in words if at < w.start < noun.start):
                continue
            for one in noun.conjuncts():
                if one.i - noun.i < 8 and (name := self._names.noun(one)):
                    yield Found(type="contrastsWith", target=name, rule="contrast", confidence=0.82)
            return

    def _may_name(self, word: Word, words: Sequence[Word]) -> bool:
        if word.is_noun or word.pos == "X":
            return True
        before = words[word.i - 1] if word.i else None
        articled = before is not None and before.pos in {"DET", "ADP"}
        return articled and word.pos in {"ADJ", "VERB", "ADV"}

    def _above(self, noun: Word | None, start: int) -> Word | None:
        """The head of the phrase that a noun opens."""
        while (
            noun is not None
            and noun.role in {"part", "modifier"}
            and noun.head is not None
            and noun.head.start >= start
            and noun.head.is_noun
            and noun.head.i - noun.i < 3
        ):
            noun = noun.head
        return noun
