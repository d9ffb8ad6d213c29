"""The words by which a noun, or a verb with its object, is named as a target."""

from __future__ import annotations

from collections.abc import Iterable

from extract.components.parsed.trees import NOUNS, VERBS, Tree, Word
from extract.patterns import Patterns

_LONGEST = 9
"""Words; a longer phrase is a statement, not a concept."""
_INNER = frozenset({"adjective", "part", "modifier", "case", "determiner"})
_JOINTS = frozenset({"-", "–", "'", "’", "/"})


class Names:
    """Cuts names out of a sentence."""

    def __init__(self, tree: Tree, patterns: Patterns) -> None:
        self._tree = tree
        self._patterns = patterns

    def noun(self, head: Word, *, whole: bool = True) -> str:
        """Return the name that a noun heads, without article; ``""`` where it is too long.

        With ``whole`` what its complements name belongs to it ("température de la pâte"), else
        only what divides a class does ("outil de gestion").
        """
        kept = {head.i}
        for child in head.children:
            if self._belongs(child, head, whole=whole):
                kept |= {w.i for w in self._name_of(child, whole=whole)}
        return self._text(kept, head)

    def verb(self, verb: Word) -> str:
        """Return what a verb does: the verb in the form it has, with its objects."""
        kept = {verb.i}
        for target in verb.all("object"):
            kept |= {w.i for w in self._whole(target)}
        for lower in verb.all("complement"):
            if lower.form == "Inf" and lower.i > verb.i and not lower.all("mark"):
                for word in (lower, *lower.all("object")):  # "faire avancer le bateau"
                    kept |= {w.i for w in (self._whole(word) if word.is_noun else [word])}
        if not verb.all("object") and len(kept) == 1:
            behind = [c for c in verb.all("oblique") if c.case and c.i > verb.i]
            for target in behind[:1]:
                kept |= {w.i for w in self._whole(target)}
        return self._text(kept, verb)

    def _belongs(self, child: Word, head: Word, *, whole: bool) -> bool:
        words = self._patterns
        if child.i > head.i and not self._near(child, head):
            return False
        if child.role == "adjective":
            light = words.has("genus.light", child.lemma, child.text)
            governs = child.all("oblique", "adverbial", "complement") or words.nouns.get(
                child.lemma
            )
            return not light and not governs and not (child.form == "Part" and child.i > head.i + 1)
        if child.role == "part":
            return child.pos not in {"PUNCT", "ADV"}
        placed = child.pos in {"ADV", "ADP"} and bool(child.all("case"))  # "voile d'avant"
        if child.role != "modifier" or not (child.pos in NOUNS or placed):
            return False
        if child.i < head.i and words.head_first:
            return False
        if words.has("possessives", *(c.text for c in child.all("determiner"))):
            return whole
        if child.case and not words.has(
            "complements", words.contractions.get(child.case, child.case)
        ):
            return False
        bare = not child.all("determiner") and not words.has(
            "articles", *(c.text for c in child.all("case"))
        )
        return whole or bare

    def _near(self, child: Word, head: Word) -> bool:
        """Whether nothing but the name itself stands between a noun and its complement."""
        first = min(w.i for w in child.subtree())
        between = self._tree.words[head.i + 1 : first]
        return len(between) <= 2 and not any(
            w.pos in {"PUNCT", "CCONJ", "VERB", "PRON"} and w.surface not in _JOINTS
            for w in between
        )

    def _name_of(self, child: Word, *, whole: bool) -> list[Word]:
        """The words of a part of a name, its adposition and article among them."""
        found = [child]
        for below in child.children:
            if below.role in {"case", "determiner"} and below.i < child.i:
                found += list(below.subtree())
            elif below.role == "case":
                found.append(below)
            elif self._belongs(below, child, whole=whole):
                found += self._name_of(below, whole=whole)
        return found

    def _whole(self, target: Word) -> Iterable[Word]:
        """All words of an object, up to a relative clause or a comma."""
        found: list[Word] = []
        for word in target.conjuncts():
            found += self._name_of(word, whole=True)
            found += word.all("joiner", "determiner")
        return found

    def _text(self, kept: set[int], head: Word) -> str:
        """The words in the order of the text; ``""`` where there are too many."""
        chosen = [w for w in self._tree.words if w.i in kept]
        while chosen and chosen[0] is not head and self._opens(chosen[0], head):
            chosen.pop(0)
        if not chosen or len(chosen) > _LONGEST + 3:
            return ""
        text = ""
        last: Word | None = None
        for word in chosen:
            if last is not None and self._tree.text[last.end : word.start].strip(" ") != "":
                text += " "  # words were left out between
            elif last is not None:
                text += self._tree.text[last.end : word.start]
            text += self._tree.text[word.start : word.end]
            last = word
        if head.pos in VERBS and len(chosen) == 1 and self._patterns.has("empty_verbs", head.lemma):
            return ""
        text = " ".join(text.split()).strip(" ,;:.-–'’\"«»()")
        return text if len(text.split()) <= _LONGEST else ""

    def _opens(self, word: Word, head: Word) -> bool:
        """Whether a word before a name is none of it: its own article or adposition."""
        return word.head is head and word.role in {"case", "determiner", "joiner", "mark"}
