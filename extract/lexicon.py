"""The words and patterns definitions are read with: ``lexicon.toml``, and a user's additions."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from extract import inflection, lexicon_form, patterns
from ontology.vocabulary import DEFAULT, UnknownRelationType, Vocabulary


class MalformedLexicon(ValueError):
    """A lexicon file is not TOML, or holds what has no place in a lexicon."""


_FAULTS = 3
"""So many are told at once."""
_FORM = "A lexicon is TOML; docs/lexicon.md shows one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A pattern of relations: which words say which relation, and where its target stands."""

    key: str
    """Name of the pattern, in evidence as the rule."""
    type: str
    """Key of a relation type."""
    words: frozenset[str]
    """Lemmas of verbs, or nouns, that the pattern is about."""
    frame: str
    """Where the target stands: ``object``, or the prepositions that bring it (``on|upon``)."""
    confidence: float
    """A rank in (0, 1]."""
    inverse: str = ""
    """Type where the entry is the object and another thing the subject; ``""``: none."""
    kinds: frozenset[str] = frozenset()
    """Only for entries of these concept kinds; empty: for all."""
    quantities: bool = False
    """Only where the target is a thing there can be more or less of."""
    changes: bool = False
    """Only where an adjective says that the target rises or falls; that gives the type."""
    people: bool = False
    """Only where the target is people."""
    events: bool = False
    """Only where the target takes place: an act, a step, an event."""
    several: bool = False
    """Only with two targets and more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasPattern:
    """Words that stand before another name."""

    key: str
    lead: tuple[str, ...]
    adverbs: tuple[str, ...]
    """Up to three of them may stand before a participle: "also sometimes called"."""
    participles: tuple[str, ...]
    type: str
    """Type of the designation."""
    status: str
    """Status of the designation."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lexicon:
    """All words and patterns; lists are sets here, tables are tuples in order of the file.

    Compared by identity, so that what is derived of one is found again without a look at all of it.
    """

    lists: Mapping[str, frozenset[str]]
    """``genus.transparent`` and so on: each list of words by its dotted name."""
    aliases: tuple[AliasPattern, ...]
    verbs: tuple[Frame, ...]
    nouns: tuple[Frame, ...]
    contrasts: tuple[str, ...]
    """Phrases before what the entry is set against (``unlike``)."""
    verb_forms: frozenset[str]
    """All forms of the common verbs and of those that say relations, and of "be"."""
    base_verbs: frozenset[str]
    """The same verbs in their base form."""
    gerunds: Mapping[str, str]
    """-ing form → base form of the same verbs."""
    triggers: frozenset[str]
    """Words without which a sentence says no relation, so that it need not be parsed."""
    vocabulary: Vocabulary = field(default=DEFAULT, repr=False)
    """The relation types that patterns name, and the kinds that a genus tells."""
    languages: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Additions to the patterns of other languages, by primary tag (:mod:`extract.patterns`)."""
    weights: Mapping[str, float]
    """What speaks for (> 0) and against a sentence defining its term, and the threshold."""

    def __getitem__(self, name: str) -> frozenset[str]:
        return self.lists[name]


def load(extra: Path | None = None, vocabulary: Vocabulary = DEFAULT) -> Lexicon:
    """Return the shipped lexicon, with the additions in the TOML file ``extra``.

    Patterns may name the relation types of ``vocabulary``.

    Lists are joined; a ``[[verb]]``, ``[[noun]]`` or ``[[alias]]`` with the key of a shipped one
    replaces it. Tables under a language's tag (``[[fr.verb]]``) add to :mod:`extract.patterns`.
    The shipped one alone is read once a process (about 5 ms).

    Raises:
        MalformedLexicon: ``extra`` is not TOML, holds what has no place in a lexicon, or names a
            type that there is not; or it cannot be read.
    """
    if extra is None:
        return replace(_shipped(), vocabulary=vocabulary)
    more = _read(extra)
    languages = {tag: more.pop(tag) for tag in patterns.LANGUAGES if tag in more}
    wrong = list(lexicon_form.faults(more, _data()))
    for tag, added in languages.items():
        wrong += lexicon_form.faults(added, patterns.shipped(tag), tag)
    if wrong:
        raise MalformedLexicon(f"{extra}: {' '.join(wrong[:_FAULTS])} {_FORM}")
    lexicon = replace(_build(_merge(_data(), more)), vocabulary=vocabulary, languages=languages)
    foreign = [patterns.load(tag, added) for tag, added in languages.items()]
    said = [(f.key, f.type, f.inverse) for f in (*lexicon.verbs, *lexicon.nouns)]
    said += [(f.key, f.type, f.inverse) for each in foreign for f in each.frames]
    for name, *types in said:
        for type_ in filter(None, types):
            try:
                vocabulary.canonical(type_)
            except UnknownRelationType as error:
                raise MalformedLexicon(
                    f'{extra}: the pattern "{name}" names a type that is not there. {error} '
                    "Types of your own stand in a file that --types names."
                ) from error
    return lexicon


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise MalformedLexicon(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise MalformedLexicon(f"{file}: not UTF-8. Save it as UTF-8. {_FORM}") from error
    except tomllib.TOMLDecodeError as error:
        raise MalformedLexicon(f"{file}: {error}. {_FORM}") from error


@lru_cache(maxsize=1)
def _data() -> Mapping[str, Any]:
    return tomllib.loads((files("extract") / "lexicon.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _shipped() -> Lexicon:
    return _build(_data())


def _merge(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for name, value in more.items():
        held = merged.get(name)
        if isinstance(value, dict) and isinstance(held, dict):
            merged[name] = _merge(held, value)
        elif isinstance(value, list) and isinstance(held, list):
            replaced = {v["key"] for v in value if isinstance(v, dict)}
            kept = [v for v in held if not (isinstance(v, dict) and v["key"] in replaced)]
            merged[name] = kept + value
        else:
            merged[name] = value
    return merged


def _build(data: Mapping[str, Any]) -> Lexicon:
    verbs = _frames(data["verb"])
    nouns = _frames(data["noun"])
    contrasts = tuple(sorted(data["contrast"]["phrases"], key=len, reverse=True))
    bases = frozenset(data["verbs"]["common"]).union(*(frame.words for frame in verbs))
    return Lexicon(
        lists={
            f"{table}.{name}": frozenset(words)
            for table, value in data.items()
            if isinstance(value, dict)
            for name, words in value.items()
            if isinstance(words, list)
        },
        aliases=tuple(
            AliasPattern(
                key=table["key"],
                # Longest first, so that "also known as" is tried before "also".
                lead=tuple(sorted(table["lead"], key=len, reverse=True)),
                adverbs=tuple(table.get("adverbs", ())),
                participles=tuple(sorted(table.get("participles", ()), key=len, reverse=True)),
                type=table["type"],
                status=table.get("status", "admitted"),
            )
            for table in data["alias"]
        ),
        verbs=verbs,
        nouns=nouns,
        contrasts=contrasts,
        verb_forms=frozenset(form for verb in bases for form in inflection.forms(verb))
        | frozenset(inflection.forms("be")),
        base_verbs=bases,
        gerunds={inflection.ing(verb): verb for verb in sorted(bases)},
        triggers=frozenset(
            [form for frame in verbs for verb in frame.words for form in inflection.forms(verb)]
            + [word for frame in nouns for word in frame.words]
            + [phrase.split()[0] for phrase in contrasts]
            + data["triggers"]["words"]
        ),
        weights={name: float(value) for name, value in data["sentence_weights"].items()},
    )


def _frames(tables: Sequence[Mapping[str, Any]]) -> tuple[Frame, ...]:
    return tuple(
        Frame(
            key=table["key"],
            type=table["type"],
            words=frozenset(table["words"]),
            frame=table.get("frame", "object"),
            confidence=float(table.get("confidence", 0.8)),
            inverse=table.get("inverse", ""),
            kinds=frozenset(table.get("kinds", ())),
            quantities=bool(table.get("quantities", False)),
            changes=bool(table.get("changes", False)),
            people=bool(table.get("people", False)),
            events=bool(table.get("events", False)),
            several=bool(table.get("several", False)),
        )
        for table in tables
    )
