"""Glossaries of our own writing, laid out as people do it, and a score for reading them.

Run as a script for the table: ``python -m tests.layouts [--pin | GLOSSARY [LAYOUT]]``.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
import string
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from extract.fields import read
from extract.headwords import assign, propose
from extract.labels import fold
from extract.model import Document
from extract.readers import read_bytes
from extract.segmentation import segment

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
        if path.stem == "floors":
            continue
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


def _sections(g: Glossary) -> Iterator[tuple[str, list[tuple[str, str]]]]:
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
        for letter, entries in _sections(g)
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
            for letter, entries in _sections(g)
        )
        + "\n\nBack to top\n© Nobody in particular. All rights reserved.\n"
    )


@layout("letters, alternating")
def _letters_alternating(g: Glossary) -> str:
    return f"{g.title}\n\n" + "\n".join(
        letter + "\n" + "\n".join(f"{t}\n{_joined(d)}" for t, d in entries)
        for letter, entries in _sections(g)
    )


@layout("letters, blocks")
def _letters_blocks(g: Glossary) -> str:
    return f"{g.title}\n\n" + "\n\n".join(
        f"--- {letter} ---\n\n" + "\n\n".join(f"{t}\n{_joined(d)}" for t, d in entries)
        for letter, entries in _sections(g)
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


def _page(g: Glossary, body: str) -> str:
    links = "".join(f'<a href="/{w}">{w}</a> ' for w in ("Home", "Shop", "About", "Contact"))
    return (
        f"<!doctype html><html lang=en><head><title>{html.escape(g.title)}</title></head><body>"
        f"<nav>{links}</nav><main><h1>{html.escape(g.title)}</h1><p>{html.escape(g.intro)}</p>"
        f"{body}</main><footer><p>© Nobody. <a href='/privacy'>Privacy policy</a></p></footer>"
        "</body></html>"
    )


def _inner(definition: str) -> str:
    """Paragraphs, lists and code of a definition as HTML."""
    parts = []
    for kind, group in groupby(definition.split("\n"), key=lambda x: x[:2]):
        lines = list(group)
        if kind == "- ":
            parts.append(
                "<ul>" + "".join(f"<li>{html.escape(x[2:])}</li>" for x in lines) + "</ul>"
            )
        elif kind == "  ":
            parts.append("<pre>" + html.escape("\n".join(x[4:] for x in lines)) + "</pre>")
        else:
            parts += [f"<p>{html.escape(x)}</p>" for x in lines]
    return "".join(parts)


def _html(template: str, before: str = "", after: str = "") -> Layout:
    def render(g: Glossary) -> str:
        body = "".join(
            template.format(t=html.escape(t), d=_inner(d), f=html.escape(d.replace("\n", " ")))
            for t, d in g.entries
        )
        return _page(g, before + body + after)

    return render


for _name, _template, _before, _after in (
    ("HTML dl", "<dt>{t}</dt><dd>{d}</dd>", "<dl>", "</dl>"),
    ("HTML dl dfn", "<dt><dfn>{t}</dfn></dt><dd>{f}</dd>", "<dl>", "</dl>"),
    ("HTML h3", "<h3>{t}</h3>{d}", "", ""),
    ("HTML h2 sections", "<section><h2 id='x'>{t}</h2>{d}</section>", "", ""),
    ("HTML table", "<tr><td>{t}</td><td>{f}</td></tr>",
     "<table><tr><th>Term</th><th>Definition</th></tr>", "</table>"),
    ("HTML table headless", "<tr><td>{t}</td><td>{f}</td></tr>", "<table>", "</table>"),
    ("HTML p strong", "<p><strong>{t}</strong>: {f}</p>", "", ""),
    ("HTML p b br", "<p><b>{t}</b><br>{f}</p>", "", ""),
    ("HTML p strong, p", "<p><strong>{t}</strong></p>{d}", "", ""),
    ("HTML li strong", "<li><strong>{t}</strong> – {f}</li>", "<ul>", "</ul>"),
    ("HTML li dash", "<li>{t} – {f}</li>", "<ul>", "</ul>"),
    ("HTML divs", "<div class='row'><div class='name'>{t}</div><div class='text'>{d}</div></div>",
     "<div class='list'>", "</div>"),
    ("HTML spans", "<div class='item'><span class='a'>{t}</span> <span class='b'>{f}</span></div>",
     "", ""),
    ("HTML microdata", "<div itemscope itemtype='https://schema.org/DefinedTerm'>"
     "<span itemprop='name'>{t}</span><div itemprop='description'>{f}</div></div>", "", ""),
    ("HTML details", "<details><summary>{t}</summary>{d}</details>", "", ""),
):  # fmt: skip
    LAYOUTS[_name] = ("text/html", _html(_template, _before, _after))


def _escaped(text: str) -> str:
    return re.sub(r"([*_<>`])", r"\\\1", text)


def _markdown_body(definition: str, indent: str = "") -> str:
    parts = []
    for kind, group in groupby(definition.split("\n"), key=lambda x: x[:2]):
        if kind == "- ":
            parts.append("\n".join(indent + _escaped(x) for x in group))
        elif kind == "  ":
            parts.append("\n".join(indent + "    " + x.strip() for x in group))
        else:
            parts += [indent + _escaped(x) for x in group]
    return "\n\n".join(parts)


def _markdown(g: Glossary, body: str) -> str:
    return f"---\ntitle: {g.title}\n---\n\n# {g.title}\n\n{g.intro}\n\n{body}\n"


@layout("Markdown headings", "text/markdown")
def _md_headings(g: Glossary) -> str:
    return _markdown(
        g, "\n\n".join(f"## {_escaped(t)}\n\n{_markdown_body(d)}" for t, d in g.entries)
    )


@layout("Markdown headings under letters", "text/markdown")
def _md_letters(g: Glossary) -> str:
    return _markdown(
        g,
        "\n\n".join(
            f"## {letter}\n\n"
            + "\n\n".join(f"### {_escaped(t)}\n\n{_markdown_body(d)}" for t, d in entries)
            for letter, entries in _sections(g)
        ),
    )


@layout("Markdown bold", "text/markdown")
def _md_bold(g: Glossary) -> str:
    return _markdown(
        g, "\n\n".join(f"**{_escaped(t)}**: {_markdown_body(d)}" for t, d in g.entries)
    )


@layout("Markdown bold list", "text/markdown")
def _md_list(g: Glossary) -> str:
    return _markdown(
        g,
        "\n".join(f"- **{_escaped(t)}** - {_markdown_body(d, '  ').strip()}" for t, d in g.entries),
    )


@layout("Markdown definition list", "text/markdown")
def _md_definitions(g: Glossary) -> str:
    return _markdown(
        g,
        "\n\n".join(
            f"{_escaped(t)}\n:   {_markdown_body(d, '    ').strip()}" for t, d in g.entries
        ),
    )


@layout("Markdown table", "text/markdown")
def _md_table(g: Glossary) -> str:
    rows = "\n".join(
        f"| {_escaped(t)} | {_escaped(d).replace(chr(10), '<br>')} |" for t, d in g.entries
    )
    return _markdown(g, f"| Term | Meaning |\n|---|---|\n{rows}")


@layout("RST glossary", "text/x-rst")
def _rst(g: Glossary) -> str:
    def body(definition: str) -> str:
        parts = []
        for kind, group in groupby(definition.split("\n"), key=lambda x: x[:2]):
            if kind == "  ":
                parts.append("      ::\n\n" + "\n".join("          " + x.strip() for x in group))
            elif kind == "- ":
                parts.append("\n".join("      " + x for x in group))
            else:
                parts += ["      " + x.replace("*", "\\*") for x in group]
        return "\n\n".join(parts)

    entries = "\n\n".join(
        f"   {re.sub(r'([*`])', chr(92) * 2 + chr(92) + '1', t)}\n{body(d)}" for t, d in g.entries
    )
    return f"{g.title}\n{'=' * len(g.title)}\n\n{g.intro}\n\n.. glossary::\n\n{entries}\n"


def _delimited(delimiter: str, header: tuple[str, ...]) -> Layout:
    def render(g: Glossary) -> str:
        out = io.StringIO()
        writer = csv.writer(out, delimiter=delimiter)
        if header:
            writer.writerow(header)
        writer.writerows(g.entries)
        return out.getvalue()

    return render


LAYOUTS["CSV"] = ("text/csv", _delimited(",", ("Term", "Definition")))
LAYOUTS["CSV headless"] = ("text/csv", _delimited(",", ()))
LAYOUTS["CSV semicolon"] = ("text/csv", _delimited(";", ("name", "description")))
LAYOUTS["TSV"] = ("text/tab-separated-values", _delimited("\t", ("term", "meaning")))

# Layouts that put their own words into the definition.
_SENTENCES = {"part of speech", "headless paragraphs"}


def document(glossary: Glossary, name: str) -> Document:
    """Return a glossary in a layout, as its reader hands it on."""
    media_type, render = LAYOUTS[name]
    return read_bytes(render(glossary).encode(), media_type=media_type, source=glossary.name)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+|[^\w\s\\-]", fold(text)))


def found(page: Document) -> list[tuple[str, str]]:
    """Return headword and definition of each entry, as the pipeline has them before parsing."""
    articles = segment(page).articles
    fields = [read(a, page) for a in articles]
    named = assign(articles, propose(fields, page))
    return [
        (h.text, "\n".join(p.text for p in (*f.definitions, *f.notes)))
        for h, f in zip(named, fields, strict=True)
    ]


def _term(text: str) -> str:
    """A headword for comparison; a parenthesis behind it is read elsewhere (aliases, nouns)."""
    return _plain(re.sub(r"\s*\([^()]*\)$", "", text))


def _agrees(left: str, right: str) -> bool:
    """Whether nine tenths of the words of two definitions are the same."""
    one, other = Counter(_plain(left).split()), Counter(_plain(right).split())
    shared = (one & other).total()
    return shared >= 0.9 * max(one.total(), other.total(), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Entries found with headword and definition right."""

    right: int
    found: int
    wanted: int
    wrong: tuple[tuple[str, str], ...]
    missed: tuple[tuple[str, str], ...]

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / (self.found + self.wanted) if self.found + self.wanted else 0.0


def score(glossary: Glossary, name: str) -> Score:
    """Read a glossary in a layout and compare with what it was made of."""
    wanted = {
        _term(t): (t, f"{t} refers to {d}" if name in _SENTENCES else d)
        for t, d in glossary.entries
    }
    got = found(document(glossary, name))
    right = 0
    wrong = []
    left = dict(wanted)
    for term, definition in got:
        expected = left.get(_term(term))
        if expected and _agrees(expected[1], definition):
            right += 1
            del left[_term(term)]
        else:
            wrong.append((term, definition))
    return Score(
        right=right, found=len(got), wanted=len(wanted), wrong=tuple(wrong),
        missed=tuple(left.values()),
    )  # fmt: skip


def table(names: Mapping[str, Glossary]) -> dict[str, dict[str, float]]:
    """Return for each layout the F1 of each glossary, in percent."""
    return {
        layout_name: {
            name: round(100 * score(glossary, layout_name).f1, 1)
            for name, glossary in names.items()
        }
        for layout_name in LAYOUTS
    }


# Glossaries whose errors nobody looked at while the layouts were written.
HELD_OUT = ("medicine", "beekeeping")
FLOORS = FOLDER / "floors.json"
# A floor lies this many points below what was reached, for changes that trade one for another.
MARGIN = 0.1


def floors() -> dict[str, dict[str, float]]:
    """Return the least F1 in percent that each layout of each glossary must reach."""
    found: dict[str, dict[str, float]] = json.loads(FLOORS.read_text(encoding="utf-8"))
    return found


def pin(rows: Mapping[str, Mapping[str, float]]) -> None:
    """Write what was reached as the new floors."""
    lines = [f"  {json.dumps(name)}: {json.dumps(dict(row))}" for name, row in rows.items()]
    FLOORS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def main(arguments: list[str]) -> None:
    """Print the table, or what one glossary (in one layout) got wrong."""
    known = {g.name: g for g in glossaries()}
    if arguments == ["--pin"]:
        pin(table(known))
        return
    if arguments:
        for name in arguments[1:] or LAYOUTS:
            result = score(known[arguments[0]], name)
            if result.f1 < 1:
                layouts = segment(document(known[arguments[0]], name)).layout
                print(f"--- {name}: {result.f1:.3f} {layouts}")
                for term, definition in result.wrong[:4]:
                    print("  wrong ", repr(term), repr(definition[:150]))
                for term, definition in result.missed[:4]:
                    print("  missed", repr(term), repr(definition[:150]))
        return
    rows = table(known)
    print(" " * 34 + " ".join(f"{name[:9]:>9}" for name in known))
    for layout_name, row in rows.items():
        print(f"{layout_name:34}" + " ".join(f"{value:9.1f}" for value in row.values()))
    means = {n: sum(r[n] for r in rows.values()) / len(rows) for n in known}
    print(f"{'mean':34}" + " ".join(f"{v:9.1f}" for v in means.values()))


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
