"""Glossaries of our own writing, and how people lay them out as plain text."""

from __future__ import annotations

import json
import string
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from extract.labels import fold

FOLDER = Path(__file__).parent / "cases" / "layouts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Glossary:
    """A glossary before it is laid out."""

    name: str
    title: str
    intro: str
    entries: tuple[tuple[str, str], ...]
    """Headword and definition; paragraphs part at line feeds, ``- `` begins a bullet."""


def glossaries() -> list[Glossary]:
    """Return all glossaries of ``cases/layouts``."""
    found = []
    for path in sorted(FOLDER.glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        found.append(
            Glossary(
                name=path.stem,
                title=data["title"],
                intro=data["intro"],
                entries=tuple((t, d) for t, d in data["entries"]),
            )
        )
    return found


Layout = Callable[[Glossary], str]
LAYOUTS: dict[str, tuple[str, Layout]] = {}


def layout(name: str, media_type: str = "text/plain") -> Callable[[Layout], Layout]:
    """Register a layout in ``LAYOUTS``."""

    def register(function: Layout) -> Layout:
        LAYOUTS[name] = (media_type, function)
        return function

    return register


def _head(g: Glossary) -> str:
    return f"{g.title}\n\n{g.intro}\n\n"


def sections(g: Glossary) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Entries by initial, sorted."""
    entries = sorted(g.entries, key=lambda e: fold(e[0]))

    def initial(entry: tuple[str, str]) -> str:
        first = fold(entry[0])[0]
        return first.upper() if first in string.ascii_lowercase else "#"

    for letter, group in groupby(sorted(entries, key=initial), key=initial):
        yield letter, list(group)


def _joined(definition: str, indent: str = "", glue: str = "\n") -> str:
    first, *rest = definition.split("\n")
    return glue.join([first, *(indent + line for line in rest)])


def _bullets(mark: str, separator: str, *, blank: bool = False) -> Layout:
    def render(g: Glossary) -> str:
        lines = [
            f"{mark.replace('1', str(n), 1)}{t}{separator}{_joined(d, '    ')}"
            for n, (t, d) in enumerate(g.entries, 1)
        ]
        return _head(g) + ("\n\n" if blank else "\n").join(lines) + "\n"

    return render


for _name, _mark, _separator, _blank in (
    ("bullet hyphen", "- ", " - ", False),
    ("bullet en dash", "• ", " – ", True),
    ("bullet colon", "* ", ": ", False),
    ("bullet bold", "* **", "** ", False),
    ("bullet em dash tight", "- ", "—", False),
    ("em dash", "", " — ", True),
    ("en dash", "", " – ", False),
    ("hyphen", "", " - ", True),
    ("colon", "", ": ", False),
    ("colon spaced", "", ": ", True),
    ("tab", "", "\t", False),
    ("bold", "**", "** – ", True),
    ("bold colon inside", "**", ":** ", True),
    ("numbered dash", "1. ", " – ", False),
    ("numbered colon", "1) ", ": ", True),
    ("equals", "", " = ", False),
    ("double colon", "", " :: ", False),
):
    LAYOUTS[_name] = ("text/plain", _bullets(_mark, _separator, blank=_blank))


@layout("alternating")
def _alternating(g: Glossary) -> str:
    return _head(g) + "\n".join(f"{t}\n{_joined(d)}" for t, d in g.entries) + "\n"


@layout("alternating, no title")
def _alternating_bare(g: Glossary) -> str:
    return "\n".join(f"{t}\n{_joined(d)}" for t, d in g.entries) + "\n"


@layout("alternating blank")
def _alternating_blank(g: Glossary) -> str:
    return _head(g) + "\n\n".join(f"{t}\n\n{_joined(d, glue=chr(10) * 2)}" for t, d in g.entries)


@layout("blocks")
def _blocks(g: Glossary) -> str:
    return _head(g) + "\n\n".join(f"{t}\n{_joined(d)}" for t, d in g.entries) + "\n"


@layout("blocks wrapped")
def _blocks_wrapped(g: Glossary) -> str:
    return _head(g) + "\n\n".join(f"{t}\n{_wrap(d, 72)}" for t, d in g.entries) + "\n"


@layout("run on, no mark")
def _run_on(g: Glossary) -> str:
    return _head(g) + "\n\n".join(f"{t} {_joined(d)}" for t, d in g.entries) + "\n"


def _wrap(definition: str, width: int, indent: str = "", first: str | None = None) -> str:
    lines = []
    for number, line in enumerate(definition.split("\n")):
        lead = indent if number or first is None else first
        if line.startswith(("- ", "    ")):
            lines.append(indent + line)
        else:
            lines.append(textwrap.fill(line, width, initial_indent=lead, subsequent_indent=indent))
    return "\n".join(lines)


@layout("part of speech")
def _pos(g: Glossary) -> str:
    return _head(g) + "\n\n".join(
        f"Noun\n\n{_sentence(t, d)}\n\nExample:\n\nWe all know the word {t}." for t, d in g.entries
    )


def _sentence(term: str, definition: str) -> str:
    return f"{term} refers to {_joined(definition, glue=chr(10) * 2)}"


@layout("headless paragraphs")
def _headless(g: Glossary) -> str:
    return _head(g) + "\n\n".join(_sentence(t, d) for t, d in g.entries)


@layout("headword and part of speech")
def _with_pos(g: Glossary) -> str:
    return _head(g) + "\n\n".join(f"{t}\nnoun\n{_joined(d)}" for t, d in g.entries)


@layout("dictionary")
def _dictionary(g: Glossary) -> str:
    return _head(g) + "\n\n".join(f"{t} (n.) {_joined(d)}" for t, d in g.entries)


@layout("heading and paragraphs")
def _heading(g: Glossary) -> str:
    return _head(g) + "\n\n\n".join(f"{t}\n\n{_joined(d, glue=chr(10) * 2)}" for t, d in g.entries)


@layout("hanging")
def _hanging(g: Glossary) -> str:
    return _head(g) + "\n".join(f"{t}\n{_wrap(d, 80, '    ')}" for t, d in g.entries) + "\n"


@layout("hanging blank")
def _hanging_blank(g: Glossary) -> str:
    return _head(g) + "\n\n".join(f"{t}\n{_wrap(d, 78, '  ')}" for t, d in g.entries) + "\n"


@layout("wrapped dash")
def _wrapped(g: Glossary) -> str:
    return _head(g) + "\n".join(_wrap(f"{t} – {d}", 80, "    ", "") for t, d in g.entries) + "\n"


@layout("wrapped colon flush")
def _wrapped_flush(g: Glossary) -> str:
    return _head(g) + "\n\n".join(_wrap(f"{t}: {d}", 76) for t, d in g.entries) + "\n"


@layout("wrapped colon flush, no blank")
def _wrapped_tight(g: Glossary) -> str:
    return _head(g) + "\n".join(_wrap(f"{t}: {d}", 80) for t, d in g.entries) + "\n"


@layout("capitals")
def _capitals(g: Glossary) -> str:
    return _head(g) + "\n\n".join(f"{t.upper()}\n{_wrap(d, 72)}" for t, d in g.entries) + "\n"


@layout("capitals tight")
def _capitals_tight(g: Glossary) -> str:
    return _head(g) + "\n".join(f"{t.upper()}\n{_joined(d)}" for t, d in g.entries) + "\n"


@layout("capitals run in")
def _capitals_in(g: Glossary) -> str:
    return _head(g) + "\n\n".join(f"{t.upper()}. {_joined(d)}" for t, d in g.entries) + "\n"


@layout("columns")
def _columns(g: Glossary) -> str:
    width = max(len(t) for t, _ in g.entries) + 3
    lead = " " * width
    lines = [_wrap(d, width + 60, lead, t.ljust(width)) for t, d in g.entries]
    return _head(g) + "\n".join(lines) + "\n"


def _pages(g: Glossary, body: str, rows: int = 40) -> str:
    lines = body.split("\n")
    pages = [lines[i : i + rows] for i in range(0, len(lines), rows)]
    return "\f".join(
        "\n".join([g.title, "", *page, "", f"{n}".rjust(40), ""]) for n, page in enumerate(pages, 1)
    )


def _hyphenate(text: str, width: int) -> str:
    """Wrap with words broken at the margin, as type is set."""
    lines, line = [], ""
    for word in text.split(" "):
        room = width - len(line) - 1
        if len(word) > 8 and 4 <= room < len(word) - 3 and word.isalpha():
            lines.append(f"{line} {word[: room - 1]}-".strip())
            line = word[room - 1 :]
        elif line and len(word) > room:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return "\n".join([*lines, line])


@layout("PDF dash")
def _pdf(g: Glossary) -> str:
    body = "\n".join(
        "\n".join(_hyphenate(p, 80) for p in f"{t} – {d}".split("\n")) for t, d in g.entries
    )
    return _pages(g, body)


@layout("PDF blocks")
def _pdf_blocks(g: Glossary) -> str:
    body = "\n\n".join(
        t + "\n" + "\n".join(_hyphenate(p, 78) for p in d.split("\n")) for t, d in g.entries
    )
    return _pages(g, body, 45)


def _tagged(width: int, margin: int) -> Layout:
    """Short tags beside their definitions, long ones above them."""
    lead = " " * (margin + width)

    def entry(term: str, definition: str) -> str:
        body = _wrap(definition, 76, lead)
        tag = " " * margin + term
        return tag.ljust(len(lead)) + body[len(lead) :] if len(term) < width else f"{tag}\n{body}"

    return lambda g: _head(g) + "\n\n".join(entry(t, d) for t, d in g.entries) + "\n"


LAYOUTS["tags at a near column"] = ("text/plain", _tagged(4, 4))
LAYOUTS["tags at a far column"] = ("text/plain", _tagged(16, 2))


@layout("PDF dictionary, tight")
def _pdf_dictionary(g: Glossary) -> str:
    body = "\n".join(
        "\n".join(_hyphenate(p, 62) for p in f"{t}, n. {d}".split("\n")) for t, d in g.entries
    )
    return _pages(g, body, 48)


@layout("between colons")
def _colons(g: Glossary) -> str:
    return _head(g) + "\n\n".join(f":{t}: {_joined(d)}" for t, d in g.entries) + "\n"


@layout("MediaWiki one line")
def _wiki(g: Glossary) -> str:
    return f"= {g.title} =\n{g.intro}\n" + "\n".join(
        f"; {t} : {_joined(d, glue='<br>')}" for t, d in g.entries
    )


@layout("MediaWiki two lines")
def _wiki_two(g: Glossary) -> str:
    return "\n".join(
        f"== {letter} ==\n"
        + "\n".join(f";{t}\n" + "\n".join(f":{p}" for p in d.split("\n")) for t, d in entries)
        for letter, entries in sections(g)
    )


@layout("MediaWiki bold")
def _wiki_bold(g: Glossary) -> str:
    return f"== {g.title} ==\n" + "\n\n".join(f"'''{t}''' – {_joined(d)}" for t, d in g.entries)


@layout("letters, dash")
def _letters(g: Glossary) -> str:
    bar = " | ".join(string.ascii_uppercase)
    return (
        f"{g.title}\n{bar}\n\n{g.intro}\n\n"
        + "\n\n".join(
            letter + "\n\n" + "\n".join(f"{t} - {_joined(d, '  ')}" for t, d in entries)
            for letter, entries in sections(g)
        )
        + "\n\nBack to top\n© Nobody in particular. All rights reserved.\n"
    )


@layout("letters, alternating")
def _letters_alternating(g: Glossary) -> str:
    return f"{g.title}\n\n" + "\n".join(
        letter + "\n" + "\n".join(f"{t}\n{_joined(d)}" for t, d in entries)
        for letter, entries in sections(g)
    )


@layout("letters, blocks")
def _letters_blocks(g: Glossary) -> str:
    return f"{g.title}\n\n" + "\n\n".join(
        f"--- {letter} ---\n\n" + "\n\n".join(f"{t}\n{_joined(d)}" for t, d in entries)
        for letter, entries in sections(g)
    )


@layout("mixed dash, alternating")
def _mixed(g: Glossary) -> str:
    half = len(g.entries) // 2
    return (
        _head(g)
        + "\n".join(f"• {t} – {_joined(d, '  ')}" for t, d in g.entries[:half])
        + "\n\n"
        + "\n".join(f"{t}\n{_joined(d)}" for t, d in g.entries[half:])
    )


@layout("mixed blocks, colon")
def _mixed_blocks(g: Glossary) -> str:
    half = len(g.entries) // 2
    return (
        _head(g)
        + "\n\n".join(f"{t}\n{_joined(d)}" for t, d in g.entries[:half])
        + "\n\n"
        + "\n".join(f"{t}: {_joined(d)}" for t, d in g.entries[half:])
    )
