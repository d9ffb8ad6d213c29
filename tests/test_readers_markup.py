"""Markdown, HTML and delimited files: each case is a file and what its reader tells of it."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import check, check_entries, document, facts, load_cases
from test_readers_office import FILES_OF_OFFICES

from extract.errors import UnreadableSource
from extract.pipeline import analyse
from extract.readers import READERS, SUFFIXES, media, read_all
from kg.link import link

FILES = {
    "markdown": "x.md", "html": "x.html", "delimited": "x.csv", "rst": "x.rst", "records": "",
    "asciidoc": "x.adoc", "texinfo": "x.texi", "latex": "x.tex", "wiki": "x.wiki",
    "vocabularies": "", "pod": "x.pod", "info": "x.info", "man": "", "org": "x.org",
}  # fmt: skip
ALL = [(name, case) for name in FILES for case in load_cases(name)]


@pytest.mark.parametrize(
    ("name", "case"), ALL, ids=[f"{name}: {case['label']}" for name, case in ALL]
)
def test_cases(name: str, case: dict[str, Any]) -> None:
    """The reader finds each block with its role and record, and what else the case names."""
    read = document(case["text"], case.get("name") or FILES[name])
    check(read)
    found = facts(read)
    assert {key: found[key] for key in case["expected"]} == case["expected"]


# Pieces of markup: glued together they give pages that are broken in every way.
PIECES = {case["name"]: case["pieces"] for case in load_cases("pieces")}


@pytest.mark.parametrize("name", PIECES)
@settings(deadline=None)
@given(data=st.data())
def test_any_page(name: str, data: st.DataObject) -> None:
    """Whatever stands in a page, offsets are valid to the end, or the error says why not."""
    pieces = data.draw(st.lists(st.sampled_from(PIECES[name]) | st.text(max_size=4), max_size=40))
    text = "".join(pieces).encode("utf-8", "replace")
    try:
        read = document(text, name)
    except UnreadableSource as error:
        assert error.reason
    else:
        check(read)
        check_entries(link(analyse([read], None)))


def test_every_reader_is_given_any_page() -> None:
    """Each reader of the table is among those that are given broken pages, here or as a file."""
    given = {media.of_name(name) for name in PIECES}
    given |= {"text/x-wiki", "application/mediawiki+xml", "application/rfc+xml"}
    assert set(READERS) - given - set(FILES_OF_OFFICES) == {"application/xhtml+xml"}


HOSTILE = [case["repeated"] for case in load_cases("hostile")]


@pytest.mark.parametrize("hostile", HOSTILE, ids=str.strip)
@pytest.mark.parametrize(
    "name",
    ["x.txt", "x.md", "x.html", "x.csv", "x.rst", "x.adoc", "x.texi", "x.tex", "x.pod", "x.dbk",
     "x.info", "x.tbx", "x.rdf", "x.ttl", "x.jsonld"],
)  # fmt: skip
def test_hostile_repetition(name: str, hostile: str) -> None:
    """A page of one thing over and over is read, and its offsets hold, whatever it is."""
    with contextlib.suppress(UnreadableSource):
        check(document("word\n\n" + hostile * (40_000 // len(hostile)), name))


@pytest.mark.parametrize("line", ["* Glossary " + " " * 100_000 + "!", "- a :: " + "*a " * 40_000])
def test_long_lines_of_org_are_read_once(line: str) -> None:
    """Runs of blanks in a heading and marks that open without end take no time squared."""
    assert facts(document(f"{line}\n", "x.org"))["blocks"]


def test_content_tells_the_format() -> None:
    """Without a suffix, HTML, Markdown, tables and text are told apart by their look."""
    looks = {
        b"<!DOCTYPE html><p>Jib</p>": "text/html",
        b"# Sea\n\n## Jib\n\nA sail\n\n## Keel\n\nA fin\n": "text/markdown",
        b"Term\tDefinition\nJib\tA sail\nKeel\tA fin\n": "text/tab-separated-values",
        b"Term,Definition\nJib,A sail\nKeel,A fin\n": "text/csv",
        b"Jib: a sail, small, light\nKeel: a fin\n": "text/plain",
    }
    for data, media_type in looks.items():
        [read] = read_all(["-"], stdin=lambda data=data: data).documents
        assert read.media_type == media_type
    assert ".md" in SUFFIXES
