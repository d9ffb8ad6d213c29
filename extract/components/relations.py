"""Typed relations that the sentences of an entry state, read off the parse by frames.

Code over the parse found as much as a dependency matcher and handles conjuncts and anaphora, in a
third of the time; which words say which relation stands in ``lexicon.toml``. A relation is only
made where the entry itself is the subject or the object: what is said of other things is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from spacy.tokens import Doc, Token

from extract.components import clauses, phrases
from extract.components.circumstances import Circumstances
from extract.components.complements import acts, gerunds
from extract.components.definition import Reading
from extract.components.heads import is_nominal
from extract.components.objects import flip
from extract.components.senses import POLAR
from extract.components.targets import Found
from extract.labels import is_acronym, key

__all__ = ["Found", "Reader"]

_EITHER = frozenset({"one", "another", "any", "each"})
_ACTIVITIES = frozenset(
    {"process", "practice", "procedure", "method", "technique", "activity", "act", "art"}
)


def _is_ranked(noun: Token) -> bool:
    """Whether a noun is one of a row: "the first member to vote" is not there to vote."""
    return any(t.lower_ in {"first", "last", "next", "only"} for t in noun.lefts)


def _worker(noun: Token) -> Token:
    """Who does something for somebody: the team of "team keeping records for support"."""
    while noun.dep_ in {"dobj", "conj"} and noun.i > noun.head.i:
        noun = noun.head
    return noun.head if noun.dep_ == "acl" and noun.tag_ == "VBG" else noun


class Reader(Circumstances):
    """Reads the relations of one entry, sentence by sentence."""

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
            found += self._for_known(document, reading, own)
            found += self._for_subject(own)
            found += self._circumstances(document, reading)
            found += self._without(document, own)
        classes = self._classes(document, own, reading)
        for token in document:
            if token.tag_ in phrases.VERBS:
                found += self._verb(token, own, classes, reading)
        if lack:
            found = [flip(f) for f in found if f.type in POLAR]
        else:
            found += self._contrasts(document, own, reading)
            found += self._there_are(document)
        named = reading.genus.text.lower() if reading is not None and reading.genus else ""
        # "measuring instrument": what an entry is, is nothing it measures
        return self._clean(f for f in found if f.type != "measures" or f.target.lower() != named)

    def act(self, gerund: str, target: str) -> list[Found]:
        """Return what "reducing churn" says of an entry that is this very activity."""
        return [
            Found(type=frame.type, target=target, rule="own-act", confidence=0.75)
            for frame in self._verbs.get(gerund, ())
            if frame.type in POLAR and frame.frame == "object"
        ]

    # --- the defining sentence

    def _definition(self, reading: Reading, own: dict[int, float]) -> Iterator[Found]:
        if reading.form == "gerund" and reading.subject is not None:
            for verb in phrases.conjuncts(reading.subject):
                yield from self._activity(verb, 0.7, "gerund", otherwise="")
            if not self._lemma_in(reading.subject, "complements.verbs"):
                for verb in clauses.purposes(reading.subject):
                    yield from self._goal(verb, 0.7, "gerund-purpose")
            return
        if self._negated_definition(reading):
            return
        if reading.genus is not None:
            yield from self._genus(reading)
        if reading.outer is not None:
            yield from self._based(reading.outer)
            yield from self._noun(reading.outer, 1.0, reading)
            yield from self._use_of(reading.outer)
            if reading.genus is not None and reading.genus.i != reading.outer.i:
                yield from self._noun(reading.genus, 1.0, reading)
            yield from self._purpose(reading)
        elif reading.form == "sentence":
            yield from self._defined_by_gerund(own)

    def _based(self, noun: Token) -> Iterator[Found]:
        """ "Survey-based score": what stands before "-based" is what it works with."""
        if phrases.noun(noun) not in self.lexicon["carriers.means"]:
            return  # "subscription-based revenue" works with nothing
        for word in noun.lefts:
            if word.lower_ != "based" or word.i < 2 or word.nbor(-1).text != "-":
                continue
            base = word.nbor(-2)
            if base.tag_ == "NN" and base.lower_ not in self.lexicon["carriers.places"]:
                yield Found(type="uses", target=base.text, rule="based", confidence=0.65)

    def _use_of(self, noun: Token) -> Iterator[Found]:
        """ "The use of X to do Y" uses X; "a guide for use by X" is used by X."""
        if phrases.noun(noun) == "use":
            for target in phrases.under(noun, "of"):
                yield from self._targets("uses", phrases.conjuncts(target), "use-of", 0.8)
        for use in phrases.under(noun, "for"):
            if phrases.noun(use) == "use":
                users = [t for u in phrases.under(use, "by") for t in phrases.conjuncts(u)]
                yield from self._targets("usedBy", users, "for-use-by", 0.85)

    def _negated_definition(self, reading: Reading) -> bool:
        noun = reading.outer
        if noun is None or noun.dep_ != "attr":
            return False
        return phrases.is_negated(noun.head) or any(t.lower_ == "no" for t in noun.lefts)

    def _for_subject(self, own: Mapping[int, float]) -> Iterator[Found]:
        """ "Segmentation for onboarding means …": what the entry is for."""
        for i in own:
            if self._tokens[i].dep_ not in {"nsubj", "nsubjpass"}:
                continue
            for target in phrases.under(self._tokens[i], "for"):
                if target.tag_ in phrases.NOUNS or is_nominal(target):
                    yield from self._targets("usedFor", [target], "for", 0.75)

    def _for_known(
        self, document: Doc, reading: Reading, own: Mapping[int, float]
    ) -> Iterator[Found]:
        """ "for X" of the noun that defines the entry, where X is itself an entry.

        What is done for X by something else in the sentence, and what a word stands for
        ("fancy term for X", "synonym for X"), is no purpose of the entry.
        """
        nouns = {t.i for t in (reading.outer, reading.genus) if t is not None} | {*own}
        for prep in document:
            if prep.lower_ != "for" or prep.dep_ not in {"prep", "dative"}:
                continue
            noun = prep.head
            # "goal tracking metric for X": the parser takes the participle for a verb.
            if noun.dep_ == "acl" and noun.tag_ == "VBG" and noun.i == noun.head.i + 1:
                noun = noun.head
            working = self.subject.kind in {"role", "organisation"}
            if working:  # "team keeping records for IT"
                noun = _worker(noun)
            while noun.dep_ in {"compound", "nmod", "amod"} and noun.i not in nouns:
                noun = noun.head
            if noun.i not in nouns or phrases.noun(noun) in self.lexicon["genus.wished"]:
                continue  # "a proposal for X", "a word for X"
            if phrases.noun(noun) in self.lexicon["genus.naming"]:
                continue
            if noun.lower_ == "short" or (noun.tag_ in {"JJ", "NNP"} and prep.i == noun.i + 1):
                continue  # "short for X", "Italian for X": what a word means
            for target in phrases.children(prep, "pobj"):
                if acts(target):
                    continue  # "the ability for members to vote" is to vote
                if any(t.lower_ in {"each", "every"} for t in target.lefts):
                    continue  # "a value for each X": X counts out, it is not served
                for one in phrases.conjuncts(target):
                    text = phrases.phrase(one, self.light, complement=False).text
                    named = key(text) in self.subject.known or (working and is_acronym(text))
                    if named and not self._is_person(one):
                        type_ = "measures" if self.subject.kind == "metric" else "usedFor"
                        yield from self._targets(type_, [one], "for", 0.62)

    def _purpose(self, reading: Reading) -> Iterator[Found]:
        """ "a tool to track X", "a process for tracking X", "the process of tracking X"."""
        nouns = {t.i: t for t in (reading.outer, reading.genus) if t is not None}
        for noun in list(nouns.values()):
            for other in noun.children:
                if other.dep_ in {"conj", "appos"} and other.tag_ in phrases.NOUNS:
                    nouns.setdefault(other.i, other)
        for noun in nouns.values():
            if phrases.noun(noun) in self.lexicon["genus.naming"] or _is_ranked(noun):
                continue
            root = noun.head
            # "the act of collecting data" is collecting, and not there for it.
            otherwise = "" if phrases.noun(noun) in self.lexicon["genus.deeds"] else "usedFor"
            if phrases.noun(noun) not in self.lexicon["complements.nouns"]:
                for verb in clauses.purposes(noun):
                    yield from self._passed(verb)
                    yield from self._goal(verb, 0.85, "purpose-infinitive", otherwise=otherwise)
                for verb in clauses.purposes(root) if noun.dep_ == "attr" else ():
                    yield from self._passed(verb)
                    yield from self._goal(verb, 0.8, "purpose-infinitive", otherwise=otherwise)
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
                elif (
                    target.tag_ in phrases.NOUNS
                    and phrases.noun(noun)
                    in self.lexicon["carriers.gauges"] | {"metric", "indicator"}
                    and not any(
                        c.dep_ == "nummod" for o in phrases.under(noun, "of") for c in o.lefts
                    )
                ):
                    yield from self._targets("measures", [target], "purpose-noun", 0.75)
            counted = phrases.noun(noun) not in self.lexicon["genus.ways"]
            of = phrases.under(noun, "of")
            for target in of if self.subject.kind != "metric" and not counted else ():
                if target.tag_ == "VBG" and not (
                    is_nominal(target) and len(phrases.conjuncts(target)) == 1
                ):
                    verbs = [v for v in phrases.conjuncts(target) if v.tag_ == "VBG"]
                    if len(verbs) > 2:
                        yield from self._steps(gerunds(target))
                    for verb in verbs:
                        deed = phrases.noun(noun) in self.lexicon["genus.deeds"]
                        yield from self._activity(
                            verb, 0.75, "activity", "" if deed or len(verbs) > 2 else "usedFor"
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
            if phrases.noun(noun) in self.lexicon["carriers.transitions"]:
                for word, type_ in (("from", "follows"), ("to", "precedes")):
                    places = [t for t in noun.subtree if t.dep_ == "prep" and t.lower_ == word]
                    for place in places[:1]:
                        ends = phrases.children(place, "pobj")
                        if any(c.lower_ in _EITHER for t in ends for c in t.lefts):
                            break  # "from one state to another": any two
                        yield from self._targets(type_, ends, "transition", 0.7)
            if phrases.noun(noun) in self.lexicon["carriers.journeys"]:
                yield from self._journey(noun)

    def _journey(self, noun: Token) -> Iterator[Found]:
        """ "the path from A through B and C to D": its stages."""
        stages: list[Token] = []
        for prep in noun.subtree:
            if prep.dep_ != "prep" or prep.text.lower() not in {"from", "through", "to"}:
                continue
            above = prep.head
            while above.dep_ in {"prep", "pobj", "conj"} and above.i > noun.i and above.i != noun.i:
                above = above.head
            if above.i != noun.i and (above.tag_ != "VBG" or phrases.child(above, "dobj")):
                continue  # "the process of moving calves from milk to solid food"
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
