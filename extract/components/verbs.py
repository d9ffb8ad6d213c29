"""What the clauses of a sentence say of an entry that is their subject or object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from spacy.tokens import Doc, Token

from extract import inflection
from extract.components import clauses, phrases
from extract.components.complements import such_as
from extract.components.definition import Reading
from extract.components.objects import OUTCOMES, flip
from extract.components.passives import Passives, forms
from extract.components.senses import POLAR
from extract.components.targets import Found

_PASSIVE_ONLY = frozenset({"computed", "held-in", "driven"})
"""Frames that are read where something is done to the entry."""
_PLACING = inflection.all_forms("take", "hold", "follow")
_FOCUSING = inflection.all_forms("focus", "concentrate", "center", "centre")
_OFFERING = inflection.all_forms("offer", "contain", "include", "have")
"""Verbs whose object does what follows: "platforms offer tools to track visits"."""


class Verbs(Passives):
    """Reads verbs by the frames of the lexicon."""

    def _classes(
        self, document: Doc, own: Mapping[int, float], reading: Reading | None
    ) -> dict[int, float]:
        """Tokens whose relative clauses and participles speak of the entry: genus and predicate."""
        classes: dict[int, float] = {}
        if reading is not None:
            for noun in (reading.outer, reading.genus):
                if noun is not None:
                    for one in phrases.conjuncts(noun):
                        classes[one.i] = 0.95
            if reading.members and reading.genus is not None:
                for member in phrases.under(reading.genus, "of"):
                    for one in phrases.conjuncts(member):
                        classes[one.i] = 0.8
        for i, strength in own.items():
            verb = document[i].head
            if document[i].dep_ == "nsubj" and verb.text.lower() in {"is", "are"}:
                predicate = phrases.child(verb, "attr")
                if predicate is not None:
                    for one in phrases.conjuncts(predicate):
                        classes.setdefault(one.i, 0.9 * strength)
        return classes

    def _verb(
        self,
        verb: Token,
        own: Mapping[int, float],
        classes: Mapping[int, float],
        reading: Reading | None,
    ) -> Iterator[Found]:
        lower = verb.text.lower()
        if lower == "use" and verb.i + 1 < len(verb.doc) and verb.nbor(1).lower_[:4] == "case":
            return  # "by size, use case or complexity"
        if verb.i and verb.nbor(-1).lower_ in {"example", "instance"}:
            return  # "for example using X" is one way of many
        if clauses.is_advice(verb) or clauses.is_open(verb):
            return
        who, passive = clauses.subject_of(verb)
        if who is None:
            if reading is not None and self._by_means(verb, own):
                for frame in self._verbs[lower]:
                    if frame.key == "use":
                        yield from self._object_frame(frame, verb, 0.9)
                return
            carried = self._carried(verb, own)
            if carried:
                yield from self._active(verb, carried)
            return
        strength = own.get(who.i, 0.0) or classes.get(who.i, 0.0)
        if strength and who.lower_ == "this":
            # What was said before does this, and it was said of the entry.
            supposed = any(t.lower_ in {"would", "could"} for t in verb.children)
            if not passive and not supposed and self._only_outcomes(verb):
                yield from (f for f in self._active(verb, strength) if f.type in OUTCOMES)
            return
        if verb.dep_ == "acl" and phrases.noun(who) in self.lexicon["complements.users"]:
            strength = 0.0
        behind = who.i in own and who.dep_ == "pobj" and who.nbor(1).text == ","
        if verb.dep_ == "acl" and verb.tag_ == "VBN" and behind:
            return  # "in the state at the time of the call, changed by its arguments"
        if passive and phrases.noun(who) in self.lexicon["genus.naming"]:
            return  # "the name used in logic for X" is used so
        if not strength and who.tag_ == "VBG" and who.dep_ in phrases.SUBJECTS:
            strength = self._gerund_subject(who, own)
            if strength < 0:
                yield from self._flipped(verb, -strength)
                return
        if strength:
            if lower in {"is", "are", "was", "were", "be"}:
                if reading is None or who.i not in own or phrases.child(verb, "acomp") is not None:
                    yield from self._copula(verb, strength)
            elif passive and lower in {"confused", "mistaken", "conflated"}:
                # denied ("must not be") or stated ("is often"): two things are told apart
                yield from self._passive(verb, strength)
            elif phrases.is_negated(verb):
                return
            elif passive:
                yield from self._passive(verb, strength)
            else:
                yield from self._active(verb, strength)
            return
        if phrases.is_negated(verb):
            return
        yield from self._as_object(verb, who, own, passive)
        if not passive:
            yield from self._wielded(verb, who, own, classes)
        carried = self._carried(verb, own)
        if carried:
            yield from self._active(verb, carried, polar_only=True)

    def _owns(self, noun: Token) -> bool:
        """Whether what belongs to a noun is no part of it: a person's, or a member of a class."""
        return (
            self._is_someone(noun)
            or phrases.noun(noun)
            in self.lexicon["genus.transparent"] | self.lexicon["genus.collective"]
        )

    def _active(self, verb: Token, strength: float, *, polar_only: bool = False) -> Iterator[Found]:
        """The entry does something."""
        if phrases.is_negated(verb):
            return
        frames = self._verbs.get(verb.text.lower(), ())
        raising = verb.lower_ in forms(self.lexicon["complements.raising"])
        aimed = any(f.frame in {"infinitive", "goal"} for f in frames)
        raising = raising or verb.lower_ in forms(self.lexicon["complements.verbs"])
        offered = verb.lower_ in _OFFERING and phrases.child(verb, "dobj") is not None
        if not polar_only and not aimed and not raising and not offered:
            for goal in clauses.purposes(verb):
                if goal.i > verb.i:
                    yield from self._goal(goal, 0.75 * strength, "purpose")
        for frame in self._verbs.get(verb.text.lower(), ()):
            if not self._allows(frame):
                continue
            if polar_only and frame.type not in POLAR:
                continue
            if frame.frame == "infinitive":
                if clauses.below(verb):
                    yield from self._enabled(verb, 0.8 * strength)
            elif frame.frame == "goal":
                for lower in clauses.below(verb) + clauses.purposes(verb):
                    yield from self._goal(lower, frame.confidence * strength, frame.key)
            elif frame.frame == "object":
                under = clauses.below(verb) if frame.type == "enables" else []
                if under and under[0].tag_ != "VBG":
                    continue
                if frame.key == "enable" and phrases.child(verb, "dobj") is None:
                    # "allows for tissue biopsy"
                    for target in phrases.under(verb, "for"):
                        yield from self._targets(
                            "enables",
                            [t for t in phrases.conjuncts(target) if not self._is_person(t)],
                            "allow-for",
                            frame.confidence * strength,
                        )
                yield from self._object_frame(frame, verb, strength)
            elif (
                frame.frame != "passive-goal" and frame.key not in {"consist"} | {"divide"}
            ) or verb.text.lower() in {
                "consists",
                "consist",
                "consisting",
                "breaks",
                "splits",
                "divides",
            }:
                if frame.key == "divide" and phrases.child(verb, "dobj") is not None:
                    continue  # "divides the signal into channels": parts of the signal
                if frame.key == "rely" and verb.text.lower() in {
                    "build",
                    "builds",
                    "building",
                    "base",
                    "bases",
                    "draw",
                }:
                    continue
                if frame.key in _PASSIVE_ONLY:
                    continue
                dated = frame.key in {"occur-after", "occur-before"}
                if dated and verb.lower_ not in _PLACING and phrases.child(verb, "dobj"):
                    continue  # "colours that give white after subtraction": not the entry is after
                targets = self._prepositional(verb, frame.frame)
                if frame.events:
                    targets = [t for t in targets if self._is_event(t)]
                if frame.changes:
                    yield from self._changes(frame, targets, strength)
                    continue
                if frame.key == "integrate-with":
                    targets += [m for t in list(targets) for m in such_as(t)]
                if frame.key == "belong":
                    targets = [t for t in targets if not self._owns(t)]
                yield from self._targets(
                    frame.type, targets, frame.key, frame.confidence * strength
                )
        if verb.lower_.startswith(("establish", "lay", "provid", "build", "creat", "form", "set")):
            for noun in clauses.objects(verb):
                if phrases.noun(noun) in {"foundation", "basis", "groundwork"}:
                    yield from self._noun(noun, 0.95 * strength)
        if verb.lower_ in _FOCUSING:
            for target in phrases.under(verb, "on"):
                for one in phrases.conjuncts(target) if target.tag_ == "VBG" else ():
                    yield from self._polar(one, 0.8 * strength, "focus-on")
        if verb.text.lower() in {"play", "plays", "playing"}:
            for role in phrases.children(verb, "dobj"):
                for target in phrases.under(role, "in") if role.lower_ in {"role", "part"} else ():
                    if target.tag_ == "VBG":
                        for one in phrases.conjuncts(target):
                            yield from self._polar(one, 0.75 * strength, "role-in")
        if verb.text.lower() in {"serves", "serve", "acts", "act", "functions", "function"}:
            for noun in phrases.under(verb, "as"):
                yield from self._noun(noun, 0.9 * strength)
        if verb.text.lower() in forms(self.lexicon["carriers.giving"]):
            for noun in clauses.objects(verb):
                if phrases.noun(noun) in self.lexicon["carriers.given"]:
                    yield from self._noun(noun, 0.9 * strength)

    def _as_object(
        self, verb: Token, who: Token, own: Mapping[int, float], passive: bool
    ) -> Iterator[Found]:
        """Something else does something to the entry: "vendors use X", "Y increases X"."""
        if passive:
            return
        struck = [
            t for t in phrases.children(verb, "dobj") for t in phrases.conjuncts(t) if t.i in own
        ]
        if not struck or who.tag_ not in phrases.NOUNS:
            return
        if any(t.lower_ in {"this", "these", "such"} for t in who.lefts):
            return  # "this format allows X": which, is not said
        goals = clauses.purposes(verb) + clauses.below(verb)
        if any(goal.lower_ in self.lexicon["genus.wording"] for goal in goals):
            return  # "sailors use this word to refer to …"
        if who.doc[:2].text.lower() == "for example":
            return  # what one may do with it
        strength = own[struck[0].i]
        for frame in self._verbs.get(verb.text.lower(), ()):
            if frame.frame != "object" or not frame.inverse or not self._allows(frame):
                continue
            if frame.events and not self._is_event(who):
                continue
            if frame.quantities and not self._names_quantity():
                continue
            if frame.inverse == "usedBy":
                if (
                    not (self._is_person(who) or self._is_agent(who))
                    or frame.key != "use"
                    or verb.text.lower() in {"need", "needs", "require", "requires"}
                ):
                    continue
                for goal in goals:
                    yield from self._goal(goal, 0.75 * strength, "used-to")
            elif frame.inverse == "partOf" or self._is_person(who) or self._is_agent(who):
                continue
            yield from self._targets(
                frame.inverse,
                phrases.conjuncts(who),
                frame.key + "-by",
                frame.confidence * 0.9 * strength,
            )

    def _wielded(
        self,
        verb: Token,
        who: Token,
        own: Mapping[int, float],
        classes: Mapping[int, float],
    ) -> Iterator[Found]:
        """ "A hat that sailors wear", "a document which lawyers consult": they use it."""
        if verb.dep_ != "relcl" or verb.lower_ not in forms(self.lexicon["carriers.wielding"]):
            return
        strength = own.get(verb.head.i, 0.0) or classes.get(verb.head.i, 0.0)
        shown = phrases.noun(verb.head) in self.lexicon["carriers.shown"]
        if not strength or shown or not (self._is_person(who) or self._is_agent(who)):
            return
        before = verb.doc[max(0, who.left_edge.i - 1)]
        if before.i != verb.head.i and before.lower_ not in {"that", "which"}:
            return  # "a ship on which sailors wear boots"
        if any(t.i > verb.i for t in phrases.children(verb, "dobj")):
            return  # "a day that sailors wear medals"
        yield from self._targets("usedBy", phrases.conjuncts(who), "wielded", 0.75 * strength)
        for goal in clauses.purposes(verb):
            yield from self._goal(goal, 0.75 * strength, "wielded-to")

    def _carried(self, verb: Token, own: Mapping[int, float]) -> float:
        """How surely "by using X, …" or "X …, reducing Y" makes the entry the cause of ``verb``."""
        for adverbial in phrases.children(verb, "prep", "advcl"):
            if adverbial.text.lower() == "by":
                gerund = phrases.child(adverbial, "pcomp")
                if gerund is not None and self._lemma_in(gerund, "carriers.verbs"):
                    for target in phrases.children(gerund, "dobj"):
                        if target.i in own:
                            return 0.8 * own[target.i]
        if verb.dep_ == "advcl" and verb.tag_ == "VBG" and verb.i > verb.head.i:
            if phrases.child(verb, "mark", "aux", "nsubj", "prep") is not None and phrases.child(
                verb, "nsubj"
            ):
                return 0.0
            if (verb.i and verb.doc[verb.i - 1].text in {",", "and"}) or (
                verb.i > 1 and verb.doc[verb.i - 2].text == ","
            ):
                subject, passive = clauses.subject_of(verb.head)
                if subject is not None and not passive and subject.i in own:
                    return 0.85 * own[subject.i]
        return 0.0

    def _by_means(self, verb: Token, own: Mapping[int, float]) -> bool:
        """Whether "using X" ends a definition that says what the entry does: it uses X."""
        if verb.dep_ != "advcl" or verb.tag_ != "VBG" or verb.i < verb.head.i:
            return False
        if not self._verbs.get(verb.text.lower()) or not self._is("use", verb):
            return False
        if verb.i and verb.nbor(-1).lower_ in {"example", "instance", "e.g.", "not", "without"}:
            return False
        above = verb.head
        while above.dep_ in {"ccomp", "xcomp", "conj"} and above.i > above.head.i:
            above = above.head
        subject, _ = clauses.subject_of(above)
        return above.dep_ == "ROOT" and subject is not None and subject.i in own

    def _gerund_subject(self, gerund: Token, own: Mapping[int, float]) -> float:
        """How surely "using X", "reducing churn" as a subject is the entry; negative: its lack."""
        for target in phrases.children(gerund, "dobj"):
            if target.i in own:
                if self._lemma_in(gerund, "carriers.verbs"):
                    return 0.85 * own[target.i]
                if any(f.type == "reduces" for f in self._verbs.get(gerund.text.lower(), ())):
                    return -0.85 * own[target.i]
            word = phrases.noun(target)
            if (
                word in self.subject.modifiers
                and self.subject.heads & self.lexicon["carriers.activity_heads"]
            ):
                return 0.75
        return 0.0

    def _flipped(self, verb: Token, strength: float) -> Iterator[Found]:
        """ "Reducing X increases Y": X reduces Y."""
        yield from map(flip, self._active(verb, strength, polar_only=True))
