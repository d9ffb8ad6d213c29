"""An Obsidian vault: a note for each concept, linked both ways, in a zip file.

File names leave out what Obsidian or a file system takes for something else, and no two are equal
but for case. Links are ``[[file|label]]``, so that labels keep every sign.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from kg.export.archive import archive
from kg.export.shape import Edge, Node, edges, nodes
from kg.model import Graph
from ontology.vocabulary import in_language

# Obsidian's own signs, those of Windows' file systems, and controls.
_UNFIT = re.compile(r'[\[\]|#^\\/:*?"<>\x00-\x1f\x7f]+')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_LONGEST = 100
_BASES = ("text", "name", "reference", "mention")


def vault(graph: Graph, *, language: str | None = None) -> Iterator[bytes]:
    """Return the vault as a zip file; ``Index.md`` lists the concepts by letter."""
    return archive(_notes(graph, language))


def _notes(graph: Graph, language: str | None) -> Iterator[tuple[str, list[bytes]]]:
    every = list(nodes(graph, language))
    names = file_names(every)
    labels = {node.id: node.label for node in every}
    titles = {source.name: source.title for source in graph.sources}
    tag = (language or graph.language).lower()
    around: dict[str, list[tuple[str, str, Edge]]] = defaultdict(list)
    for edge in edges(graph, language):
        around[edge.source].append((edge.phrase, edge.target, edge))
        inverse = in_language(graph.vocabulary.relation_types[edge.type].inverse_phrase, tag)
        around[edge.target].append((inverse, edge.source, edge))
    yield "Index.md", [_index(graph.title, every, names).encode()]
    for node in sorted(every, key=lambda node: names[node.id]):
        text = "".join(_note(node, around[node.id], names, labels, titles))
        yield f"Concepts/{names[node.id]}.md", [text.encode()]


def file_names(every: list[Node]) -> dict[str, str]:
    """Return a file name, without its ending, for each concept's slug."""
    found: dict[str, str] = {}
    taken: set[str] = {"index"}
    for node in every:
        name = " ".join(_UNFIT.sub(" ", node.label).split()).strip(". ")[:_LONGEST].strip(". ")
        if not name or _RESERVED.fullmatch(name):
            name = f"{name or 'Concept'} ({node.id[:60]})"
        if name.casefold() in taken:
            name = f"{name[:60]} ({node.id[:80]})"
        taken.add(name.casefold())
        found[node.id] = name
    return found


def _link(slug: str, names: dict[str, str], labels: dict[str, str]) -> str:
    # What would end the link is shown as a sign that looks like it.
    shown = " ".join(labels[slug].split()).replace("|", "¦").replace("[[", "[").replace("]]", "]")
    shown = shown.rstrip("]") if shown.endswith("]") else shown
    return f"[[{names[slug]}|{shown}]]" if shown != names[slug] else f"[[{shown}]]"


def _yaml(text: str) -> str:
    """Return a double-quoted YAML string, which may hold anything."""
    text = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", "\ufffd", text) + '"'


def _note(
    node: Node,
    around: list[tuple[str, str, Edge]],
    names: dict[str, str],
    labels: dict[str, str],
    titles: dict[str, str],
) -> Iterator[str]:
    yield "---\naliases:\n"
    for alias in dict.fromkeys((node.label, *node.aliases)):
        yield f"  - {_yaml(alias)}\n"
    yield f"kind: {_yaml(node.kind)}\nsources: [{', '.join(map(_yaml, node.sources))}]\n"
    yield f"iri: {_yaml(node.iri)}\ntags:\n  - concept\n---\n\n"
    for source, text in node.definitions:
        quoted = "\n".join(f"> {line}" for line in _plain(text).splitlines()) or ">"
        yield f"{quoted}\n> — {_plain(titles.get(source, source))}\n\n"
    if node.implied:
        yield "*No entry defines this; other definitions speak of it.*\n\n"
    if around:
        yield "## Relations\n\n"
    for phrase, far, edge in sorted(
        around, key=lambda item: (_BASES.index(item[2].basis), item[0], labels[item[1]], item[1])
    ):
        yield f"- {phrase} {_link(far, names, labels)}\n"
        if edge.basis == "text" and edge.evidence:
            yield f"    - “{_plain(' '.join(edge.evidence.split()))}”\n"


def _plain(text: str) -> str:
    """Return text in which Markdown and Obsidian see no link, tag, embed, HTML or formula."""
    return re.sub(r"([\\`*_\[\]#<>|^$~=%])", r"\\\1", re.sub(r"[\x00-\x08\x0b-\x1f]", " ", text))


def _index(title: str, every: list[Node], names: dict[str, str]) -> str:
    labels = {node.id: node.label for node in every}
    parts = [f"# {_plain(title or 'Glossary')}\n"]
    letter = ""
    for node in sorted(every, key=lambda node: (node.label.casefold(), node.id)):
        first = node.label[:1].upper()
        first = first if first.isalpha() else "#"
        if first != letter:
            letter = first
            parts.append(f"\n## {_plain(letter)}\n\n")
        parts.append(f"- {_link(node.id, names, labels)}\n")
    return "".join(parts)
