"""XML is read safely, and its vocabularies are told apart without a suffix that names them."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from reading import document, facts, load_cases

from extract.errors import UnreadableSource
from extract.readers import media

CASES = load_cases("vocabularies")
# Each is a document that tries to make its reader do something.
LAUGHS = '<!DOCTYPE g [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
QUADRATIC = f'<!DOCTYPE g [<!ENTITY a "{"ha" * 5000}">]>'
ENTRY = "<glossary><glossentry><glossterm>Jib</glossterm><glossdef><para>{}</para></glossdef>"


def test_nested_entities_are_refused() -> None:
    """Entities within entities within entities ("billion laughs") are refused with a sentence."""
    with pytest.raises(UnreadableSource, match="nest in one another"):
        document(f"{LAUGHS}]>{ENTRY.format('&i;')}", "x.dbk")


def test_much_repeated_entities_are_refused() -> None:
    """A long entity used very often (quadratic blowup) is refused with a sentence."""
    with pytest.raises(UnreadableSource, match="more text than"):
        document(QUADRATIC + ENTRY.format("&a;" * 500), "x.dbk")


@pytest.mark.parametrize("name", ["x.dbk", "x.tbx", "x.rdf", "x.xml"])
def test_entities_do_not_fetch_files(name: str, tmp_path: Path) -> None:
    """An external entity's file is not read."""
    secret = tmp_path / "secret"
    secret.write_text("do not show", encoding="utf-8")
    declared = f'<!DOCTYPE g [<!ENTITY a SYSTEM "{secret.as_uri()}">]>'
    bodies = {
        "x.tbx": "<martif><termEntry><langSet><tig><term>&a; x</term></tig></langSet></termEntry>",
        "x.rdf": "<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
        "xmlns:s='http://www.w3.org/2004/02/skos/core#'><r:Description r:about='http://a/b'>"
        "<s:prefLabel>&a; x</s:prefLabel></r:Description></r:RDF>",
    }
    read = document(declared + bodies.get(name, ENTRY.format("&a; x")), name)
    assert "show" not in read.text
    assert [f.rule for f in read.findings if f.rule == "unknown-entity"]


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_no_network(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """No reader of a vocabulary opens a connection, whatever the document names."""

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "create_connection", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    document(case["text"], case["name"])


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_the_vocabulary_is_told_from_the_content(case: dict[str, Any]) -> None:
    """Without a suffix each document is read by the same reader as with its own."""
    told = facts(document(case["text"], ""))
    assert told["blocks"] == facts(document(case["text"], case["name"]))["blocks"]


def test_html_is_no_xml_vocabulary() -> None:
    """XHTML with an XML declaration stays HTML."""
    page = b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><dl><dt>Jib</dt></dl>'
    assert media.of_content(page) in ("text/html", "text/plain")
    assert media.of_content(b"<!DOCTYPE html><p>Jib</p>") == "text/html"


BROKEN = {
    "x.dbk": ("<book><para>No entries</para></book>", "no glossary entries"),
    "x.tbx": ("<martif><text/></martif>", "no terminological entries"),
    "x.rdf": ("<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>", "without concepts"),
    "x.ttl": ("<http://a/b> <http://a/c> .", "not valid RDF"),
    "x.jsonld": ("{", "not valid JSON"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_read_says_why(name: str) -> None:
    """A document that is damaged or holds no terms gives a sentence."""
    text, sentence = BROKEN[name]
    with pytest.raises(UnreadableSource, match=sentence):
        document(text, name)
