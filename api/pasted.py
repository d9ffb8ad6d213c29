"""The child process that reads a pasted text: request on standard input, answer on standard output.

spaCy lives here and not in the server. The text stands in a folder of the child's own, which its
parent removes, however the child ends.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from api.analyses import Options
from api.building import extract_sources, graph_of
from api.pasted_forms import REFUSED, SUFFIXES
from extract import exchange
from extract.errors import ModelNotFound, SourceError
from extract.model import Extraction
from kg.concept_map import Frame, Map, render, render_part, topic_map
from kg.concept_map import Options as Look
from kg.concept_map.png import png
from kg.export import EXPORTS, export
from kg.index import Index
from kg.model import Graph
from kg.project import Project
from kg.registry import Registry

MAPPED = 60
"""Concepts that the map of a pasted text has at most, the best connected."""


def main(memory: int) -> None:
    """Answer one request; ``memory`` is the most that the process may hold, in bytes."""
    confine(memory)
    given = orjson.loads(sys.stdin.buffer.read())
    try:
        answer = work(given, Path.cwd())
    except (SourceError, ModelNotFound) as error:
        sys.stdout.buffer.write(str(getattr(error, "reason", error)).encode())
        raise SystemExit(REFUSED) from error
    sys.stdout.buffer.write(answer)


def confine(memory: int) -> None:
    """Let this process hold at most so many bytes of address space."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def work(given: Mapping[str, Any], folder: Path) -> bytes:
    """Return what is asked of a text: ``page``, ``extraction``, ``svg``, ``png`` or an export.

    ``given`` has ``text``, ``form`` (a key of :data:`SUFFIXES`), ``terms`` (corrected headwords by
    entry id), ``format`` and ``language`` of phrases.

    Raises:
        SourceError: no entries were found.
        ModelNotFound: the text is English and no model is installed.
        MissingExtra: PNG is asked for and nothing that draws it is installed.
    """
    file = folder / f"pasted{SUFFIXES[given['form']]}"
    file.write_text(given["text"], encoding="utf-8")
    options = Options(cache=False)
    extraction = extract_sources([str(file)], options).extraction
    extraction = corrected(extraction, given["terms"])
    if given["format"] == "extraction":
        return orjson.dumps(exchange.to_json(extraction))
    graph = graph_of(extraction, Project(), Registry(), options)
    if given["format"] in EXPORTS:
        return b"".join(export(graph, given["format"]))
    drawn = drawing(graph, given["language"])
    if given["format"] == "svg":
        return render(drawn, frame=Frame(title=drawn.title)).encode()
    if given["format"] == "png":
        picture = render(drawn, frame=Frame(title=drawn.title))
        return png(picture, width=drawn.width, height=drawn.height)
    return orjson.dumps(
        {
            "entries": [
                {
                    "id": entry.id,
                    "term": entry.term,
                    "aliases": [each.text for each in entry.designations[1:]],
                    "definition": entry.definitions[0].text if entry.definitions else "",
                    "inferred": entry.inferred,
                }
                for entry in extraction.entries
            ],
            "relations": len(graph.relations),
            "map": render_part(drawn) if drawn.propositions else "",
            "families": drawn.families,
        }
    )


def corrected(extraction: Extraction, terms: Mapping[str, str]) -> Extraction:
    """Return the extraction with headwords as a reader corrected them, by entry id."""

    entries = []
    for entry in extraction.entries:
        term = " ".join(terms.get(entry.id, "").split())
        if term and term != entry.term:
            head = replace(entry.designations[0], text=term)
            others = tuple(each for each in entry.designations[1:] if each.text != term)
            entry = replace(entry, designations=(head, *others), inferred=False)
        entries.append(entry)
    return replace(extraction, entries=tuple(entries))


def drawing(graph: Graph, language: str) -> Map:
    """Return the map of the best connected concepts; boxes are no links, there is no page yet."""
    index = Index(graph)
    ranked = sorted(range(len(index.concepts)), key=lambda n: (-index.degree(n), n))
    slugs = [index.concepts[n].slug for n in ranked[:MAPPED] if index.degree(n)]
    return topic_map(index, slugs, Look(language=language, href=""))
