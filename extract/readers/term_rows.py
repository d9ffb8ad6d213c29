"""Rows of one term each, the language in a column: those of one concept are one record.

Terminology databases export so (IATE, MultiTerm, SDL): concept number, language, term, type of the
term, definition in that language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extract.model import Role
from extract.readers import columns
from extract.readers.base import Sheet
from extract.readers.cell_links import linked
from extract.readers.columns import Column

_NAMES = (
    "language|lang|language code|lang code|l code|locale|term language|sprache|sprachcode|langue"
    "|idioma|lengua|lingua|taal|язык|语言|語言|言語|언어"
)
_LANGUAGE = frozenset(_NAMES.split("|"))
_TYPE = frozenset({"type", "term type", "t type", "termtype", "art", "typ", "tipo"})
_SHORT = ("abbr", "acron", "initial", "short", "sigl", "abk", "kurz", "symbol")
_SPOKEN = frozenset(
    {Role.TERM, Role.ALIAS, Role.ACRONYM, Role.DEFINITION, Role.EXAMPLE, Role.NOTE, Role.FORMULA}
)
"""What is said in the language of its row."""
_SHARED = 5
"""One concept in so many has rows in two languages at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Which columns tell the concept, the language and the type of a term."""

    key: int
    language: int
    type: int | None


def layout_of(
    heads: Sequence[str], kinds: Sequence[Column], rows: Sequence[Sequence[str]]
) -> Layout | None:
    """Return how the columns of rows of one term each are used; None where they are none.

    There are one column of terms, one of languages and one of numbers that rows share which are
    in different languages.
    """
    names = [columns.folded(head) for head in heads]
    language = next((i for i, name in enumerate(names) if name in _LANGUAGE), None)
    if language is None or sum(kind.role is Role.TERM for kind in kinds) != 1:
        return None
    told = [row[language] for row in rows if language < len(row) and row[language]]
    known = sum(columns.tag_of(cell)[:2] in columns.TAGS for cell in told)
    if not told or known * 10 < len(told) * 8:
        return None
    for key, name in enumerate(names):
        numbered = kinds[key].role is Role.NOTATION or name.endswith(" id")
        if key == language or not (numbered or name in {"concept", "entry", "record"}):
            continue
        spoken: dict[str, set[str]] = {}
        for row in rows:
            if max(key, language) < len(row) and row[key]:
                spoken.setdefault(row[key], set()).add(row[language])
        if sum(len(each) > 1 for each in spoken.values()) * _SHARED >= len(spoken) > 0:
            kind = next((i for i, name in enumerate(names) if name in _TYPE), None)
            return Layout(key=key, language=language, type=kind)
    return None


def lay(
    sheet: Sheet,
    body: Sequence[tuple[str, Sequence[str]]],
    kinds: Sequence[Column],
    layout: Layout,
    *,
    record: int,
    section: str,
) -> int:
    """Lay the rows out, those of one concept as one record, and return its number.

    The language that most concepts have comes first in each; of several terms in a language the
    first is its term, the others are further names.
    """
    groups: dict[str, list[tuple[str, Sequence[str]]]] = {}
    for number, (at, row) in enumerate(body):
        if max(layout.key, layout.language) < len(row):
            groups.setdefault(row[layout.key] or f"\0{number}", []).append((at, row))

    def tag(row: Sequence[str]) -> str:
        return columns.tag_of(row[layout.language])

    counts = Counter(
        t for group in groups.values() for t in dict.fromkeys(tag(row) for _, row in group)
    )
    most = max(counts.values(), default=0)
    main = sheet.hint if sheet.hint and counts[sheet.hint] == most else ""
    main = main or next((t for t, count in counts.items() if count == most), "")
    sheet.language = sheet.language or main
    for group in groups.values():
        record += 1
        fresh = True
        said: set[tuple[Role, str, str]] = set()
        named: set[str] = set()
        for at, row in sorted(group, key=lambda each: tag(each[1]) != main):
            own = tag(row)
            for number, (kind, cell) in enumerate(zip(kinds, row, strict=False)):
                if number in (layout.language, layout.type):
                    continue
                role = _role(kind.role, row, layout, known=own in named)
                language = own if kind.role in _SPOKEN else kind.language
                for value in columns.values(kind.role, cell):
                    if (role, language, value) in said or not value:
                        continue
                    said.add((role, language, value))
                    text, links = linked(value)
                    laid = sheet.put(
                        text, role, blank=fresh, record=record, label=kind.label, links=links,
                        language=language, section=section, locator=at,
                    )  # fmt: skip
                    fresh = fresh and laid is None
            named.add(own)
    return record


def _role(role: Role, row: Sequence[str], layout: Layout, *, known: bool) -> Role:
    """What a cell is: the second term of a language is another name, a short one an acronym."""
    if role is not Role.TERM:
        return role
    told = row[layout.type].casefold() if layout.type is not None and layout.type < len(row) else ""
    if known:
        return Role.ACRONYM if told.startswith(_SHORT) else Role.ALIAS
    return role


def merged(items: Sequence[object]) -> list[Mapping[str, object]] | None:
    """Return objects of one term each, those of one concept as one with keys by language.

    ``{"id": 1, "lang": "de", "term": "Pegel"}`` and the same in English give ``{"id": 1, "term_de":
    "Pegel", "term_en": "gauge"}``. None where the objects are none of this kind.
    """
    objects = [item for item in items if isinstance(item, dict)]
    if len(objects) < len(items) or len(objects) < 2:
        return None
    heads = list(dict.fromkeys(str(key) for item in objects for key in item))
    if _LANGUAGE.isdisjoint(map(columns.folded, heads)):
        return None
    rows = [[str(item.get(head, "")) for head in heads] for item in objects]
    layout = layout_of(heads, columns.assign(heads, [], guess=False), rows)
    if layout is None:
        return None
    kinds = {head: columns.role_of(head) for head in heads}
    found: dict[str, dict[str, object]] = {}
    for number, item in enumerate(objects):
        key = str(item.get(heads[layout.key], "")) or f"\0{number}"
        one = found.setdefault(key, {})
        tag = columns.tag_of(str(item.get(heads[layout.language], "")))
        for head, value in item.items():
            if str(head) == heads[layout.language] or value in (None, ""):
                continue
            name = f"{head}_{tag[:2]}" if kinds[str(head)] in _SPOKEN else str(head)
            if kinds[str(head)] is Role.TERM and name in one:
                name = f"synonyms_{tag[:2]}"
                held = one.get(name, [])
                value = [*(held if isinstance(held, list) else [held]), value]
            one[name] = value if name.startswith("synonyms_") else one.get(name, value)
    return list(found.values())
