"""The same glossaries as HTML, Markdown, reStructuredText and delimited files."""

from __future__ import annotations

import csv
import html
import io
import re
from itertools import groupby

from tests.glossary_text import LAYOUTS, Glossary, Layout, layout, sections


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
            for letter, entries in sections(g)
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
