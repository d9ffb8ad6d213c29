"""What a sentence says of an entry that has something done to it: "X is used by Y for Z"."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from spacy.tokens import Token

from extract import inflection
from extract.components import clauses, phrases
from extract.components.complements import acts
from extract.components.copulas import Copulas
from extract.components.heads import is_nominal
from extract.components.targets import Found
from extract.labels import key

_MADE = frozenset({"generated", "built", "established"})
"""Participles that say what made a thing, not what makes it more."""
_HANDED = frozenset({"paid", "given", "handed", "sent", "granted", "offered", "awarded"})
"""Participles whose receiver does what follows: "the fee paid to a broker to buy shares"."""
_FLUIDS = frozenset({"liquid", "fluid", "gas", "water", "substance", "solution", "air"})
_SAID = frozenset({"said", "believed", "known", "supposed", "thought", "assumed", "found", "seen"})
"""Participles before an infinitive that says what is thought of a thing."""


@lru_cache(maxsize=8)
def forms(lemmas: frozenset[str]) -> frozenset[str]:
    """Return all inflected forms of the verbs."""
    return inflection.all_forms(*lemmas)


def _is_man(noun: Token) -> bool:
    return noun.lower_.endswith(("man", "men", "woman", "women"))


class Passives(Copulas):
    """Reads passive verbs by the frames of the lexicon."""

    def _passive(self, verb: Token, strength: float) -> Iterator[Found]:
        """The entry has something done to it."""
        lower = verb.text.lower()
        frames = self._verbs.get(lower, ())
        if lower in forms(self.lexicon["complements.verbs"]) | _SAID:
            return  # "is expected to take two arguments": nothing it is for
        paid = lower in _HANDED and any(True for _ in phrases.under(verb, "to"))
        granted = phrases.conjuncts(verb.head) if verb.dep_ == "acl" else []
        # "liberty given to do an act" is to do it
        paid = paid or any(phrases.noun(t) in self.lexicon["complements.nouns"] for t in granted)
        if not paid and not any(f.frame == "passive-goal" for f in frames):
            for goal in clauses.purposes(verb):
                yield from self._goal(goal, 0.75 * strength, "passive-purpose")
        if any(phrases.noun(t) in self.lexicon["genus.naming"] for t in phrases.under(verb, "as")):
            return  # "used as the term for X"
        agents = [t for a in phrases.under(verb, "by") for t in phrases.conjuncts(a)]
        for frame in self._verbs.get(lower, ()):
            if frame.frame == "passive-goal":
                for goal in clauses.purposes(verb) + clauses.below(verb):
                    yield from self._goal(goal, frame.confidence * strength, frame.key)
                for target in phrases.under(verb, "for"):
                    if target.tag_ == "VBG":
                        for one in phrases.conjuncts(target):
                            yield from self._goal(one, frame.confidence * strength, frame.key)
                    elif (
                        target.tag_ in phrases.NOUNS
                        and not self._is_person(target)
                        and not acts(target)  # "used for triggers to invoke"
                        and lower != "created"  # "maps are created for arrays": of them
                    ):
                        yield from self._targets(
                            "usedFor",
                            phrases.conjuncts(target),
                            frame.key,
                            frame.confidence * strength,
                        )
                if (
                    "use" in frame.words
                    and not self._is_role()
                    and lower
                    in {
                        "used",
                        "employed",
                        "utilized",
                        "utilised",
                        "needed",
                        "required",
                    }
                ):
                    users = [t for t in agents if t.tag_ in phrases.NOUNS]
                    users += [
                        t
                        for t in phrases.under(verb, frozenset({"within", "in", "by"}))
                        if self._is_person(t) and t not in users
                    ]
                    yield from self._targets("usedBy", users, "used-by", 0.9 * strength)
                    places = [
                        c
                        for t in phrases.under(verb, frozenset({"in", "within"}))
                        if t not in users
                        for c in phrases.conjuncts(t)
                    ]
                    for place in places:
                        text = phrases.phrase(place, self.light, complement=False).text
                        known = key(text) in self.subject.known and not self._is_kind(text)
                        if lower == "used" and known:
                            type_ = "usedFor" if place.lower_.endswith("ing") else "usedBy"
                            yield from self._targets(type_, [place], "used-in", 0.65 * strength)
            elif frame.frame == "object":
                if not frame.inverse or not agents or frame.key in {"use", "include"}:
                    continue
                if lower in _MADE or (frame.quantities and not self._names_quantity()):
                    continue
                type_ = frame.inverse
                dated = type_ in {"follows", "precedes"}
                nouns = [a for a in agents if a.tag_ in phrases.NOUNS or (dated and is_nominal(a))]
                if type_ == "responsibilityOf" and any(
                    True for _ in phrases.under(verb, frozenset({"at", "to", "toward", "towards"}))
                ):
                    continue  # "a talk directed at the board by engineers"
                if type_ == "responsibilityOf":  # "run by privileged users": they use it
                    nouns = [a for a in nouns if self._is_someone(a) and a.lower_[:4] != "user"]
                if type_ in {"follows", "precedes"}:
                    nouns = [a for a in nouns if self._is_event(a)]
                yield from self._targets(
                    type_, nouns, frame.key + "-passive", frame.confidence * strength
                )
            elif frame.frame not in {"goal", "infinitive"} and not frame.changes:
                if frame.key == "held-in" and (
                    verb.dep_ == "advcl" or self.subject.genus in _FLUIDS
                ):
                    continue  # "when a link is contained in the page", "liquid held in a vessel"
                targets = self._prepositional(verb, frame.frame)
                if frame.key == "driven":
                    targets = [t for t in targets if not (self._is_someone(t) or _is_man(t))]
                if frame.events:
                    targets = [t for t in targets if self._is_event(t)]
                yield from self._targets(
                    frame.type, targets, frame.key, frame.confidence * strength
                )
        if lower in {
            "managed",
            "maintained",
            "administered",
            "overseen",
            "supervised",
            "owned",
            "governed",
            "operated",
            "handled",
        }:
            yield from self._targets(
                "responsibilityOf",
                [a for a in agents if a.tag_ in phrases.NOUNS and self._is_someone(a)],
                "managed-by",
                0.85 * strength,
            )
        if lower in {"focused", "focussed", "centered", "aimed", "geared", "targeted"}:
            for target in phrases.under(
                verb, frozenset({"on", "at", "toward", "towards", "around"})
            ):
                if target.tag_ == "VBG":
                    for one in phrases.conjuncts(target):
                        yield from self._goal(one, 0.8 * strength, "focused-on")
        if lower in {"considered", "regarded", "seen", "viewed", "classified"}:
            found = phrases.children(verb, "oprd") + list(phrases.under(verb, "as"))
            for noun in found:
                if noun.tag_ in phrases.NOUNS and phrases.child(noun, "det") is not None:
                    yield from self._targets("broader", [noun], "considered", 0.75 * strength)
