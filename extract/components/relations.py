"""Typed relations that the sentences of an entry state, read off the parse by frames.

Code over the parse found as much as a dependency matcher and handles conjuncts and anaphora, in a
third of the time; which words say which relation stands in ``lexicon.toml``. A relation is only
made where the entry itself is the subject or the object: what is said of other things is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from spacy.tokens import Doc, Token

from extract import inflection
from extract.components import clauses, phrases
from extract.components.clauses import Subject
from extract.components.definition import Reading, genus_phrase
from extract.labels import fold, is_acronym, key
from extract.lexicon import Frame, Lexicon

_POLAR = frozenset({"increases", "reduces"})
_LONGEST_TARGET = 9
"""Words; a longer phrase is a statement, not a concept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A relation before its evidence is cut out."""

    type: str
    target: str
    rule: str
    confidence: float


@lru_cache(maxsize=8)
def _index(frames: tuple[Frame, ...]) -> Mapping[str, tuple[Frame, ...]]:
    """Inflected form → frames of the verb."""
    table: dict[str, list[Frame]] = {}
    for frame in frames:
        for lemma in sorted(frame.words):
            for form in inflection.forms(lemma):
                held = table.setdefault(form, [])
                if frame not in held:
                    held.append(frame)
    return {form: tuple(held) for form, held in table.items()}


@lru_cache(maxsize=8)
def _noun_index(frames: tuple[Frame, ...]) -> Mapping[str, tuple[Frame, ...]]:
    table: dict[str, list[Frame]] = {}
    for frame in frames:
        for word in frame.words:
            table.setdefault(word, []).append(frame)
    return {word: tuple(held) for word, held in table.items()}


class Reader:
    """Reads the relations of one entry, sentence by sentence."""

    def __init__(self, subject: Subject, lexicon: Lexicon) -> None:
        self.subject = subject
        self.lexicon = lexicon
        self.light = lexicon["genus.light_adjectives"]
        self._verbs = _index(lexicon.verbs)
        self._nouns = _noun_index(lexicon.nouns)

    # --- entry points

    def read(
        self,
        document: Doc,
        *,
        anaphora: bool,
        reading: Reading | None = None,
        given: tuple[int, float] | None = None,
        lack: bool = False,
    ) -> list[Found]:
        """Return the relations of a parsed sentence; ``reading`` is given for the defining one.

        ``given`` is the offset of a word that stands for the entry, and how surely; with ``lack``
        it stands for less of the entry ("reducing X increases Y"): increases become reductions.
        """
        own = clauses.selves(
            document, self.subject, self.lexicon, anaphora=anaphora, first=reading is not None
        )
        self._tokens = list(document)
        if given is not None:
            own.update({t.i: given[1] for t in document if t.idx == given[0]})
        found: list[Found] = []
        if reading is not None:
            if reading.subject is not None and reading.form != "gerund":
                own[reading.subject.i] = 1.0
            found += self._definition(reading, own)
            found += self._for_known(document)
            found += self._for_subject(own)
        classes = self._classes(document, own, reading)
        for token in document:
            if token.tag_ in phrases.VERBS:
                found += self._verb(token, own, classes, reading)
        if lack:
            found = [_flip(f) for f in found if f.type in _POLAR]
        else:
            found += self._contrasts(document, own, reading)
        return self._clean(found)

    # --- the defining sentence

    def _definition(self, reading: Reading, own: dict[int, float]) -> Iterator[Found]:
        if reading.form == "gerund" and reading.subject is not None:
            for verb in phrases.conjuncts(reading.subject):
                yield from self._activity(verb, 0.7, "gerund", otherwise="")
            for verb in clauses.purposes(reading.subject):
                yield from self._goal(verb, 0.7, "gerund-purpose")
            return
        if self._negated_definition(reading):
            return
        if reading.genus is not None:
            yield from self._genus(reading)
        if reading.outer is not None:
            yield from self._noun(reading.outer, 1.0, reading)
            if reading.genus is not None and reading.genus.i != reading.outer.i:
                yield from self._noun(reading.genus, 1.0, reading)
            yield from self._purpose(reading)
        elif reading.form == "sentence":
            yield from self._defined_by_gerund(own)

    def _negated_definition(self, reading: Reading) -> bool:
        noun = reading.outer
        return noun is not None and noun.dep_ == "attr" and phrases.is_negated(noun.head)

    def _genus(self, reading: Reading) -> Iterator[Found]:
        genus = reading.genus
        assert genus is not None
        if phrases.noun(genus) in self.lexicon["genus.generic"]:
            return
        if phrases.child(genus, "poss") is not None and not reading.members:
            text = genus_phrase(genus, self.lexicon).text
            yield Found(type="broader", target=text, rule="genus", confidence=0.9)
            return
        several = phrases.phrases(genus, self.light, complement=False)
        if len(several) > 1 and not _of_kinds(genus):
            yield Found(type="broader", target=genus.text, rule="genus", confidence=0.85)
            return
        if len(several) > 1:
            # "upsell or cross-sell revenue" is revenue of two kinds.
            yield Found(type="broader", target=genus.text, rule="genus", confidence=0.85)
            for phrase in several:
                yield Found(type="narrower", target=phrase.text, rule="either", confidence=0.6)
            return
        for phrase in phrases.phrases(genus, self.light, complement=reading.members):
            confidence = 0.7 if reading.members else 0.92
            yield Found(type="broader", target=phrase.text, rule="genus", confidence=confidence)

    def _for_subject(self, own: Mapping[int, float]) -> Iterator[Found]:
        """ "Segmentation for onboarding means …": what the entry is for."""
        for i in own:
            for target in phrases.under(self._tokens[i], "for"):
                if target.tag_ in phrases.NOUNS or _is_nominal(target):
                    yield from self._targets("usedFor", [target], "for", 0.75)

    def _for_known(self, document: Doc) -> Iterator[Found]:
        """ "for X" in the defining sentence, where X is itself an entry."""
        for prep in document:
            if prep.lower_ != "for" or prep.dep_ not in {"prep", "dative"}:
                continue
            for target in phrases.children(prep, "pobj"):
                for one in phrases.conjuncts(target):
                    text = phrases.phrase(one, self.light, complement=False).text
                    if key(text) in self.subject.known and not self._is_person(one):
                        type_ = "measures" if self.subject.kind == "metric" else "usedFor"
                        yield from self._targets(type_, [one], "for", 0.7)

    def _purpose(self, reading: Reading) -> Iterator[Found]:
        """ "a tool to track X", "a process for tracking X", "the process of tracking X"."""
        nouns = {t.i: t for t in (reading.outer, reading.genus) if t is not None}
        for noun in list(nouns.values()):
            for other in noun.children:
                if other.dep_ in {"conj", "appos"} and other.tag_ in phrases.NOUNS:
                    nouns.setdefault(other.i, other)
        for noun in nouns.values():
            root = noun.head
            if phrases.noun(noun) not in self.lexicon["complements.nouns"]:
                for verb in clauses.purposes(noun):
                    yield from self._goal(verb, 0.85, "purpose-infinitive")
                for verb in clauses.purposes(root) if noun.dep_ == "attr" else ():
                    yield from self._goal(verb, 0.8, "purpose-infinitive")
            for clause in phrases.children(noun, "relcl"):
                if phrases.child(clause, "advmod") is not None and any(
                    c.lower_ == "where" for c in clause.children
                ):
                    for verb in clauses.purposes(clause):
                        yield from self._goal(verb, 0.75, "where-purpose")
            for target in phrases.under(noun, frozenset({"for", "to"})):
                if target.tag_ == "VBG":
                    for verb in phrases.conjuncts(target):
                        yield from self._goal(verb, 0.85, "purpose-gerund")
                elif target.tag_ in phrases.NOUNS and phrases.noun(noun) in self.lexicon[
                    "carriers.gauges"
                ] | {"metric", "indicator"}:
                    yield from self._targets("measures", [target], "purpose-noun", 0.75)
            for target in phrases.under(noun, "of"):
                if target.tag_ == "VBG" and not (
                    _is_nominal(target) and len(phrases.conjuncts(target)) == 1
                ):
                    verbs = [v for v in phrases.conjuncts(target) if v.tag_ == "VBG"]
                    if len(verbs) > 2:
                        yield from self._steps(_gerunds(target))
                    for verb in verbs:
                        yield from self._activity(
                            verb, 0.75, "activity", "" if len(verbs) > 2 else "usedFor"
                        )
                elif target.tag_ in phrases.NOUNS and phrases.noun(noun) in _ACTIVITIES:
                    first = phrases.left_edge(target)
                    if (
                        first.tag_ == "VBG"
                        and first.dep_ == "amod"
                        and first.i == target.i - 1
                        and first.nbor(-1).text == "of"
                    ):
                        yield Found(
                            type="usedFor",
                            target=f"{first.text} {target.text}",
                            rule="activity",
                            confidence=0.7,
                        )
            for adjective in noun.rights:
                if adjective.text.lower() in {"responsible", "accountable"}:
                    for target in phrases.under(adjective, "for"):
                        yield from self._responsible(target, 1.0)
            if phrases.noun(noun) in self.lexicon["carriers.journeys"]:
                yield from self._journey(noun)

    def _steps(self, verbs: list[Token]) -> Iterator[Found]:
        """ "the process of planning, staffing and running projects": its steps."""
        for verb in verbs:
            target = phrases.child(verb, "dobj")
            texts = [verb.text]
            if target is not None:
                texts = [
                    f"{verb.text} {phrases.phrase(target, frozenset(), complement=False).text}"
                ]
            for text in texts:
                yield Found(type="hasPart", target=text, rule="steps", confidence=0.7)

    def _journey(self, noun: Token) -> Iterator[Found]:
        """ "the path from A through B and C to D": its stages."""
        stages: list[Token] = []
        for prep in noun.subtree:
            if prep.dep_ != "prep" or prep.text.lower() not in {"from", "through", "to"}:
                continue
            above = prep.head
            while above.dep_ in {"prep", "pobj", "conj"} and above.i > noun.i and above.i != noun.i:
                above = above.head
            if above.i != noun.i and above.tag_ != "VBG":
                continue
            stages += [
                c for t in phrases.children(prep, "pobj", "pcomp") for c in phrases.conjuncts(t)
            ]
        starts = [p for p in noun.subtree if p.dep_ == "prep" and p.text.lower() == "from"]
        if starts and len(stages) > 1:
            yield from self._targets("hasPart", stages, "journey", 0.75)

    def _defined_by_gerund(self, own: dict[int, float]) -> Iterator[Found]:
        """ "X means grouping customers", "X refers to growing a program": the activity."""
        for i in list(own):
            verb = self._tokens[i].head
            if verb.text.lower() not in {
                "means",
                "mean",
                "refers",
                "refer",
                "involves",
                "is",
                "describes",
            }:
                continue
            gerunds = phrases.children(verb, "xcomp", "ccomp", "pcomp", "dobj", "attr", "advcl")
            gerunds += list(phrases.under(verb, "to"))
            for gerund in gerunds:
                if gerund.tag_ == "VBG" and gerund.i > verb.i and not phrases.child(gerund, "aux"):
                    for one in phrases.conjuncts(gerund):
                        yield from self._activity(one, 0.7, "gerund", otherwise="")

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
            steps = _gerunds(gerund)
            if len(steps) > 1:
                yield from self._steps(steps)
        yield from self._goal(verb, confidence, rule, otherwise=otherwise, uses=True)

    # --- nouns

    def _noun(
        self, noun: Token, strength: float, reading: Reading | None = None
    ) -> Iterator[Found]:
        """ "is a driver of X", "a part of X", "a measure of X"."""
        word = phrases.noun(noun)
        for frame in self._nouns.get(word, ()):
            if not self._allows(frame):
                continue
            type_, kind = frame.type, frame.key
            targets = [
                c
                for t in phrases.under(noun, frozenset(frame.frame.split("|")))
                if t.tag_ in phrases.NOUNS or _is_nominal(t)
                for c in phrases.conjuncts(t)
            ]
            if type_ == "computedFrom":
                targets += [
                    c
                    for t in [*list(targets), noun]
                    for o in phrases.under(t, frozenset({"to", "over"}))
                    for c in phrases.conjuncts(o)
                ]
            blended = any(c.text.lower() in self.lexicon["carriers.blends"] for c in noun.lefts)
            listed = any(c.text in {",", "and", "or", "&"} for t in targets for c in t.children)
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

    # --- verbs

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
        who, passive = clauses.subject_of(verb)
        if who is None:
            carried = self._carried(verb, own)
            if carried:
                yield from self._active(verb, carried)
            return
        strength = own.get(who.i, 0.0) or classes.get(who.i, 0.0)
        if verb.dep_ == "acl" and phrases.noun(who) in self.lexicon["complements.users"]:
            strength = 0.0
        if not strength and who.tag_ == "VBG" and who.dep_ in phrases.SUBJECTS:
            strength = self._gerund_subject(who, own)
            if strength < 0:
                yield from self._flipped(verb, -strength)
                return
        if strength:
            if lower in {"is", "are", "was", "were", "be"}:
                if reading is None or who.i not in own or phrases.child(verb, "acomp") is not None:
                    yield from self._copula(verb, strength)
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
        carried = self._carried(verb, own)
        if carried:
            yield from self._active(verb, carried, polar_only=True)

    def _active(self, verb: Token, strength: float, *, polar_only: bool = False) -> Iterator[Found]:
        """The entry does something."""
        if phrases.is_negated(verb):
            return
        frames = self._verbs.get(verb.text.lower(), ())
        if not polar_only and not any(f.frame in {"infinitive", "goal"} for f in frames):
            for goal in clauses.purposes(verb):
                if goal.i > verb.i:
                    yield from self._goal(goal, 0.75 * strength, "purpose")
        for frame in self._verbs.get(verb.text.lower(), ()):
            if not self._allows(frame):
                continue
            if polar_only and frame.type not in _POLAR:
                continue
            if frame.frame == "infinitive":
                if clauses.below(verb):
                    yield from self._enabled(verb, 0.8 * strength)
            elif frame.frame == "goal":
                for lower in clauses.below(verb) + clauses.purposes(verb):
                    yield from self._goal(lower, frame.confidence * strength, frame.key)
            elif frame.frame == "object":
                if frame.type == "enables" and clauses.below(verb):
                    continue
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
                if frame.key == "rely" and verb.text.lower() in {
                    "build",
                    "builds",
                    "building",
                    "base",
                    "bases",
                    "draw",
                }:
                    continue
                targets = self._prepositional(verb, frame.frame)
                if frame.changes:
                    yield from self._changes(frame, targets, strength)
                    continue
                yield from self._targets(
                    frame.type, targets, frame.key, frame.confidence * strength
                )
        if verb.text.lower() in {"play", "plays", "playing"}:
            for role in phrases.children(verb, "dobj"):
                for target in phrases.under(role, "in") if role.lower_ in {"role", "part"} else ():
                    if target.tag_ == "VBG":
                        for one in phrases.conjuncts(target):
                            yield from self._polar(one, 0.75 * strength, "role-in")
        if verb.text.lower() in {"serves", "serve", "acts", "act", "functions", "function"}:
            for noun in phrases.under(verb, "as"):
                yield from self._noun(noun, 0.9 * strength)
        if verb.text.lower() in {
            "provides",
            "provide",
            "offers",
            "offer",
            "gives",
            "give",
            "providing",
            "offering",
        }:
            for noun in clauses.objects(verb):
                if phrases.noun(noun) in {"insight", "visibility"}:
                    yield from self._noun(noun, 0.9 * strength)

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
                and "contribut" in head.doc.text
            ):
                type_ = "increases"
            if type_:
                yield from self._targets(type_, [head], frame.key, frame.confidence * strength)

    def _object_frame(self, frame: Frame, verb: Token, strength: float) -> Iterator[Found]:
        targets = clauses.objects(verb)
        if frame.type in _POLAR and (
            _or_else(verb) or any(True for _ in phrases.under(verb, "from"))
        ):
            return  # "stimulate or suppress X", "prevents X from moving"
        if frame.quantities:
            targets = [t for t in targets if self._is_quantity(t)]
        if frame.people:
            targets = [t for t in targets if self._is_person(t)]
        elif frame.type in {"enables", "measures"}:
            targets = [t for t in targets if not self._is_person(t)]
        if frame.type in {"precedes", "follows", "uses", "hasPart"}:
            gerunds = [c for x in phrases.children(verb, "xcomp") for c in phrases.conjuncts(x)]
            targets += [
                t
                for t in gerunds
                if t.tag_ == "VBG" and (_is_nominal(t) or frame.type == "hasPart")
            ]
        if not targets and frame.type == "measures":
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
            type_ = "responsibleFor"
        for target in list(targets):
            steps = [v for g in phrases.under(target, "of") for v in _gerunds(g)]
            if len(steps) > 2:
                yield from self._steps(steps)
                targets.remove(target)
            if type_ == "hasPart":
                targets += _such_as(target)
        if frame.key == "include":
            who, _ = clauses.subject_of(verb)
            if who is not None and any(
                phrases.noun(who) in self.lexicon[f"lists.{n}"] for n in ("narrower", "hasExample")
            ):
                return
            if who is not None and any(c.text.lower() in _COMMON for c in who.lefts):
                type_ = "narrower"
        yield from self._targets(type_, targets, frame.key, frame.confidence * strength)

    def _passive(self, verb: Token, strength: float) -> Iterator[Found]:
        """The entry has something done to it."""
        lower = verb.text.lower()
        frames = self._verbs.get(lower, ())
        if not any(f.frame == "passive-goal" for f in frames):
            for goal in clauses.purposes(verb):
                yield from self._goal(goal, 0.75 * strength, "passive-purpose")
        agents = [t for a in phrases.under(verb, "by") for t in phrases.conjuncts(a)]
        for frame in self._verbs.get(lower, ()):
            if frame.frame == "passive-goal":
                for goal in clauses.purposes(verb) + clauses.below(verb):
                    yield from self._goal(goal, frame.confidence * strength, frame.key)
                for target in phrases.under(verb, "for"):
                    if target.tag_ == "VBG":
                        for one in phrases.conjuncts(target):
                            yield from self._goal(one, frame.confidence * strength, frame.key)
                    elif target.tag_ in phrases.NOUNS and not self._is_person(target):
                        yield from self._targets(
                            "usedFor",
                            phrases.conjuncts(target),
                            frame.key,
                            frame.confidence * strength,
                        )
                if "use" in frame.words and lower in {
                    "used",
                    "employed",
                    "utilized",
                    "utilised",
                    "needed",
                    "required",
                }:
                    users = [t for t in agents if t.tag_ in phrases.NOUNS]
                    users += [
                        t
                        for t in phrases.under(verb, frozenset({"within", "in", "by"}))
                        if self._is_person(t) and t not in users
                    ]
                    yield from self._targets("usedBy", users, "used-by", 0.9 * strength)
            elif frame.frame == "object":
                if not frame.inverse or not agents or frame.key in {"use", "include"}:
                    continue
                type_ = frame.inverse
                nouns = [a for a in agents if a.tag_ in phrases.NOUNS]
                yield from self._targets(
                    type_, nouns, frame.key + "-passive", frame.confidence * strength
                )
            elif frame.frame not in {"goal", "infinitive"} and not frame.changes:
                targets = self._prepositional(verb, frame.frame)
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
            "run",
            "operated",
            "handled",
        }:
            yield from self._targets(
                "responsibilityOf",
                [a for a in agents if a.tag_ in phrases.NOUNS],
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
        if lower == "defined" and agents:
            return

    def _copula(self, verb: Token, strength: float) -> Iterator[Found]:
        """ "X is a driver of Y", "X is responsible for Y", "the goal of X is to reduce Y"."""
        if phrases.is_negated(verb):
            return
        modal = phrases.child(verb, "aux")
        for predicate in phrases.children(verb, "attr"):
            several = phrases.conjuncts(predicate)
            if (
                modal is not None
                and modal.lower_ in {"can", "may", "might", "could"}
                and len(several) > 1
            ):
                bare = [t for t in several if phrases.child(t, "det") is None]
                if any(c.lower_ == "or" for t in several for c in t.children):
                    yield from self._targets("narrower", bare, "can-be", 0.75 * strength)
        for predicate in phrases.children(verb, "attr", "acomp"):
            for noun in phrases.conjuncts(predicate):
                yield from self._noun(noun, 0.95 * strength)
                if phrases.noun(noun) in {
                    "way",
                    "tool",
                    "method",
                    "means",
                    "strategy",
                    "technique",
                }:
                    for goal in clauses.purposes(noun):
                        yield from self._polar(goal, 0.75 * strength, "way-to")
                if noun.lower_ == "integral":
                    yield from self._targets(
                        "partOf", phrases.under(noun, "to"), "integral-to", 0.8
                    )
                if noun.text.lower() in {"responsible", "accountable"}:
                    for target in phrases.under(noun, "for"):
                        yield from self._responsible(target, strength)
                if noun.text.lower() in {
                    "essential",
                    "critical",
                    "crucial",
                    "vital",
                    "instrumental",
                    "important",
                    "key",
                    "useful",
                    "helpful",
                }:
                    for target in phrases.under(noun, frozenset({"for", "in", "to"})):
                        if target.tag_ == "VBG":
                            for one in phrases.conjuncts(target):
                                yield from self._polar(one, 0.75 * strength, "essential-for")

    def _responsible(self, target: Token, strength: float) -> Iterator[Found]:
        if target.tag_ == "VBG":
            for verb in phrases.conjuncts(target):
                yield from self._polar(verb, 0.9 * strength, "responsible")
                for text in self._verb_phrases(verb):
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
        strength = own[struck[0].i]
        for frame in self._verbs.get(verb.text.lower(), ()):
            if frame.frame != "object" or not frame.inverse or not self._allows(frame):
                continue
            if frame.inverse == "usedBy":
                if (
                    not self._is_person(who)
                    or frame.key != "use"
                    or verb.text.lower() in {"need", "needs", "require", "requires"}
                ):
                    continue
                for goal in clauses.purposes(verb) + clauses.below(verb):
                    yield from self._goal(goal, 0.75 * strength, "used-to")
            elif frame.inverse in {"partOf"} or self._is_person(who):
                continue
            yield from self._targets(
                frame.inverse,
                phrases.conjuncts(who),
                frame.key + "-by",
                frame.confidence * 0.9 * strength,
            )

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
        yield from map(_flip, self._active(verb, strength, polar_only=True))

    # --- what a verb below is good for

    def _enabled(self, verb: Token, strength: float) -> Iterator[Found]:
        """ "helps teams track X": what becomes possible, and for whom."""
        helped = phrases.children(verb, "dobj")
        helped += [s for v in clauses.below(verb) for s in phrases.children(v, "nsubj")]
        for person in helped:
            phrase = phrases.phrase(person, self.light, complement=False)
            if self._is_person(person) and key(phrase.text) in self.subject.known:
                yield from self._targets("usedBy", [person], "helps", strength * 0.9)
        for lower in clauses.below(verb):
            yield from self._goal(lower, strength, "help", otherwise="enables")

    def _polar(self, verb: Token, strength: float, rule: str) -> Iterator[Found]:
        for frame in self._verbs.get(verb.text.lower(), ()):
            if frame.type in _POLAR and not phrases.is_negated(verb):
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
        frames = self._verbs.get(verb.text.lower(), ())
        kept = False
        for frame in frames:
            wanted = frame.type in _POLAR or frame.key == "measure"
            wanted = wanted or (frame.type == "measures" and self.subject.kind == "metric")
            wanted = wanted or (uses and frame.key == "use")
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

    def _verb_phrases(self, verb: Token) -> list[str]:
        """The activity of a verb with each of its objects: "tracking KPIs", or a known object."""
        if verb.tag_ == "VBG":
            gerund = verb.text.lower()
        elif verb.tag_ in {"VB", "VBP"}:
            gerund = inflection.ing(verb.text.lower())
        else:
            gerund = inflection.ing(inflection.base(verb.text.lower()))
        particle = phrases.child(verb, "prt")
        if particle is not None:
            gerund += " " + particle.text.lower()
        targets = clauses.objects(verb)
        found = []
        for target in targets:
            if target.i < verb.i:
                continue
            misread = self._misread_verb(target)
            if misread is not None:
                found.append(f"{inflection.ing(misread[0])} {misread[1]}")
                continue
            inner = self._inside(target)
            for phrase in (
                p for one in inner or [target] for p in phrases.phrases(one, self.light)
            ):
                if not self._names(phrase.head, phrase.text):
                    continue
                bare = self._compound(phrase.head)
                known = self._is_known(phrase.text)
                if not known and self._is_known(bare) and not self.subject.is_label(bare):
                    found.append(bare)
                    continue
                found.append(phrase.text if known else f"{gerund} {_with_article(phrase)}")
        if targets or found:
            return found
        if phrases.child(verb, "ccomp") is not None and (text := self._clause(verb)):
            return [f"{gerund} {text}"]
        for prep in phrases.children(verb, "prep"):
            governed = phrases.child(prep, "pobj")
            if (
                prep.i <= verb.i + 2
                and governed is not None
                and governed.tag_ in phrases.NOUNS
                and prep.text.lower()
                in {
                    "with",
                    "to",
                    "in",
                    "on",
                    "for",
                    "through",
                    "over",
                    "from",
                    "against",
                    "between",
                }
            ):
                phrase = phrases.phrase(governed, self.light)
                if self._names(governed, phrase.text) and prep.i == verb.i + 1:
                    return [f"{gerund} {prep.text.lower()} {_with_article(phrase)}"]
        return []

    # --- targets

    def _prepositional(self, verb: Token, prepositions: str) -> list[Token]:
        targets: list[Token] = []
        names = set(prepositions.split("|"))
        for token in verb.children:
            if token.dep_ in {"prep", "agent"} and token.text.lower() in names:
                targets += phrases.children(token, "pobj")
                targets += [t for t in phrases.children(token, "pcomp") if _is_nominal(t)]
            elif token.dep_ in {"prt", "advmod"}:
                targets += list(phrases.under(token, frozenset(names)))
        return [c for t in targets for c in phrases.conjuncts(t)]

    def _targets(
        self, type_: str, heads: Iterable[Token], rule: str, confidence: float
    ) -> Iterator[Found]:
        for head in heads:
            if head.tag_ not in phrases.NOUNS | {"VBG", "FW", "CD"}:
                continue
            misread = self._misread_verb(head)
            if misread is not None:
                continue
            inner = self._inside(head)
            if inner:
                yield from self._targets(type_, inner, rule, confidence)
                continue
            if head.tag_ == "VBG" and not _is_nominal(head):
                if type_ == "hasPart" and head.lower_ in _GIVING:
                    yield from self._targets("hasPart", clauses.objects(head), rule, confidence)
                elif type_ in {"hasPart", "uses", "responsibleFor"}:
                    for text in self._verb_phrases(head):
                        yield Found(
                            type=type_, target=text, rule=rule, confidence=confidence * 0.95
                        )
                continue
            short = phrases.phrases(head, self.light, complement=False)
            for phrase in phrases.phrases(head, self.light):
                text = phrase.text
                if len(short) == 1 and key(short[0].text) in self.subject.known:
                    text = short[0].text
                if self._names(head, text):
                    yield Found(type=type_, target=text, rule=rule, confidence=confidence)

    def _inside(self, head: Token) -> list[Token]:
        """What "all aspects of the journey" leads to: the journey."""
        if phrases.noun(head) not in self.lexicon["people.transparent"]:
            return []
        of = [t for t in phrases.under(head, "of") if t.tag_ in phrases.NOUNS]
        return [c for t in of for c in phrases.conjuncts(t)]

    def _misread_verb(self, head: Token) -> tuple[str, str] | None:
        """A coordinated verb that the parser took for a modifier: (verb, the rest).

        "identify partners, pinpoint areas and allocate resources": "pinpoint areas" is no noun.
        """
        first = phrases.left_edge(head)
        if first.i >= head.i or first.text.lower() not in self.lexicon.base_verbs:
            return None
        before = first.nbor(-1).text if first.i else ""
        if before not in {",", "and", "or"} or first.text.lower() in _NOUN_VERBS:
            return None
        rest = head.doc.text[first.nbor(1).idx : head.idx + len(head)]
        return first.text.lower(), rest

    def _is_known(self, text: str) -> bool:
        """Whether a phrase is the name of another entry, and of more than one common word."""
        several = " " in text or "-" in text or is_acronym(text.rstrip("s"))
        return several and key(text) in self.subject.known

    def _compound(self, head: Token) -> str:
        """A noun with its compound nouns only: no "diverse" before "partner ecosystem"."""
        start = head
        for token in reversed(list(head.lefts)):
            if token.dep_ not in {"compound", "nmod"} or token.right_edge.i != start.i - 1:
                break
            start = token.left_edge
        return str(head.doc[start.i : head.i + 1].text)

    def _names(self, head: Token, text: str) -> bool:
        """Whether a phrase names something that a relation may lead to."""
        word = phrases.noun(head)
        if head.tag_ not in phrases.NOUNS | {"FW", "VBG"} or not any(c.isalpha() for c in text):
            return False
        others = [w for w in text.lower().split()[:-1] if w not in self.light]
        if word in self.lexicon["people.vague"] and not others:
            return False
        if len(text.split()) > _LONGEST_TARGET or self.subject.is_label(text):
            return False
        inner = [t for t in head.lefts if t.dep_ in {"compound", "amod"}][1:]
        if any(t.text.lower() in self.lexicon.base_verbs - _NOUN_VERBS for t in inner):
            return False
        if any(
            t.tag_ in {"NNS", "VBZ"} and t.text.lower() in self.lexicon.verb_forms for t in inner
        ):
            return False
        return not any(c in text for c in "•\n")

    def _clause(self, verb: Token) -> str:
        """The question that a verb is about: "how much effort a customer needs"; ``""``: none."""
        document = verb.doc
        start = next((t for t in document[verb.i + 1 : verb.i + 5] if t.lower_ in _QUESTIONS), None)
        if start is None:
            return ""
        end = start.i
        for token in document[start.i + 1 :]:
            following = document[token.i + 1].lower_ if token.i + 1 < len(document) else ""
            if token.text in {".", ";", ":"} or token.i - start.i > 15:
                break
            if token.text == "," and (token.i - start.i > 3) and following in _CUTTING:
                break
            end = token.i
        if not 2 <= end - start.i <= 12:
            return ""
        return str(document[start.i : end + 1].text)

    # --- contrasts and lists

    def _contrasts(
        self, document: Doc, own: Mapping[int, float], reading: Reading | None
    ) -> Iterator[Found]:
        lower = document.text.lower()
        main = [t for t in document if t.dep_ == "ROOT"]
        subject, _ = clauses.subject_of(main[0]) if main else (None, False)
        about = reading is not None or (subject is not None and subject.i in own)
        if not about:
            return
        for phrase in self.lexicon.contrasts:
            at = lower.find(phrase + " ")
            if at < 0 or (at and lower[at - 1].isalpha()):
                continue
            behind = document.char_span(at, at + len(phrase), alignment_mode="expand")
            if behind is None or behind.end >= len(document):
                continue
            head = _noun_at(document[behind.end])
            if head is not None:
                yield from self._targets(
                    "contrastsWith",
                    [t for t in phrases.conjuncts(head) if t.i - head.i < 12],
                    "contrast",
                    0.82,
                )
            return

    # --- helpers

    def _is_role(self) -> bool:
        return self.subject.kind == "role" or (
            self.subject.kind == "none" and self.subject.is_person
        )

    def _allows(self, frame: Frame) -> bool:
        kind = "role" if self._is_role() else self.subject.kind
        return not frame.kinds or kind in frame.kinds

    def _is(self, frame_key: str, verb: Token) -> bool:
        return any(f.key == frame_key for f in self._verbs.get(verb.text.lower(), ()))

    def _lemma_in(self, gerund: Token, name: str) -> bool:
        form = gerund.text.lower()
        return any(form == inflection.ing(lemma) for lemma in self.lexicon[name])

    def _is_quantity(self, token: Token) -> bool:
        """Whether there can be more or less of something."""
        word = token.text.lower()
        named = {word, phrases.noun(token)} & self.lexicon["quantities.nouns"]
        suffixes = tuple(self.lexicon["quantities.suffixes"])
        return bool(named) or (token.tag_ == "NN" and word.endswith(suffixes))

    def _is_person(self, token: Token) -> bool:
        return phrases.noun(token) in self.lexicon["people.nouns"]

    def _clean(self, found: Iterable[Found]) -> list[Found]:
        """Each relation once, the surest; an own name is no target."""
        best: dict[tuple[str, str], Found] = {}
        for one in found:
            text = one.target.strip(" ,;:.\"'")
            vague = one.rule != "genus" and fold(text) in self.lexicon["people.vague"]
            if not text or vague or self.subject.is_label(text):
                continue
            mark = (one.type, key(text))
            if mark not in best or best[mark].confidence < one.confidence:
                best[mark] = Found(
                    type=one.type,
                    target=text,
                    rule=one.rule,
                    confidence=round(min(one.confidence, 0.99), 3),
                )
        return list(best.values())


_GIVING = frozenset({"offering", "providing", "using", "setting", "sharing", "pooling"})
_COMMON = frozenset({"common", "typical", "popular", "notable", "frequent", "some", "other"})
_ACTIVITIES = frozenset(
    {"process", "practice", "procedure", "method", "technique", "activity", "act", "art"}
)


def _of_kinds(genus: Token) -> bool:
    """Whether nouns joined by "or" divide the genus: "upsell or cross-sell revenue"."""
    modifiers = [t for m in genus.lefts if m.dep_ != "det" for t in m.subtree]
    nouns = all(
        t.tag_ in phrases.NOUNS for t in modifiers if t.dep_ in {"compound", "conj", "nmod"}
    )
    rated = any(t.dep_ == "amod" for t in modifiers)
    return nouns and not rated and any(t.lower_ == "or" for t in modifiers)


def _or_else(verb: Token) -> bool:
    """Whether a verb is one of two that share an object by "or": neither is stated alone."""
    partners = [verb.head] if verb.dep_ == "conj" else phrases.children(verb, "conj")
    joined = [c for t in (verb, *partners) for c in t.children if c.dep_ == "cc"]
    shares = phrases.child(verb, "dobj") is None or any(
        phrases.child(p, "dobj") is None for p in partners
    )
    return bool(partners) and shares and any(c.lower_ == "or" for c in joined)


def _gerunds(first: Token) -> list[Token]:
    """Coordinated -ing forms, those included that the tagger takes for nouns."""
    found = phrases.conjuncts(first)
    return found if all(t.lower_.endswith("ing") for t in found) else []


def _such_as(head: Token) -> list[Token]:
    """The nouns behind "resources, such as A, B and C"."""
    found = []
    for token in (head, *phrases.under(head, "of")):
        for prep in phrases.children(token, "prep"):
            if prep.lower_ == "as" and prep.i and prep.nbor(-1).lower_ == "such":
                found += [c for t in phrases.children(prep, "pobj") for c in phrases.conjuncts(t)]
    return found


_QUESTIONS = frozenset({"how", "whether", "what", "which"})
_CUTTING = frozenset({"including", "such", "as", "which", "and", "so", "but", "based", "using"})
_NOUN_VERBS = frozenset(
    {"target", "market", "model", "process", "access", "support", "design", "control", "demand"}
    | {"research", "record", "report", "account", "form", "function", "document", "plan", "use"}
    | {"fund", "lead", "force", "train", "test", "list", "signal", "share", "search", "review"}
    | {"benefit", "display", "program", "link", "load", "label", "host", "exchange", "heat"}
)
"""Verbs that are as often the first noun of a compound."""


def _flip(found: Found) -> Found:
    return Found(
        type="reduces" if found.type == "increases" else "increases",
        target=found.target,
        rule=found.rule + "-flipped",
        confidence=found.confidence,
    )


def _with_article(phrase: phrases.Phrase) -> str:
    """A phrase as it stands, with its article and all its adjectives: "a new customer"."""
    head = phrase.head
    start = phrases.left_edge(head)
    article = phrases.child(head, "det")
    if article is not None and article.text.lower() in {"a", "an", "the"} and article.i < start.i:
        start = article
    text = head.doc.text[start.idx : phrase.end]
    return text if text.endswith(phrase.text.rsplit(" ", 1)[-1]) else phrase.text


def _is_nominal(token: Token) -> bool:
    """Whether an -ing form is used as a noun: "from onboarding to renewal"."""
    return token.tag_ == "VBG" and not any(
        c.dep_ in {"dobj", "xcomp", "ccomp", "prt", "acomp", "advmod"} for c in token.children
    )


def _noun_at(token: Token) -> Token | None:
    """The head of the noun phrase that begins at ``token``."""
    while token.tag_ in {
        "DT",
        "PRP$",
        "JJ",
        "JJR",
        "JJS",
        "CD",
        "RB",
        "VBN",
        "HYPH",
        "POS",
        "VBG",
    } | phrases.NOUNS or token.text in {'"', "'", "-"}:
        if token.tag_ in phrases.NOUNS and token.dep_ not in {
            "compound",
            "nmod",
            "poss",
            "npadvmod",
            "amod",
        }:
            return token
        if token.tag_ == "VBG" and token.dep_ not in {"amod", "compound"}:
            return None
        if token.i + 1 >= len(token.doc):
            return None
        token = token.nbor(1)
    return None
