"""What a thing is for: verbs below another, or behind "pour", "para", "um … zu"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from extract.components.parsed.definitions import Definitions
from extract.components.parsed.subjects import IMPLIED
from extract.components.parsed.trees import VERBS, Word
from extract.components.targets import Found
from extract.patterns import Frame

_POLAR = frozenset({"increases", "reduces"})


class Goals(Definitions):
    """Reads purposes."""

    def _purpose(
        self,
        verb: Word,
        own: dict[int, float],
        classes: dict[int, float],
        implied: Word | None,
    ) -> Iterator[Found]:
        """ "… pour inciser la pâte": what a thing is for, wherever the parse hangs it."""
        if verb.form not in {"Inf", ""} or not self._aimed(verb) or self._negated(verb):
            return
        above, strength = verb.head, 0.0
        for _ in range(5):
            if above is None:
                return
            strength = classes.get(above.i, 0.0)
            if above.pos in VERBS or self._frames(above):
                who, _, objective = self._subject(above)
                if who is not None and not objective:
                    strength = strength or own.get(who.i, 0.0) or classes.get(who.i, 0.0)
                if implied is not None and above in implied.conjuncts():
                    strength = strength or IMPLIED
                if who is None and above.role == "root":
                    strength = max((classes.get(c.i, 0.0) for c in above.children), default=0.0)
                if any(f.place == "infinitive" for f in self._frames(above)):
                    return  # "permet d'agir pour …": what it makes possible is read there
            if strength:
                for one in (w for w in verb.conjuncts() if w.pos in VERBS):
                    yield from self._goal(one, "usedFor", "purpose", 0.8 * strength)
                return
            above = above.head

    def _aimed(self, verb: Word) -> bool:
        """Whether words that say what for stand before an infinitive."""
        first = min((c.i for c in verb.all("mark", "case", "adverb", "object")), default=verb.i)
        before = self._tree.words[max(0, min(first, verb.i) - 4) : verb.i]
        said = " ".join(w.text for w in before).replace("' ", "'")
        marks = {c.text for c in verb.all("mark", "case")}
        for phrase in self._patterns.lists.get("purposes", ()):
            if phrase in marks or said == phrase or said.endswith(f" {phrase}"):
                return True
        return False

    def _goal(self, verb: Word, type_: str, rule: str, confidence: float) -> Iterator[Found]:
        """What is done for or by something: verbs that say a relation give theirs."""
        kept = False
        for frame in self._frames(verb):
            if frame.place == "object" and (frame.type in _POLAR or frame.key == "measure"):
                for found in self._targets(frame, frame.type, self._objects(verb), confidence):
                    kept = True
                    yield replace(found, rule=rule)
        if kept:
            return
        for frame in self._frames(verb):
            if frame.place == "infinitive" and (lower := self._below(verb)):
                for one in lower:
                    yield from self._goal(one, "enables", rule, confidence * 0.95)
                return
        if name := self._names.verb(verb):
            yield Found(type=type_, target=name, rule=rule, confidence=confidence)

    def _aims(self, verb: Word, frame: Frame) -> list[Word]:
        """The nouns that say what for: "dient der Erkennung", "sert à la coupe"."""
        if any(self._opened(lower, frame.cases) for lower in self._below(verb)):
            return []
        return [w for w in self._brought(verb, frame) if w.is_noun]
