"""What verbs say of their objects, by the frames of the lexicon, and the steps of activities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spacy.tokens import Token

from extract import inflection
from extract.components import clauses, phrases
from extract.components.complements import (
    acts,
    gerunds,
    is_gone,
    is_outcome,
    keeps_from,
    or_else,
    row_behind,
    such_as,
)
from extract.components.heads import is_nominal
from extract.components.senses import POLAR
from extract.components.targets import MATTER, Found, Targets
from extract.labels import singular
from extract.lexicon import Frame

OUTCOMES = POLAR | {"enables"}
"""Types of what comes of something."""
_KINDS = frozenset({"category", "class", "family", "genus"})
"""Nouns whose members are kinds: "the category that includes sugars"."""
_WHOLES = frozenset(
    {"resources", "services", "operations", "materials", "economics", "analytics", "communications"}
    | {"relations", "affairs", "accounts", "assets", "statistics", "terms", "contents", "works"}
    | {"specifications", "minutes", "premises", "proceeds", "goods", "means", "series", "news"}
)
"""Plurals that may name one thing with parts."""
_WHOLES = frozenset(
    {"resources", "services", "operations", "materials", "economics", "analytics", "communications"}
    | {"relations", "affairs", "accounts", "assets", "statistics", "terms", "contents", "works"}
    | {"specifications", "minutes", "premises", "proceeds", "goods", "means", "series", "news"}
)
"""Plurals that may name one thing with parts."""
_LACKING = frozenset({"poor", "bad", "existing", "current", "weak", "old", "low"})
_REQUIRING = inflection.all_forms("require", "need")
_MAYBE = frozenset({"may", "might", "could"})
_COMMON = frozenset({"common", "typical", "popular", "notable", "frequent", "some", "other"})


class Objects(Targets):
    """Reads what a verb does to its objects."""

    def _polar(self, verb: Token, strength: float, rule: str) -> Iterator[Found]:
        for frame in self._verbs.get(verb.text.lower(), ()):
            direct = frame.type in POLAR and frame.frame == "object" and not frame.changes
            if direct and not phrases.is_negated(verb):
                yield from self._targets(
                    frame.type, clauses.objects(verb), rule, frame.confidence * strength
                )

    def _means_many(self, who: Token) -> bool:
        """Whether "Xs include A and B" under the headword "X" tells which Xs there are.

        One X has parts; of all of them together kinds are told, as of "the category that
        includes A". A headword that is itself a plural names them all, unless they make one whole
        ("resources").
        """
        above = who.head.head if who.dep_ == "pobj" and who.head.lower_ == "of" else who
        if phrases.noun(above) in _KINDS:
            return True
        last = self.subject.labels[0].split()[-1].lower() if self.subject.labels else "s"
        # "Partner enablement resources include …" reaches here as "They include …".
        counted = not last.endswith(("s", "ing", *self.lexicon["quantities.suffixes"]))
        counted = counted or (singular(last) != last and last not in _WHOLES)
        some = any(c.dep_ == "nummod" or c.lower_ in {"these", "those"} for c in who.lefts)
        return counted and not some and (who.lower_ == "they" or who.tag_ == "NNS")

    def _is_matter(self, noun: Token) -> bool:
        """Whether a noun, or what "a variety of" leads to, may stand for anything."""
        return all(phrases.noun(t) in MATTER for t in self._inside(noun) or [noun])

    def _steps(self, verbs: list[Token]) -> Iterator[Found]:
        """ "the process of planning, staffing and running projects": its steps."""
        shared = None
        if len(verbs) < 4:  # longer rows name stages: "recruiting, enabling, engaging partners"
            shared = next((o for v in reversed(verbs) if (o := phrases.child(v, "dobj"))), None)
        for verb in verbs:
            target = phrases.child(verb, "dobj") or shared
            texts = [verb.text]
            if target is not None:
                texts = [
                    f"{verb.text} {phrases.phrase(target, frozenset(), complement=False).text}"
                ]
            for text in texts:
                yield Found(type="hasPart", target=text, rule="steps", confidence=0.7)

    def _responsible(self, target: Token, strength: float) -> Iterator[Found]:
        if target.tag_ == "VBG":
            for verb in phrases.conjuncts(target):
                polar = list(self._polar(verb, 0.9 * strength, "responsible"))
                yield from polar
                for text in () if polar else self._verb_phrases(verb):
                    yield Found(
                        type="responsibleFor",
                        target=text,
                        rule="responsible",
                        confidence=0.9 * strength,
                    )
        elif target.tag_ in phrases.NOUNS:
            yield from self._targets(
                "responsibleFor", phrases.conjuncts(target), "responsible", 0.9 * strength
            )

    def _changes(self, frame: Frame, heads: Iterable[Token], strength: float) -> Iterator[Found]:
        """ "leads to higher retention": the adjective says which way the target goes."""
        for head in heads:
            adjectives = {c.text.lower() for c in head.lefts if c.dep_ == "amod"}
            type_ = ""
            if adjectives & self.lexicon["changes.up"]:
                type_ = "increases"
            elif adjectives & self.lexicon["changes.down"]:
                type_ = "reduces"
            elif (
                frame.words & {"contribute"}
                and self._is_quantity(head)
                and "contribut" in phrases.text_of(head.doc)
            ):
                type_ = "increases"
            if type_:
                yield from self._targets(type_, [head], frame.key, frame.confidence * strength)

    def _only_outcomes(self, verb: Token) -> bool:
        """Whether a verb says what comes of something: more or less of a thing, or its chance."""
        return any(f.type in OUTCOMES for f in self._verbs.get(verb.lower_, ()))

    def _grows(self, noun: Token) -> bool:
        """Whether to grow something is to increase it: a business, and no tree."""
        return phrases.noun(noun) in self.lexicon["quantities.bodies"]

    def _object_frame(self, frame: Frame, verb: Token, strength: float) -> Iterator[Found]:
        targets = clauses.objects(verb)
        if any(t.tag_ == "MD" and t.lower_ in _MAYBE for t in verb.children):
            strength *= 0.85
        if frame.type == "enables":
            targets = [t for t in targets if not acts(t)]
            for act in phrases.children(verb, "xcomp"):
                if act.tag_ == "VBG" and act.i == verb.i + 1:  # "facilitates fitting a model"
                    for one in phrases.conjuncts(act):
                        for text in self._verb_phrases(one) if one.tag_ == "VBG" else ():
                            yield Found(
                                type="enables",
                                target=text,
                                rule=frame.key,
                                confidence=frame.confidence * strength,
                            )
        if frame.key == "use" and verb.lower_ in _REQUIRING:
            # "requires a witness to bring documents": an act is required, and nobody used
            targets = [
                t for t in targets if not (acts(t) and (self._is_person(t) or self._is_agent(t)))
            ]
        if frame.key == "use" and verb.lower_.startswith("employ"):
            # "employing job candidates" hires them
            targets = [t for t in targets if not self._is_someone(t) or self._is_event(t)]
        if frame.type == "hasPart" and or_else(verb):
            return  # "may include or exclude either end"
        if verb.lower_[:7] == "augment" and any(
            t.lower_ == "with" for t in verb.doc[verb.i : verb.i + 7]
        ):
            return  # "augments the grammar with definitions": it adds them
        if frame.key == "replace" and or_else(verb):
            return  # "assists or replaces"
        if frame.type in POLAR and (
            or_else(verb)
            or any(True for _ in phrases.under(verb, "from"))
            or (verb.lower_[:5] == "reduc" and any(map(is_outcome, phrases.under(verb, "to"))))
            or (verb.lower_[:7] in {"prevent", "inhibit"} and keeps_from(verb))
        ):
            return  # "stimulate or suppress X", "prevents X from moving"
        if frame.key == "replace" and any(is_gone(t) for t in targets):
            return  # "replaces missing teeth": it stands in for them
        if verb.lower_[:10] == "accelerate":
            # "accelerates protons" moves them faster, there are no more of them
            targets = [t for t in targets if self._is_quantity(t) or self._is_event(t)]
        if frame.quantities:
            grows = verb.lower_[:4] == "grow"
            targets = [t for t in targets if self._is_quantity(t) or (grows and self._grows(t))]
        if verb.lower_[:6] == "improv":
            # "to improve poor relations": they are better, and not more
            targets = [t for t in targets if not any(c.lower_ in _LACKING for c in t.lefts)]
        if frame.events:
            targets = [t for t in targets if self._is_event(t)]
        if frame.several and len(targets) < 2:
            return
        if frame.people:
            targets = [t for t in targets if self._is_person(t)]
        elif frame.type in {"enables", "measures"}:
            targets = [t for t in targets if not self._is_person(t)]
        if frame.type in {"precedes", "follows", "uses", "hasPart"}:
            first = phrases.children(verb, "xcomp")
            if frame.key == "involve":
                first += [g for x in first for g in row_behind(x)]
            actions = [c for x in first for c in phrases.conjuncts(x)]
            if frame.key == "involve":  # "fostering trust" is what comes of it
                actions = [a for a in actions if not self._only_outcomes(a)]
            targets += [
                t for t in actions if t.tag_ == "VBG" and (is_nominal(t) or frame.type == "hasPart")
            ]
        if not targets and frame.type == "measures" and not frame.quantities:
            if phrases.child(verb, "ccomp", "advcl", "xcomp", "relcl", "pcomp") is not None:
                text = self._clause(verb)
                if text:
                    yield Found(
                        type="measures",
                        target=text,
                        rule=frame.key,
                        confidence=frame.confidence * strength,
                    )
            return
        if (
            frame.type == "hasPart"
            and frame.key == "include"
            and verb.tag_ == "VBG"
            and verb.dep_ == "prep"
        ):
            return
        type_ = frame.type
        if frame.key == "involve" and self._is_role():
            for target in targets:
                yield from self._responsible(target, 0.75 * strength)
            return
        if frame.key == "involve":
            used = [t for t in targets if phrases.noun(t) == "use"]
            of = [c for t in used for o in phrases.under(t, "of") for c in phrases.conjuncts(o)]
            yield from self._targets("uses", of, frame.key, frame.confidence * strength)
            # Things that an act works on are no parts of it: "a phenomenon involving plants".
            targets = [
                t
                for t in targets
                if t not in used and (self._is_event(t) or phrases.child(t, "det") is not None)
            ]
        for target in list(targets):
            steps = [v for g in phrases.under(target, "of") for v in gerunds(g)]
            if len(steps) > 2:
                yield from self._steps(steps)
                targets.remove(target)
            members = such_as(target) if type_ == "hasPart" else []
            if members and self._is_matter(target):
                targets.remove(target)  # "resources, such as A and B": A and B
            targets += members
        if frame.key == "include":
            who, _ = clauses.subject_of(verb)
            if who is not None and any(
                phrases.noun(who) in self.lexicon[f"lists.{n}"] for n in ("narrower", "hasExample")
            ):
                return
            if who is not None and any(c.text.lower() in _COMMON for c in who.lefts):
                type_ = "narrower"
            if who is not None and self._means_many(who):
                type_ = "narrower"
                # "Many methods include a notation": each has one; kinds are named without "a"
                parts = [t for t in targets if any(c.lower_ in {"a", "an"} for c in t.lefts)]
                targets = [t for t in targets if t not in parts]
                yield from self._targets(
                    "hasPart", parts, frame.key, frame.confidence * 0.9 * strength
                )
        yield from self._targets(type_, targets, frame.key, frame.confidence * strength)


def flip(found: Found) -> Found:
    """Return the relation with an increase made a reduction, and the other way round."""
    return Found(
        type="reduces" if found.type == "increases" else "increases",
        target=found.target,
        rule=found.rule + "-flipped",
        confidence=found.confidence,
    )
