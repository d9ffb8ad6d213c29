"""What a sentence says that the entry is, and what the noun that it names says besides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from extract.components.parsed.subjects import Subjects
from extract.components.parsed.trees import NOUNS, VERBS, Word
from extract.components.targets import Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Genus:
    """What a sentence says that the entry is."""

    head: Word
    """The noun, past "type of" and "name for"."""
    outer: Word
    """The noun that is named first."""
    name: str


class Definitions(Subjects):
    """Reads the noun that defines an entry."""

    def _genus(
        self, root: Word, own: dict[int, float], *, opens: bool
    ) -> tuple[Genus | None, dict[int, float]]:
        """What the sentence says that the entry is; and the nouns that stand for it therefore."""
        outer: Word | None = None
        for word in self._tree.words:
            if word.i in own and word.role in {"subject", "passive-subject"} and word.head:
                outer = self._predicate(word.head)
                if outer is not None and self._negated(word.head):
                    return None, {}
                break
        else:
            if opens and not self._finite(root):
                outer = self._fragment(root)
            elif root.child("copula") is not None and self._patterns.subjectless and not opens:
                outer = root if root.child("subject") is None and root.pos in NOUNS else None
        if outer is None or outer.i in own:
            return None, {}
        head = self._descend(outer)
        classes = {w.i: 0.95 for w in {outer, head}}
        for word in (outer, head):
            for other in word.conjuncts():
                if other.is_noun and not other.all("subject"):
                    classes.setdefault(other.i, 0.85)
        name = self._names.noun(head, whole=False)
        return Genus(head=head, outer=outer, name=name), classes

    def _predicate(self, verb: Word) -> Word | None:
        """The noun that a clause says its subject to be."""
        words = self._patterns
        if verb.child("copula") is not None or self._dash(verb):
            return verb if verb.is_noun or verb.child("determiner") else None
        if words.has("being", verb.lemma, verb.text):
            found = verb.child("predicate", "object", "complement")
            return found if found is not None and found.is_noun else None
        if words.has("defining", verb.lemma, verb.text):
            for child in (*verb.all("object", "predicate", "complement"), *verb.all("oblique")):
                if (child.is_noun and child.i > verb.i) or child.case == "ins":
                    return child
        return None

    def _dash(self, noun: Word) -> bool:
        """Whether a noun is a predicate without a verb: "Мачта — столб"."""
        return noun.is_noun and noun.child("subject", "passive-subject") is not None

    def _finite(self, root: Word) -> bool:
        """Whether a sentence has a finite verb at its head: it is no fragment."""
        if root.pos not in VERBS or root.form in {"Part", "Ger"}:
            return False
        return root.child("subject", "passive-subject", "object") is not None

    def _fragment(self, root: Word) -> Word | None:
        """The noun that a definition without a verb opens with."""
        if root.is_noun:
            return root
        first = next((w for w in self._tree.words if w.pos not in {"PUNCT", "DET", "NUM"}), None)
        if self._patterns.head_first and first is not None and first.pos != "ADP":
            # a small model takes an unknown first noun for anything: "Câble du gréement"
            verb = first.form == "Inf" or first.pos in {"SCONJ", "PRON", "AUX", "CCONJ"}
            adjective = first.pos == "ADJ" and first.role == "adjective"
            return None if verb or adjective else first
        return None

    def _descend(self, outer: Word) -> Word:
        """The genus: past "type of X", "name of X", "one of the X"."""
        word = outer
        for _ in range(3):
            words = self._patterns
            if not words.has("genus.transparent", word.lemma, word.text) and not words.has(
                "genus.naming", word.lemma, word.text
            ):
                break
            below = next((c for c in word.all("modifier", "part") if c.i > word.i), None)
            if not words.head_first and below is None:
                below = next((c for c in word.all("modifier", "part") if c.i < word.i), None)
            if below is None:
                break
            word = below
        return word

    def _of_genus(self, genus: Genus) -> Iterator[Found]:
        head, words = genus.head, self._patterns
        said = (head.lemma, head.text)
        parted = words.has("genus.partitive", *said) and self._nouns_below(head)
        if not genus.name or parted or words.has("genus.generic", *said):
            return
        if words.has("genus.naming", *said) or words.has("genus.transparent", *said):
            return
        if words.has("genus.collective", *said):
            return
        yield Found(type="broader", target=genus.name, rule="genus", confidence=0.85)

    def _nouns_below(self, head: Word) -> bool:
        """Whether a noun goes on with what it is a part of, wherever that was hung."""
        frames = self._patterns.nouns.get(head.lemma, ())
        behind = any(self._following(head, frame) for frame in frames)
        return behind or any(c.role == "modifier" for c in head.children)

    def _of_noun(self, noun: Word, strength: float) -> Iterator[Found]:
        """ "partie de X", "ensemble de X", "responsable de X"."""
        for word in (noun, *noun.all("adjective", "clause")):
            for frame in self._patterns.nouns.get(word.lemma, ()) or self._patterns.nouns.get(
                word.text, ()
            ):
                heads = self._brought(word, frame) or self._following(word, frame)
                if frame.several and len(heads) < 2:
                    continue
                yield from self._targets(frame, frame.type, heads, strength)
