"""What an entry is good for: purposes, activities and their steps, relational nouns."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from extract import inflection
from extract.components import clauses, phrases
from extract.components.complements import (
    gerunds,
    is_cut_off,
    is_numbered,
    is_recipe,
    misread_compounds,
)
from extract.components.definition import Reading
from extract.components.heads import is_nominal
from extract.components.objects import Objects
from extract.components.senses import POLAR
from extract.components.targets import Found
from extract.labels import key

_STATES = frozenset(
    {"have", "having", "be", "being", "become", "becoming", "last", "lasting", "remain", "exist"}
    | {"possess", "possessing", "occur", "happen", "appear", "seem"}
)
_HELPING = inflection.all_forms("help", "assist", "aid", "support", "serve")
"""Verbs that say nothing of an entry without what they help people in."""
_RATIOS = frozenset({"ratio", "quotient"})
_GATHERING = frozenset({"collection", "assembly", "compilation"})
"""Nouns for a group that, behind another noun, name what is done with that."""


class Goals(Objects):
    """Reads what verbs below another say: "helps teams track X", "used to reduce Y"."""

    def _enabled(self, verb: Token, strength: float) -> Iterator[Found]:
        """ "helps teams track X": what becomes possible, and for whom."""
        helped = phrases.children(verb, "dobj")
        helped += [s for v in clauses.below(verb) for s in phrases.children(v, "nsubj")]
        for person in helped:
            phrase = phrases.phrase(person, self.light, complement=False)
            if self._is_person(person) and key(phrase.text) in self.subject.known:
                yield from self._targets("usedBy", [person], "helps", strength * 0.9)
        for lower in clauses.below(verb):
            if lower.lower_ in {"have", "gain", "get", "obtain"}:
                # "ensures that all routers have X": X is what it gives
                yield from self._targets("enables", clauses.objects(lower), "help", strength)
                continue
            yield from self._goal(lower, strength, "help", otherwise="enables")

    def _goal(
        self,
        verb: Token,
        strength: float,
        rule: str,
        *,
        otherwise: str = "usedFor",
        uses: bool = False,
    ) -> Iterator[Found]:
        """What the entry is for: polar and measuring verbs give their type, others a purpose."""
        if phrases.is_negated(verb) or verb.tag_ not in phrases.VERBS:
            return
        if verb.lower_ in self.lexicon["genus.wording"]:
            return  # "used to refer to X": how a word is used
        if verb.lower_ in _STATES or (verb.lower_ in _HELPING and self._is_bare_help(verb)):
            return  # "the practice of having two chambers", "went on to become"
        frames = self._verbs.get(verb.text.lower(), ())
        kept = False
        for frame in frames:
            wanted = frame.type in POLAR or frame.key == "measure"
            wanted = wanted or (frame.type == "measures" and self.subject.kind == "metric")
            wanted = wanted or (frame.key == "use" and (uses or otherwise == "usedFor"))
            if frame.frame != "object" or not wanted:
                continue
            made = list(self._object_frame(frame, verb, min(1.0, strength + 0.1)))
            kept = kept or bool(made)
            for found in made:
                yield Found(
                    type=found.type,
                    target=found.target,
                    rule=rule,
                    confidence=found.confidence * 0.95,
                )
        if kept:
            return
        if any(f.frame == "infinitive" for f in frames) and clauses.below(verb):
            for lower in clauses.below(verb):
                yield from self._goal(lower, strength * 0.95, rule, otherwise="enables")
            return
        if not otherwise:
            return
        for text in self._verb_phrases(verb):
            yield Found(type=otherwise, target=text, rule=rule, confidence=strength)

    def _is_bare_help(self, verb: Token) -> bool:
        """Whether "help X in Y" would be cut to helping X."""
        helped = clauses.objects(verb)
        within = (p for t in (verb, *helped) for p in phrases.under(t, frozenset({"in", "with"})))
        if verb.lower_[:7] == "support" and not any(map(self._is_person, helped)):
            return not helped  # "to support ventures with partners" tells what is supported
        bare = any(True for _ in within) or all(map(self._is_person, helped))
        return bare and not clauses.below(verb)

    def _activity(
        self, verb: Token, confidence: float, rule: str, otherwise: str = "usedFor"
    ) -> Iterator[Found]:
        """What an entry that is an activity does: polar and measuring verbs, else its purpose."""
        if verb.tag_ not in phrases.VERBS or phrases.is_negated(verb):
            return
        if self._is("help", verb):
            yield from self._enabled(verb, confidence)
            return
        for gerund in phrases.under(verb, "by"):
            steps = gerunds(gerund)
            if len(steps) > 1:
                yield from self._steps(steps)
        yield from self._passed(verb)
        if rule == "gerund" and self._lemma_in(verb, "carriers.handling"):
            handled = [t for t in clauses.objects(verb) if not self._inside(t)]
            yield from self._targets("uses", handled, "handling", 0.6)
        yield from self._goal(verb, confidence, rule, otherwise=otherwise, uses=True)

    def _passed(self, verb: Token) -> Iterator[Found]:
        """ "the process of guiding customers through setup and training": its stages."""
        for frame in self._verbs.get(verb.lower_, ()):
            if frame.frame == "through" and self._allows(frame):
                targets = self._prepositional(verb, frame.frame)
                yield from self._targets(frame.type, targets, frame.key, frame.confidence)

    def _noun(
        self, noun: Token, strength: float, reading: Reading | None = None
    ) -> Iterator[Found]:
        """ "is a driver of X", "a part of X", "a measure of X"."""
        word = phrases.noun(noun)
        for frame in self._nouns.get(word, ()):
            if not self._allows(frame):
                continue
            if frame.key == "insight-given" and reading is not None:
                continue  # "a tentative insight into nature" measures nothing
            if frame.key == "made-of":
                for text, others in misread_compounds(noun):
                    yield Found(
                        type=frame.type,
                        target=text,
                        rule=frame.key,
                        confidence=frame.confidence * strength,
                    )
                    yield from self._targets(
                        frame.type, others, frame.key, frame.confidence * strength
                    )
            if word == "charge" and not (noun.dep_ == "pobj" and noun.head.lower_ == "in"):
                continue  # "the charge of a particle"; "in charge of a team" is meant
            if frame.key == "made-of" and word in _GATHERING and phrases.child(noun, "compound"):
                continue  # "the garbage collection of globals": an act, no group
            acting = [c for c in phrases.conjuncts(noun) if c.i != noun.i]
            if frame.key == "made-of" and word in _GATHERING and acting:
                continue  # "the collection and study of coins"
            type_, kind = frame.type, frame.key
            targets = [
                c
                for t in phrases.under(noun, frozenset(frame.frame.split("|")))
                if t.tag_ in phrases.NOUNS or is_nominal(t)
                for c in phrases.conjuncts(t)
            ]
            if kind == "made-of":  # "a series of rings, usually of metal": of rings
                first = list(phrases.under(noun, frozenset(frame.frame.split("|"))))[:1]
                targets = [t for t in targets if any(t in phrases.conjuncts(f) for f in first)]
                if any(t.lower_ == "type" and t.dep_ == "pobj" for t in first):
                    continue  # "an array of type X"
            if kind == "responsible":  # what follows as a verb is read with its object
                targets = [t for t in targets if t.tag_ in phrases.NOUNS]
            if type_ == "partOf" and any(True for _ in phrases.under(noun, "of")):
                targets = [t for o in phrases.under(noun, "of") for t in phrases.conjuncts(o)]
            if type_ == "measures":
                # "a score of one stroke under par" is that many; it does not measure strokes
                targets = [t for t in targets if not is_numbered(t)]
                if word in {"signal", "marker"}:
                    # "a signal of a single frequency" has it
                    targets = [t for t in targets if not {"a", "an"} & {c.lower_ for c in t.lefts}]
            if type_ == "partOf" and noun.tag_ == "NNS" and is_recipe(noun):
                type_ = "hasPart"  # "equal parts of fat and flour"
            if type_ == "computedFrom":
                targets += [
                    c
                    for t in [*list(targets), noun]
                    for o in phrases.under(
                        t, frozenset({"to", "over"}) if word in _RATIOS else "to"
                    )
                    for c in phrases.conjuncts(o)
                ]
            single = len(targets) < 2 and all(t.tag_ == "NN" for t in targets)
            if (word == "product" and len(targets) < 2) or (word == "sum" and single):
                continue  # "the product of a distillation", "a sum of money"
            if type_ == "computedFrom" and any(is_cut_off(t) for t in targets):
                continue  # "the difference between the purchase and selling prices"
            blended = any(c.text.lower() in self.lexicon["carriers.blends"] for c in noun.lefts)
            listed = any(c.text in {",", "and", "or", "&"} for t in targets for c in t.children)
            if type_ == "partOf" and targets and any(True for _ in phrases.under(targets[0], "of")):
                del targets[1:]  # "part of the software of the PC and its clones"
            if type_ == "measures" and blended and len(targets) > 1 and listed:
                type_ = "hasPart"
            yield from self._targets(
                type_,
                targets,
                kind,
                frame.confidence * strength,
            )
        if reading is not None and word in self.lexicon["carriers.gauges"]:
            for modifier in phrases.children(noun, "compound"):
                if modifier.tag_ in {"NN", "NNS"} and modifier.i == noun.i - 1:
                    start = phrases.left_edge(modifier)
                    text = noun.doc[start.i : modifier.i + 1].text
                    yield Found(type="measures", target=text, rule="gauge", confidence=0.7)
