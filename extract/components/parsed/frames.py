"""Which words of a sentence say a relation, and which nouns and verbs stand in their frames."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from extract.components.parsed.names import Names
from extract.components.parsed.trees import NOUNS, VERBS, Tree, Word
from extract.components.targets import Found
from extract.labels import fold
from extract.patterns import Frame, Patterns

_CLAUSES = frozenset({"clause", "adverbial", "complement", "conjunct", "root", "adjective"})


class Frames:
    """Finds the words that patterns are about in the sentences of one entry."""

    _tree: Tree
    _names: Names

    def __init__(self, labels: Collection[str], patterns: Patterns, *, person: bool = False):
        self._labels = {fold(label) for label in labels}
        self._patterns = patterns
        self._person = person

    def _frames(self, word: Word) -> tuple[Frame, ...]:
        """The frames of a word that is a verb, or that a model took for something else."""
        verbs = self._patterns.verbs
        frames = verbs.get(word.lemma, ()) if word.pos in VERBS else ()
        if not frames and (word.pos in VERBS or self._misread(word)):
            frames = verbs.get(word.text, ()) or verbs.get(word.lemma, ())
        return tuple(f for f in frames if self._fits(f, word))

    def _fits(self, frame: Frame, word: Word) -> bool:
        if frame.people and not self._person:
            return False
        if not any(" " in w for w in frame.words):
            return True
        plain = any(word.lemma == w or word.text == w for w in frame.words if " " not in w)
        return plain or bool(self._seconds(frame, word))

    def _seconds(self, frame: Frame, verb: Word) -> list[Word]:
        """The second words of a frame's pairs below a verb: "partie" of "faire partie"."""
        seconds = {w.split()[1] for w in frame.words if " " in w}
        return [c for c in verb.children if c.text in seconds or c.lemma in seconds]

    def _misread(self, word: Word) -> bool:
        """Whether a word without article or adposition may be a verb, for all its tag says."""
        if word.pos not in {"NOUN", "ADJ", "PROPN", "X"}:
            return False
        if word.pos == "ADJ":
            return word.role in _CLAUSES and (self._is_participle(word) or self._governs(word))
        named = word.child("determiner", "case") is not None
        return not named and (word.role in _CLAUSES - {"adjective"} or bool(word.all("object")))

    def _governs(self, word: Word) -> bool:
        """Whether a word has a subject and an object, as only verbs do."""
        return bool(word.all("subject", "passive-subject")) and bool(word.all("object", "oblique"))

    def _is_participle(self, word: Word) -> bool:
        endings = self._patterns.lists.get("forms.participles", ())
        return word.form == "Part" or word.text.endswith(tuple(endings) or ("\0",))

    def _negated(self, verb: Word) -> bool:
        if verb.child("negation") is not None:
            return True
        return any(
            self._patterns.has("negations", c.text)
            for c in verb.children
            if c.role in {"adverb", "other", "determiner", "mark", "case", "joiner"}
        )

    def _is_personal(self, noun: Word) -> bool:
        """Whether an adposition only marks an object: "precede al tratamiento"."""
        return self._patterns.has("personal", noun.case)

    def _cased(self, noun: Word, cases: Collection[str]) -> bool:
        marks = [noun.case, *(c.text for c in noun.all("case"))]
        return any(self._patterns.contractions.get(m, m) in cases for m in marks)

    def _brought(self, word: Word, frame: Frame) -> list[Word]:
        """The nouns that one of a frame's adpositions brings under a word, with conjuncts."""
        found: list[Word] = []
        for child in word.all("modifier", "oblique", "object", "part", "conjunct"):
            if child.role == "conjunct" and not child.all("case"):
                continue  # "mélange de farine et d'eau": hung on the noun with its adposition
            if self._cased(child, frame.cases):
                found += [w for w in child.conjuncts() if w.pos in NOUNS | {"ADJ", "VERB", "X"}]
        return found

    def _following(self, word: Word, frame: Frame) -> list[Word]:
        """The noun that a frame's adposition brings right behind a word, wherever it was hung."""
        for other in self._tree.words[word.i + 1 : word.i + 6]:
            if other.is_noun and self._cased(other, frame.cases):
                first = min(c.i for c in (other, *other.all("case", "determiner")))
                return other.conjuncts() if first == word.i + 1 else []
        return []

    def _objects(self, verb: Word) -> list[Word]:
        """The objects of a verb with their conjuncts; coordinated verbs share the last one's."""
        found = [
            o for o in verb.all("object", "oblique") if o.role == "object" or self._is_personal(o)
        ]
        found = [o for o in found if o.is_noun or o.pos in {"ADJ", "X"}]
        if found:  # "le mât, les haubans et …", where a model hangs the second on the verb
            found += [
                o for o in verb.all("conjunct")
                if o.is_noun and o.i > found[0].i and not self._frames(o) and not o.all("case")
            ]  # fmt: skip
        if not found:
            for other in verb.conjuncts():
                if other is not verb and other.i > verb.i:
                    found = [o for o in other.all("object") if o.is_noun]
        if not found and verb.role == "conjunct" and verb.head is not None:
            # a model that misread the second verb hangs its object on the first
            found = [o for o in verb.head.all("object") if o.is_noun and o.i > verb.i]
        others = [
            w for w in verb.conjuncts() if w.i > verb.i and (w.pos in VERBS or self._frames(w))
        ]
        limit = others[0].i if others else len(self._tree.words)
        shared = [w for o in found for w in o.conjuncts()]
        own = [w for w in shared if w.i < limit]
        return own or shared

    def _below(self, verb: Word) -> list[Word]:
        """The infinitives that a verb governs, with what is coordinated with them."""
        found = []
        for lower in verb.all("complement", "adverbial", "oblique", "object"):
            if lower.pos in VERBS and lower.form in {"Inf", ""} and lower.i != verb.i:
                found += [w for w in lower.conjuncts() if w.pos in VERBS]
        return found

    def _opened(self, verb: Word, words: Collection[str]) -> bool:
        """Whether an infinitive stands behind one of the words."""
        marks = {c.text for c in verb.all("mark", "case")} | {
            c.lemma for c in verb.all("mark", "case")
        }
        return not marks.isdisjoint(words)

    def _targets(
        self, frame: Frame, type_: str, heads: Sequence[Word], strength: float
    ) -> Iterator[Found]:
        for head in heads:
            if head.pos in {"PRON", "DET", "NUM", "PUNCT", "ADP"}:
                continue
            if self._patterns.has("vague", head.lemma, head.text):
                continue
            if head.all("object") and self._frames(head):
                continue  # a verb that a model took for a noun: "réduit X et améliore Y"
            head = self._content(head)
            if name := self._names.noun(head):
                yield Found(
                    type=type_, target=name, rule=frame.key, confidence=frame.confidence * strength
                )

    def _content(self, noun: Word) -> Word:
        """What "l'ensemble des X" and "un type de X" speak of: X."""
        words = self._patterns
        if words.has("genus.transparent", noun.lemma) or words.has("genus.collective", noun.lemma):
            below = next((c for c in noun.all("modifier") if c.is_noun and c.i > noun.i), None)
            return below or noun
        return noun

    def _clean(self, found: Sequence[Found]) -> list[Found]:
        """Each relation once, the surest; an own name is no target."""
        best: dict[tuple[str, str], Found] = {}
        for one in found:
            mark = (one.type, fold(one.target))
            if mark[1] in self._labels or not any(c.isalpha() for c in one.target):
                continue
            if mark not in best or best[mark].confidence < one.confidence:
                best[mark] = one
        return list(best.values())
