"""What the verbs of a sentence are said of, and which of its words stand for the entry."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from extract.components.parsed.frames import Frames
from extract.components.parsed.trees import VERBS, Word

IMPLIED = 0.75
"""How sure a relation is whose subject is only told by the verb's person."""
_POINTED = 0.9
"""How sure a relation is whose subject is a pronoun, beside one that is named."""


class Subjects(Frames):
    """Tells what is spoken of."""

    def _subject(self, verb: Word) -> tuple[Word | None, bool, bool]:
        """(what a verb is said of, whether it is done to it, whether it is the object)."""
        own = verb.child("subject", "passive-subject")
        passive = (
            verb.child("passive") is not None
            or verb.child("passive-subject") is not None
            or self._reflexive(verb)
            or (verb.child("copula") is not None and self._is_participle(verb))
        )
        antecedent = self._antecedent(verb) if verb.role in {"clause", "adjective"} else None
        relative = next(
            (c for c in verb.children if self._patterns.has("relatives", c.text, c.lemma)), None
        )
        if relative is not None and verb.role in {"clause", "other"}:
            antecedent = antecedent or verb.head
            objective = relative.role == "object" and own is not None and own.is_noun
            if objective and own is not relative:
                return antecedent, False, True
            return antecedent, passive, False
        if own is not None:
            return own, passive, False
        if verb.role in {"clause", "adjective"}:
            return antecedent, not verb.present and not self._attributive(verb), False
        if verb.role == "adverbial" and verb.form in {"Part", "Ger"} and verb.head is not None:
            return verb.head, not verb.present, False
        if verb.role == "conjunct" and verb.head is not None:
            above = verb.head
            if above.pos in VERBS or self._frames(above):
                who, above_passive, objective = self._subject(above)
                return who, above_passive if verb.form == "Part" else passive, objective
        before = verb.head
        if verb.role == "complement" and verb.form == "Fin" and before and before.is_noun:
            return before, passive, False  # a subject that was taken for the sentence's head
        return None, passive, False

    def _attributive(self, verb: Word) -> bool:
        """Whether a clause in front of its noun, or a finite one, does what its verb says."""
        return verb.form not in {"Part", "Ger", ""} or (
            not self._patterns.head_first and verb.form == "" and verb.pos == "VERB"
        )

    def _reflexive(self, verb: Word) -> bool:
        return verb.child("reflexive") is not None or any(
            self._patterns.has("reflexives", c.text) for c in verb.all("object", "oblique", "other")
        )

    def _antecedent(self, verb: Word) -> Word | None:
        """The noun that a clause hangs on; the one above where only that agrees in number."""
        noun = verb.head
        while (
            noun is not None
            and noun.role in {"modifier", "part"}
            and noun.head is not None
            and noun.head.is_noun
            and noun.head.i < noun.i
            and not noun.all("determiner")
            and not self._patterns.has("articles", *(c.text for c in noun.all("case")))
        ):
            noun = noun.head  # "un outil de gestion qui …": the clause is the determined noun's
        if noun is None or not verb.number or not noun.number or noun.number == verb.number:
            return noun
        above = noun.head if noun.role in {"modifier", "part"} else None
        return above if above is not None and above.number == verb.number else noun

    def _own(self, mentions: Sequence[tuple[int, int]], *, about: bool) -> dict[int, float]:
        own: dict[int, float] = {}
        for start, end in mentions:
            inside = self._tree.at(start, end)
            for word in inside:
                if word.head not in inside:
                    own[word.i] = 1.0
        if not about:
            return own
        words = self._patterns
        for word in self._tree.words[:12]:
            subject = word.role in {"subject", "passive-subject"}
            if subject and word.pos in {"PRON", "DET"} and words.has("anaphors", word.text):
                own.setdefault(word.i, _POINTED)
            elif subject and words.has("demonstratives", *(c.text for c in word.all("determiner"))):
                own.setdefault(word.i, 0.85)
        return own

    def _implied(
        self, root: Word, own: Collection[int], *, about: bool, opens: bool
    ) -> Word | None:
        """The verb whose person alone tells its subject: "Reduce el tamaño"."""
        if not (self._patterns.subjectless and about and not own and not opens):
            return None
        bare = root.child("subject", "passive-subject") is None
        verb = root.pos in VERBS or bool(self._frames(root))
        return root if bare and verb and root.form != "Inf" else None

    def _foreign_case(self, noun: Word) -> bool:
        """Whether a noun stands behind an adposition that is not the mark of an object."""
        return noun.role == "oblique" and not self._is_personal(noun)
