"""The rules of alignment: verdict and reason for two entries, the first rule that has one decides.

In order: equal labels, aliases, shared acronyms; then what a glossary leaves out because
its title says it; then near pairs; then the refusals that a reader would ask about. Which words
tell labels apart is data (``alignment.toml``).
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from extract.labels import is_acronym, words
from kg.candidates import Profile
from kg.model import Decision

_TABLES = tomllib.loads((Path(__file__).parent / "alignment.toml").read_text(encoding="utf-8"))
_OPPOSED: dict[str, list[frozenset[str]]] = {}
for _group in _TABLES["opposed"]:
    for _word in _group:
        _OPPOSED.setdefault(_word, []).append(frozenset(_group))
_DISCRIMINATORS = frozenset(_TABLES["discriminators"])
_MEASURES = frozenset(_TABLES["measures"])
_SHELLS = frozenset(_TABLES["shells"])
_TELLS_NOTHING = frozenset(_TABLES["tells_nothing"])


class Holdings:
    """Which glossary has an entry of which name."""

    def __init__(self, known: Iterable[Profile]) -> None:
        self._words: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        self._owners: dict[str, list[Profile]] = defaultdict(list)
        for profile in known:
            self._words[profile.source].add(profile.words)
            for acronym in profile.acronyms:
                self._owners[acronym].append(profile)

    def both(self, left: Profile, right: Profile) -> Profile | None:
        """The one of the two whose glossary has an entry with the other's name as well."""
        if left.source == right.source or right.words in self._words[left.source]:
            return left
        return right if left.words in self._words[right.source] else None

    def owner(self, acronym: str, source: str) -> Profile | None:
        """The entry of a source whose initials an acronym is; else the only one to list it."""
        listing = [p for p in self._owners[acronym] if p.source == source]
        owning = [p for p in listing if p.initials == acronym]
        owners = owning or listing
        return owners[0] if len(owners) == 1 else None


# ---------------------------------------------------------------- rules


def judge(left: Profile, right: Profile, holds: Holdings) -> Decision | None:
    """Return the first rule's verdict on two entries, or ``None`` where none has one."""
    for name, rule in _RULES.items():
        found = rule(left, right, holds)
        if found is not None:
            verdict, reason = found
            return Decision(
                left=left.entry.id, right=right.entry.id, verdict=verdict, rule=name, reason=reason
            )
    return None


_DECISIVE = _DISCRIMINATORS | _OPPOSED.keys()
"""Words that tell two entries of one glossary apart."""


def silent(left: Profile, right: Profile) -> bool:
    """Return whether no rule can tell anything of two entries that share no name.

    Most rules compare two glossaries. Within one, what may speak is a mere pointer, a word that
    goes without saying or sets apart, and equal words of definition.
    """
    return (
        left.source == right.source
        and left.opening_words[:4] != right.opening_words[:4]
        and _DECISIVE.isdisjoint(left.words)
        and _DECISIVE.isdisjoint(right.words)
        and not (left.points or right.points)
        and not _drops(left, right)
        and not _drops(right, left)
    )


def _drops(short: Profile, long: Profile) -> bool:
    """Whether a name may be the other without words that go without saying in its glossary."""
    return len(short.words) < len(long.words) and short.domain.issuperset(
        set(long.words).difference(short.words)
    )


_Verdict = tuple[str, str] | None
_Rule = Callable[[Profile, Profile, Holdings], _Verdict]


def _iri(left: Profile, right: Profile, _: Holdings) -> _Verdict:
    if left.entry.iri and left.entry.iri == right.entry.iri and left.source != right.source:
        return "same", f"Both entries give the address {left.entry.iri}."
    return None


def _redirect(left: Profile, right: Profile, _: Holdings) -> _Verdict:
    for one, other in ((left, right), (right, left)):
        if one.source == other.source and one.redirects_to(other):
            return "same", f'{one.title} only sends the reader of "{one.term}" to "{other.term}".'
    return None


def _equal_label(left: Profile, right: Profile, _: Holdings) -> _Verdict:
    if not left.spellings & right.spellings:
        return None
    if left.source == right.source:
        if left.words == right.words:
            return "apart", f'{left.title} has two entries "{left.term}": homonyms, kept as two.'
        return None
    if left.term == right.term:
        return "same", f'{left.title} and {right.title} both have an entry "{left.term}".'
    return "same", f'"{left.term}" and "{right.term}" are spellings of one name.'


def _alias(left: Profile, right: Profile, holds: Holdings) -> _Verdict:
    for one, other in ((left, right), (right, left)):
        short = _acronym(one.term)
        if short in other.acronyms and not is_acronym(other.term):
            if holds.owner(short, other.source) is not other:
                continue
        elif not one.spellings & other.alias_spellings or _opposed(left, right):
            continue
        return "same", f'{other.title} gives "{one.term}" as another name of "{other.term}".'
    shared = left.alias_spellings & right.alias_spellings
    if shared and left.source != right.source and not _opposed(left, right):
        name = next(a for a in left.aliases if a.spelling in shared).text
        return "same", f'"{left.term}" and "{right.term}" are both also called "{name}".'
    return None


def _acronym(term: str) -> str:
    """The term in capitals without plural -s if it is an acronym, else nothing."""
    return term.rstrip("s").upper() if is_acronym(term) else ""


def _shared_acronym(left: Profile, right: Profile, holds: Holdings) -> _Verdict:
    for acronym in sorted(left.acronyms & right.acronyms):
        owners = holds.owner(acronym, left.source), holds.owner(acronym, right.source)
        if left.source == right.source:
            owner = owners[0]
            if owner in (left, right):
                other = right if owner is left else left
                return (
                    "close",
                    f'{left.title} puts {acronym} under "{other.term}" too, but it stands for '
                    f'"{owner.term if owner else ""}", which has an entry of its own.',
                )
            continue
        if owners != (left, right):
            continue
        if opposed := _opposed(left, right):
            return "apart", f"Both write {acronym}, but {_versus(opposed)} exclude each other."
        common = set(left.words) & set(right.words)
        share = len(common) / len(set(left.words) | set(right.words))
        if share >= 0.5:
            return "same", f'"{left.term}" and "{right.term}" share the acronym {acronym}.'
        verdict = "close" if common - _MEASURES else "apart"
        return (
            verdict,
            f'Both write {acronym}, but for "{left.term}" and for "{right.term}": '
            "the long forms differ in most words.",
        )
    return None


def _implied_modifier(left: Profile, right: Profile, holds: Holdings) -> _Verdict:
    """*Customer churn rate* and, in a glossary on customers, *Churn rate*."""
    for short, long in ((left, right), (right, left)):
        extra = _extra(short.words, long.words)
        if not extra or set(extra) & _DISCRIMINATORS:
            continue
        if not set(extra) <= short.domain:
            continue
        dropped = " ".join(extra)
        both = holds.both(left, right)
        if both is None:
            return (
                "same",
                f'{short.title} is about "{dropped}" throughout, so its "{short.term}" is '
                f'"{long.term}"; neither glossary has both.',
            )
        return (
            "close",
            f'"{long.term}" is "{short.term}" with "{dropped}", which goes without saying in '
            f"{short.title}; but {both.title} has both, as two entries.",
        )
    return None


def _measure(left: Profile, right: Profile, _: Holdings) -> _Verdict:
    """*Feature adoption* and, in another glossary, *Feature adoption rate*."""
    if left.source == right.source:
        return None
    for short, long in ((left, right), (right, left)):
        if len(long.words) < 2 or long.words[-1] not in _MEASURES or short.words[-1] in _MEASURES:
            continue
        rest = long.words[:-1]
        extra = _extra(rest, short.words)
        if rest == short.words or (extra and set(extra) <= long.domain):
            return (
                "close",
                f'"{long.term}" is the {long.words[-1]} of "{short.term}": '
                "the thing and its measure are kept as two.",
            )
    return None


def _spelled_out(left: Profile, right: Profile, _: Holdings) -> _Verdict:
    """*Sales-to-CS handoff*, and *Hand-off process* defined as going from Sales to CS."""
    if left.source == right.source:
        return None
    for short, long in ((left, right), (right, left)):
        if long.words[-len(short.words) :] == short.words:
            continue  # "revenue churn" is a kind of churn, and its name says so
        core = short.core(_SHELLS)
        extra = _extra_units(core, long.core(_SHELLS))
        said = set(short.definition_words)
        if extra and all(word in said for word in extra):
            return (
                "close",
                f'"{long.term}" adds "{" ".join(extra)}" to "{short.term}", and the definition in '
                f"{short.title} says so; the names differ, so they stay two.",
            )
    return None


def _same_modifier(left: Profile, right: Profile, _: Holdings) -> _Verdict:
    """*Customer journey*, defined as an "entire lifecycle", and *Customer lifecycle*."""
    if left.source == right.source or len(left.words) < 2 or left.words[:-1] != right.words[:-1]:
        return None
    for one, other in ((left, right), (right, left)):
        if other.words[-1] in one.opening and other.words[-1] not in _MEASURES | _SHELLS:
            return (
                "close",
                f'{one.title} defines "{one.term}" as a {other.words[-1]}; '
                f'{other.title} has "{other.term}".',
            )
    return None


def _label_in_definition(left: Profile, right: Profile, _: Holdings) -> _Verdict:
    """*Freemium to paid conversion*, and *Paid sign-ups*: users who convert from freemium."""
    if left.source == right.source:
        return None
    for one, other in ((left, right), (right, left)):
        content = one.content
        shared = (content & other.content) - one.domain - other.domain
        if len(content) < 3 or not any(len(word) > 3 for word in shared):
            continue
        # A definition that uses the name as it stands mentions the thing, and is not of it.
        if all(other.says(word) for word in content) and not other.mentions(one):
            return (
                "close",
                f'The definition of "{other.term}" in {other.title} names all of '
                f'"{one.term}": {", ".join(sorted(content))}.',
            )
    return None


def _same_definition(left: Profile, right: Profile, _: Holdings) -> _Verdict:
    """*Churn rate* and *Logo churn*, both "% of customers lost"."""
    heads = {p.core(_SHELLS | _MEASURES)[-1:] for p in (left, right)}
    if len(heads) != 1 or left.opening_words[:4] != right.opening_words[:4]:
        return None
    # A genus and its own words are what kinds of one thing share anyway.
    own = {*left.words, *right.words}
    telling = [w for w in left.opening_words[:4] if w not in own and w not in _TELLS_NOTHING]
    if len(telling) < 2 or _opposed(left, right):
        return None
    quoted = " ".join(left.opening_words[:4])
    return "close", f'Both are defined by the same words, "{quoted} …", under different names.'


def _discriminator(left: Profile, right: Profile, _: Holdings) -> _Verdict:
    if opposed := _opposed(left, right):
        return "apart", f"{_versus(opposed)} exclude each other."
    for short, long in ((left, right), (right, left)):
        extra = set(_extra(short.words, long.words)) & _DISCRIMINATORS
        if extra:
            return "apart", f'"{sorted(extra)[0]}" makes "{long.term}" another thing.'
    return None


def _head(left: Profile, right: Profile, _: Holdings) -> _Verdict:
    if left.source == right.source:
        return None
    shared = [w for w in left.words if w in right.words]
    if set(shared) <= left.domain | right.domain:
        return None
    if left.head != right.head and shared and len(shared) * 2 >= len(left.words):
        return (
            "apart",
            f'Only "{_printed(shared, left.term)}" is shared; "{left.head}" and "{right.head}" '
            "are different things.",
        )
    return None


def _modifier(left: Profile, right: Profile, _: Holdings) -> _Verdict:
    if left.source == right.source or left.head != right.head or len(left.words) < 2:
        return None
    one = [w for w in left.words if w not in right.words]
    other = [w for w in right.words if w not in left.words]
    if one and other:
        return (
            "apart",
            f'Both are named "{left.head}", but "{_printed(one, left.term)}" is not '
            f'"{_printed(other, right.term)}".',
        )
    return None


# In order: the first with a verdict decides. The order is also that in which merges are made.
_RULES: Mapping[str, _Rule] = {
    "iri": _iri,
    "redirect": _redirect,
    "equal-label": _equal_label,
    "alias": _alias,
    "shared-acronym": _shared_acronym,
    "implied-modifier": _implied_modifier,
    "measure": _measure,
    "spelled-out": _spelled_out,
    "same-modifier": _same_modifier,
    "label-in-definition": _label_in_definition,
    "same-definition": _same_definition,
    "discriminator": _discriminator,
    "head": _head,
    "modifier": _modifier,
}
RULE_ORDER = {rule: n for n, rule in enumerate(("review", *_RULES, "one-source"))}
"""Place of each rule: the surer, the earlier. First what a reviewer decided."""


def _extra(short: tuple[str, ...], long: tuple[str, ...]) -> tuple[str, ...]:
    """The words that ``long`` has besides those of ``short`` in their order; empty if not all."""
    if len(short) >= len(long):
        return ()
    extra, rest = [], list(short)
    for word in long:
        if rest and word == rest[0]:
            rest.pop(0)
        else:
            extra.append(word)
    return () if rest else tuple(extra)


def _extra_units(short: tuple[str, ...], long: tuple[str, ...]) -> tuple[str, ...]:
    """Like :func:`_extra`; a closed compound equals its parts ("handoff", "hand off")."""
    plain = _extra(short, long)
    if plain:
        return plain
    joined = "".join(short)
    for size in range(1, len(long)):
        if "".join(long[-size:]) == joined:
            return long[:-size]
    return ()


def _opposed(left: Profile, right: Profile) -> tuple[str, str] | None:
    """Two words, one only in each label, that exclude each other."""
    one, other = set(left.words) - set(right.words), set(right.words) - set(left.words)
    for word in sorted(one):
        for group in _OPPOSED.get(word, ()):
            if against := sorted(other & group):
                return word, against[0]
    return None


def _versus(pair: tuple[str, str]) -> str:
    return f'"{pair[0].capitalize()}" and "{pair[1]}"'


def _printed(parts: list[str], term: str) -> str:
    """The words as the term prints them, hyphens included, where they stand together."""
    wanted = set(parts)
    kept = [w for w in term.split() if set(_singulars(w)) & wanted]
    return " ".join(kept) or " ".join(parts)


def _singulars(word: str) -> Iterator[str]:
    for part in words(word):
        yield part
        yield part.rstrip("s")
