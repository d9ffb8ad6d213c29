"""What a column, key or field of a glossary is: by its name, else by its values.

One table for CSV, spreadsheets, Markdown and HTML tables, JSON, YAML and front matter: people give
the same names to the columns of a sheet and to the keys of a record.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from extract import languages
from extract.languages import LABEL_KEYS
from extract.model import Role
from extract.readers.column_names import FOREIGN, LANGUAGES, LONG_FORMS, NAMES, WEAK

_NAMED: Mapping[str, tuple[Role, int]] = {
    name: (role, rank)
    for role, names in reversed(list(NAMES.items()))
    for rank, name in reversed(list(enumerate(names.split("|"))))
}
# What languages.toml calls a part of an entry heads a column of it, too.
_LABELLED: Mapping[str, Role] = {
    "see": Role.REFERENCE,
    "related": Role.RELATED,
    "synonym": Role.ALIAS,
    "acronym": Role.ACRONYM,
    "example": Role.EXAMPLE,
    "broader": Role.BROADER,
    "narrower": Role.NARROWER,
}
_EXPANSIONS = frozenset(LONG_FORMS.split("|"))
_LIST_ROLES = frozenset(
    {Role.ALIAS, Role.ACRONYM, Role.REFERENCE, Role.RELATED, Role.BROADER, Role.NARROWER, Role.TAG,
     Role.WHOLE, Role.PART}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What one column is."""

    role: Role
    label: str
    """Its head as the source writes it, or ``""``."""
    language: str = ""
    """Lower-case tag where the head names a language."""


# Records repeat the names of their fields: a hundred thousand of them ask this a million times.
@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """Return the name of a field for comparison: no case, accents, ``_``, ``-``, punctuation."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    name = unicodedata.normalize("NFKD", name.casefold())
    name = "".join(c for c in name if not "\u0300" <= c <= "\u036f")
    name = unicodedata.normalize("NFC", name)
    return " ".join(re.sub(r"[^\w@]+|_", " ", name).split())


_ROLES: Mapping[str, tuple[Role, int]] = {
    **{
        name: (role, len(NAMES[role]))
        for language, words in languages.table().items()
        if language != "en"
        for key, role in _LABELLED.items()
        for word in words[key]
        if (name := folded(word))
    },
    **_NAMED,
}


def role_of(name: str) -> Role | None:
    """Return the role that a field's name stands for, without its language, or ``None``."""
    known = _known(name)
    return known[0] if known else None


def language_of(name: str) -> str:
    """Return the language that a field's name gives ("term_de", "Definition (fr)"), or ``""``."""
    return _split(name)[1]


def is_strong(name: str) -> bool:
    """Return whether a field's name says that its values are terms: "Term", "Begriff", not "Name".

    The name of a language heads terms, too.
    """
    bare, language = _split(name)
    if bare in WEAK:
        return False
    return role_of(name) is Role.TERM or (bool(language) and bare in LANGUAGES)


def foreign(names: Collection[str]) -> list[str]:
    """Return the names that head lists of people, goods or files, where no other says "term"."""
    if any(is_strong(name) for name in names):
        return []
    return [name for name in names if folded(name) in FOREIGN]


def tag_of(text: str) -> str:
    """Return the language tag that ``text`` is or names ("de", "pt-BR", "Deutsch"), or ``""``."""
    if known := LANGUAGES.get(folded(text)):
        return known
    shaped = re.fullmatch(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{4})?(?:[-_](?:[A-Za-z]{2}|\d{3}))?", text)
    return text.lower().replace("_", "-") if shaped else ""


TAGS = frozenset(LANGUAGES.values())
"""Tags of the languages that glossaries are written in."""


def is_tag(name: str) -> bool:
    """Return whether a key is the tag of a language that glossaries are written in."""
    return bool(re.fullmatch(r"[A-Za-z]{2}(?:[-_][A-Za-z]{2,4})?", name)) and (
        name[:2].lower() in LANGUAGES.values()
    )


def spoken(names: Collection[str]) -> str:
    """Return the language that the names of fields are in, or ``""`` where they do not tell."""
    counts = Counter(
        tag for name in names for tag in _speakers().get(folded(_split(name)[0]), frozenset())
    )
    best = counts.most_common(2)
    if not best or (len(best) > 1 and best[0][1] == best[1][1]):
        return ""
    return best[0][0]


@cache
def _speakers() -> Mapping[str, frozenset[str]]:
    """For each name of a field that English has not, the languages that have it."""
    table = languages.table()
    english = {folded(word) for key in LABEL_KEYS for word in table["en"][key]}
    found: dict[str, set[str]] = {}
    for language, keys in table.items():
        for word in {folded(word) for key in LABEL_KEYS for word in keys[key]} - english:
            found.setdefault(word, set()).add(language)
    return {word: frozenset(tags) for word, tags in found.items()}


@lru_cache(maxsize=4096)
def _split(name: str) -> tuple[str, str]:
    """Return a field's folded name without its language, and the language's tag or ``""``."""
    tagged = re.fullmatch(
        r"(.*\w)[@:\[(/_. -]+([a-z]{2})(?:[-_][A-Za-z]{2,4})?[\])]?", name.strip()
    )
    if tagged and tagged[2] in LANGUAGES and _ROLES.get(folded(tagged[1])):
        return folded(tagged[1]), tagged[2]
    whole = folded(name)
    if whole in _ROLES or whole in _EXPANSIONS:
        return whole, ""
    words = whole.split()
    for at in (-1, 0):
        if len(words) > 1 and words[at] in LANGUAGES:
            rest = " ".join(words[:-1] if at else words[1:])
            if rest in _ROLES:
                return rest, LANGUAGES[words[at]]
    return whole, LANGUAGES.get(whole, "")


@lru_cache(maxsize=4096)
def _known(name: str) -> tuple[Role, int] | None:
    if name.strip() in {"#", "№", "Nº"}:
        return Role.NOTATION, 0
    bare, _ = _split(name)
    if bare in _ROLES:
        return _ROLES[bare]
    # "Term / Acronym", "Description of the term", "Term or phrase": the first known word decides.
    words = bare.split()
    if len(words) == 2 and len(words[0]) == 1 and words[1] in _ROLES:
        return _ROLES[words[1]]  # IATE: E_ID, L_DEFINITION, T_TERM
    if 1 < len(words) <= 5:
        for part in re.split(r"[/|,(]|\b(?:or|and|of|oder|und|ou|o|y|e)\b", name):
            if part and folded(part) in _ROLES:
                return _ROLES[folded(part)]
        if words[-1] in _ROLES and _ROLES[words[-1]][0] in _NOUN_HEADS:
            return _ROLES[words[-1]]
    return None


# Heads that keep their meaning behind any modifier: "Plain-language definition", "Medical term".
_NOUN_HEADS = frozenset(
    {Role.TERM, Role.DEFINITION, Role.EXAMPLE, Role.NOTE, Role.ACRONYM, Role.ALIAS, Role.FORMULA}
)


def is_header(row: Sequence[str]) -> bool:
    """Return whether ``row`` holds the heads of columns: short cells, names of fields among them.

    One cell that is the name of a term or definition column is enough beside others that are no
    longer than four words; else two known names. A row of language names is a header, too.
    """
    cells = [cell.strip() for cell in row if cell.strip()]
    if not cells or any(len(cell.split()) > 6 or len(cell) > 60 for cell in cells):
        return False
    known = [role for cell in cells if (role := role_of(cell) or _language_term(cell))]
    if sum(role in {Role.TERM, Role.DEFINITION, Role.ACRONYM} for role in known) >= 1:
        return len(known) * 2 >= len(cells) or len(known) >= 2
    return len(known) >= 2 and len(known) * 2 >= len(cells)


def _language_term(cell: str) -> Role | None:
    """Return TERM for the name of a language, which heads the terms in that language."""
    return Role.TERM if folded(cell) in LANGUAGES else None


def assign(
    header: Sequence[str], rows: Sequence[Sequence[str]], *, guess: bool = True
) -> list[Column]:
    """Return what each column is, from its head and, where heads leave it open, its values.

    ``header`` is empty where the table has none. Exactly one column a language is the term. The
    result is as long as the longest of ``header`` and the ``rows`` looked at (the first 200).
    Without ``guess`` only heads decide.
    """
    sample = rows[:200]
    width = max([len(header), *(len(row) for row in sample)], default=0)
    names = [*header, *[""] * (width - len(header))]
    known = [_known(name) for name in names]
    languages = [language_of(name) for name in names]
    roles: list[Role | None] = [k[0] if k else None for k in known]
    bare = [_split(name)[0] for name in names]
    for i, name in enumerate(bare):
        if languages[i] and name in LANGUAGES and roles[i] in (None, Role.TERM):
            roles[i] = Role.TERM
    _settle_terms(roles, known, bare, languages)
    if guess:
        lengths = [_mean([row[i] for row in sample if i < len(row)]) for i in range(width)]
        _settle_by_values(roles, lengths, sample)
    return [
        Column(role=roles[i] or Role.OTHER, label=names[i].strip(), language=languages[i])
        for i in range(width)
    ]


def _settle_terms(
    roles: list[Role | None],
    known: Sequence[tuple[Role, int] | None],
    bare: Sequence[str],
    languages: Sequence[str],
) -> None:
    """Leave one term column a language; long forms and acronyms step in where there is none."""
    expansions = [i for i, name in enumerate(bare) if name in _EXPANSIONS]
    terms = [i for i, role in enumerate(roles) if role is Role.TERM]
    acronyms = [i for i, role in enumerate(roles) if role is Role.ACRONYM]
    for i in expansions:
        roles[i] = Role.ALIAS
    if not terms and expansions:
        # Two columns, "ABC | stands for": the acronym is what is looked up there.
        other = any(role is Role.DEFINITION for role in roles)
        roles[expansions[0]] = Role.TERM if other else Role.DEFINITION
        if not other and acronyms:
            roles[acronyms[0]] = Role.TERM
        return
    if not terms and acronyms:
        roles[acronyms[0]] = Role.TERM
        return
    best: dict[str, int] = {}
    for i in terms:
        kept = best.get(languages[i])
        if kept is None or _rank(known[i]) < _rank(known[kept]):
            best[languages[i]] = i
    for i in terms:
        if best[languages[i]] != i:
            roles[i] = Role.OTHER


def _rank(known: tuple[Role, int] | None) -> int:
    return known[1] if known else 999


def _mean(cells: Sequence[str]) -> float:
    filled = [len(cell.strip()) for cell in cells if cell.strip()]
    return sum(filled) / len(filled) if filled else 0.0


def _settle_by_values(
    roles: list[Role | None], lengths: Sequence[float], rows: Sequence[Sequence[str]]
) -> None:
    """Make the term a column of short values that hardly repeat, the definition the longest."""
    if Role.TERM not in roles:
        for i, length in enumerate(lengths):
            values = [row[i].strip() for row in rows if i < len(row) and row[i].strip()]
            wordy = sum(any(c.isalpha() for c in value) for value in values)
            if (
                roles[i] in (None, Role.NOTATION, Role.TAG)
                and 0 < length <= 60
                and wordy * 2 > len(values)
                and len(set(values)) * 10 >= len(values) * 8
                and len(values) * 2 >= len(rows)
            ):
                roles[i] = Role.TERM
                break
    if Role.DEFINITION not in roles and Role.TERM in roles:
        open_ = [i for i, role in enumerate(roles) if role is None and lengths[i] > 0]
        longest = max(open_, key=lambda i: lengths[i], default=None)
        term = roles.index(Role.TERM)
        if longest is not None and lengths[longest] > min(lengths[term], 25):
            roles[longest] = Role.DEFINITION


def values(role: Role, text: str) -> list[str]:
    """Return the single values of a field: lists of names are cut at ``;``, ``|``, line ends or
    commas.

    Commas cut only where each piece is at most five words and nothing else cuts.
    """
    if role not in _LIST_ROLES:
        return [text]
    if (written := _literal(text)) is not None:
        return written
    pieces = re.split(r"\s*(?:[;|\n•]|，|、|；|\s/\s)\s*", text.strip())
    if len(pieces) == 1:
        commas = re.split(r",\s+(?:and\s+|or\s+)?|,(?=\w)", text)
        short = all(0 < len(piece.split()) <= 5 for piece in commas)
        # "Smith, John" and "1,000" are one value each.
        numeric = any(piece.strip()[:1].isdigit() for piece in commas[1:])
        pieces = commas if short and not numeric else pieces
    return [piece.strip() for piece in pieces if piece.strip()]


def _literal(text: str) -> list[str] | None:
    """Return the items of a list written as JSON or Python write it, None where it is none."""
    text = text.strip()
    if not re.fullmatch(r"[\[(]\s*(?:([\"']).*\1)?\s*,?\s*[\])]", text, re.DOTALL):
        return None
    quoted = re.findall(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'", text)
    return [item for pair in quoted if (item := (pair[0] or pair[1]).strip())]
