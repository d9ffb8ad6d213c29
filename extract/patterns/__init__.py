"""How definitions of other languages than English state relations: a TOML file a language.

``schemes.toml`` says what the labels of a dependency scheme mean; the file of a language names the
verbs and nouns that say a relation, with the frames their targets stand in. A user's lexicon adds
to a language in tables of its tag (``[[fr.verb]]``, ``[fr.genus]``).
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("de", "fr", "es", "pt", "ru", "zh", "ja")
"""Primary tags of the languages that there are patterns for."""


class MalformedPatterns(ValueError):
    """A user's patterns of a language lack a key, or are of another form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What a dependency label says of a word."""

    name: str
    case: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scheme:
    """What the labels of a dependency scheme mean."""

    name: str
    roles: Mapping[str, Role]
    content: bool
    """Whether nouns carry their adpositions and verbs their auxiliaries, as in UD."""

    def role(self, label: str) -> Role:
        """Return what a label stands for; one that is not named is taken by its first part."""
        found = self.roles.get(label) or self.roles.get(label.partition(":")[0])
        return found or Role(name="other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Which words say which relation, and where its target stands."""

    key: str
    """Name of the pattern, in evidence as the rule."""
    type: str
    words: tuple[str, ...]
    """Lemmas; of two words, the second stands below the first (``faire partie``)."""
    place: str
    """``object``, ``infinitive``, ``goal`` (what for) or ``case`` (behind one of ``cases``)."""
    cases: frozenset[str]
    """Adpositions that bring the target, or ``gen``, ``dat``, ``ins``."""
    confidence: float
    inverse: str = ""
    """Type where the entry is the object, or the agent is the target."""
    passive: bool = False
    """Only of participles and passive verbs."""
    several: bool = False
    """Only with two targets and more."""
    people: bool = False
    """Only of entries that are people."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Patterns:
    """All that is known of one language."""

    language: str
    scheme: str
    download: str
    """Name of spaCy's small model."""
    head_first: bool
    """Whether what divides a class stands behind its noun ("voile triangulaire")."""
    small: bool
    subjectless: bool
    contractions: Mapping[str, str]
    """Adposition with an article written on to it → the adposition ("del" → "de")."""
    lists: Mapping[str, tuple[str, ...]]
    """``genus.generic``, ``anaphors`` and so on, by dotted name."""
    verbs: Mapping[str, tuple[Frame, ...]]
    """Word, as lemma or in a form, → what it says."""
    nouns: Mapping[str, tuple[Frame, ...]]
    frames: tuple[Frame, ...]
    """Those of verbs, then those of nouns."""

    def has(self, name: str, *words: str) -> bool:
        """Return whether one of the words is in the list called ``name``."""
        return any(word in self._set(name) for word in words)

    def _set(self, name: str) -> Collection[str]:
        return self.lists.get(name, ())


def load(language: str, more: Mapping[str, Any] | None = None) -> Patterns:
    """Return the patterns of a language (its primary tag) with a user's additions.

    Lists are joined; a ``[[verb]]`` or ``[[noun]]`` with the key of a shipped one replaces it.

    Raises:
        KeyError: there are no patterns for the language.
        MalformedPatterns: an addition lacks ``key``, ``type`` or ``words``.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    if not more:
        return _shipped(language)
    try:
        return _build(language, _merged(_data(language), more))
    except KeyError as error:
        raise MalformedPatterns(f"[{language}]: a pattern lacks the key {error}.") from error


def shipped(language: str) -> Mapping[str, Any]:
    """Return the file of a language as it is shipped.

    Raises:
        KeyError: there are no patterns for the language.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    return _data(language)


@cache
def schemes() -> Mapping[str, Scheme]:
    """Return the dependency schemes, by name."""
    return {
        name: Scheme(
            name=name,
            content=table["heads"] == "content",
            roles={
                label: Role(name=role.split()[0], case=" ".join(role.split()[1:]))
                for label, role in table.items()
                if label != "heads"
            },
        )
        for name, table in _data("schemes").items()
    }


def scheme_of(labels: Collection[str], default: str) -> Scheme:
    """Return the scheme that knows most of a parser's labels; of equals, the ``default``."""
    known = schemes()
    return max(
        known.values(),
        key=lambda s: (sum(label in s.roles for label in labels), s.name == default),
    )


@cache
def _data(name: str) -> Mapping[str, Any]:
    file = files("extract.patterns") / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


@cache
def _shipped(language: str) -> Patterns:
    return _build(language, _data(language))


def _merged(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for name, value in more.items():
        held = merged.get(name)
        if isinstance(value, Mapping) and isinstance(held, Mapping):
            merged[name] = _merged(held, value)
        elif isinstance(value, list) and isinstance(held, list):
            replaced = {v["key"] for v in value if isinstance(v, dict)}
            kept = [v for v in held if not (isinstance(v, dict) and v["key"] in replaced)]
            merged[name] = kept + value
        else:
            merged[name] = value
    return merged


def _build(language: str, data: Mapping[str, Any]) -> Patterns:
    lists: dict[str, tuple[str, ...]] = {}
    for name, value in data.items():
        if isinstance(value, list) and not any(isinstance(v, dict) for v in value):
            lists[name] = tuple(value)
        elif isinstance(value, dict) and name != "contractions":
            for inner, words in value.items():
                lists[f"{name}.{inner}"] = tuple(words)
    verbs = [_frame(table) for table in data.get("verb", ())]
    nouns = [_frame(table) for table in data.get("noun", ())]
    endings = {
        name: tuple(forms) for name, forms in data.get("forms", {}).items() if name != "participles"
    }
    by_verb = _by_word(verbs, endings)
    by_noun = _by_word(nouns, {})
    return Patterns(
        language=language,
        scheme=data["scheme"],
        download=data["download"],
        head_first=data.get("head", "last") == "first",
        small=bool(data.get("small", False)),
        subjectless=bool(data.get("subjectless", False)),
        contractions=dict(data.get("contractions", {})),
        lists=lists,
        verbs=by_verb,
        nouns=by_noun,
        frames=(*verbs, *nouns),
    )


def _frame(table: Mapping[str, Any]) -> Frame:
    first, _, rest = table.get("frame", "object").partition(" ")
    placed = first if first in {"object", "infinitive", "goal"} else "case"
    cases = rest if placed != "case" else table["frame"]
    return Frame(
        key=table["key"],
        type=table["type"],
        words=tuple(table["words"]),
        place=placed,
        cases=frozenset(filter(None, cases.split("|"))),
        confidence=float(table.get("confidence", 0.8)),
        inverse=table.get("inverse", ""),
        passive=bool(table.get("passive", False)),
        several=bool(table.get("several", False)),
        people=bool(table.get("people", False)),
    )


def _by_word(
    frames: Sequence[Frame], endings: Mapping[str, Sequence[str]]
) -> Mapping[str, tuple[Frame, ...]]:
    """Frames by each word and, of verbs with a regular ending, by its forms."""
    found: dict[str, list[Frame]] = {}
    for frame in frames:
        for word in frame.words:
            first = word.split()[0]
            forms = [first]
            for infinitive, others in endings.items():
                if first.endswith(infinitive):
                    forms += [first[: -len(infinitive)] + ending for ending in others]
                    break
            for form in dict.fromkeys(forms):
                held = found.setdefault(form, [])
                if frame not in held:
                    held.append(frame)
    return {word: tuple(held) for word, held in found.items()}
