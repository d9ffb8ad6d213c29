"""What an entry is good for: purposes, activities and their steps, relational nouns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spacy.tokens import Token

from extract import inflection
from extract.components import clauses, phrases
from extract.components.complements import (
    acts,
    gerunds,
    is_cut_off,
    is_numbered,
    is_outcome,
    is_recipe,
    keeps_from,
    misread_compounds,
    or_else,
    such_as,
)
from extract.components.definition import Reading
from extract.components.heads import is_nominal
from extract.components.senses import POLAR
from extract.components.targets import MATTER, Found, Targets
from extract.labels import key, singular
from extract.lexicon import Frame

_STATES = frozenset(
    {"have", "having", "be", "being", "become", "becoming", "last", "lasting", "remain", "exist"}
    | {"possess", "possessing", "occur", "happen", "appear", "seem"}
)
_HELPING = inflection.all_forms("help", "assist", "aid", "support", "serve")
"""Verbs that say nothing of an entry without what they help people in."""
_KINDS = frozenset({"category", "class", "family", "genus"})
"""Nouns whose members are kinds: "the category that includes sugars"."""
_WHOLES = frozenset(
    {"resources", "services", "operations", "materials", "economics", "analytics", "communications"}
    | {"relations", "affairs", "accounts", "assets", "statistics", "terms", "contents", "works"}
    | {"specifications", "minutes", "premises", "proceeds", "goods", "means", "series", "news"}
)
"""Plurals that may name one thing with parts."""
_GATHERING = frozenset({"collection", "assembly", "compilation"})
"""Nouns for a group that, behind another noun, name what is done with that."""
_REQUIRING = inflection.all_forms("require", "need")
_MAYBE = frozenset({"may", "might", "could"})
_COMMON = frozenset({"common", "typical", "popular", "notable", "frequent", "some", "other"})


class Goals(Targets):
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

    def _polar(self, verb: Token, strength: float, rule: str) -> Iterator[Found]:
        for frame in self._verbs.get(verb.text.lower(), ()):
            direct = frame.type in POLAR and frame.frame == "object" and not frame.changes
            if direct and not phrases.is_negated(verb):
                yield from self._targets(
                    frame.type, clauses.objects(verb), rule, frame.confidence * strength
                )

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

    def _is_bare_help(self, verb: Token) -> bool:
        """Whether "help X in Y" would be cut to helping X."""
        helped = clauses.objects(verb)
        within = (p for t in (verb, *helped) for p in phrases.under(t, frozenset({"in", "with"})))
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

    def _noun(
        self, noun: Token, strength: float, reading: Reading | None = None
    ) -> Iterator[Found]:
        """ "is a driver of X", "a part of X", "a measure of X"."""
        word = phrases.noun(noun)
        for frame in self._nouns.get(word, ()):
            if not self._allows(frame):
                continue
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
            type_, kind = frame.type, frame.key
            targets = [
                c
                for t in phrases.under(noun, frozenset(frame.frame.split("|")))
                if t.tag_ in phrases.NOUNS or is_nominal(t)
                for c in phrases.conjuncts(t)
            ]
            if kind == "responsible":  # what follows as a verb is read with its object
                targets = [t for t in targets if t.tag_ in phrases.NOUNS]
            if type_ == "partOf" and any(True for _ in phrases.under(noun, "of")):
                targets = [t for o in phrases.under(noun, "of") for t in phrases.conjuncts(o)]
            if type_ == "measures":
                # "a score of one stroke under par" is that many; it does not measure strokes
                targets = [t for t in targets if not is_numbered(t)]
            if type_ == "partOf" and noun.tag_ == "NNS" and is_recipe(noun):
                type_ = "hasPart"  # "equal parts of fat and flour"
            if type_ == "computedFrom":
                targets += [
                    c
                    for t in [*list(targets), noun]
                    for o in phrases.under(t, frozenset({"to", "over"}))
                    for c in phrases.conjuncts(o)
                ]
            if word == "product" and len(targets) < 2:
                continue  # "the product of a distillation": what came of it
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
        if frame.type in POLAR and (
            or_else(verb)
            or any(True for _ in phrases.under(verb, "from"))
            or (verb.lower_[:5] == "reduc" and any(map(is_outcome, phrases.under(verb, "to"))))
            or (verb.lower_[:7] in {"prevent", "inhibit"} and keeps_from(verb))
        ):
            return  # "stimulate or suppress X", "prevents X from moving"
        if frame.quantities:
            targets = [t for t in targets if self._is_quantity(t)]
        if frame.events:
            targets = [t for t in targets if self._is_event(t)]
        if frame.several and len(targets) < 2:
            return
        if frame.people:
            targets = [t for t in targets if self._is_person(t)]
        elif frame.type in {"enables", "measures"}:
            targets = [t for t in targets if not self._is_person(t)]
        if frame.type in {"precedes", "follows", "uses", "hasPart"}:
            actions = [c for x in phrases.children(verb, "xcomp") for c in phrases.conjuncts(x)]
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
        yield from self._targets(type_, targets, frame.key, frame.confidence * strength)


def flip(found: Found) -> Found:
    """Return the relation with an increase made a reduction, and the other way round."""
    return Found(
        type="reduces" if found.type == "increases" else "increases",
        target=found.target,
        rule=found.rule + "-flipped",
        confidence=found.confidence,
    )
