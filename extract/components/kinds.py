"""The kind that a defining sentence names: what is one, what only looks like one."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from extract.components import phrases
from extract.components.definition import Reading
from extract.components.genus import genus_phrase
from extract.components.heads import before_participle
from extract.components.targets import Found
from extract.components.verbs import Verbs
from extract.labels import is_acronym, key
from extract.letters import is_short_for

_PLURAL = frozenset({"NNS", "NNPS"})
_DATED = frozenset(
    {"archaic", "obsolete", "old", "older", "outdated", "former", "deprecated", "dated", "legacy"}
    | {"alternative", "alternate", "another", "other", "informal", "colloquial", "slang", "short"}
)
"""What says of a word that it is another one for the same thing."""
_GATHERED = frozenset({"set", "group", "collection", "series", "list", "range", "array", "number"})
"""Nouns that say no more of a thing than that it has members."""
_TERMS = frozenset({"term", "word", "phrase", "expression"})
"""What a definition may pass over to its genus; a name for X is X's other name."""


class Kinds(Verbs):
    """Reads the genus of a definition as a broader concept."""

    def _genus(self, reading: Reading) -> Iterator[Found]:
        genus = reading.genus
        assert genus is not None
        counted = reading.outer is not None and reading.outer.lower_ == "one"
        parts = any(f.type == "partOf" for f in self._nouns.get(phrases.noun(genus), ()))
        if counted and parts:
            return  # "one of the components of Y" is a part of Y, and no kind of thing
        if phrases.noun(genus) in self.lexicon["genus.generic"]:
            return
        if reading.form == "noun" and _is_gloss(genus):
            return  # "Forte: loud.": another word for it, not its kind
        if reading.form == "noun" and _is_row_of_acts(genus):
            return  # "Stringendo: pressing, urging or hastening the time"
        if reading.form == "noun" and self._is_deed(genus):
            return  # "Insufflation: blowing air into the lungs"
        if reading.outer is not None and _is_counted(genus):
            return  # "Unison: two or more sounds at the same pitch": what it is made of
        if phrases.noun(genus) in self.lexicon["genus.transparent"] and not any(
            t.dep_ in {"compound", "amod", "nmod"} for t in genus.lefts
        ):
            return  # "the sort said to be …"
        if phrases.noun(genus) in self.lexicon["genus.naming"] and _is_wording(genus):
            return  # "the label used to refer to …"
        outer = reading.outer
        word = phrases.noun(outer) if outer is not None and outer.i != genus.i else ""
        named = word in self.lexicon["genus.naming"]
        if named and (genus.tag_ in {"NNP", "NNPS"} or word not in _TERMS):
            return  # "a cute name for core Git", "another name for a package": synonyms
        if named and outer is not None and any(t.lower_ in _DATED for t in outer.lefts):
            return  # "archaic term for a log record": the same thing
        if word == "subset" and genus.tag_ in _PLURAL:
            return  # "a subset of the colors" holds colors, and is none
        if reading.form == "noun" and _is_row_of_names(genus):
            return  # "Atomicity, Consistency, Isolation and Durability": what ACID is short for
        if self._is_proper(genus) or genus.doc.text[: genus.idx].endswith("-to-"):
            return
        genus = before_participle(_whole(_behind_name(genus)))
        if phrases.child(genus, "poss") is not None and not reading.members:
            text = genus_phrase(genus, self.lexicon).text
            yield Found(type="broader", target=text, rule="genus", confidence=0.9)
            return
        row = phrases.conjuncts(genus)
        opened = 3 if genus.doc.text.startswith("They are the ") else 0  # the words put before it
        bare = not any(t.dep_ == "det" and t.i >= opened for one in row for t in one.lefts)
        joined = {c.lower_ for one in row for c in one.children if c.dep_ == "cc"}
        together = joined == {"and"} or all(t.tag_ in _PLURAL for t in row)
        if len(row) > 2 and bare and reading.form == "noun" and together:
            # "Docs, videos and guides for customers": a row of things is no kind.
            if row[0].tag_ in {"NNP", "NNPS"}:
                return  # "Jensen and Wirth's manual"
            yield from self._targets("hasPart", row, "row", 0.6)
            return
        if _is_torn(genus):
            return
        behind = genus.nbor(1) if genus.i + 1 < len(genus.doc) else genus
        if behind.lower_ == "set" and genus.tag_ == "NN":
            # "a character set for fonts", where the parse took "set" for a participle
            text = f"{genus_phrase(genus, self.lexicon).text} set"
            yield Found(type="broader", target=text, rule="genus", confidence=0.85)
            return
        several = phrases.phrases(genus, self.light, complement=False)
        if len(several) > 1 and not _of_kinds(genus):
            yield Found(type="broader", target=genus.text, rule="genus", confidence=0.85)
            return
        if len(several) > 1:
            # "upsell or cross-sell revenue" is revenue of two kinds.
            yield Found(type="broader", target=genus.text, rule="genus", confidence=0.85)
            for phrase in several if self._are_known(several) else ():
                yield Found(type="narrower", target=phrase.text, rule="either", confidence=0.6)
            return
        if self._is_expansion(genus):
            return
        members = list(phrases.under(genus, "of")) if reading.members else []
        complement = reading.members and all(len(phrases.conjuncts(t)) == 1 for t in members)
        gathered = phrases.noun(genus) in _GATHERED and not _is_modified(genus)
        if gathered and (reading.members or len(row) > 1) and not complement:
            return  # "a set of policies and practices": they are its parts, and any set is a set
        for phrase in phrases.phrases(genus, self.light, complement=complement):
            confidence = 0.7 if reading.members else 0.92
            yield Found(type="broader", target=phrase.text, rule="genus", confidence=confidence)

    def _is_deed(self, genus: Token) -> bool:
        """Whether the definition of an act opens with a verb that was taken for an adjective."""
        first = phrases.left_edge(genus)
        opening = first.i == 0 or first.nbor(-1).lower_ in {"is", "the"}
        deed = first.tag_ == "VBG" and first.i == genus.i - 1 and opening
        if genus.tag_ == "NN" and genus.lower_ in self.lexicon["carriers.classes"]:
            return False  # "Costing method": a bare singular is no object
        last = self.subject.labels[0].split()[-1].lower() if self.subject.labels else ""
        return deed and last.endswith(("tion", "sion", "ment", "ing", "ance", "al", "age"))

    def _is_proper(self, genus: Token) -> bool:
        """Whether a definition opens with a name of its own, not with a kind: "David A. Turner"."""
        if genus.tag_ not in {"NNP", "NNPS"} or phrases.child(genus, "det") is not None:
            return False
        names = [t for t in genus.lefts if t.tag_ in {"NNP", "NNPS"}]
        text = phrases.phrase(genus, self.light, complement=False).text
        return bool(names) and key(text) not in self.subject.known

    def _are_known(self, several: list[phrases.Phrase]) -> bool:
        """Whether what divides the genus are entries themselves: "upsell or cross-sell revenue"."""
        known = self.subject.known
        return all(key(p.text) in known or key(p.text.rsplit(" ", 1)[0]) in known for p in several)

    def _is_expansion(self, genus: Token) -> bool:
        """Whether a definition opens with what the headword is short for, not with its kind.

        "ECMA: Ecma International - A body …" names the term again before it defines it; "POSIX:
        the Portable Operating System Interface specification" has the headword's letters.
        """
        following = next((t for t in genus.rights if t.dep_ == "punct"), None)
        if following is None and genus.i + 1 < len(genus.doc):
            following = genus.nbor(1)
        dash = following is not None and following.text in {"-", "–", "—", "--"}
        if dash and genus.tag_ in {"NNP", "NNPS"}:
            return True
        text = phrases.phrase(genus, self.light, complement=False).text
        capitals = "".join(c for c in text if c.isupper())
        label = self.subject.labels[0] if self.subject.labels else ""
        if len(label) > 2 and is_acronym(label) and capitals.startswith(label):
            return True  # "the Open Financial eXchange format" under OFX
        letters = label.replace(" ", "")
        if " " in text and is_acronym(letters) and is_short_for(letters, text):
            return True  # "SplineFont DataBase" under SFD
        words = text.split()
        return any(
            is_acronym(label)
            and len(words) >= 3
            and "".join(w[0] for w in words).upper().startswith(label[: max(3, len(label) - 1)])
            for label in self.subject.labels[:1]
        )


def _is_gloss(genus: Token) -> bool:
    """Whether a definition is one bare word."""
    words = [t for t in genus.doc if t.is_alpha or t.like_num]
    return sum(t.lower_ not in {"it", "is", "they", "are", "the"} for t in words) == 1


def _is_torn(genus: Token) -> bool:
    """Whether a genus is no whole name: "a small windowing, …system", "PL/I subset", a letter."""
    if len(genus.text) == 1:
        return True
    behind = genus.nbor(1) if genus.i + 1 < len(genus.doc) else genus
    article = phrases.child(genus, "det")
    if genus.lower_.endswith("ing") and behind.text == "," and article is not None:
        return article.lower_ in {"a", "an"}
    if behind.text == ":" and article is None:
        return True  # "Symbolic reference: instead of an id, …": a longer name
    return behind.text == "/" and not behind.whitespace_ and behind.nbor(1).text.isupper()


def _is_row_of_acts(genus: Token) -> bool:
    """Whether a definition opens with coordinated -ing forms."""
    first = phrases.left_edge(genus)
    behind = genus.nbor(1) if genus.i + 1 < len(genus.doc) else genus
    if first.i != genus.i or not genus.lower_.endswith("ing") or behind.text not in {",", "or"}:
        return False
    after = behind.nbor(1) if behind.i + 1 < len(genus.doc) else behind
    return after.lower_.endswith("ing")


def _is_row_of_names(genus: Token) -> bool:
    """Whether a definition is but a row of capitalised words, as what letters stand for."""
    row = phrases.conjuncts(genus)
    if len(row) < 3 or any(
        t.dep_ in {"det", "amod", "relcl", "acl", "prep"} for t in genus.children
    ):
        return False
    return all(t.text[:1].isupper() for t in row[1:])


def _is_modified(genus: Token) -> bool:
    return any(t.dep_ in {"amod", "compound", "nmod"} for t in genus.lefts)


def _is_counted(genus: Token) -> bool:
    """Whether a plural is counted: "two sounds", "three or more players"."""
    if genus.tag_ != "NNS":
        return False
    number = phrases.child(genus, "nummod")
    return number is not None and number.lower_ not in {"one", "1"}


def _behind_name(genus: Token) -> Token:
    """The kind that follows a written-out name: "the Z Object Framework, a web framework"."""
    words = [t for t in genus.lefts if t.tag_ in {"NNP", "NNPS"}]
    for other in phrases.children(genus, "appos") if genus.tag_ == "NNP" and words else ():
        article = phrases.child(other, "det")
        if other.tag_ in {"NN", "NNS"} and article is not None and article.lower_ in {"a", "an"}:
            return other
    return genus


def _whole(genus: Token) -> Token:
    """The head of "a ferrite toroid", where its two nouns were parsed as set beside each other."""
    following = genus.nbor(1) if genus.i + 1 < len(genus.doc) else genus
    beside = following.dep_ == "appos" and following.head is genus
    return following if beside and following.tag_ in {"NN", "NNS"} else genus


def _is_wording(noun: Token) -> bool:
    """Whether a noun for names goes on to say what it names."""
    verbs = {"used", "given", "applied", "referring", "denoting", "describing", "meaning"}
    return any(c.lower_ in {"for", "of"} | verbs for c in noun.rights)


def _of_kinds(genus: Token) -> bool:
    """Whether nouns joined by "or" divide the genus: "upsell or cross-sell revenue"."""
    modifiers = [t for m in genus.lefts if m.dep_ != "det" for t in m.subtree]
    nouns = all(
        t.tag_ in phrases.NOUNS for t in modifiers if t.dep_ in {"compound", "conj", "nmod"}
    )
    rated = any(t.dep_ == "amod" for t in modifiers)
    return nouns and not rated and any(t.lower_ == "or" for t in modifiers)
