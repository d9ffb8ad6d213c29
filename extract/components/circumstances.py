"""What clauses about the noun that defines an entry tell: where, after what, in place of what.

"A shed where ropes are made" is for making ropes, "the transfer after a deal closes" follows the
closing of a deal, "a net (usually for flour)" is for flour. Only what is said of the defining noun
itself counts; who does it, and what merely is so ("a place where rooks are found"), does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from spacy.tokens import Doc, Token

from extract import inflection
from extract.components import clauses, phrases
from extract.components.contrasts import Contrasts
from extract.components.definition import Reading
from extract.components.targets import Found

_SETTINGS = frozenset(
    {
        "place",
        "room",
        "building",
        "house",
        "shed",
        "hall",
        "area",
        "yard",
        "site",
        "shop",
        "workshop",
    }
    | {"factory", "plant", "mill", "field", "facility", "structure", "vessel", "container", "farm"}
    | {"meeting", "session", "event", "gathering", "ceremony", "stage", "step", "phase", "forum"}
    | {
        "market",
        "store",
        "laboratory",
        "office",
        "chamber",
        "station",
        "dock",
        "space",
        "enclosure",
    }
)
"""What acts are done in."""
_FOUND = inflection.all_forms(
    *("find", "locate", "situate", "see", "know", "call", "name", "kill", "bear", "bury", "lose"),
    *("say", "allow", "permit", "forbid", "require", "surround", "damage", "involve", "cause"),
    *(
        "need",
        "connect",
        "expect",
        "place",
        "set",
        "believe",
        "mention",
        "introduce",
        "concentrate",
    ),
)
"""Verbs that tell what a place is like, and not what it is for."""
_BEING = inflection.all_forms(
    *("resemble", "have", "weigh", "face", "take", "look", "bear", "get", "receive", "feature"),
    *("exhibit", "lack", "occupy", "own", "share", "begin", "accept", "fit", "want", "exceed"),
    *("become", "hold", "cost", "form", "constitute", "comprise", "mean", "describe", "denote"),
    *("specify", "know", "see", "hear", "like", "deserve", "obey", "follow", "return", "expect"),
    *(
        "keep",
        "make",
        "put",
        "set",
        "turn",
        "let",
        "undergo",
        "suffer",
        "carry",
        "be",
        "call",
        "name",
        "implement",
        "support",
        "extend",
    ),
)
"""Verbs that say what a tool is like, has or gets."""
_SET_UP = frozenset({"set", "introduced", "placed"})
_FOR_USE = re.compile(r"\bfor (?:the |exclusive |general )?(?=[a-z]+ use\b)")
_INSTEAD = re.compile(r"\b(?:instead of|rather than) (?=[a-z]+ing\b)")


class Circumstances(Contrasts):
    """Reads clauses and brackets behind the noun that defines an entry."""

    def _circumstances(self, document: Doc, reading: Reading) -> Iterator[Found]:
        """Yield what the defining sentence tells besides what its verbs say of the entry."""
        if reading.form == "gerund" and reading.subject is not None:
            yield from self._instead(document, reading.subject)
            return
        nouns = {t.i: t for t in (reading.outer, reading.genus) if t is not None}
        for noun in nouns.values():
            for clause in phrases.children(noun, "relcl"):
                if self.subject.kind == "tool":
                    yield from self._does(clause)
            for clause in phrases.children(noun, "relcl", "acl"):
                yield from self._done_there(noun, clause)
            yield from self._after(noun)
        if nouns:
            yield from self._for_use(document)

    def _does(self, clause: Token) -> Iterator[Found]:
        """ "A device that slices bread": what a tool does, it is for."""
        who = phrases.child(clause, "nsubj")
        if who is None or who.lower_ not in {"that", "which"}:
            return
        for verb in phrases.conjuncts(clause):
            plain = verb.tag_ in {"VBZ", "VBP"} and phrases.child(verb, "aux", "neg") is None
            thing = phrases.child(verb, "dobj")
            known = verb.lower_ in _BEING or any(
                not f.quantities or (thing is not None and self._is_quantity(thing))
                for f in self._verbs.get(verb.lower_, ())
            )
            if plain and not known and thing is not None and thing.i > verb.i:
                for text in self._verb_phrases(verb):
                    yield Found(type="usedFor", target=text, rule="does", confidence=0.7)

    def _done_there(self, noun: Token, clause: Token) -> Iterator[Found]:
        """ "A shed where ropes are made", "the meeting at which goals are set"."""
        where = [t for t in clause.subtree if t.lower_ in {"where", "which"} and t.i < clause.i]
        if not where or phrases.is_negated(clause):
            return
        placed = where[0].lower_ == "where" or where[0].nbor(-1).lower_ in {
            "in",
            "at",
            "on",
            "during",
        }
        if not placed:
            return
        if where[0].lower_ == "where":
            yield from self._passed(clause)
        helped = phrases.child(clause, "auxpass")
        subject = phrases.child(clause, "nsubjpass")
        if phrases.noun(noun) not in _SETTINGS or helped is None or subject is None:
            return
        if helped.lower_ not in {"is", "are"} or phrases.child(clause, "agent") is not None:
            return
        if clause.lower_ in _FOUND - _SET_UP or subject.tag_ not in phrases.NOUNS:
            return
        deed = inflection.ing_of_past(clause.lower_)
        if clause.lower_ in _SET_UP and deed != "setting":
            return
        if self._is("use", clause):
            yield from self._targets("uses", phrases.conjuncts(subject), "used-there", 0.65)
            return
        for one in phrases.conjuncts(subject):
            phrase = phrases.phrase(one, self.light, complement=False)
            if self._names(one, phrase.text) and not self._is_person(one):
                yield Found(
                    type="usedFor",
                    target=f"{deed} {phrase.text}",
                    rule="done-there",
                    confidence=0.7,
                )

    def _after(self, noun: Token) -> Iterator[Found]:
        """ "The transfer of a customer to support after a deal closes": after its closing."""
        if not self._is_event(noun) and phrases.noun(noun) not in {"transfer", "meeting", "stage"}:
            return
        for mark in noun.subtree:
            if mark.lower_ not in {"after", "before"} or mark.dep_ not in {"mark", "prep"}:
                continue
            verb = mark.head if mark.dep_ == "mark" else phrases.child(mark, "pcomp")
            if verb is None or verb.tag_ not in {"VBZ", "VBP"} or phrases.is_negated(verb):
                continue
            subject = phrases.child(verb, "nsubj")
            plain = not any(c.i > verb.i and c.dep_ != "punct" for c in verb.children)
            if subject is None or subject.tag_ not in phrases.NOUNS or not plain:
                continue
            text = phrases.phrase(subject, self.light, complement=False).text
            if self._names(subject, text):
                act = f"{text} {inflection.ing(inflection.base(verb.lower_))}"
                type_ = "follows" if mark.lower_ == "after" else "precedes"
                yield Found(type=type_, target=act, rule=f"{mark.lower_}-clause", confidence=0.7)

    def _for_use(self, document: Doc) -> Iterator[Found]:
        """ "Papers for customer use": customers use them."""
        text = phrases.text_of(document)
        use = _FOR_USE.search(text)
        if use is not None:
            span = document.char_span(use.end(), use.end() + 1, alignment_mode="expand")
            if span is not None and self._is_person(span[0]):
                yield Found(type="usedBy", target=span[0].text, rule="for-use-of", confidence=0.7)

    def _instead(self, document: Doc, gerund: Token) -> Iterator[Found]:
        """ "Moving customers to a lower plan instead of losing them": against losing customers."""
        found = _INSTEAD.search(phrases.text_of(document))
        span = (
            document.char_span(found.end(), found.end() + 1, alignment_mode="expand")
            if found
            else None
        )
        if span is None:
            return
        other = span[0]
        if other.tag_ != "VBG" or other.head.i == other.i:
            return
        above = next((t for t in other.ancestors if t.i == gerund.i), None)
        thing = phrases.child(other, "dobj")
        if above is None or thing is None:
            return
        if thing.tag_ == "PRP":
            thing = phrases.child(gerund, "dobj") or thing
        if thing.tag_ in phrases.NOUNS:
            text = phrases.phrase(thing, self.light, complement=False).text
            yield Found(
                type="contrastsWith", target=f"{other.text} {text}", rule="instead", confidence=0.75
            )

    def _there_are(self, document: Doc) -> Iterator[Found]:
        """ "There are also technology partners" in the entry "Partner": a kind of it."""
        for word in document:
            verb = word.head
            if word.dep_ != "expl" or word.lower_ != "there" or verb.lower_ != "are":
                continue
            for thing in phrases.children(verb, "attr"):
                named = phrases.phrase(thing, self.light, complement=False).text
                counted = any(t.dep_ in {"nummod", "det"} or t.tag_ == "JJ" for t in thing.lefts)
                if thing.tag_ == "NNS" and not counted and self._is_kind(named.rstrip("s")):
                    yield Found(type="narrower", target=named, rule="there-are", confidence=0.75)

    def _without(self, document: Doc, own: Mapping[int, float]) -> Iterator[Found]:
        """ "Uses prompts to guide users without human-led sessions": the one for the other."""
        verb = next((t for t in document if t.dep_ == "ROOT"), document[0])
        subject, passive = clauses.subject_of(verb)
        if subject is None or passive or subject.i not in own or not self._is("use", verb):
            return
        for prep in verb.subtree:
            if prep.lower_ == "without" and prep.dep_ == "prep" and prep.i > verb.i:
                for thing in phrases.children(prep, "pobj"):
                    if any(t.dep_ in {"amod", "compound"} for t in thing.lefts):
                        yield from self._targets("contrastsWith", [thing], "without", 0.65)
