"""What a relation leads to: names of things, cut out of a parse, and the words that say so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from spacy.tokens import Token

from extract import inflection
from extract.components import clauses, phrases
from extract.components.complements import acts, changed
from extract.components.heads import before_participle, called, is_nominal, is_path, with_article
from extract.components.senses import POLAR, Senses
from extract.labels import fold, is_acronym, key, singular

_LONGEST_TARGET = 9
"""Words; a longer phrase is a statement, not a concept."""
MATTER = frozenset({"activity", "resource", "technology", "tool", "material", "thing", "item"})
"""What anything may consist of: "a set of activities and resources" has no such parts."""
_UNITS = frozenset(
    {"mb", "gb", "kb", "tb", "byte", "megabyte", "gigabyte", "kilobyte", "litre", "gram"}
)
"""What an amount is counted in: "2 MB of RAM" is RAM."""
_APART = frozenset({"hasPart", "partOf", "uses", "usedFor", "enables"})  # and neither's kind
_HOLDING = frozenset({"contain", "consist"})  # what has parts by these is no kind of them
_GROUPS = frozenset({"collection", "group", "list", "array", "sequence", "mixture", "bundle"})
"""What contains "a collection of X" contains X."""
_WHOLE_NAMES = frozenset({"computedFrom", "contrastsWith"})  # "as opposed to real property"
_GIVING = frozenset({"offering", "providing", "using", "setting", "sharing", "pooling"})
_NOUN_PARTICIPLES = frozenset({"set", "cut", "cast", "spread", "split"})
_GIVING_WITH = inflection.all_forms("provide", "supply", "equip", "furnish", "present", "arm")
"""Verbs whose object receives what "with" names."""
_SHORTENING = frozenset({"from", "during", "within", "over", "when", "while", "after", "before"})
"""Where a question that is too long for a name may end."""
_TELLING = inflection.all_forms(
    "tell", "inform", "notify", "ask", "remind", "warn", "instruct", "alert", "advise", "signal"
)  # fmt: skip
_QUESTIONS = frozenset({"how", "whether", "what", "which"})
# How much of something: "more than 25% feldspar" is feldspar.
_SHARE = re.compile(r"^(?:than\s+)?[\d.,]+\s?%\s+|^than\s+(?:[\d.,]+\s+)?")
_BE = frozenset({"is", "are", "was", "were", "has", "have", "had", "can", "may", "will"})
_CUTTING = frozenset({"including", "such", "as", "which", "and", "so", "but", "based", "using"})
_NOUN_VERBS = frozenset(
    {"target", "market", "model", "process", "access", "support", "design", "control", "demand"}
    | {"research", "record", "report", "account", "form", "function", "document", "plan", "use"}
    | {"fund", "lead", "force", "train", "test", "list", "signal", "share", "search", "review"}
    | {"benefit", "display", "program", "link", "load", "label", "host", "exchange", "heat"}
)
"""Verbs that are as often the first noun of a compound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A relation before its evidence is cut out."""

    type: str
    target: str
    rule: str
    confidence: float


class Targets(Senses):
    """Names what relations of one entry lead to."""

    def _targets(
        self, type_: str, heads: Iterable[Token], rule: str, confidence: float
    ) -> Iterator[Found]:
        for head in heads:
            if head.tag_ not in phrases.NOUNS | {"VBG", "FW", "CD"}:
                continue
            misread = self._misread_verb(head)
            if misread is not None:
                yield from self._coordinated(*misread, rule, confidence, type_)
                continue
            head = before_participle(head)
            if phrases.noun(head) in _UNITS:
                yield from self._targets(type_, phrases.under(head, "of"), rule, confidence)
                continue
            named = called(head)
            if named is not None:
                yield from self._targets(type_, [named], rule, confidence)
                continue
            if type_ != "contrastsWith" and phrases.is_passed_over(head):
                continue
            if phrases.is_own(head) or (head.i and head.nbor(-1).lower_ == "only"):
                continue  # one's own is no other thing; "needs no file", "only letters"
            shared = self._shared(head)
            if shared:
                yield Found(type=type_, target=shared, rule=rule, confidence=confidence)
                continue
            others = [t for t in head.lefts if t.lower_ not in self.light and t.dep_ != "det"]
            if any(t.lower_ in {"another", "different", "other"} for t in head.lefts):
                continue  # "is based on a different file system": which, is not said
            bare = not others and phrases.child(head, "prep") is None
            if type_ == "uses" and bare and phrases.noun(head) in self.lexicon["carriers.vague"]:
                continue
            if type_ == "hasPart" and not others and phrases.noun(head) in MATTER:
                continue
            inner = self._inside(head, type_)
            if inner and type_ in POLAR and phrases.noun(head) == "use":
                continue  # "limits the use of software": there is no less software
            if inner:
                yield from self._targets(type_, inner, rule, confidence)
                continue
            if head.tag_ == "VBG" and not is_nominal(head):
                if type_ == "hasPart" and head.lower_ in _GIVING:
                    yield from self._targets("hasPart", clauses.objects(head), rule, confidence)
                elif type_ in {"hasPart", "uses", "responsibleFor"}:
                    for text in self._verb_phrases(head):
                        yield Found(
                            type=type_, target=text, rule=rule, confidence=confidence * 0.95
                        )
                continue
            short = phrases.phrases(head, self.light, complement=False)
            light = self.light if type_ not in _WHOLE_NAMES else frozenset({"simple"})
            for phrase in phrases.phrases(head, light):
                text = phrase.text
                if len(short) == 1 and key(short[0].text) in self.subject.known:
                    text = short[0].text
                act = head.nbor(1) if head.i + 1 < len(head.doc) else head
                if act.tag_ == "VBG" and act.head is head and not any(True for _ in act.children):
                    text = f"{text} {act.text}"  # "operator shadowing"
                elif act.lower_ in _NOUN_PARTICIPLES and act.head is head and phrases.is_last(act):
                    text = f"{text} {act.text}"  # "the Athena widget set"
                text += changed(head)
                if self._names(head, text):
                    yield Found(type=type_, target=text, rule=rule, confidence=confidence)

    def _prepositional(self, verb: Token, prepositions: str) -> list[Token]:
        targets: list[Token] = []
        names = set(prepositions.split("|"))
        for token in verb.children:
            denied = token.i and token.nbor(-1).lower_ == "not"
            if denied:
                continue  # "belongs to the whole, not to a part"
            if token.dep_ in {"prep", "agent"} and token.text.lower() in names:
                targets += phrases.children(token, "pobj")
                targets += [t for t in phrases.children(token, "pcomp") if is_nominal(t)]
            elif token.dep_ in {"prt", "advmod"}:
                targets += list(phrases.under(token, frozenset(names)))
            elif token.lower_ == "from" and "through" in names:
                # "guiding customers from signup through setup and training"
                for start in phrases.children(token, "pobj"):
                    targets += list(phrases.under(start, "through"))
        return [c for t in targets for c in phrases.conjuncts(t)]

    def _shared(self, head: Token) -> str:
        """ "customer attrition" where "customer or partner attrition" was parsed as a customer."""
        if not self._is_person(head) or head.tag_ != "NN" or any(True for _ in head.lefts):
            return ""
        for other in phrases.children(head, "conj"):
            compound = phrases.child(other, "compound")
            if compound is not None and self._is_person(compound) and other.i - head.i <= 3:
                return f"{head.text} {other.text}"
        return ""

    def _inside(self, head: Token, type_: str = "") -> list[Token]:
        """What "all aspects of the journey" leads to: the journey."""
        word = phrases.noun(head)
        several = len(phrases.conjuncts(head)) > 1  # "the list and pedigrees of herds"
        grouped = type_ == "hasPart" and word in _GROUPS and not several
        if word not in self.lexicon["people.transparent"] and not grouped:
            return []
        of = [t for t in phrases.under(head, "of") if t.tag_ in phrases.NOUNS]
        return [c for t in of for c in phrases.conjuncts(t)]

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
        if is_path(verb):
            return []  # "guiding customers from signup to value" is more than guiding customers
        if verb.lower_ in _GIVING_WITH:
            # "providing employees with information" provides information
            given = [c for t in phrases.under(verb, "with") for c in phrases.conjuncts(t)]
            given = [t for t in given if t.tag_ in phrases.NOUNS]
            targets = given if given and verb.lower_[:5] != "equip" else targets
        if len(phrases.children(verb, "dobj")) > 1:
            return []  # "keeping partners active participants" keeps no participants
        found = []
        for target in targets:
            if target.i < verb.i or self._is_bare_verb(target):
                continue
            if len(targets) > 1 and any(t.lower_ == "other" for t in target.lefts):
                continue  # "birds or other animals"
            if verb.lower_[:5] == "enabl" and acts(target):
                continue  # "to enable data to be shared" enables no data
            misread = self._misread_verb(target)
            if misread is not None:
                found.append(f"{inflection.ing(misread[0])} {misread[1]}")
                continue
            shared = self._shared(target)
            if shared:
                found.append(f"{gerund} {shared}")
                continue
            inner = self._inside(target) if phrases.noun(target) != "use" else []
            for phrase in (
                p for one in inner or [target] for p in phrases.phrases(one, self.light)
            ):
                if not self._names(phrase.head, phrase.text):
                    continue
                bare = self._compound(phrase.head)
                known = self._is_known(phrase.text)
                told = verb.lower_ in _TELLING  # "tells the operating system that …" is not for it
                if (
                    not known
                    and not told
                    and self._is_known(bare)
                    and not self.subject.is_label(bare)
                ):
                    found.append(bare)
                    continue
                found.append(
                    phrase.text if known and not told else f"{gerund} {with_article(phrase)}"
                )
        if targets or found:
            return found
        for action in phrases.children(verb, "xcomp"):
            if action.i == verb.i + 1 and is_nominal(action):
                return [f"{gerund} {action.text}"]  # "stopping bleeding"
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
                    return [f"{gerund} {prep.text.lower()} {with_article(phrase)}"]
        return []

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
        if end - start.i > 12:  # "how many nurses stay at home from illness in …"
            cuts = (t.i - 1 for t in document[start.i + 4 : end] if t.lower_ in _SHORTENING)
            end = next(cuts, end)
        if not 2 <= end - start.i <= 12:
            return ""
        if start.lower_ == "which" and document[start.i + 1].lower_ in _BE:
            return ""  # "dithering, which was first published …"
        return str(document[start.i : end + 1].text)

    def _misread_verb(self, head: Token) -> tuple[str, str] | None:
        """A coordinated verb that the parser took for a modifier: (verb, the rest).

        "identify partners, pinpoint areas and allocate resources": "pinpoint areas" is no noun.
        """
        first = phrases.left_edge(head)
        verb = first.text.lower()
        third = verb.endswith("s") and verb in self._polar_forms
        if first.i >= head.i or not (third or verb in self.lexicon.base_verbs):
            return None
        before = first.nbor(-1).text if first.i else ""
        if before not in {",", "and", "or"} or first.text.lower() in _NOUN_VERBS:
            return None
        rest = phrases.text_of(head.doc)[first.nbor(1).idx : head.idx + len(head)]
        return first.text.lower(), rest

    def _coordinated(
        self, verb: str, rest: str, rule: str, confidence: float, type_: str
    ) -> Iterator[Found]:
        """ "lowers costs and shortens delays", where "shortens" was taken for a noun."""
        for frame in self._verbs.get(verb, ()):
            polar = type_ in POLAR and frame.type in POLAR and frame.frame == "object"
            if polar and not frame.quantities and len(rest.split()) <= _LONGEST_TARGET:
                yield Found(type=frame.type, target=rest, rule=rule, confidence=confidence)

    def _is_bare_verb(self, noun: Token) -> bool:
        """Whether "plan" of "to review results and plan" is a second verb."""
        first = noun.head
        return (
            noun.dep_ == "conj"
            and noun.tag_ == "NN"
            and first.tag_ == "NNS"
            and not any(True for _ in noun.children)
            and noun.lower_ in self.lexicon["verbs.common"]
        )

    def _compound(self, head: Token) -> str:
        """A noun with its compound nouns only: no "diverse" before "partner ecosystem"."""
        start = head
        for token in reversed(list(head.lefts)):
            if token.dep_ not in {"compound", "nmod"} or token.right_edge.i != start.i - 1:
                break
            start = token.left_edge
        return str(head.doc[start.i : head.i + 1].text)

    def _is_known(self, text: str) -> bool:
        """Whether a phrase is the name of another entry, and of more than one common word."""
        several = " " in text or "-" in text or is_acronym(text.rstrip("s"))
        return several and key(text) in self.subject.known

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
        if word == "one":
            return False
        behind = head.nbor(1) if head.i + 1 < len(head.doc) else head
        tight = not head.whitespace_ and not behind.whitespace_
        if behind.text == "-" and tight and text.endswith(head.text):
            return False  # "a post-notification", cut in two
        edge = phrases.left_edge(head)
        if edge.i > 1 and edge.nbor(-1).text == "-" and edge.nbor(-2).whitespace_ == "":
            return False  # the end of a hyphenated word: "well-being"
        joined = head.doc[phrases.left_edge(head).i : head.i]
        if any(
            t.tag_ in {"NNS", "VBZ"}
            and t.i > joined[0].i
            and t.nbor(-1).text in {"and", ","}
            and t.text.lower() in self.lexicon.verb_forms
            for t in joined
        ):
            return False  # "administers the budget and reviews managers", read as one noun phrase
        inner = [t for t in head.lefts if t.dep_ in {"compound", "amod"}][1:]
        if any(t.text.lower() in self.lexicon.base_verbs - _NOUN_VERBS for t in inner):
            return False
        if any(
            t.tag_ in {"NNS", "VBZ"} and t.text.lower() in self.lexicon.verb_forms for t in inner
        ):
            return False
        return not any(c in text for c in "•\n")

    def _without_own_name(self, text: str) -> str:
        """ "library" of "the GNU gettext library" under "gettext": no kind is named after one."""
        name = f" {key(text)}"
        named = any(f" {key(label)} " in name for label in self.subject.labels)
        return text.split()[-1] if named else text

    def _clean(self, found: Iterable[Found]) -> list[Found]:
        """Each relation once, the surest; an own name is no target."""
        best: dict[tuple[str, str], Found] = {}
        for one in found:
            text = _SHARE.sub("", one.target.strip(" ,;:.\"'-–—"))
            vague = one.rule != "genus" and fold(text) in self.lexicon["people.vague"]
            rest = text.startswith(("other ", "another "))  # "or any other kind of program"
            if not text or vague or rest or self.subject.is_label(text):
                continue
            if one.type == "broader" and self._is_kind(text):
                continue
            if one.type in _APART and singular(fold(text)) in self.subject.heads:
                continue  # "climate change includes changes in rainfall": which, is cut off
            if one.type == "broader":
                text = self._without_own_name(text)
            if one.type == "hasPart" and one.rule not in _HOLDING and self._is_kind(text):
                # "Shells include the Bourne shell": what is named after the entry is a kind of it.
                one = replace(one, type="narrower")
            mark = (one.type, key(text))
            if mark not in best or best[mark].confidence < one.confidence:
                best[mark] = Found(
                    type=one.type,
                    target=text,
                    rule=one.rule,
                    confidence=round(min(one.confidence, 0.99), 3),
                )
        return list(best.values())
