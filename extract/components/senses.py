"""What words name: quantities, events, people; and the frames of the lexicon by their words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from spacy.tokens import Token

from extract import inflection
from extract.components import phrases
from extract.components.clauses import Subject
from extract.labels import is_acronym, key
from extract.lexicon import Frame, Lexicon

POLAR = frozenset({"increases", "reduces"})
"""Types that turn round where there is less of the entry."""
_AGENTS = ("ors", "ers", "ists", "ians", "ants")
_NORMS = frozenset(
    {"specification", "convention", "regulation", "recommendation", "instruction", "definition"}
    | {"notation", "implementation", "string", "thing", "ring", "king", "document", "instrument"}
)
"""Nouns with the ending of an act that name rules and things."""
_THINGS = frozenset(
    {
        "segment",
        "instrument",
        "document",
        "element",
        "department",
        "equipment",
        "station",
        "section",
    }
    | {"application", "apartment", "garment", "fragment", "pigment", "monument", "installation"}
    | {"position", "function", "organization", "organisation", "corporation", "institution", "city"}
    | {"university", "facility", "entity", "utility", "statement", "implementation", "association"}
    | {"exception", "expression", "instruction", "collection", "question", "connection", "session"}
    | {"extension", "region", "mission", "dimension", "junction", "caption", "equation", "solution"}
    | {"embankment", "pavement", "basement", "ligament", "filament", "casement", "vestment"}
    | {"ship", "partition", "agreement", "argument", "environment", "location", "option", "version"}
)
"""Nouns with the ending of a quality that name things."""


class _Tables(NamedTuple):
    """What is derived of a lexicon's frames, once for all entries."""

    verbs: Mapping[str, tuple[Frame, ...]]
    nouns: Mapping[str, tuple[Frame, ...]]
    polar: frozenset[str]
    """Inflected forms of the verbs that say what rises or falls."""


@lru_cache(maxsize=8)
def _tables(lexicon: Lexicon) -> _Tables:
    verbs = _index(lexicon.verbs)
    return _Tables(
        verbs=verbs,
        nouns=_noun_index(lexicon.nouns),
        polar=frozenset(form for form, held in verbs.items() if any(f.type in POLAR for f in held)),
    )


@lru_cache(maxsize=64)
def _gerunds(lemmas: frozenset[str]) -> frozenset[str]:
    return frozenset(map(inflection.ing, lemmas))


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


def _noun_index(frames: tuple[Frame, ...]) -> Mapping[str, tuple[Frame, ...]]:
    table: dict[str, list[Frame]] = {}
    for frame in frames:
        for word in frame.words:
            table.setdefault(word, []).append(frame)
    return {word: tuple(held) for word, held in table.items()}


class Senses:
    """Tells for one entry what words name, and which frames they bring."""

    def __init__(self, subject: Subject, lexicon: Lexicon) -> None:
        self.subject = subject
        self.lexicon = lexicon
        self.light = lexicon["genus.light_adjectives"]
        self._verbs, self._nouns, self._polar_forms = _tables(lexicon)

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
        return gerund.text.lower() in _gerunds(self.lexicon[name])

    def _is_quantity(self, token: Token) -> bool:
        """Whether there can be more or less of something."""
        word = token.text.lower()
        named = {word, phrases.noun(token)} & self.lexicon["quantities.nouns"]
        suffixes = tuple(self.lexicon["quantities.suffixes"])
        counted = token.tag_ == "NN" and word.endswith(suffixes) and word not in _THINGS
        return bool(named) or counted

    def _names_quantity(self) -> bool:
        """Whether the entry is itself a thing there can be more or less of."""
        nouns = self.lexicon["quantities.nouns"]
        suffixes = tuple(self.lexicon["quantities.suffixes"])
        last = [label.lower().split()[-1] for label in self.subject.labels]
        return self.subject.kind == "metric" or any(
            w in nouns or w.rstrip("s") in nouns or (w.endswith(suffixes) and w not in _THINGS)
            for w in last
        )

    def _is_event(self, token: Token) -> bool:
        """Whether something takes place: an act, a step, an event."""
        word = phrases.noun(token)
        named = word in self.lexicon["quantities.events"] or token.tag_ == "VBG"
        if word in _NORMS:
            return False
        return named or word.endswith(("tion", "sion", "ment", "ing", "val", "sal", "ance"))

    def _is_person(self, token: Token) -> bool:
        return phrases.noun(token) in self.lexicon["people.nouns"]

    def _is_someone(self, token: Token) -> bool:
        """Whether a noun names people, an office or an organisation by its name."""
        word = phrases.noun(token)
        return (
            self._is_person(token)
            or self._is_agent(token)
            or token.tag_ in {"NNP", "NNPS"}
            or word.endswith(("er", "or", "ist", "ian", "ant"))
            or is_acronym(token.text.rstrip("s"))
        )

    def _is_kind(self, target: str) -> bool:
        """Whether a target's name ends in a whole name of the entry: "storm jib" of "jib"."""
        name = key(target)
        return any(name.endswith(f" {key(label)}") for label in self.subject.labels)

    def _is_agent(self, token: Token) -> bool:
        """Whether a plural names those who do something: "creditors", "machinists"."""
        return token.tag_ == "NNS" and token.lower_.endswith(_AGENTS)
